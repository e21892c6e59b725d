package decode

import (
	"context"
	"errors"
	"io"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// A Decoder decodes one or more files into one log.
type Decoder struct {
	options Options
	sources []capture.Source
	source  uint8 // the one being read

	log     *walcore.Log
	order   order
	streams []Stream
	framers []*framer // by stream, nil in event files
	lanes   [][2]*lane
	kinds   []capture.Kind
	packed  []string

	file    *capture.File
	pass    int
	port    uint16
	packets uint64
	problem error // the first thing that kept a conversation from being decoded to its end
	err     error

	again again
}

// New makes a Decoder of files; it reads nothing yet.
func New(o Options, sources ...capture.Source) *Decoder {
	d := &Decoder{options: o, sources: sources}
	d.reset()
	return d
}

// reset forgets all that was decoded, for a second pass.
func (d *Decoder) reset() {
	d.log = walcore.NewLog(d.options.Limits)
	d.streams, d.framers, d.lanes, d.problem = nil, nil, nil, nil
	d.order = order{machine: walcore.NewMachine(d.log), streams: &d.streams, holds: map[uint32]uint32{}}
}

// Log is the log, as far as it goes.
func (d *Decoder) Log() *walcore.Log { return d.log }

// Streams are the streams found so far, by their number.
func (d *Decoder) Streams() []Stream { return d.streams }

// Segments are where the bytes of one direction of a stream stand in the file,
// in their order.
func (d *Decoder) Segments(stream uint32, fromServer bool) []Segment {
	if int(stream) >= len(d.lanes) {
		return nil
	}
	i := 0
	if fromServer {
		i = 1
	}
	return d.lanes[stream][i].segments
}

// Err is what Run returned.
func (d *Decoder) Err() error { return d.err }

// Run decodes the files to their end, or to the first error. Whatever it
// returns, what was decoded before it is in the log. Errors are a
// *capture.FormatError or *capture.TruncatedError for the file, a
// *NoProtocolError when there is nothing for us in it, ctx.Err(), or say which
// limit was reached.
func (d *Decoder) Run(ctx context.Context) error {
	d.err = d.run(ctx)
	d.progress()
	return d.err
}

func (d *Decoder) run(ctx context.Context) error {
	if len(d.sources) == 0 {
		return decodeError("expected a file, found none")
	}
	if len(d.sources) > 1 {
		return decodeError("expected one file, found several; open them one at a time")
	}
	d.port = d.options.Port
	if d.port == 0 {
		d.port = DefaultPort
	}
	if d.options.Server.IsValid() {
		d.port = d.options.Server.Port()
	}
	err := d.readFile(ctx, d.sources[0])
	var none *NoProtocolError
	if errors.As(err, &none) && d.options.Port == 0 && !d.options.Server.IsValid() && len(none.Ports) > 0 && none.Ports[0].Requests > 0 {
		d.reset()
		d.pass, d.port = 1, none.Ports[0].Port
		err = d.readFile(ctx, d.sources[0])
	}
	switch {
	case err != nil:
		return err
	case d.log.Full() != "":
		return d.fullError()
	}
	return d.problem
}

func (d *Decoder) fullError() error {
	return decodeError("the log is full: its limit of " + d.log.Full() + " was reached at record " + itoa(int64(d.log.Len())) + "; decode a part of the file")
}

func (d *Decoder) readFile(ctx context.Context, src capture.Source) error {
	f, err := capture.Open(src, d.options.Unpackers)
	if err != nil {
		return err
	}
	defer f.Close()
	d.file = f
	d.kinds = append(d.kinds[:0], f.Kind)
	d.packed = append(d.packed[:0], f.Packed)
	switch {
	case f.Kind.Packets():
		return d.readPackets(ctx, f)
	case f.Kind == capture.KindEvents:
		return d.readEvents(ctx, f)
	default:
		return d.readDump(ctx, f)
	}
}

// pause is how many pieces of input are taken between two looks at the context
// and the progress.
const pause = 256

// tick is called for each piece of input; it says when to stop.
func (d *Decoder) tick(ctx context.Context, n int) error {
	if n%pause != 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.log.Full() != "" {
		return d.fullError()
	}
	d.progress()
	return nil
}

func (d *Decoder) progress() {
	if d.options.Progress == nil {
		return
	}
	p := Progress{Size: -1, Records: d.log.Len(), Pass: d.pass}
	if d.file != nil {
		p.Read, p.Size = d.file.BytesRead(), d.file.Size()
	}
	d.options.Progress(p)
}

func (d *Decoder) readPackets(ctx context.Context, f *capture.File) error {
	h := &packets{d: d, port: d.port, server: d.options.Server, streams: map[uint32]*tcpStream{}, others: map[uint32]*other{}}
	h.probing = d.pass == 0
	a := capture.NewAssembler(h, d.options.Assembler)
	r := capture.NewPacketReader(f, f.Kind)
	var p capture.Packet
	var err error
	for n := 0; err == nil; n++ {
		if err = d.tick(ctx, n); err != nil {
			break
		}
		if err = r.Next(&p); err == nil {
			d.packets = p.Number
			a.Packet(&p)
		}
	}
	a.Finish()
	if err == io.EOF {
		err = nil
	}
	if len(d.streams) == 0 && err == nil {
		none := h.found()
		none.Packets = d.packets
		none.Other = otherTraffic(&a.Dissector.Counts)
		return none
	}
	return err
}

func (d *Decoder) newStream(id uint64, began bool) uint32 {
	d.streams = append(d.streams, Stream{ID: id, Began: began, First: noTime, Last: noTime})
	return uint32(len(d.streams) - 1)
}

func (d *Decoder) newFramer(began, dump bool) *framer {
	id := d.newStream(uint64(len(d.streams)), began)
	f := &framer{id: id, order: &d.order, streams: &d.streams, problem: &d.problem, client: &lane{}, server: &lane{}, dump: dump}
	if dump {
		f.server = f.client
	}
	f.begin(began, &d.options)
	d.framers = append(d.framers, f)
	d.lanes = append(d.lanes, [2]*lane{f.client, f.server})
	return f
}

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

// readDump reads the raw bytes of a conversation, both directions in the order
// of the wire.
func (d *Decoder) readDump(ctx context.Context, f *capture.File) error {
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
		if fr == nil {
			if fr, err = d.beginDump(&run, f); err != nil {
				return err
			}
		}
		decoded = run.Offset + int64(len(run.Bytes))
		l := fr.client
		l.segments = append(l.segments, Segment{Offset: run.Offset, Length: uint32(len(run.Bytes)), File: run.File, Seq: uint32(run.Skip), Time: noTime})
		l.put(run.Bytes, mark{time: noTime, acked: -1})
		fr.pump()
		l.settle()
	}
	if fr != nil {
		fr.finish()
		st := fr.stream()
		st.FromClient = fr.client.end()
		d.order.tell(event{kind: eventClose, stream: fr.id, msg: walcore.Message{At: walcore.At{Offset: fr.client.end(), Time: noTime}}})
	}
	if err == io.EOF {
		err = nil
	}
	if err == nil && (fr == nil || fr.stream().Messages == 0) {
		return &capture.FormatError{In: f.Kind.String(), Expected: "a capture, an event file, or the bytes of a conversation of PCFS over SATA",
			Found: "no request of the protocol in " + itoa(decoded) + " bytes", Advice: "open a pcap or pcapng capture of the conversation"}
	}
	return err
}

// beginDump makes the stream of a dump. Its beginning is there when its first
// message is a Ping. A binary file is only taken to be a dump when a request
// stands near its beginning.
func (d *Decoder) beginDump(run *capture.DumpRun, f *capture.File) (*framer, error) {
	b := run.Bytes
	began := sata.LooksLikeRequest(b) == sata.Yes && sata.Command(b[0x33]) == sata.Ping
	fr := d.newFramer(began, true)
	fr.stream().ID = 0
	d.order.tell(event{kind: eventOpen, stream: fr.id, msg: walcore.Message{At: walcore.At{Time: noTime}}})
	if !began {
		fr.first(&tcpStream{f: fr}, fr.client, mark{time: noTime})
	}
	return fr, nil
}

// Summary is what the files turned out to hold, as far as they were read.
func (d *Decoder) Summary() Summary {
	s := Summary{Streams: len(d.streams), First: noTime, Last: noTime, Port: d.port, Packets: d.packets}
	if len(d.kinds) > 0 {
		s.Kind, s.Packed = d.kinds[0].String(), d.packed[0]
	}
	for i := range d.streams {
		st := &d.streams[i]
		s.Messages += st.Messages
		s.Bytes += st.FromClient + st.FromServer
		if st.First != noTime && (s.First == noTime || st.First < s.First) {
			s.First = st.First
		}
		s.Last = max(s.Last, st.Last)
	}
	s.Diagnostics = d.log.Diagnostics()
	return s
}

// Stopped is where the reference would have stopped for good, nil when it would
// not have.
func (d *Decoder) Stopped() *StoppedError {
	if !d.log.Stopped() {
		return nil
	}
	i := d.log.CompatibleEnd()
	return &StoppedError{Record: i, Reason: string(d.log.AppendSentence(nil, d.log.At(i)))}
}
