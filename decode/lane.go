package decode

import "sort"

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
	last     mark  // of the last event told: places never go back within a lane
	taken    int64 // what the sender of the byte before pos had received of the other direction, -1 unknown
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
		l.taken = l.marks[i].acked
		i++
	}
	if i < len(l.marks) && (i == 0 || l.marks[i-1].end < l.pos) && n > 0 {
		l.taken = l.marks[i].acked
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
	l.pos, l.taken = to, -1
	l.borrowed = false
	l.own = l.own[:0]
	l.buf = l.own
	l.marks = l.marks[:0]
}

// at is the mark of the byte at an offset that is not taken yet, or of the last
// one delivered.
func (l *lane) at(offset int64) mark {
	n := len(l.marks)
	if n == 0 {
		return mark{time: noTime, acked: -1}
	}
	i := 0
	if l.marks[0].end <= offset { // nearly always it is the first
		i = sort.Search(n-1, func(i int) bool { return l.marks[i].end > offset })
	}
	return l.marks[i]
}

// before is what the sender of the byte before an offset had received, -1 when not
// known.
func (l *lane) before(offset int64) int64 {
	if offset > l.pos {
		return l.at(offset - 1).acked
	}
	return l.taken
}

// sentAt says whether something was sent when its sender had received a part of the
// other side's bytes from start to end, and how much it had sent, in all, by the
// time that it had received just these.
func (l *lane) sentAt(start, end int64) (within bool, sent int64) {
	from := sort.Search(len(l.marks), func(i int) bool { return l.marks[i].acked > start })
	to := sort.Search(len(l.marks), func(i int) bool { return l.marks[i].acked > end })
	if from < to {
		within = l.marks[from].acked < end
		if last := &l.marks[to-1]; last.acked == end {
			sent = last.end
		}
	}
	return within, sent
}
