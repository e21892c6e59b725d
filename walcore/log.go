package walcore

import "sort"

// chunk is how many records stand together. Chunks, and not one growing slice:
// in a browser memory that was once used never goes back.
const chunk = 1 << 13

// Limits bound what a log may hold. Zero fields take the default.
type Limits struct {
	Records int // lines; 50 million (3.6 GB)
	Text    int // bytes of interned texts; 256 MiB
	Waiting int // requests of one stream that wait for their responses; 2 million
	Arena   int // bytes of Unknown messages kept; 256 MiB. Beyond it they are read again from the file.
}

func (l Limits) orDefaults() Limits {
	if l.Records == 0 {
		l.Records = 50_000_000
	}
	if l.Text == 0 {
		l.Text = 256 << 20
	}
	if l.Waiting == 0 {
		l.Waiting = 2_000_000
	}
	if l.Arena == 0 {
		l.Arena = 256 << 20
	}
	return l
}

// A Log holds records, the texts and the bytes that they refer to. It is
// written by one Machine; any number may read it when the Machine rests.
type Log struct {
	limits  Limits
	chunks  [][]Record
	n       int
	texts   []string
	notes   []writtenNote // of a log that was read, in their order
	ids     map[string]uint32
	textLen int
	arena   []byte
	full    string

	// Of a log that was opened again (see Parser): lines that can't be made from
	// their records, by their indexes, and that the last one has no line break.
	kept    []keptText
	openEnd bool

	diagnostics   int
	compatibleEnd int // the index of the diagnostic at which the reference stops, -1 while it has not
}

// NewLog makes an empty log.
func NewLog(limits Limits) *Log {
	return &Log{limits: limits.orDefaults(), texts: []string{""}, ids: map[string]uint32{"": 0}, compatibleEnd: -1}
}

// Len is the number of records.
func (l *Log) Len() int { return l.n }

// At is record i. It may be changed only by the log's Machine.
func (l *Log) At(i int) *Record { return &l.chunks[i/chunk][i%chunk] }

// Diagnostics is how many of the records are diagnostics.
func (l *Log) Diagnostics() int { return l.diagnostics }

// Full is "" or the limit that was reached; from then on nothing is recorded.
func (l *Log) Full() string { return l.full }

// Text is the text with a number that a record holds.
func (l *Log) Text(id uint32) string { return l.texts[id] }

// Texts is how many texts there are; their numbers are 0 (the empty text) to
// Texts()-1.
func (l *Log) Texts() int { return len(l.texts) }

// Kept is what is kept of an Unknown message's bytes: all of them, or those
// that fit.
func (l *Log) Kept(r *Record) []byte {
	if r.Line != LineUnknown {
		return nil
	}
	return l.arena[r.A : r.A+uint64(r.B)]
}

// CompatibleEnd is the index of the record at which the reference would have
// stopped for good, or Len() when it would not.
func (l *Log) CompatibleEnd() int {
	if l.compatibleEnd >= 0 {
		return l.compatibleEnd
	}
	return l.n
}

// Stopped says whether the reference would have stopped (at CompatibleEnd).
func (l *Log) Stopped() bool { return l.compatibleEnd >= 0 }

// Compatible says whether the compatible log has the line of record i.
func (l *Log) Compatible(i int) bool {
	return (l.compatibleEnd < 0 || i < l.compatibleEnd) && l.At(i).Flags&flagCompatible != 0
}

func (l *Log) append(r Record) uint32 {
	if l.full != "" {
		return None
	}
	if l.n >= l.limits.Records {
		l.full = "records"
		return None
	}
	if l.n%chunk == 0 {
		l.chunks = append(l.chunks, make([]Record, 0, chunk))
	}
	if r.Kind == Diagnostic {
		l.diagnostics++
	}
	last := &l.chunks[len(l.chunks)-1]
	*last = append(*last, r)
	l.n++
	return uint32(l.n - 1)
}

// A keptText is the text of a record's line, as it was read.
type keptText struct{ index, text uint32 }

// keepText keeps the text of the last record's line.
func (l *Log) keepText(index uint32, line []byte) {
	l.kept = append(l.kept, keptText{index, l.intern(line)})
}

// keptText is the text of record i's line, if it is kept.
func (l *Log) keptText(i int) (string, bool) {
	if len(l.kept) == 0 {
		return "", false
	}
	at := sort.Search(len(l.kept), func(k int) bool { return l.kept[k].index >= uint32(i) })
	if at == len(l.kept) || l.kept[at].index != uint32(i) {
		return "", false
	}
	return l.texts[l.kept[at].text], true
}

func (l *Log) intern(b []byte) uint32 {
	if id, ok := l.ids[string(b)]; ok {
		return id
	}
	if l.textLen+len(b) > l.limits.Text {
		l.full = "texts"
		return 0
	}
	return l.adopt(string(b))
}

// keep copies the first bytes of a message into the arena.
func (l *Log) keep(b []byte) (at uint64, n uint32) {
	if l.full != "" {
		return 0, 0 // there will be no record of it
	}
	b = b[:min(len(b), MaxKept, l.limits.Arena-len(l.arena))]
	at = uint64(len(l.arena))
	l.arena = append(l.arena, b...)
	return at, uint32(len(b))
}
