package learn

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

func TestItems(t *testing.T) {
	items := []Item{
		{Kind: ItemRequest, Bytes: NewRequest(sata.WriteFile).Bytes},
		{Kind: ItemWritten, FD: -3, Length: 1 << 40},
		{Kind: ItemResponse, Bytes: NewResponse(sata.WriteFile, 0, 512).Bytes},
	}
	text := string(AppendFragment(nil, items))
	require.True(t, strings.HasPrefix(text, "frames=q0000002800*8.020006"), text)
	got, ours, err := ParseFragment("#" + text)
	require.NoError(t, err)
	require.True(t, ours)
	require.Equal(t, items, got)

	one := string(AppendFragment(nil, items[:1]))
	require.True(t, strings.HasPrefix(one, "frame=000000"), one)
	got, _, err = ParseFragment(one)
	require.NoError(t, err)
	require.Equal(t, items[:1], got)

	_, ours, _ = ParseFragment("#filter=op:ReadFile")
	require.False(t, ours)
	for text, says := range map[string]string{
		"x00":                        "at character 1: expected q (a request), r (a response) or w (written data), found \"x\"",
		"q00,,":                      "at character 5: expected q (a request)",
		"q00,r0":                     "at character 7: expected the second hex digit of a byte, found the end",
		"q00, rzz":                   "at character 7: expected two hex digits, found \"z\"",
		"w5":                         "expected a descriptor, a full stop and a length",
		"wx.5":                       "expected a descriptor",
		"w5.-1":                      "expected a descriptor",
		"q00*2000000.":               "at most 1048576 bytes",
		"q00*700000.,r00*700000.":    "at most 348576 bytes",
		"q00*5":                      "expected a full stop",
		"q00*x.":                     "how often the byte is repeated",
		strings.Repeat("q00,", 4097): "at most 4096 items",
	} {
		_, err := ParseItems(text)
		require.ErrorContains(t, err, says)
	}
	items, err = ParseItems("")
	require.NoError(t, err)
	require.Empty(t, items)
}

// TestPlay plays golden event files of one stream and gets their logs.
func TestPlay(t *testing.T) {
	for _, name := range []string{"boot", "malformed", "paths", "lost_unasked_response"} { // those of one stream, opened once
		items := eventItems(t, "events/"+name+".jsonl")
		want, err := os.ReadFile(golden + "events/" + name + ".log")
		require.NoError(t, err)
		p := Play(items)
		var got bytes.Buffer
		_, err = p.Log.WriteTo(&got, walcore.Selection{Compatible: true}, p.Rest)
		require.NoError(t, err)
		require.Equal(t, string(want), got.String(), name)
		require.Len(t, p.Rows, len(items))
		for i, row := range p.Rows {
			if items[i].Kind == ItemWritten {
				continue
			}
			b, err := p.Bytes(row, MaxFrame)
			require.NoError(t, err)
			require.True(t, bytes.Equal(items[i].Bytes, b), "%s item %d is row %d", name, i, row)
			require.Equal(t, items[i].Bytes, p.Frames[i].Bytes)
			// The frame knows what the log knows.
			r := p.Log.At(row)
			if r.Kind == walcore.Request && r.Line == walcore.LineRequest {
				require.NoError(t, p.Frames[i].Problem())
			}
			if r.Kind == walcore.Response && r.Line != walcore.LineUnknown && r.Line != walcore.LineRead {
				require.NoError(t, p.Frames[i].Problem(), "%s item %d", name, i)
			}
		}
	}
}

// TestExchange takes an exchange out of a capture, with its written data, and
// finds it whole in the link.
func TestExchange(t *testing.T) {
	c := story(t)
	writes := 0
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		if r.Kind == walcore.Diagnostic {
			items, err := c.Exchange(i)
			require.NoError(t, err)
			require.Empty(t, items)
			continue
		}
		items, err := c.Exchange(i)
		require.NoError(t, err)
		want := 2
		if r.Op == uint8(sata.WriteFile) {
			want, writes = 3, writes+1
		}
		require.Len(t, items, want, c.Line(i))
		back, _, err := ParseFragment(string(AppendFragment(nil, items)))
		require.NoError(t, err)
		require.Equal(t, items, back)
		played := Play(back)
		q, resp := c.Pair(i)
		require.Equal(t, c.Line(resp), played.Line(played.Rows[len(back)-1]))
		if c.Log.At(q).FD == 0 { // no descriptor, whose opening is no part of the link
			require.Equal(t, c.Line(q), played.Line(played.Rows[0]))
		}
	}
	require.Equal(t, 6, writes)
}

func TestSingleItem(t *testing.T) {
	c := story(t)
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		if r.Kind != walcore.Request && r.Kind != walcore.Response {
			continue
		}
		if form, _ := sata.FormOf([]byte(c.Log.Text(r.Path2))); r.Line == walcore.LineRead && form == sata.ReadZeros {
			continue // nothing but zeros: it could be anything
		}
		b, err := c.Bytes(i, maxBytes)
		require.NoError(t, err)
		require.Equal(t, r.Kind == walcore.Response, SingleItem(b).Kind == ItemResponse, c.Line(i))
	}
}

func FuzzItems(f *testing.F) {
	f.Add("q00*20.,r0011,w-4.77")
	f.Fuzz(func(t *testing.T, s string) {
		items, err := ParseItems(s)
		if err != nil {
			return
		}
		again, err := ParseItems(string(AppendItems(nil, items)))
		require.NoError(t, err)
		require.Equal(t, len(items), len(again))
		for i := range items {
			require.True(t, items[i].Kind == again[i].Kind && items[i].FD == again[i].FD && items[i].Length == again[i].Length && bytes.Equal(items[i].Bytes, again[i].Bytes))
		}
		Play(items)
	})
}

// TestExchangeLink: a chain that is opened like a capture has the log that the
// builder shows.
func TestExchangeLink(t *testing.T) {
	c := story(t)
	for _, row := range []int{0, 12, 119, 127} {
		items, err := c.Exchange(row)
		require.NoError(t, err)
		require.Contains(t, c.ExchangeRows(row), row)
		require.Len(t, c.ExchangeRows(row), len(items))
		link := ExchangeName + string(AppendItems(nil, items))
		back, ours, err := ParseExchange("#" + link)
		require.NoError(t, err)
		require.True(t, ours)
		require.Equal(t, items, back)

		d := decode.New(decode.Options{}, &memory{"frames of a link", AppendEvents(nil, back)})
		require.NoError(t, d.Run(context.Background()))
		played := Play(items)
		require.Equal(t, played.Log.Len(), d.Log().Len())
		for i := range played.Log.Len() {
			require.Equal(t, played.Line(i), string(d.Log().AppendText(nil, i)))
		}
		require.NoError(t, d.Close())
	}
	_, ours, err := ParseExchange("frames=q00")
	require.False(t, ours)
	require.NoError(t, err)
	_, ours, err = ParseExchange("exchange=q0")
	require.True(t, ours)
	require.ErrorContains(t, err, "expected the second hex digit")
}

// TestExchangeNote: what was changed in one message of an exchange is told where
// the other does not fit any more.
func TestExchangeNote(t *testing.T) {
	read := NewRequest(sata.ReadFile)
	items := []Item{{Kind: ItemRequest, Bytes: read.Bytes}, {Kind: ItemResponse, Bytes: NewResponse(sata.ReadFile, 0, sata.Success).Bytes}}
	require.Empty(t, Play(items).ExchangeNote(0))
	require.NoError(t, read.Set(slotIndex(t, read, sata.SlotBlockSize), "100"))
	items[0].Bytes = read.Bytes
	for i := range items {
		require.Contains(t, Play(items).ExchangeNote(i), "should have 136. ")
	}
	// It asks for more: a smaller first read size than the usual explains that,
	// unless a Ping says otherwise.
	require.NoError(t, read.Set(slotIndex(t, read, sata.SlotBlockSize), "5000"))
	items[0].Bytes = read.Bytes
	require.Empty(t, Play(items).ExchangeNote(0))
	greeted := append([]Item{{Kind: ItemRequest, Bytes: NewRequest(sata.Ping).Bytes}, {Kind: ItemResponse, Bytes: NewResponse(sata.Ping, 0, sata.Success).Bytes}}, items...)
	require.Empty(t, Play(greeted).ExchangeNote(0))
	require.Contains(t, Play(greeted).ExchangeNote(2), "should have 5,036. ")

	write := NewRequest(sata.WriteFile)
	items = []Item{{Kind: ItemRequest, Bytes: write.Bytes}, {Kind: ItemWritten, FD: 3, Length: 1}, {Kind: ItemResponse, Bytes: NewResponse(sata.WriteFile, 0, 1).Bytes}}
	for i, v := range []uint64{1, usualBlock} {
		items[1].Length = v
		var r sata.Request
		require.NoError(t, sata.ParseRequest(write.Bytes, uint64(len(write.Bytes)), &r))
		items[1].FD = r.FD
		note := Play(items).ExchangeNote(0)
		require.Equal(t, i == 0, note != "", note)
	}

	// No exchange of the golden captures is said to be wrong.
	for _, name := range []string{"captures/devkit_story.pcapng.gz", "captures/real_server.pcapng"} {
		c := load(t, name)
		for i := range c.Log.Len() {
			if r := c.Log.At(i); r.Kind == walcore.Request {
				if items, err := c.Exchange(i); err == nil {
					require.Empty(t, Play(items).ExchangeNote(0), "%s, row %d", name, i+1)
				}
			}
		}
	}
}
