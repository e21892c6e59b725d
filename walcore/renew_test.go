package walcore

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A machine that is renewed before every message writes what it would have
// written, and never holds more than a message's records.
func TestRenew(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/events/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasPrefix(filepath.Base(file), "lost_") {
			continue // whoever writes a compatible log ends there
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(strings.TrimSuffix(file, ".jsonl") + ".log")
			require.NoError(t, err)
			m := NewMachine(NewLog(Limits{}))
			var got bytes.Buffer
			for _, event := range script(t, file) {
				play(t, m, []scriptEvent{event})
				require.LessOrEqual(t, m.Log().Len(), 2)
				_, err := m.Log().WriteTo(&got, Selection{Compatible: true}, nil)
				require.NoError(t, err)
				require.Same(t, m.Renew(Limits{}), m.Log())
			}
			require.True(t, bytes.Equal(want, got.Bytes()), "the log is another one")
		})
	}
}

func TestRenewLetsTextsGo(t *testing.T) {
	m := NewMachine(NewLog(Limits{}))
	play(t, m, script(t, "../testdata/golden/events/boot.jsonl"))
	before := m.Log().Texts()
	require.Greater(t, before, 10)
	m.Renew(Limits{})
	require.Less(t, m.Log().Texts(), before)
	for id := uint32(0); id < 100; id++ {
		m.CloseStream(id)
	}
	m.Renew(Limits{})
	require.Equal(t, 1, m.Log().Texts(), "only the empty text")
}
