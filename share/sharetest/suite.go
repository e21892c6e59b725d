// Package sharetest is what every service of package share must do, as tests
// over HTTP: the same ones for the server on a disk and for the worker with its
// bucket.
package sharetest

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/share"
	"satascope/share/seal"
)

// A Service is one that runs, and what the tests can do to it from behind.
type Service struct {
	URL    string
	Limits share.Limits // that it was started with; Grace at most a few seconds
	// Stored gives the names of what the store holds of a share.
	Stored func(t *testing.T, id string) []string
	// Seed puts a share into the store, as if it had been made long ago; one without
	// a manifest is an upload.
	Seed func(t *testing.T, id share.ID, u share.Upload, chunks [][]byte, manifest []byte)
	// Break makes the store fail until the function that it gives is called.
	Break func(t *testing.T) (mend func())
	// ReadsBreak says that a store that Break broke gives nothing either.
	ReadsBreak bool
}

func (s Service) client() *Client {
	return &Client{URL: s.URL, HTTP: &http.Client{Timeout: time.Minute}}
}

// Content is n bytes that don't repeat.
func Content(n int, seed byte) []byte {
	b := make([]byte, n)
	r := mathrand.NewChaCha8([32]byte{seed})
	_, _ = r.Read(b)
	return b
}

// Run runs all tests.
func Run(t *testing.T, s Service) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Service)
	}{
		{"round trip", roundTrip},
		{"sealed", sealed},
		{"health", health},
		{"addresses", addresses},
		{"creation", creation},
		{"lengths", lengths},
		{"owner", owner},
		{"unfinished", unfinished},
		{"finished", finished},
		{"deleted", deleted},
		{"expired", expired},
		{"upload over", uploadOver},
		{"slow client", slowClient},
		{"cut client", cutClient},
		{"store failing", storeFailing},
		{"at once", atOnce},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, s) })
	}
}

func refused(t *testing.T, err error, status int, code string) *Refusal {
	t.Helper()
	var r *Refusal
	require.ErrorAs(t, err, &r)
	require.Equal(t, status, r.Status, "%v", err)
	require.Equal(t, code, r.Code, "%v", err)
	require.NotEmpty(t, r.Message)
	require.NotEmpty(t, r.Action)
	require.Contains(t, r.Message, r.Action, "a person is told what to do")
	return r
}

func roundTrip(t *testing.T, s Service) {
	c := s.client()
	for _, days := range share.Days {
		content := Content(2500, byte(days))
		manifest := Content(300, 9)
		made, err := c.Upload(days, content, 1000, manifest)
		require.NoError(t, err)
		require.Equal(t, 3, made.Chunks)
		require.WithinDuration(t, time.Now().AddDate(0, 0, days), made.Expires, time.Minute)
		info, err := c.Info(made.ID)
		require.NoError(t, err)
		require.Equal(t, &Info{ID: made.ID, Expires: made.Expires, Days: days, Size: 2500, ChunkSize: 1000, Chunks: 3, Manifest: manifest}, info)
		got, _, err := c.Download(made.ID)
		require.NoError(t, err)
		require.Equal(t, content, got)
		_, resp, err := c.Do("HEAD", "/api/shares/"+made.ID+"/chunks/2", "", "", nil)
		require.NoError(t, err)
		require.Equal(t, "500", resp.Header.Get("Content-Length"))
		require.NoError(t, c.Delete(made.ID, made.Token))
	}
	// A chunk as large as they come, in its own bytes.
	content := Content(int(s.Limits.ChunkSize)+1, 3)
	made, err := c.Upload(1, content, int(s.Limits.ChunkSize), []byte("m"))
	require.NoError(t, err)
	got, _, err := c.Download(made.ID)
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, got))
	require.NoError(t, c.Delete(made.ID, made.Token))
}

// What a sender seals comes back, and no word of it is in what the service gives.
func sealed(t *testing.T, s Service) {
	key := make([]byte, seal.KeySize)
	_, _ = rand.Read(key)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	aead, err := cipher.NewGCM(block)
	require.NoError(t, err)
	content := bytes.Repeat([]byte("/vol/content/secret.bin "), 500)
	l := seal.Layout{Length: int64(len(content)), ChunkSize: 5000}
	m := &seal.Manifest{}
	m.Add(seal.FieldName, "secret.pcapng")
	manifest, err := l.SealManifest(nil, aead, m)
	require.NoError(t, err)
	var all []byte
	for n := range l.Chunks() {
		all, err = l.Seal(all, aead, n, Cut(content, l.ChunkSize, n))
		require.NoError(t, err)
	}
	c := s.client()
	made, err := c.Upload(7, all, int(l.SealedChunkSize()), manifest)
	require.NoError(t, err)
	info, err := c.Info(made.ID)
	require.NoError(t, err)
	layout, err := seal.LayoutOfSealed(info.Size, info.ChunkSize)
	require.NoError(t, err)
	read, err := layout.OpenManifest(aead, info.Manifest)
	require.NoError(t, err)
	require.Equal(t, "secret.pcapng", read.Get(seal.FieldName))
	var given []byte
	got, err := io.ReadAll(seal.NewReader(layout, aead, func(n int, _ []byte) ([]byte, error) {
		b, err := c.Chunk(made.ID, n)
		given = append(given, b...)
		return b, err
	}))
	require.NoError(t, err)
	require.Equal(t, content, got)
	require.NotContains(t, string(given)+string(info.Manifest), "secret")
}

func health(t *testing.T, s Service) {
	b, resp, err := s.client().Do("GET", "/api/health", "", "", nil)
	require.NoError(t, err)
	var h struct {
		OK           bool
		Days         []int
		MaxSize      int64 `json:"max_size"`
		MaxChunkSize int64 `json:"max_chunk_size"`
		MaxChunks    int   `json:"max_chunks"`
		MaxManifest  int64 `json:"max_manifest"`
		Time         time.Time
	}
	require.NoError(t, json.Unmarshal(b, &h))
	require.True(t, h.OK)
	require.Equal(t, share.Days, h.Days)
	require.Equal(t, []int64{s.Limits.Size, s.Limits.ChunkSize, int64(s.Limits.Chunks), s.Limits.Manifest}, []int64{h.MaxSize, h.MaxChunkSize, int64(h.MaxChunks), h.MaxManifest})
	require.WithinDuration(t, time.Now(), h.Time, time.Minute)
	for name, want := range Headers {
		require.Equal(t, want, resp.Header.Get(name), name)
	}
}

// Headers are those of every answer that is JSON.
var Headers = map[string]string{
	"Cache-Control":                "no-store",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'; sandbox",
	"Content-Type":                 "application/json; charset=utf-8",
	"Access-Control-Allow-Origin":  "",
}

// noID is well made, and nobody's.
const noID = "Hv____-_____________________"

func addresses(t *testing.T, s Service) {
	c := s.client()
	for _, path := range []string{"/api/", "/api/x", "/api/shares/", "/api/shares/short", "/api/shares/" + noID, "/api/shares/" + noID + "/chunks/0",
		"/api/shares/" + strings.ToLower(noID), "/api/shares/" + noID[:27], "/api/shares/" + noID + "/chunks/-1", "/api/shares/" + noID + "/chunks/00",
		"/api/shares/" + noID + "/chunks/99999999999", "/api/shares/" + noID + "/x", "/api/health/x", "/api/shares/..%2f..%2fetc", "/api/shares/" + noID + "/chunks/0/1"} {
		_, resp, err := c.Do("GET", path, "", "", nil)
		refused(t, err, http.StatusNotFound, "not_found")
		for name, want := range Headers {
			require.Equal(t, want, resp.Header.Get(name), "%s: %s", path, name)
		}
	}
	for _, try := range []struct{ method, path, allow string }{
		{"DELETE", "/api/health", "GET, HEAD"},
		{"GET", "/api/shares", "POST"},
		{"PUT", "/api/shares", "POST"},
		{"OPTIONS", "/api/shares", "POST"},
		{"POST", "/api/shares/" + noID, "DELETE, GET, HEAD"},
		{"GET", "/api/shares/" + noID + "/manifest", "PUT"},
		{"DELETE", "/api/shares/" + noID + "/chunks/0", "GET, HEAD, PUT"},
	} {
		_, resp, err := c.Do(try.method, try.path, "", "", nil)
		refused(t, err, http.StatusMethodNotAllowed, "method_not_allowed")
		require.Equal(t, try.allow, resp.Header.Get("Allow"))
		require.Empty(t, resp.Header.Get("Access-Control-Allow-Origin"))
	}
	made, err := c.Create(1, 10, 10)
	require.NoError(t, err)
	for _, method := range []string{"PUT", "DELETE"} {
		for _, path := range []string{"/api/shares/" + noID, "/api/shares/" + noID + "/chunks/0", "/api/shares/" + noID + "/manifest"} {
			_, _, err := c.Do(method, path, made.Token, "", []byte("0123456789"))
			var r *Refusal
			require.ErrorAs(t, err, &r)
			require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, r.Status, "%s %s", method, path)
		}
	}
}

func creation(t *testing.T, s Service) {
	c := s.client()
	most, chunk := s.Limits.Size, s.Limits.ChunkSize
	for _, try := range []struct {
		days        int
		size, chunk int64
		status      int
		code        string
		found       string
	}{
		{0, 10, 10, 400, "bad_days", "0"},
		{2, 10, 10, 400, "bad_days", "2"},
		{263, 10, 10, 400, "bad_days", "263"},
		{7, 0, 10, 400, "bad_size", "0"},
		{7, -1, 10, 400, "bad_size", "-1"},
		{7, most + 1, chunk, 413, "too_large", fmt.Sprint(most + 1)},
		{7, 1 << 62, chunk, 413, "too_large", fmt.Sprint(1 << 62)},
		{7, 10, 0, 400, "bad_chunk_size", "0"},
		{7, 10, -3, 400, "bad_chunk_size", "-3"},
		{7, 10, chunk + 1, 400, "bad_chunk_size", fmt.Sprint(chunk + 1)},
		{7, int64(s.Limits.Chunks) + 1, 1, 400, "too_many_chunks", fmt.Sprint(s.Limits.Chunks + 1)},
	} {
		_, err := c.Create(try.days, try.size, try.chunk)
		r := refused(t, err, try.status, try.code)
		require.Equal(t, try.found, r.Found)
		require.NotEmpty(t, r.Expected)
	}
	for _, body := range []string{``, `{`, `[]`, `{"days":7,"size":10,"chunk_size":10}x`, `{"days":"7"}`, `{"days":7,"size":10,"chunk_size":10,"name":"a.pcap"}`, `{"size":1e40}`} {
		_, _, err := c.Do("POST", "/api/shares", "", "application/json", []byte(body))
		refused(t, err, 400, "bad_request")
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		_, _, err := c.Do("POST", "/api/shares", "", kind, []byte(`{"days":7,"size":10,"chunk_size":10}`))
		refused(t, err, 415, "not_json")
	}
	_, _, err := c.Do("POST", "/api/shares", "", "application/json", bytes.Repeat([]byte(" "), 5000))
	refused(t, err, 413, "too_large")
	seen := map[string]bool{}
	for range 5 {
		made, err := c.Create(30, 10, 10)
		require.NoError(t, err)
		require.Len(t, made.ID, 28)
		require.Len(t, made.Token, 43)
		require.False(t, seen[made.ID[8:]], "the random part")
		seen[made.ID[8:]] = true
		for _, name := range s.Stored(t, made.ID) {
			require.NotContains(t, name, made.Token)
		}
	}
}

func lengths(t *testing.T, s Service) {
	c := s.client()
	made, err := c.Create(1, 25, 10)
	require.NoError(t, err)
	before := s.Stored(t, made.ID)
	refused(t, c.PutChunk(made, 0, Content(9, 1)), 400, "wrong_length")
	r := refused(t, c.PutChunk(made, 0, Content(11, 1)), 413, "too_large")
	require.Equal(t, "10", r.Expected)
	require.Equal(t, "11", r.Found)
	refused(t, c.PutChunk(made, 2, Content(10, 1)), 413, "too_large")
	refused(t, c.PutChunk(made, 0, Content(int(s.Limits.ChunkSize)+100, 1)), 413, "too_large")
	refused(t, c.PutChunk(made, 3, Content(5, 1)), 404, "no_such_chunk")
	_, _, err = c.Do("PUT", "/api/shares/"+made.ID+"/chunks/0", made.Token, "", []byte{})
	var none *Refusal
	require.ErrorAs(t, err, &none)
	require.Contains(t, []int{400, 411}, none.Status)
	refused(t, c.Finish(made, Content(int(s.Limits.Manifest)+1, 1)), 413, "too_large")
	// A body of unknown length.
	req, err := http.NewRequest("PUT", s.URL+"/api/shares/"+made.ID+"/chunks/0", io.MultiReader(bytes.NewReader(Content(10, 1))))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+made.Token)
	resp, err := c.HTTP.Do(req)
	require.NoError(t, err)
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	refused(t, refusal(resp, body), 411, "length_required")
	require.Equal(t, before, s.Stored(t, made.ID), "nothing of what was refused is kept")
}

func owner(t *testing.T, s Service) {
	c := s.client()
	made, err := c.Create(1, 20, 10)
	require.NoError(t, err)
	other, err := c.Create(1, 20, 10)
	require.NoError(t, err)
	before := s.Stored(t, made.ID)
	for _, token := range []string{other.Token, "x", made.Token[:42], made.Token + "A", strings.ToLower(made.Token), "!"} {
		thief := &Share{ID: made.ID, Token: token}
		refused(t, c.PutChunk(thief, 0, Content(10, 1)), 403, "wrong_token")
		refused(t, c.Finish(thief, []byte("m")), 403, "wrong_token")
		refused(t, c.Delete(made.ID, token), 403, "wrong_token")
	}
	for _, path := range []string{"", "/chunks/0", "/manifest"} {
		method := "PUT"
		if path == "" {
			method = "DELETE"
		}
		_, resp, err := c.Do(method, "/api/shares/"+made.ID+path, "", "", []byte("0123456789"))
		refused(t, err, 401, "no_token")
		require.Contains(t, resp.Header.Get("WWW-Authenticate"), "Bearer")
	}
	require.Equal(t, before, s.Stored(t, made.ID))
}

func unfinished(t *testing.T, s Service) {
	c := s.client()
	content := Content(25, 1)
	made, err := c.Create(1, 25, 10)
	require.NoError(t, err)
	r := refused(t, c.Finish(made, []byte("m")), 409, "chunks_missing")
	require.Contains(t, r.Message, "(0, 1, 2)")
	require.NoError(t, c.PutChunk(made, 2, Cut(content, 10, 2)))
	require.NoError(t, c.PutChunk(made, 0, Content(10, 7)))
	require.NoError(t, c.PutChunk(made, 0, Cut(content, 10, 0)), "a chunk can be sent again")
	r = refused(t, c.Finish(made, []byte("m")), 409, "chunks_missing")
	require.Contains(t, r.Message, "of 3 chunks, 1 are missing (1)")
	_, err = c.Info(made.ID)
	refused(t, err, 404, "not_found")
	for n := range 3 {
		_, err = c.Chunk(made.ID, n)
		refused(t, err, 404, "not_found")
	}
	require.NoError(t, c.PutChunk(made, 1, Cut(content, 10, 1)))
	require.NoError(t, c.Finish(made, []byte("m")))
	got, _, err := c.Download(made.ID)
	require.NoError(t, err)
	require.Equal(t, content, got)
}

func finished(t *testing.T, s Service) {
	c := s.client()
	content := Content(20, 1)
	made, err := c.Upload(1, content, 10, []byte("manifest"))
	require.NoError(t, err)
	refused(t, c.PutChunk(made, 0, Content(10, 2)), 409, "finished")
	refused(t, c.Finish(made, []byte("another")), 409, "finished")
	require.NoError(t, c.Finish(made, []byte("manifest")), "who did not get the answer asks again")
	got, manifest, err := c.Download(made.ID)
	require.NoError(t, err)
	require.Equal(t, content, got)
	require.Equal(t, "manifest", string(manifest))
	_, err = c.Chunk(made.ID, 2)
	refused(t, err, 404, "not_found")
}

func deleted(t *testing.T, s Service) {
	c := s.client()
	done, err := c.Upload(7, Content(20, 1), 10, []byte("manifest"))
	require.NoError(t, err)
	begun, err := c.Create(7, 20, 10)
	require.NoError(t, err)
	require.NoError(t, c.PutChunk(begun, 0, Content(10, 1)))
	for _, made := range []*Share{done, begun} {
		require.NotEmpty(t, s.Stored(t, made.ID))
		require.NoError(t, c.Delete(made.ID, made.Token))
		require.Empty(t, s.Stored(t, made.ID), "nothing is left behind")
		_, err = c.Info(made.ID)
		refused(t, err, 404, "not_found")
		_, err = c.Chunk(made.ID, 0)
		refused(t, err, 404, "not_found")
		refused(t, c.PutChunk(made, 0, Content(10, 1)), 404, "not_found")
		refused(t, c.Finish(made, []byte("m")), 404, "not_found")
		refused(t, c.Delete(made.ID, made.Token), 404, "not_found")
		require.Empty(t, s.Stored(t, made.ID))
	}
}

func expired(t *testing.T, s Service) {
	c := s.client()
	for _, days := range share.Days {
		then := time.Now().AddDate(0, 0, -days).Add(-time.Minute)
		id, err := share.NewID(days, then, rand.Reader)
		require.NoError(t, err)
		u := share.Upload{Size: 20, ChunkSize: 10, Created: then, TokenHash: make([]byte, 32)}
		s.Seed(t, id, u, [][]byte{Content(10, 1), Content(10, 2)}, []byte("manifest"))
		require.NotEmpty(t, s.Stored(t, id.String()))
		_, err = c.Info(id.String())
		r := refused(t, err, 410, "expired")
		require.Contains(t, r.Message, id.Expires().Format("2 January 2006"))
		require.Empty(t, s.Stored(t, id.String()), "nothing is left behind")
		_, err = c.Chunk(id.String(), 0)
		refused(t, err, 410, "expired")
		refused(t, c.PutChunk(&Share{ID: id.String(), Token: "x"}, 0, Content(10, 1)), 410, "expired")
		refused(t, c.Delete(id.String(), "x"), 410, "expired")
	}
	// What asks to delete it removes it as well, whoever that is: it is over.
	long := time.Now().AddDate(0, 0, -2)
	over, err := share.NewID(1, long, rand.Reader)
	require.NoError(t, err)
	s.Seed(t, over, share.Upload{Size: 10, ChunkSize: 10, Created: long, TokenHash: make([]byte, 32)}, [][]byte{Content(10, 1)}, []byte("manifest"))
	refused(t, c.Delete(over.String(), "x"), 410, "expired")
	require.Empty(t, s.Stored(t, over.String()), "nothing is left behind")
	// Not yet: the same, with a minute to go.
	then := time.Now().AddDate(0, 0, -1).Add(time.Minute)
	id, err := share.NewID(1, then, rand.Reader)
	require.NoError(t, err)
	s.Seed(t, id, share.Upload{Size: 10, ChunkSize: 10, Created: then, TokenHash: make([]byte, 32)}, [][]byte{Content(10, 1)}, []byte("manifest"))
	got, _, err := c.Download(id.String())
	require.NoError(t, err)
	require.Equal(t, Content(10, 1), got)
}

// uploadOver is an upload that took too long: it is refused, and whatever asks for
// it has it removed.
func uploadOver(t *testing.T, s Service) {
	c := s.client()
	made, err := c.Create(7, 20, 10)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(s.Limits.UploadTime), made.UploadEnd, time.Minute)
	token := Content(32, 5)
	sum := sha256.Sum256(token)
	begun := time.Now().Add(-s.Limits.UploadTime - time.Hour)
	for name, ask := range map[string]func(*Share){
		"the next chunk": func(made *Share) { refused(t, c.PutChunk(made, 1, Content(10, 2)), 410, "upload_over") },
		"the manifest":   func(made *Share) { refused(t, c.Finish(made, []byte("m")), 410, "upload_over") },
		"a reader":       func(made *Share) { _, err := c.Info(made.ID); refused(t, err, 404, "not_found") },
		"a chunk's":      func(made *Share) { _, err := c.Chunk(made.ID, 0); refused(t, err, 404, "not_found") },
	} {
		id, err := share.NewID(7, begun, rand.Reader)
		require.NoError(t, err)
		made := &Share{ID: id.String(), Token: base64.RawURLEncoding.EncodeToString(token)}
		s.Seed(t, id, share.Upload{Size: 20, ChunkSize: 10, Created: begun, TokenHash: sum[:]}, [][]byte{Content(10, 1)}, nil)
		require.NotEmpty(t, s.Stored(t, made.ID))
		ask(made)
		require.Empty(t, s.Stored(t, made.ID), name)
		refused(t, c.Finish(made, []byte("m")), 404, "not_found")
	}
	// One that was finished stays, long after the time for its upload.
	id, err := share.NewID(7, begun, rand.Reader)
	require.NoError(t, err)
	s.Seed(t, id, share.Upload{Size: 10, ChunkSize: 10, Created: begun, TokenHash: sum[:]}, [][]byte{Content(10, 1)}, []byte("m"))
	_, err = c.Chunk(id.String(), 1)
	refused(t, err, 404, "not_found")
	refused(t, c.PutChunk(&Share{ID: id.String(), Token: base64.RawURLEncoding.EncodeToString(token)}, 0, Content(10, 2)), 409, "finished")
	got, _, err := c.Download(id.String())
	require.NoError(t, err)
	require.Equal(t, Content(10, 1), got)
}

// dial opens a connection and begins a PUT of a chunk of n bytes.
func dial(t *testing.T, s Service, made *Share, n int) net.Conn {
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	conn, err := net.Dial("tcp", u.Host)
	require.NoError(t, err)
	_, err = fmt.Fprintf(conn, "PUT /api/shares/%s/chunks/0 HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", made.ID, u.Host, made.Token, n)
	require.NoError(t, err)
	return conn
}

func slowClient(t *testing.T, s Service) {
	c := s.client()
	made, err := c.Create(1, 10000, 10000)
	require.NoError(t, err)
	before := s.Stored(t, made.ID)
	conn := dial(t, s, made, 10000)
	defer conn.Close()
	_, err = conn.Write(Content(10, 1))
	require.NoError(t, err)
	// Ten bytes, and then nothing: the service says so, and does not wait for ever.
	allowed := s.Limits.Grace + time.Duration(10000/s.Limits.Rate)*time.Second
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(allowed+20*time.Second)))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	r := refused(t, refusal(resp, answer), 408, "too_slow")
	require.Equal(t, "10000 bytes", r.Expected)
	require.Equal(t, before, s.Stored(t, made.ID), "nothing is left behind")
	require.NoError(t, c.PutChunk(made, 0, Content(10000, 1)), "it can be sent again")
}

func cutClient(t *testing.T, s Service) {
	c := s.client()
	made, err := c.Create(1, 10000, 10000)
	require.NoError(t, err)
	before := s.Stored(t, made.ID)
	conn := dial(t, s, made, 10000)
	_, err = conn.Write(Content(5000, 1))
	require.NoError(t, err)
	time.Sleep(100 * time.Millisecond)
	require.NoError(t, conn.Close())
	time.Sleep(500 * time.Millisecond)
	require.Equal(t, before, s.Stored(t, made.ID), "nothing is left behind")
	refused(t, c.Finish(made, []byte("m")), 409, "chunks_missing")
}

func storeFailing(t *testing.T, s Service) {
	c := s.client()
	content := Content(20, 1)
	made, err := c.Create(1, 20, 10)
	require.NoError(t, err)
	require.NoError(t, c.PutChunk(made, 0, content[:10]))
	full, err := c.Create(1, 10, 10)
	require.NoError(t, err)
	require.NoError(t, c.PutChunk(full, 0, content[:10]))
	before := s.Stored(t, made.ID)
	failed := func(err error) {
		t.Helper()
		r := refused(t, err, 503, "store_failed")
		require.NotEmpty(t, r.Header.Get("Retry-After"))
	}
	kept, err := c.Upload(1, content, 10, []byte("m"))
	require.NoError(t, err)
	mend := s.Break(t)
	_, err = c.Create(1, 20, 10)
	failed(err)
	if s.ReadsBreak {
		_, err = c.Info(kept.ID)
		failed(err)
		_, err = c.Chunk(kept.ID, 0)
		failed(err)
		failed(c.Delete(kept.ID, kept.Token))
	}
	failed(c.PutChunk(made, 1, content[10:]))
	failed(c.Finish(full, []byte("m")))
	_, _, err = c.Do("GET", "/api/health", "", "", nil)
	failed(err)
	mend()
	require.Equal(t, before, s.Stored(t, made.ID), "nothing is left behind")
	_, err = c.Info(full.ID)
	refused(t, err, 404, "not_found")
	// What was there before goes on.
	require.NoError(t, c.PutChunk(made, 1, content[10:]))
	require.NoError(t, c.Finish(made, []byte("m")))
	require.NoError(t, c.Finish(full, []byte("m")))
	for _, id := range []string{made.ID, kept.ID} {
		got, _, err := c.Download(id)
		require.NoError(t, err)
		require.Equal(t, content, got)
	}
}

// atOnce is a few people at once; the local server has a test with 200.
func atOnce(t *testing.T, s Service) {
	require.NoError(t, UploadAtOnce(s.client(), 8, 3000, 1000))
}

// UploadAtOnce makes a number of shares at once, and reads each back.
func UploadAtOnce(c *Client, shares, size, chunkSize int) error {
	var wg sync.WaitGroup
	errs := make([]error, shares)
	for i := range shares {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = uploadAndRead(c, Content(size+i, byte(i)), chunkSize, i)
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}

func uploadAndRead(c *Client, content []byte, chunkSize, i int) error {
	made, err := c.Upload(share.Days[i%len(share.Days)], content, chunkSize, []byte("manifest "+strconv.Itoa(i)))
	if err != nil {
		return fmt.Errorf("share %d: %w", i, err)
	}
	got, manifest, err := c.Download(made.ID)
	if err != nil {
		return fmt.Errorf("read share %d: %w", i, err)
	}
	if !bytes.Equal(got, content) || string(manifest) != "manifest "+strconv.Itoa(i) {
		return fmt.Errorf("share %d came back with other bytes", i)
	}
	return nil
}
