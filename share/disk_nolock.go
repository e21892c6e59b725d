//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package share

import (
	"io"
	"os"
)

// lockPath does not lock here: the standard library has no lock for this system
// that ends with the process. Two services on one folder must not be started.
func lockPath(path string) (io.Closer, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
