package bridge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func init() {
	n := Note{Anchor{4, 1, true, 1 << 40, "bytes-missing"}, true, "why?"}
	examples = append(examples,
		&SetView{View: 3, Exchanges: true, Filter: `path:"a b"`, Quiet: true, Sort: ByLatency, Descending: true, Selected: NoRow},
		&Viewed{3, Mistake{1, 2, "a name", "op:"}, 4, 5, 6, 7, true, 8, NoRow, true},
		&Facets{3, 4, 5, true, []FacetGroup{{"Streams", "stream", 6, []Facet{{"0", "0 · a", "b", 7, -1, true}}}}},
		&AskPlace{3, 4},
		&Placed{3, NoRow, 4, true, true},
		&AskMark{3, NoRow, true},
		&Complete{3, "op:", 3},
		&Completed{3, []Suggestion{{1, 2, "a", "b", "c", -1, true}}},
		&Find{3, 4, "text", NoRow, true, true},
		&Finding{3, 4, 5, true, true, NoRow, 6, 7, true},
		&AskFacts{3, 4},
		&Facts{3, 4, []Fact{{"path", "a‹LF›", "path", "a\n"}}, "a"},
		&Copy{3, 4, AsMarkdown, []Range{{0, 1}, {5, 1 << 30}}},
		&Copied{3, 4, 5, "text"},
		&AskReport{},
		&Report{[]Section{{"a", []Phrase{{"b", true, NoRow, "c"}}, []string{"d"}, "r", [][]Phrase{{{"e", false, 1, ""}}}, "f"}}, "# a"},
		&Hash{5},
		&Hashed{5, "00ff", true, "e"},
		&SetNotes{NoRow, []Note{n}},
		&Notes{[]PlacedNote{{NoRow, "->Ping", n}}},
	)
}

func TestEveryKindOfViewsComesBack(t *testing.T) {
	seen := map[Kind]bool{}
	for _, m := range examples {
		seen[m.Kind()] = true
	}
	for k := KindSetView; k < lastViewsKind; k++ {
		require.True(t, seen[k], "kind %d has no example", k)
		require.Equal(t, k, empty(k).Kind())
	}
	require.Nil(t, empty(lastViewsKind))
}
