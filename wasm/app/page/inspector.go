//go:build js && wasm

package page

import (
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

const (
	// patienceShown is after how many milliseconds the fields of another row are
	// taken away while one waits for those of the selected one.
	patienceShown = 120
	// least and most bound the inspector's size in CSS pixels.
	leastSize = 240
	leastLog  = 260
)

// An inspector shows the selected row from all sides, in tabs: what its bytes
// mean (fields.go, hex.go), what was open then (state.go), and which packets
// brought it (packets.go). It asks one question of a kind at a time, so that
// the last of many rows that are stepped through is there at once.
type inspector struct {
	p       *page
	work    dom.HTMLElement
	box     dom.HTMLElement
	handle  dom.HTMLElement
	tabs    []*tab
	current int
	row     int  // the selected row, -1 for none
	stream  int  // of that, -1 while it is not known
	open    bool // as the person wants it
	begun   bool // a row was selected, or the person opened it: until then the log has its room

	line, message, moment asker
	inspected             *bridge.Inspected // what is shown, nil for nothing
	late                  func()            // stops the wait for it

	about, text, stopped dom.HTMLElement
	legend, lack, save   dom.HTMLElement
	copyButton           dom.HTMLElement
	why, whyTitle        dom.HTMLElement
	whyText              dom.HTMLElement
	count                dom.HTMLElement
	fields               *fields
	hex                  *hexView
	state                *statePanel
	packets              *packetsPanel

	narrow  js.Value // a media query: the inspector stands below the log
	phone   js.Value // likewise: it is a sheet
	seq     uint32   // of what is saved
	saving  bool
	copying *copying
}

// A tab is one of the inspector's.
type tab struct {
	button, panel dom.HTMLElement
}

// An asker has one question on its way, and then asks for what is wanted by
// that time.
type asker struct {
	ask           func(row int)
	asked, wanted int // rows, -1 for none
}

func (a *asker) reset() { a.asked, a.wanted = -1, -1 }

// want asks for a row, -1 for none.
func (a *asker) want(row int) {
	if a.wanted = row; row >= 0 && a.asked < 0 {
		a.asked = row
		a.ask(row)
	}
}

// came notes an answer and says whether it is the one that is wanted.
func (a *asker) came(row int) bool {
	a.asked = -1
	if a.wanted != row {
		a.want(a.wanted)
		return false
	}
	return true
}

func newInspector(p *page) *inspector {
	n := &inspector{
		p: p, row: -1, open: true, work: byID("work"), box: byID("message"), handle: byID("message-handle"),
		about: byID("message-about"), text: byID("message-text"), stopped: byID("message-stopped"),
		legend: byID("hex-legend"), lack: byID("hex-lack"), save: byID("data-save"), copyButton: byID("hex-copy"),
		why: byID("why"), whyTitle: byID("why-title"), whyText: byID("why-text"), count: byID("packets-count"),
		fields: newFields(p), hex: newHexView(), state: newStatePanel(p), packets: newPacketsPanel(p),
		narrow: js.Global().Call("matchMedia", "(max-width: 1000px)"), phone: js.Global().Call("matchMedia", "(max-width: 700px)"),
	}
	n.line = asker{ask: func(row int) { p.client.post(&bridge.AskLine{Row: row}) }}
	n.message = asker{ask: func(row int) { p.client.post(&bridge.AskMessage{Row: row}) }}
	n.moment = asker{ask: func(row int) { p.client.post(&bridge.AskState{Row: row}) }}
	n.bindTabs()
	n.bindLinks()
	n.bindSize()
	on(byID("message-close"), "click", func(dom.Event) { n.show(false) })
	on(n.copyButton, "click", func(dom.Event) { n.copy() })
	on(n.save, "click", func(dom.Event) { n.saveData() })
	on(n.whyText, "click", func(ev dom.Event) { goToRow(p, ev) })
	n.reset()
	return n
}

// bindLinks links the tree and the bytes.
func (n *inspector) bindLinks() {
	n.fields.hover = func(node int) {
		n.fields.hoverOver(node)
		from, to := n.rangeOf(node)
		n.hex.outlineBytes(from, to)
	}
	n.fields.choose = func(node int, scroll bool) {
		n.fields.selectNode(node, false)
		from, to := n.rangeOf(node)
		n.hex.selectBytes(from, to, scroll)
		n.told()
	}
	n.fields.label = n.hex.layout.label
	n.hex.hover = func(place int64) {
		node := n.fields.leafAt(place)
		n.fields.hoverOver(node)
		from, to := n.rangeOf(node)
		n.hex.outlineBytes(from, to)
	}
	n.hex.pick = func(place int64) {
		node := n.fields.leafAt(place)
		n.fields.selectNode(node, node >= 0)
		if from, to := n.rangeOf(node); from < to {
			n.hex.selectBytes(from, to, false)
		}
		n.told()
	}
	n.hex.copy = n.copy
	n.hex.ask = func(at int64, count int) {
		n.p.client.post(&bridge.AskBytes{Row: n.inspected.Row, At: at, Count: count})
	}
}

// rangeOf is the places of a node's bytes, 0 and 0 when it has none.
func (n *inspector) rangeOf(node int) (from, to int64) {
	if node < 0 || node >= len(n.fields.nodes) {
		return 0, 0
	}
	f := &n.fields.nodes[node]
	if f.Offset < 0 {
		return 0, 0
	}
	return f.Offset, min(f.Offset+f.Length, n.hex.layout.length)
}

// told shows what the copy button copies now.
func (n *inspector) told() {
	from, to := n.hex.from, n.hex.to
	if from == to {
		from, to = 0, n.hex.layout.length
	}
	n.copyButton.SetTextContent("Copy " + counted(int(to-from), "byte") + " as hex")
	enable(n.copyButton, to > from)
}

// ---- tabs ----

func (n *inspector) bindTabs() {
	for i, name := range []string{"message", "state", "packets"} {
		t := &tab{byID("tab-" + name), byID("panel-" + name)}
		n.tabs = append(n.tabs, t)
		on(t.button, "click", func(dom.Event) { n.choosePanel(i) })
		on(t.button, "keydown", func(ev dom.Event) {
			to := -1
			switch ev.(*dom.KeyboardEvent).Key() {
			case "ArrowRight":
				to = (i + 1) % len(n.tabs)
			case "ArrowLeft":
				to = (i + len(n.tabs) - 1) % len(n.tabs)
			case "Home":
				to = 0
			case "End":
				to = len(n.tabs) - 1
			default:
				return
			}
			ev.PreventDefault()
			n.choosePanel(to)
			n.tabs[to].button.Focus()
		})
	}
}

// choosePanel shows one of the tabs.
func (n *inspector) choosePanel(panel int) {
	n.current = panel
	for i, t := range n.tabs {
		t.button.SetAttribute("aria-selected", strconv.FormatBool(i == panel))
		t.button.Underlying().Set("tabIndex", map[bool]int{true: 0, false: -1}[i == panel])
		show(t.panel, i == panel)
	}
	n.want()
}

// ---- size and place ----

// bindSize lets the inspector be made wider or, below the log, higher.
func (n *inspector) bindSize() {
	dragging := false
	on(n.handle, "pointerdown", func(ev dom.Event) {
		u := ev.Underlying()
		if u.Get("button").Int() != 0 {
			return
		}
		dragging = true
		n.handle.Underlying().Call("setPointerCapture", u.Get("pointerId"))
		ev.PreventDefault()
		n.handle.Focus()
	})
	on(n.handle, "pointermove", func(ev dom.Event) {
		if !dragging {
			return
		}
		rect := n.work.Underlying().Call("getBoundingClientRect")
		u := ev.Underlying()
		if n.below() {
			n.resize(rect.Get("bottom").Float() - u.Get("clientY").Float())
		} else {
			n.resize(rect.Get("right").Float() - u.Get("clientX").Float())
		}
	})
	stop := func(dom.Event) {
		if dragging {
			dragging = false
			n.keepSize()
		}
	}
	on(n.handle, "pointerup", stop)
	on(n.handle, "pointercancel", stop)
	on(n.handle, "dblclick", func(dom.Event) { n.toggle() })
	on(n.handle, "keydown", func(ev dom.Event) {
		now, _, most := n.size()
		step := 20.0
		switch ev.(*dom.KeyboardEvent).Key() {
		case "ArrowLeft", "ArrowUp":
			now += step
		case "ArrowRight", "ArrowDown":
			now -= step
		case "Home":
			now = leastSize
		case "End":
			now = most
		case "Enter", " ":
			ev.PreventDefault()
			n.toggle()
			return
		default:
			return
		}
		ev.PreventDefault()
		n.resize(now)
		n.keepSize()
	})
	resized := js.Global().Get("ResizeObserver").New(js.FuncOf(func(js.Value, []js.Value) any {
		n.tellSize()
		return nil
	}))
	resized.Call("observe", n.work.Underlying())
	resized.Call("observe", n.box.Underlying())
}

// below says whether the inspector stands below the log, and not beside it.
func (n *inspector) below() bool { return n.narrow.Get("matches").Bool() }

// size is how large the inspector is, and may be, in the direction in which it
// can be resized.
func (n *inspector) size() (now, least, most float64) {
	box, work := n.box.Underlying(), n.work.Underlying()
	if n.below() {
		return box.Get("offsetHeight").Float(), leastSize / 2, max(leastSize/2, work.Get("clientHeight").Float()-leastLog/2)
	}
	return box.Get("offsetWidth").Float(), leastSize, max(leastSize, work.Get("clientWidth").Float()-byID("side").Underlying().Get("offsetWidth").Float()-leastLog)
}

func (n *inspector) resize(to float64) {
	_, least, most := n.size()
	n.setLength(sizeName(n.below()), int(min(max(to, least), most)))
	if !n.isOpen() {
		n.show(true)
	}
	n.tellSize()
}

// sizeName is the property of the style that says how large the inspector is,
// beside the log or below it.
func sizeName(below bool) string {
	if below {
		return "--message-height"
	}
	return "--message-width"
}

// setLength sets a size in CSS pixels; 0 is what the style sheet says.
func (n *inspector) setLength(name string, to int) {
	style := n.work.Underlying().Get("style")
	if to <= 0 {
		style.Call("removeProperty", name)
		return
	}
	style.Call("setProperty", name, strconv.Itoa(to)+"px")
}

// keepSize remembers the size that a person gave it.
func (n *inspector) keepSize() {
	if now, _, _ := n.size(); n.isOpen() {
		n.p.settings.setInspector(n.below(), int(now))
	}
}

// setSize makes it as large as it was left; the style sheet sees to it that the
// log keeps its room in a smaller window.
func (n *inspector) setSize(width, height int) {
	n.setLength(sizeName(false), width)
	n.setLength(sizeName(true), height)
}

// tellSize tells assistive technology how large the inspector is.
func (n *inspector) tellSize() {
	now, least, most := n.size()
	orientation := "vertical" // of the line between, not of the move
	if n.below() {
		orientation = "horizontal"
	}
	n.handle.SetAttribute("aria-orientation", orientation)
	for name, value := range map[string]float64{"aria-valuemin": least, "aria-valuemax": most, "aria-valuenow": now} {
		n.handle.SetAttribute(name, strconv.Itoa(int(value)))
	}
}

// show opens or closes the inspector.
func (n *inspector) show(open bool) {
	n.open, n.begun = open, true
	n.layOut()
	if open {
		n.want()
	} else {
		n.p.leave(n.box)
	}
}

// isOpen says whether it is there now.
func (n *inspector) isOpen() bool { return n.open && n.begun }

// layOut shows or hides it.
func (n *inspector) layOut() {
	open := n.isOpen()
	setClassOf(n.work, "closed", !open)
	n.handle.SetTitle(map[bool]string{true: "Drag to resize; Enter closes the inspector", false: "Open the inspector"}[open])
	n.tellSize()
}

// toggle opens or closes the inspector by a key.
func (n *inspector) toggle() { n.show(!n.isOpen()) }

// ---- what is shown ----

// reset shows that nothing is selected, for another file.
func (n *inspector) reset() {
	n.line.reset()
	n.message.reset()
	n.moment.reset()
	n.row, n.stream = -1, -1
	n.copying, n.saving = nil, false
	n.clear()
	n.about.SetTextContent("Select a row to see what its bytes mean.")
	n.text.SetTextContent("")
	setClassOf(n.work, "chosen", false)
	n.begun = false
	n.layOut()
}

// clear takes away what belongs to a row.
func (n *inspector) clear() {
	n.inspected = nil
	n.count.SetTextContent("")
	show(n.stopped, false)
	n.fields.show(nil)
	n.hex.show(nil)
	show(n.lack, false)
	show(byID("bytes"), false)
	show(n.why, false)
	n.state.clear()
	n.packets.clear()
}

// choose is called when the selection moves, with -1 when there is none any more.
func (n *inspector) choose(row int) {
	if row < 0 {
		n.reset()
		return
	}
	if row != n.row {
		n.row, n.stream = row, -1
	}
	setClassOf(n.work, "chosen", true)
	if !n.begun || !n.open && n.phone.Get("matches").Bool() { // a sheet comes up with a row
		n.show(n.open || n.phone.Get("matches").Bool())
	}
	n.line.want(row)
	n.want()
}

// again asks for everything once more, when more may be known.
func (n *inspector) again() {
	if n.row >= 0 {
		n.line.want(n.row)
		n.packets.clear()
		n.want()
	}
}

// want asks for what the open tab shows of the selected row.
func (n *inspector) want() {
	if n.row < 0 || !n.open {
		return
	}
	switch n.current {
	case 1:
		n.moment.want(n.row)
	case 2:
		n.packets.want(n.row)
	}
	// The message is asked for in any case: the tab of packets tells their number.
	n.message.want(n.row)
	if n.late == nil && n.current == 0 && (n.inspected == nil || n.inspected.Row != n.row) {
		n.late = after(patienceShown, func() {
			n.late = nil
			if n.inspected != nil && n.inspected.Row != n.row {
				n.clear()
			}
			n.box.SetAttribute("aria-busy", "true")
		})
	}
}

// came takes a message of the worker that is for the inspector.
func (n *inspector) came(m bridge.Message, attachment js.Value) {
	switch m := m.(type) {
	case *bridge.Line:
		if n.line.came(m.Row) {
			n.showLine(m)
			n.p.strip.playhead(m)
		}
	case *bridge.Inspected:
		if n.message.came(m.Row) {
			n.showMessage(m)
		}
	case *bridge.State:
		if n.moment.came(m.Row) && n.current == 1 {
			n.state.show(m)
		}
	case *bridge.Packets:
		n.packets.show(m, n.p.list.base)
	case *bridge.Bytes:
		if m.Copy != 0 {
			n.copied(m)
		} else {
			n.hex.came(m)
			if m.Error != "" {
				n.lacks(sentence(m.Error))
			}
		}
	case *bridge.DataSaved:
		n.saved(m, attachment)
	case *bridge.Reading:
		n.reading(m)
	}
}

// showLine shows the line of the log itself, and what is known around it.
func (n *inspector) showLine(line *bridge.Line) {
	n.stream = line.Stream
	atLink := hasFocus(n.about)
	clearAll(n.about)
	add := func(text string) { n.about.AppendChild(element("span", "", text)) }
	n.about.AppendChild(element("b", "", "Row "+count1(line.Row)))
	stream := "stream " + strconv.Itoa(line.Stream)
	if line.Client != "" {
		stream += ": " + line.Client + " to " + line.Server
	}
	add(stream)
	if t := appendTime(nil, line.Time, n.p.list.base); len(t) > 0 {
		moment, otherwise := string(t)+" s", times.full(line.Time)
		if times.clock() {
			moment, otherwise = otherwise, moment
		}
		when := element("span", "", moment)
		when.SetTitle(otherwise)
		n.about.AppendChild(when)
	}
	if line.Packet != 0 {
		add(carrierName(line.Carrier) + " " + count(int(line.Packet)))
	}
	if line.Cut {
		add("cut here; the downloaded log has all of it")
	}
	link := reference(line.Address, "What is this line?")
	n.about.AppendChild(link)
	if atLink {
		link.Underlying().Call("focus", map[string]any{"preventScroll": true})
	}
	if note := n.p.notes.text(line.Row); note != "" {
		n.about.AppendChild(element("span", "noted", "✎ "+visible(note)))
	}
	setClass(n.text, lineClasses[line.Class])
	n.text.SetTextContent(line.Text)
	n.text.Underlying().Set("scrollTop", 0)
}

var lineClasses = [...]string{
	bridge.ClassRequest: "in", bridge.ClassResponse: "out", bridge.ClassWritten: "oob", bridge.ClassDiagnostic: "diag",
}

// showMessage shows what the bytes mean.
func (n *inspector) showMessage(m *bridge.Inspected) {
	if n.late != nil {
		n.late()
		n.late = nil
	}
	n.box.RemoveAttribute("aria-busy")
	n.inspected = m
	n.box.SetAttribute("aria-label", "Inspector: row "+count1(m.Row)+", "+m.Title)
	n.count.SetTextContent(" " + count(m.Packets))
	carriers := capitalised(carrierName(m.Carrier) + "s")
	n.tabs[2].button.SetAttribute("aria-label", carriers+", "+count(m.Packets))
	n.tabs[2].button.Underlying().Get("firstChild").Set("textContent", carriers)
	show(n.stopped, m.Stopped != "")
	n.stopped.SetTextContent("It does not parse: " + m.Stopped + ".")
	show(byID("bytes"), len(m.Parts) > 0 || m.Lack != "")
	show(n.hex.box, len(m.Parts) > 0)
	n.hex.show(m)
	n.fields.show(m.Nodes)
	show(n.lack, false)
	if m.Lack != "" {
		n.lacks(sentence(m.Lack))
	}
	n.showLegend(m)
	n.told()
	show(n.save, m.Data > 0)
	n.save.SetTextContent("Save data")
	n.save.SetTitle("Save the file's data in it, " + counted(int(m.Data), "byte") + ", without header and padding")
	n.showWhy(m)
}

func (n *inspector) lacks(why string) {
	show(n.lack, true)
	n.lack.SetTextContent(why)
}

// showLegend names the looks that the bytes have.
func (n *inspector) showLegend(m *bridge.Inspected) {
	clearAll(n.legend)
	var seen [len(looks)]bool
	for i := range m.Nodes { // in the order in which they stand
		look := m.Nodes[i].Look
		if seen[look] || !m.Nodes[i].Leaf || looks[look].name == "" {
			continue
		}
		seen[look] = true
		item := element("li", "", "")
		name := looks[look].name
		switch {
		case m.Finding && look == bridge.LookUnread:
			name = "what it is about"
		case m.Finding: // its bytes are no message's
			name = "around it"
		}
		item.AppendChild(element("span", looks[look].class, name))
		n.legend.AppendChild(item)
	}
}

// showWhy tells why the message has the length it has or, of a finding, what it
// means.
func (n *inspector) showWhy(m *bridge.Inspected) {
	show(n.why, len(m.Why) > 0)
	n.whyTitle.SetTextContent(m.Asking)
	clearAll(n.whyText)
	paragraph := element("p", "", "")
	for i := range m.Why {
		piece := &m.Why[i]
		switch {
		case piece.Row != bridge.NoRow:
			paragraph.AppendChild(rowButton(piece.Row, piece.Text))
		case piece.Value:
			paragraph.AppendChild(element("code", "", piece.Text))
		default:
			paragraph.AppendChild(document.CreateTextNode(piece.Text))
		}
		if piece.Ends {
			n.whyText.AppendChild(paragraph)
			paragraph = element("p", "", "")
		}
	}
	if m.Finding {
		paragraph.AppendChild(reference(m.Nodes[0].Address, "More in the reference"))
		n.whyText.AppendChild(paragraph)
	}
}

// reading tells that a packed file is being unpacked again.
func (n *inspector) reading(m *bridge.Reading) {
	if n.inspected == nil {
		show(byID("bytes"), true)
		show(n.hex.box, false)
	}
	text := "The file is packed: unpacking it again to get at its bytes… "
	if m.Size > 0 {
		text += strconv.Itoa(int(100*m.Read/m.Size)) + "%"
	}
	n.lacks(text)
}

// ---- saving and copying ----

// saveData has the worker make a file of the data in the selected row.
func (n *inspector) saveData() {
	if n.saving || n.inspected == nil {
		return
	}
	n.seq++
	n.saving = true
	n.save.SetTextContent("Saving…")
	n.p.client.post(&bridge.SaveData{Row: n.inspected.Row, Seq: n.seq})
}

func (n *inspector) saved(m *bridge.DataSaved, blob js.Value) {
	if m.Seq != n.seq || !n.saving {
		return
	}
	n.saving = false
	n.save.SetTextContent("Save data")
	if m.Error != "" {
		n.p.problem.fail("The data could not be saved: " + sentence(m.Error))
		return
	}
	save(blob.Call("slice", 0, blob.Get("size"), "application/octet-stream"), m.Name)
}

// A copying is bytes on their way to the clipboard. The browser is given a
// promise of the text at once: only in the event may the clipboard be written.
type copying struct {
	seq     uint32
	bytes   int
	resolve func(text string)
	reject  func()
}

// copy copies the selected bytes, or all, as hexadecimal digits.
func (n *inspector) copy() {
	m := n.inspected
	if m == nil {
		return
	}
	from, to := n.hex.from, n.hex.to
	if from == to {
		from, to = 0, n.hex.layout.length
	}
	start, part := n.hex.part(from)
	switch {
	case part == nil:
		return
	case to > start+part.Length:
		n.p.problem.tell("What is selected has a gap in it: select what stands before or behind it.", -1)
		return
	case to-from > copyLimit:
		n.p.problem.tell("That is "+size(to-from)+": too much to copy as text. Select less, or save the data.", -1)
		return
	}
	n.seq++
	c := &copying{seq: n.seq, bytes: int(to - from)}
	n.copying = c
	copyLater(c, func(err error) {
		if err != nil {
			n.p.problem.tell("The bytes could not be copied: "+sentence(visible(err.Error())), -1)
			return
		}
		n.hex.said.SetTextContent(counted(c.bytes, "byte") + " copied as hex")
		n.copyButton.SetTextContent("Copied")
		after(1500, n.told)
	})
	n.p.client.post(&bridge.AskBytes{Row: m.Row, At: part.Start + from - start, Count: c.bytes, Copy: c.seq})
}

func (n *inspector) copied(m *bridge.Bytes) {
	c := n.copying
	if c == nil || c.seq != m.Copy {
		return
	}
	n.copying = nil
	if m.Error != "" || len(m.Body) != c.bytes {
		c.reject()
		return
	}
	c.resolve(hexText(m.Body))
}

// hexText is bytes as people paste them: 16 a line.
func hexText(b []byte) string {
	var text strings.Builder
	text.Grow(3 * len(b))
	var two [2]byte
	for i, c := range b {
		switch {
		case i == 0:
		case i%16 == 0:
			text.WriteByte('\n')
		default:
			text.WriteByte(' ')
		}
		text.Write(appendHexByte(two[:0], c))
	}
	return text.String()
}
