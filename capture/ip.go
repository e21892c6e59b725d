package capture

import (
	"encoding/binary"
	"net/netip"
)

// The IP protocols that matter.
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoIPv4     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoAH       = 51
	protoICMPv6   = 58
	protoDestOpts = 60
	protoMobility = 135
	protoHIP      = 139
	protoShim6    = 140
)

// ip goes on with an IP packet, whichever version its first four bits tell.
func (d *Dissector) ip(p *Packet, s *Segment) outcome {
	if len(d.v.data) == 0 {
		return d.short(1)
	}
	if d.depth++; d.depth > maxDepth {
		return isOtherIP
	}
	switch d.v.data[0] >> 4 {
	case 4:
		return d.ipv4(p, s)
	case 6:
		return d.ipv6(p, s)
	}
	return isBad
}

// ipv4 reads an IPv4 header (RFC 791, section 3.1).
func (d *Dissector) ipv4(p *Packet, s *Segment) outcome {
	h := d.v.data
	if len(h) < 20 {
		return d.short(20)
	}
	head, total := int(h[0]&15)*4, int(binary.BigEndian.Uint16(h[2:]))
	if head < 20 {
		return isBad
	}
	switch {
	case total == 0:
		// Segmentation offload: captured before the network card cut it into
		// packets and filled the lengths in. It reaches to the frame's end.
		total = d.v.full
	case total < head:
		return isBad
	}
	// A total above what the frame is said to have had: the tool that cut the
	// packet has changed that length, too. The IP header knows better.
	d.v.limit(total)
	if !d.v.pass(head) {
		return d.short(head)
	}
	d.src[0], d.src[1] = netip.AddrFrom4([4]byte(h[12:16])), netip.AddrFrom4([4]byte(h[16:20]))
	if part := binary.BigEndian.Uint16(h[6:]); part&0x3FFF != 0 { // an offset, or more fragments to come
		k := fragmentKey{d.src[0], d.src[1], uint32(binary.BigEndian.Uint16(h[4:])), h[9]}
		return d.fragment(k, h[9], int(part&0x1FFF)*8, part&0x2000 != 0, p, s)
	}
	return d.protocol(h[9], p, s)
}

// ipv6 reads an IPv6 header and its extension headers (RFC 8200).
func (d *Dissector) ipv6(p *Packet, s *Segment) outcome {
	h := d.v.data
	if len(h) < 40 {
		return d.short(40)
	}
	d.v.pass(40)
	// A length of 0 is that of a jumbogram, or of segmentation offload.
	if size := int(binary.BigEndian.Uint16(h[4:])); size > 0 {
		d.v.limit(size)
	}
	d.src[0], d.src[1] = netip.AddrFrom16([16]byte(h[8:24])), netip.AddrFrom16([16]byte(h[24:40]))
	next := h[6]
	for {
		switch next {
		case protoHopByHop, protoRouting, protoDestOpts, protoMobility, protoHIP, protoShim6, protoAH:
			h := d.v.data
			if len(h) < 2 {
				return d.short(2)
			}
			size := (int(h[1]) + 1) * 8
			if next == protoAH {
				size = (int(h[1]) + 2) * 4
			}
			next = h[0]
			if !d.v.pass(size) {
				return d.short(size)
			}
		case protoFragment:
			h := d.v.data
			if len(h) < 8 {
				return d.short(8)
			}
			d.v.pass(8)
			next = h[0]
			if part := binary.BigEndian.Uint16(h[2:]); part&0xFFF9 != 0 { // an offset, or more fragments to come
				k := fragmentKey{d.src[0], d.src[1], binary.BigEndian.Uint32(h[4:]), 0}
				return d.fragment(k, next, int(part&0xFFF8), part&1 != 0, p, s)
			}
		default:
			return d.protocol(next, p, s)
		}
	}
}

// protocol goes on with what an IP packet carries.
func (d *Dissector) protocol(protocol byte, p *Packet, s *Segment) outcome {
	switch protocol {
	case protoTCP:
		return d.tcp(s)
	case protoUDP:
		return d.udp(p, s)
	case protoICMP, protoICMPv6:
		return isICMP
	case protoIPv4, protoIPv6:
		return d.ip(p, s)
	case protoGRE:
		return d.gre(p, s)
	}
	return isOtherIP
}
