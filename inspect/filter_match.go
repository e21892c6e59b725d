package inspect

import (
	"bytes"
	"strings"

	"satascope/sata"
	"satascope/walcore"
)

// commandOf is the command of a place in the table of operations, OpUnknown
// behind the last.
func commandOf(n int) uint8 {
	if n < len(sata.Commands) {
		return uint8(sata.Commands[n].Command)
	}
	return walcore.OpUnknown
}

// opTest is op: and diag:.
type opTest struct {
	finding bool
	ops     [256]bool
}

func (t *opTest) add(n int) {
	if !t.finding {
		n = int(commandOf(n))
	}
	t.ops[n] = true
}

func (t *opTest) cost() int { return 1 }

func (t *opTest) match(_ *Filter, _ int, r *walcore.Record) bool {
	return (r.Kind == walcore.Diagnostic) == t.finding && t.ops[r.Op]
}

// kindTest is kind: and dir:. Names has a bit for each place in the key's table.
type kindTest struct {
	direction bool
	names     uint8
}

func (t *kindTest) cost() int { return 1 }

func (t *kindTest) match(_ *Filter, _ int, r *walcore.Record) bool {
	if t.direction {
		if r.FromServer() {
			return t.names&2 != 0
		}
		return t.names&1 != 0
	}
	return t.names>>r.Kind&1 != 0 || t.names>>4&1 != 0 && r.Line == walcore.LineUnknown
}

// numberTest is every key of numbers.
type numberTest struct {
	key     keyID
	unknown bool // fd:unknown
	spans   []span
	dates   []span // of time:, in nanoseconds since 1970
}

func (t *numberTest) cost() int {
	if t.key == keyLatency {
		return 4
	}
	return 2
}

func (t *numberTest) match(f *Filter, i int, r *walcore.Record) bool {
	n, ok := int64(0), true
	switch t.key {
	case keyStream:
		n = int64(r.Stream)
	case keyFD:
		fd, has := descriptor(r)
		n, ok = int64(fd), has
		if t.unknown && has && r.Flags&walcore.FlagOpen == 0 {
			return true
		}
	case keyCode:
		code, has := r.Result()
		n, ok = int64(code), has
	case keyLatency:
		n, ok = f.x.latency(r)
	case keySize:
		n = int64(min(r.Length, 1<<62))
	case keyTime:
		if r.Time == walcore.NoTime {
			return false
		}
		if within(r.Time, t.dates) {
			return true
		}
		n, ok = r.Time-f.x.first, f.x.first != walcore.NoTime
	case keyPacket:
		n, ok = int64(r.Packet), r.Packet != 0
	case keyNo:
		n = int64(i) + 1
	}
	return ok && within(n, t.spans)
}

func within(n int64, spans []span) bool {
	for _, s := range spans {
		if n >= s.least && n <= s.most {
			return true
		}
	}
	return false
}

// pathTest is path:. Each text is compared once.
type pathTest struct {
	patterns []pattern
	texts    []uint8 // by text: 0 not compared yet, 1 no, 2 yes
}

func (t *pathTest) cost() int { return 3 }

func (t *pathTest) match(f *Filter, _ int, r *walcore.Record) bool {
	if r.Kind == walcore.Diagnostic {
		return false
	}
	if r.Flags&walcore.FlagOpen != 0 && t.text(f, r.Path) {
		return true
	}
	if id, ok := f.x.destination(r); ok {
		return t.text(f, id)
	}
	id, ok := itemName(r)
	return ok && t.text(f, id)
}

func (t *pathTest) text(f *Filter, id uint32) bool {
	if int(id) >= len(t.texts) {
		t.texts = append(t.texts, make([]uint8, f.x.log.Texts()-len(t.texts))...)
	}
	if known := t.texts[id]; known != 0 {
		return known == 2
	}
	t.texts[id] = 1
	for i := range t.patterns {
		p := &t.patterns[i]
		f.text = append(f.text[:0], f.x.log.Text(id)...)
		if p.fold {
			fold(f.text)
		}
		if p.match(f.text) {
			t.texts[id] = 2
			break
		}
	}
	return t.texts[id] == 2
}

// resultTest is result:.
type resultTest struct {
	success, failure, none bool
	words                  []pattern
}

func (t *resultTest) cost() int {
	if len(t.words) > 0 {
		return 8
	}
	return 3
}

func (t *resultTest) match(f *Filter, _ int, r *walcore.Record) bool {
	if r.Kind != walcore.Response {
		return t.none && r.Kind == walcore.Request && r.Partner == None
	}
	failed := Failed(r)
	if failed && t.failure {
		return true
	}
	code, has := r.Result()
	if !has {
		return false
	}
	if t.success && !failed && code != sata.NoMoreItems {
		return true
	}
	if len(t.words) == 0 {
		return false
	}
	f.text = appendWords(f.text[:0], r, code)
	for i := range t.words {
		if t.words[i].match(f.text) {
			return true
		}
	}
	return false
}

// compileResult makes the test of result:. What is none of the words must at
// least be in the meaning of some result.
func (f *Filter) compileResult(t *term) (test, *Mistake) {
	r := &resultTest{}
	for i := range t.values {
		v := &t.values[i]
		if v.op == isLike && t.key.names(v, func(n int) {
			r.failure = r.failure || n == 0
			r.success = r.success || n == 1
			r.none = r.none || n == 2
			f.later = f.later || n == 2
		}) == nil {
			continue
		}
		p := newPattern(&value{op: v.op, text: lower(v.text)})
		known := strings.Contains(p.text, "byte") || p.match([]byte(someWritten)) || p.match([]byte(someCode))
		for _, s := range sata.Results {
			known = known || p.match([]byte(s.Meaning))
		}
		if !known {
			near := nearest(v.text, func(yield func(string) bool) {
				yield(wordSuccess)
				yield(wordFailure)
				yield(wordNone)
				for _, s := range sata.Results {
					yield(s.Meaning)
				}
			})
			if near != "" {
				near = string(appendQuoted(nil, near, plain(near)))
			}
			return nil, &Mistake{From: v.from, To: v.to, Want: "success, failure, none or words of a result", Found: v.text, Suggest: near}
		}
		r.words = append(r.words, p)
	}
	return r, nil
}

// Meanings that have a number in them, for knowing their words.
const (
	someWritten = "0 bytes written"
	someCode    = "result code 0x0123456789abcdef"
)

// textTest is free text: what stands in the line, in the words for its result
// that screens show behind it, and in the note on it.
type textTest struct{ pattern }

func newTextTest(s string) *textTest {
	t := &textTest{pattern{text: s}}
	t.ready()
	return t
}

func (t *textTest) cost() int { return 100 }

func (t *textTest) match(f *Filter, i int, r *walcore.Record) bool {
	f.makeLine(i, r)
	line := f.line
	if t.fold {
		if len(f.low) == 0 {
			f.low = fold(append(f.low, f.line...))
		}
		line = f.low
	}
	return bytes.Contains(line, t.bytes) || t.inNote(f, i)
}

// makeLine puts the line of row i into f.line, if it is not there.
func (f *Filter) makeLine(i int, r *walcore.Record) {
	if f.made == i+1 {
		return
	}
	f.made, f.low = i+1, f.low[:0]
	f.line = f.x.log.AppendText(f.line[:0], i)
	if code, has := r.Result(); has && code != sata.Success {
		f.line = appendWords(append(f.line, "  "...), r, code)
	}
	f.cost += 2 + len(f.line)/32
}
