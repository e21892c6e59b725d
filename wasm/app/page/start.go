//go:build js && wasm

package page

import (
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/browser"
)

// maxFiles is how many files are opened together: decode.Segment tells them apart
// by a byte.
const maxFiles = 200

// maxAddressShown bounds what is shown of an address, in bytes.
const maxAddressShown = 200

// example is the capture that ships with the site.
const (
	exampleName    = "devkit_story.pcapng.gz"
	exampleAddress = "examples/devkit_story.pcapng.gz"
)

// A start is how a file gets into the page: the first screen's buttons, the
// file input, and dropping a file anywhere.
type start struct {
	p     *page
	input dom.HTMLElement
}

func newStart(p *page) *start {
	s := &start{p: p, input: byID("file")}
	choose := func(dom.Event) { s.input.Underlying().Call("click") }
	for _, id := range []string{"choose", "open"} {
		on(byID(id), "click", choose)
		enable(byID(id), true)
	}
	on(byID("example"), "click", func(dom.Event) { go s.example() })
	enable(byID("example"), true)
	on(s.input, "change", func(dom.Event) { s.chosen() })
	s.takeDrops()
	s.takeLaunches()
	// What was chosen or dropped while the program was loading.
	satascope := js.Global().Get("satascope")
	satascope.Set("ready", true)
	if dropped := satascope.Get("dropped"); dropped.Truthy() && dropped.Get("length").Int() > 0 {
		var all []js.Value
		for i := range dropped.Get("length").Int() {
			all = append(all, dropped.Index(i))
		}
		s.take(all...)
	} else if !p.shared.follow() {
		s.chosen()
	}
	return s
}

// chosen takes the file of the file input, if it has one.
func (s *start) chosen() {
	files := s.input.Underlying().Get("files")
	if files.Get("length").Int() == 0 {
		return
	}
	var all []js.Value // the list itself is emptied
	for i := range files.Get("length").Int() {
		all = append(all, files.Index(i))
	}
	s.input.Underlying().Set("value", "") // so that the same file can be chosen again
	s.take(all...)
}

// takeList opens the files of a list.
func (s *start) takeList(files js.Value) {
	var all []js.Value
	for i := range files.Get("length").Int() {
		all = append(all, files.Index(i))
	}
	s.take(all...)
}

// take opens files, several of them together, or shows one to the link that asked
// for one.
func (s *start) take(files ...js.Value) {
	var all []source
	for _, f := range files {
		all = append(all, source{f, f.Get("name").String()})
	}
	if len(all) > maxFiles {
		s.p.problem.fail("Expected at most " + count(maxFiles) + " files at once, found " + count(len(all)) + ".")
		return
	}
	if !s.p.shared.take(all[0].file, all[0].name) {
		s.p.address.choose(all)
	}
}

// example opens the capture that ships with the site.
func (s *start) example() {
	file, err := fetch(exampleAddress)
	if err != nil {
		s.p.problem.fail("The example could not be loaded: " + visible(err.Error()) + ".")
		return
	}
	s.p.address.opened = openName + exampleAddress
	s.p.open(file, exampleName, place{row: -1})
}

type pageError string

func (e pageError) Error() string { return string(e) }

// fetch loads a file of the site. It blocks.
func fetch(address string) (blob js.Value, err error) {
	promise, err := browser.Try(func() js.Value { return js.Global().Call("fetch", address) })
	if err != nil {
		return blob, err
	}
	response, err := browser.Await(promise)
	if err != nil {
		return blob, err
	}
	if !response.Get("ok").Bool() {
		return blob, pageError("the server answered " + strconv.Itoa(response.Get("status").Int()) + " for " + address[:min(len(address), maxAddressShown)])
	}
	return browser.Await(response.Call("blob"))
}

// takeDrops lets files be dropped anywhere in the page.
func (s *start) takeDrops() {
	over := byID("dropping")
	hasFiles := func(ev dom.Event) bool {
		types := ev.Underlying().Get("dataTransfer").Get("types")
		return types.Call("includes", "Files").Bool()
	}
	on(document, "dragenter", func(ev dom.Event) {
		if hasFiles(ev) {
			ev.PreventDefault()
			show(over, true)
		}
	})
	on(document, "dragleave", func(ev dom.Event) {
		if ev.Underlying().Get("relatedTarget").IsNull() { // out of the window
			show(over, false)
		}
	})
	on(document, "drop", func(ev dom.Event) {
		ev.PreventDefault()
		show(over, false)
		s.dropped(ev.Underlying().Get("dataTransfer"))
	})
}

// dropped takes what was dropped: files, which are opened together.
func (s *start) dropped(data js.Value) {
	files := data.Get("files")
	n := files.Get("length").Int()
	if n == 0 {
		return // text or a link
	}
	var all []js.Value
	for i := range n {
		if item := data.Get("items").Index(i); item.Truthy() && item.Get("webkitGetAsEntry").Type() == js.TypeFunction {
			if entry := item.Call("webkitGetAsEntry"); entry.Truthy() && entry.Get("isDirectory").Bool() {
				s.p.problem.fail("A folder was dropped; drop the capture files out of it.")
				return
			}
		}
		all = append(all, files.Index(i))
	}
	s.take(all...)
}
