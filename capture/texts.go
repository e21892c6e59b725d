package capture

import (
	"bytes"
	"strconv"
)

// The recognisers of the forms that are text. Each looks at the first line that
// is not blank, and at more where that does not tell.

// recogniseLog takes a file whose first line is one of a log: a request, a
// response, data written, or a diagnostic. Nothing may stand before it, so that
// what is read can be written again unchanged.
func recogniseLog(head []byte, _ bool) (Kind, string, string) {
	line := bytes.TrimPrefix(head, bom)
	if beginsEntry(line) {
		return KindLog, "", ""
	}
	if bytes.HasPrefix(line, []byte(`{"number":`)) || bytes.HasPrefix(line, []byte("number,time,packet,stream,")) {
		return KindUnknown, "a log as NDJSON or CSV, which is for programs", "open the capture that it was made from, or its log"
	}
	return KindUnknown, "", ""
}

// recogniseMarkedLog knows a log whose lines have something before them, as numbers
// or times: its messages' bytes must not be taken for a dump. Most of its first lines
// have it: not those with the rest of a path, or with a note.
func recogniseMarkedLog(head []byte, _ bool) (Kind, string, string) {
	mark, lines, marked := "", 0, 0
	eachLine(head, 5, func(line []byte) bool {
		n := markOf(line)
		if lines++; n > 0 {
			marked++
		}
		if lines == 1 {
			mark = string(line[:n])
		}
		return mark != ""
	})
	if mark == "" || 2*marked <= lines {
		return KindUnknown, "", ""
	}
	return KindUnknown, "a log with something before each of its lines, as " + strconv.QuoteToGraphic(mark), "take that away: each message begins with -> or <-"
}

// markOf is how long what stands before an entry of a log in its line is; 0 where
// nothing does, or what quotes a text, or where there is no entry.
func markOf(line []byte) int {
	for i := range min(len(line), maxMark) {
		if beginsEntry(line[i:]) {
			if len(bytes.Trim(line[:i], quotingChars)) == 0 {
				return 0
			}
			return i
		}
	}
	return 0
}

// maxMark bounds what may stand before an entry of a log.
const maxMark = 80

// recogniseDissection knows what Wireshark tells of packets, for programs.
func recogniseDissection(head []byte, _ bool) (Kind, string, string) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	text = text[:min(len(text), maxIntroduction)]
	for _, is := range [...]struct{ begins, has, form string }{
		{"<", "<pdml", "PDML"}, {"<", "<psml", "PSML"}, {"[", `"_index": "packets-`, "JSON"}, {`{"index":{"_index":"packets-`, "", "JSON of lines"},
	} {
		if bytes.HasPrefix(text, []byte(is.begins)) && bytes.Contains(text, []byte(is.has)) {
			return KindUnknown, "a dissection of packets as " + is.form, "open the capture that it was made from, or print its packets with: tshark -x"
		}
	}
	return KindUnknown, "", ""
}

// eachLine calls f with the first lines of head that are not blank, until it
// says no.
func eachLine(head []byte, n int, f func(line []byte) bool) {
	head = bytes.TrimPrefix(head, bom)
	for n > 0 && len(head) > 0 {
		line := head
		if i := bytes.IndexByte(head, '\n'); i >= 0 {
			line, head = head[:i], head[i+1:]
		} else {
			head = nil
		}
		if line = bytes.TrimRight(line, " \t\r"); len(line) == 0 {
			continue
		}
		if !f(line) {
			return
		}
		n--
	}
}

// recogniseFollow takes Wireshark's followed streams.
func recogniseFollow(head []byte, all bool) (k Kind, foreign, advice string) {
	first := true
	indented, plain := false, false
	hex := true
	eachLine(head, 64, func(line []byte) bool {
		body := bytes.TrimLeft(line, " \t")
		switch {
		case bytes.HasPrefix(line, []byte("Follow: ")):
			mode := line[bytes.LastIndexByte(line, ',')+1:]
			switch string(mode) {
			case "raw":
				k = KindFollowRaw
			case "hex":
				k = KindFollowHex
			default:
				foreign = "a followed stream as " + string(mode[:min(len(mode), 16)]) + ", in which bytes are lost"
				advice = "write it again with: tshark -q -z follow,tcp,raw,0"
			}
			return false
		case bytes.HasPrefix(line, []byte("=====")):
			hex = false
		case !first && !hex:
			return false
		case first && (string(line) == "peers:" || bytes.HasPrefix(line, []byte("# Packet ")) || isOldYAML(line)):
			k = KindFollowYAML
			return false
		case first && bytes.HasPrefix(body, []byte("char peer")):
			k = KindFollowC
			return false
		case first && isFollowRow(line):
			k = KindFollowHex
			return false
		default:
			// Raw without its heading: hex lines, of which only some are indented.
			if hex = hexDigits(body) == len(body); !hex {
				return false
			}
			if len(body) < len(line) {
				indented = indented || line[0] == '\t'
			} else {
				plain = true
			}
		}
		first = false
		return true
	})
	if k == KindUnknown && foreign == "" && hex && indented && plain {
		k = KindFollowRaw
	}
	return k, foreign, advice
}

// isOldYAML says whether a line is peer0_0: !!binary |
func isOldYAML(line []byte) bool {
	return bytes.HasPrefix(line, []byte("peer")) && bytes.Contains(line, []byte(": !!binary"))
}

// recogniseOD takes od -t x1, with whatever base its offsets have, and what
// Wireshark copies as a hex dump: an offset of zeros, then single bytes.
func recogniseOD(head []byte, _ bool) (Kind, string, string) {
	line := firstLine(head)
	n := 0
	for n < len(line) && line[n] == '0' {
		n++
	}
	if n < 4 || n > 16 || n == len(line) || line[n] != ' ' {
		return KindUnknown, "", ""
	}
	row, _, ok := parseRow(nil, line, n, KindOD)
	if !ok || len(row) == 0 {
		return KindUnknown, "", ""
	}
	return KindOD, "", ""
}

// recogniseString takes strings with escapes in them.
func recogniseString(head []byte, _ bool) (Kind, string, string) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	text = text[:min(len(text), maxIntroduction)]
	at := bytes.IndexAny(text, `"'`)
	if at < 0 || at+2 >= len(text) {
		return KindUnknown, "", ""
	}
	// Bytes of a message are never all printable: an escape must come soon.
	escape := bytes.IndexByte(text[at:], '\\')
	if escape < 0 {
		return KindUnknown, "", ""
	}
	next := byte(0)
	if i := at + escape + 1; i < len(text) {
		next = text[i]
	}
	if next != 'x' && next != '0' && next != '\n' && next != '\r' && (next < '1' || next > '7') {
		return KindUnknown, "", ""
	}
	if at > 0 && text[at-1] == 'b' && (at == 1 || !isLetter(text[at-2]) && !isDigit(text[at-2])) {
		return KindByteString, "", ""
	}
	return KindString, "", ""
}

// recogniseList takes lists of bytes: hexadecimal ones with 0x or \x anywhere
// near the beginning, decimal ones in brackets.
func recogniseList(head []byte, _ bool) (Kind, string, string) {
	r := newDumpReader(bytes.NewReader(head), KindByteList, 4<<10)
	var run DumpRun
	// A few bytes must stand there before anything is wrong.
	if r.Next(&run) != nil || len(run.Bytes) < 4 {
		return KindUnknown, "", ""
	}
	return KindByteList, "", ""
}

// leastBase64 is how many digits of base64 a text must have to be taken for it:
// the shortest message has more, a word has not.
const leastBase64 = 28

// recogniseBase64 takes text of nothing but digits of base64, in lines without
// spaces.
func recogniseBase64(head []byte, _ bool) (Kind, string, string) {
	digits := 0
	ok := true
	eachLine(head, 1<<20, func(line []byte) bool {
		for i, c := range line {
			switch {
			case base64Value[c] < 64:
				digits++
			case c == '=' && i > 1: // in the middle, too: several, one after the other
			default:
				ok = false
				return false
			}
		}
		return true
	})
	if !ok || digits < leastBase64 {
		return KindUnknown, "", ""
	}
	return KindBase64, "", ""
}
