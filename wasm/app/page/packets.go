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
	p       *page
	box     dom.HTMLElement
	row     int             // whose packets are listed, -1 for none
	body    dom.HTMLElement // where the packets stand
	more    dom.HTMLElement
	have    int
	columns []packetColumn
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
		k.begin(m, base)
	}
	for i := range m.List {
		k.body.AppendChild(k.line(&m.List[i]))
	}
	k.have += len(m.List)
	if k.more != nil {
		left := m.Total - k.have
		show(k.more, left > 0)
		k.more.SetTextContent("Show " + count(min(left, packetsAsked)) + " more of " + count(left))
	}
}

// begin makes the table.
func (k *packetsPanel) begin(m *bridge.Packets, base int64) {
	clearAll(k.box)
	what := carrierName(m.Carrier)
	if m.Total == 0 {
		why := m.Lack
		if why == "" {
			why = "No " + what + " of the file brought bytes of this row."
		}
		k.box.AppendChild(element("p", "none", why))
		k.body, k.more = element("tbody", "", ""), nil
		return
	}
	k.box.AppendChild(element("h2", "", counted(m.Total, what)+" brought the bytes of row "+count1(m.Row)))
	k.columns = packetColumns(m, k.p.files, base)
	table := element("table", "", "")
	head := element("tr", "", "")
	for _, c := range k.columns {
		th := element("th", c.class, c.name)
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

// A packetColumn is one of the table's.
type packetColumn struct {
	name, class string
	text        func(*bridge.Packet) string
}

// packetColumns are those of which something is known: which file it is in is
// told when several are open.
func packetColumns(m *bridge.Packets, files []source, base int64) (all []packetColumn) {
	add := func(name, class string, text func(*bridge.Packet) string) {
		all = append(all, packetColumn{name, class, text})
	}
	if m.Carrier != bridge.CarrierPiece {
		add(capitalised(carrierName(m.Carrier)), "", func(p *bridge.Packet) string { return count(int(p.Number)) })
	}
	if len(files) > 1 {
		add("File", "file", func(p *bridge.Packet) string {
			if int(p.Source) >= len(files) {
				return ""
			}
			return visible(files[p.Source].name)
		})
	}
	if len(m.List) > 0 && m.List[0].Time != bridge.NoTime {
		add("Time, s", "", func(p *bridge.Packet) string { return string(appendTime(nil, p.Time, base)) })
	}
	if m.Carrier == bridge.CarrierPacket {
		add("Sequence", "", func(p *bridge.Packet) string { return strconv.FormatUint(uint64(p.Seq), 10) })
		add("Flags", "", func(p *bridge.Packet) string { return tcpFlags(p.Flags) })
	}
	add("Offset in the file", "", func(p *bridge.Packet) string { return count(int(p.File)) })
	add("Length", "", func(p *bridge.Packet) string { return count(int(p.Length)) })
	add("In the message", "", func(p *bridge.Packet) string {
		if p.At < 0 {
			return "begins " + count(int(-p.At)) + " before it"
		}
		return "from 0x" + strconv.FormatInt(p.At, 16)
	})
	return all
}

func (k *packetsPanel) line(p *bridge.Packet) dom.HTMLElement {
	tr := element("tr", "", "")
	for _, c := range k.columns {
		td := element("td", c.class, c.text(p))
		if c.class == "file" {
			td.SetTitle(td.TextContent()) // it may be cut
		}
		tr.AppendChild(td)
	}
	return tr
}
