package capture

import "encoding/binary"

// The link types that are read (tcpdump.org/linktypes.html).
const (
	linkNull     = 0
	linkEthernet = 1
	linkPPP      = 9
	linkRaw12    = 12 // raw IP, as some systems number it
	linkRaw14    = 14
	linkPPPHDLC  = 50
	linkRaw      = 101
	linkCHDLC    = 104
	linkLoop     = 108
	linkSLL      = 113
	linkIPv4     = 228
	linkIPv6     = 229
	linkSLL2     = 276
)

// The EtherTypes that matter.
const (
	etherIPv4   = 0x0800
	etherARP    = 0x0806
	etherVLAN   = 0x8100
	etherIPv6   = 0x86DD
	etherMPLS   = 0x8847
	etherMPLSUp = 0x8848 // with an upstream label
	etherPPPoE  = 0x8864 // session stage
	etherQinQ   = 0x88A8
	etherQinQ91 = 0x9100 // what came before 0x88A8
)

// link passes over a link layer's header and goes on with what it carries.
func (d *Dissector) link(p *Packet, s *Segment) outcome {
	switch p.Link {
	case linkEthernet:
		return d.ethernet(p, s)
	case linkSLL:
		return d.after(16, 14, p, s)
	case linkSLL2:
		return d.after(20, 0, p, s)
	case linkCHDLC:
		return d.after(4, 2, p, s)
	case linkNull, linkLoop:
		// Four bytes that name the address family: in the byte order of the
		// machine, or in network order. BSDs number IPv6 differently, so the
		// IP version decides, and the family must only be one.
		h := d.v.data
		if len(h) < 4 {
			return d.short(4)
		}
		family := binary.LittleEndian.Uint32(h)
		if family > 0xFFFF {
			family = binary.BigEndian.Uint32(h)
		}
		d.v.pass(4)
		switch family {
		case 2, 10, 24, 28, 30:
			return d.ip(p, s)
		}
		return isOtherLink
	case linkPPP, linkPPPHDLC:
		return d.ppp(p, s)
	case linkRaw, linkRaw12, linkRaw14, linkIPv4, linkIPv6:
		return d.ip(p, s)
	}
	return isUnread
}

// short is the outcome for a header of which fewer than n bytes are there.
func (d *Dissector) short(n int) outcome {
	if d.v.full >= n {
		return isCut
	}
	return isBad
}

// after passes over a header of n bytes that has an EtherType at the offset.
func (d *Dissector) after(n, offset int, p *Packet, s *Segment) outcome {
	h := d.v.data
	if len(h) < n {
		return d.short(n)
	}
	d.v.pass(n)
	return d.ether(binary.BigEndian.Uint16(h[offset:]), p, s)
}

func (d *Dissector) ethernet(p *Packet, s *Segment) outcome {
	h := d.v.data
	if len(h) < 14 {
		return d.short(14)
	}
	d.v.pass(14)
	kind := binary.BigEndian.Uint16(h[12:])
	if kind <= 1500 {
		// A length (IEEE 802.3). With an LLC and SNAP header, an EtherType
		// follows; anything else carries no IP.
		h = d.v.data
		if len(h) < 8 {
			return d.short(8)
		}
		if [6]byte(h) != [6]byte{0xAA, 0xAA, 3, 0, 0, 0} {
			return isOtherLink
		}
		d.v.pass(8)
		kind = binary.BigEndian.Uint16(h[6:])
	}
	return d.ether(kind, p, s)
}

// ether goes on with what an EtherType names, under any number of VLAN tags.
func (d *Dissector) ether(kind uint16, p *Packet, s *Segment) outcome {
	for {
		switch kind {
		case etherIPv4, etherIPv6:
			return d.ip(p, s)
		case etherVLAN, etherQinQ, etherQinQ91:
			h := d.v.data
			if len(h) < 4 {
				return d.short(4)
			}
			d.v.pass(4)
			kind = binary.BigEndian.Uint16(h[2:])
		case etherMPLS, etherMPLSUp:
			for {
				h := d.v.data
				if len(h) < 4 {
					return d.short(4)
				}
				d.v.pass(4)
				if h[2]&1 != 0 { // the last label
					return d.ip(p, s)
				}
			}
		case etherPPPoE:
			// RFC 2516: version and type, code, session, length.
			h := d.v.data
			if len(h) < 6 {
				return d.short(6)
			}
			size := int(binary.BigEndian.Uint16(h[4:]))
			if h[0] != 0x11 || h[1] != 0 {
				return isOtherLink
			}
			d.v.pass(6)
			if size < d.v.full {
				d.v.limit(size)
			}
			return d.ppp(p, s)
		case etherARP:
			return isARP
		default:
			return isOtherLink
		}
	}
}

// ppp reads the protocol number of a PPP frame (RFC 1661, section 2), behind
// the address and control of HDLC where they are there.
func (d *Dissector) ppp(p *Packet, s *Segment) outcome {
	if h := d.v.data; len(h) >= 2 && h[0] == 0xFF && h[1] == 0x03 {
		d.v.pass(2)
	}
	h := d.v.data
	if len(h) < 2 {
		return d.short(2)
	}
	protocol := uint16(h[0])
	if protocol&1 != 0 { // compressed to one byte
		d.v.pass(1)
	} else {
		protocol = binary.BigEndian.Uint16(h)
		d.v.pass(2)
	}
	switch protocol {
	case 0x21, 0x57:
		return d.ip(p, s)
	}
	return isOtherLink
}
