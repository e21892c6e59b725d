package walcore

import (
	"bytes"
	"strconv"
	"strings"

	"satascope/sata"
)

// A Parser makes records of the lines of a log, so that a log that was written
// earlier, by the reference or from here, is rows again: operations, paths,
// results. Writing them gives the same bytes: of a line that can't be made again
// from its record, the text itself is kept.
//
// A log says less than a capture, and its records say no more than it does:
//
//   - Streams have no numbers in a log, so all records are of stream 0. A
//     response is paired with the oldest request that it can answer by its form
//     (see requests); where several streams are mixed this may be another one's.
//   - FlagNoData marks records without bytes. Only Unknown messages have theirs.
//   - A message's length is known where the protocol leaves no choice; else it is 0.
//   - A descriptor is known where its opening stands in the log; else the record
//     has FlagNoDescriptor and -1.
//   - Time is not known; At says where the line stands.
type Parser struct {
	log     *Log
	waiting [classes]requests
	answers uint64 // responses so far
	asked   uint64 // requests that wait
	latest  uint32 // the latest request that was answered
	unasked bool   // a diagnostic said that nobody asked for the next response
	files   descriptors
	folders descriptors
	text    []byte
	parsed  sata.Request
}

// NewParser makes a parser that appends to log, which nothing else writes to.
func NewParser(log *Log) *Parser {
	return &Parser{log: log, files: newDescriptors(), folders: newDescriptors()}
}

// EndsInside notes that the last line has no line break, as that of a log cut
// short: it will be written without one again.
func (p *Parser) EndsInside() { p.log.openEnd = true }

// Entry records a message or diagnostic of a log: the text of its line without
// the line break at its end. Of a path with a line break in it the text has all
// lines. It returns the index of the record, None when the log is full, and for
// an Unknown message whose bytes the text has, where they begin in it.
func (p *Parser) Entry(text []byte, at At) (index uint32, data int) {
	r := Record{Offset: at.Offset, Time: at.Time, Packet: at.Packet, Partner: None, Op: OpUnknown, Flags: flagCompatible | FlagNoData}
	start := 0
	if p.log.n == 0 && bytes.HasPrefix(text, byteOrderMark) {
		start = len(byteOrderMark)
	}
	line := text[start:]
	data, ok := p.parse(&r, line)
	if !ok && bytes.HasSuffix(line, []byte{'\r'}) {
		line = line[:len(line)-1] // Windows' line breaks
		data, ok = p.parse(&r, line)
	}
	if i := bytes.IndexByte(line, '\n'); !ok && i >= 0 {
		// What follows the line is none of it, or the line is damaged.
		line = bytes.TrimSuffix(line[:i], []byte{'\r'})
		data, ok = p.parse(&r, line)
	}
	if !ok {
		p.damaged(&r, text[start:])
	}
	if index = p.pair(&r); index == None {
		return None, 0
	}
	same := ok && len(line) == len(text)
	if same && r.Flags&FlagNoData != 0 { // Unknown messages were held against their text when they were read
		p.text = p.log.appendLine(p.text[:0], p.log.At(int(index)))
		same = bytes.Equal(p.text, text)
	}
	if !same {
		p.log.keepText(index, text)
	}
	return index, start + data
}

var byteOrderMark = []byte("\xEF\xBB\xBF")

// damaged fills r with what can be told of a line that can't be read: its kind.
func (p *Parser) damaged(r *Record, text []byte) {
	switch {
	case bytes.HasPrefix(text, []byte("<-")):
		r.Kind = Response
	case bytes.HasPrefix(text, []byte(writtenStart)):
		r.Kind, r.Line, r.Op = Written, LineWritten, uint8(sata.WriteFile)
	case bytes.HasPrefix(text, []byte(diagnosticStart)):
		r.Kind, r.Line, r.Op = Diagnostic, LineDiagnostic, uint8(CodeLogLine)
		r.Flags &^= flagCompatible
		r.Path2 = p.log.intern(text)
	}
}

// parse fills r from a line; it says whether it could, and where in the line an
// Unknown message's bytes begin.
func (p *Parser) parse(r *Record, line []byte) (data int, ok bool) {
	empty := *r
	switch {
	case bytes.HasPrefix(line, []byte(unknownRequest)), bytes.HasPrefix(line, []byte(unknownResponse)):
		if line[0] == '<' {
			r.Kind = Response
		}
		data, ok = len(unknownRequest), p.parseUnknown(r, line[len(unknownRequest):])
	case bytes.HasPrefix(line, []byte("->")):
		ok = p.parseRequest(r, line[2:])
	case bytes.HasPrefix(line, []byte("<-")):
		r.Kind = Response
		ok = p.parseResponse(r, line)
	case bytes.HasPrefix(line, []byte(writtenStart)):
		r.Kind, r.Line, r.Op = Written, LineWritten, uint8(sata.WriteFile)
		r.A, ok = decimal(line[len(writtenStart):], 64)
		r.Length = r.A
	case bytes.HasPrefix(line, []byte(diagnosticStart)):
		ok = p.parseDiagnostic(r, line[len(diagnosticStart):])
	}
	if !ok {
		*r = empty
		return 0, false
	}
	return data, true
}

// The beginnings of Unknown messages, which are equally long.
const (
	unknownRequest  = "->Unknown      {data=b\""
	unknownResponse = "<-     Unknown {data=b\""
)

// parseUnknown keeps the bytes of an Unknown message; text is what follows the
// quote before them.
func (p *Parser) parseUnknown(r *Record, text []byte) bool {
	text, ok := bytes.CutSuffix(text, []byte(unknownEnd))
	if !ok {
		return false
	}
	kept := p.text[:0]
	for i := 0; i < len(text); r.Length++ {
		c, n := byteOf(text[i:])
		if n == 0 {
			return false
		}
		if len(kept) < MaxKept {
			kept = append(kept, c)
		}
		i += n
	}
	p.text = kept
	r.A, r.B = p.log.keep(kept)
	r.Flags &^= FlagNoData
	if r.Kind == Request {
		p.lookInto(r, kept)
	}
	return true
}

// byteOf is the first byte of a byte string and how long it is written there: 0
// when it is not written as appendByteString would.
func byteOf(text []byte) (c byte, n int) {
	c, n = text[0], 1
	if c == '\\' {
		if len(text) < 2 {
			return 0, 0
		}
		n = 2
		switch text[1] {
		case '0':
			c = 0
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case '"', '\\':
			c = text[1]
		case 'x':
			if n = 4; len(text) < n {
				return 0, 0
			}
			hi, lo := lowerHex(text[2]), lowerHex(text[3])
			c = hi<<4 | lo&0xF
			if hi|lo > 0xF || c >= 0x20 && c < 0x7F || c == 0 || c == '\n' || c == '\r' || c == '\t' {
				return 0, 0
			}
		default:
			return 0, 0
		}
		return c, n
	}
	if c < 0x20 || c >= 0x7F || c == '"' {
		return 0, 0
	}
	return c, 1
}

// SkipBytes is how much of the text of an Unknown message's bytes its first n
// bytes take; text is that which Entry gave the place of.
func SkipBytes(text []byte, n int) int {
	i := 0
	for ; n > 0 && i < len(text); n-- {
		_, size := byteOf(text[i:])
		if size == 0 {
			break
		}
		i += size
	}
	return i
}

// lowerHex is the value of a hex digit as the log writes them, 0xFF of anything
// else.
func lowerHex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 0xFF
}

// lookInto tells of an Unknown request what the reference does not know: see
// recordRequest.
func (p *Parser) lookInto(r *Record, head []byte) {
	q := &p.parsed
	if sata.ParseInlineWrite(head, r.Length, q) == nil {
		r.C, r.D = uint32(q.Total()), uint32(q.Move())
	} else if sata.ParseRequest(head, r.Length, q) != nil || q.Command.Spec().LogName != "" {
		return // that a known request should be Unknown can't be: the log was changed
	}
	r.Op, r.FD = uint8(q.Command), q.FD
	if path, ok := p.files.paths[q.FD]; ok {
		r.Path = path
		r.Flags |= FlagOpen
	}
}

// byLogName has the commands by their names in the log.
var byLogName = func() map[string]*sata.Spec {
	all := map[string]*sata.Spec{}
	for _, s := range sata.Commands {
		if s.LogName != "" {
			all[s.LogName] = s
		}
	}
	return all
}()

// parseRequest fills r from what follows the arrow of a request's line, by the
// parts of its command.
func (p *Parser) parseRequest(r *Record, line []byte) bool {
	open := bytes.IndexByte(line, '{')
	values, ok := bytes.CutSuffix(line[open+1:], []byte{'}'})
	if open < 0 || !ok {
		return false
	}
	spec := byLogName[string(bytes.TrimRight(line[:open], " "))]
	if spec == nil {
		return false
	}
	r.Line, r.Op = LineRequest, uint8(spec.Command)
	// Texts come first and may hold anything, so the parts are taken from the end.
	for i := len(spec.Line) - 1; i >= 0; i-- {
		part := &spec.Line[i]
		value := values
		if i > 0 {
			at := lastLabel(values, part.Label)
			if at < 0 {
				return false
			}
			value, values = values[at+len((",="))+len(part.Label):], values[:at]
		} else if value, ok = bytes.CutPrefix(value, []byte(part.Label)); !ok || len(value) == 0 || value[0] != '=' {
			return false
		} else {
			value = value[1:]
		}
		if !p.parsePart(r, part, value) {
			return false
		}
	}
	if spec.Slack == 0 {
		r.Length = uint64(sata.RequestSize + spec.BodyLen())
	}
	return true
}

// lastLabel is where `,label=` stands last, -1 when it does not.
func lastLabel(values []byte, label string) int {
	for end := len(values); ; {
		at := bytes.LastIndexByte(values[:end], ',')
		if at < 0 {
			return -1
		}
		rest := values[at+1:]
		if len(rest) > len(label) && string(rest[:len(label)]) == label && rest[len(label)] == '=' {
			return at
		}
		end = at
	}
}

// parsePart fills r with a part's value, where recordRequest puts it.
func (p *Parser) parsePart(r *Record, part *sata.Part, value []byte) bool {
	switch part.Form {
	case sata.FormPath:
		r.Path = p.log.intern(value)
		r.Flags |= FlagOpen
	case sata.FormOpenPath:
		p.parseOpenPath(r, value, "<Unknown; ")
	case sata.FormOpenPathIO:
		p.parseOpenPath(r, value, "<Unknown ")
	case sata.FormDestination, sata.FormModeText:
		r.Path2 = p.log.intern(value)
	case sata.FormMode:
		switch string(value) {
		case "0666":
			r.B = 0x666
		case "0444":
			r.B = 0x444
		default:
			return false
		}
	case sata.FormMove:
		return parseMove(value, &r.D)
	case sata.FormTotal:
		r.C = 1
		return decimal32(value, &r.B)
	case sata.FormQuery:
		for q, spec := range sata.Queries() {
			if spec.Name != "" && string(value) == spec.Name {
				r.B = uint32(q)
				return true
			}
		}
		return false
	case sata.FormFFIO:
		return parseBool(r, value, FlagFFIO)
	case sata.FormCSR:
		return parseBool(r, value, FlagCSR)
	case sata.FormDecimal:
		var n uint32
		if !decimal32(value, &n) {
			return false
		}
		switch part.Slot {
		case sata.SlotUser0:
			r.A |= uint64(n) << 32
		case sata.SlotUser1:
			r.A |= uint64(n)
		case sata.SlotGID:
			r.C = n
		default:
			r.B = n
		}
	}
	return true
}

// parseOpenPath fills r with the path of a descriptor, or the descriptor of an
// unknown path.
func (p *Parser) parseOpenPath(r *Record, value []byte, unknown string) {
	if fd, ok := bytes.CutPrefix(value, []byte(unknown)); ok {
		if fd, ok := bytes.CutSuffix(fd, []byte{'>'}); ok && parseFD(fd, &r.FD) {
			return
		}
	}
	r.Path = p.log.intern(value)
	r.Flags |= FlagOpen
	open := &p.files
	if isFolderCommand(sata.Command(r.Op)) {
		open = &p.folders
	}
	var ok bool
	if r.FD, ok = open.of(r.Path); !ok {
		r.FD = -1
		r.Flags |= FlagNoDescriptor
	}
}

func parseMove(value []byte, move *uint32) bool {
	switch string(value) {
	case "Begin":
		*move = uint32(sata.MoveBegin)
	case "Nowhere":
		*move = uint32(sata.MoveNowhere)
	case "End":
		*move = uint32(sata.MoveEnd)
	default:
		return between(&value, "Offset(", ")") && decimal32(value, move)
	}
	return true
}

func parseBool(r *Record, value []byte, flag uint8) bool {
	switch string(value) {
	case "true":
		r.Flags |= flag
	case "false":
	default:
		return false
	}
	return true
}

// parseResponse fills r from a response's line.
func (p *Parser) parseResponse(r *Record, line []byte) bool {
	for form, start := range column {
		if start == "" {
			continue
		}
		values := line
		if between(&values, start, "}") {
			r.Line = Line(form)
			return p.parseValues(r, values)
		}
	}
	return false
}

func (p *Parser) parseValues(r *Record, values []byte) bool {
	switch r.Line {
	case LineResult:
		return parseResult(values, &r.B)
	case LineDescriptor:
		r.Length = sata.HeaderSize + 8
		if fd := values; between(&fd, "Success (", ")") {
			return parseFD(fd, &r.FD)
		}
		r.FD = -1
		return parseResult(values, &r.B) && r.B != 0
	case LineItem:
		code, name, ok := bytes.Cut(values, []byte(",next_item="))
		if !ok || !parseResult(code, &r.B) {
			return false
		}
		if r.B == 0 {
			r.Path2 = p.log.intern(name)
			r.Length = sata.HeaderSize + 4 + sata.InfoSize + sata.NameSize
		}
	case LineRead:
		sum, rest, ok := bytes.Cut(values, []byte(",file_size="))
		size, rest, ok2 := bytes.Cut(rest, []byte(",packet_len="))
		length, rest, ok3 := bytes.Cut(rest, []byte(",header=b\""))
		if !ok || !ok2 || !ok3 || !hexNumber(sum, &r.A) || !decimal32(size, &r.B) {
			return false
		}
		if r.Length, ok = decimal(length, 64); !ok {
			return false
		}
		var head [sata.HeaderSize]byte
		n := 0
		for len(rest) > 1 {
			c, size := byteOf(rest)
			if size == 0 || n == len(head) {
				return false
			}
			head[n] = c
			n++
			rest = rest[size:]
		}
		if string(rest) != `"` || n != len(head) {
			return false
		}
		r.Path2 = p.log.intern(head[:])
	case LineStat, LineInfo:
		split := ","
		if r.Line == LineInfo {
			split = ":"
		}
		flags, rest, ok := bytes.Cut(values, []byte(split+"perms="))
		perms, length, ok2 := bytes.Cut(rest, []byte(split+"file_length="))
		r.Length = sata.HeaderSize + 4 + sata.InfoSize
		return ok && ok2 && hex32(flags, &r.B) && hex32(perms, &r.C) && decimal32(length, &r.D)
	case LineSpace:
		var ok bool
		r.A, ok = decimal(values, 64)
		return ok
	case LineCount:
		return decimal32(values, &r.B)
	case LinePong:
		ffio, csr, ok := bytes.Cut(values, []byte(",combined_send_recv_enabled="))
		r.Length = sata.HeaderSize + 8
		return ok && parseBool(r, ffio, FlagFFIO) && parseBool(r, csr, FlagCSR)
	}
	return true
}

// parseResult reads `Success` or `Failure (HEX)`.
func parseResult(value []byte, code *uint32) bool {
	if string(value) == "Success" {
		*code = 0
		return true
	}
	return between(&value, "Failure (", ")") && hex32(value, code)
}

// between cuts what stands before and behind a value.
func between(value *[]byte, before, behind string) bool {
	v := *value
	if len(v) < len(before)+len(behind) || string(v[:len(before)]) != before || string(v[len(v)-len(behind):]) != behind {
		return false
	}
	*value = v[len(before) : len(v)-len(behind)]
	return true
}

func decimal(b []byte, bits int) (uint64, bool) {
	n, err := strconv.ParseUint(string(b), 10, bits)
	return n, err == nil
}

func decimal32(b []byte, n *uint32) bool {
	v, ok := decimal(b, 32)
	*n = uint32(v)
	return ok
}

func hexNumber(b []byte, n *uint64) bool {
	v, err := strconv.ParseUint(string(b), 16, 64)
	*n = v
	return err == nil
}

func hex32(b []byte, n *uint32) bool {
	v, err := strconv.ParseUint(string(b), 16, 32)
	*n = uint32(v)
	return err == nil
}

func parseFD(b []byte, fd *int32) bool {
	v, err := strconv.ParseInt(string(b), 10, 32)
	*fd = int32(v)
	return err == nil
}

// parseDiagnostic fills r from a diagnostic's line, without its `!! `: its name,
// where it stands, and a sentence, which must be the one that we would write, or
// have written. The stream and packet that it names are those of the capture; like
// all records of a log it has the log's own.
func (p *Parser) parseDiagnostic(r *Record, line []byte) bool {
	name, rest, ok := bytes.Cut(line, []byte(" {stream="))
	where, sentence, ok2 := bytes.Cut(rest, []byte("} "))
	if !ok || !ok2 {
		return false
	}
	code := Code(0)
	for code < codes && string(name) != codeSpecs[code].Name {
		code++
	}
	var n uint64
	stream, where, _ := bytes.Cut(where, []byte(",from="))
	from, where, _ := bytes.Cut(where, []byte{','})
	if packet, after, ok := bytes.Cut(where, []byte{','}); ok && bytes.HasPrefix(packet, []byte("packet=")) {
		if _, ok := decimal(packet[len("packet="):], 32); !ok {
			return false
		}
		where = after
	}
	offset, size, _ := bytes.Cut(where, []byte(",size="))
	offset, ok = bytes.CutPrefix(offset, []byte("offset="))
	if _, err := strconv.ParseInt(string(offset), 10, 64); !ok || err != nil || code == codes || code == CodeLogLine {
		return false
	}
	if _, ok := decimal(stream, 32); !ok {
		return false
	}
	if n, ok = decimal(size, 64); !ok {
		return false
	}
	switch string(from) {
	case "server":
		r.Flags |= FlagFromServer
	case "client":
	default:
		return false
	}
	r.Kind, r.Line, r.Op, r.Length = Diagnostic, LineDiagnostic, uint8(code), n
	r.Flags &^= flagCompatible
	if older, ok := olderSentences[code]; ok && string(sentence) == older {
		r.Path2 = p.log.intern(sentence)
		return true
	}
	return parseSentence(r, sentence)
}

// olderSentences are those of earlier versions. They tell less than their codes'
// of now, so they are kept.
var olderSentences = map[Code]string{
	CodeAnswerLost: "the response to this request is missing from the capture, wholly or in part",
}

// parseSentence fills r with the numbers in a diagnostic's sentence.
func parseSentence(r *Record, sentence []byte) bool {
	template := codeSpecs[r.Op].Sentence
	for {
		text, rest, more := strings.Cut(template, "{")
		if len(sentence) < len(text) || string(sentence[:len(text)]) != text {
			return false
		}
		sentence = sentence[len(text):]
		if !more {
			return len(sentence) == 0
		}
		what, rest, _ := strings.Cut(rest, "}")
		next, _, _ := strings.Cut(rest, "{")
		end := len(sentence)
		if next != "" {
			if end = bytes.Index(sentence, []byte(next)); end < 0 {
				return false
			}
		}
		value := sentence[:end]
		ok := true
		switch what {
		case "size", "side": // they stand before the sentence too
		case "a":
			r.A, ok = decimal(value, 64)
		case "b":
			ok = decimal32(value, &r.B)
		case "on":
			if string(value) == "on" {
				r.B = 1
			} else {
				ok = string(value) == "off"
			}
		default:
			ok = false
		}
		if !ok {
			return false
		}
		sentence, template = sentence[end:], rest
	}
}
