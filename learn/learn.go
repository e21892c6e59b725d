// Package learn is what the page teaches with: where the reference explains a
// thing, a frame builder, a tour of a conversation, its state machine as a
// diagram, and a quiz. It holds the data and the rules; how they look is the
// page's affair.
//
// The parts, each in a file of its own:
//
//   - address.go says where the reference pages explain a command, a field, a
//     line, a result code or a diagnostic. cmd/gen writes the pages with the same
//     functions, so links can't miss.
//   - builder.go takes a [Frame] apart into fields that people can edit (value.go)
//     and puts it together again; chain.go plays several as a conversation and
//     carries them in links (runs.go), code.go writes bytes as hex, C, Go and Rust.
//   - length.go tells how long an answer is and why ([Length]).
//   - machine.go draws the conversation of a stream as a [Diagram] and says which
//     of its arrows a record takes.
//   - tour.go is the [Tour]; its ten chapters (tour_chapters.go) find their examples
//     in whatever conversation they are given.
//   - quiz.go makes [Question] values (question.go) from a conversation, the same
//     for the same seed; hint.go says to a wrong answer what it would be right for.
//
// Everything works on a [Conversation]: a decoded log and a way to read the
// bytes of a message. Texts are plain English; in them a piece between
// backquotes is to be shown as code.
package learn

import (
	"strconv"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// A Conversation is what is taught about: a log, and where the bytes behind its
// records are read.
type Conversation struct {
	Log  *walcore.Log
	Rest walcore.Rest // as of walcore.Log.WriteTo
}

// maxBytes bounds how much of one message is read.
const maxBytes = 1 << 20

// Bytes are the first n bytes of the message of record i, all of them when it
// has fewer. Records without bytes (diagnostics) have none.
func (c Conversation) Bytes(i, n int) ([]byte, error) {
	r := c.Log.At(i)
	if r.Kind == walcore.Diagnostic {
		return nil, nil
	}
	n = int(min(uint64(n), r.Length, maxBytes))
	if kept := c.Log.Kept(r); len(kept) >= n {
		return kept[:n:n], nil
	}
	if c.Rest == nil || r.Flags&walcore.FlagNoData != 0 {
		return nil, errNoBytes
	}
	return c.Rest(nil, r, 0, n)
}

// Line is the log's line of record i.
func (c Conversation) Line(i int) string { return string(c.Log.AppendText(nil, i)) }

type learnError string

func (e learnError) Error() string { return string(e) }

const errNoBytes = learnError("the bytes of this message can't be read again: open the capture itself")

// A Mark is a range of a message's bytes that a text speaks of.
type Mark struct {
	Offset int // from the message's first byte
	Length int
	Label  string
}

// End is the offset of the first byte after m.
func (m Mark) End() int { return m.Offset + m.Length }

// Hex is a number as the texts write it: 0x and at least two digits.
func Hex(n uint64) string {
	s := strconv.FormatUint(n, 16)
	if len(s) < 2 {
		s = "0" + s
	}
	return "0x" + s
}

// code8 is a result code as texts write it: all eight digits.
func code8(r sata.Result) string {
	s := strings.ToUpper(strconv.FormatUint(uint64(r), 16))
	return "0x" + "00000000"[:8-len(s)] + s
}

// Count is a number with its thousands set apart.
func Count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

func count(n uint64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}
