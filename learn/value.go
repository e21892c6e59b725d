package learn

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"satascope/sata"
)

// A Value is a field of a frame with what stands in it, as people write it:
//
//   - numbers as decimal, or as hex with 0x before it (0b for bits is read too);
//   - texts as they are, with \\, \n, \r, \t, \xNN for a byte and \u{NNNN} for a
//     character that would not show;
//   - other bytes as AppendRuns writes them.
type Value struct {
	Field sata.Field
	Text  string
	// Remains is what follows the NUL of a text, to the field's end; nil when that
	// is all zero. A client's field often holds what is left of an earlier message.
	Remains []byte
}

// hexadecimal says whether people write a number's field as hex.
func hexadecimal(f *sata.Field) bool {
	switch f.Slot {
	case sata.SlotMode, sata.SlotFlags, sata.SlotPermissions, sata.SlotCapabilities:
		return true
	case sata.SlotNone:
		return f.Name == "flags" || f.Name == "version" || f.Name == "command"
	}
	return f.Kind == sata.U32LE || f.Kind == sata.ResultCode
}

// readValue takes the bytes of a field apart.
func readValue(f *sata.Field, b []byte) Value {
	v := Value{Field: *f}
	var n uint64
	switch f.Kind {
	case sata.Text, sata.ModeText:
		end := 0
		for end < len(b) && b[end] != 0 {
			end++
		}
		v.Text = string(appendEscaped(nil, b[:end]))
		if end < len(b) && !allZero(b[end+1:]) {
			v.Remains = append([]byte(nil), b[end+1:]...)
		}
		return v
	case sata.I32:
		v.Text = strconv.FormatInt(int64(int32(binary.BigEndian.Uint32(b))), 10)
		return v
	case sata.U32, sata.ResultCode:
		n = uint64(binary.BigEndian.Uint32(b))
	case sata.U32LE:
		n = uint64(binary.LittleEndian.Uint32(b))
	case sata.U64:
		n = binary.BigEndian.Uint64(b)
	default:
		v.Text = string(AppendRuns(nil, b))
		return v
	}
	if hexadecimal(f) && n > 9 {
		v.Text = Hex(n)
		if digits := len(v.Text) - len("0x"); n > 0xffffff && digits < 8 { // as the texts write 0x02000600
			v.Text = "0x" + strings.Repeat("0", 8-digits) + v.Text[len("0x"):]
		}
	} else {
		v.Text = strconv.FormatUint(n, 10)
	}
	return v
}

// append appends the bytes of v, which are as many as its field has.
func (v *Value) append(dst []byte) ([]byte, error) {
	f := &v.Field
	switch f.Kind {
	case sata.Text, sata.ModeText:
		start := len(dst)
		dst, err := appendUnescaped(dst, v.Text, f.Length)
		if err != nil {
			return dst[:start], err
		}
		n := len(dst) - start
		dst = append(dst, make([]byte, f.Length-n)...)
		if room := f.Length - n - 1; room > 0 {
			// The remains keep their places; a longer text covers some of them.
			rest := v.Remains[max(0, len(v.Remains)-room):]
			copy(dst[len(dst)-len(rest):], rest)
		}
		return dst, nil
	case sata.I32:
		n, err := parseNumber(v.Text, 32, true)
		return binary.BigEndian.AppendUint32(dst, uint32(n)), err
	case sata.U32, sata.ResultCode:
		n, err := parseNumber(v.Text, 32, false)
		return binary.BigEndian.AppendUint32(dst, uint32(n)), err
	case sata.U32LE:
		n, err := parseNumber(v.Text, 32, false)
		return binary.LittleEndian.AppendUint32(dst, uint32(n)), err
	case sata.U64:
		n, err := parseNumber(v.Text, 64, false)
		return binary.BigEndian.AppendUint64(dst, n), err
	}
	b, err := ParseRuns(v.Text, f.Length)
	if err != nil {
		return dst, err
	}
	if len(b) != f.Length {
		return dst, &TextError{Offset: len(v.Text), Want: count(uint64(f.Length), "byte", "bytes"), Found: strconv.Itoa(len(b))}
	}
	return append(dst, b...), nil
}

// parseNumber reads a number of the given width. Signed ones may be written as
// the unsigned number with the same bits, too: 0xffffffff is -1.
func parseNumber(s string, bits int, signed bool) (uint64, error) {
	t := strings.TrimSpace(s)
	want := "a number from 0 to " + strconv.FormatUint(1<<(bits-1)-1+1<<(bits-1), 10) + ", or hex after 0x"
	if signed {
		want = "a number from -" + strconv.FormatUint(1<<(bits-1), 10) + " to " + strconv.FormatUint(1<<bits-1, 10) + ", or hex after 0x"
	}
	bad := &TextError{Offset: noOffset, Want: want, Found: quoted(t)}
	if t == "" {
		bad.Found = "nothing"
		return 0, bad
	}
	digits, base := t, 10
	minus := signed && digits[0] == '-'
	if minus {
		digits = digits[1:]
	}
	if len(digits) > 2 && digits[0] == '0' {
		switch digits[1] {
		case 'x', 'X':
			digits, base = digits[2:], 16
		case 'b', 'B':
			digits, base = digits[2:], 2
		}
	}
	n, err := strconv.ParseUint(strings.ReplaceAll(digits, "_", ""), base, bits)
	if err != nil {
		return 0, bad
	}
	if minus {
		if n > 1<<(bits-1) {
			return 0, bad
		}
		n = -n
	}
	return n, nil
}

// quoted is what a person typed, shortened where it is long.
func quoted(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:39]) + "…"
	}
	return strconv.Quote(s)
}

// appendEscaped appends bytes as a text that people can edit and that shows all
// there is.
func appendEscaped(dst, b []byte) []byte {
	const digits = "0123456789abcdef"
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n <= 1:
			dst = append(dst, '\\', 'x', digits[b[0]>>4], digits[b[0]&15])
		case r == '\\':
			dst = append(dst, `\\`...)
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r < 0x20 || r == 0x7F:
			dst = append(dst, '\\', 'x', digits[r>>4], digits[r&15])
		case !unicode.IsPrint(r):
			dst = append(strconv.AppendUint(append(dst, `\u{`...), uint64(r), 16), '}')
		default:
			dst = append(dst, b[:n]...)
		}
		b = b[n:]
	}
	return dst
}

// appendUnescaped appends the bytes of a text that people wrote, at most limit.
func appendUnescaped(dst []byte, s string, limit int) ([]byte, error) {
	start := len(dst)
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			if s[i] == 0 {
				return dst, &TextError{Offset: i, Want: "no NUL: it ends the text", Found: "one"}
			}
			dst = append(dst, s[i])
			i++
		} else {
			var err error
			if dst, i, err = appendEscape(dst, s, i); err != nil {
				return dst, err
			}
		}
		if len(dst)-start > limit {
			return dst, &TextError{Offset: i - 1, Want: "at most " + strconv.Itoa(limit) + " bytes", Found: "more"}
		}
	}
	return dst, nil
}

// appendEscape appends what the escape at s[i] stands for; next is what follows
// it.
func appendEscape(dst []byte, s string, i int) (out []byte, next int, err error) {
	if i+1 < len(s) {
		switch s[i+1] {
		case '\\':
			return append(dst, '\\'), i + 2, nil
		case 'n':
			return append(dst, '\n'), i + 2, nil
		case 'r':
			return append(dst, '\r'), i + 2, nil
		case 't':
			return append(dst, '\t'), i + 2, nil
		case 'x':
			if hi, lo := nibble(s, i+2), nibble(s, i+3); hi >= 0 && lo >= 0 {
				if hi|lo == 0 {
					return dst, i, &TextError{Offset: i, Want: "no NUL: it ends the text", Found: "one"}
				}
				return append(dst, byte(hi<<4|lo)), i + 4, nil
			}
		case 'u':
			end := strings.IndexByte(s[i:], '}')
			if i+2 < len(s) && s[i+2] == '{' && end > 3 {
				if n, err := strconv.ParseUint(s[i+3:i+end], 16, 32); err == nil && n != 0 && n <= unicode.MaxRune && utf8.ValidRune(rune(n)) {
					return utf8.AppendRune(dst, rune(n)), i + end + 1, nil
				}
			}
		}
	}
	return dst, i, &TextError{Offset: i, Want: `\\, \n, \r, \t, \xNN or \u{NNNN}`, Found: strconv.Quote(s[i:min(len(s), i+4)])}
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
