package worker

import (
	"bytes"
	"context"

	"satascope/capture"
	"satascope/carve"
	"satascope/decode"
	"satascope/inspect"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// findAgain decodes a part of a conversation, as its reader will, and tells where
// its rows are now: the one of a link, and those with notes; and whether the
// filter that is shown leaves the same of them. options are those that the whole
// was decoded with, y is its index.
func findAgain(ctx context.Context, told *bridge.Carved, m *bridge.Carve, whole *decode.Decoder, y *inspect.Index, options decode.Options, s *carve.Selection, part []byte, notes *notes) error {
	if port := whole.Summary().Port; options.Port == 0 && !options.Server.IsValid() && port != decode.DefaultPort {
		// What is in the part may be too little to tell.
		options.Port, told.Port = port, port
	}
	d := decode.New(options, capture.FromBytes("part.pcapng", part))
	defer d.Close()
	if err := d.Run(ctx); err != nil {
		return err
	}
	from, to := whole.Log(), d.Log()
	x := inspect.New(to)
	x.Update(to.Len())
	shown, wrong := y.Compile(m.Shown)
	if wrong != nil {
		shown, _ = y.Compile("")
	}
	shownThere, _ := x.Compile(m.Shown)
	told.Checked = true
	told.Holds = wrong == nil && shownThere != nil
	told.Same = from.Len() == to.Len()
	var a, b []byte
	same := func(i, k int) bool {
		a, b = from.AppendText(a[:0], i), to.AppendText(b[:0], k)
		return bytes.Equal(a, b)
	}
	at := 0
	for i := range from.Len() {
		told.Same = told.Same && from.At(i).Kind == to.At(i).Kind && from.At(i).Stream == to.At(i).Stream && same(i, i)
		if !s.Has(i) {
			if notes.at(i) != nil {
				told.Left++
			}
			continue
		}
		for at < to.Len() && to.At(at).Kind == walcore.Diagnostic {
			at++
		}
		if at == to.Len() {
			told.Changed++
			continue
		}
		if !same(i, at) {
			told.Changed++
		}
		if i == m.Row {
			told.Row = at
		}
		told.Holds = told.Holds && shown.Match(i) == shownThere.Match(at)
		if note := notes.at(i); note != nil {
			told.Notes = append(told.Notes, bridge.Note{Anchor: anchor(x, at), Marked: note.Marked, Text: note.Text})
		}
		at++
	}
	return nil
}
