package capture

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// drops is a handler that keeps what was dropped.
type drops struct {
	counting
	all []Drop
}

func (h *drops) Dropped(_ *Conversation, d Drop) { h.all = append(h.all, d) }

// unchecked is how many bytes of the conversations that are known were not compared.
func unchecked(a *Assembler) (n int64) {
	for _, c := range a.convs {
		n += c.Unchecked
	}
	return n
}

// TestPast: of bytes that come again, those that are known are compared, wherever
// they stand and however they are cut; what lies too far back is counted.
func TestPast(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	sent := make([]byte, 5*pastBytes)
	for i := range sent {
		sent[i] = byte(random.Uint32())
	}
	h := &drops{}
	a := NewAssembler(h, AssemblerOptions{})
	at := uint64(0)
	send := func(from, to int, flip ...int) {
		b := append([]byte(nil), sent[from:to]...)
		for _, i := range flip {
			b[i-from] ^= 1
		}
		at++
		a.Segment(&Segment{Src: netip.AddrPortFrom(client4, 1), Dst: netip.AddrPortFrom(server4, 2), Seq: uint32(from), Flags: ACK | PSH, Payload: b}, at, 0)
	}
	for next := 0; next < len(sent); {
		n := 1 + random.IntN(3000)
		if random.IntN(10) == 0 {
			n = 1 + random.IntN(2*pastBytes)
		}
		n = min(n, len(sent)-next)
		send(next, next+n)
		next += n
		from := next - 1 - random.IntN(min(next, pastBytes))
		to := from + 1 + random.IntN(next-from)
		send(from, to) // the same again
		require.Empty(t, h.all)
		if to-from < 2 {
			continue
		}
		i := from + random.IntN(to-from)
		send(from, to, i)
		require.Equal(t, []Drop{{Why: DropDiffers, Offset: int64(i), Size: 1, Packet: at}}, h.all)
		h.all = nil
	}
	require.Zero(t, unchecked(a))
	send(100, 300, 200)
	require.Empty(t, h.all)
	require.EqualValues(t, 200, unchecked(a))
}

// TestPastOfMany: what is kept of many conversations together is bounded.
func TestPastOfMany(t *testing.T) {
	a := NewAssembler(&counting{}, AssemblerOptions{})
	b := make([]byte, pastBytes)
	for i := range uint32(2000) {
		s := Segment{Src: netip.AddrPortFrom(client4, uint16(1+i)), Dst: netip.AddrPortFrom(server4, 7500), Flags: ACK | PSH, Payload: b}
		a.Segment(&s, uint64(i), 0)
		require.LessOrEqual(t, a.past, pastTotal)
	}
	require.Positive(t, a.past)
	a.Finish()
	require.Zero(t, a.past)
}

// TestPastForgotten: a conversation whose past was given back goes on with a new
// one: what comes again of it is compared, what came before is counted.
func TestPastForgotten(t *testing.T) {
	for _, n := range []int{1448, pastBytes, pastBytes + 1448} {
		sent := make([]byte, 2*pastBytes+n)
		for i := range sent {
			sent[i] = byte(i * i >> 3)
		}
		h := &drops{}
		a := NewAssembler(h, AssemblerOptions{})
		send := func(client uint16, from, to int) {
			s := Segment{Src: netip.AddrPortFrom(client4, client), Dst: netip.AddrPortFrom(server4, 7500), Seq: uint32(from), Flags: ACK | PSH, Payload: sent[from:to]}
			a.Segment(&s, 1, 0)
		}
		begin := pastBytes - 1000
		send(1, 0, begin)
		for client := range uint16(pastTotal / pastBytes) {
			send(2+client, 0, pastBytes)
		}
		for next := begin; next < begin+n; next += 1000 {
			send(1, next, min(next+1000, begin+n))
		}
		send(1, begin+n-1000, begin+n)
		require.Empty(t, h.all)
		require.Zero(t, unchecked(a))
		send(1, begin-1000, begin)
		require.Empty(t, h.all)
		require.EqualValues(t, 1000, unchecked(a))
	}
}

// TestPastGaps: bytes that come late for a gap are told as such, also when many
// other gaps came since; what is kept of the gaps is bounded.
func TestPastGaps(t *testing.T) {
	h := &drops{}
	a := NewAssembler(h, AssemblerOptions{LatePackets: 1})
	client, server := netip.AddrPortFrom(client4, 1), netip.AddrPortFrom(server4, 2)
	b := make([]byte, 100)
	at := uint64(0)
	send := func(off int) {
		at++
		a.Segment(&Segment{Src: client, Dst: server, Seq: uint32(off), Flags: ACK | PSH, Payload: b}, at, 0)
		at++
		a.Segment(&Segment{Src: server, Dst: client, Flags: ACK, Ack: uint32(off + len(b))}, at, 0)
	}
	send(0)
	for n := 1; n <= 2*pastGaps; n++ {
		send(200 * n)
		require.LessOrEqual(t, a.convs[keyOf(client, server)].sides[A].past.size(), 2*pastBytes)
		if n == pastGaps-1 {
			send(100)
			require.Equal(t, []Drop{{Why: DropLate, Offset: 100, Size: 100, Packet: at - 1}}, h.all)
			require.Zero(t, unchecked(a))
			h.all = nil
		}
	}
	send(100)
	require.Empty(t, h.all)
	require.EqualValues(t, 100, unchecked(a))
	send(200*2*pastGaps - 100)
	require.Len(t, h.all, 1)
	a.Finish()
}
