package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/decode"
	"satascope/walcore"
)

func TestPackets(t *testing.T) {
	segments := []decode.Segment{{Offset: 0, Length: 100, File: 1000, Packet: 1}, {Offset: 100, Length: 50, File: 2000, Packet: 4}, {Offset: 160, Length: 10, File: 3000, Packet: 9}}
	of := func(offset int64, length uint64) (all [][5]int64) {
		for _, p := range Packets(segments, &walcore.Record{Offset: offset, Length: length}) {
			all = append(all, [5]int64{int64(p.At), p.Offset, int64(p.Length), p.File, int64(p.Segment.Packet)})
		}
		return all
	}
	require.Equal(t, [][5]int64{{0, 0, 100, 1000, 1}}, of(0, 100))
	require.Equal(t, [][5]int64{{0, 90, 10, 1090, 1}, {10, 100, 50, 2000, 4}, {70, 160, 5, 3000, 9}}, of(90, 75), "ten bytes are missing")
	require.Equal(t, [][5]int64{{0, 110, 20, 2010, 4}}, of(110, 20))
	require.Empty(t, of(150, 10))
	require.Empty(t, of(170, 10))
	require.Empty(t, of(50, 0))
	require.Len(t, of(0, 1<<63), 3)
}

// In the golden files the pieces of every message are all of it.
func TestPacketsOfGoldenFiles(t *testing.T) {
	for _, name := range goldenFiles(t) {
		x, d := decoded(t, name)
		for i := range x.log.Len() {
			r := x.log.At(i)
			if r.Kind != walcore.Request && r.Kind != walcore.Response {
				continue
			}
			end := uint64(0)
			for _, p := range Packets(d.Segments(r.Stream, r.FromServer()), r) {
				require.Equal(t, end, p.At)
				end += uint64(p.Length)
			}
			require.Equal(t, r.Length, end, "%s row %d: %s", name, i, line(x, i))
		}
	}
}

func TestFlags(t *testing.T) {
	require.Equal(t, "PSH ACK", string(AppendFlags(nil, 0x18)))
	require.Equal(t, "SYN", string(AppendFlags(nil, 2)))
	require.Empty(t, AppendFlags(nil, 0))
}
