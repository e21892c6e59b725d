package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is done for each of a million rows allocates nothing.
func TestRowsAllocateNothing(t *testing.T) {
	x := New(made(t, 20_000))
	x.Update(1 << 30)
	for _, text := range []string{"op:ReadFile path:*/system1*", "path:file1,/b", "result:failure", `result:"path does not exist"`, "latency:>300us OR time:>5s", `"system1" file1`, "code:fff0ffe9", "fd:3,unknown", "size:64"} {
		f := compile(t, x, text)
		n := 0
		each := func() {
			for i := range x.log.Len() {
				if f.Match(i) {
					n++
				}
			}
			for k := range x.Exchanges() {
				if f.MatchExchange(x.Exchange(k)) {
					n++
				}
			}
		}
		each() // buffers grow, texts are compared
		require.Zero(t, testing.AllocsPerRun(2, each), text)
	}
	buckets := make([]Counts, 500)
	first, last, _ := x.Span()
	require.Zero(t, testing.AllocsPerRun(5, func() { x.Activity(AllStreams, first, last, false, buckets) }), "activity")
	require.Zero(t, testing.AllocsPerRun(5, func() { x.NextMark(100, nil); x.PreviousMark(5000, nil) }), "marks")
	text := make([]byte, 0, 1000)
	// Going back to the first costs a copy of the state there, each time.
	require.Less(t, testing.AllocsPerRun(5, func() {
		for k := range 5000 {
			text = x.AppendOutcome(text[:0], x.Exchange(k))
		}
	}), 100.0, "outcomes")
	p := newReplay(x.log)
	for i := range x.log.Len() {
		p.step(uint32(i), x.log.At(i))
	}
	// Only what is opened is stored, and a map may grow.
	require.Less(t, testing.AllocsPerRun(2, func() {
		for i := range x.log.Len() {
			p.step(uint32(i), x.log.At(i))
		}
	}), 50.0, "replay")
}
