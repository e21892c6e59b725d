package sata

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHeader(t *testing.T) {
	b := wire(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0, 0)
	want := Header{DataLen: 0x11, PacketID: 0x22, Flags: 0x33, Version: 0x44, Timestamp: 0x55, PID: 0x66}
	got, err := ParseHeader(append(b, 0xFF)) // what follows is no part of it
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, append([]byte{9}, b...), got.Append([]byte{9}))
	require.EqualValues(t, 0x31, got.Size())
	require.Equal(t, uint64(0x1_0000_001F), Header{DataLen: 0xFFFFFFFF}.Size(), "the size needs more than 32 bits")

	for n := range b {
		_, err := ParseHeader(b[:n])
		requireParseError(t, err, "header", 0)
	}
	_, err = ParseHeader(b[:5])
	require.EqualError(t, err, "header at offset 0x0: expected 32 bytes, found 5")
}

// Each of the 64 bits at 0x18 alone makes it no header.
func TestHeaderZeros(t *testing.T) {
	for bit := range 64 {
		b := make([]byte, HeaderSize)
		b[0x18+bit/8] = 1 << (bit % 8)
		_, err := ParseHeader(b)
		requireParseError(t, err, "zeros", 0x18)
	}
	_, err := ParseHeader(wire(0, 0, 0, 0, 0, 0, 0, 0x2A))
	require.EqualError(t, err, "zeros at offset 0x18: expected 8 bytes of zero, found 0x2a")
}

// The fields that pages show follow each other without a gap.
func TestHeaderAndInfoFields(t *testing.T) {
	at := 0
	for _, f := range append(append([]Field{}, HeaderFields...), CommandInfoFields...) {
		require.Equal(t, at, f.Offset, f.Name)
		require.NotEmpty(t, f.Name)
		require.NotEmpty(t, f.Meaning, f.Name)
		require.NotEqual(t, "?", f.Kind.String(), f.Name)
		at = f.End()
		if f.Offset < HeaderSize {
			require.LessOrEqual(t, at, HeaderSize)
		}
	}
	require.Equal(t, RequestSize, at)
	require.Equal(t, "?", Kind(200).String())
}
