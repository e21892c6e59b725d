package capture

import (
	"bytes"
	"io"
	"math"
	"strconv"
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

// digits decodes plain hex into out.
func (r *DumpReader) digits() {
	// The first digit of a pair waits in high when its second is not there yet.
	var high byte
	var highAt int64
	half := false
	single := false // the digit in high does not follow another
	after := false  // a digit was just read
read:
	for len(r.out) < r.size {
		in := r.b.rest()
		if len(in) < 2 { // what stands between two bytes needs the next one too
			in = r.b.peek(2)
		}
		if len(in) == 0 {
			r.err = r.b.err
			if half && r.err == io.EOF {
				r.err = &TruncatedError{In: r.kind.String(), Offset: highAt, Line: r.line, What: "a byte of 2 hex digits", Have: 1}
			}
			return
		}
		used := 0
		for _, c := range in {
			v := hexValue[c]
			switch {
			case v < 16 && half:
				r.out = append(r.out, high<<4|v)
				half, after = false, true
			case v < 16:
				high, highAt, half, single = v, r.b.offset()+int64(used), true, !after
				if len(r.out) == 0 {
					r.from, r.skip = highAt, 0
				}
			case half && single && (c == ',' || c == ']'): // a byte of a list, of one digit
				r.out = append(r.out, high)
				if half = false; c == ']' {
					r.b.pass(used)
					continue read
				}
			case c == '\n':
				r.line++
			case c == '\r' || isSpace(c) && !half:
			case (c == '>' || c == ']') && !half && (r.printed || r.inside):
				r.b.pass(used)
				if r.nextPrinted(c); r.err != nil || c == ']' && len(r.out) > 0 {
					return // what is read again from a list's middle does not know which is the next
				}
				continue read
			case !half && isBetween(c) && used > 0 && used+1 == len(in):
				r.b.pass(used)
				used = 0
				continue read
			case !half && isBetween(c) && used+1 < len(in) && (hexValue[in[used+1]] < 16 || isSpace(in[used+1])):
			case c == '[' && !half && !r.inside && r.total == 0 && len(r.out) == 0: // a list, with a slip in it
			case !half && !r.inside && opensHex(in[used:], int(r.total)+len(r.out)) == 1:
			case half && high == 0 && !r.inside && (c == 'x' || c == 'X') && r.total == 0 && len(r.out) == 0: // 0x
				half = false
			default:
				expected := "a hex digit"
				if half {
					expected = "the second hex digit of a byte"
				}
				r.b.pass(used)
				if c == '.' && !half && r.printed && r.leavesOut("buf.toString('hex')") {
					return
				}
				advice := ""
				if c == '*' {
					advice = "where it stands for rows left out, write the dump without that: od -v"
				}
				r.err = &FormatError{
					In: r.kind.String(), Offset: r.b.offset(), Line: r.line,
					Expected: expected, Found: quoted([]byte{c}), Advice: advice,
				}
				return
			}
			after = after && v < 16
			used++
			if len(r.out) == r.size {
				break
			}
		}
		r.b.pass(used)
	}
}

// nodeBuffer begins what Node prints of a Buffer, which > ends.
var nodeBuffer = []byte("<Buffer ")

// nextPrinted passes over what stands before the bytes of the next Buffer or list, by
// what ended the one before.
func (r *DumpReader) nextPrinted(end byte) {
	r.printed = true
	begin := nodeBuffer
	if end == ']' {
		begin = []byte("[")
	}
	for {
		p := r.see(len(begin))
		if len(p) == 0 {
			return
		}
		if bytes.HasPrefix(p, begin) && (end != ']' || r.goesOnIn(r.b.peek(peekSize))) {
			r.b.pass(len(begin))
			return
		}
		r.pass1(p[0])
	}
}

// goesOnIn says whether a list is one of bytes, too, written as the first was. Few
// numbers that can be decimal are something else.
func (r *DumpReader) goesOnIn(list []byte) bool {
	n, single, hex := hexItems(list)
	return (n >= 4 || hex) && !(r.paired && single)
}

// leavesOut says whether dots follow, where a program did not print all bytes, and
// makes them the error; whole prints them.
func (r *DumpReader) leavesOut(whole string) bool {
	const dots = "..."
	if string(r.b.peek(len(dots))) != dots {
		return false
	}
	r.err = &FormatError{In: r.kind.String(), Offset: r.b.offset(), Line: r.line, Expected: "all bytes",
		Found: `"...", which stands for bytes that were not printed`, Advice: "print them all: " + whole}
	return true
}

// rows decodes lines of xxd or hexdump into out.
func (r *DumpReader) rows() {
	for {
		if r.repeat > 0 {
			if len(r.out) == 0 {
				r.repeatRows()
			}
			return
		}
		if r.rowNew {
			if len(r.out) == 0 {
				r.from, r.skip = r.rowAt, 0
			}
			r.out = append(r.out, r.row...)
			r.rowNew = false
		}
		if len(r.out) >= r.size || r.err != nil {
			return
		}
		r.next()
	}
}

// repeatRows puts rows that a * stands for into out.
func (r *DumpReader) repeatRows() {
	n := int64(r.size / len(r.row) * len(r.row))
	n = min(max(n, int64(len(r.row))), r.repeat)
	// The offsets of rows are multiples of a row here.
	r.from, r.skip = r.rowAt, int64(len(r.row))+r.skipped
	for at := int(r.skip % int64(len(r.row))); int64(len(r.out)) < n; at = 0 {
		r.out = append(r.out, r.row[at:]...)
	}
	r.out = r.out[:n]
	r.skipped += n
	r.repeat -= n
}

// next reads one line: into row, star, repeat or err.
func (r *DumpReader) next() {
	start := r.b.offset()
	r.line++
	line, end := r.b.line(maxDumpLine)
	switch end {
	case lineLong:
		r.err = r.bad(start, 0, "a line of at most "+strconv.Itoa(maxDumpLine)+" bytes", "a longer one")
		return
	case lineAtEnd:
		if r.err = r.b.err; r.err != io.EOF {
			return // what there is of the line may not be all of it
		}
	}
	for len(line) > 0 && isSpace(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	if len(line) == 0 {
		if r.err == io.EOF && r.star {
			r.err = &TruncatedError{In: r.kind.String(), Offset: start, Line: r.line, What: "a line with an offset after *"}
		}
		return
	}
	if len(line) == 1 && line[0] == '*' {
		switch {
		case len(r.row) == 0:
			r.err = r.bad(start, 0, "a row before *", "none")
		case r.err == io.EOF:
			r.err = &TruncatedError{In: r.kind.String(), Offset: start, Line: r.line, What: "a line with an offset after *"}
		}
		r.star = true
		return
	}
	if row, ok := bytes.CutPrefix(bytes.TrimLeft(line, " \t"), hexPrefix); ok && r.kind == KindXXD {
		line, r.tcpdump, r.radix = row, true, 16
	} else if r.tcpdump {
		return
	}
	// The dump's own offset.
	n := hexDigits(line)
	if n == 0 || n > 16 || n == 16 && line[0] != '0' {
		r.err = r.bad(start, 0, "an offset in hex digits", quoted(line))
		return
	}
	given := r.total + int64(len(r.out))
	offset := r.parseOffset(line[:n], given)
	if given == 0 {
		r.shift = offset
	}
	want := r.shift + given
	// Read again from a line in the middle, offsets may be in any base. They
	// were checked when they were read first, and nothing beyond the rows that a *
	// stands for is asked for.
	again := r.inside && r.kind != KindHexdump
	if again && !r.star {
		want = offset
	}
	switch {
	case r.star:
		gap := offset - want
		if again {
			gap = (maxRepeated - r.repeated) / int64(len(r.row)) * int64(len(r.row))
		}
		if gap <= 0 || gap%int64(len(r.row)) != 0 {
			r.err = r.bad(start, 0, "after * an offset that is some rows of "+strconv.Itoa(len(r.row))+" bytes beyond "+hexOffset(want), string(line[:n]))
			return
		}
		if gap > maxRepeated-r.repeated {
			r.err = r.bad(start, 0, "at most "+strconv.Itoa(maxRepeated)+" bytes of repeated rows", hexOffset(gap)+" in hex, in this place")
			return
		}
		r.star = false
		r.repeated += gap
		r.repeat, r.skipped = gap, 0
	case offset != want && offset == 0:
		r.shift = -given // another dump
	case offset != want:
		r.err = r.bad(start, 0, "the offset "+hexOffset(want), string(line[:n]))
		return
	}
	if r.repeat > 0 && n < len(line) {
		// The row that is repeated is still needed: this one comes again.
		r.line--
		r.b.pos -= int(r.b.offset() - start)
		if r.err == io.EOF {
			r.err = nil
		}
		return
	}
	if n == len(line) { // the last line of hexdump
		return
	}
	row := r.row[:0]
	i := n
	if r.kind == KindXXD {
		if line[i] != ':' {
			r.err = r.bad(start, i, "a colon after the offset", quoted(line[i:]))
			return
		}
		i++
	}
	row, i, ok := parseRow(row, line, i, r.kind)
	if !ok {
		r.err = r.bad(start, i, "bytes of two hex digits", quoted(line[i:]))
		return
	}
	if len(row) == 0 {
		r.err = r.bad(start, i, "bytes after the offset", "none")
		return
	}
	if len(row) > maxDumpRow {
		r.err = r.bad(start, n, "at most "+strconv.Itoa(maxDumpRow)+" bytes in a line", strconv.Itoa(len(row)))
		return
	}
	r.row, r.rowAt, r.rowNew = row, start, true
}

// parseOffset is an offset of the dump's own. Those of xxd may be in two bases,
// those of od in three; the first that can be only one of them tells.
func (r *DumpReader) parseOffset(digits []byte, given int64) int64 {
	radix := int64(16)
	if r.kind != KindHexdump {
		if radix = r.radix; radix == 0 {
			found := 0
			bases := []int64{16, 10} // xxd, xxd -d
			if r.kind == KindOD {
				bases = []int64{16, 8, 10}
			}
			for _, base := range bases {
				if n, ok := inBase(digits, base); ok && n == r.shift+given {
					radix = base
					found++
				}
			}
			switch found {
			case 0:
				radix = 16
			case 1:
				r.radix = radix
			}
		}
	}
	n, ok := inBase(digits, radix)
	if !ok {
		return -1 // which is not what is expected
	}
	return n
}

// inBase is a number of up to 15 digits, and a zero before them.
func inBase(digits []byte, base int64) (n int64, ok bool) {
	for _, c := range digits {
		v := int64(hexValue[c])
		if v >= base {
			return 0, false
		}
		n = n*base + v
	}
	return n, true
}

// parseRow decodes the bytes of a line from i on.
func parseRow(row, line []byte, i int, kind Kind) ([]byte, int, bool) {
	if kind == KindHexdump {
		// Single bytes, up to the column of text in bars.
		for i < len(line) {
			switch {
			case line[i] == ' ':
				i++
			case line[i] == '|':
				return row, i, true
			default:
				if hexDigits(line[i:]) != 2 || i+2 < len(line) && line[i+2] != ' ' {
					return row, i, false
				}
				row = append(row, hexValue[line[i]]<<4|hexValue[line[i+1]])
				i += 2
			}
		}
		return row, i, true
	}
	if kind == KindOD {
		// Single bytes with one space between them, two or more before the text,
		// but in Format-Hex, which writes offsets of 16 digits and rows of 16 bytes.
		formatHex := i == 16
		for i < len(line) && line[i] == ' ' {
			i++
		}
		for {
			if hexDigits(line[i:]) != 2 {
				return row, i, false
			}
			row = append(row, hexValue[line[i]]<<4|hexValue[line[i+1]])
			i += 2
			if i == len(line) || i+1 < len(line) && line[i] == ' ' && (line[i+1] == ' ' || formatHex && len(row) == 16) {
				return row, i, true
			}
			if line[i] != ' ' {
				return row, i, false
			}
			i++
		}
	}
	// Groups of bytes with one space between them, two before the text: the
	// text may look like anything.
	for i < len(line) && line[i] == ' ' {
		i++
	}
	for {
		n := hexDigits(line[i:])
		if n == 0 || n%2 != 0 {
			return row, i, false
		}
		for end := i + n; i < end; i += 2 {
			row = append(row, hexValue[line[i]]<<4|hexValue[line[i+1]])
		}
		if i == len(line) || i+1 < len(line) && line[i] == ' ' && line[i+1] == ' ' {
			return row, i, true
		}
		if line[i] != ' ' {
			return row, i, false
		}
		i++
	}
}

func (r *DumpReader) bad(start int64, at int, expected, found string) error {
	return &FormatError{In: r.kind.String(), Offset: start + int64(at), Line: r.line, Expected: expected, Found: found}
}

// hexOffset is an offset as dumps write it.
func hexOffset(n int64) string {
	s := strconv.FormatUint(uint64(n), 16)
	for len(s) < 8 {
		s = "0" + s
	}
	return s
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
