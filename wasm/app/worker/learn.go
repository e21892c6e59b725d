//go:build js && wasm

package worker

import (
	"satascope/learn"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// shownHead is how many bytes of a message lessons show at most: more than any
// request has.
const shownHead = 0x500

// handleLearn takes what the page's lessons ask. Answers read bytes of the file
// again, so each is made on its own.
func (w *worker) handleLearn(m bridge.Message) {
	switch m := m.(type) {
	case *bridge.AskTour:
		go w.tour(m)
	case *bridge.AskMove:
		if w.has(m.Row) {
			go w.move(m.Row)
		}
	case *bridge.AskQuiz:
		go w.quiz(m)
	case *bridge.AskFrames:
		if w.has(m.Row) {
			go w.frames(m.Row)
		}
	}
}

// conversation is what is taught about. It is taken anew for each question: the
// log is another one when the file was read once more (bridge.Progress).
func (w *worker) conversation() learn.Conversation {
	return learn.Conversation{Log: w.decoder.Log(), Rest: w.rest}
}

func (w *worker) tour(m *bridge.AskTour) {
	answer := &bridge.Tour{Chapter: m.Chapter}
	if m.Chapter < 0 || m.Chapter >= len(learn.Tour) {
		return
	}
	err := guard("the tour", func() error {
		c := w.conversation()
		steps, ok := learn.Tour[m.Chapter].Steps(c)
		if n := c.Log.Len(); !ok && n > 0 && c.Log.At(n-1).Flags&walcore.FlagNoData != 0 {
			return mistake("a log does not have the bytes of its messages, and the tour is about these; open the capture itself, or the example")
		}
		for i := range steps {
			s := &steps[i]
			step := bridge.Step{Row: s.Row, Line: line(c, s.Row), Text: s.Text, Changes: s.Changes, Address: s.Address, Shown: excerpt(c, s.Row, s.Marks)}
			if s.Question != nil {
				step.Ask = append(step.Ask, question(s.Question))
			}
			answer.Steps = append(answer.Steps, step)
		}
		return nil
	})
	if err != nil {
		answer.Steps, answer.Error = nil, sentence(err)
	}
	w.post(answer)
}

func (w *worker) move(row int) {
	err := guard("the state machine", func() error {
		c := w.conversation()
		if w.walk == nil || w.walked != c.Log {
			w.walk, w.walked = learn.NewWalk(c.Log), c.Log
		}
		m := w.walk.At(row)
		answer := &bridge.Move{
			Row: row, Stream: int(m.Stream), Line: line(c, row), Before: uint8(m.Before), After: uint8(m.After), Opens: m.Opens, Arrow: uint8(m.Arrow),
			Shown: excerpt(c, row, m.Causes), Waiting: m.Waiting, Oldest: m.Oldest, Changes: m.Changes,
		}
		now := w.inspect().State(row)
		if s := now.Stream(m.Stream); s != nil {
			answer.FFIO, answer.CSR, answer.FirstRead, answer.Known = s.FFIO.String(), s.CSR.String(), s.FirstRead, s.FirstReadKnown
		}
		w.post(answer)
		return nil
	})
	if err != nil {
		w.post(&bridge.Move{Row: row, Line: sentence(err), Oldest: -1})
	}
}

func (w *worker) quiz(m *bridge.AskQuiz) {
	answer := &bridge.Quiz{Seed: m.Seed}
	err := guard("the quiz", func() error {
		c := w.conversation()
		quiz := learn.NewQuiz(c)
		if q, ok := quiz.QuestionAbout(m.Topic, m.Seed); ok {
			answer.Ask = append(answer.Ask, question(&q))
			if q.Kind == learn.QuestionByte && q.Bytes == nil {
				answer.Shown = excerpt(c, q.Row, nil)
			}
		}
		return nil
	})
	if err != nil {
		answer.Error = sentence(err)
	}
	w.post(answer)
}

func (w *worker) frames(row int) {
	answer := &bridge.Frames{Row: row}
	err := guard("the frame builder", func() error {
		c := w.conversation()
		r := c.Log.At(row)
		if r.Kind == walcore.Diagnostic {
			return mistake("a diagnostic has no message; select a request or a response")
		}
		if r.Flags&walcore.FlagNoData != 0 {
			return mistake("a log does not have the bytes of its messages; open the capture itself")
		}
		items, err := c.Exchange(row)
		if err != nil {
			return err
		}
		answer.Rows = c.ExchangeRows(row)
		answer.Items = string(learn.AppendItems(nil, items))
		return nil
	})
	if err != nil {
		answer.Error = sentence(err)
	}
	w.post(answer)
}

// excerpt is the beginning of a row's message; empty where it has no bytes.
func excerpt(c learn.Conversation, row int, marks []learn.Mark) (e bridge.Excerpt) {
	r := c.Log.At(row)
	if r.Kind == walcore.Diagnostic || r.Flags&walcore.FlagNoData != 0 {
		return e
	}
	n := int(min(r.Length, shownHead))
	head, err := c.Bytes(row, n)
	if err != nil {
		return e // the step stands without its bytes
	}
	e.Head = head
	for _, m := range marks {
		e.Marks = append(e.Marks, bridge.ByteMark{Offset: m.Offset, Length: m.Length, Label: m.Label})
	}
	return e
}

func question(q *learn.Question) bridge.Question {
	out := bridge.Question{
		Form: uint8(q.Kind), Prompt: q.Prompt, Shown: string(walcore.AppendVisible(nil, q.Shown)), Bytes: q.Bytes, Unit: q.Unit,
		Answer: q.Answer, Length: q.Length, Why: q.Why, Hint: q.Hint, Row: q.Row, Address: q.Address,
	}
	for _, h := range q.Hints {
		out.Hints = append(out.Hints, bridge.Hint(h))
	}
	for _, choice := range q.Choices {
		out.Choices = append(out.Choices, string(walcore.AppendVisible(nil, choice)))
	}
	return out
}

// line is a row's line as a screen shows it.
func line(c learn.Conversation, row int) string {
	text, _ := c.Log.AppendVisibleText(nil, row, lineLimit)
	return string(text)
}
