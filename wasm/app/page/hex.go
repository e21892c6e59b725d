//go:build js && wasm

package page

import (
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
	"satascope/wasm/app/scroll"
)

const (
	// hexChunk is how many bytes are asked for and kept together.
	hexChunk = 4 << 10
	// maxHexChunks is how many of them are kept.
	maxHexChunks = 256
	// hexLineHeight is a line's height in CSS pixels; inspector.css has it too.
	hexLineHeight = 20
	// copyLimit is how many bytes can be copied as hex.
	copyLimit = 1 << 20
)

// A hexView shows bytes in hexadecimal and as text: only the lines in view are
// elements, and only the bytes around them are here. Runs of bytes of one field
// are an element each, so that a field's bytes are seen as one.
type hexView struct {
	ask   func(at int64, count int) // bytes from an offset of the direction
	hover func(place int64)         // the pointer is over a byte, -1 for none
	pick  func(place int64)         // a person chose a byte; -1: a range, which is no field's
	copy  func()                    // a person wants what is selected

	box                    dom.HTMLElement
	grid, space, view, all js.Value
	said                   dom.HTMLElement
	s                      scroll.Scroller
	layout                 hexLayout
	per                    int     // bytes a line
	char                   float64 // width of a character

	m        *bridge.Inspected
	chunks   map[int64][]byte // by the place of their first byte
	asked    bool
	failed   bool // a question for bytes was answered with an error
	lines    []*hexLineElement
	version  int // of everything that lines are drawn from but their place
	leaf     []int
	from, to int64 // the bytes selected, none when they are the same
	cursor   int64 // the byte that the keyboard is at, -1 for none
	anchor   int64 // where a range began
	over     int64 // the byte under the pointer, -1 for none
	dragging bool
	moved    bool

	hoverFrom, hoverTo int64 // the bytes outlined
	outlined           bool  // some elements are

	drawn bool
	frame js.Func
	buf   []byte
}

// A hexLineElement shows one line.
type hexLineElement struct {
	el, o, h, a js.Value
	line        int
	version     int
	cut         bool // it is no line of bytes
	runs        []hexRun
}

// A hexRun is the elements of some bytes of a line.
type hexRun struct {
	from, to int64
	h, a     js.Value
}

func newHexView() *hexView {
	v := &hexView{box: byID("hex"), said: byID("hex-said"), chunks: map[int64][]byte{}, per: 16, cursor: -1, over: -1}
	v.grid, v.space, v.all = v.box.Underlying(), byID("hex-space").Underlying(), byID("hex-rows").Underlying()
	v.view = v.all.Get("parentNode")
	v.frame = js.FuncOf(func(js.Value, []js.Value) any {
		v.drawn = false
		v.draw()
		return nil
	})
	v.grid.Call("addEventListener", "scroll", js.FuncOf(func(js.Value, []js.Value) any {
		v.s.Scrolled(v.grid.Get("scrollTop").Float())
		v.redraw()
		return nil
	}), map[string]any{"passive": true})
	whenResized(v.grid, v.resize)
	on(v.box, "pointerdown", func(ev dom.Event) { v.down(ev) })
	on(v.box, "pointermove", func(ev dom.Event) { v.move(ev) })
	on(v.box, "pointerup", func(ev dom.Event) { v.up(ev) })
	on(v.box, "pointercancel", func(dom.Event) { v.dragging = false })
	on(v.box, "pointerleave", func(dom.Event) { v.hovering(-1) })
	on(v.box, "keydown", func(ev dom.Event) { v.pressed(ev.(*dom.KeyboardEvent)) })
	return v
}

// show shows the bytes of another row; m may be nil for none.
func (v *hexView) show(m *bridge.Inspected) {
	v.m, v.asked, v.failed = m, false, false
	v.chunks = map[int64][]byte{}
	v.from, v.to, v.cursor, v.over, v.dragging = 0, 0, -1, -1, false
	v.leaf = v.leaf[:0]
	if m != nil {
		for i := range m.Nodes {
			if m.Nodes[i].Leaf {
				v.leaf = append(v.leaf, i)
			}
		}
		v.take(0, m.Head)
	}
	v.s = scroll.Scroller{}
	v.arrange()
	v.grid.Set("scrollTop", 0)
}

// take keeps bytes that begin at a place.
func (v *hexView) take(place int64, b []byte) {
	for len(b) > 0 {
		n := int(min(int64(len(b)), v.chunkEnd(place)-place))
		if n <= 0 {
			return
		}
		if place == v.chunkStart(place) && place+int64(n) == v.chunkEnd(place) {
			v.chunks[place] = b[:n:n]
		}
		place, b = place+int64(n), b[n:]
	}
}

// chunkStart and chunkEnd are where the chunk of a byte begins and ends: chunks
// don't reach from one part into another.
func (v *hexView) chunkStart(place int64) int64 {
	start, _ := v.part(place)
	return start + (place-start)/hexChunk*hexChunk
}

func (v *hexView) chunkEnd(place int64) int64 {
	start, p := v.part(place)
	if p == nil {
		return place
	}
	return min(v.chunkStart(place)+hexChunk, start+p.Length)
}

// part is the part that a place is in, and its first place.
func (v *hexView) part(place int64) (start int64, p *bridge.Part) {
	for i := range v.m.Parts {
		p = &v.m.Parts[i]
		if place < start+p.Length {
			return start, p
		}
		start += p.Length
	}
	return start, nil
}

// arrange makes the layout for the row and the width there is.
func (v *hexView) arrange() {
	if v.m == nil {
		v.layout = newHexLayout(v.per, nil, nil)
	} else {
		v.layout = newHexLayout(v.per, v.m.Parts, v.m.Cuts)
	}
	v.version++
	v.box.SetAttribute("aria-rowcount", strconv.Itoa(v.layout.lines))
	v.fit()
}

// resize takes the element's size: a narrow one has 8 bytes a line.
func (v *hexView) resize() {
	if v.char == 0 {
		v.measure()
	}
	per := 16
	offset := max(len(appendOffset(v.buf[:0], v.layout.length)), 4)
	// Between the three columns stand one and a half characters, beside them 12 pixels.
	if width := v.grid.Get("clientWidth").Float(); v.char > 0 && width > 0 && float64(offset+1+hexWidth(16)+3+16)*v.char+24 > width {
		per = 8
	}
	if per != v.per {
		top := int64(0)
		if first, _ := v.s.Visible(); first < v.layout.lines {
			top = v.layout.line(first).from
		}
		v.per = per
		v.grid.Get("classList").Call("toggle", "eight", per == 8)
		v.arrange()
		v.goTo(top, true)
		return
	}
	v.fit()
}

// measure measures a character.
func (v *hexView) measure() {
	probe := element("span", "probe", "0000000000000000000000000000000000000000")
	v.box.AppendChild(probe)
	v.char = probe.Underlying().Call("getBoundingClientRect").Get("width").Float() / 40
	probe.Underlying().Call("remove")
}

func (v *hexView) fit() {
	height := v.grid.Get("clientHeight").Float()
	v.s.Resize(v.layout.lines, hexLineHeight, height)
	v.view.Get("style").Set("height", pixels(height))
	v.space.Get("style").Set("height", pixels(max(v.s.Height(), height)))
	v.place()
	v.redraw()
}

func (v *hexView) place() {
	if pos := v.s.Position(); pos != v.grid.Get("scrollTop").Float() {
		v.grid.Set("scrollTop", pos)
		v.s.Placed(v.grid.Get("scrollTop").Float())
	}
}

func (v *hexView) redraw() {
	if !v.drawn {
		v.drawn = true
		js.Global().Call("requestAnimationFrame", v.frame)
	}
}

// draw shows the lines in view.
func (v *hexView) draw() {
	first, end := v.s.Visible()
	for len(v.lines) > end-first {
		last := len(v.lines) - 1
		v.lines[last].el.Call("remove")
		v.lines = v.lines[:last]
	}
	for len(v.lines) < end-first {
		l := newHexLineElement()
		v.all.Call("appendChild", l.el)
		v.lines = append(v.lines, l)
	}
	for i, l := range v.lines {
		if l.line != first+i || l.version != v.version {
			l.line, l.version = first+i, v.version
			v.drawLine(l)
		}
	}
	v.all.Get("style").Set("transform", "translateY("+pixels(float64(first)*hexLineHeight-v.s.Offset())+")")
	v.outline()
	v.want(first, end)
}

func newHexLineElement() *hexLineElement {
	el := element("div", "hx", "")
	el.SetAttribute("role", "row")
	l := &hexLineElement{el: el.Underlying(), line: -1}
	for i, c := range []*js.Value{&l.o, &l.h, &l.a} {
		class, role := [...]string{"xo", "xh", "xa"}[i], "gridcell"
		if i == 0 {
			role = "rowheader"
		}
		cell := element("span", class, "")
		cell.SetAttribute("role", role)
		el.AppendChild(cell)
		*c = cell.Underlying()
	}
	return l
}

// drawLine draws one line anew.
func (v *hexView) drawLine(l *hexLineElement) {
	line := v.layout.line(l.line)
	l.runs = l.runs[:0]
	l.el.Call("setAttribute", rowIndexName, l.line+1)
	l.el.Set("id", "hex-"+strconv.Itoa(l.line+1))
	if cut := line.cut >= 0; cut != l.cut {
		l.cut = cut
		l.el.Get("classList").Call("toggle", "xcut", cut)
	}
	if line.cut >= 0 {
		l.o.Set("textContent", "")
		l.h.Set("textContent", string(appendCutText(v.buf[:0], &v.m.Cuts[line.cut], v.m.Carrier)))
		l.a.Set("textContent", "")
		return
	}
	l.o.Set("textContent", string(appendOffset(v.buf[:0], line.label)))
	bytes, there := v.bytes(line.from, line.to)
	var hex, text []any
	pad := hexColumn(line.column, v.per)
	if pad > 0 {
		hex = append(hex, spaces(pad))
		text = append(text, spaces(line.column))
	}
	for at := line.from; at < line.to; {
		look, end := v.lookAt(at, line.to)
		class := looks[look].class
		if v.from <= at && at < v.to {
			class += " picked"
		}
		h := element("span", class, string(v.appendHex(v.buf[:0], bytes, there, &line, at, end))).Underlying()
		a := element("span", class, string(v.appendText(v.buf[:0], bytes, there, &line, at, end))).Underlying()
		if at > line.from {
			hex = append(hex, gapBefore(line.column+int(at-line.from), v.per))
		}
		hex, text = append(hex, h), append(text, a)
		l.runs = append(l.runs, hexRun{at, end, h, a})
		at = end
	}
	l.h.Call("replaceChildren", hex...)
	l.a.Call("replaceChildren", text...)
}

func spaces(n int) string {
	const blank = "                                                  "
	return blank[:n]
}

// gapBefore is what stands before the digits of a byte in a column.
func gapBefore(column, per int) string {
	if column == per/2 {
		return "  "
	}
	return " "
}

// bytes are those of a line, when they are here. Lines don't reach from one
// part into another, but may from one chunk into the next.
func (v *hexView) bytes(from, to int64) (b []byte, there bool) {
	for at := from; at < to; {
		start := v.chunkStart(at)
		c, ok := v.chunks[start]
		if !ok {
			return nil, false
		}
		piece := c[at-start : min(int64(len(c)), to-start)]
		if at == from && at+int64(len(piece)) == to {
			return piece, true
		}
		b = append(b, piece...)
		at += int64(len(piece))
	}
	return b, true
}

// lookAt is how the byte at a place is drawn, and up to where bytes are drawn
// as one with it.
func (v *hexView) lookAt(place, limit int64) (look bridge.Look, end int64) {
	end = limit
	// Leaves stand in order: find the last that does not begin behind the place.
	lo, hi := 0, len(v.leaf)
	for lo < hi {
		if mid := (lo + hi) / 2; v.m.Nodes[v.leaf[mid]].Offset <= place {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo > 0 {
		n := &v.m.Nodes[v.leaf[lo-1]]
		if place < n.Offset+n.Length {
			look, end = n.Look, min(end, n.Offset+n.Length)
		}
	}
	if lo < len(v.leaf) {
		end = min(end, v.m.Nodes[v.leaf[lo]].Offset)
	}
	for _, edge := range [...]int64{v.from, v.to} {
		if v.from < v.to && place < edge {
			end = min(end, edge)
		}
	}
	return look, end
}

func (v *hexView) appendHex(dst, bytes []byte, there bool, line *hexLine, from, to int64) []byte {
	for at := from; at < to; at++ {
		i := int(at - line.from)
		if at > from {
			dst = append(dst, gapBefore(line.column+i, v.per)...)
		}
		switch {
		case there:
			dst = appendHexByte(dst, bytes[i])
		case v.failed:
			dst = append(dst, "??"...)
		default:
			dst = append(dst, "··"...)
		}
	}
	return dst
}

func (v *hexView) appendText(dst, bytes []byte, there bool, line *hexLine, from, to int64) []byte {
	for at := from; at < to; at++ {
		c := byte('.')
		if there {
			if b := bytes[at-line.from]; b >= 0x20 && b < 0x7F {
				c = b
			}
		} else {
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

// want asks for the bytes in view that are not here: one question at a time.
func (v *hexView) want(first, end int) {
	if v.asked || v.failed || v.m == nil {
		return
	}
	for i := first; i < end; i++ {
		line := v.layout.line(i)
		if line.cut >= 0 {
			continue
		}
		if _, there := v.bytes(line.from, line.to); there {
			continue
		}
		place := v.chunkStart(line.from)
		if _, ok := v.chunks[place]; ok { // the line's end is in the next one
			place = v.chunkEnd(line.from)
		}
		start, part := v.part(place)
		if part == nil {
			continue
		}
		v.asked = true
		v.ask(part.Start+place-start, int(v.chunkEnd(place)-place))
		return
	}
}

// came takes bytes that were asked for.
func (v *hexView) came(m *bridge.Bytes) {
	v.asked = false
	if v.m == nil || m.Row != v.m.Row {
		v.redraw()
		return
	}
	if len(v.chunks) >= maxHexChunks {
		v.chunks = map[int64][]byte{}
	}
	start := int64(0)
	for _, p := range v.m.Parts {
		if m.At >= p.Start && m.At < p.Start+p.Length {
			v.take(start+m.At-p.Start, m.Body)
			break
		}
		start += p.Length
	}
	v.failed = m.Error != ""
	v.version++
	v.redraw()
}

// goTo brings the byte at a place into view: to the top, or by as little as
// possible.
func (v *hexView) goTo(place int64, top bool) {
	line := v.layout.lineOf(place)
	moved := false
	if top {
		moved = v.s.Center(line + int(v.s.Page())/2)
	} else {
		moved = v.s.Reveal(line)
	}
	if moved {
		v.place()
	}
	v.redraw()
}

// selectBytes selects bytes, none when from and to are the same, and with scroll
// brings them into view: the first line, and as many behind it as fit.
func (v *hexView) selectBytes(from, to int64, scroll bool) {
	if from != v.from || to != v.to {
		v.from, v.to = from, to
		v.version++
	}
	v.cursor, v.anchor = from, from
	if from == to {
		v.cursor = -1
	}
	if scroll && from < to {
		first, end := v.s.Visible()
		line, last := v.layout.lineOf(from), v.layout.lineOf(to-1)
		if line < first || last >= end && line > first {
			if last-line < v.s.Page() {
				v.s.Reveal(last)
			}
			v.s.Reveal(line)
			if last-line >= v.s.Page() {
				v.s.Center(line + v.s.Page()/2)
			}
			v.place()
		}
	}
	v.redraw()
}

// outlineBytes outlines bytes without moving anything, none when from and to are
// the same.
func (v *hexView) outlineBytes(from, to int64) {
	if from != v.hoverFrom || to != v.hoverTo {
		v.hoverFrom, v.hoverTo = from, to
		v.outline()
	}
}

// outline outlines what of the outlined bytes is in view.
func (v *hexView) outline() {
	if v.hoverFrom == v.hoverTo && !v.outlined {
		return
	}
	v.outlined = v.hoverFrom < v.hoverTo
	for _, l := range v.lines {
		for _, r := range l.runs {
			in := v.hoverFrom <= r.from && r.to <= v.hoverTo
			r.h.Get("classList").Call("toggle", "hover", in)
			r.a.Get("classList").Call("toggle", "hover", in)
		}
	}
}

// placeAt is the byte at a point of the window. Outside of the bytes it is -1
// or, when one drags, the nearest.
func (v *hexView) placeAt(ev dom.Event, nearest bool) int64 {
	if v.layout.length == 0 || len(v.lines) == 0 || v.char == 0 {
		return -1
	}
	u := ev.Underlying()
	x, y := u.Get("clientX").Float(), u.Get("clientY").Float()-v.grid.Call("getBoundingClientRect").Get("top").Float()
	if nearest {
		y = min(max(y, 0), v.grid.Get("clientHeight").Float()-1)
	}
	i := int((v.s.Offset() + y) / hexLineHeight)
	if i >= v.layout.lines {
		if !nearest {
			return -1
		}
		i = v.layout.lines - 1
	}
	line := v.layout.line(i)
	if line.cut >= 0 {
		if !nearest {
			return -1
		}
		return v.layout.sections[line.cut].to - 1
	}
	hex := v.lines[0].h.Call("getBoundingClientRect").Get("left").Float()
	text := v.lines[0].a.Call("getBoundingClientRect").Get("left").Float()
	column := 0
	switch {
	case x >= text-v.char/2:
		column = int((x - text) / v.char)
	case x >= hex-v.char && x < hex+(float64(hexWidth(v.per))+1)*v.char || nearest:
		column = byteAt(int((x-hex+v.char/2)/v.char), v.per)
	default:
		return -1
	}
	at := line.from + int64(column-line.column)
	if nearest {
		return min(max(at, line.from), line.to-1)
	}
	if at < line.from || at >= line.to {
		return -1
	}
	return at
}

func (v *hexView) down(ev dom.Event) {
	u := ev.Underlying()
	if u.Get("button").Int() != 0 {
		return
	}
	at := v.placeAt(ev, false)
	if at < 0 {
		return
	}
	if u.Get("shiftKey").Bool() && v.cursor >= 0 {
		v.extend(at)
		return
	}
	v.anchor, v.dragging, v.moved = at, true, false
	if u.Get("pointerType").String() == "touch" { // a finger scrolls
		return
	}
	v.grid.Call("setPointerCapture", u.Get("pointerId"))
}

func (v *hexView) move(ev dom.Event) {
	if !v.dragging {
		v.hovering(v.placeAt(ev, false))
		return
	}
	at := v.placeAt(ev, true)
	if at < 0 || at == v.anchor && !v.moved || ev.Underlying().Get("pointerType").String() == "touch" {
		return
	}
	v.moved = true
	v.extend(at)
	v.goTo(at, false)
}

func (v *hexView) up(ev dom.Event) {
	if !v.dragging {
		return
	}
	v.dragging = false
	if !v.moved {
		if at := v.placeAt(ev, false); at == v.anchor {
			v.pick(at)
			v.cursor = at
		}
	}
}

// extend selects from the anchor to a byte.
func (v *hexView) extend(at int64) {
	v.cursor = at
	v.from, v.to = min(v.anchor, at), max(v.anchor, at)+1
	v.version++
	v.redraw()
	v.pick(-1)
}

func (v *hexView) hovering(at int64) {
	if at != v.over {
		v.over = at
		v.hover(at)
	}
}

func (v *hexView) pressed(ev *dom.KeyboardEvent) {
	if v.layout.length == 0 || ev.AltKey() || ev.MetaKey() {
		return
	}
	if ev.CtrlKey() && ev.Key() == "c" {
		v.copy()
		ev.PreventDefault()
		return
	}
	at, per := v.cursor, int64(v.per)
	if at < 0 {
		first, _ := v.s.Visible()
		at = v.layout.line(first).from
		if v.from < v.to {
			at = v.from
		}
	}
	started := v.cursor >= 0
	switch key := ev.Key(); {
	case key == "ArrowRight" && started:
		at++
	case key == "ArrowLeft" && started:
		at--
	case key == "ArrowDown" && started:
		at += per
	case key == "ArrowUp" && started:
		at -= per
	case key == "PageDown" && started:
		at += per * int64(v.s.Page())
	case key == "PageUp" && started:
		at -= per * int64(v.s.Page())
	case key == "Home":
		at = 0
	case key == "End":
		at = v.layout.length - 1
	case key == "ArrowRight", key == "ArrowLeft", key == "ArrowDown", key == "ArrowUp", key == "PageDown", key == "PageUp":
		// The first of them shows where one is.
	case key == "Enter" || key == " ":
		if started {
			v.pick(v.cursor)
		}
		ev.PreventDefault()
		return
	default:
		return
	}
	ev.PreventDefault()
	at = min(max(at, 0), v.layout.length-1)
	if ev.ShiftKey() && started {
		v.extend(at)
	} else {
		v.selectBytes(at, at+1, false)
		v.hover(at)
	}
	v.cursor = at
	v.goTo(at, false)
	v.box.SetAttribute("aria-activedescendant", "hex-"+strconv.Itoa(v.layout.lineOf(at)+1))
	v.say(at)
}

// say tells assistive technology of the byte that the keyboard is at.
func (v *hexView) say(at int64) {
	line := v.layout.line(v.layout.lineOf(at))
	text := "offset 0x" + strconv.FormatInt(line.label+at-line.from, 16)
	if b, there := v.bytes(at, at+1); there {
		text += ", byte " + string(appendHexByte(nil, b[0]))
	}
	for _, i := range v.leaf {
		if n := &v.m.Nodes[i]; n.Offset <= at && at < n.Offset+n.Length {
			text += ", " + n.Name
		}
	}
	v.said.SetTextContent(text)
}

// appendHexByte appends two digits.
func appendHexByte(dst []byte, b byte) []byte {
	const digits = "0123456789abcdef"
	return append(dst, digits[b>>4], digits[b&15])
}
