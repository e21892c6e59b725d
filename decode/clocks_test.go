package decode

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
)

// clocksTold are the sentences about the clocks of files.
func clocksTold(t *testing.T, files ...memoryFile) (told []string) {
	sources := make([]capture.Source, len(files))
	for i := range files {
		sources[i] = files[i]
	}
	d := New(Options{}, sources...)
	require.NoError(t, d.Run(t.Context()))
	for _, a := range d.Assumptions() {
		if a.Name == AssumedClocks {
			told = append(told, a.Sentence)
		}
	}
	return told
}

// TestClocksThatDisagree: that the clocks of two files differ is told where it
// shows, and by how much; of files that agree it is not.
func TestClocksThatDisagree(t *testing.T) {
	l := readLossy(t, "../testdata/damaged/whole.pcap")
	name := memoryFile(nil).Name()
	const joined = "the packets of 2 files are joined by their times: their clocks are taken to agree"
	client := func(i int) bool {
		var s capture.Segment
		return l.packets[i].Segment(&s) && s.Dst.Port() == DefaultPort
	}
	server := func(i int) bool { return !client(i) }
	first, requests := l.write(all), l.write(client)
	require.Empty(t, clocksTold(t, first))
	require.Equal(t, []string{joined}, clocksTold(t, requests, l.write(server)), "they agree")
	shift := func(ns int64) {
		for i := range l.packets {
			l.packets[i].Time += ns
		}
	}
	shift(200_000) // as on the other end of a wire
	require.Equal(t, []string{joined}, clocksTold(t, first, l.write(all)))
	shift(-200_000 + 500_000_000)
	require.Equal(t, []string{joined, "19 packets are in both " + name + " and " + name + ": the clock of the second is 0.5 s ahead of that of the first"},
		clocksTold(t, first, l.write(all)))
	shift(-1000_000_000)
	require.Equal(t, []string{joined, "19 packets are in both " + name + " and " + name + ": the clock of the second is 0.5 s behind that of the first"},
		clocksTold(t, first, l.write(all)))
	// Each has one direction, and the responses come first.
	told := clocksTold(t, requests, l.write(server))
	require.Len(t, told, 2)
	require.True(t, strings.HasPrefix(told[1], "packets are stamped up to 0.499 s earlier than what they acknowledge, which is in another file"), told[1])
}

// TestClocksOfThreeFiles: what forms.md says is measured, and how much is
// remembered, is so.
func TestClocksOfThreeFiles(t *testing.T) {
	l := readLossy(t, "../testdata/damaged/whole.pcap")
	odd := func(i int) bool { return i%2 == 1 }
	even := func(i int) bool { return i%2 == 0 }
	first, second := l.write(all), l.write(even)
	for i := range l.packets {
		l.packets[i].Time += 500_000_000
	}
	told := clocksTold(t, first, second, l.write(odd))
	require.Len(t, told, 1, "the first two agree")

	doc, err := os.ReadFile("../docs/forms.md")
	require.NoError(t, err)
	require.Contains(t, string(doc), "of three files or more those two that first share one")
	require.Contains(t, string(doc), "at most 16,384 packets")
	require.Equal(t, 16_384, maxStamps)
}
