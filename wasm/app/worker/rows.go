package worker

import (
	"bytes"

	"satascope/decode"
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

// A packer makes rows from the records of a log.
type packer struct {
	row   bridge.Row
	text  []byte
	spans []bridge.Span
}

// appendRow appends the row of record i to a body.
func (p *packer) appendRow(dst []byte, log *walcore.Log, i int) []byte {
	r := log.At(i)
	p.text, _ = log.AppendVisibleText(p.text[:0], i, rowLimit)
	p.mark(r)
	p.row = bridge.Row{
		Index: i, Time: r.Time, Stream: int(r.Stream), Class: class(r), Failed: failed(r),
		Text: p.text, Spans: p.spans,
	}
	return bridge.AppendRow(dst, &p.row)
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

// failed says whether a row is drawn as a failure. The end of a folder's list
// is told by a failure's code and is none.
func failed(r *walcore.Record) bool {
	code, has := r.Result()
	return r.Failed() && !(has && code == sata.NoMoreItems)
}

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

// answerRows answers for count rows from one on; rows that are not there are
// left out.
func (p *packer) answerRows(log *walcore.Log, from, count int) *bridge.Rows {
	rows := &bridge.Rows{From: max(from, 0)}
	for i := rows.From; i < min(rows.From+min(count, maxRows), log.Len()); i++ {
		rows.Body = p.appendRow(rows.Body, log, i)
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
	line := &bridge.Line{Row: i, Time: r.Time, Stream: int(r.Stream), Packet: r.Packet, Class: class(r)}
	if streams := d.Streams(); line.Stream < len(streams) {
		s := &streams[line.Stream]
		line.Client, line.Server = address(s.Client), address(s.Server)
	}
	text, cut := log.AppendVisibleText(nil, i, lineLimit)
	line.Text, line.Cut = string(text), cut
	return line
}
