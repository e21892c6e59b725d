package walcore

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"satascope/sata"
)

// A Form is a form in which the records of a log are written for programs.
type Form uint8

// The forms.
const (
	NDJSON Form = iota // a JSON object a line
	CSV                // comma-separated values after RFC 4180, with a heading
)

// WriteForm writes the chosen records in a form, as WriteTo writes their lines.
// Of an Unknown message that is longer than what is kept it has only that.
func (l *Log) WriteForm(w io.Writer, s Selection, form Form) (next int, err error) {
	buf := make([]byte, 0, 96<<10)
	if form == CSV && s.From == 0 {
		buf = append(append(buf, csvHeading...), "\r\n"...)
	}
	end := l.end(&s)
	i := s.From
	for ; i < end; i++ {
		if !l.takes(&s, i) {
			continue
		}
		if form == CSV {
			buf = append(l.AppendCSV(buf, i), "\r\n"...)
		} else {
			buf = append(l.AppendJSON(buf, i), '\n')
		}
		if len(buf) > 64<<10 {
			if _, err := w.Write(buf); err != nil {
				return i, err
			}
			buf = buf[:0]
		}
	}
	_, err = w.Write(buf)
	return i, err
}

// kindNames are the kinds as the forms call them.
var kindNames = [...]string{Request: "request", Response: "response", Written: "written", Diagnostic: "diagnostic"}

// AppendJSON appends record i as a JSON object without a line break. What a
// record does not have is left out. Times are seconds since 1970 as text, with
// nine decimals; records, of which partner and about name one, count from 1.
// Characters that a terminal could act on are escaped.
func (l *Log) AppendJSON(dst []byte, i int) []byte {
	r := l.At(i)
	number := func(name string, n int64) {
		dst = append(append(append(dst, `,"`...), name...), `":`...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	text := func(name, s string) {
		dst = append(append(append(dst, `,"`...), name...), `":`...)
		dst = appendJSONString(dst, s)
	}
	dst = strconv.AppendInt(append(dst, `{"n":`...), int64(i)+1, 10)
	if r.Time != NoTime {
		dst = append(appendSeconds(append(dst, `,"time":"`...), r.Time), '"')
	}
	number("stream", int64(r.Stream))
	if r.Packet != 0 {
		number("packet", int64(r.Packet))
	}
	number("offset", r.Offset)
	number("length", int64(r.Length))
	text("kind", kindNames[r.Kind])
	if r.Kind == Diagnostic {
		text("code", Code(r.Op).String())
		side := "client"
		if r.FromServer() {
			side = "server"
		}
		text("from", side)
		if r.Partner != None {
			number("about", int64(r.Partner)+1)
		}
		text("text", string(l.AppendSentence(nil, r)))
		return append(dst, '}')
	}
	text("op", operation(r))
	if path, ok := l.path(r); ok {
		text("path", path)
	}
	if name, value := l.second(r); name != "" {
		text(name, value)
	}
	if fd, ok := descriptor(r); ok {
		number("fd", int64(fd))
	}
	if code, ok := r.Result(); ok {
		number("result", int64(code))
		dst = strconv.AppendBool(append(dst, `,"failed":`...), r.Failed())
	}
	if r.Partner != None {
		number("partner", int64(r.Partner)+1)
	}
	dst = append(dst, `,"line":`...)
	return append(appendJSONString(dst, string(l.AppendText(nil, i))), '}')
}

const csvHeading = "n,time,stream,packet,offset,length,kind,op,path,fd,result,failed,partner,text"

// AppendCSV appends record i as a row without a line break; the columns are
// those of AppendJSON. The text is what the line says after its name: a
// leading arrow would be a formula to a spreadsheet.
func (l *Log) AppendCSV(dst []byte, i int) []byte {
	r := l.At(i)
	dst = append(strconv.AppendInt(dst, int64(i)+1, 10), ',')
	if r.Time != NoTime {
		dst = appendSeconds(dst, r.Time)
	}
	dst = strconv.AppendInt(append(dst, ','), int64(r.Stream), 10)
	dst = append(dst, ',')
	if r.Packet != 0 {
		dst = strconv.AppendInt(dst, int64(r.Packet), 10)
	}
	dst = strconv.AppendInt(append(dst, ','), r.Offset, 10)
	dst = strconv.AppendUint(append(dst, ','), r.Length, 10)
	dst = append(append(append(dst, ','), kindNames[r.Kind]...), ',')
	dst = append(appendCell(dst, operation(r)), ',')
	path, _ := l.path(r)
	dst = append(appendCell(dst, path), ',')
	if fd, ok := descriptor(r); ok {
		dst = strconv.AppendInt(dst, int64(fd), 10)
	}
	dst = append(dst, ',')
	if code, ok := r.Result(); ok {
		dst = strconv.AppendUint(dst, uint64(code), 10)
		dst = strconv.AppendBool(append(dst, ','), r.Failed())
	} else {
		dst = append(dst, ',')
	}
	dst = append(dst, ',')
	if r.Partner != None {
		dst = strconv.AppendInt(dst, int64(r.Partner)+1, 10)
	}
	dst = append(dst, ',')
	if r.Kind == Diagnostic {
		return appendCell(dst, string(l.AppendSentence(nil, r)))
	}
	line := string(l.AppendText(nil, i))
	if r.Kind == Written {
		return appendCell(dst, strings.TrimLeft(line, " ->"))
	}
	return appendCell(dst, line[strings.IndexByte(line, '{'):])
}

// operation is the name of the command of a message, or of a diagnostic.
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

// second is the other text of a record, and what to call it.
func (l *Log) second(r *Record) (name, value string) {
	c, ok := r.Command()
	switch {
	case !ok || r.Line == LineUnknown:
	case r.Kind == Request && c == sata.Rename:
		return "destination", l.Text(r.Path2)
	case r.Kind == Request && c == sata.OpenFile:
		return "mode", l.Text(r.Path2)
	case r.Line == LineItem && sata.Result(r.B) == sata.Success:
		return "item", l.Text(r.Path2)
	}
	return "", ""
}

// descriptor is the file or folder descriptor that a message names.
func descriptor(r *Record) (int32, bool) {
	c, ok := r.Command()
	if !ok || r.Kind == Diagnostic {
		return 0, false
	}
	if r.Line == LineDescriptor {
		return r.FD, sata.Result(r.B) == sata.Success
	}
	for _, f := range c.Spec().Fields {
		if f.Slot == sata.SlotFD {
			return r.FD, true
		}
	}
	return 0, false
}

// appendSeconds appends nanoseconds as seconds with nine decimals.
func appendSeconds(dst []byte, ns int64) []byte {
	u := uint64(ns)
	if ns < 0 {
		dst = append(dst, '-')
		u = -u
	}
	dst = strconv.AppendUint(dst, u/1e9, 10)
	dst = append(dst, '.')
	for rest, unit := u%1e9, uint64(1e8); unit > 0; unit /= 10 {
		dst = append(dst, '0'+byte(rest/unit%10))
	}
	return dst
}

// appendJSONString appends a text in quotes. Whatever is not printable is
// escaped; bytes that are not UTF-8 become U+FFFD, as JSON has no other way.
func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i, r := range s {
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
			dst = append(dst, s[i])
		case r > 0xFFFF && !strconv.IsPrint(r):
			r -= 0x10000
			dst = appendJSONUnit(appendJSONUnit(dst, 0xD800|uint16(r>>10)), 0xDC00|uint16(r&0x3FF))
		case !strconv.IsPrint(r):
			dst = appendJSONUnit(dst, uint16(r))
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

func appendJSONUnit(dst []byte, u uint16) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[u>>12], digits[u>>8&15], digits[u>>4&15], digits[u&15])
}

// appendCell appends a text as a cell of CSV. One that a spreadsheet would take
// for a formula gets an apostrophe in front, which is what shows that to a
// spreadsheet.
func appendCell(dst []byte, s string) []byte {
	if s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		s = "'" + s
	}
	if !strings.ContainsAny(s, ",\"\r\n") {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for {
		quote := strings.IndexByte(s, '"')
		if quote < 0 {
			break
		}
		dst = append(append(dst, s[:quote]...), `""`...)
		s = s[quote+1:]
	}
	return append(append(dst, s...), '"')
}
