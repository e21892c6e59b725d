package walcore_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/walcore"
)

// What is to stand behind a line stands there, and only behind lines that are
// written.
func TestWriteToAfter(t *testing.T) {
	log := walcore.NewLog(walcore.Limits{})
	m := walcore.NewMachine(log)
	m.OpenStream(0)
	for range 3 {
		m.Request(0, walcore.Message{Head: []byte("none"), Length: 4})
	}
	var plain, noted bytes.Buffer
	_, err := log.WriteTo(&plain, walcore.Selection{}, nil)
	require.NoError(t, err)
	lines := strings.SplitAfter(plain.String(), "\n")
	_, err = log.WriteTo(&noted, walcore.Selection{
		Keep: func(i int) bool { return i != 1 },
		After: func(dst []byte, i int) []byte {
			return append(dst, "!! note "+string(rune('0'+i))+"\n"...)
		},
	}, nil)
	require.NoError(t, err)
	require.Equal(t, lines[0]+"!! note 0\n"+lines[2]+"!! note 2\n", noted.String())
}
