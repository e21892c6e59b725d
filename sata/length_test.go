package sata

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLengthOfRequests(t *testing.T) {
	require.Equal(t, Length{580, true, []string{"An OpenFile has a header (`0x20`), command info (`0x14`), open mode (`16`), path (`512`): `580` bytes."}}, RequestLength(OpenFile))
	require.Equal(t, Length{52, true, []string{"A Ping has a header (`0x20`) and command info (`0x14`): `52` bytes.", "It has no body."}}, RequestLength(Ping))
	l := RequestLength(SetFilePosition)
	require.False(t, l.Exact)
	require.Equal(t, "Up to `4` bytes more may follow; they are ignored.", l.Why[1])
	for _, spec := range Commands {
		c := spec.Command
		b, err := AppendRequest(nil, &Request{Command: c})
		require.NoError(t, err)
		require.Equal(t, RequestLength(c).Bytes, uint64(len(b)), c.String())
	}
}

func TestLengthOfResponses(t *testing.T) {
	require.Equal(t, "It has a header (`0x20`), the result code (`4`) and the info block (`84`): `120` bytes.", ResponseLength(ShapeInfo, Success).String())
	require.Equal(t, "It has a header (`0x20`), the result code (`4`), the info block (`84`) and the name (`256`): `376` bytes.", ResponseLength(ShapeItem, Success).String())
	require.Equal(t, "It has a header (`0x20`) and the result code (`4`): `36` bytes.", ResponseLength(ShapeResult, NotFound).String())
	require.Equal(t, Length{36, false, []string{"It has a header (`0x20`) and the result code (`4`): `36` bytes.", "After a failure nothing else is read, so more may follow."}}, ResponseLength(ShapeInfo, NotFound))
	require.Equal(t, Length{44, false, []string{"It has a header (`0x20`), the result code (`4`) and the bytes (`8`): `44` bytes or more; what follows is ignored."}}, ResponseLength(ShapeSpace, Success))
}

func TestLengthOfReads(t *testing.T) {
	read := func(r ReadAnswer) Length {
		l, ok := r.Length()
		require.True(t, ok)
		return l
	}
	const first = DefaultFirstRead
	require.Equal(t, []string{
		"The request asked for `1 × 4096` bytes, fewer than the first read size of the last Ping (`196672`), so the answer is `0x24 + 4096` = `4132` bytes.",
		"It begins with `C4 00 24 02`: data follows, and the number at `0x20` is the length of the whole file: `357`.",
	}, read(ReadAnswer{Total: 4096, FirstRead: first, Form: ReadFirst, Word: 357, Asked: "1 × 4096"}).Why)
	require.Equal(t, uint64(36+first), read(ReadAnswer{Total: 250000, FirstRead: first, Form: ReadFirst, Word: 290050}).Bytes)
	zeros := read(ReadAnswer{Total: 250000, FirstRead: first, Form: ReadZeros, Word: 250000, From: FromUsual})
	require.Equal(t, uint64(36+250000), zeros.Bytes)
	require.Equal(t, "The request asked for `250000` bytes, more than the usual first read size (`196672`; no Ping was recorded); the smaller of the two is less than what follows by itself, so the answer is `0x24 + 250000` = `250036` bytes.", zeros.Why[1])
	require.Equal(t, uint64(36+4096), read(ReadAnswer{Total: 4096, FirstRead: first, Form: ReadZeros}).Bytes)
	require.Contains(t, read(ReadAnswer{Total: first, FirstRead: first, Form: ReadFirst, From: FromRead}).Why[0], "just as many as the first read size that an earlier read showed (`196672`; no Ping was recorded)")
	require.Equal(t, uint64(36), read(ReadAnswer{Total: 4096, FirstRead: first, Form: ReadFailed, Word: uint32(FSError)}).Bytes)
	_, ok := ReadAnswer{Form: ReadOther}.Length()
	require.False(t, ok)
}

func TestWithArticle(t *testing.T) {
	require.Equal(t, []string{"an OpenFile", "a ReadFile", "an Unknown", "a "}, []string{WithArticle("OpenFile"), WithArticle("ReadFile"), WithArticle("Unknown"), WithArticle("")})
}
