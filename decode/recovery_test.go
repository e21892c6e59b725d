package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/sata"
	"satascope/walcore"
)

// memoryFile is a capture in memory.
type memoryFile []byte

func (f memoryFile) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f)), nil }
func (f memoryFile) Name() string                 { return "memory" }
func (f memoryFile) Size() int64                  { return int64(len(f)) }
func (f memoryFile) ReadAt(b []byte, at int64) (int, error) {
	return bytes.NewReader(f).ReadAt(b, at)
}

// lossy is a capture from which packets can be dropped.
type lossy struct {
	link    uint32
	packets []capture.Packet
}

func readLossy(t testing.TB, name string) (l lossy) {
	f, err := capture.Open(diskFile(name), unpack.Native())
	require.NoError(t, err)
	defer f.Close()
	r := capture.NewPacketReader(f, f.Kind)
	for {
		var p capture.Packet
		err := r.Next(&p)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		p.Data = bytes.Clone(p.Data)
		l.link = p.Link
		l.packets = append(l.packets, p)
	}
	return l
}

// write makes a pcap of the packets that keep says yes to.
func (l lossy) write(keep func(i int) bool) memoryFile {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b23c4d)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, 1<<18)
	b = binary.LittleEndian.AppendUint32(b, l.link)
	for i := range l.packets {
		if !keep(i) {
			continue
		}
		p := &l.packets[i]
		ns := p.Time
		if ns < 0 {
			ns = int64(i) * 1000
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(ns/1e9))
		b = binary.LittleEndian.AppendUint32(b, uint32(ns%1e9))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Data)))
		b = binary.LittleEndian.AppendUint32(b, uint32(p.Original))
		b = append(b, p.Data...)
	}
	return b
}

// flow is one direction of a connection.
type flow struct{ from, to netip.AddrPort }

// place is where a message stands on the network, whatever the capture lacks.
type place struct {
	flow   flow
	seq    uint32
	length uint64
}

// coverage is which sequence numbers of a flow a capture has.
type coverage map[flow][][2]uint32

func (l lossy) coverage(keep func(i int) bool) coverage {
	c := coverage{}
	var d capture.Dissector
	for i := range l.packets {
		var s capture.Segment
		if keep(i) && d.Segment(&l.packets[i], &s) && len(s.Payload) > 0 {
			f := flow{s.Src, s.Dst}
			c[f] = append(c[f], [2]uint32{s.Seq, s.Seq + uint32(len(s.Payload))})
		}
	}
	for _, ranges := range c {
		sort.Slice(ranges, func(i, j int) bool { return int32(ranges[i][0]-ranges[j][0]) < 0 })
	}
	return c
}

func (c coverage) has(p place) bool {
	at, end := p.seq, p.seq+uint32(p.length)
	for _, r := range c[p.flow] {
		if int32(r[0]-at) <= 0 && int32(r[1]-at) > 0 {
			at = r[1]
			if int32(at-end) >= 0 {
				return true
			}
		}
	}
	return int32(at-end) >= 0
}

// message is what must be the same of a message whose bytes are there.
type message struct {
	kind    walcore.Kind
	op      uint8
	a       uint64
	b, c, d uint32
	path2   string
	path    string
	request place
	asks    bool // it is a response
}

func messagesOf(d *Decoder) map[place]message {
	log, all := d.Log(), map[place]message{}
	for i := range log.Len() {
		r := log.At(i)
		if r.Kind != walcore.Request && r.Kind != walcore.Response {
			continue
		}
		m := message{kind: r.Kind, op: r.Op, c: r.C, d: r.D, path2: log.Text(r.Path2)}
		if r.Line != walcore.LineUnknown {
			m.a, m.b = r.A, r.B
		}
		if r.Kind == walcore.Request && r.Op != walcore.OpUnknown {
			for _, f := range sata.Command(r.Op).Spec().Fields {
				if f.Slot == sata.SlotPath {
					m.path = log.Text(r.Path)
				}
			}
		}
		if r.Kind == walcore.Response && r.Partner != walcore.None {
			m.request, m.asks = d.placeOf(log.At(int(r.Partner))), true
		}
		all[d.placeOf(r)] = m
	}
	return all
}

// pathsOf are the paths of all requests that have one.
func pathsOf(d *Decoder) map[place]string {
	log, all := d.Log(), map[place]string{}
	for i := range log.Len() {
		if r := log.At(i); r.Kind == walcore.Request && r.Flags&walcore.FlagOpen != 0 {
			all[d.placeOf(r)] = log.Text(r.Path)
		}
	}
	return all
}

// untold is what a log says without doubt: which responses have the request that
// they have, and the paths of which requests about a descriptor.
type untold struct {
	answers map[place]bool
	paths   map[place]string
}

// untoldOf leaves out what a diagnostic covers: pairing-assumed until no request
// waits, paths-unsure what was opened before it.
func untoldOf(d *Decoder) untold {
	log, all := d.Log(), untold{map[place]bool{}, map[place]string{}}
	type descriptor struct {
		stream uint32
		folder bool
		fd     int32
	}
	open := map[descriptor]bool{} // its path is sure
	waiting, assumed := map[uint32]int{}, map[uint32]bool{}
	for i := range log.Len() {
		r := log.At(i)
		c, known := r.Command()
		folder := c == sata.OpenFolder || c == sata.ReadFolder || c == sata.RewindFolder || c == sata.CloseFolder
		switch at := (descriptor{r.Stream, folder, r.FD}); {
		case r.Kind == walcore.Request:
			waiting[r.Stream]++
			if known && r.Flags&walcore.FlagOpen != 0 && open[at] {
				for _, f := range c.Spec().Fields {
					if f.Slot == sata.SlotFD {
						all.paths[d.placeOf(r)] = log.Text(r.Path)
					}
				}
			}
		case r.Kind == walcore.Response && r.Partner != walcore.None:
			if !assumed[r.Stream] {
				all.answers[d.placeOf(r)] = true
			}
			if r.Line == walcore.LineDescriptor && r.B == 0 {
				open[at] = true
			}
			waiting[r.Stream]--
		case r.Kind == walcore.Diagnostic:
			switch walcore.Code(r.Op) {
			case walcore.CodeAnswerLost, walcore.CodeUnanswered:
				waiting[r.Stream]--
			case walcore.CodePairingAssumed:
				assumed[r.Stream] = true
			case walcore.CodePathsUnsure:
				for at := range open {
					if at.stream == r.Stream {
						delete(open, at)
					}
				}
			}
		}
		if waiting[r.Stream] == 0 {
			assumed[r.Stream] = assumed[r.Stream] && r.Kind == walcore.Diagnostic
		}
	}
	return all
}

func (d *Decoder) placeOf(r *walcore.Record) place {
	st := &d.streams[r.Stream]
	f := flow{st.Client, st.Server}
	if r.FromServer() {
		f = flow{st.Server, st.Client}
	}
	segments := d.Segments(r.Stream, r.FromServer())
	i := sort.Search(len(segments), func(i int) bool { return segments[i].Offset+int64(segments[i].Length) > r.Offset })
	s := segments[i]
	return place{f, s.Seq + uint32(r.Offset-s.Offset), r.Length}
}

var lossRates = []float64{0.001, 0.01, 0.05}

// losing says which packets are left of a capture that loses some at one of the rates.
func (l lossy) losing(rate int, seed uint64) (keep func(i int) bool) {
	random := rand.New(rand.NewPCG(seed, uint64(rate)))
	dropped := make([]bool, len(l.packets))
	for i := range dropped {
		dropped[i] = random.Float64() < lossRates[rate]
	}
	return func(i int) bool { return !dropped[i] }
}

// wrongOf are the responses that have another request than in the whole capture, and
// the requests that have another path, of which nothing is said.
func wrongOf(d *Decoder, found, truth map[place]message, paths map[place]string) (wrong []string) {
	untold := untoldOf(d)
	for p := range untold.answers {
		if m, ok := truth[p]; ok && m.asks && m.request != found[p].request {
			wrong = append(wrong, fmt.Sprintf("%v %v answers %v instead of %v", p, sata.Command(m.op), found[p].request, m.request))
		}
	}
	for p, path := range untold.paths {
		if was, ok := paths[p]; ok && was != path {
			wrong = append(wrong, fmt.Sprintf("%v has the path %s instead of %s", p, path, was))
		}
	}
	return wrong
}

// TestWrongByChance: losses of 5% that gave messages another request, or another path,
// without a word. Each is one of ten million messages, found with other seeds than those
// of the table.
func TestWrongByChance(t *testing.T) {
	for _, c := range []struct {
		name, what string
		seed       uint64
	}{
		{"pipelined.pcap", "a response that was not seen whole answered what was lost before its request", 1001186},
		{"real_server.pcapng", "of requests that wait one may have its response, while responses may answer others", 1001704},
		{"ipv6.pcap", "a doubt ended with the response that raised it", 1001984},
		{"large_files.pcapng", "a client that waits did not, as lengths show", 1002059},
		{"large_files.pcapng", "likewise", 1002894},
	} {
		l := readLossy(t, golden+"captures/"+c.name)
		whole := New(Options{}, l.write(all))
		require.NoError(t, whole.Run(t.Context()))
		d := New(Options{}, l.write(l.losing(2, c.seed)))
		require.NoError(t, d.Run(t.Context()))
		require.Empty(t, wrongOf(d, messagesOf(d), messagesOf(whole), pathsOf(whole)), "%s: %s", c.name, c.what)
	}
}

// TestRecovery drops packets at random and counts the messages all of whose
// bytes are still there (of a response, its request's too): how many come out
// right, and that none is invented. The table of docs/recovery.md is what it
// gives (-update writes it); RECOVERY_SEED tries other seeds.
func TestRecovery(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes every capture many times")
	}
	files, err := filepath.Glob(golden + "captures/*")
	require.NoError(t, err)
	first, _ := strconv.ParseUint(os.Getenv("RECOVERY_SEED"), 10, 64)
	type row struct{ there, right, invented, wrong [3]int }
	rows := map[string]row{}
	var names []string
	for _, file := range files {
		if filepath.Ext(file) == ".log" {
			continue
		}
		name := filepath.Base(file)
		names = append(names, name)
		l := readLossy(t, file)
		all := func(int) bool { return true }
		d := New(Options{}, l.write(all))
		require.NoError(t, d.Run(context.Background()), name)
		truth, paths := messagesOf(d), pathsOf(d)
		port := d.Summary().Port
		var r row
		for rate := range lossRates {
			for seed := first; seed < first+10; seed++ {
				keep := l.losing(rate, seed)
				d := New(Options{Port: port}, l.write(keep))
				require.NoError(t, d.Run(context.Background()), "%s, %v of the packets dropped, seed %d", name, lossRates[rate], seed)
				found := messagesOf(d)
				has := l.coverage(keep)
				for _, wrong := range wrongOf(d, found, truth, paths) {
					r.wrong[rate]++
					if os.Getenv("RECOVERY_VERBOSE") != "" {
						t.Logf("%s rate %v seed %d: %s", name, lossRates[rate], seed, wrong)
					}
				}
				for p, m := range truth {
					if !has.has(p) || m.asks && !has.has(m.request) {
						continue
					}
					r.there[rate]++
					got, ok := found[p]
					if ok && got == m {
						r.right[rate]++
					} else if os.Getenv("RECOVERY_VERBOSE") == strconv.Itoa(rate) {
						t.Logf("%s seed %d: %v %v: want %+v, found %v %+v", name, seed, p, sata.Command(m.op), m, ok, got)
					}
				}
				for p, m := range found {
					if _, ok := truth[p]; !ok {
						r.invented[rate]++
						if os.Getenv("RECOVERY_VERBOSE") != "" {
							t.Logf("%s rate %v seed %d: invented %v %+v", name, lossRates[rate], seed, p, m)
						}
					}
				}
			}
		}
		rows[name] = r
	}
	var table strings.Builder
	var sum row
	line := func(name string, r row) {
		table.WriteString("| " + name)
		for i := range lossRates {
			table.WriteString(" | " + strconv.Itoa(r.there[i]) + " | " + strconv.FormatFloat(100*float64(r.right[i])/float64(max(1, r.there[i])), 'f', 2, 64) + "% | " + strconv.Itoa(r.invented[i]) + " | " + strconv.Itoa(r.wrong[i]))
		}
		table.WriteString(" |\n")
	}
	for _, name := range names {
		r := rows[name]
		line(name, r)
		for i := range lossRates {
			sum.there[i] += r.there[i]
			sum.right[i] += r.right[i]
			sum.invented[i] += r.invented[i]
			sum.wrong[i] += r.wrong[i]
		}
	}
	line("all", sum)
	t.Log("\n" + table.String())
	if first == 0 {
		const page = "../docs/recovery.md"
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		start := strings.Index(string(text), "| "+names[0]+" |")
		end := strings.Index(string(text), "\n\nThe test fails below")
		require.Positive(t, start)
		require.Greater(t, end, start)
		if *update {
			require.NoError(t, os.WriteFile(page, []byte(string(text[:start])+strings.TrimSuffix(table.String(), "\n")+string(text[end:])), 0o666))
		} else {
			require.Equal(t, string(text[start:end])+"\n", table.String(), "%s: go test -update writes it again", page)
		}
	}
	require.Zero(t, sum.invented[0]+sum.invented[1]+sum.invented[2], "messages were invented")
	require.Zero(t, sum.wrong[0]+sum.wrong[1]+sum.wrong[2], "messages were paired wrongly, or had a wrong path, and nothing was said of it")
	require.GreaterOrEqual(t, float64(sum.right[1])/float64(sum.there[1]), 0.99, "of the messages that are whole at 1%% loss")
}
