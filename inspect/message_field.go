package inspect

import (
	"encoding/binary"
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// field makes the node of a field from its bytes, of which some may be missing
// at the end.
func (b *builder) field(f *sata.Field, bytes []byte) Node {
	n := Node{Kind: NodeNumber, Name: f.Name, Meaning: f.Meaning, Offset: int64(f.Offset), Length: int64(len(bytes)), Row: None}
	if len(bytes) < f.Length {
		n.Kind, n.Bad = NodeUnread, true
		n.Meaning = "expected " + strconv.Itoa(f.Length) + " bytes, found " + strconv.Itoa(len(bytes))
		return n
	}
	switch f.Kind {
	case sata.Text, sata.ModeText:
		b.textNode(&n, f, bytes)
	case sata.Zeros, sata.Constant:
		n.Kind = NodeConstant
		if n.Value = "zeros"; !allZero(bytes) {
			n.Value = hexBytes(bytes)
		}
	case sata.Bytes:
		n.Kind, n.Value = NodeForm, hexBytes(bytes)
	case sata.I32:
		n.Value = strconv.Itoa(int(int32(binary.BigEndian.Uint32(bytes))))
		if fd, has := descriptor(b.r); has && f.Slot == sata.SlotFD && strconv.Itoa(int(fd)) == n.Value {
			n.Filter = Term("fd", n.Value, false)
		}
	case sata.U64:
		v := binary.BigEndian.Uint64(bytes)
		n.Value = b.number(v)
		if f.Slot == sata.SlotCreated || f.Slot == sata.SlotUpdated {
			n.Kind = NodeTime
			n.Value = string(appendSeconds(append(strconv.AppendUint(nil, v, 10), " ms: "...), fatSeconds(v)))
		}
	case sata.U32LE:
		n.Kind, n.Value = NodeHeader, string(appendHex(nil, uint64(binary.LittleEndian.Uint32(bytes)), 8))
	case sata.ResultCode:
		return b.resultNode(f, sata.Result(binary.BigEndian.Uint32(bytes)))
	default:
		b.u32(&n, f, binary.BigEndian.Uint32(bytes))
	}
	return n
}

// fatSeconds is a time of an info block in seconds since 1970.
func fatSeconds(ms uint64) int64 { return int64(ms/1000) + sata.FATEpoch }

func (b *builder) resultNode(f *sata.Field, code sata.Result) Node {
	hex := string(appendHex(nil, uint64(code), 8))
	n := Node{
		Kind: NodeResult, Name: "result code", Value: hex + ": " + string(appendWords(nil, b.r, code)), Meaning: sata.ShapeResult.Spec().Fields[0].Meaning,
		Offset: int64(f.Offset), Length: 4, Row: None,
	}
	if known, has := b.r.Result(); has && known == code {
		n.Filter = Term("code", hex[2:], false)
	}
	return n
}

// A bit is a bit of a number that has a meaning.
type bit struct {
	mask    uint32
	meaning string
}

var (
	pingBits = []bit{{sata.FlagFFIO, "the client can do fast file I/O"}, {sata.FlagCSR, "the client can do combined send and receive"}}
	infoBits = []bit{{sata.InfoFolder, "a folder"}, {sata.InfoExists, "exists"}}
	moveBits = []bit{{1, "move first"}}
	modeBits = []bit{{0x200, "write bit 0x200"}, {0x20, "write bit 0x020"}, {0x2, "write bit 0x002"}}
)

// flags makes a node of the bits that are set; the other bits are told together.
func (n *Node) flags(v uint32, bits []bit) {
	n.Kind = NodeFlags
	other := v
	for _, f := range bits {
		value := "no"
		if v&f.mask != 0 {
			value = "yes"
		}
		other &^= f.mask
		n.Children = append(n.Children, Node{Kind: NodeBit, Name: string(appendHex(nil, uint64(f.mask), 1)), Value: value, Meaning: f.meaning, Offset: n.Offset, Length: n.Length, Row: None})
	}
	if other != 0 {
		n.Children = append(n.Children, Node{Kind: NodeBit, Name: string(appendHex(nil, uint64(other), 1)), Value: "set", Meaning: "what these bits mean is not known", Offset: n.Offset, Length: n.Length, Row: None})
	}
}

// u32 fills the node of a number of 32 bits.
func (b *builder) u32(n *Node, f *sata.Field, v uint32) {
	hex := string(appendHex(nil, uint64(v), 1))
	n.Value = b.number(uint64(v))
	switch f.Slot {
	case sata.SlotFlags:
		n.Value = hex
		n.flags(v, infoBits)
	case sata.SlotPermissions:
		n.Value = hex
	case sata.SlotMode:
		if n.Value = hex + ": read-only, 0444"; sata.Writable(v) {
			n.Value = hex + ": writable, 0666"
		}
		n.flags(v, modeBits)
	case sata.SlotMoveTo:
		n.Value += ": " + moveWords(sata.Move(v))
	case sata.SlotShouldMove:
		if n.Value = strconv.FormatUint(uint64(v), 10) + ": no"; v&1 != 0 {
			n.Value = strconv.FormatUint(uint64(v), 10) + ": yes"
		}
		n.flags(v, moveBits)
	case sata.SlotQuery:
		n.Value = strconv.FormatUint(uint64(v), 10)
		if q := sata.Query(v); q.Known() {
			n.Value += ": " + sata.Queries()[q].Meaning
		}
	case sata.SlotCapabilities:
		c := sata.Capabilities(v)
		n.Value = hex + ": fast file I/O " + onOff(c.FFIO()) + ", combined send and receive " + onOff(c.CSR())
	case sata.SlotNone, sata.SlotUser0, sata.SlotUser1:
		n.Kind = NodeHeader
		b.headerValue(n, f.Offset, v, hex)
	}
}

// headerValue fills the node of a number of the header or the command info.
func (b *builder) headerValue(n *Node, offset int, v uint32, hex string) {
	switch offset {
	case 0x08:
		n.Value = hex
		if b.r.Op == uint8(sata.Ping) {
			n.flags(v, pingBits)
		}
	case 0x0C:
		if n.Value = hex; v != 0 {
			n.Value = string(appendHex(nil, uint64(v), 8))
		}
	case 0x10:
		if n.Kind = NodeTime; v == 0 {
			n.Value = "0: not filled"
		} else {
			n.Value = string(appendSeconds(append(strconv.AppendUint(nil, uint64(v), 10), ": "...), int64(v)))
		}
	case 0x30:
		c := sata.Command(v)
		if n.Value = hex + ": not known"; c.Spec() != nil {
			n.Value = hex + ": " + c.Spec().Name
			if b.r.Op == uint8(c) {
				n.Filter = Term("op", c.Spec().Name, false)
			}
			n.Meaning = "what is asked for: " + c.Spec().Meaning
		}
	}
}

// textNode fills the node of a text and makes those of its parts: the text, its
// NUL and what remains behind it.
func (b *builder) textNode(n *Node, f *sata.Field, bytes []byte) {
	n.Kind = NodeText
	end := 0
	for end < len(bytes) && bytes[end] != 0 {
		end++
	}
	n.Value = visible(bytes[:end])
	if b.r.Op != walcore.OpUnknown && (f.Slot == sata.SlotPath || f.Slot == sata.SlotDestination) {
		n.Filter = Term("path", string(bytes[:end]), false)
	}
	part := func(kind NodeKind, name, value, meaning string, from, to int) {
		if from < to {
			n.Children = append(n.Children, Node{Kind: kind, Name: name, Value: value, Meaning: meaning, Offset: n.Offset + int64(from), Length: int64(to - from), Row: None})
		}
	}
	part(NodePath, "text", n.Value, appendedBytes(uint64(end)), 0, end)
	if end == len(bytes) {
		return
	}
	part(NodeNul, "NUL", "0", "ends the text", end, end+1)
	if rest := bytes[end+1:]; allZero(rest) {
		part(NodePadding, "zeros", string(AppendCount(nil, uint64(len(rest)))), "the rest of the field", end+1, len(bytes))
	} else {
		part(NodeRemains, "remains", cut(visible(rest), 100), "ignored: what was in the sender's memory before, often of an earlier message", end+1, len(bytes))
	}
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// hexBytes is bytes as pairs of digits, the first 16 of them.
func hexBytes(bytes []byte) string {
	var dst []byte
	for i, c := range bytes {
		if i == 16 {
			return string(append(dst, " …"...))
		}
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
	}
	return string(dst)
}
