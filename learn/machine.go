package learn

import (
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// State is where the conversation on one stream stands.
type State uint8

// The states. The three that wait differ in what comes next.
const (
	StateNotOpen  State = iota // no connection
	StateQuiet                 // no request waits
	StateGreeting              // a Ping waits for its Pong
	StateAsked                 // a request waits for a response with a header
	StateReading               // a ReadFile waits, and its answer has no header
	StateBringing              // after a WriteFile, while its data comes
	lastState     = StateBringing
)

// waitingState says whether s is one of the three that wait.
func (s State) waiting() bool { return s == StateGreeting || s == StateAsked || s == StateReading }

// ArrowID names an arrow of the diagram.
type ArrowID uint8

// The arrows. ArrowNone is taken by records that move nothing.
const (
	ArrowNone    ArrowID = iota
	ArrowOpen            // the connection opens
	ArrowClose           // it closes
	ArrowAsk             // a request, when none waits
	ArrowMore            // a request, when others wait
	ArrowAnswer          // a response, and no request waits any more
	ArrowNext            // a response, and others wait
	ArrowWrite           // a WriteFile, when none waits
	ArrowAlso            // a WriteFile, when others wait
	ArrowData            // all data of the WriteFile is there
	ArrowEarlier         // a response to an earlier request while data comes
	ArrowDone            // the response to the WriteFile whose data was not seen to be whole
	lastArrow    = ArrowDone
)

// A Node is a state as the diagram draws it. Sizes and places are in the units
// of the diagram.
type Node struct {
	State      State
	Name       string
	Meaning    string
	X, Y, W, H int
}

// A Group is a box around nodes.
type Group struct {
	Name       string
	X, Y, W, H int
}

// An Arrow is a way from one state to another. From and To may each be one of
// several: then it begins or ends at the Group of those that wait.
type Arrow struct {
	ID             ArrowID
	Label          string
	Meaning        string
	Path           string // as an SVG path: it ends where the head is
	LabelX, LabelY int
	Anchor         string // of the label, as SVG's text-anchor: start, middle or end
	From, To       func(State) bool
}

// A Diagram is the conversation of one stream as states and arrows.
type Diagram struct {
	Width, Height int
	Nodes         []Node
	Groups        []Group
	Arrows        []Arrow
}

func is(s State) func(State) bool { return func(t State) bool { return s == t } }

// busy says whether requests wait or data comes.
func busy(s State) bool { return s.waiting() || s == StateBringing }

// TheDiagram is how the machine is drawn.
var TheDiagram = Diagram{
	Width: 790, Height: 470,
	Nodes: []Node{
		{StateNotOpen, "Not open", "there is no connection", 20, 20, 140, 56},
		{StateQuiet, "Quiet", "no request waits", 20, 180, 140, 64},
		{StateGreeting, "Greeting", "a Ping waits for its Pong", 350, 110, 220, 46},
		{StateAsked, "Asked", "a request waits for its response", 350, 168, 220, 46},
		{StateReading, "Reading", "a ReadFile waits: no header will come", 350, 226, 220, 46},
		{StateBringing, "Bringing", "raw data follows a WriteFile", 210, 370, 200, 56},
	},
	Groups: []Group{{"Waiting: the oldest request says for what", 330, 76, 260, 214}},
	Arrows: []Arrow{
		{ArrowOpen, "opens", "the connection opens", "M60 76 V180", 54, 132, "end", is(StateNotOpen), is(StateQuiet)},
		{ArrowClose, "closes", "the connection closes; what waits is forgotten", "M120 180 V76", 128, 132, "start", func(s State) bool { return s != StateNotOpen }, is(StateNotOpen)},
		{ArrowAsk, "a request", "a request comes in, and waits", "M160 198 H330", 245, 190, "middle", is(StateQuiet), State.waiting},
		{ArrowAnswer, "the last response", "a response goes out, and nothing waits any more", "M330 228 H160", 245, 246, "middle", State.waiting, is(StateQuiet)},
		{ArrowMore, "another request", "a request comes in while others wait: pipelining", "M590 106 C640 106 640 156 590 156", 636, 135, "start", busy, State.waiting},
		{ArrowNext, "a response, others wait", "a response goes out; the next request waits", "M590 206 C640 206 640 256 590 256", 636, 227, "start", busy, State.waiting},
		{ArrowWrite, "WriteFile", "a WriteFile comes in: data follows it", "M90 244 C90 360 120 398 210 398", 104, 370, "end", is(StateQuiet), is(StateBringing)},
		{ArrowAlso, "WriteFile", "a WriteFile comes in while others wait: data follows it", "M380 290 L330 370", 346, 326, "end", busy, is(StateBringing)},
		{ArrowData, "its data is whole", "all data is there; the WriteFile waits for its response", "M410 398 C480 398 500 360 500 290", 502, 376, "start", is(StateBringing), State.waiting},
		{ArrowEarlier, "an earlier response", "a response to an earlier request goes out while data comes", "M280 426 C280 464 340 464 340 426", 350, 452, "start", is(StateBringing), is(StateBringing)},
		{ArrowDone, "its response", "the WriteFile is answered, though its data was not seen to be whole", "M240 370 L140 244", 200, 310, "start", is(StateBringing), is(StateQuiet)},
	},
}

// Arrow is the arrow with an id, nil for ArrowNone.
func (d *Diagram) Arrow(id ArrowID) *Arrow {
	for i := range d.Arrows {
		if d.Arrows[i].ID == id {
			return &d.Arrows[i]
		}
	}
	return nil
}

// Node is how a state is drawn.
func (d *Diagram) Node(s State) *Node {
	for i := range d.Nodes {
		if d.Nodes[i].State == s {
			return &d.Nodes[i]
		}
	}
	return nil
}

// streamState is what is remembered of a stream while records are walked. The
// queue needs no list: responses come in order, so what waits are the requests
// after the one that was answered last.
type streamState struct {
	open     bool
	waiting  int   // how many requests wait
	answered int32 // the row of the request that was answered last, -1 for none
	bringing int32 // the row of the WriteFile whose data comes, -1 for none
	ffio     bool
	ffioTold bool // a Pong or a finding said whether fast file I/O is on
	csr      bool
	first    uint32
}

// A Walk follows a log's streams through the diagram. It is for one goroutine;
// the log may grow between calls.
type Walk struct {
	log       *walcore.Log
	snapshots []snapshot
	now       snapshot
}

// A snapshot is the state of all streams before a row.
type snapshot struct {
	row     int
	streams map[uint32]streamState
}

// NewWalk makes a walk over a log.
func NewWalk(log *walcore.Log) *Walk {
	w := &Walk{log: log, now: snapshot{streams: map[uint32]streamState{}}}
	w.snapshots = []snapshot{w.now.copy()}
	return w
}

func (s snapshot) copy() snapshot {
	c := snapshot{row: s.row, streams: make(map[uint32]streamState, len(s.streams))}
	for id, st := range s.streams {
		c.streams[id] = st
	}
	return c
}

// A Moment is what a record does to its stream.
type Moment struct {
	Stream  uint32
	Before  State
	After   State
	Opens   bool // the connection opens with it, and was quiet before
	Arrow   ArrowID
	Causes  []Mark // the bytes of the message that made it so
	Waiting int    // requests that wait after it
	Oldest  int    // the row of the one that waits longest, -1 for none
	Changes []string
}

// At is what record i does.
func (w *Walk) At(i int) Moment {
	if w.now.row > i {
		n := len(w.snapshots) - 1
		for w.snapshots[n].row > i {
			n--
		}
		w.now = w.snapshots[n].copy()
	}
	for w.now.row < i {
		w.step()
	}
	r := w.log.At(i)
	before := w.stream(r.Stream)
	after := before
	m := Moment{Stream: r.Stream, Before: w.state(before, i-1, r.Stream)}
	m.Arrow = after.take(w.log, i)
	w.step()
	m.After = w.state(after, i, r.Stream)
	if m.Before == StateNotOpen && m.After != StateNotOpen {
		m.Before, m.Opens = StateQuiet, true
	}
	m.Arrow = straighten(m.Arrow, m.Before, m.After)
	m.Causes = causes(w.log, r)
	m.Waiting, m.Oldest = after.waiting, w.oldest(after, i, r.Stream)
	m.Changes = changes(w.log, i, &before, &after)
	return m
}

// step takes the record at the walk's row.
func (w *Walk) step() {
	i := w.now.row
	r := w.log.At(i)
	s := w.stream(r.Stream)
	s.take(w.log, i)
	w.now.streams[r.Stream] = s
	w.now.row++
	last := w.snapshots[len(w.snapshots)-1].row
	// Many streams make a snapshot large, so there are fewer of them.
	if w.now.row-last >= max(4096, 8*len(w.now.streams)) {
		w.snapshots = append(w.snapshots, w.now.copy())
	}
}

func (w *Walk) stream(id uint32) streamState {
	if s, ok := w.now.streams[id]; ok {
		return s
	}
	return streamState{answered: -1, bringing: -1, first: sata.DefaultFirstRead}
}

// take lets a record change the stream, and says by which arrow, but for those
// that straighten tells apart.
func (s *streamState) take(log *walcore.Log, i int) ArrowID {
	r := log.At(i)
	switch r.Kind {
	case walcore.Request:
		s.open = true
		s.bringing = -1
		s.waiting++
		if r.Op == uint8(sata.Ping) && r.Line == walcore.LineRequest {
			s.first = uint32(r.A >> 32)
		}
		if r.Op == uint8(sata.WriteFile) && r.Line == walcore.LineRequest && s.headless(log, i) {
			s.bringing = int32(i)
			return ArrowWrite
		}
		return ArrowAsk
	case walcore.Written:
		if s.bringing >= 0 && uint32(s.bringing) == r.Partner {
			s.bringing = -1
		}
		return ArrowData
	case walcore.Response:
		s.open = true
		if r.Partner == walcore.None {
			return ArrowNone
		}
		if r.Line == walcore.LinePong {
			s.ffio, s.csr, s.ffioTold = r.Flags&walcore.FlagFFIO != 0, r.Flags&walcore.FlagCSR != 0, true
		}
		return s.pop(log, r)
	case walcore.Diagnostic:
		switch walcore.Code(r.Op) {
		case walcore.CodeAnswerLost:
			return s.pop(log, r)
		case walcore.CodeNoBeginning, walcore.CodeNoPing:
			s.ffio, s.ffioTold = r.B != 0, true
		case walcore.CodeFFIOShown:
			s.ffio, s.ffioTold = true, true
		case walcore.CodeUnanswered:
			// The stream ends: there is one of these for each request that waits.
			if !s.open {
				return ArrowNone
			}
			s.open, s.waiting, s.answered, s.bringing = false, 0, int32(i), -1
			return ArrowClose
		}
	}
	return ArrowNone
}

// headless says whether data goes without a header behind, or in answer to, the
// read or write of row i. Where nobody has said yet what is on, what came of it
// tells.
func (s *streamState) headless(log *walcore.Log, i int) bool {
	if s.ffioTold {
		return s.ffio
	}
	q := log.At(i)
	if q.Op == uint8(sata.ReadFile) {
		return q.Partner != walcore.None && log.At(int(q.Partner)).Line == walcore.LineRead
	}
	return Conversation{Log: log}.WrittenOf(i) >= 0
}

// pop takes the request that r answers, or tells of, off the queue. Requests
// before it were forgotten: in an event file a stream can begin anew.
func (s *streamState) pop(log *walcore.Log, r *walcore.Record) ArrowID {
	about := int32(r.Partner)
	for n := s.answered + 1; n <= about; n++ {
		if q := log.At(int(n)); q.Stream == r.Stream && q.Kind == walcore.Request {
			s.waiting--
		}
	}
	s.waiting, s.answered = max(0, s.waiting), max(s.answered, about)
	if s.bringing <= about {
		s.bringing = -1
	}
	return ArrowAnswer
}

// straighten picks the arrow that goes from one state to another.
func straighten(a ArrowID, before, after State) ArrowID {
	switch a {
	case ArrowAsk:
		if before != StateQuiet {
			return ArrowMore
		}
	case ArrowWrite:
		if before != StateQuiet {
			return ArrowAlso
		}
	case ArrowAnswer:
		switch {
		case after == StateBringing:
			return ArrowEarlier
		case after.waiting():
			return ArrowNext
		case before == StateBringing:
			return ArrowDone
		}
	case ArrowData:
		if before != StateBringing || after == StateBringing { // the data of another WriteFile
			return ArrowNone
		}
	}
	return a
}

// state is where a stream stands after row i.
func (w *Walk) state(s streamState, i int, stream uint32) State {
	switch {
	case !s.open:
		return StateNotOpen
	case s.bringing >= 0:
		return StateBringing
	case s.waiting == 0:
		return StateQuiet
	}
	oldest := w.oldest(s, i, stream)
	if oldest < 0 {
		return StateQuiet
	}
	switch r := w.log.At(oldest); {
	case r.Op == uint8(sata.Ping):
		return StateGreeting
	case r.Op == uint8(sata.ReadFile) && s.headless(w.log, oldest):
		return StateReading
	}
	return StateAsked
}

// oldest is the row of the request that waits longest after row i, -1 for none.
func (w *Walk) oldest(s streamState, i int, stream uint32) int {
	if s.waiting == 0 {
		return -1
	}
	for n := int(s.answered) + 1; n <= i; n++ {
		if r := w.log.At(n); r.Stream == stream && r.Kind == walcore.Request {
			return n
		}
	}
	return -1
}

// causes are the bytes of a message by which the machine goes its way.
func causes(log *walcore.Log, r *walcore.Record) (marks []Mark) {
	add := func(f *sata.Field) {
		if uint64(f.End()) <= r.Length {
			marks = append(marks, Mark{f.Offset, f.Length, f.Name})
		}
	}
	switch r.Kind {
	case walcore.Request:
		add(&sata.CommandInfoFields[len(sata.CommandInfoFields)-1])
		if r.Line != walcore.LineRequest {
			return marks
		}
		switch sata.Command(r.Op) {
		case sata.Ping:
			add(&sata.HeaderFields[2])
			add(&sata.CommandInfoFields[0])
			if n := len(marks) - 1; n > 0 {
				marks[n].Label = "first read size"
			}
		case sata.ReadFile, sata.WriteFile:
			fields := sata.Command(r.Op).Spec().Fields
			add(&fields[0])
			add(&fields[1])
		}
	case walcore.Written:
		marks = append(marks, Mark{0, int(min(r.Length, 1<<30)), "data"})
	case walcore.Response:
		var shape *sata.ShapeSpec
		switch r.Line {
		case walcore.LineRead:
			shape = sata.ShapeRead.Spec()
		case walcore.LinePong:
			shape = sata.ShapePong.Spec()
		case walcore.LineDescriptor:
			shape = sata.ShapeDescriptor.Spec()
		case walcore.LineUnknown:
			return nil
		default:
			shape = sata.ShapeResult.Spec()
		}
		for i := range shape.Fields {
			add(&shape.Fields[i])
		}
	}
	return marks
}

// changes says in words what a record changed.
func changes(log *walcore.Log, i int, before, after *streamState) (list []string) {
	r := log.At(i)
	path := func() string { return "`" + string(walcore.AppendVisible(nil, []byte(log.Text(r.Path)))) + "`" }
	fd := strconv.FormatInt(int64(r.FD), 10)
	if r.Kind == walcore.Response && !r.Failed() {
		result, known := r.Result()
		switch c := sata.Command(r.Op); {
		case r.Line == walcore.LineDescriptor && c == sata.OpenFile:
			list = append(list, "File descriptor "+fd+" now means "+path()+".")
		case r.Line == walcore.LineDescriptor:
			list = append(list, "Folder descriptor "+fd+" now means "+path()+".")
		case known && result == sata.Success && r.Line == walcore.LineResult && c == sata.CloseFile:
			list = append(list, "File descriptor "+fd+" means nothing any more.")
		case known && result == sata.Success && r.Line == walcore.LineResult && c == sata.CloseFolder:
			list = append(list, "Folder descriptor "+fd+" means nothing any more.")
		case r.Line == walcore.LinePong:
			list = append(list, "Fast file I/O is "+onOff(after.ffio)+", combined send and receive "+onOff(after.csr)+".")
		}
	}
	if r.Kind == walcore.Request && r.Op == uint8(sata.Ping) && r.Line == walcore.LineRequest {
		list = append(list, "The first read size is "+Count(uint64(after.first))+" from now on.")
	}
	if before.waiting != after.waiting {
		switch after.waiting {
		case 0:
			list = append(list, "No request waits any more.")
		case 1:
			list = append(list, "1 request waits.")
		default:
			list = append(list, Count(uint64(after.waiting))+" requests wait.")
		}
	}
	return list
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
