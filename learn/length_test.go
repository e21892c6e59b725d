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
	require.Equal(t, "It has a header (`0x20`), the result code (`4`) and the info block (`84`): `120` bytes.", ResponseLength(sata.ShapeInfo, 0).Why)
	require.Equal(t, uint64(580), RequestLength(sata.OpenFile).Bytes)

	read := func(total uint64, first uint32, form sata.ReadForm, word uint32) Length {
		l, ok := Read{Total: total, FirstRead: first, Form: form, Word: word}.Length()
		require.True(t, ok)
		return l
	}
	require.Equal(t, "The request asked for `4096` bytes, fewer than the first read size of the last Ping (`196672`), so the answer is `0x24 + 4096` = `4132` bytes. "+
		"It begins with `C4 00 24 02`: data follows, and the number at `0x20` is the length of the whole file: `357`.", read(4096, 196672, sata.ReadFirst, 357).Why)
	require.Equal(t, uint64(36+196672), read(250000, 196672, sata.ReadFirst, 290050).Bytes)
	_, ok := Read{Form: sata.ReadOther}.Length()
	require.False(t, ok)
}
