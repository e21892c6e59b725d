package capture

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTwinsLeftBehind: a file that goes from its own conversation to another one
// between the same ends leaves it behind; however often that happens, few are kept.
func TestTwinsLeftBehind(t *testing.T) {
	r := &recorder{t: t}
	a := NewAssembler(r, AssemblerOptions{})
	s := Segment{Src: netip.AddrPortFrom(client4, 40000), Dst: netip.AddrPortFrom(server4, 7500)}
	send := func(source uint8, seq uint32, flags uint8, payload string) {
		s.Source, s.Seq, s.Flags, s.Payload = source, seq, flags, []byte(payload)
		r.at++
		a.Segment(&s, r.at, 0)
	}
	const rounds = 300
	for i := range uint32(rounds) {
		first, second := i<<22, i<<22|1<<31
		send(0, first, SYN, "")
		send(1, second, SYN, "")
		send(1, second+1, ACK, "one")
		send(1, first+1, ACK, "two")
		require.LessOrEqual(t, a.known, 2+maxLeft)
	}
	// The last one that was left goes on.
	send(1, (rounds-1)<<22|1<<31+4, ACK, "more")
	a.Finish()
	require.Len(t, r.ordinal, 2*rounds)
	for _, x := range r.ordinal {
		require.True(t, x.closed)
	}
	require.Equal(t, "onemore", string(r.convs[2*rounds-1].streams[A]))
}
