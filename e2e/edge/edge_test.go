//go:build unix

package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share"
	"satascope/share/sharetest"
)

// The limits that the tests' configuration sets.
func limits() share.Limits {
	l := share.DefaultLimits()
	l.Size, l.Grace = 16<<20, time.Second
	return l
}

// A door is the running worker and what behind.mjs adds to it.
type door struct{ url string }

func (d door) ask(t *testing.T, path string, body []byte) []byte {
	t.Helper()
	resp, err := http.Post(d.url+"/api/behind/"+path, "application/octet-stream", bytes.NewReader(body))
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s: %s", path, b)
	return b
}

// stored gives the bucket's objects whose key names a share.
func (d door) stored(t *testing.T, id string) []string {
	var all, found []string
	require.NoError(t, json.Unmarshal(d.ask(t, "list", nil), &all))
	for _, key := range all {
		if strings.Contains(key, id) {
			found = append(found, key)
		}
	}
	return found
}

// A putOnly is a bucket to put into, through the door.
type putOnly struct {
	share.Bucket
	t *testing.T
	d door
	m map[string][]byte
}

func (p putOnly) Put(_ context.Context, key string, _ int64, body io.Reader) error {
	b, err := io.ReadAll(body)
	p.m[key] = b
	p.d.ask(p.t, "put?key="+url.QueryEscape(key), b)
	return err
}

func (p putOnly) Get(_ context.Context, key string) (io.ReadCloser, int64, error) {
	b, ok := p.m[key]
	if !ok {
		return nil, 0, share.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(b)), int64(len(b)), nil
}

func (d door) seed(t *testing.T, id share.ID, u share.Upload, chunks [][]byte, manifest []byte) {
	ctx := context.Background()
	store := share.NewBucketStore(putOnly{t: t, d: d, m: map[string][]byte{}})
	require.NoError(t, store.Create(ctx, id, u))
	for n, c := range chunks {
		require.NoError(t, store.PutChunk(ctx, id, n, int64(len(c)), bytes.NewReader(c)))
	}
	if manifest != nil {
		require.NoError(t, store.Finish(ctx, id, manifest))
	}
}

// start runs wrangler with the project's own configuration, but for the worker's
// first file, the variables and the rate limits.
func start(t *testing.T) door {
	if os.Getenv("SATASCOPE_EDGE") == "" {
		t.Skip("set SATASCOPE_EDGE=1 to run the worker in workerd (needs npm ci in e2e/edge, and the built site)")
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(root, "dist", "index.html"), "build the site first: ./build.sh")
	wrangler := filepath.Join(root, "e2e", "edge", "node_modules", ".bin", "wrangler")
	require.FileExists(t, wrangler, "run npm ci in e2e/edge first")
	build := exec.Command("sh", filepath.Join(root, "wasm", "edge", "build.sh"))
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	text, err := os.ReadFile(filepath.Join(root, "wrangler.jsonc"))
	require.NoError(t, err)
	change := func(old, new string) {
		re := regexp.MustCompile(old)
		require.Len(t, re.FindAll(text, -1), 1, "wrangler.jsonc has one %s", old)
		text = re.ReplaceAllLiteral(text, []byte(new))
	}
	quoted := func(path ...string) string {
		b, err := json.Marshal(filepath.Join(append([]string{root}, path...)...))
		require.NoError(t, err)
		return string(b)
	}
	change(`"main": "[^"]*"`, `"main": `+quoted("e2e", "edge", "behind.mjs"))
	change(`"build": \{[^}]*\},`, "")
	change(`"directory": "dist"`, `"directory": `+quoted("dist"))
	change(`"MAX_SHARE_MIB": "[0-9]*"`, `"MAX_SHARE_MIB": "16"`)
	change(`"GRACE_SECONDS": "[0-9]*"`, `"GRACE_SECONDS": "1"`)
	change(`"limit": 30, "period": 60 } }`, `"limit": 100000, "period": 60 } }, { "name": "STRICT_LIMIT", "namespace_id": "7501", "simple": { "limit": 3, "period": 60 } }`)
	dir := t.TempDir()
	config := filepath.Join(dir, "wrangler.jsonc")
	require.NoError(t, os.WriteFile(config, text, 0o600))

	port := freePort(t)
	cmd := exec.Command(wrangler, "dev", "--config", config, "--ip", "127.0.0.1", "--port", fmt.Sprint(port), "--inspector-port", fmt.Sprint(freePort(t)),
		"--persist-to", filepath.Join(dir, "state"), "--log-level", "warn", "--show-interactive-dev-session=false")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "WRANGLER_SEND_METRICS=false", "CI=1", "HOME="+dir, "XDG_CONFIG_HOME="+dir, "NO_COLOR=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // wrangler starts others
	var log safeBuffer
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
		if t.Failed() {
			t.Logf("wrangler said:\n%s", log.String())
		}
	})
	d := door{fmt.Sprintf("http://127.0.0.1:%d", port)}
	for until := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		resp, err := http.Get(d.url + "/api/health")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return d
			}
		}
		require.True(t, time.Now().Before(until), "the worker did not start:\n%s", log.String())
	}
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// A safeBuffer is written by one process and read by another.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestWorker(t *testing.T) {
	d := start(t)
	sharetest.Run(t, sharetest.Service{
		URL:    d.url,
		Limits: limits(),
		Stored: d.stored,
		Seed:   d.seed,
		Break: func(t *testing.T) func() {
			d.ask(t, "break", nil)
			return func() { d.ask(t, "mend", nil) }
		},
		ReadsBreak: true,
	})
	t.Run("rate limit", func(t *testing.T) { rateLimit(t, d) })
	t.Run("its own errors", func(t *testing.T) { ownErrors(t, d) })
	t.Run("site", func(t *testing.T) { site(t, d) })
	t.Run("browser", func(t *testing.T) { browser(t, d) })
}

// An address may create so many shares, and for IPv6 it is the /64 that counts.
func rateLimit(t *testing.T, d door) {
	d.ask(t, "strict", nil)
	defer d.ask(t, "lenient", nil)
	create := func(from string) (*http.Response, string) {
		req, err := http.NewRequest("POST", d.url+"/api/shares", strings.NewReader(`{"days":1,"size":10,"chunk_size":10}`))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Behind-Address", from)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp, string(b)
	}
	created := func(from string) {
		resp, body := create(from)
		require.Equal(t, http.StatusCreated, resp.StatusCode, "%s: %s", from, body)
	}
	for _, address := range []string{"192.0.2.1", "2001:db8::%d"} {
		var last *http.Response
		var body string
		made := 0
		for ; made < 10 && (last == nil || last.StatusCode == http.StatusCreated); made++ {
			last, body = create(strings.ReplaceAll(address, "%d", fmt.Sprint(made+1)))
		}
		require.Equal(t, http.StatusTooManyRequests, last.StatusCode, "%s: %s", address, body)
		require.LessOrEqual(t, made, 5)
		require.Equal(t, "60", last.Header.Get("Retry-After"))
	}
	created("2001:db8:0:1::1") // another customer
	created("192.0.2.2")
}

// What the worker answers by itself has the form and the headers of all else.
func ownErrors(t *testing.T, d door) {
	defer d.ask(t, "mend", nil)
	for _, c := range []struct {
		fault, code, says string
		status            int
	}{
		{"unbind", "not_configured", "no R2 bucket is bound as SHARES", http.StatusServiceUnavailable},
		{"nonsense", "internal", "The service made a mistake", http.StatusInternalServerError},
	} {
		d.ask(t, c.fault, nil)
		resp, err := http.Get(d.url + "/api/health")
		require.NoError(t, err)
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, c.status, resp.StatusCode, "%s", b)
		require.Contains(t, string(b), `"code":"`+c.code+`"`)
		require.Contains(t, string(b), c.says)
		for name, want := range sharetest.Headers {
			require.Equal(t, want, resp.Header.Get(name), "%s: %s", c.fault, name)
		}
	}
}

// The tests of links in a real browser, with the worker for their service.
func browser(t *testing.T, d door) {
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		t.Skip("set CHROMIUM to the browser's file to run the browser's tests of links against the worker (needs npm ci in e2e)")
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	require.DirExists(t, filepath.Join(root, "e2e", "node_modules"), "run npm ci in e2e first")
	cmd := exec.Command("node", "--test", "--test-concurrency=1", "e2e/share.test.mjs")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "SHARE_ORIGIN="+d.url)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Regexp(t, `(?m)^(# |ℹ )pass [1-9]`, string(out), "tests were run")
}

// The site comes from the platform, with the headers of the local server: those
// of dist/_headers.
func site(t *testing.T, d door) {
	get := func(path string) (*http.Response, string) {
		resp, err := http.Get(d.url + path)
		require.NoError(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp, string(b)
	}
	page, text := get("/")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, page.Header.Get("Content-Type"), "text/html")
	require.Equal(t, "no-cache", page.Header.Get("Cache-Control"))
	style := regexp.MustCompile(`app\.[0-9a-f]{12}\.css`).FindString(text)
	require.NotEmpty(t, style, "the page names its style by its hash")
	hashed, _ := get("/" + style)
	require.Equal(t, http.StatusOK, hashed.StatusCode)
	require.Equal(t, "public, max-age=31536000, immutable", hashed.Header.Get("Cache-Control"))
	missing, why := get("/nothing/here")
	require.Equal(t, http.StatusNotFound, missing.StatusCode)
	require.Contains(t, why, "Nothing is at this address")
	require.Contains(t, why, `href="/base.`)
	packed, _ := get("/" + style + ".br")
	require.Equal(t, http.StatusNotFound, packed.StatusCode, "the platform compresses by itself")
	example, _ := get("/examples/devkit_story.pcapng.gz")
	require.Equal(t, http.StatusOK, example.StatusCode)
	require.Empty(t, example.Header.Get("Content-Encoding"), "a capture is sent as it is")
	for _, resp := range []*http.Response{page, hashed, example, missing} {
		h := resp.Header
		require.Contains(t, h.Get("Content-Security-Policy"), "script-src 'self' 'wasm-unsafe-eval';")
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"))
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"))
		require.Equal(t, "max-age=31536000", h.Get("Strict-Transport-Security"))
	}
	for _, hidden := range []string{"/_headers", "/.assetsignore"} {
		resp, _ := get(hidden)
		require.Equal(t, http.StatusNotFound, resp.StatusCode, hidden)
	}
}
