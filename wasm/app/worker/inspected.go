package worker

import (
	"slices"
	"sort"
	"strings"

	"satascope/capture"
	"satascope/decode"
	"satascope/inspect"
	"satascope/learn"
	"satascope/sata"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

const (
	// maxCuts is how many places between packets are drawn in: 90 MB in packets
	// of the usual size.
	maxCuts = 1 << 16
	// headSent is how many of a message's first bytes go with its fields.
	headSent = 8 << 10
	// maxPackets is how many packets are given in one answer.
	maxPackets = 1 << 10

	// around is how many bytes are shown before and behind those that a finding is
	// about.
	around = 64
	// maxParts bounds the parts of a view: a finding may be about bytes with many
	// gaps.
	maxParts = 1 << 10
)

// A view is the bytes that are shown of a row: parts of one direction of its
// stream.
type view struct {
	parts  []bridge.Part
	cuts   []bridge.Cut
	more   bool
	length int64  // of all parts
	lack   string // why there are none
}

// viewOf is what is shown of the bytes behind row i.
func viewOf(d *decode.Decoder, i int) view {
	var v view
	r := d.Log().At(i)
	if v.lack = lacks(d, r); v.lack != "" {
		return v
	}
	segments := d.Segments(r.Stream, r.FromServer())
	if r.Kind != walcore.Diagnostic {
		if r.Length > 0 {
			v.add(segments, r.Offset, r.Offset+int64(r.Length), r.Offset)
		}
		if len(v.parts) > 1 { // offsets would not be what they seem
			v.length = v.parts[0].Length
			v.parts = v.parts[:1]
			v.cuts = v.cuts[:sort.Search(len(v.cuts), func(k int) bool { return v.cuts[k].At >= v.length })]
		}
		if v.length == 0 {
			v.lack = "These bytes are not in the file."
			if r.Kind == walcore.Written && r.A == 0 {
				v.lack = "There are none: 0 bytes were written."
			}
		}
		return v
	}
	if walcore.Code(r.Op) == walcore.CodeOneDirection {
		v.lack = "This diagnostic is not about certain bytes."
		return v
	}
	v.add(segments, r.Offset-around, endOf(r)+around, 0)
	if v.length == 0 {
		v.lack = "There are no bytes around it in the file."
	}
	return v
}

// endOf is the offset behind the bytes that a finding is about.
func endOf(r *walcore.Record) int64 {
	if walcore.Code(r.Op) == walcore.CodePathsUnsure { // its size counts bytes before it
		return r.Offset
	}
	return r.Offset + int64(min(r.Length, 1<<62))
}

// lacks says why a row has no bytes that could be read, "" when it may have.
func lacks(d *decode.Decoder, r *walcore.Record) string {
	switch {
	case r.Flags&walcore.FlagNoData != 0:
		return "This file holds the lines of a log, not the bytes behind them."
	case r.Kind == walcore.Written && d.Kind() == capture.KindEvents:
		return "An event file says how long written data is, and does not hold it."
	}
	return ""
}

// add adds the bytes from one offset to another, as far as segments have them.
// base is the offset that counts as 0 in what is shown.
func (v *view) add(segments []decode.Segment, from, to, base int64) {
	from = max(from, 0)
	k := sort.Search(len(segments), func(k int) bool { return segments[k].Offset+int64(segments[k].Length) > from })
	for ; k < len(segments) && segments[k].Offset < to; k++ {
		s := &segments[k]
		start, end := max(from, s.Offset), min(to, s.Offset+int64(s.Length))
		last := len(v.parts) - 1
		switch {
		case last < 0:
			v.parts = append(v.parts, bridge.Part{Start: start, Label: start - base})
			last = 0
		case v.parts[last].Start+v.parts[last].Length == start:
			if before := &segments[k-1]; before.Packet != s.Packet {
				v.cut(bridge.Cut{Packet: before.Packet, Next: s.Packet})
			}
		case len(v.parts) == maxParts:
			return
		default:
			v.cut(bridge.Cut{Missing: start - v.parts[last].Start - v.parts[last].Length})
			v.parts = append(v.parts, bridge.Part{Start: start, Label: start - base})
			last++
		}
		v.parts[last].Length += end - start
		v.length += end - start
	}
}

func (v *view) cut(c bridge.Cut) {
	if len(v.cuts) == maxCuts && c.Packet != 0 {
		v.more = true
		return
	}
	c.At = v.length
	v.cuts = append(v.cuts, c)
}

// place is where an offset of the direction stands among the bytes shown, or
// where what follows it does.
func (v *view) place(offset int64) (at int64) {
	for _, p := range v.parts {
		if offset < p.Start+p.Length {
			return at + max(offset-p.Start, 0)
		}
		at += p.Length
	}
	return at
}

// packets calls f for each segment that brought bytes shown, until it says no.
func (v *view) packets(segments []decode.Segment, f func(*decode.Segment) bool) {
	last := -1
	for _, p := range v.parts {
		k := sort.Search(len(segments), func(k int) bool { return segments[k].Offset+int64(segments[k].Length) > p.Start })
		for ; k < len(segments) && segments[k].Offset < p.Start+p.Length; k++ {
			if k > last && !f(&segments[k]) {
				return
			}
			last = k
		}
	}
}

// countPackets is how many segments brought bytes shown.
func (v *view) countPackets(segments []decode.Segment) (n int) {
	v.packets(segments, func(*decode.Segment) bool { n++; return true })
	return n
}

// carrier says what has the number that record r has, and brought its bytes.
func carrier(d *decode.Decoder, r *walcore.Record) bridge.Carrier {
	switch kind := d.Kind(); {
	case kind.Packets():
		return bridge.CarrierPacket
	case kind.Follow() && r.Packet != 0:
		return bridge.CarrierFollowed
	case kind.Follow(), kind.Dump():
		return bridge.CarrierPiece
	}
	return bridge.CarrierLine
}

// inspected tells what row i means. head is its message's first bytes, as many
// as inspect.MessageHead; lack says why there are none, when they could not be
// read.
func inspected(d *decode.Decoder, x *inspect.Index, i int, head []byte, lack string) *bridge.Inspected {
	r := d.Log().At(i)
	v := viewOf(d, i)
	m := &bridge.Inspected{
		Row: i, Finding: r.Kind == walcore.Diagnostic, Length: int64(r.Length), Parts: v.parts, Cuts: v.cuts, More: v.more, Lack: v.lack, Carrier: carrier(d, r),
		Packets: v.countPackets(d.Segments(r.Stream, r.FromServer())),
	}
	if lack != "" {
		m.Lack = lack
	}
	if r.Kind != walcore.Diagnostic {
		m.Head = head[:min(len(head), headSent)]
	}
	message := x.Message(i, head)
	m.Title = message.Title
	if p := message.Problem; p != nil {
		m.Stopped = p.Error()
	}
	w := walk{m: m, a: addresses{r: r, shape: x.Shape(i), read: isRead(message.Nodes)}}
	w.nodes(message.Nodes, 0, bridge.LookNone)
	if r.Kind == walcore.Diagnostic {
		if did := assumed[walcore.Code(r.Op)]; did != "" {
			m.Nodes = append(m.Nodes, bridge.Node{Name: "assumed", Meaning: did, Offset: -1, Row: bridge.NoRow, Address: learn.DiagnosticAddress(walcore.Code(r.Op))})
		}
		w.around(r, &v)
	}
	if len(v.parts) > 0 && message.DataLength > 0 {
		m.Data = message.DataLength
		m.File = dataName(x, i)
	}
	why := x.Why(i, head)
	m.Asking = why.Title
	if m.Finding {
		means(m, walcore.Code(r.Op), len(why.Sentences) > 0)
	}
	for _, sentence := range why.Sentences {
		for k, p := range sentence {
			m.Why = append(m.Why, bridge.Piece{Text: p.Text, Row: rowOf(p.Row, p.Kind == inspect.PartRow), Value: p.Kind == inspect.PartValue, Ends: k == len(sentence)-1})
		}
	}
	return m
}

// means tells what a finding means and, unless more is known of it, what can be
// done.
func means(m *bridge.Inspected, code walcore.Code, known bool) {
	text := learn.DiagnosticTexts[code]
	paragraphs := []string{text.Means[0], "What to do: " + text.Do}
	if known {
		paragraphs = paragraphs[:1]
	}
	for _, p := range paragraphs {
		pieces := strings.Split(p, "`")
		for k, piece := range pieces {
			m.Why = append(m.Why, bridge.Piece{Text: piece, Row: bridge.NoRow, Value: k%2 == 1, Ends: k == len(pieces)-1})
		}
	}
}

func rowOf(row uint32, has bool) int {
	if !has || row == walcore.None {
		return bridge.NoRow
	}
	return int(row)
}

// isRead says whether the nodes are those of an answer of fast file I/O.
func isRead(nodes []inspect.Node) bool {
	return len(nodes) > 0 && nodes[0].Kind == inspect.NodeForm
}

// dataName is what a file with the data of row i is called.
func dataName(x *inspect.Index, i int) string {
	if path, ok := x.Path(i); ok {
		if name := path[strings.LastIndexAny(path, `/\`)+1:]; name != "" {
			return name
		}
	}
	return "row-" + string(inspect.AppendCount(nil, uint64(i)+1)) + ".bin"
}

// A walk turns the tree of nodes into a list.
type walk struct {
	m *bridge.Inspected
	a addresses
}

func (w *walk) nodes(nodes []inspect.Node, depth int, look bridge.Look) {
	for k := range nodes {
		n := &nodes[k]
		inner := look
		if n.Kind == inspect.NodeGroup && n.Offset >= 0 && n.Offset < sata.RequestSize && n.Name != "body" {
			if inner = bridge.LookHeader; n.Offset >= sata.HeaderSize { // whatever is in it
				inner = bridge.LookInfo
			}
		}
		leaf := isLeaf(n)
		node := bridge.Node{
			Depth: depth, Name: n.Name, Value: n.Value, Meaning: n.Meaning, Offset: n.Offset, Length: n.Length,
			Row: rowOf(n.Row, true), Filter: n.Filter, Bad: n.Bad, Leaf: leaf, Address: w.a.of(n),
		}
		if n.Offset >= 0 && len(n.Children) == 0 || leaf || n.Kind == inspect.NodeText {
			if node.Look = inner; inner == bridge.LookNone {
				node.Look = looks[n.Kind]
			}
		}
		w.m.Nodes = append(w.m.Nodes, node)
		w.nodes(n.Children, depth+1, inner)
	}
}

// isLeaf says whether the bytes of a node are drawn as one: it has no parts, or
// only bits.
func isLeaf(n *inspect.Node) bool {
	return n.Length > 0 && n.Kind != inspect.NodeBit && (len(n.Children) == 0 || n.Children[0].Kind == inspect.NodeBit)
}

var looks = [...]bridge.Look{
	inspect.NodeGroup: bridge.LookUnread, inspect.NodeHeader: bridge.LookHeader, inspect.NodeNumber: bridge.LookField, inspect.NodeText: bridge.LookPath,
	inspect.NodePath: bridge.LookPath, inspect.NodeNul: bridge.LookPath, inspect.NodeRemains: bridge.LookRemains, inspect.NodeFlags: bridge.LookField,
	inspect.NodeBit: bridge.LookField, inspect.NodeResult: bridge.LookField, inspect.NodeTime: bridge.LookField, inspect.NodeConstant: bridge.LookField,
	inspect.NodeForm: bridge.LookHeader, inspect.NodeData: bridge.LookData, inspect.NodePadding: bridge.LookPadding, inspect.NodeUnread: bridge.LookUnread,
	inspect.NodeNote: bridge.LookNone,
}

// assumed says what the decoder took to be so where it made a finding, and so
// what the rows behind it rest on.
var assumed = map[walcore.Code]string{
	walcore.CodeStreamNotOpen:  "the stream opens with this message; the compatible log ends before it",
	walcore.CodeUnasked:        "it is no one's answer and stays Unknown; the compatible log ends before it",
	walcore.CodeMissing:        "what follows the gap begins where a message can; requests whose answers stood in it are taken as answered",
	walcore.CodeCut:            "what follows begins where a message can; what was in the bytes cut off is lost",
	walcore.CodeSkipped:        "these bytes belong to no message that can be read",
	walcore.CodeNoHeader:       "the next message begins at the next place that looks like one",
	walcore.CodeIncomplete:     "nothing: what is there of it is not read",
	walcore.CodeUndecided:      "it is no request; were it one, its response is passed over, too",
	walcore.CodeUnanswered:     "nothing: it waits to the end",
	walcore.CodeAnswerLost:     "it was answered, so that the next answer finds its own request",
	walcore.CodePairingAssumed: "each response answers the request that is the likeliest; what one opens has no path",
	walcore.CodePathsUnsure:    "what was open before is open still, with the same paths",
	walcore.CodeReadEnd:        "the end after which the rest of the conversation makes sense or, where that does not tell, the server's rule",
	walcore.CodeFirstRead:      "this first read size holds from here on, until a Ping tells another",
	walcore.CodeFFIOShown:      "fast file I/O is on from here on",
	walcore.CodeNoBeginning:    "what the sentence says; descriptors are not known until they are opened again",
	walcore.CodeNoPing:         "what the sentence says, until a Ping or a read shows another",
	walcore.CodeOneDirection:   "nothing of the other direction: what was answered, or asked, stays unknown",
	walcore.CodeBuffered:       "the request will not come: the bytes are taken as they are",
	walcore.CodeDiffers:        "the bytes that came first are those that were sent",
	walcore.CodeLate:           "nothing: these bytes belong to no message",
	walcore.CodeElsewhere:      "the packet is not of this conversation",
	walcore.CodeFragment:       "the fragments that came first are those that were sent",
	walcore.CodeLogLine:        "nothing: the line stays as it is",
}

// around adds nodes for the bytes around a finding.
func (w *walk) around(r *walcore.Record, v *view) {
	if v.length == 0 {
		return
	}
	from, to := v.place(r.Offset), v.place(endOf(r))
	add := func(name, value, meaning string, look bridge.Look, from, to int64) {
		if from < to {
			w.m.Nodes = append(w.m.Nodes, bridge.Node{Name: name, Value: value, Meaning: meaning, Look: look, Offset: from, Length: to - from, Row: bridge.NoRow, Leaf: true, Address: learn.LineAddress(r)})
		}
	}
	side := "client"
	if r.FromServer() {
		side = "server"
	}
	about, meaning := inBytes(uint64(to-from)), ""
	if to-from < endOf(r)-r.Offset {
		about = string(inspect.AppendCount(nil, uint64(to-from))) + " of " + inBytes(r.Length)
		if v.begins(r.Offset, to-from) {
			about = "first " + about
		}
		if meaning = "the others are not in the file"; len(v.parts) == maxParts {
			meaning = "there are too many gaps to show the others"
		}
	}
	add("before it", inBytes(uint64(from)), "what the "+side+" sent before that place", bridge.LookField, 0, from)
	add("what it is about", about, meaning, bridge.LookUnread, from, to)
	add("behind it", inBytes(uint64(v.length-to)), "what the "+side+" sent after it", bridge.LookField, to, v.length)
}

// begins says whether a view has so many bytes from an offset on without a gap.
func (v *view) begins(offset, n int64) bool {
	return slices.ContainsFunc(v.parts, func(p bridge.Part) bool { return p.Start <= offset && offset+n <= p.Start+p.Length })
}

// inBytes is a number of bytes as text.
func inBytes(n uint64) string {
	if n == 1 {
		return "1 byte"
	}
	return string(append(inspect.AppendCount(nil, n), " bytes"...))
}

// addresses say where the reference explains the nodes of a row.
type addresses struct {
	r     *walcore.Record
	shape sata.Shape
	read  bool // an answer of fast file I/O
}

// of is where the reference explains a node: its field or, where that has no
// entry, the line that the message has in the log.
func (a *addresses) of(n *inspect.Node) string {
	if address := a.entry(n); address != "" {
		return address
	}
	return learn.LineAddress(a.r)
}

func (a *addresses) entry(n *inspect.Node) string {
	command, known := a.r.Command()
	if n.Offset < 0 {
		return a.ofNote(n, command, known)
	}
	switch {
	case n.Kind == inspect.NodeResult:
		if code, ok := a.r.Result(); ok {
			return learn.ResultAddress(code, command)
		}
	case n.Kind == inspect.NodeData && a.r.Kind == walcore.Written:
		return learn.CommandAddress(command)
	case n.Kind == inspect.NodeData, n.Kind == inspect.NodePadding && a.read:
		return learn.Folder + learn.PageFraming
	case n.Kind == inspect.NodeGroup && n.Name == "body":
		if known {
			return learn.CommandAddress(command)
		}
	case n.Kind == inspect.NodeGroup:
		return learn.Folder + learn.PageMessages
	}
	at := int(min(n.Offset, 1<<30))
	fields := a.shape.Spec().Fields
	if a.r.Kind == walcore.Request {
		fields = nil
		if spec := command.Spec(); known && spec != nil {
			fields = spec.Fields
		}
		if f := fieldAt(sata.CommandInfoFields, at); f != nil {
			return learn.HeaderAddress(f)
		}
	}
	if f := fieldAt(sata.HeaderFields, at); f != nil && !a.read {
		return learn.HeaderAddress(f)
	}
	f := fieldAt(fields, at)
	switch {
	case f == nil || !known:
		return ""
	case a.r.Kind == walcore.Request:
		return learn.RequestFieldAddress(command, f)
	}
	return learn.ResponseFieldAddress(command, a.shape, f)
}

func (a *addresses) ofNote(n *inspect.Node, command sata.Command, known bool) string {
	switch {
	case a.r.Kind == walcore.Diagnostic && n.Filter != "" && strings.HasPrefix(n.Filter, "diag:"):
		return learn.DiagnosticAddress(walcore.Code(a.r.Op))
	case a.r.Kind == walcore.Diagnostic:
		return ""
	case n.Name == "checksum":
		return learn.LineAddress(a.r)
	case n.Name == "path", n.Name == "descriptor":
		return learn.Folder + learn.PageDescriptors
	case known:
		return learn.CommandAddress(command)
	}
	return ""
}

// fieldAt is the field that a byte belongs to, nil when it is none's.
func fieldAt(fields []sata.Field, at int) *sata.Field {
	for k := range fields {
		if f := &fields[k]; f.Offset <= at && at < f.End() {
			return f
		}
	}
	return nil
}

// answerPackets tells which packets brought the bytes of a row; nil when it is
// not there.
func answerPackets(d *decode.Decoder, m *bridge.AskPackets) *bridge.Packets {
	if m.Row < 0 || m.Row >= d.Log().Len() {
		return nil
	}
	r := d.Log().At(m.Row)
	v := viewOf(d, m.Row)
	segments := d.Segments(r.Stream, r.FromServer())
	from := max(m.From, 0)
	answer := &bridge.Packets{Row: m.Row, From: from, Carrier: carrier(d, r), Lack: v.lack}
	v.packets(segments, func(s *decode.Segment) bool {
		if n := answer.Total; n >= from && n-from < min(m.Count, maxPackets) {
			answer.List = append(answer.List, bridge.Packet{
				Number: s.Packet, Source: s.Source, Time: s.Time, Seq: s.Seq, Flags: s.Flags, File: s.File, Length: s.Length, At: s.Offset - r.Offset,
			})
		}
		answer.Total++
		return true
	})
	return answer
}
