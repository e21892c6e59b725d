//go:build js && wasm

package worker

import (
	"time"

	"satascope/learn"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

const (
	// slice is how many rows are looked at between two looks at the clock.
	slice = 2048
	// facetsEvery is how often the page is told what there is to filter by.
	facetsEvery = 250 * time.Millisecond
)

// A looker finds out what is in the view that the page shows, and what is looked
// for in it, in turns with the event loop and the decoder.
type looker struct {
	w        *worker
	view     *listing // that the page shows
	all      *listing // the log as it is
	notes    notes
	selected int // the record that the page has selected

	turns    *browser.Yielder
	running  bool
	decoding bool
	told     time.Time // of the view
	faceted  time.Time
	sorting  time.Duration // how long that took last
	sorted   time.Time
}

// listing is the view with a number, nil when the page shows another one by now.
func (l *looker) listing(id uint32) *listing {
	x := l.w.inspect()
	if l.all == nil || l.all.x != x {
		l.all, _ = newListing(x, bridge.SetView{})
		if l.view != nil && l.view.spec.View != 0 {
			l.view = l.view.on(x)
		} else {
			l.view = l.all
		}
	}
	switch id {
	case 0:
		return l.all
	case l.view.spec.View:
		return l.view
	}
	return nil
}

// current is the view that the page shows.
func (l *looker) current() *listing {
	l.listing(0)
	return l.view
}

// handleViews takes a message of the page about its list.
func (w *worker) handleViews(m bridge.Message) {
	l := &w.looker
	x := w.inspect()
	switch m := m.(type) {
	case *bridge.SetView:
		l.set(m)
	case *bridge.AskRows:
		if v := l.listing(m.View); v != nil {
			l.notes.place(x)
			w.packer.notes = &l.notes
			w.post(w.packer.answerRows(v, m.From, m.Count))
		}
	case *bridge.AskPlace:
		if v := l.listing(m.View); v != nil {
			place, exact := v.place(m.Record)
			w.post(&bridge.Placed{View: m.View, Record: m.Record, Place: place, Exact: exact})
		}
	case *bridge.AskMark:
		if v := l.listing(m.View); v != nil {
			answer := &bridge.Placed{View: m.View, Record: bridge.NoRow, Place: v.mark(m.Place, m.Backwards), Mark: true}
			if answer.Place >= 0 {
				answer.Record, answer.Exact = v.record(answer.Place), true
			}
			w.post(answer)
		}
	case *bridge.Complete:
		answer := &bridge.Completed{Seq: m.Seq}
		for _, s := range x.Complete(m.Filter, m.Cursor) {
			answer.List = append(answer.List, bridge.Suggestion(s))
		}
		w.post(answer)
	case *bridge.Find:
		if v := l.listing(m.View); v != nil {
			l.find(v, m)
		}
	case *bridge.AskFacts:
		answer := &bridge.Facts{Seq: m.Seq, Record: m.Record}
		if w.has(m.Record) {
			answer.Address = learn.LineAddress(x.Log().At(m.Record))
			for _, f := range x.Facts(m.Record) {
				if c := carrier(w.decoder, x.Log().At(m.Record)); f.Key == "packet" && c == bridge.CarrierLine {
					continue // there are no packets, and a line is hardly more than its row
				}
				answer.List = append(answer.List, bridge.Fact{Name: f.Name, Value: visible(f.Value), Key: f.Key, Text: f.Text})
			}
		}
		w.post(answer)
	case *bridge.Copy:
		if v := l.listing(m.View); v != nil {
			w.post(copied(v, m))
		}
	case *bridge.SetNotes:
		var changed []int
		switch {
		case m.Record == bridge.NoRow:
			changed = l.notes.set(x, m.List)
		case w.has(m.Record) && len(m.List) == 1:
			l.notes.put(x, m.Record, m.List[0])
			changed = []int{m.Record}
		}
		w.post(l.notes.placed(x))
		l.noted(changed)
	}
}

// set shows another view, unless its filter has a mistake.
func (l *looker) set(m *bridge.SetView) {
	x := l.w.inspect()
	l.selected = m.Selected
	v, mistake := newListing(x, *m)
	if mistake != nil {
		l.w.post(mistaken(m.View, mistake))
		return
	}
	l.view = v
	l.sorting, l.sorted = 0, time.Time{}
	l.work(2 * turn)
	l.tell()
	l.facets()
	l.run()
}

// noted is called when the notes on some records are others now.
func (l *looker) noted(records []int) {
	v := l.current()
	if v.noted(records) {
		l.work(2 * turn) // sorts
		l.tell()
		l.facets()
		l.run()
	}
	if d := v.finder; d != nil && d.noted(records) && d.idle() {
		l.w.post(d.report(v))
	}
}

// grown is called while the decoder works, every now and then.
func (l *looker) grown(decoding bool) {
	l.decoding = decoding
	l.current()
	if !decoding {
		l.faceted = time.Time{}
	}
	l.run()
}

// run finds out the rest, unless it does already.
func (l *looker) run() {
	if l.running {
		return
	}
	l.running = true
	if l.turns == nil {
		l.turns = browser.NewYielder()
	}
	go func() {
		if err := guard("the filter", l.loop); err != nil {
			l.w.post(&bridge.Viewed{View: l.view.spec.View, Place: bridge.NoRow, Mistake: bridge.Mistake{Want: sentence(err)}})
		}
		l.running = false
	}()
}

func (l *looker) loop() error {
	for {
		v := l.current()
		more := l.work(turn)
		now := time.Now()
		if v.spec.View != 0 && (!more || now.Sub(l.told) >= report) {
			l.tell()
		}
		if !more && !l.decoding || now.Sub(l.faceted) >= facetsEvery {
			l.facets()
		}
		if !more {
			return nil
		}
		l.turns.Yield()
	}
}

// work looks at rows for some time, and says whether there are more.
func (l *looker) work(budget time.Duration) (more bool) {
	v := l.view
	began := time.Now()
	for time.Since(began) < budget {
		if d := v.finder; d != nil && !d.idle() && (v.search == nil && !d.sent || v.scanned()) {
			if m := d.step(v, slice); m != nil {
				l.w.post(m)
			}
			continue
		}
		if v.step(slice) && (v.finder == nil || v.finder.idle()) {
			break
		}
	}
	if v.scanned() && v.unsorted() && (!l.decoding || time.Since(l.sorted) > 10*l.sorting) {
		began := time.Now()
		v.sort()
		l.sorted = time.Now()
		l.sorting = l.sorted.Sub(began)
	}
	return !v.scanned() || v.finder != nil && !v.finder.idle()
}

// tell tells the page how far the view is.
func (l *looker) tell() {
	l.told = time.Now()
	l.w.post(l.view.report(l.selected))
}

func (l *looker) facets() {
	l.faceted = time.Now()
	l.w.post(facets(l.w.decoder, l.view))
}

// find looks for a text in the view, or for the next row that has it.
func (l *looker) find(v *listing, m *bridge.Find) {
	if v.finder != nil && v.finder.m.Text == m.Text {
		v.finder.ask(v, m)
	} else {
		v.finder = newFinder(v, m)
	}
	if v.finder == nil {
		l.w.post(&bridge.Finding{View: m.View, Seq: m.Seq, Done: true, Next: true, Record: bridge.NoRow, Place: bridge.NoRow})
		return
	}
	l.work(turn)
	l.run()
}
