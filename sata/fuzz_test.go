package sata

import (
	"bytes"
	"errors"
	"testing"
)

func seedMessages(f *testing.F, add func(m goldenMessage)) {
	for _, c := range requests {
		add(goldenMessage{bytes: c.bytes()})
	}
	for _, c := range responses {
		add(goldenMessage{bytes: c.bytes(), response: true, shape: c.shape})
	}
	for i, m := range goldenMessages(f) {
		if i%50 == 0 && len(m.bytes) <= 2*MaxHead {
			add(m)
		}
	}
}

// requireWrapped fails for an error that does not say where.
func requireWrapped(t *testing.T, err error, size int) {
	var pe *ParseError
	if !errors.As(err, &pe) {
		t.Fatalf("not a *ParseError: %v", err)
	}
	if pe.Offset < 0 || pe.Offset > max(size, RequestSize) || pe.Field == "" || pe.Want == "" || pe.Found == "" {
		t.Fatalf("an error about nothing: %+v", pe)
	}
}

// FuzzRequest: what parses is appended, parsed and appended again without a
// change; a head of MaxHead bytes is enough.
func FuzzRequest(f *testing.F) {
	seedMessages(f, func(m goldenMessage) {
		if !m.response {
			f.Add(m.bytes)
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		var r, again Request
		err := ParseRequest(b, uint64(len(b)), &r)
		if len(b) > MaxHead {
			short := ParseRequest(b[:MaxHead], uint64(len(b)), &again)
			if (err == nil) != (short == nil) || err != nil && err.Error() != short.Error() {
				t.Fatalf("whole: %v, its head: %v", err, short)
			}
		}
		if err != nil {
			requireWrapped(t, err, len(b))
			return
		}
		one, err := AppendRequest(nil, &r)
		if err != nil {
			t.Fatalf("parsed, but not appended: %v", err)
		}
		if err := ParseRequest(one, uint64(len(one)), &again); err != nil {
			t.Fatalf("appended, but not parsed: %v", err)
		}
		two, err := AppendRequest(nil, &again)
		if err != nil || !bytes.Equal(one, two) {
			t.Fatalf("appended twice, %v:\n% x\n% x", err, one, two)
		}
		if !sameRequest(&r, &again) {
			t.Fatalf("parsed %+v, then %+v", r, again)
		}
		// Without what only the host fills, an appended request looks like one.
		clear(one[0x10:0x18])
		if LooksLikeRequest(one) != Yes {
			t.Fatal("a request that does not look like one")
		}
	})
}

// sameRequest compares what the two say, but for the length in the header.
func sameRequest(a, b *Request) bool {
	x, y := *a, *b
	same := bytes.Equal(x.Path, y.Path) && bytes.Equal(x.Destination, y.Destination) && bytes.Equal(x.ModeText, y.ModeText)
	for _, r := range []*Request{&x, &y} {
		r.Path, r.Destination, r.ModeText, r.Header.DataLen = nil, nil, nil, 0
	}
	return same && x.Header == y.Header && x.Command == y.Command && x.User == y.User && x.Capabilities == y.Capabilities &&
		x.FD == y.FD && x.Mode == y.Mode && x.BlockCount == y.BlockCount && x.BlockSize == y.BlockSize && x.MoveTo == y.MoveTo &&
		x.ShouldMove == y.ShouldMove && x.Query == y.Query && x.UID == y.UID && x.GID == y.GID
}

// FuzzResponse is FuzzRequest for the responses of every shape.
func FuzzResponse(f *testing.F) {
	seedMessages(f, func(m goldenMessage) {
		if m.response {
			f.Add(uint8(m.shape), m.bytes)
		}
	})
	f.Fuzz(func(t *testing.T, n uint8, b []byte) {
		shape := Shape(int(n) % len(shapes))
		var r, again Response
		err := ParseResponse(b, uint64(len(b)), shape, &r)
		if len(b) > MaxHead {
			short := ParseResponse(b[:MaxHead], uint64(len(b)), shape, &again)
			if (err == nil) != (short == nil) || err != nil && err.Error() != short.Error() {
				t.Fatalf("whole: %v, its head: %v", err, short)
			}
		}
		if err != nil {
			requireWrapped(t, err, len(b))
			return
		}
		one, err := AppendResponse(nil, &r)
		if err != nil {
			t.Fatalf("parsed, but not appended: %v", err)
		}
		if err := ParseResponse(one, uint64(len(one)), shape, &again); err != nil {
			t.Fatalf("appended, but not parsed: %v", err)
		}
		two, err := AppendResponse(nil, &again)
		if err != nil || !bytes.Equal(one, two) {
			t.Fatalf("appended twice, %v:\n% x\n% x", err, one, two)
		}
		if !bytes.Equal(r.Name, again.Name) {
			t.Fatalf("name %q, then %q", r.Name, again.Name)
		}
		r.Name, again.Name, r.Header.DataLen, again.Header.DataLen = nil, nil, 0, 0
		if r.Header != again.Header || r.Shape != again.Shape || r.Result != again.Result || r.FD != again.FD || r.Capabilities != again.Capabilities ||
			r.Position != again.Position || r.Number != again.Number || r.Info != again.Info {
			t.Fatalf("parsed %+v, then %+v", r, again)
		}
		if LooksLikeResponse(one, shape) != Yes {
			t.Fatal("a response that does not look like one")
		}
	})
}

// FuzzAppendRequest: what is appended parses, and says the same.
func FuzzAppendRequest(f *testing.F) {
	for _, c := range requests {
		r := c.request()
		f.Add(uint32(r.Command), r.Header.Flags, r.Path, r.Destination, r.ModeText, r.FD, r.Mode, r.BlockCount, uint32(r.MoveTo), uint32(r.Query))
	}
	f.Fuzz(func(t *testing.T, command, flags uint32, path, destination, mode []byte, fd int32, word, count, move, query uint32) {
		// The values of other commands stay away: they have no place in the message.
		var r Request
		r.Command = Command(command)
		spec := r.Command.Spec()
		if spec != nil {
			for _, field := range spec.Fields {
				switch field.Slot {
				case SlotPath:
					r.Path = path
				case SlotDestination:
					r.Destination = destination
				case SlotModeText:
					r.ModeText = mode
				case SlotFD:
					r.FD = fd
				case SlotMode:
					r.Mode = word
				case SlotUID:
					r.UID = word
				case SlotGID:
					r.GID = count
				case SlotBlockCount:
					r.BlockCount = count
				case SlotBlockSize:
					r.BlockSize = word
				case SlotMoveTo:
					r.MoveTo = Move(move)
				case SlotShouldMove:
					r.ShouldMove = flags
				case SlotQuery:
					r.Query = Query(query)
				}
			}
		}
		r.Header.Flags, r.User, r.Capabilities = flags, [2]uint32{word, count}, [2]uint32{move, query}
		b, err := AppendRequest(nil, &r)
		if err != nil {
			requireWrapped(t, err, MaxHead)
			if len(b) != 0 {
				t.Fatal("an error, but bytes all the same")
			}
			return
		}
		if len(b) != RequestSize+spec.BodyLen() {
			t.Fatalf("%d bytes", len(b))
		}
		var got Request
		if err := ParseRequest(b, uint64(len(b)), &got); err != nil {
			t.Fatalf("appended, but not parsed: %v", err)
		}
		if !sameRequest(&r, &got) {
			t.Fatalf("appended %+v, parsed %+v", r, got)
		}
	})
}

// FuzzLooks: the judgement of a prefix and that of more bytes never contradict
// each other, and a request that parses and has the host's fields empty and its
// own length in the header is always seen.
func FuzzLooks(f *testing.F) {
	seedMessages(f, func(m goldenMessage) { f.Add(uint8(m.shape), uint16(20), m.bytes) })
	f.Fuzz(func(t *testing.T, n uint8, cut uint16, b []byte) {
		shape := Shape(int(n) % len(shapes))
		part := b[:min(int(cut), len(b))]
		for _, looks := range []func([]byte) Likeness{LooksLikeRequest, func(b []byte) Likeness { return LooksLikeResponse(b, shape) }} {
			if before, after := looks(part), looks(b); before != Maybe && before != after {
				t.Fatalf("%d of the first %d bytes, then %d", before, len(part), after)
			}
		}
		before, enough := FormOf(part)
		if after, _ := FormOf(b); enough && before != after {
			t.Fatalf("%v after %d bytes, then %v", before, len(part), after)
		}
		var r Request
		if ParseRequest(b, uint64(len(b)), &r) == nil && r.Header.Size() == uint64(len(b)) && allZero(b[0x10:0x18]) && LooksLikeRequest(b) != Yes {
			t.Fatal("a request that does not look like one")
		}
	})
}
