package decode

import (
	"strconv"

	"satascope/capture"
)

// An Assumption is something that the files did not tell, and that was taken to
// be so or was set. Another choice may give another log.
type Assumption struct {
	Name     string // stable, for machines: one of those below
	Sentence string // for people, without a full stop
	Option   string // what sets it otherwise: port, server, ffio or first-read; "" when nothing does
	Set      bool   // it was set
}

// The names of assumptions.
const (
	AssumedPort       = "port"        // on which port the server is
	AssumedServer     = "server"      // which end of a stream serves
	AssumedFFIO       = "ffio"        // whether fast file I/O is on
	AssumedFirstRead  = "first-read"  // the first read size
	AssumedClocks     = "clocks"      // the times of several files are of one clock
	AssumedTwins      = "same-ends"   // what the files have between the same ends at the same time is not one conversation
	AssumedFirstCopy  = "first-copy"  // which of bytes that were captured twice, and differ, were sent; likewise of fragments that contradict each other
	AssumedSameBytes  = "same-bytes"  // bytes that were captured twice, and were not compared, are the same
	AssumedUntold     = "untold"      // places like those in the log have no diagnostic of their own
	AssumedDirections = "directions"  // whose bytes are whose, in a dump
	AssumedOrder      = "order"       // what came after what, in two files
	AssumedHeaders    = "headers"     // what stands before the bytes of a dump is a packet's headers
	AssumedShape      = "shape"       // what a message that stands alone is
	AssumedText       = "text"        // what of a text is the form
	AssumedLogLines   = "log-lines"   // which lines of a log are messages
	AssumedLogStreams = "log-streams" // which response of a log is to which request
)

// A role is by what it was told which end of a stream serves.
type role uint8

const (
	roleByPort role = iota
	roleByOpening
	roleByRequests
	roleByFirst
)

// Assumptions are what had to be assumed so far.
func (d *Decoder) Assumptions() []Assumption {
	if len(d.kinds) == 0 || len(d.streams) == 0 {
		return nil
	}
	var a assumptions
	for i, setting := range d.setting {
		if setting != "" {
			name := ""
			if len(d.sources) > 1 {
				name = d.sources[i].Name() + ": "
			}
			a.add(AssumedText, "", name+"the text is read as "+d.kinds[i].String()+", "+setting)
		}
	}
	if d.decimal {
		a.add(AssumedText, "", "the numbers of the list are taken to be decimal, though each could be hex digits")
	}
	if d.headers > 0 {
		a.add(AssumedHeaders, "", "the bytes begin with the headers of a network packet, "+itoa(int64(d.headers))+" bytes, which are left out")
	}
	switch kind := d.kinds[0]; {
	case kind.Packets():
		a.port(d)
		if len(d.kinds) > 1 {
			a.clocks(d)
		}
		if d.twins > 0 {
			a.add(AssumedTwins, "", "the files have different conversations between the same ends at the same time, by their sequence numbers: each is a stream of its own ("+itoa(d.twins)+" beside another)")
		}
		a.passed(&d.passed)
	case kind == capture.KindLog:
		a.add(AssumedLogLines, "", "lines that begin like a message are taken to be one, though a path with a line break in it can look the same")
		a.add(AssumedLogStreams, "", "a log does not tell streams apart: all lines are taken to be of one, and a response to answer the oldest request that it can answer")
	case kind.Follow():
		if d.options.Port != 0 || d.options.Server.IsValid() {
			a.port(d)
		}
	case kind.Dump() && len(d.kinds) == 2:
		a.add(AssumedOrder, "", "the files do not tell what was sent when: each request is followed by its response")
	case d.alone != "":
		a.add(AssumedShape, "", d.alone)
		return a
	case kind.Dump():
		a.add(AssumedDirections, "", "the file does not tell the directions apart: what looks like a request is taken to be the client's")
	}
	a.roles(d)
	a.ffio(d)
	a.firstRead(d)
	return a
}

type assumptions []Assumption

func (a *assumptions) add(name, option, sentence string) {
	*a = append(*a, Assumption{Name: name, Option: option, Sentence: sentence})
}

func (a *assumptions) set(name, option, sentence string) {
	*a = append(*a, Assumption{Name: name, Option: option, Sentence: sentence, Set: true})
}

func (a *assumptions) port(d *Decoder) {
	port := strconv.Itoa(int(d.port))
	switch {
	case d.options.Server.IsValid():
		a.set(AssumedServer, "server", "the server is "+d.options.Server.String()+", as it was set")
	case d.options.Port != 0:
		a.set(AssumedPort, "port", "the server's port is "+port+", as it was set")
	case d.pass > 0:
		a.add(AssumedPort, "port", d.nothing()+": the server's port is taken to be "+port+", where most of what arrives looks like requests"+d.spokenElsewhere())
	default:
		a.add(AssumedPort, "port", "the server's port is taken to be "+port+d.spokenElsewhere())
	}
}

// passed tells of bytes that were captured and not taken.
func (a *assumptions) passed(p *passed) {
	first := func(what string, times int) {
		if times > 0 {
			a.add(AssumedFirstCopy, "", "where "+what+" ("+itoa(int64(times))+" times), what came first is taken to be what was sent")
		}
	}
	first("bytes were captured again with other content", p.differing)
	first("IP fragments differ from others of their packet in the headers or in where it ends", p.contradicting)
	if p.unchecked > 0 {
		a.add(AssumedSameBytes, "", itoa(p.unchecked)+" bytes were captured so late that they were not compared with what is told for their place: they are taken to be the same, or to be what is missing there")
	}
	if p.untold > 0 {
		a.add(AssumedUntold, "", "bytes that were captured and not taken have a diagnostic "+itoa(int64(p.told))+" times, and none "+itoa(int64(p.untold))+" times more, which are like them")
	}
}

// spokenElsewhere names the other ports on which the protocol seems to be spoken.
func (d *Decoder) spokenElsewhere() string {
	if len(d.spoken) == 0 {
		return ""
	}
	b := []byte("; what looks like requests arrives on port")
	if len(d.spoken) > 1 {
		b = append(b, 's')
	}
	b = append(b, ' ')
	for i, port := range d.spoken {
		if i == maxElsewhere {
			b = append(b, " and others"...)
			break
		}
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendUint(b, uint64(port), 10)
	}
	return string(b) + ", too, and is not decoded"
}

// nothing says why the protocol was looked for on another port.
func (d *Decoder) nothing() string {
	what := "nothing is"
	if d.there > 0 {
		what = "no request of the protocol is"
	}
	return what + " on port " + strconv.Itoa(DefaultPort)
}

// roles tells of streams whose ends could not be told by their ports.
func (a *assumptions) roles(d *Decoder) {
	for _, by := range [...]struct {
		role     role
		option   string
		sentence string
	}{
		{roleByOpening, "server", "both ends are on port " + strconv.Itoa(int(d.port)) + ": the one that opened the connection, or spoke first, is taken to be the client"},
		{roleByRequests, "server", "the ports do not tell the server: the end that receives what looks like requests is taken to be it"},
		{roleByFirst, "server", "neither the ports nor what was sent tell the server: the end named second is taken to be it"},
	} {
		var which streamList
		for i, f := range d.framers {
			if f.role == by.role {
				which.add(i)
			}
		}
		if which.n > 0 && len(d.kinds) == 2 && d.kinds[0].Dump() {
			a.add(AssumedServer, "", "the file with what looks like requests is taken to be what the client sent")
		} else if which.n > 0 {
			a.add(AssumedServer, by.option, which.of(d)+by.sentence)
		}
	}
}

// ffio tells of streams without a Pong, also of those where a read shows other than
// what was set.
func (a *assumptions) ffio(d *Decoder) {
	var on, off, overruled streamList
	for i, f := range d.framers {
		switch st := &d.streams[i]; {
		case f.overruled(&d.options):
			overruled.add(i)
		case f.sawPong || f.sawFFIO || st.Messages == 0:
		case st.FFIO:
			on.add(i)
		default:
			off.add(i)
		}
	}
	for i, which := range [...]*streamList{&on, &off} {
		switch state := [...]string{"on", "off"}[i]; {
		case which.n == 0:
		case d.options.FFIO != Auto:
			a.set(AssumedFFIO, "ffio", which.of(d)+"fast file I/O is "+state+", as it was set for conversations whose Ping was not recorded")
		default:
			a.add(AssumedFFIO, "ffio", which.of(d)+"fast file I/O is taken to be "+state+", because no answer to a Ping was recorded")
		}
	}
	if overruled.n > 0 {
		a.add(AssumedFFIO, "ffio", overruled.of(d)+"fast file I/O is on from a read on whose answer has its form, though it was set to be off: the setting was overruled")
	}
}

// overruled says whether a read showed that fast file I/O is on where it was set to
// be off.
func (f *framer) overruled(o *Options) bool { return o.FFIO == Off && f.sawFFIO && !f.sawPong }

// firstRead tells of streams without a Ping.
func (a *assumptions) firstRead(d *Decoder) {
	sizes := map[uint32]*[2]streamList{} // by size; taken to be so, shown by a read
	var order []uint32
	for i, f := range d.framers {
		st := &d.streams[i]
		if f.sawPing || st.Messages == 0 {
			continue
		}
		which := sizes[st.FirstRead]
		if which == nil {
			if len(order) == maxAssumedSizes {
				continue
			}
			which = new([2]streamList)
			sizes[st.FirstRead] = which
			order = append(order, st.FirstRead)
		}
		shown := 0
		if st.FirstReadKnown && !st.Began {
			shown = 1
		}
		which[shown].add(i)
	}
	for _, size := range order {
		bytes := strconv.FormatUint(uint64(size), 10) + " bytes"
		for shown := range sizes[size] {
			which := &sizes[size][shown]
			switch {
			case which.n == 0:
			case size == d.options.FirstRead:
				a.set(AssumedFirstRead, "first-read", which.of(d)+"the first read size is "+bytes+", as it was set for conversations whose Ping was not recorded")
			case shown == 1:
				a.add(AssumedFirstRead, "first-read", which.of(d)+"the first read size is taken to be "+bytes+", as a read shows, because no Ping was recorded")
			default:
				a.add(AssumedFirstRead, "first-read", which.of(d)+"the first read size is taken to be "+bytes+", because no Ping was recorded and no read shows another")
			}
		}
	}
}

// maxAssumedSizes bounds how many first read sizes are told of.
const maxAssumedSizes = 16

// A streamList names streams, the first few of them.
type streamList struct {
	n    int
	some [8]int
}

func (l *streamList) add(stream int) {
	if l.n < len(l.some) {
		l.some[l.n] = stream
	}
	l.n++
}

// of is what a sentence about the streams begins with: "in streams 0, 2 and 5,
// ", or nothing when they are all there are.
func (l *streamList) of(d *Decoder) string {
	if l.n == len(d.streams) {
		return ""
	}
	some := l.some[:min(l.n, len(l.some))]
	b := []byte("in stream ")
	if l.n > 1 {
		b = []byte("in streams ")
	}
	for i, n := range some {
		switch {
		case i > 0 && i == l.n-1:
			b = append(b, " and "...)
		case i > 0:
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	if more := l.n - len(some); more > 0 {
		b = append(b, " and "...)
		b = strconv.AppendInt(b, int64(more), 10)
		b = append(b, " more"...)
	}
	return string(append(b, ", "...))
}
