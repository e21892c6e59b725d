package capture

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// damaged are golden captures whose conversations each have ports of their own.
var damaged = []string{
	"plain.pcap", "pipelined.pcap", "sequence_wrap.pcap", "tiny_segments.pcap", "trouble.pcap", "trouble_small_segments.pcap",
	"real_server.pcapng", "real_server_lossy_network.pcapng", "no_handshake.pcap", "coalesced.pcap", "large_files.pcapng",
}

// goldenPackets reads the packets of a golden capture, their bytes included.
func goldenPackets(t *testing.T, name string) []Packet {
	t.Helper()
	data, err := os.ReadFile("../testdata/golden/captures/" + name)
	require.NoError(t, err)
	f, err := Open(inMemory(data), Unpackers{})
	require.NoError(t, err)
	r := NewPacketReader(f, f.Kind)
	var all []Packet
	for {
		var p Packet
		err := r.Next(&p)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		p.Data = bytes.Clone(p.Data)
		all = append(all, p)
	}
}

// An original is what one side of a conversation sent, and where it begins.
type original struct {
	base uint32
	data []byte
}

// A truth is a handler that keeps the originals of a whole capture.
type truth map[[2]netip.AddrPort]*original

func (o truth) of(c *Conversation, from Side) *original {
	k := [2]netip.AddrPort{c.Ends[from], c.Ends[from.Other()]}
	if o[k] == nil {
		o[k] = new(original)
	}
	return o[k]
}

// ours tells a conversation from the noise in some captures: segments of one
// connection with sequence numbers that have nothing to do with each other.
func ours(c *Conversation) bool { return c.Ends[A].Port() == 7500 || c.Ends[B].Port() == 7500 }

func (o truth) Opened(c *Conversation, _ uint64, _ int64) bool { return ours(c) }
func (o truth) Data(c *Conversation, r Run) {
	x := o.of(c, r.From)
	if r.Offset == 0 {
		x.base = r.Seq
	}
	x.data = append(x.data, r.Bytes...)
}
func (o truth) Missing(*Conversation, Gap)                       {}
func (o truth) Dropped(*Conversation, Drop)                      {}
func (o truth) Acked(*Conversation, Side, int64, uint64, int64)  {}
func (o truth) Closed(*Conversation, CloseReason, uint64, int64) {}

// An inspector is a handler that holds what a damaged capture gives to the
// truth: no byte may come that the whole capture does not have at its place.
type inspector struct {
	t       *testing.T
	truth   truth
	bytes   int64
	missing int64
	shift   map[*original]int64 // of offsets, where the beginning was lost
}

func (i *inspector) Opened(c *Conversation, _ uint64, _ int64) bool { return ours(c) }

func (i *inspector) Data(c *Conversation, r Run) {
	x := i.truth.of(c, r.From)
	at := int64(int32(r.Seq - x.base))
	if len(r.Bytes) == 1 && r.Flags&PSH == 0 {
		// Where a segment of one byte was lost, and another that only keeps the
		// connection alive stands in its place, nothing tells the two apart.
		i.bytes++
		return
	}
	if at < 0 || at+int64(len(r.Bytes)) > int64(len(x.data)) || !bytes.Equal(x.data[at:][:len(r.Bytes)], r.Bytes) {
		i.t.Fatalf("packet %d: %d bytes at %d that were not sent", r.Packet, len(r.Bytes), at)
	}
	if shift, ok := i.shift[x]; ok {
		require.Equal(i.t, shift, at-r.Offset, "offsets and sequence numbers agree")
	} else {
		i.shift[x] = at - r.Offset
		require.GreaterOrEqual(i.t, i.shift[x], int64(0))
	}
	i.bytes += int64(len(r.Bytes))
}

func (i *inspector) Missing(_ *Conversation, g Gap) { i.missing += g.Size }
func (i *inspector) Dropped(_ *Conversation, d Drop) {
	require.NotEqual(i.t, DropDiffers, d.Why, "the same bytes came again")
}
func (i *inspector) Acked(*Conversation, Side, int64, uint64, int64)  {}
func (i *inspector) Closed(*Conversation, CloseReason, uint64, int64) {}

func TestLostPacketsInventNothing(t *testing.T) {
	for _, name := range damaged {
		packets := goldenPackets(t, name)
		whole := truth{}
		a := NewAssembler(whole, AssemblerOptions{})
		for i := range packets {
			a.Packet(&packets[i])
		}
		a.Finish()
		var total int64
		for _, x := range whole {
			total += int64(len(x.data))
		}
		for _, rate := range []float64{0.001, 0.01, 0.05, 0.3} {
			for seed := range uint64(10) {
				rng := rand.New(rand.NewPCG(seed, 9))
				i := &inspector{t: t, truth: whole, shift: make(map[*original]int64)}
				a := NewAssembler(i, AssemblerOptions{})
				for k := range packets {
					if rng.Float64() < rate {
						continue
					}
					a.Packet(&packets[k])
				}
				a.Finish()
				// Where a FIN was lost, a gap before it may count its number.
				require.LessOrEqual(t, i.bytes+i.missing, total+int64(len(whole)), name)
				require.Zero(t, a.Counts.Waiting)
				if rate <= 0.01 {
					// What is there comes, but for what stood before the first
					// byte known.
					require.Greater(t, float64(i.bytes), float64(total)*(1-6*rate-0.02), "%s at %v: %d bytes missing", name, rate, i.missing)
				}
			}
		}
	}
}

// TestPacketsSeenTwice gives each packet again some packets later, as a capture
// of two interfaces has it.
func TestPacketsSeenTwice(t *testing.T) {
	for _, name := range append([]string{"port_reused.pcap", "reset.pcap", "streams.pcapng"}, damaged...) {
		packets := goldenPackets(t, name)
		run := func(list []Packet) *recorder {
			r := &recorder{t: t, refuse: func(c *Conversation) bool { return !ours(c) }}
			a := NewAssembler(r, AssemblerOptions{})
			for i := range list {
				p := list[i]
				p.Number = uint64(i + 1)
				r.at = p.Number
				a.Packet(&p)
			}
			a.Finish()
			return r
		}
		want := run(packets)
		for _, later := range []int{0, 1, 3} {
			var twice []Packet
			for i := range packets {
				twice = append(twice, packets[i])
				if i >= later {
					twice = append(twice, packets[i-later])
				}
			}
			got := run(twice)
			require.Len(t, got.convs, len(want.convs), "%s, %d later", name, later)
			for i, x := range want.convs {
				require.Equal(t, x.streams, got.convs[i].streams, name)
				require.Equal(t, [2]int64{}, got.convs[i].gaps)
				require.Equal(t, x.why, got.convs[i].why)
			}
		}
	}
}
