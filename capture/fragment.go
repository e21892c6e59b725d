package capture

import (
	"bytes"
	"net/netip"
	"slices"
)

// Bounds of what is kept of IP packets whose fragments are not all there.
const (
	maxFragmented = 64       // packets
	maxPieces     = 256      // fragments of one packet
	maxFragmentIP = 64 << 10 // bytes of one packet; and of what came for the same places and differs
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
	others []fragment // of what came later for the same places, that which differs
	other  []byte     // the bytes of others, one behind the other
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

// More gives the next piece of a segment that came in several IP fragments, and
// behind the last what differs where fragments overlap, as a segment that was sent
// again. It is to be called after Segment returned true, until it returns false.
func (d *Dissector) More(s *Segment) bool {
	if !d.rebuilt {
		return false
	}
	if d.at < 0 {
		return d.differing(s)
	}
	f := d.fragments.done
	// The piece that d.at lies in; where the packet ends, the last one.
	i := 0
	for f.pieces[i].to <= d.at && i+1 < len(f.pieces) {
		i++
	}
	x := &f.pieces[i]
	to := max(d.at, min(x.to, d.end))
	there := max(d.at, min(x.captured, to))
	d.piece(s, x, d.at)
	s.Payload, s.Cut = f.data[d.at:there], to-there
	if d.at = to; d.at < d.end {
		s.Flags &^= FIN // it stands behind the last piece
	} else {
		d.at = -1
	}
	return true
}

// piece makes s the part of the segment from a place on, which came in fragment x.
// Its payload and whether it is the last are still to be told.
func (d *Dissector) piece(s *Segment, x *fragment, from int) {
	*s = d.head
	if begin := int(d.head.PayloadFile); from > begin {
		s.Seq += uint32(from - begin)
		if s.Flags&SYN != 0 { // it takes a number
			s.Seq++
			s.Flags &^= SYN
		}
	}
	s.PayloadFile = x.file + int64(from-x.from)
	s.Packet, s.Time, s.Source = x.packet, x.time, x.source
}

// differing gives the next of the bytes that came later than others for the same
// place of the segment, and differ.
func (d *Dissector) differing(s *Segment) bool {
	f := d.fragments.done
	for ; len(f.others) > 0; f.others = f.others[1:] {
		x := &f.others[0]
		b := f.other[:x.to-x.from]
		f.other = f.other[len(b):]
		from, to := max(x.from, int(d.head.PayloadFile)), min(x.to, d.end)
		if from >= to { // the header, or padding
			continue
		}
		d.piece(s, x, from)
		s.Payload, s.Cut = b[from-x.from:to-x.from], 0
		s.Flags &^= SYN | FIN
		f.others = f.others[1:]
		return true
	}
	return false
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
	*f = fragmented{key: k, began: time, total: -1, data: f.data[:0], pieces: f.pieces[:0], others: f.others[:0], other: f.other[:0]}
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
			if x := &f.pieces[i]; x.from <= from {
				f.compare(v, off, from, min(end, x.captured), p)
				from = x.to
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

// compare keeps of a fragment, which begins at off, what came before and differs,
// between two places.
func (f *fragmented) compare(v view, off, from, to int, p *Packet) {
	to = min(to, off+len(v.data))
	if from >= to || len(f.other)+to-from > maxFragmentIP {
		return
	}
	if b := v.data[from-off : to-off]; !bytes.Equal(b, f.data[from:to]) {
		f.others = append(f.others, fragment{from: from, to: to, captured: to, file: v.file + int64(from-off), packet: p.Number, time: p.Time, source: p.Source})
		f.other = append(f.other, b...)
	}
}
