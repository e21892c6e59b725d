//go:build js && wasm

package page

import (
	"math"
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

const (
	// stripLanes is how many lanes there are at most, unless one wants more; the
	// last stands for all streams that have none.
	stripLanes = 5
	// stripPart is how much of the window's height the strip gets when one does.
	stripPart = 0.4
	// stripPause is how many milliseconds pass at least between two questions
	// while a file is decoded.
	stripPause = 400
	// leastTime and leastRows are how far one can zoom in.
	leastTime = 2_000 // nanoseconds
	leastRows = 8
	// tickWidth is how many CSS pixels a label has.
	tickWidth = 84
	// stripStep is what part of the view a key moves by.
	stripStep = 0.02
)

// A strip shows how much went on when, a lane a stream, and where in it the
// selected row is. It is zoomed by the wheel and by dragging in its ruler, moved
// by dragging with Shift; dragging in the lanes selects a range to filter by.
// What it draws is the worker's counts for the range in view: one question at a
// time, and until the answer comes the counts that are here, stretched.
type strip struct {
	p                  *page
	box, time          dom.HTMLElement
	labels, marks      dom.HTMLElement // of streams and of the axis
	brush, head        dom.HTMLElement
	headText           dom.HTMLElement
	tools, alternative dom.HTMLElement
	context            js.Value
	canvas             js.Value

	whole   span // all there is
	view    span
	byRow   bool
	rows    int
	known   bool // whole is
	counts  *bridge.Activity
	lanes   [][]bridge.Bucket
	streams int  // in all lanes
	tall    bool // as many have one as there is room for
	wanted  int  // lanes that were asked for
	asked   bool
	stale   bool // something else is to be asked for when the answer is here
	waiting func()

	row      int // the selected one, -1 for none
	rowTime  int64
	selected span // the range that was brushed
	brushed  bool
	drag     stripDrag
	buttons  []stripTool

	width  float64
	scale  float64
	pixels []byte
	image  js.Value // ImageData of the canvas's size
	drawn  bool
	frame  js.Func

	ticks   []stripTick
	painted bool  // the picture is up to date; playhead and brush stand beside it
	base    int64 // the log's beginning, by which its ticks were drawn
}

// A stripTick is a label of the axis that is drawn, and the pixels that it takes.
type stripTick struct {
	el       js.Value
	from, to float64
	covered  bool // by the playhead's label
}

// letterWidth is about that of a letter of the strip's labels, in pixels.
const letterWidth = 7

// A stripDrag is a drag that is going on.
type stripDrag struct {
	mode   dragMode
	from   float64 // where it began, as a part of the view
	view   span    // as it was then
	moved  bool
	startX float64
}

type dragMode uint8

const (
	dragNone  dragMode = iota
	dragBrush          // selects a range
	dragZoom           // selects one to zoom to
	dragPan
)

func newStrip(p *page) *strip {
	s := &strip{
		p: p, box: byID("strip"), time: byID("strip-time"), labels: byID("strip-labels"), marks: byID("strip-ticks"),
		brush: byID("strip-brush"), head: byID("strip-head"), tools: byID("strip-tools"), alternative: byID("strip-text"),
		canvas: byID("strip-canvas").Underlying(), row: -1, rowTime: bridge.NoTime,
	}
	s.headText = dom.WrapHTMLElement(s.head.Underlying().Get("firstChild"))
	s.context = s.canvas.Call("getContext", "2d")
	s.frame = js.FuncOf(func(js.Value, []js.Value) any {
		s.drawn = false
		s.draw()
		return nil
	})
	s.bindTools()
	on(s.time, "pointerdown", func(ev dom.Event) { s.down(ev) })
	on(s.time, "pointermove", func(ev dom.Event) { s.moved(ev) })
	on(s.time, "pointerup", func(ev dom.Event) { s.up(ev) })
	on(s.time, "pointercancel", func(dom.Event) { s.cancel() })
	on(s.time, "dblclick", func(dom.Event) { s.zoomTo(s.whole) })
	on(s.time, "keydown", func(ev dom.Event) { s.pressed(ev.(*dom.KeyboardEvent)) })
	s.time.Underlying().Call("addEventListener", "wheel", js.FuncOf(func(_ js.Value, args []js.Value) any {
		s.wheel(args[0])
		return nil
	}), map[string]any{"passive": false})
	whenResized(s.time.Underlying(), s.resize)
	whenResized(document.DocumentElement().Underlying(), s.fit)
	again := js.FuncOf(func(js.Value, []js.Value) any { // other colours
		s.redraw()
		return nil
	})
	js.Global().Call("matchMedia", "(prefers-color-scheme: dark)").Call("addEventListener", "change", again)
	js.Global().Get("MutationObserver").New(again).Call("observe", document.DocumentElement().Underlying(), map[string]any{"attributeFilter": []any{"data-theme"}})
	return s
}

// ---- what it knows ----

// setState shows the strip with a log.
func (s *strip) showLog(there bool) { show(s.box, there) }

// reset forgets everything, for another file.
func (s *strip) reset() {
	s.known, s.asked, s.stale, s.counts, s.lanes, s.rows = false, false, false, nil, nil, 0
	s.row, s.rowTime, s.brushed = -1, bridge.NoTime, false
	s.streams, s.tall = 0, false
	if s.waiting != nil {
		s.waiting()
		s.waiting = nil
	}
	s.drag.mode = dragNone
	show(s.head, false)
	clearAll(s.labels)
	clearAll(s.marks)
	s.alternative.SetTextContent("")
	s.showTools()
	s.redraw()
}

// grow is called while rows come.
func (s *strip) grow(rows int) {
	if rows == s.rows {
		return
	}
	s.rows = rows
	s.time.SetAttribute("aria-valuemax", strconv.Itoa(max(rows, 1)))
	if s.waiting == nil {
		s.waiting = after(stripPause, func() {
			s.waiting = nil
			s.ask()
		})
	}
}

// ended is called when no more rows come.
func (s *strip) ended() {
	if s.waiting != nil {
		s.waiting()
		s.waiting = nil
	}
	s.ask()
}

// ask asks for what is in view, one question at a time.
func (s *strip) ask() {
	if s.asked {
		s.stale = true
		return
	}
	if s.rows == 0 || s.width < 1 {
		return
	}
	s.asked, s.wanted = true, s.most()
	s.p.client.post(&bridge.AskActivity{From: s.view.from, To: s.view.to, Whole: !s.known || s.view == s.whole, Width: int(s.width), Lanes: s.wanted})
}

// most is how many lanes there may be.
func (s *strip) most() int {
	if !s.tall {
		return stripLanes
	}
	return max(s.room(), stripLanes)
}

// room is how many lanes the window has room for.
func (s *strip) room() int {
	height := stripPart * js.Global().Get("innerHeight").Float()
	return int(height-float64(stripHeight(0))) / lanePitch
}

// fit asks for as many lanes as a window of another height has room for.
func (s *strip) fit() {
	s.showTools()
	if s.most() != s.wanted {
		s.ask()
	}
}

// grown shows more streams, or as many as usual.
func (s *strip) grown(tall bool) {
	s.tall = tall
	s.showTools()
	s.ask()
}

// came takes what was asked for.
func (s *strip) came(m *bridge.Activity) {
	s.asked = false
	if m.Width > 0 {
		s.take(m)
	}
	if s.stale {
		s.stale = false
		s.ask()
	}
}

func (s *strip) take(m *bridge.Activity) {
	all := !s.known || s.view == s.whole // and stays so while the whole grows
	lanes := len(s.lanes)
	s.known, s.byRow, s.counts = true, m.ByRow, m
	s.whole = span{m.First, m.End}
	if all {
		s.view = s.whole
	}
	s.lanes = make([][]bridge.Bucket, len(m.Lanes))
	s.streams = 0
	body := m.Body
	for i := range s.lanes {
		s.streams += max(m.Lanes[i].Others, 1)
		s.lanes[i] = make([]bridge.Bucket, m.Width)
		for k := range s.lanes[i] {
			body, _ = bridge.NextBucket(body, &s.lanes[i][k])
		}
	}
	if len(s.lanes) != lanes {
		s.resize()
	}
	s.name(m)
	s.showTools()
	s.redraw()
}

// name names the lanes, and tells in words what they show.
func (s *strip) name(m *bridge.Activity) {
	clearAll(s.labels)
	text := counted(m.Rows, "row")
	if !m.ByRow {
		text += " over " + seconds((m.End-m.First)/1e6)
	} else {
		text += ", whose times are not known"
	}
	text += ". "
	failures, findings := 0, 0
	for i := range m.Lanes {
		l := &m.Lanes[i]
		name, full := "stream "+strconv.Itoa(l.Stream), "Stream "+strconv.Itoa(l.Stream)
		if l.Client != "" {
			full += " (" + l.Client + ")"
		}
		if l.Stream == bridge.NoRow {
			name = count(l.Others) + " more"
			full = counted(l.Others, "other stream")
		}
		label := element("span", "", name)
		label.SetTitle(full + ": " + counted(l.Rows, "row"))
		s.labels.AppendChild(label)
		text += full + ": " + counted(l.Rows, "row") + ". "
		failures += l.Failures
		findings += l.Findings
	}
	label := element("span", "", "problems")
	label.SetTitle(counted(failures, "failure") + ", " + counted(findings, "diagnostic"))
	s.labels.AppendChild(label)
	text += counted(failures, "failure") + ", " + counted(findings, "diagnostic") + ". " +
		"Arrow keys move the playhead, plus and minus zoom, 0 shows all; with Shift, arrows select a range, and Enter filters by it."
	s.alternative.SetTextContent(text)
	s.tell()
}

// playhead takes the selected row.
func (s *strip) playhead(line *bridge.Line) {
	s.row, s.rowTime = line.Row, line.Time
	s.tell()
	s.move()
}

// forget is called when nothing is selected any more.
func (s *strip) forget() {
	s.row, s.rowTime = -1, bridge.NoTime
	s.move()
}

// place is where the selected row stands on the axis; false when it does not.
func (s *strip) place() (int64, bool) {
	switch {
	case s.row < 0 || !s.known:
		return 0, false
	case s.byRow:
		return int64(s.row), true
	}
	return s.rowTime, s.rowTime != bridge.NoTime
}

// tell tells assistive technology where the playhead is.
func (s *strip) tell() {
	if s.row < 0 {
		s.time.SetAttribute("aria-valuenow", "1")
		s.time.SetAttribute("aria-valuetext", "no row is selected")
		return
	}
	text := "row " + count1(s.row) + " of " + count(s.rows)
	if t := appendTime(nil, s.rowTime, s.p.list.base); len(t) > 0 {
		text += ", " + string(t) + " seconds"
	}
	s.time.SetAttribute("aria-valuenow", strconv.Itoa(s.row+1))
	s.time.SetAttribute("aria-valuetext", text)
}

// ---- drawing ----

// resize fits the canvas to the element and to the screen's pixels.
func (s *strip) resize() {
	width := s.time.Underlying().Get("clientWidth").Float()
	scale := min(max(js.Global().Get("devicePixelRatio").Float(), 1), 4)
	height := stripHeight(max(len(s.lanes), 1))
	s.time.Underlying().Get("style").Set("height", strconv.Itoa(height)+"px")
	w, h := int(width*scale), int(float64(height)*scale)
	if w < 1 {
		return
	}
	if w != s.canvas.Get("width").Int() || h != s.canvas.Get("height").Int() || len(s.pixels) != 4*w*h {
		s.canvas.Set("width", w)
		s.canvas.Set("height", h)
		s.pixels = make([]byte, 4*w*h)
		s.image = s.context.Call("createImageData", w, h)
	}
	asks := width != s.width
	s.width, s.scale = width, scale
	if asks {
		s.ask()
	}
	s.redraw()
}

// redraw has all of the strip drawn with the next frame.
func (s *strip) redraw() {
	s.painted = false
	s.move()
}

// move has the playhead and the brush drawn with the next frame.
func (s *strip) move() {
	if !s.drawn {
		s.drawn = true
		js.Global().Call("requestAnimationFrame", s.frame)
	}
}

func (s *strip) draw() {
	if len(s.pixels) == 0 {
		return
	}
	if base := s.p.list.base; !s.painted || base != s.base {
		s.painted, s.base = true, base
		s.paint()
	}
	s.drawHead()
	s.drawBrush()
}

// paint draws the picture and its axis.
func (s *strip) paint() {
	p := painting{pix: s.pixels, width: s.canvas.Get("width").Int(), height: s.canvas.Get("height").Int(), scale: s.scale}
	if s.counts == nil {
		clear(p.pix)
	} else {
		p.paint(s.view, span{s.counts.From, s.counts.To}, s.lanes, colours())
	}
	js.CopyBytesToJS(s.image.Get("data"), s.pixels)
	s.context.Call("putImageData", s.image, 0, 0)
	s.drawTicks()
}

// colours are those of the page's theme.
func colours() palette {
	style := js.Global().Call("getComputedStyle", document.DocumentElement().Underlying())
	get := func(name string) rgb {
		c, _ := parseColour(strings.TrimSpace(style.Call("getPropertyValue", name).String()))
		return c
	}
	return palette{request: get("--in"), response: get("--out"), written: get("--oob"), failure: get("--bad"), finding: get("--warn"), line: get("--line")}
}

func (s *strip) drawTicks() {
	if !s.known {
		return
	}
	var labels []any
	s.ticks = s.ticks[:0]
	for _, t := range ticks(s.view, s.p.list.base, s.byRow, int(s.width/tickWidth)) {
		if at := s.view.part(t.at); at >= 0 && at*s.width < s.width-tickWidth/2 {
			el := element("span", "", t.text)
			el.Underlying().Get("style").Set("left", pixels(at*s.width))
			labels = append(labels, el.Underlying())
			s.ticks = append(s.ticks, stripTick{el: el.Underlying(), from: at * s.width, to: at*s.width + float64(len(t.text))*letterWidth})
		}
	}
	s.marks.Underlying().Call("replaceChildren", labels...)
}

func (s *strip) drawHead() {
	at, has := s.place()
	part := s.view.part(at)
	if has = has && part >= 0 && part <= 1; !has {
		show(s.head, false)
		s.coverTicks(0, 0)
		return
	}
	x := min(part*s.width, s.width-1) // at the very end, too, its line is within
	text := count1(s.row)
	if !s.byRow {
		text = string(appendTime(nil, s.rowTime, s.p.list.base)) + " s"
	}
	s.headText.SetTextContent(text)
	s.head.Underlying().Get("style").Set("transform", "translateX("+pixels(x)+")")
	flip, width := x > s.width-90, float64(len(text)+1)*letterWidth
	s.head.Underlying().Get("classList").Call("toggle", "flip", flip)
	if flip {
		s.coverTicks(x-width, x)
	} else {
		s.coverTicks(x, x+width)
	}
	show(s.head, true)
}

// coverTicks takes away the labels of the axis where the playhead's stands.
func (s *strip) coverTicks(from, to float64) {
	for i := range s.ticks {
		t := &s.ticks[i]
		if covered := t.from < to && from < t.to; covered != t.covered {
			t.covered = covered
			t.el.Get("classList").Call("toggle", "covered", covered)
		}
	}
}

func (s *strip) drawBrush() {
	chosen, in := s.selected.clip(s.view)
	in = in && s.brushed
	show(s.brush, in)
	if in {
		from, to := s.view.part(chosen.from)*s.width, s.view.part(chosen.to)*s.width
		style := s.brush.Underlying().Get("style")
		style.Set("left", pixels(from))
		style.Set("width", pixels(max(to-from, 1)))
		s.brush.Underlying().Get("classList").Call("toggle", "zoom", s.drag.mode == dragZoom)
	}
}

// ---- the pointer ----

// partAt is where the pointer is, as a part of the view.
func (s *strip) partAt(u js.Value) float64 {
	rect := s.time.Underlying().Call("getBoundingClientRect")
	return min(max((u.Get("clientX").Float()-rect.Get("left").Float())/max(s.width, 1), 0), 1)
}

func (s *strip) down(ev dom.Event) {
	u := ev.Underlying()
	if button := u.Get("button").Int(); !s.known || button > 1 {
		return
	}
	y := u.Get("clientY").Float() - s.time.Underlying().Call("getBoundingClientRect").Get("top").Float()
	d := stripDrag{mode: dragBrush, from: s.partAt(u), view: s.view, startX: u.Get("clientX").Float()}
	switch {
	case u.Get("shiftKey").Bool() || u.Get("button").Int() == 1:
		d.mode = dragPan
		ev.PreventDefault()
	case y < rulerHeight:
		d.mode = dragZoom
	}
	s.drag = d
	s.time.Underlying().Call("setPointerCapture", u.Get("pointerId"))
}

func (s *strip) moved(ev dom.Event) {
	u := ev.Underlying()
	d := &s.drag
	if d.mode == dragNone {
		return
	}
	if !d.moved && math.Abs(u.Get("clientX").Float()-d.startX) < 4 {
		return
	}
	d.moved = true
	at := s.partAt(u)
	if d.mode == dragPan {
		s.view = d.view.pan(d.from-at, s.whole)
		s.viewed()
		return
	}
	s.selected = span{s.view.at(min(d.from, at)), s.view.at(max(d.from, at))}
	s.brushed = true
	s.redraw()
}

func (s *strip) up(ev dom.Event) {
	d := s.drag
	s.drag.mode = dragNone
	switch {
	case d.mode == dragNone:
		return
	case !d.moved:
		s.goTo(s.view.at(s.partAt(ev.Underlying())))
	case d.mode == dragZoom:
		s.brushed = false
		s.zoomTo(s.selected)
	}
	s.showTools()
	s.redraw()
}

func (s *strip) cancel() {
	if s.drag.mode != dragNone && s.drag.moved && s.drag.mode != dragPan {
		s.brushed = false
	}
	s.drag.mode = dragNone
	s.showTools()
	s.redraw()
}

// wheel zooms around the pointer; with Shift, or sideways, it moves.
func (s *strip) wheel(ev js.Value) {
	if !s.known || ev.Get("ctrlKey").Bool() { // that zooms the page
		return
	}
	ev.Call("preventDefault")
	dx, dy := ev.Get("deltaX").Float(), ev.Get("deltaY").Float()
	if ev.Get("deltaMode").Int() == 1 { // in lines, not pixels
		dx, dy = 16*dx, 16*dy
	}
	if ev.Get("shiftKey").Bool() && dx == 0 {
		dx, dy = dy, 0
	}
	if math.Abs(dx) > math.Abs(dy) {
		s.view = s.view.pan(dx/max(s.width, 1), s.whole)
	} else {
		s.view = s.view.zoom(math.Exp(0.0025*dy), s.partAt(ev), s.whole, s.least())
	}
	s.viewed()
}

func (s *strip) least() float64 {
	if s.byRow {
		return leastRows
	}
	return leastTime
}

// viewed is called when the view is another one.
func (s *strip) viewed() {
	s.ask()
	s.showTools()
	s.redraw()
}

// zoomTo shows a range.
func (s *strip) zoomTo(to span) {
	if !s.known {
		return
	}
	to, ok := to.clip(s.whole)
	if !ok {
		return
	}
	if wide := s.least(); to.length() < wide {
		to = to.zoom(wide/to.length(), 0.5, s.whole, wide)
	}
	s.view = to
	s.viewed()
}

// goTo selects the row at a place of the axis.
func (s *strip) goTo(place int64) {
	if s.byRow {
		s.p.reveal(int(min(max(place, 0), int64(s.rows-1))))
		return
	}
	s.p.client.post(&bridge.AskRowAt{Time: place})
}

// rowAt takes the row that was asked for.
func (s *strip) rowAt(m *bridge.RowAt) {
	if m.Row != bridge.NoRow {
		s.p.reveal(m.Row)
	}
}

// ---- buttons and keys ----

// A stripTool is one of the strip's buttons.
type stripTool struct {
	label, name string
	there, can  func() bool // whether it is shown, and can be used
	expanded    func() bool // whether what it unfolds is there; nil where it unfolds nothing
	do          func()
	el          dom.HTMLElement
}

func (s *strip) bindTools() {
	always := func() bool { return true }
	brushed := func() bool { return s.brushed }
	zoomed := func() bool { return s.view != s.whole }
	s.buttons = []stripTool{
		{label: "Filter", name: "Filter by the selected range", there: func() bool { return s.brushed && s.p.canFilter }, can: always, do: s.filter},
		{label: "Zoom", name: "Zoom to the selected range", there: brushed, can: always, do: func() {
			s.brushed = false
			s.zoomTo(s.selected)
		}},
		{label: "×", name: "Forget the selected range", there: brushed, can: always, do: s.unbrush},
		{label: "−", name: "Zoom out", there: always, can: zoomed, do: func() { s.zoomBy(2) }},
		{label: "+", name: "Zoom in", there: always, can: always, do: func() { s.zoomBy(0.5) }},
		{label: "All", name: "Show all", there: always, can: zoomed, do: func() { s.zoomTo(s.whole) }},
		{label: "Lanes", name: "More lanes", there: func() bool { return s.streams > stripLanes && s.room() > stripLanes }, can: always, expanded: func() bool { return s.tall }, do: func() { s.grown(!s.tall) }},
	}
	for i := range s.buttons {
		t := &s.buttons[i]
		t.el = element("button", "", t.label)
		t.el.SetAttribute("type", "button")
		t.el.SetAttribute("aria-label", t.name)
		t.el.SetTitle(t.name)
		on(t.el, "click", func(dom.Event) { t.do() })
		s.tools.AppendChild(t.el)
	}
	s.showTools()
}

// showTools shows the buttons that do something now. The focus goes from one that
// does nothing any more to the strip.
func (s *strip) showTools() {
	for i := range s.buttons {
		t := &s.buttons[i]
		there, can := t.there(), t.can()
		if (!there || !can) && t.el.Underlying().Equal(js.Global().Get("document").Get("activeElement")) {
			s.time.Focus()
		}
		show(t.el, there)
		enable(t.el, can)
		if t.expanded != nil {
			t.el.SetAttribute("aria-expanded", strconv.FormatBool(t.expanded()))
		}
	}
}

// unbrush forgets the range that was brushed.
func (s *strip) unbrush() {
	s.brushed = false
	s.showTools()
	s.redraw()
}

// zoomBy zooms around the playhead, or the middle when that is not in view.
func (s *strip) zoomBy(factor float64) {
	if !s.known {
		return
	}
	around := 0.5
	if at, has := s.place(); has {
		if part := s.view.part(at); part >= 0 && part <= 1 {
			around = part
		}
	}
	s.view = s.view.zoom(factor, around, s.whole, s.least())
	s.viewed()
}

// filter filters by the range that was brushed.
func (s *strip) filter() {
	if s.brushed && s.p.canFilter {
		s.p.filterBy(rangeTerm(s.selected, s.p.list.base, s.byRow, int64(s.view.length()/max(s.width, 1))))
	}
}

func (s *strip) pressed(ev *dom.KeyboardEvent) {
	if !s.known || ev.AltKey() || ev.CtrlKey() || ev.MetaKey() {
		return
	}
	at, has := s.place()
	if !has {
		at = s.view.from
	}
	step := max(int64(stripStep*s.view.length()), 1)
	move := int64(0)
	action, ok := actionOf(stripTable, keyName(ev.Key(), ev.Code(), ev.ShiftKey(), false))
	if !ok || action == stripForget && !s.brushed {
		return
	}
	switch action {
	case stripOn:
		move = step
	case stripBack:
		move = -step
	case stripFarOn:
		move = 10 * step
	case stripFarBack:
		move = -10 * step
	case stripBeginning:
		s.goTo(s.view.from)
	case stripEnd:
		s.goTo(s.view.to)
	case stripCloser:
		s.zoomBy(0.5)
	case stripFarther:
		s.zoomBy(2)
	case stripAll:
		s.zoomTo(s.whole)
	case stripExtendOn:
		s.widen(at, step)
	case stripExtendBack:
		s.widen(at, -step)
	case stripFilter:
		s.filter()
	case stripForget:
		s.unbrush()
	}
	ev.PreventDefault()
	if move != 0 {
		s.goTo(min(max(at+move, s.whole.from), s.whole.to))
	}
}

// widen moves an end of the brushed range, which begins at the playhead.
func (s *strip) widen(at, by int64) {
	if !s.brushed {
		s.selected, s.brushed = span{at, at}, true
	}
	if by > 0 && s.selected.from >= at {
		s.selected.to = min(s.selected.to+by, s.whole.to)
	} else if by < 0 && s.selected.to <= at {
		s.selected.from = max(s.selected.from+by, s.whole.from)
	} else if by > 0 {
		s.selected.from = min(s.selected.from+by, at)
	} else {
		s.selected.to = max(s.selected.to+by, at)
	}
	s.showTools()
	s.redraw()
}
