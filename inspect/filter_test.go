package inspect

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

// rowsWhere are the rows for which a test of the line says yes.
func rowsWhere(x *Index, yes func(i int, line string) bool) (rows []int) {
	for i := range x.log.Len() {
		if yes(i, line(x, i)) {
			rows = append(rows, i)
		}
	}
	return rows
}

// The filter's answers are held against what the log's text says.
func TestMatchAgainstLines(t *testing.T) {
	for _, name := range goldenFiles(t) {
		x, _ := decoded(t, name)
		log := x.log
		request := func(i int) string {
			if q := x.Request(i); q != None && log.At(i).Kind != walcore.Diagnostic {
				return line(x, int(q))
			}
			return ""
		}
		for text, yes := range map[string]func(i int, line string) bool{
			"op:ReadFile": func(i int, _ string) bool { return strings.HasPrefix(request(i), "->ReadFile ") },
			"op:*Folder": func(i int, _ string) bool {
				name, _, _ := strings.Cut(strings.TrimPrefix(request(i), "->"), " ")
				return strings.HasSuffix(name, "Folder")
			},
			"kind:request":    func(_ int, line string) bool { return strings.HasPrefix(line, "->") },
			"kind:response":   func(_ int, line string) bool { return strings.HasPrefix(line, "<-") },
			"kind:data":       func(_ int, line string) bool { return strings.HasPrefix(line, "  ->") },
			"kind:diagnostic": func(_ int, line string) bool { return strings.HasPrefix(line, "!! ") },
			"diag:*":          func(_ int, line string) bool { return strings.HasPrefix(line, "!! ") },
			"-kind:request,response,written": func(_ int, line string) bool {
				return strings.HasPrefix(line, "!! ")
			},
			"kind:unknown": func(_ int, line string) bool {
				return strings.Contains(line, "Unknown {data") || strings.HasPrefix(line, "->Unknown ")
			},
			"code:fff0ffe9 -op:ReadFile": func(_ int, line string) bool {
				return strings.HasPrefix(line, "<-") && strings.Contains(line, "Failure (fff0ffe9)")
			},
			`result:"path does not exist" -op:ReadFile`: func(_ int, line string) bool {
				return strings.HasPrefix(line, "<-") && strings.Contains(line, "Failure (fff0ffe9)")
			},
			"ffio":   func(_ int, line string) bool { return strings.Contains(strings.ToLower(line), "ffio") },
			"System": func(_ int, line string) bool { return strings.Contains(line, "System") },
			"result:failure kind:response -kind:unknown -op:ReadFile": func(i int, line string) bool {
				bad := strings.Contains(line, "Failure (") && strings.HasPrefix(line, "<-") && !strings.Contains(line, "Failure (fff0fffc)")
				if strings.HasPrefix(request(i), "->WriteFile") {
					bad = bad && strings.Contains(line, "Failure (fff")
				}
				return bad
			},
			"path:*system*": func(i int, line string) bool {
				return pathHas(x, i, "system")
			},
			"path:SYSTEM": func(i int, _ string) bool { return false },
			"no:3..5":     func(i int, _ string) bool { return i >= 2 && i <= 4 },
			"-(kind:request OR kind:response)": func(_ int, line string) bool {
				return !strings.HasPrefix(line, "->") && !strings.HasPrefix(line, "<-")
			},
			"dir:server kind:response,request": func(_ int, line string) bool { return strings.HasPrefix(line, "<-") },
		} {
			require.Equal(t, rowsWhere(x, yes), found(t, x, text), "%s: %s", name, text)
		}
	}
}

func pathHas(x *Index, i int, part string) bool {
	r := x.log.At(i)
	if r.Kind == walcore.Diagnostic {
		return false
	}
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), part) }
	p, ok := x.Path(i)
	if ok && has(p) || r.Line == walcore.LineItem && has(x.log.Text(r.Path2)) {
		return true
	}
	if x.Request(i) == None {
		return false
	}
	q := x.log.At(int(x.Request(i)))
	return q.Line == walcore.LineRequest && sata.Command(q.Op) == sata.Rename && has(x.log.Text(q.Path2))
}

// filters is a talk with one of everything that the filter asks about.
func filters(t *testing.T) (*Index, map[string]int) {
	c := newTalk(t)
	rows := map[string]int{}
	c.ping(0, 0x30000, 0x10000)
	rows["open"] = c.open(0, "/vol/Config/a b.xml", "r", 7) - 1
	rows["ask"] = c.askRead(0, 7, 1, 4096, sata.MoveBegin)
	c.now += 10e6
	rows["read"] = c.read(0, sata.ReadFirst, 100, 100, 3996)
	rows["write"] = c.write(0, 7, 70_000, sata.MoveEnd) - 2
	c.ask(1, sata.Request{Command: sata.Rename, Path: []byte("/old"), Destination: []byte("/brandnew")})
	rows["rename"] = c.answer(1, sata.Response{Result: sata.Refused}) - 1
	c.ask(1, sata.Request{Command: sata.StatFile, FD: -3})
	rows["stat"] = c.answer(1, sata.Response{Result: sata.FSError}) - 1
	c.ask(1, sata.Request{Command: sata.OpenFolder, Path: []byte("/vol")})
	c.answer(1, sata.Response{FD: 9})
	c.ask(1, sata.Request{Command: sata.ReadFolder, FD: 9})
	rows["item"] = c.answer(1, sata.Response{Name: []byte("item.TXT"), Info: sata.Info{Flags: 0x2C000000}})
	c.ask(1, sata.Request{Command: sata.ReadFolder, FD: 9})
	rows["end"] = c.answer(1, sata.Response{Result: sata.NoMoreItems})
	rows["lonely"] = c.ask(1, sata.Request{Command: sata.GetFilePosition, FD: 7})
	c.m.EndStream(1, walcore.At{Time: walcore.NoTime})
	rows["finding"] = c.m.Log().Len() - 1
	return c.index(), rows
}

func TestMatch(t *testing.T) {
	x, at := filters(t)
	for text, want := range map[string][]int{
		"path:config":                           {at["open"], at["open"] + 1, at["ask"], at["read"], at["write"], at["write"] + 1, at["write"] + 2},
		"path:config kind:written":              {at["write"] + 1},
		"path:CONFIG":                           nil,
		"path:*/Config/*":                       {at["open"], at["open"] + 1, at["ask"], at["read"], at["write"], at["write"] + 1, at["write"] + 2},
		`path:="/vol/config/a b.xml"`:           nil,
		`path:="/vol/Config/a b.xml" -fd:7`:     {at["open"]},
		"path:a?b kind:request op:OpenFile":     nil,
		"path:*a?b* op:OpenFile":                {at["open"], at["open"] + 1},
		"path:brand":                            {at["rename"], at["rename"] + 1},
		"path:item.txt":                         {at["item"]},
		"path:item.txt,/old":                    {at["rename"], at["rename"] + 1, at["item"]},
		"fd:7 op:OpenFile":                      {at["open"] + 1},
		"fd:unknown":                            {at["stat"], at["stat"] + 1, at["lonely"]},
		"fd:-3":                                 {at["stat"], at["stat"] + 1},
		"fd:<0,9 -op:ReadFolder":                {at["stat"], at["stat"] + 1, at["item"] - 2},
		"latency:>5ms":                          {at["read"]},
		"latency:11ms":                          {at["read"]},
		"latency:10ms":                          nil,
		"latency:10.9ms..11.1ms":                {at["read"]},
		"size:>64k":                             {at["write"] + 1},
		"size:4132":                             {at["read"]},
		"size:4132 OR size:70000":               {at["read"], at["write"] + 1},
		"result:failure":                        {at["rename"] + 1, at["stat"] + 1},
		"result:none":                           {at["lonely"]},
		"result:unanswered -op:GetFilePosition": nil,
		`result:"no more items"`:                {at["end"]},
		`result:*more*`:                         {at["end"]},
		"result:written":                        {at["write"] + 2},
		`result:"70,000 bytes"`:                 {at["write"] + 2},
		"code:fff0ffea,FFF0FFE0":                {at["rename"] + 1, at["stat"] + 1},
		"code:11170":                            {at["write"] + 2},
		"op:SetFilePos":                         nil,
		"op:8":                                  {at["lonely"]},
		"op:0x0f kind:request":                  {at["rename"]},
		"diag:request-unanswered":               {at["finding"]},
		"diag:request-*":                        {at["finding"]},
		"stream:1 kind:diagnostic":              {at["finding"]},
		"packet:1..2":                           {0, 1},
		"no:1":                                  {0},
		"time:<1ms":                             {0},
		"time:1ms":                              {1},
		"time:..1ms":                            {0, 1},
		"time:2023-11-14T22:13:20.001Z":         {1},
		"time:<2023-11-14T22:13:20.001Z":        {0},
		"time:2023-11-14T22:13:20Z..2023-11-14T22:13:20.001Z": {0, 1},
		`"refused"`:                       {at["rename"] + 1}, // in the words behind the line
		"->readfile":                      {at["ask"]},
		"ITEM":                            nil,
		"kind:unknown":                    {at["lonely"]},
		"dir:out op:Ping":                 {1},
		"dir:client stream:1 result:none": {at["lonely"]},
		"-result:failure -result:success -kind:request,written,diagnostic": {at["end"]},
	} {
		require.Equal(t, want, found(t, x, text), text)
	}
	require.Len(t, found(t, x, ""), x.log.Len())
	require.Len(t, found(t, x, `""`), x.log.Len())
	require.True(t, compile(t, x, " ").Everything())
	require.Equal(t, "op:Ping a", compile(t, x, "op:Ping   AND a").String())
}

func TestMatchExchange(t *testing.T) {
	x, at := filters(t)
	exchange := func(row int) Exchange { return x.Exchange(x.ExchangeOf(row)) }
	for _, c := range []struct {
		text string
		row  string
		want bool
	}{
		{"result:failure", "rename", true},
		{"-result:failure", "rename", false}, // though the request alone has no result
		{"kind:request kind:response", "open", true},
		{"size:>64k", "write", true},
		{"op:WriteFile size:>64k result:written", "write", true},
		{"result:none", "lonely", true},
		{"result:none", "open", false},
		{"diag:*", "lonely", true},
		{"diag:*", "open", false},
		{"latency:>5ms", "ask", true},
		{"latency:>5ms OR op:Rename", "rename", true},
		{"-(latency:>5ms OR op:Rename)", "rename", false},
		{"", "open", true},
	} {
		require.Equal(t, c.want, compile(t, x, c.text).MatchExchange(exchange(at[c.row])), "%s: %s", c.row, c.text)
	}
}

func TestHighlights(t *testing.T) {
	x, at := filters(t)
	for _, c := range []struct {
		text string
		row  int
		want []string
	}{
		{"path:*/Config/*", at["open"], []string{"/Config/"}},
		{"path:config", at["open"], []string{"Config"}},
		{`path:="/vol/Config/a b.xml"`, at["open"], []string{"/vol/Config/a b.xml"}},
		{"path:*a?b.xml", at["open"], []string{"a", "b.xml"}},
		{"path:*.xml", at["ask"], []string{".xml"}},
		{"path:config", at["read"], nil}, // it matches by its request; its line has no path
		{"path:brand", at["rename"], []string{"brand"}},
		{"path:/o*,brand", at["rename"], []string{"/o", "brand"}},
		{"path:.txt", at["item"], []string{".TXT"}},
		{"op:OpenFile", at["open"], []string{"OpenFile"}},
		{"op:OpenFile", at["open"] + 1, []string{"FDRES"}},
		{"op:ReadFile mode", at["ask"], nil}, // does not match at all
		{"fd:7", at["open"] + 1, []string{"7"}},
		{"fd:-3", at["stat"], []string{"-3"}},
		{"code:fff0ffea", at["rename"] + 1, []string{"Failure (fff0ffea)", "refused"}},
		{"result:success", at["open"] + 1, []string{"Success"}},
		{"size:4132", at["read"], []string{"4132"}},
		{"size:70000", at["write"] + 1, []string{"70000"}},
		{"diag:*", at["finding"], []string{"request-unanswered"}},
		{"SUC OR ful OR ess", at["open"] + 1, []string{"ess"}},
		{"suc OR cess", at["open"] + 1, []string{"Success"}}, // put together
		{"-op:Ping", at["open"], nil},
		{"a", at["lonely"], []string{"a", "a"}},
		{"", at["open"], nil},
	} {
		f := compile(t, x, c.text)
		text := x.log.AppendText(nil, c.row)
		if code, has := x.log.At(c.row).Result(); has && code != 0 {
			text = appendMeaning(append(text, "  "...), code, sata.Command(x.log.At(c.row).Op))
		}
		var got []string
		if f.Match(c.row) {
			for _, r := range f.Highlights(nil, c.row, text) {
				require.Equal(t, InText, r.Place)
				got = append(got, string(text[r.From:r.To]))
			}
		}
		require.Equal(t, c.want, got, "%s in %s", c.text, text)
	}
	f := compile(t, x, "stream:0 latency:>5ms time:>1ms no:1.. packet:1.. kind:response")
	require.Equal(t, []Range{{Place: InNumber}, {Place: InTime}, {Place: InStream}, {Place: InLatency}, {Place: InPacket}}, f.Highlights(nil, at["read"], nil))
	require.Equal(t, []Range{{Place: Nowhere}}, f.Highlights([]Range{{Place: Nowhere}}, 0, nil)[:1], "appends")
}

func TestHighlightsInWhatIsShown(t *testing.T) {
	c := newTalk(t)
	row := c.ask(0, sata.Request{Command: sata.OpenFolder, Path: []byte("/a\nb\u202e{path=/x")})
	x := c.index()
	text, _ := x.log.AppendVisibleText(nil, row, 1000)
	for filter, want := range map[string]string{"path:\"\nb\"": "‹LF›b", "path:x": "x", `"b` + "\u202e" + `"`: "b‹U+202E›", "path:=\"/a\nb\u202e{path=/x\"": "/a‹LF›b‹U+202E›{path=/x"} {
		ranges := compile(t, x, filter).Highlights(nil, row, text)
		require.Len(t, ranges, 1, filter)
		require.Equal(t, want, string(text[ranges[0].From:ranges[0].To]))
	}
	for n := range text { // of a row that is cut anywhere, ranges stay inside
		for _, r := range compile(t, x, "path:/x OR b OR op:OpenFolder").Highlights(nil, row, text[:n]) {
			require.LessOrEqual(t, r.To, n)
		}
	}
}

func TestComplete(t *testing.T) {
	x, _ := filters(t)
	texts := func(text string) (all []string) {
		cursor := strings.IndexByte(text, '|')
		for _, s := range x.Complete(text[:cursor]+text[cursor+1:], cursor) {
			all = append(all, s.Text)
		}
		return all
	}
	require.Contains(t, texts("|"), "op:")
	require.Contains(t, texts("op:Ping |"), "path:")
	require.Equal(t, []string{"path:", "packet:"}, texts("pa|"))
	require.Equal(t, []string{"latency:"}, texts("-la|"))
	require.Contains(t, texts("(la|"), "latency:")
	require.Equal(t, []string{"op:Rename"}, texts("Ren|"))
	require.Equal(t, []string{"Rename"}, texts("op:Ren|"))
	require.Equal(t, []string{"Rename"}, texts("op:ReadFile,Ren|"))
	require.Equal(t, []string{"ReadFolder", "ReadFile"}, texts("op:read|"), "most rows first")
	require.Equal(t, []string{"0", "1"}, sorted(texts("stream:|")[:2]))
	require.Equal(t, []string{`="/vol/Config/a b.xml"`, "=/vol"}, texts("path:vol|"))
	require.Equal(t, []string{`="/vol/Config/a b.xml"`}, texts("path:*b.|"))
	require.Equal(t, []string{`="/vol/Config/a b.xml"`}, texts(`path:="/vol/Con|`))
	require.Equal(t, []string{"path:=/old"}, texts("/ol|"))
	require.Equal(t, []string{"success", "failure", `"file system error"`, "refused", `"no more items"`, "none"}, texts("result:|"))
	require.Equal(t, []string{"fff0ffea"}, texts("code:ffea|"))
	require.Equal(t, "request-unanswered", texts("diag:|")[0])
	require.Equal(t, []string{">5ms", "100us..1ms"}, texts("latency:|"))
	require.Empty(t, texts("latency:>7|"))
	require.Equal(t, []string{"client"}, texts("dir:cl|"))
	require.Equal(t, []string{"client"}, texts("dir:in|"))
	require.Empty(t, texts("nokey:x|"))

	s := x.Complete("op:ReadFile,Ren stream:0", 14)
	require.Equal(t, []int{12, 15}, []int{s[0].From, s[0].To}, "all of the value goes")
	s = x.Complete("pa stream:0", 1)
	require.Equal(t, []int{0, 2}, []int{s[0].From, s[0].To})
	for _, text := range []string{`path:"/a b" op:`, `"ab`, `a:b:c,d,"e`, "-(-(", `path:="`} {
		for cursor := -1; cursor <= len(text)+1; cursor++ {
			for _, s := range x.Complete(text, cursor) {
				require.True(t, 0 <= s.From && s.From <= s.To && s.To <= len(text))
			}
		}
	}
}

func sorted(s []string) []string {
	if s[0] > s[1] {
		s[0], s[1] = s[1], s[0]
	}
	return s
}

func TestHighlightCells(t *testing.T) {
	x, at := filters(t)
	e := x.Exchange(x.ExchangeOf(at["rename"]))
	cells := func(filter string, by Column, text string) (all []string) {
		for _, r := range compile(t, x, filter).HighlightCell(nil, e, by, []byte(text)) {
			all = append(all, text[r.From:r.To])
		}
		return all
	}
	require.Equal(t, []string{"/o"}, cells("path:/o*", ByPath, "/old"))
	require.Equal(t, []string{"old"}, cells("path:=/old OR old", ByPath, "old"))
	require.Equal(t, []string{"Rename"}, cells("op:*ame", ByOperation, "Rename"))
	require.Equal(t, []string{"nam"}, cells("nam", ByOperation, "Rename"))
	require.Equal(t, []string{"refused"}, cells("result:failure", ByResult, "refused"))
	require.Equal(t, []string{"fuse"}, cells("fuse", ByResult, "refused"))
	require.Equal(t, []string{"1 ms"}, cells("latency:<1s", ByLatency, "1 ms"))
	require.Equal(t, []string{"1"}, cells("stream:1", ByStream, "1"))
	require.Equal(t, []string{"1.1 kB"}, cells("size:>1k", ByBytes, "1.1 kB"))
	require.Empty(t, cells("-op:Ping", ByOperation, "Rename"))
	require.Empty(t, cells("op:Ping OR stream:1", ByOperation, "Rename"))
	require.Empty(t, cells("", ByOperation, "Rename"))
}
