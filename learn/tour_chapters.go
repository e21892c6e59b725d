package learn

import (
	"bytes"
	"strconv"

	"satascope/sata"
	"satascope/walcore"
)

// The chapters. Each looks for its example and returns no steps when there is
// none. The texts are written so that they hold for whatever was found.

func hello(g *guide) (steps []Step) {
	ping := g.find(0, func(i int, r *walcore.Record) bool {
		return request(r, sata.Ping) && g.answer(i).Line == walcore.LinePong
	})
	if ping < 0 {
		return nil
	}
	pong := g.answerRow(ping)
	follows := g.word(ping, 0)
	flags := g.word(ping, 8)
	first := g.word(ping, 0x20)
	length, lengthAt := headerMark(0)
	steps = append(steps, Step{
		Row: ping, Marks: []Mark{length, {4, sata.HeaderSize - 4, "the rest of the header"}}, Address: lengthAt,
		Text: "Two sides talk over one connection. The devkit, the client, sends requests. A program on the developer's PC, the server, answers each with a response. Each of these is a message.\n\n" +
			"This is a request. Its first 32 bytes are the header, and the first number of the header says how many bytes follow it: " + code(Hex(uint64(follows))) + ", that is " + decimal(uint64(follows)) + ".",
	}.ask(Question{
		Prompt: "How long is this message, its header included?", Unit: "bytes",
		Answer: sata.HeaderSize + uint64(follows),
		Why:    "32 bytes of header and " + decimal(uint64(follows)) + " that follow: " + decimal(sata.HeaderSize+uint64(follows)) + ". The next message starts right after. Nothing else in the stream of bytes says where.",
	}))
	command, commandAt := infoMark(4)
	steps = append(steps, step(ping, command, commandAt,
		"After the header come 20 bytes of command info. The last number in it says what is asked for: command "+code(Hex(uint64(sata.Ping)))+" is a Ping. It says hello, and asks for nothing more.\n\nThe log shows it as a line that starts `->`: it came in, seen from the server."))
	flagsMark, flagsAt := headerMark(2)
	supports := "neither of the two"
	switch flags & (sata.FlagFFIO | sata.FlagCSR) {
	case sata.FlagFFIO | sata.FlagCSR:
		supports = "both"
	case sata.FlagFFIO:
		supports = "the first"
	case sata.FlagCSR:
		supports = "the second"
	}
	steps = append(steps, step(ping, flagsMark, flagsAt,
		"In the header of a Ping, the flags say what the client can do. Bit `0b010` stands for fast file I/O, bit `0b100` for combined send and receive. Here they are "+code("0b"+strconv.FormatUint(uint64(flags), 2))+": "+supports+".\n\nFast file I/O is a way to read and write files with fewer bytes around the data. A later chapter shows it."))
	user, userAt := infoMark(0)
	steps = append(steps, step(ping, user, userAt,
		"The command info of a Ping has a number that will matter when files are read: the first read size, here "+Count(uint64(first))+"."))

	caps := sata.Capabilities(g.word(pong, 0x24))
	result, resultAt := responseMark(sata.Ping, sata.ShapePong, sata.SlotResult)
	capsMark, capsAt := responseMark(sata.Ping, sata.ShapePong, sata.SlotCapabilities)
	steps = append(steps, step(pong, result, resultAt,
		"The server's response. It has a header, too, and then its body. In nearly all responses the body starts with a result code. 0 means success."))
	choices := []string{"neither", "fast file I/O", "combined send and receive", "both"}
	right := 0
	if caps.FFIO() {
		right |= 1
	}
	if caps.CSR() {
		right |= 2
	}
	steps = append(steps, step(pong, capsMark, capsAt,
		"The response to a Ping is called a Pong. Its second number says what is on from now on: `0xCAFE0003` is both, `0xCAFE0001` fast file I/O, `0xCAFE0002` combined send and receive, and any other number neither.").ask(Question{
		Kind: QuestionChoice, Prompt: "What is on now?", Choices: choices, Answer: uint64(right),
		Why: "The number is " + code(Hex(uint64(caps))) + ": " + choices[right] + ". What the client supports is one thing, what the server switches on another.",
	}))
	return steps
}

func paths(g *guide) (steps []Step) {
	const c = sata.QueryPath
	q := g.find(0, func(i int, r *walcore.Record) bool { return request(r, c) && g.answer(i).Line == walcore.LineInfo })
	if q < 0 {
		return nil
	}
	r := g.log.At(q)
	path, pathAt := requestMark(c, sata.SlotPath)
	steps = append(steps, step(q, textMark(path, g.log.Text(r.Path)), pathAt,
		"A request that asks about a path: "+g.path(r.Path)+". The body of this request starts at "+code(Hex(sata.RequestSize))+", after header and command info.\n\nA path's field is always "+decimal(sata.PathSize)+" bytes long. The path ends at the first zero byte; what stands after it is ignored, and may be left over from earlier messages."))
	query, queryAt := requestMark(c, sata.SlotQuery)
	length := ResponseLength(sata.ShapeInfo, sata.Success)
	steps = append(steps, step(q, query, queryAt,
		"After the path, a number says what is asked: 0 how much space is free, 1 how large a folder is, 2 how many files it has, 5 the details of the path. Here it is "+decimal(uint64(r.B))+".\n\nIf the path exists, the details come as an info block of "+strconv.Itoa(sata.InfoSize)+" bytes.").ask(Question{
		Prompt: "How long will the response be?", Unit: "bytes", Answer: length.Bytes, Why: length.Why,
		Address: CommandAddress(c) + "#response-details",
	}))
	a := g.answerRow(q)
	info := g.log.At(a)
	flags, flagsAt := responseMark(c, sata.ShapeInfo, sata.SlotFlags)
	what := "a file"
	if info.B&sata.InfoFolder != 0 {
		what = "a folder"
	}
	steps = append(steps, step(a, flags, flagsAt,
		"The info block begins with flags. Bit `0x80000000` says that it is a folder, bit `0x20000000` that it exists. Here: "+code(Hex(uint64(info.B)))+", "+what+"."))
	permissions, permissionsAt := responseMark(c, sata.ShapeInfo, sata.SlotPermissions)
	size, _ := responseMark(c, sata.ShapeInfo, sata.SlotFileLength)
	says := " The length of a file stands here; for a folder the log prints 0, whatever it says."
	steps = append(steps, Step{Row: a, Marks: []Mark{permissions, size}, Address: permissionsAt,
		Text: "Then come the permissions, as in `666` for writable and `444` for read-only, a few numbers that are always the same, the length, and two times." + says})

	space := g.find(0, func(i int, r *walcore.Record) bool { return request(r, c) && g.answer(i).Line == walcore.LineSpace })
	if space < 0 {
		return steps
	}
	a = g.answerRow(space)
	number, numberAt := responseMark(c, sata.ShapeSpace, sata.SlotNumber)
	least := ResponseLength(sata.ShapeSpace, sata.Success)
	text := "The same command, another question: " + code(sata.Query(g.log.At(space).B).String()) + ". So the response has another body: one number of 8 bytes, " + Count(g.log.At(a).A) + ". The log marks it with `LG`."
	if have := g.log.At(a).Length; have > least.Bytes {
		text += "\n\nIt would be whole with " + decimal(least.Bytes) + " bytes; it has " + decimal(have) + ". Here a response may be longer than it need be; what follows is ignored."
	}
	return append(steps, step(a, number, numberAt, text))
}

func folder(g *guide) (steps []Step) {
	open, item, end := -1, -1, -1
	items := 0
	g.find(0, func(i int, r *walcore.Record) bool {
		if !request(r, sata.OpenFolder) || g.answer(i).Line != walcore.LineDescriptor || g.answer(i).Failed() {
			return false
		}
		fd, opened := g.answer(i).FD, g.answerRow(i)
		item, end, items = -1, -1, 0
		g.near(opened+1, func(n int, q *walcore.Record) bool {
			if q.Stream != r.Stream || q.Kind != walcore.Request || q.Partner == walcore.None || q.FD != fd {
				return false
			}
			switch sata.Command(q.Op) {
			case sata.CloseFolder:
				return true
			case sata.RewindFolder:
				return true
			case sata.ReadFolder:
				switch result, _ := g.answer(n).Result(); {
				case g.answer(n).Line != walcore.LineItem:
				case result == sata.NoMoreItems:
					end = n
					return true
				default:
					items++
					if item < 0 {
						item = n
					}
				}
			}
			return false
		})
		if item >= 0 && end >= 0 {
			open = i
			return true
		}
		return false
	})
	if open < 0 {
		return nil
	}
	r := g.log.At(open)
	opened := g.answerRow(open)
	fd := g.log.At(opened).FD
	path, pathAt := requestMark(sata.OpenFolder, sata.SlotPath)
	steps = append(steps, step(open, textMark(path, g.log.Text(r.Path)), pathAt, "To list a folder, the client first opens it: "+g.path(r.Path)+"."))
	fdMark, fdAt := responseMark(sata.OpenFolder, sata.ShapeDescriptor, sata.SlotFD)
	steps = append(steps, step(opened, fdMark, fdAt, "The response has a result code, 0, and a new number: "+strconv.Itoa(int(fd))+". This is a descriptor. From now on it stands for the folder, and the path is not sent again."))
	ask, askAt := requestMark(sata.ReadFolder, sata.SlotFD)
	steps = append(steps, Step{Row: item, Address: askAt,
		Text: "ReadFolder asks for the next item of the folder. The log prints the folder's path, but the path is not in the message. The log remembered it.",
	}.ask(Question{
		Kind: QuestionByte, Prompt: "Which bytes of this request say which folder is meant?", Answer: uint64(ask.Offset), Length: ask.Length,
		Why: "The body of a ReadFolder is one number, the descriptor, at " + code(Hex(uint64(ask.Offset))) + ". Here it is " + strconv.Itoa(int(fd)) + ".",
	}))
	name, nameAt := responseMark(sata.ReadFolder, sata.ShapeItem, sata.SlotName)
	got := g.answerRow(item)
	steps = append(steps, step(got, textMark(name, g.log.Text(g.log.At(got).Path2)), nameAt,
		"The response: a result code, an info block as before, and a name, "+g.path(g.log.At(got).Path2)+". One call, one item. So the client calls again and again."))
	over := g.answerRow(end)
	code20, _ := responseMark(sata.ReadFolder, sata.ShapeItem, sata.SlotResult)
	steps = append(steps, step(over, code20, ResultAddress(sata.NoMoreItems, sata.ReadFolder),
		"At last the result code is not 0 but "+code(code8(sata.NoMoreItems))+". The log says Failure, but nothing failed. This code means that there are no more items.").ask(Question{
		Prompt: "How many items has this folder?", Unit: "items", Answer: uint64(items),
		Why: "As many as there were responses with an item between the OpenFolder and this one: " + decimal(uint64(items)) + ".",
	}))

	rewind := g.near(over, func(i int, q *walcore.Record) bool {
		return q.Stream == r.Stream && q.FD == fd && (request(q, sata.RewindFolder) || request(q, sata.CloseFolder))
	})
	if rewind >= 0 && g.log.At(rewind).Op == uint8(sata.RewindFolder) {
		again := g.near(rewind, func(i int, q *walcore.Record) bool {
			return q.Stream == r.Stream && q.FD == fd && request(q, sata.ReadFolder) && g.answer(i).Line == walcore.LineItem && !g.answer(i).Failed()
		})
		if again >= 0 {
			a := g.answerRow(again)
			text := "RewindFolder starts the listing again, so the next ReadFolder gives the first item once more: " + g.path(g.log.At(a).Path2) + "."
			if g.log.At(a).Path2 != g.log.At(got).Path2 {
				text = "The client sent a RewindFolder, to start the listing again. The first item was " + g.path(g.log.At(got).Path2) + ", but now it gets " + g.path(g.log.At(a).Path2) + ". This is a quirk of the reference's server: it goes back by one item only."
			}
			steps = append(steps, step(a, textMark(name, g.log.Text(g.log.At(a).Path2)), CommandAddress(sata.RewindFolder), text))
		}
	}
	shut := g.near(over, func(i int, q *walcore.Record) bool {
		return q.Stream == r.Stream && q.FD == fd && request(q, sata.CloseFolder)
	})
	if shut >= 0 && !g.answer(shut).Failed() {
		steps = append(steps, step(shut, ask, CommandAddress(sata.CloseFolder), "CloseFolder ends it. When the response says success, the number "+strconv.Itoa(int(fd))+" means nothing any more."))
	}
	return steps
}

// A reading is a file that is opened, read from its beginning and not yet at its
// end, or whole.
type reading struct{ open, stat, read int }

// firstReading finds a file that is opened and then read for which fits says yes.
func (g *guide) firstReading(fits func(read Read) bool) (found reading, ok bool) {
	found = reading{-1, -1, -1}
	g.find(0, func(i int, r *walcore.Record) bool {
		if !request(r, sata.OpenFile) || g.answer(i).Line != walcore.LineDescriptor || g.answer(i).Failed() {
			return false
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

func readingFile(g *guide) (steps []Step) {
	f, ok := g.firstReading(func(r Read) bool {
		return r.Form == sata.ReadFirst && r.Total > 0 && r.Total <= uint64(r.FirstRead) && r.Word > 0
	})
	if !ok {
		return nil
	}
	r := g.log.At(f.open)
	opened := g.answerRow(f.open)
	fd := strconv.Itoa(int(g.log.At(opened).FD))
	mode, modeAt := requestMark(sata.OpenFile, sata.SlotModeText)
	path, _ := requestMark(sata.OpenFile, sata.SlotPath)
	steps = append(steps, Step{Row: f.open, Marks: []Mark{textMark(mode, g.log.Text(r.Path2)), textMark(path, g.log.Text(r.Path))}, Address: modeAt,
		Text: "A file is opened with a mode, here " + code(g.log.Text(r.Path2)) + " (as C's `fopen` takes it: read, write or append), and a path: " + g.path(r.Path) + "."})
	fdMark, fdAt := responseMark(sata.OpenFile, sata.ShapeDescriptor, sata.SlotFD)
	steps = append(steps, step(opened, fdMark, fdAt, "As with a folder, the response brings a descriptor: "+fd+"."))
	if f.stat >= 0 {
		a := g.answerRow(f.stat)
		size, sizeAt := responseMark(sata.StatFile, sata.ShapeInfo, sata.SlotFileLength)
		steps = append(steps, step(a, size, sizeAt, "StatFile asks what descriptor "+fd+" is, and the answer is an info block. It says that the file has "+count(uint64(g.log.At(a).D), "byte", "bytes")+"."))
	}
	read, _, _ := g.read(g.answerRow(f.read))
	q := g.log.At(f.read)
	blocks, blocksAt := requestMark(sata.ReadFile, sata.SlotBlockCount)
	size, _ := requestMark(sata.ReadFile, sata.SlotBlockSize)
	steps = append(steps, Step{Row: f.read, Marks: []Mark{blocks, size}, Address: blocksAt,
		Text: "ReadFile says how much is wanted, in blocks: how many, and how large each is. Here " + decimal(uint64(q.B)) + " and " + decimal(uint64(q.C)) + ".",
	}.ask(Question{
		Prompt: "How many bytes are asked for?", Unit: "bytes", Answer: read.Total,
		Why: decimal(uint64(q.B)) + " × " + decimal(uint64(q.C)) + " = " + decimal(read.Total) + ". The log prints it as `total_size`.",
	}))
	a := g.answerRow(f.read)
	form := Mark{0, sata.HeaderSize, "form"}
	steps = append(steps, step(a, form, Folder+PageFraming+"#read",
		"This response has no header. That is what fast file I/O, switched on by the Pong, means for reads. Instead of a header it starts with `C4 00 24 02 E8 EF 24 02` and zeros. So nothing in it says how long it is."))
	word, wordAt := responseMark(sata.ReadFile, sata.ShapeRead, sata.SlotNumber)
	steps = append(steps, step(a, word, wordAt,
		"Then comes one number. With this beginning it is the length of the file, "+decimal(uint64(read.Word))+", however much of it was asked for. The log prints it as `file_size`."))
	data := min(uint64(read.Word), read.Total)
	steps = append(steps, step(a, Mark{sata.ReadHeadSize, int(data), "data"}, CommandAddress(sata.ReadFile),
		"And then the data: "+count(data, "byte", "bytes")+" of the file, from "+code(Hex(sata.ReadHeadSize))+" on. The log does not print them. It prints a checksum of the whole response, `chk`, so that two reads can be compared."))
	shut := g.near(a, func(i int, q *walcore.Record) bool {
		return q.Stream == r.Stream && q.FD == g.log.At(opened).FD && request(q, sata.CloseFile)
	})
	if shut >= 0 && !g.answer(shut).Failed() {
		mark, at := requestMark(sata.CloseFile, sata.SlotFD)
		steps = append(steps, step(shut, mark, at, "When the client is done, it closes the file, by its descriptor."))
	}
	return steps
}

func padding(g *guide) (steps []Step) {
	f, ok := g.firstReading(func(r Read) bool {
		return r.Form == sata.ReadFirst && r.Total <= uint64(r.FirstRead) && r.Word > 0 && uint64(r.Word) < r.Total
	})
	if !ok {
		return nil
	}
	a := g.answerRow(f.read)
	read, length, _ := g.read(a)
	data := Mark{sata.ReadHeadSize, int(read.Word), "data"}
	fill := Mark{data.End(), int(length.Bytes) - data.End(), "padding"}
	if b, err := g.c.Bytes(a, int(length.Bytes)); err == nil && len(bytes.Trim(b[fill.Offset:], "\xcd")) > 0 {
		return nil // not what the rules say: no example
	}
	steps = append(steps, step(a, data, Folder+PageFraming+"#read",
		"The answer to a ReadFile, once more. "+Count(read.Total)+" bytes were asked for. The file has only "+count(uint64(read.Word), "byte", "bytes")+", and these are they. But the response goes on."))
	steps = append(steps, step(a, fill, Folder+PageFraming+"#read",
		"The rest is padding: bytes `CD`, up to what was asked for.").ask(Question{
		Prompt: "How many bytes of padding are there?", Unit: "bytes", Answer: uint64(fill.Length),
		Why: Count(read.Total) + " were asked for and " + Count(uint64(read.Word)) + " are there: " + Count(read.Total) + " − " + Count(uint64(read.Word)) + " = " + Count(uint64(fill.Length)) + ".",
	}))
	twice := Read{Total: 2 * read.Total, FirstRead: read.FirstRead, Form: read.Form, Word: read.Word}
	other, _ := twice.Length()
	steps = append(steps, Step{Row: a, Marks: []Mark{{0, sata.ReadHeadSize, "form and number"}, data, fill}, Address: Folder + PageFraming + "#read",
		Text: length.Why + "\n\nSo the length of the answer follows from the request, not from the answer itself. Whoever cuts a conversation into messages must remember what was asked for.",
	}.ask(Question{
		Prompt: "Had the client asked for " + Count(twice.Total) + " bytes of the same file, how long would the answer be?", Unit: "bytes", Answer: other.Bytes, Why: other.Why,
	}))
	return steps
}

func growing(g *guide) (steps []Step) {
	// The first read after which the form is the one of zeros.
	grown := g.find(0, func(i int, r *walcore.Record) bool {
		read, _, ok := g.read(i)
		return ok && read.Form == sata.ReadZeros && uint64(read.Word) > uint64(read.FirstRead)
	})
	if grown < 0 {
		return nil
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
	if before >= 0 {
		read, length, _ := g.read(before)
		blocks, blocksAt := requestMark(sata.ReadFile, sata.SlotBlockCount)
		blockSize, _ := requestMark(sata.ReadFile, sata.SlotBlockSize)
		steps = append(steps, Step{Row: int(g.log.At(before).Partner), Marks: []Mark{blocks, blockSize}, Address: blocksAt,
			Text: "Here more is asked for than the first read size of the Ping: " + Count(read.Total) + " against " + Count(uint64(read.FirstRead)) + ". That size is how large the server's buffer is to begin with. What is left of the file is no more than the buffer holds.",
		}.ask(Question{
			Prompt: "The answer begins `C4 00 24 02`. How long will it be?", Unit: "bytes", Answer: length.Bytes, Why: length.Why,
			Address: Folder + PageFraming + "#read",
		}))
	}
	read, length, _ := g.read(grown)
	steps = append(steps, step(grown, form, Folder+PageFraming+"#form-zeros",
		"This read brought more than the first read size, so the buffer had to grow. From this answer on, for as long as the connection lives, the first 32 bytes of every answer are zeros."))
	steps = append(steps, step(grown, word, wordAt,
		"And the number after them means something else now: not the length of the file, but how many bytes were read, "+Count(uint64(read.Word))+". The log still calls it `file_size`.").ask(Question{
		Prompt: "How long is this answer?", Unit: "bytes", Answer: length.Bytes, Why: length.Why,
	}))
	short := g.find(grown+1, func(i int, r *walcore.Record) bool {
		if r.Stream != stream {
			return false
		}
		read, _, ok := g.read(i)
		return ok && read.Form == sata.ReadZeros && uint64(read.Word) < min(read.Total, uint64(read.FirstRead))
	})
	if short >= 0 {
		read, length, _ := g.read(short)
		steps = append(steps, step(short, word, Folder+PageFraming+"#worked",
			"Padding goes on as before. Here "+Count(read.Total)+" bytes were asked for and "+Count(uint64(read.Word))+" read. "+length.Why))
	}
	return steps
}

func writing(g *guide) (steps []Step) {
	const c = sata.WriteFile
	data := -1
	q := g.find(0, func(i int, r *walcore.Record) bool {
		if !request(r, c) || g.answer(i).Line != walcore.LineResult {
			return false
		}
		result, _ := g.answer(i).Result()
		data = g.c.WrittenOf(i)
		return data >= 0 && result != sata.Success && !result.FailsFor(c) && uint64(result) == g.log.At(data).A
	})
	if q < 0 {
		return nil
	}
	r := g.log.At(q)
	total := uint64(r.B) * uint64(r.C)
	blocks, blocksAt := requestMark(c, sata.SlotBlockCount)
	size, _ := requestMark(c, sata.SlotBlockSize)
	steps = append(steps, Step{Row: q, Marks: []Mark{blocks, size}, Address: blocksAt,
		Text: "A WriteFile looks like a ReadFile: blocks, a descriptor, where to move first. The data is not in it.",
	}.ask(Question{
		Prompt: "With fast file I/O the data follows the request. How many bytes of it?", Unit: "bytes", Answer: total,
		Why: "Block count × block size: " + decimal(uint64(r.B)) + " × " + decimal(uint64(r.C)) + " = " + decimal(total) + ".",
	}))
	steps = append(steps, step(data, Mark{0, int(min(total, 1<<30)), "data"}, Folder+PageFraming+"#write",
		"These are the data: raw bytes, with no header and no mark of where they begin or end. They are called out of band. Only whoever remembers the request knows that they are no messages. The log gives them a line of their own, two spaces and an arrow, when the last of them is there."))
	a := g.answerRow(q)
	result, _ := responseMark(c, sata.ShapeResult, sata.SlotResult)
	value, _ := g.log.At(a).Result()
	steps = append(steps, step(a, result, Folder+PageResults+"#written",
		"The response is a result code and nothing else: "+code(Hex(uint64(value)))+". The log says `Failure ("+strconv.FormatUint(uint64(value), 16)+")`.").ask(Question{
		Kind: QuestionChoice, Prompt: "Did the write fail?",
		Choices: []string{"Yes: any result code but 0 is a failure.", "No: the number is how many bytes were written.", "It can't be told from the response."}, Answer: 1,
		Why: code(Hex(uint64(value))) + " is " + decimal(uint64(value)) + ", just as many bytes as were sent. A WriteFile that succeeds answers the number of bytes written. The reference's log does not know this, and calls it a failure: a quirk.",
	}))
	return steps
}

func descriptors(g *guide) (steps []Step) {
	const c = sata.OpenFile
	// A descriptor that is opened, closed, and opened again for another path.
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
		case r.Line == walcore.LineResult && r.Op == uint8(sata.CloseFile):
			if l, ok := lives[key]; ok {
				lives[key] = life{l.open, i}
			}
		}
		return false
	})
	if second < 0 {
		return nil
	}
	fd := strconv.Itoa(int(g.log.At(first).FD))
	one, two := g.log.At(first).Path, g.log.At(second).Path
	fdMark, fdAt := responseMark(c, sata.ShapeDescriptor, sata.SlotFD)
	steps = append(steps, step(first, fdMark, fdAt, "Descriptor "+fd+" is born: from this response on it means "+g.path(one)+"."))
	code20, codeAt := responseMark(sata.CloseFile, sata.ShapeResult, sata.SlotResult)
	steps = append(steps, step(shut, code20, codeAt, "It dies with the response to its CloseFile, because that says success. The number is free again."))
	steps = append(steps, step(second, fdMark, Folder+PageDescriptors+"#life",
		"A moment later the same number comes back. A log without memory would mix up the two files.").ask(Question{
		Kind: QuestionChoice, Prompt: "A ReadFile with descriptor " + fd + " comes right after this. Which path does the log print?",
		Choices: []string{string(walcore.AppendVisible(nil, g.log.Text(one))), string(walcore.AppendVisible(nil, g.log.Text(two))), "<Unknown " + fd + ">"}, Answer: 1,
		Why: "The descriptor means what it was opened with last. The path is looked up when the request comes in.",
	}))
	late := g.find(0, func(i int, r *walcore.Record) bool {
		return r.Kind == walcore.Request && r.Line == walcore.LineRequest && (r.Op == uint8(sata.ReadFile) || r.Op == uint8(sata.CloseFile) || r.Op == uint8(sata.StatFile) || r.Op == uint8(sata.WriteFile)) && r.Flags&walcore.FlagOpen == 0
	})
	if late >= 0 {
		r := g.log.At(late)
		mark, _ := requestMark(sata.Command(r.Op), sata.SlotFD)
		steps = append(steps, step(late, mark, Folder+PageDescriptors+"#unknown",
			"Here descriptor "+strconv.Itoa(int(r.FD))+" is used, and nobody has it open: it was closed before, or opened before the recording began. The log can print only the number. In ReadFile and WriteFile it writes `<Unknown 14>`, elsewhere `<Unknown; 14>`, with a semicolon: a quirk of the reference."))
	}
	return steps
}

func pipelining(g *guide) (steps []Step) {
	second := -1
	first := g.find(0, func(i int, r *walcore.Record) bool {
		if r.Kind != walcore.Request || r.Partner == walcore.None || r.Line != walcore.LineRequest {
			return false
		}
		second = -1
		for n := i + 1; n < min(int(r.Partner), i+within); n++ {
			if q := g.log.At(n); q.Stream == r.Stream && q.Kind == walcore.Request && q.Line == walcore.LineRequest && q.Partner != walcore.None && q.Op != r.Op {
				second = n
				return true
			}
		}
		return false
	})
	if first < 0 {
		return nil
	}
	a, b := g.answerRow(first), g.answerRow(second)
	command, commandAt := infoMark(4)
	steps = append(steps, step(first, command, commandAt, "A request, "+code(sata.Command(g.log.At(first).Op).String())+". So far, on this tour, each request was answered before the next came."))
	steps = append(steps, step(second, command, Folder+PageFraming+"#place",
		"This time the client did not wait: here is its next request, "+code(sata.Command(g.log.At(second).Op).String())+", and the first has no answer yet. This is called pipelining. It saves time: neither side waits for the other."))
	text := "A response. Nothing in it says what it answers."
	if id := g.word(first, 4); id == g.word(second, 4) && g.log.At(a).Line != walcore.LineRead {
		text += " The header has a packet id for that, but both requests have the same, " + decimal(uint64(id)) + "."
	}
	head := func(row int) Mark {
		return Mark{0, int(min(g.log.At(row).Length, sata.HeaderSize)), "the response's first bytes"}
	}
	steps = append(steps, step(a, head(a), Folder+PageFraming+"#place", text).ask(Question{
		Kind: QuestionChoice, Prompt: "Which request does it answer?", Choices: []string{g.line(first), g.line(second)}, Answer: 0,
		Why: "Responses come in the order of the requests. So a response always belongs to the request that has waited longest, and that request says how it is to be read.",
	}))
	return append(steps, step(b, head(b), Folder+PageMachine+"#response",
		"And this one answers the second. Who loses one message here reads all that follow by the wrong request. So after a gap in a capture, the two sides must be matched again with care."))
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
			Text: "The response to " + code(c.String()) + " of " + g.path(r.Path) + ": result code " + code(code8(result)) + ", " + meaning(result) + ". The descriptor is " + strconv.Itoa(int(r.FD)) + ", and means nothing." + often(result == e)})
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
			"When a "+code(c.String())+" fails, there is nothing to tell but the code, so the log has an `RC` line and no line of its own: "+code(code8(result))+", "+meaning(result)+"."))
	}
	read := g.find(0, func(i int, r *walcore.Record) bool { return r.Line == walcore.LineRead && r.Failed() })
	if read >= 0 {
		r := g.log.At(read)
		word, _ := responseMark(sata.ReadFile, sata.ShapeRead, sata.SlotNumber)
		steps = append(steps, Step{Row: read, Marks: []Mark{{0, 5, "a failed read"}, word}, Address: Folder + PageFraming + "#form-failed",
			Text: "A read that failed. It starts `C4 00 FE 00 20`, and the number at " + code(Hex(sata.HeaderSize)) + " is the result code, " + code(code8(sata.Result(r.B))) + ". The log prints it as if it were a size: `file_size=" + decimal(uint64(r.B)) + "`.",
		}.ask(Question{
			Prompt: "How long is the answer to a read that failed?", Unit: "bytes", Answer: sata.ReadHeadSize,
			Why: "32 bytes and the code, no data and no padding: 36. Whoever waits here for what was asked for waits without end.",
		}))
	}
	unknown := g.find(0, func(i int, r *walcore.Record) bool {
		return r.Kind == walcore.Request && r.Line == walcore.LineUnknown
	})
	if unknown >= 0 {
		r := g.log.At(unknown)
		mark, at := infoMark(4)
		text := "A request that does not parse. The log prints it as Unknown, with all its bytes, and its response, too."
		if r.Length < uint64(mark.End()) {
			mark = Mark{0, int(r.Length), "all of it"}
		}
		if c, ok := r.Command(); ok && c == sata.GetFilePosition {
			at = CommandAddress(c)
			text = "An Unknown request. But nothing is wrong with it: command `0x08` is GetFilePosition, which the reference does not know, so its log can't name it. Satascope shows its fields all the same."
		}
		steps = append(steps, step(unknown, mark, at, text))
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
	if len(steps) == 0 || failed < 0 && query < 0 && read < 0 && other < 0 {
		return nil
	}
	last := &steps[len(steps)-1]
	if last.Question == nil {
		choices := []string{"<- Folder Item {rc=Failure (fff0fffc),next_item=<None>}", "<-       FDRES {response=Failure (fff0ffe9)}", "<-          RC {return_code=Failure (1000)}, after a WriteFile"}
		last.Question = &Question{Kind: QuestionChoice, Prompt: "Three lines that say Failure. Which one tells of something that was not done?", Choices: choices, Answer: 1,
			Why:     "The first is the end of a folder, the third a number of bytes written. Only in the second was something refused: the path does not exist.",
			Address: Folder + PageResults}
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
