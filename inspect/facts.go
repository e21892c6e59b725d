package inspect

import (
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
		f.add("finding", "diag", OperationName(r))
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
