package inspect

import (
	"encoding/binary"
	"strconv"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// A Part is a piece of a sentence.
type Part struct {
	Text string
	Kind PartKind
	Row  uint32 // of PartRow
}

// PartKind says what a part of a sentence is.
type PartKind uint8

// The kinds of parts.
const (
	PartText  PartKind = iota
	PartValue          // a number or bytes, as they stand in the message or a rule
	PartRow            // a row's number, to go to
)

// An Explanation is why a message has the length it has.
type Explanation struct {
	Title     string
	Sentences [][]Part
}

// String is the explanation as text, a sentence a line.
func (e *Explanation) String() string {
	b := append([]byte(e.Title), '\n')
	for _, s := range e.Sentences {
		for _, p := range s {
			b = append(b, p.Text...)
		}
		b = append(b, '\n')
	}
	return string(b)
}

// Why derives the length of the message in row i from the rule that gave it
// (docs/protocol.md, section 2). Of a diagnostic, which is no message, it tells
// what only the log around it shows, if there is such. head is the message's first bytes, at least
// sata.MaxHead of them or all; without any, what the log knows must do.
func (x *Index) Why(i int, head []byte) Explanation {
	r := x.log.At(i)
	if uint64(len(head)) > r.Length {
		head = head[:r.Length]
	}
	w := why{x: x, i: i, r: r, head: head}
	w.e.Title = string(append(appendBytesWord([]byte("Why is it "), r.Length), " long?"...))
	if r.Flags&walcore.FlagNoData != 0 && r.Kind != walcore.Diagnostic {
		if r.Length == 0 {
			w.e.Title = "How long is it?"
		}
		w.say("This row is a line of a log, which does not have the message's bytes: how long it was is known only where the protocol leaves no choice, or where the line says it.")
		return w.e
	}
	switch r.Kind {
	case walcore.Request:
		w.request()
	case walcore.Response:
		w.response()
	case walcore.Written:
		w.written()
	case walcore.Diagnostic:
		w.e.Title = "What is this?"
		if walcore.Code(r.Op) == walcore.CodeReadEnd {
			w.borneOut()
		}
	}
	return w.e
}

type why struct {
	x    *Index
	i    int
	r    *walcore.Record
	head []byte
	e    Explanation
}

// A val is a part of a sentence that is a value, a row one that is a row.
type val string
type row uint32

func num(n uint64) val    { return val(strconv.FormatUint(n, 10)) }
func hexVal(n uint64) val { return val(appendHex(nil, n, 1)) }

// say adds a sentence of texts, vals and rows.
func (w *why) say(parts ...any) {
	var s []Part
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			if n := len(s); n > 0 && s[n-1].Kind == PartText {
				s[n-1].Text += p
				continue
			}
			s = append(s, Part{Text: p})
		case val:
			s = append(s, Part{Text: string(p), Kind: PartValue})
		case row:
			s = append(s, Part{Text: string(AppendCount(nil, uint64(p)+1)), Kind: PartRow, Row: uint32(p)})
		}
	}
	w.e.Sentences = append(w.e.Sentences, s)
}

// header tells what a message's own header says of its length, and whether that
// is its length.
func (w *why) header() {
	if w.r.Length == 0 {
		w.say("It is empty: the file itself says so. A message has at least a header, of ", val("0x20"), " bytes.")
		return
	}
	if len(w.head) == 0 {
		w.say("An ordinary message is ", val("0x20"), " bytes of header and as many more as the header's data length says. Its bytes can't be read again here.")
		return
	}
	if len(w.head) < sata.HeaderSize {
		w.say("It is shorter than a header, which has ", val("0x20"), " bytes: the file itself says where it ends.")
		return
	}
	n := uint64(binary.BigEndian.Uint32(w.head))
	w.say("The header's data length, at ", val("0x00"), ", is ", num(n), "; with the header itself that makes ", val("0x20 + "+string(num(n))), " = ", num(sata.HeaderSize+n), " bytes.")
	if sata.HeaderSize+n != w.r.Length {
		w.say("It has ", num(w.r.Length), " all the same: the file itself says where it ends, and a message's data length is not held against that.")
	}
}

func (w *why) request() {
	w.header()
	command, known := w.r.Command()
	if !known {
		if len(w.head) >= sata.RequestSize {
			w.say("Its command, ", hexVal(uint64(binary.BigEndian.Uint32(w.head[0x30:]))), ", is not known or does not go with what follows, so only the header tells its length.")
		}
		return
	}
	w.rules(sata.RequestLength(command), nil, uint64(command.Spec().Slack))
	if command == sata.WriteFile && w.r.Line == walcore.LineUnknown {
		w.say("The ", num(total(w.r)), " bytes to write stand behind that: without fast file I/O they are part of the message.")
	} else if command == sata.WriteFile {
		if k := w.x.ExchangeOf(w.i); k >= 0 && w.x.Exchange(k).Written != None {
			w.say("The ", w.asked(w.r), " bytes to write are not in it: with fast file I/O they follow without a header, in row ", row(w.x.Exchange(k).Written), ".")
		}
	}
}

// asked is what a ReadFile or WriteFile asks for: 1 × 4096.
func (w *why) asked(q *walcore.Record) val { return num(uint64(q.B)) + " × " + num(uint64(q.C)) }

func (w *why) written() {
	if w.r.Partner == None {
		return
	}
	q := w.x.log.At(int(w.r.Partner))
	w.say(row(w.r.Partner), " asked to write ", w.asked(q), " = ", num(total(q)), " bytes. With fast file I/O they follow the request directly, without a header: only the request says how many they are.")
	if total(q) != w.r.Length {
		w.say("It has ", num(w.r.Length), " all the same: the file itself says so.")
	}
}

func (w *why) response() {
	if shapes := w.x.alone(w.r, w.head); len(shapes) > 0 && shapes[0] == sata.ShapeRead {
		w.readAlone()
		return
	}
	if w.r.Partner == None {
		w.say("No request waits for it, so nothing but its header can tell where it ends.")
		w.header()
		return
	}
	shape := w.x.Shape(w.i)
	if shape == sata.ShapeRead {
		w.read(w.x.log.At(int(w.r.Partner)))
		return
	}
	w.header()
	spec := shape.Spec()
	if len(spec.Fields) == 0 {
		return
	}
	code := sata.Success
	if len(w.head) >= sata.HeaderSize+4 {
		code = sata.Result(binary.BigEndian.Uint32(w.head[sata.HeaderSize:]))
	}
	w.rules(sata.ResponseLength(shape, code), []any{"The answer to " + sata.WithArticle(operationName(w.r.Op))}, 0)
}

// rules says how long the rules make a message, and whether it is. Where the first
// words of a sentence stand for the message, subject says which it is. Slack is how
// many bytes more are taken.
func (w *why) rules(l sata.Length, subject []any, slack uint64) {
	for _, sentence := range l.Why {
		var parts []any
		if rest, is := strings.CutPrefix(sentence, "It "); is && subject != nil {
			parts, sentence, subject = subject, " "+rest, nil
		}
		w.say(append(parts, values(sentence)...)...)
	}
	n := w.r.Length
	if w.r.Line == walcore.LineUnknown && (n < l.Bytes || l.Exact && n > l.Bytes || !l.Exact && slack > 0 && n > l.Bytes+slack) {
		w.say("It has ", num(n), ", so it is read as no such message, and stands in the log as Unknown.")
	}
}

// values is a text with what stands between backquotes in it as values.
func values(text string) (parts []any) {
	for value := false; ; value = !value {
		before, rest, more := strings.Cut(text, "`")
		switch {
		case value:
			parts = append(parts, val(before))
		case before != "":
			parts = append(parts, before)
		}
		if text = rest; !more {
			return parts
		}
	}
}

// read tells the length of an answer to a ReadFile.
func (w *why) read(q *walcore.Record) {
	form, _ := sata.FormOf(w.head)
	if len(w.head) == 0 {
		form = readForm(w.x.log, w.r)
	}
	st := w.x.seek(w.i).known(w.r.Stream)
	if st == nil {
		w.header()
		return
	}
	switch {
	case form == sata.ReadOther && w.r.Line == walcore.LineRead:
		w.say("Its first 32 bytes are neither form of fast file I/O, so it was taken for an ordinary message.")
		w.header()
		return
	case form == sata.ReadOther || w.r.Line != walcore.LineRead:
		if w.r.Length < sata.ReadHeadSize {
			w.say("The answer to a ReadFile has at least ", val("0x24"), " bytes; this has fewer.")
		} else if st.FFIO.On() {
			w.say("It was not read as an answer of fast file I/O.")
		} else {
			w.say("Fast file I/O is " + st.FFIO.String() + " here, so the answer to a read has a header like every other message.")
		}
		w.header()
		return
	}
	w.answer(q, st, form)
}

// readAlone tells the length of an answer of fast file I/O that no request waits
// for: all of the rule that the request is not needed for.
func (w *why) readAlone() {
	form, _ := sata.FormOf(w.head)
	length, _ := sata.ReadAnswer{Form: form, Word: binary.BigEndian.Uint32(w.head[sata.HeaderSize:])}.Length()
	for _, sentence := range length.Why {
		if !strings.HasPrefix(sentence, sata.Asks) {
			w.say(values(sentence)...)
		}
	}
	if form != sata.ReadFailed {
		w.say("How much its request asked for, and so how much stands behind ", val("0x24"), ", is not known: it is taken to be all ", num(w.r.Length-sata.ReadHeadSize), " bytes that are there.")
	}
}

// answer tells how the length of an answer of fast file I/O follows from what was
// asked for and the first read size, and what its bytes are.
func (w *why) answer(q *walcore.Record, st *streamReplay, form sata.ReadForm) {
	a := sata.ReadAnswer{Total: total(q), FirstRead: st.FirstRead, From: sata.FromUsual, Form: form, Word: w.r.B, Asked: string(w.asked(q))}
	switch {
	case st.Pinged:
		a.From = sata.FromPing
	case st.FirstReadKnown:
		a.From = sata.FromRead
	}
	length, _ := a.Length()
	for k, sentence := range length.Why {
		rest, is := strings.CutPrefix(sentence, sata.Asks)
		if !is {
			w.say(values(length.Why[k])...)
			continue
		}
		parts := append([]any{row(w.r.Partner)}, values(strings.TrimSuffix(rest, "."))...)
		w.say(append(parts, ": ", w.filling(), ".")...)
	}
	if form == sata.ReadFailed {
		w.expect(length.Bytes)
		return
	}
	w.chosen(length.Bytes)
}

// filling tells what the bytes behind the head are.
func (w *why) filling() string {
	n, sure := w.x.dataOf(w.i)
	there := w.r.Length - min(w.r.Length, sata.ReadHeadSize)
	switch {
	case !sure:
		return string(appendBytesWord([]byte("at most "), n)) + " of the file, because it is not known where in it the read began, and padding"
	case n == there && n == 0:
		return "nothing follows"
	case n == 0:
		return "all of it padding, because the read began where the file ended"
	case n == there:
		return "all of it data of the file"
	case n == uint64(w.r.B):
		return "the file's " + string(appendBytesWord(nil, n)) + " and " + string(AppendCount(nil, there-n)) + " of padding"
	}
	return string(appendBytesWord(nil, n)) + " of the file and " + string(AppendCount(nil, there-n)) + " of padding"
}

// chosen tells of the other rule, where two ends were possible and the decoder
// had to choose.
func (w *why) chosen(server uint64) {
	for k := w.i - 1; k >= max(0, w.i-16); k-- {
		r := w.x.log.At(k)
		if r.Kind != walcore.Diagnostic || r.Stream != w.r.Stream || r.Offset != w.r.Offset {
			continue
		}
		switch walcore.Code(r.Op) {
		case walcore.CodeReadEnd:
			w.say("Another rule, that of the reference's capture tool, would give ", num(uint64(r.B)), " bytes, the server's gives ", num(server), ". What follows in the conversation bears out ", num(w.r.Length), "; row ", row(uint32(k)), " tells of it.")
			return
		case walcore.CodeFirstRead:
			w.say("The first read size was not known before: what follows in the conversation shows that this read ended after ", num(w.r.Length), " bytes, so it is ", num(r.A), "; row ", row(uint32(k)), " tells of it.")
			return
		}
	}
	w.expect(server)
}

// borneOut tells whether the next answer begins where a read was taken to end.
func (w *why) borneOut() {
	end := w.r.Offset + int64(w.r.Length)
	for k := w.i + 1; k < w.x.log.Len(); k++ {
		r := w.x.log.At(k)
		if r.Kind != walcore.Response || r.Stream != w.r.Stream || r.Offset < end {
			continue
		}
		if r.Offset == end {
			w.say("It is harmless, and nothing needs to be done: the rest of the conversation fits the ", num(w.r.Length), " bytes that were taken. The next answer begins right behind them, in row ", row(uint32(k)), ".")
			return
		}
		break
	}
	w.say("No answer begins right behind the ", num(w.r.Length), " bytes that were taken, so nothing bears them out: the data of this read may be longer or shorter than shown.")
}

// expect says so where the length is another than the rule gives.
func (w *why) expect(want uint64) {
	if want != w.r.Length {
		w.say("It has ", num(w.r.Length), " bytes all the same: the file itself says where it ends, or what follows in the conversation does.")
	}
}
