package page

import (
	"time"

	"satascope/wasm/app/bridge"
)

// How times are shown.
const (
	timeRelative = "relative" // seconds since the earliest row
	timeDelta    = "delta"    // seconds since the row above
	timeUTC      = "utc"      // time of day in UTC
	timeLocal    = "local"    // time of day here
)

// timeForms are the forms in the order in which they follow each other.
var timeForms = []string{timeRelative, timeDelta, timeUTC, timeLocal}

// A timeForm shows times.
type timeForm struct {
	how string
	// offset is how far the clock here is ahead of UTC at a time, in minutes.
	offset func(unixMillis int64) int
	zone   string // the name of the time zone here

	hour  int64 // since 1970, for which ahead was found out
	ahead int
}

// name names the column of times.
func (f *timeForm) name() string {
	switch f.how {
	case timeDelta:
		return "Delta, s"
	case timeUTC:
		return "Time, UTC"
	case timeLocal:
		if f.zone != "" {
			return "Time, " + f.zone
		}
		return "Time, here"
	}
	return "Time, s"
}

// append appends a row's time; nothing when it is not known.
func (f *timeForm) append(dst []byte, r *bridge.Row, base int64) []byte {
	switch f.how {
	case timeDelta:
		if r.Delta == bridge.NoTime {
			return dst
		}
		return appendTime(dst, r.Delta, 0)
	case timeUTC, timeLocal:
		if r.Time == bridge.NoTime {
			return dst
		}
		return f.appendClock(dst, r.Time)
	}
	return appendTime(dst, r.Time, base)
}

// appendClock appends the time of day, to the microsecond: 22:13:20.001 482.
func (f *timeForm) appendClock(dst []byte, ns int64) []byte {
	t := time.Unix(0, ns).UTC().Round(time.Microsecond)
	if f.how == timeLocal && f.offset != nil {
		if hour := t.Unix() / 3600; hour != f.hour || f.hour == 0 {
			f.hour, f.ahead = hour, f.offset(t.UnixMilli())
		}
		t = t.Add(time.Duration(f.ahead) * time.Minute)
	}
	dst = t.AppendFormat(dst, "15:04:05.")
	micros := uint64(t.Nanosecond() / 1000)
	dst = appendThree(dst, micros/1000)
	return appendThree(append(dst, ' '), micros%1000)
}
