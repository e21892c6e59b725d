package inspect

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

var update = flag.Bool("update", false, "write the files in testdata again, to be read in the diff")

// goldenText holds a text against a file in testdata.
func goldenText(t *testing.T, name string, got []byte) {
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "go test -update writes it again")
}

func TestSummaryAsText(t *testing.T) {
	for _, name := range []string{"captures/devkit_story.pcapng.gz", "partial/late.pcap"} {
		x, d := decoded(t, name)
		s := x.Summary(About{Name: filepath.Base(name), File: d.Summary(), Streams: d.Streams()})
		goldenText(t, filepath.Base(name)+".summary.md", x.AppendMarkdown(nil, &s))
	}
}

// The totals are held against the log's lines.
func TestSummaryAgainstLines(t *testing.T) {
	for _, name := range goldenFiles(t) {
		x, d := decoded(t, name)
		s := x.Summary(About{File: d.Summary(), Streams: d.Streams()})
		count := func(prefix string) (n int) {
			for i := range x.log.Len() {
				if strings.HasPrefix(line(x, i), prefix) {
					n++
				}
			}
			return n
		}
		require.Equal(t, count("->"), int(s.Rows.Requests), name)
		require.Equal(t, count("<-"), int(s.Rows.Responses), name)
		require.Equal(t, count("  ->"), int(s.Rows.Written), name)
		require.Equal(t, count("!! "), int(s.Rows.Findings), name)
		require.Equal(t, count("->")+count("<-"), d.Summary().Messages, name)
		requests, failures, unanswered := 0, 0, 0
		bytes := uint64(0)
		for _, o := range s.Operations {
			requests += int(o.Requests)
			failures += int(o.Failures)
			unanswered += int(o.Unanswered)
			bytes += o.Bytes
			require.LessOrEqual(t, o.Median, o.P95)
			require.LessOrEqual(t, o.P95, o.Longest)
			if o.Name != unknownName && o.Name != "GetFilePosition" {
				require.Equal(t, count("->"+o.Name[:min(len(o.Name), 10)]), int(o.Requests), "%s: %s", name, o.Name)
			}
		}
		require.Equal(t, int(s.Rows.Requests), requests, name)
		require.LessOrEqual(t, failures, int(s.Rows.Failures), name)
		require.Equal(t, s.NoAnswers, unanswered, name)
		require.Equal(t, len(found(t, x, "result:none")), unanswered, name)
		require.Equal(t, len(found(t, x, "result:failure")), int(s.Rows.Failures), name)
		require.LessOrEqual(t, bytes, s.Rows.Bytes, name)
		for _, r := range s.Results {
			if r.Failure {
				n := len(found(t, x, "result:failure "+Term("code", string(appendHex(nil, uint64(r.Code), 8)), false)+" "+Term("op", operationName(r.Op), false)))
				require.Equal(t, n, int(r.Count), "%s: %v", name, r)
			}
		}
		for _, f := range s.Findings {
			require.Equal(t, count("!! "+f.Code.String()+" "), int(f.Count), name)
			require.True(t, strings.HasPrefix(line(x, int(f.First)), "!! "+f.Code.String()))
		}
		require.Equal(t, x.log.Stopped(), s.Stopped >= 0)
		require.LessOrEqual(t, len(s.Slowest), maxSlow)
		for k := 1; k < len(s.Slowest); k++ {
			require.GreaterOrEqual(t, s.Slowest[k-1].Latency, s.Slowest[k].Latency)
		}
		for k := 1; k < len(s.Paths); k++ {
			require.GreaterOrEqual(t, s.Paths[k-1].Read+s.Paths[k-1].Written, s.Paths[k].Read+s.Paths[k].Written)
		}
		x.AppendMarkdown(nil, &s)
	}
}

func TestSummaryOfLatencies(t *testing.T) {
	c := newTalk(t)
	for i := range 100 {
		c.ask(0, sata.Request{Command: sata.Remove, Path: []byte("/a")})
		c.now += int64(i) * 1e6 // besides the millisecond between messages
		c.answer(0, sata.Response{})
	}
	x := c.index()
	s := x.Summary(About{})
	o := s.Operations[0]
	require.Equal(t, []int64{50e6, 95e6, 100e6, 100}, []int64{o.Median, o.P95, o.Longest, int64(o.Timed)})
	require.Equal(t, int64(100e6), s.Slowest[0].Latency)
	require.Equal(t, int64(91e6), s.Slowest[9].Latency)
	require.Equal(t, uint32(198), s.Slowest[0].Request)
}

// Captures that were joined may be years apart, which their summary must say.
func TestSummaryOfTimesApart(t *testing.T) {
	const day = 24 * 3600 * int64(1e9)
	for _, c := range []struct {
		gaps []int64 // before the streams after the first
		want string
	}{
		{[]int64{day - 1e9}, ""},
		{[]int64{day + 3600e9}, "Nothing was captured for 1 day 1 h 0 min 0 s, from 2023-11-14 22:13:20 UTC to 2023-11-15 23:13:20 UTC: captures of different times were joined, or a clock was set wrong."},
		{[]int64{2 * day, 400 * day, 3 * day}, "Nothing was captured for 400 days 0 h 0 min 0 s, from 2023-11-16 22:13:20 UTC to 2024-12-20 22:13:20 UTC: captures of different times were joined, or a clock was set wrong."},
	} {
		talk := newTalk(t)
		talk.gap = 0
		talk.ping(0, 0x30000, 0x10000)
		row, longest := 0, int64(0)
		for k, gap := range c.gaps {
			talk.now += gap
			if gap > longest {
				row, longest = talk.m.Log().Len(), gap
			}
			talk.ping(uint32(k+1), 0x30000, 0x10000)
		}
		x := talk.index()
		s := x.Summary(About{})
		require.Equal(t, c.want != "", s.Silence.Long())
		markdown := string(x.AppendMarkdown(nil, &s))
		if c.want == "" {
			require.NotContains(t, markdown, "Nothing was captured")
			continue
		}
		require.EqualValues(t, row, s.Silence.Row)
		require.Contains(t, markdown, "\n- "+c.want+"\n")
	}
}

func TestSummaryOfWhatWasSet(t *testing.T) {
	x := New(walcore.NewLog(walcore.Limits{}))
	s := x.Summary(About{Problem: "cut off", Options: decode.Options{Port: 17500, FFIO: decode.Off, FirstRead: 3000}})
	text := string(x.AppendMarkdown(nil, &s))
	require.Contains(t, text, "# A conversation of PCFS over SATA")
	require.Contains(t, text, "- The end was not reached: cut off")
	require.Contains(t, text, "- the server's port is 17500, because it was set so")
	require.Contains(t, text, "- fast file I/O is off where no Ping was recorded, because it was set so")
	require.Contains(t, text, "- the first read size before a Ping is 3000, because it was set so")
	require.NotContains(t, text, "UTC")
	s = x.Summary(About{Options: decode.Options{Server: netip.MustParseAddrPort("10.0.0.1:7500")}})
	require.Contains(t, string(x.AppendMarkdown(nil, &s)), "the server is 10.0.0.1:7500")
}

// What comes from the wire can't be Markdown, nor end a table's cell.
func TestSummaryOfHostilePaths(t *testing.T) {
	c := newTalk(t)
	for _, path := range []string{"/a|b", "/`x`", "``", "/line\nbreak", "<b>", "\u202e/x", ""} {
		c.ask(0, sata.Request{Command: sata.Remove, Path: []byte(path)})
		c.answer(0, sata.Response{})
	}
	x := c.index()
	s := x.Summary(About{Name: "a`b.pcap"})
	text := string(x.AppendMarkdown(nil, &s))
	require.Contains(t, text, "# ``a`b.pcap``")
	for _, want := range []string{"| `/a\\|b` |", "| `` /`x` `` |", "| ``` `` ``` |", "| `/line‹LF›break` |", "| `<b>` |", "| `‹U+202E›/x` |", "| (empty) |"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "\u202e")
}

// The language's page is the code's own tables.
func TestFilterPage(t *testing.T) {
	const page = "../docs/filter.md"
	got := AppendFilterPage(nil)
	if *update {
		require.NoError(t, os.WriteFile(page, got, 0o644))
	}
	want, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "go test -update writes it again")
	x, _ := filters(t)
	for _, code := range strings.Split(string(got), "`") {
		if strings.HasPrefix(code, "op:") || strings.HasPrefix(code, "path:") || strings.HasPrefix(code, "-") && len(code) > 1 || strings.HasPrefix(code, "time:1") || strings.HasPrefix(code, "(op:") {
			if !strings.HasSuffix(code, ":") && !strings.Contains(code, "\n") {
				compile(t, x, code)
			}
		}
	}
}
