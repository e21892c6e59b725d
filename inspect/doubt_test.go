package inspect

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/decode"
	"satascope/sata"
	"satascope/walcore"
)

// damaged is a file of testdata/damaged, and the row of its first finding of a code.
func damaged(t *testing.T, name string, code walcore.Code) (x *Index, row uint32) {
	d := decode.New(decode.Options{}, diskFile("../testdata/damaged/"+name))
	require.NoError(t, d.Run(context.Background()))
	x = New(d.Log())
	require.True(t, x.Update(d.Log().Len()))
	for i := range d.Log().Len() {
		if r := d.Log().At(i); r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == code {
			return x, uint32(i)
		}
	}
	t.Fatalf("%s has no %v", name, code)
	return nil, 0
}

// TestPathsThatAreNotSure: what is open when bytes are lost in which it can have
// been closed has a path that is not sure, until it is opened again.
func TestPathsThatAreNotSure(t *testing.T) {
	x, row := damaged(t, "reopening_lost.pcap", walcore.CodePathsUnsure)
	require.Zero(t, file(t, x, int(row)-1, 5).Unsure)
	require.Equal(t, row, file(t, x, x.Log().Len()-1, 5).Unsure)
	for k := range x.Exchanges() {
		e := x.Exchange(k)
		want := Doubt(0)
		if e.Request > row {
			want = DoubtPath
		}
		require.Equal(t, want, x.Doubts(k)&DoubtPath, "exchange %d: %s", k, line(x, int(e.Request)))
	}
	require.Zero(t, x.Doubts(x.Exchanges()))

	c := newTalk(t)
	c.open(0, "/a", "r", 3)
	c.m.DoubtPaths(walcore.Diagnosis{Code: walcore.CodePathsUnsure})
	again := c.open(0, "/b", "r", 3)
	c.askRead(0, 3, 1, 10, 0)
	x = c.index()
	require.Equal(t, uint32(2), file(t, x, again-2, 3).Unsure)
	require.Zero(t, file(t, x, x.Log().Len()-1, 3).Unsure)
	require.Zero(t, x.Doubts(x.Exchanges()-1))
}

// TestSeveralFindingsOnPaths: each descriptor has the first finding since it was
// opened, whatever is open beside it.
func TestSeveralFindingsOnPaths(t *testing.T) {
	c := newTalk(t)
	doubt := func() uint32 {
		c.m.DoubtPaths(walcore.Diagnosis{Code: walcore.CodePathsUnsure})
		return uint32(c.m.Log().Len() - 1)
	}
	c.open(0, "/a", "r", 3)
	first := doubt()
	c.open(0, "/b", "r", 4)
	c.ask(0, sata.Request{Command: sata.OpenFolder, Path: []byte("/c")})
	c.answer(0, sata.Response{Result: sata.Success, FD: 5})
	second := doubt()
	c.open(0, "/d", "r", 6)
	x := c.index()
	want := map[int32]uint32{3: first, 4: second, 6: 0}
	for range 2 { // from the first row, and then from one between
		s := x.State(x.Log().Len() - 1)
		require.Len(t, s.Files, len(want))
		for _, f := range s.Files {
			require.Equal(t, want[f.FD], f.Unsure, "%d", f.FD)
		}
		require.Len(t, s.Folders, 1)
		require.Equal(t, second, s.Folders[0].Unsure)
		s = x.State(int(second) - 1)
		require.Zero(t, s.Folders[0].Unsure)
		require.Equal(t, first, s.Files[0].Unsure)
		require.Zero(t, s.Files[1].Unsure)
	}
}

// TestEffortOfFindingsOnPaths has so many of them, and so much open, that with
// work for each file at each finding go test ends it.
func TestEffortOfFindingsOnPaths(t *testing.T) {
	if testing.Short() {
		t.Skip("half a million rows")
	}
	const many = 250_000
	c := newTalk(t)
	for i := range int32(many) {
		c.open(0, "/a", "r", i)
	}
	first := uint32(c.m.Log().Len())
	for range many {
		c.m.DoubtPaths(walcore.Diagnosis{Code: walcore.CodePathsUnsure})
	}
	x := c.index()
	require.Equal(t, first, file(t, x, x.Log().Len()-1, many-1).Unsure)
}

// TestPairsThatAreNotSure: from the finding on, responses may answer other
// requests, until none waits. Of this client, that waits for each response, each
// of which it is not sure has a finding.
func TestPairsThatAreNotSure(t *testing.T) {
	x, row := damaged(t, "pipelined_requests_lost.pcap", walcore.CodePairingAssumed)
	found := 0
	for i := range x.Log().Len() {
		if r := x.Log().At(i); r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == walcore.CodePairingAssumed {
			found++
		}
	}
	unsure := 0
	for k := range x.Exchanges() {
		e := x.Exchange(k)
		if e.Response == None {
			continue
		}
		want := Doubt(0)
		if s := x.State(int(e.Response) - 1).Stream(0); s.Unsure > 0 {
			require.True(t, strings.HasPrefix(line(x, int(s.Unsure)), "!! pairing-assumed"))
			require.Equal(t, s.Unsure+1, e.Response)
			want = DoubtPair
			unsure++
		}
		require.Equal(t, want, x.Doubts(k), "exchange %d: %s", k, line(x, int(e.Response)))
	}
	require.Equal(t, found, unsure, "then no request waits")
	require.Positive(t, found)
	require.Zero(t, x.State(x.Log().Len()-1).Stream(0).Unsure)
	require.True(t, strings.HasPrefix(line(x, int(row)), "!! pairing-assumed"))
}
