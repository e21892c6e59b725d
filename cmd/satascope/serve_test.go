package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share"
	"satascope/share/sharetest"
)

var testSite = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>the page")}}

func withSite(listen string) *serveOptions {
	return &serveOptions{listen: listen, files: func() (fs.FS, bool) { return testSite, true }}
}

// start serves until the context ends, and gives the address it told.
func start(t *testing.T, ctx context.Context, o *serveOptions) (address string, ended <-chan error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- o.run(ctx, streams{nil, w, io.Discard}, nil) }()
	line, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	address, _, ok := strings.Cut(strings.TrimPrefix(line, "Satascope is at "), " ")
	require.True(t, ok, line)
	require.Regexp(t, `^https?://127\.0\.0\.1:`, address)
	return address, done
}

func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	address, ended := start(t, ctx, withSite("127.0.0.1:0"))
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

// A limit that no share could reach is refused.
func TestMaxShare(t *testing.T) {
	o := withSite("127.0.0.1:0")
	o.limits = share.DefaultLimits()
	o.limits.Size = 4<<30 + 1
	err := o.run(context.Background(), streams{nil, io.Discard, io.Discard}, nil)
	require.EqualError(t, err, "--max-share: a share has at most 1024 chunks of 4 MiB, which are 4 GiB; found 4294967297 bytes")
}

// With --data there is a service at /api/; without, that is said there.
func TestServeShares(t *testing.T) {
	for _, data := range []string{"", t.TempDir()} {
		ctx, cancel := context.WithCancel(context.Background())
		o := withSite("127.0.0.1:0")
		o.data, o.quota, o.limits = data, 1<<20, share.DefaultLimits()
		address, done := start(t, ctx, o)
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

// makeCertificate writes a certificate for 127.0.0.1 and its key, and gives a
// client that trusts it.
func makeCertificate(t *testing.T, cert, key string) *http.Client {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	signed, err := x509.CreateCertificate(rand.Reader, about, about, private.Public(), private)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	require.NoError(t, os.WriteFile(cert, text, 0o600))
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(text))
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
}

// With a certificate, the site and the shares are served over https, and say that
// browsers are to stay with it; without, they don't.
func TestServeTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	client := makeCertificate(t, cert, key)
	defer client.CloseIdleConnections()
	for scheme, want := range map[string]string{"http": "", "https": "max-age=31536000"} {
		ctx, cancel := context.WithCancel(context.Background())
		o := withSite("127.0.0.1:0")
		o.data, o.quota, o.limits = filepath.Join(dir, scheme), 1<<20, share.DefaultLimits()
		if scheme == "https" {
			o.tlsCert, o.tlsKey = cert, key
		}
		address, done := start(t, ctx, o)
		require.True(t, strings.HasPrefix(address, scheme+"://"), address)
		for path, status := range map[string]int{"": 200, "nothing": 404, "api/health": 200, "api/shares": 405} {
			resp, err := client.Get(address + path)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, status, resp.StatusCode, path)
			require.Equal(t, want, resp.Header.Get("Strict-Transport-Security"), "%s %s", scheme, path)
		}
		c := &sharetest.Client{URL: strings.TrimSuffix(address, "/"), HTTP: client}
		require.NoError(t, sharetest.UploadAtOnce(c, 3, 3000, 1000))
		client.CloseIdleConnections()
		cancel()
		require.NoError(t, <-done)
	}
}

func TestServeTLSMistakes(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	makeCertificate(t, cert, key)
	for _, c := range []struct {
		cert, key string
		usage     bool
		says      string
	}{
		{cert, "", true, "--tls-cert needs --tls-key"},
		{"", key, true, "--tls-key needs --tls-cert"},
		{cert, filepath.Join(dir, "none.pem"), false, "none.pem: "},
		{key, cert, false, "--tls-cert " + key + " with --tls-key " + cert + ": "},
	} {
		o := withSite("127.0.0.1:0")
		o.tlsCert, o.tlsKey = c.cert, c.key
		err := o.run(context.Background(), streams{nil, io.Discard, io.Discard}, nil)
		require.ErrorContains(t, err, c.says)
		var usage errUsage
		require.Equal(t, c.usage, errors.As(err, &usage))
	}
}
