package decode

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/walcore"
)

// written is a decoder's log as it is downloaded.
func written(t testing.TB, d *Decoder, s walcore.Selection) string {
	t.Helper()
	var b bytes.Buffer
	_, err := d.Log().WriteTo(&b, s, d.Rest)
	require.NoError(t, err)
	return b.String()
}

func decodeText(t testing.TB, text string) (*Decoder, error) {
	t.Helper()
	d := New(Options{}, capture.FromText([]byte(text)))
	return d, d.Run(context.Background())
}

// Every log of the reference, opened again, is the same log when it is written.
func TestGoldenLogsAsInput(t *testing.T) {
	logs, err := filepath.Glob(golden + "*/*.log")
	require.NoError(t, err)
	require.Greater(t, len(logs), 50)
	for _, name := range logs {
		t.Run(strings.TrimPrefix(name, golden), func(t *testing.T) {
			want, err := os.ReadFile(name)
			require.NoError(t, err)
			d := New(Options{}, diskFile(name))
			defer d.Close()
			require.NoError(t, d.Run(context.Background()))
			requireSameLog(t, want, []byte(written(t, d, walcore.Selection{Compatible: true})))
			require.Equal(t, "log", d.Summary().Kind)
			require.Equal(t, 1, d.Summary().Streams)
			// An Unknown message's bytes are read again from its line.
			for i := range d.Log().Len() {
				r := d.Log().At(i)
				if r.Line != walcore.LineUnknown {
					_, err := d.Rest(nil, r, 0, 1)
					require.ErrorIs(t, err, errLogOnly)
					continue
				}
				b, err := d.Rest(nil, r, 0, int(r.Length))
				require.NoError(t, err)
				require.True(t, bytes.Equal(d.Log().Kept(r), b))
				if n := int(r.Length); n > 3 {
					b, err = d.Rest(nil, r, uint64(n/3), n/3)
					require.NoError(t, err)
					require.True(t, bytes.Equal(d.Log().Kept(r)[n/3:][:n/3], b))
				}
			}
		})
	}
}

// What a tolerant log with its findings says is there again when it is opened:
// the same lines, the same messages and results.
func TestOwnLogAsInput(t *testing.T) {
	for _, input := range goldenInputs(t) {
		was := New(Options{Unpackers: unpack.Native()}, diskFile(input))
		require.NoError(t, was.Run(context.Background()))
		text := written(t, was, walcore.Selection{Diagnostic: true})
		is, err := decodeText(t, text)
		require.NoError(t, err, input)
		require.Equal(t, text, written(t, is, walcore.Selection{Diagnostic: true}), input)
		if strings.Contains(input, "paths") {
			continue // some paths look like lines of a log
		}
		require.Equal(t, was.Log().Len(), is.Log().Len())
		require.Equal(t, was.Summary().Messages, is.Summary().Messages)
		require.Equal(t, was.Summary().Diagnostics, is.Summary().Diagnostics)
		for i := range was.Log().Len() {
			a, b := was.Log().At(i), is.Log().At(i)
			require.Equal(t, a.Kind, b.Kind)
			require.Equal(t, a.Line, b.Line)
			if a.Kind != walcore.Response || len(was.Streams()) > 1 || strings.Contains(input, "edges") {
				continue // with several streams, or one that is opened afresh while a request waits, a log does not tell whose a response is
			}
			require.Equal(t, a.Op, b.Op, "%s, record %d: %s", input, i, was.Log().AppendText(nil, i))
			require.Equal(t, was.Log().Text(a.Path), is.Log().Text(b.Path), "%s, record %d", input, i)
			require.Equal(t, a.Failed(), b.Failed())
		}
	}
}

// A log cut off in the middle of a line gives all that is whole, and what is
// left of the line, unchanged.
func TestLogCutOff(t *testing.T) {
	text := "->Remove       {path=/a}\n<-          RC {return_code=Success}\n->Remove       {path=/"
	d, err := decodeText(t, text)
	require.EqualError(t, err, "log, line 3, offset 62: expected a whole line, found only 22 bytes before the end of the file; it was cut off, or is still being written")
	require.Equal(t, 3, d.Log().Len())
	require.Equal(t, text, written(t, d, walcore.Selection{}))
	// A line that is whole but for its line break was pasted.
	d, err = decodeText(t, text[:61])
	require.NoError(t, err)
	require.Equal(t, text[:61], written(t, d, walcore.Selection{}))
}

// Windows' line breaks, a byte order mark and remarks between the lines change
// nothing of what is read, and are written again.
func TestLogThroughEditors(t *testing.T) {
	plain := "->OpenFile     {path=/a,mode=r}\n<-       FDRES {response=Success (3)}\n->CloseFile    {path=/a}\n<-          RC {return_code=Success}\n"
	want, err := decodeText(t, plain)
	require.NoError(t, err)
	for _, text := range []string{strings.ReplaceAll(plain, "\n", "\r\n"), "\xEF\xBB\xBF" + plain, strings.ReplaceAll(plain, "\n", "\n\nsome words\n")} {
		d, err := decodeText(t, text)
		require.NoError(t, err)
		require.Equal(t, text, written(t, d, walcore.Selection{}))
		require.Equal(t, want.Log().Len(), d.Log().Len())
		for i := range want.Log().Len() {
			a, b := want.Log().At(i), d.Log().At(i)
			require.Equal(t, want.Log().Text(a.Path), d.Log().Text(b.Path))
			require.Equal(t, [4]any{a.Line, a.Op, a.FD, a.Partner}, [4]any{b.Line, b.Op, b.FD, b.Partner})
		}
	}
}

// A message longer than what is kept is written whole, from the log itself.
func TestLongUnknownInLog(t *testing.T) {
	text := "->Remove       {path=/a}\n<-     Unknown {data=b\"" + strings.Repeat(`a\0\xff"\\`[:7]+`\"\n`, 300_000) + "\"}\n  ->1\n"
	d, err := decodeText(t, text)
	require.NoError(t, err)
	require.EqualValues(t, 5*300_000, d.Log().At(1).Length)
	require.Less(t, uint64(len(d.Log().Kept(d.Log().At(1)))), d.Log().At(1).Length)
	require.Equal(t, text, written(t, d, walcore.Selection{}))
	b, err := d.Rest(nil, d.Log().At(1), 1_400_000, 10)
	require.NoError(t, err)
	require.Equal(t, "a\x00\xff\"\na\x00\xff\"\n", string(b))
}

// Logs are opened one at a time.
func TestLogWithOthers(t *testing.T) {
	a := capture.FromText([]byte("  ->1\n"))
	require.ErrorContains(t, New(Options{}, a, a).Run(context.Background()), "found log, log; open these files one at a time")
}

// FuzzLogAsInput opens anything that is recognised as a log and writes it again:
// the same bytes.
func FuzzLogAsInput(f *testing.F) {
	logs, err := filepath.Glob(golden + "events/*.log")
	require.NoError(f, err)
	for _, name := range logs {
		text, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(text[:min(len(text), 600)])
	}
	f.Add([]byte("!! no-header {stream=1,from=client,packet=4,offset=2,size=3} the client sent what can't be the start of a message\r\n  ->2"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := capture.Open(capture.FromText(text), capture.Unpackers{})
		if err != nil || file.Kind != capture.KindLog {
			return
		}
		d := New(Options{}, capture.FromText(text))
		err = d.Run(context.Background())
		var cut *capture.TruncatedError
		if err != nil {
			require.ErrorAs(t, err, &cut)
		}
		require.Equal(t, string(text), written(t, d, walcore.Selection{Diagnostic: true}))
	})
}
