package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// busy is a capture of conversations that take turns, in full segments.
func busy(packets, conversations int) []byte {
	f := (&pcapFile{order: binary.LittleEndian, link: 1}).header()
	payload := make([]byte, 1400)
	seq := make([]uint32, conversations)
	for i := range packets {
		c := i / 8 % conversations
		tcp := tcpBytes(uint16(40000+c), 7500, 1000+seq[c], 5001, ACK, payload)
		seq[c] += uint32(len(payload))
		p := etherBytes(etherIPv4, ipv4Bytes(client4, server4, protoTCP, tcp))
		f.packet(int64(i+1)*1000, len(p), p)
	}
	return f.data
}

// through reads a capture and puts it together.
func through(t testing.TB, data []byte, kind Kind, h Handler) *Assembler {
	r := NewPacketReader(bytes.NewReader(data), kind)
	a := NewAssembler(h, AssemblerOptions{})
	var p Packet
	for {
		err := r.Next(&p)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		a.Packet(&p)
	}
	a.Finish()
	return a
}

func TestReadingPacketsDoesNotAllocate(t *testing.T) {
	ng, _ := os.ReadFile("../testdata/golden/captures/streams.pcapng")
	for kind, data := range map[Kind][]byte{KindPCAP: busy(4000, 3), KindPCAPNG: ng} {
		r := NewPacketReader(bytes.NewReader(data), kind)
		var p Packet
		var d Dissector
		var s Segment
		require.NoError(t, r.Next(&p)) // the first reads headers
		segments := 0
		n := testing.AllocsPerRun(3000, func() {
			if err := r.Next(&p); err != nil {
				t.Fatal(err)
			}
			if d.Segment(&p, &s) {
				segments++
			}
		})
		require.Zero(t, n, kind)
		require.Greater(t, segments, 2900)
	}
}

func TestAssemblingInOrderDoesNotAllocate(t *testing.T) {
	h := &counting{}
	a := NewAssembler(h, AssemblerOptions{})
	s := Segment{
		Src: netip.AddrPortFrom(client4, 1), Dst: netip.AddrPortFrom(server4, 2),
		Seq: 1, Flags: ACK, Payload: make([]byte, 1000),
	}
	a.Segment(&s, 1, 0)
	n := testing.AllocsPerRun(1000, func() {
		s.Seq += 1000
		a.Segment(&s, 2, 0)
		// The other side acknowledges.
		ack := Segment{Src: s.Dst, Dst: s.Src, Seq: 1, Ack: s.Seq + 1000, Flags: ACK}
		a.Segment(&ack, 3, 0)
	})
	require.Zero(t, n)
	require.EqualValues(t, 1002, h.runs)
}

func TestDisorderReusesItsBuffers(t *testing.T) {
	h := &counting{}
	a := NewAssembler(h, AssemblerOptions{})
	s := Segment{Src: netip.AddrPortFrom(client4, 1), Dst: netip.AddrPortFrom(server4, 2), Seq: 1, Flags: SYN}
	a.Segment(&s, 1, 0)
	s.Flags, s.Payload = ACK, make([]byte, 1000)
	seq := uint32(2)
	round := func() { // the second before the first
		s.Seq = seq + 1000
		a.Segment(&s, 2, 0)
		s.Seq = seq
		a.Segment(&s, 3, 0)
		seq += 2000
	}
	round()
	require.Zero(t, testing.AllocsPerRun(1000, round))
	require.EqualValues(t, 2*1002*1000, h.bytes)
}

func TestEventsDoNotAllocate(t *testing.T) {
	line := `{"op":"req","stream":1,"hex":"` + strings.Repeat("00ff", 50) + `"}` + "\n" + `{"op":"oob","stream":1,"fd":-1,"len":5}` + "\n"
	r := NewEventReader(strings.NewReader(strings.Repeat(line, 2000)))
	var e Event
	require.NoError(t, r.Next(&e))
	require.Zero(t, testing.AllocsPerRun(3000, func() {
		if err := r.Next(&e); err != nil {
			t.Fatal(err)
		}
	}))
}

// BenchmarkPackets reads packets and finds their segments.
func BenchmarkPackets(b *testing.B) {
	data := busy(100_000, 3)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r := NewPacketReader(bytes.NewReader(data), KindPCAP)
		var p Packet
		var d Dissector
		var s Segment
		for r.Next(&p) == nil {
			d.Segment(&p, &s)
		}
		require.EqualValues(b, 100_000, d.Counts.TCP)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/packet")
}

// BenchmarkAssembler reads a capture and puts it together: 3 conversations in
// order, 300 in order, and the golden captures with and without trouble.
func BenchmarkAssembler(b *testing.B) {
	run := func(name string, data []byte, kind Kind) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			packets := uint64(0)
			for b.Loop() {
				packets = through(b, data, kind, &counting{}).Dissector.Counts.Packets
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(packets), "ns/packet")
		})
	}
	run("3", busy(100_000, 3), KindPCAP)
	run("300", busy(100_000, 300), KindPCAP)
	for _, name := range []string{"plain.pcap", "trouble.pcap", "real_server.pcapng"} {
		data, err := os.ReadFile("../testdata/golden/captures/" + name)
		require.NoError(b, err)
		kind := KindPCAP
		if strings.HasSuffix(name, "ng") {
			kind = KindPCAPNG
		}
		run(name, data, kind)
	}
}

func BenchmarkEvents(b *testing.B) {
	data, err := os.ReadFile("../testdata/golden/events/soup.jsonl")
	require.NoError(b, err)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r := NewEventReader(bytes.NewReader(data))
		var e Event
		for r.Next(&e) == nil {
		}
	}
}

func BenchmarkDump(b *testing.B) {
	for name, kind := range map[string]Kind{"plain_hex": KindHex, "xxd": KindXXD, "hexdump": KindHexdump} {
		data, err := os.ReadFile("../testdata/golden/exports/both_directions." + name + ".txt")
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				r := NewDumpReader(bytes.NewReader(data), kind)
				var run DumpRun
				for r.Next(&run) == nil {
				}
			}
		})
	}
}
