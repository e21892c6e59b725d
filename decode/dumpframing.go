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
