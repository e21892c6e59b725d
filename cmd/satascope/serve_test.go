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
