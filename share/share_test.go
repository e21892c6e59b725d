package share_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share"
	"satascope/share/sharetest"
)

// limits are those of the tests: small, and quick to lose patience.
func limits() share.Limits {
	l := share.DefaultLimits()
	l.Size, l.ChunkSize, l.Chunks = 16<<20, 1<<20, 100
	l.Grace, l.Rate = 500*time.Millisecond, 64<<10
	return l
}

func TestServiceOnDisk(t *testing.T) {
	dir := t.TempDir()
	store, err := share.OpenDisk(dir, share.DiskOptions{})
	require.NoError(t, err)
	defer store.Close()
	server := httptest.NewServer(share.NewHandler(store, share.Options{Limits: limits()}))
	defer server.Close()
	sharetest.Run(t, sharetest.Service{
		URL:    server.URL,
		Limits: limits(),
		Stored: func(t *testing.T, id string) []string { return filesOf(t, dir, id) },
		Seed:   seed(store),
		Break: func(t *testing.T) func() {
			require.NoError(t, os.Rename(filepath.Join(dir, "tmp"), filepath.Join(dir, "away")))
			return func() { require.NoError(t, os.Rename(filepath.Join(dir, "away"), filepath.Join(dir, "tmp"))) }
		},
	})
	require.Empty(t, names(t, filepath.Join(dir, "tmp")))
	require.Empty(t, names(t, filepath.Join(dir, "trash")))
}

func TestServiceInBucket(t *testing.T) {
	bucket := &memoryBucket{objects: map[string][]byte{}}
	store := share.NewBucketStore(bucket)
	server := httptest.NewServer(share.NewHandler(store, share.Options{Limits: limits()}))
	defer server.Close()
	sharetest.Run(t, sharetest.Service{
		URL:    server.URL,
		Limits: limits(),
		Stored: func(_ *testing.T, id string) []string { return bucket.of(id) },
		Seed:   seed(store),
		Break: func(*testing.T) func() {
			bucket.breaks(true)
			return func() { bucket.breaks(false) }
		},
		ReadsBreak: true,
	})
}

func seed(store share.Store) func(*testing.T, share.ID, share.Upload, [][]byte, []byte) {
	return func(t *testing.T, id share.ID, u share.Upload, chunks [][]byte, manifest []byte) {
		ctx := context.Background()
		require.NoError(t, store.Create(ctx, id, u))
		for n, c := range chunks {
			require.NoError(t, store.PutChunk(ctx, id, n, int64(len(c)), bytes.NewReader(c)))
		}
		if manifest != nil {
			require.NoError(t, store.Finish(ctx, id, manifest))
		}
	}
}

// filesOf gives all files whose path names a share.
func filesOf(t *testing.T, dir, id string) []string {
	var found []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, id) {
			found = append(found, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}))
	return found
}

func names(t *testing.T, dir string) []string {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	return found
}

// A memoryBucket is an object store that can fail.
type memoryBucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	broken  bool
}

var errBroken = errors.New("the bucket does not answer")

func (b *memoryBucket) breaks(now bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = now
}

func (b *memoryBucket) of(id string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []string
	for key := range b.objects {
		if strings.Contains(key, id) {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}

func (b *memoryBucket) Put(_ context.Context, key string, size int64, body io.Reader) error {
	content, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if int64(len(content)) != size {
		return io.ErrUnexpectedEOF
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return errBroken
	}
	b.objects[key] = content
	return nil
}

func (b *memoryBucket) Get(_ context.Context, key string) (io.ReadCloser, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	content, ok := b.objects[key]
	if b.broken {
		return nil, 0, errBroken
	}
	if !ok {
		return nil, 0, share.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(content)), int64(len(content)), nil
}

func (b *memoryBucket) Has(_ context.Context, key string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return false, errBroken
	}
	_, ok := b.objects[key]
	return ok, nil
}

func (b *memoryBucket) Delete(_ context.Context, keys []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return errBroken
	}
	for _, key := range keys {
		delete(b.objects, key)
	}
	return nil
}

func (b *memoryBucket) List(_ context.Context, prefix string, each func(string, int64)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return errBroken
	}
	for key, content := range b.objects {
		if strings.HasPrefix(key, prefix) {
			each(key, int64(len(content)))
		}
	}
	return nil
}

// A deletion that fails half way leaves a share that nobody can read and its
// owner can delete again.
func TestBucketDeletionHalfWay(t *testing.T) {
	bucket := &memoryBucket{objects: map[string][]byte{}}
	store := share.NewBucketStore(failAfter{bucket, new(int)})
	server := httptest.NewServer(share.NewHandler(store, share.Options{}))
	defer server.Close()
	c := &sharetest.Client{URL: server.URL, HTTP: server.Client()}
	made, err := c.Upload(7, sharetest.Content(20, 1), 10, []byte("m"))
	require.NoError(t, err)
	require.ErrorContains(t, c.Delete(made.ID, made.Token), "503 store_failed")
	_, err = c.Info(made.ID)
	require.ErrorContains(t, err, "404 not_found")
	_, err = c.Chunk(made.ID, 0)
	require.ErrorContains(t, err, "404 not_found")
	require.NoError(t, c.Delete(made.ID, made.Token))
	require.Empty(t, bucket.of(made.ID))
}

// failAfter fails the second deletion.
type failAfter struct {
	*memoryBucket
	deletions *int
}

func (b failAfter) Delete(ctx context.Context, keys []string) error {
	if *b.deletions++; *b.deletions == 2 {
		return errBroken
	}
	return b.memoryBucket.Delete(ctx, keys)
}

func TestRateLimit(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	clock := func() time.Time { return now }
	l := share.NewLimiter(3, 10*time.Second, "", clock)
	h := share.NewHandler(share.NewBucketStore(&memoryBucket{objects: map[string][]byte{}}), share.Options{Now: clock, Admit: l.Admit})
	create := func(from string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/api/shares", strings.NewReader(`{"days":1,"size":10,"chunk_size":10}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-For", "198.51.100.200") // not believed
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for range 3 {
		require.Equal(t, http.StatusCreated, create("192.0.2.1:1000").Code)
	}
	w := create("192.0.2.1:2000")
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "10", w.Header().Get("Retry-After"))
	require.Contains(t, w.Body.String(), `"code":"too_many"`)
	require.Equal(t, http.StatusCreated, create("192.0.2.2:1000").Code, "another address")
	now = now.Add(10 * time.Second)
	require.Equal(t, http.StatusCreated, create("192.0.2.1:1000").Code)
	require.Equal(t, http.StatusTooManyRequests, create("192.0.2.1:1000").Code)
	// A customer has a whole /64.
	for i := range 3 {
		require.Equal(t, http.StatusCreated, create("[2001:db8::"+string(rune('1'+i))+"]:1").Code)
	}
	require.Equal(t, http.StatusTooManyRequests, create("[2001:db8::ffff]:1").Code)
	require.Equal(t, http.StatusCreated, create("[2001:db8:0:1::1]:1").Code)
}

func TestRateLimitBehindProxy(t *testing.T) {
	l := share.NewLimiter(1, time.Hour, "X-Forwarded-For", time.Now)
	ask := func(forwarded ...string) time.Duration {
		r := httptest.NewRequest("POST", "/", nil)
		for _, f := range forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		return l.Admit(r)
	}
	require.Zero(t, ask("192.0.2.9, 198.51.100.1"))
	require.NotZero(t, ask("192.0.2.8, 198.51.100.1"), "only the proxy's own entry counts")
	require.NotZero(t, ask("192.0.2.8", "198.51.100.1"))
	require.Zero(t, ask("198.51.100.2"))
	require.Zero(t, ask("what"))
	require.NotZero(t, ask("else"), "what can't be read is one address")
}

func TestRateLimitForgets(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := share.NewLimiter(1, time.Second, "", func() time.Time { return now })
	for i := range 1<<16 + 100 {
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)
		require.Zero(t, l.Admit(r), "%d addresses are no reason to refuse another", i)
	}
}

func TestIDs(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, days := range share.Days {
		id, err := share.NewID(days, now, bytes.NewReader(make([]byte, 16)))
		require.NoError(t, err)
		require.Len(t, id.String(), 28)
		require.Equal(t, now.AddDate(0, 0, days), id.Expires())
		require.Equal(t, days, id.Days())
		again, err := share.ParseID(id.String())
		require.NoError(t, err)
		require.Equal(t, id, again)
	}
	_, err := share.NewID(2, now, bytes.NewReader(make([]byte, 16)))
	require.Error(t, err)
	_, err = share.NewID(1, now, bytes.NewReader(make([]byte, 15)))
	require.Error(t, err)
	for _, bad := range []string{"", ".", "..", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", strings.Repeat("B", 27), strings.Repeat("B", 29), "B" + strings.Repeat("/", 27), "B\n" + strings.Repeat("A", 26), "BAAAAAAAAAAAAAAAAAAAAAAAAAA="} {
		_, err := share.ParseID(bad)
		require.Error(t, err, bad)
	}
}

func FuzzID(f *testing.F) {
	f.Add("HgAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := share.ParseID(s)
		if err == nil {
			require.Equal(t, s, id.String(), "an id has one spelling")
			require.NotContains(t, s, "/")
			require.NotContains(t, s, ".")
		}
	})
}

func TestNone(t *testing.T) {
	h := share.None("This server keeps no shares", "Start it with --data.")
	ask := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		require.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		return w
	}
	w := ask("GET", "/api/health")
	require.Equal(t, http.StatusOK, w.Code)
	require.JSONEq(t, `{"ok": false, "shares": false, "message": "This server keeps no shares. Start it with --data."}`, w.Body.String())
	require.Empty(t, ask("HEAD", "/api/health").Body.String())
	for _, try := range [][2]string{{"POST", "/api/shares"}, {"GET", "/api/shares/" + strings.Repeat("A", 28)}, {"POST", "/api/health"}} {
		w = ask(try[0], try[1])
		require.Equal(t, http.StatusNotFound, w.Code, try)
		require.Contains(t, w.Body.String(), `"code":"no_shares"`)
		require.Contains(t, w.Body.String(), "Start it with --data.")
	}
}
