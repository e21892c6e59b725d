package browser

import (
	"encoding/binary"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

const goldenZstd = "../../../testdata/golden/captures/zstd.pcap.zst"

func TestFramesOfARealFile(t *testing.T) {
	b, err := os.ReadFile(goldenZstd)
	require.NoError(t, err)
	for _, piece := range []int{1, 7, 1000, len(b)} {
		var z zstdFrames
		for rest := b; len(rest) > 0; {
			n := min(piece, len(rest))
			require.NoError(t, z.follow(rest[:n]))
			rest = rest[n:]
			require.Equal(t, len(rest) == 0, z.between(), "%d bytes are left", len(rest))
		}
		require.Equal(t, int64(len(b)), z.offset)
	}
}

func TestSkippableFramesAndSeveral(t *testing.T) {
	b, err := os.ReadFile(goldenZstd)
	require.NoError(t, err)
	skippable := append(binary.LittleEndian.AppendUint32([]byte{0x5A, 0x2A, 0x4D, 0x18}, 3), 1, 2, 3)
	all := append(append(append([]byte{}, skippable...), b...), b...)
	var z zstdFrames
	require.NoError(t, z.follow(all))
	require.True(t, z.between())
	require.ErrorContains(t, z.follow([]byte("junk")), "expected the start of a zstd frame at offset")
}

// header is the start of a frame with a descriptor and the bytes after it.
func header(d byte, more ...byte) []byte {
	return append([]byte{0x28, 0xB5, 0x2F, 0xFD, d}, more...)
}

func TestFramesThatAskForTooMuch(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"window of 128 MiB", header(0, 17<<3), ""},
		{"window of 144 MiB", header(0, 17<<3|1), "window of 150994944 bytes"},
		{"window of 2 TiB", header(0, 31<<3), "window of"},
		{"one segment of 200 bytes", header(0x20, 200), ""},
		{"one segment, dictionary, of 2 bytes and 256", header(0x61, 9, 2, 0), ""},
		{"one segment of 1 GiB", header(0xA0, 0, 0, 0, 0x40), "window of 1073741824 bytes"},
		{"one segment of all there is", header(0xE0, 255, 255, 255, 255, 255, 255, 255, 255), "window of 18446744073709551615 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var z zstdFrames
			err := z.follow(c.b)
			if c.want == "" {
				require.NoError(t, err)
				require.False(t, z.between())
				require.Equal(t, zstdBlock, z.state)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}
}

func FuzzZstdFrames(f *testing.F) {
	b, err := os.ReadFile(goldenZstd)
	require.NoError(f, err)
	f.Add(b[:200])
	f.Add(header(0xE0, 255, 255, 255, 255, 255, 255, 255, 255))
	f.Fuzz(func(t *testing.T, b []byte) {
		var whole, pieces zstdFrames
		wantErr := whole.follow(b)
		var err error
		for i := 0; i < len(b) && err == nil; i++ {
			err = pieces.follow(b[i : i+1])
		}
		require.Equal(t, wantErr, err)
		if err == nil {
			require.Equal(t, whole.between(), pieces.between())
		}
	})
}
