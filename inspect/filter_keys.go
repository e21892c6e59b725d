package inspect

import (
	"satascope/sata"
	"satascope/walcore"
)

// Form is how the values of a key are written.
type Form uint8

// The forms of values.
const (
	FormName     Form = iota // one of a list of names; * and ? stand for any characters
	FormText                 // text to find, a pattern with * and ?, or =text for exactly that
	FormNumber               // a whole number, decimal or 0x
	FormCode                 // a result code: hexadecimal digits, with or without 0x
	FormSize                 // a number of bytes: 512, 64k, 1.5M
	FormDuration             // 5ms, 1.2s
	FormTime                 // since the earliest row: 1.2s, 1:02.5; or a date and time
)

// Numeric says whether values of the form can be compared and be ranges.
func (f Form) Numeric() bool { return f >= FormNumber }

// want is what a mistake says was expected.
func (f Form) want() string {
	return [...]string{
		"a name", "a text", "a whole number such as 7, >7 or 1..7", "a result code such as fff0ffe9",
		"a size such as 512, >64k or 1k..2M", "a duration such as >5ms or 1ms..2s, in " + string(unitNames(nil, durationUnits, false)),
		"a time since the earliest row such as 1.2s..1.9s or >1:02.5, or a date such as 2024-05-01T10:00:00Z",
	}[f]
}

// A Word is a name that a key's values can have.
type Word struct {
	Name    string
	Also    []string // other names of the same
	Meaning string
}

// Place is where a row shows what a term matched.
type Place uint8

// The places.
const (
	InText Place = iota // in the row's text
	InNumber
	InTime
	InStream
	InLatency
	InPacket
	Nowhere
)

// A Key is what is known of a key of the filter language. The table Keys feeds
// the parser, completion, the language's page and the words of mistakes.
type Key struct {
	Name     string
	Form     Form
	Meaning  string   // one sentence, of the rows that match
	Examples []string // whole terms
	Words    []Word   // the names of FormName; of FormText names that have a meaning of their own
	Place    Place
	id       keyID
}

type keyID uint8

const (
	keyOp keyID = iota
	keyPath
	keyStream
	keyFD
	keyResult
	keyCode
	keyKind
	keyDir
	keyDiag
	keyLatency
	keySize
	keyTime
	keyPacket
	keyNo
	keyNote
)

// Keys are the keys of the filter language.
var Keys = []Key{
	{id: keyOp, Name: "op", Form: FormName, Words: operationWords(),
		Meaning:  "Messages of an operation, the responses to it and the data written by it included.",
		Examples: []string{"op:ReadFile,OpenFile", "op:*Folder", "op:Unknown"}},
	{id: keyPath, Name: "path", Form: FormText,
		Meaning:  "Messages about a path: the one they name, that of the descriptor they name, a Rename's destination, or the name of a folder's item.",
		Examples: []string{"path:*/config/*", "path:system.xml", `path:="/vol/a b.txt"`}},
	{id: keyStream, Name: "stream", Form: FormNumber, Place: InStream,
		Meaning:  "Rows of a stream, by its number.",
		Examples: []string{"stream:0", "stream:1,3"}},
	{id: keyResult, Name: "result", Form: FormText, Words: resultWords,
		Meaning:  "Responses by what came of the request.",
		Examples: []string{"result:failure", `result:"path does not exist"`, "result:none"}},
	{id: keyCode, Name: "code", Form: FormCode,
		Meaning:  "Responses by their result code.",
		Examples: []string{"code:fff0ffe9", "-code:0"}},
	{id: keyLatency, Name: "latency", Form: FormDuration, Place: InLatency,
		Meaning:  "Responses by the time since their request; in " + string(unitNames(nil, durationUnits, false)) + ".",
		Examples: []string{"latency:>5ms", "latency:100us..1ms"}},
	{id: keySize, Name: "size", Form: FormSize,
		Meaning:  "Messages and written data by their length in bytes; k, M and G are powers of 1,024.",
		Examples: []string{"size:>64k", "size:72"}},
	{id: keyTime, Name: "time", Form: FormTime, Place: InTime,
		Meaning:  "Rows by their time.",
		Examples: []string{"time:1.2s..1.9s", "time:>1:02.5"}},
	{id: keyFD, Name: "fd", Form: FormNumber, Words: []Word{{Name: "unknown", Meaning: "a descriptor whose opening was not seen"}},
		Meaning:  "Messages that name a descriptor, or give one.",
		Examples: []string{"fd:3", "fd:unknown"}},
	{id: keyKind, Name: "kind", Form: FormName, Words: kindWords, Place: Nowhere,
		Meaning:  "Rows of a kind.",
		Examples: []string{"kind:request", "-kind:written", "kind:unknown"}},
	{id: keyDir, Name: "dir", Form: FormName, Words: directionWords, Place: Nowhere,
		Meaning:  "Rows of one direction, or diagnostics about it.",
		Examples: []string{"dir:client"}},
	{id: keyDiag, Name: "diag", Form: FormName, Words: findingWords(),
		Meaning:  "Diagnostics: what is missing or odd in the conversation.",
		Examples: []string{"diag:*", "diag:bytes-missing"}},
	{id: keyPacket, Name: "packet", Form: FormNumber, Place: InPacket,
		Meaning:  "Rows by the number of the packet at which they could be delivered; in logs and event files, of the line.",
		Examples: []string{"packet:9114", "packet:100..200"}},
	{id: keyNo, Name: "no", Form: FormNumber, Place: InNumber,
		Meaning:  "Rows by their number.",
		Examples: []string{"no:1200..1400"}},
	{id: keyNote, Name: "note", Form: FormText, Words: noteWords, Place: Nowhere,
		Meaning:  "Rows by the notes and marks on them.",
		Examples: []string{"note:why", "note:*", "note:marked"}},
}

// KeyNamed is the key with a name, nil when there is none.
func KeyNamed(name string) *Key {
	for i := range Keys {
		if Keys[i].Name == name {
			return &Keys[i]
		}
	}
	return nil
}

func operationWords() (words []Word) {
	for _, s := range sata.Commands {
		w := Word{Name: s.Name, Meaning: s.Meaning}
		if s.LogName != "" && s.LogName != s.Name {
			w.Also = []string{s.LogName}
		}
		words = append(words, w)
	}
	return append(words, Word{Name: unknownName, Meaning: "messages whose command could not be read"})
}

const (
	wordSuccess = "success"
	wordFailure = "failure"
	wordNone    = "none"
)

var resultWords = []Word{
	{Name: wordFailure, Also: []string{"failed", "error"}, Meaning: "the request failed; the end of a folder's listing is no failure, nor is the count of bytes that a WriteFile answers"},
	{Name: wordSuccess, Also: []string{"ok"}, Meaning: "the request succeeded"},
	{Name: wordNone, Also: []string{"unanswered"}, Meaning: "requests that were never answered"},
}

const kindUnknown = "unknown"

var kindWords = []Word{
	walcore.Request:    {Name: "request", Meaning: "what the client asked"},
	walcore.Response:   {Name: "response", Meaning: "what the server answered"},
	walcore.Written:    {Name: "written", Also: []string{"data"}, Meaning: "the data of a WriteFile"},
	walcore.Diagnostic: {Name: "diagnostic", Also: []string{"finding"}, Meaning: "what is missing or odd"},
	4:                  {Name: kindUnknown, Meaning: "messages that the log prints as Unknown"},
}

var directionWords = []Word{
	{Name: "client", Also: []string{"in"}, Meaning: "what the client sent"},
	{Name: "server", Also: []string{"out"}, Meaning: "what the server sent"},
}

func findingWords() (words []Word) {
	for _, c := range walcore.Codes() {
		words = append(words, Word{Name: c.Name, Meaning: withoutSlots(c.Sentence)})
	}
	return words
}

// withoutSlots is a finding's sentence with … for what is filled in.
func withoutSlots(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '{' {
			b = append(b, s[i])
			continue
		}
		for i < len(s) && s[i] != '}' {
			i++
		}
		b = append(b, "…"...)
	}
	return string(b)
}
