// Package bridge is what the page and its worker say to each other, written
// down once.
//
// Both are the same program in two places: the page shows, the worker holds the
// file and what was decoded of it. They share nothing; each message is one
// block of bytes, handed over and not copied, because crossing from Go to
// JavaScript costs the same for a megabyte as for a few objects. What bytes
// can't carry (a file, a blob, a file handle) travels beside them as the
// message's attachment.
//
// What the inspector and the strip of activity need is in inspector.go, what the
// list, its filter and all around it need in views.go.
//
// A message is its [Kind] and its fields, in the order of its fields method.
// Numbers are unsigned varints, texts a length and UTF-8. [Rows] is the one in
// bulk: a row for each line that the page can show at once.
//
// A worker lives for one file: memory that a WebAssembly program once had never
// goes back, so each file that is opened gets a new one, and nothing that comes
// late from an earlier file can be taken for an answer.
package bridge

// Kind is the first byte of a message.
type Kind uint8

// What the page asks, and what the worker answers or tells.
const (
	KindReady    Kind = iota + 1 // worker: listens now
	KindOpen                     // page: decode the attached file
	KindCancel                   // page: stop decoding
	KindProgress                 // worker: how far it came
	KindEnded                    // worker: decoding ended, and how
	KindAskRows                  // page: rows of the list
	KindRows                     // worker: those
	KindAskLine                  // page: one line, whole
	KindLine                     // worker: that
	KindSave                     // page: make a download
	KindStopSave                 // page: don't
	KindSaving                   // worker: how much of it is there
	KindSaved                    // worker: the download, attached
)

// A Message is one of the types below.
type Message interface {
	Kind() Kind
	fields(*codec)
}

// Append appends a message's bytes.
func Append(dst []byte, m Message) []byte {
	c := codec{b: append(dst, byte(m.Kind()))}
	m.fields(&c)
	return c.b
}

// Parse reads a message; nil when it is none. A [Rows] refers to b.
func Parse(b []byte) Message {
	if len(b) == 0 {
		return nil
	}
	m := empty(Kind(b[0]))
	if m == nil {
		return nil
	}
	c := codec{b: b[1:], reading: true}
	m.fields(&c)
	if c.bad {
		return nil
	}
	return m
}

func empty(k Kind) Message {
	switch k {
	case KindReady:
		return &Ready{}
	case KindOpen:
		return &Open{}
	case KindCancel:
		return &Cancel{}
	case KindProgress:
		return &Progress{}
	case KindEnded:
		return &Ended{}
	case KindAskRows:
		return &AskRows{}
	case KindRows:
		return &Rows{}
	case KindAskLine:
		return &AskLine{}
	case KindLine:
		return &Line{}
	case KindSave:
		return &Save{}
	case KindStopSave:
		return &StopSave{}
	case KindSaving:
		return &Saving{}
	case KindSaved:
		return &Saved{}
	}
	if m := emptyInspector(k); m != nil {
		return m
	}
	if m := emptyViews(k); m != nil {
		return m
	}
	if m := emptyLearn(k); m != nil {
		return m
	}
	return emptyShare(k)
}

// Ready is the worker's first message: what is sent to it before may be lost.
type Ready struct{}

func (*Ready) Kind() Kind    { return KindReady }
func (*Ready) fields(*codec) {}

// Open asks for the attached files (an array of Blobs or Files) to be decoded
// together.
type Open struct {
	Names  []string // of the files
	Pasted bool     // it is text that was pasted, of which errors speak so
	Assumed
}

// Assumed is what a person set about a conversation; zero fields are left to the
// conversation to tell.
type Assumed struct {
	Port      uint16 // the server's port; 0 to find it
	Server    string // address and port; only its streams are decoded
	FFIO      Switch // fast file I/O where no Ping was recorded
	FirstRead uint32 // the first read size before a Ping, in bytes
}

// Switch is something that the conversation tells unless it is set. The numbers
// are those of decode.Switch.
type Switch uint8

// The settings of a Switch.
const (
	Auto Switch = iota
	On
	Off
)

func (*Open) Kind() Kind { return KindOpen }
func (m *Open) fields(c *codec) {
	list(c, &m.Names, (*codec).text)
	c.bool(&m.Pasted)
	number(c, &m.Port)
	c.text(&m.Server)
	number(c, &m.FFIO)
	number(c, &m.FirstRead)
}

// Cancel asks the worker to stop decoding. What was decoded stays.
type Cancel struct{}

func (*Cancel) Kind() Kind    { return KindCancel }
func (*Cancel) fields(*codec) {}

// Progress tells how far decoding came.
type Progress struct {
	Read   int64 // bytes of the file as it is stored
	Size   int64 // bytes there, -1 when not known
	Rows   int   // in the list
	Pass   int   // how often the file was read before: when nothing was on the usual port, or SYNs came behind data
	Base   int64 // the time that rows and filters count from: that of the earliest row, nanoseconds since 1970, or NoTime
	Millis int64 // since it began
}

func (*Progress) Kind() Kind { return KindProgress }
func (m *Progress) fields(c *codec) {
	number(c, &m.Read)
	number(c, &m.Size)
	number(c, &m.Rows)
	number(c, &m.Pass)
	number(c, &m.Base)
	number(c, &m.Millis)
}

// NoTime is a time that the file does not tell.
const NoTime = -1 << 63

// Outcome is how decoding ended.
type Outcome uint8

// The outcomes.
const (
	Done      Outcome = iota // the end of the file was reached
	Failed                   // Error says why it was not
	Cancelled                // the page asked for it
)

// Ended tells how decoding ended and what there is.
type Ended struct {
	Outcome  Outcome
	Error    string  // one sentence, for people
	Source   int     // which of several files it is about; -1 when it is about none of them alone
	Offers   []Offer // ports to decode with instead
	Progress Progress
	Summary  Summary
	Streams  []Stream
	Notes    []Note // that stood in the file, which is a log
}

// An Offer is a port on which something was found.
type Offer struct {
	Port          uint16
	Conversations int
	Bytes         int64
	Requests      int // that look like the protocol's
}

// Summary is what is in the file.
type Summary struct {
	Kind        string // in words
	Packed      string
	Messages    int
	Written     int // rows of written data
	Diagnostics int
	Bytes       int64 // of the conversations
	First, Last int64 // times of the first and the last row
	Port        uint16
	Packets     uint64
	Full        string // the limit that was reached, in words; "" for none
	Rests       []Basis
	Assumed     []Assumption
	// The compatible log ends before row Stop, where the reference would have
	// stopped; -1 when it has no such end.
	Stop    int
	StopWhy string
	Message int // the row of the first message, NoRow when there is none
}

// A Basis is something that decoding rests on, and how it is known: as
// decode.Fact.
type Basis struct {
	What, Value, Known, Why string
}

// An Assumption is something that the conversation did not tell and that was
// taken to be so, or was set.
type Assumption struct {
	Sentence string // for people
	Option   string // what sets it otherwise: port, server, ffio or first-read; "" when nothing does
	Set      bool   // it was set
}

// A Stream is one connection.
type Stream struct {
	Client, Server string // addresses, "" when the file does not tell
	Messages       int
}

func (*Ended) Kind() Kind { return KindEnded }
func (m *Ended) fields(c *codec) {
	number(c, &m.Outcome)
	c.text(&m.Error)
	number(c, &m.Source)
	list(c, &m.Offers, func(c *codec, o *Offer) {
		number(c, &o.Port)
		number(c, &o.Conversations)
		number(c, &o.Bytes)
		number(c, &o.Requests)
	})
	m.Progress.fields(c)
	s := &m.Summary
	c.text(&s.Kind)
	c.text(&s.Packed)
	number(c, &s.Messages)
	number(c, &s.Written)
	number(c, &s.Diagnostics)
	number(c, &s.Bytes)
	number(c, &s.First)
	number(c, &s.Last)
	number(c, &s.Port)
	number(c, &s.Packets)
	c.text(&s.Full)
	list(c, &s.Rests, func(c *codec, f *Basis) {
		for _, text := range []*string{&f.What, &f.Value, &f.Known, &f.Why} {
			c.text(text)
		}
	})
	list(c, &s.Assumed, func(c *codec, a *Assumption) {
		c.text(&a.Sentence)
		c.text(&a.Option)
		c.bool(&a.Set)
	})
	number(c, &s.Stop)
	c.text(&s.StopWhy)
	number(c, &s.Message)
	list(c, &m.Notes, note)
	list(c, &m.Streams, func(c *codec, s *Stream) {
		c.text(&s.Client)
		c.text(&s.Server)
		number(c, &s.Messages)
	})
}

// AskRows asks for Count rows of a view from place From on.
type AskRows struct {
	View        uint32
	From, Count int
}

func (*AskRows) Kind() Kind { return KindAskRows }
func (m *AskRows) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.From)
	number(c, &m.Count)
}

// AskLine asks for one line of the log as it is, whole as far as that is
// sensible on a screen.
type AskLine struct {
	Row int
}

func (*AskLine) Kind() Kind { return KindAskLine }
func (m *AskLine) fields(c *codec) {
	number(c, &m.Row)
}

// Line is one line with what is known around it.
type Line struct {
	Row    int
	Time   int64
	Stream int
	Client string // of the stream
	Server string
	Packet uint32 // the number of what it came in, 0 when there is none
	// Carrier is what has that number.
	Carrier Carrier
	Class   Class
	Text    string // escaped, as Row.Text
	Cut     bool   // there is more of it in the downloaded log
	// Address is where the reference explains such a line.
	Address string
}

func (*Line) Kind() Kind { return KindLine }
func (m *Line) fields(c *codec) {
	number(c, &m.Row)
	number(c, &m.Time)
	number(c, &m.Stream)
	c.text(&m.Client)
	c.text(&m.Server)
	number(c, &m.Packet)
	number(c, &m.Carrier)
	number(c, &m.Class)
	c.text(&m.Text)
	c.bool(&m.Cut)
	c.text(&m.Address)
}

// Save asks for a log as a file: into the attached file handle, or without one
// as a Blob that comes back.
type Save struct {
	Seq         uint32 // names this download
	View        uint32 // whose rows are written; 0 for all
	Compatible  bool   // the compatible log, whatever the view
	Diagnostics bool
	Notes       bool
}

func (*Save) Kind() Kind { return KindSave }
func (m *Save) fields(c *codec) {
	number(c, &m.Seq)
	number(c, &m.View)
	c.bool(&m.Compatible)
	c.bool(&m.Diagnostics)
	c.bool(&m.Notes)
}

// StopSave asks not to go on with a download.
type StopSave struct{ Seq uint32 }

func (*StopSave) Kind() Kind        { return KindStopSave }
func (m *StopSave) fields(c *codec) { number(c, &m.Seq) }

// Saving tells how many bytes of a download were made.
type Saving struct {
	Seq   uint32
	Bytes int64
}

func (*Saving) Kind() Kind { return KindSaving }
func (m *Saving) fields(c *codec) {
	number(c, &m.Seq)
	number(c, &m.Bytes)
}

// Saved ends a download: with its Blob attached, when it was not written into a
// file handle, or with an error.
type Saved struct {
	Seq     uint32
	Bytes   int64
	Error   string
	Stopped bool // the page asked for it
}

func (*Saved) Kind() Kind { return KindSaved }
func (m *Saved) fields(c *codec) {
	number(c, &m.Seq)
	number(c, &m.Bytes)
	c.text(&m.Error)
	c.bool(&m.Stopped)
}
