package inspect

import (
	"strconv"

	"satascope/walcore"
)

// AppendMarkdown appends a summary as Markdown, for a report.
func (x *Index) AppendMarkdown(dst []byte, s *Summary) []byte {
	w := markdown{x: x, b: dst}
	w.heading(s)
	w.operations(s)
	w.results(s)
	w.slowest(s)
	w.paths(s)
	w.streams(s)
	w.unanswered(s)
	w.facts(s)
	w.findings(s)
	return w.b
}

type markdown struct {
	x *Index
	b []byte
}

func (w *markdown) text(s string)                     { w.b = append(w.b, s...) }
func (w *markdown) count(n uint64)                    { w.b = AppendCount(w.b, n) }
func (w *markdown) bytes(n uint64)                    { w.b = AppendBytes(w.b, n) }
func (w *markdown) duration(ns int64)                 { w.b = AppendDuration(w.b, ns) }
func (w *markdown) section(s string)                  { w.text("\n## " + s + "\n\n") }
func (w *markdown) cell()                             { w.text(" | ") }
func (w *markdown) row(begin func())                  { w.text("| "); begin(); w.text(" |\n") }
func (w *markdown) number(row uint32)                 { w.count(uint64(row) + 1) }
func (w *markdown) things(n uint64, one, many string) { w.b = appendCounted(w.b, n, one, many) }

// table begins a table; columns after the first are numbers where right says so.
func (w *markdown) table(right string, columns ...string) {
	w.text("|")
	for _, c := range columns {
		w.text(" " + c + " |")
	}
	w.text("\n|")
	for i := range columns {
		if right[i] == 'r' {
			w.text(" ---: |")
		} else {
			w.text(" --- |")
		}
	}
	w.text("\n")
}

// code appends a text from the wire as code: nothing in it is Markdown, and in a
// table no | ends its cell.
func (w *markdown) code(s string) {
	shown := walcore.AppendVisible(nil, s)
	ticks, run := 1, 0
	for _, c := range shown {
		if run++; c != '`' {
			run = 0
		}
		ticks = max(ticks, run+1)
	}
	fence := func() {
		for range ticks {
			w.b = append(w.b, '`')
		}
	}
	if len(shown) == 0 {
		w.text("(empty)")
		return
	}
	fence()
	edge := shown[0] == '`' || shown[len(shown)-1] == '`'
	if edge {
		w.b = append(w.b, ' ')
	}
	for _, c := range shown {
		if c == '|' {
			w.b = append(w.b, '\\')
		}
		w.b = append(w.b, c)
	}
	if edge {
		w.b = append(w.b, ' ')
	}
	fence()
}

func (w *markdown) heading(s *Summary) {
	w.text("# ")
	if s.Name != "" {
		w.code(s.Name)
	} else {
		w.text("A conversation of PCFS over SATA")
	}
	w.text("\n\n")
	if s.File.Kind != "" {
		w.text("- File: " + s.File.Kind)
		if s.File.Packed != "" {
			w.text(", " + s.File.Packed)
		}
		if s.File.Packets > 0 {
			w.text(", ")
			w.things(s.File.Packets, "packet", "packets")
		}
		w.text("\n")
	}
	w.text("- ")
	w.things(uint64(s.Rows.Requests)+uint64(s.Rows.Responses), "message", "messages")
	w.text(" (")
	w.things(uint64(s.Rows.Requests), "request", "requests")
	w.text(", ")
	w.things(uint64(s.Rows.Responses), "response", "responses")
	w.text("), ")
	w.bytes(s.Rows.Bytes)
	w.text(", on ")
	w.things(uint64(s.StreamsAll), "stream", "streams")
	w.text("\n")
	if s.First != walcore.NoTime {
		w.text("- ")
		w.b = AppendMoment(w.b, s.First)
		w.text(", for ")
		w.duration(s.Last - s.First)
		w.text("\n")
	}
	if s.Silence.Long() {
		w.text("- " + s.Silence.String() + "\n")
	}
	w.text("- ")
	w.things(uint64(s.Rows.Failures), "failure", "failures")
	w.text(", ")
	w.things(uint64(s.NoAnswers), "request", "requests")
	w.text(" never answered, ")
	w.things(uint64(s.Rows.Findings), "diagnostic", "diagnostics")
	w.text("\n")
	if s.Problem != "" {
		w.text("- The end was not reached: ")
		w.b = walcore.AppendVisible(w.b, s.Problem)
		w.text("\n")
	}
	if s.Stopped >= 0 {
		w.text("- The reference server would have stopped at row ")
		w.number(uint32(s.Stopped))
		w.text("; the compatible log ends there.\n")
	}
}

func (w *markdown) operations(s *Summary) {
	if len(s.Operations) == 0 {
		return
	}
	w.section("Operations")
	w.table("lrrrrrrr", "operation", "requests", "failed", "unanswered", "bytes", "median", "95 %", "slowest")
	for _, t := range s.Operations {
		w.row(func() {
			w.text(t.Name)
			for _, n := range [...]uint32{t.Requests, t.Failures, t.Unanswered} {
				w.cell()
				w.count(uint64(n))
			}
			w.cell()
			w.bytes(t.Bytes)
			for _, ns := range [...]int64{t.Median, t.P95, t.Longest} {
				w.cell()
				if t.Timed > 0 {
					w.duration(ns)
				}
			}
		})
	}
}

func (w *markdown) results(s *Summary) {
	failures := s.Results
	for i := range failures {
		if !failures[i].Failure {
			failures = failures[:i]
			break
		}
	}
	if len(failures) == 0 {
		return
	}
	w.section("Failures")
	w.table("lllr", "code", "meaning", "operation", "responses")
	for _, t := range failures[:min(len(failures), 50)] {
		w.row(func() {
			w.b = appendHex(w.b, uint64(t.Code), 8)
			w.cell()
			w.text(t.Meaning)
			w.cell()
			w.text(operationName(t.Op))
			w.cell()
			w.count(uint64(t.Count))
		})
	}
}

func (w *markdown) slowest(s *Summary) {
	if len(s.Slowest) == 0 {
		return
	}
	w.section("Slowest")
	w.table("rllrr", "row", "operation", "path", "bytes", "latency")
	for _, e := range s.Slowest {
		w.row(func() {
			w.number(e.Request)
			w.cell()
			w.text(operationName(w.x.log.At(int(e.Request)).Op))
			w.cell()
			if path, ok := w.x.Path(int(e.Request)); ok {
				w.code(path)
			}
			w.cell()
			w.bytes(w.x.ExchangeBytes(e.Exchange))
			w.cell()
			w.duration(e.Latency)
		})
	}
}

func (w *markdown) paths(s *Summary) {
	if len(s.Paths) == 0 {
		return
	}
	w.section("Paths")
	if s.PathsAll > len(s.Paths) {
		w.text("The first ")
		w.count(uint64(len(s.Paths)))
		w.text(" of ")
		w.count(uint64(s.PathsAll))
		w.text(".\n\n")
	}
	w.table("lrrrr", "path", "read", "written", "requests", "failed")
	for _, t := range s.Paths {
		w.row(func() {
			w.code(w.x.log.Text(t.Text))
			w.cell()
			if t.ReadUnsure {
				w.text("at most ")
			}
			w.bytes(t.Read)
			w.cell()
			w.bytes(t.Written)
			w.cell()
			w.count(uint64(t.Requests))
			w.cell()
			w.count(uint64(t.Failures))
		})
	}
}

func (w *markdown) streams(s *Summary) {
	if len(s.Streams) == 0 {
		return
	}
	w.section("Streams")
	w.table("rllrrrll", "stream", "client", "server", "messages", "bytes", "failed", "fast file I/O", "first read size")
	for _, t := range s.Streams {
		w.row(func() {
			w.count(uint64(t.Stream))
			for _, end := range [...]interface {
				IsValid() bool
				String() string
			}{t.Client, t.Server} {
				w.cell()
				if end.IsValid() {
					w.text(end.String())
				}
			}
			w.cell()
			w.count(uint64(t.Requests) + uint64(t.Responses))
			w.cell()
			w.bytes(t.Bytes)
			w.cell()
			w.count(uint64(t.Failures))
			w.cell()
			w.text(t.FFIO.String())
			w.cell()
			w.count(uint64(t.FirstRead))
			if !t.FirstReadKnown {
				w.text(" (taken to be)")
			}
		})
	}
	if more := s.StreamsAll - len(s.Streams); more > 0 {
		w.text("\nAnd ")
		w.things(uint64(more), "more stream", "more streams")
		w.text(".\n")
	}
}

func (w *markdown) unanswered(s *Summary) {
	if len(s.Unanswered) == 0 {
		return
	}
	w.section("Never answered")
	for _, row := range s.Unanswered {
		w.text("- row ")
		w.number(row)
		w.text(", stream " + strconv.FormatUint(uint64(w.x.log.At(int(row)).Stream), 10) + ": " + operationName(w.x.log.At(int(row)).Op))
		if path, ok := w.x.Path(int(row)); ok {
			w.text(" ")
			w.code(path)
		}
		w.text("\n")
	}
	if more := s.NoAnswers - len(s.Unanswered); more > 0 {
		w.text("- and ")
		w.count(uint64(more))
		w.text(" more\n")
	}
}

func (w *markdown) facts(s *Summary) {
	if len(s.File.Facts) == 0 {
		return
	}
	w.section("What this rests on")
	w.table("llll", "what", "value", "known", "why")
	for _, f := range s.File.Facts {
		w.row(func() {
			w.text(f.What)
			w.cell()
			w.text(f.Value)
			w.cell()
			w.text(f.Known.String())
			w.cell()
			w.text(f.Why)
		})
	}
}

func (w *markdown) findings(s *Summary) {
	if len(s.Findings) > 0 {
		w.section("Diagnostics")
		w.table("lrrr", "diagnostic", "rows", "bytes", "first row")
		for _, t := range s.Findings {
			w.row(func() {
				w.text(t.Code.String())
				w.cell()
				w.count(uint64(t.Count))
				w.cell()
				if t.Bytes > 0 {
					w.bytes(t.Bytes)
				}
				w.cell()
				w.number(t.First)
			})
		}
	}
	if len(s.Assumed) == 0 {
		return
	}
	w.section("Assumed")
	for _, a := range s.Assumed {
		w.text("- ")
		if a.Row != None {
			w.text("row ")
			w.number(a.Row)
			w.text(", stream " + strconv.FormatUint(uint64(a.Stream), 10) + ": ")
		}
		w.text(a.Sentence)
		w.text("\n")
	}
}
