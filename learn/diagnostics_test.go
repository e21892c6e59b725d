package learn

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/decode"
	"satascope/walcore"
)

// TestBoundedDiagnostics: the codes that share a bound on how many are told one by
// one say so alike, all of them by name.
func TestBoundedDiagnostics(t *testing.T) {
	shared := []walcore.Code{walcore.CodeDiffers, walcore.CodeLate, walcore.CodeElsewhere, walcore.CodeFragment}
	for _, code := range shared {
		means := DiagnosticTexts[code].Means
		says := means[len(means)-1]
		require.Contains(t, says, "At most "+Count(decode.MaxDrops)+" of a stream, and "+Count(decode.MaxAllDrops)+" of all streams", code)
		for _, other := range shared {
			require.Contains(t, says, "`"+other.String()+"`", code)
		}
	}
}
