package inspect

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// A Range is a part of a row that made it match: the bytes From to To of its
// text, or, with another place than InText, the whole of another column.
type Range struct {
	Place    Place
	From, To int
}

// Highlights appends the parts of row i that made it match. text is the row as
// it is shown: its line, made visible (walcore.AppendVisible), perhaps with the
// result in words behind it, perhaps cut. Ranges in the text come first, in
// order, and don't overlap.
func (f *Filter) Highlights(dst []Range, i int, text []byte) []Range {
	if f.root == nil {
		return dst
	}
	start := len(dst)
	h := highlighter{f: f, i: i, r: f.x.log.At(i), text: text, dst: dst}
	h.node(f.root)
	return settle(h.dst, start)
}

// settle puts the ranges from a place on in order, and together those that touch.
func settle(dst []Range, start int) []Range {
	found := dst[start:]
	slices.SortFunc(found, func(a, b Range) int {
		if a.Place != b.Place {
			return int(a.Place) - int(b.Place)
		}
		return a.From - b.From
	})
	kept := 0
	for _, r := range found {
		if kept > 0 {
			last := &found[kept-1]
			if last.Place == r.Place && r.From <= last.To {
				last.To = max(last.To, r.To)
				continue
			}
		}
		found[kept] = r
		kept++
	}
	return dst[:start+kept]
}

// HighlightCell appends the parts of a cell of an exchange's row that made it
// match. text is the cell as it is shown: the operation, the path, the result in
// words and so on, by column.
func (f *Filter) HighlightCell(dst []Range, e Exchange, by Column, text []byte) []Range {
	if f.root == nil {
		return dst
	}
	start := len(dst)
	h := highlighter{f: f, text: text, dst: dst}
	var rows [8]uint32
	for _, row := range f.x.AppendRows(rows[:0], e) {
		h.i, h.r = int(row), f.x.log.At(int(row))
		// A finding has no cell but the number, beside which its mark stands.
		if h.r.Kind != walcore.Diagnostic || by == ByNumber {
			h.cell(f.root, by)
		}
	}
	return settle(h.dst, start)
}

// cellOf is the column of exchanges that shows what a key asks about.
var cellOf = map[keyID]Column{
	keyOp: ByOperation, keyPath: ByPath, keyStream: ByStream, keyResult: ByResult, keyCode: ByResult,
	keyLatency: ByLatency, keySize: ByBytes, keyTime: ByTime, keyNo: ByNumber,
}

func (h *highlighter) cell(n *node, by Column) {
	switch n.op {
	case opNot:
		return
	case opTerm:
	default:
		for _, kid := range n.kids {
			h.cell(kid, by)
		}
		return
	}
	if !n.test.match(h.f, h.i, h.r) {
		return
	}
	if n.key == nil {
		h.all(&n.test.(*textTest).pattern, 0, len(h.text))
		return
	}
	if t, ok := n.test.(*noteTest); ok && by == ByNumber && t.byMark(h.f, h.i) {
		h.add(0, 1)
	}
	if column, ok := cellOf[n.key.id]; !ok || column != by {
		return
	}
	if t, ok := n.test.(*pathTest); ok {
		h.patterns(t, h.r.Path, 0, len(h.text))
		return
	}
	h.add(0, len(h.text))
}

type highlighter struct {
	f    *Filter
	i    int
	r    *walcore.Record
	text []byte
	dst  []Range
}

func (h *highlighter) add(from, to int) {
	if from < to {
		h.dst = append(h.dst, Range{From: from, To: to})
	}
}

func (h *highlighter) node(n *node) {
	switch n.op {
	case opNot: // what is not there can't be shown
	case opTerm:
		if n.test.match(h.f, h.i, h.r) {
			h.term(n)
		}
	default:
		for _, kid := range n.kids {
			h.node(kid)
		}
	}
}

func (h *highlighter) term(n *node) {
	if n.key == nil {
		h.all(&n.test.(*textTest).pattern, 0, len(h.text))
		return
	}
	if t, ok := n.test.(*noteTest); ok && t.byMark(h.f, h.i) {
		h.dst = append(h.dst, Range{Place: InNumber}) // beside which marks stand
	}
	if n.key.Place != InText {
		if n.key.Place != Nowhere {
			h.dst = append(h.dst, Range{Place: n.key.Place})
		}
		return
	}
	switch n.key.id {
	case keyOp:
		h.name()
	case keyDiag:
		h.finding()
	case keyPath:
		h.paths(n.test.(*pathTest))
	case keyFD:
		h.number("(", int64(h.r.FD), ")")
		h.number(" ", int64(h.r.FD), ">")
	case keyCode, keyResult:
		h.result()
	case keySize:
		if h.r.Kind == walcore.Written {
			h.number("->", int64(h.r.Length), "")
		} else {
			h.number("packet_len=", int64(h.r.Length), "")
		}
	}
}

// all adds every place of a pattern's text between two places.
func (h *highlighter) all(p *pattern, from, to int) {
	needle := walcore.AppendVisible(nil, p.text)
	for len(needle) > 0 {
		at := h.find(p, needle, from, to)
		if at < 0 {
			return
		}
		h.add(at, at+len(needle))
		from = at + len(needle)
	}
}

// find is the first place of a needle between two places, -1 for none.
func (h *highlighter) find(p *pattern, needle []byte, from, to int) int {
	text := h.text[from:to]
	if p.fold {
		text = fold(slices.Clone(text))
		needle = fold(slices.Clone(needle))
	}
	if at := bytes.Index(text, needle); at >= 0 {
		return from + at
	}
	return -1
}

// name adds what a line begins with: the operation's name, or the kind of its
// answer.
func (h *highlighter) name() {
	if h.r.Kind != walcore.Request && h.r.Kind != walcore.Response {
		return
	}
	from := min(2, len(h.text))
	to := max(from, bytes.IndexByte(h.text, '{'))
	for from < to && h.text[from] == ' ' {
		from++
	}
	for from < to && h.text[to-1] == ' ' {
		to--
	}
	h.add(from, to)
}

func (h *highlighter) finding() {
	if rest, ok := bytes.CutPrefix(h.text, []byte("!! ")); ok {
		h.add(3, 3+max(0, bytes.IndexByte(rest, ' ')))
		return
	}
	h.add(0, len(h.text))
}

// paths adds what the patterns found in the paths that the line has.
func (h *highlighter) paths(t *pathTest) {
	log := h.f.x.log
	if h.r.Kind == walcore.Request && h.r.Flags&walcore.FlagOpen != 0 {
		h.path(t, "path=", h.r.Path)
		h.path(t, "source=", h.r.Path)
		if id, ok := h.f.x.destination(h.r); ok {
			// A source may hold what looks like the beginning of the destination.
			h.path(t, "source="+log.Text(h.r.Path)+",dest=", id)
		}
	}
	if id, ok := itemName(h.r); ok {
		h.path(t, "next_item=", id)
	}
}

// path adds what the patterns found in one path, which stands behind a label.
func (h *highlighter) path(t *pathTest, label string, id uint32) {
	open := bytes.IndexByte(h.text, '{')
	shown := walcore.AppendVisible(nil, label)
	at := bytes.Index(h.text[max(open, 0):], shown)
	if open < 0 || at < 0 || at > 1 && label != "next_item=" || !t.text(h.f, id) {
		return
	}
	from := open + at + len(shown)
	path := walcore.AppendVisible(nil, h.f.x.log.Text(id))
	h.patterns(t, id, from, min(from+len(path), len(h.text)))
}

// patterns adds what the patterns found in a path, which stands between two
// places.
func (h *highlighter) patterns(t *pathTest, id uint32, from, to int) {
	for k := range t.patterns {
		p := &t.patterns[k]
		h.f.text = append(h.f.text[:0], h.f.x.log.Text(id)...)
		if p.fold {
			fold(h.f.text)
		}
		switch {
		case !p.match(h.f.text):
		case p.kind == patternIn:
			h.all(p, from, to)
		case p.kind == patternEqual:
			h.add(from, to)
		default:
			h.pieces(p, from, to)
		}
	}
}

// pieces adds where the fixed parts of a pattern with * and ? stand.
func (h *highlighter) pieces(p *pattern, from, to int) {
	parts := p.literals()
	for n, part := range parts {
		needle := walcore.AppendVisible(nil, part)
		at := h.find(p, needle, from, to)
		if n == len(parts)-1 && strings.HasSuffix(p.text, part) && to-len(needle) >= from {
			if last := h.find(p, needle, to-len(needle), to); last >= 0 {
				at = last // no * behind it: it is the end
			}
		}
		if at < 0 {
			return
		}
		h.add(at, at+len(needle))
		from = at + len(needle)
	}
}

// number adds where a number stands between two texts.
func (h *highlighter) number(before string, n int64, after string) {
	digits := strconv.AppendInt(nil, n, 10)
	whole := append(append([]byte(before), digits...), after...)
	at := bytes.Index(h.text, whole)
	if at < 0 {
		return
	}
	from := at + len(before)
	to := from + len(digits)
	if after == "" && to < len(h.text) && h.text[to] >= '0' && h.text[to] <= '9' {
		return
	}
	h.add(from, to)
}

// result adds what the line says of a result, and the words behind it.
func (h *highlighter) result() {
	open := bytes.IndexByte(h.text, '{')
	if h.r.Kind != walcore.Response || open < 0 {
		return
	}
	failure, success := bytes.Index(h.text[open:], []byte("Failure (")), bytes.Index(h.text[open:], []byte("Success"))
	switch {
	case failure >= 0 && (success < 0 || failure < success):
		end := bytes.IndexByte(h.text[open+failure:], ')')
		h.add(open+failure, open+failure+end+1)
	case success >= 0:
		h.add(open+success, open+success+len("Success"))
	}
	if code, has := h.r.Result(); has && code != sata.Success {
		words := appendWords(nil, h.r, code)
		if bytes.HasSuffix(h.text, words) {
			h.add(len(h.text)-len(words), len(h.text))
		}
	}
}
