package decode

import (
	"encoding/binary"
	"slices"

	"satascope/sata"
	"satascope/walcore"
)

const (
	lookAhead = 32      // requests that are compared with what the server sent next
	lookFar   = 4 << 20 // bytes of the server in which a response is looked for
	maxLooks  = 8 << 20 // places that are looked at in all
	inStep    = 4       // responses in a row show where they begin
	inDoubt   = 16      // responses in a row show which requests they answer
)

// stayInStep looks whether what the server sent next can be the response to the
// request that waits. Where it can't, bytes of the server are missing or aren't its
// own (tcpflow leaves zeros in a gap), or a request is missing: then it goes on
// where the responses are those to the requests that come.
func (f *framer) stayInStep(c, s *direction) {
	l, p := f.server, &f.pairing
	for len(l.buf) < lookFar && s.more() {
	}
	lost := p.lostFirst
	p.lostFirst = false
	if len(l.buf) < sata.HeaderSize || !lost && f.follows(l.buf, f.requestsAhead(c, 2)) {
		return
	}
	requests := f.requestsAhead(c, lookAhead)
	if lost && f.begins(l.buf, requests) {
		return
	}
	at, k := -1, 0
	if lost { // first come the responses to what was lost
		at = f.findAnswers(requests)
	}
	if at < 0 {
		at, k = f.findAny(requests)
	}
	switch {
	case at >= 0:
	case f.strong(l.buf, requests[0].shape) || f.follows(l.buf, requests):
		return // odd, but a response
	default:
		at = len(l.buf)
	}
	p.doubted = inDoubt
	f.diagnose(walcore.CodeNoHeader, l, l.pos, 0, 0, 0)
	for range k {
		f.forget()
		if !f.nextRequest(c) {
			break
		}
		p.lostFirst = false
	}
	f.skip(l, at)
	f.tellSkipped(l)
}

// mayLook counts the places that are looked at: of a conversation in which nothing
// is what it should be, looking further would take for ever.
func (f *framer) mayLook() bool {
	f.looks++
	return f.looks <= maxLooks
}

// findAnswers is where the responses to some requests begin, -1 where they don't.
func (f *framer) findAnswers(requests []request) int {
	for at := 0; at+sata.HeaderSize <= len(f.server.buf) && f.mayLook(); at++ {
		if f.begins(f.server.buf[at:], requests) {
			return at
		}
	}
	return -1
}

// findAny is the first place where the responses to requests that come begin, and
// how many requests come before.
func (f *framer) findAny(requests []request) (at, k int) {
	from := 1
	if requests[0].shape == sata.ShapeRead {
		from = sata.ReadHeadSize
	}
	for at := from; at+sata.HeaderSize <= len(f.server.buf) && f.mayLook(); at++ {
		for k := range requests {
			if f.begins(f.server.buf[at:], requests[k:]) {
				return at, k
			}
		}
	}
	return -1, 0
}

// requestsAhead are the request that waits and those that come after it, up to a
// number of them.
func (f *framer) requestsAhead(c *direction, most int) []request {
	all := append([]request(nil), f.waiting[0])
	for at := 0; len(all) < most; {
		for len(f.client.buf) < at+sata.MaxHead && c.more() {
		}
		if at > len(f.client.buf) {
			break
		}
		b := f.client.buf[at:]
		h, err := sata.ParseHeader(b)
		var r sata.Request
		if err != nil || uint64(len(b)) < h.Size() || sata.ParseRequest(b[:h.Size()], h.Size(), &r) != nil {
			break
		}
		all = append(all, request{shape: r.ResponseShape(), total: r.Total()})
		data, _ := f.dataBehind(b)
		if at += int(h.Size()); data > lookFar {
			break
		}
		at += int(data)
	}
	return all
}

// follows says whether b can be the response to the first of some requests: it
// looks like it, or is a message after which responses to the others come.
func (f *framer) follows(b []byte, requests []request) bool {
	w := &requests[0]
	length := f.lengthHere(b, w)
	if length == 0 || !(w.shape == sata.ShapeRead && f.ffio()) && allZero(b[:sata.HeaderSize]) {
		return false
	}
	end := min(length, uint64(len(b)))
	next := requests[1:]
	if looks := f.looksRight(b, w); !looks || w.shape == sata.ShapeRead {
		return len(next) == 0 || uint64(len(b)) < length+sata.ReadHeadSize || f.looksRight(b[end:], &next[0])
	}
	return true
}

// begins says whether b surely begins with the responses to some requests.
func (f *framer) begins(b []byte, requests []request) bool {
	if !f.strong(b, requests[0].shape) {
		return false
	}
	for n := range requests {
		length := f.lengthHere(b, &requests[n])
		if length == 0 || !f.looksRight(b, &requests[n]) {
			return false
		}
		if uint64(len(b)) < length+sata.ReadHeadSize {
			return n > 0 || uint64(len(b)) == length
		}
		if b = b[length:]; n+1 == inStep {
			return true
		}
	}
	return true
}

// looksRight says whether b can begin the response to a request.
func (f *framer) looksRight(b []byte, w *request) bool {
	if w.shape == sata.ShapeRead && f.ffio() {
		return sata.LooksLikeResponse(b, w.shape) != sata.No
	}
	n := f.lengthHere(b, w)
	return sata.LooksLikeResponse(b, w.shape) != sata.No && !allZero(b[:min(len(b), sata.HeaderSize)]) &&
		slices.ContainsFunc(f.answerLengths(w), func(s span) bool { return s.least <= n && n <= s.most })
}

// lengthHere is how long the response to a request is that b begins with, 0 when
// it can't be one.
func (f *framer) lengthHere(b []byte, w *request) uint64 {
	if len(b) < sata.HeaderSize {
		return 0
	}
	if w.shape == sata.ShapeRead && f.ffio() {
		switch form, _ := sata.FormOf(b); {
		case form == sata.ReadFailed:
			return sata.ReadHeadSize
		case len(b) >= sata.ReadHeadSize && form != sata.ReadOther:
			return sata.ReadHeadSize + readData(form, uint64(binary.BigEndian.Uint32(b[0x20:])), w.total, uint64(f.stream().FirstRead))
		}
		return 0
	}
	if n := sata.HeaderSize + uint64(binary.BigEndian.Uint32(b)); n <= maxOrdinary {
		return n
	}
	return 0
}

func allZero(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c != 0 })
}
