package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"satascope/capture"
)

// maxPiped is how many bytes of a pipe are kept in a temporary file; a pipe
// can't be opened again, and decoding may have to read twice.
const maxPiped = 16 << 30

// A fileSource is a file on disk.
type fileSource struct {
	file *os.File
	path string
	size int64
}

// openSource opens a file. Standard input, "-", and whatever else is no regular
// file are copied first. The function it gives lets go of everything.
func openSource(name string, stdin io.Reader) (capture.Source, func(), error) {
	if name == "-" {
		return spool("standard input", stdin, maxPiped)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, openError(name, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s: expected a file, found a folder", name)
	case !info.Mode().IsRegular():
		defer f.Close()
		return spool(name, f, maxPiped)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return &fileSource{f, name, info.Size()}, func() { f.Close() }, nil
}

// openError says what is wrong with a file in the words of the other errors.
func openError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: expected a file, found none of this name", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: it may not be read by this user", name)
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// spool copies what can be read only once into a temporary file.
func spool(name string, r io.Reader, limit int64) (capture.Source, func(), error) {
	f, err := os.CreateTemp("", "satascope-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() {
		f.Close()
		os.Remove(f.Name())
	}
	n, err := io.Copy(f, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("expected at most %d bytes, found more; save it as a file and open that", limit)
	}
	if err != nil {
		remove()
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return &fileSource{f, name, n}, remove, nil
}

// Open reads the file from its start.
func (s *fileSource) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(s.file, 0, s.size)), nil
}

// ReadAt reads pieces of it again.
func (s *fileSource) ReadAt(p []byte, at int64) (int, error) { return s.file.ReadAt(p, at) }

// Name is the file's name without its folders.
func (s *fileSource) Name() string { return filepath.Base(s.path) }

// Size is the size that it had when it was opened.
func (s *fileSource) Size() int64 { return s.size }
