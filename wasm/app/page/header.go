//go:build js && wasm

package page

import (
	"honnef.co/go/js/dom/v2"

	"satascope/inspect"
	"satascope/internal/version"
	"satascope/wasm/app/bridge"
)

// A header shows which file is open, at the top, and what is in it, in the
// footer.
type header struct {
	chip, name, size, another, counts, sent, version dom.HTMLElement
	bytes                                            int64
	left                                             int64 // bytes that were sent
}

func newHeader() *header {
	h := &header{
		chip: byID("chip"), name: byID("name"), size: byID("size"), another: byID("open"),
		counts: byID("counts"), sent: byID("sent"), version: byID("version"),
	}
	h.version.SetTextContent("Version " + version.Number)
	return h
}

func (h *header) setState(state string) {
	open := state != stateEmpty
	show(h.chip, open)
	show(h.another, open)
	show(byID("paste-open"), open)
	show(h.sent, open)
	show(h.version, !open)
}

// open shows a file's name, already made harmless, and its size.
func (h *header) open(name string, bytes int64) {
	h.bytes = bytes
	if old := h.chip.QuerySelector(".hash"); old != nil {
		old.Underlying().Call("remove")
	}
	h.name.SetTextContent(name)
	h.name.SetTitle(name)
	h.size.SetTextContent(size(bytes))
	h.counts.SetTextContent("")
	document.SetTitle(name + " · Satascope")
}

// addSent counts bytes that left the browser, when something was shared.
func (h *header) addSent(bytes int64) {
	h.left += bytes
	setClassOf(h.sent, "wide", false) // to be seen on small screens, too
	h.sent.SetTextContent(size(h.left) + " sent, encrypted")
}

// hashed shows the beginning and the end of the files' hash.
func (h *header) hashed(hash string) {
	if len(hash) < 8 {
		return
	}
	short := "sha256 " + hash[:4] + "…" + hash[len(hash)-2:]
	el := element("small", "hash wide", short)
	el.SetTitle("SHA-256 " + hash)
	if old := h.chip.QuerySelector(".hash"); old != nil {
		old.Underlying().Call("remove")
	}
	h.chip.AppendChild(el)
}

// advance counts the rows while they come.
func (h *header) advance(m *bridge.Progress) {
	h.counts.SetTextContent(counted(m.Rows, "row"))
}

// ended sums up what is in the file.
func (h *header) ended(m *bridge.Ended) {
	s := &m.Summary
	kind := s.Kind
	if s.Packed != "" {
		kind += ", " + s.Packed
	}
	if kind != "" {
		h.size.SetTextContent(size(h.bytes) + " · " + kind)
	}
	clearAll(h.counts)
	add := func(class, text string) {
		h.counts.AppendChild(element("span", class, text))
	}
	// The list counts rows: what they are is told here, so that the numbers agree.
	parts := element("span", "", counted(m.Progress.Rows, "row"))
	if m.Progress.Rows > 0 {
		parts.AppendChild(document.CreateTextNode(": " + counted(s.Messages, "message")))
		if s.Written > 0 {
			parts.AppendChild(document.CreateTextNode(", " + count(s.Written) + " of written data"))
		}
		if s.Diagnostics > 0 {
			parts.AppendChild(document.CreateTextNode(", "))
			parts.AppendChild(element("i", "warn", counted(s.Diagnostics, "diagnostic")))
		}
		parts.SetTitle("A row is a line of the log, or a diagnostic at its place: " + counted(m.Progress.Rows-s.Diagnostics, "line") + " and " + counted(s.Diagnostics, "diagnostic"))
	}
	h.counts.AppendChild(parts)
	add("", counted(len(m.Streams), "stream"))
	if s.First != bridge.NoTime && s.Last > s.First {
		add("wide", string(inspect.AppendDuration(nil, s.Last-s.First))+" from the earliest row to the latest")
	}
	add("wide", size(m.Progress.Read)+" read in "+seconds(m.Progress.Millis))
}
