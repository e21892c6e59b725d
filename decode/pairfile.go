package decode

import (
	"context"
	"encoding/binary"
	"io"
	"slices"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// A direction is one of two files that hold a direction of a conversation each.
type direction struct {
	r      *capture.DumpReader
	lane   *lane
	source uint8
	ended  bool
	err    error
}

// more reads the next run into the lane; false at the end.
func (x *direction) more() bool {
	if x.ended {
		return false
	}
	var run capture.DumpRun
	if err := x.r.Next(&run); err != nil {
		x.ended = true
		if err != io.EOF {
			x.err = err
		}
		return false
	}
	x.lane.segments = append(x.lane.segments, Segment{Offset: run.Offset, Length: uint32(len(run.Bytes)), File: run.File, Seq: uint32(run.Skip), Time: noTime, Source: x.source})
	x.lane.put(run.Bytes, mark{time: noTime, acked: -1})
	x.lane.settle()
	return true
}

// readPair reads a conversation from two files, one for each direction. Which
// is which follows from what looks like a request. The files do not say when
// what was sent: the log has each request, then its response.
func (d *Decoder) readPair(ctx context.Context) error {
	var sides [2]*direction
	client := -1
	for i, f := range d.files {
		sides[i] = &direction{r: capture.NewDumpReader(f, f.Kind), lane: &lane{}, source: uint8(i)}
		sides[i].more()
		if sata.LooksLikeRequest(sides[i].lane.buf) == sata.Yes {
			if client >= 0 {
				return decodeError("expected the two directions of one conversation, found requests of PCFS over SATA at the beginning of both files; open each by itself")
			}
			client = i
		}
	}
	if client < 0 {
		for i := range sides {
			if client < 0 && findRequest(sides[i].lane.buf) {
				client = i
			}
		}
	}
	if client < 0 {
		return decodeError("expected what the client and what the server of one conversation sent, found no request of PCFS over SATA at the beginning of " + d.sources[0].Name() + " or " + d.sources[1].Name())
	}
	c, s := sides[client], sides[1-client]
	f := d.newFramer(startsWithPing(c.lane.buf), false)
	f.pair, f.role = true, roleByRequests
	f.client, f.server = c.lane, s.lane
	d.lanes[f.id] = [2]*lane{c.lane, s.lane}
	d.order.tell(event{kind: eventOpen, stream: f.id, msg: walcore.Message{At: walcore.At{Time: noTime}}})
	if !f.stream().Began {
		f.noBeginning(f.client, mark{time: noTime})
	}
	err := f.exchange(ctx, d, c, s)
	d.decimal = c.r.Doubtful() || s.r.Doubtful()
	if err == nil {
		err = c.err
	}
	if err == nil {
		err = s.err
	}
	d.endFramer(f)
	st := f.stream()
	st.FromClient, st.FromServer = f.client.end(), f.server.end()
	return err
}

// findRequest says whether a request stands somewhere near the beginning.
func findRequest(b []byte) bool {
	for i := range b {
		if sata.LooksLikeRequest(b[i:]) == sata.Yes {
			return true
		}
	}
	return false
}

// exchange takes a request, then its response, until both files end.
func (f *framer) exchange(ctx context.Context, d *Decoder, c, s *direction) error {
	for n := 0; ; n++ {
		if err := d.tick(ctx, n); err != nil {
			return err
		}
		if !f.nextRequest(c) {
			for f.stepServer() || s.more() { // what nobody asked for
			}
			return nil
		}
		// The end of a read may depend on what comes next.
		for len(f.client.buf) < sata.MaxHead && c.more() {
		}
		f.stayInStep(c, s)
		if len(f.waiting) == 0 {
			return nil
		}
		for waits := len(f.waiting); len(f.waiting) == waits; {
			if f.stepServer() || s.more() {
				continue
			}
			if f.final {
				for f.stepClient() || c.more() { // what has no answer
				}
				return nil
			}
			f.final = true // what is there of the server is all there will be
		}
	}
}

// nextRequest takes what the client sent up to its next request; false when there
// is none.
func (f *framer) nextRequest(c *direction) bool {
	for len(f.waiting) == 0 || f.outOfBand.active {
		damaged := !f.outOfBand.active && !f.seekingClient && !f.keepsRequests(c)
		if !f.stepClient() && !c.more() {
			break
		}
		if damaged && f.outOfBand.active {
			f.outOfBand.active = false // its data does not end where it should
			f.loseRequests()
		}
	}
	if len(f.waiting) == 0 {
		return false
	}
	if w := &f.waiting[0]; w.lost > 0 {
		f.pairing.doubted, f.pairing.first = inDoubt, true
		w.lost = 0
	}
	return true
}

// keepsRequests looks whether the client's next request is followed by another one,
// also behind the data that it brings, and gives up what can't be one.
func (f *framer) keepsRequests(c *direction) bool {
	l := f.client
	have := func(n uint64) bool {
		for uint64(len(l.buf)) < n && c.more() {
		}
		return uint64(len(l.buf)) >= n
	}
	if !have(sata.HeaderSize) {
		return true
	}
	is := sata.LooksLikeRequest(l.buf)
	end := sata.HeaderSize + uint64(binary.BigEndian.Uint32(l.buf))
	if is != sata.No && have(sata.RequestSize+8) {
		data, _ := f.dataBehind(l.buf)
		end += data
	}
	if end > lookFar || is != sata.No && !have(end+sata.RequestSize) {
		return true
	}
	if uint64(len(l.buf)) == end || end >= sata.RequestSize && have(end+sata.RequestSize) && sata.LooksLikeRequest(l.buf[end:]) == sata.Yes {
		return true
	}
	if is == sata.No {
		f.diagnose(walcore.CodeNoHeader, l, l.pos, 0, 0, 0)
		f.loseRequests()
	}
	return false
}

// loseRequests goes on at the next request that can be found.
func (f *framer) loseRequests() { f.seekingClient, f.hole, f.torn = true, true, true }

func allZero(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c != 0 })
}

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
	lost := p.first
	p.first = false
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
		p.first = false
	}
	f.skip(l, at)
	f.tellSkipped(l)
}

// mayLook counts the places that are looked at: of a conversation in which nothing
// is what it should be, looking further would take for ever.
func (f *framer) mayLook() bool {
	f.looked++
	return f.looked <= maxLooks
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

// nextShape is the shape of the response after the one that is waited for, if
// its request is known: it waits, too, or, in two files, stands next.
func (f *framer) nextShape() (shape sata.Shape, known bool) {
	if len(f.waiting) > 1 {
		return f.waiting[1].shape, true
	}
	if b := f.client.buf; f.pair && len(b) >= sata.HeaderSize {
		h, err := sata.ParseHeader(b)
		var r sata.Request
		if err == nil && uint64(len(b)) >= h.Size() && sata.ParseRequest(b[:h.Size()], h.Size(), &r) == nil {
			return r.ResponseShape(), true
		}
		return sata.ShapeUnknown, true
	}
	return 0, false
}
