package worker

import (
	"strconv"

	"satascope/inspect"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// What is copied is bounded: more is what downloads are for.
const (
	maxCopied    = 100_000 // rows
	maxCopyBytes = 16 << 20
)

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// copied makes text of rows of a view, in its order. What it gives is made
// visible (walcore.AppendVisible), other than a download: a line break in a path
// must not become one in whatever the text is pasted into.
func copied(v *listing, m *bridge.Copy) *bridge.Copied {
	c := copier{v: v, x: v.x, form: m.Form}
	if c.form == bridge.AsMarkdown {
		c.head()
	}
	for _, r := range m.Ranges {
		for place := max(r.From, 0); place < min(r.To, v.len()); place++ {
			if c.rows == maxCopied || len(c.b) > maxCopyBytes {
				c.left += min(r.To, v.len()) - place
				break
			}
			c.row(place)
			c.rows++
		}
	}
	return &bridge.Copied{Seq: m.Seq, Rows: c.rows, Left: c.left, Text: string(c.b)}
}

type copier struct {
	v          *listing
	x          *inspect.Index
	form       bridge.Form
	b          []byte
	text       []byte
	rows, left int
}

func (c *copier) head() {
	if c.v.spec.Exchanges {
		c.b = append(c.b, "| No. | Time, s | Stream | Operation | Path | Result | Bytes | Latency |\n| ---: | ---: | ---: | --- | --- | --- | ---: | ---: |\n"...)
	} else {
		c.b = append(c.b, "| No. | Time, s | Stream | Message | Latency |\n| ---: | ---: | ---: | --- | ---: |\n"...)
	}
}

func (c *copier) row(place int) {
	switch {
	case c.form == bridge.AsLines && c.v.spec.Exchanges:
		e := c.x.Exchange(int(c.v.item(place)))
		for _, i := range [...]uint32{e.Request, e.Written, e.Response} {
			if i != inspect.None {
				c.line(int(i))
			}
		}
	case c.form == bridge.AsLines:
		c.line(c.v.record(place))
	default:
		c.cells(place)
	}
}

// line appends a line of the log.
func (c *copier) line(i int) {
	if c.x.Log().At(i).Kind == walcore.Diagnostic {
		c.b = append(c.b, "!! "...)
	}
	c.b, _ = c.x.Log().AppendVisibleText(c.b, i, lineLimit)
	c.b = append(c.b, '\n')
}

// cells appends a row of a table.
func (c *copier) cells(place int) {
	i := c.v.record(place)
	r := c.x.Log().At(i)
	c.b = append(c.b, "| "...)
	c.b = inspect.AppendCount(c.b, uint64(i)+1)
	c.cell()
	if t, ok := c.x.Since(i); ok {
		c.b = appendSeconds(c.b, t)
	}
	c.cell()
	c.b = appendInt(c.b, int64(r.Stream))
	c.cell()
	latency, timed := c.x.Latency(i)
	if c.v.spec.Exchanges {
		e := c.x.Exchange(int(c.v.item(place)))
		c.b = append(c.b, inspect.OperationName(r)...)
		c.cell()
		if path, ok := c.x.Path(i); ok {
			c.code(walcore.AppendVisible(c.text[:0], path))
		}
		c.cell()
		c.b = appendPlain(c.b, c.x.AppendOutcome(c.text[:0], e))
		c.cell()
		c.b = inspect.AppendCount(c.b, c.x.ExchangeBytes(e))
		latency, timed = c.x.ExchangeLatency(e)
	} else {
		c.text, _ = c.x.Log().AppendVisibleText(c.text[:0], i, rowLimit)
		c.code(c.text)
	}
	c.cell()
	if timed {
		c.b = inspect.AppendDuration(c.b, latency)
	}
	c.b = append(c.b, " |\n"...)
}

func (c *copier) cell() { c.b = append(c.b, " | "...) }

// code appends a text as code: nothing in it is Markdown, and no | ends its cell.
func (c *copier) code(text []byte) {
	if len(text) == 0 {
		return
	}
	ticks, run := 1, 0
	for _, b := range text {
		if run++; b != '`' {
			run = 0
		}
		ticks = max(ticks, run+1)
	}
	fence := func() {
		for range ticks {
			c.b = append(c.b, '`')
		}
	}
	fence()
	if ticks > 1 {
		c.b = append(c.b, ' ')
	}
	for _, b := range text {
		if b == '|' {
			c.b = append(c.b, '\\')
		}
		c.b = append(c.b, b)
	}
	if ticks > 1 {
		c.b = append(c.b, ' ')
	}
	fence()
}

// appendPlain appends a text in which nothing is Markdown.
func appendPlain(dst, text []byte) []byte {
	for _, b := range text {
		switch b {
		case '|', '*', '_', '`', '[', ']', '<', '>', '\\', '#', '~', '&':
			dst = append(dst, '\\')
		}
		dst = append(dst, b)
	}
	return dst
}

// appendSeconds appends nanoseconds as seconds, to the microsecond.
func appendSeconds(dst []byte, ns int64) []byte {
	u := uint64(ns)
	if ns < 0 {
		dst, u = append(dst, '-'), -u
	}
	micros := (u + 500) / 1000
	dst = append(strconv.AppendUint(dst, micros/1_000_000, 10), '.')
	for unit := uint64(100_000); unit > 0; unit /= 10 {
		dst = append(dst, '0'+byte(micros/unit%10))
	}
	return dst
}
