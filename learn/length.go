package learn

import (
	"satascope/sata"
	"satascope/walcore"
)

// A Length is how long a message is by the rules of docs/protocol.md, section 2, and why.
type Length struct {
	Bytes uint64 // of the whole message
	// Exact is false where the rules allow more: what follows is then ignored.
	Exact bool
	Why   string // the sum in words
}

// fromRules is what package sata says, with the reason as one text.
func fromRules(l sata.Length) Length { return Length{l.Bytes, l.Exact, l.String()} }

// ResponseLength is how long a response of a shape is when its result code is
// given. Not for ShapeRead and ShapeUnknown, where no length follows from it.
func ResponseLength(shape sata.Shape, result sata.Result) Length {
	return fromRules(sata.ResponseLength(shape, result))
}

// A Read is what the length of an answer to a ReadFile depends on.
type Read sata.ReadAnswer

// Length is how long the answer is, by the server's rule. ok is false for an
// answer of no form of fast file I/O, which says its length in a header.
func (r Read) Length() (length Length, ok bool) {
	l, ok := sata.ReadAnswer(r).Length()
	return fromRules(l), ok
}

// FirstRead is the first read size in force at record i: that of the last Ping
// before it in its stream. known is false when there was none.
func (c Conversation) FirstRead(i int) (size uint32, known bool) {
	stream := c.Log.At(i).Stream
	for i--; i >= 0; i-- {
		r := c.Log.At(i)
		if r.Stream == stream && r.Kind == walcore.Request && r.Op == uint8(sata.Ping) && r.Line == walcore.LineRequest {
			return uint32(r.A >> 32), true
		}
	}
	return sata.DefaultFirstRead, false
}

// ReadOf is what the length of a READ line's message follows from; ok is false
// when record i is none, or its request is not known.
func (c Conversation) ReadOf(i int) (read Read, ok bool) {
	if r := c.Log.At(i); r.Line != walcore.LineRead || r.Partner == walcore.None {
		return Read{}, false
	}
	first, known := c.FirstRead(i)
	return c.readWith(i, first, known), true
}

// readWith is ReadOf with the first read size in force, and whether a Ping told
// it.
func (c Conversation) readWith(i int, first uint32, told bool) Read {
	r := c.Log.At(i)
	q := c.Log.At(int(r.Partner))
	form, _ := sata.FormOf([]byte(c.Log.Text(r.Path2)))
	from := sata.FromPing
	if !told {
		from = sata.FromUsual
	}
	return Read{Total: uint64(q.B) * uint64(q.C), FirstRead: first, Form: form, Word: r.B, From: from, Asked: decimal(uint64(q.B)) + " × " + decimal(uint64(q.C))}
}

// ShapeOf is the shape of the response of record i, or of the response to the
// request of record i.
func (c Conversation) ShapeOf(i int) sata.Shape {
	q, _ := c.Pair(i)
	if q < 0 {
		return sata.ShapeUnknown
	}
	r := c.Log.At(q)
	if r.Op == walcore.OpUnknown {
		return sata.ShapeUnknown
	}
	req := sata.Request{Command: sata.Command(r.Op), Query: sata.Query(r.B)}
	return req.ResponseShape()
}

// firstReadWords names the first read size in a text, and says where it is from.
func (r Read) firstReadWords() string {
	if r.From == sata.FromPing {
		return "the first read size of the Ping, " + Count(uint64(r.FirstRead))
	}
	return "the usual first read size, " + Count(uint64(r.FirstRead)) + " (no Ping was recorded)"
}

// LengthOf is how long the response of record i should be, by the rules. ok is
// false when they don't say.
func (c Conversation) LengthOf(i int) (length Length, ok bool) {
	r := c.Log.At(i)
	if r.Kind != walcore.Response {
		return Length{}, false
	}
	if read, ok := c.ReadOf(i); ok {
		return read.Length()
	}
	shape := c.ShapeOf(i)
	result, known := r.Result()
	if shape == sata.ShapeUnknown || shape == sata.ShapeRead || !known {
		return Length{}, false
	}
	return ResponseLength(shape, result), true
}

// RequestLength is how long a request of a command is.
func RequestLength(c sata.Command) Length { return fromRules(sata.RequestLength(c)) }
