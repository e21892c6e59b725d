//go:build js && wasm

package sharing

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"syscall/js"
	"time"

	"satascope/share/seal"
	"satascope/wasm/app/browser"
)

// A Found is a share whose manifest was opened: what it is, is known; its
// content was not fetched.
type Found struct {
	Manifest *seal.Manifest
	Expires  time.Time

	service Service
	link    seal.Link
	layout  seal.Layout
	aead    *cipher
}

// maxName bounds the name that a share gives its file.
const maxName = 200

// Find asks for a share and opens its manifest.
func (s Service) Find(c *Call, link seal.Link) (*Found, error) {
	aead, err := newCipher(link.Key, "decrypt")
	if err != nil {
		return nil, err
	}
	v, err := s.json(c, request{method: "GET", path: "shares/" + link.ID})
	if err != nil {
		return nil, err
	}
	f := &Found{service: s, link: link, aead: aead}
	if f.layout, err = seal.LayoutOfSealed(number(v.Get("size")), number(v.Get("chunk_size"))); err != nil {
		return nil, err
	}
	sealed, err := decode64(text(v.Get("manifest")))
	if err != nil {
		return nil, errors.New("the service gave a manifest that is no base64")
	}
	if f.Manifest, err = f.layout.OpenManifest(aead, sealed); err != nil {
		return nil, err
	}
	f.Expires, err = time.Parse(time.RFC3339, text(v.Get("expires")))
	return f, err
}

// Size is the bytes that have to be fetched.
func (f *Found) Size() int64 { return f.layout.SealedSize() }

// Name is what the content is called: never a path, and told as packed where the
// sender packed it and it stays so.
func (f *Found) Name() string {
	name := plainName(f.Manifest.Get(seal.FieldName))
	if _, unpacks := f.unpacks(); f.packed() && !unpacks {
		name = packedName(name)
	}
	return name
}

// plainName makes a file's name of whatever a link or manifest says.
func plainName(name string) string {
	name = strings.ToValidUTF8(name[strings.LastIndexAny(name, `/\`)+1:], "")
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	if name == "" {
		name = "shared"
	}
	return name
}

// Fetch gets the file as the sender had it, as a Blob. Every chunk is checked; when one is refused,
// nothing is given. progress is told how many bytes of [Found.Size] came.
func (f *Found) Fetch(c *Call, progress func(bytes int64)) (js.Value, error) {
	blob, err := f.content(c, progress)
	if length, yes := f.unpacks(); yes && err == nil {
		return unpack(c, blob, length)
	}
	return blob, err
}

// content gets the content as it was sealed.
func (f *Found) content(c *Call, progress func(bytes int64)) (js.Value, error) {
	var came int64
	sink := browser.NewBlobSink()
	reader := seal.NewReader(f.layout, f.aead, func(n int, _ []byte) ([]byte, error) {
		b, err := f.chunk(c, n)
		if err == nil {
			came += int64(len(b))
			progress(came)
		}
		return b, err
	})
	buf := make([]byte, 256<<10)
	for {
		n, err := reader.Read(buf)
		if n > 0 {
			if _, err := sink.Write(buf[:n]); err != nil {
				sink.Abort()
				return js.Undefined(), err
			}
		}
		switch {
		case err == nil:
		case err == io.EOF:
			return sink.Close()
		default:
			sink.Abort()
			return js.Undefined(), err
		}
	}
}

// chunk fetches a sealed chunk. What is longer than a chunk can be is not taken.
func (f *Found) chunk(c *Call, n int) ([]byte, error) {
	response, err := f.service.do(c, request{method: "GET", path: "shares/" + f.link.ID + "/chunks/" + strconv.Itoa(n)})
	if err != nil {
		return nil, err
	}
	if declared, err := strconv.ParseInt(text(response.Get("headers").Call("get", "Content-Length")), 10, 64); err == nil && declared > f.layout.SealedChunkSize() {
		return nil, errors.New("chunk " + strconv.Itoa(n+1) + " is larger than the share says")
	}
	buffer, err := browser.Await(response.Call("arrayBuffer"))
	if c.stopped {
		return nil, ErrCancelled
	}
	if err != nil {
		return nil, errors.New("the connection ended within chunk " + strconv.Itoa(n+1) + " (" + err.Error() + ")")
	}
	if got := buffer.Get("byteLength").Int(); int64(got) > f.layout.SealedChunkSize() {
		return nil, errors.New("chunk " + strconv.Itoa(n+1) + " is larger than the share says")
	}
	return browser.Bytes(js.Global().Get("Uint8Array").New(buffer)), nil
}
