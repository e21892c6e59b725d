package main

import (
	"fmt"

	"satascope/sata"
)

// A ruler draws fields as cells of a table with 16 columns, one a byte.
type ruler struct {
	Caption string
	Rows    []rulerRow
}

type rulerRow struct {
	Offset string // of the row's first byte; "" for a row that stands for many
	Cells  []rulerCell
}

type rulerCell struct {
	Span  int // bytes
	Class string
	Label string
	Link  string // "#id" or an address
}

// A rulerField is a field as a ruler draws it.
type rulerField struct {
	offset, length int
	label, link    string
	class          string
	open           bool // its length is not fixed: length is how much is drawn
}

// fieldClass is the colour of the nth field of a body; the same in rulers,
// tables and hex dumps.
func fieldClass(n int) string { return fmt.Sprintf("f%d", n%4+1) }

const wide = 16

// draw lays fields out. They follow each other without a gap, from a multiple of
// 16 on.
func draw(caption string, fields []rulerField) ruler {
	r := ruler{Caption: caption}
	var row rulerRow
	at := fields[0].offset
	for _, f := range fields {
		if f.offset != at {
			panic(fmt.Sprintf("ruler: %s is at %#x, the field before it ends at %#x", f.label, f.offset, at))
		}
		end := f.offset + f.length
		labelled := false
		for at < end {
			if at%wide == 0 {
				row = rulerRow{Offset: fmt.Sprintf("0x%02X", at)}
			}
			if whole := (end - at) / wide; at%wide == 0 && whole > 3 && labelled {
				// The rows between its first and its last say nothing new.
				n := (whole - 1) * wide
				r.Rows = append(r.Rows, rulerRow{Cells: []rulerCell{{Span: wide, Class: f.class + " skip", Label: fmt.Sprintf("%s goes on: 0x%02X to 0x%02X", f.label, at, at+n-1)}}})
				at += n
				continue
			}
			n := min(wide-at%wide, end-at)
			cell := rulerCell{Span: n, Class: f.class}
			// The label stands in the first part that has room for it.
			if !labelled && (n >= 4 || n == end-at || end-at-n < n) {
				cell.Label, cell.Link, labelled = f.label, f.link, true
			}
			if f.open && at+n == end {
				cell.Class += " open"
			}
			row.Cells = append(row.Cells, cell)
			at += n
			if at%wide == 0 {
				r.Rows = append(r.Rows, row)
				row = rulerRow{}
			}
		}
	}
	if len(row.Cells) > 0 {
		if rest := wide - at%wide; rest < wide {
			row.Cells = append(row.Cells, rulerCell{Span: rest, Class: "none"})
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

// rulerFields are table fields for a ruler; id gives the identifier of each,
// class its colour.
func rulerFields(fields []sata.Field, link func(*sata.Field) string, class func(i int) string) (list []rulerField) {
	for i := range fields {
		f := &fields[i]
		list = append(list, rulerField{offset: f.Offset, length: f.Length, label: f.Name, link: link(f), class: class(i)})
	}
	return list
}
