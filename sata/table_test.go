package sata

import (
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCommandTable(t *testing.T) {
	require.Len(t, Commands, 18)
	last := -1
	for _, s := range Commands {
		t.Run(s.Name, func(t *testing.T) {
			require.Greater(t, int(s.Command), last, "by number, each once")
			last = int(s.Command)
			require.Same(t, s, s.Command.Spec())
			require.Equal(t, s.Name, s.Command.String())
			require.NotEmpty(t, s.Meaning)
			require.NotEqual(t, ShapeUnknown, s.Response)
			for _, n := range s.Notes {
				require.True(t, strings.HasSuffix(n, "."), n)
			}

			at, slots := RequestSize, map[Slot]bool{SlotUser0: true, SlotUser1: true}
			for _, f := range s.Fields {
				require.Equal(t, at, f.Offset, "%s follows the field before it", f.Name)
				require.Positive(t, f.Length)
				require.NotEmpty(t, f.Name)
				require.NotEmpty(t, f.Meaning)
				require.NotEqual(t, SlotNone, f.Slot, "%s is kept", f.Name)
				require.False(t, slots[f.Slot], "%s has a slot of its own", f.Name)
				slots[f.Slot] = true
				at = f.End()
			}
			require.Equal(t, at-RequestSize, s.BodyLen())
			require.LessOrEqual(t, at+s.Slack, MaxHead)

			if s.LogName == "" {
				require.Empty(t, s.Line)
				return
			}
			require.NotEmpty(t, s.Line)
			require.Less(t, len(s.LogName), 13)
			for _, p := range s.Line {
				require.NotEmpty(t, p.Label)
				needs := map[Form][]Slot{
					FormPath: {SlotPath}, FormOpenPath: {SlotFD}, FormOpenPathIO: {SlotFD}, FormDestination: {SlotDestination}, FormMode: {SlotMode},
					FormModeText: {SlotModeText}, FormMove: {SlotMoveTo}, FormTotal: {SlotBlockCount, SlotBlockSize}, FormQuery: {SlotQuery}, FormDecimal: {p.Slot},
				}[p.Form]
				for _, slot := range needs {
					require.True(t, slots[slot], "%s needs a field that the command has", p.Label)
				}
				if needs == nil {
					require.Contains(t, []Form{FormFFIO, FormCSR}, p.Form)
					require.Equal(t, Ping, s.Command, "these come from a Ping's header")
				}
			}
		})
	}
	for c := Command(0); c < 0x100; c++ {
		if s := c.Spec(); s == nil {
			require.Equal(t, "command 0x"+strconv.FormatUint(uint64(c), 16), c.String())
		} else {
			require.Equal(t, c, s.Command)
		}
	}
	require.Nil(t, Command(0xFFFFFFFF).Spec())
	require.Equal(t, "command 0xffffffff", Command(0xFFFFFFFF).String())
}

func TestShapeTable(t *testing.T) {
	names := map[string]bool{}
	for i, s := range Shapes() {
		shape := Shape(i)
		t.Run(shape.String(), func(t *testing.T) {
			require.NotEmpty(t, s.Name)
			require.False(t, names[s.Name])
			names[s.Name] = true
			require.NotEmpty(t, s.Meaning)
			at := HeaderSize
			switch shape {
			case ShapeUnknown:
				require.Empty(t, s.Fields)
				return
			case ShapeRead:
				at = 0
			default:
				require.Equal(t, SlotResult, s.Fields[0].Slot)
			}
			for _, f := range s.Fields {
				require.Equal(t, at, f.Offset, f.Name)
				require.Positive(t, f.Length)
				require.NotEmpty(t, f.Name)
				require.NotEmpty(t, f.Meaning)
				at = f.End()
			}
			require.LessOrEqual(t, at, MaxHead)
			if s.Short > 0 {
				require.Equal(t, 4, s.Short, "the result code")
			}
		})
	}
	require.Equal(t, ReadHeadSize, Shapes()[ShapeRead].Fields[1].End())
	require.Equal(t, 0x158, Shapes()[ShapeItem].Fields[len(Shapes()[ShapeItem].Fields)-1].End()-HeaderSize)
}

func TestQueries(t *testing.T) {
	shapes := map[Query]Shape{QueryFreeSpace: ShapeSpace, QueryFolderSize: ShapeSpace, QueryFileCount: ShapeCount, QueryDetails: ShapeInfo}
	for q := Query(0); q < 10; q++ {
		shape, known := shapes[q]
		require.Equal(t, known, q.Known())
		r := Request{Command: QueryPath, Query: q}
		require.Equal(t, shape, r.ResponseShape())
		if !known {
			require.Equal(t, "query "+strconv.Itoa(int(q)), q.String())
			continue
		}
		require.Equal(t, Queries()[q].Name, q.String())
		require.NotEmpty(t, Queries()[q].Meaning)
	}
	require.False(t, Query(0xFFFFFFFF).Known())
	require.Equal(t, ShapeUnknown, (&Request{Command: QueryPath, Query: 0xFFFFFFFF}).ResponseShape())
	require.Equal(t, ShapeUnknown, (&Request{Command: 0x0A}).ResponseShape())
	for q, name := range map[Query]string{0: "Free Space left on Disk", 1: "Size of Folder", 2: "Files in Folder", 5: "Path Details"} {
		require.Equal(t, name, q.String())
	}
}

// fmt would cost the browser's binary more than this package is worth.
func TestNoFmt(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range f.Imports {
			require.Contains(t, []string{`"bytes"`, `"encoding/binary"`, `"math"`, `"strconv"`, `"strings"`, `"unicode/utf8"`}, i.Path.Value, name)
		}
	}
	if runtime.GOOS == "js" {
		return // no go command in there; the native run has looked
	}
	deps, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	require.Contains(t, strings.Fields(string(deps)), "strconv")
	require.NotContains(t, strings.Fields(string(deps)), "fmt")
}
