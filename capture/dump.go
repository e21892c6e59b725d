package capture

import (
	"bytes"
	"io"
	"math"
)

const (
	// dumpRun is about how many bytes a run of a dump written as text has.
	dumpRun = 64 << 10
	// maxDumpLine bounds the lines of xxd and hexdump, maxDumpRow the bytes in
	// one of them.
	maxDumpLine = 64 << 10
	maxDumpRow  = 4 << 10
	// maxRepeated bounds, for a whole file, what lines with a * stand for: more
	// than any dump that is not made to fill a disk.
	maxRepeated = 4 << 30
)

// A DumpRun is a piece of a dump, decoded.
type DumpRun struct {
	Bytes  []byte // valid until the next run is read
	Offset int64  // of Bytes[0] in the dump, from 0
	// File and Skip say where Bytes[0] comes from: [ReadDumpAt] decodes from
	// File on, a digit or the start of a line in the unpacked file, and leaves
	// the first Skip bytes out. Byte i of the run is at File with Skip+i.
	File int64
	Skip int64
}

// A DumpReader reads a dump of a conversation's bytes: as they are, as hex
// digits, as xxd, hexdump -C or od write them, or as the forms in textdump.go.
//
// Plain hex is pairs of digits, with or without spaces, line breaks, colons,
// dashes, commas or semicolons between them; a line break, but no space, may also
// stand between the digits of a pair, and 0x or a quote before the first. In a list
// in brackets, as Rust prints it, a byte may have one digit.
//
// The offsets of xxd, hexdump and od must go up as the bytes do, from whatever the
// first is; at an offset of 0 another dump may begin, and goes on where the one
// before ended. In what tcpdump -x and -X write, lines that are no rows are passed
// over. A line * stands for the row before it, repeated up to the next
// offset. What follows the bytes in a line is not looked at.
type DumpReader struct {
	b     buffer
	kind  Kind
	line  int // of the line read last; for plain hex, of the digit read next
	begun bool
	err   error // after what is in out

	printed bool // plain hex: it is what Node prints of its Buffers, or Rust of lists
	paired  bool // the first of these lists has two digits for each byte

	total int64 // bytes given
	size  int   // about how many bytes a run has
	out   []byte
	from  int64 // where out begins in the file
	skip  int64

	// xxd and hexdump
	shift    int64  // what the dump's own offsets are ahead of total
	row      []byte // the last row with bytes
	rowAt    int64  // where its line begins
	rowNew   bool   // it is not yet in out
	star     bool   // a * came after it
	repeat   int64  // bytes of repeated rows still to give
	skipped  int64  // bytes of repeated rows given since row
	repeated int64  // in the whole file
	radix    int64  // xxd and od: of the offsets, 0 while that can't be told
	tcpdump  bool   // rows begin with 0x; any other line is a packet's heading

	// base64, lists and strings
	inside        bool // in a list or string
	open          bool // a bracket began the list
	quote         byte // that ends the string; 0 when the reading began inside it
	decimal, sure bool // in a list there were decimal numbers; and some that can't be hex digits
	before        int  // pieces of what is no list or string passed over
}

// NewDumpReader reads a dump of the kind from r, which stands at the start of
// an unpacked file.
func NewDumpReader(r io.Reader, kind Kind) *DumpReader {
	return newDumpReader(r, kind, bufferSize)
}

func newDumpReader(r io.Reader, kind Kind, size int) *DumpReader {
	d := &DumpReader{b: newBuffer(r, size), kind: kind, size: min(size, dumpRun)}
	switch kind {
	case KindBinary:
	case KindHex, KindBase64, KindByteList, KindByteString, KindString:
		d.line = 1
	case KindXXD, KindHexdump, KindOD:
	default:
		d.err = &FormatError{In: "dump", Expected: "a dump of bytes, binary or hex", Found: kind.String()}
	}
	return d
}

// Next reads the next run. At the end it returns io.EOF; all bytes before
// something wrong have been given then. An error is final.
func (r *DumpReader) Next(run *DumpRun) error {
	if !r.begun {
		r.begun = true
		if h := r.b.peek(len(bom)); r.kind != KindBinary && string(h) == string(bom) {
			r.b.pass(len(bom))
		}
		if r.kind == KindHex && !r.inside {
			if bytes.Contains(firstLine(r.b.peek(maxIntroduction)), nodeBuffer) {
				r.nextPrinted('>')
			} else if at := hexList(r.b.peek(peekSize)); at >= 0 {
				r.printed = true
				r.line += bytes.Count(r.b.peek(at), []byte("\n"))
				_, single, _ := hexItems(r.b.peek(peekSize)[at:])
				r.paired = !single
				r.b.pass(at + 1)
			}
		}
	}
	if r.kind == KindBinary {
		return r.nextBinary(run)
	}
	if r.out == nil {
		r.out = make([]byte, 0, r.size+maxDumpRow)
	}
	r.out = r.out[:0]
	switch r.kind {
	case KindHex:
		if r.err == nil {
			r.digits()
		}
	case KindXXD, KindHexdump, KindOD:
		r.rows()
	default:
		if r.err == nil {
			r.textual()
		}
	}
	if len(r.out) == 0 {
		return r.err
	}
	*run = DumpRun{Bytes: r.out, Offset: r.total, File: r.from, Skip: r.skip}
	r.total += int64(len(r.out))
	return nil
}

func (r *DumpReader) nextBinary(run *DumpRun) error {
	if len(r.b.peek(1)) == 0 {
		return r.b.err
	}
	p := r.b.rest()
	*run = DumpRun{Bytes: p, Offset: r.total, File: r.b.offset()}
	r.b.pass(len(p))
	r.total += int64(len(p))
	return nil
}

func (r *DumpReader) bad(start int64, at int, expected, found string) error {
	return &FormatError{In: r.kind.String(), Offset: start + int64(at), Line: r.line, Expected: expected, Found: found}
}

// pass leaves n bytes out of those that would come next; it tells how many it
// could pass over without decoding them.
func (r *DumpReader) pass(n int64) int64 {
	n = min(n, r.repeat)
	r.repeat -= n
	r.skipped += n
	r.total += n
	return n
}

// ReadDumpAt decodes part of a dump again: from the place of a [DumpRun] in the
// unpacked file f, without the first skip bytes. It fills dst as io.ReadFull
// does. For the digits in an event file the kind is KindHex and the place the
// event's File; for a piece of a follow export the place is its [FollowRun]'s.
func ReadDumpAt(f io.ReaderAt, kind Kind, file, skip int64, dst []byte) (int, error) {
	if kind == KindBinary {
		n, err := f.ReadAt(dst, file+skip)
		if n == len(dst) {
			err = nil
		}
		return n, err
	}
	// Little is read at a time: most messages are small.
	section := io.NewSectionReader(f, file, math.MaxInt64-file)
	if kind.Follow() {
		return readFollowAt(section, kind, skip, dst)
	}
	r := newDumpReader(section, kind, 16<<10)
	r.size = int(min(int64(r.size), skip+int64(len(dst)))) // and no more of it decoded than is asked for
	r.inside = true
	n := 0
	var run DumpRun
	for n < len(dst) {
		if skip > 0 {
			skip -= r.pass(skip)
		}
		if err := r.Next(&run); err != nil {
			if err == io.EOF && n > 0 {
				err = io.ErrUnexpectedEOF
			}
			return n, err
		}
		p := run.Bytes
		if skip > 0 {
			d := min(skip, int64(len(p)))
			p, skip = p[d:], skip-d
		}
		n += copy(dst[n:], p)
	}
	return n, nil
}
