package inspect

import "strconv"

// A Mistake is what is wrong with a filter. The bytes From to To of its text are
// the ones to underline; at its end they are empty.
type Mistake struct {
	From, To int
	Want     string // what was expected there
	Found    string // what is there, "" at the end of the text
	Suggest  string // what may have been meant instead, or ""
}

func (m *Mistake) Error() string {
	found := "the end of the filter"
	if m.Found != "" {
		found = strconv.Quote(cut(m.Found, 60))
	}
	s := "expected " + m.Want + ", found " + found + " at character " + strconv.Itoa(m.From+1)
	if m.Suggest != "" {
		s += "; did you mean " + m.Suggest + "?"
	}
	return s
}

// nearest is the name that a person who typed s most likely meant, "" when none
// is near.
func nearest(s string, names func(yield func(string) bool)) string {
	best, bestDistance := "", (len(s)+1)/3
	if len(s) > 64 {
		return ""
	}
	s = lower(s)
	names(func(name string) bool {
		low := lower(name)
		d := distance(s, low)
		if len(s) >= 2 && len(s) < len(low) && low[:len(s)] == s {
			d = 1 // the beginning of it
		}
		if d < bestDistance || d == bestDistance && best == "" {
			best, bestDistance = name, d
		}
		return true
	})
	return best
}

// distance is how many letters must be put in, left out, changed or swapped with
// their neighbour to get from one text to the other.
func distance(a, b string) int {
	const most = 64
	if len(a) > most || len(b) > most {
		return most
	}
	var rows [3][most + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

// lower is s with the letters A to Z made small.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if c := b[j]; c >= 'A' && c <= 'Z' {
					b[j] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
