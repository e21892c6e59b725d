//go:build js && wasm

package page

import (
	"strings"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// A summary shows what is in the file: how long, how much, what failed, what was
// slow. Its numbers lead to the rows that they count.
type summary struct {
	p                  *page
	dialog, body, busy dom.HTMLElement
	markdown           string
}

func newSummary(p *page) *summary {
	s := &summary{p: p, dialog: byID("summary"), body: byID("summary-body"), busy: byID("summary-busy")}
	on(byID("summary-close"), "click", func(dom.Event) { s.dialog.Underlying().Call("close") })
	on(byID("summary-assumed"), "click", func(dom.Event) {
		s.dialog.Underlying().Call("close")
		p.assume.open()
	})
	on(byID("summary-copy"), "click", func(dom.Event) {
		p.clip(func(give func(string, error)) { give(s.markdown, nil) }, "Copied as Markdown.")
	})
	on(s.body, "click", func(ev dom.Event) {
		button := closest(ev.Target(), "button")
		if button == nil {
			return
		}
		s.dialog.Underlying().Call("close")
		if record, ok := atoi(button.GetAttribute("data-row")); ok && button.HasAttribute("data-row") {
			p.reveal(record)
		} else {
			p.filter.set(button.GetAttribute("data-filter"))
		}
		p.list.focus()
	})
	return s
}

// reset forgets it, for another file.
func (s *summary) reset() {
	s.markdown = ""
	clearAll(s.body)
}

// open asks what is in the file, and shows it.
func (s *summary) open() {
	if s.p.state == stateEmpty {
		return
	}
	s.reset()
	enable(byID("summary-copy"), false)
	show(s.busy, true)
	s.dialog.Underlying().Call("showModal")
	s.p.client.post(&bridge.AskReport{})
}

// came shows it.
func (s *summary) came(m *bridge.Report) {
	s.markdown = m.Markdown
	show(s.busy, false)
	enable(byID("summary-copy"), true)
	clearAll(s.body)
	for i := range m.Sections {
		s.body.AppendChild(reportSection(&m.Sections[i]))
	}
}

// reportSection is a section of a report.
func reportSection(m *bridge.Section) dom.HTMLElement {
	box := element("section", "", "")
	if m.Title != "" {
		box.AppendChild(element("h3", "", m.Title))
	}
	if len(m.Lines) > 0 {
		list := element("ul", "", "")
		for i := range m.Lines {
			li := element("li", "", "")
			li.AppendChild(phrase(&m.Lines[i]))
			list.AppendChild(li)
		}
		box.AppendChild(list)
	}
	if len(m.Head) > 0 {
		table := element("table", "", "")
		head := element("tr", "", "")
		for i, text := range m.Head {
			th := element("th", "", text)
			th.SetAttribute("scope", "col")
			alignRight(th, m.Right, i)
			head.AppendChild(th)
		}
		table.AppendChild(head)
		for _, cells := range m.Table {
			row := element("tr", "", "")
			for i := range cells {
				td := element("td", "", "")
				alignRight(td, m.Right, i)
				td.AppendChild(phrase(&cells[i]))
				row.AppendChild(td)
			}
			table.AppendChild(row)
		}
		scroll := element("div", "scroll", "")
		scroll.SetAttribute("tabindex", "0")
		scroll.SetAttribute("role", "group")
		name := m.Title
		if name == "" {
			name = strings.Join(m.Head, ", ")
		}
		scroll.SetAttribute("aria-label", name)
		scroll.AppendChild(table)
		box.AppendChild(scroll)
	}
	if m.Beyond != "" {
		box.AppendChild(element("p", "note", m.Beyond))
	}
	return box
}

func alignRight(el dom.HTMLElement, right string, column int) {
	if strings.HasPrefix(right[min(column, len(right)):], "r") {
		setClassOf(el, "right", true)
	}
}

// phrase is a text of a report; what leads somewhere is a button.
func phrase(m *bridge.Phrase) dom.HTMLElement {
	tag := "span"
	if m.Code {
		tag = "code"
	}
	if m.Row == bridge.NoRow && m.Filter == "" {
		return element(tag, "", m.Text)
	}
	button := element("button", "link", "")
	button.SetAttribute("type", "button")
	button.AppendChild(element(tag, "", m.Text))
	if m.Row != bridge.NoRow {
		button.SetAttribute("data-row", itoa(m.Row))
		button.SetTitle("Show the row")
	} else {
		button.SetAttribute("data-filter", m.Filter)
		button.SetTitle("Filter by " + visible(m.Filter))
	}
	return button
}
