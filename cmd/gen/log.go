package main

import (
	"fmt"

	"satascope/learn"
	"satascope/sata"
	"satascope/walcore"
)

// logPage is about the log's lines.
type logPage struct {
	Lines    []lineKind
	Requests []commandLine
}

type commandLine struct{ Name, Link, Line string }

// A lineKind is a kind of line that is no known request's.
type lineKind struct {
	ID, Title, Prose string
	Examples         []logLine
}

var lineProse = []struct {
	line  walcore.Line
	title string
	prose string
}{
	{walcore.LineResult, "RC", "A response that is a result code and nothing else: `Success`, or `Failure` and the code in hex. A StatFile or QueryPath that failed has this line too. After a WriteFile that succeeded the code is the number of bytes written, so the line says Failure all the same."},
	{walcore.LineDescriptor, "FDRES", "The response to an OpenFile or OpenFolder: `Success` and the new descriptor, or `Failure` and the code."},
	{walcore.LineItem, "Folder Item", "The response to a ReadFolder: the result code, and the item's name or `<None>`. At the folder's end the code is fff0fffc."},
	{walcore.LineRead, "READ", "An answer of fast file I/O to a ReadFile. `chk` is a checksum over the whole answer, padding included: FNV-1a with 64 bits, but starting from 69420 instead of the usual basis. `file_size` is the number at `0x20` as it stands, whatever it means: the file's length, the bytes read, or, after a failure, the result code as a decimal number. `packet_len` is the answer's length, `header` its first 32 bytes. A failed read has this line too. An answer shorter than 36 bytes is Unknown."},
	{walcore.LineStat, "STAT", "The response to a StatFile that succeeded: flags and permissions in hex, length in decimal. See the [info block](info.html); of a folder the length prints as 0."},
	{walcore.LineInfo, "QUERY, details", "The response to a QueryPath for details that succeeded: the same values as a STAT line, written otherwise."},
	{walcore.LineSpace, "QUERY, bytes", "The response to a QueryPath for free space or a folder's size that succeeded: a number of bytes."},
	{walcore.LineCount, "QUERY, files", "The response to a QueryPath for a folder's files that succeeded: how many there are."},
	{walcore.LinePong, "PONG", "The response to a Ping: what is on [from now on](ffio.html)."},
	{walcore.LineWritten, "written data", "The data of a WriteFile, which came out of band: two spaces, an arrow, how many bytes. It stands between the request and its response. The reference prints it only when the path of the descriptor is known and is still that of the WriteFile that waits longest, so for a descriptor that was never opened the line is missing; Satascope's own log has it then, too."},
	{walcore.LineUnknown, "Unknown", "A message that does not parse, with all its bytes: printable ASCII as it is, `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t`, `\\0`, and `\\xNN` for any other byte. The response to an Unknown request is Unknown too. [GetFilePosition](getfileposition.html) is always so, because the reference does not know it."},
}

func makeLog(st *site) *logPage {
	p := &logPage{}
	c := st.story
	for _, l := range lineProse {
		k := lineKind{ID: learn.LineIDs[l.line], Title: l.title, Prose: l.prose}
		had := map[string]bool{}
		for i := range c.Log.Len() {
			r := c.Log.At(i)
			if r.Line != l.line {
				continue
			}
			kind := fmt.Sprint(r.Kind, r.Failed(), l.line == walcore.LineResult && r.B != 0 && !r.Failed())
			if l.line == walcore.LineInfo {
				kind += fmt.Sprint(r.B)
			}
			if !had[kind] {
				had[kind] = true
				k.Examples = append(k.Examples, st.line(i))
			}
		}
		p.Lines = append(p.Lines, k)
	}
	for _, s := range sata.Commands {
		l := commandLine{Name: s.Name, Link: learn.CommandPage(s.Command) + "#line", Line: linePattern(s)}
		if l.Line == "" {
			l.Line = "->Unknown      {data=…}"
		}
		p.Requests = append(p.Requests, l)
	}
	return p
}
