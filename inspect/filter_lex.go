package inspect

import (
	"unicode"
	"unicode/utf8"
)

// The words of a filter. White space stands between them. A quotation mark
// begins a quoted text only where a word or a value can begin; in it \" and \\
// stand for " and \. A parenthesis groups only where a word can begin; one that
// is opened inside a word belongs to it up to where it is closed, so that
// Offset(4096) can be searched for as it is.

// A lexer reads a filter's text from the left.
type lexer struct {
	text string
	at   int
}

// space passes over white space.
func (l *lexer) space() {
	for l.at < len(l.text) {
		r, n := utf8.DecodeRuneInString(l.text[l.at:])
		if !unicode.IsSpace(r) {
			return
		}
		l.at += n
	}
}

func (l *lexer) end() bool { return l.at == len(l.text) }

// next is the next byte, 0 at the end.
func (l *lexer) next() byte {
	if l.end() {
		return 0
	}
	return l.text[l.at]
}

// bare reads up to white space, a parenthesis that was not opened in it, or, in
// a value, a comma.
func (l *lexer) bare(value bool) string {
	start, open := l.at, 0
	for l.at < len(l.text) {
		c := l.text[l.at]
		switch {
		case c == '(':
			open++
		case c == ')' && open == 0, value && c == ',':
			return l.text[start:l.at]
		case c == ')':
			open--
		case c == ' ' || c >= utf8.RuneSelf || c < ' ':
			r, n := utf8.DecodeRuneInString(l.text[l.at:])
			if unicode.IsSpace(r) {
				return l.text[start:l.at]
			}
			l.at += n - 1
		}
		l.at++
	}
	return l.text[start:]
}

// quoted reads a quoted text, its quotation mark being next. It is false when
// the closing one is missing; then everything is read.
func (l *lexer) quoted() (string, bool) {
	l.at++
	start := l.at
	var b []byte // only where there is something to take out
	for ; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; {
		case c == '"':
			s := l.text[start:l.at]
			l.at++
			if b != nil {
				return string(b), true
			}
			return s, true
		case c == '\\' && l.at+1 < len(l.text) && (l.text[l.at+1] == '"' || l.text[l.at+1] == '\\'):
			if b == nil {
				b = append(make([]byte, 0, len(l.text)-start), l.text[start:l.at]...)
			}
			l.at++
			b = append(b, l.text[l.at])
		case b != nil:
			b = append(b, c)
		}
	}
	if b != nil {
		return string(b), false
	}
	return l.text[start:], false
}

// key reads a key and its colon, if one is next.
func (l *lexer) key() (name string, ok bool) {
	for i := l.at; i < len(l.text); i++ {
		c := l.text[i]
		if c == ':' && i > l.at {
			name = l.text[l.at:i]
			l.at = i + 1
			return name, true
		}
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			break
		}
	}
	return "", false
}

// appendQuoted appends a text so that the lexer reads it back: as it is where it
// can stand so, else quoted.
func appendQuoted(dst []byte, s string, bare bool) []byte {
	if bare {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

// plain says whether a text reads the same without quotation marks, wherever a
// value can stand.
func plain(s string) bool {
	if s == "" {
		return false
	}
	for i, r := range s {
		switch {
		case r == '"' || r == ',' || r == '(' || r == ')' || r == '=' && i == 0, unicode.IsSpace(r):
			return false
		}
	}
	return true
}

// plainWord says whether a text reads the same without quotation marks where a
// term can stand, also behind a "-".
func plainWord(s string) bool {
	if !plain(s) || s[0] == '-' && !arrow(s) || s[0] == '>' || s == wordOr || s == wordAnd {
		return false
	}
	l := lexer{text: s}
	_, key := l.key()
	return !key
}

// arrow says whether a text begins like a request's line, which is no negation.
func arrow(s string) bool { return len(s) > 1 && s[:2] == "->" }
