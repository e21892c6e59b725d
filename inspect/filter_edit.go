package inspect

import (
	"slices"
	"strconv"
)

// With is a filter with one term more, or, where exclude is set, without the
// rows of that term: what a person means who points at a value. See Term for key
// and text. Of keys that have one value in a row (operations, streams and the
// like) the value joins those that the filter has already, as Choose does it,
// because two such terms would leave nothing. The opposite of the term goes. A
// filter with a mistake stays as it is.
func With(filter, key, text string, exclude bool) string {
	if k := KeyNamed(key); k != nil && k.oneValue() {
		if exclude {
			return Choose(filter, key, text, Excluded)
		}
		return Choose(filter, key, text, Chosen)
	}
	parts, m := partsWithout(filter, Term(key, text, !exclude))
	if m != nil {
		return filter
	}
	one, m := parse(Term(key, text, exclude))
	if m != nil {
		return filter
	}
	if !slices.ContainsFunc(parts, func(e *expr) bool { return printParts([]*expr{e}) == Term(key, text, exclude) }) {
		parts = append(parts, one)
	}
	return printParts(parts)
}

// Without is a filter without a value: the terms that ask for it or leave it out
// go, or the value goes from among those of a term. A filter with a mistake stays
// as it is.
func Without(filter, key, text string) string {
	if KeyNamed(key) != nil {
		return Choose(filter, key, text, Either)
	}
	parts, m := partsWithout(filter, Term(key, text, false), Term(key, text, true))
	if m != nil {
		return filter
	}
	return printParts(parts)
}

// Set is a filter with a term in place of those of its key: of a new brush in
// place of the one before. With an empty text they only go. A filter with a
// mistake stays as it is.
func Set(filter, key, text string) string {
	k := KeyNamed(key)
	e, m := parse(filter)
	if m != nil || k == nil {
		return filter
	}
	parts := slices.DeleteFunc(topParts(e), func(e *expr) bool { return termIn(e, k, Chosen) != nil })
	if text != "" {
		parts = append(parts, &expr{term: term{key: k, values: []value{chosenValue(k, text)}}})
	}
	return printParts(parts)
}

// partsWithout are the parts of a filter but those that are printed like one of
// the terms.
func partsWithout(filter string, terms ...string) ([]*expr, *Mistake) {
	e, m := parse(filter)
	return slices.DeleteFunc(topParts(e), func(e *expr) bool { return slices.Contains(terms, printParts([]*expr{e})) }), m
}

// oneValue says whether a row has at most one value of the key.
func (k *Key) oneValue() bool {
	return k.Form == FormName || k.id == keyResult || k.id == keyStream || k.id == keyFD || k.id == keyCode
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
