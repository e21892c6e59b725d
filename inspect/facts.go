package inspect

import (
	"slices"
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// A Fact is a value of a row that rows can be filtered by.
type Fact struct {
	Name  string // for people
	Value string // for people, as it is: it may come from the wire
	Key   string // of the filter; see Term
	Text  string // the value, in the filter
}

// Facts is what row i can be filtered by: what a person can point at. A request
// has the result of its response, and the other way round.
func (x *Index) Facts(i int) []Fact {
	f := factsOf{x: x}
	r := x.log.At(i)
	if r.Kind == walcore.Diagnostic {
		f.add("diagnostic", "diag", OperationName(r))
	} else {
		f.add("operation", "op", OperationName(r))
	}
	if path, ok := x.Path(i); ok {
		f.add("path", "path", path)
	}
	if id, ok := x.destination(r); ok {
		f.add("destination", "path", x.log.Text(id))
	}
	if id, ok := itemName(r); ok {
		f.add("item", "path", x.log.Text(id))
	}
	f.result(i)
	f.add("stream", "stream", strconv.FormatUint(uint64(r.Stream), 10))
	if fd, ok := descriptor(r); ok {
		f.add("descriptor", "fd", strconv.FormatInt(int64(fd), 10))
	}
	if r.Packet != 0 {
		f.add("packet", "packet", strconv.FormatUint(uint64(r.Packet), 10))
	}
	return f.list
}

type factsOf struct {
	x    *Index
	list []Fact
}

func (f *factsOf) add(name, key, value string) {
	f.list = append(f.list, Fact{Name: name, Value: value, Key: key, Text: value})
}

// result adds what came of the row's exchange.
func (f *factsOf) result(i int) {
	k := f.x.ExchangeOf(i)
	if k < 0 {
		return
	}
	answer := f.x.Exchange(k).Response
	if answer == None {
		f.list = append(f.list, Fact{Name: "result", Value: "no response", Key: "result", Text: wordNone})
		return
	}
	r := f.x.log.At(int(answer))
	code, has := r.Result()
	switch {
	case !has:
	case !code.FailsFor(sata.Command(r.Op)):
		f.add("result", "result", wordSuccess)
	case code.Meaning() != "":
		f.add("result", "result", code.Meaning())
	default:
		f.add("result code", "code", strconv.FormatUint(uint64(code), 16))
	}
}

// Destination is where the Rename that row i is, or answers, moves its path to.
func (x *Index) Destination(i int) (string, bool) {
	id, ok := x.destination(x.log.At(i))
	if !ok {
		return "", false
	}
	return x.log.Text(id), true
}

// Results is how often each operation had each result, as in a Summary.
func (x *Index) Results() []ResultTotals {
	var s Summary
	x.summarizeResults(&s)
	return s.Results
}

// Findings is how often each finding was made, most first, without what they are
// about.
func (x *Index) Findings() []FindingTotals { return findingTotals(x.findings[:]) }

func findingTotals(counts []uint32) (all []FindingTotals) {
	for code, n := range counts {
		if n > 0 {
			all = append(all, FindingTotals{Code: walcore.Code(code), Count: n})
		}
	}
	slices.SortStableFunc(all, func(a, b FindingTotals) int { return int(int64(b.Count) - int64(a.Count)) })
	return all
}
