package page

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPicks(t *testing.T) {
	var p picks
	require.False(t, p.has(0))
	p.begin(5)
	require.Zero(t, p.count(), "one selected row is no choice of several")
	p.extend(9, 2)
	require.Equal(t, []stretch{{2, 6}}, p.ranges)
	p.extend(0, 8)
	require.Equal(t, []stretch{{5, 9}}, p.ranges, "from the anchor on")
	p.toggle(20, 7)
	p.toggle(6, 7)
	require.Equal(t, []stretch{{5, 6}, {7, 9}, {20, 21}}, p.ranges)
	p.extend(0, 8)
	require.Equal(t, []stretch{{6, 9}}, p.ranges, "from the last one on")
	p.clear()
	p.extend(3, 4)
	require.Equal(t, []stretch{{3, 5}}, p.ranges)
	p.clear()
	p.toggle(3, 7)
	require.Equal(t, []stretch{{3, 4}, {7, 8}}, p.ranges, "the selected one is among them")
	p.toggle(7, 3)
	p.toggle(3, 3)
	require.Zero(t, p.count())
}

// Held against a plain set.
func TestPicksAreASet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var p picks
	set := map[int]bool{}
	p.begin(0)
	p.add(stretch{50, 51})
	set[50] = true
	for range 2000 {
		n := r.IntN(30)
		p.toggle(n, -1)
		set[n] = !set[n]
		count := 0
		for i := range 60 {
			require.Equal(t, set[i], p.has(i), "%v", p.ranges)
			if set[i] {
				count++
			}
		}
		require.Equal(t, count, p.count())
		for i := 1; i < len(p.ranges); i++ {
			require.Less(t, p.ranges[i-1].to, p.ranges[i].from)
		}
	}
}
