package inspect

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

func TestExchanges(t *testing.T) {
	for _, name := range goldenFiles(t) {
		x, _ := decoded(t, name)
		k, written := 0, 0
		for i := range x.log.Len() {
			switch r := x.log.At(i); r.Kind {
			case walcore.Request:
				e := x.Exchange(k)
				require.Equal(t, uint32(i), e.Request)
				require.Equal(t, k, x.ExchangeOf(i))
				require.Equal(t, r.Partner, e.Response)
				require.Equal(t, r.Partner, x.Partner(i))
				if e.Response != None {
					require.Equal(t, k, x.ExchangeOf(int(e.Response)))
					require.Equal(t, uint32(i), x.Partner(int(e.Response)))
				}
				if e.Written != None {
					written++
					require.Equal(t, k, x.ExchangeOf(int(e.Written)))
					require.Equal(t, walcore.Written, x.log.At(int(e.Written)).Kind)
				}
				k++
			case walcore.Written:
				require.GreaterOrEqual(t, x.ExchangeOf(i), 0)
				written--
			}
		}
		require.Equal(t, k, x.Exchanges(), name)
		if name != "events/edges.jsonl" && name != "events/out_of_band.jsonl" { // in which data comes twice for one request
			require.Zero(t, written, name)
		}
	}
}

func TestOutcome(t *testing.T) {
	x, at := filters(t)
	outcome := func(row int) string { return string(x.AppendOutcome(nil, x.Exchange(x.ExchangeOf(row)))) }
	require.Equal(t, "fast file I/O on, combined send and receive on", outcome(0))
	require.Equal(t, "success, descriptor 7", outcome(at["open"]))
	require.Equal(t, "100 bytes read", outcome(at["read"]))
	require.Equal(t, "70,000 bytes written", outcome(at["write"]))
	require.Equal(t, "refused", outcome(at["rename"]))
	require.Equal(t, "item item.TXT", outcome(at["item"]))
	require.Equal(t, "no more items", outcome(at["end"]))
	require.Equal(t, "no response", outcome(at["lonely"]))

	c := newTalk(t)
	for want, r := range map[string]struct {
		sata.Request
		sata.Response
	}{
		"a file of 1 byte":       {sata.Request{Command: sata.QueryPath, Query: sata.QueryDetails}, sata.Response{Info: sata.Info{Flags: 0x2C000000, FileLength: 1}}},
		"a folder":               {sata.Request{Command: sata.StatFile}, sata.Response{Info: sata.Info{Flags: 0xAC000000, FileLength: 1}}},
		"5,000,000,000 bytes":    {sata.Request{Command: sata.QueryPath, Query: sata.QueryFreeSpace}, sata.Response{Number: 5e9}},
		"12 files":               {sata.Request{Command: sata.QueryPath, Query: sata.QueryFileCount}, sata.Response{Number: 12}},
		"result code 0xfff01234": {sata.Request{Command: sata.Remove}, sata.Response{Result: 0xFFF01234}},
		"success":                {sata.Request{Command: sata.Remove}, sata.Response{}},
	} {
		c.ask(0, r.Request)
		row := c.answer(0, r.Response)
		x := c.index()
		require.Equal(t, want, string(x.AppendResult(nil, row)))
		require.Empty(t, x.AppendResult(nil, row-1))
	}
	c.ask(0, sata.Request{Command: sata.Remove})
	row := c.raw(0, []byte("nonsense"))
	require.Equal(t, "can't be read", string(c.index().AppendResult(nil, row)))
}

func TestSort(t *testing.T) {
	x := New(made(t, 10_000))
	x.Update(1 << 20)
	all := make([]uint32, x.Exchanges())
	value := func(k uint32, by Column) (any, bool) {
		e := x.Exchange(int(k))
		q := x.log.At(int(e.Request))
		switch by {
		case ByTime:
			return q.Time, true
		case ByStream:
			return int64(q.Stream), true
		case ByOperation:
			return operationName(q.Op), true
		case ByPath:
			p, ok := x.Path(int(e.Request))
			return p, ok
		case ByBytes:
			return int64(x.ExchangeBytes(e)), true
		case ByLatency:
			n, ok := x.ExchangeLatency(e)
			return n, ok
		}
		return int64(e.Request), true
	}
	less := func(a, b any) bool {
		if s, ok := a.(string); ok {
			return s < b.(string)
		}
		return a.(int64) < b.(int64)
	}
	for _, by := range []Column{ByNumber, ByTime, ByStream, ByOperation, ByPath, ByBytes, ByLatency} {
		for _, descending := range []bool{false, true} {
			for i := range all {
				all[i] = uint32(len(all) - 1 - i)
			}
			want := slices.Clone(all)
			slices.Sort(want)
			slices.SortStableFunc(want, func(a, b uint32) int {
				va, oka := value(a, by)
				vb, okb := value(b, by)
				switch {
				case oka != okb && oka:
					return -1
				case oka != okb:
					return 1
				case !oka:
					return 0
				}
				if descending {
					va, vb = vb, va
				}
				switch {
				case less(va, vb):
					return -1
				case less(vb, va):
					return 1
				}
				return 0
			})
			x.Sort(all, by, descending)
			require.Equal(t, want, all, "%d %v", by, descending)
		}
	}
	for i := range all {
		all[i] = uint32(i)
	}
	x.Sort(all, ByResult, true)
	failed := func(k uint32) bool { return Failed(x.log.At(int(x.Exchange(int(k)).Response))) }
	require.True(t, failed(all[0]))
	n := slices.IndexFunc(all, func(k uint32) bool { return !failed(k) })
	require.Greater(t, n, 100)
	require.False(t, slices.ContainsFunc(all[n:], failed), "failures stand together")
	require.True(t, slices.IsSorted(all[:n]), "the same, in the order of the log")
}

func TestSortPutsTheUnansweredLast(t *testing.T) {
	c := newTalk(t)
	c.ask(0, sata.Request{Command: sata.Remove, Path: []byte("/lost")})
	c.m.Forget(0, walcore.At{Time: c.now})
	c.waiting[0] = nil
	c.ask(0, sata.Request{Command: sata.Remove, Path: []byte("/b")})
	c.answer(0, sata.Response{})
	x := c.index()
	for _, by := range []Column{ByLatency, ByResult} {
		for _, descending := range []bool{false, true} {
			all := []uint32{0, 1}
			x.Sort(all, by, descending)
			require.Equal(t, []uint32{1, 0}, all)
		}
	}
}
