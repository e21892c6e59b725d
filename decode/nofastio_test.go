package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// withoutFastIO is a conversation without fast file I/O, where reads and writes
// are framed by their headers, and says which side sends each piece.
func withoutFastIO(t testing.TB) (pieces [][]byte, fromServer []bool) {
	client := func(b []byte) { pieces, fromServer = append(pieces, b), append(fromServer, false) }
	server := func(b []byte) { pieces, fromServer = append(pieces, b), append(fromServer, true) }
	client(ping(t, 1000))
	server(pong(t, 0))
	client(ask(t, sata.Request{Command: sata.OpenFile, Path: []byte("/a"), ModeText: []byte("r+")}))
	server(response(t, sata.Response{Shape: sata.ShapeDescriptor, FD: 3}))
	client(readFile(t, 8))
	read := sata.Header{DataLen: 12, Version: sata.Version, Timestamp: 1, PID: 2}.Append(nil)
	server(append(read, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8))
	write := ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 2, BlockSize: 3000, FD: 3})
	write = append(write, bytes.Repeat([]byte{0xD0}, 6000)...)
	binary.BigEndian.PutUint32(write, uint32(len(write)-sata.HeaderSize))
	client(write)
	server(result(t, 6000))
	client(ask(t, sata.Request{Command: sata.GetFilePosition, FD: 3}))
	server(response(t, sata.Response{Shape: sata.ShapePosition, Position: 6008}))
	client(ask(t, sata.Request{Command: sata.CloseFile, FD: 3}))
	server(result(t, 0))
	return pieces, fromServer
}

// Without fast file I/O the lines are Unknown, as the reference's, and the
// records say what they are: in a capture as in a dump of the bytes.
func TestWithoutFastIO(t *testing.T) {
	pieces, fromServer := withoutFastIO(t)
	check := func(log *walcore.Log) {
		t.Helper()
		require.Equal(t, len(pieces), log.Len())
		require.Zero(t, log.Diagnostics())
		for i, want := range []struct {
			op     sata.Command
			line   walcore.Line
			result int64 // -1 for none
			bytes  uint64
		}{
			{sata.Ping, walcore.LineRequest, -1, 0}, {sata.Ping, walcore.LinePong, 0, 0},
			{sata.OpenFile, walcore.LineRequest, -1, 0}, {sata.OpenFile, walcore.LineDescriptor, 0, 0},
			{sata.ReadFile, walcore.LineRequest, -1, 0}, {sata.ReadFile, walcore.LineUnknown, 0, 8},
			{sata.WriteFile, walcore.LineUnknown, -1, 6000}, {sata.WriteFile, walcore.LineUnknown, 6000, 0},
			{sata.GetFilePosition, walcore.LineUnknown, -1, 0}, {sata.GetFilePosition, walcore.LineUnknown, 0, 0},
			{sata.CloseFile, walcore.LineRequest, -1, 0}, {sata.CloseFile, walcore.LineResult, 0, 0},
		} {
			r := log.At(i)
			require.Equal(t, fromServer[i], r.FromServer())
			require.EqualValues(t, len(pieces[i]), r.Length)
			command, ok := r.Command()
			require.True(t, ok, i)
			require.Equal(t, want.op, command, i)
			require.Equal(t, want.line, r.Line, i)
			code, has := r.Result()
			require.Equal(t, want.result >= 0, has, i)
			require.Equal(t, sata.Result(max(0, want.result)), code, i)
			n, _ := r.Transferred()
			require.Equal(t, want.bytes, n, i)
			require.False(t, r.Failed())
			if i > 1 {
				require.Equal(t, "/a", log.Text(r.Path), i)
			}
			if i > 2 {
				require.EqualValues(t, 3, r.FD, i)
			}
		}
	}
	w := newTalk(t, Options{}, true)
	for i, b := range pieces {
		if fromServer[i] {
			w.server(b)
		} else {
			w.client(b)
		}
	}
	w.log()
	check(w.d.Log())

	d := New(Options{}, capture.FromBytes("dump", bytes.Join(pieces, nil)))
	require.NoError(t, d.Run(context.Background()))
	check(d.Log())

	// As one file a direction.
	var sides [2][]byte
	for i, b := range pieces {
		side := 0
		if fromServer[i] {
			side = 1
		}
		sides[side] = append(sides[side], b...)
	}
	d = New(Options{}, capture.FromBytes("server", sides[1]), capture.FromBytes("client", sides[0]))
	require.NoError(t, d.Run(context.Background()))
	check(d.Log())

	// As a log that was written and opened again.
	text := written(t, d, walcore.Selection{})
	again, err := decodeText(t, text)
	require.NoError(t, err)
	require.Equal(t, text, written(t, again, walcore.Selection{}))
	for i := range again.Log().Len() {
		a, b := d.Log().At(i), again.Log().At(i)
		require.Equal(t, [3]any{a.Op, a.FD, a.Partner}, [3]any{b.Op, b.FD, b.Partner})
		n, ok := a.Transferred()
		n2, ok2 := b.Transferred()
		require.Equal(t, [2]any{n, ok}, [2]any{n2, ok2})
	}
}
