package inspect

// TokenKind says what a part of a filter's text is.
type TokenKind uint8

// The parts of a filter's text.
const (
	TokenKey   TokenKind = iota // a key and its colon
	TokenWord                   // OR, AND, - and parentheses
	TokenValue                  // values of a key, or text
)

// A Token is the bytes From to To of a filter's text.
type Token struct {
	From, To int
	Kind     TokenKind
}

// Tokens takes a filter's text apart, to be coloured; what stands between them is
// white space. It judges nothing: filters with mistakes have tokens, too.
func Tokens(dst []Token, text string) []Token {
	l := lexer{text: text}
	add := func(from int, kind TokenKind) {
		if from < l.at {
			dst = append(dst, Token{from, l.at, kind})
		}
	}
	for l.space(); !l.end(); l.space() {
		start := l.at
		if c := l.next(); c == '(' || c == ')' || c == '-' && !arrow(text[l.at:]) {
			l.at++
			add(start, TokenWord)
			continue
		}
		_, key := l.key()
		if key {
			add(start, TokenKey)
			start = l.at
		}
		l.values(key)
		kind := TokenValue
		if w := text[start:l.at]; !key && (w == wordOr || w == wordAnd) {
			kind = TokenWord
		}
		add(start, kind)
	}
	return dst
}

// values passes over the values of a key, or over a word.
func (l *lexer) values(ofKey bool) {
	for {
		if l.next() == '=' && ofKey {
			l.at++
		}
		if l.next() == '"' {
			l.quoted()
		} else {
			l.bare(ofKey)
		}
		if !ofKey || l.next() != ',' {
			return
		}
		l.at++
	}
}
