package decode

import (
	"encoding/binary"

	"satascope/sata"
	"satascope/walcore"
)

// request is what the framing of a response must know of its request.
type request struct {
	shape  sata.Shape
	total  uint64 // of a ReadFile
	start  int64  // of its bytes, in the client's direction
	end    int64
	packet uint32 // at which it was delivered
	time   int64  // of that packet
	hint   int64  // how much the client had received when it asked, -1 when not known
	sure   bool   // fresh, and no request between it and the one before was lost
	fresh  bool   // hint is larger than that of all requests before
	torn   bool   // requests between it and the one before were lost
	lost   int64  // in how many bytes there may have been such
	maybe  bool   // they may have been answered already
	closes bool   // it closes a descriptor
}

// most is how many requests were lost before this one at the most.
func (w *request) most() int { return int(max(1, w.lost/sata.RequestSize)) }

// maxBeforePong is how much a client may say before the answer to its Ping is
// taken to be lost.
const maxBeforePong = 1 << 20

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
