package sata

import "strconv"

// Command is the number at 0x30 of a request.
type Command uint32

// The commands.
const (
	CreateFolder    Command = 0x00
	OpenFolder      Command = 0x01
	ReadFolder      Command = 0x02
	RewindFolder    Command = 0x03
	CloseFolder     Command = 0x04
	OpenFile        Command = 0x05
	ReadFile        Command = 0x06
	WriteFile       Command = 0x07
	GetFilePosition Command = 0x08
	SetFilePosition Command = 0x09
	StatFile        Command = 0x0B
	CloseFile       Command = 0x0D
	Remove          Command = 0x0E
	Rename          Command = 0x0F
	QueryPath       Command = 0x10
	ChangeOwner     Command = 0x12
	ChangeMode      Command = 0x13
	Ping            Command = 0x14

	maxCommand = Ping
)

// String is the command's name, or its number for one that is not in the table.
func (c Command) String() string {
	if s := c.Spec(); s != nil {
		return s.Name
	}
	return "command " + hex(uint64(c))
}

// Spec is the command's entry in the table, nil for an unknown command.
func (c Command) Spec() *Spec {
	if c > maxCommand {
		return nil
	}
	return byCode[c]
}

// Form is how a value is printed in a log line (section 4).
type Form uint8

// The forms of values in the log.
const (
	FormPath        Form = iota // as it came
	FormOpenPath                // the path that the descriptor was opened with, or <Unknown; FD>
	FormOpenPathIO              // the same in ReadFile and WriteFile, where the reference leaves out the semicolon: <Unknown FD>
	FormDestination             // the second path
	FormMode                    // 0666 when writable, else 0444
	FormModeText                // the open mode, as it came
	FormMove                    // Begin, Nowhere, End or Offset(N)
	FormTotal                   // block count × block size modulo 2^32
	FormQuery                   // a query's name
	FormDecimal                 // the slot's value
	FormFFIO                    // true when the header's flags have FlagFFIO
	FormCSR                     // true when the header's flags have FlagCSR
)

// A Part is one `label=value` of a log line.
type Part struct {
	Label string
	Form  Form
	Slot  Slot // for FormDecimal
}

// A Spec is what is known of a command.
type Spec struct {
	Command  Command
	Name     string // as the field names it
	LogName  string // as the log prints it; "" when the reference has no line of its own
	Fields   []Field
	Slack    int // up to this many bytes more are taken and ignored
	Line     []Part
	Response Shape // of its responses; see ResponseShape for QueryPath
	Meaning  string
	Notes    []string // what surprises, the reference's quirks named as such
}

// BodyLen is the length of the request's body (from 0x34) without slack.
func (s *Spec) BodyLen() int {
	if len(s.Fields) == 0 {
		return 0
	}
	return s.Fields[len(s.Fields)-1].End() - RequestSize
}

// FitsBody says whether a request's body may be n bytes long.
func (s *Spec) FitsBody(n uint64) bool {
	want := uint64(s.BodyLen())
	return n >= want && n <= want+uint64(s.Slack)
}

func (s *Spec) bodyLenWords() string {
	n := s.BodyLen()
	if s.Slack > 0 {
		return strconv.Itoa(n) + " to " + strconv.Itoa(n+s.Slack) + " bytes"
	}
	return strconv.Itoa(n) + " bytes"
}

// ResponseShape is the shape of the response to r: that of its command, for
// QueryPath that of the query.
func (r *Request) ResponseShape() Shape {
	if r.Command == QueryPath {
		if int(r.Query) < len(queries) && queries[r.Query].Name != "" {
			return queries[r.Query].Response
		}
		return ShapeUnknown
	}
	if s := r.Command.Spec(); s != nil {
		return s.Response
	}
	return ShapeUnknown
}

// Query is the kind of a QueryPath.
type Query uint32

// The queries.
const (
	QueryFreeSpace  Query = 0
	QueryFolderSize Query = 1
	QueryFileCount  Query = 2
	QueryDetails    Query = 5
)

// A QuerySpec is what is known of a query.
type QuerySpec struct {
	Name     string // as the log prints it
	Response Shape
	Meaning  string
}

var queries = [...]QuerySpec{
	QueryFreeSpace:  {"Free Space left on Disk", ShapeSpace, "bytes free on the disk that holds the path"},
	QueryFolderSize: {"Size of Folder", ShapeSpace, "bytes in all files below the folder"},
	QueryFileCount:  {"Files in Folder", ShapeCount, "how many files are in the folder"},
	QueryDetails:    {"Path Details", ShapeInfo, "what the path is: flags, permissions, length, times"},
}

// Queries lists the known queries by number; entries without a name are unknown.
func Queries() []QuerySpec { return queries[:] }

// Known says whether the reference knows this query; a request with another
// does not parse.
func (q Query) Known() bool { return int(q) < len(queries) && queries[q].Name != "" }

// String is the query's name in the log.
func (q Query) String() string {
	if q.Known() {
		return queries[q].Name
	}
	return "query " + strconv.FormatUint(uint64(q), 10)
}

// Move is where a read, a write or a SetFilePosition goes first: 0 the
// beginning, 1 nowhere, 2 the end, any other number that offset.
type Move uint32

// The moves that are no offsets.
const (
	MoveBegin   Move = 0
	MoveNowhere Move = 1
	MoveEnd     Move = 2
)

// Append appends the move as the log prints it.
func (m Move) Append(dst []byte) []byte {
	switch m {
	case MoveBegin:
		return append(dst, "Begin"...)
	case MoveNowhere:
		return append(dst, "Nowhere"...)
	case MoveEnd:
		return append(dst, "End"...)
	}
	dst = append(dst, "Offset("...)
	dst = strconv.AppendUint(dst, uint64(m), 10)
	return append(dst, ')')
}

// Writable says whether a CreateFolder's or ChangeMode's mode has one of the
// write bits 0x222.
func Writable(mode uint32) bool { return mode&0x222 != 0 }
