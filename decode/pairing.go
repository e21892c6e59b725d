package decode

import (
	"slices"
	"sort"

	"satascope/sata"
)

// A pairing is what is known of which request the next response answers. Responses
// come in the order of their requests, so where one begins tells how long those
// before it were together: that often leaves one request only. Where it leaves
// several, the likeliest is taken and said to be no more than that
// (CodePairingAssumed), until responses come that no other pairing allows.
type pairing struct {
	due       int64     // where the response to the oldest that was given up since, or else of those that wait, begins; -1 when not known
	givenUp   []request // requests whose responses were not found: these are among what lies behind due
	pipelines bool      // the client was seen to ask before it was answered
	stale     int       // of the requests that wait: how many expect their response anywhere

	doubted       int  // in two files without packets: responses to come of which it is not sure
	lostFirst     bool // likewise: those to requests that were lost may come first
	calm, calmest int  // requests in a row that were sent when all before had been answered: now, and at most while no pair was in doubt

	others          shifts            // the other pairings that are possible
	raised          bool              // the response that is taken has others that those before it had not
	dropped         [maxShift]request // the last requests before those that wait: number n stands at n modulo maxShift
	count           int               // of all that were dropped
	sought, certain int64             // up to where no response begins to a request that waits, and to any that will come
	acked           int64             // how much the server had received when it sent the response that is looked at, -1 when not known
	totals          totals            // scratch of answeredAt, as are these:
	fit             []int             // which of those that wait can be answered
	lost            []lostRequests    // which that were lost
}

// lostRequests are requests that were lost before one that waits.
type lostRequests struct {
	before int  // which, negative for one that was given up
	most   int  // how many they are at most
	just   bool // what lies before has just the length of the responses that are known
}

const (
	maxShift  = 32 // by how many requests another pairing is followed
	maxBefore = 64 // how many requests that were given up are counted with
	calmRun   = 4  // so many requests in a row that are sent when nothing waits show that a client waits
)

// shifts are pairings by how they differ from the one that is taken: bit s+maxShift
// stands for the one in which the responses from now on answer the requests s
// before those that they are given to. Bit maxShift is for one that differs in the
// next response only.
type shifts uint64

// All in which the responses from now on answer requests that came later, or earlier,
// than those that they are given to.
const (
	later   shifts = 1<<maxShift - 2
	earlier shifts = later << maxShift
)

// shift is the bit of the pairing that is s requests earlier; none where it is too far
// to be followed.
func shift(s int) shifts {
	if s <= -maxShift || s >= maxShift {
		return 0
	}
	return 1 << (s + maxShift)
}

// doubtful says whether a response may answer another request than the one it is
// given to.
func (p *pairing) doubtful() bool { return p.others != 0 || p.doubted > 0 }

// begin notes where the response to the oldest waiting request begins, -1 when that
// is not known.
func (p *pairing) begin(at int64) {
	p.due, p.givenUp, p.sought, p.certain = at, p.givenUp[:0], 0, 0
}

// pipelining notes that the client asks before it is answered.
func (p *pairing) pipelining() {
	if !p.pipelines {
		p.pipelines, p.sought, p.certain = true, 0, 0
	}
}

// wait notes what a new request says of how its client asks, and whether no
// response is under way, so that what comes next is its own. A client that was
// never seen to ask before it was answered is taken to go on so.
func (f *framer) wait(w *request) {
	p := &f.pairing
	p.sought = p.certain
	switch {
	case len(f.waiting) > 0:
		if !w.fresh {
			p.pipelining()
		}
	case w.expects >= 0 && w.expects < p.due:
		p.pipelining()
	case w.fresh && !w.unseen.some && !p.pipelines && w.expects >= f.server.pos:
		p.begin(w.expects)
	}
}

// answered drops the oldest waiting request, whose response stands from start to
// end.
func (f *framer) answered(start, end int64) {
	p, w := &f.pairing, &f.waiting[0]
	if p.calm++; !w.fresh || w.expects != start {
		p.calm = 0
	}
	if !p.doubtful() {
		p.calmest = max(p.calmest, p.calm)
	} else if !p.raised && (p.calm >= calmRun && p.calmest >= calmRun || p.calm >= 2*calmRun && !p.pipelines) {
		p.others = 0
	}
	p.raised = false
	p.doubted = max(0, p.doubted-1)
	f.drop()
	p.begin(end)
	if len(f.waiting) > 0 {
		if at := f.waiting[0].expects; at >= 0 && at < end {
			p.pipelining()
		}
	}
}

// giveUp drops the oldest waiting request, whose response is lost.
func (f *framer) giveUp() {
	p, w := &f.pairing, &f.waiting[0]
	if w.unseen.bytes > 0 && !w.unseen.some {
		w.unseen.some, w.unseen.answered = true, true // what was taken to be its response, and was not seen whole, may be that to one that was lost
	}
	if p.givenUp = append(p.givenUp, *w); len(p.givenUp) > maxBefore {
		p.begin(-1)
	}
	f.drop()
}

// drop takes the oldest waiting request from those that wait.
func (f *framer) drop() {
	p := &f.pairing
	p.dropped[p.count%maxShift] = f.waiting[0]
	p.count++
	if !f.waiting[0].fresh {
		p.stale--
	}
	p.sought, p.certain = 0, 0
	if len(f.waiting) > maxBefore {
		f.waiting = f.waiting[1:] // copying many for each would take long
	} else {
		f.waiting = f.waiting[:copy(f.waiting, f.waiting[1:])]
	}
	if len(f.waiting) > 0 && f.waiting[0].unseen.some {
		f.seekingServer = true // what comes next answers a request that was lost
	}
}

// confirm drops the other pairings that a response to the oldest waiting request
// rules out: what it would answer can't be answered so.
func (f *framer) confirm(head []byte, length uint64) {
	p := &f.pairing
	if p.others &^= shift(0); p.others == 0 {
		return
	}
	for s := 1 - maxShift; s < maxShift; s++ {
		if p.others&shift(s) == 0 {
			continue
		}
		var w *request
		switch {
		case s < 0 && -s < len(f.waiting):
			w = &f.waiting[-s]
			if p.acked >= 0 && p.acked < w.end {
				p.others &^= shift(s)
				continue
			}
		case s < 0:
			if p.acked >= 0 && p.acked <= f.waiting[len(f.waiting)-1].end {
				p.others &^= shift(s)
			}
			continue
		default:
			if w = f.droppedBefore(s); w == nil {
				continue
			}
		}
		if sata.LooksLikeResponse(head, w.shape) == sata.No || !slices.ContainsFunc(f.answerLengths(w), func(s span) bool { return s.least <= length && length <= s.most }) {
			p.others &^= shift(s)
		}
	}
}

// gonePast is the request s before the oldest that waits; none where it isn't
// known, or where others were lost in between, so that it may be one of them.
func (f *framer) droppedBefore(s int) *request {
	p := &f.pairing
	if s > p.count || f.waiting[0].unseen.bytes > 0 {
		return nil
	}
	for n := 1; n < s; n++ {
		if p.dropped[(p.count-n)%maxShift].unseen.bytes > 0 {
			return nil
		}
	}
	return &p.dropped[(p.count-s)%maxShift]
}

// answeredAt says which waiting request the response answers that begins n bytes
// behind the front of the server's lane, if there is one; Maybe when more bytes
// must tell.
func (f *framer) answeredAt(n int) (which int, like sata.Likeness) {
	b, p := f.server.buf[n:], &f.pairing
	q := f.server.pos + int64(n)
	p.acked = f.server.at(q).acked
	from, to := f.received()
	if like := f.startsAnswer(b, q, f.waiting[from:to]); like != sata.Yes {
		return -1, like
	}
	need, first := int64(-1), from
	if p.due >= 0 && from == 0 {
		need, first = max(0, q-p.due), -len(p.givenUp)
	}
	t := &p.totals
	t.begin(need)
	p.fit, p.lost = p.fit[:0], p.lost[:0]
	likeliest := choice{which: -1}
	sent := f.server.before(q)
	lost, refuted, asked := false, false, int64(-1) // asked: where the request before expected its response
	next := request{start: f.client.pos, unseen: f.unseen}
	for k := first; k <= to; k++ {
		w := &next
		switch {
		case k < 0:
			w = &p.givenUp[k+len(p.givenUp)]
		case k < len(f.waiting):
			w = &f.waiting[k]
		}
		if w.unseen.some {
			lost = true
			lengths, most := lostAnswers(w.unseen)
			if asked <= q && (p.acked < 0 || p.acked >= w.start-w.unseen.bytes+sata.RequestSize) && (t.reach() || most > 1 && t.fallShort()) && answersLost(b, w.unseen) {
				p.lost = append(p.lost, lostRequests{k, most, t.just()})
			}
			t.add(lengths)
		}
		if k == to {
			break
		}
		// One that waits for each response asks where the last one ended.
		refuted = refuted || lost && w.expects >= p.due && w.expects <= q && !t.can(uint64(w.expects-p.due))
		asked = w.expects
		if k >= 0 {
			if rank, like := f.mayAnswer(b, q, w); like == sata.Yes {
				fits := t.reach()
				// Its client asked before it had the response to what was lost, when there
				// is no room for one, or what stands there was sent before it was asked for.
				refuted = refuted || lost && rank == expected && (!fits || sent >= 0 && sent < w.start && w.unseen.some)
				if fits || !lost && rank != unexpected { // else a response that answers what was lost comes first
					likeliest.take(p, k, rank, fits)
				}
			}
		}
		t.add(f.answerLengths(w))
	}
	if refuted && !p.pipelines {
		p.pipelining()
		return f.answeredAt(n)
	}
	late := p.pipelines && p.acked > f.client.end()
	switch {
	case late && !f.final && len(f.server.buf) <= maxAhead:
		return -1, sata.Maybe // a request that is captured late, or lost, may be what it answers
	case likeliest.which < 0:
		return -1, sata.No
	}
	f.noteDoubt(likeliest, q, late)
	f.waiting[likeliest.which].unseen.some = false
	return likeliest.which, sata.Yes
}

// A choice is the request of those that can be answered which is the likeliest: one
// that the lengths bear out, and of these the one that expected it most.
type choice struct {
	which int // -1 for none
	best  expectation
	fits  bool
}

func (c *choice) take(p *pairing, k int, rank expectation, fits bool) {
	switch {
	case c.fits && !fits:
		return
	case fits && !c.fits:
		c.which, c.fits, p.fit = -1, true, p.fit[:0]
	}
	p.fit = append(p.fit, k)
	if c.which < 0 || rank > c.best {
		c.which, c.best = k, rank
	}
}

// received is which of the requests that wait the server can answer with the
// response at which is looked: those that it had received, and of these the last,
// which are more than a client leaves without an answer.
func (f *framer) received() (from, to int) {
	to = len(f.waiting)
	acked := f.pairing.acked
	if acked < 0 {
		return 0, min(to, 2*maxPipelined)
	}
	to = sort.Search(to, func(i int) bool { return f.waiting[i].end > acked })
	return max(0, to-2*maxPipelined), to
}

// startsAnswer says whether a response to any of some requests can begin at offset
// q with b.
func (f *framer) startsAnswer(b []byte, q int64, waiting []request) sata.Likeness {
	any := sata.No
	for k := range waiting {
		switch _, like := f.mayAnswer(b, q, &waiting[k]); like {
		case sata.Maybe:
			return sata.Maybe
		case sata.Yes:
			any = sata.Yes
		}
	}
	return any
}

// An expectation is how well a response stands where its request's sender expected it.
type expectation uint8

const (
	unexpected expectation = iota // elsewhere
	open                          // it asked behind another request, and expected it anywhere
	expected                      // just here
)

// mayAnswer says whether what stands at offset q can be the response to a request,
// but for how long the responses before it are.
func (f *framer) mayAnswer(b []byte, q int64, w *request) (e expectation, like sata.Likeness) {
	switch {
	case !w.fresh:
		e = open
	case w.expects == q:
		e = expected
	}
	if e == unexpected && !f.pairing.pipelines || w.expects > q {
		return e, sata.No
	}
	switch like = sata.LooksLikeResponse(b, w.shape); {
	case like == sata.Maybe && !f.final:
		return e, sata.Maybe
	case like != sata.Yes || e != expected && !f.strong(b, w.shape):
		return e, sata.No
	}
	return e, sata.Yes
}

// noteDoubt notes which other pairings are possible when a response is taken to
// answer a request that waits.
func (f *framer) noteDoubt(c choice, q int64, late bool) {
	p, which := &f.pairing, c.which
	was := p.others
	for _, k := range p.fit {
		if k != which {
			p.others |= shift(which - k)
		}
	}
	for _, lost := range p.lost {
		if !p.pipelines && p.calmest >= calmRun && !lost.just {
			continue // it would have waited for the response
		}
		switch {
		case lost.before <= which:
		case lost.before < len(f.waiting):
			f.waiting[lost.before].unseen.answered = true
		default:
			f.unseen.answered = true
		}
		for n := range min(lost.most, maxShift) {
			p.others |= shift(which - lost.before + 1 + n)
		}
	}
	switch {
	case !c.fits, was != 0 && q != p.due:
		p.others |= earlier | later // a length is not what it should be, or may not be what it is taken for
	case late:
		p.others |= later
	}
	if p.due < 0 && p.pipelines {
		p.others |= earlier
	}
	p.raised = p.others&^was != 0
}
