package capture

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the traces in testdata anew")

// A recorder is a handler that holds an assembler to what Handler promises, and
// writes down what it was told.
type recorder struct {
	t       testing.TB
	refuse  func(c *Conversation) bool
	trace   []string
	convs   []*recorded
	ordinal map[*Conversation]*recorded
	at      uint64 // the packet that is being given
}

// recorded is one conversation as a recorder saw it.
type recorded struct {
	*Conversation
	streams [2][]byte // gaps as '?'
	gaps    [2]int64
	acked   [2]int64
	behind  [2]uint64 // the packet that the last gap said stands behind it
	closed  bool
	why     CloseReason
}

func (r *recorder) of(c *Conversation) *recorded {
	x := r.ordinal[c]
	require.NotNil(r.t, x, "a conversation that was not opened")
	require.False(r.t, x.closed, "told of after its close")
	return x
}

func (r *recorder) note(format string, args ...any) {
	r.trace = append(r.trace, strconv.FormatUint(r.at, 10)+" "+fmt.Sprintf(format, args...))
}

func (r *recorder) Opened(c *Conversation, packet uint64, _ int64) bool {
	if r.ordinal == nil {
		r.ordinal = make(map[*Conversation]*recorded)
	}
	require.Nil(r.t, r.ordinal[c])
	require.EqualValues(r.t, len(r.convs), c.ID)
	require.Equal(r.t, r.at, packet)
	x := &recorded{Conversation: c}
	r.convs = append(r.convs, x)
	began := "began"
	if !c.Began {
		began = "in the middle"
	}
	r.note("opened %d: %v %v %s", c.ID, c.Ends[A], c.Ends[B], began)
	if r.refuse != nil && r.refuse(c) {
		return false
	}
	r.ordinal[c] = x
	return true
}

// letters name the sides in traces.
var letters = [2]string{"a", "b"}

func (r *recorder) Data(c *Conversation, run Run) {
	x := r.of(c)
	require.EqualValues(r.t, len(x.streams[run.From]), run.Offset, "bytes in their order, without holes")
	require.NotEmpty(r.t, run.Bytes)
	require.Equal(r.t, r.at, run.At)
	require.LessOrEqual(r.t, run.Packet, run.At)
	if behind := x.behind[run.From]; behind != 0 {
		require.Equal(r.t, behind, run.Packet, "what waited for the gap comes next")
		x.behind[run.From] = 0
	}
	x.streams[run.From] = append(x.streams[run.From], run.Bytes...)
	late := ""
	if run.Packet != run.At {
		late = fmt.Sprintf(" of packet %d", run.Packet)
	}
	r.note("data %d: %s+%d %q seq %d%s, has %d of the other", c.ID, letters[run.From], run.Offset, run.Bytes, run.Seq, late, run.Acked)
}

func (r *recorder) Missing(c *Conversation, g Gap) {
	x := r.of(c)
	require.EqualValues(r.t, len(x.streams[g.From]), g.Offset)
	require.Positive(r.t, g.Size)
	require.Less(r.t, g.Size, int64(1<<30), "too large for a test")
	x.streams[g.From] = append(x.streams[g.From], bytes.Repeat([]byte("?"), int(g.Size))...)
	x.gaps[g.From] += g.Size
	if g.Cut && x.behind[g.From] != 0 {
		require.Equal(r.t, x.behind[g.From], g.Packet)
	}
	x.behind[g.From] = g.Behind
	require.LessOrEqual(r.t, g.Behind, r.at)
	cut := ""
	if g.Cut {
		cut = fmt.Sprintf(", cut from packet %d", g.Packet)
	}
	r.note("missing %d: %s+%d %d bytes%s", c.ID, letters[g.From], g.Offset, g.Size, cut)
}

func (r *recorder) Dropped(c *Conversation, d Drop) {
	x := r.of(c)
	require.Positive(r.t, d.Size)
	require.Equal(r.t, r.at, d.Packet)
	if d.Why == DropLate {
		require.LessOrEqual(r.t, d.Offset, int64(len(x.streams[d.From])))
	}
	r.note("dropped %d: %s+%d %d bytes, %s", c.ID, letters[d.From], d.Offset, d.Size, [...]string{"other ones", "too late", "from elsewhere"}[d.Why])
}

func (r *recorder) Acked(c *Conversation, by Side, n int64, packet uint64, _ int64) {
	x := r.of(c)
	require.Greater(r.t, n, x.acked[by], "only when it grew")
	require.Equal(r.t, r.at, packet)
	x.acked[by] = n
	r.note("acked %d: %s has %d", c.ID, letters[by], n)
}

func (r *recorder) Closed(c *Conversation, why CloseReason, _ uint64, _ int64) {
	x := r.of(c)
	x.closed, x.why = true, why
	r.note("closed %d: %s", c.ID, [...]string{"FIN", "RST", "reuse", "end", "limit"}[why])
}

// A script is a list of segments, one a line:
//
//	a SYN 1000
//	b SYN,ACK 5000 1001
//	a ACK 1001 5001 "data"     the data in quotation marks
//	a ACK 1001 5001 "da" cut 2 with bytes behind it that the snap length cut off
//	a KEEP,ACK 1000 5001 "x"   with data that is not pushed, as all other is
//	a2 …, b2 …                 of another pair of ports
//	late 4, side 100, total 200, conversations 2   options, before all segments
//
// and after a line ---- what the assembler made of it; where SYNs came late also
// what another one makes of it that knows of them.
func runScript(t *testing.T, script string) string {
	got, late := runKnowing(t, script, nil)
	if len(late) > 0 {
		again, later := runKnowing(t, script, late)
		require.Empty(t, later, "all are known")
		got += "again\n" + again
	}
	return got
}

func runKnowing(t *testing.T, script string, known []LateSYN) (trace string, late []LateSYN) {
	o := AssemblerOptions{LateSYNs: known}
	r := &recorder{t: t}
	var a *Assembler
	packet := uint64(0)
	for _, line := range strings.Split(script, "\n") {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) == 2 && a == nil {
			n, err := strconv.Atoi(f[1])
			require.NoError(t, err)
			switch f[0] {
			case "late":
				o.LatePackets = n
				continue
			case "side":
				o.MaxBufferedPerSide = n
				continue
			case "total":
				o.MaxBuffered = n
				continue
			case "conversations":
				o.MaxConversations = n
				continue
			}
		}
		if a == nil {
			a = NewAssembler(r, o)
		}
		packet++
		r.at = packet
		s := Segment{Packet: packet, Time: int64(packet) * 10, PayloadFile: int64(packet) * 1000}
		port := uint16(40000)
		if len(f[0]) > 1 {
			n, err := strconv.Atoi(f[0][1:])
			require.NoError(t, err)
			port += uint16(n)
		}
		s.Src, s.Dst = netip.AddrPortFrom(client4, port), netip.AddrPortFrom(server4, 7500)
		if f[0][0] == 'b' {
			s.Src, s.Dst = s.Dst, s.Src
		}
		for _, name := range strings.Split(f[1], ",") {
			flag, ok := map[string]uint8{"SYN": SYN, "ACK": ACK, "FIN": FIN, "RST": RST, "KEEP": 0}[name]
			require.True(t, ok, line)
			s.Flags |= flag
		}
		number := func(i int) uint32 {
			n, err := strconv.ParseUint(f[i], 10, 32)
			require.NoError(t, err, line)
			return uint32(n)
		}
		s.Seq = number(2)
		i := 3
		if s.Flags&ACK != 0 {
			s.Ack = number(3)
			i++
		}
		if i < len(f) && f[i][0] == '"' {
			data, err := strconv.Unquote(f[i])
			require.NoError(t, err, line)
			s.Payload = []byte(data)
			if !strings.Contains(f[1], "KEEP") {
				s.Flags |= PSH
			}
			i++
		}
		if i < len(f) {
			require.Equal(t, "cut", f[i])
			s.Cut = int(number(i + 1))
		}
		a.Segment(&s, packet, s.Time)
	}
	r.at = packet
	a.Finish()
	require.Zero(t, a.Counts.Waiting, "nothing waits after the end")
	for _, x := range r.ordinal {
		require.True(t, x.closed)
	}
	c := a.Counts
	r.note("%d segments: %d out of order, %d bytes repeated, %d implausible, %d RST ignored, %d after close",
		c.Segments, c.OutOfOrder, c.Repeated, c.Implausible, c.IgnoredRST, c.AfterClose)
	return strings.Join(r.trace, "\n") + "\n", a.LateSYNs
}

func TestAssemblerScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/assembler/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			script, want, _ := strings.Cut(string(text), "----\n")
			got := runScript(t, script)
			if *update {
				require.NoError(t, os.WriteFile(name, []byte(script+"----\n"+got), 0o666))
				return
			}
			require.Equal(t, want, got)
		})
	}
}

// A stream is one side of a made conversation.
type stream struct {
	isn  uint32
	data []byte
}

// TestAssemblerIsRightWhateverTheOrder segments known streams, repeats, splits
// and shuffles the pieces a little, and wants the streams back.
func TestAssemblerIsRightWhateverTheOrder(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		shuffleStreams(t, rng.IntN, 1+rng.IntN(5000), rng.Uint32(), rng.Uint32())
	}
}

// shuffleStreams makes two streams of about size bytes, cuts them into segments
// in disorder, but without loss, and demands them back.
func shuffleStreams(t testing.TB, intn func(int) int, size int, isnA, isnB uint32) {
	streams := [2]stream{{isn: isnA}, {isn: isnB}}
	for i := range streams {
		n := intn(size + 1)
		for k := range n {
			streams[i].data = append(streams[i].data, byte(k*7+k>>8+i))
		}
	}
	ends := [2]netip.AddrPort{netip.AddrPortFrom(client4, 40000), netip.AddrPortFrom(server4, 7500)}
	segment := func(from Side, off, n int, flags uint8, acked int) Segment {
		return Segment{
			Src: ends[from], Dst: ends[from.Other()], Seq: streams[from].isn + 1 + uint32(off), Flags: flags,
			Ack: streams[from.Other()].isn + 1 + uint32(acked), Payload: streams[from].data[off : off+n],
		}
	}
	segments := []Segment{
		{Src: ends[A], Dst: ends[B], Seq: isnA, Flags: SYN},
		{Src: ends[B], Dst: ends[A], Seq: isnB, Ack: isnA + 1, Flags: SYN | ACK},
	}
	// The data of both sides, in order; acknowledgements never promise what
	// is not sent.
	var sent [2]int
	for sent[A] < len(streams[A].data) || sent[B] < len(streams[B].data) {
		from := Side(intn(2))
		left := len(streams[from].data) - sent[from]
		if left == 0 {
			from = from.Other()
			left = len(streams[from].data) - sent[from]
		}
		n := 1 + intn(min(left, 700))
		segments = append(segments, segment(from, sent[from], n, ACK|PSH, intn(sent[from.Other()]+1)))
		sent[from] += n
		switch intn(8) {
		case 0: // again, from somewhere to somewhere
			off := intn(sent[from])
			segments = append(segments, segment(from, off, 1+intn(sent[from]-off), ACK|PSH, 0))
		case 1: // keeping the connection alive
			segments = append(segments, segment(from, sent[from]-1, 1, ACK, 0))
		}
	}
	// Disorder among the data: each segment may come some places later.
	for i := 2; i < len(segments); i++ {
		if j := i + intn(6); j < len(segments) && intn(3) == 0 {
			segments[i], segments[j] = segments[j], segments[i]
		}
	}
	for side := range streams {
		segments = append(segments, segment(Side(side), len(streams[side].data), 0, FIN|ACK, 0))
	}
	r := &recorder{t: t}
	// However late a segment comes here, it was not lost.
	a := NewAssembler(r, AssemblerOptions{LatePackets: len(segments)})
	for i := range segments {
		r.at = uint64(i + 1)
		segments[i].Packet = r.at
		a.Segment(&segments[i], r.at, 0)
	}
	a.Finish()
	require.Len(t, r.convs, 1)
	x := r.convs[0]
	require.Equal(t, [2]int64{}, x.gaps)
	for side := range streams {
		require.True(t, bytes.Equal(streams[side].data, x.streams[side]), "side %d", side)
	}
	require.Equal(t, ClosedByFIN, x.why)
	require.Zero(t, a.Counts.Waiting)
	require.Zero(t, a.Counts.Implausible)
}

func TestAssemblerOffsetsGoOnPast4GiB(t *testing.T) {
	if testing.Short() {
		t.Skip("4 GiB in short mode")
	}
	h := &counting{}
	a := NewAssembler(h, AssemblerOptions{})
	s := Segment{Src: netip.AddrPortFrom(client4, 1), Dst: netip.AddrPortFrom(server4, 2), Seq: 5, Flags: SYN}
	a.Segment(&s, 1, 0)
	s.Seq++
	s.Flags = ACK
	s.Payload = make([]byte, 1<<20)
	for i := range int64(5 << 10) {
		a.Segment(&s, uint64(i+2), 0)
		s.Seq += 1 << 20
	}
	require.EqualValues(t, 5<<30, h.bytes)
	require.EqualValues(t, 5<<30-1<<20, h.last)
	require.Zero(t, h.missing)
}

// counting is a handler that only counts.
type counting struct {
	bytes, last, missing int64
	runs                 int
}

func (*counting) Opened(*Conversation, uint64, int64) bool { return true }
func (h *counting) Data(_ *Conversation, r Run) {
	h.bytes += int64(len(r.Bytes))
	h.last = r.Offset
	h.runs++
}
func (h *counting) Missing(_ *Conversation, g Gap)                 { h.missing += g.Size }
func (*counting) Dropped(*Conversation, Drop)                      {}
func (*counting) Acked(*Conversation, Side, int64, uint64, int64)  {}
func (*counting) Closed(*Conversation, CloseReason, uint64, int64) {}

func TestAssemblerKeepsToItsBounds(t *testing.T) {
	// Nothing but data beyond a hole, in many conversations: it must neither be
	// kept without end nor be lost.
	h := &counting{}
	o := AssemblerOptions{MaxBufferedPerSide: 64 << 10, MaxBuffered: 256 << 10, MaxConversations: 50}
	a := NewAssembler(h, o)
	payload := make([]byte, 1000)
	var total int64
	packet := uint64(0)
	for round := range 300 {
		for port := range 40 {
			s := Segment{Src: netip.AddrPortFrom(client4, uint16(1000+port)), Dst: netip.AddrPortFrom(server4, 7500)}
			packet++
			if round == 0 {
				s.Flags = SYN
			} else {
				s.Flags, s.Payload, s.Seq = ACK, payload, uint32(1+2*round*len(payload)) // every second one is lost
				total += int64(len(payload))
			}
			a.Segment(&s, packet, 0)
			require.LessOrEqual(t, a.Counts.Waiting, int64(o.MaxBuffered))
		}
	}
	require.Greater(t, a.Counts.MaxWaiting, int64(o.MaxBuffered)/2)
	a.Finish()
	require.Equal(t, total, h.bytes)
	require.Zero(t, a.Counts.Waiting)
}

func TestAssemblerForgetsConversations(t *testing.T) {
	r := &recorder{t: t, refuse: func(c *Conversation) bool { return c.Ends[A].Port()%2 == 0 }}
	a := NewAssembler(r, AssemblerOptions{MaxConversations: 100})
	for i := range 10_000 {
		r.at++
		a.Segment(&Segment{Src: netip.AddrPortFrom(client4, uint16(i+1)), Dst: netip.AddrPortFrom(server4, 7500), Seq: 1, Flags: SYN}, r.at, 0)
		require.LessOrEqual(t, len(a.convs), 100)
	}
	a.Finish()
	require.Len(t, r.convs, 10_000)
	reasons := map[CloseReason]int{}
	for _, x := range r.ordinal {
		require.True(t, x.closed)
		reasons[x.why]++
	}
	require.Equal(t, 5000, len(r.ordinal))
	require.Greater(t, reasons[ClosedByEnd], 60)
	require.Equal(t, 5000-reasons[ClosedByEnd], reasons[ClosedByLimit])
}

func TestAssemblerTellsNothingOfConversationsThatAreNotWanted(t *testing.T) {
	r := &recorder{t: t, refuse: func(*Conversation) bool { return true }}
	a := NewAssembler(r, AssemblerOptions{})
	ends := [2]netip.AddrPort{netip.AddrPortFrom(client4, 1), netip.AddrPortFrom(server4, 2)}
	for i, flags := range []uint8{SYN, ACK, ACK, RST} {
		r.at++
		s := Segment{Src: ends[A], Dst: ends[B], Seq: uint32(100 * i), Flags: flags}
		if flags == ACK {
			s.Payload = []byte("some data")
		}
		a.Segment(&s, r.at, 0) // with holes, too
	}
	require.Zero(t, a.Counts.Waiting)
	a.Finish()
	require.Len(t, r.trace, 1)
	// But what it was is counted.
	require.EqualValues(t, 4, r.convs[0].Packets)
	require.Equal(t, [2]int64{18, 0}, r.convs[0].Payload)
}

func TestRunsSayWhereTheirBytesStand(t *testing.T) {
	h := &placed{t: t}
	a := NewAssembler(h, AssemblerOptions{})
	text := []byte("abcdefghijklmnopqrstuvwxyz")
	put := func(packet uint64, from, to int) {
		s := Segment{
			Src: netip.AddrPortFrom(client4, 1), Dst: netip.AddrPortFrom(server4, 2), Seq: uint32(1 + from), Flags: ACK | PSH,
			Payload: text[from:to], PayloadFile: int64(packet)*100 + int64(from), Packet: packet, Time: int64(packet),
		}
		a.Segment(&s, packet, int64(packet))
	}
	a.Segment(&Segment{Src: netip.AddrPortFrom(client4, 1), Dst: netip.AddrPortFrom(server4, 2), Flags: SYN}, 1, 1)
	put(2, 0, 5)
	put(3, 10, 15)
	put(4, 3, 7)
	put(5, 12, 20)
	put(6, 6, 26) // fills the hole, overlaps what waits on both its ends
	require.Equal(t, "abcdefghijklmnopqrstuvwxyz", string(h.text))
	require.Equal(t, "2:0-5@2 4:5-7@4 6:7-10@6 3:10-15@6 5:15-20@6 6:20-26@6 ", h.runs)
}

type placed struct {
	counting
	t    testing.TB
	text []byte
	runs string
}

func (h *placed) Data(_ *Conversation, r Run) {
	h.text = append(h.text, r.Bytes...)
	h.runs += fmt.Sprintf("%d:%d-%d@%d ", r.Packet, r.Offset, r.Offset+int64(len(r.Bytes)), r.At)
	require.EqualValues(h.t, r.Packet*100+uint64(r.Offset), r.File)
	require.EqualValues(h.t, 1+r.Offset, r.Seq)
	require.EqualValues(h.t, r.Packet, r.Time)
	require.EqualValues(h.t, r.At, r.AtTime)
	require.EqualValues(h.t, ACK|PSH, r.Flags)
}
