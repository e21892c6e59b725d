package main

import (
	"fmt"

	"satascope/learn"
	"satascope/sata"
)

// A resultRow is a result code with what the recorded sessions answer so.
type resultRow struct {
	ID, Code, Log, Meaning, Prose string
	Answers                       []answerCount
}

type answerCount struct {
	Name, Link string
	Count      int
}

func answersWith(st *site, code sata.Result) (list []answerCount) {
	for _, s := range sata.Commands {
		if n := st.seen[s.Command][code]; n > 0 {
			list = append(list, answerCount{s.Name, learn.CommandPage(s.Command), n})
		}
	}
	return list
}

type resultsPage struct {
	Rows    []resultRow
	Written []answerCount
	Example []logLine
	Bytes   string
	Hex     string
}

func makeResults(st *site) *resultsPage {
	p := &resultsPage{}
	for _, r := range sata.Results {
		row := resultRow{ID: learn.ResultID(r.Code), Code: codeText(r.Code), Meaning: r.Meaning, Prose: resultProse[r.Code], Log: "Success", Answers: answersWith(st, r.Code)}
		if r.Code != sata.Success {
			row.Log = fmt.Sprintf("Failure (%x)", uint32(r.Code))
		}
		p.Rows = append(p.Rows, row)
	}
	p.Written = answersWith(st, written)
	i := exchanges(st.story, sata.WriteFile)[0]
	p.Example = st.exchangeLines(i)
	_, r := st.story.Pair(i)
	p.Bytes = fmt.Sprint(st.story.Log.At(r).B)
	p.Hex = fmt.Sprintf("%x", st.story.Log.At(r).B)
	return p
}
