package page

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/wasm/app/bridge"
)

func TestPlacesComeBack(t *testing.T) {
	for _, p := range []place{
		{row: -1},
		{row: 0},
		{row: 1208, assumed: bridge.Assumed{Port: 17500}},
		{row: -1, spec: viewSpec{filter: `op:ReadFile path:"/a b&c=d+e%41#x" "ünï" -stream:0`}},
		{row: 5, spec: viewSpec{exchanges: true, sort: bridge.ByLatency, descending: true, filter: "result:failure"}, assumed: bridge.Assumed{Server: "[fe80::1]:7500", FFIO: bridge.Off, FirstRead: 196672}},
		{row: 5, spec: viewSpec{exchanges: true, descending: true}, assumed: bridge.Assumed{FFIO: bridge.On}},
		{row: -1, spec: viewSpec{exchanges: true, sort: bridge.ByPath}},
	} {
		require.Equal(t, p, parsePlace(p.fragment()), p.fragment())
		require.False(t, strings.ContainsAny(p.fragment(), " \"+#"), p.fragment())
	}
	require.Equal(t, "port=17500&view=exchanges&sort=-latency&filter=op:ReadFile%20x&row=1209",
		place{row: 1208, spec: viewSpec{exchanges: true, sort: bridge.ByLatency, descending: true, filter: "op:ReadFile x"}, assumed: bridge.Assumed{Port: 17500}}.fragment())
}

func TestPlacesFromAnywhere(t *testing.T) {
	for view, want := range map[string]place{
		"":                                    {row: -1},
		"row=0":                               {row: -1},
		"row=-1&port=70000&ffio=perhaps":      {row: -1},
		"row=99999999999":                     {row: -1},
		"&&=&row=3&new=thing&row":             {row: 2},
		"sort=latency":                        {row: -1},
		"view=exchanges&sort=colour":          {row: -1, spec: viewSpec{exchanges: true}},
		"filter=100%":                         {row: -1, spec: viewSpec{filter: "100%"}},
		"filter=%zz%4":                        {row: -1, spec: viewSpec{filter: "%zz%4"}},
		"server=" + strings.Repeat("1", 1000): {row: -1},
	} {
		require.Equal(t, want, parsePlace(view), view)
	}
}

func FuzzPlace(f *testing.F) {
	f.Add("row=3&filter=a%20b&view=exchanges&sort=-bytes")
	f.Fuzz(func(t *testing.T, view string) {
		p := parsePlace(view)
		require.Equal(t, p, parsePlace(p.fragment()))
	})
}
