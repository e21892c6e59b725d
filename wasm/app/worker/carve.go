//go:build js && wasm

package worker

import (
	"context"
	"errors"
	"syscall/js"
	"time"

	"satascope/carve"
	"satascope/decode"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

// A lockedSource reads the file's bytes one at a time, as the worker must.
type lockedSource struct {
	*decode.Decoder
	w *worker
}

func (s lockedSource) Bytes(dst []byte, stream uint32, fromServer bool, offset int64, n int) ([]byte, error) {
	return s.w.bytes(dst, stream, fromServer, offset, n)
}

// startCarve begins to make a capture of a part of this one.
func (w *worker) startCarve(m *bridge.Carve) {
	ctx, cancel := context.WithCancel(context.Background())
	w.saves[m.Seq] = cancel
	go w.carve(ctx, m)
}

func (w *worker) carve(ctx context.Context, m *bridge.Carve) {
	defer delete(w.saves, m.Seq)
	done := &bridge.Saved{Seq: m.Seq}
	out := &pacedSink{ctx: ctx, w: w, seq: m.Seq, turns: browser.NewYielder(), yielded: time.Now()}
	defer out.turns.Close()
	blob := js.Undefined()
	err := guard("the part", func() (err error) {
		x := w.inspect()
		x.Update(w.decoder.Log().Len())
		filter, wrong := x.Compile(m.Filter)
		if wrong != nil {
			return mistake("the filter has a mistake")
		}
		selection := carve.Choose(w.decoder.Log(), filter.Match)
		if selection.Count() == 0 {
			return mistake("no message is left to share")
		}
		w.post(&bridge.Carved{Seq: m.Seq, Rows: selection.Count(), Added: selection.Added()})
		out.sink = browser.NewBlobSink()
		if err = carve.Write(out, lockedSource{w.decoder, w}, selection); err != nil {
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
		done.Error = sentence(err)
	}
	w.send(done, blob)
}
