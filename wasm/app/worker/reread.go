//go:build js && wasm

package worker

import (
	"errors"
	"io"
	"time"

	"satascope/capture"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

const (
	// blockSize is how much of the file is read at once to get at bytes again. A
	// question to the browser takes a millisecond, whatever it asks for, and the
	// packets of a message stand close together.
	blockSize = 256 << 10
	maxBlocks = 32
	// maxUnpacked is up to how many bytes the content of a packed file is kept
	// by the browser, which writes it to the disk where it must. A larger file is
	// unpacked from its start each time that one goes back in it.
	maxUnpacked = 2 << 30
)

// A storedFile is the open file. It implements capture.Source and io.ReaderAt, the
// latter by blocks that it keeps for a while.
type storedFile struct {
	*browser.File
	blocks map[int64][]byte
	recent []int64 // the blocks there are, the one used last at the end

	unpacked *storedFile // its content, when it is packed and was asked for
	tooLarge bool        // the content is, to be kept
}

func newStoredFile(f *browser.File) *storedFile {
	return &storedFile{File: f, blocks: map[int64][]byte{}}
}

// ReadAt blocks: not for event handlers.
func (s *storedFile) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		b, err := s.block(at / blockSize)
		if err != nil {
			return n, err
		}
		from := at % blockSize
		if from >= int64(len(b)) {
			return n, io.EOF
		}
		n += copy(p[n:], b[from:])
	}
	return n, nil
}

func (s *storedFile) block(k int64) ([]byte, error) {
	b, ok := s.blocks[k]
	if !ok {
		b = make([]byte, blockSize)
		if len(s.recent) == maxBlocks { // its memory serves again
			b = s.blocks[s.recent[0]][:blockSize]
			delete(s.blocks, s.recent[0])
			s.recent = s.recent[1:]
		}
		n, err := s.File.ReadAt(b, k*blockSize)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		b = b[:n]
		s.blocks[k] = b
	} else {
		for i, have := range s.recent {
			if have == k {
				s.recent = append(s.recent[:i], s.recent[i+1:]...)
				break
			}
		}
	}
	s.recent = append(s.recent, k)
	return b, nil
}

// unpack gives the content of a packed file, to be read at any place: it is
// unpacked once more, with the first question about its bytes, and told of. It
// is nil for a file that is too large. It blocks.
func (w *worker) unpack(packed *storedFile, u capture.Unpackers) (io.ReaderAt, error) {
	switch {
	case packed.unpacked != nil:
		return packed.unpacked, nil
	case packed.tooLarge:
		return nil, nil
	}
	f, err := capture.Open(packed, u)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	turns := browser.NewYielder()
	defer turns.Close()
	sink := browser.NewBlobSink()
	buf := make([]byte, 1<<20)
	total, reported, yielded := int64(0), time.Now(), time.Now()
	for {
		n, err := f.Read(buf)
		if total += int64(n); total > maxUnpacked {
			sink.Abort()
			packed.tooLarge = true
			return nil, nil
		}
		if _, err := sink.Write(buf[:n]); err != nil {
			return nil, err
		}
		if err != nil { // what is damaged was told when it was decoded
			break
		}
		now := time.Now()
		if now.Sub(reported) >= report {
			reported = now
			w.post(&bridge.Reading{Read: f.BytesRead(), Size: f.Size()})
		}
		if now.Sub(yielded) >= turn {
			turns.Yield()
			yielded = time.Now()
		}
	}
	blob, err := sink.Close()
	if err != nil {
		return nil, err
	}
	packed.unpacked = newStoredFile(browser.NewFile(blob, packed.Name()))
	return packed.unpacked, nil
}
