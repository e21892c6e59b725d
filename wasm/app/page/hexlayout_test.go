package page

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/wasm/app/bridge"
)

// walkLines checks that the lines of a layout have all bytes in order, each in
// the column of its offset, and a line for each cut.
func walkLines(t *testing.T, l *hexLayout, parts []bridge.Part, cuts []bridge.Cut) {
	at, k := int64(0), 0
	part, start := 0, int64(0)
	for i := range l.lines {
		line := l.line(i)
		if line.cut >= 0 {
			require.Equal(t, k, line.cut, "line %d", i)
			require.Equal(t, cuts[k].At, at)
			k++
			continue
		}
		require.Equal(t, at, line.from, "line %d", i)
		require.Greater(t, line.to, line.from, "line %d", i)
		for part < len(parts)-1 && at >= start+parts[part].Length {
			start += parts[part].Length
			part++
		}
		require.Equal(t, parts[part].Label+at-start, line.label, "line %d", i)
		require.EqualValues(t, line.label%l.per, line.column)
		require.LessOrEqual(t, int64(line.column)+line.to-line.from, l.per)
		for place := line.from; place < line.to; place++ {
			require.Equal(t, i, l.lineOf(place))
		}
		for place := line.from; place < line.to; place++ {
			require.Equal(t, parts[part].Label+place-start, l.label(place))
		}
		at = line.to
	}
	require.Equal(t, l.length+7, l.label(l.length+7), "what is not there has the offset it would have")
	require.Equal(t, l.length, at)
	require.Equal(t, len(cuts), k)
}

func TestHexLayout(t *testing.T) {
	parts := []bridge.Part{{Start: 5000, Length: 40}}
	l := newHexLayout(16, parts, nil)
	require.Equal(t, 3, l.lines)
	require.Equal(t, hexLine{from: 16, to: 32, label: 16, cut: -1}, l.line(1))
	walkLines(t, &l, parts, nil)

	cuts := []bridge.Cut{{At: 16}, {At: 20}, {At: 22}}
	l = newHexLayout(16, parts, cuts)
	require.Equal(t, 1+1+1+1+1+1+2, l.lines, "bytes of a line that are cut go on below")
	require.Equal(t, hexLine{from: 20, to: 22, label: 20, column: 4, cut: -1}, l.line(4))
	walkLines(t, &l, parts, cuts)

	parts = []bridge.Part{{Label: 100, Length: 30}, {Label: 900, Length: 5}}
	cuts = []bridge.Cut{{At: 30, Missing: 770}}
	l = newHexLayout(16, parts, cuts)
	require.Equal(t, hexLine{from: 0, to: 12, label: 100, column: 4, cut: -1}, l.line(0))
	require.Equal(t, hexLine{from: 30, to: 35, label: 900, column: 4, cut: -1}, l.line(l.lines-1))
	walkLines(t, &l, parts, cuts)

	l = newHexLayout(16, nil, nil)
	require.Zero(t, l.lines)
	require.Zero(t, l.lineOf(7))
}

func TestHexLayoutAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var parts []bridge.Part
		var cuts []bridge.Cut
		length := int64(0)
		for n := 1 + r.IntN(3); n > 0; n-- {
			p := bridge.Part{Label: r.Int64N(1000), Length: 1 + r.Int64N(200)}
			if len(parts) > 0 {
				cuts = append(cuts, bridge.Cut{At: length, Missing: 1})
			}
			end := length + p.Length
			for at := length + 1 + r.Int64N(20); at < end; at += 1 + r.Int64N(40) {
				cuts = append(cuts, bridge.Cut{At: at})
			}
			parts, length = append(parts, p), end
		}
		for _, per := range []int{8, 16} {
			l := newHexLayout(per, parts, cuts)
			require.Equal(t, length, l.length)
			walkLines(t, &l, parts, cuts)
		}
	}
}

func TestHexColumns(t *testing.T) {
	for _, per := range []int{8, 16} {
		for column := range per {
			at := hexColumn(column, per)
			require.Equal(t, column, byteAt(at, per))
			require.Equal(t, column, byteAt(at+1, per))
		}
		require.Equal(t, 0, byteAt(-5, per))
		require.Equal(t, per-1, byteAt(1000, per))
	}
	require.Equal(t, 48, hexWidth(16))
	require.Equal(t, 24, hexWidth(8))
}

func TestAppendOffset(t *testing.T) {
	for n, want := range map[int64]string{0: "000", 0x24: "024", 0xfff: "fff", 0x1000: "1000", 1<<63 - 1: "7fffffffffffffff"} {
		require.Equal(t, want, string(appendOffset(nil, n)))
	}
}

func TestAppendAddress(t *testing.T) {
	for n, want := range map[int64]string{0: "0x00", 0x24: "0x24", 0x53f: "0x53f"} {
		require.Equal(t, want, string(appendAddress(nil, n)))
	}
}

func TestCutText(t *testing.T) {
	text := func(c bridge.Cut, carrier bridge.Carrier) string { return string(appendCutText(nil, &c, carrier)) }
	require.Equal(t, "⋯ packet 9,101 ends here, 9,102 goes on ⋯", text(bridge.Cut{Packet: 9101, Next: 9102}, bridge.CarrierPacket))
	require.Equal(t, "⋯ line 3 ends here, 4 goes on ⋯", text(bridge.Cut{Packet: 3, Next: 4}, bridge.CarrierLine))
	require.Equal(t, "⋯ 1,448 bytes missing here ⋯", text(bridge.Cut{Missing: 1448}, bridge.CarrierPacket))
	require.Equal(t, "⋯ piece 1 ends here, 2 goes on ⋯", text(bridge.Cut{Packet: 1, Next: 2}, bridge.CarrierPiece))
}
