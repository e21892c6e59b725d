package learn

import (
	"bytes"
	"strconv"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// The chapters. Each looks for its example and returns no steps when there is
// none. The texts are written so that they hold for whatever was found.

// choice is a question with choices, the right one given by its place.
func choice(prompt string, answer int, why string, choices ...string) Question {
	return Question{Kind: QuestionChoice, Prompt: prompt, Choices: choices, Answer: uint64(answer), Why: why}
}

// amount is a question for a number.
func amount(prompt, unit string, answer uint64, why string) Question {
	return Question{Prompt: prompt, Unit: unit, Answer: answer, Why: why}
}

// requestLength asks for the length of a request.
func requestLength(prompt string, c sata.Command) Question {
	l := RequestLength(c)
	return amount(prompt, "bytes", l.Bytes, l.Why).pieces(sata.RequestPieces(c))
}

// responseLength asks for the length of a response of a shape.
func responseLength(prompt string, shape sata.Shape, result sata.Result) Question {
	l := ResponseLength(shape, result)
	return amount(prompt, "bytes", l.Bytes, l.Why).pieces(sata.ResponsePieces(shape, result))
}

func hello(g *guide) (steps []Step) {
	q := g.find(0, func(i int, r *walcore.Record) bool {
		return request(r, sata.Ping) && g.answer(i).Line == walcore.LinePong
	})
	isPing := q >= 0
	if !isPing { // the recording began later: any request with an ordinary response shows most of it
		q = g.find(0, func(i int, r *walcore.Record) bool {
			if r.Kind != walcore.Request || r.Line != walcore.LineRequest || r.Partner == walcore.None {
				return false
			}
			_, known := g.answer(i).Result()
			return known && g.answer(i).Line != walcore.LineRead && uint64(g.word(i, 0))+sata.HeaderSize == r.Length
		})
	}
	if q < 0 {
		return nil
	}
	a := g.answerRow(q)
	c := sata.Command(g.log.At(q).Op)
	follows := uint64(g.word(q, 0))
	length, lengthAt := headerMark(0)
	steps = append(steps, Step{
		Row: q, Marks: []Mark{length, {4, sata.HeaderSize - 4, "the rest of the header"}}, Address: lengthAt,
		Text: "A devkit, a Wii U for developers, uses folders on its developer's PC. To do so, it talks with a program there over a network connection. The devkit is the client: it sends requests. The program is the server: it answers each with a response. Each of these is a message, and each message is a line of the log.\n\n" +
			"This is a request. Its first 32 bytes are the header, and the first number of the header says how many bytes follow the header: " + code(Hex(follows)) + " (`0x` marks a number in hex), that is " + decimal(follows) + ".",
	}.ask(amount("How long is this message, its header included?", "bytes", sata.HeaderSize+follows,
		"32 bytes of header and "+decimal(follows)+" that follow: "+decimal(sata.HeaderSize+follows)+". The next message starts right after. Nothing else in the stream of bytes says where.").
		slip(follows, "That many follow the header. The header counts, too.").
		slip(sata.HeaderSize, "That is the header alone. More follows.").
		hint("Add the bytes of the header and the bytes that follow it.")))
	command, commandAt := infoMark(4)
	what := "`" + c.String() + "`, and all requests have one"
	if isPing {
		what = "a Ping. It says hello, and asks for nothing more"
	}
	steps = append(steps, step(q, command, commandAt,
		"After the header come 20 bytes of command info. The last number in it says what is asked for: command "+code(Hex(uint64(c)))+" is "+what+". What follows the command info is the body.\n\nThe log shows a request as a line that starts `->`: it came in, seen from the server.").
		ask(amount("How many bytes of body has this request?", "bytes", follows-sata.CommandInfoSize,
			"Its header says that "+decimal(follows)+" bytes follow, and 20 of these are the command info: "+decimal(follows-sata.CommandInfoSize)+" are left. How many a body has depends on the command; a Ping has none.").
			slip(follows, "That many follow the header. The command info is among them.").
			slip(sata.CommandInfoSize, "That is the command info. The body comes behind it.").
			hint("Take the 20 bytes of command info away from what follows the header.")))
	abilities := []string{"neither", "fast file I/O", "combined send and receive", "both"}
	ability := func(ffio, csr bool) (n int) {
		if ffio {
			n |= 1
		}
		if csr {
			n |= 2
		}
		return n
	}
	if isPing {
		flags, first := g.word(q, 8), g.word(q, 0x20)
		flagsMark, flagsAt := headerMark(2)
		can := ability(flags&sata.FlagFFIO != 0, flags&sata.FlagCSR != 0)
		bits := code("0b" + strconv.FormatUint(uint64(flags), 2))
		steps = append(steps, step(q, flagsMark, flagsAt,
			"In the header of a Ping, the flags say what the client can do. Each is one bit (`0b` marks a number in binary): `0b010` stands for fast file I/O, `0b100` for combined send and receive. Here the flags are "+bits+".\n\nFast file I/O is a way to read and write files with fewer bytes around the data; chapters 4 to 7 show it. Combined send and receive changes nothing in the messages.").
			ask(choice("What can this client do?", can, "The flags are "+bits+": "+abilities[can]+".", abilities...).
				hint("Look at "+bits+" bit by bit, from the right: the second bit is fast file I/O, the third combined send and receive.")))
		user, userAt := infoMark(0)
		user.Label = "first read size"
		steps = append(steps, step(q, user, userAt,
			"The command info of a Ping has a number that will matter when files are read: the first read size. Like nearly all numbers here it is big-endian: the byte that counts most comes first.\n\nNow the request waits for its response.").
			ask(amount("What is the first read size?", "bytes", uint64(first), code(Hex(uint64(first)))+" is "+Count(uint64(first))+". The log prints it, too.").
				hint("Read the four bytes that are lit as one number, or look at the line of the log.")))
	}

	result, resultAt := responseMark(sata.Ping, sata.ShapePong, sata.SlotResult)
	steps = append(steps, step(a, result, resultAt,
		"The server's response: its line starts `<-`, it went out. It has a header, too, but no command info, so the body follows the header. In nearly all responses the body starts with a result code, a number of 4 bytes. 0 means success.").
		ask(amount("At which offset, counted from the message's first byte, does the body of a response start?", "", sata.HeaderSize,
			"Right behind the 32 bytes of the header: at `0x20`. There stands the result code, here "+code(Hex(uint64(g.word(a, sata.HeaderSize))))+".").
			slip(sata.RequestSize, "That is where the body of a request starts. A response has no command info.").
			slip(sata.HeaderSize+1, "Offsets are counted from 0: the first byte is at 0.").
			slip(sata.HeaderSize+4, "That is behind the result code, which is the body's first number.").
			hint("The body stands right behind the header.")))
	if isPing {
		caps := sata.Capabilities(g.word(a, 0x24))
		capsMark, capsAt := responseMark(sata.Ping, sata.ShapePong, sata.SlotCapabilities)
		on := ability(caps.FFIO(), caps.CSR())
		steps = append(steps, step(a, capsMark, capsAt,
			"The response to a Ping is called a Pong. Its second number says what is on from now on: `0xCAFE0003` is both, `0xCAFE0001` fast file I/O, `0xCAFE0002` combined send and receive, and any other number neither.").
			ask(choice("What is on now?", on, "The number is "+code(Hex(uint64(caps)))+": "+abilities[on]+". What the client can do is one thing, what the server switches on another.", abilities...).
				hint("Compare the lit number, "+code(Hex(uint64(caps)))+", with those in the text.")))
	}
	return steps
}

func paths(g *guide) (steps []Step) {
	const c = sata.QueryPath
	answered := func(lines ...walcore.Line) int {
		return g.find(0, func(i int, r *walcore.Record) bool {
			if !request(r, c) {
				return false
			}
			for _, l := range lines {
				if g.answer(i).Line == l {
					return true
				}
			}
			return false
		})
	}
	details := answered(walcore.LineInfo)
	number := answered(walcore.LineSpace)
	if number < 0 {
		number = answered(walcore.LineCount)
	}
	q := details
	if q < 0 {
		q = number
	}
	isQuery := q >= 0
	if !isQuery { // another request with a path shows at least that
		q = g.find(0, func(i int, r *walcore.Record) bool {
			return r.Kind == walcore.Request && r.Line == walcore.LineRequest && slotField(sata.Command(r.Op), sata.SlotPath) != nil
		})
	}
	if q < 0 {
		return nil
	}
	r := g.log.At(q)
	path, pathAt := requestMark(sata.Command(r.Op), sata.SlotPath)
	taken := uint64(len(g.log.Text(r.Path))) + 1
	text := "A request that asks about a path"
	if !isQuery {
		text = "A request with a path"
	}
	steps = append(steps, step(q, textMark(path, g.log.Text(r.Path)), pathAt,
		text+": "+g.path(r.Path)+". The body of a request starts at offset "+code(Hex(sata.RequestSize))+", that is "+decimal(sata.RequestSize)+", after header and command info.\n\nA path's field is always "+decimal(sata.PathSize)+" bytes long. The path ends at the first zero byte, which is called NUL. What stands after it is ignored, and may be left over from earlier messages.").
		ask(amount("How many bytes of the field are ignored here?", "bytes", sata.PathSize-taken,
			"The path and its NUL take "+decimal(taken)+" bytes: "+decimal(sata.PathSize)+" − "+decimal(taken)+" = "+decimal(sata.PathSize-taken)+".").
			slip(sata.PathSize-taken+1, "The NUL is not ignored: it ends the path.").
			slip(taken, "That many are used. The others are ignored.").
			slip(taken-1, "That is the path alone. What of the field comes behind it?").
			slip(sata.PathSize, "That is the whole field. The path and its NUL are not ignored.").
			hint("The field has "+decimal(sata.PathSize)+" bytes. Take away the path, one byte for each character here, and its NUL.")))
	query, queryAt := requestMark(c, sata.SlotQuery)
	asks := func(row int) string {
		return "After the path, a number says what is asked: 0 how much space is free, 1 how large a folder is, 2 how many files it has, 5 the details of the path. Here it is " + decimal(uint64(g.log.At(row).B)) + "."
	}
	if details >= 0 {
		length := responseLength("How long will the response be?", sata.ShapeInfo, sata.Success)
		length.Address = CommandAddress(c) + "#response-details"
		steps = append(steps, step(details, query, queryAt,
			asks(details)+"\n\nIf the path exists, the details come as an info block of "+strconv.Itoa(sata.InfoSize)+" bytes, after the result code.").ask(length))
		a := g.answerRow(details)
		info := g.log.At(a)
		flags, flagsAt := responseMark(c, sata.ShapeInfo, sata.SlotFlags)
		kinds, kind := []string{"a file", "a folder"}, 0
		if info.B&sata.InfoFolder != 0 {
			kind = 1
		}
		steps = append(steps, step(a, flags, flagsAt,
			"The info block begins with flags. Bit `0x80000000` says that it is a folder, bit `0x20000000` that it exists. Here they are "+code(Hex(uint64(info.B)))+".").
			ask(choice("What is at this path?", kind, "In "+code(Hex(uint64(info.B)))+" the bit `0x80000000` is "+map[int]string{0: "not set", 1: "set"}[kind]+": "+kinds[kind]+".", kinds...).
				hint("The highest bit decides: it is set when the first digit in hex is 8 or more.")))
		permissions, permissionsAt := responseMark(c, sata.ShapeInfo, sata.SlotPermissions)
		size, _ := responseMark(c, sata.ShapeInfo, sata.SlotFileLength)
		mode := g.word(a, permissions.Offset)
		writable := 1
		if mode&0x222 != 0 {
			writable = 0
		}
		steps = append(steps, Step{Row: a, Marks: []Mark{permissions, size}, Address: permissionsAt,
			Text: "Then come the permissions, `0x666` for writable and `0x444` for read-only, a few numbers that are always the same, the length, and two times. The length of a file stands here; for a folder the log prints 0, whatever stands there.",
		}.ask(choice("May it be written to?", writable, "The permissions are "+code(Hex(uint64(mode)))+".", "yes", "no, it is read-only").
			hint("The permissions are the first of the two lit numbers.")))
	}
	if number < 0 {
		return steps
	}
	if details < 0 {
		steps = append(steps, step(number, query, queryAt, asks(number)).ask(responseLength("How long must the response be at least, when it says success?", g.c.ShapeOf(number), sata.Success)))
	}
	a := g.answerRow(number)
	shape := g.c.ShapeOf(number)
	field, fieldAt := responseMark(c, shape, sata.SlotNumber)
	mark := "SM"
	if shape == sata.ShapeSpace {
		mark = "LG"
	}
	text = "The response to the question for " + code(sata.Query(g.log.At(number).B).String()) + ". Its body is the result code and one number of " + strconv.Itoa(field.Length) + " bytes, " + Count(g.log.At(a).A) + ". The log marks it with " + code(mark) + "."
	if details >= 0 {
		text = "The same command, another question: " + code(sata.Query(g.log.At(number).B).String()) + ". So the response has another body: the result code and one number of " + strconv.Itoa(field.Length) + " bytes, " + Count(g.log.At(a).A) + ". The log marks it with " + code(mark) + "."
	}
	least, have := ResponseLength(shape, sata.Success), g.log.At(a).Length
	if have > least.Bytes {
		text += "\n\nIt has " + decimal(have) + " bytes. Here a response may be longer than it need be; what follows the number is ignored."
	}
	return append(steps, step(a, field, fieldAt, text).ask(responseLength("How many bytes of this response count?", shape, sata.Success).
		slip(have, "That is all of it. What stands behind the number is ignored.")))
}

// moved is where a request moves first, as a piece of code.
func moved(m sata.Move) string { return code(string(m.Append(nil))) }

// slotField is the field of a request's body that a slot stands in, nil for none.
func slotField(c sata.Command, slot sata.Slot) *sata.Field {
	if s := c.Spec(); s != nil {
		for i := range s.Fields {
			if s.Fields[i].Slot == slot {
				return &s.Fields[i]
			}
		}
	}
	return nil
}

// A listing is a folder that is opened and read; what was not found is -1.
type listing struct {
	open, item, end int // rows of requests
	items           int
}

// listing finds a folder that is read to its end or, where there is none, the
// one of which most was read.
func (g *guide) listing() (best listing) {
	best = listing{-1, -1, -1, 0}
	g.find(0, func(i int, r *walcore.Record) bool {
		if !request(r, sata.OpenFolder) || g.answer(i).Line != walcore.LineDescriptor || g.answer(i).Failed() {
			return false
		}
		fd, opened := g.answer(i).FD, g.answerRow(i)
		l := listing{i, -1, -1, 0}
		g.near(opened+1, func(n int, q *walcore.Record) bool {
			if q.Stream != r.Stream || q.Kind != walcore.Request || q.Partner == walcore.None || q.FD != fd {
				return false
			}
			switch sata.Command(q.Op) {
			case sata.CloseFolder, sata.RewindFolder:
				return true
			case sata.ReadFolder:
				switch result, _ := g.answer(n).Result(); {
				case g.answer(n).Line != walcore.LineItem:
				case result == sata.NoMoreItems:
					l.end = n
					return true
				default:
					l.items++
					if l.item < 0 {
						l.item = n
					}
				}
			}
			return false
		})
		whole := l.item >= 0 && l.end >= 0
		if whole || best.open < 0 || l.items > best.items {
			best = l
		}
		return whole
	})
	return best
}

func folder(g *guide) (steps []Step) {
	l := g.listing()
	if l.open < 0 {
		return nil
	}
	r := g.log.At(l.open)
	opened := g.answerRow(l.open)
	fd := g.log.At(opened).FD
	number := strconv.Itoa(int(fd))
	path, pathAt := requestMark(sata.OpenFolder, sata.SlotPath)
	steps = append(steps, step(l.open, textMark(path, g.log.Text(r.Path)), pathAt, "To list a folder, the client first opens it: "+g.path(r.Path)+". The path is all that the body has.").
		ask(requestLength("How long is an OpenFolder?", sata.OpenFolder)))
	fdMark, fdAt := responseMark(sata.OpenFolder, sata.ShapeDescriptor, sata.SlotFD)
	steps = append(steps, step(opened, fdMark, fdAt, "The response has a result code, 0, and a new number of 4 bytes: "+number+". This is a descriptor. From now on it stands for the folder, and the path is not sent again.").
		ask(responseLength("How long is this response?", sata.ShapeDescriptor, sata.Success)))
	ask, askAt := requestMark(sata.ReadFolder, sata.SlotFD)
	name, nameAt := responseMark(sata.ReadFolder, sata.ShapeItem, sata.SlotName)
	got := -1
	if l.item >= 0 {
		steps = append(steps, Step{Row: l.item, Address: askAt,
			Text: "ReadFolder asks for the next item of the folder. The log prints the folder's path, but the path is not in the message: it is remembered from the OpenFolder.",
		}.ask(Question{
			Kind: QuestionByte, Prompt: "Which bytes of this request say which folder is meant?", Answer: uint64(ask.Offset), Length: ask.Length,
			Why: "The body of a ReadFolder is one number, the descriptor, at " + code(Hex(uint64(ask.Offset))) + ". Here it is " + number + ".",
		}.fields(RequestFrame(NewRequest(sata.ReadFolder).Bytes).Layout()).hint("It is the descriptor, and it stands in the body: behind the header and the command info.")))
		got = g.answerRow(l.item)
		steps = append(steps, step(got, textMark(name, g.log.Text(g.log.At(got).Path2)), nameAt,
			"The response: a result code, an info block (flags, permissions, length, times), and a name in a field of "+strconv.Itoa(name.Length)+" bytes, "+g.path(g.log.At(got).Path2)+". One call, one item. So the client calls again and again.").
			ask(responseLength("How long is this response?", sata.ShapeItem, sata.Success)))
	}
	last := opened
	if l.end >= 0 {
		last = g.answerRow(l.end)
		code20, _ := responseMark(sata.ReadFolder, sata.ShapeItem, sata.SlotResult)
		steps = append(steps, step(last, code20, ResultAddress(sata.NoMoreItems, sata.ReadFolder),
			"At last the result code is not 0 but "+code(code8(sata.NoMoreItems))+". The log says Failure, but nothing failed: this code means that there are no more items. The log is written as another program writes it, the server cat-dev. That program is called the reference here, and it prints every code but 0 as a failure.").
			ask(amount("How many items has this folder?", "items", uint64(l.items),
				"As many as there were responses with an item between the OpenFolder and this one: "+decimal(uint64(l.items))+".").
				slip(uint64(l.items)+1, "The last response brings no item.").
				hint("Count the lines Folder Item with `rc=Success` above the selected row, down from the OpenFolder.")))
	}
	ofIt := func(c sata.Command) func(int, *walcore.Record) bool {
		return func(_ int, q *walcore.Record) bool { return q.Stream == r.Stream && q.FD == fd && request(q, c) }
	}
	shut := g.near(last, ofIt(sata.CloseFolder))
	rewind := g.near(last, ofIt(sata.RewindFolder))
	if rewind >= 0 && got >= 0 && l.end >= 0 && (shut < 0 || rewind < shut) {
		again := g.near(rewind, func(i int, q *walcore.Record) bool {
			return q.Stream == r.Stream && q.FD == fd && request(q, sata.ReadFolder) && g.answer(i).Line == walcore.LineItem && !g.answer(i).Failed()
		})
		if again >= 0 && (shut < 0 || again < shut) {
			a := g.answerRow(again)
			text := "RewindFolder starts the listing again, so the next ReadFolder gives the first item once more: " + g.path(g.log.At(a).Path2) + "."
			if g.log.At(a).Path2 != g.log.At(got).Path2 {
				text = "The client sent a RewindFolder, to start the listing again. The first item was " + g.path(g.log.At(got).Path2) + ", but now it gets " + g.path(g.log.At(a).Path2) + ". So this server did not go back to the beginning. The reference does so, too."
			}
			need := uint64(l.items) + 1
			steps = append(steps, step(a, textMark(name, g.log.Text(g.log.At(a).Path2)), CommandAddress(sata.RewindFolder), text).
				ask(amount("How many ReadFolder requests does it take to list this folder to its end, from the beginning?", "", need,
					"One for each item, and one more to be told that there are no more: "+decimal(uint64(l.items))+" + 1 = "+decimal(need)+".").
					slip(uint64(l.items), "So many bring the items. But how does the client know that there are no more?").
					hint("Each request brings one item. And the end must be asked for, too.")))
		}
	}
	if shut >= 0 && !g.answer(shut).Failed() {
		unknown := "<Unknown; " + number + ">"
		steps = append(steps, step(shut, ask, CommandAddress(sata.CloseFolder), "CloseFolder ends it. When the response says success, the number "+number+" means nothing any more.").
			ask(choice("After that a ReadFolder comes with the same descriptor. Which path does the log print for it?", 1, "The descriptor has no path any more, so the log prints its number.",
				string(walcore.AppendVisible(nil, g.log.Text(r.Path))), unknown).
				hint("The path is not in a ReadFolder. Whoever prints it must still know what the number means.")))
	}
	return steps
}

// A reading is a file that is opened and then read from its beginning. What was
// not found is -1.
type reading struct{ open, stat, read int }

// firstReading finds a file that is opened and then read for which fits says yes.
func (g *guide) firstReading(fits func(read Read) bool) (found reading, ok bool) {
	found = reading{-1, -1, -1}
	g.find(0, func(i int, r *walcore.Record) bool {
		if !request(r, sata.OpenFile) || g.answer(i).Line != walcore.LineDescriptor || g.answer(i).Failed() || !strings.HasPrefix(g.log.Text(r.Path2), "r") {
			return false // opened to append, a file may be read from elsewhere than its beginning
		}
		opened := g.answerRow(i)
		fd := g.log.At(opened).FD
		stat := -1
		n := g.near(opened+1, func(n int, q *walcore.Record) bool {
			if q.Stream != r.Stream || q.Kind != walcore.Request || q.FD != fd {
				return false
			}
			if request(q, sata.StatFile) && g.answer(n).Line == walcore.LineStat {
				stat = n
				return false
			}
			return q.Op != uint8(sata.StatFile)
		})
		if n < 0 || !request(g.log.At(n), sata.ReadFile) {
			return false
		}
		read, _, known := g.read(g.answerRow(n))
		if !known || g.answer(n).Failed() || sata.Move(g.log.At(n).D) != sata.MoveNowhere && sata.Move(g.log.At(n).D) != sata.MoveBegin || !fits(read) {
			return false
		}
		found = reading{i, stat, n}
		return true
	})
	return found, found.open >= 0
}

// anyRead is a read of whatever file and place for which fits says yes, -1 for
// none.
func (g *guide) anyRead(fits func(read Read) bool) int {
	return g.find(0, func(i int, r *walcore.Record) bool {
		if !request(r, sata.ReadFile) || g.answer(i).Failed() {
			return false
		}
		read, _, ok := g.read(g.answerRow(i))
		return ok && fits(read)
	})
}

func readingFile(g *guide) (steps []Step) {
	fits := func(r Read) bool {
		return r.Form == sata.ReadFirst && r.Total > 0 && r.Total <= uint64(r.FirstRead) && r.Word > 0
	}
	f, whole := g.firstReading(fits)
	if !whole { // a file that was open before the recording began, or is read from elsewhere
		if f.read = g.anyRead(fits); f.read < 0 {
			return nil
		}
	}
	q := g.log.At(f.read)
	fd := strconv.Itoa(int(q.FD))
	if whole {
		r := g.log.At(f.open)
		mode, modeAt := requestMark(sata.OpenFile, sata.SlotModeText)
		path, _ := requestMark(sata.OpenFile, sata.SlotPath)
		steps = append(steps, Step{Row: f.open, Marks: []Mark{textMark(mode, g.log.Text(r.Path2)), textMark(path, g.log.Text(r.Path))}, Address: modeAt,
			Text: "A file is opened with a mode, here " + code(g.log.Text(r.Path2)) + " (as C's `fopen` takes it: read, write or append), in a field of " + strconv.Itoa(mode.Length) + " bytes. Then comes the path: " + g.path(r.Path) + ".",
		}.ask(amount("At which offset does the path's field start?", "", uint64(path.Offset),
			"The body starts at "+code(Hex(sata.RequestSize))+", and the mode takes "+code(Hex(uint64(mode.Length)))+": "+code(Hex(uint64(path.Offset)))+", or "+strconv.Itoa(path.Offset)+".").
			slip(sata.RequestSize, "That is where the body starts. The mode stands there.").
			slip(uint64(mode.Length), "That is how long the mode is. Where does it start?").
			hint("The body starts at "+code(Hex(sata.RequestSize))+" ("+decimal(sata.RequestSize)+"), with the mode. The path stands behind the mode's field.")))
		fdMark, fdAt := responseMark(sata.OpenFile, sata.ShapeDescriptor, sata.SlotFD)
		steps = append(steps, step(g.answerRow(f.open), fdMark, fdAt, "As with a folder, the response brings a descriptor: "+fd+".").
			ask(choice("What would it bring if there were no such file?", 1, "Then the result code is one of a failure, and the descriptor is -1.", "no response at all", "a result code that is not 0, and the descriptor -1", "a descriptor of an empty file").
				slip(0, "Every request gets a response, so that the client need not wait without end.").
				slip(2, "Opening to read makes no file.")))
	}
	if f.stat >= 0 {
		a := g.answerRow(f.stat)
		size, sizeAt := responseMark(sata.StatFile, sata.ShapeInfo, sata.SlotFileLength)
		steps = append(steps, step(a, size, sizeAt, "StatFile asks what descriptor "+fd+" is, and the answer is an info block. It says that the file has "+count(uint64(g.log.At(a).D), "byte", "bytes")+".").
			ask(responseLength("How long is this response?", sata.ShapeInfo, sata.Success)))
	}
	read, length, _ := g.read(g.answerRow(f.read))
	blocks, blocksAt := requestMark(sata.ReadFile, sata.SlotBlockCount)
	size, _ := requestMark(sata.ReadFile, sata.SlotBlockSize)
	steps = append(steps, Step{Row: f.read, Marks: []Mark{blocks, size}, Address: blocksAt,
		Text: "ReadFile says by a descriptor, here " + fd + ", what is read. How much is wanted it says in blocks: how many, and how many bytes each has. Here " + decimal(uint64(q.B)) + " and " + decimal(uint64(q.C)) + ". The file is read on from where the last read ended, unless the request moves first: that is the log's `move_to`, here " + moved(sata.Move(q.D)) + ".",
	}.ask(amount("How many bytes are asked for?", "bytes", read.Total,
		decimal(uint64(q.B))+" × "+decimal(uint64(q.C))+" = "+decimal(read.Total)+". The log prints it as `total_size`.").product(q.B, q.C)))
	a := g.answerRow(f.read)
	form := Mark{0, sata.HeaderSize, "form"}
	steps = append(steps, step(a, form, Folder+PageFraming+"#read",
		"This response has no header. That is what fast file I/O (chapter 1) means for reads. Instead of a header it starts with `C4 00 24 02 E8 EF 24 02` and zeros.").
		ask(choice("Where in this response does it say how long it is?", 2, "There is no header, and so no data length. The next chapter shows how the length follows from the request.",
			"in its first number", "at 0x20", "nowhere").
			slip(0, "There the data length would stand, if this were a header. It is none: "+code(Hex(uint64(g.word(a, 0))))+" bytes are not there.").
			slip(1, "The number there is "+Count(uint64(read.Word))+", and this answer has "+Count(length.Bytes)+" bytes.")))
	word, wordAt := responseMark(sata.ReadFile, sata.ShapeRead, sata.SlotNumber)
	word.Label = "length of the file"
	steps = append(steps, step(a, word, wordAt,
		"Then comes one number. With this beginning it is the length of the file, however much of it was asked for. The log prints it as `file_size`.").
		ask(amount("How long is the file?", "bytes", uint64(read.Word), code(Hex(uint64(read.Word)))+" is "+Count(uint64(read.Word))+".").
			slip(read.Total, "That is what was asked for.").
			slip(length.Bytes, "That is how long this answer is.").
			hint("Read the four bytes that are lit as one number, or look for `file_size` in the line of the log.")))
	if whole {
		data := min(uint64(read.Word), read.Total)
		steps = append(steps, step(a, Mark{sata.ReadHeadSize, int(data), "data"}, CommandAddress(sata.ReadFile),
			"And then the data: "+count(data, "byte", "bytes")+" of the file, from "+code(Hex(sata.ReadHeadSize))+" on. The log does not print the data. It prints a checksum of the whole response, `chk`: a number made from all its bytes, so that two reads can be compared.").
			ask(amount("At which offset is the first byte after the data?", "", sata.ReadHeadSize+data,
				"36 bytes stand before it: 36 + "+decimal(data)+" = "+decimal(sata.ReadHeadSize+data)+".").
				slip(sata.ReadHeadSize+data-1, "That is the last byte of the data.").
				slip(data, "The data does not start at 0: 36 bytes stand before it.").
				slip(sata.HeaderSize+data, "The number at `0x20` stands before the data, too.").
				slip(length.Bytes, "There the whole answer ends. The data ends before.").
				hint("The data starts at "+code(Hex(sata.ReadHeadSize))+", that is 36, and has "+count(data, "byte", "bytes")+".")))
	} else if length.Bytes > sata.ReadHeadSize {
		steps = append(steps, step(a, Mark{sata.ReadHeadSize, int(length.Bytes - sata.ReadHeadSize), "data"}, CommandAddress(sata.ReadFile),
			"And then the data of the file, from "+code(Hex(sata.ReadHeadSize))+" on. The log does not print the data. It prints a checksum of the whole response, `chk`: a number made from all its bytes, so that two reads can be compared.").
			ask(amount("How long is this response?", "bytes", length.Bytes, length.Why).read(read)))
	}
	shut := -1
	if whole {
		shut = g.near(a, func(i int, c *walcore.Record) bool {
			return c.Stream == q.Stream && c.FD == q.FD && request(c, sata.CloseFile)
		})
	}
	if shut >= 0 && !g.answer(shut).Failed() {
		mark, at := requestMark(sata.CloseFile, sata.SlotFD)
		steps = append(steps, step(shut, mark, at, "When the client is done, it closes the file, by its descriptor.").
			ask(choice("From when on does descriptor "+fd+" mean nothing?", 1, "The server may refuse to close it. Only a response with the code 0 says that it is closed.",
				"from this request on", "from its response on, if that says success").
				hint("What if the server refuses to close the file?")))
	}
	return steps
}

func padding(g *guide) (steps []Step) {
	f, ok := g.firstReading(func(r Read) bool {
		return r.Form == sata.ReadFirst && r.Total <= uint64(r.FirstRead) && r.Word > 0 && uint64(r.Word) < r.Total
	})
	if !ok { // after the server's buffer grew, the answer itself says how much was read
		f.read = g.anyRead(func(r Read) bool {
			return r.Form == sata.ReadZeros && r.Word > 0 && uint64(r.Word) < min(r.Total, uint64(r.FirstRead))
		})
		if f.read < 0 {
			return nil
		}
	}
	a := g.answerRow(f.read)
	read, length, _ := g.read(a)
	data := Mark{sata.ReadHeadSize, int(read.Word), "data"}
	fill := Mark{data.End(), int(length.Bytes) - data.End(), "padding"}
	if b, err := g.c.Bytes(a, int(length.Bytes)); err == nil && len(bytes.Trim(b[fill.Offset:], "\xcd")) > 0 {
		return nil // not what the rules say: no example
	}
	had := "The whole file is " + count(uint64(read.Word), "byte", "bytes") + " long"
	if !ok {
		had = "What was read is " + count(uint64(read.Word), "byte", "bytes") + " long"
	}
	steps = append(steps, step(a, data, Folder+PageFraming+"#read",
		"The answer to a ReadFile. "+Count(read.Total)+" bytes were asked for. "+had+", and is lit. But the response goes on.").
		ask(amount("How many bytes do the first 36 and the data take together?", "bytes", uint64(data.End()),
			"36 + "+Count(uint64(read.Word))+" = "+Count(uint64(data.End()))+". The log's `packet_len`, the length of the whole response, is "+Count(length.Bytes)+".").
			slip(uint64(read.Word), "That is the data alone.").
			slip(length.Bytes, "That is all of the response. How much of it is data, and what stands before the data?").
			hint("36 and the "+Count(uint64(read.Word))+" of the data.")))
	upTo := "up to what was asked for"
	if read.Total > uint64(read.FirstRead) {
		upTo = "up to " + read.firstReadWords()
	}
	least := min(read.Total, uint64(read.FirstRead))
	steps = append(steps, step(a, fill, Folder+PageFraming+"#read",
		"The rest is padding: bytes `CD`, until the data is filled "+upTo+".").
		ask(amount("How many bytes of padding are there?", "bytes", uint64(fill.Length),
			Count(least)+" − "+Count(uint64(read.Word))+" = "+Count(uint64(fill.Length))+".").padding(read, length)))
	twice := read
	twice.Total, twice.Asked = 2*read.Total, ""
	other, _ := twice.Length()
	return append(steps, Step{Row: a, Marks: []Mark{{0, sata.ReadHeadSize, "form and number"}, data, fill}, Address: Folder + PageFraming + "#read",
		Text: length.Why + "\n\nSo the length of the answer follows from the request, and not from the answer alone. Whoever cuts a conversation into messages must remember what was asked for.",
	}.ask(amount("Had the client asked for "+Count(twice.Total)+" bytes, and got the same data, how long would the answer be?", "bytes", other.Bytes, other.Why).
		slip(2*length.Bytes, "Not all of it would be twice as long: the 36 bytes in front stay.").
		read(twice)))
}

func growing(g *guide) (steps []Step) {
	// The first read after which the form is the one of zeros.
	zeros := func(fits func(Read) bool) int {
		return g.find(0, func(i int, r *walcore.Record) bool {
			read, _, ok := g.read(i)
			return ok && read.Form == sata.ReadZeros && fits(read)
		})
	}
	grown := zeros(func(r Read) bool { return uint64(r.Word) > uint64(r.FirstRead) })
	seen := grown >= 0
	if !seen { // it grew before the recording began
		if grown = zeros(func(Read) bool { return true }); grown < 0 {
			return nil
		}
	}
	stream := g.log.At(grown).Stream
	before := g.find(0, func(i int, r *walcore.Record) bool {
		if i >= grown || r.Stream != stream {
			return false
		}
		read, _, ok := g.read(i)
		return ok && read.Form == sata.ReadFirst && read.Total > uint64(read.FirstRead)
	})
	form, _ := responseMark(sata.ReadFile, sata.ShapeRead, sata.SlotNone)
	word, wordAt := responseMark(sata.ReadFile, sata.ShapeRead, sata.SlotNumber)
	word.Label = "bytes read"
	if before >= 0 {
		read, length, _ := g.read(before)
		blocks, blocksAt := requestMark(sata.ReadFile, sata.SlotBlockCount)
		blockSize, _ := requestMark(sata.ReadFile, sata.SlotBlockSize)
		q := amount("The answer begins `C4 00 24 02`. How long will it be?", "bytes", length.Bytes, length.Why).read(read)
		q.Address = Folder + PageFraming + "#read"
		steps = append(steps, Step{Row: int(g.log.At(before).Partner), Marks: []Mark{blocks, blockSize}, Address: blocksAt,
			Text: "The server reads files into a buffer, a piece of its memory. At first it is as large as " + read.firstReadWords() + ". Here more is asked for than that: " + Count(read.Total) + " bytes. But from where this read starts, the file has no more left than the buffer holds. So the buffer stays as it is, and data that does not fill it is padded up to its end, not up to what was asked for.",
		}.ask(q))
	}
	read, length, _ := g.read(grown)
	text := "This read brought more than the first read size, so the server's buffer had to grow. It stays so: from this answer on, the first 32 bytes of every answer to a ReadFile are zeros."
	if !seen {
		text = "The answer to a ReadFile whose first 32 bytes are zeros. A read before it brought more than the first read size, so the server's buffer had to grow, and it stays so."
	}
	steps = append(steps, step(grown, form, Folder+PageFraming+"#form-zeros", text).
		ask(choice("A later read brings 16 bytes of a small file. How does its answer begin?", 1, "The buffer does not shrink again: all answers begin with zeros now.",
			"with C4 00 24 02", "with zeros", "with a header").
			slip(0, "That would be right before the buffer grew. Does it shrink again?").
			slip(2, "With fast file I/O no answer to a ReadFile has a header.")))
	steps = append(steps, step(grown, word, wordAt,
		"And the number after them means something else now: not the length of the file, but how many bytes were read, "+Count(uint64(read.Word))+". The log still calls it `file_size`.").
		ask(amount("How long is this answer?", "bytes", length.Bytes, length.Why).read(read)))
	short := g.find(grown+1, func(i int, r *walcore.Record) bool {
		if r.Stream != stream {
			return false
		}
		read, _, ok := g.read(i)
		return ok && read.Form == sata.ReadZeros && uint64(read.Word) < min(read.Total, uint64(read.FirstRead))
	})
	if short >= 0 {
		read, length, _ := g.read(short)
		least := min(read.Total, uint64(read.FirstRead))
		steps = append(steps, step(short, word, Folder+PageFraming+"#worked",
			"Padding goes on as before. Here "+count(read.Total, "byte was", "bytes were")+" asked for and "+Count(uint64(read.Word))+" read.").
			ask(amount("How many bytes of padding has it?", "bytes", least-uint64(read.Word),
				length.Why+" Take away the 36 in front and what was read: "+Count(length.Bytes)+" − 36 − "+Count(uint64(read.Word))+" = "+Count(least-uint64(read.Word))+".").padding(read, length)))
	}
	return steps
}

func writing(g *guide) (steps []Step) {
	const c = sata.WriteFile
	data := -1
	counted := func(i int) bool { // the response is the number of bytes
		result, known := g.answer(i).Result()
		return known && g.answer(i).Line == walcore.LineResult && result != sata.Success && !result.FailsFor(c)
	}
	q := g.find(0, func(i int, r *walcore.Record) bool {
		if !request(r, c) || !counted(i) {
			return false
		}
		result, _ := g.answer(i).Result()
		data = g.c.WrittenOf(i)
		return data >= 0 && uint64(result) == g.log.At(data).A
	})
	if q < 0 { // one whose data or response is not what it should be
		q = g.find(0, func(i int, r *walcore.Record) bool {
			if !request(r, c) {
				return false
			}
			data = g.c.WrittenOf(i)
			return data >= 0
		})
	}
	if q < 0 {
		return nil
	}
	r := g.log.At(q)
	total := uint64(r.B) * uint64(r.C)
	blocks, blocksAt := requestMark(c, sata.SlotBlockCount)
	size, _ := requestMark(c, sata.SlotBlockSize)
	steps = append(steps, Step{Row: q, Marks: []Mark{blocks, size}, Address: blocksAt,
		Text: "A WriteFile looks like a ReadFile: block count, block size, a descriptor, where to move in the file first. The data is not in it.",
	}.ask(amount("With fast file I/O the data follows the request. How many bytes of it?", "bytes", total,
		"Block count × block size: "+decimal(uint64(r.B))+" × "+decimal(uint64(r.C))+" = "+decimal(total)+".").product(r.B, r.C)))
	if n := g.log.At(data).Length; n > 0 {
		steps = append(steps, step(data, Mark{0, int(min(n, 1<<30)), "data"}, Folder+PageFraming+"#write",
			"This is the data: raw bytes, with no header and no mark of where they begin or end. Such data is called out of band. The log gives it a line of its own, two spaces and an arrow, when the last byte of it is there.").
			ask(choice("How can one tell where it ends, and the next message begins?", 2, "Nothing in the data says so. Only whoever remembers the request knows that these bytes are no message, and how many they are.",
				"by a zero byte at its end", "by the header of the next message", "by the block count and block size of the request").
				slip(0, "A file can hold zero bytes anywhere.").
				slip(1, "A file can hold bytes that look like a header. And to find the next header, one must know where the data ends.")))
	}
	a := g.answerRow(q)
	result, _ := responseMark(c, sata.ShapeResult, sata.SlotResult)
	value, known := g.log.At(a).Result()
	if !known {
		return steps
	}
	printed := " The log says `Failure (" + Hex(uint64(value))[2:] + ")`."
	if value == sata.Success {
		printed = " The log says `Success`."
	}
	verdict, why := 0, code(code8(value))+" is "+meaning(value)+". Numbers this large are codes; a number of bytes would be small."
	if !value.FailsFor(c) {
		verdict = 1
		why = code(Hex(uint64(value))) + " is " + decimal(uint64(value)) + ". A WriteFile that succeeds answers the number of bytes written"
		if uint64(value) == g.log.At(data).A {
			why += ", and just as many were sent"
		}
		why += "."
		if value != sata.Success {
			why += " The reference does not know this, and its log calls it a failure: a quirk."
		}
	}
	return append(steps, step(a, result, Folder+PageResults+"#written",
		"The response is a result code and nothing else: "+code(Hex(uint64(value)))+"."+printed).
		ask(choice("Did the write fail?", verdict, why,
			"Yes: the number is the code of a failure.", "No: the number is how many bytes were written.", "It can't be told from the response.").
			slip(0, "Codes of failures are large, as `0xFFF0FFE9`. Compare this number with how many bytes were sent.").
			slip(1, "More bytes than were ever sent? Codes of failures are large, as `0xFFF0FFE9`.").
			slip(2, "It can. Compare the number with how many bytes were sent.")))
}

func descriptors(g *guide) (steps []Step) {
	const c = sata.OpenFile
	// A descriptor that is opened, closed, and opened again for another path; or
	// else one that is at least closed.
	first, shut, second := -1, -1, -1
	type life struct{ open, shut int }
	lives := map[uint64]life{}
	g.find(0, func(i int, r *walcore.Record) bool {
		if r.Kind != walcore.Response || r.Failed() || r.Partner == walcore.None {
			return false
		}
		key := uint64(r.Stream)<<32 | uint64(uint32(r.FD))
		switch {
		case r.Line == walcore.LineDescriptor && r.Op == uint8(c):
			if l, ok := lives[key]; ok && l.shut >= 0 && g.log.At(l.open).Path != r.Path {
				first, shut, second = l.open, l.shut, i
				return true
			}
			lives[key] = life{i, -1}
			if first < 0 {
				first = i
			}
		case r.Line == walcore.LineResult && r.Op == uint8(sata.CloseFile):
			if l, ok := lives[key]; ok {
				lives[key] = life{l.open, i}
				if shut < 0 {
					first, shut = l.open, i
				}
			}
		}
		return false
	})
	fdMark, fdAt := responseMark(c, sata.ShapeDescriptor, sata.SlotFD)
	shown := func(i int) string { return string(walcore.AppendVisible(nil, g.log.Text(g.log.At(i).Path))) }
	if first >= 0 {
		fd := strconv.Itoa(int(g.log.At(first).FD))
		unknown := "<Unknown " + fd + ">"
		steps = append(steps, step(first, fdMark, fdAt, "Descriptor "+fd+" is born: from this response on it means "+g.path(g.log.At(first).Path)+".").
			ask(choice("Where does that path stand?", 1, "A response to OpenFile is a result code and a descriptor, no more. The path is remembered from the request.",
				"in this response", "in the request that it answers", "in the header of both").
				slip(0, "Look at its bytes: behind the header stand two numbers, and no text.").
				slip(2, "A header has 32 bytes, and no room for a path.")))
		if shut >= 0 {
			mark, at := responseMark(sata.CloseFile, sata.ShapeResult, sata.SlotResult)
			steps = append(steps, step(shut, mark, at, "It dies with the response to its CloseFile, because that says success. The number is free again.").
				ask(choice("Had this response not said success, which path would the log print for a ReadFile with descriptor "+fd+" next?", 0, "Only a response with the code 0 ends a descriptor.",
					shown(first), unknown).
					hint("A close that failed has closed nothing.")))
		}
		if second >= 0 {
			steps = append(steps, step(second, fdMark, Folder+PageDescriptors+"#life",
				"Later the same number comes back, for another file. Who reads a log must know which file a number meant at that moment; the log does it by printing paths.").
				ask(choice("A ReadFile with descriptor "+fd+" comes right after this. Which path does the log print?", 1, "The descriptor means what it was opened with last. The path is looked up when the request comes in.",
					shown(first), shown(second), unknown).
					slip(0, "That is what the number meant before it was closed.").
					slip(2, "It was opened again just now.")))
		}
	}
	late := g.find(0, func(i int, r *walcore.Record) bool {
		return r.Kind == walcore.Request && r.Line == walcore.LineRequest && (r.Op == uint8(sata.ReadFile) || r.Op == uint8(sata.CloseFile) || r.Op == uint8(sata.StatFile) || r.Op == uint8(sata.WriteFile)) && r.Flags&walcore.FlagOpen == 0
	})
	if late >= 0 {
		r := g.log.At(late)
		number := strconv.Itoa(int(r.FD))
		mark, _ := requestMark(sata.Command(r.Op), sata.SlotFD)
		right := 1
		if r.Op == uint8(sata.ReadFile) || r.Op == uint8(sata.WriteFile) {
			right = 0
		}
		steps = append(steps, step(late, mark, Folder+PageDescriptors+"#unknown",
			"Here descriptor "+number+" is used, and nobody has it open: it was closed before, or opened before the recording began. The log can print only the number. In a ReadFile and a WriteFile it is written without a semicolon, elsewhere with one: a quirk of the reference.").
			ask(choice("How does the log write the path of this "+sata.Command(r.Op).String()+"?", right, "It is a "+sata.Command(r.Op).String()+".",
				"<Unknown "+number+">", "<Unknown; "+number+">").
				hint("In which two requests is the semicolon left out?")))
	}
	return steps
}

func pipelining(g *guide) (steps []Step) {
	first, second := -1, -1
	look := func(fits func(r, q *walcore.Record) bool) {
		first = g.find(0, func(i int, r *walcore.Record) bool {
			if r.Kind != walcore.Request || r.Partner == walcore.None || r.Line != walcore.LineRequest {
				return false
			}
			second = g.findBefore(min(int(r.Partner), i+within), i+1, func(_ int, q *walcore.Record) bool {
				return q.Stream == r.Stream && q.Kind == walcore.Request && q.Line == walcore.LineRequest && q.Partner != walcore.None && fits(r, q)
			})
			return second >= 0
		})
	}
	if look(func(r, q *walcore.Record) bool { return q.Op != r.Op }); first < 0 {
		look(func(r, q *walcore.Record) bool { return q.Path != r.Path || q.FD != r.FD })
	}
	if first < 0 {
		return nil
	}
	a, b := g.answerRow(first), g.answerRow(second)
	command, commandAt := infoMark(4)
	steps = append(steps, step(first, command, commandAt, "A request, "+code(sata.Command(g.log.At(first).Op).String())+". Most often the response is the next message on the connection.").
		ask(choice("Must the client wait for it before it asks for something else?", 1, "Nothing forbids to ask again. The server answers one request after the other.", "yes", "no").
			hint("Does anything in a request depend on the response to the one before? Think of two questions about two paths.")))
	waiting := uint64(g.walk.At(second).Waiting)
	steps = append(steps, step(second, command, Folder+PageFraming+"#place",
		"This time the client did not wait: here is another request, "+code(sata.Command(g.log.At(second).Op).String())+", and the first has no response yet. This is called pipelining. It saves time: while the answers travel, the next questions do, too.").
		ask(amount("How many requests on this connection wait for their responses now?", "requests", waiting,
			"Each request waits until its response goes out. "+decimal(waiting)+" have none yet.").
			slip(waiting-1, "The one that is selected waits, too.").
			hint("Count the requests of this connection up to the selected row that have no response above it.")))
	text := "A response. Nothing in it says what it answers."
	if id := g.word(first, 4); g.log.At(a).Line != walcore.LineRead {
		switch {
		case id == g.word(second, 4):
			text += " The header has a packet id for that, but both requests have the same, " + decimal(uint64(id)) + "."
		case id == g.word(a, 4):
			text = "A response. The header has a packet id, " + decimal(uint64(id)) + ", and so has the first request. But the order alone would tell, too."
		}
	}
	head := func(row int) Mark {
		return Mark{0, int(min(g.log.At(row).Length, sata.HeaderSize)), "the response's first bytes"}
	}
	steps = append(steps, step(a, head(a), Folder+PageFraming+"#place", text).
		ask(choice("Which request does it answer?", 0, "Responses come in the order of the requests. So a response always belongs to the request that has waited longest, and that request says how it is to be read.",
			g.line(first), g.line(second)).
			hint("The server answers in the order in which it was asked.")))
	return append(steps, step(b, head(b), Folder+PageMachine+"#response",
		"And this one answers the second. Who loses one message here reads all that follow by the wrong request. So after a gap in a capture, requests and responses must be matched again with care.").
		ask(choice("Had the response before it been lost, for which request would this one be taken?", 0, "For the one that has waited longest: the first would still wait. What is laid out for one request would be read as the answer to another.",
			g.line(first), g.line(second)).
			hint("If the first response is lost, how many requests still wait, and which of them has waited longest?")))
}

func goingWrong(g *guide) (steps []Step) {
	const e = sata.NotFound
	failed := g.find(0, func(i int, r *walcore.Record) bool {
		return r.Line == walcore.LineDescriptor && r.Failed() && r.Partner != walcore.None
	})
	if failed >= 0 {
		r := g.log.At(failed)
		result, _ := r.Result()
		c := sata.Command(r.Op)
		resultMark, _ := responseMark(c, sata.ShapeDescriptor, sata.SlotResult)
		fd, _ := responseMark(c, sata.ShapeDescriptor, sata.SlotFD)
		steps = append(steps, Step{Row: failed, Marks: []Mark{resultMark, fd}, Address: ResultAddress(result, c),
			Text: "The response to " + code(c.String()) + " of " + g.path(r.Path) + ": result code " + code(code8(result)) + ", " + meaning(result) + ". The descriptor is " + strconv.Itoa(int(r.FD)) + ", and means nothing." + often(result == e),
		}.ask(choice("What decides whether an open succeeded?", 0, "The code alone: with 0 it succeeded, whatever the descriptor is.",
			"the result code", "the descriptor", "both").
			slip(1, "It is "+strconv.Itoa(int(r.FD))+" here, but what says that the open failed?").
			slip(2, "One of the two would be enough. What would a response with the code 0 and the descriptor -1 say?")))
	}
	query := g.find(0, func(i int, r *walcore.Record) bool {
		return r.Kind == walcore.Response && r.Line == walcore.LineResult && r.Failed() && (r.Op == uint8(sata.QueryPath) || r.Op == uint8(sata.StatFile))
	})
	if query >= 0 {
		r := g.log.At(query)
		c := sata.Command(r.Op)
		result, _ := r.Result()
		mark, _ := responseMark(c, sata.ShapeInfo, sata.SlotResult)
		steps = append(steps, step(query, mark, CommandAddress(c)+"#line",
			"When a "+code(c.String())+" fails, there is nothing to tell but the code, "+code(code8(result))+", "+meaning(result)+". So the log has an `RC` line for it, as for responses that are a result code and nothing else.").
			ask(responseLength("How many bytes of such a response are read?", sata.ShapeInfo, result).
				slip(r.Length, "It may be longer, but what stands behind the code is ignored.").
				slip(ResponseLength(sata.ShapeInfo, sata.Success).Bytes, "That would be right if it had succeeded.")))
	}
	read := g.find(0, func(i int, r *walcore.Record) bool { return r.Line == walcore.LineRead && r.Failed() })
	if read >= 0 {
		r := g.log.At(read)
		word, _ := responseMark(sata.ReadFile, sata.ShapeRead, sata.SlotNumber)
		word.Label = "result code"
		steps = append(steps, Step{Row: read, Marks: []Mark{{0, 5, "a failed read"}, word}, Address: Folder + PageFraming + "#form-failed",
			Text: "A read that failed. It starts `C4 00 FE 00 20`, and the number at " + code(Hex(sata.HeaderSize)) + " is the result code, " + code(code8(sata.Result(r.B))) + ". The log prints it as if it were a size: `file_size=" + decimal(uint64(r.B)) + "`, a quirk of the reference.",
		}.ask(amount("How long is the answer to a read that failed?", "bytes", sata.ReadHeadSize,
			"32 bytes and the code, no data and no padding: 36. Whoever waits here for what was asked for waits without end.").
			slip(sata.HeaderSize, "That leaves out the result code.").
			slip(4, "That is the result code alone. 32 bytes stand before it.").
			hint("It has the 32 bytes that say its form, and the number behind them. No data, no padding.")))
	}
	unknown := g.find(0, func(i int, r *walcore.Record) bool {
		return r.Kind == walcore.Request && r.Line == walcore.LineUnknown
	})
	if unknown >= 0 {
		r := g.log.At(unknown)
		mark, at := infoMark(4)
		text := "A request that does not parse: a part of it is not as it should be. The log prints it as Unknown, with all its bytes."
		if r.Length < uint64(mark.End()) {
			mark = Mark{0, int(r.Length), "all of it"}
		}
		if c, ok := r.Command(); ok && c == sata.GetFilePosition {
			at = CommandAddress(c)
			text = "An Unknown request. But nothing is wrong with it: command `0x08` is GetFilePosition, which the reference does not know, so its log can't name it. Satascope shows its fields all the same."
		}
		if mark.Length > 0 {
			steps = append(steps, step(unknown, mark, at, text).
				ask(choice("Does an Unknown request wait for a response?", 1, "It waits like any other, so that the responses after it stay with their requests. As nothing says how its response is laid out, that is Unknown, too.",
					"no", "yes, and its response is Unknown, too").
					hint("The server got the request, and will answer it. If it did not wait, to which request would that answer be taken to belong?")))
		}
	}
	other := g.find(0, func(i int, r *walcore.Record) bool {
		return r.Kind == walcore.Response && r.Failed() && r.Line == walcore.LineResult && r.Op != uint8(sata.QueryPath) && r.Op != uint8(sata.StatFile)
	})
	if other >= 0 {
		r := g.log.At(other)
		c := sata.Command(r.Op)
		result, _ := r.Result()
		mark, _ := responseMark(c, sata.ShapeResult, sata.SlotResult)
		steps = append(steps, step(other, mark, ResultAddress(result, c),
			"And a "+code(c.String())+" that failed: "+code(code8(result))+", "+meaning(result)+"."))
	}
	if failed < 0 && query < 0 && read < 0 && other < 0 {
		return nil
	}
	last := &steps[len(steps)-1]
	if other >= 0 || failed >= 0 && len(steps) == 1 {
		q := choice("Three lines that say Failure. Which one tells of something that was not done?", 1,
			"The first is the end of a folder, the third a number of bytes written. Only in the second was something refused: the path does not exist.",
			"<- Folder Item {rc=Failure (fff0fffc),next_item=<None>}", "<-       FDRES {response=Failure (fff0ffe9)}", "<-          RC {return_code=Failure (1000)}, after a WriteFile").
			slip(0, "That is the end of a folder: no more items. Chapter 3 has it.").
			slip(2, "That is how many bytes were written. Chapter 7 has it.")
		q.Address = Folder + PageResults
		last.Question = &q
	}
	return steps
}

func meaning(r sata.Result) string {
	if m := r.Meaning(); m != "" {
		return m
	}
	return "a code whose meaning is not known"
}

func often(notFound bool) string {
	if notFound {
		return " This is often no trouble: clients ask for files that may be missing, and go on."
	}
	return ""
}
