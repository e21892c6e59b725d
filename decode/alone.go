package decode

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// Half a conversation: one direction of it, or a single message.

// onlyRequests says whether the bytes that a dump begins with are requests, one
// behind the other, with the data of WriteFile between them: what only a client
// sent.
func onlyRequests(b []byte) bool {
	n := 0
	for ; len(b) > 0; n++ {
		if like := sata.LooksLikeRequest(b); like != sata.Yes {
			return like == sata.Maybe && n > 1
		}
		length := sata.HeaderSize + uint64(binary.BigEndian.Uint32(b))
		var r sata.Request
		if sata.ParseRequest(b, length, &r) == nil && r.Command == sata.WriteFile {
			length += r.Total()
		}
		b = b[min(length, uint64(len(b))):]
	}
	return n > 1
}

// ShapesAlone are the shapes that length bytes can have by their form, if they are
// one response and nothing else: for a response whose request is not known. head
// is all of them, or some that they begin with. The shape that a constant of the
// protocol speaks for comes first.
func ShapesAlone(head []byte, length uint64) (shapes []sata.Shape) {
	if len(head) < sata.HeaderSize+4 || sata.LooksLikeRequest(head) == sata.Yes {
		return nil
	}
	switch form, _ := sata.FormOf(head); {
	case form == sata.ReadFirst, form == sata.ReadFailed && length == sata.ReadHeadSize, form == sata.ReadZeros && fillsZeros(head, length):
		return []sata.Shape{sata.ShapeRead}
	}
	if h, err := sata.ParseHeader(head); err != nil || h.Size() != length {
		return nil
	}
	for shape := sata.ShapeResult; shape < sata.ShapeRead; shape++ {
		switch {
		case sata.LooksLikeResponse(head, shape) != sata.Yes:
		case shape == sata.ShapePong && isPong(head):
			shapes = slices.Insert(shapes, 0, shape)
		default:
			shapes = append(shapes, shape)
		}
	}
	if perhapsRequest(head) && !slices.ContainsFunc(shapes, func(s sata.Shape) bool { return fills(s, length) }) {
		return nil
	}
	return shapes
}

// isPong says whether a response of a Pong's length has what only a Pong has for
// capabilities.
func isPong(b []byte) bool {
	const some = sata.CapBoth &^ 3 // the other bits of all that are seen
	return len(b) >= sata.HeaderSize+8 && sata.Capabilities(binary.BigEndian.Uint32(b[sata.HeaderSize+4:]))&^3 == some
}

// fills says whether a message of a length has just the fields of a shape.
func fills(shape sata.Shape, length uint64) bool {
	spec := shape.Spec()
	return spec.Exact && length == uint64(spec.Fields[len(spec.Fields)-1].End())
}

// perhapsRequest says whether a header is rather a request's: of a message long
// enough, and without what a server fills in.
func perhapsRequest(head []byte) bool {
	h, err := sata.ParseHeader(head)
	return err == nil && len(head) >= sata.RequestSize && h.Size() >= sata.RequestSize && h.Timestamp == 0 && h.PID == 0
}

// unknownRequest says what b is if it seems to be one request and nothing else,
// but none that is known; else it says nothing.
func unknownRequest(b []byte) string {
	if h, err := sata.ParseHeader(b); err != nil || h.Size() != uint64(len(b)) || !perhapsRequest(b) || sata.LooksLikeRequest(b) == sata.Yes || len(ShapesAlone(b, uint64(len(b)))) > 0 {
		return ""
	}
	command := sata.Command(binary.BigEndian.Uint32(b[0x30:]))
	if spec := command.Spec(); spec != nil {
		return "perhaps a request: " + spec.Name + ", but not as long as one"
	}
	return "perhaps a request with a command that is not known (0x" + strconv.FormatUint(uint64(command), 16) + ")"
}

// oneMessage says what a file is that is a response, or a request that is not
// known, and nothing else; fromServer is whether it is the response. It says
// nothing when the file is none of them.
func oneMessage(b []byte) (what string, fromServer bool) {
	shapes := ShapesAlone(b, uint64(len(b)))
	for i, shape := range shapes {
		if i == 0 {
			what = "a response without its request: by its form it can be: "
		} else {
			what += "; "
		}
		what += shape.String() + " (to " + AnsweredBy(shape) + ")"
	}
	if what == "" {
		what = unknownRequest(b)
	}
	return what, len(shapes) > 0
}

// fillsZeros says whether length bytes that begin with zeros, as an answer to a
// ReadFile does once the server's buffer grew, are that answer: data as long as
// it says, and padding.
func fillsZeros(head []byte, length uint64) bool {
	end := sata.ReadHeadSize + uint64(binary.BigEndian.Uint32(head[sata.HeaderSize:]))
	padding := head[min(end, uint64(len(head))):]
	return end > sata.ReadHeadSize && end <= length && bytes.Count(padding, []byte{sata.Padding}) == len(padding)
}

// startsAnswers says whether b begins with what only a server sends.
func startsAnswers(b []byte) bool {
	if form, _ := sata.FormOf(b); form == sata.ReadFirst || form == sata.ReadFailed {
		return true
	}
	h, err := sata.ParseHeader(b)
	return err == nil && h.Timestamp != 0 && sata.LooksLikeResponse(b, sata.ShapeUnknown) == sata.Yes
}

// partOf says what b is when it is a part of one message: its beginning, or a
// request without its header. It is nil when it is neither.
func partOf(b []byte) *capture.FormatError {
	e := &capture.FormatError{Expected: "a whole message of PCFS over SATA"}
	request := func(b []byte) string {
		return "a request (" + sata.Command(binary.BigEndian.Uint32(b[0x30:])).String() + ")"
	}
	n := len(b)
	h, err := sata.ParseHeader(b)
	switch like := sata.LooksLikeRequest(b); {
	case like == sata.Yes:
		e.Found = "only the first " + itoa(int64(n)) + " of the " + itoa(int64(h.Size())) + " bytes of " + request(b)
		e.Advice = "add the rest of it"
		return e
	case like == sata.Maybe && err == nil:
		e.Found = "only the first " + itoa(int64(n)) + " of the " + itoa(int64(h.Size())) + " bytes of what can be a request: its header and " + itoa(int64(n-sata.HeaderSize)) + " bytes of its command info"
		e.Advice = "add the rest of it"
		return e
	case err == nil && startsAnswers(b) && uint64(n) < h.Size() && h.Size() <= maxOrdinary:
		e.Found = "only the first " + itoa(int64(n)) + " of the " + itoa(int64(h.Size())) + " bytes of what can be a response"
		e.Advice = "add the rest of it"
		return e
	}
	whole := make([]byte, sata.HeaderSize, sata.HeaderSize+n)
	binary.BigEndian.PutUint32(whole, uint32(n))
	if whole = append(whole, b...); n > 0 && sata.LooksLikeRequest(whole) == sata.Yes {
		e.Found = "the command info"
		if n > sata.CommandInfoSize {
			e.Found += " and the fields"
		}
		e.Found += " of " + request(whole) + " without the " + itoa(sata.HeaderSize) + " bytes of its header"
		e.Advice = "put the header before it"
		return e
	}
	return nil
}

// takeAlone takes a message that is all of a file: a response that nobody asked
// for, or a request that is not known. The log can only have its bytes; what it may
// be is told by Assumptions.
func (d *Decoder) takeAlone(message []byte, runs []capture.DumpRun, what string, fromServer bool) {
	d.alone = what
	f := d.newFramer(true, true)
	l, n := f.server, len(message)
	for i := range runs {
		l.segments = append(l.segments, segmentOf(&runs[i]))
	}
	at := walcore.At{Time: noTime}
	d.order.tell(event{kind: eventOpen, stream: f.id, msg: walcore.Message{At: at}})
	msg := walcore.Message{Head: message, Length: uint64(n), At: at}
	if fromServer {
		f.response(msg)
		f.stream().FromServer = int64(n)
	} else {
		d.order.tell(event{kind: eventRequest, stream: f.id, msg: msg})
		f.stream().FromClient = int64(n)
	}
	d.order.tell(event{kind: eventLeave, stream: f.id, msg: walcore.Message{At: at}})
}

// tellOneDirection says, at the end of a conversation, that only one side of it was
// recorded: the other sent bytes that are missing, all of them, or, where no
// acknowledgement could tell, there are requests and no response.
func (f *framer) tellOneDirection() {
	st := f.stream()
	client := f.requests > 0 && f.responses == 0 && (f.noAcks || st.FromServer == 0 && f.lost[1] > 0)
	server := !f.noAcks && st.FromServer > 0 && st.FromClient == 0 && f.lost[0] > 0
	if f.twoFiles || client == server {
		return
	}
	f.oneSided = true
	l := f.client
	if server {
		l = f.server
	}
	at := f.at(l, l.pos, l.pos, nil)
	for _, last := range [...]mark{f.client.last, f.server.last} {
		if last.packet > at.Packet {
			at.Packet, at.Time = last.packet, last.time
		}
	}
	f.tellAt(at, walcore.Diagnosis{Code: walcore.CodeOneDirection, At: at, FromServer: server})
}

// endOf is how the stream ends: requests that wait were never answered, unless
// the answers are just not here.
func (f *framer) endOf() eventKind {
	if f.oneSided {
		return eventLeave
	}
	return eventClose
}

// AnsweredBy names the commands that a response of a shape answers, with commas
// between them.
func AnsweredBy(shape sata.Shape) (names string) {
	for _, spec := range sata.Commands {
		is := spec.Response == shape
		for _, q := range sata.Queries() {
			is = is || spec.Command == sata.QueryPath && q.Name != "" && q.Response == shape
		}
		if !is {
			continue
		}
		if names != "" {
			names += ", "
		}
		names += spec.Name
	}
	return names
}
