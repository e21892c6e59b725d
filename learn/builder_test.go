package learn

import (
	"bytes"
	"encoding/json"
	"go/format"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

// frameOf is the frame of record i, nil when its bytes are not wholly there.
func frameOf(c Conversation, i int) *Frame {
	r := c.Log.At(i)
	if r.Length > maxBytes || r.Kind == walcore.Written || r.Kind == walcore.Diagnostic {
		return nil
	}
	b, err := c.Bytes(i, maxBytes)
	if err != nil {
		return nil
	}
	if r.Kind == walcore.Request {
		return RequestFrame(b)
	}
	if r.Partner == walcore.None {
		return nil
	}
	q := c.Log.At(int(r.Partner))
	command := sata.Command(q.Op)
	if q.Op == walcore.OpUnknown {
		command = ^sata.Command(0)
	}
	return ResponseFrame(b, command, sata.Query(q.B))
}

// rebuild takes a frame apart into what people see and puts that together.
func rebuild(t testing.TB, f *Frame) []byte {
	values, tail := f.Values()
	b, err := Assemble(values, tail)
	require.NoError(t, err)
	return b
}

// TestBuilderIdentity holds bytes → fields → bytes over every golden message,
// and that writing each field's text back changes nothing.
func TestBuilderIdentity(t *testing.T) {
	seen := map[sata.Command]int{}
	shapes := map[sata.Shape]int{}
	remains, tails := 0, 0
	check := func(f *Frame) {
		parses := f.Problem() == nil
		values, tail := f.Values()
		require.True(t, bytes.Equal(f.Bytes, rebuild(t, f)), "%s %v", f.Command, f.Shape)
		before := f.Bytes
		for i := range values {
			require.NoError(t, f.Set(i, values[i].Text))
			require.True(t, bytes.Equal(before, f.Bytes), "%s %v: %s set to %q", f.Command, f.Shape, values[i].Field.Name, values[i].Text)
			if values[i].Remains != nil {
				remains++
			}
		}
		if parses && len(tail) > 0 {
			tails++
		}
		if parses && f.Request {
			seen[f.Command]++
		}
		if parses && !f.Request {
			shapes[f.Shape]++
		}
	}
	for _, name := range goldenFiles(t) {
		if strings.HasPrefix(name, "events/") {
			continue // below: all bytes, whatever becomes of them
		}
		c := load(t, name)
		if strings.HasSuffix(name, "zst") || strings.HasSuffix(name, "gz") && !strings.Contains(name, "story") {
			continue // packed: the same kind of messages, slow to read back
		}
		read := 0
		for i := range c.Log.Len() {
			if read > 8<<20 {
				break
			}
			if f := frameOf(c, i); f != nil {
				read += len(f.Bytes)
				check(f)
			}
		}
	}
	for _, name := range goldenFiles(t) {
		if !strings.HasSuffix(name, ".jsonl") {
			continue
		}
		for _, it := range eventItems(t, name) {
			if it.Kind == ItemWritten {
				continue
			}
			f := RequestFrame(it.Bytes)
			if it.Kind == ItemResponse {
				for _, s := range sata.Commands {
					check(ResponseFrame(it.Bytes, s.Command, sata.QueryDetails))
				}
				check(ResponseFrame(it.Bytes, sata.QueryPath, sata.QueryFileCount))
				check(ResponseFrame(it.Bytes, sata.QueryPath, sata.QueryFreeSpace))
				continue
			}
			check(f)
		}
	}
	for _, s := range sata.Commands {
		require.NotZero(t, seen[s.Command], "no golden %s", s.Name)
	}
	for shape := sata.ShapeResult; shape <= sata.ShapeRead; shape++ {
		require.NotZero(t, shapes[shape], "no golden response of shape %s", shape)
	}
	require.NotZero(t, remains, "texts with remains after their NUL")
	require.NotZero(t, tails, "messages with bytes that are ignored")
}

func eventItems(t testing.TB, name string) (items []Item) {
	text, err := os.ReadFile(golden + name)
	require.NoError(t, err)
	for _, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		var e struct {
			Op  string
			FD  int32
			Len uint64
			Hex string
		}
		require.NoError(t, json.Unmarshal(line, &e))
		b, err := ParseRuns(e.Hex, MaxFrame)
		require.NoError(t, err)
		switch e.Op {
		case "req":
			items = append(items, Item{Kind: ItemRequest, Bytes: b})
		case "resp":
			items = append(items, Item{Kind: ItemResponse, Bytes: b})
		case "oob":
			items = append(items, Item{Kind: ItemWritten, FD: e.FD, Length: e.Len})
		}
	}
	return items
}

// TestNewFrames: every command and every response has a frame to start from
// that parses, and each of its fields can be edited.
func TestNewFrames(t *testing.T) {
	for _, s := range sata.Commands {
		f := NewRequest(s.Command)
		require.NoError(t, f.Problem(), s.Name)
		require.Empty(t, f.LengthNote())
		require.Equal(t, s.Command, f.Command)
		values, tail := f.Values()
		require.Empty(t, tail)
		require.Len(t, values, len(sata.HeaderFields)+len(sata.CommandInfoFields)+len(s.Fields))
		for i := range values {
			for _, choice := range f.Choices(&values[i].Field) {
				g := *f
				require.NoError(t, g.Set(i, choice.Text), "%s %s", s.Name, values[i].Field.Name)
				got, _ := g.Values()
				require.Equal(t, choice.Text, got[i].Text, "a choice is written as the field shows it")
				if values[i].Field.Name != "command" {
					require.NoError(t, g.Problem(), "%s %s=%s", s.Name, values[i].Field.Name, choice.Text)
				}
			}
		}
		for n, q := range sata.Queries() {
			if n > 0 && s.Command != sata.QueryPath || n > 0 && q.Name == "" {
				continue
			}
			for _, result := range sata.Results {
				r := NewResponse(s.Command, sata.Query(n), result.Code)
				refused := result.Code != sata.Success && (s.Response == sata.ShapePong || s.Response == sata.ShapeItem && result.Code != sata.NoMoreItems)
				require.Equal(t, refused, r.Problem() != nil, "%s %v %v", s.Name, result.Code, r.Problem())
				require.Equal(t, r.Bytes, rebuild(t, r))
				require.Empty(t, r.LengthNote())
			}
		}
	}
}

func TestSet(t *testing.T) {
	f := NewRequest(sata.OpenFile)
	field := func(name string) int {
		values, _ := f.Values()
		for i := range values {
			if values[i].Field.Name == name {
				return i
			}
		}
		t.Fatalf("no field %s", name)
		return -1
	}
	path := field("path")
	require.NoError(t, f.Set(path, `/a\n\xff\u{202e}\\b`))
	require.Equal(t, "/a\n\xff\u202e\\b\x00", string(f.Bytes[0x44:0x44+10]))
	values, _ := f.Values()
	require.Equal(t, `/a\n\xff\u{202e}\\b`, values[path].Text)
	require.ErrorContains(t, f.Problem(), "path at offset 0x47: expected UTF-8, found 0xff", "the offset is that of the byte")

	require.NoError(t, f.Set(path, "/a"))
	require.NoError(t, f.Problem())
	// What stood behind the NUL keeps its place when the text changes.
	copy(f.Bytes[0x50:], "left")
	values, _ = f.Values()
	require.Equal(t, []byte("left"), values[path].Remains[0x50-0x47:0x54-0x47])
	require.NoError(t, f.Set(path, "/abc"))
	require.Equal(t, "/abc\x00", string(f.Bytes[0x44:0x49]))
	require.Equal(t, "left", string(f.Bytes[0x50:0x54]))
	require.NoError(t, f.Set(path, "/a/long/path/"))
	require.Equal(t, "/a/long/path/\x00ft", string(f.Bytes[0x44:0x54]), "a longer text covers what was there")

	for _, bad := range []struct{ field, text, says string }{
		{"path", strings.Repeat("x", sata.PathSize+1), "path: at character 513: expected at most 512 bytes, found more"},
		{"path", `a\q`, `path: at character 2: expected \\, \n, \r, \t, \xNN or \u{NNNN}, found "\\q"`},
		{"path", `a\x00`, "path: at character 2: expected no NUL: it ends the text, found one"},
		{"path", "a\x00", "path: at character 2: expected no NUL: it ends the text, found one"},
		{"path", `\u{110000}`, `expected \\, \n`},
		{"packet id", strings.Repeat("9", 400), `packet id: expected a number from 0 to 4294967295, or hex after 0x, found "` + strings.Repeat("9", 39) + `…"`},
		{"packet id", "", "packet id: expected a number from 0 to 4294967295, or hex after 0x, found nothing"},
		{"packet id", "4294967296", "found \"4294967296\""},
		{"packet id", "-1", "found \"-1\""},
		{"packet id", "0x", "found \"0x\""},
		{"zeros", "00", "zeros: at character 3: expected 8 bytes, found 1"},
		{"zeros", "00*9.", "expected at most 8 bytes"},
		{"zeros", "0g", `expected the second hex digit of a byte, found "g"`},
	} {
		before := append([]byte(nil), f.Bytes...)
		require.ErrorContains(t, f.Set(field(bad.field), bad.text), bad.says)
		require.Equal(t, before, f.Bytes, "a refused text changes nothing")
	}
	require.NoError(t, f.Set(path, strings.Repeat("x", sata.PathSize)), "a text without its NUL can be made")
	require.ErrorContains(t, f.Problem(), "a NUL within 512 bytes")
	require.Error(t, f.Set(99, "1"))

	// Another command reads the same bytes its own way.
	require.NoError(t, f.Set(field("command"), "0x0b"))
	require.Equal(t, sata.StatFile, f.Command)
	require.ErrorContains(t, f.Problem(), "expected 4 bytes, found 528")
	f.Fit()
	require.NoError(t, f.Problem())
	require.Len(t, f.Bytes, 0x38)
	require.Empty(t, f.LengthNote())

	g := NewRequest(sata.ReadFile)
	require.NoError(t, g.Set(field("descriptor")+2, "-7"))
	values, _ = g.Values()
	require.Equal(t, "-7", values[len(values)-3].Text)
	g.Change(sata.CloseFile)
	require.NoError(t, g.Problem())
	values, _ = g.Values()
	require.Equal(t, "-7", values[len(values)-1].Text, "the descriptor goes along")
	require.Empty(t, g.LengthNote())
	require.NoError(t, g.Set(len(values)-1, "0xffffffff"))
	values, _ = g.Values()
	require.Equal(t, "-1", values[len(values)-1].Text)
}

func TestTailAndLength(t *testing.T) {
	f := NewRequest(sata.SetFilePosition)
	require.NoError(t, f.SetTail([]byte{1, 2, 3, 4}))
	require.NoError(t, f.Problem(), "four bytes more are taken")
	require.Empty(t, f.LengthNote())
	require.NoError(t, f.SetTail([]byte{1, 2, 3, 4, 5}))
	require.ErrorContains(t, f.Problem(), "expected 8 to 12 bytes, found 13")
	require.NoError(t, f.Set(0, "20"))
	require.Equal(t, "The header says that 20 bytes follow, but 33 do: on the wire the next message would be looked for 13 bytes too early.", f.LengthNote())
	require.NoError(t, f.Set(0, "34"))
	require.Equal(t, "The header says that 34 bytes follow, but only 33 do: on the wire the first 1 byte of the next message would be taken for the rest of this one.", f.LengthNote())
	f.FixLength()
	require.Empty(t, f.LengthNote())
	require.Error(t, f.SetTail(make([]byte, MaxFrame)))
	require.Error(t, f.SetBytes(make([]byte, MaxFrame+1)))

	// A failure's response is read up to its code.
	r := NewResponse(sata.StatFile, 0, sata.Success)
	code := len(sata.HeaderFields)
	require.NoError(t, r.Set(code, "0xfff0ffe9"))
	values, tail := r.Values()
	require.Len(t, values, code+1)
	require.Len(t, tail, sata.InfoSize)
	require.NoError(t, r.Problem())
	r.Fit()
	require.Len(t, r.Bytes, 0x24)
	require.NoError(t, r.Set(code, "0"))
	require.Error(t, r.Problem())
	r.Fit()
	require.NoError(t, r.Problem())
}

// TestAppendRead makes the story's reads again from their own data.
func TestAppendRead(t *testing.T) {
	c := story(t)
	grown := map[uint32]bool{}
	n := 0
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		read, ok := c.ReadOf(i)
		if !ok {
			continue
		}
		want, err := c.Bytes(i, maxBytes)
		require.NoError(t, err)
		n++
		if r.Failed() {
			require.Equal(t, want, AppendFailedRead(nil, sata.Result(r.B)))
			continue
		}
		data := want[sata.ReadHeadSize:]
		if read.Form == sata.ReadZeros {
			data = data[:read.Word]
		} else {
			data = bytes.TrimRight(data, "\xcd")
		}
		got, g := AppendRead(nil, ReadAnswer{Data: data, FileLength: r.B, Total: read.Total, FirstRead: read.FirstRead, Grown: grown[r.Stream]})
		require.True(t, bytes.Equal(want, got), "line %d", i)
		grown[r.Stream] = g
	}
	require.Equal(t, 15, n)
}

func TestCode(t *testing.T) {
	b := make([]byte, 18)
	b[17] = 0xAB
	require.Equal(t, strings.Repeat("00 ", 15)+"00\n00 ab\n", string(AppendCode(nil, LanguageHex, "x", b)))
	for _, n := range []int{0, 1, 16, 17, 100} {
		src := AppendCode([]byte("package p\n\n"), LanguageGo, "frame", make([]byte, n))
		want, err := format.Source(src)
		require.NoError(t, err)
		require.Equal(t, string(want), string(src), "as gofmt writes it")
	}
	require.Equal(t, "static const uint8_t frame[2] = {\n    0x00, 0x00,\n};\n", string(AppendCode(nil, LanguageC, "frame", b[:2])))
	require.Equal(t, "pub const FRAME: [u8; 1] = [\n    0xab,\n];\n", string(AppendCode(nil, LanguageRust, "FRAME", b[17:])))
	require.Equal(t, "pub const FRAME: [u8; 0] = [\n];\n", string(AppendCode(nil, LanguageRust, "FRAME", nil)))
	require.NotContains(t, string(AppendCode(nil, LanguageC, "frame", nil)), "{\n}", "C has no empty arrays")
}

func FuzzFrame(f *testing.F) {
	f.Add(NewRequest(sata.OpenFile).Bytes, true, uint32(5), uint32(0))
	f.Add(NewResponse(sata.ReadFolder, 0, 0).Bytes, false, uint32(2), uint32(0))
	f.Add(NewResponse(sata.ReadFile, 0, 0).Bytes, false, uint32(6), uint32(0))
	f.Fuzz(func(t *testing.T, b []byte, request bool, command, query uint32) {
		fr := RequestFrame(b)
		if !request {
			fr = ResponseFrame(b, sata.Command(command), sata.Query(query))
		}
		require.True(t, bytes.Equal(b, rebuild(t, fr)))
		fr.Problem()
		fr.LengthNote()
		fr.Fit()
		if len(fr.Layout()) > 0 && !fr.headless() && (fr.Request || fr.Shape != sata.ShapeUnknown) {
			require.Empty(t, fr.LengthNote())
		}
	})
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		text := AppendRuns(nil, b)
		back, err := ParseRuns(string(text), len(b))
		require.NoError(t, err)
		require.True(t, bytes.Equal(b, back))
		if more, err := ParseRuns(string(b), 4096); err == nil {
			again, err := ParseRuns(string(AppendRuns(nil, more)), 4096)
			require.NoError(t, err)
			require.True(t, bytes.Equal(more, again))
		}
	})
}

// TestChanged: exactly the bytes that differ are told, each range once.
func TestChanged(t *testing.T) {
	f := NewRequest(sata.OpenFile)
	was := append([]byte(nil), f.Bytes...)
	require.Empty(t, Changed(was, f))
	values, _ := f.Values()
	for i := range values {
		if values[i].Field.Name == "packet id" {
			require.NoError(t, f.Set(i, "0x01020304"))
		}
	}
	require.NoError(t, f.Set(len(values)-1, "/%SLC_EMU_DIR/sys/config/System.xml"))
	at := 0x44 + len("/%SLC_EMU_DIR/sys/config/")
	require.Equal(t, []Mark{{4, 4, "packet id, was 00 00 00 00"}, {at, 1, "path, was 73"}}, Changed(was, f))
	require.NoError(t, f.SetTail([]byte{1, 2}))
	marks := Changed(was, f)
	require.Equal(t, Mark{len(was), 2, "2 bytes more than before"}, marks[len(marks)-1])
	require.NoError(t, f.SetBytes(was[:len(was)-1]))
	require.Equal(t, []Mark{{len(was) - 2, 1, "the end: 1 byte fewer than before"}}, Changed(was, f))
	require.NoError(t, f.SetBytes(nil))
	require.Empty(t, Changed(was, f))

	// Of many changes no byte is left out.
	b := append([]byte(nil), was...)
	for i := range b {
		b[i] ^= byte(i % 2)
	}
	require.NoError(t, f.SetBytes(b))
	covered := map[int]bool{}
	for _, m := range Changed(was, f) {
		for n := m.Offset; n < m.End(); n++ {
			covered[n] = true
		}
	}
	for i := range b {
		require.True(t, b[i] == was[i] || covered[i], "byte %d", i)
	}
}

// TestVersionDigits: the version is written with all its digits, as the field's
// meaning writes it.
func TestVersionDigits(t *testing.T) {
	values, _ := NewRequest(sata.ReadFile).Values()
	for _, v := range values {
		if v.Field.Name == "version" {
			require.Equal(t, "0x02000600", v.Text)
			require.Contains(t, v.Field.Meaning, v.Text)
			return
		}
	}
	t.Fatal("no version")
}
