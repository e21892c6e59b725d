package decode

import (
	"context"
	"errors"
	"slices"

	"satascope/capture"
	"satascope/walcore"
)

// A Decoder decodes one or more files into one log.
type Decoder struct {
	options Options
	sources []capture.Source

	// Of each file:
	kinds   []capture.Kind
	packed  []string
	plain   []bool          // something stood around the form, which is text, and was left out
	setting []string        // what that was, for people
	files   []*capture.File // that are open

	pass    int
	there   int // in a second pass: conversations on the port of the first
	port    uint16
	spoken  []uint16 // other ports on which the protocol seems to be spoken
	packets uint64
	late    []capture.LateSYN // that were found, and those that were known
	known   []capture.LateSYN
	err     error
	again   again

	decoded
}

// decoded is what one pass over the files gives.
type decoded struct {
	log     *walcore.Log
	order   order
	streams []Stream
	framers []*framer // by stream, nil in event files
	lanes   [][2]*lane
	alone   string // what the one message can be that is all of the file, in words
	decimal bool   // the numbers of a list could be hex digits as well
	headers int    // bytes of a packet's headers before a dump
	twins   int64  // streams that began beside another one between the same ends
	clocks  clocks
	passed  passed // bytes that were captured and not delivered
	problem error  // the first thing that kept a conversation from being decoded to its end
}

// New makes a Decoder of files; it reads nothing yet.
func New(o Options, sources ...capture.Source) *Decoder {
	d := &Decoder{options: o, sources: sources}
	d.reset()
	return d
}

// reset forgets all that was decoded, for another pass.
func (d *Decoder) reset() {
	d.decoded = decoded{log: walcore.NewLog(d.options.Limits)}
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
	d.port = d.options.Port
	if d.port == 0 {
		d.port = DefaultPort
	}
	if d.options.Server.IsValid() {
		d.port = d.options.Server.Port()
	}
	err := d.readFiles(ctx)
	var none *NoProtocolError
	if errors.As(err, &none) && d.mayMove(none) {
		d.reset()
		d.pass, d.port, d.there = 1, none.Ports[0].Port, none.There
		err = d.readFiles(ctx)
	}
	if len(d.late) > 0 && ctx.Err() == nil && d.log.Full() == "" { // a full one would only be filled again
		d.reset()
		d.known = d.late
		err = d.readFiles(ctx)
	}
	switch {
	case err != nil:
		return err
	case d.log.Full() != "":
		return d.fullError()
	}
	return d.problem
}

// mayMove says whether the protocol is to be looked for on the port where it was
// found instead.
func (d *Decoder) mayMove(none *NoProtocolError) bool {
	return d.options.Port == 0 && !d.options.Server.IsValid() && len(none.Ports) > 0 && none.Ports[0].Requests > 0
}

func (d *Decoder) fullError() error {
	return decodeError("the log is full: its limit of " + d.log.Full() + " was reached at record " + itoa(int64(d.log.Len())) + "; decode a part of the file")
}

// readFiles opens the files and reads them as what they are together.
func (d *Decoder) readFiles(ctx context.Context) error {
	d.files, d.kinds, d.packed, d.plain, d.setting = nil, nil, nil, nil, nil
	defer func() {
		for _, f := range d.files {
			f.Close()
		}
	}()
	for i, src := range d.sources {
		f, err := capture.Open(src, d.options.Unpackers)
		if err != nil {
			return d.named(i, err)
		}
		d.files = append(d.files, f)
		d.kinds = append(d.kinds, f.Kind)
		d.packed = append(d.packed, f.Packed)
		d.plain = append(d.plain, f.Plain)
		d.setting = append(d.setting, f.Setting)
	}
	f := d.files[0]
	if len(d.files) > 1 {
		switch {
		case d.all(capture.Kind.Packets):
			return d.readPackets(ctx)
		case len(d.files) == 2 && d.all(capture.Kind.Dump):
			return d.readPair(ctx)
		}
		for i, f := range d.files {
			if err := foreign(f); err != nil {
				return d.named(i, err)
			}
		}
		found := d.kinds[0].String()
		for _, k := range d.kinds[1:] {
			found += ", " + k.String()
		}
		return decodeError("expected captures, which are joined by time, or the two directions of one conversation, found " + found + "; open these files one at a time")
	}
	switch {
	case f.Kind.Packets():
		return d.readPackets(ctx)
	case f.Kind == capture.KindEvents:
		return d.readEvents(ctx, f)
	case f.Kind.Follow():
		return d.readFollow(ctx, f)
	case f.Kind == capture.KindLog:
		return d.readLog(ctx, f)
	default:
		return d.readDump(ctx, f)
	}
}

func (d *Decoder) all(is func(capture.Kind) bool) bool {
	for _, k := range d.kinds {
		if !is(k) {
			return false
		}
	}
	return true
}

// named says which of several files an error is about.
func (d *Decoder) named(source int, err error) error {
	if len(d.sources) == 1 {
		return err
	}
	return &FileError{source, d.sources[source].Name(), err}
}

// A FileError is an error about one of several files.
type FileError struct {
	Source int // its place among the files
	Name   string
	Err    error
}

func (e *FileError) Error() string { return e.Name + ": " + e.Err.Error() }

// Unwrap gives the error itself.
func (e *FileError) Unwrap() error { return e.Err }

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
	if len(d.known) > 0 {
		p.Pass++
	}
	for i, f := range d.files {
		p.Read += f.BytesRead()
		switch size := f.Size(); {
		case i == 0:
			p.Size = size
		case size < 0 || p.Size < 0:
			p.Size = -1
		default:
			p.Size += size
		}
	}
	d.options.Progress(p)
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

// anyMessage says whether a message of any stream was found so far.
func (d *Decoder) anyMessage() bool {
	return slices.ContainsFunc(d.streams, func(s Stream) bool { return s.Messages > 0 })
}

// anyDamaged says whether a conversation lacks bytes or a direction. Then no
// message in it does not mean that it is not the protocol's, and diagnostics
// tell what is missing.
func (d *Decoder) anyDamaged() bool {
	return slices.ContainsFunc(d.framers, func(f *framer) bool { return f != nil && (f.lossy || f.oneSided) })
}

// Kind is what the first of the files was recognised as.
func (d *Decoder) Kind() capture.Kind {
	if len(d.kinds) == 0 {
		return capture.KindUnknown
	}
	return d.kinds[0]
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
	s.Assumptions = d.Assumptions()
	s.Facts = d.Facts()
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
