//go:build js && wasm

package page

import (
	"satascope/inspect"
	"satascope/wasm/app/bridge"
)

// views is what the list shows: the log or the exchanges, a filter, an order.
// Each change is a question to the worker; the list goes on showing what it has
// until the answer is there.
type views struct {
	p       *page
	next    uint32 // the number of the view that was asked for last
	asked   viewSpec
	id      uint32 // the number of the view that the list shows
	refused uint32 // the number of one with a mistake in its filter
	shown   viewSpec
	told    bridge.Viewed // of that
	moved   bool          // the selection moved since the view was asked for
	kept    int           // the record whose place is asked only because it is selected, -1 for none
	follows int           // the same, where it is not to be brought into view either

	taken uint32 // the number of the last view that the worker took
	last  string // its filter
	whole string // the last filter taken that was not only gone through while another was typed (inspect.Unfinished)

	specs  map[uint32]viewSpec // of views that were asked for and are not shown
	passed bridge.Viewed       // the last that the worker took when another was already asked for
}

// reset begins again, for another file.
func (v *views) reset() {
	v.next, v.id, v.refused, v.shown, v.told = 0, 0, 0, viewSpec{}, bridge.Viewed{}
	v.taken, v.last, v.whole, v.kept, v.follows = 0, "", "", -1, -1
	v.specs, v.passed = map[uint32]viewSpec{}, bridge.Viewed{}
	v.p.empty.show(false)
	v.p.filter.reset()
}

// set asks for a view, unless it is the one that was asked for last.
func (v *views) set(spec viewSpec) {
	if v.next != 0 && spec == v.asked {
		return
	}
	v.ask(spec)
}

func (v *views) ask(spec viewSpec) {
	if !spec.exchanges {
		spec.sort, spec.descending = bridge.ByNumber, false
	}
	v.next++
	v.asked, v.moved = spec, false
	v.specs[v.next] = spec
	v.p.client.post(&bridge.SetView{
		View: v.next, Exchanges: spec.exchanges, Filter: spec.filter, Quiet: v.p.settings.quiet,
		Sort: spec.sort, Descending: spec.descending, Selected: v.p.list.sel,
	})
	v.p.list.busy(true)
	v.p.filter.searching()
	v.p.side.choose(spec)
}

// waits says whether the worker has still to take the view that was asked for
// last, or to refuse its filter.
func (v *views) waits() bool { return v.next != v.id && v.next != v.refused }

// filter filters.
func (v *views) filter(text string) {
	spec := v.asked
	spec.filter = text
	v.set(spec)
}

// valid is what was asked for last, but with the filter that is shown where that
// one has a mistake: it goes on holding until the mistake is mended.
func (v *views) valid() viewSpec {
	spec := v.asked
	if v.next != 0 && v.next == v.refused {
		spec.filter = v.shown.filter
	}
	return spec
}

// show shows the log or the exchanges.
func (v *views) show(exchanges bool) {
	spec := v.valid()
	spec.exchanges = exchanges
	v.p.address.step()
	v.set(spec)
}

// sort puts the exchanges in order.
func (v *views) sort(by bridge.Column, descending bool) {
	spec := v.valid()
	spec.sort, spec.descending = by, descending
	v.p.address.step()
	v.set(spec)
}

// took notes that the worker took a view: its filter is right.
func (v *views) took(m *bridge.Viewed) {
	spec, asked := v.specs[m.View]
	if m.Mistake.Want != "" || m.View <= v.taken || !asked {
		return
	}
	if !inspect.Unfinished(v.last, spec.filter) {
		v.whole = v.last
	}
	v.taken, v.last = m.View, spec.filter
}

// fallBack goes back to the last whole filter where the one that holds is only
// the beginning of what was typed and is refused.
func (v *views) fallBack(refused string) {
	if inspect.Unfinished(v.last, refused) {
		spec := v.asked
		spec.filter = v.whole
		v.ask(spec)
	}
}

// came takes how far a view is.
func (v *views) came(m *bridge.Viewed) {
	p := v.p
	v.took(m)
	switch {
	case m.View == v.next && m.Mistake.Want != "":
		p.filter.mistaken(v.asked.filter, &m.Mistake)
		v.refused = m.View
		if passed := v.passed; passed.View > v.id { // the worker has that one, and keeps it
			v.moved = true // since then, perhaps
			v.begin(&passed)
			v.told = passed
		}
		p.list.busy(v.id != 0 && !v.told.Done)
		p.showWanted()
		if v.id == 0 && v.asked.filter != "" { // of a link: all rows are better than none
			spec := v.asked
			spec.filter = ""
			v.ask(spec)
			return
		}
		v.fallBack(v.asked.filter)
		return
	case m.View == v.next && m.View != v.id:
		v.begin(m)
	case m.View == v.id:
		others := m.Version != p.list.version
		p.list.grow(m.Count, m.Version)
		switch {
		case p.list.sel < 0 || p.list.waiting:
		case !v.moved && (m.Exact != (p.list.at >= 0) || m.Exact && m.Place != p.list.at):
			p.list.put(m.Place, m.Exact)
		case v.moved && others: // the place is another record's
			v.follows = p.list.sel
			p.client.post(&bridge.AskPlace{View: v.id, Record: v.follows})
		}
	case m.View > v.id && m.Mistake.Want == "":
		v.passed = *m // it is shown when the one that was asked for after it is refused
		return
	default:
		return // of one that is not wanted any more
	}
	v.told = *m
	p.empty.show(m.Done && m.Count == 0 && v.shown.filter != "")
	p.list.widen(m.Rows)
	p.filter.counted(m, v.shown)
	p.downloads.filter(v.shown.filter != "" && (!m.Done || m.Count != m.All))
	p.list.busy(!m.Done || v.waits())
	p.showWanted()
}

// showWanted reveals the row that a link shows, as soon as it is known where it
// stands: where all rows are shown as they come, when it has come; with a filter
// or another order, when all of them are found. The end of the file may be told
// before that or after it.
func (p *page) showWanted() {
	v := p.views
	if p.wanted < 0 || v.id == 0 || v.id == p.wantedIn || v.waits() {
		return
	}
	asTheyCome := v.shown == viewSpec{exchanges: v.shown.exchanges} && !p.settings.quiet
	found := p.state != stateDecoding && v.told.Done && v.told.Rows >= p.rows
	if asTheyCome && v.told.Scanned > p.wanted || found {
		p.wantedIn = v.id
		p.reveal(p.wanted)
	}
}

// begin shows the view that was asked for last.
func (v *views) begin(m *bridge.Viewed) {
	p := v.p
	first := v.id == 0
	v.id, v.shown, v.follows = m.View, v.specs[m.View], -1
	p.empty.show(false)
	for id := range v.specs {
		if id <= v.id {
			delete(v.specs, id)
		}
	}
	t := logTable
	if v.shown.exchanges {
		t = exchangeTable
	}
	setClassOf(byID("work"), "exchanges", t.exchanges)
	p.heading.show(t, v.shown.sort, v.shown.descending)
	if v.moved { // then the answer is about another row
		p.list.show(m.View, t, m.Count, m.Version, bridge.NoRow, false)
		if p.wanted < 0 {
			p.reveal(p.list.sel)
			v.kept = p.list.sel
		}
	} else {
		p.list.show(m.View, t, m.Count, m.Version, m.Place, m.Exact)
	}
	p.filter.taken(v.shown.filter)
	p.find.again()
	if !first {
		p.address.changed()
	}
}

// again asks for the same view once more, because what it leaves out is another
// now.
func (v *views) again() {
	if v.next != 0 {
		v.ask(v.valid())
	}
}

// reveal selects a record and brings it into view: of the view that was asked for
// last, also when it is not shown yet.
func (p *page) reveal(record int) {
	if record < 0 {
		return
	}
	p.views.moved, p.views.kept = true, -1
	if p.views.waits() {
		p.wanted, p.wantedIn = record, 0
		return
	}
	p.client.post(&bridge.AskPlace{View: p.views.id, Record: record})
}

// placed takes where a record stands that is to be shown.
func (p *page) placed(m *bridge.Placed) {
	if m.View != p.views.id {
		return
	}
	if m.Record == bridge.NoRow {
		if m.Mark {
			p.say("No further failure or diagnostic here.")
		}
		return
	}
	if m.Record == p.views.follows {
		p.views.follows = -1
		if m.Record == p.list.sel && !p.list.waiting {
			p.list.put(m.Place, m.Exact)
		}
		return
	}
	if m.Record == p.wanted {
		p.wanted = -1
	}
	p.views.moved = true
	if m.Exact {
		middle := !p.list.s.Shows(m.Place)
		p.list.choose(m.Record, m.Place, -1)
		p.list.bring(m.Place, middle)
		p.list.settle()
		return
	}
	p.list.choose(m.Record, -1, -1)
	p.list.near = m.Place
	if m.Place >= 0 {
		p.list.bring(m.Place, true)
	}
	if m.Record != p.views.kept {
		p.problem.tellLeftOut(m.Record)
	}
}

// mark goes to the next failure or diagnostic, or to the one before.
func (p *page) mark(backwards bool) {
	place := p.list.at
	if place < 0 && p.list.near >= 0 {
		place = p.list.near
		if !backwards {
			place--
		}
	}
	p.client.post(&bridge.AskMark{View: p.views.id, Place: place, Backwards: backwards})
}

// goPartner goes to the other side of the selected message: to the response of a
// request (forward), or to the request of anything else.
func (p *page) goPartner(forward bool) {
	sel, partner := p.list.sel, p.list.partner
	if sel < 0 {
		return
	}
	switch {
	case partner < 0:
		p.say("This row has no other side here.")
	case forward == (partner > sel):
		p.reveal(partner)
	}
}

// filterBy adds a term to the filter.
func (p *page) filterBy(term string) { p.filter.set(inspect.Join(p.filter.text(), term)) }
