package bridge

func init() {
	question := Question{Form: 1, Prompt: "how long?", Shown: "->ReadFile", Choices: []string{"1", "2"}, Bytes: []byte{0, 1}, Unit: "bytes", Answer: 1, Length: 4, Why: "because", Hints: []Hint{{1, 2, "no"}}, Hint: "look", Row: 7, Address: "reference/readfile.html"}
	shown := Excerpt{Head: []byte{1, 2, 3}, Marks: []ByteMark{{Offset: 1, Length: 2, Label: "a"}}}
	examples = append(examples,
		&AskTour{Chapter: 3},
		&Tour{Chapter: 3, Steps: []Step{{Row: 5, Line: "->Ping", Text: "`x`", Changes: []string{"c"}, Address: "reference/", Shown: shown, Ask: []Question{question}}, {Row: 6, Changes: []string{}, Shown: Excerpt{Head: []byte{}, Marks: []ByteMark{}}, Ask: []Question{}}}, Error: "e"},
		&AskMove{Row: 9},
		&Move{Row: 9, Stream: 1, Line: "l", Before: 1, After: 2, Opens: true, Arrow: 3, Shown: shown, Waiting: 4, Oldest: -1, FFIO: "on", CSR: "off", FirstRead: 5, Known: true, Changes: []string{"c"}},
		&AskQuiz{Topic: "length", Seed: 1 << 63},
		&Quiz{Seed: 4, Ask: []Question{question}, Shown: shown, Error: "e"},
		&AskFrames{Row: 2},
		&Frames{Row: 2, Items: "q00", Rows: []int{2}, Error: "e"},
	)
}
