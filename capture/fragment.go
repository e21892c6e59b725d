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
	maxWhole      = 32       // packets that are whole, kept to compare with them what comes later
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
	others []fragment // of what came later for the same places, that which differs; without size, what can't be of the packet
	other  []byte     // the bytes of others, one behind the other

	// Once it is whole, and carries TCP:
	tcp  int     // where the TCP header begins in data
	head Segment // its segment; PayloadFile is the place in data
	end  int     // of the segment's payload, in data

	// again is the packet that was whole before and that the fragments of this one
	// repeat, as far as they have come; nil when they don't.
	again *fragmented
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
	open  []*fragmented // the oldest first
	whole []*fragmented // those that carry TCP, the oldest first
	free  []*fragmented
	done  *fragmented // the packet whose segment is being given
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
	if w := f.again; w != nil {
		if w.repeats(d.v, off, more) {
			// It stays with f too: the number may be used again, and then the
			// others of its packet are still to come.
			w.others, w.other = w.others[:0], w.other[:0]
			for _, x := range w.pieces {
				w.compare(d.v, off, max(off, x.from), x.captured, p)
			}
			d.fragments.done = w
			d.rebuilt, d.at = true, -1
		} else {
			f.again = nil
		}
	}
	if !f.add(d.v, off, more, p) {
		return isFragment
	}
	if w := f.again; w != nil && w.same(f) {
		d.fragments.remove(f)
		return isFragment // all of it was compared, as it came
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
	if o != isTCP {
		d.rebuilt = false
		return o
	}
	// The segment is given piece by piece, each with its own place in the file.
	f.tcp, f.head = int(d.tcpAt), *s
	f.end = int(s.PayloadFile) + len(s.Payload) + s.Cut
	d.at = int(s.PayloadFile)
	d.fragments.keep(f)
	d.More(s)
	return o
}

// More gives the next piece of a segment that came in several IP fragments, and
// behind the last what differs where fragments overlap, as a segment that was sent
// again, or as one that is Odd. It is to be called after Segment returned true,
// until it returns false.
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
	to := max(d.at, min(x.to, f.end))
	there := max(d.at, min(x.captured, to))
	f.piece(s, x, d.at)
	s.Payload, s.Cut = f.data[d.at:there], to-there
	if d.at = to; d.at < f.end {
		s.Flags &^= FIN // it stands behind the last piece
	} else {
		d.at = -1
	}
	return true
}

// piece makes s the part of the segment from a place on, which came in fragment x.
// Its payload and whether it is the last are still to be told.
func (f *fragmented) piece(s *Segment, x *fragment, from int) {
	*s = f.head
	if begin := int(f.head.PayloadFile); from > begin {
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
	for len(f.others) > 0 {
		x := f.others[0]
		payload := int(f.head.PayloadFile)
		if x.from < payload && x.to > payload { // the headers first, then what they carry
			x.to = payload
			f.others[0].from, f.others[0].file = payload, x.file+int64(payload-x.from)
		} else {
			f.others = f.others[1:]
		}
		b := f.other[:x.to-x.from]
		f.other = f.other[len(b):]
		from, to := max(x.from, payload), min(x.to, f.end)
		switch {
		case len(b) == 0, x.to <= payload && !bytes.Equal(b, f.data[x.from:x.to]):
			f.piece(s, &x, x.from)
			s.Payload, s.Cut, s.Odd = nil, 0, true
		case from < to && !bytes.Equal(b[from-x.from:to-x.from], f.data[from:to]):
			f.piece(s, &x, from)
			s.Payload, s.Cut = b[from-x.from:to-x.from], 0
			s.Flags &^= SYN | FIN
		default: // only what stood on the other side of the headers' end differs
			continue
		}
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
	for _, w := range fs.whole { // the last of its number
		if w.key == k && (time == NoTime || w.began == NoTime || time-w.began <= fragmentTime) {
			f.again = w
		}
	}
	fs.open = append(fs.open, f)
	return f
}

// remove forgets a packet whose fragments were all compared with those of another.
func (fs *fragments) remove(f *fragmented) {
	fs.open = slices.DeleteFunc(fs.open, func(x *fragmented) bool { return x == f })
	fs.free = append(fs.free, f)
}

// take removes a packet that is whole, and lends it until the next one is.
func (fs *fragments) take(f *fragmented) {
	fs.remove(f)
	fs.done = f
}

// keep keeps a packet that was taken, to compare with it what comes later.
func (fs *fragments) keep(f *fragmented) {
	fs.free = fs.free[:len(fs.free)-1]
	if len(fs.whole) == maxWhole {
		oldest := fs.whole[0]
		for _, x := range fs.open {
			if x.again == oldest {
				x.again = nil
			}
		}
		fs.whole = slices.Delete(fs.whole, 0, 1)
		fs.free = append(fs.free, oldest)
	}
	fs.whole = append(fs.whole, f)
}

// repeats tells whether a fragment that came later than the whole packet can be
// one of it that was captured again, and not one of a packet that has its number:
// it lies within, and its ports and sequence number are the same or, where these
// differ, what it carries. Where it has none, half of its bytes are the same: some
// senders give all packets one number, and may send the end of the next one first.
func (f *fragmented) repeats(v view, off int, more bool) bool {
	end := off + v.full
	if end > f.total || more != (end < f.total) {
		return false
	}
	if off > f.tcp || off+len(v.data) < f.tcp+8 {
		same := 0
		for i, c := range v.data {
			if c == f.data[off+i] {
				same++
			}
		}
		return 2*same >= len(v.data)
	}
	if f.sameNumbers(v.data[f.tcp-off:]) {
		return true
	}
	from, to := int(f.head.PayloadFile), min(off+len(v.data), len(f.data))
	return to-from >= 8 && bytes.Equal(v.data[from-off:to-off], f.data[from:to])
}

// sameNumbers tells whether a TCP header has the ports and the sequence number of
// the packet's.
func (f *fragmented) sameNumbers(header []byte) bool {
	return bytes.Equal(header[:8], f.data[f.tcp:][:8])
}

// same tells whether another packet is this one again, so that nothing in it is new.
func (f *fragmented) same(other *fragmented) bool {
	for _, x := range f.pieces {
		if x.captured < x.to {
			return false
		}
	}
	return other.total == f.total && f.sameNumbers(other.data[f.tcp:])
}

// add takes a fragment and tells whether the packet is whole now. Bytes that
// came before count, as everywhere.
func (f *fragmented) add(v view, off int, more bool, p *Packet) bool {
	end := off + v.full
	if v.full == 0 || end > maxFragmentIP || len(f.pieces) >= maxPieces {
		return false
	}
	n := len(f.pieces)
	if f.total >= 0 && (end > f.total || !more && end < f.total) || !more && n > 0 && f.pieces[n-1].to > end {
		// Two fragments give the packet different ends.
		if len(f.others) < maxPieces {
			f.others = append(f.others, fragment{from: off, to: off, file: v.file, packet: p.Number, time: p.Time, source: p.Source})
		}
		return false
	}
	if !more {
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
