package decode

import (
	"net/netip"
	"strconv"

	"satascope/capture"
)

// A NoProtocolError says that a file was read and holds no conversation of the
// protocol where one was looked for, and what it holds instead.
type NoProtocolError struct {
	Port          uint16         // where it was looked for
	Server        netip.AddrPort // likewise, when one was named
	Packets       uint64
	Conversations int               // TCP conversations in the file
	There         int               // of those, where it was looked for: they hold no message
	Largest       [2]netip.AddrPort // the ends of the largest one
	LargestBytes  int64
	Ports         []PortFound // what could be asked for instead, most likely first
	Other         string      // what else is in the file, in words; may be empty
}

// PortFound is a TCP port that conversations in a file have at one end.
type PortFound struct {
	Port          uint16
	Conversations int
	Bytes         int64
	Requests      int // how often something that looks like a request was sent there
}

func (e *NoProtocolError) Error() string {
	where := "port " + strconv.Itoa(int(e.Port))
	if e.Server.IsValid() {
		where = e.Server.String()
	}
	b := []byte("expected a conversation of PCFS over SATA on " + where + ", found ")
	switch {
	case e.Packets == 0:
		return string(b) + "no packets at all: the capture is empty"
	case e.Conversations == 0:
		b = strconv.AppendUint(b, e.Packets, 10)
		b = append(b, " packets and no TCP conversation among them"...)
		if e.Other != "" {
			b = append(append(append(b, " ("...), e.Other...), ')')
		}
		return string(b)
	case e.There == 1:
		b = append(b, "1 TCP conversation there and no message of the protocol in it"...)
	case e.There > 1:
		b = strconv.AppendInt(b, int64(e.There), 10)
		b = append(b, " TCP conversations there and no message of the protocol in them"...)
	case e.Conversations == 1:
		b = append(b, "1 TCP conversation, not there"...)
	default:
		b = strconv.AppendInt(b, int64(e.Conversations), 10)
		b = append(b, " TCP conversations, none there"...)
	}
	if e.Largest[0].IsValid() {
		b = append(b, "; the largest is "+e.Largest[0].String()+" with "+e.Largest[1].String()+" ("...)
		b = strconv.AppendInt(b, e.LargestBytes, 10)
		b = append(b, " bytes)"...)
	}
	if len(e.Ports) > 0 {
		b = append(b, "; choose the server's port: "...)
		for i, p := range e.Ports[:min(len(e.Ports), 6)] {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = strconv.AppendUint(b, uint64(p.Port), 10)
		}
	}
	return string(b)
}

// A NothingWholeError says that conversations were found where the protocol is
// spoken and that no message in them is whole. The log's diagnostics tell what is
// missing.
type NothingWholeError struct {
	FromClient, FromServer int64 // bytes that are there
}

func (e *NothingWholeError) Error() string {
	b := []byte("expected whole messages of PCFS over SATA, found none: ")
	switch {
	case e.FromClient == 0:
		b = append(strconv.AppendInt(append(b, "only what the server sent was recorded ("...), e.FromServer, 10), " bytes), and without the requests its responses can't be told apart; record both directions"...)
	default:
		b = append(strconv.AppendInt(append(b, "too much is missing around the "...), e.FromClient, 10), " bytes of the client and the "...)
		b = append(strconv.AppendInt(b, e.FromServer, 10), " of the server that are there; the diagnostics tell what"...)
	}
	return string(b)
}

func (d *Decoder) nothingWhole() error {
	e := &NothingWholeError{}
	for i := range d.streams {
		e.FromClient += d.streams[i].FromClient
		e.FromServer += d.streams[i].FromServer
	}
	return e
}

// A StoppedError says where the reference would have stopped for good; the
// compatible log ends there.
type StoppedError struct {
	Record int    // the diagnostic's index in the log
	Reason string // what it says
}

func (e *StoppedError) Error() string {
	return "the compatible log ends after record " + strconv.Itoa(e.Record) + ": " + e.Reason
}

// otherTraffic tells in words what a capture holds beside TCP.
func otherTraffic(c *capture.Counts) string {
	var b []byte
	for _, kind := range [...]struct {
		n    uint64
		what string
	}{
		{c.UDP, "UDP"}, {c.ICMP, "ICMP"}, {c.OtherIP, "other IP"}, {c.ARP, "ARP"}, {c.OtherLink, "not IP"},
		{c.Fragments, "pieces of IP packets"}, {c.Cut, "cut off before the TCP header"}, {c.Bad, "damaged"},
	} {
		if kind.n > 0 {
			if len(b) > 0 {
				b = append(b, ", "...)
			}
			b = append(strconv.AppendUint(b, kind.n, 10), ' ')
			b = append(b, kind.what...)
		}
	}
	if c.Unread > 0 {
		if len(b) > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendUint(b, c.Unread, 10)
		b = strconv.AppendUint(append(b, " of link type "...), uint64(c.Link), 10)
		b = append(b, ", which is not read here"...)
	}
	return string(b)
}

type decodeError string

func (e decodeError) Error() string { return string(e) }
