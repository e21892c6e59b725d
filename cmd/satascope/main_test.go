package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"satascope": main})
}

// TestScripts runs testdata/*.txtar: the program as a person would call it.
// $GOLDEN is the folder of golden files.
func TestScripts(t *testing.T) {
	golden, err := filepath.Abs("../../testdata/golden")
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("GOLDEN", golden)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"bytes": writeBytes, "cut": cutFile, "lines": countLines, "exits": exits, "bomb": makeBomb,
		},
	})
}

// exits CODE PROGRAM ARGUMENT…: runs a program that must end with that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit %d, wanted %s", code, args[0])
	}
}

// bytes FILE HEX…: writes a file from hex. N*HH stands for N bytes HH.
func writeBytes(ts *testscript.TestScript, neg bool, args []string) {
	var out []byte
	for _, arg := range args[1:] {
		if n, b, ok := strings.Cut(arg, "*"); ok {
			count, err := strconv.Atoi(n)
			ts.Check(err)
			one, err := hex.DecodeString(b)
			ts.Check(err)
			out = append(out, bytes.Repeat(one, count)...)
			continue
		}
		b, err := hex.DecodeString(arg)
		ts.Check(err)
		out = append(out, b...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o666))
}

// cut FROM N TO: the first N bytes of a file; of a negative N, all but the last.
func cutFile(ts *testscript.TestScript, neg bool, args []string) {
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	if n < 0 {
		n += len(b)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b[:n], 0o666))
}

// lines stdout|stderr N: the last command wrote N lines there.
func countLines(ts *testscript.TestScript, neg bool, args []string) {
	if n := strings.Count(ts.ReadFile(args[0]), "\n"); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%d lines on %s, wanted %s:\n%s", n, args[0], args[1], ts.ReadFile(args[0]))
	}
}

// bomb FILE MIB: a gzip that unpacks to that many MiB of zeros.
func makeBomb(ts *testscript.TestScript, neg bool, args []string) {
	mib, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	z := gzip.NewWriter(f)
	zeros := make([]byte, 1<<20)
	for range mib {
		_, err := z.Write(zeros)
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(f.Close())
}

// call runs the program within the test.
func call(stdin io.Reader, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), streams{stdin, &o, &e}, args)
	return code, o.String(), e.String()
}

// goldenInputs are the files that must give a log to the byte, and the log's.
func goldenInputs(t *testing.T) map[string]string {
	logs := map[string]string{}
	for _, pattern := range []string{"events/*.jsonl", "captures/*", "partial/*.pcap", "exports/*"} {
		files, err := filepath.Glob("../../testdata/golden/" + pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, f := range files {
			switch {
			case strings.HasSuffix(f, ".log"), strings.Contains(f, "/from_"):
			case strings.HasPrefix(pattern, "exports"):
				logs[f] = "../../testdata/golden/exports/conversation.log"
			case strings.HasSuffix(f, ".jsonl"):
				logs[f] = strings.TrimSuffix(f, ".jsonl") + ".log"
			default:
				logs[f] = f + ".log"
			}
		}
	}
	return logs
}

func TestGoldenCompatible(t *testing.T) {
	for input, log := range goldenInputs(t) {
		t.Run(filepath.Base(filepath.Dir(input))+"/"+filepath.Base(input), func(t *testing.T) {
			want, err := os.ReadFile(log)
			require.NoError(t, err)
			code, out, errs := call(nil, "decode", "--compatible", input)
			require.True(t, string(want) == out, "%d bytes wanted, %d found; %s", len(want), len(out), errs)
			if strings.HasPrefix(filepath.Base(input), "lost_") {
				require.Equal(t, exitError, code, "the reference stops")
				require.Contains(t, errs, "The reference server stops at this place")
			} else {
				require.Equal(t, exitOK, code, errs)
			}
			// From a pipe, the same.
			f, err := os.Open(input)
			require.NoError(t, err)
			defer f.Close()
			piped, out, _ := call(f, "decode", "-", "--compatible")
			require.Equal(t, code, piped)
			require.True(t, string(want) == out)
		})
	}
}

// One file a direction, in any order: the same lines, request and response by
// turns.
func TestOneFileADirection(t *testing.T) {
	const exports = "../../testdata/golden/exports/"
	conversation, err := os.ReadFile(exports + "conversation.log")
	require.NoError(t, err)
	sorted := func(log string) []string {
		lines := strings.Split(log, "\n")
		slices.Sort(lines)
		return lines
	}
	for _, files := range [][]string{{"from_client.bin", "from_server.bin"}, {"from_server.bin", "from_client.bin"}} {
		code, out, errs := call(nil, "decode", "--compatible", exports+files[0], exports+files[1])
		require.Equal(t, exitOK, code, errs)
		require.Equal(t, sorted(string(conversation)), sorted(out))
		answer := regexp.MustCompile(`(?m)^<-`)
		request := regexp.MustCompile(`(?m)^->`)
		require.Equal(t, len(request.FindAllString(out, -1)), len(answer.FindAllString(out, -1)))
		require.NotRegexp(t, `(?m)^->.*\n->`, out, "two requests in a row")
		require.NotRegexp(t, `(?m)^<-.*\n<-`, out, "two responses in a row")
	}
}

// A capture that ends anywhere gives what was whole, and says where it ends.
func TestCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"coalesced.pcap", "ng_simple_packets.pcapng", "zipped.pcap.gz", "zstd.pcap.zst"} {
		whole, err := os.ReadFile("../../testdata/golden/captures/" + name)
		require.NoError(t, err)
		_, all, _ := call(nil, "decode", "--compatible", "../../testdata/golden/captures/"+name)
		longest := 0
		step := max(1, len(whole)/150)
		for n := 0; n < len(whole); n += step {
			cut := filepath.Join(dir, "cut")
			require.NoError(t, os.WriteFile(cut, whole[:n], 0o666))
			code, out, errs := call(nil, "decode", "--compatible", cut)
			require.True(t, strings.HasPrefix(all, out), "%s cut at %d: the log is not the beginning of the whole one", name, n)
			longest = max(longest, len(out))
			lines := strings.Split(strings.TrimSuffix(errs, "\n"), "\n")
			if code == exitOK { // cut between two packets
				continue
			}
			require.Equal(t, exitError, code)
			last := lines[len(lines)-1]
			require.True(t, strings.HasPrefix(last, "satascope: "+cut+": "), "%s cut at %d: %s", name, n, errs)
			for _, line := range lines[:len(lines)-1] {
				require.True(t, strings.HasPrefix(line, "!! "), "%s cut at %d: %s", name, n, line)
			}
		}
		if name != "zstd.pcap.zst" { // a block of zstd unpacks as a whole or not at all
			require.Greater(t, longest, len(all)/2, "%s: what came before the end stays", name)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	require.Equal(t, exitError, run(ctx, streams{nil, &out, &errs}, []string{"decode", "../../testdata/golden/captures/plain.pcap"}))
	require.Equal(t, "satascope: interrupted\n", errs.String())
}

// What a file is called can't act on the terminal.
func TestNamesAreData(t *testing.T) {
	_, _, errs := call(nil, "decode", "a\x1b[31m\u202eb\nsatascope: all is well")
	require.Equal(t, "satascope: a‹ESC›[31m‹U+202E›b‹LF›satascope: all is well: expected a file, found none of this name\n", errs)
}

func TestSpoolIsBounded(t *testing.T) {
	before := temporaries(t)
	_, _, err := spool("standard input", bytes.NewReader(make([]byte, 101)), 100)
	require.ErrorContains(t, err, "standard input: expected at most 100 bytes, found more")
	source, release, err := spool("standard input", bytes.NewReader(make([]byte, 100)), 100)
	require.NoError(t, err)
	require.EqualValues(t, 100, source.Size())
	release()
	require.Equal(t, before, temporaries(t), "nothing is left")
}

func temporaries(t *testing.T) int {
	files, err := filepath.Glob(filepath.Join(os.TempDir(), "satascope-*"))
	require.NoError(t, err)
	return len(files)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestOutputThatFails(t *testing.T) {
	var errs bytes.Buffer
	require.Equal(t, exitError, run(context.Background(), streams{nil, brokenWriter{}, &errs}, []string{"decode", "../../testdata/golden/captures/plain.pcap"}))
	require.Equal(t, "satascope: writing the log: short write\n", errs.String())
}

func TestVisibleWriter(t *testing.T) {
	text := "->OpenFile {path=/\x1b[2Ja\u202eb\u00e9\U0001F600}\nnext\r\n"
	want := "->OpenFile {path=/‹ESC›[2Ja‹U+202E›b\u00e9\U0001F600}\nnext‹CR›\n"
	for size := 1; size <= len(text); size++ {
		var out bytes.Buffer
		w := &visibleWriter{w: &out}
		for at := 0; at < len(text); at += size {
			n, err := w.Write([]byte(text[at:min(len(text), at+size)]))
			require.NoError(t, err)
			require.Equal(t, min(len(text), at+size)-at, n)
		}
		require.NoError(t, w.end())
		require.Equal(t, want, out.String(), "in pieces of %d", size)
	}
	// A log that has no line break at its end gets one, so that diagnostics and the
	// prompt begin a line of their own.
	var out bytes.Buffer
	w := &visibleWriter{w: &out}
	_, err := w.Write([]byte("->Ping {a=b}"))
	require.NoError(t, err)
	require.NoError(t, w.end())
	require.Equal(t, "->Ping {a=b}\n", out.String())
}
