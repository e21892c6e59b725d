package decode

import (
	"context"
	"io"

	"satascope/capture"
	"satascope/walcore"
)

// readEvents plays an event file (section 5).
func (d *Decoder) readEvents(ctx context.Context, f *capture.File) error {
	r := capture.NewEventReader(f)
	ids := map[uint64]uint32{}
	m := d.order.machine
	var e capture.Event
	for n := 0; ; n++ {
		if err := d.tick(ctx, n); err != nil {
			return err
		}
		if err := r.Next(&e); err == io.EOF {
			break
		} else if err != nil {
			d.endEvents()
			return err
		}
		id, ok := ids[e.Stream]
		if !ok {
			id = d.newStream(e.Stream, e.Op == capture.OpOpen)
			d.lanes = append(d.lanes, [2]*lane{{}, {}})
			ids[e.Stream] = id
		}
		st := &d.streams[id]
		at := walcore.At{Time: noTime, Packet: uint32(e.Line)}
		switch e.Op {
		case capture.OpOpen:
			m.OpenStream(id)
			st.Closed = false
		case capture.OpClose:
			m.EndStream(id, at)
			st.Closed = true
		case capture.OpOutOfBand:
			m.Written(id, e.FD, e.Length, at)
		case capture.OpRequest, capture.OpResponse:
			l, count := d.lanes[id][0], &st.FromClient
			if e.Op == capture.OpResponse {
				l, count = d.lanes[id][1], &st.FromServer
			}
			at.Offset = *count
			*count += int64(len(e.Bytes))
			l.segments = append(l.segments, Segment{Offset: at.Offset, Length: uint32(len(e.Bytes)), File: e.File, Packet: at.Packet, Time: noTime})
			st.Messages++
			msg := walcore.Message{Head: e.Bytes, Length: uint64(len(e.Bytes)), At: at}
			if e.Op == capture.OpRequest {
				m.Request(id, msg)
			} else {
				m.Response(id, msg)
			}
		}
	}
	d.endEvents()
	if d.log.Len() == 0 {
		return &capture.FormatError{In: f.Kind.String(), Expected: `a message: a line with "op":"req" or "op":"resp"`, Found: "none in the whole file"}
	}
	return nil
}

// endEvents tells of what waits in streams that were not closed.
func (d *Decoder) endEvents() {
	for id := range d.streams {
		if !d.streams[id].Closed {
			d.order.machine.EndStream(uint32(id), walcore.At{Time: noTime})
		}
	}
}
