package page

import (
	"sort"
	"strconv"

	"satascope/wasm/app/bridge"
)

// A hexLayout says what stands in which line of the hex view. A place counts
// the bytes shown from 0, whatever their offsets are. A line has per bytes and
// begins where the offset is a multiple of that; where one packet ends and
// another goes on the line ends too, a line between says so, and the other goes
// on below in its columns.
type hexLayout struct {
	per      int64
	length   int64
	sections []section
	lines    int
}

// A section is the bytes between two cuts.
type section struct {
	from, to int64 // places
	label    int64 // the offset shown for the first
	first    int   // its first line
	lines    int   // how many it has, without that of the cut behind it
}

func newHexLayout(per int, parts []bridge.Part, cuts []bridge.Cut) hexLayout {
	l := hexLayout{per: int64(per)}
	part, partEnd := 0, int64(0) // the part that the place is in, and where it ends
	if len(parts) > 0 {
		partEnd = parts[0].Length
	}
	all := int64(0)
	for _, p := range parts {
		all += p.Length
	}
	for k := 0; k <= len(cuts); k++ {
		from, to := l.length, all
		if k < len(cuts) {
			to = min(max(cuts[k].At, from), all)
		}
		for part < len(parts)-1 && from >= partEnd {
			part++
			partEnd += parts[part].Length
		}
		s := section{from: from, to: to, first: l.lines}
		if part < len(parts) {
			s.label = parts[part].Label + from - (partEnd - parts[part].Length)
		}
		if from < to {
			s.lines = int((l.column(s.label) + to - from + l.per - 1) / l.per)
		}
		l.sections = append(l.sections, s)
		l.lines += s.lines
		if k < len(cuts) {
			l.lines++
		}
		l.length = to
	}
	return l
}

func (l *hexLayout) column(label int64) int64 { return ((label % l.per) + l.per) % l.per }

// A hexLine is one line: bytes from one place to another, or with cut not -1
// what stands between two sections.
type hexLine struct {
	from, to int64
	label    int64
	column   int // of the first byte
	cut      int
}

// line is line i.
func (l *hexLayout) line(i int) hexLine {
	k := sort.Search(len(l.sections), func(k int) bool { return l.sections[k].first > i }) - 1
	s := &l.sections[k]
	n := int64(i - s.first)
	if int(n) == s.lines {
		return hexLine{cut: k}
	}
	column := l.column(s.label)
	line := hexLine{from: s.from, to: min(s.to, s.from+(n+1)*l.per-column), label: s.label, column: int(column), cut: -1}
	if n > 0 {
		line.from = s.from + n*l.per - column
		line.label = s.label + line.from - s.from
		line.column = 0
	}
	return line
}

// lineOf is the line that has the byte at a place.
func (l *hexLayout) lineOf(place int64) int {
	place = min(max(place, 0), max(l.length-1, 0))
	k := sort.Search(len(l.sections), func(k int) bool { return l.sections[k].to > place })
	if k == len(l.sections) {
		return 0
	}
	s := &l.sections[k]
	return s.first + int((l.column(s.label)+place-s.from)/l.per)
}

// label is the offset that is shown for the byte at a place. Behind the bytes that
// are there, places are offsets.
func (l *hexLayout) label(place int64) int64 {
	if place < 0 || place >= l.length {
		return place
	}
	line := l.line(l.lineOf(place))
	return line.label + place - line.from
}

// hexColumn is where the two digits of a byte in a column begin, in characters:
// bytes stand a space apart, and half a line of them two.
func hexColumn(column, per int) int {
	at := 3 * column
	if column >= per/2 {
		at++
	}
	return at
}

// hexWidth is how many characters the digits of a line take.
func hexWidth(per int) int { return hexColumn(per-1, per) + 2 }

// byteAt is the column of the byte whose digits are at a character, or are the
// nearest.
func byteAt(character, per int) int {
	if character >= hexColumn(per/2, per) {
		character--
	}
	return min(max(character, 0)/3, per-1)
}

// appendOffset appends an offset as at least three hexadecimal digits.
func appendOffset(dst []byte, n int64) []byte {
	u := uint64(n)
	shift := 8
	for shift < 60 && u>>(shift+4) != 0 {
		shift += 4
	}
	for ; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[u>>shift&15])
	}
	return dst
}

// appendAddress appends an offset as 0x and at least two digits.
func appendAddress(dst []byte, n int64) []byte {
	digits := strconv.FormatInt(n, 16)
	if len(digits) < 2 {
		digits = "0" + digits
	}
	return append(append(dst, "0x"...), digits...)
}

// carrierName is what one of what bytes came in is called.
func carrierName(c bridge.Carrier) string {
	switch c {
	case bridge.CarrierLine:
		return "line"
	case bridge.CarrierPiece:
		return "piece"
	}
	return "packet"
}

// appendCutText appends what stands between the bytes of two packets, or of
// what else brought them.
func appendCutText(dst []byte, c *bridge.Cut, carrier bridge.Carrier) []byte {
	if c.Missing > 0 {
		return append(append(append(dst, "⋯ "...), counted(int(c.Missing), "byte")...), " missing here ⋯"...)
	}
	dst = append(append(append(dst, "⋯ "...), carrierName(carrier)...), ' ')
	dst = append(dst, count(int(c.Packet))...)
	dst = append(append(dst, " ends here, "...), count(int(c.Next))...)
	return append(dst, " goes on ⋯"...)
}
