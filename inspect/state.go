package inspect

import (
	"maps"
	"slices"

	"satascope/sata"
	"satascope/walcore"
)

// Setting is whether something is on, as far as the conversation has told.
type Setting uint8

// The settings.
const (
	Untold Setting = iota // nothing before this row told
	Off
	On
	AssumedOff // taken to be so, because the conversation's beginning was not recorded
	AssumedOn
)

func (s Setting) String() string {
	return [...]string{"not known yet", "off", "on", "taken to be off", "taken to be on"}[s]
}

// On says whether it is on, or taken to be.
func (s Setting) On() bool { return s == On || s == AssumedOn }

// State is what was open and what waited when a row had been seen.
type State struct {
	Row          int
	Streams      []StreamState // in the order in which they appeared
	Files        []OpenFile    // by stream and descriptor
	Folders      []OpenFolder
	Waiting      []uint32 // rows of requests without a response so far, oldest first
	WaitingTotal int      // how many there are, where Waiting has only the first
}

// StreamState is what was agreed on in a stream. Its beginning and end are no
// rows, so Ended only says that no row of it follows.
type StreamState struct {
	Stream         uint32
	FFIO           Setting // fast file I/O
	CSR            Setting // combined send and receive
	FirstRead      uint32  // the first read size in force, in bytes
	FirstReadKnown bool    // a Ping told it, or a read showed it; else it is the usual one
	FirstWrite     uint32  // 0 while no Ping told it
	Pinged         bool    // a Ping was seen
	Files, Folders int     // open
	Waiting        int     // requests
	Ended          bool
	Unsure         uint32 // the row of the finding since which responses answer what is likeliest; 0 while their requests are sure
}

// An OpenFile is an open file. What can't be told from the rows is -1: a
// position after a failed move, in a file opened for appending, or in one that
// was open before the conversation was recorded.
type OpenFile struct {
	Stream   uint32
	FD       int32
	Path     uint32 // see walcore.Log.Text
	Mode     uint32 // likewise; the empty text when its opening was not recorded
	Opened   uint32 // the row of the response that opened it, or None
	Position int64  // bytes from the beginning, or -1
	Length   int64  // of the file, or -1
	Reads    uint32 // that brought data
	Writes   uint32
	Read     uint64 // bytes; an upper bound where the position was not known
	Written  uint64
	Unsure   uint32 // the row of the finding since which the path may be another's; 0 while it is sure

	sureFrom int // how many such findings of its stream there were before it was opened
}

// An OpenFolder is an open folder.
type OpenFolder struct {
	Stream  uint32
	FD      int32
	Path    uint32
	Opened  uint32
	Items   uint32 // read so far
	Rewinds uint32
	AtEnd   bool   // the last answer was that there are no more
	Unsure  uint32 // as that of an OpenFile

	sureFrom int // likewise
}

// maxWaiting bounds how many waiting requests a State lists.
const maxWaiting = 1000

const (
	firstSpacing = 1 << 14
	// maxEntries bounds what all snapshots hold together: open files, folders and
	// streams, of some 100 bytes each. When there is more, every other snapshot
	// goes, and the way from one to a row gets longer.
	maxEntries = 1 << 18
)

// A snapshot is the state before a row.
type snapshot struct {
	row     int
	replay  replay
	entries int
}

// snapshot keeps the state before row i.
func (x *Index) snapshot(i int) {
	s := snapshot{row: i, replay: x.live.clone(), entries: x.live.entries()}
	x.snapshots = append(x.snapshots, s)
	x.entries += s.entries
	for x.entries > maxEntries && len(x.snapshots) > 1 {
		x.spacing *= 2
		x.entries = 0
		x.snapshots = slices.DeleteFunc(x.snapshots, func(s snapshot) bool {
			if s.row%x.spacing != 0 {
				return true
			}
			x.entries += s.entries
			return false
		})
	}
}

// seek is the state before row i. It must not be changed, and holds until the
// next seek. Going forward is cheap: it steps on from where the last one ended.
func (x *Index) seek(i int) *replay {
	x.reach(i - 1)
	k, found := slices.BinarySearchFunc(x.snapshots, i, func(s snapshot, row int) int { return s.row - row })
	if !found {
		k--
	}
	if k < 0 {
		x.cursor, x.cursorRow = newReplay(x.log), 0
		return &x.cursor
	}
	if s := &x.snapshots[k]; x.cursor.log == nil || x.cursorRow > i || x.cursorRow < s.row {
		x.cursor, x.cursorRow = s.replay.clone(), s.row
	}
	for ; x.cursorRow < i; x.cursorRow++ {
		x.cursor.step(uint32(x.cursorRow), x.log.At(x.cursorRow))
	}
	return &x.cursor
}

// State is the state when row i had been seen. Of a row beyond the last it is
// that of the last.
func (x *Index) State(i int) State {
	i = min(i, x.log.Len()-1)
	p := x.seek(i + 1)
	s := State{Row: i}
	waitingFrom := i + 1
	slot := map[uint32]int{} // of streams in which something may wait
	for k := range p.streams {
		st := &p.streams[k]
		told := st.StreamState
		told.Files, told.Folders = len(st.files), len(st.folders)
		if l := x.laneAt(st.Stream); l != nil {
			told.Ended = int(l.rows[len(l.rows)-1]) <= i
		}
		s.Streams = append(s.Streams, told)
		if st.waiting > 0 {
			waitingFrom = min(waitingFrom, int(st.front))
			slot[st.Stream] = k
		}
		for fd, f := range st.files {
			f.Stream, f.FD = st.Stream, fd
			f.Length, f.Unsure = p.lengthOf(f.Path), st.unsure(f.sureFrom)
			s.Files = append(s.Files, f)
		}
		for fd, f := range st.folders {
			f.Stream, f.FD, f.Unsure = st.Stream, fd, st.unsure(f.sureFrom)
			s.Folders = append(s.Folders, f)
		}
	}
	slices.SortFunc(s.Files, func(a, b OpenFile) int { return byDescriptor(a.Stream, b.Stream, a.FD, b.FD) })
	slices.SortFunc(s.Folders, func(a, b OpenFolder) int { return byDescriptor(a.Stream, b.Stream, a.FD, b.FD) })
	k, may, last := 0, false, uint32(0) // of the stream of the row before
	for row := waitingFrom; row <= i; row++ {
		r := x.log.At(row)
		if r.Kind != walcore.Request {
			continue
		}
		if !may || r.Stream != last {
			last = r.Stream
			k, may = slot[last]
		}
		if !may || uint32(row) < p.streams[k].front || r.Partner != None && int(r.Partner) <= i {
			continue
		}
		s.Streams[k].Waiting++
		if s.WaitingTotal++; len(s.Waiting) < maxWaiting {
			s.Waiting = append(s.Waiting, uint32(row))
		}
	}
	return s
}

func byDescriptor(s1, s2 uint32, fd1, fd2 int32) int {
	if s1 != s2 {
		return int(int64(s1) - int64(s2))
	}
	return int(int64(fd1) - int64(fd2))
}

// Stream is the state of one stream in s, nil when it has not appeared yet.
func (s State) Stream(id uint32) *StreamState {
	for i := range s.Streams {
		if s.Streams[i].Stream == id {
			return &s.Streams[i]
		}
	}
	return nil
}

// dataOf is how many bytes of a file the answer to a ReadFile in row i brought,
// without padding. Where it can't be told where in the file the read began, and
// so where the file ended, it is an upper bound and sure is false.
func (x *Index) dataOf(i int) (n uint64, sure bool) {
	r := x.log.At(i)
	if r.Line == walcore.LineUnknown {
		n, _ = r.Transferred()
		return n, true
	}
	if r.Line != walcore.LineRead || Failed(r) || r.Partner == None {
		return 0, true
	}
	// Most reads are far from a file's end, and need no state.
	asked := total(x.log.At(int(r.Partner)))
	if n, sure := dataRead(x.log, r, asked, -1); sure {
		return n, true
	}
	q := x.log.At(int(r.Partner))
	from := int64(-1)
	p := x.seek(i)
	if st := p.known(r.Stream); st != nil {
		if f, open := st.files[q.FD]; open {
			from = p.moved(&f, q, true)
		}
	}
	return dataRead(x.log, r, asked, from)
}

// dataRead is how many bytes of the file an answer to a ReadFile of asked bytes
// brought, when it read from a position on, or from an unknown one: -1.
func dataRead(log *walcore.Log, r *walcore.Record, asked uint64, from int64) (n uint64, sure bool) {
	there := uint64(0) // bytes after the head, padding included
	if r.Length > sata.ReadHeadSize {
		there = r.Length - sata.ReadHeadSize
	}
	return dataBehind(readForm(log, r), uint64(r.B), there, asked, from)
}

// dataBehind is likewise of an answer of a form with a number, its word, behind
// it and then as many bytes as are there.
func dataBehind(form sata.ReadForm, word, there, asked uint64, from int64) (n uint64, sure bool) {
	switch {
	case form == sata.ReadZeros:
		return min(word, there), true
	case form != sata.ReadFirst:
		return there, false
	case word == 0 || asked == 0:
		return 0, true
	case from < 0:
		return min(asked, word, there), false
	case uint64(from) >= word:
		return 0, true
	default:
		return min(asked, word-uint64(from), there), true
	}
}

// readForm is the form of an answer to a ReadFile.
func readForm(log *walcore.Log, r *walcore.Record) sata.ReadForm {
	var head [0x20]byte
	n := copy(head[:], log.Text(r.Path2))
	form, _ := sata.FormOf(head[:n])
	return form
}

func cloneMap[K comparable, V any](m map[K]V) map[K]V {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}
