//go:build js && wasm

package browser

import (
	"compress/gzip"
	"errors"
	"io"
	"syscall/js"
)

// packedChunk is how much compressed data is handed to a decompressor at once.
const packedChunk = 64 << 10

// Gunzip unpacks gzip with the browser's own decompressor, which is some ten
// times faster than Go's is in a browser.
//
// That one refuses what Go's and everybody's gzip reads: several members one
// after the other; and when something is wrong it says neither what nor gives
// all that came before. So when it fails, the file is read again from its
// start, by again, with Go's, and what was given already is passed over.
func Gunzip(packed io.Reader, again func() (io.ReadCloser, error)) (io.ReadCloser, error) {
	stream, err := Try(func() js.Value { return global.Get("DecompressionStream").New("gzip") })
	if err != nil { // there is none
		return gzip.NewReader(packed)
	}
	return &gunzipper{
		packed: packed, again: again, writer: stream.Get("writable").Call("getWriter"),
		out: newStreamReader(stream.Get("readable")), written: newWaiter(),
		buf: make([]byte, packedChunk),
	}, nil
}

type gunzipper struct {
	packed io.Reader
	again  func() (io.ReadCloser, error)
	writer js.Value
	out    *streamReader

	written *waiter // for the one write that may be on its way
	writing bool
	buf     []byte
	ended   bool  // all of packed was written
	given   int64 // bytes
	slow    *slowGunzip
}

func (g *gunzipper) Read(p []byte) (int, error) {
	if g.slow != nil {
		return g.slow.Read(p)
	}
	if len(p) == 0 {
		return 0, nil
	}
	for g.out.at == g.out.n {
		if err := g.next(); err == io.EOF {
			return 0, err
		} else if err != nil {
			return g.fallBack(p, err)
		}
	}
	n := g.out.copy(p)
	g.given += int64(n)
	return n, nil
}

// next gets a piece of what was unpacked: it asks for one and writes until it
// comes. No more than one write is on its way, so that nothing piles up.
func (g *gunzipper) next() error {
	g.out.request()
	for {
		if !g.writing && !g.ended {
			if err := g.write(); err != nil {
				return err
			}
		}
		select {
		case r := <-g.out.w.settled:
			return g.out.take(r.v, r.err)
		case r := <-g.written.settled:
			if g.writing = false; r.err != nil {
				return r.err
			}
		}
	}
}

// write hands the next compressed bytes over, or their end.
func (g *gunzipper) write() error {
	n, err := g.packed.Read(g.buf)
	switch {
	case n > 0:
		g.written.start(g.writer.Call("write", Array(g.buf[:n])))
	case err == io.EOF:
		g.ended = true
		g.written.start(g.writer.Call("close"))
	default:
		return err
	}
	g.writing = true
	return nil
}

func (g *gunzipper) fallBack(p []byte, why error) (int, error) {
	rc, err := g.again()
	if err != nil {
		return 0, why
	}
	z, err := gzip.NewReader(rc)
	if err != nil {
		rc.Close()
		return 0, err
	}
	g.slow = &slowGunzip{z, rc}
	if _, err := io.CopyN(io.Discard, z, g.given); err != nil {
		return 0, err
	}
	return g.slow.Read(p)
}

func (g *gunzipper) Close() error {
	_, _ = Try(func() js.Value { return g.writer.Call("abort").Call("catch", ignore) })
	g.written.release()
	if g.slow != nil {
		g.slow.Close()
	}
	return g.out.Close()
}

type slowGunzip struct {
	*gzip.Reader
	rc io.Closer
}

func (s *slowGunzip) Close() error {
	s.Reader.Close()
	return s.rc.Close()
}

// Unzstd unpacks zstd, which browsers can't, with a module that is loaded for
// it.
func Unzstd(packed io.Reader) (io.ReadCloser, error) {
	promise, err := Try(func() js.Value { return global.Get("satascope").Call("zstd") })
	if err != nil {
		return nil, err
	}
	module, err := Await(promise)
	if err != nil {
		return nil, errors.New("the part that unpacks zstd could not be loaded (" + err.Error() + "); unpack the file and open the result")
	}
	z := &unzstd{packed: packed, pieces: global.Get("Array").New(), buf: make([]byte, zstdChunk)}
	z.data = js.FuncOf(func(_ js.Value, args []js.Value) any {
		z.pieces.Call("push", args[0])
		return nil
	})
	z.push = module.Get("Decompress").New(z.data)
	return z, nil
}

// zstdChunk is how much of zstd is unpacked in one go. A block of 4 bytes can
// hold 128 KiB, so that this bounds what waits to be read at 64 MiB.
const zstdChunk = 2 << 10

type unzstd struct {
	packed io.Reader
	frames zstdFrames
	push   js.Value
	data   js.Func
	pieces js.Value // unpacked and not read
	piece  js.Value
	at, n  int
	buf    []byte
	err    error
}

func (z *unzstd) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for z.at == z.n {
		if z.pieces.Get("length").Int() > 0 {
			z.piece = z.pieces.Call("shift")
			z.at, z.n = 0, z.piece.Get("length").Int()
			continue
		}
		if z.err != nil {
			return 0, z.err
		}
		z.err = z.more()
	}
	end := min(z.at+len(p), z.n)
	n := js.CopyBytesToGo(p, z.piece.Call("subarray", z.at, end))
	z.at += n
	return n, nil
}

func (z *unzstd) more() error {
	n, err := z.packed.Read(z.buf)
	if n > 0 {
		if err := z.frames.follow(z.buf[:n]); err != nil {
			return err
		}
		_, failed := Try(func() js.Value { return z.push.Call("push", Array(z.buf[:n])) })
		if failed != nil {
			return failed
		}
		return nil
	}
	if err == io.EOF && !z.frames.between() {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (z *unzstd) Close() error {
	z.err = errors.New("read after Close")
	z.at, z.n, z.pieces = 0, 0, global.Get("Array").New()
	z.data.Release()
	return nil
}
