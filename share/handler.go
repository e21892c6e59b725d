package share

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options are what a service can be told. The zero value is a working one.
type Options struct {
	Limits Limits           // zero: DefaultLimits
	Now    func() time.Time // nil: time.Now
	Random io.Reader        // nil: crypto/rand
	// Admit counts the creation of a share: 0 lets it go on, else it is how long
	// the client has to wait. nil: no limit. See [Limiter].
	Admit func(r *http.Request) time.Duration
	// Log is told when the store fails. nil: nobody is.
	Log func(err error)
}

// Prefix begins the paths that the handler answers.
const Prefix = "/api/"

type handler struct {
	Options
	store Store
}

// NewHandler is the service. It answers every path below [Prefix], and is meant
// to be called for no other.
func NewHandler(store Store, o Options) http.Handler {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Admit == nil {
		o.Admit = func(*http.Request) time.Duration { return 0 }
	}
	if o.Log == nil {
		o.Log = func(error) {}
	}
	return &handler{Options: o, store: store}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w, r)
	r, done := h.bounded(w, r)
	defer done()
	if err := h.route(w, r); err != nil {
		h.fail(w, r, err)
	}
}

// secure sets the headers of every answer. What is kept is anyone's bytes: they
// must never run, be framed or be stored by a cache, which would keep them after
// they were deleted. There are no CORS headers, so other sites' pages can't ask.
func secure(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.TLS != nil || r.URL.Scheme == "https" {
		header.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// route finds what a request asks for, and does it.
func (h *handler) route(w http.ResponseWriter, r *http.Request) error {
	path, ok := strings.CutPrefix(r.URL.Path, Prefix)
	if !ok {
		return unknownPath(r)
	}
	parts := strings.Split(path, "/")
	switch {
	case len(parts) == 1 && parts[0] == "health":
		return h.methods(w, r, map[string]action{http.MethodGet: h.health})
	case parts[0] != "shares" || len(parts) > 4:
		return unknownPath(r)
	case len(parts) == 1:
		return h.methods(w, r, map[string]action{http.MethodPost: h.create})
	}
	t := target{n: -1}
	var known map[string]func(http.ResponseWriter, *http.Request, target) error
	switch {
	case len(parts) == 2:
		known = map[string]func(http.ResponseWriter, *http.Request, target) error{http.MethodGet: h.get, http.MethodDelete: h.remove}
	case len(parts) == 3 && parts[2] == "manifest":
		known = map[string]func(http.ResponseWriter, *http.Request, target) error{http.MethodPut: h.finish}
	case len(parts) == 4 && parts[2] == "chunks":
		n, err := strconv.ParseUint(parts[3], 10, 31)
		if err != nil || strconv.FormatUint(n, 10) != parts[3] {
			return problemf(http.StatusNotFound, "not_found", "Number the chunks 0, 1, 2 and so on.", "%q is not the number of a chunk", parts[3])
		}
		t.n = int(n)
		known = map[string]func(http.ResponseWriter, *http.Request, target) error{http.MethodGet: h.getChunk, http.MethodPut: h.putChunk}
	default:
		return unknownPath(r)
	}
	var err error
	if t.id, err = ParseID(parts[1]); err != nil {
		return problemf(http.StatusNotFound, "not_found", "Copy all of the link, or ask the sender for it again.", "There is no share under this id: it is not whole").
			with("28 letters, digits, - and _", fmt.Sprintf("%d characters", len(parts[1])))
	}
	actions := map[string]action{}
	for method, do := range known {
		actions[method] = func(w http.ResponseWriter, r *http.Request) error {
			if err := h.expired(r, t.id); err != nil {
				return err
			}
			err := do(w, r, t)
			if errors.Is(err, ErrNotFound) {
				h.forget(r, t.id)
			}
			return err
		}
	}
	return h.methods(w, r, actions)
}

// A target is what a path names.
type target struct {
	id ID
	n  int // of the chunk
}

type action func(http.ResponseWriter, *http.Request) error

// methods does what the method asks for; HEAD is GET without its body.
func (h *handler) methods(w http.ResponseWriter, r *http.Request, actions map[string]action) error {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if do := actions[method]; do != nil {
		return do(w, r)
	}
	var allow []string
	for m := range actions {
		allow = append(allow, m)
		if m == http.MethodGet {
			allow = append(allow, http.MethodHead)
		}
	}
	slices.Sort(allow)
	p := problemf(http.StatusMethodNotAllowed, "method_not_allowed", "Use one of those.", "This address takes %s", strings.Join(allow, ", "))
	p.allow = strings.Join(allow, ", ")
	return p.with(p.allow, r.Method)
}

func unknownPath(r *http.Request) error {
	return problemf(http.StatusNotFound, "not_found", "The addresses are /api/health and those below /api/shares.", "Nothing is at this address")
}

// fail answers a request that could not be done.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem
	var from *bodyError
	switch {
	case errors.As(err, &p):
	case errors.As(err, &from):
		p = from.problem()
	case errors.Is(err, ErrNotFound):
		p = problemf(http.StatusNotFound, "not_found", "Ask the sender for the link again, or to share again.",
			"There is no share under this id: it was deleted, its upload was not finished in time, or the link is not whole")
	case errors.Is(err, ErrFinished):
		p = problemf(http.StatusConflict, "finished", "Delete it and share again to change it.", "This share is finished and can't be changed")
	case errors.Is(err, ErrFull):
		h.Log(err)
		p = problemf(http.StatusInsufficientStorage, "full", "Share less (selected exchanges, or the log alone), or try again when others' shares have ended.",
			"This service has no room for the share now; nothing of this request was kept")
	default:
		h.Log(err)
		p = problemf(http.StatusServiceUnavailable, "store_failed", "Try again in a moment.", "The service could not reach what it stores shares in; nothing of this request was kept")
		p.retry = 5 * time.Second
	}
	h.drain(r)
	p.write(w, r)
}

// drain takes what a client is still sending, up to a chunk, so that it reads the
// answer and not a connection reset. What is larger, or slow, is cut off. Where
// net/http does not serve, the platform does this.
func (h *handler) drain(r *http.Request) {
	if _, other := r.Body.(*timedBody); other {
		return
	}
	if r.ContentLength > 0 && r.ContentLength <= h.Limits.ChunkSize && r.Header.Get("Expect") == "" {
		_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength)
	}
}

// bounded bounds the time that the request's body may take to come. Requests
// without a body have no bound: it would end them while they are answered.
func (h *handler) bounded(w http.ResponseWriter, r *http.Request) (*http.Request, context.CancelFunc) {
	if r.Body == nil || r.Body == http.NoBody || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r, func() {}
	}
	allowed := h.allowed(min(max(r.ContentLength, 0), h.Limits.ChunkSize))
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(allowed)); err == nil {
		return r, func() {}
	}
	// Not a server of net/http: the context carries the bound, to reads and to a
	// store that takes the body as a whole.
	ctx, cancel := context.WithTimeout(r.Context(), allowed)
	r = r.WithContext(ctx)
	r.Body = &timedBody{ReadCloser: r.Body, ctx: ctx}
	return r, cancel
}

// A timedBody is a body whose reads end with a context. What is still being read
// then is lost.
type timedBody struct {
	io.ReadCloser
	ctx context.Context
}

func (b *timedBody) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	buf := make([]byte, min(len(p), 64<<10))
	got := make(chan result, 1)
	go func() {
		n, err := b.ReadCloser.Read(buf)
		got <- result{n, err}
	}()
	select {
	case r := <-got:
		return copy(p, buf[:r.n]), r.err
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
}

// Unwrap gives the body itself; see [Body.Unwrap].
func (b *timedBody) Unwrap() io.Reader { return b.ReadCloser }

// writeDeadline bounds the time that an answer of n bytes may take to go.
func (h *handler) writeDeadline(w http.ResponseWriter, n int64) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(h.allowed(n)))
}

func (h *handler) allowed(n int64) time.Duration {
	return h.Limits.Grace + time.Duration(float64(n)/float64(h.Limits.Rate)*float64(time.Second))
}

// A Body is the body of a request on its way into a store. It keeps what failed
// on the client's side apart from what failed in the store.
type Body struct {
	reader io.Reader
	size   int64
	read   int64
	err    error
}

func (b *Body) Read(p []byte) (int, error) {
	n, err := b.reader.Read(p)
	b.read += int64(n)
	if err == io.EOF && b.read < b.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// Unwrap gives what it reads from, for a store that can take that as a whole. Such
// a store has to end with the context of its call.
func (b *Body) Unwrap() io.Reader { return b.reader }

// A bodyError is a body that did not come whole.
type bodyError struct {
	size int64
	read int64 // -1 where it is not known
	err  error
}

func (e *bodyError) Error() string { return "reading the request: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

func (e *bodyError) problem() *problem {
	if errors.Is(e.err, os.ErrDeadlineExceeded) || errors.Is(e.err, context.DeadlineExceeded) {
		came := fmt.Sprintf("%d of %d bytes", e.read, e.size)
		if e.read < 0 {
			came = fmt.Sprintf("not all of its %d bytes", e.size)
		}
		return problemf(http.StatusRequestTimeout, "too_slow", "Try again, with smaller chunks or over a faster line.",
			"The request was too slow: %s came in time; nothing of it was kept", came).with(fmt.Sprintf("%d bytes", e.size), came)
	}
	return problemf(http.StatusBadRequest, "cut_short", "Send it again.",
		"The request ended early: %d of %d bytes came; nothing of it was kept", e.read, e.size).with(e.size, e.read)
}

// created is the answer to a creation.
type created struct {
	ID        string    `json:"id"`
	Token     string    `json:"token"` // of the owner: to write, and to delete
	Expires   time.Time `json:"expires"`
	Chunks    int       `json:"chunks"`
	UploadEnd time.Time `json:"upload_ends"`
}

// create begins a share.
func (h *handler) create(w http.ResponseWriter, r *http.Request) error {
	if wait := h.Admit(r); wait > 0 {
		p := problemf(http.StatusTooManyRequests, "too_many", "Wait, then try again.", "Too many shares were created from your address; the next can be in %d seconds", int(math.Ceil(wait.Seconds())))
		p.retry = wait
		return p
	}
	// Not one of the types that a form of another site can send.
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return problemf(http.StatusUnsupportedMediaType, "not_json", "Send it with Content-Type: application/json.", "A share is created with JSON").
			with("application/json", r.Header.Get("Content-Type"))
	}
	var ask struct {
		Days      int   `json:"days"`
		Size      int64 `json:"size"`
		ChunkSize int64 `json:"chunk_size"`
	}
	body := &Body{reader: r.Body}
	text, err := io.ReadAll(io.LimitReader(body, maxRequest+1))
	if err != nil {
		return &bodyError{size: r.ContentLength, read: body.read, err: err}
	}
	if len(text) > maxRequest {
		return problemf(http.StatusRequestEntityTooLarge, "too_large", "Send only days, size and chunk_size.", "The request that creates a share has at most %d bytes", maxRequest).
			with(fmt.Sprintf("at most %d bytes", maxRequest), "more")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err = d.Decode(&ask); err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("something follows it")
		}
	}
	if err != nil {
		return problemf(http.StatusBadRequest, "bad_request", `Send {"days": 7, "size": bytes, "chunk_size": bytes}.`, "The request is not the JSON of a new share (%v)", err)
	}
	u := Upload{Size: ask.Size, ChunkSize: ask.ChunkSize, Created: h.Now().UTC()}
	if err := h.Limits.check(ask.Days, u); err != nil {
		return err
	}
	id, err := NewID(ask.Days, u.Created, h.Random)
	if err != nil {
		return err
	}
	var token [32]byte
	if _, err := io.ReadFull(h.Random, token[:]); err != nil {
		return fmt.Errorf("random bytes for a token: %w", err)
	}
	sum := sha256.Sum256(token[:])
	u.TokenHash = sum[:]
	if err := h.store.Create(r.Context(), id, u); err != nil {
		return fmt.Errorf("create a share: %w", err)
	}
	w.Header().Set("Location", Prefix+"shares/"+id.String())
	writeJSON(w, r, http.StatusCreated, created{
		ID: id.String(), Token: base64url.EncodeToString(token[:]), Expires: id.Expires(), Chunks: u.Chunks(), UploadEnd: u.Created.Add(h.Limits.UploadTime),
	})
	return nil
}

// check says what is wrong with a share that someone wants to create.
func (l Limits) check(days int, u Upload) error {
	switch {
	case !slices.Contains(Days, days):
		return problemf(http.StatusBadRequest, "bad_days", "Choose one of these.", "A share is kept for 1, 7 or 30 days, not for %d", days).with("1, 7 or 30", days)
	case u.Size < 1:
		return problemf(http.StatusBadRequest, "bad_size", "Share something.", "A share has at least 1 byte, not %d", u.Size).with("at least 1", u.Size)
	case u.Size > l.Size:
		return problemf(http.StatusRequestEntityTooLarge, "too_large", "Share a part of it (selected streams or exchanges, or the log alone).",
			"The share has %s; this service keeps at most %s", size(u.Size), size(l.Size)).with(l.Size, u.Size)
	case u.ChunkSize < 1 || u.ChunkSize > l.ChunkSize:
		return problemf(http.StatusBadRequest, "bad_chunk_size", "Cut it into such chunks.", "A chunk has 1 to %d bytes, not %d", l.ChunkSize, u.ChunkSize).
			with(fmt.Sprintf("1 to %d", l.ChunkSize), u.ChunkSize)
	case u.Chunks() > l.Chunks:
		return problemf(http.StatusBadRequest, "too_many_chunks", "Make the chunks larger.", "The share would be %d chunks; at most %d are kept", u.Chunks(), l.Chunks).
			with(fmt.Sprintf("at most %d", l.Chunks), u.Chunks())
	}
	return nil
}

// owned checks that the request is the owner's, and gives the share.
func (h *handler) owned(r *http.Request, t target) (u Upload, finished bool, err error) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return u, false, problemf(http.StatusUnauthorized, "no_token", "Send Authorization: Bearer TOKEN, with the token that the creation of the share gave.", "This needs the token of the share's owner")
	}
	u, finished, err = h.store.Upload(r.Context(), t.id)
	if err != nil {
		return u, false, fmt.Errorf("find the share: %w", err)
	}
	token, err := base64url.DecodeString(strings.TrimSpace(text))
	sum := sha256.Sum256(token)
	if err != nil || subtle.ConstantTimeCompare(sum[:], u.TokenHash) != 1 {
		return u, false, problemf(http.StatusForbidden, "wrong_token", "Use the delete link that was made with this share.", "The token is not that of this share's owner")
	}
	return u, finished, nil
}

// expired answers for shares whose time is over, and removes what is left of one.
func (h *handler) expired(r *http.Request, id ID) error {
	if h.Now().Before(id.Expires()) {
		return nil
	}
	if _, _, err := h.store.Upload(r.Context(), id); err == nil {
		h.discard(r, id)
	}
	return problemf(http.StatusGone, "expired", "Ask the sender to share it again.", "This share ended on %s, as it was made to (%d days)", id.Expires().Format("2 January 2006 at 15:04 UTC"), id.Days())
}

// forget removes an upload that was not finished in time. It waits for the
// requests that came in time and may still be under way.
func (h *handler) forget(r *http.Request, id ID) {
	if end := id.created().Add(h.Limits.UploadTime + h.allowed(h.Limits.ChunkSize)); h.Now().Before(end) {
		return
	}
	if _, finished, err := h.store.Upload(r.Context(), id); err == nil && !finished {
		h.discard(r, id)
	}
}

// discard removes what is over. Where that fails, whoever asks next tries again.
func (h *handler) discard(r *http.Request, id ID) {
	if err := h.store.Delete(r.Context(), id); err != nil && !errors.Is(err, ErrNotFound) {
		h.Log(fmt.Errorf("remove what is over: %w", err))
	}
}

// writable checks that a share can still be added to.
func (h *handler) writable(r *http.Request, t target) (u Upload, finished bool, err error) {
	if u, finished, err = h.owned(r, t); err != nil || finished {
		return u, finished, err
	}
	if end := u.Created.Add(h.Limits.UploadTime); !h.Now().Before(end) {
		h.forget(r, t.id)
		return u, false, problemf(http.StatusGone, "upload_over", "Share again.", "The upload was to be finished by %s", end.UTC().Format(time.RFC3339))
	}
	return u, false, nil
}

// length checks the declared length of a body against what it must be.
func length(r *http.Request, least, most int64) error {
	n := r.ContentLength
	if n <= 0 && (r.Header.Get("Content-Length") == "" || n < 0) {
		return problemf(http.StatusLengthRequired, "length_required", "Send the whole body with Content-Length.", "The request must say how long it is")
	}
	if n >= least && n <= most {
		return nil
	}
	want := strconv.FormatInt(least, 10)
	if least != most {
		want += " to " + strconv.FormatInt(most, 10)
	}
	p := problemf(http.StatusBadRequest, "wrong_length", "Cut the share as its creation said.", "The body must have %s bytes, it has %d", want, n).with(want, n)
	if n > most {
		p.status, p.Code = http.StatusRequestEntityTooLarge, "too_large"
	}
	return p
}

// putChunk stores a chunk.
func (h *handler) putChunk(w http.ResponseWriter, r *http.Request, t target) error {
	u, finished, err := h.writable(r, t)
	if err != nil {
		return err
	}
	if finished {
		return ErrFinished
	}
	if t.n >= u.Chunks() {
		return problemf(http.StatusNotFound, "no_such_chunk", "Cut the share as its creation said.", "The share has %d chunks, 0 to %d", u.Chunks(), u.Chunks()-1).
			with(fmt.Sprintf("0 to %d", u.Chunks()-1), t.n)
	}
	want := u.SizeOf(t.n)
	if err := length(r, want, want); err != nil {
		return err
	}
	body := &Body{reader: r.Body, size: want}
	if err := h.store.PutChunk(r.Context(), t.id, t.n, want, body); err != nil {
		if body.err == nil && errors.Is(r.Context().Err(), context.DeadlineExceeded) {
			return &bodyError{size: want, read: -1, err: r.Context().Err()} // the store took the body as a whole
		}
		if body.err != nil {
			return &bodyError{size: want, read: body.read, err: body.err}
		}
		return fmt.Errorf("store a chunk: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// finish takes the manifest and makes the share readable.
func (h *handler) finish(w http.ResponseWriter, r *http.Request, t target) error {
	u, finished, err := h.writable(r, t)
	if err != nil {
		return err
	}
	if err := length(r, 1, h.Limits.Manifest); err != nil {
		return err
	}
	body := &Body{reader: r.Body, size: r.ContentLength}
	manifest := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(body, manifest); err != nil {
		return &bodyError{size: r.ContentLength, read: body.read, err: err}
	}
	status := http.StatusCreated
	if !finished {
		stored, err := h.store.Stored(r.Context(), t.id)
		if err != nil {
			return fmt.Errorf("list the chunks: %w", err)
		}
		if err := u.missing(stored); err != nil {
			return err
		}
		err = h.store.Finish(r.Context(), t.id, manifest)
		finished = errors.Is(err, ErrFinished)
		if err != nil && !finished {
			return fmt.Errorf("store the manifest: %w", err)
		}
	}
	if finished {
		// A client that did not get the answer asks again.
		_, have, err := h.store.Manifest(r.Context(), t.id)
		if err != nil {
			return fmt.Errorf("read the manifest: %w", err)
		}
		if !bytes.Equal(have, manifest) {
			return ErrFinished
		}
		status = http.StatusOK
	}
	writeJSON(w, r, status, info(t.id, u, manifest))
	return nil
}

// missing says which chunks are not there.
func (u Upload) missing(stored map[int]int64) error {
	var missing []string
	count := 0
	for n := range u.Chunks() {
		if stored[n] == u.SizeOf(n) {
			continue
		}
		if count++; count <= 10 {
			missing = append(missing, strconv.Itoa(n))
		}
	}
	if count == 0 {
		return nil
	}
	list := strings.Join(missing, ", ")
	if count > len(missing) {
		list += " and " + strconv.Itoa(count-len(missing)) + " more"
	}
	return problemf(http.StatusConflict, "chunks_missing", "Send those chunks, then the manifest again.", "The share is not whole: of %d chunks, %d are missing (%s)", u.Chunks(), count, list).
		with(u.Chunks(), u.Chunks()-count)
}

// A public is what anyone who has the id is told.
type public struct {
	ID        string    `json:"id"`
	Expires   time.Time `json:"expires"`
	Days      int       `json:"days"`
	Size      int64     `json:"size"`
	ChunkSize int64     `json:"chunk_size"`
	Chunks    int       `json:"chunks"`
	Manifest  []byte    `json:"manifest"` // base64, sealed
}

func info(id ID, u Upload, manifest []byte) public {
	return public{ID: id.String(), Expires: id.Expires(), Days: id.Days(), Size: u.Size, ChunkSize: u.ChunkSize, Chunks: u.Chunks(), Manifest: manifest}
}

// get gives a share's manifest and how it is cut.
func (h *handler) get(w http.ResponseWriter, r *http.Request, t target) error {
	u, manifest, err := h.store.Manifest(r.Context(), t.id)
	if err != nil {
		return fmt.Errorf("read a manifest: %w", err)
	}
	h.writeDeadline(w, 2*h.Limits.Manifest)
	writeJSON(w, r, http.StatusOK, info(t.id, u, manifest))
	return nil
}

// getChunk gives a chunk.
func (h *handler) getChunk(w http.ResponseWriter, r *http.Request, t target) error {
	body, n, err := h.store.Chunk(r.Context(), t.id, t.n)
	if err != nil {
		return fmt.Errorf("read a chunk: %w", err)
	}
	defer body.Close()
	h.writeDeadline(w, n)
	header := w.Header()
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Content-Disposition", "attachment")
	header.Set("Content-Length", strconv.FormatInt(n, 10))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(w, body); err != nil && r.Context().Err() == nil {
		// The answer has begun: cutting it off is the only way to say so.
		h.Log(fmt.Errorf("send a chunk: %w", err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

// remove deletes a share, finished or not, for its owner.
func (h *handler) remove(w http.ResponseWriter, r *http.Request, t target) error {
	if _, _, err := h.owned(r, t); err != nil {
		return err
	}
	if err := h.store.Delete(r.Context(), t.id); err != nil {
		return fmt.Errorf("delete a share: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// health says whether shares can be stored, and in what limits.
func (h *handler) health(w http.ResponseWriter, r *http.Request) error {
	if err := h.store.Check(r.Context()); err != nil {
		return fmt.Errorf("check the store: %w", err)
	}
	writeJSON(w, r, http.StatusOK, struct {
		OK        bool      `json:"ok"`
		Days      []int     `json:"days"`
		Size      int64     `json:"max_size"`
		ChunkSize int64     `json:"max_chunk_size"`
		Chunks    int       `json:"max_chunks"`
		Manifest  int64     `json:"max_manifest"`
		Time      time.Time `json:"time"`
	}{true, Days, h.Limits.Size, h.Limits.ChunkSize, h.Limits.Chunks, h.Limits.Manifest, h.Now().UTC()})
	return nil
}
