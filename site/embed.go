// Package site is the built page, carried inside the program, and the HTTP
// handler that serves it with the headers that it needs.
//
// The sources of the page stand in this folder; build.sh puts the finished site
// into dist/ here (and at the top of the project, for any other server).
package site

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is the built site, and whether there is one: a program that was built
// before the site was has none.
func Files() (fs.FS, bool) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	_, err = fs.Stat(files, "index.html")
	return files, err == nil
}
