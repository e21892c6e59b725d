package decode

import (
	"strconv"

	"satascope/capture"
)

// A Fact is something that decoding a conversation rests on, and how it is known.
type Fact struct {
	Name   string // stable, for machines: as those of assumptions, and FactFirstWrite
	What   string // for people: "first read size"
	Value  string // for people
	Known  Known
	Why    string // for people, without a full stop; begins with the streams that it is about when it is not about all
	Option string // what sets it otherwise: port, server, ffio or first-read; "" when nothing does
}

// FactFirstWrite is the name of the first write size, on which no length depends.
const FactFirstWrite = "first-write"

// Known says how a Fact is known.
type Known uint8

// How facts are known.
const (
	Recorded Known = iota // the files tell it
	Shown                 // it follows from what they tell
	Assumed               // it is taken to be so
	Set                   // by the user
)

var knownNames = [...]string{Recorded: "recorded", Shown: "shown", Assumed: "taken to be", Set: "set"}

func (k Known) String() string {
	if int(k) < len(knownNames) {
		return knownNames[k]
	}
	return "known " + strconv.Itoa(int(k))
}

// maxFacts bounds how many values of one thing are told apart.
const maxFacts = 16

// Facts are what decoding rests on, as far as the files were read. Streams of
// which the same is known in the same way are told together.
func (d *Decoder) Facts() []Fact {
	if len(d.kinds) == 0 || len(d.streams) == 0 {
		return nil
	}
	facts := factList{d: d}
	kind := d.kinds[0]
	if kind == capture.KindLog || kind == capture.KindEvents {
		facts.all = append(facts.all, Fact{Name: AssumedServer, What: "which side serves", Value: "told with each message", Known: Recorded, Why: "the " + kind.String() + " says of each message whose it is"})
		return facts.all
	}
	if kind.Packets() || d.options.Port != 0 || d.options.Server.IsValid() {
		facts.port()
	}
	facts.each(AssumedServer, "which side serves", "server", (*Decoder).serverFact)
	facts.each(AssumedFFIO, "fast file I/O", "ffio", (*Decoder).ffioFact)
	facts.each(AssumedFirstRead, "first read size", "first-read", (*Decoder).firstReadFact)
	facts.each(FactFirstWrite, "first write size", "", (*Decoder).firstWriteFact)
	return facts.all
}

type factList struct {
	d   *Decoder
	all []Fact
}

func (l *factList) port() {
	f := Fact{Name: AssumedPort, What: "the server's port", Value: strconv.Itoa(int(l.d.port)), Option: "port", Known: Assumed}
	switch {
	case l.d.options.Server.IsValid():
		f.Name, f.What, f.Value, f.Option = AssumedServer, "the server", l.d.options.Server.String(), "server"
		f.Known, f.Why = Set, "only streams of this server are decoded"
	case l.d.options.Port != 0:
		f.Known, f.Why = Set, "only streams with this port are decoded"
	case l.d.pass > 0:
		f.Known, f.Why = Shown, l.d.nothing()+", and most of what arrives on this one looks like requests"+l.d.spokenElsewhere()
	default:
		f.Why = "it is the port on which hosts serve, and there are streams with it" + l.d.spokenElsewhere()
	}
	l.all = append(l.all, f)
}

// each gathers what tell says of each stream that has messages.
func (l *factList) each(name, what, option string, tell func(*Decoder, int) (string, Known, string)) {
	type group struct {
		fact Fact
		who  streamList
	}
	var groups []group
	quiet := 0
	for i, f := range l.d.framers {
		if f == nil || l.d.streams[i].Messages == 0 {
			quiet++
			continue
		}
		value, known, why := tell(l.d, i)
		if value == "" { // nothing is known, nor taken to be
			quiet++
			continue
		}
		at := 0
		for at < len(groups) && (groups[at].fact.Value != value || groups[at].fact.Known != known || groups[at].fact.Why != why) {
			at++
		}
		if at == len(groups) {
			if at == maxFacts {
				continue
			}
			groups = append(groups, group{fact: Fact{Name: name, What: what, Value: value, Known: known, Why: why, Option: option}})
		}
		groups[at].who.add(i)
	}
	for _, g := range groups {
		if len(groups) > 1 || g.who.n+quiet < len(l.d.framers) {
			g.fact.Why = g.who.of(l.d) + g.fact.Why
		}
		l.all = append(l.all, g.fact)
	}
}

func (d *Decoder) serverFact(i int) (string, Known, string) {
	value := "the end that is asked" // without addresses
	if s := d.streams[i].Server; s.IsValid() {
		value = s.String()
	} else if d.framers[i].role == roleByPort {
		value = "the end on port " + strconv.Itoa(int(d.port))
	}
	switch f := d.framers[i]; {
	case f.dump && f.oneSided:
		return "the other side", Assumed, "all of the file looks like requests"
	case f.dump:
		return "told by the bytes", Assumed, "what looks like a request is taken to be the client's"
	case f.twoFiles:
		return "whose file has the responses", Assumed, "the other one has what looks like requests"
	case d.options.Server.IsValid():
		return value, Set, "it was named"
	case f.role == roleByOpening:
		return value, Assumed, "both ends are on that port; the other one opened the connection, or spoke first"
	case f.role == roleByRequests:
		return value, Assumed, "what looks like requests arrives there, and the ports do not tell"
	case f.role == roleByFirst:
		return value, Assumed, "it is named second, and nothing else tells"
	}
	return value, Shown, "it is the end with the server's port"
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (d *Decoder) ffioFact(i int) (string, Known, string) {
	st, f := &d.streams[i], d.framers[i]
	value := onOff(st.FFIO)
	switch {
	case f.sawPong:
		return value, Recorded, "a Pong says so"
	case f.overruled(&d.options):
		return value, Shown, "an answer to ReadFile has its form: that it was set to be off was overruled"
	case f.sawFFIO:
		return value, Shown, "an answer to ReadFile has its form"
	case d.options.FFIO != Auto:
		return value, Set, "no Pong was recorded"
	case st.Began && !f.lossy && !f.oneSided:
		return value, Recorded, "the beginning is there, and no Pong turned it on"
	}
	return value, Assumed, "no Pong was recorded"
}

func (d *Decoder) firstReadFact(i int) (string, Known, string) {
	st, f := &d.streams[i], d.framers[i]
	value := strconv.FormatUint(uint64(st.FirstRead), 10)
	switch {
	case f.sawPing:
		return value, Recorded, "a Ping says so"
	case d.options.FirstRead != 0 && st.FirstRead == d.options.FirstRead:
		return value, Set, "no Ping was recorded"
	case st.Began && !f.lossy:
		return value, Recorded, "the beginning is there, without a Ping: then it is the usual one"
	case st.FirstReadKnown:
		return value, Shown, "the answer to a ReadFile has that many bytes"
	}
	return value, Assumed, "no Ping was recorded, and no read shows another; it is the usual one"
}

func (d *Decoder) firstWriteFact(i int) (string, Known, string) {
	if f := d.framers[i]; f.sawPing {
		return strconv.FormatUint(uint64(f.firstWrite), 10), Recorded, "a Ping says so; no length depends on it"
	}
	return "", Assumed, ""
}
