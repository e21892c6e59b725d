package capture

import (
	"io"
	"math"
	"strconv"
)

// MaxEventLine is how long a line of an event file may be, in bytes: enough for
// messages of 128 MiB.
const MaxEventLine = 256 << 20

// An Op is what an event of an event file tells.
type Op uint8

// The events, with the fields of [Event] that they have beside Stream.
const (
	OpOpen      Op = iota // a stream opened
	OpClose               // a stream closed
	OpRequest             // a request: Bytes
	OpResponse            // a response: Bytes
	OpOutOfBand           // a WriteFile's data was read: FD, Length
)

var opNames = [...]string{OpOpen: "open", OpClose: "close", OpRequest: "req", OpResponse: "resp", OpOutOfBand: "oob"}

func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return "op " + strconv.Itoa(int(o))
}

// An Event is one line of an event file.
type Event struct {
	Op     Op
	Stream uint64
	FD     int32
	Length uint64
	Bytes  []byte // valid until the next event is read
	File   int64  // where the hex digits of Bytes begin in the unpacked file
	Line   int    // from 1
}

// An EventReader reads an event file: one flat JSON object a line.
//
//	{"op":"open","stream":1}
//	{"op":"req","stream":1,"hex":"00000014…"}
//	{"op":"oob","stream":1,"fd":2,"len":64}
//
// Members may come in any order and once only; those with other names are
// passed over, whatever they hold. Numbers are whole and written without
// fraction or exponent: stream and len from 0 to 2^64-1, fd a signed 32-bit
// integer. The value of hex is hex digits, without escapes; all other strings
// may have those of JSON. Blank lines and lines with the op "sleep" mean
// nothing. Lines end with \n or \r\n.
type EventReader struct {
	b       buffer
	line    int
	begun   bool
	err     error // final
	scratch []byte
}

// NewEventReader reads the events from r, which stands at the start of an
// unpacked event file.
func NewEventReader(r io.Reader) *EventReader {
	return &EventReader{b: newBuffer(r, bufferSize)}
}

// Next reads the next event into e. At the end it returns io.EOF. A line that
// is wrong is a *FormatError, after which Next goes on with the next line. A
// last line that was cut off is a *TruncatedError; it and what the reader below
// says are final.
func (r *EventReader) Next(e *Event) error {
	for r.err == nil {
		if !r.begun {
			r.begun = true
			if h := r.b.peek(len(bom)); string(h) == string(bom) {
				r.b.pass(len(bom))
			}
		}
		start := r.b.offset()
		r.line++
		line, end := r.b.line(MaxEventLine)
		switch end {
		case lineLong:
			r.b.passLine()
			return &FormatError{
				In: "event file", Offset: start, Line: r.line,
				Expected: "a line of at most " + strconv.Itoa(MaxEventLine) + " bytes", Found: "a longer one",
			}
		case lineAtEnd:
			if r.err = r.b.err; r.err != io.EOF {
				return r.err
			}
		}
		p := jsonLine{b: line, base: start, line: r.line, scratch: r.scratch[:0]}
		p.space()
		if p.i == len(p.b) {
			continue
		}
		ok := p.event(e)
		r.scratch = p.scratch
		switch {
		case ok && p.sleep:
			continue
		case ok:
			return nil
		case end == lineAtEnd && p.cut:
			r.err = &TruncatedError{In: "event file", Offset: start, Line: r.line, What: "a whole line", Have: int64(len(line))}
			return r.err
		}
		return p.err
	}
	return r.err
}

// A jsonLine reads the object in one line.
type jsonLine struct {
	b       []byte
	i       int
	base    int64 // offset of b[0] in the file
	line    int
	scratch []byte // strings with escapes in them

	seen  member // which of the members there are
	opAt  int    // where the op's value stands
	hex   []byte // the bytes, as digits, and where they stand
	hexAt int

	sleep bool // an op that says nothing of a conversation
	cut   bool // what is wrong is that the line ends
	err   error
}

// member is a set of those that were seen.
type member uint8

const (
	hasOp member = 1 << iota
	hasStream
	hasFD
	hasLen
	hasHex
)

// members names them, in the order of their bits.
var members = [...]string{"op", "stream", "fd", "len", "hex"}

// ops are the members that each op needs beside itself.
var ops = [...]member{
	OpOpen: hasStream, OpClose: hasStream, OpRequest: hasStream | hasHex, OpResponse: hasStream | hasHex,
	OpOutOfBand: hasStream | hasFD | hasLen,
}

// event reads the object and tells whether it is right.
func (p *jsonLine) event(e *Event) bool {
	*e = Event{Line: p.line}
	if !p.take('{', "an object, {…}") {
		return false
	}
	p.space()
	if p.i < len(p.b) && p.b[p.i] == '}' {
		p.i++
	} else if !p.members(e) {
		return false
	}
	p.space()
	if p.i < len(p.b) {
		return p.bad(p.i, "the end of the line after the object", quoted(p.b[p.i:]))
	}
	if p.seen&hasOp == 0 {
		return p.bad(0, `a member "op"`, "none")
	}
	if p.sleep {
		return true
	}
	if missing := ops[e.Op] &^ p.seen; missing != 0 {
		for bit, m := range members {
			if missing&(1<<bit) != 0 {
				return p.bad(p.opAt, "a member "+strconv.Quote(m)+" with the op "+strconv.Quote(e.Op.String()), "none")
			}
		}
	}
	return ops[e.Op]&hasHex == 0 || p.bytes(e)
}

// members reads the members of the object, and the } behind them.
func (p *jsonLine) members(e *Event) bool {
	for {
		p.space()
		at := p.i
		name, ok := p.string("a member's name")
		if !ok {
			return false
		}
		var is member
		for bit, m := range members {
			if string(name) == m {
				is = 1 << bit
			}
		}
		if p.seen&is != 0 {
			return p.bad(at, "each member once", "another "+strconv.Quote(string(name)))
		}
		p.seen |= is
		p.space()
		if !p.take(':', "a colon after a member's name") {
			return false
		}
		p.space()
		if !p.value(is, e) {
			return false
		}
		p.space()
		if p.i < len(p.b) && p.b[p.i] == '}' {
			p.i++
			return true
		}
		if !p.take(',', "a comma or } after a member") {
			return false
		}
	}
}

// value reads the value of a member, any for one that is not known.
func (p *jsonLine) value(of member, e *Event) (ok bool) {
	switch of {
	case hasOp:
		p.opAt = p.i
		op, ok := p.string(`the name of an op, in quotation marks`)
		if !ok {
			return false
		}
		p.sleep = string(op) == "sleep"
		if e.Op, ok = opOf(op); !ok && !p.sleep {
			return p.bad(p.opAt, `the op "open", "close", "req", "resp", "oob" or "sleep"`, quoted(op))
		}
		return true
	case hasStream:
		e.Stream, ok = p.uint("a stream's number", math.MaxUint64)
	case hasLen:
		e.Length, ok = p.uint("a length", math.MaxUint64)
	case hasFD:
		e.FD, ok = p.fd()
	case hasHex:
		p.hex, p.hexAt, ok = p.digits()
	default:
		ok = p.any()
	}
	return ok
}

// bytes decodes the event's bytes, in place: a byte never needs more room than its
// digits.
func (p *jsonLine) bytes(e *Event) bool {
	out := p.hex[:len(p.hex)/2]
	for i := range out {
		hi, lo := hexValue[p.hex[2*i]], hexValue[p.hex[2*i+1]]
		if hi|lo >= 16 {
			at := p.hexAt + 2*i
			if hi < 16 {
				at++
			}
			return p.bad(at, "a hex digit", quoted(p.b[at:at+1]))
		}
		out[i] = hi<<4 | lo
	}
	e.Bytes, e.File = out, p.base+int64(p.hexAt)
	return true
}

// opOf is the op of a name.
func opOf(name []byte) (Op, bool) {
	for op, n := range opNames {
		if string(name) == n {
			return Op(op), true
		}
	}
	return 0, false
}

// bad notes what is wrong, and where in the line.
func (p *jsonLine) bad(at int, expected, found string) bool {
	p.err = &FormatError{In: "event file", Offset: p.base + int64(at), Line: p.line, Expected: expected, Found: found}
	return false
}

// end notes that the line ends too early.
func (p *jsonLine) end(expected string) bool {
	p.cut = true
	return p.bad(len(p.b), expected, "the end of the line")
}

// quoted is the beginning of b, for errors.
func quoted(b []byte) string {
	if len(b) > 24 {
		return strconv.QuoteToASCII(string(b[:24])) + "…"
	}
	return strconv.QuoteToASCII(string(b))
}

func (p *jsonLine) space() {
	for p.i < len(p.b) && (p.b[p.i] == ' ' || p.b[p.i] == '\t' || p.b[p.i] == '\r') {
		p.i++
	}
}

func (p *jsonLine) take(c byte, what string) bool {
	if p.i == len(p.b) {
		return p.end(what)
	}
	if p.b[p.i] != c {
		return p.bad(p.i, what, quoted(p.b[p.i:]))
	}
	p.i++
	return true
}

// digits gives the inside of a string that holds hex digits, and where it is;
// whether they are digits is for the caller.
func (p *jsonLine) digits() ([]byte, int, bool) {
	if !p.take('"', "hex digits in quotation marks") {
		return nil, 0, false
	}
	start := p.i
	for p.i < len(p.b) && p.b[p.i] != '"' {
		p.i++
	}
	if p.i == len(p.b) {
		return nil, 0, p.end("hex digits up to a quotation mark")
	}
	hex := p.b[start:p.i]
	p.i++
	if len(hex)%2 != 0 {
		return nil, 0, p.bad(start, "two hex digits for each byte", "an odd number of them, "+strconv.Itoa(len(hex)))
	}
	return hex, start, true
}

// string reads a string; it is valid until the next one is read.
func (p *jsonLine) string(what string) ([]byte, bool) {
	if !p.take('"', what) {
		return nil, false
	}
	start := p.i
	for p.i < len(p.b) {
		switch c := p.b[p.i]; {
		case c == '"':
			p.i++
			return p.b[start : p.i-1], true
		case c == '\\':
			return p.escaped(start)
		case c < ' ':
			return nil, p.bad(p.i, "a string without control characters", quoted(p.b[p.i:p.i+1]))
		}
		p.i++
	}
	return nil, p.end("a quotation mark at the end of a string")
}

// escaped reads the rest of a string that began at start and has escapes.
func (p *jsonLine) escaped(start int) ([]byte, bool) {
	s := append(p.scratch[:0], p.b[start:p.i]...)
	for p.i < len(p.b) {
		c := p.b[p.i]
		p.i++
		switch {
		case c == '"':
			p.scratch = s
			return s, true
		case c < ' ':
			return nil, p.bad(p.i-1, "a string without control characters", quoted(p.b[p.i-1:p.i]))
		case c != '\\':
			s = append(s, c)
			continue
		}
		if p.i == len(p.b) {
			break
		}
		c = p.b[p.i]
		p.i++
		switch c {
		case '"', '\\', '/':
			s = append(s, c)
		case 'b':
			s = append(s, '\b')
		case 'f':
			s = append(s, '\f')
		case 'n':
			s = append(s, '\n')
		case 'r':
			s = append(s, '\r')
		case 't':
			s = append(s, '\t')
		case 'u':
			if len(p.b)-p.i < 4 {
				p.i = len(p.b)
				return nil, p.end("four hex digits after \\u")
			}
			v := rune(0)
			for _, d := range p.b[p.i : p.i+4] {
				if hexValue[d] >= 16 {
					return nil, p.bad(p.i, "four hex digits after \\u", quoted(p.b[p.i:p.i+4]))
				}
				v = v<<4 | rune(hexValue[d])
			}
			// Halves of a pair become two replacement characters: no name
			// that matters has one.
			s = append(s, string(v)...)
			p.i += 4
		default:
			return nil, p.bad(p.i-2, "an escape of JSON", quoted(p.b[p.i-2:p.i]))
		}
	}
	return nil, p.end("a quotation mark at the end of a string")
}

// uint reads a whole number that is not negative.
func (p *jsonLine) uint(what string, limit uint64) (uint64, bool) {
	start := p.i
	v := uint64(0)
	for p.i < len(p.b) && p.b[p.i] >= '0' && p.b[p.i] <= '9' {
		d := uint64(p.b[p.i] - '0')
		if v > (limit-d)/10 {
			return 0, p.bad(start, what+", at most "+strconv.FormatUint(limit, 10), quoted(p.b[start:]))
		}
		v = v*10 + d
		p.i++
	}
	switch {
	case p.i == start && p.i == len(p.b):
		return 0, p.end(what)
	case p.i == start, p.b[start] == '0' && p.i > start+1,
		p.i < len(p.b) && (p.b[p.i] == '.' || p.b[p.i] == 'e' || p.b[p.i] == 'E'):
		return 0, p.bad(start, what+", a whole number without sign, fraction or exponent", quoted(p.b[start:]))
	}
	return v, true
}

// fd reads a descriptor.
func (p *jsonLine) fd() (int32, bool) {
	const what = "a descriptor, from -2147483648 to 2147483647"
	negative := p.i < len(p.b) && p.b[p.i] == '-'
	limit := uint64(math.MaxInt32)
	if negative {
		p.i++
		limit++
	}
	v, ok := p.uint(what, limit)
	if negative {
		return int32(-int64(v)), ok
	}
	return int32(v), ok
}

// any passes over a value of whatever kind.
func (p *jsonLine) any() bool {
	// One bit for each object or array around: set for objects.
	const maxNested = 64
	var objects uint64
	depth := 0
	for {
		p.space()
		if p.i == len(p.b) {
			return p.end("a value")
		}
		switch c := p.b[p.i]; c {
		case '"':
			if _, ok := p.string("a string"); !ok {
				return false
			}
		case '{', '[':
			if depth == maxNested {
				return p.bad(p.i, "at most "+strconv.Itoa(maxNested)+" values in each other", "one more")
			}
			objects <<= 1
			if c == '{' {
				objects |= 1
			}
			depth++
			p.i++
			continue
		case '}', ']':
			if depth == 0 || (c == '}') != (objects&1 == 1) {
				return p.bad(p.i, "a value", quoted(p.b[p.i:]))
			}
			objects >>= 1
			depth--
			p.i++
		case ',', ':':
			if depth == 0 {
				return p.bad(p.i, "a value", quoted(p.b[p.i:]))
			}
			p.i++
			continue
		default:
			start := p.i
			for p.i < len(p.b) && isWord(p.b[p.i]) {
				p.i++
			}
			if p.i == start {
				return p.bad(p.i, "a value", quoted(p.b[p.i:]))
			}
		}
		if depth == 0 {
			return true
		}
	}
}

// isWord tells whether a byte can stand in a number, true, false or null.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == 'E' || c == '+' || c == '-' || c == '.'
}
