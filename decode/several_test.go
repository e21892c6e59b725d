package decode

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
)

// TestOneOfSeveral: the error is about the file that can't be opened, also where
// it is binary and could be the bytes of a conversation.
func TestOneOfSeveral(t *testing.T) {
	good := diskFile(golden + "captures/plain.pcap")
	for says, bad := range map[string][]byte{
		"found text that begins":                         []byte("hello, this is nothing"),
		"found an empty file":                            nil,
		"found no request of the protocol in its first ": make([]byte, 300),
	} {
		err := New(Options{}, good, memoryFile(bad), good).Run(context.Background())
		var one *FileError
		require.ErrorAs(t, err, &one)
		require.Equal(t, 1, one.Source)
		require.ErrorContains(t, one.Err, says)
		require.ErrorContains(t, err, one.Name+": ")
		require.False(t, errors.As(New(Options{}, memoryFile(bad)).Run(context.Background()), &one), "alone it needs no name")
	}
}

// TestPasted: of text that was pasted no error speaks of a file.
func TestPasted(t *testing.T) {
	for text, want := range map[string]string{
		"000000140":     "hex dump, line 1, offset 8: expected a byte of 2 hex digits, found only 1 byte before the end of the text",
		"00000014":      "hex dump, offset 0: expected frames of PCFS over SATA as text, a dump, a followed stream, event lines or a log, found no request of the protocol in its first 4 bytes; All forms tells what can be pasted",
		"what is this?": `pasted text, offset 0: expected frames of PCFS over SATA as text, a dump, a followed stream, event lines or a log, found text that begins "what is this?"; All forms tells what can be pasted`,
	} {
		require.EqualError(t, capture.Pasted(New(Options{}, memoryFile([]byte(text))).Run(context.Background())), want)
	}
	require.NoError(t, capture.Pasted(nil))
	require.Equal(t, context.Canceled, capture.Pasted(context.Canceled))
}
