package sata

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"hash/fnv"
	"testing"

	"github.com/stretchr/testify/require"
)

// readStarts are the first 32 bytes of the three forms of section 2; of a
// failed read only the first five are told.
var readStarts = map[ReadForm][]byte{
	ReadFirst:  append([]byte{0xC4, 0x00, 0x24, 0x02, 0xE8, 0xEF, 0x24, 0x02}, make([]byte, 24)...),
	ReadZeros:  make([]byte, 32),
	ReadFailed: append([]byte{0xC4, 0x00, 0xFE, 0x00, 0x20}, bytes.Repeat([]byte{0xA5}, 27)...),
}

// formByDefinition says which forms b, as far as it goes, can have.
func formByDefinition(b []byte) (possible []ReadForm) {
	for _, form := range []ReadForm{ReadFirst, ReadZeros, ReadFailed} {
		start := readStarts[form]
		if form == ReadFailed {
			start = start[:5]
		}
		n := min(len(b), len(start))
		if bytes.Equal(b[:n], start[:n]) {
			possible = append(possible, form)
		}
	}
	return possible
}

// Every prefix of the three forms, and every prefix with one other byte at any
// place: the form is one of those that are possible, and "enough" is said
// exactly when more bytes can't change it.
func TestFormOf(t *testing.T) {
	check := func(b []byte) {
		form, enough := FormOf(b)
		possible := formByDefinition(b)
		if len(possible) == 0 {
			require.Equal(t, ReadOther, form, "% x", b)
			require.True(t, enough)
			return
		}
		require.Contains(t, possible, form, "% x", b)
		whole := len(b) >= 32 || possible[0] == ReadFailed && len(b) >= 5
		require.Equal(t, whole, enough, "% x", b)
	}
	for form, start := range readStarts {
		for n := 0; n <= len(start); n++ {
			check(start[:n])
			for at := range n {
				for _, c := range []byte{0x00, 0x01, 0x02, 0x20, 0x24, 0xC4, 0xE8, 0xEF, 0xFE, 0xFF} {
					b := append([]byte{}, start[:n]...)
					b[at] = c
					check(b)
				}
			}
		}
		got, enough := FormOf(append(append([]byte{}, start...), 1, 2, 3, 4, 5))
		require.Equal(t, form, got)
		require.True(t, enough)
	}
	form, enough := FormOf(nil)
	require.NotEqual(t, ReadOther, form)
	require.False(t, enough)
}

func TestReadFormNames(t *testing.T) {
	seen := map[string]bool{}
	for f := ReadOther; f <= ReadFailed; f++ {
		require.NotEmpty(t, f.String())
		seen[f.String()] = true
	}
	require.Len(t, seen, 4)
}

// The checksum is the standard library's FNV-1a from another start.
func TestFNV(t *testing.T) {
	standard := func(start uint64, b []byte) uint64 {
		h := fnv.New64a()
		require.NoError(t, h.(encoding.BinaryUnmarshaler).UnmarshalBinary(binary.BigEndian.AppendUint64([]byte("fnv\x04"), start)))
		h.Write(b)
		return h.Sum64()
	}
	data := make([]byte, 1000)
	for i := range data {
		data[i] = byte(i * i >> 3)
	}
	require.EqualValues(t, 69420, NewFNV.Add(nil))
	for n := range data {
		require.Equal(t, standard(69420, data[:n]), uint64(NewFNV.Add(data[:n])))
		require.Equal(t, NewFNV.Add(data), NewFNV.Add(data[:n]).Add(data[n:]), "in two pieces")
	}
}
