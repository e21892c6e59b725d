package decode

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/walcore"
)

// pairOf decodes two files of a direction each.
func pairOf(t testing.TB, sides [2][]byte) *Decoder {
	d := New(Options{}, memoryFile(sides[0]), memoryFile(sides[1]))
	require.NoError(t, ignoreStop(d.Run(context.Background())))
	return d
}

// ignoreStop leaves out that a conversation could not be decoded to its end.
func ignoreStop(err error) error {
	if _, ok := err.(decodeError); ok {
		return nil
	}
	return err
}

// TestHolesInDirections puts holes into files of a direction each, which have no
// packets that would tell: zeros, as tcpflow leaves them, and bytes that are just
// not there. No message is invented, and none is paired with another request
// without a word.
func TestHolesInDirections(t *testing.T) {
	var whole [2][]byte
	for i, name := range []string{"from_client.bin", "from_server.bin"} {
		b, err := os.ReadFile(golden + "exports/" + name)
		require.NoError(t, err)
		whole[i] = b
	}
	type key struct {
		server bool
		offset int64
		length uint64
	}
	// messages are those of a log with their requests. Offsets behind a cut are
	// those of the whole.
	messages := func(d *Decoder, side int, at, cut int64) (all map[key]key, untold map[key]bool) {
		log := d.Log()
		all, untold = map[key]key{}, map[key]bool{}
		of := func(r *walcore.Record) key {
			k := key{r.FromServer(), r.Offset, r.Length}
			if k.offset >= at && r.FromServer() == (side == 1) {
				k.offset += cut
			}
			return k
		}
		waiting, assumed := 0, false
		for i := range log.Len() {
			r := log.At(i)
			switch {
			case r.Kind == walcore.Request:
				all[of(r)] = key{}
				waiting++
			case r.Kind == walcore.Response && r.Partner != walcore.None:
				all[of(r)] = of(log.At(int(r.Partner)))
				if !assumed {
					untold[of(r)] = true
				}
				waiting--
			case r.Kind == walcore.Diagnostic:
				switch walcore.Code(r.Op) {
				case walcore.CodeAnswerLost, walcore.CodeUnanswered:
					waiting--
				case walcore.CodePairingAssumed:
					assumed = true
				}
			}
			if waiting == 0 && r.Kind != walcore.Diagnostic {
				assumed = false
			}
		}
		return all, untold
	}
	truth, _ := messages(pairOf(t, whole), 0, 0, 0)
	random := rand.New(rand.NewPCG(1, 2))
	var found, invented, wrong int
	for n := range 200 {
		side := n % 2
		size := 1 + random.IntN(3000)
		at := 200 + random.IntN(len(whole[side])-size-400)
		holed, cut := whole, int64(0)
		if n%4 < 2 {
			holed[side] = slices.Concat(whole[side][:at], make([]byte, size), whole[side][at+size:])
		} else {
			holed[side], cut = slices.Concat(whole[side][:at], whole[side][at+size:]), int64(size)
		}
		if bytes.Equal(holed[side], whole[side]) {
			continue
		}
		d := pairOf(t, holed)
		got, untold := messages(d, side, int64(at), cut)
		for k, request := range got {
			want, ok := truth[k]
			switch {
			case !ok:
				invented++
				t.Logf("side %d, %d bytes at %d, cut %d: invented %+v", side, size, at, cut, k)
			case untold[k] && want != request:
				wrong++
				t.Logf("side %d, %d bytes at %d, cut %d: %+v answers %+v instead of %+v", side, size, at, cut, k, request, want)
			default:
				found++
			}
		}
	}
	t.Logf("%d messages of %d found, %d invented, %d wrong", found, 200*len(truth), invented, wrong)
	require.Zero(t, invented+wrong)
}
