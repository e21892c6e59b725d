package worker

import (
	"strconv"

	"satascope/inspect"
	"satascope/sata"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// summarize tells what is in the file, as tables that lead to rows and filters, and as
// Markdown.
func summarize(x *inspect.Index, about inspect.About) *bridge.Report {
	s := x.Summary(about)
	r := reporter{x: x, s: &s, m: &bridge.Report{}}
	r.heading()
	r.operations()
	r.failures()
	r.slowest()
	r.paths()
	r.streams()
	r.unanswered()
	r.facts()
	r.findings()
	r.m.Markdown = string(x.AppendMarkdown(nil, &s))
	return r.m
}

type reporter struct {
	x *inspect.Index
	s *inspect.Summary
	m *bridge.Report
	b *bridge.Section
}

// section begins a section; with columns it is a table.
func (r *reporter) section(title, right string, head ...string) {
	r.m.Sections = append(r.m.Sections, bridge.Section{Title: title, Right: right, Head: head})
	r.b = &r.m.Sections[len(r.m.Sections)-1]
}

func (r *reporter) line(p bridge.Phrase)       { r.b.Lines = append(r.b.Lines, p) }
func (r *reporter) row(cells ...bridge.Phrase) { r.b.Table = append(r.b.Table, cells) }

func (r *reporter) beyond(n int, what string) {
	if n > 0 {
		r.b.Beyond = "and " + countOf(uint64(n)) + " more " + what
	}
}

func say(text string) bridge.Phrase { return bridge.Phrase{Text: text, Row: bridge.NoRow} }

func finds(text, filter string) bridge.Phrase {
	return bridge.Phrase{Text: text, Row: bridge.NoRow, Filter: filter}
}

func at(text string, row uint32) bridge.Phrase { return bridge.Phrase{Text: text, Row: int(row)} }

func wire(text string) bridge.Phrase {
	return bridge.Phrase{Text: visible(cutText(text)), Code: true, Row: bridge.NoRow}
}

func countOf(n uint64) string  { return string(inspect.AppendCount(nil, n)) }
func bytesOf(n uint64) string  { return string(inspect.AppendBytes(nil, n)) }
func duration(ns int64) string { return string(inspect.AppendDuration(nil, ns)) }
func number(n uint32) bridge.Phrase {
	return say(countOf(uint64(n)))
}

// counted is a number that a filter leads to, unless it is 0.
func counted(n uint32, filter string) bridge.Phrase {
	if n == 0 {
		filter = ""
	}
	return finds(countOf(uint64(n)), filter)
}

// plural is what is counted, of so many.
func plural(n uint32, what string) string {
	if n == 1 {
		return what
	}
	return what + "s"
}

func (r *reporter) heading() {
	s := r.s
	r.section("", "")
	if s.File.Kind != "" {
		file := s.File.Kind
		if s.File.Packed != "" {
			file += ", " + s.File.Packed
		}
		if s.File.Packets > 0 {
			file += ", " + countOf(s.File.Packets) + " packets"
		}
		r.line(say(file))
	}
	r.line(say(countOf(uint64(s.Rows.Requests)+uint64(s.Rows.Responses)) + " messages (" + countOf(uint64(s.Rows.Requests)) + " requests, " + countOf(uint64(s.Rows.Responses)) + " responses), " + bytesOf(s.Rows.Bytes) + ", streams: " + countOf(uint64(s.StreamsAll))))
	if s.First != walcore.NoTime {
		r.line(say(string(inspect.AppendMoment(nil, s.First)) + ", for " + duration(s.Last-s.First)))
	}
	if s.Silence.Long() {
		r.line(at(s.Silence.String(), s.Silence.Row))
	}
	r.line(counted(s.Rows.Failures, "result:failure"))
	r.b.Lines[len(r.b.Lines)-1].Text += plural(s.Rows.Failures, " failure")
	r.line(counted(uint32(s.NoAnswers), "result:none"))
	r.b.Lines[len(r.b.Lines)-1].Text += plural(uint32(s.NoAnswers), " request") + " never answered"
	r.line(counted(s.Rows.Findings, "diag:*"))
	r.b.Lines[len(r.b.Lines)-1].Text += plural(s.Rows.Findings, " diagnostic")
	if s.Problem != "" {
		r.line(say("The end was not reached: " + visible(s.Problem)))
	}
	if s.Stopped >= 0 {
		r.line(at("The reference server would have stopped at row "+countOf(uint64(s.Stopped)+1)+"; the compatible log ends there.", uint32(s.Stopped)))
	}
}

func (r *reporter) operations() {
	if len(r.s.Operations) == 0 {
		return
	}
	r.section("Operations", "lrrrrrrr", "operation", "requests", "failed", "unanswered", "bytes", "median", "95 %", "slowest")
	for _, t := range r.s.Operations {
		op := inspect.Term("op", t.Name, false)
		median, p95, longest := "", "", ""
		if t.Timed > 0 {
			median, p95, longest = duration(t.Median), duration(t.P95), duration(t.Longest)
		}
		r.row(finds(t.Name, op), number(t.Requests), counted(t.Failures, op+" result:failure"), counted(t.Unanswered, op+" result:none"), say(bytesOf(t.Bytes)), say(median), say(p95), say(longest))
	}
}

func (r *reporter) failures() {
	var failures []inspect.ResultTotals
	for _, t := range r.s.Results {
		if t.Failure {
			failures = append(failures, t)
		}
	}
	if len(failures) == 0 {
		return
	}
	r.section("Failures", "lllr", "code", "meaning", "operation", "responses")
	const most = 50
	for _, t := range failures[:min(len(failures), most)] {
		hex := strconv.FormatUint(uint64(t.Code), 16)
		op := "Unknown"
		if spec := sata.Command(t.Op).Spec(); spec != nil {
			op = spec.Name
		}
		r.row(wire("0x"+hex), say(t.Meaning), say(op), counted(t.Count, inspect.Term("code", hex, false)+" "+inspect.Term("op", op, false)))
	}
	r.beyond(len(failures)-most, "kinds of failures")
}

func (r *reporter) slowest() {
	if len(r.s.Slowest) == 0 {
		return
	}
	r.section("Slowest", "rllrr", "row", "operation", "path", "bytes", "latency")
	for _, e := range r.s.Slowest {
		path := say("")
		if p, ok := r.x.Path(int(e.Request)); ok {
			path = wire(p)
		}
		r.row(at(countOf(uint64(e.Request)+1), e.Request), say(inspect.OperationName(r.x.Log().At(int(e.Request)))), path, say(bytesOf(r.x.ExchangeBytes(e.Exchange))), say(duration(e.Latency)))
	}
}

func (r *reporter) paths() {
	if len(r.s.Paths) == 0 {
		return
	}
	r.section("Paths", "lrrrr", "path", "read", "written", "requests", "failed")
	for _, t := range r.s.Paths {
		text := r.x.Log().Text(t.Text)
		term := inspect.Term("path", text, false)
		path := wire(text)
		path.Filter = term
		read := bytesOf(t.Read)
		if t.ReadUnsure {
			read = "at most " + read
		}
		r.row(path, say(read), say(bytesOf(t.Written)), number(t.Requests), counted(t.Failures, term+" result:failure"))
	}
	r.beyond(r.s.PathsAll-len(r.s.Paths), "paths")
}

func (r *reporter) streams() {
	if len(r.s.Streams) == 0 {
		return
	}
	r.section("Streams", "lllrrrll", "stream", "client", "server", "messages", "bytes", "failed", "fast file I/O", "first read size")
	for _, t := range r.s.Streams {
		id := strconv.FormatUint(uint64(t.Stream), 10)
		term := inspect.Term("stream", id, false)
		first := countOf(uint64(t.FirstRead))
		if !t.FirstReadKnown {
			first += " (taken to be)"
		}
		r.row(finds(id, term), say(address(t.Client)), say(address(t.Server)), say(countOf(uint64(t.Requests)+uint64(t.Responses))), say(bytesOf(t.Bytes)), counted(t.Failures, term+" result:failure"), say(t.FFIO.String()), say(first))
	}
	r.beyond(r.s.StreamsAll-len(r.s.Streams), "streams")
}

func (r *reporter) unanswered() {
	if len(r.s.Unanswered) == 0 {
		return
	}
	r.section("Never answered", "rll", "row", "operation", "path")
	for _, row := range r.s.Unanswered {
		path := say("")
		if p, ok := r.x.Path(int(row)); ok {
			path = wire(p)
		}
		r.row(at(countOf(uint64(row)+1), row), say(inspect.OperationName(r.x.Log().At(int(row)))), path)
	}
	r.beyond(r.s.NoAnswers-len(r.s.Unanswered), "requests")
}

func (r *reporter) facts() {
	if len(r.s.File.Facts) == 0 {
		return
	}
	r.section("What this rests on", "llll", "what", "value", "known", "why")
	for _, f := range r.s.File.Facts {
		r.row(say(f.What), say(f.Value), say(f.Known.String()), say(f.Why))
	}
}

func (r *reporter) findings() {
	if len(r.s.Findings) > 0 {
		r.section("Diagnostics", "lrrr", "diagnostic", "rows", "bytes", "first row")
		for _, t := range r.s.Findings {
			bytes := ""
			if t.Bytes > 0 {
				bytes = bytesOf(t.Bytes)
			}
			term := inspect.Term("diag", t.Code.String(), false)
			r.row(finds(t.Code.String(), term), counted(t.Count, term), say(bytes), at(countOf(uint64(t.First)+1), t.First))
		}
	}
	if len(r.s.Assumed) > 0 {
		r.section("Assumed", "")
		for _, a := range r.s.Assumed {
			if a.Row == inspect.None {
				r.line(say(visible(a.Sentence)))
				continue
			}
			r.line(at("row "+countOf(uint64(a.Row)+1)+", stream "+strconv.FormatUint(uint64(a.Stream), 10)+": "+visible(a.Sentence), a.Row))
		}
	}
}
