package livelog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A sink is the part of a file that is needed here.
type sink interface {
	io.Writer
	Truncate(size int64) error
	Sync() error
	Close() error
}

// create makes a file that was not there.
func create(path string) (sink, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("livelog: expected to make a new file, found that %s exists; a log is never overwritten: %w", path, fs.ErrExist)
	}
	if err != nil {
		return nil, fmt.Errorf("livelog: %w", err)
	}
	return f, nil
}

// A lineFile keeps records' lines back and writes them to a file such that it
// holds whole ones at any moment.
type lineFile struct {
	sink    sink
	size    int64 // written
	pending []byte
	ends    []int // of the records in pending; a path can hold a line break, so those don't tell
	page    int64
}

func newLineFile(s sink) *lineFile { return &lineFile{sink: s, page: int64(os.Getpagesize())} }

// end marks the end of a record in pending.
func (f *lineFile) end() { f.ends = append(f.ends, len(f.pending)) }

// flush writes what is kept back. After an error the file is cut back to the
// last whole record, as far as that can be done.
//
// A kernel that kills a process in the middle of a write cuts the write between
// two pages of the file (Linux looks for the signal there). So every write here
// stays within one page, except for a record that itself reaches over the end of
// one. Such a record alone can be cut, by a kill within the microsecond that its
// two pages take; nothing that a process can do rules that out.
func (f *lineFile) flush() error {
	from := 0
	for i := 0; i < len(f.ends); {
		room := int(f.page - f.size%f.page)
		last := i
		for last+1 < len(f.ends) && f.ends[last+1]-from <= room {
			last++
		}
		n, err := f.sink.Write(f.pending[from:f.ends[last]])
		if err != nil {
			whole := 0
			for _, end := range f.ends[i : last+1] {
				if end-from <= n {
					whole = end - from
				}
			}
			if whole < n {
				_ = f.sink.Truncate(f.size + int64(whole)) // there is an error to report already
			}
			f.drop()
			return err
		}
		f.size += int64(n)
		from = f.ends[last]
		i = last + 1
	}
	f.drop()
	return nil
}

func (f *lineFile) drop() {
	if cap(f.pending) > 4*maxPending {
		f.pending = nil
	}
	f.pending, f.ends = f.pending[:0], f.ends[:0]
}

// close writes what is kept back and sees the file to the disk.
func (f *lineFile) close() error {
	err := f.flush()
	if err == nil {
		err = f.sink.Sync()
	}
	if closing := f.sink.Close(); err == nil {
		err = closing
	}
	return err
}

// Write appends to what is kept back; it never fails. It is how walcore writes
// a long line.
func (f *lineFile) Write(b []byte) (int, error) {
	f.pending = append(f.pending, b...)
	return len(b), nil
}
