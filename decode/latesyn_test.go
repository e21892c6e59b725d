package decode

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/walcore"
)

// A SYN that was captured behind data of its connection tells where that begins:
// the log is that of the packets in their order, on any port.
func TestSYNBehindData(t *testing.T) {
	for _, name := range []string{"captures/plain.pcap", "captures/port_17500.pcap"} {
		l := readLossy(t, golden+name)
		whole := New(Options{}, l.write(all))
		require.NoError(t, whole.Run(t.Context()))
		for _, order := range [][]int{{3, 0, 1, 2}, {3, 4, 0, 1, 2}, {5, 0, 3, 1, 2, 4}, {5, 3, 0, 1, 2, 4}, {7, 0, 1, 2, 3, 4, 5, 6}} {
			moved := l.moved(order)
			var progress Progress
			d := New(Options{Progress: func(p Progress) { progress = p }}, moved.write(all))
			require.NoError(t, d.Run(t.Context()))
			got := written(t, d, walcore.Selection{Compatible: true})
			if want := string(goldenLog(t, golden+name)); order[0] == 7 { // the second request was captured before the first response
				require.Len(t, got, len(want), order)
			} else {
				require.Equal(t, want, got, order)
			}
			require.Equal(t, whole.Log().Diagnostics(), d.Log().Diagnostics(), order)
			require.True(t, d.Streams()[0].Began, order)
			require.Positive(t, progress.Pass, order)
			r := d.Log().At(0)
			b, err := d.Rest(nil, r, 0, int(r.Length))
			require.NoError(t, err)
			var s capture.Segment
			require.True(t, l.packets[3].Segment(&s))
			require.Equal(t, s.Payload[:r.Length], b, order)
		}
	}
}

// moved has the packets of those places first.
func (l lossy) moved(order []int) lossy {
	moved := lossy{link: l.link, packets: slices.Clone(l.packets)}
	for i, from := range order {
		moved.packets[i].Data = l.packets[from].Data
	}
	return moved
}

// A log that is full is not filled once more for the sake of a SYN.
func TestSYNBehindDataInAFullLog(t *testing.T) {
	moved := readLossy(t, golden+"captures/plain.pcap").moved([]int{3, 0, 1, 2})
	for records, passes := range map[int]int{100: 0, 10_000: 1} {
		var progress Progress
		d := New(Options{Limits: walcore.Limits{Records: records}, Progress: func(p Progress) { progress = p }}, moved.write(all))
		err := d.Run(t.Context())
		require.Equal(t, passes == 0, err != nil, records)
		require.Equal(t, passes, progress.Pass, records)
		if err != nil {
			require.ErrorContains(t, err, "the log is full")
			require.Equal(t, records, d.Log().Len())
		}
	}
}
