package inspect

import (
	"slices"

	"satascope/sata"
	"satascope/walcore"
)

// An Index holds what is worked out once about a log's rows. See the package
// comment.
type Index struct {
	log  *walcore.Log
	note func(i int) (Note, bool) // see SetNotes
	n    int                      // rows taken in

	first int64 // the earliest row's time, walcore.NoTime while none is known

	requests []uint32 // the exchanges, in the order of their requests' rows
	written  []uint32 // by exchange: the first row of data written, or None
	doubts   []Doubt  // by exchange, up to the last that has any
	marks    []uint32 // rows of failures and findings
	about    []about  // findings that are about a request
	unsorted bool     // about is not in the order of its requests

	every    lane
	lanes    []lane         // one a stream
	laneOf   map[uint32]int // by stream
	lastLane int

	operations [256]Tally // by Record.Op, without findings
	findings   [256]uint32
	codes      map[codeOf]uint32
	codesLost  uint32 // responses whose code is not in codes

	paths  []PathTotals
	pathOf []uint32 // by text: 1 + its place in paths

	live      replay // the state after row n-1
	snapshots []snapshot
	spacing   int // rows between snapshots
	entries   int // in all snapshots
	cursor    replay
	cursorRow int // cursor is the state before it
}

// about says that a finding is about a request.
type about struct{ request, finding uint32 }

// codeOf is a result code as an answer to a command. Codes that are counts of
// bytes are all kept as 0.
type codeOf struct {
	code sata.Result
	op   uint8
}

// maxCodes bounds how many different result codes are counted one by one.
const maxCodes = 4096

// A Tally counts rows, and those of them that are requests.
type Tally struct {
	Rows, Requests uint32
}

// PathTotals is what happened to a path. Failures are responses; of Read and
// Written only bytes count that the other side confirmed.
type PathTotals struct {
	Text                     uint32 // see walcore.Log.Text
	Requests, Failures       uint32
	Reads, Writes            uint32 // requests
	Read, Written            uint64 // bytes
	ReadUnsure               bool   // Read is an upper bound: where some reads began is not known
	FirstRequest, LastAnswer uint32 // rows; LastAnswer is None without one
}

// New makes an Index of a log; it takes nothing in yet.
func New(log *walcore.Log) *Index {
	return &Index{log: log, first: walcore.NoTime, laneOf: map[uint32]int{}, codes: map[codeOf]uint32{}, every: lane{every: true}, live: newReplay(log), spacing: firstSpacing}
}

// Log is the log that x is of.
func (x *Index) Log() *walcore.Log { return x.log }

// Len is how many rows were taken in.
func (x *Index) Len() int { return x.n }

// Base is the time from which the filter's times count, in nanoseconds since
// 1970: that of the earliest row, or walcore.NoTime.
func (x *Index) Base() int64 { return x.first }

// Update takes in at most so many rows and says whether all that the log holds
// now are in. A row costs a tenth of a microsecond, some times that in a
// browser.
func (x *Index) Update(rows int) (done bool) {
	end := min(x.log.Len(), x.n+max(rows, 0))
	for ; x.n < end; x.n++ {
		x.take(x.n)
	}
	return x.n == x.log.Len()
}

// reach takes in all rows up to and with i.
func (x *Index) reach(i int) {
	if i >= x.n {
		x.Update(i + 1 - x.n)
	}
}

func (x *Index) take(i int) {
	r := x.log.At(i)
	if i%x.spacing == 0 {
		x.snapshot(i)
	}
	doubt := x.live.doubts(r)
	read, sure := x.live.step(uint32(i), r)
	if r.Time != walcore.NoTime && (x.first == walcore.NoTime || r.Time < x.first) {
		x.first = r.Time
	}
	x.every.take(uint32(i), r)
	x.lane(r.Stream).take(uint32(i), r)
	switch r.Kind {
	case walcore.Diagnostic:
		x.findings[r.Op]++
		x.marks = append(x.marks, uint32(i))
		if q := x.Request(i); q != None {
			n := len(x.about)
			x.unsorted = x.unsorted || n > 0 && x.about[n-1].request > q
			x.about = append(x.about, about{request: q, finding: uint32(i)})
		}
		return
	case walcore.Request:
		x.operations[r.Op].Requests++
		x.requests = append(x.requests, uint32(i))
		x.written = append(x.written, None)
	case walcore.Written:
		if k := x.ExchangeOf(i); k >= 0 && x.written[k] == None {
			x.written[k] = uint32(i)
		}
	case walcore.Response:
		x.takeResult(r)
		if Failed(r) {
			x.marks = append(x.marks, uint32(i))
		}
	}
	if k := x.ExchangeOf(i); doubt != 0 && k >= 0 {
		for len(x.doubts) <= k {
			x.doubts = append(x.doubts, 0)
		}
		x.doubts[k] |= doubt
	}
	x.operations[r.Op].Rows++
	if r.Flags&walcore.FlagOpen != 0 {
		x.takePath(uint32(i), r, read, sure)
	}
}

// resultOf is a response's result code as it is counted.
func resultOf(r *walcore.Record) (k codeOf, has bool) {
	code, has := r.Result()
	if isCount(r) {
		code = sata.Success
	}
	return codeOf{code, r.Op}, has
}

func (x *Index) takeResult(r *walcore.Record) {
	k, has := resultOf(r)
	if !has {
		return
	}
	if _, ok := x.codes[k]; !ok && len(x.codes) >= maxCodes {
		x.codesLost++
		return
	}
	x.codes[k]++
}

func (x *Index) takePath(i uint32, r *walcore.Record, read uint64, sure bool) {
	if int(r.Path) >= len(x.pathOf) {
		x.pathOf = append(x.pathOf, make([]uint32, x.log.Texts()-len(x.pathOf))...)
	}
	at := x.pathOf[r.Path]
	if at == 0 {
		x.paths = append(x.paths, PathTotals{Text: r.Path, FirstRequest: i, LastAnswer: None})
		at = uint32(len(x.paths))
		x.pathOf[r.Path] = at
	}
	p := &x.paths[at-1]
	switch r.Kind {
	case walcore.Request:
		p.Requests++
		switch sata.Command(r.Op) {
		case sata.ReadFile:
			p.Reads++
		case sata.WriteFile:
			p.Writes++
		}
	case walcore.Response:
		p.LastAnswer = i
		p.Read += read
		p.ReadUnsure = p.ReadUnsure || !sure
		if Failed(r) {
			p.Failures++
		} else if code, has := r.Result(); has && r.Op == uint8(sata.WriteFile) {
			p.Written += uint64(code)
		}
	}
}

// findingsAbout are the findings about a request.
func (x *Index) findingsAbout(request uint32) []about {
	if x.unsorted {
		slices.SortStableFunc(x.about, func(a, b about) int { return int(int64(a.request) - int64(b.request)) })
		x.unsorted = false
	}
	from, _ := slices.BinarySearchFunc(x.about, request, func(a about, q uint32) int { return int(int64(a.request) - int64(q)) })
	to := from
	for to < len(x.about) && x.about[to].request == request {
		to++
	}
	return x.about[from:to]
}

// lane is the lane of a stream.
func (x *Index) lane(stream uint32) *lane {
	if x.lastLane < len(x.lanes) && x.lanes[x.lastLane].stream == stream {
		return &x.lanes[x.lastLane]
	}
	at, ok := x.laneOf[stream]
	if !ok {
		at = len(x.lanes)
		x.lanes = append(x.lanes, lane{stream: stream})
		x.laneOf[stream] = at
	}
	x.lastLane = at
	return &x.lanes[at]
}

// laneAt is the lane of a stream that has rows, else nil.
func (x *Index) laneAt(stream uint32) *lane {
	if at, ok := x.laneOf[stream]; ok {
		return &x.lanes[at]
	}
	return nil
}
