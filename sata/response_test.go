package sata

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestResponses(t *testing.T) {
	seen := map[Shape]bool{ShapeUnknown: true, ShapeRead: true} // these have no header of their own
	for _, c := range responses {
		t.Run(c.name, func(t *testing.T) {
			b := c.bytes()
			var got Response
			require.NoError(t, ParseResponse(b, uint64(len(b)), c.shape, &got))
			require.Equal(t, c.response(), got)
			again, err := AppendResponse([]byte("before"), &got)
			require.NoError(t, err)
			if !c.odd {
				require.Equal(t, append([]byte("before"), b...), again)
			}
		})
		seen[c.shape] = true
	}
	for i := range Shapes() {
		require.True(t, seen[Shape(i)], "%v has no case", Shape(i))
	}
}

func TestResponseLengths(t *testing.T) {
	for _, c := range responses {
		t.Run(c.name, func(t *testing.T) {
			whole := append(c.bytes(), make([]byte, 2*MaxHead)...)
			want := len(c.bytes())
			least := want
			if c.least > 0 {
				least = HeaderSize + c.least
			}
			for n := 0; n < len(whole); n++ {
				var r Response
				err := ParseResponse(whole[:n], uint64(n), c.shape, &r)
				switch {
				case n < HeaderSize:
					requireParseError(t, err, "header", 0)
				case n < HeaderSize+4:
					requireParseError(t, err, "result code", HeaderSize)
				case n < least || n > want && !c.more:
					requireParseError(t, err, "body", HeaderSize)
				default:
					require.NoError(t, err, "%d bytes", n)
				}
			}
			var r Response
			err := ParseResponse(whole[:MaxHead], 1<<40, c.shape, &r)
			if c.more {
				require.NoError(t, err)
			} else {
				requireParseError(t, err, "body", HeaderSize)
			}
		})
	}
}

func TestResponseErrors(t *testing.T) {
	for _, c := range []struct {
		name, want string
		shape      Shape
		b          []byte
	}{
		{"an item of another code", "result code at offset 0x20: expected 0 or 0xfff0fffc (no more items), found 0xfff0ffe0", ShapeItem, wireResponse(wire(uint32(0xFFF0FFE0)))},
		{"an item of another code, full length", "result code at offset 0x20: expected 0 or 0xfff0fffc (no more items), found 0x1", ShapeItem, wireResponse(wire(1, wireInfo, padded{"a", 0x100}))},
		{"a name without NUL", "name at offset 0x78: expected a NUL within 256 bytes, found none", ShapeItem, wireResponse(wire(0, wireInfo, []byte(strings.Repeat("n", 0x100))))},
		{"a name without UTF-8", "name at offset 0x79: expected UTF-8, found 0xfe", ShapeItem, wireResponse(wire(0, wireInfo, padded{"n\xFE", 0x100}))},
		{"a pong that failed", "result code at offset 0x20: expected 0, found 0xfff0ffe0", ShapePong, wireResponse(wire(uint32(0xFFF0FFE0), uint32(0xCAFE0003)))},
		{"details, too short", "body at offset 0x20: expected 88 bytes, found 87", ShapeInfo, wireResponse(wire(0, wireInfo[:83]))},
		{"count, too short", "body at offset 0x20: expected 8 bytes or more, found 7", ShapeCount, wireResponse(wire(0, []byte{1, 2, 3}))},
		{"space, too short", "body at offset 0x20: expected 12 bytes or more, found 8", ShapeSpace, wireResponse(wire(0, 1))},
		{"no body", "result code at offset 0x20: expected 4 bytes, found 0", ShapeResult, wireResponse(nil)},
		{"to an unknown request", "response at offset 0x0: expected one to a request that is known, found one to a request that is not", ShapeUnknown, wireResponse(wire(0))},
		{"a read has no header", "response at offset 0x0: expected one to a request that is known, found one to a request that is not", ShapeRead, wireResponse(wire(0))},
		{"padding", "zeros at offset 0x18: expected 8 bytes of zero, found 0x1", ShapeResult, wire(4, 0, 0, 0, 0, 0, 0, 1, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Response
			require.EqualError(t, ParseResponse(c.b, uint64(len(c.b)), c.shape, &r), c.want)
		})
	}
}

func TestAppendResponseErrors(t *testing.T) {
	for _, c := range []struct {
		want string
		r    Response
	}{
		{"name at offset 0x78: expected at most 255 bytes, found 256", Response{Shape: ShapeItem, Name: make([]byte, 0x100)}},
		{"name at offset 0x78: expected UTF-8, found 0xff", Response{Shape: ShapeItem, Name: []byte("\xFF")}},
		{"count at offset 0x24: expected at most 0xffffffff, found 0x100000000", Response{Shape: ShapeCount, Number: 1 << 32}},
		{"response at offset 0x0: expected a shape with a header, found read", Response{Shape: ShapeRead}},
		{"response at offset 0x0: expected a shape with a header, found unknown", Response{}},
	} {
		dst, err := AppendResponse([]byte("before"), &c.r)
		require.EqualError(t, err, c.want)
		require.Equal(t, "before", string(dst))
	}
}

// Servers answer a folder's item with other codes, which the reference can't
// parse: they can be made all the same.
func TestAppendRefusedCodes(t *testing.T) {
	b, err := AppendResponse(nil, &Response{Header: testAnswerHeader, Shape: ShapeItem, Result: FSError})
	require.NoError(t, err)
	require.Equal(t, wireResponse(wire(uint32(0xFFF0FFE0))), b)
	b, err = AppendResponse(nil, &Response{Header: testAnswerHeader, Shape: ShapePong, Result: FSError, Capabilities: CapCSR})
	require.NoError(t, err)
	require.Equal(t, wireResponse(wire(uint32(0xFFF0FFE0), uint32(0xCAFE0002))), b)
}

// The constants of an info block are not checked.
func TestInfoConstantsAreNotChecked(t *testing.T) {
	info := append([]byte{}, wireInfo...)
	for i := range info {
		if i >= 8 && i < 16 || i >= 20 && i < 36 || i >= 52 {
			info[i] = 0xAA
		}
	}
	b := wireResponse(wire(0, info))
	var r Response
	require.NoError(t, ParseResponse(b, uint64(len(b)), ShapeInfo, &r))
	require.Equal(t, testInfo, r.Info)
}

func TestInfo(t *testing.T) {
	require.EqualValues(t, 7, Info{Flags: 0x2C000000, FileLength: 7}.PrintedLength())
	require.EqualValues(t, 0, Info{Flags: 0xAC000000, FileLength: 7}.PrintedLength())
	require.EqualValues(t, 0, Info{Flags: 0x80000000, FileLength: 7}.PrintedLength())
	require.EqualValues(t, 87650*3600, FATEpoch)
	require.Equal(t, "1980-01-01T02:00:00Z", time.Unix(FATEpoch, 0).UTC().Format(time.RFC3339), "two hours after the FAT epoch itself")
}

func TestCapabilities(t *testing.T) {
	for caps, want := range map[Capabilities][2]bool{
		0xCAFE0003: {true, true}, 0xCAFE0001: {true, false}, 0xCAFE0002: {false, true},
		0xCAFE0000: {}, 0xCAFE0007: {}, 0: {}, 3: {}, 0xFFFFFFFF: {}, 0xFE0003CA: {},
	} {
		require.Equal(t, want, [2]bool{caps.FFIO(), caps.CSR()}, "%x", caps)
	}
}

func TestResults(t *testing.T) {
	for code, want := range map[Result]string{
		0: "success", 0xFFF0FFE0: "file system error", 0xFFF0FFE9: "path does not exist", 0xFFF0FFE7: "size too big",
		0xFFF0FFD7: "a folder is required", 0xFFF0FFEA: "refused", 0xFFF0FFFC: "no more items", 1: "", 0xFFF0FFFF: "",
	} {
		require.Equal(t, want, code.Meaning(), "%x", code)
	}
	for _, c := range []struct {
		code    Result
		command Command
		failed  bool
		meaning string
	}{
		{0, WriteFile, false, "success"},
		{0, ReadFile, false, "success"},
		{4096, WriteFile, false, "4096 bytes written"},
		{4096, CloseFile, true, ""},
		{0xFFEFFFFF, WriteFile, false, "4293918719 bytes written"},
		{0xFFF00000, WriteFile, true, ""}, // a failure not seen before is no count
		{0xFFF0FFE0, WriteFile, true, "file system error"},
		{0xFFF0FFE0, OpenFile, true, "file system error"},
		{0xFFF0FFFC, ReadFolder, true, "no more items"},
	} {
		require.Equal(t, c.failed, c.code.FailsFor(c.command), "%x to %v", c.code, c.command)
		require.Equal(t, c.meaning, c.code.MeaningFor(c.command), "%x to %v", c.code, c.command)
	}
}
