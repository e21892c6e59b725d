package walcore

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// scriptEvent is a line of an event file (section 5).
type scriptEvent struct {
	Op     string
	Stream uint32
	FD     int32
	Len    uint64
	Hex    string
}

func script(t testing.TB, name string) (events []scriptEvent) {
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e scriptEvent
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		events = append(events, e)
	}
	require.NoError(t, lines.Err())
	return events
}

func play(t testing.TB, m *Machine, events []scriptEvent) {
	for _, e := range events {
		b, err := hex.DecodeString(e.Hex)
		require.NoError(t, err)
		msg := Message{Head: b, Length: uint64(len(b))}
		switch e.Op {
		case "open":
			m.OpenStream(e.Stream)
		case "close":
			m.CloseStream(e.Stream)
		case "oob":
			m.Written(e.Stream, e.FD, e.Len, At{})
		case "req":
			m.Request(e.Stream, msg)
		case "resp":
			m.Response(e.Stream, msg)
		case "sleep":
		default:
			t.Fatalf("unknown op %q", e.Op)
		}
	}
}

func TestGoldenEvents(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/events/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(strings.TrimSuffix(file, ".jsonl") + ".log")
			require.NoError(t, err)
			log := NewLog(Limits{})
			play(t, NewMachine(log), script(t, file))
			require.Equal(t, strings.HasPrefix(filepath.Base(file), "lost_"), log.Stopped(), "where the reference stopped, the compatible log ends")
			var got bytes.Buffer
			next, err := log.WriteTo(&got, Selection{Compatible: true}, nil)
			require.NoError(t, err)
			require.Equal(t, log.CompatibleEnd(), next)
			if !bytes.Equal(want, got.Bytes()) {
				w, g := strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")
				for i := range w {
					if i >= len(g) || w[i] != g[i] {
						require.Equal(t, w[i], g[min(i, len(g)-1)], "line %d", i+1)
					}
				}
				t.Fatalf("%d lines wanted, %d found", len(w), len(g))
			}
		})
	}
}
