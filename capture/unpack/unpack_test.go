package unpack_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
)

// memory is a source in memory.
type memory []byte

func (m memory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m)), nil }
func (m memory) Name() string                 { return "memory" }
func (m memory) Size() int64                  { return int64(len(m)) }

func golden(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../testdata/golden/captures", name))
	require.NoError(t, err)
	return data
}

// read gives the unpacked content of a file.
func read(t *testing.T, data []byte) ([]byte, *capture.File, error) {
	t.Helper()
	f, err := capture.Open(memory(data), unpack.Native())
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	all, err := io.ReadAll(f)
	return all, f, err
}

func TestGoldenFilesUnpack(t *testing.T) {
	for name, want := range map[string]struct {
		packed  string
		kind    capture.Kind
		packets int
	}{
		"zipped.pcap.gz":         {"gzip", capture.KindPCAP, 304},
		"devkit_story.pcapng.gz": {"gzip", capture.KindPCAPNG, 683},
		"zstd.pcap.zst":          {"zstd", capture.KindPCAP, 365},
	} {
		data := golden(t, name)
		f, err := capture.Open(memory(data), unpack.Native())
		require.NoError(t, err)
		require.Equal(t, want.packed, f.Packed)
		require.Equal(t, want.kind, f.Kind)
		r := capture.NewPacketReader(f, f.Kind)
		n := 0
		for {
			var p capture.Packet
			if err = r.Next(&p); err != nil {
				break
			}
			n++
		}
		require.Equal(t, io.EOF, err)
		require.Equal(t, want.packets, n, name)
		require.EqualValues(t, len(data), f.BytesRead())
		require.NoError(t, f.Close())
	}
}

func TestSeveralMembers(t *testing.T) {
	data := golden(t, "link_raw.pcap")
	var gz, zst bytes.Buffer
	for i := 0; i < len(data); i += 10_000 {
		part := data[i:min(i+10_000, len(data))]
		g := gzip.NewWriter(&gz)
		g.Write(part)
		require.NoError(t, g.Close())
		z, err := zstd.NewWriter(&zst)
		require.NoError(t, err)
		z.Write(part)
		require.NoError(t, z.Close())
	}
	for _, packed := range [][]byte{gz.Bytes(), zst.Bytes()} {
		all, _, err := read(t, packed)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, all))
	}
	// A zstd file may begin with a frame that is to be skipped.
	skippable := append([]byte{0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3}, zst.Bytes()...)
	all, f, err := read(t, skippable)
	require.NoError(t, err)
	require.Equal(t, "zstd", f.Packed)
	require.True(t, bytes.Equal(data, all))
}

func TestCutFilesGiveWhatIsThere(t *testing.T) {
	data := golden(t, "large_files.pcapng")
	var gz, zst bytes.Buffer
	g := gzip.NewWriter(&gz)
	g.Write(data)
	require.NoError(t, g.Close())
	z, err := zstd.NewWriter(&zst)
	require.NoError(t, err)
	z.Write(data)
	require.NoError(t, z.Close())
	for _, packed := range [][]byte{gz.Bytes(), zst.Bytes()} {
		all, _, err := read(t, packed[:len(packed)/2])
		var cut *capture.TruncatedError
		require.ErrorAs(t, err, &cut)
		require.EqualValues(t, len(packed)/2, cut.Offset)
		require.ErrorContains(t, err, "expected the rest of a compressed file")
		require.Greater(t, len(all), len(data)/10)
		require.True(t, bytes.HasPrefix(data, all))
	}
}

func TestZstdWindowIsBounded(t *testing.T) {
	// A frame header that asks for a window of 1 GiB (RFC 8878, 3.1.1.1.2).
	frame := []byte{0x28, 0xB5, 0x2F, 0xFD, 0x00, 20 << 3, 1, 0, 0}
	_, err := capture.Open(memory(frame), unpack.Native())
	var format *capture.FormatError
	require.ErrorAs(t, err, &format)
	require.Equal(t, "zstd", format.In)
	require.ErrorIs(t, err, zstd.ErrWindowSizeExceeded)
}
