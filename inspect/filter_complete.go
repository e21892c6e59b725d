package inspect

import (
	"slices"
	"strconv"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// A Suggestion is a way to go on with a filter: Text in place of the bytes From
// to To.
type Suggestion struct {
	From, To int
	Text     string
	Label    string // to show, where Text has quotation marks or a key in front
	Meaning  string
	Count    int  // of rows that it stands for, -1 where that is not counted
	Keep     bool // more is to be typed: a key
}

// maxSuggestions bounds what Complete gives.
const maxSuggestions = 24

// Complete gives what could stand at the cursor, best first: keys, and the
// values of a key; of names those that the log has, and paths and streams by how
// often they occur. The cursor is a place in bytes.
func (x *Index) Complete(text string, cursor int) []Suggestion {
	cursor = max(0, min(cursor, len(text)))
	c := completion{x: x}
	c.find(text, cursor)
	if c.unknown {
		return nil
	}
	if c.key == nil {
		c.keys()
	} else {
		c.values()
	}
	return c.best()
}

// A completion gathers suggestions for what stands at the cursor.
type completion struct {
	x        *Index
	key      *Key
	from, to int    // what is to be replaced
	typed    string // of it, up to the cursor, without quotation marks
	quoted   bool
	unknown  bool // it is a value of a key that there is not
	all      []ranked
}

type ranked struct {
	Suggestion
	rank int // less is better
}

// find finds the word or value that the cursor is in or behind.
func (c *completion) find(text string, cursor int) {
	l := lexer{text: text}
	c.from, c.to = cursor, cursor
	for {
		l.space()
		for !l.end() && (l.next() == '(' || l.next() == ')' || l.next() == '-' && !arrow(text[l.at:])) {
			l.at++
			l.space()
		}
		if l.end() || l.at >= cursor && l.at > 0 {
			if l.at == cursor && !l.end() {
				c.word(&l, cursor)
			}
			return
		}
		start := l.at
		name, ok := l.key()
		if !ok || l.at > cursor {
			l.at = start
			if c.word(&l, cursor) {
				return
			}
			continue
		}
		key := KeyNamed(lower(name))
		for {
			c.key = key
			if c.word(&l, cursor) {
				c.unknown = key == nil
				return
			}
			if l.next() != ',' {
				break
			}
			l.at++
		}
		c.key = nil
	}
}

// word reads one word or value and says whether the cursor is in it.
func (c *completion) word(l *lexer, cursor int) bool {
	start := l.at
	if c.key != nil && c.key.Form == FormText && l.next() == '=' {
		l.at++
	}
	c.quoted = l.next() == '"'
	if c.quoted {
		l.quoted()
	} else {
		l.bare(c.key != nil)
	}
	if cursor > l.at {
		return false
	}
	c.from, c.to = start, l.at
	c.typed = strings.TrimPrefix(l.text[start:max(cursor, start)], "=")
	c.typed = strings.TrimPrefix(c.typed, `"`)
	return true
}

func (c *completion) add(s Suggestion, rank int) {
	s.From, s.To = c.from, c.to
	if s.Label == "" {
		s.Label = s.Text
	}
	c.all = append(c.all, ranked{s, rank})
}

// best gives the suggestions by rank, then by count.
func (c *completion) best() []Suggestion {
	slices.SortStableFunc(c.all, func(a, b ranked) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return b.Count - a.Count
	})
	n := min(len(c.all), maxSuggestions)
	best := make([]Suggestion, n)
	for i := range best {
		best[i] = c.all[i].Suggestion
	}
	return best
}

// rank says how well a name fits what was typed: 0 it begins so, 1 it has it
// inside, -1 not at all.
func rankOf(name, typed string) int {
	switch at := strings.Index(lower(name), lower(typed)); {
	case at == 0:
		return 0
	case at > 0:
		return 1
	}
	return -1
}

// keys suggests keys, and whole terms for an operation or path that was begun
// without one.
func (c *completion) keys() {
	if !c.quoted {
		for i := range Keys {
			k := &Keys[i]
			if rankOf(k.Name, c.typed) == 0 {
				c.add(Suggestion{Text: k.Name + ":", Meaning: k.Meaning, Count: -1, Keep: true}, 0)
			}
		}
	}
	if len(c.typed) < 2 {
		return
	}
	op := KeyNamed("op")
	for n := range op.Words {
		w := &op.Words[n]
		if rankOf(w.Name, c.typed) == 0 {
			if count := c.x.operations[commandOf(n)].Rows; count > 0 {
				c.add(Suggestion{Text: "op:" + w.Name, Meaning: w.Meaning, Count: int(count)}, 1)
			}
		}
	}
	if strings.ContainsRune(c.typed, '/') {
		c.paths("path:", 2)
	}
}

func (c *completion) values() {
	switch c.key.id {
	case keyOp:
		c.words(func(n int) int { return int(c.x.operations[commandOf(n)].Rows) })
	case keyDiag:
		c.words(func(n int) int { return int(c.x.findings[n]) })
	case keyKind, keyDir, keyFD, keyNote:
		c.words(func(int) int { return -1 })
	case keyResult:
		c.results()
	case keyCode:
		c.codes()
	case keyPath:
		c.paths("", 0)
	case keyStream:
		for i := range c.x.lanes {
			l := &c.x.lanes[i]
			name := strconv.FormatUint(uint64(l.stream), 10)
			if rank := rankOf(name, c.typed); rank >= 0 {
				c.add(Suggestion{Text: name, Count: len(l.rows)}, rank)
			}
		}
	}
	if c.key.Form.Numeric() && c.typed == "" {
		for _, example := range c.key.Examples {
			if strings.HasPrefix(example, c.key.Name) {
				c.add(Suggestion{Text: example[len(c.key.Name)+1:], Meaning: "an example", Count: -1}, 9)
			}
		}
	}
}

// words suggests the names of the key's table; those that the log has first.
func (c *completion) words(count func(n int) int) {
	for n := range c.key.Words {
		w := &c.key.Words[n]
		rank := rankOf(w.Name, c.typed)
		for _, also := range w.Also {
			if r := rankOf(also, c.typed); r >= 0 && (rank < 0 || r < rank) {
				rank = r
			}
		}
		if rank < 0 {
			continue
		}
		rows := count(n)
		if rows == 0 {
			rank += 2
		}
		c.add(Suggestion{Text: w.Name, Meaning: w.Meaning, Count: rows}, rank)
	}
}

// results suggests success, failure and none, and the meanings of the codes in
// the log.
func (c *completion) results() {
	rows := map[string]int{}
	succeeded, failed := 0, 0
	for k, n := range c.x.codes {
		command := sata.Command(k.op)
		if !k.code.FailsFor(command) {
			succeeded += int(n)
			continue
		}
		if k.code != sata.NoMoreItems {
			failed += int(n)
		}
		if m := k.code.Meaning(); m != "" {
			rows[m] += int(n)
		}
	}
	c.words(func(n int) int {
		switch n {
		case 0:
			return failed
		case 1:
			return succeeded
		}
		return -1
	})
	for _, s := range sata.Results {
		if n := rows[s.Meaning]; n > 0 {
			if rank := rankOf(s.Meaning, c.typed); rank >= 0 {
				c.add(Suggestion{Text: string(appendQuoted(nil, s.Meaning, plain(s.Meaning))), Label: s.Meaning, Meaning: string(appendHex(nil, uint64(s.Code), 8)), Count: n}, rank)
			}
		}
	}
}

func (c *completion) codes() {
	rows := map[sata.Result]int{}
	for k, n := range c.x.codes {
		rows[k.code] += int(n)
	}
	typed := strings.TrimPrefix(lower(c.typed), "0x")
	for code, n := range rows {
		name := strconv.FormatUint(uint64(code), 16)
		if rank := rankOf(name, typed); rank >= 0 {
			c.add(Suggestion{Text: name, Meaning: string(appendMeaning(nil, code, sata.Ping)), Count: n}, rank)
		}
	}
	// The order of a map is no order.
	slices.SortFunc(c.all, func(a, b ranked) int { return strings.Compare(a.Text, b.Text) })
}

// paths suggests the paths that hold what was typed, most often named first.
func (c *completion) paths(before string, rank int) {
	text := c.typed
	p := pattern{text: text}
	if strings.ContainsAny(text, "*?") {
		p.kind = patternWhole
		p.text += "*"
	}
	p.ready()
	var top []*PathTotals // by requests, most first
	var b []byte
	for i := range c.x.paths {
		t := &c.x.paths[i]
		if len(top) == maxSuggestions && t.Requests <= top[len(top)-1].Requests {
			continue
		}
		b = append(b[:0], c.x.log.Text(t.Text)...)
		if p.fold {
			fold(b)
		}
		if !p.match(b) {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, t, func(a, t *PathTotals) int {
			if a.Requests >= t.Requests {
				return -1
			}
			return 1
		})
		top = slices.Insert(top, at, t)
		top = top[:min(len(top), maxSuggestions)]
	}
	for _, t := range top {
		path := c.x.log.Text(t.Text)
		v := value{op: isEqual, text: path}
		c.add(Suggestion{Text: before + string(v.append(nil, KeyNamed("path"))), Label: string(walcore.AppendVisible(nil, path)), Count: int(t.Requests)}, rank)
	}
}
