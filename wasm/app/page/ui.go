//go:build js && wasm

package page

import (
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"
)

// The page itself. In the worker, where this package is linked too, there is
// none: Run sets them.
var (
	window   dom.Window
	document dom.HTMLDocument
)

// byID is the element that index.html has under an id. One that is missing is a
// mistake in the site, and says so.
func byID(id string) dom.HTMLElement {
	el := document.GetElementByID(id)
	if el == nil {
		panic("index.html has no element with the id " + id)
	}
	return el.(dom.HTMLElement)
}

// show hides or shows an element.
func show(el dom.Node, visible bool) { el.Underlying().Set("hidden", !visible) }

// enable lets a control be used, or not.
func enable(el dom.Node, can bool) { el.Underlying().Set("disabled", !can) }

// on has f called for an event of an element.
func on(el dom.EventTarget, event string, f func(dom.Event)) { el.AddEventListener(event, false, f) }

// element makes an element with a class and a text.
func element(tag, class, text string) dom.HTMLElement {
	el := document.CreateElement(tag).(dom.HTMLElement)
	if class != "" {
		setClass(el, class)
	}
	el.SetTextContent(text)
	return el
}

// setClass sets the classes of an element.
func setClass(el dom.Node, class string) { el.Underlying().Set("className", class) }

// clearAll removes all that is in an element.
func clearAll(el dom.Node) { el.Underlying().Call("replaceChildren") }

// after calls f once, after some milliseconds, unless it is stopped before.
func after(ms int, f func()) (stop func()) {
	stopped := false
	id := window.SetTimeout(func() {
		if !stopped {
			f()
		}
	}, ms)
	return func() {
		stopped = true
		window.ClearTimeout(id)
	}
}

// whenResized calls f, which may change the layout, in the frame after an
// element's size changed. In the observer's own callback, what a change resizes
// in turn would be told as an error ("ResizeObserver loop…").
func whenResized(element js.Value, f func()) {
	waits := false
	frame := js.FuncOf(func(js.Value, []js.Value) any {
		waits = false
		f()
		return nil
	})
	js.Global().Get("ResizeObserver").New(js.FuncOf(func(js.Value, []js.Value) any {
		if !waits {
			waits = true
			js.Global().Call("requestAnimationFrame", frame)
		}
		return nil
	})).Call("observe", element)
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "…") {
		s += "."
	}
	return s
}

// hasFeature says whether the browser has a global function.
func hasFeature(name string) bool { return js.Global().Get(name).Type() == js.TypeFunction }
