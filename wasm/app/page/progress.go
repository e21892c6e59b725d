//go:build js && wasm

package page

import (
	"strconv"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// patience is how many milliseconds a cancel may take before the worker is
// ended, with all it has.
const patience = 3000

// A progressBar shows how far decoding came, and cancels it.
type progressBar struct {
	p                      *page
	box, bar, text, button dom.HTMLElement
	cancelled              bool
	stopWaiting            func()
}

func newProgressBar(p *page) *progressBar {
	b := &progressBar{p: p, box: byID("decoding"), bar: byID("progress"), text: byID("progress-text"), button: byID("cancel")}
	on(b.button, "click", func(dom.Event) { b.cancel() })
	return b
}

func (b *progressBar) setState(state string) {
	show(b.box, state == stateDecoding)
	if state != stateDecoding && b.stopWaiting != nil {
		b.stopWaiting()
		b.stopWaiting = nil
	}
}

func (b *progressBar) begin() {
	b.cancelled = false
	enable(b.button, true)
	b.bar.RemoveAttribute("value") // moves, until something is known
	b.text.SetTextContent("Reading…")
}

func (b *progressBar) advance(m *bridge.Progress) {
	if b.cancelled {
		return
	}
	text := size(m.Read)
	if m.Size > 0 {
		b.bar.Underlying().Set("value", float64(m.Read)/float64(m.Size))
		text = strconv.Itoa(int(100*m.Read/m.Size)) + "% of " + size(m.Size)
	}
	if m.Pass > 0 {
		text += " · again"
	}
	b.text.SetTextContent(text + " · " + counted(m.Rows, "row"))
}

// cancel asks the worker to stop. One that does not listen is ended.
func (b *progressBar) cancel() {
	if b.p.state != stateDecoding || b.cancelled {
		return
	}
	b.cancelled = true
	enable(b.button, false)
	b.text.SetTextContent("Stopping…")
	b.p.client.post(&bridge.Cancel{})
	b.stopWaiting = after(patience, func() {
		b.stopWaiting = nil
		b.p.client.stop()
		b.p.died("it did not answer and was ended")
	})
}
