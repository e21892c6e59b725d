package decode

import (
	"encoding/binary"
	"sort"
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// maxOrdinary is the longest ordinary message that is believed. The longest
// that the protocol knows has 0x454 bytes; a length beyond this is no length.
const maxOrdinary = 16 << 20

// maxMissing is how much of the data of a read or a write may be missing at the
// end of a conversation. A capture that ends earlier than its conversation lacks
// less; a length that lies lacks more.
const maxMissing = 1 << 30

// maxBeforePong is how much a client may say before the answer to its Ping is
// taken to be lost.
const maxBeforePong = 1 << 20

// maxAhead is how much a server may be ahead of the requests recorded, and how
// much of a read whose end is open is kept.
const maxAhead = 64 << 20

// A framer cuts the two directions of one stream into messages (section 2). In
// a dump, where both directions stand in one sequence of bytes, client and
// server are the same lane.
type framer struct {
	id      uint32
	order   *order
	streams *[]Stream
	problem *error // the first thing that kept a conversation from being decoded to its end

	client, server *lane
	dump           bool
	pair           bool // the two directions come from two files: when what was sent is not known
	looked         int  // likewise: places at which responses were looked for
	final          bool // no more bytes will come

	waiting []request // requests without a response, oldest first

	outOfBand bulk // the data of a WriteFile
	body      bulk // a response that is taken as it comes
	open      openRead

	seekingClient bool // the next request must be looked for
	seekingServer bool
	skipped       [2]skip // bytes skipped so far, by lane
	firstReadMin  uint64  // without a Ping: the first read size is at least this
	torn          bool    // bytes of the client were lost since its last request
	hole          bool    // likewise, and there may have been requests in them,
	holeMaybe     bool    // which may have been answered already
	pairing       pairing
	askedLost     int64 // bytes of the client since its last request in which there may have been others
	hint          int64 // the largest hint of a request so far
	lossy         bool  // bytes were lost: what is found must look like what is expected
	sized         bool  // a Ping was seen, or the user said what the first read size is
	pongLost      bool  // no Pong is waited for any more
	asked         bool  // a Pong was seen, or the user said whether fast file I/O is on

	// What shows that only one direction was recorded (see oneDirection).
	asks, answers int
	lost          [2]int64 // bytes known to be missing, by lane
	unheard       bool     // the file has no acknowledgements: a direction without bytes is not known to have had any
	half          bool     // it was told

	// What the Summary's assumptions are made of.
	role       role   // by what it was told which end serves
	known      bool   // a request that parses was seen
	pinged     bool   // a Ping was seen
	ponged     bool   // a Pong was seen
	firstWrite uint32 // what the Ping said
	shown      bool   // a read showed that fast file I/O is on
}

// A skip is a run of bytes that are passed over, to be told of at its end.
type skip struct {
	size   int64
	from   mark // of its first byte
	server bool // who sent it
}

// A bulk is a run of bytes whose length is known, taken piece by piece.
type bulk struct {
	active  bool
	start   int64
	length  uint64
	done    uint64
	sum     sata.FNV
	head    []byte // of a response: its first bytes
	fd      int32
	damaged bool // some of its bytes are missing
}

// An openRead is an answer to ReadFile whose end later bytes must show.
type openRead struct {
	active  bool
	form    sata.ReadForm
	length  uint64 // the u32 at 0x20
	looked  uint64 // where a next response was looked for already
	another int8   // whether another response can stand in it up to spoke: 1 yes, -1 no, 0 not looked yet
	spoke   uint64 // how long it was when the client spoke again while nothing else waited; 0: it has not
}

func (f *framer) stream() *Stream { return &(*f.streams)[f.id] }

func (f *framer) ffio() bool { return f.stream().FFIO }

// at is where and when a message stands that starts at an offset and could be
// delivered with the byte before end, but not before what it answers.
func (f *framer) at(l *lane, start, end int64, answers *request) walcore.At {
	m := l.at(end - 1)
	if m.packet < l.last.packet {
		m = l.last
	}
	if answers != nil && m.packet < answers.packet {
		m.packet, m.time = answers.packet, answers.time
	}
	l.last = m
	return walcore.At{Offset: start, Time: m.time, Packet: m.packet}
}

func (f *framer) diagnose(code walcore.Code, l *lane, offset int64, size uint64, a uint64, b uint32) {
	at := f.at(l, offset, offset+1, nil)
	f.order.tell(event{kind: eventDiagnosis, stream: f.id, msg: walcore.Message{At: at}, diag: walcore.Diagnosis{
		Code: code, Stream: f.id, At: at, FromServer: f.fromServer(l), Size: size, A: a, B: b}})
}

// fromServer says who sent what stands at the front of a lane. In a dump that is
// the server, unless it is data of a WriteFile, or nobody asked for it and it does
// not look like a response.
func (f *framer) fromServer(l *lane) bool {
	if !f.dump {
		return l == f.server
	}
	return !f.outOfBand.active && !cutRequest(l.buf) && sata.LooksLikeRequest(l.buf) != sata.Yes && (len(f.waiting) > 0 || len(l.buf) > 0 && startsAnswers(l.buf))
}

// tellAssumed tells of something because of which fast file I/O and the first
// read size are assumed, and what they are taken to be.
func (f *framer) tellAssumed(code walcore.Code, l *lane, offset int64, size uint64) {
	st := f.stream()
	on := uint32(0)
	if st.FFIO {
		on = 1
	}
	f.diagnose(code, l, offset, size, uint64(st.FirstRead), on)
}

// begin is called once, before the first bytes.
func (f *framer) begin(began bool, o *Options) {
	st := f.stream()
	st.FirstRead = sata.DefaultFirstRead
	st.FFIO = !began
	f.hint, f.pairing.due, f.client.taken, f.server.taken = -1, -1, -1, -1
	if o.FFIO != Auto {
		st.FFIO, f.asked = o.FFIO == On, true
	}
	if o.FirstRead != 0 {
		st.FirstRead, st.FirstReadKnown, f.sized = o.FirstRead, true, true
	}
	if began {
		st.FirstReadKnown = true
		f.pairing.due = 0
		return
	}
	f.seekingClient, f.seekingServer, f.torn = true, true, true
}

// pump takes what can be taken.
func (f *framer) pump() {
	if f.dump {
		for f.stepDump() {
		}
	} else {
		for f.stepClient() || f.stepServer() {
		}
	}
}

// stepDump takes one thing from a dump: the data of a WriteFile first, then a
// request if it looks like one, else the response to the waiting request.
func (f *framer) stepDump() bool {
	switch {
	case f.outOfBand.active:
		return f.stepClient()
	case f.body.active, f.open.active:
		return f.stepServer()
	case len(f.client.buf) == 0:
		return false
	}
	switch sata.LooksLikeRequest(f.client.buf) {
	case sata.Yes:
		f.endSeek(f.client, &f.seekingClient)
		f.seekingServer = false
		return f.stepClient()
	case sata.Maybe:
		if f.final && cutRequest(f.client.buf) {
			return f.stepClient()
		}
		if !f.final && f.mayBeResponse() != sata.No {
			return false
		}
	}
	if len(f.waiting) == 0 {
		if f.mayBeResponse() == sata.Yes && !f.seekingClient {
			return f.stepUnasked()
		}
		if !f.seekingClient {
			f.seekingClient = true
			f.diagnose(walcore.CodeNoHeader, f.client, f.client.pos, 0, 0, 0)
		}
		return f.seekRequest()
	}
	return f.stepServer()
}

// cutRequest says whether b is the beginning of a request, and not enough of one to
// be sure in any other way: its host fields are empty.
func cutRequest(b []byte) bool {
	return len(b) >= 0x18 && sata.LooksLikeRequest(b) == sata.Maybe && binary.BigEndian.Uint64(b[0x10:]) == 0
}

// mayBeResponse says whether the next bytes of a dump can start a response.
func (f *framer) mayBeResponse() sata.Likeness {
	b := f.server.buf
	if len(f.waiting) > 0 {
		if f.waiting[0].shape == sata.ShapeRead && sata.LooksLikeResponse(b, sata.ShapeRead) != sata.No {
			return sata.Yes
		}
		return sata.LooksLikeResponse(b, sata.ShapeUnknown)
	}
	like := sata.LooksLikeResponse(b, sata.ShapeUnknown)
	if like == sata.Yes && (binary.BigEndian.Uint64(b[0x10:]) == 0 || binary.BigEndian.Uint32(b) > 0x1000) {
		return sata.No
	}
	return like
}

// stepClient takes one thing that the client sent: data of a WriteFile or a
// request. It says whether there was one.
func (f *framer) stepClient() bool {
	l := f.client
	if f.outOfBand.active {
		return f.takeOutOfBand()
	}
	if f.seekingClient {
		if !f.seekRequest() {
			return false
		}
	}
	if len(l.buf) < sata.HeaderSize || f.pongIsLate() {
		return false
	}
	length := sata.HeaderSize + uint64(binary.BigEndian.Uint32(l.buf))
	if length > maxOrdinary {
		f.lie(l, length)
		f.seekingClient = true
		return true
	}
	if uint64(len(l.buf)) < length {
		return false
	}
	msg := walcore.Message{Head: l.buf[:length], Length: length, At: f.at(l, l.pos, l.pos+int64(length), nil)}
	var parsed sata.Request
	msg.Problem = sata.ParseRequest(msg.Head, length, &parsed)
	msg.Parsed = &parsed
	w := request{start: l.pos, end: l.pos + int64(length), packet: l.last.packet, time: l.last.time, hint: l.at(l.pos).acked}
	if w.fresh = w.hint > f.hint; w.fresh {
		f.hint = w.hint
	}
	w.sure, f.torn = w.fresh && !f.torn, false
	w.torn, w.lost = f.hole, f.askedLost
	w.maybe, f.holeMaybe = f.holeMaybe, false
	f.hole, f.askedLost = false, 0
	f.wait(&w)
	st := f.stream()
	if msg.Problem == nil {
		f.known = true
		w.shape = parsed.ResponseShape()
		w.total = parsed.Total()
		w.closes = parsed.Command == sata.CloseFile || parsed.Command == sata.CloseFolder
		if parsed.Command == sata.Ping {
			st.FirstRead, st.FirstReadKnown, f.sized, f.pinged = parsed.User[0], true, true, true
			f.firstWrite = parsed.User[1]
		}
	}
	if f.asks++; f.asks == 1 && st.Began && !f.pinged {
		f.tellAssumed(walcore.CodeNoPing, l, l.pos, length)
	}
	if f.half && f.asks > 1 {
		// No response will come: what is out of band belongs to this request.
		f.order.tell(event{kind: eventPass, stream: f.id, msg: walcore.Message{At: msg.At}})
		f.waiting, f.pairing.stale = f.waiting[:0], 0
	}
	f.order.tell(event{kind: eventRequest, stream: f.id, msg: msg, asked: asked{w.hint, w.lost, w.shape == sata.ShapeDescriptor, w.closes}})
	f.waiting = append(f.waiting, w)
	if !w.fresh {
		f.pairing.stale++
	}
	l.take(int(length))
	if msg.Problem == nil && parsed.Command == sata.WriteFile && st.FFIO {
		f.outOfBand = bulk{active: true, start: l.pos, length: w.total, fd: parsed.FD}
		f.takeOutOfBand()
	}
	return true
}

// pongIsLate says whether the client had received the answer to the first Ping
// when it sent what comes next, and we have not: whether the data of a WriteFile
// follows out of band depends on it. It is captured late, or lost.
func (f *framer) pongIsLate() bool {
	l := f.client
	if f.asked || f.pongLost || f.dump || f.final || len(f.waiting) == 0 || f.waiting[0].shape != sata.ShapePong || l.at(l.pos).acked <= f.server.pos {
		return false
	}
	if len(l.buf) < maxBeforePong {
		return true
	}
	f.stream().FFIO, f.pongLost = true, true // as where bytes are missing
	return false
}

func (f *framer) takeOutOfBand() bool {
	b, l := &f.outOfBand, f.client
	n := min(b.length-b.done, uint64(len(l.buf)))
	if n == 0 && b.done < b.length {
		return false
	}
	b.done += n
	if b.done == b.length {
		b.active = false
		if !b.damaged {
			end := b.start + int64(b.length)
			at := f.at(l, b.start, end, nil)
			f.order.tell(event{kind: eventWritten, stream: f.id, fd: b.fd, msg: walcore.Message{Length: b.length, At: at}})
			if n := len(f.waiting); n > 0 && f.waiting[n-1].end == b.start {
				// Its response stands after the data, whenever it was captured.
				f.waiting[n-1].packet, f.waiting[n-1].time = at.Packet, at.Time
			}
		}
	}
	l.take(int(n))
	return true
}

// stepServer takes one thing that the server sent, as far as it is there.
func (f *framer) stepServer() bool {
	l := f.server
	switch {
	case f.body.active:
		return f.takeBody()
	case f.open.active:
		return f.decideEnd()
	case len(f.waiting) == 0:
		return f.stepAhead()
	case len(l.buf) == 0:
		return false
	}
	w := &f.waiting[0]
	if f.dataIsLate() {
		return false
	}
	if f.seekingServer && !f.dump && !f.seekResponse() {
		return false
	}
	if f.lossy && !f.dump {
		switch sata.LooksLikeResponse(l.buf, w.shape) {
		case sata.No:
			f.seekingServer = true
			f.pairing.begin(-1)
			f.pairing.pipelining() // or it would stand there
			return true
		case sata.Maybe:
			if !f.final {
				return false
			}
		}
	}
	if w.shape == sata.ShapeRead {
		form, enough := sata.FormOf(l.buf)
		if !enough && !f.final {
			return false
		}
		switch {
		case form == sata.ReadFailed:
			f.showFFIO()
			return f.startBody(sata.ReadHeadSize, true)
		case form == sata.ReadFirst, form == sata.ReadZeros && f.ffio():
			if form == sata.ReadFirst {
				f.showFFIO()
			}
			if len(l.buf) < sata.ReadHeadSize {
				return false
			}
			return f.startRead(form, uint64(binary.BigEndian.Uint32(l.buf[0x20:])))
		}
	}
	if len(l.buf) < sata.HeaderSize {
		return false
	}
	length := sata.HeaderSize + uint64(binary.BigEndian.Uint32(l.buf))
	noHeader := w.shape == sata.ShapeRead && f.ffio() && sata.LooksLikeResponse(l.buf, sata.ShapeUnknown) == sata.No
	if noHeader || length > maxOrdinary {
		if noHeader {
			f.diagnose(walcore.CodeNoHeader, l, l.pos, 0, 0, 0)
		} else {
			f.lie(l, length)
		}
		f.seekingServer = true
		f.skip(l, 1)
		if f.dump {
			f.seekingClient = true
			f.forget()
		}
		return true
	}
	return f.startBody(length, true)
}

// dataIsLate says whether the response that comes next is to a WriteFile whose
// data the server had received, and which will be captured only after it.
func (f *framer) dataIsLate() bool {
	l := f.server
	return f.outOfBand.active && !f.outOfBand.damaged && len(f.waiting) == 1 && f.waiting[0].end == f.outOfBand.start &&
		!f.final && !f.lossy && l.at(l.pos).acked > f.client.end() && len(l.buf) < maxAhead
}

// showFFIO notes that an answer of fast file I/O was seen.
func (f *framer) showFFIO() {
	f.shown = true
	if st := f.stream(); !st.FFIO {
		st.FFIO = true
		f.diagnose(walcore.CodeFFIOShown, f.server, f.server.pos, 0, 0, 0)
	}
}

// startRead begins an answer of fast file I/O that brings data.
func (f *framer) startRead(form sata.ReadForm, length uint64) bool {
	st, total := f.stream(), f.waiting[0].total
	first := uint64(st.FirstRead)
	if f.lossy && !f.dump || !st.FirstReadKnown && total > f.firstReadMin || st.FirstReadKnown && form == sata.ReadFirst && total > first && length > first {
		f.open = openRead{active: true, form: form, length: length}
		return f.decideEnd()
	}
	return f.startBody(sata.ReadHeadSize+readData(form, length, total, first), true)
}

// readData is how much follows the first 0x24 bytes by the server's rule.
func readData(form sata.ReadForm, length, total, first uint64) uint64 {
	n := min(total, first)
	if form == sata.ReadZeros {
		n = max(n, length)
	}
	return n
}

// startBody begins a response of a known length. A small one may wait until it
// is whole, and is then taken in place.
func (f *framer) startBody(length uint64, mayWait bool) bool {
	l := f.server
	if mayWait && uint64(len(l.buf)) < length && length <= 64<<10 && !f.final {
		return false
	}
	f.body = bulk{active: true, start: l.pos, length: length, sum: sata.NewFNV, head: f.body.head[:0]}
	f.pairing.acked = l.at(l.pos).acked
	f.takeBody()
	return true
}

func (f *framer) takeBody() bool {
	b, l := &f.body, f.server
	w := &f.waiting[0]
	n := min(b.length-b.done, uint64(len(l.buf)))
	if n == 0 && b.done < b.length {
		return false
	}
	piece := l.buf[:n]
	whole := n == b.length
	if w.shape == sata.ShapeRead {
		b.sum = b.sum.Add(piece)
	}
	if !whole {
		// An ordinary message may have to be printed as Unknown, whole.
		keep := sata.MaxHead
		if w.shape != sata.ShapeRead {
			keep = walcore.MaxKept
		}
		b.head = append(b.head, piece[:min(len(piece), max(0, keep-len(b.head)))]...)
	}
	b.done += n
	if b.done == b.length {
		b.active = false
		if b.damaged {
			f.order.tell(event{kind: eventForget, stream: f.id, msg: walcore.Message{At: f.at(l, b.start, b.start+int64(b.length), w)}})
		} else {
			msg := walcore.Message{Head: b.head, Length: b.length, Sum: b.sum, At: f.at(l, b.start, b.start+int64(b.length), w), Assumed: f.pairing.doubtful()}
			if whole {
				msg.Head = piece
			}
			f.response(msg)
			f.confirm(msg.Head, msg.Length)
		}
		f.answered(b.start, b.start+int64(b.length))
	}
	l.take(int(n))
	return true
}

// response tells of a response and lets a Pong decide about fast file I/O.
func (f *framer) response(msg walcore.Message) {
	if len(f.waiting) > 0 && f.waiting[0].shape == sata.ShapePong {
		var pong sata.Response
		if sata.ParseResponse(msg.Head, msg.Length, sata.ShapePong, &pong) == nil {
			f.stream().FFIO, f.asked, f.ponged = pong.Capabilities.FFIO(), true, true
		}
	}
	f.answers++
	f.order.tell(event{kind: eventResponse, stream: f.id, msg: msg})
}

// forget gives up the oldest waiting request: its response is lost.
func (f *framer) forget() {
	f.order.tell(event{kind: eventForget, stream: f.id, msg: walcore.Message{At: f.at(f.server, f.server.pos, f.server.pos+1, &f.waiting[0])}})
	f.giveUp()
}

// stepAhead looks at bytes of the server while no request waits. They may be
// the response to a request that was captured late; only when all that their
// sender had received is here has nobody asked for them.
func (f *framer) stepAhead() bool {
	l := f.server
	if len(l.buf) == 0 {
		return false
	}
	if f.seekingClient && f.client.pos == f.skipped[0].size {
		// No request was recorded yet: these answer what came before.
		f.skip(l, len(l.buf))
		return true
	}
	if f.seekingServer {
		// They may answer requests that were lost; the next request tells.
		if f.final || len(l.buf) > maxAhead {
			f.skip(l, len(l.buf))
			return true
		}
		return false
	}
	acked := l.at(l.pos).acked
	if f.lossy && !f.dump {
		f.seekingServer = true
		return true
	}
	if !f.final && (acked < 0 || acked > f.client.end()) && len(l.buf) < maxAhead {
		return false
	}
	return f.stepUnasked()
}

// stepUnasked takes a response that no request waits for.
func (f *framer) stepUnasked() bool {
	l := f.server
	if len(l.buf) < sata.HeaderSize {
		return false
	}
	length := sata.HeaderSize + uint64(binary.BigEndian.Uint32(l.buf))
	if length > maxOrdinary {
		f.lie(l, length)
		f.skip(l, len(l.buf))
		f.seekingServer = !f.dump // what goes on like this is told once
		return true
	}
	if uint64(len(l.buf)) < length {
		return false
	}
	f.response(walcore.Message{Head: l.buf[:length], Length: length, At: f.at(l, l.pos, l.pos+int64(length), nil)})
	l.take(int(length))
	f.pairing.begin(l.pos)
	return true
}

// spoke is called before bytes of the client are put into its lane, with how
// much of the server's direction the client had received, -1 when that is not
// known. When nothing but an open read waits, that read had ended there.
func (f *framer) spoke(acked int64) {
	if !f.open.active || f.open.spoke != 0 || len(f.waiting) != 1 || f.outOfBand.active || len(f.client.buf) > 0 {
		return
	}
	if acked < 0 {
		acked = f.server.end()
	}
	if n := acked - f.server.pos; n >= sata.ReadHeadSize {
		f.open.spoke = uint64(n)
		for f.stepServer() {
		}
	}
}

// decideEnd decides where an open read ends, if it can be told yet
// (section 2): where the client spoke again if nothing else waited, else where
// what follows looks like the response to the next request. When both ends or
// neither are borne out, the server's rule holds.
func (f *framer) decideEnd() bool {
	l, st := f.server, f.stream()
	w := &f.waiting[0]
	first := uint64(st.FirstRead)
	ours := sata.ReadHeadSize + readData(f.open.form, f.open.length, w.total, first)
	tools := ours
	if w.total > first {
		tools = sata.ReadHeadSize + max(f.open.length, first)
	}
	have := uint64(len(l.buf))
	least := ours
	if !st.FirstReadKnown {
		least = sata.ReadHeadSize
	}
	if have >= least {
		f.order.hold(f.id, max(l.at(l.pos+int64(least)-1).packet, l.last.packet, w.packet))
	}
	end := f.chooseEnd(w, ours, tools, have)
	if end == noEnd || end == 0 && f.final && f.lossy && !f.dump {
		f.open.active = false
		f.forget()
		f.seekingServer = true
		if !st.FirstReadKnown {
			f.skip(l, 1) // it was a read, and which one can't be told
		}
		f.release()
		return true
	}
	if end == 0 {
		if !f.final && have <= maxAhead && f.order.bytes <= maxHeld {
			return false
		}
		end = ours
	}
	if ours != tools && st.FirstReadKnown {
		other := tools
		if end == tools {
			other = ours
		}
		f.diagnoseRead(walcore.CodeReadEnd, end, end, uint32(other))
	}
	if !st.FirstReadKnown {
		f.learnFirstRead(w.total, end-sata.ReadHeadSize)
	}
	f.open.active = false
	f.startBody(end, false)
	f.release()
	return true
}

// release lets go what waits for this stream once its read is taken.
func (f *framer) release() {
	if !f.open.active {
		f.order.release(f.id)
	}
}

func (f *framer) diagnoseRead(code walcore.Code, end, a uint64, b uint32) {
	l := f.server
	at := f.at(l, l.pos, l.pos+int64(end), &f.waiting[0])
	f.order.tell(event{kind: eventDiagnosis, stream: f.id, msg: walcore.Message{At: at}, diag: walcore.Diagnosis{Code: code, Stream: f.id, At: at, FromServer: true, Size: end, A: a, B: b}})
}

// noEnd is the length of a read that does not end where it should: it is
// another one.
const noEnd = ^uint64(0)

// chooseEnd is the length of the open read, 0 while it can't be told.
func (f *framer) chooseEnd(w *request, ours, tools, have uint64) uint64 {
	st := f.stream()
	if st.FirstReadKnown {
		if s := f.open.spoke; s == ours || s == tools {
			return s
		}
		if f.lossy && !f.dump {
			return f.chooseEndAfterLoss(ours, tools, have)
		}
		if ours == tools {
			return ours
		}
		a := f.borneOut(ours)
		b := f.borneOut(tools)
		switch {
		case a == sata.Yes:
			return ours
		case b == sata.Yes && a == sata.No:
			return tools
		case a == sata.No && b == sata.No:
			return ours
		case f.open.spoke > tools && f.open.spoke > ours:
			return ours
		case a == sata.No && f.final:
			return tools
		}
		return 0
	}
	// The first read size is not known: any length up to the whole is possible.
	most := sata.ReadHeadSize + max(w.total, f.open.length)
	if f.open.form == sata.ReadFirst {
		most = sata.ReadHeadSize + w.total
	}
	least := sata.ReadHeadSize + min(w.total, f.firstReadMin)
	if f.open.form == sata.ReadZeros {
		least = max(least, sata.ReadHeadSize+f.open.length)
	}
	if least >= most {
		if f.lossy && !f.dump {
			return f.chooseEndAfterLoss(most, most, have)
		}
		return most
	}
	if f.lossy && f.open.form == sata.ReadZeros && have >= least+sata.HeaderSize && f.startsResponse(f.server.buf[least:]) {
		return least
	}
	if s := f.open.spoke; s >= least && s <= most {
		// It may have spoken while the read still came: only what follows tells,
		// unless this is an end that was to be expected.
		if !f.lossy && (s == min(ours, most) || s == most) {
			return s
		}
		switch like := f.borneOut(s); {
		case f.lossy && !f.dump && f.another(s):
			// Its request was lost: where this read ends can't be told.
			return noEnd
		case f.final && have == s,
			like == sata.Yes && (!f.lossy || f.strong(f.server.buf[s:], f.waiting[1].shape)):
			return s
		case like == sata.Maybe:
			return 0
		}
	}
	if f.lossy && !f.dump {
		// One wrong guess would spoil all reads that follow.
		return f.chooseEndAfterLoss(most, most, have)
	}
	if f.dump || f.pair || len(f.waiting) > 1 {
		if f.borneOut(ours) == sata.Yes {
			return ours
		}
		if f.borneOut(most) == sata.Yes {
			return most
		}
		for n := max(least, f.open.looked); n <= most && n < have; n++ {
			switch f.borneOut(n) {
			case sata.Yes:
				return n
			case sata.Maybe:
				return 0
			}
			f.open.looked = n
		}
		if have > most+sata.MaxHead {
			return min(ours, most)
		}
	}
	return 0
}

// chooseEndAfterLoss is chooseEnd where bytes were lost before: the read may
// be the answer to another request, and only an end that is borne out counts.
func (f *framer) chooseEndAfterLoss(ours, tools, have uint64) uint64 {
	wait := false
	for _, end := range [...]uint64{ours, tools} {
		switch {
		case have < end && !f.final:
			wait = true
		case have < end:
		case have == end && f.final:
			return end
		case have == end:
			wait = true
		case len(f.waiting) > 1:
			next := &f.waiting[1]
			switch f.borneOut(end) {
			case sata.Yes:
				if f.sized && next.shape == sata.ShapeRead && (f.server.buf[end-1] != 0 || f.waiting[0].sure && f.waiting[0].hint == f.server.pos) || f.strong(f.server.buf[end:], next.shape) || next.fresh && next.hint == f.server.pos+int64(end) {
					return end
				}
			case sata.Maybe:
				wait = true
			}
		default:
			// What follows answers a request that was lost, if it answers one.
			b := f.server.buf[end:]
			if acked := f.server.at(f.server.pos + int64(end)).acked; acked > f.waiting[0].end {
				if f.startsResponse(b) {
					return end
				}
				wait = wait || len(b) < sata.HeaderSize && !f.final
			}
		}
	}
	if wait {
		return 0
	}
	return noEnd
}

// another says whether a response of its own can stand in the data of the open
// read, up to an offset: then it may be two reads, and the request of one was lost.
// It looks once.
func (f *framer) another(to uint64) bool {
	if o := &f.open; o.another == 0 && to <= uint64(len(f.server.buf)) {
		o.another = -1
		if f.holdsResponse(f.server.buf[:to]) {
			o.another = 1
		}
	}
	return f.open.another > 0
}

func (f *framer) holdsResponse(b []byte) bool {
	to := uint64(len(b))
	for n := uint64(sata.ReadHeadSize); n+sata.HeaderSize <= to; n++ {
		b := b[n:]
		switch form, _ := sata.FormOf(b); {
		case form == sata.ReadFirst, form == sata.ReadFailed:
			return true
		case form == sata.ReadZeros && len(b) >= sata.ReadHeadSize && uint64(binary.BigEndian.Uint32(b[0x20:])) <= to-n-sata.ReadHeadSize:
			return true
		}
		if h, err := sata.ParseHeader(b); err == nil && h.Timestamp != 0 && h.Size() == to-n {
			return true
		}
	}
	return false
}

// startsResponse says whether b begins what can hardly be anything but a
// response, whatever it answers.
func (f *framer) startsResponse(b []byte) bool {
	if form, enough := sata.FormOf(b); enough && (form == sata.ReadFirst || form == sata.ReadFailed) {
		return true
	}
	return sata.LooksLikeResponse(b, sata.ShapeUnknown) == sata.Yes && f.strong(b, sata.ShapeResult)
}

// borneOut says whether what follows a read that ended after n bytes can be
// the next message.
func (f *framer) borneOut(n uint64) sata.Likeness {
	b := f.server.buf
	if uint64(len(b)) < n {
		if f.final {
			return sata.No
		}
		return sata.Maybe
	}
	b = b[n:]
	if f.dump {
		if len(b) == 0 && f.final {
			return sata.Yes
		}
		if like := sata.LooksLikeRequest(b); like != sata.No {
			return like
		}
	}
	next, known := f.nextShape()
	if f.pair && !known {
		// Neither file has more: the read takes what is left.
		if len(b) > 0 {
			return sata.No
		}
		return sata.Yes
	}
	if !known {
		if len(b) > 0 && (f.dump || f.server.at(f.server.pos+int64(n)).acked <= f.waiting[0].end) {
			// Nobody else asked, so what follows belongs to this read.
			return sata.No
		}
		return sata.Maybe
	}
	if len(b) < sata.ReadHeadSize && !f.final {
		return sata.Maybe
	}
	return sata.LooksLikeResponse(b, next)
}

// learnFirstRead notes what the length of a read says about a first read size
// that no Ping told.
func (f *framer) learnFirstRead(total, data uint64) {
	if f.open.form == sata.ReadZeros && data == f.open.length {
		return // as much as the server had; nothing was filled up
	}
	if data >= total {
		f.firstReadMin = max(f.firstReadMin, total)
		return
	}
	st := f.stream()
	if uint32(data) != st.FirstRead {
		f.diagnoseRead(walcore.CodeFirstRead, data+sata.ReadHeadSize, data, 0)
	}
	st.FirstRead, st.FirstReadKnown = uint32(data), true
}

// seekRequest drops bytes of the client until a request can begin.
func (f *framer) seekRequest() bool {
	l := f.client
	for i := 0; i < len(l.buf); i++ {
		like, last := sata.LooksLikeRequest(l.buf[i:]), i
		if like == sata.Yes && f.lossy && !f.dump {
			if had := l.at(l.pos + int64(i)).acked; had >= 0 {
				like, last = f.waitedFor(i, had)
			}
			if like == sata.Maybe && len(l.buf)-i > maxAhead {
				like = sata.No // it may bring data without end, or be none
			}
		}
		switch like {
		case sata.Yes:
			f.skip(l, i)
			f.endSeek(l, &f.seekingClient)
			f.order.release(f.seeking())
			return true
		case sata.Maybe:
			f.skip(l, i)
			if f.lossy {
				f.order.hold(f.seeking(), max(l.at(l.pos).packet, l.last.packet))
			}
			return false
		}
		i = last
	}
	f.skip(l, len(l.buf))
	f.order.release(f.seeking())
	return false
}

// seeking is the name of a stream's hold while it is not known where its next
// request begins.
func (f *framer) seeking() uint32 { return f.id | 1<<30 }

// maxPipelined is how many requests in a row are believed, after bytes were lost,
// whose sender did not wait for a response to any of them.
const maxPipelined = 32

// waitedFor says whether what looks like a request, i bytes behind the front of the
// client's lane, is one: the request before these bytes may be lost, and they may
// be the data that it brought. A client that asked waits for its response, at once
// or after other requests: the server sent as much as a response to each of them
// takes when it had received just these, or the client had received as much when
// it went on. last is where the last of the requests begins that follow one another
// from i on: before it nothing else has to be looked at, if they are none. had is how
// much the client had received when it sent the first.
func (f *framer) waitedFor(i int, had int64) (like sata.Likeness, last int) {
	l := f.client
	last = i
	for n := int64(1); n <= maxPipelined; n++ {
		b := l.buf[last:]
		if like := sata.LooksLikeRequest(b); like != sata.Yes {
			if like == sata.Maybe && f.final {
				like = sata.No
			}
			return like, last
		}
		length := sata.HeaderSize + uint64(binary.BigEndian.Uint32(b))
		data, known := f.dataBehind(b)
		if !known {
			return f.unlessFinal(), last
		}
		length += data
		start := l.pos + int64(last)
		end := start + int64(min(length, maxMissing))
		enough := had + n*sata.ReadHeadSize // no response is shorter
		within, sent := f.server.sentAt(start, end)
		waited := end < l.end() && l.at(end).acked > l.at(end-1).acked
		switch {
		case end <= l.end() && sent >= enough, waited && l.at(end).acked >= enough:
			return sata.Yes, last
		case waited, end > l.end() && within:
			return sata.No, last
		case end >= l.end():
			return f.unlessFinal(), last
		}
		last = int(end - l.pos)
	}
	return sata.No, last
}

// dataBehind is how much data out of band follows the request that b begins with;
// not known where too little of it is there.
func (f *framer) dataBehind(b []byte) (n uint64, known bool) {
	if sata.Command(binary.BigEndian.Uint32(b[0x30:])) != sata.WriteFile || !f.ffio() {
		return 0, true
	}
	if len(b) < sata.RequestSize+8 {
		return 0, false
	}
	return uint64(binary.BigEndian.Uint32(b[sata.RequestSize:])) * uint64(binary.BigEndian.Uint32(b[sata.RequestSize+4:])), true
}

// unlessFinal is Maybe as long as more bytes can come.
func (f *framer) unlessFinal() sata.Likeness {
	if f.final {
		return sata.No
	}
	return sata.Maybe
}

// seekResponse finds the next place where the response to a waiting request can
// begin, after bytes were lost or at a beginning that was not recorded. Three
// things must agree: the structure of what stands there; that the server had
// received the request by then; and where the client stood when it asked, which
// is just where the response begins if nothing else was under way. Requests
// before the one that is found have lost their responses.
func (f *framer) seekResponse() bool {
	l, p := f.server, &f.pairing
	pipelines, scan := p.pipelines, p.pipelines || p.stale > 0 // a response may begin anywhere
	p.sought = max(p.sought, l.pos)
	known := p.sought <= max(p.certain, l.pos)
	for n := int(p.sought - l.pos); n < len(l.buf); n++ {
		q := l.pos + int64(n)
		if !scan {
			if n = f.nextHint(q); n < 0 || n >= len(l.buf) {
				break
			}
			q = l.pos + int64(n)
		}
		k, like := f.answeredAt(n)
		switch like {
		case sata.No:
			if p.pipelines && !pipelines {
				return f.seekResponse() // seen now: so it may stand elsewhere, too
			}
			p.sought = q + 1
			if known = known && p.acked >= 0 && p.acked <= f.client.pos; known {
				p.certain = q + 1 // no request that will come can be answered there
			}
		case sata.Maybe:
			return false
		case sata.Yes:
			for ; k > 0; k-- {
				f.forget()
			}
			f.skip(l, n)
			f.pairing.begin(q)
			f.endSeek(l, &f.seekingServer)
			return true
		}
	}
	if f.final || len(l.buf) > maxAhead {
		f.skip(l, len(l.buf))
	}
	return false
}

// nextHint is how far behind the front of the server's lane the next place is,
// from an offset on, where a waiting request's response should begin, if each has
// one of its own; -1 for none.
func (f *framer) nextHint(from int64) int {
	i := sort.Search(len(f.waiting), func(i int) bool { return f.waiting[i].hint >= from })
	if i == len(f.waiting) {
		return -1
	}
	return int(f.waiting[i].hint - f.server.pos)
}

// strong says whether the structure alone is enough to take b for a response
// wherever it stands: zeros and unknown shapes are not.
func (f *framer) strong(b []byte, shape sata.Shape) bool {
	switch shape {
	case sata.ShapeUnknown:
		return false
	case sata.ShapeRead:
		form, _ := sata.FormOf(b)
		return form != sata.ReadZeros
	}
	return len(b) >= sata.HeaderSize && binary.BigEndian.Uint32(b[0x10:]) != 0 && binary.BigEndian.Uint32(b[0xC:]) == sata.Version
}

func (f *framer) skip(l *lane, n int) {
	if n > 0 {
		if l == f.client {
			f.askedLost += int64(n)
		}
		s := f.skippedOf(l)
		if s.size == 0 {
			s.from, s.server = l.at(l.pos), f.fromServer(l)
		}
		s.size += int64(n)
		l.take(n)
	}
}

func (f *framer) skippedOf(l *lane) *skip {
	if l == f.client {
		return &f.skipped[0]
	}
	return &f.skipped[1]
}

func (f *framer) endSeek(l *lane, seeking *bool) {
	*seeking = false
	f.tellSkipped(l)
}

// tellSkipped tells of what was skipped: it is told of here, and stands where its
// first byte came.
func (f *framer) tellSkipped(l *lane) {
	s := f.skippedOf(l)
	if s.size == 0 {
		return
	}
	offset := l.pos - s.size
	place := walcore.Message{At: f.at(l, offset, offset+1, nil)}
	f.order.tell(event{kind: eventDiagnosis, stream: f.id, msg: place, diag: walcore.Diagnosis{Code: walcore.CodeSkipped, Stream: f.id,
		At: walcore.At{Offset: offset, Time: s.from.time, Packet: s.from.packet}, FromServer: s.server, Size: uint64(s.size)}})
	*s = skip{}
}

// tellBytes tells of bytes of a direction that are not there, or not taken.
func (f *framer) tellBytes(code walcore.Code, l *lane, offset, size int64, m mark) {
	at := walcore.At{Offset: offset, Time: m.time, Packet: m.packet}
	f.order.tell(event{kind: eventDiagnosis, stream: f.id, msg: walcore.Message{At: at}, diag: walcore.Diagnosis{
		Code: code, Stream: f.id, At: at, FromServer: l == f.server, Size: uint64(size)}})
}

// missing tells that bytes of a direction were lost.
func (f *framer) missing(l *lane, offset, size int64, packet uint32, time int64, cut bool) {
	code := walcore.CodeMissing
	if cut {
		code = walcore.CodeCut
	}
	l.last = mark{packet: max(l.last.packet, packet), time: time, acked: -1}
	f.tellBytes(code, l, offset, size, l.last)
	if !f.asked {
		// The Ping or its Pong may be among what was lost.
		f.stream().FFIO, f.pongLost = true, true
		if l == f.client {
			for f.stepClient() { // what waited for the Pong
			}
		}
	}
	if !f.sized && l == f.client {
		f.stream().FirstReadKnown = false
	}
	if l == f.client {
		f.lost[0] += size
		f.missingClient(offset, size)
	} else {
		f.lost[1] += size
		f.missingServer(offset, size)
	}
	f.lossy = true
}

// missingClient goes on after a gap in what the client sent: in step where the
// length of what was begun is known, else at the next request.
func (f *framer) missingClient(offset, size int64) {
	l, b := f.client, &f.outOfBand
	if !b.active && !f.seekingClient && len(l.buf) >= sata.RequestSize && sata.LooksLikeRequest(l.buf) == sata.Yes && uint64(len(l.buf)) < sata.HeaderSize+uint64(binary.BigEndian.Uint32(l.buf)) {
		// A request is damaged. Its response is still to come and will be passed over.
		f.outOfBand = bulk{active: true, start: l.pos, length: sata.HeaderSize + uint64(binary.BigEndian.Uint32(l.buf)), done: uint64(len(l.buf))}
		if data, known := f.dataBehind(l.buf); known {
			f.outOfBand.length += data
		} else {
			f.outOfBand.active = false
		}
		f.seekingServer, f.hole = true, true
		f.askedLost += int64(min(f.outOfBand.length, maxMissing))
	}
	inside := b.active && uint64(size) <= b.length-b.done
	if !inside {
		f.hole = true
		f.askedLost += size + int64(len(l.buf))
	}
	l.jump(offset + size)
	f.torn = true
	b.damaged = true
	b.done += uint64(size)
	if !inside {
		b.active = false
		f.seekingClient, f.seekingServer = true, true
	} else if b.done == b.length {
		b.active = false
	}
}

// missingServer goes on after a gap in what the server sent: in step where the
// length of what was begun is known, else at the next response that can be told.
func (f *framer) missingServer(offset, size int64) {
	l, b := f.server, &f.body
	if f.open.active {
		f.final = true
		f.stepServer()
		f.final = false
	}
	if f.open.active {
		// The end of this read is lost from sight.
		f.open.active = false
		f.forget()
		f.seekingServer = true
	} else if !b.active && !f.seekingServer && len(f.waiting) > 0 && len(l.buf) >= sata.HeaderSize {
		f.final = true // what is there is all there will be
		f.stepServer()
		f.final = false
	}
	inside := b.active && len(l.buf) == 0 && uint64(size) <= b.length-b.done
	l.jump(offset + size)
	f.order.release(f.id)
	switch {
	case inside:
		b.damaged = true
		if b.done += uint64(size); b.done == b.length {
			f.takeBody()
		}
	case b.active:
		b.active = false
		f.forget()
		f.seekingServer = true
		f.pairing.begin(b.start + int64(b.length))
	default:
		f.seekingServer = true
	}
}

// lie notes a length that can't be one.
func (f *framer) lie(l *lane, length uint64) {
	f.diagnose(walcore.CodeNoHeader, l, l.pos, length, 0, 0)
	f.fail(l, l.pos, "a message of at most "+strconv.Itoa(maxOrdinary)+" bytes, found a header that announces "+strconv.FormatUint(length, 10)+
		"; decoding went on at the next message that could be found")
}

// fail notes why the conversation can't be decoded to its end, unless that is
// known or comes from bytes that were lost.
func (f *framer) fail(l *lane, offset int64, expected string) {
	if *f.problem != nil || f.lossy {
		return
	}
	side := "client"
	if l == f.server {
		side = "server"
	}
	*f.problem = decodeError("stream " + strconv.Itoa(int(f.id)) + ", offset " + strconv.FormatInt(offset, 10) + " of the " + side + ": expected " + expected)
}

// finish takes what is left when no more bytes will come, and tells of what is
// incomplete.
func (f *framer) finish() {
	f.final = true
	f.pump()
	f.client.settle()
	f.server.settle()
	for _, l := range []*lane{f.client, f.server} {
		b := &f.outOfBand
		if l == f.server && (!f.dump || f.body.active) {
			b = &f.body
		}
		switch {
		case b.active:
			f.diagnose(walcore.CodeIncomplete, l, b.start, b.done, b.length, 0)
			if b.length-b.done >= maxMissing {
				f.fail(l, b.start, "the "+strconv.FormatUint(b.length, 10)+" bytes that were announced, found only "+strconv.FormatUint(b.done, 10)+
					" before the end of the conversation; what followed was taken for a part of them")
			}
		case len(l.buf) > 0:
			want := uint64(sata.HeaderSize)
			if len(l.buf) >= sata.HeaderSize {
				want += uint64(binary.BigEndian.Uint32(l.buf))
			}
			f.diagnose(walcore.CodeIncomplete, l, l.pos, uint64(len(l.buf)), want, 0)
		}
		b.active = false
		if f.dump {
			break
		}
	}
	f.tellSkipped(f.client)
	f.tellSkipped(f.server)
	f.oneDirection()
	f.order.release(f.id)
	f.order.release(f.seeking())
}

type decodeError string

func (e decodeError) Error() string { return string(e) }
