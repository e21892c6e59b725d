package page

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPartNames(t *testing.T) {
	for name, want := range map[string]string{"a.pcapng.gz": "a.part.pcapng", "b.pcap": "b.part.pcapng", "c": "c.part.pcapng", "": "capture.part.pcapng"} {
		require.Equal(t, want, partName(name))
	}
}
