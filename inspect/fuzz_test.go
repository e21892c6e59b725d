package inspect

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

var filterSeeds = []string{
	"", " ", "op:ReadFile,OpenFile path:*/config/* stream:0 result:failure latency:>5ms size:>64k time:1.2s..1.9s code:fff0ffe9 \"free text\"",
	"-op:Ping (a OR b) AND -(c d)", `path:="/vol/a b.txt","x"`, "fd:unknown,-1 diag:* kind:data dir:in packet:1.. no:..7", `"\"\\"`, "->OpenFile Offset(1)",
	"time:2023-11-14T22:13:20Z..2023-11-14T22:13:21.5+01:00 time:>1:02.5", "--a", `latency:">= 5 ms"`, "OR", "a OR", "(((", `"`, "op:,", "size:=5 size:..",
	"path:?*?b*", "\u00a0ÀB\xff",
}

// Parsing never fails but with a Mistake that lies in the text; what parses is
// the same when it was printed and parsed again, and matches the same rows.
func FuzzFilter(f *testing.F) {
	for _, s := range filterSeeds {
		f.Add(s)
	}
	x := New(made(f, 400))
	x.Update(1 << 30)
	text := make([]byte, 0, 1000)
	f.Fuzz(func(t *testing.T, s string) {
		e, m := parse(s)
		if m != nil {
			require.True(t, 0 <= m.From && m.From <= m.To && m.To <= len(s), "%q: %d to %d", s, m.From, m.To)
			require.NotEmpty(t, m.Error())
			return
		}
		printed := printed(e)
		again, m := parse(printed)
		require.Nil(t, m, "%q printed as %q: %v", s, printed, m)
		require.True(t, reflect.DeepEqual(plainExpr(e), plainExpr(again)), "%q printed as %q", s, printed)
		one, m := x.Compile(s)
		two, m2 := x.Compile(printed)
		require.Equal(t, m == nil, m2 == nil, "%q", s)
		if m != nil {
			require.True(t, 0 <= m.From && m.From <= m.To && m.To <= len(s), "%q: %d to %d", s, m.From, m.To)
			return
		}
		require.Equal(t, printed, one.String())
		for i := range x.log.Len() {
			if one.Match(i) != two.Match(i) {
				t.Fatalf("%q and %q differ at row %d", s, printed, i)
			}
			if i%20 == 0 {
				text, _ = x.log.AppendVisibleText(text[:0], i, 200)
				last := 0
				for _, r := range one.Highlights(nil, i, text) {
					if r.Place == InText {
						require.True(t, last <= r.From && r.From < r.To && r.To <= len(text), "%q in %q: %v", s, text, r)
						last = r.To
					}
				}
			}
		}
		for k := range x.Exchanges() {
			require.Equal(t, one.MatchExchange(x.Exchange(k)), two.MatchExchange(x.Exchange(k)), "%q", s)
		}
	})
}

// Completion gives replacements that lie in the text, at any cursor.
func FuzzComplete(f *testing.F) {
	for i, s := range filterSeeds {
		f.Add(s, i)
	}
	x := New(made(f, 400))
	x.Update(1 << 30)
	f.Fuzz(func(t *testing.T, s string, cursor int) {
		all := x.Complete(s, cursor)
		require.LessOrEqual(t, len(all), maxSuggestions)
		for _, c := range all {
			require.True(t, 0 <= c.From && c.From <= c.To && c.To <= len(s), "%q", s)
			require.NotEmpty(t, c.Text)
		}
		With(s, "path", s, true)
		Without(s, "path", s)
		if s != "" {
			term := Term("path", s, false)
			e, m := parse(term)
			require.Nil(t, m, "%q", term)
			require.Equal(t, s, e.term.values[0].text)
		}
	})
}
