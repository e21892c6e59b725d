package inspect

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

var filterSeeds = []string{
	"", " ", "op:ReadFile,OpenFile path:*/config/* stream:0 result:failure latency:>5ms size:>64k time:1.2s..1.9s code:fff0ffe9 \"free text\"",
	"-op:Ping (a OR b) AND -(c d)", `path:="/vol/a b.txt","x"`, "fd:unknown,-1 diag:* kind:data dir:in packet:1.. no:..7", `"\"\\"`, "->OpenFile Offset(1)",
	"time:2023-11-14T22:13:20Z..2023-11-14T22:13:21.5+01:00 time:>1:02.5", "--a", `latency:">= 5 ms"`, "OR", "a OR", "(((", `"`, "op:,", "size:=5 size:..",
	"path:?*?b*", "\u00a0ÀB\xff",
}

// Parsing never fails but with a Mistake that lies in the text; what parses is
// the same when it was printed and parsed again, and matches the same rows.
func FuzzFilter(f *testing.F) {
	for _, s := range filterSeeds {
		f.Add(s)
	}
	x := New(made(f, 400))
	x.Update(1 << 30)
	text := make([]byte, 0, 1000)
	f.Fuzz(func(t *testing.T, s string) {
		e, m := parse(s)
		if m != nil {
			require.True(t, 0 <= m.From && m.From <= m.To && m.To <= len(s), "%q: %d to %d", s, m.From, m.To)
			require.NotEmpty(t, m.Error())
			return
		}
		printed := printed(e)
		again, m := parse(printed)
		require.Nil(t, m, "%q printed as %q: %v", s, printed, m)
		require.True(t, reflect.DeepEqual(plainExpr(e), plainExpr(again)), "%q printed as %q", s, printed)
		one, m := x.Compile(s)
		two, m2 := x.Compile(printed)
		require.Equal(t, m == nil, m2 == nil, "%q", s)
		if m != nil {
			require.True(t, 0 <= m.From && m.From <= m.To && m.To <= len(s), "%q: %d to %d", s, m.From, m.To)
			return
		}
		require.Equal(t, printed, one.String())
		for i := range x.log.Len() {
			if one.Match(i) != two.Match(i) {
				t.Fatalf("%q and %q differ at row %d", s, printed, i)
			}
			if i%20 == 0 {
				text, _ = x.log.AppendVisibleText(text[:0], i, 200)
				last := 0
				for _, r := range one.Highlights(nil, i, text) {
					if r.Place == InText {
						require.True(t, last <= r.From && r.From < r.To && r.To <= len(text), "%q in %q: %v", s, text, r)
						last = r.To
					}
				}
			}
		}
		for k := range x.Exchanges() {
			require.Equal(t, one.MatchExchange(x.Exchange(k)), two.MatchExchange(x.Exchange(k)), "%q", s)
		}
	})
}

// Completion gives replacements that lie in the text, at any cursor.
func FuzzComplete(f *testing.F) {
	for i, s := range filterSeeds {
		f.Add(s, i)
	}
	x := New(made(f, 400))
	x.Update(1 << 30)
	f.Fuzz(func(t *testing.T, s string, cursor int) {
		all := x.Complete(s, cursor)
		require.LessOrEqual(t, len(all), maxSuggestions)
		for _, c := range all {
			require.True(t, 0 <= c.From && c.From <= c.To && c.To <= len(s), "%q", s)
			require.NotEmpty(t, c.Text)
		}
		Choose(s, "path", s, Excluded)
		Choose(s, "path", s, Either)
		if s != "" {
			term := Term("path", s, false)
			e, m := parse(term)
			require.Nil(t, m, "%q", term)
			require.Equal(t, s, e.term.values[0].text)
		}
	})
}

// Whatever a message's bytes are, its leaves are all of them, and why it is as
// long as it is can be said.
func FuzzMessage(f *testing.F) {
	for _, spec := range sata.Commands {
		r := sata.Request{Command: spec.Command, Path: []byte("/a"), FD: 3, BlockCount: 1, BlockSize: 40}
		request, err := sata.AppendRequest(nil, &r)
		require.NoError(f, err)
		answer := append([]byte("\xC4\x00\x24\x02\xE8\xEF\x24\x02"), make([]byte, 60)...)
		if shape := r.ResponseShape(); shape != sata.ShapeRead {
			answer, err = sata.AppendResponse(nil, &sata.Response{Shape: shape, Name: []byte("n")})
			require.NoError(f, err)
		}
		f.Add(request, answer, uint16(1000))
		f.Add(request, answer[:len(answer)-1], uint16(30))
	}
	f.Fuzz(func(t *testing.T, request, answer []byte, head uint16) {
		m := walcore.NewMachine(walcore.NewLog(walcore.Limits{}))
		m.OpenStream(0)
		at := walcore.At{Time: walcore.NoTime}
		m.Request(0, walcore.Message{Head: request, Length: uint64(len(request)), At: at})
		m.Written(0, 3, 40, at)
		m.Response(0, walcore.Message{Head: answer, Length: uint64(len(answer)), At: at})
		x := New(m.Log())
		x.Update(10)
		for i := range m.Log().Len() {
			b := request
			switch m.Log().At(i).Kind {
			case walcore.Written:
				b = make([]byte, 40)
			case walcore.Response:
				b = answer
			}
			for _, b := range [][]byte{b, b[:min(len(b), int(head))], nil} {
				msg := x.Message(i, b)
				end := int64(0)
				for _, n := range leaves(msg.Nodes) {
					require.Equal(t, end, n.Offset, "%s: %+v", msg.Title, n)
					end += n.Length
				}
				if uint64(len(b)) == msg.Length {
					require.Equal(t, int64(msg.Length), end, "%s", msg.Title)
				}
				require.LessOrEqual(t, msg.DataOffset+msg.DataLength, int64(msg.Length))
				require.NotEmpty(t, x.Why(i, b).Title)
			}
			x.State(i)
			x.AppendResult(nil, i)
		}
		s := x.Summary(About{})
		x.AppendMarkdown(nil, &s)
	})
}

// Whatever is opened, closed, moved and lost, the state agrees with what the
// Machine knew, wherever it is asked for.
func FuzzState(f *testing.F) {
	f.Add([]byte{5, 0, 6, 1, 6, 0, 9, 2, 13, 0})
	f.Add([]byte("\x05\x00\x05\x10\x06\x21\x07\x30\x0d\x01\xf0\xf1\xf2\xf3\x01\x02\x02\x03"))
	f.Add([]byte("\x06\x10\xf2\x00\x06\x00")) // opened afresh while a request waits: that is no row
	f.Fuzz(func(t *testing.T, script []byte) {
		c := newTalk(t)
		c.ping(0, 500, 500)
		for ; len(script) >= 2 && c.m.Log().Len() < 300; script = script[2:] {
			op, how := script[0], script[1]
			stream, fd := uint32(how&1), int32(how>>1&3)
			switch {
			case op == 0xF0:
				c.m.Forget(stream, walcore.At{Time: c.now})
				if len(c.waiting[stream]) > 0 {
					c.waiting[stream] = c.waiting[stream][1:]
				}
				continue
			case op == 0xF1:
				c.m.EndStream(stream, walcore.At{Time: c.now})
				c.waiting[stream] = nil
				continue
			case op == 0xF2:
				c.m.OpenStream(stream)
				c.waiting[stream] = nil
				continue
			case sata.Command(op).Spec() == nil:
				continue
			}
			r := transfer(sata.Command(op), fd, 1, 100, sata.Move(how>>5))
			r.Path, r.Destination, r.ModeText = []byte{'/', 'a' + how>>6}, []byte("/b"), []byte([]string{"r", "w", "a", ""}[how>>3&3])
			c.ask(stream, r)
			if how&0x10 != 0 {
				continue // pipelined, or never answered
			}
			for len(c.waiting[stream]) > 0 {
				switch q := c.waiting[stream][0]; {
				case q.Command == sata.ReadFile:
					c.read(stream, sata.ReadForm(how>>2&3), uint32(how), 100, 0)
				case how&0x60 == 0x60:
					c.answer(stream, sata.Response{Result: sata.FSError})
				default:
					c.answer(stream, sata.Response{FD: fd})
				}
			}
		}
		log := c.m.Log()
		x, straight := New(log), New(log)
		x.spacing = 8
		x.Update(1 << 20)
		for i := range log.Len() {
			s := x.State(log.Len() - 1 - i) // always backwards, always from a snapshot
			require.Equal(t, straight.State(s.Row), s)
			waiting := 0
			for _, st := range s.Streams {
				waiting += st.Waiting
			}
			require.Equal(t, waiting, s.WaitingTotal)
			require.Len(t, s.Waiting, waiting)
			r := log.At(s.Row)
			if r.Kind == walcore.Request && r.Op != walcore.OpUnknown && namesDescriptor[r.Op] {
				open := false
				for _, f := range s.Files {
					open = open || !isFolder(r) && f.Stream == r.Stream && f.FD == r.FD && f.Path == r.Path
				}
				for _, f := range s.Folders {
					open = open || isFolder(r) && f.Stream == r.Stream && f.FD == r.FD && f.Path == r.Path
				}
				require.Equal(t, r.Flags&walcore.FlagOpen != 0, open, "row %d", s.Row)
			}
		}
	})
}
