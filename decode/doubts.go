package decode

import (
	"satascope/sata"
)

// An asked is what a request says of descriptors that may have changed unseen.
type asked struct {
	received int64 // how much its client had received, -1 when not known
	lost     int64 // bytes of the client before it in which there may have been other requests
	opens    bool  // it opens a descriptor
	closes   bool  // it closes one
}

// doubts follows a stream in the order of its log, to tell in time of what is not
// sure: which request a response answers, and the paths of descriptors. These are
// in doubt where one may have been closed and another opened under its number
// without the log having both. Either can be in a gap of the client, or be a
// request that waits for a response that its client has and the log has not.
type doubts struct {
	opens, closes uint64 // the requests that wait, bit 0 the newest, the oldest bit for all before
	waiting       int
	server        int64 // end of the last response
	from          int64 // where the first begins of those that may answer other requests
	closed        bool  // a closing may have been lost, of what is open
	told          bool  // since something was opened
	assumed       bool  // since a request waits it was told that responses may answer other ones
}

const oldest = 1 << 63

// Bytes of a client that are enough for an opening, for a closing, and for both.
var (
	openingSize = int64(sata.RequestLength(sata.OpenFolder).Bytes)
	closingSize = int64(sata.RequestLength(sata.CloseFolder).Bytes)
)

// ask takes a request, and says whether the paths of what is open are not sure
// from here on, and which bytes hold what wasn't seen.
func (u *doubts) ask(r asked) (unsure, fromServer bool, offset, size int64) {
	late := r.received > u.server || u.assumed // then one of these may be answered
	opens, closes := late && u.opens != 0, u.closed || late && u.closes != 0
	switch {
	case r.lost >= openingSize && (closes || r.lost >= openingSize+closingSize):
		unsure, size = true, r.lost
	case opens && (closes || r.lost >= closingSize) && !u.told:
		if unsure, fromServer, offset = true, true, u.server; u.assumed {
			offset = u.from
		}
		size = max(r.received, u.server) - offset
	}
	u.closed = u.closed || r.lost >= closingSize
	if unsure {
		u.told, u.closed = true, u.closed && u.opens != 0
	}
	u.opens, u.closes, u.waiting = u.opens<<1|u.opens&oldest, u.closes<<1|u.closes&oldest, u.waiting+1
	if r.opens {
		u.opens |= 1
	}
	if r.closes {
		u.closes |= 1
	}
	return unsure, fromServer, offset, size
}

// next drops the oldest request that waits, and says whether it opens something.
func (u *doubts) next() (opens bool) {
	if u.waiting == 0 {
		return false
	}
	u.waiting--
	u.assumed = u.assumed && u.waiting > 0
	if u.waiting > 63 {
		return u.opens&oldest != 0
	}
	bit := uint64(1) << u.waiting
	opens = u.opens&bit != 0
	u.opens &^= bit
	u.closes &^= bit
	return opens
}

// answer takes a response that stands from one offset to another, and says whether it
// is the first of a run of which is to be told that they may answer other requests.
func (u *doubts) answer(start, end int64, assumed bool) (first bool) {
	u.server = end
	if first = assumed && !u.assumed; first {
		u.assumed, u.from = true, start
	}
	if u.next() {
		u.told = false
	}
	return first
}

// forget takes that the response to the oldest request is lost, and says whether
// the paths of what is open are not sure from here on.
func (u *doubts) forget() bool {
	if !u.next() || !u.closed {
		return false
	}
	u.closed = false
	return true
}
