//go:build js && wasm

package page

import (
	"strconv"
	"strings"
	"syscall/js"
	"unicode/utf8"

	"honnef.co/go/js/dom/v2"

	"satascope/inspect"
	"satascope/wasm/app/bridge"
)

// mistakeAfter is how many milliseconds one must pause before the page says what
// is wrong with a filter that is being typed.
const mistakeAfter = 500

// A filterBar takes the filter: as it is typed, with ways to go on (a combobox),
// its parts in colours, and what is wrong with it underlined.
type filterBar struct {
	p                   *page
	input, mirror, list dom.HTMLElement
	clear, count, said  dom.HTMLElement
	mistake, want, fix  dom.HTMLElement
	save, saved         dom.HTMLElement
	bad                 *bridge.Mistake // of the text, nil when nothing is wrong
	stopMistake         func()
	paused              bool // one has paused since: what is wrong can be said
	hinted              bool // nothing is wrong, but something else may be meant
	stopSaying          func()
	slow                func()

	seq     uint32 // of the last question for ways to go on
	options []bridge.Suggestion
	active  int  // the option that is chosen, -1 for none
	open    bool // the ways to go on are shown
	whole   bool // what stands at the cursor is one of them already
	spaced  bool // the space before the cursor came with what was taken
	left    bool // the focus was elsewhere since something was typed, or another text was shown
	suggest string
}

func newFilterBar(p *page) *filterBar {
	f := &filterBar{
		p: p, input: byID("filter"), mirror: byID("filter-mirror"), list: byID("filter-list"), clear: byID("filter-clear"), count: byID("filter-count"),
		said: byID("filter-said"), mistake: byID("filter-mistake"), want: byID("filter-want"), fix: byID("filter-fix"),
		save: byID("filter-save"), saved: byID("filter-saved"), active: -1, left: true,
	}
	on(f.input, "input", func(ev dom.Event) {
		f.typed()
	})
	on(f.input, "keydown", func(ev dom.Event) { f.pressed(ev) })
	on(f.input, "blur", func(dom.Event) {
		f.left = true
		f.shut()
	})
	on(f.input, "scroll", func(dom.Event) { f.scroll() })
	on(f.input, "click", func(dom.Event) {
		if f.open {
			f.complete()
		}
	})
	// A press on an option must not take the focus off the input.
	on(f.list, "mousedown", func(ev dom.Event) { ev.PreventDefault() })
	on(f.list, "click", func(ev dom.Event) {
		if option := closest(ev.Target(), "[role=option]"); option != nil {
			if n, err := strconv.Atoi(strings.TrimPrefix(option.ID(), "filter-option-")); err == nil {
				f.accept(n)
			}
		}
	})
	on(f.clear, "click", func(dom.Event) { f.set(""); f.input.Focus() })
	on(f.fix, "click", func(dom.Event) { f.set(f.suggest); f.input.Focus() })
	f.bindSaved()
	return f
}

// text is what the input has.
func (f *filterBar) text() string { return f.input.Underlying().Get("value").String() }

// focus gives the input the focus, with its text chosen.
func (f *filterBar) focus() {
	f.input.Focus()
	f.input.Underlying().Call("select")
}

// reset empties the bar, for another file.
func (f *filterBar) reset() {
	f.shut()
	f.show("")
	f.right()
	f.count.SetTextContent("")
	f.said.SetTextContent("")
}

// show shows a text that was not typed. What is typed next is not of it.
func (f *filterBar) show(text string) {
	f.left = true
	if text != f.text() {
		f.input.Underlying().Set("value", text)
	}
	f.paint()
}

// set filters by a text.
func (f *filterBar) set(text string) {
	f.shut()
	f.show(text)
	f.p.address.step()
	f.p.views.filter(text)
}

// typed filters by what was typed, and asks how it could go on.
func (f *filterBar) typed() {
	f.spaced = false
	f.written()
	f.complete()
}

// written filters by what the input has now, typed or accepted.
func (f *filterBar) written() {
	f.right()
	f.paint()
	if f.left {
		f.left = false
		f.p.address.step() // another filter than what was typed before
	}
	f.p.views.filter(f.text())
}

// paint shows the text's parts in colours, behind the input.
func (f *filterBar) paint() {
	text := f.text()
	show(f.clear, text != "")
	clearAll(f.mirror)
	at := 0
	plain := func(to int) {
		if to > at {
			f.mirror.AppendChild(document.CreateTextNode(text[at:to]))
			at = to
		}
	}
	classes := [...]string{inspect.TokenKey: "key", inspect.TokenWord: "word", inspect.TokenValue: "value"}
	for _, t := range inspect.Tokens(nil, text) {
		plain(t.From)
		f.paintPart(text, t.From, t.To, classes[t.Kind])
		at = t.To
	}
	plain(len(text))
	if f.bad != nil && f.bad.From >= len(text) {
		f.mirror.AppendChild(element("u", "mistake", "\u00a0"))
	}
	f.scroll()
}

// paintPart shows a part, with what is wrong in it underlined.
func (f *filterBar) paintPart(text string, from, to int, class string) {
	cuts := []int{from, to}
	if f.bad != nil {
		cuts = []int{from, min(max(f.bad.From, from), to), min(max(f.bad.To, from), to), to}
	}
	for i := 1; i < len(cuts); i++ {
		if cuts[i-1] < cuts[i] {
			c := class
			if f.bad != nil && i == 2 {
				c += " mistake"
			}
			f.mirror.AppendChild(element("span", c, text[cuts[i-1]:cuts[i]]))
		}
	}
}

// scroll keeps the colours where the input's text is.
func (f *filterBar) scroll() {
	f.mirror.Underlying().Set("scrollLeft", f.input.Underlying().Get("scrollLeft"))
}

// right takes back that something is wrong.
func (f *filterBar) right() {
	f.bad = nil
	if f.stopMistake != nil {
		f.stopMistake()
	}
	if f.paused {
		f.want.SetTextContent("") // it describes the input, hidden as well
	}
	f.stopMistake, f.paused, f.hinted = nil, false, false
	f.sayMistake()
	f.input.RemoveAttribute("aria-invalid")
	setClassOf(f.count, "stale", false)
}

// mistaken shows what is wrong with a filter: underlined at once, in words when
// one pauses.
func (f *filterBar) mistaken(text string, m *bridge.Mistake) {
	f.stopSlow()
	if text != f.text() {
		return
	}
	f.right()
	f.bad = m
	f.paint()
	f.input.SetAttribute("aria-invalid", "true")
	const not = "not applied"
	f.count.SetTextContent(not)
	f.tell(not)
	setClassOf(f.count, "stale", true)
	wait := 0
	if document.ActiveElement() != nil && document.ActiveElement().ID() == "filter" {
		wait = mistakeAfter
	}
	f.stopMistake = after(wait, func() {
		still := "Until then, the list has all rows."
		if holds := strings.TrimSpace(f.p.views.valid().filter); holds != "" {
			still = "Until then, the list has what “" + visible(holds) + "” leaves."
		}
		f.say(text, m, sentence(m.Want)+" "+still)
	})
}

// say says in words what is wrong with a filter, or may be meant otherwise.
func (f *filterBar) say(text string, m *bridge.Mistake, words string) {
	f.paused = true
	f.want.SetTextContent(words)
	f.suggest = ""
	if m.Suggest != "" && m.From <= m.To && m.To <= len(text) {
		f.suggest = text[:m.From] + m.Suggest + text[m.To:]
		f.fix.SetTextContent("Take " + visible(m.Suggest))
	}
	show(f.fix, f.suggest != "")
	f.sayMistake()
}

// hint says, when one pauses, that a word such as or is searched for as text.
func (f *filterBar) hint(text string) {
	h := inspect.Hint(text)
	if h == nil {
		return
	}
	m := &bridge.Mistake{From: h.From, To: h.To, Suggest: h.Suggest}
	f.stopMistake = after(mistakeAfter, func() {
		f.hinted = true
		f.say(text, m, "“"+h.Found+"” is searched for as text. Did you mean “"+h.Suggest+"”?")
	})
}

// sayMistake shows in words what is wrong, unless the ways to go on stand there.
func (f *filterBar) sayMistake() { show(f.mistake, (f.bad != nil || f.hinted) && f.paused && !f.open) }

// searching is called when a view was asked for. Its count is not known, and is
// never shown as another's; what is there at once shows no wait.
func (f *filterBar) searching() {
	f.stopSlow()
	f.slow = after(120, func() {
		if f.bad == nil { // else the input has another filter
			f.count.SetTextContent("searching…")
		}
	})
}

func (f *filterBar) stopSlow() {
	if f.slow != nil {
		f.slow()
		f.slow = nil
	}
}

// taken is called when a view is shown: its filter is right.
func (f *filterBar) taken(text string) {
	f.stopSlow()
	if f.text() == text {
		f.right()
		f.paint()
		f.hint(text)
	}
}

// counted shows how many rows the view has.
func (f *filterBar) counted(m *bridge.Viewed, spec viewSpec) {
	if f.bad != nil {
		return // the input has another filter
	}
	what := "row"
	if spec.exchanges {
		what = "exchange"
	}
	filtered := spec.filter != "" && m.Count != m.All
	var text string
	switch {
	case !m.Done && spec.filter != "":
		text = "searching…"
		if m.Rows > 0 {
			text += " " + strconv.Itoa(int(int64(m.Scanned)*100/int64(max(m.Rows, 1)))) + "%"
		}
		if m.Count > 0 {
			text = counted(m.Count, what) + " so far, " + text
		}
	case !m.Done:
		text = counted(m.All, what) + "…"
	case filtered:
		text = count(m.Count) + " of " + count(m.All)
	default:
		text = counted(m.Count, what)
	}
	f.count.SetTextContent(text)
	if m.Done {
		f.tell(text)
	}
}

// tell says the count to those who don't see it, when it rests.
func (f *filterBar) tell(text string) {
	if f.stopSaying != nil {
		f.stopSaying()
	}
	f.stopSaying = after(700, func() {
		if textOf(f.said) != text {
			f.said.SetTextContent(text)
		}
	})
}

// ---- ways to go on ----

// cursor is where the cursor stands, in bytes.
func (f *filterBar) cursor() int {
	units := f.input.Underlying().Get("selectionStart")
	if units.Type() != js.TypeNumber {
		return len(f.text())
	}
	return byteOffset(f.text(), units.Int())
}

// complete asks how the text could go on.
func (f *filterBar) complete() {
	if f.p.state == stateEmpty {
		return
	}
	f.seq++
	f.p.client.post(&bridge.Complete{Seq: f.seq, Filter: f.text(), Cursor: f.cursor()})
}

// came takes how it could.
func (f *filterBar) came(m *bridge.Completed) {
	if m.Seq != f.seq || document.ActiveElement() == nil || document.ActiveElement().ID() != "filter" {
		return
	}
	text, cursor := f.text(), f.cursor()
	f.options, f.whole = f.options[:0], false
	for _, s := range m.List {
		switch {
		case s.From > s.To || s.To > len(text):
		case s.Text == text[s.From:s.To] && cursor == s.To: // no way to go on
			f.whole = true
		default:
			f.options = append(f.options, s)
		}
	}
	f.active = -1
	clearAll(f.list)
	for i, s := range f.options {
		option := element("li", "", "")
		option.SetAttribute("role", "option")
		option.SetID("filter-option-" + strconv.Itoa(i))
		option.SetAttribute("aria-selected", "false")
		option.AppendChild(element("b", "", s.Label))
		option.AppendChild(element("span", "", visible(s.Meaning)))
		if s.Count >= 0 {
			option.AppendChild(element("i", "", count(s.Count)))
		}
		f.list.AppendChild(option)
	}
	f.setOpen(len(f.options) > 0)
}

func (f *filterBar) setOpen(open bool) {
	f.open = open
	show(f.list, open)
	f.sayMistake()
	f.input.SetAttribute("aria-expanded", strconv.FormatBool(open))
	if !open {
		f.input.RemoveAttribute("aria-activedescendant")
		f.active = -1
	}
}

// shut hides the ways to go on.
func (f *filterBar) shut() {
	f.seq++
	f.setOpen(false)
}

// activate chooses an option, without taking it.
func (f *filterBar) activate(n int) {
	items := f.list.Underlying().Get("children")
	if f.active >= 0 {
		items.Index(f.active).Call("setAttribute", "aria-selected", "false")
	}
	f.active = n
	if n < 0 {
		f.input.RemoveAttribute("aria-activedescendant")
		return
	}
	option := items.Index(n)
	option.Call("setAttribute", "aria-selected", "true")
	option.Call("scrollIntoView", map[string]any{"block": "nearest"})
	f.input.SetAttribute("aria-activedescendant", "filter-option-"+strconv.Itoa(n))
}

// accept puts an option into the text.
func (f *filterBar) accept(n int) {
	if n < 0 || n >= len(f.options) {
		return
	}
	s, text := f.options[n], f.text()
	put, rest := s.Text, text[s.To:]
	f.spaced = !s.Keep && (rest == "" || rest[0] == ' ')
	if f.spaced {
		put, rest = put+" ", strings.TrimPrefix(rest, " ")
	}
	f.input.Underlying().Set("value", text[:s.From]+put+rest)
	units := utf16Offset(text[:s.From] + put)
	f.input.Underlying().Call("setSelectionRange", units, units)
	f.input.Focus()
	f.written()
	if s.Keep {
		f.complete()
	} else {
		f.shut()
	}
}

// begun says whether the first way to go on completes a word at the cursor, or
// mends what is wrong there.
func (f *filterBar) begun() bool {
	return f.open && !f.whole && (f.options[0].From < f.options[0].To || f.mends())
}

// mends says whether the first way to go on takes the place of what is wrong.
func (f *filterBar) mends() bool {
	return f.open && f.bad != nil && f.options[0].From <= f.bad.To && f.bad.From <= f.options[0].To
}

func (f *filterBar) pressed(ev dom.Event) {
	key := ev.Underlying().Get("key").String()
	if ev.Underlying().Get("isComposing").Bool() {
		return
	}
	n := len(f.options)
	switch {
	case key == "ArrowDown" && !f.open:
		f.complete()
	case key == "ArrowDown":
		f.activate((f.active+2)%(n+1) - 1)
	case key == "ArrowUp" && f.open:
		f.activate((f.active+n+1)%(n+1) - 1)
	case (key == "Enter" || key == "Tab") && f.open && f.active >= 0:
		f.accept(f.active)
	case key == "Tab" && !ev.(*dom.KeyboardEvent).ShiftKey() && f.begun(), key == "Enter" && f.mends():
		f.accept(0)
	case key == " " && f.spaced && strings.HasSuffix(f.text()[:f.cursor()], " "):
		f.spaced = false // it stands there
	case key == "Enter":
		f.shut()
		f.p.list.focus()
	case key == "Escape" && f.open:
		f.shut()
	case key == "Escape" && f.text() != "":
		f.set("")
	case key == "Escape":
		f.p.list.focus()
	default:
		return
	}
	ev.PreventDefault()
	ev.StopPropagation()
}

// byteOffset is the place in bytes of a place in UTF-16 code units.
func byteOffset(s string, units int) int {
	for i, r := range s {
		if units <= 0 {
			return i
		}
		units--
		if r > 0xFFFF {
			units--
		}
	}
	return len(s)
}

// utf16Offset is how many UTF-16 code units a text has.
func utf16Offset(s string) (units int) {
	for _, r := range s {
		units++
		if r > 0xFFFF {
			units++
		}
	}
	return units
}

// ---- saved filters ----

// maxSaved bounds how many filters are saved.
const maxSaved = 50

func (f *filterBar) bindSaved() {
	on(f.save, "click", func(dom.Event) {
		text := strings.TrimSpace(f.text())
		if text == "" || f.bad != nil {
			f.p.say("There is no filter to save.")
			return
		}
		if err := f.p.settings.saveFilter(text); err != nil {
			f.p.problem.tell("The filter could not be saved: "+sentence(err.Error()), -1)
			return
		}
		f.p.say("Saved on this machine.")
	})
	on(f.saved, "click", func(dom.Event) { f.showSaved() })
}

// showSaved shows the saved filters as a menu.
func (f *filterBar) showSaved() {
	var items []menuItem
	for _, text := range f.p.settings.filters {
		items = append(items, menuItem{label: visible(text), code: true, do: func() { f.set(text); f.p.list.focus() }, remove: func() { f.p.settings.forgetFilter(text) }})
	}
	if len(items) == 0 {
		items = append(items, menuItem{label: "No saved filters. Save keeps the one in the bar, on this machine."})
	}
	f.p.menu.openAt(f.saved, items)
}

// validText says whether a text can be a filter: text from outside is bounded.
func validText(s string) bool {
	return len(s) <= 8<<10 && utf8.ValidString(s) && !strings.Contains(s, "\x00")
}
