package walcore

import (
	"bytes"
	"sort"
	"strconv"
	"unicode/utf8"
)

// A Note is what a person wrote about a record, or a mark on it. In a log it is a
// line of its own behind the record's, which begins as diagnostics do:
//
//	!! mark {row=4}
//	!! note {row=5} the answer is late
//	!! note {row=6,marked=true} first line\nsecond line
//
// The text is escaped so that it is one line and shows all it has: \n for a line
// break, \\ for a backslash, \u{202E} for what has no shape of its own.
type Note struct {
	Record int // that it is about; it is written as the row, from 1
	Marked bool
	Text   string
}

// Lines of notes begin so.
const (
	markStart = "!! mark {row="
	noteStart = "!! note {row="
)

// maxLogNotes bounds how many notes of a log are read as such; further ones are
// lines like others.
const maxLogNotes = 100_000

// AppendNote appends a note's line with its line break, or nothing when it says
// nothing.
func AppendNote(dst []byte, n *Note) []byte {
	switch {
	case n.Text != "":
		dst = append(dst, noteStart...)
	case n.Marked:
		dst = append(dst, markStart...)
	default:
		return dst
	}
	dst = strconv.AppendInt(dst, int64(n.Record)+1, 10)
	if n.Text != "" && n.Marked {
		dst = append(dst, ",marked=true"...)
	}
	dst = append(dst, '}')
	if n.Text != "" {
		dst = appendNoteText(append(dst, ' '), n.Text)
	}
	return append(dst, '\n')
}

func appendNoteText(dst []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\\':
			dst = append(dst, `\\`...)
		case r == utf8.RuneError || !strconv.IsPrint(r):
			dst = append(strconv.AppendInt(append(dst, `\u{`...), int64(r), 16), '}')
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// ParseNote reads a note's line, without its line break. It takes only what
// AppendNote writes, so that the same bytes are written again.
func ParseNote(line []byte) (n Note, ok bool) {
	rest, isNote := bytes.CutPrefix(line, []byte(noteStart))
	if !isNote {
		if rest, ok = bytes.CutPrefix(line, []byte(markStart)); !ok {
			return n, false
		}
	}
	values, text, ok := bytes.Cut(rest, []byte{'}'})
	if !ok {
		return n, false
	}
	values, n.Marked = bytes.CutSuffix(values, []byte(",marked=true"))
	row, err := strconv.ParseUint(string(values), 10, 31)
	if err != nil || row == 0 {
		return n, false
	}
	n.Record = int(row) - 1
	if isNote {
		if len(text) < 2 {
			return n, false
		}
		n.Text = noteText(text[1:])
	} else {
		n.Marked = true
	}
	made := AppendNote(nil, &n)
	return n, len(made) == len(line)+1 && bytes.Equal(made[:len(line)], line)
}

// noteText is what appendNoteText made of a text; of anything else it is
// something that does not make the same again.
func noteText(b []byte) string {
	text := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' || i+1 == len(b) {
			text = append(text, b[i])
			continue
		}
		switch i++; b[i] {
		case 'n':
			text = append(text, '\n')
		case 'u':
			end := bytes.IndexByte(b[i:], '}')
			if end < 2 {
				return ""
			}
			r, err := strconv.ParseUint(string(b[i+2:i+end]), 16, 32)
			if err != nil {
				return ""
			}
			text = utf8.AppendRune(text, rune(r))
			i += end
		default:
			text = append(text, b[i])
		}
	}
	return string(text)
}

// A writtenNote is a note as a log had it: its row is that of the log it was
// written for.
type writtenNote struct {
	record int
	note   Note
}

// Note takes the text of a line of a log as a note on the record before it, if it
// is one.
func (p *Parser) Note(line []byte) bool {
	l := p.log
	if l.n == 0 || len(l.notes) >= maxLogNotes {
		return false
	}
	n, ok := ParseNote(line)
	if ok {
		l.notes = append(l.notes, writtenNote{l.n - 1, n})
	}
	return ok
}

// Notes are those that stood in the log when it was read, by the records before
// them.
func (l *Log) Notes() []Note {
	var all []Note
	for _, w := range l.notes {
		w.note.Record = w.record
		all = append(all, w.note)
	}
	return all
}

// appendNotes appends the notes behind record i as they stood there.
func (l *Log) appendNotes(dst []byte, i int) []byte {
	at := sort.Search(len(l.notes), func(k int) bool { return l.notes[k].record >= i })
	for ; at < len(l.notes) && l.notes[at].record == i; at++ {
		dst = AppendNote(dst, &l.notes[at].note)
	}
	return dst
}
