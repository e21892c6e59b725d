package inspect

import (
	"bytes"

	"satascope/walcore"
)

// A Note is what a person wrote about a row, or a mark on it: a note without a
// text.
type Note struct {
	Text   string
	Marked bool
}

// SetNotes tells the index where the notes on the log's rows are, which change
// while it is in use: a filter that asks about them (AsksNotes) gives other
// answers then. An index without has none.
func (x *Index) SetNotes(note func(i int) (n Note, has bool)) { x.note = note }

// noteText gives the note on a row, and puts its text into f.text, folded where
// that is asked for.
func (f *Filter) noteText(i int, folded bool) (n Note, has bool) {
	if f.x.note == nil {
		return n, false
	}
	if n, has = f.x.note(i); has {
		f.text = append(f.text[:0], n.Text...)
		if folded {
			fold(f.text)
		}
	}
	return n, has
}

const wordMarked = "marked"

var noteWords = []Word{
	{Name: "*", Meaning: "rows with a note or a mark"},
	{Name: wordMarked, Meaning: "rows with a mark"},
}

// noteTest is note:.
type noteTest struct {
	marked   bool
	patterns []pattern
}

func newNoteTest(t *term) *noteTest {
	n := &noteTest{}
	for i := range t.values {
		if v := &t.values[i]; v.op == isLike && lower(v.text) == wordMarked {
			n.marked = true
		} else {
			n.patterns = append(n.patterns, newPattern(v))
		}
	}
	return n
}

func (t *noteTest) cost() int { return 3 }

func (t *noteTest) match(f *Filter, i int, _ *walcore.Record) bool {
	n, has := f.noteText(i, false)
	if !has {
		return false
	}
	return t.marked && n.Marked || t.find(f, i) != nil
}

// find is the pattern that the note on a row meets.
func (t *noteTest) find(f *Filter, i int) *pattern {
	for k := range t.patterns {
		p := &t.patterns[k]
		if _, has := f.noteText(i, p.fold); has && p.match(f.text) {
			return p
		}
	}
	return nil
}

// AsksNotes says whether the filter's answers hang on notes.
func (f *Filter) AsksNotes() bool {
	for _, n := range f.terms {
		if n.key == nil || n.key.id == keyNote {
			return true
		}
	}
	return false
}

// HighlightNote appends the parts of the note on row i that made the row match.
// text is the note as it is shown: made visible.
func (f *Filter) HighlightNote(dst []Range, i int, text []byte) []Range {
	if f.root == nil {
		return dst
	}
	start := len(dst)
	h := highlighter{f: f, i: i, r: f.x.log.At(i), text: text, dst: dst}
	h.note(f.root)
	return settle(h.dst, start)
}

func (h *highlighter) note(n *node) {
	switch n.op {
	case opNot:
	case opTerm:
		switch t := n.test.(type) {
		case *textTest:
			h.all(&t.pattern, 0, len(h.text))
		case *noteTest:
			h.noteTerm(t)
		}
	default:
		for _, kid := range n.kids {
			h.note(kid)
		}
	}
}

// noteTerm adds what note: found; of a pattern that any text meets, the whole.
func (h *highlighter) noteTerm(t *noteTest) {
	p := t.find(h.f, h.i)
	switch {
	case p == nil:
	case p.kind == patternEqual, len(p.literals()) == 0:
		h.add(0, len(h.text))
	case p.kind == patternIn:
		h.all(p, 0, len(h.text))
	default:
		h.pieces(p, 0, len(h.text))
	}
}

// byMark says whether it is the mark on a row that the row is found by.
func (t *noteTest) byMark(f *Filter, i int) bool {
	n, _ := f.noteText(i, false)
	return n.Marked && (t.marked || n.Text == "" && t.find(f, i) != nil)
}

// inNote says whether the text that is looked for stands in the note on row i.
func (t *textTest) inNote(f *Filter, i int) bool {
	_, has := f.noteText(i, t.fold)
	return has && bytes.Contains(f.text, t.bytes)
}
