package learn

import (
	"strconv"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// ItemKind is what an item of a chain is.
type ItemKind uint8

// The kinds of items.
const (
	ItemRequest ItemKind = iota
	ItemResponse
	ItemWritten // data of a WriteFile, out of band; only its length counts
)

// An Item is one thing that happens in a chain of frames.
type Item struct {
	Kind   ItemKind
	Bytes  []byte
	FD     int32  // of ItemWritten
	Length uint64 // of ItemWritten
}

// MaxChain is how many bytes and how many items a chain may have.
const (
	MaxChain      = 1 << 20
	MaxChainItems = 4096
)

// AppendItems appends a chain as a link carries it (after `#frames=`): items with
// a comma between, each `q` and the bytes of a request, `r` and those of a
// response, or `w`, a descriptor, a full stop and a length. Bytes are written as
// by AppendRuns.
func AppendItems(dst []byte, items []Item) []byte {
	for i, it := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch it.Kind {
		case ItemRequest:
			dst = AppendRuns(append(dst, 'q'), it.Bytes)
		case ItemResponse:
			dst = AppendRuns(append(dst, 'r'), it.Bytes)
		case ItemWritten:
			dst = strconv.AppendInt(append(dst, 'w'), int64(it.FD), 10)
			dst = strconv.AppendUint(append(dst, '.'), it.Length, 10)
		}
	}
	return dst
}

// ParseItems reads what AppendItems writes. White space between items is passed
// over.
func ParseItems(s string) (items []Item, err error) {
	room := MaxChain
	for at := 0; at < len(s); {
		end := strings.IndexByte(s[at:], ',')
		if end < 0 {
			end = len(s) - at
		}
		text := s[at : at+end]
		start := at + len(text) - len(strings.TrimLeft(text, " \t\r\n"))
		text = strings.TrimSpace(text)
		at += end + 1
		if text == "" {
			return nil, &TextError{Offset: start, Want: "q (a request), r (a response) or w (written data)", Found: "nothing"}
		}
		if len(items) == MaxChainItems {
			return nil, &TextError{Offset: start, Want: "at most " + strconv.Itoa(MaxChainItems) + " items", Found: "more"}
		}
		var it Item
		switch text[0] {
		case 'q', 'r':
			if text[0] == 'r' {
				it.Kind = ItemResponse
			}
			if it.Bytes, err = ParseRuns(text[1:], room); err != nil {
				if e, ok := err.(*TextError); ok {
					e.Offset += start + 1
				}
				return nil, err
			}
			room -= len(it.Bytes)
		case 'w':
			it.Kind = ItemWritten
			fd, length, ok := strings.Cut(text[1:], ".")
			n, err1 := strconv.ParseInt(fd, 10, 32)
			l, err2 := strconv.ParseUint(length, 10, 64)
			if !ok || err1 != nil || err2 != nil {
				return nil, &TextError{Offset: start + 1, Want: "a descriptor, a full stop and a length, as in w14.512", Found: strconv.Quote(text)}
			}
			it.FD, it.Length = int32(n), l
		default:
			return nil, &TextError{Offset: start, Want: "q (a request), r (a response) or w (written data)", Found: foundAt(text, 0)}
		}
		items = append(items, it)
	}
	return items, nil
}

// AppendFragment appends the fragment of a link, without its `#`, that opens
// items: `frame=` and the bytes alone for a single request, else `frames=`.
func AppendFragment(dst []byte, items []Item) []byte {
	if len(items) == 1 && items[0].Kind == ItemRequest {
		return AppendRuns(append(dst, "frame="...), items[0].Bytes)
	}
	return AppendItems(append(dst, "frames="...), items)
}

// ParseFragment reads what AppendFragment writes; ours is false for a fragment
// that says nothing of frames.
func ParseFragment(s string) (items []Item, ours bool, err error) {
	s = strings.TrimPrefix(s, "#")
	if text, ok := strings.CutPrefix(s, "frames="); ok {
		items, err = ParseItems(text)
		return items, true, err
	}
	if text, ok := strings.CutPrefix(s, "frame="); ok {
		b, err := ParseRuns(text, MaxChain)
		if err != nil {
			return nil, true, err
		}
		return []Item{SingleItem(b)}, true, nil
	}
	return nil, false, nil
}

// ExchangeName begins the fragment of a link that shows a chain in the log and
// the inspector, and not in the builder: `exchange=` and items.
const ExchangeName = "exchange="

// ParseExchange reads such a fragment; ours is false for another one.
func ParseExchange(s string) (items []Item, ours bool, err error) {
	text, ours := strings.CutPrefix(strings.TrimPrefix(s, "#"), ExchangeName)
	if !ours {
		return nil, false, nil
	}
	items, err = ParseItems(text)
	return items, true, err
}

// AppendEvents appends a chain as an event file: one stream that opens, each
// item a line of JSON, and the stream's end.
func AppendEvents(dst []byte, items []Item) []byte {
	dst = append(dst, `{"op":"open","stream":0}`+"\n"...)
	for _, it := range items {
		switch it.Kind {
		case ItemWritten:
			dst = strconv.AppendInt(append(dst, `{"op":"oob","stream":0,"fd":`...), int64(it.FD), 10)
			dst = strconv.AppendUint(append(dst, `,"len":`...), it.Length, 10)
		default:
			op := "req"
			if it.Kind == ItemResponse {
				op = "resp"
			}
			dst = append(dst, `{"op":"`+op+`","stream":0,"hex":"`...)
			for _, c := range it.Bytes {
				dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
			}
			dst = append(dst, '"')
		}
		dst = append(dst, "}\n"...)
	}
	return append(dst, `{"op":"close","stream":0}`+"\n"...)
}

// SingleItem is an item of bytes of which nobody says what they are: a response
// when they can't be a request, and can be an answer of fast file I/O or a
// header that the host filled; else a request.
func SingleItem(b []byte) Item {
	it := Item{Bytes: b}
	if sata.LooksLikeRequest(b) == sata.Yes {
		return it
	}
	form, enough := sata.FormOf(b)
	host := len(b) >= sata.HeaderSize && allZero(b[0x18:0x20]) && !allZero(b[0x10:0x18])
	short := len(b) >= sata.HeaderSize+4 && len(b) < sata.RequestSize
	if form == sata.ReadFirst && enough || form == sata.ReadFailed || host || short {
		it.Kind = ItemResponse
	}
	return it
}

// A Played chain is what became of its items.
type Played struct {
	Conversation
	Rows   []int    // by item: the record that tells of it, -1 where the log says nothing
	Frames []*Frame // by item: what it is, given all before it; nil for written data
}

// Play decodes a chain as a conversation of one stream, in the tolerant way: an
// item out of place becomes a diagnostic before its record.
func Play(items []Item) *Played {
	const stream = 0
	log := walcore.NewLog(walcore.Limits{})
	m := walcore.NewMachine(log)
	m.OpenStream(stream)
	p := &Played{Conversation: Conversation{Log: log}}
	offset := int64(0)
	var waiting []sata.Request
	for n, it := range items {
		at := walcore.At{Offset: offset, Time: walcore.NoTime, Packet: uint32(n + 1)}
		offset += int64(len(it.Bytes))
		msg := walcore.Message{Head: it.Bytes, Length: uint64(len(it.Bytes)), At: at}
		var frame *Frame
		row := uint32(walcore.None)
		switch it.Kind {
		case ItemRequest:
			frame = RequestFrame(it.Bytes)
			var r sata.Request
			if sata.ParseRequest(it.Bytes, msg.Length, &r) != nil {
				r.Command = ^sata.Command(0)
			}
			waiting = append(waiting, r)
			row = m.Request(stream, msg)
		case ItemResponse:
			asked := sata.Request{Command: ^sata.Command(0)}
			if len(waiting) > 0 {
				asked, waiting = waiting[0], waiting[1:]
			}
			frame = ResponseFrame(it.Bytes, asked.Command, asked.Query)
			row = m.Response(stream, msg)
		case ItemWritten:
			before := log.Len()
			m.Written(stream, it.FD, it.Length, at)
			if log.Len() > before {
				row = uint32(before)
			}
		}
		p.Frames = append(p.Frames, frame)
		p.Rows = append(p.Rows, int(int32(row)))
	}
	p.Rest = func(dst []byte, r *walcore.Record, from uint64, n int) ([]byte, error) {
		i := int(r.Packet) - 1
		if i < 0 || i >= len(items) || r.Kind == walcore.Written || from > uint64(len(items[i].Bytes)) || uint64(n) > uint64(len(items[i].Bytes))-from {
			return dst, errNoBytes
		}
		return append(dst, items[i].Bytes[from:from+uint64(n)]...), nil
	}
	return p
}

// ExchangeNote says what of item i's exchange does not fit together any more: an
// answer to a ReadFile, or the data of a WriteFile, that is not as long as the
// request makes it. "" when nothing is wrong with it.
func (p *Played) ExchangeNote(i int) string {
	if p.Rows[i] < 0 {
		return ""
	}
	q, a := p.Pair(p.Rows[i])
	if a >= 0 {
		if read, ok := p.ReadOf(a); ok {
			have := p.Log.At(a).Length
			if length, ok := read.Length(); ok && length.Bytes != have && !read.mayBe(have) {
				return "The answer does not fit its request: it has " + Count(have) + " bytes, and should have " + Count(length.Bytes) + ". " + length.Why
			}
		}
	}
	if q >= 0 && p.Log.At(q).Op == uint8(sata.WriteFile) {
		if w := p.WrittenOf(q); w >= 0 {
			r := p.Log.At(q)
			if total, have := uint64(r.B)*uint64(r.C), p.Log.At(w).A; total != have {
				return "The data does not fit its request: block count × block size is " + count(total, "byte", "bytes") + ", and " + Count(have) + " follow."
			}
		}
	}
	return ""
}

// mayBe says whether an answer can have a length after all, because no Ping told
// the first read size and another one than the usual would explain it.
func (r Read) mayBe(length uint64) bool {
	if r.From == sata.FromPing || length < sata.ReadHeadSize {
		return false
	}
	data := length - sata.ReadHeadSize
	return data <= r.Total && (r.Form == sata.ReadFirst || r.Form == sata.ReadZeros && data >= uint64(r.Word))
}

// Exchange are the items of record i and all that belongs to it: its request or
// response, and the data written between.
func (c Conversation) Exchange(i int) (items []Item, err error) {
	for _, row := range c.ExchangeRows(i) {
		rec := c.Log.At(row)
		it := Item{FD: rec.FD, Length: rec.Length}
		switch rec.Kind {
		case walcore.Written:
			it.Kind = ItemWritten
		case walcore.Response:
			it = Item{Kind: ItemResponse}
		default:
			it = Item{Kind: ItemRequest}
		}
		if it.Kind != ItemWritten {
			if rec.Length > maxBytes {
				return nil, learnError("expected a message of at most " + strconv.Itoa(maxBytes) + " bytes, found one of " + strconv.FormatUint(rec.Length, 10) + ": it is too long for a link")
			}
			if it.Bytes, err = c.Bytes(row, maxBytes); err != nil {
				return nil, err
			}
		}
		items = append(items, it)
	}
	return items, nil
}

// ExchangeRows are the records of these items.
func (c Conversation) ExchangeRows(i int) []int {
	q, r := c.Pair(i)
	return c.rowsOf(q, r, max(q, r))
}

// Opening is the record of the response that opened the descriptor which the
// request of record i uses, -1 when it uses none or that one is not near.
func (c Conversation) Opening(i int) int {
	r := c.Log.At(i)
	if r.Kind != walcore.Request || r.Line == walcore.LineDiagnostic || descriptorField(sata.Command(r.Op)) == nil {
		return -1
	}
	for n := i - 1; n >= max(0, i-within); n-- {
		o := c.Log.At(n)
		if o.Line == walcore.LineDescriptor && o.Stream == r.Stream && !o.Failed() && o.FD == r.FD && o.Path == r.Path && (o.Op == uint8(sata.OpenFolder)) == isFolder(sata.Command(r.Op)) {
			return n
		}
	}
	return -1
}

// Pair are the records of the request and the response of the exchange that
// record i belongs to, -1 for one that is not there.
func (c Conversation) Pair(i int) (request, response int) {
	r := c.Log.At(i)
	partner := int(int32(r.Partner))
	switch r.Kind {
	case walcore.Request:
		return i, partner
	case walcore.Response:
		return partner, i
	case walcore.Written:
		if partner < 0 {
			return -1, -1
		}
		return partner, int(int32(c.Log.At(partner).Partner))
	}
	return -1, -1
}

// rowsOf are the records of an exchange in their order.
func (c Conversation) rowsOf(q, r, last int) (rows []int) {
	if q < 0 {
		if r >= 0 {
			rows = append(rows, r)
		}
		return rows
	}
	rows = append(rows, q)
	if c.Log.At(q).Op == uint8(sata.WriteFile) {
		if w := c.WrittenOf(q); w >= 0 && (last < 0 || w < last || r < 0) {
			rows = append(rows, w)
		}
	}
	if r >= 0 {
		rows = append(rows, r)
	}
	return rows
}

// WrittenOf is the record of the data that came with the WriteFile of record i,
// -1 when there is none before its response. Where it has none, it is looked for
// near by.
func (c Conversation) WrittenOf(i int) int {
	end := min(c.Log.Len(), i+within)
	if p := c.Log.At(i).Partner; p != walcore.None {
		end = int(p)
	}
	for n := i + 1; n < end; n++ {
		if r := c.Log.At(n); r.Kind == walcore.Written && r.Partner == uint32(i) {
			return n
		}
	}
	return -1
}
