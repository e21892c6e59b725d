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
	for n, want := range map[int]Likeness{0x13: No, 0x14: Maybe, 0x414: Maybe, 0x415: No, 0xFFFFFFFF: No, 0: No} {
		require.Equal(t, want, LooksLikeRequest(wire(uint32(n))), "a length of %d alone", n)
	}
	require.Equal(t, Maybe, LooksLikeRequest(nil))
	require.Equal(t, No, LooksLikeRequest(wireRequest(0x0A, wire(1))), "a command that is none")
	for _, c := range responses {
		require.NotEqual(t, Yes, LooksLikeRequest(c.bytes()), "the host fills its fields: %s", c.name)
	}
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
