package inspect

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainExpr is an expr without places, to compare.
func plainExpr(e *expr) *expr {
	if e == nil {
		return nil
	}
	c := &expr{op: e.op, term: e.term}
	c.term.from, c.term.to = 0, 0
	c.term.values = nil
	for _, v := range e.term.values {
		v.from, v.to = 0, 0
		c.term.values = append(c.term.values, v)
	}
	for _, kid := range e.kids {
		c.kids = append(c.kids, plainExpr(kid))
	}
	return c
}

func printed(e *expr) string {
	if e == nil {
		return ""
	}
	return string(appendExpr(nil, e))
}

func TestPrint(t *testing.T) {
	for in, want := range map[string]string{
		"":      "",
		"  \t ": "",
		"op:ReadFile,OpenFile  path:*/config/*   stream:0": "op:ReadFile,OpenFile path:*/config/* stream:0",
		`"free text" -op:Ping`:                             `"free text" -op:Ping`,
		"OP:ping AND kind:request":                         "op:ping kind:request",
		"a OR b c OR (d OR e)":                             "a OR b c OR (d OR e)",
		"(a OR b) c":                                       "(a OR b) c",
		"((a))":                                            "a",
		"-(a b)":                                           "-(a b)",
		"-(a)":                                             "-a",
		"--a":                                              "--a",
		"->OpenFile":                                       "->OpenFile",
		`->OpenFile -->x`:                                  `->OpenFile -->x`,
		`-">x"`:                                            `-">x"`,
		"Offset(4096)":                                     `"Offset(4096)"`,
		"(Offset(1))":                                      `"Offset(1)"`,
		`"a\"b\\c\d"`:                                      `"a\"b\\c\\d"`,
		`"OR"`:                                             `"OR"`,
		`"op:x"`:                                           `"op:x"`,
		`"-x"`:                                             `"-x"`,
		`path:="/a b",c`:                                   `path:="/a b",c`,
		`path:"=x"`:                                        `path:"=x"`,
		`path:=` + `""`:                                    `path:=""`,
		`path:"a,b"`:                                       `path:"a,b"`,
		`path:..`:                                          `path:..`,
		"latency:>5ms,1ms..2ms,..3ms,4ms..":                "latency:>5ms,1ms..2ms,..3ms,4ms..",
		`latency:">= 5 ms"`:                                `latency:">=5 ms"`,
		"size:=5":                                          "size:5",
		"{path=/a,mode=r}":                                 `"{path=/a,mode=r}"`,
		"ÜBER\u00a0x":                                      "ÜBER x",
	} {
		e, m := parse(in)
		require.Nil(t, m, "%q: %v", in, m)
		require.Equal(t, want, printed(e), "%q", in)
		again, m := parse(want)
		require.Nil(t, m, "%q: %v", want, m)
		require.True(t, reflect.DeepEqual(plainExpr(e), plainExpr(again)), "%q", in)
	}
}

func TestMistakes(t *testing.T) {
	x, _ := decoded(t, "captures/plain.pcap")
	for _, c := range []struct {
		in       string
		at       string // what is underlined
		want     string // in what was expected
		suggests string
	}{
		{"op:ReadFle", "ReadFle", "an operation", "ReadFile"},
		{"op:readfile,Opne", "Opne", "an operation", ""},
		{"op:OpneFile", "OpneFile", "an operation", "OpenFile"},
		{"op:", "", "an operation", ""},
		{"op: ReadFile", "", "an operation", ""},
		{"op:ReadFile,,x", "", "an operation", ""},
		{"pth:/a", "pth:", "a key", "path:"},
		{"foo:bar", "foo:bar", "a key", `"foo:bar"`},
		{"latency:>5", ">5", "a duration", ">5ms"},
		{"latency:1..2", "1..2", "a duration", "1ms..2ms"},
		{"time:1.2..1.9s", "1.2..1.9s", "a time", "1.2s..1.9s"},
		{"time:9s..1s", "9s..1s", "begins before it ends", "1s..9s"},
		{"no:5..3", "5..3", "begins before it ends", "3..5"},
		{"time:9..1", "9..1", "a time since the earliest row", ""},
		{"time:1:75", "1:75", "a time", ""},
		{"latency:>", ">", "a duration", ""},
		{"latency:..", "..", "a duration", ""},
		{"size:big", "big", "a size", ""},
		{"size:>>5", ">>5", "a size", ""},
		{"stream:one", "one", "a whole number", ""},
		{"fd:unknwn", "unknwn", "a whole number", "unknown"},
		{"code:xyz", "xyz", "a result code", ""},
		{"code:1fff0ffe9", "1fff0ffe9", "a result code", ""},
		{"result:faliure", "faliure", "success, failure, none", "failure"},
		{"result:sometimes", "sometimes", "success, failure, none", ""},
		{"diag:byte-missing", "byte-missing", "the name of a diagnostic", "bytes-missing"},
		{"kind:reqest", "reqest", "request, response, written, diagnostic or unknown", "request"},
		{"dir:up", "up", "client or server", ""},
		{`"open`, `"open`, "a closing quotation mark", `"open"`},
		{`path:"/a b`, `"/a b`, "a closing quotation mark", `"/a b"`},
		{"(a", "(", `")"`, ""},
		{"a)", ")", `a "(" that this closes`, ""},
		{"()", ")", "a term", ""},
		{"- a", "-", `what "-" shall leave out`, ""},
		{"a -", "-", `what "-" shall leave out`, ""},
		{"OR a", "OR", "a term", `"OR"`},
		{"a OR", "", "a term", ""},
		{"a AND OR b", "OR", "a term", `"OR"`},
		{strings.Repeat("(", 60) + "a", "(", "at most 50", ""},
		{strings.Repeat("-", 60) + "a", "-", "at most 50", ""},
		{strings.Repeat("a ", 600), strings.Repeat("a ", 100), "at most 500 terms", ""},
	} {
		f, m := x.Compile(c.in)
		require.Nil(t, f, c.in)
		require.NotNil(t, m, c.in)
		require.Equal(t, c.at, c.in[m.From:m.To], c.in)
		require.Contains(t, m.Want, c.want, c.in)
		require.Equal(t, c.suggests, m.Suggest, c.in)
		require.Contains(t, m.Error(), "expected ", c.in)
		if m.Suggest != "" {
			_, again := x.Compile(c.in[:m.From] + m.Suggest + c.in[m.To:])
			require.Nil(t, again, "%s: what is suggested must be right: %v", c.in, again)
		}
	}
	_, m := x.Compile(strings.Repeat("x", 9000))
	require.NotNil(t, m)
	require.Equal(t, `expected an operation such as ReadFile, found "ReadFle" at character 4; did you mean ReadFile?`, mistake(x, "op:ReadFle").Error())
	require.Equal(t, "expected a term, found the end of the filter at character 5", mistake(x, "a OR").Error())
}

func mistake(x *Index, text string) *Mistake {
	_, m := x.Compile(text)
	return m
}

func TestTableIsComplete(t *testing.T) {
	x, _ := decoded(t, "captures/plain.pcap")
	for i := range Keys {
		k := &Keys[i]
		require.Same(t, k, KeyNamed(k.Name))
		require.NotEmpty(t, k.Examples, k.Name)
		require.NotEmpty(t, k.Meaning, k.Name)
		require.NotEmpty(t, k.want(), k.Name)
		for _, example := range k.Examples {
			require.Contains(t, example, k.Name+":")
			compile(t, x, example)
		}
		if k.Form == FormName {
			for _, w := range k.Words {
				require.NotEmpty(t, w.Meaning, w.Name)
				compile(t, x, k.Name+":"+w.Name)
				for _, also := range w.Also {
					compile(t, x, k.Name+":"+also)
				}
			}
		}
	}
	require.Nil(t, KeyNamed("nothing"))
}

// All units that are read are named where the language is told.
func TestUnitsAreNamed(t *testing.T) {
	page := string(AppendFilterPage(nil))
	for _, u := range append(append([]unit{}, sizeUnits...), durationUnits...) {
		require.Contains(t, page, "`"+u.name+"`")
	}
	x, _ := decoded(t, "captures/plain.pcap")
	require.Contains(t, mistake(x, "latency:5").Error(), "in ns, us, ms, s, min and h")
}

func TestQuantities(t *testing.T) {
	for _, c := range []struct {
		form            Form
		in              string
		at, least, most int64
	}{
		{FormDuration, "5ms", 5e6, 4_500_000, 5_499_999},
		{FormDuration, "5.00ms", 5e6, 4_995_000, 5_004_999},
		{FormDuration, "495 µs", 495e3, 494_500, 495_499},
		{FormDuration, "495us", 495e3, 494_500, 495_499},
		{FormDuration, "495 μs", 495e3, 494_500, 495_499},
		{FormDuration, "5m", 300e9, 270e9, 330e9 - 1},
		{FormDuration, "5MIN", 300e9, 270e9, 330e9 - 1},
		{FormSize, "7B", 7, 7, 7},
		{FormSize, "64kb", 65536, 65536, 65536},
		{FormDuration, "7ns", 7, 7, 7},
		{FormDuration, "2min", 120e9, 90e9, 150e9 - 1},
		{FormDuration, "-1s", -1e9, -1_500_000_000, -500_000_001},
		{FormDuration, "1h", 3600e9, 1800e9, 5400e9 - 1},
		{FormTime, "1:02.5", 62_500_000_000, 62_450_000_000, 62_549_999_999},
		{FormTime, "00:01.482", 1_482_000_000, 1_481_500_000, 1_482_499_999},
		{FormTime, "1:00:00", 3600e9, 3600e9 - 5e8, 3600e9 + 5e8 - 1},
		{FormTime, "2023-11-14T22:13:20Z", start, start - 5e8, start + 5e8 - 1},
		{FormTime, "2023-11-14T23:13:20.000000001+01:00", start + 1, start + 1, start + 1},
		{FormTime, "2023-11-14T22:13:20", start, start - 5e8, start + 5e8 - 1},
		{FormSize, "64k", 65536, 65536, 65536},
		{FormSize, "1.5M", 1536 << 10, 1536 << 10, 1536 << 10},
		{FormSize, "2GiB", 2 << 30, 2 << 30, 2 << 30},
		{FormSize, "7", 7, 7, 7},
		{FormNumber, "0x1F", 31, 31, 31},
		{FormNumber, "-1", -1, -1, -1},
		{FormCode, "0xFFF0FFE9", 0xFFF0FFE9, 0xFFF0FFE9, 0xFFF0FFE9},
		{FormCode, "0", 0, 0, 0},
	} {
		q, ok := c.form.quantity(c.in)
		require.True(t, ok, c.in)
		require.Equal(t, quantity{c.at, c.least, c.most}, q, c.in)
	}
	for form, bad := range map[Form][]string{
		FormDuration: {"", "5", "ms", ".5ms", "5.ms", "1e3s", "99999999999999999999s", "9999999h", "5 parsecs", "1.1.1s", "--1s", "1.1234567890123456789s"},
		FormTime:     {"1:2:3:4", ":1", "1:", "1:60", "1:99:00", "1:-5", "x:5", "2023-11-14T", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "70000:00"},
		FormSize:     {"k", "-", "1t", "0x10", "99999999999999999999"},
		FormNumber:   {"1_000", "x", "1.5", ""},
		FormCode:     {"", "0x", "g", "100000000"},
	} {
		for _, s := range bad {
			_, ok := form.quantity(s)
			require.False(t, ok, "%q", s)
		}
	}
}
