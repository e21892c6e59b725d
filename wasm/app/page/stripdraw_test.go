package page

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/wasm/app/bridge"
)

func TestSpanStaysInTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	whole := span{1_700_000_000_000_000_000, 1_700_000_003_200_000_000}
	s := whole
	for range 2000 {
		if r.IntN(2) == 0 {
			s = s.zoom(0.2+2*r.Float64(), r.Float64(), whole, 1000)
		} else {
			s = s.pan(2*r.Float64()-1, whole)
		}
		require.GreaterOrEqual(t, s.from, whole.from)
		require.LessOrEqual(t, s.to, whole.to)
		require.GreaterOrEqual(t, s.to-s.from, int64(900))
	}
	require.Equal(t, whole, s.zoom(1e12, 0.5, whole, 1000))
}

func TestZoomKeepsWhatIsUnderThePointer(t *testing.T) {
	whole := span{0, 999_999}
	s := whole.zoom(0.1, 0.25, whole, 10)
	require.InDelta(t, 100_000, s.length(), 2)
	require.InDelta(t, 250_000, float64(s.at(0.25)), 4)
	require.InDelta(t, 0.25, s.part(250_000), 0.001)
	one := span{7, 7}
	require.Equal(t, one, one.zoom(0.5, 0.5, one, 10), "a single row can't be zoomed")
}

func TestClip(t *testing.T) {
	c, ok := span{5, 20}.clip(span{0, 10})
	require.True(t, ok)
	require.Equal(t, span{5, 10}, c)
	_, ok = span{5, 20}.clip(span{21, 30})
	require.False(t, ok)
}

func TestParseColour(t *testing.T) {
	for text, want := range map[string]rgb{"#0b64bd": {0x0B, 0x64, 0xBD}, "#fff": {255, 255, 255}, "#1a2": {0x11, 0xAA, 0x22}} {
		c, ok := parseColour(text)
		require.True(t, ok)
		require.Equal(t, want, c)
	}
	for _, text := range []string{"", "red", "#12", "#12345", "#gggggg", "#12345678"} {
		_, ok := parseColour(text)
		require.False(t, ok, text)
	}
}

func TestPaint(t *testing.T) {
	c := palette{request: rgb{1, 0, 0}, response: rgb{2, 0, 0}, written: rgb{3, 0, 0}, failure: rgb{4, 0, 0}, finding: rgb{5, 0, 0}, line: rgb{6, 0, 0}}
	p := painting{width: 200, height: 2 * stripHeight(2), scale: 2}
	p.pix = make([]byte, 4*p.width*p.height)
	lanes := [][]bridge.Bucket{make([]bridge.Bucket, 100), make([]bridge.Bucket, 100)}
	lanes[0][10] = bridge.Bucket{Requests: 5, Responses: 4, Failures: 1}
	lanes[1][50] = bridge.Bucket{Written: 1}
	lanes[1][90] = bridge.Bucket{Findings: 1}
	whole := span{0, 999}
	colours := func(x int) map[uint8]bool { // CSS pixels
		seen := map[uint8]bool{}
		for y := range p.height {
			if at := 4 * (y*p.width + 2*x); p.pix[at+3] > 0 {
				seen[p.pix[at]] = true
			}
		}
		return seen
	}
	p.paint(whole, whole, lanes, c)
	require.Equal(t, map[uint8]bool{1: true, 2: true, 4: true, 6: true}, colours(10))
	require.Equal(t, map[uint8]bool{3: true, 6: true}, colours(50))
	require.Equal(t, map[uint8]bool{5: true, 6: true}, colours(90))
	require.Equal(t, map[uint8]bool{6: true}, colours(30), "where nothing happened there is only the line")

	// Counts of the whole, while one has zoomed to a tenth of it.
	p.paint(span{500, 599}, whole, lanes, c)
	require.Equal(t, map[uint8]bool{3: true, 6: true}, colours(5))
	require.Equal(t, map[uint8]bool{6: true}, colours(50))

	p.paint(whole, span{0, -1}, nil, c)
	require.Empty(t, colours(10))

	// A mark at either end is as whole as one in the middle.
	for _, mark := range []bridge.Bucket{{Failures: 1}, {Findings: 1}} {
		var pixels []int
		for _, at := range []int{0, 50, 99} {
			lane := make([]bridge.Bucket, 100)
			lane[at] = mark
			p.paint(whole, whole, [][]bridge.Bucket{lane}, palette{failure: c.failure, finding: c.finding})
			n := 0
			for i := 0; i < len(p.pix); i += 4 {
				if p.pix[i] > 0 {
					n++
				}
			}
			pixels = append(pixels, n)
		}
		require.InEpsilon(t, pixels[1], pixels[0], 0.2) // where it stands between two pixels, it has some more or less
		require.InEpsilon(t, pixels[1], pixels[2], 0.2)
	}
}

func TestTicks(t *testing.T) {
	const base = 1_700_000_000_000_000_000
	text := func(list []tick) (all []string) {
		for _, k := range list {
			all = append(all, k.text)
		}
		return all
	}
	list := ticks(span{base, base + 3_200_000_000}, base, false, 8)
	require.Equal(t, []string{"0.0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s"}, text(list))
	require.EqualValues(t, base+500_000_000, list[1].at)
	require.Equal(t, []string{"1.4820 s", "1.4822 s", "1.4824 s"}, text(ticks(span{base + 1_481_900_000, base + 1_482_500_000}, base, false, 4)))
	require.Equal(t, []string{"-0.2 s", "-0.1 s", "0.0 s"}, text(ticks(span{base - 250_000_000, base}, base, false, 4)))
	require.Equal(t, []string{"20", "40", "60", "80", "100", "120"}, text(ticks(span{0, 119}, 0, true, 6)))
	require.Empty(t, ticks(span{5, 5}, 0, true, 6))
	require.Empty(t, ticks(span{0, 50}, 0, true, 0))
	for length := int64(1); length > 0 && length < 1<<62; length *= 3 {
		require.LessOrEqual(t, len(ticks(span{base, base + length}, base, false, 10)), 11)
	}
}

func TestRangeTerm(t *testing.T) {
	const base = 1_700_000_000_000_000_000
	require.Equal(t, "time:1.2s..1.9s", rangeTerm(span{base + 1_200_000_000, base + 1_900_000_000}, base, false, 0))
	require.Equal(t, "time:-0.000001s..0s", rangeTerm(span{base - 1000, base}, base, false, 1))
	require.Equal(t, "no:1..340", rangeTerm(span{0, 339}, base, true, 1))
	// As many digits as a pixel has, and both ends stay in the range.
	some := span{base + 431_987_123, base + 612_345_678}
	require.Equal(t, "time:0.431987123s..0.612345678s", rangeTerm(some, base, false, 1))
	require.Equal(t, "time:0.431s..0.613s", rangeTerm(some, base, false, 1_140_000))
	require.Equal(t, "time:0.43s..0.62s", rangeTerm(some, base, false, 10_000_000))
	require.Equal(t, "time:0s..1s", rangeTerm(some, base, false, 60_000_000_000))
	require.Equal(t, "time:-0.62s..-0.43s", rangeTerm(span{base - 612_345_678, base - 431_987_123}, base, false, 99_000_000))
}
