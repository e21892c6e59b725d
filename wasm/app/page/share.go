//go:build js && wasm

package page

import (
	"errors"
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/inspect"
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

// whatPicked is a value of the radio buttons beside seal's: the exchanges of the
// chosen rows.
const whatPicked = "picked"

// maxManifestNotes bounds the notes of a stored share, in bytes: a manifest has
// room for no more.
const maxManifestNotes = 48 << 10

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
	storedWhy                    dom.HTMLElement
	storedIs                     string // what is said of storing where that is possible
	make, cancel                 dom.HTMLElement
	link, deleteLink, said       dom.HTMLElement
	deleteRow                    dom.HTMLElement

	open     js.Value // the file that the dialog is about
	turn     int      // grows with each change, so that late answers are known
	limits   sharing.Limits
	none     error // why nothing can be stored, nil when it can
	prepared *sharing.Prepared
	data     string // the fragment that carries the content, "" when it can't
	alone    bool   // data has the messages alone, not the file
	unnoted  bool   // there are too many notes for the link
	call     *sharing.Call
	sending  bool
	findings int // rows of the log that are no messages
	streams  []bridge.Stream

	seq    uint32         // of what the worker makes now
	made   chan madeThing // that, nil while it makes nothing
	carved *bridge.Carved // what is in the part that is made or prepared, nil when it is the whole
	client *client        // the worker
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
		storedWhy: byID("share-stored-why"), make: byID("share-make"), cancel: byID("share-cancel"),
		link: byID("share-link"), deleteLink: byID("share-delete-link"), said: byID("share-said"), deleteRow: byID("share-delete-row"),
	}
	s.service.Sent = p.header.addSent
	s.storedIs = textOf(s.storedWhy)
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
	s.offerStream()
	s.offerStored()
	show(byID("share-notes-label"), s.p.notes.json() != "")
	show(s.ask, true)
	show(s.done, false)
	s.busy(false)
	s.dialog.Underlying().Call("showModal")
	call := s.call
	go func() {
		limits, err := s.service.Ask(call)
		if call == s.call {
			s.limits, s.none = limits, err
			s.offerStored()
			s.offer()
		}
	}()
	s.changed()
}

// offerStored offers to store a share, or says why that can't be done here.
func (s *share) offerStored() {
	none := sharing.IsNone(s.none)
	why := s.storedIs
	switch {
	case errors.Is(s.none, sharing.ErrNone):
		why = "Not on this host: it stores no shares. Open the file where Satascope is served with them: on your own machine with satascope serve --data FOLDER, or on a host set up for it."
	case none:
		why = "Not here. " + sentence(visible(s.none.Error()))
	}
	s.storedWhy.SetTextContent(why)
	stored := document.QuerySelector(`input[name="share-how"][value="stored"]`).Underlying()
	focused := stored.Equal(document.Underlying().Get("activeElement"))
	stored.Set("disabled", none)
	if none && stored.Get("checked").Bool() {
		data := document.QuerySelector(`input[name="share-how"][value="data"]`).(dom.HTMLElement)
		data.Underlying().Set("checked", true)
		if focused {
			data.Focus()
		}
		s.changed()
	}
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

// changed prepares what is chosen now, so that its size is known. A link that
// says where to look needs nothing but the file's hash.
func (s *share) changed() {
	s.turn++
	turn, how, what := s.turn, radio("share-how"), radio("share-what")
	s.prepared, s.data, s.carved, s.alone, s.unnoted = nil, "", nil, false, false
	s.stopMaking()
	s.offer()
	if how == linkView {
		return
	}
	go func() {
		p, err := s.prepare(how, what)
		if turn != s.turn {
			return
		}
		if err != nil {
			s.fail(err)
			return
		}
		s.prepared = p
		s.offer()
	}()
}

// prepare makes what would be shared. It blocks.
func (s *share) prepare(how, what string) (*sharing.Prepared, error) {
	turn := s.turn
	content := sharing.Content{Blob: s.open, Name: s.p.name, What: what}
	var err error
	whole := what == seal.WhatCapture && len(s.p.files) == 1
	switch {
	case what == seal.WhatLog:
		at := s.p.at()
		at.assumed = bridge.Assumed{} // a log says what was made of it
		noted := s.noted() != ""
		if noted || s.findings > 0 {
			at.row = -1 // rows have other numbers there
		}
		content.Name, content.View = fileName(s.p.name), at.fragment()
		content.Blob, err = s.fromWorker(func(seq uint32) bridge.Message { return &bridge.Save{Seq: seq, Notes: noted} })
	case whole:
		content.View, content.Notes, content.SHA256 = s.p.fragment(), s.fitting(s.noted()), s.p.notes.sha256()
	default:
		err = s.carve(&content, what)
	}
	if err != nil {
		return nil, err
	}
	p, data, err := s.ready(content, how)
	if err == nil && how == linkData && data == "" && whole && turn == s.turn {
		// The messages alone may fit.
		part := sharing.Content{Name: s.p.name, What: what}
		if s.carve(&part, what) == nil && turn == s.turn {
			var messages *sharing.Prepared
			messages, data, err = s.ready(part, how)
			switch {
			case turn != s.turn: // something else was chosen meanwhile
			case data != "":
				p, s.alone = messages, true
			default:
				s.carved = nil // it is not about that
			}
		}
	}
	if turn == s.turn {
		s.data = data
	}
	return p, err
}

// ready compresses content and makes the link that carries it, if it is to.
func (s *share) ready(content sharing.Content, how string) (p *sharing.Prepared, data string, err error) {
	if p, err = sharing.Prepare(content); err == nil && how == linkData {
		if data, err = p.Fragment(); data == "" && content.Notes != "" && err == nil {
			content.Notes = ""
			var bare *sharing.Prepared
			if bare, err = sharing.Prepare(content); err == nil {
				if data, err = bare.Fragment(); data != "" {
					p, s.unnoted = bare, true
				}
			}
		}
	}
	return p, data, err
}

// noted is the notes where the person lets them go along, "" for none.
func (s *share) noted() string {
	if !byID("share-notes").Underlying().Get("checked").Bool() {
		return ""
	}
	return s.p.notes.json()
}

// fitting is notes that go along with content, "" when they are too much.
func (s *share) fitting(text string) string {
	if len(text) > maxManifestNotes {
		s.unnoted = true
		return ""
	}
	return text
}

// carve has the worker make a capture of a part, with the row that is selected
// and the notes as that part has them. It blocks.
func (s *share) carve(content *sharing.Content, what string) error {
	m := &bridge.Carve{Row: s.p.list.sel, Shown: s.p.views.asked.filter}
	switch what {
	case seal.WhatStreams:
		m.Filter = "stream:" + byID("share-stream").Underlying().Get("value").String()
	case seal.WhatExchanges:
		m.Filter = s.p.filterText()
	case whatPicked:
		m.View, m.Ranges = s.p.views.id, s.p.pointer.chosen()
		content.What = seal.WhatExchanges
	}
	content.Name = partName(s.p.name)
	var err error
	content.Blob, err = s.fromWorker(func(seq uint32) bridge.Message {
		m.Seq = seq
		return m
	})
	c := s.carved
	if err != nil || c == nil {
		return err
	}
	at := place{row: c.Row, assumed: s.p.assumed}
	at.spec.exchanges = s.p.views.asked.exchanges
	if c.Holds {
		at.spec = s.p.views.asked
	}
	if c.Port != 0 {
		at.assumed.Port = c.Port
	}
	content.View = at.fragment()
	if s.noted() != "" {
		content.Notes = s.fitting(s.p.notes.jsonOf(c.Notes))
	}
	return nil
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
	s.findings = m.Summary.Diagnostics
	if m.Progress.Rows == 0 { // there is nothing to show to anybody
		enable(byID("share-open"), false)
	}
	s.streams = m.Streams
	clearAll(byID("share-stream"))
	for i := range min(len(m.Streams), maxStreamsOffered) {
		s.addStream(i)
	}
	show(byID("share-streams"), len(m.Streams) > 1)
}

// maxStreamsOffered bounds the list of streams; the one that is looked at comes to
// it.
const maxStreamsOffered = 200

// addStream adds a stream to those that are offered.
func (s *share) addStream(i int) {
	stream := &s.streams[i]
	text := strconv.Itoa(i)
	if stream.Client != "" {
		text += ": " + stream.Client + " → " + stream.Server
	}
	option := element("option", "", text+", "+counted(stream.Messages, "message"))
	option.SetAttribute("value", strconv.Itoa(i))
	byID("share-stream").AppendChild(option)
}

// offerStream offers the stream that is looked at: that of the selected row or,
// where the list has none, the one that the filter leaves. Else the last choice
// stays.
func (s *share) offerStream() {
	i := s.p.inspector.stream
	if text, is := inspect.OnlyValue(s.p.views.valid().filter, "stream"); is && s.p.list.at < 0 {
		n, isNumber := atoi(text)
		if !isNumber {
			return // the worker has yet to refuse it
		}
		i = n
	}
	if i < 0 || i >= len(s.streams) {
		return
	}
	list := byID("share-stream").Underlying()
	if i >= maxStreamsOffered && list.Call("querySelector", `[value="`+strconv.Itoa(i)+`"]`).IsNull() {
		s.addStream(i)
	}
	list.Set("value", strconv.Itoa(i))
}

// offerParts offers what the filter leaves, when there is one.
func (s *share) offerParts() {
	filtered, picked := s.p.filterText() != "", len(s.p.pointer.chosen()) > 0
	show(byID("share-exchanges"), filtered)
	show(byID("share-picked"), picked)
	label := "the exchange of the selected row"
	if n := s.p.list.picks.count(); n > 1 {
		label = "the exchanges of the " + counted(n, "chosen row")
	}
	byID("share-picked-text").SetTextContent(label)
	if what := radio("share-what"); what == seal.WhatExchanges && !filtered || what == whatPicked && !picked || what == seal.WhatStreams && byID("share-streams").Underlying().Get("hidden").Bool() {
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
	case how == linkView && len(s.p.files) > 1:
		text, can = "Several files are open, and a link can name one: open one alone, or share what they hold.", false
	case how == linkView && s.p.notes.said != "":
		text, can = "The file's SHA-256, by which the reader's file would be known, could not be worked out: "+sentence(visible(s.p.notes.said)), false
	case how == linkView && s.p.notes.parts:
		text, can = "This file is larger than 2 GiB, of which no SHA-256 is worked out, by which the reader's file would be known. Share a part of it.", false
	case how == linkView && s.p.notes.hash == "":
		text = "Working out the file's SHA-256…"
	case how == linkView:
		text, can = "No data: the link has the file's name and SHA-256, the view with its filter, the selected row, and what was set about the conversation. Who opens it is asked for the same file.", true
		if s.noted() != "" {
			if s.fileLink(s.noted()) == "" {
				s.unnoted = true
			} else {
				text += " Your notes go along."
			}
		}
	case how == linkStored && sharing.IsNone(s.none):
		text, can = "", false
	case !can:
		text = "Looking at the file…"
	case how == linkData && s.data == "":
		text, can = "This is too large for a link: "+size(s.prepared.ContentSize())+" compressed, and a link can carry some "+size(sharing.MaxLink*3/4)+". Store it, or share a part of it.", false
	case how == linkData:
		what := "content"
		if s.alone {
			what = "messages, with their times and addresses"
		}
		text = "The link itself carries the " + what + ": " + counted(len(s.data), "letter") + ". Nothing is sent or stored; whoever sees the link has the content, for good."
		if s.alone {
			text += " The file as it is would be too large for a link; packets without messages stay here."
		}
	case s.none == errAsking:
		text, can = sentence(s.none.Error()), false
	case s.none != nil:
		text, can = sentence(visible(s.none.Error())), false
	case !s.prepared.Fit(s.limits):
		text, can = "This is "+size(s.prepared.Size())+", and the host keeps at most "+size(s.limits.Most())+". Nothing is sent. Share a part of it: a stream, what a filter leaves, or the log alone.", false
	default:
		text = size(s.prepared.Size()) + " will be encrypted here and stored on " + js.Global().Get("location").Get("host").String() + ", for " + counted(s.days(), "day") +
			". The host can't read it: the key is in the link alone. Whoever has the link can read it until then, or until you delete it."
	}
	switch {
	case !can || how == linkView:
	case radio("share-what") == seal.WhatLog && s.noted() != "":
		text += " Your notes go along, as lines of the log."
	case s.prepared.HasNotes():
		text += " Your notes go along."
	}
	if can && s.unnoted {
		text += " Your notes are too much for it and stay here."
	}
	if c := s.carved; c != nil && can {
		part := counted(c.Rows, "line") + " of the log"
		if c.Added > 0 {
			part += ", " + count(c.Added) + " of them because the others need them"
		}
		text = part + ". " + text
		if c.Changed > 0 {
			text += " Alone, " + counted(c.Changed, "line") + " of them read differently."
		}
		if !c.Checked && s.noted() != "" {
			text += " The part is large: notes stay here."
		}
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
	s.sending = is
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
	p, call, how := s.prepared, s.call, radio("share-how")
	if call == nil || p == nil && how != linkView {
		return
	}
	switch how {
	case linkView:
		text := s.fileLink(s.noted())
		if text == "" {
			text = s.fileLink("")
		}
		s.finish(text, "", "No data was sent.")
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

// fileLink is the link that says where to look in the open file, "" when the
// notes are too much for it.
func (s *share) fileLink(notes string) string {
	return sharing.FileFragment(s.p.notes.hash, s.p.name, s.p.fragment(), notes)
}

// hashed is called when the open file's hash is known.
func (s *share) hashed() {
	if s.call != nil && !s.sending {
		s.offer()
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
