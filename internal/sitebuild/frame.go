package main

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"satascope/site"
)

// A change is a text that the page has once, and what it becomes.
type change struct {
	what, old, new string
}

// addEmbedded makes embed/index.html of the page: the same, for frames of other
// sites. Its addresses stay relative to the site's root, through <base>. It is made
// after names were hashed.
func addEmbedded(files tree) error {
	style := ""
	for name := range files {
		if ok, _ := path.Match("embed.*.css", name); ok {
			style = name
		}
	}
	if style == "" {
		return errors.New("the site has no embed.css")
	}
	page := string(files["index.html"])
	if strings.Contains(page, "<base") {
		return errors.New("index.html has a <base>, and " + site.EmbeddedPage + " needs its own")
	}
	for _, c := range []change{
		{"root element", `<html lang="en"`, `<html lang="en" data-embedded`},
		{"first meta", `<meta charset="utf-8">`, `<meta charset="utf-8">` + "\n" + `<base href="../">`},
		{"policy's base-uri", `base-uri 'none'`, `base-uri 'self'`},
		{"style", `</head>`, `<link rel="stylesheet" href="` + style + `">` + "\n" + `<meta name="robots" content="noindex">` + "\n</head>"},
		{"place for the link to the page", `<span class="grow"></span>`, `<span class="grow"></span>` + "\n" + `  <a id="embed-out" href="./" target="_blank" rel="noopener">Open in Satascope ↗</a>`},
	} {
		if !strings.Contains(page, c.old) {
			return fmt.Errorf("index.html has no %s (%s), from which %s is made", c.what, c.old, site.EmbeddedPage)
		}
		page = strings.Replace(page, c.old, c.new, 1)
	}
	files[site.EmbeddedPage] = []byte(page)
	return nil
}
