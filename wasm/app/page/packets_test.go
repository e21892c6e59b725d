//go:build js && wasm

package page

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/wasm/app/bridge"
)

// TestPacketOfNoFile: what the worker says of a packet's file is not trusted to be
// one of those that are open.
func TestPacketOfNoFile(t *testing.T) {
	m := &bridge.Packets{Carrier: bridge.CarrierPacket, List: []bridge.Packet{{Time: bridge.NoTime}}}
	var names []string
	for _, c := range packetColumns(m, []source{{name: "a.pcap"}, {name: "b\u202e.pcap"}}, 0) {
		if c.class == "file" {
			for n := range uint8(3) {
				names = append(names, c.text(&bridge.Packet{Source: n}))
			}
		}
	}
	require.Equal(t, []string{"a.pcap", visible("b\u202e.pcap"), ""}, names)
}
