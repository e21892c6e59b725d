package decode

import (
	"slices"

	"satascope/sata"
	"satascope/walcore"
)

// Which request a response behind a gap answers. Responses come in the order of
// their requests, so where one begins tells how long those before it were
// together: that often leaves one request only. Where it leaves several, the
// likeliest is taken and said to be no more than that (CodePairingAssumed).

// A span is how long something can be.
type span struct{ least, most uint64 }

// maxSums bounds how many lengths of lost responses are tried together.
const maxSums = 256

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
	return lengthsOf(w.shape)
}

// lengthsOf are how long a response of a shape can be whose length depends on
// nothing else; none where it does.
func lengthsOf(shape sata.Shape) []span {
	if shape == sata.ShapeUnknown || shape == sata.ShapeRead {
		return nil
	}
	var all []span
	add := func(l sata.Length) {
		if s := (span{l.Bytes, l.Bytes}); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	whole := sata.ResponseLength(shape, sata.Success)
	add(whole)
	add(sata.ResponseLength(shape, sata.FSError))
	if !whole.Exact {
		add(sata.ResponseLength(sata.ShapeInfo, sata.Success)) // what answers every query has the room of the largest
	}
	return all
}

// fits says whether the responses to the first n waiting requests can be what the
// server sent between the last response that is known and offset q.
func (f *framer) fits(n int, q int64) bool {
	if f.due < 0 || n > maxPipelined {
		return true
	}
	need := uint64(max(0, q-f.due))
	sums := []span{{}}
	for i := range n {
		var next []span
		for _, length := range f.answerLengths(&f.waiting[i]) {
			for _, s := range sums {
				s = span{s.least + length.least, s.most + length.most}
				if s.least <= need && !slices.Contains(next, s) {
					next = append(next, s)
				}
			}
		}
		if sums = next; len(sums) > maxSums {
			return true
		}
	}
	lost := uint64(0) // at least, and of responses to requests that were lost too
	for i := range f.waiting[:n+1] {
		if f.waiting[i].torn {
			lost += sata.ReadHeadSize
		}
	}
	return slices.ContainsFunc(sums, func(s span) bool {
		if lost > 0 {
			return s.least+lost <= need
		}
		return s.most >= need
	})
}

// noteDoubt notes, when the response at offset q is taken to answer the request
// that waits with n before it, one of several candidates, whether that is sure. A
// client that was never seen to ask before it was answered is taken to go on so.
func (f *framer) noteDoubt(n, candidates int, q int64) {
	torn := 0
	for i := range f.waiting[:n+1] {
		if f.waiting[i].torn {
			torn++
		}
	}
	switch {
	case candidates > 1:
		f.doubt = true
	case f.pipelines && (f.due < 0 || torn > 0 && (n > 0 || !explained(f.waiting[0].lost, q-f.due))):
		f.doubt = true
	}
}

// explained says whether it is one request that was lost with a number of bytes of
// the client, so that the response to it, which has a number of bytes too, is all
// that comes before the one to the next request.
func explained(lost, answer int64) bool {
	if answer <= 0 || lost < 2*sata.RequestSize {
		return answer > 0
	}
	for _, spec := range sata.Commands {
		c := spec.Command
		if sata.RequestLength(c).Bytes != uint64(lost) {
			continue
		}
		for _, shape := range answersTo(c) {
			if slices.Contains(lengthsOf(shape), span{uint64(answer), uint64(answer)}) {
				return true
			}
		}
	}
	return false
}

// answersTo are the shapes that a response to a command can have.
func answersTo(c sata.Command) []sata.Shape {
	if c == sata.QueryPath {
		return []sata.Shape{sata.ShapeInfo, sata.ShapeCount, sata.ShapeSpace}
	}
	return []sata.Shape{c.Spec().Response}
}

// wait notes what a new request says of how its client asks, and whether no
// response is under way, so that what comes next is its own for sure.
func (f *framer) wait(w *request) {
	switch {
	case len(f.waiting) > 0:
		f.pipelines = f.pipelines || !w.fresh
	case w.hint >= 0 && w.hint < f.due:
		f.pipelines = true
	case w.fresh && !w.torn && w.hint >= f.server.pos:
		f.doubt, f.due = false, w.hint
	}
}

// answered drops the oldest waiting request, whose response ends at an offset, -1
// when that is not known.
func (f *framer) answered(end int64) {
	if f.waiting[0].shape == sata.ShapeDescriptor {
		f.pathsTold = false // of what it opens
	}
	f.waiting = f.waiting[:copy(f.waiting, f.waiting[1:])]
	f.due = end
	if len(f.waiting) == 0 {
		f.doubtTold = false
		return
	}
	if f.waiting[0].torn {
		f.seekingServer = true // what comes next answers a request that was lost
	}
	if hint := f.waiting[0].hint; hint >= 0 && hint < end {
		f.pipelines = true
	}
}

// tellDoubt tells, at the first response of a run, that it and those that follow
// may answer other requests.
func (f *framer) tellDoubt(at walcore.At, length uint64) {
	if f.doubt && !f.doubtTold {
		f.doubtTold = true
		f.order.tell(event{kind: eventDiagnosis, stream: f.id, msg: walcore.Message{At: at}, diag: walcore.Diagnosis{
			Code: walcore.CodePairingAssumed, Stream: f.id, At: at, FromServer: true, Size: length}})
	}
}

// Bytes of a client that are enough for an opening, and for a closing too.
var (
	openingSize = int64(sata.RequestLength(sata.OpenFolder).Bytes)
	reopenSize  = openingSize + int64(sata.RequestLength(sata.CloseFolder).Bytes)
)

// tellPaths tells, before a request, that descriptors may have been closed and
// opened again unseen: in a gap before it that is long enough, or by responses that
// its client had received, and that are lost or not told apart yet.
func (f *framer) tellPaths(w *request, at walcore.At) {
	f.askedLost += w.lost
	f.askedLostNow = 0
	from, size := f.client, w.lost
	if size < openingSize || f.askedLost < reopenSize {
		opens := slices.ContainsFunc(f.waiting, func(w request) bool { return w.shape == sata.ShapeDescriptor })
		closes := slices.ContainsFunc(f.waiting, func(w request) bool { return w.closes || w.torn })
		if !f.lossy || !opens || !closes || f.pathsTold || w.hint <= f.server.pos {
			return
		}
		f.pathsTold = true
		from, size, at.Offset = f.server, w.hint-f.server.pos, f.server.pos
	}
	f.order.tell(event{kind: eventDoubtPaths, stream: f.id, msg: walcore.Message{At: at}, diag: walcore.Diagnosis{
		Code: walcore.CodePathsUnsure, Stream: f.id, At: at, FromServer: from == f.server, Size: uint64(size)}})
}
