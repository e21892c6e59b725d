package sata

import (
	"strconv"
	"strings"
)

// A Length is how long a message is by the rules of docs/protocol.md, section 2,
// and why. Everything that tells of lengths says it in these words.
type Length struct {
	Bytes uint64 // of the whole message
	Exact bool   // false where the rules allow more: what follows is then ignored
	Why   []string
}

// String is the reason as text: its sentences, in which a piece between
// backquotes is a number or bytes, as they stand in the message or a rule.
func (l Length) String() string { return strings.Join(l.Why, " ") }

// WithArticle is the name of a command or message with "a" or "an" before it.
func WithArticle(name string) string {
	if name != "" && strings.ContainsRune("AEIOU", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

// A Piece is a part that a message is made of.
type Piece struct {
	Name  string
	Bytes int
}

// size is how many bytes p has, as texts write it: of what stands before every
// body in hex, as its offsets do.
func (p Piece) size() string {
	if p == header || p == commandInfo {
		return "`0x" + strconv.FormatInt(int64(p.Bytes), 16) + "`"
	}
	return "`" + strconv.Itoa(p.Bytes) + "`"
}

var header, commandInfo = Piece{"header", HeaderSize}, Piece{"command info", CommandInfoSize}

func sum(pieces []Piece) (n int) {
	for _, p := range pieces {
		n += p.Bytes
	}
	return n
}

// RequestPieces are what a request of a known command is made of.
func RequestPieces(c Command) []Piece {
	pieces := []Piece{header, commandInfo}
	for _, f := range c.Spec().Fields {
		pieces = append(pieces, Piece{f.Name, f.Length})
	}
	return pieces
}

// ResponsePieces are what is read of a response of a shape with a result code; an
// info block is one piece. Not for ShapeRead and ShapeUnknown.
func ResponsePieces(shape Shape, result Result) []Piece {
	pieces := []Piece{header, {"result code", 4}}
	spec := shape.Spec()
	if result != Success && spec.Short > 0 {
		return pieces
	}
	for at := 1; at < len(spec.Fields); at++ {
		f := &spec.Fields[at]
		if f.Slot != SlotFlags {
			pieces = append(pieces, Piece{f.Name, f.Length})
			continue
		}
		pieces = append(pieces, Piece{"info block", InfoSize})
		for at+1 < len(spec.Fields) && spec.Fields[at+1].End() <= f.Offset+InfoSize {
			at++
		}
	}
	return pieces
}

// RequestLength is how long a request of a known command is.
func RequestLength(c Command) Length {
	s, pieces := c.Spec(), RequestPieces(c)
	n := sum(pieces)
	why := "A" + WithArticle(s.Name)[1:] + " has a header (" + header.size() + ")"
	for _, p := range pieces[1:] {
		why += ", " + p.Name + " (" + p.size() + ")"
	}
	l := Length{Bytes: uint64(n), Exact: s.Slack == 0, Why: []string{why + ": `" + strconv.Itoa(n) + "` bytes."}}
	switch {
	case len(s.Fields) == 0:
		l.Why[0] = strings.Replace(l.Why[0], ", command", " and command", 1)
		l.Why = append(l.Why, "It has no body.")
	case s.Slack > 0:
		l.Why = append(l.Why, "Up to `"+strconv.Itoa(s.Slack)+"` bytes more may follow; they are ignored.")
	}
	return l
}

// ResponseLength is how long a response of a shape is with a result code. Not for
// ShapeRead and ShapeUnknown, from which no length follows.
func ResponseLength(shape Shape, result Result) Length {
	spec, pieces := shape.Spec(), ResponsePieces(shape, result)
	n := sum(pieces)
	why := "It has a header (" + header.size() + ")"
	for i, p := range pieces[1:] {
		if i == len(pieces)-2 {
			why += " and the "
		} else {
			why += ", the "
		}
		why += p.Name + " (" + p.size() + ")"
	}
	why += ": `" + strconv.Itoa(n) + "` bytes"
	switch {
	case result != Success && spec.Short > 0:
		return Length{Bytes: uint64(n), Why: []string{why + ".", "After a failure nothing else is read, so more may follow."}}
	case !spec.Exact:
		return Length{Bytes: uint64(n), Why: []string{why + " or more; what follows is ignored."}}
	}
	return Length{Bytes: uint64(n), Exact: true, Why: []string{why + "."}}
}

// FirstReadFrom says where the first read size in force is known from.
type FirstReadFrom uint8

// Where a first read size is known from.
const (
	FromPing  FirstReadFrom = iota // the last Ping told it
	FromRead                       // no Ping was recorded, but an earlier read showed it
	FromUsual                      // neither: it is the usual one
)

// A ReadAnswer is what the length of an answer to a ReadFile depends on, with
// fast file I/O.
type ReadAnswer struct {
	Total     uint64 // bytes that the request asked for: block count × block size
	FirstRead uint32
	Form      ReadForm // of the answer's first 32 bytes
	Word      uint32   // the u32 at 0x20 of the answer
	From      FirstReadFrom
	Asked     string // how Total came to be, as "1 × 4096"; "" for just the number
}

// Asks begins the sentence of [ReadAnswer.Length] that derives the length from
// what was asked for.
const Asks = "The request"

// Length is how long the answer is, by the server's rule. ok is false for an
// answer of no form of fast file I/O, which says its length in a header.
func (r ReadAnswer) Length() (l Length, ok bool) {
	word := strconv.FormatUint(uint64(r.Word), 10)
	least := min(r.Total, uint64(r.FirstRead))
	switch r.Form {
	case ReadFailed:
		return Length{ReadHeadSize, true, []string{
			"It begins with `C4 00 FE 00 20`: the read failed.", "Such an answer is always `0x24` = `36` bytes long: 32 that say so, and the result code.",
		}}, true
	case ReadFirst:
		return Length{ReadHeadSize + least, true, []string{
			r.rule(least), "It begins with `C4 00 24 02`: data follows, and the number at `0x20` is the length of the whole file: `" + word + "`.",
		}}, true
	case ReadZeros:
		follow := max(least, uint64(r.Word))
		return Length{ReadHeadSize + follow, true, []string{
			"Its first 32 bytes are zeros: the server's buffer had grown, and the number at `0x20` says how many bytes of the file follow: `" + word + "`.", r.rule(follow),
		}}, true
	}
	return Length{}, false
}

// rule tells how the number of bytes behind the head follows from what was asked
// for and from the first read size.
func (r ReadAnswer) rule(follow uint64) string {
	first := uint64(r.FirstRead)
	asked := r.Asked
	if asked == "" {
		asked = strconv.FormatUint(r.Total, 10)
	}
	than := ", fewer than "
	switch {
	case r.Total == first:
		than = ", just as many as "
	case r.Total > first:
		than = ", more than "
	}
	size := strconv.FormatUint(first, 10)
	s := Asks + " asked for `" + asked + "` bytes" + than
	switch r.From {
	case FromPing:
		s += "the first read size of the last Ping (`" + size + "`)"
	case FromRead:
		s += "the first read size that an earlier read showed (`" + size + "`; no Ping was recorded)"
	default:
		s += "the usual first read size (`" + size + "`; no Ping was recorded)"
	}
	if follow > min(r.Total, first) {
		s += "; the smaller of the two is less than what follows by itself"
	}
	n := strconv.FormatUint(follow, 10)
	return s + ", so the answer is `0x24 + " + n + "` = `" + strconv.FormatUint(ReadHeadSize+follow, 10) + "` bytes."
}
