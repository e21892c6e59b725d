package share

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The folders of a Disk, and the files of a share.
const (
	uploadsDir   = "uploads" // ID/: shares that are not finished
	sharesDir    = "shares"  // ID/: shares that are
	tempDir      = "tmp"     // files that are being written
	trashDir     = "trash"   // folders that are being removed
	lockFile     = "lock"
	uploadFile   = "upload.json"
	manifestFile = "manifest"
	chunkPrefix  = "chunk-"
)

// perShare is what a share is counted with beside its content, in bytes: its
// folder and small files.
const perShare = 8 << 10

// A Disk keeps shares in a folder. A share moves through it by renaming alone,
// which is done or not: from tmp to uploads when it is created, to shares when it
// is whole and on the disk, to trash before its files are removed. A process that
// is killed leaves each share in one of these, never between, and the next one
// that opens the folder removes what is in tmp and trash.
type Disk struct {
	dir   string
	quota int64
	life  time.Duration // of an upload
	now   func() time.Time
	lock  io.Closer

	mu    sync.Mutex
	used  int64
	kept  map[string]map[string]int64 // bytes by share's id and file
	names uint64                      // of temporary files
}

// DiskOptions are what a Disk can be told. The zero value is a working one.
type DiskOptions struct {
	Quota      int64            // bytes of all shares; 0: DefaultQuota
	UploadTime time.Duration    // 0: that of DefaultLimits; the handler's should be the same
	Now        func() time.Time // nil: time.Now
}

// DefaultQuota is what all shares on a disk may take, in bytes.
const DefaultQuota = 10 << 30

// OpenDisk opens the folder, which is made if there is none. One process at a
// time has it.
func OpenDisk(dir string, o DiskOptions) (*Disk, error) {
	if o.Quota == 0 {
		o.Quota = DefaultQuota
	}
	if o.UploadTime == 0 {
		o.UploadTime = DefaultLimits().UploadTime
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Disk{dir: dir, quota: o.Quota, life: o.UploadTime, now: o.Now, kept: map[string]map[string]int64{}}
	for _, sub := range []string{uploadsDir, sharesDir, tempDir, trashDir} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("the folder of the shares: %w", err)
		}
	}
	lock, err := lockPath(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, fmt.Errorf("another process has the shares in %s (or it can't be locked: %w); end it, or name another folder", dir, err)
	}
	d.lock = lock
	if err := d.start(); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return d, nil
}

// start removes what an earlier process left half done, and counts what is kept.
func (d *Disk) start() error {
	for _, sub := range []string{tempDir, trashDir} {
		if err := d.empty(sub); err != nil {
			return err
		}
	}
	for _, sub := range []string{uploadsDir, sharesDir} {
		ids, err := d.list(sub)
		if err != nil {
			return err
		}
		for _, id := range ids {
			sizes, err := fileSizes(filepath.Join(d.dir, sub, id.String()))
			if err != nil {
				return fmt.Errorf("count the shares: %w", err)
			}
			for name, n := range sizes {
				d.count(id, name, n)
			}
			d.count(id, "", perShare)
		}
	}
	return nil
}

// Close lets another process have the folder.
func (d *Disk) Close() error { return d.lock.Close() }

// Used is the bytes that all shares take, as they are counted against the quota.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used
}

// Create begins an upload.
func (d *Disk) Create(_ context.Context, id ID, u Upload) error {
	b, err := json.Marshal(u)
	if err != nil {
		return err
	}
	d.mu.Lock()
	full := d.used+u.Size+perShare > d.quota
	if !full {
		d.countLocked(id, "", perShare)
	}
	d.mu.Unlock()
	if full {
		return fmt.Errorf("%w: the shares take %d of %d bytes", ErrFull, d.Used(), d.quota)
	}
	temp := d.path(tempDir, id, "")
	err = os.Mkdir(temp, 0o700)
	if err == nil {
		err = writeFile(filepath.Join(temp, uploadFile), b)
	}
	if err == nil {
		err = syncDir(temp)
	}
	if err == nil {
		err = os.Rename(temp, d.path(uploadsDir, id, ""))
	}
	if err == nil {
		err = syncDir(filepath.Join(d.dir, uploadsDir))
	}
	if err != nil {
		_ = os.RemoveAll(temp)
		_ = os.RemoveAll(d.path(uploadsDir, id, ""))
		d.forget(id)
		return orFull(err)
	}
	return nil
}

// find gives a share's folder and whether it is finished.
func (d *Disk) find(id ID) (dir string, u Upload, finished bool, err error) {
	// Uploads first: a share moves from there to the finished ones, and is seen
	// in one of the two if it is looked for in this order.
	for _, sub := range []string{uploadsDir, sharesDir} {
		dir = d.path(sub, id, "")
		b, err := os.ReadFile(filepath.Join(dir, uploadFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", u, false, err
		}
		if err := json.Unmarshal(b, &u); err != nil {
			return "", u, false, fmt.Errorf("%s: %w", filepath.Join(dir, uploadFile), err)
		}
		return dir, u, sub == sharesDir, nil
	}
	return "", u, false, ErrNotFound
}

// Upload gives what Create was given, and whether the share is finished.
func (d *Disk) Upload(_ context.Context, id ID) (Upload, bool, error) {
	_, u, finished, err := d.find(id)
	return u, finished, err
}

// PutChunk stores a chunk: beside the share first, and whole, then in its place.
func (d *Disk) PutChunk(_ context.Context, id ID, n int, size int64, body io.Reader) error {
	name := chunkName(n)
	if err := d.reserve(id, name, size); err != nil {
		return err
	}
	temp := d.temp()
	err := writeFrom(temp, size, body)
	if err == nil {
		err = os.Rename(temp, d.path(uploadsDir, id, name))
	}
	if err == nil {
		return nil
	}
	return d.unwritten(id, name, temp, err)
}

// Stored gives the size of each chunk that is stored.
func (d *Disk) Stored(_ context.Context, id ID) (map[int]int64, error) {
	dir, _, _, err := d.find(id)
	if err != nil {
		return nil, err
	}
	sizes, err := fileSizes(dir)
	if err != nil {
		return nil, err
	}
	stored := map[int]int64{}
	for name, size := range sizes {
		if text, ok := strings.CutPrefix(name, chunkPrefix); ok {
			if n, err := strconv.Atoi(text); err == nil {
				stored[n] = size
			}
		}
	}
	return stored, nil
}

// Finish makes the share readable. All that it is made of is on the disk before
// the one rename that shows it.
func (d *Disk) Finish(_ context.Context, id ID, manifest []byte) error {
	if err := d.reserve(id, manifestFile, int64(len(manifest))); err != nil {
		return err
	}
	temp := d.temp()
	from, to := d.path(uploadsDir, id, ""), d.path(sharesDir, id, "")
	err := writeFile(temp, manifest)
	if err == nil {
		err = os.Rename(temp, filepath.Join(from, manifestFile))
	}
	if err == nil {
		err = syncDir(from)
	}
	if err == nil {
		err = os.Rename(from, to)
	}
	if err == nil {
		err = syncDir(filepath.Join(d.dir, sharesDir))
	}
	if err == nil {
		err = syncDir(filepath.Join(d.dir, uploadsDir))
	}
	if err == nil {
		return nil
	}
	return d.unwritten(id, manifestFile, temp, err)
}

// unwritten gives back what was reserved for a file that could not be put in its
// place, and says why it could not: the share may be gone or finished meanwhile.
func (d *Disk) unwritten(id ID, name, temp string, err error) error {
	_ = os.Remove(temp)
	d.settle(id, name)
	if errors.Is(err, fs.ErrNotExist) {
		if _, _, finished, found := d.find(id); found != nil {
			return found
		} else if finished {
			return ErrFinished
		}
	}
	return orFull(err)
}

// Manifest gives a finished share's.
func (d *Disk) Manifest(_ context.Context, id ID) (Upload, []byte, error) {
	dir, u, finished, err := d.find(id)
	if err != nil {
		return u, nil, err
	}
	if !finished {
		return u, nil, ErrNotFound
	}
	b, err := os.ReadFile(filepath.Join(dir, manifestFile))
	return u, b, gone(err)
}

// Chunk opens a chunk of a finished share. One that is deleted while it is read
// is read to its end.
func (d *Disk) Chunk(_ context.Context, id ID, n int) (io.ReadCloser, int64, error) {
	f, err := os.Open(d.path(sharesDir, id, chunkName(n)))
	if err != nil {
		return nil, 0, gone(err)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// Delete removes a share: out of sight in one step, then its files.
func (d *Disk) Delete(_ context.Context, id ID) error {
	for _, sub := range []string{uploadsDir, sharesDir} {
		trash := filepath.Join(d.dir, trashDir, id.String()+"."+d.name())
		err := os.Rename(d.path(sub, id, ""), trash)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		d.forget(id)
		if err := syncDir(filepath.Join(d.dir, sub)); err != nil {
			return err
		}
		return removeAll(trash)
	}
	return ErrNotFound
}

// removeAll removes a folder out of which a share's last writers may not have
// found yet: a file that was on its way into it arrives after the rename.
func removeAll(dir string) error {
	err := os.RemoveAll(dir)
	for range 3 {
		if err == nil {
			return nil
		}
		err = os.RemoveAll(dir)
	}
	return err // the next sweep tries again
}

// Check writes a file, and removes it.
func (d *Disk) Check(context.Context) error {
	temp := d.temp()
	err := os.WriteFile(temp, []byte("ok"), 0o600)
	if removed := os.Remove(temp); err == nil {
		err = removed
	}
	return orFull(err)
}

// Sweep removes what has ended: shares by their id's end, uploads also by their
// time. It gives how many there were.
func (d *Disk) Sweep(ctx context.Context) (int, error) {
	now := d.now()
	swept := 0
	failed := d.empty(trashDir)
	for _, sub := range []string{uploadsDir, sharesDir} {
		ids, err := d.list(sub)
		if err != nil {
			return swept, err
		}
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				return swept, err
			}
			over := !now.Before(id.Expires())
			if sub == uploadsDir && !over {
				_, u, finished, err := d.find(id)
				over = err == nil && !finished && !now.Before(u.Created.Add(d.life))
			}
			if !over {
				continue
			}
			if err := d.Delete(ctx, id); err != nil && !errors.Is(err, ErrNotFound) {
				failed = errors.Join(failed, fmt.Errorf("sweep: %w", err))
				continue
			}
			swept++
		}
	}
	return swept, failed
}

// KeepSwept sweeps now and then every interval, until the context ends. What
// fails is told to log and tried again the next time.
func (d *Disk) KeepSwept(ctx context.Context, every time.Duration, log func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if _, err := d.Sweep(ctx); err != nil && ctx.Err() == nil {
			log(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (d *Disk) path(sub string, id ID, name string) string {
	return filepath.Join(d.dir, sub, id.String(), name)
}

func chunkName(n int) string { return chunkPrefix + fmt.Sprintf("%05d", n) }

// name is one that no other file of this process has.
func (d *Disk) name() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.names++
	return strconv.FormatUint(d.names, 10)
}

func (d *Disk) temp() string { return filepath.Join(d.dir, tempDir, d.name()) }

// list gives the shares in a folder. What is no share's is left alone.
func (d *Disk) list(sub string) ([]ID, error) {
	entries, err := os.ReadDir(filepath.Join(d.dir, sub))
	if err != nil {
		return nil, err
	}
	var ids []ID
	for _, e := range entries {
		if id, err := ParseID(e.Name()); err == nil {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (d *Disk) empty(sub string) error {
	entries, err := os.ReadDir(filepath.Join(d.dir, sub))
	for _, e := range entries {
		if failed := removeAll(filepath.Join(d.dir, sub, e.Name())); err == nil {
			err = failed
		}
	}
	return err
}

// reserve counts a file before it is written, or says that there is no room.
func (d *Disk) reserve(id ID, name string, n int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.used-d.kept[id.String()][name]+n > d.quota {
		return fmt.Errorf("%w: the shares take %d of %d bytes", ErrFull, d.used, d.quota)
	}
	d.countLocked(id, name, n)
	return nil
}

// settle counts a file as what it is, after it could not be written: it may have
// been there before.
func (d *Disk) settle(id ID, name string) {
	info, err := os.Stat(d.path(uploadsDir, id, name))
	if err == nil {
		d.count(id, name, info.Size())
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	files := d.kept[id.String()]
	if _, finished := os.Stat(d.path(sharesDir, id, name)); finished == nil || files == nil {
		return
	}
	d.used -= files[name]
	delete(files, name)
	if len(files) == 0 {
		delete(d.kept, id.String())
	}
}

func (d *Disk) count(id ID, name string, n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.countLocked(id, name, n)
}

func (d *Disk) countLocked(id ID, name string, n int64) {
	files := d.kept[id.String()]
	if files == nil {
		files = map[string]int64{}
		d.kept[id.String()] = files
	}
	d.used += n - files[name]
	files[name] = n
}

func (d *Disk) forget(id ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.kept[id.String()] {
		d.used -= n
	}
	delete(d.kept, id.String())
}

// writeFile writes a file that is on the disk when it returns.
func writeFile(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return finishFile(f, err)
}

// writeFrom does the same with exactly size bytes of a body.
func writeFrom(path string, size int64, body io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, body, size)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return finishFile(f, err)
}

func finishFile(f *os.File, err error) error {
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

func fileSizes(dir string) (map[string]int64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, gone(err)
	}
	sizes := map[string]int64{}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sizes[e.Name()] = info.Size()
	}
	return sizes, nil
}

// gone makes ErrNotFound of a file that is not there.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return err
}

// orFull makes ErrFull of a disk that has no room.
func orFull(err error) error {
	if err != nil && diskFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
