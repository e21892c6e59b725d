//go:build js && wasm

package page

import (
	"strconv"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// packetsAsked is how many packets are asked for at once.
const packetsAsked = 200

// A packetsPanel lists the packets that brought the bytes of the selected row.
type packetsPanel struct {
	p    *page
	box  dom.HTMLElement
	row  int             // whose packets are listed, -1 for none
	body dom.HTMLElement // where the packets stand
	more dom.HTMLElement
	have int
}

func newPacketsPanel(p *page) *packetsPanel {
	return &packetsPanel{p: p, box: byID("panel-packets"), row: -1}
}

func (k *packetsPanel) clear() {
	k.row, k.have, k.body = -1, 0, nil
	clearAll(k.box)
}

// want asks for the packets of a row, if they are not here.
func (k *packetsPanel) want(row int) {
	if row == k.row {
		return
	}
	k.clear()
	k.row = row
	k.p.client.post(&bridge.AskPackets{Row: row, Count: packetsAsked})
}

func (k *packetsPanel) show(m *bridge.Packets, base int64) {
	if m.Row != k.row || m.From != k.have {
		return
	}
	if m.From == 0 {
		k.begin(m)
	}
	for i := range m.List {
		k.body.AppendChild(k.line(&m.List[i], m.Lines, base))
	}
	k.have += len(m.List)
	if k.more != nil {
		left := m.Total - k.have
		show(k.more, left > 0)
		k.more.SetTextContent("Show " + count(min(left, packetsAsked)) + " more of " + count(left))
	}
}

// begin makes the table.
func (k *packetsPanel) begin(m *bridge.Packets) {
	clearAll(k.box)
	what := "packet"
	if m.Lines {
		what = "line"
	}
	if m.Total == 0 {
		k.box.AppendChild(element("p", "none", "No "+what+" of the file brought bytes of this row."))
		k.body, k.more = element("tbody", "", ""), nil
		return
	}
	k.box.AppendChild(element("h2", "", counted(m.Total, what)+" brought the bytes of row "+count1(m.Row)))
	table := element("table", "", "")
	head := element("tr", "", "")
	for _, name := range columns(m.Lines) {
		th := element("th", "", name)
		th.SetAttribute("scope", "col")
		head.AppendChild(th)
	}
	thead := element("thead", "", "")
	thead.AppendChild(head)
	k.body = element("tbody", "", "")
	table.AppendChild(thead)
	table.AppendChild(k.body)
	k.box.AppendChild(table)
	k.more = element("button", "", "")
	k.more.SetAttribute("type", "button")
	on(k.more, "click", func(dom.Event) {
		k.p.client.post(&bridge.AskPackets{Row: k.row, From: k.have, Count: packetsAsked})
	})
	k.box.AppendChild(k.more)
}

func columns(lines bool) []string {
	if lines {
		return []string{"Line", "Offset in the file", "Length", "In the message"}
	}
	return []string{"Packet", "Time, s", "Sequence", "Flags", "Offset in the file", "Length", "In the message"}
}

func (k *packetsPanel) line(p *bridge.Packet, lines bool, base int64) dom.HTMLElement {
	tr := element("tr", "", "")
	cell := func(text string) { tr.AppendChild(element("td", "", text)) }
	cell(count(int(p.Number)))
	if !lines {
		cell(string(appendTime(nil, p.Time, base)))
		cell(strconv.FormatUint(uint64(p.Seq), 10))
		cell(tcpFlags(p.Flags))
	}
	cell(count(int(p.File)))
	cell(count(int(p.Length)))
	switch {
	case p.At < 0:
		cell("begins " + count(int(-p.At)) + " before it")
	default:
		cell("from 0x" + strconv.FormatInt(p.At, 16))
	}
	return tr
}
