package capture

import (
	"encoding/binary"
	"net/netip"
)

// The flags of a TCP segment.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// A Segment is the TCP segment in a packet.
type Segment struct {
	Src, Dst    netip.AddrPort
	Seq, Ack    uint32
	Flags       uint8
	Payload     []byte // in place: valid as long as the packet's Data
	PayloadFile int64  // where Payload begins in the unpacked file
	Cut         int    // payload bytes behind Payload that the snap length cut off
	Packet      uint64 // number of the packet that Payload stands in
	Time        int64  // of that packet
	Source      uint8  // of that packet
	// Odd marks what is no segment but tells of an IP fragment that contradicts
	// those that came before it in the segment's headers or in where it ends.
	Odd bool
}

// Counts is what a [Dissector] found in the packets it was given. Each packet
// is counted in Packets, and in exactly one of the others.
type Counts struct {
	Packets   uint64
	TCP       uint64 // segments
	UDP       uint64
	ICMP      uint64 // and ICMPv6
	OtherIP   uint64 // IP packets that carry another protocol
	ARP       uint64
	OtherLink uint64 // frames that carry no IP
	Fragments uint64 // pieces of IP packets that were not all there
	Cut       uint64 // packets whose headers the snap length cut off
	Bad       uint64 // packets whose headers contradict themselves
	Unread    uint64 // packets of a link type that is not read
	Link      uint32 // the last link type that is not read
}

// A Dissector finds TCP segments in packets and counts what else is there. The
// zero value is ready for use. It is for one capture.
type Dissector struct {
	Counts Counts

	v     view    // the layer that is being looked at
	depth int     // IP headers passed in this packet
	src   [2]addr // of the innermost IP header: source and destination

	fragments fragments
	rebuilt   bool  // the view is a packet put together of fragments
	at        int   // from where on its payload is still to be given; -1 when nothing is
	tcpAt     int64 // where the TCP header began in the view's file
}

// addr is an IP address on its way into a netip.AddrPort.
type addr = netip.Addr

// maxDepth bounds tunnels in tunnels.
const maxDepth = 8

// A view is what is left of a packet.
type view struct {
	data []byte
	file int64 // where data begins in the file
	full int   // how many bytes it had on the wire, at least len(data)
}

// pass passes over the first n bytes; false if they are not there.
func (v *view) pass(n int) bool {
	if n > len(v.data) {
		return false
	}
	v.data = v.data[n:]
	v.file += int64(n)
	v.full -= n
	return true
}

// limit drops what is behind the first n bytes, as padding.
func (v *view) limit(n int) {
	if n < len(v.data) {
		v.data = v.data[:n]
	}
	v.full = n
}

// An outcome is what a layer turned out to be. Counts has a number for each.
type outcome uint8

const (
	isTCP outcome = iota
	isUDP
	isICMP
	isOtherIP
	isARP
	isOtherLink
	isFragment
	isCut
	isBad
	isUnread
)

// Segment finds the TCP segment in a packet and puts it into s. It is false if
// there is none, or only a fragment of one: these need a [Dissector].
func (p *Packet) Segment(s *Segment) bool {
	var d Dissector
	return d.Segment(p, s)
}

// Segment finds the TCP segment in a packet and puts it into s; it is false if
// there is none. Either way the packet is counted. Of a segment that came in IP
// fragments it gives the first piece, and More the others; all of them come
// with the packet that makes it whole.
func (d *Dissector) Segment(p *Packet, s *Segment) bool {
	d.Counts.Packets++
	full := int64(len(p.Data))
	// A length that was cut to 32 bits, or one that lies, must not make gaps of
	// gigabytes: a packet is at most 64 KiB, or, offloaded, some times that.
	if p.Original > full && p.Original <= 1<<24 {
		full = p.Original
	}
	d.v = view{data: p.Data, file: p.File, full: int(full)}
	d.depth, d.rebuilt = 0, false
	s.Packet, s.Time, s.Source, s.Odd = p.Number, p.Time, p.Source, false
	switch d.link(p, s) {
	case isTCP:
		d.Counts.TCP++
		return true
	case isUDP:
		d.Counts.UDP++
	case isICMP:
		d.Counts.ICMP++
	case isOtherIP:
		d.Counts.OtherIP++
	case isARP:
		d.Counts.ARP++
	case isOtherLink:
		d.Counts.OtherLink++
	case isFragment:
		d.Counts.Fragments++
		return d.More(s) // what differs from a packet that was whole before
	case isCut:
		d.Counts.Cut++
	case isBad:
		d.Counts.Bad++
	case isUnread:
		d.Counts.Unread++
		d.Counts.Link = p.Link
	}
	return false
}

// tcp reads a TCP header (RFC 9293, section 3.1).
func (d *Dissector) tcp(s *Segment) outcome {
	h := d.v.data
	if len(h) < 20 {
		if d.v.full >= 20 {
			return isCut
		}
		return isBad
	}
	head := int(h[12]>>4) * 4
	if head < 20 || head > d.v.full {
		return isBad
	}
	s.Src = netip.AddrPortFrom(d.src[0], binary.BigEndian.Uint16(h))
	s.Dst = netip.AddrPortFrom(d.src[1], binary.BigEndian.Uint16(h[2:]))
	s.Seq = binary.BigEndian.Uint32(h[4:])
	s.Ack = binary.BigEndian.Uint32(h[8:])
	s.Flags = h[13]
	d.tcpAt = d.v.file
	s.PayloadFile = d.v.file + int64(head)
	if head > len(h) { // cut inside the options
		s.Payload, s.Cut = nil, d.v.full-head
		return isTCP
	}
	s.Payload, s.Cut = h[head:], d.v.full-len(h)
	return isTCP
}
