package worker

import (
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
	add(m, g)
}

// results has what requests came to, failures first. How many of them a filter
// leaves is not counted.
func (f *faceter) results(m *bridge.Facets) {
	g := bridge.FacetGroup{Name: "Results", Key: "result"}
	success, failures := 0, 0
	var meanings []bridge.Facet
	at := map[string]int{}
	for _, t := range f.v.x.Results() {
		if !t.Failure {
			if !t.Code.FailsFor(sata.Command(t.Op)) {
				success += int(t.Count)
			}
			continue
		}
		failures += int(t.Count)
		if t.Code.Meaning() == "" {
			continue
		}
		if _, ok := at[t.Meaning]; !ok {
			at[t.Meaning] = len(meanings)
			meanings = append(meanings, bridge.Facet{Value: t.Meaning, Name: t.Meaning, Found: -1, Odd: true})
		}
		meanings[at[t.Meaning]].Rows += int(t.Count)
	}
	if failures > 0 {
		g.List = append(g.List, bridge.Facet{Value: "failure", Name: "Failure", Hint: "any failure", Rows: failures, Found: -1, Odd: true})
	}
	if success > 0 {
		g.List = append(g.List, bridge.Facet{Value: "success", Name: "Success", Rows: success, Found: -1})
	}
	g.List = append(g.List, meanings...)
	add(m, g)
}

func (f *faceter) findings(m *bridge.Facets) {
	g := bridge.FacetGroup{Name: "Findings", Key: "diag"}
	for _, t := range f.v.x.Findings() {
		g.List = append(g.List, bridge.Facet{Value: t.Code.String(), Name: t.Code.String(), Rows: int(t.Count), Found: -1, Odd: true})
	}
	add(m, g)
}
