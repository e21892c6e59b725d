package decode

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
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
		{pong(t, sata.CapFFIO), "pong (to Ping); descriptor (to OpenFolder, OpenFile); count (to QueryPath); position (to GetFilePosition)"},
		{response(t, sata.Response{Shape: sata.ShapeDescriptor, FD: 3}), "descriptor (to OpenFolder, OpenFile); count (to QueryPath); position (to GetFilePosition); pong (to Ping)"},
		{answer(first, 5, 5), "read (to ReadFile)"},
		{answer("\xC4\x00\xFE\x00\x20", 0xFFF0FFE0, 0), "read (to ReadFile)"},
		{answer("", 5, 5), "read (to ReadFile)"},
		{append(answer("", 5, 5), 0xCD, 0xCD), "read (to ReadFile)"},
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
		require.ErrorContains(t, d.Run(context.Background()), "found what a server sent, and no request in its first 39 bytes")
	}
}

// A dump in which a * stands for rows comes in pieces; all of them are looked at.
func TestOneResponseWithRowsLeftOut(t *testing.T) {
	b := response(t, sata.Response{Shape: sata.ShapeItem, Name: []byte("item0")})
	require.Len(t, b, 0x178)
	const rows = 8 // after which all are zeros
	require.Equal(t, make([]byte, 0x178-16*rows), b[16*rows:])
	last := strings.Repeat(" 00", 8) + "\n"
	for name, text := range map[string]string{
		"hexdump -C": printedRows(b[:16*(rows+1)], "%08x ") + "*\n00000170 " + last + "00000178\n",
		"od -t x1":   printedRows(b[:16*(rows+1)], "%07o") + "*\n0000560" + last + "0000570\n",
		"xxd -a":     printedRows(b[:16*(rows+1)], "%08x:") + "*\n00000170:" + last,
	} {
		d := New(Options{}, capture.FromText([]byte(text)))
		require.NoError(t, d.Run(context.Background()), name)
		require.Len(t, said(d), 1, name)
		require.Contains(t, said(d)[0], "folder item (to ReadFolder)", name)
		require.Equal(t, "!! response-unasked of the server", linesOf(d)[0], name)
		got, err := d.Rest(nil, d.Log().At(1), 0, len(b))
		require.NoError(t, err, name)
		require.Equal(t, b, got, name)
	}
}

// printedRows are bytes in rows of 16, an offset before each.
func printedRows(b []byte, offset string) string {
	var text strings.Builder
	for at := 0; at < len(b); at += 16 {
		fmt.Fprintf(&text, offset+" % x\n", at, b[at:min(at+16, len(b))])
	}
	return text.String()
}

// So is a request with a command that is not known, or of another length than its
// command's: a server would have filled in its fields of the header.
func TestOneUnknownRequest(t *testing.T) {
	unknown := ask(t, sata.Request{Command: sata.Ping})
	unknown[0x33] = 0x15
	long := append(ask(t, stat), 0)
	long[3]++
	filled := bytes.Clone(unknown)
	filled[0x13] = 1
	for _, c := range []struct {
		b     []byte
		want  string
		lines []string // as they begin
	}{
		{unknown, "shape: perhaps a request with a command that is not known (0x15)", []string{"->Unknown "}},
		{long, "shape: perhaps a request: StatFile, but not as long as one", []string{"->Unknown "}},
		{filled, "shape: a response without its request: by its form it can be: ", []string{"!! response-unasked of the server", "<-     Unknown "}},
	} {
		for _, d := range pasted(t, c.b) {
			require.NoError(t, d.Run(context.Background()))
			require.Len(t, said(d), 1)
			require.True(t, strings.HasPrefix(said(d)[0], c.want), said(d)[0])
			lines := linesOf(d)
			require.Len(t, lines, len(c.lines))
			for i, line := range lines {
				require.True(t, strings.HasPrefix(line, c.lines[i]), line)
			}
		}
	}
	// One that has just the fields of a response is that, though no server filled in its fields.
	details := response(t, sata.Response{Shape: sata.ShapeInfo})
	clear(details[0x10:0x18])
	require.Equal(t, []sata.Shape{sata.ShapeInfo}, ShapesAlone(details, uint64(len(details)))[:1])
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

// A part of a message is told as that, as far as its form shows.
func TestPartOfAMessage(t *testing.T) {
	open := ask(t, sata.Request{Command: sata.OpenFile, Path: []byte("/a"), ModeText: []byte("r")})
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"a request cut in its path", open[:100], "expected a whole message of PCFS over SATA, found only the first 100 of the 580 bytes of a request (OpenFile); add the rest of it"},
		{"a request cut in its command info", open[:48], "found only the first 48 of the 580 bytes of what can be a request: its header and 16 bytes of its command info; add the rest of it"},
		{"a header", open[:32], "found only the first 32 of the 580 bytes of what can be a request: its header and 0 bytes of its command info"},
		{"a request without its header", open[32:], "found the command info and the fields of a request (OpenFile) without the 32 bytes of its header; put the header before it"},
		{"a command info", ping(t, 1000)[32:], "found the command info of a request (Ping) without the 32 bytes of its header; put the header before it"},
		{"a response cut", pong(t, sata.CapFFIO)[:36], "found only the first 36 of the 40 bytes of what can be a response; add the rest of it"},
		{"responses", append(pong(t, sata.CapFFIO), result(t, 0)...), "found what a server sent, and no request in its first 76 bytes: without the requests its responses can't be told apart"},
		{"something else", []byte("\x01\x02\x03\x04 this is nothing of the protocol, or is it?"), "no request of the protocol in its first "},
	} {
		for _, d := range pasted(t, c.b) {
			require.ErrorContains(t, d.Run(context.Background()), c.want, c.name)
		}
	}
	// A command info alone that is nobody's is none.
	require.Nil(t, partOf(make([]byte, sata.CommandInfoSize)[:19]))
	require.Nil(t, partOf(nil))
}

// Two files of the client, or of the server, are not the two directions of a
// conversation.
func TestTwiceTheSameDirection(t *testing.T) {
	for name, want := range map[string]string{
		"from_client.bin": "found requests of PCFS over SATA at the beginning of both files; open each by itself",
		"from_server.bin": "found no request of PCFS over SATA at the beginning of from_server.bin or from_server.bin",
	} {
		f := diskFile(golden + "exports/" + name)
		require.ErrorContains(t, New(Options{}, f, f).Run(context.Background()), want)
	}
	// What the server sent is told as that when it comes alone.
	err := New(Options{}, diskFile(golden+"exports/from_server.bin")).Run(context.Background())
	require.ErrorContains(t, err, "found what a server sent, and no request in its first 22840 bytes: without the requests its responses can't be told apart; open it together with what the client sent")
}

// A capture of the server alone has no message that can be told; that is an error,
// and the log has the diagnostics.
func TestOnlyTheServer(t *testing.T) {
	l := readLossy(t, golden+"captures/plain.pcap")
	d, err := decodeMemory(t, l.write(func(i int) bool {
		var s capture.Segment
		var dissector capture.Dissector
		return dissector.Segment(&l.packets[i], &s) && s.Src.Port() == DefaultPort
	}))
	require.EqualError(t, err, "expected whole messages of PCFS over SATA, found none: only what the server sent was recorded (201053 bytes), and without the requests its responses can't be told apart; record both directions")
	require.Equal(t, []string{"!! bytes-missing", "!! bytes-skipped of the server", "!! one-direction of the server"}, linesOf(d))
}

// An event file without a message is one in which nothing can be seen.
func TestEventsWithoutMessages(t *testing.T) {
	for _, text := range []string{`{"op":"sleep"}`, `{"op":"open","stream":1}` + "\n" + `{"op":"close","stream":1}` + "\n"} {
		d, err := decodeText(t, text)
		require.ErrorContains(t, err, "none in the whole file")
		require.Zero(t, d.Log().Len())
	}
}

// What is told of a dump names who sent the bytes: those of a write that are not
// all there are the client's, a response that it begins with is the server's.
func TestSidesOfADump(t *testing.T) {
	write := ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 1, BlockSize: 64, FD: 3})
	remove := ask(t, sata.Request{Command: sata.Remove, Path: []byte("/a")})
	for _, c := range []struct {
		name string
		dump [][]byte
		want []string
	}{
		{"a write alone", [][]byte{write}, []string{"!! no-beginning", "->WriteFile    {path=<Unknown 3>,move_to=Nowhere}", "!! message-incomplete", "!! one-direction"}},
		{"it ends within the data of a write", [][]byte{remove, result(t, 0), write, make([]byte, 20)}, []string{"!! no-beginning", "->Remove       {path=/a}",
			"<-          RC {return_code=Success}", "->WriteFile    {path=<Unknown 3>,move_to=Nowhere}", "!! message-incomplete", "!! request-unanswered"}},
		{"it ends within a request", [][]byte{remove, remove[:100]}, []string{"!! no-beginning", "->Remove       {path=/a}", "!! message-incomplete", "!! one-direction"}},
		{"it ends within a header", [][]byte{remove, remove[:40]}, []string{"!! no-beginning", "->Remove       {path=/a}", "!! message-incomplete", "!! one-direction"}},
		{"it ends within a response", [][]byte{remove, result(t, 0)[:33]}, []string{"!! no-beginning", "->Remove       {path=/a}", "!! message-incomplete of the server", "!! one-direction"}},
		{"it begins with a response", [][]byte{pong(t, sata.CapFFIO), remove}, []string{"!! no-beginning", "!! bytes-skipped of the server", "->Remove       {path=/a}", "!! one-direction"}},
		{"it begins with something else", [][]byte{make([]byte, 40), remove}, []string{"!! no-beginning", "!! bytes-skipped", "->Remove       {path=/a}", "!! one-direction"}},
	} {
		d := New(Options{}, capture.FromBytes("a.bin", bytes.Join(c.dump, nil)))
		require.NoError(t, d.Run(context.Background()), c.name)
		require.Equal(t, c.want, linesOf(d), c.name)
	}
}

// A dump may come in pieces of any length, as each string of a program's source is
// one: what is told of it does not depend on them.
func TestDumpInPieces(t *testing.T) {
	raw, err := os.ReadFile(golden + "exports/both_directions.bin")
	require.NoError(t, err)
	damaged := slices.Concat(raw[:2000], raw[2100:9000], raw[9003:])
	for name, raw := range map[string][]byte{"whole": raw, "damaged": damaged} {
		whole := New(Options{}, capture.FromBytes("a.bin", raw))
		want := whole.Run(context.Background())
		for _, n := range []int{1, 3, 8, 16, 31, 33, 50, 53} {
			var b strings.Builder
			for piece := range slices.Chunk(raw, n) {
				b.WriteString("\"")
				for _, c := range piece {
					fmt.Fprintf(&b, "\\x%02x", c)
				}
				b.WriteString("\"\n")
			}
			d, err := decodeText(t, b.String())
			require.Equal(t, want, err, "%s, %d", name, n)
			require.Equal(t, linesOf(whole), linesOf(d), "%s, %d", name, n)
		}
	}
}

// So may a followed stream: that a conversation begins there is told by its first
// message, not by its first packet.
func TestFollowedStreamInPieces(t *testing.T) {
	whole, err := os.ReadFile(golden + "exports/follow_raw.txt")
	require.NoError(t, err)
	for _, n := range []int{2, 40, 102} { // digits of a line
		var b strings.Builder
		for line := range strings.Lines(string(whole)) {
			digits := strings.TrimSpace(line)
			if strings.ContainsAny(digits, "=:") {
				b.WriteString(line)
				continue
			}
			for len(digits) > 0 {
				piece := digits[:min(n, len(digits))]
				digits = digits[len(piece):]
				b.WriteString(strings.Repeat("\t", strings.Count(line, "\t")) + piece + "\n")
			}
		}
		for _, ports := range []string{":7500", ":7501"} { // the server is told by its port, or by the requests
			d, err := decodeText(t, strings.Replace(b.String(), ":7500", ports, 1))
			require.NoError(t, err)
			require.Equal(t, string(goldenLog(t, golden+"exports/follow_raw.txt")), written(t, d, walcore.Selection{Diagnostic: true}), "%d %s", n, ports)
		}
	}
}

// A capture of a kind that nobody reads, or one without its beginning, is not taken
// for the bytes of a conversation: the headers of its packets tell.
func TestPacketsInABinaryFile(t *testing.T) {
	for _, name := range []string{"plain.pcap", "ipv6_raw.pcap", "link_sll2.pcap", "vlan.pcap"} {
		raw, err := os.ReadFile(golden + "captures/" + name)
		require.NoError(t, err)
		d := New(Options{}, capture.FromBytes("a.bin", raw[30:]))
		require.ErrorContains(t, d.Run(context.Background()), "found a network packet: the file is a capture of another kind", name)
		require.Zero(t, d.Log().Len(), name)
	}
}

// A dump without some of its bytes: what is told of the rest is what the whole one
// has, but for the messages that were hit, and those are not made up from the bytes
// of others.
func TestHolesInADump(t *testing.T) {
	raw, err := os.ReadFile(golden + "exports/both_directions.bin")
	require.NoError(t, err)
	texts := func(raw []byte) map[string]int {
		d := New(Options{}, capture.FromBytes("a.bin", raw))
		_ = d.Run(context.Background()) // a length that can't be one is an error, too
		all := map[string]int{}
		for i := range d.Log().Len() {
			r := d.Log().At(i)
			if r.Kind == walcore.Request || r.Kind == walcore.Response {
				line := string(d.Log().AppendText(nil, i))
				if at := strings.Index(line, "path="); at >= 0 { // its opening may be lost
					line = line[:at] + line[at+strings.IndexAny(line[at:], ",}"):]
				}
				all[line]++
			}
		}
		return all
	}
	whole, messages := texts(raw), 0
	for _, n := range whole {
		messages += n
	}
	lost, invented, holes := 0, 0, 0
	for i, n := range []int{1, 4, 16, 40, 100, 1000, 3000} {
		for at := 7 * i; at+n < len(raw); at += 397 {
			holes++
			got := texts(slices.Concat(raw[:at], raw[at+n:]))
			for line, n := range got {
				invented += max(0, n-whole[line])
			}
			for line, n := range whole {
				lost += max(0, n-got[line])
			}
		}
	}
	t.Logf("%d holes in %d messages: %d lost, %d not of the whole", holes, messages, lost, invented)
	require.Less(t, lost, 4*holes)
	require.Less(t, invented, holes/4)
}
