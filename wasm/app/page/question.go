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

// ask shows a question in an element: a form whose answer is checked here. After
// a wrong answer a hint is given, and one may try again; after another, or when
// it is wanted, the answer is told. answered is called then, with whether the
// first answer was right.
func ask(into dom.HTMLElement, q *bridge.Question, shown bridge.Excerpt, answered func(right bool)) {
	clearAll(into)
	rule := learn.Question{
		Kind: learn.QuestionKind(q.Form), Prompt: q.Prompt, Shown: q.Shown, Choices: q.Choices, Bytes: q.Bytes, Unit: q.Unit,
		Answer: q.Answer, Length: q.Length, Why: q.Why, Hint: q.Hint, Row: q.Row, Address: q.Address,
	}
	for _, h := range q.Hints {
		rule.Hints = append(rule.Hints, learn.Hint(h))
	}
	form := element("form", "question", "")
	form.AppendChild(paragraph("p", "prompt", q.Prompt))
	if q.Shown != "" {
		form.AppendChild(element("pre", "", q.Shown))
	}
	answer := func() string { return "" }
	var at dom.HTMLElement // where the keyboard answers
	switch rule.Kind {
	case learn.QuestionChoice:
		set := element("fieldset", "", "")
		set.AppendChild(element("legend", "visually-hidden", "Your answer"))
		var all []dom.HTMLElement
		for i, choice := range q.Choices {
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
		form.AppendChild(set)
		at = all[0]
		answer = func() string {
			for i, radio := range all {
				if radio.Underlying().Get("checked").Bool() {
					at = radio
					return strconv.Itoa(i)
				}
			}
			return ""
		}
	default:
		label := element("label", "answer", "Your answer ")
		input := element("input", "", "")
		input.SetAttribute("autocomplete", "off")
		input.SetAttribute("spellcheck", "false")
		input.SetAttribute("placeholder", "as 100 or 0x64")
		unit := q.Unit
		if rule.Kind == learn.QuestionByte {
			unit = "offset: type it, as 0x34, or choose the byte"
			head := q.Bytes
			if len(head) == 0 {
				head = shown.Head
			}
			box := element("div", "hexbox", "")
			showBytes(box, head, nil, func(at int) { setValue(input, learn.Hex(uint64(at))) })
			form.AppendChild(box)
		}
		label.AppendChild(input)
		label.AppendChild(document.CreateTextNode(" " + unit))
		form.AppendChild(label)
		at = input
		answer = func() string { return value(input) }
	}
	check := element("button", "primary", "Check")
	check.SetAttribute("type", "submit")
	tell := button("", "Tell me", func() {})
	verdict := element("p", "verdict", "")
	verdict.SetAttribute("role", "status")
	row := element("p", "buttons", "")
	row.AppendChild(check)
	row.AppendChild(tell)
	form.AppendChild(row)
	form.AppendChild(verdict)
	into.AppendChild(form)
	show(into, true)
	goOn := func() {
		// On a phone the keyboard would come up over what is to be read.
		if rule.Kind == learn.QuestionChoice || !js.Global().Call("matchMedia", "(pointer: coarse)").Get("matches").Bool() {
			at.Underlying().Call("focus", map[string]any{"preventScroll": true})
		}
	}
	inSight := func() {
		verdict.Underlying().Call("scrollIntoView", map[string]any{"block": "nearest"})
	}
	told, tried := false, ""
	ended := func(word, class string, right bool) {
		clearAll(verdict)
		setClass(verdict, "verdict "+class)
		verdict.AppendChild(element("b", "", word+" "))
		verdict.AppendChild(document.CreateTextNode("It is " + visible(strings.TrimSuffix(rule.AnswerText(), ".")) + ". "))
		verdict.AppendChild(paragraph("span", "", q.Why+" "))
		if q.Address != "" {
			verdict.AppendChild(reference(q.Address, "More in the reference"))
		}
		show(row, false)
		if !told {
			told = true
			answered(right)
		}
		inSight()
	}
	on(tell, "click", func(dom.Event) { ended("The answer:", "", false) })
	on(form, "submit", func(ev dom.Event) {
		ev.PreventDefault()
		text := answer()
		if text == "" {
			verdict.SetTextContent("Give an answer first, or let it be told.")
			return
		}
		right, err := rule.Check(text)
		switch {
		case err != nil:
			setClass(verdict, "verdict wrong")
			verdict.SetTextContent(sentence(visible(err.Error())))
		case right:
			ended("Right.", "right", tried == "")
		case tried == "" || tried == text:
			tried = text
			clearAll(verdict)
			setClass(verdict, "verdict wrong")
			verdict.AppendChild(element("b", "", "Not yet. "))
			verdict.AppendChild(paragraph("span", "", rule.HintFor(text)+" "))
			verdict.AppendChild(document.CreateTextNode("Try again, or let it be told."))
			goOn()
			if rule.Kind != learn.QuestionChoice {
				at.Underlying().Call("select")
			}
			inSight()
		default:
			ended("Not quite.", "wrong", false)
		}
	})
	goOn()
}
