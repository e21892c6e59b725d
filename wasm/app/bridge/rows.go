package bridge

import "encoding/binary"

// Rows answers AskRows: as many of the rows as there are.
type Rows struct {
	From int    // the first row's place in the list
	Body []byte // rows, one after the other: see AppendRow and Next
}

func (*Rows) Kind() Kind { return KindRows }
func (m *Rows) fields(c *codec) {
	number(c, &m.From)
	c.rest(&m.Body)
}

// Class says how a row is drawn.
type Class uint8

// The classes of rows.
const (
	ClassRequest Class = iota
	ClassResponse
	ClassWritten
	ClassDiagnostic
)

// Mark says what a part of a row's text is.
type Mark uint8

// The marks of spans.
const (
	MarkFailure Mark = iota // says that a request failed
	MarkAside               // an explanation that the log itself does not have
)

// A Span marks the bytes Start to End of a row's text. Spans stand in order and
// don't overlap.
type Span struct {
	Start, End int
	Mark       Mark
}

// A Row is one line of the list.
type Row struct {
	Index  int   // of its record in the log
	Time   int64 // nanoseconds since 1970, or NoTime
	Stream int
	Class  Class
	Failed bool
	Text   []byte // UTF-8, already escaped: nothing in it can change the page
	Spans  []Span
}

// AppendRow appends a row to a body.
func AppendRow(dst []byte, r *Row) []byte {
	dst = binary.AppendUvarint(dst, uint64(r.Index))
	dst = binary.AppendUvarint(dst, uint64(r.Time))
	dst = binary.AppendUvarint(dst, uint64(r.Stream))
	flags := byte(r.Class) << 1
	if r.Failed {
		flags |= 1
	}
	dst = append(dst, flags)
	dst = binary.AppendUvarint(dst, uint64(len(r.Text)))
	dst = append(dst, r.Text...)
	dst = binary.AppendUvarint(dst, uint64(len(r.Spans)))
	for _, s := range r.Spans {
		dst = binary.AppendUvarint(dst, uint64(s.Start))
		dst = binary.AppendUvarint(dst, uint64(s.End))
		dst = append(dst, byte(s.Mark))
	}
	return dst
}

// Next takes the first row from a body, and whether there was one. Text refers
// to the body; Spans are appended to those of r from its start.
func Next(body []byte, r *Row) (rest []byte, ok bool) {
	c := codec{b: body, reading: true}
	number(&c, &r.Index)
	number(&c, &r.Time)
	number(&c, &r.Stream)
	var flags, spans = uint8(0), 0
	c.byte(&flags)
	r.Class, r.Failed = Class(flags>>1), flags&1 != 0
	r.Text = c.take()
	number(&c, &spans)
	if spans < 0 || spans > len(c.b) {
		c.fail()
	}
	r.Spans = r.Spans[:0]
	at := 0
	for range spans {
		var s Span
		number(&c, &s.Start)
		number(&c, &s.End)
		c.byte((*uint8)(&s.Mark))
		if s.Start < at || s.End < s.Start || s.End > len(r.Text) {
			c.fail()
		}
		if c.bad {
			break
		}
		at = s.End
		r.Spans = append(r.Spans, s)
	}
	return c.b, !c.bad
}

// byte reads one byte.
func (c *codec) byte(v *uint8) {
	if len(c.b) == 0 {
		c.fail()
		return
	}
	*v, c.b = c.b[0], c.b[1:]
}
