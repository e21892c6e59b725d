package decode

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/walcore"
)

var update = flag.Bool("update", false, "write what the scripts in testdata give into them")

// TestDamage decodes golden files that were damaged as testdata/*.txt says. A
// script is a row of blocks: commands, a line `----`, what they give, an empty
// line; lines that start with # are remarks. `go test ./decode -run Damage
// -update` writes what they give anew: read the difference.
//
//	file NAME             a golden file; several are opened together
//	packets drop LIST     a capture without these packets (from 1: 3,7-9)
//	packets only LIST     with these packets only
//	packets only client   with what the client sent; or server
//	packets cut N LIST    these packets cut short to N bytes
//	packets late N BY     packet N captured BY packets later
//	bytes drop FROM-TO    the file without these bytes (from 0, TO not included)
//	bytes end N           the file's first N bytes
//	option NAME=VALUE     ffio, first-read, port or server, as on the command line
//
// What they give: the error, what was assumed, how many messages of how many the
// undamaged file has are the same (lines, in any place), and the findings, each
// with the line behind it; of many in a row that are alike the first two.
func TestDamage(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(file)
			require.NoError(t, err)
			var out strings.Builder
			p := &damage{t: t}
			skipping := false
			for i, line := range strings.Split(strings.TrimSuffix(string(script), "\n"), "\n") {
				switch {
				case line == "----":
					skipping = true
					out.WriteString("----\n" + p.give())
					p = &damage{t: t}
				case line == "":
					skipping = false
					out.WriteString("\n")
				case skipping:
				default:
					out.WriteString(line + "\n")
					if !strings.HasPrefix(line, "#") {
						p.line = i + 1
						p.command(strings.Fields(line))
					}
				}
			}
			require.Empty(t, p.files, "commands after the last ----")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o644))
				return
			}
			require.Equal(t, string(script), out.String())
		})
	}
}

type damage struct {
	t       *testing.T
	line    int
	names   []string
	files   [][]byte
	packets lossy // of the last file, once packets were asked for
	options Options
}

func (p *damage) command(words []string) {
	last := len(p.files) - 1
	switch verb := strings.Join(words[:min(2, len(words))], " "); {
	case words[0] == "file":
		b, err := os.ReadFile(golden + words[1])
		require.NoError(p.t, err, "line %d", p.line)
		p.names, p.files = append(p.names, words[1]), append(p.files, b)
		p.packets = lossy{}
	case words[0] == "packets":
		if p.packets.packets == nil {
			p.packets = readLossy(p.t, golden+p.names[last])
		}
		p.damagePackets(words[1:])
		p.files[last] = p.packets.write(all)
	case verb == "bytes drop":
		from, to := p.bounds(words[2])
		p.files[last] = append(bytes.Clone(p.files[last][:from]), p.files[last][to:]...)
	case verb == "bytes end":
		p.files[last] = p.files[last][:p.number(words[2])]
	case words[0] == "option":
		p.option(strings.Cut(words[1], "="))
	default:
		p.t.Fatalf("line %d: unknown command %q", p.line, words)
	}
}

func (p *damage) number(s string) int {
	n, err := strconv.Atoi(s)
	require.NoError(p.t, err, "line %d", p.line)
	return n
}

func (p *damage) bounds(s string) (from, to int) {
	a, b, ok := strings.Cut(s, "-")
	if from = p.number(a); !ok {
		return from, from
	}
	return from, p.number(b)
}

// list is 3,7-9 as a set.
func (p *damage) list(s string) map[int]bool {
	set := map[int]bool{}
	for _, part := range strings.Split(s, ",") {
		from, to := p.bounds(part)
		for i := from; i <= to; i++ {
			set[i-1] = true
		}
	}
	return set
}

func (p *damage) damagePackets(words []string) {
	var kept []capture.Packet
	keep := func(which func(i int) bool) {
		for i := range p.packets.packets {
			if which(i) {
				kept = append(kept, p.packets.packets[i])
			}
		}
	}
	switch words[0] {
	case "drop":
		set := p.list(words[1])
		keep(func(i int) bool { return !set[i] })
	case "only":
		if words[1] != "client" && words[1] != "server" {
			set := p.list(words[1])
			keep(func(i int) bool { return set[i] })
			break
		}
		var d capture.Dissector
		keep(func(i int) bool {
			var s capture.Segment
			return d.Segment(&p.packets.packets[i], &s) && (s.Dst.Port() == DefaultPort) == (words[1] == "client")
		})
	case "cut":
		n, set := p.number(words[1]), p.list(words[2])
		for i, q := range p.packets.packets {
			if set[i] {
				q.Data = q.Data[:min(n, len(q.Data))]
			}
			kept = append(kept, q)
		}
	case "late":
		n, by := p.number(words[1])-1, p.number(words[2])
		keep(func(i int) bool { return i != n })
		late := p.packets.packets[n]
		kept = append(kept[:n+by:n+by], append([]capture.Packet{late}, kept[n+by:]...)...)
	default:
		p.t.Fatalf("line %d: unknown damage %q", p.line, words)
	}
	p.packets.packets = kept
}

func (p *damage) option(name, value string, _ bool) {
	switch name {
	case "ffio":
		p.options.FFIO = map[string]Switch{"on": On, "off": Off}[value]
	case "first-read":
		p.options.FirstRead = uint32(p.number(value))
	case "port":
		p.options.Port = uint16(p.number(value))
	case "server":
		p.options.Server = netip.MustParseAddrPort(value)
	default:
		p.t.Fatalf("line %d: unknown option %q", p.line, name)
	}
}

// give decodes the files and says what came of it.
func (p *damage) give() string {
	require.NotEmpty(p.t, p.files, "line %d: no file", p.line)
	var whole, damaged []capture.Source
	for i := range p.files {
		whole = append(whole, diskFile(golden+p.names[i]))
		damaged = append(damaged, capture.FromBytes(filepath.Base(p.names[i]), p.files[i]))
	}
	was := New(Options{Unpackers: unpack.Native()}, whole...)
	require.NoError(p.t, was.Run(context.Background()))
	p.options.Unpackers = unpack.Native()
	d := New(p.options, damaged...)
	defer d.Close()
	var b strings.Builder
	if err := d.Run(context.Background()); err != nil {
		b.WriteString("error: " + err.Error() + "\n")
	}
	for _, a := range d.Assumptions() {
		fmt.Fprintf(&b, "%s: %s\n", map[bool]string{false: "assumed", true: "set"}[a.Set], a.Sentence)
	}
	lines := map[string]int{}
	total := 0
	for i := range was.Log().Len() {
		if r := was.Log().At(i); r.Kind == walcore.Request || r.Kind == walcore.Response {
			lines[string(was.Log().AppendText(nil, i))]++
			total++
		}
	}
	same, found := 0, 0
	log := d.Log()
	for i := range log.Len() {
		if r := log.At(i); r.Kind == walcore.Request || r.Kind == walcore.Response {
			found++
			if line := string(log.AppendText(nil, i)); lines[line] > 0 {
				lines[line]--
				same++
			}
		}
	}
	fmt.Fprintf(&b, "messages: %d of %d, %d with the same line\n", found, total, same)
	repeated, last := 0, -1
	for i := range log.Len() {
		r := log.At(i)
		if r.Kind != walcore.Diagnostic {
			last = -1
			continue
		}
		if repeated++; last != int(r.Op) {
			repeated, last = 0, int(r.Op)
		}
		if repeated >= 2 {
			if i+1 == log.Len() || log.At(i+1).Kind != walcore.Diagnostic || log.At(i+1).Op != r.Op {
				fmt.Fprintf(&b, "   %d more like it\n", repeated-1)
			}
			continue
		}
		fmt.Fprintf(&b, "%s\n", log.AppendText(nil, i))
		if i+1 < log.Len() && log.At(i+1).Kind != walcore.Diagnostic {
			line := string(log.AppendText(nil, i+1))
			if len(line) > 90 {
				line = line[:90] + "…"
			}
			fmt.Fprintf(&b, "   %s\n", line)
		}
	}
	return b.String()
}
