package sata

// The offsets of request bodies start here.
const body = RequestSize

func fdField(at int, what string) Field {
	return Field{Name: "descriptor", Offset: at, Length: 4, Kind: I32, Slot: SlotFD, Meaning: what}
}

func pathField(at int, what string) Field {
	return Field{Name: "path", Offset: at, Length: PathSize, Kind: Text, Slot: SlotPath, Meaning: what}
}

var (
	folderFD = fdField(body, "the open folder, as OpenFolder answered it")
	fileFD   = fdField(body, "the open file, as OpenFile answered it")
	modeWord = Field{Name: "mode", Offset: body + PathSize, Length: 4, Kind: U32, Slot: SlotMode, Meaning: "writable when one of the bits 0x222 is set, else read-only"}
	onPath   = []Part{{"path", FormPath, SlotPath}}
	onFD     = []Part{{"path", FormOpenPath, SlotFD}}
)

// transferFields are the fields of a ReadFile or a WriteFile; product says what
// count and size give together.
func transferFields(product string) []Field {
	return []Field{
		{Name: "block count", Offset: body, Length: 4, Kind: U32, Slot: SlotBlockCount, Meaning: "how many blocks"},
		{Name: "block size", Offset: body + 4, Length: 4, Kind: U32, Slot: SlotBlockSize, Meaning: "bytes in a block; " + product},
		fdField(body+8, "the open file, as OpenFile answered it"),
		{Name: "move to", Offset: body + 12, Length: 4, Kind: U32, Slot: SlotMoveTo, Meaning: "where to go first: 0 the beginning, 1 nowhere, 2 the end, another number that offset"},
		{Name: "should move", Offset: body + 16, Length: 4, Kind: U32, Slot: SlotShouldMove, Meaning: "move to counts only when bit 0 is set"},
	}
}

// Commands is the table of all commands, by number.
var Commands = []*Spec{
	{Command: CreateFolder, Name: "CreateFolder", LogName: "CreateFolder", Response: ShapeResult,
		Meaning: "makes a folder",
		Fields:  []Field{pathField(body, "the folder to make"), modeWord},
		Line:    []Part{{"path", FormPath, SlotPath}, {"mode", FormMode, SlotMode}}},
	{Command: OpenFolder, Name: "OpenFolder", LogName: "OpenFolder", Response: ShapeDescriptor,
		Meaning: "opens a folder to list it",
		Fields:  []Field{pathField(body, "the folder to open")}, Line: onPath},
	{Command: ReadFolder, Name: "ReadFolder", LogName: "ReadFolder", Response: ShapeItem,
		Meaning: "asks for the next item of an open folder",
		Fields:  []Field{folderFD}, Line: onFD,
		Notes: []string{"The end of the folder is a result code of its own, 0xFFF0FFFC."}},
	{Command: RewindFolder, Name: "RewindFolder", LogName: "RewindFolder", Response: ShapeResult,
		Meaning: "starts an open folder's listing again",
		Fields:  []Field{folderFD}, Line: onFD,
		Notes: []string{"The reference's server goes back by one item only; the recorded sessions show it."}},
	{Command: CloseFolder, Name: "CloseFolder", LogName: "CloseFolder", Response: ShapeResult,
		Meaning: "closes an open folder; its descriptor is free again",
		Fields:  []Field{folderFD}, Line: onFD},
	{Command: OpenFile, Name: "OpenFile", LogName: "OpenFile", Response: ShapeDescriptor,
		Meaning: "opens a file",
		Fields: []Field{
			{Name: "open mode", Offset: body, Length: ModeStringSize, Kind: ModeText, Slot: SlotModeText, Meaning: "as fopen's: empty, or r, w or a, then up to two of b and +"},
			pathField(body+ModeStringSize, "the file to open"),
		},
		Line: []Part{{"path", FormPath, SlotPath}, {"mode", FormModeText, SlotModeText}}},
	{Command: ReadFile, Name: "ReadFile", LogName: "ReadFile", Response: ShapeRead,
		Meaning: "reads from an open file",
		Fields:  transferFields("count × size is how many bytes are asked for"),
		Line:    []Part{{"path", FormOpenPathIO, SlotFD}, {"move_to", FormMove, SlotMoveTo}, {"total_size", FormTotal, SlotNone}},
		Notes: []string{
			"With fast file I/O the answer has no header; how long it is follows from the request, the first read size and the form of its first 32 bytes.",
			"The log prints the product of block count and block size modulo 2^32: only its last 32 bits.",
		}},
	{Command: WriteFile, Name: "WriteFile", LogName: "WriteFile", Response: ShapeResult,
		Meaning: "writes to an open file",
		Fields:  transferFields("count × size is how many bytes of data there are"),
		Line:    []Part{{"path", FormOpenPathIO, SlotFD}, {"move_to", FormMove, SlotMoveTo}},
		Notes: []string{
			"With fast file I/O the data follows the request out of band, without a header: block count × block size bytes.",
			"A write that succeeded answers the number of bytes written, so the log calls it a failure.",
		}},
	{Command: GetFilePosition, Name: "GetFilePosition", LogName: "", Response: ShapePosition,
		Meaning: "asks where an open file's position is",
		Fields:  []Field{fileFD},
		Notes:   []string{"The reference does not know this command: its log has an Unknown line."}},
	{Command: SetFilePosition, Name: "SetFilePosition", LogName: "SetFilePos", Response: ShapeResult,
		Meaning: "moves an open file's position",
		Fields: []Field{fileFD,
			{Name: "move to", Offset: body + 4, Length: 4, Kind: U32, Slot: SlotMoveTo, Meaning: "0 the beginning, 1 nowhere, 2 the end, another number that offset"}},
		Slack: 4,
		Line:  []Part{{"path", FormOpenPath, SlotFD}, {"move_to", FormMove, SlotMoveTo}},
		Notes: []string{"Up to four bytes may follow; they are ignored."}},
	{Command: StatFile, Name: "StatFile", LogName: "StatFile", Response: ShapeInfo,
		Meaning: "asks what an open file is",
		Fields:  []Field{fileFD}, Line: onFD},
	{Command: CloseFile, Name: "CloseFile", LogName: "CloseFile", Response: ShapeResult,
		Meaning: "closes an open file; its descriptor is free again",
		Fields:  []Field{fileFD}, Line: onFD},
	{Command: Remove, Name: "Remove", LogName: "Remove", Response: ShapeResult,
		Meaning: "removes a file or folder",
		Fields:  []Field{pathField(body, "what to remove")}, Line: onPath},
	{Command: Rename, Name: "Rename", LogName: "Rename", Response: ShapeResult,
		Meaning: "gives a file or folder another path",
		Fields: []Field{
			{Name: "source", Offset: body, Length: PathSize, Kind: Text, Slot: SlotPath, Meaning: "the path it has"},
			{Name: "destination", Offset: body + PathSize, Length: PathSize, Kind: Text, Slot: SlotDestination, Meaning: "the path it shall have"},
		},
		Line: []Part{{"source", FormPath, SlotPath}, {"dest", FormDestination, SlotDestination}}},
	{Command: QueryPath, Name: "QueryPath", LogName: "QueryPath", Response: ShapeInfo,
		Meaning: "asks about a path: free space, size, count of files or details",
		Fields: []Field{pathField(body, "the path asked about"),
			{Name: "query type", Offset: body + PathSize, Length: 4, Kind: U32, Slot: SlotQuery, Meaning: "0 free space on the disk, 1 size of a folder, 2 files in a folder, 5 details of a path"}},
		Line:  []Part{{"path", FormPath, SlotPath}, {"query_type", FormQuery, SlotQuery}},
		Notes: []string{"The shape of the answer follows from the query; a request with another query type does not parse."}},
	{Command: ChangeOwner, Name: "ChangeOwner", LogName: "ChangeOwner", Response: ShapeResult,
		Meaning: "gives a path another owner and group",
		Fields: []Field{pathField(body, "whose owner to change"),
			{Name: "user", Offset: body + PathSize, Length: 4, Kind: U32, Slot: SlotUID, Meaning: "the new owner's number"},
			{Name: "group", Offset: body + PathSize + 4, Length: 4, Kind: U32, Slot: SlotGID, Meaning: "the new group's number"}},
		Line: []Part{{"path", FormPath, SlotPath}, {"uid", FormDecimal, SlotUID}, {"gid", FormDecimal, SlotGID}}},
	{Command: ChangeMode, Name: "ChangeMode", LogName: "ChangeMode", Response: ShapeResult,
		Meaning: "makes a path writable or read-only",
		Fields:  []Field{pathField(body, "whose mode to change"), modeWord},
		Line:    []Part{{"path", FormPath, SlotPath}, {"mode", FormMode, SlotMode}}},
	{Command: Ping, Name: "Ping", LogName: "Ping", Response: ShapePong,
		Meaning: "says hello: what the client supports, and its first read and write sizes",
		Line: []Part{{"supports_ffio", FormFFIO, SlotNone}, {"supports_csr", FormCSR, SlotNone},
			{"first_read_size", FormDecimal, SlotUser0}, {"first_write_size", FormDecimal, SlotUser1}},
		Notes: []string{"What is supported stands in the header's flags, the sizes in user 0 and user 1."}},
}

var byCode = func() (t [maxCommand + 1]*Spec) {
	for _, s := range Commands {
		t[s.Command] = s
	}
	return t
}()
