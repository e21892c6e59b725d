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
//   - problem.go: errors, ports to decode with instead, notices. back.go: back to
//     what was open before.
//   - views.go: what the list shows: the log or the exchanges, filtered, sorted.
//     list.go is the virtual list, columns.go what its rows look like, times.go
//     how times are shown, partner.go the other side of the selected message,
//     empty.go what stands there when nothing is left.
//   - filter.go: the filter bar; filtertext.go: the filter as text. sidebar.go: views, streams, operations and the
//     like, with counts. find.go: a text in all rows; a row by its number.
//   - pointer.go: the mouse in the list. picks.go: several rows chosen together.
//     menu.go: what can be done with a value. copy.go, clipboard.go: the clipboard.
//   - summary.go: what is in the file. assume.go: what had to be assumed about it,
//     and setting it otherwise. notes.go: marks and notes on rows. paste.go: the
//     box for frames and logs as text.
//   - forms.go: all that can be opened.
//   - settings.go: how one wants the page; store.go keeps it on this machine.
//   - address.go: the place that is seen, in the page's address; place.go: its form,
//     in links too.
//   - inspector.go: the selected row from all sides, in tabs: fields.go and hex.go
//     its bytes (hexlayout.go says what stands where), state.go what was open then,
//     packets.go which packets brought it.
//   - strip.go: the strip of activity; stripdraw.go draws it.
//   - downloads.go: the two downloads.
//   - share.go, shared.go: links that share a capture, made and opened; part.go:
//     what a part of one is called.
//   - offline.go, embedded.go: the site without a network, and in frames.
//   - learn.go: the menu of what the page teaches with: tour.go, diagram.go,
//     builder.go (which needs no capture), quiz.go; question.go asks.
//   - keys.go: the keyboard; keytable.go: its one table.
//   - client.go: the worker.
//   - format.go: numbers, sizes and times as text. ui.go: elements and events.
//
// The page keeps only the rows in view and a few around them; everything else is
// a question to the worker. No event handler blocks. Text goes into the page as
// text (textContent), after walcore.AppendVisible made it harmless to read.
package page

import (
	"runtime/debug"
	"slices"
	"strings"
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
	state   string
	files   []source       // that are open
	refused []string       // what was said of files that were to be opened with them
	file    js.Value       // the first of them; undefined while there is none
	name    string         // of the file, as it is; of several, for people
	assumed bridge.Assumed // what was set about the conversation

	client    client
	start     *start
	header    *header
	progress  *progressBar
	problem   *problem
	before    *wayBack
	list      *list
	heading   *columnBar
	views     *views
	filter    *filterBar
	side      *sidebar
	menu      *menu
	pointer   *pointer
	find      *finder
	partner   *partnerBar
	empty     *emptyNote
	settings  *settings
	address   *address
	summary   *summary
	assume    *assumptions
	notes     *notes
	paste     *pasteBox
	inspector *inspector
	strip     *strip
	downloads *downloads
	keys      *keys
	share     *share
	shared    *shared
	learn     *lessons
	canFilter bool   // there is a filter, to which terms can be added
	wanted    int    // the row that a link shows, until it is shown; -1 for none
	wantedIn  uint32 // the view that was asked where it is
	rows      int    // of the log, when all are there
	copySeq   uint32
	copies    map[uint32]func(string, error) // what waits for text to copy
	unsay     func()                         // takes back what was said last
}

// collectAt has rubbish collected when the heap has grown by this much of what is
// in use, in percent. Whatever the browser was handed is told to it again one by
// one when it is rubbish; all of what gathers by Go's own measure, 100, can take
// longer than a frame.
const collectAt = 25

// Run runs the page. It does not return.
func Run() {
	debug.SetGCPercent(collectAt)
	window = dom.GetWindow()
	document = window.Document().(dom.HTMLDocument)
	p := &page{file: js.Undefined(), wanted: -1, canFilter: true, copies: map[uint32]func(string, error){}}
	p.client.came, p.client.died = p.came, p.died
	p.client.start()
	p.problem = newProblem(p)
	p.before = newWayBack(p)
	p.header = newHeader()
	p.progress = newProgressBar(p)
	p.inspector = newInspector(p)
	p.strip = newStrip(p)
	p.list = newList(
		func(view uint32, from, count int) {
			p.client.post(&bridge.AskRows{View: view, From: from, Count: count})
		},
		func(record int) {
			p.views.moved = true
			if record >= 0 {
				p.wanted = -1 // the person chose another, or this is it
			}
			p.inspector.choose(record)
			p.learn.choose(record)
			if record < 0 {
				p.strip.forget()
			}
			p.address.selected()
		},
	)
	p.views = &views{p: p, specs: map[uint32]viewSpec{}}
	p.address = newAddress(p)
	p.settings = newSettings(p)
	p.heading = newColumnBar(p)
	p.menu = newMenu()
	p.filter = newFilterBar(p)
	p.side = newSidebar(p)
	p.pointer = newPointer(p)
	p.find = newFinder(p)
	p.partner = newPartnerBar(p)
	p.empty = newEmptyNote(p)
	p.list.turned = func() {
		p.partner.update()
		p.problem.check()
	}
	p.bindGoTo()
	p.summary = newSummary(p)
	p.assume = newAssumptions(p)
	p.paste = newPasteBox(p)
	p.settings.apply()
	p.downloads = newDownloads(p)
	p.keys = newKeys(p)
	bindForms()
	p.share = newShare(p)
	p.notes = newNotes(p)
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
	if p.settings != nil && p.settings.compact {
		class += " compact"
	}
	setClass(document.Body(), class)
	show(byID("start"), !there)
	show(byID("work"), there)
	p.strip.showLog(there)
}

// leave gives the focus to the rows, or to what opens a file where there are none,
// where it stands in an element that goes away.
func (p *page) leave(el dom.Node) {
	switch {
	case !hasFocus(el):
	case byID("work").Underlying().Get("hidden").Bool():
		byID("choose").Focus()
	default:
		p.list.focus()
	}
}

// A source is a File or Blob and what it is called.
type source struct {
	file js.Value
	name string
}

// open decodes a file and shows a place in it.
func (p *page) open(file js.Value, name string, at place) { p.openAll([]source{{file, name}}, at) }

// openAll decodes files together and shows a place in them.
func (p *page) openAll(files []source, at place) {
	p.refused = nil
	p.decode(files, at)
}

func (p *page) decode(files []source, at place) {
	p.paste.leave(files)
	p.begin(files, at)
	names, blobs := []string{}, []any{}
	for _, f := range files {
		names, blobs = append(names, f.name), append(blobs, f.file)
	}
	p.client.open(&bridge.Open{Names: names, Assumed: at.assumed, Pasted: p.paste.shows()}, js.ValueOf(blobs))
	p.look(at)
}

// adopt shows what another client decoded of a file, to its end.
func (p *page) adopt(c *client, file source, at place, m *bridge.Ended) {
	p.refused = nil
	p.begin([]source{file}, at)
	p.client.adopt(c)
	p.look(at)
	p.ended(m)
}

// begin forgets what was open, for other files.
func (p *page) begin(files []source, at place) {
	p.before.leave(files)
	p.files, p.file, p.assumed = files, files[0].file, at.assumed
	p.wanted, p.wantedIn, p.rows = at.row, 0, 0
	p.name = files[0].name
	if len(files) > 1 {
		p.name += " and " + counted(len(files)-1, "other")
	}
	bytes := int64(0)
	for _, f := range files {
		bytes += int64(f.file.Get("size").Float())
	}
	p.problem.clear()
	p.downloads.reset()
	p.list.reset()
	p.fitTimes(bridge.NoTime, bridge.NoTime)
	p.views.reset()
	p.side.reset()
	p.find.reset()
	p.inspector.reset()
	p.strip.reset()
	p.setState(stateDecoding)
	p.header.open(visible(p.name), bytes)
	p.summary.reset()
	p.notes.reset()
	p.progress.begin()
}

// look shows a place, as far as it has come.
func (p *page) look(at place) {
	p.before.arrived()
	p.filter.show(at.spec.filter)
	p.views.set(at.spec)
	p.address.put(false)
	if !p.paste.isOpen() {
		p.list.focus()
	}
}

// openAt decodes a file and shows the place in it that a link named.
func (p *page) openAt(file js.Value, name, view string) {
	p.open(file, name, parsePlace(view))
}

// at is the place that is seen now, or will be as soon as it is there.
func (p *page) at() place {
	row := p.list.sel
	if p.wanted >= 0 {
		row = p.wanted
	}
	return place{row: row, spec: p.views.asked, assumed: p.assumed}
}

// fragment is what a link says of what is seen now.
func (p *page) fragment() string { return p.at().fragment() }

// again decodes the open file once more, with something else set.
func (p *page) again(assumed bridge.Assumed) {
	at := p.at()
	at.assumed, p.assumed = assumed, assumed
	p.address.put(true) // Back decodes as before
	p.openAll(p.files, at)
}

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
	case *bridge.Viewed:
		p.views.came(m)
	case *bridge.Facets:
		p.side.came(m)
	case *bridge.Placed:
		p.placed(m)
	case *bridge.Completed:
		p.filter.came(m)
	case *bridge.Finding:
		p.find.came(m)
	case *bridge.Facts:
		p.pointer.came(m)
	case *bridge.Copied:
		p.copied(m)
	case *bridge.Report:
		p.summary.came(m)
	case *bridge.Hashed:
		if m.Seq != 0 {
			p.shared.compared(m)
			break
		}
		p.notes.hashed(m)
		p.share.hashed()
	case *bridge.Notes:
		p.notes.came(m)
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
	p.list.setBase(m.Base)
	setClassOf(byID("work"), "timeless", m.Base == bridge.NoTime && m.Rows > 0)
	p.strip.grow(m.Rows)
	p.progress.advance(m)
	p.header.advance(m)
}

// fitTimes gives times the room that those of the file need.
func (p *page) fitTimes(first, last int64) {
	times.first, times.last = first, last
	p.list.fitTimes()
}

func (p *page) ended(m *bridge.Ended) {
	if p.without(m) {
		return
	}
	p.advance(&m.Progress)
	p.fitTimes(m.Summary.First, m.Summary.Last)
	state := stateDone
	if m.Outcome != bridge.Done {
		state = stateFailed
	}
	p.setState(state)
	p.showLog(state == stateDone || m.Progress.Rows > 0)
	p.header.ended(m)
	if !p.paste.ended(m) {
		p.problem.ended(m, p.assumed)
	}
	p.assume.ended(m)
	p.notes.ended(m)
	p.downloads.ended(m)
	p.share.ended(m)
	p.inspector.again()
	p.strip.ended()
	p.rows = m.Progress.Rows
	p.wanted = min(p.wanted, p.rows-1) // it is not that long
	p.showWanted()
	p.list.redraw()
}

// without opens several files without the one that could not be opened, and says
// whether it does.
func (p *page) without(m *bridge.Ended) bool {
	if m.Outcome != bridge.Failed || m.Source < 0 || m.Progress.Rows > 0 {
		return false
	}
	p.refused = append(p.refused, aboutFile(p.files[m.Source].name, m.Error))
	p.decode(slices.Delete(slices.Clone(p.files), m.Source, m.Source+1), p.at())
	return true
}

// aboutFile is what is wrong with one of several files: its name stays as it is.
func aboutFile(name, problem string) string {
	return "“" + visible(name) + "” could not be opened: " + strings.TrimSuffix(problem, ".") + "."
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
