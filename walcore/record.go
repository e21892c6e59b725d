package walcore

import "satascope/sata"

// Kind is what a record tells of.
type Kind uint8

// The kinds of records.
const (
	Request    Kind = iota // a message of the client
	Response               // a message of the server
	Written                // the data of a WriteFile, out of band
	Diagnostic             // something odd; Op is its Code
)

// Line is the form of a record's line in the log (section 4).
type Line uint8

// The lines. A request's known line is that of its command.
const (
	LineUnknown Line = iota
	LineRequest
	LineResult
	LineDescriptor
	LineItem
	LineRead
	LineStat
	LineInfo
	LineSpace
	LineCount
	LinePong
	LineWritten
	LineDiagnostic
)

// Flags of a record.
const (
	flagCompatible   = 1 << iota // the compatible log has this line
	FlagFailed                   // a response that says that the request failed
	FlagOpen                     // the descriptor's path is known: Path
	FlagFFIO                     // of a Ping: supported; of a Pong: on
	FlagCSR                      // likewise
	FlagFromServer               // of a diagnostic: it is about the server's bytes
	FlagNoData                   // it is a line of a log: the bytes behind it are in no file
	FlagNoDescriptor             // it is about an open file or folder whose descriptor is not known
)

// None is the Partner of a record that has none.
const None = ^uint32(0)

// OpUnknown is the Op of a message whose command is not known.
const OpUnknown = 0xFF

// A Record is one line of the log, as numbers. What A to D mean follows from
// Line:
//
//	LineRequest     the request's values: see machine.go, recordRequest
//	LineResult      B result code
//	LineDescriptor  B result code, FD
//	LineItem        B result code, Path2 the item's name
//	LineRead        A checksum, B the u32 at 0x20, Path2 the first 32 bytes
//	LineStat        B flags, C permissions, D length as it came; likewise LineInfo
//	LineSpace       A
//	LineCount       B
//	LineWritten     A the length, FD
//	LineUnknown     A where its bytes start in the arena, B how many are kept; FD as far as it is known;
//	                of a response C is the result code where D is 1; of a WriteFile with its data (see
//	                Transferred) C is how many bytes that is, D where to move
//	LineDiagnostic  see Code; Path2 the sentence that a log has, where it is not what follows from the rest
type Record struct {
	Offset  int64  // of the first byte, in its direction of its stream; in a log of its line, in the file
	Length  uint64 // in bytes; in a log 0 when it is not known
	Time    int64  // nanoseconds since 1970, NoTime when not known
	A       uint64
	B, C, D uint32
	Path    uint32 // Text: the path it is about, of a response that of its request
	Path2   uint32 // Text: a destination, an open mode, an item's name, a read's first bytes, a sentence
	FD      int32
	Stream  uint32
	Partner uint32 // the index of the request of a response, of the response of a request, or None
	Packet  uint32 // the packet at which it could be delivered, from 1; in files that have lines the line; 0 when there are none
	Kind    Kind
	Line    Line
	Op      uint8 // the command; of a response that of its request; OpUnknown
	Flags   uint8
}

// NoTime is the time of a message whose file does not say when it was seen.
const NoTime = -1 << 63

// Command is the command of a message, and whether it is a known one.
func (r *Record) Command() (sata.Command, bool) {
	return sata.Command(r.Op), r.Kind != Diagnostic && r.Op != OpUnknown
}

// Failed says whether r is a response by which the request failed. A WriteFile
// that answers a number of bytes did not.
func (r *Record) Failed() bool { return r.Flags&FlagFailed != 0 }

// FromServer says whether r is, or is about, bytes that the server sent.
func (r *Record) FromServer() bool {
	return r.Kind == Response || r.Kind == Diagnostic && r.Flags&FlagFromServer != 0
}

// Transferred is how many bytes of a file stand in a message, for those that say
// it by themselves: the data of a WriteFile, out of band or, without fast file
// I/O, behind its request; and an answer to ReadFile without fast file I/O. (Of
// one with it, bytes may be there that fill it up only.)
func (r *Record) Transferred() (n uint64, ok bool) {
	switch c, _ := r.Command(); {
	case r.Line == LineWritten:
		return r.A, true
	case r.Line != LineUnknown:
	case r.Kind == Request && c == sata.WriteFile:
		return uint64(r.C), true
	case r.Kind == Response && c == sata.ReadFile && r.D != 0 && !r.Failed():
		return r.Length - sata.ReadHeadSize, true
	}
	return 0, false
}

// Result is the result code of a response, and whether it has one.
func (r *Record) Result() (sata.Result, bool) {
	switch {
	case r.Kind != Response:
	case r.Line == LineResult, r.Line == LineDescriptor, r.Line == LineItem:
		return sata.Result(r.B), true
	case r.Line == LineRead && r.Failed():
		return sata.Result(r.B), true
	case r.Line == LineRead, r.Line == LineStat, r.Line == LineInfo, r.Line == LineSpace, r.Line == LineCount, r.Line == LinePong:
		return sata.Success, true
	case r.Line == LineUnknown && r.D != 0:
		return sata.Result(r.C), true
	}
	return 0, false
}
