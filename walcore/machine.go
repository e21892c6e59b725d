package walcore

import (
	"strconv"

	"satascope/sata"
)

// A Message is a request or response as it reaches the machine.
type Message struct {
	Head   []byte // its first bytes: all, or at least sata.MaxHead; valid during the call
	Length uint64 // in bytes
	// Sum is the checksum of all its bytes; needed only of responses whose Head is
	// not all of them.
	Sum sata.FNV
	At  At
	// Parsed is the request, when it was parsed before (Problem tells how that
	// went); nil and it is parsed here.
	Parsed  *sata.Request
	Problem error
	// Assumed says of a response that the request that waits is only the likeliest
	// that it answers: what it opens has no path.
	Assumed bool
}

// At says where and when something stands in its file.
type At struct {
	Offset int64  // of its first byte, in its direction of the stream
	Time   int64  // nanoseconds since 1970, NoTime when not known
	Packet uint32 // with which it was whole, from 1; in a file without packets the line, or 0
}

// A Machine follows the streams of a conversation (section 3).
type Machine struct {
	log     *Log
	streams map[uint32]*stream
	last    *stream // of lastID: most messages come in runs of one stream
	lastID  uint32
	request sata.Request
	text    []byte
}

type stream struct {
	waiting []waiting // requests without a response, oldest first, from head on
	head    int
	files   map[int32]uint32 // descriptor to path
	folders map[int32]uint32
	ffio    bool
	csr     bool
}

// waiting is what is remembered of a request until its response comes.
type waiting struct {
	index   uint32 // of its record
	command uint8  // OpUnknown when it did not parse
	known   bool   // the reference parsed it: the log has a line for its response
	shape   sata.Shape
	query   sata.Query
	open    bool // path is that of an open descriptor, or of the request itself
	fd      int32
	path    uint32
}

// NewMachine makes a machine that appends to log.
func NewMachine(log *Log) *Machine {
	return &Machine{log: log, streams: map[uint32]*stream{}}
}

// Log is the log that the machine appends to.
func (m *Machine) Log() *Log { return m.log }

// OpenStream begins a stream, afresh when it is open already.
func (m *Machine) OpenStream(id uint32) {
	m.streams[id] = &stream{files: map[int32]uint32{}, folders: map[int32]uint32{}, ffio: true, csr: true}
	m.last = nil
}

// CloseStream ends a stream; what waited is forgotten.
func (m *Machine) CloseStream(id uint32) {
	delete(m.streams, id)
	m.last = nil
}

// EndStream is CloseStream for those who know what a stream leaves behind: each
// request that still waits becomes a diagnostic, of the request's bytes.
func (m *Machine) EndStream(id uint32, at At) {
	if s := m.stream(id); s != nil {
		for w, ok := s.pop(); ok; w, ok = s.pop() {
			d := Diagnosis{Code: CodeUnanswered, Stream: id, At: at, About: w.index + 1}
			if w.index != None {
				request := m.log.At(int(w.index))
				d.At.Offset, d.Size = request.Offset, request.Length
			}
			m.log.append(d.record())
		}
	}
	m.CloseStream(id)
}

// Forget drops the request that has waited longest, because its response is
// known to be lost; that becomes a diagnostic about the request, whose place it
// names.
func (m *Machine) Forget(id uint32, at At) {
	s := m.stream(id)
	if s == nil {
		return
	}
	if w, ok := s.pop(); ok {
		s.closed(sata.Command(w.command), w.fd) // likely, and then opened again as something else
		d := Diagnosis{Code: CodeAnswerLost, Stream: id, At: at, FromServer: true, About: w.index + 1}
		if w.index != None {
			d.A = uint64(m.log.At(int(w.index)).Offset)
		}
		m.log.append(d.record())
	}
}

// Pass drops the request that has waited longest without a word: where only what
// the client sent was recorded, no response comes.
func (m *Machine) Pass(id uint32) {
	if s := m.stream(id); s != nil {
		s.pop()
	}
}

func (m *Machine) stream(id uint32) *stream {
	if m.last == nil || m.lastID != id {
		m.last, m.lastID = m.streams[id], id
	}
	return m.last
}

// Request records a request. It returns its record's index, or None when the
// log is full.
func (m *Machine) Request(id uint32, msg Message) uint32 {
	s := m.stream(id)
	if s == nil {
		m.stop(CodeStreamNotOpen, id, msg.At, 0, msg.Length)
		m.OpenStream(id)
		s = m.stream(id)
	}
	req, err := msg.Parsed, msg.Problem
	if req == nil {
		req = &m.request
		err = sata.ParseRequest(msg.Head, msg.Length, req)
	}
	r := Record{Offset: msg.At.Offset, Length: msg.Length, Time: msg.At.Time, Packet: msg.At.Packet, Stream: id, Partner: None, Kind: Request, Op: OpUnknown, Flags: flagCompatible}
	w := waiting{command: OpUnknown}
	if err != nil && sata.ParseInlineWrite(msg.Head, msg.Length, &m.request) == nil {
		// Without fast file I/O a WriteFile brings its data along. The reference
		// prints it as Unknown, and so do we; what it is goes into the record.
		req, err = &m.request, nil
	}
	if err == nil {
		m.recordRequest(&r, s, req)
		w = waiting{command: r.Op, known: r.Line == LineRequest, shape: req.ResponseShape(), query: req.Query, open: r.Flags&FlagOpen != 0, fd: r.FD, path: r.Path}
	}
	if r.Line == LineUnknown {
		r.A, r.B = m.log.keep(msg.Head)
	}
	w.index = m.log.append(r)
	s.push(w)
	if len(s.waiting)-s.head > m.log.limits.Waiting && m.log.full == "" {
		m.log.full = "requests that wait for a response"
	}
	return w.index
}

// recordRequest fills a record with a request's values: FD, Path and Path2
// (destination or open mode), B the mode, block count, query or user, C the
// block size or group, D where to move; of a Ping A holds the two sizes. What the
// reference does not know stays LineUnknown, where A and B are needed for what is
// kept: a GetFilePosition, and a WriteFile with its data behind it, of which C is
// how many bytes that is.
func (m *Machine) recordRequest(r *Record, s *stream, req *sata.Request) {
	spec := req.Command.Spec()
	r.Op = uint8(req.Command)
	r.FD = req.FD
	if spec.LogName != "" {
		r.Line = LineRequest
	}
	if len(req.Path) > 0 {
		r.Path = m.log.intern(req.Path)
		r.Flags |= FlagOpen
	}
	for i := range spec.Fields {
		switch spec.Fields[i].Slot {
		case sata.SlotFD:
			descriptors := s.files
			if isFolderCommand(req.Command) {
				descriptors = s.folders
			}
			if path, ok := descriptors[req.FD]; ok {
				r.Path = path
				r.Flags |= FlagOpen
			}
		case sata.SlotPath:
			r.Flags |= FlagOpen
		case sata.SlotDestination:
			r.Path2 = m.log.intern(req.Destination)
		case sata.SlotModeText:
			r.Path2 = m.log.intern(req.ModeText)
		case sata.SlotMode:
			r.B = req.Mode
		case sata.SlotQuery:
			r.B = uint32(req.Query)
		case sata.SlotUID:
			r.B = req.UID
		case sata.SlotGID:
			r.C = req.GID
		case sata.SlotBlockCount:
			r.B = req.BlockCount
		case sata.SlotBlockSize:
			r.C = req.BlockSize
		case sata.SlotMoveTo:
			r.D = uint32(req.Move())
		}
	}
	if inline := r.Length - sata.RequestSize - uint64(spec.BodyLen()); req.Command == sata.WriteFile && inline > 0 {
		r.Line, r.C = LineUnknown, uint32(inline)
	}
	if req.Command == sata.Ping {
		r.A = uint64(req.User[0])<<32 | uint64(req.User[1])
		if req.Header.Flags&sata.FlagFFIO != 0 {
			r.Flags |= FlagFFIO
		}
		if req.Header.Flags&sata.FlagCSR != 0 {
			r.Flags |= FlagCSR
		}
	}
}

func isFolderCommand(c sata.Command) bool {
	return c == sata.ReadFolder || c == sata.RewindFolder || c == sata.CloseFolder
}

// Response records a response to the request that has waited longest.
func (m *Machine) Response(id uint32, msg Message) uint32 {
	s := m.stream(id)
	r := Record{Offset: msg.At.Offset, Length: msg.Length, Time: msg.At.Time, Packet: msg.At.Packet, Stream: id, Partner: None, Kind: Response, Op: OpUnknown, Flags: flagCompatible}
	if s == nil {
		m.stop(CodeStreamNotOpen, id, msg.At, FlagFromServer, msg.Length)
		m.OpenStream(id)
		s = m.stream(id)
	}
	w, ok := s.pop()
	if !ok {
		m.stop(CodeUnasked, id, msg.At, FlagFromServer, msg.Length)
	} else {
		r.Partner, r.Op, r.Path, r.FD = w.index, w.command, w.path, w.fd
		if w.open {
			r.Flags |= FlagOpen
		}
		m.recordResponse(&r, s, &w, &msg)
	}
	if r.Line == LineUnknown {
		r.A, r.B = m.log.keep(msg.Head)
	}
	index := m.log.append(r)
	if ok && index != None && w.index != None {
		m.log.At(int(w.index)).Partner = index
	}
	return index
}

// recordResponse parses a response by its request, applies it to the stream and
// fills the record. What the reference can't parse stays LineUnknown; C is then
// its result code where D is 1, for those who look at more than the log.
func (m *Machine) recordResponse(r *Record, s *stream, w *waiting, msg *Message) {
	command := sata.Command(w.command)
	if w.shape == sata.ShapeRead {
		m.recordRead(r, s, w, msg)
		return
	}
	if !w.known {
		unknownResult(r, w, msg.Head, msg.Length)
		return
	}
	var resp sata.Response
	if sata.ParseResponse(msg.Head, msg.Length, w.shape, &resp) != nil {
		return
	}
	if resp.Result.FailsFor(command) {
		r.Flags |= FlagFailed
	}
	r.B = uint32(resp.Result)
	switch w.shape {
	case sata.ShapeResult:
		r.Line = LineResult
		if resp.Result == sata.Success {
			s.closed(command, w.fd)
		}
	case sata.ShapeDescriptor:
		r.Line = LineDescriptor
		r.FD = resp.FD
		if resp.Result == sata.Success {
			descriptors := s.folders
			if command == sata.OpenFile {
				descriptors = s.files
			}
			if descriptors[resp.FD] = w.path; msg.Assumed {
				delete(descriptors, resp.FD)
				r.Path = 0
				r.Flags &^= FlagOpen
			}
		}
	case sata.ShapeItem:
		r.Line = LineItem
		if resp.Result == sata.Success {
			r.Path2 = m.log.intern(resp.Name)
		}
		r.A, r.C, r.D = uint64(resp.Info.Flags), resp.Info.Permissions, resp.Info.FileLength
	case sata.ShapePong:
		r.Line = LinePong
		s.ffio, s.csr = resp.Capabilities.FFIO(), resp.Capabilities.CSR()
		if s.ffio {
			r.Flags |= FlagFFIO
		}
		if s.csr {
			r.Flags |= FlagCSR
		}
	default:
		if resp.Result != sata.Success {
			r.Line = LineResult
			return
		}
		switch w.shape {
		case sata.ShapeInfo:
			r.Line = LineInfo
			if command == sata.StatFile {
				r.Line = LineStat
			}
			r.B, r.C, r.D = resp.Info.Flags, resp.Info.Permissions, resp.Info.FileLength
		case sata.ShapeSpace:
			r.Line, r.A = LineSpace, resp.Number
		case sata.ShapeCount:
			r.Line, r.B = LineCount, uint32(resp.Number)
		}
	}
}

// unknownResult fills the record of a response that is LineUnknown with its
// result code, where it has one: C, with D 1.
func unknownResult(r *Record, w *waiting, head []byte, length uint64) {
	shape, command := w.shape, sata.Command(w.command)
	if shape == sata.ShapeRead {
		// Without fast file I/O an answer to ReadFile has a header, then a code that
		// like a write's may be a number of bytes, then the data.
		if form, _ := sata.FormOf(head); len(head) < sata.ReadHeadSize || form != sata.ReadOther {
			return
		}
		shape, command, length = sata.ShapeResult, sata.WriteFile, sata.ReadHeadSize
	}
	var resp sata.Response
	if sata.ParseResponse(head, length, shape, &resp) != nil {
		return
	}
	r.C, r.D = uint32(resp.Result), 1
	if resp.Result.FailsFor(command) {
		r.Flags |= FlagFailed
	}
}

// recordRead fills a record with an answer to ReadFile.
func (m *Machine) recordRead(r *Record, s *stream, w *waiting, msg *Message) {
	if len(msg.Head) < sata.ReadHeadSize {
		return
	}
	if !s.ffio {
		unknownResult(r, w, msg.Head, msg.Length) // the reference crashes here
		return
	}
	form, _ := sata.FormOf(msg.Head)
	r.Line = LineRead
	sum := msg.Sum
	if uint64(len(msg.Head)) == msg.Length {
		sum = sata.NewFNV.Add(msg.Head)
	}
	r.A = uint64(sum)
	r.B = uint32(msg.Head[0x20])<<24 | uint32(msg.Head[0x21])<<16 | uint32(msg.Head[0x22])<<8 | uint32(msg.Head[0x23])
	r.Path2 = m.log.intern(msg.Head[:0x20])
	if form == sata.ReadFailed {
		r.Flags |= FlagFailed
	}
}

// Written records the data of a WriteFile: length bytes that came out of band
// for a descriptor.
func (m *Machine) Written(id uint32, fd int32, length uint64, at At) {
	s := m.stream(id)
	if s == nil {
		return
	}
	front, ok := s.front()
	if !ok || !front.known || front.command != uint8(sata.WriteFile) {
		return
	}
	compatible := m.samePath(s, front, fd)
	if !compatible && front.fd != fd {
		return
	}
	r := Record{Offset: at.Offset, Length: length, Time: at.Time, Packet: at.Packet, Stream: id, Partner: front.index, Kind: Written, Line: LineWritten, Op: front.command, A: length, FD: fd, Path: front.path}
	if front.open {
		r.Flags |= FlagOpen
	}
	if compatible {
		r.Flags |= flagCompatible
	}
	m.log.append(r)
}

// samePath says whether the path of the WriteFile in front equals that of the
// descriptor now, as the reference compares them: texts, which for unknown
// descriptors are made up.
func (m *Machine) samePath(s *stream, front *waiting, fd int32) bool {
	path, open := s.files[fd]
	if open && front.open {
		return path == front.path
	}
	const unknownNow = "<Unknown; {file_desc}>" // a slip in the reference: braces and all
	switch {
	case open:
		m.text = append(strconv.AppendInt(append(m.text[:0], "<Unknown "...), int64(front.fd), 10), '>')
		return m.log.Text(path) == string(m.text)
	case front.open:
		return m.log.Text(front.path) == unknownNow
	}
	return false
}

// closed forgets the descriptor that a request closes, if it does.
func (s *stream) closed(command sata.Command, fd int32) {
	switch command {
	case sata.CloseFile:
		delete(s.files, fd)
	case sata.CloseFolder:
		delete(s.folders, fd)
	}
}

// DoubtPaths records that the paths of open descriptors are not sure, with how many
// there are (A); nothing where there are none.
func (m *Machine) DoubtPaths(d Diagnosis) {
	if s := m.stream(d.Stream); s != nil && len(s.files)+len(s.folders) > 0 {
		d.A = uint64(len(s.files) + len(s.folders))
		m.Diagnose(d)
	}
}

// Diagnose records something odd.
func (m *Machine) Diagnose(d Diagnosis) {
	m.log.append(d.record())
}

// stop records a diagnostic at which the reference would have stopped for good.
func (m *Machine) stop(code Code, id uint32, at At, flags uint8, length uint64) {
	index := m.log.append(Diagnosis{Code: code, Stream: id, At: at, FromServer: flags&FlagFromServer != 0, Size: length}.record())
	if m.log.compatibleEnd < 0 && index != None {
		m.log.compatibleEnd = int(index)
	}
}

func (s *stream) push(w waiting) {
	if s.head > 32 && s.head*2 > len(s.waiting) {
		s.waiting = s.waiting[:copy(s.waiting, s.waiting[s.head:])]
		s.head = 0
	}
	s.waiting = append(s.waiting, w)
}

func (s *stream) front() (*waiting, bool) {
	if s.head == len(s.waiting) {
		return nil, false
	}
	return &s.waiting[s.head], true
}

func (s *stream) pop() (waiting, bool) {
	w, ok := s.front()
	if !ok {
		return waiting{}, false
	}
	s.head++
	return *w, true
}
