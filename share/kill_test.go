//go:build unix

package share_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share"
	"satascope/share/sharetest"
)

// serveEnv makes the test program a service on the folder that it names.
const serveEnv = "SATASCOPE_TEST_SERVE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveEnv); dir != "" {
		if err := serveForTest(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serveForTest(dir string) error {
	store, err := share.OpenDisk(dir, share.DiskOptions{})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	return http.Serve(l, share.NewHandler(store, share.Options{}))
}

// A process that serves the folder, to be killed.
func startProcess(t *testing.T, dir string) (*exec.Cmd, string) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return cmd, strings.TrimSpace(line)
}

// A known share is one of which the test knows what the service said.
type known struct {
	made     *sharetest.Share
	content  []byte
	finished bool // the service said so
	deleted  bool // the service said so
	deleting bool // it was asked to, and did not answer
}

// The service is killed fifty times while shares are made and deleted. What it
// said was finished is there, whole; what it said was deleted is not; and
// nothing is there by half.
func TestKilledFiftyTimes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process fifty times")
	}
	dir := t.TempDir()
	var all []*known
	// A slow machine gets less done in a round: it has more of them.
	for round := 0; round < 50 || round < 500 && !count(all).enough(); round++ {
		cmd, url := startProcess(t, dir)
		c := &sharetest.Client{URL: url, HTTP: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{}}}
		for _, k := range all[max(0, len(all)-60):] {
			verify(t, c, k)
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for worker := range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					k := makeShare(c, byte(round*16+worker*4+i), (worker+i)%2 == 0)
					if k.made != nil {
						mu.Lock()
						all = append(all, k)
						mu.Unlock()
					}
				}
			}()
		}
		time.Sleep(time.Duration(5+mathrand.IntN(60)) * time.Millisecond)
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
		close(stop)
		wg.Wait()
	}
	cmd, url := startProcess(t, dir)
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	c := &sharetest.Client{URL: url, HTTP: &http.Client{Timeout: 30 * time.Second}}
	for _, k := range all {
		verify(t, c, k)
	}
	n := count(all)
	t.Logf("%+v", n)
	require.True(t, n.enough(), "the test must have something to lose, to delete and to interrupt: %+v", n)
	require.Empty(t, names(t, filepath.Join(dir, "tmp")))
	require.Empty(t, names(t, filepath.Join(dir, "trash")))
	for _, name := range names(t, filepath.Join(dir, "shares")) {
		id, err := share.ParseID(name)
		require.NoError(t, err)
		require.Len(t, filesOf(t, dir, id.String()), 5, "three chunks, the record, the manifest")
	}
}

// tally counts shares by what the service said of them.
type tally struct{ finished, deleted, interrupted int }

func (n tally) enough() bool { return n.finished > 20 && n.deleted > 10 && n.interrupted > 10 }

func count(all []*known) (n tally) {
	for _, k := range all {
		switch {
		case k.deleted:
			n.deleted++
		case k.finished && !k.deleting:
			n.finished++
		default:
			n.interrupted++
		}
	}
	return n
}

// makeShare makes a share as far as the service lets it.
func makeShare(c *sharetest.Client, seed byte, remove bool) *known {
	const size, chunk = 25_000, 10_000
	k := &known{content: sharetest.Content(size, seed)}
	var err error
	if k.made, err = c.Create(7, size, chunk); err != nil {
		return &known{}
	}
	for n := range k.made.Chunks {
		if c.PutChunk(k.made, n, sharetest.Cut(k.content, chunk, n)) != nil {
			return k
		}
	}
	if c.Finish(k.made, []byte("manifest")) != nil {
		return k
	}
	k.finished = true
	if remove {
		k.deleting = true
		k.deleted = c.Delete(k.made.ID, k.made.Token) == nil
	}
	return k
}

func verify(t *testing.T, c *sharetest.Client, k *known) {
	t.Helper()
	got, manifest, err := c.Download(k.made.ID)
	var r *sharetest.Refusal
	switch {
	case err == nil:
		require.False(t, k.deleted, "a deleted share came back")
		require.True(t, bytes.Equal(k.content, got), "a share that is there is whole")
		require.Equal(t, "manifest", string(manifest))
	case errors.As(err, &r):
		require.Equal(t, http.StatusNotFound, r.Status)
		require.True(t, !k.finished || k.deleting, "a finished share was lost")
	default:
		require.NoError(t, err)
	}
}
