package decode

import (
	"context"
	"io"

	"satascope/capture"
	"satascope/walcore"
)

// logPiece is about how many bytes of a message that a log printed whole are
// found again without reading those before them.
const logPiece = 64 << 10

// readLog opens a log that was written earlier. Its records are all of one
// stream: which streams there were, a log does not tell.
func (d *Decoder) readLog(ctx context.Context, f *capture.File) error {
	r := capture.NewLogReader(f)
	p := walcore.NewParser(d.log)
	id := d.newStream(0, false)
	d.lanes = append(d.lanes, [2]*lane{{}, {}})
	st := &d.streams[id]
	var e capture.LogEntry
	for n := 0; ; n++ {
		if err := d.tick(ctx, n); err != nil {
			return err
		}
		if err := r.Next(&e); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if e.Whole && p.Note(e.Text) {
			continue
		}
		index, data := p.Entry(e.Text, walcore.At{Offset: e.File, Time: noTime, Packet: uint32(e.Line)})
		if index == walcore.None {
			return d.fullError()
		}
		record := d.log.At(int(index))
		if record.Kind == walcore.Request || record.Kind == walcore.Response {
			st.Messages++
		}
		sent, l := &st.FromClient, d.lanes[id][0]
		if record.FromServer() {
			sent, l = &st.FromServer, d.lanes[id][1]
		}
		if record.Kind != walcore.Diagnostic {
			*sent += int64(record.Length)
		}
		known := record.Line != walcore.LineUnknown
		if !known && record.Flags&walcore.FlagNoData == 0 {
			known = true
			placeInLog(l, record, &e, e.Text[data:])
		}
		if !e.Whole {
			p.EndsInside()
			if !known {
				return &capture.TruncatedError{In: f.Kind.String(), Offset: e.File, Line: e.Line, What: "a whole line", Have: int64(len(e.Text))}
			}
		}
	}
}

// placeInLog notes where the bytes of an Unknown message stand, so that they can
// be read again. Their offsets count from that of the line: bytes take no less
// room when they are printed, so they never reach the next line's.
func placeInLog(l *lane, r *walcore.Record, e *capture.LogEntry, text []byte) {
	at := e.File + int64(len(e.Text)-len(text))
	for done := uint64(0); done < r.Length; {
		n := int(min(logPiece, r.Length-done))
		l.segments = append(l.segments, Segment{Offset: r.Offset + int64(done), Length: uint32(n), File: at, Packet: r.Packet, Time: noTime})
		used := walcore.SkipBytes(text, n)
		text = text[used:]
		at += int64(used)
		done += uint64(n)
	}
}
