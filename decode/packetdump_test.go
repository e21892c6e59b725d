package decode

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/walcore"
)

// A packet that was copied with its headers, as Ethernet or IP, padded or not, is
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
		for _, b := range [][]byte{frame, frame[etherSize:], append(frame[:len(frame):len(frame)], 0, 0, 0, 0)} {
			d, err := decodeText(t, hex.EncodeToString(b))
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
