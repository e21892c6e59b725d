package seal

import (
	"encoding/binary"
	"errors"
	"strconv"
	"unicode/utf8"
)

// A Manifest says what a share's content is. Only those who have the key read it.
type Manifest struct {
	Fields []Field
}

// A Field is one thing that a manifest says.
type Field struct {
	Name  string // 1 to 255 bytes
	Value string
}

// Names of fields. A reader passes over names that it doesn't know.
const (
	FieldName     = "name"     // the file's name, to show and to offer for download; never a path
	FieldWhat     = "what"     // one of the What values
	FieldEncoding = "encoding" // "gzip" when the content is compressed, absent when it is the file itself
	FieldLength   = "length"   // of the file, unpacked, in bytes, decimal
	FieldSHA256   = "sha256"   // of the file, unpacked, in lower case hex
	FieldCreated  = "created"  // when it was shared, RFC 3339, UTC
	FieldView     = "view"     // the page's fragment: view, filter, selection, assumptions
	FieldNotes    = "notes"    // notes and marks on rows, as the page exports them
)

// What a share holds.
const (
	WhatCapture   = "capture"   // the whole file
	WhatStreams   = "streams"   // selected streams
	WhatExchanges = "exchanges" // selected exchanges
	WhatLog       = "log"       // the log alone
)

// MaxManifest bounds a manifest, sealed, in bytes. It is what the service takes.
const MaxManifest = 64 << 10

// Get is the value of a field, empty when there is none.
func (m *Manifest) Get(name string) string {
	for i := range m.Fields {
		if m.Fields[i].Name == name {
			return m.Fields[i].Value
		}
	}
	return ""
}

// Add adds a field.
func (m *Manifest) Add(name, value string) {
	m.Fields = append(m.Fields, Field{name, value})
}

// Append appends a manifest's bytes: for every field the length of its name u8,
// the name, the length of its value u32 (big-endian), the value.
func (m *Manifest) Append(dst []byte) ([]byte, error) {
	start := len(dst)
	for i, f := range m.Fields {
		if f.Name == "" || len(f.Name) > 255 || !utf8.ValidString(f.Name) {
			return dst[:start], errors.New("manifest: the name of field " + strconv.Itoa(i) + " has 1 to 255 bytes of UTF-8, not " + strconv.Quote(f.Name))
		}
		if !utf8.ValidString(f.Value) {
			return dst[:start], errors.New("manifest: the value of " + f.Name + " is not UTF-8")
		}
		for j := range i {
			if m.Fields[j].Name == f.Name {
				return dst[:start], errors.New("manifest: the field " + f.Name + " is there twice")
			}
		}
		dst = append(dst, byte(len(f.Name)))
		dst = append(dst, f.Name...)
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(f.Value)))
		dst = append(dst, f.Value...)
		if n := len(dst) - start + Overhead; n > MaxManifest {
			return dst[:start], errors.New("manifest: with " + f.Name + " it has over " + strconv.Itoa(MaxManifest-Overhead) +
				" bytes; share without notes, or with fewer")
		}
	}
	return dst, nil
}

// ParseManifest reads what [Manifest.Append] wrote.
func ParseManifest(b []byte) (*Manifest, error) {
	if len(b) > MaxManifest-Overhead {
		return nil, errors.New("manifest: at most " + strconv.Itoa(MaxManifest-Overhead) + " bytes expected, found " + strconv.Itoa(len(b)))
	}
	m := &Manifest{}
	seen := map[string]bool{}
	for at := 0; at < len(b); {
		name, next, ok := cut(b, at+1, uint64(b[at]))
		if !ok || name == "" || seen[name] {
			return nil, manifestError(at, "a new field's name")
		}
		if len(b)-next < 4 {
			return nil, manifestError(next, "the length of "+strconv.Quote(name))
		}
		value, end, ok := cut(b, next+4, uint64(binary.BigEndian.Uint32(b[next:])))
		if !ok {
			return nil, manifestError(next, "the value of "+strconv.Quote(name))
		}
		seen[name] = true
		m.Fields = append(m.Fields, Field{name, value})
		at = end
	}
	return m, nil
}

// cut takes n bytes of UTF-8 from at on.
func cut(b []byte, at int, n uint64) (s string, end int, ok bool) {
	if n > uint64(len(b)-at) {
		return "", at, false
	}
	end = at + int(n)
	s = string(b[at:end])
	return s, end, utf8.ValidString(s)
}

func manifestError(at int, expected string) error {
	return errors.New("manifest: expected " + expected + " at offset " + strconv.Itoa(at) + ", found other bytes or its end")
}

// SealManifest appends the manifest, sealed, to dst.
func (l Layout) SealManifest(dst []byte, aead AEAD, m *Manifest) ([]byte, error) {
	if err := l.Check(); err != nil {
		return dst, err
	}
	plain, err := m.Append(nil)
	if err != nil {
		return dst, err
	}
	return aead.Seal(dst, AppendNonce(nil, KindManifest, 0), plain, l.AppendAAD(nil, KindManifest, 0)), nil
}

// OpenManifest opens a manifest. When it opens, the layout is what the sender
// sealed as well. A reader does this before it asks for any chunk.
func (l Layout) OpenManifest(aead AEAD, sealed []byte) (*Manifest, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if len(sealed) < Overhead || len(sealed) > MaxManifest {
		return nil, &ChunkError{Kind: KindManifest, Reason: "it has " + strconv.Itoa(Overhead) + " to " + strconv.Itoa(MaxManifest) +
			" bytes, " + strconv.Itoa(len(sealed)) + " came"}
	}
	plain, err := aead.Open(nil, AppendNonce(nil, KindManifest, 0), sealed, l.AppendAAD(nil, KindManifest, 0))
	if err != nil {
		return nil, &ChunkError{Kind: KindManifest, Reason: notAuthentic}
	}
	return ParseManifest(plain)
}
