//go:build js && wasm

package browser

import (
	"errors"
	"io"
	"syscall/js"
)

// chunk is how much of a file is read at once, and how much of a download is
// handed over at once.
const chunk = 1 << 20

// A File is a File or Blob of the browser. It implements capture.Source and
// io.ReaderAt.
type File struct {
	v    js.Value
	name string
}

// NewFile takes a File or Blob.
func NewFile(v js.Value, name string) *File { return &File{v, name} }

// Name is the file's name, without folders.
func (f *File) Name() string { return f.name }

// Size is the number of bytes.
func (f *File) Size() int64 { return int64(f.v.Get("size").Float()) }

// Open reads the file as a stream, with one buffer that is used again and again
// where the browser can do that (a BYOB reader), and as it comes in WebKit.
func (f *File) Open() (io.ReadCloser, error) {
	stream, err := Try(func() js.Value { return f.v.Call("stream") })
	if err != nil {
		return nil, err
	}
	return newStreamReader(stream), nil
}

// ReadAt reads a part of the file.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	size := f.Size()
	if off < 0 || off >= size {
		return 0, io.EOF
	}
	end := min(off+int64(len(p)), size)
	buffer, err := Await(f.v.Call("slice", float64(off), float64(end)).Call("arrayBuffer"))
	if err != nil {
		return 0, unreadable(err)
	}
	n := js.CopyBytesToGo(p, uint8Array.New(buffer))
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// unreadable says what a failed read most likely means.
func unreadable(err error) error {
	var e Error
	if errors.As(err, &e) && (e.Name() == "NotReadableError" || e.Name() == "NotFoundError") {
		return errors.New("the file can't be read any more (" + e.Error() + "): it was changed, moved or removed since it was chosen; choose it again")
	}
	return err
}

// A streamReader reads a ReadableStream of bytes.
type streamReader struct {
	reader js.Value
	w      *waiter
	buffer js.Value // what a BYOB reader fills next; undefined for an ordinary one
	piece  js.Value // what was read last
	at, n  int      // how much of piece was taken, and how much it has
	err    error
}

func newStreamReader(stream js.Value) *streamReader {
	r := &streamReader{w: newWaiter()}
	reader, err := Try(func() js.Value {
		return stream.Call("getReader", map[string]any{"mode": "byob"})
	})
	if err != nil {
		reader = stream.Call("getReader")
	} else {
		r.buffer = global.Get("ArrayBuffer").New(chunk)
	}
	r.reader = reader
	return r
}

// request begins to read the next piece.
func (r *streamReader) request() {
	if r.buffer.IsUndefined() {
		r.w.start(r.reader.Call("read"))
	} else {
		r.w.start(r.reader.Call("read", uint8Array.New(r.buffer)))
	}
}

// take takes the piece that was read.
func (r *streamReader) take(v js.Value, err error) error {
	if err != nil {
		return unreadable(err)
	}
	piece := v.Get("value")
	if !r.buffer.IsUndefined() && piece.Truthy() {
		r.buffer = piece.Get("buffer")
	}
	if v.Get("done").Bool() {
		return io.EOF
	}
	r.piece, r.at, r.n = piece, 0, piece.Get("length").Int()
	return nil
}

func (r *streamReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.at == r.n {
		if r.err != nil {
			return 0, r.err
		}
		r.request()
		r.err = r.take(r.w.wait())
	}
	return r.copy(p), nil
}

// copy takes what fits of the piece that was read.
func (r *streamReader) copy(p []byte) int {
	end := min(r.at+len(p), r.n)
	n := js.CopyBytesToGo(p, r.piece.Call("subarray", r.at, end))
	r.at += n
	return n
}

func (r *streamReader) Close() error {
	if r.err == nil {
		r.err = errors.New("read after Close")
		if _, err := Try(func() js.Value { return r.reader.Call("cancel").Call("catch", ignore) }); err != nil {
			return err
		}
	}
	r.at, r.n = 0, 0
	r.w.release()
	return nil
}

// ignore is a callback for what may fail and doesn't matter.
var ignore = js.FuncOf(func(js.Value, []js.Value) any { return nil })

// A Sink is where a download is written.
type Sink interface {
	io.Writer
	// Close ends it; what it gives is a Blob, or undefined when it was written
	// to a file.
	Close() (js.Value, error)
	// Abort gives it up.
	Abort()
}

// NewBlobSink collects a Blob in pieces, which the browser may keep on disk.
func NewBlobSink() Sink {
	return &blobSink{parts: global.Get("Array").New(), buf: make([]byte, 0, chunk)}
}

type blobSink struct {
	parts js.Value
	buf   []byte
}

func (s *blobSink) Write(p []byte) (int, error) {
	if len(s.buf)+len(p) > chunk {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	if len(p) >= chunk {
		return len(p), s.add(p)
	}
	s.buf = append(s.buf, p...)
	return len(p), nil
}

func (s *blobSink) flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	err := s.add(s.buf)
	s.buf = s.buf[:0]
	return err
}

func (s *blobSink) add(p []byte) error {
	_, err := Try(func() js.Value {
		s.parts.Call("push", blob(global.Get("Array").New(Array(p))))
		return js.Undefined()
	})
	return err
}

func blob(parts js.Value) js.Value {
	return global.Get("Blob").New(parts, map[string]any{"type": "text/plain;charset=utf-8"})
}

func (s *blobSink) Close() (js.Value, error) {
	if err := s.flush(); err != nil {
		return js.Undefined(), err
	}
	return Try(func() js.Value { return blob(s.parts) })
}

func (s *blobSink) Abort() { s.parts = js.Undefined(); s.buf = nil }

// NewFileSink writes into a file that the person chose (a FileSystemFileHandle).
func NewFileSink(handle js.Value) (Sink, error) {
	promise, err := Try(func() js.Value { return handle.Call("createWritable") })
	if err != nil {
		return nil, err
	}
	w, err := Await(promise)
	if err != nil {
		return nil, err
	}
	return &fileSink{w, make([]byte, 0, chunk)}, nil
}

type fileSink struct {
	w   js.Value
	buf []byte
}

func (s *fileSink) Write(p []byte) (int, error) {
	if s.buf = append(s.buf, p...); len(s.buf) >= chunk {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (s *fileSink) flush() error {
	_, err := Await(s.w.Call("write", Array(s.buf)))
	s.buf = s.buf[:0]
	return err
}

func (s *fileSink) Close() (js.Value, error) {
	if err := s.flush(); err != nil {
		return js.Undefined(), err
	}
	_, err := Await(s.w.Call("close"))
	return js.Undefined(), err
}

func (s *fileSink) Abort() {
	_, _ = Try(func() js.Value { return s.w.Call("abort").Call("catch", ignore) })
}
