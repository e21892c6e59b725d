// Command sitebuild puts the static site together: what stands in site/, the
// page's WebAssembly, the files that Go and npm bring, and the example.
//
// It goes in steps, each in a file of its own: collect.go reads everything into
// one [tree], licenses.go adds whose work is in it, hash.go gives scripts,
// styles and WebAssembly names that change with their content, so that they can
// be cached for good, pack.go adds a .br and a .gz beside what compresses,
// hosts.go what hosts of static sites want to know, and write.go puts the result in place, all of it or nothing.
//
// build.sh runs it; nothing else needs to.
package main

import (
	"flag"
	"fmt"
	"os"
	"path"
	"strings"
)

func main() {
	var o options
	flag.StringVar(&o.site, "site", "site", "`folder` of the static sources")
	flag.StringVar(&o.add, "add", "", "`folder` of more sources, made by other programs")
	flag.StringVar(&o.wasm, "wasm", "", "the page's WebAssembly `file`")
	flag.StringVar(&o.example, "example", "testdata/golden/captures/devkit_story.pcapng.gz", "the capture that ships with the page")
	flag.StringVar(&o.out, "out", "dist", "`folder` to write, replaced as a whole")
	flag.StringVar(&o.embed, "embed", "site/dist", "`folder` that the command line's binary carries, replaced but for its placeholder")
	flag.StringVar(&o.work, "work", ".build", "`folder` for compressed files of earlier builds")
	flag.BoolVar(&o.quick, "quick", false, "compress quickly, for a site that is only looked at here; no budget then")
	flag.Int64Var(&o.budget, "budget", 0, "fail when the WebAssembly, as brotli, is larger than this many `bytes`")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "sitebuild:", err)
		os.Exit(1)
	}
}

type options struct {
	site, add, wasm, example, out, embed, work string
	budget                                     int64
	quick                                      bool
}

func run(o options) error {
	files, err := collect(o)
	if err != nil {
		return err
	}
	if files, err = hashNames(files); err != nil {
		return err
	}
	if err := addEmbedded(files); err != nil {
		return err
	}
	if err := listOffline(files); err != nil {
		return err
	}
	packed, err := pack(files, o.work, o.quick)
	if err != nil {
		return err
	}
	for name, b := range packed {
		files[name] = b
	}
	addHosts(files)
	if err := replace(o.out, files, ""); err != nil {
		return err
	}
	if err := replace(o.embed, files, placeholder); err != nil {
		return err
	}
	if o.quick {
		return nil
	}
	return report(files, o.budget)
}

// report says how large what a first visit loads is, and holds the budget.
func report(files tree, budget int64) error {
	var raw, br int64
	for name, b := range files {
		if strings.HasPrefix(name, "app.") && path.Ext(name) == ".wasm" {
			raw, br = int64(len(b)), int64(len(files[name+".br"]))
		}
	}
	fmt.Printf("app.wasm: %.2f MB, %.2f MB as brotli", float64(raw)/1e6, float64(br)/1e6)
	if budget > 0 {
		fmt.Printf(" (budget %.2f MB)", float64(budget)/1e6)
	}
	fmt.Println()
	if budget > 0 && br > budget {
		return fmt.Errorf("the page's WebAssembly is %d bytes as brotli, the budget is %d: `GOOS=js GOARCH=wasm go list -deps ./wasm/app` shows what came in", br, budget)
	}
	return nil
}
