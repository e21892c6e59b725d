package walcore

import (
	"io"
	"strconv"

	"satascope/sata"
)

// AppendText appends the line of record i, as the log has it, without its line
// break. Of an Unknown message that is longer than what is kept, the text ends
// after that with `…"}`; WriteTo writes it whole.
func (l *Log) AppendText(dst []byte, i int) []byte {
	r := l.At(i)
	if text, ok := l.keptText(i); ok {
		return append(dst, text...)
	}
	if r.Line != LineUnknown {
		return l.appendLine(dst, r)
	}
	kept := l.Kept(r)
	dst = appendByteString(l.appendUnknownStart(dst, r), kept)
	if uint64(len(kept)) < r.Length {
		dst = append(dst, "…"...)
	}
	return append(dst, unknownEnd...)
}

// What stands before the length of data written, and before a diagnostic.
const (
	writtenStart    = "  ->"
	diagnosticStart = "!! "
)

// column is what stands before the brace of a response's line.
var column = [...]string{
	LineResult:     "<-          RC {return_code=",
	LineDescriptor: "<-       FDRES {response=",
	LineItem:       "<- Folder Item {rc=",
	LineRead:       "<-        READ {chk=",
	LineStat:       "<-        STAT {file_or_folder_flags=",
	LineInfo:       "<-       QUERY {response=INFO:flags=",
	LineSpace:      "<-       QUERY {response=LG:",
	LineCount:      "<-       QUERY {response=SM:",
	LinePong:       "<-        PONG {ffio_enabled=",
}

const unknownEnd = "\"}"

func (l *Log) appendUnknownStart(dst []byte, r *Record) []byte {
	if r.Kind == Request {
		return append(dst, unknownRequest...)
	}
	return append(dst, unknownResponse...)
}

// appendLine appends any line but an Unknown one.
func (l *Log) appendLine(dst []byte, r *Record) []byte {
	switch r.Line {
	case LineRequest:
		return l.appendRequest(dst, r)
	case LineWritten:
		return strconv.AppendUint(append(dst, writtenStart...), r.A, 10)
	case LineDiagnostic:
		return l.appendDiagnostic(dst, r)
	}
	dst = append(dst, column[r.Line]...)
	switch r.Line {
	case LineResult:
		dst = appendResult(dst, r.B)
	case LineDescriptor:
		if r.B == 0 {
			dst = strconv.AppendInt(append(dst, "Success ("...), int64(r.FD), 10)
			dst = append(dst, ')')
		} else {
			dst = appendResult(dst, r.B)
		}
	case LineItem:
		dst = append(appendResult(dst, r.B), ",next_item="...)
		if r.B == 0 {
			dst = append(dst, l.texts[r.Path2]...)
		} else {
			dst = append(dst, "<None>"...)
		}
	case LineRead:
		dst = appendHex(dst, r.A)
		dst = strconv.AppendUint(append(dst, ",file_size="...), uint64(r.B), 10)
		dst = strconv.AppendUint(append(dst, ",packet_len="...), r.Length, 10)
		dst = appendByteString(append(dst, ",header=b\""...), l.texts[r.Path2])
		dst = append(dst, '"')
	case LineStat:
		dst = appendHex(dst, uint64(r.B))
		dst = appendHex(append(dst, ",perms="...), uint64(r.C))
		dst = strconv.AppendUint(append(dst, ",file_length="...), uint64(printedLength(r)), 10)
	case LineInfo:
		dst = appendHex(dst, uint64(r.B))
		dst = appendHex(append(dst, ":perms="...), uint64(r.C))
		dst = strconv.AppendUint(append(dst, ":file_length="...), uint64(printedLength(r)), 10)
	case LineSpace:
		dst = strconv.AppendUint(dst, r.A, 10)
	case LineCount:
		dst = strconv.AppendUint(dst, uint64(r.B), 10)
	case LinePong:
		dst = strconv.AppendBool(dst, r.Flags&FlagFFIO != 0)
		dst = strconv.AppendBool(append(dst, ",combined_send_recv_enabled="...), r.Flags&FlagCSR != 0)
	}
	return append(dst, '}')
}

func printedLength(r *Record) uint32 {
	return sata.Info{Flags: r.B, FileLength: r.D}.PrintedLength()
}

// appendRequest appends the line of a request from its command's parts.
func (l *Log) appendRequest(dst []byte, r *Record) []byte {
	spec := sata.Command(r.Op).Spec()
	dst = append(append(dst, "->"...), spec.LogName...)
	for n := len(spec.LogName); n < 13; n++ {
		dst = append(dst, ' ')
	}
	dst = append(dst, '{')
	for i := range spec.Line {
		p := &spec.Line[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(dst, p.Label...), '=')
		switch p.Form {
		case sata.FormPath:
			dst = append(dst, l.texts[r.Path]...)
		case sata.FormOpenPath, sata.FormOpenPathIO:
			dst = l.appendOpenPath(dst, r, p.Form == sata.FormOpenPath)
		case sata.FormDestination, sata.FormModeText:
			dst = append(dst, l.texts[r.Path2]...)
		case sata.FormMode:
			if sata.Writable(r.B) {
				dst = append(dst, "0666"...)
			} else {
				dst = append(dst, "0444"...)
			}
		case sata.FormMove:
			dst = sata.Move(r.D).Append(dst)
		case sata.FormTotal:
			dst = strconv.AppendUint(dst, uint64(r.B*r.C), 10) // modulo 2^32, as the reference
		case sata.FormQuery:
			dst = append(dst, sata.Query(r.B).String()...)
		case sata.FormFFIO:
			dst = strconv.AppendBool(dst, r.Flags&FlagFFIO != 0)
		case sata.FormCSR:
			dst = strconv.AppendBool(dst, r.Flags&FlagCSR != 0)
		case sata.FormDecimal:
			dst = strconv.AppendUint(dst, uint64(requestNumber(r, p.Slot)), 10)
		}
	}
	return append(dst, '}')
}

// requestNumber is where recordRequest put a slot that is printed as it is.
func requestNumber(r *Record, s sata.Slot) uint32 {
	switch s {
	case sata.SlotUser0:
		return uint32(r.A >> 32)
	case sata.SlotUser1:
		return uint32(r.A)
	case sata.SlotGID:
		return r.C
	}
	return r.B
}

// AppendUnopened appends what a request's line has for the path of a descriptor
// that is not open, and nothing where it names none.
func (l *Log) AppendUnopened(dst []byte, r *Record) []byte {
	if r.Line != LineRequest || r.Flags&FlagOpen != 0 {
		return dst
	}
	line := sata.Command(r.Op).Spec().Line
	if len(line) == 0 || line[0].Slot != sata.SlotFD {
		return dst
	}
	return l.appendOpenPath(dst, r, line[0].Form == sata.FormOpenPath)
}

func (l *Log) appendOpenPath(dst []byte, r *Record, semicolon bool) []byte {
	if r.Flags&FlagOpen != 0 {
		return append(dst, l.texts[r.Path]...)
	}
	dst = append(dst, "<Unknown"...)
	if semicolon {
		dst = append(dst, ';')
	}
	return append(strconv.AppendInt(append(dst, ' '), int64(r.FD), 10), '>')
}

func appendResult(dst []byte, code uint32) []byte {
	if code == 0 {
		return append(dst, "Success"...)
	}
	return append(appendHex(append(dst, "Failure ("...), uint64(code)), ')')
}

// appendHex appends lower-case hexadecimal of at least two digits.
func appendHex(dst []byte, n uint64) []byte {
	if n < 0x10 {
		dst = append(dst, '0')
	}
	return strconv.AppendUint(dst, n, 16)
}

// appendByteString appends bytes as Rust's byte strings print them, without the
// quotes.
func appendByteString[T []byte | string](dst []byte, b T) []byte {
	const digits = "0123456789abcdef"
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == 0:
			dst = append(dst, `\0`...)
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= 0x20 && c < 0x7F:
			dst = append(dst, c)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'x', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// Rest reads bytes of a message again from its file: n bytes from offset on of
// the message of r, appended to dst.
type Rest func(dst []byte, r *Record, offset uint64, n int) ([]byte, error)

// Selection says which lines of a log are written.
type Selection struct {
	Compatible bool             // those of the compatible log, and nothing else
	Diagnostic bool             // diagnostics too, as lines that start with `!! `
	Keep       func(i int) bool // only these; nil for all
	From       int              // the first record

	// After appends whole lines to stand behind the line of record i, such as
	// what somebody noted about it; nil for the notes that a log had when it was
	// read, where Diagnostic is set. Only WriteTo asks it.
	After func(dst []byte, i int) []byte
}

// end is the index after the last record that a selection can take.
func (l *Log) end(s *Selection) int {
	if s.Compatible {
		return l.CompatibleEnd()
	}
	return l.n
}

// takes says whether a selection has record i, which stands before its end.
func (l *Log) takes(s *Selection, i int) bool {
	r := l.At(i)
	switch {
	case s.Compatible && r.Flags&flagCompatible == 0,
		r.Line == LineDiagnostic && !s.Diagnostic,
		s.Keep != nil && !s.Keep(i):
		return false
	}
	return true
}

// WriteTo writes the lines of the chosen records, each with a line break, and
// says up to which record it came. Bytes of Unknown messages that are not kept
// come from rest; where they can't be had, all lines before that one are
// written, and the error says why.
func (l *Log) WriteTo(w io.Writer, s Selection, rest Rest) (next int, err error) {
	o := output{log: l, w: w, rest: rest, buf: make([]byte, 0, piece+piece/2)}
	after := s.After
	if after == nil && s.Diagnostic && len(l.notes) > 0 {
		after = l.appendNotes
	}
	return o.records(&s, func(i int, r *Record) error {
		err := o.line(i, r)
		if err == nil && after != nil {
			start := len(o.buf)
			o.buf = after(append(o.buf, '\n'), i)
			if len(o.buf) > start+1 {
				return nil
			}
			o.buf = o.buf[:start]
		}
		if !l.openEnd || i < l.n-1 {
			o.buf = append(o.buf, '\n')
		}
		return err
	})
}

// piece is about how many bytes go to a writer, or come from a file, at once.
const piece = 64 << 10

// An output gathers what is made of records and hands it on in pieces.
type output struct {
	log    *Log
	w      io.Writer
	rest   Rest
	buf    []byte
	passed int                           // bytes handed on
	failed error                         // what the writer said
	escape func(dst, line []byte) []byte // of lines inside another form; nil for the lines themselves
	made   []byte                        // a line, or a piece of one, before it is escaped
	raw    []byte                        // bytes of a message, read again
}

// records calls each for every chosen record, to append to buf. When it fails,
// what it appended for that record is taken back (but for what is gone already),
// and what came before is written.
func (o *output) records(s *Selection, each func(i int, r *Record) error) (next int, err error) {
	end := o.log.end(s)
	i := s.From
	for ; i < end; i++ {
		if !o.log.takes(s, i) {
			continue
		}
		start := o.passed + len(o.buf)
		err := each(i, o.log.At(i))
		if err != nil {
			o.buf = o.buf[:max(0, start-o.passed)]
			o.flush()
			return i, err
		}
		if len(o.buf) > piece && o.flush() != nil {
			return i, o.failed
		}
	}
	return i, o.flush()
}

// flush hands buf on, unless the writer has failed before.
func (o *output) flush() error {
	if o.failed == nil && len(o.buf) > 0 {
		_, o.failed = o.w.Write(o.buf)
		o.passed += len(o.buf)
	}
	o.buf = o.buf[:0]
	return o.failed
}

// line appends the line of r, record i; of a long Unknown one, what does not fit is handed
// on piece by piece.
func (o *output) line(i int, r *Record) error {
	if text, ok := o.log.keptText(i); ok {
		o.made = append(o.made, text...)
		o.pass()
		return nil
	}
	if r.Line != LineUnknown {
		if o.escape == nil {
			o.buf = o.log.appendLine(o.buf, r)
			return nil
		}
		o.made = o.log.appendLine(o.made[:0], r)
		o.buf = o.escape(o.buf, o.made)
		return nil
	}
	o.made = o.log.appendUnknownStart(o.made[:0], r)
	kept := o.log.Kept(r)
	for at := uint64(0); at < r.Length; {
		b := kept[min(at, uint64(len(kept))):]
		b = b[:min(len(b), piece)]
		if len(b) == 0 {
			if o.rest == nil {
				return errNotKept
			}
			var err error
			if o.raw, err = o.rest(o.raw[:0], r, at, int(min(piece, r.Length-at))); err != nil {
				return err
			}
			if b = o.raw; len(b) == 0 {
				return errNotKept
			}
		}
		o.made = appendByteString(o.made, b)
		at += uint64(len(b))
		o.pass()
		if len(o.buf) > piece && o.flush() != nil {
			return o.failed
		}
	}
	o.made = append(o.made, unknownEnd...)
	o.pass()
	return nil
}

// pass moves what is made of a line to buf.
func (o *output) pass() {
	if o.escape == nil {
		o.buf = append(o.buf, o.made...)
	} else {
		o.buf = o.escape(o.buf, o.made)
	}
	o.made = o.made[:0]
}

type walError string

func (e walError) Error() string { return string(e) }

const errNotKept = walError("an Unknown message is longer than what was kept of it, and its bytes can't be read again: open the capture itself")
