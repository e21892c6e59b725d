//go:build js && wasm

package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
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

// hash finds out the files' hash, in turns with everything else: what a person
// notes about a file is kept beside it.
func (w *worker) hash() {
	answer := &bridge.Hashed{}
	err := guard("the hash", func() error {
		sums := make([]byte, 0, len(w.sources)*sha256.Size)
		for _, src := range w.sources {
			h := sha256.New()
			if err := hashFile(h, src.File); err != nil {
				return err
			}
			sums = h.Sum(sums)
		}
		if len(w.sources) > 1 {
			all := sha256.Sum256(sums)
			sums = all[:]
		}
		answer.Hash = hex.EncodeToString(sums)
		return nil
	})
	if err != nil {
		answer.Error = sentence(err)
	}
	w.post(answer)
}

// hashOther finds out the hash of a file that is not open.
func (w *worker) hashOther(seq uint32, file *browser.File) {
	answer := &bridge.Hashed{Seq: seq}
	err := guard("the hash", func() error {
		h := sha256.New()
		err := hashFile(h, file)
		answer.Hash = hex.EncodeToString(h.Sum(nil))
		return err
	})
	if err != nil {
		answer.Hash, answer.Error = "", sentence(err)
	}
	w.post(answer)
}

func hashFile(h hash.Hash, file *browser.File) error {
	r, err := file.Open()
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
