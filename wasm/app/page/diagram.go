//go:build js && wasm

package page

import (
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/learn"
	"satascope/wasm/app/bridge"
)

const svgSpace = "http://www.w3.org/2000/svg"

// A diagram is the conversation of the selected row's stream, drawn as states
// and arrows. It follows the selection, so the keys that step through the log
// step through it.
type diagram struct {
	l       *lessons
	open    bool
	instead bool // of the tour, which comes back when it is closed
	panel   dom.HTMLElement
	about   dom.HTMLElement

	line, facts, bytes, legend, changes dom.HTMLElement
	nodes                               map[learn.State]js.Value
	arrows                              map[learn.ArrowID][]js.Value
}

func newDiagram(l *lessons) *diagram {
	d := &diagram{
		l: l, panel: byID("machine"), about: byID("machine-about"), line: byID("machine-line"), facts: byID("machine-facts"),
		bytes: byID("machine-bytes"), legend: byID("machine-legend"), changes: byID("machine-changes"),
		nodes: map[learn.State]js.Value{}, arrows: map[learn.ArrowID][]js.Value{},
	}
	on(byID("machine-close"), "click", func(dom.Event) { d.close() })
	step := func(by int) func(dom.Event) {
		return func(dom.Event) {
			if l.row+by >= 0 {
				l.p.reveal(max(l.row, 0) + by)
			}
		}
	}
	on(byID("machine-back"), "click", step(-1))
	on(byID("machine-next"), "click", step(1))
	return d
}

// svg makes an element of a drawing.
func svg(parent js.Value, tag, class string, attributes ...string) js.Value {
	el := js.Global().Get("document").Call("createElementNS", svgSpace, tag)
	if class != "" {
		el.Call("setAttribute", "class", class)
	}
	for i := 0; i+1 < len(attributes); i += 2 {
		el.Call("setAttribute", attributes[i], attributes[i+1])
	}
	parent.Call("appendChild", el)
	return el
}

// draw makes the drawing, once.
func (d *diagram) draw() {
	if len(d.nodes) > 0 {
		return
	}
	into := byID("machine-drawing").Underlying()
	t := &learn.TheDiagram
	text := func(parent js.Value, class, s string, x, y int, anchor string) js.Value {
		el := svg(parent, "text", class, "x", strconv.Itoa(x), "y", strconv.Itoa(y), "text-anchor", anchor)
		el.Set("textContent", s)
		return el
	}
	root := svg(into, "svg", "", "viewBox", "0 0 "+strconv.Itoa(t.Width)+" "+strconv.Itoa(t.Height), "role", "img", "aria-labelledby", "machine-title machine-about")
	defs := svg(root, "defs", "")
	for _, name := range []string{"head", "head-lit"} {
		marker := svg(defs, "marker", name, "id", "machine-"+name, "viewBox", "0 0 10 10", "refX", "9", "refY", "5", "markerWidth", "9", "markerHeight", "9", "markerUnits", "userSpaceOnUse", "orient", "auto-start-reverse")
		svg(marker, "path", "", "d", "M0 0L10 5L0 10z")
	}
	for _, g := range t.Groups {
		svg(root, "rect", "group", "x", strconv.Itoa(g.X), "y", strconv.Itoa(g.Y), "width", strconv.Itoa(g.W), "height", strconv.Itoa(g.H), "rx", "10")
		text(root, "group", g.Name, g.X+10, g.Y+20, "start")
	}
	for i := range t.Arrows {
		a := &t.Arrows[i]
		path := svg(root, "path", "arrow", "d", a.Path, "marker-end", "url(#machine-head)")
		title := svg(path, "title", "")
		title.Set("textContent", a.Meaning)
		d.arrows[a.ID] = []js.Value{path, text(root, "label", a.Label, a.LabelX, a.LabelY, a.Anchor)}
	}
	for _, n := range t.Nodes {
		g := svg(root, "g", "state")
		svg(g, "rect", "", "x", strconv.Itoa(n.X), "y", strconv.Itoa(n.Y), "width", strconv.Itoa(n.W), "height", strconv.Itoa(n.H), "rx", "8")
		text(g, "name", n.Name, n.X+n.W/2, n.Y+n.H/2-4, "middle")
		words := text(g, "meaning", n.Meaning, n.X+n.W/2, n.Y+n.H/2+14, "middle")
		if len(n.Meaning)*6 > n.W { // it is squeezed rather than cut
			words.Call("setAttribute", "textLength", strconv.Itoa(n.W-12))
			words.Call("setAttribute", "lengthAdjust", "spacingAndGlyphs")
		}
		d.nodes[n.State] = g
	}
}

// cause names at an arrow's label the bytes by which it was taken.
func (d *diagram) cause(label js.Value, a *learn.Arrow, m *bridge.Move, taken bool) {
	label.Set("textContent", a.Label)
	if !taken || len(m.Shown.Marks) == 0 {
		return
	}
	const shown = 4
	mark := m.Shown.Marks[0]
	text := ""
	for at := mark.Offset; at < min(mark.Offset+min(mark.Length, shown), len(m.Shown.Head)); at++ {
		hex := strconv.FormatUint(uint64(m.Shown.Head[at])|0x100, 16)
		text += hex[1:] + " "
	}
	if text == "" {
		return
	}
	if mark.Length > shown {
		text += "… "
	}
	dy := "13"
	if a.ID == learn.ArrowAsk { // its label stands above it
		dy = "-13"
	}
	svg(label, "tspan", "bytes", "x", strconv.Itoa(a.LabelX), "dy", dy).Set("textContent", text+"at "+learn.Hex(uint64(mark.Offset)))
}

// bring scrolls a state into the middle of a drawing that is too wide.
func (d *diagram) bring(node js.Value) {
	box := byID("machine-drawing").Underlying()
	at, around := node.Call("getBoundingClientRect"), box.Call("getBoundingClientRect")
	middle := at.Get("left").Float() + at.Get("width").Float()/2 - around.Get("left").Float() - around.Get("width").Float()/2
	box.Set("scrollLeft", box.Get("scrollLeft").Float()+middle)
}

// begin opens the drawing; without a capture, on the example.
func (d *diagram) begin() {
	d.draw()
	if t := d.l.tour; t.open && narrow() {
		t.hide()
		d.instead = true
	}
	d.open = true
	if d.l.p.state == stateEmpty {
		go d.l.p.start.example()
		return
	}
	d.setState(d.l.p.state)
}

// hide hides the drawing, for good or until the tour is closed.
func (d *diagram) hide() {
	d.open, d.instead = false, false
	d.showPanel(false)
}

// close closes the drawing; the tour is there again if it had to go for it.
func (d *diagram) close() {
	back := d.instead
	d.hide()
	byID("log").Underlying().Call("focus")
	if back {
		d.l.tour.begin()
	}
}

// showPanel shows the drawing or hides it. The style sheets make room for it.
func (d *diagram) showPanel(there bool) {
	show(d.panel, there)
	setClassOf(document.DocumentElement(), "drawing", there)
}

func (d *diagram) setState(string) {
	if !d.open {
		return
	}
	d.showPanel(d.l.ready())
	if d.l.ready() {
		if d.l.row < 0 {
			d.l.p.reveal(0)
		}
		d.chosen()
	}
}

func (d *diagram) chosen() {
	if d.open && d.l.ready() && d.l.row >= 0 {
		d.l.p.client.post(&bridge.AskMove{Row: d.l.row})
	}
}

func (d *diagram) came(m *bridge.Move) {
	if !d.open || m.Row != d.l.row {
		return
	}
	t := &learn.TheDiagram
	for state, el := range d.nodes {
		class := "state"
		switch {
		case state == learn.State(m.After):
			class += " now"
		case state == learn.State(m.Before):
			class += " before"
		}
		el.Call("setAttribute", "class", class)
	}
	taken := learn.ArrowID(m.Arrow)
	for id, els := range d.arrows {
		lit, head := "", "url(#machine-head)"
		if id == taken || m.Opens && id == learn.ArrowOpen {
			lit, head = " lit", "url(#machine-head-lit)"
		}
		els[0].Call("setAttribute", "class", "arrow"+lit)
		els[0].Call("setAttribute", "marker-end", head)
		els[1].Call("setAttribute", "class", "label"+lit)
		d.cause(els[1], t.Arrow(id), m, id == taken)
	}
	if el := d.nodes[learn.State(m.After)]; el.Truthy() { // where the drawing is wider than its place
		d.bring(el)
	}
	d.line.SetTextContent(m.Line)
	node := t.Node(learn.State(m.After))
	about := "Row " + count(m.Row+1) + ", stream " + strconv.Itoa(m.Stream) + ": "
	if a := t.Arrow(taken); a != nil {
		about += a.Meaning + ". "
	} else {
		about += "it moves nothing. "
	}
	about += "Now: " + node.Name + ", " + node.Meaning + "."
	d.about.SetTextContent(about)
	facts := "Waiting: " + counted(m.Waiting, "request")
	if m.Oldest >= 0 {
		facts += ", the oldest in row " + count(m.Oldest+1)
	}
	if m.FFIO != "" {
		facts += ". Fast file I/O " + m.FFIO + ", combined send and receive " + m.CSR + ". F" + strings.TrimPrefix(firstRead(m.FirstRead, m.Known), "f")
	}
	d.facts.SetTextContent(facts + ".")
	show(d.bytes, false)
	clearAll(d.bytes)
	if len(m.Shown.Marks) > 0 {
		showBytes(d.bytes, m.Shown.Head, m.Shown.Marks, nil)
	}
	legend(d.legend, m.Shown.Marks)
	clearAll(d.changes)
	for _, change := range m.Changes {
		d.changes.AppendChild(paragraph("li", "", change))
	}
	show(d.changes, len(m.Changes) > 0)
	enable(byID("machine-back"), m.Row > 0)
}
