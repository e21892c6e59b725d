package site

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func testHandler(t *testing.T) http.Handler {
	h, err := Handler(fstest.MapFS{
		".placeholder":                    {Data: []byte("x")},
		"_headers":                        {Data: []byte("x")},
		"index.html":                      {Data: []byte("<!doctype html>start")},
		"app.0123456789ab.wasm":           {Data: []byte("\x00asm whole")},
		"app.0123456789ab.wasm.br":        {Data: []byte("as br")},
		"app.0123456789ab.wasm.gz":        {Data: []byte("as gz")},
		"reference/index.html":            {Data: []byte("reference")},
		"examples/devkit_story.pcapng.gz": {Data: []byte("\x1f\x8bcapture")},
		"boot.js":                         {Data: []byte("boot")},
	})
	require.NoError(t, err)
	return WithHeaders(h)
}

func get(t *testing.T, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	testHandler(t).ServeHTTP(w, r)
	return w
}

func TestEveryResponseHasTheHeaders(t *testing.T) {
	for _, target := range []string{"/", "/boot.js", "/nothing", "/reference", "/app.0123456789ab.wasm"} {
		h := get(t, "GET", target).Header()
		csp := h.Get("Content-Security-Policy")
		require.Contains(t, csp, "script-src 'self' 'wasm-unsafe-eval';", target)
		require.Contains(t, csp, "connect-src 'self';", target)
		require.NotContains(t, csp, "unsafe-inline", target)
		require.NotContains(t, csp, "http", target)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), target)
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"), target)
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"), target)
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"), target)
	}
}

func TestTypesAndCaching(t *testing.T) {
	for _, c := range []struct{ target, kind, cache string }{
		{"/", "text/html; charset=utf-8", "no-cache"},
		{"/reference/", "text/html; charset=utf-8", "no-cache"},
		{"/boot.js", "text/javascript; charset=utf-8", "no-cache"},
		{"/app.0123456789ab.wasm", "application/wasm", "public, max-age=31536000, immutable"},
		{"/examples/devkit_story.pcapng.gz", "application/gzip", "no-cache"},
	} {
		w := get(t, "GET", c.target)
		require.Equal(t, http.StatusOK, w.Code, c.target)
		require.Equal(t, c.kind, w.Header().Get("Content-Type"), c.target)
		require.Equal(t, c.cache, w.Header().Get("Cache-Control"), c.target)
		require.Empty(t, w.Header().Get("Content-Encoding"), c.target)
	}
}

func TestContentCoding(t *testing.T) {
	const target = "/app.0123456789ab.wasm"
	for _, c := range []struct{ accept, coding, body string }{
		{"", "", "\x00asm whole"},
		{"gzip, deflate, br, zstd", "br", "as br"},
		{"gzip, deflate", "gzip", "as gz"},
		{"br;q=0, gzip;q=0.5", "gzip", "as gz"},
		{"BR ; Q=1.0", "br", "as br"},
		{"identity", "", "\x00asm whole"},
		{"br;q=0.000", "", "\x00asm whole"},
	} {
		w := get(t, "GET", target, "Accept-Encoding", c.accept)
		require.Equal(t, c.body, w.Body.String(), c.accept)
		require.Equal(t, c.coding, w.Header().Get("Content-Encoding"), c.accept)
		require.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
	}
	require.Empty(t, get(t, "HEAD", target, "Accept-Encoding", "br").Body.String())
	w := get(t, "GET", target, "Accept-Encoding", "br", "Range", "bytes=1-3")
	require.Equal(t, http.StatusPartialContent, w.Code)
	require.Equal(t, "asm", w.Body.String())
	require.Equal(t, http.StatusNotFound, get(t, "GET", target+".br").Code, "a compressed form is no file of its own")
}

func TestETag(t *testing.T) {
	seen := map[string]bool{}
	for _, accept := range []string{"", "br", "gzip"} {
		tag := get(t, "GET", "/app.0123456789ab.wasm", "Accept-Encoding", accept).Header().Get("ETag")
		require.Regexp(t, `^"[0-9a-f]{24}"$`, tag)
		require.False(t, seen[tag], "each form has a tag of its own")
		seen[tag] = true
		for _, sent := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			w := get(t, "GET", "/app.0123456789ab.wasm", "Accept-Encoding", accept, "If-None-Match", sent)
			require.Equal(t, http.StatusNotModified, w.Code, "%s %s", accept, sent)
			require.Empty(t, w.Body.String())
		}
		require.Equal(t, http.StatusOK, get(t, "GET", "/app.0123456789ab.wasm", "Accept-Encoding", accept, "If-None-Match", `"other"`).Code)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for _, target := range []string{"/nothing", "/.placeholder", "/_headers", "/../go.mod", "/reference/../../go.mod", "/index.html/", "/%2e%2e/go.mod"} {
		require.Equal(t, http.StatusNotFound, get(t, "GET", target).Code, target)
	}
	w := get(t, "POST", "/")
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
	w = get(t, "GET", "/reference")
	require.Equal(t, http.StatusMovedPermanently, w.Code)
	require.Equal(t, "reference/", w.Header().Get("Location"))
}

func TestOwn404(t *testing.T) {
	h, err := Handler(fstest.MapFS{"index.html": {}, "404.html": {Data: []byte("<p>Nothing here")}})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	require.Equal(t, http.StatusNotFound, w.Code)
	require.True(t, strings.HasPrefix(w.Header().Get("Content-Type"), "text/html"))
	require.Equal(t, "<p>Nothing here", w.Body.String())
}

func TestHeadersFile(t *testing.T) {
	text := string(HeadersFile([]string{"index.html", "boot.0123456789ab.js", "app.0123456789ab.wasm"}))
	general, forever, ok := strings.Cut(text, "/app.0123456789ab.wasm\n")
	require.True(t, ok)
	require.True(t, strings.HasPrefix(general, "/*\n"))
	for name, value := range headers {
		require.Contains(t, general, "  "+name+": "+value+"\n")
	}
	require.Contains(t, general, "  Strict-Transport-Security: max-age=31536000\n  Cache-Control: no-cache\n")
	require.Equal(t, "  ! Cache-Control\n  Cache-Control: public, max-age=31536000, immutable\n/boot.0123456789ab.js\n  ! Cache-Control\n  Cache-Control: public, max-age=31536000, immutable\n", forever)
	for _, line := range strings.Split(text, "\n") {
		require.LessOrEqual(t, len(line), 2000, "hosts refuse longer lines")
	}
}

func TestStrictTransportOverTLSOnly(t *testing.T) {
	require.Empty(t, get(t, "GET", "/").Header().Get("Strict-Transport-Security"))
	r := httptest.NewRequest("GET", "https://example.org/", nil)
	w := httptest.NewRecorder()
	testHandler(t).ServeHTTP(w, r)
	require.NotEmpty(t, w.Header().Get("Strict-Transport-Security"))
}

// Only the page for frames may be shown in one, and everything else of it is as
// strict.
func TestFrames(t *testing.T) {
	whole := get(t, "GET", "/").Header()
	require.Equal(t, "DENY", whole.Get("X-Frame-Options"))
	require.Contains(t, whole.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	require.Equal(t, "DENY", get(t, "GET", "/embed/x").Header().Get("X-Frame-Options"))
	file := string(HeadersFile([]string{"index.html", "embed/index.html"}))
	for _, path := range []string{"/embed/", "/embed/index.html"} {
		embedded := get(t, "GET", path).Header()
		require.Empty(t, embedded.Get("X-Frame-Options"))
		policy := embedded.Get("Content-Security-Policy")
		require.Contains(t, policy, "frame-ancestors *;")
		require.Equal(t, ContentSecurityPolicy, strings.NewReplacer("frame-ancestors *", "frame-ancestors 'none'", "base-uri 'self'", "base-uri 'none'").Replace(policy))
		require.Contains(t, file, "\n"+path+"\n  ! Content-Security-Policy\n  ! X-Frame-Options\n  Content-Security-Policy: "+policy+"\n")
	}
}
