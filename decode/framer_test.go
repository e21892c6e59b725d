package decode

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// A talk is a TCP conversation made by hand: what each side says, in the order
// of the wire, with the acknowledgements that a TCP would send.
type talk struct {
	t      testing.TB
	d      *Decoder
	p      *packets
	c      capture.Conversation
	sent   [2]int64 // bytes, by side
	packet uint64
	unseen [2]int64 // bytes of the other side that a side has not received yet
}

func newTalk(t testing.TB, o Options, began bool) *talk {
	d := New(o)
	d.port = DefaultPort
	w := &talk{t: t, d: d, p: &packets{d: d, port: DefaultPort, streams: map[uint32]*tcpStream{}, others: map[uint32]*other{}}}
	w.c = capture.Conversation{Ends: [2]netip.AddrPort{netip.MustParseAddrPort("10.0.0.2:40000"), netip.MustParseAddrPort("10.0.0.1:7500")}, Began: began}
	w.p.Opened(&w.c, 1, 1)
	w.packet = 1
	return w
}

func (w *talk) say(from capture.Side, b []byte) {
	w.packet++
	w.p.Data(&w.c, capture.Run{From: from, Offset: w.sent[from], Bytes: bytes.Clone(b), Packet: w.packet, At: w.packet, Time: int64(w.packet), AtTime: int64(w.packet),
		Acked: w.sent[from.Other()] - w.unseen[from]})
	w.sent[from] += int64(len(b))
}

func (w *talk) client(parts ...[]byte) { w.say(capture.A, bytes.Join(parts, nil)) }
func (w *talk) server(parts ...[]byte) { w.say(capture.B, bytes.Join(parts, nil)) }

// lose takes bytes away from the capture.
func (w *talk) lose(from capture.Side, n int) {
	w.packet++
	w.p.Missing(&w.c, capture.Gap{From: from, Offset: w.sent[from], Size: int64(n), Packet: w.packet, Time: int64(w.packet)})
	w.sent[from] += int64(n)
}

// log ends the conversation and gives the lines of the log; diagnostics by their
// names.
func (w *talk) log() []string {
	w.p.Closed(&w.c, capture.ClosedByFIN, w.packet, int64(w.packet))
	log := w.d.Log()
	var lines []string
	for i := range log.Len() {
		r := log.At(i)
		if r.Kind == walcore.Diagnostic {
			lines = append(lines, "!! "+walcore.Code(r.Op).String())
			continue
		}
		line := string(log.AppendText(nil, i))
		if at := strings.Index(line, ",header="); at > 0 {
			line = line[:strings.Index(line, "{")] + line[strings.Index(line, "file_size"):at]
		}
		lines = append(lines, line)
	}
	return lines
}

func ask(t testing.TB, r sata.Request) []byte {
	r.Header.Version = sata.Version
	b, err := sata.AppendRequest(nil, &r)
	require.NoError(t, err)
	return b
}

func ping(t testing.TB, firstRead uint32) []byte {
	return ask(t, sata.Request{Command: sata.Ping, Header: sata.Header{Flags: sata.FlagFFIO}, User: [2]uint32{firstRead, 1}})
}

func response(t testing.TB, r sata.Response) []byte {
	r.Header.Version, r.Header.Timestamp, r.Header.PID = sata.Version, 0x6650a1b2, 7
	b, err := sata.AppendResponse(nil, &r)
	require.NoError(t, err)
	return b
}

func pong(t testing.TB, c sata.Capabilities) []byte {
	return response(t, sata.Response{Shape: sata.ShapePong, Capabilities: c})
}

func result(t testing.TB, code sata.Result) []byte {
	return response(t, sata.Response{Shape: sata.ShapeResult, Result: code})
}

func readFile(t testing.TB, total uint32) []byte {
	return ask(t, sata.Request{Command: sata.ReadFile, BlockCount: 1, BlockSize: total, FD: 3})
}

// answer is an answer to a read: its form, the u32 at 0x20, and n bytes of data.
func answer(form string, length uint32, n int) []byte {
	b := make([]byte, 0x20)
	copy(b, form)
	b = binary.BigEndian.AppendUint32(b, length)
	return append(b, bytes.Repeat([]byte{0xAB}, n)...)
}

const (
	first = "\xC4\x00\x24\x02\xE8\xEF\x24\x02"
	zeros = ""
)

var stat = sata.Request{Command: sata.StatFile, FD: 3}

func begin(t testing.TB, firstRead uint32) *talk {
	w := newTalk(t, Options{}, true)
	w.client(ping(t, firstRead))
	w.server(pong(t, sata.CapFFIO))
	return w
}

const hello = "->Ping         {supports_ffio=true,supports_csr=false,first_read_size=1000,first_write_size=1}\n<-        PONG {ffio_enabled=true,combined_send_recv_enabled=false}\n"

func requireLog(t testing.TB, want string, w *talk) {
	t.Helper()
	require.Equal(t, want, strings.Join(w.log(), "\n")+"\n")
}

// TestReadEnds tries both rules for the end of a read where they differ
// (section 2): the server's and the reference's capture tool's.
func TestReadEnds(t *testing.T) {
	const asked = "->ReadFile     {path=<Unknown 3>,move_to=Nowhere,total_size=5000}\n"
	const closed = "->CloseFile    {path=<Unknown; 3>}\n<-          RC {return_code=Success}\n"
	closeFile := ask(t, sata.Request{Command: sata.CloseFile, FD: 3})
	for _, c := range []struct {
		name string
		n    int // bytes of data
		want string
	}{
		{"server's rule", 1000, "1036"},
		{"tool's rule", 3000, "3036"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reply := answer(first, 3000, c.n)
			took := "!! read-end\n<-        READ file_size=3000,packet_len=" + c.want + "\n"
			t.Run("client speaks again", func(t *testing.T) {
				w := begin(t, 1000)
				w.client(readFile(t, 5000))
				w.server(reply)
				w.client(closeFile)
				w.server(result(t, 0))
				requireLog(t, hello+asked+took+closed, w)
			})
			t.Run("pipelined", func(t *testing.T) {
				w := begin(t, 1000)
				w.client(readFile(t, 5000), closeFile)
				w.server(reply, result(t, 0))
				requireLog(t, hello+asked+"->CloseFile    {path=<Unknown; 3>}\n"+took+"<-          RC {return_code=Success}\n", w)
			})
			t.Run("at the end", func(t *testing.T) {
				w := begin(t, 1000)
				w.client(readFile(t, 5000))
				w.server(reply)
				requireLog(t, hello+asked+took, w)
			})
			t.Run("in pieces", func(t *testing.T) {
				w := begin(t, 1000)
				w.client(readFile(t, 5000))
				for i := 0; i < len(reply); i += 100 {
					w.server(reply[i:min(i+100, len(reply))])
				}
				w.client(closeFile)
				w.server(result(t, 0))
				requireLog(t, hello+asked+took+closed, w)
			})
			t.Run("the next response is captured before its request", func(t *testing.T) {
				w := begin(t, 1000)
				w.client(readFile(t, 5000))
				w.server(reply)
				// The server has received the CloseFile that is captured only after its response.
				w.unseen[capture.B] = -int64(len(closeFile))
				w.server(result(t, 0))
				w.unseen[capture.A] = int64(len(result(t, 0)))
				w.client(closeFile)
				requireLog(t, hello+asked+took+closed, w)
			})
		})
	}
}

// TestNoFFIO: without fast file I/O reads and writes are framed by their headers.
func TestNoFFIO(t *testing.T) {
	w := newTalk(t, Options{}, true)
	w.client(ping(t, 1000))
	w.server(pong(t, 0))
	w.client(readFile(t, 8))
	w.server(sata.Header{DataLen: 12, Version: sata.Version, Timestamp: 1}.Append(nil), []byte{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8})
	w.client(ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 1, BlockSize: 64, FD: 3}))
	w.server(result(t, 64))
	requireLog(t, `->Ping         {supports_ffio=true,supports_csr=false,first_read_size=1000,first_write_size=1}
<-        PONG {ffio_enabled=false,combined_send_recv_enabled=false}
->ReadFile     {path=<Unknown 3>,move_to=Nowhere,total_size=8}
<-     Unknown {data=b"\0\0\0\x0c\0\0\0\0\0\0\0\0\x02\0\x06\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08"}
->WriteFile    {path=<Unknown 3>,move_to=Nowhere}
<-          RC {return_code=Failure (40)}
`, w)
}

// TestUnasked: a response that nobody asked for is told, and where the server
// had received nothing more, at once.
func TestUnasked(t *testing.T) {
	w := begin(t, 1000)
	w.server(result(t, 5))
	w.client(ask(t, stat))
	w.server(response(t, sata.Response{Shape: sata.ShapeInfo, Result: sata.FSError}))
	requireLog(t, hello+`!! response-unasked
<-     Unknown {data=b"\0\0\0\x04\0\0\0\0\0\0\0\0\x02\0\x06\0fP\xa1\xb2\0\0\0\x07\0\0\0\0\0\0\0\0\0\0\0\x05"}
->StatFile     {path=<Unknown; 3>}
<-          RC {return_code=Failure (fff0ffe0)}
`, w)
	require.Equal(t, 2, w.d.Log().CompatibleEnd())
}

// TestMiddle: a capture that begins in the middle learns the first read size
// from a read, and skips what it can't know.
func TestMiddle(t *testing.T) {
	w := newTalk(t, Options{}, false)
	w.server(bytes.Repeat([]byte{7}, 100))
	w.client(readFile(t, 5000))
	w.server(answer(first, 9000, 700))
	w.client(readFile(t, 5000))
	w.server(answer(first, 9000, 700))
	w.client(ask(t, stat))
	w.server(response(t, sata.Response{Shape: sata.ShapeInfo, Result: sata.FSError}))
	requireLog(t, `!! no-beginning
->ReadFile     {path=<Unknown 3>,move_to=Nowhere,total_size=5000}
!! bytes-skipped
!! first-read-shown
<-        READ file_size=9000,packet_len=736
->ReadFile     {path=<Unknown 3>,move_to=Nowhere,total_size=5000}
!! read-end
<-        READ file_size=9000,packet_len=736
->StatFile     {path=<Unknown; 3>}
<-          RC {return_code=Failure (fff0ffe0)}
`, w)
}

// TestLossInStep: where the length of what was begun is known, nothing after a
// gap is lost.
func TestLossInStep(t *testing.T) {
	w := begin(t, 1000)
	w.client(readFile(t, 600))
	reply := answer(first, 600, 600)
	w.server(reply[:300])
	w.lose(capture.B, 200)
	w.server(reply[500:])
	w.client(ask(t, stat))
	w.server(response(t, sata.Response{Shape: sata.ShapeInfo, Result: sata.FSError}))
	requireLog(t, hello+`->ReadFile     {path=<Unknown 3>,move_to=Nowhere,total_size=600}
!! bytes-missing
!! answer-lost
->StatFile     {path=<Unknown; 3>}
<-          RC {return_code=Failure (fff0ffe0)}
`, w)
}

// TestWrite: the data of a WriteFile is told once, when all of it is there.
func TestWrite(t *testing.T) {
	write := func(n uint32) []byte {
		return ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 1, BlockSize: n, FD: 3})
	}
	w := begin(t, 1000)
	w.client(write(0))
	w.server(result(t, 0))
	w.client(write(300), make([]byte, 100))
	w.client(make([]byte, 200))
	w.server(result(t, 300))
	w.client(write(300), make([]byte, 299))
	requireLog(t, hello+`->WriteFile    {path=<Unknown 3>,move_to=Nowhere}
  ->0
<-          RC {return_code=Success}
->WriteFile    {path=<Unknown 3>,move_to=Nowhere}
  ->300
<-          RC {return_code=Failure (12c)}
->WriteFile    {path=<Unknown 3>,move_to=Nowhere}
!! message-incomplete
!! request-unanswered
`, w)
}

// TestLies: a length that can't be one is told, and decoding goes on.
func TestLies(t *testing.T) {
	w := begin(t, 1000)
	w.client(sata.Header{DataLen: 0xFFFFFFF0, Version: sata.Version}.Append(nil), make([]byte, 0x14))
	w.client(ask(t, stat))
	w.server(response(t, sata.Response{Shape: sata.ShapeInfo, Result: sata.FSError}))
	requireLog(t, hello+`!! no-header
!! bytes-skipped
->StatFile     {path=<Unknown; 3>}
<-          RC {return_code=Failure (fff0ffe0)}
`, w)
	require.ErrorContains(t, w.d.problem, "4294967312")
}

// TestLongLies: data of a read or a write that are announced and can't come take
// the rest of the conversation with them, and that is told.
func TestLongLies(t *testing.T) {
	const got = "found only 36 before the end of the conversation"
	w := begin(t, 1000)
	w.client(readFile(t, 64))
	w.server(answer(zeros, 0xFFFFFFFF, 0))
	requireLog(t, hello+`->ReadFile     {path=<Unknown 3>,move_to=Nowhere,total_size=64}
!! message-incomplete
!! request-unanswered
`, w)
	require.ErrorContains(t, w.d.problem, "offset 40 of the server: expected the 4294967331 bytes that were announced, "+got)

	w = begin(t, 1000)
	w.client(ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 0xFFFFFFFF, BlockSize: 0xFFFFFFFF, FD: 3}), make([]byte, 36))
	requireLog(t, hello+`->WriteFile    {path=<Unknown 3>,move_to=Nowhere}
!! message-incomplete
!! request-unanswered
`, w)
	require.ErrorContains(t, w.d.problem, "offset 124 of the client: expected the 18446744065119617025 bytes that were announced, "+got)

	// What merely ends early does not lie.
	w = begin(t, 1000)
	w.client(ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 1, BlockSize: 1 << 20, FD: 3}), make([]byte, 36))
	w.log()
	require.NoError(t, w.d.problem)
}
