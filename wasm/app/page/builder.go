//go:build js && wasm

package page

import (
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/learn"
	"satascope/sata"
	"satascope/wasm/app/bridge"
)

// A builder is the frame builder: a chain of frames, one of which is edited, as
// fields or as bytes, and the log that the chain gives. It needs no worker.
//
// What counts are the bytes of the items; everything else is made from them
// again after each change. What a person is typing in is left alone.
type builder struct {
	l      *lessons
	dialog dom.HTMLElement
	items  []learn.Item
	first  [][]byte // by item: its bytes as they came, to show what was changed
	at     int      // the item that is edited
	row    int      // of the capture, whose exchange was asked for
	played *learn.Played
	before string // the address's fragment before the builder was opened
	linked func() // stops the timer that writes the address

	chain, kind, problem, exchange, fit, fixLength, note dom.HTMLElement
	fields, bytes, bytesNote, tail, tailNote             dom.HTMLElement
	log, take, said, code, codeAs, link                  dom.HTMLElement
	written, frame                                       dom.HTMLElement
	rows                                                 []fieldRow
}

// A fieldRow is a field in the form.
type fieldRow struct {
	field           sata.Field
	el, input, note dom.HTMLElement
}

func newBuilder(l *lessons) *builder {
	b := &builder{l: l, dialog: byID("builder")}
	for id, el := range map[string]*dom.HTMLElement{
		"chain": &b.chain, "kind": &b.kind, "problem": &b.problem, "exchange": &b.exchange, "fit": &b.fit, "fix-length": &b.fixLength, "note": &b.note,
		"fields": &b.fields, "bytes": &b.bytes, "bytes-note": &b.bytesNote, "tail": &b.tail, "tail-note": &b.tailNote,
		"log": &b.log, "take": &b.take, "said": &b.said, "code": &b.code, "code-as": &b.codeAs, "link": &b.link,
		"written": &b.written, "frame": &b.frame,
	} {
		*el = byID("builder-" + id)
	}
	for _, s := range sata.Commands {
		for _, id := range []string{"builder-add", "builder-kind"} {
			option := element("option", "", s.Name)
			option.SetAttribute("value", strconv.Itoa(int(s.Command)))
			byID(id).AppendChild(option)
		}
	}
	setValue(byID("builder-add"), strconv.Itoa(int(sata.OpenFile)))
	for i, name := range learn.Languages {
		option := element("option", "", name)
		option.SetAttribute("value", strconv.Itoa(i))
		b.codeAs.AppendChild(option)
	}
	click := func(id string, do func()) { on(byID("builder-"+id), "click", func(dom.Event) { do() }) }
	click("close", func() { closeDialog(b.dialog) })
	click("add-request", func() {
		b.add(learn.Item{Bytes: learn.NewRequest(chosenCommand(byID("builder-add"))).Bytes})
	})
	click("add-response", b.addResponse)
	click("add-written", b.addWritten)
	click("remove", b.remove)
	click("earlier", func() { b.move(-1) })
	click("later", func() { b.move(1) })
	click("fit", func() { b.change(func(f *learn.Frame) error { f.Fit(); return nil }) })
	click("fix-length", func() { b.change(func(f *learn.Frame) error { f.FixLength(); return nil }) })
	click("take", func() { b.ask(b.l.row) })
	click("show", b.showInLog)
	click("restore", func() {
		b.change(func(f *learn.Frame) error { return f.SetBytes(b.first[b.at]) })
	})
	click("copy", func() { copyText(textOf(b.code), b.said) })
	click("copy-link", func() { copyText(value(b.link), b.said) })
	on(b.dialog, "close", func(dom.Event) { b.closed() })
	on(b.kind, "change", func(dom.Event) {
		b.change(func(f *learn.Frame) error { f.Change(chosenCommand(b.kind)); return nil })
	})
	on(b.bytes, "input", func(dom.Event) {
		b.try(b.bytesNote, func(f *learn.Frame) error {
			raw, err := learn.ParseRuns(value(b.bytes), learn.MaxFrame)
			if err != nil {
				return err
			}
			return f.SetBytes(raw)
		})
	})
	on(b.tail, "input", func(dom.Event) {
		b.try(b.tailNote, func(f *learn.Frame) error {
			raw, err := learn.ParseRuns(value(b.tail), learn.MaxFrame)
			if err != nil {
				return err
			}
			return f.SetTail(raw)
		})
	})
	for _, el := range []dom.HTMLElement{b.bytes, b.tail} {
		on(el, "blur", func(dom.Event) { b.render() })
	}
	on(b.codeAs, "change", func(dom.Event) { b.render() })
	for _, id := range []string{"builder-written-fd", "builder-written-length"} {
		on(byID(id), "input", func(dom.Event) { b.changeWritten() })
	}
	return b
}

func chosenCommand(el dom.Node) sata.Command {
	n, _ := strconv.Atoi(value(el))
	return sata.Command(n)
}

// begin opens the builder, with an exchange to begin with when it is empty.
func (b *builder) begin() {
	if len(b.items) == 0 {
		b.set([]learn.Item{
			{Bytes: learn.NewRequest(sata.OpenFile).Bytes},
			{Kind: learn.ItemResponse, Bytes: learn.NewResponse(sata.OpenFile, 0, sata.Success).Bytes},
		})
	}
	b.open()
}

// beginWith opens the builder with the exchange of a row.
func (b *builder) beginWith(row int) {
	b.begin()
	b.ask(row)
}

// ask asks for the exchange of a row.
func (b *builder) ask(row int) {
	b.said.SetTextContent("Reading the bytes…")
	b.row = row
	b.l.p.client.post(&bridge.AskFrames{Row: row})
}

// showInLog opens the chain as a capture.
func (b *builder) showInLog() {
	if len(b.items) == 0 {
		return
	}
	b.before = learn.ExchangeName + string(learn.AppendItems(nil, b.items))
	closeDialog(b.dialog)
	b.l.showExchange(b.before)
}

func (b *builder) open() {
	if !b.dialog.HasAttribute("open") {
		b.before = fragment()
		if _, ours, _ := learn.ParseFragment(b.before); ours {
			b.before = ""
		}
	}
	openDialog(b.dialog)
	b.chosen()
	b.render()
}

// closed gives the address back what it had before.
func (b *builder) closed() {
	if b.linked != nil {
		b.linked()
		b.linked = nil
	}
	setFragment(b.before)
}

// setFragment puts a fragment into the address, without a new entry in the
// history and without following it.
func setFragment(text string) {
	address := js.Global().Get("location").Get("pathname").String() + js.Global().Get("location").Get("search").String()
	if text != "" {
		address += "#" + text
	}
	js.Global().Get("history").Call("replaceState", js.Null(), "", address)
}

// follow opens the frames of a link.
func (b *builder) follow(text string) bool {
	items, ours, err := learn.ParseFragment(text)
	if !ours {
		return false
	}
	if err != nil {
		b.l.p.problem.fail("The frames of this link can't be read: " + visible(err.Error()) + ". Ask for the link again, or build the frames with Learn, Frame builder.")
		return true
	}
	closeDialog(b.l.menu)
	b.set(items)
	b.open()
	return true
}

// came takes an exchange of the open capture.
func (b *builder) came(m *bridge.Frames) {
	if m.Error != "" {
		b.said.SetTextContent(sentence(m.Error))
		return
	}
	items, err := learn.ParseItems(m.Items)
	if err != nil {
		b.said.SetTextContent(sentence(visible(err.Error())))
		return
	}
	b.set(items)
	for i, row := range m.Rows {
		if row == b.row && i < len(items) {
			b.at = i
		}
	}
	b.said.SetTextContent("This is the exchange of row " + count(m.Row+1) + ". What you change here is not changed in the capture.")
	b.render()
}

// chosen says whether there is a row to take a frame from.
func (b *builder) chosen() {
	can := b.l.row >= 0 && b.l.ready() && !b.l.finding
	enable(b.take, can)
	if can {
		b.take.SetTextContent("Take row " + count(b.l.row+1) + " from the capture")
	} else {
		b.take.SetTextContent("Take the selected row")
	}
}

// set takes another chain.
func (b *builder) set(items []learn.Item) {
	b.items, b.at = items, 0
	b.first = nil
	for _, it := range items {
		b.first = append(b.first, it.Bytes)
	}
	b.said.SetTextContent("")
	b.replay()
}

func (b *builder) replay() { b.played = learn.Play(b.items) }

// add puts an item behind the one that is edited.
func (b *builder) add(it learn.Item) {
	if len(b.items) >= learn.MaxChainItems {
		b.said.SetTextContent("A chain has at most " + count(learn.MaxChainItems) + " frames.")
		return
	}
	at := min(b.at+1, len(b.items))
	b.items = append(b.items[:at:at], append([]learn.Item{it}, b.items[at:]...)...)
	b.first = append(b.first[:at:at], append([][]byte{it.Bytes}, b.first[at:]...)...)
	b.at = at
	b.replay()
	b.render()
}

// addResponse adds the response to the request that has waited longest.
func (b *builder) addResponse() {
	var waiting []sata.Request
	for i := 0; i <= b.at && i < len(b.items); i++ {
		switch b.items[i].Kind {
		case learn.ItemRequest:
			var r sata.Request
			if sata.ParseRequest(b.items[i].Bytes, uint64(len(b.items[i].Bytes)), &r) != nil {
				r.Command = ^sata.Command(0)
			}
			waiting = append(waiting, r)
		case learn.ItemResponse:
			waiting = waiting[min(1, len(waiting)):]
		}
	}
	if len(waiting) == 0 {
		b.said.SetTextContent("No request waits here for a response: add a request first.")
		return
	}
	b.add(learn.Item{Kind: learn.ItemResponse, Bytes: learn.NewResponse(waiting[0].Command, waiting[0].Query, sata.Success).Bytes})
}

// addWritten adds the data of the last WriteFile up to here.
func (b *builder) addWritten() {
	for i := min(b.at, len(b.items)-1); i >= 0; i-- {
		var r sata.Request
		it := b.items[i]
		if it.Kind == learn.ItemRequest && sata.ParseRequest(it.Bytes, uint64(len(it.Bytes)), &r) == nil && r.Command == sata.WriteFile {
			b.add(learn.Item{Kind: learn.ItemWritten, FD: r.FD, Length: uint64(r.BlockCount) * uint64(r.BlockSize)})
			return
		}
	}
	b.said.SetTextContent("Data belongs to a WriteFile: add such a request first.")
}

func (b *builder) remove() {
	if len(b.items) == 0 {
		return
	}
	b.items = append(b.items[:b.at:b.at], b.items[b.at+1:]...)
	b.first = append(b.first[:b.at:b.at], b.first[b.at+1:]...)
	b.at = max(0, min(b.at, len(b.items)-1))
	b.replay()
	b.render()
}

// move changes places with the item before or behind.
func (b *builder) move(by int) {
	to := b.at + by
	if to < 0 || to >= len(b.items) {
		return
	}
	b.items[b.at], b.items[to] = b.items[to], b.items[b.at]
	b.first[b.at], b.first[to] = b.first[to], b.first[b.at]
	b.at = to
	b.replay()
	b.render()
}

// current is the frame that is edited, nil for none.
func (b *builder) current() *learn.Frame {
	if b.at < len(b.played.Frames) {
		return b.played.Frames[b.at]
	}
	return nil
}

// change does something with the frame, and shows what came of it.
func (b *builder) change(do func(*learn.Frame) error) error {
	f := b.current()
	if f == nil {
		return nil
	}
	if err := do(f); err != nil {
		return err
	}
	b.items[b.at].Bytes = f.Bytes
	b.replay()
	b.render()
	return nil
}

// try does something that a person is typing, and says beside it what is wrong.
func (b *builder) try(note dom.HTMLElement, do func(*learn.Frame) error) {
	err := b.change(do)
	text := ""
	if err != nil {
		text = sentence(visible(err.Error()))
	}
	note.SetTextContent(text)
	show(note, text != "")
}

func (b *builder) changeWritten() {
	if b.at >= len(b.items) || b.items[b.at].Kind != learn.ItemWritten {
		return
	}
	it := &b.items[b.at]
	fd, err1 := strconv.ParseInt(value(byID("builder-written-fd")), 0, 32)
	n, err2 := strconv.ParseUint(value(byID("builder-written-length")), 0, 64)
	note := byID("builder-written-note")
	if err1 != nil || err2 != nil {
		note.SetTextContent("Expected a descriptor (a number of 32 bits) and a length in bytes.")
		return
	}
	note.SetTextContent("")
	it.FD, it.Length = int32(fd), n
	b.replay()
	b.render()
}

// render shows the chain as it is. The element that has the focus keeps what a
// person types into it.
func (b *builder) render() {
	b.renderChain()
	b.renderFrame()
	b.renderLog()
	b.renderLink()
}

// name is what an item is, in words.
func (b *builder) name(i int) string {
	it, f := b.items[i], b.played.Frames[i]
	if it.Kind == learn.ItemWritten {
		return "data, " + counted(int(min(it.Length, 1<<31)), "byte")
	}
	command := "unknown"
	if s := f.Command.Spec(); s != nil {
		command = s.Name
	}
	if it.Kind == learn.ItemRequest {
		return command
	}
	return "to " + command
}

func (b *builder) renderChain() {
	had := b.chain.Underlying().Call("contains", js.Global().Get("document").Get("activeElement")).Bool()
	clearAll(b.chain)
	for i, it := range b.items {
		arrow, class := "→ ", "in"
		switch it.Kind {
		case learn.ItemResponse:
			arrow, class = "← ", "out"
		case learn.ItemWritten:
			arrow, class = "⇢ ", "oob"
		}
		item := element("li", "", "")
		choose := button(class, arrow+b.name(i), func() {
			b.at = i
			b.said.SetTextContent("")
			b.render()
		})
		if i == b.at {
			choose.SetAttribute("aria-current", "true")
		}
		item.AppendChild(choose)
		b.chain.AppendChild(item)
		if had && i == b.at {
			choose.Underlying().Call("focus")
		}
	}
	enable(byID("builder-remove"), len(b.items) > 0)
	enable(byID("builder-earlier"), b.at > 0)
	enable(byID("builder-later"), b.at+1 < len(b.items))
}

func (b *builder) renderFrame() {
	f := b.current()
	show(b.frame, f != nil)
	isWritten := b.at < len(b.items) && b.items[b.at].Kind == learn.ItemWritten
	show(b.written, isWritten)
	if isWritten {
		it := b.items[b.at]
		b.keep(byID("builder-written-fd"), strconv.Itoa(int(it.FD)))
		b.keep(byID("builder-written-length"), strconv.FormatUint(it.Length, 10))
	}
	if f == nil {
		return
	}
	show(byID("builder-kind-label"), f.Request)
	what := "Request: the devkit asks the host."
	if f.Request {
		setValue(b.kind, strconv.Itoa(int(f.Command)))
		if f.Command.Spec() == nil {
			b.kind.Underlying().Set("selectedIndex", -1)
		}
	} else {
		what = "Response " + b.name(b.at) + "."
	}
	what += " " + counted(len(f.Bytes), "byte") + "."
	b.note.SetTextContent(what)
	problem := ""
	if err := f.Problem(); err != nil {
		problem = "It does not parse: " + visible(err.Error()) + "."
	}
	length := f.LengthNote()
	if problem != "" && length != "" {
		problem += " "
	}
	b.problem.SetTextContent(problem + sentence(length))
	show(b.problem, textOf(b.problem) != "")
	exchange := b.played.ExchangeNote(b.at)
	prose(b.exchange, exchange)
	show(b.exchange, exchange != "")
	show(b.fit, f.Problem() != nil)
	show(b.fixLength, length != "")
	values, tail := f.Values()
	b.renderFields(f, values)
	b.renderChanged(f)
	b.keep(b.bytes, string(learn.AppendCode(nil, learn.LanguageHex, "", f.Bytes)))
	b.keep(b.tail, string(learn.AppendRuns(nil, tail)))
	language, _ := strconv.Atoi(value(b.codeAs))
	b.code.SetTextContent(string(learn.AppendCode(nil, learn.Language(language), codeName(learn.Language(language)), f.Bytes)))
}

// renderChanged lights the bytes that are other than they were at first.
func (b *builder) renderChanged(f *learn.Frame) {
	marks := learn.Changed(b.first[b.at], f)
	show(byID("builder-changed"), len(marks) > 0)
	if len(marks) == 0 {
		return
	}
	var lit []bridge.ByteMark
	for _, m := range marks {
		lit = append(lit, bridge.ByteMark{Offset: m.Offset, Length: m.Length, Label: m.Label})
	}
	showBytes(byID("builder-diff"), f.Bytes, lit, nil)
	legend(byID("builder-diff-legend"), lit)
}

// codeName is what the bytes are called in a program.
func codeName(l learn.Language) string {
	if l == learn.LanguageRust {
		return "FRAME"
	}
	return "frame"
}

// keep sets what stands in an input, unless a person types in it.
func (b *builder) keep(el dom.HTMLElement, text string) {
	if !js.Global().Get("document").Get("activeElement").Equal(el.Underlying()) {
		setValue(el, text)
		el.SetAttribute("aria-invalid", "false")
		if note := map[dom.HTMLElement]dom.HTMLElement{b.bytes: b.bytesNote, b.tail: b.tailNote}[el]; note != nil {
			show(note, false)
		}
	}
}

// renderFields shows the fields. Their elements stay while the layout does, so
// that the focus does.
func (b *builder) renderFields(f *learn.Frame, values []learn.Value) {
	same := len(values) == len(b.rows)
	for i := 0; same && i < len(values); i++ {
		same = b.rows[i].field == values[i].Field
	}
	if !same {
		b.makeFields(f, values)
	}
	var was []learn.Value
	if b.first[b.at] != nil {
		old := *f
		if old.SetBytes(b.first[b.at]) == nil {
			was, _ = old.Values()
		}
	}
	for i := range values {
		r := &b.rows[i]
		b.keep(r.input, values[i].Text)
		note := ""
		if len(values[i].Remains) > 0 {
			note = counted(len(values[i].Remains), "byte") + " behind the NUL are not zero; they are ignored. "
		}
		changed := i < len(was) && was[i].Field == values[i].Field && was[i].Text != values[i].Text
		if changed {
			note += "It was " + visible(was[i].Text)
			if was[i].Text == "" {
				note += "empty"
			}
			note += "."
		}
		class := "field"
		if changed {
			class += " changed"
		}
		setClass(r.el, class)
		if r.input.GetAttribute("aria-invalid") != "true" {
			r.note.SetTextContent(note)
		}
	}
}

// makeFields makes the form for a layout.
func (b *builder) makeFields(f *learn.Frame, values []learn.Value) {
	clearAll(b.fields)
	b.rows = nil
	for i, v := range values {
		field := v.Field
		id := "builder-field-" + strconv.Itoa(i)
		row := element("div", "field", "")
		label := element("label", "", field.Name)
		label.SetAttribute("for", id)
		where := element("small", "", learn.Hex(uint64(field.Offset))+" · "+counted(field.Length, "byte"))
		input := element("input", "", "")
		note := element("p", "said", "")
		for name, text := range map[string]string{"id": id, "autocomplete": "off", "spellcheck": "false", "aria-describedby": id + "-about " + id + "-note"} {
			input.SetAttribute(name, text)
		}
		note.SetAttribute("id", id+"-note")
		note.SetAttribute("role", "status")
		if choices := f.Choices(&field); len(choices) > 0 {
			list := element("datalist", "", "")
			list.SetAttribute("id", id+"-choices")
			for _, c := range choices {
				option := element("option", "", c.Meaning)
				option.SetAttribute("value", c.Text)
				list.AppendChild(option)
			}
			input.SetAttribute("list", id+"-choices")
			row.AppendChild(list)
		}
		on(input, "input", func(dom.Event) {
			err := b.change(func(f *learn.Frame) error { return f.Set(i, value(input)) })
			if err != nil {
				input.SetAttribute("aria-invalid", "true")
				note.SetTextContent(sentence(visible(err.Error())))
				return
			}
			input.SetAttribute("aria-invalid", "false")
			b.render()
		})
		on(input, "blur", func(dom.Event) { b.render() })
		about := element("p", "about", sentence(field.Meaning)+" ")
		about.SetAttribute("id", id+"-about")
		what := reference(fieldAddress(f, &field), "What is this?")
		what.SetAttribute("aria-label", "What is this? "+field.Name)
		about.AppendChild(what)
		for _, el := range []dom.HTMLElement{label, where, input, about, note} {
			row.AppendChild(el)
		}
		b.fields.AppendChild(row)
		b.rows = append(b.rows, fieldRow{field, row, input, note})
	}
}

// fieldAddress is where the reference explains a field of a frame.
func fieldAddress(f *learn.Frame, field *sata.Field) string {
	for _, shared := range [][]sata.Field{sata.HeaderFields, sata.CommandInfoFields} {
		for i := range shared {
			if shared[i] == *field {
				return learn.HeaderAddress(field)
			}
		}
	}
	switch {
	case f.Command.Spec() == nil:
		return learn.Folder + learn.PageMessages
	case f.Request:
		return learn.RequestFieldAddress(f.Command, field)
	}
	return learn.ResponseFieldAddress(f.Command, f.Shape, field)
}

// renderLog shows the log of the chain, the lines of the edited frame marked.
func (b *builder) renderLog() {
	clearAll(b.log)
	own := -1
	if b.at < len(b.played.Rows) {
		own = b.played.Rows[b.at]
	}
	const most = 500 // lines that are shown
	n := b.played.Log.Len()
	for i := 0; i < min(n, most); i++ {
		text, _ := b.played.Log.AppendVisibleText(nil, i, 4096)
		class := ""
		switch line := string(text); {
		case strings.HasPrefix(line, "->"):
			class = "in"
		case strings.HasPrefix(line, "<-"):
			class = "out"
		case strings.HasPrefix(line, "  ->"):
			class = "oob"
		default:
			class = "diag"
		}
		if i == own {
			class += " own"
		}
		b.log.AppendChild(element("span", class, string(text)))
	}
	if n > most {
		b.log.AppendChild(element("span", "aside", count(n-most)+" more lines"))
	}
}

// renderLink writes the link, and, when typing rests, the address.
func (b *builder) renderLink() {
	text := string(learn.AppendFragment(nil, b.items))
	if len(b.items) == 0 {
		text = ""
	}
	location := js.Global().Get("location")
	setValue(b.link, location.Get("origin").String()+location.Get("pathname").String()+"#"+text)
	if b.linked != nil {
		b.linked()
	}
	b.linked = after(250, func() {
		b.linked = nil
		if b.dialog.HasAttribute("open") && len(text) < 64<<10 { // longer addresses are refused here and there
			setFragment(text)
		}
	})
}
