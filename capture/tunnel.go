package capture

import "encoding/binary"

const (
	etherTEB     = 0x6558 // an Ethernet frame
	etherERSPAN2 = 0x88BE
	etherERSPAN3 = 0x22EB
	etherPPTP    = 0x880B // PPP in the GRE of PPTP
)

// The UDP ports of tunnels.
const (
	portVXLAN      = 4789
	portVXLANLinux = 8472 // what Linux took before there was a number
	portGeneve     = 6081
)

// gre goes on with what generic routing encapsulation carries (RFC 2784, 2890;
// PPTP's variety RFC 2637).
func (d *Dissector) gre(p *Packet, s *Segment) outcome {
	h := d.v.data
	if len(h) < 4 {
		return d.short(4)
	}
	flags, kind := binary.BigEndian.Uint16(h), binary.BigEndian.Uint16(h[2:])
	const checksum, routing, key, sequence, acknowledge = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
	size := 4
	switch {
	case flags&7 == 1 && kind == etherPPTP:
		size = 8 // with the length and the call
		if flags&acknowledge != 0 {
			size += 4
		}
	case flags&7 != 0 || flags&routing != 0:
		return isOtherIP
	default:
		if flags&checksum != 0 {
			size += 4
		}
		if flags&key != 0 {
			size += 4
		}
	}
	if flags&sequence != 0 {
		size += 4
	}
	if !d.v.pass(size) {
		return d.short(size)
	}
	switch kind {
	case etherPPTP:
		return d.ppp(p, s)
	case etherTEB:
		return d.ethernet(p, s)
	case etherERSPAN2:
		// Type I has neither a sequence number nor a header of its own.
		if flags&sequence != 0 && !d.v.pass(8) {
			return d.short(8)
		}
		return d.ethernet(p, s)
	case etherERSPAN3:
		h := d.v.data
		if len(h) < 12 {
			return d.short(12)
		}
		size := 12
		if h[11]&1 != 0 { // a subheader of the platform
			size += 8
		}
		if !d.v.pass(size) {
			return d.short(size)
		}
		return d.ethernet(p, s)
	}
	return d.ether(kind, p, s)
}

// udp looks for a tunnel in a UDP datagram, by its destination port.
func (d *Dissector) udp(p *Packet, s *Segment) outcome {
	h := d.v.data
	if len(h) < 8 {
		return d.short(8)
	}
	port, size := binary.BigEndian.Uint16(h[2:]), int(binary.BigEndian.Uint16(h[4:]))
	if port != portVXLAN && port != portVXLANLinux && port != portGeneve {
		return isUDP
	}
	if size >= 8 && size < d.v.full {
		d.v.limit(size)
	}
	d.v.pass(8)
	h = d.v.data
	if len(h) < 8 {
		return isUDP
	}
	if port == portGeneve { // RFC 8926: version 0, options in words of 4 bytes
		if h[0]&0xC0 != 0 || !d.v.pass(8+int(h[0]&0x3F)*4) {
			return isUDP
		}
		if kind := binary.BigEndian.Uint16(h[2:]); kind != etherTEB {
			return d.ether(kind, p, s)
		}
		return d.ethernet(p, s)
	}
	if h[0]&8 == 0 { // RFC 7348: without a network number it is none
		return isUDP
	}
	d.v.pass(8)
	return d.ethernet(p, s)
}
