//go:build js && wasm

package sharing

import (
	"errors"
	"io"
	"strconv"
	"syscall/js"

	"satascope/share/seal"
	"satascope/wasm/app/browser"
)

// maxUnpacked is up to how many bytes content is unpacked as it comes. What is
// larger stays packed, and is decoded so.
const maxUnpacked = 2 << 30

// unpacks says whether the sender packed the content and it is unpacked here: to
// how many bytes, the manifest says.
func (f *Found) unpacks() (length int64, yes bool) {
	length, err := strconv.ParseInt(f.Manifest.Get(seal.FieldLength), 10, 64)
	return length, err == nil && length > 0 && length <= maxUnpacked && f.packed()
}

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
