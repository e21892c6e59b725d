//go:build js && wasm

package page

import (
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/inspect"
	"satascope/wasm/app/bridge"
)

// A pointer is what a mouse, a finger or a pen does in the list: it selects rows,
// chooses several by dragging or with Shift and Ctrl, and opens the menu of what
// can be done with the value pointed at.
//
// Dragging inside one row selects its text, as everywhere; dragging on into
// another one chooses rows, also those that are not in the page's tree.
type pointer struct {
	p        *page
	down     int // the place where the button was pressed, -1 when it is not
	dragging bool
	dragged  bool // the click that follows is the drag's end
	y        float64
	stop     func() // stops to scroll while one drags beyond an edge

	seq   uint32 // of the last question what a row can be filtered by
	at    [2]float64
	asked bridge.Cell // the cell pointed at
	cell  string      // its text
	place int
}

func newPointer(p *page) *pointer {
	t := &pointer{p: p, down: -1}
	grid := byID("log")
	on(grid, "pointerdown", func(ev dom.Event) { t.pressed(ev.Underlying()) })
	on(grid, "mousedown", func(ev dom.Event) {
		// Shift and Ctrl choose rows; they must not select text.
		if u := ev.Underlying(); u.Get("shiftKey").Bool() || command(u) {
			ev.PreventDefault()
			p.list.focus()
		}
	})
	on(document, "pointermove", func(ev dom.Event) { t.moved(ev.Underlying()) })
	on(document, "pointerup", func(dom.Event) { t.released() })
	on(document, "pointercancel", func(dom.Event) { t.released() })
	on(grid, "click", func(ev dom.Event) { t.clicked(ev.Underlying()) })
	on(grid, "contextmenu", func(ev dom.Event) { t.menu(ev) })
	on(document, "copy", func(ev dom.Event) { t.copy(ev) })
	return t
}

// command says whether the key is pressed that adds to a choice: Ctrl or, on a
// Mac, Command.
func command(u js.Value) bool { return u.Get("ctrlKey").Bool() || u.Get("metaKey").Bool() }

func (t *pointer) pressed(u js.Value) {
	t.dragged = false
	if u.Get("button").Int() != 0 || u.Get("pointerType").String() == "touch" {
		return
	}
	if place, ok := t.p.list.placeAt(u.Get("clientY").Float(), false); ok {
		t.down = place
		if !u.Get("shiftKey").Bool() && !command(u) && t.p.list.picks.count() > 0 {
			t.p.list.picks.clear()
			t.p.list.redraw()
		}
	}
}

func (t *pointer) moved(u js.Value) {
	if t.down < 0 {
		return
	}
	if u.Get("buttons").Int()&1 == 0 {
		t.released()
		return
	}
	t.y = u.Get("clientY").Float()
	place, _ := t.p.list.placeAt(t.y, true)
	if !t.dragging {
		if place == t.down && t.inside() {
			return
		}
		t.dragging = true
		setClassOf(byID("log"), "picking", true)
		t.p.list.picks.begin(t.down)
		t.p.list.choosePlace(t.down)
	}
	// WebKit goes on selecting text that was begun, whatever the style says.
	js.Global().Call("getSelection").Call("removeAllRanges")
	t.drag(place)
	if t.stop == nil && !t.inside() {
		t.scroll()
	}
}

// inside says whether the pointer is between the list's upper and lower edge.
func (t *pointer) inside() bool {
	box := t.p.list.grid.Call("getBoundingClientRect")
	return t.y >= box.Get("top").Float() && t.y < box.Get("bottom").Float()
}

func (t *pointer) drag(place int) {
	if place >= 0 {
		t.p.list.picks.extend(t.down, place)
		t.p.list.redraw()
	}
}

// scroll moves the list on while one drags beyond its edge: the further out, the
// faster.
func (t *pointer) scroll() {
	t.stop = after(50, func() {
		t.stop = nil
		if !t.dragging || t.inside() {
			return
		}
		l := t.p.list
		box := l.grid.Call("getBoundingClientRect")
		top, bottom := box.Get("top").Float(), box.Get("bottom").Float()
		first, end := l.s.Visible()
		place := first - 1 - int((top-t.y)/10)
		if t.y >= bottom {
			place = end + int((t.y-bottom)/10)
		}
		place = min(max(place, 0), l.s.Rows()-1)
		l.bring(place, false)
		t.drag(place)
		t.scroll()
	})
}

func (t *pointer) released() {
	if t.dragging {
		t.dragging, t.dragged = false, true
		setClassOf(byID("log"), "picking", false)
		t.p.say(counted(t.p.list.picks.count(), "row") + " chosen: Ctrl+C copies them.")
	}
	t.down = -1
}

func (t *pointer) clicked(u js.Value) {
	if t.dragged {
		t.dragged = false
		return
	}
	l := t.p.list
	place, ok := l.placeAt(u.Get("clientY").Float(), false)
	if !ok {
		return
	}
	t.p.views.moved = true
	switch {
	case u.Get("shiftKey").Bool():
		if !l.picks.active && l.at >= 0 {
			l.picks.begin(l.at)
		}
		l.picks.extend(place, place)
	case command(u):
		l.picks.toggle(place, l.at)
	default:
		l.picks.begin(place)
		l.choosePlace(place)
	}
	l.redraw()
}

// extend chooses rows from the selected one on, by keys.
func (p *page) extend(by int) {
	l := p.list
	if l.at < 0 {
		l.step(by)
		return
	}
	if !l.picks.active || l.picks.count() == 0 {
		l.picks.begin(l.at)
	}
	to := min(max(l.at+by, 0), l.s.Rows()-1)
	anchor := l.picks.anchor
	l.goTo(to)
	l.picks.anchor, l.picks.active = anchor, true
	l.picks.extend(anchor, to)
	l.redraw()
}

// chooseAll chooses every row of the view; the selected one stays it.
func (p *page) chooseAll() {
	l := p.list
	if l.s.Rows() > 0 {
		l.picks.begin(0)
		l.picks.extend(0, l.s.Rows()-1)
		l.redraw()
	}
}

// ---- the menu of a value ----

// menu opens the menu of what is pointed at: with the mouse, or of the selected
// row with the keyboard.
func (t *pointer) menu(ev dom.Event) {
	u := ev.Underlying()
	selection := js.Global().Call("getSelection")
	if !selection.Get("isCollapsed").Bool() && u.Get("button").Int() == 2 {
		return // the browser's own menu, for the text that is selected
	}
	l := t.p.list
	x, y := u.Get("clientX").Float(), u.Get("clientY").Float()
	target := ev.Target()
	place, ok := l.placeAt(y, false)
	if byKey := u.Get("button").Int() != 2 && u.Get("pointerType").String() == ""; byKey || closest(target, "#rows") == nil && !ok {
		t.menuOfSelected()
		ev.PreventDefault()
		return
	}
	if !ok {
		return
	}
	ev.PreventDefault()
	if !l.picks.has(place) {
		l.picks.begin(place)
		l.choosePlace(place)
		l.redraw()
	}
	cell := closest(target, "[role=gridcell]")
	t.ask(place, x, y, cell)
}

// menuOfSelected opens the menu of the selected row.
func (t *pointer) menuOfSelected() {
	l := t.p.list
	if l.at < 0 {
		return
	}
	l.bring(l.at, false)
	box := l.grid.Call("getBoundingClientRect")
	y := box.Get("top").Float() + float64(l.at+1)*l.rowHeight - l.s.Offset()
	t.ask(l.at, box.Get("left").Float()+120, y, nil)
}

// ask asks what the row at a place can be filtered by; the menu opens with the
// answer.
func (t *pointer) ask(place int, x, y float64, cell dom.HTMLElement) {
	row := t.p.list.row(place)
	if row == nil {
		return
	}
	t.seq++
	t.place, t.at, t.asked, t.cell = place, [2]float64{x, y}, 0, ""
	if cell != nil {
		t.cell = textOf(cell)
		if n, err := strconv.Atoi(cell.GetAttribute("aria-colindex")); err == nil && n >= 1 && n <= len(t.p.list.table.columns) {
			t.asked = t.p.list.table.columns[n-1].cell
		}
	}
	record := row.Index
	if t.asked&(bridge.CellResult|bridge.CellLatency) != 0 && row.Exchange && row.Partner >= 0 {
		record = row.Partner
	}
	t.p.client.post(&bridge.AskFacts{Seq: t.seq, Record: record})
}

// came opens the menu.
func (t *pointer) came(m *bridge.Facts) {
	if m.Seq != t.seq {
		return
	}
	filter := t.p.filter.text()
	var items []menuItem
	add := func(verb string, f bridge.Fact, choice inspect.Choice) {
		if inspect.ChoiceOf(filter, f.Key, f.Text) == choice {
			return
		}
		items = append(items, menuItem{label: verb + " " + f.Name, hint: cutLabel(f.Value), do: func() {
			t.p.filter.set(inspect.Choose(t.p.filter.text(), f.Key, f.Text, choice))
		}})
	}
	facts := t.order(m.List)
	for _, f := range facts {
		add("Only this", f, inspect.Chosen)
	}
	items = append(items, menuItem{line: true})
	for _, f := range facts {
		add("Leave out this", f, inspect.Excluded)
	}
	items = append(items, menuItem{line: true})
	items = append(items, t.copies()...)
	items = append(items, menuItem{line: true})
	items = append(items, t.p.notes.menuItems(m.Record)...)
	items = append(items, t.p.learn.menuItems(m.Record, m.Address)...)
	t.p.menu.open(t.at[0], t.at[1], items)
}

// order has the value that was pointed at first.
func (t *pointer) order(list []bridge.Fact) []bridge.Fact {
	first := map[bridge.Cell]string{bridge.CellStream: "stream", bridge.CellOperation: "operation", bridge.CellResult: "result"}[t.asked]
	if t.asked == 0 && t.cell != "" {
		first = "path"
	}
	var front, rest []bridge.Fact
	for _, f := range list {
		if f.Name == first {
			front = append(front, f)
		} else {
			rest = append(rest, f)
		}
	}
	return append(front, rest...)
}

// cutLabel is as much of a value as a menu shows: its end, which tells paths
// apart.
func cutLabel(s string) string {
	r := []rune(s)
	if len(r) <= 40 {
		return s
	}
	return "…" + string(r[len(r)-39:])
}

// ---- copying ----

// chosen is what is copied: the rows chosen together, or the selected one.
func (t *pointer) chosen() (ranges []bridge.Range) {
	l := t.p.list
	for _, r := range l.picks.ranges {
		ranges = append(ranges, bridge.Range{From: r.from, To: r.to})
	}
	if len(ranges) == 0 && l.at >= 0 {
		ranges = []bridge.Range{{From: l.at, To: l.at + 1}}
	}
	return ranges
}

// copies are the menu's items that copy.
func (t *pointer) copies() (items []menuItem) {
	what := "row"
	if n := t.p.list.picks.count(); n > 1 {
		what = count(n) + " rows"
	}
	items = append(items,
		menuItem{label: "Copy " + what, hint: "Ctrl+C", do: func() { t.copyRows(bridge.AsLines) }},
		menuItem{label: "Copy " + what + " as a Markdown table", do: func() { t.copyRows(bridge.AsMarkdown) }},
	)
	if cell := t.cell; cell != "" {
		items = append(items, menuItem{label: "Copy this cell", hint: cutLabel(cell), do: func() {
			t.p.clip(func(give func(string, error)) { give(cell, nil) }, "Copied.")
		}})
	}
	return items
}

// copyRows copies what is chosen. The worker makes the text.
func (t *pointer) copyRows(form bridge.Form) {
	ranges := t.chosen()
	if len(ranges) == 0 {
		t.p.say("No row is selected.")
		return
	}
	t.p.copySeq++
	seq := t.p.copySeq
	t.p.clip(func(give func(string, error)) {
		t.p.copies[seq] = give
		t.p.client.post(&bridge.Copy{View: t.p.views.id, Seq: seq, Form: form, Ranges: ranges})
	}, "")
}

// copied hands on text that the worker made.
func (p *page) copied(m *bridge.Copied) {
	give := p.copies[m.Seq]
	if give == nil {
		return
	}
	delete(p.copies, m.Seq)
	give(m.Text, nil)
	said := counted(m.Rows, "row") + " copied."
	if m.Left > 0 {
		said = counted(m.Rows, "row") + " copied, " + count(m.Left) + " left out: that is too much for the clipboard. Filter, and download the log."
	}
	p.say(said)
}

// copy takes the browser's own wish to copy, when no text is selected.
func (t *pointer) copy(ev dom.Event) {
	if t.p.state == stateEmpty || !js.Global().Call("getSelection").Get("isCollapsed").Bool() || document.QuerySelector("dialog[open]") != nil {
		return
	}
	active := js.Global().Get("document").Get("activeElement")
	if active.Truthy() && active.Call("matches", "input, textarea, select, [data-own-keys], #message *").Bool() {
		return
	}
	ev.PreventDefault()
	t.copyRows(bridge.AsLines)
}
