package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// memory is a source in memory.
type memory struct {
	data []byte
	size int64
}

func inMemory(data []byte) memory { return memory{data, int64(len(data))} }

func (m memory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m.data)), nil }
func (m memory) Name() string                 { return "memory" }
func (m memory) Size() int64                  { return m.size }

// A pcapFile writes a pcap file.
type pcapFile struct {
	order    binary.AppendByteOrder
	nano     bool
	modified bool
	link     uint32
	data     []byte
}

func (f *pcapFile) header() *pcapFile {
	magic := uint32(magicMicro)
	if f.nano {
		magic = magicNano
	}
	if f.modified {
		magic = magicModified
	}
	f.data = f.order.AppendUint32(f.data, magic)
	f.data = f.order.AppendUint16(f.data, 2)
	f.data = f.order.AppendUint16(f.data, 4)
	f.data = append(f.data, make([]byte, 8)...)
	f.data = f.order.AppendUint32(f.data, 65535)
	f.data = f.order.AppendUint32(f.data, f.link)
	return f
}

// packet adds a packet and gives the place of its first byte.
func (f *pcapFile) packet(ns int64, original int, p []byte) int64 {
	f.data = f.order.AppendUint32(f.data, uint32(ns/1e9))
	frac := ns % 1e9
	if !f.nano {
		frac /= 1000
	}
	f.data = f.order.AppendUint32(f.data, uint32(frac))
	f.data = f.order.AppendUint32(f.data, uint32(len(p)))
	f.data = f.order.AppendUint32(f.data, uint32(original))
	if f.modified {
		f.data = append(f.data, 1, 2, 3, 4, 5, 6, 7, 8)
	}
	at := int64(len(f.data))
	f.data = append(f.data, p...)
	return at
}

// A pcapngFile writes a pcapng file.
type pcapngFile struct {
	order binary.AppendByteOrder
	data  []byte
}

// block adds a block and gives the place of its body.
func (f *pcapngFile) block(kind uint32, body []byte) int64 {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	size := uint32(len(body) + 12)
	f.data = f.order.AppendUint32(f.data, kind)
	f.data = f.order.AppendUint32(f.data, size)
	at := int64(len(f.data))
	f.data = append(f.data, body...)
	f.data = f.order.AppendUint32(f.data, size)
	return at
}

func (f *pcapngFile) section() *pcapngFile {
	b := f.order.AppendUint32(nil, byteOrderMagic)
	b = f.order.AppendUint16(b, 1)
	b = f.order.AppendUint16(b, 0)
	b = f.order.AppendUint64(b, 1<<64-1)
	b = append(b, f.option(4, []byte("a test"))...)
	b = append(b, 0, 0, 0, 0)
	f.block(blockSection, b)
	return f
}

func (f *pcapngFile) option(code uint16, value []byte) []byte {
	b := f.order.AppendUint16(nil, code)
	b = f.order.AppendUint16(b, uint16(len(value)))
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (f *pcapngFile) iface(link uint16, snaplen uint32, options ...[]byte) *pcapngFile {
	b := f.order.AppendUint16(nil, link)
	b = f.order.AppendUint16(b, 0)
	b = f.order.AppendUint32(b, snaplen)
	for _, o := range options {
		b = append(b, o...)
	}
	if len(options) > 0 {
		b = append(b, 0, 0, 0, 0)
	}
	f.block(blockInterface, b)
	return f
}

func (f *pcapngFile) enhanced(iface uint32, ticks uint64, original int, p []byte, options ...[]byte) int64 {
	b := f.order.AppendUint32(nil, iface)
	b = f.order.AppendUint32(b, uint32(ticks>>32))
	b = f.order.AppendUint32(b, uint32(ticks))
	b = f.order.AppendUint32(b, uint32(len(p)))
	b = f.order.AppendUint32(b, uint32(original))
	b = append(b, p...)
	for len(b)%4 != 0 {
		b = append(b, 0xEE)
	}
	for _, o := range options {
		b = append(b, o...)
	}
	return f.block(blockEnhanced, b) + 20
}

func (f *pcapngFile) obsolete(iface uint16, ticks uint64, original int, p []byte) int64 {
	b := f.order.AppendUint16(nil, iface)
	b = f.order.AppendUint16(b, 0xFFFF)
	b = f.order.AppendUint32(b, uint32(ticks>>32))
	b = f.order.AppendUint32(b, uint32(ticks))
	b = f.order.AppendUint32(b, uint32(len(p)))
	b = f.order.AppendUint32(b, uint32(original))
	b = append(b, p...)
	return f.block(blockPacket, b) + 20
}

func (f *pcapngFile) simple(original int, p []byte) int64 {
	b := f.order.AppendUint32(nil, uint32(original))
	b = append(b, p...)
	return f.block(blockSimple, b) + 4
}

// seen is a packet with a copy of its bytes.
type seen struct {
	Packet
	bytes string
}

// readAll reads all packets of a file, and the error that ended it.
func readAll(t testing.TB, data []byte, kind Kind) ([]seen, error) {
	t.Helper()
	r := NewPacketReader(bytes.NewReader(data), kind)
	var all []seen
	for {
		var p Packet
		err := r.Next(&p)
		if err != nil {
			require.Equal(t, err, r.Next(&p), "an error is final")
			return all, err
		}
		s := seen{p, string(p.Data)}
		// Where the file says the packet is, there it is.
		require.Equal(t, s.bytes, string(data[p.File:][:len(p.Data)]))
		s.Data = nil
		all = append(all, s)
		require.LessOrEqual(t, len(all), len(data), "more packets than bytes")
	}
}

// tcpBytes is a TCP segment without options.
func tcpBytes(src, dst uint16, seq, ack uint32, flags byte, payload []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, src)
	b = binary.BigEndian.AppendUint16(b, dst)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = binary.BigEndian.AppendUint32(b, ack)
	b = append(b, 5<<4, flags, 0xFF, 0xFF, 0, 0, 0, 0)
	return append(b, payload...)
}

var (
	client4 = netip.MustParseAddr("10.0.0.2")
	server4 = netip.MustParseAddr("10.0.0.1")
	client6 = netip.MustParseAddr("fd00::2")
	server6 = netip.MustParseAddr("fd00::1")
)

// ipv4Bytes is an IPv4 packet around a payload.
func ipv4Bytes(src, dst netip.Addr, protocol byte, payload []byte) []byte {
	b := []byte{0x45, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(20+len(payload)))
	b = append(b, 0, 1, 0x40, 0, 64, protocol, 0, 0)
	b = append(b, src.AsSlice()...)
	b = append(b, dst.AsSlice()...)
	return append(b, payload...)
}

// ipv6Bytes is an IPv6 packet around a payload.
func ipv6Bytes(src, dst netip.Addr, next byte, payload []byte) []byte {
	b := []byte{0x60, 0, 0, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	b = append(b, next, 64)
	b = append(b, src.AsSlice()...)
	b = append(b, dst.AsSlice()...)
	return append(b, payload...)
}

// etherBytes is an Ethernet frame around a payload.
func etherBytes(kind uint16, payload []byte) []byte {
	b := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}
	b = binary.BigEndian.AppendUint16(b, kind)
	return append(b, payload...)
}

// place is what the errors of this package have in common.
func place(t testing.TB, err error) int64 {
	t.Helper()
	var format *FormatError
	var cut *TruncatedError
	switch {
	case errors.As(err, &format):
		require.NotEmpty(t, format.Expected)
		require.NotEmpty(t, format.Found)
		return format.Offset
	case errors.As(err, &cut):
		require.NotEmpty(t, cut.What)
		return cut.Offset
	}
	t.Fatalf("neither a *FormatError nor a *TruncatedError: %v", err)
	return -1
}
