package page

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/wasm/app/bridge"
)

func TestTimeForms(t *testing.T) {
	base := time.Date(2023, 11, 14, 22, 13, 20, 1_482_400, time.UTC).UnixNano()
	asked := 0
	row := bridge.Row{Time: base + 1_481_902_000, Delta: 495_000}
	show := func(how string) string {
		f := timeForm{how: how, zone: "Asia/Kolkata", offset: func(int64) int { asked++; return 330 }}
		f.append(nil, &row, base)
		return f.name() + ": " + string(f.append(nil, &row, base))
	}
	require.Equal(t, "Time, s: 1.481 902", show(timeRelative))
	require.Equal(t, "Delta, s: 0.000 495", show(timeDelta))
	require.Equal(t, "Time, UTC: 22:13:21.483 384", show(timeUTC))
	require.Equal(t, "Time, Asia/Kolkata: 03:43:21.483 384", show(timeLocal))
	require.Equal(t, 1, asked, "once an hour")
	row = bridge.Row{Time: bridge.NoTime, Delta: bridge.NoTime}
	for _, how := range timeForms {
		require.Regexp(t, `: $`, show(how))
	}
	f := timeForm{how: timeLocal, offset: func(int64) int { return -90 }}
	require.Equal(t, "Time, here", f.name())
}
