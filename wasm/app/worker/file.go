//go:build js && wasm

package worker

import (
	"encoding/binary"
	"errors"
	"io"
	"time"

	"satascope/decode"
	"satascope/inspect"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

// handleFile takes a message of the page about the files as a whole.
func (w *worker) handleFile(m bridge.Message) {
	switch m.(type) {
	case *bridge.AskReport:
		w.post(w.summarize())
	case *bridge.Hash:
		go w.hash()
	}
}

// summarize tells what is in the files.
func (w *worker) summarize() *bridge.Report {
	x := w.inspect()
	x.Update(x.Log().Len())
	about := inspect.About{Name: w.name, File: w.decoder.Summary(), Streams: w.decoder.Streams(), Options: w.set}
	var none *decode.NoProtocolError
	if err := w.decoder.Err(); err != nil && !errors.As(err, &none) {
		about.Problem = err.Error()
	}
	return summarize(x, about)
}

const (
	// maxHashed is up to what length in bytes a file is hashed as a whole, which
	// takes some seconds a gigabyte.
	maxHashed = 2 << 30
	// parts of partSize bytes, evenly apart, are what a larger one is told by.
	parts    = 64
	partSize = 4 << 20
)

// hash finds out the files' hash, in turns with everything else: what a person
// notes about a file is kept beside it. Of several files it is that of their
// hashes. Files are read by small pieces, and of huge ones some parts only.
func (w *worker) hash() {
	answer := &bridge.Hashed{}
	err := guard("the hash", func() error {
		h, err := browser.NewSHA256()
		if err != nil {
			return err
		}
		var sums []byte
		for _, src := range w.sources {
			h.Reset()
			if src.Size() > maxHashed {
				answer.Parts = true
				err = hashParts(h, src.File)
			} else {
				err = hashFile(h, src.File)
			}
			if err != nil {
				return err
			}
			answer.Hash = h.Sum()
			sums = append(sums, answer.Hash...)
		}
		if len(w.sources) > 1 {
			h.Reset()
			_, _ = h.Write(sums)
			answer.Hash = h.Sum()
		}
		return nil
	})
	if err != nil {
		answer.Error = sentence(err)
	}
	w.post(answer)
}

// hashOther finds out the hash of a file that is not open, as a whole.
func (w *worker) hashOther(seq uint32, file *browser.File) {
	answer := &bridge.Hashed{Seq: seq}
	err := guard("the hash", func() error {
		h, err := browser.NewSHA256()
		if err != nil {
			return err
		}
		if err = hashFile(h, file); err == nil {
			answer.Hash = h.Sum()
		}
		return err
	})
	if err != nil {
		answer.Error = sentence(err)
	}
	w.post(answer)
}

func hashFile(h io.Writer, src *browser.File) error {
	r, err := src.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	turns := browser.NewYielder()
	defer turns.Close()
	buf := make([]byte, 256<<10)
	yielded := time.Now()
	for {
		n, err := r.Read(buf)
		_, _ = h.Write(buf[:n]) // never fails
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if time.Since(yielded) >= turn {
			turns.Yield()
			yielded = time.Now()
		}
	}
}

// hashParts hashes a huge file's length and its parts.
func hashParts(h io.Writer, src *browser.File) error {
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(src.Size())))
	buf := make([]byte, 256<<10)
	for i := range int64(parts) {
		at := (src.Size() - partSize) / (parts - 1) * i
		for end := at + partSize; at < end; at += int64(len(buf)) {
			if _, err := src.ReadAt(buf, at); err != nil { // which waits for the browser
				return err
			}
			_, _ = h.Write(buf)
		}
	}
	return nil
}
