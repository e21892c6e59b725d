package inspect

// With is a filter with one term more, or, where exclude is set, without the
// rows of that term: what a person means who points at a value. A term that is
// there already is not put in twice, and its opposite goes. A filter with a
// mistake stays as it is. See Term for key and text.
func With(filter, key, text string, exclude bool) string {
	e, m := parse(filter)
	if m != nil {
		return filter
	}
	one := Term(key, text, exclude)
	opposite := Term(key, text, !exclude)
	if e == nil {
		return one
	}
	parts := []*expr{e}
	if e.op == opAll {
		parts = e.kids
	}
	var dst []byte
	for _, part := range parts {
		p := string(appendPart(nil, part))
		switch p {
		case one:
			return filter
		case opposite:
			continue
		}
		dst = append(append(dst, p...), ' ')
	}
	return string(append(dst, one...))
}

// Without is a filter without a term of its own, as it is printed by Term, be it
// there as it is or negated; the filter itself when it has none.
func Without(filter, key, text string) string {
	e, m := parse(filter)
	if m != nil || e == nil {
		return filter
	}
	one, opposite := Term(key, text, false), Term(key, text, true)
	parts := []*expr{e}
	if e.op == opAll {
		parts = e.kids
	}
	var dst []byte
	gone := false
	for _, part := range parts {
		p := string(appendPart(nil, part))
		if p == one || p == opposite {
			gone = true
			continue
		}
		if len(dst) > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, p...)
	}
	if !gone {
		return filter
	}
	return string(dst)
}
