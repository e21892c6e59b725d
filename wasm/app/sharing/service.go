//go:build js && wasm

// Package sharing sends captures to the service that stores them, sealed, and
// gets them back. docs/sharing.md is the form, docs/api.md the service.
//
// The key is made here, by the browser, and stays in the page: it is in the link
// and in no request. service.go talks to the service, crypto.go is the browser's
// cipher, send.go and open.go are the two directions. Their calls block: they
// are for goroutines of their own. A [Call] can be cancelled from an event.
package sharing

import (
	"errors"
	"strconv"
	"syscall/js"
	"time"

	"satascope/share/seal"
	"satascope/wasm/app/browser"
)

// A Service is the API of a host. Its zero value is the host of the page.
type Service struct {
	// Base is the address of the API, relative to the page: api/ when empty.
	Base string
	// Sent is told of bytes that left the browser, if it is there.
	Sent func(bytes int64)
}

// Limits are what a service says of itself.
type Limits struct {
	Size      int64 // bytes of all sealed chunks of a share
	ChunkSize int64 // bytes of a sealed chunk
	Chunks    int64 // of a share
	Manifest  int64
}

// Most is the bytes of the largest share, sealed, for which the chunks suffice.
func (l Limits) Most() int64 {
	return min(l.Size, l.Chunks*min(l.ChunkSize, seal.MaxChunkSize+seal.Overhead))
}

// ErrNone means that the host of the page stores no shares, and does not say why.
var ErrNone = errors.New("the host of this page stores no shares")

// codeNone is the code of a host that stores no shares and says why: the
// message of such a [Refusal] is for people.
const codeNone = "no_shares"

// IsNone says whether an error means that the host stores no shares at all.
func IsNone(err error) bool {
	var r *Refusal
	return errors.Is(err, ErrNone) || errors.Is(err, errInsecure) || errors.As(err, &r) && r.Code == codeNone
}

// A Refusal is what the service answered instead.
type Refusal struct {
	Status  int
	Code    string
	Message string
}

func (r *Refusal) Error() string { return r.Message }

// ErrCancelled means that the person stopped it.
var ErrCancelled = errors.New("it was stopped")

// A Call is something that takes a while and can be stopped.
type Call struct {
	controller js.Value
	stopped    bool
}

// NewCall makes a Call.
func NewCall() *Call { return &Call{controller: js.Global().Get("AbortController").New()} }

// Stop stops what it is used for, soon.
func (c *Call) Stop() {
	c.stopped = true
	c.controller.Call("abort")
}

// retries is how often a request is sent again when the network or the service
// fails, after 1, 2 and 4 seconds.
const retries = 3

// A request is one, as it is sent.
type request struct {
	method, path, token string
	body                js.Value // undefined, a text, or an Uint8Array
	size                int64    // of the body
	json                bool     // what the body is
	once                bool     // not to be repeated: each time would make something new
}

// do sends a request and gives the response, which is a good one.
func (s Service) do(c *Call, r request) (js.Value, error) {
	for try := 0; ; try++ {
		response, err := s.send(c, r)
		var refused *Refusal
		switch {
		case err == nil:
			return response, nil
		case c.stopped:
			return js.Undefined(), ErrCancelled
		case errors.As(err, &refused) && refused.Status < 500 && refused.Status != 408,
			errors.As(err, &refused) && refused.Status == 507,
			errors.Is(err, ErrNone), r.once, try == retries:
			return js.Undefined(), err
		}
		c.wait(time.Second << try)
	}
}

// wait waits, or not so long when the call is stopped.
func (c *Call) wait(d time.Duration) {
	for end := time.Now().Add(d); !c.stopped && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
}

func (s Service) send(c *Call, r request) (js.Value, error) {
	base := s.Base
	if base == "" {
		base = "api/"
	}
	headers := map[string]any{}
	if r.token != "" {
		headers["Authorization"] = "Bearer " + r.token
	}
	options := map[string]any{
		"method": r.method, "headers": headers, "signal": c.controller.Get("signal"),
		// Nothing about the person or the page goes along.
		"credentials": "omit", "referrerPolicy": "no-referrer", "cache": "no-store", "redirect": "error",
	}
	if !r.body.IsUndefined() {
		headers["Content-Type"] = "application/octet-stream"
		if r.json {
			headers["Content-Type"] = "application/json"
		}
		options["body"] = r.body
	}
	promise, err := browser.Try(func() js.Value { return js.Global().Call("fetch", base+r.path, options) })
	if err != nil {
		return js.Undefined(), err
	}
	response, err := browser.Await(promise)
	if err != nil {
		return js.Undefined(), errors.New("the service can't be reached (" + err.Error() + "): look whether there is a network, then try again; a link is followed again when the page is loaded again")
	}
	if s.Sent != nil && r.size > 0 {
		s.Sent(r.size)
	}
	if response.Get("ok").Bool() {
		return response, nil
	}
	return js.Undefined(), refusal(response)
}

// refusal reads the error of a response.
func refusal(response js.Value) error {
	r := &Refusal{Status: response.Get("status").Int()}
	if body, err := browser.Await(response.Call("json")); err == nil && body.Truthy() {
		if e := body.Get("error"); e.Type() == js.TypeObject {
			r.Code, r.Message = text(e.Get("code")), text(e.Get("message"))
		}
	}
	if r.Message == "" {
		// No service of ours: a static host, a proxy.
		if r.Status == 404 || r.Status == 405 {
			return ErrNone
		}
		r.Message = "the host answered " + strconv.Itoa(r.Status) + " without a reason"
	}
	return r
}

func (s Service) json(c *Call, r request) (js.Value, error) {
	response, err := s.do(c, r)
	if err != nil {
		return response, err
	}
	v, err := browser.Await(response.Call("json"))
	switch {
	case c.stopped:
		return v, ErrCancelled
	case err != nil || v.Type() != js.TypeObject:
		return v, ErrNone // a static host that answers everything with a page
	}
	return v, nil
}

// Ask asks for the service's limits, and with that whether there is one.
func (s Service) Ask(c *Call) (Limits, error) {
	if !hasCipher() {
		return Limits{}, errInsecure
	}
	v, err := s.json(c, request{method: "GET", path: "health", once: true})
	if err != nil {
		return Limits{}, err
	}
	l := Limits{
		Size: number(v.Get("max_size")), ChunkSize: number(v.Get("max_chunk_size")), Manifest: number(v.Get("max_manifest")),
		Chunks: min(number(v.Get("max_chunks")), seal.MaxChunks),
	}
	if l.Size <= 0 || l.ChunkSize <= seal.Overhead || l.Chunks <= 0 {
		if why := text(v.Get("message")); why != "" {
			return l, &Refusal{Code: codeNone, Message: why[:min(len(why), maxWhy)]}
		}
		return l, ErrNone
	}
	return l, nil
}

// maxWhy bounds what a host says of itself.
const maxWhy = 400

// A Stored is what a service tells of a share to who has no key.
type Stored struct {
	Size    int64 // sealed
	Expires time.Time
}

// Look asks what a share is, without opening it.
func (s Service) Look(c *Call, id string) (Stored, error) {
	v, err := s.json(c, request{method: "GET", path: "shares/" + id})
	if err != nil {
		return Stored{}, err
	}
	expires, err := time.Parse(time.RFC3339, text(v.Get("expires")))
	return Stored{Size: number(v.Get("size")), Expires: expires}, err
}

// Delete deletes a share.
func (s Service) Delete(c *Call, id, token string) error {
	_, err := s.do(c, request{method: "DELETE", path: "shares/" + id, token: token})
	return err
}

// text is a JSON text, and number a JSON number, whatever came.
func text(v js.Value) string {
	if v.Type() != js.TypeString {
		return ""
	}
	return v.String()
}

func number(v js.Value) int64 {
	if v.Type() != js.TypeNumber {
		return 0
	}
	return int64(v.Float())
}
