//go:build js && wasm

package page

import (
	"math"
	"strconv"
	"syscall/js"

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
	// leastDated is how many CSS pixels wide a list of exchanges is that has room
	// for dates.
	leastDated = 760
)

// A list is the virtual list of a view: of the log or of the exchanges. Only the
// rows in sight are elements, in their order, and go round as it scrolls. They
// stand in a box that sticks to the list, so that nothing is ever blank, however
// fast one scrolls; what is tall is only #space. Rows are asked for in blocks
// when they come into sight.
//
// A row has two numbers: its place in the view, by which the list works, and its
// record in the log, which is what is selected, shown and linked to.
type list struct {
	ask      func(view uint32, from, count int)
	selected func(record int) // the selection moved; -1 when there is none

	grid, space, view, rows js.Value
	rowsStyle, workStyle    js.Value
	s                       scroll.Scroller
	rowHeight               float64
	base                    int64 // the time that rows count from
	dated                   bool  // there is room for dates

	table   *table
	id      uint32 // of the view
	version uint32 // of its rows
	pool    []*rowElement
	first   int // the place of the pool's first row
	blocks  map[int][]bridge.Row
	asked   bool // an answer is on its way
	drawn   bool // a frame is coming
	rest    func()
	frame   js.Func
	turned  func() // the view scrolled, or other rows are in it
	fetched func() // rows came
	single  func(*bridge.Row)

	sel     int      // the selected record, -1 for none
	at      int      // its place, -1 when the view does not have it
	near    int      // then, the place where it would stand, -1 when not known
	partner int      // the record of its other side, -1 for none
	waiting bool     // the row at the place was not here yet: its record is not known
	then    []func() // called when it is
	picks   picks

	active      *rowElement // which assistive technology was told is the current one
	activePlace int         // its place then
}

// A rowElement shows one row. It knows what its cells show, for whatever is
// handed to the browser has to be collected again.
type rowElement struct {
	el     js.Value
	cells  []js.Value
	texts  []string    // of the cells, but that of the row's text
	lit    bridge.Cell // the cells that are lit
	row    int         // the place; -1 for none
	loaded bool        // its text is there, not only its number
	class  string
	chosen bool
}

// rowIndexName is the name of an attribute, which the browser is handed once.
var rowIndexName = js.ValueOf("aria-rowindex")

func newList(ask func(view uint32, from, count int), selected func(record int)) *list {
	l := &list{
		ask: ask, selected: selected, rowHeight: 22, sel: -1, at: -1, near: -1, partner: -1, base: bridge.NoTime, blocks: map[int][]bridge.Row{},
		grid: byID("log").Underlying(), space: byID("space").Underlying(), rows: byID("rows").Underlying(), workStyle: byID("work").Underlying().Get("style"),
		turned: func() {}, fetched: func() {}, single: func(*bridge.Row) {},
	}
	l.view = l.rows.Get("parentNode")
	l.rowsStyle = l.rows.Get("style")
	l.table = logTable
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
	whenResized(l.grid, func() { l.resize(l.s.Rows()) })
	return l
}

// reset empties the list for another file.
func (l *list) reset() {
	l.blocks, l.asked, l.version = map[int][]bridge.Row{}, false, 0
	l.near = -1
	l.choose(-1, -1, -1)
	l.base = bridge.NoTime
	l.forget()
	l.resize(0)
	l.grid.Set("scrollTop", 0)
}

// busy tells assistive technology whether rows of the view are still to come.
func (l *list) busy(is bool) { l.grid.Call("setAttribute", "aria-busy", strconv.FormatBool(is)) }

// forget has all rows drawn again.
func (l *list) forget() {
	for _, r := range l.pool {
		r.row, r.loaded = -1, false
	}
	l.redraw()
}

// setBase sets from when times count.
func (l *list) setBase(base int64) {
	if base != l.base {
		l.base = base
		l.forget()
	}
}

// setRowHeight sets how tall a row is, in CSS pixels.
func (l *list) setRowHeight(height float64) {
	if height != l.rowHeight {
		l.rowHeight = height
		l.resize(l.s.Rows())
	}
}

// show shows another view: so many rows, and where the selected record stands in
// it. The selected row stays where it is on the screen, as far as it can.
func (l *list) show(id uint32, t *table, rows int, version uint32, place int, exact bool) {
	above := l.rowHeight
	if l.at >= 0 && l.s.Shows(l.at) {
		above = float64(l.at)*l.rowHeight - l.s.Offset()
	}
	l.id, l.version, l.asked = id, version, false
	l.blocks = map[int][]bridge.Row{}
	l.picks.clear()
	if t != l.table {
		l.table = t
		for _, r := range l.pool {
			r.el.Call("remove")
		}
		l.pool = nil
	}
	l.forget()
	l.put(place, exact)
	l.resize(rows)
	if place >= 0 {
		l.s.Hold(place, above)
		l.place()
		l.redraw()
	} else if l.sel < 0 {
		l.grid.Set("scrollTop", 0)
	}
}

// put takes where the selected record stands.
func (l *list) put(place int, exact bool) {
	l.at, l.near, l.waiting, l.then = -1, -1, false, nil
	switch {
	case l.sel < 0:
	case exact:
		l.at = place
	default:
		l.near = place
	}
	l.redraw()
}

// grow sets how many rows the view has, and whether those that were here may be
// others now.
func (l *list) grow(rows int, version uint32) {
	if version != l.version || rows < l.s.Rows() {
		l.version = version
		l.blocks = map[int][]bridge.Row{}
		for _, r := range l.pool {
			r.loaded = false
		}
		l.redraw()
	}
	if rows != l.s.Rows() {
		// The last block may have been cut where the rows ended.
		if last := l.s.Rows() / block; len(l.blocks[last]) < block {
			delete(l.blocks, last)
		}
		l.resize(rows)
	}
}

// refresh has all rows asked for and drawn again, because what they show is
// another now.
func (l *list) refresh() {
	l.blocks, l.asked = map[int][]bridge.Row{}, false
	for _, r := range l.pool {
		r.loaded = false
	}
	l.redraw()
}

// resize fits the list to its rows and to the size of its element.
func (l *list) resize(rows int) {
	view := l.grid.Get("clientHeight").Float()
	if rows != l.s.Rows() {
		l.grid.Call("setAttribute", "aria-rowcount", strconv.Itoa(rows))
	}
	inView := l.at >= 0 && l.s.Shows(l.at)
	if l.datable() != l.dated {
		l.fitTimes()
	}
	l.s.Resize(rows, l.rowHeight, view)
	if inView {
		l.s.Reveal(l.at) // the view may have got smaller
	}
	l.view.Get("style").Set("height", pixels(view))
	l.space.Get("style").Set("height", pixels(max(l.s.Height(), view)))
	l.place()
	l.redraw()
}

// widen makes the column of numbers as wide as the largest number of the log.
func (l *list) widen(records int) {
	l.workStyle.Call("setProperty", "--number", strconv.Itoa(max(len(count(records)), 6)))
}

// fitTimes makes the column of times as wide as the longest of them.
func (l *list) fitTimes() {
	l.dated = l.datable()
	l.workStyle.Call("setProperty", "--time", itoa(times.fit(l.dated))+"ch")
	l.forget()
}

// datable says whether there is room for dates: the many columns of exchanges
// leave none in a narrow list.
func (l *list) datable() bool {
	return !l.table.exchanges || l.grid.Get("clientWidth").Int() >= leastDated
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
		l.showRow(r, first+i)
	}
	l.rowsStyle.Set("transform", "translateY("+pixels(float64(first)*l.rowHeight-l.s.Offset())+")")
	l.activate()
	l.want(first, end)
	l.turned()
}

// turn makes the pool n rows long, beginning with place first. Elements that
// stay in view stay what they are.
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
		r := l.table.element()
		l.rows.Call("appendChild", r.el)
		l.pool = append(l.pool, r)
	}
}

// row is the row at a place if it is here, nil for one that has to be asked for.
func (l *list) row(place int) *bridge.Row {
	if b := l.blocks[place/block]; place >= 0 && place%block < len(b) {
		return &b[place%block]
	}
	return nil
}

// showRow shows a row in an element, as far as it is here.
func (l *list) showRow(r *rowElement, place int) {
	data := l.row(place)
	if r.row != place {
		r.row, r.loaded = place, false
		r.el.Call("setAttribute", rowIndexName, place+1)
		if data == nil {
			l.table.blank(r)
		}
	}
	class := "r"
	if data != nil {
		class = l.table.class(data)
		if !r.loaded {
			r.loaded = true
			l.table.fill(r, data, l.base)
		}
		if data.Index == l.partner && place != l.at {
			class += " pair"
		}
	}
	chosen := place == l.at
	if chosen {
		class += " sel"
	}
	if l.picks.has(place) {
		class += " pick"
		chosen = true
	}
	if class != r.class {
		r.class = class
		r.el.Set("className", class)
	}
	if chosen != r.chosen {
		r.chosen = chosen
		r.el.Call("setAttribute", "aria-selected", strconv.FormatBool(chosen))
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

// lacks says whether rows of a block are there that are not here.
func (l *list) lacks(b int) bool {
	rows := min(l.s.Rows()-b*block, block)
	return len(l.blocks[b]) < rows
}

// request asks for the blocks from one up to another.
func (l *list) request(from, to int) {
	l.asked = true
	l.ask(l.id, from*block, (to-from+1)*block)
}

// askOne asks for one row of the log, whatever the view; single is called with
// it.
func (l *list) askOne(record int) { l.ask(0, record, 1) }

// came takes rows of the worker.
func (l *list) came(m *bridge.Rows) {
	if m.View == 0 {
		var row bridge.Row
		if _, ok := bridge.Next(m.Body, &row); ok {
			l.single(&row)
		}
		return
	}
	if m.View != l.id {
		return
	}
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
	l.settle()
	l.redraw()
	l.fetched()
}

// settle learns the record of a place that was selected before its row was here,
// and the other side of the selected one.
func (l *list) settle() {
	if l.at < 0 {
		return
	}
	row := l.row(l.at)
	switch {
	case row == nil:
	case l.waiting:
		l.waiting = false
		l.sel, l.partner = row.Index, row.Partner
		l.selected(l.sel)
		then := l.then
		l.then = nil
		for _, f := range then {
			l.whenKnown(f) // one before may have gone elsewhere
		}
	case row.Index == l.sel || row.Exchange && row.Partner == l.sel:
		l.partner = row.Partner
		if row.Partner == l.sel {
			l.partner = row.Index
		}
	}
}

// choose selects a record, -1 for none. Its place is -1 when the view does not
// have it.
func (l *list) choose(record, place, partner int) {
	same := record == l.sel && place == l.at
	l.sel, l.at, l.partner, l.waiting, l.then = record, place, partner, false, nil
	if place >= 0 {
		l.near = -1
	}
	if same {
		return
	}
	l.redraw()
	l.selected(record)
}

// choosePlace selects the row at a place.
func (l *list) choosePlace(place int) {
	if row := l.row(place); row != nil {
		l.choose(row.Index, place, row.Partner)
		return
	}
	if place == l.at && l.waiting {
		return
	}
	l.at, l.near, l.partner, l.waiting, l.then = place, -1, -1, true, nil
	l.redraw()
}

// maxThen bounds how much waits for a row.
const maxThen = 16

// whenKnown calls f, which is about the selected record: now, or when the row at
// the place that was gone to is here. Who goes elsewhere before does without.
func (l *list) whenKnown(f func()) {
	switch {
	case !l.waiting:
		f()
	case len(l.then) < maxThen:
		l.then = append(l.then, f)
	}
}

// goTo selects the row at a place and brings it into view.
func (l *list) goTo(place int) {
	if l.s.Rows() == 0 {
		return
	}
	place = min(max(place, 0), l.s.Rows()-1)
	l.bring(place, false)
	l.choosePlace(place)
}

// bring brings a place into view: into its middle, or just so that it is seen.
func (l *list) bring(place int, middle bool) {
	if middle && l.s.Center(place) || !middle && l.s.Reveal(place) {
		l.place()
		l.redraw()
	}
}

// focus gives the list the focus.
func (l *list) focus() { l.grid.Call("focus", map[string]any{"preventScroll": true}) }

// step moves the selection by some rows. The first step begins in view, or where
// the selected row would stand.
func (l *list) step(by int) {
	switch {
	case l.at >= 0:
		l.goTo(l.at + by)
	case l.near >= 0 && by > 0:
		l.goTo(l.near + by - 1)
	case l.near >= 0:
		l.goTo(l.near + by)
	default:
		first, _ := l.s.Visible()
		l.goTo(first)
	}
}

// placeAt is the place at a height in the window, and whether there is one. With
// nearest, what is above or below the list is its first or last row in view.
func (l *list) placeAt(clientY float64, nearest bool) (int, bool) {
	box := l.grid.Call("getBoundingClientRect")
	y := clientY - box.Get("top").Float()
	if nearest {
		y = min(max(y, 0), l.grid.Get("clientHeight").Float()-1)
	}
	place := int((l.s.Offset() + y) / l.rowHeight)
	if nearest {
		place = min(place, l.s.Rows()-1)
	}
	return place, y >= 0 && place >= 0 && place < l.s.Rows()
}

// shows says whether a record is among the rows in view.
func (l *list) shows(record int) bool {
	for _, r := range l.pool {
		if data := l.row(r.row); data != nil && (data.Index == record || data.Exchange && data.Partner == record) {
			return true
		}
	}
	return false
}

// activate tells assistive technology which row is the current one. Only that one
// has an id, by its place, so that another row is another id.
func (l *list) activate() {
	var now *rowElement
	if i := l.at - l.first; l.at >= 0 && i >= 0 && i < len(l.pool) {
		now = l.pool[i]
	}
	if now == l.active && (now == nil || l.at == l.activePlace) {
		return
	}
	if l.active != nil {
		l.active.el.Call("removeAttribute", "id")
	}
	l.active, l.activePlace = now, l.at
	if now == nil {
		l.grid.Call("removeAttribute", "aria-activedescendant")
		return
	}
	id := js.ValueOf("row-" + strconv.Itoa(l.at+1))
	now.el.Set("id", id)
	l.grid.Call("setAttribute", "aria-activedescendant", id)
}
