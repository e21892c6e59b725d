package page

import (
	"math"
	"strconv"

	"satascope/wasm/app/bridge"
)

// What the strip looks like, in CSS pixels.
const (
	rulerHeight    = 16
	lanePitch      = 16 // from one lane to the next
	laneHeight     = 12
	findingsHeight = 14
	markWidth      = 8 // of a failure or finding
)

// stripHeight is how tall a strip with so many lanes is.
func stripHeight(lanes int) int { return rulerHeight + lanes*lanePitch + findingsHeight }

// A span is a range of the strip's axis: times in nanoseconds since 1970, or
// rows. Both ends belong to it.
type span struct{ from, to int64 }

func (s span) length() float64 { return float64(s.to-s.from) + 1 }

// at is the place in s that is a part of the way from its beginning to its end.
func (s span) at(part float64) int64 {
	return min(max(s.from+int64(part*s.length()), s.from), s.to)
}

// part says where a place is: 0 at the beginning of s, 1 at its end, less or
// more outside.
func (s span) part(place int64) float64 {
	return float64(place-s.from) / s.length()
}

// zoom is s made longer by a factor, or shorter, around a part of it that stays
// where it is. It stays in whole and has at least least places.
func (s span) zoom(factor, around float64, whole span, least float64) span {
	length := min(max(s.length()*factor, min(least, whole.length())), whole.length())
	from := float64(s.from-whole.from) + around*(s.length()-length)
	return whole.window(from, length)
}

// pan is s moved by a part of its length, within whole.
func (s span) pan(part float64, whole span) span {
	return whole.window(float64(s.from-whole.from)+part*s.length(), s.length())
}

// window is the part of a whole that begins so far from its beginning, as near
// as the whole allows.
func (s span) window(from, length float64) span {
	from = max(min(from, s.length()-length), 0)
	w := span{s.from + int64(from), 0}
	w.to = min(w.from+int64(length)-1, s.to)
	return w
}

// clip is what of s is in another span, and whether anything is.
func (s span) clip(to span) (span, bool) {
	c := span{max(s.from, to.from), min(s.to, to.to)}
	return c, c.from <= c.to
}

type rgb [3]uint8

// parseColour reads #rgb and #rrggbb.
func parseColour(s string) (c rgb, ok bool) {
	if len(s) == 0 || s[0] != '#' || len(s) != 4 && len(s) != 7 {
		return c, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return c, false
	}
	if len(s) == 4 {
		return rgb{uint8(n>>8&15) * 17, uint8(n>>4&15) * 17, uint8(n&15) * 17}, true
	}
	return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}

// A palette is the strip's colours.
type palette struct{ request, response, written, failure, finding, line rgb }

// A painting is a picture of activity: pixels of four bytes, red, green, blue
// and how much they cover.
type painting struct {
	pix           []byte
	width, height int
	scale         float64 // pixels a CSS pixel
}

// fill fills a rectangle given in CSS pixels, and cuts what is outside.
func (p *painting) fill(x, y, w, h float64, c rgb, alpha uint8) {
	x0, x1 := p.pixel(x, p.width), p.pixel(x+w, p.width)
	y0, y1 := p.pixel(y, p.height), p.pixel(y+h, p.height)
	for row := y0; row < y1; row++ {
		at := 4 * (row*p.width + x0)
		for range x1 - x0 {
			p.pix[at], p.pix[at+1], p.pix[at+2], p.pix[at+3] = c[0], c[1], c[2], alpha
			at += 4
		}
	}
}

func (p *painting) pixel(n float64, limit int) int {
	return int(min(max(math.Round(n*p.scale), 0), float64(limit)))
}

// paint draws what went on in view. The counts may be of another span, that was
// asked for before one zoomed: they are drawn where they belong.
func (p *painting) paint(view, counted span, lanes [][]bridge.Bucket, c palette) {
	clear(p.pix)
	if counted.to < counted.from || len(lanes) == 0 {
		return
	}
	most := 1
	for _, lane := range lanes {
		for i := range lane {
			most = max(most, lane[i].Total())
		}
	}
	width := float64(p.width) / p.scale
	for n, lane := range lanes {
		bottom := float64(rulerHeight + n*lanePitch + laneHeight)
		p.fill(0, bottom, width, 1, c.line, 255)
		for i := range lane {
			if b := &lane[i]; b.Total() > 0 {
				from, to := p.place(view, counted, i, len(lane), width)
				p.bar(b, from, to, bottom, most, c)
			}
		}
	}
	y := float64(rulerHeight + len(lanes)*lanePitch)
	// Failures first: what the decoder found is rarer and says more.
	for _, findings := range [...]bool{false, true} {
		for i := range lanes[0] {
			n := uint32(0)
			for _, lane := range lanes {
				if findings {
					n += lane[i].Findings
				} else {
					n += lane[i].Failures
				}
			}
			if n == 0 {
				continue
			}
			from, to := p.place(view, counted, i, len(lanes[0]), width)
			x := (from + to) / 2
			if 0 <= x && x <= width {
				x = min(max(x, markWidth/2), width-markWidth/2) // whole at the ends, too
			}
			if findings {
				p.triangle(x, y+2, c.finding)
			} else {
				p.cross(x, y+2, c.failure)
			}
		}
	}
}

// place is where a bucket stands.
func (p *painting) place(view, counted span, i, count int, width float64) (from, to float64) {
	step := counted.length() / float64(count)
	at := func(i float64) float64 {
		return (float64(counted.from-view.from) + i*step) / view.length() * width
	}
	return at(float64(i)), at(float64(i + 1))
}

// bar draws one bucket: the more rows, the higher; a single one is seen as well.
func (p *painting) bar(b *bridge.Bucket, from, to, bottom float64, most int, c palette) {
	to = max(to, from+1.5)
	total := b.Total()
	height := laneHeight * (0.35 + 0.65*math.Log1p(float64(total))/math.Log1p(float64(most)))
	for _, part := range [...]struct {
		n uint32
		c rgb
	}{{b.Responses, c.response}, {b.Written, c.written}, {b.Requests, c.request}, {b.Findings, c.finding}} {
		if part.n > 0 {
			h := height * float64(part.n) / float64(total)
			bottom -= h
			p.fill(from, bottom, to-from, h, part.c, 255)
		}
	}
}

// cross marks failures, triangle findings: they differ in form, not in colour
// alone.
func (p *painting) cross(x, y float64, c rgb) {
	for i := -3.0; i <= 3; i += 0.5 {
		p.fill(x+i-0.75, y+4+i, 1.5, 1, c, 255)
		p.fill(x+i-0.75, y+4-i, 1.5, 1, c, 255)
	}
}

func (p *painting) triangle(x, y float64, c rgb) {
	for i := 0.0; i < 8; i += 0.5 {
		p.fill(x-i/2, y+i, i, 0.5, c, 255)
	}
}

// A tick is a label on the strip's axis.
type tick struct {
	at   int64
	text string
}

// ticks are labels for a view, at most so many: at round numbers of seconds
// since base, or of rows.
func ticks(view span, base int64, byRow bool, most int) []tick {
	if most < 1 || view.to <= view.from {
		return nil
	}
	if byRow {
		base = -1 // the first row is 1
	}
	step := int64(1)
	for n := 0; view.length()/float64(step) > float64(most); n++ {
		if n%3 == 1 { // 1, 2, 5, 10, …
			step = step / 2 * 5
		} else {
			step *= 2
		}
	}
	digits := 0
	for s := step; !byRow && s < 1_000_000_000; s *= 10 {
		digits++
	}
	var list []tick
	first := (view.from - base) / step
	if first*step < view.from-base {
		first++
	}
	for k := first; k*step <= view.to-base && len(list) < 2*most; k++ {
		at := base + k*step
		if byRow {
			list = append(list, tick{at, count(int(k * step))})
		} else {
			list = append(list, tick{at, strconv.FormatFloat(float64(k*step)/1e9, 'f', digits, 64) + " s"})
		}
	}
	return list
}

// secondsTerm is a time since base as the filter language has it.
func secondsTerm(t, base int64) string {
	ns := t - base
	sign := ""
	if ns < 0 {
		sign, ns = "-", -ns
	}
	digits := strconv.FormatInt(ns%1_000_000_000+1_000_000_000, 10)[1:]
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	text := sign + strconv.FormatInt(ns/1_000_000_000, 10)
	if digits != "" {
		text += "." + digits
	}
	return text + "s"
}

// rangeTerm is the filter's term for a range of the strip. Its times have no more
// digits than the eye meant: each end is moved out by less than a pixel, which is
// so many nanoseconds.
func rangeTerm(s span, base int64, byRow bool, pixel int64) string {
	if byRow {
		return "no:" + strconv.FormatInt(s.from+1, 10) + ".." + strconv.FormatInt(s.to+1, 10)
	}
	unit := int64(1)
	for unit < 1_000_000_000 && unit*10 <= pixel {
		unit *= 10
	}
	from, to := s.from-base, s.to-base
	from -= (from%unit + unit) % unit
	to += (unit - to%unit) % unit
	return "time:" + secondsTerm(base+from, base) + ".." + secondsTerm(base+to, base)
}
