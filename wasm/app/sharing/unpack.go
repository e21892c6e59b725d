//go:build js && wasm

package sharing

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"syscall/js"

	"satascope/share/seal"
	"satascope/wasm/app/browser"
)

// Content is unpacked as it comes up to maxUnpacked bytes, and beyond alwaysUnpacked
// only where it becomes no more than usualRatio times what came: a few kilobytes
// shall not fill the reader's memory because they say so. What is larger stays
// packed, and is decoded so, piece by piece.
const (
	maxUnpacked    = 2 << 30
	alwaysUnpacked = 64 << 20
	usualRatio     = 100
)

// mayUnpack says whether packed content is unpacked to as many bytes as it says.
func mayUnpack(length, packed int64) bool {
	return length > 0 && length <= min(maxUnpacked, max(alwaysUnpacked, usualRatio*packed))
}

// unpacks says whether the sender packed the content and it is unpacked here: to
// how many bytes, the manifest says.
func (f *Found) unpacks() (length int64, yes bool) {
	length, err := strconv.ParseInt(f.Manifest.Get(seal.FieldLength), 10, 64)
	return length, err == nil && f.packed() && mayUnpack(length, f.layout.Length)
}

// packedName tells that what a name is of stays packed.
func packedName(name string) string { return strings.TrimSuffix(name, ".gz") + ".gz" }

func (f *Found) packed() bool { return f.Manifest.Get(seal.FieldEncoding) == "gzip" }

// unpack gives the file as the sender had it: never more than it is said to be.
func unpack(c *Call, blob js.Value, length int64) (js.Value, error) {
	file := browser.NewFile(blob, "")
	packed, err := file.Open()
	if err != nil {
		return js.Undefined(), err
	}
	defer packed.Close()
	r, err := browser.Gunzip(packed, file.Open)
	if err != nil {
		return js.Undefined(), err
	}
	defer r.Close()
	sink := browser.NewBlobSink()
	var have int64
	buf := make([]byte, 256<<10)
	for {
		n, err := r.Read(buf)
		have += int64(n)
		switch {
		case c.stopped:
			err = ErrCancelled
		case have > length, err == io.EOF && have < length:
			err = errors.New("expected " + strconv.FormatInt(length, 10) + " bytes, as the sender's file had, found others; ask for the link again")
		case n > 0:
			if _, failed := sink.Write(buf[:n]); failed != nil {
				err = failed
			}
		}
		switch {
		case err == io.EOF:
			return sink.Close()
		case err != nil:
			sink.Abort()
			return js.Undefined(), err
		}
	}
}
