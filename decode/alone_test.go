package decode

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

func linesOf(d *Decoder) (lines []string) {
	for i := range d.Log().Len() {
		line := string(d.Log().AppendText(nil, i))
		if r := d.Log().At(i); r.Kind == walcore.Diagnostic {
			line = "!! " + walcore.Code(r.Op).String()
			if r.FromServer() {
				line += " of the server"
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// A single request is enough, pasted in any form.
func TestOneRequest(t *testing.T) {
	for _, d := range pasted(t, ask(t, sata.Request{Command: sata.Remove, Path: []byte("/a")})) {
		require.NoError(t, d.Run(context.Background()))
		require.Equal(t, []string{"!! no-beginning", "->Remove       {path=/a}", "!! one-direction"}, linesOf(d))
	}
}

// pasted are decoders of bytes as they are and as hex digits.
func pasted(t *testing.T, b []byte) []*Decoder {
	return []*Decoder{New(Options{}, capture.FromBytes("a.bin", b)), New(Options{}, capture.FromText([]byte(hex.EncodeToString(b))))}
}

// So is a single response: what it may be follows from its form.
func TestOneResponse(t *testing.T) {
	item := sata.Response{Shape: sata.ShapeItem, Name: []byte("a")}
	for _, c := range []struct {
		b    []byte
		want string
	}{
		{result(t, 0), "result (to CreateFolder, RewindFolder, CloseFolder, WriteFile, SetFilePosition, CloseFile, Remove, Rename, ChangeOwner, ChangeMode)"},
		{result(t, sata.FSError), "result (to CreateFolder, RewindFolder, CloseFolder, WriteFile, SetFilePosition, CloseFile, Remove, Rename, ChangeOwner, ChangeMode); " +
			"folder item (to ReadFolder); details (to StatFile, QueryPath); count (to QueryPath); size (to QueryPath)"},
		{response(t, item), "folder item (to ReadFolder); count (to QueryPath); size (to QueryPath)"},
		{pong(t, sata.CapFFIO), "descriptor (to OpenFolder, OpenFile); count (to QueryPath); position (to GetFilePosition); pong (to Ping)"},
		{answer(first, 5, 5), "read (to ReadFile)"},
		{answer("\xC4\x00\xFE\x00\x20", 0xFFF0FFE0, 0), "read (to ReadFile)"},
	} {
		for _, d := range pasted(t, c.b) {
			require.NoError(t, d.Run(context.Background()))
			require.Equal(t, []string{"shape: a response without its request: by its form it can be: " + c.want}, said(d))
			lines := linesOf(d)
			require.Equal(t, "!! response-unasked of the server", lines[0])
			require.True(t, strings.HasPrefix(lines[1], "<-     Unknown {"))
			require.Len(t, lines, 2)
			b, err := d.Rest(nil, d.Log().At(1), 0, len(c.b))
			require.NoError(t, err)
			require.Equal(t, c.b, b)
		}
	}
	// With anything behind it, it is no single response.
	for _, d := range pasted(t, append(result(t, 0), 1, 2, 3)) {
		require.ErrorContains(t, d.Run(context.Background()), "no request of the protocol in its first 39 bytes")
	}
}

// What only the client sent, in a file of its own, is read with the data of its
// writes; nobody says that its requests were never answered.
func TestOnlyRequests(t *testing.T) {
	write := ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 2, BlockSize: 300, FD: 3})
	b := bytes.Join([][]byte{ping(t, 1000), readFile(t, 5000), write, bytes.Repeat([]byte{7}, 600), readFile(t, 6)}, nil)
	for _, d := range pasted(t, b) {
		require.NoError(t, d.Run(context.Background()))
		require.Equal(t, []string{
			"->Ping         {supports_ffio=true,supports_csr=false,first_read_size=1000,first_write_size=1}",
			"->ReadFile     {path=<Unknown 3>,move_to=Nowhere,total_size=5000}",
			"->WriteFile    {path=<Unknown 3>,move_to=Nowhere}", "  ->600",
			"->ReadFile     {path=<Unknown 3>,move_to=Nowhere,total_size=6}", "!! one-direction",
		}, linesOf(d))
		require.Contains(t, said(d), "ffio (ffio): fast file I/O is taken to be on, because no answer to a Ping was recorded")
	}
	// In the golden conversation, too.
	d := New(Options{}, diskFile(golden+"exports/from_client.bin"))
	require.NoError(t, d.Run(context.Background()))
	both := New(Options{}, diskFile(golden+"exports/conversation.pcap"))
	require.NoError(t, both.Run(context.Background()))
	count := func(d *Decoder, kind walcore.Kind) (n int) {
		for i := range d.Log().Len() {
			if d.Log().At(i).Kind == kind {
				n++
			}
		}
		return n
	}
	require.Equal(t, count(both, walcore.Request), count(d, walcore.Request))
	require.Equal(t, count(both, walcore.Written), count(d, walcore.Written))
	require.Equal(t, 1, d.Log().Diagnostics())
}
