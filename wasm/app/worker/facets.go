package worker

import (
	"slices"
	"strconv"

	"satascope/decode"
	"satascope/inspect"
	"satascope/sata"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// maxFacets is how many values of a key the side list has.
const maxFacets = 100

// facets is what the rows can be filtered by, and how many of them the view has.
func facets(d *decode.Decoder, v *listing) *bridge.Facets {
	x := v.x
	m := &bridge.Facets{View: v.spec.View, Rows: x.Len(), Exchanges: x.Exchanges(), Filtered: v.filtered}
	f := faceter{v: v}
	f.streams(m, d.Streams())
	f.operations(m)
	f.results(m)
	f.findings(m)
	return m
}

type faceter struct{ v *listing }

// rows is how many rows, or exchanges, a tally counts.
func (f *faceter) rows(t inspect.Tally) int {
	if f.v.spec.Exchanges {
		return int(t.Requests)
	}
	return int(t.Rows)
}

// found is how many of those found have a value; -1 where there is no filter.
func (f *faceter) found(of func(*inspect.Search) []inspect.Facet) func(value uint32) int {
	if !f.v.filtered {
		return func(uint32) int { return -1 }
	}
	counts := map[uint32]int{}
	for _, facet := range of(f.v.search) {
		counts[facet.Value] = f.rows(facet.Tally)
	}
	return func(value uint32) int { return counts[value] }
}

// add adds a group, cut to what is listed, unless it is empty.
func add(m *bridge.Facets, g bridge.FacetGroup) {
	if n := len(g.List); n > maxFacets {
		g.List, g.More = g.List[:maxFacets], n-maxFacets
	}
	if len(g.List) > 0 {
		m.Groups = append(m.Groups, g)
	}
}

func (f *faceter) streams(m *bridge.Facets, streams []decode.Stream) {
	g := bridge.FacetGroup{Name: "Streams", Key: "stream"}
	found := f.found((*inspect.Search).Streams)
	for _, t := range f.v.x.Streams() {
		number := strconv.FormatUint(uint64(t.Stream), 10)
		facet := bridge.Facet{Value: number, Name: number, Rows: t.Counts.Rows(), Found: found(t.Stream)}
		if f.v.spec.Exchanges {
			facet.Rows = int(t.Requests)
		}
		if int(t.Stream) < len(streams) {
			if client := address(streams[t.Stream].Client); client != "" {
				facet.Name += " · " + client
				facet.Hint = client + " to " + address(streams[t.Stream].Server)
			}
		}
		g.List = append(g.List, facet)
	}
	add(m, g)
}

func (f *faceter) operations(m *bridge.Facets) {
	g := bridge.FacetGroup{Name: "Operations", Key: "op"}
	found := f.found((*inspect.Search).Operations)
	for _, t := range f.v.x.Operations() {
		if n := f.rows(t.Tally); n > 0 {
			g.List = append(g.List, bridge.Facet{Value: t.Name, Name: t.Name, Rows: n, Found: found(t.Value), Odd: t.Value == walcore.OpUnknown})
		}
	}
	slices.SortStableFunc(g.List, func(a, b bridge.Facet) int { return b.Rows - a.Rows })
	add(m, g)
}

// results has what requests came to, failures first.
func (f *faceter) results(m *bridge.Facets) {
	g := bridge.FacetGroup{Name: "Results", Key: "result"}
	all, found := sumResults(f.v.x.Results()), func(outcomes) int { return -1 }
	if f.v.filtered {
		left := sumResults(f.v.search.Results())
		found = func(o outcomes) int { return o.of(left) }
	}
	if all.failures > 0 {
		g.List = append(g.List, bridge.Facet{Value: "failure", Name: "Failure", Hint: "any failure", Rows: all.failures, Found: found(anyFailure), Odd: true})
	}
	if all.success > 0 {
		g.List = append(g.List, bridge.Facet{Value: "success", Name: "Success", Rows: all.success, Found: found(anySuccess)})
	}
	for _, meaning := range all.meanings {
		g.List = append(g.List, bridge.Facet{Value: meaning, Name: meaning, Rows: all.meant[meaning], Found: found(outcomes(meaning)), Odd: true})
	}
	add(m, g)
}

// outcomes are some results: a meaning of failures, or all of a kind.
type outcomes string

const (
	anyFailure outcomes = "\x00failure"
	anySuccess outcomes = "\x00success"
)

func (o outcomes) of(s resultSums) int {
	switch o {
	case anyFailure:
		return s.failures
	case anySuccess:
		return s.success
	}
	return s.meant[string(o)]
}

// resultSums are counts of responses.
type resultSums struct {
	success, failures int
	meanings          []string // of failures, most first
	meant             map[string]int
}

func sumResults(list []inspect.ResultTotals) resultSums {
	s := resultSums{meant: map[string]int{}}
	for _, t := range list {
		switch {
		case !t.Failure && !t.Code.FailsFor(sata.Command(t.Op)):
			s.success += int(t.Count)
		case !t.Failure:
		default:
			s.failures += int(t.Count)
			if t.Code.Meaning() == "" {
				continue
			}
			if _, ok := s.meant[t.Meaning]; !ok {
				s.meanings = append(s.meanings, t.Meaning)
			}
			s.meant[t.Meaning] += int(t.Count)
		}
	}
	return s
}

func (f *faceter) findings(m *bridge.Facets) {
	g := bridge.FacetGroup{Name: "Diagnostics", Key: "diag"}
	left := map[walcore.Code]int{}
	if f.v.filtered {
		for _, t := range f.v.search.Findings() {
			left[t.Code] = int(t.Count)
		}
	}
	for _, t := range f.v.x.Findings() {
		found := -1
		if f.v.filtered {
			found = left[t.Code]
		}
		g.List = append(g.List, bridge.Facet{Value: t.Code.String(), Name: t.Code.String(), Rows: int(t.Count), Found: found, Odd: true})
	}
	add(m, g)
}
