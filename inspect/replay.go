package inspect

import (
	"encoding/binary"
	"slices"

	"satascope/sata"
	"satascope/walcore"
)

// A replay follows the rows of a log and knows what is open. It works from
// records alone: where the log's Machine knew more (a stream that was closed
// and opened again is no row), the records' own paths put it right.
type replay struct {
	log     *walcore.Log
	streams []streamReplay
	slots   map[uint32]int // by stream; nil while the streams' numbers are their places
	files   map[uint32]fileLength
}

type streamReplay struct {
	StreamState
	front   uint32 // no request of a row before this one waits
	before  uint32 // what front was before the last pop
	waiting int32  // how many do, at most: those of a stream that was opened afresh are forgotten, which is no row
	files   map[int32]OpenFile
	folders map[int32]OpenFolder
	doubts  []uint32 // rows of findings that paths of what was open are not sure
}

// fileLength is how long the file behind a path is, kept while it is open
// anywhere: every descriptor of it sees the same end.
type fileLength struct {
	open   int32
	length int64 // -1 while not known
}

func newReplay(log *walcore.Log) replay {
	return replay{log: log, files: map[uint32]fileLength{}}
}

func (p *replay) entries() int {
	n := len(p.streams) + len(p.files)
	for i := range p.streams {
		n += len(p.streams[i].files) + len(p.streams[i].folders)
	}
	return n
}

func (p *replay) clone() replay {
	c := replay{log: p.log, streams: append([]streamReplay(nil), p.streams...), files: cloneMap(p.files), slots: cloneMap(p.slots)}
	if c.files == nil {
		c.files = map[uint32]fileLength{}
	}
	for i := range c.streams {
		s := &c.streams[i]
		s.files, s.folders = cloneMap(s.files), cloneMap(s.folders)
		s.doubts = slices.Clip(s.doubts) // what the copy appends is its own
	}
	return c
}

// known is the state of a stream that has appeared, else nil.
func (p *replay) known(stream uint32) *streamReplay {
	at := int(stream)
	if p.slots != nil {
		slot, ok := p.slots[stream]
		if !ok {
			return nil
		}
		at = slot
	}
	if at < len(p.streams) {
		return &p.streams[at]
	}
	return nil
}

// stream is the state of a stream, made when it appears.
func (p *replay) stream(id uint32) *streamReplay {
	if s := p.known(id); s != nil {
		return s
	}
	if p.slots == nil && int(id) != len(p.streams) {
		// The numbers are not simply 0, 1, 2: from now on a map is needed.
		p.slots = map[uint32]int{}
		for i := range p.streams {
			p.slots[p.streams[i].Stream] = i
		}
	}
	if p.slots != nil {
		p.slots[id] = len(p.streams)
	}
	p.streams = append(p.streams, streamReplay{StreamState: freshStream(id)})
	return &p.streams[len(p.streams)-1]
}

func freshStream(id uint32) StreamState {
	return StreamState{Stream: id, FirstRead: sata.DefaultFirstRead}
}

// step takes one row. Of an answer to a ReadFile it says how many bytes of the
// file it brought, and whether that is sure.
func (p *replay) step(i uint32, r *walcore.Record) (read uint64, sure bool) {
	s := p.stream(r.Stream)
	switch r.Kind {
	case walcore.Request:
		s.waiting++
		p.request(s, r)
	case walcore.Response:
		if r.Partner == None {
			return 0, true
		}
		s.pop(r.Partner)
		if r.Flags&walcore.FlagNoData != 0 {
			s.unordered(i)
		}
		return p.response(s, i, p.log.At(int(r.Partner)), r)
	case walcore.Diagnostic:
		p.finding(s, i, r)
	}
	return 0, true
}

// pop notes that the request of a row waits no longer; responses come in order.
func (s *streamReplay) pop(request uint32) {
	s.before = s.front
	s.front = request + 1
	if s.waiting > 0 {
		s.waiting--
	}
	if s.waiting == 0 {
		s.Unsure = 0
	}
}

// unordered undoes what pop took for granted: in a log that was opened again,
// several streams may be mixed, and a request before the one that was answered
// may still wait.
func (s *streamReplay) unordered(row uint32) {
	if s.front = s.before; s.waiting == 0 {
		s.front = row + 1
	}
}

func (p *replay) request(s *streamReplay, r *walcore.Record) {
	command, ok := r.Command()
	if !ok || unnamed(r) {
		return
	}
	switch command {
	case sata.Ping:
		s.FirstRead, s.FirstReadKnown = uint32(r.A>>32), true
		s.FirstWrite, s.Pinged = uint32(r.A), true
		return
	case sata.ReadFolder, sata.RewindFolder, sata.CloseFolder:
		p.agreeFolder(s, r)
		return
	}
	if namesDescriptor[r.Op] {
		p.agreeFile(s, r)
	}
}

// unnamed says whether a row is about a descriptor that it does not name, as in
// a log that was opened again: then nothing follows for what is open.
func unnamed(r *walcore.Record) bool { return r.Flags&walcore.FlagNoDescriptor != 0 }

// agreeFile makes the open files agree with what the Machine knew of the
// descriptor of a request.
func (p *replay) agreeFile(s *streamReplay, r *walcore.Record) {
	f, open := s.files[r.FD]
	known := r.Flags&walcore.FlagOpen != 0
	if open == known && (!open || f.Path == r.Path) {
		return
	}
	if open {
		p.closeFile(s, r.FD)
	}
	if known {
		p.openFile(s, r.FD, OpenFile{Path: r.Path, Opened: None, Position: -1})
	}
}

func (p *replay) agreeFolder(s *streamReplay, r *walcore.Record) {
	f, open := s.folders[r.FD]
	known := r.Flags&walcore.FlagOpen != 0
	if open == known && (!open || f.Path == r.Path) {
		return
	}
	delete(s.folders, r.FD)
	if known {
		s.openFolder(r.FD, OpenFolder{Path: r.Path, Opened: None})
	}
}

func (p *replay) openFile(s *streamReplay, fd int32, f OpenFile) {
	p.closeFile(s, fd)
	l, ok := p.files[f.Path]
	if !ok {
		l.length = -1
	}
	if mode := p.log.Text(f.Mode); mode != "" && mode[0] == 'w' {
		l.length = 0 // opening it so empties it
	}
	l.open++
	p.files[f.Path] = l
	if s.files == nil {
		s.files = map[int32]OpenFile{}
	}
	f.sureFrom = len(s.doubts)
	s.files[fd] = f
}

func (p *replay) closeFile(s *streamReplay, fd int32) {
	f, ok := s.files[fd]
	if !ok {
		return
	}
	delete(s.files, fd)
	p.release(f.Path)
}

func (p *replay) release(path uint32) {
	l := p.files[path]
	if l.open--; l.open <= 0 {
		delete(p.files, path)
		return
	}
	p.files[path] = l
}

func (s *streamReplay) openFolder(fd int32, f OpenFolder) {
	if s.folders == nil {
		s.folders = map[int32]OpenFolder{}
	}
	f.sureFrom = len(s.doubts)
	s.folders[fd] = f
}

// lengthOf is the length of an open file, -1 while it is not known.
func (p *replay) lengthOf(path uint32) int64 {
	if l, ok := p.files[path]; ok {
		return l.length
	}
	return -1
}

// learn notes the length of a file, if it is open.
func (p *replay) learn(path uint32, length int64) {
	if l, ok := p.files[path]; ok {
		l.length = length
		p.files[path] = l
	}
}

func (p *replay) response(s *streamReplay, i uint32, q, r *walcore.Record) (read uint64, sure bool) {
	command, ok := q.Command()
	switch {
	case !ok:
		return 0, true
	case unnamed(q) && command == sata.ReadFile && r.Line == walcore.LineRead && !r.Failed():
		return dataRead(p.log, r, total(q), -1)
	case unnamed(q):
		return 0, true
	}
	code, has := r.Result()
	success := has && code == sata.Success
	switch command {
	case sata.OpenFile:
		switch {
		case !success || r.Line != walcore.LineDescriptor:
		case r.Flags&walcore.FlagOpen == 0: // it is not sure that it is the response to q
			p.closeFile(s, r.FD)
		default:
			f := OpenFile{Path: q.Path, Mode: q.Path2, Opened: i}
			if mode := p.log.Text(q.Path2); mode != "" && mode[0] == 'a' {
				f.Position = -1 // where appending begins is the server's to know
			}
			p.openFile(s, r.FD, f)
		}
	case sata.OpenFolder:
		switch {
		case !success || r.Line != walcore.LineDescriptor:
		case r.Flags&walcore.FlagOpen == 0:
			delete(s.folders, r.FD)
		default:
			s.openFolder(r.FD, OpenFolder{Path: q.Path, Opened: i})
		}
	case sata.CloseFile:
		if success {
			p.closeFile(s, q.FD)
		}
	case sata.CloseFolder:
		if success {
			delete(s.folders, q.FD)
		}
	case sata.ReadFolder, sata.RewindFolder:
		s.folder(q.FD, command, code, has)
	case sata.ReadFile:
		return p.readFile(s, q, r)
	case sata.WriteFile:
		p.writeFile(s, q, r)
	case sata.SetFilePosition:
		if f, ok := s.files[q.FD]; ok {
			f.Position = p.moved(&f, q, success)
			s.files[q.FD] = f
		}
	case sata.GetFilePosition:
		// The log keeps all of a message that it prints as Unknown.
		if f, ok := s.files[q.FD]; ok && success {
			if b := p.log.Kept(r); len(b) >= sata.HeaderSize+8 {
				f.Position = int64(binary.BigEndian.Uint32(b[sata.HeaderSize+4:]))
				s.files[q.FD] = f
			}
		}
	case sata.StatFile, sata.QueryPath:
		if (r.Line == walcore.LineStat || r.Line == walcore.LineInfo) && r.B&sata.InfoFolder == 0 && q.Flags&walcore.FlagOpen != 0 {
			p.learn(q.Path, int64(r.D))
		}
	case sata.Remove, sata.Rename:
		if success {
			p.learn(q.Path, -1)
			if command == sata.Rename {
				p.learn(q.Path2, -1)
			}
		}
	case sata.Ping:
		if r.Line == walcore.LinePong {
			s.FFIO, s.CSR = setting(r.Flags&walcore.FlagFFIO != 0), setting(r.Flags&walcore.FlagCSR != 0)
		}
	}
	return 0, true
}

func setting(on bool) Setting {
	if on {
		return On
	}
	return Off
}

func (s *streamReplay) folder(fd int32, command sata.Command, code sata.Result, has bool) {
	f, ok := s.folders[fd]
	if !ok || !has {
		return
	}
	switch {
	case command == sata.ReadFolder && code == sata.Success:
		f.Items++
		f.AtEnd = false
	case command == sata.ReadFolder:
		f.AtEnd = code == sata.NoMoreItems
	case code == sata.Success:
		f.Rewinds++
		f.AtEnd = false
	}
	s.folders[fd] = f
}

// moved is where a file's position is after the move that a request asks for.
// A server that answers with a failure may have moved or not.
func (p *replay) moved(f *OpenFile, q *walcore.Record, success bool) int64 {
	switch move := sata.Move(q.D); {
	case move == sata.MoveNowhere:
		return f.Position
	case !success:
		return -1
	case move == sata.MoveBegin:
		return 0
	case move == sata.MoveEnd:
		return p.lengthOf(f.Path)
	default:
		return int64(move)
	}
}

func (p *replay) readFile(s *streamReplay, q, r *walcore.Record) (read uint64, sure bool) {
	f, open := s.files[q.FD]
	if !open {
		f = OpenFile{Position: -1, Path: q.Path}
	}
	data, inside := r.Transferred() // without fast file I/O
	success := (r.Line == walcore.LineRead || inside) && !r.Failed()
	from := p.moved(&f, q, success)
	if !success {
		if f.Position = from; r.Line != walcore.LineRead && !Failed(r) {
			f.Position = -1 // an answer that can't be read may have read anything
		}
		if open {
			s.files[q.FD] = f
		}
		return 0, true
	}
	asked := total(q)
	first := false
	if inside {
		read, sure = data, true
	} else {
		read, sure = dataRead(p.log, r, asked, from)
		first = readForm(p.log, r) == sata.ReadFirst
	}
	if open {
		if first {
			p.learn(f.Path, int64(r.B))
		}
		f.Position = -1
		if from >= 0 && sure {
			f.Position = from + int64(read)
			if !first && read < asked {
				p.learn(f.Path, f.Position)
			}
		}
		f.Reads++
		f.Read += read
		s.files[q.FD] = f
	}
	return read, sure
}

func (p *replay) writeFile(s *streamReplay, q, r *walcore.Record) {
	f, open := s.files[q.FD]
	if !open {
		return
	}
	code, has := r.Result()
	success := has && !code.FailsFor(sata.WriteFile)
	from := p.moved(&f, q, success)
	length := p.lengthOf(f.Path)
	mode := p.log.Text(f.Mode)
	appending := mode != "" && mode[0] == 'a'
	if appending && success {
		from = length // whatever the position was
	}
	f.Position = from
	if success {
		n := int64(code)
		f.Writes++
		f.Written += uint64(n)
		switch {
		case from >= 0:
			f.Position = from + n
			if length >= 0 {
				p.learn(f.Path, max(length, f.Position))
			}
		case n > 0:
			p.learn(f.Path, -1)
		}
	} else if !Failed(r) {
		f.Position = -1
	}
	s.files[q.FD] = f
}

// finding takes what a finding tells of a stream.
func (p *replay) finding(s *streamReplay, i uint32, r *walcore.Record) {
	switch walcore.Code(r.Op) {
	case walcore.CodeStreamNotOpen: // the Machine opens it afresh here
		p.closeAll(s)
		*s = streamReplay{StreamState: freshStream(r.Stream)}
	case walcore.CodeAnswerLost:
		if r.Partner != None {
			s.pop(r.Partner)
			switch q := p.log.At(int(r.Partner)); sata.Command(q.Op) {
			case sata.CloseFile:
				p.closeFile(s, q.FD)
			case sata.CloseFolder:
				delete(s.folders, q.FD)
			}
		}
	case walcore.CodeUnanswered: // the stream ends here
		if r.Partner != None {
			s.pop(r.Partner)
		}
		p.closeAll(s)
	case walcore.CodeNoBeginning, walcore.CodeNoPing:
		s.FirstRead = uint32(r.A)
		s.FFIO = AssumedOff
		if r.B != 0 {
			s.FFIO = AssumedOn
		}
	case walcore.CodeFirstRead:
		s.FirstRead, s.FirstReadKnown = uint32(r.A), true
	case walcore.CodeFFIOShown:
		s.FFIO = On
	case walcore.CodePairingAssumed:
		s.Unsure = i
	case walcore.CodePathsUnsure:
		s.doubts = append(s.doubts, i)
	}
}

// unsure is the row of the first finding on paths behind so many of them; 0 while
// there is none.
func (s *streamReplay) unsure(sureFrom int) uint32 {
	if sureFrom < len(s.doubts) {
		return s.doubts[sureFrom]
	}
	return 0
}

// doubts tells what is not sure of the exchange of a row that is about to be taken.
func (p *replay) doubts(r *walcore.Record) (d Doubt) {
	s := p.known(r.Stream)
	switch {
	case s == nil:
	case r.Kind == walcore.Response && s.Unsure > 0:
		return DoubtPair
	case r.Kind == walcore.Request && len(s.doubts) > 0 && namesDescriptor[r.Op]:
		f, open := s.files[r.FD]
		path, sureFrom := f.Path, f.sureFrom
		switch sata.Command(r.Op) {
		case sata.ReadFolder, sata.RewindFolder, sata.CloseFolder:
			var f OpenFolder
			f, open = s.folders[r.FD]
			path, sureFrom = f.Path, f.sureFrom
		}
		if open && s.unsure(sureFrom) > 0 && path == r.Path && r.Flags&walcore.FlagOpen != 0 {
			return DoubtPath
		}
	}
	return 0
}

// closeAll closes all that is open in a stream.
func (p *replay) closeAll(s *streamReplay) {
	for _, f := range s.files {
		p.release(f.Path)
	}
	s.files, s.folders = nil, nil
}
