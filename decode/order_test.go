package decode

import (
	"bytes"
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// opening is where the descriptor of a request was opened: its OpenFile or
// OpenFolder and the response.
type opening struct{ ask, answer place }

// openings are those of all requests that name an open descriptor.
func openings(d *Decoder) map[place]opening {
	log, all := d.Log(), map[place]opening{}
	type key struct {
		stream uint32
		folder bool
		fd     int32
	}
	open := map[key]opening{}
	for i := range log.Len() {
		r := log.At(i)
		command, ok := r.Command()
		if !ok {
			continue
		}
		switch {
		case r.Kind == walcore.Response && r.Line == walcore.LineDescriptor && r.B == 0:
			open[key{r.Stream, command == sata.OpenFolder, r.FD}] = opening{d.placeOf(log.At(int(r.Partner))), d.placeOf(r)}
		case r.Kind == walcore.Request && r.Flags&walcore.FlagOpen != 0:
			for _, f := range command.Spec().Fields {
				if f.Slot == sata.SlotFD {
					folder := command == sata.ReadFolder || command == sata.RewindFolder || command == sata.CloseFolder
					all[d.placeOf(r)] = open[key{r.Stream, folder, r.FD}]
				}
			}
		}
	}
	return all
}

// The answer to the Ping is lost, and the client goes on with a write before that
// is certain: its data is none of the requests.
func TestPongLostBeforeAWrite(t *testing.T) {
	w := newTalk(t, Options{}, true)
	lost := len(pong(t, sata.CapFFIO))
	w.client(ping(t, 1000))
	w.sent[capture.B] += int64(lost) // received by the client, and not captured
	data := bytes.Repeat([]byte{0xD0}, 200)
	w.client(ask(t, sata.Request{Command: sata.WriteFile, BlockCount: 1, BlockSize: 200, FD: 3}), data)
	w.p.Missing(&w.c, capture.Gap{From: capture.B, Size: int64(lost), Packet: w.packet, Time: int64(w.packet)})
	w.server(result(t, 200))
	w.client(ask(t, stat))
	w.server(response(t, sata.Response{Shape: sata.ShapeInfo, Result: sata.FSError}))
	requireLog(t, `->Ping         {supports_ffio=true,supports_csr=false,first_read_size=1000,first_write_size=1}
!! bytes-missing
->WriteFile    {path=<Unknown 3>,move_to=Nowhere}
!! answer-lost
<-          RC {return_code=Failure (c8)}
->StatFile     {path=<Unknown; 3>}
<-          RC {return_code=Failure (fff0ffe0)}
`, w)
	require.NoError(t, w.d.problem)
}

// TestRecoveredDescriptors: where packets are missing, a request still has the
// path of its descriptor if its opening is there, before it as it was.
func TestRecoveredDescriptors(t *testing.T) {
	files, err := filepath.Glob(golden + "captures/*.pcap*")
	require.NoError(t, err)
	there, right, wrong := 0, 0, 0
	for _, file := range files {
		if filepath.Ext(file) == ".log" {
			continue
		}
		l := readLossy(t, file)
		was := New(Options{}, l.write(all))
		require.NoError(t, was.Run(context.Background()))
		truth := openings(was)
		paths := map[place]string{}
		for i := range was.Log().Len() {
			r := was.Log().At(i)
			if r.Kind == walcore.Request {
				paths[was.placeOf(r)] = was.Log().Text(r.Path)
			}
		}
		for seed := range uint64(3) {
			random := rand.New(rand.NewPCG(seed, 99))
			dropped := make([]bool, len(l.packets))
			for i := range dropped {
				dropped[i] = random.Float64() < 0.01
			}
			keep := func(i int) bool { return !dropped[i] }
			d := New(Options{Port: was.Summary().Port}, l.write(keep))
			require.NoError(t, d.Run(context.Background()))
			has := l.coverage(keep)
			for i := range d.Log().Len() {
				r := d.Log().At(i)
				if r.Kind != walcore.Request {
					continue
				}
				at := d.placeOf(r)
				o, ok := truth[at]
				if !ok || !has.has(o.ask) || !has.has(o.answer) {
					continue
				}
				there++
				switch {
				case r.Flags&walcore.FlagOpen == 0:
				case d.Log().Text(r.Path) == paths[at]:
					right++
				default:
					wrong++
				}
			}
		}
	}
	t.Logf("%d requests whose descriptor's opening is there: %d with its path, %d with another", there, right, wrong)
	require.Zero(t, wrong)
	require.GreaterOrEqual(t, float64(right)/float64(there), 0.99)
}

// What waits for a stream that never says more is passed on when it is too much,
// in its order.
func TestHeldForEver(t *testing.T) {
	log := walcore.NewLog(walcore.Limits{})
	var streams [2]Stream
	all := streams[:]
	o := order{machine: walcore.NewMachine(log), streams: &all, holds: map[uint32]uint32{}}
	o.tell(event{kind: eventOpen, stream: 1})
	o.hold(0, forRead, 1)
	message := walcore.Message{Head: make([]byte, 1<<20), Length: 1 << 20}
	for packet := uint32(1000); log.Len() == 0; packet-- {
		message.At.Packet = packet
		o.tell(event{kind: eventRequest, stream: 1, msg: message})
		require.LessOrEqual(t, o.bytes, 2*maxHeld)
	}
	require.EqualValues(t, 1000, log.At(log.Len()-1).Packet)
	for i := 1; i < log.Len(); i++ {
		require.Less(t, log.At(i-1).Packet, log.At(i).Packet)
	}
	o.release(0, forRead)
}
