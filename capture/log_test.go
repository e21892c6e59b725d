package capture

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// readLogEntries reads a log and holds that nothing is left out.
func readLogEntries(t testing.TB, text string, from io.Reader) (entries []string) {
	t.Helper()
	r := NewLogReader(from)
	var e LogEntry
	var all bytes.Buffer
	line := 1
	for {
		err := r.Next(&e)
		if err != nil {
			require.Equal(t, err, r.Next(&e), "an error is final")
			require.Equal(t, io.EOF, err)
			require.Equal(t, text, all.String())
			return entries
		}
		require.EqualValues(t, all.Len(), e.File)
		require.Equal(t, line, e.Line)
		all.Write(e.Text)
		if e.Whole {
			all.WriteByte('\n')
		} else {
			require.Equal(t, len(text), all.Len(), "only the last entry has no line break")
		}
		line += bytes.Count(e.Text, []byte{'\n'}) + 1
		entries = append(entries, string(e.Text))
	}
}

func TestLogEntries(t *testing.T) {
	for _, c := range [][]string{
		{"->Ping         {supports_ffio=true}"},
		{"->OpenFile     {path=a\nb,mode=r}", "<-       FDRES {response=Success (1)}", "  ->12", "<- Folder Item {rc=Success,next_item=<None>}"},
		{"->OpenFile     {path=a\n->b,mode=r}", "->Remove       {path=\n\n  ->12x}", "->Remove       {path=\n!! b {stream}"},
		{"->OpenFile     {path=a\r\nb,mode=r}\r", "  ->0\r", "!! no-header {stream=0,from=client}\r", "->X            {y=z"},
		{"->Remove       {path=a\x07\x1B[31mb\x7F}", "<-          RC {return_code=Success}"},
		{"->Remove       {path=a}\n\n\nwords", "  ->1", "  ->12345678901234567890\n  ->123456789012345678901"},
		{"\xEF\xBB\xBF->Remove       {path=a}", "<-          RC {return_code=Success}"},
		{"->Remove       {path=" + strings.Repeat("\n"+strings.Repeat("x", 300), 50) + "}", "  ->1"},
	} {
		for _, end := range []string{"\n", ""} {
			text := strings.Join(c, "\n") + end
			require.Equal(t, c, readLogEntries(t, text, strings.NewReader(text)), text)
			require.Equal(t, c, readLogEntries(t, text, iotest.OneByteReader(strings.NewReader(text))), text)
			f, err := Open(FromText([]byte(text)), Unpackers{})
			require.NoError(t, err, text)
			require.Equal(t, KindLog, f.Kind)
		}
	}
	require.Empty(t, readLogEntries(t, "", strings.NewReader("")))
}

// TestLogThatLacksItsFirstBytes: what is left of its first entry is left out, and said.
func TestLogThatLacksItsFirstBytes(t *testing.T) {
	first, rest := "->Ping         {supports_ffio=true}\n", "<-        READ {chk=00,header=b\"\\xc4\\0$\\x02\"}\n->Remove       {path=a}\n"
	for lacking := 1; lacking < len(first)-1; lacking++ {
		text := first[lacking:] + rest
		f, err := Open(FromText([]byte(text)), Unpackers{})
		require.NoError(t, err, text)
		require.Equal(t, KindLog, f.Kind, text)
		require.Equal(t, "1 line before it left out", f.Setting, text)
		require.Equal(t, rest, string(f.Peek()), text)
	}
}

// Lines that belong to nothing are given in pieces: they don't pile up.
func TestLogEntryIsBounded(t *testing.T) {
	text := "->Remove       {path=" + strings.Repeat("words\n", 1<<20)
	entries := readLogEntries(t, text, strings.NewReader(text))
	require.Greater(t, len(entries), 4)
	for _, e := range entries {
		require.LessOrEqual(t, len(e), maxLogEntry+6)
	}
	r := NewLogReader(io.MultiReader(strings.NewReader("  ->1\n->Remove       {path="), endless{}))
	r.max = 1 << 20
	var e LogEntry
	require.NoError(t, r.Next(&e))
	require.EqualError(t, r.Next(&e), "log, line 2, offset 6: expected a line of at most 1048576 bytes, found a longer one")
}

// endless is text without line breaks.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestLogReadFails(t *testing.T) {
	r := NewLogReader(io.MultiReader(strings.NewReader("  ->1\n  ->2\n"), iotest.ErrReader(os.ErrClosed)))
	var e LogEntry
	require.NoError(t, r.Next(&e))
	require.NoError(t, r.Next(&e))
	require.Equal(t, os.ErrClosed, r.Next(&e))
	require.Equal(t, os.ErrClosed, r.Next(&e))
}

func TestGoldenLogEntries(t *testing.T) {
	logs, err := filepath.Glob("../testdata/golden/*/*.log")
	require.NoError(t, err)
	require.NotEmpty(t, logs)
	for _, name := range logs {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, e := range readLogEntries(t, string(b), bytes.NewReader(b)) {
			require.True(t, strings.HasSuffix(e, "}") || strings.HasPrefix(e, "  ->"), "%s: %q", name, e)
		}
	}
}

// FuzzLog reads anything as a log: nothing is left out.
func FuzzLog(f *testing.F) {
	f.Add("->OpenFile     {path=a\nb,mode=r}\n  ->12\n!! no-header {stream=0}\n")
	f.Fuzz(func(t *testing.T, text string) {
		readLogEntries(t, text, strings.NewReader(text))
	})
}
