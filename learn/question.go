package learn

import (
	"strconv"
	"strings"
)

// QuestionKind is how a question is answered.
type QuestionKind uint8

// The kinds of questions.
const (
	QuestionNumber QuestionKind = iota // a number, decimal or hex after 0x
	QuestionChoice                     // one of Choices, by its number from 0
	QuestionByte                       // the offset of a byte of Bytes, or of the message of Row
)

// A Question is asked by the tour and the quiz. It knows its answer, and why.
type Question struct {
	Kind    QuestionKind
	Prompt  string
	Shown   string   // what the question is about, as it stands in the log; may be empty
	Choices []string // of QuestionChoice, as they stand in the log or in words
	Bytes   []byte   // of QuestionByte: what to look at, when that is not the message of Row
	Unit    string   // of QuestionNumber
	Answer  uint64   // the number, the choice, or the first right byte
	Length  int      // of QuestionByte: how many bytes from Answer on are right
	Why     string
	Hints   []Hint // what to say to wrong answers that are likely
	Hint    string // and to any other
	Row     int    // the record it is about
	Address string // where the reference tells more
}

// Check says whether an answer that a person typed or picked is right. An answer
// that can't be understood is an error that says what was expected.
func (q *Question) Check(answer string) (bool, error) {
	n, err := q.parse(answer)
	if err != nil {
		return false, err
	}
	switch q.Kind {
	case QuestionChoice:
		if n >= uint64(len(q.Choices)) {
			return false, &TextError{Offset: noOffset, Want: "one of " + strconv.Itoa(len(q.Choices)) + " choices", Found: quoted(answer)}
		}
	case QuestionByte:
		return n >= q.Answer && n < q.Answer+uint64(q.Length), nil
	}
	return n == q.Answer, nil
}

// digits is an answer without what people write around a number.
func (q *Question) digits(answer string) string {
	text := strings.NewReplacer(",", "", "_", "", " ", "").Replace(answer)
	return strings.TrimSuffix(strings.TrimSuffix(text, q.Unit), strings.TrimSuffix(q.Unit, "s"))
}

func (q *Question) parse(answer string) (uint64, error) {
	n, err := parseNumber(q.digits(answer), 64, false)
	if err != nil {
		return 0, &TextError{Offset: noOffset, Want: "a number, decimal or hex after 0x", Found: quoted(answer)}
	}
	return n, nil
}

// AnswerText is the right answer, for showing it.
func (q *Question) AnswerText() string {
	switch q.Kind {
	case QuestionChoice:
		return q.Choices[q.Answer]
	case QuestionByte:
		if q.Length == 1 {
			return "the byte at " + Hex(q.Answer)
		}
		return "the bytes from " + Hex(q.Answer) + " to " + Hex(q.Answer+uint64(q.Length)-1)
	}
	if q.Unit == "" {
		return Count(q.Answer)
	}
	return count(q.Answer, strings.TrimSuffix(q.Unit, "s"), q.Unit)
}
