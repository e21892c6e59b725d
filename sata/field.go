package sata

// Kind is how the bytes of a field are read.
type Kind uint8

// The kinds of fields.
const (
	U32        Kind = iota // unsigned, big-endian
	U32LE                  // unsigned, little-endian
	I32                    // signed, big-endian: a descriptor
	U64                    // unsigned, big-endian
	Text                   // UTF-8 up to a NUL that must be there; what follows it is ignored
	ModeText               // Text that must be an open mode: empty, or r, w or a and up to two of b and +
	Zeros                  // zeros, checked
	Constant               // seen with one value, not checked
	Bytes                  // anything
	ResultCode             // U32: 0 for success, else what went wrong
)

var kindNames = [...]string{
	U32: "u32", U32LE: "u32 little-endian", I32: "i32", U64: "u64", Text: "text, NUL-terminated", ModeText: "open mode, NUL-terminated",
	Zeros: "zeros", Constant: "constant", Bytes: "bytes", ResultCode: "result code",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "?"
}

// Slot names the value of a [Request] or [Response] that a field fills.
type Slot uint8

// The slots. SlotNone fields are shown but not kept.
const (
	SlotNone Slot = iota
	SlotUser0
	SlotUser1
	SlotCapability0
	SlotCapability1
	SlotPath
	SlotDestination
	SlotModeText
	SlotFD
	SlotMode
	SlotBlockCount
	SlotBlockSize
	SlotMoveTo
	SlotShouldMove
	SlotQuery
	SlotUID
	SlotGID
	SlotResult
	SlotCapabilities
	SlotPosition
	SlotNumber // a count or a number of bytes
	SlotFlags
	SlotPermissions
	SlotFileLength
	SlotCreated
	SlotUpdated
	SlotName
)

// A Field is a piece of a message.
type Field struct {
	Name    string
	Offset  int // from the message's first byte
	Length  int // in bytes
	Kind    Kind
	Slot    Slot
	Meaning string
}

// End is the offset of the first byte after f.
func (f Field) End() int { return f.Offset + f.Length }
