package walcore

import "satascope/sata"

// What the records of a log belong to: see Parser.

// class groups requests by the lines that can answer them: those of a
// sata.Shape, but StatFile has a line of its own, and WriteFile answers a number
// of bytes.
type class uint8

const (
	classStat  = class(sata.ShapeRead) + 1
	classWrite = classStat + 1
	classes    = classWrite + 1
)

func classOf(command sata.Command, shape sata.Shape) class {
	switch command {
	case sata.StatFile:
		return classStat
	case sata.WriteFile:
		return classWrite
	}
	return class(shape)
}

// patience is how many responses may come after one should have come before its
// request is given up.
const patience = 16

// requests are those of a class that wait, oldest first. Responses of one stream
// come in order, so a request that was passed over, because a later one was
// answered, has lost its response or is another stream's: those from head to
// fresh. They are answered only when no other can be: a response that a log lacks
// must not shift all that follow.
type requests struct {
	all         []logRequest
	head, fresh int
}

// logRequest is a request of a log that waits for its response.
type logRequest struct {
	waiting
	due  uint64 // how many responses there will have been when it is given up, once passed over
	done bool
}

// descriptors are those open, as far as a log tells.
type descriptors struct {
	paths map[int32]uint32
	fds   map[uint32]openAs
}

// openAs is how often a path is open, and with which descriptor if once: all of
// its descriptors, exclusively ored.
type openAs struct {
	times int
	fd    int32
}

func newDescriptors() descriptors {
	return descriptors{paths: map[int32]uint32{}, fds: map[uint32]openAs{}}
}

func (d *descriptors) open(fd int32, path uint32) {
	d.close(fd)
	d.paths[fd] = path
	o := d.fds[path]
	o.times++
	o.fd ^= fd
	d.fds[path] = o
}

func (d *descriptors) close(fd int32) {
	path, ok := d.paths[fd]
	if !ok {
		return
	}
	delete(d.paths, fd)
	o := d.fds[path]
	if o.times--; o.times == 0 {
		delete(d.fds, path)
		return
	}
	o.fd ^= fd
	d.fds[path] = o
}

// of is the descriptor of an open path, if only one is.
func (d *descriptors) of(path uint32) (int32, bool) {
	o := d.fds[path]
	return o.fd, o.times == 1
}

// pair finds the request of a response, of data written or of a diagnostic,
// notes what a message opens, closes or waits for, and appends the record.
func (p *Parser) pair(r *Record) uint32 {
	switch r.Kind {
	case Request:
		index := p.log.append(*r)
		if index != None {
			p.wait(index, r)
		}
		return index
	case Written:
		if at, _ := p.front(classWrite); at >= 0 {
			w := &p.waiting[classWrite].all[at]
			r.Partner, r.Path, r.FD = w.index, w.path, w.fd
			r.Flags |= p.log.At(int(w.index)).Flags & (FlagOpen | FlagNoDescriptor)
		} else {
			r.FD = -1
			r.Flags |= FlagNoDescriptor
		}
		return p.log.append(*r)
	case Diagnostic:
		switch Code(r.Op) {
		case CodeUnanswered, CodeAnswerLost:
			r.Partner = p.unanswered()
		case CodeStreamNotOpen, CodeUnasked:
			p.unasked = Code(r.Op) == CodeUnasked
			if p.log.compatibleEnd < 0 {
				p.log.compatibleEnd = p.log.n
			}
		}
		return p.log.append(*r)
	}
	p.answers++
	var w waiting
	ok := false
	if !p.unasked {
		w, ok = p.answered(p.answerable(r))
	}
	p.unasked = false
	if !ok {
		r.Op = commandOf(r.Line)
		return p.log.append(*r)
	}
	r.Partner, r.Op, r.Path = w.index, w.command, w.path
	r.Flags |= p.log.At(int(w.index)).Flags & FlagOpen
	if r.Line != LineDescriptor {
		r.FD = w.fd
		r.Flags |= p.log.At(int(w.index)).Flags & FlagNoDescriptor
	}
	if r.Line == LineResult && w.shape == sata.ShapeResult {
		r.Length = sata.HeaderSize + 4 // other answers may have more behind a code that is a failure
	}
	p.apply(r, &w)
	index := p.log.append(*r)
	if index != None {
		p.log.At(int(w.index)).Partner = index
	}
	return index
}

// wait queues a request.
func (p *Parser) wait(index uint32, r *Record) {
	command, ok := r.Command()
	w := waiting{index: index, command: r.Op, known: r.Line == LineRequest, fd: r.FD, path: r.Path}
	c := class(sata.ShapeUnknown)
	if ok {
		w.shape = (&sata.Request{Command: command, Query: sata.Query(r.B)}).ResponseShape()
		c = classOf(command, w.shape)
	}
	q := &p.waiting[c]
	if q.head > 32 && q.head*2 > len(q.all) {
		q.all = q.all[:copy(q.all, q.all[q.head:])]
		q.head, q.fresh = 0, q.fresh-q.head
	}
	q.all = append(q.all, logRequest{waiting: w, due: p.answers + p.asked + patience})
	p.asked++
}

// front is the oldest request of a class that was not passed over, or else the
// oldest that was; its place in the queue, -1 for none.
func (p *Parser) front(c class) (at int, passed bool) {
	q := &p.waiting[c]
	for q.fresh < len(q.all) && (q.all[q.fresh].done || q.all[q.fresh].index < p.latest) {
		q.fresh++
	}
	if q.fresh < len(q.all) {
		return q.fresh, false
	}
	for ; q.head < q.fresh; q.head++ {
		switch w := &q.all[q.head]; {
		case w.done:
		case w.due < p.answers:
			p.asked--
		default:
			return q.head, true
		}
	}
	return -1, false
}

// oldest is the class whose front is the oldest among some classes, a bit for
// each; false when nothing waits there.
func (p *Parser) oldest(some uint32) (best class, ok bool) {
	index, bestPassed := None, true
	for c := range classes {
		if some>>c&1 == 0 {
			continue
		}
		at, passed := p.front(c)
		if at < 0 || passed && !bestPassed {
			continue
		}
		if i := p.waiting[c].all[at].index; i < index || bestPassed && !passed {
			best, index, bestPassed, ok = c, i, passed, true
		}
	}
	return best, ok
}

// anyClass are all classes.
const anyClass = 1<<classes - 1

// answerable are the classes that a response's line can answer, a bit for each.
func (p *Parser) answerable(r *Record) uint32 {
	const result, write, info = 1 << sata.ShapeResult, 1 << classWrite, 1 << sata.ShapeInfo
	switch r.Line {
	case LineResult:
		switch code := sata.Result(r.B); {
		case code == sata.Success:
			return result | write
		case !code.FailsFor(sata.WriteFile): // a number of bytes
			if _, ok := p.oldest(write); ok {
				return write
			}
		}
		// Failures of these print so too.
		return result | write | info | 1<<classStat | 1<<sata.ShapeCount | 1<<sata.ShapeSpace
	case LineDescriptor:
		return 1 << sata.ShapeDescriptor
	case LineItem:
		return 1 << sata.ShapeItem
	case LineRead:
		return 1 << sata.ShapeRead
	case LineStat:
		return 1 << classStat
	case LineInfo:
		return info
	case LineSpace:
		return 1 << sata.ShapeSpace
	case LineCount:
		return 1 << sata.ShapeCount
	case LinePong:
		return 1 << sata.ShapePong
	}
	return anyClass
}

// commandOf is the command that a response's line can only answer, for one
// whose request is not in the log.
func commandOf(l Line) uint8 {
	switch l {
	case LineItem:
		return uint8(sata.ReadFolder)
	case LineRead:
		return uint8(sata.ReadFile)
	case LineStat:
		return uint8(sata.StatFile)
	case LineInfo, LineSpace, LineCount:
		return uint8(sata.QueryPath)
	case LinePong:
		return uint8(sata.Ping)
	}
	return OpUnknown
}

// answered takes the oldest request of some classes out of its queue.
func (p *Parser) answered(some uint32) (w waiting, ok bool) {
	c, ok := p.oldest(some)
	if !ok {
		return waiting{}, false
	}
	at, _ := p.front(c)
	q := &p.waiting[c].all[at]
	q.done = true
	p.asked--
	p.latest = max(p.latest, q.index)
	return q.waiting, true
}

// unanswered takes the request out of its queue that has waited longest, and
// gives its record: None when there is none.
func (p *Parser) unanswered() uint32 {
	var oldest *logRequest
	for c := range classes {
		q := &p.waiting[c]
		for q.head < len(q.all) && q.all[q.head].done {
			q.head++
		}
		q.fresh = max(q.fresh, q.head)
		if q.head < len(q.all) && (oldest == nil || q.all[q.head].index < oldest.index) {
			oldest = &q.all[q.head]
		}
	}
	if oldest == nil {
		return None
	}
	oldest.done = true
	p.asked--
	return oldest.index
}

// apply notes what a response with a known request says of it: whether it
// failed, and what it opens or closes.
func (p *Parser) apply(r *Record, w *waiting) {
	switch r.Line {
	case LineUnknown:
		if !w.known || w.shape == sata.ShapeRead {
			unknownResult(r, w, p.log.Kept(r), r.Length)
		}
		return
	case LineRead:
		if form, _ := sata.FormOf([]byte(p.log.Text(r.Path2))); form == sata.ReadFailed {
			r.Flags |= FlagFailed
		}
		return
	}
	command := sata.Command(w.command)
	code, _ := r.Result()
	if code.FailsFor(command) {
		r.Flags |= FlagFailed
	}
	if code != sata.Success {
		return
	}
	switch command {
	case sata.OpenFile:
		p.files.open(r.FD, w.path)
	case sata.OpenFolder:
		p.folders.open(r.FD, w.path)
	case sata.CloseFile:
		p.files.close(w.fd)
	case sata.CloseFolder:
		p.folders.close(w.fd)
	}
}
