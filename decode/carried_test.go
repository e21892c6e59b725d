package decode

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/walcore"
)

// Where the parts of the packets of captures/plain.pcap stand: Ethernet, IPv4
// without options, TCP with a timestamp option.
const (
	etherSize = 14
	ipSize    = 20
)

// carry is a way that packets reach a capture.
type carry struct {
	name string
	// make makes the packets that are captured of one that was sent.
	make func(frame []byte, n int) [][]byte
}

func put16(b []byte, v int) { binary.BigEndian.PutUint16(b, uint16(v)) }

// ether puts an Ethernet header around something else.
func ether(kind int, parts ...[]byte) []byte {
	b := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, byte(kind >> 8), byte(kind)}
	return append(b, bytes.Join(parts, nil)...)
}

// ipv4 puts an IPv4 header around something else.
func ipv4(protocol byte, id, fragment int, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	b := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	put16(b[2:], ipSize+len(body))
	put16(b[4:], id)
	put16(b[6:], fragment)
	return append(b, body...)
}

// ipv6 puts an IPv6 header around something else.
func ipv6(next byte, from, to byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	b := make([]byte, 40)
	b[0], b[6], b[7] = 0x60, next, 64
	put16(b[4:], len(body))
	copy(b[8:], []byte{0x20, 1, 0x0d, 0xb8})
	copy(b[24:], []byte{0x20, 1, 0x0d, 0xb8})
	b[23], b[39] = from, to
	return append(b, body...)
}

// fragments cuts an IPv4 frame into pieces of n bytes.
func fragments(frame []byte, id, n int) (all [][]byte) {
	ip, body := frame[etherSize:etherSize+ipSize], frame[etherSize+ipSize:]
	if len(body) <= n {
		return [][]byte{frame}
	}
	for at := 0; at < len(body); at += n {
		piece := body[at:min(at+n, len(body))]
		head := bytes.Clone(ip)
		put16(head[2:], ipSize+len(piece))
		put16(head[4:], id)
		more := 0
		if at+n < len(body) {
			more = 0x2000
		}
		put16(head[6:], more|at/8)
		all = append(all, ether(0x0800, head, piece))
	}
	return all
}

// fragments6 is fragments of a frame made IPv6.
func fragments6(frame []byte, id, n int) (all [][]byte) {
	from, to, body := frame[etherSize+15], frame[etherSize+19], frame[etherSize+ipSize:]
	for at := 0; at < len(body); at += n {
		piece := body[at:min(at+n, len(body))]
		more := 0
		if at+n < len(body) {
			more = 1
		}
		head := []byte{6, 0, 0, 0, 0, 0, 0, 0}
		put16(head[2:], at|more)
		put16(head[6:], id)
		all = append(all, ether(0x86DD, ipv6(44, from, to, head, piece)))
	}
	return all
}

func reversed(all [][]byte) [][]byte {
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

var carries = []carry{
	{"as it is", func(f []byte, _ int) [][]byte { return [][]byte{f} }},
	{"twice", func(f []byte, _ int) [][]byte { return [][]byte{f, f} }},
	{"twice, once with a VLAN tag", func(f []byte, _ int) [][]byte {
		return [][]byte{f, append(append(bytes.Clone(f[:12]), 0x81, 0, 0, 5), f[12:]...)}
	}},
	{"in a bridge and behind a router", func(f []byte, n int) [][]byte {
		again := bytes.Clone(f)
		again[0], again[6] = 6, 6
		again[etherSize+8]-- // the time to live
		return [][]byte{f, again}
	}},
	{"IPv4 fragments", func(f []byte, n int) [][]byte { return fragments(f, n, 400) }},
	{"IPv4 fragments, last first", func(f []byte, n int) [][]byte { return reversed(fragments(f, n, 24)) }},
	{"IPv4 fragments, twice", func(f []byte, n int) [][]byte {
		all := fragments(f, n, 400)
		return append(all, all...)
	}},
	{"IPv6 fragments", func(f []byte, n int) [][]byte { return fragments6(f, n, 400) }},
	{"IPv6 fragments, last first", func(f []byte, n int) [][]byte { return reversed(fragments6(f, n, 48)) }},
	{"GRE", func(f []byte, n int) [][]byte {
		return [][]byte{ether(0x0800, ipv4(47, n, 0, []byte{0, 0, 8, 0}, f[etherSize:]))}
	}},
	{"GRE with a checksum, a key and a number, around Ethernet", func(f []byte, n int) [][]byte {
		return [][]byte{ether(0x0800, ipv4(47, n, 0, []byte{0xB0, 0, 0x65, 0x58, 1, 2, 0, 0, 0, 0, 0, 9, 0, 0, 0, byte(n)}, f))}
	}},
	{"GRE over IPv6", func(f []byte, n int) [][]byte {
		return [][]byte{ether(0x86DD, ipv6(47, 1, 2, []byte{0, 0, 8, 0}, f[etherSize:]))}
	}},
	{"PPPoE", func(f []byte, _ int) [][]byte {
		head := []byte{0x11, 0, 0, 7, 0, 0, 0, 0x21}
		put16(head[4:], 2+len(f)-etherSize)
		return [][]byte{ether(0x8864, head, f[etherSize:])}
	}},
	{"VXLAN", func(f []byte, n int) [][]byte {
		head := []byte{0xC0, 0, 0x12, 0xB5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 42, 0}
		put16(head[4:], len(head)+len(f))
		return [][]byte{ether(0x0800, ipv4(17, n, 0, head, f))}
	}},
	{"VXLAN, fragmented", func(f []byte, n int) [][]byte {
		head := []byte{0xC0, 0, 0x12, 0xB5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 42, 0}
		put16(head[4:], len(head)+len(f))
		return fragments(ether(0x0800, ipv4(17, n, 0, head, f)), n, 400)
	}},
	{"segmentation offload", func(f []byte, _ int) [][]byte {
		f = bytes.Clone(f)
		put16(f[etherSize+2:], 0) // the card was to fill it in
		return [][]byte{f}
	}},
	{"padded by Ethernet", func(f []byte, _ int) [][]byte { return [][]byte{append(bytes.Clone(f), make([]byte, 46)...)} }},
}

func plainCapture(t testing.TB) lossy { return readLossy(t, golden+"captures/plain.pcap") }

// carried makes a capture of the packets as they arrive.
func (l lossy) carried(how func(frame []byte, n int) [][]byte) (c lossy) {
	c.link = l.link
	for i := range l.packets {
		for k, b := range how(l.packets[i].Data, i+1) {
			p := l.packets[i]
			p.Data, p.Original, p.Time = b, int64(len(b)), p.Time+int64(k)
			c.packets = append(c.packets, p)
		}
	}
	return c
}

func all(int) bool { return true }

func decodeMemory(t testing.TB, b []byte) (*Decoder, error) {
	t.Helper()
	d := New(Options{Unpackers: unpack.Native()}, memoryFile(b))
	return d, d.Run(context.Background())
}

// plainDecoded gives a capture to be carried in other ways, and what holds such a
// one to it as it is: the same log, and from record first on the same bytes.
func plainDecoded(t *testing.T) (plain lossy, same func(t *testing.T, d *Decoder, first int)) {
	t.Helper()
	plain = plainCapture(t)
	want, err := os.ReadFile(golden + "captures/plain.pcap.log")
	require.NoError(t, err)
	was, err := decodeMemory(t, plain.write(all))
	require.NoError(t, err)
	return plain, func(t *testing.T, d *Decoder, first int) {
		t.Helper()
		requireSameLog(t, want, []byte(written(t, d, walcore.Selection{Compatible: true})))
		require.Equal(t, was.Summary().Diagnostics, d.Summary().Diagnostics)
		require.Equal(t, was.Log().Len(), d.Log().Len())
		for i := first; i < d.Log().Len(); i++ {
			a, b := was.Log().At(i), d.Log().At(i)
			require.Equal(t, a.Length, b.Length)
			n := int(min(a.Length, 3000))
			x, err := was.Rest(nil, a, 0, n)
			require.NoError(t, err)
			y, err := d.Rest(nil, b, 0, n)
			require.NoError(t, err)
			require.True(t, bytes.Equal(x, y), "record %d", i)
		}
	}
}

// However the packets of a conversation are carried and captured, its log is the
// same, and every message can be read again.
func TestCarried(t *testing.T) {
	plain, same := plainDecoded(t)
	for _, c := range carries {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := decodeMemory(t, plain.carried(c.make).write(all))
			require.NoError(t, err)
			same(t, d, 0)
		})
	}
}

// Segmentation offload joins what was said in one go to segments of up to 64
// KiB, longer than an IPv4 header can tell.
func TestOffload(t *testing.T) {
	large := readLossy(t, golden+"captures/default_sizes.pcap")
	want, err := os.ReadFile(golden + "captures/default_sizes.pcap.log")
	require.NoError(t, err)
	joined := lossy{link: large.link}
	var d capture.Dissector
	most := 0
	open := -1 // the packet that can be joined to
	var next capture.Segment
	for i := range large.packets {
		p := large.packets[i]
		var s capture.Segment
		require.True(t, d.Segment(&p, &s))
		n := len(s.Payload)
		if open >= 0 && n > 0 && s.Src == next.Src && s.Dst == next.Dst && s.Seq == next.Seq && s.Flags&7 == 0 && next.Flags&7 == 0 && len(joined.packets[open].Data)+n < 70_000 {
			q := &joined.packets[open]
			q.Data = append(q.Data, s.Payload...)
			q.Original = int64(len(q.Data))
			put16(q.Data[etherSize+2:], 0)
			most = max(most, len(q.Data))
			next.Seq += uint32(n)
			continue
		}
		p.Data = bytes.Clone(p.Data)
		joined.packets = append(joined.packets, p)
		if n > 0 {
			open, next = len(joined.packets)-1, s
			next.Seq += uint32(n)
		}
	}
	require.Greater(t, most, 65_535)
	dec, err := decodeMemory(t, joined.write(all))
	require.NoError(t, err)
	requireSameLog(t, want, []byte(written(t, dec, walcore.Selection{Compatible: true})))
	require.Zero(t, dec.Summary().Diagnostics)
}

// A response that is captured before its request waits for it: what each side
// had received tells.
func TestCapturedInTheWrongOrder(t *testing.T) {
	plain := plainCapture(t)
	want, err := os.ReadFile(golden + "captures/plain.pcap.log")
	require.NoError(t, err)
	was, err := decodeMemory(t, plain.write(all))
	require.NoError(t, err)
	// Two cards, one for each direction: that of the client delivers late.
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 1))
		mixed := lossy{link: plain.link}
		var late []capture.Packet
		var d capture.Dissector
		for i := range plain.packets {
			var s capture.Segment
			require.True(t, d.Segment(&plain.packets[i], &s))
			if s.Dst.Port() == DefaultPort && i > 3 {
				late = append(late, plain.packets[i])
			} else {
				mixed.packets = append(mixed.packets, plain.packets[i])
			}
			if random.IntN(3) == 0 {
				mixed.packets, late = append(mixed.packets, late...), nil
			}
		}
		mixed.packets = append(mixed.packets, late...)
		dec, err := decodeMemory(t, mixed.write(all))
		require.NoError(t, err)
		// The order of lines is that of the packets, so each direction is compared.
		is, should := messagesAsLines(written(t, dec, walcore.Selection{Compatible: true})), messagesAsLines(string(want))
		for side := range should {
			requireSameLog(t, []byte(strings.Join(should[side], "\n")), []byte(strings.Join(is[side], "\n")))
		}
		requireSameLog(t, findings(was), findings(dec))
		require.False(t, dec.Log().Stopped())
		packet := uint32(0)
		for i := range dec.Log().Len() {
			r := dec.Log().At(i)
			require.LessOrEqual(t, packet, r.Packet, "record %d", i)
			packet = r.Packet
		}
	}
}

// findings are what is odd in a log, in words.
func findings(d *Decoder) (b []byte) {
	for i := range d.Log().Len() {
		if r := d.Log().At(i); r.Kind == walcore.Diagnostic {
			b = append(d.Log().AppendText(b, i), '\n')
		}
	}
	return b
}

// messagesAsLines are the lines of a log of each direction.
func messagesAsLines(log string) (lines [2][]string) {
	for _, line := range strings.Split(log, "\n") {
		side := 0
		if strings.HasPrefix(line, "<-") {
			side = 1
		}
		lines[side] = append(lines[side], line)
	}
	return lines
}

// ng makes a pcapng file of packets, in one byte order, as a tool would that
// captured on several interfaces.
func (l lossy) ng(order binary.ByteOrder, interfaces int) (b []byte) {
	block := func(kind uint32, body []byte) {
		body = append(body, make([]byte, (4-len(body)%4)%4)...)
		n := uint32(len(body) + 12)
		for _, v := range [...]uint32{kind, n} {
			b = append(b, 0, 0, 0, 0)
			order.PutUint32(b[len(b)-4:], v)
		}
		b = append(append(b, body...), 0, 0, 0, 0)
		order.PutUint32(b[len(b)-4:], n)
	}
	words := func(v ...uint32) (w []byte) {
		for _, v := range v {
			w = append(w, 0, 0, 0, 0)
			order.PutUint32(w[len(w)-4:], v)
		}
		return w
	}
	version := []byte{0, 0, 0, 0}
	order.PutUint16(version, 1)
	block(0x0A0D0D0A, append(append(words(0x1A2B3C4D), version...), 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF))
	for range interfaces {
		link := []byte{0, 0, 0, 0}
		order.PutUint16(link, uint16(l.link))
		block(1, append(link, words(0)...))
	}
	for i := range l.packets {
		p := &l.packets[i]
		us := uint64(p.Time / 1000)
		block(6, append(words(uint32(i%interfaces), uint32(us>>32), uint32(us), uint32(len(p.Data)), uint32(p.Original)), p.Data...))
	}
	return b
}

// Files joined end to end, whatever they are, are one capture; so are several
// given together.
func TestJoinedFiles(t *testing.T) {
	plain := plainCapture(t)
	want, err := os.ReadFile(golden + "captures/plain.pcap.log")
	require.NoError(t, err)
	half := len(plain.packets) / 2
	a, b := lossy{plain.link, plain.packets[:half]}, lossy{plain.link, plain.packets[half:]}
	was, err := decodeMemory(t, plain.write(all))
	require.NoError(t, err)
	check := func(d *Decoder, err error) {
		t.Helper()
		require.NoError(t, err)
		requireSameLog(t, want, []byte(written(t, d, walcore.Selection{Compatible: true})))
		require.Equal(t, was.Summary().Diagnostics, d.Summary().Diagnostics)
	}
	check(decodeMemory(t, append(a.ng(binary.LittleEndian, 1), b.ng(binary.BigEndian, 3)...)))
	check(decodeMemory(t, append(a.write(all), b.write(all)...)))
	check(decodeMemory(t, append(a.write(all), b.ng(binary.LittleEndian, 1)...)))
	check(decodeMemory(t, append(a.ng(binary.BigEndian, 1), b.write(all)...)))
	together := New(Options{}, memoryFile(b.ng(binary.LittleEndian, 2)), memoryFile(a.write(all)))
	err = together.Run(context.Background())
	check(together, err)
	// Two captures of the same conversation, made at both of its ends.
	both := New(Options{}, memoryFile(plain.write(all)), memoryFile(plain.ng(binary.BigEndian, 1)))
	err = both.Run(context.Background())
	check(both, err)
	// A file that lacks packets that the other has.
	odd := New(Options{}, memoryFile(plain.write(func(i int) bool { return i%5 != 0 })), memoryFile(plain.write(func(i int) bool { return i%7 != 0 || i%5 == 0 })))
	err = odd.Run(context.Background())
	check(odd, err)
}

// Captures of one conversation that were made at different places (another link
// layer, in a tunnel, in fragments), in files of different kinds, are joined,
// whichever of two clocks is ahead, and whichever of them has what.
func TestJoinedPlaces(t *testing.T) {
	plain, same := plainDecoded(t)
	for _, c := range carries {
		if strings.HasPrefix(c.name, "IPv6") {
			continue // other ends
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, ahead := range []int64{-3e6, 0, 3e6} {
				raw := plain.carried(func(f []byte, _ int) [][]byte { return [][]byte{f[etherSize:]} })
				raw.link = 101
				for i := range raw.packets {
					raw.packets[i].Time += ahead
				}
				carried := plain.carried(c.make)
				most := len(carried.packets) * 2 / 3
				for _, halves := range []bool{false, true} {
					one, other := carried.write(all), raw.ng(binary.BigEndian, 1)
					if halves && ahead == 0 { // neither has all
						one = carried.write(func(i int) bool { return i < most })
						rest := raw
						rest.packets = raw.packets[len(raw.packets)/3:]
						other = rest.ng(binary.LittleEndian, 2)
					}
					d := New(Options{Unpackers: unpack.Native()}, gzipped(t, one), memoryFile(other))
					require.NoError(t, d.Run(context.Background()))
					same(t, d, d.Log().Len()-1)
				}
			}
		})
	}
}

func gzipped(t testing.TB, b []byte) memoryFile {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// A capture that is cut off anywhere gives all whole packets and one clear
// sentence, and its log is the beginning of the whole one's.
func TestCutOffCaptures(t *testing.T) {
	small := readLossy(t, golden+"captures/vlan.pcap")
	want, err := os.ReadFile(golden + "captures/vlan.pcap.log")
	require.NoError(t, err)
	for name, whole := range map[string][]byte{"pcap": small.write(all), "pcapng": small.ng(binary.LittleEndian, 1)} {
		random := rand.New(rand.NewPCG(7, 7))
		ends := []int{}
		for range 60 {
			ends = append(ends, random.IntN(len(whole)))
		}
		for n := len(whole) - 150; n < len(whole); n++ {
			ends = append(ends, n)
		}
		for _, n := range ends {
			d, err := decodeMemory(t, whole[:n])
			if err != nil && len(d.Streams()) > 0 {
				var cut *capture.TruncatedError
				require.ErrorAs(t, err, &cut, "%s, %d bytes", name, n)
				require.Contains(t, err.Error(), "it was cut off, or is still being written")
				require.NotContains(t, err.Error(), "\n")
			}
			got := written(t, d, walcore.Selection{Compatible: true})
			require.True(t, bytes.HasPrefix(want, []byte(got)), "%s, %d bytes", name, n)
		}
	}
}

// A capture whose packets were cut short has whatever was whole, says of the rest
// how much is missing, and invents nothing.
func TestSnapLength(t *testing.T) {
	plain := plainCapture(t)
	was, err := decodeMemory(t, plain.write(all))
	require.NoError(t, err)
	truth := messagesOf(was)
	for _, length := range []int{68, 96, 128, 200, 262} {
		cut := lossy{link: plain.link}
		lost := uint64(0)
		for _, p := range plain.packets {
			if n := len(p.Data); n > length {
				lost += uint64(n - length)
				p.Data = p.Data[:length]
			}
			cut.packets = append(cut.packets, p)
		}
		d, err := decodeMemory(t, cut.write(all))
		if len(messagesOf(d)) == 0 { // none is so short
			var nothing *NothingWholeError
			require.ErrorAs(t, err, &nothing)
			require.LessOrEqual(t, length, 96)
		} else {
			require.NoError(t, err)
		}
		told, right := uint64(0), 0
		for i := range d.Log().Len() {
			if r := d.Log().At(i); r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == walcore.CodeCut {
				told += r.Length
			}
		}
		require.Equal(t, lost, told, "every byte that was cut away is told of")
		found := messagesOf(d)
		for at := range found {
			_, ok := truth[at]
			require.True(t, ok, "%d bytes: a message that is none: %+v", length, found[at])
		}
		has := cut.coverage(all)
		whole := 0
		for at, m := range truth {
			if !has.has(at) || m.asks && !has.has(m.request) {
				continue
			}
			whole++
			if found[at] == m {
				right++
			}
		}
		t.Logf("cut to %d bytes: %d of %d messages are whole, %d are right", length, whole, len(truth), right)
		require.GreaterOrEqual(t, right*100, whole*99)
		require.GreaterOrEqual(t, whole, map[int]int{128: 200, 200: 500, 262: 500}[length])
	}
}
