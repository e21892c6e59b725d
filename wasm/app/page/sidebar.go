//go:build js && wasm

package page

import (
	"slices"
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/inspect"
	"satascope/wasm/app/bridge"
)

// A sidebar has the views, and what the rows can be filtered by with how often
// it is there: streams, operations, results, findings.
type sidebar struct {
	p             *page
	box, toggle   dom.HTMLElement
	log, exchange *facetRow
	groups        []*facetGroup
	list          dom.HTMLElement // of the groups
	stop          dom.HTMLElement // the button in it that Tab comes to
	spec          viewSpec
	facets        *bridge.Facets
	narrow        js.Value // a media query: it lies over the list, and is closed at first
	open          bool
}

// A facetGroup is a heading with its values; it can be folded.
type facetGroup struct {
	box, head, body, more dom.HTMLElement
	key                   string
	rows                  []*facetRow
}

// A facetRow is one value, or a view.
type facetRow struct {
	box, button, name, number, out dom.HTMLElement
	facet                          bridge.Facet
	shown                          string // what it shows now, to leave what is the same
}

func newSidebar(p *page) *sidebar {
	s := &sidebar{p: p, box: byID("side"), toggle: byID("side-open"), narrow: js.Global().Call("matchMedia", "(max-width: 1100px)"), open: true}
	views := element("section", "", "")
	views.AppendChild(element("h2", "", "Views"))
	s.log, s.exchange = newFacetRow(false), newFacetRow(false)
	s.log.name.SetTextContent("Log")
	s.exchange.name.SetTextContent("Exchanges")
	s.log.button.SetID("view-log")
	s.exchange.button.SetID("view-exchanges")
	on(s.log.button, "click", func(dom.Event) { p.views.show(false); s.chosen() })
	on(s.exchange.button, "click", func(dom.Event) { p.views.show(true); s.chosen() })
	views.AppendChild(s.log.box)
	views.AppendChild(s.exchange.box)
	s.list = element("div", "", "")
	s.list.SetAttribute("role", "toolbar")
	s.list.SetAttribute("aria-orientation", "vertical")
	s.list.SetAttribute("aria-label", "What to filter by")
	s.list.SetAttribute("data-own-keys", "")
	s.box.AppendChild(views)
	s.box.AppendChild(s.list)
	s.box.AppendChild(s.tools())
	on(s.list, "click", func(ev dom.Event) { s.clicked(ev) })
	on(s.list, "keydown", func(ev dom.Event) { s.pressed(ev.(*dom.KeyboardEvent)) })
	on(s.list, "focusin", func(ev dom.Event) { s.stopAt(closest(ev.Target(), "button")) })
	on(s.toggle, "click", func(dom.Event) { s.setOpen(!s.open) })
	on(s.box, "keydown", func(ev dom.Event) {
		if ev.Underlying().Get("key").String() == "Escape" && s.shut() {
			ev.StopPropagation()
		}
	})
	s.narrow.Call("addEventListener", "change", js.FuncOf(func(js.Value, []js.Value) any {
		s.setOpen(!s.narrow.Get("matches").Bool() && !p.settings.sideClosed)
		return nil
	}))
	show(s.box, true)
	s.open = !s.narrow.Get("matches").Bool() && !p.settings.sideClosed
	s.layout()
	return s
}

// tools are what can be looked at besides the list.
func (s *sidebar) tools() dom.HTMLElement {
	section := element("section", "", "")
	section.AppendChild(element("h2", "", "About this file"))
	add := func(id, label string, do func()) {
		button := element("button", "facet", label)
		button.SetAttribute("type", "button")
		button.SetID(id)
		on(button, "click", func(dom.Event) { s.chosen(); do() })
		section.AppendChild(button)
	}
	add("summary-open", "Summary…", func() { s.p.summary.open() })
	add("assume-open", "Assumptions…", func() { s.p.assume.open() })
	add("notes-open", "Notes…", func() { s.p.notes.open() })
	return section
}

// setOpen shows or hides the list.
func (s *sidebar) setOpen(open bool) {
	s.open = open
	if !s.narrow.Get("matches").Bool() {
		s.p.settings.setSideClosed(!open)
	}
	if !open {
		s.p.leave(byID("side"))
	}
	s.layout()
	if open && s.narrow.Get("matches").Bool() {
		s.log.button.Focus() // it lies over the list
	}
}

// shut closes the list where it lies over the other one, and says whether it did.
func (s *sidebar) shut() bool {
	if !s.open || !s.narrow.Get("matches").Bool() {
		return false
	}
	s.setOpen(false)
	s.toggle.Focus()
	return true
}

func (s *sidebar) layout() {
	setClassOf(byID("work"), "side-closed", !s.open)
	s.toggle.SetAttribute("aria-expanded", strconv.FormatBool(s.open))
}

// chosen closes the list where it lies over what was chosen.
func (s *sidebar) chosen() {
	if s.narrow.Get("matches").Bool() {
		s.setOpen(false)
		s.p.list.focus()
	}
}

func newFacetRow(excludes bool) *facetRow {
	r := &facetRow{box: element("div", "facet-row", ""), button: element("button", "facet", ""), name: element("span", "", ""), number: element("i", "", "")}
	r.button.SetAttribute("type", "button")
	r.button.AppendChild(r.name)
	r.button.AppendChild(r.number)
	r.box.AppendChild(r.button)
	if excludes {
		r.out = element("button", "out-of", "−")
		r.out.SetAttribute("type", "button")
		r.out.SetAttribute("tabindex", "-1")
		r.button.SetAttribute("tabindex", "-1")
		r.box.AppendChild(r.out)
	}
	return r
}

// choose shows what the view that was asked for has chosen.
func (s *sidebar) choose(spec viewSpec) {
	s.spec = spec
	current := func(r *facetRow, is bool) {
		if is {
			r.button.SetAttribute("aria-current", "true")
		} else {
			r.button.RemoveAttribute("aria-current")
		}
	}
	current(s.log, !spec.exchanges)
	current(s.exchange, spec.exchanges)
	for _, g := range s.groups {
		for _, r := range g.rows {
			s.mark(g, r)
		}
	}
}

// mark shows whether a value is chosen or left out.
func (s *sidebar) mark(g *facetGroup, r *facetRow) {
	choice := inspect.ChoiceOf(s.spec.filter, g.key, r.facet.Value)
	setClassOf(r.box, "chosen", choice == inspect.Chosen)
	setClassOf(r.box, "excluded", choice == inspect.Excluded)
	r.button.SetAttribute("aria-pressed", strconv.FormatBool(choice == inspect.Chosen))
	r.out.SetAttribute("aria-pressed", strconv.FormatBool(choice == inspect.Excluded))
}

// reset empties the list, for another file.
func (s *sidebar) reset() {
	s.facets = nil
	s.groups, s.stop = nil, nil
	clearAll(s.list)
	s.log.number.SetTextContent("")
	s.exchange.number.SetTextContent("")
}

// came takes what there is to filter by.
func (s *sidebar) came(m *bridge.Facets) {
	s.facets = m
	s.log.number.SetTextContent(short(m.Rows))
	s.log.button.SetTitle(counted(m.Rows, "row"))
	s.exchange.number.SetTextContent(short(m.Exchanges))
	s.exchange.button.SetTitle(counted(m.Exchanges, "exchange"))
	for i := range m.Groups {
		s.group(i, &m.Groups[i], m.Filtered)
	}
	for len(s.groups) > len(m.Groups) {
		last := len(s.groups) - 1
		s.groups[last].box.Underlying().Call("remove")
		s.groups = s.groups[:last]
	}
	s.keepStop()
}

// keepStop gives the list its one stop of Tab, where what was it is gone or
// hidden.
func (s *sidebar) keepStop() {
	if s.stop == nil || !s.stop.Underlying().Get("isConnected").Bool() || closest(s.stop, "[hidden]") != nil {
		if all := s.buttons(); len(all) > 0 {
			s.stopAt(all[0])
		}
	}
}

// stopAt makes a button of the list the one that Tab comes to.
func (s *sidebar) stopAt(button dom.HTMLElement) {
	if button == nil {
		return
	}
	if s.stop != nil {
		s.stop.SetAttribute("tabindex", "-1")
	}
	s.stop = button
	button.SetAttribute("tabindex", "0")
}

// buttons are the headings and values that are not folded away.
func (s *sidebar) buttons() (all []dom.HTMLElement) {
	for _, g := range s.groups {
		all = append(all, g.head)
		if g.head.GetAttribute("aria-expanded") == "true" {
			for _, r := range g.rows {
				all = append(all, r.button)
			}
		}
	}
	return all
}

// pressed moves the focus in the list.
func (s *sidebar) pressed(ev *dom.KeyboardEvent) {
	at := closest(ev.Target(), "button")
	action, ok := actionOf(sideTable, keyName(ev.Key(), ev.Code(), ev.ShiftKey(), ev.CtrlKey() || ev.MetaKey()))
	if at == nil || !ok || ev.AltKey() {
		return
	}
	button, out := at, at
	if _, r := s.rowOf(at); r != nil {
		button, out = r.button, r.out
	}
	all := s.buttons()
	n := slices.IndexFunc(all, func(b dom.HTMLElement) bool { return same(b, button) })
	switch action {
	case sideDown:
		at = all[min(n+1, len(all)-1)]
	case sideUp:
		at = all[max(n-1, 0)]
	case sideFirst:
		at = all[0]
	case sideLast:
		at = all[len(all)-1]
	case sideToOut:
		at = out
	case sideFromOut:
		at = button
	case sideOut:
		if out != button {
			out.Underlying().Call("click")
		}
	}
	ev.PreventDefault()
	at.Focus()
}

// group shows a group as the n-th.
func (s *sidebar) group(n int, m *bridge.FacetGroup, filtered bool) {
	if n < len(s.groups) && s.groups[n].key != m.Key {
		// Another group came before it: all from here on are made again.
		for _, g := range s.groups[n:] {
			g.box.Underlying().Call("remove")
		}
		s.groups = s.groups[:n]
	}
	if n == len(s.groups) {
		s.groups = append(s.groups, s.newGroup(m))
	}
	g := s.groups[n]
	for i := range m.List {
		if i == len(g.rows) {
			r := newFacetRow(true)
			g.rows = append(g.rows, r)
			g.body.AppendChild(r.box)
		}
		s.facet(g, g.rows[i], &m.List[i], filtered)
	}
	for len(g.rows) > len(m.List) {
		last := len(g.rows) - 1
		g.rows[last].box.Underlying().Call("remove")
		g.rows = g.rows[:last]
	}
	show(g.more, m.More > 0)
	if m.More > 0 {
		g.more.SetTextContent("and " + count(m.More) + " more")
	}
}

func (s *sidebar) newGroup(m *bridge.FacetGroup) *facetGroup {
	g := &facetGroup{box: element("section", "", ""), body: element("div", "", ""), more: element("p", "", ""), key: m.Key}
	g.body.SetID("facets-" + m.Key)
	g.head = element("button", "fold", m.Name)
	g.head.SetAttribute("type", "button")
	g.head.SetAttribute("tabindex", "-1")
	g.head.SetAttribute("aria-controls", "facets-"+m.Key)
	title := element("h2", "", "")
	title.AppendChild(g.head)
	g.box.AppendChild(title)
	g.box.AppendChild(g.body)
	g.box.AppendChild(g.more)
	fold := func(folded bool) {
		g.head.SetAttribute("aria-expanded", strconv.FormatBool(!folded))
		show(g.body, !folded)
		setClassOf(g.box, "folded", folded)
	}
	fold(s.p.settings.isFolded(m.Key))
	on(g.head, "click", func(dom.Event) {
		folded := g.head.GetAttribute("aria-expanded") == "true"
		fold(folded)
		s.keepStop()
		s.p.settings.setFolded(m.Key, folded)
	})
	s.list.AppendChild(g.box)
	return g
}

// facet shows a value, and how many rows have it: of those that the filter
// leaves, and of all.
func (s *sidebar) facet(g *facetGroup, r *facetRow, f *bridge.Facet, filtered bool) {
	number := short(f.Rows)
	if filtered && f.Found >= 0 && f.Found != f.Rows {
		number = short(f.Found) + " / " + number
	}
	state := f.Value + "\x00" + f.Name + "\x00" + f.Hint + "\x00" + number
	r.facet = *f
	if state != r.shown {
		r.shown = state
		r.name.SetTextContent(f.Name)
		r.number.SetTextContent(number)
		title := f.Name
		if f.Hint != "" {
			title = f.Hint
		}
		if filtered && f.Found >= 0 {
			title += ": " + count(f.Found) + " of " + count(f.Rows)
		} else {
			title += ": " + count(f.Rows)
		}
		r.button.SetTitle(title)
		setClassOf(r.box, "odd", f.Odd)
		r.out.SetAttribute("aria-label", "Leave out "+f.Name)
		r.out.SetTitle("Leave out (also Alt+click)")
	}
	s.mark(g, r)
}

// clicked chooses a value or leaves it out; a second time undoes it.
func (s *sidebar) clicked(ev dom.Event) {
	button := closest(ev.Target(), "button")
	g, r := s.rowOf(button)
	if r == nil {
		return
	}
	u := ev.Underlying()
	want := inspect.Chosen
	if same(button, r.out) || u.Get("altKey").Bool() || u.Get("shiftKey").Bool() {
		want = inspect.Excluded
	}
	filter := s.p.filter.text()
	if inspect.ChoiceOf(filter, g.key, r.facet.Value) == want {
		want = inspect.Either
	}
	s.p.filter.set(inspect.Choose(filter, g.key, r.facet.Value, want))
	s.chosen()
}

// rowOf is the row that has a button, and its group; nil where none has.
func (s *sidebar) rowOf(button dom.HTMLElement) (*facetGroup, *facetRow) {
	if button != nil {
		for _, g := range s.groups {
			for _, r := range g.rows {
				if same(button, r.button) || same(button, r.out) {
					return g, r
				}
			}
		}
	}
	return nil, nil
}

func same(a, b dom.HTMLElement) bool { return a.Underlying().Equal(b.Underlying()) }

// short is a number in the space of a few letters: 18,204, 310k, 1.2M.
func short(n int) string {
	switch {
	case n < 100_000:
		return count(n)
	case n < 1_000_000:
		return strconv.Itoa(n/1000) + "k"
	case n < 10_000_000:
		return strconv.FormatFloat(float64(n/100_000)/10, 'f', 1, 64) + "M"
	}
	return strconv.Itoa(n/1_000_000) + "M"
}

// setClassOf sets or takes away a class of an element.
func setClassOf(el dom.Element, class string, has bool) {
	el.Underlying().Get("classList").Call("toggle", class, has)
}
