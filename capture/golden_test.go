package capture_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
)

// source is a file on disk.
type source string

func (s source) Open() (io.ReadCloser, error) { return os.Open(string(s)) }
func (s source) Name() string                 { return filepath.Base(string(s)) }
func (s source) Size() int64 {
	info, err := os.Stat(string(s))
	if err != nil {
		return -1
	}
	return info.Size()
}

// A summary is a handler that writes down what each conversation carried.
type summary struct {
	t       testing.TB
	content []byte // of the unpacked file
	text    strings.Builder
	streams map[uint32]*[2][]byte
	dropped map[uint32]int64
}

func (s *summary) Opened(c *capture.Conversation, packet uint64, _ int64) bool {
	s.streams[c.ID] = new([2][]byte)
	fmt.Fprintf(&s.text, "\t%d opened in packet %d, %v %v, began %v\n", c.ID, packet, c.Ends[0], c.Ends[1], c.Began)
	return true
}

func (s *summary) Data(c *capture.Conversation, r capture.Run) {
	b := &s.streams[c.ID][r.From]
	require.EqualValues(s.t, len(*b), r.Offset)
	*b = append(*b, r.Bytes...)
	// The bytes stand in the file where the run says.
	require.Equal(s.t, string(r.Bytes), string(s.content[r.File:][:len(r.Bytes)]))
}

func (s *summary) Missing(c *capture.Conversation, g capture.Gap) {
	b := &s.streams[c.ID][g.From]
	require.EqualValues(s.t, len(*b), g.Offset)
	*b = append(*b, make([]byte, g.Size)...)
	fmt.Fprintf(&s.text, "\t%d lacks %d bytes\n", c.ID, g.Size)
}

func (s *summary) Dropped(c *capture.Conversation, d capture.Drop) {
	s.dropped[c.ID] += d.Size
	require.Equal(s.t, capture.DropElsewhere, d.Why, "the golden captures repeat what they have")
}

func (s *summary) Acked(*capture.Conversation, capture.Side, int64, uint64, int64) {}

func (s *summary) Closed(c *capture.Conversation, why capture.CloseReason, packet uint64, _ int64) {
	reason := [...]string{"FIN", "RST", "reuse", "end", "limit"}[why]
	fmt.Fprintf(&s.text, "\t%d closed by %s in packet %d\n", c.ID, reason, packet)
	if n := s.dropped[c.ID]; n > 0 {
		fmt.Fprintf(&s.text, "\t%d has %d bytes that belong elsewhere\n", c.ID, n)
	}
	for side, b := range s.streams[c.ID] {
		sum := sha256.Sum256(b)
		fmt.Fprintf(&s.text, "\t%d side %s: %d bytes, SHA-256 %x…\n", c.ID, "ab"[side:side+1], len(b), sum[:6])
	}
}

var update = flag.Lookup("update")

// TestGoldenConversations compares what the golden captures carry with
// testdata/conversations.txt. The nested module oracle holds the same to tshark.
func TestGoldenConversations(t *testing.T) {
	var got strings.Builder
	n := 0
	for _, pattern := range []string{"captures/*", "exports/*", "partial/*"} {
		names, err := filepath.Glob("../testdata/golden/" + pattern)
		require.NoError(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, ".log") || !strings.Contains(name, ".pcap") {
				continue
			}
			n++
			whole, err := capture.Open(source(name), unpack.Native())
			require.NoError(t, err)
			s := &summary{t: t, streams: make(map[uint32]*[2][]byte), dropped: map[uint32]int64{}}
			s.content, err = io.ReadAll(whole)
			require.NoError(t, err)
			require.NoError(t, whole.Close())

			f, err := capture.Open(source(name), unpack.Native())
			require.NoError(t, err)
			r := capture.NewPacketReader(f, f.Kind)
			a := capture.NewAssembler(s, capture.AssemblerOptions{})
			var p capture.Packet
			for {
				if err = r.Next(&p); err != nil {
					break
				}
				a.Packet(&p)
			}
			require.Equal(t, io.EOF, err, name)
			a.Finish()
			require.Equal(t, f.Size(), f.BytesRead())
			require.NoError(t, f.Close())
			c := a.Dissector.Counts
			fmt.Fprintf(&got, "%s: %v %s, %d packets: %d TCP, %d UDP, %d ARP, %d other\n", strings.TrimPrefix(name, "../testdata/golden/"),
				f.Kind, f.Packed, c.Packets, c.TCP, c.UDP, c.ARP, c.Packets-c.TCP-c.UDP-c.ARP)
			got.WriteString(s.text.String())
		}
	}
	require.Greater(t, n, 38)
	const file = "testdata/conversations.txt"
	if update.Value.String() == "true" {
		require.NoError(t, os.WriteFile(file, []byte(got.String()), 0o666))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}
