//go:build js && wasm

// Package worker is the half of the program that runs in a Web Worker: it reads
// the file, decodes it, and answers what the page asks about it (package
// bridge).
//
//   - worker.go takes messages and runs the decoder. It yields to the event loop
//     every few milliseconds, so that questions and a cancel come through while
//     it works.
//   - views.go finds out, in turns with the decoder, what is in the view that the
//     page shows: listing.go is a view, rows.go makes its rows, facets.go counts
//     what it can be filtered by, find.go looks for a text in it, text.go copies
//     from it. notes.go keeps what the person wrote about rows.
//   - inspector.go answers the inspector and the strip: inspected.go tells what a
//     row's bytes mean, moment.go what was open then, activity.go how much went
//     on when. reread.go gets at bytes of the file again.
//   - outcome.go tells how decoding ended. file.go is about the files as a whole:
//     their hashes, and what is in them, which report.go puts into tables and words.
//   - save.go makes downloads, carve.go a capture of a part of this one, and part.go
//     finds its rows in it.
//   - learn.go answers the page's lessons.
//
// Everything is on one thread. A message is handled while the decoder waits,
// for the event loop or for the file, so that the log is never read in the
// middle of a change.
package worker

import (
	"context"
	"io"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"syscall/js"
	"time"

	"satascope/capture"
	"satascope/decode"
	"satascope/inspect"
	"satascope/learn"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

const (
	// turn is how long the decoder works before it yields to the event loop.
	turn = 8 * time.Millisecond
	// report is how often the page is told of progress.
	report = 40 * time.Millisecond
)

// Run serves the page until it ends the worker.
func Run() {
	w := &worker{page: browser.Parent(), saves: map[uint32]context.CancelFunc{}}
	w.looker.w = w
	w.page.Listen(w.handle)
	w.post(&bridge.Ready{})
	select {}
}

type worker struct {
	page    *browser.Port
	decoder *decode.Decoder
	cancel  context.CancelFunc
	packer  packer
	saves   map[uint32]context.CancelFunc // downloads on their way
	buf     []byte

	looker  looker
	name    string // of the files, for people
	sources []*storedFile
	opened  *storedFile    // by the decoder, last
	set     decode.Options // what the person set
	reading sync.Mutex     // of whoever reads bytes again
	index   *inspect.Index // see inspect
	walk    *learn.Walk    // of the log walked; made when it is first asked for
	walked  *walcore.Log
}

func (w *worker) post(m bridge.Message) { w.send(m, js.Undefined()) }

func (w *worker) send(m bridge.Message, attachment js.Value) {
	w.buf = bridge.Append(w.buf[:0], m)
	w.page.Post(w.buf, attachment)
}

// handle takes a message of the page. It must not block.
func (w *worker) handle(b []byte, attachment js.Value) {
	m := bridge.Parse(b)
	if o, ok := m.(*bridge.Open); ok && w.decoder == nil {
		w.open(o, attachment)
		return
	}
	if h, ok := m.(*bridge.Hash); ok && attachment.Truthy() {
		go w.hashOther(h.Seq, browser.NewFile(attachment, ""))
		return
	}
	if w.decoder == nil {
		return
	}
	switch m := m.(type) {
	case *bridge.Cancel:
		w.cancel()
	case *bridge.AskLine:
		if line := answerLine(w.decoder, m.Row); line != nil {
			w.post(line)
		}
	case *bridge.Save:
		ctx, cancel := context.WithCancel(context.Background())
		w.saves[m.Seq] = cancel
		go w.save(ctx, m, attachment)
	case *bridge.StopSave:
		if cancel := w.saves[m.Seq]; cancel != nil {
			cancel()
		}
	default:
		w.handleInspector(m)
		w.handleViews(m)
		w.handleLearn(m)
		w.handleFile(m)
	}
}

// limits are what a browser's 4 GB hold beside all that is asked of the log.
// Where one is reached decoding ends and says so, and what is there stays;
// without memory everything would be gone.
var limits = walcore.Limits{Records: 10_000_000, Text: 128 << 20, Arena: 64 << 20, Waiting: 1_000_000}

// unpackersFor are the browser's decompressors; opened tells which file is read:
// one that the browser's own can't unpack to its end is read once more.
func unpackersFor(opened func() *storedFile) capture.Unpackers {
	return capture.Unpackers{
		Gzip: func(r io.Reader) (io.ReadCloser, error) { return browser.Gunzip(r, opened().File.Open) },
		Zstd: browser.Unzstd,
	}
}

// open begins to decode files.
func (w *worker) open(o *bridge.Open, files js.Value) {
	sources := make([]capture.Source, len(o.Names))
	for i, name := range o.Names {
		src := newStoredFile(browser.NewFile(files.Index(i), name))
		w.sources = append(w.sources, src)
		sources[i] = &openedFile{src, w}
	}
	w.name = strings.Join(o.Names, ", ")
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	p := &pacer{w: w, began: time.Now(), turns: browser.NewYielder()}
	server, _ := netip.ParseAddrPort(o.Server) // the page has looked whether it is one
	w.set = decode.Options{Port: o.Port, Server: server, FFIO: decode.Switch(o.FFIO), FirstRead: o.FirstRead}
	options := w.set
	options.Limits = limits
	options.Progress = p.progress
	options.Unpackers = unpackersFor(func() *storedFile { return w.opened })
	options.Unpacked = func(i int) (io.ReaderAt, error) {
		src := w.sources[i]
		return w.unpack(src, unpackersFor(func() *storedFile { return src }))
	}
	w.decoder = decode.New(options, sources...)
	go func() {
		defer p.turns.Close()
		err := guard("the decoder", func() error { return w.decoder.Run(ctx) })
		if o.Pasted {
			err = capture.Pasted(err)
		}
		e := describe(w.decoder, err)
		e.Progress = p.message()
		e.Notes = notesOf(w.inspect())
		w.post(e)
		w.looker.grown(false)
	}()
}

// An openedFile is a file that the decoder opens: files are opened one after the
// other, and each is unpacked right after it was opened.
type openedFile struct {
	*storedFile
	w *worker
}

// Open opens the file, as the one that is unpacked next.
func (f *openedFile) Open() (io.ReadCloser, error) {
	f.w.opened = f.storedFile
	return f.storedFile.Open()
}

// guard runs f; a panic in it, which is a mistake of ours, becomes an error, so
// that what is there stays and the page can tell of it.
func guard(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			why := "panic"
			switch p := p.(type) {
			case error:
				why = p.Error()
			case string:
				why = p
			}
			stack := make([]byte, 16<<10)
			println(what, "failed:", why)
			println(string(stack[:runtime.Stack(stack, false)]))
			err = mistake(what + " stopped by a mistake of its own (" + why + "); what came before it is here. Please report it, with the file if you may")
		}
	}()
	return f()
}

type mistake string

func (m mistake) Error() string { return string(m) }

// A pacer yields to the event loop and reports while the decoder works.
type pacer struct {
	w        *worker
	turns    *browser.Yielder
	began    time.Time
	yielded  time.Time
	reported time.Time
	last     decode.Progress
}

// progress is called by the decoder every now and then.
func (p *pacer) progress(d decode.Progress) {
	p.last = d
	x := p.w.inspect()
	x.Update(x.Log().Len())
	now := time.Now()
	if now.Sub(p.reported) >= report {
		p.reported = now
		m := p.message()
		p.w.post(&m)
		p.w.looker.grown(true)
	}
	if now.Sub(p.yielded) >= turn {
		p.turns.Yield()
		p.yielded = time.Now()
	}
}

func (p *pacer) message() bridge.Progress {
	return bridge.Progress{
		Read: p.last.Read, Size: p.last.Size, Rows: p.w.decoder.Log().Len(), Pass: p.last.Pass,
		Base: p.w.inspect().Base(), Millis: time.Since(p.began).Milliseconds(),
	}
}
