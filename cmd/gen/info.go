package main

import (
	"satascope/learn"
	"satascope/sata"
)

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
