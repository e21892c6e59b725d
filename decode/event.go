package decode

import (
	"slices"

	"satascope/walcore"
)

const noTime = walcore.NoTime

// An event is something that the state machine is told.
type event struct {
	kind   eventKind
	stream uint32
	fd     int32
	msg    walcore.Message
	diag   walcore.Diagnosis
	asked  asked // of a request
}

type eventKind uint8

const (
	eventOpen eventKind = iota
	eventClose
	eventLeave // close, and nothing is said of requests that wait
	eventRequest
	eventResponse
	eventWritten
	eventForget
	eventPass // drops the oldest waiting request without a word
	eventDiagnosis
)

// order hands events to the machine in the order of their packets. Nearly
// always they come in that order and go straight through. What comes later waits
// here only while a stream may still have something to tell of an earlier packet:
// the end of a read is open, which later bytes must show; bytes are waited for that
// the other side has acknowledged; or the next request is looked for. holds has
// the packet from on which each of these may, by the stream's number with the reason.
type order struct {
	machine *walcore.Machine
	streams *[]Stream
	holds   map[uint32]uint32
	waiting []event
	bytes   int      // in waiting
	turns   uint32   // see turn
	doubts  []doubts // by stream
}

// maxHeld bounds the bytes that wait in an order.
const maxHeld = 64 << 20

// turn is the number by which a piece of a file takes its place: that of its
// packet, or its own number in a file that does not tell packets. Those are not
// passed on.
func (o *order) turn(packet uint32) uint32 {
	if packet != 0 && o.turns == 0 {
		return packet
	}
	o.turns++
	return o.turns
}

// tell passes on or keeps an event; its message's Head is the caller's.
func (o *order) tell(e event) {
	if len(o.holds) == 0 {
		o.deliver(&e)
		return
	}
	e.msg.Parsed, e.msg.Problem = nil, nil
	e.msg.Head = slices.Clone(e.msg.Head)
	o.bytes += len(e.msg.Head) + 200
	if o.waiting = append(o.waiting, e); o.bytes > 2*maxHeld {
		// Whoever holds this back says nothing more: it may wait for ever.
		clear(o.holds)
		o.pass()
	}
}

// A reason is why a stream holds the order back: bits that no stream's number has.
type reason uint32

const (
	forRead    reason = 0       // the end of a read is open
	forRequest reason = 1 << 30 // the next request is looked for
	forHoles   reason = 1 << 31 // bytes are waited for that the other side has acknowledged
)

// hold keeps back whatever comes from a packet on.
func (o *order) hold(stream uint32, why reason, packet uint32) {
	name := stream | uint32(why)
	if _, ok := o.holds[name]; !ok {
		o.holds[name] = packet
	}
}

// release ends a hold and passes on what nothing else holds back.
func (o *order) release(stream uint32, why reason) {
	name := stream | uint32(why)
	if _, ok := o.holds[name]; !ok {
		return
	}
	delete(o.holds, name)
	o.pass()
}

// pass passes on what nobody holds back.
func (o *order) pass() {
	least := ^uint32(0)
	for _, packet := range o.holds {
		least = min(least, packet)
	}
	slices.SortStableFunc(o.waiting, func(a, b event) int { return int(int64(a.msg.At.Packet) - int64(b.msg.At.Packet)) })
	n := 0
	for n < len(o.waiting) && (len(o.holds) == 0 || o.waiting[n].msg.At.Packet < least) {
		e := &o.waiting[n]
		o.bytes -= len(e.msg.Head) + 200
		o.deliver(e)
		n++
	}
	o.waiting = slices.Delete(o.waiting, 0, n)
}

func (o *order) deliver(e *event) {
	m := o.machine
	if o.turns > 0 {
		e.msg.At.Packet, e.diag.At.Packet = 0, 0
	}
	at := e.msg.At
	for len(o.doubts) <= int(e.stream) {
		o.doubts = append(o.doubts, doubts{})
	}
	u := &o.doubts[e.stream]
	switch e.kind {
	case eventOpen:
		m.OpenStream(e.stream)
	case eventClose:
		m.EndStream(e.stream, e.msg.At)
	case eventLeave:
		m.CloseStream(e.stream)
	case eventRequest:
		if unsure, fromServer, offset, size := u.ask(e.asked); unsure {
			if fromServer {
				at.Offset = offset
			}
			m.DoubtPaths(walcore.Diagnosis{Code: walcore.CodePathsUnsure, Stream: e.stream, At: at, FromServer: fromServer, Size: uint64(size)})
		}
		m.Request(e.stream, e.msg)
	case eventResponse:
		if u.answer(at.Offset, at.Offset+int64(e.msg.Length), e.msg.Assumed) {
			m.Diagnose(walcore.Diagnosis{Code: walcore.CodePairingAssumed, Stream: e.stream, At: at, FromServer: true, Size: e.msg.Length})
		}
		m.Response(e.stream, e.msg)
	case eventWritten:
		m.Written(e.stream, e.fd, e.msg.Length, e.msg.At)
	case eventForget:
		m.Forget(e.stream, e.msg.At)
		if from := u.server; u.forget() {
			size := uint64(max(0, at.Offset-from))
			at.Offset = from
			m.DoubtPaths(walcore.Diagnosis{Code: walcore.CodePathsUnsure, Stream: e.stream, At: at, FromServer: true, Size: size})
		}
	case eventPass:
		u.next()
		m.Pass(e.stream)
	case eventDiagnosis:
		m.Diagnose(e.diag)
	}
	st := &(*o.streams)[e.stream]
	if e.kind == eventRequest || e.kind == eventResponse {
		st.Messages++
	}
	if t := e.msg.At.Time; t != noTime {
		if st.First == noTime {
			st.First = t
		}
		st.Last = max(st.Last, t)
	}
}
