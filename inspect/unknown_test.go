package inspect

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

// Without fast file I/O the log has Unknown lines for writes and reads; here they
// are what they are.
func TestWithoutFastFileIO(t *testing.T) {
	c := newTalk(t)
	c.ask(0, sata.Request{Command: sata.Ping, User: [2]uint32{5000, 5000}})
	c.answer(0, sata.Response{})
	c.open(0, "/a", "w+", 3)
	r := transfer(sata.WriteFile, 3, 2, 50, sata.MoveNowhere)
	b, err := sata.AppendRequest(nil, &r)
	require.NoError(t, err)
	b = append(b, strings.Repeat("w", 100)...)
	binary.BigEndian.PutUint32(b, uint32(len(b)-sata.HeaderSize))
	write := int(c.m.Request(0, walcore.Message{Head: b, Length: uint64(len(b)), At: c.place(0, 0, len(b))}))
	c.waiting[0] = append(c.waiting[0], r)
	wrote := c.answer(0, sata.Response{Result: 100})
	c.askRead(0, 3, 1, 400, sata.MoveBegin)
	a, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapeResult, Result: 100})
	require.NoError(t, err)
	a = append(a, strings.Repeat("r", 100)...)
	binary.BigEndian.PutUint32(a, uint32(len(a)-sata.HeaderSize))
	read := c.raw(0, a)
	c.askRead(0, 3, 1, 400, sata.MoveNowhere)
	failed := c.answer(0, sata.Response{Result: sata.FSError})
	x := c.index()

	require.Equal(t, "100 bytes written", string(x.AppendResult(nil, wrote)))
	require.Equal(t, "100 bytes read", string(x.AppendResult(nil, read)))
	require.Equal(t, "file system error", string(x.AppendResult(nil, failed)))
	f := file(t, x, wrote, 3)
	require.Equal(t, []int64{100, 100}, []int64{f.Position, f.Length})
	f = file(t, x, read, 3)
	require.Equal(t, []int64{100, 100}, []int64{f.Position, f.Length})
	require.Equal(t, []uint64{100, 100}, []uint64{f.Read, f.Written})
	require.Equal(t, PathTotals{Text: f.Path, Requests: 4, Failures: 1, Reads: 2, Writes: 1, Read: 100, Written: 100, FirstRequest: 2, LastAnswer: uint32(failed)}, x.paths[0])
	require.Equal(t, []int{failed}, found(t, x, "result:failure"))
	require.Equal(t, []int{1, 3, wrote, read}, found(t, x, "result:success"))
	require.Equal(t, []int{wrote, read}, found(t, x, `result:"100 bytes"`))
	require.Equal(t, []int{write, wrote}, found(t, x, "op:WriteFile"))

	m := x.Message(write, b)
	require.Nil(t, m.Problem)
	require.Equal(t, []any{int64(0x48), int64(100), true}, []any{m.DataOffset, m.DataLength, m.DataSure})
	require.Equal(t, int64(0x48), named(t, m, "data").Offset)
	require.Equal(t, "100 bytes", named(t, m, "in all").Value)
	require.Contains(t, explained(x, write, b), "The 100 bytes to write stand behind that")
	require.NotContains(t, explained(x, write, b), "all the same")
	m = x.Message(read, a)
	require.Equal(t, "0x00000064: 100 bytes read", named(t, m, "result code").Value)
	require.Equal(t, int64(100), m.DataLength)
	s := x.Summary(About{})
	for _, r := range s.Results {
		require.NotEqual(t, sata.Result(100), r.Code, "a number of bytes is no code")
	}
}

// opened makes rows of a golden log.
func opened(t *testing.T, name string) *Index {
	b, err := os.ReadFile(golden + name)
	require.NoError(t, err)
	log := walcore.NewLog(walcore.Limits{})
	p := walcore.NewParser(log)
	for _, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		p.Entry([]byte(line), walcore.At{Time: walcore.NoTime})
	}
	x := New(log)
	x.Update(1 << 30)
	return x
}

// A log that was opened again is rows like those of the capture it was written
// from, as far as a log tells.
func TestOpenedLogs(t *testing.T) {
	for _, name := range goldenFiles(t) {
		log := name + ".log"
		if strings.HasPrefix(name, "events/") {
			log = strings.TrimSuffix(name, ".jsonl") + ".log"
		}
		if b, err := os.ReadFile(golden + log); err != nil || len(b) == 0 || strings.HasPrefix(filepath.Base(name), "lost_") || strings.HasSuffix(name, "paths.jsonl") || strings.HasSuffix(name, "soup.jsonl") {
			continue // paths that look like log lines make others of them
		}
		one, _ := decoded(t, name)
		two := opened(t, log)
		// What the log has no line for is Unknown in it; the rest is the same.
		requests := func(x *Index) map[string]int {
			n := map[string]int{}
			for k := range x.Exchanges() {
				r := x.log.At(int(x.Exchange(k).Request))
				if r.Line != walcore.LineUnknown {
					n[operationName(r.Op)]++
				}
			}
			return n
		}
		require.Equal(t, requests(one), requests(two), log)
		for i := range two.log.Len() {
			s := two.State(i)
			require.LessOrEqual(t, s.WaitingTotal, two.Exchanges())
			m := two.Message(i, nil)
			require.Zero(t, m.DataLength, "nothing to save")
			if two.log.At(i).Flags&walcore.FlagNoData != 0 {
				require.Equal(t, "none", named(t, m, "bytes").Value)
			}
			require.NotEmpty(t, two.Why(i, nil).Sentences)
			for _, f := range leaves(m.Nodes) {
				require.GreaterOrEqual(t, f.Offset, int64(0))
			}
		}
		sum := two.Summary(About{})
		two.AppendMarkdown(nil, &sum)
		require.Zero(t, sum.First-walcore.NoTime)
	}
}

// In a log several streams may be mixed: an answered request does not say that
// those before it wait no longer.
func TestWaitingInOpenedLog(t *testing.T) {
	log := walcore.NewLog(walcore.Limits{})
	p := walcore.NewParser(log)
	for _, line := range []string{
		"->OpenFile     {path=/a,mode=r}",
		"->ReadFolder   {path=/f}",
		"->CloseFile    {path=<Unknown; 7>}",
		"<- Folder Item {rc=Success,next_item=x}",
		"<-          RC {return_code=Success}",
		"<-       FDRES {response=Success (4)}",
	} {
		p.Entry([]byte(line), walcore.At{Time: walcore.NoTime})
	}
	x := New(log)
	var waiting [][]uint32
	for i := range log.Len() {
		waiting = append(waiting, x.State(i).Waiting)
	}
	require.Equal(t, [][]uint32{{0}, {0, 1}, {0, 1, 2}, {0, 2}, {0}, nil}, waiting)
	require.Len(t, x.State(5).Files, 1)
}
