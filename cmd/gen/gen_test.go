package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"satascope/learn"
	"satascope/sata"
	"satascope/walcore"
)

const captures = "../../testdata/golden/captures"

var made struct {
	sync.Once
	files map[string][]byte
	err   error
}

func files(t testing.TB) map[string][]byte {
	made.Do(func() { made.files, made.err = reference(captures) })
	require.NoError(t, made.err)
	return made.files
}

// parsed are the pages as trees.
func parsed(t testing.TB) map[string]*html.Node {
	trees := map[string]*html.Node{}
	for name, b := range files(t) {
		if path.Ext(name) == ".html" {
			n, err := html.Parse(strings.NewReader(string(b)))
			require.NoError(t, err)
			trees[name] = n
		}
	}
	return trees
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func each(n *html.Node, f func(*html.Node)) {
	if n.Type == html.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, f)
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func withClass(n *html.Node, class string) (list []*html.Node) {
	each(n, func(e *html.Node) {
		if c, _ := attr(e, "class"); strings.Contains(" "+c+" ", " "+class+" ") {
			list = append(list, e)
		}
	})
	return list
}

// wellFormed checks that each element is closed where it should be.
func wellFormed(b string) error {
	void := map[atom.Atom]bool{atom.Meta: true, atom.Link: true, atom.Input: true, atom.Br: true, atom.Img: true, atom.Hr: true}
	var open []string
	z := html.NewTokenizer(strings.NewReader(b))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				return fmt.Errorf("not closed: %v", open)
			}
			return nil
		case html.StartTagToken:
			if t := z.Token(); !void[t.DataAtom] {
				open = append(open, t.Data)
			}
		case html.EndTagToken:
			t := z.Token()
			if len(open) == 0 || open[len(open)-1] != t.Data {
				return fmt.Errorf("</%s> closes %v", t.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func TestWellFormed(t *testing.T) {
	require.ErrorContains(t, wellFormed("<p><b>x</p>"), "</p> closes [p b]")
	require.ErrorContains(t, wellFormed("<p>"), "not closed")
	for name, b := range files(t) {
		if path.Ext(name) == ".html" {
			require.NoError(t, wellFormed(string(b)), name)
			require.True(t, strings.HasPrefix(string(b), "<!doctype html>\n"), name)
			require.NotContains(t, string(b), "ZgotmplZ", name)
			require.NotContains(t, string(b), "<no value>", name)
		}
	}
}

// TestStrict: nothing that the Content-Security-Policy would stop, one heading
// of the first level, and every identifier once.
func TestStrict(t *testing.T) {
	for name, tree := range parsed(t) {
		ids := map[string]bool{}
		policy, h1 := false, 0
		each(tree, func(n *html.Node) {
			for _, a := range n.Attr {
				require.False(t, a.Key == "style" || strings.HasPrefix(a.Key, "on"), "%s: inline %s in <%s>", name, a.Key, n.Data)
				require.False(t, strings.HasPrefix(strings.ToLower(a.Val), "javascript:"), name)
				if a.Key == "id" {
					require.False(t, ids[a.Val], "%s: two of id %s", name, a.Val)
					require.Regexp(t, `^[a-z0-9-]+$`, a.Val)
					ids[a.Val] = true
				}
			}
			switch n.DataAtom {
			case atom.Style:
				t.Fatalf("%s: a style of its own", name)
			case atom.Script:
				_, ok := attr(n, "src")
				require.True(t, ok && n.FirstChild == nil, "%s: a script without a file", name)
			case atom.H1:
				h1++
			case atom.Meta:
				if v, _ := attr(n, "http-equiv"); v == "Content-Security-Policy" {
					c, _ := attr(n, "content")
					policy = strings.Contains(c, "default-src 'none'") && !strings.Contains(c, "unsafe")
				}
			}
		})
		require.True(t, policy, name)
		require.Equal(t, 1, h1, name)
	}
}

// TestLinks follows every link to its page, and to its place there.
func TestLinks(t *testing.T) {
	trees := parsed(t)
	ids := map[string]map[string]bool{}
	for name, tree := range trees {
		ids[name] = map[string]bool{}
		each(tree, func(n *html.Node) {
			if id, ok := attr(n, "id"); ok {
				ids[name][id] = true
			}
		})
	}
	cited := map[string]bool{}
	for _, s := range publicSources() {
		cited[s.Address] = true
	}
	for _, s := range sata.Commands {
		require.NotEmpty(t, sourceFiles[s.Command], s.Name)
		cited[commandSource(s).Address] = true
	}
	count := 0
	for name, tree := range trees {
		each(tree, func(n *html.Node) {
			for _, key := range []string{"href", "src"} {
				link, ok := attr(n, key)
				if !ok {
					continue
				}
				count++
				u, err := url.Parse(link)
				require.NoError(t, err)
				if u.IsAbs() {
					require.True(t, cited[link], "%s: %s is no source", name, link)
					rel, _ := attr(n, "rel")
					require.Equal(t, "noreferrer", rel, link)
					continue
				}
				target := u.Path
				if target == "" {
					target = name
				}
				if rest, outside := strings.CutPrefix(target, "../"); outside {
					_, err := os.Stat(filepath.Join("../../site", rest))
					require.NoError(t, err, "%s: %s", name, link)
					if u.Fragment != "" && u.Fragment != learn.TourFragment && !strings.HasPrefix(link, storyPlace) {
						_, ours, err := learn.ParseFragment(u.Fragment)
						exchange, _, _ := strings.Cut(u.Fragment, "&")
						if !ours {
							_, ours, err = learn.ParseExchange(exchange)
						}
						require.True(t, ours && err == nil, "%s: %s %v", name, link, err)
					}
					continue
				}
				require.Contains(t, files(t), target, "%s: %s", name, link)
				if u.Fragment != "" {
					require.True(t, ids[target][u.Fragment], "%s: there is no %s", name, link)
				}
			}
		})
	}
	require.Greater(t, count, 1000)

	// What the page links to: learn's addresses.
	holds := func(address string) {
		u, err := url.Parse(address)
		require.NoError(t, err)
		name, ok := strings.CutPrefix(u.Path, learn.Folder)
		require.True(t, ok, address)
		require.Contains(t, files(t), name)
		if u.Fragment != "" {
			require.True(t, ids[name][u.Fragment], address)
		}
	}
	for _, fields := range [][]sata.Field{sata.HeaderFields, sata.CommandInfoFields} {
		for i := range fields {
			holds(learn.HeaderAddress(&fields[i]))
		}
	}
	for _, s := range sata.Commands {
		holds(learn.CommandAddress(s.Command))
		for i := range s.Fields {
			holds(learn.RequestFieldAddress(s.Command, &s.Fields[i]))
		}
		shapes := []sata.Shape{s.Response}
		if s.Command == sata.QueryPath {
			shapes = []sata.Shape{sata.ShapeCount, sata.ShapeSpace, sata.ShapeInfo}
		}
		for _, shape := range shapes {
			for i := range shape.Spec().Fields {
				holds(learn.ResponseFieldAddress(s.Command, shape, &shape.Spec().Fields[i]))
			}
		}
		for _, r := range sata.Results {
			holds(learn.ResultAddress(r.Code, s.Command))
		}
		holds(learn.ResultAddress(512, s.Command))
		holds(learn.ResultAddress(0xFFF0FF00, s.Command))
	}
	for n := range walcore.Codes() {
		holds(learn.DiagnosticAddress(walcore.Code(n)))
	}
	c, err := open(filepath.Join(captures, storyName))
	require.NoError(t, err)
	for i := range c.Log.Len() {
		holds(learn.LineAddress(c.Log.At(i)))
	}
	for line := range learn.LineIDs {
		holds(learn.LineAddress(&walcore.Record{Line: line}))
	}
}

// TestEveryCommand: each command has its page with all its fields, and an
// example that decodes as the page says.
func TestEveryCommand(t *testing.T) {
	trees := parsed(t)
	for _, s := range sata.Commands {
		tree := trees[learn.CommandPage(s.Command)]
		require.NotNil(t, tree, s.Name)
		text := textOf(tree)
		for _, f := range s.Fields {
			require.Contains(t, text, f.Meaning)
		}
		for _, n := range s.Notes {
			require.Contains(t, text, n)
		}
		examples := withClass(tree, "example")
		require.NotEmpty(t, examples, s.Name)
		opened := 0
		for _, e := range examples {
			links := withClass(e, "change")
			if len(links) == 0 {
				continue
			}
			opened++
			holdsExchange(t, e)
			href, _ := attr(links[0], "href")
			_, fragment, _ := strings.Cut(href, "#")
			items, ours, err := learn.ParseFragment(fragment)
			require.NoError(t, err)
			require.True(t, ours)
			played := learn.Play(items)
			messages := withClass(e, "message")
			require.Equal(t, len(items), len(messages))
			for i, m := range messages {
				line := textOf(withClass(m, "line")[0])
				if row := played.Rows[i]; row >= 0 {
					got := played.Line(row)
					if items[i].Kind == learn.ItemRequest && strings.Contains(got, "<Unknown") && !strings.Contains(line, "<Unknown") {
						// Alone, the request's descriptor has no path; all else is the same.
						line, got = beforePath(line), beforePath(got)
					}
					require.Equal(t, line, got)
				}
				if items[i].Kind == learn.ItemWritten {
					require.Equal(t, fmt.Sprintf("  ->%d", items[i].Length), line)
					continue
				}
				f := played.Frames[i]
				require.NoError(t, f.Problem(), "%s: %s", s.Name, line)
				require.Equal(t, learn.Count(uint64(len(f.Bytes)))+" bytes", textOf(first(m, atom.Small)))
				values, _ := f.Values()
				shown := rows(withClass(m, "values")[0])
				n := 0
				for _, row := range shown {
					for _, v := range values {
						if row[0] == fmt.Sprintf("0x%02X", v.Field.Offset) && row[1] == v.Field.Name {
							require.Equal(t, v.Text, row[2])
							n++
						}
					}
				}
				header := len(sata.HeaderFields)
				if f.Request {
					header += len(sata.CommandInfoFields)
				}
				if s.Command == sata.ReadFile && !f.Request {
					header = 1 // of its two fields the second has another name after a failure
				}
				require.GreaterOrEqual(t, n, len(values)-header, "%s: %s", s.Name, line)
			}
		}
		require.NotZero(t, opened, s.Name)
	}
}

// holdsExchange: in the inspector an example has the very lines that its page
// shows, paths of descriptors included.
func holdsExchange(t *testing.T, e *html.Node) {
	links := withClass(e, "open")
	require.Len(t, links, 1)
	href, _ := attr(links[0], "href")
	_, fragment, _ := strings.Cut(href, "#")
	exchange, place, _ := strings.Cut(fragment, "&")
	items, ours, err := learn.ParseExchange(exchange)
	require.NoError(t, err)
	require.True(t, ours)
	row := 1
	if place != "" {
		row, err = strconv.Atoi(strings.TrimPrefix(place, "row="))
		require.NoError(t, err)
	}
	played := learn.Play(items)
	for i, m := range withClass(e, "message") {
		require.Equal(t, textOf(withClass(m, "line")[0]), played.Line(row-1+i))
	}
	require.Equal(t, played.Log.Len(), row-1+len(withClass(e, "message")))
}

// beforePath is a log line without the value of its first part.
func beforePath(line string) string {
	before, rest, _ := strings.Cut(line, "path=")
	_, after, _ := strings.Cut(rest, ",")
	return before + after
}

func first(n *html.Node, a atom.Atom) (found *html.Node) {
	each(n, func(e *html.Node) {
		if found == nil && e.DataAtom == a {
			found = e
		}
	})
	return found
}

// rows are a table's cells as text.
func rows(table *html.Node) (list [][]string) {
	each(table, func(e *html.Node) {
		if e.DataAtom == atom.Tr {
			var row []string
			for c := e.FirstChild; c != nil; c = c.NextSibling {
				if c.Type == html.ElementNode {
					row = append(row, textOf(c))
				}
			}
			list = append(list, row)
		}
	})
	return list
}

// TestRulers: each row has 16 bytes, and each field its own number of them.
func TestRulers(t *testing.T) {
	count := 0
	for name, tree := range parsed(t) {
		for _, table := range withClass(tree, "ruler") {
			count++
			body := first(table, atom.Tbody)
			each(body, func(tr *html.Node) {
				if tr.DataAtom != atom.Tr {
					return
				}
				sum := 0
				each(tr, func(td *html.Node) {
					if td.DataAtom == atom.Td {
						var n int
						span, _ := attr(td, "colspan")
						_, err := fmt.Sscan(span, &n)
						require.NoError(t, err)
						sum += n
					}
				})
				require.Equal(t, 16, sum, "%s: %s", name, textOf(tr))
			})
			// Every field is named, and leads somewhere.
			require.NotEmpty(t, textOf(body))
		}
	}
	require.Greater(t, count, 2*len(sata.Commands))

	r := draw("x", []rulerField{{offset: 0x30, length: 4, label: "a", class: "f1"}, {offset: 0x34, length: 0x200, label: "b"}})
	require.Equal(t, rulerRow{Offset: "0x30", Cells: []rulerCell{{Span: 4, Class: "f1", Label: "a"}, {Span: 12, Label: "b"}}}, r.Rows[0])
	require.Equal(t, "b goes on: 0x40 to 0x21F", r.Rows[1].Cells[0].Label)
	require.Equal(t, "0x220", r.Rows[2].Offset)
	require.Equal(t, []rulerCell{{Span: 4}, {Span: 12, Class: "none"}}, r.Rows[3].Cells)
	require.Panics(t, func() { draw("x", []rulerField{{offset: 0, length: 4}, {offset: 8, length: 4}}) })
}

func TestDump(t *testing.T) {
	b := make([]byte, 200)
	copy(b[150:], "name")
	rows := dump(b, []region{{0, 150, "f1", "path"}, {150, 200, "f2", "rest"}})
	require.Equal(t, "0x00 to 0x8f: path, 144 zeros", rows[0].Skip)
	require.Equal(t, "090", rows[1].Offset)
	require.Equal(t, []dumpRun{{"f1", "00 00 00 00 00 00"}, {"f2", "6e 61 6d 65 00 00 00 00 00 00"}}, rows[1].Runs)
	require.Equal(t, []dumpRun{{"f1", "......"}, {"f2", "name......"}}, rows[1].Text)
	require.Equal(t, "0xa0 to 0xbf: rest, 32 zeros", rows[2].Skip)
	last := rows[len(rows)-1]
	require.Equal(t, 8, last.Blank)

	// However a message is cut into regions, no byte is told twice or lost.
	long := make([]byte, 1000)
	for i := range long {
		long[i] = byte(i)
	}
	shown := 0
	for _, r := range dump(long, []region{{0, 36, "h", "head"}, {36, 1000, "f1", "data"}}) {
		if r.Skip != "" {
			var from, to int
			_, err := fmt.Sscanf(r.Skip, "0x%x to 0x%x:", &from, &to)
			require.NoError(t, err)
			require.Equal(t, shown, from)
			shown = to + 1
			continue
		}
		for _, run := range r.Runs {
			for _, h := range strings.Fields(run.Bytes) {
				require.Equal(t, fmt.Sprintf("%02x", byte(shown)), h)
				shown++
			}
		}
	}
	require.Equal(t, 1000, shown)
}

// TestSearch: all that can be linked to and has a name is found.
func TestSearch(t *testing.T) {
	text := string(files(t)["entries.js"])
	start := strings.Index(text, "= [") + 2
	end := strings.LastIndex(text, "]")
	var entries [][]string
	data := strings.Replace(text[start:end+1], ",\n]", "\n]", 1)
	require.NoError(t, json.Unmarshal([]byte(data), &entries))
	urls, titles := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		require.Len(t, e, 3)
		require.NotEmpty(t, e[0])
		require.False(t, urls[e[1]], "%s is there twice", e[1])
		urls[e[1]], titles[e[0]] = true, true
		file, _, _ := strings.Cut(e[1], "#")
		require.Contains(t, files(t), file)
	}
	for _, s := range sata.Commands {
		require.True(t, titles[s.Name])
		for i := range s.Fields {
			require.True(t, urls[strings.TrimPrefix(learn.RequestFieldAddress(s.Command, &s.Fields[i]), learn.Folder)])
		}
	}
	for _, r := range sata.Results {
		require.True(t, titles[codeText(r.Code)])
	}
	for _, c := range walcore.Codes() {
		require.True(t, titles[c.Name])
	}
	// Without scripts, the index lists the same.
	index := withClass(parsed(t)["index.html"], "entries")[0]
	links := 0
	each(index, func(n *html.Node) {
		if n.DataAtom == atom.A {
			links++
		}
	})
	require.Equal(t, len(entries), links)
}

// TestProse: nothing that the tables have is left without words.
func TestProse(t *testing.T) {
	for _, s := range sata.Commands {
		require.Contains(t, commandProse, s.Command, s.Name)
		for _, part := range s.Line {
			require.NotEmpty(t, formProse[part.Form])
		}
	}
	for n, c := range walcore.Codes() {
		text := learn.DiagnosticTexts[walcore.Code(n)]
		require.NotEmpty(t, text.Means, "what %s means", c.Name)
		require.NotEmpty(t, text.Do, "what to do about %s", c.Name)
		require.NotRegexp(t, `\bN\b.*\bN\b`, general(c.Sentence), "one letter for two numbers")
	}
	for _, r := range sata.Results {
		require.NotEmpty(t, resultProse[r.Code], r.Meaning)
	}
	lines := map[walcore.Line]bool{}
	for _, l := range lineProse {
		lines[l.line] = true
	}
	for line := range learn.LineIDs {
		require.True(t, lines[line])
	}
	for _, l := range makeLog(&site{story: mustOpen(t, storyName)}).Lines {
		require.NotEmpty(t, l.Examples, l.Title)
	}
}

func mustOpen(t testing.TB, name string) learn.Conversation {
	c, err := open(filepath.Join(captures, name))
	require.NoError(t, err)
	return c
}

// TestClaims holds what the prose says of the recorded sessions.
func TestClaims(t *testing.T) {
	codes := seen{}
	for _, name := range recorded {
		c := mustOpen(t, name)
		codes.add(c)
		for i := range c.Log.Len() {
			r := c.Log.At(i)
			if r.Kind == walcore.Request && r.Op == uint8(sata.Ping) {
				b, err := c.Bytes(i, sata.HeaderSize)
				require.NoError(t, err)
				h, err := sata.ParseHeader(b)
				require.NoError(t, err)
				require.Zero(t, h.Version, "a Ping's version")
			}
			if strings.Contains(c.Line(i), "path=/") && name == storyName {
				require.Contains(t, c.Line(i), "path=/%")
			}
			if r.Kind != walcore.Response || r.Line == walcore.LineRead || r.Op == walcore.OpUnknown {
				continue
			}
			b, err := c.Bytes(i, sata.HeaderSize)
			require.NoError(t, err)
			h, err := sata.ParseHeader(b)
			require.NoError(t, err)
			switch sata.Command(r.Op) {
			case sata.WriteFile:
				require.Zero(t, h.Version, "the header of a WriteFile's response")
				continue
			case sata.QueryPath:
				require.EqualValues(t, 0x58, h.DataLen)
			case sata.ReadFolder:
				require.EqualValues(t, 0x158, h.DataLen)
			}
			require.EqualValues(t, sata.Version, h.Version)
		}
	}
	require.Zero(t, codes[sata.Rename][sata.Success], "no Rename succeeds")
	require.NotZero(t, codes[sata.Rename][sata.Refused])
	c := mustOpen(t, storyName)
	files := 0
	for i := range c.Log.Len() {
		if r := c.Log.At(i); r.Line == walcore.LineDescriptor && r.Op == uint8(sata.OpenFile) && !r.Failed() {
			if files++; files <= 5 {
				require.EqualValues(t, 13, r.FD, "the first five files")
			}
		}
	}
	require.Equal(t, 87648, 87650-2, "the FAT epoch is 87,648 hours after 1970")
	require.Equal(t, "1980-01-01 02:00:00.000 UTC", fatTime(0))
	require.Equal(t, "0xfff0ffe0", fmt.Sprintf("%#x", 4293984224))
}

// TestEscaped: what stands in a capture can't become markup.
func TestEscaped(t *testing.T) {
	require.Equal(t, `&lt;b&gt; <code>&lt;i&gt;</code> <a href="log.html#rc">x</a> [y](javascript:1)`, string(rich("<b> `<i>` [x](log.html#rc) [y](javascript:1)")))
	f := learn.NewRequest(sata.OpenFile)
	values, _ := f.Values()
	require.NoError(t, f.Set(len(values)-1, `/</script><script>alert(1)</script>"&amp;`))
	items := []learn.Item{{Kind: learn.ItemRequest, Bytes: f.Bytes}, {Kind: learn.ItemResponse, Bytes: learn.NewResponse(sata.OpenFile, 0, 0).Bytes}}
	st := &site{story: learn.Play(items).Conversation, seen: seen{}}
	data, err := makeCommand(sata.OpenFile.Spec(), st)
	require.NoError(t, err)
	b, err := st.render(&page{File: "openfile.html", Title: "<i>", About: `"><b>`, template: "command.html", data: data})
	require.NoError(t, err)
	require.NoError(t, wellFormed(string(b)))
	require.NotContains(t, string(b), "<script>")
	require.NotContains(t, string(b), "<i></title>")
	require.Contains(t, string(b), "&lt;/script&gt;&lt;script&gt;alert(1)")
}

func TestRun(t *testing.T) {
	out := t.TempDir()
	stale := filepath.Join(out, "reference", "gone.html")
	require.NoError(t, os.MkdirAll(filepath.Dir(stale), 0o755))
	require.NoError(t, os.WriteFile(stale, nil, 0o644))
	require.NoError(t, run(options{out: out, captures: captures}))
	require.NoFileExists(t, stale)
	for name, b := range files(t) {
		got, err := os.ReadFile(filepath.Join(out, "reference", name))
		require.NoError(t, err)
		require.Equal(t, string(b), string(got), "%s is the same each time", name)
	}
	require.ErrorContains(t, run(options{out: out, captures: t.TempDir()}), "no such file")
}

// TestPaper: on paper the pages have the light colours of the site.
func TestPaper(t *testing.T) {
	base, err := os.ReadFile("../../site/base.css")
	require.NoError(t, err)
	_, light, _ := strings.Cut(string(base), "color-scheme: light dark;\n")
	light, _, found := strings.Cut(light, "--mono:")
	require.True(t, found)
	_, paper, found := strings.Cut(string(files(t)["reference.css"]), "@media print")
	require.True(t, found)
	n := 0
	for _, line := range strings.Split(strings.TrimSpace(light), "\n") {
		require.Contains(t, paper, strings.TrimSpace(line))
		n++
	}
	require.Equal(t, 5, n)
}

// TestWords holds the glossary in order, so that a word is found by eye.
func TestWords(t *testing.T) {
	had := map[string]bool{}
	for i, w := range glossary {
		require.NotEmpty(t, w.Says, w.Name)
		require.NotContains(t, w.Says, "finding", "the screen says diagnostic, too")
		require.False(t, had[w.ID], w.ID)
		had[w.ID] = true
		if i > 0 {
			require.Less(t, strings.ToLower(glossary[i-1].Name), strings.ToLower(w.Name), "the order of the alphabet")
		}
	}
}

// TestSaysItOnce: a page says what its own command does, and says it once.
func TestSaysItOnce(t *testing.T) {
	trees := parsed(t)
	page := func(c sata.Command) string { return textOf(trees[learn.CommandPage(c)]) }
	require.Equal(t, 1, strings.Count(page(sata.SetFilePosition), "bytes more may follow"))
	require.NotContains(t, page(sata.SetFilePosition), "more may follow and are ignored")
	require.Contains(t, page(sata.ReadFile), "how many bytes are asked for")
	require.NotContains(t, page(sata.WriteFile), "asked for")
	require.Contains(t, page(sata.WriteFile), "how many bytes were written, or a code")
	for name, tree := range trees {
		for _, e := range withClass(tree, "example") {
			require.NotEmpty(t, withClass(e, "open"), "%s: each example opens in the inspector", name)
		}
	}
	for _, s := range sata.Commands {
		var lines []string
		for _, n := range withClass(trees[learn.CommandPage(s.Command)], "out") {
			if link, ok := attr(n, "href"); ok {
				require.True(t, strings.HasPrefix(link, learn.PageLog+"#"), link)
				lines = append(lines, textOf(n))
			}
		}
		require.Equal(t, s.LogName != "", len(lines) > 0, "%s leads to the lines of its responses: %v", s.Name, lines)
	}
}

// TestPacketIDs: the page about framing says that they are 0 wherever recorded.
func TestPacketIDs(t *testing.T) {
	require.Contains(t, string(files(t)[learn.PageFraming]), "is 0 in all messages that were recorded")
	for _, name := range recorded {
		c, err := open(filepath.Join(captures, name))
		require.NoError(t, err)
		for i := range c.Log.Len() {
			if r := c.Log.At(i); r.Kind == walcore.Request || r.Kind == walcore.Response && r.Line != walcore.LineRead {
				b, err := c.Bytes(i, 8)
				require.NoError(t, err)
				require.Equal(t, []byte{0, 0, 0, 0}, b[4:8], "%s, row %d", name, i+1)
			}
		}
	}
}
