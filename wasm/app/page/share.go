//go:build js && wasm

package page

import (
	"errors"
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/share/seal"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
	"satascope/wasm/app/sharing"
)

// What a link can carry, the values of the radio buttons.
const (
	linkView   = "view"   // where to look; the reader has the file
	linkData   = "data"   // the content itself
	linkStored = "stored" // the key to what is stored, sealed
)

// firstShareSeq begins the numbers under which the worker makes what is to be
// shared; those of downloads start at 1.
const firstShareSeq = 1 << 30

// A share is the dialog that makes links. Nothing leaves the browser before its
// last button is pressed, and until then it says what would.
type share struct {
	p       *page
	service sharing.Service

	dialog, ask, done            dom.HTMLElement
	what, life                   dom.HTMLElement
	facts, failure, bar, barText dom.HTMLElement
	make, cancel                 dom.HTMLElement
	link, deleteLink, said       dom.HTMLElement
	deleteRow                    dom.HTMLElement

	open     js.Value // the file that the dialog is about
	turn     int      // grows with each change, so that late answers are known
	limits   sharing.Limits
	none     error // why nothing can be stored, nil when it can
	prepared *sharing.Prepared
	data     string // the fragment that carries the content, "" when it can't
	call     *sharing.Call

	seq    uint32         // of what the worker makes now
	made   chan madeThing // that, nil while it makes nothing
	carved *bridge.Carved // what is in the part that is made or prepared, nil when it is the whole
	client *client        // the worker

	// notes gives the notes on the open file, as text for takeNotes, which adds
	// those that came with a link to the file that was opened.
	notes     func() string
	takeNotes func(text string)
}

// A madeThing is what the worker made, or why it did not.
type madeThing struct {
	blob js.Value
	err  error
}

func newShare(p *page) *share {
	s := &share{
		p: p, client: &p.client, seq: firstShareSeq, dialog: byID("share"), ask: byID("share-ask"), done: byID("share-done"), what: byID("share-what"), life: byID("share-life"),
		facts: byID("share-facts"), failure: byID("share-error"), bar: byID("share-progress"), barText: byID("share-progress-text"),
		make: byID("share-make"), cancel: byID("share-cancel"),
		link: byID("share-link"), deleteLink: byID("share-delete-link"), said: byID("share-said"), deleteRow: byID("share-delete-row"),
	}
	s.service.Sent = p.header.addSent
	on(byID("share-open"), "click", func(dom.Event) { s.show() })
	on(s.ask, "change", func(dom.Event) { s.changed() })
	on(s.make, "click", func(dom.Event) { s.begin() })
	on(s.cancel, "click", func(dom.Event) { s.close() })
	on(byID("share-close"), "click", func(dom.Event) { s.close() })
	// Escape, and the browser's own way back.
	on(s.dialog, "cancel", func(ev dom.Event) { ev.PreventDefault(); s.close() })
	for _, id := range []string{"share-link", "share-delete-link"} {
		field := byID(id)
		on(byID(id+"-copy"), "click", func(ev dom.Event) { copyField(field, ev.Target()) })
		on(field, "focus", func(dom.Event) { field.Underlying().Call("select") })
	}
	return s
}

// setState lets a file be shared when its end was reached, or not.
func (s *share) setState(state string) {
	enable(byID("share-open"), (state == stateDone || state == stateFailed) && s.p.file.Truthy())
}

// show opens the dialog for the open file.
func (s *share) show() {
	s.open = s.p.file
	s.call = sharing.NewCall()
	s.none = errAsking
	s.offerParts()
	show(s.ask, true)
	show(s.done, false)
	s.busy(false)
	s.dialog.Underlying().Call("showModal")
	call := s.call
	go func() {
		limits, err := s.service.Ask(call)
		if call == s.call {
			s.limits, s.none = limits, err
			s.offer()
		}
	}()
	s.changed()
}

var errAsking = errors.New("asking the host…")

// close ends what is under way, and the dialog.
func (s *share) close() {
	if s.call != nil {
		s.call.Stop()
		s.call = nil
	}
	s.turn++
	s.prepared = nil
	s.stopMaking()
	s.dialog.Underlying().Call("close")
}

func radio(name string) string {
	el := document.QuerySelector(`input[name="` + name + `"]:checked`)
	if el == nil {
		return ""
	}
	return el.Underlying().Get("value").String()
}

// changed prepares what is chosen now, so that its size is known.
func (s *share) changed() {
	s.turn++
	turn, what := s.turn, radio("share-what")
	if radio("share-how") == linkView {
		what = seal.WhatCapture // the file that the reader has
	}
	s.prepared, s.data, s.carved = nil, "", nil
	s.stopMaking()
	s.offer()
	go func() {
		p, data, err := s.prepare(what)
		if turn != s.turn {
			return
		}
		if err != nil {
			s.fail(err)
			return
		}
		s.prepared, s.data = p, data
		s.offer()
	}()
}

// prepare makes what would be shared. It blocks.
func (s *share) prepare(what string) (*sharing.Prepared, string, error) {
	content := sharing.Content{Blob: s.open, Name: s.p.name, What: what, View: s.p.fragment()}
	if s.notes != nil && what == seal.WhatCapture { // rows have other numbers elsewhere
		content.Notes = s.notes()
	}
	var err error
	switch what {
	case seal.WhatLog:
		content.Name = fileName(s.p.name, false)
		content.Blob, err = s.fromWorker(func(seq uint32) bridge.Message { return &bridge.Save{Seq: seq} })
	case seal.WhatStreams, seal.WhatExchanges:
		content.Name = partName(s.p.name)
		content.View = "" // rows have other numbers there
		filter := s.p.filterText()
		if what == seal.WhatStreams {
			filter = "stream:" + byID("share-stream").Underlying().Get("value").String()
		}
		content.Blob, err = s.fromWorker(func(seq uint32) bridge.Message { return &bridge.Carve{Seq: seq, Filter: filter} })
	}
	if err != nil {
		return nil, "", err
	}
	p, err := sharing.Prepare(content)
	if err != nil {
		return nil, "", err
	}
	data, err := p.Fragment()
	return p, data, err
}

// fromWorker has the worker make something. It blocks.
func (s *share) fromWorker(message func(seq uint32) bridge.Message) (js.Value, error) {
	s.seq++
	made := make(chan madeThing, 1)
	s.made = made
	s.client.post(message(s.seq))
	thing := <-made
	return thing.blob, thing.err
}

// stopMaking ends what the worker makes for the dialog.
func (s *share) stopMaking() {
	if s.made != nil {
		s.client.post(&bridge.StopSave{Seq: s.seq})
		s.made <- madeThing{err: sharing.ErrCancelled}
		s.made = nil
	}
}

// saved takes what the worker made, if it was made for a share.
func (s *share) saved(m *bridge.Saved, blob js.Value) bool {
	if m.Seq < firstShareSeq {
		return false
	}
	if s.made == nil || m.Seq != s.seq {
		return true // of an earlier choice
	}
	thing := madeThing{blob: blob}
	switch {
	case m.Stopped:
		thing.err = sharing.ErrCancelled
	case m.Error != "":
		thing.err = errors.New(m.Error)
	}
	s.made <- thing
	s.made = nil
	return true
}

// tell takes what is in a part.
func (s *share) tell(m *bridge.Carved) {
	if m.Seq == s.seq {
		s.carved = m
	}
}

// ended learns which streams there are.
func (s *share) ended(m *bridge.Ended) {
	list := byID("share-stream")
	clearAll(list)
	for i, stream := range m.Streams {
		if i == maxStreamsOffered {
			break
		}
		text := strconv.Itoa(i)
		if stream.Client != "" {
			text += ": " + stream.Client + " → " + stream.Server
		}
		option := element("option", "", text+", "+counted(stream.Messages, "message"))
		option.SetAttribute("value", strconv.Itoa(i))
		list.AppendChild(option)
	}
	show(byID("share-streams"), len(m.Streams) > 1)
}

// maxStreamsOffered bounds the list of streams; a filter finds the others.
const maxStreamsOffered = 200

// offerParts offers what the filter leaves, when there is one.
func (s *share) offerParts() {
	filtered := s.p.filterText() != ""
	show(byID("share-exchanges"), filtered)
	if what := radio("share-what"); what == seal.WhatExchanges && !filtered || what == seal.WhatStreams && byID("share-streams").Underlying().Get("hidden").Bool() {
		document.QuerySelector(`input[name="share-what"][value="capture"]`).Underlying().Set("checked", true)
	}
}

// offer says what would be made, and lets it be made when it can.
func (s *share) offer() {
	how := radio("share-how")
	show(s.what, how != linkView)
	show(s.life, how == linkStored)
	text, can := "", s.prepared != nil
	switch {
	case !can:
		text = "Looking at the file…"
	case how == linkView:
		text = "No data: the link says where to look, and the file's SHA-256. Who opens it is asked for the same file."
	case how == linkData && s.data == "":
		text, can = "This is too large for a link: "+size(s.prepared.ContentSize())+" compressed, and a link can carry "+size(sharing.MaxData)+". Store it, or share a part of it.", false
	case how == linkData:
		text = "The link itself carries the content: " + counted(len(s.data), "letter") + ". Nothing is sent or stored; whoever sees the link has the content, for good."
	case s.none == errAsking:
		text, can = sentence(s.none.Error()), false
	case errors.Is(s.none, sharing.ErrNone):
		text, can = "The host of this page stores no shares: it is a static site. The other two kinds of link work everywhere.", false
	case s.none != nil:
		text, can = sentence(visible(s.none.Error())), false
	case s.prepared.Size() > s.limits.Size:
		text, can = "This is "+size(s.prepared.Size())+", and the host keeps at most "+size(s.limits.Size)+". Share a part of it.", false
	default:
		text = size(s.prepared.Size()) + " will be encrypted here and stored on " + js.Global().Get("location").Get("host").String() + ", for " + counted(s.days(), "day") +
			". The host can't read it: the key is in the link alone. Whoever has the link can read it until then, or until you delete it."
	}
	if s.carved != nil && can {
		part := counted(s.carved.Rows, "message")
		if s.carved.Added > 0 {
			part += ", " + count(s.carved.Added) + " of them because the others need them"
		}
		text = part + ". " + text
	}
	s.facts.SetTextContent(text)
	show(s.failure, false)
	enable(s.make, can)
}

func (s *share) days() int {
	switch radio("share-days") {
	case "1":
		return 1
	case "30":
		return 30
	}
	return 7
}

// busy shows the progress bar in place of the choices.
func (s *share) busy(is bool) {
	show(s.bar, is)
	show(s.barText, is)
	s.barText.SetTextContent("")
	s.bar.RemoveAttribute("value")
	for _, id := range []string{"share-how", "share-what", "share-life"} {
		enable(byID(id), !is)
	}
	enable(s.make, !is)
}

func (s *share) fail(err error) {
	s.busy(false)
	s.offer()
	if errors.Is(err, sharing.ErrCancelled) {
		return
	}
	s.failure.SetTextContent(sentence(visible(err.Error())))
	show(s.failure, true)
}

// begin makes the link.
func (s *share) begin() {
	p, call := s.prepared, s.call
	if p == nil || call == nil {
		return
	}
	switch radio("share-how") {
	case linkView:
		s.finish(p.FileFragment(s.p.fragment()), "", "No data was sent.")
	case linkData:
		s.finish(s.data, "", "No data was sent.")
	case linkStored:
		s.busy(true)
		p.SetDays(s.days())
		go func() {
			shared, err := s.service.Send(call, p, func(bytes int64) {
				s.bar.Underlying().Set("value", float64(bytes)/float64(p.Size()))
				s.barText.SetTextContent(size(bytes) + " of " + size(p.Size()))
			})
			switch {
			case call != s.call: // the dialog was closed
			case err != nil:
				s.fail(err)
			default:
				s.finish(shared.Link.Fragment(), shared.Owner.Fragment(),
					size(shared.Sealed)+" were sent, encrypted. They are removed on "+date(shared.Expires)+". Keep the delete link: it is the only way to remove them earlier.")
			}
		}()
	}
}

// finish shows a link that was made.
func (s *share) finish(fragment, remove, said string) {
	s.busy(false)
	show(s.ask, false)
	show(s.done, true)
	s.link.Underlying().Set("value", here()+"#"+fragment)
	s.deleteLink.Underlying().Set("value", here()+"#"+remove)
	show(s.deleteRow, remove != "")
	s.said.SetTextContent(said)
	s.link.Underlying().Call("focus")
}

// here is the page's address without its fragment.
func here() string {
	u := js.Global().Get("URL").New(js.Global().Get("location").Get("href"))
	u.Set("hash", "")
	return u.Get("href").String()
}

// copyField copies a field's text, and says so on the button.
func copyField(field dom.HTMLElement, button dom.Element) {
	go func() {
		promise, err := browser.Try(func() js.Value {
			return js.Global().Get("navigator").Get("clipboard").Call("writeText", field.Underlying().Get("value"))
		})
		if err == nil {
			_, err = browser.Await(promise)
		}
		if err != nil {
			field.Underlying().Call("select") // then the person can
			return
		}
		button.SetTextContent("Copied")
		after(2000, func() { button.SetTextContent("Copy") })
	}()
}
