package decode

import (
	"encoding/binary"

	"satascope/sata"
	"satascope/walcore"
)

// request is what the framing of a response must know of its request.
type request struct {
	shape   sata.Shape
	total   uint64 // of a ReadFile
	start   int64  // of its bytes, in the client's direction
	end     int64
	packet  uint32 // at which it was delivered
	time    int64  // of that packet
	expects int64  // where the client expected the response: how much it had received when it asked; -1 when not known
	sure    bool   // fresh, and no request between it and the one before was lost
	fresh   bool   // it expects more than all requests before
	closes  bool   // it closes a descriptor
	unseen  unseen // between it and the one before
}

// unseen is what is known of requests that were lost.
type unseen struct {
	some     bool  // there are such, whose responses may come
	answered bool  // they may have been answered already
	bytes    int64 // of the client that were lost or passed over: where they stood
}

// most is how many requests were lost at the most.
func (u unseen) most() int { return int(max(1, u.bytes/sata.RequestSize)) }

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
	w := request{start: l.pos, end: l.pos + int64(length), packet: l.last.packet, time: l.last.time, expects: l.at(l.pos).acked}
	if w.fresh = w.expects > f.furthest; w.fresh {
		f.furthest = w.expects
	}
	w.sure, f.clientGap = w.fresh && !f.clientGap, false
	w.unseen, f.unseen = f.unseen, unseen{}
	f.wait(&w)
	st := f.stream()
	if msg.Problem == nil {
		f.sawRequest = true
		w.shape = parsed.ResponseShape()
		w.total = parsed.Total()
		w.closes = parsed.Command == sata.CloseFile || parsed.Command == sata.CloseFolder
		if parsed.Command == sata.Ping {
			st.FirstRead, st.FirstReadKnown, f.firstReadTold, f.sawPing = parsed.User[0], true, true, true
			f.firstWrite = parsed.User[1]
		}
	}
	if f.requests++; f.requests == 1 && st.Began && !f.sawPing {
		f.tellAssumed(walcore.CodeNoPing, l, l.pos, length)
	}
	if f.oneSided && f.requests > 1 {
		// No response will come: what is out of band belongs to this request.
		f.order.tell(event{kind: eventPass, stream: f.id, msg: walcore.Message{At: msg.At}})
		f.waiting, f.pairing.stale = f.waiting[:0], 0
	}
	f.order.tell(event{kind: eventRequest, stream: f.id, msg: msg, asked: asked{w.expects, w.unseen.bytes, w.shape == sata.ShapeDescriptor, w.closes}})
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
	if f.ffioTold || f.pongLost || f.dump || f.final || len(f.waiting) == 0 || f.waiting[0].shape != sata.ShapePong || l.at(l.pos).acked <= f.server.pos {
		return false
	}
	if len(l.buf) < maxBeforePong {
		return true
	}
	f.stream().FFIO, f.pongLost = true, true // as where bytes are missing
	return false
}

// takeOutOfBand takes what is there of the data of a WriteFile, or of a damaged
// request, and tells of the data when it is whole.
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
