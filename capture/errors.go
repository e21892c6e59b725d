package capture

import (
	"errors"
	"strconv"
)

// A FormatError says that a file is not what it should be: what was expected,
// what was found, and where.
type FormatError struct {
	In       string // the form being read: "pcap", "event file", …
	Offset   int64  // in the unpacked file, in bytes from its start
	Line     int    // from 1; 0 in files that have no lines
	Expected string
	Found    string
	Advice   string // what a person can do about it; may be empty
	Err      error  // what a decompressor or the file system said; may be nil
}

func (e *FormatError) Error() string {
	b := appendPlace(nil, e.In, e.Offset, e.Line)
	b = append(b, ": expected "...)
	b = append(b, e.Expected...)
	b = append(b, ", found "...)
	b = append(b, e.Found...)
	if e.Advice != "" {
		b = append(b, "; "...)
		b = append(b, e.Advice...)
	}
	return string(b)
}

// Unwrap gives the error that caused this one, if there is one.
func (e *FormatError) Unwrap() error { return e.Err }

// A TruncatedError says that a file ends in the middle of something, as one
// does that is still being written. All that was whole before has been given.
type TruncatedError struct {
	In     string // the form being read
	Offset int64  // where the thing begins that is not whole
	Line   int    // from 1; 0 in files that have no lines
	What   string // the thing: "a packet record", …
	Need   int64  // bytes that it should have; 0 when that is not known
	Have   int64  // bytes of it that are there
	Err    error  // what a decompressor said; nil at the plain end of a file
	Pasted bool   // it is no file: see the function of that name
}

func (e *TruncatedError) Error() string {
	b := appendPlace(nil, e.In, e.Offset, e.Line)
	b = append(b, ": expected "...)
	b = append(b, e.What...)
	if e.Need > 0 {
		b = append(b, " of "...)
		b = appendCount(b, e.Need, "byte")
	}
	b = append(b, ", found only "...)
	b = appendCount(b, e.Have, "byte")
	if e.Pasted {
		return string(append(b, " before the end of the text"...))
	}
	return string(append(b, " before the end of the file; it was cut off, or is still being written"...))
}

// Unwrap gives the error that caused this one, if there is one.
func (e *TruncatedError) Unwrap() error { return e.Err }

// Pasted is an error of a file as it is said of text that a person pasted: there
// is no file that could be cut off, and what to do is to paste something else.
func Pasted(err error) error {
	var cut *TruncatedError
	var form *FormatError
	switch {
	case errors.As(err, &cut):
		e := *cut
		e.Pasted = true
		return &e
	case errors.As(err, &form) && (form.Advice == adviceRecord || form.Advice == AdviceOpen):
		e := *form
		if e.In == "file" {
			e.In = "pasted text"
		}
		e.Expected = "frames of PCFS over SATA as text, a dump, a followed stream, event lines or a log"
		e.Advice = "All forms tells what can be pasted"
		return &e
	}
	return err
}

// AdviceOpen is the advice on bytes in which the protocol was not found.
const AdviceOpen = "open a pcap or pcapng capture of the conversation"

// appendPlace appends where in which form something is: "pcap, offset 24".
func appendPlace(b []byte, in string, offset int64, line int) []byte {
	b = append(b, in...)
	if line > 0 {
		b = append(b, ", line "...)
		b = strconv.AppendInt(b, int64(line), 10)
	}
	b = append(b, ", offset "...)
	return strconv.AppendInt(b, offset, 10)
}

// appendCount appends a number and the name of what was counted.
func appendCount(b []byte, n int64, what string) []byte {
	b = strconv.AppendInt(b, n, 10)
	b = append(b, ' ')
	b = append(b, what...)
	if n != 1 {
		b = append(b, 's')
	}
	return b
}

// lengthOf is "a length of n bytes", for the Found of a FormatError.
func lengthOf(n int64) string {
	return string(appendCount([]byte("a length of "), n, "byte"))
}

// hexOf is the bytes as "4D 5A 90", for errors.
func hexOf(p []byte) string {
	const digits = "0123456789ABCDEF"
	b := make([]byte, 0, 3*len(p))
	for i, c := range p {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, digits[c>>4], digits[c&15])
	}
	return string(b)
}
