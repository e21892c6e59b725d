package learn

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

// checkTruth holds a question's answer against the conversation itself.
func checkTruth(t testing.TB, c Conversation, kind string, q Question) {
	r := c.Log.At(q.Row)
	switch kind {
	case "length":
		require.Equal(t, c.Log.At(int(r.Partner)).Length, q.Answer)
	case "byte":
		was, err := c.Bytes(q.Row, maxBytes)
		require.NoError(t, err)
		require.Len(t, q.Bytes, len(was))
		for i := range was {
			require.Equal(t, uint64(i) != q.Answer, was[i] == q.Bytes[i], "just the byte at %#x differs", q.Answer)
		}
		good := frameOf(c, q.Row)
		require.NoError(t, good.Problem())
		require.Empty(t, good.LengthNote())
		bad := *good
		require.NoError(t, bad.SetBytes(q.Bytes))
		require.True(t, bad.Problem() != nil || bad.LengthNote() != "")
	case "line":
		require.Equal(t, string(walcore.AppendVisible(nil, c.Line(q.Row))), q.AnswerText())
		want, err := c.Bytes(q.Row, len(q.Bytes))
		require.NoError(t, err)
		require.Equal(t, want, q.Bytes)
	case "command":
		require.Equal(t, sata.Command(r.Op).String(), q.AnswerText())
		for i, name := range q.Choices {
			for _, s := range sata.Commands {
				if s.Name == name && uint64(i) != q.Answer {
					require.NotEqual(t, r.Length, ResponseLength(s.Response, 0).Bytes)
				}
			}
		}
	case "descriptor":
		require.Contains(t, string(walcore.AppendVisible(nil, c.Line(q.Row))), "{path="+q.AnswerText())
	case "padding":
		b, err := c.Bytes(q.Row, maxBytes)
		require.NoError(t, err)
		if uint64(len(b)) == r.Length {
			require.Equal(t, strings.Repeat("\xcd", int(q.Answer)), string(b[len(b)-int(q.Answer):]))
		}
	case "written":
		require.Equal(t, c.Log.At(c.WrittenOf(q.Row)).Length, q.Answer)
	case "result":
		result, _ := r.Result()
		require.Equal(t, result.MeaningFor(sata.Command(r.Op)), q.AnswerText())
	default:
		t.Fatalf("no check for %s", kind)
	}
}

func TestQuiz(t *testing.T) {
	for _, name := range goldenFiles(t) {
		if strings.HasSuffix(name, ".zst") || strings.HasSuffix(name, "pcap.gz") {
			continue // packed: slow to read back, and no others of the kind
		}
		c := load(t, name)
		z := NewQuiz(c)
		seeds := uint64(6)
		if strings.Contains(name, "story") {
			seeds = 60
		}
		for _, p := range pickers {
			kind := p.kind
			different := map[string]bool{}
			for seed := range seeds {
				q, ok := z.ask(p, rand.New(rand.NewPCG(seed, 0)))
				if strings.Contains(name, "story") {
					require.True(t, ok, kind)
				}
				if !ok {
					continue
				}
				checkQuestion(t, c, &q)
				checkTruth(t, c, kind, q)
				require.Zero(t, strings.Count(q.Prompt+q.Why, "`")%2, q.Prompt+q.Why)
				again, _ := NewQuiz(c).ask(p, rand.New(rand.NewPCG(seed, 0)))
				require.Equal(t, q, again, "the same seed, the same question")
				different[q.Prompt+q.Shown+q.AnswerText()+string(q.Bytes)] = true
			}
			if strings.Contains(name, "story") && kind != "padding" && kind != "written" {
				require.Greater(t, len(different), 5, kind)
			}
		}
	}
}

func TestQuizOfAnything(t *testing.T) {
	z := NewQuiz(story(t))
	kinds := map[QuestionKind]int{}
	for seed := range uint64(200) {
		q, ok := z.QuestionAbout("", seed)
		require.True(t, ok)
		kinds[q.Kind]++
	}
	require.Len(t, kinds, 3)
	for _, topic := range QuizTopics {
		for seed := range uint64(30) {
			q, ok := z.QuestionAbout(topic.Name, seed)
			require.True(t, ok, topic.Title)
			if topic.Name == "byte" {
				require.Equal(t, QuestionByte, q.Kind)
			}
			if topic.Name == "log" {
				require.Equal(t, QuestionChoice, q.Kind)
			}
		}
	}
	// One question after the other is of another kind.
	asked := map[string]bool{}
	for seed := range uint64(4) {
		q, _ := z.QuestionAbout("answer", seed)
		asked[strings.Join(strings.Fields(q.Prompt)[:4], " ")] = true
	}
	require.Len(t, asked, 4, asked)
	for _, p := range pickers {
		require.Contains(t, []string{"answer", "byte", "log"}, p.topic)
	}
	_, ok := z.QuestionAbout("none", 1)
	require.False(t, ok)
	_, ok = NewQuiz(Conversation{Log: walcore.NewLog(walcore.Limits{})}).QuestionAbout("", 1)
	require.False(t, ok)
	// A log without its capture still gives questions: of a message's bytes, only
	// where the log itself has kept them.
	c := story(t)
	c.Rest = nil
	for _, topic := range QuizTopics {
		for seed := range uint64(30) {
			q, ok := NewQuiz(c).QuestionAbout(topic.Name, seed)
			require.True(t, ok, topic.Title)
			if q.Kind == QuestionByte || q.Bytes != nil {
				require.NotEmpty(t, c.Log.Kept(c.Log.At(q.Row)), topic.Title)
			}
		}
	}
}
