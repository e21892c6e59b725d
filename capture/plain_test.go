package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// wide is text in UTF-16.
func wide(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func eachOf(s, before string) string {
	lines := strings.SplitAfter(s, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = before + line
		}
	}
	return strings.Join(lines, "")
}

// forms are one message in forms that are text, each with its kind.
var forms = map[string]Kind{
	"00000000: 0000 0014 0000 0000 0000 0006 0000 0000  ................\n00000010: 0000 0000 0000 0000 0000 0000 0000 0000  ................\n":                                                                                 KindXXD,
	"00000000  00 00 00 14 00 00 00 00  00 00 00 06 00 00 00 00  |................|\n00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n00000020\n":                                                 KindHexdump,
	"000000 00 00 00 14 00 00 00 00 00 00 00 06 00 00 00 00  >................<\n000010 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n000020\n":                                                                               KindOD,
	"0000001400000000000000060000000000000000000000000000000000000000\n":                                                                                                                                                         KindHex,
	"00 00 00 14 00 00 00 00 00 00 00 06 00 00 00 00\n00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n":                                                                                                                         KindHex,
	"\t0x0000:  0000 0014 0000 0000 0000 0006 0000 0000  ................\n\t0x0010:  0000 0000 0000 0000 0000 0000 0000 0000  ................\n":                                                                               KindXXD, // tcpdump -X
	"Offset(h) 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n00000000  00 00 00 14 00 00 00 00 00 00 00 06 00 00 00 00  ................\n00000010  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................\n":    KindOD,  // HxD
	"           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n\n00000000   00 00 00 14 00 00 00 00 00 00 00 06 00 00 00 00  ................\n00000010   00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................\n": KindOD,  // Format-Hex
	"          Offset Bytes                                           Ascii\n                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n" +
		"          ------ ----------------------------------------------- -----\n" +
		"0000000000000000 00 00 00 14 00 00 00 00 00 00 00 06 00 00 00 00 be careful here\n0000000000000010 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ................\n": KindOD, // Format-Hex of PowerShell 7
	"AAAAFAAAAAAAAAAGAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n": KindBase64,
}

// TestSettings: what stands around a form is taken away, whatever it is, and the
// bytes are the same.
func TestSettings(t *testing.T) {
	want := make([]byte, 32)
	want[3], want[11] = 0x14, 6
	for form, kind := range forms {
		for name, text := range map[string]string{
			"as it is":                form,
			"UTF-16, little-endian":   wide(strings.ReplaceAll(form, "\n", "\r\n"), binary.LittleEndian),
			"UTF-16, big-endian":      wide(form, binary.BigEndian),
			"a command and a prompt":  "user@host:~$ show frame.bin\n" + form + "user@host:~$ \n",
			"PowerShell":              wide("PS C:\\> show frame.bin\r\n"+form+"PS C:\\>", binary.LittleEndian),
			"a fence":                 "# Title\n\nThe frame:\n\n```text\n" + form + "```\n\nThat was it.\n",
			"a quoted mail":           eachOf("Hello,\n\n"+form, "> "),
			"a quoted mail of a mail": eachOf(form, ">> "),
			"indented":                eachOf(form, "    "),
			"indented by tabs":        eachOf(form, "\t\t"),
			"lines before":            "Hello,\nthis is the frame:\n\n" + form,
			"old line breaks":         strings.ReplaceAll(form, "\n", "\r"),
			"spaces of a web page":    "The frame\u00A0:\n" + strings.ReplaceAll(form, " ", "\u00A0"),
			"armoured":                "-----BEGIN FRAME-----\n" + form + "-----END FRAME-----\n",
		} {
			f, err := Open(FromText([]byte(text)), Unpackers{})
			require.NoError(t, err, "%s of\n%s", name, form)
			require.Equal(t, kind, f.Kind, "%s of\n%s", name, form)
			var got []byte
			r := NewDumpReader(f, f.Kind)
			var run DumpRun
			for err = r.Next(&run); err == nil; err = r.Next(&run) {
				got = append(got, run.Bytes...)
			}
			require.Equal(t, io.EOF, err, "%s of\n%s", name, form)
			require.Equal(t, want, got, "%s of\n%s", name, form)
		}
	}
	f, err := Open(FromText([]byte("data:application/octet-stream;base64,AAAAFAAAAAAAAAAGAAAAAAAAAAAAAAAAAAAAAAAAAAA=")), Unpackers{})
	require.NoError(t, err)
	require.Equal(t, KindBase64, f.Kind)
	require.True(t, strings.HasPrefix(string(f.Peek()), "AAAAFA"))
}

// TestSettingIsTold: what was taken away is said, and an error names the line
// that a person sees.
// TestFormInQuotes: hex and base64 between the quotes of code are taken, however
// many strings they are in.
func TestFormInQuotes(t *testing.T) {
	want := make([]byte, 40)
	want[3], want[11], want[39] = 0x14, 6, 3
	digits, base := hex.EncodeToString(want), base64.StdEncoding.EncodeToString(want)
	spaced := fmt.Sprintf("% x", want)
	for text, kind := range map[string]Kind{
		`data = bytes.fromhex("` + digits + `")` + "\nprint(len(data))\n":                                                     KindHex,
		"open('a', 'wb').write(bytes.fromhex('" + digits + "'))":                                                              KindHex,
		"frame = bytes.fromhex(\n    \"" + digits[:32] + "\"\n    \"" + digits[32:] + "\"\n)":                                 KindHex,
		"frame = bytes.fromhex(\"\"\"\n" + strings.ReplaceAll(digits, "00000000", "00 00 00 00\n") + "\n\"\"\")\nsend(frame)": KindHex,
		`const b = Buffer.from("` + digits + `", "hex");`:                                                                     KindHex,
		"const b = Buffer.from('" + base + "', 'base64');":                                                                    KindBase64,
		`{"frame": "` + base + `"}`:                                                                                           KindBase64,
		`{"request": "` + digits[:32] + `", "response": "` + digits[32:] + `"}`:                                               KindHex,
		`{"dir":"in","bytes":"` + digits[:32] + "\"}\n{\"dir\":\"out\",\"bytes\":\"" + digits[32:] + "\"}\n":                  KindHex,
		`{"dir":"OUT","bytes":"` + base + `","peer":"Server","as":"base64","by":"IN"}`:                                        KindBase64,
		`{"feed":"` + spaced + `","peer":"SENT"}`:                                                                             KindHex,
		`{"dir":"in","bytes":"` + base + `"}`:                                                                                 KindBase64,
		`s = ("` + base[:24] + "\"\n     \"" + base[24:] + `")`:                                                               KindBase64,
	} {
		f, err := Open(FromText([]byte(text)), Unpackers{})
		require.NoError(t, err, text)
		require.Equal(t, kind, f.Kind, text)
		require.Contains(t, f.Setting, "between quotes", text)
		got, err := io.ReadAll(dumpBytes{NewDumpReader(f, f.Kind)})
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	// A string that may be a name or digits makes it doubtful; too little is none.
	for _, text := range []string{
		`x = f("` + digits + `", "hex"); g("fade")`,
		`{"frame": "` + base + `", "more": "abcd"}`,
		`sum = "` + digits[:64] + `"`,
		`f("` + digits + `", "fade", "` + digits + `")`,
		"See `TestRecoveredDescriptors`, `TestNothingIsInvented` and `decode/testdata`.\n",
		`{"bytes":"` + spaced + "\"}\n{\"bytes\":\"c4 00 fe 00 20\"}\n{\"bytes\":\"" + spaced + `"}`,
		`{"bytes":"c4 00 fe 00 20"}` + "\n{\"bytes\":\"" + spaced + `"}`,
		`{"bytes":"c400fe00"}` + "\n{\"bytes\":\"" + digits + `"}`,
		`{"bytes":"` + digits + "\"}\n{\"bytes\":\"0xC4-00\"}\n",
		`{"bytes":"` + base + "\"}\n{\"bytes\":\"xAD+ACA=\"}\n",
		`{"bytes":"` + base + "\"}\n{\"bytes\":\"xAD-ACA\"}\n",
		`{"bytes":"` + base + "\"}\n{\"bytes\":\"AAAA\"}\n",
		`{"bytes":"xAD+ACA="}` + "\n{\"bytes\":\"" + base + `"}`,
		`{"bytes":"AAAAFAAAAAAAAAAG"}` + "\n{\"bytes\":\"" + base + `"}`,
	} {
		_, err := Open(FromText([]byte(text)), Unpackers{})
		require.ErrorContains(t, err, "found text that begins", text)
	}
}

// dumpBytes reads the bytes of a dump, run by run.
type dumpBytes struct{ r *DumpReader }

func (d dumpBytes) Read(p []byte) (int, error) {
	var run DumpRun
	err := d.r.Next(&run)
	return copy(p, run.Bytes), err
}

func TestSettingIsTold(t *testing.T) {
	f, err := Open(FromText([]byte(wide("Hello,\n> 00000000: 0000 0014\n> 00000004: zz\n", binary.LittleEndian))), Unpackers{})
	require.NoError(t, err)
	require.True(t, f.Plain)
	require.Equal(t, "text in UTF-16, 1 line before it left out, quoting left out", f.Setting)
	r := NewDumpReader(f, f.Kind)
	var run DumpRun
	require.NoError(t, r.Next(&run))
	require.ErrorContains(t, r.Next(&run), "xxd dump, line 3, ")

	f, err = Open(FromText([]byte("00000000: 0000 0014\n")), Unpackers{})
	require.NoError(t, err)
	require.False(t, f.Plain)
	require.Empty(t, f.Setting)
}

// TestNoFormInText: a text about something else is not taken for a dump.
func TestNoFormInText(t *testing.T) {
	for _, text := range []string{
		"hello world\n",
		"# Read me\n\nRun `make` and then\n\n    ./configure --with-everything\n",
		"deadbeef is a word\nand cafe is another\ncafe\n",
		"a word\nSupercalifragilisticexpialidocious\n",
		"total 12\n-rw-r--r-- 1 root root 4096 Jan  1 00:00 00000014\n",
		strings.Repeat("a line\n", 10_000),
	} {
		_, err := Open(FromText([]byte(text)), Unpackers{})
		var format *FormatError
		require.ErrorAs(t, err, &format, text)
		require.Contains(t, format.Found, "text that begins", text)
	}
	// A followed stream in which bytes are lost is known behind a prompt, too.
	_, err := Open(FromText([]byte("$ tshark -z follow,tcp,ascii,0\n\n====\nFollow: tcp,ascii\nFilter: tcp.stream eq 0\n")), Unpackers{})
	require.ErrorContains(t, err, "tshark -q -z follow,tcp,raw,0")
}

// TestPlainInPieces: what the file gives at a time makes no difference.
func TestPlainInPieces(t *testing.T) {
	text := "one\r\ntwo\rthree\u00A0four 😀\n> five\n```\nsix\n"
	for _, s := range []setting{{}, {all: true}, {lead: 1}, {quoting: "> "}, {wide: 'L'}, {wide: 'B', lead: 2, quoting: "> "}} {
		in := text
		switch s.wide {
		case 'L':
			in = wide(text, binary.LittleEndian)
		case 'B':
			in = wide(text, binary.BigEndian)
		}
		want, err := io.ReadAll(newPlain(strings.NewReader(in), s))
		require.NoError(t, err)
		got, err := io.ReadAll(newPlain(iotest.OneByteReader(strings.NewReader(in)), s))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
		got, err = io.ReadAll(iotest.OneByteReader(newPlain(strings.NewReader(in), s)))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
		require.Equal(t, !s.all, !bytes.Contains(want, []byte("six")))
		require.Equal(t, s.lead == 0, bytes.Contains(want, []byte("one")))
		require.Contains(t, string(want), "three four 😀\n")
	}
}
