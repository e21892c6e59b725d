package decode

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture/unpack"
	"satascope/sata"
	"satascope/walcore"
)

// TestBytesAgain reads every message of every form of input again from its file
// and parses it: it is the message that its record tells of.
func TestBytesAgain(t *testing.T) {
	for _, input := range goldenInputs(t) {
		t.Run(strings.TrimPrefix(input, golden), func(t *testing.T) {
			t.Parallel()
			d := New(Options{Unpackers: unpack.Native()}, diskFile(input))
			require.NoError(t, d.Run(context.Background()))
			defer d.Close()
			log := d.Log()
			// A compressed file is unpacked again for each step back: take every direction by itself.
			for _, kind := range []walcore.Kind{walcore.Request, walcore.Response} {
				for i := range min(log.Len(), 400) {
					r := log.At(i)
					if r.Kind != kind {
						continue
					}
					b, err := d.Rest(nil, r, 0, int(r.Length))
					require.NoError(t, err, "record %d", i)
					require.Len(t, b, int(r.Length))
					if r.Line == walcore.LineUnknown {
						require.True(t, bytes.Equal(b, log.Kept(r)), "record %d", i)
					}
					if r.Line == walcore.LineRead {
						require.Equal(t, r.A, uint64(sata.NewFNV.Add(b)), "record %d", i)
					}
					if kind == walcore.Request && r.Op != walcore.OpUnknown {
						var req sata.Request
						require.NoError(t, sata.ParseRequest(b, r.Length, &req), "record %d", i)
						require.Equal(t, r.Op, uint8(req.Command), "record %d", i)
					}
				}
			}
		})
	}
}

// TestBytesNotThere: bytes that no file has are an error.
func TestBytesNotThere(t *testing.T) {
	d := New(Options{}, diskFile(golden+"captures/ipv6.pcap"))
	require.NoError(t, d.Run(context.Background()))
	_, err := d.Bytes(nil, 0, true, d.Streams()[0].FromServer, 1)
	require.ErrorContains(t, err, "not in the file")
	_, err = d.Bytes(nil, 99, true, 0, 1)
	require.Error(t, err)
}

// TestBytesUnpacked: the content of a packed file is asked for by who has it at
// hand, and else unpacked again.
func TestBytesUnpacked(t *testing.T) {
	plain, err := os.Open(golden + "captures/plain.pcap")
	require.NoError(t, err)
	defer plain.Close()
	for _, there := range []bool{true, false} {
		asked := 0
		d := New(Options{Unpackers: unpack.Native(), Unpacked: func(source int) (io.ReaderAt, error) {
			require.Zero(t, source)
			if asked++; there {
				return plain, nil
			}
			return nil, nil
		}}, diskFile(golden+"captures/zipped.pcap.gz"))
		require.NoError(t, d.Run(context.Background()))
		require.Zero(t, asked, "only bytes that are read again want it")
		for i := d.Log().Len() - 1; i >= 0; i -= 97 {
			r := d.Log().At(i)
			b, err := d.Rest(nil, r, 0, int(r.Length))
			require.NoError(t, err)
			if r.Line == walcore.LineRead {
				require.Equal(t, r.A, uint64(sata.NewFNV.Add(b)), "record %d", i)
			}
		}
		require.Positive(t, asked)
		require.NoError(t, d.Close())
	}
	failing := New(Options{Unpackers: unpack.Native(), Unpacked: func(int) (io.ReaderAt, error) { return nil, io.ErrNoProgress }}, diskFile(golden+"captures/zipped.pcap.gz"))
	require.NoError(t, failing.Run(context.Background()))
	_, err = failing.Rest(nil, failing.Log().At(0), 0, 4)
	require.ErrorIs(t, err, io.ErrNoProgress)
}

// TestBytesOfAnySource: what a source is made of does not matter, not even when
// it can't be compared.
func TestBytesOfAnySource(t *testing.T) {
	packed, err := os.ReadFile(golden + "captures/zipped.pcap.gz")
	require.NoError(t, err)
	d := New(Options{Unpackers: unpack.Native()}, memoryFile(packed))
	require.NoError(t, d.Run(context.Background()))
	for range 2 {
		b, err := d.Rest(nil, d.Log().At(0), 0, sata.HeaderSize)
		require.NoError(t, err)
		_, err = sata.ParseHeader(b)
		require.NoError(t, err)
	}
}
