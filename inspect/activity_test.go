package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

// slow counts as Activity does, row by row.
func slow(x *Index, stream uint32, from, to int64, byRow bool, width int) []Counts {
	buckets := make([]Counts, width)
	scale := float64(width) / (float64(to) - float64(from) + 1)
	for i := range x.log.Len() {
		r := x.log.At(i)
		at := r.Time
		if byRow {
			at = int64(i)
		}
		if stream != AllStreams && r.Stream != stream || at < from || at > to || !byRow && at == walcore.NoTime {
			continue
		}
		buckets[min(int(float64(at-from)*scale), width-1)].take(r)
	}
	return buckets
}

func TestActivity(t *testing.T) {
	x := New(made(t, 30_000))
	x.Update(1 << 30)
	first, last, byRow := x.Span()
	require.False(t, byRow)
	for _, c := range []struct {
		from, to int64
		byRow    bool
		width    int
	}{
		{first, last, false, 2000}, {first, last, false, 1}, {first + 1e9, first + 2e9, false, 333}, {first, first, false, 5},
		{first - 1e9, last + 1e9, false, 100}, {last + 1, last + 2, false, 10},
		{0, int64(x.Len() - 1), true, 2000}, {100, 200, true, 7}, {5, 5, true, 3},
	} {
		for _, stream := range []uint32{0, 3, AllStreams, 99} {
			got := make([]Counts, c.width)
			x.Activity(stream, c.from, c.to, c.byRow, got)
			require.Equal(t, slow(x, stream, c.from, c.to, c.byRow, c.width), got, "%v stream %d", c, stream)
		}
	}
	x.Activity(0, 5, 4, false, make([]Counts, 3))
	x.Activity(0, 5, 6, false, nil)
	all := make([]Counts, 1)
	x.Activity(AllStreams, first, last, false, all)
	require.Equal(t, x.log.Len(), all[0].Rows())
	require.Greater(t, all[0].Failures, uint32(100))
	require.Greater(t, all[0].Findings, uint32(10))
	sum := 0
	for _, s := range x.Streams() {
		sum += s.Rows()
		require.LessOrEqual(t, s.First, s.Last)
		require.Less(t, s.FirstRow, s.LastRow)
	}
	require.Equal(t, x.log.Len(), sum)
}

func TestActivityWithoutTimes(t *testing.T) {
	x, _ := decoded(t, "events/boot.jsonl")
	from, to, byRow := x.Span()
	require.True(t, byRow)
	require.Equal(t, []int64{0, int64(x.Len() - 1)}, []int64{from, to})
	got := make([]Counts, 10)
	x.Activity(AllStreams, from, to, byRow, got)
	require.Equal(t, slow(x, AllStreams, from, to, byRow, 10), got)
	require.Equal(t, -1, x.RowAt(5))

	// Some rows have times, some have none.
	c := newTalk(t)
	for i := range 200 {
		if i%3 == 0 {
			c.m.Request(0, walcore.Message{Head: []byte("x"), Length: 1, At: walcore.At{Time: walcore.NoTime}})
		}
		c.ask(0, sata.Request{Command: sata.StatFile})
	}
	x = c.index()
	from, to, byRow = x.Span()
	require.False(t, byRow)
	got = make([]Counts, 3)
	x.Activity(0, from, to, byRow, got)
	require.Equal(t, slow(x, 0, from, to, byRow, 3), got)
	require.Equal(t, 200, got[0].Rows()+got[1].Rows()+got[2].Rows())
}

func TestRowAt(t *testing.T) {
	x := New(made(t, 5_000))
	x.Update(1 << 30)
	from, to, _ := x.Span()
	for _, i := range []int{0, 1, 700, 4000, x.Len() - 1} {
		at := x.log.At(i).Time
		require.Equal(t, i, x.RowAt(at))
		require.Equal(t, i, x.RowAt(at+1))
		require.Equal(t, max(0, i-1), x.RowAt(at-1))
	}
	require.Equal(t, 0, x.RowAt(from-5))
	require.Equal(t, x.Len()-1, x.RowAt(to+5))
}
