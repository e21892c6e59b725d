package decode

import (
	"context"
	"io"
	"slices"

	"satascope/capture"
	"satascope/sata"
	"satascope/walcore"
)

// A followed is one stream of a follow export. Until it is known which node
// serves, its runs wait.
type followed struct {
	d       *Decoder
	nodes   [2]capture.FollowNode
	f       *framer
	server  uint8
	waiting []capture.FollowRun
	bytes   int
	head    []byte   // how what the first node to speak sent begins, as long as only it spoke
	sent    [2]int64 // bytes, by node
	role    role
}

// serves says whether a node is where the server is looked for.
func (s *followed) serves(node int) bool {
	if server := s.d.options.Server; server.IsValid() {
		return s.nodes[node].AddrPort() == server
	}
	return s.nodes[node].Port == s.d.port
}

// readFollow reads what Wireshark saves of a followed stream: both directions
// told apart, in the order of the packets, without acknowledgements.
func (d *Decoder) readFollow(ctx context.Context, f *capture.File) error {
	r := capture.NewFollowReader(f, f.Kind)
	var s *followed
	stream := -1
	var err error
	for n := 0; ; n++ {
		if err = d.tick(ctx, n); err != nil {
			break
		}
		var run capture.FollowRun
		if err = r.Next(&run); err != nil {
			break
		}
		if run.Stream != stream {
			s.end()
			stream, s = run.Stream, &followed{d: d, nodes: r.Nodes}
		}
		s.take(run)
	}
	s.end()
	if err == io.EOF {
		err = nil
	}
	if err == nil && d.Summary().Messages == 0 {
		return &capture.FormatError{In: f.Kind.String(), Expected: "a conversation of PCFS over SATA", Found: "no request of the protocol", Advice: "follow the stream to or from port 7500"}
	}
	return err
}

// byPort is the node that serves by the ports, or -1.
func (s *followed) byPort() int {
	switch {
	case s.serves(0) == s.serves(1):
		return -1
	case s.serves(0):
		return 0
	}
	return 1
}

// take gives a run to the framer, or keeps it until the server is known: by its
// port, else as the one that receives what looks like a request. What is too short
// to tell whether it is a request waits for more of it.
func (s *followed) take(run capture.FollowRun) {
	if s.f == nil {
		server := s.byPort()
		s.role = roleByPort
		if server < 0 {
			s.role = roleByRequests
		}
		like := sata.LooksLikeRequest(run.Bytes)
		if run.Missing == 0 && (len(s.waiting) == 0 || len(s.head) > 0 && s.waiting[0].Node == run.Node) {
			s.head = append(s.head, run.Bytes[:min(len(run.Bytes), sata.RequestSize-len(s.head))]...)
			like = max(like, sata.LooksLikeRequest(s.head))
		} else {
			s.head = nil
		}
		if server < 0 && like == sata.Yes {
			server = int(run.Node ^ 1)
		}
		short := len(s.head) > 0 && len(s.head) < sata.RequestSize && int(run.Node) != server && sata.LooksLikeRequest(s.head) == sata.Maybe
		if short || server < 0 && s.bytes < maxOrdinary {
			run.Bytes = slices.Clone(run.Bytes)
			s.waiting = append(s.waiting, run)
			s.bytes += len(run.Bytes) + 64
			return
		}
		if server < 0 {
			server, s.role = 1, roleByFirst
		}
		s.begin(uint8(server), &run)
	}
	s.give(run)
}

func (s *followed) begin(server uint8, run *capture.FollowRun) {
	s.server = server
	first := run
	for i := range s.waiting {
		if s.waiting[i].Node != server {
			first = &s.waiting[i]
			break
		}
	}
	began := first.Node != server && (startsWithPing(first.Bytes) || startsWithPing(s.head))
	s.f = s.d.newFramer(began, false)
	s.f.role, s.f.noAcks = s.role, true
	st := s.f.stream()
	st.Client, st.Server = s.nodes[server^1].AddrPort(), s.nodes[server].AddrPort()
	s.d.order.tell(event{kind: eventOpen, stream: s.f.id, msg: walcore.Message{At: walcore.At{Time: run.Time, Packet: uint32(run.Packet)}}})
	if !began {
		s.f.noBeginning(s.f.client, mark{packet: uint32(run.Packet), time: run.Time})
	}
	for _, w := range s.waiting {
		s.give(w)
	}
	s.waiting = nil
}

// startsWithPing says whether bytes begin with a Ping: the beginning of a
// conversation.
func startsWithPing(b []byte) bool {
	return sata.LooksLikeRequest(b) == sata.Yes && sata.Command(b[0x33]) == sata.Ping
}

func (s *followed) give(run capture.FollowRun) {
	l, st := s.f.client, s.f.stream()
	count := &st.FromClient
	if run.Node == s.server {
		l, count = s.f.server, &st.FromServer
	}
	at := &s.sent[run.Node]
	m := mark{packet: s.d.order.turn(uint32(run.Packet)), time: run.Time, acked: -1}
	if run.Missing > 0 {
		s.f.missing(l, *at, run.Missing, m.packet, m.time, false)
		*at += run.Missing
	} else {
		l.segments = append(l.segments, Segment{Offset: *at, Length: uint32(len(run.Bytes)), File: run.File, Seq: uint32(run.Skip), Packet: uint32(run.Packet), Time: run.Time})
		*at += int64(len(run.Bytes))
		*count += int64(len(run.Bytes))
		if l == s.f.client {
			s.f.spoke(-1)
		}
		l.put(run.Bytes, m)
	}
	s.f.pump()
	s.f.client.settle()
	s.f.server.settle()
}

// end ends the stream; s may be nil.
func (s *followed) end() {
	if s == nil {
		return
	}
	if s.f == nil {
		if len(s.waiting) == 0 {
			return
		}
		server := s.byPort()
		if server < 0 {
			server, s.role = 1, roleByFirst
		}
		s.begin(uint8(server), &s.waiting[0])
	}
	s.d.endFramer(s.f)
}

// endFramer finishes a framer whose file ends and closes its stream.
func (d *Decoder) endFramer(f *framer) {
	f.finish()
	last := f.client.last
	if f.server.last.packet > last.packet {
		last = f.server.last
	}
	d.order.tell(event{kind: f.endOf(), stream: f.id, msg: walcore.Message{At: walcore.At{Offset: f.client.end(), Time: last.time, Packet: last.packet}}})
}
