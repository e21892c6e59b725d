package walcore

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoteLines(t *testing.T) {
	for _, c := range []struct {
		note Note
		line string
	}{
		{Note{3, true, ""}, "!! mark {row=4}\n"},
		{Note{4, false, "why?"}, "!! note {row=5} why?\n"},
		{Note{5, true, "two\nlines, a \\ and }"}, `!! note {row=6,marked=true} two\nlines, a \\ and }` + "\n"},
		{Note{0, false, "\u202etxt.\x00\r"}, `!! note {row=1} \u{202e}txt.\u{0}\u{d}` + "\n"},
		{Note{0, false, " "}, "!! note {row=1}  \n"},
	} {
		require.Equal(t, c.line, string(AppendNote(nil, &c.note)))
		got, ok := ParseNote([]byte(strings.TrimSuffix(c.line, "\n")))
		require.True(t, ok, c.line)
		require.Equal(t, c.note, got)
	}
	require.Empty(t, AppendNote(nil, &Note{Record: 1}))
	for _, line := range []string{
		"", "!! note {row=1}", "!! note {row=1} ", "!! note {row=0} a", "!! note {row=01} a", "!! note {row=-1} a", "!! note {row=1}a", "!! note {row=1 a",
		"!! mark {row=1,marked=true}", "!! mark {row=1} a", "!! note {row=1,marked=false} a", "!! note {row=99999999999} a",
		`!! note {row=1} \`, `!! note {row=1} \x`, `!! note {row=1} \u`, `!! note {row=1} \u{61}`, `!! note {row=1} \u{zz}`, `!! note {row=1} \u{ffffffff}`, "!! note {row=1} a\r", "!! note {row=1} \xff",
	} {
		_, ok := ParseNote([]byte(line))
		require.False(t, ok, line)
	}
}

// Notes of a log that is opened are no rows, and are written where diagnostics
// are, unless others take their place.
func TestNotesOfALog(t *testing.T) {
	log := NewLog(Limits{})
	p := NewParser(log)
	require.False(t, p.Note([]byte("!! mark {row=1}")), "it is about nothing")
	p.Entry([]byte("->RewindFolder {path=/a}"), At{})
	require.True(t, p.Note([]byte("!! mark {row=7}")))
	require.True(t, p.Note([]byte("!! note {row=7} and more")))
	p.Entry([]byte("<-           {response=Success}"), At{})
	require.Equal(t, []Note{{0, true, ""}, {0, false, "and more"}}, log.Notes())
	write := func(s Selection) string {
		var b bytes.Buffer
		_, err := log.WriteTo(&b, s, nil)
		require.NoError(t, err)
		return b.String()
	}
	const first, second = "->RewindFolder {path=/a}\n", "<-           {response=Success}\n"
	require.Equal(t, first+second, write(Selection{Compatible: true}))
	require.Equal(t, first+"!! mark {row=7}\n!! note {row=7} and more\n"+second, write(Selection{Diagnostic: true}))
	require.Equal(t, first+second, write(Selection{Diagnostic: true, After: func(dst []byte, _ int) []byte { return dst }}))
}

func FuzzNote(f *testing.F) {
	f.Add("!! note {row=6,marked=true} a\\nb \\u{202e}")
	f.Fuzz(func(t *testing.T, line string) {
		if n, ok := ParseNote([]byte(line)); ok {
			require.Equal(t, line+"\n", string(AppendNote(nil, &n)))
			require.NotContains(t, line, "\n")
		}
		n := Note{Text: strings.ToValidUTF8(line, "?")}
		made := AppendNote(nil, &n)
		if n.Text != "" {
			got, ok := ParseNote(made[:len(made)-1])
			require.True(t, ok)
			require.Equal(t, n, got)
		}
	})
}
