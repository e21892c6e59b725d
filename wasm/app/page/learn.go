//go:build js && wasm

package page

import (
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/learn"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

// A lessons is what the page teaches with: a menu, the tour (tour.go), the state
// machine (diagram.go), the frame builder (builder.go) and the quiz (quiz.go).
// What they say is package learn's; what they ask about the open capture, the
// worker answers.
type lessons struct {
	p       *page
	menu    dom.HTMLElement
	builder *builder
	tour    *tour
	diagram *diagram
	quiz    *quiz
	row     int  // the selected one, -1 for none
	finding bool // that row is no message, but a finding
}

func newLessons(p *page) *lessons {
	l := &lessons{p: p, row: -1, menu: byID("learn")}
	if isEmbedded() { // a frame in another site shows a capture, no more
		show(byID("learn-open"), false)
		show(byID("tour-start"), false)
		return l
	}
	l.builder = newBuilder(l)
	l.tour = newTour(l)
	l.diagram = newDiagram(l)
	l.quiz = newQuiz(l)
	open := byID("learn-open")
	on(open, "click", func(dom.Event) { openDialog(l.menu) })
	enable(open, true)
	on(byID("learn-close"), "click", func(dom.Event) { closeDialog(l.menu) })
	for id, do := range map[string]func(){
		"learn-tour": l.tour.begin, "learn-machine": l.diagram.begin, "learn-builder": l.builder.begin, "learn-quiz": l.quiz.begin, "tour-start": l.tour.begin,
	} {
		on(byID(id), "click", func(dom.Event) {
			closeDialog(l.menu)
			do()
		})
		enable(byID(id), true)
	}
	return l
}

// forgotten is told that what was kept on this machine is gone.
func (l *lessons) forgotten() {
	if l.builder != nil {
		l.tour.forget()
		l.quiz.asked, l.quiz.right = 0, 0
	}
}

// follow opens the frames that the page's address carries, or begins the tour,
// and says whether the address was such a one.
func (l *lessons) follow(fragment string) bool {
	if fragment == learn.TourFragment && l.builder != nil {
		after(0, l.tour.begin) // the page is not wholly there yet
		return true
	}
	return l.showExchange(fragment) || l.builder != nil && l.builder.follow(fragment)
}

// showExchange opens the frames of a fragment like a capture of its own, when it
// carries such, and says whether it does.
func (l *lessons) showExchange(fragment string) bool {
	name, view, _ := strings.Cut(fragment, "&")
	items, ours, err := learn.ParseExchange(name)
	if !ours {
		return false
	}
	if err != nil {
		l.p.problem.fail("The frames of this link can't be read: " + visible(err.Error()) + ". Ask for the link again.")
		return true
	}
	blob := js.Global().Get("Blob").New([]any{string(learn.AppendEvents(nil, items))}, map[string]any{"type": "text/plain"})
	at := parsePlace(view)
	at.row = max(at.row, 0)
	l.p.address.opened = name
	l.p.open(blob, framesName, at)
	return true
}

// framesName is what frames of a link are called.
const framesName = "frames of a link"

// menuItems are what can be learned from a row.
func (l *lessons) menuItems(row int, address string) (items []menuItem) {
	items = append(items, menuItem{line: true}, menuItem{label: "What is this line?", do: func() {
		js.Global().Call("open", address, "_blank", "noopener")
	}})
	if l.builder != nil && !strings.HasPrefix(address, learn.Folder+learn.PageDiagnostics) {
		items = append(items, menuItem{label: "Change it in the frame builder…", do: func() { l.builder.beginWith(row) }})
	}
	return items
}

// choose is told that the selection moved.
func (l *lessons) choose(row int) {
	l.row, l.finding = row, false
	if l.builder != nil {
		l.builder.chosen()
		l.diagram.chosen()
	}
}

// setState is told what state the page is in.
func (l *lessons) setState(state string) {
	if l.builder == nil {
		return
	}
	if state == stateDecoding {
		l.row = -1
	}
	l.builder.chosen()
	l.tour.setState(state)
	l.diagram.setState(state)
	l.quiz.setState(state)
}

// narrow says whether the page has no room for the tour and the state machine
// together. Then one takes the other's place, and gives it back when it is closed.
func narrow() bool {
	return js.Global().Call("matchMedia", "(max-width: 1599px)").Get("matches").Bool()
}

// ready says whether there is a whole conversation to speak about.
func (l *lessons) ready() bool { return l.p.state == stateDone || l.p.state == stateFailed }

// came takes a message of the worker.
func (l *lessons) came(m bridge.Message) {
	if l.builder == nil {
		return
	}
	switch m := m.(type) {
	case *bridge.Line:
		l.finding = m.Row == l.row && m.Class == bridge.ClassDiagnostic
		l.builder.chosen()
	case *bridge.Inspected: // the inspector shows it first
		after(0, l.tour.light)
	case *bridge.Tour:
		l.tour.came(m)
	case *bridge.Move:
		l.diagram.came(m)
	case *bridge.Quiz:
		l.quiz.came(m)
	case *bridge.Frames:
		l.builder.came(m)
	}
}

func openDialog(el dom.HTMLElement) {
	if !el.HasAttribute("open") {
		el.Underlying().Call("showModal")
	}
}

func closeDialog(el dom.HTMLElement) { el.Underlying().Call("close") }

// prose fills an element with a text in which pieces between backquotes are
// code.
func prose(el dom.HTMLElement, text string) {
	clearAll(el)
	for i, piece := range strings.Split(text, "`") {
		if piece == "" {
			continue
		}
		if i%2 == 1 {
			el.AppendChild(element("code", "", visible(piece)))
			continue
		}
		for n, line := range strings.Split(piece, "\n") {
			if n > 0 {
				el.AppendChild(document.CreateElement("br"))
			}
			el.AppendChild(document.CreateTextNode(visible(line)))
		}
	}
}

// paragraph is an element with such a text.
func paragraph(tag, class, text string) dom.HTMLElement {
	el := element(tag, class, "")
	prose(el, text)
	return el
}

// reference is a link to where the reference explains something, in a tab of its
// own: the capture stays.
func reference(address, text string) dom.HTMLElement {
	a := element("a", "more", text)
	a.SetAttribute("href", address)
	a.SetAttribute("target", "_blank")
	a.SetAttribute("rel", "noopener")
	return a
}

// button makes a button.
func button(class, text string, do func()) dom.HTMLElement {
	b := element("button", class, text)
	b.SetAttribute("type", "button")
	on(b, "click", func(dom.Event) { do() })
	return b
}

// value is what stands in an input.
func value(el dom.Node) string { return el.Underlying().Get("value").String() }

func setValue(el dom.Node, text string) {
	if value(el) != text {
		el.Underlying().Set("value", text)
	}
}

// copyText puts a text into the clipboard and says so in an element.
func copyText(text string, said dom.HTMLElement) {
	go func() {
		promise, err := browser.Try(func() js.Value {
			return js.Global().Get("navigator").Get("clipboard").Call("writeText", text)
		})
		if err == nil {
			_, err = browser.Await(promise)
		}
		if err != nil {
			said.SetTextContent("This browser lets no page copy here: select the text and copy it.")
			return
		}
		said.SetTextContent("Copied.")
	}()
}

// showBytes fills an element with rows of 16 bytes: those that marks touch, or,
// without marks, all. With pick, bytes are buttons that give their offset.
func showBytes(el dom.HTMLElement, head []byte, marks []bridge.ByteMark, pick func(offset int)) {
	clearAll(el)
	const digits = "0123456789abcdef"
	wanted := func(row int) bool {
		if len(marks) == 0 {
			return row < 64
		}
		for _, m := range marks {
			first, last := m.Offset/16, (m.Offset+max(m.Length, 1)-1)/16
			if row >= first && row <= last && (row < first+3 || row == last) {
				return true
			}
		}
		return false
	}
	lit := func(at int) int {
		for i, m := range marks {
			if at >= m.Offset && at < m.Offset+m.Length {
				return i
			}
		}
		return -1
	}
	gap := false
	for row := 0; row*16 < len(head); row++ {
		if !wanted(row) {
			gap = true
			continue
		}
		if gap && hasChildren(el) {
			el.AppendChild(element("div", "gap", "⋯"))
		}
		gap = false
		line := element("div", "", "")
		offset := strconv.FormatInt(int64(row*16), 16)
		line.AppendChild(element("span", "at", strings.Repeat("0", max(0, 4-len(offset)))+offset))
		for at := row * 16; at < min(row*16+16, len(head)); at++ {
			text := string([]byte{digits[head[at]>>4], digits[head[at]&15]})
			var cell dom.HTMLElement
			if pick != nil {
				cell = button("", text, func() { pick(at) })
				cell.SetAttribute("aria-label", "byte "+learn.Hex(uint64(at))+": "+text)
			} else {
				cell = element("span", "", text)
			}
			if n := lit(at); n >= 0 {
				setClass(cell, "lit f"+strconv.Itoa(n%4+1))
			}
			line.AppendChild(cell)
		}
		el.AppendChild(line)
	}
	if gap && hasChildren(el) {
		el.AppendChild(element("div", "gap", "⋯"))
	}
	show(el, hasChildren(el))
}

// legend names the marks that are lit.
func legend(el dom.HTMLElement, marks []bridge.ByteMark) {
	clearAll(el)
	for i, m := range marks {
		item := element("li", "", "")
		item.AppendChild(element("i", "f"+strconv.Itoa(i%4+1), ""))
		where := learn.Hex(uint64(m.Offset))
		if m.Length > 1 {
			where += " to " + learn.Hex(uint64(m.Offset+m.Length-1))
		}
		item.AppendChild(document.CreateTextNode(visible(m.Label) + ": " + where))
		el.AppendChild(item)
	}
	show(el, len(marks) > 0)
}
