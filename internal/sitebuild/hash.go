package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// A reference is the name of a script, a style or WebAssembly that stands alone
// in quotes or in url(…), relative to the file that it stands in, or to the site's
// root behind a slash.
var reference = regexp.MustCompile(`(["'(])((?:/|(?:\.{1,2}/)*)[A-Za-z0-9_][A-Za-z0-9_./-]*\.(?:js|css|wasm))(["')])`)

// hashed says whether a file's name changes with its content. A service worker
// keeps its name: browsers know it by that.
func hashed(name string) bool {
	switch path.Ext(name) {
	case ".js", ".css", ".wasm":
		return path.Base(name) != "sw.js"
	}
	return false
}

func rewritten(name string) bool {
	switch path.Ext(name) {
	case ".html", ".js", ".css":
		return true
	}
	return false
}

// hashNames renames NAME.EXT to NAME.HASH.EXT, and in all references to it. The
// hash is that of the content after its own references were rewritten.
func hashNames(files tree) (tree, error) {
	h := hasher{files: files, names: map[string]string{}, out: tree{}}
	for name := range files {
		if _, err := h.visit(name, nil); err != nil {
			return nil, err
		}
	}
	return h.out, nil
}

type hasher struct {
	files tree
	names map[string]string // old name to new one, of the files done
	out   tree
}

// visit does one file, after all that it refers to, and gives its new name.
// within are the files that led here.
func (h *hasher) visit(name string, within []string) (string, error) {
	if done, ok := h.names[name]; ok {
		return done, nil
	}
	for _, w := range within {
		if w == name {
			return "", fmt.Errorf("%s refer to each other in a circle: no name can carry the hash of its own file (pass the name on, or use import.meta.url)", strings.Join(append(within, name), " → "))
		}
	}
	content := h.files[name]
	if rewritten(name) {
		var err error
		if content, err = h.rewrite(name, content, append(within, name)); err != nil {
			return "", err
		}
	}
	as := name
	if hashed(name) {
		sum := sha256.Sum256(content)
		ext := path.Ext(name)
		as = strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	}
	h.names[name] = as
	h.out[as] = content
	return as, nil
}

func (h *hasher) rewrite(name string, content []byte, within []string) ([]byte, error) {
	var out bytes.Buffer
	at := 0
	for _, m := range reference.FindAllSubmatchIndex(content, -1) {
		ref := string(content[m[4]:m[5]])
		target, root := strings.CutPrefix(ref, "/")
		if !root {
			target = path.Join(path.Dir(name), ref)
		}
		if _, ok := h.files[target]; !ok || !hashed(target) {
			continue
		}
		as, err := h.visit(target, within)
		if err != nil {
			return nil, err
		}
		out.Write(content[at:m[4]])
		out.WriteString(strings.TrimSuffix(ref, path.Base(ref)) + path.Base(as))
		at = m[5]
	}
	out.Write(content[at:])
	return out.Bytes(), nil
}
