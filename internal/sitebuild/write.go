package main

import (
	"os"
	"path/filepath"
	"strconv"
)

// placeholder is the file that is there before any build, so that the program
// that carries the site compiles.
const placeholder = ".placeholder"

// replace makes a folder hold exactly the files of a tree, and the one named
// keep if it was there. The new folder is written beside the old one and then
// takes its place, so that a build that fails leaves the old one.
func replace(dir string, files tree, keep string) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	next := filepath.Join(parent, "."+filepath.Base(dir)+"-"+strconv.Itoa(os.Getpid()))
	if err := os.Mkdir(next, 0o777); err != nil {
		return err
	}
	defer os.RemoveAll(next)
	if keep != "" {
		b, err := os.ReadFile(filepath.Join(dir, keep))
		switch {
		case err == nil:
			if err := os.WriteFile(filepath.Join(next, keep), b, 0o666); err != nil {
				return err
			}
		case !os.IsNotExist(err):
			return err
		}
	}
	for name, content := range files {
		to := filepath.Join(next, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(to, content, 0o666); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(next, dir)
}

// writeWhole writes a file that is never seen half written.
func writeWhole(name string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
