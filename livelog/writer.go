package livelog

import (
	"time"

	"satascope/sata"
	"satascope/walcore"
)

const (
	// maxPending is how many bytes of lines wait before they are written whatever
	// the time.
	maxPending = 1 << 20
	// maxRecords is how many records the machine's log holds before it goes on
	// with a fresh one; their lines are made at once, so nothing needs them.
	maxRecords = 8192
)

// limits of the machine's log between two fresh ones. Of Unknown messages the
// rest is taken from the message itself, which is at hand.
var limits = walcore.Limits{Arena: 8 << 20}

// A writer is the goroutine that records and writes.
type writer struct {
	log     *Log
	path    string
	machine *walcore.Machine
	file    *lineFile
	next    int // the first record without a line
	streams map[uint64]*liveStream
	free    []uint32 // numbers of streams that were closed
	numbers uint32   // given out so far
	first   time.Time
	current []byte // the message being recorded
}

// A liveStream is what the writer knows of an open stream.
type liveStream struct {
	id                     uint32
	fromClient, fromServer int64
}

func newWriter(l *Log, path string, f sink) *writer {
	return &writer{log: l, path: path, machine: walcore.NewMachine(walcore.NewLog(limits)), file: newLineFile(f), streams: map[uint64]*liveStream{}}
}

// run records until Close. It takes messages until then even when recording has
// ended, so that no caller waits for it.
func (w *writer) run() {
	defer close(w.log.done)
	timer := time.NewTimer(w.log.options.Quiet)
	defer timer.Stop()
	for {
		select {
		case m, ok := <-w.log.queue:
			if !ok {
				w.finish()
				return
			}
			if w.file != nil {
				w.record(&m)
			}
			m.release(w.log.room)
			if w.file != nil {
				w.pace()
			}
			timer.Reset(w.log.options.Quiet)
		case <-timer.C:
			w.flush()
		}
	}
}

// pace writes the lines when it is time to, while messages come.
func (w *writer) pace() {
	if len(w.file.pending) == 0 {
		return
	}
	now := time.Now()
	if w.first.IsZero() {
		w.first = now
	}
	if now.Sub(w.first) >= w.log.options.Traffic || len(w.file.pending) >= maxPending {
		w.flush()
	}
}

func (w *writer) flush() {
	if w.file == nil {
		return
	}
	w.first = time.Time{}
	if err := w.file.flush(); err != nil {
		_ = w.file.sink.Close() // the first error is the one to report
		w.fail(&WriteError{Path: w.path, Err: err})
	}
}

// fail ends the recording.
func (w *writer) fail(err error) {
	w.file, w.machine, w.streams = nil, nil, nil
	w.log.problem.Store(&err)
}

// finish ends the log: of the streams that are open a tolerant one tells which
// requests wait.
func (w *writer) finish() {
	if w.file == nil {
		return
	}
	if w.log.options.Tolerant && w.log.options.Diagnostics {
		for id := range w.numbers {
			w.machine.EndStream(id, walcore.At{Time: walcore.NoTime})
		}
		w.render()
	}
	if err := w.file.close(); err != nil {
		w.fail(&WriteError{Path: w.path, Err: err})
	}
}

// stream is the number of a stream for the machine, made when it is new.
func (w *writer) stream(id uint64) *liveStream {
	s := w.streams[id]
	if s == nil {
		s = &liveStream{}
		if n := len(w.free); n > 0 {
			s.id, w.free = w.free[n-1], w.free[:n-1]
		} else {
			s.id = w.numbers
			w.numbers++
		}
		w.streams[id] = s
	}
	return s
}

// record gives a message to the machine and makes its lines.
func (w *writer) record(m *message) {
	s := w.stream(m.stream)
	at := walcore.At{Time: walcore.NoTime}
	switch m.kind {
	case opened:
		*s = liveStream{id: s.id}
		w.machine.OpenStream(s.id)
	case closed:
		at.Offset = s.fromServer
		w.machine.EndStream(s.id, at)
		delete(w.streams, m.stream)
		w.free = append(w.free, s.id)
	case request:
		at.Offset = s.fromClient
		s.fromClient += int64(len(*m.bytes))
		w.current = *m.bytes
		w.machine.Request(s.id, walcore.Message{Head: w.current, Length: uint64(len(w.current)), At: at})
	case response:
		at.Offset = s.fromServer
		s.fromServer += int64(len(*m.bytes))
		w.current = *m.bytes
		head := w.current[:min(len(w.current), sata.MaxHead)]
		w.machine.Response(s.id, walcore.Message{Head: head, Length: uint64(len(w.current)), Sum: m.sum, At: at})
	case written:
		at.Offset = s.fromClient
		s.fromClient += int64(m.length)
		w.machine.Written(s.id, m.fd, m.length, at)
	}
	w.render()
	w.current = nil
}

// render makes the lines of the new records, and ends a compatible log where
// the reference stops.
func (w *writer) render() {
	log := w.machine.Log()
	o := &w.log.options
	end := log.Len()
	if !o.Tolerant {
		end = log.CompatibleEnd()
	}
	for i := w.next; i < end; i++ {
		r := log.At(i)
		switch {
		case !o.Tolerant && !log.Compatible(i):
			continue
		case r.Kind == walcore.Diagnostic && !o.Diagnostics:
			continue
		}
		if r.Line == walcore.LineUnknown && uint64(len(log.Kept(r))) < r.Length {
			only := walcore.Selection{Diagnostic: true, From: i, Keep: func(j int) bool { return j == i }}
			_, _ = log.WriteTo(w.file, only, w.rest) // neither can fail
		} else {
			w.file.pending = append(log.AppendText(w.file.pending, i), '\n')
		}
		w.file.end()
	}
	w.next = log.Len()
	if !o.Tolerant && log.Stopped() {
		ended := &EndedError{Path: w.path, Reason: string(log.AppendSentence(nil, log.At(log.CompatibleEnd())))}
		if err := w.file.close(); err != nil {
			w.fail(&WriteError{Path: w.path, Err: err})
			return
		}
		w.fail(ended)
		return
	}
	if w.next >= maxRecords {
		w.machine.Renew(limits)
		w.next = 0
	}
}

// rest gives bytes of the message being recorded.
func (w *writer) rest(dst []byte, _ *walcore.Record, offset uint64, n int) ([]byte, error) {
	return append(dst, w.current[offset:offset+uint64(n)]...), nil
}
