package learn

import (
	"math/bits"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

func checkQuestion(t testing.TB, c Conversation, q *Question) {
	require.NotEmpty(t, q.Prompt)
	require.NotEmpty(t, q.Why)
	require.True(t, strings.HasPrefix(q.Address, Folder), q.Prompt)
	right := q.AnswerText()
	checkHints(t, q)
	switch q.Kind {
	case QuestionNumber:
		ok, err := q.Check(right)
		require.NoError(t, err)
		require.True(t, ok, "what is shown as the answer is one: %q", right)
		ok, err = q.Check(Hex(q.Answer))
		require.True(t, ok && err == nil, "in hex")
		ok, _ = q.Check(strconv.FormatUint(q.Answer+1, 10))
		require.False(t, ok)
	case QuestionChoice:
		require.Greater(t, len(q.Choices), 1)
		require.Less(t, q.Answer, uint64(len(q.Choices)))
		had := map[string]bool{}
		for i, choice := range q.Choices {
			require.False(t, had[choice], "%s: %q is there twice", q.Prompt, choice)
			had[choice] = true
			ok, err := q.Check(strconv.Itoa(i))
			require.NoError(t, err)
			require.Equal(t, uint64(i) == q.Answer, ok)
		}
		_, err := q.Check(strconv.Itoa(len(q.Choices)))
		require.Error(t, err)
	case QuestionByte:
		length := uint64(len(q.Bytes))
		if q.Bytes == nil {
			length = c.Log.At(q.Row).Length
		}
		require.Positive(t, q.Length)
		require.LessOrEqual(t, q.Answer+uint64(q.Length), length)
		for n, want := range map[uint64]bool{q.Answer: true, q.Answer + uint64(q.Length) - 1: true, q.Answer + uint64(q.Length): false, q.Answer - 1: false} {
			ok, _ := q.Check(strconv.FormatUint(n, 10))
			require.Equal(t, want, ok)
		}
	}
	_, err := q.Check("what?")
	require.ErrorContains(t, err, `expected a number`)
}

// checkHints: every wrong answer gets a hint, and none tells the right one.
func checkHints(t testing.TB, q *Question) {
	var wrong []string
	switch q.Kind {
	case QuestionChoice:
		for i := range q.Choices {
			if uint64(i) != q.Answer {
				wrong = append(wrong, strconv.Itoa(i))
			}
		}
	case QuestionByte:
		for i := range len(q.Bytes) + 0x40 {
			if n := uint64(i); n < q.Answer || n >= q.Answer+uint64(q.Length) {
				wrong = append(wrong, strconv.Itoa(i))
			}
		}
	default:
		wrong = append(wrong, strconv.FormatUint(q.Answer+3, 10), strconv.FormatUint(q.Answer^0x5555, 10))
		for _, h := range q.Hints {
			wrong = append(wrong, strconv.FormatUint(h.First, 10))
		}
	}
	tells := regexp.MustCompile(`\b` + regexp.QuoteMeta(Count(q.Answer)) + `\b`)
	for _, answer := range wrong {
		right, err := q.Check(answer)
		require.False(t, right || err != nil, answer)
		says := q.HintFor(answer)
		require.NotEmpty(t, says, "%s %s", q.Prompt, answer)
		require.Zero(t, strings.Count(says, "`")%2, says)
		if q.Kind == QuestionNumber && q.Answer > 60 {
			require.NotRegexp(t, tells, says, q.Prompt)
		}
	}
	// The answer with its bytes swapped is told as that, and not as another slip.
	if swapped := uint64(bits.ReverseBytes32(uint32(q.Answer))); q.Kind == QuestionNumber && q.Answer <= 0xFFFFFFFF && swapped > 0xFF && swapped != q.Answer {
		require.Contains(t, q.HintFor(Hex(swapped)), "from the wrong end", "%s %d", q.Prompt, swapped)
	}
	for _, h := range q.Hints {
		require.LessOrEqual(t, h.First, h.Last)
		require.Less(t, h.Last, uint64(1)<<40, "%s: no slip below zero", q.Prompt)
	}
	require.Empty(t, q.HintFor("what?"))
}

// TestHints says what likely slips would be right for.
func TestHints(t *testing.T) {
	says := func(q Question, answers ...string) (all []string) {
		for _, answer := range answers {
			all = append(all, q.HintFor(answer))
		}
		return all
	}
	q := requestLength("?", sata.OpenFolder)
	require.Equal(t, []string{
		"That leaves out the header (32 bytes).",
		"That leaves out the header (32 bytes) and the command info (20 bytes).",
		"Add up its pieces: the header, the command info and the path.",
		"These are the right digits in hex. Write `0x` before a number in hex. Add up its pieces: the header, the command info and the path.",
	}, says(q, "532", "512 bytes", "7", "234"))
	q = responseLength("?", sata.ShapeDescriptor, sata.Success)
	require.Equal(t, []string{"That leaves out the result code (4 bytes), or the descriptor (4 bytes)."}, says(q, "36"))

	long := Read{Total: 250000, FirstRead: 196672, Form: sata.ReadFirst, Word: 290050}
	length, _ := long.Length()
	q = amount("?", "bytes", length.Bytes, "").read(long)
	require.Equal(t, []string{
		"That would be right if the read asked for no more than the first read size.",
		"The number at `0x20` is the length of the file. What comes behind it follows from what was asked for.",
		"That leaves out the 36 bytes in front: 32 that say its form, and a number of 4.",
	}, says(q, "250,036", "290086", "196672"))
	short := Read{Total: 4096, FirstRead: 196672, Form: sata.ReadZeros, Word: 100}
	length, _ = short.Length()
	q = amount("?", "bytes", length.Bytes-36-100, "").padding(short, length)
	require.Equal(t, []string{"That is the data. The padding comes after it.", "That counts the 36 bytes in front, too."}, says(q, "100", "4032"))

	failed := Read{Total: 16, FirstRead: 196672, Form: sata.ReadFailed}
	q = amount("?", "bytes", sata.ReadHeadSize, "").read(failed)
	require.Equal(t, []string{"The result code behind them has 4 bytes, too.", "That would be right if the read had succeeded."}, says(q, "32", "52"))

	q = amount("?", "bytes", 196672, "").hint("Look.")
	const swapped = "That reads the bytes from the wrong end: the first byte counts most. Look."
	require.Equal(t, []string{swapped, swapped, "Look."}, says(q, "0x40000300", "1073742592 bytes", "0x030040"))
	q = amount("?", "bytes", 0x114, "").hint("Look.")
	require.Equal(t, []string{swapped, swapped, "Look.", "Look."}, says(q, "0x14010000", "335,609,856", "0x1401", "0x1400000100000000"))
	// What an answer would be right for comes first.
	require.Equal(t, []string{"Not that."}, says(q.slip(0x14010000, "Not that."), "0x14010000"))
	require.Equal(t, []string{"Look."}, says(amount("?", "bytes", 0x14000000, "").hint("Look."), "20"))
}

// TestTour walks the tour over every golden conversation; the story has all of
// it.
func TestTour(t *testing.T) {
	ids := map[string]bool{}
	for _, ch := range Tour {
		require.False(t, ids[ch.ID])
		ids[ch.ID] = true
		require.Equal(t, ch.Title, ChapterNamed(ch.ID).Title)
		require.NotEmpty(t, ch.Needs)
	}
	require.Len(t, ids, 10)
	require.Nil(t, ChapterNamed("none"))
	for _, name := range goldenFiles(t) {
		c := load(t, name)
		for _, ch := range Tour {
			steps, ok := ch.Steps(c)
			if strings.Contains(name, "story") {
				require.True(t, ok, ch.ID)
				require.GreaterOrEqual(t, len(steps), 3, ch.ID)
			}
			for _, s := range steps {
				r := c.Log.At(s.Row)
				require.NotEqual(t, walcore.Diagnostic, r.Kind)
				require.NotEmpty(t, s.Text)
				require.Zero(t, strings.Count(s.Text, "`")%2, s.Text)
				require.NotContains(t, s.Text, "``")
				require.True(t, strings.HasPrefix(s.Address, Folder), "%s: %q", ch.ID, s.Address)
				require.NotEmpty(t, s.Changes == nil && s.Marks == nil && s.Question == nil || s.Text != "")
				for _, m := range s.Marks {
					require.NotEmpty(t, m.Label)
					require.GreaterOrEqual(t, m.Offset, 0)
					require.Positive(t, m.Length, "%s %s: %s", name, ch.ID, s.Text)
					require.LessOrEqual(t, uint64(m.End()), r.Length, "%s %s: %s", name, ch.ID, s.Text)
				}
				require.NotNil(t, s.Question, "%s %s: each step asks: %s", name, ch.ID, s.Text)
				require.Equal(t, s.Row, s.Question.Row)
				checkQuestion(t, c, s.Question)
				require.True(t, s.Question.Kind == QuestionChoice || s.Question.Hint != "", s.Question.Prompt)
				require.Zero(t, strings.Count(s.Question.Why, "`")%2)
			}
			require.Equal(t, ok, len(steps) > 0, "%s %s", name, ch.ID)
		}
	}
}

// TestTourOfTheStory holds the answers that one gets by looking.
func TestTourOfTheStory(t *testing.T) {
	c := story(t)
	answers := map[string][]string{}
	for _, ch := range Tour {
		steps, _ := ch.Steps(c)
		for _, s := range steps {
			if s.Question != nil {
				answers[ch.ID] = append(answers[ch.ID], s.Question.AnswerText())
			}
		}
	}
	const query = "->QueryPath    {path=/%MLC_EMU_DIR/usr/title/00050000/10101010/content/level1.dat,query_type=Path Details}"
	require.Equal(t, map[string][]string{
		"hello":       {"52 bytes", "0 bytes", "both", "196,672 bytes", "32", "both"},
		"paths":       {"494 bytes", "120 bytes", "a folder", "yes", "44 bytes"},
		"folder":      {"564 bytes", "40 bytes", "the bytes from 0x34 to 0x37", "376 bytes", "6 items", "7", "<Unknown; 1>"},
		"file":        {"68", "a result code that is not 0, and the descriptor -1", "120 bytes", "4,096 bytes", "nowhere", "357 bytes", "393", "from its response on, if that says success"},
		"padding":     {"393 bytes", "3,739 bytes", "8,228 bytes"},
		"grow":        {"196,708 bytes", "with zeros", "250,036 bytes", "4,096 bytes"},
		"write":       {"512 bytes", "by the block count and block size of the request", "No: the number is how many bytes were written."},
		"descriptors": {"in the request that it answers", "/%SLC_EMU_DIR/sys/config/system.xml", "/%SLC_EMU_DIR/sys/config/eco.xml", "<Unknown 14>"},
		"pipelining":  {"no", "2 requests", query, query},
		"wrong":       {"the result code", "36 bytes", "36 bytes", "yes, and its response is Unknown, too", "<-       FDRES {response=Failure (fff0ffe9)}"},
	}, answers)

	// What a question asks is what the capture has.
	for _, ch := range Tour {
		steps, _ := ch.Steps(c)
		for _, s := range steps {
			q := s.Question
			if q == nil {
				continue
			}
			r := c.Log.At(s.Row)
			switch {
			case strings.HasPrefix(q.Prompt, "How long is this"):
				require.Equal(t, r.Length, q.Answer)
			case strings.Contains(q.Prompt, "long will the response be"), strings.HasPrefix(q.Prompt, "The answer begins"):
				require.Equal(t, c.Log.At(int(r.Partner)).Length, q.Answer)
			}
		}
	}

	// A conversation without an example says so.
	p := Play([]Item{{Kind: ItemRequest, Bytes: NewRequest(sata.Ping).Bytes}})
	for _, ch := range Tour {
		_, ok := ch.Steps(p.Conversation)
		require.False(t, ok, ch.ID)
	}
	_, ok := Tour[0].Steps(Conversation{Log: walcore.NewLog(walcore.Limits{})})
	require.False(t, ok)
}

// TestTourOfLittle: of a single exchange the chapters show what there is.
func TestTourOfLittle(t *testing.T) {
	exchange := func(c sata.Command, result sata.Result) []Item {
		return []Item{{Kind: ItemRequest, Bytes: NewRequest(c).Bytes}, {Kind: ItemResponse, Bytes: NewResponse(c, sata.QueryDetails, result).Bytes}}
	}
	for _, one := range []struct {
		items []Item
		has   string
	}{
		{exchange(sata.OpenFile, sata.Success), "hello paths descriptors"},
		{exchange(sata.OpenFile, sata.NotFound), "hello paths wrong"},
		{exchange(sata.OpenFolder, sata.Success), "hello paths folder"},
		{exchange(sata.Ping, sata.Success), "hello"},
		{exchange(sata.StatFile, sata.Success), "hello descriptors"},
		{exchange(sata.ReadFile, sata.Success), "file descriptors"},
		{exchange(sata.ReadFile, sata.NotFound), "descriptors wrong"},
		{exchange(sata.Rename, 0xFFF0FFEA), "hello paths wrong"},
		{append(exchange(sata.StatFile, sata.Success)[:1], exchange(sata.CloseFile, sata.Success)...), "descriptors"},
	} {
		var has []string
		c := Play(one.items).Conversation
		for _, ch := range Tour {
			if steps, ok := ch.Steps(c); ok {
				has = append(has, ch.ID)
				for _, s := range steps {
					require.NotNil(t, s.Question, ch.ID)
					checkQuestion(t, c, s.Question)
				}
			}
		}
		require.Equal(t, one.has, strings.Join(has, " "), c.Line(0))
	}
}

// TestTourEscapes: a path in a text can't break out of its backquotes.
func TestTourEscapes(t *testing.T) {
	f := NewRequest(sata.OpenFile)
	values, _ := f.Values()
	require.NoError(t, f.Set(len(values)-1, "/a`b\\n\\u{202e}<i>"))
	items := []Item{{Kind: ItemRequest, Bytes: f.Bytes}, {Kind: ItemResponse, Bytes: NewResponse(sata.OpenFile, 0, sata.NotFound).Bytes}}
	steps, ok := ChapterNamed("wrong").Steps(Play(items).Conversation)
	require.True(t, ok)
	require.Contains(t, steps[0].Text, "`/a'b")
	require.NotContains(t, steps[0].Text, "\u202e")
	require.NotContains(t, steps[0].Text, "/a'b\n")
}

// BenchmarkTour looks for examples in a long log that has none of most.
func BenchmarkTour(b *testing.B) {
	log := walcore.NewLog(walcore.Limits{})
	m := walcore.NewMachine(log)
	m.OpenStream(0)
	say := func(request, response []byte) {
		m.Request(0, walcore.Message{Head: request, Length: uint64(len(request))})
		m.Response(0, walcore.Message{Head: response, Length: uint64(len(response))})
	}
	say(NewRequest(sata.Ping).Bytes, NewResponse(sata.Ping, 0, 0).Bytes)
	open, opened := NewRequest(sata.OpenFile).Bytes, NewResponse(sata.OpenFile, 0, 0).Bytes
	read, data := NewRequest(sata.ReadFile).Bytes, NewResponse(sata.ReadFile, 0, 0).Bytes
	for range 250_000 {
		say(open, opened)
		say(read, data)
	}
	c := Conversation{Log: log, Rest: func(dst []byte, r *walcore.Record, offset uint64, n int) ([]byte, error) {
		return append(dst, make([]byte, n)...), nil
	}}
	b.ResetTimer()
	for range b.N {
		for i := range Tour {
			Tour[i].Steps(c)
		}
	}
	b.ReportMetric(float64(log.Len()), "records")
}

// TestTourSaysWhatIs: what the texts say of a capture is so in it, also where the
// capture is not the example.
func TestTourSaysWhatIs(t *testing.T) {
	quoted := regexp.MustCompile("The log says `([^`]*)`")
	one := regexp.MustCompile(`(^|[^,\d])1 (bytes|items|requests)\b`)
	for _, name := range goldenFiles(t) {
		c := load(t, name)
		pinged := map[uint32]bool{}
		for i := range c.Log.Len() {
			if r := c.Log.At(i); r.Kind == walcore.Request && r.Op == uint8(sata.Ping) {
				pinged[r.Stream] = true
			}
		}
		for _, ch := range Tour {
			steps, _ := ch.Steps(c)
			for _, s := range steps {
				all := s.Text + "\n" + s.Question.Prompt + "\n" + s.Question.AnswerText() + "\n" + s.Question.Why
				require.NotRegexp(t, one, all, name)
				if m := quoted.FindStringSubmatch(s.Text); m != nil {
					require.Contains(t, c.Line(s.Row), m[1], name)
				}
				if ch.ID != "hello" && !pinged[c.Log.At(s.Row).Stream] {
					require.NotRegexp(t, `of the (last )?Ping`, all, name)
				}
			}
		}
	}
}

// TestTourReadsFromTheBeginning: the place of the data is told only of a file that
// was opened for reading.
func TestTourReadsFromTheBeginning(t *testing.T) {
	for mode, want := range map[string]string{"r": "open", "a": "read"} {
		open := NewRequest(sata.OpenFile)
		require.NoError(t, open.Set(slotIndex(t, open, sata.SlotModeText), mode))
		p := Play([]Item{
			{Kind: ItemRequest, Bytes: open.Bytes}, {Kind: ItemResponse, Bytes: NewResponse(sata.OpenFile, 0, sata.Success).Bytes},
			{Kind: ItemRequest, Bytes: NewRequest(sata.ReadFile).Bytes}, {Kind: ItemResponse, Bytes: NewResponse(sata.ReadFile, 0, sata.Success).Bytes},
		})
		steps, ok := ChapterNamed("file").Steps(p.Conversation)
		require.True(t, ok)
		first := sata.Command(p.Log.At(steps[0].Row).Op)
		require.Equal(t, map[string]sata.Command{"open": sata.OpenFile, "read": sata.ReadFile}[want], first, mode)
	}
}

func slotIndex(t testing.TB, f *Frame, slot sata.Slot) int {
	for i, field := range f.Layout() {
		if field.Slot == slot {
			return i
		}
	}
	t.Fatalf("no field with slot %d", slot)
	return 0
}
