//go:build js && wasm

package page

import (
	"net/netip"
	"strconv"
	"strings"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// assumptions shows what the files did not tell and what was taken to be so, and
// lets a person set it otherwise: then they are decoded again.
type assumptions struct {
	p                           *page
	dialog, list, none, failure dom.HTMLElement
	port, server, firstRead     dom.HTMLElement
	facts                       dom.HTMLElement
	known                       []bridge.Basis
	told                        []bridge.Assumption
}

func newAssumptions(p *page) *assumptions {
	a := &assumptions{
		p: p, dialog: byID("assumed"), list: byID("assumed-list"), none: byID("assumed-none"), failure: byID("assumed-error"),
		facts: byID("assumed-facts"), port: byID("assumed-port"), server: byID("assumed-server"), firstRead: byID("assumed-first-read"),
	}
	on(byID("assumed-form"), "submit", func(ev dom.Event) {
		ev.PreventDefault()
		a.apply()
	})
	on(byID("assumed-cancel"), "click", func(dom.Event) { a.dialog.Underlying().Call("close") })
	on(byID("assumed-reset"), "click", func(dom.Event) { a.fill(bridge.Assumed{}) })
	return a
}

// ended takes what had to be assumed.
func (a *assumptions) ended(m *bridge.Ended) { a.known, a.told = m.Summary.Rests, m.Summary.Assumed }

// open shows it.
func (a *assumptions) open() {
	clearAll(a.list)
	a.showFacts()
	for _, one := range a.told {
		text := one.Sentence
		if one.Set {
			text += " (set by you)"
		}
		a.list.AppendChild(element("li", "", sentence(text)))
	}
	show(a.none, len(a.told) == 0 && len(a.known) == 0)
	a.fill(a.p.assumed)
	a.failure.SetTextContent("")
	a.dialog.Underlying().Call("showModal")
}

// showFacts shows what decoding rests on, and how that is known.
func (a *assumptions) showFacts() {
	table := bridge.Section{Head: []string{"What", "Value", "Known", "Why"}}
	cell := func(text string) bridge.Phrase { return bridge.Phrase{Text: visible(text), Row: bridge.NoRow} }
	for _, f := range a.known {
		table.Table = append(table.Table, []bridge.Phrase{cell(f.What), cell(f.Value), cell(f.Known), cell(f.Why)})
	}
	clearAll(a.facts)
	if len(a.known) > 0 {
		a.facts.AppendChild(reportSection(&table))
	}
}

// fill shows what is set.
func (a *assumptions) fill(set bridge.Assumed) {
	number := func(el dom.HTMLElement, n uint64) {
		text := ""
		if n != 0 {
			text = strconv.FormatUint(n, 10)
		}
		el.Underlying().Set("value", text)
	}
	number(a.port, uint64(set.Port))
	number(a.firstRead, uint64(set.FirstRead))
	a.server.Underlying().Set("value", set.Server)
	value := "auto"
	if set.FFIO != bridge.Auto {
		value = switchNames[set.FFIO]
	}
	if el := document.QuerySelector(`input[name="assumed-ffio"][value="` + value + `"]`); el != nil {
		el.Underlying().Set("checked", true)
	}
}

// apply decodes with what was set, unless something of it can't be.
func (a *assumptions) apply() {
	set, problem := a.read()
	if problem != "" {
		a.failure.SetTextContent(problem)
		return
	}
	a.dialog.Underlying().Call("close")
	if set != a.p.assumed {
		a.p.again(set)
	}
}

func (a *assumptions) read() (set bridge.Assumed, problem string) {
	text := func(el dom.HTMLElement) string { return strings.TrimSpace(el.Underlying().Get("value").String()) }
	if s := text(a.port); s != "" {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil || n == 0 {
			return set, "Port: expected a number from 1 to 65535, found “" + visible(s) + "”."
		}
		set.Port = uint16(n)
	}
	if s := text(a.server); s != "" {
		if _, err := netip.ParseAddrPort(s); err != nil {
			return set, "Server: expected an address and a port, such as 10.0.0.1:7500 or [fe80::1]:7500, found “" + visible(s) + "”."
		}
		set.Server = s
	}
	if s := text(a.firstRead); s != "" {
		n, err := strconv.ParseUint(strings.ReplaceAll(s, ",", ""), 0, 32)
		if err != nil || n == 0 {
			return set, "First read size: expected a number of bytes, such as 196672 or 0x30040, found “" + visible(s) + "”."
		}
		set.FirstRead = uint32(n)
	}
	switch radio("assumed-ffio") {
	case "on":
		set.FFIO = bridge.On
	case "off":
		set.FFIO = bridge.Off
	}
	return set, ""
}
