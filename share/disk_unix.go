//go:build unix

package share

import (
	"errors"
	"os"
	"syscall"
)

// diskFull says whether a write failed because there is no room.
func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// syncDir puts on the disk which files a folder has.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return finishFile(f, nil)
}
