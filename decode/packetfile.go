package decode

import (
	"context"
	"io"
	"slices"

	"satascope/capture"
)

// A merge gives the packets of several captures in the order of their times.
// Packets without a time come right after the one before them in their file.
type merge struct {
	readers []*capture.PacketReader
	next    []capture.Packet // of each reader, when there
	have    []bool
	ended   []bool
	number  uint64
	err     error // the first of a file that could not be read to its end
	name    func(i int, err error) error
}

// Next gives the next packet. Packets are numbered anew when there are several
// files. A file that is cut off or damaged ends; the others go on, and what was
// wrong comes in the place of io.EOF.
func (m *merge) Next(p *capture.Packet) error {
	if len(m.readers) == 1 {
		return m.readers[0].Next(p)
	}
	best := -1
	for i := range m.readers {
		if !m.have[i] && !m.ended[i] {
			at := m.next[i].Time
			if err := m.readers[i].Next(&m.next[i]); err != nil {
				m.ended[i] = true
				if err != io.EOF && m.err == nil {
					m.err = m.name(i, err)
				}
				continue
			}
			m.have[i] = true
			if m.next[i].Time == noTime {
				m.next[i].Time = at
			}
		}
		if m.have[i] && (best < 0 || m.next[i].Time < m.next[best].Time) {
			best = i
		}
	}
	if best < 0 {
		if m.err != nil {
			return m.err
		}
		return io.EOF
	}
	m.have[best] = false
	m.number++
	*p = m.next[best]
	p.Number, p.Source = m.number, uint8(best)
	return nil
}

// maxFiles bounds how many files are joined: a Segment's Source is a byte.
const maxFiles = 255

func (d *Decoder) readPackets(ctx context.Context) error {
	if len(d.files) > maxFiles {
		return decodeError("expected at most " + itoa(maxFiles) + " files, found " + itoa(int64(len(d.files))))
	}
	n := len(d.files)
	m := merge{next: make([]capture.Packet, n), have: make([]bool, n), ended: make([]bool, n), name: d.named}
	d.clocks.files = n
	for _, f := range d.files {
		m.readers = append(m.readers, capture.NewPacketReader(f, f.Kind))
	}
	h := &packets{d: d, port: d.port, server: d.options.Server, streams: map[uint32]*tcpStream{}, others: map[uint32]*other{}}
	h.probing = d.pass == 0
	if h.late = uint64(max(d.options.Assembler.LatePackets, 0)); h.late == 0 {
		h.late = capture.DefaultLatePackets
	}
	options := d.options.Assembler
	options.LateSYNs = d.known
	a := capture.NewAssembler(h, options)
	if d.options.Port == 0 && !d.options.Server.IsValid() {
		a.Unwanted = h.unwanted
	}
	var p capture.Packet
	var err error
	for n := 0; err == nil; n++ {
		if err = d.tick(ctx, n); err != nil {
			break
		}
		if err = m.Next(&p); err == nil {
			d.packets = p.Number
			if len(m.readers) > 1 {
				d.clocks.packet(&p)
			}
			a.Packet(&p)
		}
	}
	a.Finish()
	d.spoken = h.elsewhere()
	d.late = slices.DeleteFunc(a.LateSYNs, func(s capture.LateSYN) bool { return !h.serves(s.Src) && !h.serves(s.Dst) })
	if err == io.EOF {
		err = nil
	}
	none := h.found()
	elsewhere := h.probing && d.mayMove(none) && !slices.ContainsFunc(d.framers, func(f *framer) bool { return f.sawRequest })
	if err == nil && (elsewhere || !d.anyMessage() && !d.anyDamaged()) {
		none.Packets = d.packets
		none.Other = otherTraffic(&a.Dissector.Counts)
		return none
	}
	if err == nil && !d.anyMessage() {
		return d.nothingWhole()
	}
	return err
}
