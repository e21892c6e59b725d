package sata

import (
	"encoding/binary"
	"strconv"
)

// A Header starts every request and every response but the answers of fast
// file I/O (section 1).
type Header struct {
	DataLen   uint32 // bytes after the header; it frames, and is not checked against a message's length
	PacketID  uint32 // correlates; not the command
	Flags     uint32 // of a Ping: FlagFFIO, FlagCSR
	Version   uint32 // 0 in a first Ping, Version after
	Timestamp uint32 // Unix seconds; only the host fills it
	PID       uint32 // only the host fills it
}

// HeaderFields are the fields of a Header, in the order of the wire.
var HeaderFields = []Field{
	{Name: "data length", Offset: 0x00, Length: 4, Kind: U32, Meaning: "bytes after the header; it says where the message ends"},
	{Name: "packet id", Offset: 0x04, Length: 4, Kind: U32, Meaning: "meant to tie a response to its request; not the command"},
	{Name: "flags", Offset: 0x08, Length: 4, Kind: U32, Meaning: "of a Ping: bit 0b010 says that fast file I/O is supported, bit 0b100 combined send and receive"},
	{Name: "version", Offset: 0x0C, Length: 4, Kind: U32, Meaning: "0 in a first Ping, 0x02000600 after"},
	{Name: "host timestamp", Offset: 0x10, Length: 4, Kind: U32, Meaning: "Unix seconds; only the host fills it"},
	{Name: "host process", Offset: 0x14, Length: 4, Kind: U32, Meaning: "the host program's process number; only the host fills it"},
	{Name: "zeros", Offset: 0x18, Length: 8, Kind: Zeros, Meaning: "always zero; anything else is no header"},
}

// CommandInfoFields are what follows the header of a request.
var CommandInfoFields = []Field{
	{Name: "user 0", Offset: 0x20, Length: 4, Kind: U32, Slot: SlotUser0, Meaning: "of a Ping: the first read size; otherwise unused"},
	{Name: "user 1", Offset: 0x24, Length: 4, Kind: U32, Slot: SlotUser1, Meaning: "of a Ping: the first write size; otherwise unused"},
	{Name: "capabilities 0", Offset: 0x28, Length: 4, Kind: U32LE, Slot: SlotCapability0, Meaning: "little-endian, unlike all else; seen: 0x01010101"},
	{Name: "capabilities 1", Offset: 0x2C, Length: 4, Kind: U32LE, Slot: SlotCapability1, Meaning: "little-endian, unlike all else; seen: 1"},
	{Name: "command", Offset: 0x30, Length: 4, Kind: U32, Meaning: "what is asked for: the number of a command"},
}

// ParseHeader reads a header; it fails when b is shorter than one or the zeros
// at 0x18 are none.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < HeaderSize {
		return Header{}, tooShort("header", 0, HeaderSize, uint64(len(b)))
	}
	if !allZero(b[0x18:0x20]) {
		return Header{}, &ParseError{Field: "zeros", Offset: 0x18, Want: "8 bytes of zero", Found: hex(u64(b[0x18:]))}
	}
	return Header{
		DataLen: u32(b), PacketID: u32(b[4:]), Flags: u32(b[8:]), Version: u32(b[0xC:]),
		Timestamp: u32(b[0x10:]), PID: u32(b[0x14:]),
	}, nil
}

// Append appends the 32 bytes of h.
func (h Header) Append(dst []byte) []byte {
	for _, v := range [...]uint32{h.DataLen, h.PacketID, h.Flags, h.Version, h.Timestamp, h.PID, 0, 0} {
		dst = binary.BigEndian.AppendUint32(dst, v)
	}
	return dst
}

// Size is the length of an ordinary message with this header.
func (h Header) Size() uint64 { return HeaderSize + uint64(h.DataLen) }

func tooShort(field string, offset int, want int, found uint64) *ParseError {
	return &ParseError{Field: field, Offset: offset, Want: strconv.Itoa(want) + " bytes", Found: strconv.FormatUint(found, 10)}
}
