package page

import (
	"strconv"
	"strings"
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

	// first and last are the times of the file's earliest and latest row: NoTime
	// while it is decoded, and where it has none.
	first, last int64
	day         string // how a date stands before the time of day; "" where all rows are of one day

	hour  int64 // since 1970, for which ahead was found out
	ahead int
}

// clock says whether times of day are shown.
func (f *timeForm) clock() bool { return f.how == timeUTC || f.how == timeLocal }

// fit finds out whether rows need their dates, which they get where there is room,
// and gives how many characters the longest time has, no less than usual ones.
func (f *timeForm) fit(room bool) int {
	const usual = len("1234.567 890")
	f.day = ""
	known := f.first != bridge.NoTime && f.last != bridge.NoTime
	switch {
	case f.clock():
		if known && room {
			first, last := f.here(f.first), f.here(f.last)
			switch {
			case first.Year() != last.Year():
				f.day = "2006-01-02 "
			case first.YearDay() != last.YearDay():
				f.day = "01-02 "
			}
		}
		return len(f.day) + len("15:04:05.000 000")
	case known:
		sign := 0
		if f.how == timeDelta {
			sign = 1 // rows may go back in time
		}
		return max(len(appendTime(nil, f.last, f.first))+sign, usual)
	}
	return usual
}

// here is a time in the zone of the form.
func (f *timeForm) here(ns int64) time.Time {
	t := time.Unix(0, ns).UTC()
	if f.how == timeLocal && f.offset != nil {
		t = t.Add(time.Duration(f.offset(t.UnixMilli())) * time.Minute)
	}
	return t
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

// head names the column where there is room for few words: of a time zone, by its
// city.
func (f *timeForm) head() string {
	name := f.name()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = "Time, " + strings.ReplaceAll(name[i+1:], "_", " ")
	}
	return name
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

// appendClock appends the time of day, to the microsecond: 22:13:20.001 482. Where
// rows are of several days, the date stands before it.
func (f *timeForm) appendClock(dst []byte, ns int64) []byte {
	t := time.Unix(0, ns).UTC().Round(time.Microsecond)
	if f.how == timeLocal && f.offset != nil {
		if hour := t.Unix() / 3600; hour != f.hour || f.hour == 0 {
			f.hour, f.ahead = hour, f.offset(t.UnixMilli())
		}
		t = t.Add(time.Duration(f.ahead) * time.Minute)
	}
	dst = t.AppendFormat(dst, f.day+"15:04:05.")
	micros := uint64(t.Nanosecond() / 1000)
	dst = appendThree(dst, micros/1000)
	return appendThree(append(dst, ' '), micros%1000)
}

// full is a moment as a person writes it down, in the zone of the form.
func (f *timeForm) full(ns int64) string {
	if ns == bridge.NoTime {
		return ""
	}
	t := time.Unix(0, ns).UTC()
	if f.how != timeLocal || f.offset == nil {
		return t.Format("2006-01-02 15:04:05.000000") + " UTC"
	}
	ahead := f.offset(t.UnixMilli())
	t = t.Add(time.Duration(ahead) * time.Minute)
	sign := byte('+')
	if ahead < 0 {
		sign, ahead = '-', -ahead
	}
	s := t.Format("2006-01-02 15:04:05.000000") + " UTC" + string(sign) + strconv.Itoa(ahead/60)
	if ahead%60 != 0 {
		s += ":" + strconv.Itoa(ahead%60)
	}
	return s
}
