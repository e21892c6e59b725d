package worker

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/inspect"
	"satascope/wasm/app/bridge"
)

// Numbers that lead to a filter are what that filter leaves; numbers that lead
// to a row name it.
func TestReportLeadsToWhatItSays(t *testing.T) {
	for _, name := range []string{story, "captures/trouble.pcap", "partial/late.pcap", "events/boot.jsonl"} {
		d := decoded(t, name)
		x := inspect.New(d.Log())
		x.Update(d.Log().Len())
		m := summarize(x, inspect.About{Name: name, File: d.Summary(), Streams: d.Streams()})
		require.NotEmpty(t, m.Sections)
		require.True(t, strings.HasPrefix(m.Markdown, "# "))
		follow := func(p bridge.Phrase) {
			if p.Filter != "" {
				v := listed(t, d, bridge.SetView{Filter: p.Filter})
				require.Positive(t, v.len(), p.Filter)
				if n := strings.Fields(p.Text)[0]; strings.Trim(n, "0123456789,") == "" && !strings.HasPrefix(p.Filter, "stream:") {
					require.Equal(t, n, countOf(uint64(v.len())), "%s: %+v", name, p)
				}
			}
			if p.Row != bridge.NoRow {
				require.Contains(t, p.Text, countOf(uint64(p.Row)+1))
			}
		}
		if name == story {
			require.Contains(t, m.Sections[0].Lines[2].Text, " UTC, for 1.4 s")
			require.Contains(t, m.Markdown, "- "+m.Sections[0].Lines[2].Text+"\n", "as it is copied")
		}
		seen := map[string]bool{}
		for _, s := range m.Sections {
			seen[s.Title] = true
			require.Len(t, s.Right, len(s.Head))
			for _, p := range s.Lines {
				follow(p)
			}
			for _, row := range s.Table {
				require.Len(t, row, len(s.Head))
				for _, p := range row {
					follow(p)
				}
			}
		}
		require.True(t, seen["Operations"] && seen["Paths"] || name == "partial/late.pcap")
	}
}
