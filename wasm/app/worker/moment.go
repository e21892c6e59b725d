package worker

import (
	"satascope/inspect"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

const (
	// maxListed bounds each list of a State: what the row changed is in it
	// always, the rest as far as it fits.
	maxListed = 300
	// waitingLimit is how many bytes of a waiting request's line are given.
	waitingLimit = 160
)

// moment tells what was open and what waited when row i had been seen, and what
// of it is other than before the row.
func moment(x *inspect.Index, i int) *bridge.State {
	var before inspect.State
	if i > 0 {
		before = x.State(i - 1)
	}
	now := x.State(i)
	m := &bridge.State{Row: i, TotalFiles: len(now.Files), TotalFolders: len(now.Folders), TotalWaiting: now.WaitingTotal, TotalStreams: len(now.Streams)}
	log := x.Log()
	for k := range now.Streams {
		s := &now.Streams[k]
		change := bridge.Fresh
		if old := before.Stream(s.Stream); old != nil {
			if change = bridge.Same; s.FFIO != old.FFIO || s.CSR != old.CSR || s.FirstRead != old.FirstRead || s.FirstWrite != old.FirstWrite || s.FirstReadKnown != old.FirstReadKnown || s.Ended != old.Ended || s.Unsure != old.Unsure {
				change = bridge.Changed
			}
		}
		if len(m.Streams) < maxListed || change != bridge.Same {
			m.Streams = append(m.Streams, bridge.StreamState{
				Stream: int(s.Stream), Change: change, FFIO: s.FFIO.String(), CSR: s.CSR.String(),
				FirstRead: s.FirstRead, FirstWrite: s.FirstWrite, Known: s.FirstReadKnown, Ended: s.Ended, Unsure: int(s.Unsure),
			})
		}
	}
	files(m, log, before.Files, now.Files)
	folders(m, log, before.Folders, now.Folders)
	waiting(m, log, i, now.Waiting)
	return m
}

// together goes through two lists in the same order: f gets the places of each
// thing in them, -1 where it is not.
func together[T any](before, now []T, compare func(a, b *T) int, f func(before, now int)) {
	b, n := 0, 0
	for b < len(before) || n < len(now) {
		order := 0
		switch {
		case b == len(before):
			order = 1
		case n == len(now):
			order = -1
		default:
			order = compare(&before[b], &now[n])
		}
		switch {
		case order < 0:
			f(b, -1)
			b++
		case order > 0:
			f(-1, n)
			n++
		default:
			f(b, n)
			b++
			n++
		}
	}
}

// became tells what became of a thing that together found at two places. One that
// was opened again in the same place is fresh.
func became(before, now int, again, other func() bool) bridge.Change {
	switch {
	case now < 0:
		return bridge.Gone
	case before < 0 || again():
		return bridge.Fresh
	case other():
		return bridge.Changed
	}
	return bridge.Same
}

func descriptorOrder(s1, s2 uint32, fd1, fd2 int32) int {
	if s1 != s2 {
		return int(int64(s1) - int64(s2))
	}
	return int(int64(fd1) - int64(fd2))
}

func files(m *bridge.State, log *walcore.Log, before, now []inspect.OpenFile) {
	compare := func(a, b *inspect.OpenFile) int { return descriptorOrder(a.Stream, b.Stream, a.FD, b.FD) }
	together(before, now, compare, func(b, n int) {
		change := became(b, n, func() bool { return before[b].Opened != now[n].Opened }, func() bool { return before[b] != now[n] })
		var f *inspect.OpenFile
		if change == bridge.Gone {
			f = &before[b]
		} else {
			f = &now[n]
		}
		if change == bridge.Same && len(m.Files) >= maxListed {
			return
		}
		position := int64(-1)
		if b >= 0 {
			position = before[b].Position
		}
		m.Files = append(m.Files, bridge.OpenFile{
			Stream: int(f.Stream), FD: int(f.FD), Change: change, Path: visible(log.Text(f.Path)), Mode: visible(log.Text(f.Mode)), Opened: rowOf(f.Opened, true),
			Position: f.Position, Before: position, Length: f.Length, Read: int64(f.Read), Written: int64(f.Written), Reads: int(f.Reads), Writes: int(f.Writes), Unsure: int(f.Unsure),
		})
	})
}

func folders(m *bridge.State, log *walcore.Log, before, now []inspect.OpenFolder) {
	compare := func(a, b *inspect.OpenFolder) int { return descriptorOrder(a.Stream, b.Stream, a.FD, b.FD) }
	together(before, now, compare, func(b, n int) {
		change := became(b, n, func() bool { return before[b].Opened != now[n].Opened }, func() bool { return before[b] != now[n] })
		var f *inspect.OpenFolder
		if change == bridge.Gone {
			f = &before[b]
		} else {
			f = &now[n]
		}
		if change == bridge.Same && len(m.Folders) >= maxListed {
			return
		}
		m.Folders = append(m.Folders, bridge.OpenFolder{
			Stream: int(f.Stream), FD: int(f.FD), Change: change, Path: visible(log.Text(f.Path)), Opened: rowOf(f.Opened, true), Items: int(f.Items), AtEnd: f.AtEnd, Unsure: int(f.Unsure),
		})
	})
}

// waiting lists the requests that wait, and the one that row i answered.
func waiting(m *bridge.State, log *walcore.Log, i int, rows []uint32) {
	add := func(row int, change bridge.Change) {
		text, cut := log.AppendVisibleText(nil, row, waitingLimit)
		if cut {
			text = append(text, "…"...)
		}
		m.Waiting = append(m.Waiting, bridge.Waiting{Row: row, Stream: int(log.At(row).Stream), Change: change, Text: string(text)})
	}
	if r := log.At(i); r.Kind == walcore.Response && r.Partner != walcore.None {
		add(int(r.Partner), bridge.Gone)
	}
	for _, row := range rows {
		change := bridge.Same
		if int(row) == i {
			change = bridge.Fresh
		} else if len(m.Waiting) >= maxListed {
			continue
		}
		add(int(row), change)
	}
}

func visible(s string) string { return string(walcore.AppendVisible(nil, s)) }
