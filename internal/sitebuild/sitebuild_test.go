package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"
)

func testTree() tree {
	return tree{
		"index.html":           []byte(`<html data-worker="worker.js"><link rel=stylesheet href="./app.css"><script src='boot.js'></script> app.wasm in words`),
		"boot.js":              []byte(`load("app.wasm"); new Worker('./worker.js'); "missing.js"; "index.html"`),
		"worker.js":            []byte(`import "./wasm_exec.js"`),
		"wasm_exec.js":         []byte(`go`),
		"app.css":              []byte(`@import url(theme/dark.css);`),
		"theme/dark.css":       []byte(`a{background:url("../icon.svg")}`),
		"app.wasm":             []byte("\x00asm"),
		"sw.js":                []byte(`importScripts("boot.js")`),
		"reference/index.html": []byte(`<link href="../app.css">`),
		"icon.svg":             []byte(`<svg/>`),
	}
}

// byStem finds the one file that a name became.
func byStem(t *testing.T, files tree, name string) (string, string) {
	dot := strings.LastIndexByte(name, '.')
	is := regexp.MustCompile(`^` + regexp.QuoteMeta(name[:dot]) + `\.[0-9a-f]{12}` + regexp.QuoteMeta(name[dot:]) + `$`)
	found := ""
	for f := range files {
		if is.MatchString(f) {
			require.Empty(t, found, "two files for %s", name)
			found = f
		}
	}
	require.NotEmpty(t, found, "no file for %s", name)
	return found, string(files[found])
}

func TestHashNames(t *testing.T) {
	files, err := hashNames(testTree())
	require.NoError(t, err)
	require.Len(t, files, len(testTree()))
	worker, _ := byStem(t, files, "worker.js")
	boot, bootText := byStem(t, files, "boot.js")
	css, cssText := byStem(t, files, "app.css")
	wasm, _ := byStem(t, files, "app.wasm")
	dark, darkText := byStem(t, files, "theme/dark.css")
	require.Equal(t, `<html data-worker="`+worker+`"><link rel=stylesheet href="./`+css+`"><script src='`+boot+`'></script> app.wasm in words`, string(files["index.html"]))
	require.Equal(t, `load("`+wasm+`"); new Worker('./`+worker+`'); "missing.js"; "index.html"`, bootText)
	require.Equal(t, `@import url(`+dark+`);`, cssText)
	require.Equal(t, `a{background:url("../icon.svg")}`, darkText)
	require.Equal(t, `<link href="../`+css+`">`, string(files["reference/index.html"]))
	require.Equal(t, `importScripts("`+boot+`")`, string(files["sw.js"]))
}

// A page that is shown at any address names its files from the site's root.
func TestHashNamesFromTheRoot(t *testing.T) {
	files, err := hashNames(tree{"app.css": []byte("a"), "in/a.css": []byte("b"), "in/404.html": []byte(`<link href="/app.css"><link href="/in/a.css"><link href="/a.css"><a href="/">`)})
	require.NoError(t, err)
	app, _ := byStem(t, files, "app.css")
	in, _ := byStem(t, files, "in/a.css")
	require.Equal(t, `<link href="/`+app+`"><link href="/`+in+`"><link href="/a.css"><a href="/">`, string(files["in/404.html"]))
}

func TestHashFollowsWhatIsReferredTo(t *testing.T) {
	changed := testTree()
	changed["wasm_exec.js"] = []byte("another Go")
	a, err := hashNames(testTree())
	require.NoError(t, err)
	b, err := hashNames(changed)
	require.NoError(t, err)
	for name, same := range map[string]bool{"app.css": true, "app.wasm": true, "wasm_exec.js": false, "worker.js": false, "boot.js": false} {
		before, _ := byStem(t, a, name)
		after, _ := byStem(t, b, name)
		require.Equal(t, same, before == after, name)
	}
}

func TestHashRefusesCircles(t *testing.T) {
	_, err := hashNames(tree{"a.js": []byte(`"b.js"`), "b.js": []byte(`"a.js"`)})
	require.ErrorContains(t, err, "circle")
	_, err = hashNames(tree{"a.js": []byte(`new Worker("a.js")`)})
	require.ErrorContains(t, err, "a.js → a.js refer")
}

func TestPackAndKeep(t *testing.T) {
	work := t.TempDir()
	text := []byte(strings.Repeat("a request and its response\n", 200))
	noise := []byte("short")
	files := tree{"app.js": text, "tiny.js": noise, "x.gz": text}
	packed, err := pack(files, work, false)
	require.NoError(t, err)
	require.Len(t, packed, 2)
	got, err := io.ReadAll(brotli.NewReader(bytes.NewReader(packed["app.js.br"])))
	require.NoError(t, err)
	require.Equal(t, text, got)
	z, err := gzip.NewReader(bytes.NewReader(packed["app.js.gz"]))
	require.NoError(t, err)
	got, err = io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, text, got)

	// What was packed is used again, and dropped when nothing needs it.
	kept, err := filepath.Glob(filepath.Join(work, "packed", "*.br"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.NoError(t, os.WriteFile(kept[0], []byte("kept"), 0o666))
	packed, err = pack(files, work, false)
	require.NoError(t, err)
	require.Equal(t, "kept", string(packed["app.js.br"]))
	quick, err := pack(files, work, true)
	require.NoError(t, err)
	require.NotEqual(t, "kept", string(quick["app.js.br"]))
	require.FileExists(t, kept[0], "the other speed's stay")
	_, err = pack(tree{}, work, false)
	require.NoError(t, err)
	require.NoFileExists(t, kept[0])
}

func TestReplace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dist")
	require.NoError(t, replace(dir, tree{"a/b.txt": []byte("1"), "old": nil}, placeholder))
	require.NoError(t, os.WriteFile(filepath.Join(dir, placeholder), []byte("stays"), 0o666))
	require.NoError(t, replace(dir, tree{"a/b.txt": []byte("2")}, placeholder))
	got, err := os.ReadFile(filepath.Join(dir, "a", "b.txt"))
	require.NoError(t, err)
	require.Equal(t, "2", string(got))
	require.FileExists(t, filepath.Join(dir, placeholder))
	require.NoFileExists(t, filepath.Join(dir, "old"))
	left, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is left beside it")
}

func TestPublished(t *testing.T) {
	for name, want := range map[string]bool{"index.html": true, "icons/app.svg": true, "embed.go": false, "package.json": false, "package-lock.json": false, "README.md": false, ".hidden": false, "app.webmanifest": true} {
		require.Equal(t, want, published(name), name)
	}
}

func TestBudget(t *testing.T) {
	files := tree{"app.0123.wasm": make([]byte, 100), "app.0123.wasm.br": make([]byte, 50)}
	require.NoError(t, report(files, 50))
	require.ErrorContains(t, report(files, 49), "50 bytes as brotli, the budget is 49")
}

func TestReadFolders(t *testing.T) {
	dir, more := t.TempDir(), t.TempDir()
	write := func(name string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, []byte("x"), 0o666))
	}
	for _, name := range []string{"index.html", "icons/a.svg", "embed.go", "dist/old.html", "node_modules/x/index.html", ".git/config"} {
		write(filepath.Join(dir, name))
	}
	write(filepath.Join(more, "reference", "index.html"))
	files := tree{}
	require.NoError(t, files.read(dir))
	require.NoError(t, files.read(more))
	require.Equal(t, tree{"index.html": []byte("x"), "icons/a.svg": []byte("x"), "reference/index.html": []byte("x")}, files)
	require.ErrorContains(t, files.read(more), "reference/index.html is there twice")
}

func TestHosts(t *testing.T) {
	files := tree{"index.html": nil, "index.html.br": nil, "a.0123456789ab.js": nil, "a.0123456789ab.js.gz": nil, "examples/x.pcapng.gz": nil}
	addHosts(files)
	require.Contains(t, string(files["_headers"]), "/a.0123456789ab.js\n")
	require.NotContains(t, string(files["_headers"]), ".gz")
	require.Equal(t, "# Compressed forms: the host makes its own.\na.0123456789ab.js.gz\nindex.html.br\n", string(files[".assetsignore"]))
}

func TestTheServiceWorkerListsTheSite(t *testing.T) {
	files := tree{
		"index.html": []byte("page"), "app.0123456789ab.wasm": []byte("wasm"), "sw.js": []byte("// it\nconst FILES = [];\n"), "404.html": nil, "api/health": []byte("{}"),
		"examples/devkit_story.pcapng.gz": []byte("example"), "examples/large.pcap": []byte("large"), ".assetsignore": nil, "reference/index.html": []byte("reference"),
	}
	require.NoError(t, listOffline(files))
	require.Equal(t, "// it\nconst FILES = "+
		`[["app.0123456789ab.wasm","336154bf67f765f8"],["examples/devkit_story.pcapng.gz","50d858e0985ecc7f"],["index.html","3660315a9af3df25"],["reference/index.html","52367a6622b19f08"]]`+
		";\n", string(files["sw.js"]))
	require.ErrorContains(t, listOffline(tree{"sw.js": []byte("nothing")}), "sw.js has no line const FILES = [];")
	require.NoError(t, listOffline(tree{}), "a site without one")
}

func TestThePageForFrames(t *testing.T) {
	page := `<!doctype html>
<html lang="en" data-state="empty">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'">
</head>
<body><header><span class="grow"></span></header><footer><span class="grow"></span></footer>`
	files := tree{"index.html": []byte(page), "embed.0123456789ab.css": nil}
	require.NoError(t, addEmbedded(files))
	made := string(files["embed/index.html"])
	require.Contains(t, made, "<meta charset=\"utf-8\">\n<base href=\"../\">\n", "before any address")
	require.Contains(t, made, "base-uri 'self'")
	require.Contains(t, made, `href="embed.0123456789ab.css"`)
	require.Equal(t, 1, strings.Count(made, `id="embed-out"`))
	require.Equal(t, page, string(files["index.html"]))

	require.ErrorContains(t, addEmbedded(tree{"index.html": []byte(page)}), "no embed.css")
	files["index.html"] = []byte(strings.Replace(page, "base-uri", "base", 1))
	require.ErrorContains(t, addEmbedded(files), "index.html has no policy's base-uri")
}
