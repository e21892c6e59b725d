//go:build !unix && !windows

package share

// diskFull says whether a write failed because there is no room. Here nobody
// tells.
func diskFull(error) bool { return false }

// syncDir does nothing where folders can't be synced.
func syncDir(string) error { return nil }
