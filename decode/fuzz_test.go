package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/walcore"
)

// fuzzSeeds are the beginnings of one file of each kind.
func fuzzSeeds(f *testing.F) (seeds [][]byte) {
	for name, n := range map[string]int{
		"exports/both_directions.bin": 1500, "exports/both_directions.hexdump.txt": 3000, "exports/both_directions.plain_hex.txt": 2500, "exports/both_directions.xxd.txt": 3000,
		"exports/conversation.log": 1500, "exports/events.jsonl": 3000, "events/edges.jsonl": 3000, "exports/follow_hex.txt": 3000, "exports/follow_raw.txt": 2500, "exports/follow_yaml.yaml": 3000,
		"exports/from_client.bin": 1500, "exports/from_server.bin": 1500,
	} {
		b, err := os.ReadFile(golden + name)
		require.NoError(f, err)
		seeds = append(seeds, b[:n])
	}
	for _, name := range []string{"captures/vlan.pcap", "partial/first_read_3000.pcap", "captures/trouble_small_segments.pcap"} {
		l := readLossy(f, golden+name)
		l.packets = l.packets[:min(len(l.packets), 25)]
		seeds = append(seeds, l.write(all), l.ng(binary.BigEndian, 2))
	}
	seeds = append(seeds,
		[]byte("0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x06"), []byte(`b"\0\0\0\x14\0\0\0\0\0\0\0\x06"`), []byte("AAAAFAAAAAAAAAAGAAAAAAAAAAAAAAAAAAAAAAALuAAAC5gBAQEBAAAAAAAAAAAAAAAU"),
		[]byte("char peer0_0[] = { /* Packet 5 */\n0x00, 0x00, 0x00, 0x14 };\n"), []byte("000000 00 00 00 14\n*\n000010\n"))
	return seeds
}

// FuzzFiles decodes any file, or two together, as whatever they are taken for.
// It must not panic, hang or grow without bound; whatever comes of it can be
// shown, written in all forms and read again.
func FuzzFiles(f *testing.F) {
	seeds := fuzzSeeds(f)
	for i, s := range seeds {
		f.Add(s, []byte{}, uint16(0))
		f.Add(s, seeds[(i+1)%len(seeds)], uint16(i))
	}
	f.Add(seeds[0], seeds[0], uint16(1))
	f.Fuzz(func(t *testing.T, a, b []byte, options uint16) {
		if len(a)+len(b) > 1<<20 {
			return
		}
		o := Options{Limits: walcore.Limits{Records: 200_000, Text: 4 << 20, Arena: 4 << 20}}
		if options&1 != 0 {
			o.FFIO = Switch(options >> 1 & 1) // with 0 it is as it was
		}
		if options&4 != 0 {
			o.FirstRead = uint32(options >> 3)
		}
		if options&0x8000 != 0 {
			o.Port = options & 0x7FFF
		}
		sources := []capture.Source{memoryFile(a)}
		if len(b) > 0 {
			sources = append(sources, memoryFile(b))
		}
		// A dump's * may stand for gigabytes: then it is the cancelling that is tried.
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		calls := 0
		o.Progress = func(p Progress) {
			calls++
			if p.Read < 0 || p.Records < 0 {
				t.Fatalf("progress %+v", p)
			}
		}
		d := New(o, sources...)
		started := time.Now()
		err := d.Run(ctx)
		if took := time.Since(started); took > 20*time.Second {
			t.Fatalf("took %v", took)
		}
		require.Positive(t, calls)
		require.Equal(t, err, d.Err())
		if err != nil {
			require.NotEmpty(t, err.Error())
			require.NotContains(t, err.Error(), "\n")
		}
		checkDecoded(t, d)
	})
}

// checkDecoded holds what must be true of whatever was decoded.
func checkDecoded(t *testing.T, d *Decoder) {
	s, log := d.Summary(), d.Log()
	if s.Streams != len(d.Streams()) || s.Diagnostics != log.Diagnostics() {
		t.Fatalf("summary %+v", s)
	}
	messages := 0
	var shown []byte
	for i := range log.Len() {
		r := log.At(i)
		if int(r.Stream) >= len(d.Streams()) {
			t.Fatalf("record %d is of stream %d of %d", i, r.Stream, len(d.Streams()))
		}
		if r.Kind == walcore.Request || r.Kind == walcore.Response {
			messages++
		}
		shown, _ = log.AppendVisibleText(shown[:0], i, 300)
		if len(shown) == 0 || bytes.ContainsAny(shown, "\n\x00\x1b") {
			t.Fatalf("record %d is shown as %q", i, shown)
		}
		if r.Kind == walcore.Diagnostic || i > 300 {
			continue
		}
		// Every message is where its record says.
		n := int(min(r.Length, 2000))
		got, err := d.Rest(nil, r, 0, n)
		if r.Flags&walcore.FlagNoData != 0 {
			require.ErrorIs(t, err, errLogOnly)
			continue
		}
		if err != nil || len(got) != n {
			t.Fatalf("record %d, %d bytes at %d: %v", i, n, r.Offset, err)
		}
		if kept := log.Kept(r); !bytes.HasPrefix(kept, got[:min(n, len(kept))]) {
			t.Fatalf("record %d: kept %x, read again %x", i, kept, got)
		}
	}
	if messages != s.Messages {
		t.Fatalf("%d messages, %d counted", messages, s.Messages)
	}
	if err := d.Err(); err == nil || log.Full() == "" {
		for _, selection := range []walcore.Selection{{Compatible: true}, {Diagnostic: true}} {
			_, err := log.WriteTo(io.Discard, selection, d.Rest)
			require.NoError(t, err)
		}
		var rows bytes.Buffer
		_, err := log.WriteNDJSON(&rows, walcore.Selection{Diagnostic: true}, d.Rest)
		require.NoError(t, err)
		for _, line := range bytes.Split(rows.Bytes(), []byte{'\n'}) {
			if len(line) > 0 && !json.Valid(line) {
				t.Fatalf("%s", line)
			}
		}
	}
	for i := range d.Streams() {
		for _, fromServer := range []bool{false, true} {
			end := int64(-1 << 62)
			for _, s := range d.Segments(uint32(i), fromServer) {
				if s.Offset < end {
					t.Fatalf("stream %d: segment at %d after %d", i, s.Offset, end)
				}
				end = s.Offset + int64(s.Length)
			}
		}
	}
	for _, a := range s.Assumptions {
		require.NotEmpty(t, a.Sentence)
	}
}
