package livelog

import (
	"bufio"
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain is also the server that TestKilled kills.
func TestMain(m *testing.M) {
	if path := os.Getenv("LIVELOG_SERVE"); path != "" {
		serveForever(path)
	}
	os.Exit(m.Run())
}

// serveForever records without end, and says on standard output that it began.
// It takes its time, as servers do: a record that reaches over the end of a page
// may be cut within a microsecond (see lineFile.flush), and such a kill is not
// what is tested here.
func serveForever(path string) {
	l, err := Options{Traffic: 50 * time.Millisecond}.Open(path)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	_ = l.RecordOpenStream(ctx, 1)
	fmt.Println("serving")
	for i := 0; ; i++ {
		request := removeRequest(fmt.Sprintf("/%051d", i))
		if err := l.RecordRequest(ctx, 1, request); err != nil {
			panic(err)
		}
		if err := l.RecordResponse(ctx, 1, resultResponse(uint32(i)|1<<31)); err != nil {
			panic(err)
		}
		time.Sleep(time.Millisecond)
	}
}

var wholeLine = regexp.MustCompile(`^(->Remove       \{path=/\d{51}\}|<-          RC \{return_code=Failure \([0-9a-f]{8}\)\})$`)

func TestKilled(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 5
	}
	written := 0
	for round := range rounds {
		path := filepath.Join(t.TempDir(), "log")
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "LIVELOG_SERVE="+path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		_, err = bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		time.Sleep(time.Duration(rand.Int63n(int64(300 * time.Millisecond))))
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait(), "it was killed")
		got := read(t, path)
		written += len(got)
		if got == "" {
			continue
		}
		require.True(t, strings.HasSuffix(got, "\n"), "round %d: half a line at the end: %q", round, got[max(0, len(got)-100):])
		for i, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
			if !wholeLine.MatchString(line) {
				t.Fatalf("round %d, line %d is not whole: %q", round, i+1, line)
			}
		}
	}
	require.NotZero(t, written, "nothing was ever written")
}
