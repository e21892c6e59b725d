package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"
)

// listMark is where the service worker has its list of files.
var listMark = []byte("const FILES = [];")

// listOffline tells the service worker what it keeps: every file of the site but
// itself, the larger examples and what a service would answer, with the start of its SHA-256.
func listOffline(files tree) error {
	worker, ok := files["sw.js"]
	if !ok {
		return nil
	}
	if bytes.Count(worker, listMark) != 1 {
		return errors.New("sw.js has no line " + string(listMark))
	}
	list := [][2]string{}
	for name, b := range files {
		if keptOffline(name) {
			sum := sha256.Sum256(b)
			list = append(list, [2]string{name, hex.EncodeToString(sum[:8])})
		}
	}
	slices.SortFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	files["sw.js"] = bytes.Replace(worker, listMark, []byte("const FILES = "+string(text)+";"), 1)
	return nil
}

func keptOffline(name string) bool {
	switch {
	case name == "sw.js", name == "404.html", strings.HasPrefix(path.Base(name), "."), strings.HasPrefix(name, "api/"):
		return false
	case strings.HasPrefix(name, "examples/"):
		return name == "examples/devkit_story.pcapng.gz" // what the page's own button opens
	}
	return true
}
