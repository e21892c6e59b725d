package seal

import "strconv"

// A ChunkError says which part of a share can't be trusted, and why.
type ChunkError struct {
	Kind   Kind
	Number int    // of the chunk, from 0
	Chunks int    // of the share
	Reason string // what was expected and found
}

func (e *ChunkError) Error() string {
	what := "the share's manifest"
	if e.Kind == KindChunk {
		what = "chunk " + strconv.Itoa(e.Number+1) + " of " + strconv.Itoa(e.Chunks)
	}
	return what + " is refused: " + e.Reason + "; ask the sender to share again"
}

// notAuthentic is all that can be known of sealed bytes that don't open.
const notAuthentic = "it is not what the sender sealed (it was changed, moved or cut on the way, or the link's key is of another share)"

// Seal appends chunk n, sealed, to dst. content must be exactly the chunk's.
func (l Layout) Seal(dst []byte, aead AEAD, n int, content []byte) ([]byte, error) {
	if err := l.Check(); err != nil {
		return dst, err
	}
	if n < 0 || n >= l.Chunks() {
		return dst, l.refuse(n, "the share has no chunk of that number")
	}
	if len(content) != l.ContentOf(n) {
		return dst, l.refuse(n, "it holds "+strconv.Itoa(l.ContentOf(n))+" bytes of content, "+strconv.Itoa(len(content))+" were given")
	}
	return aead.Seal(dst, AppendNonce(nil, KindChunk, n), content, l.AppendAAD(nil, KindChunk, n)), nil
}

// Open appends the content of chunk n to dst. Nothing of a chunk that is not
// authentic is ever given.
func (l Layout) Open(dst []byte, aead AEAD, n int, sealed []byte) ([]byte, error) {
	if err := l.Check(); err != nil {
		return dst, err
	}
	if n < 0 || n >= l.Chunks() {
		return dst, l.refuse(n, "the share has no chunk of that number")
	}
	if want := l.ContentOf(n) + Overhead; len(sealed) != want {
		return dst, l.refuse(n, "it has "+strconv.Itoa(want)+" bytes, "+strconv.Itoa(len(sealed))+" came")
	}
	out, err := aead.Open(dst, AppendNonce(nil, KindChunk, n), sealed, l.AppendAAD(nil, KindChunk, n))
	if err != nil {
		return dst, l.refuse(n, notAuthentic)
	}
	return out, nil
}

func (l Layout) refuse(n int, reason string) error {
	return &ChunkError{Kind: KindChunk, Number: n, Chunks: l.Chunks(), Reason: reason}
}
