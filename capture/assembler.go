package capture

import (
	"cmp"
	"net/netip"
	"slices"
)

// What an [Assembler] keeps at most, unless its options say otherwise.
const (
	DefaultMaxBufferedPerSide = 4 << 20
	DefaultMaxBuffered        = 64 << 20
	DefaultMaxConversations   = 1 << 15
	DefaultLatePackets        = 32
)

// AssemblerOptions bound what an [Assembler] keeps. A value of 0 means the
// default.
type AssemblerOptions struct {
	// MaxBufferedPerSide is how many bytes may wait, in one direction of a
	// conversation, for others that have not come. When it is reached, the
	// bytes that have not come are given up as a gap.
	MaxBufferedPerSide int
	// MaxBuffered is how many bytes may wait in all conversations together.
	// When it is reached, those that were quiet for longest give up first.
	MaxBuffered int
	// MaxConversations is how many conversations are known at a time, those
	// that have closed or were not wanted included: they must be known so that
	// their last segments are not taken for new ones. When it is reached, one
	// of these is forgotten; if there is none, the one that was quiet for
	// longest is closed.
	MaxConversations int
	// LatePackets is for how many packets of its conversation a segment that
	// the other side has acknowledged may still come, captured late, before it
	// is given up as a gap.
	LatePackets int
	// LateSYNs are what [Assembler.LateSYNs] found when the capture was read
	// before: they count from the first data of their conversations on.
	LateSYNs []LateSYN
}

// maxLateSYNs bounds how many SYNs are kept that came late.
const maxLateSYNs = 1 << 12

// A LateSYN is a SYN that was captured behind data of its connection. Without it,
// what comes behind the first data and stood before it can't be delivered.
type LateSYN struct {
	Src, Dst netip.AddrPort
	Seq, Ack uint32
	Flags    uint8
	Packet   uint64
}

// AssemblerCounts is what an [Assembler] met in the segments it was given.
type AssemblerCounts struct {
	Segments    uint64
	OutOfOrder  uint64 // segments that had to wait for others
	Repeated    int64  // payload bytes that had come before
	Implausible uint64 // segments whose sequence number is far from all others
	IgnoredRST  uint64 // resets with a sequence number that the receiver would refuse
	AfterClose  uint64 // segments of conversations that were closed
	Waiting     int64  // bytes that wait now
	MaxWaiting  int64  // the most bytes that waited at once
}

// An Assembler puts the TCP conversations of one capture together and tells a
// [Handler] what could be delivered, when it could be.
//
// A conversation opens at its SYN or, where none was recorded, at its first
// data, and closes at a plausible RST or when the FINs of both directions were
// delivered. What comes after that is ignored, until a SYN with another
// sequence number, or data from quite another place, opens a new one.
//
// In order data is passed on in place; only what has to wait is copied. Where
// segments overlap, the bytes that came first count; [Handler.Dropped] is told
// where later ones differ.
//
// Where no SYN was recorded before, the first byte of a direction is the one that its
// sender's last segment without data promised, or else the one that the other
// side last asked for by its acknowledgement number, or else the first that
// comes. So segments that are out of order at the very start find their place
// as soon as anything is known about it. What comes from before the first byte
// nevertheless can't be delivered any more, and is told as dropped.
type Assembler struct {
	// Counts may be read between packets.
	Counts AssemblerCounts
	// Dissector finds the segments for Packet, and counts what else there is.
	Dissector Dissector
	// LateSYNs are those that came behind data of conversations that were wanted.
	// The options of another assembler take them, to read the capture again.
	LateSYNs []LateSYN
	// Unwanted, if not nil, is told of payload of conversations that the handler did
	// not want, as it comes, and to whom.
	Unwanted func(to netip.AddrPort, payload []byte)

	h     Handler
	o     AssemblerOptions
	syns  map[key][]LateSYN // those of the options
	convs map[key]*conv
	// recent holds the conversations by a hash of their ports, so that most
	// packets find theirs without the map.
	recent         [64]*conv
	newest, oldest *conv // by their last packet
	nextID         uint32
	pool           pool
	known          int  // conversations
	several        bool // segments of several files came
	past           int  // bytes that the sides' pasts take
	seg            Segment
	at             uint64 // the packet that is being taken
	atTime         int64
}

// NewAssembler makes an assembler that tells h what it puts together.
func NewAssembler(h Handler, o AssemblerOptions) *Assembler {
	if o.MaxBufferedPerSide <= 0 {
		o.MaxBufferedPerSide = DefaultMaxBufferedPerSide
	}
	if o.MaxBuffered <= 0 {
		o.MaxBuffered = DefaultMaxBuffered
	}
	if o.MaxConversations <= 0 {
		o.MaxConversations = DefaultMaxConversations
	}
	if o.LatePackets <= 0 {
		o.LatePackets = DefaultLatePackets
	}
	a := &Assembler{h: h, o: o, convs: make(map[key]*conv), syns: make(map[key][]LateSYN, len(o.LateSYNs))}
	for _, s := range o.LateSYNs {
		k := keyOf(s.Src, s.Dst)
		a.syns[k] = append(a.syns[k], s)
	}
	return a
}

// Packet takes the next packet of the capture.
func (a *Assembler) Packet(p *Packet) {
	a.at, a.atTime = p.Number, p.Time
	for ok := a.Dissector.Segment(p, &a.seg); ok; ok = a.Dissector.More(&a.seg) {
		if a.seg.Odd {
			a.odd(&a.seg)
		} else {
			a.Segment(&a.seg, p.Number, p.Time)
		}
	}
}

// odd tells of a fragment that contradicts others of its packet.
func (a *Assembler) odd(s *Segment) {
	for c := a.convs[keyOf(s.Src, s.Dst)]; c != nil; c = c.twin {
		if c.state == open && c.wanted && c.sources.has(s.Source) {
			own := &c.sides[c.from(s)]
			a.drop(c, Drop{Why: DropContradicts, From: c.from(s), Offset: max(0, own.offset(s.Seq))})
			return
		}
	}
}

// A key finds a conversation by its ends, the smaller one first.
type key struct {
	ip   [2][16]byte
	port [2]uint16
}

func keyOf(x, y netip.AddrPort) key {
	if y.Compare(x) < 0 {
		x, y = y, x
	}
	return key{[2][16]byte{x.Addr().As16(), y.Addr().As16()}, [2]uint16{x.Port(), y.Port()}}
}

// find gives the conversation of a segment and the side that sent it; nil if
// there is none yet.
func (a *Assembler) find(s *Segment) (*conv, Side) {
	slot := &a.recent[(s.Src.Port()+s.Dst.Port())%uint16(len(a.recent))]
	if c := *slot; c != nil {
		if c.Ends[A] == s.Src && c.Ends[B] == s.Dst {
			return c, A
		}
		if c.Ends[A] == s.Dst && c.Ends[B] == s.Src {
			return c, B
		}
	}
	c := a.convs[keyOf(s.Src, s.Dst)]
	if c == nil {
		return nil, A
	}
	*slot = c
	if c.Ends[A] == s.Src {
		return c, A
	}
	return c, B
}

// add makes a conversation that is not open yet; src is its side A for now.
func (a *Assembler) add(src, dst netip.AddrPort) *conv {
	if a.known >= a.o.MaxConversations {
		a.forget()
	}
	c := &conv{Conversation: &Conversation{Ends: [2]netip.AddrPort{src, dst}}}
	c.sides[A].fin, c.sides[B].fin = -1, -1
	k := keyOf(src, dst)
	c.twin = a.convs[k]
	a.convs[k] = c
	a.known++
	a.recent[(src.Port()+dst.Port())%uint16(len(a.recent))] = c
	a.link(c)
	return c
}

// forget makes room for one more conversation.
func (a *Assembler) forget() {
	// Those of which nothing more will be told go first; they are looked for
	// among the quietest, so that a flood of new ones costs little each.
	c := a.oldest
	for i := 0; c != nil && i < 64; c, i = c.newer, i+1 {
		if c.state != open || !c.wanted {
			a.remove(c)
			return
		}
	}
	c = a.oldest
	a.close(c, ClosedByLimit)
	a.remove(c)
}

// remove forgets a conversation.
func (a *Assembler) remove(c *conv) {
	a.known--
	k := keyOf(c.Ends[A], c.Ends[B])
	switch q := a.convs[k]; {
	case q != c:
		for q.twin != c {
			q = q.twin
		}
		q.twin = c.twin
	case c.twin != nil:
		a.convs[k] = c.twin
	default:
		delete(a.convs, k)
	}
	slot := &a.recent[(c.Ends[A].Port()+c.Ends[B].Port())%uint16(len(a.recent))]
	if *slot == c {
		*slot = nil
	}
	a.unlink(c)
}

// link makes c the newest.
func (a *Assembler) link(c *conv) {
	c.older, c.newer = a.newest, nil
	if a.newest != nil {
		a.newest.newer = c
	} else {
		a.oldest = c
	}
	a.newest = c
}

func (a *Assembler) unlink(c *conv) {
	if c.older != nil {
		c.older.newer = c.newer
	} else {
		a.oldest = c.newer
	}
	if c.newer != nil {
		c.newer.older = c.older
	} else {
		a.newest = c.older
	}
	c.older, c.newer = nil, nil
}

// Segment takes the next segment of the capture, which was found in packet at,
// seen at atTime.
func (a *Assembler) Segment(s *Segment, at uint64, atTime int64) {
	a.Counts.Segments++
	a.at, a.atTime = at, atTime
	if c, from := a.conversation(s); c != nil {
		a.take(c, from, s)
	}
}

// conversation gives the conversation whose bytes, or their acknowledgement, a
// segment brings, and the side that sent it. It opens one, or ends it, where the
// segment does. nil is for a segment of which nothing more is to be taken.
func (a *Assembler) conversation(s *Segment) (c *conv, from Side) {
	c, from = a.find(s)
	if a.several = a.several || s.Source != 0; a.several {
		c, from = a.twin(c, s)
	}
	if s.Flags&(SYN|RST) == SYN {
		c, from = a.syn(c, from, s)
	} else if c == nil {
		if s.Flags&RST != 0 {
			return nil, A // nothing is known that it could end
		}
		c, from = a.add(s.Src, s.Dst), A
	}
	if a.newest != c {
		a.unlink(c)
		a.link(c)
	}
	c.sources.add(s.Source)
	c.Packets++
	size := len(s.Payload) + s.Cut
	c.Payload[from] += int64(size)
	if c.state == closed {
		if !c.elsewhere(from, s, size) {
			a.Counts.AfterClose++
			return nil, A
		}
		a.remove(c)
		c, from = a.add(s.Src, s.Dst), A
		c.sources.add(s.Source)
		c.Packets, c.Payload[A] = 1, int64(size)
	}
	if s.Flags&RST != 0 {
		a.reset(c, from, s)
		return nil, A
	}
	if c.state == fresh {
		if from = c.listen(from, s, size); size == 0 {
			return nil, A
		}
		if c.sides[from].keepAlive(s, size) {
			return nil, A
		}
		from = a.foresee(c, from, s)
		a.open(c)
	}
	if !c.wanted {
		if a.Unwanted != nil && size > 0 {
			a.Unwanted(s.Dst, s.Payload)
		}
		return nil, A
	}
	return c, from
}

// plausible says whether anything in a segment counts, and at which offset its bytes
// begin if that is known. One far from all that its sender sent, or, as long as
// nothing of it is known, from what it can have received, is damage, or was repeated
// from an earlier connection on the same ports.
func (c *conv) plausible(from Side, s *Segment, seq uint32, size int) (off int64, ok bool) {
	own, other := &c.sides[from], &c.sides[from.Other()]
	switch {
	case own.settled && (size > 0 || s.Flags&FIN != 0):
		return own.place(seq, size)
	case own.settled:
		return 0, own.near(own.offset(seq), 0)
	case other.settled && s.Flags&ACK != 0:
		_, ok = c.acknowledge(from, s.Ack)
		return 0, ok
	}
	return 0, true
}

// take takes a segment of an open conversation.
func (a *Assembler) take(c *conv, from Side, s *Segment) {
	own, other := &c.sides[from], &c.sides[from.Other()]
	own.heard = true
	size := len(s.Payload) + s.Cut
	carries := size > 0 || s.Flags&FIN != 0
	seq := s.Seq
	if s.Flags&SYN != 0 {
		seq++ // the SYN itself takes a number
	}
	ackedBefore := other.acked
	off, ok := c.plausible(from, s, seq, size)
	if !ok {
		a.Counts.Implausible++
		if size > 0 {
			a.drop(c, Drop{Why: DropElsewhere, From: from, Offset: own.next, Size: int64(size)})
		}
		return
	}

	// The other side's bytes that this segment acknowledges were received
	// before it was sent: what is missing of them can be judged first.
	acked := int64(-1)
	if s.Flags&ACK != 0 {
		acked, _ = c.acknowledge(from, s.Ack)
	} else if other.based() {
		acked = other.acked
	}
	if len(other.held) > 0 {
		a.giveUp(c, from.Other())
	}

	if carries && !own.idle(s, seq, size) {
		if !own.settled {
			own.settle(seq, size)
			off = own.offset(seq)
		}
		if s.Flags&FIN != 0 && own.fin < 0 && off+int64(size) >= own.next {
			own.fin = off + int64(size)
			if own.acked == own.fin+1 {
				own.acked-- // acknowledged before it was captured: the FIN takes a number, too
			}
		}
		a.data(c, from, off, s, seq, acked)
	} else if !own.based() {
		own.setBase(seq, bySeq)
	}
	if c.state != open {
		return
	}
	if len(own.held) > 0 {
		a.giveUp(c, from)
	}
	if other.acked > ackedBefore {
		a.h.Acked(c.Conversation, from, other.acked, a.at, a.atTime)
	}
	if own.finished() && other.finished() {
		a.close(c, ClosedByFIN)
	}
}

// Finish closes the conversations that are still open, in their order. The
// assembler can't be used after it.
func (a *Assembler) Finish() {
	var left []*conv
	for _, c := range a.convs {
		for ; c != nil; c = c.twin {
			if c.state == open {
				left = append(left, c)
			}
		}
	}
	slices.SortFunc(left, func(x, y *conv) int { return cmp.Compare(x.ID, y.ID) })
	for _, c := range left {
		a.close(c, ClosedByEnd)
	}
	clear(a.convs)
	clear(a.recent[:])
	a.newest, a.oldest = nil, nil
	a.pool, a.past = pool{}, 0
}

// open tells the handler of a conversation.
func (a *Assembler) open(c *conv) {
	c.ID = a.nextID
	a.nextID++
	c.state = open
	for q := c.twin; q != nil && !c.Twin; q = q.twin {
		c.Twin = q.state == open
	}
	c.wanted = a.h.Opened(c.Conversation, a.at, a.atTime)
}

// close delivers what waits, with the gaps in it, and ends a conversation.
func (a *Assembler) close(c *conv, why CloseReason) {
	if c.wanted {
		// In the order in which what comes after the gaps was captured.
		for {
			from := A
			x, y := &c.sides[A], &c.sides[B]
			if len(x.held) == 0 && len(y.held) == 0 {
				break
			}
			if len(x.held) == 0 || len(y.held) > 0 && y.held[0].at < x.held[0].at {
				from = B
			}
			a.gap(c, from, c.sides[from].held[0].off)
			a.drain(c, from)
		}
		// Bytes that the other side acknowledged, or that a FIN says were
		// sent, and that never came.
		for from := range c.sides {
			a.gap(c, Side(from), c.sent(Side(from)))
		}
		a.h.Closed(c.Conversation, why, a.at, a.atTime)
	}
	a.forgetPast(c)
	c.state = closed
}
