package page

import (
	"slices"
	"strings"
)

// where says in which places a key counts.
type where uint8

const (
	everywhere where = iota // but not where one types
	inLog                   // but not where something else takes the key (data-own-keys)
	anywhere                // also where one types
)

// An action is something that a person can do with the keyboard.
type action uint8

const (
	nextRow action = iota
	previousRow
	pageDown
	pageUp
	firstRow
	lastRow
	stepOn
	stepBack
	goToNumber
	toResponse
	toRequest
	nextMark
	previousMark
	toFilter
	findText
	findNext
	findPrevious
	showLog
	showExchanges
	toggleSide
	extendDown
	extendUp
	extendPageDown
	extendPageUp
	extendToLast
	extendToFirst
	chooseAll
	copyRows
	valueMenu
	markRow
	noteRow
	timeForm_
	toggleInspector
	openFile
	pasteText
	showSummary
	stopDecoding
	showKeys
	actions
)

// A key is an action with its keys. The table of them is what the page does,
// what its help shows, and what docs/keys.md says.
type key struct {
	action action
	names  []string // as KeyboardEvent.key has them, with Ctrl+ and Shift+ in front
	shown  []string // in the help
	where  where
	needs  bool // an open file
	group  string
	what   string
}

const (
	groupMove = "Moving"
	groupFind = "Finding"
	groupRows = "Rows"
	groupPage = "The page"
)

var keyTable = []key{
	{nextRow, []string{"ArrowDown", "j"}, []string{"J", "↓"}, inLog, true, groupMove, "next row"},
	{previousRow, []string{"ArrowUp", "k"}, []string{"K", "↑"}, inLog, true, groupMove, "previous row"},
	{pageDown, []string{"PageDown"}, []string{"Page Down"}, inLog, true, groupMove, "a page down"},
	{pageUp, []string{"PageUp"}, []string{"Page Up"}, inLog, true, groupMove, "a page up"},
	{firstRow, []string{"Home", "Ctrl+Home"}, []string{"Home"}, inLog, true, groupMove, "first row"},
	{lastRow, []string{"End", "Ctrl+End"}, []string{"End"}, inLog, true, groupMove, "last row"},
	{stepOn, []string{"."}, []string{"."}, inLog, true, groupMove, "step to the next message"},
	{stepBack, []string{","}, []string{","}, inLog, true, groupMove, "step back to the previous message"},
	{toRequest, []string{"["}, []string{"["}, inLog, true, groupMove, "from a response to its request"},
	{toResponse, []string{"]"}, []string{"]"}, inLog, true, groupMove, "from a request to its response"},
	{nextMark, []string{"n"}, []string{"N"}, inLog, true, groupMove, "next failure or diagnostic"},
	{previousMark, []string{"p"}, []string{"P"}, inLog, true, groupMove, "previous failure or diagnostic"},
	{goToNumber, []string{"g"}, []string{"G"}, inLog, true, groupMove, "go to a row by its number"},
	{toFilter, []string{"/"}, []string{"/"}, everywhere, true, groupFind, "filter; there ↓ and ↑ choose a way to go on, Tab takes it or the first, Enter takes the chosen one or the first where it mends a mistake; else Enter goes back to the rows, Esc clears the filter"},
	{findText, []string{"Ctrl+f"}, []string{"Ctrl+F"}, anywhere, true, groupFind, "find a text in all rows; once more for the browser’s own search"},
	{findNext, []string{"F3", "Ctrl+g"}, []string{"F3"}, anywhere, true, groupFind, "next row with the text"},
	{findPrevious, []string{"Shift+F3", "Ctrl+Shift+g"}, []string{"Shift+F3"}, anywhere, true, groupFind, "previous row with the text"},
	{extendDown, []string{"Shift+ArrowDown"}, []string{"Shift+↓"}, inLog, true, groupRows, "choose the next row as well"},
	{extendUp, []string{"Shift+ArrowUp"}, []string{"Shift+↑"}, inLog, true, groupRows, "choose the previous row as well"},
	{extendPageDown, []string{"Shift+PageDown"}, []string{"Shift+Page Down"}, inLog, true, groupRows, "choose a page of rows more, downwards"},
	{extendPageUp, []string{"Shift+PageUp"}, []string{"Shift+Page Up"}, inLog, true, groupRows, "choose a page of rows more, upwards"},
	{extendToLast, []string{"Shift+End", "Ctrl+Shift+End"}, []string{"Shift+End"}, inLog, true, groupRows, "choose all rows down to the last"},
	{extendToFirst, []string{"Shift+Home", "Ctrl+Shift+Home"}, []string{"Shift+Home"}, inLog, true, groupRows, "choose all rows up to the first"},
	{chooseAll, []string{"Ctrl+a"}, []string{"Ctrl+A"}, inLog, true, groupRows, "choose all rows that the filter leaves"},
	{copyRows, []string{"Ctrl+c"}, []string{"Ctrl+C"}, inLog, true, groupRows, "copy the chosen rows"},
	{valueMenu, []string{"ContextMenu", "Shift+F10", "Enter"}, []string{"Enter", "Shift+F10"}, inLog, true, groupRows, "what can be done with the row: filter by its values, copy it"},
	{markRow, []string{"m"}, []string{"M"}, inLog, true, groupRows, "mark the row, or take its mark away"},
	{noteRow, []string{"c"}, []string{"C"}, inLog, true, groupRows, "write a note on the row"},
	{showLog, []string{"l"}, []string{"L"}, everywhere, true, groupPage, "the log"},
	{showExchanges, []string{"e"}, []string{"E"}, everywhere, true, groupPage, "the exchanges: requests with their responses"},
	{timeForm_, []string{"t"}, []string{"T"}, everywhere, true, groupPage, "times: since the beginning, since the row above, time of day"},
	{toggleSide, []string{"b"}, []string{"B"}, everywhere, true, groupPage, "open or close the list at the side"},
	{toggleInspector, []string{"i"}, []string{"I"}, everywhere, true, groupPage, "open or close the inspector"},
	{showSummary, []string{"s"}, []string{"S"}, everywhere, true, groupPage, "what is in this file"},
	{openFile, []string{"o"}, []string{"O"}, everywhere, false, groupPage, "open files"},
	{pasteText, []string{"v"}, []string{"V"}, everywhere, false, groupPage, "paste frames or a log as text"},
	{stopDecoding, []string{"Escape"}, []string{"Esc"}, everywhere, true, groupPage, "stop decoding; choose no rows but the selected one"},
	{showKeys, []string{"?"}, []string{"?"}, everywhere, false, groupPage, "these keys"},
}

// A stripAction is something that the strip of activity does by a key.
type stripAction uint8

const (
	stripOn stripAction = iota
	stripBack
	stripFarOn
	stripFarBack
	stripBeginning
	stripEnd
	stripCloser
	stripFarther
	stripAll
	stripExtendOn
	stripExtendBack
	stripFilter
	stripForget
)

// An ownKey is one of the keys that a part of the page has while it has the
// focus.
type ownKey[A ~uint8] struct {
	action A
	names  []string // as in a key
	shown  []string
	what   string
}

const groupStrip = "The strip of activity, while it has the focus"

var stripTable = []ownKey[stripAction]{
	{stripOn, []string{"ArrowRight", "ArrowUp"}, []string{"→", "↑"}, "the playhead on by a fiftieth of what is shown"},
	{stripBack, []string{"ArrowLeft", "ArrowDown"}, []string{"←", "↓"}, "the playhead back"},
	{stripFarOn, []string{"PageUp"}, []string{"Page Up"}, "the playhead on by a fifth"},
	{stripFarBack, []string{"PageDown"}, []string{"Page Down"}, "the playhead back by a fifth"},
	{stripBeginning, []string{"Home"}, []string{"Home"}, "the playhead to the beginning of what is shown"},
	{stripEnd, []string{"End"}, []string{"End"}, "the playhead to its end"},
	{stripCloser, []string{"+", "="}, []string{"+"}, "zoom in"},
	{stripFarther, []string{"-"}, []string{"-"}, "zoom out"},
	{stripAll, []string{"0"}, []string{"0"}, "show all"},
	{stripExtendOn, []string{"Shift+ArrowRight", "Shift+ArrowUp"}, []string{"Shift+→"}, "select a range from the playhead on, and make it longer"},
	{stripExtendBack, []string{"Shift+ArrowLeft", "Shift+ArrowDown"}, []string{"Shift+←"}, "the same backwards"},
	{stripFilter, []string{"Enter"}, []string{"Enter"}, "filter by the selected range"},
	{stripForget, []string{"Escape"}, []string{"Esc"}, "forget the selected range"},
}

// A sideAction is something that the list at the side does by a key.
type sideAction uint8

const (
	sideDown sideAction = iota
	sideUp
	sideFirst
	sideLast
	sideToOut
	sideFromOut
	sideOut
)

const groupSide = "The values in the list at the side, which are one stop of Tab, while one has the focus"

var sideTable = []ownKey[sideAction]{
	{sideDown, []string{"ArrowDown"}, []string{"↓"}, "next value or heading; Enter filters by the value, or folds the heading"},
	{sideUp, []string{"ArrowUp"}, []string{"↑"}, "previous value or heading"},
	{sideFirst, []string{"Home"}, []string{"Home"}, "the first"},
	{sideLast, []string{"End"}, []string{"End"}, "the last"},
	{sideToOut, []string{"ArrowRight"}, []string{"→"}, "to the button that leaves the value out"},
	{sideFromOut, []string{"ArrowLeft"}, []string{"←"}, "back from it"},
	{sideOut, []string{"-", "Delete"}, []string{"-", "Del"}, "leave the value out"},
}

// A menuAction is something that a menu does by a key.
type menuAction uint8

const (
	menuDown menuAction = iota
	menuUp
	menuFirst
	menuLast
	menuToRemove
	menuFromRemove
	menuRemove
	menuClose
)

const groupMenu = "A menu, such as that of the saved filters, while it is open"

var menuTable = []ownKey[menuAction]{
	{menuDown, []string{"ArrowDown"}, []string{"↓"}, "next choice, behind the last one the first; Enter takes it"},
	{menuUp, []string{"ArrowUp"}, []string{"↑"}, "previous choice, before the first one the last"},
	{menuFirst, []string{"Home"}, []string{"Home"}, "the first choice"},
	{menuLast, []string{"End"}, []string{"End"}, "the last choice"},
	{menuToRemove, []string{"ArrowRight"}, []string{"→"}, "to the button that removes the saved filter"},
	{menuFromRemove, []string{"ArrowLeft"}, []string{"←"}, "back to the saved filter"},
	{menuRemove, []string{"Delete"}, []string{"Del"}, "remove the saved filter"},
	{menuClose, []string{"Escape", "Tab"}, []string{"Esc", "Tab"}, "close the menu"},
}

// actionOf is what a key does by its table.
func actionOf[A ~uint8](table []ownKey[A], name string) (action A, ok bool) {
	for i := range table {
		if slices.Contains(table[i].names, name) {
			return table[i].action, true
		}
	}
	return 0, false
}

// eachKey gives all keys as the help shows them, one group after the other.
func eachKey(give func(group string, shown []string, what string)) {
	for i := range keyTable {
		give(keyTable[i].group, keyTable[i].shown, keyTable[i].what)
	}
	for i := range stripTable {
		give(groupStrip, stripTable[i].shown, stripTable[i].what)
	}
	for i := range sideTable {
		give(groupSide, sideTable[i].shown, sideTable[i].what)
	}
	for i := range menuTable {
		give(groupMenu, menuTable[i].shown, menuTable[i].what)
	}
}

// keyName names a key by what it types or, on a layout that has other letters
// there, by its place. Shift is named where it changes no letter.
func keyName(key, code string, shift, command bool) string {
	name := key
	switch {
	case len(key) == 1:
		name = strings.ToLower(key)
	case key != "" && key[0] >= 0x80 && len(code) == 4 && strings.HasPrefix(code, "Key"):
		name = strings.ToLower(code[3:])
	case key != "" && key[0] >= 0x80 && codeKeys[code] != "":
		name = codeKeys[code]
	}
	if shift && (len(name) > 1 || command) {
		name = "Shift+" + name
	}
	if command {
		name = "Ctrl+" + name
	}
	return name
}

// codeKeys are the signs of places on the keyboard that other layouts have
// letters at.
var codeKeys = map[string]string{
	"BracketLeft": "[", "BracketRight": "]", "Slash": "/", "Period": ".", "Comma": ",",
}

// appendKeys appends the page about the keys.
func appendKeys(dst []byte) []byte {
	dst = append(dst, `# Keys

The page can be used with the keyboard alone. These are its keys; `+"`?`"+` shows them in the page. Letters count wherever the focus is, but where one types.
On a keyboard layout with other letters, the key at the same place counts. On a Mac, Command is as good as Ctrl.

This page is made from the table that the program itself uses.
`...)
	group := ""
	eachKey(func(its string, shown []string, what string) {
		if its != group {
			group = its
			dst = append(dst, "\n## "+group+"\n\n| key | what it does |\n| --- | --- |\n"...)
		}
		dst = append(dst, "| "...)
		for j, name := range shown {
			if j > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(dst, "`"+name+"`"...)
		}
		dst = append(dst, " | "+what+" |\n"...)
	})
	return append(dst, `
Dragging over rows chooses them, Shift+click and Ctrl+click too; what is chosen need not be in sight. A right click shows what can be done with a value.
`...)
}
