package main

import (
	"fmt"

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
	Link, Builder  string // as of an example
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
	p.Link, p.Builder = e.Link, e.Builder
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
