package main

import "satascope/sata"

// What the tables don't know. Each entry is a paragraph, in the form that rich
// takes. Facts are those of docs/protocol.md; what only the recorded sessions
// show is said to be so.

var commandProse = map[sata.Command][]string{
	sata.CreateFolder: {
		"The mode knows only two cases. With one of the bits `0x222` (a write bit of owner, group or others) the folder is writable, and the log prints `0666`; without, it is read-only, `0444`.",
	},
	sata.OpenFolder: {
		"The answer brings a descriptor, a small number that stands for the folder in ReadFolder, RewindFolder and CloseFolder. Descriptors of folders and of files are [kept apart](descriptors.html).",
		"The folder is open when the result code is 0, whatever the descriptor is.",
	},
	sata.ReadFolder: {
		"One call gives one item: an [info block](info.html) and a name. The client calls until the result code says that there are no more.",
		"For this response the reference knows only the codes 0 and `0xFFF0FFFC`. One with any other code does not parse, and the log has an Unknown line.",
		"In the recorded sessions the server sends all `0x158` bytes also when there are no more items; what follows the code is then ignored.",
	},
	sata.RewindFolder: {},
	sata.CloseFolder: {
		"The descriptor stops meaning the folder when the result code is 0.",
	},
	sata.OpenFile: {
		"The path comes after the open mode: it starts at `0x44` of the message.",
		"The answer brings a descriptor, a small number that stands for the file until it is closed. The log prints the path instead of it, so it remembers which path [each descriptor](descriptors.html) was opened with.",
		"The file is open when the result code is 0, whatever the descriptor is; after a failure it is -1.",
	},
	sata.ReadFile: {
		"How much is asked for is block count × block size. `move to` says where to go first, but counts only when bit 0 of `should move` is set; the log prints `Nowhere` when it is not.",
		"With fast file I/O the answer has no header and no data length. [Framing](framing.html#read) tells how its end is found, with the reads of the example worked out.",
		"Without fast file I/O the reference crashes at the answer. Satascope prints it as Unknown and goes on.",
	},
	sata.WriteFile: {
		"The request itself carries no data. With fast file I/O the client sends block count × block size bytes right after it, on the same connection, with no header: [out of band](framing.html#write). The log has a line of its own for them, two spaces, an arrow and their number.",
		"In the recorded sessions the header of this response has the version 0, unlike that of any other.",
	},
	sata.GetFilePosition: {
		"The reference does not know this command, and its log calls request and response Unknown. Satascope knows it: its fields are shown, and the exchange counts as what it is. Only the log's lines stay Unknown, so that they are those of the reference.",
	},
	sata.SetFilePosition: {
		"`move to` is read as in a [ReadFile](readfile.html), and always counts.",
	},
	sata.StatFile: {
		"It asks about an open file, by its descriptor. To ask about a path, there is [QueryPath](querypath.html).",
		"When it fails, the log prints the result code in an RC line instead of a STAT line.",
	},
	sata.CloseFile: {
		"The descriptor stops meaning the file when the result code is 0. Then the server may give the number to another file: in the bundled capture the first five files are all 13.",
	},
	sata.Remove: {},
	sata.Rename: {
		"In the recorded sessions no Rename succeeds; see the results below.",
	},
	sata.QueryPath: {
		"One command, four questions: the query type at `0x234` says which, and so what the answer looks like.",
		"When it fails, the log prints the result code in an RC line instead of a QUERY line.",
		"In the recorded sessions the server answers every query with `0x58` bytes after the header, whatever was asked and whatever the code. Of the shorter answers only the first bytes count.",
	},
	sata.ChangeOwner: {},
	sata.ChangeMode: {
		"The mode knows only two cases. With one of the bits `0x222` (a write bit of owner, group or others) the path becomes writable, and the log prints `0666`; without, read-only, `0444`.",
	},
	sata.Ping: {
		"It has no body. What the client supports stands in the header's flags: bit `0b010` for fast file I/O, bit `0b100` for combined send and receive. Its answer, the Pong, says [what is on](ffio.html) from now on.",
		"The first read size decides how long the answers to ReadFile are: see [framing](framing.html#read). It holds from the Ping on, until another Ping gives another.",
		"A Pong whose result code is not 0, or whose length is not right, does not parse and changes nothing.",
	},
}

// formProse says how the log prints a value.
var formProse = map[sata.Form]string{
	sata.FormPath:        "the path, as it came",
	sata.FormOpenPath:    "the path that the descriptor was opened with; `<Unknown; 14>` when descriptor 14 is not open",
	sata.FormOpenPathIO:  "the path that the descriptor was opened with; `<Unknown 14>`, here without the semicolon, when descriptor 14 is not open",
	sata.FormDestination: "the second path, as it came",
	sata.FormMode:        "`0666` when one of the bits `0x222` is set, else `0444`",
	sata.FormModeText:    "the open mode, as it came",
	sata.FormMove:        "`Begin`, `Nowhere`, `End`, or `Offset(N)`",
	sata.FormTotal:       "block count × block size, modulo 2^32",
	sata.FormQuery:       "the query in words, as in the table above",
	sata.FormDecimal:     "the number, decimal",
	sata.FormFFIO:        "`true` when bit `0b010` of the header's flags is set",
	sata.FormCSR:         "`true` when bit `0b100` of the header's flags is set",
}

// resultProse says more about result codes.
var resultProse = map[sata.Result]string{
	sata.Success:     "It was done. For a WriteFile this means that nothing was written: see below.",
	sata.NotAFolder:  "The path names something that is no folder, where one is needed.",
	sata.FSError:     "The server could not do it and says no more. The example has it for a read of a closed descriptor, and for a ChangeOwner.",
	sata.TooBig:      "A size is more than the server can do.",
	sata.NotFound:    "Nothing stands at the path. Clients ask for files that may be missing all the time, so this is often no trouble at all.",
	sata.Refused:     "Seen as the answer to a Rename that the server would not do.",
	sata.NoMoreItems: "No failure: the folder was read to its end. Only ReadFolder is answered so.",
}
