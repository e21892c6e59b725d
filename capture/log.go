package capture

import (
	"bytes"
	"io"
	"strconv"
)

const (
	// MaxLogLine is how long a line of a log may be, in bytes: a message that is
	// printed whole has up to four characters for a byte.
	MaxLogLine = 256 << 20
	// maxLogEntry is how long an entry of several lines gets; beyond it its lines
	// come as an entry of their own. A path has no more than 512 bytes.
	maxLogEntry = 1 << 20
	// beginning is how much of a line tells whether it begins an entry.
	beginning = 256
)

// A LogEntry is a message or a diagnostic of a log: a line, or the lines over
// which a path with a line break in it goes.
type LogEntry struct {
	Text  []byte // without the line break at the end; valid until the next entry is read
	File  int64  // where Text begins in the unpacked file
	Line  int    // of its first line, from 1
	Whole bool   // a line break ended it, not the end of the file
}

// A LogReader reads a log, of the reference or of this program, entry by entry.
// Nothing is left out: the texts and line breaks, one after the other, are the
// file. What a line says is for package walcore.
type LogReader struct {
	b    buffer
	line int // lines read
	max  int // MaxLogLine
	err  error
}

// NewLogReader reads the entries from r, which stands at the start of an
// unpacked log.
func NewLogReader(r io.Reader) *LogReader {
	return &LogReader{b: newBuffer(r, bufferSize), max: MaxLogLine}
}

// Next reads the next entry into e. At the end it returns io.EOF. An error is
// final.
func (r *LogReader) Next(e *LogEntry) error {
	if r.err != nil {
		return r.err
	}
	*e = LogEntry{File: r.b.offset(), Line: r.line + 1}
	n := 0 // bytes of the entry so far, with its line breaks
	for {
		searched := n
		for {
			if i := bytes.IndexByte(r.b.rest()[searched:], '\n'); i >= 0 {
				n = searched + i + 1
				e.Whole = true
				break
			}
			searched = len(r.b.rest())
			if searched-n > r.max {
				r.err = &FormatError{
					In: KindLog.String(), Offset: r.b.offset() + int64(n), Line: r.line + 1,
					Expected: "a line of at most " + strconv.Itoa(r.max) + " bytes", Found: "a longer one",
				}
				return r.err
			}
			if len(r.b.peek(searched+1)) == searched {
				e.Whole = searched == n
				n = searched
				break
			}
		}
		r.line++
		if n == 0 {
			r.err = r.b.err
			return r.err
		}
		next := r.b.peek(n + beginning)[n:]
		if len(next) == 0 || n > maxLogEntry || beginsEntry(next) {
			break
		}
	}
	e.Text = r.b.rest()[:n]
	if e.Whole {
		e.Text = e.Text[:n-1]
	}
	r.b.pass(n)
	return nil
}

// beginsEntry says whether the line that text begins with begins an entry of a
// log: an arrow, a name and values in braces; the length of data that was
// written; or one of our diagnostics, or a person's note. Any other goes on with the line before. It
// looks at no more than the first bytes of text.
func beginsEntry(text []byte) bool {
	text = text[:min(len(text), beginning)]
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	if n, ok := bytes.CutPrefix(text, []byte("  ->")); ok {
		n = bytes.TrimSuffix(n, []byte{'\r'})
		return len(n) > 0 && len(n) <= 20 && len(bytes.Trim(n, "0123456789")) == 0
	}
	if len(text) < 2 {
		return false
	}
	diagnostic := false
	switch string(text[:2]) {
	case "->", "<-":
	case "!!":
		diagnostic = true
	default:
		return false
	}
	open := bytes.IndexByte(text, '{')
	if open < 0 {
		return false
	}
	for _, c := range text[2:open] {
		if !isLetter(c) && c != ' ' && c != '-' {
			return false
		}
	}
	label := text[open+1:]
	n := 0
	for n < len(label) && isLetter(label[n]) {
		n++
	}
	if n == 0 || n == len(label) || label[n] != '=' {
		return false
	}
	if !diagnostic || string(label[:n]) == "stream" {
		return true
	}
	name := string(text[2:open])
	return string(label[:n]) == "row" && (name == " note " || name == " mark ")
}
