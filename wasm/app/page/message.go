//go:build js && wasm

package page

import (
	"strconv"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// A message shows the selected line, whole: the list cuts what is too long. Its
// box has one height, so that the list stays where it is while rows are chosen.
type message struct {
	about, text dom.HTMLElement
	row         int // that is selected, -1 for none
}

func newMessage() *message {
	m := &message{about: byID("message-about"), text: byID("message-text")}
	m.choose(-1)
	return m
}

// choose is called when the selection moves; the line comes later.
func (m *message) choose(row int) {
	m.row = row
	if row < 0 {
		m.about.SetTextContent("Select a row to see it whole.")
		m.text.SetTextContent("")
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
	m.text.Underlying().Set("scrollTop", 0)
}

var lineClasses = [...]string{
	bridge.ClassRequest: "in", bridge.ClassResponse: "out", bridge.ClassWritten: "oob", bridge.ClassDiagnostic: "diag",
}
