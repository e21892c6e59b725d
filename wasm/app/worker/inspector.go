//go:build js && wasm

package worker

import (
	"syscall/js"

	"satascope/inspect"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

const (
	// maxAsked bounds the bytes given in one answer: what a person copies.
	maxAsked = 1 << 20
	// saveChunk is how much of a message's data is read at once to be saved.
	saveChunk = 256 << 10
)

// inspect is the index of the log, as far as that goes by now. There is another
// log, and so another index, when the file is read once more (bridge.Progress).
func (w *worker) inspect() *inspect.Index {
	if log := w.decoder.Log(); w.index == nil || w.index.Log() != log {
		w.index = inspect.New(log)
		w.index.SetNotes(w.looker.notes.note)
	}
	return w.index
}

// bytes appends n bytes of one direction of a stream, read again from the file;
// on an error those before it. It blocks, and one waits for the other.
func (w *worker) bytes(dst []byte, stream uint32, fromServer bool, offset int64, n int) ([]byte, error) {
	w.reading.Lock()
	defer w.reading.Unlock()
	return w.decoder.Bytes(dst, stream, fromServer, offset, n)
}

// rest is a walcore.Rest.
func (w *worker) rest(dst []byte, r *walcore.Record, offset uint64, n int) ([]byte, error) {
	w.reading.Lock()
	defer w.reading.Unlock()
	return w.decoder.Rest(dst, r, offset, n)
}

// has says whether the log has a row.
func (w *worker) has(row int) bool { return row >= 0 && row < w.decoder.Log().Len() }

// handleInspector takes a message of the page's inspector or strip.
func (w *worker) handleInspector(m bridge.Message) {
	switch m := m.(type) {
	case *bridge.AskMessage:
		if w.has(m.Row) {
			go w.message(m.Row)
		}
	case *bridge.AskBytes:
		if w.has(m.Row) {
			go w.answerBytes(m)
		}
	case *bridge.AskState:
		if w.has(m.Row) {
			w.post(moment(w.inspect(), m.Row))
		}
	case *bridge.AskPackets:
		if answer := answerPackets(w.decoder, m); answer != nil {
			w.post(answer)
		}
	case *bridge.AskActivity:
		w.post(activity(w.decoder, w.inspect(), m))
	case *bridge.AskRowAt:
		w.post(&bridge.RowAt{Row: w.inspect().RowAt(m.Time)})
	case *bridge.SaveData:
		go w.saveData(m)
	case *bridge.Carve:
		w.startCarve(m)
	}
}

// message answers with what a row means.
func (w *worker) message(row int) {
	var head []byte
	lack := ""
	err := guard("the inspector", func() error {
		var err error
		if head, err = w.head(row); err != nil {
			lack = sentence(err)
		}
		w.post(inspected(w.decoder, w.inspect(), row, head, lack))
		return nil
	})
	if err != nil {
		w.post(&bridge.Inspected{Row: row, Lack: sentence(err)})
	}
}

// head is the first bytes of a row's message, as many as its fields want.
func (w *worker) head(row int) ([]byte, error) {
	log := w.decoder.Log()
	r := log.At(row)
	n := int(min(r.Length, inspect.MessageHead))
	if r.Kind == walcore.Diagnostic || n == 0 {
		return nil, nil
	}
	if kept := log.Kept(r); len(kept) >= n {
		return kept[:n], nil
	}
	if lacks(w.decoder, r) != "" {
		return nil, nil
	}
	return w.bytes(nil, r.Stream, r.FromServer(), r.Offset, n)
}

func (w *worker) answerBytes(m *bridge.AskBytes) {
	answer := &bridge.Bytes{Row: m.Row, At: m.At, Copy: m.Copy}
	err := guard("reading bytes again", func() (err error) {
		r := w.decoder.Log().At(m.Row)
		answer.Body, err = w.bytes(nil, r.Stream, r.FromServer(), m.At, min(max(m.Count, 0), maxAsked))
		return err
	})
	if err != nil {
		answer.Error = sentence(err)
	}
	w.post(answer)
}

// saveData makes a file of the data in a row.
func (w *worker) saveData(m *bridge.SaveData) {
	done := &bridge.DataSaved{Seq: m.Seq}
	blob := js.Undefined()
	err := guard("saving", func() error {
		if !w.has(m.Row) {
			return mistake("there is no such row")
		}
		head, err := w.head(m.Row)
		if err != nil {
			return err
		}
		x, r := w.inspect(), w.decoder.Log().At(m.Row)
		message := x.Message(m.Row, head)
		done.Name = dataName(x, m.Row)
		sink := browser.NewBlobSink()
		var buf []byte
		for at, end := message.DataOffset, message.DataOffset+message.DataLength; at < end; {
			n := int(min(end-at, saveChunk))
			if buf, err = w.bytes(buf[:0], r.Stream, r.FromServer(), r.Offset+at, n); err != nil {
				return err
			}
			if _, err := sink.Write(buf); err != nil {
				return err
			}
			at += int64(n)
		}
		blob, err = sink.Close()
		return err
	})
	if err != nil {
		done.Error = sentence(err)
	}
	w.send(done, blob)
}

// sentence is an error for people: what comes from the file in it is harmless.
func sentence(err error) string { return string(walcore.AppendVisible(nil, err.Error())) }
