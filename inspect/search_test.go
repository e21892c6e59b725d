package inspect

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

var searches = []string{
	"", "op:ReadFile", "path:*system1*", "result:failure", "result:none", "-result:none", "latency:>300us",
	"kind:request -result:failure", "config OR diag:*", "kind:written", "diag:*", "size:64 OR result:notthere OR stream:3",
}

func searchTexts() (texts []string) {
	for _, s := range searches {
		if s != "size:64 OR result:notthere OR stream:3" {
			texts = append(texts, s)
		}
	}
	return append(texts, "size:64 OR stream:3", "-(op:ReadFile OR op:OpenFile) stream:1,2")
}

// brute is what a search must find, asked one by one.
func brute(x *Index, f *Filter, unit Unit) (found []uint32) {
	if unit == Exchanges {
		for k := range x.Exchanges() {
			if f.MatchExchange(x.Exchange(k)) {
				found = append(found, uint32(k))
			}
		}
		return found
	}
	for i := range x.log.Len() {
		k := x.ExchangeOf(i)
		if f.Match(i) || unit == Pairs && k >= 0 && f.MatchExchange(x.Exchange(k)) {
			found = append(found, uint32(i))
		}
	}
	return found
}

func TestSearch(t *testing.T) {
	x := New(made(t, 20_000))
	for _, text := range searchTexts() {
		for _, unit := range []Unit{Rows, Pairs, Exchanges} {
			f := compile(t, x, text)
			s := x.Search(f, unit)
			for !s.Scan(700) {
				require.LessOrEqual(t, s.Scanned(), x.log.Len())
			}
			want := brute(x, f, unit)
			require.Equal(t, want, append([]uint32(nil), s.Found()...), "%q %d", text, unit)
			require.Equal(t, len(want), s.Count())
			requireTallies(t, x, s)
			require.True(t, s.Scan(1), "nothing more to do")
			require.Equal(t, len(want), s.Count())
		}
	}
}

// requireTallies counts what was found again.
func requireTallies(t *testing.T, x *Index, s *Search) {
	operations, streams := map[uint32]Tally{}, map[uint32]Tally{}
	for _, n := range s.Found() {
		row := n
		if s.unit == Exchanges {
			row = x.Exchange(int(n)).Request
		}
		r := x.log.At(int(row))
		one := Tally{Rows: 1}
		if r.Kind == walcore.Request {
			one.Requests = 1
		}
		st := streams[r.Stream]
		streams[r.Stream] = Tally{st.Rows + one.Rows, st.Requests + one.Requests}
		if r.Kind != walcore.Diagnostic {
			op := operations[uint32(r.Op)]
			operations[uint32(r.Op)] = Tally{op.Rows + one.Rows, op.Requests + one.Requests}
		}
	}
	got := map[uint32]Tally{}
	for i, f := range s.Operations() {
		got[f.Value] = f.Tally
		require.Equal(t, operationName(uint8(f.Value)), f.Name)
		if i > 0 {
			require.GreaterOrEqual(t, s.Operations()[i-1].Requests, f.Requests)
		}
	}
	require.Equal(t, operations, got)
	got = map[uint32]Tally{}
	for _, f := range s.Streams() {
		got[f.Value] = f.Tally
	}
	require.Equal(t, streams, got)
	rows := s.Found()
	if s.unit == Exchanges {
		rows = nil
		for i := range x.log.Len() {
			if k := x.ExchangeOf(i); k >= 0 && slices.Contains(s.Found(), uint32(k)) {
				rows = append(rows, uint32(i))
			}
		}
	}
	results, findings := map[codeOf]uint32{}, map[walcore.Code]uint32{}
	for _, n := range rows {
		r := x.log.At(int(n))
		if code, has := r.Result(); r.Kind == walcore.Response && has {
			if isCount(r) {
				code = sata.Success
			}
			results[codeOf{code, r.Op}]++
		}
		if r.Kind == walcore.Diagnostic {
			findings[walcore.Code(r.Op)]++
		}
	}
	for _, f := range s.Results() {
		require.Equal(t, results[codeOf{f.Code, f.Op}], f.Count)
		delete(results, codeOf{f.Code, f.Op})
	}
	require.Empty(t, results)
	for _, f := range s.Findings() {
		require.Equal(t, findings[f.Code], f.Count)
		delete(findings, f.Code)
	}
	require.Empty(t, findings)
}

// A search over a log that grows finds in the end what one over the whole finds.
func TestSearchWhileItGrows(t *testing.T) {
	c := newTalk(t)
	x := New(c.m.Log())
	random := rand.New(rand.NewPCG(3, 4))
	var all []*Search
	for _, text := range searchTexts() {
		for _, unit := range []Unit{Rows, Pairs, Exchanges} {
			all = append(all, x.Search(compile(t, x, text), unit))
		}
	}
	c.hook = func() {
		for _, s := range all {
			if random.IntN(20) == 0 {
				s.Scan(random.IntN(60))
			}
		}
	}
	talkOf(c, 3_000)
	// Some stay without an answer, one of them for good.
	for range 3 {
		c.ask(2, sata.Request{Command: sata.Remove, Path: []byte("/config")})
	}
	c.answer(2, sata.Response{Result: sata.Refused})
	c.m.EndStream(2, walcore.At{Time: c.now})
	for _, s := range all {
		for !s.Scan(100) {
		}
		fresh := x.Search(compile(t, x, s.f.String()), s.unit)
		for !fresh.Scan(1 << 20) {
		}
		require.Equal(t, fresh.Found(), s.Found(), "%q %d", s.f, s.unit)
		requireTallies(t, x, s)
	}
}

func TestFacets(t *testing.T) {
	x, _ := filters(t)
	names := map[string]Tally{}
	for _, f := range x.Operations() {
		names[f.Name] = f.Tally
	}
	require.Equal(t, Tally{Rows: 3, Requests: 1}, names["WriteFile"])
	require.Equal(t, Tally{Rows: 1, Requests: 1}, names["GetFilePosition"])
	require.Equal(t, Tally{Rows: 4, Requests: 2}, names["ReadFolder"])
	require.Equal(t, "ReadFolder", x.Operations()[0].Name, "most first")
}
