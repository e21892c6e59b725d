package inspect

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChoiceOf(t *testing.T) {
	for _, c := range []struct {
		filter, key, text string
		want              Choice
	}{
		{"", "op", "ReadFile", Either},
		{"op:ReadFile", "op", "ReadFile", Chosen},
		{"stream:0 op:Ping,ReadFile a", "op", "ReadFile", Chosen},
		{"stream:0 -op:Ping,ReadFile", "op", "ReadFile", Excluded},
		{"-op:ReadFile", "op", "Ping", Either},
		{"op:ReadFile OR stream:0", "op", "ReadFile", Either}, // not every row is one
		{`path:="/a b"`, "path", "/a b", Chosen},
		{"path:/a", "path", "/a", Either}, // has it somewhere
		{`-"a b"`, "", "a b", Either},
		{"op:ReadFile (", "op", "ReadFile", Either},
		{"stream:10", "stream", "1", Either},
	} {
		require.Equal(t, c.want, ChoiceOf(c.filter, c.key, c.text), "%+v", c)
	}
}

func TestOnlyValue(t *testing.T) {
	for _, c := range []struct{ filter, key, want string }{
		{"stream:1", "stream", "1"},
		{"stream:=1 op:Ping", "stream", "1"},
		{`path:="/a b"`, "path", "/a b"},
		{"path:/a", "path", ""}, // has it somewhere
		{"stream:1,2", "stream", ""},
		{"stream:1..2", "stream", ""},
		{"stream:>1", "stream", ""},
		{"-stream:1", "stream", ""},
		{"stream:1 OR op:Ping", "stream", ""},
		{"op:Ping", "stream", ""},
		{"stream:1 (", "stream", ""},
		{"", "stream", ""},
		{"stream:1", "nokey", ""},
	} {
		got, is := OnlyValue(c.filter, c.key)
		require.Equal(t, c.want, got, c.filter)
		require.Equal(t, c.want != "", is, c.filter)
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		filter, key, text string
		choice            Choice
		want              string
	}{
		{"", "op", "ReadFile", Chosen, "op:ReadFile"},
		{"op:OpenFile", "op", "ReadFile", Chosen, "op:OpenFile,ReadFile"},
		{"op:OpenFile,readfile", "op", "ReadFile", Chosen, "op:OpenFile,readfile"},
		{"op:OpenFile,readfile x", "op", "ReadFile", Either, "op:OpenFile x"},
		{"op:ReadFile", "op", "ReadFile", Either, ""},
		{"op:ReadFile x", "op", "ReadFile", Excluded, "x -op:ReadFile"},
		{"-op:Ping", "op", "ReadFile", Excluded, "-op:Ping,ReadFile"},
		{"-op:Ping,ReadFile", "op", "ReadFile", Chosen, "-op:Ping op:ReadFile"},
		{"a OR b", "stream", "1", Chosen, "(a OR b) stream:1"},
		{"op:ReadFile OR x", "op", "ReadFile", Either, "op:ReadFile OR x"},
		{"op:ReadFile op:ReadFile", "op", "ReadFile", Either, ""},
		{"", "path", "/a b", Chosen, `path:="/a b"`},
		{"path:/a", "path", "/a", Chosen, "path:/a,=/a"},
		{"", "result", "path does not exist", Chosen, `result:"path does not exist"`},
		{"(", "op", "ReadFile", Chosen, "("},
		{"x", "nokey", "ReadFile", Chosen, "x"},
	} {
		require.Equal(t, c.want, Choose(c.filter, c.key, c.text, c.choice), "%+v", c)
	}
}

func TestJoin(t *testing.T) {
	for _, c := range [][3]string{
		{"", "", ""},
		{"", `path:="/a b"`, `path:="/a b"`},
		{"op:Ping", "op:ReadFile", "op:Ping,ReadFile"},
		{"op:Ping,readfile", "op:ReadFile", "op:Ping,readfile"},
		{"op:Ping", "-op:ReadFile", "op:Ping -op:ReadFile"},
		{"time:1s..2s x", "time:3s..4s", "time:3s..4s x"},
		{"a OR b", "stream:1 c", "(a OR b) stream:1 c"},
		{"a c", "c", "a c"},
		{"a", "x OR y", "a (x OR y)"},
		{"a (", "b", "a ("},
		{"a", "b (", "a"},
	} {
		require.Equal(t, c[2], Join(c[0], c[1]), "%q and %q", c[0], c[1])
	}
}

// Whatever the filter was, what is chosen is so, and can be undone.
func TestChooseIsWhatChoiceOfSays(t *testing.T) {
	for _, filter := range []string{"", "op:Ping", "-op:Ping stream:0", "a OR b", "op:ReadFile -op:ReadFile", "path:=/a,=/b -path:x"} {
		for _, fact := range [][2]string{{"op", "ReadFile"}, {"stream", "3"}, {"path", "/a b"}, {"path", "/a"}, {"result", "path does not exist"}} {
			for _, choice := range []Choice{Chosen, Excluded, Either, Excluded, Chosen, Either} {
				filter = Choose(filter, fact[0], fact[1], choice)
				require.Equal(t, choice, ChoiceOf(filter, fact[0], fact[1]), filter)
				_, m := parse(filter)
				require.Nil(t, m, filter)
			}
		}
	}
}

func TestTokens(t *testing.T) {
	show := func(text string) (s string) {
		for _, token := range Tokens(nil, text) {
			s += [...]string{"k", "w", "v"}[token.Kind] + "<" + text[token.From:token.To] + ">"
		}
		return s
	}
	for text, want := range map[string]string{
		"":                                "",
		"  op:ReadFile,OpenFile  ":        "k<op:>v<ReadFile,OpenFile>",
		`-path:="a b",c (x OR "y z")`:     `w<->k<path:>v<="a b",c>w<(>v<x>w<OR>v<"y z">w<)>`,
		"op:":                             "k<op:>",
		`path:"open`:                      `k<path:>v<"open>`,
		"))((":                            "w<)>w<)>w<(>w<(>",
		"Offset(4096)":                    "v<Offset(4096)>",
		"->Ping":                          "v<->Ping>",
		"-":                               "w<->",
		"op:,,":                           "k<op:>v<,,>",
		"a\u00a0b":                        "v<a>v<b>",
		"time:1s..2s AND latency:>=5ms)x": "k<time:>v<1s..2s>w<AND>k<latency:>v<>=5ms>w<)>v<x>",
	} {
		require.Equal(t, want, show(text), "%q", text)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{`op:a,"b c" -(x OR y)`, `path:=`, "((", "\xff", "-\"", ",a", "a:b:c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, token := range Tokens(nil, text) {
			require.GreaterOrEqual(t, token.From, at)
			require.Greater(t, token.To, token.From)
			require.Empty(t, strings.TrimSpace(text[at:token.From]), "only white space stands between")
			at = token.To
		}
		require.LessOrEqual(t, at, len(text))
		require.Empty(t, strings.TrimSpace(text[at:]))
	})
}

func TestFacts(t *testing.T) {
	x, at := filters(t)
	show := func(row int) (s []string) {
		for _, f := range x.Facts(row) {
			s = append(s, f.Name+" "+f.Value+" = "+Term(f.Key, f.Text, false))
		}
		return s
	}
	require.Equal(t, []string{
		"operation OpenFile = op:OpenFile", `path /vol/Config/a b.xml = path:="/vol/Config/a b.xml"`, "result success = result:success", "stream 0 = stream:0", "packet 3 = packet:3",
	}, show(at["open"]))
	require.Equal(t, []string{
		"operation Rename = op:Rename", "path /old = path:=/old", "destination /brandnew = path:=/brandnew", "result refused = result:refused", "stream 1 = stream:1",
	}, show(at["rename"])[:5])
	require.Contains(t, show(at["write"]+2), "result success = result:success")
	require.Contains(t, show(at["stat"]), "descriptor -3 = fd:-3")
	require.Contains(t, show(at["item"]), "item item.TXT = path:=item.TXT")
	require.Contains(t, show(at["lonely"]), "result no response = result:none")
	require.Equal(t, "diagnostic request-unanswered = diag:request-unanswered", show(at["finding"])[0])
}

// Every fact of every row leaves that row: what a person points at is found.
func TestFactsFindTheirRow(t *testing.T) {
	for _, name := range goldenFiles(t) {
		x, _ := decoded(t, name)
		for i := range x.log.Len() {
			for _, f := range x.Facts(i) {
				if f.Key == "result" || f.Key == "code" {
					continue // also of requests, whose responses have it
				}
				term := Term(f.Key, f.Text, false)
				require.True(t, compile(t, x, term).Match(i), "%s: row %d: %s", name, i, term)
			}
			if k := x.ExchangeOf(i); k >= 0 {
				for _, f := range x.Facts(i) {
					if f.Key == "result" || f.Key == "code" {
						require.True(t, compile(t, x, Term(f.Key, f.Text, false)).MatchExchange(x.Exchange(k)), "%s: row %d: %v", name, i, f)
					}
				}
			}
		}
	}
}
