package decode

// A lane is what was delivered of one direction and not yet taken. Its bytes
// are the handler's as long as they can be taken at once; only what is left
// over is copied.
type lane struct {
	buf      []byte // delivered, not taken
	own      []byte // storage behind buf when it is not borrowed
	borrowed bool
	pos      int64  // offset of buf[0] in its direction
	marks    []mark // where the bytes from pos on came, oldest first
	segments []Segment
	last     mark // of the last event told: places never go back within a lane
}

// A mark says at which packet the bytes up to end could be delivered.
type mark struct {
	end    int64
	time   int64
	acked  int64 // what their sender had received of the other direction, -1 unknown
	packet uint32
}

// end is the offset after the last byte delivered.
func (l *lane) end() int64 { return l.pos + int64(len(l.buf)) }

// put appends delivered bytes; b is borrowed until settle.
func (l *lane) put(b []byte, m mark) {
	m.end = l.end() + int64(len(b))
	l.marks = append(l.marks, m)
	if len(l.buf) == 0 {
		l.buf, l.borrowed = b, true
		return
	}
	l.settle()
	l.own = append(l.own, b...)
	l.buf = l.own
}

// settle copies what was borrowed; to be called before the handler returns.
func (l *lane) settle() {
	if l.borrowed {
		l.own = append(l.own[:0], l.buf...)
		l.buf, l.borrowed = l.own, false
	}
}

// take drops n bytes from the front.
func (l *lane) take(n int) {
	l.buf = l.buf[n:]
	l.pos += int64(n)
	if len(l.buf) == 0 && !l.borrowed {
		l.own = l.own[:0]
		l.buf = l.own
	} else if !l.borrowed {
		l.own = l.buf
	}
	i := 0
	for i < len(l.marks) && l.marks[i].end <= l.pos {
		i++
	}
	if i > 0 {
		if i == len(l.marks) {
			// The last mark stays as the answer for an empty range at the end.
			l.marks[0] = l.marks[i-1]
			l.marks = l.marks[:1]
		} else {
			l.marks = l.marks[:copy(l.marks, l.marks[i:])]
		}
	}
}

// jump goes on at another offset, after a gap; what was not taken is gone.
func (l *lane) jump(to int64) {
	l.pos = to
	l.borrowed = false
	l.own = l.own[:0]
	l.buf = l.own
	l.marks = l.marks[:0]
}

// at is the mark of the byte at an offset that is not taken yet, or of the last
// one delivered.
func (l *lane) at(offset int64) mark {
	for i := range l.marks {
		if l.marks[i].end > offset {
			return l.marks[i]
		}
	}
	if n := len(l.marks); n > 0 {
		return l.marks[n-1]
	}
	return mark{time: noTime, acked: -1}
}
