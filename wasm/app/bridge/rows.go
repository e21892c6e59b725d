package bridge

import "encoding/binary"

// Rows answers AskRows: as many of the rows as there are.
type Rows struct {
	View uint32 // that they are of
	From int    // the first row's place in it
	Body []byte // rows, one after the other: see AppendRow and Next
}

func (*Rows) Kind() Kind { return KindRows }
func (m *Rows) fields(c *codec) {
	number(c, &m.View)
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

// Mark says what a part of a row's text is: any of these at once.
type Mark uint8

// The marks of spans.
const (
	MarkFailure Mark = 1 << iota // says that a request failed
	MarkAside                    // an explanation that the log itself does not have
	MarkMatch                    // made the filter take the row
	MarkHit                      // is what is looked for
)

// Unsure is the aside about an exchange of which neither the path nor the
// response is sure: words for both would leave no room for the path.
const Unsure = "  ?"

// A Span marks the bytes Start to End of a row's text. Spans stand in order and
// don't overlap.
type Span struct {
	Start, End int
	Mark       Mark
}

// Cell is a column of the list, as a bit.
type Cell uint16

// The cells that can be lit as a whole because what is in them made the filter
// take the row.
const (
	CellNumber Cell = 1 << iota
	CellTime
	CellStream
	CellOperation
	CellText
	CellResult
	CellBytes
	CellLatency
)

// A Row is one line of the list: a line of the log, or an exchange.
type Row struct {
	Index   int   // of its record in the log; of an exchange, its request's
	Time    int64 // nanoseconds since 1970, or NoTime
	Delta   int64 // since the row above it in the view, or NoTime
	Latency int64 // of a response and of an exchange, or NoTime
	Stream  int
	Partner int // the record of the other side, or NoRow; of an exchange, its response
	Class   Class
	Failed  bool
	Marked  bool   // by the person
	Lit     Cell   // any of the cells
	Note    []byte // of the person; UTF-8, escaped
	Noted   []Span // of Note
	Text    []byte // UTF-8, already escaped: nothing in it can change the page; of an exchange, its path
	Spans   []Span // of Text

	Exchange  bool // then these, too
	Operation []byte
	Result    []byte // in words, escaped
	Bytes     uint64
}

const (
	rowFailed = 1 << iota
	rowMarked
	rowExchange
	rowClass = 3 // how far the class is shifted
)

// AppendRow appends a row to a body.
func AppendRow(dst []byte, r *Row) []byte {
	for _, n := range [...]uint64{uint64(r.Index), uint64(r.Time), uint64(r.Delta), uint64(r.Latency), uint64(r.Stream), uint64(r.Partner + 1), uint64(r.Lit)} {
		dst = binary.AppendUvarint(dst, n)
	}
	flags := byte(r.Class) << rowClass
	if r.Failed {
		flags |= rowFailed
	}
	if r.Marked {
		flags |= rowMarked
	}
	if r.Exchange {
		flags |= rowExchange
	}
	dst = append(dst, flags)
	text := func(b []byte) { dst = append(binary.AppendUvarint(dst, uint64(len(b))), b...) }
	text(r.Note)
	text(r.Text)
	dst = appendSpans(dst, r.Noted)
	dst = appendSpans(dst, r.Spans)
	if r.Exchange {
		text(r.Operation)
		text(r.Result)
		dst = binary.AppendUvarint(dst, r.Bytes)
	}
	return dst
}

func appendSpans(dst []byte, spans []Span) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(spans)))
	for _, s := range spans {
		dst = binary.AppendUvarint(dst, uint64(s.Start))
		dst = binary.AppendUvarint(dst, uint64(s.End))
		dst = append(dst, byte(s.Mark))
	}
	return dst
}

// Next takes the first row from a body, and whether there was one. Its texts
// refer to the body; its spans take the place of those of r.
func Next(body []byte, r *Row) (rest []byte, ok bool) {
	c := codec{b: body, reading: true}
	number(&c, &r.Index)
	number(&c, &r.Time)
	number(&c, &r.Delta)
	number(&c, &r.Latency)
	number(&c, &r.Stream)
	number(&c, &r.Partner)
	r.Partner--
	number(&c, &r.Lit)
	var flags uint8
	c.byte(&flags)
	r.Class, r.Failed, r.Marked, r.Exchange = Class(flags>>rowClass), flags&rowFailed != 0, flags&rowMarked != 0, flags&rowExchange != 0
	r.Note = c.take()
	r.Text = c.take()
	r.Noted = c.spans(r.Noted[:0], r.Note)
	r.Spans = c.spans(r.Spans[:0], r.Text)
	r.Operation, r.Result, r.Bytes = nil, nil, 0
	if r.Exchange {
		r.Operation = c.take()
		r.Result = c.take()
		number(&c, &r.Bytes)
	}
	return c.b, !c.bad
}

// spans reads the spans of a text.
func (c *codec) spans(dst []Span, text []byte) []Span {
	n, at := 0, 0
	number(c, &n)
	if n < 0 || n > len(c.b) {
		c.fail()
	}
	for range n {
		var s Span
		number(c, &s.Start)
		number(c, &s.End)
		c.byte((*uint8)(&s.Mark))
		if s.Start < at || s.End < s.Start || s.End > len(text) {
			c.fail()
		}
		if c.bad {
			break
		}
		at = s.End
		dst = append(dst, s)
	}
	return dst
}

// byte reads one byte.
func (c *codec) byte(v *uint8) {
	if len(c.b) == 0 {
		c.fail()
		return
	}
	*v, c.b = c.b[0], c.b[1:]
}
