package capture

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every kind is told to people, once, and the page in docs/ tells the same.
func TestForms(t *testing.T) {
	told := map[Kind]bool{}
	for _, f := range Forms {
		require.False(t, told[f.Kind], f.Kind)
		require.NotEmpty(t, f.By)
		require.NotEmpty(t, f.Gives)
		told[f.Kind] = true
	}
	for k := KindUnknown + 1; int(k) < len(kindNames); k++ {
		require.True(t, told[k], "%v is not in Forms", k)
	}
	doc, err := os.ReadFile("../docs/forms.md")
	require.NoError(t, err)
	link := regexp.MustCompile(`, see \[below\]\(#[a-z-]+\)`)
	rows := regexp.MustCompile(`(?m)^\| ([^|]+) \| (.+) \| ([^|]+) \|$`).FindAllStringSubmatch(string(doc), -1)
	var got []string
	for _, r := range rows {
		if r[1] != "kind" && r[1] != "---" && len(got) < len(Forms) {
			got = append(got, link.ReplaceAllString(r[1]+" | "+r[2]+" | "+r[3], ""))
		}
	}
	var want []string
	for _, f := range Forms {
		want = append(want, f.Kind.String()+" | "+f.By+" | "+f.Gives)
	}
	require.Equal(t, want, got, "docs/forms.md has the table of Forms")
}
