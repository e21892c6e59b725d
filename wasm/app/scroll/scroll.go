// Package scroll is the arithmetic of a list of any length in a browser.
//
// Browsers cap the height of an element (Firefox near 17.9 million pixels), so
// a list of a million rows can't simply be that tall. A [Scroller] makes the
// element at most MaxHeight tall and keeps the place in the list itself, the
// virtual offset. Small moves (wheel, keys, touch) count pixel for pixel, large
// ones (dragging the scroll bar's thumb) in proportion. What the two differ by
// is put right in the element when scrolling rests ([Scroller.Settle]). Near
// both ends the element and the list agree to the pixel, so that one arrives at
// an end exactly, not before and not after.
//
// All lengths are CSS pixels.
package scroll

import "math"

const (
	// MaxHeight is how tall the element gets.
	MaxHeight = 8 << 20
	// edge is how much of it agrees with the list at each end.
	edge = 1 << 20
	// near is up to where a move counts pixel for pixel. Dragging the thumb by
	// a single pixel moves an element of MaxHeight by more.
	near = 4000
)

// A Scroller knows which rows are in view. Its zero value has none.
type Scroller struct {
	rows   int
	row    float64 // height of a row
	view   float64 // height of what is visible
	offset float64 // the virtual offset of the view's top
	pos    float64 // the element's scrollTop, as far as is known
}

// Resize sets the number of rows, a row's height and that of the view. The
// place in the list stays. The element must then be given Height and Position.
func (s *Scroller) Resize(rows int, row, view float64) {
	s.rows, s.row, s.view = rows, row, view
	s.offset = min(s.offset, s.reach())
	s.pos = s.element(s.offset)
}

// Rows is the number of rows.
func (s *Scroller) Rows() int { return s.rows }

// Height is how tall the element must be.
func (s *Scroller) Height() float64 { return min(s.total(), MaxHeight) }

// Position is where the element's scrollTop should be.
func (s *Scroller) Position() float64 { return s.pos }

// Offset is the place in the list: how far its beginning is above the view.
func (s *Scroller) Offset() float64 { return s.offset }

// Placed takes where the element really is after it was given Position, which
// browsers round. The place in the list stays.
func (s *Scroller) Placed(pos float64) { s.pos = pos }

// Scrolled takes the element's new scrollTop.
func (s *Scroller) Scrolled(pos float64) {
	end := s.elementReach()
	move := pos - s.pos
	s.pos = pos
	switch {
	case pos <= 0:
		s.offset = 0
	case pos >= end-0.5: // the element's end may be rounded
		s.offset = s.reach()
	case math.Abs(move) <= near:
		s.offset = min(max(s.offset+move, 0), s.reach())
	default:
		s.offset = s.virtual(pos)
	}
}

// Settle says where to put the element now that scrolling rests, so that it
// stands in proportion again, and whether that is elsewhere.
func (s *Scroller) Settle() (pos float64, moved bool) {
	pos = s.element(s.offset)
	moved = math.Abs(pos-s.pos) >= 1
	if moved {
		s.pos = pos
	}
	return s.pos, moved
}

// Visible is the range of rows in view, wholly or in part.
func (s *Scroller) Visible() (first, end int) {
	if s.rows == 0 || s.row <= 0 {
		return 0, 0
	}
	first = int(s.offset / s.row)
	end = int(math.Ceil((s.offset + s.view) / s.row))
	return min(first, s.rows), min(end, s.rows)
}

// Shows says whether a row is in view, wholly or in part.
func (s *Scroller) Shows(row int) bool {
	first, end := s.Visible()
	return first <= row && row < end
}

// Page is how many rows are wholly in view, at least one.
func (s *Scroller) Page() int {
	if s.row <= 0 {
		return 1
	}
	return max(int(s.view/s.row), 1)
}

// Reveal moves so that a row is wholly in view, by as little as possible, and
// says whether that changed anything. The element must then be given Position.
func (s *Scroller) Reveal(row int) (moved bool) {
	top := float64(row) * s.row
	to := s.offset
	if top < to {
		to = top
	} else if bottom := top + s.row - s.view; bottom > to {
		to = min(bottom, top)
	}
	return s.moveTo(to)
}

// Center moves so that a row is in the middle of the view, as far as the list
// allows, and says whether that changed anything.
func (s *Scroller) Center(row int) (moved bool) {
	return s.moveTo(float64(row)*s.row - (s.view-s.row)/2)
}

// Hold moves so that a row stands so many pixels below the view's top, as far as
// the list allows, and says whether that changed anything. The element must then
// be given Position.
func (s *Scroller) Hold(row int, below float64) (moved bool) {
	return s.moveTo(float64(row)*s.row - below)
}

func (s *Scroller) moveTo(offset float64) bool {
	offset = min(max(offset, 0), s.reach())
	if offset == s.offset {
		return false
	}
	s.offset = offset
	s.pos = s.element(offset)
	return true
}

func (s *Scroller) total() float64 { return float64(s.rows) * s.row }

// reach is the largest virtual offset, elementReach the largest scrollTop.
func (s *Scroller) reach() float64        { return max(s.total()-s.view, 0) }
func (s *Scroller) elementReach() float64 { return max(s.Height()-s.view, 0) }

// scaled says whether the list is taller than its element.
func (s *Scroller) scaled() bool { return s.total() > MaxHeight }

// virtual is the place in the list that belongs to a scrollTop, element the
// other way round: the same at both edges, in proportion between them.
func (s *Scroller) virtual(pos float64) float64 {
	if !s.scaled() {
		return min(max(pos, 0), s.reach())
	}
	end, reach := s.elementReach(), s.reach()
	switch {
	case pos <= edge:
		return max(pos, 0)
	case pos >= end-edge:
		return reach - max(end-pos, 0)
	}
	return edge + (pos-edge)*(reach-2*edge)/(end-2*edge)
}

func (s *Scroller) element(offset float64) float64 {
	if !s.scaled() {
		return offset
	}
	end, reach := s.elementReach(), s.reach()
	switch {
	case offset <= edge:
		return offset
	case offset >= reach-edge:
		return end - (reach - offset)
	}
	return edge + (offset-edge)*(end-2*edge)/(reach-2*edge)
}
