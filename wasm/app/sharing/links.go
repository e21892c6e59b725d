//go:build js && wasm

package sharing

import (
	"encoding/base64"
	"errors"
	"io"
	"strconv"
	"strings"
	"syscall/js"

	"satascope/wasm/app/browser"
)

// Links that need no service: one that carries the content, and one that names a
// file. Both are fragments, which no browser sends.

// MaxLink is the longest link that is made, in letters: 32 KiB, which browsers and
// most messengers take.
const MaxLink = 32 << 10

const (
	dataName = "data=" // data=NAME.CONTENT, base64url, .LENGTH where the content is gzip of so many bytes, and behind an & the view
	fileName = "file=" // file=SHA256.NAME, hex and base64url, and behind an & the view
)

var base64url = base64.RawURLEncoding.Strict()

// maxLink bounds the links that are read.
const maxLink = 1 << 20

// ContentSize is the bytes of the content, compressed where that helps.
func (p *Prepared) ContentSize() int64 { return p.layout.Length }

// SetDays says how long the share is to be kept.
func (p *Prepared) SetDays(days int) { p.content.Days = days }

// Fragment is the link that carries the content, "" when that is too large. It
// blocks.
func (p *Prepared) Fragment() (string, error) {
	if p.layout.Length > MaxLink {
		return "", nil
	}
	b := make([]byte, p.layout.Length)
	if _, err := browser.NewFile(p.blob, "").ReadAt(b, 0); err != nil && err != io.EOF {
		return "", err
	}
	text := dataName + base64url.EncodeToString([]byte(p.content.Name)) + "." + base64url.EncodeToString(b)
	if p.gzip {
		text += "." + strconv.Itoa(p.content.Blob.Get("size").Int())
	}
	text = withView(text, p.content.View, p.content.Notes)
	if len(text) > MaxLink {
		return "", nil
	}
	return text, nil
}

// FileFragment is the link that names a file by its hash, and a view of it; ""
// when the notes are too much for a link.
func FileFragment(sha256, name, view, notes string) string {
	text := withView(fileName+sha256+"."+base64url.EncodeToString([]byte(name)), view, notes)
	if len(text) > MaxLink {
		return ""
	}
	return text
}

// notesName is the part of a view that carries notes, as base64url.
const notesName = "notes="

func withView(link, view, notes string) string {
	if view != "" {
		link += "&" + view
	}
	if notes != "" {
		link += "&" + notesName + base64url.EncodeToString([]byte(notes))
	}
	return link
}

// cutNotes takes the notes out of a view. What is no base64url is passed over.
func cutNotes(view string) (rest, notes string) {
	parts := strings.Split(view, "&")
	kept := parts[:0]
	for _, part := range parts {
		text, ok := strings.CutPrefix(part, notesName)
		if !ok {
			kept = append(kept, part)
		} else if b, err := base64url.DecodeString(text); err == nil {
			notes = strings.ToValidUTF8(string(b), "")
		}
	}
	return strings.Join(kept, "&"), notes
}

// IsData says whether a fragment is meant to carry content.
func IsData(fragment string) bool { return strings.HasPrefix(fragment, dataName) }

var errLong = errors.New("the link is longer than " + strconv.Itoa(maxLink) + " letters, and none that Satascope makes is; ask for the file itself")

var errCut = errors.New("the link is not whole; ask for it again, or copy all of it")

// Data is what a link carried.
type Data struct {
	Blob  js.Value
	Name  string
	View  string
	Notes string
}

// maxRatio is more than gzip can make of a byte.
const maxRatio = 1100

// ParseData reads a link that carries content, and unpacks it where it was packed
// for the link. It blocks.
func ParseData(fragment string) (*Data, error) {
	if len(fragment) > maxLink {
		return nil, errLong
	}
	text, view, _ := strings.Cut(strings.TrimPrefix(fragment, dataName), "&")
	first, second, ok := strings.Cut(text, ".")
	second, length, packed := strings.Cut(second, ".")
	nameBytes, err1 := base64url.DecodeString(first)
	content, err2 := base64url.DecodeString(second)
	if !ok || err1 != nil || err2 != nil || len(content) == 0 {
		return nil, errCut
	}
	d := &Data{Blob: js.Global().Get("Blob").New([]any{browser.Array(content)}), Name: plainName(string(nameBytes))}
	d.View, d.Notes = cutNotes(view)
	if packed {
		n, err := strconv.ParseInt(length, 10, 64)
		if err != nil || n <= 0 || n > maxRatio*int64(len(content)) {
			return nil, errCut
		}
		if !mayUnpack(n, int64(len(content))) {
			d.Name = packedName(d.Name)
			return d, nil
		}
		if d.Blob, err = unpack(NewCall(), d.Blob, n); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// A FileLink is a link that names a file.
type FileLink struct {
	SHA256 string // lower case hex
	Name   string
	View   string
	Notes  string
}

// IsFileLink says whether a fragment is meant to name a file.
func IsFileLink(fragment string) bool { return strings.HasPrefix(fragment, fileName) }

// ParseFileLink reads a link that names a file.
func ParseFileLink(fragment string) (*FileLink, error) {
	if len(fragment) > maxLink {
		return nil, errLong
	}
	text, view, _ := strings.Cut(strings.TrimPrefix(fragment, fileName), "&")
	sum, name, ok := strings.Cut(text, ".")
	b, err := base64url.DecodeString(name)
	if !ok || len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" || err != nil {
		return nil, errCut
	}
	l := &FileLink{SHA256: sum, Name: plainName(string(b))}
	l.View, l.Notes = cutNotes(view)
	return l, nil
}
