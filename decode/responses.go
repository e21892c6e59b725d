package decode

import (
	"encoding/binary"

	"satascope/sata"
	"satascope/walcore"
)

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
	if f.dump {
		for range f.unanswered() {
			f.forget()
		}
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
	f.sawFFIO = true
	if st := f.stream(); !st.FFIO {
		st.FFIO = true
		f.diagnose(walcore.CodeFFIOShown, f.server, f.server.pos, 0, 0, 0)
	}
}

// maxWhole is how long a response is that may wait until it is whole.
const maxWhole = 64 << 10

// startBody begins a response of a known length. A small one may wait until it
// is whole, and is then taken in place.
func (f *framer) startBody(length uint64, mayWait bool) bool {
	l := f.server
	if mayWait && length <= maxWhole {
		if uint64(len(l.buf)) < length && !f.final {
			return false
		}
		if f.dump {
			switch f.inStep(length) {
			case sata.Maybe:
				return false
			case sata.No:
				f.loseStep()
				return true
			}
		}
	}
	f.body = bulk{active: true, start: l.pos, length: length, sum: sata.NewFNV, head: f.body.head[:0]}
	f.pairing.acked = l.at(l.pos).acked
	f.takeBody()
	return true
}

// takeBody takes what is there of a response that was begun, and tells of it when it
// is whole.
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
			f.stream().FFIO, f.ffioTold, f.sawPong = pong.Capabilities.FFIO(), true, true
		}
	}
	f.responses++
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
