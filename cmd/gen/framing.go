package main

import (
	"fmt"

	"satascope/learn"
	"satascope/sata"
)

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
			l.Response = "see above"
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
