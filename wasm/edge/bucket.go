//go:build js && wasm

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall/js"

	"github.com/syumai/workers/cloudflare"
	"github.com/syumai/workers/cloudflare/r2"

	"satascope/share"
)

// deleteBatch is how many objects R2 deletes in one call.
const deleteBatch = 1000

// An r2Bucket is a [share.Bucket] in R2. What workers/r2 does not have (a list
// with a prefix, several deletions in one call, a put that does not go through
// memory), it asks of the binding itself.
type r2Bucket struct {
	bucket  *r2.Bucket
	binding js.Value
}

// bindBucket finds the bucket of a binding's name.
func bindBucket(name string) (*r2Bucket, error) {
	b, err := r2.NewBucket(name)
	if err != nil {
		return nil, fmt.Errorf("no R2 bucket is bound as %s (see r2_buckets in wrangler.jsonc)", name)
	}
	return &r2Bucket{b, cloudflare.GetBinding(name)}, nil
}

// A streamBody is the body of a request that still is the platform's stream.
type streamBody interface{ GetRawJSBody() js.Value }

// Put hands a request's stream to R2, which takes it only if it has as many
// bytes as the request said; what comes from memory is copied.
func (b *r2Bucket) Put(ctx context.Context, key string, size int64, body io.Reader) error {
	var value js.Value
	if s, ok := underlying(body).(streamBody); ok {
		value = s.GetRawJSBody()
	} else {
		content, err := io.ReadAll(io.LimitReader(body, size+1))
		if err != nil {
			return err
		}
		if int64(len(content)) != size {
			return io.ErrUnexpectedEOF
		}
		value = js.Global().Get("Uint8Array").New(len(content))
		js.CopyBytesToJS(value, content)
	}
	stored, err := call(ctx, b.binding, "put", key, value)
	if err != nil {
		return err
	}
	if stored.IsNull() || int64(stored.Get("size").Float()) != size {
		return errors.Join(fmt.Errorf("R2 did not store all %d bytes", size), b.Delete(ctx, []string{key}))
	}
	return nil
}

// underlying is what a reader reads from in the end.
func underlying(r io.Reader) io.Reader {
	for {
		u, ok := r.(interface{ Unwrap() io.Reader })
		if !ok {
			return r
		}
		r = u.Unwrap()
	}
}

// Get gives an object. Its body, copied to the answer, goes there as the stream
// that it is.
func (b *r2Bucket) Get(_ context.Context, key string) (io.ReadCloser, int64, error) {
	object, err := b.bucket.Get(key)
	if err != nil {
		return nil, 0, err
	}
	if object == nil {
		return nil, 0, share.ErrNotFound
	}
	body, ok := object.Body.(io.ReadCloser)
	if !ok {
		return nil, 0, fmt.Errorf("R2 gave an object without a body")
	}
	return body, int64(object.Size), nil
}

// Has says whether there is an object.
func (b *r2Bucket) Has(_ context.Context, key string) (bool, error) {
	object, err := b.bucket.Head(key)
	return object != nil, err
}

// Delete removes objects.
func (b *r2Bucket) Delete(ctx context.Context, keys []string) error {
	for len(keys) > 0 {
		n := min(len(keys), deleteBatch)
		batch := make([]any, n)
		for i, key := range keys[:n] {
			batch[i] = key
		}
		if _, err := call(ctx, b.binding, "delete", batch); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// List gives the objects of a prefix, page by page.
func (b *r2Bucket) List(ctx context.Context, prefix string, each func(key string, size int64)) error {
	options := map[string]any{"prefix": prefix}
	for {
		page, err := call(ctx, b.binding, "list", options)
		if err != nil {
			return err
		}
		objects := page.Get("objects")
		for i := range objects.Length() {
			o := objects.Index(i)
			each(o.Get("key").String(), int64(o.Get("size").Float()))
		}
		if !page.Get("truncated").Bool() {
			return nil
		}
		options["cursor"] = page.Get("cursor").String()
	}
}
