package capture

import (
	"encoding/binary"
	"io"
	"strconv"
)

// The blocks of pcapng that matter (draft-ietf-opsawg-pcapng, section 4); all
// others are passed over.
const (
	blockSection   = 0x0A0D0D0A // the same in both byte orders
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6

	// These carry no packets, but Wireshark numbers them as if they did, and
	// the number is what people look a packet up by.
	blockJournal    = 9
	blockCustom     = 0x00000BAD
	blockCustomOnly = 0x40000BAD // not to be copied
)

const byteOrderMagic = 0x1A2B3C4D

// The options of an interface that matter, and the end of the options.
const (
	optEnd        = 0
	optTSResol    = 9
	optTSOffset   = 14
	maxInterfaces = 1 << 16 // of one section
	// maxBlock bounds the blocks that are read whole: a packet with its
	// options, an interface with its.
	maxBlock = 1 << 20
)

// An iface is what packets need to know of the interface they were seen on.
type iface struct {
	link    uint32
	snaplen uint32 // 0: no limit
	clock   clock
}

// nextPCAPNG reads blocks until one holds a packet, or another kind of file begins.
func (r *PacketReader) nextPCAPNG(p *Packet) error {
	for {
		h := r.b.peek(12)
		if len(h) == 0 && r.b.err == io.EOF {
			if !r.begun {
				return r.short("a section header block", 0, 28, 0)
			}
			return io.EOF
		}
		if len(h) < 12 {
			return r.short("a block", 0, 12, int64(len(h)))
		}
		if r.begun && r.kind == KindPCAPNG && isPCAP(h) && pcapVersion(h) {
			r.kind, r.begun = KindPCAP, false // another file, joined to its end
			return nil
		}
		if binary.LittleEndian.Uint32(h) == blockSection {
			// A new section: its own byte order, its own interfaces.
			switch {
			case binary.BigEndian.Uint32(h[8:]) == byteOrderMagic:
				r.big = true
			case binary.LittleEndian.Uint32(h[8:]) == byteOrderMagic:
				r.big = false
			default:
				return r.bad(8, "the byte-order magic of a section, 1A 2B 3C 4D or its reverse", hexOf(h[8:12]))
			}
			r.begun = true
			r.interfaces = r.interfaces[:0]
		} else if !r.begun {
			return r.bad(0, "a section header block, 0A 0D 0D 0A", hexOf(h[:4]))
		}
		kind, size := r.u32(h), int64(r.u32(h[4:]))
		if size < 12 || size%4 != 0 {
			return r.bad(4, "the length of a block, a multiple of 4 and at least 12", lengthOf(size))
		}
		switch kind {
		case blockInterface, blockPacket, blockSimple, blockEnhanced:
			if size > maxBlock {
				return r.bad(4, "a block of at most "+strconv.Itoa(maxBlock)+" bytes", lengthOf(size))
			}
			block := r.b.peek(int(size))
			if int64(len(block)) < size {
				return r.short("a block", 0, size, int64(len(block)))
			}
			if again := int64(r.u32(block[size-4:])); again != size {
				return r.bad(int(size-4), "the block's length again, "+strconv.FormatInt(size, 10), strconv.FormatInt(again, 10))
			}
			found, err := r.block(kind, block, p)
			if err != nil {
				return err
			}
			r.b.pass(int(size))
			if found {
				return nil
			}
		default:
			if kind == blockSection {
				if size < 28 {
					return r.bad(4, "the length of a section header, at least 28 bytes", lengthOf(size))
				}
				sh := r.b.peek(16)
				if len(sh) == 16 && r.u16(sh[12:]) != 1 {
					return r.bad(12, "version 1 of the format", "version "+strconv.Itoa(int(r.u16(sh[12:]))))
				}
			}
			if err := r.passBlock(size); err != nil {
				return err
			}
			switch kind {
			case blockJournal, blockCustom, blockCustomOnly:
				r.number++
			}
		}
	}
}

// passBlock passes over a block that does not matter, of whatever length.
func (r *PacketReader) passBlock(size int64) error {
	start := r.b.offset()
	have := r.b.skip(size - 4)
	last := r.b.peek(4)
	have += int64(len(last))
	if have < size {
		return r.short("a block", int(start-r.b.offset()), size, have)
	}
	if again := int64(r.u32(last)); again != size {
		return r.bad(0, "the block's length again, "+strconv.FormatInt(size, 10), strconv.FormatInt(again, 10))
	}
	r.b.pass(4)
	return nil
}

// block reads one whole block and tells whether it held a packet.
func (r *PacketReader) block(kind uint32, block []byte, p *Packet) (bool, error) {
	body := block[8 : len(block)-4]
	var ordinal uint32
	var head int // bytes of the body before the packet
	var size, original uint32
	var ticks uint64
	switch kind {
	case blockInterface:
		return false, r.describe(body)
	case blockSimple:
		head = 4
		if len(body) < head {
			return false, r.bad(4, "a simple packet block of at least 16 bytes", lengthOf(int64(len(block))))
		}
	default: // the enhanced and the obsolete one have the same length
		head = 20
		if len(body) < head {
			return false, r.bad(4, "a packet block of at least 32 bytes", lengthOf(int64(len(block))))
		}
		if kind == blockEnhanced {
			ordinal = r.u32(body)
		} else {
			ordinal = uint32(r.u16(body))
		}
	}
	if int64(ordinal) >= int64(len(r.interfaces)) {
		return false, r.bad(8, "a packet of one of the "+strconv.Itoa(len(r.interfaces))+" interfaces described so far",
			"interface "+strconv.FormatUint(uint64(ordinal), 10))
	}
	in := &r.interfaces[ordinal]
	if kind == blockSimple {
		original = r.u32(body)
		size = original
		if in.snaplen != 0 && size > in.snaplen {
			size = in.snaplen
		}
		if room := uint32(len(body) - head); size > room {
			size = room
		}
	} else {
		ticks = uint64(r.u32(body[4:]))<<32 | uint64(r.u32(body[8:]))
		size, original = r.u32(body[12:]), r.u32(body[16:])
	}
	if int64(size) > int64(len(body)-head) {
		return false, r.bad(20, "a packet that fits its block, at most "+strconv.Itoa(len(body)-head)+" bytes", lengthOf(int64(size)))
	}
	if size > MaxPacket {
		return false, r.bad(20, "the length of a packet, at most "+strconv.Itoa(MaxPacket)+" bytes", lengthOf(int64(size)))
	}
	r.number++
	p.Number = r.number
	p.Time = NoTime
	if kind != blockSimple {
		p.Time = in.clock.time(ticks)
	}
	p.File = r.b.offset() + 8 + int64(head)
	p.Link = in.link
	p.Interface = ordinal
	p.Data = body[head : head+int(size) : head+int(size)]
	p.Original = int64(original)
	return true, nil
}

// describe reads an interface description block.
func (r *PacketReader) describe(body []byte) error {
	if len(body) < 8 {
		return r.bad(4, "an interface description of at least 20 bytes", lengthOf(int64(len(body))+12))
	}
	if len(r.interfaces) == maxInterfaces {
		return r.bad(0, "at most "+strconv.Itoa(maxInterfaces)+" interfaces in a section", "one more")
	}
	in := iface{link: uint32(r.u16(body)), snaplen: r.u32(body[4:]), clock: microseconds}
	for opts := body[8:]; len(opts) >= 4; {
		code, size := r.u16(opts), int(r.u16(opts[2:]))
		if code == optEnd {
			break
		}
		opts = opts[4:]
		if size > len(opts) {
			return r.bad(8+len(body)-len(opts)-2, "an option that fits its block, at most "+strconv.Itoa(len(opts))+" bytes", lengthOf(int64(size)))
		}
		switch {
		case code == optTSResol && size >= 1:
			in.clock.exp, in.clock.binary = opts[0]&0x7F, opts[0]&0x80 != 0
		case code == optTSOffset && size >= 8:
			in.clock.offset = int64(r.u64(opts))
		}
		padded := (size + 3) &^ 3
		if padded > len(opts) {
			break
		}
		opts = opts[padded:]
	}
	r.interfaces = append(r.interfaces, in)
	return nil
}
