package worker

import (
	"slices"

	"satascope/inspect"
	"satascope/wasm/app/bridge"
)

// A finder looks for a text in the rows of a view. It finds the next row at
// once, and counts in pieces all that have the text.
type finder struct {
	m     bridge.Find // the last that was asked
	d     *inspect.Finder
	all   *inspect.Search // rows, or exchanges, that have the text and that the filter leaves
	begun bool            // to look for the next one
	sent  bool            // the next one was told
	from  int             // the place that is looked from
	found int             // the record that was told last, or NoRow
}

// newFinder begins to look for a text. It is nil where the text is empty.
func newFinder(v *listing, m *bridge.Find) *finder {
	if m.Text == "" {
		return nil
	}
	text := ""
	if !v.filter.Everything() {
		text = "(" + v.filter.String() + ") "
	}
	f, mistake := v.x.Compile(text + inspect.Term("", m.Text, false))
	if mistake != nil { // too long together with the filter
		return nil
	}
	unit := inspect.Rows
	if v.spec.Exchanges {
		unit = inspect.Exchanges
	}
	d := &finder{all: v.x.Search(f, unit), found: bridge.NoRow}
	d.ask(v, m)
	return d
}

// noted looks once more at records whose notes are others now, and says whether
// the count of those that have the text is another, too.
func (d *finder) noted(records []int) bool {
	was := d.all.Count()
	for _, record := range records {
		d.all.Recheck(record)
	}
	return d.all.Count() != was
}

// ask begins to look for the next row from a place on.
func (d *finder) ask(v *listing, m *bridge.Find) {
	d.m, d.sent, d.from = *m, false, m.Place
	d.d = v.x.Find(m.Text, -1, false, nil) // what rows are lit by
	d.begun = false
}

// begin begins to look for the next row, when all that the filter leaves is
// known.
func (d *finder) begin(v *listing) {
	d.begun = true
	m := &d.m
	var rows []uint32
	if v.search != nil && !v.spec.Exchanges {
		rows = v.search.Found()
	}
	row := -1
	if m.Backwards {
		row = v.x.Log().Len()
	}
	if m.Place >= 0 && m.Place < v.len() {
		row = v.record(m.Place)
		if m.Here {
			row-- // which is looked at first
		}
	}
	d.d = v.x.Find(m.Text, row, m.Backwards, rows)
}

// step looks at about so many rows and gives what is to be told, nil for
// nothing.
func (d *finder) step(v *listing, rows int) *bridge.Finding {
	if !d.begun {
		d.begin(v)
	}
	if !d.sent && !v.spec.Exchanges {
		row, found, done := d.d.Next(rows)
		switch {
		case found:
			return d.next(v, row)
		case done:
			return d.next(v, bridge.NoRow)
		}
		return nil
	}
	was := d.all.Done()
	d.all.Scan(rows)
	if !d.all.Done() {
		return nil
	}
	if !d.sent { // exchanges may stand in any order
		return d.next(v, d.nextExchange(v))
	}
	if was {
		return nil
	}
	return d.report(v)
}

// idle says whether all was found and told.
func (d *finder) idle() bool { return d.sent && d.all.Done() }

// next tells the next row.
func (d *finder) next(v *listing, record int) *bridge.Finding {
	d.sent, d.found = true, record
	m := d.report(v)
	m.Next, m.Record, m.Place = true, record, bridge.NoRow
	if record < 0 {
		return m
	}
	m.Place, _ = v.place(record)
	if d.from >= 0 {
		past := m.Place - d.from
		m.Wrapped = !d.m.Backwards && past < 0 || d.m.Backwards && past > 0 || past == 0 && !d.m.Here
	}
	return m
}

// report tells how many there are, and which of them the last one was.
func (d *finder) report(v *listing) *bridge.Finding {
	m := &bridge.Finding{View: v.spec.View, Seq: d.m.Seq, Count: d.all.Count(), Done: d.all.Done(), Record: bridge.NoRow, Place: bridge.NoRow}
	if d.sent && d.found >= 0 && m.Done {
		item, _ := v.itemOf(d.found)
		if at, there := slices.BinarySearch(d.all.Found(), item); there {
			m.Ordinal = at + 1
		}
	}
	return m
}

// nextExchange is the request of the next exchange in the order of the view that
// has the text.
func (d *finder) nextExchange(v *listing) int {
	n, step := v.len(), 1
	if d.m.Backwards {
		step = -1
	}
	at := d.from
	switch {
	case at < 0 && d.m.Backwards:
		at = n - 1
	case at < 0:
		at = 0
	case !d.m.Here:
		at += step
	}
	for range n {
		at = (at + n) % n
		if _, there := slices.BinarySearch(d.all.Found(), v.item(at)); there {
			return v.record(at)
		}
		at += step
	}
	return bridge.NoRow
}
