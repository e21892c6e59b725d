package page

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/keys.md again, to be read in the diff")

func TestKeysPage(t *testing.T) {
	name := filepath.FromSlash("../../../docs/keys.md")
	got := appendKeys(nil)
	if *update {
		require.NoError(t, os.WriteFile(name, got, 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "go test -run KeysPage -update writes it again")
}

func TestEachKeyDoesOneThing(t *testing.T) {
	seen := map[string]bool{}
	done := map[action]bool{}
	for _, k := range keyTable {
		require.NotEmpty(t, k.names)
		require.NotEmpty(t, k.shown)
		require.NotEmpty(t, k.what)
		for _, name := range k.names {
			require.False(t, seen[name], name)
			seen[name] = true
		}
		require.False(t, done[k.action])
		done[k.action] = true
	}
	require.Len(t, done, int(actions), "every action has a key")

	requireOwnKeys(t, stripTable, stripForget)
	requireOwnKeys(t, sideTable, sideOut)
	requireOwnKeys(t, menuTable, menuClose)
}

func requireOwnKeys[A ~uint8](t *testing.T, table []ownKey[A], last A) {
	seen, acts := map[string]bool{}, map[A]bool{}
	for _, k := range table {
		for _, name := range k.names {
			require.False(t, seen[name], name)
			seen[name] = true
			action, ok := actionOf(table, name)
			require.True(t, ok)
			require.Equal(t, k.action, action)
		}
		require.NotEmpty(t, k.shown)
		acts[k.action] = true
	}
	require.Len(t, acts, int(last)+1)
	_, ok := actionOf(table, "x")
	require.False(t, ok)
}

func TestKeyNames(t *testing.T) {
	for _, c := range []struct {
		key, code      string
		shift, command bool
		want           string
	}{
		{"j", "KeyJ", false, false, "j"},
		{"J", "KeyJ", true, false, "j"},
		{"о", "KeyJ", false, false, "j"}, // a Russian layout
		{"х", "BracketLeft", false, false, "["},
		{"[", "Digit8", false, false, "["}, // a German one, with AltGr
		{"?", "Minus", true, false, "?"},
		{"ArrowDown", "ArrowDown", true, false, "Shift+ArrowDown"},
		{"f", "KeyF", false, true, "Ctrl+f"},
		{"G", "KeyG", true, true, "Ctrl+Shift+g"},
		{"а", "KeyF", false, true, "Ctrl+f"},
		{"", "", false, false, ""},
	} {
		require.Equal(t, c.want, keyName(c.key, c.code, c.shift, c.command), "%+v", c)
	}
}
