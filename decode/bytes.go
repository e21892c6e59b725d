package decode

import (
	"io"
	"sort"
	"strconv"

	"satascope/capture"
	"satascope/walcore"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// again reads pieces of a file a second time.
type again struct {
	source uint8         // which of the sources
	file   *capture.File // of a source that can only be read from its start
	at     int64         // how far file was read
}

// Rest appends n bytes of the message of r, from offset on, read again from its
// file. It is a walcore.Rest.
func (d *Decoder) Rest(dst []byte, r *walcore.Record, offset uint64, n int) ([]byte, error) {
	if r.Flags&walcore.FlagNoData != 0 {
		return dst, errLogOnly
	}
	return d.Bytes(dst, r.Stream, r.FromServer(), r.Offset+int64(offset), n)
}

// Bytes appends n bytes of one direction of a stream, from an offset on, read
// again from its file. Bytes that are missing in the file are an error.
func (d *Decoder) Bytes(dst []byte, stream uint32, fromServer bool, offset int64, n int) ([]byte, error) {
	segments := d.Segments(stream, fromServer)
	i := sort.Search(len(segments), func(i int) bool { return segments[i].Offset+int64(segments[i].Length) > offset })
	for ; n > 0; i++ {
		if i == len(segments) || segments[i].Offset > offset {
			return dst, decodeError("the bytes from offset " + itoa(offset) + " on are not in the file")
		}
		s := &segments[i]
		from := offset - s.Offset
		take := int(min(int64(n), int64(s.Length)-from))
		start := len(dst)
		dst = append(dst, make([]byte, take)...)
		if err := d.readAgain(dst[start:], s, from); err != nil {
			return dst[:start], err
		}
		offset += int64(take)
		n -= take
	}
	return dst, nil
}

// readAgain reads the bytes of a segment from an offset on.
func (d *Decoder) readAgain(b []byte, s *Segment, from int64) error {
	if int(s.Source) >= len(d.kinds) {
		return decodeError("this file can't be read again")
	}
	u := unpacked{d, s.Source}
	switch kind := d.kinds[s.Source]; {
	case kind.Packets(), kind == capture.KindBinary:
		_, err := u.ReadAt(b, s.File+from)
		return err
	case kind == capture.KindEvents:
		digits := make([]byte, 2*len(b))
		if _, err := u.ReadAt(digits, s.File+2*from); err != nil {
			return err
		}
		for i := range b {
			hi, lo := hexDigit(digits[2*i]), hexDigit(digits[2*i+1])
			if hi|lo > 0xF {
				return decodeError("the file is not what it was when it was decoded")
			}
			b[i] = hi<<4 | lo
		}
		return nil
	default:
		if kind == capture.KindLog {
			kind = capture.KindByteString // an Unknown message's bytes are printed as one
		}
		n, err := capture.ReadDumpAt(u, kind, s.File, int64(s.Seq)+from, b)
		if n < len(b) && err == nil {
			err = errShorter
		}
		if n == len(b) {
			err = nil
		}
		return err
	}
}

// hexDigit is the value of a hex digit, 0xFF of anything else. (encoding/hex
// would bring fmt into the browser's binary.)
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 0xFF
}

const errLogOnly = decodeError("a log does not have the bytes of this message: open the capture that it was made from")

const errShorter = decodeError("the file is shorter than it was when it was decoded")

// unpacked is a source's unpacked content.
type unpacked struct {
	d      *Decoder
	source uint8
}

func (u unpacked) ReadAt(b []byte, at int64) (int, error) {
	r, err := u.d.section(u.source, at)
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r, b)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF // as io.ReaderAt has it
	}
	return n, err
}

// section is a reader of the unpacked file from an offset on: by random access
// where the source has it, else from the start of the file or from where the
// last section ended.
func (d *Decoder) section(source uint8, at int64) (io.Reader, error) {
	src := d.sources[source]
	direct := d.packed[source] == "" && !d.plain[source]
	if ra, ok := src.(io.ReaderAt); ok && direct {
		return io.NewSectionReader(ra, at, 1<<62-at), nil
	}
	if !direct && d.options.Unpacked != nil {
		switch ra, err := d.options.Unpacked(int(source)); {
		case err != nil:
			return nil, err
		case ra != nil:
			return io.NewSectionReader(ra, at, 1<<62-at), nil
		}
	}
	a := &d.again
	if a.file == nil || a.source != source || a.at > at {
		if err := d.closeAgain(); err != nil {
			return nil, err
		}
		f, err := capture.Open(src, d.options.Unpackers)
		if err != nil {
			return nil, err
		}
		a.file, a.source, a.at = f, source, 0
	}
	if _, err := io.CopyN(io.Discard, a, at-a.at); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *again) Read(p []byte) (int, error) {
	n, err := a.file.Read(p)
	a.at += int64(n)
	return n, err
}

func (d *Decoder) closeAgain() error {
	if d.again.file == nil {
		return nil
	}
	err := d.again.file.Close()
	d.again = again{}
	return err
}

// Close lets go of what is held to read bytes again.
func (d *Decoder) Close() error { return d.closeAgain() }
