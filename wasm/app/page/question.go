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

// An asked is a question that is shown in a form, until it is answered.
type asked struct {
	q        *bridge.Question
	rule     learn.Question // the same, which knows what is right
	answered func(right bool)

	form, buttons, verdict dom.HTMLElement
	at                     dom.HTMLElement // where the keyboard answers
	answer                 func() string   // what the person answers, "" for nothing
	tried                  string          // a wrong answer, after which one may try again
	told                   bool
}

// ask shows a question in an element: a form whose answer is checked here. After
// a wrong answer a hint is given, and one may try again; after another, or when
// it is wanted, the answer is told. answered is called then, with whether the
// first answer was right.
func ask(into dom.HTMLElement, q *bridge.Question, shown bridge.Excerpt, answered func(right bool)) {
	clearAll(into)
	a := &asked{q: q, answered: answered, form: element("form", "question", "")}
	a.rule = learn.Question{
		Kind: learn.QuestionKind(q.Form), Prompt: q.Prompt, Shown: q.Shown, Choices: q.Choices, Bytes: q.Bytes, Unit: q.Unit,
		Answer: q.Answer, Length: q.Length, Why: q.Why, Hint: q.Hint, Row: q.Row, Address: q.Address,
	}
	for _, h := range q.Hints {
		a.rule.Hints = append(a.rule.Hints, learn.Hint(h))
	}
	a.form.AppendChild(paragraph("p", "prompt", q.Prompt))
	if q.Shown != "" {
		a.form.AppendChild(element("pre", "", q.Shown))
	}
	if a.rule.Kind == learn.QuestionChoice {
		a.choices()
	} else {
		a.input(shown)
	}
	check := element("button", "primary", "Check")
	check.SetAttribute("type", "submit")
	tell := button("", "Tell me", func() {})
	a.verdict = element("p", "verdict", "")
	a.verdict.SetAttribute("role", "status")
	a.buttons = element("p", "buttons", "")
	a.buttons.AppendChild(check)
	a.buttons.AppendChild(tell)
	a.form.AppendChild(a.buttons)
	a.form.AppendChild(a.verdict)
	into.AppendChild(a.form)
	show(into, true)
	on(tell, "click", func(dom.Event) { a.end("The answer:", "", false) })
	on(a.form, "submit", func(ev dom.Event) {
		ev.PreventDefault()
		a.check()
	})
	a.focus()
}

// choices are the answers of which one is right.
func (a *asked) choices() {
	set := element("fieldset", "", "")
	set.AppendChild(element("legend", "visually-hidden", "Your answer"))
	var all []dom.HTMLElement
	for i, choice := range a.q.Choices {
		label := element("label", "", "")
		radio := element("input", "", "")
		radio.SetAttribute("type", "radio")
		radio.SetAttribute("name", "answer")
		radio.SetAttribute("value", strconv.Itoa(i))
		label.AppendChild(radio)
		label.AppendChild(element("span", "", choice))
		set.AppendChild(label)
		all = append(all, radio)
	}
	a.form.AppendChild(set)
	a.at = all[0]
	a.answer = func() string {
		for i, radio := range all {
			if radio.Underlying().Get("checked").Bool() {
				a.at = radio
				return strconv.Itoa(i)
			}
		}
		return ""
	}
}

// input is a field for a number, or for the offset of a byte, which can be chosen
// among those shown.
func (a *asked) input(shown bridge.Excerpt) {
	label := element("label", "answer", "Your answer ")
	input := element("input", "", "")
	input.SetAttribute("autocomplete", "off")
	input.SetAttribute("spellcheck", "false")
	input.SetAttribute("placeholder", "as 100 or 0x64")
	unit := a.q.Unit
	if a.rule.Kind == learn.QuestionByte {
		unit = "offset: type it, as 0x34, or choose the byte"
		head := a.q.Bytes
		if len(head) == 0 {
			head = shown.Head
		}
		box := element("div", "hexbox", "")
		showBytes(box, head, nil, func(at int) { setValue(input, learn.Hex(uint64(at))) })
		a.form.AppendChild(box)
	}
	label.AppendChild(input)
	label.AppendChild(document.CreateTextNode(" " + unit))
	a.form.AppendChild(label)
	a.at = input
	a.answer = func() string { return value(input) }
}

// check says whether the answer is right.
func (a *asked) check() {
	text := a.answer()
	if text == "" {
		a.verdict.SetTextContent("Give an answer first, or let it be told.")
		return
	}
	right, err := a.rule.Check(text)
	switch {
	case err != nil:
		setClass(a.verdict, "verdict wrong")
		a.verdict.SetTextContent(sentence(visible(err.Error())))
	case right:
		a.end("Right.", "right", a.tried == "")
	case a.tried == "" || a.tried == text:
		a.tried = text
		clearAll(a.verdict)
		setClass(a.verdict, "verdict wrong")
		a.verdict.AppendChild(element("b", "", "Not yet. "))
		a.verdict.AppendChild(paragraph("span", "", a.rule.HintFor(text)+" "))
		a.verdict.AppendChild(document.CreateTextNode("Try again, or let it be told."))
		a.focus()
		if a.rule.Kind != learn.QuestionChoice {
			a.at.Underlying().Call("select")
		}
		a.inSight()
	default:
		a.end("Not quite.", "wrong", false)
	}
}

// end tells the answer, after a word on the one that was given.
func (a *asked) end(word, class string, right bool) {
	clearAll(a.verdict)
	setClass(a.verdict, "verdict "+class)
	a.verdict.AppendChild(element("b", "", word+" "))
	a.verdict.AppendChild(document.CreateTextNode("It is " + visible(strings.TrimSuffix(a.rule.AnswerText(), ".")) + ". "))
	a.verdict.AppendChild(paragraph("span", "", a.q.Why+" "))
	if a.q.Address != "" {
		a.verdict.AppendChild(reference(a.q.Address, "More in the reference"))
	}
	show(a.buttons, false)
	if !a.told {
		a.told = true
		a.answered(right)
	}
	a.inSight()
}

// focus brings the keyboard to the answer, but not on a phone, where its own would
// come up over what is to be read.
func (a *asked) focus() {
	if a.rule.Kind == learn.QuestionChoice || !js.Global().Call("matchMedia", "(pointer: coarse)").Get("matches").Bool() {
		a.at.Underlying().Call("focus", map[string]any{"preventScroll": true})
	}
}

func (a *asked) inSight() {
	a.verdict.Underlying().Call("scrollIntoView", map[string]any{"block": "nearest"})
}
