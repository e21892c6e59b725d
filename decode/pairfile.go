package decode

import (
	"context"
	"encoding/binary"
	"io"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// A direction is one of two files that hold a direction of a conversation each.
type direction struct {
	r      *capture.DumpReader
	lane   *lane
	source uint8
	ended  bool
	err    error
}

// more reads the next run into the lane; false at the end.
func (x *direction) more() bool {
	if x.ended {
		return false
	}
	var run capture.DumpRun
	if err := x.r.Next(&run); err != nil {
		x.ended = true
		if err != io.EOF {
			x.err = err
		}
		return false
	}
	x.lane.segments = append(x.lane.segments, Segment{Offset: run.Offset, Length: uint32(len(run.Bytes)), File: run.File, Seq: uint32(run.Skip), Time: noTime, Source: x.source})
	x.lane.put(run.Bytes, mark{time: noTime, acked: -1})
	x.lane.settle()
	return true
}

// readPair reads a conversation from two files, one for each direction. Which
// is which follows from what looks like a request. The files do not say when
// what was sent: the log has each request, then its response.
func (d *Decoder) readPair(ctx context.Context) error {
	var sides [2]*direction
	client := -1
	for i, f := range d.files {
		sides[i] = &direction{r: capture.NewDumpReader(f, f.Kind), lane: &lane{}, source: uint8(i)}
		sides[i].more()
		if sata.LooksLikeRequest(sides[i].lane.buf) == sata.Yes {
			if client >= 0 {
				return decodeError("expected the two directions of one conversation, found requests of PCFS over SATA at the beginning of both files; open each by itself")
			}
			client = i
		}
	}
	if client < 0 {
		for i := range sides {
			if client < 0 && findRequest(sides[i].lane.buf) >= 0 {
				client = i
			}
		}
	}
	if client < 0 {
		return decodeError("expected what the client and what the server of one conversation sent, found no request of PCFS over SATA at the beginning of " + d.sources[0].Name() + " or " + d.sources[1].Name())
	}
	c, s := sides[client], sides[1-client]
	f := d.newFramer(startsWithPing(c.lane.buf), false)
	f.twoFiles, f.role = true, roleByRequests
	f.client, f.server = c.lane, s.lane
	d.lanes[f.id] = [2]*lane{c.lane, s.lane}
	d.order.tell(event{kind: eventOpen, stream: f.id, msg: walcore.Message{At: walcore.At{Time: noTime}}})
	if !f.stream().Began {
		f.noBeginning(f.client, mark{time: noTime})
	}
	err := f.exchange(ctx, d, c, s)
	d.decimal = c.r.Doubtful() || s.r.Doubtful()
	if err == nil {
		err = c.err
	}
	if err == nil {
		err = s.err
	}
	d.endFramer(f)
	st := f.stream()
	st.FromClient, st.FromServer = f.client.end(), f.server.end()
	return err
}

// findRequest is where near the beginning a request stands, or -1.
func findRequest(b []byte) int {
	for i := range b {
		if sata.LooksLikeRequest(b[i:]) == sata.Yes {
			return i
		}
	}
	return -1
}

// exchange takes a request, then its response, until both files end.
func (f *framer) exchange(ctx context.Context, d *Decoder, c, s *direction) error {
	for n := 0; ; n++ {
		if err := d.tick(ctx, n); err != nil {
			return err
		}
		if !f.nextRequest(c) {
			for f.stepServer() || s.more() { // what nobody asked for
			}
			return nil
		}
		// The end of a read may depend on what comes next.
		for len(f.client.buf) < sata.MaxHead && c.more() {
		}
		f.stayInStep(c, s)
		if len(f.waiting) == 0 {
			return nil
		}
		for waits := len(f.waiting); len(f.waiting) == waits; {
			if f.stepServer() || s.more() {
				continue
			}
			if f.final {
				for f.stepClient() || c.more() { // what has no answer
				}
				return nil
			}
			f.final = true // what is there of the server is all there will be
		}
	}
}

// nextRequest takes what the client sent up to its next request; false when there
// is none.
func (f *framer) nextRequest(c *direction) bool {
	for len(f.waiting) == 0 || f.outOfBand.active {
		damaged := !f.outOfBand.active && !f.seekingClient && !f.keepsRequests(c)
		if !f.stepClient() && !c.more() {
			break
		}
		if damaged && f.outOfBand.active {
			f.outOfBand.active = false // its data does not end where it should
			f.loseRequests()
		}
	}
	if len(f.waiting) == 0 {
		return false
	}
	if w := &f.waiting[0]; w.unseen.bytes > 0 {
		f.pairing.doubted, f.pairing.lostFirst = inDoubt, true
		w.unseen.bytes = 0
	}
	return true
}

// keepsRequests looks whether the client's next request is followed by another one,
// also behind the data that it brings, and gives up what can't be one.
func (f *framer) keepsRequests(c *direction) bool {
	l := f.client
	have := func(n uint64) bool {
		for uint64(len(l.buf)) < n && c.more() {
		}
		return uint64(len(l.buf)) >= n
	}
	if !have(sata.HeaderSize) {
		return true
	}
	is := sata.LooksLikeRequest(l.buf)
	end := sata.HeaderSize + uint64(binary.BigEndian.Uint32(l.buf))
	if is != sata.No && have(sata.RequestSize+8) {
		data, _ := f.dataBehind(l.buf)
		end += data
	}
	if end > lookFar || is != sata.No && !have(end+sata.RequestSize) {
		return true
	}
	if uint64(len(l.buf)) == end || end >= sata.RequestSize && have(end+sata.RequestSize) && sata.LooksLikeRequest(l.buf[end:]) == sata.Yes {
		return true
	}
	if is == sata.No {
		f.diagnose(walcore.CodeNoHeader, l, l.pos, 0, 0, 0)
		f.loseRequests()
	}
	return false
}

// loseRequests goes on at the next request that can be found.
func (f *framer) loseRequests() { f.seekingClient, f.unseen.some, f.clientGap = true, true, true }
