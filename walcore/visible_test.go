package walcore

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

func TestAppendVisible(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", `->OpenFile {path=/%SLC/a b,mode=r}`, `->OpenFile {path=/%SLC/a b,mode=r}`},
		{"markup stays text", `<img src=x onerror=alert(1)>&amp;`, `<img src=x onerror=alert(1)>&amp;`},
		{"line breaks", "a\nb\r\nc", "a‹LF›b‹CR›‹LF›c"},
		{"controls", "\x00\x07\t\x1b[2J\x7f", "‹NUL›‹BEL›‹TAB›‹ESC›[2J‹DEL›"},
		{"C1 controls", "\u0085\u009b", "‹U+0085›‹U+009B›"},
		{"bidirectional", "x\u202egnp.exe\u2066\u200f\u061c", "x‹U+202E›gnp.exe‹U+2066›‹U+200F›‹U+061C›"},
		{"invisible", "a\u200bb\ufeffc\u00add\u2028e\u2060", "a‹U+200B›b‹U+FEFF›c‹U+00AD›d‹U+2028›e‹U+2060›"},
		{"spaces that are not a space", "\u00a0\u3000", "‹U+00A0›‹U+3000›"},
		{"tags and private use", "\U000e0041\ue000\U0010ffff", "‹U+E0041›‹U+E000›‹U+10FFFF›"},
		{"what looks like an escape", "‹LF› ‹U+202E› ␊", "‹U+2039›LF› ‹U+2039›U+202E› ␊"},
		{"letters of all kinds", "ü 日本語 ελ עברית 😀", "ü 日本語 ελ עברית 😀"},
		{"not UTF-8", "a\x9cb\xe2\x82", "a‹x9C›b‹xE2›‹x82›"},
		{"the replacement character itself", "\ufffd", "\ufffd"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, string(AppendVisible(nil, c.text)))
			require.Equal(t, "x"+c.want, string(AppendVisible([]byte("x"), []byte(c.text))))
		})
	}
}

func TestAppendVisibleDoesNotAllocate(t *testing.T) {
	buf := make([]byte, 0, 1024)
	text := "->OpenFile {path=/\u202eüa\n\xff}"
	require.Zero(t, testing.AllocsPerRun(100, func() { buf = AppendVisible(buf[:0], text) }))
}

func FuzzAppendVisible(f *testing.F) {
	f.Add("a\nb\u202e‹\xff␊")
	f.Fuzz(func(t *testing.T, text string) {
		got := string(AppendVisible(nil, text))
		require.True(t, utf8.ValidString(got))
		for _, r := range got {
			require.True(t, unicode.IsPrint(r), "%U is invisible", r)
		}
		// What it gives can be read back: two texts never look the same.
		require.Equal(t, text, unescape(t, got))
	})
}

// unescape undoes AppendVisible.
func unescape(t *testing.T, s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		switch {
		case r == '‹':
			code, rest, ok := strings.Cut(s, "›")
			require.True(t, ok)
			s = rest
			if c := slices.Index(controls[:], code); c >= 0 || code == "DEL" {
				if c < 0 {
					c = 0x7F
				}
				b.WriteByte(byte(c))
				continue
			}
			v := 0
			for _, d := range strings.TrimPrefix(strings.TrimPrefix(code, "U+"), "x") {
				v = v<<4 | strings.IndexRune("0123456789ABCDEF", d)
			}
			if code[0] == 'x' {
				b.WriteByte(byte(v))
			} else {
				b.WriteRune(rune(v))
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestAppendVisibleText(t *testing.T) {
	log := NewLog(Limits{})
	path := log.intern([]byte("/a\nü\u202e"))
	open := Record{Kind: Request, Line: LineRequest, Op: uint8(sata.Remove), Path: path, Partner: None}
	log.append(open)
	at, n := log.keep([]byte{0, 'a', 0xFF, '\n', '"'})
	log.append(Record{Kind: Request, Line: LineUnknown, Op: OpUnknown, Length: 5, A: at, B: n, Partner: None})
	log.append(Diagnosis{Code: CodeUnasked, Size: 40}.record())

	text, cut := log.AppendVisibleText(nil, 0, 1000)
	require.Equal(t, "->Remove       {path=/a‹LF›ü‹U+202E›}", string(text))
	require.False(t, cut)
	length := len(log.AppendText(nil, 0))
	for limit := range length + 3 {
		text, cut = log.AppendVisibleText(nil, 0, limit)
		require.True(t, utf8.Valid(text))
		require.NotContains(t, string(text), "‹x", "cut at %d inside a character", limit)
		require.Equal(t, limit < length, cut, "at %d", limit)
	}
	text, cut = log.AppendVisibleText(nil, 1, 1000)
	require.Equal(t, `->Unknown      {data=b"\0a\xff\n\""}`, string(text))
	require.False(t, cut)
	text, cut = log.AppendVisibleText(nil, 1, 2)
	require.Equal(t, `->Unknown      {data=b"\0a…"}`, string(text))
	require.True(t, cut)
	text, _ = log.AppendVisibleText(nil, 2, 1000)
	require.True(t, strings.HasPrefix(string(text), "a response of 40 bytes"), "%s", text)
}

func TestAppendVisibleTextDoesNotAllocate(t *testing.T) {
	log := NewLog(Limits{})
	path := log.intern([]byte("/a/b"))
	log.append(Record{Kind: Request, Line: LineRequest, Op: uint8(sata.Remove), Path: path, Partner: None})
	buf := make([]byte, 0, 1024)
	require.Zero(t, testing.AllocsPerRun(100, func() { buf, _ = log.AppendVisibleText(buf[:0], 0, 1000) }))
}

func BenchmarkAppendVisible(b *testing.B) {
	text := `->ReadFile     {path=/%SLC_EMU_DIR/sys/config/system.xml,move_to=Nowhere,total_size=4096}`
	buf := make([]byte, 0, 1024)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		buf = AppendVisible(buf[:0], text)
	}
}
