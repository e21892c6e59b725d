package inspect

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/walcore"
)

func TestMarks(t *testing.T) {
	x := New(made(t, 5_000))
	x.Update(1 << 30)
	s := x.Search(compile(t, x, "stream:2"), Rows)
	for !s.Scan(1000) {
	}
	marked := func(i int) bool { r := x.log.At(i); return r.Kind == walcore.Diagnostic || Failed(r) }
	for _, rows := range [][]uint32{nil, s.Found()} {
		in := func(i int) bool { return rows == nil || x.log.At(i).Stream == 2 }
		for i := -1; i <= x.Len(); i += 13 {
			want := -1
			for k := i + 1; k < x.Len() && want < 0; k++ {
				if marked(k) && in(k) {
					want = k
				}
			}
			require.Equal(t, want, x.NextMark(i, rows), "after %d", i)
			want = -1
			for k := min(i, x.Len()) - 1; k >= 0 && want < 0; k-- {
				if marked(k) && in(k) {
					want = k
				}
			}
			require.Equal(t, want, x.PreviousMark(i, rows), "before %d", i)
		}
	}
	require.Equal(t, -1, x.NextMark(-1, []uint32{}))
	require.NotEmpty(t, x.Marks())
}

func TestFind(t *testing.T) {
	x := New(made(t, 4_000))
	s := x.Search(compile(t, x, "stream:2"), Rows)
	for !s.Scan(1000) {
	}
	find := func(text string, i int, backwards bool, rows []uint32) int {
		d := x.Find(text, i, backwards, rows)
		for {
			if row, found, done := d.Next(50); found || done {
				if !found {
					return -1
				}
				return row
			}
		}
	}
	for _, rows := range [][]uint32{nil, s.Found()} {
		var hits []int
		for i := range x.log.Len() {
			if (rows == nil || x.log.At(i).Stream == 2) && strings.Contains(line(x, i), "file11") {
				hits = append(hits, i)
			}
		}
		require.Greater(t, len(hits), 3)
		for k, at := range hits {
			next := hits[(k+1)%len(hits)]
			require.Equal(t, next, find("file11", at, false, rows), "after %d", at)
			require.Equal(t, hits[(k+len(hits)-1)%len(hits)], find("file11", at, true, rows), "before %d", at)
			require.Equal(t, at, find("file11", at-1, false, rows))
		}
		require.Equal(t, -1, find("nowhere to be found", 5, false, rows))
		require.Equal(t, hits[len(hits)-1], find("file11", x.log.Len(), true, rows))
		require.Equal(t, hits[0], find("file11", x.log.Len(), false, rows))
	}
	require.Equal(t, -1, find("", 5, false, nil))
	require.Equal(t, -1, find("FILE11", 5, false, nil), "a capital counts")

	// One hit only: it is found again from itself.
	rows := []uint32{uint32(find("file11", 0, false, nil))}
	require.Equal(t, int(rows[0]), find("file11", int(rows[0]), false, rows))
	d := x.Find("file11", -1, false, rows)
	require.Equal(t, []Range{{From: 5, To: 11}}, d.Ranges(nil, []byte("path=file11x.xml"))[:1])
}
