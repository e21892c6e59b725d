package walcore

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

// formLog is the log of all golden event files, one after the other, and two
// diagnostics.
func formLog(t *testing.T) *Log {
	log := NewLog(Limits{})
	m := NewMachine(log)
	files, err := filepath.Glob("../testdata/golden/events/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		play(t, m, script(t, file))
	}
	m.Diagnose(Diagnosis{Code: CodeMissing, Stream: 3, At: At{Offset: 77, Time: 1_700_000_000_000_000_001, Packet: 12}, FromServer: true, Size: 5})
	m.Diagnose(Diagnosis{Code: CodeUnanswered, At: At{Time: NoTime}, About: 1})
	return log
}

// A jsonRecord is what a program reads.
type jsonRecord struct {
	N, Stream, Packet, Offset, Length, About, Partner int64
	Time, Kind, Op, Path, Code, From, Text, Line      string
	Destination, Mode, Item                           string
	FD, Result                                        *int64
	Failed                                            *bool
}

func TestNDJSONReadsBack(t *testing.T) {
	log := formLog(t)
	var out bytes.Buffer
	next, err := log.WriteForm(&out, Selection{Diagnostic: true}, NDJSON)
	require.NoError(t, err)
	require.Equal(t, log.Len(), next)
	lines := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
	require.Len(t, lines, log.Len())
	opens, failures := 0, 0
	for i, line := range lines {
		var rec jsonRecord
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		require.NoError(t, d.Decode(&rec), "%s", line)
		for _, c := range string(line) {
			require.True(t, strconv.IsPrint(c), "%U in %s", c, line)
		}
		r := log.At(i)
		require.EqualValues(t, i+1, rec.N)
		require.EqualValues(t, r.Stream, rec.Stream)
		require.EqualValues(t, r.Length, rec.Length)
		if r.Kind == Diagnostic {
			require.Equal(t, "diagnostic", rec.Kind)
			require.Equal(t, string(log.AppendSentence(nil, r)), rec.Text)
			continue
		}
		require.Equal(t, strings.ToValidUTF8(string(log.AppendText(nil, i)), "\uFFFD"), rec.Line)
		if r.Kind == Request && r.Line == LineRequest && sata.Command(r.Op) == sata.OpenFile {
			opens++
			require.Contains(t, rec.Line, "path="+rec.Path+",mode="+rec.Mode)
		}
		if rec.Failed != nil && *rec.Failed {
			failures++
			require.NotZero(t, *rec.Result)
		}
	}
	require.NotZero(t, opens)
	require.NotZero(t, failures)
	var gap, about jsonRecord
	require.NoError(t, json.Unmarshal(lines[len(lines)-2], &gap))
	require.NoError(t, json.Unmarshal(lines[len(lines)-1], &about))
	require.Equal(t, jsonRecord{N: int64(log.Len()) - 1, Time: "1700000000.000000001", Stream: 3, Packet: 12, Offset: 77, Length: 5, Kind: "diagnostic", Code: "bytes-missing", From: "server",
		Text: "5 bytes of the server are missing from the capture here: decoding goes on at the next message"}, gap)
	require.EqualValues(t, 1, about.About)
	require.Empty(t, about.Time)
}

func TestCSVReadsBack(t *testing.T) {
	log := formLog(t)
	var out bytes.Buffer
	_, err := log.WriteForm(&out, Selection{Diagnostic: true}, CSV)
	require.NoError(t, err)
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Equal(t, csvHeading, strings.Join(rows[0], ","))
	require.Len(t, rows, log.Len()+1)
	for i, row := range rows[1:] {
		require.Equal(t, strconv.Itoa(i+1), row[0])
		for _, cell := range row[7:] {
			if cell != "" {
				_, isNumber := strconv.ParseInt(cell, 10, 64)
				require.True(t, isNumber == nil || !strings.ContainsRune("=+-@", rune(cell[0])), "a formula: %s", cell)
			}
		}
		if r := log.At(i); r.Kind == Request && r.Flags&FlagOpen != 0 {
			require.Equal(t, strings.ReplaceAll(log.Text(r.Path), "\r\n", "\n"), strings.TrimPrefix(row[8], "'"))
		}
	}
}

func TestFormsTakeTheSelection(t *testing.T) {
	log := formLog(t)
	var lines, objects bytes.Buffer
	s := Selection{Compatible: true, Keep: func(i int) bool { return i%2 == 0 }}
	_, err := log.WriteTo(&lines, s, nil)
	require.NoError(t, err)
	_, err = log.WriteForm(&objects, s, NDJSON)
	require.NoError(t, err)
	require.NotZero(t, lines.Len())
	count := 0
	for _, line := range strings.Split(strings.TrimSuffix(objects.String(), "\n"), "\n") {
		var rec jsonRecord
		require.NoError(t, json.Unmarshal([]byte(line), &rec))
		require.True(t, strings.HasPrefix(lines.String(), rec.Line+"\n"), "%s", rec.Line)
		lines.Next(len(rec.Line) + 1)
		count++
	}
	require.Zero(t, lines.Len())
	require.NotZero(t, count)
}

func TestFormTexts(t *testing.T) {
	for in, want := range map[string]string{
		"plain":          `"plain"`,
		"a\"b\\c":        `"a\"b\\c"`,
		"\x00\x1b\x7f":   `"\u0000\u001b\u007f"`,
		"\n\r\t":         `"\n\r\t"`,
		"\u202eé日":       `"\u202eé日"`,
		"\U000E0001😀":    `"\udb40\udc01😀"`,
		"bad\xffbytes":   "\"bad\uFFFDbytes\"",
		"line\u2028sep":  `"line\u2028sep"`,
		"</script>":      `"</script>"`,
		"\ufeffno break": `"\ufeffno break"`,
	} {
		got := string(appendJSONString(nil, in))
		require.Equal(t, want, got)
		var back string
		require.NoError(t, json.Unmarshal([]byte(got), &back))
		require.Equal(t, strings.ToValidUTF8(in, "\uFFFD"), back)
	}
	for in, want := range map[string]string{"": "", "a": "a", "a,b": `"a,b"`, `a"b`: `"a""b"`, "=1+1": "'=1+1", "-x\n": "\"'-x\n\"", "@x": "'@x"} {
		require.Equal(t, want, string(appendCell(nil, in)))
	}
	for ns, want := range map[int64]string{0: "0.000000000", 1: "0.000000001", 1_700_000_000_987_654_321: "1700000000.987654321", -1_500_000_000: "-1.500000000"} {
		require.Equal(t, want, string(appendSeconds(nil, ns)))
	}
}
