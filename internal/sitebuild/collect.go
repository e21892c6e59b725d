package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A tree is the site in memory: content by slash-separated path.
type tree map[string][]byte

// collect reads all that the site is made of.
func collect(o options) (tree, error) {
	files := tree{}
	for _, dir := range []string{o.site, o.add} {
		if dir == "" {
			continue
		}
		if err := files.read(dir); err != nil {
			return nil, err
		}
	}
	if files["index.html"] == nil {
		return nil, fmt.Errorf("%s has no index.html", o.site)
	}
	goroot, err := goTool("env", "GOROOT")
	if err != nil {
		return nil, err
	}
	goroot = strings.TrimSpace(goroot)
	for name, from := range map[string]string{
		"app.wasm":                             o.wasm,
		"wasm_exec.js":                         filepath.Join(goroot, "lib", "wasm", "wasm_exec.js"),
		"examples/" + filepath.Base(o.example): o.example,
	} {
		if files[name], err = os.ReadFile(from); err != nil {
			return nil, err
		}
	}
	packages := map[string]string{}
	for _, p := range npm {
		dir := filepath.Join(o.site, "node_modules", p.name)
		module, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p.file)))
		switch {
		case err == nil:
			files[p.as], packages[p.name] = module, dir
		case os.IsNotExist(err):
			fmt.Printf("note: without npm's %s the page %s (install Node and npm, then build again)\n", p.name, p.without)
		default:
			return nil, err
		}
	}
	files["licenses.txt"], err = licenses(goroot, packages)
	return files, err
}

// npm are the modules that the page takes from npm; it works without.
var npm = []struct {
	name, file string
	as         string // not every static server knows .mjs
	without    string // what the page does without it
}{
	{"fzstd", "esm/index.mjs", "fzstd.js", "opens no zstd files"},
	{"hash-wasm", "dist/sha256.umd.min.js", "sha256.js", "keeps no notes on files"},
}

// read adds what is published of a folder. A file that is there already is an
// error: one of the two would be lost.
func (files tree) read(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel == "dist" || rel == "node_modules" || strings.HasPrefix(d.Name(), ".") && rel != "." {
				return filepath.SkipDir
			}
			return nil
		}
		if !published(rel) {
			return nil
		}
		if _, ok := files[rel]; ok {
			return fmt.Errorf("%s is there twice, in %s and before it", rel, dir)
		}
		files[rel], err = os.ReadFile(name)
		return err
	})
}

// published says whether a file of site/ is part of the site, and not of how it
// is made.
func published(rel string) bool {
	base := path.Base(rel)
	switch {
	case strings.HasPrefix(base, "."), base == "package.json", base == "package-lock.json":
		return false
	}
	switch path.Ext(base) {
	case ".go", ".md":
		return false
	}
	return true
}
