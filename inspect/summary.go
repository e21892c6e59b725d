package inspect

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

// About is what a Summary tells of the file besides its rows. All of it may be
// left out.
type About struct {
	Name    string // of the file
	File    decode.Summary
	Streams []decode.Stream
	Options decode.Options // what was set by the user
	Problem string         // why the end was not reached
}

// A Summary is what is in a conversation.
type Summary struct {
	About
	Rows       Counts
	First      int64 // times, walcore.NoTime when not known
	Last       int64
	Silence    Silence
	Operations []OperationTotals // most requests first
	Results    []ResultTotals    // failures first, most first
	Streams    []StreamSummary   // by number; the first maxStreams
	StreamsAll int               // how many there are
	Slowest    []Slow            // the slowest first
	Paths      []PathTotals      // most bytes first, then most requests; the first maxPaths
	PathsAll   int
	Unanswered []uint32 // rows of requests; the first maxUnanswered
	NoAnswers  int      // how many there are
	Findings   []FindingTotals
	Assumed    []Assumption
	Stopped    int // the row at which the reference would have stopped for good, -1 when it would not
}

// A Silence is the longest time for which no stream is there, between streams
// that are. From and To are equal where none is longer than a day: longer ones
// are seldom meant, but of captures that don't belong together.
type Silence struct {
	From, To int64
	Row      uint32 // the first one after it
}

// Long says whether there is one to tell of.
func (s *Silence) Long() bool { return s.To > s.From }

// String tells of it in a sentence.
func (s *Silence) String() string {
	const perSecond = 1_000_000_000
	b := AppendDuration([]byte("Nothing was captured for "), s.To-s.From)
	b = appendSeconds(append(b, ", from "...), s.From/perSecond)
	b = appendSeconds(append(b, " to "...), s.To/perSecond)
	return string(append(b, ": captures of different times were joined, or a clock was set wrong."...))
}

// Lists of a Summary are for people to read; these are how much of each there is.
const (
	maxSlow       = 10
	maxPaths      = 20
	maxStreams    = 50
	maxUnanswered = 20
	maxAssumed    = 50
)

// OperationTotals is what all requests of one operation amount to.
type OperationTotals struct {
	Op                   uint8 // see walcore.Record
	Name                 string
	Requests             uint32
	Failures             uint32
	Unanswered           uint32
	Bytes                uint64 // of requests, data written and responses
	Timed                uint32 // responses whose latency is known
	Median, P95, Longest int64  // latencies in nanoseconds; half are not above Median, 95 of 100 not above P95
}

// ResultTotals is how often an operation had a result.
type ResultTotals struct {
	Code    sata.Result
	Op      uint8
	Meaning string
	Failure bool
	Count   uint32
}

// StreamSummary is what a stream amounts to.
type StreamSummary struct {
	StreamTotals
	Client, Server netip.AddrPort // zero in files that do not tell
	FFIO           Setting        // in the end
	FirstRead      uint32
	FirstReadKnown bool
}

// Slow is an exchange that took long.
type Slow struct {
	Exchange
	Latency int64
}

// FindingTotals is how often something was found.
type FindingTotals struct {
	Code  walcore.Code
	Count uint32
	First uint32 // row
	Bytes uint64 // what they are about, in all
}

// An Assumption is something that the conversation did not tell and that was
// taken to be so, or that the user set.
type Assumption struct {
	Row      uint32 // the finding that tells of it, or None when the user set it
	Stream   uint32
	Sentence string
}

// assumptions are the findings that say what was assumed or chosen.
var assumptions = [256]bool{
	walcore.CodeNoBeginning: true, walcore.CodeNoPing: true, walcore.CodeFirstRead: true, walcore.CodeFFIOShown: true,
	walcore.CodeReadEnd: true, walcore.CodeOneDirection: true, walcore.CodeStreamNotOpen: true,
	walcore.CodePairingAssumed: true, walcore.CodePathsUnsure: true,
}

// Summary is what the rows that were taken in amount to. A million rows take
// some tens of milliseconds.
func (x *Index) Summary(about About) Summary {
	s := Summary{About: about, Rows: x.every.all, First: x.every.first, Last: x.every.last, StreamsAll: len(x.lanes), PathsAll: len(x.paths), Stopped: -1}
	if x.n == 0 {
		s.First, s.Last = walcore.NoTime, walcore.NoTime
	}
	if x.log.Stopped() {
		s.Stopped = x.log.CompatibleEnd()
	}
	s.Silence = x.silence()
	x.summarizeExchanges(&s)
	x.summarizeResults(&s)
	x.summarizeStreams(&s)
	x.summarizePaths(&s)
	x.summarizeFindings(&s)
	return s
}

// silence is the longest time between streams, if it is longer than a day.
func (x *Index) silence() (longest Silence) {
	var lanes []*lane
	for i := range x.lanes {
		if l := &x.lanes[i]; l.first != walcore.NoTime {
			lanes = append(lanes, l)
		}
	}
	slices.SortFunc(lanes, func(a, b *lane) int { return cmp.Compare(a.first, b.first) })
	least, end := int64(24*time.Hour), int64(0)
	for i, l := range lanes {
		if i == 0 {
			end = l.last
		}
		if l.first-end > least {
			longest, least = Silence{From: end, To: l.first, Row: l.rows[0]}, l.first-end
		}
		end = max(end, l.last)
	}
	return longest
}

func (x *Index) summarizeExchanges(s *Summary) {
	var totals [256]OperationTotals
	var starts [257]int
	for k := range x.requests {
		e := x.Exchange(k)
		if _, ok := x.ExchangeLatency(e); ok {
			starts[int(x.log.At(int(e.Request)).Op)+1]++
		}
	}
	for op := range totals {
		starts[op+1] += starts[op]
	}
	latencies := make([]int64, starts[256])
	next := starts
	for k := range x.requests {
		e := x.Exchange(k)
		op := x.log.At(int(e.Request)).Op
		t := &totals[op]
		t.Requests++
		t.Bytes += x.ExchangeBytes(e)
		if e.Response == None {
			t.Unanswered++
			s.NoAnswers++
			if len(s.Unanswered) < maxUnanswered {
				s.Unanswered = append(s.Unanswered, e.Request)
			}
			continue
		}
		if Failed(x.log.At(int(e.Response))) {
			t.Failures++
		}
		if d, ok := x.ExchangeLatency(e); ok {
			latencies[next[op]] = d
			next[op]++
			s.slow(Slow{Exchange: e, Latency: d})
		}
	}
	for op := range totals {
		t := &totals[op]
		if t.Requests == 0 {
			continue
		}
		t.Op, t.Name = uint8(op), operationName(uint8(op))
		if all := latencies[starts[op]:next[op]]; len(all) > 0 {
			slices.Sort(all)
			t.Timed = uint32(len(all))
			t.Median, t.P95, t.Longest = all[(len(all)-1)/2], all[(len(all)*95+99)/100-1], all[len(all)-1]
		}
		s.Operations = append(s.Operations, *t)
	}
	slices.SortStableFunc(s.Operations, func(a, b OperationTotals) int { return int(int64(b.Requests) - int64(a.Requests)) })
}

// slow keeps an exchange if it is among the slowest.
func (s *Summary) slow(one Slow) {
	n := len(s.Slowest)
	if n == maxSlow && s.Slowest[n-1].Latency >= one.Latency {
		return
	}
	at := n
	for at > 0 && s.Slowest[at-1].Latency < one.Latency {
		at--
	}
	s.Slowest = slices.Insert(s.Slowest, at, one)
	s.Slowest = s.Slowest[:min(len(s.Slowest), maxSlow)]
}

func (x *Index) summarizeResults(s *Summary) {
	for k, n := range x.codes {
		s.Results = append(s.Results, k.totals(n))
	}
	sortResults(s.Results)
}

// totals are those of a result that was had so often.
func (k codeOf) totals(n uint32) ResultTotals {
	meaning := k.code.Meaning()
	if meaning == "" {
		meaning = string(appendMeaning(nil, k.code, sata.Ping))
	}
	return ResultTotals{Code: k.code, Op: k.op, Meaning: meaning, Failure: k.code.FailsFor(sata.Command(k.op)) && k.code != sata.NoMoreItems, Count: n}
}

// sortResults puts failures first, and what is often before what is seldom.
func sortResults(all []ResultTotals) {
	slices.SortFunc(all, func(a, b ResultTotals) int {
		switch {
		case a.Failure != b.Failure && a.Failure:
			return -1
		case a.Failure != b.Failure:
			return 1
		case a.Count != b.Count:
			return int(int64(b.Count) - int64(a.Count))
		case a.Code != b.Code:
			return int(int64(a.Code) - int64(b.Code))
		}
		return int(a.Op) - int(b.Op)
	})
}

func (x *Index) summarizeStreams(s *Summary) {
	all := x.Streams()
	for _, t := range all[:min(len(all), maxStreams)] {
		one := StreamSummary{StreamTotals: t}
		if int(t.Stream) < len(s.About.Streams) {
			one.Client, one.Server = s.About.Streams[t.Stream].Client, s.About.Streams[t.Stream].Server
		}
		if st := x.live.known(t.Stream); st != nil {
			one.FFIO, one.FirstRead, one.FirstReadKnown = st.FFIO, st.FirstRead, st.FirstReadKnown
		}
		s.Streams = append(s.Streams, one)
	}
}

func (x *Index) summarizePaths(s *Summary) {
	s.Paths = slices.Clone(x.paths)
	slices.SortStableFunc(s.Paths, func(a, b PathTotals) int {
		if na, nb := a.Read+a.Written, b.Read+b.Written; na != nb {
			if na > nb {
				return -1
			}
			return 1
		}
		return int(int64(b.Requests) - int64(a.Requests))
	})
	s.Paths = s.Paths[:min(len(s.Paths), maxPaths)]
}

func (x *Index) summarizeFindings(s *Summary) {
	var totals [256]FindingTotals
	for _, row := range x.marks {
		r := x.log.At(int(row))
		if r.Kind != walcore.Diagnostic {
			continue
		}
		t := &totals[r.Op]
		if t.Count == 0 {
			t.First = row
		}
		t.Count++
		t.Bytes += r.Length
		if assumptions[r.Op] && len(s.Assumed) < maxAssumed {
			s.Assumed = append(s.Assumed, Assumption{Row: row, Stream: r.Stream, Sentence: string(x.log.AppendSentence(nil, r))})
		}
	}
	for code := range totals {
		if t := totals[code]; t.Count > 0 {
			t.Code = walcore.Code(code)
			s.Findings = append(s.Findings, t)
		}
	}
	slices.SortStableFunc(s.Findings, func(a, b FindingTotals) int { return int(int64(b.Count) - int64(a.Count)) })
	s.alsoAssumed()
}

// alsoAssumed adds what is assumed besides the facts, and what was set for
// conversations of which no facts are known.
func (s *Summary) alsoAssumed() {
	facts := map[string]bool{}
	for _, f := range s.File.Facts {
		facts[f.Name] = true
	}
	for _, a := range s.File.Assumptions {
		if !facts[a.Name] {
			s.Assumed = append(s.Assumed, Assumption{Row: None, Sentence: a.Sentence})
		}
	}
	set := func(name, sentence string) {
		if !facts[name] {
			s.Assumed = append(s.Assumed, Assumption{Row: None, Sentence: sentence})
		}
	}
	o := s.Options
	switch {
	case o.Server.IsValid():
		set(decode.AssumedServer, "the server is "+o.Server.String()+", because it was set so")
	case o.Port != 0:
		set(decode.AssumedPort, "the server's port is "+strconv.Itoa(int(o.Port))+", because it was set so")
	}
	if o.FFIO != decode.Auto {
		set(decode.AssumedFFIO, "fast file I/O is "+onOff(o.FFIO == decode.On)+" where no Ping was recorded, because it was set so")
	}
	if o.FirstRead != 0 {
		set(decode.AssumedFirstRead, "the first read size before a Ping is "+strconv.FormatUint(uint64(o.FirstRead), 10)+", because it was set so")
	}
}
