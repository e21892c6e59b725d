package page

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlaces(t *testing.T) {
	for text, want := range map[string]place{
		"":              {row: -1},
		"row=1":         {row: 0},
		"port=80&row=9": {row: 8, port: 80},
		"port=65535":    {row: -1, port: 65535},
	} {
		require.Equal(t, want, parsePlace(text), text)
		require.Equal(t, text, want.fragment())
	}
	for _, text := range []string{"row=0", "row=-1", "row=x", "row=99999999999", "port=65536", "port", "filter=row=7", "&&="} {
		require.Equal(t, place{row: -1}, parsePlace(text), text)
	}
}
