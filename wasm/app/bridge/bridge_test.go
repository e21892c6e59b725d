package bridge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// examples has a message of every kind, with no field left zero.
var examples = []Message{
	&Ready{},
	&Open{[]string{"a ‹b›.pcapng", "b"}, true, Assumed{17500, "[::1]:7500", Off, 0x30040}},
	&Cancel{},
	&Progress{Read: 1 << 40, Size: -1, Rows: 50_000_000, Pass: 1, Base: NoTime, Millis: 12},
	&Ended{
		Outcome: Failed, Error: "expected … found …", Source: 3,
		Offers:   []Offer{{7500, 3, 1 << 33, 9}, {65535, 1, 2, 3}},
		Progress: Progress{Read: 4, Size: 5, Rows: 6, Pass: 1, Base: 1_700_000_000_000_000_000, Millis: 8},
		Summary:  Summary{"pcapng", "gzip", 1, 2, 2, 3, -4, NoTime, 7500, 9, "records", []Basis{{"a", "b", "c", "d"}}, []Assumption{{"a", "port", true}}, -1, "why", 3},
		Streams:  []Stream{{"10.0.0.2:40000", "10.0.0.1:7500", 12}, {"", "", 1}},
		Notes:    []Note{{Anchor{1, 0, true, 3, ""}, true, "a"}},
	},
	&AskRows{View: 2, From: 1_000_000, Count: 128},
	&Rows{View: 1, From: 3, Body: []byte{1, 2, 3}},
	&AskLine{Row: 4},
	&Line{Row: 2, Time: -5, Stream: 3, Client: "c", Server: "s", Packet: 4, Class: ClassDiagnostic, Text: "t", Cut: true, Address: "a"},
	&Save{Seq: 2, View: 3, Compatible: true, Diagnostics: true, Notes: true},
	&StopSave{Seq: 3},
	&Saving{Seq: 4, Bytes: 1 << 35},
	&Saved{Seq: 5, Bytes: 6, Error: "e", Stopped: true},
}

func TestEveryKindComesBack(t *testing.T) {
	seen := map[Kind]bool{}
	for _, m := range examples {
		require.Equal(t, m, Parse(Append(nil, m)))
		seen[m.Kind()] = true
	}
	for k := KindReady; k <= KindSaved; k++ {
		require.True(t, seen[k], "kind %d has no example", k)
		require.Equal(t, k, empty(k).Kind())
	}
	require.Nil(t, empty(KindSaved+1))
}

// bulk is what a message has in bulk, at its end.
func bulk(m Message) []byte {
	switch m := m.(type) {
	case *Rows:
		return m.Body
	case *Inspected:
		return m.Head
	case *Bytes:
		return m.Body
	case *Activity:
		return m.Body
	}
	return nil
}

func TestPrefixesAreNoMessages(t *testing.T) {
	for _, m := range examples {
		b := Append(nil, m)
		b = b[:len(b)-len(bulk(m))] // which may have any length
		for n := range b {
			require.Nil(t, Parse(b[:n]), "the first %d bytes of a message of kind %d", n, m.Kind())
		}
	}
}

func TestListsDoNotTrustTheirLength(t *testing.T) {
	require.Nil(t, Parse([]byte{byte(KindEnded), 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}))
}

func TestRows(t *testing.T) {
	rows := []Row{
		{Index: 0, Time: NoTime, Delta: NoTime, Latency: NoTime, Partner: NoRow, Class: ClassRequest, Text: []byte("->Ping"), Note: []byte{}, Noted: []Span{}, Spans: []Span{}},
		{
			Index: 49_999_999, Time: 1, Delta: -2, Latency: 3, Stream: 1 << 20, Partner: 49_999_998, Class: ClassDiagnostic, Failed: true, Marked: true,
			Lit: CellLatency | CellNumber, Note: []byte("why?"), Noted: []Span{{0, 3, MarkMatch}}, Text: []byte("…"), Spans: []Span{{0, 1, MarkFailure}, {1, 3, MarkAside | MarkHit}},
		},
		{
			Index: 3, Time: -1, Delta: 4, Latency: NoTime, Class: ClassRequest, Text: []byte("/a"), Note: []byte{}, Noted: []Span{}, Spans: []Span{},
			Exchange: true, Operation: []byte("OpenFile"), Result: []byte("success"), Bytes: 1 << 40,
		},
		{Index: 4, Time: -1, Delta: NoTime, Latency: -9, Partner: NoRow, Class: ClassWritten, Text: []byte{}, Note: []byte{}, Noted: []Span{}, Spans: []Span{}},
	}
	var body []byte
	for i := range rows {
		body = AppendRow(body, &rows[i])
	}
	rest := body
	for i := range rows {
		var got Row
		var ok bool
		rest, ok = Next(rest, &got)
		require.True(t, ok)
		for _, spans := range []*[]Span{&got.Spans, &got.Noted} {
			if *spans == nil {
				*spans = []Span{}
			}
		}
		require.Equal(t, rows[i], got)
	}
	require.Empty(t, rest)
	for i := range rows {
		one := AppendRow(nil, &rows[i])
		for n := range one {
			_, ok := Next(one[:n], &Row{})
			require.False(t, ok, "%d bytes of %d", n, len(one))
		}
	}
}

func TestSpansOutsideTheTextAreRefused(t *testing.T) {
	for _, spans := range [][]Span{{{0, 4, 0}}, {{2, 1, 0}}, {{1, 2, 0}, {0, 1, 0}}} {
		b := AppendRow(nil, &Row{Text: []byte("abc"), Spans: spans})
		_, ok := Next(b, &Row{})
		require.False(t, ok, "%v", spans)
		_, ok = Next(AppendRow(nil, &Row{Note: []byte("abc"), Noted: spans}), &Row{})
		require.False(t, ok, "%v", spans)
	}
}

func FuzzParse(f *testing.F) {
	for _, m := range examples {
		f.Add(Append(nil, m))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := Parse(b)
		if m == nil {
			return
		}
		require.Equal(t, m, Parse(Append(nil, m)))
		if rows, ok := m.(*Rows); ok {
			var r Row
			for rest, ok := Next(rows.Body, &r); ok && len(rest) > 0; rest, ok = Next(rest, &r) {
				for _, s := range r.Spans {
					_ = r.Text[s.Start:s.End]
				}
			}
		}
	})
}
