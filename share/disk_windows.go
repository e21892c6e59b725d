package share

import (
	"errors"
	"syscall"
)

// Windows' own numbers for no room.
const (
	errHandleDiskFull = syscall.Errno(39)
	errDiskFull       = syscall.Errno(112)
)

// diskFull says whether a write failed because there is no room.
func diskFull(err error) bool {
	return errors.Is(err, errHandleDiskFull) || errors.Is(err, errDiskFull)
}

// syncDir does nothing: Windows writes a folder's changes by itself.
func syncDir(string) error { return nil }
