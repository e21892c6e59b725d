package worker

import (
	"slices"

	"satascope/inspect"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// notes are the person's notes on the rows of the open file. A note names the
// message by its place in its stream, not only by its row: rows have other
// numbers when the file is decoded with other assumptions.
type notes struct {
	list  []bridge.Note
	rows  map[int]int // places in list, by record
	log   *walcore.Log
	count int // rows of the log when they were placed
}

// set takes all notes of the file, and gives the records whose notes may be others
// now.
func (n *notes) set(x *inspect.Index, list []bridge.Note) (changed []int) {
	for record := range n.rows {
		changed = append(changed, record)
	}
	n.list, n.log = list, nil
	n.place(x)
	for record := range n.rows {
		changed = append(changed, record)
	}
	return changed
}

// put takes a note on a record, in place of the one that it has; one that says
// nothing only goes.
func (n *notes) put(x *inspect.Index, record int, note bridge.Note) {
	n.place(x)
	if at, ok := n.rows[record]; ok {
		n.list = slices.Delete(n.list, at, at+1)
	}
	if note.Marked || note.Text != "" {
		note.Anchor = anchor(x, record)
		n.list = append(n.list, note)
	}
	n.log = nil
	n.place(x)
}

// at is the note on a record, nil when there is none.
func (n *notes) at(record int) *bridge.Note {
	if n == nil {
		return nil
	}
	if at, ok := n.rows[record]; ok {
		return &n.list[at]
	}
	return nil
}

// note is the note on a record, for filters.
func (n *notes) note(record int) (note inspect.Note, has bool) {
	if at := n.at(record); at != nil {
		return inspect.Note{Text: at.Text, Marked: at.Marked}, true
	}
	return note, false
}

// place finds the records of the notes, again when the log has grown or is
// another one.
func (n *notes) place(x *inspect.Index) {
	if n.log == x.Log() && n.count == x.Log().Len() {
		return
	}
	n.log, n.count, n.rows = x.Log(), x.Log().Len(), map[int]int{}
	wanted := map[bridge.Anchor]int{}
	for at := range n.list {
		a := n.list[at].Anchor
		if a.Row >= 0 && a.Row < n.count && anchor(x, a.Row) == a {
			n.rows[a.Row] = at
			continue
		}
		a.Row = 0
		wanted[a] = at
	}
	for i := 0; i < n.count && len(wanted) > 0; i++ {
		a := anchor(x, i)
		a.Row = 0
		if at, ok := wanted[a]; ok {
			n.rows[i] = at
			delete(wanted, a)
		}
	}
}

// anchor is how a record is found again.
func anchor(x *inspect.Index, i int) bridge.Anchor {
	r := x.Log().At(i)
	a := bridge.Anchor{Row: i, Stream: int(r.Stream), FromServer: r.FromServer(), Offset: r.Offset}
	switch r.Kind {
	case walcore.Diagnostic:
		a.Finding = inspect.OperationName(r)
	case walcore.Written:
		a.Finding = "written" // its data begin where another message may
	}
	return a
}

// placed is all notes with their records, in the order of the log; those whose
// record is not there come last.
func (n *notes) placed(x *inspect.Index) *bridge.Notes {
	n.place(x)
	m := &bridge.Notes{}
	seen := make([]bool, len(n.list))
	for record, at := range n.rows {
		seen[at] = true
		line, _ := x.Log().AppendVisibleText(nil, record, rowLimit)
		m.List = append(m.List, bridge.PlacedNote{Record: record, Line: string(line), Note: n.list[at]})
	}
	slices.SortFunc(m.List, func(a, b bridge.PlacedNote) int { return a.Record - b.Record })
	for at, note := range n.list {
		if !seen[at] {
			m.List = append(m.List, bridge.PlacedNote{Record: bridge.NoRow, Note: note})
		}
	}
	return m
}

// appendNote appends the note on a record as a line of a log.
func (n *notes) appendNote(dst []byte, record int) []byte {
	note := n.at(record)
	if note == nil {
		return dst
	}
	return walcore.AppendNote(dst, &walcore.Note{Record: record, Marked: note.Marked, Text: note.Text})
}

// notesOf are the notes that stood in a log when it was opened; what several say
// of one record is one.
func notesOf(x *inspect.Index) (list []bridge.Note) {
	last := -1
	for _, one := range x.Log().Notes() {
		if one.Record != last {
			list = append(list, bridge.Note{Anchor: anchor(x, one.Record)})
			last = one.Record
		}
		note := &list[len(list)-1]
		note.Marked = note.Marked || one.Marked
		if note.Text != "" && one.Text != "" {
			note.Text += "\n"
		}
		note.Text += one.Text
	}
	return list
}
