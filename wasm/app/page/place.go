package page

import (
	"strconv"
	"strings"
)

// A place is what a link says of where to look: a part of the page's fragment,
// name=value joined by &. Names that are not known are passed over.
type place struct {
	row  int    // from 0; -1 for none
	port uint16 // that the capture was decoded on, when it was chosen; 0 when it was found
}

// fragment is the place's text.
func (p place) fragment() string {
	var parts []string
	if p.port != 0 {
		parts = append(parts, "port="+strconv.Itoa(int(p.port)))
	}
	if p.row >= 0 {
		parts = append(parts, "row="+strconv.Itoa(p.row+1)) // as it is shown
	}
	return strings.Join(parts, "&")
}

// parsePlace reads a place. What is wrong in it is passed over: the rest of the
// link is still good.
func parsePlace(view string) place {
	p := place{row: -1}
	for _, part := range strings.Split(view, "&") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "row":
			if n, err := strconv.ParseUint(value, 10, 31); err == nil && n > 0 {
				p.row = int(n - 1)
			}
		case "port":
			if n, err := strconv.ParseUint(value, 10, 16); err == nil {
				p.port = uint16(n)
			}
		}
	}
	return p
}
