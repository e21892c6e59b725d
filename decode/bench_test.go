package decode

import (
	"context"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/walcore"
)

// BenchmarkDecode decodes a capture from memory and writes its compatible log:
// many small messages in streams.pcapng, large reads in default_sizes.pcap.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"captures/streams.pcapng", "captures/default_sizes.pcap"} {
		b.Run(name, func(b *testing.B) {
			file, err := os.ReadFile(golden + name)
			require.NoError(b, err)
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				d := New(Options{}, memoryFile(file))
				if err := d.Run(context.Background()); err != nil {
					b.Fatal(err)
				}
				if _, err := d.Log().WriteTo(io.Discard, walcore.Selection{Compatible: true}, d.Rest); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
