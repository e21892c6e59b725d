package capture

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A fragmentPart is one IPv4 or IPv6 fragment of a packet's data.
type fragmentPart struct {
	off  int
	more bool
	data []byte
}

// cutUp cuts data into fragments of n bytes, a multiple of 8.
func cutUp(data []byte, n int) []fragmentPart {
	var parts []fragmentPart
	for off := 0; off < len(data); off += n {
		end := min(off+n, len(data))
		parts = append(parts, fragmentPart{off, end < len(data), data[off:end]})
	}
	return parts
}

// packet4 and packet6 are the fragment as an IP packet.
func (f fragmentPart) packet4(id uint16) []byte {
	p := ipv4Bytes(client4, server4, protoTCP, f.data)
	binary.BigEndian.PutUint16(p[4:], id)
	part := uint16(f.off / 8)
	if f.more {
		part |= 0x2000
	}
	binary.BigEndian.PutUint16(p[6:], part)
	return p
}

func (f fragmentPart) packet6(id uint32) []byte {
	head := []byte{protoTCP, 0}
	part := uint16(f.off)
	if f.more {
		part |= 1
	}
	head = binary.BigEndian.AppendUint16(head, part)
	head = binary.BigEndian.AppendUint32(head, id)
	return ipv6Bytes(client6, server6, protoFragment, append(head, f.data...))
}

// fragmentFile gives IP packets to a dissector, one every second, and writes
// down each segment that it gives.
type fragmentFile struct {
	t     *testing.T
	d     Dissector
	n     uint64
	bytes []byte // of all packets, one behind the other
	text  []string
}

func (f *fragmentFile) add(p []byte, original int) {
	f.n++
	packet := Packet{Number: f.n, Time: int64(f.n) * 1e9, File: int64(len(f.bytes)), Link: linkRaw, Data: p, Original: int64(original)}
	f.bytes = append(f.bytes, p...)
	var s Segment
	for ok := f.d.Segment(&packet, &s); ok; ok = f.d.More(&s) {
		require.Equal(f.t, int64(s.Packet)*1e9, s.Time)
		if len(s.Payload) > 0 {
			require.Equal(f.t, string(s.Payload), string(f.bytes[s.PayloadFile:][:len(s.Payload)]), "the bytes stand where it says")
		}
		if s.Odd {
			f.text = append(f.text, fmt.Sprintf("%d: odd at %d, of %d", f.n, s.Seq, s.Packet))
			continue
		}
		cut := ""
		if s.Cut > 0 {
			cut = fmt.Sprintf(" cut %d", s.Cut)
		}
		f.text = append(f.text, fmt.Sprintf("%d: seq %d flags %#x %q%s of %d", f.n, s.Seq, s.Flags, s.Payload, cut, s.Packet))
	}
	require.False(f.t, f.d.More(&s))
}

func TestFragmentsArePutTogether(t *testing.T) {
	tcp := tcpBytes(1, 2, 100, 5, FIN|ACK, []byte("0123456789abcdefghijklmnopqrstuvwxyz")) // 56 bytes
	want := []string{
		// The header takes 20 bytes; each piece has its own place.
		`3: seq 100 flags 0x10 "0123" of 2`,
		`3: seq 104 flags 0x10 "456789abcdefghijklmnopqr" of 1`,
		`3: seq 128 flags 0x11 "stuvwxyz" of 3`,
	}
	for _, six := range []bool{false, true} {
		f := &fragmentFile{t: t}
		parts := cutUp(tcp, 24)
		for _, i := range []int{1, 0, 2} { // in disorder
			p := parts[i].packet4(7)
			if six {
				p = parts[i].packet6(7)
			}
			f.add(p, len(p))
		}
		require.Equal(t, want, f.text)
		require.Equal(t, Counts{Packets: 3, TCP: 1, Fragments: 2}, f.d.Counts)
		// A packet that is whole follows as ever.
		f.add(inner4, len(inner4))
		require.Equal(t, `4: seq 100 flags 0x18 "payload" of 4`, f.text[3])
	}
}

func TestFragmentsOfSYN(t *testing.T) {
	f := &fragmentFile{t: t}
	for _, x := range cutUp(tcpBytes(1, 2, 100, 5, SYN, []byte("0123456789ab")), 16) {
		p := x.packet4(7)
		f.add(p, len(p))
	}
	// The header itself is in two fragments; the SYN takes a number.
	require.Equal(t, []string{`2: seq 100 flags 0x2 "0123456789ab" of 2`}, f.text)
	f = &fragmentFile{t: t}
	for _, x := range cutUp(tcpBytes(1, 2, 100, 5, SYN, []byte("0123456789ab")), 24) {
		p := x.packet4(7)
		f.add(p, len(p))
	}
	require.Equal(t, []string{`2: seq 100 flags 0x2 "0123" of 1`, `2: seq 105 flags 0x0 "456789ab" of 2`}, f.text)
	f = &fragmentFile{t: t}
	for _, x := range cutUp(tcpBytes(1, 2, 100, 5, SYN, nil), 8) { // no data at all
		p := x.packet6(7)
		f.add(p, len(p))
	}
	require.Equal(t, []string{`3: seq 100 flags 0x2 "" of 3`}, f.text)
}

// What came first counts; what differs comes behind, as if it had been sent again.
func TestFragmentsRepeatedAndOverlapping(t *testing.T) {
	tcp := tcpBytes(1, 2, 100, 5, SYN|FIN|ACK, []byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	other := tcpBytes(1, 2, 100, 5, SYN|FIN|ACK, []byte("????????????????????????????????????"))
	for _, six := range []bool{false, true} {
		f := &fragmentFile{t: t}
		for _, x := range []fragmentPart{{0, true, tcp[:32]}, {0, true, tcp[:32]}, {0, true, other[:32]}, {24, true, other[24:48]}, {40, false, tcp[40:]}} {
			p := x.packet4(7)
			if six {
				p = x.packet6(7)
			}
			f.add(p, len(p))
		}
		require.Equal(t, []string{
			`5: seq 100 flags 0x12 "0123456789ab" of 1`,
			`5: seq 113 flags 0x10 "????????????????" of 4`,
			`5: seq 129 flags 0x11 "stuvwxyz" of 5`,
			`5: seq 100 flags 0x10 "????????????" of 3`,
			`5: seq 105 flags 0x10 "????????" of 4`,
			`5: seq 121 flags 0x10 "klmnopqr" of 5`,
		}, f.text)
		// Nothing of it is left for the next packet.
		for _, x := range cutUp(tcp, 40) {
			p := x.packet4(8)
			f.add(p, len(p))
		}
		require.Equal(t, []string{`7: seq 100 flags 0x12 "0123456789abcdefghij" of 6`, `7: seq 121 flags 0x11 "klmnopqrstuvwxyz" of 7`}, f.text[6:])
	}
}

func backwards(parts []fragmentPart) []fragmentPart {
	slices.Reverse(parts)
	return parts
}

// What comes of a packet that was whole is compared with it.
func TestFragmentsThatComeLate(t *testing.T) {
	payload := "0123456789abcdefghijklmnopqrstuvwxyz"
	tcp := tcpBytes(1, 2, 100, 5, ACK, []byte(payload))
	changed := func(at ...int) []byte {
		b := append([]byte(nil), tcp...)
		for _, i := range at {
			b[i] ^= 0x20
		}
		return b
	}
	whole := cutUp(tcp, 32)
	for name, c := range map[string]struct {
		late []fragmentPart
		want []string // from packet 3 on
	}{
		"the same":                          {whole[1:], nil},
		"a part of it":                      {[]fragmentPart{{8, true, tcp[8:40]}}, nil},
		"other data":                        {[]fragmentPart{{32, false, changed(33)[32:]}}, []string{`3: seq 112 flags 0x10 "cDefghijklmnopqrstuvwxyz" of 3`}},
		"other data over two fragments":     {[]fragmentPart{{24, true, changed(24, 47)[24:48]}}, []string{`3: seq 104 flags 0x10 "\x1456789ab" of 3`, `3: seq 112 flags 0x10 "cdefghijklmnopqR" of 3`}},
		"another acknowledgement number":    {[]fragmentPart{{0, true, changed(11)[:32]}}, []string{`3: odd at 100, of 3`}},
		"that, and other data":              {[]fragmentPart{{0, true, changed(11, 31)[:32]}}, []string{`3: odd at 100, of 3`, `3: seq 100 flags 0x10 "0123456789aB" of 3`}},
		"another sequence number":           {[]fragmentPart{{0, true, changed(5)[:32]}}, []string{`3: odd at 100, of 3`}},
		"all of it again":                   {whole, nil},
		"all of it again, with other flags": {cutUp(changed(13), 32), []string{`3: odd at 100, of 3`}},
		"all of it again, with other data":  {cutUp(changed(50), 32), []string{`4: seq 112 flags 0x10 "cdefghijklmnopqrstUvwxyz" of 4`}},
		"twice the same difference":         {[]fragmentPart{{0, true, changed(11)[:32]}, {0, true, changed(11)[:32]}}, []string{`3: odd at 100, of 3`, `4: odd at 100, of 4`}},
		"another packet with its number": {cutUp(tcpBytes(1, 2, 136, 5, ACK, []byte("another packet's data, as long as it")), 32),
			[]string{`4: seq 136 flags 0x10 "another pack" of 3`, `4: seq 148 flags 0x10 "et's data, as long as it" of 4`}},
		"another packet with its number, its end first": {backwards(cutUp(tcpBytes(1, 2, 136, 5, ACK, []byte("another packet's data, as long as it")), 32)),
			[]string{`4: seq 136 flags 0x10 "another pack" of 4`, `4: seq 148 flags 0x10 "et's data, as long as it" of 3`}},
		"a shorter packet with its number": {cutUp(tcpBytes(1, 2, 136, 5, ACK, []byte(payload[8:28])), 32),
			[]string{`4: seq 136 flags 0x10 "89abcdefghij" of 3`, `4: seq 148 flags 0x10 "klmnopqr" of 4`}},
	} {
		for _, six := range []bool{false, true} {
			f := &fragmentFile{t: t}
			for _, x := range append(whole[:2:2], c.late...) {
				p := x.packet4(7)
				if six {
					p = x.packet6(7)
				}
				f.add(p, len(p))
			}
			require.Equal(t, append([]string{`2: seq 100 flags 0x10 "0123456789ab" of 1`, `2: seq 112 flags 0x10 "cdefghijklmnopqrstuvwxyz" of 2`}, c.want...), f.text, name)
			// The next packet is whole as ever.
			for _, x := range whole {
				p := x.packet6(8)
				f.add(p, len(p))
			}
			require.Len(t, f.text, 2+len(c.want)+2, name)
		}
	}
}

// Headers that differ, and two ends, are told of a packet that is not whole yet, too.
func TestFragmentsThatAreOdd(t *testing.T) {
	tcp := tcpBytes(1, 2, 100, 5, ACK, []byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	other := tcpBytes(1, 2, 100, 6, ACK, []byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	f := &fragmentFile{t: t}
	for _, x := range []fragmentPart{{0, true, tcp[:32]}, {0, true, other[:16]}, {8, true, other[8:32]}, {48, false, tcp[48:]}, {32, false, tcp[32:40]}, {48, true, tcp[48:]}, {32, true, tcp[32:48]}} {
		p := x.packet4(7)
		f.add(p, len(p))
	}
	require.Equal(t, []string{
		`7: seq 100 flags 0x10 "0123456789ab" of 1`,
		`7: seq 112 flags 0x10 "cdefghijklmnopqr" of 7`,
		`7: seq 128 flags 0x10 "stuvwxyz" of 4`,
		`7: odd at 100, of 2`,
		`7: odd at 100, of 3`,
		`7: odd at 112, of 5`,
	}, f.text)
}

func TestFragmentsCutByTheSnapLength(t *testing.T) {
	tcp := tcpBytes(1, 2, 100, 5, ACK, []byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	f := &fragmentFile{t: t}
	for _, x := range cutUp(tcp, 24) {
		p := x.packet4(7)
		f.add(p[:len(p)-1], len(p))
	}
	require.Equal(t, []string{
		`3: seq 100 flags 0x10 "012" cut 1 of 1`,
		`3: seq 104 flags 0x10 "456789abcdefghijklmnopq" cut 1 of 2`,
		`3: seq 128 flags 0x10 "stuvwxy" cut 1 of 3`,
	}, f.text)
}

func TestFragmentsThatContradictThemselves(t *testing.T) {
	tcp := tcpBytes(1, 2, 100, 5, ACK, make([]byte, 100))
	for name, parts := range map[string][]fragmentPart{
		"two ends":            {{80, false, tcp[80:]}, {40, false, tcp[40:80]}, {0, true, tcp[:40]}},
		"more behind the end": {{80, true, tcp[80:]}, {40, false, tcp[40:80]}, {0, true, tcp[:40]}},
		"nothing in it":       {{0, true, tcp[:40]}, {40, false, nil}},
		"beyond 64 KiB":       {{0, true, tcp[:40]}, {65528, false, tcp[:40]}},
	} {
		f := &fragmentFile{t: t}
		for _, x := range parts {
			p := x.packet4(7)
			f.add(p, len(p))
		}
		require.Empty(t, f.text, name)
		require.EqualValues(t, len(parts), f.d.Counts.Fragments, name)
	}
	// A whole packet whose TCP header is wrong.
	f := &fragmentFile{t: t}
	for _, x := range cutUp(make([]byte, 40), 24) {
		p := x.packet4(7)
		f.add(p, len(p))
	}
	require.Equal(t, Counts{Packets: 2, Fragments: 1, Bad: 1}, f.d.Counts)
}

func TestFragmentsAreNotKeptForEver(t *testing.T) {
	f := &fragmentFile{t: t}
	tcp := tcpBytes(1, 2, 100, 5, ACK, []byte("0123456789ab"))
	parts := cutUp(tcp, 24)
	first, second := parts[0].packet4(7), parts[1].packet4(7)
	// A number that is used again after a while is another packet.
	f.add(first, len(first))
	f.n += 40
	f.bytes = append(f.bytes, 0)
	f.add(second, len(second))
	require.Empty(t, f.text)
	// Too many: the oldest is forgotten.
	for id := range uint16(1000) {
		p := parts[0].packet4(1000 + id)
		f.n = 41 // all at once
		f.add(p, len(p))
		require.LessOrEqual(t, len(f.d.fragments.open)+len(f.d.fragments.free), maxFragmented+1)
	}
	p := parts[1].packet4(1000)
	f.add(p, len(p))
	require.Empty(t, f.text)
	p = parts[1].packet4(1999)
	f.add(p, len(p))
	require.Len(t, f.text, 2)
	// Of those that were whole, too: one that was forgotten is compared with nothing.
	for id := range uint16(100) {
		for _, x := range parts {
			p := x.packet4(3000 + id)
			f.n = 41
			f.add(p, len(p))
		}
		require.LessOrEqual(t, len(f.d.fragments.whole), maxWhole)
	}
	f.text = nil
	odd := parts[0]
	odd.data = tcpBytes(1, 2, 100, 7, ACK, nil)
	for _, id := range []uint16{3000, 3099 - maxWhole, 3100 - maxWhole, 3099} {
		p := odd.packet4(id)
		f.n = 41
		f.add(p, len(p))
	}
	require.Equal(t, []string{"42: odd at 100, of 42", "42: odd at 100, of 42"}, f.text)
}

func TestFragmentsOfManyPackets(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		f := &fragmentFile{t: t}
		var all [][]byte
		want := map[uint32]string{}
		for id := range uint16(5) {
			data := make([]byte, 1+rng.IntN(600))
			for i := range data {
				data[i] = byte('a' + rng.IntN(26))
			}
			want[uint32(id)<<16] = string(data)
			tcp := tcpBytes(1, 2, uint32(id)<<16, 5, ACK, data)
			for _, x := range cutUp(tcp, 8*(1+rng.IntN(20))) {
				if rng.IntN(5) == 0 && x.more { // overlap with what follows
					x.data = tcp[x.off:min(len(tcp), x.off+len(x.data)+8)]
					x.more = x.off+len(x.data) < len(tcp)
				}
				all = append(all, x.packet6(uint32(id)))
			}
		}
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		got := map[uint32]string{}
		for _, p := range all {
			var s Segment
			f.n++
			packet := Packet{Number: f.n, Link: linkRaw, Data: p, Original: int64(len(p))}
			for ok := f.d.Segment(&packet, &s); ok; ok = f.d.More(&s) {
				id := s.Seq &^ 0xFFFF
				require.Equal(t, len(got[id]), int(s.Seq-id))
				got[id] += string(s.Payload)
			}
		}
		require.Equal(t, want, got)
	}
}

func TestFragmentsThroughTheAssembler(t *testing.T) {
	h := &counting{}
	a := NewAssembler(h, AssemblerOptions{})
	n := uint64(0)
	give := func(tcp []byte) {
		for _, x := range cutUp(tcp, 32) {
			n++
			a.Packet(&Packet{Number: n, Link: linkRaw, Data: x.packet4(uint16(n / 100)), Original: 60})
		}
	}
	give(tcpBytes(1, 2, 0, 0, SYN, nil))
	n = 100
	give(tcpBytes(1, 2, 1, 0, ACK, make([]byte, 500)))
	n = 200
	give(tcpBytes(1, 2, 501, 0, ACK|FIN, make([]byte, 300)))
	a.Finish()
	require.EqualValues(t, 800, h.bytes)
	require.Zero(t, h.missing)
}

func TestSegmentInTunnels(t *testing.T) {
	udp := func(port uint16, payload []byte) []byte {
		b := be16(50000, port, uint16(8+len(payload)), 0)
		return append(b, payload...)
	}
	gre := func(flags, kind uint16, rest ...[]byte) []byte {
		return ipv4Bytes(client4, server4, protoGRE, join(append([][]byte{be16(flags, kind)}, rest...)...))
	}
	frame4, frame6 := etherBytes(etherIPv4, inner4), etherBytes(etherIPv6, inner6)
	for name, c := range map[string]struct {
		data []byte
		six  bool
	}{
		"GRE":                             {gre(0, etherIPv4, inner4), false},
		"GRE with key, checksum, number":  {gre(0xB000, etherIPv6, make([]byte, 12), inner6), true},
		"GRE with an Ethernet frame":      {gre(0x2000, etherTEB, make([]byte, 4), frame6), true},
		"GRE with VLAN and MPLS":          {gre(0, etherVLAN, be16(1, etherMPLS), []byte{0, 0, 1, 64}, inner4), false},
		"ERSPAN type I":                   {gre(0, etherERSPAN2, frame4), false},
		"ERSPAN type II":                  {gre(0x1000, etherERSPAN2, make([]byte, 12), frame4), false},
		"ERSPAN type III":                 {gre(0x1000, etherERSPAN3, make([]byte, 16), frame4), false},
		"ERSPAN type III, more of header": {gre(0x1000, etherERSPAN3, make([]byte, 4), append(make([]byte, 11), 1), make([]byte, 8), frame4), false},
		"PPTP":                            {gre(0x3001, etherPPTP, be16(uint16(len(inner4)+4), 9, 0, 1), be16(0xFF03, 0x21), inner4), false},
		"PPTP with acknowledgement":       {gre(0x3081, etherPPTP, be16(uint16(len(inner4)+2), 9, 0, 1, 0, 1), be16(0x21), inner4), false},
		"VXLAN":                           {ipv4Bytes(client4, server4, protoUDP, udp(4789, join([]byte{8, 0, 0, 0, 0, 0, 1, 0}, frame4))), false},
		"VXLAN over IPv6, Linux' port":    {ipv6Bytes(client6, server6, protoUDP, udp(8472, join([]byte{8, 0, 0, 0, 0, 0, 1, 0}, frame6))), true},
		"Geneve":                          {ipv4Bytes(client4, server4, protoUDP, udp(6081, join([]byte{2, 0, 0x65, 0x58, 0, 0, 1, 0}, make([]byte, 8), frame4))), false},
		"Geneve with IPv6":                {ipv4Bytes(client4, server4, protoUDP, udp(6081, join([]byte{0, 0, 0x86, 0xDD, 0, 0, 1, 0}, inner6))), true},
		"VXLAN in GRE":                    {gre(0, etherIPv4, ipv4Bytes(client4, server4, protoUDP, udp(4789, join([]byte{8, 0, 0, 0, 0, 0, 1, 0}, frame4)))), false},
	} {
		t.Run(name, func(t *testing.T) {
			want := want4(1000 + int64(len(c.data)) - 7)
			if c.six {
				want = want6(want.PayloadFile)
			}
			s, ok, counts := dissect(linkRaw, len(c.data), c.data)
			require.True(t, ok, "%+v", counts)
			require.Equal(t, want, s)
			for n := range c.data[:len(c.data)-7] {
				_, ok, counts := dissect(linkRaw, len(c.data), c.data[:n])
				require.False(t, ok)
				require.EqualValues(t, 1, counts.Cut+counts.UDP+counts.OtherIP+counts.Bad, "cut at %d: %+v", n, counts)
			}
		})
	}
	for name, c := range map[string]struct {
		data []byte
		want Counts
	}{
		"GRE of version 2":          {gre(2, etherIPv4, inner4), Counts{OtherIP: 1}},
		"GRE with routing":          {gre(0x4000, etherIPv4, inner4), Counts{OtherIP: 1}},
		"VXLAN without a number":    {ipv4Bytes(client4, server4, protoUDP, udp(4789, make([]byte, 60))), Counts{UDP: 1}},
		"Geneve of version 1":       {ipv4Bytes(client4, server4, protoUDP, udp(6081, join([]byte{0x40, 0, 0x65, 0x58}, make([]byte, 60)))), Counts{UDP: 1}},
		"too little to be a tunnel": {ipv4Bytes(client4, server4, protoUDP, udp(4789, []byte{8})), Counts{UDP: 1}},
	} {
		_, ok, counts := dissect(linkRaw, len(c.data), c.data)
		require.False(t, ok, name)
		require.Equal(t, c.want, counts, name)
	}
}
