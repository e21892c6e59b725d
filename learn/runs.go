package learn

import (
	"strconv"
	"strings"
)

// Bytes as people and links write them: lower-case hex in which `XX*N.` stands
// for N bytes of hex XX, so that the zeros of a path stay short. White space
// between bytes is passed over.

const hexDigits = "0123456789abcdef"

// minRun is the shortest run that AppendRuns shortens.
const minRun = 8

// AppendRuns appends b as text.
func AppendRuns(dst []byte, b []byte) []byte {
	for i := 0; i < len(b); {
		n := 1
		for i+n < len(b) && b[i+n] == b[i] {
			n++
		}
		if n < minRun {
			n = 1
		}
		dst = append(dst, hexDigits[b[i]>>4], hexDigits[b[i]&15])
		if n > 1 {
			dst = append(strconv.AppendInt(append(dst, '*'), int64(n), 10), '.')
		}
		i += n
	}
	return dst
}

// A TextError says where a text that people wrote can't be understood.
type TextError struct {
	Offset int // in the text, in bytes; noOffset when all of it is meant
	Want   string
	Found  string
}

const noOffset = -1

func (e *TextError) Error() string {
	if e.Offset == noOffset {
		return "expected " + e.Want + ", found " + e.Found
	}
	return "at character " + strconv.Itoa(e.Offset+1) + ": expected " + e.Want + ", found " + e.Found
}

func foundAt(s string, i int) string {
	if i >= len(s) {
		return "the end"
	}
	for _, r := range s[i:] {
		return strconv.Quote(string(r))
	}
	return "nothing"
}

// ParseRuns reads what AppendRuns writes, and any hex with or without white
// space. More than limit bytes are an error.
func ParseRuns(s string, limit int) ([]byte, error) {
	var b []byte
	for i := 0; i < len(s); {
		if strings.IndexByte(" \t\r\n", s[i]) >= 0 {
			i++
			continue
		}
		hi, lo := nibble(s, i), nibble(s, i+1)
		if hi < 0 {
			return nil, &TextError{Offset: i, Want: "two hex digits", Found: foundAt(s, i)}
		}
		if lo < 0 {
			return nil, &TextError{Offset: i + 1, Want: "the second hex digit of a byte", Found: foundAt(s, i+1)}
		}
		c, n := byte(hi<<4|lo), 1
		i += 2
		if i < len(s) && s[i] == '*' {
			dot := strings.IndexByte(s[i:], '.')
			if dot < 0 {
				return nil, &TextError{Offset: len(s), Want: "a full stop after how often the byte is repeated", Found: "the end"}
			}
			v, err := strconv.ParseUint(s[i+1:i+dot], 10, 31)
			if err != nil {
				return nil, &TextError{Offset: i + 1, Want: "how often the byte is repeated, as in 00*480.", Found: strconv.Quote(s[i+1 : i+dot])}
			}
			n = int(v)
			i += dot + 1
		}
		if n > limit-len(b) {
			return nil, &TextError{Offset: i, Want: "at most " + strconv.Itoa(limit) + " bytes", Found: "more"}
		}
		for ; n > 0; n-- {
			b = append(b, c)
		}
	}
	return b, nil
}

func nibble(s string, i int) int {
	if i >= len(s) {
		return -1
	}
	switch c := s[i]; {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
