package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"path/filepath"
	"sort"
	"strings"

	"satascope/learn"
	"satascope/sata"
)

//go:embed templates/*.html static/*
var sources embed.FS

// A site is all that the pages are made from and, while they are made, what they
// hold.
type site struct {
	story   learn.Conversation
	seen    seen
	pages   []*page
	entries []entry // of the search
}

// A page is one file of the reference.
type page struct {
	File     string
	Title    string
	Section  string // of the navigation
	About    string // one sentence, for the search and the page's description
	Number   string // of a command
	template string
	data     any
}

// An entry is something that the search finds.
type entry struct {
	Title string
	URL   string
	Text  string // more words to find it by; the first are shown
}

// Sections of the navigation, in their order.
const (
	sectionStart    = "Start"
	sectionWire     = "On the wire"
	sectionMeaning  = "What it means"
	sectionLog      = "The log"
	sectionCommands = "Commands"
)

// reference makes all files of the reference, by name.
func reference(captures string) (map[string][]byte, error) {
	st := &site{seen: seen{}}
	for _, name := range recorded {
		c, err := open(filepath.Join(captures, name))
		if err != nil {
			return nil, err
		}
		if name == storyName {
			st.story = c
		}
		st.seen.add(c)
	}
	if err := st.plan(); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range []string{"reference.css", "search.js"} {
		b, err := sources.ReadFile("static/" + name)
		if err != nil {
			return nil, err
		}
		files[name] = b
	}
	// The index lists all entries, so it comes last.
	for i := len(st.pages) - 1; i >= 0; i-- {
		b, err := st.render(st.pages[i])
		if err != nil {
			return nil, err
		}
		files[st.pages[i].File] = b
	}
	entries, err := st.entriesScript()
	files["entries.js"] = entries
	return files, err
}

// plan says which pages there are.
func (st *site) plan() error {
	add := func(section, file, title, about string, data any) {
		st.pages = append(st.pages, &page{File: file, Title: title, Section: section, About: about, template: file, data: data})
	}
	messages, err := makeMessages(st)
	if err != nil {
		return err
	}
	info, err := makeInfo(st)
	if err != nil {
		return err
	}
	framing, err := makeFraming(st)
	if err != nil {
		return err
	}
	add(sectionStart, learn.PageIndex, "Reference", "All about PCFS over SATA, the protocol between a Wii U devkit and its host.", st)
	add(sectionStart, learn.PageWords, "Words", "What the words on these pages mean, in short.", glossary)
	add(sectionStart, learn.PageSources, "Sources", "Where these facts come from.", publicSources())
	add(sectionWire, learn.PageMessages, "Messages", "What a request and a response are made of: header, command info, body.", messages)
	add(sectionWire, learn.PageFraming, "Framing", "Where a message ends and the next begins, and what breaks the rule.", framing)
	add(sectionWire, learn.PageFFIO, "Fast file I/O", "What a Ping and its Pong negotiate: fast file I/O, combined send and receive, the first read size.", makeFFIO(st))
	add(sectionWire, learn.PageInfo, "Info block", "The 84 bytes that tell what a file or folder is.", info)
	add(sectionMeaning, learn.PageDescriptors, "Descriptors", "The numbers of open files and folders: where they come from and when they die.", makeDescriptors(st))
	add(sectionMeaning, learn.PageMachine, "State machine", "How a log comes from messages: what is remembered between one and the next.", makeMachine())
	add(sectionMeaning, learn.PageResults, "Result codes", "What the first number of each response means.", makeResults(st))
	add(sectionLog, learn.PageLog, "Lines of the log", "What each line of the log says, and how it prints values.", makeLog(st))
	add(sectionLog, learn.PageDiagnostics, "Diagnostics", "What Satascope found odd in a capture, and what can be done.", makeDiagnostics(st))
	for _, s := range sata.Commands {
		data, err := makeCommand(s, st)
		if err != nil {
			return err
		}
		st.pages = append(st.pages, &page{File: learn.CommandPage(s.Command), Title: s.Name, Section: sectionCommands, About: sentence(s.Meaning), Number: number(s.Command), template: "command.html", data: data})
	}
	return nil
}

// A navSection is a part of the navigation.
type navSection struct {
	Name  string
	Pages []*page
}

func (st *site) navigation() (list []navSection) {
	for _, p := range st.pages {
		if len(list) == 0 || list[len(list)-1].Name != p.Section {
			list = append(list, navSection{Name: p.Section})
		}
		last := &list[len(list)-1]
		last.Pages = append(last.Pages, p)
	}
	return list
}

// pageData is what every template is given.
type pageData struct {
	Page *page
	Nav  []navSection
	Data any
}

func (st *site) render(p *page) ([]byte, error) {
	st.entry(p.Title, p.File, p.About)
	t := template.New("base.html").Funcs(template.FuncMap{
		"rich":     rich,
		"count":    func(n int) string { return learn.Count(uint64(n)) },
		"sentence": sentence,
		"pad":      func(bytes int) string { return strings.Repeat("   ", bytes) },
		// h2 is a heading that can be linked to and found.
		"h2": func(id, title string) template.HTML {
			st.entry(title, p.File+"#"+id, p.Title)
			title = template.HTMLEscapeString(title)
			return template.HTML(`<h2 id="` + id + `">` + title + ` <a class="here" href="#` + id + `" aria-label="Link to ` + title + `">#</a></h2>`)
		},
		// find makes something that can be linked to known to the search.
		"find": func(id, title, text string) string {
			st.entry(title, p.File+"#"+id, p.Title+": "+text)
			return id
		},
	})
	t, err := t.ParseFS(sources, "templates/base.html", "templates/parts.html", "templates/"+p.template)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, pageData{p, st.navigation(), p.data}); err != nil {
		return nil, fmt.Errorf("%s: %w", p.File, err)
	}
	return b.Bytes(), nil
}

func (st *site) entry(title, url, text string) {
	st.entries = append(st.entries, entry{title, url, text})
}

// Entries are the search's entries in the order of the alphabet, for the index.
func (st *site) Entries() []entry {
	list := append([]entry(nil), st.entries...)
	sort.SliceStable(list, func(i, j int) bool {
		a, b := strings.ToLower(list[i].Title), strings.ToLower(list[j].Title)
		if a != b {
			return a < b
		}
		return list[i].URL < list[j].URL
	})
	return list
}

// entriesScript is the search's data: title, address and words of each entry.
func (st *site) entriesScript() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("// Made by cmd/gen: what the search finds, as [title, address, words].\nconst referenceEntries = [\n")
	for _, e := range st.Entries() {
		line, err := json.Marshal([]string{e.Title, e.URL, e.Text})
		if err != nil {
			return nil, err
		}
		b.Write(line)
		b.WriteString(",\n")
	}
	b.WriteString("];\n")
	return b.Bytes(), nil
}
