package sata

import (
	"encoding/binary"
	"math"
	"strconv"
)

// A Response is a parsed response with a header; answers to ReadFile with fast
// file I/O have none and are a [Read]. Which values are filled follows from its
// shape. Name points into the message.
type Response struct {
	Header       Header
	Shape        Shape
	Result       Result
	FD           int32
	Capabilities Capabilities
	Position     uint32
	Number       uint64 // a count or a number of bytes
	Info         Info
	Name         []byte
}

// Info is what is told of a file or folder.
type Info struct {
	Flags       uint32
	Permissions uint32
	FileLength  uint32
	Created     uint64 // milliseconds since the FAT epoch, see FATEpoch
	Updated     uint64
}

// Flags of an Info.
const (
	InfoFolder = 0x80000000
	InfoExists = 0x20000000
)

// FATEpoch is the beginning of an Info's times in seconds since 1970, as the
// server counts it: 87,650 hours.
const FATEpoch = 87650 * 3600

// Folder says whether the flags tell of a folder.
func (i Info) Folder() bool { return i.Flags&InfoFolder != 0 }

// PrintedLength is the length as the log prints it: 0 for a folder.
func (i Info) PrintedLength() uint32 {
	if i.Folder() {
		return 0
	}
	return i.FileLength
}

// Capabilities is what a Pong switches on.
type Capabilities uint32

// The capabilities that switch something on; any other number is neither.
const (
	CapFFIO Capabilities = 0xCAFE0001
	CapCSR  Capabilities = 0xCAFE0002
	CapBoth Capabilities = 0xCAFE0003
)

// FFIO says whether fast file I/O is on.
func (c Capabilities) FFIO() bool { return c == CapFFIO || c == CapBoth }

// CSR says whether combined send and receive is on.
func (c Capabilities) CSR() bool { return c == CapCSR || c == CapBoth }

// ParseResponse parses a response of length bytes whose first bytes are head,
// all of them or at least MaxHead, as one of the given shape. It allocates only
// when it fails.
func ParseResponse(head []byte, length uint64, shape Shape, r *Response) error {
	h, err := ParseHeader(head)
	if err != nil {
		return err
	}
	*r = Response{Header: h, Shape: shape}
	if shape == ShapeUnknown || shape == ShapeRead {
		return &ParseError{Field: "response", Offset: 0, Want: "one to a request that is known", Found: "one to a request that is not"}
	}
	spec := &shapes[shape]
	if have := min(length, uint64(len(head))); have < reply+4 {
		return tooShort(resultField.Name, reply, 4, have-min(have, reply))
	}
	r.Result = Result(u32(head[reply:]))
	bodyLen := length - reply
	full := uint64(spec.Fields[len(spec.Fields)-1].End() - reply)
	if r.Result != Success && spec.Short > 0 {
		if shape == ShapeItem && r.Result != NoMoreItems {
			return &ParseError{Field: resultField.Name, Offset: reply, Want: "0 or 0xfff0fffc (no more items)", Found: hex(uint64(r.Result))}
		}
		return nil
	}
	if bodyLen < full || spec.Exact && bodyLen != full {
		want := strconv.FormatUint(full, 10) + " bytes"
		if !spec.Exact {
			want += " or more"
		}
		return &ParseError{Field: "body", Offset: reply, Want: want, Found: strconv.FormatUint(bodyLen, 10)}
	}
	for i := 1; i < len(spec.Fields); i++ {
		f := &spec.Fields[i]
		if len(head) < f.End() {
			return tooShort(f.Name, f.Offset, f.Length, uint64(max(0, len(head)-f.Offset)))
		}
		b := head[f.Offset:f.End()]
		switch f.Slot {
		case SlotFD:
			r.FD = int32(u32(b))
		case SlotCapabilities:
			r.Capabilities = Capabilities(u32(b))
		case SlotPosition:
			r.Position = u32(b)
		case SlotNumber:
			if f.Length == 8 {
				r.Number = u64(b)
			} else {
				r.Number = uint64(u32(b))
			}
		case SlotFlags:
			r.Info.Flags = u32(b)
		case SlotPermissions:
			r.Info.Permissions = u32(b)
		case SlotFileLength:
			r.Info.FileLength = u32(b)
		case SlotCreated:
			r.Info.Created = u64(b)
		case SlotUpdated:
			r.Info.Updated = u64(b)
		case SlotName:
			if r.Name, err = text(f, b); err != nil {
				return err
			}
		}
	}
	if shape == ShapePong && r.Result != Success {
		return &ParseError{Field: resultField.Name, Offset: reply, Want: "0", Found: hex(uint64(r.Result))}
	}
	return nil
}

// AppendResponse appends the bytes of r, header and body, with DataLen set to
// what follows. With a result code other than 0 only the code is written where
// that is enough for its shape. Any result code is taken, also one that
// ParseResponse refuses (of a folder item or a Pong): servers send them. A name
// that does not fit or is not UTF-8 is an error, as is a count of more than 32 bits.
func AppendResponse(dst []byte, r *Response) ([]byte, error) {
	spec := &shapes[r.Shape]
	if r.Shape == ShapeUnknown || r.Shape == ShapeRead {
		return dst, &ParseError{Field: "response", Want: "a shape with a header", Found: spec.Name}
	}
	fields := spec.Fields
	if r.Result != Success && spec.Short > 0 {
		fields = fields[:1]
	}
	start := len(dst)
	h := r.Header
	h.DataLen = uint32(fields[len(fields)-1].End() - reply)
	dst = h.Append(dst)
	constants := [...]uint32{1, 1, 0, 0xE8, 0xDA6FF000, 0}
	for i := range fields {
		f := &fields[i]
		switch f.Slot {
		case SlotResult:
			dst = binary.BigEndian.AppendUint32(dst, uint32(r.Result))
		case SlotFD:
			dst = binary.BigEndian.AppendUint32(dst, uint32(r.FD))
		case SlotCapabilities:
			dst = binary.BigEndian.AppendUint32(dst, uint32(r.Capabilities))
		case SlotPosition:
			dst = binary.BigEndian.AppendUint32(dst, r.Position)
		case SlotNumber:
			if f.Length == 8 {
				dst = binary.BigEndian.AppendUint64(dst, r.Number)
				continue
			}
			if r.Number > math.MaxUint32 {
				return dst[:start], &ParseError{Field: f.Name, Offset: f.Offset, Want: "at most 0xffffffff", Found: hex(r.Number)}
			}
			dst = binary.BigEndian.AppendUint32(dst, uint32(r.Number))
		case SlotFlags:
			dst = binary.BigEndian.AppendUint32(dst, r.Info.Flags)
		case SlotPermissions:
			dst = binary.BigEndian.AppendUint32(dst, r.Info.Permissions)
		case SlotFileLength:
			dst = binary.BigEndian.AppendUint32(dst, r.Info.FileLength)
		case SlotCreated:
			dst = binary.BigEndian.AppendUint64(dst, r.Info.Created)
		case SlotUpdated:
			dst = binary.BigEndian.AppendUint64(dst, r.Info.Updated)
		case SlotName:
			var err error
			if dst, err = appendText(dst, f, r.Name); err != nil {
				return dst[:start], err
			}
		default: // the constants of an info block
			if f.Length == 4 {
				k := constantIndex(fields, i)
				dst = binary.BigEndian.AppendUint32(dst, constants[k])
			} else {
				dst = append(dst, make([]byte, f.Length)...)
			}
		}
	}
	return dst, nil
}

// constantIndex counts the 4-byte constants before field i.
func constantIndex(fields []Field, i int) (n int) {
	for _, f := range fields[:i] {
		if f.Kind == Constant {
			n++
		}
	}
	return n
}
