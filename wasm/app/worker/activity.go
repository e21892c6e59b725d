package worker

import (
	"slices"

	"satascope/decode"
	"satascope/inspect"
	"satascope/wasm/app/bridge"
)

const (
	// maxWidth bounds the buckets of a lane: as many as a wide screen has pixels.
	maxWidth = 4096
	maxLanes = 32
)

// activity tells how much went on when, for the streams with the most rows, and
// for the others together.
func activity(d *decode.Decoder, x *inspect.Index, ask *bridge.AskActivity) *bridge.Activity {
	first, end, byRow := x.Span()
	m := &bridge.Activity{From: ask.From, To: ask.To, First: first, End: end, ByRow: byRow, Width: min(max(ask.Width, 1), maxWidth), Rows: x.Len()}
	if ask.Whole {
		m.From, m.To = first, end
	}
	if x.Len() == 0 {
		m.Width = 0
		return m
	}
	shown, others := lanes(x.Streams(), min(max(ask.Lanes, 1), maxLanes))
	rest := make([]inspect.Counts, m.Width)
	if others.Others > 0 {
		x.Activity(inspect.AllStreams, m.From, m.To, byRow, rest)
	}
	streams := d.Streams()
	buckets := make([]inspect.Counts, m.Width)
	for i := range shown {
		s := &shown[i]
		lane := bridge.Lane{Stream: int(s.Stream), Rows: s.Rows(), Failures: int(s.Failures), Findings: int(s.Findings)}
		if lane.Stream < len(streams) {
			lane.Client = address(streams[lane.Stream].Client)
		}
		m.Lanes = append(m.Lanes, lane)
		clear(buckets)
		x.Activity(s.Stream, m.From, m.To, byRow, buckets)
		for k := range buckets {
			m.Body = appendBucket(m.Body, &buckets[k])
			subtract(&rest[k], &buckets[k])
		}
	}
	if others.Others > 0 {
		m.Lanes = append(m.Lanes, others)
		for k := range rest {
			m.Body = appendBucket(m.Body, &rest[k])
		}
	}
	return m
}

// lanes are the streams that get a lane, in the order of their numbers, and the
// one for all others.
func lanes(all []inspect.StreamTotals, count int) (shown []inspect.StreamTotals, others bridge.Lane) {
	others.Stream = bridge.NoRow
	if len(all) <= count {
		return all, others
	}
	busiest := slices.Clone(all)
	slices.SortStableFunc(busiest, func(a, b inspect.StreamTotals) int { return b.Rows() - a.Rows() })
	shown = busiest[:count-1]
	for i := range busiest[count-1:] {
		s := &busiest[count-1+i]
		others.Others++
		others.Rows += s.Rows()
		others.Failures += int(s.Failures)
		others.Findings += int(s.Findings)
	}
	slices.SortFunc(shown, func(a, b inspect.StreamTotals) int { return int(int64(a.Stream) - int64(b.Stream)) })
	return shown, others
}

func subtract(c, d *inspect.Counts) {
	c.Requests -= d.Requests
	c.Responses -= d.Responses
	c.Written -= d.Written
	c.Failures -= d.Failures
	c.Findings -= d.Findings
}

func appendBucket(dst []byte, c *inspect.Counts) []byte {
	return bridge.AppendBucket(dst, &bridge.Bucket{Requests: c.Requests, Responses: c.Responses, Written: c.Written, Failures: c.Failures, Findings: c.Findings})
}
