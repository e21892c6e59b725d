//go:build js && wasm

package page

import (
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

const (
	// keptNotes begins the names under which the notes of a file are kept; its
	// hash follows.
	keptNotes = "notes."
	// maxNotes and maxNote bound what a file can have: notes come from links, too.
	maxNotes = 2000
	maxNote  = 4000 // bytes
	// partsPrefix begins a hash that is of parts of huge files only.
	partsPrefix = "parts-"
)

// notes are what a person marked and wrote about rows of the open files. They
// are kept on this machine beside the files' hash, so that they are there when
// the same file is opened again, whatever it is called then. docs/notes.md has
// the form.
type notes struct {
	p     *page
	files []source // that they are about
	hash  string   // of these, "" while it is not known
	said  string   // why it can't be known
	parts bool     // it is of parts of the files only
	own   bool     // the person wrote some, which are kept; those that came with a link or in a log are not
	list  []bridge.PlacedNote
	// early are notes that came before the worker could place them: with a link,
	// or written before the hash was known.
	early []bridge.Note

	dialog, table, about, none dom.HTMLElement
	write_, writeAbout, field  dom.HTMLElement
	remove, withLabel, withBox dom.HTMLElement
	record                     int // that the note is about that is being written
}

func newNotes(p *page) *notes {
	n := &notes{
		p: p, dialog: byID("notes"), table: byID("notes-list"), about: byID("notes-about"), none: byID("notes-none"),
		write_: byID("note"), writeAbout: byID("note-about"), field: byID("note-text"), remove: byID("note-remove"),
		withLabel: byID("with-notes-label"), withBox: byID("with-notes"), record: -1,
	}
	on(byID("notes-close"), "click", func(dom.Event) { n.dialog.Underlying().Call("close") })
	on(byID("notes-copy"), "click", func(dom.Event) {
		text := n.markdown()
		p.clip(func(give func(string, error)) { give(text, nil) }, "Copied.")
	})
	on(byID("notes-filter"), "click", func(dom.Event) {
		n.dialog.Underlying().Call("close")
		p.filter.set("note:*")
	})
	on(n.table, "click", func(ev dom.Event) { n.clicked(ev) })
	on(byID("note-form"), "submit", func(ev dom.Event) {
		ev.PreventDefault()
		n.write_.Underlying().Call("close")
		n.put(n.record, n.marked(n.record), strings.TrimSpace(n.field.Underlying().Get("value").String()))
	})
	on(n.remove, "click", func(dom.Event) {
		n.write_.Underlying().Call("close")
		n.put(n.record, n.marked(n.record), "")
	})
	// Escape closes the dialog only where nothing would be lost by it.
	on(n.write_, "cancel", func(ev dom.Event) {
		if strings.TrimSpace(n.field.Underlying().Get("value").String()) != n.text(n.record) {
			ev.PreventDefault()
			byID("note-hint").SetTextContent("The note has changed: Ctrl+Enter keeps it, Cancel throws it away.")
		}
	})
	on(byID("note-cancel"), "click", func(dom.Event) { n.write_.Underlying().Call("close") })
	on(n.field, "keydown", func(ev dom.Event) {
		if u := ev.Underlying(); u.Get("key").String() == "Enter" && command(u) {
			ev.PreventDefault()
			byID("note-form").Underlying().Call("requestSubmit")
		}
	})
	return n
}

// reset forgets the notes, for other files.
func (n *notes) reset() {
	if sameFiles(n.files, n.p.files) { // they are decoded once more
		n.early, n.list = n.all(), nil
		return
	}
	n.files, n.hash, n.said, n.list, n.early = n.p.files, "", "", nil, nil
	n.parts, n.own = false, false
	n.show()
}

// ended is called when the files were decoded: their hash is worked out in the
// background, and the notes find their rows.
func (n *notes) ended(m *bridge.Ended) {
	for _, note := range m.Notes[:min(len(m.Notes), maxNotes)] {
		n.add(note)
	}
	if n.hash == "" && n.said == "" {
		n.p.client.post(&bridge.Hash{})
	}
	n.set()
}

// set gives the worker all notes, to find their rows.
func (n *notes) set() {
	all := n.all()
	n.early = nil
	if len(all) > 0 {
		n.p.client.post(&bridge.SetNotes{Record: bridge.NoRow, List: all[:min(len(all), maxNotes)]})
	}
}

// all are the notes, whether their rows were found or not.
func (n *notes) all() []bridge.Note {
	all := n.early
	for i := range n.list {
		all = append(all, n.list[i].Note)
	}
	return all
}

// hashed takes the files' hash, and with it the notes that are kept beside it.
func (n *notes) hashed(m *bridge.Hashed) {
	n.hash, n.said, n.parts = m.Hash, m.Error, m.Parts
	switch {
	case m.Parts && m.Hash != "":
		n.hash = partsPrefix + m.Hash
	case len(n.files) == 1:
		n.p.header.hashed(m.Hash)
	}
	if m.Hash == "" {
		n.show()
		return
	}
	kept := parseNotes(n.p.settings.store.get(keptNotes + n.hash))
	n.own = n.own || len(kept) > 0
	for _, note := range kept {
		n.add(note)
	}
	n.set()
	n.show()
}

// sha256 is the file's SHA-256, "" while it is not known, or never.
func (n *notes) sha256() string {
	if n.parts {
		return ""
	}
	return n.hash
}

// add takes a note that is not there yet.
func (n *notes) add(note bridge.Note) {
	same := func(a bridge.Anchor) bool {
		b := note.Anchor
		return a.Stream == b.Stream && a.FromServer == b.FromServer && a.Offset == b.Offset && a.Finding == b.Finding
	}
	for i := range n.list {
		if same(n.list[i].Anchor) {
			return // what was written here holds
		}
	}
	for i := range n.early {
		if same(n.early[i].Anchor) {
			return
		}
	}
	n.early = append(n.early, note)
}

// take takes the notes that came with a link.
func (n *notes) take(text string) {
	v, err := browser.Try(func() js.Value { return js.Global().Get("JSON").Call("parse", text) })
	if err != nil {
		return
	}
	for _, note := range parseNotes(v) {
		n.add(note)
	}
	if n.p.state == stateDone || n.p.state == stateFailed {
		n.set()
	}
}

// came takes the notes with their rows, and keeps them.
func (n *notes) came(m *bridge.Notes) {
	n.list = m.List
	n.p.list.refresh()
	n.p.inspector.line.want(n.p.inspector.row) // which shows the note, too
	n.keep()
	n.show()
}

// keep keeps the notes on this machine, beside the files' hash.
func (n *notes) keep() {
	if n.hash == "" || !n.own {
		return // it does so when the hash is known, and not without being asked for
	}
	s := n.p.settings.store
	if len(n.list) == 0 {
		s.remove(keptNotes + n.hash)
		return
	}
	if err := s.set(keptNotes+n.hash, n.value()); err != nil {
		n.p.problem.tell("The notes hold until the page is closed, but can't be kept on this machine: "+sentence(visible(err.Error())), -1)
	}
}

// forgotten is called when everything that was kept is forgotten.
func (n *notes) forgotten() {
	n.list, n.early = nil, nil
	n.p.client.post(&bridge.SetNotes{Record: bridge.NoRow})
	n.show()
}

// at is the note on a record, nil when there is none.
func (n *notes) at(record int) *bridge.PlacedNote {
	for i := range n.list {
		if n.list[i].Record == record && record >= 0 {
			return &n.list[i]
		}
	}
	return nil
}

func (n *notes) marked(record int) bool {
	note := n.at(record)
	return note != nil && note.Marked
}

func (n *notes) text(record int) string {
	if note := n.at(record); note != nil {
		return note.Text
	}
	return ""
}

// put writes a note on a record, in place of the one that it has.
func (n *notes) put(record int, marked bool, text string) {
	if record < 0 {
		return
	}
	n.own = true
	text = strings.ToValidUTF8(text[:min(len(text), maxNote)], "")
	n.p.client.post(&bridge.SetNotes{Record: record, List: []bridge.Note{{Marked: marked, Text: text}}})
}

// toggle marks the selected row, or takes its mark away.
func (n *notes) toggle() {
	record := n.p.list.sel
	if record < 0 {
		n.p.say("No row is selected.")
		return
	}
	n.put(record, !n.marked(record), n.text(record))
}

// write asks for the note on a record.
func (n *notes) write(record int) {
	if record < 0 {
		n.p.say("No row is selected.")
		return
	}
	n.record = record
	n.writeAbout.SetTextContent("Row " + count(record+1))
	byID("note-hint").SetTextContent("Ctrl+Enter keeps it.")
	n.field.Underlying().Set("value", n.text(record))
	show(n.remove, n.text(record) != "")
	n.write_.Underlying().Call("showModal")
	n.field.Focus()
}

// menuItems are what can be done with a row's note.
func (n *notes) menuItems(record int) []menuItem {
	mark, note := "Mark this row", "Write a note…"
	if n.marked(record) {
		mark = "Take the mark away"
	}
	if n.text(record) != "" {
		note = "Change the note…"
	}
	return []menuItem{
		{label: mark, hint: "M", do: func() { n.put(record, !n.marked(record), n.text(record)) }},
		{label: note, hint: "C", do: func() { n.write(record) }},
	}
}

// open shows all notes.
func (n *notes) open() {
	n.show()
	n.dialog.Underlying().Call("showModal")
}

// show shows what there is.
func (n *notes) show() {
	show(n.withLabel, len(n.list) > 0)
	if len(n.list) == 0 {
		n.withBox.Underlying().Set("checked", false)
	}
	where := "They are kept on this machine, beside the file’s SHA-256, and come with a download or a link only where “with notes” is ticked."
	switch {
	case !n.p.settings.store.works():
		where = "This browser keeps nothing for this page: they hold until it is closed."
	case n.said != "":
		where = "They hold until the page is closed: the file’s SHA-256 could not be worked out (" + visible(n.said) + ")."
	case n.parts:
		where = "They are kept on this machine, beside a hash of the file’s length and of 64 parts of it, because it is larger than 2 GiB; they come with a download or a link only where “with notes” is ticked."
	case !n.own && len(n.list) > 0:
		where = "They came with what was opened. Nothing is kept on this machine until you mark a row or write a note."
	case n.hash == "":
		where = "They are kept on this machine beside the file’s SHA-256, which is being worked out."
	}
	n.about.SetTextContent(where)
	show(n.none, len(n.list) == 0)
	show(byID("notes-copy"), len(n.list) > 0)
	show(byID("notes-filter"), len(n.list) > 0)
	clearAll(n.table)
	for i := range n.list {
		n.table.AppendChild(n.item(&n.list[i]))
	}
}

// item is a note in the list of all.
func (n *notes) item(note *bridge.PlacedNote) dom.HTMLElement {
	li := element("li", "", "")
	head := element("p", "", "")
	if note.Record >= 0 {
		button := element("button", "link", "Row "+count(note.Record+1))
		button.SetAttribute("type", "button")
		button.SetAttribute("data-row", itoa(note.Record))
		head.AppendChild(button)
	} else {
		head.AppendChild(element("b", "", "A row that is not here"))
	}
	if note.Marked {
		head.AppendChild(element("span", "star", " ★ marked"))
	}
	if note.Record >= 0 {
		for _, b := range [][2]string{{"edit", "Change"}, {"drop", "Remove"}} {
			button := element("button", "small", b[1])
			button.SetAttribute("type", "button")
			button.SetAttribute("data-"+b[0], itoa(note.Record))
			button.SetAttribute("aria-label", b[1]+" the note on row "+count(note.Record+1))
			head.AppendChild(button)
		}
	}
	li.AppendChild(head)
	li.AppendChild(element("code", "", note.Line))
	if note.Text != "" {
		li.AppendChild(element("p", "text", note.Text))
	}
	return li
}

func (n *notes) clicked(ev dom.Event) {
	button := closest(ev.Target(), "button")
	if button == nil {
		return
	}
	if record, ok := atoi(button.GetAttribute("data-row")); ok && button.HasAttribute("data-row") {
		n.dialog.Underlying().Call("close")
		n.p.reveal(record)
		n.p.list.focus()
	} else if record, ok := atoi(button.GetAttribute("data-edit")); ok && button.HasAttribute("data-edit") {
		n.dialog.Underlying().Call("close")
		n.write(record)
	} else if record, ok := atoi(button.GetAttribute("data-drop")); ok && button.HasAttribute("data-drop") {
		n.put(record, false, "")
	}
}

// markdown is all notes, for a report.
func (n *notes) markdown() string {
	b := []byte("# Notes on " + visible(n.p.name) + "\n")
	for i := range n.list {
		note := &n.list[i]
		b = append(b, "\n- "...)
		if note.Record >= 0 {
			b = append(b, "row "+count(note.Record+1)...)
		} else {
			b = append(b, "a row that is not here"...)
		}
		if note.Marked {
			b = append(b, ", marked"...)
		}
		if note.Line != "" {
			b = append(b, ": `"+strings.ReplaceAll(note.Line, "`", "'")+"`"...)
		}
		for _, line := range strings.Split(note.Text, "\n") {
			if line != "" {
				b = append(b, "\n  "+visible(line)...)
			}
		}
	}
	return string(append(b, '\n'))
}

// ---- their form ----

// value is the notes as they are kept and sent (docs/notes.md).
func (n *notes) value() map[string]any { return valueOf(n.p.name, n.list) }

func valueOf(name string, notes []bridge.PlacedNote) map[string]any {
	list := make([]any, 0, len(notes))
	for i := range notes {
		note := &notes[i]
		from := "client"
		if note.Anchor.FromServer {
			from = "server"
		}
		row := note.Anchor.Row
		if note.Record >= 0 {
			row = note.Record
		}
		one := map[string]any{"row": row + 1, "stream": note.Anchor.Stream, "from": from, "offset": float64(note.Anchor.Offset)}
		if note.Anchor.Finding != "" {
			one["kind"] = note.Anchor.Finding
		}
		if note.Marked {
			one["marked"] = true
		}
		if note.Text != "" {
			one["text"] = note.Text
		}
		list = append(list, one)
	}
	return map[string]any{"version": 1, "name": name, "notes": list}
}

// jsonOf is notes on a part of the files as text, "" when there are none.
func (n *notes) jsonOf(notes []bridge.Note) string {
	if len(notes) == 0 {
		return ""
	}
	placed := make([]bridge.PlacedNote, len(notes))
	for i := range notes {
		placed[i] = bridge.PlacedNote{Record: bridge.NoRow, Note: notes[i]}
	}
	return js.Global().Get("JSON").Call("stringify", valueOf(partName(n.p.name), placed)).String()
}

// json is the notes as text, "" when there are none.
func (n *notes) json() string {
	if len(n.list) == 0 {
		return ""
	}
	return js.Global().Get("JSON").Call("stringify", n.value()).String()
}

// parseNotes reads notes. What is wrong in them is passed over.
func parseNotes(v js.Value) (list []bridge.Note) {
	if v.Type() != js.TypeObject {
		return nil
	}
	for _, one := range keptItems(v.Get("notes")) {
		note := bridge.Note{
			Anchor: bridge.Anchor{
				Row: keptNumber(one, "row") - 1, Stream: keptNumber(one, "stream"), FromServer: keptText(one, "from") == "server",
				Offset: int64(keptNumber(one, "offset")), Finding: keptText(one, "kind"),
			},
			Marked: keptTruth(one, "marked"), Text: keptText(one, "text"),
		}
		if len(list) < maxNotes && len(note.Text) <= maxNote && note.Anchor.Stream >= 0 && (note.Marked || note.Text != "") {
			list = append(list, note)
		}
	}
	return list
}
