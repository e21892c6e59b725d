package learn

import (
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// A Length is how long a message is by the rules of section 2, and why.
type Length struct {
	Bytes uint64 // of the whole message
	// Exact is false where the rules allow more: what follows is then ignored.
	Exact bool
	Why   string // the sum in words
}

// ResponseLength is how long a response of a shape is when its result code is
// given. Not for ShapeRead and ShapeUnknown, where no length follows from it.
func ResponseLength(shape sata.Shape, result sata.Result) Length {
	spec := shape.Spec()
	last := spec.Fields[len(spec.Fields)-1]
	body := uint64(last.End() - sata.HeaderSize)
	why := "A header of `0x20` bytes"
	if result != sata.Success && spec.Short > 0 {
		return Length{sata.HeaderSize + uint64(spec.Short), false,
			why + " and the result code (4). After a failure nothing else is read, so more may follow."}
	}
	if len(spec.Fields) == 1 {
		return Length{sata.HeaderSize + body, spec.Exact, why + " and the result code (4): " + strconv.FormatUint(sata.HeaderSize+body, 10) + " bytes."}
	}
	why += ", the result code (4)"
	for at := 1; at < len(spec.Fields); at++ {
		f := &spec.Fields[at]
		switch {
		case f.Slot == sata.SlotFlags:
			why += ", the info block (" + strconv.Itoa(sata.InfoSize) + ")"
			for at+1 < len(spec.Fields) && spec.Fields[at+1].End() <= f.Offset+sata.InfoSize {
				at++
			}
		default:
			why += ", the " + f.Name + " (" + strconv.Itoa(f.Length) + ")"
		}
	}
	why += ": " + strconv.FormatUint(sata.HeaderSize+body, 10) + " bytes"
	if !spec.Exact {
		return Length{sata.HeaderSize + body, false, why + " or more; what follows is ignored."}
	}
	return Length{sata.HeaderSize + body, true, why + "."}
}

// A Read is what the length of an answer to a ReadFile depends on.
type Read struct {
	Total     uint64        // what the request asked for: block count × block size
	FirstRead uint32        // of the last Ping
	Form      sata.ReadForm // of the answer's first 32 bytes
	Word      uint32        // the u32 at 0x20 of the answer
}

// Length is how long the answer is, by the server's rule. ok is false for an
// answer of no form of fast file I/O, which says its length in a header.
func (r Read) Length() (length Length, ok bool) {
	first := uint64(r.FirstRead)
	least := min(r.Total, first)
	sum := func(n uint64) string {
		return "`0x24 + " + strconv.FormatUint(n, 10) + " = " + strconv.FormatUint(sata.ReadHeadSize+n, 10) + "` bytes"
	}
	smaller := Count(r.Total) + " bytes were asked for, "
	if r.Total <= first {
		smaller += "no more than the first read size (" + Count(first) + "), so the data is filled up to " + Count(least)
	} else {
		smaller += "more than the first read size (" + Count(first) + "), so the data is filled up to the latter"
	}
	switch r.Form {
	case sata.ReadFailed:
		return Length{sata.ReadHeadSize, true, "It starts with `C4 00 FE 00 20`: the read failed. Such an answer is 32 bytes and the result code, and nothing else: `0x24 = 36` bytes."}, true
	case sata.ReadFirst:
		return Length{sata.ReadHeadSize + least, true, "It starts with `C4 00 24 02`, so the number after it is the file's length and says nothing of what follows. " + smaller + ": " + sum(least) + "."}, true
	case sata.ReadZeros:
		n := max(uint64(r.Word), least)
		why := "It starts with zeros: the server's buffer has grown, and the number after them is how much was read, " + Count(uint64(r.Word)) + ". " + smaller
		if n == uint64(r.Word) {
			why += ", which is not more than that"
		} else {
			why += ", which is more"
		}
		return Length{sata.ReadHeadSize + n, true, why + ": " + sum(n) + "."}, true
	}
	return Length{}, false
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
	first, _ := c.FirstRead(i)
	return c.readWith(i, first), true
}

// readWith is ReadOf when the first read size in force is known.
func (c Conversation) readWith(i int, first uint32) Read {
	r := c.Log.At(i)
	q := c.Log.At(int(r.Partner))
	form, _ := sata.FormOf([]byte(c.Log.Text(r.Path2)))
	return Read{Total: uint64(q.B) * uint64(q.C), FirstRead: first, Form: form, Word: r.B}
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
func RequestLength(c sata.Command) Length {
	s := c.Spec()
	n := uint64(sata.RequestSize + s.BodyLen())
	why := "A header (`0x20`) and the command info (`0x14`)"
	for i := range s.Fields {
		f := &s.Fields[i]
		why += ", the " + f.Name + " (" + strconv.Itoa(f.Length) + ")"
	}
	return Length{n, s.Slack == 0, why + ": " + strconv.FormatUint(n, 10) + " bytes."}
}
