package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// followed is what an export says, by stream and node.
type followed struct {
	bytes   map[[2]int][]byte
	missing map[[2]int]int64
	nodes   map[int][2]FollowNode
	packets []uint64
	times   []int64
	order   []uint8 // the nodes of the runs
}

// readFollow reads an export, holding the reader to what FollowRun promises.
func readFollow(t testing.TB, from io.Reader, text string, kind Kind) (all followed, err error) {
	t.Helper()
	r := NewFollowReader(from, kind)
	all = followed{bytes: map[[2]int][]byte{}, missing: map[[2]int]int64{}, nodes: map[int][2]FollowNode{}}
	for {
		var run FollowRun
		if err := r.Next(&run); err != nil {
			require.Equal(t, err, r.Next(&run), "an error is final")
			return all, err
		}
		at := [2]int{run.Stream, int(run.Node)}
		if run.Missing > 0 {
			require.Empty(t, run.Bytes)
			all.missing[at] += run.Missing
			continue
		}
		require.NotEmpty(t, run.Bytes)
		all.bytes[at] = append(all.bytes[at], run.Bytes...)
		all.nodes[run.Stream] = r.Nodes
		all.packets = append(all.packets, run.Packet)
		all.times = append(all.times, run.Time)
		all.order = append(all.order, run.Node)
		for _, i := range []int{0, len(run.Bytes) / 2, len(run.Bytes) - 1} {
			again := make([]byte, min(40, len(run.Bytes)-i))
			n, err := ReadDumpAt(strings.NewReader(text), kind, run.File, run.Skip+int64(i), again)
			require.NoError(t, err)
			require.Equal(t, run.Bytes[i:i+n], again, "from %d, %d", run.File, run.Skip+int64(i))
		}
	}
}

const exports = "../testdata/golden/exports/"

func TestGoldenFollow(t *testing.T) {
	var want [2][]byte
	for i, name := range []string{"from_client.bin", "from_server.bin"} {
		var err error
		want[i], err = os.ReadFile(exports + name)
		require.NoError(t, err)
	}
	ends := [2]FollowNode{{"10.0.0.2", 40000}, {"10.0.0.1", 7500}}
	for kind, name := range map[Kind]string{KindFollowRaw: "follow_raw.txt", KindFollowHex: "follow_hex.txt", KindFollowYAML: "follow_yaml.yaml"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(exports + name)
			require.NoError(t, err)
			f, err := Open(inMemory(text), Unpackers{})
			require.NoError(t, err)
			require.Equal(t, kind, f.Kind)
			for _, crlf := range []bool{false, true} {
				s := string(text)
				var from io.Reader = f
				if crlf {
					s = strings.ReplaceAll(s, "\n", "\r\n")
					from = iotest.HalfReader(strings.NewReader(s))
				}
				got, err := readFollow(t, from, s, kind)
				require.Equal(t, io.EOF, err)
				require.Empty(t, got.missing)
				require.Len(t, got.nodes, 1)
				require.Equal(t, ends, got.nodes[0])
				require.True(t, bytes.Equal(want[0], got.bytes[[2]int{0, 0}]))
				require.True(t, bytes.Equal(want[1], got.bytes[[2]int{0, 1}]))
				if kind == KindFollowYAML {
					require.EqualValues(t, 4, got.packets[0])
					require.EqualValues(t, 1700000000_001518965, got.times[0])
				}
			}
		})
	}
}

// A piece is what one packet brought of a made conversation.
type followPiece struct {
	node   int
	data   []byte
	packet int
}

func followPieces(random *rand.Rand, n int) (pieces []followPiece) {
	packet := 0
	for range n {
		packet += 1 + random.IntN(3)
		p := followPiece{random.IntN(2), make([]byte, 1+random.IntN(100)), packet}
		if random.IntN(20) == 0 {
			p.data = make([]byte, 1+random.IntN(1<<17))
		}
		for i := range p.data {
			p.data[i] = byte(random.Uint32())
		}
		if random.IntN(4) == 0 {
			p.data[0] = '['
		}
		pieces = append(pieces, p)
	}
	return pieces
}

// followText writes pieces in a form; window is Wireshark's, else tshark's.
func followText(pieces []followPiece, kind Kind, window bool) string {
	var b strings.Builder
	switch {
	case kind == KindFollowYAML:
		b.WriteString("peers:\n  - peer: 0\n    host: fd00::2\n    port: 40000\n  - peer: 1\n    host: host.example\n    port: 7500\npackets:\n")
	case !window && kind != KindFollowC:
		fmt.Fprintf(&b, "\n%s\nFollow: tcp,%s\nFilter: tcp.stream eq 0\nNode 0: [fd00::2]:40000\nNode 1: host.example:7500\n",
			strings.Repeat("=", 67), map[Kind]string{KindFollowRaw: "raw", KindFollowHex: "hex"}[kind])
	}
	var at, count [2]int
	for _, p := range pieces {
		switch kind {
		case KindFollowRaw:
			b.WriteString([]string{"", "\t"}[p.node] + hex.EncodeToString(p.data) + "\n")
		case KindFollowHex:
			indent := []string{"", "\t"}[p.node]
			if window && p.node == 1 {
				indent = "    "
			}
			for i := 0; i < len(p.data); i += 16 {
				row := p.data[i:min(i+16, len(p.data))]
				fmt.Fprintf(&b, "%s%08X  ", indent, at[p.node])
				text := ""
				for k := range 16 {
					switch {
					case k < len(row):
						fmt.Fprintf(&b, "%02x ", row[k])
						c := row[k]
						if c < ' ' || c > '~' {
							c = '.'
						}
						text += string(rune(c))
					default:
						b.WriteString("   ")
					}
					if k == 7 {
						b.WriteString(" ")
						if k < len(row) {
							text += " "
						}
					}
				}
				if window {
					b.WriteString(" ")
				}
				b.WriteString(" " + strings.TrimRight(text, " ") + "\n")
				at[p.node] += len(row)
			}
		case KindFollowYAML:
			fmt.Fprintf(&b, "  - packet: %d\n    peer: %d\n", p.packet, p.node)
			if window {
				fmt.Fprintf(&b, "    index: %d\n", count[p.node])
			}
			fmt.Fprintf(&b, "    timestamp: %d.%09d\n    data: !!binary |\n", 1700000000+p.packet, p.packet)
			for i := 0; i < len(p.data); i += 57 {
				b.WriteString("      " + base64.StdEncoding.EncodeToString(p.data[i:min(i+57, len(p.data))]) + "\n")
			}
		case KindFollowC:
			fmt.Fprintf(&b, "char peer%d_%d[] = { /* Packet %d */\n", p.node, count[p.node], p.packet)
			for i := 0; i < len(p.data); i += 8 {
				for k, c := range p.data[i:min(i+8, len(p.data))] {
					fmt.Fprintf(&b, "0x%02x", c)
					if i+k+1 < len(p.data) {
						b.WriteString(",")
					}
					b.WriteString(" ")
				}
				if i+8 >= len(p.data) {
					b.WriteString("};")
				}
				b.WriteString("\n")
			}
		}
		count[p.node]++
	}
	if !window && (kind == KindFollowRaw || kind == KindFollowHex) {
		b.WriteString(strings.Repeat("=", 67) + "\n")
	}
	return b.String()
}

func TestFollowForms(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 0))
	for _, c := range []struct {
		kind   Kind
		window bool
	}{{KindFollowRaw, false}, {KindFollowRaw, true}, {KindFollowHex, false}, {KindFollowHex, true}, {KindFollowYAML, false}, {KindFollowYAML, true}, {KindFollowC, true}} {
		t.Run(fmt.Sprint(c.kind, c.window), func(t *testing.T) {
			pieces := followPieces(random, 60)
			pieces[0].node, pieces[1].node = 0, 1
			text := followText(pieces, c.kind, c.window)
			f, err := Open(inMemory([]byte(text)), Unpackers{})
			require.NoError(t, err)
			require.Equal(t, c.kind, f.Kind)
			got, err := readFollow(t, f, text, c.kind)
			require.Equal(t, io.EOF, err)
			want := map[[2]int][]byte{}
			for _, p := range pieces {
				want[[2]int{0, p.node}] = append(want[[2]int{0, p.node}], p.data...)
			}
			require.Equal(t, want, got.bytes)
			require.Empty(t, got.missing)
			// The order of the two directions is that of the packets.
			var nodes, order []byte
			for _, p := range pieces {
				nodes = append(nodes, byte(p.node))
			}
			order = append(order, got.order...)
			require.Equal(t, squeeze(nodes), squeeze(order))
			switch c.kind {
			case KindFollowYAML:
				require.Equal(t, FollowNode{"host.example", 7500}, got.nodes[0][1])
				require.False(t, got.nodes[0][1].AddrPort().IsValid())
				require.Equal(t, "[fd00::2]:40000", got.nodes[0][0].AddrPort().String())
				require.EqualValues(t, pieces[0].packet, got.packets[0])
				require.EqualValues(t, (1700000000+int64(pieces[0].packet))*1e9+int64(pieces[0].packet), got.times[0])
			case KindFollowC:
				require.EqualValues(t, pieces[0].packet, got.packets[0])
				require.EqualValues(t, NoTime, got.times[0])
			default:
				if !c.window {
					require.Equal(t, "[fd00::2]:40000", got.nodes[0][0].AddrPort().String())
					require.Equal(t, FollowNode{"host.example", 7500}, got.nodes[0][1])
				}
			}
			// Two exports, one after the other, are two streams.
			if !c.window || c.kind != KindFollowRaw {
				twice := text + text
				got, err = readFollow(t, strings.NewReader(twice), twice, c.kind)
				require.Equal(t, io.EOF, err)
				for at, b := range want {
					require.True(t, bytes.Equal(b, got.bytes[at]))
					require.True(t, bytes.Equal(b, got.bytes[[2]int{1, at[1]}]))
				}
			}
		})
	}
}

// squeeze leaves one of several equal neighbours.
func squeeze(b []byte) []byte {
	var out []byte
	for i, c := range b {
		if i == 0 || c != b[i-1] {
			out = append(out, c)
		}
	}
	return out
}

func TestFollowMissing(t *testing.T) {
	note := []byte("[1234 bytes missing in capture file]\x00")
	pieces := []followPiece{{0, []byte("before, something"), 1}, {1, []byte("[not a note"), 2}, {0, note, 3}, {0, []byte("after"), 4}, {1, []byte("[56 bytes missing in capture file] but more"), 5}}
	for _, kind := range []Kind{KindFollowRaw, KindFollowHex, KindFollowYAML, KindFollowC} {
		text := followText(pieces, kind, false)
		got, err := readFollow(t, strings.NewReader(text), text, kind)
		require.Equal(t, io.EOF, err, kind)
		require.Equal(t, map[[2]int]int64{{0, 0}: 1234}, got.missing, kind)
		require.Equal(t, "before, somethingafter", string(got.bytes[[2]int{0, 0}]), kind)
		require.Equal(t, "[not a note[56 bytes missing in capture file] but more", string(got.bytes[[2]int{0, 1}]), kind)
	}
	// Rows taken out of a hex dump: the offsets tell.
	data := make([]byte, 160)
	for i := range data {
		data[i] = byte(i)
	}
	lines := strings.SplitAfter(followText([]followPiece{{0, data, 1}}, KindFollowHex, true), "\n")
	text := strings.Join(append(lines[1:4:4], lines[6:]...), "")
	got, err := readFollow(t, strings.NewReader(text), text, KindFollowHex)
	require.Equal(t, io.EOF, err)
	require.EqualValues(t, 16+32, got.missing[[2]int{0, 0}])
	require.Equal(t, append(bytes.Clone(data[16:64]), data[96:]...), got.bytes[[2]int{0, 0}])
}

func TestFollowErrors(t *testing.T) {
	row := "00000000  00 00 00 14 00 00 00 00  00 00 00 06 00 00 00 00  ........ ........\n"
	for _, c := range []struct {
		kind       Kind
		text, want string
	}{
		{KindFollowRaw, "0011\n\t00zz\n", `followed stream (raw), line 2, offset 8: expected hex digits, found "zz"`},
		{KindFollowRaw, "001\n", `followed stream (raw), line 1, offset 3: expected two hex digits for each byte, found an odd number of them`},
		{KindFollowHex, row + "0000 00\n", `followed stream (hex dump), line 2, offset 78: expected an offset of 8 hex digits and up to 16 bytes, found "0000 00"`},
		{KindFollowHex, row + "00000010  00 0\n", `followed stream (hex dump), line 2, offset 91: expected an offset of 8 hex digits and up to 16 bytes, found "0"`},
		{KindFollowHex, row + "00000010  00\n00000010  00\n", `followed stream (hex dump), line 3, offset 91: expected the offset 00000011, found 00000010`},
		{KindFollowYAML, "packets:\n  - packet: x\n", `followed stream (YAML), line 2, offset 9: expected the number of a packet, found "x"`},
		{KindFollowYAML, "packets:\n  - packet: 1\n    peer: 2\n", `followed stream (YAML), line 3, offset 23: expected peer 0 or 1, found "2"`},
		{KindFollowYAML, "packets:\n  - packet: 1\n    data: !!binary |\n      AAAAA\n", `followed stream (YAML), line 4, offset 54: expected groups of 4 digits of base64, found "A"`},
		{KindFollowYAML, "packets:\n  - packet: 1\n    data: !!binary |\n      ÄÖ\n", `followed stream (YAML), line 4, offset 50: expected a key of the YAML that Wireshark writes, or base64, found "\xc4\xd6"`},
		{KindFollowYAML, "packets:\n  - packet: 1\n    data: !!binary |\n      AAAA\n  - packet: 2\n    peer: 0\n    timestamp: 17000", `followed stream (YAML), line 5, offset 55: expected a packet's entry with its data, found only 46 bytes before the end of the file; it was cut off, or is still being written`},
		{KindFollowYAML, "packets:\n  - packet: 1\n    data: !!binary |\n", `followed stream (YAML), line 2, offset 9: expected a packet's entry with its data, found only 35 bytes before the end of the file; it was cut off, or is still being written`},
		{KindFollowYAML, "# Packet 1\npeer0_0: !!binary |\n  AAAA\n# Packet 2\npeer1_0: !!bin", `followed stream (YAML), line 4, offset 38: expected a packet's entry with its data, found only 25 bytes before the end of the file; it was cut off, or is still being written`},
		{KindFollowC, "char peer0_0[] = { /* Packet 1 */\n0x00, 0x100 };\n", `followed stream (C arrays), line 2, offset 40: expected a byte as 0x00, found "0x100 };"`},
		{KindFollowC, "char peer0_0[] = { 0x00 };\nint main() {\n", `followed stream (C arrays), line 2, offset 27: expected char peer0_0[] = {, as Wireshark writes it, found "int main() {"`},
		{KindFollowC, "char peer0_0[] = { /* Packet 1 */\n0x00,", `followed stream (C arrays), line 2, offset 34: expected the } of an array, found only 5 bytes before the end of the file; it was cut off, or is still being written`},
		{KindHex, "00", "follow export, offset 0: expected a followed stream as Wireshark saves it, found hex dump"},
	} {
		text := strings.ReplaceAll(strings.ReplaceAll(c.text, "Ä", "\xc4"), "Ö", "\xd6")
		_, err := readFollow(t, strings.NewReader(text), text, c.kind)
		require.EqualError(t, err, c.want, c.text)
	}
	// A failure of the file itself comes through.
	broken := errors.New("broken")
	r := NewFollowReader(io.MultiReader(strings.NewReader(row+"00000010  00"), iotest.ErrReader(broken)), KindFollowHex)
	var run FollowRun
	require.NoError(t, r.Next(&run))
	require.Len(t, run.Bytes, 16, "not what may be half a row")
	require.Equal(t, broken, r.Next(&run))
}

func TestFollowOldYAML(t *testing.T) {
	text := "# Packet 4\npeer0_0: !!binary |\n  AAAA\n# Packet 6\npeer1_0: !!binary |\n  Fw==\n  AQ==\n"
	f, err := Open(inMemory([]byte(text)), Unpackers{})
	require.NoError(t, err)
	require.Equal(t, KindFollowYAML, f.Kind)
	got, err := readFollow(t, f, text, f.Kind)
	require.Equal(t, io.EOF, err)
	require.Equal(t, map[[2]int][]byte{{0, 0}: {0, 0, 0}, {0, 1}: {0x17, 1}}, got.bytes)
	require.Equal(t, []uint64{4, 6}, got.packets)
	// A word that stands below is none of the bytes.
	got, err = readFollow(t, strings.NewReader(text+"bye\n"), text+"bye\n", f.Kind)
	require.ErrorContains(t, err, `found "bye"`)
	require.Equal(t, map[[2]int][]byte{{0, 0}: {0, 0, 0}, {0, 1}: {0x17, 1}}, got.bytes)
}

func TestFollowRefused(t *testing.T) {
	_, err := Open(inMemory([]byte("\n=====\nFollow: tcp,ascii\nFilter: tcp.stream eq 0\nNode 0: a:1\nNode 1: b:2\n4\nab..\n")), Unpackers{})
	require.EqualError(t, err, "file, offset 0: expected "+wanted+", found a followed stream as ascii, in which bytes are lost; write it again with: tshark -q -z follow,tcp,raw,0")
}

// FuzzFollow reads anything as each form: no panic, no hang, and what is read
// can be read again.
func FuzzFollow(f *testing.F) {
	random := rand.New(rand.NewPCG(6, 0))
	for kind := KindFollowRaw; kind <= KindFollowC; kind++ {
		for _, window := range []bool{false, true} {
			f.Add(followText(followPieces(random, 4), kind, window), uint8(kind))
		}
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		k := KindFollowRaw + Kind(kind)%4
		got, _ := readFollow(t, strings.NewReader(text), text, k)
		total := 0
		for _, b := range got.bytes {
			total += len(b)
		}
		require.LessOrEqual(t, total, len(text))
	})
}
