// Package livelog writes the log of PCFS over SATA beside a running server: the
// reference's own recording interface, for servers in Go.
//
// A server opens a [Log] and tells it what it sees: streams that open and close,
// each request, each response, and data that a WriteFile sent out of band. The
// calls may come from any number of goroutines. They hand over through a bounded
// queue and return; one goroutine (writer.go) runs the state machine of package
// walcore and writes the file (file.go). When it can't keep up, callers wait,
// until their context ends.
//
// Calls of one goroutine are recorded in their order, so a server that handles
// each stream in a goroutine of its own has each stream's lines in order.
//
// # What a crash loses
//
// Lines are kept in memory and written after [Options.Traffic] while messages
// come (3 seconds), after [Options.Quiet] without one (5 seconds), when a
// mebibyte is waiting, and by Close. A process that is killed loses at most
// that, and the file holds whole lines.
//
// # When writing fails
//
// A log must never stop the server that it is about. When the file can't be
// written (the disk is full), one call, the next of any goroutine, returns a
// [*WriteError]; from then on calls return nil at once and record nothing. The
// same holds for the end of a compatible log, an [*EndedError]. Err tells either
// at any time.
package livelog

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"satascope/sata"
)

// Defaults of Options.
const (
	DefaultMessages = 8192
	DefaultBytes    = 64 << 20
	DefaultTraffic  = 3 * time.Second
	DefaultQuiet    = 5 * time.Second
)

// Options say how a Log is kept. The zero value is what the reference does.
type Options struct {
	// Tolerant goes on where the reference stops for good: after a message on a
	// stream that is not open, and after a response that nobody waits for.
	Tolerant bool
	// Diagnostics writes what is odd into a tolerant log, as lines that start
	// with `!! `.
	Diagnostics bool

	Messages int           // that may wait to be recorded; DefaultMessages
	Bytes    int64         // that those may hold together; DefaultBytes
	Traffic  time.Duration // after which lines are written while messages come; DefaultTraffic
	Quiet    time.Duration // after which they are written when none comes; DefaultQuiet
}

func (o Options) orDefaults() Options {
	if o.Messages <= 0 {
		o.Messages = DefaultMessages
	}
	if o.Bytes <= 0 {
		o.Bytes = DefaultBytes
	}
	if o.Traffic <= 0 {
		o.Traffic = DefaultTraffic
	}
	if o.Quiet <= 0 {
		o.Quiet = DefaultQuiet
	}
	return o
}

// ErrClosed is what calls return after Close.
var ErrClosed = errors.New("livelog: the log is closed")

// A WriteError says that the file could not be written. What stands in it is
// whole lines.
type WriteError struct {
	Path string
	Err  error
}

func (e *WriteError) Error() string {
	return "livelog: " + e.Path + " could not be written, recording has ended: " + e.Err.Error()
}

// Unwrap gives what the file system said.
func (e *WriteError) Unwrap() error { return e.Err }

// An EndedError says that a compatible log has ended, because the reference
// stops there for good.
type EndedError struct {
	Path   string
	Reason string
}

func (e *EndedError) Error() string { return "livelog: " + e.Path + " has ended: " + e.Reason }

// A Log is a log file that is being written.
type Log struct {
	options Options
	queue   chan message
	room    *semaphore.Weighted // bytes that may wait

	lock   sync.RWMutex // held by callers while they hand over, and by Close alone
	closed bool
	done   chan struct{} // the writer has ended

	problem atomic.Pointer[error] // why recording has ended
	told    atomic.Bool           // a caller has been told
}

// Open makes a new log file with default options. A file that exists is never
// touched: that is an error which is fs.ErrExist.
func Open(path string) (*Log, error) { return Options{}.Open(path) }

// Open makes a new log file.
func (o Options) Open(path string) (*Log, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	return o.start(path, f), nil
}

func (o Options) start(path string, f sink) *Log {
	o = o.orDefaults()
	l := &Log{options: o, queue: make(chan message, o.Messages), room: semaphore.NewWeighted(o.Bytes), done: make(chan struct{})}
	go newWriter(l, path, f).run()
	return l
}

// kind is what a message tells of.
type kind uint8

const (
	opened kind = iota
	closed
	request
	response
	written
)

// A message is what a caller hands over.
type message struct {
	kind   kind
	fd     int32
	stream uint64
	length uint64 // of data written
	bytes  *[]byte
	sum    sata.FNV // of a response that is longer than its head
	weight int64    // of its bytes, in room
}

// RecordOpenStream records that a stream was opened, afresh if it was open. The
// server chooses the streams' numbers.
func (l *Log) RecordOpenStream(ctx context.Context, stream uint64) error {
	return l.record(ctx, message{kind: opened, stream: stream})
}

// RecordCloseStream records that a stream was closed.
func (l *Log) RecordCloseStream(ctx context.Context, stream uint64) error {
	return l.record(ctx, message{kind: closed, stream: stream})
}

// RecordRequest records a request, whole. The bytes are copied: they are the
// caller's again when it returns.
func (l *Log) RecordRequest(ctx context.Context, stream uint64, b []byte) error {
	return l.recordBytes(ctx, message{kind: request, stream: stream}, b)
}

// RecordResponse records a response, whole, with the data of a read. The bytes
// are copied.
func (l *Log) RecordResponse(ctx context.Context, stream uint64, b []byte) error {
	m := message{kind: response, stream: stream}
	if len(b) > sata.MaxHead {
		m.sum = sata.NewFNV.Add(b) // here, where callers work side by side
	}
	return l.recordBytes(ctx, m, b)
}

// RecordOutOfBandWrite records that the data of a WriteFile has come, length
// bytes for a descriptor; the bytes themselves are not logged.
func (l *Log) RecordOutOfBandWrite(ctx context.Context, stream uint64, fd int32, length uint64) error {
	return l.record(ctx, message{kind: written, stream: stream, fd: fd, length: length})
}

// Err is why recording has ended, a *WriteError or an *EndedError, or nil while
// it goes on.
func (l *Log) Err() error {
	if p := l.problem.Load(); p != nil {
		return *p
	}
	return nil
}

// Close records what waits, writes the file out to the disk and closes it. Its
// error is that of the recording if no call has returned it yet.
func (l *Log) Close() error {
	l.lock.Lock()
	if l.closed {
		l.lock.Unlock()
		return ErrClosed
	}
	l.closed = true
	close(l.queue)
	l.lock.Unlock()
	<-l.done
	return l.tell()
}

// tell is the problem, once.
func (l *Log) tell() error {
	if p := l.problem.Load(); p != nil && l.told.CompareAndSwap(false, true) {
		return *p
	}
	return nil
}

// buffers holds messages' bytes for use again.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxPooled is the largest buffer that is worth keeping.
const maxPooled = 1 << 20

func (m *message) release(room *semaphore.Weighted) {
	if m.bytes == nil {
		return
	}
	room.Release(m.weight)
	if cap(*m.bytes) <= maxPooled {
		buffers.Put(m.bytes)
	}
	m.bytes = nil
}

// recordBytes hands over a message with a copy of its bytes.
func (l *Log) recordBytes(ctx context.Context, m message, b []byte) error {
	if l.problem.Load() != nil {
		return l.tell()
	}
	// A single message that is larger than all the room takes all of it.
	m.weight = min(int64(len(b)), l.options.Bytes)
	if err := l.room.Acquire(ctx, m.weight); err != nil {
		return err
	}
	m.bytes = buffers.Get().(*[]byte)
	*m.bytes = append((*m.bytes)[:0], b...)
	handed, err := l.hand(ctx, m)
	if !handed {
		m.release(l.room)
	}
	return err
}

func (l *Log) record(ctx context.Context, m message) error {
	_, err := l.hand(ctx, m)
	return err
}

// hand puts a message into the queue. Messages that come after recording has
// ended are not handed over either, which is an error once.
func (l *Log) hand(ctx context.Context, m message) (handed bool, err error) {
	l.lock.RLock()
	defer l.lock.RUnlock()
	switch {
	case l.closed:
		return false, ErrClosed
	case l.problem.Load() != nil:
		return false, l.tell()
	}
	select {
	case l.queue <- m:
		return true, nil
	default:
	}
	select {
	case l.queue <- m:
		return true, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
