//go:build js && wasm

package page

import "syscall/js"

// filterText is the filter that is on, "" for none: as the page's address has it.
func (p *page) filterText() string {
	filter := js.Global().Get("URLSearchParams").New(p.fragment()).Call("get", "filter")
	if filter.Type() != js.TypeString {
		return ""
	}
	return filter.String()
}
