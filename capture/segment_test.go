package capture

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// dissect gives the segment in a packet, and what the packet was counted as.
func dissect(link uint32, original int, data []byte) (Segment, bool, Counts) {
	var d Dissector
	var s Segment
	p := Packet{Number: 7, Time: 70, File: 1000, Link: link, Data: data, Original: int64(original)}
	ok := d.Segment(&p, &s)
	c := d.Counts
	c.Packets--
	return s, ok, c
}

func be16(v ...uint16) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint16(b, x)
	}
	return b
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// The segment that the tests of links wrap up.
var (
	inner4 = ipv4Bytes(client4, server4, protoTCP, tcpBytes(40000, 7500, 100, 200, ACK|PSH, []byte("payload")))
	inner6 = ipv6Bytes(client6, server6, protoTCP, tcpBytes(40000, 7500, 100, 200, ACK|PSH, []byte("payload")))
)

func want4(file int64) Segment {
	return Segment{
		Src: netip.AddrPortFrom(client4, 40000), Dst: netip.AddrPortFrom(server4, 7500), Seq: 100, Ack: 200,
		Flags: ACK | PSH, Payload: []byte("payload"), PayloadFile: file, Packet: 7, Time: 70,
	}
}

func want6(file int64) Segment {
	s := want4(file)
	s.Src, s.Dst = netip.AddrPortFrom(client6, 40000), netip.AddrPortFrom(server6, 7500)
	return s
}

func TestSegmentOnEveryLink(t *testing.T) {
	sll := func(kind uint16) []byte { return append(make([]byte, 14), be16(kind)...) }
	sll2 := func(kind uint16) []byte { return append(be16(kind), make([]byte, 18)...) }
	for name, c := range map[string]struct {
		link uint32
		head []byte
		six  bool
	}{
		"Ethernet":              {1, etherBytes(0x0800, nil), false},
		"Ethernet, IPv6":        {1, etherBytes(0x86DD, nil), true},
		"VLAN":                  {1, etherBytes(0x8100, be16(5, 0x0800)), false},
		"QinQ":                  {1, etherBytes(0x88A8, be16(5, 0x8100, 6, 0x86DD)), true},
		"old QinQ, three tags":  {1, etherBytes(0x9100, be16(5, 0x9100, 5, 0x8100, 6, 0x0800)), false},
		"802.3 with SNAP":       {1, etherBytes(64, []byte{0xAA, 0xAA, 3, 0, 0, 0, 8, 0}), false},
		"MPLS":                  {1, etherBytes(0x8847, []byte{0, 1, 0, 64, 0, 2, 1, 64}), false},
		"PPPoE":                 {1, etherBytes(0x8864, join([]byte{0x11, 0}, be16(9, uint16(len(inner4)+2), 0x21))), false},
		"PPPoE, compressed":     {1, etherBytes(0x8864, join([]byte{0x11, 0}, be16(9, uint16(len(inner6)+1)), []byte{0x57})), true},
		"PPP":                   {9, be16(0x21), false},
		"PPP with HDLC's bytes": {50, be16(0xFF03, 0x57), true},
		"HDLC":                  {104, []byte{0x0F, 0, 8, 0}, false},
		"null, little-endian":   {0, []byte{2, 0, 0, 0}, false},
		"null, big-endian":      {0, []byte{0, 0, 0, 2}, false},
		"null, IPv6 of FreeBSD": {0, []byte{28, 0, 0, 0}, true},
		"null, IPv6 of Darwin":  {0, []byte{0, 0, 0, 30}, true},
		"null, IPv6 of NetBSD":  {0, []byte{24, 0, 0, 0}, true},
		"loop":                  {108, []byte{0, 0, 0, 2}, false},
		"loop, IPv6":            {108, []byte{0, 0, 0, 24}, true},
		"Linux cooked":          {113, sll(0x0800), false},
		"Linux cooked, IPv6":    {113, sll(0x86DD), true},
		"Linux cooked, VLAN":    {113, append(sll(0x8100), be16(5, 0x0800)...), false},
		"Linux cooked v2":       {276, sll2(0x0800), false},
		"Linux cooked v2, IPv6": {276, sll2(0x86DD), true},
		"raw":                   {101, nil, false},
		"raw, IPv6":             {101, nil, true},
		"raw, 12":               {12, nil, false},
		"raw, 14":               {14, nil, true},
		"raw, IPv4 only":        {228, nil, false},
		"raw, IPv6 only":        {229, nil, true},
		"IPv4 in IPv4":          {101, ipv4Head(protoIPv4, len(inner4)), false},
		"IPv6 in IPv4":          {101, ipv4Head(protoIPv6, len(inner6)), true},
	} {
		t.Run(name, func(t *testing.T) {
			inner, want := inner4, want4(0)
			if c.six {
				inner, want = inner6, want6(0)
			}
			data := join(c.head, inner)
			want.PayloadFile = 1000 + int64(len(data)) - int64(len("payload"))
			s, ok, counts := dissect(c.link, len(data), data)
			require.True(t, ok)
			require.Equal(t, want, s)
			require.Equal(t, Counts{TCP: 1}, counts)

			// Padding behind the IP packet is not payload.
			s, ok, _ = dissect(c.link, len(data)+9, append(data, make([]byte, 9)...))
			require.True(t, ok)
			require.Equal(t, want, s)

			// Cut anywhere, there is the segment as far as it goes, or a count.
			for n := range data {
				s, ok, counts := dissect(c.link, len(data), data[:n])
				if n < len(data)-len("payload") {
					if ok { // only the options may be missing, and there are none
						t.Fatalf("cut at %d: a segment without a header", n)
					}
					require.Equal(t, Counts{Cut: 1}, counts, "cut at %d", n)
					continue
				}
				require.True(t, ok)
				require.Equal(t, "payload"[:n-(len(data)-7)], string(s.Payload))
				require.Equal(t, len(data)-n, s.Cut)
				require.Equal(t, want.PayloadFile, s.PayloadFile)
			}
		})
	}
}

// ipv4Head is the header of an IPv4 packet around n bytes.
func ipv4Head(protocol byte, n int) []byte {
	return ipv4Bytes(client4, server4, protocol, make([]byte, n))[:20]
}

func TestSegmentBehindIPv6ExtensionHeaders(t *testing.T) {
	tcp := tcpBytes(40000, 7500, 100, 200, ACK|PSH, []byte("payload"))
	ext := join(
		[]byte{protoRouting, 1}, make([]byte, 14), // hop-by-hop, 16 bytes
		[]byte{protoDestOpts, 0}, make([]byte, 6), // routing
		[]byte{protoAH, 0}, make([]byte, 6), // destination options
		[]byte{protoFragment, 4}, make([]byte, 22), // authentication, 24 bytes
		[]byte{protoTCP, 0, 0, 0, 1, 2, 3, 4}, // a fragment that is the whole packet
	)
	data := ipv6Bytes(client6, server6, protoHopByHop, join(ext, tcp))
	s, ok, _ := dissect(101, len(data), data)
	require.True(t, ok)
	require.Equal(t, want6(1000+int64(len(data))-7), s)
	for n := range data[:len(data)-7] {
		_, ok, counts := dissect(101, len(data), data[:n])
		require.False(t, ok)
		require.Equal(t, Counts{Cut: 1}, counts)
	}
}

func TestSegmentBehindIPv4Options(t *testing.T) {
	data := append([]byte(nil), inner4[:20]...)
	data = append(data, 1, 1, 1, 0)
	data = append(data, inner4[20:]...)
	data[0] = 0x46
	binary.BigEndian.PutUint16(data[2:], uint16(len(data)))
	s, ok, _ := dissect(101, len(data), data)
	require.True(t, ok)
	require.Equal(t, want4(1000+24+20), s)
}

func TestSegmentWithTCPOptions(t *testing.T) {
	tcp := tcpBytes(40000, 7500, 100, 200, ACK|PSH, []byte("12345678payload"))
	tcp[12] = 7 << 4
	data := ipv4Bytes(client4, server4, protoTCP, tcp)
	s, ok, _ := dissect(101, len(data), data)
	require.True(t, ok)
	require.Equal(t, want4(1000+48), s)
	// Cut inside the options: all of the payload is missing, and known to be.
	s, ok, _ = dissect(101, len(data), data[:45])
	require.True(t, ok)
	require.Empty(t, s.Payload)
	require.Equal(t, 7, s.Cut)
}

func TestSegmentOffload(t *testing.T) {
	// A total length of 0: the segment reaches to the end of the frame.
	data := etherBytes(etherIPv4, append([]byte(nil), inner4...))
	data[14+2], data[14+3] = 0, 0
	s, ok, _ := dissect(1, len(data), data)
	require.True(t, ok)
	require.Equal(t, "payload", string(s.Payload))
	s, ok, _ = dissect(1, len(data), data[:len(data)-3])
	require.True(t, ok)
	require.Equal(t, "payl", string(s.Payload))
	require.Equal(t, 3, s.Cut)

	data = etherBytes(etherIPv6, append([]byte(nil), inner6...))
	data[14+4], data[14+5] = 0, 0
	s, ok, _ = dissect(1, len(data), data)
	require.True(t, ok)
	require.Equal(t, "payload", string(s.Payload))
}

func TestSegmentTrustsIPOverAFrameLengthThatWasChanged(t *testing.T) {
	// A tool that cuts packets and writes the new length as the original one.
	data := inner4[:len(inner4)-5]
	s, ok, _ := dissect(101, len(data), data)
	require.True(t, ok)
	require.Equal(t, "pa", string(s.Payload))
	require.Equal(t, 5, s.Cut)
}

func TestOriginalLengthThatLiesMakesNoGap(t *testing.T) {
	data := append([]byte(nil), inner4...)
	data[2], data[3] = 0, 0
	s, ok, _ := dissect(101, 1<<32-1, data)
	require.True(t, ok)
	require.Zero(t, s.Cut)
}

func TestDissectorCountsWhatElseIsThere(t *testing.T) {
	tcp := tcpBytes(1, 2, 3, 4, ACK, nil)
	change := func(b []byte, at int, v byte) []byte {
		b = append([]byte(nil), b...)
		b[at] = v
		return b
	}
	nested := inner4
	for range maxDepth {
		nested = ipv4Bytes(client4, server4, protoIPv4, nested)
	}
	for name, c := range map[string]struct {
		link uint32
		data []byte
		want Counts
	}{
		"UDP":                      {101, ipv4Bytes(client4, server4, protoUDP, make([]byte, 8)), Counts{UDP: 1}},
		"ICMP":                     {101, ipv4Bytes(client4, server4, protoICMP, make([]byte, 8)), Counts{ICMP: 1}},
		"ICMPv6":                   {101, ipv6Bytes(client6, server6, protoICMPv6, make([]byte, 8)), Counts{ICMP: 1}},
		"SCTP":                     {101, ipv4Bytes(client4, server4, 132, make([]byte, 8)), Counts{OtherIP: 1}},
		"tunnels in tunnels":       {101, nested, Counts{OtherIP: 1}},
		"ARP":                      {1, etherBytes(0x0806, make([]byte, 28)), Counts{ARP: 1}},
		"LLDP":                     {1, etherBytes(0x88CC, make([]byte, 28)), Counts{OtherLink: 1}},
		"spanning tree":            {1, etherBytes(39, make([]byte, 39)), Counts{OtherLink: 1}},
		"PPPoE discovery":          {1, etherBytes(0x8864, make([]byte, 39)), Counts{OtherLink: 1}},
		"PPP's own protocol":       {9, be16(0xC021, 0), Counts{OtherLink: 1}},
		"null, AppleTalk":          {0, []byte{16, 0, 0, 0, 1, 2}, Counts{OtherLink: 1}},
		"USB":                      {189, make([]byte, 64), Counts{Unread: 1, Link: 189}},
		"IP version 5":             {101, change(inner4, 0, 0x55), Counts{Bad: 1}},
		"IPv4 header of 16 bytes":  {101, change(inner4, 0, 0x44), Counts{Bad: 1}},
		"IPv4 total of 19":         {101, change(change(inner4, 3, 19), 2, 0), Counts{Bad: 1}},
		"TCP header of 16 bytes":   {101, change(inner4, 32, 0x40), Counts{Bad: 1}},
		"TCP header too long":      {101, ipv4Bytes(client4, server4, protoTCP, change(tcp, 12, 0xF0)), Counts{Bad: 1}},
		"TCP in too little IP":     {101, ipv4Bytes(client4, server4, protoTCP, tcp[:19]), Counts{Bad: 1}},
		"Ethernet frame too short": {1, make([]byte, 13), Counts{Bad: 1}},
		"an empty packet":          {101, nil, Counts{Bad: 1}},
	} {
		_, ok, counts := dissect(c.link, len(c.data), c.data)
		require.False(t, ok, name)
		require.Equal(t, c.want, counts, name)
	}
}
