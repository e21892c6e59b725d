//go:build js && wasm

package worker

import (
	"context"
	"errors"
	"syscall/js"
	"time"

	"satascope/walcore"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

// save makes a download: into a file that the person chose, or as a Blob. It is
// written piece by piece, and the worker answers in between.
func (w *worker) save(ctx context.Context, m *bridge.Save, handle js.Value) {
	defer delete(w.saves, m.Seq)
	done := &bridge.Saved{Seq: m.Seq}
	out := &pacedSink{ctx: ctx, w: w, seq: m.Seq, turns: browser.NewYielder(), yielded: time.Now()}
	defer out.turns.Close()
	blob := js.Undefined()
	err := guard("the download", func() (err error) {
		out.sink = browser.NewBlobSink()
		if handle.Truthy() {
			if out.sink, err = browser.NewFileSink(handle); err != nil {
				return err
			}
		}
		which, err := w.which(ctx, m, out.turns)
		if err == nil {
			_, err = w.decoder.Log().WriteTo(out, which, w.rest)
		}
		if err != nil {
			out.sink.Abort()
			return err
		}
		blob, err = out.sink.Close()
		return err
	})
	done.Bytes = out.bytes
	switch {
	case errors.Is(err, context.Canceled):
		done.Stopped = true
	case err != nil:
		done.Error = err.Error()
	}
	w.send(done, blob)
}

// which is what a download has: what the filter of a view leaves, looked for in
// turns with the event loop if that has not been done, in the order of the log.
func (w *worker) which(ctx context.Context, m *bridge.Save, turns *browser.Yielder) (walcore.Selection, error) {
	s := walcore.Selection{Compatible: m.Compatible, Diagnostic: m.Diagnostics}
	if m.Compatible {
		return s, nil
	}
	s.After = func(dst []byte, _ int) []byte { return dst } // not those that a log had: they are the person's to change
	if m.Notes {
		w.looker.notes.place(w.inspect())
		s.After = w.looker.notes.appendNote
	}
	v := w.looker.listing(m.View)
	if v == nil {
		v = w.looker.current() // the page is about to show it
	}
	if !v.filtered {
		return s, nil
	}
	rows := rowsOfFilter(v)
	for !rows.Scan(slice) {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		turns.Yield()
	}
	s.Keep = keep(rows.Found())
	return s, nil
}

// A pacedSink gives the event loop its turn between pieces.
type pacedSink struct {
	ctx      context.Context
	w        *worker
	seq      uint32
	sink     browser.Sink
	turns    *browser.Yielder
	yielded  time.Time
	reported time.Time
	bytes    int64
}

func (s *pacedSink) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.sink.Write(p)
	s.bytes += int64(n)
	now := time.Now()
	if now.Sub(s.reported) >= report {
		s.reported = now
		s.w.post(&bridge.Saving{Seq: s.seq, Bytes: s.bytes})
	}
	if now.Sub(s.yielded) >= turn {
		s.turns.Yield()
		s.yielded = time.Now()
	}
	return n, err
}
