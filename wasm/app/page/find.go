//go:build js && wasm

package page

import (
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// A finder is the bar that looks for a text in all rows of the view, also in
// those that are not in the page's tree: what the browser's own search can't.
// Pressing Ctrl+F once more in it gives the browser's.
type finder struct {
	p                *page
	box, input, said dom.HTMLElement
	seq              uint32
	from             int // the place where one began, so that typing on stays there
	last             bridge.Finding
	waits            bool // for the row that was looked for
	steps            int  // asked for meanwhile, backwards below zero
}

func newFinder(p *page) *finder {
	f := &finder{p: p, box: byID("find"), input: byID("find-text"), said: byID("find-count")}
	on(f.input, "input", func(dom.Event) { f.look(f.from, true, false) })
	on(f.input, "keydown", func(ev dom.Event) {
		u := ev.Underlying()
		switch key := u.Get("key").String(); {
		case u.Get("isComposing").Bool():
			return
		case key == "Enter":
			f.step(u.Get("shiftKey").Bool())
		case key == "Escape":
			f.close()
		default:
			return
		}
		ev.PreventDefault()
		ev.StopPropagation()
	})
	on(byID("find-next"), "click", func(dom.Event) { f.step(false) })
	on(byID("find-previous"), "click", func(dom.Event) { f.step(true) })
	on(byID("find-close"), "click", func(dom.Event) { f.close() })
	return f
}

func (f *finder) isOpen() bool { return !f.box.Underlying().Get("hidden").Bool() }

func (f *finder) text() string { return f.input.Underlying().Get("value").String() }

// open shows the bar.
func (f *finder) open() {
	f.from = f.p.list.at
	show(f.box, true)
	f.input.Focus()
	f.input.Underlying().Call("select")
	if f.text() != "" {
		f.look(f.from, true, false)
	}
}

// close hides the bar; nothing is lit any more.
func (f *finder) close() {
	show(f.box, false)
	f.seq++
	f.waits, f.steps = false, 0
	f.p.client.post(&bridge.Find{View: f.p.views.id, Seq: f.seq, Place: bridge.NoRow})
	f.p.list.refresh()
	f.p.list.focus()
}

// reset forgets what was looked for, for another file.
func (f *finder) reset() {
	show(f.box, false)
	f.waits, f.steps = false, 0
	f.said.SetTextContent("")
}

// look looks for the text from a place on.
func (f *finder) look(place int, here, backwards bool) {
	f.seq++
	f.waits, f.steps = f.text() != "", 0
	f.last = bridge.Finding{Record: bridge.NoRow}
	f.said.SetTextContent("")
	f.p.client.post(&bridge.Find{View: f.p.views.id, Seq: f.seq, Text: f.text(), Place: place, Here: here, Backwards: backwards})
}

// step goes to the next row that has the text, or to the one before. While one
// is looked for, it is the one after that.
func (f *finder) step(backwards bool) {
	switch {
	case f.text() == "":
	case f.waits && backwards:
		f.steps--
	case f.waits:
		f.steps++
	default:
		f.look(f.p.list.at, false, backwards)
	}
}

// again looks once more in the view that is shown now.
func (f *finder) again() {
	if f.isOpen() && f.text() != "" {
		f.look(f.p.list.at, true, false)
	}
}

// came takes how far it came.
func (f *finder) came(m *bridge.Finding) {
	if m.Seq != f.seq || m.View != f.p.views.id || !f.isOpen() {
		return
	}
	if m.Next {
		f.p.list.refresh() // what is lit is another now
		if m.Record >= 0 {
			l := f.p.list
			f.p.views.moved = true
			middle := !l.s.Shows(m.Place)
			l.choose(m.Record, m.Place, -1)
			l.bring(m.Place, middle)
			l.settle()
		}
		f.waits = false
		if steps := f.steps; steps != 0 && m.Record >= 0 {
			f.look(f.p.list.at, false, steps < 0)
			f.steps = steps - 1
			if steps < 0 {
				f.steps = steps + 1
			}
			return
		}
	} else {
		m.Next, m.Record, m.Wrapped = f.last.Next, f.last.Record, f.last.Wrapped
	}
	f.last = *m
	f.show()
}

// show says how many rows have the text.
func (f *finder) show() {
	m := &f.last
	what := "row"
	if f.p.views.shown.exchanges {
		what = "exchange"
	}
	text := ""
	switch {
	case f.text() == "":
	case m.Done && m.Count == 0:
		text = "not in any " + what
	case m.Done && m.Ordinal > 0:
		text = count(m.Ordinal) + " of " + counted(m.Count, what)
	case m.Done:
		text = counted(m.Count, what)
	default:
		text = counted(m.Count, what) + "…"
	}
	if m.Wrapped && m.Count > 1 {
		text += ", from the other end"
	}
	f.said.SetTextContent(text)
}

// pressedAgain says whether Ctrl+F was pressed in the bar itself: then the
// browser may have it.
func (f *finder) pressedAgain() bool {
	return f.isOpen() && f.input.Underlying().Equal(js.Global().Get("document").Get("activeElement"))
}

// ---- going to a number ----

// bindGoTo binds the dialog that asks for a row's number.
func (p *page) bindGoTo() {
	dialog, input := byID("goto"), byID("goto-number")
	on(byID("goto-form"), "submit", func(ev dom.Event) {
		ev.PreventDefault()
		n, ok := atoi(input.Underlying().Get("value").String())
		rows := p.views.told.Rows
		if !ok || n < 1 || n > rows {
			byID("goto-error").SetTextContent("Expected a number from 1 to " + count(rows) + ".")
			return
		}
		dialog.Underlying().Call("close")
		p.reveal(n - 1)
		p.list.focus()
	})
	on(byID("goto-cancel"), "click", func(dom.Event) { dialog.Underlying().Call("close") })
}

// askNumber asks for the row to go to.
func (p *page) askNumber() {
	input := byID("goto-number")
	byID("goto-error").SetTextContent("")
	value := ""
	if p.list.sel >= 0 {
		value = count(p.list.sel + 1)
	}
	input.Underlying().Set("value", value)
	byID("goto").Underlying().Call("showModal")
	input.Underlying().Call("select")
}
