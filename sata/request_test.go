package sata

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRequests(t *testing.T) {
	seen := map[Command]bool{}
	for _, c := range requests {
		t.Run(c.name, func(t *testing.T) {
			b := c.bytes()
			var got Request
			require.NoError(t, ParseRequest(b, uint64(len(b)), &got))
			require.Equal(t, c.request(), got)
			require.Equal(t, c.shape, got.ResponseShape())

			again, err := AppendRequest([]byte("before"), &got)
			require.NoError(t, err)
			require.Equal(t, append([]byte("before"), b...), again)
		})
		seen[c.command] = true
	}
	for _, s := range Commands {
		require.True(t, seen[s.Command], "%v has no case", s.Command)
	}
}

// What a Request held before is no part of what is parsed next.
func TestRequestReused(t *testing.T) {
	var r Request
	for _, c := range append(requests, requests[0]) {
		b := c.bytes()
		require.NoError(t, ParseRequest(b, uint64(len(b)), &r))
		require.Equal(t, c.request(), r)
	}
}

// No prefix of a request is one, nor is a request with more behind it, but for
// the slack of SetFilePosition.
func TestRequestLengths(t *testing.T) {
	for _, c := range requests {
		t.Run(c.name, func(t *testing.T) {
			whole := append(c.bytes(), make([]byte, 2*MaxHead)...)
			want := len(c.bytes())
			for n := 0; n < len(whole); n++ {
				var r Request
				err := ParseRequest(whole[:n], uint64(n), &r)
				switch {
				case n < HeaderSize:
					requireParseError(t, err, "header", 0)
				case n < RequestSize:
					requireParseError(t, err, "command info", HeaderSize)
				case n < want || n > want+c.slack:
					requireParseError(t, err, "body", RequestSize)
				default:
					require.NoError(t, err)
				}
			}
			// Lengths of which only the first bytes are there.
			for _, length := range []uint64{MaxHead + 1, 1 << 31, 1 << 32, 1<<32 + uint64(want), 1<<64 - 1} {
				var r Request
				requireParseError(t, ParseRequest(whole[:MaxHead], length, &r), "body", RequestSize)
			}
		})
	}
}

// The header's length frames; it is not checked when a message is parsed.
func TestRequestDataLenIsNotChecked(t *testing.T) {
	b := requests[0].bytes()
	copy(b, wire(uint32(0xFFFFFFFF)))
	var r Request
	require.NoError(t, ParseRequest(b, uint64(len(b)), &r))
	require.EqualValues(t, 0xFFFFFFFF, r.Header.DataLen)
}

// A caller that breaks its promise (a head of MaxHead bytes or all) gets an
// error, not a panic.
func TestHeadTooShort(t *testing.T) {
	for _, c := range requests {
		b := c.bytes()
		for n := range b {
			var r Request
			require.Error(t, ParseRequest(b[:n], uint64(len(b)), &r), "%s, %d bytes", c.name, n)
		}
		var r Request
		require.EqualError(t, ParseRequest(b, 5, &r), "command info at offset 0x20: expected 20 bytes, found 0")
	}
	for _, c := range responses {
		b := c.bytes()
		for n := range b {
			var r Response
			if err := ParseResponse(b[:n], uint64(len(b)), c.shape, &r); c.least == 0 || n < HeaderSize+c.least {
				require.Error(t, err, "%s, %d bytes", c.name, n)
			}
		}
		var r Response
		require.EqualError(t, ParseResponse(b, 5, c.shape, &r), "result code at offset 0x20: expected 4 bytes, found 0")
	}
}

func TestRequestErrors(t *testing.T) {
	full := strings.Repeat("x", 0x200)
	for _, c := range []struct {
		name, want string
		b          []byte
	}{
		{"unknown commands have gaps", "command at offset 0x30: expected a known command, found 0xa", wireRequest(0x0A, wire(1))},
		{"above the last", "command at offset 0x30: expected a known command, found 0x15", wireRequest(0x15, nil)},
		{"far above", "command at offset 0x30: expected a known command, found 0xffffffff", wireRequest(0xFFFFFFFF, nil)},
		{"body too short", "body at offset 0x34: expected 4 bytes, found 3", wireRequest(ReadFolder, make([]byte, 3))},
		{"body too long", "body at offset 0x34: expected 0 bytes, found 1", wireRequest(Ping, []byte{0})},
		{"slack used up", "body at offset 0x34: expected 8 to 12 bytes, found 13", wireRequest(SetFilePosition, make([]byte, 13))},
		{"no NUL", "path at offset 0x34: expected a NUL within 512 bytes, found none", wireRequest(OpenFolder, []byte(full))},
		{"no NUL in an OpenFile's path", "path at offset 0x44: expected a NUL within 512 bytes, found none", wireRequest(OpenFile, wire(padded{"r", 16}, []byte(full)))},
		{"no NUL in a destination", "destination at offset 0x234: expected a NUL within 512 bytes, found none", wireRequest(Rename, wire(path("/a"), []byte(full)))},
		{"no UTF-8", "path at offset 0x36: expected UTF-8, found 0xff", wireRequest(Remove, wire(path("/a\xFF")))},
		{"half a letter before the NUL", "path at offset 0x36: expected UTF-8, found 0xc3", wireRequest(Remove, wire(path("/a\xC3")))},
		{"a surrogate", "path at offset 0x37: expected UTF-8, found 0xed", wireRequest(Remove, wire(path("/é\xED\xA0\x80")))},
		{"no UTF-8 in a destination", "destination at offset 0x234: expected UTF-8, found 0x80", wireRequest(Rename, wire(path("/a"), path("\x80")))},
		{"mode without NUL", "open mode at offset 0x34: expected a NUL within 16 bytes, found none", wireRequest(OpenFile, wire([]byte("r+++++++++++++++"), path("/a")))},
		{"no mode", `open mode at offset 0x34: expected r, w or a and up to two of b and +, or nothing, found "rx"`, wireRequest(OpenFile, wire(padded{"rx", 16}, path("/a")))},
		{"query type", "query type at offset 0x234: expected 0, 1, 2 or 5, found 3", wireRequest(QueryPath, wire(path("/a"), 3))},
		{"query type far above", "query type at offset 0x234: expected 0, 1, 2 or 5, found 4294967295", wireRequest(QueryPath, wire(path("/a"), uint32(0xFFFFFFFF)))},
		{"padding", "zeros at offset 0x18: expected 8 bytes of zero, found 0x100000000000000", append(wire(0x18, 0, 0, 0, 0, 0, 0x01000000, 0), wireRequest(ReadFolder, wire(1))[0x20:]...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Request
			require.EqualError(t, ParseRequest(c.b, uint64(len(c.b)), &r), c.want)
		})
	}
}

// What stands behind a text's NUL is often the rest of an earlier message.
func TestRemainsAfterNUL(t *testing.T) {
	field := wire(path("/new\x00old/path/\xFF\xFE"))
	for i := 20; i < len(field); i++ {
		field[i] = 0xFF
	}
	mode := []byte("w\x00b\xFF++++++++++++")
	b := wireRequest(OpenFile, wire(mode, field))
	var r Request
	require.NoError(t, ParseRequest(b, uint64(len(b)), &r))
	require.Equal(t, "/new", string(r.Path))
	require.Equal(t, "w", string(r.ModeText))
}

// A text may fill its field but for the NUL.
func TestLongestTexts(t *testing.T) {
	r := Request{Command: Rename, Path: []byte(strings.Repeat("p", 0x1FF)), Destination: []byte(strings.Repeat("é", 0xFF))}
	b, err := AppendRequest(nil, &r)
	require.NoError(t, err)
	var got Request
	require.NoError(t, ParseRequest(b, uint64(len(b)), &got))
	require.Equal(t, r.Path, got.Path)
	require.Equal(t, r.Destination, got.Destination)
	require.Len(t, b, MaxHead, "the longest request is what MaxHead promises")
}

// What ParseRequest would refuse is not appended, and dst keeps its length.
func TestAppendRequestErrors(t *testing.T) {
	for _, c := range []struct {
		want string
		r    Request
	}{
		{"command at offset 0x30: expected a known command, found 0xc", Request{Command: 0x0C}},
		{"path at offset 0x34: expected at most 511 bytes, found 512", Request{Command: Remove, Path: make([]byte, 0x200)}},
		{"open mode at offset 0x34: expected at most 15 bytes, found 16", Request{Command: OpenFile, ModeText: make([]byte, 16)}},
		{"path at offset 0x36: expected no NUL in the text, found one", Request{Command: Remove, Path: []byte("/a\x00b")}},
		{"destination at offset 0x235: expected UTF-8, found 0xff", Request{Command: Rename, Destination: []byte("/\xFF")}},
		{`open mode at offset 0x34: expected r, w or a and up to two of b and +, or nothing, found "x"`, Request{Command: OpenFile, ModeText: []byte("x")}},
		{"query type at offset 0x234: expected 0, 1, 2 or 5, found 4", Request{Command: QueryPath, Query: 4}},
	} {
		dst, err := AppendRequest([]byte("before"), &c.r)
		require.EqualError(t, err, c.want)
		require.Equal(t, "before", string(dst))
	}
}

// Every string of up to four characters of what modes are made of, and some
// that they are not made of: section 1 as a regular expression says which are
// modes.
func TestOpenModes(t *testing.T) {
	mode := regexp.MustCompile(`^(?:[rwa][b+]{0,2})?$`)
	alphabet := []string{"r", "w", "a", "b", "+", "x", "R", " ", "é"}
	valid := 0
	var try func(s string, left int)
	try = func(s string, left int) {
		b := wireRequest(OpenFile, wire(padded{s, ModeStringSize}, path("/a")))
		var r Request
		err := ParseRequest(b, uint64(len(b)), &r)
		if mode.MatchString(s) {
			valid++
			require.NoError(t, err, "%q", s)
			require.Equal(t, s, string(r.ModeText))
		} else {
			requireParseError(t, err, "open mode", 0x34)
		}
		if left > 0 {
			for _, c := range alphabet {
				try(s+c, left-1)
			}
		}
	}
	try("", 4)
	require.Equal(t, 1+3*(1+2+4), valid)
}

func TestMoves(t *testing.T) {
	for n, want := range map[Move]string{0: "Begin", 1: "Nowhere", 2: "End", 3: "Offset(3)", 0xFFFFFFFF: "Offset(4294967295)"} {
		require.Equal(t, "x"+want, string(n.Append([]byte("x"))))
	}
	for _, c := range []struct {
		command Command
		to      Move
		should  uint32
		want    Move
	}{
		{ReadFile, 5, 1, 5}, {ReadFile, 5, 0, MoveNowhere}, {ReadFile, 5, 2, MoveNowhere}, {ReadFile, 5, 0xFFFFFFFF, 5},
		{ReadFile, 0, 0, MoveNowhere}, {ReadFile, 0, 1, MoveBegin}, {WriteFile, 2, 3, MoveEnd}, {WriteFile, 2, 0x100, MoveNowhere},
		{SetFilePosition, 5, 0, 5}, {SetFilePosition, 0, 0, MoveBegin},
	} {
		r := Request{Command: c.command, MoveTo: c.to, ShouldMove: c.should}
		require.Equal(t, c.want, r.Move(), "%v %d %d", c.command, c.to, c.should)
	}
}

func TestTotalNeeds64Bits(t *testing.T) {
	r := Request{BlockCount: 0xFFFFFFFF, BlockSize: 0xFFFFFFFF}
	require.Equal(t, uint64(0xFFFFFFFE_00000001), r.Total())
}

func TestWritable(t *testing.T) {
	for mode := range uint32(0o2000) {
		require.Equal(t, mode&0x222 != 0, Writable(mode))
	}
	for _, mode := range []uint32{0x666, 0x200, 0x20, 0x2, 0x220, 0xFFFFFFFF} {
		require.True(t, Writable(mode), "%x", mode)
	}
	for _, mode := range []uint32{0, 0x444, 0x111, 0x555, ^uint32(0x222)} {
		require.False(t, Writable(mode), "%x", mode)
	}
}

func TestParsingDoesNotAllocate(t *testing.T) {
	var r Request
	for _, c := range requests {
		b := c.bytes()
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if err := ParseRequest(b, uint64(len(b)), &r); err != nil {
				panic(err)
			}
		}), c.name)
		dst := make([]byte, 0, 2*MaxHead)
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := AppendRequest(dst, &r); err != nil {
				panic(err)
			}
		}), c.name)
	}
	var resp Response
	for _, c := range responses {
		b := c.bytes()
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if err := ParseResponse(b, uint64(len(b)), c.shape, &resp); err != nil {
				panic(err)
			}
		}), c.name)
		dst := make([]byte, 0, 2*MaxHead)
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := AppendResponse(dst, &resp); err != nil {
				panic(err)
			}
		}), c.name)
	}
}
