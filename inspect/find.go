package inspect

import "slices"

// NextMark is the first row after row i that is a failure or a finding, -1 when
// there is none. Only rows among those given count, which must be in order; nil
// stands for all.
func (x *Index) NextMark(i int, rows []uint32) int {
	at, there := slices.BinarySearch(x.marks, uint32(max(i, 0)))
	if there && i >= 0 {
		at++
	}
	if rows == nil {
		if at < len(x.marks) {
			return int(x.marks[at])
		}
		return -1
	}
	from, _ := slices.BinarySearch(rows, uint32(max(i+1, 0)))
	marks := x.marks[at:]
	rows = rows[from:]
	for len(marks) > 0 && len(rows) > 0 {
		switch {
		case marks[0] == rows[0]:
			return int(marks[0])
		case marks[0] < rows[0]:
			marks = from32(marks, rows[0])
		default:
			rows = from32(rows, marks[0])
		}
	}
	return -1
}

// PreviousMark is the last row before row i that is a failure or a finding.
func (x *Index) PreviousMark(i int, rows []uint32) int {
	if i <= 0 {
		return -1
	}
	at, _ := slices.BinarySearch(x.marks, uint32(i))
	marks := x.marks[:at]
	if rows == nil {
		if len(marks) > 0 {
			return int(marks[len(marks)-1])
		}
		return -1
	}
	to, _ := slices.BinarySearch(rows, uint32(i))
	rows = rows[:to]
	for len(marks) > 0 && len(rows) > 0 {
		m, r := marks[len(marks)-1], rows[len(rows)-1]
		switch {
		case m == r:
			return int(m)
		case m > r:
			marks = upTo32(marks, r)
		default:
			rows = upTo32(rows, m)
		}
	}
	return -1
}

// from32 is what of a list in order is not below n, upTo32 what is not above.
func from32(list []uint32, n uint32) []uint32 {
	at, _ := slices.BinarySearch(list, n)
	return list[at:]
}

func upTo32(list []uint32, n uint32) []uint32 {
	at, there := slices.BinarySearch(list, n)
	if there {
		at++
	}
	return list[:at]
}

// Marks are the rows of failures and findings.
func (x *Index) Marks() []uint32 { return x.marks }

// A Finder looks for a text in rows, in pieces: what Ctrl+F does in a list whose
// rows are not all in the page. It looks as the filter's free text does.
type Finder struct {
	f    *Filter
	test *textTest
	rows []uint32
	at   int // the next place among the rows to look at
	step int
	left int // places that were not looked at
}

// Find begins to look for a text, from the row after row i on (or, backwards,
// before it), and, where the end is reached, on from the other end. Only rows
// among those given count, which must be in order; nil stands for all that are
// in the log now. To look at row i first, name the one before it.
func (x *Index) Find(text string, i int, backwards bool, rows []uint32) *Finder {
	d := &Finder{f: &Filter{x: x}, test: newTextTest(text), rows: rows, step: 1}
	count := x.log.Len()
	d.at = max(0, min(i+1, count))
	if rows != nil {
		count = len(rows)
		d.at, _ = slices.BinarySearch(rows, uint32(max(0, i+1)))
	}
	if backwards {
		d.step = -1
		d.at--
		if d.at >= 0 && d.row() == i {
			d.at--
		}
	}
	d.left = count
	if text == "" {
		d.left = 0
	}
	return d
}

func (d *Finder) count() int {
	if d.rows != nil {
		return len(d.rows)
	}
	return d.f.x.log.Len()
}

func (d *Finder) row() int {
	if d.rows != nil {
		return int(d.rows[d.at])
	}
	return d.at
}

// Next looks at about so many rows and gives the row that has the text. It is
// false while none was found; done then says that there is none.
func (d *Finder) Next(budget int) (row int, found, done bool) {
	for ; d.left > 0 && budget > 0; d.left-- {
		if n := d.count(); d.at < 0 {
			d.at = n - 1
		} else if d.at >= n {
			d.at = 0
		}
		row := d.row()
		d.at += d.step
		d.f.cost = 0
		if d.test.match(d.f, row, d.f.x.log.At(row)) {
			d.left--
			return row, true, d.left == 0
		}
		budget -= 1 + d.f.cost
	}
	return 0, false, d.left == 0
}

// Ranges appends where the text stands in a row, or in the note on it, as it is
// shown.
func (d *Finder) Ranges(dst []Range, text []byte) []Range {
	h := highlighter{text: text, dst: dst}
	h.all(&d.test.pattern, 0, len(text))
	return h.dst
}
