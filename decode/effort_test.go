package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// TestEffort decodes what is large and lacks something, so that one thing after
// another waits for what never comes. With work that grows with the square of what
// waits, each of these takes minutes, and go test ends it.
func TestEffort(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes tens of megabytes")
	}
	write := func(size uint32) []byte {
		return ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 1, BlockSize: size, FD: 3})
	}
	decode := func(t *testing.T, w *wire, keep func(i int) bool) *Decoder {
		d := New(Options{}, w.write(keep))
		require.NoError(t, d.Run(context.Background()))
		return d
	}
	t.Run("a client alone", func(t *testing.T) {
		const requests = 100_000
		w := newWire()
		for range requests {
			w.say(0, ask(t, stat))
		}
		d := decode(t, w, func(i int) bool { return w.packets[i].Data[15] == 1 })
		require.Equal(t, requests, len(messagesOf(d)))
	})
	t.Run("responses again after many requests", func(t *testing.T) {
		const requests = 100_000
		w := newWire()
		for range requests {
			w.say(0, ask(t, stat))
			w.say(1, response(t, sata.Response{Shape: sata.ShapeInfo}))
		}
		lost := len(w.packets)
		for range 100 {
			w.say(0, ask(t, stat))
			w.say(1, response(t, sata.Response{Shape: sata.ShapeInfo}))
		}
		d := decode(t, w, func(i int) bool { return i < 3 || i >= lost || w.packets[i].Data[15] == 1 })
		require.GreaterOrEqual(t, len(messagesOf(d)), requests+100)
	})
	t.Run("what the server says is no response", func(t *testing.T) {
		const requests = 50_000
		w := newWire()
		w.say(0, ask(t, stat))
		lost := len(w.packets)
		w.say(1, response(t, sata.Response{Shape: sata.ShapeInfo}))
		for range requests {
			w.say(0, ask(t, stat))
			w.say(1, []byte{0xFF})
		}
		d := decode(t, w, func(i int) bool { return i != lost })
		require.Equal(t, requests+1, len(messagesOf(d)))
	})
	t.Run("a write behind a gap that does not end", func(t *testing.T) {
		w := newWire()
		w.say(0, ask(t, stat))
		w.say(1, response(t, sata.Response{Shape: sata.ShapeInfo}))
		w.say(0, ask(t, stat))
		lost := len(w.packets) - 1
		w.say(0, write(0x3f000000), make([]byte, 24<<20))
		d := decode(t, w, func(i int) bool { return i != lost })
		require.Equal(t, 2, len(messagesOf(d)))
	})
	t.Run("responses to what was never captured", func(t *testing.T) {
		w := newWire()
		for range 3 { // it asks twice at a time
			w.say(0, ask(t, stat), ask(t, stat))
			w.say(1, response(t, sata.Response{Shape: sata.ShapeInfo}), response(t, sata.Response{Shape: sata.ShapeInfo}))
		}
		w.say(0, ask(t, stat), ask(t, stat))
		lost := len(w.packets)
		w.say(1, response(t, sata.Response{Shape: sata.ShapeInfo}))
		w.seq[0] += 5_000 // of these no packet is there, and none will come
		w.say(1, bytes.Repeat(answer(first, 100, 100), 16<<20/136))
		d := decode(t, w, func(i int) bool { return i != lost })
		require.GreaterOrEqual(t, len(messagesOf(d)), 14)
	})
	t.Run("what fills a read that does not end", func(t *testing.T) {
		w := newWire()
		w.say(0, ask(t, sata.Request{Command: sata.ReadFile, BlockCount: 1, BlockSize: 64 << 20, FD: 3}))
		w.say(1, answer("", 10, 10), bytes.Repeat([]byte{sata.Padding}, 32<<20))
		d := New(Options{}, w.write(func(i int) bool { return i > 2 })) // it begins before the capture
		_ = d.Run(context.Background())                                 // what fills it is more than it can have
		require.NotEmpty(t, messagesOf(d))
	})
	t.Run("a dump whose responses answer no request", func(t *testing.T) {
		const requests = 40_000
		none := append(response(t, sata.Response{Shape: sata.ShapeResult})[:sata.HeaderSize], 1, 1)
		binary.BigEndian.PutUint32(none, 2)
		d := New(Options{}, capture.FromBytes("a.bin", slices.Concat(
			ask(t, stat), response(t, sata.Response{Shape: sata.ShapeResult}), bytes.Repeat(ask(t, stat), requests),
			bytes.Repeat(slices.Concat(none, ask(t, stat)), requests))))
		_ = d.Run(context.Background()) // that it ends with a failure is the conversation's
		require.GreaterOrEqual(t, len(messagesOf(d)), 2*requests)
	})
	t.Run("a server whose responses are none, in two files", func(t *testing.T) {
		const requests = 20_000
		d := pairOf(t, [2][]byte{bytes.Repeat(ask(t, stat), requests), bytes.Repeat(result(t, 0), requests)})
		log := d.Log()
		asked := 0
		for i := range log.Len() {
			if log.At(i).Kind == walcore.Request {
				asked++
			}
		}
		require.Equal(t, requests, asked)
	})
}
