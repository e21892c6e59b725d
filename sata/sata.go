// Package sata is the wire of PCFS over SATA: the protocol by which a Wii U
// CAT-DEV devkit (the client) mounts folders of its developer's PC (the host,
// the server) over TCP. docs/protocol.md tells it in words; the section numbers
// in comments are that document's.
//
// Everything known of a command stands once, in the table of [Commands]: its
// number, its names, the fields of its request with offset, length and meaning,
// the shape of its responses and the parts of its log line. [ParseRequest],
// [AppendRequest], the log, the page's field tree and the reference pages all
// work from that table, so a new command is one entry there.
//
// Parsing looks at bytes in place: strings in a [Request] or [Response] point
// into the message, and a message that parses costs no allocation. What does
// not parse gives a [*ParseError] that names the field and its offset.
// All integers are big-endian unless their [Kind] says otherwise; offsets are
// from the first byte of the message.
package sata

// Sizes and places of the parts of a message, in bytes.
const (
	HeaderSize      = 0x20 // starts every message but the answers of fast file I/O
	CommandInfoSize = 0x14 // follows the header of a request
	RequestSize     = HeaderSize + CommandInfoSize
	PathSize        = 0x200 // a path's field
	NameSize        = 0x100 // a folder item's name
	ModeStringSize  = 0x10
	InfoSize        = 84 // an info block

	// MaxHead is how many bytes of a message parsing ever looks at: the longest
	// request (Rename) and the longest response (a folder's item) fit.
	MaxHead = RequestSize + 2*PathSize
)

// DefaultFirstRead is the first read size in force before a Ping gives one
// (section 2).
const DefaultFirstRead = 0x30040

// Flags of a Ping's header (section 1).
const (
	FlagFFIO = 0b010 // the client can do fast file I/O
	FlagCSR  = 0b100 // the client can do combined send and receive
)

// Version is the header's version once the two sides have met.
const Version = 0x02000600

// A ParseError says where a message stops being one.
type ParseError struct {
	Field  string // the field's name, as in the table
	Offset int    // of the field, from the message's first byte
	Want   string // what was expected there
	Found  string // what is there
}

func (e *ParseError) Error() string {
	return e.Field + " at offset " + hex(uint64(e.Offset)) + ": expected " + e.Want + ", found " + e.Found
}
