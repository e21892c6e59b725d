//go:build linux

package share_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share/sharetest"
)

// A disk that is really full: a file system of one megabyte in memory, where the
// test may make one.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("needs the right to mount a file system: %v", err)
	}
	defer func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) }()
	store, c := onDisk(t, dir, &clock{time.Now()}, 0)
	kept, err := c.Upload(1, sharetest.Content(300_000, 1), 100_000, []byte("m"))
	require.NoError(t, err)
	made, err := c.Create(1, 900_000, 300_000)
	require.NoError(t, err)
	used := store.Used()
	var full error
	n := 0
	for ; full == nil && n < 3; n++ {
		full = c.PutChunk(made, n, sharetest.Content(300_000, 2))
	}
	require.ErrorContains(t, full, "507 full")
	require.ErrorContains(t, full, "no room")
	require.Empty(t, names(t, filepath.Join(dir, "tmp")), "nothing of it is left")
	require.Len(t, filesOf(t, dir, made.ID), n, "the record, and the chunks before")
	require.Equal(t, used+int64(n-1)*300_000, store.Used())
	// To the last byte: not even a small file fits.
	stuff := filepath.Join(dir, "stuff")
	f, err := os.Create(stuff)
	require.NoError(t, err)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	require.NoError(t, f.Close())
	_, err = c.Create(1, 10, 10)
	require.ErrorContains(t, err, "507 full")
	_, _, err = c.Do("GET", "/api/health", "", "", nil)
	require.ErrorContains(t, err, "507 full")
	require.Empty(t, names(t, filepath.Join(dir, "tmp")))
	got, _, err := c.Download(kept.ID)
	require.NoError(t, err, "what was there is there")
	require.Equal(t, sharetest.Content(300_000, 1), got)
	require.NoError(t, c.Delete(made.ID, made.Token), "a full disk can be emptied")
	require.NoError(t, os.Remove(stuff))
	_, err = c.Upload(1, sharetest.Content(300_000, 3), 100_000, []byte("m"))
	require.NoError(t, err)
}
