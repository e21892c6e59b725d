package inspect

import "slices"

// Choice is what a filter says of a value: what a list of values to choose from
// shows and changes.
type Choice uint8

// The choices.
const (
	Either   Choice = iota // the filter does not name it
	Chosen                 // one of the values of a term of its own
	Excluded               // one of those of a term that is negated
)

// Choose is a filter in which a value of a key is chosen, left out, or neither.
// Values of one key stand in one term, so that choosing a second one shows the
// rows of both. The value is taken as Term takes it. A filter with a mistake
// stays as it is.
func Choose(filter, key, text string, choice Choice) string {
	k := KeyNamed(key)
	e, m := parse(filter)
	if m != nil || k == nil {
		return filter
	}
	parts := topParts(e)
	one := chosenValue(k, text)
	for _, kind := range [...]Choice{Chosen, Excluded} {
		wanted := choice == kind
		if wanted {
			if t := firstTerm(parts, k, kind); t == nil {
				parts = append(parts, partOf(term{key: k, values: []value{one}}, kind))
			} else if !t.has(&one) {
				t.values = append(t.values, one)
			}
			continue
		}
		parts = slices.DeleteFunc(parts, func(part *expr) bool {
			t := termIn(part, k, kind)
			if t == nil || !t.has(&one) {
				return false
			}
			t.values = slices.DeleteFunc(t.values, func(v value) bool { return v.alike(&one, k) })
			return len(t.values) == 0
		})
	}
	return printParts(parts)
}

// ChoiceOf is what a filter says of a value of a key. Terms inside of others do
// not count, and a filter with a mistake says nothing.
func ChoiceOf(filter, key, text string) Choice {
	k := KeyNamed(key)
	e, m := parse(filter)
	if m != nil || k == nil {
		return Either
	}
	one := chosenValue(k, text)
	for _, part := range topParts(e) {
		for _, kind := range [...]Choice{Chosen, Excluded} {
			if t := termIn(part, k, kind); t != nil && t.has(&one) {
				return kind
			}
		}
	}
	return Either
}

// OnlyValue is the one value of a key that a filter chooses; it is false where
// that is none or several.
func OnlyValue(filter, key string) (text string, is bool) {
	k := KeyNamed(key)
	e, m := parse(filter)
	if m != nil || k == nil {
		return "", false
	}
	t := firstTerm(topParts(e), k, Chosen)
	if t == nil || len(t.values) != 1 || t.values[0].op != chosenValue(k, "").op {
		return "", false
	}
	return t.values[0].text, true
}

// topParts are the parts of a filter that all must be met.
func topParts(e *expr) []*expr {
	switch {
	case e == nil:
		return nil
	case e.op == opAll:
		return e.kids
	}
	return []*expr{e}
}

func printParts(parts []*expr) string {
	if len(parts) == 1 {
		return string(appendExpr(nil, parts[0]))
	}
	var dst []byte
	for i, part := range parts {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendPart(dst, part)
	}
	return string(dst)
}

// termIn is the term of a key that a part is, or that it negates; nil when it is
// something else.
func termIn(part *expr, k *Key, kind Choice) *term {
	if kind == Excluded {
		if part.op != opNot {
			return nil
		}
		part = part.kids[0]
	}
	if part.op != opTerm || part.term.key != k {
		return nil
	}
	return &part.term
}

func firstTerm(parts []*expr, k *Key, kind Choice) *term {
	for _, part := range parts {
		if t := termIn(part, k, kind); t != nil {
			return t
		}
	}
	return nil
}

func partOf(t term, kind Choice) *expr {
	e := &expr{term: t}
	if kind == Excluded {
		e = &expr{op: opNot, kids: []*expr{e}}
	}
	return e
}

// chosenValue is a value as Term writes it.
func chosenValue(k *Key, text string) value {
	v := value{text: text}
	if k.id == keyPath {
		v.op = isEqual
	}
	return v
}

func (t *term) has(v *value) bool {
	return slices.ContainsFunc(t.values, func(o value) bool { return o.alike(v, t.key) })
}

// alike says whether two values of a key stand for the same.
func (v *value) alike(o *value, k *Key) bool {
	if v.op != o.op || v.last != o.last {
		return false
	}
	if k.id == keyPath {
		return v.text == o.text
	}
	return lower(v.text) == lower(o.text)
}

// Join is a filter with the terms of another one as well. Values of a key that
// the filter asks for already join those, as in Choose; a time takes the place of
// the one that is there. Where one of the two has a mistake, the filter stays as
// it is.
func Join(filter, more string) string {
	e, m := parse(filter)
	if m != nil {
		return filter
	}
	added, m := parse(more)
	if m != nil {
		return filter
	}
	parts := topParts(e)
	for _, part := range topParts(added) {
		kind := Chosen
		inner := part
		if part.op == opNot {
			kind, inner = Excluded, part.kids[0]
		}
		if inner.op != opTerm || inner.term.key == nil {
			if !slices.ContainsFunc(parts, func(p *expr) bool { return string(appendExpr(nil, p)) == string(appendExpr(nil, part)) }) {
				parts = append(parts, part)
			}
			continue
		}
		t := firstTerm(parts, inner.term.key, kind)
		switch {
		case t == nil:
			parts = append(parts, part)
		case t.key.id == keyTime:
			t.values = inner.term.values
		default:
			for i := range inner.term.values {
				if v := &inner.term.values[i]; !t.has(v) {
					t.values = append(t.values, *v)
				}
			}
		}
	}
	return printParts(parts)
}
