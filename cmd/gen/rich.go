package main

import (
	"html/template"
	"regexp"
	"strings"
)

var (
	codeSpan = regexp.MustCompile("`([^`]+)`")
	linkSpan = regexp.MustCompile(`\[([^\]]+)\]\(([a-z0-9.#-]+)\)`)
)

// rich is prose as HTML: `code` and [links](page.html#id), all else escaped.
func rich(s string) template.HTML {
	h := template.HTMLEscapeString(s)
	h = codeSpan.ReplaceAllString(h, "<code>$1</code>")
	h = linkSpan.ReplaceAllString(h, `<a href="$2">$1</a>`)
	return template.HTML(h)
}

// sentence is a meaning of the tables as a sentence of its own.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}
