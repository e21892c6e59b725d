package main

import (
	"fmt"
	"strings"
)

// A dumpRow is a row of a hex dump: 16 bytes in runs of one field each, or what
// is left out.
type dumpRow struct {
	Offset string
	Runs   []dumpRun
	Text   []dumpRun // the same as characters
	Blank  int       // bytes missing to 16
	Skip   string    // instead of bytes
}

type dumpRun struct{ Class, Bytes string }

// A region is a range of a message's bytes of one colour.
type region struct {
	start, end int
	class      string
	name       string
}

// dump draws bytes. Long stretches of one byte within a region, and the middle
// of long regions, are left out and said so.
func dump(b []byte, regions []region) (rows []dumpRow) {
	at := func(i int) *region {
		for n := range regions {
			if i >= regions[n].start && i < regions[n].end {
				return &regions[n]
			}
		}
		return &region{end: len(b)}
	}
	for start := 0; start < len(b); start += wide {
		end := min(start+wide, len(b))
		if n, what := skipped(b, start, at(start)); n > 0 {
			rows = append(rows, dumpRow{Skip: fmt.Sprintf("0x%02x to 0x%02x: %s", start, start+n-1, what)})
			start += n - wide
			continue
		}
		row := dumpRow{Offset: fmt.Sprintf("%03x", start), Blank: wide - (end - start)}
		for i := start; i < end; {
			r := at(i)
			to := min(max(r.end, i+1), end)
			var hex, text strings.Builder
			for n := i; n < to; n++ {
				if n > i {
					hex.WriteByte(' ')
				}
				fmt.Fprintf(&hex, "%02x", b[n])
				if c := b[n]; c >= 0x20 && c < 0x7F {
					text.WriteByte(c)
				} else {
					text.WriteByte('.')
				}
			}
			row.Runs = append(row.Runs, dumpRun{r.class, hex.String()})
			row.Text = append(row.Text, dumpRun{r.class, text.String()})
			i = to
		}
		rows = append(rows, row)
	}
	return rows
}

// skipped is how many bytes from start on are left out, whole rows of one
// region, and what they are.
func skipped(b []byte, start int, r *region) (n int, what string) {
	end := min(r.end, len(b))
	same := start
	for same < end && b[same] == b[start] {
		same++
	}
	if n = (same - start) / wide * wide; n >= 2*wide {
		what = fmt.Sprintf("%d bytes of %02x", n, b[start])
		if b[start] == 0 {
			what = fmt.Sprintf("%d zeros", n)
		}
		return n, r.name + ", " + what
	}
	const shown = 64
	if start >= r.start+shown && end-start > 3*wide {
		if n = (end - start - wide) / wide * wide; n >= 2*wide {
			// Up to where a run of one byte begins, so that it is told as one.
			return n, fmt.Sprintf("%s, %d bytes more", r.name, n)
		}
	}
	return 0, ""
}
