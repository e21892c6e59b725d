//go:build js && wasm

package sharing

import (
	"encoding/base64"
	"errors"
	"io"
	"strconv"
	"syscall/js"
	"time"

	"satascope/share/seal"
	"satascope/wasm/app/browser"
)

// Content is what is to be shared.
type Content struct {
	Blob js.Value // the file or a part of it
	Name string   // as the reader shall see it
	What string   // one of seal's What values
	View string   // the page's fragment, "" for none
	// Notes are notes and marks on rows, "" for none.
	Notes string
	// SHA256 is the file's, in lower case hex; "" of what was made for the share.
	SHA256 string
	Days   int
}

// A Shared is a share that is stored.
type Shared struct {
	Link    seal.Link
	Owner   seal.OwnerLink
	Expires time.Time
	Sealed  int64 // bytes, as they are stored
}

// Prepared is content made ready: what would be sent is known, nothing was.
type Prepared struct {
	content Content
	blob    js.Value // the content, or its gzip form
	gzip    bool
	layout  seal.Layout
}

// Size is the bytes that will be stored, as the content is cut now.
func (p *Prepared) Size() int64 { return p.layout.SealedSize() }

// Fit cuts the content as a host takes it, in larger chunks than usual where it
// would be too many, and says whether the host takes it at all.
func (p *Prepared) Fit(l Limits) bool {
	chunk := max(seal.DefaultChunkSize, (p.layout.Length+l.Chunks-1)/l.Chunks)
	p.layout.ChunkSize = int(min(chunk, l.ChunkSize-seal.Overhead, seal.MaxChunkSize))
	return p.layout.Check() == nil && p.Size() <= l.Most()
}

// HasNotes says whether notes go along.
func (p *Prepared) HasNotes() bool { return p.content.Notes != "" }

// Prepare compresses the content where that helps, and cuts it as usual.
func Prepare(content Content) (*Prepared, error) {
	p := &Prepared{content: content, blob: content.Blob}
	if size(content.Blob) == 0 {
		return nil, errors.New("there is nothing to share: the file is empty")
	}
	packed, err := compress(content.Blob)
	if err != nil {
		return nil, err
	}
	if packed.Truthy() && size(packed) < size(content.Blob) {
		p.blob, p.gzip = packed, true
	}
	p.layout = seal.Layout{Length: size(p.blob), ChunkSize: seal.DefaultChunkSize}
	return p, nil
}

func size(blob js.Value) int64 { return int64(blob.Get("size").Float()) }

// compress gives the gzip form of a Blob, or undefined where the browser has
// none or where it is compressed already.
func compress(blob js.Value) (js.Value, error) {
	class := js.Global().Get("CompressionStream")
	start := make([]byte, 4)
	n, err := browser.NewFile(blob, "").ReadAt(start, 0)
	if err != nil && err != io.EOF {
		return js.Undefined(), err
	}
	packed := n >= 2 && start[0] == 0x1f && start[1] == 0x8b || n == 4 && string(start) == "\x28\xb5\x2f\xfd"
	if !class.Truthy() || packed {
		return js.Undefined(), nil
	}
	stream, err := browser.Try(func() js.Value { return blob.Call("stream").Call("pipeThrough", class.New("gzip")) })
	if err != nil {
		return js.Undefined(), err
	}
	return browser.Await(js.Global().Get("Response").New(stream).Call("blob"))
}

// Send seals what was prepared and stores it. progress is told how many bytes of
// [Prepared.Size] are stored. What was begun and not finished is deleted.
func (s Service) Send(c *Call, p *Prepared, progress func(bytes int64)) (*Shared, error) {
	limits, err := s.Ask(c)
	if err != nil {
		return nil, err
	}
	if !p.Fit(limits) {
		return nil, errors.New("this is " + strconv.FormatInt(p.Size(), 10) + " bytes, and the service keeps at most " + strconv.FormatInt(limits.Most(), 10) +
			"; share a part of it")
	}
	shared := &Shared{Sealed: p.Size()}
	if shared.Link.Key, err = newKey(); err != nil {
		return nil, err
	}
	aead, err := newCipher(shared.Link.Key, "encrypt")
	if err != nil {
		return nil, err
	}
	created, err := s.json(c, request{method: "POST", path: "shares", json: true, once: true, body: js.ValueOf(
		`{"days":` + strconv.Itoa(p.content.Days) + `,"size":` + strconv.FormatInt(p.Size(), 10) + `,"chunk_size":` + strconv.FormatInt(p.layout.SealedChunkSize(), 10) + `}`)})
	if err != nil {
		return nil, err
	}
	id, token := text(created.Get("id")), text(created.Get("token"))
	shared.Link.ID, shared.Owner = id, seal.OwnerLink{ID: id, Token: token}
	if shared.Expires, err = time.Parse(time.RFC3339, text(created.Get("expires"))); err != nil {
		return nil, ErrNone
	}
	if err := s.sendAll(c, p, aead, shared, progress); err != nil {
		// Who stopped it, or whose network failed, leaves nothing behind. When this
		// fails too, the service removes it by itself after its time.
		_ = s.Delete(NewCall(), id, token)
		if c.stopped {
			err = ErrCancelled
		}
		return nil, err
	}
	return shared, nil
}

func (s Service) sendAll(c *Call, p *Prepared, aead *cipher, shared *Shared, progress func(int64)) error {
	manifest := p.manifest()
	sealedManifest, err := p.layout.SealManifest(nil, aead, manifest)
	if err != nil {
		return err
	}
	file := browser.NewFile(p.blob, "")
	content := make([]byte, p.layout.ChunkSize)
	var sealed []byte
	var done int64
	for n := range p.layout.Chunks() {
		part := content[:p.layout.ContentOf(n)]
		if _, err := file.ReadAt(part, int64(n)*int64(p.layout.ChunkSize)); err != nil && err != io.EOF {
			return err
		}
		if sealed, err = p.layout.Seal(sealed[:0], aead, n, part); err != nil {
			return err
		}
		if err := aead.err(); err != nil {
			return err
		}
		if c.stopped {
			return ErrCancelled
		}
		if _, err := s.do(c, request{
			method: "PUT", path: "shares/" + shared.Link.ID + "/chunks/" + strconv.Itoa(n), token: shared.Owner.Token,
			body: browser.Array(sealed), size: int64(len(sealed)),
		}); err != nil {
			return err
		}
		done += int64(len(sealed))
		progress(done)
	}
	if err := aead.err(); err != nil {
		return err
	}
	_, err = s.do(c, request{
		method: "PUT", path: "shares/" + shared.Link.ID + "/manifest", token: shared.Owner.Token,
		body: browser.Array(sealedManifest), size: int64(len(sealedManifest)),
	})
	return err
}

// manifest says what the content is.
func (p *Prepared) manifest() *seal.Manifest {
	m := &seal.Manifest{}
	add := func(name, value string) {
		if value != "" {
			m.Add(name, value)
		}
	}
	add(seal.FieldName, p.content.Name)
	add(seal.FieldWhat, p.content.What)
	if p.gzip {
		add(seal.FieldEncoding, "gzip")
	}
	add(seal.FieldLength, strconv.FormatInt(size(p.content.Blob), 10))
	add(seal.FieldSHA256, p.content.SHA256)
	add(seal.FieldCreated, time.Now().UTC().Format(time.RFC3339))
	add(seal.FieldView, p.content.View)
	add(seal.FieldNotes, p.content.Notes)
	return m
}

// decode64 reads the base64 of a JSON answer.
func decode64(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }
