package walcore

import (
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"satascope/sata"
)

// The log for programs: a row a record, as JSON or as comma-separated values.
// Both have the same columns, in this order:
//
//	number       of the record, from 1
//	time         when it was seen, RFC 3339 in UTC with nine decimals
//	packet       the number of the packet at which it could be delivered
//	stream       the number of its stream
//	kind         request, response, written or diagnostic
//	operation    the command (of a response that of its request), Unknown; of a diagnostic its code
//	path         what it is about, where that is known: of a descriptor the path it was opened with
//	destination  of a Rename
//	fd           the descriptor
//	result       the result code of a response, 0x and eight digits
//	meaning      the result code in words
//	failed       of a response with a result: whether the request failed; a WriteFile that answers a number of bytes did not
//	offset       where it starts, in its direction of its stream; of a log that was opened where its line starts
//	length       in bytes, where that is known
//	request      the number of the request that a response answers, that data written belongs to or that a diagnostic is about
//	compatible   whether the compatible log has its line
//	text         its line in the log
var cellNames = [...]string{
	"number", "time", "packet", "stream", "kind", "operation", "path", "destination", "fd",
	"result", "meaning", "failed", "offset", "length", "request", "compatible", "text",
}

// WriteNDJSON writes the chosen records as JSON objects, one a line, and says
// up to which record it came; the selection and rest are WriteTo's. What a
// record does not have is null. Texts are escaped where a terminal or a reader
// could take a character for more than itself: control characters, line breaks,
// marks of direction and all else that is not printable.
func (l *Log) WriteNDJSON(w io.Writer, s Selection, rest Rest) (next int, err error) {
	r := rows{output: output{log: l, w: w, rest: rest, escape: appendJSON}, json: true}
	return r.write(s)
}

// WriteCSV writes the chosen records as comma-separated values after RFC 4180,
// but with \n between the rows, and says up to which record it came; the
// selection and rest are WriteTo's. The heading comes first where the selection
// begins at record 0, so that parts can be joined. What a record does not have
// is an empty cell.
//
// Cells are data, but spreadsheets take one that starts with = + - @ for a
// formula, quoted or not, and paths come from whoever was recorded. So a path or
// destination that starts with one of these (or with their wide forms, a tab, a
// line break or an apostrophe) gets an apostrophe in front, which keeps
// spreadsheets from calculating; a program takes one leading apostrophe off and
// has the path again, or reads NDJSON, where nothing is added. The text stays as
// the log has it: it always starts with an arrow or with !!, which no formula can.
func (l *Log) WriteCSV(w io.Writer, s Selection, rest Rest) (next int, err error) {
	r := rows{output: output{log: l, w: w, rest: rest, escape: appendCSV}}
	if s.From == 0 {
		for i, name := range cellNames {
			if i > 0 {
				r.buf = append(r.buf, ',')
			}
			r.buf = append(r.buf, name...)
		}
		r.buf = append(r.buf, '\n')
	}
	return r.write(s)
}

// rows writes records cell by cell. Each cell is one call: none, number, word,
// truth or data.
type rows struct {
	output
	json bool
	cell int // the index in cellNames of the next one
}

func (w *rows) write(s Selection) (next int, err error) {
	return w.records(&s, func(i int, r *Record) error {
		w.cell = 0
		if w.json {
			w.buf = append(w.buf, '{')
		}
		if err := w.row(i, r); err != nil {
			return err
		}
		if w.json {
			w.buf = append(w.buf, '}')
		}
		w.buf = append(w.buf, '\n')
		return nil
	})
}

func (w *rows) row(i int, r *Record) error {
	w.number(uint64(i)+1, true)
	if r.Time == NoTime {
		w.none()
	} else {
		w.next()
		w.quote()
		w.buf = time.Unix(0, r.Time).UTC().AppendFormat(w.buf, "2006-01-02T15:04:05.000000000Z07:00")
		w.quote()
	}
	w.number(uint64(r.Packet), r.Packet != 0)
	w.number(uint64(r.Stream), true)
	w.word(kindNames[r.Kind])
	w.word(operation(r))
	path, ok := w.log.path(r)
	w.data(path, ok)
	destination, ok := w.log.destination(r)
	w.data(destination, ok)
	if fd, ok := descriptor(r); ok {
		w.next()
		w.buf = strconv.AppendInt(w.buf, int64(fd), 10)
	} else {
		w.none()
	}
	if code, ok := r.Result(); ok {
		command, _ := r.Command()
		w.next()
		w.quote()
		w.buf = append(w.buf, "0x"...)
		for at := 28; at >= 0; at -= 4 {
			w.buf = append(w.buf, "0123456789abcdef"[code>>at&15])
		}
		w.quote()
		if meaning := code.MeaningFor(command); meaning != "" {
			w.word(meaning)
		} else {
			w.none()
		}
		w.truth(r.Failed())
	} else {
		w.none()
		w.none()
		w.none()
	}
	w.next()
	w.buf = strconv.AppendInt(w.buf, r.Offset, 10)
	w.number(r.Length, r.Length != 0 || r.Flags&FlagNoData == 0)
	about := r.Partner != None && w.log.At(int(r.Partner)).Kind == Request
	w.number(uint64(r.Partner)+1, about)
	w.truth(w.log.Compatible(i))
	w.next()
	w.buf = append(w.buf, '"')
	if err := w.line(i, r); err != nil {
		return err
	}
	w.buf = append(w.buf, '"')
	return nil
}

// next begins a cell.
func (w *rows) next() {
	if w.cell > 0 {
		w.buf = append(w.buf, ',')
	}
	if w.json {
		w.buf = append(append(append(w.buf, '"'), cellNames[w.cell]...), `":`...)
	}
	w.cell++
}

// quote appends what stands around a text that has nothing to escape.
func (w *rows) quote() {
	if w.json {
		w.buf = append(w.buf, '"')
	}
}

func (w *rows) none() {
	w.next()
	if w.json {
		w.buf = append(w.buf, "null"...)
	}
}

func (w *rows) number(n uint64, ok bool) {
	if !ok {
		w.none()
		return
	}
	w.next()
	w.buf = strconv.AppendUint(w.buf, n, 10)
}

func (w *rows) truth(b bool) {
	w.next()
	w.buf = strconv.AppendBool(w.buf, b)
}

// word is a text of our own, which has nothing to escape.
func (w *rows) word(s string) {
	w.next()
	w.quote()
	w.buf = append(w.buf, s...)
	w.quote()
}

// data is a text from the wire.
func (w *rows) data(s string, ok bool) {
	if !ok {
		w.none()
		return
	}
	w.next()
	w.buf = append(w.buf, '"')
	if !w.json && looksLikeFormula(s) {
		w.buf = append(w.buf, '\'')
	}
	w.made = append(w.made[:0], s...)
	w.pass()
	w.buf = append(w.buf, '"')
}

func looksLikeFormula(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	switch first {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n', '\'':
		return s != ""
	}
	return false
}

// kindNames are the kinds as programs read them.
var kindNames = [...]string{Request: "request", Response: "response", Written: "written", Diagnostic: "diagnostic"}

// operation is the name of a message's command, or of a diagnostic.
func operation(r *Record) string {
	if r.Kind == Diagnostic {
		return Code(r.Op).String()
	}
	if c, ok := r.Command(); ok {
		return c.String()
	}
	return "Unknown"
}

// path is the path that a message is about, as far as it is known.
func (l *Log) path(r *Record) (string, bool) {
	if r.Kind == Diagnostic || r.Flags&FlagOpen == 0 {
		return "", false
	}
	return l.Text(r.Path), true
}

// destination is where a Rename goes.
func (l *Log) destination(r *Record) (string, bool) {
	if c, _ := r.Command(); r.Kind != Request || r.Line != LineRequest || c != sata.Rename {
		return "", false
	}
	return l.Text(r.Path2), true
}

// descriptor is the descriptor that a message names or, opening one, gives.
func descriptor(r *Record) (int32, bool) {
	c, ok := r.Command()
	switch {
	case !ok:
		return 0, false
	case r.Line == LineDescriptor:
		return r.FD, sata.Result(r.B) == sata.Success
	}
	for _, f := range c.Spec().Fields {
		if f.Slot == sata.SlotFD {
			return r.FD, r.Flags&FlagNoDescriptor == 0
		}
	}
	return 0, false
}

// appendJSON appends a text as it stands between the quotes of a JSON string.
// Bytes that are not UTF-8 become U+FFFD: JSON has no way to keep them.
func appendJSON(dst, s []byte) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r < utf8.RuneSelf && r >= 0x20 && r != 0x7F:
			dst = append(dst, byte(r))
		case strconv.IsPrint(r):
			dst = utf8.AppendRune(dst, r)
		case r > 0xFFFF: // two halves, as UTF-16 has them
			r -= 0x10000
			dst = appendJSONUnit(appendJSONUnit(dst, 0xD800|uint16(r>>10)), 0xDC00|uint16(r&0x3FF))
		default:
			dst = appendJSONUnit(dst, uint16(r))
		}
		s = s[n:]
	}
	return dst
}

func appendJSONUnit(dst []byte, u uint16) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[u>>12], digits[u>>8&15], digits[u>>4&15], digits[u&15])
}

// appendCSV appends a text as it stands between the quotes of a cell.
func appendCSV(dst, s []byte) []byte {
	for _, c := range s {
		if c == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, c)
	}
	return dst
}
