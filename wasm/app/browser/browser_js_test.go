//go:build js && wasm

package browser

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"syscall/js"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
)

// These run in Node, which has the streams, Blobs and channels of a browser.

func file(b []byte) *File {
	return NewFile(global.Get("Blob").New(global.Get("Array").New(Array(b))), "a file")
}

// pattern is bytes that are different everywhere.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i>>8 ^ i>>16*7)
	}
	return b
}

func TestFilesAreReadWhole(t *testing.T) {
	for _, n := range []int{0, 1, 1000, chunk, 3*chunk + 17} {
		want := pattern(n)
		f := file(want)
		require.Equal(t, int64(n), f.Size())
		r, err := f.Open()
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), "%d bytes", n)
		require.NoError(t, r.Close())
		_, err = r.Read(make([]byte, 1))
		require.Error(t, err)
	}
}

type onlyReader struct{ io.Reader }

// A stream without a BYOB reader, as WebKit has them.
func TestOrdinaryStreams(t *testing.T) {
	want := pattern(300_000)
	pieces := global.Get("Array").New()
	for at := 0; at < len(want); at += 70_000 {
		pieces.Call("push", Array(want[at:min(at+70_000, len(want))]))
	}
	stream := global.Get("ReadableStream").Call("from", pieces)
	r := newStreamReader(stream)
	require.True(t, r.buffer.IsUndefined())
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NoError(t, r.Close())
}

// The rules of io.Reader, to the letter.
func TestFilesAreReaders(t *testing.T) {
	r, err := file(pattern(2_000)).Open()
	require.NoError(t, err)
	require.NoError(t, iotest.TestReader(onlyReader{r}, pattern(2_000)))
}

func TestReadAt(t *testing.T) {
	want := pattern(10_000)
	f := file(want)
	b := make([]byte, 100)
	n, err := f.ReadAt(b, 5000)
	require.NoError(t, err)
	require.Equal(t, want[5000:5100], b[:n])
	n, err = f.ReadAt(b, 9950)
	require.Equal(t, io.EOF, err)
	require.Equal(t, want[9950:], b[:n])
	for _, off := range []int64{10_000, -1, 1 << 50} {
		_, err = f.ReadAt(b, off)
		require.Equal(t, io.EOF, err)
	}
}

func TestFilesThatCannotBeReadAnyMore(t *testing.T) {
	gone := global.Get("DOMException").New("no permission", "NotReadableError")
	require.ErrorContains(t, unreadable(Error{gone}), "changed, moved or removed")
	other := Error{global.Get("TypeError").New("something else")}
	require.Equal(t, other, unreadable(other))
	require.Equal(t, "TypeError", other.Name())
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// gunzip unpacks b as the worker does, and counts how often it was opened again.
func gunzip(t *testing.T, b []byte) (got []byte, again int, err error) {
	r, err := Gunzip(bytes.NewReader(b), func() (io.ReadCloser, error) {
		again++
		return file(b).Open()
	})
	require.NoError(t, err)
	got, err = io.ReadAll(r)
	require.NoError(t, r.Close())
	return got, again, err
}

func TestGunzip(t *testing.T) {
	for _, n := range []int{0, 10, 5_000_000} {
		want := pattern(n)
		got, again, err := gunzip(t, packed(want))
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), "%d bytes", n)
		require.Zero(t, again, "the browser's own did it")
	}
	r, err := Gunzip(bytes.NewReader(packed(pattern(2_000))), nil)
	require.NoError(t, err)
	require.NoError(t, iotest.TestReader(onlyReader{r}, pattern(2_000)))
}

// What the decompressors of browsers refuse, and Node's does not: all of it
// comes, once.
func TestGunzipOfSeveralMembers(t *testing.T) {
	first, second := pattern(700_000), []byte("and more")
	got, _, err := gunzip(t, append(packed(first), packed(second)...))
	require.NoError(t, err)
	require.True(t, bytes.Equal(append(first, second...), got))
}

// As browsers do at the second member: the decompressor fails after some output.
func TestGunzipFallsBackOnce(t *testing.T) {
	want := pattern(400_000)
	b := packed(want)
	again := 0
	r, err := Gunzip(bytes.NewReader(append(bytes.Clone(b), "junk"...)), func() (io.ReadCloser, error) {
		again++
		return file(b).Open()
	})
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got))
	require.Equal(t, 1, again)
	require.NoError(t, r.Close())
}

func TestGunzipOfDamagedFilesGivesAllBefore(t *testing.T) {
	want := pattern(3_000_000)
	whole := packed(want)

	got, _, err := gunzip(t, whole[:len(whole)-6])
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.True(t, bytes.Equal(want, got), "all %d bytes came, and there were %d", len(want), len(got))

	got, _, err = gunzip(t, whole[:len(whole)/2])
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NotEmpty(t, got)
	require.True(t, bytes.HasPrefix(want, got))

	wrong := bytes.Clone(whole)
	wrong[len(wrong)-5] ^= 1 // of the checksum
	got, _, err = gunzip(t, wrong)
	require.ErrorIs(t, err, gzip.ErrChecksum)
	require.True(t, bytes.HasPrefix(want, got))
}

func TestErrorsOfTheFileReachTheReader(t *testing.T) {
	broken := errors.New("the disk is on fire")
	whole := packed(pattern(500_000))
	src := io.MultiReader(bytes.NewReader(whole[:len(whole)/2]), iotest.ErrReader(broken))
	r, err := Gunzip(src, func() (io.ReadCloser, error) { return nil, broken })
	require.NoError(t, err)
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, broken)
}

func TestBlobSink(t *testing.T) {
	s := NewBlobSink()
	var want []byte
	for _, n := range []int{1, 0, 100_000, chunk - 1, chunk, 3*chunk + 1, 5} {
		b := pattern(n)
		want = append(want, b...)
		got, err := s.Write(b)
		require.NoError(t, err)
		require.Equal(t, n, got)
		clear(b) // it was copied
	}
	blob, err := s.Close()
	require.NoError(t, err)
	r, err := NewFile(blob, "").Open()
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got))
}

func TestYieldLetsMessagesThrough(t *testing.T) {
	y := NewYielder()
	defer y.Close()
	came := false
	f := js.FuncOf(func(js.Value, []js.Value) any { came = true; return nil })
	defer f.Release()
	global.Call("setTimeout", f, 0)
	for end := time.Now().Add(5 * time.Second); !came && time.Now().Before(end); {
		y.Yield()
	}
	require.True(t, came)
}

func TestAwait(t *testing.T) {
	promise := global.Get("Promise")
	v, err := Await(promise.Call("resolve", 7))
	require.NoError(t, err)
	require.Equal(t, 7, v.Int())
	_, err = Await(promise.Call("reject", global.Get("TypeError").New("no")))
	require.EqualError(t, err, "no")
	_, err = Await(promise.Call("reject", "a text"))
	require.EqualError(t, err, "a text")
	_, err = Await(promise.Call("reject"))
	require.Error(t, err)
}

func TestTry(t *testing.T) {
	_, err := Try(func() js.Value { return global.Call("decodeURIComponent", "%") })
	require.Error(t, err)
	require.PanicsWithValue(t, "ours", func() { _, _ = Try(func() js.Value { panic("ours") }) })
}
