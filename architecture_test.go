// Package satascope_test holds the arrows between the packages: which may
// import which, as docs/design.md draws it.
package satascope_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A rule says what the packages of a folder may import. Everything else that is
// not in the standard library is forbidden to them.
type rule struct {
	own     []string // packages of this module; a trailing /... takes those below too
	modules []string // other modules
	nothing []string // of the standard library that they must not reach, even through others
}

// inBrowser is kept out of what decodes, there too: fmt is slow and encoding/json
// large, and decoding has no network.
var inBrowser = []string{"fmt", "encoding/json", "net", "net/http"}

var rules = map[string]rule{
	"sata":           {nothing: inBrowser},
	"walcore":        {own: []string{"sata"}, nothing: inBrowser},
	"capture":        {nothing: inBrowser},
	"capture/unpack": {own: []string{"capture"}, modules: []string{"github.com/klauspost/compress"}, nothing: []string{"net"}},
	"decode":         {own: []string{"sata", "walcore", "capture"}, nothing: inBrowser},
	"inspect":        {own: []string{"sata", "walcore", "capture", "decode"}, nothing: inBrowser},
	"learn":          {own: []string{"sata", "walcore", "decode", "capture"}, nothing: inBrowser},
	"carve":          {own: []string{"sata", "walcore", "decode", "capture"}, nothing: inBrowser},
	"livelog":        {own: []string{"sata", "walcore", "decode", "capture"}, modules: []string{"golang.org/x/sync"}, nothing: []string{"net/http"}},
	"share":          {},
	"share/seal":     {nothing: []string{"fmt", "encoding/json", "net", "crypto/aes"}},
	"site":           {},
	"cmd":            {own: []string{"sata", "walcore", "capture/...", "decode", "inspect", "learn", "carve", "livelog", "share/...", "site", "internal/..."}},
	"wasm/app":       {own: []string{"sata", "walcore", "capture", "decode", "inspect", "learn", "carve", "share/seal", "internal/version", "wasm/app/..."}, modules: []string{"honnef.co/go/js/dom/v2"}, nothing: []string{"encoding/json", "net", "net/http"}},
	"wasm/edge":      {own: []string{"share", "wasm/edge/..."}, modules: []string{"github.com/syumai/workers"}},
	// Tools of the build and helpers of tests: only the direction matters.
	"internal":        {own: []string{"internal/...", "site"}, modules: []string{"github.com/andybalholm/brotli"}},
	"share/sharetest": {own: []string{"share", "share/seal"}, modules: []string{"github.com/stretchr/testify"}},
	"e2e":             {own: []string{"share/...", "sata", "walcore"}},
}

// A listed package is what `go list` says of it.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
}

const module = "satascope"

// list lists the packages of the module and all that they depend on, as they
// are built for a platform.
func list(t *testing.T, goos, goarch string) map[string]*listed {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps,Module", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	packages := map[string]*listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &listed{}
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return packages
		} else {
			require.NoError(t, err)
		}
		packages[p.ImportPath] = p
	}
}

// ruleFor is the rule of the longest folder that a package is in.
func ruleFor(name string) (rule, bool) {
	for folder := name; folder != "."; folder = filepath.ToSlash(filepath.Dir(folder)) {
		if r, ok := rules[folder]; ok {
			return r, true
		}
	}
	return rule{}, false
}

func allowed(list []string, name string) bool {
	for _, a := range list {
		if below, ok := strings.CutSuffix(a, "/..."); ok {
			if name == below || strings.HasPrefix(name, below+"/") {
				return true
			}
		} else if name == a {
			return true
		}
	}
	return false
}

func TestArrows(t *testing.T) {
	for _, platform := range [][2]string{{"linux", "amd64"}, {"js", "wasm"}} {
		t.Run(platform[0], func(t *testing.T) {
			packages := list(t, platform[0], platform[1])
			seen := 0
			for path, p := range packages {
				name, ok := strings.CutPrefix(path, module+"/")
				if !ok {
					continue
				}
				seen++
				r, ok := ruleFor(name)
				if !ok {
					t.Errorf("%s: no rule says what it may import; add one here and draw it in docs/design.md", name)
					continue
				}
				for _, imported := range p.Imports {
					if imported == "syscall/js" && !strings.HasPrefix(name, "wasm/") {
						t.Errorf("%s must not import syscall/js: that stays under wasm/", name)
					}
					q := packages[imported]
					if q == nil || q.Standard {
						continue
					}
					if own, ok := strings.CutPrefix(imported, module+"/"); ok {
						if !allowed(r.own, own) {
							t.Errorf("%s must not import %s", name, own)
						}
					} else if !allowed(r.modules, q.Module.Path) {
						t.Errorf("%s must not import %s of %s", name, imported, q.Module.Path)
					}
				}
				for _, dep := range p.Deps {
					if allowed(r.nothing, dep) {
						t.Errorf("%s must not reach %s: `go list -deps` shows through what it does", name, dep)
					}
				}
			}
			require.Greater(t, seen, 8)
		})
	}
}
