// Package decode is where the parts meet: a file becomes runs of bytes (package
// capture), runs become frames (this package), frames become events of the state
// machine, and those the records of a log (package walcore).
//
// A [Decoder] is made for one or more files and run once:
//
//	d := decode.New(decode.Options{Unpackers: unpack.Native()}, source)
//	err := d.Run(ctx)
//	d.Log().WriteTo(os.Stdout, walcore.Selection{Compatible: true}, d.Rest)
//
// Run reports where it is through Options.Progress, which is called from the
// goroutine that runs it, between pieces of work of a few milliseconds. While
// it is called nothing else is going on: the log, the streams and the summary
// may be read, and in a browser the callback may hand the event loop its turn.
// What was decoded before an error or a cancel stays.
//
// # The files of this package
//
// Readers, chosen by the kind of the files (decoder.go), find out where streams
// begin and end and who sent what: packetfile.go and tcp.go for captures,
// followfile.go, dumpfile.go, and pairfile.go for two dumps, which instep.go keeps
// in step. eventfile.go and logfile.go need no framing: they tell the state
// machine, or fill the log, themselves.
//
// A framer for each stream (framer.go) gets the bytes through two lanes (lane.go)
// and cuts them into messages: requests.go, responses.go, and readend.go for the
// answers to ReadFile whose end only later bytes show. In a dump both directions are
// one lane: dumpframing.go.
//
// Behind lost bytes (docs/recovery.md) gaps.go goes on in step where it can, else
// seek.go finds the next message, and pairing.go, with answerlengths.go, finds
// which request a response answers.
//
// What the framers tell goes through the order (event.go), which brings it into the
// order of the packets; doubts.go adds there what is not sure.
//
// About a file as a whole: assumptions.go and facts.go, for which clocks.go compares
// the times of several captures; alone.go for half a conversation or a single
// message; errors.go. bytes.go reads bytes of the files again.
//
// Section numbers in comments are those of docs/protocol.md.
package decode

import (
	"io"
	"net/netip"

	"satascope/capture"
	"satascope/walcore"
)

// DefaultPort is the TCP port on which hosts serve.
const DefaultPort = 7500

// Switch is something that is decided by the conversation unless it is set.
type Switch uint8

// The settings of a Switch.
const (
	Auto Switch = iota
	On
	Off
)

// Options say how to decode. The zero value decodes what is on port 7500 or,
// when nothing is, on the port where the protocol is spoken.
type Options struct {
	Port      uint16         // the server's port; 0 to find it
	Server    netip.AddrPort // only streams of this server; zero for all
	FFIO      Switch         // fast file I/O in conversations whose Ping was not recorded
	FirstRead uint32         // the first read size in force before a Ping; 0 for the usual one, or what a read shows

	Limits    walcore.Limits
	Assembler capture.AssemblerOptions
	Unpackers capture.Unpackers

	// Unpacked, if not nil, gives random access to the content of a packed file,
	// by its place among the sources, to read bytes of it again. Without it, or
	// where it gives nil, such a file is unpacked from its start again whenever
	// one goes back in it.
	Unpacked func(source int) (io.ReaderAt, error)

	// Progress, if not nil, is called now and then, and once at the end.
	Progress func(Progress)
}

// Progress is how far a Decoder came.
type Progress struct {
	Read    int64 // bytes read of the files as they are stored, packed or not
	Size    int64 // bytes there, -1 when not known
	Records int   // in the log
	Pass    int   // how often the files were read before: when nothing was on the usual port, or SYNs came behind data
}

// A Stream is one connection between a client and a server. Its number, the
// Stream of records, is its index in Decoder.Streams.
type Stream struct {
	Client, Server netip.AddrPort // zero in files that do not tell
	ID             uint64         // what the file calls it: the number in an event file, else the index
	Began          bool           // its beginning was recorded
	Closed         bool           // its end was recorded
	First, Last    int64          // of its opening, messages, diagnostics and end: nanoseconds since 1970, walcore.NoTime when not known
	Messages       int            // requests and responses
	FromClient     int64          // bytes
	FromServer     int64
	FFIO           bool   // whether fast file I/O is on, now
	FirstRead      uint32 // the first read size in force now
	FirstReadKnown bool   // a Ping, the user or a read told it
}

// A Segment is a piece of one direction of a stream and where it stands in the
// file.
type Segment struct {
	Offset int64  // of its first byte, in its direction
	Length uint32 // bytes
	File   int64  // offset in the unpacked file
	Packet uint32 // the packet's number, from 1; in files without packets the line's
	Seq    uint32 // TCP sequence number; in a dump how many bytes decoded from File on come before it
	Flags  uint8  // TCP flags
	Source uint8  // which of the files, by its place among the sources
	Time   int64  // of the packet: nanoseconds since 1970, walcore.NoTime when not known
}

// Summary is what a file turned out to hold.
type Summary struct {
	Kind        string // of the first file, in words: "pcapng", "event file"
	Packed      string // "gzip", "zstd" or ""
	Streams     int
	Messages    int // requests and responses
	Diagnostics int
	Bytes       int64 // in both directions of all streams
	First, Last int64 // of all streams: nanoseconds since 1970, walcore.NoTime when not known
	Port        uint16
	Packets     uint64
	Assumptions []Assumption
	Facts       []Fact
}
