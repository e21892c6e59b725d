package inspect

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

// leaves are the nodes that hold the bytes, in order. The bits of flags lie in
// them, not beside them.
func leaves(nodes []Node) (all []Node) {
	for _, n := range nodes {
		switch {
		case n.Kind == NodeNote || n.Kind == NodeBit:
		case len(n.Children) > 0 && n.Kind != NodeFlags:
			all = append(all, leaves(n.Children)...)
		case n.Length > 0:
			all = append(all, n)
		}
	}
	return all
}

func each(nodes []Node, f func(n *Node)) {
	for i := range nodes {
		f(&nodes[i])
		each(nodes[i].Children, f)
	}
}

func named(t *testing.T, m Message, name string) Node {
	var found *Node
	each(m.Nodes, func(n *Node) {
		if found == nil && n.Name == name {
			found = n
		}
	})
	require.NotNil(t, found, "no %q in %s", name, m.Title)
	return *found
}

// In every message of every golden input the leaves are all of the message's
// bytes, once each, and filters that nodes offer find the row.
func TestNodesAreTheWholeMessage(t *testing.T) {
	messages, problems := 0, 0
	for _, name := range goldenFiles(t) {
		x, d := decoded(t, name)
		for i := range x.log.Len() {
			r := x.log.At(i)
			var head []byte
			if r.Kind != walcore.Diagnostic {
				var err error
				head, err = d.Rest(nil, r, 0, int(min(r.Length, MessageHead)))
				if r.Kind == walcore.Written && err != nil {
					head = nil // event files do not have what was written
				} else {
					require.NoError(t, err, "%s row %d", name, i)
				}
			}
			m := x.Message(i, head)
			require.NotEmpty(t, m.Title)
			at := int64(0)
			for _, n := range leaves(m.Nodes) {
				require.Equal(t, at, n.Offset, "%s row %d: %s\n%+v", name, i, line(x, i), n)
				at += n.Length
			}
			if r.Kind != walcore.Diagnostic {
				require.Equal(t, int64(r.Length), at, "%s row %d: %s", name, i, line(x, i))
				messages++
			}
			bad := 0
			each(m.Nodes, func(n *Node) {
				require.NotEmpty(t, n.Name)
				if n.Bad {
					bad++
				}
				if n.Kind == NodeGroup {
					return
				}
				require.True(t, n.Length == 0 || n.Value != "" || n.Kind == NodeText || n.Bad, "%s: %+v", m.Title, n)
				if n.Filter != "" {
					require.Equal(t, []int{i}, rowsOf(t, x, n.Filter, i), "%s row %d: %s", name, i, n.Filter)
				}
			})
			if m.Problem != nil {
				problems++
				require.NotZero(t, bad, "%s row %d: %v is shown nowhere", name, i, m.Problem)
				require.True(t, r.Line == walcore.LineUnknown || r.Line == walcore.LineDiagnostic, "%s", line(x, i))
			} else if bad > 0 {
				t.Errorf("%s row %d: bad without a problem: %s", name, i, line(x, i))
			}
			none := x.Message(i, nil) // as it is when the file can't be read again
			require.Equal(t, m.Title, none.Title)
			x.Why(i, nil)
		}
	}
	require.Greater(t, messages, 2000)
	require.Greater(t, problems, 20)
}

// rowsOf is row i if the filter finds it.
func rowsOf(t *testing.T, x *Index, text string, i int) []int {
	if compile(t, x, text).Match(i) {
		return []int{i}
	}
	return nil
}

func TestMessageOfRequest(t *testing.T) {
	c := newTalk(t)
	c.ping(0, 0x30000, 0x10000)
	b, err := sata.AppendRequest(nil, &sata.Request{Command: sata.OpenFile, Path: []byte("/vol/\u202ea b"), ModeText: []byte("rb")})
	require.NoError(t, err)
	copy(b[0x44+12:], "\x00old/path/of/another")
	i := int(c.m.Request(0, walcore.Message{Head: b, Length: uint64(len(b)), At: c.place(0, 0, len(b))}))
	c.waiting[0] = append(c.waiting[0], sata.Request{Command: sata.OpenFile})
	answer := c.answer(0, sata.Response{FD: 9})
	x := c.index()
	m := x.Message(i, b)
	require.Equal(t, "OpenFile, request", m.Title)
	require.Nil(t, m.Problem)
	require.Equal(t, "0x5: OpenFile", named(t, m, "command").Value)
	require.Equal(t, "op:OpenFile", named(t, m, "command").Filter)
	require.Equal(t, "rb", named(t, m, "open mode").Value)
	path := named(t, m, "path")
	require.Equal(t, "/vol/‹U+202E›a b", path.Value)
	require.Equal(t, "path:=\"/vol/\u202ea b\"", path.Filter)
	require.Equal(t, []NodeKind{NodePath, NodeNul, NodeRemains}, []NodeKind{path.Children[0].Kind, path.Children[1].Kind, path.Children[2].Kind})
	require.Equal(t, int64(0x44), path.Children[0].Offset)
	require.Contains(t, path.Children[2].Value, "old/path/of/another")
	answered := named(t, m, "answered by")
	require.Equal(t, "success, descriptor 9, after 1 ms", answered.Value)
	require.Equal(t, uint32(answer), answered.Row)

	m = x.Message(i, nil) // its bytes can't be read again: what the log knows
	require.Equal(t, "/vol/‹U+202E›a b", named(t, m, "path").Value)
	require.Equal(t, "rb", named(t, m, "open mode").Value)
	require.Equal(t, path.Filter, named(t, m, "path").Filter)

	// A Ping's flags, and a header that the host filled.
	ping, _ := sata.AppendRequest(nil, &sata.Request{Command: sata.Ping, Header: sata.Header{Flags: sata.FlagFFIO | 0x100, Timestamp: 1_700_000_000}, User: [2]uint32{5, 6}})
	flags := named(t, x.Message(0, ping), "flags")
	require.Equal(t, NodeFlags, flags.Kind)
	require.Equal(t, []string{"0x2 yes", "0x4 no", "0x100 set"}, []string{flags.Children[0].Name + " " + flags.Children[0].Value, flags.Children[1].Name + " " + flags.Children[1].Value, flags.Children[2].Name + " " + flags.Children[2].Value})
	require.Equal(t, "1700000000: 2023-11-14 22:13:20 UTC", named(t, x.Message(0, ping), "host timestamp").Value)
}

func TestMessageThatDoesNotParse(t *testing.T) {
	c := newTalk(t)
	good, err := sata.AppendRequest(nil, &sata.Request{Command: sata.QueryPath, Path: []byte("/p"), Query: sata.QueryDetails})
	require.NoError(t, err)
	c.m.OpenStream(0)
	for name, change := range map[string]func(b []byte) []byte{
		"zeros":          func(b []byte) []byte { b[0x1A] = 1; return b },
		"command":        func(b []byte) []byte { b[0x32] = 0x77; return b },
		"path":           func(b []byte) []byte { b[0x36] = 0xFF; return b },
		"query type":     func(b []byte) []byte { b[len(b)-1] = 9; return b },
		"body":           func(b []byte) []byte { return b[:len(b)-1] },
		"command info":   func(b []byte) []byte { return b[:0x2E] },
		"header":         func(b []byte) []byte { return b[:7] },
		"capabilities 1": func(b []byte) []byte { return b[:0x2E] },
	} {
		b := change(append([]byte(nil), good...))
		i := int(c.m.Request(0, walcore.Message{Head: b, Length: uint64(len(b)), At: c.place(0, 0, len(b))}))
		m := New(c.m.Log()).Message(i, b)
		require.NotNil(t, m.Problem, name)
		n := named(t, m, name)
		require.True(t, n.Bad, "%s: %+v", name, m.Nodes)
		require.Contains(t, n.Meaning, "expected ", name)
	}
	// A path without a NUL is all text, and that is what is wrong.
	b := append([]byte(nil), good...)
	for i := range sata.PathSize {
		b[sata.RequestSize+i] = 'x'
	}
	i := int(c.m.Request(0, walcore.Message{Head: b, Length: uint64(len(b)), At: c.place(0, 0, len(b))}))
	n := named(t, New(c.m.Log()).Message(i, b), "path")
	require.True(t, n.Bad)
	require.Contains(t, n.Meaning, "NUL")
	require.Len(t, n.Children, 1)
}

func TestMessageOfResponse(t *testing.T) {
	c := newTalk(t)
	c.ask(0, sata.Request{Command: sata.QueryPath, Path: []byte("/p"), Query: sata.QueryDetails})
	info := sata.Info{Flags: 0xAC000000, Permissions: 0x666, FileLength: 1307, Created: 1000 * 86400, Updated: 1 << 63}
	i := c.answer(0, sata.Response{Info: info})
	m := c.index().Message(i, c.buf)
	require.Equal(t, "Answer to QueryPath", m.Title)
	require.Equal(t, "0x00000000: success", named(t, m, "result code").Value)
	require.Equal(t, "yes", named(t, m, "0x80000000").Value)
	require.Equal(t, "1307 (0x51b)", named(t, m, "file length").Value)
	require.Equal(t, "86400000 ms: 1980-01-02 02:00:00 UTC", named(t, m, "created").Value, "a day after the server's FAT epoch, 87,650 hours after 1970")
	require.Contains(t, named(t, m, "updated").Value, "no date")
	require.Equal(t, "QueryPath, after 1 ms", named(t, m, "answers").Value)
	require.Equal(t, uint32(i-1), named(t, m, "answers").Row)

	c.ask(0, sata.Request{Command: sata.QueryPath, Path: []byte("/p"), Query: sata.QueryDetails})
	i = c.answer(0, sata.Response{Result: sata.NotFound})
	m = c.index().Message(i, c.buf)
	require.Equal(t, "0xfff0ffe9: path does not exist", named(t, m, "result code").Value)
	require.Equal(t, "code:fff0ffe9", named(t, m, "result code").Filter)

	c.m.OpenStream(5)
	i = int(c.m.Response(5, walcore.Message{Head: c.buf, Length: uint64(len(c.buf)), At: c.place(5, 1, len(c.buf))}))
	m = c.index().Message(i, c.buf)
	require.Equal(t, "Response that nobody asked for", m.Title)
	require.Equal(t, "nothing", named(t, m, "answers").Value)
	require.Contains(t, named(t, m, "body").Meaning, "by its form the answer to ")
	require.NotEmpty(t, named(t, m, "or").Value)
	require.Nil(t, m.Problem)

	m = c.index().Message(i-1, nil)
	require.Equal(t, "response-unasked", named(t, m, "diagnostic").Value)
}

func TestMessageOfRead(t *testing.T) {
	c := newTalk(t)
	c.ping(0, 196672, 0x10000)
	c.open(0, "/a", "r", 3)
	ask := c.askRead(0, 3, 1, 4096, sata.MoveBegin)
	i := c.read(0, sata.ReadFirst, 1307, 1307, 2789)
	x := c.index()
	m := x.Message(i, c.buf)
	require.Equal(t, "1307 (0x51b)", named(t, m, "file length").Value)
	data, padding := named(t, m, "data"), named(t, m, "padding")
	require.Equal(t, []int64{0x24, 1307, 0x24 + 1307, 2789}, []int64{data.Offset, data.Length, padding.Offset, padding.Length})
	require.Equal(t, "2,789 × 0xCD", padding.Value)
	require.Equal(t, []any{int64(0x24), int64(1307), true}, []any{m.DataOffset, m.DataLength, m.DataSure})
	require.Len(t, named(t, m, "checksum").Value, 16)
	require.Contains(t, line(x, i), named(t, m, "checksum").Value)
	require.Equal(t, "the file's beginning", named(t, x.Message(ask, nil), "goes first to").Value)
	require.Equal(t, "4,096 bytes", named(t, x.Message(ask, nil), "in all").Value)

	b := append([]byte(nil), c.buf...)
	b[len(b)-5] = 7
	require.Contains(t, named(t, x.Message(i, b), "padding").Meaning, "expected")

	// Where the position is not known, the padding's own bytes are all there is.
	c.askRead(0, 99, 1, 4096, sata.MoveNowhere)
	i = c.read(0, sata.ReadFirst, 9999, 100, 3996)
	m = c.index().Message(i, c.buf)
	require.False(t, m.DataSure)
	require.Equal(t, int64(100), m.DataLength)
	require.Contains(t, named(t, m, "data").Meaning, "as it seems")
	m = c.index().Message(i, c.buf[:200])
	require.Equal(t, int64(4096), m.DataLength, "without all of its bytes nothing is cut off")

	c.askRead(0, 3, 1, 4096, sata.MoveNowhere)
	i = c.read(0, sata.ReadFailed, uint32(sata.FSError), 0, 0)
	m = c.index().Message(i, c.buf)
	require.Equal(t, "0xfff0ffe0: file system error", named(t, m, "result code").Value)

	w := c.write(0, 3, 64, sata.MoveBegin) - 1
	m = c.index().Message(w, nil)
	require.Equal(t, "64 bytes", named(t, m, "data").Value)
	require.Equal(t, "/a", named(t, m, "path").Value)
	require.Equal(t, "offset 0", named(t, m, "goes to").Value)
	require.Equal(t, uint32(w-1), named(t, m, "belongs to").Row)
	require.Equal(t, uint32(w), named(t, c.index().Message(w-1, nil), "its data").Row)

	big := c.askRead(0, 3, 1<<31, 4, sata.MoveNowhere)
	require.Contains(t, named(t, c.index().Message(big, nil), "in all").Meaning, "modulo 2^32: 0")
}

// The answer to a read is one without its request, too: it begins with no header.
func TestMessageOfReadAlone(t *testing.T) {
	c := newTalk(t)
	c.m.OpenStream(0)
	answer := func(form sata.ReadForm, word uint32, data, padding int) (Message, string) {
		c.read(0, form, word, data, padding)
		i := c.m.Log().Len() - 1
		m := c.index().Message(i, c.buf)
		require.Nil(t, m.Problem)
		require.Equal(t, "the answer to ReadFile", named(t, m, "by its form").Value)
		last := leaves(m.Nodes)
		require.Equal(t, int64(len(c.buf)), last[len(last)-1].Offset+last[len(last)-1].Length)
		return m, explained(c.index(), i, c.buf)
	}
	m, why := answer(sata.ReadFirst, 1307, 1307, 2789)
	require.Equal(t, "1307 (0x51b)", named(t, m, "file length").Value)
	require.Equal(t, []any{int64(0x24), int64(1307), false}, []any{m.DataOffset, m.DataLength, m.DataSure})
	require.Equal(t, "2,789 × 0xCD", named(t, m, "padding").Value)
	require.Equal(t, "It begins with C4 00 24 02: data follows, and the number at 0x20 is the length of the whole file: 1307.\n"+
		"How much its request asked for, and so how much stands behind 0x24, is not known: it is taken to be all 4096 bytes that are there.", why)

	m, why = answer(sata.ReadZeros, 100, 100, 28)
	require.Equal(t, "100 (0x64)", named(t, m, "bytes that follow").Value)
	require.Equal(t, []any{int64(100), true}, []any{m.DataLength, m.DataSure})
	require.Contains(t, why, "says how many bytes of the file follow: 100.")

	m, why = answer(sata.ReadFailed, uint32(sata.FSError), 0, 0)
	require.Equal(t, "0xfff0ffe0: file system error", named(t, m, "result code").Value)
	require.Equal(t, "It begins with C4 00 FE 00 20: the read failed.\nSuch an answer is always 0x24 = 36 bytes long: 32 that say so, and the result code.", why)
}

func TestMessageOfReadWithHeader(t *testing.T) {
	c := newTalk(t)
	c.ask(0, sata.Request{Command: sata.Ping})
	c.answer(0, sata.Response{}) // neither is on
	c.askRead(0, 3, 1, 10, sata.MoveNowhere)
	b, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapeResult})
	require.NoError(t, err)
	b = append(b, "0123456789"...)
	binary.BigEndian.PutUint32(b, uint32(len(b)-sata.HeaderSize))
	i := c.raw(0, b)
	m := c.index().Message(i, b)
	require.Equal(t, int64(10), named(t, m, "data").Length)
	require.Equal(t, []int64{0x24, 10}, []int64{m.DataOffset, m.DataLength})
	w := c.index().Why(i, b)
	require.Contains(t, w.String(), "Fast file I/O is off here")
	require.Contains(t, w.String(), "0x20 + 14 = 46 bytes")
}

// why is the explanation's sentences as text.
func explained(x *Index, i int, head []byte) string {
	e := x.Why(i, head)
	_, text, _ := strings.Cut(strings.TrimSuffix(e.String(), "\n"), "\n")
	return text
}

func TestWhy(t *testing.T) {
	c := newTalk(t)
	c.ping(0, 196672, 65536)
	c.open(0, "/a", "r", 3)
	ask := func(size uint32, move sata.Move) { c.askRead(0, 3, 1, size, move) }
	check := func(i int, want string) {
		t.Helper()
		require.Equal(t, want, explained(c.index(), i, c.buf))
	}
	ask(4096, sata.MoveBegin)
	i := c.read(0, sata.ReadFirst, 1307, 1307, 2789)
	check(i, "5 asked for 1 × 4096 bytes, fewer than the first read size of the last Ping (196672), so the answer is 0x24 + 4096 = 4132 bytes: the file's 1,307 bytes and 2,789 of padding.\n"+
		"It begins with C4 00 24 02: data follows, and the number at 0x20 is the length of the whole file: 1307.")
	e := c.index().Why(i, c.buf)
	require.Equal(t, "Why is it 4,132 bytes long?", e.Title)
	require.Equal(t, []Part{{"5", PartRow, 4}, {" asked for ", PartText, 0}, {"1 × 4096", PartValue, 0}}, e.Sentences[0][:3])

	ask(1300, sata.MoveNowhere)
	check(c.read(0, sata.ReadFirst, 1307, 0, 1300), "7 asked for 1 × 1300 bytes, fewer than the first read size of the last Ping (196672), so the answer is 0x24 + 1300 = 1336 bytes: all of it padding, because the read began where the file ended.\n"+
		"It begins with C4 00 24 02: data follows, and the number at 0x20 is the length of the whole file: 1307.")
	ask(1000, 500)
	check(c.read(0, sata.ReadFirst, 1307, 807, 193), "9 asked for 1 × 1000 bytes, fewer than the first read size of the last Ping (196672), so the answer is 0x24 + 1000 = 1036 bytes: 807 bytes of the file and 193 of padding.\n"+
		"It begins with C4 00 24 02: data follows, and the number at 0x20 is the length of the whole file: 1307.")
	ask(200000, sata.MoveBegin)
	check(c.read(0, sata.ReadFirst, 1307, 1307, 196672-1307), "11 asked for 1 × 200000 bytes, more than the first read size of the last Ping (196672), so the answer is 0x24 + 196672 = 196708 bytes: the file's 1,307 bytes and 195,365 of padding.\n"+
		"It begins with C4 00 24 02: data follows, and the number at 0x20 is the length of the whole file: 1307.")
	ask(200000, sata.MoveBegin)
	check(c.read(0, sata.ReadZeros, 199000, 199000, 0), "Its first 32 bytes are zeros: the server's buffer had grown, and the number at 0x20 says how many bytes of the file follow: 199000.\n"+
		"13 asked for 1 × 200000 bytes, more than the first read size of the last Ping (196672); the smaller of the two is less than what follows by itself, so the answer is 0x24 + 199000 = 199036 bytes: all of it data of the file.")
	ask(100, sata.MoveBegin)
	check(c.read(0, sata.ReadZeros, 40, 40, 60), "Its first 32 bytes are zeros: the server's buffer had grown, and the number at 0x20 says how many bytes of the file follow: 40.\n"+
		"15 asked for 1 × 100 bytes, fewer than the first read size of the last Ping (196672), so the answer is 0x24 + 100 = 136 bytes: the file's 40 bytes and 60 of padding.")
	ask(196672, sata.MoveBegin)
	require.Contains(t, explained(c.index(), c.read(0, sata.ReadZeros, 196672, 196672, 0), c.buf), "just as many as the first read size")
	ask(100, sata.MoveBegin)
	check(c.read(0, sata.ReadFailed, uint32(sata.FSError), 0, 0), "It begins with C4 00 FE 00 20: the read failed.\nSuch an answer is always 0x24 = 36 bytes long: 32 that say so, and the result code.")
	ask(100, sata.MoveBegin)
	require.Contains(t, explained(c.index(), c.read(0, sata.ReadZeros, 100, 100, 7), c.buf), "It has 143 bytes all the same: the file itself says where it ends")

	w := c.write(0, 3, 64, sata.MoveEnd)
	require.Equal(t, "The header's data length, at 0x00, is 4; with the header itself that makes 0x20 + 4 = 36 bytes.\nThe answer to a WriteFile has a header (0x20) and the result code (4): 36 bytes.", explained(c.index(), w, c.buf))
	require.Equal(t, "23 asked to write 1 × 64 = 64 bytes. With fast file I/O they follow the request directly, without a header: only the request says how many they are.", explained(c.index(), w-1, nil))
	request, _ := sata.AppendRequest(nil, &sata.Request{Command: sata.WriteFile, FD: 3, BlockCount: 1, BlockSize: 64})
	require.Equal(t, "The header's data length, at 0x00, is 40; with the header itself that makes 0x20 + 40 = 72 bytes.\n"+
		"A WriteFile has a header (0x20), command info (0x14), block count (4), block size (4), descriptor (4), move to (4), should move (4): 72 bytes.\n"+
		"The 1 × 64 bytes to write are not in it: with fast file I/O they follow without a header, in row 24.", explained(c.index(), w-2, request))

	c.ask(0, sata.Request{Command: sata.StatFile, FD: 3})
	i = c.answer(0, sata.Response{Result: sata.FSError})
	require.Contains(t, explained(c.index(), i, c.buf), "After a failure nothing else is read, so more may follow.")
	c.ask(0, sata.Request{Command: sata.QueryPath, Path: []byte("/"), Query: sata.QueryFileCount})
	i = c.answer(0, sata.Response{Number: 3})
	require.Contains(t, explained(c.index(), i, c.buf), "40 bytes or more; what follows is ignored.")

	ping, _ := sata.AppendRequest(nil, &sata.Request{Command: sata.Ping})
	require.Contains(t, explained(c.index(), 0, ping), "A Ping has a header (0x20) and command info (0x14): 52 bytes.\nIt has no body.")
	require.Contains(t, explained(c.index(), 0, ping[:20]), "shorter than a header")
}

// What has a length that the rules don't give says so, and why it has it.
func TestWhyAgainstTheRules(t *testing.T) {
	c := newTalk(t)
	c.ask(0, sata.Request{Command: sata.OpenFile, Path: []byte("/a"), ModeText: []byte("r")})
	i := c.raw(0, nil)
	require.Equal(t, "It is empty: the file itself says so. A message has at least a header, of 0x20 bytes.\n"+
		"The answer to an OpenFile has a header (0x20), the result code (4) and the descriptor (4): 40 bytes.\n"+
		"It has 0, so it is read as no such message, and stands in the log as Unknown.", explained(c.index(), i, nil))
	c.ask(0, sata.Request{Command: sata.StatFile, FD: 3})
	b, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapeInfo})
	require.NoError(t, err)
	b = append(b, 0)
	binary.BigEndian.PutUint32(b, uint32(len(b)-sata.HeaderSize))
	i = c.raw(0, b)
	require.Contains(t, explained(c.index(), i, b), "the info block (84): 120 bytes.\nIt has 121, so it is read as no such message")
	c.m.Diagnose(walcore.Diagnosis{Code: walcore.CodeUnasked, Stream: 0, FromServer: true, Size: 36})
	require.Empty(t, c.index().Why(i+1, nil).Sentences, "no message, and nothing to add to what it means")
}

func TestWhyWithoutPing(t *testing.T) {
	c := newTalk(t)
	c.askRead(0, 3, 1, 5000, sata.MoveBegin)
	i := c.read(0, sata.ReadFirst, 100, 100, 2900)
	text := explained(c.index(), i, c.buf)
	require.Contains(t, text, "fewer than the usual first read size (196672; no Ping was recorded)")
	require.Contains(t, text, "all the same")

	c.askRead(0, 3, 1, 5000, sata.MoveBegin)
	at := walcore.At{Offset: c.at[[2]uint32{0, 1}], Time: c.now}
	c.m.Diagnose(walcore.Diagnosis{Code: walcore.CodeFirstRead, Stream: 0, At: at, FromServer: true, Size: 3036, A: 3000})
	i = c.read(0, sata.ReadFirst, 100, 100, 2900)
	text = explained(c.index(), i, c.buf)
	require.Contains(t, text, "more than the first read size that an earlier read showed (3000; no Ping was recorded), so the answer is 0x24 + 3000")
	require.Contains(t, text, "The first read size was not known before")

	c.askRead(0, 3, 1, 5000, sata.MoveBegin)
	at = walcore.At{Offset: c.at[[2]uint32{0, 1}], Time: c.now}
	c.m.Diagnose(walcore.Diagnosis{Code: walcore.CodeReadEnd, Stream: 0, At: at, FromServer: true, Size: 4036, A: 4036, B: 3036})
	i = c.read(0, sata.ReadFirst, 4000, 4000, 0)
	text = explained(c.index(), i, c.buf)
	require.Contains(t, text, "What follows in the conversation bears out 4036")
	require.Contains(t, explained(c.index(), i-1, nil), "nothing bears them out", "no answer came after it")
}

// Every message of every golden capture has the length that is derived, or the
// explanation says that it has not.
func TestWhyInGoldenFiles(t *testing.T) {
	said := map[string]int{}
	for _, name := range goldenFiles(t) {
		x, d := decoded(t, name)
		for i := range x.log.Len() {
			r := x.log.At(i)
			var head []byte
			if r.Kind == walcore.Request || r.Kind == walcore.Response {
				var err error
				head, err = d.Rest(nil, r, 0, int(min(r.Length, sata.MaxHead)))
				require.NoError(t, err)
			}
			e := x.Why(i, head)
			if r.Kind != walcore.Diagnostic {
				require.NotEmpty(t, e.Sentences, "%s row %d: %s", name, i, line(x, i))
			}
			text := e.String()
			if strings.HasPrefix(name, "captures/") {
				require.NotContains(t, text, "all the same", "%s row %d: %s", name, i, line(x, i))
				for _, what := range []string{"C4 00 24 02", "C4 00 FE 00 20", "are zeros", "without a header", "more than the first read size", "bears out"} {
					if strings.Contains(text, what) {
						said[what]++
					}
				}
			}
		}
	}
	require.Len(t, said, 6, "%v", said)
}

// A response that nobody asked for has the fields of what it can be by its form,
// and is told what else it can be.
func TestMessageUnasked(t *testing.T) {
	b := make([]byte, 40)
	b[3] = 8                      // data length
	b[0x0C], b[0x0E] = 0x02, 0x06 // version
	b[0x10] = 1                   // host
	b[0x27] = 13
	d := decode.New(decode.Options{}, capture.FromText([]byte(hex.EncodeToString(b))))
	defer d.Close()
	require.NoError(t, d.Run(context.Background()))
	x := New(d.Log())
	x.Update(d.Log().Len())
	at := -1
	for i := range d.Log().Len() {
		if d.Log().At(i).Kind == walcore.Response {
			at = i
		}
	}
	m := x.Message(at, b)
	require.Nil(t, m.Problem)
	length := int64(0)
	for _, n := range leaves(m.Nodes) {
		require.Equal(t, length, n.Offset, n.Name)
		length += n.Length
	}
	require.EqualValues(t, 40, length, "all bytes have their field")
	body, or := m.Nodes[1], m.Nodes[2]
	require.Equal(t, "13", body.Children[1].Value)
	require.Contains(t, body.Meaning, "by its form the answer to OpenFolder, OpenFile")
	require.Equal(t, "or", or.Name)
	require.Contains(t, or.Meaning, "QueryPath")
}
