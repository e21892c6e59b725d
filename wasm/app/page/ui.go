//go:build js && wasm

package page

import (
	"strconv"
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
	el := document.Underlying().Call("getElementById", id)
	if el.IsNull() {
		panic("index.html has no element with the id " + id)
	}
	return wrap(el)
}

// wrap makes an element of a value without asking of what kind it is: dom/v2
// compares its constructor with those of all kinds, one by one, and each of them
// becomes garbage that a finalizer waits for. Making a hundred elements for the
// inspector took longer for that than for all else.
func wrap(v js.Value) dom.HTMLElement {
	return &dom.BasicHTMLElement{BasicElement: &dom.BasicElement{BasicNode: &dom.BasicNode{Value: v}}}
}

// show hides or shows an element.
func show(el dom.Node, visible bool) { el.Underlying().Set("hidden", !visible) }

// enable lets a control be used, or not.
func enable(el dom.Node, can bool) { el.Underlying().Set("disabled", !can) }

// on has f called for an event of an element. The event of a key is a
// *dom.KeyboardEvent, every other a *dom.BasicEvent: see wrap.
func on(el dom.EventTarget, event string, f func(dom.Event)) {
	node, ok := el.(dom.Node)
	if !ok { // the window, which few events come to
		el.AddEventListener(event, false, f)
		return
	}
	key := strings.HasPrefix(event, "key")
	node.Underlying().Call("addEventListener", event, js.FuncOf(func(_ js.Value, args []js.Value) any {
		ev := &dom.BasicEvent{Value: args[0]}
		if key {
			f(&dom.KeyboardEvent{BasicEvent: ev})
		} else {
			f(ev)
		}
		return nil
	}))
}

// A method of dom's elements that is called once is linked in for all their
// kinds, which costs some 50 KB each. So these, of which there are few, are called
// on the values themselves.

// textOf is the text in an element.
func textOf(el dom.Node) string { return el.Underlying().Get("textContent").String() }

// hasChildren says whether there is anything in an element.
func hasChildren(el dom.Node) bool { return el.Underlying().Call("hasChildNodes").Bool() }

// hasClass says whether an element has a class.
func hasClass(el dom.Node, class string) bool {
	return el.Underlying().Get("classList").Call("contains", class).Bool()
}

// element makes an element with a class and a text.
func element(tag, class, text string) dom.HTMLElement {
	v := document.Underlying().Call("createElement", tag)
	if class != "" {
		v.Set("className", class)
	}
	if text != "" {
		v.Set("textContent", text)
	}
	return wrap(v)
}

// setClass sets the classes of an element.
func setClass(el dom.Node, class string) { el.Underlying().Set("className", class) }

// clearAll removes all that is in an element.
func clearAll(el dom.Node) { el.Underlying().Call("replaceChildren") }

// hasFocus says whether the focus stands in an element.
func hasFocus(el dom.Node) bool {
	return el.Underlying().Call("contains", document.Underlying().Get("activeElement")).Bool()
}

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
	s = capitalised(s)
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "…") {
		s += "."
	}
	return s
}

// capitalised is a text of one letter or more with a capital in front.
func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// hasFeature says whether the browser has a global function.
func hasFeature(name string) bool { return js.Global().Get(name).Type() == js.TypeFunction }

// itoa is a number as it is written in the page's own attributes.
func itoa(n int) string { return strconv.Itoa(n) }
