package inspect

import (
	"strings"
	"unicode/utf8"
)

const (
	wordOr  = "OR"
	wordAnd = "AND"
)

// Filters come from people, but also from links that anybody can make.
const (
	maxFilter = 8 << 10 // bytes
	maxDepth  = 50      // parentheses and negations inside one another
	maxTerms  = 500
)

// An expr is a filter as it was written: all of its kids, one of them, not its
// kid, or a term.
type expr struct {
	op   exprOp
	kids []*expr
	term term
}

type exprOp uint8

const (
	opTerm exprOp = iota
	opAll
	opAny
	opNot
)

// A term asks one thing of a row.
type term struct {
	key      *Key // nil for free text
	values   []value
	from, to int
}

// A value is what a term asks for. A numeric one may be compared or have two
// ends.
type value struct {
	op       valueOp
	text     string // for a range its beginning, "" for none
	last     string // the end of a range, "" for none
	from, to int    // where text (and last) stand
}

type valueOp uint8

const (
	isLike  valueOp = iota
	isEqual         // =
	isMore          // >
	isMoreOr
	isLess
	isLessOr
	isRange // ..
)

var valueOps = [...]string{isLike: "", isEqual: "=", isMore: ">", isMoreOr: ">=", isLess: "<", isLessOr: "<=", isRange: ".."}

// A parser reads a filter:
//
//	filter  = any
//	any     = all { "OR" all }
//	all     = not { [ "AND" ] not }
//	not     = [ "-" ] ( "(" any ")" | term )
//	term    = key ":" value { "," value } | word | quoted text
type parser struct {
	lexer
	depth int
	terms int
}

// parse reads a filter; nil stands for one that everything matches.
func parse(text string) (*expr, *Mistake) {
	if len(text) > maxFilter {
		return nil, &Mistake{From: maxFilter, To: len(text), Want: "a filter of at most 8,192 bytes", Found: "more"}
	}
	p := parser{lexer: lexer{text: text}}
	if p.space(); p.end() {
		return nil, nil
	}
	e, m := p.any()
	if m == nil && !p.end() {
		m = p.mistake(p.at, p.at+1, `a "(" that this closes`, p.text[p.at:p.at+1], "")
	}
	return e, m
}

func (p *parser) mistake(from, to int, want, found, suggest string) *Mistake {
	return &Mistake{From: from, To: to, Want: want, Found: found, Suggest: suggest}
}

// word says whether a word of the language is next, and passes over it.
func (p *parser) word(w string) bool {
	if !strings.HasPrefix(p.text[p.at:], w) {
		return false
	}
	l := p.lexer
	if l.bare(false) != w {
		return false
	}
	p.at = l.at
	p.space()
	return true
}

func (p *parser) any() (*expr, *Mistake) {
	return p.list(opAny, p.all, func() bool { return p.word(wordOr) })
}

func (p *parser) all() (*expr, *Mistake) {
	return p.list(opAll, p.not, func() bool {
		if p.word(wordAnd) {
			return true
		}
		l := p.lexer
		return !p.end() && p.next() != ')' && l.bare(false) != wordOr
	})
}

// list reads one part and as many more as there are.
func (p *parser) list(op exprOp, part func() (*expr, *Mistake), more func() bool) (*expr, *Mistake) {
	first, m := part()
	if m != nil {
		return nil, m
	}
	e := first
	for more() {
		next, m := part()
		if m != nil {
			return nil, m
		}
		if e == first {
			e = &expr{op: op, kids: []*expr{first}}
		}
		e.kids = append(e.kids, next)
	}
	return e, nil
}

func (p *parser) not() (*expr, *Mistake) {
	p.depth++
	defer func() { p.depth-- }()
	start := p.at
	switch {
	case p.depth > maxDepth:
		return nil, p.mistake(start, start+1, "at most 50 parentheses and negations inside one another", "more", "")
	case p.end():
		return nil, p.mistake(start, start, "a term", "", "")
	case p.next() == '-' && !arrow(p.text[p.at:]):
		p.at++
		if l := p.lexer; p.end() || l.bare(false) == "" && p.next() != '(' && p.next() != '"' {
			return nil, p.mistake(start, p.at, `what "-" shall leave out, without a space between`, "-", "")
		}
		e, m := p.not()
		if m != nil {
			return nil, m
		}
		return &expr{op: opNot, kids: []*expr{e}}, nil
	case p.next() == '(':
		p.at++
		p.space()
		e, m := p.any()
		if m != nil {
			return nil, m
		}
		if p.next() != ')' {
			return nil, p.mistake(start, start+1, `")" somewhere after this "("`, "(", "")
		}
		p.at++
		p.space()
		return e, nil
	case p.next() == ')':
		return nil, p.mistake(start, start+1, "a term", ")", "")
	}
	return p.term()
}

func (p *parser) term() (*expr, *Mistake) {
	start := p.at
	if p.terms++; p.terms > maxTerms {
		return nil, p.mistake(start, len(p.text), "at most 500 terms", "more", "")
	}
	name, ok := p.key()
	if !ok {
		v, m := p.text1(false)
		if m != nil {
			return nil, m
		}
		if l := v.text; v.from == start && (l == wordOr || l == wordAnd) {
			return nil, p.mistake(start, p.at, "a term", l, `"`+l+`"`)
		}
		t := term{values: []value{v}, from: start, to: p.at}
		p.space()
		return &expr{term: t}, nil
	}
	key := KeyNamed(lower(name))
	if key == nil {
		return nil, p.unknownKey(start, name)
	}
	t := term{key: key, from: start}
	for {
		v, m := p.value(key)
		if m != nil {
			return nil, m
		}
		t.values = append(t.values, v)
		if p.terms++; p.terms > maxTerms {
			return nil, p.mistake(start, len(p.text), "at most 500 terms", "more", "")
		}
		if p.next() != ',' {
			break
		}
		p.at++
	}
	t.to = p.at
	p.space()
	return &expr{term: t}, nil
}

// unknownKey is the mistake of a key that there is not. What was meant may be
// another key, or text that has a colon in it.
func (p *parser) unknownKey(start int, name string) *Mistake {
	want := "a key such as " + keyNames() + "; text with a colon goes between quotation marks"
	near := nearest(name, func(yield func(string) bool) {
		for i := range Keys {
			yield(Keys[i].Name)
		}
	})
	if near != "" {
		return p.mistake(start, p.at, want, name+":", near+":")
	}
	p.at = start
	whole := p.bare(false)
	return p.mistake(start, p.at, want, whole, string(appendQuoted(nil, whole, false)))
}

// text1 reads one text, quoted or not.
func (p *parser) text1(inValue bool) (value, *Mistake) {
	start := p.at
	if p.next() != '"' {
		s := p.bare(inValue)
		return value{text: s, from: start, to: p.at}, nil
	}
	s, closed := p.quoted()
	if !closed {
		return value{}, p.mistake(start, p.at, "a closing quotation mark", p.text[start:], p.text[start:]+`"`)
	}
	return value{text: s, from: start + 1, to: p.at - 1}, nil
}

// value reads one value of a key.
func (p *parser) value(key *Key) (value, *Mistake) {
	start, op := p.at, isLike
	if key.Form == FormText && p.next() == '=' {
		p.at++
		op = isEqual
	}
	quoted := p.next() == '"'
	v, m := p.text1(true)
	if m != nil {
		return v, m
	}
	v.op = op
	if v.text == "" && !(quoted && key.Form == FormText) {
		_, n := utf8.DecodeRuneInString(p.text[p.at:])
		return v, p.mistake(start, p.at, key.want(), p.text[p.at:p.at+n], "")
	}
	if key.Form.Numeric() {
		v.compare()
		if v.text == "" && v.last == "" || strings.ContainsRune("<>=", firstOf(v.text)) || strings.HasSuffix(v.text, ".") {
			return v, p.mistake(start, p.at, key.want(), p.text[start:p.at], "")
		}
	}
	return v, nil
}

func firstOf(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// compare takes what compares or ranges off a numeric value.
func (v *value) compare() {
	for _, op := range [...]valueOp{isMoreOr, isLessOr, isMore, isLess, isEqual} {
		if rest, ok := strings.CutPrefix(v.text, valueOps[op]); ok {
			v.op, v.text = op, strings.TrimSpace(rest)
			if op == isEqual {
				v.op = isLike
			}
			return
		}
	}
	if first, last, ok := strings.Cut(v.text, valueOps[isRange]); ok {
		v.op, v.text, v.last = isRange, strings.TrimSpace(first), strings.TrimSpace(last)
	}
}

// want is what a mistake says was expected as a value of the key.
func (k *Key) want() string {
	if k.Form != FormName {
		return k.Form.want()
	}
	switch k.id {
	case keyOp:
		return "an operation such as ReadFile"
	case keyDiag:
		return "the name of a diagnostic such as bytes-missing"
	}
	b := []byte(nil)
	for i := range k.Words {
		switch {
		case i > 0 && i == len(k.Words)-1:
			b = append(b, " or "...)
		case i > 0:
			b = append(b, ", "...)
		}
		b = append(b, k.Words[i].Name...)
	}
	return string(b)
}

func keyNames() string {
	b := []byte(nil)
	for i := range Keys[:5] {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(append(b, Keys[i].Name...), ':')
	}
	return string(b)
}
