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

// Carve asks for a capture of the exchanges that a filter leaves.
type Carve struct {
	Seq    uint32
	Filter string
}

func (*Carve) Kind() Kind { return KindCarve }
func (m *Carve) fields(c *codec) {
	number(c, &m.Seq)
	c.text(&m.Filter)
}

// Carved tells what is in a part.
type Carved struct {
	Seq   uint32
	Rows  int // messages in it
	Added int // of them those that the filter did not leave, but the others need
}

func (*Carved) Kind() Kind { return KindCarved }
func (m *Carved) fields(c *codec) {
	number(c, &m.Seq)
	number(c, &m.Rows)
	number(c, &m.Added)
}
