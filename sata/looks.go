package sata

// Likeness is how far some bytes can be the beginning of a message.
type Likeness uint8

// The likenesses.
const (
	No    Likeness = iota // they are not
	Maybe                 // too few bytes to tell
	Yes                   // as far as structure can tell, they are
)

// maxInline is how long a message is believed to be that brings its data along.
const maxInline = 16 << 20

// LooksLikeRequest tells a request by its structure (section 2): zeros at 0x18,
// host fields empty, a known command and the length that it asks for. Of a
// WriteFile that is its fields' length, or without fast file I/O that of its data
// too.
func LooksLikeRequest(b []byte) Likeness {
	if len(b) > 0x10 && !allZero(b[0x10:min(len(b), 0x20)]) {
		return No
	}
	if len(b) >= 4 {
		n := u32(b)
		if n < CommandInfoSize || n > maxInline {
			return No
		}
	}
	if len(b) < RequestSize {
		return Maybe
	}
	command := Command(u32(b[0x30:]))
	spec := command.Spec()
	if spec == nil {
		return No
	}
	n := uint64(u32(b)) - CommandInfoSize
	switch fields := uint64(spec.BodyLen()); {
	case spec.FitsBody(n):
		return Yes
	case command != WriteFile || n < fields:
		return No
	case len(b) < RequestSize+8:
		return Maybe
	case uint64(u32(b[RequestSize:]))*uint64(u32(b[RequestSize+4:])) == n-fields:
		return Yes
	}
	return No
}

// LooksLikeResponse tells the response to a request of the given shape by its
// structure: zeros at 0x18 and a length that fits. For ShapeUnknown any header
// will do; for ShapeRead it is one of the forms of fast file I/O.
func LooksLikeResponse(b []byte, shape Shape) Likeness {
	if shape == ShapeRead {
		form, enough := FormOf(b)
		switch {
		case form == ReadOther:
			return No
		case !enough:
			return Maybe
		}
		return Yes
	}
	if len(b) > 0x18 && !allZero(b[0x18:min(len(b), 0x20)]) {
		return No
	}
	if len(b) < HeaderSize {
		return Maybe
	}
	n := uint64(u32(b))
	if n > maxInline {
		return No
	}
	spec := &shapes[shape]
	if shape == ShapeUnknown {
		return Yes
	}
	full := uint64(spec.Fields[len(spec.Fields)-1].End() - reply)
	if n == full || n > full && !spec.Exact {
		return Yes
	}
	if spec.Short == 0 || n < uint64(spec.Short) {
		return No
	}
	if len(b) < reply+4 {
		return Maybe
	}
	if Result(u32(b[reply:])) == Success {
		return No
	}
	return Yes
}
