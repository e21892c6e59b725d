package seal

import "io"

// A Reader gives the content of a share from its sealed chunks, in order. It
// holds one chunk at a time.
type Reader struct {
	layout Layout
	aead   AEAD
	fetch  func(n int, buf []byte) ([]byte, error)
	next   int
	sealed []byte // reused
	open   []byte // reused
	rest   []byte // of open, not yet read
	err    error
}

// NewReader reads a share. fetch gives the sealed bytes of chunk n, in buf when
// it is large enough; they are used until the next call. The manifest should have
// been opened before, because it shows at once whether key and layout are right.
func NewReader(l Layout, aead AEAD, fetch func(n int, buf []byte) ([]byte, error)) *Reader {
	return &Reader{layout: l, aead: aead, fetch: fetch, err: l.Check()}
}

// Read gives io.EOF only when every chunk was there and authentic. After an error
// it gives that error again.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		r.err = r.advance()
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *Reader) advance() error {
	if r.next == r.layout.Chunks() {
		return io.EOF
	}
	sealed, err := r.fetch(r.next, r.sealed[:0])
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // a missing chunk is no end
		}
		return err
	}
	r.sealed = sealed
	r.open, err = r.layout.Open(r.open[:0], r.aead, r.next, sealed)
	if err != nil {
		return err
	}
	r.rest = r.open
	r.next++
	return nil
}

// Chunk is the number of the chunk that is read next: how far it is.
func (r *Reader) Chunk() int { return r.next }
