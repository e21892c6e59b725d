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

// A line that is longer than any packet ends the reading; no more of it is held.
func TestLineLongerThanAPacket(t *testing.T) {
	line := strings.Repeat("45 ", 20) + "\n"
	packets := newPacketText(strings.NewReader(line+strings.Repeat("45", 4*MaxPacket)+"\n"+line), KindHex)
	got, err := io.ReadAll(packets)
	var wrong *FormatError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, 2, wrong.Line)
	require.Len(t, got, len(sectionText)+16+20, "the packet before")
	require.LessOrEqual(t, len(packets.b.buf), 4*MaxPacket)
}
