package main

import (
	"bytes"
	"io"
	"unicode/utf8"

	"satascope/walcore"
)

// A visibleWriter shows what a terminal could act on instead of sending it
// there. Line breaks stay: the log's own can't be told from those of a path.
type visibleWriter struct {
	w    io.Writer
	rest []byte // the start of a character that the last write ended in
	line []byte
	open bool // the last line has no line break yet
}

func (v *visibleWriter) Write(p []byte) (int, error) {
	b := p
	if len(v.rest) > 0 {
		b = append(v.rest, p...)
		v.rest = nil
	}
	if cut := len(b) - incomplete(b); cut < len(b) {
		v.rest = append([]byte(nil), b[cut:]...)
		b = b[:cut]
	}
	v.line = v.line[:0]
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			v.line = walcore.AppendVisible(v.line, b)
			break
		}
		v.line = append(walcore.AppendVisible(v.line, b[:end]), '\n')
		b = b[end+1:]
	}
	if n := len(v.line); n > 0 {
		v.open = v.line[n-1] != '\n'
	}
	if _, err := v.w.Write(v.line); err != nil {
		return 0, err
	}
	return len(p), nil
}

// end ends a line that has no line break, so that what comes next on the terminal
// does not go on with it.
func (v *visibleWriter) end() error {
	if !v.open {
		return nil
	}
	_, err := v.w.Write([]byte("\n"))
	return err
}

// incomplete is how many bytes at the end of b begin a character that is not
// all there.
func incomplete(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			break
		}
	}
	return 0
}
