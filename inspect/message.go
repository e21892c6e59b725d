package inspect

import (
	"encoding/binary"
	"strconv"

	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

// MessageHead is how many bytes of a message's beginning Message wants, or all
// when it is shorter. With fewer it shows what it can; with none, what the log
// knows.
const MessageHead = 64 << 10

// NodeKind says what the bytes of a node are, for colours and for what can be
// done with them.
type NodeKind uint8

// The kinds of nodes.
const (
	NodeGroup    NodeKind = iota // holds others
	NodeHeader                   // a number of the header or the command info
	NodeNumber                   // any other number
	NodeText                     // a field of text; its parts are NodePath, NodeNul and NodeRemains
	NodePath                     // text: a path, a name, an open mode
	NodeNul                      // the NUL behind a text
	NodeRemains                  // what follows the NUL, often of an earlier message
	NodeFlags                    // a number whose bits have meanings; its bits are NodeBit
	NodeBit                      // a bit of the node above, at the same bytes
	NodeResult                   // a result code
	NodeTime                     // a moment
	NodeConstant                 // seen with one value only
	NodeForm                     // the first 32 bytes of a read's answer
	NodeData                     // data of a file
	NodePadding                  // what data is filled up with
	NodeUnread                   // bytes that nothing was made of
	NodeNote                     // no bytes: what is worked out
)

// A Node is a part of a message: a field, or what is worked out from fields.
type Node struct {
	Kind     NodeKind
	Name     string
	Value    string // made visible: nothing in it can change a page
	Meaning  string // one sentence or less
	Offset   int64  // of its bytes, from the message's first; -1 without bytes
	Length   int64
	Row      uint32 // the row that the value is about, or None
	Filter   string // a term that finds rows with this value, or ""
	Bad      bool   // here the message stops being one; Meaning says why
	Children []Node
}

// A Message is what a row's bytes mean.
type Message struct {
	Row     int
	Title   string
	Length  uint64
	Nodes   []Node           // the bytes of all leaves are the message, in order
	Problem *sata.ParseError // why it did not parse, nil when it did
	// Data is where the file's data stands in it, for saving; DataLength is 0
	// without any, and an upper bound unless DataSure is set.
	DataOffset, DataLength int64
	DataSure               bool
}

// Message is the tree of fields of row i. head is the message's first bytes, see
// MessageHead.
func (x *Index) Message(i int, head []byte) Message {
	r := x.log.At(i)
	if uint64(len(head)) > r.Length {
		head = head[:r.Length]
	}
	b := builder{x: x, r: r, head: head, m: Message{Row: i, Length: r.Length}}
	switch r.Kind {
	case walcore.Request:
		b.m.Title = operationName(r.Op) + ", request"
		b.request()
	case walcore.Response:
		b.m.Title = "Answer to " + operationName(r.Op)
		if r.Partner == None {
			b.m.Title = "Response that nobody asked for"
		}
		b.response()
	case walcore.Written:
		b.m.Title = "Data written"
		b.data()
	case walcore.Diagnostic:
		b.m.Title = "Diagnostic: " + walcore.Code(r.Op).String()
		b.finding()
	}
	if r.Flags&walcore.FlagNoData != 0 {
		b.m.DataOffset, b.m.DataLength, b.m.DataSure = 0, 0, false
		b.note("bytes", "none", "this row is a line of a log, which does not have the bytes")
	}
	return b.m
}

// Shape is how the body of a response in row i is laid out, by its request;
// sata.ShapeUnknown when that is not known.
func (x *Index) Shape(i int) sata.Shape {
	r := x.log.At(i)
	if r.Kind != walcore.Response || r.Partner == None {
		return sata.ShapeUnknown
	}
	q := x.log.At(int(r.Partner))
	if q.Op == walcore.OpUnknown {
		return sata.ShapeUnknown
	}
	return (&sata.Request{Command: sata.Command(q.Op), Query: sata.Query(q.B)}).ResponseShape()
}

// A builder makes the nodes of one message.
type builder struct {
	x    *Index
	r    *walcore.Record
	head []byte
	m    Message
	at   int // the bytes of the message before this one have their nodes
}

func (b *builder) add(n Node) { b.m.Nodes = append(b.m.Nodes, n) }

// note adds what has no bytes of its own.
func (b *builder) note(name, value, meaning string) *Node {
	b.add(Node{Kind: NodeNote, Name: name, Value: value, Meaning: meaning, Offset: -1, Row: None})
	return &b.m.Nodes[len(b.m.Nodes)-1]
}

func (b *builder) request() {
	var parsed sata.Request
	if len(b.head) > 0 {
		if b.inlineWrite() {
			b.problem(sata.ParseInlineWrite(b.head, b.r.Length, &parsed))
		} else {
			b.problem(sata.ParseRequest(b.head, b.r.Length, &parsed))
		}
	}
	b.group("header", "starts every message but the answers of fast file I/O", sata.HeaderFields)
	b.group("command info", "follows the header of a request", sata.CommandInfoFields)
	command, known := b.r.Command()
	if !known && len(b.head) >= sata.RequestSize {
		command = sata.Command(binary.BigEndian.Uint32(b.head[0x30:]))
		known = command.Spec() != nil
	}
	if known {
		b.group("body", command.Spec().Meaning, command.Spec().Fields)
		if n := int64(b.r.Length) - int64(b.at); b.inlineWrite() && b.m.Problem == nil && n > 0 && len(b.head) > 0 {
			b.m.DataOffset, b.m.DataLength, b.m.DataSure = int64(b.at), n, true
			b.add(Node{Kind: NodeData, Name: "data", Value: appendedBytes(uint64(n)), Meaning: "to be written to the file: without fast file I/O it is part of the message", Offset: int64(b.at), Length: n, Row: None})
			b.at = int(b.r.Length)
		}
		b.rest("ignored", "what may follow the body is ignored")
		b.requestNotes(command)
	}
	b.rest("not read", "what these bytes are is not known")
	if b.r.Partner != None {
		n := b.note("answered by", "", "")
		n.Row, n.Value = b.r.Partner, string(b.appendAnswer(nil, int(b.r.Partner)))
	} else {
		b.note("answered by", "nothing", "no response to this request was recorded")
	}
}

// inlineWrite says whether the message is a WriteFile that brings its data along.
func (b *builder) inlineWrite() bool {
	return b.r.Kind == walcore.Request && b.r.Line == walcore.LineUnknown && b.r.Op == uint8(sata.WriteFile)
}

// appendAnswer appends what came of a request and how long that took.
func (b *builder) appendAnswer(dst []byte, i int) []byte {
	dst = b.x.AppendResult(dst, i)
	if d, ok := b.x.Latency(i); ok {
		dst = AppendDuration(append(dst, ", after "...), d)
	}
	return dst
}

func (b *builder) requestNotes(command sata.Command) {
	r := b.r
	if r.Op == walcore.OpUnknown {
		return
	}
	if len(b.head) == 0 {
		b.namedByRequest(command.Spec())
	}
	if namesDescriptor[r.Op] {
		b.openPath()
	}
	if command != sata.ReadFile && command != sata.WriteFile {
		return
	}
	n := total(r)
	v := appendBytesWord(nil, n)
	if b.inlineWrite() {
		b.note("in all", string(v), "block count × block size")
		return
	}
	meaning := "block count × block size"
	if n > 0xFFFFFFFF {
		meaning += "; the log prints it modulo 2^32: " + strconv.FormatUint(uint64(r.B*r.C), 10)
	}
	b.note("in all", string(v), meaning)
	b.note("goes first to", moveWords(sata.Move(r.D)), "move to counts only when should move has bit 0")
	if command == sata.WriteFile {
		if k := b.x.ExchangeOf(b.m.Row); k >= 0 {
			if w := b.x.Exchange(k).Written; w != None {
				b.note("its data", appendedBytes(b.x.log.At(int(w)).Length), "follows the request, without a header").Row = w
			}
		}
	}
}

// namedByRequest notes what the log knows of a request whose bytes are not there.
func (b *builder) namedByRequest(spec *sata.Spec) {
	for i := range spec.Fields {
		switch f := &spec.Fields[i]; f.Slot {
		case sata.SlotPath:
			path := b.x.log.Text(b.r.Path)
			b.note(f.Name, visible(path), f.Meaning).Filter = Term("path", path, false)
		case sata.SlotDestination:
			path := b.x.log.Text(b.r.Path2)
			b.note(f.Name, visible(path), f.Meaning).Filter = Term("path", path, false)
		case sata.SlotModeText:
			b.note(f.Name, visible(b.x.log.Text(b.r.Path2)), f.Meaning)
		case sata.SlotFD:
			if b.r.Flags&walcore.FlagNoDescriptor != 0 {
				b.note(f.Name, "not known", "the log has the path only")
				continue
			}
			fd := strconv.Itoa(int(b.r.FD))
			b.note(f.Name, fd, f.Meaning).Filter = Term("fd", fd, false)
		}
	}
}

func appendedBytes(n uint64) string { return string(appendBytesWord(nil, n)) }

func moveWords(m sata.Move) string {
	switch m {
	case sata.MoveBegin:
		return "the file's beginning"
	case sata.MoveNowhere:
		return "nowhere: it goes on from where the file's position is"
	case sata.MoveEnd:
		return "the file's end"
	}
	return "offset " + strconv.FormatUint(uint64(m), 10)
}

// openPath notes the path that the descriptor was opened with.
func (b *builder) openPath() {
	if path, ok := b.x.Path(b.m.Row); ok {
		n := b.note("path", visible(path), "what the descriptor was opened with")
		n.Filter = Term("path", path, false)
		return
	}
	n := b.note("path", "not known", "the descriptor was opened before the conversation was recorded, or never")
	if _, ok := descriptor(b.r); ok {
		n.Filter = "fd:unknown"
	}
}

func visible[T []byte | string](s T) string { return string(walcore.AppendVisible(nil, s)) }

func (b *builder) response() {
	r, shape := b.r, b.x.Shape(b.m.Row)
	switch {
	case shape == sata.ShapeRead:
		b.read()
	case b.unasked():
	default:
		if len(b.head) > 0 {
			var parsed sata.Response
			b.problem(sata.ParseResponse(b.head, r.Length, shape, &parsed))
		}
		b.group("header", "starts every message but the answers of fast file I/O", sata.HeaderFields)
		if spec := shape.Spec(); len(spec.Fields) > 0 {
			fields := spec.Fields
			if code, ok := b.codeAt(sata.HeaderSize); ok && code != sata.Success && spec.Short > 0 {
				fields = fields[:1] // more is not read
			}
			b.group("body", spec.Meaning, fields)
			b.rest("ignored", "what follows is ignored")
		}
		b.rest("not read", "what these bytes are is told by the request, which is not known")
	}
	if len(b.head) == 0 {
		b.fromRecord()
	}
	if r.Partner == None {
		b.note("answers", "nothing", "no request waited for it")
		return
	}
	v := []byte(operationName(r.Op))
	if d, ok := b.x.Latency(b.m.Row); ok {
		v = AppendDuration(append(v, ", after "...), d)
	}
	b.note("answers", string(v), "").Row = r.Partner
}

// unasked makes the nodes of a response that no request waits for, if its form
// tells what it can be: the fields of the first such shape, and what else it can
// be.
func (b *builder) unasked() bool {
	shapes := b.x.alone(b.r, b.head)
	if len(shapes) == 0 {
		return false
	}
	spec := shapes[0].Spec()
	if shapes[0] == sata.ShapeRead {
		form, _ := sata.FormOf(b.head)
		b.answer(form, binary.BigEndian.Uint32(b.head[sata.HeaderSize:]))
		b.note("by its form", "the answer to "+decode.AnsweredBy(shapes[0]), spec.Meaning)
		return true
	}
	b.group("header", "starts every message but the answers of fast file I/O", sata.HeaderFields)
	fields := spec.Fields
	if code, ok := b.codeAt(sata.HeaderSize); ok && code != sata.Success && spec.Short > 0 {
		fields = fields[:1]
	}
	b.group("body", "by its form the answer to "+decode.AnsweredBy(shapes[0])+": "+spec.Meaning, fields)
	b.rest("ignored", "what follows is ignored")
	for _, shape := range shapes[1:] {
		b.note("or", shape.String(), "by its form it can as well be the answer to "+decode.AnsweredBy(shape))
	}
	return true
}

// alone are the shapes that a response can have by its form, if no request waits
// for it.
func (x *Index) alone(r *walcore.Record, head []byte) []sata.Shape {
	if r.Partner != None {
		return nil
	}
	return decode.ShapesAlone(head, r.Length)
}

// fromRecord notes what the log knows of a message whose bytes are not there.
func (b *builder) fromRecord() {
	if code, has := b.r.Result(); has {
		n := b.note("result", string(b.x.AppendResult(nil, b.m.Row)), "")
		n.Filter = Term("code", strconv.FormatUint(uint64(code), 16), false)
	}
}

// codeAt is the result code at an offset, if it is there.
func (b *builder) codeAt(at int) (sata.Result, bool) {
	if len(b.head) < at+4 {
		return 0, false
	}
	return sata.Result(binary.BigEndian.Uint32(b.head[at:])), true
}

// read makes the nodes of an answer to a ReadFile.
func (b *builder) read() {
	r := b.r
	form, _ := sata.FormOf(b.head)
	if len(b.head) == 0 {
		form = readForm(b.x.log, r)
	}
	if r.Line != walcore.LineRead || form == sata.ReadOther {
		b.readWithHeader()
		return
	}
	b.answer(form, r.B)
	b.note("checksum", strconv.FormatUint(r.A, 16), "FNV-1a of 64 bits over all bytes, from 69420 instead of the usual basis")
}

// answer makes the nodes of an answer of fast file I/O: its form, the number
// behind that, and data.
func (b *builder) answer(form sata.ReadForm, word uint32) {
	spec := sata.ShapeRead.Spec()
	b.add(Node{Kind: NodeForm, Name: spec.Fields[0].Name, Value: form.String(), Meaning: spec.Fields[0].Meaning, Length: sata.HeaderSize, Row: None})
	b.at = sata.HeaderSize
	n := Node{Kind: NodeNumber, Name: "bytes that follow", Value: b.number(uint64(word)), Meaning: "how many bytes of the file follow", Offset: sata.HeaderSize, Length: 4, Row: None}
	switch form {
	case sata.ReadFirst:
		n.Name, n.Meaning = "file length", "the length of the whole file"
	case sata.ReadFailed:
		n = b.resultNode(&spec.Fields[1], sata.Result(word))
	}
	b.add(n)
	b.at = sata.ReadHeadSize
	if form != sata.ReadFailed {
		b.readData(form, word)
	}
	b.rest("not read", "a failed read has nothing here")
}

func (b *builder) number(n uint64) string {
	if n < 10 {
		return strconv.FormatUint(n, 10)
	}
	return strconv.FormatUint(n, 10) + " (0x" + strconv.FormatUint(n, 16) + ")"
}

// readData makes the nodes of what follows a read's head: the file's data, and
// what it is filled up with.
func (b *builder) readData(form sata.ReadForm, word uint32) {
	there := b.r.Length - min(b.r.Length, sata.ReadHeadSize)
	data, sure := dataBehind(form, uint64(word), there, there, -1)
	if b.r.Partner != None {
		data, sure = b.x.dataOf(b.m.Row)
	}
	tail := b.head[min(len(b.head), sata.ReadHeadSize):]
	whole := uint64(len(tail)) == there
	meaning := "data of the file"
	if !sure {
		meaning = "data of the file, at most: where in it the read began is not known, so neither is where the file ended"
		if whole {
			n := len(tail)
			for n > 0 && tail[n-1] == sata.Padding {
				n--
			}
			if uint64(n) < data {
				data = uint64(n)
				meaning = "data of the file, as it seems: where in it the read began is not known, and what follows looks like padding"
			}
		}
	}
	b.m.DataOffset, b.m.DataLength, b.m.DataSure = sata.ReadHeadSize, int64(data), sure
	if data > 0 {
		b.add(Node{Kind: NodeData, Name: "data", Value: appendedBytes(data), Meaning: meaning, Offset: sata.ReadHeadSize, Length: int64(data), Row: None})
	}
	if padding := there - data; padding > 0 {
		meaning := "the server fills up what is shorter than was asked for and than the first read size"
		for _, c := range tail[min(uint64(len(tail)), data):] {
			if c != sata.Padding {
				meaning = "here the server's padding was expected, 0xCD, and is not"
				break
			}
		}
		b.add(Node{Kind: NodePadding, Name: "padding", Value: string(AppendCount(nil, padding)) + " × 0xCD", Meaning: meaning, Offset: sata.ReadHeadSize + int64(data), Length: int64(padding), Row: None})
	}
	b.at = int(b.r.Length)
}

// readWithHeader makes the nodes of an answer to a ReadFile that has a header:
// fast file I/O is off, or it is of no form that is known.
func (b *builder) readWithHeader() {
	if b.r.Length < sata.ReadHeadSize {
		if len(b.head) > 0 {
			b.m.Problem = &sata.ParseError{Field: "answer", Want: "at least 36 bytes", Found: strconv.FormatUint(b.r.Length, 10)}
		}
		b.rest("not read", "too short for the answer to a read")
		return
	}
	b.group("header", "without fast file I/O the answer to a read has one, too", sata.HeaderFields)
	if len(b.head) >= sata.ReadHeadSize {
		code, _ := b.codeAt(sata.HeaderSize)
		b.add(b.resultNode(&sata.ShapeResult.Spec().Fields[0], code))
		b.at = sata.ReadHeadSize
		if n := int64(b.r.Length) - sata.ReadHeadSize; n > 0 && !b.r.Failed() {
			b.add(Node{Kind: NodeData, Name: "data", Value: appendedBytes(uint64(n)), Meaning: "data of the file, perhaps with padding", Offset: sata.ReadHeadSize, Length: n, Row: None})
			b.m.DataOffset, b.m.DataLength = sata.ReadHeadSize, n
			b.at = int(b.r.Length)
		}
	}
	b.rest("not read", "a failed read has nothing here")
}

// data makes the node of what a WriteFile brings.
func (b *builder) data() {
	r := b.r
	n := int64(r.Length)
	b.m.DataLength, b.m.DataSure = n, true
	if n > 0 {
		b.add(Node{Kind: NodeData, Name: "data", Value: appendedBytes(r.Length), Meaning: "to be written to the file", Length: n, Row: None})
	}
	if fd, ok := descriptor(r); ok {
		b.note("descriptor", strconv.Itoa(int(fd)), "the open file").Filter = Term("fd", strconv.Itoa(int(fd)), false)
	}
	b.openPath()
	b.note("belongs to", operationName(r.Op), "the request that it follows").Row = r.Partner
	if p := b.x.seek(b.m.Row); r.Partner != None {
		if st := p.known(r.Stream); st != nil {
			if f, ok := st.files[r.FD]; ok {
				if at := p.moved(&f, b.x.log.At(int(r.Partner)), true); at >= 0 {
					b.note("goes to", "offset "+strconv.FormatInt(at, 10), "where the file's position is then")
				}
			}
		}
	}
}

func (b *builder) finding() {
	r := b.r
	b.note("diagnostic", walcore.Code(r.Op).String(), "").Filter = Term("diag", walcore.Code(r.Op).String(), false)
	side := "client"
	if r.FromServer() {
		side = "server"
	}
	b.note("about bytes of", "the "+side, "").Filter = Term("dir", side, false)
	b.note("offset", strconv.FormatInt(r.Offset, 10), "in that direction of the stream")
	if r.Length > 0 {
		b.note("size", appendedBytes(r.Length), "")
	}
	if r.Partner != None {
		b.note("about", string(AppendCount([]byte("row "), uint64(r.Partner)+1)), "").Row = r.Partner
	}
}

// problem notes why a message did not parse.
func (b *builder) problem(err error) {
	if e, ok := err.(*sata.ParseError); ok {
		b.m.Problem = e
	}
}

// group adds a group of fields, as far as their bytes are there.
func (b *builder) group(name, meaning string, fields []sata.Field) {
	if len(fields) == 0 || len(b.head) == 0 {
		return
	}
	have := min(int(min(b.r.Length, 1<<30)), len(b.head))
	start := fields[0].Offset
	if start >= have {
		if p := b.m.Problem; p != nil && p.Offset == start {
			b.add(Node{Kind: NodeGroup, Name: name, Meaning: because(p), Offset: int64(start), Row: None, Bad: true})
		}
		return
	}
	g := Node{Kind: NodeGroup, Name: name, Meaning: meaning, Offset: int64(start), Row: None}
	for k := range fields {
		f := &fields[k]
		if f.Offset >= have {
			break
		}
		n := b.field(f, b.head[f.Offset:min(f.End(), have)])
		if p := b.m.Problem; p != nil && p.Offset >= f.Offset && p.Offset < f.End() && p.Field == f.Name {
			n.Bad, n.Meaning = true, because(p)
		}
		g.Children = append(g.Children, n)
		b.at = int(n.Offset + n.Length)
	}
	g.Length = int64(b.at - start)
	if p := b.m.Problem; p != nil && p.Offset == start && !g.Children[0].Bad {
		g.Bad, g.Meaning = true, because(p)
	}
	b.add(g)
}

func because(p *sata.ParseError) string { return "expected " + p.Want + ", found " + p.Found }

// rest adds a node for the bytes that have none yet.
func (b *builder) rest(name, meaning string) {
	n := int64(b.r.Length) - int64(b.at)
	if n <= 0 || len(b.head) == 0 {
		return
	}
	node := Node{Kind: NodeUnread, Name: name, Value: appendedBytes(uint64(n)), Meaning: meaning, Offset: int64(b.at), Length: n, Row: None}
	if p := b.m.Problem; p != nil && p.Offset == b.at {
		node.Bad, node.Meaning = true, because(p)
	}
	b.add(node)
	b.at = int(b.r.Length)
}
