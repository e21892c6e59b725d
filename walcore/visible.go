package walcore

import (
	"strconv"
	"unicode/utf8"
)

// AppendVisible appends text so that a screen shows every character of it and
// none can do anything: no line break, no change of direction, nothing that is
// invisible or looks like another thing's escape.
//
//   - ASCII control characters become their names: ‹LF› for a line break. (There
//     are pictures of them, ␊, which not every machine has a font for.)
//   - What has no shape of its own (bidirectional overrides, zero-width and
//     other format characters, odd spaces, unassigned code points) becomes its
//     code point: ‹U+202E›.
//   - So does ‹ itself: what looks like an escape is one.
//   - Bytes that are not UTF-8 become ‹x9C›.
//
// Other text stays as it is. The log's own bytes are never written this way.
func AppendVisible[T []byte | string](dst []byte, text T) []byte {
	const digits = "0123456789ABCDEF"
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c < 0x20:
				dst = append(append(append(dst, "‹"...), controls[c]...), "›"...)
			case c == 0x7F:
				dst = append(dst, "‹DEL›"...)
			default:
				dst = append(dst, c)
			}
			continue
		}
		r, n := decodeRune(text, i)
		i += n
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(append(append(dst, "‹x"...), digits[c>>4], digits[c&15]), "›"...)
		case r == '‹' || !strconv.IsPrint(r):
			dst = appendCodePoint(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// controls are the names of the ASCII control characters.
var controls = [0x20]string{
	"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI",
	"DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
}

// decodeRune reads the character at i without a copy of the text.
func decodeRune[T []byte | string](text T, i int) (rune, int) {
	var b [utf8.UTFMax]byte
	n := copy(b[:], text[i:])
	return utf8.DecodeRune(b[:n])
}

// appendCodePoint appends ‹U+202E›, with at least four digits.
func appendCodePoint(dst []byte, r rune) []byte {
	dst = append(dst, "‹U+"...)
	for shift := 20; shift >= 0; shift -= 4 {
		if d := r >> shift; d != 0 || shift < 16 {
			dst = append(dst, "0123456789ABCDEF"[d&15])
		}
	}
	return append(dst, "›"...)
}

// AppendVisibleText appends the line of record i for a screen (see
// AppendVisible), without its line break and not much longer than limit bytes,
// and says whether it was cut. A diagnostic's line is only what it says to
// people.
func (l *Log) AppendVisibleText(dst []byte, i, limit int) (_ []byte, cut bool) {
	r := l.At(i)
	var buf [1 << 11]byte // most lines are shorter
	line := buf[:0]
	text, own := l.keptText(i)
	switch {
	case r.Line == LineDiagnostic:
		line = l.AppendSentence(line, r)
	case own:
		line = append(line, text[:min(len(text), limit+1)]...)
	case r.Line == LineUnknown:
		kept := l.Kept(r)
		cut = len(kept) > limit || uint64(len(kept)) < r.Length
		kept = kept[:min(len(kept), limit)]
		// Printable ASCII already, whatever the bytes are.
		dst = appendByteString(l.appendUnknownStart(dst, r), kept)
		if cut {
			dst = append(dst, "…"...)
		}
		return append(dst, unknownEnd...), cut
	default:
		line = l.appendLine(line, r)
	}
	if len(line) > limit {
		line = line[:limit]
		for range utf8.UTFMax - 1 { // leave no part of a character
			if r, n := utf8.DecodeLastRune(line); r != utf8.RuneError || n != 1 {
				break
			}
			line = line[:len(line)-1]
		}
		return append(AppendVisible(dst, line), "…"...), true
	}
	return AppendVisible(dst, line), false
}
