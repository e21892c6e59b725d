package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/walcore"
)

// told counts the diagnostics of a code.
func told(d *Decoder, code walcore.Code) (n int) {
	for i := range d.Log().Len() {
		if r := d.Log().At(i); r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == code {
			n++
		}
	}
	return n
}

// assumed says whether an assumption of a name was made.
func assumed(d *Decoder, name string) bool {
	for _, a := range d.Assumptions() {
		if a.Name == name {
			return true
		}
	}
	return false
}

// TestDifferingCaptures: two captures of one conversation that are not the same
// give the log of what came first, and each place where they differ is told.
func TestDifferingCaptures(t *testing.T) {
	l := readLossy(t, "../testdata/damaged/whole.pcap")
	first := l.write(all)
	for i := range l.packets {
		p := &l.packets[i]
		p.Time += 200 // each is seen a moment later
		if p.Data = bytes.Clone(p.Data); i == 10 || i == 14 {
			p.Data[40+500] ^= 0xFF
			p.Data[40+509] ^= 0xFF
		}
	}
	for _, files := range [][]memoryFile{{first, l.write(all)}, {l.write(all), first}} {
		d := New(Options{}, files[0], files[1])
		require.NoError(t, d.Run(context.Background()))
		one := New(Options{}, first)
		require.NoError(t, one.Run(context.Background()))
		require.Equal(t, written(t, one, walcore.Selection{Compatible: true}), written(t, d, walcore.Selection{Compatible: true}))
		require.Equal(t, 2, told(d, walcore.CodeDiffers))
		require.Equal(t, 2, d.Log().Diagnostics())
		require.True(t, assumed(d, AssumedFirstCopy))
	}
}

// TestManyDrops: a capture that repeats all with other content has its
// diagnostics in a number that is bounded, and says how many places there are.
func TestManyDrops(t *testing.T) {
	l := readLossy(t, golden+"captures/plain.pcap")
	var twice lossy
	twice.link = l.link
	for _, p := range l.packets {
		again := p
		again.Data = bytes.Clone(p.Data)
		again.Data[len(again.Data)-1] ^= 0xFF
		twice.packets = append(twice.packets, p, again)
	}
	d := New(Options{}, twice.write(all))
	require.NoError(t, d.Run(context.Background()))
	require.Equal(t, MaxDrops, told(d, walcore.CodeDiffers))
	require.True(t, assumed(d, AssumedFirstCopy))
	require.True(t, assumed(d, AssumedUntold))
	requireSameLog(t, goldenLog(t, golden+"captures/plain.pcap"), []byte(written(t, d, walcore.Selection{Compatible: true})))
}

// move writes another port in the place of one.
func (w *wire) move(from, to int) {
	for i := range w.packets {
		for b := w.packets[i].Data[20:24]; len(b) > 0; b = b[2:] {
			if int(binary.BigEndian.Uint16(b)) == from {
				put16(b, to)
			}
		}
	}
}

// TestPassedElsewhere: what can't be compared in conversations of other servers is
// not told, nor that two files have different ones of these between the same ends.
func TestPassedElsewhere(t *testing.T) {
	for _, port := range []int{7500, 80} {
		var files [2]lossy
		for i := range files {
			w := newWire()
			w.seq[0], w.packets = w.seq[0]+uint32(i)<<30, nil // without the handshake
			w.say(0, make([]byte, 145_000))
			w.seq[0] -= 145_000
			w.say(0, make([]byte, 1400)) // so late that it can't be compared
			w.move(7500, port)
			files[i] = w.lossy
		}
		talk := newWire()
		talk.say(0, ping(t, 100))
		talk.say(1, pong(t, 0))
		talk.move(40000, 40001)
		files[0].packets = append(files[0].packets, talk.packets...)
		d := New(Options{}, files[0].write(all), files[1].write(all))
		require.NoError(t, d.Run(context.Background()))
		require.Equal(t, port == 7500, assumed(d, AssumedSameBytes))
		require.Equal(t, port == 7500, assumed(d, AssumedTwins))
	}
}
