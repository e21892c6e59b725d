package inspect

import (
	"slices"

	"satascope/walcore"
)

// Counts is what the rows of a bucket are.
type Counts struct {
	Requests, Responses, Written uint32
	Failures                     uint32 // of Responses
	Findings                     uint32
	Bytes                        uint64 // of messages and written data
}

func (c *Counts) add(d *Counts) {
	c.Requests += d.Requests
	c.Responses += d.Responses
	c.Written += d.Written
	c.Failures += d.Failures
	c.Findings += d.Findings
	c.Bytes += d.Bytes
}

func (c *Counts) take(r *walcore.Record) {
	switch r.Kind {
	case walcore.Request:
		c.Requests++
	case walcore.Response:
		c.Responses++
		if Failed(r) {
			c.Failures++
		}
	case walcore.Written:
		c.Written++
	case walcore.Diagnostic:
		c.Findings++
		return
	}
	c.Bytes += r.Length
}

// Rows is how many rows were counted.
func (c *Counts) Rows() int {
	return int(c.Requests) + int(c.Responses) + int(c.Written) + int(c.Findings)
}

// A lane is rows, with counts of each blockSize of them: those of one stream, or
// simply all.
type lane struct {
	stream uint32
	every  bool     // it has all rows; rows is not used
	rows   []uint32 // in order
	n      int      // how many
	blocks []block
	all    Counts
	first  int64 // times, walcore.NoTime when there are none
	last   int64
}

// blockSize is how many rows are counted together. Where many streams take
// turns, few rows of one fall into a bucket, and blocks must be fewer still.
const blockSize = 16

type block struct {
	first, last int64 // the least and the greatest time in it
	bytes       uint64
	requests    uint8
	responses   uint8
	written     uint8
	failures    uint8
	findings    uint8
	untimed     bool // some rows have no time
}

func (b *block) counts() Counts {
	return Counts{
		Requests: uint32(b.requests), Responses: uint32(b.responses), Written: uint32(b.written),
		Failures: uint32(b.failures), Findings: uint32(b.findings), Bytes: b.bytes,
	}
}

func (b *block) add(c *Counts) {
	b.bytes += c.Bytes
	b.requests += uint8(c.Requests)
	b.responses += uint8(c.Responses)
	b.written += uint8(c.Written)
	b.failures += uint8(c.Failures)
	b.findings += uint8(c.Findings)
}

// row is the row at a place in the lane.
func (l *lane) row(at int) int {
	if l.every {
		return at
	}
	return int(l.rows[at])
}

func (l *lane) take(i uint32, r *walcore.Record) {
	if l.n%blockSize == 0 {
		l.blocks = append(l.blocks, block{first: walcore.NoTime, last: walcore.NoTime})
	}
	if l.n == 0 {
		l.first, l.last = walcore.NoTime, walcore.NoTime
	}
	if !l.every {
		l.rows = append(l.rows, i)
	}
	l.n++
	var c Counts
	c.take(r)
	b := &l.blocks[len(l.blocks)-1]
	b.add(&c)
	l.all.add(&c)
	if r.Time == walcore.NoTime {
		b.untimed = true
		return
	}
	if b.first == walcore.NoTime || r.Time < b.first {
		b.first = r.Time
	}
	if l.first == walcore.NoTime || r.Time < l.first {
		l.first = r.Time
	}
	b.last = max(b.last, r.Time)
	l.last = max(l.last, r.Time)
}

// StreamTotals is what all rows of a stream are.
type StreamTotals struct {
	Stream      uint32
	First, Last int64  // times, walcore.NoTime when not known
	FirstRow    uint32 // rows
	LastRow     uint32
	Counts
}

// Streams is what all rows of each stream are, by the streams' numbers.
func (x *Index) Streams() []StreamTotals {
	all := make([]StreamTotals, 0, len(x.lanes))
	for i := range x.lanes {
		l := &x.lanes[i]
		all = append(all, StreamTotals{Stream: l.stream, First: l.first, Last: l.last, FirstRow: l.rows[0], LastRow: l.rows[l.n-1], Counts: l.all})
	}
	slices.SortFunc(all, func(a, b StreamTotals) int { return int(int64(a.Stream) - int64(b.Stream)) })
	return all
}

// AllStreams stands for every stream in Activity.
const AllStreams = ^uint32(0)

// Span is the range that a strip of all activity shows: times in nanoseconds
// since 1970, or row indexes where byRow says that no row has a time. Both ends
// belong to it.
func (x *Index) Span() (from, to int64, byRow bool) {
	if x.first == walcore.NoTime {
		return 0, int64(max(0, x.n-1)), true
	}
	return x.every.first, x.every.last, false
}

// Activity counts the rows of a stream, or of AllStreams, that fall in each of
// len(buckets) equal parts of the range from, to: of times, or of row indexes.
// Rows without a time are in no part of a range of times. The counts are added
// to what buckets hold.
func (x *Index) Activity(stream uint32, from, to int64, byRow bool, buckets []Counts) {
	if len(buckets) == 0 || to < from {
		return
	}
	a := axis{from: from, to: to, byRow: byRow, scale: float64(len(buckets)) / (float64(to) - float64(from) + 1), buckets: buckets}
	l := &x.every
	if stream != AllStreams {
		l = x.laneAt(stream)
	}
	if l != nil {
		a.lane(x.log, l)
	}
}

// An axis puts rows into buckets.
type axis struct {
	from, to int64
	byRow    bool
	scale    float64
	buckets  []Counts
}

// bucket is the bucket of a place on the axis, which must be on it.
func (a *axis) bucket(at int64) int {
	return min(int(float64(uint64(at)-uint64(a.from))*a.scale), len(a.buckets)-1)
}

func (a *axis) lane(log *walcore.Log, l *lane) {
	for k := range l.blocks {
		b := &l.blocks[k]
		start, end := k*blockSize, min((k+1)*blockSize, l.n)
		first, last := b.first, b.last
		if a.byRow {
			first, last = int64(l.row(start)), int64(l.row(end-1))
		} else if first == walcore.NoTime {
			continue
		}
		if last < a.from || first > a.to {
			continue
		}
		if first >= a.from && last <= a.to && (a.byRow || !b.untimed) {
			// Most blocks lie in one bucket; their rows need not be looked at.
			if n := a.bucket(first); n == a.bucket(last) {
				c := b.counts()
				a.buckets[n].add(&c)
				continue
			}
		}
		for place := start; place < end; place++ {
			row := l.row(place)
			r := log.At(row)
			at := r.Time
			if a.byRow {
				at = int64(row)
			}
			if at >= a.from && at <= a.to && (a.byRow || at != walcore.NoTime) {
				a.buckets[a.bucket(at)].take(r)
			}
		}
	}
}

// RowAt is the last of the rows with the latest time that is not after a time,
// for the playhead: the first row that has a time when all are later, -1 when
// none has.
func (x *Index) RowAt(time int64) int {
	l := &x.every
	if time < l.first {
		for i := range l.n {
			if x.log.At(i).Time != walcore.NoTime {
				return i
			}
		}
	}
	best, bestTime := -1, int64(walcore.NoTime)
	for k := len(l.blocks) - 1; k >= 0; k-- {
		b := &l.blocks[k]
		if b.first == walcore.NoTime || b.first > time || b.last < bestTime {
			continue
		}
		for i := k * blockSize; i < min((k+1)*blockSize, l.n); i++ {
			t := x.log.At(i).Time
			if t != walcore.NoTime && t <= time && (t > bestTime || t == bestTime && i > best) {
				best, bestTime = i, t
			}
		}
	}
	return best
}
