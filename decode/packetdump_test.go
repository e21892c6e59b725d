package decode

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/walcore"
)

// A packet that was copied with its headers, as Ethernet, cooked or IP, padded or not, is
// the message in it, which can be read again.
func TestCopiedPacket(t *testing.T) {
	plain := plainCapture(t)
	var dissector capture.Dissector
	messages, responses := 0, 0
	for i := range plain.packets[:60] {
		var s capture.Segment
		if !dissector.Segment(&plain.packets[i], &s) || len(s.Payload) < 36 {
			continue
		}
		want, err := decodeText(t, hex.EncodeToString(s.Payload))
		if err != nil {
			continue // a piece of a message
		}
		frame := plain.packets[i].Data
		for _, text := range []string{
			hex.EncodeToString(frame), hex.EncodeToString(frame[etherSize:]), hex.EncodeToString(frame) + "00000000",
			"0x" + hex.EncodeToString(frame) + "\n", fmt.Sprintf("% X", frame), base64.StdEncoding.EncodeToString(frame),
			"00000001000600000000000000000800" + hex.EncodeToString(frame[etherSize:]), "0800000000000001000100060000000000000000" + hex.EncodeToString(frame[etherSize:]),
			"frame = bytes.fromhex('" + hex.EncodeToString(frame) + "')", printed(frame), printed(frame[etherSize:]),
		} {
			d, err := decodeText(t, text)
			require.NoError(t, err)
			require.Equal(t, written(t, want, walcore.Selection{Diagnostic: true}), written(t, d, walcore.Selection{Diagnostic: true}))
			require.True(t, assumed(d, AssumedHeaders))
			for k := range d.Log().Len() {
				r := d.Log().At(k)
				if r.Kind == walcore.Diagnostic {
					continue
				}
				again, err := d.Rest(nil, r, 0, int(r.Length))
				require.NoError(t, err)
				require.Equal(t, s.Payload[r.Offset:][:r.Length], again)
				if messages++; r.Kind == walcore.Response {
					responses++
				}
			}
		}
		require.False(t, assumed(want, AssumedHeaders))
	}
	require.Greater(t, messages, 20)
	require.Greater(t, responses, 10)
	for _, c := range []struct {
		packets []capture.Packet
		found   string
	}{{plain.packets[:3], "several network packets"}, {plain.packets[4:6], "several network packets"}, {plain.packets[:1], "a network packet that carries nothing"}} {
		var b []byte
		for _, p := range c.packets {
			b = append(b, p.Data...)
		}
		d, err := decodeText(t, hex.EncodeToString(b))
		require.ErrorContains(t, err, c.found)
		require.Zero(t, d.Log().Len())
	}
}

// printed is a packet as tcpdump -X and -XX print it.
func printed(b []byte) string {
	text := "22:13:20.003000 IP 10.0.0.2.40000 > 10.0.0.1.7500: Flags [P.], seq 1:53, ack 1, win 65535, length 52\n"
	for at := 0; at < len(b); at += 16 {
		row := b[at:min(at+16, len(b))]
		text += fmt.Sprintf("\t0x%04x: ", at)
		for i := 0; i < len(row); i += 2 {
			text += fmt.Sprintf(" %x", row[i:min(i+2, len(row))])
		}
		text += "  " + strings.Repeat(".", len(row)) + "\n"
	}
	return text
}
