package worker

import (
	"bytes"
	"slices"
	"strings"

	"satascope/decode"
	"satascope/inspect"
	"satascope/learn"
	"satascope/sata"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

const (
	// rowLimit is how many bytes of a line the list gets: more than any screen
	// shows of it.
	rowLimit = 1 << 10
	// lineLimit is how many a single line gets that a person looks at.
	lineLimit = 64 << 10
	// maxRows is how many rows are given in one answer.
	maxRows = 1 << 10
)

// A packer makes the rows of a view.
type packer struct {
	notes *notes

	row    bridge.Row
	text   []byte
	spans  []bridge.Span
	ranges []inspect.Range
	cuts   []int
	rows   []uint32
	result []byte
}

// appendRow appends the row at a place of a view to a body.
func (p *packer) appendRow(dst []byte, v *listing, place int) []byte {
	if v.spec.Exchanges {
		p.exchange(v, int(v.item(place)))
	} else {
		p.line1(v, v.record(place))
	}
	p.row.Delta = v.delta(place)
	return bridge.AppendRow(dst, &p.row)
}

// line1 makes the row of record i.
func (p *packer) line1(v *listing, i int) {
	log := v.x.Log()
	r := log.At(i)
	p.text, _ = log.AppendVisibleText(p.text[:0], i, rowLimit)
	p.mark(r)
	p.row = bridge.Row{
		Index: i, Time: r.Time, Latency: bridge.NoTime, Stream: int(r.Stream), Partner: row(v.x.Partner(i)), Class: class(r), Failed: failed(r),
	}
	if d, ok := v.x.Latency(i); ok {
		p.row.Latency = d
	}
	p.note(v, i)
	p.ranges = v.filter.Highlights(p.ranges[:0], i, p.text)
	p.light(v, p.text)
	p.row.Text, p.row.Spans = p.text, p.spans
}

// exchange makes the row of exchange k.
func (p *packer) exchange(v *listing, k int) {
	x, log := v.x, v.x.Log()
	e := x.Exchange(k)
	q := log.At(int(e.Request))
	p.row = bridge.Row{
		Index: int(e.Request), Time: q.Time, Latency: bridge.NoTime, Stream: int(q.Stream), Partner: row(e.Response), Class: bridge.ClassRequest,
		Exchange: true, Operation: []byte(inspect.OperationName(q)), Bytes: x.ExchangeBytes(e),
	}
	if d, ok := x.ExchangeLatency(e); ok {
		p.row.Latency = d
	}
	p.text, p.spans = p.text[:0], p.spans[:0]
	if path, ok := x.Path(int(e.Request)); ok {
		p.text = walcore.AppendVisible(p.text, cutText(path))
	}
	p.text = log.AppendUnopened(p.text, q)
	if to, ok := x.Destination(int(e.Request)); ok {
		p.text = walcore.AppendVisible(append(p.text, " → "...), cutText(to))
	}
	p.result = x.AppendOutcome(p.result[:0], e)
	p.row.Result = p.result
	if e.Response != inspect.None {
		p.row.Failed = inspect.Failed(log.At(int(e.Response)))
	} else {
		p.row.Failed = true
	}
	p.rows = x.AppendRows(p.rows[:0], e)
	for _, i := range p.rows {
		p.note(v, int(i))
	}
	p.lightExchange(v, e)
	// Last, as filters and searches don't look into it.
	if words := doubtWords[x.Doubts(k)]; words != "" {
		start := len(p.text)
		p.text = append(p.text, words...)
		p.spans = append(p.spans, bridge.Span{Start: start, End: len(p.text), Mark: bridge.MarkAside})
	}
	p.row.Text, p.row.Spans = p.text, p.spans
}

// doubtWords say, short as the column is narrow, what of an exchange is not sure.
var doubtWords = [...]string{
	inspect.DoubtPath: "  path?", inspect.DoubtPair: "  response?", inspect.DoubtPath | inspect.DoubtPair: bridge.Unsure,
}

// cutText is as much of a text as a row shows.
func cutText(s string) string { return strings.ToValidUTF8(s[:min(len(s), rowLimit)], "…") }

// note adds the person's note on a record, behind those on others of its
// exchange.
func (p *packer) note(v *listing, i int) {
	n := p.notes.at(i)
	if n == nil {
		return
	}
	p.row.Marked = p.row.Marked || n.Marked
	if n.Text == "" {
		return
	}
	if len(p.row.Note) > 0 {
		p.row.Note = append(p.row.Note, " · "...)
	}
	from := len(p.row.Note)
	p.row.Note = walcore.AppendVisible(p.row.Note, n.Text)
	text := p.row.Note[from:]
	p.ranges = v.filter.HighlightNote(p.ranges[:0], i, text)
	matches := len(p.ranges)
	if v.finder != nil {
		p.ranges = v.finder.d.Ranges(p.ranges, text)
	}
	spans := p.appendSpans(nil, matches)
	for k := range spans {
		spans[k].Start += from
		spans[k].End += from
	}
	p.row.Noted = append(p.row.Noted, p.flatten(spans)...)
}

// appendSpans appends the ranges as spans: first those that made the filter take
// the row, then what is looked for.
func (p *packer) appendSpans(spans []bridge.Span, matches int) []bridge.Span {
	for i, r := range p.ranges {
		mark := bridge.MarkMatch
		if i >= matches {
			mark = bridge.MarkHit
		}
		spans = append(spans, bridge.Span{Start: r.From, End: r.To, Mark: mark})
	}
	return spans
}

// lightExchange adds to the cells of an exchange what made the filter take it,
// and what is looked for.
func (p *packer) lightExchange(v *listing, e inspect.Exchange) {
	for _, c := range [...]struct {
		by   inspect.Column
		cell bridge.Cell
		text []byte // that can be looked through
	}{
		{inspect.ByNumber, bridge.CellNumber, nil},
		{inspect.ByTime, bridge.CellTime, nil},
		{inspect.ByStream, bridge.CellStream, nil},
		{inspect.ByOperation, bridge.CellOperation, p.row.Operation},
		{inspect.ByPath, bridge.CellText, p.text},
		{inspect.ByResult, bridge.CellResult, p.result},
		{inspect.ByBytes, bridge.CellBytes, nil},
		{inspect.ByLatency, bridge.CellLatency, nil},
	} {
		p.ranges = v.filter.HighlightCell(p.ranges[:0], e, c.by, c.text)
		matches := len(p.ranges)
		if v.finder != nil && c.text != nil {
			p.ranges = v.finder.d.Ranges(p.ranges, c.text)
		}
		if c.cell != bridge.CellText {
			if len(p.ranges) > 0 {
				p.row.Lit |= c.cell
			}
			continue
		}
		p.spans = p.appendSpans(p.spans, matches)
	}
	p.spans = p.flatten(p.spans)
}

// light adds what made the filter take a row, and what is looked for.
func (p *packer) light(v *listing, text []byte) {
	for _, r := range p.ranges {
		if r.Place != inspect.InText {
			p.row.Lit |= cellOf(r.Place)
			continue
		}
		p.spans = append(p.spans, bridge.Span{Start: r.From, End: r.To, Mark: bridge.MarkMatch})
	}
	if v.finder != nil {
		p.ranges = v.finder.d.Ranges(p.ranges[:0], text)
		for _, r := range p.ranges {
			p.spans = append(p.spans, bridge.Span{Start: r.From, End: r.To, Mark: bridge.MarkHit})
		}
	}
	p.spans = p.flatten(p.spans)
}

func cellOf(place inspect.Place) bridge.Cell {
	switch place {
	case inspect.InNumber:
		return bridge.CellNumber
	case inspect.InTime:
		return bridge.CellTime
	case inspect.InStream:
		return bridge.CellStream
	case inspect.InLatency:
		return bridge.CellLatency
	}
	return 0 // a packet's number is not in the list
}

// flatten makes spans in order that don't overlap of spans that may.
func (p *packer) flatten(spans []bridge.Span) []bridge.Span {
	if len(spans) < 2 {
		return spans
	}
	p.cuts = p.cuts[:0]
	for _, s := range spans {
		p.cuts = append(p.cuts, s.Start, s.End)
	}
	slices.Sort(p.cuts)
	p.cuts = slices.Compact(p.cuts)
	n := len(spans)
	for i := 1; i < len(p.cuts); i++ {
		from, to := p.cuts[i-1], p.cuts[i]
		var mark bridge.Mark
		for _, s := range spans[:n] {
			if s.Start <= from && to <= s.End {
				mark |= s.Mark
			}
		}
		if mark == 0 {
			continue
		}
		if last := len(spans) - 1; last >= n && spans[last].End == from && spans[last].Mark == mark {
			spans[last].End = to
			continue
		}
		spans = append(spans, bridge.Span{Start: from, End: to, Mark: mark})
	}
	return append(spans[:0], spans[n:]...)
}

// row is a record's number as the page has it.
func row(i uint32) int {
	if i == inspect.None {
		return bridge.NoRow
	}
	return int(i)
}

func class(r *walcore.Record) bridge.Class {
	switch r.Kind {
	case walcore.Request:
		return bridge.ClassRequest
	case walcore.Response:
		return bridge.ClassResponse
	case walcore.Written:
		return bridge.ClassWritten
	}
	return bridge.ClassDiagnostic
}

// failed says whether a row is drawn as a failure.
func failed(r *walcore.Record) bool { return inspect.Failed(r) }

var failure = []byte("Failure (")

// mark finds the part of the text that says that a request failed, and adds in
// words what the code means, which the log does not have.
func (p *packer) mark(r *walcore.Record) {
	p.spans = p.spans[:0]
	code, has := r.Result()
	if !has || code == sata.Success {
		return
	}
	if failed(r) {
		start, end := 0, len(p.text)
		// Only a line that prints nothing but the code says it; names, which
		// could say the same, stand in lines of success.
		if at := bytes.Index(p.text, failure); at >= 0 {
			start = at
			if n := bytes.IndexByte(p.text[at:], ')'); n >= 0 {
				end = at + n + 1
			}
		}
		p.spans = append(p.spans, bridge.Span{Start: start, End: end, Mark: bridge.MarkFailure})
	}
	command, _ := r.Command()
	if words := code.MeaningFor(command); words != "" {
		start := len(p.text)
		p.text = append(append(p.text, "  "...), words...)
		p.spans = append(p.spans, bridge.Span{Start: start, End: len(p.text), Mark: bridge.MarkAside})
	}
}

// answerRows answers for count rows of a view from a place on; rows that are not
// there are left out.
func (p *packer) answerRows(v *listing, from, count int) *bridge.Rows {
	rows := &bridge.Rows{View: v.spec.View, From: max(from, 0)}
	for place := rows.From; place < min(rows.From+min(count, maxRows), v.len()); place++ {
		rows.Body = p.appendRow(rows.Body, v, place)
	}
	return rows
}

// answerLine answers for one line; nil when it is not there.
func answerLine(d *decode.Decoder, i int) *bridge.Line {
	log := d.Log()
	if i < 0 || i >= log.Len() {
		return nil
	}
	r := log.At(i)
	line := &bridge.Line{Row: i, Time: r.Time, Stream: int(r.Stream), Packet: r.Packet, Carrier: carrier(d, r), Class: class(r), Address: learn.LineAddress(r)}
	if streams := d.Streams(); line.Stream < len(streams) {
		s := &streams[line.Stream]
		line.Client, line.Server = address(s.Client), address(s.Server)
	}
	text, cut := log.AppendVisibleText(nil, i, lineLimit)
	line.Text, line.Cut = string(text), cut
	return line
}
