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

// Unfinished says whether a filter is one that is gone through while another is
// typed: the other goes on with its last word, which has no key, as op:Ping goes
// on with op.
func Unfinished(filter, typed string) bool {
	if len(filter) == 0 || len(filter) >= len(typed) || typed[:len(filter)] != filter {
		return false
	}
	next := lexer{text: typed, at: len(filter)}
	if next.space(); next.at > len(filter) {
		return false
	}
	tokens := Tokens(nil, filter)
	if len(tokens) == 0 { // of blanks alone
		return false
	}
	last := tokens[len(tokens)-1]
	ofKey := len(tokens) > 1 && tokens[len(tokens)-2].Kind == TokenKey && tokens[len(tokens)-2].To == last.From
	return last.Kind == TokenValue && last.To == len(filter) && !ofKey
}

// Hint says where a filter without a mistake has a word that is only searched for
// as text, but was more likely meant as one of the language's: or between two
// terms, and, or not before one. It is nil where there is none. Between quotation
// marks such a word is meant as it is.
func Hint(text string) *Mistake {
	tokens := Tokens(nil, text)
	for i, t := range tokens {
		word := text[t.From:t.To]
		if t.Kind != TokenValue || i+1 == len(tokens) || i > 0 && tokens[i-1].To == t.From && text[t.From-1] != '(' || text[tokens[i+1].From] == ')' {
			continue
		}
		m := &Mistake{From: t.From, To: t.To, Want: "a word of the language", Found: word}
		switch lower(word) {
		case "or":
			m.Suggest = wordOr
		case "and":
			m.Suggest = wordAnd
		case "not":
			m.Suggest, m.To = "-", tokens[i+1].From
			return m
		}
		if m.Suggest != "" && i > 0 && text[t.From-1] != '(' {
			return m
		}
	}
	return nil
}
