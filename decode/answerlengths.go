package decode

import (
	"slices"

	"satascope/sata"
)

// A span is how long something can be.
type span struct{ least, most uint64 }

const endless = 1 << 62

// maxSums is how many totals of lengths are told apart.
const maxSums = 64

// totals are how long the responses to a row of requests can be together.
type totals struct {
	need      uint64
	sums      []span // none above need
	next      []span
	unlimited bool // more than can be followed: anything
}

func (t *totals) begin(need int64) {
	t.unlimited = need < 0
	t.need, t.sums = uint64(max(0, need)), append(t.sums[:0], span{})
}

// add adds a response with one of several lengths.
func (t *totals) add(lengths []span) {
	if t.unlimited {
		return
	}
	t.next = t.next[:0]
	for _, length := range lengths {
		for _, s := range t.sums {
			s = span{s.least + length.least, min(s.most+length.most, endless)}
			if s.least <= t.need && !slices.Contains(t.next, s) {
				t.next = append(t.next, s)
			}
		}
	}
	t.sums, t.next = t.next, t.sums
	t.unlimited = len(t.sums) > maxSums
}

// reach says whether together they can be as long as they need to be.
func (t *totals) reach() bool { return t.can(t.need) }

// just says whether they are as long as they need to be when one of them that can have
// many lengths has its least or its largest.
func (t *totals) just() bool {
	return !t.unlimited && slices.ContainsFunc(t.sums, func(s span) bool { return s.least == t.need || s.most == t.need })
}

// can says whether they can be n bytes together, of what they need to be.
func (t *totals) can(n uint64) bool {
	return t.unlimited || slices.ContainsFunc(t.sums, func(s span) bool { return s.least <= n && n <= s.most })
}

// fallShort says whether they can be so short that there is room for another
// response behind them.
func (t *totals) fallShort() bool {
	return t.unlimited || slices.ContainsFunc(t.sums, func(s span) bool { return s.least+sata.ReadHeadSize <= t.need })
}

// answerLengths are how long a response to a request can be.
func (f *framer) answerLengths(w *request) []span {
	switch w.shape {
	case sata.ShapeUnknown:
		return []span{{sata.HeaderSize, maxOrdinary}}
	case sata.ShapeRead:
		least, most := uint64(0), w.total
		if st := f.stream(); st.FFIO && st.FirstReadKnown {
			least, most = min(w.total, uint64(st.FirstRead)), max(w.total, uint64(st.FirstRead))
		}
		return []span{{sata.ReadHeadSize, sata.ReadHeadSize}, {sata.ReadHeadSize + least, sata.ReadHeadSize + most}}
	}
	return lengthsOf[w.shape]
}

// lengthsOf are how long a response of each shape can be whose length depends on
// nothing else; none where it does.
var lengthsOf = func() (of [sata.ShapeRead + 1][]span) {
	for shape := range sata.ShapeRead {
		if shape == sata.ShapeUnknown {
			continue
		}
		whole := sata.ResponseLength(shape, sata.Success)
		lengths := []uint64{whole.Bytes, sata.ResponseLength(shape, sata.FSError).Bytes}
		if !whole.Exact {
			lengths = append(lengths, sata.ResponseLength(sata.ShapeInfo, sata.Success).Bytes) // what answers every query has the room of the largest
		}
		slices.Sort(lengths)
		for _, n := range slices.Compact(lengths) {
			of[shape] = append(of[shape], span{n, n})
		}
	}
	return of
}()

// asking are the commands by how long a request is.
var asking = func() map[int64][]sata.Command {
	by := map[int64][]sata.Command{}
	for _, spec := range sata.Commands {
		n := int64(sata.RequestLength(spec.Command).Bytes)
		by[n] = append(by[n], spec.Command)
	}
	return by
}()

// areTwo says whether a number of bytes is that of two requests. (It can be that of
// many small ones as well, or that of one with data.)
func areTwo(lost int64) bool {
	for n := range asking {
		if asking[lost-n] != nil {
			return true
		}
	}
	return false
}

// lostAnswers are how long the responses to lost requests can be together, and how
// many they are at most: a single one when what is missing has just the length of
// one.
func lostAnswers(u unseen) (lengths []span, most int) {
	add := func(s span) {
		if !slices.Contains(lengths, s) {
			lengths = append(lengths, s)
		}
	}
	if u.answered {
		add(span{})
	}
	commands := asking[u.bytes]
	if commands == nil {
		least := 1
		if most = u.most(); areTwo(u.bytes) {
			least, most = 2, 2
		}
		add(span{uint64(least) * sata.ReadHeadSize, endless})
		return lengths, most
	}
	for _, c := range commands {
		for _, shape := range answersTo(c) {
			for _, s := range lengthsOf[shape] {
				add(s)
			}
			if lengthsOf[shape] == nil {
				add(span{sata.HeaderSize, endless})
			}
		}
	}
	return lengths, 1
}

// answersLost says whether b can begin the response to a lost request.
func answersLost(b []byte, u unseen) bool {
	can := func(c sata.Command) bool {
		return slices.ContainsFunc(answersTo(c), func(shape sata.Shape) bool { return sata.LooksLikeResponse(b, shape) != sata.No })
	}
	if commands := asking[u.bytes]; commands != nil {
		return slices.ContainsFunc(commands, can)
	}
	return u.bytes < 2*sata.RequestSize || slices.ContainsFunc(sata.Commands, func(spec *sata.Spec) bool { return can(spec.Command) })
}

// answersTo are the shapes that a response to a command can have.
func answersTo(c sata.Command) []sata.Shape {
	if c == sata.QueryPath {
		return []sata.Shape{sata.ShapeInfo, sata.ShapeCount, sata.ShapeSpace}
	}
	return []sata.Shape{c.Spec().Response}
}
