package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// compressible says whether a server should have a file compressed.
func compressible(name string, size int) bool {
	switch path.Ext(name) {
	case ".html", ".js", ".css", ".wasm", ".svg", ".json", ".txt", ".webmanifest":
		return size > 1000
	}
	return false
}

// packers make what goes beside a file, by the suffix of its name.
var packers = map[string]func(w io.Writer, quick bool) io.WriteCloser{
	".br": func(w io.Writer, quick bool) io.WriteCloser {
		if quick {
			return brotli.NewWriterLevel(w, 4)
		}
		return brotli.NewWriterLevel(w, brotli.BestCompression)
	},
	".gz": func(w io.Writer, quick bool) io.WriteCloser {
		level := gzip.BestCompression
		if quick {
			level = gzip.BestSpeed
		}
		z, _ := gzip.NewWriterLevel(w, level) // both levels are valid
		return z
	},
}

// pack gives the compressed files that go beside those of a tree. The best
// compression is slow, so what an earlier build made is kept in work, by the
// content's hash; what is no longer used is removed, of the same speed.
func pack(files tree, work string, quick bool) (tree, error) {
	cache := filepath.Join(work, "packed")
	if err := os.MkdirAll(cache, 0o777); err != nil {
		return nil, err
	}
	out, used := tree{}, map[string]bool{}
	for name, content := range files {
		if !compressible(name, len(content)) {
			continue
		}
		sum := sha256.Sum256(content)
		for suffix, packer := range packers {
			kept := hex.EncodeToString(sum[:]) + suffix
			if quick {
				kept = "quick-" + kept
			}
			used[kept] = true
			b, err := os.ReadFile(filepath.Join(cache, kept))
			if err != nil {
				if b, err = packWith(packer, content, quick); err != nil {
					return nil, err
				}
				if err := writeWhole(filepath.Join(cache, kept), b); err != nil {
					return nil, err
				}
			}
			if len(b) < len(content) {
				out[name+suffix] = b
			}
		}
	}
	old, err := os.ReadDir(cache)
	if err != nil {
		return nil, err
	}
	for _, e := range old {
		if !used[e.Name()] && strings.HasPrefix(e.Name(), "quick-") == quick {
			if err := os.Remove(filepath.Join(cache, e.Name())); err != nil && !os.IsNotExist(err) {
				return nil, err
			}
		}
	}
	return out, nil
}

func packWith(packer func(io.Writer, bool) io.WriteCloser, content []byte, quick bool) ([]byte, error) {
	var b bytes.Buffer
	w := packer(&b, quick)
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}
