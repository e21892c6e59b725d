package inspect

import (
	"slices"

	"satascope/walcore"
)

// An Exchange is a request with what belongs to it.
type Exchange struct {
	Request  uint32 // rows; None for what is not there
	Written  uint32 // the data of a WriteFile
	Response uint32
}

// A Doubt says what of an exchange is taken to be so, because bytes before it are
// missing: any of these at once.
type Doubt uint8

// The doubts.
const (
	DoubtPath Doubt = 1 << iota // that its descriptor still has that path
	DoubtPair                   // that the response answers the request
)

// Doubts are those about exchange k.
func (x *Index) Doubts(k int) Doubt {
	if k < len(x.doubts) {
		return x.doubts[k]
	}
	return 0
}

// Exchanges is how many exchanges there are: one for each request, in their
// order. Responses that nobody asked for are in none.
func (x *Index) Exchanges() int { return len(x.requests) }

// Exchange is exchange k.
func (x *Index) Exchange(k int) Exchange {
	q := x.requests[k]
	return Exchange{Request: q, Written: x.written[k], Response: x.log.At(int(q)).Partner}
}

// ExchangeOf is the exchange that a row belongs to, or that a finding is about;
// -1 when there is none.
func (x *Index) ExchangeOf(row int) int {
	q := x.Request(row)
	if q == None {
		return -1
	}
	if k, ok := slices.BinarySearch(x.requests, q); ok {
		return k
	}
	return -1
}

// AppendRows appends the rows of an exchange that are there, and those of the
// findings about it.
func (x *Index) AppendRows(dst []uint32, e Exchange) []uint32 {
	for _, row := range [...]uint32{e.Request, e.Written, e.Response} {
		if row != None {
			dst = append(dst, row)
		}
	}
	for _, a := range x.findingsAbout(e.Request) {
		dst = append(dst, a.finding)
	}
	return dst
}

// ExchangeBytes is how many bytes an exchange moved: those of its messages and
// of the data written.
func (x *Index) ExchangeBytes(e Exchange) (n uint64) {
	for _, row := range [...]uint32{e.Request, e.Written, e.Response} {
		if row != None {
			n += x.log.At(int(row)).Length
		}
	}
	return n
}

// ExchangeLatency is the time from the request to the response in nanoseconds.
// It is false without a response and where a time is not known.
func (x *Index) ExchangeLatency(e Exchange) (int64, bool) {
	if e.Response == None {
		return 0, false
	}
	return x.Latency(int(e.Response))
}

// AppendOutcome appends what came of an exchange, in words.
func (x *Index) AppendOutcome(dst []byte, e Exchange) []byte {
	if e.Response == None {
		return append(dst, "no response"...)
	}
	return x.AppendResult(dst, int(e.Response))
}

// OperationName is the name of what a row is about: of a message its command,
// of a finding its code.
func OperationName(r *walcore.Record) string {
	if r.Kind == walcore.Diagnostic {
		return walcore.Code(r.Op).String()
	}
	return operationName(r.Op)
}
