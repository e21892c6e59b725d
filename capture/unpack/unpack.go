// Package unpack gives package capture its decompressors where there is no
// browser to do it: gzip, of any number of members, and zstd.
package unpack

import (
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"satascope/capture"
)

// MaxWindow is how far back a zstd file may refer, and so about how much memory
// its decompression takes. It is what the zstd command allows without --long.
const MaxWindow = 128 << 20

// Native is the decompressors of this platform.
func Native() capture.Unpackers {
	return capture.Unpackers{
		Gzip: func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) },
		Zstd: func(r io.Reader) (io.ReadCloser, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(MaxWindow))
			if err != nil {
				return nil, err
			}
			return d.IOReadCloser(), nil
		},
	}
}
