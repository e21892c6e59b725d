package capture

import (
	"bytes"
	"io"
	"strconv"
)

// The forms of a dump that programs and people write as text, beside those in
// dump.go. Each is read character by character, so that a line may be as long as
// it likes, and each run begins where a byte begins, so that it can be read
// again from there.

// maxIntroduction bounds what may stand before the bytes of a list or a string:
// the line of code that names it.
const maxIntroduction = 4 << 10

// maxToken bounds a byte of a list, with its suffix.
const maxToken = 16

// gdbPrompt ends what gdb prints.
const gdbPrompt = "(gdb)"

// maxAddress bounds what stands before the bytes in a line of gdb's.
const maxAddress = 512

// textual decodes into out, by the kind.
func (r *DumpReader) textual() {
	for len(r.out) < r.size && r.err == nil {
		switch r.kind {
		case KindBase64:
			if !r.base64() {
				return
			}
		case KindByteList:
			if !r.list() {
				return
			}
		default:
			if !r.quotedBytes() {
				return
			}
		}
	}
}

// at notes where the first byte of out comes from.
func (r *DumpReader) at(offset int64) {
	if len(r.out) == 0 {
		r.from, r.skip = offset, 0
	}
}

// see shows the next n bytes, or as many as there are; none at the end, which
// goes to err.
func (r *DumpReader) see(n int) []byte {
	p := r.b.peek(n)
	if len(p) == 0 {
		r.err = r.b.err
	}
	return p
}

// pass1 passes over one character.
func (r *DumpReader) pass1(c byte) {
	if c == '\n' {
		r.line++
	}
	r.b.pass(1)
}

func (r *DumpReader) wrong(expected string, found []byte) {
	r.err = &FormatError{In: r.kind.String(), Offset: r.b.offset(), Line: r.line, Expected: expected, Found: quoted(found[:min(len(found), 1)])}
}

// cut is the error for a file that ends inside something.
func (r *DumpReader) cut(what string, have int) {
	if r.b.err != io.EOF {
		r.err = r.b.err
		return
	}
	r.err = &TruncatedError{In: r.kind.String(), Offset: r.b.offset(), Line: r.line, What: what, Have: int64(have)}
}

// base64 decodes four digits, white space between them or not.
func (r *DumpReader) base64() bool {
	var digits [4]byte
	n := 0
	first := r.b.offset()
	for n < 4 {
		p := r.see(1)
		if len(p) == 0 {
			if n == 1 {
				r.cut("4 digits of base64", n)
			} else if n > 1 && r.err == io.EOF { // padding left out
				r.at(first)
				r.out = appendQuantum(r.out, quantumOf(digits[:n]))
			}
			return false
		}
		c := p[0]
		switch {
		case isSpace(c):
			r.pass1(c)
			continue
		case c == '=' && n >= 2, base64Value[c] < 64 && (n == 0 || digits[n-1] != '='):
		default:
			r.wrong("a digit of base64", p)
			return false
		}
		if n == 0 {
			first = r.b.offset()
		}
		digits[n] = c
		n++
		r.b.pass(1)
	}
	r.at(first)
	r.out = appendQuantum(r.out, quantumOf(digits[:]))
	return true
}

func quantumOf(digits []byte) (q [4]byte) {
	q = [4]byte{64, 64, 64, 64}
	for i, c := range digits {
		q[i] = min(base64Value[c], 64) // = is padding
	}
	return q
}

// list decodes the next byte of a list, as 0x1F or, in brackets, as a decimal
// number. What stands before the brackets, between two lists and after them is
// code that is none of ours.
func (r *DumpReader) list() bool {
	p := r.see(1)
	if len(p) == 0 {
		if r.inside && r.open && r.err == io.EOF {
			r.cut("the bracket that ends the list", 0)
		}
		return false
	}
	c := p[0]
	switch {
	case isSpace(c):
		r.pass1(c)
		return true
	case c == '/':
		return r.codeComment()
	case r.inside && (c == ',' || c == ';' || c == '(' && r.cast()):
		r.b.pass(1)
		return true
	case r.inside && (c == '}' || c == ']' || c == ')' || c == '>' || string(r.b.peek(len(gdbPrompt))) == gdbPrompt):
		r.b.pass(1)
		r.inside, r.open, r.before = false, false, 0
		return len(r.out) == 0 // a run does not go beyond its list
	}
	token := r.b.peek(maxToken)
	v, n := parseByteToken(token)
	hex := n > 2 && (token[1] == 'x' || token[1] == 'X')
	if !r.inside {
		// A list begins with its bracket, or with 0x where there is none.
		switch {
		case c == '[' || c == '{' || c == '<' && len(token) > 1 && (token[1] == '<' || r.open): // <<0, 20>> is Erlang's
			r.b.pass(1)
			r.open = true
		case hex || n > 0 && r.open && r.goesOn(token[n:]):
			r.inside = true
		default:
			if r.before++; r.total+int64(len(r.out)) == 0 && r.before > maxIntroduction {
				r.wrong("a list of bytes as 0x00, 0x01", p)
				return false
			}
			if isDigit(c) || isLetter(c) {
				for n = 0; n < len(token) && (isDigit(token[n]) || isLetter(token[n])); n++ {
				}
				r.b.pass(max(n, 1))
			} else {
				r.b.pass(1)
			}
			r.open = false
		}
		return true
	}
	if n == 0 {
		if n = addressOf(r.b.peek(maxAddress)); n > 0 {
			r.b.pass(n)
			return true
		}
		if directive := ".byte"; string(r.b.peek(len(directive))) == directive { // an assembler's next line
			r.b.pass(len(directive))
			return true
		}
		if !r.leavesOut("limit: :infinity in Elixir, maxArrayLength: null in Node") {
			r.wrong("a byte as 0x00 or 0 to 255", p)
		}
		return false
	}
	r.decimal = r.decimal || !hex
	r.sure = r.sure || hex || c == '-' || v > 99
	r.at(r.b.offset())
	r.out = append(r.out, v)
	r.b.pass(n)
	return true
}

// Doubtful says whether a list was read whose numbers could be hex digits as well:
// none of them has a sign, three digits or 0x. They were taken to be decimal.
func (r *DumpReader) Doubtful() bool { return r.decimal && !r.sure }

// addressOf is how long the address is, with a symbol as <buf+8> and its colon, that
// stands before the bytes of a line of gdb's x/8xb; 0 when there is none.
func addressOf(text []byte) int {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	digits, hex := bytes.CutPrefix(line, hexPrefix)
	n := hexDigits(digits)
	if !hex || n <= 2 {
		return 0
	}
	if symbol := digits[n:]; bytes.HasPrefix(symbol, []byte(" <")) {
		n += bytes.LastIndex(symbol, []byte(">:")) + 1
	}
	if n < len(digits) && digits[n] == ':' {
		return len("0x") + n + len(":")
	}
	return 0
}

// goesOn says whether a decimal number after a bracket begins a list of bytes:
// something must follow it that is not the bracket's end, as in [52]byte.
func (r *DumpReader) goesOn(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && (rest[0] == ',' || isDigit(rest[0]))
}

// cast says whether a bracket in a list is the cast of Java's (byte) 0xC4, and
// passes over all but one character of it.
func (r *DumpReader) cast() bool {
	const cast = "(byte)"
	if string(r.b.peek(len(cast))) != cast {
		return false
	}
	r.b.pass(len(cast) - 1)
	return true
}

// codeComment passes over a comment of C, Go or Rust.
func (r *DumpReader) codeComment() bool {
	p := r.b.peek(2)
	switch {
	case string(p) == "//":
		for {
			p := r.see(1)
			if len(p) == 0 {
				return false
			}
			if p[0] == '\n' {
				return true
			}
			r.b.pass(1)
		}
	case string(p) == "/*":
		r.b.pass(2)
		for {
			p := r.b.peek(2)
			if len(p) < 2 {
				r.cut("the */ of a comment", len(p))
				return false
			}
			if string(p) == "*/" {
				r.b.pass(2)
				return true
			}
			r.pass1(p[0])
		}
	}
	if r.inside {
		r.wrong("a byte as 0x00 or 0 to 255", p)
		return false
	}
	r.b.pass(1)
	return true
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

// parseByteToken reads a byte of a list and says how long it is written: 0x or
// \x with one or two digits, or a decimal number; a suffix as u8 is passed over.
// The length is 0 when there is none.
func parseByteToken(b []byte) (v byte, n int) {
	if len(b) >= 3 && (b[0] == '0' || b[0] == '\\') && (b[1] == 'x' || b[1] == 'X') {
		for n = 2; n < len(b) && hexValue[b[n]] < 16; n++ {
			if n == 4 {
				return 0, 0
			}
			v = v<<4 | hexValue[b[n]]
		}
		if n == 2 {
			return 0, 0
		}
		if b[0] == '\\' {
			return v, n // another may follow at once
		}
	} else {
		value, first := 0, 0
		if len(b) > 0 && b[0] == '-' { // Java's bytes go from -128 to 127
			n, first = 1, 1
		}
		for n < len(b) && isDigit(b[n]) {
			if value = value*10 + int(b[n]-'0'); value > 255 {
				return 0, 0
			}
			n++
		}
		if n == first || n > first+3 || first > 0 && value > 128 {
			return 0, 0
		}
		if first > 0 {
			value = -value
		}
		v = byte(value)
	}
	end := n
	for end < len(b) && (isLetter(b[end]) || isDigit(b[end])) {
		end++
	}
	switch string(b[n:end]) {
	case "", "u", "U", "u8", "_u8":
		return v, end
	}
	return 0, 0
}

// quotedBytes decodes the next byte of a string. Strings may follow each other,
// with code between them; only what is in quotes counts.
func (r *DumpReader) quotedBytes() bool {
	p := r.see(1)
	if len(p) == 0 {
		if r.inside && r.quote != 0 && r.err == io.EOF {
			r.cut("the quote that ends the string", 0)
		}
		return false
	}
	c := p[0]
	if !r.inside {
		switch {
		case c == '"' || c == '\'':
			r.inside, r.quote = true, c
			r.b.pass(1)
		default:
			r.pass1(c)
			if r.before++; r.total+int64(len(r.out)) == 0 && r.before > maxIntroduction {
				r.wrong(`bytes in quotes, as b"\x00\x14"`, p)
				return false
			}
		}
		return true
	}
	switch {
	case c == r.quote:
		r.b.pass(1)
		r.inside, r.before = false, 0
		return len(r.out) == 0 // a run does not go beyond its string
	case c == '\\':
		at := r.b.offset()
		v, n, what := parseEscape(r.b.peek(4), r.kind == KindString)
		if n == 0 {
			r.wrongEscape(what)
			return false
		}
		if n < 0 { // a line break that is no byte
			for r.b.pass(-n); ; {
				p := r.b.peek(1)
				if len(p) == 0 || !isSpace(p[0]) {
					break
				}
				r.pass1(p[0])
			}
			return true
		}
		r.at(at)
		r.out = append(r.out, v)
		r.b.pass(n)
	case c < ' ' && c != '\t' || c >= 0x7F:
		r.wrong("a printable ASCII character or an escape", p)
		return false
	default:
		r.at(r.b.offset())
		r.out = append(r.out, c)
		r.b.pass(1)
	}
	return true
}

func (r *DumpReader) wrongEscape(what string) {
	p := r.b.peek(4)
	if len(p) < 4 && r.b.err == io.EOF && (len(p) < 2 || p[1] == 'x' && hexDigits(p[2:]) == len(p)-2) {
		r.cut("an escape", len(p))
		return
	}
	r.err = &FormatError{In: r.kind.String(), Offset: r.b.offset(), Line: r.line, Expected: what, Found: strconv.QuoteToASCII(string(p))}
}

// parseEscape reads an escape of a string and says how long it is; a negative
// length is that of one that stands for nothing (a line that goes on). Octal
// escapes of up to three digits are C's and Go's; in a byte string of Rust or
// Python \0 is a zero, whatever follows.
func parseEscape(b []byte, octal bool) (v byte, n int, expected string) {
	if len(b) < 2 {
		return 0, 0, "an escape"
	}
	switch c := b[1]; c {
	case 'x':
		if len(b) < 4 || hexValue[b[2]] >= 16 || hexValue[b[3]] >= 16 {
			return 0, 0, "two hex digits after \\x"
		}
		return hexValue[b[2]]<<4 | hexValue[b[3]], 4, ""
	case '\n', '\r':
		return 0, -1, ""
	case '\\', '"', '\'':
		return c, 2, ""
	case 'n':
		return '\n', 2, ""
	case 'r':
		return '\r', 2, ""
	case 't':
		return '\t', 2, ""
	}
	if octal {
		value := 0
		for n = 1; n < len(b) && n < 4 && b[n] >= '0' && b[n] <= '7'; n++ {
			value = value*8 + int(b[n]-'0')
		}
		if n > 1 && value < 256 {
			return byte(value), n, ""
		}
		if i := bytes.IndexByte([]byte("abfv"), b[1]); i >= 0 {
			return [...]byte{7, 8, 12, 11}[i], 2, ""
		}
	} else if b[1] == '0' {
		return 0, 2, ""
	}
	return 0, 0, `one of the escapes \xNN, \0, \n, \r, \t, \\, \" and \'`
}
