// Package seal is the form that a stored share has: what the sender's page makes
// of a capture before anything leaves it, and what the reader's page demands of
// what comes back. docs/sharing.md tells it in words.
//
// The content is cut into chunks of one size, each sealed by itself with
// AES-256-GCM, so that it can be sent, stored, fetched and decoded as a stream.
// A [Manifest], sealed with the same key, says what the content is. The key is
// fresh for every share and travels in the fragment of a link ([Link]), which
// browsers don't send: the service that keeps the sealed bytes can't read them.
//
// What is authenticated with every chunk ([Layout.AppendAAD]) names its number
// and the layout of the whole share, and the nonce ([AppendNonce]) names the
// number again: a chunk that was changed, cut, moved, repeated or left out does
// not open, and neither does one of another share.
//
// The package holds no cipher. The page gives the browser's WebCrypto, native
// code gives crypto/cipher's GCM; both are an [AEAD].
package seal

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// Sizes of the form, in bytes.
const (
	KeySize   = 32 // AES-256
	NonceSize = 12
	Overhead  = 16 // what sealing adds: GCM's tag
	AADSize   = 32

	// DefaultChunkSize is the content in a chunk that this program writes: small
	// enough to show progress and to repeat after a fault, large enough that a
	// capture is few requests.
	DefaultChunkSize = 1 << 20
	// MaxChunkSize bounds what a reader holds in memory. The sealed chunk is then
	// exactly the 4 MiB that a part of a stored share may have.
	MaxChunkSize = 4<<20 - Overhead
	// MaxChunks bounds how often a reader asks for more.
	MaxChunks = 1 << 16
)

// magic begins what is authenticated: the form and its version.
const magic = "SATASHR1"

// A Kind tells apart what is sealed with one key.
type Kind byte

// The kinds. Their numbers are on the wire.
const (
	KindChunk    Kind = 1
	KindManifest Kind = 2
)

// An AEAD seals and opens with the share's key. [crypto/cipher.AEAD] is one.
type AEAD interface {
	// Seal appends the sealed plaintext to dst.
	Seal(dst, nonce, plaintext, additionalData []byte) []byte
	// Open appends the plaintext to dst, or says that it isn't authentic.
	Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error)
}

// A Layout says how content is cut into chunks: all have ChunkSize bytes but the
// last, which has the rest and is never empty.
type Layout struct {
	Length    int64 // of the content, in bytes, at least 1
	ChunkSize int   // of the content in a chunk, in bytes
}

// LayoutOfSealed finds the layout of a share from what a service says of it: the
// bytes of all sealed chunks, and those of one.
func LayoutOfSealed(size, chunkSize int64) (Layout, error) {
	if chunkSize <= Overhead || chunkSize > MaxChunkSize+Overhead {
		return Layout{}, errors.New("a sealed chunk has " + strconv.Itoa(Overhead+1) + " to " + strconv.Itoa(MaxChunkSize+Overhead) +
			" bytes, this share says " + strconv.FormatInt(chunkSize, 10))
	}
	if size <= Overhead || size > MaxChunks*chunkSize {
		return Layout{}, errors.New("a share in chunks of " + strconv.FormatInt(chunkSize, 10) + " bytes has " + strconv.Itoa(Overhead+1) + " to " +
			strconv.FormatInt(MaxChunks*chunkSize, 10) + " bytes, this one says " + strconv.FormatInt(size, 10))
	}
	if rest := size % chunkSize; rest != 0 && rest <= Overhead {
		return Layout{}, errors.New("the last chunk would have " + strconv.FormatInt(rest, 10) + " bytes, and sealing alone adds " + strconv.Itoa(Overhead))
	}
	chunks := (size + chunkSize - 1) / chunkSize
	return Layout{Length: size - chunks*Overhead, ChunkSize: int(chunkSize) - Overhead}, nil
}

// Check says what is wrong with a layout, or nil.
func (l Layout) Check() error {
	switch {
	case l.ChunkSize < 1 || l.ChunkSize > MaxChunkSize:
		return errors.New("a chunk holds 1 to " + strconv.Itoa(MaxChunkSize) + " bytes of content, this layout says " + strconv.Itoa(l.ChunkSize))
	case l.Length < 1:
		return errors.New("there is nothing to share: the content has " + strconv.FormatInt(l.Length, 10) + " bytes")
	case l.Length > MaxChunks*int64(l.ChunkSize):
		return errors.New("content in chunks of " + strconv.Itoa(l.ChunkSize) + " bytes has at most " +
			strconv.FormatInt(MaxChunks*int64(l.ChunkSize), 10) + " bytes, this has " + strconv.FormatInt(l.Length, 10))
	}
	return nil
}

// Chunks is how many chunks there are.
func (l Layout) Chunks() int {
	return int((l.Length + int64(l.ChunkSize) - 1) / int64(l.ChunkSize))
}

// ContentOf is the length of the content in chunk n, counted from 0.
func (l Layout) ContentOf(n int) int {
	rest := l.Length - int64(n)*int64(l.ChunkSize)
	return int(min(rest, int64(l.ChunkSize)))
}

// SealedSize is the bytes of all sealed chunks together.
func (l Layout) SealedSize() int64 {
	return l.Length + int64(l.Chunks())*Overhead
}

// SealedChunkSize is the bytes of every sealed chunk but the last.
func (l Layout) SealedChunkSize() int64 { return int64(l.ChunkSize) + Overhead }

// AppendNonce appends the nonce of chunk n, or of the manifest (whose n is 0):
// the kind, seven zeros, the number as u32, big-endian. With a key that seals one
// share only, no nonce comes twice.
func AppendNonce(dst []byte, kind Kind, n int) []byte {
	dst = append(dst, byte(kind), 0, 0, 0, 0, 0, 0, 0)
	return binary.BigEndian.AppendUint32(dst, uint32(n))
}

// AppendAAD appends what is authenticated along with a chunk or the manifest but
// not sealed: "SATASHR1", length u64, chunk size u32, number of chunks u32, kind
// u32, number u32, all big-endian.
func (l Layout) AppendAAD(dst []byte, kind Kind, n int) []byte {
	dst = append(dst, magic...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(l.Length))
	dst = binary.BigEndian.AppendUint32(dst, uint32(l.ChunkSize))
	dst = binary.BigEndian.AppendUint32(dst, uint32(l.Chunks()))
	dst = binary.BigEndian.AppendUint32(dst, uint32(kind))
	return binary.BigEndian.AppendUint32(dst, uint32(n))
}
