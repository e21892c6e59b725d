package walcore

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

func appendRequest(t testing.TB, r *sata.Request) []byte {
	t.Helper()
	b, err := sata.AppendRequest(nil, r)
	require.NoError(t, err)
	return b
}
