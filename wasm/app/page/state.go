//go:build js && wasm

package page

import (
	"strconv"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// A statePanel shows what was open and what waited when the selected row had
// been seen, with marks at what the row changed.
type statePanel struct {
	p   *page
	box dom.HTMLElement
}

func newStatePanel(p *page) *statePanel {
	s := &statePanel{p: p, box: byID("panel-state")}
	on(s.box, "click", func(ev dom.Event) { goToRow(p, ev) })
	return s
}

// goToRow follows a click on something that names a row.
func goToRow(p *page, ev dom.Event) {
	button := ev.Underlying().Get("target").Call("closest", "[data-row]")
	if !button.Truthy() {
		return
	}
	if row, err := strconv.Atoi(button.Get("dataset").Get("row").String()); err == nil {
		p.reveal(row)
	}
}

// rowButton is a button that goes to a row.
func rowButton(row int, text string) dom.HTMLElement {
	b := element("button", "go", text)
	b.SetAttribute("type", "button")
	b.SetAttribute("data-row", strconv.Itoa(row))
	b.SetTitle("Go to row " + count1(row))
	return b
}

// changeWords says what became of a thing with the row, and its class.
var (
	changeWords   = [...]string{bridge.Same: "", bridge.Fresh: "new here", bridge.Changed: "changed here", bridge.Gone: "ends here"}
	changeClasses = [...]string{bridge.Same: "moment", bridge.Fresh: "moment fresh", bridge.Changed: "moment changed", bridge.Gone: "moment gone"}
)

func (s *statePanel) clear() { clearAll(s.box) }

func (s *statePanel) show(m *bridge.State) {
	children := []any{element("h2", "", "After row "+count1(m.Row)).Underlying()}
	add := func(el dom.HTMLElement) { children = append(children, el.Underlying()) }

	listed(add, "Open files", "No file is open.", m.TotalFiles, len(m.Files), func(i int) dom.HTMLElement { return fileItem(&m.Files[i]) })
	listed(add, "Open folders", "No folder is open.", m.TotalFolders, len(m.Folders), func(i int) dom.HTMLElement { return folderItem(&m.Folders[i]) })
	listed(add, "Waiting requests", "No request waits for a response.", m.TotalWaiting, len(m.Waiting), func(i int) dom.HTMLElement { return waitingItem(&m.Waiting[i]) })
	listed(add, "Streams", "No stream has begun.", m.TotalStreams, len(m.Streams), func(i int) dom.HTMLElement { return streamItem(&m.Streams[i]) })
	s.box.Underlying().Call("replaceChildren", children...)
}

// listed adds a heading, and the list of what there is, or that it is empty: total of
// it, of which the first are shown.
func listed(add func(dom.HTMLElement), title, empty string, total, shown int, item func(i int) dom.HTMLElement) {
	h := element("h3", "", title+" ")
	h.AppendChild(element("i", "", count(total)))
	add(h)
	if shown == 0 {
		add(element("p", "none", empty))
		return
	}
	list := element("ul", "", "")
	for i := range shown {
		list.AppendChild(item(i))
	}
	add(list)
	if more := total - shown; more > 0 {
		add(element("p", "none", "… and "+count(more)+" more"))
	}
}

// item is an entry: a heading and, below, facts; what changed is said in words.
func item(change bridge.Change, head ...dom.HTMLElement) (li, facts dom.HTMLElement) {
	li = element("li", changeClasses[change], "")
	line := element("div", "sh", "")
	for _, h := range head {
		line.AppendChild(h)
	}
	if words := changeWords[change]; words != "" {
		line.AppendChild(element("span", "badge", words))
	}
	li.AppendChild(line)
	facts = element("div", "sf", "")
	li.AppendChild(facts)
	return li, facts
}

func fact(to dom.HTMLElement, text string) { to.AppendChild(element("span", "", text)) }

func fileItem(f *bridge.OpenFile) dom.HTMLElement {
	li, facts := item(f.Change, element("b", "fd", strconv.Itoa(f.FD)), element("span", "path", pathOrUnknown(f.Path)))
	fact(facts, "stream "+strconv.Itoa(f.Stream))
	position := "position not known"
	if f.Position >= 0 {
		position = "position " + count(int(f.Position))
	}
	if f.Change == bridge.Changed && f.Before != f.Position {
		before := "not known"
		if f.Before >= 0 {
			before = count(int(f.Before))
		}
		after := "not known"
		if f.Position >= 0 {
			after = count(int(f.Position))
		}
		facts.AppendChild(element("span", "moved", "position "+before+" → "+after))
		position = ""
	}
	if f.Length >= 0 {
		position += " of " + count(int(f.Length))
	}
	if position != "" {
		fact(facts, position)
	}
	if f.Mode != "" {
		fact(facts, "mode "+f.Mode)
	}
	if f.Reads > 0 {
		fact(facts, counted(f.Reads, "read")+", "+size(f.Read))
	}
	if f.Writes > 0 {
		fact(facts, counted(f.Writes, "write")+", "+size(f.Written))
	}
	openedIn(facts, f.Opened)
	unsure(facts, "path", f.Unsure)
	return li
}

// unsure says in which row it is told that something is not sure, if it is not.
func unsure(facts dom.HTMLElement, what string, row int) {
	if row > 0 {
		span := element("span", "", what+": not sure since ")
		span.AppendChild(rowButton(row, count1(row)))
		facts.AppendChild(span)
	}
}

func folderItem(f *bridge.OpenFolder) dom.HTMLElement {
	li, facts := item(f.Change, element("b", "fd", strconv.Itoa(f.FD)), element("span", "path", pathOrUnknown(f.Path)))
	fact(facts, "stream "+strconv.Itoa(f.Stream))
	read := counted(f.Items, "item") + " read"
	if f.AtEnd {
		read += ", to the end"
	}
	fact(facts, read)
	openedIn(facts, f.Opened)
	unsure(facts, "path", f.Unsure)
	return li
}

func pathOrUnknown(path string) string {
	if path == "" {
		return "path not known"
	}
	return path
}

func openedIn(facts dom.HTMLElement, row int) {
	if row == bridge.NoRow {
		fact(facts, "opened before the recording")
		return
	}
	span := element("span", "", "opened in ")
	span.AppendChild(rowButton(row, count1(row)))
	facts.AppendChild(span)
}

func waitingItem(w *bridge.Waiting) dom.HTMLElement {
	li, facts := item(w.Change, rowButton(w.Row, count1(w.Row)), element("span", "path in", w.Text))
	fact(facts, "stream "+strconv.Itoa(w.Stream))
	if w.Change == bridge.Gone {
		fact(facts, "answered by this row")
	}
	return li
}

func streamItem(s *bridge.StreamState) dom.HTMLElement {
	li, facts := item(s.Change, element("b", "", "stream "+strconv.Itoa(s.Stream)))
	fact(facts, "fast file I/O "+s.FFIO)
	fact(facts, "combined send and receive "+s.CSR)
	fact(facts, firstRead(s.FirstRead, s.Known))
	if s.FirstWrite > 0 {
		fact(facts, "first write size "+count(int(s.FirstWrite)))
	}
	unsure(facts, "what responses answer", s.Unsure)
	if s.Ended {
		fact(facts, "no row of it follows")
	}
	return li
}

// firstRead is the first read size in words.
func firstRead(size uint32, known bool) string {
	if known {
		return "first read size " + count(int(size))
	}
	return "first read size " + count(int(size)) + " (the usual one; none was told)"
}
