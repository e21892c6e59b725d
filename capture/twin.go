package capture

// Twins are conversations between the same ends that are in several files and
// can't be one: recorded at different times by clocks that say the same, or on
// two networks with the same addresses. Each file goes on with the one that it
// began with; a file that is new to the ends joins the one that its segment fits.

// maxLeft is how many conversations between the same ends stay open that no file
// is at.
const maxLeft = 8

// A sources is a set of files.
type sources [4]uint64

func (x *sources) has(source uint8) bool { return x[source>>6]&(1<<(source&63)) != 0 }
func (x *sources) add(source uint8)      { x[source>>6] |= 1 << (source & 63) }
func (x *sources) drop(source uint8)     { x[source>>6] &^= 1 << (source & 63) }

// from is the side that sent a segment of the conversation.
func (c *conv) from(s *Segment) Side {
	if c.Ends[A] == s.Src && c.Ends[B] == s.Dst {
		return A
	}
	return B
}

// twin gives the conversation of a segment, of those between its ends, of which c
// is the first; a new one where it is of none of them, and nil where there is none.
func (a *Assembler) twin(c *conv, s *Segment) (*conv, Side) {
	if c == nil {
		return nil, A
	}
	var own, fitting *conv
	for q := c; q != nil; q = q.twin {
		fits := q.fits(s)
		if q.sources.has(s.Source) {
			if own = q; fits {
				return own, own.from(s)
			}
		} else if fits && fitting == nil {
			fitting = q
		}
	}
	switch {
	case fitting != nil:
		fitting.sources.add(s.Source)
		if own != nil {
			a.leave(c, own, s.Source)
		}
		own = fitting
	case own == nil:
		own = a.add(s.Src, s.Dst)
	}
	return own, own.from(s)
}

// leave takes a file from its conversation, of those of which c is the first. One
// that no file is at may be gone back to, but not one of many.
func (a *Assembler) leave(c, own *conv, source uint8) {
	if own.sources.drop(source); own.sources != (sources{}) {
		return
	}
	if own.state != open {
		a.remove(own)
		return
	}
	left := 0
	for q := c; q != nil; q = q.twin { // the newest first
		if q.sources == (sources{}) {
			own = q
			left++
		}
	}
	if left > maxLeft {
		a.close(own, ClosedByLimit)
		a.remove(own)
	}
}

// fits tells whether a segment's numbers are those of the conversation.
func (c *conv) fits(s *Segment) bool {
	own, other := &c.sides[c.from(s)], &c.sides[c.from(s).Other()]
	if s.Flags&SYN != 0 {
		return own.began && own.isn == s.Seq || !own.began && s.Flags&ACK != 0 && other.began && s.Ack == other.isn+1 ||
			!own.began && own.based() && own.base-(s.Seq+1) < 1<<20
	}
	if own.based() && !own.near(own.offset(s.Seq), len(s.Payload)+s.Cut) || s.Flags&ACK != 0 && other.based() && !other.near(other.offset(s.Ack), 0) {
		return false
	}
	return own.based() || other.based()
}
