package inspect

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A pattern is what a text is compared with. It takes no notice of capitals
// until it has one itself.
type pattern struct {
	kind  patternKind
	text  string // folded where fold is set
	bytes []byte // the same
	fold  bool
}

type patternKind uint8

const (
	patternIn    patternKind = iota // anywhere in the text
	patternWhole                    // the whole text, with * for any run of characters and ? for any one
	patternEqual                    // the same
)

func newPattern(v *value) pattern {
	p := pattern{text: v.text}
	switch {
	case v.op == isEqual:
		p.kind = patternEqual
	case strings.ContainsAny(v.text, "*?"):
		p.kind = patternWhole
	}
	p.ready()
	return p
}

// ready settles how letters are compared.
func (p *pattern) ready() {
	p.bytes = []byte(p.text)
	if p.fold = p.kind != patternEqual && !hasCapital(p.text); p.fold {
		p.text = string(fold(p.bytes))
	}
}

func hasCapital(s string) bool {
	for _, r := range s {
		if unicode.IsUpper(r) {
			return true
		}
	}
	return false
}

// fold makes all letters small, in place. Letters whose small form takes another
// number of bytes stay, so that places in the text stay.
func fold(b []byte) []byte {
	const (
		ones = 0x0101010101010101
		high = 0x80 * ones
	)
	i := 0
	for ; i+8 <= len(b); i += 8 { // eight at a time: every line is folded that free text is looked for in
		w := binary.LittleEndian.Uint64(b[i:])
		if w&high != 0 {
			break
		}
		// The high bit of each byte: not below A, and not above Z.
		if capitals := (w + ones*(0x80-'A')) &^ (w + ones*(0x7F-'Z')) & high; capitals != 0 {
			binary.LittleEndian.PutUint64(b[i:], w|capitals>>2) // 0x20 makes them small
		}
	}
	for ; i < len(b); i++ {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		} else if c >= utf8.RuneSelf {
			foldRunes(b[i:])
			break
		}
	}
	return b
}

// foldRunes folds what may have other letters than A to Z. It begins at the
// beginning of a character, if that is one.
func foldRunes(b []byte) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if l := unicode.ToLower(r); l != r && r != utf8.RuneError && utf8.RuneLen(l) == n {
			utf8.EncodeRune(b, l)
		}
		b = b[n:]
	}
}

// match compares a text, which must be folded where p.fold is set.
func (p *pattern) match(text []byte) bool {
	switch p.kind {
	case patternEqual:
		return string(text) == p.text
	case patternIn:
		return bytes.Contains(text, p.bytes)
	}
	return glob(p.text, text)
}

// glob matches a whole text. It goes back to the last * only, so that its time is
// at most the product of the lengths.
func glob(pattern string, text []byte) bool {
	p, t := 0, 0
	star, from := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && pattern[p] == '?':
			_, n := utf8.DecodeRune(text[t:])
			p++
			t += n
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// literals are the parts of a pattern that stand in a text that it matches, in
// their order.
func (p *pattern) literals() []string {
	if p.kind != patternWhole {
		return []string{p.text}
	}
	return strings.FieldsFunc(p.text, func(r rune) bool { return r == '*' || r == '?' })
}
