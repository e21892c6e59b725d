package main

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"satascope/learn"
	"satascope/sata"
	"satascope/walcore"
)

// A commandPage is what the template of a command's page is given.
type commandPage struct {
	Spec      *sata.Spec
	Number    string
	Queries   []queryRow
	Request   layout
	Responses []layout
	Seen      []seenRow
	Line      string // the log's line as a pattern, "" when there is none
	Parts     []partRow
	Answers   []lineLink // the log's lines of its responses, as far as an example has them
	Prose     []string
	Examples  []example
	Source    source
}

type queryRow struct{ Number, Name, Meaning, Answer, Link string }

// A layout is a message's fields: drawn, as a table, and how long it all is.
type layout struct {
	ID     string
	Title  string
	Note   string // what must be said before
	Ruler  ruler
	Fields []fieldRow
	Length string
}

type fieldRow struct {
	ID, Offset, Length, Type, Name, Meaning, Class string
}

type seenRow struct {
	Code, Meaning, Link string
	Count               int
}

type partRow struct{ Label, Printed string }

// A lineLink is a line of the log, and where its kind is explained.
type lineLink struct{ Line, Link string }

func number(c sata.Command) string { return fmt.Sprintf("0x%02X", uint32(c)) }

// makeCommand makes the page of a command.
func makeCommand(s *sata.Spec, st *site) (*commandPage, error) {
	p := &commandPage{Spec: s, Number: number(s.Command), Prose: commandProse[s.Command], Line: linePattern(s), Source: commandSource(s)}
	p.Request = requestLayout(s)
	var shapes []sata.Shape
	if s.Command == sata.QueryPath {
		for n, q := range sata.Queries() {
			if q.Name == "" {
				continue
			}
			p.Queries = append(p.Queries, queryRow{fmt.Sprint(n), q.Name, q.Meaning, q.Response.String(), "#response-" + learn.Slug(q.Response.String())})
			if len(shapes) == 0 || shapes[len(shapes)-1] != q.Response {
				shapes = append(shapes, q.Response)
			}
		}
	} else {
		shapes = []sata.Shape{s.Response}
	}
	for _, shape := range shapes {
		p.Responses = append(p.Responses, responseLayout(s, shape, len(shapes) > 1))
	}
	p.Seen = seenRows(st.seen, s.Command)
	for _, part := range s.Line {
		p.Parts = append(p.Parts, partRow{part.Label, formProse[part.Form]})
	}
	for _, i := range exchanges(st.story, s.Command) {
		e, err := makeExample(st.story, i)
		if err != nil {
			return nil, err
		}
		p.Examples = append(p.Examples, e)
		_, response := st.story.Pair(i)
		at := strings.TrimPrefix(learn.LineAddress(st.story.Log.At(response)), learn.Folder)
		p.Answers = append(p.Answers, lineLink{st.story.Line(response), at})
	}
	return p, nil
}

// linePattern is a request's log line with its labels.
func linePattern(s *sata.Spec) string {
	if s.LogName == "" {
		return ""
	}
	line := fmt.Sprintf("->%-13s{", s.LogName)
	for i, part := range s.Line {
		if i > 0 {
			line += ","
		}
		line += part.Label + "=…"
	}
	return line + "}"
}

func seenRows(all seen, c sata.Command) (rows []seenRow) {
	for code, n := range all[c] {
		r := seenRow{Code: codeText(code), Meaning: code.Meaning(), Link: strings.TrimPrefix(learn.ResultAddress(code, c), learn.Folder), Count: n}
		if c == sata.WriteFile && code == written {
			r.Code, r.Meaning = "a number", "so many bytes were written; the log calls it a failure"
		}
		if c == sata.ReadFile && code == sata.Success {
			r.Code, r.Meaning = "none", "data came, without a result code"
		}
		rows = append(rows, r)
	}
	sort.Slice(rows, func(i, j int) bool {
		if rows[i].Count != rows[j].Count {
			return rows[i].Count > rows[j].Count
		}
		return rows[i].Code < rows[j].Code
	})
	return rows
}

func codeText(r sata.Result) string {
	if r == sata.Success {
		return "0"
	}
	return fmt.Sprintf("0x%08X", uint32(r))
}

// headerCells stand for the header and the command info, which have a page of
// their own.
func headerCells(request bool) []rulerField {
	fields := []rulerField{{offset: 0, length: sata.HeaderSize, label: "header", link: learn.PageMessages + "#header", class: "h"}}
	if request {
		last := len(sata.CommandInfoFields) - 1
		command := sata.CommandInfoFields[last]
		fields = append(fields,
			rulerField{offset: sata.HeaderSize, length: command.Offset - sata.HeaderSize, label: "command info", link: learn.PageMessages + "#command-info", class: "h"},
			rulerField{offset: command.Offset, length: command.Length, label: "command", link: learn.PageMessages + "#" + learn.FieldID("header", &command), class: "h"})
	}
	return fields
}

func bodyClass(i int) string { return fieldClass(i) }

func requestLayout(s *sata.Spec) layout {
	l := layout{ID: "request", Title: "Request", Length: learn.RequestLength(s.Command).Why}
	fields := append(headerCells(true), rulerFields(s.Fields, func(f *sata.Field) string { return "#" + learn.FieldID("request", f) }, bodyClass)...)
	if s.Slack > 0 {
		end := sata.RequestSize + s.BodyLen()
		fields = append(fields, rulerField{offset: end, length: s.Slack, label: "ignored", class: "h", open: true})
	}
	l.Ruler = draw("The request, 16 bytes in a row", fields)
	l.Fields = fieldRows("request", s.Fields)
	if len(s.Fields) == 0 {
		l.Note = "It ends with the command: there is no body."
	}
	return l
}

func responseLayout(s *sata.Spec, shape sata.Shape, several bool) layout {
	spec := shape.Spec()
	l := layout{ID: "response-" + learn.Slug(spec.Name), Title: "Response"}
	if several {
		l.Title += ": " + spec.Name
	}
	l.Note = sentence(spec.Meaning)
	link := func(f *sata.Field) string { return "#" + learn.FieldID(spec.Name, f) }
	cells := rulerFields(spec.Fields, link, bodyClass)
	if shape == sata.ShapeRead {
		end := cells[len(cells)-1].offset + cells[len(cells)-1].length
		cells = append(cells, rulerField{offset: end, length: 28, label: "the file's data, then padding", link: learn.PageFraming + "#read", class: fieldClass(len(cells)), open: true})
		l.Length = "How long it is does not stand in it: see [framing](framing.html#read)."
		l.Note += " It has no header."
	} else {
		cells = append(headerCells(false), cells...)
		l.Length = learn.ResponseLength(shape, sata.Success).Why
		if spec.Short > 0 {
			switch shape {
			case sata.ShapeItem:
				l.Length += " With the code `0xFFF0FFFC` (no more items) only the code is read."
			default:
				l.Length += " With another result code than 0 only the code is read; what follows is ignored."
			}
		}
	}
	l.Ruler = draw(l.Title+", 16 bytes in a row", cells)
	l.Fields = fieldRows(spec.Name, spec.Fields)
	if s.Command == sata.WriteFile {
		l.Note += " After a write that succeeded the number is no code but how many bytes were written."
		l.Fields[0].Meaning = "how many bytes were written, or a code from 0xFFF00000 on for what went wrong"
	}
	return l
}

func fieldRows(part string, fields []sata.Field) (rows []fieldRow) {
	for i := range fields {
		f := &fields[i]
		rows = append(rows, fieldRow{
			ID: learn.FieldID(part, f), Offset: fmt.Sprintf("0x%02X", f.Offset), Length: fmt.Sprint(f.Length),
			Type: f.Kind.String(), Name: f.Name, Meaning: f.Meaning, Class: bodyClass(i),
		})
	}
	return rows
}

// An example is an exchange of the bundled capture.
type example struct {
	Link     string // opens it in the page's inspector
	Builder  string // opens it in the frame builder; "" when it is too long for a link
	Messages []exampleMessage
}

type exampleMessage struct {
	Row    int    // its record in the story
	Class  string // in, out or oob, as the log's colours
	Line   string
	Length string
	Why    string // how long it is, for a read
	Dump   []dumpRow
	Values []exampleValue
}

type exampleValue struct{ Class, Offset, Name, Value, Words string }

// maxLink is how long a link with frames may be, in characters.
const maxLink = 8 << 10

func makeExample(c learn.Conversation, i int) (e example, err error) {
	items, err := c.Exchange(i)
	if err != nil {
		return e, err
	}
	request, response := c.Pair(i)
	e.Link = storyLink(request)
	if fragment := learn.AppendFragment(nil, items); len(fragment) <= maxLink {
		e.Builder = "../index.html#" + string(fragment)
		if e.Link, err = inspectorLink(c, request, items); err != nil {
			return e, err
		}
	}
	for _, row := range []int{request, c.WrittenOf(request), response} {
		if row < 0 {
			continue
		}
		m, err := makeMessage(c, row)
		if err != nil {
			return e, err
		}
		e.Messages = append(e.Messages, m)
	}
	return e, nil
}

// storyLink shows a row of the bundled capture. The page writes such addresses
// itself when the example is open.
func storyLink(row int) string {
	return storyPlace + strconv.Itoa(row+1)
}

const storyPlace = "../index.html#open=examples/" + storyName + "&row="

// inspectorLink shows an exchange in the page's inspector. Where its request uses
// a descriptor, what opened that comes before it, so that the log has the path.
func inspectorLink(c learn.Conversation, request int, items []learn.Item) (string, error) {
	row := 1
	if opening := c.Opening(request); opening >= 0 {
		before, err := c.Exchange(opening)
		if err != nil {
			return "", err
		}
		row += len(before)
		items = append(before, items...)
	}
	link := "../index.html#" + learn.ExchangeName + string(learn.AppendItems(nil, items))
	if row > 1 {
		link += "&row=" + strconv.Itoa(row)
	}
	return link, nil
}

func makeMessage(c learn.Conversation, i int) (m exampleMessage, err error) {
	r := c.Log.At(i)
	b, err := c.Bytes(i, 1<<20)
	if err != nil {
		return m, err
	}
	m = exampleMessage{Row: i, Line: c.Line(i), Length: learn.Count(r.Length)}
	switch r.Kind {
	case walcore.Request:
		m.Class = "in"
		f := learn.RequestFrame(b)
		regions := []region{{0, sata.HeaderSize, "h", "header"}, {sata.HeaderSize, sata.RequestSize, "h", "command info"}}
		if spec := f.Command.Spec(); spec != nil && len(spec.Fields) == 0 {
			m.Values, regions = exampleValues(f, 0, nil) // all that it says stands before the body
		} else {
			m.Values, regions = exampleValues(f, len(sata.HeaderFields)+len(sata.CommandInfoFields), regions)
		}
		m.Dump = dump(b, regions)
	case walcore.Written:
		m.Class = "oob"
		m.Dump = dump(b, []region{{0, len(b), "f1", "data"}})
	default:
		m.Class = "out"
		q := c.Log.At(int(r.Partner))
		f := learn.ResponseFrame(b, sata.Command(q.Op), sata.Query(q.B))
		if read, ok := c.ReadOf(i); ok {
			m.Values, m.Dump = readExample(f, read)
			length, _ := read.Length()
			m.Why = length.Why
			break
		}
		var regions []region
		m.Values, regions = exampleValues(f, len(sata.HeaderFields), []region{{0, sata.HeaderSize, "h", "header"}})
		m.Dump = dump(b, regions)
	}
	return m, nil
}

// exampleValues are the fields of a frame's body with what stands in them.
func exampleValues(f *learn.Frame, skip int, regions []region) ([]exampleValue, []region) {
	values, tail := f.Values()
	var out []exampleValue
	for n, v := range values[skip:] {
		out = append(out, exampleValue{fieldClass(n), fmt.Sprintf("0x%02X", v.Field.Offset), v.Field.Name, v.Text, words(f, &v)})
		regions = append(regions, region{v.Field.Offset, v.Field.End(), fieldClass(n), v.Field.Name})
	}
	if len(tail) > 0 {
		at := len(f.Bytes) - len(tail)
		out = append(out, exampleValue{"h", fmt.Sprintf("0x%02X", at), "ignored", learn.Count(uint64(len(tail))) + " bytes", ""})
		regions = append(regions, region{at, len(f.Bytes), "h", "ignored"})
	}
	return out, regions
}

// readExample is an answer to ReadFile: its data told apart from padding.
func readExample(f *learn.Frame, read learn.Read) ([]exampleValue, []dumpRow) {
	var regions []region
	out, _ := exampleValues(&learn.Frame{Bytes: f.Bytes[:sata.ReadHeadSize], Command: f.Command, Shape: f.Shape}, 0, nil)
	for n, field := range f.Shape.Spec().Fields {
		regions = append(regions, region{field.Offset, field.End(), fieldClass(n), field.Name})
	}
	out[0].Words = read.Form.String()
	switch read.Form {
	case sata.ReadFailed:
		out[1].Name, out[1].Value, out[1].Words = "result code", codeText(sata.Result(read.Word)), sata.Result(read.Word).Meaning()
	case sata.ReadFirst:
		out[1].Words = "bytes in the file"
	case sata.ReadZeros:
		out[1].Words = "bytes were read"
	}
	data := f.Bytes[sata.ReadHeadSize:]
	padding := 0
	for padding < len(data) && data[len(data)-1-padding] == sata.Padding {
		padding++
	}
	if n := len(data) - padding; n > 0 {
		out = append(out, exampleValue{"f3", "0x24", "data", learn.Count(uint64(n)) + " bytes", "of the file"})
		regions = append(regions, region{sata.ReadHeadSize, sata.ReadHeadSize + n, "f3", "data"})
	}
	if padding > 0 {
		at := len(f.Bytes) - padding
		out = append(out, exampleValue{"f4", fmt.Sprintf("0x%02X", at), "padding", learn.Count(uint64(padding)) + " bytes", "of 0xCD"})
		regions = append(regions, region{at, len(f.Bytes), "f4", "padding"})
	}
	return out, dump(f.Bytes, regions)
}
