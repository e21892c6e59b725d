package learn

import (
	"satascope/decode"
	"satascope/walcore"
)

// A DiagnosticText is what a diagnostic means, and what its reader can do. The
// texts are prose of the reference, with `code` and, but for those that the page
// shows too, [links](page.html#id).
type DiagnosticText struct {
	Means []string // paragraphs; the page shows the first
	Do    string   // the page shows it
}

// boundedTogether is said of all diagnostics whose number decode bounds.
var boundedTogether = "`bytes-differ`, `bytes-late`, `bytes-elsewhere` and `fragment-differs` are counted together. At most " + Count(decode.MaxDrops) +
	" of a stream, and " + Count(decode.MaxAllDrops) + " of all streams, are told one by one; how many more there are stands among the assumptions."

// DiagnosticTexts has the text of every code.
var DiagnosticTexts = map[walcore.Code]DiagnosticText{
	walcore.CodeStreamNotOpen: {[]string{
		"A message came on a connection whose beginning nobody told the log of, or that had been closed. This happens in event files; in a capture a connection opens with its first bytes.",
		"The reference's log writer stops here for good, and so does the compatible log. The log on the screen goes on.",
	}, "Write the line that opens the stream into the event file, before its first message."},
	walcore.CodeUnasked: {[]string{
		"Responses come in the order of their requests. This one came when every request had its answer. Often the request is missing from the capture, or a length before it was misread.",
		"The reference's log writer stops here for good, and so does the compatible log. The log on the screen goes on; the line is Unknown, since nothing says what was asked.",
	}, "Look at the rows before it: the first diagnostic among them is often the cause."},
	walcore.CodeMissing: {[]string{
		"The capture does not hold all packets: the other side acknowledged bytes that were never recorded. Whatever stood in them is lost, and the next message must be found again by its looks.",
	}, "Record closer to one of the two ends, or with a larger buffer."},
	walcore.CodeCut: {[]string{
		"Each packet was recorded only up to a length (the snap length), and the rest is gone.",
	}, "Record with a snap length of 0 or 262144 bytes: whole packets."},
	walcore.CodeSkipped: {[]string{
		"After a gap, or at a beginning that was not recorded, bytes are passed over until a message can start. These are they.",
	}, "Nothing here: the diagnostic before it says why there is a gap. The bytes themselves can be looked at."},
	walcore.CodeNoHeader: {[]string{
		"Where a message should begin stands something that is none: the zeros at `0x18` are not zero, or its length can't be. Either bytes were lost unnoticed, or the length of the message before was misread, or it is not this protocol.",
		"Satascope looks for the next place where a message can begin.",
	}, "See whether the message before it has the length it should, and whether the port is that of this protocol."},
	walcore.CodeIncomplete: {[]string{
		"The recording, or the connection, ended within a message.",
	}, "Nothing, when the recording was stopped there: all rows before it are whole."},
	walcore.CodeUndecided: {[]string{
		"Behind a gap in what the client sent, anything may be the data of a WriteFile whose request was lost, a recorded conversation even. So what looks like a request is taken for one only when its client waited behind it. Here the recording, or the connection, ended before that, or more bytes are missing: it is passed over, and its bytes are among those that are told as skipped behind it.",
		"Where several stand in a row, the first is told.",
	}, "Look at its bytes: where the path or the descriptor makes sense, it was a request."},
	walcore.CodeUnanswered: {[]string{
		"The connection ended, or the recording, while this request waited. The last request of a capture is often one.",
	}, "Nothing, when the recording was stopped there. Else the server did not answer: see what it sent last."},
	walcore.CodeAnswerLost: {[]string{
		"Bytes are missing from the capture where the response stood. The request is taken as answered, so that the next response finds its own.",
	}, "Nothing here: the diagnostic of the missing bytes says what to record otherwise."},
	walcore.CodePairingAssumed: {[]string{
		"Responses don't say what they answer: they come in the order of their requests. Behind a gap the lengths of what is missing nearly always leave one request that a response can answer. Here they leave several, because the client asks without waiting for answers.",
		"The likeliest is taken until no request waits. What such a response opens has no path: rows that use its descriptor show it as unknown, rather than with a path that may be another's.",
	}, "See whether the rows behind it make sense: a descriptor that fits, a length that belongs to the path."},
	walcore.CodePathsUnsure: {[]string{
		"A descriptor is a number that the server uses again: a file can have been closed, and another opened under the same number, in bytes that were lost, or that could not be told apart yet when the next request came. The rows that follow show the path that the descriptor had before.",
	}, "See whether the rows behind it fit the path: a length that jumps is a sign of another file."},
	walcore.CodeReadEnd: {[]string{
		"An answer to ReadFile has no length of its own: a rule tells where it ends. The server's rule and that of the reference's capture tool differ in one case: more bytes are asked for than the first read size, in a file longer than that.",
		"[Framing](framing.html#two-rules) tells of both. What follows decides: the end after which the next message makes sense is taken. When it does not tell, the server's rule is.",
	}, "Nothing, when the rows behind it make sense: then the right end was taken."},
	walcore.CodeFirstRead: {[]string{
		"The first read size comes with a Ping, and none was recorded. Where this answer ended showed it.",
	}, "Nothing. If you know better, set it by hand."},
	walcore.CodeFFIOShown: {[]string{
		"No Pong switched fast file I/O on, but this answer has a form that exists only with it. So it is on.",
	}, "Nothing: rows from here on are read accordingly."},
	walcore.CodeNoBeginning: {[]string{
		"The recording began in the middle. Nobody knows what was negotiated before, and which descriptor is which file: they stay unknown until they are opened again. What was assumed is said here.",
	}, "Set by hand what you know better, or start to record before the devkit connects."},
	walcore.CodeNoPing: {[]string{
		"The beginning of the conversation is there, and its client asked for something before it greeted: there was no Ping, or it is among bytes that are missing. So nobody said whether fast file I/O is on, nor how large a first read is. What was assumed is said here.",
	}, "Set by hand what you know better."},
	walcore.CodeOneDirection: {[]string{
		"Only requests or only responses are there. Without requests, nothing says what a response answers.",
	}, "Record on a port of the switch, or on the machine, that sees both directions."},
	walcore.CodeBuffered: {[]string{
		"The server sent a great deal for which no request was recorded. Satascope waits for late packets, but not without end.",
	}, "See whether the client's direction was recorded; packets of it may be missing."},
	walcore.CodeDiffers: {[]string{
		"TCP may send bytes again, and a packet may be captured twice; then they are the same bytes. Here they are not: a packet was damaged, or one of the captures is of another conversation. What came first is taken, and the message that holds these bytes may be wrong.",
		boundedTogether,
	}, "If several files were opened together, see whether they are of one conversation."},
	walcore.CodeLate: {[]string{
		"A packet was captured long after those that came behind it, when the bytes in it were given up as missing; or it is from before the first that were recorded. Its bytes are in the file, and in no message.",
		boundedTogether,
	}, "If the file was put together from several, put its packets in the order of their times, or open the files themselves together."},
	walcore.CodeElsewhere: {[]string{
		"A packet of these ends carries a sequence number that its conversation can't have: it is damaged, or left over from an earlier connection on the same ports. If the conversation really jumps there, the packets that follow show it, and what lies between is missing.",
		boundedTogether,
	}, "Nothing, when the rows around it make sense."},
	walcore.CodeFragment: {[]string{
		"An IP packet came in fragments, and one of them came again, whether before or after the packet was whole: with other bytes in the headers before the data, or with another end of the packet. The fragment was damaged, or made by something between the two ends. What came first is taken.",
		boundedTogether,
	}, "Nothing, when the rows around it make sense. Else record closer to one of the two ends."},
	walcore.CodeLogLine: {[]string{
		"A log was opened instead of a capture, and it has the line of a diagnostic that this version does not know: another version wrote it, or something else. It is kept as it is.",
	}, "Open the log in the version that wrote it, or the capture that it was made from."},
}
