package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// addFile adds the beginning of a golden file to a corpus.
func addFile(f *testing.F, name string, most int, add func([]byte)) {
	f.Helper()
	data, err := os.ReadFile("../testdata/golden/" + name)
	require.NoError(f, err)
	add(data[:min(len(data), most)])
}

// A checker is a handler that checks what Handler promises, whatever is told.
type checker struct {
	t     testing.TB
	at    uint64
	state map[*Conversation]*[2]int64
	acked map[*Conversation]*[2]int64
	ids   uint32
}

func newChecker(t testing.TB) *checker {
	return &checker{t: t, state: make(map[*Conversation]*[2]int64), acked: make(map[*Conversation]*[2]int64)}
}

func (k *checker) Opened(c *Conversation, packet uint64, _ int64) bool {
	require.Equal(k.t, k.ids, c.ID)
	require.Equal(k.t, k.at, packet)
	require.NotContains(k.t, k.state, c)
	k.ids++
	if c.ID%7 == 6 {
		return false
	}
	k.state[c], k.acked[c] = new([2]int64), new([2]int64)
	return true
}

func (k *checker) Data(c *Conversation, r Run) {
	next := k.state[c]
	// Plain comparisons: this is called too often for more.
	if next == nil || next[r.From] != r.Offset || len(r.Bytes) == 0 || r.Packet > r.At || r.At != k.at {
		k.t.Fatalf("packet %d: %+v after %v", k.at, r, next)
	}
	next[r.From] += int64(len(r.Bytes))
}

func (k *checker) Missing(c *Conversation, g Gap) {
	next := k.state[c]
	if next == nil || next[g.From] != g.Offset || g.Size <= 0 || g.Packet > k.at {
		k.t.Fatalf("packet %d: %+v after %v", k.at, g, next)
	}
	next[g.From] += g.Size
}

func (k *checker) Dropped(c *Conversation, d Drop) {
	if next := k.state[c]; next == nil || d.Size <= 0 || d.Offset < 0 || d.Packet != k.at || d.Why == DropLate && d.Offset > next[d.From] {
		k.t.Fatalf("packet %d: dropped %+v after %v", k.at, d, next)
	}
}

func (k *checker) Acked(c *Conversation, by Side, n int64, packet uint64, _ int64) {
	acked := k.acked[c]
	if acked == nil || n <= acked[by] || packet != k.at {
		k.t.Fatalf("packet %d: acknowledged %d after %v", k.at, n, acked)
	}
	acked[by] = n
}

func (k *checker) Closed(c *Conversation, _ CloseReason, packet uint64, _ int64) {
	require.Contains(k.t, k.state, c)
	require.Equal(k.t, k.at, packet)
	delete(k.state, c)
	delete(k.acked, c)
}

// packets reads a capture to its end, through dissector and assembler.
func packets(t *testing.T, data []byte, kind Kind) {
	all, err := readAll(t, data, kind)
	if err != io.EOF {
		require.LessOrEqual(t, place(t, err), int64(len(data)))
	}
	k := newChecker(t)
	a := NewAssembler(k, AssemblerOptions{})
	var last uint64
	for i := range all {
		p := &all[i].Packet
		p.Data = data[p.File:][:len(all[i].bytes)]
		require.LessOrEqual(t, len(p.Data), MaxPacket)
		require.Greater(t, p.Number, last)
		last = p.Number
		k.at = p.Number
		a.Packet(p)
	}
	a.Finish()
	require.Empty(t, k.state, "all conversations were closed")
	c := a.Dissector.Counts
	require.EqualValues(t, len(all), c.Packets)
	require.Equal(t, c.Packets, c.TCP+c.UDP+c.ICMP+c.OtherIP+c.ARP+c.OtherLink+c.Fragments+c.Cut+c.Bad+c.Unread)
	require.Zero(t, a.Counts.Waiting)
}

func FuzzPCAP(f *testing.F) {
	for _, order := range orders {
		w := (&pcapFile{order: order, link: 1, modified: order == binary.LittleEndian}).header()
		w.packet(1e9, 60, etherBytes(etherIPv4, inner4))
		w.packet(2e9, 60, etherBytes(etherIPv6, inner6))
		f.Add(w.data)
	}
	addFile(f, "captures/no_handshake.pcap", 4000, func(b []byte) { f.Add(b) })
	addFile(f, "captures/link_sll2.pcap", 4000, func(b []byte) { f.Add(b) })
	addFile(f, "captures/trouble_small_segments.pcap", 8000, func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, data []byte) { packets(t, data, KindPCAP) })
}

func FuzzPCAPNG(f *testing.F) {
	for _, order := range orders {
		for _, other := range orders {
			data, _ := everything(order, other)
			f.Add(data)
		}
	}
	addFile(f, "captures/ng_big_endian.pcapng", 4000, func(b []byte) { f.Add(b) })
	addFile(f, "captures/ng_simple_packets.pcapng", 4000, func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, data []byte) { packets(t, data, KindPCAPNG) })
}

func FuzzSegment(f *testing.F) {
	for _, link := range []uint16{0, 1, 9, 12, 101, 104, 108, 113, 228, 276} {
		f.Add(link, uint32(0), join(etherBytes(0x8100, be16(1, 0x0800)), inner4))
		f.Add(link, uint32(1<<31), inner6)
		f.Add(link, uint32(100), join([]byte{2, 0, 0, 0}, inner4))
	}
	f.Fuzz(func(t *testing.T, link uint16, original uint32, data []byte) {
		const file = 1 << 40
		p := Packet{Number: 1, File: file, Link: uint32(link), Data: data, Original: int64(original)}
		var d Dissector
		var s Segment
		ok := d.Segment(&p, &s)
		require.Equal(t, ok, d.Counts.TCP == 1)
		if !ok {
			return
		}
		require.True(t, s.Src.IsValid() && s.Dst.IsValid())
		require.GreaterOrEqual(t, s.Cut, 0)
		require.Less(t, s.Cut, 1<<25)
		at := s.PayloadFile - file
		require.LessOrEqual(t, at+int64(len(s.Payload)), int64(len(data))+60)
		if len(s.Payload) > 0 {
			require.True(t, bytes.Equal(data[at:][:len(s.Payload)], s.Payload))
		}
	})
}

// FuzzAssembler holds the assembler to a model: two streams, cut into segments
// in disorder as the input says, must come out as they went in.
func FuzzAssembler(f *testing.F) {
	f.Add(uint32(0), uint32(0), []byte{1, 2, 3})
	f.Add(uint32(1<<32-100), uint32(1<<32-1), []byte("some disorder is in here"))
	f.Fuzz(func(t *testing.T, isnA, isnB uint32, choices []byte) {
		if len(choices) > 4000 {
			return
		}
		i := 0
		intn := func(n int) int {
			if len(choices) == 0 || n == 0 {
				return 0
			}
			// Two bytes a choice, used again from the start when they end.
			x := int(choices[i%len(choices)])<<8 | int(choices[(i+1)%len(choices)])
			i += 2
			return (x + i/len(choices)) % n
		}
		shuffleStreams(t, intn, 3000, isnA, isnB)
	})
}

// FuzzAssemblerHostile gives the assembler any segments at all, and small
// bounds: it must keep what its handler is promised.
func FuzzAssemblerHostile(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x05\x00\x00\x00\x09\x10"))
	f.Add([]byte("\x10\x64\x00\x00\x01\x32\x00\x00\x01\x05\x02\x60\x00\x00\x01\x00\x00\x00\x00\x00\x10\x61\x00\x00\x01\x32\x00\x00\x01\x03")) // a SYN that comes late
	addFile(f, "captures/trouble_small_segments.pcap", 3000, func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, data []byte) {
		if late := assembleHostile(t, data, nil); len(late) > 0 {
			assembleHostile(t, data, late)
		}
	})
}

// assembleHostile puts segments together that data describes, and gives the SYNs that
// came late.
func assembleHostile(t *testing.T, data []byte, known []LateSYN) []LateSYN {
	k := newChecker(t)
	o := AssemblerOptions{MaxBufferedPerSide: 3000, MaxBuffered: 5000, MaxConversations: 5, LatePackets: 3, LateSYNs: known}
	a := NewAssembler(k, o)
	payload := make([]byte, 256)
	for len(data) >= 10 {
		h := data[:10]
		data = data[10:]
		s := Segment{
			Flags: h[0] & 0x17, Seq: binary.LittleEndian.Uint32(h[1:]), Ack: binary.LittleEndian.Uint32(h[5:]),
			Src: netip.AddrPortFrom(client4, uint16(h[0]>>5)), Dst: netip.AddrPortFrom(server4, 7500),
			Payload: payload[:h[9]], Source: h[7] & 3,
		}
		if h[0]&8 != 0 {
			s.Src, s.Dst = s.Dst, s.Src
		}
		// Mostly near each other, sometimes anywhere.
		if h[4]&3 != 0 {
			s.Seq &= 0x3FF
		}
		if h[8]&3 != 0 {
			s.Ack &= 0x3FF
		}
		if h[4]&4 != 0 {
			s.Cut = int(h[8])
		}
		k.at++
		s.Packet = k.at
		a.Segment(&s, k.at, 0)
		if a.known > o.MaxConversations || a.Counts.Waiting > int64(o.MaxBuffered) {
			t.Fatalf("%d conversations, %d bytes wait", a.known, a.Counts.Waiting)
		}
		held := int64(0)
		for c := a.oldest; c != nil; c = c.newer {
			for i := range c.sides {
				side := &c.sides[i]
				at, bytes := side.next, 0
				for j := range side.held {
					p := &side.held[j]
					if p.off < at || j == 0 && p.off == at || p.end() <= p.off {
						t.Fatalf("piece %d of %d at %d to %d waits behind %d", j, len(side.held), p.off, p.end(), at)
					}
					at = p.end()
					bytes += cap(p.data) + pieceCost
				}
				if bytes != side.bytes || bytes > o.MaxBufferedPerSide {
					t.Fatalf("%d bytes wait, %d counted", bytes, side.bytes)
				}
				held += int64(bytes)
			}
		}
		if held != a.Counts.Waiting {
			t.Fatalf("%d bytes wait, %d counted", held, a.Counts.Waiting)
		}
	}
	a.Finish()
	require.Empty(t, k.state)
	require.Zero(t, a.Counts.Waiting)
	return a.LateSYNs
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"op":"open","stream":1}` + "\n" + `{"op":"oob","stream":1,"fd":-2,"len":64}` + "\r\n\n" + `{"op":"req","stream":1,"hex":"00fF","x":[{"y":"\u0041\""},-1.5e3,null]}`))
	addFile(f, "events/edges.jsonl", 3000, func(b []byte) { f.Add(b) })
	addFile(f, "events/paths.jsonl", 3000, func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, data []byte) {
		events, bad, end := readEvents(t, bytes.NewReader(data))
		lines := bytes.Count(data, []byte("\n")) + 1
		require.LessOrEqual(t, len(events)+len(bad), lines)
		if end != io.EOF {
			require.LessOrEqual(t, place(t, end), int64(len(data)))
		}
		for _, err := range bad {
			require.LessOrEqual(t, place(t, err), int64(len(data)))
		}
		for _, e := range events {
			require.LessOrEqual(t, e.Line, lines)
			if len(e.bytes) > 0 {
				again := make([]byte, len(e.bytes))
				_, err := ReadDumpAt(bytes.NewReader(data), KindHex, e.File, 0, again)
				require.NoError(t, err)
				require.Equal(t, e.bytes, string(again))
			}
		}
	})
}

func FuzzDump(f *testing.F) {
	f.Add(byte(0), "00 01\n0 2")
	f.Add(byte(1), xxdText([]byte("some bytes for a dump"), 0, 16, 2))
	f.Add(byte(1), "00000000: 0000 0000\n*\n00000010: 3132  12\n")
	f.Add(byte(2), hexdumpText(append(make([]byte, 100), "some bytes"...)))
	f.Fuzz(func(t *testing.T, kind byte, text string) {
		k := []Kind{KindHex, KindXXD, KindHexdump, KindBinary}[kind%4]
		r := NewDumpReader(bytes.NewReader([]byte(text)), k)
		total := int64(0)
		var run DumpRun
		for {
			err := r.Next(&run)
			if err != nil {
				require.Equal(t, err, r.Next(&run))
				if err != io.EOF {
					require.LessOrEqual(t, place(t, err), int64(len(text)))
				}
				break
			}
			require.NotEmpty(t, run.Bytes)
			require.Equal(t, total, run.Offset)
			require.Less(t, run.File, int64(len(text)))
			total += int64(len(run.Bytes))
			var b [1]byte
			last := len(run.Bytes) - 1
			_, err = ReadDumpAt(bytes.NewReader([]byte(text)), k, run.File, run.Skip+int64(last), b[:])
			require.NoError(t, err)
			require.Equal(t, run.Bytes[last], b[0])
			if total > 1<<22 {
				return // rows repeated for long: enough of them
			}
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("00000000  31 32  |12|"))
	f.Add([]byte("0000000 0000 1400 0000 0000"))
	f.Add([]byte(`{"op":"open"}`))
	f.Add([]byte("\x1F\x8B\x08"))
	f.Add([]byte("\xFF\xFE0\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(inMemory(data), Unpackers{})
		if err != nil {
			var format *FormatError
			require.True(t, errors.As(err, &format), "%v", err)
			require.NotEmpty(t, format.Found)
			return
		}
		require.NotEqual(t, KindUnknown, file.Kind)
		all, err := io.ReadAll(file)
		require.NoError(t, err)
		require.True(t, file.Plain || bytes.Equal(data, all))
		require.False(t, file.Plain && file.Kind == KindBinary)
	})
}

// FuzzPacketText: whatever is printed, what is made of it is pcapng, with packets
// no larger than the text.
func FuzzPacketText(f *testing.F) {
	f.Add("22:13:20.000000 IP 10.0.0.2.4 > 10.0.0.1.5: length 0\n\t0x0000:  4500 0034 0000 4000 4006 26c2 0a00 0002\n\t0x0010:  0a00 0001\n")
	f.Add("    1 2023-11-14 22:13:20.001000     10.0.0.2 → 10.0.0.1 TCP\n\n0000  45 00 00 28   E..(\n0004  0a 00           ..\n\nReassembled IPv4 (2 bytes):\n0000  01 02   ..\n")
	f.Add("    Epoch Time: 1700000000.001000000 seconds\n00000000  45 00 |E.|\n")
	f.Add("static const unsigned char pkt1[2] = {\n0x45, 0x00 /* E. */\n};\nunsigned char pkt1_1[1] = {\n0x01\n};\n")
	f.Add("0x450000280000000000000000000000000000\n'45:00:00 28 00-00 00 00 00 00 00 00 00 00 00', 1\n")
	f.Add("RQAAKAAAAAAAAAAAAAAAAAAAAAA=\nRQAAKAAAAAAAAAAAAAAAAAAAAAA\nRQAAKAAAAAAAAAAAAAAAAAAAA\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []Kind{KindXXD, KindOD, KindHexdump, KindByteList, KindHex, KindBase64} {
			r := NewPacketReader(newPacketText(bytes.NewReader([]byte(text)), kind), KindPacketText)
			var p Packet
			var err error
			size := 0
			for err == nil {
				if err = r.Next(&p); err == nil {
					require.NotEmpty(t, p.Data)
					size += len(p.Data)
				}
			}
			require.LessOrEqual(t, size, len(text))
			var wrong *FormatError
			if err != io.EOF && size > 0 {
				require.ErrorAs(t, err, &wrong)
				require.Equal(t, KindPacketText.String(), wrong.In)
			}
		}
	})
}
