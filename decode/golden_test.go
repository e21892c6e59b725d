package decode

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/sata"
	"satascope/walcore"
)

type diskFile string

func (f diskFile) Open() (io.ReadCloser, error) { return os.Open(string(f)) }
func (f diskFile) Name() string                 { return filepath.Base(string(f)) }
func (f diskFile) Size() int64 {
	st, err := os.Stat(string(f))
	if err != nil {
		return -1
	}
	return st.Size()
}

const golden = "../testdata/golden/"

// goldenInputs lists the inputs that have a log of the reference.
func goldenInputs(t testing.TB) (files []string) {
	for _, pattern := range []string{"events/*.jsonl", "captures/*", "exports/*", "partial/*"} {
		found, err := filepath.Glob(golden + pattern)
		require.NoError(t, err)
		for _, f := range found {
			if filepath.Ext(f) != ".log" && !strings.HasPrefix(filepath.Base(f), "from_") {
				files = append(files, f)
			}
		}
	}
	require.NotEmpty(t, files)
	return files
}

func goldenLog(t testing.TB, input string) []byte {
	for _, name := range []string{input + ".log", strings.TrimSuffix(input, ".jsonl") + ".log", filepath.Dir(input) + "/conversation.log"} {
		if b, err := os.ReadFile(name); err == nil {
			return b
		}
	}
	t.Fatalf("no log for %s", input)
	return nil
}

func TestGolden(t *testing.T) {
	for _, input := range goldenInputs(t) {
		t.Run(strings.TrimPrefix(input, golden), func(t *testing.T) {
			t.Parallel()
			d := New(Options{Unpackers: unpack.Native()}, diskFile(input))
			require.NoError(t, d.Run(context.Background()))
			var got bytes.Buffer
			_, err := d.Log().WriteTo(&got, walcore.Selection{Compatible: true}, d.Rest)
			require.NoError(t, err)
			requireSameLog(t, goldenLog(t, input), got.Bytes())
		})
	}
}

// TestGoldenPair: the two directions in a file each give the same lines, each
// request with its response after it.
func TestGoldenPair(t *testing.T) {
	want := strings.SplitAfter(string(goldenLog(t, golden+"exports/from_client.bin")), "\n")
	for _, files := range [][2]string{{"from_client.bin", "from_server.bin"}, {"from_server.bin", "from_client.bin"}} {
		d := New(Options{}, diskFile(golden+"exports/"+files[0]), diskFile(golden+"exports/"+files[1]))
		require.NoError(t, d.Run(context.Background()))
		var got bytes.Buffer
		_, err := d.Log().WriteTo(&got, walcore.Selection{Compatible: true}, d.Rest)
		require.NoError(t, err)
		require.ElementsMatch(t, want, strings.SplitAfter(got.String(), "\n"))
		log := d.Log()
		for i := range log.Len() {
			if r := log.At(i); r.Kind == walcore.Response {
				b, err := d.Rest(nil, r, 0, int(r.Length))
				require.NoError(t, err)
				require.Len(t, b, int(r.Length))
				for before := i - 1; ; before-- {
					if log.At(before).Kind == walcore.Request {
						require.EqualValues(t, before, r.Partner, "each response follows its request")
						break
					}
				}
			}
		}
		require.Zero(t, log.Diagnostics())
	}
}

// TestJoined: captures of two connections, joined by time, give both.
func TestJoined(t *testing.T) {
	names := []string{"captures/vlan.pcap", "captures/ipv6.pcap", "captures/devkit_story.pcapng.gz"}
	var sources []capture.Source
	messages, diagnostics := 0, 0
	for _, name := range names {
		sources = append(sources, diskFile(golden+name))
		d := New(Options{Unpackers: unpack.Native()}, diskFile(golden+name))
		require.NoError(t, d.Run(context.Background()))
		messages += d.Summary().Messages
		diagnostics += d.Log().Diagnostics()
	}
	d := New(Options{Unpackers: unpack.Native()}, sources...)
	require.NoError(t, d.Run(context.Background()))
	require.Equal(t, messages, d.Summary().Messages)
	require.Equal(t, diagnostics, d.Log().Diagnostics())
	last := int64(0)
	for i := range d.Log().Len() {
		r := d.Log().At(i)
		require.GreaterOrEqual(t, r.Time, last)
		last = r.Time
		b, err := d.Rest(nil, r, 0, int(min(r.Length, sata.HeaderSize)))
		require.NoError(t, err)
		if r.Line != walcore.LineWritten && r.Line != walcore.LineRead {
			_, err = sata.ParseHeader(b)
			require.NoError(t, err)
		}
	}
}

// TestJoinedSameEnds: the golden captures, most of which have conversations between
// the same ends at the same time, give all their messages when they are opened
// together, however they are ordered.
func TestJoinedSameEnds(t *testing.T) {
	files, err := filepath.Glob(golden + "captures/*cap*")
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		if filepath.Ext(f) != ".log" && !strings.Contains(f, "17500") {
			names = append(names, f)
		}
	}
	lines := func(files ...string) []string {
		var sources []capture.Source
		for _, f := range files {
			sources = append(sources, diskFile(f))
		}
		d := New(Options{Unpackers: unpack.Native()}, sources...)
		require.NoError(t, d.Run(context.Background()), files)
		if len(files) > 1 {
			require.True(t, assumed(d, AssumedTwins))
		}
		return strings.SplitAfter(written(t, d, walcore.Selection{}), "\n")
	}
	var want []string
	of := map[string][]string{}
	for _, f := range names {
		of[f] = lines(f)
		want = append(want, of[f][:len(of[f])-1]...)
	}
	same := func(want, got []string) {
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, len(want), len(got))
		require.True(t, slices.Equal(want, got))
	}
	got := lines(names...)
	same(want, got[:len(got)-1])
	for _, pair := range [][2]string{{"plain.pcap", "vlan.pcap"}, {"vlan.pcap", "plain.pcap"}, {"reset.pcap", "zipped.pcap.gz"}} {
		a, b := golden+"captures/"+pair[0], golden+"captures/"+pair[1]
		same(append(slices.Clone(of[a]), of[b]...), append(lines(a, b), ""))
	}
}

// requireSameLog compares logs and shows the first line that differs.
func requireSameLog(t testing.TB, want, got []byte) {
	if bytes.Equal(want, got) {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			require.Equal(t, w[i], g[min(i, len(g)-1)], "line %d of %d (%d found)", i+1, len(w), len(g))
		}
	}
	t.Fatalf("%d lines wanted, %d found; the first surplus one: %q", len(w), len(g), g[len(w)])
}
