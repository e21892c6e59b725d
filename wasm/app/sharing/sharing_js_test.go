//go:build js && wasm

package sharing

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share"
	"satascope/share/seal"
	"satascope/wasm/app/browser"
)

// These run in Node, which has WebCrypto, Blobs and CompressionStream. The
// service is the real handler over a bucket in memory: fetch is replaced by one
// that calls it.

type host struct {
	handler http.Handler
	bucket  bucket
	log     []string                                   // method and path of each request
	sent    []byte                                     // all bodies
	change  func(r *http.Request, w *http.Response)    // what the host does to an answer
	before  func(r *http.Request) (js.Value, js.Value) // an answer or error instead
}

func newHost(t *testing.T) *host {
	h := &host{bucket: bucket{}}
	limits := share.DefaultLimits()
	limits.Size = 8 << 20
	h.handler = share.NewHandler(share.NewBucketStore(h.bucket), share.Options{Limits: limits})
	old := js.Global().Get("fetch")
	f := js.FuncOf(h.fetch)
	js.Global().Set("fetch", f)
	t.Cleanup(func() {
		js.Global().Set("fetch", old)
		f.Release()
	})
	return h
}

func (h *host) fetch(_ js.Value, args []js.Value) any {
	options := args[1]
	var body []byte
	switch b := options.Get("body"); b.Type() {
	case js.TypeString:
		body = []byte(b.String())
	case js.TypeObject:
		body = browser.Bytes(b)
	}
	r := httptest.NewRequest(options.Get("method").String(), "/"+args[0].String(), bytes.NewReader(body))
	keys := js.Global().Get("Object").Call("entries", options.Get("headers"))
	for i := range keys.Length() {
		r.Header.Set(keys.Index(i).Index(0).String(), keys.Index(i).Index(1).String())
	}
	h.log = append(h.log, r.Method+" "+r.URL.Path)
	h.sent = append(h.sent, body...)
	promise := js.Global().Get("Promise")
	if options.Get("signal").Get("aborted").Bool() {
		return promise.Call("reject", js.Global().Get("DOMException").New("aborted", "AbortError"))
	}
	if h.before != nil {
		if answer, failure := h.before(r); failure.Truthy() {
			return promise.Call("reject", failure)
		} else if answer.Truthy() {
			return promise.Call("resolve", answer)
		}
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	resp := w.Result()
	if h.change != nil {
		h.change(r, resp)
	}
	return promise.Call("resolve", response(resp))
}

func response(resp *http.Response) js.Value {
	headers := map[string]any{}
	for name := range resp.Header {
		headers[name] = resp.Header.Get(name)
	}
	b, _ := io.ReadAll(resp.Body)
	body := js.Null()
	if len(b) > 0 {
		body = browser.Array(b)
	}
	return js.Global().Get("Response").New(body, map[string]any{"status": resp.StatusCode, "headers": headers})
}

type bucket map[string][]byte

func (b bucket) Put(_ context.Context, key string, _ int64, body io.Reader) error {
	content, err := io.ReadAll(body)
	b[key] = content
	return err
}

func (b bucket) Get(_ context.Context, key string) (io.ReadCloser, int64, error) {
	content, ok := b[key]
	if !ok {
		return nil, 0, share.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(content)), int64(len(content)), nil
}

func (b bucket) Has(_ context.Context, key string) (bool, error) {
	_, ok := b[key]
	return ok, nil
}

func (b bucket) Delete(_ context.Context, keys []string) error {
	for _, key := range keys {
		delete(b, key)
	}
	return nil
}

func (b bucket) List(_ context.Context, prefix string, each func(string, int64)) error {
	for key, content := range b {
		if strings.HasPrefix(key, prefix) {
			each(key, int64(len(content)))
		}
	}
	return nil
}

func blobOf(b []byte) js.Value {
	return js.Global().Get("Blob").New([]any{browser.Array(b)})
}

func bytesOf(t *testing.T, blob js.Value) []byte {
	buffer, err := browser.Await(blob.Call("arrayBuffer"))
	require.NoError(t, err)
	return browser.Bytes(js.Global().Get("Uint8Array").New(buffer))
}

// random is bytes that don't compress.
func random(n int) []byte {
	b := make([]byte, n)
	a := uint64(1)
	for i := range b {
		a = a*6364136223846793005 + 1442695040888963407
		b[i] = byte(a >> 56)
	}
	return b
}

func prepare(t *testing.T, content []byte) *Prepared {
	p, err := Prepare(Content{Blob: blobOf(content), Name: "boot.pcapng", What: seal.WhatCapture, View: "filter=x", Notes: "[1]", SHA256: "ab", Days: 7})
	require.NoError(t, err)
	return p
}

func send(t *testing.T, s Service, content []byte) *Shared {
	p := prepare(t, content)
	var last int64
	shared, err := s.Send(NewCall(), p, func(n int64) {
		require.Greater(t, n, last)
		last = n
	})
	require.NoError(t, err)
	require.Equal(t, p.Size(), last)
	return shared
}

func TestSendAndOpen(t *testing.T) {
	h := newHost(t)
	var sent int64
	s := Service{Sent: func(n int64) { sent += n }}
	content := random(2_500_000)
	copy(content[1_000_000:], "/vol/content/a_secret_path.bin")
	shared := send(t, s, content)
	require.WithinDuration(t, time.Now().AddDate(0, 0, 7), shared.Expires, time.Minute)
	require.Greater(t, sent, int64(2_500_000))

	// What the host has: no path, no name, no key.
	var all []byte
	for key, b := range h.bucket {
		all = append(append(all, key...), b...)
	}
	for _, secret := range []string{"a_secret_path", "boot.pcapng", string(shared.Link.Key[:]), shared.Link.Fragment()[len(shared.Link.Fragment())-43:]} {
		require.False(t, bytes.Contains(all, []byte(secret)))
		require.False(t, bytes.Contains(h.sent, []byte(secret)))
	}

	link, err := seal.ParseLink(shared.Link.Fragment())
	require.NoError(t, err)
	found, err := s.Find(NewCall(), link)
	require.NoError(t, err)
	require.Equal(t, "boot.pcapng", found.Name())
	require.Equal(t, seal.WhatCapture, found.Manifest.Get(seal.FieldWhat))
	require.Equal(t, "filter=x", found.Manifest.Get(seal.FieldView))
	require.Equal(t, "[1]", found.Manifest.Get(seal.FieldNotes))
	require.Equal(t, "ab", found.Manifest.Get(seal.FieldSHA256))
	require.Equal(t, "2500000", found.Manifest.Get(seal.FieldLength))
	require.Equal(t, shared.Expires, found.Expires)
	var came int64
	blob, err := found.Fetch(NewCall(), func(n int64) { came = n })
	require.NoError(t, err)
	require.Equal(t, found.Size(), came)
	require.True(t, bytes.Equal(content, bytesOf(t, blob)))

	require.NoError(t, s.Delete(NewCall(), shared.Owner.ID, shared.Owner.Token))
	require.Empty(t, h.bucket)
	_, err = s.Find(NewCall(), link)
	require.ErrorContains(t, err, "There is no share under this id")
}

// What compresses is sent compressed, and comes as the file that it was.
func TestCompression(t *testing.T) {
	newHost(t)
	content := bytes.Repeat([]byte("the same again "), 100_000)
	p := prepare(t, content)
	require.Less(t, p.Size(), int64(50_000))
	shared, err := Service{}.Send(NewCall(), p, func(int64) {})
	require.NoError(t, err)
	found, err := Service{}.Find(NewCall(), shared.Link)
	require.NoError(t, err)
	require.Equal(t, "boot.pcapng", found.Name())
	blob, err := found.Fetch(NewCall(), func(int64) {})
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, bytesOf(t, blob)))
	// What is packed stays as it is.
	packed, err := compress(blob)
	require.NoError(t, err)
	again, err := Prepare(Content{Blob: packed, Name: "boot.pcapng.gz", Days: 1})
	require.NoError(t, err)
	require.False(t, again.gzip)
}

// The manifest says how long the file is: it never becomes longer, and what is
// too long to unpack here stays packed, under a name that says so.
func TestUnpackedLength(t *testing.T) {
	newHost(t)
	content := bytes.Repeat([]byte("the same again "), 1000)
	for says, want := range map[string]string{"14999": "expected 14999 bytes", "15001": "expected 15001 bytes", "15000": "", "67108864": "expected 67108864 bytes", "67108865": "packed", "3000000000": "packed", "": "packed", "-1": "packed"} {
		shared, err := Service{}.Send(NewCall(), prepare(t, content), func(int64) {})
		require.NoError(t, err)
		found, err := Service{}.Find(NewCall(), shared.Link)
		require.NoError(t, err)
		found.Manifest = &seal.Manifest{}
		found.Manifest.Add(seal.FieldName, "boot.pcapng")
		found.Manifest.Add(seal.FieldEncoding, "gzip")
		found.Manifest.Add(seal.FieldLength, says)
		blob, err := found.Fetch(NewCall(), func(int64) {})
		switch want {
		case "":
			require.NoError(t, err)
			require.True(t, bytes.Equal(content, bytesOf(t, blob)))
		case "packed":
			require.NoError(t, err)
			require.Equal(t, "boot.pcapng.gz", found.Name())
			require.Equal(t, []byte{0x1f, 0x8b}, bytesOf(t, blob)[:2])
		default:
			require.ErrorContains(t, err, want)
		}
	}
}

func TestWhatAHostCanDo(t *testing.T) {
	h := newHost(t)
	shared := send(t, Service{}, random(2_500_000))
	other := send(t, Service{}, random(2_500_000))
	chunk := func(id string, n string) string { return "d7/" + id + "/chunk-0000" + n }
	id := shared.Link.ID
	for name, c := range map[string]struct {
		do   func()
		says string
	}{
		"flipped":  {func() { h.bucket[chunk(id, "1")][77] ^= 4 }, "chunk 2 of 3 is refused: it is not what the sender sealed"},
		"cut":      {func() { h.bucket[chunk(id, "0")] = h.bucket[chunk(id, "0")][:1000] }, "chunk 1 of 3 is refused: it has 1048592 bytes, 1000 came"},
		"longer":   {func() { h.bucket[chunk(id, "0")] = random(1048593) }, "chunk 1 is larger than the share says"},
		"swapped":  {func() { a, b := chunk(id, "0"), chunk(id, "1"); h.bucket[a], h.bucket[b] = h.bucket[b], h.bucket[a] }, "chunk 1 of 3 is refused"},
		"repeated": {func() { h.bucket[chunk(id, "1")] = h.bucket[chunk(id, "0")] }, "chunk 2 of 3 is refused"},
		"foreign":  {func() { h.bucket[chunk(id, "1")] = h.bucket[chunk(other.Link.ID, "1")] }, "chunk 2 of 3 is refused"},
		"missing":  {func() { delete(h.bucket, chunk(id, "2")) }, "There is no share under this id"},
		"manifest": {func() { h.bucket["d7/"+id+"/manifest"] = h.bucket["d7/"+other.Link.ID+"/manifest"] }, "the share's manifest is refused"},
	} {
		kept := bucket{}
		for key, b := range h.bucket {
			kept[key] = bytes.Clone(b)
		}
		c.do()
		found, err := Service{}.Find(NewCall(), shared.Link)
		if err == nil {
			var blob js.Value
			blob, err = found.Fetch(NewCall(), func(int64) {})
			require.True(t, blob.IsUndefined(), "%s: nothing is given", name)
		}
		require.ErrorContains(t, err, c.says, name)
		for key := range kept {
			h.bucket[key] = kept[key]
		}
	}
	wrong := shared.Link
	wrong.Key[0] ^= 1
	_, err := Service{}.Find(NewCall(), wrong)
	require.ErrorContains(t, err, "the link's key is of another share")
	h.change = func(_ *http.Request, w *http.Response) {
		w.Body = io.NopCloser(strings.NewReader(`{"size": 1e300, "chunk_size": -4, "manifest": 5}`))
	}
	_, err = Service{}.Find(NewCall(), shared.Link)
	require.ErrorContains(t, err, "a sealed chunk has")
}

func TestNoService(t *testing.T) {
	h := newHost(t)
	page := func(status int, text string) func(*http.Request) (js.Value, js.Value) {
		return func(*http.Request) (js.Value, js.Value) {
			return js.Global().Get("Response").New(text, map[string]any{"status": status}), js.Undefined()
		}
	}
	for _, static := range []func(*http.Request) (js.Value, js.Value){page(404, "<h1>nothing</h1>"), page(405, ""), page(200, "<!doctype html>"), page(200, "{}"), page(200, "7")} {
		h.before = static
		_, err := Service{}.Ask(NewCall())
		require.Equal(t, ErrNone, err)
	}
	h.before = page(200, `{"ok": false, "shares": false, "message": "This site is static files. Do that."}`)
	_, err := Service{}.Ask(NewCall())
	require.EqualError(t, err, "This site is static files. Do that.")
	require.True(t, IsNone(err))
	h.before = page(502, "bad gateway")
	_, err = Service{}.Ask(NewCall())
	require.ErrorContains(t, err, "the host answered 502 without a reason")
	require.False(t, IsNone(err))
	h.before = func(*http.Request) (js.Value, js.Value) {
		return js.Undefined(), js.Global().Get("TypeError").New("Failed to fetch")
	}
	_, err = Service{}.Ask(NewCall())
	require.ErrorContains(t, err, "the service can't be reached (Failed to fetch): look whether there is a network, then try again")
}

func TestTooLargeIsKnownBeforeAnythingIsSent(t *testing.T) {
	h := newHost(t)
	_, err := Service{}.Send(NewCall(), prepare(t, random(9<<20)), func(int64) {})
	require.ErrorContains(t, err, "the service keeps at most 8388608")
	require.Equal(t, []string{"GET /api/health"}, h.log)
	_, err = Prepare(Content{Blob: blobOf(nil)})
	require.ErrorContains(t, err, "the file is empty")
}

// Content is cut as the host takes it: in smaller chunks than usual, or in larger
// ones where those would be too many, up to what the host can hold of it.
func TestChunksAreAsTheHostTakesThem(t *testing.T) {
	const mib = 1 << 20
	for name, c := range map[string]struct {
		limits share.Limits
		length int
		chunk  int // of content; 0 when it can't fit
	}{
		"as usual":               {share.Limits{Size: 100 * mib, ChunkSize: 4 * mib, Chunks: 3}, 2*mib + 1, mib},
		"larger":                 {share.Limits{Size: 100 * mib, ChunkSize: 4 * mib, Chunks: 3}, 3*mib + 1, mib + 1},
		"as large as they come":  {share.Limits{Size: 100 * mib, ChunkSize: 4 * mib, Chunks: 2}, 8*mib - 32, 4*mib - 16},
		"too many even so":       {share.Limits{Size: 100 * mib, ChunkSize: 4 * mib, Chunks: 2}, 8*mib - 31, 0},
		"smaller":                {share.Limits{Size: 100 * mib, ChunkSize: 1000, Chunks: 1024}, 5000, 984},
		"too many small ones":    {share.Limits{Size: 100 * mib, ChunkSize: 1000, Chunks: 5}, 5000, 0},
		"more than the host has": {share.Limits{Size: 2 * mib, ChunkSize: 4 * mib, Chunks: 1024}, 2 * mib, 0},
	} {
		h := newHost(t)
		c.limits.Manifest, c.limits.UploadTime, c.limits.Grace, c.limits.Rate = 64<<10, time.Hour, time.Minute, mib
		h.handler = share.NewHandler(share.NewBucketStore(h.bucket), share.Options{Limits: c.limits})
		content := random(c.length)
		shared, err := Service{}.Send(NewCall(), prepare(t, content), func(int64) {})
		if c.chunk == 0 {
			require.ErrorContains(t, err, "the service keeps at most", name)
			require.Equal(t, []string{"GET /api/health"}, h.log, name)
			continue
		}
		require.NoError(t, err, name)
		found, err := Service{}.Find(NewCall(), shared.Link)
		require.NoError(t, err, name)
		require.Equal(t, seal.Layout{Length: int64(c.length), ChunkSize: c.chunk}, found.layout, name)
		blob, err := found.Fetch(NewCall(), func(int64) {})
		require.NoError(t, err, name)
		require.True(t, bytes.Equal(content, bytesOf(t, blob)), name)
	}
}

// A network that fails is tried again; what is stopped or fails for good leaves
// nothing behind.
func TestFaults(t *testing.T) {
	h := newHost(t)
	failures := 2
	h.before = func(r *http.Request) (js.Value, js.Value) {
		if strings.HasSuffix(r.URL.Path, "/chunks/1") && failures > 0 {
			failures--
			return js.Undefined(), js.Global().Get("TypeError").New("connection lost")
		}
		return js.Undefined(), js.Undefined()
	}
	start := time.Now()
	send(t, Service{}, random(2_500_000))
	require.Greater(t, time.Since(start), 3*time.Second, "it waited 1 and 2 seconds")
	clear(h.bucket)

	h.before = func(r *http.Request) (js.Value, js.Value) {
		if strings.HasSuffix(r.URL.Path, "/chunks/1") {
			return js.Global().Get("Response").New(`{"error":{"code":"full","message":"No room. Share less."}}`, map[string]any{"status": 507}), js.Undefined()
		}
		return js.Undefined(), js.Undefined()
	}
	_, err := Service{}.Send(NewCall(), prepare(t, random(2_500_000)), func(int64) {})
	require.ErrorContains(t, err, "No room. Share less.")
	require.Empty(t, h.bucket, "nothing is left behind")

	h.before = nil
	call := NewCall()
	_, err = Service{}.Send(call, prepare(t, random(2_500_000)), func(int64) { call.Stop() })
	require.Equal(t, ErrCancelled, err)
	require.Empty(t, h.bucket, "nothing is left behind")

	shared := send(t, Service{}, random(2_500_000))
	found, err := Service{}.Find(NewCall(), shared.Link)
	require.NoError(t, err)
	call = NewCall()
	blob, err := found.Fetch(call, func(int64) { call.Stop() })
	require.Equal(t, ErrCancelled, err)
	require.True(t, blob.IsUndefined())
}

func TestNamesAreNoPaths(t *testing.T) {
	for name, want := range map[string]string{"": "shared", "../../etc/passwd": "passwd", `C:\x\a.pcap`: "a.pcap", "a/": "shared", strings.Repeat("é", 150): strings.Repeat("é", 100)} {
		m := &seal.Manifest{}
		m.Add(seal.FieldName, name)
		require.Equal(t, want, (&Found{Manifest: m}).Name())
	}
}

func TestPagesWithoutCipher(t *testing.T) {
	crypto := js.Global().Get("Object").Call("getOwnPropertyDescriptor", js.Global(), "crypto")
	js.Global().Get("Object").Call("defineProperty", js.Global(), "crypto", map[string]any{"value": map[string]any{}, "configurable": true})
	defer js.Global().Get("Object").Call("defineProperty", js.Global(), "crypto", crypto)
	_, err := newCipher([32]byte{}, "encrypt")
	require.Equal(t, errInsecure, err)
	_, err = Service{}.Ask(NewCall())
	require.Equal(t, errInsecure, err)
	require.True(t, IsNone(err))
	_, err = Prepare(Content{Blob: blobOf([]byte("x"))})
	require.NoError(t, err, "links that carry the content need none")
}

// Links that need no service, there and back.
func TestLinks(t *testing.T) {
	content := []byte("a small capture, small enough for a link")
	p, err := Prepare(Content{Blob: blobOf(content), Name: "ä b.pcap", View: "filter=op:Ping&row=5", Notes: "note & mark"})
	require.NoError(t, err)
	text, err := p.Fragment()
	require.NoError(t, err)
	require.True(t, IsData(text))
	data, err := ParseData(text)
	require.NoError(t, err)
	require.Equal(t, "ä b.pcap", data.Name)
	require.Equal(t, "filter=op:Ping&row=5", data.View)
	require.Equal(t, "note & mark", data.Notes)
	require.Equal(t, content, bytesOf(t, data.Blob))

	// What compresses comes as the file that it was, and never as more.
	content = bytes.Repeat([]byte("the same again "), 1000)
	p, err = Prepare(Content{Blob: blobOf(content), Name: "b.pcap"})
	require.NoError(t, err)
	text, err = p.Fragment()
	require.NoError(t, err)
	require.Less(t, len(text), 1000)
	data, err = ParseData(text)
	require.NoError(t, err)
	require.Equal(t, "b.pcap", data.Name)
	require.Equal(t, content, bytesOf(t, data.Blob))
	for says, want := range map[string]string{"14999": "expected 14999 bytes", "15001": "expected 15001 bytes", "0": "not whole", "-1": "not whole", "x": "not whole", "": "not whole", "9000000": "not whole"} {
		_, err = ParseData(strings.TrimSuffix(text, "15000") + says)
		require.ErrorContains(t, err, want, says)
	}

	// What would become too much of so little stays packed.
	zeros, err := compress(blobOf(make([]byte, 100_000_000)))
	require.NoError(t, err)
	packed := bytesOf(t, zeros)
	data, err = ParseData(dataName + base64url.EncodeToString([]byte("b.pcap")) + "." + base64url.EncodeToString(packed) + ".100000000")
	require.NoError(t, err)
	require.Equal(t, "b.pcap.gz", data.Name)
	require.Equal(t, packed, bytesOf(t, data.Blob))

	sum := strings.Repeat("0123456789abcdef", 4)
	text = FileFragment(sum, "ä b.pcap", "row=9", "note & mark")
	require.True(t, IsFileLink(text))
	link, err := ParseFileLink(text)
	require.NoError(t, err)
	require.Equal(t, "ä b.pcap", link.Name)
	require.Equal(t, "row=9", link.View)
	require.Equal(t, "note & mark", link.Notes)
	require.Equal(t, sum, link.SHA256)
	require.Empty(t, FileFragment(sum, "a", "", strings.Repeat("n", MaxLink)), "too long for a link")

	p, err = Prepare(Content{Blob: blobOf(random(MaxLink * 3 / 4)), Name: "large"})
	require.NoError(t, err)
	text, err = p.Fragment()
	require.NoError(t, err)
	require.Empty(t, text, "too large for a link")
	for _, bad := range []string{"", "data=", "data=YQ", "data=YQ.", "data=YQ.!", "data=!.YQ", "data=YQ.Y"} {
		_, err := ParseData(bad)
		require.Error(t, err, bad)
	}
	for _, bad := range []string{"file=", "file=ab.YQ", "file=" + strings.Repeat("g", 64) + ".YQ", "file=" + strings.Repeat("a", 64), "file=" + strings.Repeat("a", 64) + ".!"} {
		_, err := ParseFileLink(bad)
		require.Error(t, err, bad)
	}
	rest, notes := cutNotes("row=1&notes=!&sort=time")
	require.Equal(t, "row=1&sort=time", rest)
	require.Empty(t, notes)
}
