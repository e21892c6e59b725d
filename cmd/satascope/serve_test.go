package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share"
)

var testSite = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>the page")}}

func withSite(listen string) *serveOptions {
	return &serveOptions{listen: listen, files: func() (fs.FS, bool) { return testSite, true }}
}

// start serves until the context ends, and gives the address it told.
func start(t *testing.T, ctx context.Context) (address string, ended <-chan error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- withSite("127.0.0.1:0").run(ctx, streams{nil, w, io.Discard}, nil) }()
	line, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	address, _, ok := strings.Cut(strings.TrimPrefix(line, "Satascope is at "), " ")
	require.True(t, ok, line)
	require.True(t, strings.HasPrefix(address, "http://127.0.0.1:"), line)
	return address, done
}

func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	address, ended := start(t, ctx)
	resp, err := http.Get(address)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "<!doctype html>the page", string(body))
	require.NotContains(t, resp.Header.Get("Content-Security-Policy"), "unsafe-inline")
	require.Contains(t, resp.Header.Get("Content-Security-Policy"), "connect-src 'self'")

	// A client that says nothing does not hold up the end.
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/"))
	require.NoError(t, err)
	defer conn.Close()
	cancel()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(2 * shutdownTimeout):
		t.Fatal("it does not end")
	}
}

func TestServePortTaken(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer other.Close()
	err = withSite(other.Addr().String()).run(context.Background(), streams{nil, io.Discard, io.Discard}, nil)
	require.EqualError(t, err, other.Addr().String()+" is in use by another program: choose another port, as --listen 127.0.0.1:0")
	err = withSite("192.0.2.1:8080").run(context.Background(), streams{nil, io.Discard, io.Discard}, nil)
	require.EqualError(t, err, "192.0.2.1:8080 is not an address of this machine: choose one, as --listen 127.0.0.1:8080")
}

func TestServeWithoutSite(t *testing.T) {
	o := &serveOptions{listen: "127.0.0.1:0", files: func() (fs.FS, bool) { return nil, false }}
	var out bytes.Buffer
	err := o.run(context.Background(), streams{nil, &out, &out}, nil)
	require.ErrorContains(t, err, "Run ./build.sh")
	require.Zero(t, out.Len())
}

func TestSizeFlag(t *testing.T) {
	for in, want := range map[string]int64{"1": 1, "1000000": 1000000, "64KiB": 64 << 10, "512MiB": 512 << 20, "10 GiB": 10 << 30, "8TiB": 8 << 40} {
		var got int64
		require.NoError(t, sizeFlag(&got)(in), in)
		require.Equal(t, want, got, in)
	}
	for _, in := range []string{"", "0", "-1", "10GB", "MiB", "1.5GiB", "9223372036854775807KiB", "99999999999999999999"} {
		var got int64
		require.ErrorContains(t, sizeFlag(&got)(in), "expected a number of bytes", in)
		require.Zero(t, got)
	}
}

// With --data there is a service at /api/; without, that is said there.
func TestServeShares(t *testing.T) {
	for _, data := range []string{"", t.TempDir()} {
		ctx, cancel := context.WithCancel(context.Background())
		r, w := io.Pipe()
		o := withSite("127.0.0.1:0")
		o.data, o.quota, o.limits = data, 1<<20, share.DefaultLimits()
		done := make(chan error, 1)
		go func() { done <- o.run(ctx, streams{nil, w, io.Discard}, nil) }()
		line, err := bufio.NewReader(r).ReadString('\n')
		require.NoError(t, err)
		address, _, _ := strings.Cut(strings.TrimPrefix(line, "Satascope is at "), " ")
		resp, err := http.Get(address + "api/health")
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusOK, resp.StatusCode)
		if data == "" {
			require.Contains(t, string(body), `"shares":false`)
			require.Contains(t, string(body), "start it with --data FOLDER")
		} else {
			require.Equal(t, "application/json; charset=utf-8", resp.Header.Get("Content-Type"))
			// A second process must not take the folder.
			second := withSite("127.0.0.1:0")
			second.data, second.limits = data, share.DefaultLimits()
			require.Error(t, second.run(ctx, streams{nil, io.Discard, io.Discard}, nil))
		}
		require.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
		cancel()
		require.NoError(t, <-done)
	}
}
