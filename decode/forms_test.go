package decode

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

// TestTextForms: one conversation in each of the forms in which bytes are written
// as text gives the same log, and its messages can be read again.
func TestTextForms(t *testing.T) {
	raw, err := os.ReadFile(golden + "exports/both_directions.bin")
	require.NoError(t, err)
	want := goldenLog(t, golden+"exports/both_directions.bin")
	each := func(before, between, after string, text func(byte) string) string {
		var b strings.Builder
		b.WriteString(before)
		for i, c := range raw {
			if i > 0 {
				b.WriteString(between)
			}
			b.WriteString(text(c))
		}
		return b.String() + after
	}
	digits := func(c byte) string { return hex.EncodeToString([]byte{c}) }
	number := func(c byte) string { return strconv.Itoa(int(c)) }
	plain := hex.EncodeToString(raw)
	for name, text := range map[string]string{
		"hex":                          plain,
		"hex in upper case":            strings.ToUpper(plain) + "\n",
		"hex with 0x":                  "0x" + plain,
		"hex in quotes":                `"` + plain + `"`,
		"hex with spaces":              each("", " ", "", digits),
		"hex with commas":              each("", ",", "", digits),
		"hex with commas and spaces":   each("", ", ", "", digits),
		"hex with semicolons":          each("", ";", "\n", digits),
		"hex with tabs":                each("", "\t", "", digits),
		"hex with spaces of web pages": each("", "\u00A0", "", digits),
		"C":                            each("static const uint8_t x["+strconv.Itoa(len(raw))+"] = {", ", ", "};\nunsigned int x_len = 46594;\n", func(c byte) string { return "0x" + digits(c) }),
		"Go":                           each("package x\n\nvar x = []byte{\n", ",\n", ",\n}\n", func(c byte) string { return "0x" + digits(c) }),
		"Go, printed":                  each("[", " ", "]", number),
		"Rust":                         each("let x: [u8; "+strconv.Itoa(len(raw))+"] = [", ", ", "];", number),
		"Rust, a vector":               each("let x = vec![", ", ", "];", func(c byte) string { return "0x" + digits(c) + "u8" }),
		"Java":                         each("byte[] x = {", ", ", "};", func(c byte) string { return strconv.Itoa(int(int8(c))) }),
		"Python":                       each("data = bytes([", ", ", "])\n", number),
		"Rust, as hex":                 each("[", ", ", "]\n", digits),
		"Rust, as hex, named":          each("frame: [", ", ", "]\n", digits),
		"Rust, as hex, below lines":    each("    Running `target/x`\nlistening [1]\nframe: [", ", ", "]\ndone\n", digits),
		"Rust, as hex, in a struct":    each("[12:00:01] Frame { data: [", ", ", "], stream: 1 }\n", func(c byte) string { return strconv.FormatInt(int64(c), 16) }),
		"Rust, as hex, several":        strings.Replace(each("-> [", ", ", "]\n", digits), ", 00, 00, 00, 06", "]\n<- [00, 00, 00, 06", 1),
		"Rust, as hex, line by line":   each("[src/main.rs:4] frame = [\n    ", ",\n    ", ",\n]\n", digits),
		"Node's Buffer":                each("<Buffer ", " ", ">\n", digits),
		"Node's Buffer, with a word":   each("received <Buffer ", " ", "> from 10.0.0.2\n", digits),
		"Node's Buffers":               strings.Replace(each("[ <Buffer ", " ", "> ]\n", digits), " 00 14 00", " 00>,\n  <Buffer 14 00", 1),
		"Node's Buffer as JSON":        each(`{"type":"Buffer","data":[`, ",", "]}", number),
		"Erlang":                       each("<<", ",", ">>", number),
		"Elixir":                       each("iex> data = <<", ", ", ">>", func(c byte) string { return "0x" + strings.ToUpper(digits(c)) }),
		"Python's bytearray":           each("bytearray(b'", "", "')", func(c byte) string { return `\x` + digits(c) }),
		"JSON with signs":              each("[", ",", "]", func(c byte) string { return strconv.Itoa(int(int8(c))) }),
		"a string of C":                each(`const char x[] = "`, "", `";`, func(c byte) string { return `\x` + digits(c) }),
		"a byte string of Rust":        each(`let x = b"`, "", `";`, rustEscape),
		"base64":                       base64.StdEncoding.EncodeToString(raw),
		"base64 of URLs":               base64.URLEncoding.EncodeToString(raw),
		"base64 without padding":       base64.RawStdEncoding.EncodeToString(raw),
		"base64 as a data URI":         "data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString(raw),
	} {
		d, err := decodeText(t, text)
		require.NoError(t, err, name)
		requireSameLog(t, want, []byte(written(t, d, walcore.Selection{Compatible: true})))
		r := d.Log().At(0)
		b, err := d.Rest(nil, r, 0, int(r.Length))
		require.NoError(t, err, name)
		require.Equal(t, raw[:r.Length], b, name)
	}
}

func rustEscape(c byte) string {
	switch c {
	case 0:
		return `\0`
	case '"', '\\':
		return `\` + string(c)
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	if c >= ' ' && c <= '~' {
		return string(c)
	}
	return `\x` + hex.EncodeToString([]byte{c})
}

// TestTextAround: the golden exports that are text, as they come out of mails,
// terminals and documents, give the same log, and the bytes of their messages.
func TestTextAround(t *testing.T) {
	lines := func(text, before string) string {
		return before + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+before) + "\n"
	}
	for _, name := range []string{"both_directions.hexdump.txt", "both_directions.plain_hex.txt", "both_directions.xxd.txt", "follow_hex.txt", "follow_raw.txt", "follow_yaml.yaml", "conversation.log"} {
		b, err := os.ReadFile(golden + "exports/" + name)
		require.NoError(t, err)
		text := string(b)
		around := map[string]string{
			"CRLF":   strings.ReplaceAll(text, "\n", "\r\n"),
			"UTF-8":  "\uFEFF" + text,
			"UTF-16": utf16Text(text),
			"prompt": "$ cat file\n" + text + "$ exit\n",
			"fence":  "Look:\n\n```\n" + text + "```\nIt fails.\n",
			"quoted": lines(text, "> "),
			"indent": lines(text, "    "),
			"CR":     strings.ReplaceAll(text, "\n", "\r"),
		}
		if name == "conversation.log" { // its text is kept as it is
			delete(around, "CRLF")
			delete(around, "UTF-8")
		}
		for how, text := range around {
			d, err := decodeText(t, text)
			require.NoError(t, err, "%s: %s", name, how)
			requireSameLog(t, goldenLog(t, golden+"exports/"+name), []byte(written(t, d, walcore.Selection{Compatible: true})))
			told := false
			for _, a := range d.Assumptions() {
				told = told || a.Name == AssumedText
			}
			require.Equal(t, how == "UTF-16" || how == "prompt" || how == "fence" || how == "quoted", told, "%s: %s", name, how)
			if name == "conversation.log" {
				continue
			}
			log := d.Log()
			for i := range log.Len() {
				if r := log.At(i); r.Line == walcore.LineUnknown && (r.Kind == walcore.Request || r.Kind == walcore.Response) {
					again, err := d.Rest(nil, r, 0, int(r.Length))
					require.NoError(t, err)
					require.Equal(t, log.Kept(r), again, "%s: %s", name, how)
				}
			}
		}
	}
}

func utf16Text(s string) string {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// TestFollowed: what tshark writes of each stream of each golden capture, in its
// three forms, gives what that stream alone gives.
func TestFollowed(t *testing.T) {
	if testing.Short() {
		t.Skip("runs tshark some hundred times")
	}
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("needs tshark")
	}
	for input, streams := range map[string]int{
		"partial/first_read_3000.pcap": 1, "partial/late.pcap": 1, "partial/two_streams.pcap": 2, "captures/port_17500.pcap": 1, "captures/pipelined.pcap": 3, "captures/trouble_small_segments.pcap": 2,
	} {
		for stream := range streams {
			number := strconv.Itoa(stream)
			one := t.TempDir() + "/one.pcapng"
			require.NoError(t, exec.Command(tshark, "-r", golden+input, "-Y", "tcp.stream=="+number, "-w", one).Run())
			d := New(Options{}, diskFile(one))
			require.NoError(t, d.Run(context.Background()))
			want := []byte(written(t, d, walcore.Selection{Compatible: true}))
			for _, mode := range []string{"raw", "hex", "yaml"} {
				text, err := exec.Command(tshark, "-r", golden+input, "-q", "-z", "follow,tcp,"+mode+","+number).Output()
				require.NoError(t, err)
				d, err := decodeText(t, string(text))
				require.NoError(t, err)
				requireSameLog(t, want, []byte(written(t, d, walcore.Selection{Compatible: true})))
			}
		}
	}
}

// TestListsThatAreNotSure: a list of decimal numbers that could be hex digits is
// taken to be decimal, and that is told.
func TestListsThatAreNotSure(t *testing.T) {
	const told = "the numbers of the list are taken to be decimal, though each could be hex digits"
	for text, unsure := range map[string]bool{
		"[0, 0, 0, 8, " + strings.Repeat("0, ", 28) + "0, 0, 0, 0, 0, 0, 0, 13]":    true,
		"[0, 0, 0, 8, " + strings.Repeat("0, ", 28) + "0, 0, 0, 0, 0, 0, 0, 113]":   false,
		"[0, 0, 0, 8, " + strings.Repeat("0, ", 28) + "0, 0, 0, 0, 0, 0, 0, -1]":    false,
		"[0, 0, 0, 8, " + strings.Repeat("0, ", 28) + "0, 0, 0, 0, 0, 0, 0, 0x13]":  false,
		"{0, 0, 0, 8, " + strings.Repeat("0, ", 28) + "0, 0, 0, 0, 0, 0, 0, 0x13};": false,
	} {
		d, err := decodeText(t, text)
		require.NoError(t, err, text)
		require.NotZero(t, d.Log().Len(), text)
		found := false
		for _, a := range d.Assumptions() {
			found = found || a.Sentence == told
		}
		require.Equal(t, unsure, found, text)
	}
}

// TestPairOfListsThatAreNotSure: the same is told of two files, whichever has the list.
func TestPairOfListsThatAreNotSure(t *testing.T) {
	list := func(b []byte) (s string) {
		for _, c := range b {
			s += strconv.Itoa(int(c)) + ", "
		}
		return "[" + s + "]"
	}
	client, err := sata.AppendRequest(nil, &sata.Request{Command: sata.CloseFile, FD: 13})
	require.NoError(t, err)
	server, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapeResult})
	require.NoError(t, err)
	told := func(client, server string) bool {
		d := New(Options{}, memoryFile(client), memoryFile(server))
		require.NoError(t, d.Run(context.Background()))
		return assumed(d, AssumedText)
	}
	require.True(t, told(list(client), hex.EncodeToString(server)))
	require.True(t, told(hex.EncodeToString(client), list(server)))
	require.False(t, told(hex.EncodeToString(client), hex.EncodeToString(server)))
}
