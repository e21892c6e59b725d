//go:build js && wasm

package page

import (
	"strings"

	"honnef.co/go/js/dom/v2"

	"satascope/capture"
	"satascope/wasm/app/bridge"
)

// bindForms has buttons open the list of all that can be opened, which is made
// of package capture's table when it is first asked for.
func bindForms() {
	dialog, list, made := byID("forms"), byID("forms-list"), false
	for _, id := range []string{"forms-open", "paste-forms"} {
		on(byID(id), "click", func(dom.Event) {
			if !made {
				made = true
				list.AppendChild(formsTable())
			}
			dialog.Underlying().Call("showModal")
		})
		enable(byID(id), true)
	}
	on(byID("forms-close"), "click", func(dom.Event) { dialog.Underlying().Call("close") })
}

func formsTable() dom.HTMLElement {
	table := bridge.Section{Head: []string{"Form", "Recognised by", "Gives"}}
	say := func(text string) bridge.Phrase { return bridge.Phrase{Text: text, Row: bridge.NoRow} }
	for i := range capture.Forms {
		f := &capture.Forms[i]
		table.Table = append(table.Table, []bridge.Phrase{say(f.Kind.String()), say(""), say(f.Gives)})
	}
	section := reportSection(&table)
	cells := section.Underlying().Call("querySelectorAll", "td:nth-child(2)")
	for i := range capture.Forms {
		for part, text := range strings.Split(capture.Forms[i].By, "`") {
			tag := "span"
			if part%2 == 1 {
				tag = "code"
			}
			cells.Index(i).Call("append", element(tag, "", text).Underlying())
		}
	}
	return section
}
