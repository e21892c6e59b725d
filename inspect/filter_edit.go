package inspect

import (
	"slices"
	"strconv"
)

// With is a filter with one term more, or, where exclude is set, without the
// rows of that term: what a person means who points at a value. See Term for key
// and text. Of keys that have one value in a row (operations, streams and the
// like) the value joins those that the filter has already, because two such
// terms would leave nothing. The opposite of the term goes. A filter with a
// mistake stays as it is.
func With(filter, key, text string, exclude bool) string {
	parts, one, ok := edit(filter, key, text)
	if !ok || one == nil {
		return filter
	}
	if exclude {
		one = &expr{op: opNot, kids: []*expr{one}}
	}
	parts = dropValue(parts, negation(one))
	if slices.ContainsFunc(parts, func(e *expr) bool { return same(e, one) }) {
		return join(parts)
	}
	if k := KeyNamed(key); k != nil && !exclude && k.oneValue() {
		for i, part := range parts {
			if part.op == opTerm && part.term.key == k {
				parts[i] = withValue(part, one.term.values[0])
				return join(parts)
			}
		}
	}
	return join(append(parts, one))
}

// Without is a filter without a value: the terms that ask for it or leave it out
// go, or the value goes from among those of a term. A filter with a mistake stays
// as it is.
func Without(filter, key, text string) string {
	parts, one, ok := edit(filter, key, text)
	if !ok || one == nil {
		return filter
	}
	return join(dropValue(dropValue(parts, one), negation(one)))
}

// Set is a filter with a term in place of those of its key: of a new brush in
// place of the one before. With an empty text they only go. A filter with a
// mistake stays as it is.
func Set(filter, key, text string) string {
	parts, one, ok := edit(filter, key, text)
	k := KeyNamed(key)
	if !ok || k == nil {
		return filter
	}
	parts = slices.DeleteFunc(parts, func(e *expr) bool { return e.op == opTerm && e.term.key == k })
	if one != nil {
		parts = append(parts, one)
	}
	return join(parts)
}

// TimeText is a range of times, in nanoseconds since 1970, as the value of a
// time: term.
func (x *Index) TimeText(from, to int64) string {
	b := appendExact(nil, from-x.first)
	return string(appendExact(append(b, valueOps[isRange]...), to-x.first))
}

// appendExact appends a duration in seconds, to the nanosecond.
func appendExact(dst []byte, ns int64) []byte {
	u := uint64(ns)
	if ns < 0 {
		dst, u = append(dst, '-'), -u
	}
	dst = strconv.AppendUint(dst, u/second, 10)
	if rest := u % second; rest > 0 {
		digits := strconv.AppendUint(nil, second+rest, 10)[1:]
		for digits[len(digits)-1] == '0' {
			digits = digits[:len(digits)-1]
		}
		dst = append(append(dst, '.'), digits...)
	}
	return append(dst, 's')
}

// oneValue says whether a row has at most one value of the key, so that terms of
// two values leave nothing.
func (k *Key) oneValue() bool {
	return k.Form == FormName || k.id == keyResult || k.id == keyStream || k.id == keyFD || k.id == keyCode
}

// edit takes a filter apart into what must all match, and makes the term of a
// key and a text, nil for an empty one. It is not ok where the filter has a
// mistake.
func edit(filter, key, text string) (parts []*expr, one *expr, ok bool) {
	e, m := parse(filter)
	if m != nil {
		return nil, nil, false
	}
	if text != "" {
		if one, m = parse(Term(key, text, false)); m != nil {
			return nil, nil, false
		}
	}
	switch {
	case e == nil:
	case e.op == opAll:
		parts = e.kids
	default:
		parts = []*expr{e}
	}
	return parts, one, true
}

func same(a, b *expr) bool {
	return string(appendExpr(nil, a)) == string(appendExpr(nil, b))
}

// negation is what leaves out what e asks for.
func negation(e *expr) *expr {
	if e.op == opNot {
		return e.kids[0]
	}
	return &expr{op: opNot, kids: []*expr{e}}
}

// dropValue takes a value out of the parts: whole terms that are just it, and
// from among the values of others.
func dropValue(parts []*expr, one *expr) []*expr {
	kept := make([]*expr, 0, len(parts)+1)
	for _, part := range parts {
		switch {
		case same(part, one):
			continue
		case part.op == opTerm && one.op == opTerm:
			part = withoutValue(part, one)
		case part.op == opNot && one.op == opNot && part.kids[0].op == opTerm && one.kids[0].op == opTerm:
			part = &expr{op: opNot, kids: []*expr{withoutValue(part.kids[0], one.kids[0])}}
		}
		kept = append(kept, part)
	}
	return kept
}

// withoutValue is a term without the value of another, if it has that among
// others.
func withoutValue(e, one *expr) *expr {
	if e.term.key == nil || e.term.key != one.term.key || len(e.term.values) < 2 {
		return e
	}
	c := *e
	c.term.values = slices.DeleteFunc(slices.Clone(e.term.values), func(v value) bool { return v.same(&one.term.values[0]) })
	if len(c.term.values) == 0 {
		return e
	}
	return &c
}

func withValue(e *expr, v value) *expr {
	if slices.ContainsFunc(e.term.values, func(o value) bool { return o.same(&v) }) {
		return e
	}
	c := *e
	c.term.values = append(slices.Clone(e.term.values), v)
	return &c
}

func (v *value) same(o *value) bool { return v.op == o.op && v.text == o.text && v.last == o.last }

// join makes a filter of parts that must all match.
func join(parts []*expr) string {
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return string(appendExpr(nil, parts[0]))
	}
	return string(appendExpr(nil, &expr{op: opAll, kids: parts}))
}
