package main

import (
	"satascope/sata"
	"satascope/walcore"
)

// descriptorsPage shows a number that is used twice, and one used too late.
type descriptorsPage struct {
	Reused, Late []logLine
	FD           int32
}

// A logLine is a line of the story with the class of its colour.
type logLine struct{ Class, Text string }

func (st *site) line(i int) logLine {
	r := st.story.Log.At(i)
	class := map[walcore.Kind]string{walcore.Request: "in", walcore.Response: "out", walcore.Written: "oob", walcore.Diagnostic: "warn"}[r.Kind]
	if result, _ := r.Result(); r.Failed() && result != sata.NoMoreItems {
		class = "bad"
	}
	return logLine{class, st.story.Line(i)}
}

func (st *site) exchangeLines(i int) []logLine {
	q, r := st.story.Pair(i)
	lines := []logLine{st.line(q)}
	if w := st.story.WrittenOf(q); w >= 0 {
		lines = append(lines, st.line(w))
	}
	return append(lines, st.line(r))
}

func makeDescriptors(st *site) *descriptorsPage {
	p := &descriptorsPage{}
	c := st.story
	opened := map[int32]int{} // by descriptor: the OpenFile's response
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		if r.Line == walcore.LineDescriptor && r.Op == uint8(sata.OpenFile) && !r.Failed() {
			if first, again := opened[r.FD]; again && p.Reused == nil && c.Log.At(first).Path != r.Path {
				p.FD = r.FD
				for n := first; n <= i; n++ {
					q := c.Log.At(n)
					if q.Kind == walcore.Response && q.Stream == r.Stream && (q.Op == uint8(sata.OpenFile) || q.Op == uint8(sata.CloseFile)) {
						p.Reused = append(p.Reused, st.exchangeLines(n)...)
					}
				}
			}
			opened[r.FD] = i
		}
		if r.Kind == walcore.Request && r.Op == uint8(sata.ReadFile) && r.Flags&walcore.FlagOpen == 0 && p.Late == nil {
			for n := i - 1; n >= 0; n-- {
				q := c.Log.At(n)
				if q.Kind == walcore.Request && q.Op == uint8(sata.CloseFile) && q.FD == r.FD {
					p.Late = append(st.exchangeLines(n), st.exchangeLines(i)...)
					break
				}
			}
		}
	}
	return p
}
