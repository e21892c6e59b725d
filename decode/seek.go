package decode

import (
	"encoding/binary"
	"sort"

	"satascope/sata"
	"satascope/walcore"
)

// A skip is a run of bytes that are passed over, to be told of at its end.
type skip struct {
	size      int64
	from      mark // of its first byte
	server    bool // who sent it
	undecided bool // it was told that a request may be among them
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
			if like == sata.Maybe && (f.final || len(l.buf)-i > maxAhead) {
				f.tellUndecided(i) // it may bring data without end, or be none
				like = sata.No
			}
		}
		switch like {
		case sata.Yes:
			f.skip(l, i)
			f.endSeek(l, &f.seekingClient)
			f.order.release(f.id, forRequest)
			return true
		case sata.Maybe:
			f.skip(l, i)
			if f.lossy {
				f.order.hold(f.id, forRequest, max(l.at(l.pos).packet, l.last.packet))
			}
			return false
		}
		i = last
	}
	f.skip(l, len(l.buf))
	f.order.release(f.id, forRequest)
	return false
}

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
			return like, last
		}
		length := sata.HeaderSize + uint64(binary.BigEndian.Uint32(b))
		data, known := f.dataBehind(b)
		if !known {
			return sata.Maybe, last
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
			return sata.Maybe, last
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

// tellUndecided tells of what looks like a request, i bytes behind the front of the
// client's lane, and is passed over because nothing that was recorded shows whether it
// is one; of many in a row the first.
func (f *framer) tellUndecided(i int) {
	l := f.client
	if f.skipped[0].undecided {
		return
	}
	f.skipped[0].undecided = true
	b := l.buf[i:]
	size := sata.HeaderSize + uint64(binary.BigEndian.Uint32(b))
	if data, known := f.dataBehind(b); known {
		size += data
	}
	offset := l.pos + int64(i)
	came := l.at(offset)
	f.tellAt(f.at(l, offset, offset+1, nil), walcore.Diagnosis{Code: walcore.CodeUndecided,
		At: walcore.At{Offset: offset, Time: came.time, Packet: came.packet}, Size: min(size, uint64(len(b))), A: size})
}

// leaveClient passes over the client's bytes before a gap, in which a request is looked
// for.
func (f *framer) leaveClient() {
	l := f.client
	if sata.LooksLikeRequest(l.buf) == sata.Yes {
		f.tellUndecided(0)
	}
	f.skip(l, len(l.buf))
	f.tellSkipped(l)
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
			if n = f.nextExpected(q); n < 0 || n >= len(l.buf) {
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
func (f *framer) nextExpected(from int64) int {
	i := sort.Search(len(f.waiting), func(i int) bool { return f.waiting[i].expects >= from })
	if i == len(f.waiting) {
		return -1
	}
	return int(f.waiting[i].expects - f.server.pos)
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

// skip passes over n bytes of a lane. They are told of when something is found again
// behind them (endSeek), or at the end.
func (f *framer) skip(l *lane, n int) {
	if n > 0 {
		if l == f.client {
			f.unseen.bytes += int64(n)
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

// endSeek ends looking for a message in a lane: it was found.
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
	f.tellAt(f.at(l, offset, offset+1, nil), walcore.Diagnosis{Code: walcore.CodeSkipped,
		At: walcore.At{Offset: offset, Time: s.from.time, Packet: s.from.packet}, FromServer: s.server, Size: uint64(s.size)})
	*s = skip{}
}
