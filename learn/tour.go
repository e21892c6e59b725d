package learn

import (
	"encoding/binary"
	"sort"
	"strconv"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// A Chapter is a part of the tour. What it shows is found in a conversation by
// what the records are, so it works on the bundled example and on any capture
// that has such an exchange.
type Chapter struct {
	ID    string // stable, for links and for remembering what was done
	Title string
	Lead  string // what one will know after it
	Needs string // what a conversation must have for it, to go on "it takes "
	steps func(g *guide) []Step
}

// A Step shows one thing of one message.
type Step struct {
	Row      int       // the record to select
	Marks    []Mark    // the bytes to light
	Text     string    // pieces between backquotes are code
	Changes  []string  // what the message changed, when the step is the last about it
	Question *Question // asked before the next step
	Address  string    // where the reference tells more
}

// Tour are the chapters, in their order: each needs only what those before it
// told.
var Tour = []Chapter{
	{"hello", "Hello", "Who talks, what a message is, and how the two sides agree on what they can do.", "a request and its response", hello},
	{"paths", "Asking about paths", "How a request carries a path, and how a response tells what is there.", "a request with a path", paths},
	{"folder", "Reading a folder", "Descriptors: a number instead of a path. And an error that is none.", "a folder that is opened", folder},
	{"file", "Reading a file", "Open, ask, read, close; and a response that has no header.", "a ReadFile with fast file I/O on, before the server's buffer grew", readingFile},
	{"padding", "Padding", "Why an answer can be longer than the file.", "a ReadFile that got less than it asked for", padding},
	{"grow", "A buffer that grows", "What happens when more is read than the first read size.", "a ReadFile that brought more than the first read size of the Ping", growing},
	{"write", "Writing", "Data without a header, and a size that looks like an error.", "a WriteFile, its data and its response", writing},
	{"descriptors", "Descriptors live and die", "The same number, another file.", "a file that is opened, or a descriptor that is not known", descriptors},
	{"pipelining", "Pipelining", "Asking again before the answer is there.", "two requests of which the second came before the first was answered", pipelining},
	{"wrong", "When things go wrong", "What failures look like, and which of them are none.", "a response that says failure", goingWrong},
}

// ChapterNamed is the chapter with an ID, nil when there is none.
func ChapterNamed(id string) *Chapter {
	for i := range Tour {
		if Tour[i].ID == id {
			return &Tour[i]
		}
	}
	return nil
}

// Steps are the chapter's steps in a conversation. ok is false when the
// conversation has no example of what the chapter is about.
func (ch *Chapter) Steps(c Conversation) (steps []Step, ok bool) {
	g := &guide{c: c, log: c.Log, walk: NewWalk(c.Log)}
	steps = ch.steps(g)
	for i := range steps {
		if i+1 == len(steps) || steps[i].Row != steps[i+1].Row {
			steps[i].Changes = g.walk.At(steps[i].Row).Changes
		}
		if q := steps[i].Question; q != nil {
			q.Row = steps[i].Row
			if q.Address == "" {
				q.Address = steps[i].Address
			}
		}
	}
	return steps, len(steps) > 0
}

// A guide finds its way in a conversation.
type guide struct {
	c     Conversation
	log   *walcore.Log
	walk  *Walk
	pings map[uint32][]int // rows of each stream's Pings
}

// read is what record i, an answer to ReadFile, follows from, and how long it
// is. ok is false also when it has another length than the rules give it: then
// it is no example.
func (g *guide) read(i int) (read Read, length Length, ok bool) {
	r := g.log.At(i)
	if r.Line != walcore.LineRead || r.Partner == walcore.None {
		return Read{}, Length{}, false
	}
	if g.pings == nil {
		g.pings = map[uint32][]int{}
		g.find(0, func(i int, r *walcore.Record) bool {
			if r.Kind == walcore.Request && r.Op == uint8(sata.Ping) && r.Line == walcore.LineRequest {
				g.pings[r.Stream] = append(g.pings[r.Stream], i)
			}
			return false
		})
	}
	first := uint32(sata.DefaultFirstRead)
	pings := g.pings[r.Stream]
	n := sort.SearchInts(pings, i)
	if n > 0 {
		first = uint32(g.log.At(pings[n-1]).A >> 32)
	}
	read = g.c.readWith(i, first, n > 0)
	length, ok = read.Length()
	return read, length, ok && length.Bytes == r.Length
}

// find is the first record from a row on that fits, -1 for none. Records whose
// bytes are in no file, such as those of a log that was opened, are no examples.
func (g *guide) find(from int, fits func(i int, r *walcore.Record) bool) int {
	return g.findBefore(g.log.Len(), from, fits)
}

func (g *guide) findBefore(end, from int, fits func(i int, r *walcore.Record) bool) int {
	for i := from; i < min(end, g.log.Len()); i++ {
		if r := g.log.At(i); r.Flags&walcore.FlagNoData == 0 && fits(i, r) {
			return i
		}
	}
	return -1
}

// within is how far behind a record its fellows are looked for, so that a long
// log in which they never come does not take long.
const within = 1 << 14

// near is find that gives up after a while.
func (g *guide) near(from int, fits func(i int, r *walcore.Record) bool) int {
	return g.findBefore(from+within, from, fits)
}

// request says whether r is an answered request of a command, whose line the log
// has.
func request(r *walcore.Record, c sata.Command) bool {
	return r.Kind == walcore.Request && r.Line == walcore.LineRequest && r.Op == uint8(c) && r.Partner != walcore.None
}

// answer is the response to the request at row i.
func (g *guide) answer(i int) *walcore.Record { return g.log.At(int(g.log.At(i).Partner)) }

func (g *guide) answerRow(i int) int { return int(g.log.At(i).Partner) }

// word is the 32-bit number at an offset of a message.
func (g *guide) word(i, offset int) uint32 {
	b, err := g.c.Bytes(i, offset+4)
	if err != nil || len(b) < offset+4 {
		return 0
	}
	return binary.BigEndian.Uint32(b[offset:])
}

// code is a text as a piece of code in a sentence.
func code(s string) string { return "`" + strings.ReplaceAll(s, "`", "'") + "`" }

// path is a record's path as a piece of code, shortened to its end.
func (g *guide) path(id uint32) string {
	s := string(walcore.AppendVisible(nil, g.log.Text(id)))
	if r := []rune(s); len(r) > 60 {
		s = "…" + string(r[len(r)-59:])
	}
	return code(s)
}

// line is a record's line as a choice shows it.
func (g *guide) line(i int) string { return string(walcore.AppendVisible(nil, g.c.Line(i))) }

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

func requestMark(c sata.Command, s sata.Slot) (Mark, string) {
	for i := range c.Spec().Fields {
		if f := &c.Spec().Fields[i]; f.Slot == s {
			return Mark{f.Offset, f.Length, f.Name}, RequestFieldAddress(c, f)
		}
	}
	return Mark{}, CommandAddress(c)
}

func responseMark(c sata.Command, shape sata.Shape, s sata.Slot) (Mark, string) {
	for i := range shape.Spec().Fields {
		if f := &shape.Spec().Fields[i]; f.Slot == s {
			return Mark{f.Offset, f.Length, f.Name}, ResponseFieldAddress(c, shape, f)
		}
	}
	return Mark{}, CommandAddress(c)
}

func headerMark(i int) (Mark, string) {
	f := &sata.HeaderFields[i]
	return Mark{f.Offset, f.Length, f.Name}, HeaderAddress(f)
}

func infoMark(i int) (Mark, string) {
	f := &sata.CommandInfoFields[i]
	return Mark{f.Offset, f.Length, f.Name}, HeaderAddress(f)
}

// textMark is the part of a text's field that its text takes, its NUL included.
func textMark(m Mark, text string) Mark {
	m.Length = min(m.Length, len(text)+1)
	return m
}

// step makes a step with one mark.
func step(row int, m Mark, address, text string) Step {
	return Step{Row: row, Marks: []Mark{m}, Address: address, Text: text}
}

func (s Step) ask(q Question) Step {
	s.Question = &q
	return s
}
