//go:build js && wasm

package page

import (
	"syscall/js"

	"satascope/wasm/app/browser"
)

// clip puts text into the clipboard that may not be here yet: browsers let a page
// do so only in the event that a person caused, but take a promise. make is given
// what it hands the text to. Where there is no clipboard for pages (an address
// without TLS), the old way is tried, and else the text is shown to be copied by
// hand.
func (p *page) clip(make func(give func(string, error)), said string) {
	var resolve, reject js.Value
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve, reject = args[0], args[1]
		return nil
	})
	promise := js.Global().Get("Promise").New(executor) // calls it at once
	executor.Release()
	writing, err := browser.Try(func() js.Value {
		item := js.Global().Get("ClipboardItem").New(map[string]any{"text/plain": promise})
		return js.Global().Get("navigator").Get("clipboard").Call("write", []any{item})
	})
	modern := err == nil
	var text string
	make(func(s string, err error) {
		text = s
		switch {
		case err != nil:
			reject.Invoke(js.Global().Get("Error").New(err.Error()))
			p.problem.tell("Nothing was copied: "+sentence(visible(err.Error())), -1)
		case modern:
			resolve.Invoke(s)
		default:
			p.clipped(p.clipOld(s), s, said)
		}
	})
	if modern {
		go func() {
			if _, err := browser.Await(writing); err != nil {
				p.clipped(p.clipOld(text), text, said)
				return
			}
			p.clipped(true, text, said)
		}()
	}
}

// clipped says that text was copied or, where no way worked, shows it.
func (p *page) clipped(did bool, text, said string) {
	if did {
		if said != "" {
			p.say(said)
		}
		return
	}
	box := byID("clip-text")
	box.Underlying().Set("value", text)
	byID("clip").Underlying().Call("showModal")
	box.Underlying().Call("select")
}

// clipOld copies in the way that browsers had before.
func (p *page) clipOld(text string) bool {
	area := document.CreateElement("textarea")
	area.Underlying().Set("value", text)
	area.Underlying().Set("className", "visually-hidden")
	document.Body().AppendChild(area)
	back := js.Global().Get("document").Get("activeElement")
	area.Underlying().Call("select")
	did, err := browser.Try(func() js.Value { return js.Global().Get("document").Call("execCommand", "copy") })
	area.Underlying().Call("remove")
	if back.Truthy() {
		back.Call("focus", map[string]any{"preventScroll": true})
	}
	return err == nil && did.Truthy()
}

// sayFor is how many milliseconds a short word stands.
const sayFor = 4000

// say says a short word about what was just done, to everybody, in the corner.
func (p *page) say(text string) {
	toast := byID("toast")
	toast.SetTextContent(text)
	show(toast, true)
	if p.unsay != nil {
		p.unsay()
	}
	p.unsay = after(sayFor, func() { show(toast, false) })
}
