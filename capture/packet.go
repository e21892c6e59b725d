package capture

import (
	"encoding/binary"
	"io"
	"math"
	"math/bits"
	"strconv"
)

// MaxPacket is the most bytes that a captured packet may have; it is what the
// tools that write captures keep to (libpcap's MAXIMUM_SNAPLEN).
const MaxPacket = 256 << 10

// A Packet is one captured packet, as its file has it.
type Packet struct {
	Number    uint64 // as Wireshark numbers them: from 1, in the order of the file
	Time      int64  // nanoseconds since 1970, or NoTime
	File      int64  // where Data begins in the unpacked file
	Link      uint32 // link type, LINKTYPE_…: 1 is Ethernet
	Interface uint32 // ordinal of the interface in its section; 0 in pcap
	Source    uint8  // which file it is from, for those who join several: readers leave it alone
	Data      []byte // what was captured; valid until the next packet is read
	Original  int64  // how many bytes the packet had on the wire
}

// A PacketReader reads the packets of a pcap or pcapng file, one after the
// other, in the buffer into which the file is read.
type PacketReader struct {
	b      buffer
	kind   Kind
	big    bool   // byte order of the file or section
	begun  bool   // the pcap file header, or a first section header, was read
	number uint64 // of the last packet
	err    error  // what ended the reading

	// pcap
	link   uint32
	nano   bool // the fraction of a second counts nanoseconds
	record int  // size of a record's header: 16, modified pcap 24

	// pcapng
	interfaces []iface // of this section
}

// NewPacketReader reads the packets from r, which stands at the start of an
// unpacked capture of kind KindPCAP or KindPCAPNG; a [File] is such a reader.
func NewPacketReader(r io.Reader, kind Kind) *PacketReader {
	return &PacketReader{b: newBuffer(r, bufferSize), kind: kind}
}

// Next reads the next packet into p. At the end it returns io.EOF; a file that
// is cut off gives all whole packets first and a *TruncatedError then, one that
// is damaged a *FormatError. An error is final: Next then gives it again.
func (r *PacketReader) Next(p *Packet) error {
	if r.err != nil {
		return r.err
	}
	for {
		kind := r.kind
		switch kind {
		case KindPCAP:
			r.err = r.nextPCAP(p)
		case KindPCAPNG, KindPacketText:
			r.err = r.nextPCAPNG(p)
		default:
			r.err = &FormatError{In: "capture", Expected: "a pcap or pcapng file", Found: r.kind.String()}
		}
		if r.err != nil || r.kind == kind {
			return r.err
		}
	}
}

func (r *PacketReader) u16(b []byte) uint16 {
	if r.big {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

func (r *PacketReader) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if r.big {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (r *PacketReader) u64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if r.big {
		v = bits.ReverseBytes64(v)
	}
	return v
}

// short is the error for something of need bytes that begins at the buffer's
// place plus from, of which only have bytes could be read.
func (r *PacketReader) short(what string, from int, need, have int64) error {
	if r.b.err != io.EOF {
		return r.b.err // reading failed; the reader's own words say why
	}
	return &TruncatedError{In: r.kind.String(), Offset: r.b.offset() + int64(from), What: what, Need: need, Have: have}
}

func (r *PacketReader) bad(from int, expected, found string) error {
	return &FormatError{
		In: r.kind.String(), Offset: r.b.offset() + int64(from), Expected: expected, Found: found,
		Advice: "the file is damaged here, what came before it was read",
	}
}

// A clock turns the ticks of a pcapng interface into nanoseconds since 1970.
type clock struct {
	exp    uint8 // if_tsresol: 10^-exp or, binary, 2^-exp seconds a tick
	binary bool
	offset int64 // if_tsoffset, seconds
}

// microseconds is the clock of an interface that names no other.
var microseconds = clock{exp: 6}

// maxSeconds is the largest number of seconds whose nanoseconds fit an int64.
const maxSeconds = math.MaxInt64 / 1_000_000_000

var pow10 = [20]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// time is the time of a tick, or NoTime when it is none that fits (64 bits of
// nanoseconds reach to the year 2262).
func (c clock) time(ticks uint64) int64 {
	var sec, frac uint64 // frac in nanoseconds
	switch {
	case !c.binary && c.exp <= 9:
		unit := pow10[c.exp]
		sec, frac = ticks/unit, ticks%unit*pow10[9-c.exp]
	case !c.binary && int(c.exp) < len(pow10):
		unit := pow10[c.exp]
		sec, frac = ticks/unit, ticks%unit/pow10[c.exp-9]
	case !c.binary:
		// A tick is under 10^-19 seconds: all of them are under two seconds.
		div := c.exp - 9
		frac = ticks
		for ; div > 0 && frac > 0; div-- {
			frac /= 10
		}
	case c.exp < 64:
		sec = ticks >> c.exp
		hi, lo := bits.Mul64(ticks&(1<<c.exp-1), 1e9)
		frac = lo >> c.exp
		if c.exp > 0 {
			frac |= hi << (64 - c.exp)
		}
	default:
		hi, _ := bits.Mul64(ticks, 1e9)
		if c.exp-64 < 64 {
			frac = hi >> (c.exp - 64)
		}
	}
	if sec > maxSeconds {
		return NoTime
	}
	s := int64(sec) + c.offset
	if c.offset > maxSeconds || s > maxSeconds-1 || s < -maxSeconds+1 {
		return NoTime
	}
	return s*1e9 + int64(frac)
}

// nextPCAP reads the next record of a pcap file, or none where a file of the other
// kind begins.
func (r *PacketReader) nextPCAP(p *Packet) error {
	if !r.begun {
		if err := r.headerPCAP(); err != nil {
			return err
		}
	}
	for {
		h := r.b.peek(r.record)
		if len(h) == 0 && r.b.err == io.EOF {
			return io.EOF
		}
		// Files joined end to end: a file header stands where a record should,
		// its magic number where the record has its time.
		if len(h) >= 8 && (h[0] == 0xA1 || h[3] == 0xA1) && isPCAP(h) && pcapVersion(h) {
			if err := r.headerPCAP(); err != nil {
				return err
			}
			continue
		}
		if len(h) >= 12 && isPCAPNG(h) {
			r.kind, r.begun = KindPCAPNG, false
			return nil
		}
		if len(h) < r.record {
			return r.short("the header of a packet record", 0, int64(r.record), int64(len(h)))
		}
		sec, frac := r.u32(h), r.u32(h[4:])
		size, original := r.u32(h[8:]), r.u32(h[12:])
		if size > MaxPacket {
			return r.bad(8, "the length of a packet, at most "+strconv.Itoa(MaxPacket)+" bytes", lengthOf(int64(size)))
		}
		if sec|frac|size|original == 0 {
			// Nothing on a wire has no bytes: this is room that was set aside
			// and never written, or a file that holds nothing but zeros.
			return r.bad(0, "a packet record", strconv.Itoa(r.record)+" zero bytes")
		}
		whole := r.record + int(size)
		rec := r.b.peek(whole)
		if len(rec) < whole {
			return r.short("a packet record", 0, int64(whole), int64(len(rec)))
		}
		ns := int64(frac)
		if !r.nano {
			ns *= 1000
		}
		r.number++
		p.Number = r.number
		p.Time = int64(sec)*1e9 + ns
		p.File = r.b.offset() + int64(r.record)
		p.Link = r.link
		p.Interface = 0
		p.Data = rec[r.record:]
		p.Original = int64(original)
		r.b.pass(whole)
		return nil
	}
}

// The magic numbers of pcap, as a file of the reader's own byte order has them.
const (
	magicMicro    = 0xA1B2C3D4
	magicNano     = 0xA1B23C4D
	magicModified = 0xA1B2CD34 // Kuznetzov's: 8 more bytes a record
)

// isPCAP tells whether b begins with a magic number of pcap.
func isPCAP(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	le, be := binary.LittleEndian.Uint32(b), binary.BigEndian.Uint32(b)
	return le == magicMicro || le == magicNano || le == magicModified ||
		be == magicMicro || be == magicNano || be == magicModified
}

// pcapVersion tells whether the version after a magic number is pcap's, 2.x.
func pcapVersion(b []byte) bool {
	if b[0] == 0xA1 {
		return b[4] == 0 && b[5] == 2
	}
	return b[4] == 2 && b[5] == 0
}

// headerPCAP reads a pcap file's header.
func (r *PacketReader) headerPCAP() error {
	const size = 24
	h := r.b.peek(size)
	if len(h) == 0 && r.b.err == io.EOF && !r.begun {
		return r.short("the file header", 0, size, 0)
	}
	if len(h) >= 4 && !isPCAP(h) {
		return r.bad(0, "the magic number of a pcap file", hexOf(h[:4]))
	}
	if len(h) < size {
		return r.short("the file header", 0, size, int64(len(h)))
	}
	r.big = h[0] == 0xA1
	magic := r.u32(h)
	if major := r.u16(h[4:]); major != 2 {
		return r.bad(4, "version 2 of the format", "version "+strconv.Itoa(int(major)))
	}
	r.nano = magic == magicNano
	r.record = 16
	if magic == magicModified {
		r.record = 24
	}
	// The upper bits tell the length of the frame check sequence, which is
	// behind the IP packet and so of no matter here.
	r.link = r.u32(h[20:]) & 0x03FFFFFF
	r.begun = true
	r.b.pass(size)
	return nil
}
