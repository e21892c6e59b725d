package inspect

import (
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture/unpack"
	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

const golden = "../testdata/golden/"

type diskFile string

func (f diskFile) Open() (io.ReadCloser, error) { return os.Open(string(f)) }
func (f diskFile) Name() string                 { return filepath.Base(string(f)) }
func (f diskFile) Size() int64 {
	st, err := os.Stat(string(f))
	if err != nil {
		return -1
	}
	return st.Size()
}

var decodedOnce = map[string]*decode.Decoder{}

// decoded decodes a golden file, once for all tests, and takes in its log.
func decoded(t testing.TB, name string) (*Index, *decode.Decoder) {
	d := decodedOnce[name]
	if d == nil {
		d = decode.New(decode.Options{Unpackers: unpack.Native()}, diskFile(golden+name))
		require.NoError(t, d.Run(context.Background()), name)
		decodedOnce[name] = d
	}
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	x := New(d.Log())
	require.True(t, x.Update(1<<30))
	return x, d
}

// goldenFiles are inputs of all kinds.
func goldenFiles(t testing.TB) (names []string) {
	for _, pattern := range []string{"events/*.jsonl", "captures/*", "exports/both_directions.*", "partial/*"} {
		found, err := filepath.Glob(golden + pattern)
		require.NoError(t, err)
		for _, f := range found {
			if filepath.Ext(f) != ".log" {
				names = append(names, f[len(golden):])
			}
		}
	}
	require.Greater(t, len(names), 30)
	return names
}

// compile is a filter that must be right.
func compile(t testing.TB, x *Index, text string) *Filter {
	f, m := x.Compile(text)
	if m != nil {
		t.Fatalf("%s: %v", text, m)
	}
	return f
}

// found are the rows that match, asked one by one.
func found(t testing.TB, x *Index, text string) (rows []int) {
	f := compile(t, x, text)
	for i := range x.log.Len() {
		if f.Match(i) {
			rows = append(rows, i)
		}
	}
	return rows
}

func line(x *Index, i int) string { return string(x.log.AppendText(nil, i)) }

// A talk is a conversation made message by message.
type talk struct {
	t   testing.TB
	m   *walcore.Machine
	now int64
	gap int64 // time between messages
	at  map[[2]uint32]int64
	buf []byte

	waiting map[uint32][]sata.Request
	hook    func() // called before each message
}

const start = 1_700_000_000_000_000_000 // 2023-11-14 22:13:20 UTC

func newTalk(t testing.TB) *talk {
	c := &talk{t: t, m: walcore.NewMachine(walcore.NewLog(walcore.Limits{})), now: start, gap: 1e6, at: map[[2]uint32]int64{}, waiting: map[uint32][]sata.Request{}}
	return c
}

func (c *talk) place(stream, side uint32, length int) walcore.At {
	if c.hook != nil {
		c.hook()
	}
	at := walcore.At{Offset: c.at[[2]uint32{stream, side}], Time: c.now, Packet: uint32(c.m.Log().Len() + 1)}
	c.at[[2]uint32{stream, side}] += int64(length)
	c.now += c.gap
	return at
}

// ask sends a request.
func (c *talk) ask(stream uint32, r sata.Request) int {
	if len(c.waiting[stream]) == 0 && c.at[[2]uint32{stream, 0}] == 0 {
		c.m.OpenStream(stream)
	}
	r.Header.Version = sata.Version
	b, err := sata.AppendRequest(c.buf[:0], &r)
	require.NoError(c.t, err)
	c.buf = b
	c.waiting[stream] = append(c.waiting[stream], r)
	return int(c.m.Request(stream, walcore.Message{Head: b, Length: uint64(len(b)), At: c.place(stream, 0, len(b))}))
}

func (c *talk) raw(stream uint32, b []byte) int {
	if len(c.waiting[stream]) > 0 {
		c.waiting[stream] = c.waiting[stream][1:]
	}
	return int(c.m.Response(stream, walcore.Message{Head: b, Length: uint64(len(b)), At: c.place(stream, 1, len(b))}))
}

// answer sends a response with a header to the request that waits longest.
func (c *talk) answer(stream uint32, r sata.Response) int {
	r.Shape = c.waiting[stream][0].ResponseShape()
	if r.Shape == sata.ShapeRead { // without fast file I/O
		r.Shape = sata.ShapeResult
	}
	r.Header.Version, r.Header.Timestamp, r.Header.PID = sata.Version, 1_700_000_000, 4242
	b, err := sata.AppendResponse(c.buf[:0], &r)
	require.NoError(c.t, err)
	c.buf = b
	return c.raw(stream, b)
}

// read answers a ReadFile with fast file I/O: a form, the u32 at 0x20, and so
// many bytes of data and padding.
func (c *talk) read(stream uint32, form sata.ReadForm, size uint32, data, padding int) int {
	b := append(c.buf[:0], make([]byte, sata.ReadHeadSize)...)
	switch form {
	case sata.ReadFirst:
		copy(b, "\xC4\x00\x24\x02\xE8\xEF\x24\x02")
	case sata.ReadFailed:
		copy(b, "\xC4\x00\xFE\x00\x20")
	}
	binary.BigEndian.PutUint32(b[0x20:], size)
	for i := range data {
		b = append(b, byte('a'+i%26))
	}
	for range padding {
		b = append(b, 0xCD)
	}
	c.buf = b
	return c.raw(stream, b)
}

func (c *talk) written(stream uint32, fd int32, n int) int {
	c.m.Written(stream, fd, uint64(n), c.place(stream, 0, n))
	return c.m.Log().Len() - 1
}

func (c *talk) ping(stream uint32, firstRead, firstWrite uint32) {
	c.ask(stream, sata.Request{Command: sata.Ping, Header: sata.Header{Flags: sata.FlagFFIO | sata.FlagCSR}, User: [2]uint32{firstRead, firstWrite}})
	c.answer(stream, sata.Response{Capabilities: sata.CapBoth})
}

func (c *talk) open(stream uint32, path, mode string, fd int32) int {
	c.ask(stream, sata.Request{Command: sata.OpenFile, Path: []byte(path), ModeText: []byte(mode)})
	return c.answer(stream, sata.Response{FD: fd})
}

func (c *talk) close(stream uint32, fd int32) int {
	c.ask(stream, sata.Request{Command: sata.CloseFile, FD: fd})
	return c.answer(stream, sata.Response{})
}

func (c *talk) askRead(stream uint32, fd int32, blocks, size uint32, move sata.Move) int {
	return c.ask(stream, transfer(sata.ReadFile, fd, blocks, size, move))
}

func transfer(command sata.Command, fd int32, blocks, size uint32, move sata.Move) sata.Request {
	r := sata.Request{Command: command, FD: fd, BlockCount: blocks, BlockSize: size, MoveTo: move}
	if move != sata.MoveNowhere {
		r.ShouldMove = 1
	}
	return r
}

// write asks for a write, sends its data and answers that all were written.
func (c *talk) write(stream uint32, fd int32, n int, move sata.Move) int {
	c.ask(stream, transfer(sata.WriteFile, fd, 1, uint32(n), move))
	c.written(stream, fd, n)
	return c.answer(stream, sata.Response{Result: sata.Result(n)})
}

func (c *talk) index() *Index {
	x := New(c.m.Log())
	require.True(c.t, x.Update(1<<30))
	return x
}

var million struct {
	sync.Once
	log *walcore.Log
}

// millionLog is a conversation of a million rows on eight streams, with some
// thousand paths, failures, findings and times that go on.
func millionLog(t testing.TB) *walcore.Log {
	million.Do(func() { million.log = made(t, 1_000_000) })
	return million.log
}

func made(t testing.TB, rows int) *walcore.Log { return talkOf(newTalk(t), rows) }

func talkOf(c *talk, rows int) *walcore.Log {
	random := rand.New(rand.NewPCG(1, 2))
	type state struct{ open []int32 }
	var streams [8]state
	for id := range streams {
		c.ping(uint32(id), 0x30000, 0x10000)
	}
	log := c.m.Log()
	fd := int32(0)
	for log.Len() < rows-4 {
		id := uint32(random.IntN(len(streams)))
		s := &streams[id]
		c.gap = int64(random.IntN(400_000)) + 1_000
		path := "/%SLC_EMU_DIR/sys/title/" + strconv.Itoa(random.IntN(40)) + "/Content/file" + strconv.Itoa(random.IntN(200)) + ".bin"
		if random.IntN(20) == 0 {
			path = "/%MLC_EMU_DIR/usr/config/system" + strconv.Itoa(random.IntN(50)) + ".xml"
		}
		switch n := random.IntN(100); {
		case n < 4:
			c.ask(id, sata.Request{Command: sata.OpenFile, Path: []byte(path), ModeText: []byte("r")})
			c.answer(id, sata.Response{Result: sata.NotFound, FD: -1})
		case n < 20 || len(s.open) == 0:
			fd++
			c.open(id, path, "r", fd)
			s.open = append(s.open, fd)
		case n < 30:
			c.close(id, s.open[0])
			s.open = s.open[1:]
		case n < 45:
			c.ask(id, sata.Request{Command: sata.QueryPath, Path: []byte(path), Query: sata.QueryDetails})
			c.answer(id, sata.Response{Info: sata.Info{Flags: 0x2C000000, Permissions: 0x666, FileLength: uint32(n)}})
		case n < 50:
			c.write(id, s.open[random.IntN(len(s.open))], 64, sata.MoveEnd)
		case n == 50 && random.IntN(10) == 0:
			c.m.Diagnose(walcore.Diagnosis{Code: walcore.CodeMissing, Stream: id, At: c.place(id, 0, 0), Size: 1448})
		default:
			c.askRead(id, s.open[random.IntN(len(s.open))], 1, 64, sata.MoveNowhere)
			c.read(id, sata.ReadFirst, 1_000, 64, 0)
		}
		for len(s.open) > 40 {
			c.close(id, s.open[0])
			s.open = s.open[1:]
		}
	}
	return log
}

func millionIndex(t testing.TB) *Index {
	x := New(millionLog(t))
	require.True(t, x.Update(1<<30))
	return x
}
