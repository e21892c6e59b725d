package sata

import "bytes"

// ReadHeadSize is what comes before the data of a ReadFile's answer with fast
// file I/O: its form (32 bytes) and a length.
const ReadHeadSize = 0x24

// Padding is the byte that fills an answer to ReadFile up, with fast file I/O.
const Padding = 0xCD

// ReadForm is which of its forms an answer to ReadFile has (section 2).
type ReadForm uint8

// The forms.
const (
	ReadOther  ReadForm = iota // none of them
	ReadFirst                  // C4 00 24 02 E8 EF 24 02, zeros; then the file's length
	ReadZeros                  // zeros, once the server's buffer grew; then the number of bytes that follow
	ReadFailed                 // C4 00 FE 00 20, then at 0x20 the result code and nothing else
)

var (
	firstForm  = []byte{0xC4, 0x00, 0x24, 0x02, 0xE8, 0xEF, 0x24, 0x02}
	failedForm = []byte{0xC4, 0x00, 0xFE, 0x00, 0x20}
)

func (f ReadForm) String() string {
	return [...]string{"no form of fast file I/O", "C4 00 24 02 …: data follows", "zeros: data follows, the buffer grew", "C4 00 FE 00 20 …: the read failed"}[f]
}

// FormOf tells the form of an answer from its first bytes. With fewer than 32
// it says what they are the beginning of; enough is then false where more
// bytes could change that.
func FormOf(b []byte) (form ReadForm, enough bool) {
	if len(b) >= len(failedForm) && bytes.Equal(b[:len(failedForm)], failedForm) {
		return ReadFailed, true
	}
	n := min(len(b), 8)
	switch {
	case bytes.Equal(b[:n], firstForm[:n]):
		form = ReadFirst
	case allZero(b[:n]):
		form = ReadZeros
	case len(b) < len(failedForm) && bytes.Equal(b, failedForm[:len(b)]):
		return ReadFailed, false
	default:
		return ReadOther, true
	}
	rest := b[n:min(len(b), 0x20)]
	if !allZero(rest) {
		return ReadOther, true
	}
	return form, len(b) >= 0x20
}

// FNV is the checksum in a READ line: FNV-1a of 64 bits that starts from 69420
// instead of the usual basis. The zero value is not its start; use NewFNV.
type FNV uint64

// NewFNV is the state before the first byte.
const NewFNV FNV = 69420

// Add is the state after b.
func (h FNV) Add(b []byte) FNV {
	const prime = 0x100000001b3
	for _, c := range b {
		h = (h ^ FNV(c)) * prime
	}
	return h
}
