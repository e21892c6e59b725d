package inspect

import (
	"slices"

	"satascope/decode"
	"satascope/walcore"
)

// A Packet is a piece of a message and the packet (or the line of a file) that
// it came in.
type Packet struct {
	decode.Segment        // Offset and File are those of the piece
	At             uint64 // where in the message it begins
}

// maxPackets bounds what Packets gives: a message may be of gigabytes.
const maxPackets = 10_000

// Packets are the pieces of a row's message, in order. segments are those of the
// row's stream and direction, as decode.Decoder.Segments gives them. What is
// missing in the file has no piece.
func Packets(segments []decode.Segment, r *walcore.Record) (pieces []Packet) {
	start, end := r.Offset, r.Offset+int64(min(r.Length, 1<<62))
	i, _ := slices.BinarySearchFunc(segments, start, func(s decode.Segment, offset int64) int {
		if s.Offset+int64(s.Length) <= offset {
			return -1
		}
		return 1
	})
	for ; i < len(segments) && segments[i].Offset < end && len(pieces) < maxPackets; i++ {
		p := Packet{Segment: segments[i]}
		if skip := start - p.Offset; skip > 0 {
			p.Offset, p.File, p.Length = start, p.File+skip, p.Length-uint32(skip)
		}
		if over := p.Offset + int64(p.Length) - end; over > 0 {
			p.Length -= uint32(over)
		}
		p.At = uint64(p.Offset - start)
		if p.Length > 0 {
			pieces = append(pieces, p)
		}
	}
	return pieces
}

// AppendFlags appends the names of TCP flags: "PSH ACK".
func AppendFlags(dst []byte, flags uint8) []byte {
	first := true
	for bit, name := range [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"} {
		if flags>>bit&1 == 0 {
			continue
		}
		if !first {
			dst = append(dst, ' ')
		}
		first = false
		dst = append(dst, name...)
	}
	return dst
}
