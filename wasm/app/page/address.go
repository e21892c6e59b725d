//go:build js && wasm

package page

import (
	"hash/fnv"
	"io"
	"strconv"
	"strings"
	"syscall/js"
	"time"

	"satascope/wasm/app/browser"
)

const (
	// forName begins a fragment of a file that a person chose: its mark, which
	// tells whether the same one is chosen again, and says nothing of what it is.
	forName = "for="
	// markLength is how much of a file's beginning and end its mark is made of.
	markLength = 64 << 10
	// keepAfter is after how many milliseconds a selection gets into the address:
	// browsers let a page change it only so often.
	keepAfter = 250
	// onward is how long changes of a filter that is typed belong to one another:
	// Back goes behind all of them.
	onward = 2 * time.Second
)

// An address keeps what is seen in the page's fragment: the view, the filter, the
// selected row, and what was set. Reloading the page and going back in the
// browser's history show it again. A fragment is never sent anywhere.
type address struct {
	p      *page
	opened string // the fragment's part that names what is open, "" where the fragment is left alone
	waits  place  // for the file with the mark
	mark   string // forName and the mark of the file that the address waits for, "" for none
	last   time.Time
	stop   func()
}

func newAddress(p *page) *address { return &address{p: p} }

// none is called when what is opened has no name that an address could have.
func (a *address) none() {
	a.opened, a.mark = "", ""
	if fragment() != "" {
		js.Global().Get("history").Call("replaceState", js.Null(), "", here())
	}
}

// choose opens files that a person chose, at the place that the address keeps
// for them.
func (a *address) choose(files []source) {
	go func() {
		marks := make([]string, len(files))
		for i, f := range files {
			marks[i] = markOf(f.file)
		}
		mark := forName + strings.Join(marks, ".")
		at := place{row: -1}
		if a.mark == mark {
			at = a.waits
		}
		a.mark = ""
		a.opened = mark
		a.p.openAll(files, at)
	}()
}

// markOf is a file's mark: of its length, its beginning and its end. It is no
// hash that anybody could rely on. It blocks.
func markOf(file js.Value) string {
	f := browser.NewFile(file, "")
	h := fnv.New64a()
	_, _ = io.WriteString(h, strconv.FormatInt(f.Size(), 10)+".")
	buf := make([]byte, min(markLength, f.Size()))
	for _, at := range []int64{0, f.Size() - int64(len(buf))} {
		n, _ := f.ReadAt(buf, at)
		_, _ = h.Write(buf[:n])
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// fragment is the page's fragment as it should be.
func (a *address) fragment() string {
	text := a.opened
	if view := a.p.fragment(); view != "" {
		text += "&" + view
	}
	return text
}

// put puts the place into the address: as a new entry of the browser's history,
// or in place of the last one.
func (a *address) put(entry bool) {
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
	text := a.fragment()
	if a.opened == "" || text == fragment() {
		return
	}
	method := "replaceState"
	if entry {
		method = "pushState"
	}
	_, _ = browser.Try(func() js.Value { // browsers refuse too many changes
		return js.Global().Get("history").Call(method, js.Null(), "", here()+"#"+text)
	})
}

// changed is called when another view is shown.
func (a *address) changed() {
	entry := time.Since(a.last) > onward
	a.last = time.Now()
	a.put(entry)
}

// step has the next change be an entry of its own: it is not typed, or begins
// what is typed anew.
func (a *address) step() { a.last = time.Time{} }

// selected is called when another row is selected.
func (a *address) selected() {
	if a.stop == nil && a.opened != "" {
		a.stop = after(keepAfter, func() {
			a.stop = nil
			a.put(false)
		})
	}
}

// follow shows the place that the address has, when it is one of what is open. A
// place of a file that a person must choose again is kept until then.
func (a *address) follow(text string) bool {
	name, view, _ := strings.Cut(text, "&")
	at := parsePlace(view)
	switch {
	case a.p.state != stateEmpty && name == a.opened && a.opened != "":
		a.show(at)
		return true
	case strings.HasPrefix(name, forName):
		a.mark, a.waits = name, at
		what := "the place that the address names"
		if at.row >= 0 {
			what = "row " + count(at.row+1)
		}
		a.p.problem.tell("Choose the same file again, and "+what+" is shown as it was. The page does not keep files.", -1)
		return false
	}
	return false
}

// show shows a place of what is open.
func (a *address) show(at place) {
	p := a.p
	if at.assumed != p.assumed {
		p.openAll(p.files, at)
		return
	}
	p.filter.show(at.spec.filter)
	p.views.set(at.spec)
	a.last = time.Now() // what is shown now is no new entry
	if at.row >= 0 && at.row != p.list.sel {
		p.wanted, p.wantedIn = at.row, 0
		p.showWanted()
	}
}
