//go:build js && wasm

package page

import (
	"math"
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
	"satascope/wasm/app/scroll"
)

const (
	// block is how many rows are asked for and kept together.
	block = 64
	// maxBlocks is how many blocks are kept.
	maxBlocks = 256
	// settle is after how many milliseconds without an event scrolling rests.
	settle = 150
)

// A list is the virtual list of the log: only the rows in view are elements, in
// their order, and go round as it scrolls. They stand in a box that sticks to
// the view, so that nothing is ever blank, however fast one scrolls; what is
// tall is only #space. Rows are asked for in blocks when they come into view.
type list struct {
	ask      func(from, count int)
	selected func(row int) // the selection moved; -1 when there is none

	grid, space, view, rows js.Value
	rowsStyle               js.Value
	s                       scroll.Scroller
	rowHeight               float64
	base                    int64 // the time that rows count from

	pool   []*rowElement // the rows in view, from row first on
	first  int
	blocks map[int][]bridge.Row
	asked  bool // an answer is on its way
	sel    int  // the selected row, -1 for none
	drawn  bool // a frame is coming
	rest   func()
	frame  js.Func
	buf    []byte
}

// A rowElement shows one row.
type rowElement struct {
	el, n, t, s, m js.Value
	row            int  // which; -1 for none
	loaded         bool // its text is there, not only its number
	class          string
}

func newList(ask func(from, count int), selected func(row int)) *list {
	l := &list{
		ask: ask, selected: selected, rowHeight: 22, sel: -1, base: bridge.NoTime, blocks: map[int][]bridge.Row{},
		grid: byID("log").Underlying(), space: byID("space").Underlying(), rows: byID("rows").Underlying(),
	}
	l.view = l.rows.Get("parentNode")
	l.rowsStyle = l.rows.Get("style")
	l.frame = js.FuncOf(func(js.Value, []js.Value) any {
		l.drawn = false
		l.draw()
		return nil
	})
	l.grid.Call("addEventListener", "scroll", js.FuncOf(func(js.Value, []js.Value) any {
		l.s.Scrolled(l.grid.Get("scrollTop").Float())
		l.redraw()
		l.rests()
		return nil
	}), map[string]any{"passive": true})
	l.grid.Call("addEventListener", "click", js.FuncOf(func(_ js.Value, args []js.Value) any {
		y := args[0].Get("clientY").Float() - l.grid.Call("getBoundingClientRect").Get("top").Float()
		if row := int((l.s.Offset() + y) / l.rowHeight); row < l.s.Rows() {
			l.choose(row)
		}
		return nil
	}))
	js.Global().Get("ResizeObserver").New(js.FuncOf(func(js.Value, []js.Value) any {
		l.resize(l.s.Rows())
		return nil
	})).Call("observe", l.grid)
	return l
}

// reset empties the list for another file.
func (l *list) reset() {
	l.blocks, l.asked = map[int][]bridge.Row{}, false
	l.choose(-1)
	l.base = bridge.NoTime
	l.forget()
	l.resize(0)
	l.grid.Set("scrollTop", 0)
}

// forget has all rows drawn again.
func (l *list) forget() {
	for _, r := range l.pool {
		r.row, r.loaded = -1, false
	}
}

// grow sets how many rows there are and from when times count.
func (l *list) grow(rows int, base int64) {
	if base != l.base {
		l.base = base
		l.forget()
	}
	if rows < l.s.Rows() { // the file is read again, for another port
		l.blocks = map[int][]bridge.Row{}
		l.forget()
	}
	l.resize(rows)
}

// resize fits the list to its rows and to the size of its element.
func (l *list) resize(rows int) {
	view := l.grid.Get("clientHeight").Float()
	if rows != l.s.Rows() {
		l.grid.Call("setAttribute", "aria-rowcount", strconv.Itoa(rows))
		byID("work").Style().SetProperty("--number", strconv.Itoa(max(len(count(rows)), 6)), "")
	}
	inView := l.sel >= 0 && l.s.Shows(l.sel)
	l.s.Resize(rows, l.rowHeight, view)
	if inView {
		l.s.Reveal(l.sel) // the view may have got smaller
	}
	l.view.Get("style").Set("height", pixels(view))
	l.space.Get("style").Set("height", pixels(max(l.s.Height(), view)))
	l.place()
	l.redraw()
}

func pixels(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) + "px" }

// place puts the element where the scroller says.
func (l *list) place() {
	if pos := l.s.Position(); math.Abs(l.grid.Get("scrollTop").Float()-pos) >= 1 {
		l.grid.Set("scrollTop", pos)
		l.s.Placed(l.grid.Get("scrollTop").Float())
	}
}

// rests has the element put in proportion once scrolling rests.
func (l *list) rests() {
	if l.rest != nil {
		l.rest()
	}
	l.rest = after(settle, func() {
		l.rest = nil
		if pos, moved := l.s.Settle(); moved {
			l.grid.Set("scrollTop", pos)
			l.s.Placed(l.grid.Get("scrollTop").Float())
		}
	})
}

// redraw has the list drawn with the next frame.
func (l *list) redraw() {
	if !l.drawn {
		l.drawn = true
		js.Global().Call("requestAnimationFrame", l.frame)
	}
}

// draw shows the rows in view.
func (l *list) draw() {
	first, end := l.s.Visible()
	l.turn(first, end-first)
	for i, r := range l.pool {
		l.show(r, first+i)
	}
	l.rowsStyle.Set("transform", "translateY("+pixels(float64(first)*l.rowHeight-l.s.Offset())+")")
	l.activate()
	l.want(first, end)
}

// turn makes the pool n rows long, beginning with row first. Elements that stay
// in view stay what they are.
func (l *list) turn(first, n int) {
	move := first - l.first
	l.first = first
	if 0 < move && move < len(l.pool) {
		for _, r := range l.pool[:move] {
			l.rows.Call("appendChild", r.el)
		}
		l.pool = append(append(make([]*rowElement, 0, len(l.pool)), l.pool[move:]...), l.pool[:move]...)
	} else if move = -move; 0 < move && move < len(l.pool) {
		keep := len(l.pool) - move
		before := l.pool[0].el
		for _, r := range l.pool[keep:] {
			l.rows.Call("insertBefore", r.el, before)
		}
		l.pool = append(append(make([]*rowElement, 0, len(l.pool)), l.pool[keep:]...), l.pool[:keep]...)
	}
	for len(l.pool) > n {
		last := len(l.pool) - 1
		l.pool[last].el.Call("remove")
		l.pool = l.pool[:last]
	}
	for len(l.pool) < n {
		r := newRowElement()
		l.rows.Call("appendChild", r.el)
		l.pool = append(l.pool, r)
	}
}

func newRowElement() *rowElement {
	cell := func(class string, column int) dom.HTMLElement {
		el := element("span", class, "")
		el.SetAttribute("role", "gridcell")
		el.SetAttribute("aria-colindex", strconv.Itoa(column))
		return el
	}
	el, n, t, s, m := element("div", "r", ""), cell("n", 1), cell("t", 2), cell("s", 3), cell("m", 4)
	el.SetAttribute("role", "row")
	for _, c := range []dom.HTMLElement{n, t, s, m} {
		el.AppendChild(c)
	}
	return &rowElement{el: el.Underlying(), n: n.Underlying(), t: t.Underlying(), s: s.Underlying(), m: m.Underlying(), row: -1}
}

// row is a row that is here, nil for one that has to be asked for.
func (l *list) row(i int) *bridge.Row {
	if b := l.blocks[i/block]; i%block < len(b) {
		return &b[i%block]
	}
	return nil
}

// show shows a row in an element, as far as it is here.
func (l *list) show(r *rowElement, row int) {
	data := l.row(row)
	if r.row != row {
		r.row, r.loaded = row, false
		number := strconv.Itoa(row + 1)
		r.el.Call("setAttribute", "aria-rowindex", number)
		r.el.Set("id", "row-"+number)
		if data == nil {
			r.n.Set("textContent", count(row+1))
			r.t.Set("textContent", "")
			r.s.Set("textContent", "")
			r.m.Set("textContent", "…")
		}
	}
	class := "r"
	if data != nil {
		class = rowClasses[data.Class]
		if !r.loaded {
			r.loaded = true
			r.n.Set("textContent", count(data.Index+1))
			l.buf = appendTime(l.buf[:0], data.Time, l.base)
			r.t.Set("textContent", string(l.buf))
			r.s.Set("textContent", strconv.Itoa(data.Stream))
			setText(r.m, data)
		}
	}
	if row == l.sel {
		class += " sel"
	}
	if class != r.class {
		r.class = class
		r.el.Set("className", class)
		r.el.Call("setAttribute", "aria-selected", strconv.FormatBool(row == l.sel))
	}
}

var (
	rowClasses = [...]string{
		bridge.ClassRequest: "r in", bridge.ClassResponse: "r out", bridge.ClassWritten: "r oob", bridge.ClassDiagnostic: "r diag",
	}
	markClasses = [...]struct {
		mark  bridge.Mark
		class string
	}{{bridge.MarkFailure, "bad"}, {bridge.MarkAside, "aside"}, {bridge.MarkMatch, "match"}, {bridge.MarkHit, "hit"}}
)

// markClass is the classes of a span.
func markClass(m bridge.Mark) (class string) {
	for _, c := range markClasses {
		if m&c.mark != 0 {
			if class != "" {
				class += " "
			}
			class += c.class
		}
	}
	return class
}

// setText sets a row's text, with its spans as elements. It is text and nothing
// else, whatever it looks like.
func setText(el js.Value, row *bridge.Row) {
	if len(row.Spans) == 0 {
		el.Set("textContent", string(row.Text))
		return
	}
	at := 0
	el.Set("textContent", "")
	for _, s := range row.Spans {
		if s.Start > at {
			el.Call("append", string(row.Text[at:s.Start]))
		}
		el.Call("append", element("span", markClass(s.Mark), string(row.Text[s.Start:s.End])).Underlying())
		at = s.End
	}
	if at < len(row.Text) {
		el.Call("append", string(row.Text[at:]))
	}
}

// want asks for rows in view that are not here, and when all are, for the ones
// around them. One question at a time: when one scrolls fast, what was passed
// meanwhile is not asked for.
func (l *list) want(first, end int) {
	if l.asked || end == 0 {
		return
	}
	from, to := first/block, (end-1)/block
	for b := from; b <= to; b++ {
		if l.lacks(b) {
			l.request(b, to)
			return
		}
	}
	if l.lacks(to + 1) {
		l.request(to+1, to+1)
	} else if from > 0 && l.lacks(from-1) {
		l.request(from-1, from-1)
	}
}

// lacks says whether a block has fewer rows here than there are.
func (l *list) lacks(b int) bool { return len(l.blocks[b]) < min(block, l.s.Rows()-b*block) }

func (l *list) request(from, to int) {
	l.asked = true
	l.ask(from*block, (to-from+1)*block)
}

// came takes rows that were asked for.
func (l *list) came(m *bridge.Rows) {
	l.asked = false
	if len(l.blocks) > maxBlocks {
		for b := range l.blocks {
			if d := b - l.first/block; d < -maxBlocks/4 || d > maxBlocks/4 {
				delete(l.blocks, b)
			}
		}
	}
	var fresh []bridge.Row
	at := m.From
	for body := m.Body; len(body) > 0; at++ {
		if at%block == 0 {
			fresh = make([]bridge.Row, 0, block)
		}
		var row bridge.Row
		var ok bool
		if body, ok = bridge.Next(body, &row); !ok {
			break
		}
		fresh = append(fresh, row)
		l.blocks[at/block] = fresh
	}
	l.redraw()
}

// choose selects a row, -1 for none.
func (l *list) choose(row int) {
	if row == l.sel {
		return
	}
	l.sel = row
	l.redraw()
	l.selected(row)
}

// goTo selects a row and brings it into view.
func (l *list) goTo(row int) {
	if l.s.Rows() == 0 {
		return
	}
	row = min(max(row, 0), l.s.Rows()-1)
	if l.s.Reveal(row) {
		l.place()
		l.redraw()
	}
	l.choose(row)
}

// center selects a row and brings it to the middle of the view.
func (l *list) center(row int) {
	if l.s.Center(row) {
		l.place()
		l.redraw()
	}
	l.goTo(row)
}

// step moves the selection by some rows. The first step begins in view.
func (l *list) step(by int) {
	if l.sel < 0 {
		first, _ := l.s.Visible()
		l.goTo(first)
		return
	}
	l.goTo(l.sel + by)
}

// activate tells assistive technology which row is the current one.
func (l *list) activate() {
	if i := l.sel - l.first; l.sel >= 0 && i >= 0 && i < len(l.pool) {
		l.grid.Call("setAttribute", "aria-activedescendant", "row-"+strconv.Itoa(l.sel+1))
	} else {
		l.grid.Call("removeAttribute", "aria-activedescendant")
	}
}
