package decode

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture/unpack"
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
	for _, pattern := range []string{"events/*.jsonl", "captures/*", "exports/both_directions.*", "exports/conversation.pcap", "exports/events.jsonl", "partial/*"} {
		found, err := filepath.Glob(golden + pattern)
		require.NoError(t, err)
		for _, f := range found {
			if filepath.Ext(f) != ".log" {
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
