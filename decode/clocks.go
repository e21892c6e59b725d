package decode

import (
	"net/netip"
	"strconv"
	"strings"

	"satascope/capture"
)

// The clocks of several files that are joined by time. That they disagree shows
// where a packet acknowledges bytes that another file stamps later, and in packets
// that two files have.

// maxStamps bounds how many packets are remembered to be found in another file;
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

type stamp struct {
	time   int64
	source uint8
}

// clocks is what was found out about the files' clocks.
type clocks struct {
	stamps map[stampKey]stamp
	first  [2]uint8 // of which two files there are packets in both; the first such
	both   int64    // how many
	least  int64    // how far the second file's clock is ahead
	most   int64
	before int64 // how much earlier, at most, a packet is stamped than what it acknowledges
}

// packet looks for a packet in the other files.
func (c *clocks) packet(p *capture.Packet) {
	var s capture.Segment
	if p.Time == noTime || !p.Segment(&s) || len(s.Payload) == 0 {
		return
	}
	k := stampKey{s.Src, s.Dst, s.Seq, s.Ack, len(s.Payload) + s.Cut}
	was, known := c.stamps[k]
	switch {
	case !known && len(c.stamps) < maxStamps:
		if c.stamps == nil {
			c.stamps = map[stampKey]stamp{}
		}
		c.stamps[k] = stamp{p.Time, p.Source}
	case known && was.source != p.Source:
		pair, ahead := [2]uint8{was.source, p.Source}, p.Time-was.time
		if pair[0] > pair[1] {
			pair[0], pair[1], ahead = pair[1], pair[0], -ahead
		}
		if c.both == 0 {
			c.first, c.least, c.most = pair, ahead, ahead
		}
		if pair == c.first {
			c.both++
			c.least, c.most = min(c.least, ahead), max(c.most, ahead)
		}
		delete(c.stamps, k)
	}
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
	if c.least > leastDrift || c.most < -leastDrift {
		where, least, most := "ahead of", c.least, c.most
		if most < 0 {
			where, least, most = "behind", -most, -least
		}
		by := seconds(least)
		if seconds(most) != by {
			by += " to " + seconds(most)
		}
		a.add(AssumedClocks, "", itoa(c.both)+" packets are in both "+d.sources[c.first[0]].Name()+" and "+d.sources[c.first[1]].Name()+": the clock of the second is "+by+" "+where+" that of the first")
	}
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
