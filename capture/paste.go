package capture

import (
	"bytes"
	"io"
)

// FromText makes a source of what somebody pasted or typed: any of the forms
// that are text. It keeps text; it must not be changed.
func FromText(text []byte) Source { return FromBytes("pasted text", text) }

// FromBytes makes a source of a file that is in memory. It keeps b, which must
// not be changed.
func FromBytes(name string, b []byte) Source { return held{name, b} }

// held is a source in memory.
type held struct {
	name string
	b    []byte
}

func (h held) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(h.b)), nil }
func (h held) Name() string                 { return h.name }
func (h held) Size() int64                  { return int64(len(h.b)) }

func (h held) ReadAt(p []byte, at int64) (int, error) { return bytes.NewReader(h.b).ReadAt(p, at) }
