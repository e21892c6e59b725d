// Package share keeps what people share: sealed captures, under ids that can't be
// guessed, for 1, 7 or 30 days. docs/api.md describes what it answers,
// share/seal the form of what it keeps, which it can't read.
//
// [NewHandler] is the whole service, an http.Handler for /api/. It holds nothing
// in memory between requests but what a [Limiter] counts: all else is in a
// [Store], of which there are two. [Disk] is a folder, for a service on one
// machine; it survives being killed at any moment. [BucketStore] is an object
// store, for a service that is many short-lived instances; wasm/edge gives it
// Cloudflare's R2.
//
// A share begins as an upload (POST, which gives its id and its owner's token),
// takes its chunks in any order (PUT), and is there for readers from the moment
// when its manifest is stored, which is refused until every chunk is. Whoever has
// the id can read; whoever has the token can write until then, and delete. When
// it ends is part of its id ([ID]), so no record can disagree with it.
package share

import (
	"context"
	"errors"
	"io"
	"time"
)

// Limits bound what the service takes.
type Limits struct {
	Size      int64 // bytes of all chunks of a share
	ChunkSize int64 // bytes of a chunk
	Chunks    int   // of a share
	Manifest  int64 // bytes of a manifest
	// UploadTime is how long a share may take from its creation until it is
	// finished; what is not finished by then is removed.
	UploadTime time.Duration
	// Grace and Rate (bytes a second) are what a client may be slow by: a request
	// or response of n bytes ends after Grace + n/Rate.
	Grace time.Duration
	Rate  int64
}

// DefaultLimits are those of a service for a team.
func DefaultLimits() Limits {
	return Limits{
		Size: 256 << 20, ChunkSize: 4 << 20, Chunks: 1024, Manifest: 64 << 10,
		UploadTime: 3 * time.Hour, Grace: 30 * time.Second, Rate: 16 << 10,
	}
}

// maxRequest bounds the JSON that creates a share, in bytes.
const maxRequest = 4 << 10

// An Upload is what is known of a share from its creation on.
type Upload struct {
	Size      int64     `json:"size"`       // bytes of all chunks
	ChunkSize int64     `json:"chunk_size"` // bytes of every chunk but the last
	Created   time.Time `json:"created"`
	TokenHash []byte    `json:"token_sha256"` // of the owner's token; the token itself is not kept
}

// Chunks is how many chunks the share has.
func (u Upload) Chunks() int {
	return int((u.Size + u.ChunkSize - 1) / u.ChunkSize)
}

// SizeOf is the bytes of chunk n, counted from 0.
func (u Upload) SizeOf(n int) int64 {
	return min(u.ChunkSize, u.Size-int64(n)*u.ChunkSize)
}

// What a store says, beside errors of its own.
var (
	ErrNotFound = errors.New("no such share")
	ErrFinished = errors.New("the share is finished")
	ErrFull     = errors.New("no room left")
)

// A Store keeps shares. Its methods may be called at the same time, also for one
// share. What returned nil is stored: it survives the end of the process.
type Store interface {
	// Create begins an upload.
	Create(ctx context.Context, id ID, u Upload) error
	// Upload gives what Create was given, and whether the share is finished.
	Upload(ctx context.Context, id ID) (u Upload, finished bool, err error)
	// PutChunk stores a chunk of an unfinished share, all size bytes of it or
	// nothing, over an earlier one of the same number. A body that ends early is
	// io.ErrUnexpectedEOF.
	PutChunk(ctx context.Context, id ID, n int, size int64, body io.Reader) error
	// Stored gives the size of each chunk that is stored.
	Stored(ctx context.Context, id ID) (map[int]int64, error)
	// Finish stores the manifest and makes the share readable, at once and whole.
	Finish(ctx context.Context, id ID, manifest []byte) error
	// Manifest gives a finished share's.
	Manifest(ctx context.Context, id ID) (Upload, []byte, error)
	// Chunk opens a chunk of a finished share.
	Chunk(ctx context.Context, id ID, n int) (body io.ReadCloser, size int64, err error)
	// Delete removes a share or upload. It is no longer readable when this begins
	// to remove anything. Deleting what is not there is ErrNotFound.
	Delete(ctx context.Context, id ID) error
	// Check says whether the store can be used now.
	Check(ctx context.Context) error
}
