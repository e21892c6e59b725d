//go:build js && wasm

package page

import (
	"strings"

	"honnef.co/go/js/dom/v2"
)

// where says in which places a key counts.
type where uint8

const (
	everywhere where = iota // but not where one types
	inLog                   // but not where something else scrolls (data-own-keys)
)

// A key is something that a person can do with the keyboard. The table of them
// is what the page does and what its help shows.
type key struct {
	names []string // as KeyboardEvent.key has them
	shown []string // in the help
	where where
	what  string
	do    func(p *page)
	needs bool // an open file
}

var keyTable = []key{
	{[]string{"ArrowDown", "j"}, []string{"J", "↓"}, inLog, "next row", func(p *page) { p.list.step(1) }, true},
	{[]string{"ArrowUp", "k"}, []string{"K", "↑"}, inLog, "previous row", func(p *page) { p.list.step(-1) }, true},
	{[]string{"PageDown"}, []string{"Page Down"}, inLog, "a page down", func(p *page) { p.list.step(p.list.s.Page()) }, true},
	{[]string{"PageUp"}, []string{"Page Up"}, inLog, "a page up", func(p *page) { p.list.step(-p.list.s.Page()) }, true},
	{[]string{"Home"}, []string{"Home"}, inLog, "first row", func(p *page) { p.list.goTo(0) }, true},
	{[]string{"End"}, []string{"End"}, inLog, "last row", func(p *page) { p.list.goTo(p.list.s.Rows() - 1) }, true},
	{[]string{"."}, []string{"."}, inLog, "step to the next message", func(p *page) { p.list.step(1) }, true},
	{[]string{","}, []string{","}, inLog, "step back to the previous message", func(p *page) { p.list.step(-1) }, true},
	{[]string{"i"}, []string{"I"}, everywhere, "open or close the inspector", func(p *page) { p.inspector.toggle() }, true},
	{[]string{"o"}, []string{"O"}, everywhere, "open a file", func(p *page) { p.start.input.Click() }, false},
	{[]string{"Escape"}, []string{"Esc"}, everywhere, "stop decoding", func(p *page) { p.progress.cancel() }, true},
	{[]string{"?"}, []string{"?"}, everywhere, "these keys", func(p *page) { p.keys.help() }, false},
}

// keys takes the keyboard.
type keys struct {
	p      *page
	dialog dom.HTMLElement
}

func newKeys(p *page) *keys {
	k := &keys{p: p, dialog: byID("keys")}
	list := byID("keys-list")
	for i := range keyTable {
		dt := element("dt", "", "")
		for j, name := range keyTable[i].shown {
			if j > 0 {
				dt.AppendChild(document.CreateTextNode(" "))
			}
			dt.AppendChild(element("kbd", "", name))
		}
		list.AppendChild(dt)
		list.AppendChild(element("dd", "", keyTable[i].what))
	}
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

func (k *keys) pressed(ev *dom.KeyboardEvent) {
	u := ev.Underlying()
	if document.QuerySelector("dialog[open]") != nil || u.Get("defaultPrevented").Bool() || u.Get("isComposing").Bool() {
		return
	}
	name := keyName(u.Get("key").String(), u.Get("code").String())
	if ev.AltKey() || ev.MetaKey() || ev.CtrlKey() && name != "Home" && name != "End" {
		return
	}
	var target dom.Element // nil where nothing has the focus
	if v := u.Get("target"); v.Truthy() && v.Get("localName").Truthy() {
		target = dom.WrapElement(v)
	}
	if target != nil && target.Matches("input:not([type=checkbox]), textarea, select, [contenteditable]") {
		return
	}
	for i := range keyTable {
		entry := &keyTable[i]
		for _, n := range entry.names {
			if n != name || entry.needs && k.p.state == stateEmpty {
				continue
			}
			if entry.where == inLog && !k.atLog(target, name) {
				return
			}
			ev.PreventDefault()
			entry.do(k.p)
			return
		}
	}
}

// atLog says whether a key that moves in the log is meant for it. Letters are,
// wherever the focus is; arrows and the like where nothing else takes them.
func (k *keys) atLog(target dom.Element, name string) bool {
	return len(name) == 1 || target == nil || target.Underlying().Call("closest", "[data-own-keys]").IsNull()
}

// keyName is the key by what it types or, on a layout that has other letters
// there, by its place.
func keyName(key, code string) string {
	if len(key) == 1 {
		return strings.ToLower(key)
	}
	if key != "" && key[0] >= 0x80 && len(code) == 4 && strings.HasPrefix(code, "Key") {
		return strings.ToLower(code[3:])
	}
	return key
}
