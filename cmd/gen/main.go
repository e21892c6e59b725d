// Command gen writes the reference pages: plain HTML, made from the tables that
// decode (sata's commands, shapes and results, walcore's lines and diagnostics),
// so that they can't say something else than the program does. Examples are
// messages of the bundled capture, decoded here.
//
//	go run ./cmd/gen -out .build/gen
//
// writes the folder reference/ there; build.sh does that. The parts, each in a
// file of its own:
//
//   - story.go decodes captures and finds an example of each command;
//   - ruler.go lays fields out in rows of 16 bytes, hexdump.go does the same with
//     the bytes of an example;
//   - commands.go makes a page of each command; messages.go, framing.go and the
//     other files named as their pages make what stands in those;
//   - prose.go, glossary.go and words.go say what no table knows, in the form that rich.go
//     makes HTML of; templates/ holds the pages' text;
//   - site.go puts pages, navigation and the search entries together.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

func main() {
	var o options
	flag.StringVar(&o.out, "out", "", "`folder` to write reference/ into")
	flag.StringVar(&o.captures, "captures", "testdata/golden/captures", "`folder` of the bundled capture and the recorded sessions")
	flag.Parse()
	if o.out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

type options struct{ out, captures string }

func run(o options) error {
	files, err := reference(o.captures)
	if err != nil {
		return err
	}
	folder := filepath.Join(o.out, "reference")
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	size := 0
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(folder, name), files[name], 0o644); err != nil {
			return err
		}
		size += len(files[name])
	}
	fmt.Printf("reference: %d files, %.2f MB\n", len(names), float64(size)/1e6)
	return nil
}
