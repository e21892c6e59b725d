// Package capture reads the files that people have and gives the bytes of the
// TCP conversations in them, in the order in which they could be delivered.
//
// The parts:
//
//   - [Source] is a file that can be opened again; [Open] (open.go) recognises what
//     it is by its content ([Kind]: kind.go, texts.go), gzip and zstd unpacked on
//     the way. plain.go takes away what stands around a form that is text; forms.go
//     tells people which forms there are.
//   - [PacketReader] reads pcap (packet.go) and pcapng (pcapng.go), and printed
//     packets as a pcapng that packettext.go makes of them.
//   - A [Dissector] finds the TCP segment in a packet, whatever link layer, tunnel
//     or IP fragments are around it: segment.go, link.go, tunnel.go, ip.go,
//     fragment.go.
//   - [Assembler] puts TCP together again and tells a [Handler] what could be
//     delivered, with the place in the file each byte came from. conversation.go is
//     one conversation, past.go what is kept of it to compare with, twin.go tells
//     conversations of several files apart.
//   - [DumpReader] reads dumps of a conversation's bytes: binary (dump.go), digits
//     (dumpdigits.go), rows with offsets (dumprows.go), base64, lists and strings
//     (textdump.go).
//   - [FollowReader] reads followed streams, [EventReader] event files, [LogReader]
//     logs: follow.go, event.go, log.go.
//   - buffer.go shows a file's bytes in place, for all readers; errors.go says what
//     is wrong with a file.
//
// The package knows nothing of the protocol carried: which side serves and
// where a message ends is for package decode.
package capture

import (
	"io"
	"net/netip"
)

// A Source is a file, or something like one, that can be read from its start
// more than once. If it also implements [io.ReaderAt], single messages can be
// read again without reading all before them.
type Source interface {
	// Open reads from the first byte on. Readers may be open side by side.
	Open() (io.ReadCloser, error)
	// Name is what people call it, without folders; it is only ever shown.
	Name() string
	// Size is the number of bytes, or -1 when that is not known.
	Size() int64
}

// Unpackers are the decompressors that the platform has: the browser's own in
// the page, package unpack natively. A nil function means that this kind can't
// be unpacked here, which Open says in its error.
type Unpackers struct {
	Gzip func(io.Reader) (io.ReadCloser, error)
	Zstd func(io.Reader) (io.ReadCloser, error)
}

// NoTime is the time of a byte whose file does not say when it was seen.
const NoTime = -1 << 63

// Side tells the two ends of a conversation apart: A is the one that opened it
// (or, where no opening was recorded, that spoke first), B the other.
type Side uint8

// The sides of a conversation.
const (
	A Side = 0
	B Side = 1
)

// Other is the other end.
func (s Side) Other() Side { return s ^ 1 }

// A Conversation is one TCP connection, as far as it was recorded. A port that
// is used again for a new connection is a new Conversation.
type Conversation struct {
	ID    uint32            // ordinal in the file, from 0
	Ends  [2]netip.AddrPort // by Side
	Began bool              // its beginning (a SYN) was recorded
	SYN   [2]bool           // that of each side was, so that its first byte is known
	Twin  bool              // another one between the same ends was open when it opened

	// What follows grows while the file is read, also for a conversation that
	// the handler did not want.
	Packets uint64   // segments of it
	Payload [2]int64 // bytes that each side sent, repeated ones included
	// Unchecked are bytes that came again so late that they were not compared with
	// what is told for their place.
	Unchecked int64
}

// A Run is a piece of one direction of a conversation that can be delivered:
// all bytes before it have been, or were reported as a gap.
type Run struct {
	From   Side
	Offset int64  // of Bytes[0] in its direction, from 0 at the first byte known
	Bytes  []byte // valid until the handler returns
	File   int64  // where Bytes[0] stands in the (unpacked) file
	Packet uint64 // number of the packet it stands in, from 1
	Time   int64  // of that packet, nanoseconds since 1970, or NoTime
	Seq    uint32 // the TCP sequence number of Bytes[0]
	Flags  uint8  // the TCP flags of the segment
	Source uint8  // which file it stands in, as Packet.Source
	At     uint64 // the packet that made it deliverable; equal to Packet unless it came out of order
	AtTime int64  // the time of that packet
	Acked  int64  // how many bytes of the other direction its sender had received then, or -1
}

// A Gap is a piece of one direction that the file does not have.
type Gap struct {
	From   Side
	Offset int64
	Size   int64
	Packet uint64 // the packet at which it was given up
	Time   int64  // of that packet
	Cut    bool   // the packet was there, cut short by the snap length
	// Behind is the packet with the bytes that come next, which waited for these;
	// 0 when none do.
	Behind     uint64
	BehindTime int64
}

// A Drop is bytes that the file has and that are not delivered, though it can't
// be said that the same bytes were.
type Drop struct {
	Why    DropReason
	From   Side
	Offset int64 // of the first of them; of one that lies elsewhere, where bytes were expected
	Size   int64
	Packet uint64 // the packet that brought them
	Time   int64  // of that packet
	Source uint8  // likewise
}

// DropReason says why bytes are not delivered.
type DropReason uint8

// The reasons.
const (
	DropDiffers     DropReason = iota // other bytes came first for the same place
	DropLate                          // the place was given up as a gap, or lies before offset 0
	DropElsewhere                     // their sequence number is far from all others
	DropContradicts                   // an IP fragment differs from others of its packet in the headers, or in where it ends; without size
)

// CloseReason says how a conversation ended.
type CloseReason uint8

// The ways in which a conversation ends.
const (
	ClosedByFIN CloseReason = iota // both directions were finished and delivered
	ClosedByRST
	ClosedByReuse // a new SYN on the same ports
	ClosedByEnd   // the file ended
	ClosedByLimit // it was quiet for longest when there were too many
)

// A Handler is told what an Assembler could put together, in the order of the
// packets. Its methods are never called at the same time.
type Handler interface {
	// Opened comes before anything else of a conversation. Handlers that do not
	// want it return false; nothing more is told or kept of it then.
	Opened(c *Conversation, packet uint64, time int64) (wanted bool)
	Data(c *Conversation, r Run)
	Missing(c *Conversation, g Gap)
	Dropped(c *Conversation, d Drop)
	// Acked tells that the sender of a segment, with or without data of its own,
	// had received the first n bytes of the other direction; it comes after the
	// Data of the same packet and only when n grew.
	Acked(c *Conversation, by Side, n int64, packet uint64, time int64)
	Closed(c *Conversation, why CloseReason, packet uint64, time int64)
}
