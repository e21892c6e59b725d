package decode

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/walcore"
)

// A printing is how packets are printed.
type printing struct {
	heading func(i int, p *capture.Packet) string
	row     func(at int, b []byte) string
	after   string
	lines   bool // each packet is one row
}

func (w printing) print(l lossy) string {
	var b strings.Builder
	for i := range l.packets {
		p := &l.packets[i]
		b.WriteString(w.heading(i, p))
		size := 16
		if w.lines {
			size = len(p.Data)
		}
		for at := 0; at < len(p.Data); at += size {
			b.WriteString(w.row(at, p.Data[at:min(at+size, len(p.Data))]))
		}
		b.WriteString(w.after)
	}
	return b.String()
}

// tcpdumpAt is a heading of tcpdump -X with a time.
func tcpdumpAt(layout string) func(int, *capture.Packet) string {
	return func(i int, p *capture.Packet) string {
		text := fmt.Sprintf("%d.%06d", p.Time/1e9, p.Time%1e9/1e3)
		if layout != "" {
			text = time.Unix(0, p.Time).UTC().Format(layout)
		}
		return text + " IP 10.0.0.2.40000 > 10.0.0.1.7500: Flags [P.], seq 1:53, ack 1, win 65535, length 52\n"
	}
}

func tcpdumpRow(at int, b []byte) string {
	text := fmt.Sprintf("\t0x%04x: ", at)
	for i := 0; i < len(b); i += 2 {
		text += fmt.Sprintf(" %x", b[i:min(i+2, len(b))])
	}
	return text + "  " + shown(b) + "\n"
}

func tsharkRow(at int, b []byte) string {
	return fmt.Sprintf("%04x  %-47s   %s\n", at, fmt.Sprintf("% x", b), shown(b))
}

// shown is what a dump has for text: it may look like anything.
func shown(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, string([]rune(string(b))))
}

var printings = map[string]printing{
	"tcpdump -X":       {heading: tcpdumpAt("15:04:05.000000"), row: tcpdumpRow},
	"tcpdump -tttt -X": {heading: tcpdumpAt("2006-01-02 15:04:05.000000"), row: tcpdumpRow},
	"tcpdump -tt -X":   {heading: tcpdumpAt(""), row: tcpdumpRow},
	"tcpdump -ttt -X":  {heading: tcpdumpAt(" 15:04:05.000000"), row: tcpdumpRow},
	"tcpdump -v -X": {heading: func(i int, p *capture.Packet) string {
		return time.Unix(0, p.Time).UTC().Format("15:04:05.000000") + " IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 52)\n    10.0.0.2.40000 > 10.0.0.1.7500: Flags [P.], length 0\n"
	}, row: tcpdumpRow},
	"tshark -x": {heading: noHeading, row: tsharkRow, after: "\n"},
	"tshark -P -x": {heading: func(i int, p *capture.Packet) string {
		return fmt.Sprintf("%5d %d.%06d     10.0.0.2 → 10.0.0.1     TCP 40 40000 → 7500 [SYN] Seq=0\n\n", i+1, p.Time%3600e9/1e9, p.Time%1e9/1e3)
	}, row: tsharkRow, after: "\n"},
	"tshark -V -x": {heading: func(i int, p *capture.Packet) string {
		return fmt.Sprintf("Frame %d: 40 bytes on wire (320 bits)\n    Epoch Time: %d.%09d seconds\n    0100 .... = Version: 4\n        0000 00.. = Differentiated Services Codepoint: Default (0)\n\n", i+1, p.Time/1e9, p.Time%1e9)
	}, row: tsharkRow, after: "\n"},
	"C arrays": {heading: func(i int, p *capture.Packet) string {
		return fmt.Sprintf("/* Frame (%d bytes) */\nstatic const unsigned char pkt%d[%d] = {\n", len(p.Data), i+1, len(p.Data))
	}, row: func(at int, b []byte) string {
		text := ""
		for i, c := range b {
			if text += fmt.Sprintf("0x%02x", c); i+1 < len(b) {
				text += ", "
			}
		}
		return text + ", /* " + strings.NewReplacer("*", ".", "/", ".").Replace(shown(b)) + " */\n"
	}, after: "};\n\n"},
	"xxd": {heading: noHeading, row: func(at int, b []byte) string {
		return fmt.Sprintf("%08x: %x  %s\n", at, b, shown(b))
	}},
	"hexdump": {heading: noHeading, row: func(at int, b []byte) string {
		return fmt.Sprintf("%08x  % x  |%s|\n", at, b, shown(b))
	}},
	"hex lines":               eachInALine("%x"),
	"hex lines with 0x":       eachInALine("0x%X"),
	"hex lines with spaces":   eachInALine("% x"),
	"hex lines in code":       eachInALine("\t\"%x\","),
	"hex lines with headings": {heading: func(i int, p *capture.Packet) string { return fmt.Sprintf("Packet %d (%d bytes):\n", i+1, len(p.Data)) }, row: eachInALine("%x").row, lines: true},
	"base64 lines":            {heading: noHeading, row: func(_ int, b []byte) string { return base64.StdEncoding.EncodeToString(b) + "\n" }, lines: true},
	"base64 lines, unpadded":  {heading: noHeading, row: func(_ int, b []byte) string { return base64.RawURLEncoding.EncodeToString(b) + "\n" }, lines: true},
}

func noHeading(int, *capture.Packet) string { return "" }

// eachInALine prints each packet in a line.
func eachInALine(format string) printing {
	return printing{heading: noHeading, row: func(_ int, b []byte) string { return fmt.Sprintf(format+"\n", b) }, lines: true}
}

// TestPrintedPackets: packets printed in each way give the log of their capture,
// and the bytes of its messages.
func TestPrintedPackets(t *testing.T) {
	for _, name := range []string{"captures/plain.pcap", "../damaged/fragments_differ_v6.pcap", "../damaged/packets_cut.pcap"} {
		l := readLossy(t, golden+name)
		whole := New(Options{}, l.write(all))
		require.NoError(t, whole.Run(t.Context()))
		want := written(t, whole, walcore.Selection{Compatible: true})
		for how, w := range printings {
			text := w.print(l)
			settings := map[string]string{"": text}
			if name != "captures/plain.pcap" {
				settings = map[string]string{"CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "UTF-16": utf16Text(text),
					"prompt": "me@host:~$ tcpdump -r file -X\n" + text + "me@host:~$ exit\n", "quoted": "> " + strings.ReplaceAll(text, "\n", "\n> "),
					"fence": "Look:\n\n```\n" + text + "```\n", "indent": "    " + strings.ReplaceAll(text, "\n", "\n    ")}
			}
			for around, text := range settings {
				what := name + ", " + how + ", " + around
				d, err := decodeText(t, text)
				require.NoError(t, err, what)
				require.Equal(t, capture.KindPacketText, d.Kind(), what)
				require.Equal(t, want, written(t, d, walcore.Selection{Compatible: true}), what)
				require.Equal(t, whole.Log().Diagnostics(), d.Log().Diagnostics(), what)
				for _, i := range []int{0, d.Log().Len() / 2} {
					r := d.Log().At(i)
					if r.Kind != walcore.Request && r.Kind != walcore.Response {
						continue
					}
					was, err := whole.Rest(nil, whole.Log().At(i), 0, int(r.Length))
					require.NoError(t, err)
					again, err := d.Rest(nil, r, 0, int(r.Length))
					require.NoError(t, err, what)
					require.Equal(t, was, again, what)
				}
			}
		}
	}
}

// A terminal's text that was scrolled may begin within a packet's rows.
func TestPrintedFromTheMiddle(t *testing.T) {
	l := readLossy(t, golden+"captures/plain.pcap")
	for how, w := range printings {
		if how == "C arrays" || w.lines {
			continue // without offsets
		}
		first := lossy{packets: l.packets[:1]}
		rest := lossy{packets: l.packets[1:]}
		_, cut, _ := strings.Cut(strings.TrimPrefix(w.print(first), w.heading(0, &l.packets[0])), "\n")
		want, err := decodeText(t, w.print(rest))
		require.NoError(t, err, how)
		d, err := decodeText(t, cut+w.print(rest))
		require.NoError(t, err, how)
		require.Equal(t, capture.KindPacketText, d.Kind(), how)
		require.Equal(t, written(t, want, walcore.Selection{Compatible: true}), written(t, d, walcore.Selection{Compatible: true}), how)
		require.Contains(t, strings.Join(said(d), "\n"), "the rest of a packet before them left out", how)
		require.NotContains(t, strings.Join(said(want), "\n"), "the rest of a packet", how)
	}
}

// TestPrintedTimes: the times are those of the capture as far as they are told,
// and what they lack is an assumption.
func TestPrintedTimes(t *testing.T) {
	l := readLossy(t, golden+"captures/plain.pcap")
	whole := New(Options{}, l.write(all))
	require.NoError(t, whole.Run(t.Context()))
	const base, day = int64(1_700_000_000e9), int64(86400e9)
	for how, c := range map[string]struct {
		shift int64 // of all times; noTime where there are none
		told  string
	}{
		"tcpdump -X":       {-(base / day) * day, "times without a day, taken to be of 1970-01-01"},
		"tcpdump -tttt -X": {0, "times without a zone, taken to be of UTC"},
		"tcpdump -tt -X":   {0, ""},
		"tcpdump -ttt -X":  {noTime, "times, which count from the packet before or from the first, left out"},
		"tshark -x":        {noTime, "without times"},
		"tshark -P -x":     {-base + base%3600e9, "times from the first packet on"},
		"tshark -V -x":     {0, ""},
	} {
		d, err := decodeText(t, printings[how].print(l))
		require.NoError(t, err)
		for i := range d.Log().Len() {
			want := whole.Log().At(i).Time + c.shift
			if c.shift == noTime {
				want = noTime
			}
			require.Equal(t, want, d.Log().At(i).Time, how)
		}
		told := ""
		for _, a := range d.Assumptions() {
			if a.Name == AssumedText {
				told = strings.TrimPrefix(a.Sentence, "the text is read as printed packets, ")
			}
		}
		require.Equal(t, c.told, told, how)
	}
	// Past midnight.
	for i := range l.packets {
		l.packets[i].Time = 19676*day - 1e9 + int64(i)*1e8
	}
	d, err := decodeText(t, printings["tcpdump -X"].print(l))
	require.NoError(t, err)
	require.Less(t, d.Log().At(0).Time, day)
	require.Greater(t, d.Log().At(d.Log().Len()-1).Time, day)
	require.Less(t, d.Log().At(d.Log().Len()-1).Time, 2*day)
}

// TestPrintedPacketsByTshark: what tshark prints itself, where it has put packets
// together of fragments, too.
func TestPrintedPacketsByTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("needs tshark")
	}
	for _, name := range []string{"captures/qinq.pcap", "../damaged/fragments_late.pcap"} {
		whole := New(Options{}, diskFile(golden+name))
		require.NoError(t, whole.Run(t.Context()))
		for _, how := range []string{"-x", "-Px", "-Vx"} {
			text, err := exec.Command(tshark, "-r", golden+name, how).Output()
			require.NoError(t, err)
			d, err := decodeText(t, string(text))
			require.NoError(t, err, how)
			require.Equal(t, written(t, whole, walcore.Selection{}), written(t, d, walcore.Selection{}), "%s %s", name, how)
		}
	}
}

// TestPrintedPacketsThatLackARow: what comes before is decoded, and the place told.
func TestPrintedPacketsThatLackARow(t *testing.T) {
	l := readLossy(t, golden+"captures/plain.pcap")
	lines := strings.SplitAfter(printings["tcpdump -X"].print(l), "\n")
	at := len(lines) / 2
	for !strings.HasPrefix(lines[at], "\t0x0010") {
		at++
	}
	d, err := decodeText(t, strings.Join(lines[:at], "")+strings.Join(lines[at+1:], ""))
	var wrong *capture.FormatError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, "printed packets", wrong.In)
	require.Equal(t, at+1, wrong.Line)
	require.Equal(t, "the offset 00000010 or 0", wrong.Expected)
	require.Equal(t, "00000020", wrong.Found)
	require.Greater(t, d.Log().Len(), 100)
}

// TestLinesThatAreNoPackets: a line is a packet only if its headers say so, and where
// it ends. Messages in lines, and one packet in several, are what they were.
func TestLinesThatAreNoPackets(t *testing.T) {
	l := readLossy(t, golden+"captures/plain.pcap")
	one := l.packets[3].Data // the Ping
	for _, broken := range []int{54, 66, 32, 1} {
		text := ""
		for at := 0; at < len(one); at += broken {
			text += fmt.Sprintf("%x\n", one[at:min(at+broken, len(one))])
		}
		d, err := decodeText(t, text)
		require.NoError(t, err, broken)
		require.Equal(t, capture.KindHex, d.Kind(), broken)
		require.True(t, assumed(d, AssumedHeaders), broken)
		require.EqualValues(t, 1, d.Summary().Messages, broken)
	}
	text, all := "", ""
	for i := range l.packets {
		var s capture.Segment
		if l.packets[i].Segment(&s); len(s.Payload) > 0 {
			text += fmt.Sprintf("%x\n", s.Payload)
			all += fmt.Sprintf("%x", s.Payload)
		}
	}
	want, err := decodeText(t, all)
	require.NoError(t, err)
	d, err := decodeText(t, text)
	require.NoError(t, err)
	require.Equal(t, capture.KindHex, d.Kind())
	require.Equal(t, written(t, want, walcore.Selection{Diagnostic: true}), written(t, d, walcore.Selection{Diagnostic: true}))
}

// TestLinesOfPacketsThatAreCut: by a snap length, or where the beginning of the text
// that tells what it is ends. They are packets as those that end where their headers
// say.
func TestLinesOfPacketsThatAreCut(t *testing.T) {
	snapped := readLossy(t, golden+"captures/plain.pcap")
	snapped.packets = snapped.packets[:100]
	for i := range snapped.packets {
		p := &snapped.packets[i]
		p.Data = p.Data[:min(len(p.Data), 120)]
	}
	large := readLossy(t, golden+"captures/plain.pcap")
	pong := slices.IndexFunc(large.packets, func(p capture.Packet) bool { return len(p.Data) > 66 && p.Data[34] == 0x1D })
	p := &large.packets[pong]
	p.Data = append(slices.Clone(p.Data), make([]byte, 40000)...)
	binary.BigEndian.PutUint16(p.Data[16:], uint16(len(p.Data)-14))
	p.Original = int64(len(p.Data))
	large.packets = large.packets[pong-2:][:12]
	for name, l := range map[string]lossy{"snapped": snapped, "large": large} {
		whole := New(Options{}, l.write(all))
		require.NoError(t, whole.Run(t.Context()), name)
		want := written(t, whole, walcore.Selection{Diagnostic: true})
		for _, how := range []string{"hex lines", "hex lines with spaces", "base64 lines"} {
			for _, before := range []string{"", "\n", "\n\n", "\n\n\n"} { // so that it ends at any digit of a byte
				d, err := decodeText(t, before+printings[how].print(l))
				require.NoError(t, err, "%s, %s", name, how)
				require.Equal(t, capture.KindPacketText, d.Kind(), "%s, %s", name, how)
				require.Equal(t, want, written(t, d, walcore.Selection{Diagnostic: true}), "%s, %s", name, how)
			}
		}
	}
	// What goes on in the next line is not cut.
	for _, rest := range []int{8, 18} {
		text := ""
		for _, p := range large.packets {
			at := len(p.Data) - rest
			text += fmt.Sprintf("%x\n%x\n", p.Data[:at], p.Data[at:])
		}
		_, err := decodeText(t, text)
		require.ErrorContains(t, err, "expected one network packet", rest)
	}
}

// TestLinesOfPacketsWithASlip: what comes before is decoded, and the place told.
func TestLinesOfPacketsWithASlip(t *testing.T) {
	l := readLossy(t, golden+"captures/plain.pcap")
	alone := func(digit string) string { return strconv.Quote(digit) + " alone: a digit is missing, or one too many" }
	for _, c := range []struct {
		how     string
		slip    func(line string) string
		at      int
		foundOf func(line string) string
	}{
		{"hex lines", func(line string) string { return line[:80] + "g" + line[80:] }, 80, func(string) string { return `"g"` }},
		{"hex lines", func(line string) string { return line[:81] + "g" + line[81:] }, 81, func(string) string { return `"g"` }},
		{"hex lines", func(line string) string { return line[:81] + "\n" }, 80, func(line string) string { return alone(line[80:81]) }},
		{"hex lines with spaces", func(line string) string { return line[:81*3+1] + line[81*3+2:] }, 81 * 3, func(line string) string { return alone(line[81*3 : 81*3+1]) }},
		{"base64 lines", func(line string) string { return line[:80] + "?" + line[80:] }, 80, func(string) string { return `"?"` }},
		{"base64 lines", func(line string) string { return line[:81] + "\n" }, 80, func(line string) string { return alone(line[80:81]) }},
	} {
		lines := strings.SplitAfter(printings[c.how].print(l), "\n")
		at := len(lines) / 2
		slip := c.slip(lines[at])
		d, err := decodeText(t, strings.Join(lines[:at], "")+slip+strings.Join(lines[at+1:], ""))
		var wrong *capture.FormatError
		require.ErrorAs(t, err, &wrong, slip)
		require.Equal(t, at+1, wrong.Line, slip)
		require.Equal(t, "a packet in each line, of nothing but its digits", wrong.Expected, slip)
		require.Equal(t, c.foundOf(lines[at]), wrong.Found, slip)
		require.EqualValues(t, len(strings.Join(lines[:at], ""))+c.at, wrong.Offset, slip)
		require.Greater(t, d.Log().Len(), 100, slip)
	}
}
