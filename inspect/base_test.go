package inspect

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture/unpack"
	"satascope/decode"
	"satascope/walcore"
)

func TestTimesCountFromTheEarliestRow(t *testing.T) {
	d := decode.New(decode.Options{Unpackers: unpack.Native()}, diskFile("../testdata/damaged/only_the_server.pcap"))
	require.Error(t, d.Run(context.Background())) // it has rows all the same
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	x := New(d.Log())
	require.True(t, x.Update(d.Log().Len()))
	before := false
	for i := range d.Log().Len() {
		time := d.Log().At(i).Time
		require.True(t, time == walcore.NoTime || x.Base() <= time, i)
		before = before || time != walcore.NoTime && time < d.Log().At(0).Time
	}
	require.True(t, before, "its first row is not its earliest")
}

func TestLongDurations(t *testing.T) {
	for ns, want := range map[int64]string{3600e9: "1 h 0 min 0 s", 24 * 3600e9: "1 day 0 h 0 min 0 s", 51*3600e9 + 61e9: "2 days 3 h 1 min 1 s"} {
		require.Equal(t, want, string(AppendDuration(nil, ns)))
	}
}
