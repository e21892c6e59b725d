// Package version says which Satascope this is.
package version

import "runtime/debug"

// Number is the version of the program and of its page.
const Number = "0.1.0"

// String is the number and, where the build recorded it, the commit.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Number
	}
	return withCommit(info.Settings)
}

func withCommit(settings []debug.BuildSetting) string {
	revision, changed := "", ""
	for _, s := range settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case "vcs.modified":
			if s.Value == "true" {
				changed = ", changed"
			}
		}
	}
	if revision == "" {
		return Number
	}
	return Number + " (" + revision + changed + ")"
}
