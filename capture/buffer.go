package capture

import (
	"bytes"
	"io"
)

// bufferSize is how much is read at a time. Large enough that the calls into
// the source don't count, small enough to stay in a processor's cache.
const bufferSize = 256 << 10

// A buffer reads a file piece by piece and shows its bytes in place. It grows
// only when it is full of bytes that are there, never by what a length claims.
type buffer struct {
	r        io.Reader
	buf      []byte
	pos, end int   // buf[pos:end] is read and not yet passed over
	base     int64 // offset of buf[0] in the file
	err      error // what ended the reading; io.EOF at the end
}

func newBuffer(r io.Reader, size int) buffer {
	return buffer{r: r, buf: make([]byte, size)}
}

// offset is where the next byte stands in the file.
func (b *buffer) offset() int64 { return b.base + int64(b.pos) }

// peek shows the next n bytes without passing over them, or as many as there
// are. They are valid until the next call of peek or pass.
func (b *buffer) peek(n int) []byte {
	if b.end-b.pos < n {
		b.fill(n)
		if have := b.end - b.pos; have < n {
			n = have
		}
	}
	return b.buf[b.pos : b.pos+n : b.pos+n]
}

// rest shows all that is read and not yet passed over.
func (b *buffer) rest() []byte { return b.buf[b.pos:b.end] }

func (b *buffer) fill(n int) {
	if b.err != nil {
		return
	}
	if b.pos > 0 {
		copy(b.buf, b.buf[b.pos:b.end])
		b.base += int64(b.pos)
		b.end -= b.pos
		b.pos = 0
	}
	empty := 0
	for b.end < n && b.err == nil {
		if b.end == len(b.buf) {
			grown := make([]byte, 2*len(b.buf))
			copy(grown, b.buf)
			b.buf = grown
		}
		var got int
		got, b.err = b.r.Read(b.buf[b.end:])
		b.end += got
		if got > 0 {
			empty = 0
		} else if empty++; empty == 100 && b.err == nil {
			b.err = io.ErrNoProgress
		}
	}
}

// pass passes over n bytes that peek has shown.
func (b *buffer) pass(n int) { b.pos += n }

// skip passes over n bytes, shown or not, and tells how many there were.
func (b *buffer) skip(n int64) int64 {
	left := n
	for {
		have := int64(b.end - b.pos)
		if have >= left {
			b.pos += int(left)
			return n
		}
		left -= have
		b.pos = b.end
		if b.fill(1); b.pos == b.end {
			return n - left
		}
	}
}

// A lineEnd is what a line ends with.
type lineEnd uint8

const (
	lineBreak lineEnd = iota // \n or \r\n, not part of the line
	lineAtEnd                // the end of the file; err tells why nothing follows
	lineLong                 // nothing yet: it is longer than the bound
)

// line shows the next line and passes over it, unless it is longer than max
// bytes. It is valid until the next call of peek, pass or line. At the end of
// the file the line is empty.
func (b *buffer) line(max int) ([]byte, lineEnd) {
	searched := 0
	for {
		rest := b.rest()
		if i := bytes.IndexByte(rest[searched:], '\n'); i >= 0 {
			line := rest[:searched+i]
			if len(line) > max {
				return line[:max], lineLong
			}
			b.pass(len(line) + 1)
			if n := len(line); n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
			return line, lineBreak
		}
		searched = len(rest)
		if searched > max {
			return rest[:max], lineLong
		}
		if more := b.peek(searched + 1); len(more) == searched {
			b.pass(searched)
			return more, lineAtEnd
		}
	}
}

// passLine passes over the rest of a line.
func (b *buffer) passLine() {
	for {
		rest := b.rest()
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			b.pass(i + 1)
			return
		}
		b.pass(len(rest))
		if len(b.peek(1)) == 0 {
			return
		}
	}
}
