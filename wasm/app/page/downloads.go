//go:build js && wasm

package page

import (
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

// bigLog is from how many rows on a download is written straight into a file
// that the person chooses, where the browser can do that: some 250 MB, which as
// a Blob would stand in memory or in the browser's own files first.
const bigLog = 2_000_000

// downloads makes the two downloads. The worker makes the bytes.
type downloads struct {
	p           *page
	box         dom.HTMLElement
	diagnostics dom.HTMLElement
	withLabel   dom.HTMLElement
	log         *download
	compatible  *download
	rows        int
	filtered    bool // the filter leaves less than all
	seq         uint32
	lost        bool // the worker ended, nothing can be made any more
}

// A download is one button.
type download struct {
	d          *downloads
	button     dom.HTMLElement
	label      string
	compatible bool
	seq        uint32 // of what is being made, 0 for nothing
	called     string // the file that it becomes
	handle     bool   // it goes into a file that was chosen
}

func newDownloads(p *page) *downloads {
	d := &downloads{p: p, box: byID("downloads"), diagnostics: byID("with-diagnostics"), withLabel: byID("with-diagnostics-label")}
	d.log = d.bind("download-log", false)
	d.compatible = d.bind("download-compatible", true)
	return d
}

func (d *downloads) bind(id string, compatible bool) *download {
	one := &download{d: d, button: byID(id), compatible: compatible}
	one.label = textOf(one.button)
	on(one.button, "click", func(dom.Event) { one.press() })
	return one
}

func (d *downloads) setState(state string) {
	show(d.box, state != stateEmpty)
	can := !d.lost && (state == stateDone || state == stateFailed)
	enable(d.log.button, can)
	enable(d.compatible.button, can)
}

// reset forgets what was being made, for another file.
func (d *downloads) reset() {
	d.lost = false
	d.filter(false)
	d.log.idle()
	d.compatible.idle()
	show(d.withLabel, false)
	d.diagnostics.Underlying().Set("checked", false)
}

// filter says on the button whether the filter leaves less than all.
func (d *downloads) filter(filtered bool) {
	d.filtered = filtered
	if d.log.label = "Download log"; filtered {
		d.log.label = "Download filtered log"
	}
	if d.log.seq == 0 {
		d.log.idle()
	}
}

func (d *downloads) ended(m *bridge.Ended) {
	d.rows = m.Progress.Rows
	show(d.withLabel, m.Summary.Diagnostics > 0)
	if d.rows == 0 { // there is nothing to write
		enable(d.log.button, false)
		enable(d.compatible.button, false)
	}
}

// gone is called when there is nothing to download from any more.
func (d *downloads) gone() {
	d.reset()
	d.lost = true
	d.setState(d.p.state)
}

// press begins the download, or ends it when it is being made.
func (o *download) press() {
	if o.seq != 0 {
		o.d.p.client.post(&bridge.StopSave{Seq: o.seq})
		return
	}
	if o.d.rows < bigLog || !hasFeature("showSaveFilePicker") {
		o.begin(js.Undefined())
		return
	}
	// Only here, in the event, may the browser be asked for a file.
	picking, err := browser.Try(func() js.Value {
		return js.Global().Call("showSaveFilePicker", map[string]any{"suggestedName": o.name()})
	})
	if err != nil {
		o.begin(js.Undefined())
		return
	}
	go func() {
		handle, err := browser.Await(picking)
		if err == nil {
			o.begin(handle)
			return
		}
		if e, ok := err.(browser.Error); !ok || e.Name() != "AbortError" { // that is the person's no
			o.begin(js.Undefined())
		}
	}()
}

// name is what the file is called: path separators and what a name can't have
// are the browser's to replace.
func (o *download) name() string {
	var kinds []string
	switch {
	case o.compatible:
		kinds = []string{"compatible"}
	case o.d.filtered:
		kinds = []string{"filtered"}
	}
	if o.diagnostics() {
		kinds = append(kinds, "diagnostics")
	}
	return fileName(strings.TrimSpace(o.d.p.name), kinds...)
}

// diagnostics says whether they are to go along.
func (o *download) diagnostics() bool {
	return !o.compatible && o.d.diagnostics.Underlying().Get("checked").Bool()
}

// begin has the worker make the log, into a file or as a Blob.
func (o *download) begin(handle js.Value) {
	o.d.seq++
	o.seq, o.called, o.handle = o.d.seq, o.name(), handle.Truthy()
	o.button.SetTextContent("Stop")
	o.d.p.client.send(&bridge.Save{
		Seq: o.seq, View: o.d.p.views.id, Compatible: o.compatible,
		Diagnostics: o.diagnostics(),
		Notes:       !o.compatible && byID("with-notes").Underlying().Get("checked").Bool(),
	}, handle)
}

func (o *download) idle() {
	o.seq = 0
	o.button.SetTextContent(o.label)
}

// by is the download that is being made under a number.
func (d *downloads) by(seq uint32) *download {
	for _, o := range []*download{d.log, d.compatible} {
		if o.seq == seq {
			return o
		}
	}
	return nil
}

func (d *downloads) saving(m *bridge.Saving) {
	if o := d.by(m.Seq); o != nil {
		o.button.SetTextContent("Stop · " + size(m.Bytes))
	}
}

func (d *downloads) saved(m *bridge.Saved, blob js.Value) {
	o := d.by(m.Seq)
	if o == nil {
		return
	}
	handle := o.handle
	o.idle()
	switch {
	case m.Stopped:
	case m.Error != "":
		d.p.problem.fail("The download failed after " + size(m.Bytes) + ": " + sentence(visible(m.Error)))
	case handle:
		d.p.problem.tell("The log was saved: "+size(m.Bytes)+".", -1)
	default:
		save(blob, o.called)
	}
}

// save has the browser download a Blob under a name.
func save(blob js.Value, name string) {
	url := js.Global().Get("URL")
	address := url.Call("createObjectURL", blob)
	link := document.CreateElement("a")
	link.Underlying().Set("href", address)
	link.Underlying().Set("download", name)
	link.Underlying().Call("click")
	after(60_000, func() { url.Call("revokeObjectURL", address) })
}
