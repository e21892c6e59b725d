package capture

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// event is an Event whose bytes can be kept.
type event struct {
	Event
	bytes string
}

// readEvents reads all events of a file; the errors of single lines are part of
// the result, the one that ended it comes beside.
func readEvents(t testing.TB, r io.Reader) (events []event, bad []error, end error) {
	t.Helper()
	er := NewEventReader(r)
	for {
		var e Event
		err := er.Next(&e)
		var format *FormatError
		switch {
		case err == nil:
			x := event{e, string(e.Bytes)}
			x.Bytes = nil
			events = append(events, x)
		case errors.As(err, &format) && format.Line > 0:
			bad = append(bad, err)
		default:
			require.Equal(t, err, er.Next(&e), "an error is final")
			return events, bad, err
		}
	}
}

func TestEventsOfAllKinds(t *testing.T) {
	text := "\xEF\xBB\xBF" + `{"op":"open","stream":1}
{"op":"sleep"}

	{ "stream" : 18446744073709551615 , "op" : "close" }  ` + "\r" + `
{"op":"oob","stream":1,"fd":-2147483648,"len":18446744073709551615}
{"op":"oob","fd":2147483647,"len":0,"stream":0}
{"hex":"00fFA9","op":"req","stream":1}
{"note":{"a":[1,2.5e-3,{"b":null}],"c":"}\""},"op":"resp","stream":1,"hex":"","more":[],"yes":true}
{"\u006fp":"o\u0070en","stream":7}`
	events, bad, end := readEvents(t, strings.NewReader(text))
	require.Equal(t, io.EOF, end)
	require.Empty(t, bad)
	require.Equal(t, []event{
		{Event{Op: OpOpen, Stream: 1, Line: 1}, ""},
		{Event{Op: OpClose, Stream: math.MaxUint64, Line: 4}, ""},
		{Event{Op: OpOutOfBand, Stream: 1, FD: math.MinInt32, Length: math.MaxUint64, Line: 5}, ""},
		{Event{Op: OpOutOfBand, FD: math.MaxInt32, Line: 6}, ""},
		{Event{Op: OpRequest, Stream: 1, Line: 7, File: int64(strings.Index(text, "00fFA9"))}, "\x00\xFF\xA9"},
		{Event{Op: OpResponse, Stream: 1, Line: 8, File: int64(strings.Index(text, `"",`) + 1)}, ""},
		{Event{Op: OpOpen, Stream: 7, Line: 9}, ""},
	}, events)
}

func TestEventLinesThatAreWrong(t *testing.T) {
	for line, want := range map[string]string{
		`hello`:                               `0: expected an object, {…}, found "hello"`,
		`[]`:                                  `0: expected an object, {…}, found "[]"`,
		`{}`:                                  `0: expected a member "op", found none`,
		`{"stream":1}`:                        `0: expected a member "op", found none`,
		`{"op":"jump","stream":1}`:            `6: expected the op "open", "close", "req", "resp", "oob" or "sleep", found "jump"`,
		`{"op":1}`:                            `6: expected the name of an op, in quotation marks, found "1}"`,
		`{"op":"open"}`:                       `6: expected a member "stream" with the op "open", found none`,
		`{"op":"req","stream":1}`:             `6: expected a member "hex" with the op "req", found none`,
		`{"op":"oob","stream":1,"fd":1}`:      `6: expected a member "len" with the op "oob", found none`,
		`{"op":"oob","stream":1,"len":1}`:     `6: expected a member "fd" with the op "oob", found none`,
		`{"op":"open","stream":1,"stream":1}`: `24: expected each member once, found another "stream"`,
		`{"op":"open","stream":-1}`:           `22: expected a stream's number, a whole number without sign, fraction or exponent, found "-1}"`,
		`{"op":"open","stream":01}`:           `22: expected a stream's number, a whole number without sign, fraction or exponent, found "01}"`,
		`{"op":"open","stream":1.0}`:          `22: expected a stream's number, a whole number without sign, fraction or exponent, found "1.0}"`,
		`{"op":"open","stream":1e3}`:          `22: expected a stream's number, a whole number without sign, fraction or exponent, found "1e3}"`,
		`{"op":"open","stream":18446744073709551616}`:      `22: expected a stream's number, at most 18446744073709551615, found "18446744073709551616}"`,
		`{"op":"oob","stream":1,"len":1,"fd":2147483648}`:  `36: expected a descriptor, from -2147483648 to 2147483647, at most 2147483647, found "2147483648}"`,
		`{"op":"oob","stream":1,"len":1,"fd":-2147483649}`: `37: expected a descriptor, from -2147483648 to 2147483647, at most 2147483648, found "2147483649}"`,
		`{"op":"req","stream":1,"hex":"0g"}`:               `31: expected a hex digit, found "g"`,
		`{"op":"req","stream":1,"hex":"000"}`:              `30: expected two hex digits for each byte, found an odd number of them, 3`,
		`{"op":"req","stream":1,"hex":"\u0030\u0030"}`:     `30: expected a hex digit, found "\\"`,
		`{"op":"req","stream":1,"hex":7}`:                  `29: expected hex digits in quotation marks, found "7}"`,
		`{"op":"open","stream":1} x`:                       `25: expected the end of the line after the object, found "x"`,
		`{"op":"open" "stream":1}`:                         `13: expected a comma or } after a member, found "\"stream\":1}"`,
		`{"op":"open",}`:                                   `13: expected a member's name, found "}"`,
		`{"op","open"}`:                                    `5: expected a colon after a member's name, found ",\"open\"}"`,
		"{\"op\":\"op\ten\"}":                              `9: expected a string without control characters, found "\t"`,
		`{"op":"\x"}`:                                      `7: expected an escape of JSON, found "\\x"`,
		`{"op":"\u00zz"}`:                                  `9: expected four hex digits after \u, found "00zz"`,
		`{"x":]}`:                                          `5: expected a value, found "]}"`,
		`{"x":[}]}`:                                        `6: expected a value, found "}]}"`,
		`{"x":,}`:                                          `5: expected a value, found ",}"`,
		`{"x":&}`:                                          `5: expected a value, found "&}"`,
		`{"x":` + strings.Repeat("[", 65):                  `69: expected at most 64 values in each other, found one more`,
		`{"op":"open","stream":1`:                          `23: expected a comma or } after a member, found the end of the line`,
	} {
		// A line that is wrong does not stop what follows.
		text := `{"op":"open","stream":5}` + "\n" + line + "\n" + `{"op":"close","stream":5}` + "\n"
		events, bad, end := readEvents(t, strings.NewReader(text))
		require.Equal(t, io.EOF, end, line)
		require.Len(t, bad, 1, line)
		at, what, _ := strings.Cut(want, ":")
		n, err := strconv.Atoi(at)
		require.NoError(t, err)
		n += len(`{"op":"open","stream":5}` + "\n")
		var format *FormatError
		require.ErrorAs(t, bad[0], &format)
		require.EqualValues(t, n, format.Offset, "%s: %v", line, bad[0])
		require.Equal(t, 2, format.Line)
		require.True(t, strings.HasSuffix(bad[0].Error(), what), "%s: %v", line, bad[0])
		require.Len(t, events, 2, line)
		require.Equal(t, OpClose, events[1].Op)
		require.Equal(t, 3, events[1].Line)
	}
}

func TestEventFileCutAnywhere(t *testing.T) {
	text := "{\"op\":\"open\",\"stream\":1}\n" + `{"op":"oob","stream":1,"fd":-5,"len":64,"x":{"y":[1,"z\u0041"]}}` + "\r\n{\"op\":\"req\",\"stream\":1,\"hex\":\"00010203\"}\n"
	whole, _, _ := readEvents(t, strings.NewReader(text))
	require.Len(t, whole, 3)
	for n := range text {
		events, bad, end := readEvents(t, strings.NewReader(text[:n]))
		require.Equal(t, whole[:len(events)], append([]event{}, events...))
		require.Empty(t, bad, "cut at %d", n)
		lines := strings.Count(text[:n], "\n")
		rest := strings.TrimSpace(text[strings.LastIndex(text[:n], "\n")+1 : n])
		if rest == "" || rest[len(rest)-1] == '}' && len(events) > lines {
			require.Equal(t, io.EOF, end)
			continue
		}
		var cut *TruncatedError
		require.ErrorAs(t, end, &cut, "cut at %d", n)
		require.Equal(t, lines+1, cut.Line)
		require.Equal(t, lines, len(events))
	}
}

func TestEventLineIsBounded(t *testing.T) {
	// An endless line, without having it in memory twice: the reader stops at
	// its bound and goes on with the next line.
	if testing.Short() {
		t.Skip("256 MiB in short mode")
	}
	long := io.MultiReader(strings.NewReader(`{"op":"req","stream":1,"hex":"`), io.LimitReader(zeros{}, MaxEventLine), strings.NewReader("\n{\"op\":\"open\",\"stream\":2}\n"))
	events, bad, end := readEvents(t, long)
	require.Equal(t, io.EOF, end)
	require.Len(t, bad, 1)
	require.EqualError(t, bad[0], "event file, line 1, offset 0: expected a line of at most 268435456 bytes, found a longer one")
	require.Len(t, events, 1)
	require.Equal(t, 2, events[0].Line)
}

// zeros is a reader of the digit 0 without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestEventReaderGivesOnReadErrors(t *testing.T) {
	r := io.MultiReader(strings.NewReader("{\"op\":\"open\",\"stream\":1}\n{\"op\":"), iotest.ErrReader(os.ErrDeadlineExceeded))
	events, bad, end := readEvents(t, r)
	require.Len(t, events, 1)
	require.Empty(t, bad)
	require.Equal(t, os.ErrDeadlineExceeded, end)
}

func TestGoldenEventFilesRead(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/events/*.jsonl")
	require.NoError(t, err)
	require.Greater(t, len(files), 10)
	for _, name := range append(files, "../testdata/golden/exports/events.jsonl") {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		events, bad, end := readEvents(t, iotest.HalfReader(bytes.NewReader(data)))
		require.Equal(t, io.EOF, end, name)
		require.Empty(t, bad, name)
		lines := bytes.Split(data, []byte("\n"))
		sleeps := bytes.Count(data, []byte(`"sleep"`))
		require.Equal(t, bytes.Count(data, []byte("\n"))-sleeps, len(events), name)
		for _, e := range events {
			require.Contains(t, string(lines[e.Line-1]), `"`+e.Op.String()+`"`)
			if e.Op == OpRequest || e.Op == OpResponse {
				text := hex.EncodeToString([]byte(e.bytes))
				require.Equal(t, text, string(data[e.File:][:len(text)]))
				require.Equal(t, byte('"'), data[e.File+int64(len(text))])
				// The bytes can be read again by their place alone.
				again := make([]byte, len(e.bytes))
				_, err := ReadDumpAt(bytes.NewReader(data), KindHex, e.File, 0, again)
				require.NoError(t, err)
				require.Equal(t, e.bytes, string(again))
			}
		}
	}
}
