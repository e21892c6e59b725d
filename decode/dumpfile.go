package decode

import (
	"bytes"
	"context"
	"io"

	"satascope/capture"
	"satascope/walcore"
)

// noRequest is the error of a file that has bytes and nothing of the protocol.
func noRequest(kind capture.Kind, n int64) error {
	return &capture.FormatError{In: kind.String(), Expected: "a capture, an event file, or the bytes of a conversation of PCFS over SATA",
		Found: "no request of the protocol in its first " + itoa(n) + " bytes", Advice: "open a pcap or pcapng capture of the conversation"}
}

// readDump reads the raw bytes of a conversation, both directions in the order
// of the wire. A binary file is only taken for one when a request stands near
// its beginning.
func (d *Decoder) readDump(ctx context.Context, f *capture.File) error {
	if head := f.Peek(); f.Kind == capture.KindBinary && !findRequest(head) && len(responseAlone(head)) == 0 {
		return noRequest(f.Kind, int64(len(head)))
	}
	r := capture.NewDumpReader(f, f.Kind)
	var run capture.DumpRun
	var fr *framer
	var decoded int64
	var err error
	for n := 0; ; n++ {
		if err = d.tick(ctx, n*pause); err != nil {
			break
		}
		if err = r.Next(&run); err != nil {
			break
		}
		decoded = run.Offset + int64(len(run.Bytes))
		if fr == nil {
			if shapes := responseAlone(run.Bytes); len(shapes) > 0 {
				alone := run
				alone.Bytes = bytes.Clone(run.Bytes)
				if err = r.Next(&run); err == io.EOF {
					d.takeAlone(&alone, shapes)
					return nil
				}
				fr = d.beginDump(&alone)
				fr.more(&alone)
				if err != nil {
					break
				}
			} else {
				fr = d.beginDump(&run)
			}
		}
		fr.more(&run)
	}
	if fr != nil {
		d.endFramer(fr)
		fr.stream().FromClient = fr.client.end()
	}
	if err == io.EOF {
		err = nil
	}
	if err == nil && (fr == nil || fr.stream().Messages == 0) {
		return noRequest(f.Kind, decoded)
	}
	return err
}

// beginDump makes the stream of a dump. Its beginning is there when its first
// message is a Ping.
func (d *Decoder) beginDump(run *capture.DumpRun) *framer {
	began := startsWithPing(run.Bytes)
	half := onlyRequests(run.Bytes)
	f := d.newFramer(began, !half)
	f.unheard, f.half = true, half
	if st := f.stream(); half && d.options.FFIO == Auto {
		st.FFIO = true // its Pong is not here
	}
	d.order.tell(event{kind: eventOpen, stream: f.id, msg: walcore.Message{At: walcore.At{Time: noTime}}})
	if !began {
		f.noBeginning(f.client, mark{time: noTime})
	}
	return f
}

// more takes a piece of a dump.
func (f *framer) more(run *capture.DumpRun) {
	l := f.client
	l.segments = append(l.segments, Segment{Offset: run.Offset, Length: uint32(len(run.Bytes)), File: run.File, Seq: uint32(run.Skip), Time: noTime})
	l.put(run.Bytes, mark{time: noTime, acked: -1})
	f.pump()
	l.settle()
}
