// Package carve makes a small capture of a part of a conversation: of the
// exchanges that someone wants to show, and of what it takes to understand them.
//
// [Choose] finds the rows: a message brings its whole exchange, an exchange the
// negotiation of its stream (Ping), because the lengths of others follow from it,
// and the opening of the descriptor that it uses, because its path does. [Write]
// writes them as pcapng: real TCP segments, with the addresses, the times and the
// bytes of the capture that they come from, but numbered anew. Decoded, it gives
// the same lines for the same messages.
package carve

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/netip"
	"strconv"

	"satascope/capture"
	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

// A Selection is rows of a log.
type Selection struct {
	rows  []bool
	count int
	asked int
}

// Has says whether a row is selected.
func (s *Selection) Has(row int) bool { return row >= 0 && row < len(s.rows) && s.rows[row] }

// Count is how many rows are selected.
func (s *Selection) Count() int { return s.count }

// Added is how many of them were not asked for, but come along.
func (s *Selection) Added() int { return s.count - s.asked }

// A descriptor is one of a stream: files and folders are counted apart.
type descriptor struct {
	stream uint32
	fd     int32
	folder bool
}

// Choose selects the messages for which keep says so, and what they need.
// Diagnostics are of no account: decoding makes them again.
func Choose(log *walcore.Log, keep func(row int) bool) *Selection {
	s := &Selection{rows: make([]bool, log.Len())}
	exchanges := make([]bool, log.Len()) // by the row of the request
	streams := map[uint32]bool{}
	for i := range s.rows {
		r := log.At(i)
		if r.Kind == walcore.Diagnostic || !keep(i) {
			continue
		}
		if request := requestOf(r, i); request >= 0 {
			exchanges[request] = true
			streams[r.Stream] = true
			s.asked++
		}
	}
	open := map[descriptor]int{} // the request that opened it
	for i := range s.rows {
		r := log.At(i)
		c, known := r.Command()
		if !known || !streams[r.Stream] {
			continue
		}
		at := descriptor{r.Stream, r.FD, ofFolder(c)}
		switch {
		case c == sata.Ping:
			if request := requestOf(r, i); request >= 0 {
				exchanges[request] = true
			}
		case r.Kind == walcore.Request && c == sata.CloseFile || r.Kind == walcore.Request && c == sata.CloseFolder:
			if opened, ok := open[at]; ok {
				// It ends what was opened: left out, a later use would have a path.
				exchanges[i] = exchanges[i] || exchanges[opened]
				exchanges[opened] = exchanges[opened] || exchanges[i]
			}
		case r.Kind == walcore.Request && usesDescriptor(c):
			if opened, ok := open[at]; ok && exchanges[i] {
				exchanges[opened] = true
			}
		case r.Kind == walcore.Response && r.Partner != walcore.None && r.B == 0 && r.Line == walcore.LineDescriptor:
			if open[at] = int(r.Partner); r.Flags&walcore.FlagOpen == 0 {
				delete(open, at) // it is not sure what was opened
			}
		case r.Kind == walcore.Response && r.Line == walcore.LineResult && r.B == 0 && (c == sata.CloseFile || c == sata.CloseFolder) && r.Partner != walcore.None:
			delete(open, descriptor{r.Stream, log.At(int(r.Partner)).FD, ofFolder(c)})
		}
	}
	for i := range s.rows {
		r := log.At(i)
		if r.Kind == walcore.Diagnostic {
			continue
		}
		if request := requestOf(r, i); request >= 0 && exchanges[request] {
			s.rows[i] = true
			s.count++
		}
	}
	return s
}

// requestOf is the row of the request that a row belongs to, -1 when there is
// none: an answer to nothing can't be sent again.
func requestOf(r *walcore.Record, row int) int {
	switch {
	case r.Kind == walcore.Request:
		return row
	case r.Partner == walcore.None:
		return -1
	}
	return int(r.Partner)
}

func ofFolder(c sata.Command) bool {
	switch c {
	case sata.OpenFolder, sata.ReadFolder, sata.RewindFolder, sata.CloseFolder:
		return true
	}
	return false
}

func usesDescriptor(c sata.Command) bool {
	switch c {
	case sata.ReadFolder, sata.RewindFolder, sata.ReadFile, sata.WriteFile, sata.GetFilePosition, sata.SetFilePosition, sata.StatFile:
		return true
	}
	return false
}

// segmentSize is the bytes of a message in one packet. With its headers it stays
// below what an IP packet can have.
const segmentSize = 32 << 10

// ErrNoBytes means that the file has no bytes of a message: it is a log, or an
// event file, which does not have the data of writes.
var ErrNoBytes = errors.New("this file does not hold the bytes of every message, so no part of it can be made into a capture; share the whole of it")

// A Source is where a conversation is: a [decode.Decoder], or one behind a lock.
type Source interface {
	Log() *walcore.Log
	Streams() []decode.Stream
	Summary() decode.Summary
	Bytes(dst []byte, stream uint32, fromServer bool, offset int64, n int) ([]byte, error)
}

// Write writes the selected messages as a pcapng file.
func Write(w io.Writer, d Source, s *Selection) error {
	c := &carver{w: w, d: d, events: d.Summary().Kind == capture.KindEvents.String(), streams: map[uint32]*stream{}}
	c.begin()
	log := d.Log()
	for i := range s.rows {
		if s.rows[i] && c.err == nil {
			c.message(log.At(i))
		}
	}
	return c.err
}

// A stream is one that is being written.
type stream struct {
	addresses [2]netip.AddrPort // client, server
	next      [2]uint32         // sequence numbers
}

type carver struct {
	w       io.Writer
	d       Source
	events  bool // it is an event file
	streams map[uint32]*stream
	data    []byte // reused
	packet  []byte // reused
	block   []byte // reused
	err     error
}

// sides of a stream.
const (
	client = 0
	server = 1
)

// TCP flags.
const (
	flagSYN = 0x02
	flagPSH = 0x08
	flagACK = 0x10
)

func (c *carver) message(r *walcore.Record) {
	if r.Flags&walcore.FlagNoData != 0 || c.events && r.Kind == walcore.Written && r.Length > 0 {
		c.err = ErrNoBytes
		return
	}
	st := c.streams[r.Stream]
	if st == nil {
		if st = c.open(r); c.err != nil {
			return
		}
	}
	side := client
	if r.FromServer() {
		side = server
	}
	for at := uint64(0); at < r.Length && c.err == nil; {
		n := min(r.Length-at, segmentSize)
		var err error
		if c.data, err = c.d.Bytes(c.data[:0], r.Stream, side == server, r.Offset+int64(at), int(n)); err != nil {
			c.err = err
			return
		}
		c.send(st, side, flagPSH|flagACK, r.Time, c.data)
		at += n
	}
}

// open begins a stream, with its handshake when that was recorded: what a stream
// is taken for depends on it.
func (c *carver) open(r *walcore.Record) *stream {
	all := c.d.Streams()
	if int(r.Stream) >= len(all) {
		c.err = errors.New("row of stream " + strconv.Itoa(int(r.Stream)) + ", and there are " + strconv.Itoa(len(all)))
		return nil
	}
	info := &all[r.Stream]
	st := &stream{addresses: [2]netip.AddrPort{info.Client, info.Server}}
	if !info.Client.IsValid() || !info.Server.IsValid() {
		// A dump does not say. These addresses are for documents.
		st.addresses[client] = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), uint16(50000+r.Stream%15000))
		st.addresses[server] = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 2}), 7500)
	}
	// Streams with the same ports are told apart by where their numbers begin.
	st.next = [2]uint32{1 + r.Stream*0x01000193, 1 + r.Stream*0x01000193}
	c.streams[r.Stream] = st
	if info.Began {
		c.send(st, client, flagSYN, r.Time, nil)
		c.send(st, server, flagSYN|flagACK, r.Time, nil)
		c.send(st, client, flagACK, r.Time, nil)
	}
	return st
}

// send writes one packet.
func (c *carver) send(st *stream, side int, flags byte, time int64, data []byte) {
	from, to := st.addresses[side], st.addresses[1-side]
	p := appendIP(c.packet[:0], from.Addr(), to.Addr(), tcpSize+len(data))
	start := len(p)
	p = binary.BigEndian.AppendUint16(p, from.Port())
	p = binary.BigEndian.AppendUint16(p, to.Port())
	p = binary.BigEndian.AppendUint32(p, st.next[side])
	ack := uint32(0)
	if flags&flagACK != 0 {
		ack = st.next[1-side]
	}
	p = binary.BigEndian.AppendUint32(p, ack)
	p = append(p, tcpSize/4<<4, flags, 0xff, 0xff, 0, 0, 0, 0)
	p = append(p, data...)
	binary.BigEndian.PutUint16(p[start+16:], checksum(p[start:], pseudoSum(from.Addr(), to.Addr(), len(p)-start)))
	c.packet = p
	st.next[side] += uint32(len(data))
	if flags&flagSYN != 0 {
		st.next[side]++
	}
	c.write(time, p)
}

const (
	tcpSize        = 20
	protocolTCP    = 6
	linkTypeRaw    = 101
	blockSection   = 0x0A0D0D0A
	blockInterface = 1
	blockSimple    = 3
	blockPacket    = 6
	snapLength     = 1 << 18
)

// appendIP appends an IP header for a TCP segment of n bytes.
func appendIP(p []byte, from, to netip.Addr, n int) []byte {
	start := len(p)
	if from.Unmap().Is4() && to.Unmap().Is4() {
		p = append(p, 0x45, 0)
		p = binary.BigEndian.AppendUint16(p, uint16(20+n))
		p = append(p, 0, 0, 0x40, 0, 64, protocolTCP, 0, 0)
		f, t := from.Unmap().As4(), to.Unmap().As4()
		p = append(append(p, f[:]...), t[:]...)
		binary.BigEndian.PutUint16(p[start+10:], checksum(p[start:], 0))
		return p
	}
	p = append(p, 0x60, 0, 0, 0)
	p = binary.BigEndian.AppendUint16(p, uint16(n))
	p = append(p, protocolTCP, 64)
	f, t := from.As16(), to.As16()
	return append(append(p, f[:]...), t[:]...)
}

// pseudoSum is the sum of what TCP's checksum has of the IP header.
func pseudoSum(from, to netip.Addr, n int) uint32 {
	sum := uint32(protocolTCP) + uint32(n>>16) + uint32(n&0xffff)
	add := func(b []byte) {
		for i := 0; i < len(b); i += 2 {
			sum += uint32(b[i])<<8 | uint32(b[i+1])
		}
	}
	if from.Unmap().Is4() && to.Unmap().Is4() {
		f, t := from.Unmap().As4(), to.Unmap().As4()
		add(f[:])
		add(t[:])
		return sum
	}
	f, t := from.As16(), to.As16()
	add(f[:])
	add(t[:])
	return sum
}

// checksum is that of IP and TCP.
func checksum(b []byte, sum uint32) uint16 {
	s := uint64(sum)
	for ; len(b) >= 2; b = b[2:] {
		s += uint64(b[0])<<8 | uint64(b[1])
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

// begin writes the head of the file: little-endian pcapng, one interface of raw
// IP packets with times in nanoseconds.
func (c *carver) begin() {
	b := binary.LittleEndian.AppendUint32(nil, 0x1A2B3C4D)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint64(b, math.MaxUint64) // of unknown length
	c.writeBlock(blockSection, b)
	b = binary.LittleEndian.AppendUint16(nil, linkTypeRaw)
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint32(b, snapLength)
	b = append(b, 9, 0, 1, 0, 9, 0, 0, 0) // if_tsresol: 10^-9
	b = append(b, 0, 0, 0, 0)             // the end of options
	c.writeBlock(blockInterface, b)
}

// write writes a packet; one whose time is not known in a block that has none.
func (c *carver) write(time int64, p []byte) {
	b := c.block[:0]
	kind := uint32(blockSimple)
	if time != walcore.NoTime {
		kind = blockPacket
		b = binary.LittleEndian.AppendUint32(b, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(uint64(time)>>32))
		b = binary.LittleEndian.AppendUint32(b, uint32(uint64(time)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
	b = append(b, p...)
	c.block = b
	c.writeBlock(kind, b)
}

func (c *carver) writeBlock(kind uint32, body []byte) {
	if c.err != nil {
		return
	}
	padding := -len(body) & 3
	size := uint32(12 + len(body) + padding)
	b := make([]byte, 0, size)
	b = binary.LittleEndian.AppendUint32(b, kind)
	b = binary.LittleEndian.AppendUint32(b, size)
	b = append(b, body...)
	b = append(b, make([]byte, padding)...)
	b = binary.LittleEndian.AppendUint32(b, size)
	_, c.err = c.w.Write(b)
}
