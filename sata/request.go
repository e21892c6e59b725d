package sata

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// A Request is a parsed request. Which values are filled follows from its
// command's fields. Path, Destination and ModeText point into the message.
type Request struct {
	Header       Header
	Command      Command
	User         [2]uint32 // of a Ping: the first read size and the first write size
	Capabilities [2]uint32
	Path         []byte
	Destination  []byte // of a Rename
	ModeText     []byte // of an OpenFile
	FD           int32
	Mode         uint32
	BlockCount   uint32
	BlockSize    uint32
	MoveTo       Move // as it stands in the message; see Moves
	ShouldMove   uint32
	Query        Query
	UID, GID     uint32
}

// Total is how many bytes a ReadFile asks for or a WriteFile brings. It can't
// overflow.
func (r *Request) Total() uint64 { return uint64(r.BlockCount) * uint64(r.BlockSize) }

// Move is where the request goes before it reads or writes: MoveTo where it
// counts, else MoveNowhere.
func (r *Request) Move() Move {
	if (r.Command == ReadFile || r.Command == WriteFile) && r.ShouldMove&1 == 0 {
		return MoveNowhere
	}
	return r.MoveTo
}

// ParseRequest parses a request of length bytes whose first bytes are head, all
// of them or at least MaxHead. It allocates only when it fails.
func ParseRequest(head []byte, length uint64, r *Request) error {
	h, err := ParseHeader(head)
	if err != nil {
		return err
	}
	if have := min(length, uint64(len(head))); have < RequestSize {
		return tooShort("command info", HeaderSize, CommandInfoSize, have-min(have, HeaderSize))
	}
	*r = Request{
		Header: h, Command: Command(u32(head[0x30:])),
		User:         [2]uint32{u32(head[0x20:]), u32(head[0x24:])},
		Capabilities: [2]uint32{binary.LittleEndian.Uint32(head[0x28:]), binary.LittleEndian.Uint32(head[0x2C:])},
	}
	spec := r.Command.Spec()
	if spec == nil {
		return &ParseError{Field: "command", Offset: 0x30, Want: "a known command", Found: hex(uint64(r.Command))}
	}
	if !spec.FitsBody(length - RequestSize) {
		return &ParseError{Field: "body", Offset: RequestSize, Want: spec.bodyLenWords(), Found: strconv.FormatUint(length-RequestSize, 10)}
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		if len(head) < f.End() {
			return tooShort(f.Name, f.Offset, f.Length, uint64(max(0, len(head)-f.Offset)))
		}
		if err := r.set(f, head[f.Offset:f.End()]); err != nil {
			return err
		}
	}
	return nil
}

// ParseInlineWrite parses a WriteFile as it comes without fast file I/O: framed
// by its header, with what it writes behind the request's fields. The reference
// does not know this form, so ParseRequest refuses it. The data must be just as
// long as block count and block size say.
func ParseInlineWrite(head []byte, length uint64, r *Request) error {
	fields := uint64(RequestSize + WriteFile.Spec().BodyLen())
	if err := ParseRequest(head, min(length, fields), r); err != nil {
		return err
	}
	if r.Command != WriteFile {
		return &ParseError{Field: "command", Offset: 0x30, Want: hex(uint64(WriteFile)), Found: hex(uint64(r.Command))}
	}
	if length-fields != r.Total() || length == fields {
		return &ParseError{Field: "data", Offset: int(fields), Want: strconv.FormatUint(r.Total(), 10) + " bytes", Found: strconv.FormatUint(length-fields, 10)}
	}
	return nil
}

func (r *Request) set(f *Field, b []byte) error {
	switch f.Slot {
	case SlotPath, SlotDestination, SlotModeText:
		s, err := text(f, b)
		if err != nil {
			return err
		}
		switch f.Slot {
		case SlotPath:
			r.Path = s
		case SlotDestination:
			r.Destination = s
		default:
			r.ModeText = s
		}
	case SlotFD:
		r.FD = int32(u32(b))
	case SlotMode:
		r.Mode = u32(b)
	case SlotBlockCount:
		r.BlockCount = u32(b)
	case SlotBlockSize:
		r.BlockSize = u32(b)
	case SlotMoveTo:
		r.MoveTo = Move(u32(b))
	case SlotShouldMove:
		r.ShouldMove = u32(b)
	case SlotUID:
		r.UID = u32(b)
	case SlotGID:
		r.GID = u32(b)
	case SlotQuery:
		r.Query = Query(u32(b))
		return checkQuery(f, r.Query)
	}
	return nil
}

func checkQuery(f *Field, q Query) error {
	if q.Known() {
		return nil
	}
	return &ParseError{Field: f.Name, Offset: f.Offset, Want: "0, 1, 2 or 5", Found: strconv.FormatUint(uint64(q), 10)}
}

// value is what a request has for a field of a number.
func (r *Request) value(s Slot) uint32 {
	switch s {
	case SlotFD:
		return uint32(r.FD)
	case SlotMode:
		return r.Mode
	case SlotBlockCount:
		return r.BlockCount
	case SlotBlockSize:
		return r.BlockSize
	case SlotMoveTo:
		return uint32(r.MoveTo)
	case SlotShouldMove:
		return r.ShouldMove
	case SlotQuery:
		return uint32(r.Query)
	case SlotUID:
		return r.UID
	case SlotGID:
		return r.GID
	}
	return 0
}

// AppendRequest appends the bytes of r: header, command info and the body of
// its command, with DataLen set to what follows. What ParseRequest would refuse
// is an error: an unknown command or query, a text that is too long for its
// field (it needs a NUL after it), that holds a NUL, is not UTF-8 or no open mode.
func AppendRequest(dst []byte, r *Request) ([]byte, error) {
	spec := r.Command.Spec()
	if spec == nil {
		return dst, &ParseError{Field: "command", Offset: 0x30, Want: "a known command", Found: hex(uint64(r.Command))}
	}
	h := r.Header
	h.DataLen = uint32(CommandInfoSize + spec.BodyLen())
	start := len(dst)
	dst = h.Append(dst)
	dst = binary.BigEndian.AppendUint32(dst, r.User[0])
	dst = binary.BigEndian.AppendUint32(dst, r.User[1])
	dst = binary.LittleEndian.AppendUint32(dst, r.Capabilities[0])
	dst = binary.LittleEndian.AppendUint32(dst, r.Capabilities[1])
	dst = binary.BigEndian.AppendUint32(dst, uint32(r.Command))
	for i := range spec.Fields {
		f := &spec.Fields[i]
		var s []byte
		switch f.Slot {
		case SlotPath:
			s = r.Path
		case SlotDestination:
			s = r.Destination
		case SlotModeText:
			s = r.ModeText
		case SlotQuery:
			if err := checkQuery(f, r.Query); err != nil {
				return dst[:start], err
			}
			fallthrough
		default:
			dst = binary.BigEndian.AppendUint32(dst, r.value(f.Slot))
			continue
		}
		var err error
		if dst, err = appendText(dst, f, s); err != nil {
			return dst[:start], err
		}
	}
	return dst, nil
}

// text is the text in a field: what stands before its NUL.
func text(f *Field, b []byte) ([]byte, error) {
	n := 0
	for n < len(b) && b[n] != 0 {
		n++
	}
	if n == len(b) {
		return nil, &ParseError{Field: f.Name, Offset: f.Offset, Want: "a NUL within " + strconv.Itoa(len(b)) + " bytes", Found: "none"}
	}
	return b[:n], checkText(f, b[:n])
}

// checkText checks what stands before a field's NUL.
func checkText(f *Field, s []byte) error {
	if !utf8.Valid(s) {
		at := 0
		for at < len(s) {
			c, size := utf8.DecodeRune(s[at:])
			if c == utf8.RuneError && size <= 1 {
				break
			}
			at += size
		}
		return &ParseError{Field: f.Name, Offset: f.Offset + at, Want: "UTF-8", Found: hex(uint64(s[at]))}
	}
	if f.Kind == ModeText && !validMode(s) {
		return &ParseError{Field: f.Name, Offset: f.Offset, Want: "r, w or a and up to two of b and +, or nothing", Found: strconv.Quote(string(s))}
	}
	return nil
}

func appendText(dst []byte, f *Field, s []byte) ([]byte, error) {
	if len(s) >= f.Length {
		return dst, &ParseError{Field: f.Name, Offset: f.Offset, Want: "at most " + strconv.Itoa(f.Length-1) + " bytes", Found: strconv.Itoa(len(s))}
	}
	for i, c := range s {
		if c == 0 {
			return dst, &ParseError{Field: f.Name, Offset: f.Offset + i, Want: "no NUL in the text", Found: "one"}
		}
	}
	if err := checkText(f, s); err != nil {
		return dst, err
	}
	dst = append(dst, s...)
	return append(dst, make([]byte, f.Length-len(s))...), nil
}

func validMode(s []byte) bool {
	if len(s) == 0 {
		return true
	}
	if len(s) > 3 || s[0] != 'r' && s[0] != 'w' && s[0] != 'a' {
		return false
	}
	for _, c := range s[1:] {
		if c != 'b' && c != '+' {
			return false
		}
	}
	return true
}
