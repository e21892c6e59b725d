package walcore

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

// All 256 bytes, as Rust's byte strings print them.
func TestByteStrings(t *testing.T) {
	special := map[byte]string{0: `\0`, '\t': `\t`, '\n': `\n`, '\r': `\r`, '"': `\"`, '\\': `\\`}
	all := make([]byte, 256)
	var want strings.Builder
	for i := range all {
		all[i] = byte(i)
		one, ok := special[byte(i)]
		switch {
		case ok:
		case i >= 0x20 && i <= 0x7E:
			one = string(rune(i))
		default:
			one = fmt.Sprintf(`\x%02x`, i)
		}
		require.Equal(t, "x"+one, string(appendByteString([]byte("x"), all[i:i+1])))
		require.Equal(t, one, string(appendByteString(nil, string(all[i:i+1]))))
		want.WriteString(one)
	}
	c := converse(t)
	c.Request(1, Message{Head: all, Length: 256})
	require.Equal(t, `->Unknown      {data=b"`+want.String()+`"}`, string(c.log.AppendText(nil, 0)))
	// 'a' to 'f' and digits after an escape are no part of it.
	require.Equal(t, `\x1f0\0a`, string(appendByteString(nil, "\x1f0\x00a")))
}

func TestHexHasTwoDigits(t *testing.T) {
	for _, n := range []uint64{0, 1, 9, 0xA, 0xF, 0x10, 0xFF, 0x100, 0xFFF0FFE0, 1<<64 - 1} {
		require.Equal(t, fmt.Sprintf("%02x", n), string(appendHex(nil, n)))
	}
}

// Every code has a stable name and a sentence without a gap.
func TestDiagnosticSentences(t *testing.T) {
	names := map[string]bool{}
	log := NewLog(Limits{})
	m := NewMachine(log)
	for i, spec := range Codes() {
		require.Regexp(t, `^[a-z-]+$`, spec.Name)
		require.False(t, names[spec.Name], "%s twice", spec.Name)
		names[spec.Name] = true
		require.Equal(t, spec.Name, Code(i).String())
		for _, server := range []bool{false, true} {
			m.Diagnose(Diagnosis{Code: Code(i), Stream: 61, At: At{Offset: 62, Time: NoTime, Packet: 63}, FromServer: server, Size: 64, A: 65, B: 66})
			side := "client"
			if server {
				side = "server"
			}
			text := string(log.AppendText(nil, log.Len()-1))
			sentence, found := strings.CutPrefix(text, fmt.Sprintf("!! %s {stream=61,from=%s,packet=63,offset=62,size=64} ", spec.Name, side))
			require.True(t, found, text)
			want := strings.NewReplacer("{size}", "64", "{offset}", "62", "{packet}", "63", "{stream}", "61", "{side}", side, "{a}", "65", "{b}", "66", "{on}", "on", "{text}", "").Replace(spec.Sentence)
			require.Equal(t, want, sentence)
			require.NotContains(t, sentence, "{")
		}
	}
	require.Equal(t, "?", Code(250).String())
	m.Diagnose(Diagnosis{Code: CodeNoBeginning, A: 1})
	require.Contains(t, string(log.AppendText(nil, log.Len()-1)), "taken to be off")
}

// One renderer, two users: the lines that are asked for one by one are those
// that are written.
func TestAppendTextIsWhatIsWritten(t *testing.T) {
	log := goldenLog(t)
	for _, s := range []Selection{{Diagnostic: true}, {}, {Compatible: true}} {
		var want []byte
		for i := range log.Len() {
			if s.Compatible && !log.Compatible(i) || !s.Diagnostic && log.At(i).Kind == Diagnostic {
				continue
			}
			want = append(log.AppendText(want, i), '\n')
		}
		var got bytes.Buffer
		_, err := log.WriteTo(&got, s, nil)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got.Bytes()))
	}
}

func TestAppendTextDoesNotAllocate(t *testing.T) {
	log := goldenLog(t)
	dst := make([]byte, 0, 64<<10)
	lines := map[Line]bool{}
	for i := range log.Len() {
		lines[log.At(i).Line] = true
	}
	for line := LineUnknown; line <= LineDiagnostic; line++ {
		require.True(t, lines[line], "line %d is in the golden files", line)
	}
	require.Zero(t, testing.AllocsPerRun(3, func() {
		for i := range log.Len() {
			if len(log.AppendText(dst, i)) == 0 {
				panic("a line without text")
			}
		}
	}))
}

// Messages of known streams and texts cost no allocation but for the log's own
// growth.
func TestMachineDoesNotAllocate(t *testing.T) {
	c := converse(t)
	ask := appendRequest(t, &sata.Request{Command: sata.QueryPath, Path: []byte("/some/path"), Query: sata.QueryDetails})
	answer, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapeInfo})
	require.NoError(t, err)
	exchange := func() {
		c.Request(1, Message{Head: ask, Length: uint64(len(ask))})
		c.Written(1, 1, 1, At{})
		c.Response(1, Message{Head: answer, Length: uint64(len(answer))})
	}
	for range 40 { // the queue finds its size
		exchange()
	}
	require.Less(t, c.log.Len()+2*1001, chunk, "the log does not grow meanwhile")
	require.Zero(t, testing.AllocsPerRun(1000, exchange))
}
