package decode

import (
	"bytes"
	"context"
	"io"

	"satascope/capture"
	"satascope/walcore"
)

// noRequest is the error of a file that has bytes, of which head are the first,
// and no message of the protocol.
func noRequest(kind capture.Kind, head []byte, n int64) error {
	if part := partOf(head); part != nil && n == int64(len(head)) {
		part.In = kind.String()
		return part
	}
	e := &capture.FormatError{In: kind.String(), Expected: "a capture, an event file, or the bytes of a conversation of PCFS over SATA",
		Found: "no request of the protocol in its first " + itoa(n) + " bytes", Advice: capture.AdviceOpen}
	if startsAnswers(head) {
		e.Found = "what a server sent, and no request in its first " + itoa(n) + " bytes: without the requests its responses can't be told apart"
		e.Advice = "open it together with what the client sent, or open a capture of the conversation"
	}
	return e
}

// foreign is the error of a binary file in which no message stands near the
// beginning, or the first one in a network packet: it is something else. nil for
// every other.
func foreign(f *capture.File) error {
	head := f.Peek()
	if f.Kind != capture.KindBinary {
		return nil
	}
	at := findRequest(head)
	if at < 0 {
		if what, _ := oneMessage(head); what == "" {
			return noRequest(f.Kind, head, int64(len(head)))
		}
		return nil
	}
	if _, alone := headersOf(head); alone {
		return nil
	}
	if packet := packetBefore(head, at); packet >= 0 {
		return &capture.FormatError{In: f.Kind.String(), Offset: int64(packet), Expected: "the bytes of a conversation without headers of packets",
			Found:  "a network packet: the file is a capture of another kind, or one without its beginning",
			Advice: "convert it with: editcap -F pcapng IN OUT; where its beginning is missing, copy the whole file"}
	}
	return nil
}

// packetBefore is where the IP packet begins whose payload stands at an offset, or
// -1 where there is none.
func packetBefore(b []byte, at int) int {
	for q := at - 40; q >= max(0, at-120); q-- {
		if version := b[q] >> 4; version != 4 && version != 6 {
			continue
		}
		if s, is := headersOf(b[q:]); is && q+int(s.PayloadFile) == at {
			return q
		}
	}
	return -1
}

const (
	// maxHead is how much of a dump without messages is looked at to say what it is.
	maxHead = 4 << 10
	// maxAlone bounds a dump that is looked at as a single message.
	maxAlone = 256 << 10
)

// readDump reads the raw bytes of a conversation, both directions in the order
// of the wire. A binary file is only taken for one when a request stands near
// its beginning.
func (d *Decoder) readDump(ctx context.Context, f *capture.File) error {
	if err := foreign(f); err != nil {
		return err
	}
	r := capture.NewDumpReader(f, f.Kind)
	var run capture.DumpRun
	var fr *framer
	var first []capture.DumpRun // what may be one message, and waits
	var head []byte             // its bytes
	var decoded int64
	var err error
	for n := 0; ; n++ {
		if err = d.tick(ctx, n*pause); err != nil {
			break
		}
		if err = r.Next(&run); err != nil {
			break
		}
		if len(first) == 0 && fr == nil {
			if err := d.stripPacket(f.Kind, &run); err != nil {
				return err
			}
		}
		decoded = run.Offset + int64(len(run.Bytes))
		if fr == nil && (len(first) == 0 || len(head)+len(run.Bytes) <= maxAlone) {
			run.Bytes = bytes.Clone(run.Bytes)
			first, head = append(first, run), append(head, run.Bytes...)
			continue
		}
		if fr == nil {
			fr = d.beginDump(head, first)
		}
		fr.more(&run)
	}
	d.decimal = r.Doubtful()
	if fr == nil && len(first) > 0 {
		if what, fromServer := oneMessage(head); what != "" && err == io.EOF {
			d.takeAlone(head, first, what, fromServer)
			return nil
		}
		fr = d.beginDump(head, first)
	}
	if fr != nil {
		d.endFramer(fr)
		fr.stream().FromClient = fr.client.end()
	}
	if err == io.EOF {
		err = nil
	}
	if err == nil && (fr == nil || fr.stream().Messages == 0) {
		return noRequest(f.Kind, head[:min(len(head), maxHead)], decoded)
	}
	return err
}

// headersOf gives the segment of the network packet that bytes begin with, if they do.
func headersOf(b []byte) (s capture.Segment, is bool) {
	p := capture.Packet{Link: capture.LinkOf(b), Data: b, Original: int64(len(b))}
	is = p.Segment(&s)
	return s, is
}

// stripPacket leaves out the headers of a network packet, where a dump is one, as
// Wireshark copies them with what the packet carries. Several packets are refused.
func (d *Decoder) stripPacket(kind capture.Kind, run *capture.DumpRun) error {
	s, is := headersOf(run.Bytes)
	if !is {
		return nil
	}
	n := int(s.PayloadFile)
	e := &capture.FormatError{In: kind.String(), Expected: "one network packet, or the bytes of a conversation without headers of packets"}
	switch padding := run.Bytes[n+len(s.Payload):]; {
	case len(bytes.Trim(padding, "\x00")) > 0:
		e.Found = "several network packets with their headers"
		e.Advice = "write each in a line of its own, or print each with its offsets from 0 on, as tcpdump -x and tshark -x do, or make a capture of them (tcpdump -w FILE)"
		return e
	case len(s.Payload) == 0:
		e.Found = "a network packet that carries nothing"
		e.Advice = "take one that carries a message"
		return e
	}
	d.headers = n
	run.Bytes, run.Skip = s.Payload, run.Skip+int64(n)
	return nil
}

// beginDump makes the stream of a dump, and gives it the first runs, whose bytes
// head is. Its beginning is there when its first message is a Ping.
func (d *Decoder) beginDump(head []byte, first []capture.DumpRun) *framer {
	began := startsWithPing(head)
	half := onlyRequests(head)
	f := d.newFramer(began, !half)
	f.noAcks, f.oneSided = true, half
	if st := f.stream(); half && d.options.FFIO == Auto {
		st.FFIO = true // its Pong is not here
	}
	d.order.tell(event{kind: eventOpen, stream: f.id, msg: walcore.Message{At: walcore.At{Time: noTime}}})
	if !began {
		f.noBeginning(f.client, mark{time: noTime})
	}
	for i := range first {
		f.more(&first[i])
	}
	return f
}

// more takes a piece of a dump.
func (f *framer) more(run *capture.DumpRun) {
	l := f.client
	l.segments = append(l.segments, segmentOf(run))
	l.put(run.Bytes, mark{time: noTime, acked: -1})
	f.pump()
	l.settle()
}

// segmentOf says where the bytes of a run are.
func segmentOf(run *capture.DumpRun) Segment {
	return Segment{Offset: run.Offset, Length: uint32(len(run.Bytes)), File: run.File, Seq: uint32(run.Skip), Time: noTime}
}
