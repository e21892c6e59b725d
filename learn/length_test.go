package learn

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

// TestLengths holds the rules against every answer in the golden captures.
func TestLengths(t *testing.T) {
	exact, more, reads := 0, 0, 0
	for _, name := range goldenFiles(t) {
		if strings.HasPrefix(name, "events/") {
			continue // their messages have any length
		}
		c := load(t, name)
		for i := range c.Log.Len() {
			length, ok := c.LengthOf(i)
			if !ok {
				continue
			}
			r := c.Log.At(i)
			switch {
			case r.Line == walcore.LineRead:
				if _, known := c.FirstRead(i); !known {
					continue // a capture that begins in the middle
				}
				reads++
				require.Equal(t, r.Length, length.Bytes, "%s line %d: %s", name, i, length.Why)
			case length.Exact:
				exact++
				require.Equal(t, r.Length, length.Bytes, "%s line %d: %s", name, i, length.Why)
			default:
				more++
				require.GreaterOrEqual(t, r.Length, length.Bytes, "%s line %d: %s", name, i, length.Why)
			}
		}
	}
	require.Greater(t, exact, 1000)
	require.Greater(t, more, 100)
	require.Greater(t, reads, 300)
}

func TestLengthWords(t *testing.T) {
	require.Equal(t, "A header of `0x20` bytes, the result code (4), the info block (84): 120 bytes.", ResponseLength(sata.ShapeInfo, 0).Why)
	require.Equal(t, "A header of `0x20` bytes, the result code (4), the info block (84), the name (256): 376 bytes.", ResponseLength(sata.ShapeItem, 0).Why)
	require.Equal(t, "A header of `0x20` bytes and the result code (4): 36 bytes.", ResponseLength(sata.ShapeResult, sata.NotFound).Why)
	require.Contains(t, ResponseLength(sata.ShapeInfo, sata.NotFound).Why, "more may follow")
	require.Equal(t, Length{44, false, "A header of `0x20` bytes, the result code (4), the bytes (8): 44 bytes or more; what follows is ignored."}, ResponseLength(sata.ShapeSpace, 0))
	require.Equal(t, uint64(580), RequestLength(sata.OpenFile).Bytes)

	read := func(total uint64, first uint32, form sata.ReadForm, word uint32) Length {
		l, ok := Read{total, first, form, word}.Length()
		require.True(t, ok)
		return l
	}
	require.Equal(t, "It starts with `C4 00 24 02`, so the number after it is the file's length and says nothing of what follows. 4,096 bytes were asked for, no more than the first read size (196,672), so the data is filled up to 4,096: `0x24 + 4096 = 4132` bytes.", read(4096, 196672, sata.ReadFirst, 357).Why)
	require.Equal(t, uint64(36+196672), read(250000, 196672, sata.ReadFirst, 290050).Bytes)
	require.Equal(t, uint64(36+250000), read(250000, 196672, sata.ReadZeros, 250000).Bytes)
	require.Equal(t, uint64(36+4096), read(4096, 196672, sata.ReadZeros, 0).Bytes)
	require.Equal(t, uint64(36), read(4096, 196672, sata.ReadFailed, 0xFFF0FFE0).Bytes)
	_, ok := Read{Form: sata.ReadOther}.Length()
	require.False(t, ok)
}
