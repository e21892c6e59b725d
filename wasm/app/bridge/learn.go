package bridge

// What the page asks the worker to teach with: the tour's steps in the open
// capture, what a row does in the state machine, questions, and the frames of an
// exchange. The rules are those of package learn; the messages carry their
// results.

// Kinds of messages about learning begin here.
const (
	KindAskTour   Kind = iota + 160 // page: a chapter of the tour in this conversation
	KindTour                        // worker: its steps
	KindAskMove                     // page: what a row does to its stream
	KindMove                        // worker: that
	KindAskQuiz                     // page: a question
	KindQuiz                        // worker: it
	KindAskFrames                   // page: the frames of a row's exchange
	KindFrames                      // worker: they
)

func emptyLearn(k Kind) Message {
	switch k {
	case KindAskTour:
		return &AskTour{}
	case KindTour:
		return &Tour{}
	case KindAskMove:
		return &AskMove{}
	case KindMove:
		return &Move{}
	case KindAskQuiz:
		return &AskQuiz{}
	case KindQuiz:
		return &Quiz{}
	case KindAskFrames:
		return &AskFrames{}
	case KindFrames:
		return &Frames{}
	}
	return nil
}

// AskTour asks for the steps of a chapter, by its number.
type AskTour struct{ Chapter int }

func (*AskTour) Kind() Kind        { return KindAskTour }
func (m *AskTour) fields(c *codec) { number(c, &m.Chapter) }

// Tour is a chapter in the open capture. Without steps, the capture has no
// example of what it is about.
type Tour struct {
	Chapter int
	Steps   []Step
	Error   string
}

// A Step is one of a chapter, with what is shown of its row.
type Step struct {
	Row     int
	Line    string // escaped
	Text    string // pieces between backquotes are code
	Changes []string
	Address string
	Shown   Excerpt
	Ask     []Question // none or one
}

// An Excerpt is the beginning of a message and the ranges of it to light.
type Excerpt struct {
	Head  []byte
	Marks []ByteMark
}

// A ByteMark is a range of a message that a text speaks of, in bytes from the
// message's beginning.
type ByteMark struct {
	Offset, Length int
	Label          string
}

// A Question is as learn.Question.
type Question struct {
	Form    uint8 // learn.QuestionKind
	Prompt  string
	Shown   string // escaped
	Choices []string
	Bytes   []byte
	Unit    string
	Answer  uint64
	Length  int
	Why     string
	Hints   []Hint
	Hint    string
	Row     int
	Address string
}

// A Hint is as learn.Hint.
type Hint struct {
	First, Last uint64
	Says        string
}

func (*Tour) Kind() Kind { return KindTour }
func (m *Tour) fields(c *codec) {
	number(c, &m.Chapter)
	list(c, &m.Steps, func(c *codec, s *Step) {
		number(c, &s.Row)
		c.text(&s.Line)
		c.text(&s.Text)
		texts(c, &s.Changes)
		c.text(&s.Address)
		s.Shown.fields(c)
		list(c, &s.Ask, func(c *codec, q *Question) { q.fields(c) })
	})
	c.text(&m.Error)
}

func (e *Excerpt) fields(c *codec) {
	blob(c, &e.Head)
	list(c, &e.Marks, func(c *codec, m *ByteMark) {
		number(c, &m.Offset)
		number(c, &m.Length)
		c.text(&m.Label)
	})
}

func (q *Question) fields(c *codec) {
	number(c, &q.Form)
	c.text(&q.Prompt)
	c.text(&q.Shown)
	texts(c, &q.Choices)
	blob(c, &q.Bytes)
	c.text(&q.Unit)
	number(c, &q.Answer)
	number(c, &q.Length)
	c.text(&q.Why)
	list(c, &q.Hints, func(c *codec, h *Hint) {
		number(c, &h.First)
		number(c, &h.Last)
		c.text(&h.Says)
	})
	c.text(&q.Hint)
	number(c, &q.Row)
	c.text(&q.Address)
}

func texts(c *codec, v *[]string) { list(c, v, func(c *codec, s *string) { c.text(s) }) }

// blob is bytes in the middle of a message.
func blob(c *codec, v *[]byte) {
	s := string(*v)
	c.text(&s)
	if c.reading {
		*v = []byte(s)
	}
}

// AskMove asks what a row does in the state machine.
type AskMove struct{ Row int }

func (*AskMove) Kind() Kind        { return KindAskMove }
func (m *AskMove) fields(c *codec) { number(c, &m.Row) }

// Move is a learn.Moment, and what inspect.StreamState says of its stream: the
// same as in the inspector.
type Move struct {
	Row           int
	Stream        int
	Line          string // escaped
	Before, After uint8  // learn.State
	Opens         bool
	Arrow         uint8 // learn.ArrowID
	Shown         Excerpt
	Waiting       int
	Oldest        int    // row, -1 for none
	FFIO, CSR     string // inspect.Setting, in words
	FirstRead     uint32
	Known         bool // as of StreamState
	Changes       []string
}

func (*Move) Kind() Kind { return KindMove }
func (m *Move) fields(c *codec) {
	number(c, &m.Row)
	number(c, &m.Stream)
	c.text(&m.Line)
	number(c, &m.Before)
	number(c, &m.After)
	c.bool(&m.Opens)
	number(c, &m.Arrow)
	m.Shown.fields(c)
	number(c, &m.Waiting)
	number(c, &m.Oldest)
	c.text(&m.FFIO)
	c.text(&m.CSR)
	number(c, &m.FirstRead)
	c.bool(&m.Known)
	texts(c, &m.Changes)
}

// AskQuiz asks for the question of a seed, about one of learn.QuizTopics.
type AskQuiz struct {
	Topic string
	Seed  uint64
}

func (*AskQuiz) Kind() Kind { return KindAskQuiz }
func (m *AskQuiz) fields(c *codec) {
	c.text(&m.Topic)
	number(c, &m.Seed)
}

// Quiz is a question; none when the conversation has nothing to ask about.
type Quiz struct {
	Seed uint64
	Ask  []Question
	// Shown is the message that the question is about, where it is about bytes
	// and does not bring its own.
	Shown Excerpt
	Error string
}

func (*Quiz) Kind() Kind { return KindQuiz }
func (m *Quiz) fields(c *codec) {
	number(c, &m.Seed)
	list(c, &m.Ask, func(c *codec, q *Question) { q.fields(c) })
	m.Shown.fields(c)
	c.text(&m.Error)
}

// AskFrames asks for the exchange that a row belongs to.
type AskFrames struct{ Row int }

func (*AskFrames) Kind() Kind        { return KindAskFrames }
func (m *AskFrames) fields(c *codec) { number(c, &m.Row) }

// Frames is an exchange as learn.AppendItems writes it, or an error.
type Frames struct {
	Row   int
	Items string
	Rows  []int // of the items
	Error string
}

func (*Frames) Kind() Kind { return KindFrames }
func (m *Frames) fields(c *codec) {
	number(c, &m.Row)
	c.text(&m.Items)
	list(c, &m.Rows, func(c *codec, row *int) { number(c, row) })
	c.text(&m.Error)
}
