package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ContentSecurityPolicy is what the page may do: run its own scripts and
// WebAssembly, talk to its own origin, and nothing else. It has to come with
// every response: a worker takes it from its script's.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types satascope"

// EmbeddedPage is the one that other sites may show in a frame. Its addresses are
// relative to the site's root, by <base>, hence its own policy.
const EmbeddedPage = "embed/index.html"

// embeddedPaths are the addresses of that page.
var embeddedPaths = []string{"/embed/", "/" + EmbeddedPage}

var embeddedPolicy = strings.NewReplacer("frame-ancestors 'none'", "frame-ancestors *", "base-uri 'none'", "base-uri 'self'").Replace(ContentSecurityPolicy)

// frameOptions is what browsers had before frame-ancestors.
const frameOptions = "X-Frame-Options"

// headers go with every response, of the site and of whatever else the program
// answers.
var headers = map[string]string{
	"Content-Security-Policy":      ContentSecurityPolicy,
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	frameOptions:                   "DENY",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

// Over TLS browsers are told to stay with it.
const (
	strictTransport      = "Strict-Transport-Security"
	strictTransportValue = "max-age=31536000"
)

// How long browsers keep a file.
const (
	cacheForever = "public, max-age=31536000, immutable" // its name changes with its content
	cacheChecked = "no-cache"                            // asks each time whether it changed
)

// WithHeaders adds the security headers to all that a handler answers.
func WithHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, value := range headers {
			h.Set(name, value)
		}
		if slices.Contains(embeddedPaths, r.URL.Path) {
			h.Set("Content-Security-Policy", embeddedPolicy)
			h.Del(frameOptions)
		}
		if r.TLS != nil {
			h.Set(strictTransport, strictTransportValue)
		}
		next.ServeHTTP(w, r)
	})
}

// types by ending, and not the system's: those differ, and browsers refuse
// WebAssembly and scripts of another type.
var types = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".wasm":        "application/wasm",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".json":        "application/json",
	".txt":         "text/plain; charset=utf-8",
	".lua":         "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json",
	".gz":          "application/gzip",
}

// hashedName is a name that changes with its content.
var hashedName = regexp.MustCompile(`\.[0-9a-f]{12}\.[a-z]+$`)

// headersFile is for other hosts; it is not served.
const headersFile = "_headers"

// HeadersFile is the same headers for hosts that read them from a file named
// _headers in the site (Cloudflare, Netlify); names are the site's files. Such
// hosts always have TLS.
func HeadersFile(names []string) []byte {
	var b bytes.Buffer
	line := func(name, value string) { b.WriteString("  " + name + ": " + value + "\n") }
	b.WriteString("/*\n")
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		line(name, headers[name])
	}
	line(strictTransport, strictTransportValue)
	line("Cache-Control", cacheChecked)
	for _, path := range embeddedPaths {
		b.WriteString(path + "\n  ! Content-Security-Policy\n  ! " + frameOptions + "\n")
		line("Content-Security-Policy", embeddedPolicy)
	}
	for _, name := range slices.Sorted(slices.Values(names)) {
		if hashedName.MatchString(name) {
			// Values of several rules would be joined: the general one goes first.
			b.WriteString("/" + name + "\n  ! Cache-Control\n")
			line("Cache-Control", cacheForever)
		}
	}
	return b.Bytes()
}

// A file of the site, ready to be sent.
type file struct {
	name    string
	kind    string
	cache   string
	content map[string]version // by content coding, "" the file itself
}

type version struct {
	body []byte
	tag  string
}

// A handler serves files from memory.
type handler struct {
	files map[string]*file // by path from the root, without the leading slash
}

// Handler serves a built site: folders by their index.html, compressed forms to
// those who take them, names that carry a hash cached for good and others
// checked by ETag every time.
func Handler(files fs.FS) (http.Handler, error) {
	h := handler{files: map[string]*file{}}
	contents := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || name == headersFile {
			return err
		}
		contents[name], err = fs.ReadFile(files, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	for name, b := range contents {
		ext := path.Ext(name)
		if ext == ".br" || ext == ".gz" {
			if _, ok := contents[strings.TrimSuffix(name, ext)]; ok {
				continue // a compressed form, not a file
			}
		}
		f := &file{name: name, kind: types[ext], cache: cacheChecked, content: map[string]version{"": newVersion(b)}}
		if f.kind == "" {
			f.kind = "application/octet-stream"
		}
		if hashedName.MatchString(name) {
			f.cache = cacheForever
		}
		for coding, suffix := range map[string]string{"br": ".br", "gzip": ".gz"} {
			if packed, ok := contents[name+suffix]; ok {
				f.content[coding] = newVersion(packed)
			}
		}
		h.files[name] = f
	}
	return &h, nil
}

func newVersion(b []byte) version {
	sum := sha256.Sum256(b)
	return version{body: b, tag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	f, ok := h.files[name]
	if !ok {
		if _, folder := h.files[name+"/index.html"]; folder {
			// Relative, so that it holds behind any prefix.
			w.Header().Set("Location", path.Base(name)+"/")
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
		h.notFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("Cache-Control", f.cache)
	coding := ""
	if len(f.content) > 1 {
		header.Set("Vary", "Accept-Encoding")
		if r.Header.Get("Range") == "" { // ranges are of the file itself
			coding = f.choose(r.Header.Get("Accept-Encoding"))
		}
	}
	v := f.content[coding]
	header.Set("ETag", v.tag)
	if coding == "" {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(v.body))
		return
	}
	if matches(r.Header.Get("If-None-Match"), v.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Encoding", coding)
	header.Set("Content-Length", strconv.Itoa(len(v.body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(v.body) // a client that went away needs no answer
	}
}

func (h *handler) notFound(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", cacheChecked)
	f, ok := h.files["404.html"]
	if !ok {
		http.Error(w, "there is nothing at this address", http.StatusNotFound)
		return
	}
	header.Set("Content-Type", f.kind)
	body := f.content[""].body
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusNotFound)
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

// choose takes the smallest form that an Accept-Encoding header allows: br
// before gzip before the file itself.
func (f *file) choose(accept string) string {
	allowed := map[string]bool{}
	for _, part := range strings.Split(accept, ",") {
		coding, params, _ := strings.Cut(part, ";")
		allowed[strings.ToLower(strings.TrimSpace(coding))] = !zeroWeight(params)
	}
	for _, coding := range [...]string{"br", "gzip"} {
		if _, there := f.content[coding]; there && allowed[coding] {
			return coding
		}
	}
	return ""
}

func zeroWeight(params string) bool {
	for _, p := range strings.Split(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err != nil || q == 0
		}
	}
	return false
}

// matches says whether an If-None-Match header names a tag.
func matches(header, tag string) bool {
	for _, part := range strings.Split(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == tag {
			return true
		}
	}
	return false
}
