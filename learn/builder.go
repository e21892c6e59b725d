package learn

import (
	"encoding/binary"
	"strconv"

	"satascope/sata"
)

// MaxFrame is how long a frame in the builder may be, in bytes.
const MaxFrame = 1 << 20

// A Frame is one message that is being looked at or built. Its bytes are what
// counts: fields are read from them ([Frame.Values]) and written into them
// ([Frame.Set]), so both can be edited, and nothing is lost between: bytes →
// values → bytes ([Assemble]) is the identity, for bytes of any kind.
type Frame struct {
	Bytes   []byte
	Request bool
	// Of a response: what it answers. Of a request these follow from its bytes.
	Command sata.Command
	Shape   sata.Shape
}

// RequestFrame is a frame of a request's bytes.
func RequestFrame(b []byte) *Frame {
	f := &Frame{Bytes: b, Request: true}
	f.look()
	return f
}

// ResponseFrame is a frame of the bytes of a response to a command. query counts
// only for QueryPath.
func ResponseFrame(b []byte, c sata.Command, query sata.Query) *Frame {
	r := sata.Request{Command: c, Query: query}
	return &Frame{Bytes: b, Command: c, Shape: r.ResponseShape()}
}

// look finds out what a request is.
func (f *Frame) look() {
	if !f.Request {
		return
	}
	f.Command, f.Shape = ^sata.Command(0), sata.ShapeUnknown
	if len(f.Bytes) >= sata.RequestSize {
		f.Command = sata.Command(binary.BigEndian.Uint32(f.Bytes[0x30:]))
		var r sata.Request
		if sata.ParseRequest(f.Bytes, uint64(len(f.Bytes)), &r) == nil {
			f.Shape = r.ResponseShape()
		}
	}
}

// headless says whether f is an answer of fast file I/O, which has no header.
func (f *Frame) headless() bool {
	if f.Request || f.Shape != sata.ShapeRead {
		return false
	}
	form, _ := sata.FormOf(f.Bytes)
	return form != sata.ReadOther
}

// Layout are the fields that the frame should have, as its bytes are now.
func (f *Frame) Layout() []sata.Field {
	if f.headless() {
		return f.Shape.Spec().Fields
	}
	fields := append([]sata.Field(nil), sata.HeaderFields...)
	if f.Request {
		fields = append(fields, sata.CommandInfoFields...)
		if s := f.Command.Spec(); s != nil {
			fields = append(fields, s.Fields...)
		}
		return fields
	}
	spec := f.Shape.Spec()
	if f.Shape == sata.ShapeRead { // without fast file I/O: a header, a result code, and what was read
		spec = sata.ShapeResult.Spec()
	}
	body := spec.Fields
	if spec.Short > 0 && len(f.Bytes) >= sata.HeaderSize+4 && binary.BigEndian.Uint32(f.Bytes[sata.HeaderSize:]) != 0 {
		body = body[:1]
	}
	return append(fields, body...)
}

// Values are the fields that are wholly there, with what stands in them. tail is
// what follows the last of them: bytes that are ignored, the data of a read, the
// beginning of a field that is cut, or what is too much.
func (f *Frame) Values() (values []Value, tail []byte) {
	end := 0
	for _, field := range f.Layout() {
		if field.End() > len(f.Bytes) {
			break
		}
		values = append(values, readValue(&field, f.Bytes[field.Offset:field.End()]))
		end = field.End()
	}
	return values, f.Bytes[end:]
}

// A FieldError says which value can't be written into its field, and why.
type FieldError struct {
	Field sata.Field
	Err   error
}

func (e *FieldError) Error() string { return e.Field.Name + ": " + e.Err.Error() }

// Unwrap gives the reason, a *TextError.
func (e *FieldError) Unwrap() error { return e.Err }

// Assemble puts the bytes of values together, and tail behind them.
func Assemble(values []Value, tail []byte) ([]byte, error) {
	var b []byte
	for i := range values {
		var err error
		if b, err = values[i].append(b); err != nil {
			return nil, &FieldError{values[i].Field, err}
		}
	}
	return append(b, tail...), nil
}

// Set writes what people typed into the field of value i. A text keeps what
// followed its NUL. On an error, a *FieldError, nothing has changed.
func (f *Frame) Set(i int, text string) error {
	values, _ := f.Values()
	if i < 0 || i >= len(values) {
		return learnError("the frame has no field " + strconv.Itoa(i))
	}
	v := values[i]
	v.Text = text
	b, err := v.append(nil)
	if err != nil {
		return &FieldError{v.Field, err}
	}
	f.Bytes = append([]byte(nil), f.Bytes...) // they may belong to someone else
	copy(f.Bytes[v.Field.Offset:], b)
	f.look()
	return nil
}

// SetTail replaces what follows the last field. The header's length follows if
// it was right before.
func (f *Frame) SetTail(tail []byte) error {
	values, old := f.Values()
	end := len(f.Bytes) - len(old)
	if end+len(tail) > MaxFrame {
		return &FieldError{sata.Field{Name: "data", Offset: end}, &TextError{Want: "at most " + strconv.Itoa(MaxFrame-end) + " bytes", Found: strconv.Itoa(len(tail))}}
	}
	right := len(values) > 0 && f.lengthRight()
	f.Bytes = append(append([]byte(nil), f.Bytes[:end]...), tail...)
	if right {
		f.FixLength()
	}
	f.look()
	return nil
}

// SetBytes replaces all bytes.
func (f *Frame) SetBytes(b []byte) error {
	if len(b) > MaxFrame {
		return &TextError{Want: "at most " + strconv.Itoa(MaxFrame) + " bytes", Found: strconv.Itoa(len(b))}
	}
	f.Bytes = b
	f.look()
	return nil
}

// DataLength is what the header says follows it, and whether there is a header.
func (f *Frame) DataLength() (uint32, bool) {
	if f.headless() || len(f.Bytes) < sata.HeaderSize {
		return 0, false
	}
	return binary.BigEndian.Uint32(f.Bytes), true
}

func (f *Frame) lengthRight() bool {
	n, ok := f.DataLength()
	return ok && uint64(n) == uint64(len(f.Bytes)-sata.HeaderSize)
}

// FixLength makes the header's length what follows it.
func (f *Frame) FixLength() {
	if _, ok := f.DataLength(); ok {
		f.Bytes = append([]byte(nil), f.Bytes...)
		binary.BigEndian.PutUint32(f.Bytes, uint32(len(f.Bytes)-sata.HeaderSize))
	}
}

// Fit makes the frame as long as its layout: what is missing becomes zeros, what
// is too much goes. The data of a read stays.
func (f *Frame) Fit() {
	for range 2 { // with more bytes there may be more fields
		fields := f.Layout()
		if len(fields) == 0 {
			return
		}
		end := fields[len(fields)-1].End()
		switch {
		case len(f.Bytes) < end:
			f.Bytes = append(append([]byte(nil), f.Bytes...), make([]byte, end-len(f.Bytes))...)
		case f.Request || f.Shape != sata.ShapeRead:
			f.Bytes = f.Bytes[:end:end]
		}
	}
	f.FixLength()
	f.look()
}

// Change makes a request one of another command. Values that the new command has
// too, and all before the body, stay.
func (f *Frame) Change(c sata.Command) {
	old, _ := f.Values()
	fresh := NewRequest(c)
	values, _ := fresh.Values()
	for i := range values {
		v := &values[i]
		if v.Field.Slot == sata.SlotNone && v.Field.Offset >= 0x30 {
			continue
		}
		for _, o := range old {
			if o.Field.Slot == v.Field.Slot && o.Field.Kind == v.Field.Kind && (v.Field.Slot != sata.SlotNone || o.Field.Offset == v.Field.Offset) {
				v.Text, v.Remains = o.Text, o.Remains
			}
		}
	}
	if b, err := Assemble(values, nil); err == nil {
		fresh.Bytes = b
	}
	fresh.FixLength()
	*f = *fresh
	f.look()
}

// Problem is why the frame does not parse, nil when it does: a *sata.ParseError.
func (f *Frame) Problem() error {
	n := uint64(len(f.Bytes))
	if f.Request {
		var r sata.Request
		return sata.ParseRequest(f.Bytes, n, &r)
	}
	if f.Shape != sata.ShapeRead {
		var r sata.Response
		return sata.ParseResponse(f.Bytes, n, f.Shape, &r)
	}
	form, enough := sata.FormOf(f.Bytes)
	switch {
	case form == sata.ReadOther:
		return &sata.ParseError{Field: "form", Want: "C4 00 24 02 E8 EF 24 02 and zeros, only zeros, or C4 00 FE 00 20 (fast file I/O)", Found: string(AppendRuns(nil, f.Bytes[:min(8, len(f.Bytes))]))}
	case !enough || n < sata.ReadHeadSize:
		return &sata.ParseError{Field: "read", Offset: len(f.Bytes), Want: strconv.Itoa(sata.ReadHeadSize) + " bytes", Found: strconv.FormatUint(n, 10)}
	case form == sata.ReadFailed && n != sata.ReadHeadSize:
		return &sata.ParseError{Field: "data", Offset: sata.ReadHeadSize, Want: "nothing after a failed read", Found: strconv.FormatUint(n-sata.ReadHeadSize, 10) + " bytes"}
	}
	return nil
}

// LengthNote says what is wrong with the length in the header; "" when nothing
// is. A message parses with any length there; on the wire it would move the
// beginning of the next message.
func (f *Frame) LengthNote() string {
	n, ok := f.DataLength()
	have := uint64(len(f.Bytes) - sata.HeaderSize)
	switch {
	case !ok || uint64(n) == have:
		return ""
	case uint64(n) < have:
		return "The header says that " + count(uint64(n), "byte follows", "bytes follow") + ", but " + Count(have) + " do: on the wire the next message would be looked for " + count(have-uint64(n), "byte", "bytes") + " too early."
	}
	return "The header says that " + count(uint64(n), "byte follows", "bytes follow") + ", but only " + Count(have) + " do: on the wire the first " + count(uint64(n)-have, "byte", "bytes") + " of the next message would be taken for the rest of this one."
}

// usualBlock is how much the ReadFile and the WriteFile of NewRequest ask for.
const usualBlock = 512

// NewRequest makes a request of a command with values that are often seen.
func NewRequest(c sata.Command) *Frame {
	r := sata.Request{
		Header:       sata.Header{Version: sata.Version},
		Command:      c,
		Capabilities: [2]uint32{0x01010101, 1},
		Path:         []byte("/%SLC_EMU_DIR/sys/config/system.xml"),
		Destination:  []byte("/%SLC_EMU_DIR/sys/config/system.bak"),
		ModeText:     []byte("r"),
		FD:           13, Mode: 0x666, BlockCount: 1, BlockSize: usualBlock, MoveTo: sata.MoveBegin, Query: sata.QueryDetails, UID: 1000, GID: 1000,
	}
	switch c {
	case sata.Ping:
		r.Header = sata.Header{Flags: sata.FlagFFIO | sata.FlagCSR}
		r.User = [2]uint32{sata.DefaultFirstRead, sata.DefaultFirstRead - 0x20}
	case sata.CreateFolder, sata.OpenFolder:
		r.Path = []byte("/%SLC_EMU_DIR/sys/config")
	}
	b, err := sata.AppendRequest(nil, &r)
	if err != nil { // a command that is not in the table
		b = r.Header.Append(nil)
		b = append(b, make([]byte, sata.CommandInfoSize)...)
		binary.BigEndian.PutUint32(b[0x30:], uint32(c))
	}
	f := RequestFrame(b)
	f.FixLength()
	return f
}

// NewResponse makes a response to a command (query counts only for QueryPath)
// with a result code and values that are often seen. For ReadFile it is an answer
// of fast file I/O, see [AppendRead].
func NewResponse(c sata.Command, query sata.Query, result sata.Result) *Frame {
	f := ResponseFrame(nil, c, query)
	if f.Shape == sata.ShapeRead {
		if result != sata.Success {
			f.Bytes = AppendFailedRead(nil, result)
		} else {
			data := []byte("Hello, devkit!\n")
			f.Bytes, _ = AppendRead(nil, ReadAnswer{Data: data, FileLength: uint32(len(data)), Total: usualBlock, FirstRead: sata.DefaultFirstRead})
		}
		return f
	}
	r := sata.Response{
		Header: sata.Header{Version: sata.Version}, Shape: f.Shape, Result: result,
		FD: 13, Capabilities: sata.CapBoth, Number: 4096, Name: []byte("system.xml"),
		Info: sata.Info{Flags: 0x2C000000, Permissions: 0x666, FileLength: 357},
	}
	if result != sata.Success {
		r.FD = -1
	}
	if f.Shape == sata.ShapeCount {
		r.Number = 2
	}
	b, err := sata.AppendResponse(nil, &r)
	if err != nil { // the response to a request that does not parse
		b = r.Header.Append(nil)
	}
	f.Bytes = b
	return f
}

// A ReadAnswer is what a server answers to a ReadFile with fast file I/O.
type ReadAnswer struct {
	Data       []byte // what was read
	FileLength uint32 // of the file
	Total      uint64 // what was asked for
	FirstRead  uint32 // the first read size of the last Ping
	Grown      bool   // a read returned more than FirstRead bytes before
}

// AppendRead appends the answer as the reference's server sends it
// (docs/protocol.md, section 2), and says whether its buffer is grown from now on.
func AppendRead(dst []byte, a ReadAnswer) (out []byte, grown bool) {
	n := uint64(len(a.Data))
	grown = a.Grown || n > uint64(a.FirstRead)
	form, word := [8]byte{0xC4, 0x00, 0x24, 0x02, 0xE8, 0xEF, 0x24, 0x02}, a.FileLength
	if grown {
		form, word = [8]byte{}, uint32(n)
	}
	dst = append(append(dst, form[:]...), make([]byte, 24)...)
	dst = append(binary.BigEndian.AppendUint32(dst, word), a.Data...)
	for least := min(a.Total, uint64(a.FirstRead)); n < least; n++ {
		dst = append(dst, sata.Padding)
	}
	return dst, grown
}

// AppendFailedRead appends the answer to a ReadFile that failed.
func AppendFailedRead(dst []byte, result sata.Result) []byte {
	dst = append(dst, 0xC4, 0x00, 0xFE, 0x00, 0x20, 0xEF, 0xFE, 0x00)
	dst = append(dst, make([]byte, 24)...)
	return binary.BigEndian.AppendUint32(dst, uint32(result))
}

// maxChanged is how many ranges Changed tells apart.
const maxChanged = 12

// Changed are the ranges in which the bytes of f are other than they were, each
// with the field it is in and what stood there.
func Changed(was []byte, f *Frame) (marks []Mark) {
	now := f.Bytes
	common := min(len(was), len(now))
	fields := f.Layout()
	end := func(at int) (int, string) { // of the field around a byte
		for i := range fields {
			if fields[i].Offset <= at && at < fields[i].End() {
				return fields[i].End(), fields[i].Name
			}
		}
		return len(now), "what follows"
	}
	for at := 0; at < common; at++ {
		if was[at] == now[at] {
			continue
		}
		if len(marks) == maxChanged {
			return append(marks, Mark{at, len(now) - at, "more"})
		}
		limit, name := end(at)
		last := at // the last byte of the field that is other
		for n := at; n < min(limit, common); n++ {
			if was[n] != now[n] {
				last = n
			}
		}
		const shown = 8
		old := was[at:min(last+1, at+shown)]
		label := name + ", was"
		for _, c := range old { // apart, so that they are not taken for a number
			label += " " + string([]byte{hexDigits[c>>4], hexDigits[c&15]})
		}
		if last+1 > at+shown {
			label += " …"
		}
		marks = append(marks, Mark{at, last + 1 - at, label})
		at = last
	}
	if len(now) > common {
		marks = append(marks, Mark{common, len(now) - common, count(uint64(len(now)-common), "byte", "bytes") + " more than before"})
	}
	if len(was) > common && common > 0 {
		marks = append(marks, Mark{common - 1, 1, "the end: " + count(uint64(len(was)-common), "byte", "bytes") + " fewer than before"})
	}
	return marks
}

// A Choice is a value that a field is often given.
type Choice struct {
	Text    string // for Frame.Set
	Meaning string
}

// Choices are the values that people may want in a field; none where any will do.
func (f *Frame) Choices(field *sata.Field) (list []Choice) {
	switch {
	case field.Kind == sata.ResultCode:
		for _, r := range sata.Results {
			list = append(list, Choice{readNumber(field, uint64(r.Code)), r.Meaning})
		}
	case field.Slot == sata.SlotQuery:
		for n, q := range sata.Queries() {
			if q.Name != "" {
				list = append(list, Choice{strconv.Itoa(n), q.Name})
			}
		}
	case field.Slot == sata.SlotMoveTo:
		list = []Choice{{"0", "the beginning"}, {"1", "nowhere"}, {"2", "the end"}}
	case field.Slot == sata.SlotShouldMove:
		list = []Choice{{"0", "stay"}, {"1", "go there first"}}
	case field.Slot == sata.SlotModeText:
		list = []Choice{{"r", "read"}, {"r+", "read and write"}, {"w", "write, from nothing"}, {"w+", "write and read, from nothing"}, {"a", "write at the end"}}
	case field.Slot == sata.SlotMode:
		list = []Choice{{"0x666", "writable"}, {"0x444", "read-only"}}
	case field.Slot == sata.SlotCapabilities:
		list = []Choice{{Hex(uint64(sata.CapBoth)), "fast file I/O, combined send and receive"}, {Hex(uint64(sata.CapFFIO)), "fast file I/O"}, {Hex(uint64(sata.CapCSR)), "combined send and receive"}, {"0", "neither"}}
	case field.Slot == sata.SlotFlags:
		list = []Choice{{"0x2c000000", "a file"}, {"0xac000000", "a folder"}}
	case field.Name == "flags" && f.Request && f.Command == sata.Ping:
		list = []Choice{{"6", "fast file I/O, combined send and receive"}, {"2", "fast file I/O"}, {"4", "combined send and receive"}, {"0", "neither"}}
	case field.Name == "form":
		list = []Choice{{"c4002402e8ef240200*24.", "data follows"}, {"00*32.", "data follows; the server's buffer grew"}, {"c400fe0020effe0000*24.", "the read failed"}}
	case field.Name == "command":
		for _, s := range sata.Commands {
			list = append(list, Choice{readNumber(field, uint64(s.Command)), s.Name})
		}
	}
	return list
}

func readNumber(f *sata.Field, n uint64) string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(n))
	return readValue(f, b[:]).Text
}
