package inspect

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// A quantity is a number as a person wrote it: at, and what rounds to it at the
// precision that was written. 5ms is all from 4.5ms to below 5.5ms, because that
// is what shows as 5 ms.
type quantity struct {
	at, least, most int64
}

func exactly(n int64) quantity { return quantity{n, n, n} }

// quantity reads an operand in the form of a key. A date gives nanoseconds since
// 1970.
func (f Form) quantity(s string) (quantity, bool) {
	switch f {
	case FormNumber:
		n, err := strconv.ParseInt(s, 0, 64)
		return exactly(n), err == nil && !strings.Contains(s, "_")
	case FormCode:
		digits := strings.TrimPrefix(lower(s), "0x")
		n, err := strconv.ParseUint(digits, 16, 32)
		return exactly(int64(n)), err == nil
	case FormSize:
		if n := len(s); n > 0 && s[n-1] >= '0' && s[n-1] <= '9' {
			s += sizeUnits[0].name
		}
		q, ok := withUnit(s, sizeUnits)
		return exactly(q.at), ok
	case FormDuration:
		return withUnit(s, durationUnits)
	case FormTime:
		if isDate(s) {
			return date(s)
		}
		if strings.ContainsRune(s, ':') {
			return clock(s)
		}
		return withUnit(s, durationUnits)
	}
	return quantity{}, false
}

// A unit is what a number can be followed by. Of units of one size the first is
// the one to write.
type unit struct {
	name string
	size uint64
}

// unitNames appends units for people to read, in Markdown where code is set: each
// with what else it is called.
func unitNames(dst []byte, units []unit, code bool) []byte {
	name := func(s string) {
		if code {
			s = "`" + s + "`"
		}
		dst = append(dst, s...)
	}
	for i, u := range units {
		switch {
		case i == 0:
		case u.size == units[i-1].size:
			continue
		case u.size == units[len(units)-1].size:
			dst = append(dst, " and "...)
		default:
			dst = append(dst, ", "...)
		}
		name(u.name)
		if !code {
			continue
		}
		before := " (or "
		for _, also := range units[i+1:] {
			if also.size == u.size {
				dst = append(dst, before...)
				name(also.name)
				before = ", "
			}
		}
		if before == ", " {
			dst = append(dst, ')')
		}
	}
	return dst
}

var sizeUnits = []unit{{"B", 1}, {"k", 1 << 10}, {"kB", 1 << 10}, {"KiB", 1 << 10},
	{"M", 1 << 20}, {"MB", 1 << 20}, {"MiB", 1 << 20}, {"G", 1 << 30}, {"GB", 1 << 30}, {"GiB", 1 << 30}}

const second = uint64(time.Second)

var durationUnits = []unit{{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", second}, {"min", 60 * second}, {"m", 60 * second}, {"h", 3600 * second}}

// withUnit reads a decimal number and its unit.
func withUnit(s string, units []unit) (quantity, bool) {
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || end == 0 && s[end] == '-') {
		end++
	}
	name := lower(strings.Replace(strings.TrimSpace(s[end:]), "μ", "µ", 1)) // the Greek letter, the sign
	for _, u := range units {
		if lower(u.name) == name {
			return decimal(s[:end], u.size)
		}
	}
	return quantity{}, false
}

// decimal reads a decimal number of units.
func decimal(s string, unit uint64) (quantity, bool) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if point && fraction == "" || whole == "" || len(fraction) > 18 {
		return quantity{}, false
	}
	n, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return quantity{}, false
	}
	high, low := bits.Mul64(n, unit)
	step := unit // what the last digit counts
	if fraction != "" {
		f, err := strconv.ParseUint(fraction, 10, 64)
		if err != nil {
			return quantity{}, false
		}
		scale := uint64(1)
		for range fraction {
			scale *= 10
		}
		fh, fl := bits.Mul64(f, unit)
		part, _ := bits.Div64(fh, fl, scale) // f is less than scale
		var carry uint64
		low, carry = bits.Add64(low, part, 0)
		high += carry
		step = max(1, unit/scale)
	}
	if high != 0 || low > math.MaxInt64/2 {
		return quantity{}, false
	}
	at := int64(low)
	if negative {
		at = -at
	}
	return around(at, int64(step)), true
}

func around(at, step int64) quantity {
	return quantity{at: at, least: at - step/2, most: at + (step-1)/2}
}

// clock reads minutes and seconds, or hours, minutes and seconds, with colons.
func clock(s string) (quantity, bool) {
	var front int64
	for parts := 0; ; parts++ {
		head, rest, more := strings.Cut(s, ":")
		if !more {
			q, ok := decimal(head, second)
			if !ok || head[0] == '-' || q.at >= 60*int64(second) {
				return quantity{}, false
			}
			front *= int64(second)
			return quantity{at: q.at + front, least: q.least + front, most: q.most + front}, true
		}
		n, err := strconv.ParseUint(head, 10, 16)
		if err != nil || parts == 2 || parts == 1 && n >= 60 {
			return quantity{}, false
		}
		front = (front + int64(n)) * 60
		s = rest
	}
}

// isDate says whether a time is written as a date.
func isDate(s string) bool { return strings.ContainsRune(s, 'T') }

// date reads a date and time; without a zone it is UTC.
func date(s string) (quantity, bool) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		if t, err = time.Parse("2006-01-02T15:04:05.999999999", s); err != nil {
			return quantity{}, false
		}
	}
	if t.Year() < 1700 || t.Year() > 2200 { // what 64 bits of nanoseconds hold
		return quantity{}, false
	}
	step := int64(second)
	if _, fraction, ok := strings.Cut(s, "."); ok {
		for i := 0; i < len(fraction) && i < 9 && fraction[i] >= '0' && fraction[i] <= '9'; i++ {
			step /= 10
		}
	}
	return around(t.UnixNano(), step), true
}

// A span is a range of numbers, both ends in it.
type span struct{ least, most int64 }

// span is what a numeric value asks for; dates are nanoseconds since 1970. It is
// not ok where an operand can't be read, which is then bad, or where a range ends
// before it begins, and then bad is empty.
func (v *value) span(f Form) (s span, dates bool, bad string, ok bool) {
	s = span{math.MinInt64, math.MaxInt64}
	if v.op == isRange {
		ends := [...]struct {
			text string
			to   *int64
		}{{v.text, &s.least}, {v.last, &s.most}}
		for _, end := range ends {
			if end.text == "" {
				continue
			}
			q, ok := f.quantity(end.text)
			if !ok {
				return s, false, end.text, false
			}
			*end.to = q.at
		}
		dates = f == FormTime && (isDate(v.text) || isDate(v.last))
		if dates && v.text != "" && v.last != "" && isDate(v.text) != isDate(v.last) {
			return s, false, v.text + valueOps[isRange] + v.last, false
		}
		if v.text != "" && v.last != "" && s.least > s.most {
			return s, dates, "", false
		}
		return s, dates, "", true
	}
	q, ok := f.quantity(v.text)
	if !ok {
		return s, false, v.text, false
	}
	switch v.op {
	case isMore:
		s.least = q.at + 1
	case isMoreOr:
		s.least = q.at
	case isLess:
		s.most = q.at - 1
	case isLessOr:
		s.most = q.at
	default:
		s = span{q.least, q.most}
	}
	return s, f == FormTime && isDate(v.text), "", true
}
