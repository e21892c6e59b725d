//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package share

import (
	"io"
	"os"
	"syscall"
)

// lockPath takes a file for this process. The system gives it back when the
// process ends, however it does.
func lockPath(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
