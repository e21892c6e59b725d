package worker

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/carve"
	"satascope/decode"
	"satascope/inspect"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// carved makes a part and finds its rows again.
func carved(t *testing.T, d *decode.Decoder, keep func(int) bool, m *bridge.Carve, n *notes) (*bridge.Carved, []byte) {
	x := inspect.New(d.Log())
	x.Update(d.Log().Len())
	s := carve.Choose(d.Log(), keep)
	var part bytes.Buffer
	require.NoError(t, carve.Write(&part, d, s))
	told := &bridge.Carved{Row: bridge.NoRow}
	require.NoError(t, findAgain(t.Context(), told, m, d, x, decode.Options{}, s, part.Bytes(), n))
	require.True(t, told.Checked)
	return told, part.Bytes()
}

// The messages of a capture alone have its whole log, unless something was found
// about how they were captured; and where they have it, the rows keep their
// numbers and their notes.
func TestMessagesAlone(t *testing.T) {
	names, err := filepath.Glob("../../../testdata/golden/captures/*")
	require.NoError(t, err)
	same := 0
	for _, name := range names {
		if filepath.Ext(name) == ".log" {
			continue
		}
		d := decoded(t, "captures/"+filepath.Base(name))
		x := inspect.New(d.Log())
		x.Update(d.Log().Len())
		row := d.Log().Len() / 2
		for d.Log().At(row).Kind == walcore.Diagnostic {
			row++
		}
		n := &notes{}
		n.put(x, row, bridge.Note{Text: "here"})
		told, _ := carved(t, d, func(int) bool { return true }, &bridge.Carve{Row: row, Shown: "kind:response path:vol"}, n)
		require.Zero(t, told.Changed, name)
		require.True(t, told.Holds, name)
		if told.Same {
			same++
			require.Equal(t, row, told.Row, name)
			require.Equal(t, n.list, told.Notes, name)
		}
	}
	require.Greater(t, same, 5)
}

// A part's rows have other numbers, and its streams too: what a link says of them
// is what the part has.
func TestRowsOfAPart(t *testing.T) {
	d := decoded(t, "captures/streams.pcapng")
	log := d.Log()
	x := inspect.New(log)
	x.Update(log.Len())
	last := uint32(len(d.Streams()) - 1)
	row, left := -1, -1
	for i := range log.Len() {
		switch r := log.At(i); {
		case r.Kind == walcore.Diagnostic:
		case r.Stream == last:
			row = i
		case left < 0:
			left = i
		}
	}
	n := &notes{}
	n.put(x, row, bridge.Note{Text: "the last"})
	n.put(x, left, bridge.Note{Marked: true})
	keep := func(i int) bool { return log.At(i).Stream == last }
	told, part := carved(t, d, keep, &bridge.Carve{Row: row, Shown: "stream:" + countOf(uint64(last))}, n)
	require.False(t, told.Same)
	require.False(t, told.Holds, "the stream is the first one there")
	require.Zero(t, told.Changed)
	require.Equal(t, 1, told.Left)
	again := decode.New(decode.Options{}, capture.FromBytes("part", part))
	require.NoError(t, again.Run(t.Context()))
	require.Equal(t, log.AppendText(nil, row), again.Log().AppendText(nil, told.Row))
	require.Less(t, told.Row, row)
	y := inspect.New(again.Log())
	y.Update(again.Log().Len())
	there := &notes{list: told.Notes}
	there.place(y)
	require.Equal(t, "the last", there.at(told.Row).Text)

	told, _ = carved(t, d, keep, &bridge.Carve{Row: left, Shown: "kind:response"}, n)
	require.Equal(t, bridge.NoRow, told.Row, "it is not in the part")
	require.True(t, told.Holds)
}
