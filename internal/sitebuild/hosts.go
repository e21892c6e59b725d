package main

import (
	"path"
	"slices"
	"strings"

	"satascope/site"
)

// addHosts adds the files that tell hosts of static sites about the others:
// _headers, and .assetsignore with the compressed forms, because such hosts
// compress by themselves.
func addHosts(files tree) {
	var names, packed []string
	for name := range files {
		ext := path.Ext(name)
		if _, isForm := files[strings.TrimSuffix(name, ext)]; isForm && packers[ext] != nil {
			packed = append(packed, name)
		} else {
			names = append(names, name)
		}
	}
	slices.Sort(packed)
	files["_headers"] = site.HeadersFile(names)
	files[".assetsignore"] = []byte("# Compressed forms: the host makes its own.\n" + strings.Join(packed, "\n") + "\n")
}
