package decode

import (
	"encoding/binary"

	"satascope/sata"
	"satascope/walcore"
)

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
		if !f.final {
			return false
		}
		if cutRequest(f.client.buf) {
			return f.stepClient()
		}
	}
	if len(f.waiting) == 0 {
		switch like := f.mayBeResponse(); {
		case f.seekingClient:
		case like == sata.Yes:
			return f.stepUnasked()
		case like == sata.Maybe && !f.final:
			return false
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

// inStep says whether the response that comes next in a dump can have this length:
// what follows can be a message, or nothing follows. Where neither is so, bytes are
// missing: of what follows, or of the response, if another message begins within it
// or its own structure is wrong.
func (f *framer) inStep(length uint64) sata.Likeness {
	b := f.server.buf
	const enough = sata.RequestSize + 8 // to tell a request
	if uint64(len(b)) < length+enough && !f.final {
		return sata.Maybe
	}
	within := b[:min(length, uint64(len(b)))]
	if rest := b[len(within):]; uint64(len(within)) == length &&
		(len(rest) == 0 || sata.LooksLikeRequest(rest) != sata.No || len(f.waiting) > 1 && sata.LooksLikeResponse(rest, f.waiting[1].shape) != sata.No) {
		return sata.Yes
	}
	if sata.LooksLikeResponse(b, f.waiting[0].shape) == sata.No {
		return sata.No
	}
	for k := 1; k < len(within); k++ {
		if sata.LooksLikeRequest(b[k:]) == sata.Yes {
			return sata.No
		}
	}
	if f.holdsResponse(within) {
		return sata.No
	}
	return sata.Yes
}

// loseStep gives up the response that comes next in a dump, because bytes of it are
// missing, and the others that wait: whose the next one is can't be told.
func (f *framer) loseStep() {
	for len(f.waiting) > 0 {
		f.forget()
	}
	f.skip(f.server, 1)
	f.skippedOf(f.server).server = true
	f.seekingClient, f.seekingServer = true, true
}

// maxUnanswered bounds how many responses in a row are taken to be lost in a dump.
const maxUnanswered = 256

// unanswered is how many of the requests that wait in a dump have lost their
// responses, as the next one has the form of those to a later request, and not of
// one to the first.
func (f *framer) unanswered() int {
	b := f.server.buf
	if f.waiting[0].shape == sata.ShapeRead && !f.ffio() || sata.LooksLikeResponse(b, f.waiting[0].shape) != sata.No {
		return 0
	}
	looked := uint32(1) << sata.ShapeUnknown // at which shapes
	for i := 1; i < min(len(f.waiting), maxUnanswered); i++ {
		shape := f.waiting[i].shape
		if looked>>shape&1 == 0 && sata.LooksLikeResponse(b, shape) == sata.Yes {
			return i
		}
		looked |= 1 << shape
	}
	return 0
}
