package learn

import (
	"math/rand/v2"
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// A Quiz makes questions from a conversation. The same seed gives the same
// question for the same conversation, so a question can be linked to.
type Quiz struct{ g guide }

// NewQuiz makes a quiz about a conversation that is wholly decoded.
func NewQuiz(c Conversation) *Quiz { return &Quiz{guide{c: c, log: c.Log}} }

// A picker makes questions of one kind about a record, when the record lends
// itself to it.
type picker struct {
	kind  string
	topic string // one of QuizTopics, for choosing what to be asked
	pick  func(g *guide, rnd *rand.Rand, i int) (Question, bool)
}

var pickers = []picker{
	{"length", "answer", askLength},
	{"byte", "byte", askWrongByte},
	{"line", "log", askLine},
	{"command", "answer", askCommand},
	{"descriptor", "log", askDescriptor},
	{"padding", "answer", askPadding},
	{"written", "answer", askWritten},
	{"result", "log", askResult},
}

// A QuizTopic is what a person can choose to be asked about.
type QuizTopic struct{ Name, Title string }

// QuizTopics are all topics. The first stands for any.
var QuizTopics = []QuizTopic{{"", "all of it"}, {"answer", "the answer: predict it"}, {"byte", "the bytes: find the wrong one"}, {"log", "the log: what does it say"}}

// QuestionAbout makes the question of a seed about one of QuizTopics. That of the
// next seed is of another kind, where the topic has another.
func (z *Quiz) QuestionAbout(topic string, seed uint64) (q Question, ok bool) {
	rnd := rand.New(rand.NewPCG(seed, 0x5A7A5C09E))
	var of []picker
	for _, p := range pickers {
		if topic == "" || p.topic == topic {
			of = append(of, p)
		}
	}
	for n := range uint64(len(of)) {
		if q, ok = z.ask(of[(seed+n)%uint64(len(of))], rnd); ok {
			return q, true
		}
	}
	return Question{}, false
}

// ask looks for a record that fits, from a random one on.
func (z *Quiz) ask(p picker, rnd *rand.Rand) (Question, bool) {
	n := z.g.log.Len()
	if n == 0 {
		return Question{}, false
	}
	start := rnd.IntN(n)
	for k := range min(n, within) {
		i := (start + k) % n
		if z.g.log.At(i).Flags&walcore.FlagNoData != 0 {
			continue
		}
		if q, ok := p.pick(&z.g, rnd, i); ok {
			q.Row = i
			return q, true
		}
	}
	return Question{}, false
}

// number is how people call a record: from 1.
func number(i int) string { return Count(uint64(i) + 1) }

// shuffle puts the right choice among wrong ones, of which it takes at most
// three that differ from it and from each other. ok is false when there are none.
func (q *Question) shuffle(rnd *rand.Rand, right string, wrong []string) bool {
	had := map[string]bool{right: true}
	q.Kind, q.Choices = QuestionChoice, []string{right}
	for _, w := range rnd.Perm(len(wrong)) {
		if !had[wrong[w]] && len(q.Choices) < 4 {
			had[wrong[w]] = true
			q.Choices = append(q.Choices, wrong[w])
		}
	}
	rnd.Shuffle(len(q.Choices), func(i, j int) { q.Choices[i], q.Choices[j] = q.Choices[j], q.Choices[i] })
	for i, c := range q.Choices {
		if c == right {
			q.Answer = uint64(i)
		}
	}
	return len(q.Choices) > 1
}

// askLength: predict the length of an answer from its request.
func askLength(g *guide, _ *rand.Rand, i int) (q Question, ok bool) {
	r := g.log.At(i)
	if r.Kind != walcore.Request || r.Line != walcore.LineRequest || r.Partner == walcore.None {
		return q, false
	}
	a := g.answerRow(i)
	q = Question{Kind: QuestionNumber, Unit: "bytes", Shown: g.line(i)}
	if read, length, known := g.read(a); known {
		q.Answer, q.Why, q.Address = length.Bytes, length.Why, Folder+PageFraming+"#read"
		q.Prompt = "How long is the answer to this request? It starts with " + formWords(read.Form) + "; the number at `0x20` is " + Count(uint64(read.Word)) + "; the first read size is " + Count(uint64(read.FirstRead)) + "."
		return q.read(read), true
	}
	length, known := g.c.LengthOf(a)
	result, _ := g.log.At(a).Result()
	if !known || !length.Exact || length.Bytes != g.log.At(a).Length || result != sata.Success && r.Op != uint8(sata.WriteFile) {
		return q, false
	}
	q.Prompt = "It succeeds. How long is the response to this request, header and all?"
	q.Answer, q.Why, q.Address = length.Bytes, length.Why, CommandAddress(sata.Command(r.Op))
	return q.pieces(sata.ResponsePieces(g.c.ShapeOf(a), sata.Success)), true
}

func formWords(f sata.ReadForm) string {
	switch f {
	case sata.ReadFirst:
		return "`C4 00 24 02`"
	case sata.ReadFailed:
		return "`C4 00 FE 00 20`"
	}
	return "32 zeros"
}

// frame is the frame of record i when its bytes are there and not too many to
// look at.
func (g *guide) frame(i, most int) (*Frame, bool) {
	r := g.log.At(i)
	if r.Length > uint64(most) || r.Kind == walcore.Written || r.Kind == walcore.Diagnostic {
		return nil, false
	}
	b, err := g.c.Bytes(i, most)
	if err != nil || uint64(len(b)) != r.Length {
		return nil, false
	}
	if r.Kind == walcore.Request {
		return RequestFrame(b), true
	}
	if r.Partner == walcore.None || r.Op == walcore.OpUnknown {
		return nil, false
	}
	return ResponseFrame(b, sata.Command(r.Op), sata.Query(g.log.At(int(r.Partner)).B)), true
}

// askWrongByte changes one byte of a message so that it is none any more.
func askWrongByte(g *guide, rnd *rand.Rand, i int) (q Question, ok bool) {
	f, ok := g.frame(i, 0x500)
	if !ok || f.headless() || f.Problem() != nil || f.LengthNote() != "" {
		return q, false
	}
	type change struct {
		at      int
		to      byte
		address string
	}
	zeros := &sata.HeaderFields[len(sata.HeaderFields)-1]
	length := &sata.HeaderFields[0]
	changes := []change{
		{zeros.Offset + rnd.IntN(zeros.Length), byte(1 + rnd.IntN(255)), HeaderAddress(zeros)},
		{length.Offset + 3, f.Bytes[3] + byte(1+rnd.IntN(200)), HeaderAddress(length)},
	}
	if f.Request {
		command := &sata.CommandInfoFields[len(sata.CommandInfoFields)-1]
		changes = append(changes, change{command.Offset + rnd.IntN(3), byte(1 + rnd.IntN(255)), HeaderAddress(command)})
		for n := range f.Command.Spec().Fields {
			field := &f.Command.Spec().Fields[n]
			address := RequestFieldAddress(f.Command, field)
			switch {
			case field.Kind == sata.ModeText && f.Bytes[field.Offset] != 0:
				changes = append(changes, change{field.Offset, 'x', address})
			case field.Kind == sata.Text && f.Bytes[field.Offset] != 0:
				end := field.Offset
				for f.Bytes[end] != 0 {
					end++
				}
				changes = append(changes, change{field.Offset + rnd.IntN(end-field.Offset), 0xFF, address})
			case field.Slot == sata.SlotQuery:
				changes = append(changes, change{field.End() - 1, []byte{3, 4, 6, 7}[rnd.IntN(4)], address})
			}
		}
	} else if f.Shape == sata.ShapePong || f.Shape == sata.ShapeItem {
		result := &f.Shape.Spec().Fields[0]
		changes = append(changes, change{result.Offset, byte(1 + rnd.IntN(200)), ResponseFieldAddress(f.Command, f.Shape, result)})
	}
	c := changes[rnd.IntN(len(changes))]
	was := f.Bytes[c.at]
	if was == c.to {
		return q, false
	}
	bad := *f
	bad.Bytes = append([]byte(nil), f.Bytes...)
	bad.Bytes[c.at] = c.to
	bad.look()
	what := "request"
	if !f.Request {
		what = "response to " + f.Command.String()
	}
	q = Question{Kind: QuestionByte, Bytes: bad.Bytes, Answer: uint64(c.at), Length: 1, Address: c.address}.fields(f.Layout()).
		hint("Go through the fields: what is always zero, what must be a known number or a text that ends with NUL, and does the data length fit?")
	back := " It was " + code(Hex(uint64(was))) + "."
	if problem := bad.Problem(); problem != nil {
		q.Prompt = "One byte of this " + what + " was changed, and now it does not parse. Which one?"
		q.Why = "The parser says: " + code(problem.Error()) + "." + back
		return q, true
	}
	if note := bad.LengthNote(); note != "" {
		q.Prompt = "One byte of this " + what + " was changed. It still parses, but whoever reads on after it goes astray. Which one?"
		q.Why = note + back
		return q, true
	}
	return q, false
}

// askLine: which line has the log for these bytes?
func askLine(g *guide, rnd *rand.Rand, i int) (q Question, ok bool) {
	r := g.log.At(i)
	if r.Kind == walcore.Diagnostic || r.Kind == walcore.Written || r.Line == walcore.LineUnknown {
		return q, false
	}
	const most = 0x500
	b, err := g.c.Bytes(i, min(most, int(min(r.Length, most))))
	if err != nil {
		return q, false
	}
	right := g.line(i)
	var wrong []string
	if result, _ := r.Result(); r.Op == uint8(sata.WriteFile) && r.Kind == walcore.Response && r.Line == walcore.LineResult && result != sata.Success && !r.Failed() {
		n := uint64(result)
		wrong = []string{"<-          RC {return_code=Success}", "<-          RC {return_code=Success (" + decimal(n) + ")}", "<-          RC {return_code=Failure (" + decimal(n) + ")}"}
	} else {
		// Other lines of the same kind, near by: to tell them apart takes a look.
		for n := max(0, i-400); n < min(g.log.Len(), i+400) && len(wrong) < 40; n++ {
			if o := g.log.At(n); o.Kind == r.Kind && o.Line == r.Line && (r.Kind != walcore.Request || o.Op == r.Op) {
				wrong = append(wrong, g.line(n))
			}
		}
		wrong = append(wrong, slips(right, r)...)
	}
	what := "request"
	if r.Kind == walcore.Response {
		what = "response to " + sata.Command(r.Op).String()
	}
	q = Question{Prompt: "These are the bytes of a " + what + ". Which line does the log have for it?", Bytes: b, Address: LineAddress(r)}
	if r.Kind == walcore.Request && descriptorField(sata.Command(r.Op)) != nil {
		fate := " is not open"
		if r.Flags&walcore.FlagOpen != 0 {
			fate = " was opened as " + g.path(r.Path)
		}
		q.Prompt = "These are the bytes of a request. Descriptor " + strconv.Itoa(int(r.FD)) + fate + ". Which line does the log have for it?"
	}
	if !q.shuffle(rnd, right, wrong) {
		return q, false
	}
	q.Hint = "Find where the lines differ, and read those fields: the first number of the body stands at `0x20`."
	if r.Kind == walcore.Request {
		q.Hint = "Find where the lines differ, and read those fields: the command stands at `0x30`, the body starts at `0x34`."
	}
	q.Why = "Line " + number(i) + " of the log."
	if r.Kind == walcore.Response {
		if result, known := r.Result(); known && r.Line != walcore.LineRead {
			q.Why += " The result code at `0x20` is " + code(Hex(uint64(result))) + ": " + resultWords(result, sata.Command(r.Op)) + "."
		}
	} else {
		q.Why += " The command at `0x30` is " + code(Hex(uint64(r.Op))) + ", " + sata.Command(r.Op).String() + "."
	}
	return q, true
}

// slips are lines as somebody would write them who does not know the reference.
func slips(line string, r *walcore.Record) (list []string) {
	swap := func(old, new string) {
		for at := 0; at+len(old) <= len(line); at++ {
			if line[at:at+len(old)] == old {
				list = append(list, line[:at]+new+line[at+len(old):])
				return
			}
		}
	}
	fd := strconv.Itoa(int(r.FD))
	swap("<Unknown "+fd+">", "<Unknown; "+fd+">")
	swap("<Unknown; "+fd+">", "<Unknown "+fd+">")
	swap("mode=0666", "mode=0444")
	swap("mode=0444", "mode=0666")
	swap("move_to=Nowhere", "move_to=Begin")
	swap("move_to=Begin", "move_to=Nowhere")
	swap("move_to=End", "move_to=Offset(2)")
	swap("{return_code=Success}", "{return_code=Failure (00)}")
	if result, known := r.Result(); known && r.Line == walcore.LineResult && result != sata.Success {
		swap("Failure ("+strconv.FormatUint(uint64(result), 16)+")", "Failure ("+decimal(uint64(result))+")")
	}
	swap("combined_send_recv_enabled=true", "combined_send_recv_enabled=false")
	swap("combined_send_recv_enabled=false", "combined_send_recv_enabled=true")
	swap("supports_csr=true", "supports_csr=false")
	swap("supports_csr=false", "supports_csr=true")
	return list
}

func resultWords(r sata.Result, c sata.Command) string {
	if m := r.MeaningFor(c); m != "" {
		return m
	}
	return "a code whose meaning is not known"
}

// descriptorField is the field of a request's descriptor, nil when it has none.
func descriptorField(c sata.Command) *sata.Field {
	s := c.Spec()
	if s == nil {
		return nil
	}
	for i := range s.Fields {
		if s.Fields[i].Slot == sata.SlotFD {
			return &s.Fields[i]
		}
	}
	return nil
}

// askCommand: what was asked, when the response is so long?
func askCommand(g *guide, rnd *rand.Rand, i int) (q Question, ok bool) {
	r := g.log.At(i)
	length, known := g.c.LengthOf(i)
	result, _ := r.Result()
	if !known || !length.Exact || length.Bytes != r.Length || result != sata.Success || r.Line == walcore.LineRead || r.Line == walcore.LineUnknown {
		return q, false
	}
	right := sata.Command(r.Op)
	if right == sata.QueryPath {
		return q, false // its responses have many lengths
	}
	var wrong []string
	for _, s := range sata.Commands {
		if s.Response == sata.ShapeRead || s.Command == sata.QueryPath {
			continue
		}
		if l := ResponseLength(s.Response, sata.Success); l.Bytes != length.Bytes {
			wrong = append(wrong, s.Name)
		}
	}
	q = Question{Prompt: "A response with a header is " + decimal(r.Length) + " bytes long, and says success. Which of these requests can it answer?", Why: length.Why, Address: CommandAddress(right)}
	if !q.shuffle(rnd, right.String(), wrong) {
		return q, false
	}
	for i, name := range q.Choices {
		for _, s := range sata.Commands {
			if s.Name == name {
				q = q.slip(uint64(i), "The response to "+sata.WithArticle(name)+" that succeeded is "+decimal(ResponseLength(s.Response, sata.Success).Bytes)+" bytes long.")
			}
		}
	}
	return q, true
}

// askDescriptor: which file is it?
func askDescriptor(g *guide, rnd *rand.Rand, i int) (q Question, ok bool) {
	r := g.log.At(i)
	field := descriptorField(sata.Command(r.Op))
	if r.Kind != walcore.Request || r.Line != walcore.LineRequest || r.Flags&walcore.FlagOpen == 0 || field == nil {
		return q, false
	}
	visible := func(id uint32) string { return string(walcore.AppendVisible(nil, g.log.Text(id))) }
	opened := g.c.Opening(i)
	var wrong []string
	for n := i - 1; n >= max(0, i-within); n-- {
		o := g.log.At(n)
		if o.Line != walcore.LineDescriptor || o.Stream != r.Stream || o.Failed() {
			continue
		}
		if len(wrong) < 20 {
			wrong = append(wrong, visible(o.Path))
		}
	}
	if opened < 0 {
		return q, false
	}
	q = Question{
		Prompt:  "Line " + number(i) + " is a " + sata.Command(r.Op).String() + " with descriptor " + strconv.Itoa(int(r.FD)) + ", on stream " + decimal(uint64(r.Stream)) + ". Which path does the log print for it?",
		Why:     "Descriptor " + strconv.Itoa(int(r.FD)) + " was given by line " + number(opened) + ", for " + g.path(r.Path) + ", and not closed since.",
		Address: Folder + PageDescriptors + "#life",
		Hint:    "Look up from line " + number(i) + " for the last open on this stream that was answered with descriptor " + strconv.Itoa(int(r.FD)) + ".",
	}
	return q, q.shuffle(rnd, visible(r.Path), wrong)
}

func isFolder(c sata.Command) bool {
	return c == sata.ReadFolder || c == sata.RewindFolder || c == sata.CloseFolder
}

// askPadding: how much of a read is padding?
func askPadding(g *guide, _ *rand.Rand, i int) (q Question, ok bool) {
	read, length, ok := g.read(i)
	if !ok || read.Form != sata.ReadZeros || uint64(read.Word) >= length.Bytes-sata.ReadHeadSize {
		return q, false
	}
	fill := length.Bytes - sata.ReadHeadSize - uint64(read.Word)
	q = Question{
		Kind: QuestionNumber, Unit: "bytes", Shown: g.line(int(g.log.At(i).Partner)), Answer: fill,
		Prompt:  "The answer to this request starts with 32 zeros, then the number " + Count(uint64(read.Word)) + ". The first read size is " + Count(uint64(read.FirstRead)) + ". How many bytes of padding does it have?",
		Why:     length.Why + " Of these, " + Count(uint64(read.Word)) + " after the first 36 are data; " + Count(fill) + " are padding.",
		Address: Folder + PageFraming + "#read",
	}
	return q.padding(read, length), true
}

// askWritten: how many raw bytes follow a WriteFile?
func askWritten(g *guide, _ *rand.Rand, i int) (q Question, ok bool) {
	r := g.log.At(i)
	if !request(r, sata.WriteFile) {
		return q, false
	}
	w := g.c.WrittenOf(i)
	total := uint64(r.B) * uint64(r.C)
	if w < 0 || g.log.At(w).A != total {
		return q, false
	}
	q = Question{
		Kind: QuestionNumber, Unit: "bytes", Shown: g.line(i), Answer: total,
		Prompt:  "Block count " + Count(uint64(r.B)) + ", block size " + Count(uint64(r.C)) + ", fast file I/O is on. How many bytes without a header follow this request?",
		Why:     "Block count × block size: " + Count(uint64(r.B)) + " × " + Count(uint64(r.C)) + " = " + Count(total) + ". The log prints them on a line of their own: " + code(g.line(w)) + ".",
		Address: Folder + PageFraming + "#write",
	}
	return q.product(r.B, r.C), true
}

// askResult: what does this code mean?
func askResult(g *guide, rnd *rand.Rand, i int) (q Question, ok bool) {
	r := g.log.At(i)
	result, known := r.Result()
	c, isKnown := r.Command()
	if !known || !isKnown || result == sata.Success || r.Line == walcore.LineUnknown {
		return q, false
	}
	right := result.MeaningFor(c)
	if right == "" {
		return q, false
	}
	var wrong []string
	for _, s := range sata.Results {
		wrong = append(wrong, s.Meaning)
	}
	if c != sata.WriteFile {
		wrong = append(wrong, decimal(uint64(result))+" bytes written")
	}
	q = Question{
		Prompt: "The response to " + c.String() + ". What does it say?", Shown: g.line(i),
		Why:     "The result code is " + code(Hex(uint64(result))) + ": " + right + ".",
		Address: ResultAddress(result, c),
	}
	if c == sata.WriteFile && !r.Failed() {
		q.Why += " After a WriteFile that succeeded, the code is the number of bytes written, and the reference's log calls it a failure."
	}
	if !q.shuffle(rnd, right, wrong) {
		return q, false
	}
	for i, choice := range q.Choices {
		says := "Only a WriteFile answers with a number of bytes."
		for _, s := range sata.Results {
			if s.Meaning == choice {
				says = "That would be the code " + code(code8(s.Code)) + "."
			}
		}
		q = q.slip(uint64(i), says)
	}
	return q, true
}
