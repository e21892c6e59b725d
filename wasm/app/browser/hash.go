//go:build js && wasm

package browser

import (
	"errors"
	"syscall/js"
)

// A SHA256 works out a SHA-256 of bytes that come piece by piece, which the
// browser's own can't. It is a module that is loaded for it: twice as fast as
// Go's in WebAssembly, and no part of the first download.
type SHA256 struct {
	v, buf js.Value
	size   int
}

// NewSHA256 loads the module. It blocks.
func NewSHA256() (*SHA256, error) {
	promise, err := Try(func() js.Value { return global.Get("satascope").Call("sha256") })
	if err != nil {
		return nil, err
	}
	v, err := Await(promise)
	if err != nil {
		return nil, errors.New("the part that works it out could not be loaded (" + err.Error() + ")")
	}
	h := &SHA256{v: v}
	h.Reset()
	return h, nil
}

// Reset begins anew.
func (h *SHA256) Reset() { h.v.Call("init") }

// Write takes bytes; it never fails.
func (h *SHA256) Write(p []byte) (int, error) {
	if len(p) == 0 { // there may be no buffer yet
		return 0, nil
	}
	if len(p) > h.size {
		h.size = len(p)
		h.buf = uint8Array.New(h.size)
	}
	js.CopyBytesToJS(h.buf, p)
	h.v.Call("update", h.buf.Call("subarray", 0, len(p)))
	return len(p), nil
}

// Sum is the hash of what was written, in hexadecimal digits.
func (h *SHA256) Sum() string { return h.v.Call("digest", "hex").String() }
