package decode

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture/unpack"
)

// Captures that begin in the middle: whatever the first read size was, which nothing
// tells, the messages are those of the whole capture.
func TestBeginnings(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	messages, invented, captures := 0, 0, 0
	names, err := filepath.Glob(golden + "captures/*.pcap")
	require.NoError(t, err)
	for _, name := range names {
		l := readLossy(t, name)
		whole := New(Options{Unpackers: unpack.Native()}, l.write(func(int) bool { return true }))
		require.NoError(t, whole.Run(context.Background()))
		truth := messagesOf(whole)
		for k := 1; k < 20; k++ {
			from := len(l.packets) * k / 20
			d := New(Options{}, l.write(func(i int) bool { return i >= from }))
			_ = d.Run(context.Background()) // a length that can't be one is an error, too
			captures++
			for p := range messagesOf(d) {
				messages++
				if _, is := truth[p]; !is {
					invented++
				}
			}
		}
	}
	t.Logf("%d captures, %d messages, %d of them none of the whole", captures, messages, invented)
	require.LessOrEqual(t, invented, messages/2000)
}
