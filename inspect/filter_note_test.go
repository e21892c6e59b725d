package inspect

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNotesAreFound(t *testing.T) {
	x, at := filters(t)
	require.Empty(t, found(t, x, "note:*"), "an index without notes")
	notes := map[int]Note{
		at["open"]:    {Text: "Why is this\nopened twice?"},
		at["read"]:    {Text: "short, and marked", Marked: true},
		at["rename"]:  {Marked: true},
		at["finding"]: {Text: "ПРИВЕТ"},
	}
	x.SetNotes(func(i int) (Note, bool) { n, has := notes[i]; return n, has })
	for _, c := range []struct {
		text string
		rows []string
	}{
		{"note:*", []string{"open", "read", "rename", "finding"}},
		{"note:?*", []string{"open", "read", "finding"}},
		{"note:marked", []string{"read", "rename"}},
		{"note:Marked", []string{"read", "rename"}},
		{"note:why", []string{"open"}},
		{"note:WHY", nil},
		{`note:"is this"`, []string{"open"}},
		{"note:привет", []string{"finding"}},
		{"note:why,short", []string{"open", "read"}},
		{`note:="short, and marked"`, []string{"read"}},
		{"note:=short", nil},
		{"note:why*twice?", []string{"open"}},
		{"note:* op:ReadFile", []string{"read"}},
		{"twice", []string{"open"}},
		{"Twice", nil},
		{`opened OR "and marked"`, []string{"open", "read"}},
	} {
		var want []int
		for _, name := range c.rows {
			want = append(want, at[name])
		}
		require.Equal(t, want, found(t, x, c.text), c.text)
		require.Len(t, found(t, x, "-("+c.text+")"), x.log.Len()-len(want), c.text)
	}
	exchange := x.Exchange(x.ExchangeOf(at["read"]))
	require.True(t, compile(t, x, "note:short").MatchExchange(exchange))
	require.False(t, compile(t, x, "note:why").MatchExchange(exchange))

	for text, asks := range map[string]bool{"note:x": true, "op:Ping -x": true, "-(stream:1 OR note:*)": true, "op:Ping": false, "": false} {
		require.Equal(t, asks, compile(t, x, text).AsksNotes(), text)
	}
	var words []string
	for _, s := range x.Complete("note:", 5) {
		words = append(words, s.Text)
	}
	require.Equal(t, []string{"*", "marked"}, words)
}

func TestNotesAreLit(t *testing.T) {
	x, at := filters(t)
	shown := "why‹LF›this? Why!"
	notes := map[int]Note{at["open"]: {Text: "why\nthis? Why!"}, at["read"]: {Text: "this", Marked: true}, at["rename"]: {Marked: true}}
	x.SetNotes(func(i int) (Note, bool) { n, has := notes[i]; return n, has })
	for text, want := range map[string][]string{
		"note:why": {"why", "Why"}, "note:Why": {"Why"}, "why OR this": {"why", "this", "Why"}, "note:*": {shown}, "note:*this*": {"this"},
		"note:=\"why\nthis? Why!\"": {shown}, "-note:zzz": nil, "note:\"\nthis\"": {"‹LF›this"}, "note:zzz OR stream:0": nil, "": nil,
	} {
		var got []string
		for _, r := range compile(t, x, text).HighlightNote(nil, at["open"], []byte(shown)) {
			require.Equal(t, InText, r.Place)
			got = append(got, shown[r.From:r.To])
		}
		require.Equal(t, want, got, text)
	}
	// A mark stands beside the row's number.
	number := []Range{{Place: InNumber}}
	require.Equal(t, number, compile(t, x, "note:marked").Highlights(nil, at["read"], nil))
	require.Empty(t, compile(t, x, "note:this").Highlights(nil, at["read"], nil))
	require.Equal(t, number, compile(t, x, "note:*").Highlights(nil, at["rename"], nil))
	require.Empty(t, compile(t, x, "note:*").Highlights(nil, at["open"], nil))
	e := x.Exchange(x.ExchangeOf(at["rename"]))
	f := compile(t, x, "note:marked")
	require.Len(t, f.HighlightCell(nil, e, ByNumber, nil), 1)
	require.Empty(t, f.HighlightCell(nil, e, ByTime, nil))
}

// Notes come and go while a search's answer is shown; it follows.
func TestRecheck(t *testing.T) {
	x := New(made(t, 3_000))
	x.Update(1 << 30)
	notes := map[int]Note{}
	x.SetNotes(func(i int) (Note, bool) { n, has := notes[i]; return n, has })
	random := rand.New(rand.NewPCG(1, 2))
	for _, text := range []string{"note:*", "-note:why", "note:why OR op:ReadFile", "why", "note:* stream:1,2"} {
		for _, unit := range []Unit{Rows, Pairs, Exchanges} {
			clear(notes)
			f := compile(t, x, text)
			s := x.Search(f, unit)
			s.Scan(1000)
			for range 60 {
				row := random.IntN(x.log.Len())
				switch random.IntN(3) {
				case 0:
					delete(notes, row)
				case 1:
					notes[row] = Note{Marked: true}
				default:
					notes[row] = Note{Text: "why?"}
				}
				s.Recheck(row)
			}
			for _, row := range []int{10, 11, 12} { // also what has a note already
				notes[row] = Note{Text: "other"}
				s.Recheck(row)
			}
			for !s.Scan(1000) {
			}
			require.Equal(t, brute(x, f, unit), append([]uint32(nil), s.Found()...), "%q %d", text, unit)
			requireTallies(t, x, s)
		}
	}
}
