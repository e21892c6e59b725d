package main

import (
	"regexp"
	"strings"

	"satascope/learn"
	"satascope/walcore"
)

// numberValue is a place in a diagnostic's sentence where a number is filled in.
var numberValue = regexp.MustCompile(`{[a-z]+}`)

// A diagnosticRow is a diagnostic.
type diagnosticRow struct {
	Name, Sentence string
	Text           learn.DiagnosticText
	Example        []logLine
}

func makeDiagnostics(st *site) []diagnosticRow {
	var rows []diagnosticRow
	for n, spec := range walcore.Codes() {
		code := walcore.Code(n)
		row := diagnosticRow{Name: spec.Name, Sentence: general(spec.Sentence), Text: learn.DiagnosticTexts[code]}
		for i := range st.story.Log.Len() {
			if r := st.story.Log.At(i); r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == code {
				row.Example = append(row.Example, st.line(i))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// general is a diagnostic's sentence without its values: N is a number, M another.
func general(sentence string) string {
	for _, value := range [...][2]string{{"{on}", "on (or off)"}, {"{side}", "client (or server)"}, {"{text}", "…"}} {
		sentence = strings.ReplaceAll(sentence, value[0], value[1])
	}
	letter := "N"
	return numberValue.ReplaceAllStringFunc(sentence, func(string) string {
		l := letter
		letter = "M"
		return l
	})
}
