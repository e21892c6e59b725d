//go:build js && wasm

package page

import (
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"
)

// A menuItem is one thing in a menu.
type menuItem struct {
	label  string
	hint   string // behind it: a key, a value
	code   bool   // the label comes from a file or is a filter
	line   bool   // it is only a line between others
	do     func() // nil: it only says something
	remove func() // a button behind it takes it away
}

// A menu is the page's one menu: what can be done with something pointed at.
type menu struct {
	box   dom.HTMLElement
	items []menuItem
	back  js.Value // what had the focus before
}

func newMenu() *menu {
	m := &menu{box: byID("menu"), back: js.Null()}
	on(m.box, "click", func(ev dom.Event) { m.clicked(ev) })
	on(m.box, "keydown", func(ev dom.Event) { m.pressed(ev) })
	on(m.box, "contextmenu", func(ev dom.Event) { ev.PreventDefault() })
	on(m.box, "focusout", func(ev dom.Event) {
		if to := ev.Underlying().Get("relatedTarget"); to.IsNull() || !m.box.Underlying().Call("contains", to).Bool() {
			m.close(false)
		}
	})
	on(window, "resize", func(dom.Event) { m.close(false) })
	return m
}

// isOpen says whether the menu is shown.
func (m *menu) isOpen() bool { return !m.box.Underlying().Get("hidden").Bool() }

// openAt shows a menu below an element.
func (m *menu) openAt(el dom.HTMLElement, items []menuItem) {
	box := el.Underlying().Call("getBoundingClientRect")
	m.open(box.Get("left").Float(), box.Get("bottom").Float()+4, items)
}

// open shows a menu at a place in the window.
func (m *menu) open(x, y float64, items []menuItem) {
	if m.isOpen() {
		m.close(false)
	}
	m.items = items
	m.back = js.Global().Get("document").Get("activeElement")
	clearAll(m.box)
	for i, item := range items {
		if item.line {
			line := element("hr", "", "")
			m.box.AppendChild(line)
			continue
		}
		if item.do == nil {
			m.box.AppendChild(element("p", "", item.label))
			continue
		}
		row := element("div", "item", "")
		row.SetAttribute("role", "none")
		button := element("button", "", "")
		button.SetAttribute("type", "button")
		button.SetAttribute("role", "menuitem")
		button.SetAttribute("tabindex", "-1")
		button.SetAttribute("data-item", strconv.Itoa(i))
		class := ""
		if item.code {
			class = "code"
		}
		button.AppendChild(element("span", class, item.label))
		if item.hint != "" {
			button.AppendChild(element("i", "", item.hint))
		}
		row.AppendChild(button)
		if item.remove != nil {
			remove := element("button", "remove", "×")
			remove.SetAttribute("type", "button")
			remove.SetAttribute("role", "menuitem")
			remove.SetAttribute("tabindex", "-1")
			remove.SetAttribute("aria-label", "Remove "+item.label)
			remove.SetAttribute("data-remove", strconv.Itoa(i))
			row.AppendChild(remove)
		}
		m.box.AppendChild(row)
	}
	show(m.box, true)
	// In the window, whatever was asked for.
	width, height := m.box.Underlying().Get("offsetWidth").Float(), m.box.Underlying().Get("offsetHeight").Float()
	root := js.Global().Get("document").Get("documentElement")
	x = max(min(x, root.Get("clientWidth").Float()-width-4), 4)
	if bottom := root.Get("clientHeight").Float() - height - 4; y > bottom {
		y = max(bottom, 4)
	}
	m.box.Underlying().Get("style").Set("left", pixels(x))
	m.box.Underlying().Get("style").Set("top", pixels(y))
	m.focus(0)
}

// buttons are the menu's buttons, in order, without those that take one away.
func (m *menu) buttons() js.Value { return m.box.Underlying().Call("querySelectorAll", "[data-item]") }

// focus gives the focus to a button, counted from the first.
func (m *menu) focus(n int) {
	all := m.buttons()
	length := all.Get("length").Int()
	if length == 0 {
		m.box.Underlying().Call("focus")
		return
	}
	all.Index((n + length) % length).Call("focus")
}

// close hides the menu; the focus goes back to where it was.
func (m *menu) close(back bool) {
	if !m.isOpen() {
		return
	}
	show(m.box, false)
	if back && m.back.Truthy() {
		m.back.Call("focus", map[string]any{"preventScroll": true})
	}
}

func (m *menu) clicked(ev dom.Event) {
	button := closest(ev.Target(), "button")
	if button == nil {
		return
	}
	if n, err := strconv.Atoi(button.GetAttribute("data-remove")); err == nil && button.HasAttribute("data-remove") {
		m.close(true)
		m.items[n].remove()
		return
	}
	if n, err := strconv.Atoi(button.GetAttribute("data-item")); err == nil {
		m.close(true)
		m.items[n].do()
	}
}

func (m *menu) pressed(ev dom.Event) {
	all := m.buttons()
	at, row := -1, ev.Target().Underlying().Get("parentNode")
	for i := range all.Get("length").Int() {
		if all.Index(i).Get("parentNode").Equal(row) {
			at = i
		}
	}
	action, ok := actionOf(menuTable, ev.Underlying().Get("key").String())
	if !ok {
		return
	}
	switch action {
	case menuDown:
		m.focus(at + 1)
	case menuUp:
		m.focus(max(at, 0) - 1)
	case menuFirst:
		m.focus(0)
	case menuLast:
		m.focus(-1)
	case menuToRemove, menuFromRemove, menuRemove:
		if at < 0 {
			break
		}
		end := row.Get("lastChild")
		switch {
		case action == menuFromRemove:
			all.Index(at).Call("focus")
		case action == menuToRemove:
			end.Call("focus")
		case end.Call("hasAttribute", "data-remove").Bool():
			end.Call("click")
		}
	case menuClose:
		m.close(true)
	}
	ev.PreventDefault()
	ev.StopPropagation()
}

// closest is the element itself or the nearest around it that a selector takes,
// nil when there is none.
func closest(el dom.Element, selector string) dom.HTMLElement {
	if el == nil {
		return nil
	}
	v := el.Underlying()
	if v.Get("closest").Type() != js.TypeFunction {
		return nil
	}
	found := v.Call("closest", selector)
	if found.IsNull() {
		return nil
	}
	return wrap(found)
}
