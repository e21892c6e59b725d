//go:build js && wasm

package page

import (
	"errors"
	"strconv"
	"strings"
	"syscall/js"
	"time"

	"honnef.co/go/js/dom/v2"

	"satascope/share/seal"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/sharing"
)

// openName begins a fragment that names a capture of the page's own site.
const openName = "open="

// A shared opens what links carry: what was shared, and captures of the same
// site.
type shared struct {
	p       *page
	service sharing.Service
	call    *sharing.Call

	dialog, title, text, bar, failure dom.HTMLElement
	stop, remove, choose              dom.HTMLElement
	owner                             seal.OwnerLink
	wanted                            *sharing.FileLink // the file that a link asks for
	seq                               uint32            // of the file that is compared with it
	compared                          func(*bridge.Hashed)
}

func newShared(p *page) *shared {
	s := &shared{
		p: p, dialog: byID("shared"), title: byID("shared-title"), text: byID("shared-text"), bar: byID("shared-progress"),
		failure: byID("shared-error"), stop: byID("shared-stop"), remove: byID("shared-delete"), choose: byID("shared-choose"),
	}
	on(s.stop, "click", func(dom.Event) { s.close() })
	on(s.dialog, "cancel", func(ev dom.Event) { ev.PreventDefault(); s.close() })
	on(s.remove, "click", func(dom.Event) { s.delete() })
	on(s.choose, "click", func(dom.Event) { byID("file").Underlying().Call("click") })
	on(window, "hashchange", func(ev dom.Event) {
		// As it was set: the page may have put its own place there meanwhile.
		_, text, _ := strings.Cut(ev.Underlying().Get("newURL").String(), "#")
		s.followTo(text)
	})
	return s
}

// fragment is that of the page's address, as it is.
func fragment() string {
	return strings.TrimPrefix(js.Global().Get("location").Get("hash").String(), "#")
}

// follow opens what the page's address carries, and says whether it carries
// anything.
func (s *shared) follow() bool { return s.followTo(fragment()) }

func (s *shared) followTo(text string) bool {
	if s.p.address.follow(text) || s.p.learn.follow(text) {
		return true
	}
	switch {
	case seal.IsLink(text):
		s.show("A shared capture", "Fetching it…", true)
		go s.fetch(text)
	case seal.IsOwnerLink(text) && isEmbedded():
		s.p.problem.fail("A delete link does nothing in a frame of another site. “Open in Satascope” follows it.")
	case seal.IsOwnerLink(text):
		s.askToDelete(text)
	case sharing.IsData(text):
		go s.unpack(text)
	case sharing.IsFileLink(text):
		s.askForFile(text)
	case strings.HasPrefix(text, openName):
		go s.ownCapture(strings.TrimPrefix(text, openName))
	default:
		return false
	}
	return true
}

// show opens the dialog.
func (s *shared) show(title, text string, fetching bool) {
	s.close()
	s.call = sharing.NewCall()
	s.title.SetTextContent(title)
	s.text.SetTextContent(text)
	show(s.failure, false)
	show(s.bar, fetching)
	show(s.remove, false)
	show(s.choose, false)
	s.bar.RemoveAttribute("value")
	s.stop.SetTextContent("Cancel")
	s.dialog.Underlying().Call("showModal")
}

func (s *shared) close() {
	if s.call != nil {
		s.call.Stop()
		s.call = nil
	}
	s.wanted = nil
	s.dialog.Underlying().Call("close")
}

// fail says what went wrong in the dialog, and on the page, where it stays.
func (s *shared) fail(call *sharing.Call, what string, err error) {
	if errors.Is(err, sharing.ErrCancelled) || call != s.call {
		return
	}
	s.close()
	s.p.problem.fail(what + ": " + visible(strings.TrimSuffix(err.Error(), ".")) + ".")
}

// fetch gets a stored share and opens it.
func (s *shared) fetch(text string) {
	call := s.call
	const what = "The shared capture could not be opened"
	link, err := seal.ParseLink(text)
	if err != nil {
		s.fail(call, what, err)
		return
	}
	found, err := s.service.Find(call, link)
	if err != nil {
		s.fail(call, what, err)
		return
	}
	about := whence(found.Manifest, found.Expires)
	s.text.SetTextContent(about)
	blob, err := found.Fetch(call, func(bytes int64) {
		s.bar.Underlying().Set("value", float64(bytes)/float64(found.Size()))
		s.text.SetTextContent(about + " " + size(bytes) + " of " + size(found.Size()) + " came.")
	})
	if err != nil {
		s.fail(call, what, err)
		return
	}
	if call != s.call {
		return
	}
	s.close()
	s.openWith(blob, found.Name(), found.Manifest.Get(seal.FieldView), found.Manifest.Get(seal.FieldNotes))
	s.p.problem.tellBrought(about, func() { save(blob, found.Name()) })
}

// whence says where a share comes from.
func whence(m *seal.Manifest, expires time.Time) string {
	what := map[string]string{
		seal.WhatStreams: "streams of a capture", seal.WhatExchanges: "exchanges of a capture", seal.WhatLog: "the log of a capture",
	}[m.Get(seal.FieldWhat)]
	if what == "" {
		what = "a capture"
	}
	text := "“" + visible(m.Get(seal.FieldName)) + "”: " + what
	if t, err := time.Parse(time.RFC3339, m.Get(seal.FieldCreated)); err == nil {
		text += ", shared on " + date(t)
	}
	host := js.Global().Get("location").Get("host").String()
	return text + ". It was stored, encrypted, on " + host + ", which could not read it, and is there until " + date(expires) + "."
}

// unpack opens the content of a link.
func (s *shared) unpack(text string) {
	data, err := sharing.ParseData(text)
	if err != nil {
		s.p.problem.fail("The link could not be opened: " + sentence(visible(err.Error())))
		return
	}
	s.openWith(data.Blob, data.Name, data.View, data.Notes)
	about := "“" + visible(data.Name) + "” came in the link itself: " + size(int64(data.Blob.Get("size").Float())) + ", from nowhere else."
	s.p.problem.tellBrought(about, func() { save(data.Blob, data.Name) })
}

// openWith opens what a link brought, at the place that it shows, with its notes.
func (s *shared) openWith(file js.Value, name, view, notes string) {
	s.p.address.opened = "" // the address stays the link
	s.p.openAt(file, name, view)
	if notes != "" {
		s.p.notes.take(notes)
	}
}

// askForFile asks for the file that a link is about.
func (s *shared) askForFile(text string) {
	link, err := sharing.ParseFileLink(text)
	if err != nil {
		s.p.problem.fail("The link could not be opened: " + sentence(visible(err.Error())))
		return
	}
	s.show("A place in a capture", "The link shows a place in “"+visible(link.Name)+"”, and carries none of its bytes. Choose that file, or drop it here; whether it is the same is checked by its SHA-256.", false)
	show(s.choose, true)
	s.wanted = link
	s.choose.Focus()
}

// take looks at a file that a person gave: when a link asked for one, it must be
// that. It says whether it takes care of the file.
func (s *shared) take(file js.Value, name string) bool {
	link := s.wanted
	if link == nil {
		return false
	}
	s.text.SetTextContent("Looking whether it is the same file…")
	show(s.bar, true)
	show(s.failure, false)
	s.seq++
	seq := s.seq
	s.compared = func(m *bridge.Hashed) {
		if m.Seq != seq || s.wanted != link {
			return
		}
		show(s.bar, false)
		switch {
		case m.Error != "":
			s.fail(s.call, "The file could not be read", errors.New(m.Error))
		case m.Hash != link.SHA256:
			s.text.SetTextContent("The link is about “" + visible(link.Name) + "” (SHA-256 " + link.SHA256[:16] + "…).")
			s.failure.SetTextContent("“" + visible(name) + "” is another file. Choose the one that the link was made with.")
			show(s.failure, true)
		default:
			s.close()
			s.openWith(file, name, link.View, link.Notes)
		}
	}
	s.p.client.send(&bridge.Hash{Seq: seq}, file)
	return true
}

// ownCapture opens a capture of the page's own site, and shows the place that the
// link names.
func (s *shared) ownCapture(text string) {
	path, view, _ := strings.Cut(text, "&")
	if path == "" {
		s.p.problem.fail("The link names no capture. Ask for it again, or copy all of it.")
		return
	}
	base := js.Global().Get("document").Get("baseURI")
	class := js.Global().Get("URL")
	if !class.Call("canParse", path, base).Bool() || class.New(path, base).Get("origin").String() != js.Global().Get("location").Get("origin").String() {
		s.p.problem.fail("The link names a capture of another site; only those of this one are opened. Download it there, and open the file.")
		return
	}
	address := class.New(path, base)
	file, err := fetch(address.Get("href").String())
	if err != nil {
		s.p.problem.fail("The capture could not be loaded: " + sentence(visible(err.Error())) + " Ask who made the link where it is now.")
		return
	}
	name := address.Get("pathname").String()
	s.p.address.opened = openName + path
	s.p.open(file, name[strings.LastIndexByte(name, '/')+1:], parsePlace(view))
}

// askToDelete asks whether a share shall be deleted.
func (s *shared) askToDelete(text string) {
	owner, err := seal.ParseOwnerLink(text)
	if err != nil {
		s.p.problem.fail(sentence(err.Error()))
		return
	}
	const after = " Once it is deleted, nobody can read it, whoever has its link."
	s.show("Delete a share", "This link deletes the capture that was shared as "+owner.ID+"."+after, false)
	s.owner = owner
	show(s.remove, true)
	s.stop.Focus() // so that Enter alone deletes nothing
	call := s.call
	go func() {
		stored, err := s.service.Look(call, owner.ID)
		switch {
		case call != s.call:
		case err != nil:
			s.text.SetTextContent("What was shared as " + owner.ID + " is not known: " + visible(strings.TrimSuffix(err.Error(), ".")) + ".")
		default:
			s.text.SetTextContent("This link deletes the capture that was shared as " + owner.ID + ": " + size(stored.Size) +
				", encrypted, there until " + date(stored.Expires) + ". Its name is in there: only the link to read it has the key." + after)
		}
	}()
}

func (s *shared) delete() {
	call, owner := s.call, s.owner
	if call == nil {
		return
	}
	enable(s.remove, false)
	go func() {
		err := s.service.Delete(call, owner.ID, owner.Token)
		enable(s.remove, true)
		if err != nil {
			s.fail(call, "The share could not be deleted", err)
			return
		}
		s.close()
		js.Global().Get("history").Call("replaceState", js.Null(), "", here())
		s.p.problem.say("The share was deleted.", "calm")
	}()
}

// date is a day as people write it, with the time and the zone that it is in.
func date(t time.Time) string {
	t = t.Local()
	return strconv.Itoa(t.Day()) + " " + t.Month().String() + " " + strconv.Itoa(t.Year()) + ", " + t.Format("15:04 MST")
}
