package bridge

// What the page asks of the worker to share a part of a capture. The answer is a
// Carved, when it is known what is in it, and a [Saved] with the part attached;
// Saving and StopSave are as for downloads.

// Kinds of messages about sharing begin here.
const (
	KindCarve  Kind = iota + 128 // page: make a capture of a part
	KindCarved                   // worker: what is in it
)

func emptyShare(k Kind) Message {
	switch k {
	case KindCarve:
		return &Carve{}
	case KindCarved:
		return &Carved{}
	}
	return nil
}

// Carve asks for a capture of the exchanges that a filter leaves or, with ranges,
// of those at places of a view.
type Carve struct {
	Seq    uint32
	Filter string
	View   uint32
	Ranges []Range
	Row    int    // a record to be found again in the part, or NoRow
	Shown  string // the filter that the page has
}

func (*Carve) Kind() Kind { return KindCarve }
func (m *Carve) fields(c *codec) {
	number(c, &m.Seq)
	c.text(&m.Filter)
	number(c, &m.View)
	list(c, &m.Ranges, func(c *codec, r *Range) {
		number(c, &r.From)
		number(c, &r.To)
	})
	number(c, &m.Row)
	c.text(&m.Shown)
}

// Carved tells what is in a part. It was decoded again, unless it is too large
// for that: then Checked is false and nothing below it is known.
type Carved struct {
	Seq     uint32
	Rows    int    // lines of the log in it
	Added   int    // of them those that were not asked for, but the others need
	Port    uint16 // on which the protocol is spoken in it, 0 when it need not be said
	Checked bool
	Same    bool   // its log is the whole log: every row is there, with its number
	Holds   bool   // the filter that the page has leaves the same there
	Changed int    // messages whose line is another there
	Row     int    // the record that was asked about, in the part, or NoRow
	Notes   []Note // on rows that are in it, as the part has them
	Left    int    // notes on other rows
}

func (*Carved) Kind() Kind { return KindCarved }
func (m *Carved) fields(c *codec) {
	number(c, &m.Seq)
	number(c, &m.Rows)
	number(c, &m.Added)
	number(c, &m.Port)
	c.bool(&m.Checked)
	c.bool(&m.Same)
	c.bool(&m.Holds)
	number(c, &m.Changed)
	number(c, &m.Row)
	list(c, &m.Notes, note)
	number(c, &m.Left)
}
