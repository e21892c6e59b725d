package worker

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/decode"
	"satascope/inspect"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

const story = "captures/devkit_story.pcapng.gz"

// records are the records of a view, in its order.
func records(v *listing) (all []int) {
	for place := range v.len() {
		all = append(all, v.record(place))
	}
	return all
}

func TestFilterLeavesRowsWithTheirNumbers(t *testing.T) {
	d := decoded(t, story)
	v := listed(t, d, bridge.SetView{View: 7, Filter: "op:OpenFile path:config"})
	require.NotZero(t, v.len())
	require.Less(t, v.len(), d.Log().Len())
	var p packer
	m := p.answerRows(v, 0, 1000)
	require.EqualValues(t, 7, m.View)
	rows := rowsOf(t, m)
	require.Len(t, rows, v.len())
	for i, r := range rows {
		require.Equal(t, records(v)[i], r.Index)
		if r.Class == bridge.ClassRequest {
			require.True(t, strings.HasPrefix(string(r.Text), "->OpenFile"), "%s", r.Text)
			var lit []string
			for _, s := range r.Spans {
				if s.Mark&bridge.MarkMatch != 0 {
					lit = append(lit, string(r.Text[s.Start:s.End]))
				}
			}
			require.Equal(t, []string{"OpenFile", "config"}, lit)
		}
		place, exact := v.place(r.Index)
		require.True(t, exact)
		require.Equal(t, i, place)
	}
	// A row that is left out has the place of the next one.
	for i := range d.Log().Len() {
		place, exact := v.place(i)
		require.Equal(t, slices.Contains(records(v), i), exact)
		require.True(t, place == v.len()-1 || v.record(place) >= i)
	}
}

func TestFindingsCanBeLeftOut(t *testing.T) {
	d := decoded(t, "partial/late.pcap")
	require.Positive(t, d.Log().Diagnostics())
	for _, filter := range []string{"", "stream:0 OR stream:1"} {
		v := listed(t, d, bridge.SetView{Filter: filter, Quiet: true})
		require.Equal(t, d.Log().Len()-d.Log().Diagnostics(), v.len())
		require.Equal(t, v.len(), v.report(bridge.NoRow).All)
		require.Equal(t, filter != "", facets(d, v).Filtered)
	}
	v := listed(t, d, bridge.SetView{Exchanges: true, Quiet: true})
	require.Equal(t, v.x.Exchanges(), v.len())
}

func TestViewsWithMistakesAreNotTaken(t *testing.T) {
	d := decoded(t, story)
	v, m := newListing(inspect.New(d.Log()), bridge.SetView{View: 3, Filter: "a op:OpenFle"})
	require.Nil(t, v)
	told := mistaken(3, m)
	require.Equal(t, bridge.Mistake{From: 5, To: 12, Want: "expected an operation such as ReadFile", Suggest: "OpenFile"}, told.Mistake)
	require.EqualValues(t, 3, told.View)
	_, m = newListing(inspect.New(d.Log()), bridge.SetView{Filter: "op:"})
	require.Equal(t, "expected an operation such as ReadFile, and the filter ends here", mistaken(3, m).Mistake.Want)
}

func TestExchangesHaveTheirCells(t *testing.T) {
	d := decoded(t, story)
	v := listed(t, d, bridge.SetView{View: 1, Exchanges: true})
	require.Equal(t, v.x.Exchanges(), v.len())
	var p packer
	requests := 0
	for i := range d.Log().Len() {
		if d.Log().At(i).Kind == walcore.Request {
			requests++
		}
	}
	rows := rowsOf(t, p.answerRows(v, 0, 1000))
	require.Len(t, rows, requests)
	seen, texts := map[string]bool{}, map[string]bool{}
	for i, r := range rows {
		require.True(t, r.Exchange)
		e := v.x.Exchange(i)
		require.EqualValues(t, e.Request, r.Index)
		require.Equal(t, row(e.Response), r.Partner)
		require.Equal(t, inspect.OperationName(d.Log().At(r.Index)), string(r.Operation))
		path, _ := v.x.Path(r.Index)
		require.True(t, strings.HasPrefix(string(r.Text), path))
		texts[string(r.Text)] = true
		require.Equal(t, v.x.ExchangeBytes(e), r.Bytes)
		if r.Partner >= 0 {
			require.Equal(t, d.Log().At(r.Partner).Time-r.Time, r.Latency)
			require.Equal(t, inspect.Failed(d.Log().At(r.Partner)), r.Failed)
		}
		seen[string(r.Result)] = true
	}
	require.True(t, seen["path does not exist"])
	require.True(t, seen["success"])
	require.True(t, texts["<Unknown 14>"], "a descriptor that is not open, as the log has it")
}

func TestSortedExchanges(t *testing.T) {
	d := decoded(t, story)
	natural := records(listed(t, d, bridge.SetView{Exchanges: true}))
	for column := bridge.ByNumber; column <= bridge.ByLatency; column++ {
		for _, descending := range []bool{false, true} {
			for _, filter := range []string{"", "op:OpenFile"} {
				v := listed(t, d, bridge.SetView{View: 1, Exchanges: true, Sort: column, Descending: descending, Filter: filter})
				got := records(v)
				if filter == "" {
					sorted := slices.Clone(got)
					slices.Sort(sorted)
					require.Equal(t, natural, sorted, "each is there once")
				}
				for place, record := range got {
					at, exact := v.place(record)
					require.True(t, exact)
					require.Equal(t, place, at)
				}
			}
		}
	}
	v := listed(t, d, bridge.SetView{Exchanges: true, Sort: bridge.ByLatency, Descending: true})
	last := int64(1) << 62
	for place := range v.len() {
		if latency, ok := v.x.ExchangeLatency(v.x.Exchange(int(v.item(place)))); ok {
			require.LessOrEqual(t, latency, last)
			last = latency
		}
	}
	require.Equal(t, slices.Max(records(listed(t, d, bridge.SetView{Exchanges: true, Descending: true}))), records(listed(t, d, bridge.SetView{Exchanges: true, Descending: true}))[0])
}

func TestReports(t *testing.T) {
	d := decoded(t, story)
	n := d.Log().Len()
	x := inspect.New(d.Log())
	v, _ := newListing(x, bridge.SetView{View: 2, Filter: "kind:response"})
	require.False(t, v.step(10))
	m := v.report(n - 1)
	require.False(t, m.Done)
	require.Positive(t, m.Count)
	require.Less(t, m.Scanned, n)
	require.Equal(t, n, m.Rows)
	for !v.step(10) {
	}
	m = v.report(1)
	require.True(t, m.Done)
	require.Equal(t, v.len(), m.Count)
	require.Equal(t, n, m.Scanned)
	require.True(t, m.Exact)
	require.Equal(t, 0, m.Place)
	require.Equal(t, bridge.NoRow, v.report(bridge.NoRow).Place)

	e := listed(t, d, bridge.SetView{View: 2, Exchanges: true, Filter: "op:Ping"})
	m = e.report(1) // the response belongs to the exchange
	require.Equal(t, e.x.Exchanges(), m.All)
	require.Equal(t, e.len(), m.Count)
	require.True(t, m.Exact)
}

// The same view of a log that grew gives what a new view of it gives.
func TestViewsGrow(t *testing.T) {
	full := decoded(t, story).Log()
	for _, spec := range []bridge.SetView{{}, {Filter: "result:failure"}, {Filter: "result:none"}, {Exchanges: true, Filter: "result:success"}, {Exchanges: true, Sort: bridge.ByLatency}} {
		var growing []int
		var versions []uint32
		var v *listing
		machine, log := replayer(full)
		for i := range full.Len() {
			machine(i)
			if v == nil {
				x := inspect.New(log)
				v, _ = newListing(x, spec)
			}
			v.x.Update(log.Len())
			if i%7 == 0 {
				for !v.step(3) {
				}
				versions = append(versions, v.report(bridge.NoRow).Version)
			}
		}
		for !v.step(3) {
		}
		if v.unsorted() {
			v.sort()
		}
		growing = records(v)
		x := inspect.New(log)
		fresh, _ := newListing(x, spec)
		x.Update(log.Len())
		for !fresh.step(1000) {
		}
		if fresh.unsorted() {
			fresh.sort()
		}
		require.Equal(t, records(fresh), growing, "%+v", spec)
		if spec.Filter != "" {
			require.Greater(t, versions[len(versions)-1], versions[0], "rows may be others now")
		}
	}
}

// replayer gives a function that plays the messages of a log, one after the
// other, into another log.
func replayer(from *walcore.Log) (play func(i int), log *walcore.Log) {
	log = walcore.NewLog(walcore.Limits{})
	m := walcore.NewMachine(log)
	open := map[uint32]bool{}
	return func(i int) {
		r := from.At(i)
		if !open[r.Stream] {
			open[r.Stream] = true
			m.OpenStream(r.Stream)
		}
		at := walcore.At{Offset: r.Offset, Time: r.Time, Packet: r.Packet}
		switch r.Kind {
		case walcore.Request:
			m.Request(r.Stream, walcore.Message{Head: []byte("not a message"), Length: r.Length, At: at})
		case walcore.Response:
			m.Response(r.Stream, walcore.Message{Head: []byte("neither"), Length: r.Length, At: at})
		}
	}, log
}

func TestMarks(t *testing.T) {
	for _, name := range []string{story, "partial/late.pcap"} {
		d := decoded(t, name)
		for _, spec := range []bridge.SetView{{}, {Filter: "-op:Ping"}, {Exchanges: true}, {Exchanges: true, Sort: bridge.ByLatency, Descending: true}} {
			v := listed(t, d, spec)
			var want []int
			for place := range v.len() {
				rows := []uint32{uint32(v.record(place))}
				if spec.Exchanges {
					e := v.x.Exchange(int(v.item(place)))
					rows = append(rows, e.Response)
					for i := range d.Log().Len() {
						if d.Log().At(i).Kind == walcore.Diagnostic && v.x.Request(i) == e.Request {
							rows = append(rows, uint32(i))
						}
					}
				}
				if slices.ContainsFunc(rows, func(i uint32) bool {
					return i != inspect.None && (d.Log().At(int(i)).Kind == walcore.Diagnostic || inspect.Failed(d.Log().At(int(i))))
				}) {
					want = append(want, place)
				}
			}
			require.True(t, len(want) > 0 || name != story)
			var down, up []int
			for at := v.mark(bridge.NoRow, false); at >= 0; at = v.mark(at, false) {
				down = append(down, at)
			}
			for at := v.mark(bridge.NoRow, true); at >= 0; at = v.mark(at, true) {
				up = append(up, at)
			}
			require.Equal(t, want, down, "%s %+v", name, spec)
			slices.Reverse(up)
			require.Equal(t, want, up, "%s %+v", name, spec)
		}
	}
}

func TestFacets(t *testing.T) {
	d := decoded(t, story)
	group := func(m *bridge.Facets, key string) map[string]bridge.Facet {
		for _, g := range m.Groups {
			if g.Key == key {
				all := map[string]bridge.Facet{}
				for _, f := range g.List {
					all[f.Value] = f
				}
				return all
			}
		}
		return nil
	}
	all := facets(d, listed(t, d, bridge.SetView{View: 4}))
	require.False(t, all.Filtered)
	require.Equal(t, d.Log().Len(), all.Rows)
	require.Len(t, group(all, "stream"), len(d.Streams()))
	require.Equal(t, -1, group(all, "op")["OpenFile"].Found)
	for _, g := range all.Groups {
		if g.Key == "op" {
			require.True(t, slices.IsSortedFunc(g.List, func(a, b bridge.Facet) int { return b.Rows - a.Rows }), "by the number that is shown")
		}
	}
	// Each number is what the filter leaves.
	for _, g := range all.Groups {
		for _, f := range g.List {
			v := listed(t, d, bridge.SetView{Filter: inspect.Choose("", g.Key, f.Value, inspect.Chosen)})
			if g.Key == "result" && f.Value == "success" {
				continue // responses that say so are counted; the words of others say it too
			}
			require.Equal(t, v.len(), f.Rows, "%s:%s", g.Key, f.Value)
		}
	}
	some := facets(d, listed(t, d, bridge.SetView{View: 5, Filter: "stream:0"}))
	require.True(t, some.Filtered)
	require.Equal(t, group(all, "stream")["0"].Rows, group(some, "stream")["0"].Found)
	require.Equal(t, 0, group(some, "stream")["1"].Found)
	require.Equal(t, group(all, "op")["OpenFile"].Rows, group(some, "op")["OpenFile"].Rows)
	// How many a filter leaves of a value is what the filter with the value leaves.
	for _, filter := range []string{"stream:0", "op:ReadFile,Remove", "result:failure"} {
		m := facets(d, listed(t, d, bridge.SetView{View: 6, Filter: filter}))
		require.Equal(t, len(all.Groups), len(m.Groups))
		for _, g := range m.Groups {
			for _, f := range g.List {
				if g.Key == "result" && f.Value == "success" {
					require.LessOrEqual(t, f.Found, f.Rows)
					continue
				}
				v := listed(t, d, bridge.SetView{Filter: "(" + filter + ") " + inspect.Term(g.Key, f.Value, false)})
				require.Equal(t, v.len(), f.Found, "%s with %s:%s", filter, g.Key, f.Value)
			}
		}
	}
	quiet := facets(d, listed(t, d, bridge.SetView{View: 7, Filter: "stream:0", Quiet: true}))
	require.GreaterOrEqual(t, group(quiet, "result")["failure"].Found, 0)
	exchanges := facets(d, listed(t, d, bridge.SetView{Exchanges: true}))
	require.Less(t, group(exchanges, "op")["OpenFile"].Rows, group(all, "op")["OpenFile"].Rows)
	for filter, left := range map[string]int{"": -1, "result:failure": 7, "note:*": 0} {
		m := facets(d, listed(t, d, bridge.SetView{Exchanges: true, Filter: filter}))
		require.Equal(t, left, group(m, "result")["failure"].Found, filter)
		for _, f := range group(m, "diag") {
			require.Equal(t, filter == "", f.Found < 0, filter)
		}
	}
}

func TestFind(t *testing.T) {
	d := decoded(t, story)
	for _, spec := range []bridge.SetView{{}, {Filter: "op:OpenFile"}, {Exchanges: true}, {Exchanges: true, Sort: bridge.ByLatency}} {
		v := listed(t, d, spec)
		seq := uint32(0)
		next := func(place int, backwards bool) *bridge.Finding {
			seq++
			m := &bridge.Find{Seq: seq, Text: "system", Place: place, Backwards: backwards}
			if v.finder == nil {
				v.finder = newFinder(v, m)
			} else {
				v.finder.ask(v, m)
			}
			var last, found *bridge.Finding
			for range 1000 {
				if told := v.finder.step(v, 20); told != nil {
					require.Equal(t, seq, told.Seq)
					last = told
					if told.Next {
						found = told
					}
				}
				if v.finder.idle() {
					break
				}
			}
			require.True(t, last.Done)
			found.Count, found.Ordinal = last.Count, max(last.Ordinal, found.Ordinal)
			return found
		}
		first := next(bridge.NoRow, false)
		require.Positive(t, first.Count, "%+v", spec)
		require.False(t, first.Wrapped)
		seen := []int{first.Place}
		for range first.Count - 1 {
			m := next(seen[len(seen)-1], false)
			require.False(t, m.Wrapped)
			seen = append(seen, m.Place)
		}
		require.True(t, slices.IsSorted(seen), "%v", seen)
		again := next(seen[len(seen)-1], false)
		require.True(t, again.Wrapped)
		require.Equal(t, first.Record, again.Record)
		require.Equal(t, seen[len(seen)-1], next(bridge.NoRow, true).Place)
		if len(seen) > 1 {
			require.Equal(t, seen[len(seen)-2], next(seen[len(seen)-1], true).Place)
		}
		// What is found is lit.
		var p packer
		for _, place := range seen {
			r := rowsOf(t, p.answerRows(v, place, 1))[0]
			lit := r.Lit != 0
			for _, s := range r.Spans {
				if s.Mark&bridge.MarkHit != 0 {
					lit = true
					require.Equal(t, "system", strings.ToLower(string(r.Text[s.Start:s.End])))
				}
			}
			require.True(t, lit || spec.Exchanges, "%s", r.Text)
		}
	}
	v := listed(t, d, bridge.SetView{})
	require.Nil(t, newFinder(v, &bridge.Find{}))
	v.finder = newFinder(v, &bridge.Find{Text: "nothing has this"})
	for !v.finder.idle() {
		if m := v.finder.step(v, 20); m != nil {
			require.Equal(t, bridge.NoRow, m.Record)
			require.Zero(t, m.Count)
		}
	}
}

func TestCopied(t *testing.T) {
	d := decoded(t, story)
	v := listed(t, d, bridge.SetView{})
	m := copied(v, &bridge.Copy{Seq: 3, Ranges: []bridge.Range{{From: 2, To: 4}, {From: 0, To: 1}, {From: d.Log().Len() - 1, To: 1 << 40}}})
	lines := strings.Split(strings.TrimSuffix(m.Text, "\n"), "\n")
	require.Equal(t, 4, m.Rows)
	require.Zero(t, m.Left)
	require.Len(t, lines, 4)
	for i, at := range []int{2, 3, 0} {
		require.Equal(t, string(d.Log().AppendText(nil, at)), lines[i])
	}
	e := listed(t, d, bridge.SetView{Exchanges: true})
	require.Len(t, strings.Split(copied(e, &bridge.Copy{Ranges: []bridge.Range{{From: 0, To: 1}}}).Text, "\n"), 3, "both messages")
	table := copied(v, &bridge.Copy{Form: bridge.AsMarkdown, Ranges: []bridge.Range{{From: 0, To: 2}}}).Text
	require.True(t, strings.HasPrefix(table, "| No. | Time, s | Stream | Message | Latency |\n| ---: |"), table)
	require.Len(t, strings.Split(table, "\n"), 5)
	exchanges := copied(e, &bridge.Copy{Form: bridge.AsMarkdown, Ranges: []bridge.Range{{From: 0, To: e.len()}}}).Text
	require.Contains(t, exchanges, "path does not exist")
	for _, line := range strings.Split(strings.TrimSuffix(exchanges, "\n"), "\n") {
		require.Equal(t, 9, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
	}
}

func TestNotes(t *testing.T) {
	d := decoded(t, story)
	x := inspect.New(d.Log())
	x.Update(d.Log().Len())
	var n notes
	n.place(x)
	n.put(x, 5, bridge.Note{Text: "why\nthis?"})
	n.put(x, 2, bridge.Note{Marked: true})
	require.Equal(t, "why\nthis?", n.at(5).Text)
	require.True(t, n.at(2).Marked)
	require.Nil(t, n.at(3))
	var p packer
	p.notes = &n
	r := rowsOf(t, p.answerRows(listed(t, d, bridge.SetView{}), 5, 1))[0]
	require.Equal(t, "why‹LF›this?", string(r.Note))
	require.Equal(t, "!! note {row=6} why\\nthis?\n", string(n.appendNote(nil, 5)))
	require.Equal(t, "!! mark {row=3}\n", string(n.appendNote(nil, 2)))
	require.Empty(t, n.appendNote(nil, 3))
	n.put(x, 5, bridge.Note{Marked: true, Text: "because"})
	require.Equal(t, "!! note {row=6,marked=true} because\n", string(n.appendNote(nil, 5)))
	m := n.placed(x)
	require.Len(t, m.List, 2)
	require.Equal(t, 2, m.List[0].Record)
	require.Equal(t, string(d.Log().AppendText(nil, 2)), m.List[0].Line)

	// The same file, decoded so that rows have other numbers.
	var again notes
	list := []bridge.Note{m.List[0].Note, m.List[1].Note, {Anchor: bridge.Anchor{Stream: 99}, Text: "not there"}}
	list[0].Anchor.Row, list[1].Anchor.Row = 100, 1<<30
	require.ElementsMatch(t, []int{2, 5}, again.set(x, list))
	require.True(t, again.at(2).Marked)
	require.Equal(t, "because", again.at(5).Text)
	m = again.placed(x)
	require.Equal(t, bridge.NoRow, m.List[2].Record)
	again.put(x, 5, bridge.Note{})
	require.Nil(t, again.at(5))
	require.Len(t, again.list, 2)
	require.Equal(t, []int{2}, again.set(x, nil), "what goes changes, too")
}

// What is shown follows the notes that it was filtered and found by.
func TestNotesAreListed(t *testing.T) {
	d := decoded(t, story)
	for _, exchanges := range []bool{false, true} {
		x := index(d)
		var n notes
		n.place(x)
		x.SetNotes(n.note)
		v, m := newListing(x, bridge.SetView{Filter: "note:why,marked", Exchanges: exchanges, Sort: bridge.ByLatency, Descending: true})
		require.Nil(t, m)
		for !v.step(50) {
		}
		require.Zero(t, v.len())
		v.finder = newFinder(v, &bridge.Find{Text: "this", Place: bridge.NoRow})
		for !v.finder.idle() {
			v.finder.step(v, 50)
		}
		put := func(record int, note bridge.Note) {
			n.put(x, record, note)
			require.True(t, v.noted([]int{record}))
			require.Equal(t, note.Text == "why\nthis?", v.finder.noted([]int{record}))
			if v.unsorted() {
				v.sort()
			}
		}
		put(2, bridge.Note{Marked: true})
		put(4, bridge.Note{Text: "why\nthis?"})
		require.Equal(t, 2, v.len())
		require.Equal(t, 1, v.finder.report(v).Count)
		p := packer{notes: &n}
		rows := rowsOf(t, p.answerRows(v, 0, 2))
		if rows[0].Index > rows[1].Index {
			rows[0], rows[1] = rows[1], rows[0]
		}
		require.Equal(t, 2, rows[0].Index)
		require.Equal(t, bridge.CellNumber, rows[0].Lit)
		require.Empty(t, rows[0].Noted)
		require.Equal(t, "why‹LF›this?", string(rows[1].Note))
		require.Equal(t, []bridge.Span{{Start: 0, End: 3, Mark: bridge.MarkMatch}, {Start: len("why‹LF›"), End: len("why‹LF›this"), Mark: bridge.MarkHit}}, rows[1].Noted)
		put(2, bridge.Note{})
		require.Equal(t, 1, v.len())
	}
	other := listed(t, d, bridge.SetView{Filter: "op:ReadFile"})
	require.False(t, other.noted([]int{2}), "a filter that asks for nothing of them")
}

// The notes on both messages of an exchange stand in its row, each lit in its place.
func TestNotesOfAnExchange(t *testing.T) {
	d := decoded(t, story)
	x := index(d)
	var n notes
	n.place(x)
	x.SetNotes(n.note)
	q := int(x.Exchange(3).Request)
	n.put(x, q, bridge.Note{Text: "one"})
	n.put(x, int(x.Exchange(3).Response), bridge.Note{Text: "another one"})
	v, _ := newListing(x, bridge.SetView{Filter: "note:one", Exchanges: true})
	for !v.step(50) {
	}
	p := packer{notes: &n}
	r := rowsOf(t, p.answerRows(v, 0, 1))[0]
	require.Equal(t, "one · another one", string(r.Note))
	at := len("one · another ")
	require.Equal(t, []bridge.Span{{Start: 0, End: 3, Mark: bridge.MarkMatch}, {Start: at, End: at + 3, Mark: bridge.MarkMatch}}, r.Noted)
}

// So do the note on a finding about it, and its mark beside the number; they stay
// the finding's.
func TestNotesOnFindingsOfAnExchange(t *testing.T) {
	d := decoded(t, "../damaged/requests_never_answered.pcap")
	x := index(d)
	var n notes
	n.place(x)
	x.SetNotes(n.note)
	finding := d.Log().Len() - 2 // about the exchange before the last
	require.Equal(t, x.Exchanges()-2, x.ExchangeOf(finding))
	n.put(x, finding, bridge.Note{Text: "why never?", Marked: true})
	require.Nil(t, n.at(int(x.Exchange(x.ExchangeOf(finding)).Request)))
	v, _ := newListing(x, bridge.SetView{Filter: "note:why,marked", Exchanges: true})
	for !v.step(50) {
	}
	require.Equal(t, 1, v.len())
	p := packer{notes: &n}
	r := rowsOf(t, p.answerRows(v, 0, 1))[0]
	require.Equal(t, "why never?", string(r.Note))
	require.Equal(t, []bridge.Span{{Start: 0, End: 3, Mark: bridge.MarkMatch}}, r.Noted)
	require.True(t, r.Marked)
	require.Equal(t, bridge.CellNumber, r.Lit)
}

func TestFlatten(t *testing.T) {
	var p packer
	got := p.flatten([]bridge.Span{{Start: 0, End: 10, Mark: bridge.MarkFailure}, {Start: 12, End: 14, Mark: bridge.MarkAside}, {Start: 4, End: 6, Mark: bridge.MarkMatch}, {Start: 5, End: 13, Mark: bridge.MarkHit}})
	require.Equal(t, []bridge.Span{
		{Start: 0, End: 4, Mark: bridge.MarkFailure}, {Start: 4, End: 5, Mark: bridge.MarkFailure | bridge.MarkMatch}, {Start: 5, End: 6, Mark: bridge.MarkFailure | bridge.MarkMatch | bridge.MarkHit},
		{Start: 6, End: 10, Mark: bridge.MarkFailure | bridge.MarkHit}, {Start: 10, End: 12, Mark: bridge.MarkHit}, {Start: 12, End: 13, Mark: bridge.MarkAside | bridge.MarkHit}, {Start: 13, End: 14, Mark: bridge.MarkAside},
	}, got)
}

func TestColumnsAndSwitchesAreTheSameNumbers(t *testing.T) {
	for a, b := range map[bridge.Column]inspect.Column{
		bridge.ByNumber: inspect.ByNumber, bridge.ByTime: inspect.ByTime, bridge.ByStream: inspect.ByStream, bridge.ByOperation: inspect.ByOperation,
		bridge.ByPath: inspect.ByPath, bridge.ByResult: inspect.ByResult, bridge.ByBytes: inspect.ByBytes, bridge.ByLatency: inspect.ByLatency,
	} {
		require.EqualValues(t, a, b)
	}
	require.EqualValues(t, bridge.Auto, decode.Auto)
	require.EqualValues(t, bridge.On, decode.On)
	require.EqualValues(t, bridge.Off, decode.Off)
}

// What is downloaded is what the list shows; of exchanges, all their rows.
func TestDownloadedRows(t *testing.T) {
	d := decoded(t, story)
	lines := func(spec bridge.SetView) (lines []string) {
		search := rowsOfFilter(listed(t, d, spec))
		for !search.Scan(10) {
		}
		var b bytes.Buffer
		_, err := d.Log().WriteTo(&b, walcore.Selection{Diagnostic: true, Keep: keep(search.Found())}, d.Rest)
		require.NoError(t, err)
		return strings.SplitAfter(b.String(), "\n")
	}
	for _, filter := range []string{"op:OpenFile", "result:failure", "stream:1", "nothing has this"} {
		v := listed(t, d, bridge.SetView{Filter: filter})
		require.Len(t, lines(bridge.SetView{Filter: filter}), v.len()+1, filter)
	}
	failed := listed(t, d, bridge.SetView{Exchanges: true, Filter: "result:failure"})
	got := strings.Join(lines(bridge.SetView{Exchanges: true, Filter: "result:failure"}), "")
	for place := range failed.len() {
		e := failed.x.Exchange(int(failed.item(place)))
		require.Contains(t, got, string(d.Log().AppendText(nil, int(e.Request)))+"\n")
		require.Contains(t, got, string(d.Log().AppendText(nil, int(e.Response)))+"\n")
	}
}

// A file that is read again, for another port, has another log: the view stays
// what the person wanted.
func TestViewsOfAnotherLog(t *testing.T) {
	d := decoded(t, story)
	v := listed(t, d, bridge.SetView{View: 3, Filter: "op:OpenFile"})
	again := v.on(inspect.New(d.Log()))
	require.Greater(t, again.version, v.version)
	for !again.step(10) {
	}
	require.Equal(t, records(v), records(again))
	require.EqualValues(t, 3, again.report(bridge.NoRow).View)
}

// Notes that stand in a log come with it, one for each row.
func TestNotesOf(t *testing.T) {
	text := "->Remove       {path=/a}\n!! note {row=1} why\n<-          RC {return_code=Success}\n!! mark {row=2}\n!! note {row=2} all is well\n"
	d := decode.New(decode.Options{}, capture.FromText([]byte(text)))
	require.NoError(t, d.Run(context.Background()))
	t.Cleanup(func() { d.Close() })
	list := notesOf(index(d))
	require.Len(t, list, 2)
	require.Equal(t, []string{"why", "all is well"}, []string{list[0].Text, list[1].Text})
	require.Equal(t, []bool{false, true}, []bool{list[0].Marked, list[1].Marked})
	require.Equal(t, []int{0, 1}, []int{list[0].Anchor.Row, list[1].Anchor.Row})
}
