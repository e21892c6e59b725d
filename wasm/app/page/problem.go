//go:build js && wasm

package page

import (
	"strconv"
	"strings"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// usualPort is where hosts serve.
const usualPort = 7500

// A problem shows what went wrong, what can be done about it, and what is worth
// knowing though nothing went wrong.
type problem struct {
	p                      *page
	box, error, offers     dom.HTMLElement
	notice, text, goButton dom.HTMLElement
	do                     func() // what the notice's button does
	leftOut                bool   // the notice says that the selected row is left out
	brought                string // what the notice says of a file that a link brought
	back                   func() // shows that notice again, after another one
}

func newProblem(p *page) *problem {
	b := &problem{
		p: p, box: byID("problem"), error: byID("error"), offers: byID("offers"),
		notice: byID("notice"), text: byID("notice-text"), goButton: byID("notice-go"),
	}
	on(byID("notice-close"), "click", func(dom.Event) { b.dismiss() })
	on(b.goButton, "click", func(dom.Event) { b.do() })
	return b
}

func (b *problem) clear() {
	show(b.box, false)
	show(b.notice, false)
	b.brought, b.back = "", nil
	b.error.SetTextContent("")
	clearAll(b.offers)
}

// fail shows an error, already made harmless.
func (b *problem) fail(text string) {
	clearAll(b.offers)
	b.say(text, "")
}

// say shows a text in the alert; the class calm makes it no failure.
func (b *problem) say(text, class string) {
	setClass(b.box, class)
	show(b.box, true)
	b.error.SetTextContent(text)
}

// tell shows a notice; row is what it is about, -1 for none.
func (b *problem) tell(text string, row int) {
	b.offerNext(text, "Show it", func() { b.p.reveal(row) })
	show(b.goButton, row >= 0)
}

// offerNext shows a notice with a button.
func (b *problem) offerNext(text, label string, do func()) {
	b.do, b.leftOut, b.brought = do, false, ""
	b.text.SetTextContent(text)
	b.goButton.SetTextContent(label)
	show(b.goButton, true)
	show(b.notice, true)
}

// tellBrought says where a file came from that a link brought, and lets it be
// saved: it is on no disk here.
func (b *problem) tellBrought(about string, save func()) {
	b.offerNext(about, "Save the file", save)
	b.brought = about
	b.back = func() { b.tellBrought(about, save) }
}

// dismiss hides the notice; one of a file that a link brought comes back when it
// was another that hid it.
func (b *problem) dismiss() {
	if b.back != nil && b.brought == "" {
		b.back()
		return
	}
	b.back = nil
	b.p.leave(b.notice)
	show(b.notice, false)
}

// tellLeftOut says that the selected row is not in the list, until it is.
func (b *problem) tellLeftOut(record int) {
	b.offerNext("Row "+count(record+1)+" is not in the list: the filter leaves it out.", "Clear the filter", func() { b.p.filter.set("") })
	b.leftOut = true
}

// check takes back what is not true any more, after the list was drawn.
func (b *problem) check() {
	if b.leftOut && (b.p.list.sel < 0 || b.p.list.at >= 0) {
		b.leftOut = false
		b.dismiss()
	}
}

// ended shows how decoding ended: asked is what was set for it.
func (b *problem) ended(m *bridge.Ended, asked bridge.Assumed) {
	switch m.Outcome {
	case bridge.Failed:
		b.fail(b.failure(m))
		b.offer(m.Offers)
		if m.Progress.Rows == 0 {
			b.offerBack()
		}
	case bridge.Cancelled:
		b.say("Stopped after "+size(m.Progress.Read)+" of "+size(m.Progress.Size)+": "+counted(m.Progress.Rows, "row")+" so far.", "calm")
		b.again("Decode it again", asked)
	}
	said, row := "", -1
	s := &m.Summary
	switch {
	case s.Stop >= 0:
		said, row = "The compatible log ends before row "+count(s.Stop+1)+": "+s.StopWhy, s.Stop
	case asked.Port == 0 && asked.Server == "" && s.Packets > 0 && m.Progress.Rows > 0 && s.Port != usualPort:
		said = "Nothing was on port " + strconv.Itoa(usualPort) + "; the protocol is spoken on port " + strconv.Itoa(int(s.Port)) + ", so that is what you see."
	}
	if m.Progress.Rows > 0 && len(b.p.refused) > 0 {
		said = strings.TrimSpace(strings.Join(b.p.refused, " ") + " " + said)
	}
	switch {
	case said == "":
	case b.brought != "": // it can still be saved
		b.tellBrought(b.brought+" "+said, b.do)
	default:
		b.tell(said, row)
	}
}

// failure says why decoding failed; of several files, which one it was, and those
// that had been left out before.
func (b *problem) failure(m *bridge.Ended) string {
	all := b.p.refused
	switch {
	case m.Source >= 0:
		return aboutFile(b.p.files[m.Source].name, m.Error)
	case len(all) == 0 || m.Progress.Rows > 0:
		return sentence(m.Error)
	case len(b.p.files) == 1:
		return strings.Join(append(all[:len(all):len(all)], aboutFile(b.p.name, m.Error)), " ")
	}
	return strings.Join(all, " ") + " " + sentence(m.Error)
}

// offerBack offers what was open before.
func (b *problem) offerBack() {
	if b.p.before.files != nil {
		b.button(b.p.before.label(), b.p.before.back)
	}
}

// offer offers the ports that were found, as buttons that decode again.
func (b *problem) offer(offers []bridge.Offer) {
	for i, o := range offers {
		if i == 8 {
			break
		}
		what := counted(o.Conversations, "conversation") + ", " + size(o.Bytes)
		if o.Requests > 0 {
			what += ", looks like the protocol"
		}
		button := b.again("Port "+strconv.Itoa(int(o.Port)), bridge.Assumed{Port: o.Port})
		button.SetTitle(what)
		button.AppendChild(element("small", "", " "+what))
	}
}

// again adds a button that decodes the file again.
func (b *problem) again(label string, assumed bridge.Assumed) dom.HTMLElement {
	return b.button(label, func() { b.p.again(assumed) })
}

// button adds a button to what is offered.
func (b *problem) button(label string, do func()) dom.HTMLElement {
	button := element("button", "", label)
	button.SetAttribute("type", "button")
	on(button, "click", func(dom.Event) { do() })
	b.offers.AppendChild(button)
	return button
}
