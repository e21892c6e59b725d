//go:build js && wasm

package page

import (
	"strconv"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/learn"
	"satascope/wasm/app/bridge"
)

const (
	// quizKept is under which the store keeps the score.
	quizKept = "quiz"
	// quizTries is how many questions are passed over because they were asked
	// before; then they come again.
	quizTries = 24
)

// A quiz asks about the open capture, or the example when there is none.
type quiz struct {
	l            *lessons
	pending      bool // it begins when the example is there
	seed         uint64
	asked, right int             // ever, in this browser
	had          map[string]bool // what was asked about this capture
	tries        int

	dialog, topic, question, score, lack, next, row dom.HTMLElement
	about                                           int // the row of the question
}

func newQuiz(l *lessons) *quiz {
	z := &quiz{
		l: l, dialog: byID("quiz"), topic: byID("quiz-topic"), question: byID("quiz-question"), score: byID("quiz-score"), lack: byID("quiz-lack"),
		next: byID("quiz-next"), row: byID("quiz-row"), had: map[string]bool{},
	}
	for _, t := range learn.QuizTopics {
		option := element("option", "", t.Title)
		option.SetAttribute("value", t.Name)
		z.topic.AppendChild(option)
	}
	kept := l.p.settings.store.get(quizKept)
	if asked, right := keptNumber(kept, "asked"), keptNumber(kept, "right"); right >= 0 && right <= asked && asked < 1<<30 {
		z.asked, z.right = asked, right
	}
	on(z.topic, "change", func(dom.Event) { z.another() })
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
	z.tell()
	z.another()
}

// tell says how it went so far.
func (z *quiz) tell() {
	text := ""
	if z.asked > 0 {
		text = strconv.Itoa(z.right) + " of " + strconv.Itoa(z.asked) + " right. The score is kept in this browser, and nowhere else."
	}
	z.score.SetTextContent(text)
}

func (z *quiz) setState(state string) {
	if state == stateDecoding {
		z.had = map[string]bool{}
		return
	}
	if z.pending && z.l.ready() {
		z.pending = false
		z.begin()
	}
}

// another asks for a question.
func (z *quiz) another() {
	z.tries = 0
	z.ask()
}

func (z *quiz) ask() {
	z.seed++
	z.l.p.client.post(&bridge.AskQuiz{Topic: value(z.topic), Seed: z.seed})
}

func (z *quiz) came(m *bridge.Quiz) {
	if m.Seed != z.seed {
		return
	}
	if len(m.Ask) > 0 {
		q := &m.Ask[0]
		name := q.Prompt + q.Shown + strconv.Itoa(q.Row)
		if z.had[name] && z.tries < quizTries {
			z.tries++
			z.ask()
			return
		}
		z.had[name] = true
	}
	lack := ""
	switch {
	case m.Error != "":
		lack = sentence(m.Error)
	case len(m.Ask) == 0 && value(z.topic) != "":
		lack = "The open capture has nothing to ask about that. Choose something else."
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
		// A browser that keeps nothing is no reason to stop.
		_ = z.l.p.settings.store.set(quizKept, map[string]any{"asked": z.asked, "right": z.right})
		z.tell()
		show(z.next, true)
		show(z.row, true)
		z.row.SetTextContent("Show row " + count(z.about+1))
		z.next.Underlying().Call("focus")
	})
}
