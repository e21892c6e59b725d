//go:build js && wasm

package worker

import (
	"context"
	"errors"
	"io"
	"syscall/js"
	"time"

	"satascope/carve"
	"satascope/decode"
	"satascope/inspect"
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
		keep, err := w.wanted(x, m)
		if err != nil {
			return err
		}
		selection := carve.Choose(w.decoder.Log(), keep)
		if selection.Count() == 0 {
			return mistake("no message is left to share")
		}
		told := &bridge.Carved{Seq: m.Seq, Rows: selection.Count(), Added: selection.Added(), Row: bridge.NoRow}
		part := &shortPart{}
		out.sink = browser.NewBlobSink()
		if err = carve.Write(io.MultiWriter(out, part), lockedSource{w.decoder, w}, selection); err != nil {
			out.sink.Abort()
			return err
		}
		if blob, err = out.sink.Close(); err != nil {
			return err
		}
		if !part.cut {
			w.looker.notes.place(x)
			options := w.set
			options.Limits = limits
			if err = findAgain(ctx, told, m, w.decoder, x, options, selection, part.b, &w.looker.notes); err != nil {
				return err
			}
		}
		w.post(told)
		return nil
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

// wanted says which rows are asked for.
func (w *worker) wanted(x *inspect.Index, m *bridge.Carve) (func(int) bool, error) {
	if len(m.Ranges) == 0 {
		filter, wrong := x.Compile(m.Filter)
		if wrong != nil {
			return nil, mistake("the filter has a mistake")
		}
		return filter.Match, nil
	}
	v := w.looker.listing(m.View)
	if v == nil {
		return nil, mistake("the list shows something else by now; choose the rows again")
	}
	rows := map[int]bool{}
	for _, r := range m.Ranges {
		for place := max(r.From, 0); place < min(r.To, v.len()); place++ {
			rows[v.record(place)] = true
		}
	}
	return func(row int) bool { return rows[row] }, nil
}

// maxChecked is how large a part can be that is decoded again, in bytes.
const maxChecked = 8 << 20

// A shortPart keeps what is written, unless it is too much.
type shortPart struct {
	b   []byte
	cut bool
}

func (s *shortPart) Write(p []byte) (int, error) {
	if s.cut = s.cut || len(s.b)+len(p) > maxChecked; s.cut {
		s.b = nil
	} else {
		s.b = append(s.b, p...)
	}
	return len(p), nil
}
