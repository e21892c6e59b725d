package inspect

import (
	"strconv"
	"testing"

	"satascope/sata"
)

// The log of these has a million rows on eight streams: see millionLog.

func BenchmarkUpdate(b *testing.B) {
	log := millionLog(b)
	b.ReportAllocs()
	for b.Loop() {
		New(log).Update(1 << 30)
	}
}

func BenchmarkSearch(b *testing.B) {
	x := millionIndex(b)
	for _, text := range []string{"op:ReadFile,OpenFile path:*/config/* stream:0", "path:file11", "result:failure", "latency:>300us", "time:10s..20s", `"system1"`, `"SYSTEM"`, "size:>64k OR diag:*", "-op:ReadFile"} {
		for unit, name := range []string{"rows", "pairs", "exchanges"} {
			b.Run(text+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					f, _ := x.Compile(text)
					s := x.Search(f, Unit(unit))
					for !s.Scan(20_000) {
					}
					b.ReportMetric(float64(s.Count()), "found")
				}
			})
		}
	}
}

func BenchmarkState(b *testing.B) {
	x := millionIndex(b)
	b.Run("anywhere", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			x.State(int(uint64(i) * 2654435761 % uint64(x.Len())))
		}
	})
	b.Run("at the end of a span", func(b *testing.B) { // the farthest from a snapshot
		for i := 0; b.Loop(); i++ {
			x.cursor.log = nil
			x.State((i%50+1)*x.spacing - 2)
		}
	})
	b.Run("next", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			x.State(500_000 + i%1000)
		}
	})
}

// Where only the client was recorded, everything waits.
func BenchmarkStateOfOneDirection(b *testing.B) {
	c := newTalk(b)
	for i := range 1_000_000 {
		c.ask(0, sata.Request{Command: sata.StatFile, FD: int32(i)})
		c.waiting[0] = c.waiting[0][:0]
	}
	x := c.index()
	for i := 0; b.Loop(); i++ {
		x.State(x.Len() - 1 - i%1000)
	}
}

func BenchmarkSort(b *testing.B) {
	x := millionIndex(b)
	all := make([]uint32, x.Exchanges())
	for _, by := range []Column{ByTime, ByPath, ByLatency, ByResult, ByOperation} {
		b.Run(strconv.Itoa(int(by)), func(b *testing.B) {
			for b.Loop() {
				for i := range all {
					all[i] = uint32(i)
				}
				x.Sort(all, by, true)
			}
		})
	}
}

func BenchmarkActivity(b *testing.B) {
	x := millionIndex(b)
	first, last, _ := x.Span()
	buckets := make([]Counts, 2000)
	for _, stream := range []uint32{0, AllStreams} {
		b.Run("all of stream "+strconv.Itoa(int(int32(stream))), func(b *testing.B) {
			for b.Loop() {
				clear(buckets)
				x.Activity(stream, first, last, false, buckets)
			}
		})
		b.Run("a tenth of stream "+strconv.Itoa(int(int32(stream))), func(b *testing.B) {
			for b.Loop() {
				clear(buckets)
				x.Activity(stream, first, first+(last-first)/10, false, buckets)
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	x := millionIndex(b)
	for b.Loop() {
		d := x.Find("nowhere", 0, false, nil)
		for {
			if _, _, done := d.Next(20_000); done {
				break
			}
		}
	}
}

func BenchmarkComplete(b *testing.B) {
	x := millionIndex(b)
	for b.Loop() {
		x.Complete("path:sys", 8)
	}
}
