package capture

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A form that is text rarely comes alone: PowerShell writes UTF-16, a mail quotes
// each line, a terminal's window has the command above the dump and its prompt
// below, a page of documentation fences and indents it. What stands around the
// form is found here and taken away, so that the readers need not know of it.

const (
	// maxLead is how many lines may stand before the form.
	maxLead = 200
	// maxQuoting is the longest prefix that all lines may have, and quotingChars
	// what it may be of.
	maxQuoting   = 32
	quotingChars = " \t>|#*"
	// maxQuotes is how many quotes may come before those with the form.
	maxQuotes = 16
	// leastString is how long a string of code must be not to be a name, perhaps.
	leastString = 16
	// leastBefore is how long a string before those of a form must be not to be
	// passed over, as the mode that a file is opened in.
	leastBefore = 4
	// maxName is how long a name in code may be.
	maxName = 64
	// shortest is how many bytes the shortest message has.
	shortest = 36
	// maxPrompt is the longest prompt of a terminal that is known again.
	maxPrompt = 80
	// leadLook is how much of the text from a line on decides whether the form
	// begins there.
	leadLook = 8 << 10
)

// A setting is what stands around a form in a text.
type setting struct {
	wide    byte   // UTF-16: 'L' or 'B', by its byte order; 0 for UTF-8
	lead    int    // lines before the form
	said    int    // of these, lines that are not blank
	quoting string // what each of its lines begins with
	prompt  string // of a terminal; a line that begins so ends the form
	quote   byte   // in code: what the form stands between, in one or several strings
	before  int    // how many such quotes come before it
	base64  bool   // between them: what stands there is base64, not hex
	data    bool   // the first line is a data URI: what stands up to its comma is none of the form
	alone   bool   // no blank lines come in the place of those before it: it is written again as it is
	all     bool   // the form is not looked for yet: nothing ends it
}

// String says what was taken away, for people; "" where that was nothing.
func (s setting) String() string {
	text := ""
	add := func(what string) {
		if text != "" {
			text += ", "
		}
		text += what
	}
	if s.wide != 0 {
		add("text in UTF-16")
	}
	if s.said > 0 {
		add(string(appendCount(nil, int64(s.said), "line")) + " before it left out")
	}
	if strings.ContainsAny(s.quoting, ">|#*") {
		add("quoting left out")
	}
	if s.quote != 0 {
		add("what stands between quotes, without the code around it")
	}
	return text
}

// wideText tells by its byte order mark whether a file is text in UTF-16. (No
// dump of bytes begins with one: a message that long would be.)
func wideText(head []byte) byte {
	switch {
	case len(head) >= 4 && head[0] == 0xFF && head[1] == 0xFE && head[3] == 0:
		return 'L'
	case len(head) >= 4 && head[0] == 0xFE && head[1] == 0xFF && head[2] == 0:
		return 'B'
	}
	return 0
}

// settle finds a form in a text that as a whole is none, by its first bytes. What
// is found may be a form that can't be read, as with a recogniser.
func settle(head []byte) (s setting, k Kind, foreign, advice string) {
	if s.wide = wideText(head); s.wide != 0 {
		head, _ = io.ReadAll(newPlain(bytes.NewReader(head), setting{wide: s.wide, all: true}))
		if k, foreign, advice = recognise(head, false); k == KindBinary {
			return setting{}, KindUnknown, "", "" // no text, whatever it begins with
		} else if k != KindUnknown || advice != adviceRecord {
			return s, k, foreign, advice
		}
	}
	if !isText(head, false) {
		return s, KindUnknown, "", ""
	}
	// Lines as the filter has them, so that what is counted here is what it counts.
	text, _ := io.ReadAll(newPlain(bytes.NewReader(head), setting{all: true}))
	code, inQuotes := settleQuotes(text, s.wide)
	var last []byte // the line before that is not blank
	for ; s.lead < maxLead && len(text) > 0; s.lead++ {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		n := 0
		for n < len(line) && n < maxQuoting && strings.IndexByte(quotingChars, line[n]) >= 0 {
			n++
		}
		if s.lead == 0 && lacksFirst(line) {
			s.said++
		} else if len(firstLine(line[n:])) > 0 {
			s.quoting = string(line[:n])
			if prompt := promptOf(last); prompt != "" {
				s.prompt = prompt
			}
			s.data = s.lead == 0 && bytes.HasPrefix(line, []byte("data:")) && bytes.Contains(line[:min(len(line), maxIntroduction)], []byte(";base64,"))
			here := s
			here.wide, here.lead = 0, 0
			look, _ := io.ReadAll(newPlain(bytes.NewReader(text[:min(len(text), leadLook)]), here))
			if k, found, what := recognise(look, false); certain(k, look, s.quoting) || k == KindUnknown && what != "" && what != adviceRecord {
				if inQuotes != KindUnknown && (k == KindHex || k == KindBase64) {
					break
				}
				return s, k, found, what
			}
			s.said++
			last = line
		}
		text = rest
	}
	if inQuotes != KindUnknown {
		return code, inQuotes, "", ""
	}
	return setting{wide: s.wide}, KindUnknown, foreign, advice
}

// lacksFirst says whether a line would begin an entry of a log if one byte stood
// before it: what is left of an arrow is no quoting.
func lacksFirst(line []byte) bool {
	return len(line) > 0 && line[0] == '>' && beginsEntry(append([]byte("-"), line[:min(len(line), beginning)]...))
}

// settleQuotes finds hex or base64 between quotes of code, as in Python's
// bytes.fromhex("00…"): at least as much as the shortest message has, and all there
// is of it.
func settleQuotes(text []byte, wide byte) (setting, Kind) {
	for _, quote := range []byte("\"'`") {
		pieces := bytes.Split(text, []byte{quote})
		at := 0
		for i := range min(len(pieces)-1, maxQuotes) {
			at += len(pieces[i]) + 1
			if len(bytes.TrimSpace(pieces[i+1])) < leastString {
				continue
			}
			look, _ := io.ReadAll(newPlain(bytes.NewReader(text), setting{quote: quote, before: i}))
			k, _, _ := recognise(look, false)
			s := setting{wide: wide, quote: quote, before: i, base64: k == KindBase64}
			if (k == KindHex && len(look) >= 2*shortest && oneForm(text[at:], s, leastString) ||
				k == KindBase64 && len(look) >= 4*shortest/3 && oneForm(text[at:], s, len(text))) && !formBefore(pieces, s) {
				return s, k
			}
		}
	}
	return setting{}, KindUnknown
}

// formBefore says whether a string of code before those of a form may be a part of
// it: it would be left out.
func formBefore(pieces [][]byte, s setting) bool {
	for i := s.before - 1; i >= 0; i -= 2 {
		if b := pieces[i]; len(b) >= leastBefore && !isKey(pieces[i+1]) && mayBeForm(b, s.base64) {
			return true
		}
	}
	return false
}

// mayBeForm says whether a string of code is perhaps a part of a form: of nothing
// but its digits and what may stand between them. A word is none of base64.
func mayBeForm(b []byte, base64 bool) bool {
	return hexOnly(b) || base64 && len(b)%4 != 1 && base64Line(b) && !plainWord(b)
}

// hexOnly says whether a string holds digits of hex, and nothing but those and what
// stands before and between them.
func hexOnly(b []byte) bool {
	digits := 0
	for _, c := range bytes.TrimPrefix(b, hexPrefix) {
		switch {
		case hexValue[c] < 16:
			digits++
		case !isSpace(c) && !isBetween(c):
			return false
		}
	}
	return digits > 0
}

// plainWord says whether digits of base64 are rather a word, perhaps with a number
// behind it: "in", "Server", "base64". One in capitals is none where as many digits
// could be bytes: those of nothing but zeros are "AAAA".
func plainWord(b []byte) bool {
	small, capitals := 0, 0
	word := bytes.TrimRight(b, "0123456789")
	for _, c := range word {
		switch {
		case 'A' <= c && c <= 'Z':
			capitals++
		case 'a' <= c && c <= 'z' || c == '-' || c == '_':
			small++
		}
	}
	return small+capitals == len(word) &&
		(capitals == 0 || capitals == 1 && word[0] >= 'A' && word[0] <= 'Z' || small == 0 && len(b)%4 != 0)
}

// isKey says whether what follows the quote behind a string makes that the key of a
// value.
func isKey(after []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(after, " \t"), []byte(":"))
}

// oneForm says whether all that stands between quotes, from the first string on, can
// belong to the form that it begins: what is shorter than least and stands elsewhere
// in the code is perhaps a name, whose letters may be digits, too.
func oneForm(text []byte, s setting, least int) bool {
	quote := s.quote
	for apart, first := false, true; ; first = false {
		end := bytes.IndexByte(text, quote)
		if end < 0 {
			return true
		}
		if b := bytes.TrimSpace(text[:end]); !first && apart && len(b) < least && end > 0 && nameIn(text, s, apart) < 0 {
			return false
		}
		next := bytes.IndexByte(text[end+1:], quote)
		if next < 0 {
			return true
		}
		apart = len(bytes.Trim(text[end+1:][:next], glue)) > 0
		text = text[end+1+next+1:]
	}
}

// glue may stand between two strings of code that are one.
const glue = " \t\r\n+\\"

// nameIn is how long the string is that text begins with, behind its first quote, if
// that is no part of a form: the key of a value, or a short one that can be none;
// else -1. It must stand apart from the string before.
func nameIn(text []byte, s setting, apart bool) int {
	end := bytes.IndexByte(text[:min(len(text), maxName)], s.quote)
	if end < 0 || !apart {
		return -1
	}
	if !isKey(text[end+1:]) && (end >= leastString || mayBeForm(text[:end], s.base64)) {
		return -1
	}
	return end
}

// certain says whether a form that stands in the middle of a text is more than a
// word that looks like one.
func certain(k Kind, text []byte, quoting string) bool {
	line := firstLine(text)
	switch k {
	case KindHex:
		return hexDigits(line) >= 64 || len(text) >= 64 && len(line) >= 8
	case KindBase64:
		return len(line) >= 40 && bytes.ContainsAny(line, "0123456789+/-_=") && bytes.ContainsAny(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	case KindUnknown:
		return false
	}
	return !loose(k) || strings.Contains(quoting, ">")
}

// loose says whether what stands before and after a form is passed over by its
// reader: it may be a part of another form, as the bytes in a line of a log.
func loose(k Kind) bool {
	return k == KindByteString || k == KindString || k == KindByteList
}

// promptOf is the prompt that a line of a terminal begins with: "$ ", "PS C:\> ".
// In "IP 10.0.0.2.40000 > 10.0.0.1.7500" tcpdump says who sends to whom.
func promptOf(line []byte) string {
	for i := 0; i+1 < len(line) && i < maxPrompt; i++ {
		if line[i+1] == ' ' && !(line[i] == '>' && i > 0 && line[i-1] == ' ') && bytes.IndexByte([]byte("$%>#"), line[i]) >= 0 {
			return string(line[:i+1])
		}
	}
	return ""
}

// A plain reads a form out of the text around it. Lines before it come as blank
// ones, so that errors name the lines that a person sees.
type plain struct {
	s     setting
	b     buffer
	begun bool
	line  bool // at the beginning of a line
	ended bool

	quotes int  // that were passed
	within bool // between two of them
	apart  bool // more than glue came since the last
}

func newPlain(r io.Reader, s setting) *plain {
	if s.wide != 0 {
		r = &wideReader{r: r, big: s.wide == 'B'}
	}
	return &plain{s: s, b: newBuffer(r, 16<<10), line: true}
}

func (p *plain) Read(to []byte) (n int, err error) {
	for n < len(to) && !p.ended {
		if !p.begun {
			p.begun = true
			if bytes.HasPrefix(p.b.peek(len(bom)), bom) {
				p.b.pass(len(bom))
			}
			if p.s.data {
				p.b.pass(bytes.IndexByte(p.b.peek(maxIntroduction), ',') + 1)
				p.line = false
			}
		}
		if p.line && p.s.lead == 0 {
			p.startLine()
			continue
		}
		in := p.b.peek(2)
		if len(in) == 0 {
			break
		}
		c, used := in[0], 1
		switch {
		case c == '\r' && (len(in) == 1 || in[1] != '\n'):
			c = '\n' // a line break of its own
		case c == 0xC2 && len(in) == 2 && in[1] == 0xA0:
			c, used = ' ', 2 // the space of web pages that does not break
		}
		p.b.pass(used)
		if p.s.quote != 0 && !p.quoted(c) {
			continue
		}
		if p.s.lead == 0 || c == '\n' && !p.s.alone {
			to[n] = c
			n++
		}
		if p.line = c == '\n'; p.line && p.s.lead > 0 {
			p.s.lead--
		}
	}
	switch {
	case n > 0 || len(to) == 0:
		return n, nil
	case p.ended:
		return 0, io.EOF
	}
	return 0, p.b.err
}

// quoted says whether a character, which was passed, is one of the form, where
// that stands between quotes. Line breaks are, everywhere.
func (p *plain) quoted(c byte) bool {
	if c != p.s.quote {
		p.apart = p.apart || !p.within && strings.IndexByte(glue, c) < 0
		return p.within || c == '\n'
	}
	if p.quotes++; p.quotes <= p.s.before {
		return false
	}
	if p.within = !p.within; !p.within {
		p.apart = false
	} else if n := nameIn(p.b.peek(2*maxName), p.s, p.apart); n >= 0 {
		p.b.pass(n + 1)
		p.within, p.apart = false, false
	}
	return false
}

// startLine takes the quoting from a line, or ends the form.
func (p *plain) startLine() {
	p.line = false
	in := p.b.peek(len(p.s.quoting) + len(p.s.prompt) + 8)
	n := 0
	for n < len(p.s.quoting) && n < len(in) && in[n] == p.s.quoting[n] {
		n++
	}
	in = in[n:]
	prompt := p.s.prompt
	p.ended = !p.s.all && (bytes.HasPrefix(in, []byte("```")) || bytes.HasPrefix(in, []byte("~~~")) || bytes.HasPrefix(in, []byte("-----")) ||
		prompt != "" && bytes.HasPrefix(in, []byte(prompt)) && (len(in) == len(prompt) || isSpace(in[len(prompt)])))
	p.b.pass(n)
}

// A wideReader turns UTF-16 into UTF-8.
type wideReader struct {
	r    io.Reader
	big  bool
	in   [4 << 10]byte
	have int    // bytes of in
	out  []byte // not yet given
	keep [6 << 10]byte
	err  error
}

func (w *wideReader) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		if w.err != nil {
			return 0, w.err
		}
		var n int
		n, w.err = w.r.Read(w.in[w.have:])
		w.have += n
		w.out = w.keep[:0]
		i := 0
		for ; i+2 <= w.have; i += 2 {
			r := w.unit(i)
			if utf16.IsSurrogate(r) {
				if i+4 > w.have && w.err == nil {
					break
				}
				if low := rune(0); i+4 <= w.have {
					low = w.unit(i + 2)
					if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
						i += 2
					}
				}
			}
			w.out = utf8.AppendRune(w.out, r)
		}
		w.have = copy(w.in[:], w.in[i:w.have])
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

func (w *wideReader) unit(i int) rune {
	if w.big {
		return rune(w.in[i])<<8 | rune(w.in[i+1])
	}
	return rune(w.in[i+1])<<8 | rune(w.in[i])
}

// oldBreaks says whether a text has line breaks of a single carriage return only.
func oldBreaks(head []byte) bool {
	if len(head) == peekSize { // the line feed of the last may come next
		head = head[:peekSize-1]
	}
	return bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 && isText(head, false)
}

// quotedLines says whether the lines of a text are quoted as in a mail.
func quotedLines(head []byte) bool {
	n, yes := 0, true
	eachLine(head, 4, func(line []byte) bool {
		n++
		yes = line[0] == '>'
		return yes
	})
	return yes && n > 0
}
