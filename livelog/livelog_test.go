package livelog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/sata"
)

// play hands an event file to a log, in its order, and gives the first error.
func play(t testing.TB, l *Log, file string) error {
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	ctx := context.Background()
	r := capture.NewEventReader(f)
	var e capture.Event
	var first error
	for {
		err := r.Next(&e)
		if err == io.EOF {
			return first
		}
		require.NoError(t, err)
		switch e.Op {
		case capture.OpOpen:
			err = l.RecordOpenStream(ctx, e.Stream)
		case capture.OpClose:
			err = l.RecordCloseStream(ctx, e.Stream)
		case capture.OpRequest:
			err = l.RecordRequest(ctx, e.Stream, e.Bytes)
		case capture.OpResponse:
			err = l.RecordResponse(ctx, e.Stream, e.Bytes)
		case capture.OpOutOfBand:
			err = l.RecordOutOfBandWrite(ctx, e.Stream, e.FD, e.Length)
		}
		if first == nil {
			first = err
		}
	}
}

func read(t testing.TB, path string) string {
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

func TestGoldenEvents(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/events/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log")
			l, err := Open(path)
			require.NoError(t, err)
			problem := play(t, l, file)
			if closing := l.Close(); problem == nil {
				problem = closing
			}
			require.True(t, read(t, strings.TrimSuffix(file, ".jsonl")+".log") == read(t, path), "the log is another one")
			if strings.HasPrefix(filepath.Base(file), "lost_") {
				var ended *EndedError
				require.ErrorAs(t, problem, &ended)
				require.ErrorAs(t, l.Err(), &ended)
				require.Equal(t, path, ended.Path)
				require.NotEmpty(t, ended.Reason)
			} else {
				require.NoError(t, problem)
				require.NoError(t, l.Err())
			}
		})
	}
}

func TestTolerantGoesOn(t *testing.T) {
	const file = "../testdata/golden/events/lost_unasked_response"
	for _, diagnostics := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "log")
		l, err := Options{Tolerant: true, Diagnostics: diagnostics}.Open(path)
		require.NoError(t, err)
		require.NoError(t, play(t, l, file+".jsonl"))
		require.NoError(t, l.Close())
		got := read(t, path)
		compatible := read(t, file+".log")
		require.True(t, strings.HasPrefix(got, compatible))
		require.Contains(t, got[len(compatible):], "<-     Unknown {")
		require.Equal(t, diagnostics, strings.Contains(got, "!! response-unasked {stream=0,from=server,"), got)
	}
}

func TestExistingFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	require.NoError(t, os.WriteFile(path, []byte("precious"), 0o600))
	_, err := Open(path)
	require.ErrorIs(t, err, fs.ErrExist)
	require.ErrorContains(t, err, path+" exists; a log is never overwritten")
	require.Equal(t, "precious", read(t, path))
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Symlink(filepath.Join(t.TempDir(), "nowhere"), path))
	_, err = Open(path)
	require.ErrorIs(t, err, fs.ErrExist, "a link that leads nowhere is a file that exists")
	_, err = Open(filepath.Join(t.TempDir(), "no folder", "log"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func removeRequest(path string) []byte {
	b, err := sata.AppendRequest(nil, &sata.Request{Command: sata.Remove, Path: []byte(path)})
	if err != nil {
		panic(err)
	}
	return b
}

func resultResponse(code uint32) []byte {
	b, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapeResult, Result: sata.Result(code)})
	if err != nil {
		panic(err)
	}
	return b
}

// With a goroutine a stream the streams' lines mix, but each stream's are all
// there, right and in order.
func TestGoroutineAStream(t *testing.T) {
	const streams, exchanges = 16, 400
	path := filepath.Join(t.TempDir(), "log")
	l, err := Options{Messages: 32, Bytes: 4096, Traffic: time.Millisecond}.Open(path)
	require.NoError(t, err)
	ctx := context.Background()
	var all sync.WaitGroup
	for s := range uint64(streams) {
		all.Add(1)
		go func() {
			defer all.Done()
			check := func(err error) {
				if err != nil {
					t.Error(err)
				}
			}
			check(l.RecordOpenStream(ctx, s))
			buffer := []byte(nil) // used again and again, as a server would
			for i := range exchanges {
				buffer = append(buffer[:0], removeRequest(fmt.Sprintf("/%d/%d", s, i))...)
				check(l.RecordRequest(ctx, s, buffer))
				buffer = append(buffer[:0], resultResponse(uint32(1+s*exchanges)+uint32(i))...)
				check(l.RecordResponse(ctx, s, buffer))
			}
			check(l.RecordCloseStream(ctx, s))
		}()
	}
	all.Wait()
	require.NoError(t, l.Close())
	lines := strings.Split(strings.TrimSuffix(read(t, path), "\n"), "\n")
	require.Len(t, lines, 2*streams*exchanges)
	next := make([]int, streams) // by stream: the line it comes to next
	for _, line := range lines {
		stream := -1
		for s := range next {
			i := next[s] / 2
			want := fmt.Sprintf("->Remove       {path=/%d/%d}", s, i)
			if next[s]%2 == 1 {
				want = fmt.Sprintf("<-          RC {return_code=Failure (%02x)}", 1+s*exchanges+i)
			}
			if line == want {
				stream = s
			}
		}
		require.GreaterOrEqual(t, stream, 0, "no stream comes to %q now", line)
		next[stream]++
	}
}

// A memory is a file in memory that can be made to fail or to block.
type memory struct {
	lock   sync.Mutex
	b      []byte
	writes int
	room   int           // bytes it takes; then it fails, part of a write done
	gate   chan struct{} // if not nil, each write takes one from it
	closed bool
}

var errFull = errors.New("no space left on device")

func (m *memory) Write(b []byte) (int, error) {
	if m.gate != nil {
		<-m.gate
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.writes++
	n := min(len(b), m.room-len(m.b))
	m.b = append(m.b, b[:n]...)
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func (m *memory) Truncate(size int64) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.b = m.b[:size]
	return nil
}

func (m *memory) Sync() error { return nil }

func (m *memory) Close() error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.closed = true
	return nil
}

func (m *memory) String() string {
	m.lock.Lock()
	defer m.lock.Unlock()
	return string(m.b)
}

func TestFullDiskIsToldOnce(t *testing.T) {
	for room := range 200 {
		m := &memory{room: room}
		l := Options{Traffic: time.Nanosecond, Tolerant: true}.start("the file", m)
		ctx := context.Background()
		request := removeRequest("/a")
		told := 0
		deadline := time.Now().Add(10 * time.Second)
		for told == 0 && time.Now().Before(deadline) {
			if err := l.RecordRequest(ctx, 1, request); err != nil {
				var failed *WriteError
				require.ErrorAs(t, err, &failed)
				require.ErrorIs(t, err, errFull)
				require.Equal(t, "livelog: the file could not be written, recording has ended: no space left on device", err.Error())
				told++
			}
		}
		require.Equal(t, 1, told)
		for range 10 { // the server goes on
			require.NoError(t, l.RecordRequest(ctx, 1, request))
			require.NoError(t, l.RecordOutOfBandWrite(ctx, 1, 2, 3))
		}
		require.ErrorIs(t, l.Err(), errFull)
		require.NoError(t, l.Close(), "it was told already")
		require.True(t, m.closed)
		line := "->Remove       {path=/a}\n"
		require.Equal(t, strings.Repeat(line, room/len(line)), m.String(), "with room for %d bytes", room)
	}
}

func TestFailureAtTheEndIsToldByClose(t *testing.T) {
	m := &memory{room: 10}
	l := Options{Tolerant: true}.start("the file", m)
	require.NoError(t, l.RecordRequest(context.Background(), 1, removeRequest("/a")))
	require.ErrorIs(t, l.Close(), errFull)
	require.Empty(t, m.String())
	require.Equal(t, ErrClosed, l.Close())
	require.Equal(t, ErrClosed, l.RecordOpenStream(context.Background(), 1))
}

func TestFullQueueWaitsUntilTheContextEnds(t *testing.T) {
	m := &memory{room: 1 << 20, gate: make(chan struct{})}
	l := Options{Tolerant: true, Messages: 4, Traffic: time.Nanosecond}.start("the file", m)
	request := removeRequest("/a")
	sent := 0
	var err error
	for err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		err = l.RecordRequest(ctx, 1, request)
		cancel()
		if err == nil {
			sent++
		}
		require.Less(t, sent, 10, "the queue has no bound")
	}
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.GreaterOrEqual(t, sent, 4)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, l.RecordOpenStream(ctx, 2), context.Canceled)

	// Someone who waits is let in when there is room again.
	waiting := make(chan error, 1)
	go func() { waiting <- l.RecordRequest(context.Background(), 1, request) }()
	close(m.gate)
	require.NoError(t, <-waiting)
	require.NoError(t, l.Close())
	require.Equal(t, strings.Repeat("->Remove       {path=/a}\n", sent+1), m.String())
}

func TestBytesThatWaitAreBounded(t *testing.T) {
	m := &memory{room: 1 << 30, gate: make(chan struct{})}
	l := Options{Tolerant: true, Bytes: 1000, Traffic: time.Nanosecond}.start("the file", m)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	huge := make([]byte, 5000) // larger than all the room: alone, it may pass
	sent := 0
	for l.RecordRequest(ctx, 1, huge) == nil {
		sent++
		require.Less(t, sent, 4, "the bytes have no bound")
	}
	require.NotZero(t, sent)
	close(m.gate)
	require.NoError(t, l.Close())
	require.Equal(t, sent, strings.Count(m.String(), "\n"))
}

// A long message that does not parse is printed whole, though little of it is
// kept; the checksum of a long read is that of all its bytes.
func TestLongMessages(t *testing.T) {
	m := &memory{room: 1 << 30}
	l := Options{Tolerant: true}.start("the file", m)
	ctx := context.Background()
	body := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	require.NoError(t, l.RecordOpenStream(ctx, 7))
	for range 4 { // beyond the arena
		require.NoError(t, l.RecordRequest(ctx, 7, body))
		require.NoError(t, l.RecordResponse(ctx, 7, body))
	}
	read, err := sata.AppendRequest(nil, &sata.Request{Command: sata.ReadFile, FD: 5, BlockCount: 1, BlockSize: 3_200_000})
	require.NoError(t, err)
	require.NoError(t, l.RecordRequest(ctx, 7, read))
	require.NoError(t, l.RecordResponse(ctx, 7, body))
	require.NoError(t, l.Close())
	lines := strings.Split(m.String(), "\n")
	require.Len(t, lines, 11)
	for i := range 8 {
		require.Equal(t, `{data=b"`+string(body)+`"}`, lines[i][len("->Unknown      "):], "line %d", i)
	}
	require.Contains(t, lines[9], fmt.Sprintf("READ {chk=%x,file_size=%d,packet_len=3200000,", uint64(sata.NewFNV.Add(body)), 0x30313233))
}

// A log of a server that runs for long holds no more than what is open.
func TestMemoryIsBounded(t *testing.T) {
	m := &memory{room: 1 << 30}
	l := &Log{options: Options{Tolerant: true}.orDefaults()}
	w := newWriter(l, "the file", m)
	for i := range 100_000 {
		b := removeRequest(fmt.Sprintf("/%d", i))
		w.record(&message{kind: request, stream: uint64(i % 1000), bytes: &b})
		if i%3 == 0 {
			w.record(&message{kind: closed, stream: uint64(i % 1000)})
		}
		require.LessOrEqual(t, w.machine.Log().Len(), maxRecords+1)
		require.LessOrEqual(t, w.numbers, uint32(1000), "streams' numbers are used again")
		w.flush()
	}
	require.Less(t, w.machine.Log().Texts(), 110_000)
	w.machine.Renew(limits)
}

func TestWritesStayWithinPages(t *testing.T) {
	m := &pages{}
	f := newLineFile(m)
	f.page = 64
	for i := range 200 {
		f.pending = append(append(f.pending, strings.Repeat("x", i*7%50)...), '\n')
		f.end()
		if i%13 == 0 {
			require.NoError(t, f.flush())
		}
	}
	f.pending = append(append(f.pending, strings.Repeat("y", 300)...), '\n')
	f.end()
	require.NoError(t, f.flush())
	require.EqualValues(t, m.size, f.size)
	require.NotZero(t, m.within)
	for _, w := range m.crossing {
		require.Equal(t, 1, strings.Count(w, "\n"), "a write that crosses pages is one record: %q", w)
	}
}

// pages notes which writes cross the end of a page of 64 bytes.
type pages struct {
	memory
	size     int
	within   int
	crossing []string
}

func (p *pages) Write(b []byte) (int, error) {
	if p.size/64 == (p.size+len(b)-1)/64 {
		p.within++
	} else {
		p.crossing = append(p.crossing, string(b))
	}
	p.size += len(b)
	return len(b), nil
}

func BenchmarkRecord(b *testing.B) {
	l := Options{Tolerant: true}.start("the file", &discard{})
	request, response := removeRequest("/a/path/of/some/length"), resultResponse(0)
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		_ = l.RecordRequest(ctx, 1, request)
		_ = l.RecordResponse(ctx, 1, response)
	}
	require.NoError(b, l.Close())
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) Truncate(int64) error        { return nil }
func (discard) Sync() error                 { return nil }
func (discard) Close() error                { return nil }
