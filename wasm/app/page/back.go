//go:build js && wasm

package page

import (
	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// A wayBack leads back to what was open before something else took its place:
// pasted text, or a file that could not be opened. The browser still holds its
// files, which are decoded again.
type wayBack struct {
	p      *page
	bar    dom.HTMLElement
	text   dom.HTMLElement
	button dom.HTMLElement

	files  []source // nil for none
	name   string
	at     place
	opened string // what the address named it
	notes  []bridge.Note

	now    string // what the address names what is open
	pasted bool   // that is text that was pasted
}

func newWayBack(p *page) *wayBack {
	b := &wayBack{p: p, bar: byID("replaced"), text: byID("replaced-text"), button: byID("replaced-back")}
	on(b.button, "click", func(dom.Event) { b.back() })
	on(byID("replaced-close"), "click", func(dom.Event) { b.hide() })
	return b
}

// leave is called before other files take the place of what is open: that is kept
// in mind when it has anything to go back to, and is no text that was pasted.
func (b *wayBack) leave(files []source) {
	b.hide()
	p := b.p
	switch {
	case sameFiles(files, p.files): // decoded once more
	case (p.rows > 0 || p.views.told.Rows > 0) && !b.pasted:
		b.files, b.name, b.at, b.opened, b.notes = p.files, p.name, p.at(), b.now, p.notes.all()
	case sameFiles(files, b.files):
		b.files = nil
	}
}

// arrived is called when they did.
func (b *wayBack) arrived() { b.now, b.pasted = b.p.address.opened, b.p.paste.shows() }

func sameFiles(a, b []source) bool {
	same := len(a) == len(b)
	for i := 0; same && i < len(a); i++ {
		same = a[i].file.Equal(b[i].file)
	}
	return same
}

func (b *wayBack) hide() {
	b.p.leave(b.bar)
	show(b.bar, false)
}

// label is what a button that leads back says.
func (b *wayBack) label() string { return "Back to " + visible(b.name) }

// offer tells what the pasted text replaced.
func (b *wayBack) offer() {
	if b.files == nil {
		return
	}
	b.text.SetTextContent("The pasted text took the place of " + visible(b.name) + ".")
	b.button.SetTextContent(b.label())
	show(b.bar, true)
}

// back opens it again, at the place that was seen, with its notes.
func (b *wayBack) back() {
	files, at, opened, notes := b.files, b.at, b.opened, b.notes
	b.p.address.none()
	b.p.address.opened = opened
	b.p.openAll(files, at)
	b.files = nil
	for _, note := range notes {
		b.p.notes.add(note)
	}
}
