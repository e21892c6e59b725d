package capture

import (
	"net/netip"
	"slices"
)

// Bounds of what is kept of IP packets whose fragments are not all there.
const (
	maxFragmented = 64       // packets
	maxPieces     = 256      // fragments of one packet
	maxFragmentIP = 64 << 10 // bytes of one packet
	// fragmentTime is for how long a packet's fragments are waited for, in
	// nanoseconds of the capture's time: what Linux waits.
	fragmentTime = 30e9
)

// A fragmentKey tells which fragments belong together (RFC 791; RFC 8200, 4.5).
type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	protocol byte // 0 for IPv6, where the first fragment alone has it
}

// A fragmented is an IP packet of which fragments have come.
type fragmented struct {
	key    fragmentKey
	began  int64 // the time of the first that came, or NoTime
	next   byte  // protocol of what it carries, once known
	total  int   // its size, once the last fragment told; or -1
	have   int   // bytes of it that are covered
	data   []byte
	pieces []fragment // by offset, without overlaps
}

// A fragment is a piece of a packet's data and where it comes from.
type fragment struct {
	from, to int // in data
	captured int // to where the bytes are there; the rest was cut off
	file     int64
	packet   uint64
	time     int64
	source   uint8
}

// A fragments collects the fragments of IP packets.
type fragments struct {
	open []*fragmented // the oldest first
	free []*fragmented
	done *fragmented // the packet whose segment is being given
}

// fragment takes the fragment in the view, off bytes into the packet k, with
// more to come or not. When the packet is whole it goes on with what it carries.
func (d *Dissector) fragment(k fragmentKey, protocol byte, off int, more bool, p *Packet, s *Segment) outcome {
	if d.rebuilt {
		return isFragment // fragments in fragments
	}
	f := d.fragments.find(k, p.Time)
	if off == 0 {
		f.next = protocol
	}
	if !f.add(d.v, off, more, p) {
		return isFragment
	}
	d.fragments.take(f)
	// Where the first bytes that are missing begin: no header is read beyond.
	there := 0
	for _, x := range f.pieces {
		if there = x.captured; x.captured < x.to {
			break
		}
	}
	d.rebuilt, d.at = true, -1
	d.v = view{data: f.data[:there], full: f.total}
	o := d.protocol(f.next, p, s)
	if o == isTCP {
		// PayloadFile is the place in data now. The segment is given piece by
		// piece, each with its own place in the file.
		d.head = *s
		d.at = int(s.PayloadFile)
		d.end = d.at + len(s.Payload) + s.Cut
		d.More(s)
	}
	return o
}

// More gives the next piece of a segment that came in several IP fragments. It
// is to be called after Segment returned true, until it returns false.
func (d *Dissector) More(s *Segment) bool {
	if !d.rebuilt || d.at < 0 {
		return false
	}
	f := d.fragments.done
	*s = d.head
	begin := int(d.head.PayloadFile)
	if d.at > begin {
		s.Seq += uint32(d.at - begin)
		if s.Flags&SYN != 0 { // it takes a number
			s.Seq++
			s.Flags &^= SYN
		}
	}
	// The piece that d.at lies in; where the packet ends, the last one.
	i := 0
	for f.pieces[i].to <= d.at && i+1 < len(f.pieces) {
		i++
	}
	x := &f.pieces[i]
	to := max(d.at, min(x.to, d.end))
	there := max(d.at, min(x.captured, to))
	s.Payload, s.Cut = f.data[d.at:there], to-there
	s.PayloadFile = x.file + int64(d.at-x.from)
	s.Packet, s.Time, s.Source = x.packet, x.time, x.source
	if d.at = to; d.at < d.end {
		s.Flags &^= FIN // it stands behind the last piece
	} else {
		d.at = -1
	}
	return true
}

// find gives the packet of a key, a new one if need be.
func (fs *fragments) find(k fragmentKey, time int64) *fragmented {
	for i, f := range fs.open {
		if f.key != k {
			continue
		}
		if time == NoTime || f.began == NoTime || time-f.began <= fragmentTime {
			return f
		}
		fs.open = slices.Delete(fs.open, i, i+1) // the number is used again
		fs.free = append(fs.free, f)
		break
	}
	if len(fs.open) == maxFragmented {
		fs.free = append(fs.free, fs.open[0])
		fs.open = slices.Delete(fs.open, 0, 1)
	}
	var f *fragmented
	if n := len(fs.free); n > 0 {
		f, fs.free = fs.free[n-1], fs.free[:n-1]
	} else {
		f = new(fragmented)
	}
	*f = fragmented{key: k, began: time, total: -1, data: f.data[:0], pieces: f.pieces[:0]}
	fs.open = append(fs.open, f)
	return f
}

// take removes a packet that is whole, and keeps it until the next one is.
func (fs *fragments) take(f *fragmented) {
	if fs.done != nil {
		fs.free = append(fs.free, fs.done)
	}
	fs.done = f
	fs.open = slices.DeleteFunc(fs.open, func(x *fragmented) bool { return x == f })
}

// add takes a fragment and tells whether the packet is whole now. Bytes that
// came before count, as everywhere.
func (f *fragmented) add(v view, off int, more bool, p *Packet) bool {
	end := off + v.full
	if v.full == 0 || end > maxFragmentIP || len(f.pieces) >= maxPieces || f.total >= 0 && end > f.total {
		return false
	}
	if !more {
		if n := len(f.pieces); f.total >= 0 && f.total != end || n > 0 && f.pieces[n-1].to > end {
			return false // there is more than the last fragment says
		}
		f.total = end
	}
	if len(f.data) < end {
		f.data = slices.Grow(f.data, end-len(f.data))[:end]
	}
	for from := off; from < end; {
		// The first piece that ends behind from.
		i, _ := slices.BinarySearchFunc(f.pieces, from, func(x fragment, at int) int {
			if x.to <= at {
				return -1
			}
			return 1
		})
		to := end
		if i < len(f.pieces) {
			if f.pieces[i].from <= from {
				from = f.pieces[i].to
				continue
			}
			to = min(end, f.pieces[i].from)
		}
		x := fragment{from: from, to: to, captured: from, file: v.file + int64(from-off), packet: p.Number, time: p.Time, source: p.Source}
		if have := off + len(v.data); have > from {
			x.captured = min(to, have)
			copy(f.data[from:x.captured], v.data[from-off:])
		}
		f.pieces = slices.Insert(f.pieces, i, x)
		f.have += to - from
		from = to
	}
	return f.have == f.total
}
