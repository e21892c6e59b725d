package sata

import "strconv"

// Result is the result code of a response.
type Result uint32

// The result codes seen (section 1).
const (
	Success     Result = 0
	NotAFolder  Result = 0xFFF0FFD7
	FSError     Result = 0xFFF0FFE0
	TooBig      Result = 0xFFF0FFE7
	NotFound    Result = 0xFFF0FFE9
	Refused     Result = 0xFFF0FFEA
	NoMoreItems Result = 0xFFF0FFFC
)

// A ResultSpec says what a result code means.
type ResultSpec struct {
	Code    Result
	Meaning string
}

// Results are the result codes seen, with their meanings.
var Results = []ResultSpec{
	{Success, "success"},
	{NotAFolder, "a folder is required"},
	{FSError, "file system error"},
	{TooBig, "size too big"},
	{NotFound, "path does not exist"},
	{Refused, "refused"},
	{NoMoreItems, "no more items"},
}

// Meaning is the code in words, "" for a code not seen before.
func (r Result) Meaning() string {
	for i := range Results {
		if Results[i].Code == r {
			return Results[i].Meaning
		}
	}
	return ""
}

// MeaningFor is the code in words as an answer to a command: a WriteFile that
// succeeded answers the number of bytes written.
func (r Result) MeaningFor(c Command) string {
	if m := r.Meaning(); m != "" || c != WriteFile || r.FailsFor(c) {
		return m
	}
	return strconv.FormatUint(uint64(r), 10) + " bytes written"
}

// FailsFor says whether the code is a failure of a command. For WriteFile the
// codes below 0xFFF00000 are counts of bytes written.
func (r Result) FailsFor(c Command) bool {
	return r != Success && (c != WriteFile || r >= 0xFFF00000)
}
