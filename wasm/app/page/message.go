//go:build js && wasm

package page

import (
	"strconv"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// A message shows the selected line, whole: the list cuts what is too long.
type message struct {
	box, about, text dom.HTMLElement
	row              int // that is selected, -1 for none
}

func newMessage() *message {
	return &message{box: byID("message"), about: byID("message-about"), text: byID("message-text"), row: -1}
}

// choose is called when the selection moves; the line comes later.
func (m *message) choose(row int) {
	m.row = row
	if row < 0 {
		show(m.box, false)
	}
}

// again asks for the line once more, when more may be known of it.
func (m *message) again(ask func(row int)) {
	if m.row >= 0 {
		ask(m.row)
	}
}

// came shows the line, if it is still the selected one.
func (m *message) came(line *bridge.Line, base int64) {
	if line.Row != m.row {
		return
	}
	clearAll(m.about)
	add := func(text string) { m.about.AppendChild(element("span", "", text)) }
	m.about.AppendChild(element("b", "", "Row "+count(line.Row+1)))
	stream := "stream " + strconv.Itoa(line.Stream)
	if line.Client != "" {
		stream += ": " + line.Client + " to " + line.Server
	}
	add(stream)
	if t := appendTime(nil, line.Time, base); len(t) > 0 {
		add(string(t) + " s")
	}
	if line.Packet != 0 {
		add("packet " + count(int(line.Packet)))
	}
	if line.Cut {
		add("cut here; the downloaded log has all of it")
	}
	setClass(m.text, lineClasses[line.Class])
	m.text.SetTextContent(line.Text)
	show(m.box, true)
}

var lineClasses = [...]string{
	bridge.ClassRequest: "in", bridge.ClassResponse: "out", bridge.ClassWritten: "oob", bridge.ClassDiagnostic: "diag",
}
