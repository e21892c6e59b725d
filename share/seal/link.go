package seal

import (
	"encoding/base64"
	"errors"
	"strings"
)

// A Link is the part of a stored share's address that the page keeps to itself:
// the fragment, which no browser sends.
type Link struct {
	ID  string // of the share, as the service gave it
	Key [KeySize]byte
}

// linkName begins the fragment of a stored share.
const linkName = "share="

// base64url without padding, one spelling a key.
var encoding = base64.RawURLEncoding.Strict()

// MaxID bounds the length of a share's id in a link.
const MaxID = 64

// Fragment is the link's text, without the leading #: share=ID.KEY.
func (l Link) Fragment() string {
	return linkName + l.ID + "." + encoding.EncodeToString(l.Key[:])
}

// IsLink says whether a fragment is meant to be that of a stored share.
func IsLink(fragment string) bool {
	return strings.HasPrefix(strings.TrimPrefix(fragment, "#"), linkName)
}

// ParseLink reads a fragment, with or without the leading #.
func ParseLink(fragment string) (Link, error) {
	text, ok := strings.CutPrefix(strings.TrimPrefix(fragment, "#"), linkName)
	if !ok {
		return Link{}, errors.New("the link is not one of a stored share: #share=… expected")
	}
	// What a page adds to its fragment (view, filter) follows behind an &.
	text, _, _ = strings.Cut(text, "&")
	id, key, ok := strings.Cut(text, ".")
	if !ok || id == "" || len(id) > MaxID || strings.Trim(id, idLetters) != "" {
		return Link{}, errors.New("the link is not whole: #share=ID.KEY expected; ask for it again, or copy all of it")
	}
	l := Link{ID: id}
	b, err := encoding.DecodeString(key)
	if err != nil || len(b) != KeySize {
		return Link{}, errors.New("the link's key is not whole: 43 letters expected behind the full stop; ask for the link again, or copy all of it")
	}
	copy(l.Key[:], b)
	return l, nil
}

// An OwnerLink deletes a share. It has no key: who has it can't read.
type OwnerLink struct {
	ID    string
	Token string // as the service gave it
}

// ownerName begins the fragment of a delete link.
const ownerName = "delete="

// Fragment is the link's text, without the leading #: delete=ID.TOKEN.
func (l OwnerLink) Fragment() string { return ownerName + l.ID + "." + l.Token }

// IsOwnerLink says whether a fragment is meant to be a delete link.
func IsOwnerLink(fragment string) bool {
	return strings.HasPrefix(strings.TrimPrefix(fragment, "#"), ownerName)
}

// ParseOwnerLink reads a fragment, with or without the leading #.
func ParseOwnerLink(fragment string) (OwnerLink, error) {
	text, ok := strings.CutPrefix(strings.TrimPrefix(fragment, "#"), ownerName)
	id, token, whole := strings.Cut(text, ".")
	if !ok || !whole || id == "" || token == "" || len(id) > MaxID || len(token) > MaxID || strings.Trim(id+token, idLetters) != "" {
		return OwnerLink{}, errors.New("the delete link is not whole: #delete=ID.TOKEN expected; copy all of it")
	}
	return OwnerLink{id, token}, nil
}

const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
