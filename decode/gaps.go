package decode

import (
	"encoding/binary"

	"satascope/sata"
	"satascope/walcore"
)

// tellBytes tells of bytes of a direction that are not there, or not taken.
func (f *framer) tellBytes(code walcore.Code, l *lane, offset, size int64, m mark) {
	at := walcore.At{Offset: offset, Time: m.time, Packet: m.packet}
	f.tellAt(at, walcore.Diagnosis{Code: code, At: at, FromServer: l == f.server, Size: uint64(size)})
}

// missing tells that bytes of a direction were lost.
func (f *framer) missing(l *lane, offset, size int64, packet uint32, time int64, cut bool) {
	code := walcore.CodeMissing
	if cut {
		code = walcore.CodeCut
	}
	l.last = mark{packet: max(l.last.packet, packet), time: time, acked: -1}
	f.tellBytes(code, l, offset, size, l.last)
	if !f.ffioTold {
		// The Ping or its Pong may be among what was lost.
		f.stream().FFIO, f.pongLost = true, true
		if l == f.client {
			for f.stepClient() { // what waited for the Pong
			}
		}
	}
	if !f.firstReadTold && l == f.client {
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
	if f.seekingClient {
		f.leaveClient()
	}
	if !b.active && !f.seekingClient && len(l.buf) >= sata.RequestSize && sata.LooksLikeRequest(l.buf) == sata.Yes && uint64(len(l.buf)) < sata.HeaderSize+uint64(binary.BigEndian.Uint32(l.buf)) {
		// A request is damaged. Its response is still to come and will be passed over.
		f.outOfBand = bulk{active: true, start: l.pos, length: sata.HeaderSize + uint64(binary.BigEndian.Uint32(l.buf)), done: uint64(len(l.buf))}
		if data, known := f.dataBehind(l.buf); known {
			f.outOfBand.length += data
		} else {
			f.outOfBand.active = false
		}
		f.seekingServer, f.unseen.some = true, true
		f.unseen.bytes += int64(min(f.outOfBand.length, maxMissing))
	}
	inside := b.active && uint64(size) <= b.length-b.done
	if !inside {
		f.unseen.some = true
		f.unseen.bytes += size + int64(len(l.buf))
	}
	l.jump(offset + size)
	f.clientGap = true
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
	f.order.release(f.id, forRead)
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
