package main

import (
	"strings"

	"satascope/walcore"
)

// A diagnosticRow is a diagnostic.
type diagnosticRow struct {
	Name, Sentence string
	Prose          []string
	Stops          bool
	Example        []logLine
}

func makeDiagnostics(st *site) []diagnosticRow {
	var rows []diagnosticRow
	fill := strings.NewReplacer("{size}", "N", "{a}", "N", "{b}", "N", "{on}", "on (or off)", "{side}", "client (or server)", "{offset}", "N", "{packet}", "N", "{stream}", "N", "{text}", "…")
	for n, spec := range walcore.Codes() {
		code := walcore.Code(n)
		row := diagnosticRow{Name: spec.Name, Sentence: fill.Replace(spec.Sentence), Prose: diagnosticProse[spec.Name], Stops: code == walcore.CodeStreamNotOpen || code == walcore.CodeUnasked}
		for i := range st.story.Log.Len() {
			if r := st.story.Log.At(i); r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == code {
				row.Example = append(row.Example, st.line(i))
			}
		}
		rows = append(rows, row)
	}
	return rows
}
