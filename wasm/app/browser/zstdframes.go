package browser

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// maxWindow is how much memory a zstd file may ask for. The zstd program's own
// limit is the same, unless it is told otherwise.
const maxWindow = 128 << 20

// zstdFrames follows the frames of a zstd stream (RFC 8878, section 3) without
// unpacking them: to refuse those that ask for too much memory before anything
// is allocated for them, and to know whether the stream ends where a frame does,
// which the unpacking module does not tell.
type zstdFrames struct {
	offset int64  // bytes followed
	head   []byte // of the thing that is being read: a frame's or a block's header
	want   int    // how long it is, as far as is known
	skip   int64  // bytes of content to pass over before the next thing
	state  zstdState
	sum    bool // the frame ends with a checksum
}

type zstdState uint8

const (
	zstdMagic zstdState = iota // between frames
	zstdHeader
	zstdSkippable
	zstdBlock
)

// between says whether the stream could end here.
func (z *zstdFrames) between() bool {
	return z.state == zstdMagic && z.skip == 0 && len(z.head) == 0
}

func (z *zstdFrames) follow(b []byte) error {
	for len(b) > 0 {
		if z.skip > 0 {
			n := min(z.skip, int64(len(b)))
			z.skip -= n
			z.offset += n
			b = b[n:]
			continue
		}
		if z.want == 0 {
			z.want = z.first()
		}
		n := min(z.want-len(z.head), len(b))
		z.head = append(z.head, b[:n]...)
		z.offset += int64(n)
		b = b[n:]
		if len(z.head) == z.want {
			if err := z.step(); err != nil {
				return err
			}
		}
	}
	return nil
}

// first is how much of the next thing tells how long it is.
func (z *zstdFrames) first() int {
	switch z.state {
	case zstdBlock:
		return 3
	case zstdHeader:
		return 1
	}
	return 4
}

// step takes the thing in head, which is as long as was wanted.
func (z *zstdFrames) step() error {
	next := z.state
	switch z.state {
	case zstdMagic:
		switch magic := binary.LittleEndian.Uint32(z.head); {
		case magic == 0xFD2FB528:
			next = zstdHeader
		case magic&0xFFFFFFF0 == 0x184D2A50:
			next = zstdSkippable
		default:
			return errors.New("expected the start of a zstd frame at offset " + strconv.FormatInt(z.offset-4, 10) + ", found " + strconv.FormatUint(uint64(magic), 16))
		}
	case zstdSkippable:
		z.skip = int64(binary.LittleEndian.Uint32(z.head))
		next = zstdMagic
	case zstdHeader:
		d := z.head[0]
		if z.want = frameHeader(d); len(z.head) < z.want {
			return nil // now that its length is known, the rest of it
		}
		if w := window(z.head); w > maxWindow {
			return errors.New("a zstd frame that asks for a window of " + strconv.FormatUint(w, 10) + " bytes, at most " + strconv.Itoa(maxWindow) + " are given; unpack it with zstd --long=31")
		}
		z.sum = d&4 != 0
		next = zstdBlock
	case zstdBlock:
		h := uint32(z.head[0]) | uint32(z.head[1])<<8 | uint32(z.head[2])<<16
		z.skip = int64(h >> 3)
		if h>>1&3 == 1 { // one byte, repeated
			z.skip = 1
		}
		if h&1 != 0 { // the frame's last block
			if z.sum {
				z.skip += 4
			}
			next = zstdMagic
		}
	}
	z.state, z.head, z.want = next, z.head[:0], 0
	return nil
}

// frameHeader is the length of a frame's header after the magic number, by its
// first byte.
func frameHeader(d byte) int {
	n := 1 + [4]int{0, 1, 2, 4}[d&3] // the dictionary's number
	single := d&0x20 != 0
	if !single {
		n++ // the window
	}
	switch d >> 6 { // the content's size
	case 0:
		if single {
			n++
		}
	case 1:
		n += 2
	case 2:
		n += 4
	case 3:
		n += 8
	}
	return n
}

// window is the memory that unpacking a frame takes, by its header.
func window(head []byte) uint64 {
	d := head[0]
	if d&0x20 == 0 {
		base := uint64(1) << (10 + head[1]>>3)
		return base + base/8*uint64(head[1]&7)
	}
	size := head[1+[4]int{0, 1, 2, 4}[d&3]:]
	switch d >> 6 {
	case 0:
		return uint64(size[0])
	case 1:
		return uint64(binary.LittleEndian.Uint16(size)) + 256
	case 2:
		return uint64(binary.LittleEndian.Uint32(size))
	}
	return binary.LittleEndian.Uint64(size)
}
