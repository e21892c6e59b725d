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
	// maxShown is how many bytes the box takes; a longer text is decoded without
	// being shown in it, because a browser's text field becomes slow.
	maxShown = 1 << 20
	// maxPasted is how many bytes are decoded; a longer text is better a file.
	maxPasted = 64 << 20
)

// A pasteBox takes text: frames as hexadecimal digits, a dump, a list of
// numbers, base64, a followed stream, a log. It is decoded as it is typed, by a
// worker besides the page's, whose place that one takes when it has something to
// show. Until then, and where a text is nothing (yet), the page stays as it is.
type pasteBox struct {
	p                *page
	box, field, said dom.HTMLElement
	stop             func() // the timer
	text             string // that was taken last
	large            bool   // it is not in the field
	blob             js.Value
	ahead            *client // decodes it, nil when nothing does
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
	on(document, "paste", func(ev dom.Event) { b.pasted(ev) })
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
	b.hide()
	if hasClass(document.Body(), "work") {
		b.p.list.focus()
	} else {
		byID("paste-start").Focus()
	}
}

func (b *pasteBox) hide() {
	show(b.box, false)
	setClassOf(document.Body(), "pasting", false)
}

// shows says whether what the page shows was pasted.
func (b *pasteBox) shows() bool { return b.blob.Truthy() && b.blob.Equal(b.p.file) }

// leave forgets the text and shuts the box, when something else is opened: the
// text would look like what the rows came from.
func (b *pasteBox) leave(files []source) {
	b.rest()
	if b.blob.Truthy() && b.blob.Equal(files[0].file) {
		return
	}
	b.text, b.blob = "", js.Undefined()
	b.say("", false)
	b.hide()
}

// rest ends what is on its way.
func (b *pasteBox) rest() {
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
	if b.ahead != nil {
		b.ahead.stop()
		b.ahead = nil
	}
}

func (b *pasteBox) say(text string, bad bool) {
	b.said.SetTextContent(text)
	setClassOf(b.said, "bad", bad)
}

// pasted takes what the browser pastes: files are opened, and text anywhere but
// in a field of its own goes into the box.
func (b *pasteBox) pasted(ev dom.Event) {
	data := ev.Underlying().Get("clipboardData")
	if !data.Truthy() {
		return
	}
	target := ev.Target()
	here := target != nil && target.Underlying().Equal(b.field.Underlying())
	if !here && target != nil && closest(target, "input, textarea, select, [contenteditable], dialog") != nil {
		return
	}
	if files := data.Get("files"); files.Truthy() && files.Get("length").Int() > 0 {
		ev.PreventDefault()
		b.p.start.takeList(files)
		return
	}
	text := data.Call("getData", "text")
	if text.Type() != js.TypeString || !text.Truthy() {
		return
	}
	switch blob := textBlob(text); {
	case blob.Get("size").Float() > maxShown:
		ev.PreventDefault()
		b.open()
		b.rest()
		b.field.Underlying().Set("value", "")
		b.text, b.large = "", true
		b.decode(blob)
	case !here:
		ev.PreventDefault()
		b.open()
		b.field.Underlying().Set("value", text)
		b.take()
	}
}

func (b *pasteBox) typed() {
	if b.stop != nil {
		b.stop()
	}
	b.stop = after(pasteAfter, func() {
		b.stop = nil
		b.take()
	})
}

// take decodes what the box has, unless that is what it had.
func (b *pasteBox) take() {
	value := b.field.Underlying().Get("value")
	text := value.String()
	if strings.TrimSpace(text) == "" {
		b.rest()
		b.text = ""
		b.say("", false)
		return
	}
	if text != b.text {
		b.rest()
		b.text, b.large = text, false
		b.decode(textBlob(value))
	}
}

// textBlob is a text as a file.
func textBlob(text js.Value) js.Value {
	return js.Global().Get("Blob").New([]any{text}, map[string]any{"type": "text/plain"})
}

// decode decodes a text, besides what the page shows.
func (b *pasteBox) decode(blob js.Value) {
	if n := blob.Get("size").Float(); n > maxPasted {
		b.say("Expected at most "+size(maxPasted)+" of text, found "+size(int64(n))+". Save it to a file and open that.", true)
		return
	}
	c := &client{}
	b.ahead = c
	c.came = func(m bridge.Message, _ js.Value) {
		switch m := m.(type) {
		case *bridge.Progress:
			if m.Rows > 0 && c == b.ahead {
				b.say("Decoding: "+counted(m.Rows, "row")+" so far…", false)
			}
		case *bridge.Ended:
			if c == b.ahead {
				b.came(c, blob, m)
			}
		}
	}
	c.died = func(why string) {
		if c == b.ahead {
			b.ahead = nil
			b.say("The decoder stopped: "+visible(why)+".", true)
		}
	}
	c.start()
	c.open(&bridge.Open{Names: []string{pastedName}, Pasted: true}, js.ValueOf([]any{blob}))
}

// came shows what was decoded. Where there is nothing to show, what the page has
// stays, and it is said why.
func (b *pasteBox) came(c *client, blob js.Value, m *bridge.Ended) {
	b.ahead = nil
	if m.Outcome != bridge.Done && m.Summary.Messages == 0 {
		c.stop()
		text := sentence(m.Error)
		switch {
		case b.shows():
			text += " The rows below are of the text before."
		case b.p.rows > 0:
			text += " " + visible(b.p.name) + " stays open."
		}
		b.say(text, true)
		return
	}
	b.blob = blob
	b.p.address.none()
	b.p.adopt(c, source{blob, pastedName}, place{row: m.Summary.Message}, m)
	b.p.before.offer()
}

// ended says what the text is, or what is wrong with it, when it is what was
// decoded and the box is there to say it.
func (b *pasteBox) ended(m *bridge.Ended) bool {
	if !b.isOpen() || !b.shows() {
		return false
	}
	if m.Outcome == bridge.Failed {
		b.say(sentence(m.Error), true)
		return true
	}
	text := m.Summary.Kind + ": " + counted(m.Summary.Messages, "message")
	if m.Summary.Diagnostics > 0 {
		text += ", " + counted(m.Summary.Diagnostics, "diagnostic")
	}
	if b.large {
		text += ". It is too long to be shown in the box"
	}
	for _, a := range m.Summary.Assumed {
		if a.Option == "" {
			text += ". " + sentence(a.Sentence)
			break
		}
	}
	b.say(sentence(text), false)
	return true
}
