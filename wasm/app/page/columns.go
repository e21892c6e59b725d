//go:build js && wasm

package page

import (
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/inspect"
	"satascope/wasm/app/bridge"
)

// A column is one of a table's.
type column struct {
	class  string // of its cells
	head   string
	title  string
	sort   bridge.Column // what the exchanges are put in order by
	cell   bridge.Cell   // what of a row says that it is lit
	append func(dst []byte, r *bridge.Row, base int64) []byte
}

// A table is what rows of a view look like: the log or the exchanges.
type table struct {
	exchanges bool
	columns   []column
	text      int // the column that has the row's text
}

// The columns that both tables have.
var (
	numberColumn = column{"n", "No.", "Number in the whole log", bridge.ByNumber, bridge.CellNumber, func(dst []byte, r *bridge.Row, _ int64) []byte {
		return inspect.AppendCount(dst, uint64(r.Index)+1)
	}}
	timeColumn   = column{"t", "Time", "", bridge.ByTime, bridge.CellTime, appendRowTime}
	streamColumn = column{"s", "Str", "Stream", bridge.ByStream, bridge.CellStream, func(dst []byte, r *bridge.Row, _ int64) []byte {
		return strconv.AppendInt(dst, int64(r.Stream), 10)
	}}
	latencyColumn = column{"l", "Latency", "Time from the request to its response", bridge.ByLatency, bridge.CellLatency, func(dst []byte, r *bridge.Row, _ int64) []byte {
		if r.Latency == bridge.NoTime {
			return dst
		}
		return inspect.AppendDuration(dst, r.Latency)
	}}
)

// The tables. What appends nil is the row's text.
var (
	logTable = &table{text: 3, columns: []column{
		numberColumn, timeColumn, streamColumn,
		{"m", "Message", "", bridge.ByNumber, 0, nil},
		latencyColumn,
	}}
	exchangeTable = &table{exchanges: true, text: 4, columns: []column{
		numberColumn, timeColumn, streamColumn,
		{"o", "Operation", "", bridge.ByOperation, bridge.CellOperation, func(dst []byte, r *bridge.Row, _ int64) []byte { return append(dst, r.Operation...) }},
		{"m", "Path", "", bridge.ByPath, 0, nil},
		{"x", "Result", "", bridge.ByResult, bridge.CellResult, func(dst []byte, r *bridge.Row, _ int64) []byte { return append(dst, r.Result...) }},
		{"b", "Bytes", "Bytes moved: both messages and the data written", bridge.ByBytes, bridge.CellBytes, func(dst []byte, r *bridge.Row, _ int64) []byte {
			return inspect.AppendCount(dst, r.Bytes)
		}},
		latencyColumn,
	}}
)

// times is how times are shown; settings.go sets it.
var times = timeForm{how: timeRelative, first: bridge.NoTime, last: bridge.NoTime}

func appendRowTime(dst []byte, r *bridge.Row, base int64) []byte { return times.append(dst, r, base) }

// element makes an element for a row.
func (t *table) element() *rowElement {
	el := element("div", "r", "")
	el.SetAttribute("role", "row")
	el.SetAttribute("aria-selected", "false")
	r := &rowElement{el: el.Underlying(), row: -1, texts: make([]string, len(t.columns))}
	for i, c := range t.columns {
		cell := element("span", c.class, "")
		cell.SetAttribute("role", "gridcell")
		cell.SetAttribute("aria-colindex", strconv.Itoa(i+1))
		el.AppendChild(cell)
		if t.exchanges && i == t.text {
			// A path is cut at its front: its end tells it apart. The cell is set from
			// right to left for that, what is in it is not.
			text := element("bdi", "", "")
			text.SetAttribute("dir", "ltr")
			cell.AppendChild(text)
			cell = text
		}
		r.cells = append(r.cells, cell.Underlying())
	}
	return r
}

// blank shows that a row is not here yet.
func (t *table) blank(r *rowElement) {
	for i := range r.cells {
		if i != t.text {
			r.put(i, nil)
		}
	}
	r.cells[t.text].Set("textContent", "…")
}

// put shows a text in a cell.
func (r *rowElement) put(i int, text []byte) {
	if string(text) != r.texts[i] {
		r.texts[i] = string(text)
		r.cells[i].Set("textContent", r.texts[i])
	}
}

var cellText []byte

// fill shows a row.
func (t *table) fill(r *rowElement, data *bridge.Row, base int64) {
	for i := range t.columns {
		c := &t.columns[i]
		if c.append == nil {
			setText(r.cells[i], data)
			continue
		}
		cellText = c.append(cellText[:0], data, base)
		r.put(i, cellText)
		if (data.Lit^r.lit)&c.cell != 0 {
			class := c.class
			if data.Lit&c.cell != 0 {
				class += " lit"
			}
			r.cells[i].Set("className", class)
		}
	}
	r.lit = data.Lit
}

var rowClasses = [...]string{
	bridge.ClassRequest: "r in", bridge.ClassResponse: "r out", bridge.ClassWritten: "r oob", bridge.ClassDiagnostic: "r diag",
}

// class is a row's class.
func (t *table) class(data *bridge.Row) string {
	class := rowClasses[data.Class]
	if data.Exchange {
		class = "r ex"
		if data.Failed {
			class += " failed"
		}
	}
	if data.Marked {
		class += " marked"
	}
	return class
}

var markClasses = [...]struct {
	mark  bridge.Mark
	class string
}{{bridge.MarkFailure, "bad"}, {bridge.MarkAside, "aside"}, {bridge.MarkMatch, "match"}, {bridge.MarkHit, "hit"}}

// markClass is the classes of a span.
func markClass(m bridge.Mark) (class string) {
	for _, c := range markClasses {
		if m&c.mark != 0 {
			if class != "" {
				class += " "
			}
			class += c.class
		}
	}
	return class
}

// setText sets a row's text, with its spans as elements and the person's note
// before it. It is text and nothing else, whatever it looks like.
func setText(el js.Value, row *bridge.Row) {
	if len(row.Note) == 0 && len(row.Spans) == 0 {
		el.Set("textContent", string(row.Text))
		return
	}
	el.Set("textContent", "")
	if len(row.Note) > 0 {
		note := element("span", "note", "✎ ")
		note.SetTitle(string(row.Note))
		appendText(note.Underlying(), row.Note, row.Noted)
		el.Call("append", note.Underlying())
	}
	appendText(el, row.Text, row.Spans)
}

// appendText appends a text, with its spans as elements. The explanation at its
// end is one element, which the style keeps in sight where the text is cut.
func appendText(el js.Value, text []byte, spans []bridge.Span) {
	at, inWords := 0, false
	for _, s := range spans {
		if s.Mark&bridge.MarkAside != 0 && !inWords {
			inWords = true
			words := element("span", "words", "").Underlying()
			el.Call("append", string(text[at:s.Start]), words)
			el, at = words, s.Start
		}
		if s.Start > at {
			el.Call("append", string(text[at:s.Start]))
		}
		span := element("span", markClass(s.Mark), string(text[s.Start:s.End]))
		if string(text[s.Start:s.End]) == bridge.Unsure {
			span.SetTitle("Not sure: its path, its response")
		}
		el.Call("append", span.Underlying())
		at = s.End
	}
	if at < len(text) {
		el.Call("append", string(text[at:]))
	}
}

// A columnBar is the row above the list that names its columns; of exchanges, it
// sorts them.
type columnBar struct {
	p     *page
	box   dom.HTMLElement
	row   dom.HTMLElement
	table *table
	times []dom.HTMLElement // buttons that change how times are shown
}

func newColumnBar(p *page) *columnBar {
	h := &columnBar{p: p, box: byID("columns")}
	h.show(logTable, bridge.ByNumber, false)
	return h
}

// show shows the columns of a table, in the order that its rows have.
func (h *columnBar) show(t *table, by bridge.Column, descending bool) {
	focused := h.focused()
	defer func() { h.focus(focused) }()
	clearAll(h.box)
	h.times = nil
	h.table = t
	h.row = element("div", "r", "")
	h.row.SetAttribute("role", "row")
	for i := range t.columns {
		c := &t.columns[i]
		cell := element("span", c.class, "")
		cell.SetAttribute("role", "columnheader")
		cell.SetAttribute("aria-colindex", strconv.Itoa(i+1))
		switch {
		case t.exchanges:
			cell.AppendChild(h.sorter(c, cell, by, descending))
		case c.class == "t":
			cell.AppendChild(h.changer())
		default:
			cell.SetTextContent(c.head)
			cell.SetTitle(c.title)
		}
		h.row.AppendChild(cell)
	}
	h.box.AppendChild(h.row)
	grid := byID("log")
	grid.SetAttribute("aria-colcount", strconv.Itoa(len(t.columns)))
	if t.exchanges {
		grid.SetAttribute("aria-label", "Exchanges: requests with their responses")
	} else {
		grid.SetAttribute("aria-label", "Log: requests, responses, written data and diagnostics")
	}
	h.nameTimes()
}

// focused is the class of the column whose button has the focus, "" for none.
func (h *columnBar) focused() string {
	cell := closest(document.ActiveElement(), "#columns [role=columnheader]")
	if cell == nil {
		return ""
	}
	return cell.GetAttribute("class")
}

// focus gives the focus back to the button of a column, or to the rows where the
// column has none now.
func (h *columnBar) focus(class string) {
	if class == "" {
		return
	}
	if again := h.box.QuerySelector("." + class + " button"); again != nil {
		again.(dom.HTMLElement).Focus()
	} else {
		h.p.list.focus()
	}
}

// sorter makes the button that sorts by a column.
func (h *columnBar) sorter(c *column, cell dom.HTMLElement, by bridge.Column, descending bool) dom.HTMLElement {
	button := element("button", "", c.head)
	button.SetAttribute("type", "button")
	button.SetTitle(c.title)
	current := by == c.sort
	order := "none"
	switch {
	case current && descending:
		order = "descending"
		button.AppendChild(element("i", "", " ▼"))
	case current:
		order = "ascending"
		button.AppendChild(element("i", "", " ▲"))
	}
	cell.SetAttribute("aria-sort", order)
	on(button, "click", func(dom.Event) {
		// Of times and sizes, the largest are what one looks for.
		down := c.sort == bridge.ByLatency || c.sort == bridge.ByBytes || c.sort == bridge.ByResult
		if current {
			down = !descending
		}
		h.p.views.sort(c.sort, down)
	})
	if c.class == "t" {
		h.times = append(h.times, button)
	}
	return button
}

// changer makes the button that changes how times are shown.
func (h *columnBar) changer() dom.HTMLElement {
	button := element("button", "", "")
	button.SetAttribute("type", "button")
	on(button, "click", func(dom.Event) { h.p.settings.nextTime() })
	h.times = append(h.times, button)
	return button
}

// nameTimes names the column of times.
func (h *columnBar) nameTimes() {
	for _, b := range h.times {
		if !h.table.exchanges {
			b.SetTextContent(times.head())
			b.SetTitle(times.name() + ": press for another form (T)")
		} else {
			b.FirstChild().SetTextContent(times.head()) // before the arrow
			b.SetTitle(times.name() + ": sort by it (T: another form of times)")
		}
	}
}
