package inspect

import (
	"slices"

	"satascope/walcore"
)

// A Filter says which rows match. It is made by Index.Compile for one log, also
// one that grows, and is for one goroutine.
//
// A term asks about the row itself; a response and written data also count as
// being of their request's operation, path and descriptor. Of an exchange
// (MatchExchange), each term may be met by any of its rows.
type Filter struct {
	x      *Index
	source *expr
	root   *node // nil: everything matches
	terms  []*node
	later  bool // whether a request matches may change when its response comes

	made int // 1 + the row whose line is in line
	line []byte
	low  []byte // line folded, once it is asked for; else empty
	text []byte // for a path, a result's words or a note
	cost int    // of the lines made so far, in about the time that a row takes without
}

// A node is a part of a filter that is ready to be asked.
type node struct {
	op   exprOp
	kids []*node
	key  *Key // nil for free text
	test test
}

// A test is a term that is ready to be asked.
type test interface {
	// match says whether a row meets the term.
	match(f *Filter, i int, r *walcore.Record) bool
	// cost is how much a match costs, about, to ask the cheap ones first.
	cost() int
}

// Compile reads a filter. Its words are those of the language in docs/filter.md.
func (x *Index) Compile(text string) (*Filter, *Mistake) {
	f, m := x.compile(text)
	if m != nil && 0 < m.From && m.From < m.To && (text[m.From-1] == ':' || text[m.From-1] == ',') {
		// What the log has is meant rather than what it has not.
		if list := x.Complete(text, m.To); len(list) > 0 && list[0].From == m.From && list[0].To == m.To && !list[0].Keep {
			m.Suggest = list[0].Text
		}
	}
	return f, m
}

func (x *Index) compile(text string) (*Filter, *Mistake) {
	e, m := parse(text)
	if m != nil {
		return nil, m
	}
	f := &Filter{x: x, source: e}
	if e != nil {
		if f.root, m = f.compile(e, text); m != nil {
			return nil, m
		}
	}
	return f, nil
}

// Everything says whether every row matches, because the filter is empty.
func (f *Filter) Everything() bool { return f.root == nil }

// String is the filter in the language.
func (f *Filter) String() string {
	if f.source == nil {
		return ""
	}
	return string(appendExpr(nil, f.source))
}

// Match says whether row i matches.
func (f *Filter) Match(i int) bool {
	return f.root == nil || f.root.row(f, i, f.x.log.At(i))
}

// MatchExchange says whether an exchange matches: each term is met by any of its
// rows or by a finding about it.
func (f *Filter) MatchExchange(e Exchange) bool {
	if f.root == nil {
		return true
	}
	var rows [8]uint32
	return f.root.any(f, f.x.AppendRows(rows[:0], e))
}

// row says whether a row matches.
func (n *node) row(f *Filter, i int, r *walcore.Record) bool {
	switch n.op {
	case opTerm:
		return n.test.match(f, i, r)
	case opNot:
		return !n.kids[0].row(f, i, r)
	case opAll:
		for _, kid := range n.kids {
			if !kid.row(f, i, r) {
				return false
			}
		}
		return true
	default:
		for _, kid := range n.kids {
			if kid.row(f, i, r) {
				return true
			}
		}
		return false
	}
}

// any says whether rows match together.
func (n *node) any(f *Filter, rows []uint32) bool {
	switch n.op {
	case opTerm:
		for _, row := range rows {
			if n.test.match(f, int(row), f.x.log.At(int(row))) {
				return true
			}
		}
		return false
	case opNot:
		return !n.kids[0].any(f, rows)
	case opAll:
		for _, kid := range n.kids {
			if !kid.any(f, rows) {
				return false
			}
		}
		return true
	default:
		for _, kid := range n.kids {
			if kid.any(f, rows) {
				return true
			}
		}
		return false
	}
}

func (n *node) cost() int {
	if n.op == opTerm {
		return n.test.cost()
	}
	sum := 1
	for _, kid := range n.kids {
		sum += kid.cost()
	}
	return sum
}

func (f *Filter) compile(e *expr, text string) (*node, *Mistake) {
	if e.op == opTerm {
		t, m := f.compileTerm(&e.term, text)
		if m != nil {
			return nil, m
		}
		n := &node{op: opTerm, key: e.term.key, test: t}
		f.terms = append(f.terms, n)
		return n, nil
	}
	n := &node{op: e.op}
	for _, kid := range e.kids {
		k, m := f.compile(kid, text)
		if m != nil {
			return nil, m
		}
		n.kids = append(n.kids, k)
	}
	slices.SortStableFunc(n.kids, func(a, b *node) int { return a.cost() - b.cost() })
	return n, nil
}

// compileTerm makes the test of a term.
func (f *Filter) compileTerm(t *term, text string) (test, *Mistake) {
	switch {
	case t.key == nil:
		return newTextTest(t.values[0].text), nil
	case t.key.id == keyOp, t.key.id == keyDiag:
		set := &opTest{finding: t.key.id == keyDiag}
		for i := range t.values {
			if m := t.key.names(&t.values[i], func(n int) { set.add(n) }); m != nil {
				return nil, m
			}
		}
		return set, nil
	case t.key.id == keyKind, t.key.id == keyDir:
		set := &kindTest{direction: t.key.id == keyDir}
		for i := range t.values {
			if m := t.key.names(&t.values[i], func(n int) { set.names |= 1 << n }); m != nil {
				return nil, m
			}
		}
		return set, nil
	case t.key.id == keyPath:
		p := &pathTest{}
		for i := range t.values {
			p.patterns = append(p.patterns, newPattern(&t.values[i]))
		}
		return p, nil
	case t.key.id == keyResult:
		return f.compileResult(t)
	case t.key.id == keyNote:
		return newNoteTest(t), nil
	}
	n := &numberTest{key: t.key.id}
	for i := range t.values {
		v := &t.values[i]
		if t.key.id == keyFD && v.op == isLike && lower(v.text) == t.key.Words[0].Name {
			n.unknown = true
			continue
		}
		s, dates, bad, ok := v.span(t.key.Form)
		if !ok {
			m := &Mistake{From: v.from, To: v.to, Want: t.key.want(), Found: text[v.from:v.to], Suggest: t.key.suggest(v, bad)}
			if bad == "" {
				m.Want = "a range that begins before it ends"
			}
			return nil, m
		}
		if dates {
			n.dates = append(n.dates, s)
		} else {
			n.spans = append(n.spans, s)
		}
	}
	return n, nil
}

// names gives the number of each name in the key's table that a value stands
// for.
func (k *Key) names(v *value, found func(n int)) *Mistake {
	any := false
	p := newPattern(&value{text: lower(v.text)})
	if p.kind == patternIn {
		p.kind = patternEqual
	}
	for n := range k.Words {
		w := &k.Words[n]
		hit := p.match([]byte(lower(w.Name)))
		for _, also := range w.Also {
			hit = hit || p.match([]byte(lower(also)))
		}
		if hit {
			any = true
			found(n)
		}
	}
	if any {
		return nil
	}
	if k.id == keyOp {
		if q, ok := FormNumber.quantity(v.text); ok {
			for n := range k.Words {
				if w := commandOf(n); int64(w) == q.at {
					found(n)
					return nil
				}
			}
		}
	}
	return &Mistake{From: v.from, To: v.to, Want: k.want(), Found: v.text, Suggest: k.nearest(v.text)}
}

func (k *Key) nearest(s string) string {
	return nearest(s, func(yield func(string) bool) {
		for i := range k.Words {
			yield(k.Words[i].Name)
			for _, also := range k.Words[i].Also {
				yield(also)
			}
		}
	})
}

// suggest is a numeric value that may have been meant: with a unit, or turned
// round.
func (k *Key) suggest(v *value, bad string) string {
	if bad == "" {
		return k.written(value{op: isRange, text: v.last, last: v.text})
	}
	for _, unit := range [...]string{"ms", "s"} {
		if unit == "ms" && k.Form == FormTime {
			continue
		}
		if _, ok := k.Form.quantity(bad + unit); !ok {
			continue
		}
		fixed := *v
		for _, s := range [...]*string{&fixed.text, &fixed.last} {
			if _, ok := k.Form.quantity(*s + unit); ok {
				*s += unit
			}
		}
		if _, _, _, ok := fixed.span(k.Form); ok {
			return k.written(fixed)
		}
	}
	if len(k.Words) > 0 {
		return k.nearest(bad)
	}
	return ""
}

// written is a value as it is written behind the key.
func (k *Key) written(v value) string {
	return string((&term{key: k, values: []value{v}}).append(nil))[len(k.Name)+1:]
}
