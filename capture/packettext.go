package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"strconv"
	"strings"
)

// Several packets that were printed, each with an offset that begins at 0 again,
// are read as the capture that they came from: their text is turned into pcapng
// while it is read. The bytes tell what they begin with, the line above them when
// they were seen.

// A packetText is a capture made of packets that are printed as tcpdump -x, -X and
// -XX do, tshark -x, hexdump and Wireshark's export of dissections, also as C arrays;
// or each whole in a line of its own, in hex or base64.
type packetText struct {
	b    buffer
	kind Kind // how their rows are written
	line int
	err  error  // after what is in out
	out  []byte // not read yet

	packet []byte
	length int64 // of the rows since an offset of 0, in the packet or not; negative before any
	rest   bool  // the first rows are those of a packet whose beginning is not here
	within bool  // rows belong to a packet
	time   int64
	link   uint32 // of the section that was begun last; noLink before the first

	part  bool // more of the text comes than is read
	short bool // of lines that are packets, one has digits for less

	heading int64 // the time that the lines since the packet before tell
	made    bool  // they say that it is no packet, but was put together of some
	clock   timeStyle
	day     int64 // of the packet before
}

const noLink = 1<<32 - 1

// A timeStyle is what the times of printed packets count from.
type timeStyle uint8

const (
	noTimes   timeStyle = iota
	fullTimes           // 1970
	zoneTimes           // 1970, by a clock whose zone is not told
	dayTimes            // midnight: the day is not told
	oneTimes            // the first packet
	anyTimes            // the packet before or the first: it can't be told which
)

var timeStyles = [...]string{
	noTimes: "without times", fullTimes: "", zoneTimes: "times without a zone, taken to be of UTC", dayTimes: "times without a day, taken to be of 1970-01-01",
	oneTimes: "times from the first packet on", anyTimes: "times, which count from the packet before or from the first, left out",
}

func newPacketText(r io.Reader, kind Kind) *packetText {
	return &packetText{b: newBuffer(r, bufferSize), kind: kind, length: -1, link: noLink, time: NoTime, heading: NoTime}
}

// between is the setting of packets that are printed where a form begins: their
// reader knows itself what stands before and between them.
func (s setting) between() setting {
	s.lead, s.said, s.prompt, s.all = 0, 0, "", true
	return s
}

// packetsIn says whether the beginning of a text is several packets whose rows are
// written as in a kind, and what there is to say of them. More of the text may come
// than the part that is given.
func packetsIn(head io.Reader, kind Kind, part bool) (told string, is bool) {
	text := newPacketText(head, kind)
	var d Dissector
	var p Packet
	var seg Segment
	text.part = part
	var fitting, cut, others uint64
	for r, wasCut := NewPacketReader(text, KindPCAPNG), false; d.Counts.Packets < 64 && r.Next(&p) == nil; {
		is := d.Segment(&p, &seg)
		if n := d.Counts.OtherLink + d.Counts.Bad; n > others {
			if others = n; wasCut {
				cut-- // it goes on in this line
			}
		}
		end := seg.PayloadFile - p.File + int64(len(seg.Payload)) + int64(seg.Cut)
		switch wasCut = is && !d.rebuilt && end > int64(len(p.Data)); {
		case wasCut:
			cut++
		case is && (d.rebuilt || fits(p.Data[end:])):
			fitting++
		}
	}
	if !text.short { // a snap length has cut them, or the beginning of the text ends there
		fitting += cut
	}
	ours := d.Counts.TCP + d.Counts.Fragments
	is = d.Counts.Packets > 1 && d.Counts.TCP > 0 && 2*ours >= d.Counts.Packets
	if text.lines() { // which are packets only if their headers say so, and where they end
		is = is && 2*ours > d.Counts.Packets && 2*fitting > d.Counts.TCP
	}
	told = timeStyles[text.clock]
	if text.rest {
		told = strings.TrimSuffix("the rest of a packet before them left out, "+told, ", ")
	}
	return told, is
}

// fits says whether what follows where a packet's headers let it end is no more than
// padding or a checksum of the frame.
func fits(rest []byte) bool {
	const checksum = 4
	return len(bytes.TrimRight(rest, "\x00")) <= checksum
}

func (t *packetText) Read(p []byte) (int, error) {
	for len(t.out) == 0 {
		if t.err != nil {
			return 0, t.err
		}
		t.next()
	}
	n := copy(p, t.out)
	if t.out = t.out[n:]; len(t.out) == 0 {
		t.out = t.out[:0:cap(t.out)]
	}
	return n, nil
}

// next reads one line.
func (t *packetText) next() {
	start := t.b.offset()
	t.line++
	longest := maxDumpLine
	if t.lines() {
		longest = maxPacketLine
	}
	line, end := t.b.line(longest)
	switch end {
	case lineLong:
		if t.lines() {
			t.wrong(start, "a packet in a line of at most "+strconv.Itoa(maxPacketLine)+" bytes", "a longer one")
			t.flush()
			return
		}
		t.b.passLine() // no row; the rest of it is none either
		return
	case lineAtEnd:
		t.err = t.b.err
	}
	line = bytes.TrimRight(line, " \t\r\n")
	if offset, row, is := t.row(start, line); is {
		switch {
		case offset == 0:
			t.flush()
			t.within = !t.made
			t.time, t.heading, t.made = t.heading, NoTime, false
			t.packet, t.length = t.packet[:0], 0
		case offset > 0 && t.length < 0:
			t.length, t.rest = offset, true
		case offset > 0 && offset != t.length:
			t.wrong(start, "the offset "+hexOffset(t.length)+" or 0", hexOffset(offset))
		}
		if t.length += int64(len(row)); t.within && (t.err == nil || t.err == io.EOF) {
			t.packet = append(t.packet, row...)
		}
	} else if t.err == nil || t.err == io.EOF {
		t.above(line)
	}
	if t.err != nil || len(t.packet) > MaxPacket { // which its reader does not take
		t.flush()
	}
}

func (t *packetText) wrong(at int64, expected, found string) {
	t.err = &FormatError{In: KindPacketText.String(), Offset: at, Line: t.line, Expected: expected, Found: found}
}

// lines says whether each packet is one line.
func (t *packetText) lines() bool { return t.kind == KindHex || t.kind == KindBase64 }

const (
	// maxPacketLine bounds a line that is a packet: the largest in hex, with spaces.
	maxPacketLine = 3*MaxPacket + 64
	// leastPacket is how many bytes at the beginning of a line, of nothing but digits,
	// make it a packet: those of an Ethernet header.
	leastPacket = 14
)

// packetLine reads a line that is a packet.
func (t *packetText) packetLine(start int64, line []byte) (packet []byte, is bool) {
	trimmed := bytes.TrimLeft(line, lineEnds)
	start += int64(len(line) - len(trimmed))
	line = bytes.TrimRight(trimmed, lineEnds)
	read := packetBase64
	if t.kind == KindHex {
		if bytes.HasPrefix(line, hexPrefix) {
			start += int64(len(hexPrefix))
			line = line[len(hexPrefix):]
		}
		read = packetHex
	}
	packet, n := read(line)
	cut := t.part && t.err == io.EOF
	if len(packet) < leastPacket {
		t.short = t.short || n > 0 && n == len(line) && !cut
		return nil, false
	}
	if n < len(line) && !cut {
		found := quoted(line[n : n+1])
		if t.kind == KindHex && hexValue[line[n]] < 16 || t.kind == KindBase64 && base64Value[line[n]] < 64 {
			found += " alone: a digit is missing, or one too many"
		}
		t.wrong(start+int64(n), "a packet in each line, of nothing but its digits", found)
		return nil, false
	}
	return packet, true
}

// lineEnds are what code and lists have around a packet in a line.
const lineEnds = " \t\"'`,;"

// packetHex reads a line of hex digits; n is how far that goes.
func packetHex(line []byte) (packet []byte, n int) {
	packet = make([]byte, 0, len(line)/2)
	for n < len(line) {
		switch {
		case n+1 < len(line) && hexValue[line[n]] < 16 && hexValue[line[n+1]] < 16:
			packet = append(packet, hexValue[line[n]]<<4|hexValue[line[n+1]])
			n += 2
		case isSpace(line[n]) || isBetween(line[n]):
			n++
		case n+1 < len(line) && hexValue[line[n]] < 16 && !isSpace(line[n+1]) && !isBetween(line[n+1]):
			return packet, n + 1 // what stands in the place of its second digit
		default:
			return packet, n
		}
	}
	return packet, n
}

// packetBase64 reads a line of digits of base64; n is how far that goes.
func packetBase64(line []byte) (packet []byte, n int) {
	packet = make([]byte, 0, len(line)/4*3+3)
	digits := len(bytes.TrimRight(line, "="))
	for n < digits {
		four := line[n:min(n+4, digits)]
		for i, c := range four {
			if base64Value[c] >= 64 {
				return packet, n + i
			}
		}
		if len(four) == 1 {
			return packet, n
		}
		packet = appendQuantum(packet, quantumOf(four))
		n += len(four)
	}
	return packet, len(line)
}

// packetArray begins what Wireshark exports as a C array.
var packetArray = []byte("unsigned char pkt")

// row reads a line of bytes; its offset is -1 where it tells none.
func (t *packetText) row(start int64, line []byte) (offset int64, row []byte, is bool) {
	if t.lines() {
		row, is = t.packetLine(start, line)
		return 0, row, is
	}
	if t.kind == KindByteList {
		if _, name, found := bytes.Cut(line, packetArray); found {
			t.made = bytes.IndexByte(name, '_') >= 0
			return 0, nil, true
		}
		for {
			line = bytes.TrimLeft(line, ", \t")
			v, n := parseByteToken(line)
			if n < len("0x0") {
				return -1, row, len(row) > 0
			}
			row = append(row, v)
			line = line[n:]
		}
	}
	if t.kind == KindXXD {
		line = bytes.TrimPrefix(bytes.TrimLeft(line, " \t"), hexPrefix)
	}
	n := hexDigits(line)
	if n < 4 || n > 15 {
		return 0, nil, false
	}
	offset, _ = inBase(line[:n], 16)
	if t.kind == KindXXD {
		if n+1 >= len(line) || line[n] != ':' || line[n+1] != ' ' {
			return 0, nil, false
		}
		n++
	}
	row, _, is = parseRow(nil, line, n, t.kind)
	return offset, row, is && len(row) > 0
}

// above takes what a line that is no row says of the packet below it.
func (t *packetText) above(line []byte) {
	if !t.lines() && bytes.HasSuffix(line, []byte(" bytes):")) {
		t.made = !bytes.HasPrefix(line, []byte("Frame "))
		return
	}
	text := bytes.TrimLeft(line, " \t")
	indented := len(text) < len(line)
	if bytes.HasPrefix(text, []byte("Epoch ")) { // Time: or Arrival Time:
		text = text[bytes.IndexByte(text, ':')+1:]
		text, t.heading = bytes.TrimLeft(text, " "), NoTime
	}
	if t.heading != NoTime {
		return
	}
	numbered := false
	if n := digitsIn(text); n > 0 && n < len(text) && text[n] == ' ' { // tshark's number of the packet
		text, numbered = bytes.TrimLeft(text[n:], " "), true
	}
	date, dated := int64(0), false
	if date, dated = dateIn(text); dated {
		text = text[len("2006-01-02 "):]
	}
	if len(text) > len("15:04:05.") && text[2] == ':' && text[5] == ':' && digitsIn(text) == 2 && digitsIn(text[3:]) == 2 {
		hours, _ := inBase(text[:2], 10)
		minutes, _ := inBase(text[3:5], 10)
		whole, part, more := secondsIn(text[6:])
		ns := ((hours*60+minutes)*60+whole)*1e9 + part
		switch {
		case whole < 0 || more == 0:
		case dated:
			t.at(zoneTimes, date*86400e9+ns)
		case indented && !numbered:
			t.at(anyTimes, NoTime)
		default:
			if ns += t.day * 86400e9; t.clock == dayTimes && t.time != NoTime && t.time-ns > 43200e9 { // past midnight
				t.day++
				ns += 86400e9
			}
			t.at(dayTimes, ns)
		}
		return
	}
	if whole, part, digits := secondsIn(text); whole >= 0 && digits >= 3 {
		switch {
		case whole >= 1e9:
			t.at(fullTimes, whole*1e9+part)
		case numbered:
			t.at(oneTimes, whole*1e9+part)
		}
	}
}

// at notes when the next packet was seen. The first that is told decides how.
func (t *packetText) at(clock timeStyle, ns int64) {
	if t.clock == noTimes {
		t.clock = clock
	}
	if t.clock == clock {
		t.heading = ns
	}
}

func digitsIn(b []byte) (n int) {
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	return n
}

// secondsIn reads seconds with a fraction of some digits, which a space or the
// line's end follows; whole is -1 where there are none.
func secondsIn(b []byte) (whole, part int64, digits int) {
	n := digitsIn(b)
	if n == 0 || n > 10 || n == len(b) || b[n] != '.' {
		return -1, 0, 0
	}
	whole, _ = inBase(b[:n], 10)
	b = b[n+1:]
	digits = digitsIn(b)
	if digits == 0 || digits > 9 || digits < len(b) && b[digits] != ' ' {
		return -1, 0, 0
	}
	part, _ = inBase(b[:digits], 10)
	for range 9 - digits {
		part *= 10
	}
	return whole, part, digits
}

// dateIn reads 2006-01-02 and a space, as days since 1970.
func dateIn(b []byte) (days int64, is bool) {
	if len(b) < len("2006-01-02 ") || digitsIn(b) != 4 || b[4] != '-' || digitsIn(b[5:]) != 2 || b[7] != '-' || digitsIn(b[8:]) != 2 || b[10] != ' ' {
		return 0, false
	}
	y, _ := inBase(b[:4], 10)
	m, _ := inBase(b[5:7], 10)
	d, _ := inBase(b[8:10], 10)
	// Years begin in March here, so that the day that some lack is the last.
	if m -= 3; m < 0 {
		m += 12
		y--
	}
	return y*365 + y/4 - y/100 + y/400 + (153*m+2)/5 + d - 719469, true
}

// flush gives the packet that was read.
func (t *packetText) flush() {
	if !t.within || len(t.packet) == 0 {
		return
	}
	t.within = false
	if link := LinkOf(t.packet); link != t.link {
		t.link = link
		at := len(t.out) + linkAt
		t.out = append(t.out, sectionText...)
		t.out[at], t.out[at+1] = byte(link), byte(link>>8)
	}
	n := uint32(len(t.packet))
	size := (n+3)&^3 + 32
	head := [...]uint32{blockEnhanced, size, 0, uint32(t.time >> 32), uint32(t.time), n, n}
	words := head[:]
	if t.time == NoTime {
		size -= 16
		head[4], head[5] = blockSimple, size
		words = head[4:]
	}
	for _, v := range words {
		t.out = binary.LittleEndian.AppendUint32(t.out, v)
	}
	t.out = append(t.out, t.packet...)
	t.out = append(t.out, "\x00\x00\x00"[:-n&3]...)
	t.out = binary.LittleEndian.AppendUint32(t.out, size)
}

// A section of pcapng and its interface, which counts nanoseconds; its link type
// stands at linkAt.
const (
	sectionText = "\x0A\x0D\x0D\x0A\x1C\x00\x00\x00\x4D\x3C\x2B\x1A\x01\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x1C\x00\x00\x00" +
		"\x01\x00\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09\x00\x01\x00\x09\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00"
	linkAt = 28 + 8
)

// LinkOf says by its bytes what a packet begins with, as a link type.
func LinkOf(b []byte) uint32 {
	for _, link := range [...]uint32{linkEthernet, linkRaw, linkSLL, linkSLL2, linkNull} {
		var d Dissector
		var s Segment
		d.Segment(&Packet{Link: link, Data: b, Original: int64(len(b))}, &s)
		if c := &d.Counts; c.TCP+c.UDP+c.ICMP+c.Fragments+c.OtherIP > 0 {
			return link
		}
	}
	return linkEthernet
}
