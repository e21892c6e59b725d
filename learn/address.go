package learn

import (
	"strconv"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// Folder is where the reference pages stand, relative to the page.
const Folder = "reference/"

// Pages of the reference that are no command's. Each is followed by "#" and an
// identifier where one entry is meant.
const (
	PageIndex       = "index.html"
	PageMessages    = "messages.html" // header, command info, padding
	PageFraming     = "framing.html"
	PageFFIO        = "ffio.html" // fast file I/O, combined send and receive
	PageDescriptors = "descriptors.html"
	PageInfo        = "info.html" // the info block
	PageResults     = "results.html"
	PageLog         = "log.html"
	PageMachine     = "machine.html"
	PageDiagnostics = "diagnostics.html"
	PageSources     = "sources.html"
	PageWords       = "words.html" // a glossary
)

// TourFragment is the fragment of the page's address that begins the tour.
const TourFragment = "tour"

// CommandPage is the name of a command's page, without its folder.
func CommandPage(c sata.Command) string {
	if s := c.Spec(); s != nil {
		return strings.ToLower(s.Name) + ".html"
	}
	return PageIndex
}

// CommandAddress is where a command is explained.
func CommandAddress(c sata.Command) string { return Folder + CommandPage(c) }

// Slug is a name as an identifier: lower case, all but letters and digits a dash.
func Slug(name string) string {
	b := []byte(strings.ToLower(name))
	for i, c := range b {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			b[i] = '-'
		}
	}
	return strings.Trim(string(b), "-")
}

// FieldID is the identifier of a field on its page. part is what it belongs to:
// "header", "request", or the name of a response's shape.
func FieldID(part string, f *sata.Field) string {
	return Slug(part) + "-" + strconv.FormatUint(uint64(f.Offset), 16) + "-" + Slug(f.Name)
}

// HeaderAddress is where a field of the header or the command info is explained.
func HeaderAddress(f *sata.Field) string { return Folder + PageMessages + "#" + FieldID("header", f) }

// RequestFieldAddress is where a field of a command's request body is explained.
func RequestFieldAddress(c sata.Command, f *sata.Field) string {
	return CommandAddress(c) + "#" + FieldID("request", f)
}

// ResponseFieldAddress is where a field of a command's response is explained.
func ResponseFieldAddress(c sata.Command, s sata.Shape, f *sata.Field) string {
	return CommandAddress(c) + "#" + FieldID(s.String(), f)
}

// ResultID is the identifier of a result code on its page.
func ResultID(r sata.Result) string {
	if r.Meaning() == "" {
		return "other"
	}
	return strings.ToLower(code8(r)[2:])
}

// ResultAddress is where a result code, as an answer to a command, is explained.
func ResultAddress(r sata.Result, c sata.Command) string {
	if r != sata.Success && c == sata.WriteFile && !r.FailsFor(c) {
		return Folder + PageResults + "#written"
	}
	return Folder + PageResults + "#" + ResultID(r)
}

// DiagnosticAddress is where a diagnostic is explained.
func DiagnosticAddress(c walcore.Code) string { return Folder + PageDiagnostics + "#" + c.String() }

// LineIDs are the identifiers of the log's lines that are no known request's, on
// PageLog.
var LineIDs = map[walcore.Line]string{
	walcore.LineUnknown: "unknown", walcore.LineResult: "rc", walcore.LineDescriptor: "fdres", walcore.LineItem: "folder-item",
	walcore.LineRead: "read", walcore.LineStat: "stat", walcore.LineInfo: "query-info", walcore.LineSpace: "query-lg",
	walcore.LineCount: "query-sm", walcore.LinePong: "pong", walcore.LineWritten: "written",
}

// LineAddress is where the log's line of a record is explained: that of a
// request on its command's page.
func LineAddress(r *walcore.Record) string {
	switch r.Line {
	case walcore.LineDiagnostic:
		return DiagnosticAddress(walcore.Code(r.Op))
	case walcore.LineRequest:
		return CommandAddress(sata.Command(r.Op)) + "#line"
	}
	id := LineIDs[r.Line]
	if id == "" {
		return Folder + PageLog
	}
	return Folder + PageLog + "#" + id
}
