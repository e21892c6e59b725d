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
	require.Equal(t, "2023-11-14 20:43:20.001482 UTC-1:30", f.full(base))
	require.Equal(t, "Time, here", f.name())
	for zone, want := range map[string]string{"America/Argentina/Buenos_Aires": "Time, Buenos Aires", "UTC": "Time, UTC", "": "Time, here"} {
		f.zone = zone
		require.Equal(t, want, f.head())
	}
	f.how = timeRelative
	require.Equal(t, "2023-11-14 22:13:20.001482 UTC", f.full(base))
	require.Empty(t, f.full(bridge.NoTime))
}

func TestTimesHaveRoom(t *testing.T) {
	noon := time.Date(2023, 12, 31, 12, 0, 0, 0, time.UTC).UnixNano()
	const hour = int64(time.Hour)
	for name, c := range map[string]struct {
		how         string
		first, last int64
		longest     int64 // the time that takes the most room
		want        string
	}{
		"seconds":                          {timeRelative, noon, noon + 9*hour, noon + 9*hour, "32400.000 000"},
		"seconds back in time":             {timeDelta, noon, noon + 9*hour, noon, "-32400.000 000"},
		"a day":                            {timeUTC, noon, noon + 11*hour, noon + 11*hour, "23:00:00.000 000"},
		"over midnight":                    {timeUTC, noon - 13*hour, noon, noon, "12-31 12:00:00.000 000"},
		"over the year's end":              {timeUTC, noon, noon + 13*hour, noon, "2023-12-31 12:00:00.000 000"},
		"one day in UTC, two here":         {timeLocal, noon - 24*hour, noon - 17*hour, noon - 17*hour, "12-31 00:30:00.000 000"},
		"two days in UTC, one here":        {timeLocal, noon - 13*hour, noon, noon - 13*hour, "04:30:00.000 000"},
		"not known while it is decoded":    {timeUTC, bridge.NoTime, bridge.NoTime, noon, "12:00:00.000 000"},
		"the same, since the earliest row": {timeRelative, bridge.NoTime, bridge.NoTime, noon, "0.000 000"},
	} {
		f := timeForm{how: c.how, first: c.first, last: c.last, offset: func(int64) int { return 330 }}
		room := f.fit(true)
		row, base := bridge.Row{Time: c.longest, Delta: c.first - c.last}, c.first
		if base == bridge.NoTime {
			base = noon
		}
		require.Equal(t, c.want, string(f.append(nil, &row, base)), name)
		require.Equal(t, max(len(c.want), 12), room, name)
	}
	f := timeForm{how: timeUTC, first: noon, last: noon + 13*hour}
	require.Equal(t, len("01:00:00.000 000"), f.fit(false), "no room for dates")
	require.Equal(t, "01:00:00.000 000", string(f.append(nil, &bridge.Row{Time: f.last}, noon)), "no room for dates")
}
