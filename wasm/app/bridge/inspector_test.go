package bridge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func init() {
	examples = append(examples,
		&AskMessage{Row: 12},
		&Inspected{
			Row: 3, Title: "Answer to ReadFile", Length: 1 << 33,
			Nodes:   []Node{{1, LookPath, "path", "/a", "what to open", 0x34, 0x200, 7, "path:/a", "reference/openfile.html#x", true, true}, {Offset: -1, Row: NoRow}},
			Stopped: "expected …", Asking: "Why is it 4 bytes long?",
			Why:   []Piece{{"1,208", 1207, true, false}, {" asked.", NoRow, false, true}},
			Parts: []Part{{1 << 40, 64, 3}}, Cuts: []Cut{{12, 9101, 9102, 1448}}, More: true, Lack: "why not", Carrier: CarrierLine,
			Packets: 5, Data: 1307, File: "system.xml", Head: []byte{1, 2},
		},
		&AskBytes{Row: 1, At: 1 << 40, Count: 4096, Copy: 2},
		&Bytes{Row: 1, At: 1 << 40, Copy: 2, Error: "e", Body: []byte{9}},
		&AskState{Row: 5},
		&State{
			Row:     5,
			Streams: []StreamState{{1, Changed, "on", "off", 196672, 0x8000, true, true, 3}},
			Files:   []OpenFile{{1, -2, Gone, "/a", "r", NoRow, -1, 4096, -1, 1 << 40, 5, 6, 7, 4}},
			Folders: []OpenFolder{{2, 3, Fresh, "/b", 8, 9, true, 2}},
			Waiting: []Waiting{{4, 1, Same, "->Ping"}}, TotalStreams: 1, TotalFiles: 2, TotalFolders: 3, TotalWaiting: 4,
		},
		&AskPackets{Row: 1, From: 2, Count: 3},
		&Packets{Row: 1, From: 2, Total: 3, Carrier: CarrierPiece, Lack: "why not", List: []Packet{{9101, 1, NoTime, 1 << 31, 0x18, 1 << 40, 1460, -12}}},
		&AskActivity{From: -1, To: 1 << 60, Whole: true, Width: 1200, Lanes: 5},
		&Activity{From: 1, To: 2, First: 3, End: NoTime, ByRow: true, Width: 4, Rows: 5, Lanes: []Lane{{NoRow, 3, "10.0.0.2:40000", 4, 5, 6}}, Body: []byte{0}},
		&AskRowAt{Time: -7},
		&RowAt{Row: NoRow},
		&SaveData{Row: 1, Seq: 2},
		&DataSaved{Seq: 2, Name: "save.dat", Error: "e"},
		&Reading{Read: 1, Size: -1},
	)
}

func TestEveryInspectorKindHasAnExample(t *testing.T) {
	seen := map[Kind]bool{}
	for _, m := range examples {
		seen[m.Kind()] = true
	}
	for k := KindAskMessage; k < lastInspectorKind; k++ {
		require.True(t, seen[k], "kind %d has no example", k)
		require.Equal(t, k, empty(k).Kind())
	}
	require.Nil(t, empty(lastInspectorKind))
}

func TestBuckets(t *testing.T) {
	buckets := []Bucket{{}, {Requests: 1 << 31}, {1, 2, 3, 4, 5}, {Findings: 200}, {}}
	var body []byte
	for i := range buckets {
		body = AppendBucket(body, &buckets[i])
	}
	rest := body
	for i := range buckets {
		got := Bucket{Failures: 9}
		var ok bool
		rest, ok = NextBucket(rest, &got)
		require.True(t, ok)
		require.Equal(t, buckets[i], got)
	}
	require.Empty(t, rest)
	_, ok := NextBucket(rest, &Bucket{})
	require.False(t, ok)
	one := AppendBucket(nil, &Bucket{Responses: 300, Failures: 1})
	for n := range one {
		_, ok := NextBucket(one[:n], &Bucket{})
		require.False(t, ok, "%d bytes of %d", n, len(one))
	}
	require.Equal(t, 11, (&Bucket{1, 2, 3, 2, 5}).Total(), "failures are responses")
}
