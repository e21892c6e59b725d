package inspect

// AppendFilterPage appends the language's page, as Markdown, made from Keys.
func AppendFilterPage(dst []byte) []byte {
	text := func(s ...string) {
		for _, s := range s {
			dst = append(dst, s...)
		}
	}
	text(`# The filter

A filter is terms with spaces between them. A row is shown when every term matches it:

    op:ReadFile,OpenFile path:*/config/* stream:0

- A term is a key, a colon and one value or more with commas between them; any of the values will do. `, "`op:ReadFile,OpenFile`", ` is both operations.
- A word without a key is searched for in the row's text, and so is what stands between quotation marks: `, "`\"next_item=a b\"`", `. In there, `, "`\\\"` is a quotation mark and `\\\\` a backslash", `. The words that a screen shows behind a result code are searched, too, and the notes on rows.
- `, "`-`", ` in front leaves out what matches: `, "`-op:Ping`", `, `, "`-\"free text\"`", `, `, "`-(stream:1 op:ReadFile)`", `.
- `, "`OR`", ` between terms takes either side, parentheses group: `, "`(op:Remove OR op:Rename) path:/vol`", `. Terms bind more tightly than `, "`OR`", `. It must be in capitals; so must `, "`AND`", `, which may stand between terms and changes nothing. In small letters they are searched for as text; the page asks whether they were meant so.
- While one types, every filter without a mistake is applied: on the way to `, "`op:Ping`, `op`", ` is searched for as text. One with a mistake is not; then the last whole filter holds again, not the beginnings that one went through. Tab takes the first of the ways to go on that are shown, where it completes a word or mends what is wrong there; else it leaves the field.
- Small letters find capitals as well. As soon as a text has a capital, capitals count: `, "`path:config`", ` finds `, "`/Config`", `, `, "`path:Config`", ` does not find `, "`/config`", `.
- A response and the data of a WriteFile belong to the operation, the path and the descriptor of their request. Every other term asks about the row itself: `, "`latency:>5ms`", ` finds responses. In the list of exchanges each term may be met by any row of an exchange.

## Keys

| key | rows that match | values | examples |
| --- | --- | --- | --- |
`)
	for i := range Keys {
		k := &Keys[i]
		text("| `", k.Name, ":` | ", k.Meaning, " | ", k.Form.words(), " | ")
		for n, example := range k.Examples {
			if n > 0 {
				text(", ")
			}
			text("`", example, "`")
		}
		text(" |\n")
	}
	text(`
## Values

- Texts are found anywhere in what they are compared with. With `, "`*`", ` (any characters) or `, "`?`", ` (any one character) they are compared with all of it, from its beginning to its end. With `, "`=`", ` in front it must be exactly this: `, "`path:=/vol/a`", `.
- Numbers may be compared (`, "`>`", `, `, "`>=`", `, `, "`<`", `, `, "`<=`", `) or be a range, whose ends belong to it and may be left out: `, "`no:1..7`", `, `, "`no:7..`", `.
- Sizes have the units `, string(unitNames(nil, sizeUnits, true)), `; without one they are bytes. k, M and G are 1,024 bytes, 1,024² and 1,024³. Durations have `, string(unitNames(nil, durationUnits, true)), `, and none is left out. Capitals don't count in units, and both may have decimals.
- A duration or time alone means all that rounds to it: `, "`latency:5ms`", ` is from 4.5 ms to below 5.5 ms, `, "`latency:5.00ms`", ` from 4.995 ms to below 5.005 ms.
- Times count from the earliest row: `, "`time:1.2s`", ` or `, "`time:1:02.5`", ` (a minute and 2.5 seconds). A date is `, "`2024-05-01T10:00:00.5Z`", `; without a zone it is UTC.
`)
	for i := range Keys {
		k := &Keys[i]
		if len(k.Words) == 0 {
			continue
		}
		text("\n### Words of `", k.Name, ":`\n\n")
		for n := range k.Words {
			w := &k.Words[n]
			text("- `", w.Name, "`")
			for _, also := range w.Also {
				text(", also `", also, "`")
			}
			text(": ", w.Meaning, "\n")
		}
	}
	return dst
}

// words is what the values of a form are.
func (f Form) words() string {
	return [...]string{
		"names", "texts", "whole numbers", "result codes, hexadecimal", "sizes", "durations", "times",
	}[f]
}
