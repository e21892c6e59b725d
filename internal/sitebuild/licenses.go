package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// goTool runs the go command and gives what it prints.
func goTool(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// licenses is the text of the licences of everything that the site holds.
// packages are the folders of npm's, by name.
func licenses(goroot string, packages map[string]string) ([]byte, error) {
	dirs := map[string]string{"Go": goroot}
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "./wasm/app")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list ./wasm/app: %w", err)
	}
	for _, line := range strings.Split(string(list), "\n") {
		if name, dir, ok := strings.Cut(line, "\t"); ok {
			dirs[name] = dir
		}
	}
	for name, dir := range packages {
		dirs[name] = dir
	}
	names := make([]string, 0, len(dirs))
	for name := range dirs {
		names = append(names, name)
	}
	sort.Strings(names)
	var out bytes.Buffer
	own, err := os.ReadFile("LICENSE")
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&out, "Satascope\n\n%s", own)
	for _, name := range names {
		text, err := licenseIn(dirs[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(&out, "\n\n%s\n%s\n\n%s", strings.Repeat("-", 72), name, text)
	}
	return out.Bytes(), nil
}

// licenseIn finds a licence's text, in a module's folder or, for a module that
// is part of a larger one, above it.
func licenseIn(dir string) ([]byte, error) {
	for _, name := range []string{"LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("no licence in %s", dir)
}
