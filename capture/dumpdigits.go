package capture

import (
	"bytes"
	"io"
)

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
