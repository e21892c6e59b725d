//go:build js && wasm

package page

import "honnef.co/go/js/dom/v2"

// An emptyNote stands in the list where a filter leaves nothing.
type emptyNote struct{ box dom.HTMLElement }

func newEmptyNote(p *page) *emptyNote {
	on(byID("empty-clear"), "click", func(dom.Event) { p.filter.set(""); p.list.focus() })
	return &emptyNote{box: byID("empty")}
}

func (n *emptyNote) show(is bool) { show(n.box, is) }
