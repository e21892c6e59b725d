package share

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Days are the lives that a share can have.
var Days = []int{1, 7, 30}

// idSize is the bytes of an id: days u8, end u32 (Unix seconds, big-endian), 16
// random bytes. As base64url that is idLength letters with no bit to spare.
const (
	idRandom = 16
	idSize   = 5 + idRandom
	idLength = 28
)

// An ID names a share and says when it ends. Its 128 random bits can't be guessed.
type ID struct{ b [idSize]byte }

var base64url = base64.RawURLEncoding.Strict()

// NewID makes the id of a share that is created now, for one of [Days].
func NewID(days int, now time.Time, random io.Reader) (ID, error) {
	if !slices.Contains(Days, days) {
		return ID{}, fmt.Errorf("a share is kept for one of %v days, not %d", Days, days)
	}
	var id ID
	id.b[0] = byte(days)
	binary.BigEndian.PutUint32(id.b[1:], uint32(now.AddDate(0, 0, days).Unix()))
	if _, err := io.ReadFull(random, id.b[5:]); err != nil {
		return ID{}, fmt.Errorf("random bytes for an id: %w", err)
	}
	return id, nil
}

// errID is what is wrong with any text that is no id.
var errID = errors.New("an id has 28 letters, digits, - and _, as the link holds it")

// ParseID reads an id. Only the text that [ID.String] gives is one: it is also
// the name of a folder and of objects.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != idLength {
		return id, errID
	}
	b, err := base64url.DecodeString(s)
	if err != nil || len(b) != idSize || !slices.Contains(Days, int(b[0])) {
		return id, errID
	}
	copy(id.b[:], b)
	return id, nil
}

func (id ID) String() string { return base64url.EncodeToString(id.b[:]) }

// Days is how long the share was to be kept.
func (id ID) Days() int { return int(id.b[0]) }

// Expires is when the share ends.
func (id ID) Expires() time.Time {
	return time.Unix(int64(binary.BigEndian.Uint32(id.b[1:])), 0).UTC()
}

// created is when the share was begun.
func (id ID) created() time.Time { return id.Expires().AddDate(0, 0, -id.Days()) }
