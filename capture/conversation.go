package capture

import (
	"math/bits"
	"slices"
)

// reach is how far, in bytes, a sequence or acknowledgement number may be from
// what is expected and still be believed at once. It is beyond the windows that
// devices and hosts use.
const reach = 16 << 20

// resetReach bounds, behind what was sent before and ahead of it, where a RST
// is believed: a receiver accepts one in its window only (RFC 9293, 3.10.7.4).
const (
	resetBehind = 64 << 10
	resetAhead  = 1 << 20
)

// elsewhereReach is how far both numbers of a segment must be from a closed
// conversation's to belong to a new one whose SYN was not recorded.
const elsewhereReach = 16 << 20

// maxHeld is how many segments may wait in one direction.
const maxHeld = 8192

// A state is where a conversation is in its life.
type state uint8

const (
	fresh  state = iota // no SYN and no data yet: not told to the handler
	open                // told
	closed              // kept so that its last segments are known as such
)

// A conv is a conversation and all that is needed to put it together.
type conv struct {
	*Conversation
	sides        [2]side
	state        state
	wanted       bool
	older, newer *conv
	twin         *conv   // another one between the same ends
	sources      sources // the files that are at it
}

// A side is one direction of a conversation: what its sender sent.
type side struct {
	guess   guess  // how well base is known
	heard   bool   // a segment of it was seen
	settled bool   // base is final: a SYN or data was seen
	began   bool   // a SYN was seen, with the sequence number isn
	isn     uint32 // initial sequence number
	base    uint32 // sequence number of the byte at offset 0
	next    int64  // offset of the next byte to deliver
	acked   int64  // how many bytes the other side has received, as far as known
	single  bool   // it came to that by one number alone, as for a FIN
	fin     int64  // offset behind the last byte, once a FIN told it; or -1

	held  []piece // what waits: ordered, not overlapping, all beyond next
	bytes int     // that held costs
	past  past    // what was delivered last

	farEnd, farAck     int64 // where implausible numbers last pointed
	farSeen, farAcking int   // how often in a row
}

// sent is how many bytes a side sent, as far as known. A FIN takes a number, too.
// Where none was recorded, the last number that the other side acknowledged is
// taken to be one when it came alone and the other side closed, or when all before
// it was recorded.
func (c *conv) sent(from Side) int64 {
	s := &c.sides[from]
	if s.fin < 0 && (s.acked == s.next+1 || s.single && c.sides[from.Other()].fin >= 0) {
		return s.acked - 1
	}
	return max(s.acked, s.fin)
}

// A guess says where a side's base comes from.
type guess uint8

const (
	unknown guess = iota
	byAck         // the other side asked for this byte
	bySeq         // the sender's segments without data stand here
	bySYN         // the SYN told
)

// A piece is bytes that wait for those before them.
type piece struct {
	off    int64
	data   []byte // from the pool; nil for bytes that the snap length cut off
	cut    int64  // how many of those
	file   int64
	packet uint64
	time   int64
	at     uint64 // Conversation.Packets when it came
	acked  int64
	seq    uint32
	flags  uint8
	source uint8
}

func (p *piece) end() int64 { return p.off + int64(len(p.data)) + p.cut }

// based tells whether anything is known about where the side begins.
func (s *side) based() bool { return s.guess != unknown }

// finished tells whether all of the side was delivered, its FIN included.
func (s *side) finished() bool { return s.fin >= 0 && s.next >= s.fin }

// offset is where a sequence number lies, taken to be near the next byte: so
// offsets go on past 4 GiB, where sequence numbers start again.
func (s *side) offset(seq uint32) int64 {
	return s.next + int64(int32(seq-(s.base+uint32(s.next))))
}

// highest is the end of all that the side is known to have sent.
func (s *side) highest() int64 {
	high := max(s.next, s.acked)
	if n := len(s.held); n > 0 {
		high = max(high, s.held[n-1].end())
	}
	return high
}

// setBase sets the sequence number of offset 0.
func (s *side) setBase(seq uint32, g guess) { s.base, s.guess = seq, g }

// listen learns from a segment of a conversation that is not open yet where
// its sides begin. With data (size > 0) it makes the sender side A.
func (c *conv) listen(from Side, s *Segment, size int) Side {
	if size > 0 && from == B {
		c.swap()
		from = A
	}
	if s.Flags&ACK != 0 {
		c.sides[from.Other()].asked(s.Ack)
	}
	if own := &c.sides[from]; size == 0 {
		own.promise(s.Seq)
		if s.Flags&FIN != 0 {
			own.fin = 0
		}
	}
	return from
}

// swap makes side A the other one, of a conversation that is not open yet.
func (c *conv) swap() {
	c.Ends[A], c.Ends[B] = c.Ends[B], c.Ends[A]
	c.sides[A], c.sides[B] = c.sides[B], c.sides[A]
	c.Payload[A], c.Payload[B] = c.Payload[B], c.Payload[A]
}

// asked learns, before the conversation is open, which byte of the side the
// other one asks for.
func (s *side) asked(ack uint32) {
	d := int64(int32(ack - s.base))
	switch {
	case s.guess == unknown, s.guess == byAck && d > 0:
		s.setBase(ack, byAck)
	case s.guess == bySeq && d == 1:
		// What told the base had kept the connection alive: such segments
		// stand one byte before the next.
		s.setBase(ack, byAck)
	case s.guess == bySeq && d > 1 && d <= reach:
		s.acked = max(s.acked, d) // sent since, and not recorded
	}
}

// promise learns from a segment without data, before the conversation is open,
// which byte comes next.
func (s *side) promise(seq uint32) {
	d := int32(seq - s.base)
	switch {
	case s.guess == unknown, s.guess == byAck && d > 0:
		// What the other side had not yet received then was on its way before
		// the recording began.
		s.setBase(seq, bySeq)
	case s.guess == bySeq && d == 1:
		s.setBase(seq, bySeq) // the one before had kept the connection alive
	}
}

// keepAlive tells whether a segment, on a side of which nothing was seen yet,
// is one byte that the other side has and that only keeps the connection alive.
func (s *side) keepAlive(seg *Segment, size int) bool {
	return size == 1 && s.based() && int32(seg.Seq+1-s.base) == 0
}

// idle tells the same of a side that is open: a byte that was not pushed, behind
// others that were not recorded. A segment that keeps the connection alive looks
// so, and its byte is not the one that was sent there before: it must not stand
// in for it. Should it be data after all, that byte is missing, too, unless it
// comes again.
func (s *side) idle(seg *Segment, seq uint32, size int) bool {
	if size != 1 || seg.Flags&PSH != 0 {
		return false
	}
	off := s.offset(seq)
	if s.settled {
		return off > s.next
	}
	return s.acked > 0 && off+1 == s.acked
}

// settle decides, at the first data of a side whose SYN was not seen, which
// byte has offset 0.
func (s *side) settle(seq uint32, size int) {
	s.settled = true
	if s.guess == unknown {
		s.setBase(seq, bySeq)
		return
	}
	switch d := int64(int32(seq - s.base)); {
	case d < 0 && d+int64(size) >= 0 && size > 0:
		// Bytes that were sent, and perhaps acknowledged, before: they join
		// what comes, so they are worth having.
		if size == 1 && d == -1 {
			return // one byte that only keeps the connection alive
		}
		s.rebase(seq)
	case d < 0 && s.guess == bySeq && d >= -(1<<20):
		// The sender was ahead of this already: captured out of order.
		s.rebase(seq)
	case d == 1 && s.guess == bySeq, d < -reach, d > reach:
		// One ahead: the segment without data had kept the connection alive.
		// Far off: a guess from another connection on the same ports.
		s.rebase(seq)
	}
}

// rebase moves offset 0 while nothing was delivered yet.
func (s *side) rebase(seq uint32) {
	if s.acked > 0 {
		s.acked = max(0, s.acked-int64(int32(seq-s.base)))
	}
	s.setBase(seq, bySeq)
}

// near tells whether an offset is where the side can be.
func (s *side) near(off int64, size int) bool {
	return off <= s.highest()+reach && off+int64(size) >= s.next-reach
}

// place tells the offset of a segment's first byte; false if it is not to be
// believed. A jump is believed when the other side acknowledges it, or when
// four segments in a row make it: then the file lacks what lies between.
func (s *side) place(seq uint32, size int) (int64, bool) {
	off := s.offset(seq)
	if s.near(off, size) {
		s.farSeen = 0
		return off, true
	}
	if off < s.next {
		off += 1 << 32 // a jump, if it is one, leads ahead
	}
	if s.farSeen > 0 && off >= s.farEnd-reach && off <= s.farEnd+reach {
		s.farSeen++
	} else {
		s.farSeen = 1
	}
	s.farEnd = off + int64(size)
	if s.farSeen >= 4 || s.farAcking > 0 && s.farAck >= off-reach && s.farAck <= s.farEnd+reach {
		s.farSeen = 0
		s.farAcking = 0
		return off, true
	}
	return 0, false
}

// acknowledge learns what the other side has received from an acknowledgement
// number of from, and gives the number of bytes; ok is false for a number that
// is not to be believed.
func (c *conv) acknowledge(from Side, ack uint32) (n int64, ok bool) {
	s := &c.sides[from.Other()]
	if s.guess == unknown {
		s.setBase(ack, byAck)
		return 0, true
	}
	off := s.offset(ack)
	if !s.near(off, 0) {
		if off < s.next {
			off += 1 << 32
		}
		s.farAck = off
		s.farAcking++
		if s.farSeen > 0 && off >= s.farEnd-reach && off <= s.farEnd+reach {
			s.acked = off // together they are believed
			s.farSeen, s.farAcking = 0, 0
			return off, true
		}
		return s.acked, false
	}
	s.farAcking = 0
	if s.fin >= 0 && off > s.fin {
		off = s.fin // the FIN takes a number, too
	}
	if off < 0 {
		off = 0
	}
	if off > s.acked {
		s.acked, s.single = off, off == s.acked+1
	}
	return off, true
}

// elsewhere tells whether a segment that comes after a conversation's close
// belongs to a new one on the same ports, whose SYN was not recorded.
func (c *conv) elsewhere(from Side, s *Segment, size int) bool {
	own, other := &c.sides[from], &c.sides[from.Other()]
	if size < 2 || s.Flags&(ACK|RST) != ACK || !own.based() || !other.based() || !c.wanted {
		return false
	}
	far := func(d int64) bool { return d > elsewhereReach || d < -elsewhereReach }
	return far(own.offset(s.Seq)-own.next) && far(other.offset(s.Ack)-other.next)
}

// syn finds or makes the conversation that a SYN belongs to.
func (a *Assembler) syn(c *conv, from Side, s *Segment) (*conv, Side) {
	if c != nil && (c.ownSYN(from, s) || a.lateSYN(c, from, s)) {
		c.noteSYN()
		return c, from
	}
	if c != nil {
		if c.state == open {
			a.close(c, ClosedByReuse)
		}
		if c.sources.drop(s.Source); c.sources == (sources{}) || c.state == fresh {
			a.remove(c) // else another file may still have segments of it
		}
	}
	src, dst := s.Src, s.Dst
	from = A
	if s.Flags&ACK != 0 { // the answer: it was the other end that opened it
		src, dst, from = dst, src, B
	}
	c = a.add(src, dst)
	c.Began = true
	c.sides[from].synAt(s.Seq)
	if from == B {
		c.sides[A].synAt(s.Ack - 1)
	}
	c.noteSYN()
	a.open(c)
	return c, from
}

func (c *conv) noteSYN() { c.SYN = [2]bool{c.sides[A].began, c.sides[B].began} }

// synAt notes a side's SYN.
func (s *side) synAt(isn uint32) {
	s.began, s.isn = true, isn
	s.setBase(isn+1, bySYN)
	s.settled = true
}

// ownSYN tells whether a SYN belongs to this conversation: it is repeated, or it
// is the answer to the first.
func (c *conv) ownSYN(from Side, s *Segment) bool {
	own, other := &c.sides[from], &c.sides[from.Other()]
	if own.began && own.isn == s.Seq {
		return true
	}
	if c.state != open {
		return false
	}
	if own.began {
		// Another answer to the same SYN, before anything followed the first:
		// the one that counts is not known before data comes.
		if s.Flags&ACK != 0 && other.began && s.Ack == other.isn+1 {
			if own.next == 0 && len(own.held) == 0 {
				own.synAt(s.Seq)
			}
			return true
		}
		return false
	}
	if s.Flags&ACK != 0 && other.began {
		if s.Ack != other.isn+1 && int32(s.Ack-other.base) < 0 {
			return false // the answer to another SYN
		}
		if !own.settled {
			own.synAt(s.Seq)
			return true
		}
	}
	if s.Flags&ACK == 0 && !own.settled && other.began && other.next == 0 {
		own.synAt(s.Seq) // both ends opened it at once
		return true
	}
	return false
}

// lateReach is how far behind its SYN the first data of a conversation may stand,
// latePackets how many packets may come before a SYN that was captured late.
const (
	lateReach   = 1 << 20
	latePackets = 16
)

// lateSYN tells whether a SYN was captured late: behind the first data of the
// conversation, before which it stands.
func (a *Assembler) lateSYN(c *conv, from Side, s *Segment) bool {
	own := &c.sides[from]
	if c.state != open || own.began || !own.based() || c.Packets >= latePackets || own.base-(s.Seq+1) >= lateReach {
		return false
	}
	if other := &c.sides[from.Other()]; s.Flags&ACK != 0 && other.began && s.Ack != other.isn+1 && int32(s.Ack-other.base) < 0 {
		return false // the answer to another SYN
	}
	if own.settled {
		own.began, own.isn = true, s.Seq
	} else {
		own.beginsAt(s.Seq)
	}
	// What it acknowledges is where the other side will be taken to begin.
	believed := s.Flags&ACK == 0 || c.sides[from.Other()].base-s.Ack < lateReach
	if believed && c.wanted && !c.Began && len(a.LateSYNs) < maxLateSYNs {
		a.LateSYNs = append(a.LateSYNs, LateSYN{Src: s.Src, Dst: s.Dst, Seq: s.Seq, Ack: s.Ack, Flags: s.Flags, Packet: a.at})
	}
	return true
}

// foresee looks for the SYN of a conversation that is opened by data, among those
// that are known to come late; from then on it begins there. It gives the side of
// the data's sender, as side A is the one that opened it.
func (a *Assembler) foresee(c *conv, from Side, s *Segment) Side {
	for _, syn := range a.syns[keyOf(s.Src, s.Dst)] {
		first := s.Seq // what its sender has sent by now
		if syn.Src != s.Src {
			if first = s.Ack; s.Flags&ACK == 0 {
				continue
			}
		}
		if syn.Packet <= a.at || first-(syn.Seq+1) >= lateReach {
			continue
		}
		by := A
		if syn.Src != c.Ends[A] {
			by = B
		}
		c.sides[by].beginsAt(syn.Seq)
		if syn.Flags&ACK != 0 { // the answer: it was the other end that opened it
			by = by.Other()
			c.sides[by].beginsAt(syn.Ack - 1)
		}
		if by == B {
			c.swap()
			from = from.Other()
		}
		c.Began = true
		c.noteSYN()
		return from
	}
	return from
}

// beginsAt notes the SYN of a side of which something came before it.
func (s *side) beginsAt(isn uint32) {
	moved := int64(s.base - (isn + 1))
	if s.based() && moved < lateReach {
		if s.acked > 0 {
			s.acked += moved
		}
		if s.fin >= 0 {
			s.fin += moved
		}
	}
	s.synAt(isn)
}

// reset ends a conversation if its RST is plausible.
func (a *Assembler) reset(c *conv, from Side, s *Segment) {
	if c.state == fresh {
		a.remove(c)
		return
	}
	own, other := &c.sides[from], &c.sides[from.Other()]
	plausible := false
	if own.based() && own.guess != byAck {
		off := own.offset(s.Seq)
		plausible = off >= own.next-resetBehind && off <= own.highest()+resetAhead
	} else if s.Flags&ACK != 0 && other.based() {
		// The refusal of a connection, or of one that its host has forgotten:
		// nothing was heard of the sender, but it must know the other side.
		off := other.offset(s.Ack)
		plausible = off >= other.next-resetBehind && off <= max(other.next, other.acked)+resetAhead
	} else if own.based() {
		d := int64(int32(s.Seq - own.base))
		plausible = d >= -resetBehind && d <= resetAhead
	}
	if !plausible {
		a.Counts.IgnoredRST++
		return
	}
	a.close(c, ClosedByRST)
}

// data takes a segment's payload, which begins at offset off.
func (a *Assembler) data(c *conv, from Side, off int64, seg *Segment, seq uint32, acked int64) {
	s := &c.sides[from]
	p := piece{
		off: off, data: seg.Payload, cut: int64(seg.Cut), file: seg.PayloadFile,
		packet: seg.Packet, time: seg.Time, at: c.Packets, acked: acked, seq: seq, flags: seg.Flags, source: seg.Source,
	}
	if s.fin >= 0 && p.end() > s.fin {
		p.trimEnd(s.fin)
	}
	if off < 0 && !s.began && p.end() > off && !(off == -1 && p.end() == 0) { // one byte keeps the connection alive
		a.drop(c, Drop{Why: DropLate, From: from, Size: min(-off, p.end()-off)})
	}
	for p.off < p.end() {
		if p.off < s.next {
			a.Counts.Repeated += max(0, min(s.next, p.end())-max(p.off, 0))
			a.again(c, from, &p, s.next)
			p.trimStart(s.next)
			continue
		}
		if p.off > s.next {
			a.Counts.OutOfOrder++
			a.hold(c, from, p)
			return
		}
		now := p
		if len(s.held) > 0 && s.held[0].off < now.end() {
			now.trimEnd(s.held[0].off)
		}
		end := now.end()
		a.deliver(c, from, &now)
		a.drain(c, from)
		p.trimStart(end)
	}
}

// trimStart drops what lies before the offset.
func (p *piece) trimStart(off int64) {
	n := min(off, p.end()) - p.off
	if n <= 0 {
		return
	}
	p.off += n
	d := min(n, int64(len(p.data)))
	p.data = p.data[d:]
	p.file += d
	p.seq += uint32(n)
	p.cut -= n - d
}

// trimEnd drops what lies at the offset and behind it.
func (p *piece) trimEnd(off int64) {
	n := max(off-p.off, 0)
	if n <= int64(len(p.data)) {
		p.data, p.cut = p.data[:n], 0
	} else {
		p.cut = min(p.cut, n-int64(len(p.data)))
	}
}

// deliver passes on a piece that is next in its direction.
func (a *Assembler) deliver(c *conv, from Side, p *piece) {
	s := &c.sides[from]
	if n := int64(len(p.data)); n > 0 {
		off := s.next
		s.next += n
		a.h.Data(c.Conversation, Run{
			From: from, Offset: off, Bytes: p.data, File: p.file, Packet: p.packet, Time: p.time,
			Seq: p.seq, Flags: p.flags, Source: p.source, At: a.at, AtTime: a.atTime, Acked: p.acked,
		})
		a.remember(s, p.data, s.next)
	}
	if p.cut > 0 {
		off := s.next
		s.next += p.cut
		a.lacked(s, off, s.next)
		a.h.Missing(c.Conversation, Gap{From: from, Offset: off, Size: p.cut, Packet: p.packet, Time: p.time, Cut: true})
	}
}

// drain passes on the pieces that have become next.
func (a *Assembler) drain(c *conv, from Side) {
	s := &c.sides[from]
	n := 0
	for n < len(s.held) && s.held[n].off == s.next {
		p := &s.held[n]
		a.deliver(c, from, p)
		a.release(s, p)
		n++
	}
	if n > 0 {
		left := copy(s.held, s.held[n:])
		clear(s.held[left:])
		s.held = s.held[:left]
	}
}

// gap tells that all bytes before the offset that were not delivered are
// missing.
func (a *Assembler) gap(c *conv, from Side, to int64) {
	s := &c.sides[from]
	if to <= s.next {
		return
	}
	g := Gap{From: from, Offset: s.next, Size: to - s.next, Packet: a.at, Time: a.atTime}
	if len(s.held) > 0 && s.held[0].off == to {
		g.Behind, g.BehindTime = s.held[0].packet, s.held[0].time
	}
	a.lacked(s, s.next, to)
	s.next = to
	a.h.Missing(c.Conversation, g)
}

// giveUp makes gaps of the bytes that will not come any more: those that the
// other side has received, and that have had time enough to be captured late.
func (a *Assembler) giveUp(c *conv, from Side) {
	s, other := &c.sides[from], &c.sides[from.Other()]
	late := uint64(a.o.LatePackets)
	for len(s.held) > 0 {
		p := &s.held[0]
		age := c.Packets - p.at
		switch {
		case s.acked >= p.off && (age >= late || s.next == 0 && !c.Began):
			// At the very start of a capture there is no use in waiting: the
			// bytes were on their way when it began.
		case age >= 8*late && !other.heard:
			// Only one direction was captured: nobody acknowledges anything.
		default:
			return
		}
		a.gap(c, from, p.off)
		a.drain(c, from)
	}
}

// pieceCost is what a waiting piece costs beside its bytes.
const pieceCost = 128

// hold keeps a copy of a piece until the bytes before it come. What is held
// already counts; of the new piece only what is not is taken.
func (a *Assembler) hold(c *conv, from Side, p piece) {
	s := &c.sides[from]
	// Bytes behind those that were captured are a piece of their own.
	if p.cut > 0 && len(p.data) > 0 {
		rest := p
		rest.trimStart(p.off + int64(len(p.data)))
		p.cut = 0
		a.hold(c, from, p)
		a.hold(c, from, rest)
		return
	}
	for p.off < p.end() {
		// The first held piece that ends behind the start of p.
		i := len(s.held)
		for i > 0 && s.held[i-1].end() > p.off {
			i--
		}
		now := p
		if i < len(s.held) {
			h := &s.held[i]
			if h.off <= p.off {
				if h.data != nil || p.data == nil {
					end := min(h.end(), p.end())
					a.Counts.Repeated += end - p.off
					if n := min(end-p.off, int64(len(p.data))); h.data != nil {
						a.compare(c, from, p.off, h.data[p.off-h.off:][:n], p.data[:n])
					}
					p.trimStart(h.end())
					continue
				}
				// What was cut off there is here: it takes its place.
				a.uncut(s, i, p.off, p.end())
				continue
			}
			if h.off < now.end() {
				now.trimEnd(h.off)
			}
		}
		s.held = slices.Insert(s.held, i, a.keep(s, now))
		p.trimStart(now.end())
	}
	if s.bytes > a.o.MaxBufferedPerSide || len(s.held) > maxHeld {
		a.relieve(c, from, a.o.MaxBufferedPerSide/2, maxHeld/2)
	}
	for a.Counts.Waiting > int64(a.o.MaxBuffered) {
		for q := a.oldest; q != nil && a.Counts.Waiting > int64(a.o.MaxBuffered); q = q.newer {
			a.relieve(q, A, 0, 0)
			a.relieve(q, B, 0, 0)
		}
	}
}

// uncut takes the bytes from one offset to another out of a held piece of bytes
// that were cut off, as they have come after all.
func (a *Assembler) uncut(s *side, i int, from, to int64) {
	h := s.held[i]
	left, right := h, h
	left.trimEnd(from)
	right.trimStart(to)
	switch {
	case left.cut > 0 && right.cut > 0:
		s.held[i] = left
		s.held = slices.Insert(s.held, i+1, right)
		s.bytes += pieceCost
		a.wait(pieceCost)
	case left.cut > 0:
		s.held[i] = left
	case right.cut > 0:
		s.held[i] = right
	default:
		s.held = slices.Delete(s.held, i, i+1)
		s.bytes -= pieceCost
		a.wait(-pieceCost)
	}
}

// relieve gives up gaps, the first ones first, until at most the given bytes
// and pieces wait.
func (a *Assembler) relieve(c *conv, from Side, bytes, pieces int) {
	s := &c.sides[from]
	for len(s.held) > 0 && (s.bytes > bytes || len(s.held) > pieces) {
		a.gap(c, from, s.held[0].off)
		a.drain(c, from)
	}
}

// keep copies a piece's bytes.
func (a *Assembler) keep(s *side, p piece) piece {
	if len(p.data) > 0 {
		p.data = append(a.pool.get(len(p.data)), p.data...)
	} else {
		p.data = nil
	}
	cost := cap(p.data) + pieceCost
	s.bytes += cost
	a.wait(int64(cost))
	return p
}

// release takes a piece's bytes back.
func (a *Assembler) release(s *side, p *piece) {
	cost := cap(p.data) + pieceCost
	s.bytes -= cost
	a.wait(-int64(cost))
	a.pool.put(p.data)
	p.data = nil
}

func (a *Assembler) wait(cost int64) {
	a.Counts.Waiting += cost
	a.Counts.MaxWaiting = max(a.Counts.MaxWaiting, a.Counts.Waiting)
}

// A pool keeps buffers for waiting bytes, by the power of two of their size, so
// that a capture full of disorder does not allocate a buffer a segment.
type pool struct {
	free [20][][]byte
	size int
}

const (
	minPooled   = 8 // 256 bytes
	poolMaximum = 8 << 20
)

// get gives an empty buffer with room for n bytes.
func (p *pool) get(n int) []byte {
	class := max(bits.Len(uint(n-1)), minPooled)
	if class < len(p.free) {
		if list := p.free[class]; len(list) > 0 {
			b := list[len(list)-1]
			p.free[class] = list[:len(list)-1]
			p.size -= cap(b)
			return b[:0]
		}
	}
	return make([]byte, 0, 1<<class)
}

// put takes a buffer back that get gave.
func (p *pool) put(b []byte) {
	if cap(b) == 0 || p.size+cap(b) > poolMaximum {
		return
	}
	class := bits.Len(uint(cap(b) - 1))
	if class >= minPooled && class < len(p.free) && cap(b) == 1<<class {
		p.free[class] = append(p.free[class], b)
		p.size += cap(b)
	}
}
