package satascope_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

func document(t *testing.T, name string) string {
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(b)
}

// The table of requests in docs/protocol.md is the code's.
func TestProtocolTableOfCommands(t *testing.T) {
	text := document(t, "docs/protocol.md")
	rows := regexp.MustCompile(`(?m)^\| 0x([0-9A-F]{2}) \| (\w+) \| .* \| (0x[0-9A-F]+|\d+)(?: to (\d+); .*)? \|$`).FindAllStringSubmatch(text, -1)
	require.Len(t, rows, len(sata.Commands))
	for i, row := range rows {
		spec := sata.Commands[i]
		require.Equal(t, fmt.Sprintf("%02X", uint32(spec.Command)), row[1])
		require.Equal(t, spec.Name, row[2])
		length, err := strconv.ParseInt(row[3], 0, 32)
		require.NoError(t, err)
		require.EqualValues(t, spec.BodyLen(), length, spec.Name)
		if spec.Slack > 0 {
			require.Equal(t, strconv.Itoa(spec.BodyLen()+spec.Slack), row[4], spec.Name)
		} else {
			require.Empty(t, row[4], spec.Name)
		}
	}
}

// Section 4 has the line of every command, as the code makes it.
func TestProtocolLines(t *testing.T) {
	text := document(t, "docs/protocol.md")
	for _, spec := range sata.Commands {
		if spec.LogName == "" {
			continue
		}
		labels := []string{}
		for _, p := range spec.Line {
			labels = append(labels, p.Label+"=[^,]*")
		}
		require.Regexp(t, `(?m)^->`+fmt.Sprintf("%-13s", spec.LogName)+`\{`+strings.Join(labels, ",")+`\}$`, text)
	}
}

// Every result code seen is named, and every document that the code cites is there.
func TestProtocolResultCodes(t *testing.T) {
	text := document(t, "docs/protocol.md")
	for _, r := range sata.Results {
		if r.Code != sata.Success {
			require.Contains(t, text, fmt.Sprintf("0x%08X %s", uint32(r.Code), r.Meaning))
		}
	}
	require.Contains(t, text, walcore.CodeReadEnd.String())
	for section := 1; section <= 6; section++ {
		require.Contains(t, text, fmt.Sprintf("\n## %d. ", section))
	}
}

// Links between the documents lead somewhere.
func TestLinks(t *testing.T) {
	for _, name := range []string{"README.md", "docs/protocol.md", "docs/design.md"} {
		folder := ""
		if strings.HasPrefix(name, "docs/") {
			folder = "docs/"
		}
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`).FindAllStringSubmatch(document(t, name), -1) {
			if !strings.Contains(m[1], "://") {
				_, err := os.Stat(folder + m[1])
				require.NoError(t, err, "%s links to %s", name, m[1])
			}
		}
	}
}
