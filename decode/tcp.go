package decode

import (
	"net/netip"
	"slices"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// packets is the capture.Handler of a run: it gives each conversation on the
// server's port a framer and remembers what else was there.
type packets struct {
	d       *Decoder
	port    uint16
	server  netip.AddrPort
	probing bool // as long as no request was found on the port: look where the protocol is spoken

	streams map[uint32]*tcpStream // by conversation
	last    *tcpStream
	lastID  uint32
	others  map[uint32]*other
	asked   []uint16 // in their order: other ports on which something arrives that begins like a request
	count   int      // conversations
	dropped int      // conversations beyond maxOthers, counted only
	largest *other
	late    uint64 // for how many packets the assembler waits for bytes
}

// maxOthers bounds how many conversations are remembered that are not ours.
const maxOthers = 1 << 16

type tcpStream struct {
	f      *framer
	server capture.Side
	spoken bool // bytes of either side came
	holes  holes
	early  [2]early // by the side whose bytes come later
	drops  int      // places where bytes were captured and not delivered
}

// holes are bytes that were not captured, or will be captured late, while the
// other side already answers them. What is told meanwhile waits, so that it
// stands in the order of the packets whichever it turns out to be.
type holes struct {
	since  uint64    // how many packets the conversation had when one was noticed; 0 for none
	need   [2]int64  // how many bytes of the side there must be for them to be filled
	vain   [2]bool   // waiting for the side was in vain: it may not have been recorded at all
	behind [2]uint64 // when the side's last gap was given up
}

// patience is how many of a conversation's packets a hole is waited for, in
// multiples of what the assembler waits.
const patience = 2

// notice looks for a hole in what the other side sent, by how much of it the
// sender of a segment had received.
func (t *tcpStream) notice(c *capture.Conversation, from capture.Side, acked int64, packet uint64) {
	other, h := from.Other(), &t.holes
	h.vain[from] = false
	if acked <= t.lane(other).end() || h.vain[other] {
		return
	}
	h.need[other] = max(h.need[other], acked)
	if h.since == 0 {
		h.since = c.Packets
		t.f.order.hold(t.f.id, forHoles, uint32(packet))
	}
}

// filled lets go what waited when all holes are filled or given up.
func (t *tcpStream) filled(c *capture.Conversation, late uint64) {
	h := &t.holes
	if h.since == 0 {
		return
	}
	tired := c.Packets-h.since > patience*late || t.f.order.bytes > maxHeld
	for side := range h.need {
		if t.lane(capture.Side(side)).end() >= h.need[side] {
			continue
		}
		if !tired {
			return
		}
		h.vain[side] = true
	}
	h.since = 0
	t.f.order.release(t.f.id, forHoles)
}

// lane is what a side sent.
func (t *tcpStream) lane(from capture.Side) *lane {
	if from == t.server {
		return t.f.server
	}
	return t.f.client
}

// An other is a conversation that is not on the server's port.
type other struct {
	ends     [2]netip.AddrPort
	bytes    int64
	requests [2]int // runs that begin like a request, by the side that got them
}

func (p *packets) serves(end netip.AddrPort) bool {
	if p.server.IsValid() {
		return end == p.server
	}
	return end.Port() == p.port
}

func (p *packets) Opened(c *capture.Conversation, packet uint64, time int64) bool {
	p.count++
	side := capture.B
	if !p.serves(c.Ends[capture.B]) {
		side = capture.A
	}
	if !p.serves(c.Ends[side]) {
		if !p.probing {
			return false
		}
		if len(p.others) >= maxOthers {
			p.dropped++
			return false
		}
		p.others[c.ID] = &other{ends: c.Ends}
		return true
	}
	d := p.d
	if c.Twin {
		d.twins++
	}
	f := d.newFramer(c.Began, false)
	st := f.stream()
	st.Client, st.Server = c.Ends[side.Other()], c.Ends[side]
	if p.serves(c.Ends[side.Other()]) {
		f.role = roleByOpening
	}
	p.streams[c.ID] = &tcpStream{f: f, server: side}
	p.last = nil
	d.order.tell(event{kind: eventOpen, stream: f.id, msg: walcore.Message{At: walcore.At{Time: time, Packet: uint32(packet)}}})
	return true
}

func (p *packets) stream(c *capture.Conversation) *tcpStream {
	if p.last == nil || p.lastID != c.ID {
		p.last, p.lastID = p.streams[c.ID], c.ID
	}
	return p.last
}

func (p *packets) Data(c *capture.Conversation, r capture.Run) {
	t := p.stream(c)
	if t == nil {
		p.probe(c, &r)
		return
	}
	f := t.f
	l := t.lane(r.From)
	m := mark{packet: uint32(r.At), time: r.AtTime, acked: r.Acked}
	if t.holes.behind[r.From] == r.At {
		// It waited for bytes that never came, so it stands where it was captured.
		m.packet, m.time = uint32(r.Packet), r.Time
	}
	p.d.clocks.come(&t.early[r.From], r.Offset, r.Time, r.Source)
	if r.Acked > t.lane(r.From.Other()).end() {
		t.early[r.From.Other()].acknowledges(r.Acked, r.Time, r.Source)
	}
	t.notice(c, r.From, r.Acked, r.Packet)
	f.first(t, l, m)
	if l == f.server && l.end() == 0 && !c.SYN[r.From] {
		f.pairing.begin(-1) // there may have been more before
	}
	l.segments = append(l.segments, Segment{Offset: r.Offset, Length: uint32(len(r.Bytes)), File: r.File, Packet: uint32(r.Packet), Seq: r.Seq, Flags: r.Flags, Time: r.Time, Source: r.Source})
	st := f.stream()
	if l == f.client {
		st.FromClient += int64(len(r.Bytes))
		f.spoke(r.Acked)
	} else {
		st.FromServer += int64(len(r.Bytes))
	}
	l.put(r.Bytes, m)
	f.pump()
	l.settle()
	if f.sawRequest {
		p.probing = false
	}
	t.filled(c, p.late)
}

// first notes, before anything else of a stream, that its beginning is missing.
func (f *framer) first(t *tcpStream, l *lane, m mark) {
	if !t.spoken && !f.stream().Began {
		f.noBeginning(l, m)
	}
	t.spoken = true
}

// noBeginning tells what is assumed of a stream whose beginning is missing.
func (f *framer) noBeginning(l *lane, m mark) {
	l.last = mark{packet: max(l.last.packet, m.packet), time: m.time, acked: -1}
	f.tellAssumed(walcore.CodeNoBeginning, l, l.pos, 0)
}

func (p *packets) probe(c *capture.Conversation, r *capture.Run) {
	o := p.others[c.ID]
	if o == nil {
		return
	}
	o.bytes += int64(len(r.Bytes))
	if p.largest == nil || o.bytes > p.largest.bytes {
		p.largest = o
	}
	if sata.LooksLikeRequest(r.Bytes) == sata.Yes {
		o.requests[r.From.Other()]++
	}
}

// maxElsewhere bounds how many other ports are named on which the protocol is spoken.
const maxElsewhere = 8

// unwanted looks at what is not on the server's port.
func (p *packets) unwanted(to netip.AddrPort, payload []byte) {
	if sata.LooksLikeRequest(payload) == sata.Yes {
		p.ask(to.Port())
	}
}

// ask notes that a request arrives on another port, among the others in their order.
// The lowest are kept, in whatever order they come, with one that shows that there are
// more than are named.
func (p *packets) ask(port uint16) {
	if slices.Contains(p.asked, port) {
		return
	}
	p.asked = append(p.asked, port)
	for i := len(p.asked) - 1; i > 0 && p.asked[i-1] > port; i-- {
		p.asked[i-1], p.asked[i] = port, p.asked[i-1]
	}
	p.asked = p.asked[:min(len(p.asked), maxElsewhere+1)]
}

// elsewhere is on which other ports the protocol seems to be spoken.
func (p *packets) elsewhere() []uint16 {
	for _, o := range p.others {
		for side, n := range o.requests {
			if n > 0 {
				p.ask(o.ends[side].Port())
			}
		}
	}
	return p.asked
}

func (p *packets) Missing(c *capture.Conversation, g capture.Gap) {
	t := p.stream(c)
	if t == nil {
		return
	}
	l := t.lane(g.From)
	packet, time := g.Packet, g.Time
	if g.Behind != 0 {
		t.holes.behind[g.From] = g.Packet
		packet, time = g.Behind, g.BehindTime
	}
	t.f.first(t, l, mark{packet: uint32(packet), time: time})
	t.f.missing(l, g.Offset, g.Size, uint32(packet), time, g.Cut)
	t.f.pump()
	t.f.client.settle()
	t.f.server.settle()
	t.filled(c, p.late)
}

func (p *packets) Dropped(c *capture.Conversation, d capture.Drop) {
	t := p.stream(c)
	if t == nil {
		return
	}
	if d.Why == capture.DropLate {
		p.d.clocks.come(&t.early[d.From], d.Offset, d.Time, d.Source)
	}
	switch d.Why {
	case capture.DropDiffers:
		p.d.passed.differing++
	case capture.DropContradicts:
		p.d.passed.contradicting++
	}
	if t.drops++; t.drops > MaxDrops || p.d.passed.told >= MaxAllDrops {
		p.d.passed.untold++
		return
	}
	p.d.passed.told++
	l := t.lane(d.From)
	m := mark{packet: max(uint32(d.Packet), l.last.packet), time: d.Time}
	t.f.first(t, l, m)
	t.f.tellBytes(dropCodes[d.Why], l, d.Offset, d.Size, m)
}

// A passed counts places where bytes were captured and not delivered.
type passed struct {
	differing     int   // others had come first
	contradicting int   // a fragment's headers, or where it ends its packet, were others
	told          int   // of all such places, those that have a diagnostic
	untold        int   // and those that have none, as they were too many
	unchecked     int64 // bytes that came again and were not compared
}

// MaxDrops and MaxAllDrops bound how many such places are told one by one: of a
// stream, and of all together.
const (
	MaxDrops    = 100
	MaxAllDrops = 1000
)

var dropCodes = [...]walcore.Code{capture.DropDiffers: walcore.CodeDiffers, capture.DropLate: walcore.CodeLate, capture.DropElsewhere: walcore.CodeElsewhere, capture.DropContradicts: walcore.CodeFragment}

func (p *packets) Acked(c *capture.Conversation, by capture.Side, n int64, packet uint64, time int64) {
}

func (p *packets) Closed(c *capture.Conversation, why capture.CloseReason, packet uint64, time int64) {
	t := p.stream(c)
	if t == nil {
		return
	}
	p.d.passed.unchecked += c.Unchecked
	t.f.finish()
	t.f.stream().Closed = why != capture.ClosedByEnd
	at := walcore.At{Offset: t.f.client.pos, Time: time, Packet: max(uint32(packet), t.f.client.last.packet, t.f.server.last.packet)}
	p.d.order.tell(event{kind: t.f.endOf(), stream: t.f.id, msg: walcore.Message{At: at}})
	t.f.order.release(t.f.id, forHoles)
	delete(p.streams, c.ID)
	p.last = nil
}

// found tells what was there instead of the protocol.
func (p *packets) found() *NoProtocolError {
	e := &NoProtocolError{Port: p.port, Server: p.server, Conversations: p.count, There: len(p.d.streams)}
	if p.largest != nil {
		e.Largest, e.LargestBytes = p.largest.ends, p.largest.bytes
	}
	for i := range p.d.streams {
		if s := &p.d.streams[i]; !e.Largest[0].IsValid() || s.FromClient+s.FromServer > e.LargestBytes {
			e.Largest, e.LargestBytes = [2]netip.AddrPort{s.Client, s.Server}, s.FromClient+s.FromServer
		}
	}
	ports := map[uint16]*PortFound{}
	for _, o := range p.others {
		for side, end := range o.ends {
			pf := ports[end.Port()]
			if pf == nil {
				pf = &PortFound{Port: end.Port()}
				ports[end.Port()] = pf
			}
			pf.Conversations++
			pf.Bytes += o.bytes
			pf.Requests += o.requests[side]
		}
	}
	for _, pf := range ports {
		e.Ports = append(e.Ports, *pf)
	}
	slices.SortFunc(e.Ports, func(a, b PortFound) int {
		switch {
		case a.Requests != b.Requests:
			return b.Requests - a.Requests
		case a.Conversations != b.Conversations:
			return b.Conversations - a.Conversations
		case a.Bytes != b.Bytes:
			return int(min(1, max(-1, b.Bytes-a.Bytes)))
		}
		return int(a.Port) - int(b.Port)
	})
	e.Ports = e.Ports[:min(len(e.Ports), 16)]
	return e
}
