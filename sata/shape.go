package sata

// Shape is how the body of a response (from 0x20) is laid out.
type Shape uint8

// The shapes of responses (section 1).
const (
	ShapeUnknown    Shape = iota // the response to a request that does not parse
	ShapeResult                  // result code
	ShapeDescriptor              // result code, descriptor
	ShapeItem                    // result code, info block, name
	ShapeInfo                    // result code, info block
	ShapeCount                   // result code, u32
	ShapeSpace                   // result code, u64
	ShapePosition                // result code, u32
	ShapePong                    // result code, capabilities
	ShapeRead                    // fast file I/O: no header
)

const reply = HeaderSize

var resultField = Field{Name: "result code", Offset: reply, Length: 4, Kind: ResultCode, Slot: SlotResult, Meaning: "0 for success, else what went wrong"}

// A ShapeSpec is what is known of a shape.
type ShapeSpec struct {
	Name   string
	Fields []Field // with result code 0 (for ShapeRead: whatever it is)
	Exact  bool    // nothing may follow Fields
	// Short is the length of the body that is enough with another result code, 0
	// when Fields must all be there whatever the code. What follows is ignored.
	Short   int
	Meaning string
}

func infoFields(at int) []Field {
	return []Field{
		{Name: "flags", Offset: at, Length: 4, Kind: U32, Slot: SlotFlags, Meaning: "0x80000000 a folder, 0x20000000 exists; seen: 0x2C000000 for a file, 0xAC000000 for a folder"},
		{Name: "permissions", Offset: at + 4, Length: 4, Kind: U32, Slot: SlotPermissions, Meaning: "the permissions, as hexadecimal digits: 0x666 writable, 0x444 read-only"},
		{Name: "constant", Offset: at + 8, Length: 4, Kind: Constant, Meaning: "1"},
		{Name: "constant", Offset: at + 12, Length: 4, Kind: Constant, Meaning: "1"},
		{Name: "file length", Offset: at + 16, Length: 4, Kind: U32, Slot: SlotFileLength, Meaning: "bytes in the file; the log prints 0 for a folder"},
		{Name: "constant", Offset: at + 20, Length: 4, Kind: Constant, Meaning: "0"},
		{Name: "constant", Offset: at + 24, Length: 4, Kind: Constant, Meaning: "0xE8"},
		{Name: "constant", Offset: at + 28, Length: 4, Kind: Constant, Meaning: "0xDA6FF000"},
		{Name: "constant", Offset: at + 32, Length: 4, Kind: Constant, Meaning: "0"},
		{Name: "created", Offset: at + 36, Length: 8, Kind: U64, Slot: SlotCreated, Meaning: "milliseconds since the FAT epoch as the server counts it, 87,650 hours after 1970"},
		{Name: "updated", Offset: at + 44, Length: 8, Kind: U64, Slot: SlotUpdated, Meaning: "milliseconds since the FAT epoch as the server counts it, 87,650 hours after 1970"},
		{Name: "zeros", Offset: at + 52, Length: 32, Kind: Constant, Meaning: "zeros; not checked"},
	}
}

var shapes = [...]ShapeSpec{
	ShapeUnknown: {Name: "unknown", Meaning: "the request did not parse, so its response can't either"},
	ShapeResult:  {Name: "result", Fields: []Field{resultField}, Exact: true, Meaning: "a result code and nothing else"},
	ShapeDescriptor: {Name: "descriptor", Exact: true, Meaning: "a result code and the new descriptor", Fields: []Field{resultField,
		{Name: "descriptor", Offset: reply + 4, Length: 4, Kind: I32, Slot: SlotFD, Meaning: "names the open file or folder from now on; -1 on failure"}}},
	ShapeItem: {Name: "folder item", Exact: true, Short: 4, Meaning: "an item of a folder, or that there are no more", Fields: append(append([]Field{resultField}, infoFields(reply+4)...),
		Field{Name: "name", Offset: reply + 4 + InfoSize, Length: NameSize, Kind: Text, Slot: SlotName, Meaning: "the item's name, without folders"})},
	ShapeInfo:  {Name: "details", Exact: true, Short: 4, Meaning: "what a path or an open file is", Fields: append([]Field{resultField}, infoFields(reply+4)...)},
	ShapeCount: {Name: "count", Short: 4, Meaning: "a number of files", Fields: []Field{resultField, {Name: "count", Offset: reply + 4, Length: 4, Kind: U32, Slot: SlotNumber, Meaning: "how many"}}},
	ShapeSpace: {Name: "size", Short: 4, Meaning: "a number of bytes", Fields: []Field{resultField, {Name: "bytes", Offset: reply + 4, Length: 8, Kind: U64, Slot: SlotNumber, Meaning: "how many bytes"}}},
	ShapePosition: {Name: "position", Exact: true, Meaning: "an open file's position", Fields: []Field{resultField,
		{Name: "position", Offset: reply + 4, Length: 4, Kind: U32, Slot: SlotPosition, Meaning: "bytes from the file's beginning"}}},
	ShapePong: {Name: "pong", Exact: true, Meaning: "what is on from now on", Fields: []Field{resultField,
		{Name: "capabilities", Offset: reply + 4, Length: 4, Kind: U32, Slot: SlotCapabilities, Meaning: "0xCAFE0003 fast file I/O and combined send and receive, 0xCAFE0001 the first, 0xCAFE0002 the second, any other neither"}}},
	ShapeRead: {Name: "read", Meaning: "32 bytes that tell its form, a length, then the file's data", Fields: []Field{
		{Name: "form", Offset: 0, Length: 0x20, Kind: Bytes, Meaning: "C4 00 24 02 E8 EF 24 02 and zeros; only zeros once the server's buffer grew; C4 00 FE 00 20 … for a failed read"},
		{Name: "length", Offset: 0x20, Length: 4, Kind: U32, Slot: SlotNumber, Meaning: "with the first form the file's length, with the zeros form the number of bytes that follow, after a failure the result code"},
	}},
}

// Spec is what is known of the shape.
func (s Shape) Spec() *ShapeSpec { return &shapes[s] }

// String is the shape's name.
func (s Shape) String() string { return shapes[s].Name }

// Shapes lists all shapes by number.
func Shapes() []ShapeSpec { return shapes[:] }
