package main

import (
	"fmt"
	"strings"

	"satascope/learn"
	"satascope/sata"
	"satascope/walcore"
)

// messagesPage is about header and command info.
type messagesPage struct {
	Header, Info   layout
	Request        exampleMessage
	RequestValues  []exampleValue
	Response       exampleMessage
	ResponseValues []exampleValue
	Link           string
}

func makeMessages(st *site) (*messagesPage, error) {
	c := st.story
	p := &messagesPage{}
	link := func(f *sata.Field) string { return "#" + learn.FieldID("header", f) }
	p.Header = layout{ID: "header", Title: "Header", Ruler: draw("The header, 16 bytes in a row", rulerFields(sata.HeaderFields, link, bodyClass)), Fields: fieldRows("header", sata.HeaderFields)}
	p.Info = layout{ID: "command-info", Title: "Command info", Ruler: draw("The command info, 16 bytes in a row", rulerFields(sata.CommandInfoFields, link, bodyClass)), Fields: fieldRows("header", sata.CommandInfoFields)}
	rows := exchanges(c, sata.OpenFile)
	if len(rows) == 0 {
		return nil, fmt.Errorf("the bundled capture has no OpenFile")
	}
	e, err := makeExample(c, rows[0])
	if err != nil {
		return nil, err
	}
	p.Link = e.Link
	all := func(i int) (exampleMessage, []exampleValue, error) {
		b, err := c.Bytes(i, 1<<20)
		if err != nil {
			return exampleMessage{}, nil, err
		}
		f := learn.ResponseFrame(b, sata.OpenFile, 0)
		m := exampleMessage{Row: i, Class: "out", Line: c.Line(i), Length: learn.Count(uint64(len(b)))}
		if c.Log.At(i).Kind == walcore.Request {
			f, m.Class = learn.RequestFrame(b), "in"
		}
		values, regions := exampleValues(f, 0, nil)
		m.Dump = dump(b, regions)
		m.Values = values
		return m, values, nil
	}
	if p.Request, p.RequestValues, err = all(rows[0]); err != nil {
		return nil, err
	}
	p.Response, p.ResponseValues, err = all(int(c.Log.At(rows[0]).Partner))
	return p, err
}

// infoPage is about the info block.
type infoPage struct {
	Block   layout
	Users   []sata.Spec
	Example []example
}

func makeInfo(st *site) (*infoPage, error) {
	p := &infoPage{}
	at := 0
	var fields []sata.Field
	for _, f := range sata.ShapeInfo.Spec().Fields {
		if f.Slot == sata.SlotResult {
			at = f.End()
			continue
		}
		f.Offset -= at
		fields = append(fields, f)
	}
	link := func(f *sata.Field) string { return "#" + learn.FieldID("info", f) }
	p.Block = layout{ID: "block", Title: "Info block", Ruler: draw("The info block, 16 bytes in a row; offsets are from its beginning", rulerFields(fields, link, bodyClass)), Fields: fieldRows("info", fields)}
	for _, i := range exchanges(st.story, sata.StatFile)[:1] {
		e, err := makeExample(st.story, i)
		if err != nil {
			return nil, err
		}
		p.Example = append(p.Example, e)
	}
	return p, nil
}

// framingPage works out reads of the story.
type framingPage struct {
	Reads   []workedRead
	Lengths []commandLength
	Write   example
	Default int
	Failed  string
}

// A workedRead is a read of the story with the sum of its length.
type workedRead struct {
	Line, Form, Why             string
	Total, First, Word, Length  string
	Padding                     string
	Link                        string
	Disputed                    bool // the two rules of section 2 differ
	Row                         int
	TotalBytes, ComputedBytes   uint64
	WordName                    string
	RequestLine, RequestMeaning string
}

type commandLength struct {
	Name, Link, Number, Request, Response string
}

func makeFraming(st *site) (*framingPage, error) {
	c := st.story
	p := &framingPage{Default: sata.DefaultFirstRead}
	type kind struct {
		form         sata.ReadForm
		more, filled bool
		nothing      bool
	}
	had := map[kind]bool{}
	for i := range c.Log.Len() {
		read, ok := c.ReadOf(i)
		if !ok {
			continue
		}
		length, ok := read.Length()
		if !ok {
			continue
		}
		r := c.Log.At(i)
		if length.Bytes != r.Length {
			return nil, fmt.Errorf("line %d: %d bytes by the rules, %d in the capture", i, length.Bytes, r.Length)
		}
		k := kind{read.Form, read.Total > uint64(read.FirstRead), read.Form == sata.ReadZeros && uint64(read.Word) < min(read.Total, uint64(read.FirstRead)), read.Form == sata.ReadZeros && read.Word == 0}
		if had[k] {
			continue
		}
		had[k] = true
		w := workedRead{
			Row: i, Line: c.Line(i), RequestLine: c.Line(int(r.Partner)), Why: length.Why, Form: read.Form.String(),
			Total: learn.Count(read.Total), First: learn.Count(uint64(read.FirstRead)), Word: learn.Count(uint64(read.Word)), Length: learn.Count(r.Length),
			TotalBytes: read.Total, ComputedBytes: length.Bytes,
			Disputed: read.Form == sata.ReadFirst && read.Total > uint64(read.FirstRead) && read.Word > read.FirstRead,
		}
		switch read.Form {
		case sata.ReadFirst:
			w.WordName = "the file's length"
		case sata.ReadZeros:
			w.WordName = "bytes read"
		case sata.ReadFailed:
			w.WordName, w.Word = "the result code", codeText(sata.Result(read.Word))
		}
		e, err := makeExample(c, i)
		if err != nil {
			return nil, err
		}
		w.Link = e.Link
		p.Reads = append(p.Reads, w)
	}
	for _, s := range sata.Commands {
		l := commandLength{Name: s.Name, Link: learn.CommandPage(s.Command), Number: number(s.Command)}
		q := learn.RequestLength(s.Command)
		l.Request = learn.Count(q.Bytes)
		if s.Slack > 0 {
			l.Request += " to " + learn.Count(q.Bytes+uint64(s.Slack))
		}
		switch {
		case s.Response == sata.ShapeRead:
			l.Response = "see below"
		case s.Command == sata.QueryPath:
			l.Response = "by the query: 40 or more, 44 or more, or 120"
			if a, b, d := learn.ResponseLength(sata.ShapeCount, 0), learn.ResponseLength(sata.ShapeSpace, 0), learn.ResponseLength(sata.ShapeInfo, 0); a.Bytes != 40 || b.Bytes != 44 || d.Bytes != 120 {
				return nil, fmt.Errorf("the lengths of a QueryPath's answers have changed: %d, %d, %d", a.Bytes, b.Bytes, d.Bytes)
			}
		default:
			l.Response = learn.Count(learn.ResponseLength(s.Response, sata.Success).Bytes)
		}
		p.Lengths = append(p.Lengths, l)
	}
	var err error
	p.Write, err = makeExample(c, exchanges(c, sata.WriteFile)[0])
	return p, err
}

// ffioPage shows what the story negotiates.
type ffioPage struct {
	Capabilities []capability
	Hellos       [][2]string
}

type capability struct {
	Code      string
	FFIO, CSR bool
}

func makeFFIO(st *site) *ffioPage {
	p := &ffioPage{}
	for _, c := range []sata.Capabilities{sata.CapBoth, sata.CapFFIO, sata.CapCSR} {
		p.Capabilities = append(p.Capabilities, capability{fmt.Sprintf("0x%08X", uint32(c)), c.FFIO(), c.CSR()})
	}
	c := st.story
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		if r.Line == walcore.LinePong && r.Partner != walcore.None {
			p.Hellos = append(p.Hellos, [2]string{c.Line(int(r.Partner)), c.Line(i)})
		}
	}
	return p
}

// descriptorsPage shows a number that is used twice, and one used too late.
type descriptorsPage struct {
	Reused, Late []logLine
	FD           int32
}

// A logLine is a line of the story with the class of its colour.
type logLine struct{ Class, Text string }

func (st *site) line(i int) logLine {
	r := st.story.Log.At(i)
	class := map[walcore.Kind]string{walcore.Request: "in", walcore.Response: "out", walcore.Written: "oob", walcore.Diagnostic: "warn"}[r.Kind]
	if result, _ := r.Result(); r.Failed() && result != sata.NoMoreItems {
		class = "bad"
	}
	return logLine{class, st.story.Line(i)}
}

func (st *site) exchangeLines(i int) []logLine {
	q, r := st.story.Pair(i)
	lines := []logLine{st.line(q)}
	if w := st.story.WrittenOf(q); w >= 0 {
		lines = append(lines, st.line(w))
	}
	return append(lines, st.line(r))
}

func makeDescriptors(st *site) *descriptorsPage {
	p := &descriptorsPage{}
	c := st.story
	opened := map[int32]int{} // by descriptor: the OpenFile's response
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		if r.Line == walcore.LineDescriptor && r.Op == uint8(sata.OpenFile) && !r.Failed() {
			if first, again := opened[r.FD]; again && p.Reused == nil && c.Log.At(first).Path != r.Path {
				p.FD = r.FD
				for n := first; n <= i; n++ {
					q := c.Log.At(n)
					if q.Kind == walcore.Response && q.Stream == r.Stream && (q.Op == uint8(sata.OpenFile) || q.Op == uint8(sata.CloseFile)) {
						p.Reused = append(p.Reused, st.exchangeLines(n)...)
					}
				}
			}
			opened[r.FD] = i
		}
		if r.Kind == walcore.Request && r.Op == uint8(sata.ReadFile) && r.Flags&walcore.FlagOpen == 0 && p.Late == nil {
			for n := i - 1; n >= 0; n-- {
				q := c.Log.At(n)
				if q.Kind == walcore.Request && q.Op == uint8(sata.CloseFile) && q.FD == r.FD {
					p.Late = append(st.exchangeLines(n), st.exchangeLines(i)...)
					break
				}
			}
		}
	}
	return p
}

// A resultRow is a result code with what the recorded sessions answer so.
type resultRow struct {
	ID, Code, Log, Meaning, Prose string
	Answers                       []answerCount
}

type answerCount struct {
	Name, Link string
	Count      int
}

func answersWith(st *site, code sata.Result) (list []answerCount) {
	for _, s := range sata.Commands {
		if n := st.seen[s.Command][code]; n > 0 {
			list = append(list, answerCount{s.Name, learn.CommandPage(s.Command), n})
		}
	}
	return list
}

type resultsPage struct {
	Rows    []resultRow
	Written []answerCount
	Example []logLine
	Bytes   string
	Hex     string
}

func makeResults(st *site) *resultsPage {
	p := &resultsPage{}
	for _, r := range sata.Results {
		row := resultRow{ID: learn.ResultID(r.Code), Code: codeText(r.Code), Meaning: r.Meaning, Prose: resultProse[r.Code], Log: "Success", Answers: answersWith(st, r.Code)}
		if r.Code != sata.Success {
			row.Log = fmt.Sprintf("Failure (%x)", uint32(r.Code))
		}
		p.Rows = append(p.Rows, row)
	}
	p.Written = answersWith(st, written)
	i := exchanges(st.story, sata.WriteFile)[0]
	p.Example = st.exchangeLines(i)
	_, r := st.story.Pair(i)
	p.Bytes = fmt.Sprint(st.story.Log.At(r).B)
	p.Hex = fmt.Sprintf("%x", st.story.Log.At(r).B)
	return p
}

// logPage is about the log's lines.
type logPage struct {
	Lines    []lineKind
	Requests []commandLine
}

type commandLine struct{ Name, Link, Line string }

// A lineKind is a kind of line that is no known request's.
type lineKind struct {
	ID, Title, Prose string
	Examples         []logLine
}

var lineProse = []struct {
	line  walcore.Line
	title string
	prose string
}{
	{walcore.LineResult, "RC", "A response that is a result code and nothing else: `Success`, or `Failure` and the code in hex. A StatFile or QueryPath that failed has this line too. After a WriteFile that succeeded the code is the number of bytes written, so the line says Failure all the same."},
	{walcore.LineDescriptor, "FDRES", "The response to an OpenFile or OpenFolder: `Success` and the new descriptor, or `Failure` and the code."},
	{walcore.LineItem, "Folder Item", "The response to a ReadFolder: the result code, and the item's name or `<None>`. At the folder's end the code is fff0fffc."},
	{walcore.LineRead, "READ", "An answer of fast file I/O to a ReadFile. `chk` is a checksum over the whole answer, padding included: FNV-1a with 64 bits, but starting from 69420 instead of the usual basis. `file_size` is the number at `0x20` as it stands, whatever it means: the file's length, the bytes read, or, after a failure, the result code as a decimal number. `packet_len` is the answer's length, `header` its first 32 bytes. A failed read has this line too. An answer shorter than 36 bytes is Unknown."},
	{walcore.LineStat, "STAT", "The response to a StatFile that succeeded: flags and permissions in hex, length in decimal. See the [info block](info.html); of a folder the length prints as 0."},
	{walcore.LineInfo, "QUERY, details", "The response to a QueryPath for details that succeeded: the same values as a STAT line, written otherwise."},
	{walcore.LineSpace, "QUERY, bytes", "The response to a QueryPath for free space or a folder's size that succeeded: a number of bytes."},
	{walcore.LineCount, "QUERY, files", "The response to a QueryPath for a folder's files that succeeded: how many there are."},
	{walcore.LinePong, "PONG", "The response to a Ping: what is on [from now on](ffio.html)."},
	{walcore.LineWritten, "written data", "The data of a WriteFile, which came out of band: two spaces, an arrow, how many bytes. It stands between the request and its response. The reference prints it only when the path of the descriptor is known and is still that of the WriteFile that waits longest, so for a descriptor that was never opened the line is missing; Satascope's own log has it then, too."},
	{walcore.LineUnknown, "Unknown", "A message that does not parse, with all its bytes: printable ASCII as it is, `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t`, `\\0`, and `\\xNN` for any other byte. The response to an Unknown request is Unknown too. [GetFilePosition](getfileposition.html) is always so, because the reference does not know it."},
}

func makeLog(st *site) *logPage {
	p := &logPage{}
	c := st.story
	for _, l := range lineProse {
		k := lineKind{ID: learn.LineIDs[l.line], Title: l.title, Prose: l.prose}
		had := map[string]bool{}
		for i := range c.Log.Len() {
			r := c.Log.At(i)
			if r.Line != l.line {
				continue
			}
			kind := fmt.Sprint(r.Kind, r.Failed(), l.line == walcore.LineResult && r.B != 0 && !r.Failed())
			if l.line == walcore.LineInfo {
				kind += fmt.Sprint(r.B)
			}
			if !had[kind] {
				had[kind] = true
				k.Examples = append(k.Examples, st.line(i))
			}
		}
		p.Lines = append(p.Lines, k)
	}
	for _, s := range sata.Commands {
		l := commandLine{Name: s.Name, Link: learn.CommandPage(s.Command) + "#line", Line: linePattern(s)}
		if l.Line == "" {
			l.Line = "->Unknown      {data=…}"
		}
		p.Requests = append(p.Requests, l)
	}
	return p
}

// A diagnosticRow is a diagnostic.
type diagnosticRow struct {
	Name, Sentence string
	Prose          []string
	Stops          bool
	Example        []logLine
}

func makeDiagnostics(st *site) []diagnosticRow {
	var rows []diagnosticRow
	fill := strings.NewReplacer("{size}", "N", "{a}", "N", "{b}", "N", "{side}", "client (or server)", "{offset}", "N", "{packet}", "N", "{stream}", "N")
	for n, spec := range walcore.Codes() {
		code := walcore.Code(n)
		sentence := fill.Replace(spec.Sentence)
		if code == walcore.CodeNoBeginning {
			sentence = fill.Replace(strings.Replace(spec.Sentence, "{b}", "on (or off)", 1))
		}
		row := diagnosticRow{Name: spec.Name, Sentence: sentence, Prose: diagnosticProse[code], Stops: code == walcore.CodeStreamNotOpen || code == walcore.CodeUnasked}
		for i := range st.story.Log.Len() {
			if r := st.story.Log.At(i); r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == code {
				row.Example = append(row.Example, st.line(i))
			}
		}
		rows = append(rows, row)
	}
	return rows
}
