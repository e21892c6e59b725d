package decode

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
)

// clocksTold are the sentences about the clocks of files, which are named by their
// place: "file 1".
func clocksTold(t *testing.T, files ...memoryFile) (told []string) {
	sources := make([]capture.Source, len(files))
	for i := range files {
		sources[i] = capture.FromBytes("file "+itoa(int64(i+1)), files[i])
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
	require.Equal(t, []string{joined, "19 packets are in both file 1 and file 2: the clock of the second is 0.5 s ahead of that of the first"},
		clocksTold(t, first, l.write(all)))
	shift(-1000_000_000)
	require.Equal(t, []string{joined, "19 packets are in both file 1 and file 2: the clock of the second is 0.5 s behind that of the first"},
		clocksTold(t, first, l.write(all)))
	// Each has one direction, and the responses come first.
	told := clocksTold(t, requests, l.write(server))
	require.Len(t, told, 2)
	require.True(t, strings.HasPrefix(told[1], "packets are stamped up to 0.499 s earlier than what they acknowledge, which is in another file"), told[1])
}

// TestClocksOfThreeFiles: each file is compared with the first that has packets of it.
func TestClocksOfThreeFiles(t *testing.T) {
	l := readLossy(t, "../testdata/damaged/whole.pcap")
	late := func(ns int64, keep func(i int) bool) memoryFile {
		shifted := lossy{link: l.link, packets: slices.Clone(l.packets)}
		for i := range shifted.packets {
			shifted.packets[i].Time += ns
		}
		return shifted.write(keep)
	}
	odd := func(i int) bool { return i%2 == 1 }
	even := func(i int) bool { return i%2 == 0 }
	differ := func(packets int, pair, by string) string {
		return itoa(int64(packets)) + " packets are in both " + pair + ": the clock of the second is " + by + " that of the first"
	}
	for _, c := range []struct {
		what  string
		files []memoryFile
		told  []string
	}{
		{"the first two agree", []memoryFile{late(0, all), late(0, even), late(5e8, odd)}, []string{differ(10, "file 1 and file 3", "0.5 s ahead of")}},
		{"all have the same packets", []memoryFile{late(0, all), late(5e8, all), late(-25e7, all)}, []string{differ(19, "file 1 and file 2", "0.5 s ahead of"), differ(19, "file 1 and file 3", "0.25 s behind")}},
		{"the last two agree", []memoryFile{late(0, all), late(5e8, all), late(5e8, all)}, []string{differ(19, "file 1 and file 2", "0.5 s ahead of"), differ(19, "file 1 and file 3", "0.5 s ahead of")}},
		{"the third has packets of the second alone", []memoryFile{late(0, even), late(0, all), late(5e8, odd)}, []string{differ(10, "file 2 and file 3", "0.5 s ahead of")}},
		{"all agree", []memoryFile{late(0, all), late(0, even), late(2e5, odd)}, []string{}},
	} {
		require.Equal(t, c.told, slices.DeleteFunc(clocksTold(t, c.files...), func(s string) bool { return !strings.Contains(s, " are in both ") }), c.what)
	}

	doc, err := os.ReadFile("../docs/forms.md")
	require.NoError(t, err)
	require.Contains(t, string(doc), "at most 16,384 packets")
	require.Equal(t, 16_384, maxStamps)
}

// TestStampsAreBounded: no more packets are remembered than that, whatever comes; one
// that was sent again is not compared with what was sent before.
func TestStampsAreBounded(t *testing.T) {
	l := readLossy(t, "../testdata/damaged/whole.pcap")
	c := clocks{files: 3}
	p := l.packets[3]
	seen := func(source uint8, ns int64) {
		p.Source, p.Time = source, p.Time+ns
		c.packet(&p)
	}
	for range 2 {
		seen(0, 0)
		seen(0, 1e9)
		seen(1, -1e9)
		seen(1, 1e9)
		seen(2, -1e9)
		require.Empty(t, c.stamps, "all have it")
	}
	require.Equal(t, map[[2]uint8]drift{{0, 1}: {both: 2}, {0, 2}: {both: 2}, {1, 2}: {both: 2}}, c.drifts)

	var s capture.Segment
	require.True(t, p.Segment(&s))
	seq := bytes.Index(p.Data, binary.BigEndian.AppendUint32(nil, s.Seq))
	for i := range uint32(2 * maxStamps) {
		binary.BigEndian.PutUint32(p.Data[seq:], i)
		seen(uint8(i%2), 0)
	}
	require.Equal(t, maxStamps, c.held)
	require.Len(t, c.stamps, maxStamps)
}
