//go:build js && wasm

package page

import (
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// looks has the class of each bridge.Look and what it is called in the legend.
var looks = [...]struct{ class, name string }{
	bridge.LookNone:    {"", ""},
	bridge.LookHeader:  {"lk-header", "header"},
	bridge.LookField:   {"lk-field", "field"},
	bridge.LookPath:    {"lk-path", "path or text"},
	bridge.LookData:    {"lk-data", "file data"},
	bridge.LookPadding: {"lk-padding", "padding"},
	bridge.LookRemains: {"lk-remains", "remains"},
	bridge.LookUnread:  {"lk-unread", "not read"},
	bridge.LookInfo:    {"lk-info", "command info"},
}

// fields is the tree of a message's fields. Hovering over one outlines its
// bytes, selecting one selects them, and the other way round.
type fields struct {
	p       *page
	root    js.Value
	nodes   []bridge.Node
	ends    []int           // by node: the node after its last part
	shut    map[string]bool // by the names down to a node: what a person opened or shut stays so from message to message
	items   []fieldItem     // the nodes that are seen, in order
	itemOf  []int           // by node: its item, -1 when it is not seen
	active  int             // the node that the keyboard is at
	chosen  int             // the node whose bytes are selected, -1 for none
	hovered int

	label  func(place int64) int64     // the offset that the bytes have in the hex view
	hover  func(node int)              // -1 for none
	choose func(node int, scroll bool) // a person selected it
}

// A fieldItem is a node's element.
type fieldItem struct {
	node     int
	el       js.Value
	controls []js.Value // its links and buttons
	marks    fieldMarks // what it shows
}

// fieldMarks is what may be so of a node.
type fieldMarks struct {
	chosen, hovered, active bool
}

func newFields(p *page) *fields {
	f := &fields{p: p, root: byID("fields").Underlying(), shut: map[string]bool{}, chosen: -1, hovered: -1}
	f.root.Set("tabIndex", 0)
	root := byID("fields")
	on(root, "click", func(ev dom.Event) { f.clicked(ev) })
	on(root, "mouseover", func(ev dom.Event) { f.hover(f.under(ev)) })
	on(root, "mouseleave", func(dom.Event) { f.hover(-1) })
	on(root, "keydown", func(ev dom.Event) { f.pressed(ev.(*dom.KeyboardEvent)) })
	return f
}

// show shows the fields of another message.
func (f *fields) show(nodes []bridge.Node) {
	f.nodes, f.chosen, f.hovered, f.active = nodes, -1, -1, 0
	f.ends = make([]int, len(nodes))
	for i := range nodes {
		end := i + 1
		for end < len(nodes) && nodes[end].Depth > nodes[i].Depth {
			end++
		}
		f.ends[i] = end
	}
	f.root.Set("scrollTop", 0)
	f.draw()
}

// name tells one node from another in all messages of a kind.
func (f *fields) name(node int) string {
	var parts []string
	for i, depth := node, f.nodes[node].Depth+1; i >= 0; i-- {
		if f.nodes[i].Depth < depth {
			depth = f.nodes[i].Depth
			parts = append(parts, f.nodes[i].Name)
		}
	}
	return strings.Join(parts, "/")
}

// open says whether the parts of a node are seen. A message's body is what one
// came for; the header is nearly always the same, the parts of a text can be
// seen in the bytes.
func (f *fields) open(node int) bool {
	if shut, said := f.shut[f.name(node)]; said {
		return !shut
	}
	for i := node; i < f.ends[node]; i++ {
		if f.nodes[i].Bad {
			return true
		}
	}
	return f.nodes[node].Name == "body" || strings.HasPrefix(f.nodes[node].Name, "flags") && f.nodes[node].Depth > 0
}

func (f *fields) hasParts(node int) bool { return f.ends[node] > node+1 }

// draw makes the elements of all nodes that are seen.
func (f *fields) draw() {
	f.items = f.items[:0]
	f.itemOf = make([]int, len(f.nodes))
	for i := range f.itemOf {
		f.itemOf[i] = -1
	}
	children := make([]any, 0, len(f.nodes))
	for i := 0; i < len(f.nodes); {
		item := f.element(i)
		f.itemOf[i] = len(f.items)
		f.items = append(f.items, item)
		children = append(children, item.el)
		if f.hasParts(i) && !f.open(i) {
			i = f.ends[i]
		} else {
			i++
		}
	}
	f.root.Call("replaceChildren", children...)
	if len(f.nodes) > 0 && f.itemOf[f.active] < 0 {
		f.active = f.seen(f.active)
	}
	f.mark()
}

// seen is the node that stands for one whose own element is not there.
func (f *fields) seen(node int) int {
	for node > 0 && f.itemOf[node] < 0 {
		node--
	}
	return node
}

// siblings are how many nodes stand beside a node, and which of them it is,
// from 1.
func (f *fields) siblings(node int) (at, count int) {
	depth := f.nodes[node].Depth
	for i := node; i >= 0 && f.nodes[i].Depth >= depth; i-- {
		if f.nodes[i].Depth == depth {
			at++
		}
	}
	count = at
	for i := node + 1; i < len(f.nodes) && f.nodes[i].Depth >= depth; i++ {
		if f.nodes[i].Depth == depth {
			count++
		}
	}
	return at, count
}

// element makes the element of a node.
func (f *fields) element(i int) fieldItem {
	n := &f.nodes[i]
	var controls []js.Value
	class := "fld d" + strconv.Itoa(min(n.Depth, 4))
	if n.Bad {
		class += " broken"
	}
	item := element("div", class, "")
	set := func(name, value string) { item.SetAttribute(name, value) }
	set("role", "treeitem")
	set("id", "field-"+strconv.Itoa(i))
	set("data-node", strconv.Itoa(i))
	set("aria-level", strconv.Itoa(n.Depth+1))
	at, count := f.siblings(i)
	set("aria-posinset", strconv.Itoa(at))
	set("aria-setsize", strconv.Itoa(count))
	set("aria-selected", "false")
	add := func(parent dom.HTMLElement, tag, class, text string) dom.HTMLElement {
		el := element(tag, class, text)
		parent.AppendChild(el)
		if tag == "button" || tag == "a" {
			el.Underlying().Set("tabIndex", -1)
			controls = append(controls, el.Underlying())
		}
		return el
	}
	offset := ""
	if n.Offset >= 0 {
		offset = string(appendAddress(nil, f.label(n.Offset)))
	}
	add(item, "span", "fo", offset)
	name := add(item, "span", "fn", "")
	if f.hasParts(i) {
		open := f.open(i)
		set("aria-expanded", strconv.FormatBool(open))
		mark := add(name, "span", "twist", map[bool]string{true: "▾", false: "▸"}[open])
		mark.SetAttribute("aria-hidden", "true")
	}
	name.AppendChild(document.CreateTextNode(n.Name))
	value := add(item, "span", "fv", "")
	switch {
	case n.Row != bridge.NoRow:
		button := add(value, "button", "go", "")
		button.SetAttribute("type", "button")
		button.SetAttribute("data-row", strconv.Itoa(n.Row))
		button.SetTextContent(strings.TrimSpace(count1(n.Row) + " " + withoutRow(n.Value)))
		button.SetTitle("Go to row " + count1(n.Row))
	case n.Value != "":
		add(value, "b", "val "+looks[n.Look].class, n.Value)
	}
	if n.Meaning != "" {
		add(value, "span", "means", n.Meaning)
	}
	if n.Bad {
		add(value, "span", "visually-hidden", "here the message stops being one")
	}
	if n.Address != "" {
		link := add(item, "a", "ref", "?")
		link.SetAttribute("href", n.Address)
		link.SetAttribute("target", "_blank")
		link.SetAttribute("rel", "noopener")
		link.SetAttribute("aria-label", "What is this? "+n.Name)
		link.SetTitle("What is this? (opens the reference)")
	}
	if n.Filter != "" && f.p.canFilter {
		for _, b := range [...][3]string{{"", "＋", "Filter by "}, {"-", "－", "Exclude "}} {
			button := add(value, "button", "term", b[1])
			button.SetAttribute("type", "button")
			button.SetAttribute("data-term", b[0]+n.Filter)
			button.SetAttribute("aria-label", b[2]+n.Filter)
			button.SetTitle(b[2] + n.Filter)
		}
	}
	return fieldItem{node: i, el: item.Underlying(), controls: controls}
}

// count1 is a row's number as people see it.
func count1(row int) string { return count(row + 1) }

// withoutRow is a value that only says a row's number, which the button does.
func withoutRow(value string) string {
	if strings.HasPrefix(value, "row ") {
		return ""
	}
	return value
}

// mark shows which node is selected, hovered over and at the keyboard.
func (f *fields) mark() {
	for i := range f.items {
		node := f.items[i].node
		f.items[i].show(fieldMarks{chosen: node == f.chosen, hovered: node == f.hovered, active: node == f.active})
	}
	if len(f.items) > 0 {
		f.root.Call("setAttribute", "aria-activedescendant", "field-"+strconv.Itoa(f.active))
	} else {
		f.root.Call("removeAttribute", "aria-activedescendant")
	}
}

// show shows what is so of a node. The Tab key stops at the links and buttons of
// the active one alone.
func (item *fieldItem) show(marks fieldMarks) {
	was := item.marks
	if marks == was {
		return
	}
	item.marks = marks
	classes := item.el.Get("classList")
	if marks.chosen != was.chosen {
		classes.Call("toggle", "chosen", marks.chosen)
		item.el.Call("setAttribute", "aria-selected", strconv.FormatBool(marks.chosen))
	}
	if marks.hovered != was.hovered {
		classes.Call("toggle", "hover", marks.hovered)
	}
	if marks.active == was.active {
		return
	}
	classes.Call("toggle", "active", marks.active)
	index := -1
	if marks.active {
		index = 0
	}
	for _, c := range item.controls {
		c.Set("tabIndex", index)
	}
}

// hoverOver outlines a node, or what stands for it; -1 for none.
func (f *fields) hoverOver(node int) {
	if node >= 0 {
		node = f.seen(node)
	}
	if node == f.hovered {
		return
	}
	for _, n := range [...]int{f.hovered, node} {
		if n >= 0 && n < len(f.itemOf) && f.itemOf[n] >= 0 {
			item := &f.items[f.itemOf[n]]
			marks := item.marks
			marks.hovered = n == node
			item.show(marks)
		}
	}
	f.hovered = node
}

// selectNode marks a node as the selected one, -1 for none. With scroll it is
// opened up and brought into view.
func (f *fields) selectNode(node int, scroll bool) {
	f.chosen = node
	if node >= 0 {
		f.active = node
		if scroll {
			f.openUp(node)
		}
		f.active = f.seen(f.active)
		if f.itemOf[node] < 0 {
			f.chosen = f.active
		}
	}
	f.mark()
	if scroll && node >= 0 {
		f.reveal(f.active)
	}
}

// openUp opens all nodes that a node is a part of.
func (f *fields) openUp(node int) {
	changed := false
	for i, depth := node-1, f.nodes[node].Depth; i >= 0 && depth > 0; i-- {
		if f.nodes[i].Depth < depth {
			depth = f.nodes[i].Depth
			if !f.open(i) {
				f.shut[f.name(i)] = false
				changed = true
			}
		}
	}
	if changed {
		f.draw()
	}
}

func (f *fields) reveal(node int) {
	if i := f.itemOf[node]; i >= 0 {
		f.items[i].el.Call("scrollIntoView", map[string]any{"block": "nearest"})
	}
}

// leafAt is the node whose bytes are drawn at a place, -1 when none's are.
func (f *fields) leafAt(place int64) int {
	for i := range f.nodes {
		if n := &f.nodes[i]; n.Leaf && n.Offset <= place && place < n.Offset+n.Length {
			return i
		}
	}
	return -1
}

// under is the node that an event is about, -1 for none.
func (f *fields) under(ev dom.Event) int {
	return nodeOf(ev.Underlying().Get("target"))
}

func nodeOf(target js.Value) int {
	if !target.Truthy() || target.Get("closest").Type() != js.TypeFunction {
		return -1
	}
	item := target.Call("closest", "[data-node]")
	if !item.Truthy() {
		return -1
	}
	n, err := strconv.Atoi(item.Get("dataset").Get("node").String())
	if err != nil {
		return -1
	}
	return n
}

func (f *fields) clicked(ev dom.Event) {
	target := ev.Underlying().Get("target")
	if button := target.Call("closest", "button"); button.Truthy() {
		data := button.Get("dataset")
		if row, err := strconv.Atoi(data.Get("row").String()); err == nil {
			f.p.reveal(row)
		} else if term := data.Get("term"); term.Type() == js.TypeString {
			f.p.filterBy(term.String())
		}
		return
	}
	node := nodeOf(target)
	if node < 0 || target.Call("closest", "a").Truthy() {
		return
	}
	f.active = node
	if target.Get("classList").Call("contains", "twist").Bool() || f.nodes[node].Length == 0 && f.hasParts(node) {
		f.toggle(node)
		return
	}
	f.choose(node, true)
}

// toggle opens or shuts a node.
func (f *fields) toggle(node int) {
	if f.hasParts(node) {
		f.shut[f.name(node)] = f.open(node)
		f.draw()
	}
}

func (f *fields) pressed(ev *dom.KeyboardEvent) {
	if len(f.items) == 0 || ev.AltKey() || ev.CtrlKey() || ev.MetaKey() {
		return
	}
	if ev.Target().Underlying().Get("localName").String() != "div" { // a link or button of it
		return
	}
	at := f.itemOf[f.active]
	move := func(to int) {
		f.active = f.items[min(max(to, 0), len(f.items)-1)].node
		f.mark()
		f.reveal(f.active)
		f.hover(f.active)
	}
	switch ev.Key() {
	case "ArrowDown":
		move(at + 1)
	case "ArrowUp":
		move(at - 1)
	case "Home":
		move(0)
	case "End":
		move(len(f.items) - 1)
	case "ArrowRight":
		if f.hasParts(f.active) && !f.open(f.active) {
			f.toggle(f.active)
		} else {
			move(at + 1)
		}
	case "ArrowLeft":
		if f.hasParts(f.active) && f.open(f.active) {
			f.toggle(f.active)
		} else {
			for i, depth := f.active, f.nodes[f.active].Depth; i >= 0; i-- {
				if f.nodes[i].Depth < depth {
					move(f.itemOf[i])
					break
				}
			}
		}
	case "Enter", " ":
		f.choose(f.active, true)
	default:
		return
	}
	ev.PreventDefault()
}
