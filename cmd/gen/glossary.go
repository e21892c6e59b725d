package main

// A term is a word that these pages use, in plain words. Says is in the form that
// rich takes.
type term struct{ ID, Name, Says string }

// glossary are the words, in the order of the alphabet.
var glossary = []term{
	{"answer", "answer", "Another word for response, used most for the response to a ReadFile, which often has no header."},
	{"big-endian", "big-endian", "How a number of several bytes is written: the byte that counts most comes first. `00 00 01 00` is 256. The other way round is little-endian."},
	{"body", "body", "What a message has behind its header (a response) or its [command info](messages.html#command-info) (a request). It differs from command to command."},
	{"capture", "capture", "A recording of network packets, such as Wireshark and tcpdump make."},
	{"client", "client", "The side that asks: the devkit."},
	{"csr", "combined send and receive (CSR)", "Something that the two sides can switch on in their [greeting](ffio.html#csr). It changes no message."},
	{"command", "command", "What a request asks for, as a number: `0x05` is OpenFile. There are [eighteen](index.html#commands)."},
	{"compatible-log", "compatible log", "The log as the reference writes it, the same to the byte. See [two logs](log.html#two-logs)."},
	{"connection", "connection", "A TCP connection between client and server: two rows of bytes, one in each direction. Where several are open, each is a conversation of its own. The log's diagnostics say stream."},
	{"descriptor", "descriptor", "A number that stands for an open file or folder. See [Descriptors](descriptors.html)."},
	{"devkit", "devkit", "A Wii U for developers, here the CAT-DEV."},
	{"diagnostic", "diagnostic", "A remark of Satascope about something odd in a capture. See [Diagnostics](diagnostics.html)."},
	{"ffio", "fast file I/O (FFIO)", "A way to read and write files without headers around the data. See [Fast file I/O](ffio.html)."},
	{"first-read-size", "first read size", "A number in the Ping: how large the server's buffer for reading is to begin with. It decides how far short answers are [filled up](framing.html#read)."},
	{"form", "form", "The first 32 bytes of an answer to ReadFile with fast file I/O. There are [three](framing.html#read)."},
	{"framing", "framing", "Telling where one message ends and the next begins. See [Framing](framing.html)."},
	{"header", "header", "The 32 bytes that nearly all messages begin with. See [Messages](messages.html#header)."},
	{"hex", "hex", "Numbers after `0x` are in hex, with sixteen digits, 0 to 9 and A to F: `0x10` is 16. Two such digits are one byte. Numbers after `0b` are in binary, with the digits 0 and 1."},
	{"host", "host", "The developer's PC, on which the server runs."},
	{"info-block", "info block", "84 bytes that tell what a file or folder is. See [Info block](info.html)."},
	{"nul", "NUL", "A zero byte that ends a text. What stands behind it in the same field does not count."},
	{"offset", "offset", "A place, counted in bytes from the first byte of a message. The first byte is at offset 0."},
	{"out-of-band", "out of band", "Outside of any message: the raw data that [follows a WriteFile](framing.html#write)."},
	{"padding", "padding", "Bytes `CD` that fill up an answer to ReadFile whose data is short. See [Framing](framing.html#read)."},
	{"parse", "parse", "To take a message apart into its fields. A message does not parse when a field has a value that it may not have, or the length is not right. Then the log says Unknown."},
	{"pipelining", "pipelining", "Sending the next request before the last is answered. Responses come in the order of the requests."},
	{"pong", "Pong", "The response to a [Ping](ping.html)."},
	{"quirk", "quirk, slip", "Something that the reference does otherwise than one would expect. The compatible log repeats them all."},
	{"reference", "reference", "The server of cat-dev 0.0.14, whose behaviour and log these pages describe. See [Sources](sources.html)."},
	{"request", "request", "A message from the client. In the log its line begins `->`."},
	{"response", "response", "A message from the server, which answers one request. In the log its line begins `<-`."},
	{"result-code", "result code", "The number in a response that says how it went; 0 is success. See [Result codes](results.html)."},
	{"server", "server", "The program on the host that answers. The log is written as it sees things: in and out."},
	{"u32", "u32, u64, i32", "Kinds of numbers: 32 or 64 bits, that is 4 or 8 bytes. Those with a u can't be negative, those with an i can."},
	{"utf-8", "UTF-8", "The usual way to write text as bytes. A path that is not UTF-8 does not parse."},
}
