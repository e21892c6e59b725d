package sata

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLooksLikeRequest(t *testing.T) {
	for _, c := range requests {
		t.Run(c.name, func(t *testing.T) {
			b := c.bytes()
			for n := range b {
				want := Maybe
				if n >= RequestSize {
					want = Yes
				}
				require.Equal(t, want, LooksLikeRequest(b[:n]), "%d bytes", n)
			}
			require.Equal(t, Yes, LooksLikeRequest(append(b, 0xFF, 0xFF)), "with the next message behind it")

			// Anything in the sixteen bytes that only the host fills, or that nobody fills.
			for at := 0x10; at < 0x20; at++ {
				for n := at + 1; n <= len(b); n += 7 {
					bad := append([]byte{}, b[:n]...)
					bad[at] = 1
					require.Equal(t, No, LooksLikeRequest(bad))
				}
			}
			// Another length than the command's.
			for d := -1; d <= c.slack+1; d += c.slack + 2 {
				bad := append([]byte{}, b...)
				copy(bad, wire(0x14+len(c.body)+d))
				require.Equal(t, No, LooksLikeRequest(bad), "%+d", d)
			}
			for d := range c.slack + 1 {
				good := append([]byte{}, b...)
				copy(good, wire(0x14+len(c.body)+d))
				require.Equal(t, Yes, LooksLikeRequest(good), "%+d", d)
			}
		})
	}
	for n, want := range map[int]Likeness{0x13: No, 0x14: Maybe, 0x414: Maybe, 16 << 20: Maybe, 16<<20 + 1: No, 0xFFFFFFFF: No, 0: No} {
		require.Equal(t, want, LooksLikeRequest(wire(uint32(n))), "a length of %d alone", n)
	}
	require.Equal(t, Maybe, LooksLikeRequest(nil))
	require.Equal(t, No, LooksLikeRequest(wireRequest(0x0A, wire(1))), "a command that is none")
	for _, c := range responses {
		require.NotEqual(t, Yes, LooksLikeRequest(c.bytes()), "the host fills its fields: %s", c.name)
	}
}

// Without fast file I/O a WriteFile brings its data along: just as much as it says.
func TestLooksLikeInlineWrite(t *testing.T) {
	write := inlineWrite(3, 0x400)
	for n := range write {
		want := Maybe
		if n >= RequestSize+8 {
			want = Yes
		}
		require.Equal(t, want, LooksLikeRequest(write[:n]), "%d bytes", n)
	}
	for _, d := range []int{-1, 1} {
		bad := append([]byte{}, write...)
		copy(bad, wire(len(write)-HeaderSize+d))
		require.Equal(t, No, LooksLikeRequest(bad))
	}
	copy(write[0x30:], wire(uint32(ReadFile)))
	require.Equal(t, No, LooksLikeRequest(write), "a read has no data")
}

// inlineWrite is a WriteFile of descriptor 3 with its data.
func inlineWrite(count, size uint32) []byte {
	b := wireRequest(0x07, append(wire(count, size, uint32(3), uint32(1), uint32(0)), make([]byte, count*size)...))
	copy(b, wire(len(b)-HeaderSize))
	return b
}

func TestParseInlineWrite(t *testing.T) {
	var r Request
	b := inlineWrite(3, 0x400)
	require.Error(t, ParseRequest(b, uint64(len(b)), &r), "the reference knows no such WriteFile")
	require.NoError(t, ParseInlineWrite(b, uint64(len(b)), &r))
	require.Equal(t, WriteFile, r.Command)
	require.EqualValues(t, 3, r.FD)
	require.EqualValues(t, 0xC00, r.Total())
	require.NoError(t, ParseInlineWrite(b[:RequestSize+20], uint64(len(b)), &r), "its fields are enough")
	for n := range len(b) {
		require.Error(t, ParseInlineWrite(b[:n], uint64(n), &r), "%d bytes", n)
	}
	require.EqualError(t, ParseInlineWrite(b, uint64(len(b))-1, &r), "data at offset 0x48: expected 3072 bytes, found 3071")
	require.Error(t, ParseInlineWrite(append(b, 0), uint64(len(b))+1, &r))
	none := inlineWrite(0, 7)
	require.Error(t, ParseInlineWrite(none, uint64(len(none)), &r), "without data it is an ordinary one")
	copy(b[0x30:], wire(uint32(ReadFile)))
	require.EqualError(t, ParseInlineWrite(b, uint64(len(b)), &r), "command at offset 0x30: expected 0x7, found 0x6")
}

func TestLooksLikeResponse(t *testing.T) {
	for _, c := range responses {
		t.Run(c.name, func(t *testing.T) {
			b := c.bytes()
			for n := range b {
				got := LooksLikeResponse(b[:n], c.shape)
				require.NotEqual(t, No, got, "%d bytes", n)
				if n < HeaderSize {
					require.Equal(t, Maybe, got, "%d bytes", n)
				}
			}
			require.Equal(t, Yes, LooksLikeResponse(b, c.shape))
			require.Equal(t, Yes, LooksLikeResponse(b, ShapeUnknown))
			for at := 0x18; at < 0x20; at++ {
				bad := append([]byte{}, b...)
				bad[at] = 1
				require.Equal(t, No, LooksLikeResponse(bad, c.shape))
				require.Equal(t, No, LooksLikeResponse(bad, ShapeUnknown))
			}
			longer := append(wireResponse(append(append([]byte{}, c.body...), 0)), 1)
			if c.more {
				require.Equal(t, Yes, LooksLikeResponse(longer, c.shape))
			} else {
				require.Equal(t, No, LooksLikeResponse(longer, c.shape))
			}
		})
	}
	short := wireResponse(wire(0))
	for _, shape := range []Shape{ShapeItem, ShapeInfo, ShapeCount, ShapeSpace} {
		require.Equal(t, Maybe, LooksLikeResponse(short[:HeaderSize+3], shape), "%v: the result code tells", shape)
		require.Equal(t, No, LooksLikeResponse(short, shape), "%v: success needs more than a code", shape)
		require.Equal(t, No, LooksLikeResponse(wireResponse(make([]byte, 3)), shape), shape)
	}
	for _, shape := range []Shape{ShapeDescriptor, ShapePosition, ShapePong} {
		require.Equal(t, No, LooksLikeResponse(short, shape), shape)
		require.Equal(t, No, LooksLikeResponse(wireResponse(wire(uint32(0xFFF0FFE0))), shape), "%v: a failure is no shorter", shape)
	}
}

func TestLooksLikeRead(t *testing.T) {
	for form, start := range readStarts {
		for n := range start {
			want := Maybe
			if form == ReadFailed && n >= 5 {
				want = Yes
			}
			require.Equal(t, want, LooksLikeResponse(start[:n], ShapeRead), "%v, %d bytes", form, n)
		}
		require.Equal(t, Yes, LooksLikeResponse(start, ShapeRead))
	}
	require.Equal(t, No, LooksLikeResponse(wireResponse(wire(0)), ShapeRead))
}
