package carve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

// A memory is a file in memory.
type memory struct {
	name string
	b    []byte
}

func (m *memory) Open() (io.ReadCloser, error)            { return io.NopCloser(bytes.NewReader(m.b)), nil }
func (m *memory) Name() string                            { return m.name }
func (m *memory) Size() int64                             { return int64(len(m.b)) }
func (m *memory) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(m.b).ReadAt(p, off) }

func decoded(t testing.TB, name string, b []byte, port uint16) *decode.Decoder {
	d := decode.New(decode.Options{Port: port, Unpackers: unpack.Native()}, &memory{name, b})
	require.NoError(t, d.Run(context.Background()), name)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func golden(t testing.TB, pattern string) map[string][]byte {
	names, err := filepath.Glob("../testdata/golden/" + pattern)
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, name := range names {
		if filepath.Ext(name) != ".log" {
			files[name], err = os.ReadFile(name)
			require.NoError(t, err)
		}
	}
	require.NotEmpty(t, files)
	return files
}

// lines are the lines of rows, with their times.
func lines(log *walcore.Log, has func(int) bool) (text []string, times []int64) {
	for i := range log.Len() {
		if r := log.At(i); r.Kind != walcore.Diagnostic && has(i) {
			text = append(text, string(log.AppendText(nil, i)))
			times = append(times, r.Time)
		}
	}
	return text, times
}

// again writes a selection and decodes what was written.
func again(t testing.TB, d *decode.Decoder, s *Selection) *decode.Decoder {
	var out bytes.Buffer
	require.NoError(t, Write(&out, d, s))
	return decoded(t, "carved.pcapng", out.Bytes(), d.Summary().Port)
}

func all(int) bool { return true }

// Any part of any capture decodes to the lines that it had.
func TestPartsDecodeAsBefore(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, b := range golden(t, "captures/*") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			d := decoded(t, name, b, 0)
			log := d.Log()
			for round := range 12 {
				share := []float64{1, 0.5, 0.1, 0.02}[round%4]
				s := Choose(log, func(int) bool { return r.Float64() < share })
				if s.Count() == 0 {
					continue
				}
				want, wantTimes := lines(log, s.Has)
				require.Len(t, want, s.Count())
				got, gotTimes := lines(again(t, d, s).Log(), all)
				require.Equal(t, want, got)
				require.Equal(t, wantTimes, gotTimes)
			}
		})
	}
}

func TestWholeStreams(t *testing.T) {
	b := golden(t, "captures/streams.pcapng")["../testdata/golden/captures/streams.pcapng"]
	d := decoded(t, "streams.pcapng", b, 0)
	require.Greater(t, len(d.Streams()), 1)
	for n, stream := range d.Streams() {
		s := Choose(d.Log(), func(row int) bool { return d.Log().At(row).Stream == uint32(n) })
		require.Zero(t, s.Added(), "a whole stream needs nothing else")
		part := again(t, d, s)
		require.Len(t, part.Streams(), 1)
		require.Equal(t, stream.Client, part.Streams()[0].Client)
		require.Equal(t, stream.Server, part.Streams()[0].Server)
		require.Equal(t, stream.Began, part.Streams()[0].Began)
	}
}

// One read brings the negotiation and the opening of its file, and nothing else.
func TestWhatAnExchangeNeeds(t *testing.T) {
	d := decoded(t, "devkit_story.pcapng.gz", golden(t, "captures/devkit_story.pcapng.gz")["../testdata/golden/captures/devkit_story.pcapng.gz"], 0)
	log := d.Log()
	row := -1
	for i := range log.Len() {
		if c, _ := log.At(i).Command(); c == sata.ReadFile && log.At(i).Kind == walcore.Response {
			row = i
		}
	}
	require.GreaterOrEqual(t, row, 0)
	s := Choose(log, func(i int) bool { return i == row })
	commands := map[sata.Command]int{}
	for i := range log.Len() {
		if s.Has(i) && log.At(i).Kind == walcore.Request {
			c, _ := log.At(i).Command()
			commands[c]++
			if c == sata.OpenFile {
				require.Equal(t, log.At(row).Path, log.At(i).Path)
			}
		}
	}
	require.Equal(t, 1, commands[sata.ReadFile])
	require.Equal(t, 1, commands[sata.OpenFile])
	require.Equal(t, 1, commands[sata.CloseFile])
	require.Equal(t, 1, commands[sata.Ping])
	require.Len(t, commands, 4)
	require.Equal(t, s.Count()-1, s.Added())
	require.False(t, s.Has(-1) || s.Has(log.Len()))
}

func TestFilesWithoutAllBytes(t *testing.T) {
	for name, b := range golden(t, "events/*.jsonl") {
		d := decode.New(decode.Options{Unpackers: capture.Unpackers{}}, &memory{name, b})
		_ = d.Run(context.Background()) // some stop where the reference does
		s := Choose(d.Log(), all)
		written := false
		for i := range d.Log().Len() {
			r := d.Log().At(i)
			written = written || s.Has(i) && r.Kind == walcore.Written && r.Length > 0
		}
		err := Write(io.Discard, d, s)
		if written {
			require.ErrorIs(t, err, ErrNoBytes, name)
		} else {
			require.NoError(t, err, name)
		}
		require.NoError(t, d.Close())
	}
}

type fullDisk struct{ left int }

var errFull = errors.New("no room")

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestFailingWriter(t *testing.T) {
	d := decoded(t, "plain.pcap", golden(t, "captures/plain.pcap")["../testdata/golden/captures/plain.pcap"], 0)
	s := Choose(d.Log(), all)
	for _, left := range []int{0, 30, 100, 10_000} {
		require.Equal(t, errFull, Write(&fullDisk{left}, d, s))
	}
}

// Checksums are right: what looks at the file finds no fault.
func TestChecksums(t *testing.T) {
	// From RFC 1071, section 3.
	require.Equal(t, ^uint16(0xddf2), checksum([]byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}, 0))
	require.Equal(t, ^uint16(0x0100), checksum([]byte{1}, 0))
	for _, name := range []string{"plain.pcap", "ipv6.pcap"} {
		d := decoded(t, name, golden(t, "captures/"+name)["../testdata/golden/captures/"+name], 0)
		var out bytes.Buffer
		require.NoError(t, Write(&out, d, Choose(d.Log(), all)))
		b := out.Bytes()[28+32:]
		for len(b) > 0 {
			size := int(b[4]) | int(b[5])<<8 | int(b[6])<<16
			n := int(b[20]) | int(b[21])<<8 | int(b[22])<<16
			p := b[28 : 28+n]
			b = b[size:]
			header, sum := 20, uint32(protocolTCP)+uint32(n-20)
			from, to := p[12:16], p[16:20]
			if p[0]>>4 == 6 {
				header, from, to = 40, p[8:24], p[24:40]
				sum = protocolTCP + uint32(n-40)
			} else {
				require.Zero(t, checksum(p[:20], 0))
			}
			for i := 0; i < len(from); i += 2 {
				sum += uint32(from[i])<<8 | uint32(from[i+1])
				sum += uint32(to[i])<<8 | uint32(to[i+1])
			}
			require.Zero(t, checksum(p[header:], sum))
		}
	}
}
