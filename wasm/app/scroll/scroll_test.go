package scroll

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func list(rows int) *Scroller {
	s := &Scroller{}
	s.Resize(rows, 22, 900)
	return s
}

func TestShortListsAreNotScaled(t *testing.T) {
	s := list(10_000)
	require.Equal(t, 220_000.0, s.Height())
	for _, pos := range []float64{0, 1, 21, 22, 5000, 219_100} {
		s.Scrolled(pos)
		require.Equal(t, pos, s.Offset())
		first, end := s.Visible()
		require.Equal(t, int(pos/22), first)
		require.GreaterOrEqual(t, float64(end)*22, pos+900)
	}
}

func TestFewRowsFillNoView(t *testing.T) {
	s := list(3)
	first, end := s.Visible()
	require.Equal(t, [2]int{0, 3}, [2]int{first, end})
	require.True(t, s.Shows(2))
	require.False(t, s.Shows(3))
	require.False(t, s.Shows(-1))
	s.Scrolled(50)
	require.Zero(t, s.Offset())
	require.False(t, s.Reveal(2))
	empty := list(0)
	first, end = empty.Visible()
	require.Equal(t, [2]int{0, 0}, [2]int{first, end})
}

func TestLongListsReachBothEndsByTheThumb(t *testing.T) {
	s := list(5_000_000)
	require.Equal(t, float64(MaxHeight), s.Height())
	s.Scrolled(MaxHeight - 900)
	_, end := s.Visible()
	require.Equal(t, 5_000_000, end)
	s.Scrolled((MaxHeight - 900) / 2)
	first, _ := s.Visible()
	require.InDelta(t, 2_500_000, first, 50)
	s.Scrolled(0)
	first, _ = s.Visible()
	require.Zero(t, first)
}

func TestMappingGoesBothWaysAndNeverBack(t *testing.T) {
	for _, rows := range []int{1000, 381_300, 400_000, 1_000_000, 50_000_000} {
		s := list(rows)
		last := -1.0
		for i := 0; i <= 10_000; i++ {
			pos := s.elementReach() * float64(i) / 10_000
			v := s.virtual(pos)
			require.Greater(t, v, last)
			require.InDelta(t, pos, s.element(v), 1e-3)
			last = v
		}
		require.InDelta(t, s.reach(), last, 1e-6)
	}
}

// The wheel moves the list by what the element moved, wherever it stands, and
// in small steps one can go from one end to the other without a jump.
func TestSmallMovesCountPixelForPixel(t *testing.T) {
	s := list(1_000_000)
	for s.Offset() < s.reach() {
		before := s.Offset()
		rest, _ := s.Settle()
		s.Scrolled(min(rest+120, s.elementReach()))
		require.InDelta(t, min(before+120, s.reach()), s.Offset(), 1, "at %f", before)
	}
	for s.Offset() > 0 {
		before := s.Offset()
		rest, _ := s.Settle()
		s.Scrolled(max(rest-3000, 0))
		require.InDelta(t, max(before-3000, 0), s.Offset(), 1, "at %f", before)
	}
}

func TestSettleKeepsThePlace(t *testing.T) {
	s := list(1_000_000)
	s.Scrolled(4 << 20)
	for range 500 {
		s.Scrolled(s.Position() + 100)
	}
	before := s.Offset()
	pos, moved := s.Settle()
	require.True(t, moved)
	require.Equal(t, before, s.Offset())
	require.InDelta(t, before, s.virtual(pos), 1e-3)
	_, moved = s.Settle()
	require.False(t, moved)
}

func TestRevealShowsTheRowWhole(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, rows := range []int{1, 30, 1000, 1_000_000, 50_000_000} {
		s := list(rows)
		for range 1000 {
			row := rnd.IntN(rows)
			s.Reveal(row)
			top := float64(row)*22 - s.Offset()
			require.GreaterOrEqual(t, top, -1e-6)
			require.LessOrEqual(t, top+22, 900+1e-6)
			require.False(t, s.Reveal(row), "already there")
			s.Center(row)
			require.True(t, s.Shows(row))
		}
	}
}

func TestGrowingListsStayWhereTheyAre(t *testing.T) {
	s := list(1000)
	s.Scrolled(4400)
	for _, rows := range []int{2000, 100_000, 400_000, 3_000_000} {
		s.Resize(rows, 22, 900)
		require.Equal(t, 4400.0, s.Offset())
	}
	s.Resize(10, 22, 900)
	require.Zero(t, s.Offset())
}

func TestRoundingByTheBrowserMovesNothing(t *testing.T) {
	s := list(1_000_000)
	s.Reveal(500_000)
	before := s.Offset()
	s.Placed(math.Round(s.Position()))
	s.Scrolled(math.Round(s.Position()))
	require.Equal(t, before, s.Offset())
}

func TestPage(t *testing.T) {
	require.Equal(t, 40, list(100).Page())
	require.Equal(t, 1, (&Scroller{}).Page())
}

func TestHold(t *testing.T) {
	for _, rows := range []int{1000, 1_000_000} {
		s := list(rows)
		s.Hold(500, 110)
		require.Equal(t, 500*22.0-110, s.Offset())
		require.False(t, s.Hold(500, 110))
		s.Hold(0, 110)
		require.Zero(t, s.Offset(), "no further than the list goes")
	}
}
