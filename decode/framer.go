package decode

import (
	"encoding/binary"
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// maxOrdinary is the longest ordinary message that is believed. The longest
// that the protocol knows has 0x454 bytes; a length beyond this is no length.
const maxOrdinary = 16 << 20

// maxMissing is how much of the data of a read or a write may be missing at the
// end of a conversation. A capture that ends earlier than its conversation lacks
// less; a length that lies lacks more.
const maxMissing = 1 << 30

// maxAhead is how much a server may be ahead of the requests recorded, and how
// much of a read whose end is open is kept.
const maxAhead = 64 << 20

// A framer cuts the two directions of one stream into messages (section 2). In
// a dump, where both directions stand in one sequence of bytes, client and
// server are the same lane.
type framer struct {
	id      uint32
	order   *order
	streams *[]Stream
	problem *error // the first thing that kept a conversation from being decoded to its end

	client, server *lane
	dump           bool // both are one
	twoFiles       bool // each comes from a file of its own: when what was sent is not known
	looks          int  // in two files: places at which responses were looked for
	final          bool // no more bytes will come

	waiting   []request // requests without a response, oldest first
	outOfBand bulk      // the data of a WriteFile
	body      bulk      // a response that is taken as it comes
	open      openRead

	// What is known of fast file I/O and the first read size, beside the Stream.
	ffioTold      bool   // a Pong was seen, or the user said whether fast file I/O is on
	pongLost      bool   // no Pong is waited for any more
	firstReadTold bool   // a Ping was seen, or the user said what the first read size is
	firstReadMin  uint64 // without a Ping: the first read size is at least this

	// Going on where bytes were lost, or the beginning was not recorded.
	lossy         bool    // bytes were lost: what is found must look like what is expected
	seekingClient bool    // the next request must be looked for
	seekingServer bool    // likewise the next response
	skipped       [2]skip // bytes passed over so far, of the client and of the server
	clientGap     bool    // bytes of the client were lost since its last request
	unseen        unseen  // since its last request
	furthest      int64   // the largest that a request expects so far
	pairing       pairing

	// What shows that only one direction was recorded (see tellOneDirection).
	requests, responses int
	lost                [2]int64 // bytes known to be missing, of the client and of the server
	noAcks              bool     // the file has no acknowledgements: a direction without bytes is not known to have had any
	oneSided            bool     // it was recorded so: responses, or requests, will not come

	// What the Summary's assumptions are made of.
	role       role   // by what it was told which end serves
	sawRequest bool   // one that parses
	sawPing    bool   // likewise
	sawPong    bool   // likewise
	sawFFIO    bool   // a read showed that fast file I/O is on
	firstWrite uint32 // what the Ping said
}

// A bulk is a run of bytes whose length is known, taken piece by piece.
type bulk struct {
	active  bool
	start   int64
	length  uint64
	done    uint64
	sum     sata.FNV
	head    []byte // of a response: its first bytes
	fd      int32
	damaged bool // some of its bytes are missing
}

func (f *framer) stream() *Stream { return &(*f.streams)[f.id] }

func (f *framer) ffio() bool { return f.stream().FFIO }

// at is where and when a message stands that starts at an offset and could be
// delivered with the byte before end, but not before what it answers.
func (f *framer) at(l *lane, start, end int64, answers *request) walcore.At {
	m := l.at(end - 1)
	if m.packet < l.last.packet {
		m = l.last
	}
	if answers != nil && m.packet < answers.packet {
		m.packet, m.time = answers.packet, answers.time
	}
	l.last = m
	return walcore.At{Offset: start, Time: m.time, Packet: m.packet}
}

// diagnose tells of what stands at an offset of a lane. What a and b are depends on
// the code.
func (f *framer) diagnose(code walcore.Code, l *lane, offset int64, size uint64, a uint64, b uint32) {
	at := f.at(l, offset, offset+1, nil)
	f.tellAt(at, walcore.Diagnosis{Code: code, At: at, FromServer: f.fromServer(l), Size: size, A: a, B: b})
}

// tellAt puts a diagnostic of this stream into the log at a place, which need not be
// the one that it is about.
func (f *framer) tellAt(place walcore.At, d walcore.Diagnosis) {
	d.Stream = f.id
	f.order.tell(event{kind: eventDiagnosis, stream: f.id, msg: walcore.Message{At: place}, diag: d})
}

// fromServer says who sent what stands at the front of a lane. In a dump that is
// the server, unless it is data of a WriteFile, or nobody asked for it and it does
// not look like a response.
func (f *framer) fromServer(l *lane) bool {
	if !f.dump {
		return l == f.server
	}
	return !f.outOfBand.active && !cutRequest(l.buf) && sata.LooksLikeRequest(l.buf) != sata.Yes && (len(f.waiting) > 0 || len(l.buf) > 0 && startsAnswers(l.buf))
}

// tellAssumed tells of something because of which fast file I/O and the first
// read size are assumed, and what they are taken to be.
func (f *framer) tellAssumed(code walcore.Code, l *lane, offset int64, size uint64) {
	st := f.stream()
	on := uint32(0)
	if st.FFIO {
		on = 1
	}
	f.diagnose(code, l, offset, size, uint64(st.FirstRead), on)
}

// begin is called once, before the first bytes.
func (f *framer) begin(began bool, o *Options) {
	st := f.stream()
	st.FirstRead = sata.DefaultFirstRead
	st.FFIO = !began
	f.furthest, f.pairing.due, f.client.taken, f.server.taken = -1, -1, -1, -1
	if o.FFIO != Auto {
		st.FFIO, f.ffioTold = o.FFIO == On, true
	}
	if o.FirstRead != 0 {
		st.FirstRead, st.FirstReadKnown, f.firstReadTold = o.FirstRead, true, true
	}
	if began {
		st.FirstReadKnown = true
		f.pairing.due = 0
		return
	}
	f.seekingClient, f.seekingServer, f.clientGap = true, true, true
}

// pump takes what can be taken.
func (f *framer) pump() {
	if f.dump {
		for f.stepDump() {
		}
	} else {
		for f.stepClient() || f.stepServer() {
		}
	}
}

// lie notes a length that can't be one.
func (f *framer) lie(l *lane, length uint64) {
	f.diagnose(walcore.CodeNoHeader, l, l.pos, length, 0, 0)
	f.fail(l, l.pos, "a message of at most "+strconv.Itoa(maxOrdinary)+" bytes, found a header that announces "+strconv.FormatUint(length, 10)+
		"; decoding went on at the next message that could be found")
}

// fail notes why the conversation can't be decoded to its end, unless that is
// known or comes from bytes that were lost.
func (f *framer) fail(l *lane, offset int64, expected string) {
	if *f.problem != nil || f.lossy {
		return
	}
	side := "client"
	if l == f.server {
		side = "server"
	}
	*f.problem = decodeError("stream " + strconv.Itoa(int(f.id)) + ", offset " + strconv.FormatInt(offset, 10) + " of the " + side + ": expected " + expected)
}

// finish takes what is left when no more bytes will come, and tells of what is
// incomplete.
func (f *framer) finish() {
	f.final = true
	f.pump()
	f.client.settle()
	f.server.settle()
	for _, l := range []*lane{f.client, f.server} {
		b := &f.outOfBand
		if l == f.server && (!f.dump || f.body.active) {
			b = &f.body
		}
		switch {
		case b.active:
			f.diagnose(walcore.CodeIncomplete, l, b.start, b.done, b.length, 0)
			if b.length-b.done >= maxMissing {
				f.fail(l, b.start, "the "+strconv.FormatUint(b.length, 10)+" bytes that were announced, found only "+strconv.FormatUint(b.done, 10)+
					" before the end of the conversation; what followed was taken for a part of them")
			}
		case l == f.client && f.seekingClient && !f.dump && !cutRequest(l.buf):
			f.skip(l, len(l.buf))
		case len(l.buf) > 0:
			want := uint64(sata.HeaderSize)
			if len(l.buf) >= sata.HeaderSize {
				want += uint64(binary.BigEndian.Uint32(l.buf))
			}
			f.diagnose(walcore.CodeIncomplete, l, l.pos, uint64(len(l.buf)), want, 0)
		}
		b.active = false
		if f.dump {
			break
		}
	}
	f.tellSkipped(f.client)
	f.tellSkipped(f.server)
	f.tellOneDirection()
	f.order.release(f.id, forRead)
	f.order.release(f.id, forRequest)
}
