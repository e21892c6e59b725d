package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/sata"
)

// A wire makes the packets of one conversation: raw IPv4, segments of 1400
// bytes, each acknowledged.
type wire struct {
	lossy
	seq [2]uint32
}

func newWire() *wire {
	w := &wire{lossy: lossy{link: 101}, seq: [2]uint32{1000, 9_000_000}}
	w.segment(0, capture.SYN, nil)
	w.seq[0]++
	w.segment(1, capture.SYN|capture.ACK, nil)
	w.seq[1]++
	w.segment(0, capture.ACK, nil)
	return w
}

func (w *wire) segment(from int, flags byte, data []byte) {
	ends := [2]netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:40000"), netip.MustParseAddrPort("192.0.2.2:7500")}
	b := make([]byte, 40, 40+len(data))
	b[0], b[8], b[9] = 0x45, 64, 6
	put16(b[2:], 40+len(data))
	copy(b[12:], ends[from].Addr().AsSlice())
	copy(b[16:], ends[1-from].Addr().AsSlice())
	put16(b[20:], int(ends[from].Port()))
	put16(b[22:], int(ends[1-from].Port()))
	binary.BigEndian.PutUint32(b[24:], w.seq[from])
	binary.BigEndian.PutUint32(b[28:], w.seq[1-from])
	b[32], b[33] = 0x50, flags
	if flags&capture.ACK == 0 {
		clear(b[28:32])
	}
	b = append(b, data...)
	w.packets = append(w.packets, capture.Packet{Link: w.link, Time: int64(1+len(w.packets)) * 1e6, Data: b, Original: int64(len(b))})
	w.seq[from] += uint32(len(data))
}

// say sends bytes; the other side acknowledges every second segment.
func (w *wire) say(from int, parts ...[]byte) {
	b := bytes.Join(parts, nil)
	for n := 0; len(b) > 0; n++ {
		piece := b[:min(len(b), 1400)]
		b = b[len(piece):]
		w.segment(from, capture.ACK|capture.PSH, piece)
		if n%2 == 1 {
			w.segment(1-from, capture.ACK, nil)
		}
	}
}

// hostile is a conversation whose files hold what looks like messages: a recorded
// conversation, or messages one after the other.
func hostile(t testing.TB, data []byte, firstRead uint32) *wire {
	w := newWire()
	w.say(0, ping(t, firstRead))
	w.say(1, pong(t, sata.CapFFIO))
	request := func(r sata.Request) []byte { return ask(t, r) }
	w.say(0, request(sata.Request{Command: sata.OpenFile, ModeText: []byte("r"), Path: []byte("/recorded.bin")}))
	w.say(1, response(t, sata.Response{Shape: sata.ShapeDescriptor, FD: 3}))
	grew := false
	for at := 0; at < len(data); {
		n := min(len(data)-at, 700+at%9000)
		piece := data[at : at+n]
		at += n
		w.say(0, request(sata.Request{Command: sata.WriteFile, BlockCount: 1, BlockSize: uint32(n), FD: 3}))
		w.say(0, piece)
		w.say(1, result(t, sata.Result(n)))
		w.say(0, request(stat))
		w.say(1, response(t, sata.Response{Shape: sata.ShapeInfo}))
		w.say(0, readFile(t, uint32(n)))
		form := first
		if grew = grew || uint32(n) > firstRead; grew {
			form = zeros
		}
		head := answer(form, uint32(len(data)), 0)
		if grew {
			binary.BigEndian.PutUint32(head[0x20:], uint32(n))
		}
		w.say(1, head, piece)
	}
	w.say(0, request(sata.Request{Command: sata.CloseFile, FD: 3}))
	w.say(1, result(t, 0))
	return w
}

// bursts drops packets of a capture in runs: about a share of them, in runs of
// about a length.
func bursts(random *rand.Rand, n int, share, length float64) []bool {
	dropped := make([]bool, n)
	losing := false
	for i := range dropped {
		if losing {
			losing = random.Float64() >= 1/length
		} else {
			losing = random.Float64() < share/length/(1-share)
		}
		dropped[i] = losing
	}
	return dropped
}

// recover decodes what is left of a capture and counts: messages all of whose
// bytes are there, those of them that are right, and those that are invented.
func (l lossy) recover(t testing.TB, o Options, truth map[place]message, dropped []bool) (there, right, invented int) {
	keep := func(i int) bool { return !dropped[i] }
	d := New(o, l.write(keep))
	err := d.Run(context.Background())
	if len(messagesOf(d)) > 0 {
		require.NoError(t, err)
	}
	found, has := messagesOf(d), l.coverage(keep)
	for p, m := range truth {
		if !has.has(p) || m.asks && !has.has(m.request) {
			continue
		}
		there++
		if got, ok := found[p]; ok && got == m {
			right++
		}
	}
	for p, m := range found {
		if _, ok := truth[p]; !ok {
			invented++
			t.Logf("invented %v %v: %+v", p, sata.Command(m.op), m)
		}
	}
	return there, right, invented
}

// TestNothingIsInvented: files that hold what looks like messages, and losses one
// by one and in bursts: whatever is told, no bytes of a file are taken for a
// message.
func TestNothingIsInvented(t *testing.T) {
	read := func(name string) []byte {
		b, err := os.ReadFile(golden + "exports/" + name)
		require.NoError(t, err)
		return b
	}
	one := ask(t, stat)
	contents := map[string][]byte{
		"a conversation":     read("both_directions.bin"),
		"what a client said": read("from_client.bin"),
		"what a server said": read("from_server.bin"),
		"requests":           bytes.Repeat(one, 40_000/len(one)),
		"results":            bytes.Repeat(result(t, 0), 40_000/36),
		"reads":              bytes.Repeat(answer(first, 100, 100), 40_000/136),
		"zeros":              make([]byte, 40_000),
	}
	seeds := uint64(4)
	if n, err := strconv.Atoi(os.Getenv("HOSTILE_SEEDS")); err == nil {
		seeds = uint64(n)
	}
	for name, data := range contents {
		for _, firstRead := range []uint32{3000, 1 << 20} {
			l := hostile(t, data, firstRead).lossy
			d := New(Options{}, l.write(all))
			require.NoError(t, d.Run(context.Background()))
			truth := messagesOf(d)
			require.Zero(t, d.Log().Diagnostics(), name)
			for _, loss := range [][2]float64{{0.001, 1}, {0.01, 1}, {0.05, 1}, {0.01, 5}, {0.05, 5}, {0.1, 20}} {
				var sum [3]int
				for seed := range seeds {
					there, right, invented := l.recover(t, Options{}, truth, bursts(rand.New(rand.NewPCG(seed, uint64(1000*loss[0]))), len(l.packets), loss[0], loss[1]))
					sum[0] += there
					sum[1] += right
					sum[2] += invented
				}
				t.Logf("%s, first read size %d, %v lost in runs of %v: %d there, %.2f%% right, %d invented", name, firstRead, loss[0], loss[1], sum[0], 100*float64(sum[1])/float64(max(1, sum[0])), sum[2])
				if sum[2] > 0 {
					t.Errorf("%s: invented", name)
				}
			}
		}
	}
}

// TestBursts loses packets of the golden captures in runs: at 1% nearly all that
// is whole comes out right, and nothing is invented however much is lost.
func TestBursts(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes every capture many times")
	}
	files, err := filepath.Glob(golden + "captures/*cap*")
	require.NoError(t, err)
	seeds := uint64(2)
	if n, err := strconv.Atoi(os.Getenv("HOSTILE_SEEDS")); err == nil {
		seeds = uint64(n)
	}
	losses := [][2]float64{{0.01, 3}, {0.01, 10}, {0.05, 5}, {0.1, 20}, {0.3, 5}}
	sums := make([][3]int, len(losses))
	for _, file := range files {
		if filepath.Ext(file) == ".log" {
			continue
		}
		l := readLossy(t, file)
		d := New(Options{}, l.write(all))
		require.NoError(t, d.Run(context.Background()))
		truth, o := messagesOf(d), Options{Port: d.Summary().Port}
		for i, loss := range losses {
			for seed := range seeds {
				there, right, invented := l.recover(t, o, truth, bursts(rand.New(rand.NewPCG(seed, 9)), len(l.packets), loss[0], loss[1]))
				require.Zero(t, invented, "%s, seed %d, %v", file, seed, loss)
				sums[i][0] += there
				sums[i][1] += right
			}
		}
	}
	for i, s := range sums {
		t.Logf("%v lost in runs of %v: %d there, %.2f%% right", losses[i][0], losses[i][1], s[0], 100*float64(s[1])/float64(s[0]))
		if losses[i][0] == 0.01 {
			require.GreaterOrEqual(t, float64(s[1])/float64(s[0]), 0.99)
		}
	}
}
