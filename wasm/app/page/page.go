//go:build js && wasm

// Package page is the half of the program that runs in the page: it shows what
// the worker decoded and takes what a person does.
//
// The elements stand in site/index.html; each file here binds those of one part
// of the page, by their ids:
//
//   - page.go: what state the page is in, and how a file is opened.
//   - start.go: the first screen; choosing and dropping files.
//   - header.go: the file's name, the footer's counts.
//   - progress.go: the bar while decoding, and cancel.
//   - problem.go: errors, ports to decode with instead, notices.
//   - list.go: the virtual list of the log.
//   - inspector.go: the selected row from all sides, in tabs: fields.go and hex.go
//     its bytes (hexlayout.go says what stands where), state.go what was open then,
//     packets.go which packets brought it.
//   - strip.go: the strip of activity; stripdraw.go draws it.
//   - downloads.go: the two downloads.
//   - share.go, shared.go, place.go: links that share a capture, made and opened.
//   - offline.go, embedded.go: the site without a network, and in frames.
//   - learn.go: the menu of what the page teaches with: tour.go, diagram.go,
//     builder.go (which needs no capture), quiz.go; question.go asks.
//   - keys.go: the keyboard, one table.
//   - client.go: the worker.
//   - format.go: numbers, sizes and times as text.
//
// The page keeps only the rows in view and a few around them; everything else is
// a question to the worker. No event handler blocks. Text goes into the page as
// text (textContent), after walcore.AppendVisible made it harmless to read.
package page

import (
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// The states of the page, the value of data-state at the root element.
const (
	stateEmpty    = "empty"    // no file
	stateDecoding = "decoding" // rows appear
	stateDone     = "done"     // the end of the file was reached
	stateFailed   = "failed"   // it was not; what was decoded stays
)

// A page is everything that the page holds.
type page struct {
	state string
	file  js.Value // the open File or Blob; undefined while there is none
	name  string   // of the file, as it is
	port  uint16   // asked for; 0 when it is found

	client    client
	start     *start
	header    *header
	progress  *progressBar
	problem   *problem
	list      *list
	inspector *inspector
	strip     *strip
	downloads *downloads
	keys      *keys
	share     *share
	shared    *shared
	learn     *lessons
	canFilter bool // there is a filter, to which terms can be added
	wanted    int  // the row that a link shows, when it is there; -1 for none
}

// Run runs the page. It does not return.
func Run() {
	window = dom.GetWindow()
	document = window.Document().(dom.HTMLDocument)
	p := &page{file: js.Undefined(), wanted: -1}
	p.client.came, p.client.died = p.came, p.died
	p.client.start()
	p.problem = newProblem(p)
	p.header = newHeader()
	p.progress = newProgressBar(p)
	p.inspector = newInspector(p)
	p.strip = newStrip(p)
	p.list = newList(
		func(from, count int) { p.client.post(&bridge.AskRows{From: from, Count: count}) },
		func(row int) {
			p.inspector.choose(row)
			p.learn.choose(row)
			if row < 0 {
				p.strip.forget()
			}
		},
	)
	p.downloads = newDownloads(p)
	p.keys = newKeys(p)
	p.share = newShare(p)
	p.shared = newShared(p)
	p.learn = newLessons(p)
	p.setState(stateEmpty)
	p.embedded()
	p.start = newStart(p) // the last: it may have a file already
	if !isEmbedded() {
		go offline()
	}
	select {}
}

// setState shows the parts of the page that belong to a state.
func (p *page) setState(state string) {
	p.state = state
	open := state != stateEmpty
	document.DocumentElement().Underlying().Get("dataset").Set("state", state)
	p.showLog(open)
	p.header.setState(state)
	p.progress.setState(state)
	p.downloads.setState(state)
	p.share.setState(state)
	p.learn.setState(state)
}

// showLog shows the log or, where there is none, how to open a file.
func (p *page) showLog(there bool) {
	class := ""
	switch {
	case there:
		class = "open work"
	case p.state != stateEmpty:
		class = "open"
	}
	setClass(document.Body(), class)
	show(byID("start"), !there)
	show(byID("work"), there)
	p.strip.showLog(there)
}

// open decodes a file, on a port or, with 0, on the one that is found.
func (p *page) open(file js.Value, name string, port uint16) {
	p.file, p.name, p.port, p.wanted = file, name, port, -1
	p.problem.clear()
	p.downloads.reset()
	p.list.reset()
	p.inspector.reset()
	p.strip.reset()
	p.setState(stateDecoding)
	p.header.open(visible(name), int64(file.Get("size").Float()))
	p.progress.begin()
	p.client.open(&bridge.Open{Name: name, Assumed: bridge.Assumed{Port: port}}, file)
	p.list.grid.Call("focus", map[string]any{"preventScroll": true})
}

// openAt decodes a file and shows the place in it that a link named.
func (p *page) openAt(file js.Value, name, view string) {
	at := parsePlace(view)
	p.open(file, name, at.port)
	p.wanted = at.row
}

// fragment is what a link says of what is seen now.
func (p *page) fragment() string { return place{row: p.list.sel, port: p.port}.fragment() }

// again decodes the open file once more, on another port.
func (p *page) again(port uint16) { p.open(p.file, p.name, port) }

// visible makes a text that comes from outside harmless to read.
func visible(s string) string { return string(walcore.AppendVisible(nil, s)) }

// came takes a message of the worker.
func (p *page) came(m bridge.Message, attachment js.Value) {
	switch m := m.(type) {
	case *bridge.Progress:
		p.advance(m)
	case *bridge.Ended:
		p.ended(m)
	case *bridge.Rows:
		p.list.came(m)
	case *bridge.Activity:
		p.strip.came(m)
	case *bridge.RowAt:
		p.strip.rowAt(m)
	case *bridge.Saving:
		p.downloads.saving(m)
	case *bridge.Carved:
		p.share.tell(m)
	case *bridge.Saved:
		if !p.share.saved(m, attachment) {
			p.downloads.saved(m, attachment)
		}
	default:
		p.learn.came(m)
		p.inspector.came(m, attachment)
	}
}

func (p *page) advance(m *bridge.Progress) {
	p.list.grow(m.Rows, m.Base)
	p.strip.grow(m.Rows)
	p.progress.advance(m)
	p.header.advance(m)
}

func (p *page) ended(m *bridge.Ended) {
	p.advance(&m.Progress)
	state := stateDone
	if m.Outcome != bridge.Done {
		state = stateFailed
	}
	p.setState(state)
	p.showLog(state == stateDone || m.Progress.Rows > 0)
	p.header.ended(m)
	p.problem.ended(m, p.port)
	p.downloads.ended(m)
	p.share.ended(m)
	p.inspector.again()
	p.strip.ended()
	if p.wanted >= 0 && m.Progress.Rows > 0 {
		p.list.center(min(p.wanted, m.Progress.Rows-1))
	}
	p.list.redraw()
}

// died shows that the worker ended by itself. Its rows are gone.
func (p *page) died(why string) {
	if p.state == stateEmpty {
		p.problem.fail("The decoder could not be started: " + visible(why) + ". Reload the page to try again.")
		return
	}
	p.setState(stateFailed)
	p.list.reset()
	p.showLog(false)
	p.downloads.gone()
	p.problem.fail("The decoder stopped: " + visible(why) + ". What it had decoded is gone; open the file again, or a part of it.")
}
