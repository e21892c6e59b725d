package share

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// A Bucket is an object store: what of one a [BucketStore] needs. Objects are
// whole or not there, and a Get after a Put gives what was put. A key that is not
// there is ErrNotFound.
type Bucket interface {
	// Put stores an object of exactly size bytes, over one that is there.
	Put(ctx context.Context, key string, size int64, body io.Reader) error
	Get(ctx context.Context, key string) (body io.ReadCloser, size int64, err error)
	// Has says whether there is an object.
	Has(ctx context.Context, key string) (bool, error)
	// Delete removes objects; those that are not there are no error.
	Delete(ctx context.Context, keys []string) error
	// List calls each for the objects whose key begins with the prefix.
	List(ctx context.Context, prefix string, each func(key string, size int64)) error
}

// A BucketStore keeps shares in an object store: under d1/, d7/ or d30/ and the
// id, an object for each chunk, one for the upload, and one for the manifest,
// which is written last and removed first: with it the share is there, without
// it it is not. The store's own lifecycle rules for the three prefixes remove
// what has ended and what was never finished.
type BucketStore struct{ bucket Bucket }

// NewBucketStore keeps shares in a bucket.
func NewBucketStore(b Bucket) *BucketStore { return &BucketStore{b} }

// record is what the manifest's object holds: all that a reader needs, in one
// Get.
type record struct {
	Upload   Upload `json:"upload"`
	Manifest []byte `json:"manifest"`
}

// maxRecord bounds what is read of an object that is no chunk, in bytes.
const maxRecord = 1 << 20

func folder(id ID) string { return "d" + strconv.Itoa(id.Days()) + "/" + id.String() + "/" }

func (s *BucketStore) putJSON(ctx context.Context, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.bucket.Put(ctx, key, int64(len(b)), bytes.NewReader(b))
}

func (s *BucketStore) getJSON(ctx context.Context, key string, v any) error {
	body, _, err := s.bucket.Get(ctx, key)
	if err != nil {
		return err
	}
	defer body.Close()
	b, err := io.ReadAll(io.LimitReader(body, maxRecord))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("object %s: %w", path.Base(key), err)
	}
	return nil
}

// Create begins an upload.
func (s *BucketStore) Create(ctx context.Context, id ID, u Upload) error {
	return s.putJSON(ctx, folder(id)+uploadFile, u)
}

// Upload gives what Create was given, and whether the share is finished.
func (s *BucketStore) Upload(ctx context.Context, id ID) (u Upload, finished bool, err error) {
	if err = s.getJSON(ctx, folder(id)+uploadFile, &u); err != nil {
		return u, false, err
	}
	finished, err = s.bucket.Has(ctx, folder(id)+manifestFile)
	return u, finished, err
}

// PutChunk stores a chunk. That the share is an upload still was checked by who
// asks: an object store has no step that does both. What a chunk's owner could
// change by being quick, readers notice.
func (s *BucketStore) PutChunk(ctx context.Context, id ID, n int, size int64, body io.Reader) error {
	return s.bucket.Put(ctx, folder(id)+chunkName(n), size, body)
}

// Stored gives the size of each chunk that is stored.
func (s *BucketStore) Stored(ctx context.Context, id ID) (map[int]int64, error) {
	stored := map[int]int64{}
	prefix := folder(id) + chunkPrefix
	err := s.bucket.List(ctx, prefix, func(key string, size int64) {
		if n, err := strconv.Atoi(strings.TrimPrefix(key, prefix)); err == nil {
			stored[n] = size
		}
	})
	return stored, err
}

// Finish stores the manifest, and with it the share is there.
func (s *BucketStore) Finish(ctx context.Context, id ID, manifest []byte) error {
	var u Upload
	if err := s.getJSON(ctx, folder(id)+uploadFile, &u); err != nil {
		return err
	}
	return s.putJSON(ctx, folder(id)+manifestFile, record{u, manifest})
}

// Manifest gives a finished share's.
func (s *BucketStore) Manifest(ctx context.Context, id ID) (Upload, []byte, error) {
	var r record
	err := s.getJSON(ctx, folder(id)+manifestFile, &r)
	return r.Upload, r.Manifest, err
}

// Chunk opens a chunk of a finished share.
func (s *BucketStore) Chunk(ctx context.Context, id ID, n int) (io.ReadCloser, int64, error) {
	switch finished, err := s.bucket.Has(ctx, folder(id)+manifestFile); {
	case err != nil:
		return nil, 0, err
	case !finished:
		return nil, 0, ErrNotFound
	}
	return s.bucket.Get(ctx, folder(id)+chunkName(n))
}

// Delete removes a share: the manifest first, so that it is not there, and the
// upload last, so that its owner can ask again if it fails in between.
func (s *BucketStore) Delete(ctx context.Context, id ID) error {
	var keys []string
	err := s.bucket.List(ctx, folder(id), func(key string, _ int64) {
		switch path.Base(key) {
		case uploadFile, manifestFile:
		default:
			keys = append(keys, key)
		}
	})
	if err != nil {
		return err
	}
	if err := s.bucket.Delete(ctx, []string{folder(id) + manifestFile}); err != nil {
		return err
	}
	if len(keys) > 0 {
		if err := s.bucket.Delete(ctx, keys); err != nil {
			return err
		}
	}
	return s.bucket.Delete(ctx, []string{folder(id) + uploadFile})
}

// Check asks for an object that is never there.
func (s *BucketStore) Check(ctx context.Context) error {
	_, err := s.bucket.Has(ctx, "health")
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
