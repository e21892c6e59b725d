//go:build js && wasm

package page

import (
	"honnef.co/go/js/dom/v2"
)

// embedded makes the page the one for frames of other sites (embed/, made of
// index.html when the site is built): it shows a capture and leads to the page
// itself, and offers nothing that a site around it could trick a person into.
func (p *page) embedded() {
	out := document.GetElementByID("embed-out")
	if out == nil {
		return
	}
	link := out.(dom.HTMLElement)
	follow := func() { link.Underlying().Set("href", "./#"+fragment()) }
	on(window, "hashchange", func(dom.Event) { follow() })
	follow()
}

// isEmbedded says whether this is that page.
func isEmbedded() bool { return document.GetElementByID("embed-out") != nil }
