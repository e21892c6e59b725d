//go:build js && wasm

package page

import (
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

const (
	pastedName = "pasted text"
	// pasteAfter is how many milliseconds one must pause before what was typed is
	// decoded.
	pasteAfter = 200
)

// A pasteBox takes text: frames as hexadecimal digits, a dump, a list of
// numbers, base64, a followed stream, a log. It is decoded as it is typed, and
// shown below like any file.
type pasteBox struct {
	p                *page
	box, field, said dom.HTMLElement
	stop             func()
	text             string // that is being decoded or shown
}

func newPasteBox(p *page) *pasteBox {
	b := &pasteBox{p: p, box: byID("paste"), field: byID("paste-text"), said: byID("paste-said")}
	for _, id := range []string{"paste-open", "paste-start"} {
		on(byID(id), "click", func(dom.Event) { b.open() })
		enable(byID(id), true)
	}
	on(b.field, "input", func(dom.Event) { b.typed() })
	on(byID("paste-close"), "click", func(dom.Event) { b.close() })
	on(b.box, "keydown", func(ev dom.Event) {
		if ev.Underlying().Get("key").String() == "Escape" {
			ev.StopPropagation()
			b.close()
		}
	})
	return b
}

func (b *pasteBox) isOpen() bool { return !b.box.Underlying().Get("hidden").Bool() }

// open shows the box.
func (b *pasteBox) open() {
	show(b.box, true)
	setClassOf(document.Body(), "pasting", true)
	b.field.Focus()
}

// close hides the box; what was decoded stays.
func (b *pasteBox) close() {
	show(b.box, false)
	setClassOf(document.Body(), "pasting", false)
	if document.Body().Class().Contains("work") {
		b.p.list.focus()
	} else {
		byID("paste-start").Focus()
	}
}

func (b *pasteBox) typed() {
	if b.stop != nil {
		b.stop()
	}
	b.stop = after(pasteAfter, func() {
		b.stop = nil
		b.decode()
	})
}

// decode decodes what the box has.
func (b *pasteBox) decode() {
	text := b.field.Underlying().Get("value").String()
	if strings.TrimSpace(text) == "" || text == b.text {
		return
	}
	b.text = text
	b.said.SetTextContent("Decoding…")
	blob := js.Global().Get("Blob").New([]any{text}, map[string]any{"type": "text/plain"})
	b.p.address.none()
	b.p.open(blob, pastedName, place{row: 0})
}

// ended says what the text is, or what is wrong with it, when it is what was
// decoded and the box is there to say it.
func (b *pasteBox) ended(m *bridge.Ended) bool {
	if !b.isOpen() || b.p.name != pastedName {
		return false
	}
	setClassOf(b.said, "bad", m.Outcome == bridge.Failed)
	if m.Outcome == bridge.Failed {
		b.said.SetTextContent(sentence(m.Error))
		return true
	}
	text := m.Summary.Kind + ": " + counted(m.Summary.Messages, "message")
	if m.Summary.Diagnostics > 0 {
		text += ", " + counted(m.Summary.Diagnostics, "finding")
	}
	for _, a := range m.Summary.Assumed {
		if a.Option == "" {
			text += ". " + sentence(a.Sentence)
			break
		}
	}
	b.said.SetTextContent(sentence(text))
	return true
}
