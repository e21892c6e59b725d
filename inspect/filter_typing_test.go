package inspect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnfinished(t *testing.T) {
	for _, c := range []struct {
		filter, typed string
		want          bool
	}{
		{"op", "op:Re", true},
		{"opp", "opp:ReadFile", true},
		{"op:ReadFile result", "op:ReadFile result:", true},
		{"-op", "-op:Re", true},
		{"op:Ping O", "op:Ping OR", true},
		{"", "op:", false},
		{" ", " x", false},
		{"op:ReadFile ", "op:ReadFile result:", false},
		{"op:ReadFile", "op:ReadFile result:", false},
		{"op:Ping", "op:Ping,", false},
		{"config", "config op:", false},
		{"config", "config", false},
		{"op:ReadFile", "op:ReadFle", false},
	} {
		require.Equal(t, c.want, Unfinished(c.filter, c.typed), "%q, %q", c.filter, c.typed)
	}
}

func TestHint(t *testing.T) {
	for _, c := range []struct{ filter, want string }{
		{"op:ReadFile or op:WriteFile", "op:ReadFile OR op:WriteFile"},
		{"(op:Ping Or config) stream:1", "(op:Ping OR config) stream:1"},
		{"op:Ping and stream:1", "op:Ping AND stream:1"},
		{"not op:Ping", "-op:Ping"},
		{"stream:1 (not op:Ping)", "stream:1 (-op:Ping)"},
		{`op:ReadFile "or" op:WriteFile`, ""},
		{"op:ReadFile OR op:WriteFile", ""},
		{"or", ""},
		{"or op:Ping", ""},
		{"op:Ping or", ""},
		{"(op:Ping or) x", ""},
		{"path:or op:Ping", ""},
		{"op:Ping -or x", ""},
		{"", ""},
	} {
		m, got := Hint(c.filter), ""
		if m != nil {
			got = c.filter[:m.From] + m.Suggest + c.filter[m.To:]
			_, mistake := parse(got)
			require.Nil(t, mistake, got)
		}
		require.Equal(t, c.want, got, c.filter)
	}
}

func TestWhatTheLogHasIsSuggestedFirst(t *testing.T) {
	x, _ := decoded(t, "captures/devkit_story.pcapng.gz")
	_, m := x.Compile("stream:0 op:Re")
	require.Equal(t, "ReadFile", m.Suggest)
	require.Equal(t, "ReadFile", x.Complete("op:Re", 5)[0].Text)
	require.Empty(t, x.Complete("opp:ReadFile", 12), "what follows a key that there is not is no operation")
	_, m = x.Compile("opp:ReadFile")
	require.Equal(t, "op:", m.Suggest)
}
