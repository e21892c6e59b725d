package share_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share"
	"satascope/share/sharetest"
)

// A clock is one that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func onDisk(t *testing.T, dir string, c *clock, quota int64) (*share.Disk, *sharetest.Client) {
	store, err := share.OpenDisk(dir, share.DiskOptions{Quota: quota, Now: c.now})
	require.NoError(t, err)
	server := httptest.NewServer(share.NewHandler(store, share.Options{Limits: limits(), Now: c.now}))
	t.Cleanup(func() {
		server.Close()
		_ = store.Close()
	})
	return store, &sharetest.Client{URL: server.URL, HTTP: server.Client()}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	clock := &clock{time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	store, c := onDisk(t, dir, clock, 0)
	made := map[int]*sharetest.Share{}
	for _, days := range share.Days {
		var err error
		made[days], err = c.Upload(days, sharetest.Content(5000, 1), 1000, []byte("m"))
		require.NoError(t, err)
	}
	begun, err := c.Create(30, 20, 10)
	require.NoError(t, err)
	require.NoError(t, c.PutChunk(begun, 0, sharetest.Content(10, 1)))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "shares", "not one of ours"), 0o700))
	sweep := func(want int) {
		t.Helper()
		n, err := store.Sweep(context.Background())
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	sweep(0)
	clock.t = clock.t.Add(3*time.Hour - time.Second)
	sweep(0)
	require.NoError(t, c.PutChunk(begun, 1, sharetest.Content(10, 1)))
	clock.t = clock.t.Add(time.Second)
	require.ErrorContains(t, c.Finish(begun, []byte("m")), "410 upload_over")
	require.ErrorContains(t, c.PutChunk(begun, 1, sharetest.Content(10, 1)), "410 upload_over")
	sweep(1)
	require.Empty(t, filesOf(t, dir, begun.ID))
	clock.t = made[1].Expires.Add(-time.Second)
	sweep(0)
	_, err = c.Info(made[1].ID)
	require.NoError(t, err)
	clock.t = made[1].Expires
	sweep(1)
	require.Empty(t, filesOf(t, dir, made[1].ID))
	_, err = c.Info(made[1].ID)
	require.ErrorContains(t, err, "410 expired", "the id says so when nothing is left")
	clock.t = made[30].Expires.AddDate(1, 0, 0)
	sweep(2)
	require.Zero(t, store.Used())
	require.Equal(t, []string{"not one of ours"}, names(t, filepath.Join(dir, "shares")))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	store.KeepSwept(ctx, time.Hour, func(err error) { require.NoError(t, err) })
}

func TestQuota(t *testing.T) {
	dir := t.TempDir()
	clock := &clock{time.Now()}
	store, c := onDisk(t, dir, clock, 100_000)
	a, err := c.Upload(1, sharetest.Content(60_000, 1), 10_000, []byte("m"))
	require.NoError(t, err)
	used := store.Used()
	require.Greater(t, used, int64(60_000))
	_, err = c.Create(1, 60_000, 10_000)
	require.ErrorContains(t, err, "507 full")
	// Two that fit alone and not together: the second is refused when the room is gone.
	b, err := c.Create(1, 10_000, 10_000)
	require.NoError(t, err)
	d, err := c.Create(1, 15_000, 10_000)
	require.NoError(t, err)
	require.NoError(t, c.PutChunk(b, 0, sharetest.Content(10_000, 1)))
	require.NoError(t, c.PutChunk(b, 0, sharetest.Content(10_000, 2)), "again, in the same room")
	require.ErrorContains(t, c.PutChunk(d, 0, sharetest.Content(10_000, 1)), "507 full")
	require.Len(t, filesOf(t, dir, d.ID), 1, "what was refused is not kept")
	full := store.Used()
	// A new start counts the same.
	require.NoError(t, store.Close())
	again, err := share.OpenDisk(dir, share.DiskOptions{Quota: 100_000})
	require.NoError(t, err)
	require.InDelta(t, full, again.Used(), 1000)
	require.NoError(t, again.Close())
	require.NoError(t, c.Delete(a.ID, a.Token))
	require.NoError(t, c.PutChunk(d, 0, sharetest.Content(10_000, 1)))
	require.NoError(t, c.Delete(b.ID, b.Token))
	require.NoError(t, c.Delete(d.ID, d.Token))
	require.Zero(t, store.Used())
}

func TestQuotaAfterRefusals(t *testing.T) {
	store, c := onDisk(t, t.TempDir(), &clock{time.Now()}, 0)
	made, err := c.Create(1, 100, 100)
	require.NoError(t, err)
	id, err := share.ParseID(made.ID)
	require.NoError(t, err)
	before := store.Used()
	ctx := context.Background()
	require.Equal(t, io.ErrUnexpectedEOF, store.PutChunk(ctx, id, 0, 100, bytes.NewReader(make([]byte, 50))))
	require.Equal(t, before, store.Used())
	require.NoError(t, c.PutChunk(made, 0, make([]byte, 100)))
	require.Error(t, store.PutChunk(ctx, id, 0, 100, bytes.NewReader(nil)))
	require.Equal(t, before+100, store.Used(), "the earlier chunk is there still")
	require.NoError(t, c.Finish(made, []byte("manifest")))
	require.Equal(t, share.ErrFinished, store.PutChunk(ctx, id, 0, 100, bytes.NewReader(make([]byte, 100))))
	require.Equal(t, share.ErrFinished, store.Finish(ctx, id, []byte("manifest")))
	require.Equal(t, before+108, store.Used())
	require.NoError(t, c.Delete(made.ID, made.Token))
	require.Equal(t, share.ErrNotFound, store.PutChunk(ctx, id, 0, 100, bytes.NewReader(make([]byte, 100))))
	require.Equal(t, share.ErrNotFound, store.Finish(ctx, id, nil))
	require.Zero(t, store.Used())
}

// A store that is opened again goes on with what was begun, and has no remains.
func TestOpenAgain(t *testing.T) {
	dir := t.TempDir()
	clock := &clock{time.Now()}
	store, c := onDisk(t, dir, clock, 0)
	content := sharetest.Content(25, 1)
	made, err := c.Create(7, 25, 10)
	require.NoError(t, err)
	require.NoError(t, c.PutChunk(made, 0, content[:10]))
	_, err = share.OpenDisk(dir, share.DiskOptions{})
	require.ErrorContains(t, err, "another process has the shares in "+dir)
	require.NoError(t, store.Close())
	for _, remains := range []string{"tmp/7", "trash/x.1/chunk-00000"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, remains)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, remains), content, 0o600))
	}
	_, c = onDisk(t, dir, clock, 0)
	require.Empty(t, names(t, filepath.Join(dir, "tmp")))
	require.Empty(t, names(t, filepath.Join(dir, "trash")))
	require.NoError(t, c.PutChunk(made, 1, content[10:20]))
	require.NoError(t, c.PutChunk(made, 2, content[20:]))
	require.NoError(t, c.Finish(made, []byte("m")))
	got, _, err := c.Download(made.ID)
	require.NoError(t, err)
	require.Equal(t, content, got)
	_, err = share.OpenDisk(filepath.Join(dir, "shares", made.ID, "manifest"), share.DiskOptions{})
	require.ErrorContains(t, err, "the folder of the shares")
}

// Only the one who runs the service can read its files.
func TestFileModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, c := onDisk(t, dir, &clock{time.Now()}, 0)
	made, err := c.Upload(1, sharetest.Content(20, 1), 10, []byte("m"))
	require.NoError(t, err)
	for _, path := range append(filesOf(t, dir, made.ID), dir, filepath.Join(dir, "shares")) {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, path)
	}
}

func TestTwoHundredAtOnce(t *testing.T) {
	dir := t.TempDir()
	store, err := share.OpenDisk(dir, share.DiskOptions{})
	require.NoError(t, err)
	defer store.Close()
	// Patience of the usual length: here the machine is what is slow.
	server := httptest.NewServer(share.NewHandler(store, share.Options{}))
	defer server.Close()
	c := &sharetest.Client{URL: server.URL, HTTP: &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 200}}}
	require.NoError(t, sharetest.UploadAtOnce(c, 200, 200_000, 64<<10))
	require.Len(t, names(t, filepath.Join(dir, "shares")), 200)
	require.Empty(t, names(t, filepath.Join(dir, "uploads")))
	require.Empty(t, names(t, filepath.Join(dir, "tmp")))
}

// Requests for one share at the same time leave it in one piece.
func TestOneShareFromManySides(t *testing.T) {
	dir := t.TempDir()
	store, err := share.OpenDisk(dir, share.DiskOptions{})
	require.NoError(t, err)
	defer store.Close()
	ctx := context.Background()
	for round := range 30 {
		id, err := share.NewID(1, time.Now(), rand.Reader)
		require.NoError(t, err)
		require.NoError(t, store.Create(ctx, id, share.Upload{Size: 10, ChunkSize: 10, TokenHash: make([]byte, 32)}))
		require.NoError(t, store.PutChunk(ctx, id, 0, 10, bytes.NewReader(make([]byte, 10))))
		results := make(chan error)
		for range 4 {
			go func() { results <- store.PutChunk(ctx, id, 0, 10, bytes.NewReader(make([]byte, 10))) }()
			go func() { results <- store.Finish(ctx, id, []byte("manifest")) }()
		}
		if round%2 == 0 {
			go func() { results <- store.Delete(ctx, id) }()
		} else {
			go func() { _, _, err := store.Upload(ctx, id); results <- err }()
		}
		for range 9 {
			if err := <-results; err != nil {
				require.Contains(t, []error{share.ErrFinished, share.ErrNotFound}, err)
			}
		}
		if round%2 == 0 {
			require.Empty(t, filesOf(t, dir, id.String()))
			continue
		}
		_, manifest, err := store.Manifest(ctx, id)
		require.NoError(t, err)
		require.Equal(t, "manifest", string(manifest))
		require.Len(t, filesOf(t, dir, id.String()), 3)
		require.NoError(t, store.Delete(ctx, id))
	}
	require.Zero(t, store.Used())
	require.Empty(t, names(t, filepath.Join(dir, "tmp")))
}
