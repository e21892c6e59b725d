package worker

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/decode"
	"satascope/inspect"
	"satascope/sata"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

func index(d *decode.Decoder) *inspect.Index {
	x := inspect.New(d.Log())
	x.Update(d.Log().Len())
	return x
}

// look is what the page gets of a row: over the bridge and back.
func look(t *testing.T, d *decode.Decoder, x *inspect.Index, i int) *bridge.Inspected {
	r := d.Log().At(i)
	var head []byte
	if r.Kind != walcore.Diagnostic && lacks(d, r) == "" {
		var err error
		head, err = d.Rest(nil, r, 0, int(min(r.Length, inspect.MessageHead)))
		require.NoError(t, err, "row %d", i)
	}
	b := bridge.Append(nil, inspected(d, x, i, head, ""))
	m, ok := bridge.Parse(b).(*bridge.Inspected)
	require.True(t, ok)
	require.Equal(t, i, m.Row)
	return m
}

// find is the first row for which f holds.
func find(t *testing.T, d *decode.Decoder, f func(*walcore.Record) bool) int {
	for i := range d.Log().Len() {
		if f(d.Log().At(i)) {
			return i
		}
	}
	t.Fatal("there is no such row")
	return 0
}

func named(t *testing.T, m *bridge.Inspected, name string) *bridge.Node {
	for i := range m.Nodes {
		if m.Nodes[i].Name == name {
			return &m.Nodes[i]
		}
	}
	t.Fatalf("no node %q", name)
	return nil
}

// In every golden capture the leaves of a message are its bytes, one after the
// other, each with a look; and what is shown are exactly those bytes.
func TestLeavesAreTheBytes(t *testing.T) {
	for _, name := range []string{
		"captures/devkit_story.pcapng.gz", "captures/plain.pcap", "captures/trouble.pcap", "captures/tiny_segments.pcap", "captures/large_files.pcapng",
		"events/boot.jsonl", "exports/both_directions.xxd.txt", "captures/real_server_lossy_network.pcapng",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decoded(t, name)
			x := index(d)
			for i := range min(d.Log().Len(), 600) {
				m := look(t, d, x, i)
				require.NotEmpty(t, m.Title)
				at, shown := int64(0), int64(0)
				for k := range m.Nodes {
					n := &m.Nodes[k]
					require.NotEmpty(t, n.Name)
					require.True(t, strings.HasPrefix(n.Address, "reference/"), "%s: each field says where it is explained: %q", n.Name, n.Address)
					if k > 0 {
						require.LessOrEqual(t, n.Depth, m.Nodes[k-1].Depth+1)
					}
					if n.Leaf {
						require.Equal(t, at, n.Offset, "row %d, %s", i, n.Name)
						require.NotZero(t, n.Look, "row %d, %s", i, n.Name)
						at += n.Length
					}
				}
				for _, p := range m.Parts {
					shown += p.Length
				}
				if shown > 0 {
					require.Equal(t, shown, at, "row %d", i)
				}
				before := int64(0)
				for _, c := range m.Cuts {
					require.Greater(t, c.At, before, "row %d", i)
					require.Less(t, c.At, shown)
					before = c.At
				}
				if len(m.Parts) > 0 {
					require.Positive(t, m.Packets)
					require.Empty(t, m.Lack)
				} else {
					require.NotEmpty(t, m.Lack, "row %d", i)
				}
			}
		})
	}
}

func TestInspectedRead(t *testing.T) {
	d := decoded(t, "captures/devkit_story.pcapng.gz")
	x := index(d)
	i := find(t, d, func(r *walcore.Record) bool { return r.Line == walcore.LineRead && !r.Failed() && r.B == 357 })
	m := look(t, d, x, i)
	require.EqualValues(t, 0x24+4096, m.Length)
	require.Equal(t, []bridge.Part{{Start: d.Log().At(i).Offset, Length: m.Length}}, m.Parts)
	require.EqualValues(t, 357, m.Data)
	require.NotEmpty(t, m.File)
	require.NotContains(t, m.File, "/")
	require.Equal(t, bridge.LookHeader, m.Nodes[0].Look)
	data, padding := named(t, m, "data"), named(t, m, "padding")
	require.Equal(t, []any{bridge.LookData, int64(0x24), int64(357)}, []any{data.Look, data.Offset, data.Length})
	require.Equal(t, []any{bridge.LookPadding, int64(0x24 + 357), int64(4096 - 357)}, []any{padding.Look, padding.Offset, padding.Length})
	require.Equal(t, int(d.Log().At(i).Partner), named(t, m, "answers").Row)
	require.Contains(t, m.Asking, "4,132")
	require.True(t, m.Why[len(m.Why)-1].Ends)
	require.Equal(t, int(d.Log().At(i).Partner), m.Why[0].Row)
	require.Len(t, m.Cuts, m.Packets-1)
	for _, c := range m.Cuts {
		require.Less(t, c.Packet, c.Next)
		require.Zero(t, c.Missing)
	}
	require.Len(t, m.Head, 4132)
}

func TestInspectedRequest(t *testing.T) {
	d := decoded(t, "captures/devkit_story.pcapng.gz")
	x := index(d)
	i := find(t, d, func(r *walcore.Record) bool { return r.Kind == walcore.Request && r.Op == uint8(sata.OpenFile) })
	m := look(t, d, x, i)
	path := named(t, m, "path")
	require.Equal(t, "reference/openfile.html#request-44-path", path.Address)
	require.False(t, path.Leaf)
	require.Equal(t, bridge.LookPath, named(t, m, "text").Look)
	require.Equal(t, bridge.LookHeader, named(t, m, "host timestamp").Look)
	require.Equal(t, "reference/messages.html#header-10-host-timestamp", named(t, m, "host timestamp").Address)
	require.Equal(t, "reference/messages.html#header-30-command", named(t, m, "command").Address)
	require.Zero(t, m.Data)
}

// Written data can be saved; an event file does not hold it.
func TestInspectedWritten(t *testing.T) {
	written := func(r *walcore.Record) bool { return r.Kind == walcore.Written && r.Length > 0 }
	d := decoded(t, "captures/devkit_story.pcapng.gz")
	i := find(t, d, written)
	m := look(t, d, index(d), i)
	require.EqualValues(t, d.Log().At(i).Length, m.Data)
	d = decoded(t, "captures/default_sizes.pcap")
	m = look(t, d, index(d), find(t, d, func(r *walcore.Record) bool { return r.Kind == walcore.Written && r.Length == 0 }))
	require.Equal(t, "There are none: 0 bytes were written.", m.Lack)
	d = decoded(t, "events/out_of_band.jsonl")
	m = look(t, d, index(d), find(t, d, written))
	require.Zero(t, m.Data)
	require.Empty(t, m.Parts)
	require.Contains(t, m.Lack, "event file")
	require.Positive(t, m.Length)
}

// Around a finding stand the bytes before and behind it, with what is missing
// between them.
func TestInspectedFinding(t *testing.T) {
	d := decoded(t, "captures/real_server_lossy_network.pcapng")
	x := index(d)
	kinds := map[walcore.Code]int{}
	for i := range d.Log().Len() {
		r := d.Log().At(i)
		if r.Kind != walcore.Diagnostic {
			continue
		}
		kinds[walcore.Code(r.Op)]++
		m := look(t, d, x, i)
		require.Equal(t, "reference/diagnostics.html#"+walcore.Code(r.Op).String(), m.Nodes[0].Address)
		if walcore.Code(r.Op) != walcore.CodeMissing || len(m.Parts) < 2 {
			continue
		}
		missing := int64(0)
		for _, c := range m.Cuts {
			missing += c.Missing
		}
		require.EqualValues(t, r.Length, missing, "row %d", i)
		require.Equal(t, r.Offset, m.Parts[0].Start+m.Parts[0].Length)
		require.Equal(t, m.Parts[0].Start, m.Parts[0].Label, "a finding has no bytes of its own to count from")
	}
	require.NotEmpty(t, kinds, "the capture has findings")
}

// All bytes that a finding is about are shown, as of a message, or it is said how
// many of them there are.
func TestBytesOfFindings(t *testing.T) {
	for _, c := range []struct{ name, about, meaning string }{
		{"captures/real_server_lossy_network.pcapng:280", "3,036 bytes", ""},
		{"captures/devkit_story.pcapng.gz:102", "196,708 bytes", ""},
		{"../damaged/length_that_lies.pcap:18", "first 256 of 2,139,062,175 bytes", "the others are not in the file"},
		{"../damaged/bytes_lost_of_a_response.pcap:11", "", ""}, // the hex view says what is missing
		{"../damaged/reopening_lost.pcap:8", "", ""},            // it is about a place
	} {
		name, row, _ := strings.Cut(c.name, ":")
		i, err := strconv.Atoi(row)
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.FromSlash(golden + name))
		require.NoError(t, err)
		d := decode.New(decode.Options{Unpackers: unpack.Native()}, &source{name, b})
		_ = d.Run(context.Background()) // of one its end can't be decoded
		r := d.Log().At(i - 1)
		require.Equal(t, walcore.Diagnostic, r.Kind)
		m := look(t, d, index(d), i-1)
		require.NotEmpty(t, m.Parts, c.name)
		var about, meaning string
		for k := range m.Nodes {
			if n := &m.Nodes[k]; n.Name == "what it is about" {
				about, meaning = n.Value, n.Meaning
				require.Equal(t, r.Offset, m.Parts[0].Start+n.Offset)
				require.LessOrEqual(t, n.Offset+n.Length, m.Parts[0].Length, "without a gap")
			}
		}
		require.Equal(t, c.about, about, c.name)
		require.Equal(t, c.meaning, meaning, c.name)
	}
}

// A finding may be about bytes with gaps between them, and about any number.
func TestBytesWithGaps(t *testing.T) {
	about := func(segments []decode.Segment, offset int64, length uint64) string {
		r := walcore.Record{Kind: walcore.Diagnostic, Op: uint8(walcore.CodeSkipped), Offset: offset, Length: length}
		var v view
		v.add(segments, r.Offset-around, endOf(&r)+around, 0)
		w := walk{m: &bridge.Inspected{}}
		w.around(&r, &v)
		for _, n := range w.m.Nodes {
			if n.Name == "what it is about" {
				return n.Value + "; " + n.Meaning
			}
		}
		return ""
	}
	segments := []decode.Segment{{Offset: 0, Length: 100}, {Offset: 150, Length: 50}}
	require.Equal(t, "150 of 200 bytes; the others are not in the file", about(segments, 0, 200))
	require.Equal(t, "50 of 100 bytes; the others are not in the file", about(segments, 100, 100))
	require.Equal(t, "first 50 of 18,446,744,073,709,551,615 bytes; the others are not in the file", about(segments, 150, 1<<64-1))
	require.Equal(t, "1 byte; ", about(segments, 99, 1))
	segments = segments[:0]
	for k := range int64(2 * maxParts) {
		segments = append(segments, decode.Segment{Offset: 10 * k, Length: 5})
	}
	require.Equal(t, "5,120 of 20,480 bytes; there are too many gaps to show the others", about(segments, 0, 20*maxParts))
}

func TestEveryFindingSaysWhatWasAssumed(t *testing.T) {
	for code, spec := range walcore.Codes() {
		require.NotEmpty(t, assumed[walcore.Code(code)], spec.Name)
	}
}

// TestFindingExplained: a finding is explained by what its reader does not see
// in its line, and says what can be done.
func TestFindingExplained(t *testing.T) {
	text := func(m *bridge.Inspected) (s string) {
		for _, piece := range m.Why {
			s += piece.Text
			if piece.Ends {
				s += "\n"
			}
		}
		return s
	}
	for code, spec := range walcore.Codes() {
		var m bridge.Inspected
		means(&m, walcore.Code(code), false)
		require.Len(t, strings.Split(text(&m), "\n"), 3, spec.Name)
		require.Contains(t, text(&m), "\nWhat to do: ", spec.Name)
		require.NotContains(t, text(&m), "](", "the page shows no links in it: %s", spec.Name)
	}

	d := decoded(t, "captures/devkit_story.pcapng.gz")
	x := index(d)
	i := find(t, d, func(r *walcore.Record) bool { return r.Kind == walcore.Diagnostic })
	m := look(t, d, x, i)
	require.Contains(t, text(m), "The server's rule and that of the reference's capture tool differ")
	require.Contains(t, text(m), "nothing needs to be done: the rest of the conversation fits the 196708 bytes that were taken. The next answer begins right behind them, in row 105.")
	require.NotContains(t, text(m), "two rules give different ends", "its line says so")
	require.Empty(t, m.Nodes[0].Meaning, "its line says so")
}

func TestViewOfPieces(t *testing.T) {
	segments := []decode.Segment{
		{Offset: 0, Length: 100, Packet: 1}, {Offset: 100, Length: 50, Packet: 2}, {Offset: 150, Length: 10, Packet: 2},
		{Offset: 200, Length: 100, Packet: 5}, {Offset: 300, Length: 5000, Packet: 6},
	}
	var v view
	v.add(segments, 90, 220, 90)
	require.Equal(t, []bridge.Part{{Start: 90, Length: 70, Label: 0}, {Start: 200, Length: 20, Label: 110}}, v.parts)
	require.Equal(t, []bridge.Cut{{At: 10, Packet: 1, Next: 2}, {At: 70, Missing: 40}}, v.cuts)
	require.EqualValues(t, 90, v.length)
	require.Equal(t, 4, v.countPackets(segments))
	for offset, place := range map[int64]int64{0: 0, 90: 0, 159: 69, 160: 70, 180: 70, 200: 70, 219: 89, 220: 90, 9999: 90} {
		require.Equal(t, place, v.place(offset), "%d", offset)
	}
	v = view{}
	v.add(segments, 160, 200, 0)
	require.Empty(t, v.parts)
}

func TestAnswerPackets(t *testing.T) {
	d := decoded(t, "captures/tiny_segments.pcap")
	i := find(t, d, func(r *walcore.Record) bool { return r.Kind == walcore.Request && r.Length > 500 })
	r := d.Log().At(i)
	all := answerPackets(d, &bridge.AskPackets{Row: i, Count: 1 << 20})
	all = bridge.Parse(bridge.Append(nil, all)).(*bridge.Packets)
	require.Greater(t, all.Total, 10)
	require.Len(t, all.List, min(all.Total, maxPackets))
	require.Equal(t, bridge.CarrierPacket, all.Carrier)
	at := all.List[0].At
	require.LessOrEqual(t, at, int64(0))
	for k, p := range all.List {
		require.Equal(t, at, p.At)
		require.Equal(t, all.List[0].Seq+uint32(p.At-all.List[0].At), p.Seq, "packet %d of the message", k)
		at += int64(p.Length)
	}
	require.GreaterOrEqual(t, at, int64(r.Length))
	some := answerPackets(d, &bridge.AskPackets{Row: i, From: 3, Count: 2})
	require.Equal(t, all.List[3:5], some.List)
	require.Equal(t, all.Total, some.Total)
	require.Nil(t, answerPackets(d, &bridge.AskPackets{Row: d.Log().Len()}))
	require.Nil(t, answerPackets(d, &bridge.AskPackets{Row: -1}))
}

// What has no packets is not said to have some: a log and an event file have
// lines, a dump has pieces without numbers.
func TestCarrier(t *testing.T) {
	for name, want := range map[string]bridge.Carrier{
		"captures/plain.pcap": bridge.CarrierPacket, "exports/follow_yaml.yaml": bridge.CarrierFollowed, "exports/follow_raw.txt": bridge.CarrierPiece,
		"captures/plain.pcap.log": bridge.CarrierLine, "events/boot.jsonl": bridge.CarrierLine, "exports/both_directions.bin": bridge.CarrierPiece,
	} {
		d := decoded(t, name)
		line := answerLine(d, 2)
		require.Equal(t, want, line.Carrier, name)
		require.Equal(t, want != bridge.CarrierPiece, line.Packet != 0, name)
		require.Equal(t, want, inspected(d, inspect.New(d.Log()), 2, nil, "").Carrier, name)
		packets := answerPackets(d, &bridge.AskPackets{Row: 2, Count: 1})
		require.Equal(t, want, packets.Carrier, name)
		require.Equal(t, d.Kind() != capture.KindLog, packets.Lack == "", name)
		for _, p := range packets.List {
			require.Equal(t, want != bridge.CarrierPiece, p.Number != 0, name)
		}
	}
}

// What changed with a row is marked: over a whole conversation, following the
// marks gives each state from the one before.
func TestMoment(t *testing.T) {
	for _, name := range []string{"captures/devkit_story.pcapng.gz", "captures/streams.pcapng", "events/descriptors.jsonl"} {
		d := decoded(t, name)
		x := index(d)
		open := map[[2]int]bool{}
		waits := map[int]bool{}
		seen := map[bridge.Change]int{}
		for i := range d.Log().Len() {
			m := bridge.Parse(bridge.Append(nil, moment(x, i))).(*bridge.State)
			listed := 0
			for _, f := range m.Files {
				seen[f.Change]++
				k := [2]int{f.Stream, f.FD}
				switch f.Change {
				case bridge.Gone:
					require.True(t, open[k], "%s, row %d", name, i)
					delete(open, k)
					continue
				case bridge.Fresh:
					open[k] = true
				}
				require.True(t, open[k], "%s, row %d", name, i)
				listed++
			}
			require.Equal(t, len(open), listed, "%s, row %d", name, i)
			require.Equal(t, len(open), m.TotalFiles)
			for _, w := range m.Waiting {
				switch w.Change {
				case bridge.Gone:
					delete(waits, w.Row)
				case bridge.Fresh:
					waits[w.Row] = true
					require.Equal(t, i, w.Row)
				default:
					require.True(t, waits[w.Row])
				}
			}
			require.Equal(t, len(waits), m.TotalWaiting, "%s, row %d", name, i)
		}
		require.NotZero(t, seen[bridge.Fresh])
		require.NotZero(t, seen[bridge.Gone])
		if strings.HasPrefix(name, "captures") {
			require.NotZero(t, seen[bridge.Changed])
		}
	}
}

func TestActivity(t *testing.T) {
	for _, name := range []string{"captures/streams.pcapng", "events/soup.jsonl"} {
		d := decoded(t, name)
		x := index(d)
		streams := len(x.Streams())
		require.Greater(t, streams, 1)
		for _, lanes := range []int{1, 2, 32} {
			m := bridge.Parse(bridge.Append(nil, activity(d, x, &bridge.AskActivity{Whole: true, Width: 100, Lanes: lanes}))).(*bridge.Activity)
			require.Equal(t, strings.HasPrefix(name, "events"), m.ByRow)
			require.Equal(t, d.Log().Len(), m.Rows)
			require.Len(t, m.Lanes, min(lanes, streams))
			require.Equal(t, []int64{m.First, m.End}, []int64{m.From, m.To})
			total, rows, others := 0, 0, 0
			rest := m.Body
			for _, l := range m.Lanes {
				n := 0
				for range m.Width {
					var b bridge.Bucket
					var ok bool
					rest, ok = bridge.NextBucket(rest, &b)
					require.True(t, ok)
					n += b.Total()
				}
				require.Equal(t, l.Rows, n, "%s: stream %d of %d lanes", name, l.Stream, lanes)
				total += n
				rows += l.Rows
				others += l.Others
			}
			require.Empty(t, rest)
			require.Equal(t, d.Log().Len(), total)
			require.Equal(t, total, rows)
			if lanes < streams {
				require.Equal(t, streams-lanes+1, others, "streams without a lane of their own")
			} else {
				require.Zero(t, others)
			}
		}
	}
	d := decoded(t, "events/soup.jsonl")
	m := activity(d, inspect.New(walcore.NewLog(walcore.Limits{})), &bridge.AskActivity{Whole: true, Width: 100, Lanes: 4})
	require.Zero(t, m.Width)
	require.Empty(t, m.Lanes)
}
