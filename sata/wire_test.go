package sata

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// Messages for tests are put together by hand from the tables of section 1, so
// that they don't lean on what they test.

type padded struct {
	text string
	size int
}

func path(s string) padded { return padded{s, 0x200} }

type le uint32 // little-endian

// wire joins the parts of a message: uint32 and int as four bytes, uint64 as
// eight, big-endian; padded texts filled up with NUL; bytes as they are.
func wire(parts ...any) []byte {
	b := []byte{}
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(p))
		case uint32:
			b = binary.BigEndian.AppendUint32(b, p)
		case le:
			b = binary.LittleEndian.AppendUint32(b, uint32(p))
		case uint64:
			b = binary.BigEndian.AppendUint64(b, p)
		case padded:
			b = append(append(b, p.text...), make([]byte, p.size-len(p.text))...)
		case []byte:
			b = append(b, p...)
		default:
			panic("wire: a part of an unknown type")
		}
	}
	return b
}

var (
	testHeader       = Header{PacketID: 0x01020304, Flags: 6, Version: 0x02000600}
	testAnswerHeader = Header{PacketID: 0x01020304, Flags: 6, Version: 0x02000600, Timestamp: 0x6650A1B2, PID: 0x1092}
)

func wireRequest(command Command, body []byte) []byte {
	return wire(0x14+len(body), 0x01020304, 6, 0x02000600, 0, 0, 0, 0,
		0x30040, 0xC0, le(0x01010101), le(1), uint32(command), body)
}

func wireResponse(body []byte) []byte {
	return wire(len(body), 0x01020304, 6, 0x02000600, 0x6650A1B2, 0x1092, 0, 0, body)
}

var wireInfo = wire(uint32(0x2C000000), 0x666, 1, 1, 1234, 0, 0xE8, uint32(0xDA6FF000), 0,
	uint64(0x0000012345678901), uint64(0x0000012345678902), make([]byte, 32))

var testInfo = Info{Flags: 0x2C000000, Permissions: 0x666, FileLength: 1234, Created: 0x0000012345678901, Updated: 0x0000012345678902}

type requestCase struct {
	name    string
	command Command
	body    []byte
	slack   int
	want    Request // without what all have
	shape   Shape
}

// requests has every command once and what is special in its values.
var requests = []requestCase{
	{"CreateFolder", 0x00, wire(path("/vol/a"), 0x660), 0, Request{Path: []byte("/vol/a"), Mode: 0x660}, ShapeResult},
	{"OpenFolder", 0x01, wire(path("/vol")), 0, Request{Path: []byte("/vol")}, ShapeDescriptor},
	{"ReadFolder", 0x02, wire(7), 0, Request{FD: 7}, ShapeItem},
	{"RewindFolder", 0x03, wire(uint32(0xFFFFFFFF)), 0, Request{FD: -1}, ShapeResult},
	{"CloseFolder", 0x04, wire(uint32(0x80000000)), 0, Request{FD: -1 << 31}, ShapeResult},
	{"OpenFile", 0x05, wire(padded{"r+b", 0x10}, path("/vol/é")), 0, Request{ModeText: []byte("r+b"), Path: []byte("/vol/é")}, ShapeDescriptor},
	{"ReadFile", 0x06, wire(3, uint32(0xFFFFFFFF), 9, 0x1000, 1), 0, Request{BlockCount: 3, BlockSize: 0xFFFFFFFF, FD: 9, MoveTo: 0x1000, ShouldMove: 1}, ShapeRead},
	{"WriteFile", 0x07, wire(1, 512, 9, 2, 0), 0, Request{BlockCount: 1, BlockSize: 512, FD: 9, MoveTo: MoveEnd}, ShapeResult},
	{"GetFilePosition", 0x08, wire(9), 0, Request{FD: 9}, ShapePosition},
	{"SetFilePosition", 0x09, wire(9, 0), 4, Request{FD: 9, MoveTo: MoveBegin}, ShapeResult},
	{"StatFile", 0x0B, wire(9), 0, Request{FD: 9}, ShapeInfo},
	{"CloseFile", 0x0D, wire(9), 0, Request{FD: 9}, ShapeResult},
	{"Remove", 0x0E, wire(path("")), 0, Request{Path: []byte{}}, ShapeResult},
	{"Rename", 0x0F, wire(path("/from"), path("/to")), 0, Request{Path: []byte("/from"), Destination: []byte("/to")}, ShapeResult},
	{"QueryPath free space", 0x10, wire(path("/q"), 0), 0, Request{Path: []byte("/q"), Query: QueryFreeSpace}, ShapeSpace},
	{"QueryPath folder size", 0x10, wire(path("/q"), 1), 0, Request{Path: []byte("/q"), Query: QueryFolderSize}, ShapeSpace},
	{"QueryPath file count", 0x10, wire(path("/q"), 2), 0, Request{Path: []byte("/q"), Query: QueryFileCount}, ShapeCount},
	{"QueryPath details", 0x10, wire(path("/q"), 5), 0, Request{Path: []byte("/q"), Query: QueryDetails}, ShapeInfo},
	{"ChangeOwner", 0x12, wire(path("/o"), 0xA, 0xB), 0, Request{Path: []byte("/o"), UID: 0xA, GID: 0xB}, ShapeResult},
	{"ChangeMode", 0x13, wire(path("/m"), 0x444), 0, Request{Path: []byte("/m"), Mode: 0x444}, ShapeResult},
	{"Ping", 0x14, nil, 0, Request{}, ShapePong},
}

// request is the request that the case's bytes mean.
func (c requestCase) request() Request {
	r := c.want
	r.Header, r.Command = testHeader, c.command
	r.Header.DataLen = uint32(0x14 + len(c.body))
	r.User, r.Capabilities = [2]uint32{0x30040, 0xC0}, [2]uint32{0x01010101, 1}
	return r
}

func (c requestCase) bytes() []byte { return wireRequest(c.command, c.body) }

type responseCase struct {
	name  string
	shape Shape
	body  []byte
	want  Response // without what all have
	more  bool     // more bytes may follow and are ignored
	least int      // the body may be cut down to this; 0 when it can't be
	odd   bool     // Append writes other bytes: the case has bytes that are ignored
}

var responses = []responseCase{
	{name: "result, success", shape: ShapeResult, body: wire(0)},
	{name: "result, failure", shape: ShapeResult, body: wire(uint32(0xFFF0FFE0)), want: Response{Result: FSError}},
	{name: "descriptor", shape: ShapeDescriptor, body: wire(0, 5), want: Response{FD: 5}},
	{name: "descriptor, failure", shape: ShapeDescriptor, body: wire(uint32(0xFFF0FFE9), uint32(0xFFFFFFFF)), want: Response{Result: NotFound, FD: -1}},
	{name: "item", shape: ShapeItem, body: wire(0, wireInfo, padded{"file.bin", 0x100}), want: Response{Info: testInfo, Name: []byte("file.bin")}},
	{name: "no more items", shape: ShapeItem, body: wire(uint32(0xFFF0FFFC)), want: Response{Result: NoMoreItems}, more: true},
	{name: "details", shape: ShapeInfo, body: wire(0, wireInfo), want: Response{Info: testInfo}},
	{name: "details, failure", shape: ShapeInfo, body: wire(uint32(0xFFF0FFE9)), want: Response{Result: NotFound}, more: true},
	{name: "details, failure with more", shape: ShapeInfo, body: wire(uint32(0xFFF0FFE9), wireInfo), want: Response{Result: NotFound}, more: true, least: 4, odd: true},
	{name: "count", shape: ShapeCount, body: wire(0, uint32(0xFFFFFFFE)), want: Response{Number: 0xFFFFFFFE}, more: true},
	{name: "count, failure", shape: ShapeCount, body: wire(uint32(0xFFF0FFD7)), want: Response{Result: NotAFolder}, more: true},
	{name: "space", shape: ShapeSpace, body: wire(0, uint64(0x0102030405060708)), want: Response{Number: 0x0102030405060708}, more: true},
	{name: "space, failure", shape: ShapeSpace, body: wire(uint32(0xFFF0FFE0)), want: Response{Result: FSError}, more: true},
	{name: "position", shape: ShapePosition, body: wire(0, 77), want: Response{Position: 77}},
	{name: "position, failure", shape: ShapePosition, body: wire(uint32(0xFFF0FFE0), 77), want: Response{Result: FSError, Position: 77}},
	{name: "pong, both", shape: ShapePong, body: wire(0, uint32(0xCAFE0003)), want: Response{Capabilities: CapBoth}},
	{name: "pong, neither", shape: ShapePong, body: wire(0, uint32(0xCAFE0000)), want: Response{Capabilities: 0xCAFE0000}},
}

func (c responseCase) response() Response {
	r := c.want
	r.Header, r.Shape = testAnswerHeader, c.shape
	r.Header.DataLen = uint32(len(c.body))
	return r
}

func (c responseCase) bytes() []byte { return wireResponse(c.body) }

// requireParseError demands an error about a field at an offset.
func requireParseError(t *testing.T, err error, field string, offset int) {
	t.Helper()
	var pe *ParseError
	require.True(t, errors.As(err, &pe), "a *ParseError, not %v", err)
	require.Equal(t, field, pe.Field)
	require.Equal(t, offset, pe.Offset)
	require.NotEmpty(t, pe.Want)
	require.NotEmpty(t, pe.Found)
}
