package capture

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"sync/atomic"
)

// peekSize is how much of a file's beginning decides what it is.
const peekSize = 64 << 10

// A compressed file may unpack to this many bytes whatever it is, and beyond it
// to no more than maxRatio bytes for each of its own. Captures stay far below
// that ratio; a file made to unpack without end does not. Someone who has such
// a capture can unpack it and open the result.
const (
	freeUnpacked = 4 << 30
	maxRatio     = 200
)

// A File is an open file whose kind is known. It reads the unpacked content
// from its start. Close it when done.
type File struct {
	Kind   Kind
	Packed string // "gzip", "zstd", or "" for a file that is not compressed
	// Setting is what stood around a form that is text and was taken away, for
	// people; Plain tells whether anything was, so that offsets in the content are
	// none in the (unpacked) file.
	Setting string
	Plain   bool

	src      io.ReadCloser
	size     int64
	read     atomic.Int64 // bytes read from src
	unpacker io.ReadCloser
	r        io.Reader
	head     []byte    // what was peeked at
	used     int       // of head
	out      int64     // bytes given, or in head
	err      error     // what followed head, if anything did
	text     io.Reader // the content without what stands around it; nil where that is nothing
	shown    []byte    // of text, what Peek shows
}

// Open opens a file and recognises by its content what it is. A file that is
// none of the kinds is a *FormatError that says what was found.
func Open(src Source, u Unpackers) (*File, error) {
	rc, err := src.Open()
	if err != nil {
		return nil, err
	}
	f := &File{src: rc, size: src.Size()}
	if err := f.begin(u); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *File) begin(u Unpackers) error {
	counted := counter{f}
	f.r = counted
	if err := f.peekHead(); err != nil {
		return err
	}
	f.Packed = compression(f.head)
	if f.Packed != "" {
		unpack := u.Gzip
		if f.Packed == "zstd" {
			unpack = u.Zstd
		}
		if unpack == nil {
			return &FormatError{In: "file", Expected: wanted, Found: "a " + f.Packed + " file, which can't be unpacked here", Advice: "unpack it first"}
		}
		// The decompressor reads the first bytes again and then goes on.
		packed := &File{r: f.r, head: f.head, err: f.err}
		rc, err := unpack(packed)
		if err != nil {
			return f.unpackError(err)
		}
		f.unpacker, f.r = rc, rc
		f.head, f.used, f.out, f.err = nil, 0, 0, nil
		if err := f.peekHead(); err != nil {
			return err
		}
		if inner := compression(f.head); inner != "" {
			return &FormatError{
				In: f.Packed, Expected: wanted + " inside", Found: "a " + inner + " file in a " + f.Packed + " file",
				Advice: "unpack it once and open the result",
			}
		}
	}
	kind, foreign, advice := recognise(f.head, f.err != nil)
	var around setting
	embedded := false
	if kind == KindUnknown && (advice == "" || advice == adviceRecord) || wideText(f.head) != 0 || kind != KindBinary && (oldBreaks(f.head) || quotedLines(f.head)) || loose(kind) {
		if s, k, what, then := settle(f.head); loose(kind) && k != KindLog && !quotedLines(f.head) {
			// It is what it was taken for: a list or a string with code around it.
		} else if k != KindUnknown {
			s.alone = k == KindLog
			kind, around, embedded = k, s, true
		} else if what != "" {
			foreign, advice = what, then
		}
	}
	if kind == KindUnknown {
		if f.err != nil && f.err != io.EOF {
			return f.err
		}
		in := "file"
		if f.Packed != "" {
			in = f.Packed
		}
		return &FormatError{In: in, Expected: wanted, Found: foreign, Advice: advice}
	}
	f.Kind = kind
	var text io.Reader
	times := ""
	if printed := around.between(); kind == KindXXD || kind == KindHexdump || kind == KindOD || kind == KindByteList || kind == KindHex || kind == KindBase64 {
		if told, is := packetsIn(newPlain(bytes.NewReader(f.head), printed), kind, f.err == nil); is {
			f.Kind, around, times = KindPacketText, printed, told
			text = newPacketText(newPlain(contentReader{f}, printed), kind)
		}
	}
	if text == nil && embedded {
		text = newPlain(contentReader{f}, around)
	}
	if text != nil {
		f.setting(around, text, times)
	}
	return nil
}

// compression tells by its first bytes how a file is compressed.
func compression(b []byte) string {
	switch {
	case len(b) >= 3 && b[0] == 0x1F && b[1] == 0x8B && b[2] == 8:
		return "gzip"
	case len(b) >= 4 && b[0] == 0x28 && b[1] == 0xB5 && b[2] == 0x2F && b[3] == 0xFD,
		len(b) >= 4 && b[0]&0xF0 == 0x50 && b[1] == 0x2A && b[2] == 0x4D && b[3] == 0x18: // a skippable frame
		return "zstd"
	}
	return ""
}

// peekHead reads the first peekSize bytes into head. A failure to read is kept
// for later when something was read before it.
func (f *File) peekHead() error {
	f.head = make([]byte, peekSize)
	n := 0
	for n < len(f.head) && f.err == nil {
		var got int
		got, f.err = f.readOn(f.head[n:])
		n += got
	}
	f.head = f.head[:n]
	if f.err != nil && f.err != io.EOF && n == 0 {
		return f.err
	}
	return nil
}

// setting takes away what stands around the form, by a reader of what is left. More
// may be to say of it.
func (f *File) setting(s setting, text io.Reader, more string) {
	f.Plain, f.Setting = true, s.String()
	if f.Setting != "" && more != "" {
		f.Setting += ", "
	}
	f.Setting += more
	f.shown = make([]byte, peekSize)
	n, _ := io.ReadFull(text, f.shown) // text gives an error again
	f.shown = f.shown[:n]
	f.text = io.MultiReader(bytes.NewReader(f.shown), text)
}

// Peek shows the first bytes of the unpacked content, at most 64 KiB, whatever
// was read meanwhile. They must not be changed.
func (f *File) Peek() []byte {
	if f.text != nil {
		return f.shown
	}
	return f.head
}

// Read reads the unpacked content, from its start.
func (f *File) Read(p []byte) (int, error) {
	if f.text != nil {
		return f.text.Read(p)
	}
	return f.readContent(p)
}

// A contentReader reads the unpacked content with all that stands around.
type contentReader struct{ f *File }

func (r contentReader) Read(p []byte) (int, error) { return r.f.readContent(p) }

func (f *File) readContent(p []byte) (int, error) {
	if f.used < len(f.head) {
		n := copy(p, f.head[f.used:])
		f.used += n
		return n, nil
	}
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.readOn(p)
	f.err = err
	return n, err
}

// readOn reads what follows head.
func (f *File) readOn(p []byte) (int, error) {
	n, err := f.r.Read(p)
	f.out += int64(n)
	if f.unpacker == nil {
		return n, err
	}
	if err != nil && err != io.EOF {
		return n, f.unpackError(err)
	}
	if in := f.read.Load(); f.out > freeUnpacked && f.out/maxRatio > in {
		return n, &FormatError{
			In: f.Packed, Offset: f.out, Expected: "at most " + strconv.Itoa(maxRatio) + " bytes unpacked for each byte of the file",
			Found:  strconv.FormatInt(f.out, 10) + " bytes from " + strconv.FormatInt(in, 10) + ", and still more",
			Advice: "if this is a real capture, unpack it and open the result",
		}
	}
	return n, err
}

// unpackError says what is wrong with a compressed file.
func (f *File) unpackError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &TruncatedError{In: f.Packed, Offset: f.read.Load(), What: "the rest of a compressed file", Err: err}
	}
	return &FormatError{
		In: f.Packed, Offset: f.out, Expected: "compressed data that can be unpacked",
		Found: "damage (" + err.Error() + ")", Advice: "what came before it was read", Err: err,
	}
}

// BytesRead is how many bytes of the file itself, as it is stored, were read;
// it may be asked while another goroutine reads.
func (f *File) BytesRead() int64 { return f.read.Load() }

// Size is how many bytes the file has as it is stored, or -1.
func (f *File) Size() int64 { return f.size }

// Close closes the file and its decompressor.
func (f *File) Close() error {
	var first error
	if f.unpacker != nil {
		first = f.unpacker.Close()
		f.unpacker = nil
	}
	if f.src != nil {
		if err := f.src.Close(); first == nil {
			first = err
		}
		f.src = nil
	}
	return first
}

// A counter reads a file as it is stored and counts.
type counter struct{ f *File }

func (c counter) Read(p []byte) (int, error) {
	n, err := c.f.src.Read(p)
	c.f.read.Add(int64(n))
	return n, err
}
