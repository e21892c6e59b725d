package walcore

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"

	"satascope/sata"
)

// A step is something that happens to a machine.
type step struct {
	op     uint8 // stepOpen to stepForget
	stream uint32
	bytes  []byte
	fd     int32
	length uint64
}

const (
	stepOpen = iota
	stepClose
	stepEnd
	stepForget
	stepWritten
	stepRequest
	stepResponse
)

// steps makes events of any bytes. Most messages are well formed and about few
// paths and descriptors, so that they meet; some are damaged, some are noise.
// Responses have the shape that the request in front asks for, mostly. Unless the
// first byte says so, nothing happens at which the reference stops.
func steps(data []byte) (all []step) {
	next := func() (b byte) {
		if len(data) > 0 {
			b, data = data[0], data[1:]
		}
		return b
	}
	word := func() uint32 {
		switch b := next(); b % 8 {
		case 0:
			return uint32(next())<<24 | uint32(next())<<16 | uint32(next())<<8 | uint32(next())
		case 1:
			return 1 << (b >> 3)
		default:
			return uint32(b>>3) % 4
		}
	}
	texts := []string{"/a", "/b", "", "<Unknown 1>", "<Unknown -1>", "<Unknown; {file_desc}>", "/line\nbreak", "=é\"\\"}
	path := func() []byte { return []byte(texts[next()%8]) }
	fd := func() int32 { return int32(next()%4) - 1 }
	waiting := map[uint32][]sata.Shape{}
	open := map[uint32]bool{}
	careful := next()%4 != 3
	writing := -1 // the stream on which a write has just been asked for
	for len(data) > 0 && len(all) < 300 {
		s := step{stream: uint32(next() % 2)}
		op := next() % 32
		if writing >= 0 && op%4 > 0 { // its data often comes next
			s.stream, op = uint32(writing), 4
		}
		writing = -1
		if careful && op > 2 && !open[s.stream] {
			op = 0
		}
		if careful && (op == 8 || op > 19) && len(waiting[s.stream]) == 0 {
			op = 9
		}
		switch op {
		case 0, 1, 2:
			s.op = []uint8{stepOpen, stepClose, stepEnd}[op]
			waiting[s.stream] = nil
			open[s.stream] = op == 0
		case 3:
			s.op = stepForget
			if w := waiting[s.stream]; len(w) > 0 {
				waiting[s.stream] = w[1:]
			}
		case 4, 5, 6:
			s.op, s.fd, s.length = stepWritten, fd(), uint64(word())
		case 7, 8: // noise
			s.op = stepRequest + op - 7
			n := min(int(next()), len(data))
			s.bytes, data = append([]byte{}, data[:n]...), data[n:]
		case 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19:
			s.op = stepRequest
			r := sata.Request{
				Command: sata.Commands[int(next())%len(sata.Commands)].Command, Path: path(), Destination: path(), ModeText: []byte([]string{"", "r", "w+", "ab"}[next()%4]),
				FD: fd(), Mode: word(), BlockCount: word(), BlockSize: word(), MoveTo: sata.Move(word()), ShouldMove: word(),
				Query: []sata.Query{0, 1, 2, 5}[next()%4], UID: word(), GID: word(), User: [2]uint32{word(), word()}, Header: sata.Header{Flags: word()},
			}
			if op < 12 { // what the state hangs on, more often
				r.Command = []sata.Command{sata.OpenFile, sata.OpenFolder, sata.WriteFile, sata.CloseFile}[next()%4]
			} else if op < 14 {
				r.Command = []sata.Command{sata.OpenFile, sata.WriteFile}[next()%2]
			}
			if r.Command == sata.WriteFile {
				writing = int(s.stream)
			}
			var err error
			if s.bytes, err = sata.AppendRequest(nil, &r); err != nil {
				panic(err)
			}
		default:
			s.op = stepResponse
			r := sata.Response{
				Shape: sata.ShapeResult, Result: []sata.Result{0, 0, 0, 0, 1, sata.NoMoreItems, sata.FSError, sata.Result(word())}[next()%8],
				FD: fd(), Capabilities: sata.Capabilities(0xCAFE0000 + uint32(next()%8)), Position: word(), Number: uint64(word()), Name: path(),
				Info: sata.Info{Flags: []uint32{0x2C000000, 0xAC000000, word()}[next()%3], Permissions: word(), FileLength: word()},
			}
			if w := waiting[s.stream]; len(w) > 0 {
				r.Shape = w[0]
			}
			switch r.Shape {
			case sata.ShapeUnknown:
				r.Shape = sata.ShapeResult
				fallthrough
			default:
				var err error
				if s.bytes, err = sata.AppendResponse(nil, &r); err != nil {
					panic(err)
				}
			case sata.ShapeRead:
				start := [][]byte{{0xC4, 0, 0x24, 2, 0xE8, 0xEF, 0x24, 2}, {0xC4, 0, 0xFE, 0, 0x20}, {}, {next()}}[next()%4]
				s.bytes = append(append(s.bytes, start...), make([]byte, 0x24-len(start)+int(next())*8)...)
				s.bytes[0x23] = next()
			}
		}
		if s.op >= stepRequest {
			switch n := next(); {
			case n > 40 || len(s.bytes) == 0:
			case n < 10:
				s.bytes = s.bytes[:len(s.bytes)-min(len(s.bytes), int(n))]
			case n < 20:
				s.bytes = append(s.bytes, make([]byte, n-9)...)
			case n < 30:
				s.bytes[int(next())%len(s.bytes)] = next()
			case n < 34:
				s.bytes = append(s.bytes, bytes.Repeat([]byte{next()}, int(next())*16)...)
			}
			if s.op == stepRequest {
				var r sata.Request
				shape := sata.ShapeUnknown
				if sata.ParseRequest(s.bytes, uint64(len(s.bytes)), &r) == nil {
					shape = r.ResponseShape()
				}
				waiting[s.stream] = append(waiting[s.stream], shape)
			} else if w := waiting[s.stream]; len(w) > 0 {
				waiting[s.stream] = w[1:]
			}
		}
		all = append(all, s)
	}
	return all
}

// run plays steps on a machine; with cut, the machine gets only the first
// MaxHead bytes of messages, and their place in the steps as their offset.
func run(all []step, limits Limits, cut bool) *Log {
	log := NewLog(limits)
	m := NewMachine(log)
	for i, s := range all {
		at := At{Offset: int64(i), Time: NoTime}
		msg := Message{Head: s.bytes, Length: uint64(len(s.bytes)), At: at, Sum: sata.NewFNV.Add(s.bytes)}
		if cut {
			msg.Head = append([]byte{}, s.bytes[:min(len(s.bytes), sata.MaxHead)]...)
		}
		switch s.op {
		case stepOpen:
			m.OpenStream(s.stream)
		case stepClose:
			m.CloseStream(s.stream)
		case stepEnd:
			m.EndStream(s.stream, at)
		case stepForget:
			m.Forget(s.stream, at)
		case stepWritten:
			m.Written(s.stream, s.fd, s.length, at)
		case stepRequest:
			m.Request(s.stream, msg)
		case stepResponse:
			m.Response(s.stream, msg)
		}
		if cut {
			for i := range msg.Head {
				msg.Head[i] = 0xEE // it was valid during the call only
			}
		}
	}
	return log
}

func runModel(all []step) *model {
	m := newModel()
	for _, s := range all {
		switch s.op {
		case stepOpen:
			m.open(s.stream)
		case stepClose, stepEnd:
			delete(m.streams, s.stream)
		case stepForget:
			if s := m.streams[s.stream]; s != nil && len(s.waiting) > 0 {
				s.waiting = s.waiting[1:]
			}
		case stepWritten:
			m.written(s.stream, s.fd, s.length)
		case stepRequest:
			m.request(s.stream, s.bytes)
		case stepResponse:
			m.response(s.stream, s.bytes)
		}
	}
	return m
}

func written(t *testing.T, log *Log, s Selection, rest Rest) string {
	var b bytes.Buffer
	next, err := log.WriteTo(&b, s, rest)
	if err != nil {
		t.Fatal(err)
	}
	end := log.Len()
	if s.Compatible {
		end = log.CompatibleEnd()
	}
	if next != max(end, s.From) {
		t.Fatalf("written up to %d of %d", next, end)
	}
	return b.String()
}

// FuzzMachine: whatever happens, the compatible log is the model's, the records
// are in order with themselves, and ours has a record of every message.
func FuzzMachine(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x00\x00\x00\x09\x05\x00\x00\x00\x01\x02\x02\x02\x02\x02\x00\x02\x02\x02\x02\x02\xFF\x00\x14\x00\x02\x00\x02\x02\x00\x00\x02\x02\xFF"))
	for seed := range uint32(24) { // long sequences from the start
		b := make([]byte, 1000)
		x := seed*2654435761 + 1
		for i := range b {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
			b[i] = byte(x >> 8)
		}
		copy(b, "\x00\x00\x01\x00") // both streams are open
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all := steps(data)
		log := run(all, Limits{}, false)
		checkRecords(t, log)

		model := runModel(all)
		if log.Stopped() != model.stopped {
			t.Fatalf("stopped: %t, the model: %t", log.Stopped(), model.stopped)
		}
		compatible := written(t, log, Selection{Compatible: true}, nil)
		if compatible != model.log.String() {
			t.Fatalf("the compatible log:\n%q\nthe model's:\n%q", compatible, model.log.String())
		}
		if tolerant := written(t, log, Selection{Diagnostic: true, Keep: log.Compatible}, nil); tolerant != compatible {
			t.Fatalf("what is marked of ours:\n%q\nthe compatible log:\n%q", tolerant, compatible)
		}
		checkComplete(t, log, all)
		checkForms(t, log)

		// The first bytes of messages are enough, when the rest can be read again.
		rest := func(dst []byte, r *Record, offset uint64, n int) ([]byte, error) {
			return append(dst, all[r.Offset].bytes[offset:offset+uint64(n)]...), nil
		}
		ours := written(t, log, Selection{Diagnostic: true}, nil)
		if heads := written(t, run(all, Limits{}, true), Selection{Diagnostic: true}, rest); heads != ours {
			t.Fatalf("from heads:\n%q\nfrom all:\n%q", heads, ours)
		}
		if arena := written(t, run(all, Limits{Arena: 50}, true), Selection{Diagnostic: true}, rest); arena != ours {
			t.Fatalf("with a small arena:\n%q\nfrom all:\n%q", arena, ours)
		}

		// A limit ends the log; what is there is the beginning of the whole.
		for _, limits := range []Limits{{Records: 1 + len(data)%50}, {Text: 1 + len(data)%100}} {
			short := run(all, limits, false)
			checkRecords(t, short)
			if limits.Records > 0 && (short.Len() > limits.Records || short.Len() < min(limits.Records, log.Len())) || short.Full() == "" && short.Len() != log.Len() {
				t.Fatalf("%d of %d records, full: %q", short.Len(), log.Len(), short.Full())
			}
			for i := range short.Len() {
				if a, b := short.AppendText(nil, i), log.AppendText(nil, i); !bytes.Equal(a, b) {
					t.Fatalf("record %d: %q with a limit, %q without", i, a, b)
				}
			}
		}
	})
}

func checkRecords(t *testing.T, log *Log) {
	diagnostics := 0
	for i := range log.Len() {
		r := log.At(i)
		if int(r.Path) >= log.Texts() || int(r.Path2) >= log.Texts() {
			t.Fatalf("record %d has a text that is not there", i)
		}
		if r.Partner != None && int(r.Partner) >= log.Len() {
			t.Fatalf("record %d has a partner that is not there", i)
		}
		switch r.Kind {
		case Request:
			if r.Partner != None {
				if p := log.At(int(r.Partner)); p.Kind != Response || p.Partner != uint32(i) || p.Stream != r.Stream || int(r.Partner) < i {
					t.Fatalf("the partner of request %d is %d, whose partner is %d", i, r.Partner, p.Partner)
				}
			}
		case Response:
			if r.Partner != None {
				if p := log.At(int(r.Partner)); p.Kind != Request || p.Partner != uint32(i) || p.Stream != r.Stream || p.Op != r.Op || p.Path != r.Path {
					t.Fatalf("the partner of response %d is %d, whose partner is %d", i, r.Partner, p.Partner)
				}
			}
			// A read has failed by its form, whatever code it then gives.
			if code, ok := r.Result(); r.Failed() && (!ok || code == 0 && r.Line != LineRead) {
				t.Fatalf("response %d failed, with %x", i, code)
			}
		case Written:
			if r.Partner == None && r.Flags&FlagNoData != 0 {
				continue // of a log that does not have the request
			}
			if p := log.At(int(r.Partner)); p.Kind != Request || p.Op != uint8(sata.WriteFile) || p.Stream != r.Stream {
				t.Fatalf("data %d belongs to no write", i)
			}
		case Diagnostic:
			diagnostics++
			if log.Compatible(i) {
				t.Fatalf("diagnostic %d is in the compatible log", i)
			}
		}
		if len(log.AppendText(nil, i)) == 0 {
			t.Fatalf("record %d has no text", i)
		}
	}
	if diagnostics != log.Diagnostics() {
		t.Fatalf("%d diagnostics, %d counted", diagnostics, log.Diagnostics())
	}
	if end := log.CompatibleEnd(); log.Stopped() && log.At(end).Kind != Diagnostic || !log.Stopped() && end != log.Len() {
		t.Fatalf("the compatible log ends at %d of %d", end, log.Len())
	}
}

// checkComplete: every message has one record, in order, and after the place
// where the reference stopped there is one as before it.
func checkComplete(t *testing.T, log *Log, all []step) {
	i := 0
	for at, s := range all {
		if s.op != stepRequest && s.op != stepResponse {
			continue
		}
		for i < log.Len() && log.At(i).Kind != Request && log.At(i).Kind != Response {
			i++
		}
		if i == log.Len() || log.At(i).Offset != int64(at) || log.At(i).Length != uint64(len(s.bytes)) || (log.At(i).Kind == Request) != (s.op == stepRequest) {
			t.Fatalf("step %d has no record of its own", at)
		}
		i++
	}
}

func checkForms(t *testing.T, log *Log) {
	var objects, sheet bytes.Buffer
	if _, err := log.WriteNDJSON(&objects, Selection{Diagnostic: true}, nil); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(&objects)
	for i := range log.Len() {
		var row struct {
			Number int
			Text   string
		}
		if err := d.Decode(&row); err != nil || row.Number != i+1 || row.Text != string(log.AppendText(nil, i)) {
			t.Fatalf("row %d, %v: %+v", i, err, row)
		}
	}
	if _, err := log.WriteCSV(&sheet, Selection{Diagnostic: true}, nil); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&sheet).ReadAll()
	if err != nil || len(rows) != log.Len()+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
}

// FuzzTexts: what stands between the quotes of JSON and CSV comes back; only
// bytes that are no UTF-8 can't.
func FuzzTexts(f *testing.F) {
	f.Add([]byte("plain \"quoted\", \\ and \u202e\n\r\t\x00\xff"))
	f.Add([]byte("=1\u2028\U000E0001😀"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s string
		if err := json.Unmarshal(append(appendJSON([]byte{'"'}, b), '"'), &s); err != nil {
			t.Fatal(err)
		}
		if want := string(bytes.ToValidUTF8(b, nil)); string(bytes.ReplaceAll([]byte(s), []byte("\uFFFD"), nil)) != string(bytes.ReplaceAll([]byte(want), []byte("\uFFFD"), nil)) {
			t.Fatalf("%q became %q", b, s)
		}
		cell := append(appendCSV([]byte{'"'}, b), '"')
		rows, err := csv.NewReader(bytes.NewReader(cell)).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 1 || rows[0][0] != string(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))) {
			t.Fatalf("%q became %q, %v", b, rows, err)
		}
	})
}
