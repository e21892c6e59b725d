package walcore

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

var update = flag.Bool("update", false, "write what the scripts in testdata give into them")

// TestScripts plays testdata/*.txt. A script is a row of blocks: commands, a
// line `----`, what they give, an empty line; lines that start with # are
// remarks. `go test ./walcore -run Scripts -update` writes what they give anew:
// read the difference.
//
// Commands, each with a stream's number first where they are about one:
//
//	new [records=N] [texts=N] [arena=N]  a fresh machine and log, with these limits
//	open, close, end, forget
//	req STREAM COMMAND [NAME=VALUE…]     a request: path, dest, mode (text of an OpenFile), perm, fd, count, size, to, move (should move), query, uid, gid, user0, user1, flags
//	resp STREAM SHAPE [NAME=VALUE…]      a response: code, fd, caps, position, n, flags, perms, length, name
//	read STREAM FORM [NAME=VALUE…]       an answer to ReadFile: first, zeros, failed or other; n (at 0x20), data (bytes behind it)
//	raw-req, raw-resp STREAM BYTES       a text, or after 0x in hexadecimal
//	written STREAM fd=N len=N
//	state STREAM                         what the machine knows of a stream
//	compatible, tolerant                 the log as it is written, quoted where it is not printable
//
// Messages take cut=N (without the last N bytes), more=N (that many zeros
// behind), poke=OFFSET:BYTES (written over), head=N (the machine gets the first
// N bytes only) and repeat=N. Numbers are Go's: 10, 0x0A.
//
// What they give is a line a record: its number, `<` and the number of its
// partner, `=` when the compatible log has the line, `+` when only ours, `!` for
// a diagnostic, and its text.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(file)
			require.NoError(t, err)
			var out strings.Builder
			p := &player{t: t}
			p.fresh(Limits{})
			traced := 0
			skipping := false
			for i, line := range strings.Split(strings.TrimSuffix(string(script), "\n"), "\n") {
				switch {
				case line == "----":
					skipping = true
					out.WriteString("----\n" + p.out.String() + p.trace())
					p.out.Reset()
					traced++
				case line == "":
					skipping = false
					out.WriteString("\n")
				case skipping:
				default:
					out.WriteString(line + "\n")
					if !strings.HasPrefix(line, "#") {
						p.line = i + 1
						p.command(line)
					}
				}
			}
			require.Positive(t, traced)
			require.Zero(t, p.out.Len()+len(p.trace()), "commands after the last ----")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o644))
				return
			}
			require.Equal(t, string(script), out.String())
		})
	}
}

type player struct {
	t    *testing.T
	log  *Log
	m    *Machine
	seen int // records traced
	out  strings.Builder
	line int
	args map[string]string
}

func (p *player) fresh(limits Limits) {
	p.log = NewLog(limits)
	p.m = NewMachine(p.log)
	p.seen = 0
}

func (p *player) trace() string {
	var b strings.Builder
	for ; p.seen < p.log.Len(); p.seen++ {
		r := p.log.At(p.seen)
		b.WriteString(strconv.Itoa(p.seen))
		if r.Partner != None && r.Kind != Request {
			b.WriteString("<" + strconv.Itoa(int(r.Partner)))
		}
		mark := "+"
		switch {
		case r.Kind == Diagnostic:
			mark = "!"
		case p.log.Compatible(p.seen):
			mark = "="
		}
		b.WriteString(" " + mark + " " + visible(string(p.log.AppendText(nil, p.seen))) + "\n")
	}
	return b.String()
}

// visible quotes a line that a script can't hold.
func visible(s string) string {
	for _, r := range s {
		if r == '…' || strconv.IsPrint(r) {
			continue
		}
		return strconv.Quote(s)
	}
	return s
}

// words splits a command; a value may be quoted as Go quotes.
func (p *player) words(line string) (words []string) {
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		end := strings.IndexAny(line, " \"")
		switch {
		case end < 0:
			return append(words, line)
		case line[end] == ' ':
			words = append(words, line[:end])
			line = line[end:]
		default:
			quoted, err := strconv.QuotedPrefix(line[end:])
			require.NoError(p.t, err, "line %d", p.line)
			text, err := strconv.Unquote(quoted)
			require.NoError(p.t, err)
			words = append(words, line[:end]+text)
			line = line[end+len(quoted):]
		}
	}
	return words
}

func (p *player) number(name string) uint64 {
	s, ok := p.args[name]
	if !ok {
		return 0
	}
	delete(p.args, name)
	if n, err := strconv.ParseInt(s, 0, 64); err == nil {
		return uint64(n)
	}
	n, err := strconv.ParseUint(s, 0, 64)
	require.NoError(p.t, err, "line %d: %s", p.line, name)
	return n
}

func (p *player) word32(name string) uint32 { return uint32(p.number(name)) }

func (p *player) text(name string) []byte {
	s := p.args[name]
	delete(p.args, name)
	return []byte(s)
}

func (p *player) command(line string) {
	words := p.words(line)
	p.args = map[string]string{}
	positional := []string{}
	for _, w := range words {
		name, value, ok := strings.Cut(w, "=")
		if ok && len(positional) > 0 && !strings.HasPrefix(positional[0], "raw-") {
			p.args[name] = value
		} else {
			positional = append(positional, w)
		}
	}
	stream := uint32(0)
	if len(positional) > 1 {
		n, err := strconv.ParseUint(positional[1], 10, 32)
		require.NoError(p.t, err, "line %d: a stream", p.line)
		stream = uint32(n)
	}
	at := At{Time: NoTime}
	switch verb := positional[0]; verb {
	case "new":
		p.fresh(Limits{Records: int(p.number("records")), Text: int(p.number("texts")), Arena: int(p.number("arena"))})
	case "open":
		p.m.OpenStream(stream)
	case "close":
		p.m.CloseStream(stream)
	case "end":
		p.m.EndStream(stream, at)
	case "forget":
		p.m.Forget(stream, at)
	case "written":
		p.m.Written(stream, int32(p.number("fd")), p.number("len"), at)
	case "state":
		p.state(stream)
	case "compatible", "tolerant":
		var b bytes.Buffer
		_, err := p.log.WriteTo(&b, Selection{Compatible: verb == "compatible"}, nil)
		require.NoError(p.t, err)
		for _, line := range strings.SplitAfter(b.String(), "\n") {
			if line != "" {
				p.out.WriteString(visible(strings.TrimSuffix(line, "\n")) + "\n")
			}
		}
		if full := p.log.Full(); full != "" {
			p.out.WriteString("full: " + full + "\n")
		}
	case "req":
		p.send(stream, p.m.Request, p.request(positional[2]))
	case "resp":
		p.send(stream, p.m.Response, p.response(positional[2]))
	case "read":
		p.send(stream, p.m.Response, p.read(positional[2]))
	case "raw-req":
		p.send(stream, p.m.Request, p.bytes(positional[2]))
	case "raw-resp":
		p.send(stream, p.m.Response, p.bytes(positional[2]))
	default:
		p.t.Fatalf("line %d: unknown command %q", p.line, verb)
	}
	require.Empty(p.t, p.args, "line %d: not understood", p.line)
}

// bytes are the text, or what stands after 0x in hexadecimal.
func (p *player) bytes(s string) []byte {
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return []byte(s)
	}
	b, err := hex.DecodeString(digits)
	require.NoError(p.t, err, "line %d", p.line)
	return b
}

func (p *player) send(stream uint32, to func(uint32, Message) uint32, b []byte) {
	b = b[:len(b)-int(p.number("cut"))]
	b = append(b, make([]byte, p.number("more"))...)
	if poke, ok := p.args["poke"]; ok {
		delete(p.args, "poke")
		offset, bytes, ok := strings.Cut(poke, ":")
		n, err := strconv.ParseUint(offset, 0, 32)
		require.True(p.t, ok && err == nil, "line %d: poke", p.line)
		copy(b[n:], p.bytes(bytes))
	}
	msg := Message{Head: b, Length: uint64(len(b)), Sum: sata.NewFNV.Add(b), At: At{Time: NoTime}}
	if head := p.number("head"); head > 0 {
		msg.Head = b[:head]
	}
	for range max(1, p.number("repeat")) {
		to(stream, msg)
	}
}

func (p *player) request(name string) []byte {
	r := sata.Request{
		Path: p.text("path"), Destination: p.text("dest"), ModeText: p.text("mode"), Mode: p.word32("perm"), FD: int32(p.number("fd")),
		BlockCount: p.word32("count"), BlockSize: p.word32("size"), MoveTo: sata.Move(p.number("to")), ShouldMove: p.word32("move"),
		Query: sata.Query(p.number("query")), UID: p.word32("uid"), GID: p.word32("gid"), User: [2]uint32{p.word32("user0"), p.word32("user1")},
	}
	r.Header.Flags = p.word32("flags")
	i := slices.IndexFunc(sata.Commands, func(s *sata.Spec) bool { return s.Name == name })
	require.GreaterOrEqual(p.t, i, 0, "line %d: command %s", p.line, name)
	r.Command = sata.Commands[i].Command
	return appendRequest(p.t, &r)
}

func (p *player) response(shape string) []byte {
	i := slices.IndexFunc(sata.Shapes(), func(s sata.ShapeSpec) bool { return s.Name == shape })
	require.GreaterOrEqual(p.t, i, 0, "line %d: shape %s", p.line, shape)
	r := sata.Response{
		Shape: sata.Shape(i), Result: sata.Result(p.number("code")), FD: int32(p.number("fd")), Capabilities: sata.Capabilities(p.number("caps")),
		Position: p.word32("position"), Number: p.number("n"), Name: p.text("name"),
		Info: sata.Info{Flags: p.word32("flags"), Permissions: p.word32("perms"), FileLength: p.word32("length")},
	}
	b, err := sata.AppendResponse(nil, &r)
	require.NoError(p.t, err, "line %d", p.line)
	return b
}

func (p *player) read(form string) []byte {
	start, ok := map[string]string{"first": "0xc4002402e8ef2402", "zeros": "", "failed": "0xc400fe0020", "other": "0xc400240200"}[form]
	require.True(p.t, ok, "line %d: form %s", p.line, form)
	b := make([]byte, 0x20)
	copy(b, p.bytes(start))
	n := p.word32("n")
	return append(append(b, byte(n>>24), byte(n>>16), byte(n>>8), byte(n)), p.bytes(string(p.text("data")))...)
}

func (p *player) state(id uint32) {
	s := p.m.streams[id]
	if s == nil {
		fmt.Fprintf(&p.out, "stream %d is not open\n", id)
		return
	}
	fmt.Fprintf(&p.out, "stream %d: ffio=%t csr=%t waiting=%d", id, s.ffio, s.csr, len(s.waiting)-s.head)
	for _, m := range []struct {
		name string
		of   map[int32]uint32
	}{{"files", s.files}, {"folders", s.folders}} {
		fmt.Fprintf(&p.out, " %s=[", m.name)
		for i, fd := range slices.Sorted(maps.Keys(m.of)) {
			if i > 0 {
				p.out.WriteByte(' ')
			}
			fmt.Fprintf(&p.out, "%d:%s", fd, p.log.Text(m.of[fd]))
		}
		p.out.WriteByte(']')
	}
	p.out.WriteByte('\n')
}
