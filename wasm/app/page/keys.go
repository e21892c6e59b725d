//go:build js && wasm

package page

import (
	"slices"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// do is what each action does.
var do = map[action]func(p *page){
	nextRow:         func(p *page) { p.move(1) },
	previousRow:     func(p *page) { p.move(-1) },
	pageDown:        func(p *page) { p.move(p.list.s.Page()) },
	pageUp:          func(p *page) { p.move(-p.list.s.Page()) },
	firstRow:        func(p *page) { p.views.moved = true; p.list.goTo(0) },
	lastRow:         func(p *page) { p.views.moved = true; p.list.goTo(p.list.s.Rows() - 1) },
	stepOn:          func(p *page) { p.move(1) },
	stepBack:        func(p *page) { p.move(-1) },
	toRequest:       func(p *page) { p.goPartner(false) },
	toResponse:      func(p *page) { p.goPartner(true) },
	nextMark:        func(p *page) { p.mark(false) },
	previousMark:    func(p *page) { p.mark(true) },
	goToNumber:      func(p *page) { p.askNumber() },
	toFilter:        func(p *page) { p.filter.focus() },
	findText:        func(p *page) { p.find.open() },
	findNext:        func(p *page) { p.find.step(false) },
	findPrevious:    func(p *page) { p.find.step(true) },
	extendDown:      func(p *page) { p.extend(1) },
	extendUp:        func(p *page) { p.extend(-1) },
	extendPageDown:  func(p *page) { p.extend(p.list.s.Page()) },
	extendPageUp:    func(p *page) { p.extend(-p.list.s.Page()) },
	extendToLast:    func(p *page) { p.extend(p.list.s.Rows()) },
	extendToFirst:   func(p *page) { p.extend(-p.list.s.Rows()) },
	chooseAll:       func(p *page) { p.chooseAll() },
	copyRows:        func(p *page) { p.pointer.copyRows(bridge.AsLines) },
	valueMenu:       func(p *page) { p.pointer.menuOfSelected() },
	markRow:         func(p *page) { p.notes.toggle() },
	noteRow:         func(p *page) { p.notes.write(p.list.sel) },
	showSummary:     func(p *page) { p.summary.open() },
	showLog:         func(p *page) { p.views.show(false) },
	showExchanges:   func(p *page) { p.views.show(true) },
	timeForm_:       func(p *page) { p.settings.nextTime() },
	toggleSide:      func(p *page) { p.side.setOpen(!p.side.open) },
	toggleInspector: func(p *page) { p.inspector.toggle() },
	pasteText:       func(p *page) { p.paste.open() },
	openFile:        func(p *page) { p.start.input.Underlying().Call("click") },
	stopDecoding:    func(p *page) { p.escape() },
	showKeys:        func(p *page) { p.keys.help() },
}

// move moves the selection by some rows.
func (p *page) move(by int) {
	p.views.moved = true
	if p.list.picks.count() > 0 {
		p.list.picks.clear()
		p.list.redraw()
	}
	p.list.step(by)
}

// escape takes back what is under way.
func (p *page) escape() {
	if p.side.shut() {
		return
	}
	if p.list.picks.count() > 0 {
		p.list.picks.clear()
		p.list.redraw()
		return
	}
	p.progress.cancel()
}

// keys takes the keyboard.
type keys struct {
	p      *page
	dialog dom.HTMLElement
}

func newKeys(p *page) *keys {
	k := &keys{p: p, dialog: byID("keys")}
	k.list(byID("keys-list"))
	open := byID("keys-open")
	on(open, "click", func(dom.Event) { k.help() })
	show(open, true)
	on(byID("keys-close"), "click", func(dom.Event) { k.dialog.Underlying().Call("close") })
	on(document, "keydown", func(ev dom.Event) { k.pressed(ev.(*dom.KeyboardEvent)) })
	return k
}

// help shows the keys.
func (k *keys) help() {
	if !k.dialog.HasAttribute("open") {
		k.dialog.Underlying().Call("showModal")
	}
}

// list fills the help.
func (k *keys) list(box dom.HTMLElement) {
	group := ""
	var list dom.HTMLElement
	eachKey(func(its string, shown []string, what string) {
		if its != group {
			group = its
			section := element("section", "", "")
			section.AppendChild(element("h3", "", group))
			list = element("dl", "", "")
			section.AppendChild(list)
			box.AppendChild(section)
		}
		dt := element("dt", "", "")
		for j, name := range shown {
			if j > 0 {
				dt.AppendChild(document.CreateTextNode(" "))
			}
			dt.AppendChild(element("kbd", "", name))
		}
		list.AppendChild(dt)
		list.AppendChild(element("dd", "", what))
	})
}

func (k *keys) pressed(ev *dom.KeyboardEvent) {
	u := ev.Underlying()
	if k.covered() || u.Get("defaultPrevented").Bool() || u.Get("isComposing").Bool() {
		return
	}
	// AltGr, which types signs, counts as Ctrl with Alt on some systems.
	typed := u.Call("getModifierState", "AltGraph").Bool()
	if ev.AltKey() && !typed {
		return
	}
	name := keyName(u.Get("key").String(), u.Get("code").String(), ev.ShiftKey(), (ev.CtrlKey() || ev.MetaKey()) && !typed)
	var target dom.Element // nil where nothing has the focus
	if v := u.Get("target"); v.Truthy() && v.Get("localName").Truthy() {
		target = wrap(v)
	}
	typing := typesIn(target)
	for i := range keyTable {
		entry := &keyTable[i]
		if !slices.Contains(entry.names, name) || entry.needs && k.p.state == stateEmpty {
			continue
		}
		if typing && entry.where != anywhere || entry.where == inLog && !k.atLog(target, name) || !k.takes(entry.action) {
			return
		}
		ev.PreventDefault()
		if ofRow(entry.action) {
			k.p.list.whenKnown(func() { k.doOfRow(entry.action) })
		} else {
			do[entry.action](k.p)
		}
		return
	}
}

// covered says whether a dialog or a menu is open, which takes the keys.
func (k *keys) covered() bool {
	return document.QuerySelector("dialog[open]") != nil || k.p.menu.isOpen()
}

// typesIn says whether one types in an element, which may be nil.
func typesIn(el dom.Element) bool {
	return el != nil && el.Underlying().Call("matches", "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]").Bool()
}

// doOfRow does what is about the selected row. Where the row was waited for, one
// may be elsewhere by now: nothing opens over that.
func (k *keys) doOfRow(a action) {
	opens := a == noteRow || a == valueMenu
	if !k.covered() && !(opens && typesIn(document.ActiveElement())) {
		do[a](k.p)
	}
}

// takes says whether the page does something with a key now, and not the
// browser.
func (k *keys) takes(a action) bool {
	switch a {
	case findText:
		return !k.p.find.pressedAgain()
	case findNext, findPrevious:
		return k.p.find.isOpen()
	case copyRows:
		return js.Global().Call("getSelection").Get("isCollapsed").Bool()
	}
	return true
}

// ofRow says whether an action is about the selected row, and not about a place.
func ofRow(a action) bool {
	switch a {
	case toRequest, toResponse, copyRows, valueMenu, markRow, noteRow:
		return true
	}
	return false
}

// atLog says whether a key that moves in the log is meant for it. Letters are,
// wherever the focus is; arrows and the like where nothing else takes them, and
// Enter only in the log itself.
func (k *keys) atLog(target dom.Element, name string) bool {
	if name == "Enter" || name == "ContextMenu" {
		return target != nil && target.ID() == "log"
	}
	return len(name) == 1 || target == nil || target.Underlying().Call("closest", "[data-own-keys]").IsNull()
}
