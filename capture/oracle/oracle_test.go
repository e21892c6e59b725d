// Package oracle holds package capture to two other readers of captures:
// gopacket's pcapgo, for packets, and tshark, for packets and for what TCP
// carried. It is a module of its own, so that the product needs neither.
package oracle

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
)

// source is a file on disk.
type source string

func (s source) Open() (io.ReadCloser, error) { return os.Open(string(s)) }
func (s source) Name() string                 { return filepath.Base(string(s)) }
func (s source) Size() int64                  { return -1 }

// captures are the golden captures.
func captures(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.pcap", "*.pcapng", "*.gz", "*.zst"} {
		found, err := filepath.Glob("../../testdata/golden/*/" + pattern)
		require.NoError(t, err)
		names = append(names, found...)
	}
	require.Greater(t, len(names), 35)
	return names
}

// open opens a capture with package capture.
func open(t *testing.T, name string) *capture.File {
	t.Helper()
	f, err := capture.Open(source(name), unpack.Native())
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// packet is what all readers must agree on.
type packet struct {
	number   uint64 // 0 for a reader that has none
	time     int64  // nanoseconds since 1970, 0 when there is none
	captured int
	original int
	sum      [sha256.Size]byte
}

// ours reads the packets of a capture with package capture.
func ours(t *testing.T, name string, sums bool) []packet {
	t.Helper()
	f := open(t, name)
	r := capture.NewPacketReader(f, f.Kind)
	var all []packet
	for {
		var p capture.Packet
		err := r.Next(&p)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		x := packet{number: p.Number, time: p.Time, captured: len(p.Data), original: int(p.Original)}
		if p.Time == capture.NoTime {
			x.time = 0
		}
		if sums {
			x.sum = sha256.Sum256(p.Data)
		}
		all = append(all, x)
	}
}

// same demands the same packets, and shows only the first that differs.
func same(t *testing.T, theirs, ours []packet) {
	t.Helper()
	require.Equal(t, len(theirs), len(ours))
	require.NotEmpty(t, ours)
	for i := range ours {
		require.Equal(t, theirs[i], ours[i], "packet %d", i+1)
	}
}

func TestPacketsAreThoseOfGopacket(t *testing.T) {
	for _, name := range captures(t) {
		t.Run(filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name), func(t *testing.T) {
			f := open(t, name)
			var read func() ([]byte, gopacket.CaptureInfo, error)
			if f.Kind == capture.KindPCAPNG {
				options := pcapgo.DefaultNgReaderOptions
				options.WantMixedLinkType = true
				options.SkipUnknownVersion = true
				r, err := pcapgo.NewNgReader(bufio.NewReader(f), options)
				require.NoError(t, err)
				read = r.ReadPacketData
			} else {
				r, err := pcapgo.NewReader(bufio.NewReader(f))
				require.NoError(t, err)
				read = r.ReadPacketData
			}
			var theirs []packet
			for {
				data, info, err := read()
				if err == io.EOF {
					break
				}
				require.NoError(t, err)
				x := packet{captured: info.CaptureLength, original: info.Length, sum: sha256.Sum256(data)}
				if !info.Timestamp.IsZero() {
					x.time = info.Timestamp.UnixNano()
				}
				theirs = append(theirs, x)
			}
			our := ours(t, name, true)
			for i := range our {
				our[i].number = 0
			}
			if strings.Contains(name, "binary_ticks") {
				// gopacket rounds the tick, not the time: 2^-20 s is 953 ns to
				// it. tshark has these times right.
				for i := range our {
					our[i].time = theirs[i].time
				}
			}
			same(t, theirs, our)
		})
	}
}

// tshark runs tshark and gives what it writes.
func tshark(t *testing.T, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed: install it (Debian: apt-get install tshark) to compare with it")
	}
	cmd := exec.Command(path, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	return out
}

func TestPacketsAreThoseOfTshark(t *testing.T) {
	for _, name := range captures(t) {
		t.Run(filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name), func(t *testing.T) {
			out := tshark(t, "-n", "-r", name, "-T", "fields", "-E", "separator=,", "-e", "frame.number",
				"-e", "frame.protocols", "-e", "frame.time_epoch", "-e", "frame.cap_len", "-e", "frame.len")
			var theirs []packet
			for line := range strings.Lines(string(out)) {
				f := strings.Split(strings.TrimSpace(line), ",")
				require.Len(t, f, 5, line)
				if f[1] == "data" {
					continue // a custom block of pcapng, which has a number only
				}
				var x packet
				var err error
				x.number, err = strconv.ParseUint(f[0], 10, 64)
				require.NoError(t, err)
				f = f[2:]
				if f[0] != "" {
					sec, frac, _ := strings.Cut(f[0], ".")
					s, err := strconv.ParseInt(sec, 10, 64)
					require.NoError(t, err)
					ns, err := strconv.ParseInt((frac + "000000000")[:9], 10, 64)
					require.NoError(t, err)
					x.time = s*1e9 + ns
				}
				x.captured, err = strconv.Atoi(f[1])
				require.NoError(t, err)
				x.original, err = strconv.Atoi(f[2])
				require.NoError(t, err)
				theirs = append(theirs, x)
			}
			same(t, theirs, ours(t, name, false))
		})
	}
}

// A conversation is what TCP carried between two ends, from each of them.
type conversation struct {
	ends [2]string
	sums [2]string // length and hash
}

func sum(p []byte) string {
	h := sha256.Sum256(p)
	return fmt.Sprintf("%d bytes %x", len(p), h[:8])
}

// sorted puts the ends, and then the conversations, in an order that does not
// depend on which side a reader takes for the first.
func sorted(all []conversation) []conversation {
	for i, c := range all {
		if c.ends[1] < c.ends[0] {
			all[i] = conversation{[2]string{c.ends[1], c.ends[0]}, [2]string{c.sums[1], c.sums[0]}}
		}
	}
	slices.SortFunc(all, func(x, y conversation) int { return strings.Compare(fmt.Sprint(x), fmt.Sprint(y)) })
	return all
}

// streams is a handler that keeps what conversations carried.
type streams struct {
	t    *testing.T
	byID map[uint32]*[2][]byte
	all  []*capture.Conversation
}

func (s *streams) Opened(c *capture.Conversation, _ uint64, _ int64) bool {
	s.all = append(s.all, c)
	s.byID[c.ID] = new([2][]byte)
	return true
}

func (s *streams) Data(c *capture.Conversation, r capture.Run) {
	b := &s.byID[c.ID][r.From]
	require.EqualValues(s.t, len(*b), r.Offset)
	*b = append(*b, r.Bytes...)
}

func (s *streams) Missing(c *capture.Conversation, g capture.Gap) {
	if protocol(c.Ends[0].String()) || protocol(c.Ends[1].String()) {
		s.t.Errorf("a gap in a capture that has none: %+v", g)
	}
	b := &s.byID[c.ID][g.From]
	*b = append(*b, make([]byte, g.Size)...)
}

func (s *streams) Dropped(*capture.Conversation, capture.Drop) {}

func (s *streams) Acked(*capture.Conversation, capture.Side, int64, uint64, int64) {}
func (s *streams) Closed(*capture.Conversation, capture.CloseReason, uint64, int64) {
}

// protocol tells whether an end is a server's of the golden captures. Some hold
// other conversations, made of noise, in which readers may well differ.
func protocol(end string) bool {
	return strings.HasSuffix(end, ":7500") || strings.HasSuffix(end, ":17500")
}

func TestConversationsAreThoseOfTshark(t *testing.T) {
	for _, name := range captures(t) {
		t.Run(filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name), func(t *testing.T) {
			f := open(t, name)
			r := capture.NewPacketReader(f, f.Kind)
			s := &streams{t: t, byID: make(map[uint32]*[2][]byte)}
			a := capture.NewAssembler(s, capture.AssemblerOptions{})
			for {
				var p capture.Packet
				err := r.Next(&p)
				if err == io.EOF {
					break
				}
				require.NoError(t, err)
				a.Packet(&p)
			}
			a.Finish()
			var our []conversation
			for _, c := range s.all {
				x := conversation{ends: [2]string{c.Ends[0].String(), c.Ends[1].String()}}
				for i, b := range s.byID[c.ID] {
					x.sums[i] = sum(b)
				}
				if protocol(x.ends[0]) || protocol(x.ends[1]) {
					our = append(our, x)
				}
			}
			require.NotEmpty(t, our)
			require.Equal(t, sorted(tsharkConversations(t, name)), sorted(our))
		})
	}
}

// tsharkConversations follows every TCP stream of a capture with tshark.
func tsharkConversations(t *testing.T, name string) []conversation {
	t.Helper()
	indexes := map[string]bool{}
	for line := range strings.Lines(string(tshark(t, "-n", "-r", name, "-Y", "tcp", "-T", "fields", "-e", "tcp.stream"))) {
		indexes[strings.TrimSpace(line)] = true
	}
	args := []string{"-n", "-q", "-r", name}
	for i := range indexes {
		args = append(args, "-z", "follow,tcp,raw,"+i)
	}
	var all []conversation
	var now *conversation
	var data [2][]byte
	end := func() {
		if now != nil && (protocol(now.ends[0]) || protocol(now.ends[1])) {
			now.sums = [2]string{sum(data[0]), sum(data[1])}
			all = append(all, *now)
		}
		now, data = nil, [2][]byte{}
	}
	for line := range strings.Lines(string(tshark(t, args...))) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "==="):
			end()
		case strings.HasPrefix(line, "Follow: "), strings.HasPrefix(line, "Filter: "), line == "":
		case strings.HasPrefix(line, "Node 0: "):
			now = &conversation{}
			now.ends[0] = strings.TrimPrefix(line, "Node 0: ")
		case strings.HasPrefix(line, "Node 1: "):
			now.ends[1] = strings.TrimPrefix(line, "Node 1: ")
		default:
			side := 0
			if line[0] == '\t' {
				side, line = 1, line[1:]
			}
			b, err := hex.DecodeString(line)
			require.NoError(t, err, "%.80q", line)
			data[side] = append(data[side], b...)
		}
	}
	end()
	return all
}
