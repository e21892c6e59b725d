package page

import "slices"

// picks are the places that are chosen together, besides the selected one: to be
// copied. A place is a row's in the view.
type picks struct {
	ranges []stretch // in order, none touching another
	anchor int       // where a range began
	active bool      // there is an anchor
}

// A stretch is the places from to to-1.
type stretch struct{ from, to int }

// clear takes all back.
func (p *picks) clear() { p.ranges, p.active = nil, false }

// has says whether a place is chosen.
func (p *picks) has(place int) bool {
	for _, r := range p.ranges {
		if r.from <= place && place < r.to {
			return true
		}
	}
	return false
}

// count is how many places are chosen.
func (p *picks) count() (n int) {
	for _, r := range p.ranges {
		n += r.to - r.from
	}
	return n
}

// begin begins with one place, from which a range can go on. It chooses none.
func (p *picks) begin(place int) {
	p.clear()
	p.anchor, p.active = place, true
}

// extend chooses all places between the anchor and another, and no others.
func (p *picks) extend(from, to int) {
	if !p.active {
		p.begin(from)
	}
	p.ranges = []stretch{{min(p.anchor, to), max(p.anchor, to) + 1}}
}

// toggle chooses one place more, or takes it back. selected is the place that is
// selected: it is the first to be chosen.
func (p *picks) toggle(place, selected int) {
	if len(p.ranges) == 0 && selected >= 0 && selected != place {
		p.add(stretch{selected, selected + 1})
	}
	if p.has(place) {
		p.remove(place)
	} else {
		p.add(stretch{place, place + 1})
	}
	p.anchor, p.active = place, true
}

func (p *picks) add(s stretch) {
	ranges := append(p.ranges, s)
	slices.SortFunc(ranges, func(a, b stretch) int { return a.from - b.from })
	p.ranges = ranges[:1]
	for _, r := range ranges[1:] {
		if last := &p.ranges[len(p.ranges)-1]; r.from <= last.to {
			last.to = max(last.to, r.to)
		} else {
			p.ranges = append(p.ranges, r)
		}
	}
}

func (p *picks) remove(place int) {
	var ranges []stretch
	for _, r := range p.ranges {
		if r.from <= place && place < r.to {
			if r.from < place {
				ranges = append(ranges, stretch{r.from, place})
			}
			if place+1 < r.to {
				ranges = append(ranges, stretch{place + 1, r.to})
			}
			continue
		}
		ranges = append(ranges, r)
	}
	p.ranges = ranges
}
