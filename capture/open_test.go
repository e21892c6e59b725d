package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainGzip is the standard library's gzip; package unpack has the real ones.
var plainGzip = Unpackers{Gzip: func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }}

func zip(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func TestOpenRecognisesKinds(t *testing.T) {
	pcap := (&pcapFile{order: binary.BigEndian, link: 1}).header().data
	ng := (&pcapngFile{order: binary.LittleEndian}).section().data
	for name, c := range map[string]struct {
		data []byte
		want Kind
	}{
		"pcap":               {pcap, KindPCAP},
		"pcap cut to 4":      {pcap[:4], KindPCAP},
		"pcapng":             {ng, KindPCAPNG},
		"pcapng cut to 5":    {ng[:5], KindPCAPNG},
		"events":             {[]byte("\r\n {\"stream\":1,\"op\":\"open\"}"), KindEvents},
		"one long event":     {[]byte(`{"op":"req","stream":1,"hex":"` + strings.Repeat("00", 1<<20) + `"}`), KindEvents},
		"hex":                {[]byte("0000\n0014"), KindHex},
		"hex with a slip":    {[]byte(strings.Repeat("00 ", 200) + "oops"), KindHex},
		"xxd":                {[]byte("00000000: 3132  12"), KindXXD},
		"xxd, one byte":      {[]byte("00000000: 31"), KindXXD},
		"xxd of a long file": {[]byte("123456789a: 3132  12"), KindXXD},
		"hexdump":            {[]byte("\n00000000  31 32  |12|"), KindHexdump},
		"bytes":              {[]byte{0, 0, 0, 0x14, 0, 0, 0, 0}, KindBinary},
		"nearly text":        {[]byte("some text\x00"), KindBinary},
		"not UTF-8":          {[]byte("some text\xC3"), KindBinary},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Open(inMemory(c.data), plainGzip)
			require.NoError(t, err)
			require.Equal(t, c.want, f.Kind)
			require.Empty(t, f.Packed)
			require.EqualValues(t, len(c.data), f.Size())
			require.Equal(t, string(c.data[:min(len(c.data), 64<<10)]), string(f.Peek()))
			all, err := io.ReadAll(f)
			require.NoError(t, err)
			require.True(t, bytes.Equal(c.data, all))
			require.EqualValues(t, len(c.data), f.BytesRead())
			require.NoError(t, f.Close())

			f, err = Open(inMemory(zip(c.data)), plainGzip)
			require.NoError(t, err)
			require.Equal(t, c.want, f.Kind)
			require.Equal(t, "gzip", f.Packed)
			all, err = io.ReadAll(f)
			require.NoError(t, err)
			require.True(t, bytes.Equal(c.data, all))
			require.EqualValues(t, len(zip(c.data)), f.BytesRead())
			require.NoError(t, f.Close())
		})
	}
}

func TestOpenRefusesWhatIsNotOurs(t *testing.T) {
	const wants = "file, offset 0: expected a capture (pcap or pcapng), an event file, a followed stream, a log, or a dump of a conversation's bytes (binary or text), found "
	for data, want := range map[string]string{
		"":                          "an empty file; save the capture again",
		"\n \r\n":                   "nothing but blank lines",
		"PK\x03\x04\x14\x00":        "a ZIP archive (50 4B 03 04 at offset 0); unpack it and open the capture inside",
		"\x89PNG\r\n\x1A\n\x00\x00": "a PNG picture (89 50 4E 47 0D 0A 1A 0A at offset 0)",
		"\xFF\xD8\xFF\xE0\x00":      "a JPEG picture (FF D8 FF at offset 0)",
		"%PDF-1.7\n":                "a PDF document (25 50 44 46 2D at offset 0)",
		"\x7FELF\x02\x01\x01\x00":   "an ELF program (7F 45 4C 46 at offset 0)",
		"BZh91AY&SY":                "a bzip2 file (42 5A 68 at offset 0); unpack it with bunzip2",
		strings.Repeat("\x00", 257) + "ustar\x00":    "a tar archive (75 73 74 61 72 at offset 257); unpack it and open the capture inside",
		"snoop\x00\x00\x00\x00\x00\x00\x02":          "a snoop capture (73 6E 6F 6F 70 00 00 00 at offset 0); convert it with: editcap -F pcapng IN OUT",
		"Dear all, here is the capture. It is long.": `text that begins "Dear all, here is the capture. It is lon…"`,
		"\u202Eabc <b>\"":                            `text that begins "\u202eabc <b>\""`,
		"{\"a\":1}\n":                                `text that begins "{\"a\":1}"`,
		"0":                                          `text that begins "0"`,
		"0000000 0000 1400 0000 0000\n":              "a dump of 16-bit words, whose byte order depends on the machine; write it with: hexdump -C",
		"\xFF\xFEH\x00i\x00":                         "text that begins \"Hi\"",
		"0000000 000000 012000 000000 000000\n":      "a dump of octal words, whose byte order depends on the machine; write it with: od -A x -t x1z",
		"0000000  \\0  \\0  \\0 024  \\0  \\0\n":     "a dump of characters or octal bytes; write it with: od -A x -t x1z",
		"00000000: 14000000 44434241 00000000 31313131  ....ABCD....1111\n":         "an xxd dump of 32-bit words in little-endian order; write it again with: xxd, without -e and -b",
		"00000000: 00000000 00000000 00000000 00010100 01000001 01000010  ....AB\n": "an xxd dump of bits; write it again with: xxd, without -e and -b",
	} {
		f, err := Open(inMemory([]byte(data)), plainGzip)
		require.Nil(t, f)
		if strings.HasPrefix(want, "text") || strings.HasPrefix(want, "nothing") {
			want += "; record the conversation with Wireshark, or with tcpdump -w FILE, and open that"
		}
		require.EqualError(t, err, wants+want)
		// The same inside a gzip.
		_, err = Open(inMemory(zip([]byte(data))), plainGzip)
		require.EqualError(t, err, "gzip"+strings.TrimPrefix(wants+want, "file"))
	}
}

func TestOpenRefusesCompressedInCompressed(t *testing.T) {
	_, err := Open(inMemory(zip(zip([]byte("0000")))), plainGzip)
	require.ErrorContains(t, err, "found a gzip file in a gzip file; unpack it once and open the result")
	_, err = Open(inMemory(zip([]byte("\x28\xB5\x2F\xFD"))), plainGzip)
	require.ErrorContains(t, err, "found a zstd file in a gzip file")
}

func TestOpenWithoutUnpacker(t *testing.T) {
	_, err := Open(inMemory([]byte("\x28\xB5\x2F\xFD")), plainGzip)
	require.ErrorContains(t, err, "found a zstd file, which can't be unpacked here; unpack it first")
}

func TestOpenOfDamagedGzip(t *testing.T) {
	f := (&pcapFile{order: binary.LittleEndian, link: 1}).header()
	rng := rand.NewChaCha8([32]byte{})
	for i := range 4000 {
		p := make([]byte, 100)
		rng.Read(p)
		f.packet(int64(i)*1e6+1e6, 100, p)
	}
	whole := zip(f.data)
	// Cut off: the packets before the cut come, and then it is said.
	file, err := Open(inMemory(whole[:len(whole)/2]), plainGzip)
	require.NoError(t, err)
	n, err := countPackets(file)
	require.Greater(t, n, 500)
	var cut *TruncatedError
	require.ErrorAs(t, err, &cut)
	require.Equal(t, "gzip", cut.In)
	require.EqualValues(t, len(whole)/2, cut.Offset)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)

	// Damaged.
	bad := bytes.Clone(whole)
	for i := range 100 {
		bad[len(bad)/2+i] ^= 0x55
	}
	file, err = Open(inMemory(bad), plainGzip)
	require.NoError(t, err)
	n, err = countPackets(file)
	require.Greater(t, n, 500)
	require.Less(t, n, 4000)
	place(t, err)

	// Nothing but a header.
	_, err = Open(inMemory(whole[:5]), plainGzip)
	require.ErrorAs(t, err, &cut)
	_, err = Open(inMemory(whole[:10]), plainGzip)
	require.ErrorAs(t, err, &cut)
}

func countPackets(f *File) (int, error) {
	r := NewPacketReader(f, f.Kind)
	var p Packet
	for n := 0; ; n++ {
		if err := r.Next(&p); err != nil {
			return n, err
		}
	}
}

func TestOpenStopsWhatUnpacksWithoutEnd(t *testing.T) {
	// An unpacker that makes an endless capture of a few bytes, as a file made
	// to do harm would; skipping what it makes costs little, and the test needs
	// gigabytes of it.
	f := (&pcapngFile{order: binary.LittleEndian}).section()
	f.block(77, make([]byte, 16<<20))
	endless := Unpackers{Gzip: func(io.Reader) (io.ReadCloser, error) { return &forever{data: f.data}, nil }}
	file, err := Open(inMemory(zip(nil)), endless)
	require.NoError(t, err)
	n, err := countPackets(file)
	require.Zero(t, n)
	var format *FormatError
	require.ErrorAs(t, err, &format)
	require.ErrorContains(t, err, "expected at most 200 bytes unpacked for each byte of the file, found 42949")
	require.Less(t, format.Offset, int64(freeUnpacked+bufferSize+1))
}

// forever repeats data without end.
type forever struct {
	data []byte
	at   int
}

func (f *forever) Read(p []byte) (int, error) {
	n := copy(p, f.data[f.at:])
	f.at = (f.at + n) % len(f.data)
	return n, nil
}

func (f *forever) Close() error { return nil }

type broken struct{ memory }

func (broken) Open() (io.ReadCloser, error) { return nil, os.ErrPermission }

// closes counts how often it was closed.
type closes struct {
	io.Reader
	n *int
}

func (c closes) Close() error { *c.n++; return nil }

type closing struct {
	memory
	n *int
}

func (c closing) Open() (io.ReadCloser, error) { return closes{bytes.NewReader(c.data), c.n}, nil }

func TestOpenClosesTheSource(t *testing.T) {
	_, err := Open(broken{}, Unpackers{})
	require.Equal(t, os.ErrPermission, err)
	n := 0
	_, err = Open(closing{inMemory([]byte("no")), &n}, Unpackers{})
	require.Error(t, err)
	require.Equal(t, 1, n)
	f, err := Open(closing{inMemory([]byte("00")), &n}, Unpackers{})
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, f.Close())
	require.Equal(t, 2, n)
}

type failing struct{ memory }

func (f failing) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(bytes.NewReader(f.data), errReader{})), nil
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestOpenOfASourceThatFails(t *testing.T) {
	_, err := Open(failing{}, Unpackers{})
	require.EqualError(t, err, "the disk is gone")
	f := (&pcapFile{order: binary.LittleEndian, link: 1}).header()
	f.packet(1e9, 1, []byte("a"))
	file, err := Open(failing{inMemory(f.data)}, Unpackers{})
	require.NoError(t, err)
	n, err := countPackets(file)
	require.Equal(t, 1, n)
	require.EqualError(t, err, "the disk is gone")
}
