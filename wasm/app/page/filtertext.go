//go:build js && wasm

package page

import (
	"strings"
	"syscall/js"
)

// filterText is the filter that is on, "" for none: as the page's address has it.
// A plus stands for itself there.
func (p *page) filterText() string {
	view := strings.ReplaceAll(p.fragment(), "+", "%2B")
	filter := js.Global().Get("URLSearchParams").New(view).Call("get", "filter")
	if filter.Type() != js.TypeString {
		return ""
	}
	return filter.String()
}
