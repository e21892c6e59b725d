package capture

// A Form is a kind of file as it is told to people, on the page and in
// docs/forms.md. Texts have code between backquotes.
type Form struct {
	Kind  Kind
	By    string // what it is recognised by
	Gives string
}

// Forms are all that can be opened. What is looked for first, and why, is told by
// the table of recognisers.
var Forms = [...]Form{
	{KindPCAP, "magic number, both byte orders, micro- and nanoseconds; several joined end to end, of pcapng, too", "packets with times"},
	{KindPCAPNG, "section header block; several sections, interfaces, files joined end to end", "packets with times"},
	{KindBinary, "bytes that are not text; taken only when a request stands near the beginning, or when it is one message", "bytes in the order of the wire"},
	{KindEvents, "a JSON object with `\"op\"` in the first line", "messages"},
	{KindLog, "a first line as the log has them", "rows"},
	{KindFollowRaw, "tshark's heading, or hex lines of which some are indented by a tab", "both directions told apart"},
	{KindFollowHex, "tshark's heading, or rows of an offset of eight digits, bytes and text", "both directions told apart"},
	{KindFollowYAML, "`peers:` with `packets:`; or `peer0_0: !!binary`, as before Wireshark 3.5", "both directions, with times"},
	{KindFollowC, "`char peer0_0[] = {`, as Wireshark's window saves them", "both directions"},
	{KindXXD, "an offset of six digits or more and a colon (also `xxd -d`); `0x0000:` as `tcpdump -x` and `-X` write", "bytes"},
	{KindPacketText, "several packets printed one below the other, each from an offset of 0 on or as a C array: `tcpdump -x`, `-X` and `-XX`, `tshark -x`, dissections that Wireshark exports; or each whole, with its headers, in a line of hex or base64", "packets, with the times above them"},
	{KindHexdump, "an offset, two spaces, single bytes", "bytes"},
	{KindOD, "an offset of zeros and single bytes: `od -t x1`, what Wireshark copies as a hex dump, HxD's and PowerShell's `Format-Hex`", "bytes"},
	{KindHex, "nothing but hex digits in pairs, with or without spaces, line breaks, colons, dashes, commas or semicolons; 0x or a quote before the first; `[00, c4]` and `[0, c4]` as Rust's `{:02x?}` and `{:x?}` print it, with words around it; in code between quotes, as `bytes.fromhex(\"00…\")`; Node's `<Buffer 00 14>`", "bytes"},
	{KindByteString, "`b\"\\0\\x14…\"` as Rust, `b'\\x00…'` as Python writes it, with code around it", "bytes"},
	{KindString, "`\"\\x00\\024…\"` as C or Go writes it", "bytes"},
	{KindByteList, "`0x00, 0x14` or `[0, 20]` as C, Go (`[0 20]`), Rust, Python, JSON and Java (also `-60`) write it, `<<0,20>>` as Erlang and Elixir do, with code around it; `xxd -i`; gdb's `x/8xb`", "bytes"},
	{KindBase64, "nothing but its digits (either alphabet), at least 28 of them; in code between quotes", "bytes"},
}
