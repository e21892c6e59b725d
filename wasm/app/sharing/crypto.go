//go:build js && wasm

package sharing

import (
	"errors"
	"syscall/js"

	"satascope/share/seal"
	"satascope/wasm/app/browser"
)

// errInsecure is what browsers mean when they have no cipher for a page.
var errInsecure = errors.New("the browser encrypts only for pages that came over https or from this machine; open the page there")

// A cipher is AES-256-GCM of the browser, with one key. It implements
// [seal.AEAD].
type cipher struct {
	subtle, key js.Value
	failed      error // of Seal, which has no other way to say so
}

// newKey makes a key.
func newKey() (key [seal.KeySize]byte, err error) {
	a := js.Global().Get("Uint8Array").New(seal.KeySize)
	if _, err = browser.Try(func() js.Value { return js.Global().Get("crypto").Call("getRandomValues", a) }); err != nil {
		return key, err
	}
	js.CopyBytesToGo(key[:], a)
	return key, nil
}

func hasCipher() bool {
	crypto := js.Global().Get("crypto")
	return crypto.Truthy() && crypto.Get("subtle").Truthy()
}

// newCipher gives a key to the browser, to seal or to open with.
func newCipher(key [seal.KeySize]byte, use string) (*cipher, error) {
	if !hasCipher() {
		return nil, errInsecure
	}
	c := &cipher{subtle: js.Global().Get("crypto").Get("subtle")}
	promise, err := browser.Try(func() js.Value {
		return c.subtle.Call("importKey", "raw", browser.Array(key[:]), "AES-GCM", false, []any{use})
	})
	if err == nil {
		c.key, err = browser.Await(promise)
	}
	return c, err
}

// Seal appends the sealed plaintext, or nothing when it failed, which err tells.
func (c *cipher) Seal(dst, nonce, plaintext, aad []byte) []byte {
	b, err := c.run("encrypt", nonce, plaintext, aad)
	if err != nil {
		c.failed = err
		return dst
	}
	return append(dst, b...)
}

// err is what failed since the key was made.
func (c *cipher) err() error {
	if c.failed != nil {
		return errors.New("the browser could not encrypt it: " + c.failed.Error())
	}
	return nil
}

// Open appends the plaintext.
func (c *cipher) Open(dst, nonce, ciphertext, aad []byte) ([]byte, error) {
	b, err := c.run("decrypt", nonce, ciphertext, aad)
	if err != nil {
		return dst, err
	}
	return append(dst, b...), nil
}

func (c *cipher) run(method string, nonce, data, aad []byte) ([]byte, error) {
	promise, err := browser.Try(func() js.Value {
		return c.subtle.Call(method, map[string]any{
			"name": "AES-GCM", "iv": browser.Array(nonce), "additionalData": browser.Array(aad), "tagLength": 8 * seal.Overhead,
		}, c.key, browser.Array(data))
	})
	if err != nil {
		return nil, err
	}
	buffer, err := browser.Await(promise)
	if err != nil {
		return nil, err
	}
	return browser.Bytes(js.Global().Get("Uint8Array").New(buffer)), nil
}
