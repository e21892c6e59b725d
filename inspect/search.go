package inspect

import (
	"slices"

	"satascope/sata"
	"satascope/walcore"
)

// Unit is what a Search finds.
type Unit uint8

// The units.
const (
	Rows      Unit = iota // rows that match
	Pairs                 // all rows of exchanges that match, and other rows that do
	Exchanges             // exchanges that match
)

// A Search runs a filter over a log, in pieces. What it has found so far can be
// shown at any time, and the log may grow meanwhile: then there is more to scan.
type Search struct {
	x     *Index
	f     *Filter
	unit  Unit
	found []uint32 // rows, or exchanges
	next  int      // the first row that was not looked at
	grown []horizon

	operations [256]Tally
	streams    map[uint32]*Tally
	lastStream *Tally
	lastID     uint32
	codes      map[codeOf]*uint32 // of responses
	lastCode   [256]lastCode      // by Record.Op: the map is asked seldom
	findings   [256]uint32        // by walcore.Code
}

// A lastCode is where a result code is counted.
type lastCode struct {
	code sata.Result
	n    *uint32
}

// A horizon says how long the log was when the rows from one on were looked at.
type horizon struct{ from, length int }

// Search begins a search; Scan does the work.
func (x *Index) Search(f *Filter, unit Unit) *Search {
	return &Search{x: x, f: f, unit: unit, streams: map[uint32]*Tally{}, codes: map[codeOf]*uint32{}}
}

// Found is what was found so far, in order: rows, or with the unit Exchanges
// exchanges. It must not be changed, and holds until the next Scan.
func (s *Search) Found() []uint32 { return s.found }

// Count is how many were found so far.
func (s *Search) Count() int { return len(s.found) }

// Scanned is how many rows were looked at.
func (s *Search) Scanned() int { return s.next }

// Done says whether all rows that the log has now were looked at.
func (s *Search) Done() bool { return s.next >= s.x.log.Len() }

// Scan looks at about so many rows more, fewer where their texts are long, and
// says whether it is done. Natively 100,000 take some milliseconds, or some tens
// with free text. With another unit than Rows it first lets the Index take in
// what it has not.
func (s *Search) Scan(budget int) (done bool) {
	budget = max(budget, 1)
	if s.unit != Rows && s.x.n < s.x.log.Len() {
		before := s.x.n
		if !s.x.Update(budget) {
			return false
		}
		budget -= s.x.n - before
	}
	end := s.x.log.Len()
	if n := len(s.grown); n == 0 || s.grown[n-1].length != end {
		s.grown = append(s.grown, horizon{s.next, end})
	}
	for ; s.next < end && budget > 0; s.next++ {
		s.f.cost = 0
		s.row(s.next)
		budget -= 1 + s.f.cost
	}
	return s.Done()
}

// row looks at one row.
func (s *Search) row(i int) {
	r := s.x.log.At(i)
	if r.Kind != walcore.Request && (s.unit != Rows || s.f.later) {
		s.again(i)
	}
	switch {
	case s.unit != Exchanges:
		if s.matches(i, r) {
			s.add(uint32(i), r)
		}
	case r.Kind == walcore.Request:
		s.exchange(i, r)
	default:
		if k := s.x.ExchangeOf(i); k >= 0 {
			if _, found := slices.BinarySearch(s.found, uint32(k)); found {
				s.tallyKind(r, 1)
			}
		}
	}
}

// exchange looks at the exchange of a request's row, perhaps again.
func (s *Search) exchange(i int, r *walcore.Record) {
	k := s.x.ExchangeOf(i)
	s.set(uint32(k), r, s.f.MatchExchange(s.x.Exchange(k)))
}

// matches says whether a row is to be found.
func (s *Search) matches(i int, r *walcore.Record) bool {
	if s.f.root == nil || s.f.root.row(s.f, i, r) {
		return true
	}
	if s.unit != Pairs {
		return false
	}
	k := s.x.ExchangeOf(i)
	return k >= 0 && s.f.MatchExchange(s.x.Exchange(k))
}

// again looks once more at the rows before row i that belong to the same
// request, if row i was not in the log yet when they were looked at: what it
// says may change whether they match.
func (s *Search) again(i int) {
	if q := s.x.Request(i); q != None && s.horizon(int(q)) <= i {
		s.belonging(q, i)
	}
}

// Recheck looks once more at a row, because what the filter asks about it is
// another now: the note on it.
func (s *Search) Recheck(i int) {
	if i < s.next && s.unit != Exchanges {
		r := s.x.log.At(i)
		s.set(uint32(i), r, s.matches(i, r))
	}
	if q := s.x.Request(i); q != None && int(q) < s.next {
		s.belonging(q, s.next)
	}
}

// belonging looks once more at the rows before a row that belong to a request.
func (s *Search) belonging(q uint32, before int) {
	if s.unit == Exchanges {
		s.exchange(int(q), s.x.log.At(int(q)))
		return
	}
	rows := []uint32{q}
	if s.unit == Pairs {
		e := s.x.Exchange(s.x.ExchangeOf(int(q)))
		rows = append(rows, e.Written, e.Response)
		for _, a := range s.x.findingsAbout(q) {
			rows = append(rows, a.finding)
		}
	}
	for _, row := range rows {
		if int(row) < before { // None is not
			r := s.x.log.At(int(row))
			s.set(row, r, s.matches(int(row), r))
		}
	}
}

// horizon is how long the log was when a row was looked at.
func (s *Search) horizon(row int) int {
	if len(s.grown) == 1 {
		return s.grown[0].length
	}
	k, there := slices.BinarySearchFunc(s.grown, row, func(h horizon, row int) int { return h.from - row })
	if !there {
		k--
	}
	for k+1 < len(s.grown) && s.grown[k+1].from == s.grown[k].from {
		k++
	}
	return s.grown[k].length
}

// set puts a row or exchange among those found, or takes it away.
func (s *Search) set(n uint32, r *walcore.Record, found bool) {
	if found {
		s.add(n, r)
		return
	}
	if at, there := slices.BinarySearch(s.found, n); there {
		s.found = slices.Delete(s.found, at, at+1)
		s.tally(n, r, ^uint32(0))
	}
}

// add puts what was found in its place, nearly always the end.
func (s *Search) add(n uint32, r *walcore.Record) {
	if k := len(s.found); k == 0 || s.found[k-1] < n {
		s.found = append(s.found, n)
	} else {
		at, there := slices.BinarySearch(s.found, n)
		if there {
			return
		}
		s.found = slices.Insert(s.found, at, n)
	}
	s.tally(n, r, 1)
}

// tally adds one row or exchange, or takes it away: r is the row, or the request.
// Rows of an exchange that were not looked at follow when they are.
func (s *Search) tally(n uint32, r *walcore.Record, by uint32) {
	if s.lastStream == nil || s.lastID != r.Stream {
		t := s.streams[r.Stream]
		if t == nil {
			t = &Tally{}
			s.streams[r.Stream] = t
		}
		s.lastStream, s.lastID = t, r.Stream
	}
	requests := uint32(0)
	if r.Kind == walcore.Request {
		requests = by
	}
	s.lastStream.Rows += by
	s.lastStream.Requests += requests
	if r.Kind != walcore.Diagnostic {
		s.operations[r.Op].Rows += by
		s.operations[r.Op].Requests += requests
	}
	if s.unit != Exchanges {
		s.tallyKind(r, by)
		return
	}
	e := s.x.Exchange(int(n))
	if int(e.Response) < s.next { // None is not
		s.tallyKind(s.x.log.At(int(e.Response)), by)
	}
	for _, a := range s.x.findingsAbout(e.Request) {
		if int(a.finding) < s.next {
			s.tallyKind(s.x.log.At(int(a.finding)), by)
		}
	}
}

// tallyKind counts what a row is besides one of an operation and a stream: a
// finding, or a result.
func (s *Search) tallyKind(r *walcore.Record, by uint32) {
	switch r.Kind {
	case walcore.Diagnostic:
		s.findings[r.Op] += by
	case walcore.Response:
		s.tallyResult(r, by)
	}
}

func (s *Search) tallyResult(r *walcore.Record, by uint32) {
	k, has := resultOf(r)
	if !has {
		return
	}
	last := &s.lastCode[k.op]
	if last.n == nil || last.code != k.code {
		n := s.codes[k]
		if n == nil {
			if len(s.codes) >= maxCodes {
				return
			}
			n = new(uint32)
			s.codes[k] = n
		}
		*last = lastCode{k.code, n}
	}
	*last.n += by
}

// Results is how often each operation had each result among the rows that were
// found, or of the exchanges, failures first.
func (s *Search) Results() []ResultTotals {
	all := make([]ResultTotals, 0, len(s.codes))
	for k, n := range s.codes {
		if *n > 0 {
			all = append(all, k.totals(*n))
		}
	}
	sortResults(all)
	return all
}

// Findings is how often each finding is among the rows that were found, or about
// the exchanges.
func (s *Search) Findings() []FindingTotals { return findingTotals(s.findings[:]) }

// A Facet is how many of what was found are of one operation or stream.
type Facet struct {
	Value uint32 // Record.Op, or a stream's number
	Name  string // of the operation
	Tally
}

// Operations is how many of what was found are of each operation, most first.
// Findings are of none.
func (s *Search) Operations() []Facet { return operationFacets(&s.operations) }

// Streams is how many of what was found are of each stream, by number.
func (s *Search) Streams() []Facet {
	facets := make([]Facet, 0, len(s.streams))
	for id, t := range s.streams {
		if t.Rows > 0 {
			facets = append(facets, Facet{Value: id, Tally: *t})
		}
	}
	slices.SortFunc(facets, func(a, b Facet) int { return int(int64(a.Value) - int64(b.Value)) })
	return facets
}

// Operations is how many rows are of each operation, most requests first.
func (x *Index) Operations() []Facet { return operationFacets(&x.operations) }

func operationFacets(all *[256]Tally) []Facet {
	var facets []Facet
	for op := range all {
		if t := all[op]; t.Rows > 0 {
			facets = append(facets, Facet{Value: uint32(op), Name: operationName(uint8(op)), Tally: t})
		}
	}
	slices.SortStableFunc(facets, func(a, b Facet) int {
		if a.Requests != b.Requests {
			return int(int64(b.Requests) - int64(a.Requests))
		}
		return int(int64(b.Rows) - int64(a.Rows))
	})
	return facets
}
