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

// diagnosticProse says, by the diagnostic's name, what it means and what one can
// do.
var diagnosticProse = map[string][]string{
	"stream-not-open": {
		"A message came on a connection whose beginning nobody told the log of, or that had been closed. This happens in event files; in a capture a connection opens with its first bytes.",
		"The reference's log writer stops here for good, and so does the compatible log. The log on the screen goes on.",
	},
	"response-unasked": {
		"Responses come in the order of their requests. This one came when every request had its answer. Often the request is missing from the capture, or a length before it was misread.",
		"The reference's log writer stops here for good, and so does the compatible log. The log on the screen goes on; the line is Unknown, since nothing says what was asked.",
	},
	"bytes-missing": {
		"The capture does not hold all packets: the other side acknowledged bytes that were never recorded. Whatever stood in them is lost, and the next message must be found again by its looks.",
		"Record closer to one of the two ends, or with a larger buffer.",
	},
	"packet-cut": {
		"Each packet was recorded only up to a length (the snap length), and the rest is gone.",
		"Record with a snap length of 0 or 262144 bytes: whole packets.",
	},
	"bytes-skipped": {
		"After a gap, or at a beginning that was not recorded, bytes are passed over until a message can start. These are they.",
	},
	"no-header": {
		"Where a message should begin stands something that is none: the zeros at `0x18` are not zero, or its length can't be. Either bytes were lost unnoticed, or the length of the message before was misread, or it is not this protocol.",
		"Satascope looks for the next place where a message can begin.",
	},
	"message-incomplete": {
		"The recording, or the connection, ended within a message.",
	},
	"request-unanswered": {
		"The connection ended, or the recording, while this request waited. The last request of a capture is often one.",
	},
	"answer-lost": {
		"Bytes are missing from the capture where the response stood. The request is taken as answered, so that the next response finds its own.",
	},
	"read-end": {
		"An answer to ReadFile has no length of its own, and two programs disagree about one case: the first form, more bytes asked for than the first read size, in a file longer than that. [Framing](framing.html#two-rules) tells of both rules.",
		"What follows decides: the end after which the next message makes sense is taken. When it does not tell, the server's rule is.",
	},
	"first-read-shown": {
		"The first read size comes with a Ping, and none was recorded. Where this answer ended showed it. If you know better, set it by hand.",
	},
	"ffio-shown": {
		"No Pong switched fast file I/O on, but this answer has a form that exists only with it. So it is on.",
	},
	"no-beginning": {
		"The recording began in the middle. Nobody knows what was negotiated before, and which descriptor is which file: they stay unknown until they are opened again. What was assumed is said here, and can be set by hand.",
	},
	"no-ping": {
		"The beginning of the conversation is there, and its client asked for something before it greeted: there was no Ping, or it is among bytes that are missing. So nobody said whether fast file I/O is on, nor how large a first read is. What was assumed is said here, and can be set by hand.",
	},
	"one-direction": {
		"Only requests or only responses are there. Without requests, nothing says what a response answers.",
		"Record on a port of the switch, or on the machine, that sees both directions.",
	},
	"too-far-ahead": {
		"The server sent a great deal for which no request was recorded. Satascope waits for late packets, but not without end.",
	},
	"bytes-differ": {
		"TCP may send bytes again, and a packet may be captured twice; then they are the same bytes. Here they are not: a packet was damaged, or one of the captures is of another conversation. What came first is taken, and the message that holds these bytes may be wrong.",
		"At most a hundred such places of a stream are told one by one; how many there are in all stands among the assumptions.",
	},
	"bytes-late": {
		"A packet was captured long after those that came behind it, when the bytes in it were given up as missing; or it is from before the first that were recorded. Its bytes are in the file, and in no message.",
	},
	"bytes-elsewhere": {
		"A packet of these ends carries a sequence number that its conversation can't have: it is damaged, or left over from an earlier connection on the same ports. If the conversation really jumps there, the packets that follow show it, and what lies between is missing.",
	},
	"log-line": {
		"A log was opened instead of a capture, and it has the line of a diagnostic that this version does not know: a later version wrote it, or something else. It is kept as it is.",
	},
}
