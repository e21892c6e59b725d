package capture

// What is kept of what was delivered, to compare with it what is captured again.
const (
	pastBytes = 64 << 10 // of a side; a window seldom has more
	pastGaps  = 4 << 10  // of a side; of more, the older half is forgotten
	pastTotal = 32 << 20 // of all sides together, bytes and gaps
)

// A past is the last bytes of a side that were delivered, and the last gaps.
type past struct {
	buf   []byte // the byte at offset n stands at (n-begin) modulo pastBytes
	begin int64
	end   int64 // offset behind the last byte
	gaps  []span
}

// A span is a range of offsets.
type span struct{ from, to int64 }

const spanSize = 16

// size is how much memory the past takes.
func (q *past) size() int { return cap(q.buf) + spanSize*cap(q.gaps) }

// remember keeps bytes that were delivered up to an offset.
func (a *Assembler) remember(s *side, b []byte, end int64) {
	q := &s.past
	if next := q.end; next+int64(len(b)) != end || len(b) > pastBytes { // what was kept lies before a gap, or too far back
		b = b[max(0, len(b)-pastBytes):]
		q.buf, q.begin = q.buf[:0], end-int64(len(b))
	}
	q.end = end
	before := q.size()
	if n := min(len(b), pastBytes-len(q.buf)); n > 0 {
		q.buf = append(q.buf, b[:n]...)
		b = b[n:]
	}
	for len(b) > 0 {
		b = b[copy(q.buf[q.place(end-int64(len(b))):], b):]
	}
	a.grown(q.size() - before)
}

// grown counts what a past takes more, and makes room by those of the quietest.
func (a *Assembler) grown(size int) {
	if a.past += size; a.past > pastTotal {
		for c := a.oldest; a.past > pastTotal/2 && c != nil; c = c.newer {
			a.forgetPast(c)
		}
	}
}

// place is where the byte at an offset stands in a full buf.
func (q *past) place(offset int64) int { return int((offset - q.begin) % pastBytes) }

// forgetPast gives back what is kept of a conversation's past.
func (a *Assembler) forgetPast(c *conv) {
	for i := range c.sides {
		q := &c.sides[i].past
		a.past -= q.size()
		q.buf, q.gaps, q.begin = nil, nil, q.end
	}
}

// lacked keeps a gap that was told of.
func (a *Assembler) lacked(s *side, from, to int64) {
	q := &s.past
	if len(q.gaps) == pastGaps {
		q.gaps = q.gaps[:copy(q.gaps, q.gaps[pastGaps/2:])]
	}
	before := q.size()
	q.gaps = append(q.gaps, span{from, to})
	a.grown(q.size() - before)
}

// again looks at bytes that come after others for the same place, up to an
// offset: whether they are the same, as far as these are still known, and whether
// the place was given up as a gap.
func (a *Assembler) again(c *conv, from Side, p *piece, to int64) {
	q := &c.sides[from].past
	lo, hi := max(p.off, 0), min(to, p.off+int64(len(p.data)))
	if lo >= hi || hi-lo == 1 && (hi == to || p.flags&PSH == 0) { // one byte keeps the connection alive
		return
	}
	unknown := hi - lo
	i := len(q.gaps)
	for i > 0 && q.gaps[i-1].to > lo {
		i--
	}
	for _, g := range q.gaps[i:] {
		if f, t := max(lo, g.from), min(hi, g.to); f < t {
			unknown -= t - f
			a.drop(c, Drop{Why: DropLate, From: from, Offset: f, Size: t - f})
		}
	}
	for f, t := max(lo, q.end-int64(len(q.buf))), min(hi, q.end); f < t; {
		kept := q.buf[q.place(f):]
		n := min(int64(len(kept)), t-f)
		a.compare(c, from, f, kept[:n], p.data[f-p.off:][:n])
		unknown -= n
		f += n
	}
	c.Unchecked += unknown
}

// compare tells of bytes that differ from those that came first for their place.
func (a *Assembler) compare(c *conv, from Side, off int64, first, later []byte) {
	i, n := 0, len(first)
	for i < n && first[i] == later[i] {
		i++
	}
	for n > i && first[n-1] == later[n-1] {
		n--
	}
	if i < n {
		a.drop(c, Drop{Why: DropDiffers, From: from, Offset: off + int64(i), Size: int64(n - i)})
	}
}

// drop tells of bytes of the present packet that are not delivered.
func (a *Assembler) drop(c *conv, d Drop) {
	d.Packet, d.Time, d.Source = a.at, a.atTime, a.seg.Source
	a.h.Dropped(c.Conversation, d)
}
