package capture

import (
	"bytes"
	"io"
	"net/netip"
	"strconv"
)

const (
	// followRun is about how many bytes a run of rows or of base64 has. A raw
	// line, which is one packet's payload, is a run of its own.
	followRun = 64 << 10
	// maxFollowLine bounds a line of a follow export: Wireshark writes one
	// segment's bytes, two digits each, into a line.
	maxFollowLine = 8 << 20
)

// A FollowNode is an end of a followed stream, as the export's heading has it.
// Wireshark's window writes no heading but in YAML.
type FollowNode struct {
	Host string // an address, or a name where names were resolved; may be empty
	Port uint16 // 0 when the heading does not tell
}

// AddrPort is the node's address and port; not valid when its host is a name.
func (n FollowNode) AddrPort() netip.AddrPort {
	a, err := netip.ParseAddr(n.Host)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a, n.Port)
}

// A FollowRun is a piece of one direction of a followed stream.
type FollowRun struct {
	Stream int    // ordinal of the export in the file, from 0: several may be joined
	Node   uint8  // which node sent it, 0 or 1
	Bytes  []byte // valid until the next run is read; none where bytes are missing
	// Missing is how many bytes Wireshark says are missing in its capture at this
	// place, or the offsets of a hex dump say are missing in the export.
	Missing int64
	// File and Skip say where Bytes[0] comes from, as in [DumpRun].
	File   int64
	Skip   int64
	Line   int
	Packet uint64 // number of its packet, 0 when the form does not tell
	Time   int64  // of that packet, or NoTime
}

// A FollowReader reads what Wireshark and tshark save of a followed TCP stream,
// both directions told apart, in the order of the packets:
//
//	raw       tshark: a line of hex digits a packet, node 1's indented by a tab
//	hex       rows of 16 bytes with offset and text, node 1's indented
//	YAML      one entry a packet, the bytes in base64; also the form before Wireshark 3.5
//	C arrays  Wireshark's window: char peer0_0[] = { /* Packet 4 */ 0x00, … };
//
// A heading (tshark) or the peers (YAML) name the ends; where another heading
// follows, another stream begins.
type FollowReader struct {
	// Nodes are the ends of the stream that is being read, known before its
	// first run is given.
	Nodes [2]FollowNode

	b    buffer
	kind Kind
	line int
	err  error // after what is in out

	stream int
	nodes  [2]FollowNode // of the stream of row
	data   bool          // this stream had bytes

	out  []byte
	run  FollowRun // of out
	row  []byte    // read and not yet in out
	next FollowRun // of row
	have bool      // there is a row

	offset   [2]uint32 // hex: of the next row of each node
	anywhere bool      // hex: the next row may have any offset

	in      bool           // YAML: in the bytes of a packet; C: in an array
	indent  int            // YAML: of those bytes' lines; what is indented less is none of them
	inPeers bool           // YAML
	entry   TruncatedError // YAML: what is said where the file ends before the entry's bytes; without Line where they came
	peer    int
	packet  uint64
	time    int64
	node    uint8
	comment bool    // C: in a comment
	zeroth  [2]bool // C: the node's first array was seen
}

// NewFollowReader reads an export of the kind from r, which stands at the start
// of an unpacked file.
func NewFollowReader(r io.Reader, kind Kind) *FollowReader {
	f := &FollowReader{b: newBuffer(r, bufferSize), kind: kind, time: NoTime}
	if !kind.Follow() {
		f.err = &FormatError{In: "follow export", Expected: "a followed stream as Wireshark saves it", Found: kind.String()}
	}
	return f
}

// Next reads the next run. At the end it returns io.EOF; all bytes before
// something wrong have been given then. An error is final.
func (f *FollowReader) Next(run *FollowRun) error {
	f.out = f.out[:0]
	for {
		if !f.have && f.err == nil {
			f.readLine()
			continue
		}
		if f.have && len(f.out) == 0 {
			f.run, f.have = f.next, false
			f.Nodes = f.nodes
			f.out = append(f.out, f.row...)
			if n := missingMarker(f.out); n > 0 {
				f.run.Missing, f.out = n, f.out[:0]
			}
			if f.run.Missing > 0 {
				break
			}
			continue
		}
		if f.have && f.joins() {
			f.have = false
			f.out = append(f.out, f.row...)
			if n := missingMarker(f.out); n > 0 {
				f.run.Missing, f.out = n, f.out[:0]
				break
			}
			continue
		}
		if len(f.out) > 0 {
			break
		}
		return f.err
	}
	f.run.Bytes = f.out
	*run = f.run
	return nil
}

// joins says whether row goes on with out.
func (f *FollowReader) joins() bool {
	if f.kind == KindFollowRaw || f.next.Missing > 0 || f.next.Node != f.run.Node || f.next.Packet != f.run.Packet || f.next.Stream != f.run.Stream || len(f.out) >= followRun {
		return false
	}
	// What may be Wireshark's note that bytes are missing begins a run of its own.
	return f.row[0] != '['
}

// missingMarker is how many bytes Wireshark says are missing: it writes a
// sentence in the place of the bytes.
func missingMarker(b []byte) int64 {
	const after = " missing in capture file]\x00"
	if len(b) < len(after) || len(b) > 64 || b[0] != '[' || string(b[len(b)-len(after):]) != after {
		return 0
	}
	n := int64(0)
	i := 1
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9' && n < 1<<40; i++ {
		n = n*10 + int64(b[i]-'0')
	}
	if what := string(b[i : len(b)-len(after)]); i == 1 || what != " bytes" && what != " byte" {
		return 0
	}
	return n
}

func (f *FollowReader) bad(at int64, expected, found string) {
	f.err = &FormatError{In: f.kind.String(), Offset: at, Line: f.line, Expected: expected, Found: found}
}

// readLine reads one line: into row, or what it says of those that follow.
func (f *FollowReader) readLine() {
	if f.b.offset() == 0 && string(f.b.peek(len(bom))) == string(bom) {
		f.b.pass(len(bom))
	}
	start := f.b.offset()
	f.line++
	line, end := f.b.line(maxFollowLine)
	switch end {
	case lineLong:
		f.bad(start, "a line of at most "+strconv.Itoa(maxFollowLine)+" bytes", "a longer one")
		return
	case lineAtEnd:
		if f.err = f.b.err; f.err != io.EOF {
			return // what there is of the line may not be all of it
		}
	}
	line = bytes.TrimRight(line, " \t\r")
	if len(line) > 0 {
		f.row = f.row[:0]
		f.next = FollowRun{Stream: f.stream, Node: f.node, File: start, Line: f.line, Packet: f.packet, Time: f.time}
		switch f.kind {
		case KindFollowYAML:
			f.yaml(line, start)
		case KindFollowC:
			f.array(line, start)
		default:
			if !f.heading(line) {
				f.hex(line, start)
			}
		}
	}
	if f.entry.Line > 0 && f.err == io.EOF {
		f.entry.Have = f.b.offset() - f.entry.Offset
		f.err = &f.entry
	}
	if f.kind == KindFollowC && f.in && f.err == io.EOF {
		f.err = &TruncatedError{In: f.kind.String(), Offset: start, Line: f.line, What: "the } of an array", Have: int64(len(line))}
	}
}

// another begins another stream, if the one before had anything.
func (f *FollowReader) another() {
	if f.data {
		f.stream++
		f.data = false
	}
	f.nodes = [2]FollowNode{}
	f.offset, f.zeroth = [2]uint32{}, [2]bool{}
	f.packet, f.time, f.node = 0, NoTime, 0
}

// heading reads a line of tshark's heading.
func (f *FollowReader) heading(line []byte) bool {
	switch {
	case bytes.HasPrefix(line, []byte("=====")):
	case bytes.HasPrefix(line, []byte("Follow: ")):
		f.another()
	case bytes.HasPrefix(line, []byte("Filter: ")):
	case bytes.HasPrefix(line, []byte("Node ")) && len(line) > 8 && (line[5] == '0' || line[5] == '1') && line[6] == ':':
		f.nodes[line[5]-'0'] = parseNode(string(bytes.TrimSpace(line[7:])))
	default:
		return false
	}
	return true
}

// parseNode takes host:port apart, [host]:port where the host is an IPv6
// address.
func parseNode(s string) (n FollowNode) {
	n.Host = s
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == ':' {
			n.Host, n.Port = s[:i], parsePort(s[i+1:])
			break
		}
	}
	if h := n.Host; len(h) > 2 && h[0] == '[' && h[len(h)-1] == ']' {
		n.Host = h[1 : len(h)-1]
	}
	return n
}

// parsePort is a port by its number; 0 for a service's name, which can be
// anybody's.
func parsePort(s string) uint16 {
	n, _ := strconv.ParseUint(s, 10, 16)
	return uint16(n)
}

// hex reads a line of the raw form or a row of a hex dump.
func (f *FollowReader) hex(line []byte, start int64) {
	body := bytes.TrimLeft(line, " \t")
	f.next.Node = 0
	if len(body) < len(line) {
		f.next.Node = 1
	}
	indent := len(line) - len(body)
	if f.kind == KindFollowRaw {
		n := hexDigits(body)
		switch {
		case n < len(body):
			f.bad(start+int64(indent+n), "hex digits", quoted(body[n:]))
			return
		case n%2 != 0:
			f.bad(start+int64(indent+n), "two hex digits for each byte", "an odd number of them")
			return
		}
		f.row = appendHexBytes(f.row, body)
		f.give()
		return
	}
	offset, row, at, ok := followRow(f.row, body)
	if !ok {
		f.bad(start+int64(indent+at), "an offset of 8 hex digits and up to 16 bytes", quoted(body[at:]))
		return
	}
	f.row = row
	node := f.next.Node
	if want := f.offset[node]; offset != want && !f.anywhere {
		switch {
		case offset == 0:
			f.another() // without a heading before it
			f.next.Stream = f.stream
		case int32(offset-want) > 0:
			// Somebody took rows out, or the export begins in the middle. The row
			// itself is read again after the run that tells this.
			f.next.Missing = int64(offset - want)
			f.row = f.row[:0]
			f.offset[node] = offset
			f.again(start)
			f.give()
			return
		default:
			f.bad(start+int64(indent), "the offset "+hexOffset(int64(want)), string(body[:8]))
			return
		}
	}
	f.offset[node], f.anywhere = offset+uint32(len(row)), false
	f.give()
}

// give says that there is a row.
func (f *FollowReader) give() {
	f.have, f.data = true, true
}

// followRow takes a row of Wireshark's hex dump apart: 8 digits of offset and up
// to 16 bytes in fixed columns, one more space between the halves. When it is
// none, at is where that shows.
func followRow(row, line []byte) (offset uint32, bytes []byte, at int, ok bool) {
	if len(line) < 12 || hexDigits(line[:8]) != 8 || line[8] != ' ' || line[9] != ' ' {
		return 0, row, 0, false
	}
	for _, c := range line[:8] {
		offset = offset<<4 | uint32(hexValue[c])
	}
	n := 0
	for ; n < 16; n++ {
		at = 10 + 3*n
		if n >= 8 {
			at++
		}
		if at >= len(line) || line[at] == ' ' {
			break
		}
		if at+2 > len(line) || hexDigits(line[at:at+2]) != 2 || at+2 < len(line) && line[at+2] != ' ' {
			return 0, row, at, false
		}
		row = append(row, hexValue[line[at]]<<4|hexValue[line[at+1]])
	}
	return offset, row, at, n > 0
}

// isFollowRow says whether a line is a row of Wireshark's hex dump, and not one
// of hexdump -C: the text stands beside the bytes without bars, in two halves.
func isFollowRow(line []byte) bool {
	line = bytes.TrimLeft(line, " \t")
	_, row, _, ok := followRow(nil, line)
	return ok && (showsInHalves(line, followColumn, row) || showsInHalves(line, followColumn+1, row))
}

// followColumn is where in a row tshark begins the text. Wireshark's window begins it
// one column later.
const followColumn = 60

// showsInHalves says whether the text of a row begins at a column, in two halves.
// Spaces at its end may be missing.
func showsInHalves(line []byte, text int, row []byte) bool {
	if len(line) <= text || line[text-1] != ' ' {
		return false
	}
	for i, c := range row {
		at := text + i
		if i >= 8 {
			at++
		}
		if c < ' ' || c > '~' {
			c = '.'
		}
		if at >= len(line) {
			return c == ' '
		}
		if line[at] != c {
			return false
		}
	}
	return len(line) <= text+len(row)+1
}

// yaml reads a line of the YAML form.
func (f *FollowReader) yaml(line []byte, start int64) {
	text := bytes.TrimLeft(line, " \t")
	indent := len(line) - len(text)
	if f.in && base64Line(text) && indent >= f.indent {
		f.indent = indent
		f.base64(text, start+int64(indent))
		return
	}
	f.in = false
	if bytes.HasPrefix(text, []byte("# Packet ")) { // before Wireshark 3.5
		n, _ := strconv.ParseUint(string(text[len("# Packet "):]), 10, 64)
		f.packet, f.time = n, NoTime
		f.enter(start)
		return
	}
	if text[0] == '#' || string(text) == "---" || string(text) == "..." {
		return
	}
	item := bytes.TrimPrefix(text, []byte("- "))
	colon := bytes.IndexByte(item, ':')
	if colon <= 0 {
		f.bad(start+int64(len(line)-len(text)), "a key of the YAML that Wireshark writes, or base64", quoted(text))
		return
	}
	key, value := string(item[:colon]), string(bytes.Trim(bytes.TrimSpace(item[colon+1:]), `"'`))
	switch {
	case key == "peers":
		f.another()
		f.inPeers = true
	case key == "packets":
		f.inPeers = false
	case key == "packet":
		n, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			f.bad(start, "the number of a packet", strconv.Quote(value))
			return
		}
		f.packet, f.time, f.node = n, NoTime, 0
		f.enter(start)
	case key == "peer":
		if value != "0" && value != "1" {
			f.bad(start, "peer 0 or 1", strconv.Quote(value))
			return
		}
		if f.inPeers {
			f.peer = int(value[0] - '0')
		} else {
			f.node = value[0] - '0'
		}
	case key == "host" && f.inPeers:
		f.nodes[f.peer].Host = value
	case key == "port" && f.inPeers:
		f.nodes[f.peer].Port = parsePort(value)
	case key == "timestamp":
		f.time = parseTimestamp(value)
	case len(key) > 6 && key[:4] == "peer" && (key[4] == '0' || key[4] == '1') && key[5] == '_':
		f.node, f.in, f.indent = key[4]-'0', true, 0
	case key == "data":
		f.in, f.indent = true, 0
	}
}

// enter begins a packet's entry of the YAML form. Each has bytes.
func (f *FollowReader) enter(start int64) {
	f.entry = TruncatedError{In: f.kind.String(), Offset: start, Line: f.line, What: "a packet's entry with its data"}
}

// parseTimestamp is seconds.nanoseconds since 1970; 0 means that it is not
// known (Wireshark writes that where bytes are missing).
func parseTimestamp(s string) int64 {
	var sec, frac int64
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		if sec = sec*10 + int64(s[i]-'0'); sec > maxSeconds-1 {
			return NoTime
		}
	}
	if i == 0 {
		return NoTime
	}
	if i < len(s) && s[i] == '.' {
		unit := int64(100_000_000)
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			frac += int64(s[i]-'0') * unit
			unit /= 10
		}
	}
	if i < len(s) || sec == 0 && frac == 0 {
		return NoTime
	}
	return sec*1e9 + frac
}

// base64Line says whether a line holds nothing but base64.
func base64Line(line []byte) bool {
	for i, c := range line {
		if base64Value[c] >= 64 && (c != '=' || i+3 < len(line)) {
			return false
		}
	}
	return len(line) > 0
}

// base64 reads a line of base64. Where Wireshark joins what came in one packet,
// padding may stand in the middle.
func (f *FollowReader) base64(line []byte, start int64) {
	f.next = FollowRun{Stream: f.stream, Node: f.node, File: start, Line: f.line, Packet: f.packet, Time: f.time}
	row, n := appendBase64(f.row, line)
	if n < len(line) {
		f.bad(start+int64(n), "groups of 4 digits of base64", quoted(line[n:]))
		return
	}
	f.row, f.entry.Line = row, 0
	f.give()
}

// appendBase64 decodes base64 without spaces and says how much of it was whole.
// At the very end padding may be left out.
func appendBase64(dst, text []byte) ([]byte, int) {
	n := 0
	for n < len(text) {
		q := [4]byte{64, 64, 64, 64}
		i := 0
		for ; i < 4 && n+i < len(text) && text[n+i] != '='; i++ {
			if q[i] = base64Value[text[n+i]]; q[i] >= 64 {
				return dst, n
			}
		}
		if i < 2 {
			return dst, n
		}
		dst = appendQuantum(dst, q)
		for ; i < 4 && n+i < len(text); i++ {
			if text[n+i] != '=' {
				return dst, n
			}
		}
		n += i
	}
	return dst, n
}

// appendQuantum appends the bytes of four digits of base64, 64 for padding.
func appendQuantum(dst []byte, q [4]byte) []byte {
	dst = append(dst, q[0]<<2|q[1]>>4)
	if q[2] < 64 {
		dst = append(dst, q[1]<<4|q[2]>>2)
		if q[3] < 64 {
			dst = append(dst, q[2]<<6|q[3])
		}
	}
	return dst
}

// base64Value is the value of a digit of base64, of either alphabet; not under
// 64 for anything else.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xFF
	}
	for i := range byte(26) {
		t['A'+i], t['a'+i] = i, 26+i
	}
	for i := range byte(10) {
		t['0'+i] = 52 + i
	}
	t['+'], t['/'], t['-'], t['_'] = 62, 63, 62, 63
	return
}()

// appendHexBytes appends the bytes of an even number of hex digits.
func appendHexBytes(dst, digits []byte) []byte {
	for i := 0; i+1 < len(digits); i += 2 {
		dst = append(dst, hexValue[digits[i]]<<4|hexValue[digits[i+1]])
	}
	return dst
}

// array reads a line of C arrays.
func (f *FollowReader) array(line []byte, start int64) {
	i := 0
	begun := false // File is set
	for i < len(line) {
		c := line[i]
		switch {
		case f.comment:
			end := bytes.Index(line[i:], []byte("*/"))
			if end < 0 {
				i = len(line)
				break
			}
			f.comment = false
			i += end + 2
		case isSpace(c) || c == ',' || c == ';':
			i++
		case c == '/' && i+1 < len(line) && line[i+1] == '*':
			f.packetComment(line[i:])
			f.comment = true
			i += 2
		case !f.in:
			if len(f.row) > 0 {
				f.again(start + int64(i))
				f.give()
				return
			}
			n, ok := f.arrayBegins(line[i:])
			if !ok {
				f.bad(start+int64(i), "char peer0_0[] = {, as Wireshark writes it", quoted(line[i:]))
				return
			}
			f.in = true
			i += n
		case c == '}':
			f.in = false
			i++
		default:
			v, n := parseByteToken(line[i:])
			if n == 0 {
				f.bad(start+int64(i), "a byte as 0x00", quoted(line[i:]))
				return
			}
			if !begun {
				begun = true
				f.next = FollowRun{Stream: f.stream, Node: f.node, File: start + int64(i), Line: f.line, Packet: f.packet, Time: NoTime}
			}
			f.row = append(f.row, v)
			i += n
		}
	}
	if len(f.row) > 0 {
		f.give()
	}
}

// again makes the next line begin at an offset of the one just read.
func (f *FollowReader) again(at int64) {
	f.line--
	f.b.pos -= int(f.b.offset() - at)
	if f.err == io.EOF {
		f.err = nil
	}
}

// arrayBegins reads the beginning of an array: char peer0_12[] = {
func (f *FollowReader) arrayBegins(line []byte) (n int, ok bool) {
	open := bytes.IndexByte(line, '{')
	at := bytes.Index(line, []byte("peer"))
	if open < 0 || at < 0 || at+6 > open || line[at+5] != '_' || line[at+4] != '0' && line[at+4] != '1' {
		return 0, false
	}
	f.node, f.packet = line[at+4]-'0', 0
	if i := at + 6; line[i] == '0' && !isDigit(line[i+1]) {
		if node := f.node; f.zeroth[node] {
			f.another() // the numbers begin again
			f.node = node
		}
		f.zeroth[f.node] = true
	}
	return open + 1, true
}

// packetComment takes the number out of /* Packet 12 */.
func (f *FollowReader) packetComment(b []byte) {
	const before = "/* Packet "
	if !bytes.HasPrefix(b, []byte(before)) {
		return
	}
	b = b[len(before):]
	n := 0
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	f.packet, _ = strconv.ParseUint(string(b[:n]), 10, 64)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// readFollowAt is ReadDumpAt for a follow export.
func readFollowAt(r io.Reader, kind Kind, skip int64, dst []byte) (n int, err error) {
	f := &FollowReader{b: newBuffer(r, 16<<10), kind: kind, in: true, anywhere: true}
	var run FollowRun
	for n < len(dst) {
		if err := f.Next(&run); err != nil {
			if err == io.EOF && n > 0 {
				err = io.ErrUnexpectedEOF
			}
			return n, err
		}
		p := run.Bytes
		d := min(skip, int64(len(p)))
		p, skip = p[d:], skip-d
		n += copy(dst[n:], p)
	}
	return n, nil
}
