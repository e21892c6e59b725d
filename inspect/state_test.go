package inspect

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

func file(t *testing.T, x *Index, row int, fd int32) OpenFile {
	for _, f := range x.State(row).Files {
		if f.FD == fd {
			return f
		}
	}
	t.Fatalf("descriptor %d is not open at row %d", fd, row)
	return OpenFile{}
}

func TestPositions(t *testing.T) {
	c := newTalk(t)
	c.ping(0, 1000, 500)
	opened := c.open(0, "/a", "r", 3)
	type step struct {
		row              int
		position, length int64
	}
	var steps []step
	next := func(row int, position, length int64) { steps = append(steps, step{row, position, length}) }
	next(opened, 0, -1)
	c.askRead(0, 3, 1, 600, sata.MoveNowhere)
	next(c.read(0, sata.ReadFirst, 1500, 600, 0), 600, 1500)
	c.askRead(0, 3, 1, 600, 1200)
	next(c.read(0, sata.ReadFirst, 1500, 300, 300), 1500, 1500) // ends with the file
	c.askRead(0, 3, 1, 600, sata.MoveNowhere)
	next(c.read(0, sata.ReadFirst, 1500, 0, 600), 1500, 1500) // nothing left
	c.askRead(0, 3, 1, 600, sata.MoveBegin)
	next(c.read(0, sata.ReadZeros, 600, 600, 0), 600, 1500)
	c.askRead(0, 3, 1, 600, 1000)
	next(c.read(0, sata.ReadZeros, 450, 450, 150), 1450, 1450) // short: there the file ends
	c.ask(0, sata.Request{Command: sata.SetFilePosition, FD: 3, MoveTo: sata.MoveEnd})
	next(c.answer(0, sata.Response{}), 1450, 1450)
	c.ask(0, sata.Request{Command: sata.SetFilePosition, FD: 3, MoveTo: 77})
	next(c.answer(0, sata.Response{}), 77, 1450)
	c.ask(0, sata.Request{Command: sata.SetFilePosition, FD: 3, MoveTo: sata.MoveNowhere})
	next(c.answer(0, sata.Response{}), 77, 1450)
	c.askRead(0, 3, 1, 10, sata.MoveNowhere)
	next(c.read(0, sata.ReadFailed, uint32(sata.FSError), 0, 0), 77, 1450)
	next(c.write(0, 3, 5, sata.MoveNowhere), 82, 1450)
	next(c.write(0, 3, 10, sata.MoveEnd), 1460, 1460)
	c.ask(0, sata.Request{Command: sata.SetFilePosition, FD: 3, MoveTo: sata.MoveBegin})
	next(c.answer(0, sata.Response{Result: sata.FSError}), -1, 1460) // who knows
	c.ask(0, sata.Request{Command: sata.GetFilePosition, FD: 3})
	next(c.answer(0, sata.Response{Position: 99}), 99, 1460)
	c.ask(0, sata.Request{Command: sata.StatFile, FD: 3})
	next(c.answer(0, sata.Response{Info: sata.Info{Flags: 0x2C000000, FileLength: 2000}}), 99, 2000)
	c.ask(0, sata.Request{Command: sata.Rename, Path: []byte("/a"), Destination: []byte("/b")})
	next(c.answer(0, sata.Response{}), 99, -1)
	x := c.index()
	for _, s := range steps {
		f := file(t, x, s.row, 3)
		require.Equal(t, s.position, f.Position, "row %d: %s", s.row, line(x, s.row))
		require.Equal(t, s.length, f.Length, "row %d: %s", s.row, line(x, s.row))
	}
	f := file(t, x, x.log.Len()-1, 3)
	require.Equal(t, OpenFile{FD: 3, Path: x.log.At(opened).Path, Mode: x.log.At(opened - 1).Path2, Opened: uint32(opened),
		Position: 99, Length: -1, Reads: 5, Writes: 2, Read: 600 + 300 + 0 + 600 + 450, Written: 15}, f)
	p := x.paths
	require.Equal(t, "/a", x.log.Text(p[0].Text))
	require.Equal(t, PathTotals{Text: p[0].Text, Requests: 16, Failures: 2, Reads: 6, Writes: 2, Read: 1950, Written: 15,
		FirstRequest: uint32(opened - 1), LastAnswer: uint32(x.log.Len() - 1)}, p[0])
}

func TestPositionsThatAreNotKnown(t *testing.T) {
	c := newTalk(t)
	c.ping(0, 1000, 500)
	row := c.open(0, "/a", "a", 3)
	require.Equal(t, int64(-1), file(t, c.index(), row, 3).Position)
	row = c.write(0, 3, 10, sata.MoveBegin)
	require.Equal(t, int64(-1), file(t, c.index(), row, 3).Position, "appending goes to an end that nobody told")
	c.open(0, "/new", "w", 4)
	row = c.write(0, 4, 10, sata.MoveNowhere)
	require.Equal(t, int64(10), file(t, c.index(), row, 4).Length)
	c.open(1, "/new", "a+", 4)
	row = c.write(1, 4, 5, sata.MoveBegin)
	x := c.index()
	s := x.State(row)
	require.Equal(t, int64(15), s.Files[2].Position, "appends where the other descriptor's writes ended")
	require.Equal(t, int64(15), s.Files[1].Length, "both see the same end")
	require.Equal(t, int64(10), s.Files[1].Position)

	// A descriptor that was open before: reads from an unknown position.
	c = newTalk(t)
	c.askRead(0, 8, 1, 600, sata.MoveNowhere)
	row = c.read(0, sata.ReadFirst, 1500, 400, 200)
	x = c.index()
	require.Empty(t, x.State(row).Files)
	require.Equal(t, "at most 600 bytes read", string(x.AppendResult(nil, row)))
}

func TestStreams(t *testing.T) {
	c := newTalk(t)
	c.ask(0, sata.Request{Command: sata.Ping, User: [2]uint32{5000, 6000}})
	x := New(c.m.Log())
	require.Equal(t, State{Row: 0, Streams: []StreamState{{FirstRead: 5000, FirstReadKnown: true, FirstWrite: 6000, Pinged: true, Waiting: 1, Ended: true}}, Waiting: []uint32{0}, WaitingTotal: 1}, x.State(0))
	c.answer(0, sata.Response{Capabilities: sata.CapFFIO})
	c.ask(7, sata.Request{Command: sata.OpenFolder, Path: []byte("/f")})
	folder := c.answer(7, sata.Response{FD: 2})
	for i := range 3 {
		c.ask(7, sata.Request{Command: sata.ReadFolder, FD: 2})
		r := sata.Response{Name: []byte("x")}
		if i == 2 {
			r = sata.Response{Result: sata.NoMoreItems}
		}
		c.answer(7, r)
	}
	s := x.State(x.log.Len() - 1)
	require.Equal(t, StreamState{Stream: 0, FFIO: On, CSR: Off, FirstRead: 5000, FirstReadKnown: true, FirstWrite: 6000, Pinged: true, Ended: true}, *s.Stream(0))
	require.Equal(t, StreamState{Stream: 7, FirstRead: sata.DefaultFirstRead, Folders: 1, Ended: true}, *s.Stream(7))
	require.Nil(t, s.Stream(1))
	require.Equal(t, []OpenFolder{{Stream: 7, FD: 2, Path: x.log.At(folder).Path, Opened: uint32(folder), Items: 2, AtEnd: true}}, s.Folders)
	require.False(t, x.State(0).Stream(0).Ended)
	c.ask(7, sata.Request{Command: sata.RewindFolder, FD: 2})
	c.answer(7, sata.Response{})
	s = x.State(x.log.Len() - 1)
	require.Equal(t, uint32(1), s.Folders[0].Rewinds)
	require.False(t, s.Folders[0].AtEnd)
	c.ask(7, sata.Request{Command: sata.CloseFolder, FD: 2})
	c.answer(7, sata.Response{})
	require.Empty(t, x.State(x.log.Len()-1).Folders)
	require.Equal(t, x.State(x.log.Len()-1), x.State(1<<30), "a row that is not there is the last")
	require.Equal(t, State{Row: -1}, New(walcore.NewLog(walcore.Limits{})).State(5))
}

func TestWaiting(t *testing.T) {
	c := newTalk(t)
	for i := range 3 {
		c.ask(0, sata.Request{Command: sata.StatFile, FD: int32(i)})
	}
	c.ask(1, sata.Request{Command: sata.StatFile})
	c.answer(0, sata.Response{})
	x := New(c.m.Log())
	require.Equal(t, []uint32{0, 1, 2, 3}, x.State(3).Waiting)
	require.Equal(t, []uint32{1, 2, 3}, x.State(4).Waiting)
	c.m.Forget(0, walcore.At{Time: c.now})
	require.Equal(t, []uint32{2, 3}, x.State(5).Waiting)
	c.m.EndStream(0, walcore.At{Time: c.now})
	require.Equal(t, []uint32{3}, x.State(6).Waiting)
	for range 1500 {
		c.ask(1, sata.Request{Command: sata.StatFile})
	}
	s := x.State(c.m.Log().Len() - 1)
	require.Len(t, s.Waiting, maxWaiting)
	require.Equal(t, 1501, s.WaitingTotal)
}

func TestFindingsInState(t *testing.T) {
	c := newTalk(t)
	c.open(0, "/a", "r", 3)
	tell := func(code walcore.Code, a uint64, b uint32) *StreamState {
		c.m.Diagnose(walcore.Diagnosis{Code: code, Stream: 0, At: walcore.At{Time: c.now}, A: a, B: b})
		s := New(c.m.Log()).State(c.m.Log().Len() - 1)
		return s.Stream(0)
	}
	require.Equal(t, AssumedOn, tell(walcore.CodeNoBeginning, 4000, 1).FFIO)
	require.Equal(t, AssumedOff, tell(walcore.CodeNoBeginning, 4000, 0).FFIO)
	require.Equal(t, uint32(4000), tell(walcore.CodeNoBeginning, 4000, 0).FirstRead)
	require.Equal(t, AssumedOff, tell(walcore.CodeNoPing, 5000, 0).FFIO)
	require.Equal(t, uint32(5000), tell(walcore.CodeNoPing, 5000, 1).FirstRead)
	require.Equal(t, On, tell(walcore.CodeFFIOShown, 0, 0).FFIO)
	s := tell(walcore.CodeFirstRead, 7000, 0)
	require.Equal(t, uint32(7000), s.FirstRead)
	require.True(t, s.FirstReadKnown)
	require.Equal(t, 1, s.Files)
	c.m.CloseStream(0)
	c.waiting[0] = nil
	c.ask(0, sata.Request{Command: sata.StatFile, FD: 3}) // opens it afresh, with a finding
	st := New(c.m.Log()).State(c.m.Log().Len() - 1)
	require.Zero(t, st.Stream(0).Files)
	require.Equal(t, Untold, st.Stream(0).FFIO)
}

// The records' own paths are what the Machine knew: what is open must agree with
// them, whatever happened to the streams.
func TestStateAgreesWithTheMachine(t *testing.T) {
	for _, name := range goldenFiles(t) {
		x, _ := decoded(t, name)
		for i := range x.log.Len() {
			r := x.log.At(i)
			if r.Kind != walcore.Request || r.Op == walcore.OpUnknown || !namesDescriptor[r.Op] {
				continue
			}
			s := x.State(i)
			path, open := uint32(0), false
			for _, f := range s.Files {
				if f.Stream == r.Stream && f.FD == r.FD && !isFolder(r) {
					path, open = f.Path, true
				}
			}
			for _, f := range s.Folders {
				if f.Stream == r.Stream && f.FD == r.FD && isFolder(r) {
					path, open = f.Path, true
				}
			}
			require.Equal(t, r.Flags&walcore.FlagOpen != 0, open, "%s row %d: %s", name, i, line(x, i))
			if open {
				require.Equal(t, r.Path, path, "%s row %d", name, i)
			}
		}
	}
}

func isFolder(r *walcore.Record) bool {
	c := sata.Command(r.Op)
	return c == sata.ReadFolder || c == sata.RewindFolder || c == sata.CloseFolder
}

// In the recorded sessions every file is opened before it is read: the state
// knows each position, and what a read brought is what its bytes show.
func TestStateOfRecordedSessions(t *testing.T) {
	for _, name := range []string{"captures/devkit_story.pcapng.gz", "captures/real_server.pcapng"} {
		x, d := decoded(t, name)
		reads := 0
		for i := range x.log.Len() {
			r := x.log.At(i)
			if r.Line != walcore.LineRead || Failed(r) {
				continue
			}
			n, sure := x.dataOf(i)
			require.True(t, sure, "%s row %d", name, i)
			b, err := d.Rest(nil, r, sata.ReadHeadSize, int(r.Length-sata.ReadHeadSize))
			require.NoError(t, err)
			for at, c := range b[n:] {
				require.Equal(t, byte(0xCD), c, "%s row %d: padding at %d of %d", name, i, at, n)
			}
			reads++
		}
		require.Greater(t, reads, 10, name)
	}
}

// Wherever one looks first, the state is the same as when all rows are followed
// from the first.
func TestSnapshots(t *testing.T) {
	log := made(t, 60_000)
	x := New(log)
	x.Update(1 << 30)
	require.Greater(t, len(x.snapshots), 2)
	straight := newReplay(log)
	wants := map[int]State{}
	one := New(log) // has no snapshot but its first
	one.spacing = 1 << 30
	one.Update(1 << 30)
	require.Len(t, one.snapshots, 1)
	random := rand.New(rand.NewPCG(5, 6))
	for range 40 {
		i := random.IntN(log.Len())
		wants[i] = one.State(i)
	}
	for i, want := range wants {
		require.Equal(t, want, x.State(i), "row %d", i)
	}
	for i := range log.Len() {
		straight.step(uint32(i), log.At(i))
		if want, ok := wants[i]; ok {
			require.Equal(t, len(want.Files), straight.entries()-len(straight.streams)-len(straight.files))
		}
	}
}

// What is open may be without bound; what is kept of it is not.
func TestSnapshotsAreBounded(t *testing.T) {
	c := newTalk(t)
	for i := range 60_000 {
		c.open(0, "/same", "r", int32(i))
	}
	x := c.index()
	require.LessOrEqual(t, x.entries, maxEntries)
	require.Greater(t, len(x.snapshots), 1)
	sum := 0
	for _, s := range x.snapshots {
		sum += s.entries
	}
	require.Equal(t, x.entries, sum)
	x = New(c.m.Log())
	x.spacing = 64 // as if there were many more rows
	x.Update(1 << 30)
	require.LessOrEqual(t, x.entries, maxEntries)
	require.Greater(t, x.spacing, 64)
	require.Len(t, x.State(x.log.Len()-1).Files, 60_000)
	require.Len(t, x.State(49_999).Files, 25_000)
}
