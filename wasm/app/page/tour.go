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

// tourKey is under which this browser remembers how far the tour came:
// "CHAPTER,CHAPTER-…;CHAPTER.STEP;CHAPTER.STEP,…", the chapters that were seen,
// with a dash those in which questions were passed over, the step to go on with,
// and those whose questions were answered.
const tourKey = "satascope.tour"

// A tour goes through the chapters of package learn, in a panel beside the log.
type tour struct {
	l       *lessons
	pending bool // it begins when the example is there
	open    bool
	chapter int
	step    int
	toStep  int // the step to show when the chapter comes; -1 for the last
	steps   []bridge.Step
	instead bool // of the state machine, which comes back when it is closed
	// seen has the chapters that were gone through, and whether all their questions
	// were answered; answered the steps whose questions were, as "CHAPTER.STEP".
	seen, answered map[string]bool

	panel, chapters, lead, place, text, line, bytes, legend dom.HTMLElement
	changes, question, more, back, next, lack, example      dom.HTMLElement
}

func newTour(l *lessons) *tour {
	t := &tour{l: l, panel: byID("tour"), seen: map[string]bool{}, answered: map[string]bool{}}
	for id, el := range map[string]*dom.HTMLElement{
		"chapter": &t.chapters, "lead": &t.lead, "place": &t.place, "text": &t.text, "line": &t.line, "bytes": &t.bytes, "legend": &t.legend,
		"changes": &t.changes, "question": &t.question, "more": &t.more, "back": &t.back, "next": &t.next, "lack": &t.lack, "example": &t.example,
	} {
		*el = byID("tour-" + id)
	}
	t.remember()
	t.names()
	on(t.chapters, "change", func(dom.Event) {
		n, _ := strconv.Atoi(value(t.chapters))
		t.begins(n, 0)
	})
	on(t.back, "click", func(dom.Event) { t.walk(-1) })
	on(t.next, "click", func(dom.Event) { t.walk(1) })
	on(t.example, "click", func(dom.Event) { t.openExample() })
	on(byID("tour-close"), "click", func(dom.Event) { t.close() })
	on(t.line, "click", func(dom.Event) { t.show(false) })
	return t
}

// names fills the list of chapters, a mark behind those that were seen, and says
// how far the tour came.
func (t *tour) names() {
	clearAll(t.chapters)
	for i := range learn.Tour {
		ch := &learn.Tour[i]
		name := strconv.Itoa(i+1) + ". " + ch.Title
		answered, seen := t.seen[ch.ID]
		option := element("option", "", name)
		switch {
		case answered:
			option.SetTextContent(name + " ✓")
			option.SetAttribute("aria-label", name+", questions answered")
		case seen:
			option.SetTextContent(name + " •")
			option.SetAttribute("aria-label", name+", seen")
		}
		option.SetAttribute("value", strconv.Itoa(i))
		t.chapters.AppendChild(option)
	}
	setValue(t.chapters, strconv.Itoa(t.chapter))
	byID("tour-progress").Underlying().Set("value", len(t.seen))
	start := "Take the tour"
	if t.chapter > 0 || max(t.step, t.toStep) > 0 {
		start = "Go on with the tour: chapter " + strconv.Itoa(t.chapter+1)
	}
	byID("tour-start").SetTextContent(start)
}

// remember reads how far the tour came. What this program did not write counts
// for nothing.
func (t *tour) remember() {
	stored, err := browser.Try(func() js.Value { return js.Global().Get("localStorage").Call("getItem", tourKey) })
	if err != nil || stored.Type() != js.TypeString {
		return
	}
	seen, rest, _ := strings.Cut(stored.String(), ";")
	at, answered, _ := strings.Cut(rest, ";")
	for _, name := range strings.Split(seen, ",") {
		if id, passed := strings.CutSuffix(name, "-"); learn.ChapterNamed(id) != nil {
			t.seen[id] = !passed
		}
	}
	for _, step := range strings.Split(answered, ",") {
		if id, _, _ := strings.Cut(step, "."); learn.ChapterNamed(id) != nil {
			t.answered[step] = true
		}
	}
	id, step, _ := strings.Cut(at, ".")
	for i := range learn.Tour {
		if n, err := strconv.Atoi(step); learn.Tour[i].ID == id && err == nil && n >= 0 {
			t.chapter, t.toStep = i, n
		}
	}
}

// forget begins the tour anew; where it stands open, it stays as it is.
func (t *tour) forget() {
	t.seen, t.answered = map[string]bool{}, map[string]bool{}
	if !t.open {
		t.chapter, t.step, t.toStep = 0, 0, 0
	}
	t.names()
}

// store writes that. A browser that keeps nothing is no reason to stop.
func (t *tour) store() {
	var seen, answered []string
	for id, all := range t.seen {
		if !all {
			id += "-"
		}
		seen = append(seen, id)
	}
	for step := range t.answered {
		answered = append(answered, step)
	}
	text := strings.Join(seen, ",") + ";" + t.stepName(t.step) + ";" + strings.Join(answered, ",")
	_, _ = browser.Try(func() js.Value { return js.Global().Get("localStorage").Call("setItem", tourKey, text) })
}

// stepName is what a step of the chapter is kept under.
func (t *tour) stepName(step int) string {
	return learn.Tour[t.chapter].ID + "." + strconv.Itoa(step)
}

// leaves notes that the chapter was gone through.
func (t *tour) leaves() {
	all := true
	for i := range t.steps {
		all = all && (len(t.steps[i].Ask) == 0 || t.answered[t.stepName(i)])
	}
	id := learn.Tour[t.chapter].ID
	t.seen[id] = t.seen[id] || all
}

// begin opens the panel where it was left; without a capture, on the example.
func (t *tour) begin() {
	if d := t.l.diagram; d.open && narrow() {
		d.hide()
		t.instead = true
	}
	t.open = true
	switch {
	case t.l.p.state == stateEmpty:
		t.openExample()
	case t.l.ready():
		t.begins(t.chapter, t.toStep)
	default:
		t.pending = true // the capture is being decoded
	}
}

func (t *tour) openExample() {
	t.open, t.pending = true, true
	go t.l.p.start.example()
}

// hide hides the panel, for good or until the state machine is closed.
func (t *tour) hide() {
	t.open, t.pending, t.instead = false, false, false
	t.toStep = t.step
	t.showPanel(false)
}

// close closes the panel; the state machine is there again if it had to go for it.
func (t *tour) close() {
	back := t.instead
	t.hide()
	byID("log").Underlying().Call("focus")
	if back {
		t.l.diagram.begin()
	}
}

// showPanel shows the panel or hides it. The style sheets make room for it.
func (t *tour) showPanel(there bool) {
	show(t.panel, there)
	setClassOf(document.DocumentElement(), "touring", there)
	if !there {
		t.asks(false)
	}
}

// asks hides what would give an answer away, as long as a question has none.
func (t *tour) asks(is bool) { setClassOf(document.DocumentElement(), "asking", is) }

// setState begins the tour when the capture that it waits for is there.
func (t *tour) setState(state string) {
	switch {
	case state == stateDecoding:
		t.pending = t.pending || t.open
		t.steps = nil
		t.showPanel(false)
	case t.pending && (state == stateDone || state == stateFailed):
		t.pending = false
		t.begins(t.chapter, t.toStep)
	}
}

// begins asks for a chapter.
func (t *tour) begins(chapter, step int) {
	t.chapter, t.toStep, t.steps = chapter, step, nil
	t.l.p.client.post(&bridge.AskTour{Chapter: chapter})
}

func (t *tour) came(m *bridge.Tour) {
	if !t.open || m.Chapter != t.chapter {
		return
	}
	t.steps = m.Steps
	t.step = t.toStep
	if t.step < 0 || t.step >= len(t.steps) {
		t.step = max(0, len(t.steps)-1)
		if t.toStep >= 0 {
			t.step = 0
		}
	}
	t.showPanel(true)
	lack := ""
	switch {
	case m.Error != "":
		lack = sentence(m.Error)
	case len(t.steps) == 0:
		lack = "This capture has no example of it: it takes " + learn.Tour[t.chapter].Needs + ". Go on with the next chapter, or see it in the bundled example."
	}
	t.lack.SetTextContent(lack)
	show(t.lack, lack != "")
	show(t.example, lack != "")
	t.show(true)
}

// walk goes a step on or back, over the borders of chapters.
func (t *tour) walk(by int) {
	to := t.step + by
	switch {
	case to >= 0 && to < len(t.steps):
		t.step = to
		t.show(true)
	case by > 0:
		if len(t.steps) > 0 {
			t.leaves()
		}
		if t.chapter+1 < len(learn.Tour) {
			t.step = 0
			t.begins(t.chapter+1, 0)
			t.names()
			return
		}
		t.step = 0
		t.names()
		t.store()
		t.chapter, t.toStep = 0, 0
		t.ended()
	case t.chapter > 0:
		t.begins(t.chapter-1, -1)
	}
}

// ended is the last page of the tour.
func (t *tour) ended() {
	t.steps = nil
	t.blank()
	show(t.lack, false)
	t.asks(false)
	t.place.SetTextContent("The end")
	left := ""
	for _, answered := range t.seen {
		if !answered {
			left = " In those marked • there are questions left."
		}
	}
	t.text.SetTextContent("You have seen " + strconv.Itoa(len(t.seen)) + " of " + strconv.Itoa(len(learn.Tour)) + " chapters." + left + " Open a capture of your own and take the tour there, or try the quiz.")
	show(t.example, len(t.seen) < len(learn.Tour))
	quiz := button("primary", "Take the quiz", func() {
		t.close()
		t.l.quiz.begin()
	})
	t.question.AppendChild(quiz)
	show(t.question, true)
	show(t.next, false)
	show(t.back, false)
	quiz.Underlying().Call("focus")
}

// blank empties the panel of what belongs to a step.
func (t *tour) blank() {
	for _, el := range []dom.HTMLElement{t.text, t.line, t.bytes, t.legend, t.changes, t.question, t.more} {
		clearAll(el)
	}
	for _, el := range []dom.HTMLElement{t.line, t.bytes, t.legend, t.changes, t.question} {
		show(el, false)
	}
	t.lead.SetTextContent("")
}

// show shows the step and selects its row. With focus, the keyboard is where one
// goes on.
func (t *tour) show(focus bool) {
	t.names()
	t.blank()
	show(t.next, true)
	show(t.back, true)
	ch := &learn.Tour[t.chapter]
	if t.step == 0 { // a step that goes on has the room for itself
		t.lead.SetTextContent(ch.Lead)
	}
	enable(t.back, t.step > 0 || t.chapter > 0)
	last := t.step+1 >= len(t.steps)
	switch {
	case !last:
		t.next.SetTextContent("Next")
	case t.chapter+1 < len(learn.Tour):
		t.next.SetTextContent("Next chapter")
	default:
		t.next.SetTextContent("Finish")
	}
	t.place.SetTextContent("Chapter " + strconv.Itoa(t.chapter+1) + " of " + strconv.Itoa(len(learn.Tour)))
	if len(t.steps) > 0 {
		s := &t.steps[t.step]
		t.place.SetTextContent(textOf(t.place) + ", step " + strconv.Itoa(t.step+1) + " of " + strconv.Itoa(len(t.steps)) + ", row " + count(s.Row+1))
		for _, part := range strings.Split(s.Text, "\n\n") {
			t.text.AppendChild(paragraph("p", "", part))
		}
		t.line.SetTextContent(s.Line)
		setClassOf(t.line, "known", t.step > 0 && t.steps[t.step-1].Row == s.Row)
		show(t.line, true)
		if len(s.Shown.Marks) > 0 {
			showBytes(t.bytes, s.Shown.Head, s.Shown.Marks, nil)
			legend(t.legend, s.Shown.Marks)
		}
		for _, change := range s.Changes {
			t.changes.AppendChild(paragraph("li", "", change))
		}
		// What changed may be what is asked.
		asked := len(s.Ask) > 0
		show(t.changes, len(s.Changes) > 0 && !asked)
		t.asks(asked)
		if s.Address != "" {
			t.more.AppendChild(reference(s.Address, "More in the reference"))
			t.more.AppendChild(document.CreateTextNode(" · "))
		}
		t.more.AppendChild(reference(learn.Folder+learn.PageWords, "Words explained"))
		t.l.p.reveal(s.Row)
		t.light()
		t.store()
	}
	if focus {
		t.next.Underlying().Call("focus", map[string]any{"preventScroll": true})
	}
	if len(t.steps) > 0 && len(t.steps[t.step].Ask) > 0 {
		q := &t.steps[t.step].Ask[0]
		ask(t.question, q, t.steps[t.step].Shown, func(bool) {
			t.answered[t.stepName(t.step)] = true
			t.store()
			t.asks(false)
			show(t.changes, hasChildren(t.changes))
			t.next.Underlying().Call("focus", map[string]any{"preventScroll": true})
		})
	}
	t.panel.Underlying().Set("scrollTop", 0)
}

// light selects the step's bytes in the inspector, once that shows its row.
func (t *tour) light() {
	n := t.l.p.inspector
	if !t.open || t.step >= len(t.steps) || n.inspected == nil || n.inspected.Row != t.steps[t.step].Row {
		return
	}
	if marks := t.steps[t.step].Shown.Marks; len(marks) > 0 {
		n.hex.selectBytes(int64(marks[0].Offset), int64(marks[0].Offset+marks[0].Length), true)
	}
}
