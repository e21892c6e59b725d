package capture

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// readDump reads a whole dump, holding the reader to what DumpRun promises.
func readDump(t testing.TB, text string, kind Kind) ([]byte, error) {
	t.Helper()
	return readDumpFrom(t, strings.NewReader(text), text, kind)
}

func readDumpFrom(t testing.TB, from io.Reader, text string, kind Kind) ([]byte, error) {
	t.Helper()
	r := NewDumpReader(from, kind)
	var all []byte
	for {
		var run DumpRun
		err := r.Next(&run)
		if err != nil {
			require.Equal(t, err, r.Next(&run), "an error is final")
			return all, err
		}
		require.NotEmpty(t, run.Bytes)
		require.EqualValues(t, len(all), run.Offset)
		all = append(all, run.Bytes...)
		require.LessOrEqual(t, len(run.Bytes), bufferSize)
		// The first, the last and some bytes between can be read again.
		for _, i := range []int{0, len(run.Bytes) / 2, len(run.Bytes) - 1} {
			n := min(40, len(run.Bytes)-i)
			again := make([]byte, n)
			got, err := ReadDumpAt(strings.NewReader(text), kind, run.File, run.Skip+int64(i), again)
			require.NoError(t, err)
			require.Equal(t, n, got)
			require.Equal(t, run.Bytes[i:i+n], again, "from %d, %d", run.File, run.Skip+int64(i))
		}
	}
}

func TestGoldenDumps(t *testing.T) {
	want, err := os.ReadFile("../testdata/golden/exports/both_directions.bin")
	require.NoError(t, err)
	for kind, name := range map[Kind]string{
		KindBinary: "both_directions.bin", KindHex: "both_directions.plain_hex.txt",
		KindXXD: "both_directions.xxd.txt", KindHexdump: "both_directions.hexdump.txt",
	} {
		text, err := os.ReadFile("../testdata/golden/exports/" + name)
		require.NoError(t, err)
		f, err := Open(inMemory(text), Unpackers{})
		require.NoError(t, err)
		require.Equal(t, kind, f.Kind)
		got, err := readDumpFrom(t, f, string(text), kind)
		require.Equal(t, io.EOF, err)
		require.True(t, bytes.Equal(want, got), name)
		// With Windows' line breaks, and read in odd pieces.
		if kind != KindBinary {
			crlf := strings.ReplaceAll(string(text), "\n", "\r\n")
			got, err = readDumpFrom(t, iotest.HalfReader(strings.NewReader(crlf)), crlf, kind)
			require.Equal(t, io.EOF, err)
			require.True(t, bytes.Equal(want, got), name)
		}
	}
}

// xxdText writes bytes as xxd does.
func xxdText(p []byte, first, columns, group int) string {
	var b strings.Builder
	for i := 0; i < len(p); i += columns {
		row := p[i:min(i+columns, len(p))]
		fmt.Fprintf(&b, "%08x:", first+i)
		width := 0
		for k, c := range row {
			if k%group == 0 {
				b.WriteByte(' ')
				width++
			}
			fmt.Fprintf(&b, "%02x", c)
			width += 2
		}
		full := columns*2 + (columns+group-1)/group
		b.WriteString(strings.Repeat(" ", full-width+2))
		for _, c := range row {
			if c < ' ' || c > '~' {
				c = '.'
			}
			b.WriteByte(c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// hexdumpText writes bytes as hexdump -C does, repeated rows as *.
func hexdumpText(p []byte) string {
	var b strings.Builder
	star := false
	for i := 0; i < len(p); i += 16 {
		row := p[i:min(i+16, len(p))]
		if i > 0 && len(row) == 16 && bytes.Equal(row, p[i-16:i]) {
			if !star {
				b.WriteString("*\n")
			}
			star = true
			continue
		}
		star = false
		fmt.Fprintf(&b, "%08x ", i)
		for k := range 16 {
			if k == 8 {
				b.WriteByte(' ')
			}
			if k < len(row) {
				fmt.Fprintf(&b, " %02x", row[k])
			} else {
				b.WriteString("   ")
			}
		}
		b.WriteString("  |")
		for _, c := range row {
			if c < ' ' || c > '~' {
				c = '.'
			}
			b.WriteByte(c)
		}
		b.WriteString("|\n")
	}
	if len(p) > 0 {
		fmt.Fprintf(&b, "%08x\n", len(p))
	}
	return b.String()
}

// someBytes are bytes that look like hex digits and spaces, and rows of zeros.
func someBytes(rng *rand.Rand, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = "0123456789abcdef  :|*\x00"[rng.IntN(22)]
	}
	for range n / 200 {
		at := rng.IntN(n)
		clear(p[at:min(n, at+rng.IntN(200))])
	}
	return p
}

func TestDumpsOfManyShapes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		p := someBytes(rng, 1+rng.IntN(1+round*round*60))
		texts := map[string]Kind{
			hexdumpText(p):                              KindHexdump,
			xxdText(p, 0, 16, 2):                        KindXXD,
			xxdText(p, rng.IntN(1<<20)*16, 16, 1):       KindXXD,
			xxdText(p, 0, 1+rng.IntN(60), 4):            KindXXD,
			xxdText(p, 0, 32, 32):                       KindXXD,
			strings.ToUpper(hex.EncodeToString(p)):      KindHex,
			"\xEF\xBB\xBF" + hex.EncodeToString(p):      KindHex,
			fmt.Sprintf("% x\n", p):                     KindHex,
			foldAt(hex.EncodeToString(p), 75):           KindHex, // splits bytes
			"\n\n " + foldAt(hex.EncodeToString(p), 60): KindHex,
		}
		for text, kind := range texts {
			got, err := readDump(t, text, kind)
			require.Equal(t, io.EOF, err)
			require.True(t, bytes.Equal(p, got), "%v", kind)
			k, foreign, _ := recognise([]byte(text[:min(len(text), peekSize)]), len(text) <= peekSize)
			require.Equal(t, kind, k, "%s %.80q", foreign, text)
		}
	}
}

func foldAt(s string, n int) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n] + "\n")
		s = s[n:]
	}
	return b.String() + s + "\n"
}

func TestDumpRepeatedRows(t *testing.T) {
	// 3 MiB of one row, and what follows: given in bounded pieces, each of
	// which can be read again.
	text := "00000000  31 32 33 34 35 36 37 38  39 30 31 32 33 34 35 36  |1234567890123456|\n*\n" +
		"00300000  41 42                                             |AB|\n00300002\n"
	got, err := readDump(t, text, KindHexdump)
	require.Equal(t, io.EOF, err)
	require.Equal(t, strings.Repeat("1234567890123456", 3<<16)+"AB", string(got))

	// As xxd -a writes it.
	text = "00000000: 0000 0000 0000 0000 0000 0000 0000 0000  ................\n*\n" +
		"00000040: 0000 0000 0000 0000 0000 0000 0000 0000  ................\n00000050: 3132                                     12\n"
	got, err = readDump(t, text, KindXXD)
	require.Equal(t, io.EOF, err)
	require.Equal(t, strings.Repeat("\x00", 0x50)+"12", string(got))

	// Repeated up to the end.
	text = "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|\n*\n00000040"
	got, err = readDump(t, text, KindHexdump)
	require.Equal(t, io.EOF, err)
	require.Len(t, got, 0x40)
}

func TestSeveralDumpsInOneFile(t *testing.T) {
	text := "00000000  41 42  |AB|\n00000002\n\n00000000  43 44  |CD|\n00000002\n"
	got, err := readDump(t, text, KindHexdump)
	require.Equal(t, io.EOF, err)
	require.Equal(t, "ABCD", string(got))
	got, err = readDump(t, xxdText([]byte("one message"), 0, 16, 2)+"\n"+xxdText([]byte("another"), 0, 16, 2), KindXXD)
	require.Equal(t, io.EOF, err)
	require.Equal(t, "one messageanother", string(got))
}

func TestTextColumnsAreNotBytes(t *testing.T) {
	got, err := readDump(t, "00000000: 3132 3334  31 32 33 34\n00000004: 3536       5678 9a\n", KindXXD)
	require.Equal(t, io.EOF, err)
	require.Equal(t, "123456", string(got))
	got, err = readDump(t, "00000000  33 34 20 33 35                                    |34 35|\n00000005\n", KindHexdump)
	require.Equal(t, io.EOF, err)
	require.Equal(t, "34 35", string(got))
}

func TestDumpsThatAreWrong(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		text string
		got  string
		want string
	}{
		{KindHex, "31 32 3x", "12", `hex dump, line 1, offset 7: expected the second hex digit of a byte, found "x"`},
		{KindHex, "31\n32\n!", "12", `hex dump, line 3, offset 6: expected a hex digit, found "!"`},
		{KindHex, "31 3 2", "1", `hex dump, line 1, offset 4: expected the second hex digit of a byte, found " "`},
		{KindHex, "31\n323", "12", `hex dump, line 2, offset 5: expected a byte of 2 hex digits, found only 1 byte before the end of the file; it was cut off, or is still being written`},
		{KindXXD, "00000000: 3132\n00000003: 33", "12", `xxd dump, line 2, offset 15: expected the offset 00000002, found 00000003`},
		{KindXXD, "00000000: 3132\n00000002: 3", "12", `xxd dump, line 2, offset 25: expected bytes of two hex digits, found "3"`},
		{KindXXD, "00000000: 3132\n00000002: zz", "12", `xxd dump, line 2, offset 25: expected bytes of two hex digits, found "zz"`},
		{KindXXD, "00000000: 3132\n00000002 33", "12", `xxd dump, line 2, offset 23: expected a colon after the offset, found " 33"`},
		{KindXXD, "00000000: 3132\n00000002:", "12", `xxd dump, line 2, offset 24: expected bytes of two hex digits, found ""`},
		{KindXXD, "00000000: 3132\nhello", "12", `xxd dump, line 2, offset 15: expected an offset in hex digits, found "hello"`},
		{KindXXD, "00000000: " + strings.Repeat("00", 5000), "", `xxd dump, line 1, offset 8: expected at most 4096 bytes in a line, found 5000`},
		{KindXXD, "00000000: " + strings.Repeat("00", 50000), "", `xxd dump, line 1, offset 0: expected a line of at most 65536 bytes, found a longer one`},
		{KindXXD, "*\n", "", `xxd dump, line 1, offset 0: expected a row before *, found none`},
		{KindHexdump, "00000000  31 32\n*\n", "12", `hexdump -C dump, line 3, offset 18: expected a line with an offset after *, found only 0 bytes before the end of the file; it was cut off, or is still being written`},
		{KindHexdump, "00000000  31 32\n*", "12", `hexdump -C dump, line 2, offset 16: expected a line with an offset after *, found only 0 bytes before the end of the file; it was cut off, or is still being written`},
		{KindHexdump, "00000000  31 32\n*\n00000005", "12", `hexdump -C dump, line 3, offset 18: expected after * an offset that is some rows of 2 bytes beyond 00000002, found 00000005`},
		{KindHexdump, "00000000  31 32\n*\n00000002", "12", `hexdump -C dump, line 3, offset 18: expected after * an offset that is some rows of 2 bytes beyond 00000002, found 00000002`},
		{KindHexdump, "00000000  31 32\n*\n100000004", "12", `hexdump -C dump, line 3, offset 18: expected at most 4294967296 bytes of repeated rows, found 100000002 in hex, in this place`},
		{KindHexdump, "00000000  31 3\n", "", `hexdump -C dump, line 1, offset 13: expected bytes of two hex digits, found "3"`},
		{KindHexdump, "00000000  313 3\n", "", `hexdump -C dump, line 1, offset 10: expected bytes of two hex digits, found "313 3"`},
		{KindHexdump, "00000000  31\n00000001  |", "1", `hexdump -C dump, line 2, offset 23: expected bytes after the offset, found none`},
		{KindHexdump, "00000000  31\n00000002", "1", `hexdump -C dump, line 2, offset 13: expected the offset 00000001, found 00000002`},
		{KindPCAP, "", "", `dump, offset 0: expected a dump of bytes, binary or hex, found pcap`},
	} {
		got, err := readDump(t, c.text, c.kind)
		require.Equal(t, c.got, string(got), c.text)
		require.EqualError(t, err, c.want, c.text)
	}
}

func TestDumpReaderGivesOnReadErrors(t *testing.T) {
	for kind, text := range map[Kind]string{KindBinary: "12", KindHex: "3132", KindXXD: "00000000: 3132\n0000", KindHexdump: "00000000  31 32\n0000"} {
		r := NewDumpReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(os.ErrDeadlineExceeded)), kind)
		var run DumpRun
		require.NoError(t, r.Next(&run), kind)
		require.Equal(t, "12", string(run.Bytes))
		require.Equal(t, os.ErrDeadlineExceeded, r.Next(&run))
	}
}

func TestReadDumpAtTheEnd(t *testing.T) {
	dst := make([]byte, 10)
	for kind, text := range map[Kind]string{KindBinary: "1234", KindHex: "31323334", KindXXD: "00000000: 31323334"} {
		n, err := ReadDumpAt(strings.NewReader(text), kind, 0, 1, dst[:3])
		require.NoError(t, err)
		require.Equal(t, "234", string(dst[:n]))
		n, err = ReadDumpAt(strings.NewReader(text), kind, 0, 1, dst)
		require.Error(t, err, kind)
		require.Equal(t, "234", string(dst[:n]))
		_, err = ReadDumpAt(strings.NewReader(text), kind, 0, 100, dst)
		require.Error(t, err, kind)
	}
}
