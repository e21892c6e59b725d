package decode

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"satascope/capture"
)

// The clocks of several files that are joined by time. That they disagree shows
// where a packet acknowledges bytes that another file stamps later, and in packets
// that two files have.

// maxStamps bounds how many packets are remembered to be found in other files;
// leastDrift is from what difference on, in nanoseconds, it is not the way's.
const (
	maxStamps  = 1 << 14
	leastDrift = 1e6
)

// A stampKey tells a segment with data from others.
type stampKey struct {
	src, dst netip.AddrPort
	seq, ack uint32
	size     int
}

// A stamp is when a packet was seen, and in which file.
type stamp struct {
	time   int64
	source uint8
}

// A drift is what two files say of the packets that both have.
type drift struct {
	both        int64 // how many
	least, most int64 // how far the second file's clock is ahead
}

// clocks is what was found out about the files' clocks.
type clocks struct {
	files  int
	stamps map[stampKey][]stamp
	held   int // stamps
	drifts map[[2]uint8]drift
	before int64 // how much earlier, at most, a packet is stamped than what it acknowledges
}

// packet looks for a packet in the other files.
func (c *clocks) packet(p *capture.Packet) {
	var s capture.Segment
	if p.Time == noTime || !p.Segment(&s) || len(s.Payload) == 0 {
		return
	}
	if c.stamps == nil {
		c.stamps, c.drifts = map[stampKey][]stamp{}, map[[2]uint8]drift{}
	}
	k := stampKey{s.Src, s.Dst, s.Seq, s.Ack, len(s.Payload) + s.Cut}
	stamps := c.stamps[k]
	if slices.ContainsFunc(stamps, func(was stamp) bool { return was.source == p.Source }) {
		return // sent again, and the other files may still have the first
	}
	for _, was := range stamps {
		c.compare(was, stamp{p.Time, p.Source})
	}
	switch {
	case len(stamps)+1 == c.files:
		delete(c.stamps, k)
		c.held -= len(stamps)
	case c.held < maxStamps:
		c.stamps[k] = append(stamps, stamp{p.Time, p.Source})
		c.held++
	}
}

// compare takes two stamps of a packet.
func (c *clocks) compare(x, y stamp) {
	if x.source > y.source {
		x, y = y, x
	}
	pair, ahead := [2]uint8{x.source, y.source}, y.time-x.time
	d, known := c.drifts[pair]
	if !known {
		d.least, d.most = ahead, ahead
	}
	c.drifts[pair] = drift{d.both + 1, min(d.least, ahead), max(d.most, ahead)}
}

// An early is a packet that acknowledges bytes which are not there yet.
type early struct {
	need   int64 // how many bytes of the other side; 0 for none
	time   int64
	source uint8
}

// acknowledges notes that a packet acknowledges bytes that come later in the files.
func (e *early) acknowledges(need, time int64, source uint8) {
	if e.need == 0 && time != noTime {
		*e = early{need, time, source}
	}
}

// come notes when bytes before an offset came.
func (c *clocks) come(e *early, offset, time int64, source uint8) {
	if e.need == 0 || time == noTime {
		return
	}
	if offset < e.need && source != e.source {
		c.before = max(c.before, time-e.time)
	}
	if offset >= e.need {
		e.need = 0
	}
}

// clocks tells of the clocks of several files.
func (a *assumptions) clocks(d *Decoder) {
	a.add(AssumedClocks, "", "the packets of "+strconv.Itoa(len(d.kinds))+" files are joined by their times: their clocks are taken to agree")
	c := &d.clocks
	if c.before > 0 {
		a.add(AssumedClocks, "", "packets are stamped up to "+seconds(c.before)+" earlier than what they acknowledge, which is in another file: the clocks differ by at least as much, and neither order nor latencies can be relied on")
	}
	// Each file beside the first of those before it that has packets of it.
	for second := range d.sources {
		for first := range second {
			if drift, both := c.drifts[[2]uint8{uint8(first), uint8(second)}]; both {
				a.drift(&drift, d.sources[first].Name(), d.sources[second].Name())
				break
			}
		}
	}
}

// drift tells of two files' clocks where they disagree.
func (a *assumptions) drift(d *drift, first, second string) {
	if d.least <= leastDrift && d.most >= -leastDrift {
		return
	}
	where, least, most := "ahead of", d.least, d.most
	if most < 0 {
		where, least, most = "behind", -most, -least
	}
	by := seconds(least)
	if seconds(most) != by {
		by += " to " + seconds(most)
	}
	a.add(AssumedClocks, "", itoa(d.both)+" packets are in both "+first+" and "+second+": the clock of the second is "+by+" "+where+" that of the first")
}

// seconds is a time as 0.5 s, to the microsecond.
func seconds(ns int64) string {
	us := (ns + 500) / 1000
	fraction := strings.TrimRight(itoa(1e6 + us%1e6)[1:], "0")
	if fraction != "" {
		fraction = "." + fraction
	}
	return itoa(us/1e6) + fraction + " s"
}
