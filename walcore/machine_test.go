package walcore

import (
	"encoding/binary"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

// conversation is a machine whose stream 1 is open, with short ways to tell it
// of messages. What it returns are copies of the records.
type conversation struct {
	t testing.TB
	*Machine
}

func converse(t testing.TB) conversation {
	c := conversation{t, NewMachine(NewLog(Limits{}))}
	c.OpenStream(1)
	return c
}

func (c conversation) ask(r sata.Request) Record {
	b := appendRequest(c.t, &r)
	return *c.log.At(int(c.Request(1, Message{Head: b, Length: uint64(len(b))})))
}

func (c conversation) answer(r sata.Response) Record {
	b, err := sata.AppendResponse(nil, &r)
	require.NoError(c.t, err)
	return c.answerBytes(b)
}

func (c conversation) answerBytes(b []byte) Record {
	return *c.log.At(int(c.Response(1, Message{Head: b, Length: uint64(len(b))})))
}

// Without fast file I/O reads and writes bring their data along, framed by their
// headers. The reference prints them as Unknown; the records say what they are.
func TestWithoutFastIO(t *testing.T) {
	c := converse(t)
	c.ask(sata.Request{Command: sata.Ping})
	c.answer(sata.Response{Shape: sata.ShapePong})
	c.ask(sata.Request{Command: sata.OpenFile, Path: []byte("/a"), ModeText: []byte("r+")})
	c.answer(sata.Response{Shape: sata.ShapeDescriptor, FD: 3})
	requireRecord := func(r Record, c sata.Command, result sata.Result, has bool, bytes uint64) {
		t.Helper()
		command, ok := r.Command()
		require.True(t, ok)
		require.Equal(t, c, command)
		require.EqualValues(t, 3, r.FD)
		require.NotZero(t, r.Flags&FlagOpen, "the path is known")
		code, ok := r.Result()
		require.Equal(t, has, ok)
		require.Equal(t, result, code)
		n, ok := r.Transferred()
		require.Equal(t, bytes > 0, ok)
		require.Equal(t, bytes, n)
	}

	write := appendRequest(t, &sata.Request{Command: sata.WriteFile, FD: 3, BlockCount: 2, BlockSize: 50, MoveTo: 7, ShouldMove: 1})
	write = append(write, make([]byte, 100)...)
	binary.BigEndian.PutUint32(write, uint32(len(write)-sata.HeaderSize))
	asked := *c.log.At(int(c.Request(1, Message{Head: write, Length: uint64(len(write))})))
	require.Equal(t, LineUnknown, asked.Line)
	require.Equal(t, write, c.log.Kept(&asked))
	require.EqualValues(t, 7, asked.D)
	requireRecord(asked, sata.WriteFile, 0, false, 100)
	before := c.log.Len()
	c.Written(1, 3, 100, At{})
	require.Equal(t, before, c.log.Len(), "nothing is out of band")
	answer := c.answer(sata.Response{Shape: sata.ShapeResult, Result: 100})
	require.Equal(t, LineUnknown, answer.Line, "as its request's")
	require.False(t, answer.Failed())
	requireRecord(answer, sata.WriteFile, 100, true, 0)

	requireRecord(c.ask(sata.Request{Command: sata.ReadFile, FD: 3, BlockCount: 1, BlockSize: 8}), sata.ReadFile, 0, false, 0)
	read := sata.Header{DataLen: 12, Version: sata.Version}.Append(nil)
	answer = c.answerBytes(append(read, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8))
	require.Equal(t, LineUnknown, answer.Line)
	requireRecord(answer, sata.ReadFile, 8, true, 8)

	asked = c.ask(sata.Request{Command: sata.GetFilePosition, FD: 3})
	require.Equal(t, LineUnknown, asked.Line)
	requireRecord(asked, sata.GetFilePosition, 0, false, 0)
	requireRecord(c.answer(sata.Response{Shape: sata.ShapePosition, Position: 9}), sata.GetFilePosition, 0, true, 0)
}

// What records say to those who ask for more than the line.
func TestRecordResults(t *testing.T) {
	c := converse(t)
	for _, x := range []struct {
		name   string
		ask    sata.Request
		answer sata.Response
		result sata.Result
		has    bool
		failed bool
	}{
		{"success", sata.Request{Command: sata.CloseFile}, sata.Response{Shape: sata.ShapeResult}, 0, true, false},
		{"failure", sata.Request{Command: sata.CloseFile}, sata.Response{Shape: sata.ShapeResult, Result: sata.FSError}, sata.FSError, true, true},
		{"a write answers bytes", sata.Request{Command: sata.WriteFile}, sata.Response{Shape: sata.ShapeResult, Result: 512}, 512, true, false},
		{"a write that failed", sata.Request{Command: sata.WriteFile}, sata.Response{Shape: sata.ShapeResult, Result: sata.TooBig}, sata.TooBig, true, true},
		{"descriptor", sata.Request{Command: sata.OpenFile}, sata.Response{Shape: sata.ShapeDescriptor, FD: 4}, 0, true, false},
		{"no descriptor", sata.Request{Command: sata.OpenFile}, sata.Response{Shape: sata.ShapeDescriptor, Result: sata.NotFound}, sata.NotFound, true, true},
		{"item", sata.Request{Command: sata.ReadFolder}, sata.Response{Shape: sata.ShapeItem}, 0, true, false},
		{"stat", sata.Request{Command: sata.StatFile}, sata.Response{Shape: sata.ShapeInfo, Info: sata.Info{Flags: 1}}, 0, true, false},
		{"stat failed", sata.Request{Command: sata.StatFile}, sata.Response{Shape: sata.ShapeInfo, Result: sata.FSError}, sata.FSError, true, true},
		{"details", sata.Request{Command: sata.QueryPath, Query: sata.QueryDetails}, sata.Response{Shape: sata.ShapeInfo, Info: sata.Info{Flags: 1}}, 0, true, false},
		{"space", sata.Request{Command: sata.QueryPath}, sata.Response{Shape: sata.ShapeSpace, Number: 1}, 0, true, false},
		{"count", sata.Request{Command: sata.QueryPath, Query: sata.QueryFileCount}, sata.Response{Shape: sata.ShapeCount, Number: 1}, 0, true, false},
		{"pong", sata.Request{Command: sata.Ping}, sata.Response{Shape: sata.ShapePong, Capabilities: sata.CapBoth}, 0, true, false},
		{"position, which the reference does not know", sata.Request{Command: sata.GetFilePosition}, sata.Response{Shape: sata.ShapePosition, Position: 9}, 0, true, false},
		{"no position", sata.Request{Command: sata.GetFilePosition}, sata.Response{Shape: sata.ShapePosition, Result: sata.FSError}, sata.FSError, true, true},
		{"an item that does not parse", sata.Request{Command: sata.ReadFolder}, sata.Response{Shape: sata.ShapeItem, Result: sata.FSError}, 0, false, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			ask := c.ask(x.ask)
			_, ok := ask.Result()
			require.False(t, ok, "a request has no result")
			require.False(t, ask.FromServer())
			answer := c.answer(x.answer)
			result, ok := answer.Result()
			require.Equal(t, x.has, ok)
			require.Equal(t, x.result, result)
			require.Equal(t, x.failed, answer.Failed())
			require.True(t, answer.FromServer())
			command, ok := answer.Command()
			require.True(t, ok)
			require.Equal(t, x.ask.Command, command, "of a response that of its request")
		})
	}
}

func TestReadResults(t *testing.T) {
	c := converse(t)
	read := func(start []byte, number uint32, data string) Record {
		c.ask(sata.Request{Command: sata.ReadFile, FD: 3, BlockCount: 1, BlockSize: 4})
		b := make([]byte, sata.HeaderSize, sata.ReadHeadSize)
		copy(b, start)
		b = append(b, byte(number>>24), byte(number>>16), byte(number>>8), byte(number))
		return c.answerBytes(append(b, data...))
	}
	first := []byte{0xC4, 0x00, 0x24, 0x02, 0xE8, 0xEF, 0x24, 0x02}
	r := read(first, 77, "abcd")
	require.Equal(t, LineRead, r.Line)
	require.False(t, r.Failed())
	require.EqualValues(t, 77, r.B)
	require.EqualValues(t, 3, r.FD)
	result, ok := r.Result()
	require.True(t, ok)
	require.Equal(t, sata.Success, result)

	r = read([]byte{0xC4, 0x00, 0xFE, 0x00, 0x20}, uint32(sata.FSError), "")
	require.Equal(t, LineRead, r.Line, "a failed read prints as READ too")
	require.True(t, r.Failed())
	result, _ = r.Result()
	require.Equal(t, sata.FSError, result)

	// Without fast file I/O it has a header: the line is Unknown, the code is known.
	c.ask(sata.Request{Command: sata.Ping})
	c.answer(sata.Response{Shape: sata.ShapePong})
	for code, failed := range map[sata.Result]bool{sata.Success: false, 512: false, sata.FSError: true} {
		c.ask(sata.Request{Command: sata.ReadFile})
		r = c.answer(sata.Response{Shape: sata.ShapeResult, Result: code})
		require.Equal(t, LineUnknown, r.Line)
		result, ok = r.Result()
		require.True(t, ok)
		require.Equal(t, code, result)
		require.Equal(t, failed, r.Failed(), "%x", code)
	}
	r = read(first, 77, "abcd")
	require.Equal(t, LineUnknown, r.Line)
	_, ok = r.Result()
	require.False(t, ok, "this has no header")
	require.False(t, r.Failed())
}

// What a request was parsed to before is taken as it is.
func TestParsedBefore(t *testing.T) {
	c := converse(t)
	b := appendRequest(t, &sata.Request{Command: sata.Remove, Path: []byte("/a")})
	var parsed sata.Request
	problem := sata.ParseRequest(b, uint64(len(b)), &parsed)
	require.NoError(t, problem)
	c.Request(1, Message{Head: b, Length: uint64(len(b)), Parsed: &parsed})
	short := b[:40]
	problem = sata.ParseRequest(short, 40, &parsed)
	require.Error(t, problem)
	c.Request(1, Message{Head: short, Length: 40, Parsed: &parsed, Problem: problem})
	require.Equal(t, LineRequest, c.log.At(0).Line)
	require.Equal(t, "/a", c.log.Text(c.log.At(0).Path))
	require.Equal(t, LineUnknown, c.log.At(1).Line)
	_, known := c.log.At(1).Command()
	require.False(t, known)
}

// Where a message stands is kept.
func TestPlaces(t *testing.T) {
	c := converse(t)
	b := appendRequest(t, &sata.Request{Command: sata.Remove, Path: []byte("/a")})
	c.Request(1, Message{Head: b, Length: uint64(len(b)), At: At{Offset: 1 << 40, Time: -5, Packet: 9}})
	answer, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapeResult})
	require.NoError(t, err)
	c.Response(1, Message{Head: answer, Length: uint64(len(answer)), At: At{Offset: 2 << 40, Time: NoTime}})
	c.Diagnose(Diagnosis{Code: CodeReadEnd, Stream: 8, At: At{Offset: 3, Time: 4, Packet: 5}, FromServer: true, Size: 6, A: 7, B: 8, About: 2})
	require.Equal(t, []Record{
		{Offset: 1 << 40, Length: 0x234, Time: -5, Path: 1, Stream: 1, Partner: 1, Packet: 9, Kind: Request, Line: LineRequest, Op: uint8(sata.Remove), Flags: flagCompatible | FlagOpen},
		{Offset: 2 << 40, Length: 36, Time: NoTime, Path: 1, Stream: 1, Partner: 0, Kind: Response, Line: LineResult, Op: uint8(sata.Remove), Flags: flagCompatible | FlagOpen},
		{Offset: 3, Length: 6, Time: 4, A: 7, B: 8, Stream: 8, Partner: 1, Packet: 5, Kind: Diagnostic, Line: LineDiagnostic, Op: uint8(CodeReadEnd), Flags: FlagFromServer},
	}, []Record{*c.log.At(0), *c.log.At(1), *c.log.At(2)})
	require.Equal(t, 1, c.log.Diagnostics())
	require.True(t, c.log.At(2).FromServer())
	_, known := c.log.At(2).Command()
	require.False(t, known, "a diagnostic's Op is its code")
}

// A million records must fit a browser.
func TestRecordIsSmall(t *testing.T) {
	require.LessOrEqual(t, unsafe.Sizeof(Record{}), uintptr(72))
}

// A log that is full takes nothing more, not even into its arena.
func TestFullLogKeepsNothing(t *testing.T) {
	log := NewLog(Limits{Records: 1})
	m := NewMachine(log)
	m.OpenStream(1)
	require.EqualValues(t, 0, m.Request(1, Message{Head: []byte("one"), Length: 3}))
	require.EqualValues(t, None, m.Request(1, Message{Head: []byte("two"), Length: 3}))
	require.EqualValues(t, None, m.Response(1, Message{Head: []byte("three"), Length: 5}))
	require.EqualValues(t, None, m.Response(1, Message{Head: []byte("four"), Length: 4}))
	require.EqualValues(t, None, m.Response(1, Message{Head: []byte("five"), Length: 4}))
	require.Equal(t, "records", log.Full())
	require.Equal(t, 1, log.Len())
	require.Equal(t, "onetwo", string(log.arena), "the second found out that there is no room for its record")
	require.EqualValues(t, None, log.At(0).Partner)
	require.False(t, log.Stopped(), "what comes after the limit is not looked at")
}

// Many requests that wait cost memory once, and the queue keeps its order.
func TestLongQueue(t *testing.T) {
	c := converse(t)
	const ahead = 100
	for i := range 10_000 {
		c.ask(sata.Request{Command: sata.StatFile, FD: int32(i)})
		if i >= ahead {
			r := c.answer(sata.Response{Shape: sata.ShapeInfo})
			require.EqualValues(t, i-ahead, r.FD)
		}
	}
	s := c.streams[1]
	require.Equal(t, ahead, len(s.waiting)-s.head)
	require.Less(t, cap(s.waiting), 10*ahead, "what was answered makes room")
}

// The package's imports: no fmt (the browser's binary), no clock but to print
// times, no I/O but io.Writer.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range f.Imports {
			require.Contains(t, []string{`"bytes"`, `"io"`, `"sort"`, `"strconv"`, `"strings"`, `"time"`, `"unicode"`, `"unicode/utf8"`, `"satascope/sata"`}, i.Path.Value, name)
		}
	}
	if runtime.GOOS == "js" {
		return // no go command in there; the native run has looked
	}
	deps, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	require.Contains(t, strings.Fields(string(deps)), "satascope/sata")
	require.NotContains(t, strings.Fields(string(deps)), "fmt")
}

// Requests that are never answered are bounded: whoever sends them without end
// fills the log, not the memory.
func TestWaitingIsBounded(t *testing.T) {
	log := NewLog(Limits{Waiting: 3})
	m := NewMachine(log)
	m.OpenStream(1)
	for range 5 {
		m.Request(1, Message{Head: []byte("?"), Length: 1})
	}
	require.Equal(t, "requests that wait for a response", log.Full())
	require.Equal(t, 4, log.Len())
}
