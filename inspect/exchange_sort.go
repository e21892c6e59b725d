package inspect

import (
	"math"
	"slices"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// Column is what exchanges can be put in order by.
type Column uint8

// The columns of exchanges.
const (
	ByNumber    Column = iota // the request's row
	ByTime                    // when it was asked
	ByStream                  // the stream's number
	ByOperation               // the command's name
	ByPath                    // the path's bytes
	ByResult                  // failures apart, then the result in words
	ByBytes                   // bytes moved
	ByLatency                 // time to the response
)

// Sort puts exchanges in the order of a column, ones that are the same there in
// the order of the log, both also when it is descending. What has no value in a
// column (no response, no time, no path) comes last. A million take a part of a
// second.
func (x *Index) Sort(exchanges []uint32, by Column, descending bool) {
	if by == ByNumber {
		slices.Sort(exchanges)
		if descending {
			slices.Reverse(exchanges)
		}
		return
	}
	slices.Sort(exchanges)
	keys := make([]sortKey, len(exchanges))
	value := x.columnOf(by, exchanges)
	for i, k := range exchanges {
		v, ok := value(x.Exchange(int(k)))
		switch {
		case !ok:
			v = math.MaxUint64
		case descending:
			v = math.MaxUint64 - 1 - min(v, math.MaxUint64-1)
		}
		keys[i] = sortKey{v, k}
	}
	for i, k := range radixSort(keys) {
		exchanges[i] = k.exchange
	}
}

type sortKey struct {
	value    uint64
	exchange uint32
}

// radixSort sorts by value, least byte first and stable, passing over bytes in
// which no two values differ. What it returns may be other storage.
func radixSort(keys []sortKey) []sortKey {
	if len(keys) < 2 {
		return keys
	}
	differ := uint64(0)
	for i := range keys {
		differ |= keys[i].value ^ keys[0].value
	}
	other := make([]sortKey, len(keys))
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xFF == 0 {
			continue
		}
		var at [256]int
		for i := range keys {
			at[keys[i].value>>shift&0xFF]++
		}
		sum := 0
		for b, n := range at {
			at[b] = sum
			sum += n
		}
		for i := range keys {
			b := keys[i].value >> shift & 0xFF
			other[at[b]] = keys[i]
			at[b]++
		}
		keys, other = other, keys
	}
	return keys
}

// columnOf is what gives an exchange's number in the order of a column; it is
// false where there is none. No number is above MaxUint64-1.
func (x *Index) columnOf(by Column, exchanges []uint32) func(Exchange) (uint64, bool) {
	switch by {
	case ByTime:
		return func(e Exchange) (uint64, bool) {
			t := x.log.At(int(e.Request)).Time
			return uint64(t) ^ 1<<63, t != walcore.NoTime
		}
	case ByStream:
		return func(e Exchange) (uint64, bool) { return uint64(x.log.At(int(e.Request)).Stream), true }
	case ByOperation:
		var rank [256]uint64
		names := make([]string, 0, 256)
		for op := range rank {
			names = append(names, operationName(uint8(op)))
		}
		slices.Sort(names)
		for op := range rank {
			n, _ := slices.BinarySearch(names, operationName(uint8(op)))
			rank[op] = uint64(n)
		}
		return func(e Exchange) (uint64, bool) { return rank[x.log.At(int(e.Request)).Op], true }
	case ByPath:
		rank := x.pathRanks(exchanges)
		return func(e Exchange) (uint64, bool) {
			r := x.log.At(int(e.Request))
			return uint64(rank[r.Path]), r.Flags&walcore.FlagOpen != 0
		}
	case ByResult:
		return x.resultOrder
	case ByBytes:
		return func(e Exchange) (uint64, bool) { return min(x.ExchangeBytes(e), math.MaxUint64-1), true }
	case ByLatency:
		return func(e Exchange) (uint64, bool) {
			d, ok := x.ExchangeLatency(e)
			return uint64(d) ^ 1<<63, ok
		}
	}
	return func(e Exchange) (uint64, bool) { return uint64(e.Request), true }
}

// pathRanks gives each path that the exchanges name its place among them, by
// text.
func (x *Index) pathRanks(exchanges []uint32) []uint32 {
	rank := make([]uint32, x.log.Texts())
	var paths []uint32
	for _, k := range exchanges {
		r := x.log.At(int(x.requests[k]))
		if r.Flags&walcore.FlagOpen != 0 && rank[r.Path] == 0 {
			rank[r.Path] = 1
			paths = append(paths, r.Path)
		}
	}
	slices.SortFunc(paths, func(a, b uint32) int { return strings.Compare(x.log.Text(a), x.log.Text(b)) })
	for i, id := range paths {
		rank[id] = uint32(i + 1)
	}
	return rank
}

// resultOrder puts successes before failures, and each kind of failure together.
func (x *Index) resultOrder(e Exchange) (uint64, bool) {
	if e.Response == None {
		return 0, false
	}
	r := x.log.At(int(e.Response))
	code, has := r.Result()
	switch {
	case !has:
		return 2 << 32, true
	case Failed(r):
		return 1<<32 | uint64(code), true
	case isCount(r):
		return 0, true
	}
	return uint64(code), true
}

// operationName is the name of a command by its number, Unknown for others.
func operationName(op uint8) string {
	if op == walcore.OpUnknown || sata.Command(op).Spec() == nil {
		return unknownName
	}
	return sata.Command(op).Spec().Name
}

const unknownName = "Unknown"
