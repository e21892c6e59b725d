package capture

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// A Kind is what a file was recognised as, by its content.
type Kind uint8

// The kinds of files.
const (
	KindUnknown Kind = iota
	KindPCAP         // libpcap's capture file
	KindPCAPNG       // pcap next generation
	KindEvents       // event file: one JSON object a line
	KindBinary       // bytes that nothing marks as another kind: maybe a raw dump
	KindHex          // raw dump as hex digits, with or without spaces and line breaks
	KindXXD          // raw dump as xxd writes it
	KindHexdump      // raw dump as hexdump -C writes it

	KindFollowRaw  // a followed stream of Wireshark's, see FollowReader: tshark's raw form
	KindFollowHex  // likewise, as a hex dump
	KindFollowYAML // likewise, as YAML
	KindFollowC    // likewise, as C arrays
	KindOD         // raw dump as od -t x1 writes it, or as Wireshark copies it
	KindByteList   // raw dump as a list of bytes: 0x00, 0x14
	KindByteString // raw dump as a byte string of Rust or Python: b"\0\x14"
	KindString     // raw dump as a string of C or Go: "\x00\x14"
	KindBase64     // raw dump in base64
	KindLog        // a log that the reference or this program wrote
	KindPacketText // packets of a capture, printed: with their offsets, or one a line
)

var kindNames = [...]string{
	KindUnknown: "unknown", KindPCAP: "pcap", KindPCAPNG: "pcapng", KindEvents: "event file",
	KindBinary: "binary dump", KindHex: "hex dump", KindXXD: "xxd dump", KindHexdump: "hexdump -C dump",
	KindFollowRaw: "followed stream (raw)", KindFollowHex: "followed stream (hex dump)", KindFollowYAML: "followed stream (YAML)",
	KindFollowC: "followed stream (C arrays)", KindOD: "od dump", KindByteList: "list of bytes", KindByteString: "byte string",
	KindString: "string", KindBase64: "base64", KindLog: "log", KindPacketText: "printed packets",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// Packets tells whether a [PacketReader] reads this kind. (Of [KindPacketText] a
// [File] gives pcapng.)
func (k Kind) Packets() bool { return k == KindPCAP || k == KindPCAPNG || k == KindPacketText }

// Dump tells whether a [DumpReader] reads this kind.
func (k Kind) Dump() bool {
	switch k {
	case KindBinary, KindHex, KindXXD, KindHexdump, KindOD, KindByteList, KindByteString, KindString, KindBase64:
		return true
	}
	return false
}

// Follow tells whether a [FollowReader] reads this kind.
func (k Kind) Follow() bool { return k >= KindFollowRaw && k <= KindFollowC }

// wanted is what Open hopes for, in its errors.
const wanted = "a capture (pcap or pcapng), an event file, a followed stream, a log, or a dump of a conversation's bytes (binary or text)"

// A recogniser looks at the first bytes of a file (at most peekSize; all is
// true when they are the whole file). It gives the kind, or what the file is
// when that is nothing that this package reads and what to do then, or neither.
type recogniser func(head []byte, all bool) (k Kind, foreign, advice string)

// recognisers are asked in this order; the first with an answer wins. What is
// certain (magic numbers) comes before what is likely (the look of the text),
// and among texts the forms with the most structure come first, so that plain
// hex takes only what is nothing else. New forms go to their place in here.
var recognisers = []recogniser{
	recogniseEmpty,
	recogniseCapture,
	recogniseForeign,
	recogniseUTF16,
	recogniseLog,    // whose paths may hold control characters
	recogniseBinary, // all below it see text only
	recogniseDissection,
	recogniseEvents,
	recogniseMarkedLog,
	recogniseFollow,
	recogniseXXD,
	recogniseHexdump,
	recogniseOD,
	recogniseHex,
	recogniseString,
	recogniseList,
	recogniseBase64,
	recogniseText,
}

// recognise tells the kind of a file by its first bytes.
func recognise(head []byte, all bool) (k Kind, foreign, advice string) {
	for _, r := range recognisers {
		if k, foreign, advice := r(head, all); k != KindUnknown || foreign != "" {
			return k, foreign, advice
		}
	}
	return KindUnknown, "something unknown", ""
}

func recogniseEmpty(head []byte, all bool) (Kind, string, string) {
	if len(head) == 0 && all {
		return KindUnknown, "an empty file", "save the capture again"
	}
	return KindUnknown, "", ""
}

func recogniseCapture(head []byte, _ bool) (Kind, string, string) {
	switch {
	case isPCAP(head):
		return KindPCAP, "", ""
	case isPCAPNG(head):
		return KindPCAPNG, "", ""
	}
	return KindUnknown, "", ""
}

// isPCAPNG tells whether b begins with a section header block, or with as much
// of one as there is of a file cut short.
func isPCAPNG(b []byte) bool {
	if len(b) < 4 || binary.LittleEndian.Uint32(b) != blockSection {
		return false
	}
	if len(b) < 12 {
		return true
	}
	return binary.LittleEndian.Uint32(b[8:]) == byteOrderMagic || binary.BigEndian.Uint32(b[8:]) == byteOrderMagic
}

// magics are the beginnings of files that people choose by mistake.
var magics = []struct {
	at     int
	magic  string
	name   string
	advice string
}{
	{0, "\x1F\x8B", "a gzip file", "unpack it first"},
	{0, "\x28\xB5\x2F\xFD", "a zstd file", "unpack it first"},
	{0, "PK\x03\x04", "a ZIP archive", "unpack it and open the capture inside"},
	{0, "PK\x05\x06", "an empty ZIP archive", ""},
	{0, "7z\xBC\xAF\x27\x1C", "a 7-Zip archive", "unpack it and open the capture inside"},
	{0, "Rar!\x1A\x07", "a RAR archive", "unpack it and open the capture inside"},
	{0, "BZh", "a bzip2 file", "unpack it with bunzip2"},
	{0, "\xFD7zXZ\x00", "an xz file", "unpack it with unxz"},
	{0, "\x04\x22\x4D\x18", "an lz4 file", "unpack it with unlz4"},
	{257, "ustar", "a tar archive", "unpack it and open the capture inside"},
	{0, "\x89PNG\r\n\x1A\n", "a PNG picture", ""},
	{0, "\xFF\xD8\xFF", "a JPEG picture", ""},
	{0, "GIF8", "a GIF picture", ""},
	{8, "WEBP", "a WebP picture", ""},
	{0, "%PDF-", "a PDF document", ""},
	{0, "\x7FELF", "an ELF program", ""},
	{0, "\x00asm", "a WebAssembly module", ""},
	{0, "MZ", "a Windows program", ""},
	{0, "SQLite format 3\x00", "an SQLite database", ""},
	{0, "snoop\x00\x00\x00", "a snoop capture", "convert it with: editcap -F pcapng IN OUT"},
	{0, "GMBU", "a Microsoft Network Monitor capture", "convert it with: editcap -F pcapng IN OUT"},
	{0, "RTSS", "a Microsoft Network Monitor capture", "convert it with: editcap -F pcapng IN OUT"},
	{0, "TRSNIFF data", "a Sniffer capture", "convert it with: editcap -F pcapng IN OUT"},
	{0, "XCP\x00", "a NetXRay capture", "convert it with: editcap -F pcapng IN OUT"},
	{0, "btsnoop\x00", "a Bluetooth capture", ""},
}

func recogniseForeign(head []byte, _ bool) (Kind, string, string) {
	for _, m := range magics {
		if len(head) >= m.at+len(m.magic) && string(head[m.at:m.at+len(m.magic)]) == m.magic {
			return KindUnknown, m.name + " (" + hexOf([]byte(m.magic)) + " at offset " + strconv.Itoa(m.at) + ")", m.advice
		}
	}
	return KindUnknown, "", ""
}

func recogniseUTF16(head []byte, _ bool) (Kind, string, string) {
	if wideText(head) != 0 { // PowerShell's redirection writes this
		return KindUnknown, "text in UTF-16 (" + hexOf(head[:2]) + " at offset 0)", "save it as UTF-8"
	}
	return KindUnknown, "", ""
}

func recogniseBinary(head []byte, all bool) (Kind, string, string) {
	if !isText(head, all) {
		return KindBinary, "", ""
	}
	return KindUnknown, "", ""
}

// isText tells whether b is UTF-8 without control characters other than those
// that texts have. A character cut at the end of b is fine unless b is all.
func isText(b []byte, all bool) bool {
	for i := 0; i < len(b); {
		if c := b[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B || c == 0x7F {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return !all && !utf8.FullRune(b[i:])
		}
		i += n
	}
	return true
}

var bom = []byte("\xEF\xBB\xBF")

// firstLine is the first line of text that is not blank.
func firstLine(head []byte) []byte {
	head = bytes.TrimPrefix(head, bom)
	for len(head) > 0 {
		line := head
		if i := bytes.IndexByte(head, '\n'); i >= 0 {
			line, head = head[:i], head[i+1:]
		} else {
			head = nil
		}
		line = bytes.TrimRight(line, " \t\r")
		if len(bytes.TrimLeft(line, " \t")) > 0 {
			return line
		}
	}
	return nil
}

func recogniseEvents(head []byte, _ bool) (Kind, string, string) {
	line := bytes.TrimLeft(firstLine(head), " \t")
	if len(line) > 0 && line[0] == '{' && bytes.Contains(line, []byte(`"op"`)) {
		return KindEvents, "", ""
	}
	return KindUnknown, "", ""
}

func recogniseXXD(head []byte, _ bool) (Kind, string, string) {
	line := firstLine(head)
	if line, ok := bytes.CutPrefix(line, hexPrefix); ok {
		if n := hexDigits(line); n >= 4 && len(line) > n+4 && string(line[n:n+3]) == ":  " && hexDigits(line[n+3:]) >= 2 {
			return KindXXD, "", ""
		}
	}
	n := hexDigits(line)
	if n < 6 || n > 16 || len(line) <= n+3 || line[n] != ':' || line[n+1] != ' ' || hexDigits(line[n+2:]) < 2 {
		return KindUnknown, "", ""
	}
	if how := xxdWords(head); how != "" {
		return KindUnknown, "an xxd dump of " + how, "write it again with: xxd, without -e and -b"
	}
	return KindXXD, "", ""
}

// hexPrefix begins the rows of tcpdump -x and -X.
var hexPrefix = []byte("0x")

// xxdWords tells from the rows' text, which always is in the order of the bytes,
// that the groups are not: words of little-endian order (xxd -e), or digits of
// single bits (xxd -b).
func xxdWords(head []byte) (how string) {
	rows := 0
	var row []byte
	eachLine(head, 4<<10, func(line []byte) bool {
		n := hexDigits(line)
		if n == 0 || n+2 >= len(line) || line[n] != ':' {
			return true
		}
		row, end, ok := parseRow(row[:0], line, n+1, KindXXD)
		if !ok || len(line) < end+3 {
			return true // no text, or one that ends in spaces
		}
		text := line[end+2:]
		switch {
		case len(row) == 4*len(text) && onlyBits(line[n+1:end]):
			how = "bits"
			return false
		case len(row) < len(text) || len(row)%4 != 0:
			return true
		}
		if !shows(text, row) {
			for i := 0; i+4 <= len(row); i += 4 {
				row[i], row[i+1], row[i+2], row[i+3] = row[i+3], row[i+2], row[i+1], row[i]
			}
			if shows(text, row) {
				how = "32-bit words in little-endian order"
			}
			return false
		}
		rows++
		return rows < 64
	})
	return how
}

// shows says whether the text of a row can be that of its bytes; spaces at its
// end may be missing.
func shows(text, row []byte) bool {
	for i, c := range text {
		want := row[i]
		if want < ' ' || want > '~' {
			want = '.'
		}
		if c != want {
			return false
		}
	}
	return true
}

func onlyBits(b []byte) bool {
	for _, c := range b {
		if c != '0' && c != '1' && c != ' ' {
			return false
		}
	}
	return true
}

func recogniseHexdump(head []byte, _ bool) (Kind, string, string) {
	line := firstLine(head)
	n := hexDigits(line)
	if n < 6 || n > 16 || len(line) < n+4 || line[n] != ' ' || line[n+1] != ' ' || hexDigits(line[n+2:]) != 2 && line[n+2] != ' ' {
		return KindUnknown, "", ""
	}
	if _, _, ok := parseRow(nil, line, n, KindHexdump); !ok {
		if _, end, ok := parseRow(nil, line, n, KindOD); ok && hexDigits(bytes.TrimLeft(line[end:], " ")) == 0 {
			return KindOD, "", "" // text without bars: HxD, Format-Hex
		}
	}
	if line[n+2] == ' ' {
		return KindUnknown, "", ""
	}
	return KindHexdump, "", ""
}

func recogniseHex(head []byte, _ bool) (Kind, string, string) {
	head = bytes.TrimPrefix(head, bom)
	if how, advice := words(firstLine(head)); how != "" {
		return KindUnknown, how, advice
	}
	if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("00 01 02 03 04 05 06 07 ")) {
		return KindUnknown, "", "" // the columns' numbers above a dump; no message begins so
	}
	if _, buffer, is := bytes.Cut(firstLine(head), nodeBuffer); is && hexDigits(buffer) == 2 {
		return KindHex, "", ""
	}
	if hexList(head) >= 0 {
		return KindHex, "", ""
	}
	digits := 0
	for i, c := range head {
		if hexValue[c] < 16 {
			digits++
			continue
		}
		if isSpace(c) || digits > 0 && isBetween(c) || opensHex(head[i:], digits) > 0 {
			continue
		}
		// Something else on the way: hex with a slip in it if most of a
		// line's worth was digits before; the reader will say where.
		if (c == 'x' || c == 'X') && i > 0 && head[i-1] == '0' && opensHex(head[i-1:], digits-1) > 0 {
			digits--
			continue
		}
		if digits < 64 || i < 64 || 2*digits < i {
			return KindUnknown, "", ""
		}
		break
	}
	if digits < 2 {
		return KindUnknown, "", ""
	}
	return KindHex, "", ""
}

// isBetween says whether c may stand between two bytes of plain hex.
func isBetween(c byte) bool { return c == ':' || c == '-' || c == ',' || c == ';' }

// opensHex is how long what plain hex may begin with is, 0x or a quote, and zero
// when b does not begin with one. A quote may also stand at its end.
func opensHex(b []byte, digits int) int {
	switch {
	case digits == 0 && len(b) > 2 && b[0] == '0' && (b[1] == 'x' || b[1] == 'X') && hexDigits(b[2:]) >= 8:
		return 2
	case len(b) == 0 || digits > 0 && len(bytes.TrimLeft(b[1:], " \t\r\n;,")) > 0:
		return 0
	case b[0] == '"' || b[0] == '\'' || b[0] == '`':
		return 1
	}
	return 0
}

// hexList is where near the beginning of a text the list of hex digits begins, as in
// "frame: [00, c4]"; -1 where there is none.
func hexList(head []byte) int {
	for at := range min(len(head), maxIntroduction) {
		if isHexList(head[at:]) {
			return at
		}
	}
	return -1
}

// isHexList says whether b begins with a list of hex digits, and not with one that
// can be of decimal numbers.
func isHexList(b []byte) bool {
	n, _, hex := hexItems(b)
	return hex && n >= 4
}

// hexItems is how many bytes a list in brackets has that b begins with, and zero when
// that is no list of one or two hex digits each and nothing else, as Rust's {:x?} and
// {:02x?} print them; single is whether one of them has one digit. A letter, or a zero
// before another digit, tells it from a list of decimal numbers.
func hexItems(b []byte) (items int, single, hex bool) {
	b, list := bytes.CutPrefix(b, []byte("["))
	for list {
		b = bytes.TrimLeft(b, " \t\r\n")
		n := hexDigits(b)
		if n == 0 && len(b) == 0 {
			return items, single, hex // the text goes on
		}
		if n == 0 || n > 2 {
			return 0, false, false
		}
		hex = hex || n == 2 && b[0] == '0' || !isDigit(b[0]) || !isDigit(b[n-1])
		items++
		single = single || n == 1 && len(b) > n
		b, list = bytes.CutPrefix(b[n:], []byte(","))
	}
	if len(b) > 0 && b[0] != ']' {
		return 0, false, false
	}
	return items, single, hex
}

// words tells whether a line is one of a dump of something else than single
// bytes: of hexdump or od without options, or as words or characters.
func words(line []byte) (how, advice string) {
	n := 0
	for n < len(line) && line[n] == '0' {
		n++
	}
	if n < 6 || n > 8 || len(line) < n+5 || line[n] != ' ' {
		return "", ""
	}
	rest := bytes.TrimLeft(line[n:], " ")
	switch first := hexDigits(rest); {
	case first == 4 || first == 8 && n < 8:
		return "a dump of " + strconv.Itoa(4*first) + "-bit words, whose byte order depends on the machine", "write it with: hexdump -C"
	case first == 6 && n < 8:
		return "a dump of octal words, whose byte order depends on the machine", "write it with: od -A x -t x1z"
	case rest[0] == '\\', first == 3 && n < 8:
		return "a dump of characters or octal bytes", "write it with: od -A x -t x1z"
	}
	return "", ""
}

// adviceRecord is what to do with a text that is no form of anything.
const adviceRecord = "record the conversation with Wireshark, or with tcpdump -w FILE, and open that"

func recogniseText(head []byte, _ bool) (Kind, string, string) {
	line := firstLine(head)
	if line == nil {
		return KindUnknown, "nothing but blank lines", adviceRecord
	}
	short := ""
	for len(line) > 0 && len(short) < 40 {
		r, n := utf8.DecodeRune(line)
		line = line[n:]
		short += string(r)
	}
	if len(line) > 0 {
		short += "…"
	}
	return KindUnknown, "text that begins " + strconv.QuoteToGraphic(short), adviceRecord
}

// hexDigits is how many hex digits b begins with.
func hexDigits(b []byte) int {
	for i, c := range b {
		if hexValue[c] >= 16 {
			return i
		}
	}
	return len(b)
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\v'
}

// hexValue is the value of a hex digit; not under 16 for anything else.
var hexValue = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xFF
	}
	for i := range 10 {
		t['0'+i] = byte(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = byte(10+i), byte(10+i)
	}
	return
}()
