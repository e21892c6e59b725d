package worker

import (
	"slices"

	"satascope/inspect"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// A listing is a view of the page (see package bridge): which rows the list shows and in which order: the log or the
// exchanges, what a filter leaves of them, sorted or not. It is made at once;
// step finds out, in pieces, what is in it.
type listing struct {
	spec   bridge.SetView
	x      *inspect.Index
	filter *inspect.Filter
	search *inspect.Search // nil when the filter leaves everything
	finder *finder         // nil when nothing is looked for
	// filtered says whether the person has a filter; search may also leave out
	// only the findings.
	filtered bool

	order   []uint32 // exchanges, sorted; nil while they stand as in the log
	ordered int      // rows of the log when they were sorted
	version uint32   // see bridge.Viewed
	told    int      // rows of the log when the page was last told

	marked   []bool // by exchange: it failed, or something was found about it
	markedOf int    // rows of the log when that was worked out
}

// newListing makes a view of an index, or says what is wrong with its filter.
func newListing(x *inspect.Index, spec bridge.SetView) (*listing, *inspect.Mistake) {
	f, m := x.Compile(spec.Filter)
	if m != nil {
		return nil, m
	}
	v := &listing{spec: spec, x: x, filter: f, filtered: !f.Everything()}
	if spec.Quiet && !spec.Exchanges {
		all := spec.Filter
		if v.filtered {
			all = "(" + all + ") "
		}
		if f, m = x.Compile(all + "-kind:diagnostic"); m != nil {
			return nil, m
		}
	}
	if !f.Everything() {
		v.filter = f
		unit := inspect.Rows
		if spec.Exchanges {
			unit = inspect.Exchanges
		}
		v.search = x.Search(f, unit)
	}
	return v, nil
}

// on is the same view of another index, of the same file decoded again.
func (v *listing) on(x *inspect.Index) *listing {
	again, m := newListing(x, v.spec)
	if m != nil { // the filter's meaning does not hang on the log
		again, _ = newListing(x, bridge.SetView{View: v.spec.View})
	}
	again.version = v.version + 1
	return again
}

// noted looks once more at records whose notes are others now, and says whether
// the filter asks about notes.
func (v *listing) noted(records []int) bool {
	if v.search == nil || !v.filter.AsksNotes() {
		return false
	}
	for _, record := range records {
		v.search.Recheck(record)
	}
	v.order = nil
	v.version++
	return true
}

// sorted says whether the view has another order than the log.
func (v *listing) sorted() bool {
	return v.spec.Exchanges && (v.spec.Sort != bridge.ByNumber || v.spec.Descending)
}

// step looks at about so many rows more and says whether all were looked at. It
// does not sort.
func (v *listing) step(rows int) (done bool) {
	if v.search != nil {
		return v.search.Scan(rows)
	}
	return !v.spec.Exchanges || v.x.Update(rows)
}

// done says whether there is nothing more to find or to sort.
func (v *listing) done() bool { return v.scanned() && !v.unsorted() }

func (v *listing) scanned() bool {
	if v.search != nil {
		return v.search.Done()
	}
	return !v.spec.Exchanges || v.x.Len() == v.x.Log().Len()
}

// unsorted says whether the exchanges must be put in order, again.
func (v *listing) unsorted() bool {
	return v.sorted() && (v.order == nil || v.ordered != v.x.Log().Len())
}

// sort puts what was found in order.
func (v *listing) sort() {
	if v.search != nil {
		v.order = slices.Clone(v.search.Found())
	} else {
		v.order = make([]uint32, v.x.Exchanges())
		for k := range v.order {
			v.order[k] = uint32(k)
		}
	}
	if v.order == nil {
		v.order = []uint32{}
	}
	v.x.Sort(v.order, inspect.Column(v.spec.Sort), v.spec.Descending)
	v.ordered = v.x.Log().Len()
	v.version++
}

// len is how many places the view has, so far.
func (v *listing) len() int {
	switch {
	case v.order != nil:
		return len(v.order)
	case v.search != nil:
		return v.search.Count()
	case v.spec.Exchanges:
		return v.x.Exchanges()
	}
	return v.x.Log().Len()
}

// item is the row or the exchange at a place.
func (v *listing) item(place int) uint32 {
	switch {
	case v.order != nil:
		return v.order[place]
	case v.search != nil:
		return v.search.Found()[place]
	}
	return uint32(place)
}

// record is the record at a place: of an exchange, its request.
func (v *listing) record(place int) int {
	if n := v.item(place); v.spec.Exchanges {
		return int(v.x.Exchange(int(n)).Request)
	} else {
		return int(n)
	}
}

// itemOf is the row or the exchange that has a record; where no exchange has it,
// the next one.
func (v *listing) itemOf(record int) (item uint32, has bool) {
	if !v.spec.Exchanges {
		return uint32(record), true
	}
	if k := v.x.ExchangeOf(record); k >= 0 {
		return uint32(k), true
	}
	lo, hi := 0, v.x.Exchanges()
	for lo < hi {
		if m := (lo + hi) / 2; int(v.x.Exchange(m).Request) < record {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return uint32(lo), false
}

// place is where a record stands. One that is not in the view has the place of
// what comes next, or none where the view is sorted.
func (v *listing) place(record int) (place int, exact bool) {
	if record < 0 || record >= v.x.Log().Len() {
		return bridge.NoRow, false
	}
	item, has := v.itemOf(record)
	n := v.len()
	switch {
	case v.order != nil:
		if at := slices.Index(v.order, item); has && at >= 0 {
			return at, true
		}
		return bridge.NoRow, false
	case v.search != nil:
		at, there := slices.BinarySearch(v.search.Found(), item)
		return min(at, n-1), has && there
	}
	return min(int(item), n-1), has && int(item) < n
}

// report tells the page how far the view is; selected is a record or NoRow.
func (v *listing) report(selected int) *bridge.Viewed {
	rows := v.x.Log().Len()
	m := &bridge.Viewed{View: v.spec.View, Count: v.len(), All: rows, Scanned: rows, Rows: rows, Done: v.done(), Place: bridge.NoRow}
	switch {
	case v.spec.Exchanges:
		m.All, m.Scanned = v.x.Exchanges(), v.x.Len()
	case v.spec.Quiet:
		m.All -= v.x.Log().Diagnostics()
	}
	if v.search != nil {
		m.Scanned = v.search.Scanned()
		if rows != v.told && v.told > 0 {
			v.version++ // what came late may have changed what was found before
		}
	}
	v.told = rows
	m.Version = v.version
	if selected >= 0 {
		m.Place, m.Exact = v.place(selected)
	}
	return m
}

// mistaken tells the page what is wrong with a filter.
func mistaken(view uint32, m *inspect.Mistake) *bridge.Viewed {
	want := "expected " + m.Want
	if m.Found == "" {
		want += ", and the filter ends here"
	}
	return &bridge.Viewed{View: view, Place: bridge.NoRow, Mistake: bridge.Mistake{From: m.From, To: m.To, Want: string(walcore.AppendVisible(nil, want)), Suggest: m.Suggest}}
}

// mark is the next place with a failure or a finding, or the one before. NoRow
// as a place stands for before the beginning, or behind the end.
func (v *listing) mark(place int, backwards bool) int {
	if !v.spec.Exchanges {
		return v.markedRow(place, backwards)
	}
	v.workOutMarked()
	step, n := 1, v.len()
	if backwards {
		step = -1
		if place < 0 {
			place = n
		}
	}
	for at := place + step; at >= 0 && at < n; at += step {
		if k := int(v.item(at)); k < len(v.marked) && v.marked[k] {
			return at
		}
	}
	return bridge.NoRow
}

func (v *listing) markedRow(place int, backwards bool) int {
	var rows []uint32
	if v.search != nil {
		rows = v.search.Found()
	}
	row := -1
	switch {
	case place >= 0 && place < v.len():
		row = v.record(place)
	case backwards:
		row = v.x.Log().Len()
	}
	if backwards {
		row = v.x.PreviousMark(row, rows)
	} else {
		row = v.x.NextMark(row, rows)
	}
	if row < 0 {
		return bridge.NoRow
	}
	place, _ = v.place(row)
	return place
}

// workOutMarked finds the exchanges that failed or that something was found
// about.
func (v *listing) workOutMarked() {
	if v.markedOf == v.x.Len() {
		return
	}
	v.markedOf = v.x.Len()
	v.marked = make([]bool, v.x.Exchanges())
	for _, row := range v.x.Marks() {
		if k := v.x.ExchangeOf(int(row)); k >= 0 {
			v.marked[k] = true
		}
	}
}

// delta is the time between the rows at a place and the one above it.
func (v *listing) delta(place int) int64 {
	if place == 0 {
		return bridge.NoTime
	}
	now, before := v.x.Log().At(v.record(place)).Time, v.x.Log().At(v.record(place-1)).Time
	if now == walcore.NoTime || before == walcore.NoTime {
		return bridge.NoTime
	}
	return now - before
}

// rowsOfFilter searches for the rows that the filter of a view leaves: of
// exchanges, all that belong to them.
func rowsOfFilter(v *listing) *inspect.Search {
	f, _ := v.x.Compile(v.spec.Filter) // which was compiled before
	if v.spec.Exchanges {
		return v.x.Search(f, inspect.Pairs)
	}
	return v.x.Search(f, inspect.Rows)
}

// keep says whether a row is among some; it is asked about rows in their order.
func keep(rows []uint32) func(i int) bool {
	return func(i int) bool {
		for len(rows) > 0 && int(rows[0]) < i {
			rows = rows[1:]
		}
		return len(rows) > 0 && int(rows[0]) == i
	}
}
