package inspect

// appendExpr appends a filter in the language, so that parsing it gives e again.
func appendExpr(dst []byte, e *expr) []byte {
	switch e.op {
	case opNot:
		return appendPart(append(dst, '-'), e.kids[0])
	case opAll, opAny:
		for i, kid := range e.kids {
			if i > 0 {
				dst = append(dst, ' ')
				if e.op == opAny {
					dst = append(dst, "OR "...)
				}
			}
			if e.op == opAny && kid.op == opAll {
				dst = appendExpr(dst, kid) // binds more tightly
			} else {
				dst = appendPart(dst, kid)
			}
		}
		return dst
	}
	return e.term.append(dst)
}

// appendPart appends what stands inside something else.
func appendPart(dst []byte, e *expr) []byte {
	if e.op != opAll && e.op != opAny {
		return appendExpr(dst, e)
	}
	return append(appendExpr(append(dst, '('), e), ')')
}

func (t *term) append(dst []byte) []byte {
	if t.key == nil {
		s := t.values[0].text
		return appendQuoted(dst, s, plainWord(s))
	}
	dst = append(append(dst, t.key.Name...), ':')
	for i := range t.values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = t.values[i].append(dst, t.key)
	}
	return dst
}

func (v *value) append(dst []byte, key *Key) []byte {
	if !key.Form.Numeric() {
		dst = append(dst, valueOps[v.op]...)
		return appendQuoted(dst, v.text, plain(v.text))
	}
	s := valueOps[v.op] + v.text
	if v.op == isRange {
		s = v.text + valueOps[isRange] + v.last
	}
	return appendQuoted(dst, s, plain(s))
}

// Term is the term of a key and a value, for building filters from what a
// person points at: Term("path", "/a b", true) is -path:="/a b". A text is taken
// exactly; key "" is free text.
func Term(key, text string, exclude bool) string {
	dst := []byte(nil)
	if exclude {
		dst = append(dst, '-')
	}
	k := KeyNamed(key)
	if k == nil {
		return string(appendQuoted(dst, text, plainWord(text)))
	}
	v := value{text: text}
	if k.id == keyPath {
		v.op = isEqual
	}
	t := term{key: k, values: []value{v}}
	return string(t.append(dst))
}
