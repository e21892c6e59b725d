package walcore

import (
	"strconv"
	"strings"
)

// Code names something odd in a conversation.
type Code uint8

// The codes. Their names, for machines, are stable.
const (
	CodeStreamNotOpen Code = iota
	CodeUnasked
	CodeMissing
	CodeCut
	CodeSkipped
	CodeNoHeader
	CodeIncomplete
	CodeUndecided
	CodeUnanswered
	CodeAnswerLost
	CodePairingAssumed
	CodePathsUnsure
	CodeReadEnd
	CodeFirstRead
	CodeFFIOShown
	CodeNoBeginning
	CodeNoPing
	CodeOneDirection
	CodeBuffered
	CodeDiffers
	CodeLate
	CodeElsewhere
	CodeFragment
	CodeLogLine
	codes
)

// A CodeSpec is what is known of a code.
type CodeSpec struct {
	Name     string // stable
	Sentence string // for people; {size}, {offset}, {packet}, {stream}, {side}, {a}, {b}, {on} and {text} are filled in
}

var codeSpecs = [codes]CodeSpec{
	CodeStreamNotOpen:  {"stream-not-open", "a message of {size} bytes on a stream that is not open: it is taken to open here. The reference server stops at this place."},
	CodeUnasked:        {"response-unasked", "a response of {size} bytes that no request waits for. The reference server stops at this place."},
	CodeMissing:        {"bytes-missing", "{size} bytes of the {side} are missing from the capture here: decoding goes on at the next message"},
	CodeCut:            {"packet-cut", "{size} bytes of the {side} are missing because the packet was cut short when it was captured"},
	CodeSkipped:        {"bytes-skipped", "{size} bytes of the {side} were skipped to get to the beginning of a message"},
	CodeNoHeader:       {"no-header", "the {side} sent what can't be the start of a message"},
	CodeIncomplete:     {"message-incomplete", "the {side}'s last message is incomplete: {size} of {a} bytes are there"},
	CodeUndecided:      {"request-undecided", "what looks like a request of the {side}, {a} bytes with its data, of which {size} are there, may be data of a WriteFile that was lost: what would show it was not captured, so it is not taken"},
	CodeUnanswered:     {"request-unanswered", "no response to this request was recorded"},
	CodeAnswerLost:     {"answer-lost", "the response to the client's request at offset {a} is missing from the capture, wholly or in part"},
	CodePairingAssumed: {"pairing-assumed", "bytes are missing before this response, and more than one request can be what it answers: the likeliest is taken, here and until no request waits"},
	CodePathsUnsure:    {"paths-unsure", "{size} bytes of the {side} are not known when the next request comes, and files can have been closed and opened in them: the descriptors opened before ({a}) are taken to have the paths that they had"},
	CodeReadEnd:        {"read-end", "two rules give different ends of this read: {a} bytes were taken, {b} were possible"},
	CodeFirstRead:      {"first-read-shown", "no Ping was recorded; this read shows that the first read size is {a}"},
	CodeFFIOShown:      {"ffio-shown", "this read shows that fast file I/O is on, though no Pong switched it on"},
	CodeNoBeginning:    {"no-beginning", "the beginning of this conversation was not recorded: fast file I/O is taken to be {on}, the first read size to be {a} until a read shows another"},
	CodeNoPing:         {"no-ping", "no Ping came before this request: fast file I/O is taken to be {on}, the first read size to be {a}"},
	CodeOneDirection:   {"one-direction", "only the {side} of this conversation was recorded"},
	CodeBuffered:       {"too-far-ahead", "{size} bytes of the {side} wait for a request that was never recorded: they are taken as they are"},
	CodeDiffers:        {"bytes-differ", "{size} bytes of the {side} were captured again with other content: what came first counts"},
	CodeLate:           {"bytes-late", "{size} bytes of the {side} were captured too late: decoding had gone on without them"},
	CodeElsewhere:      {"bytes-elsewhere", "{size} bytes of the {side} were passed over: their sequence number is far from all others of the conversation"},
	CodeFragment:       {"fragment-differs", "an IP fragment of the {side} differs from others of its packet in the headers or in where the packet ends: what came first counts"},
	CodeLogLine:        {"log-line", "a diagnostic that is not known here, of a log that was opened: {text}"},
}

// Codes lists the codes by number.
func Codes() []CodeSpec { return codeSpecs[:] }

func (c Code) String() string {
	if int(c) < len(codeSpecs) {
		return codeSpecs[c].Name
	}
	return "?"
}

// A Diagnosis is what a diagnostic record tells.
type Diagnosis struct {
	Code       Code
	Stream     uint32
	At         At
	FromServer bool
	Size       uint64 // bytes
	A          uint64 // what {a} stands for
	B          uint32 // what {b} stands for; {on} is on unless it is 0
	About      uint32 // 1 + the index of the record it is about; 0 for none
}

func (d Diagnosis) record() Record {
	r := Record{Offset: d.At.Offset, Length: d.Size, Time: d.At.Time, Packet: d.At.Packet, Stream: d.Stream, Kind: Diagnostic, Line: LineDiagnostic, Op: uint8(d.Code), A: d.A, B: d.B, Partner: d.About - 1}
	if d.FromServer {
		r.Flags |= FlagFromServer
	}
	return r
}

// appendDiagnostic appends a diagnostic's line: `!! `, its name, where it
// stands, and a sentence.
func (l *Log) appendDiagnostic(dst []byte, r *Record) []byte {
	spec := &codeSpecs[r.Op]
	side := "client"
	if r.Flags&FlagFromServer != 0 {
		side = "server"
	}
	dst = append(append(append(dst, diagnosticStart...), spec.Name...), " {stream="...)
	dst = strconv.AppendUint(dst, uint64(r.Stream), 10)
	dst = append(append(dst, ",from="...), side...)
	if r.Packet != 0 {
		dst = strconv.AppendUint(append(dst, ",packet="...), uint64(r.Packet), 10)
	}
	dst = strconv.AppendInt(append(dst, ",offset="...), r.Offset, 10)
	dst = strconv.AppendUint(append(dst, ",size="...), r.Length, 10)
	return l.AppendSentence(append(dst, "} "...), r)
}

// AppendSentence appends what a diagnostic record says to people.
func (l *Log) AppendSentence(dst []byte, r *Record) []byte {
	if r.Path2 != 0 && Code(r.Op) != CodeLogLine {
		return append(dst, l.texts[r.Path2]...)
	}
	rest := codeSpecs[r.Op].Sentence
	one := false // what comes is said of one byte
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			return appendWords(dst, rest, &one)
		}
		dst = appendWords(dst, rest[:open], &one)
		rest = rest[open+1:]
		end := strings.IndexByte(rest, '}')
		switch rest[:end] {
		case "size":
			dst = strconv.AppendUint(dst, r.Length, 10)
			one = r.Length == 1
		case "offset":
			dst = strconv.AppendInt(dst, r.Offset, 10)
		case "packet":
			dst = strconv.AppendUint(dst, uint64(r.Packet), 10)
		case "stream":
			dst = strconv.AppendUint(dst, uint64(r.Stream), 10)
		case "a":
			dst = strconv.AppendUint(dst, r.A, 10)
		case "b":
			dst = strconv.AppendUint(dst, uint64(r.B), 10)
		case "on":
			dst = append(dst, [2]string{"off", "on"}[min(r.B, 1)]...)
		case "text":
			dst = append(dst, l.texts[r.Path2]...)
		case "side":
			if r.Flags&FlagFromServer != 0 {
				dst = append(dst, "server"...)
			} else {
				dst = append(dst, "client"...)
			}
		}
		rest = rest[end+1:]
	}
}

// appendWords appends words of a sentence that counts bytes, in the singular when
// it counts one: "1 byte of the client was skipped".
func appendWords(dst []byte, words string, one *bool) []byte {
	if !*one {
		return append(dst, words...)
	}
	if strings.HasPrefix(words, " bytes") {
		dst, words = append(dst, " byte"...), words[len(" bytes"):]
	}
	for _, verb := range [...][2]string{{" are ", " is "}, {" were ", " was "}} {
		if before, after, found := strings.Cut(words, verb[0]); found {
			dst, words, *one = append(append(dst, before...), verb[1]...), after, false
		}
	}
	return append(dst, words...)
}
