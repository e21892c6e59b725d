package decode

import (
	"encoding/binary"

	"satascope/sata"
	"satascope/walcore"
)

// An openRead is an answer to ReadFile whose end later bytes must show.
type openRead struct {
	active  bool
	form    sata.ReadForm
	length  uint64 // the u32 at 0x20
	looked  uint64 // where a next response was looked for already
	filled  uint64 // up to where it was seen to be filled up
	another int8   // whether another response can stand in it up to spoke: 1 yes, -1 no, 0 not looked yet
	spoke   uint64 // how long it was when the client spoke again while nothing else waited; 0: it has not
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

// decideEnd decides where an open read ends, if it can be told yet (section 2): where
// the client spoke again if nothing else waited, else where what follows looks like
// the response to the next request. When both ends or neither are borne out, the
// server's rule holds. byServer and byTool are the lengths by the two rules.
func (f *framer) decideEnd() bool {
	l, st := f.server, f.stream()
	w := &f.waiting[0]
	first := uint64(st.FirstRead)
	byServer := sata.ReadHeadSize + readData(f.open.form, f.open.length, w.total, first)
	byTool := byServer
	if w.total > first {
		byTool = sata.ReadHeadSize + max(f.open.length, first)
	}
	have := uint64(len(l.buf))
	least := byServer
	if !st.FirstReadKnown {
		least = sata.ReadHeadSize
	}
	if have >= least {
		f.order.hold(f.id, forRead, max(l.at(l.pos+int64(least)-1).packet, l.last.packet, w.packet))
	}
	var end uint64
	if st.FirstReadKnown {
		end = f.chooseEnd(byServer, byTool, have)
	} else {
		end = f.chooseAnyEnd(w, byServer, have)
	}
	if end == noEnd || end == 0 && f.final && f.lossy && !f.dump {
		f.open.active = false
		f.forget()
		f.seekingServer = true
		if !st.FirstReadKnown {
			f.skip(l, 1) // it was a read, and which one can't be told
		}
		f.releaseRead()
		return true
	}
	if end == 0 {
		if !f.final && have <= maxAhead && f.order.bytes <= maxHeld {
			return false
		}
		end = byServer
	}
	if byServer != byTool && st.FirstReadKnown {
		other := byTool
		if end == byTool {
			other = byServer
		}
		f.diagnoseRead(walcore.CodeReadEnd, end, end, uint32(other))
	}
	if !st.FirstReadKnown {
		f.learnFirstRead(w.total, end-sata.ReadHeadSize)
	}
	f.open.active = false
	f.startBody(end, false)
	f.releaseRead()
	return true
}

// releaseRead lets go what waits for the read whose end was open, once it is taken.
func (f *framer) releaseRead() {
	if !f.open.active {
		f.order.release(f.id, forRead)
	}
}

// diagnoseRead tells of the open read, which has end bytes.
func (f *framer) diagnoseRead(code walcore.Code, end, a uint64, b uint32) {
	l := f.server
	at := f.at(l, l.pos, l.pos+int64(end), &f.waiting[0])
	f.tellAt(at, walcore.Diagnosis{Code: code, At: at, FromServer: true, Size: end, A: a, B: b})
}

// noEnd is the length of a read that does not end where it should: it is
// another one.
const noEnd = ^uint64(0)

// chooseEnd is the length of the open read, 0 while it can't be told, when the first
// read size is known: as the server's rule has it, or that of the reference's capture
// tool.
func (f *framer) chooseEnd(byServer, byTool, have uint64) uint64 {
	if s := f.open.spoke; s == byServer || s == byTool {
		return s
	}
	if f.lossy && !f.dump {
		return f.chooseEndAfterLoss(byServer, byTool, have)
	}
	if byServer == byTool {
		return byServer
	}
	a := f.borneOut(byServer)
	b := f.borneOut(byTool)
	switch {
	case a == sata.Yes:
		return byServer
	case b == sata.Yes && a == sata.No:
		return byTool
	case a == sata.No && b == sata.No:
		return byServer
	case f.open.spoke > byTool && f.open.spoke > byServer:
		return byServer
	case a == sata.No && f.final:
		return byTool
	}
	return 0
}

// chooseAnyEnd is chooseEnd when the first read size is not known: any length up to
// the whole is possible. usual is the length with the usual size.
func (f *framer) chooseAnyEnd(w *request, usual, have uint64) uint64 {
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
	if end := f.filledTo(most); end >= least && (!f.lossy || f.dump) && f.borneOut(end) == sata.Yes {
		return end
	}
	if s := f.open.spoke; s >= least && s <= most {
		// It may have spoken while the read still came: only what follows tells,
		// unless this is an end that was to be expected.
		if !f.lossy && (s == min(usual, most) || s == most) {
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
	if f.dump || f.twoFiles || len(f.waiting) > 1 {
		if end := f.searchEnd(usual, least, most, &f.open.looked, f.surelyBorneOut); end != noEnd {
			return end
		}
		if f.final || have > most+sata.MaxHead { // all of them were looked at
			from := least
			if end := f.searchEnd(usual, least, most, &from, f.borneOut); end != noEnd {
				return end
			}
			if !f.final {
				return min(usual, most)
			}
		}
	}
	return 0
}

// searchEnd is the first end of the open read that is borne out, those first that are
// to be expected; noEnd where none of those is that can be told yet, 0 where one can't.
// looked is how far was looked already.
func (f *framer) searchEnd(usual, least, most uint64, looked *uint64, borneOut func(uint64) sata.Likeness) uint64 {
	for _, n := range [...]uint64{usual, most} {
		if borneOut(n) == sata.Yes {
			return n
		}
	}
	for n := max(least, *looked); n <= most && n < uint64(len(f.server.buf)); n++ {
		switch borneOut(n) {
		case sata.Yes:
			return n
		case sata.Maybe:
			return 0
		}
		*looked = n
	}
	return noEnd
}

// surelyBorneOut is borneOut where the first bytes of a response that only looks like
// the next one, as from its second byte on, do not count.
func (f *framer) surelyBorneOut(n uint64) sata.Likeness {
	like := f.borneOut(n)
	next, known := f.nextShape()
	if like != sata.Yes || !known || next == sata.ShapeRead || next == sata.ShapeUnknown {
		return like
	}
	b := f.server.buf[n:]
	if len(b) == 0 || f.dump && sata.LooksLikeRequest(b) == sata.Yes || f.strong(b, next) {
		return sata.Yes
	}
	return sata.No
}

// filledTo is where what the open read brings ends, 0 while it can't be told: in the
// zeros form its length is known, and what comes behind up to the end is filled up.
// No response begins with the byte that fills. (The other form tells the length of
// the file.)
func (f *framer) filledTo(most uint64) uint64 {
	b := f.server.buf
	end := sata.ReadHeadSize + f.open.length
	if f.open.form != sata.ReadZeros || end > uint64(len(b)) {
		return 0
	}
	if end < most {
		end = min(max(end, f.open.filled), most)
	}
	for end < most && end < uint64(len(b)) && b[end] == sata.Padding {
		end++
	}
	f.open.filled = end
	if end < most && end == uint64(len(b)) && !f.final {
		return 0
	}
	return end
}

// chooseEndAfterLoss is chooseEnd where bytes were lost before: the read may
// be the answer to another request, and only an end that is borne out counts.
func (f *framer) chooseEndAfterLoss(byServer, byTool, have uint64) uint64 {
	wait := false
	for _, end := range [...]uint64{byServer, byTool} {
		switch {
		case have < end && !f.final:
			wait = true
		case have < end:
		case have == end && f.final:
			return end
		case have == end:
			wait = true
		case len(f.waiting) > 1:
			switch f.borneOut(end) {
			case sata.Yes:
				if f.surelyEnds(end) {
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

// surelyEnds says whether the open read ends where the response to the next request
// can begin by its looks: another read, told by how this one came or ends, what is
// told by its structure alone, or just what its client expected there.
func (f *framer) surelyEnds(end uint64) bool {
	l, w, next := f.server, &f.waiting[0], &f.waiting[1]
	switch {
	case f.firstReadTold && next.shape == sata.ShapeRead && (l.buf[end-1] != 0 || w.sure && w.expects == l.pos):
		return true
	case f.strong(l.buf[end:], next.shape):
		return true
	}
	return next.fresh && next.expects == l.pos+int64(end)
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
	if f.twoFiles && !known {
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

// nextShape is the shape of the response after the one that is waited for, if
// its request is known: it waits, too, or, in two files, stands next.
func (f *framer) nextShape() (shape sata.Shape, known bool) {
	if len(f.waiting) > 1 {
		return f.waiting[1].shape, true
	}
	if b := f.client.buf; f.twoFiles && len(b) >= sata.HeaderSize {
		h, err := sata.ParseHeader(b)
		var r sata.Request
		if err == nil && uint64(len(b)) >= h.Size() && sata.ParseRequest(b[:h.Size()], h.Size(), &r) == nil {
			return r.ResponseShape(), true
		}
		return sata.ShapeUnknown, true
	}
	return 0, false
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
