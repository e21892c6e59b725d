package inspect

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendCount appends a number with a comma between its thousands.
func AppendCount(dst []byte, n uint64) []byte {
	var b [20]byte
	digits := strconv.AppendUint(b[:0], n, 10)
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, c)
	}
	return dst
}

func appendCounted(dst []byte, n uint64, one, many string) []byte {
	dst = append(AppendCount(dst, n), ' ')
	if n == 1 {
		return append(dst, one...)
	}
	return append(dst, many...)
}

func appendBytesWord(dst []byte, n uint64) []byte { return appendCounted(dst, n, "byte", "bytes") }

// appendHex appends 0x and a number's hexadecimal digits, at least so many.
func appendHex(dst []byte, n uint64, digits int) []byte {
	dst = append(dst, "0x"...)
	for i := max(digits, (64-leadingZeros(n)+3)/4) - 1; i >= 0; i-- {
		dst = append(dst, "0123456789abcdef"[n>>(4*i)&15])
	}
	return dst
}

func leadingZeros(n uint64) (zeros int) {
	for bit := 63; bit >= 0 && n>>bit == 0; bit-- {
		zeros++
	}
	return zeros
}

// AppendDuration appends a duration of nanoseconds in the unit that suits it,
// with three digits that count: "109 µs", "2.13 ms", "61.2 s".
func AppendDuration(dst []byte, ns int64) []byte {
	u := uint64(ns)
	if ns < 0 {
		dst, u = append(dst, '-'), -u
	}
	switch {
	case u < 1_000:
		return append(strconv.AppendUint(dst, u, 10), " ns"...)
	case u < 999_500:
		return append(appendThree(dst, u, 1_000), " µs"...)
	case u < 999_500_000:
		return append(appendThree(dst, u, 1_000_000), " ms"...)
	case u < 600_000_000_000:
		return append(appendThree(dst, u, 1_000_000_000), " s"...)
	}
	seconds := (u + 500_000_000) / 1_000_000_000
	hours := seconds / 3600
	switch days := hours / 24; {
	case days == 1:
		dst = append(dst, "1 day "...)
	case days > 1:
		dst = append(AppendCount(dst, days), " days "...)
	}
	if hours > 0 {
		hours %= 24
		dst = append(AppendCount(dst, hours), " h "...)
	}
	dst = append(strconv.AppendUint(dst, seconds/60%60, 10), " min "...)
	return append(strconv.AppendUint(dst, seconds%60, 10), " s"...)
}

// AppendBytes appends a number of bytes in the unit that suits it, with three
// digits that count; a kB is 1,000 bytes.
func AppendBytes(dst []byte, n uint64) []byte {
	switch {
	case n < 1_000:
		return appendBytesWord(dst, n)
	case n < 999_500:
		return append(appendThree(dst, n, 1_000), " kB"...)
	case n < 999_500_000:
		return append(appendThree(dst, n, 1_000_000), " MB"...)
	}
	return append(appendThree(dst, n, 1_000_000_000), " GB"...)
}

// appendThree appends n in units, rounded to three digits or to a whole number,
// without zeros at the end.
func appendThree(dst []byte, n, unit uint64) []byte {
	hundredths := unit / 100
	switch {
	case n >= 100*unit-unit/20:
		return AppendCount(dst, rounded(n, unit))
	case n >= 10*unit-unit/200:
		hundredths = unit / 10
		tenths := rounded(n, hundredths)
		dst = strconv.AppendUint(dst, tenths/10, 10)
		if tenths%10 != 0 {
			dst = append(dst, '.', '0'+byte(tenths%10))
		}
		return dst
	}
	h := rounded(n, hundredths)
	dst = strconv.AppendUint(dst, h/100, 10)
	if h%100 != 0 {
		dst = append(dst, '.', '0'+byte(h/10%10))
		if h%10 != 0 {
			dst = append(dst, '0'+byte(h%10))
		}
	}
	return dst
}

// rounded is n in units, to the nearest; it can't overflow.
func rounded(n, unit uint64) uint64 {
	q := n / unit
	if n%unit >= (unit+1)/2 {
		q++
	}
	return q
}

// AppendMoment appends a moment, nanoseconds since 1970, in UTC.
func AppendMoment(dst []byte, ns int64) []byte {
	return time.Unix(0, ns).UTC().AppendFormat(dst, "2006-01-02 15:04:05.000000 UTC")
}

// appendSeconds appends a moment, seconds since 1970, in UTC. Years beyond 9999
// have no date.
func appendSeconds(dst []byte, s int64) []byte {
	if s < -62135596800 || s >= 253402300800 {
		return append(dst, "no date"...)
	}
	return time.Unix(s, 0).UTC().AppendFormat(dst, "2006-01-02 15:04:05 UTC")
}

// cut is s, or its first bytes up to a limit and an ellipsis.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
