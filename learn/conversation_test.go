package learn

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture/unpack"
	"satascope/decode"
)

// memory is a file that is wholly there.
type memory struct {
	name string
	b    []byte
}

func (m *memory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m.b)), nil }
func (m *memory) Name() string                 { return m.name }
func (m *memory) Size() int64                  { return int64(len(m.b)) }
func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(m.b).ReadAt(p, off)
}

const golden = "../testdata/golden/"

// load decodes a golden file. Damaged ones give what is in them.
func load(t testing.TB, name string) Conversation {
	b, err := os.ReadFile(golden + name)
	require.NoError(t, err)
	d := decode.New(decode.Options{Unpackers: unpack.Native()}, &memory{filepath.Base(name), b})
	if err := d.Run(context.Background()); err != nil {
		t.Logf("%s: %v", name, err)
	}
	t.Cleanup(func() { d.Close() })
	return Conversation{Log: d.Log(), Rest: d.Rest}
}

var storyOnce struct {
	sync.Once
	c Conversation
}

// story is the bundled example.
func story(t testing.TB) Conversation {
	storyOnce.Do(func() {
		b, err := os.ReadFile(golden + "captures/devkit_story.pcapng.gz")
		require.NoError(t, err)
		d := decode.New(decode.Options{Unpackers: unpack.Native()}, &memory{"devkit_story.pcapng.gz", b})
		require.NoError(t, d.Run(context.Background()))
		storyOnce.c = Conversation{Log: d.Log(), Rest: d.Rest}
	})
	return storyOnce.c
}

// goldenFiles are all golden inputs that decode opens.
func goldenFiles(t testing.TB) (names []string) {
	for _, pattern := range []string{"captures/*", "events/*.jsonl", "partial/*", "exports/*.jsonl"} {
		files, err := filepath.Glob(golden + pattern)
		require.NoError(t, err)
		for _, f := range files {
			if !strings.HasSuffix(f, ".log") {
				names = append(names, strings.TrimPrefix(f, golden))
			}
		}
	}
	require.NotEmpty(t, names)
	return names
}
