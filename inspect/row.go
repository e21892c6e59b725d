package inspect

import (
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// None is the row that stands for no row.
const None = walcore.None

// Failed says whether a row is a response that tells of a failure. Two codes
// other than 0 are none, though the log calls them so: the number of bytes that
// a WriteFile answers, and the end of a folder's listing.
func Failed(r *walcore.Record) bool {
	if !r.Failed() {
		return false
	}
	code, has := r.Result()
	return !has || code != sata.NoMoreItems
}

// Latency is the time between a response and its request in nanoseconds. It is
// false for other rows and where a time is not known.
func (x *Index) Latency(i int) (int64, bool) {
	r := x.log.At(i)
	return x.latency(r)
}

func (x *Index) latency(r *walcore.Record) (int64, bool) {
	if r.Kind != walcore.Response || r.Partner == None || r.Time == walcore.NoTime {
		return 0, false
	}
	asked := x.log.At(int(r.Partner)).Time
	return r.Time - asked, asked != walcore.NoTime
}

// Since is the time of a row in nanoseconds after Base. It is false where a time
// is not known.
func (x *Index) Since(i int) (int64, bool) {
	r := x.log.At(i)
	return r.Time - x.first, r.Time != walcore.NoTime
}

// Request is the row of the request that row i belongs to: itself, the one it
// answers, the one that its data follow, or the one that a finding is about;
// None when there is none.
func (x *Index) Request(i int) uint32 {
	r := x.log.At(i)
	switch {
	case r.Kind == walcore.Request:
		return uint32(i)
	case r.Partner != None && x.log.At(int(r.Partner)).Kind == walcore.Request:
		return r.Partner
	}
	return None
}

// Partner is the row of the other side of row i: of a request its response, of
// anything else its request; None when there is none.
func (x *Index) Partner(i int) uint32 {
	if r := x.log.At(i); r.Kind == walcore.Request {
		return r.Partner
	}
	return x.Request(i)
}

// Path is the path that a row is about, and whether it is known.
func (x *Index) Path(i int) (string, bool) {
	r := x.log.At(i)
	if r.Kind == walcore.Diagnostic || r.Flags&walcore.FlagOpen == 0 {
		return "", false
	}
	return x.log.Text(r.Path), true
}

// destination is the text of a Rename's second path, which its response does
// not repeat.
func (x *Index) destination(r *walcore.Record) (id uint32, ok bool) {
	if r.Kind == walcore.Response && r.Op == uint8(sata.Rename) && r.Partner != None {
		r = x.log.At(int(r.Partner))
	}
	if r.Kind != walcore.Request || r.Op != uint8(sata.Rename) || r.Line != walcore.LineRequest {
		return 0, false
	}
	return r.Path2, true
}

// itemName is the text of a folder item's name.
func itemName(r *walcore.Record) (id uint32, ok bool) {
	return r.Path2, r.Line == walcore.LineItem && sata.Result(r.B) == sata.Success
}

// descriptor is the descriptor that a row names or, opening one, gives.
func descriptor(r *walcore.Record) (int32, bool) {
	if r.Kind == walcore.Diagnostic || r.Op == walcore.OpUnknown || r.Flags&walcore.FlagNoDescriptor != 0 {
		return 0, false
	}
	if r.Line == walcore.LineDescriptor {
		return r.FD, sata.Result(r.B) == sata.Success
	}
	return r.FD, namesDescriptor[r.Op]
}

// namesDescriptor has the commands whose requests hold a descriptor.
var namesDescriptor = func() (t [256]bool) {
	for _, s := range sata.Commands {
		for i := range s.Fields {
			t[s.Command] = t[s.Command] || s.Fields[i].Slot == sata.SlotFD
		}
	}
	return t
}()

// total is how many bytes a ReadFile or WriteFile request is about.
func total(r *walcore.Record) uint64 {
	if n, ok := r.Transferred(); ok {
		return n // a WriteFile that brings its data along
	}
	return uint64(r.B) * uint64(r.C)
}

// isCount says whether a response's result code is a number of bytes: a
// WriteFile's that was done, or a ReadFile's without fast file I/O.
func isCount(r *walcore.Record) bool {
	return !r.Failed() && (r.Op == uint8(sata.WriteFile) || r.Op == uint8(sata.ReadFile) && r.Line == walcore.LineUnknown)
}

// AppendResult appends what came of a request, in words, from its response's
// row i: "success, descriptor 2", "path does not exist", "65,536 bytes written".
func (x *Index) AppendResult(dst []byte, i int) []byte {
	r := x.log.At(i)
	if r.Kind != walcore.Response {
		return dst
	}
	code, has := r.Result()
	command, _ := r.Command()
	switch {
	case !has && r.Line == walcore.LineUnknown:
		return append(dst, "can't be read"...)
	case Failed(r) || code == sata.NoMoreItems:
		return appendMeaning(dst, code, command)
	case isCount(r):
		return appendWords(dst, r, code)
	}
	switch r.Line {
	case walcore.LineDescriptor:
		dst = append(dst, "success, descriptor "...)
		return strconv.AppendInt(dst, int64(r.FD), 10)
	case walcore.LineItem:
		return walcore.AppendVisible(append(dst, "item "...), x.log.Text(r.Path2))
	case walcore.LineRead:
		n, sure := x.dataOf(i)
		if !sure {
			dst = append(dst, "at most "...)
		}
		return append(appendBytesWord(dst, n), " read"...)
	case walcore.LineStat, walcore.LineInfo:
		if r.B&sata.InfoFolder != 0 {
			return append(dst, "a folder"...)
		}
		return append(appendBytesWord(append(dst, "a file of "...), uint64(r.D)), ""...)
	case walcore.LineSpace:
		return appendBytesWord(dst, r.A)
	case walcore.LineCount:
		return appendCounted(dst, uint64(r.B), "file", "files")
	case walcore.LinePong:
		dst = append(append(dst, "fast file I/O "...), onOff(r.Flags&walcore.FlagFFIO != 0)...)
		return append(append(dst, ", combined send and receive "...), onOff(r.Flags&walcore.FlagCSR != 0)...)
	}
	return appendMeaning(dst, code, command)
}

// appendMeaning appends a result code in words.
func appendMeaning(dst []byte, code sata.Result, command sata.Command) []byte {
	if command == sata.WriteFile && !code.FailsFor(command) {
		return append(appendBytesWord(dst, uint64(code)), " written"...)
	}
	if m := code.Meaning(); m != "" {
		return append(dst, m...)
	}
	return appendHex(append(dst, "result code "...), uint64(code), 8)
}

// appendWords appends the result code of a response in words.
func appendWords(dst []byte, r *walcore.Record, code sata.Result) []byte {
	if isCount(r) && r.Op == uint8(sata.ReadFile) {
		n, _ := r.Transferred()
		return append(appendBytesWord(dst, n), " read"...)
	}
	return appendMeaning(dst, code, sata.Command(r.Op))
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
