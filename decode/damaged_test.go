package decode

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/walcore"
)

// TestDamagedFiles: each file of testdata/damaged gives the log beside it, with
// its diagnostics, then what was assumed and the error, as lines that start with
// #. `go test ./decode -run DamagedFiles -update` writes them anew: read the
// difference. What whole.pcap gives is what those of its
// conversation lack; none of them has a message that is none of it.
func TestDamagedFiles(t *testing.T) {
	files, err := filepath.Glob("../testdata/damaged/*.pcap")
	require.NoError(t, err)
	require.Greater(t, len(files), 20)
	told := map[walcore.Code]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".pcap"), func(t *testing.T) {
			d := New(Options{}, diskFile(file))
			defer d.Close()
			runErr := d.Run(context.Background())
			var got bytes.Buffer
			_, err := d.Log().WriteTo(&got, walcore.Selection{Diagnostic: true}, d.Rest)
			require.NoError(t, err)
			for _, a := range said(d) {
				got.WriteString("# " + a + "\n")
			}
			if runErr != nil {
				got.WriteString("# error: " + runErr.Error() + "\n")
			}
			for i := range d.Log().Len() {
				if r := d.Log().At(i); r.Kind == walcore.Diagnostic {
					told[walcore.Code(r.Op)] = true
				}
			}
			if *update {
				require.NoError(t, os.WriteFile(file+".log", got.Bytes(), 0o644))
				return
			}
			want, err := os.ReadFile(file + ".log")
			require.NoError(t, err)
			requireSameLog(t, want, got.Bytes())
		})
	}
	for _, code := range []walcore.Code{
		walcore.CodeMissing, walcore.CodeCut, walcore.CodeNoBeginning, walcore.CodeNoPing, walcore.CodeOneDirection, walcore.CodeFFIOShown, walcore.CodeUnasked,
		walcore.CodeUnanswered, walcore.CodeAnswerLost, walcore.CodeReadEnd, walcore.CodeIncomplete, walcore.CodeSkipped, walcore.CodeNoHeader, walcore.CodeFirstRead,
		walcore.CodePairingAssumed, walcore.CodePathsUnsure, walcore.CodeDiffers, walcore.CodeLate, walcore.CodeElsewhere, walcore.CodeFragment, walcore.CodeUndecided,
	} {
		require.True(t, told[code], "no file tells of %v", code)
	}
}
