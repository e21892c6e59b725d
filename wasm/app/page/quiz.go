//go:build js && wasm

package page

import (
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// A quiz asks about the open capture, or the example when there is none.
type quiz struct {
	l            *lessons
	pending      bool // it begins when the example is there
	seed         uint64
	asked, right int

	dialog, question, score, lack, next, row dom.HTMLElement
	about                                    int // the row of the question
}

func newQuiz(l *lessons) *quiz {
	z := &quiz{
		l: l, dialog: byID("quiz"), question: byID("quiz-question"), score: byID("quiz-score"), lack: byID("quiz-lack"),
		next: byID("quiz-next"), row: byID("quiz-row"),
	}
	on(byID("quiz-close"), "click", func(dom.Event) { closeDialog(z.dialog) })
	on(z.next, "click", func(dom.Event) { z.another() })
	on(z.row, "click", func(dom.Event) {
		closeDialog(z.dialog)
		l.p.reveal(z.about)
	})
	return z
}

// begin opens the quiz with a question that was not asked the last time.
func (z *quiz) begin() {
	if z.l.p.state == stateEmpty {
		z.pending = true
		go z.l.p.start.example()
		return
	}
	if !z.l.ready() {
		z.pending = true
		return
	}
	if z.seed == 0 {
		z.seed = uint64(js.Global().Get("Date").Call("now").Float())
	}
	openDialog(z.dialog)
	z.another()
}

func (z *quiz) setState(state string) {
	if state == stateDecoding {
		z.asked, z.right = 0, 0
		return
	}
	if z.pending && z.l.ready() {
		z.pending = false
		z.begin()
	}
}

func (z *quiz) another() {
	z.seed++
	z.l.p.client.post(&bridge.AskQuiz{Seed: z.seed})
}

func (z *quiz) came(m *bridge.Quiz) {
	if m.Seed != z.seed {
		return
	}
	lack := ""
	switch {
	case m.Error != "":
		lack = sentence(m.Error)
	case len(m.Ask) == 0:
		lack = "There is nothing to ask about here: the capture has no exchange whose bytes are known."
	}
	z.lack.SetTextContent(lack)
	show(z.lack, lack != "")
	show(z.next, false)
	show(z.row, false)
	clearAll(z.question)
	if lack != "" {
		return
	}
	z.about = m.Ask[0].Row
	ask(z.question, &m.Ask[0], m.Shown, func(right bool) {
		z.asked++
		if right {
			z.right++
		}
		z.score.SetTextContent(strconv.Itoa(z.right) + " of " + strconv.Itoa(z.asked) + " right")
		show(z.next, true)
		show(z.row, true)
		z.row.SetTextContent("Show row " + count(z.about+1))
		z.next.Underlying().Call("focus")
	})
}
