package capture

import (
	"bytes"
	"io"
	"strconv"
)

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
			r.err = r.endsInStar(start)
		}
		return
	}
	if len(line) == 1 && line[0] == '*' {
		switch {
		case len(r.row) == 0:
			r.err = r.bad(start, 0, "a row before *", "none")
		case r.err == io.EOF:
			r.err = r.endsInStar(start)
		}
		r.star = true
		return
	}
	if row, ok := bytes.CutPrefix(bytes.TrimLeft(line, " \t"), hexPrefix); ok && r.kind == KindXXD {
		line, r.tcpdump, r.radix = row, true, 16
	} else if r.tcpdump {
		return
	}
	n := hexDigits(line)
	if n == 0 || n > 16 || n == 16 && line[0] != '0' {
		r.err = r.bad(start, 0, "an offset in hex digits", quoted(line))
		return
	}
	if !r.takeOffset(start, line[:n]) {
		return
	}
	switch {
	case r.repeat > 0 && n < len(line):
		// The row that is repeated is still needed: this one comes again.
		r.line--
		r.b.pos -= int(r.b.offset() - start)
		if r.err == io.EOF {
			r.err = nil
		}
	case n == len(line): // the last line of hexdump
	default:
		r.takeRow(start, line, n)
	}
}

// endsInStar is the error of a dump that ends with a *, in a line that begins at
// start.
func (r *DumpReader) endsInStar(start int64) error {
	return &TruncatedError{In: r.kind.String(), Offset: start, Line: r.line, What: "a line with an offset after *"}
}

// takeOffset takes the dump's own offset, of a line that begins at start: it must be
// what is expected, or tells how often a row is repeated, or that another dump
// begins.
func (r *DumpReader) takeOffset(start int64, digits []byte) bool {
	given := r.total + int64(len(r.out))
	offset := r.parseOffset(digits, given)
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
			r.err = r.bad(start, 0, "after * an offset that is some rows of "+strconv.Itoa(len(r.row))+" bytes beyond "+hexOffset(want), string(digits))
			return false
		}
		if gap > maxRepeated-r.repeated {
			r.err = r.bad(start, 0, "at most "+strconv.Itoa(maxRepeated)+" bytes of repeated rows", hexOffset(gap)+" in hex, in this place")
			return false
		}
		r.star = false
		r.repeated += gap
		r.repeat, r.skipped = gap, 0
	case offset != want && offset == 0:
		r.shift = -given // another dump
	case offset != want:
		r.err = r.bad(start, 0, "the offset "+hexOffset(want), string(digits))
		return false
	}
	return true
}

// takeRow takes the bytes of a line that begins at start, from i on, behind the
// offset.
func (r *DumpReader) takeRow(start int64, line []byte, i int) {
	behind := i
	if r.kind == KindXXD {
		if line[i] != ':' {
			r.err = r.bad(start, i, "a colon after the offset", quoted(line[i:]))
			return
		}
		i++
	}
	row, i, ok := parseRow(r.row[:0], line, i, r.kind)
	switch {
	case !ok:
		r.err = r.bad(start, i, "bytes of two hex digits", quoted(line[i:]))
	case len(row) == 0:
		r.err = r.bad(start, i, "bytes after the offset", "none")
	case len(row) > maxDumpRow:
		r.err = r.bad(start, behind, "at most "+strconv.Itoa(maxDumpRow)+" bytes in a line", strconv.Itoa(len(row)))
	default:
		r.row, r.rowAt, r.rowNew = row, start, true
	}
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

// parseRow appends the bytes of a line from i on to row. It gives where it ended, and
// whether the line was right up to there.
func parseRow(row, line []byte, i int, kind Kind) ([]byte, int, bool) {
	switch kind {
	case KindHexdump:
		return parseHexdump(row, line, i)
	case KindOD:
		return parseOD(row, line, i)
	}
	return parseXXD(row, line, i)
}

// parseHexdump is parseRow for single bytes, up to the column of text in bars.
func parseHexdump(row, line []byte, i int) ([]byte, int, bool) {
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

// parseOD is parseRow for single bytes with one space between them, two or more
// before the text, but in Format-Hex, which writes offsets of 16 digits and rows of
// 16 bytes.
func parseOD(row, line []byte, i int) ([]byte, int, bool) {
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

// parseXXD is parseRow for groups of bytes with one space between them, two before
// the text: the text may look like anything.
func parseXXD(row, line []byte, i int) ([]byte, int, bool) {
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

// hexOffset is an offset as dumps write it.
func hexOffset(n int64) string {
	s := strconv.FormatUint(uint64(n), 16)
	for len(s) < 8 {
		s = "0" + s
	}
	return s
}
