package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// rustBytes is a byte string as Rust's bytes print it.
func rustBytes(p []byte) string {
	var b strings.Builder
	b.WriteString(`b"`)
	for _, c := range p {
		switch {
		case c == 0:
			b.WriteString(`\0`)
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c >= ' ' && c < 0x7F:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return b.String() + `"`
}

// each writes bytes one by one, with something between and a line break after
// every n.
func each(p []byte, format, between string, n int) string {
	var b strings.Builder
	for i, c := range p {
		if i > 0 {
			b.WriteString(between)
			if i%n == 0 {
				b.WriteString("\n  ")
			}
		}
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func lines(s string, n int) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n] + "\n")
		s = s[n:]
	}
	return b.String() + s + "\n"
}

// odText writes bytes as od -A x -t x1z and its likes do.
func odText(p []byte, offset string, text bool) string {
	var b strings.Builder
	for i := 0; i < len(p); i += 16 {
		row := p[i:min(i+16, len(p))]
		fmt.Fprintf(&b, offset, i)
		b.WriteString(each(row, " %02x", "", 99))
		if text {
			b.WriteString(strings.Repeat("   ", 16-len(row)) + "  >")
			for _, c := range row {
				if c < ' ' || c > '~' {
					c = '.'
				}
				b.WriteByte(c)
			}
			b.WriteString("<")
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, offset+"\n", len(p))
	return b.String()
}

// wiresharkText writes bytes as Wireshark copies them as a hex dump.
func wiresharkText(p []byte) string {
	var b strings.Builder
	for i := 0; i < len(p); i += 16 {
		row := p[i:min(i+16, len(p))]
		fmt.Fprintf(&b, "%04x  ", i)
		b.WriteString(each(row, " %02x", "", 99) + strings.Repeat("   ", 16-len(row)) + "   ")
		for _, c := range row {
			if c < ' ' || c > '~' {
				c = '.'
			}
			b.WriteByte(c)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func escapedLines(p []byte) string {
	var b strings.Builder
	for i := 0; i < len(p); i += 16 {
		if i > 0 {
			b.WriteString(" \\\n")
		}
		b.WriteString(`"` + each(p[i:min(i+16, len(p))], `\x%02x`, "", 99) + `"`)
	}
	return b.String()
}

// gdbText is what x/xb of gdb prints, with what stands behind an address.
func gdbText(p []byte, symbol string) string {
	var b strings.Builder
	for i := 0; i < len(p); i += 8 {
		b.WriteString(fmt.Sprintf("0x%x", 0x7fffffffe3a0+i))
		if symbol != "" {
			b.WriteString(fmt.Sprintf(symbol, i))
		}
		b.WriteString(":\t" + each(p[i:min(i+8, len(p))], "0x%02x", "\t", 99) + "\n")
	}
	return b.String()
}

func octal(p []byte) string { return each(p, `\%03o`, "", 1<<30) }

// textForms are the ways to write bytes that people have.
var textForms = []struct {
	name string
	kind Kind
	text func(p []byte) string
}{
	{"od -A x -t x1z", KindOD, func(p []byte) string { return odText(p, "%06x", true) }},
	{"od -t x1", KindOD, func(p []byte) string { return odText(p, "%07o", false) }},
	{"od -A d -t x1", KindOD, func(p []byte) string { return odText(p, "%07d", false) }},
	{"Wireshark, copied as hex dump", KindOD, wiresharkText},
	{"colons", KindHex, func(p []byte) string { return each(p, "%02x", ":", 1<<30) }},
	{"dashes", KindHex, func(p []byte) string { return each(p, "%02X", "-", 1<<30) }},
	{"pairs", KindHex, func(p []byte) string { return each(p, "%02x", " ", 16) }},
	{"words", KindHex, func(p []byte) string { return each(p, "%02x", "", 4) }},
	{"Rust, printed as hex", KindHex, func(p []byte) string { return "[" + each(p, "%x", ", ", 1<<30) + "]\n" }},
	{"Rust, printed as hex pairs", KindHex, func(p []byte) string { return "[" + each(p, "%02x", ", ", 1<<30) + "]" }},
	{"0x list", KindByteList, func(p []byte) string { return each(p, "0x%02x", ", ", 12) }},
	{"0X list without zeros", KindByteList, func(p []byte) string { return each(p, "0X%X", " ", 12) }},
	{"xxd -i", KindByteList, func(p []byte) string {
		return "unsigned char a_bin[] = {\n  " + each(p, "0x%02x", ", ", 12) + "\n};\nunsigned int a_bin_len = 300;\n"
	}},
	{"C", KindByteList, func(p []byte) string {
		return fmt.Sprintf("// a request\nstatic const uint8_t frame[%d] = { /* 0xFF is not\n of it */ %s, };\n", len(p), each(p, "0x%02XU", ",", 8))
	}},
	{"Go", KindByteList, func(p []byte) string {
		return "var frame = []byte{\n\t" + each(p, "0x%02x", ", ", 8) + ", // end\n}\n"
	}},
	{"Go, printed", KindByteList, func(p []byte) string { return fmt.Sprint(p) + "\n" }},
	{"Rust", KindByteList, func(p []byte) string {
		return fmt.Sprintf("let frame: [u8; %d] = [%s];", len(p), each(p, "0x%02x", ", ", 16))
	}},
	{"Rust, printed", KindByteList, func(p []byte) string { return "[" + each(p, "%d", ", ", 1<<30) + "]" }},
	{"vec!", KindByteList, func(p []byte) string { return "let v = vec![" + each(p, "%du8", ", ", 20) + "];" }},
	{"Java", KindByteList, func(p []byte) string { return "new byte[] { " + each(p, "(byte) 0x%02x", ", ", 9) + " };" }},
	{"assembler", KindByteList, func(p []byte) string {
		return "\t.byte " + strings.ReplaceAll(each(p, "0x%02x", ",", 8), ",\n  ", "\n\t.byte ") + "\n"
	}},
	{"gdb", KindByteList, func(p []byte) string { return gdbText(p, "") }},
	{"gdb, of a global", KindByteList, func(p []byte) string { return gdbText(p, " <buf+%d>") }},
	{"gdb, of a global of C++", KindByteList, func(p []byte) string { return gdbText(p, " <a::B<std::array<int, 4>, 3>::x[2]+%d>") }},
	{"gdb, its session", KindByteList, func(p []byte) string {
		return "(gdb) x/400xb buf\n" + gdbText(p, " <buf+%d>") + "(gdb) print 17\n$1 = 17\n(gdb) "
	}},
	{"escapes", KindByteList, func(p []byte) string { return each(p, `\x%02x`, "", 1<<30) }},
	{"two arrays", KindByteList, func(p []byte) string {
		return "char a[] = { " + each(p[:5], "0x%02x", ", ", 9) + " };\nchar b[] = { " + each(p[5:], "0x%02x", ", ", 9) + " };\n"
	}},
	{"Rust byte string", KindByteString, rustBytes},
	{"Rust byte string in code", KindByteString, func(p []byte) string { return "let frame = " + rustBytes(p) + ";\n" }},
	{"Python", KindByteString, func(p []byte) string { return "b'" + each(p, `\x%02x`, "", 1<<30) + "'" }},
	{"C string", KindString, func(p []byte) string { return `"` + octal(p) + `"` }},
	{"Go string", KindString, func(p []byte) string { return "x := \"" + each(p, `\x%02x`, "", 1<<30) + "\"\n" }},
	{"Wireshark, copied as escaped string", KindString, escapedLines},
	{"base64", KindBase64, func(p []byte) string { return base64.StdEncoding.EncodeToString(p) }},
	{"base64 without padding", KindBase64, func(p []byte) string { return base64.RawURLEncoding.EncodeToString(p) }},
	{"base64 in lines", KindBase64, func(p []byte) string { return lines(base64.StdEncoding.EncodeToString(p), 76) }},
	{"base64, two", KindBase64, func(p []byte) string {
		return base64.StdEncoding.EncodeToString(p[:19]) + "\n" + base64.StdEncoding.EncodeToString(p[19:]) + "\n"
	}},
}

// aRequest is a Ping, as short as a request can be; others are made of it.
func aRequest(t testing.TB) []byte {
	p, err := hex.DecodeString("00000014000000000000000600000000000000000000000000000000000000000000" + "0bb800000b98010101010100000000000014")
	require.NoError(t, err)
	require.Len(t, p, 0x34)
	return p
}

func TestTextForms(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 0))
	big := append(aRequest(t), make([]byte, 200_000)...)
	for i := 0x34; i < len(big); i++ {
		big[i] = byte(random.Uint32())
	}
	small := append(aRequest(t), "\"\\\n\r\t\x00\x7F01 '"...)
	for _, c := range textForms {
		t.Run(c.name, func(t *testing.T) {
			for _, want := range [][]byte{aRequest(t), small, big} {
				text := c.text(want)
				f, err := Open(FromText([]byte(text)), Unpackers{})
				require.NoError(t, err)
				require.Equal(t, c.kind, f.Kind, "%.200s", text)
				got, err := readDumpFrom(t, f, text, c.kind)
				require.Equal(t, io.EOF, err)
				require.True(t, bytes.Equal(want, got), "%.200s", text)
				// With Windows' line breaks, a byte order mark, in odd pieces.
				text = "\xEF\xBB\xBF" + strings.ReplaceAll(text, "\n", "\r\n")
				k, _, _ := recognise([]byte(text)[:min(len(text), peekSize)], len(text) <= peekSize)
				require.Equal(t, c.kind, k)
				got, err = readDumpFrom(t, iotest.HalfReader(strings.NewReader(text)), text, c.kind)
				require.Equal(t, io.EOF, err)
				require.True(t, bytes.Equal(want, got))
			}
		})
	}
}

// The programs themselves, where they are.
func TestTextPrograms(t *testing.T) {
	want, err := os.ReadFile(exports + "both_directions.bin")
	require.NoError(t, err)
	for _, c := range []struct {
		kind    Kind
		command []string
	}{
		{KindOD, []string{"od", "-A", "x", "-t", "x1z"}}, {KindOD, []string{"od", "-A", "d", "-t", "x1"}}, {KindOD, []string{"od", "-v", "-t", "x1"}},
		{KindHex, []string{"od", "-v", "-A", "n", "-t", "x1"}}, {KindHex, []string{"xxd", "-p"}}, {KindByteList, []string{"xxd", "-i"}},
		{KindXXD, []string{"xxd", "-c", "24", "-g", "4"}}, {KindXXD, []string{"xxd", "-u"}}, {KindHexdump, []string{"hexdump", "-C"}},
		{KindHexdump, []string{"hd", "-v"}}, {KindBase64, []string{"base64"}}, {KindBase64, []string{"base64", "-w", "0"}},
	} {
		if _, err := exec.LookPath(c.command[0]); err != nil {
			t.Logf("%s is not here", c.command[0])
			continue
		}
		cmd := exec.Command(c.command[0], c.command[1:]...)
		cmd.Stdin = bytes.NewReader(want)
		text, err := cmd.Output()
		require.NoError(t, err)
		f, err := Open(FromText(text), Unpackers{})
		require.NoError(t, err, c.command)
		require.Equal(t, c.kind, f.Kind, c.command)
		got, err := readDumpFrom(t, f, string(text), c.kind)
		require.Equal(t, io.EOF, err, c.command)
		require.True(t, bytes.Equal(want, got), c.command)
	}
}

func TestTextErrors(t *testing.T) {
	for _, c := range []struct {
		kind       Kind
		text, want string
		given      int
	}{
		{KindBase64, "AAAA*", `base64, line 1, offset 4: expected a digit of base64, found "*"`, 3},
		{KindBase64, "AAAA\nA\n", "base64, line 3, offset 7: expected 4 digits of base64, found only 1 byte before the end of the file; it was cut off, or is still being written", 3},
		{KindBase64, "AA=A", `base64, line 1, offset 3: expected a digit of base64, found "A"`, 0},
		{KindBase64, "A=AA", `base64, line 1, offset 1: expected a digit of base64, found "="`, 0},
		{KindByteList, "0x00, 0x01 0x123", `list of bytes, line 1, offset 11: expected a byte as 0x00 or 0 to 255, found "0"`, 2},
		{KindByteList, "[0, 1, 256]", `list of bytes, line 1, offset 7: expected a byte as 0x00 or 0 to 255, found "2"`, 2},
		{KindByteList, "[0, 1\n, -200]", `list of bytes, line 2, offset 8: expected a byte as 0x00 or 0 to 255, found "-"`, 2},
		{KindByteList, "{0x00, 0x01", "list of bytes, line 1, offset 11: expected the bracket that ends the list, found only 0 bytes before the end of the file; it was cut off, or is still being written", 2},
		{KindByteList, "{0x00 /* 0x01", "list of bytes, line 1, offset 12: expected the */ of a comment, found only 1 byte before the end of the file; it was cut off, or is still being written", 1},
		{KindByteList, "{0x00 / 0x01", `list of bytes, line 1, offset 6: expected a byte as 0x00 or 0 to 255, found "/"`, 1},
		{KindByteList, strings.Repeat("word ", 5000), `list of bytes, line 1, offset 20480: expected a list of bytes as 0x00, 0x01, found "w"`, 0},
		{KindByteString, `b"\0\q"`, `byte string, line 1, offset 4: expected one of the escapes \xNN, \0, \n, \r, \t, \\, \" and \', found "\\q\""`, 1},
		{KindByteString, `b"\0\x0g"`, `byte string, line 1, offset 4: expected two hex digits after \x, found "\\x0g"`, 1},
		{KindByteString, `b"\0\x`, "byte string, line 1, offset 4: expected an escape, found only 2 bytes before the end of the file; it was cut off, or is still being written", 1},
		{KindByteString, `b"\0ab`, "byte string, line 1, offset 6: expected the quote that ends the string, found only 0 bytes before the end of the file; it was cut off, or is still being written", 3},
		{KindByteString, "b\"\\0\nab\"", `byte string, line 1, offset 4: expected a printable ASCII character or an escape, found "\n"`, 1},
		{KindString, `"\400"`, `string, line 1, offset 1: expected one of the escapes \xNN, \0, \n, \r, \t, \\, \" and \', found "\\400"`, 0},
		{KindOD, "000000 00 01\n000003 02\n", "od dump, line 2, offset 13: expected the offset 00000002, found 000003", 2},
		{KindOD, "000000 00 011\n", `od dump, line 1, offset 10: expected bytes of two hex digits, found "011"`, 0},
		{KindOD, "000000 00 01x\n", `od dump, line 1, offset 12: expected bytes of two hex digits, found "x"`, 0},
		{KindByteList, "<<0, 1, 2, ...>>", `list of bytes, line 1, offset 11: expected all bytes, found "...", which stands for bytes that were not printed; print them all: limit: :infinity in Elixir, maxArrayLength: null in Node`, 3},
		{KindByteList, "<<0, 1, 2, .3>>", `list of bytes, line 1, offset 11: expected a byte as 0x00 or 0 to 255, found "."`, 3},
		{KindHex, "<Buffer 00 14. 00>", `hex dump, line 1, offset 13: expected a hex digit, found "."`, 2},
		{KindHex, "got\n<Buffer 00 01", `hex dump, line 1, offset 0: expected a hex digit, found "g"`, 0},
		{KindHex, "<Buffer 00 01 ... 50 more bytes>", `hex dump, line 1, offset 14: expected all bytes, found "...", which stands for bytes that were not printed; print them all: buf.toString('hex')`, 2},
		{KindHex, "got <Buffer 00 0g>", `hex dump, line 1, offset 16: expected the second hex digit of a byte, found "g"`, 1},
		{KindHex, "00:01:", `hex dump, line 1, offset 5: expected a hex digit, found ":"`, 2},
		{KindHex, "[0, 14c, 4]", `hex dump, line 1, offset 7: expected the second hex digit of a byte, found ","`, 2},
		{KindHex, "0:001", `hex dump, line 1, offset 1: expected the second hex digit of a byte, found ":"`, 0},
	} {
		got, err := readDump(t, c.text, c.kind)
		require.EqualError(t, err, c.want, c.text)
		require.Len(t, got, c.given, c.text)
	}
}

// Several lists of hex digits are one dump; what else stands in brackets between them
// is none of it.
func TestListsBetweenHexLists(t *testing.T) {
	for text, want := range map[string]string{
		"frame: [00, 00, 00, 14]\nretry after [10, 20] ms\n":                   "00000014",
		"frame: [00, 00, 00, 14]\nids [1, 2, 3, 400], [1, 2, 3, 4], [5, 6x]\n": "00000014",
		"frame: [00, 00, 00, 14]\nids [10, 20\n":                               "00000014",
		"frame: [00, 00, 00, 14]\nwith [30, 31, 32, 33], [c4, 00], [ff, fe":    "0000001430313233c400fffe",
		"frame: [0, 0, 0, c4]\nids [1, 2, 3, 400]\nwith [0, 0, 0, 0], [c4, 1]": "000000c400000000c401",
	} {
		f, err := Open(FromText([]byte(text)), Unpackers{})
		require.NoError(t, err, text)
		require.Equal(t, KindHex, f.Kind, text)
		got, err := readDump(t, text, KindHex)
		require.Equal(t, io.EOF, err, text)
		require.Equal(t, want, hex.EncodeToString(got), text)
	}
}

// What only looks like one of the forms is none.
func TestTextForeign(t *testing.T) {
	for _, text := range []string{
		"hello", "a word of text", "it's \"quoted\" text", "see 0x10 for more", "[1]", "{}", "{\"a\": [1, 2, 3]}", "int main(void) { return 0; }", "[1, 2, 3",
		"thisIsOneWord", "-> nothing", "<- {", "!! {", "->Ping", "2024-01-02T03:04:05", "package main", "<html>", "'it\\'s'",
	} {
		_, err := Open(FromText([]byte(text)), Unpackers{})
		require.Error(t, err, text)
		require.Contains(t, err.Error(), "found text that begins", text)
	}
	for text, kind := range map[string]Kind{
		"->Ping         {supports_ffio=true,": KindLog, "<-          RC {return_code=Success}\n": KindLog, "<- Folder Item {rc=": KindLog, "  ->0": KindLog,
		"->OpenFile     {path=a\nb,mode=r}\n": KindLog, "!! bytes-missing {stream=0": KindLog, "<-     Unknown {data=b\"\"}": KindLog,
		"00 00 00 14": KindHex, "b\"\\0\\0\\0\\x14\"": KindByteString, "AAAAFAAAAAAAAAAGAAAAAAAAAAAAAAAA": KindBase64, "[0, 0, 0, 20]": KindByteList, "[00, 06, 10, 20]": KindHex, "[10, 20, 30, c4]": KindHex, "[0, 14, c4, 1": KindHex, "[10, 20, 30, 100, 4]": KindByteList,
	} {
		f, err := Open(FromText([]byte(text)), Unpackers{})
		require.NoError(t, err, text)
		require.Equal(t, kind, f.Kind, text)
	}
	for text, found := range map[string]string{
		`{"number":1,"time":null}`:                                                          "a log as NDJSON or CSV, which is for programs; open the capture that it was made from, or its log",
		"number,time,packet,stream,kind,operation\n1":                                       "a log as NDJSON or CSV, which is for programs; open the capture that it was made from, or its log",
		"1:->ReadFile     {path=a}\n2:<-        READ {chk=00,header=b\"\\xc4\\0$\\x02\"}\n": `a log with something before each of its lines, as "1:"; take that away: each message begins with -> or <-`,
		"1: ->ReadFile     {path=a\nb}\n2: <-        READ {chk=00,header=b\"\\xc4\\0$\\x02\"}\n3: ->ReadFile     {path=a}\n": `a log with something before each of its lines, as "1: "; take that away: each message begins with -> or <-`,
		"1: ->ReadFile     {path=a}\n  ->4096\n3: <-        READ {chk=00,header=b\"\\xc4\\0$\\x02\"}\n":                      `a log with something before each of its lines, as "1: "; take that away: each message begins with -> or <-`,
		"grep:\n12:01:02  ->500\n12:01:03<-          RC {return_code=Success}":                                               `a log with something before each of its lines, as "12:01:02"; take that away: each message begins with -> or <-`,
		"[\n  {\n    \"_index\": \"packets-2023-11-14\",\n    \"frame_raw\": [\"00000014\"]":                                 "a dissection of packets as JSON; open the capture that it was made from, or print its packets with: tshark -x",
		"{\"index\":{\"_index\":\"packets-2023-11-14\",\"_type\":\"doc\"}}\n":                                                "a dissection of packets as JSON of lines; open the capture that it was made from, or print its packets with: tshark -x",
		"<?xml version=\"1.0\"?>\n<pdml version=\"0\">":                                                                      "a dissection of packets as PDML; open the capture that it was made from, or print its packets with: tshark -x",
	} {
		_, err := Open(FromText([]byte(text)), Unpackers{})
		require.EqualError(t, err, "file, offset 0: expected "+wanted+", found "+found)
	}
	require.Equal(t, "pasted text", FromText(nil).Name())
	require.EqualValues(t, 3, FromBytes("x", []byte("abc")).Size())
}

// FuzzText reads anything as each form: no panic, no hang, and what is read can
// be read again.
func FuzzText(f *testing.F) {
	p := aRequest(f)
	for _, c := range textForms {
		f.Add(c.text(p), uint8(c.kind-KindOD))
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		got, err := readDump(t, text, KindOD+Kind(kind)%(KindLog-KindOD))
		require.Error(t, err) // io.EOF is one
		require.LessOrEqual(t, len(got), len(text)+maxRepeated)
	})
}
