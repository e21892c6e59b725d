package capture

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What was put together of several packets is printed below the last of them, and
// can be of any length: no more of it is held than of a packet.
func TestReassembledRowsAreNotHeld(t *testing.T) {
	text := "Frame (16 bytes):\n" + wiresharkText(make([]byte, 16)) + "\nReassembled TCP (99999999 bytes):\n" + wiresharkText(make([]byte, 2*MaxPacket))
	packets := newPacketText(strings.NewReader(text), KindOD)
	got, err := io.ReadAll(packets)
	require.NoError(t, err)
	require.Len(t, got, len(sectionText)+16+16, "the packet")
	require.LessOrEqual(t, cap(packets.packet), MaxPacket)
}
