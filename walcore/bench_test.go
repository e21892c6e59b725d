package walcore

import (
	"io"
	"testing"

	"satascope/sata"
)

// benchMessages is a file's life: opened, read, written, closed.
func benchMessages(b *testing.B) (all []step) {
	ask := func(r sata.Request) {
		all = append(all, step{op: stepRequest, bytes: appendRequest(b, &r)})
	}
	answer := func(r sata.Response) {
		m, err := sata.AppendResponse(nil, &r)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, step{op: stepResponse, bytes: m})
	}
	ask(sata.Request{Command: sata.OpenFile, Path: []byte("/vol/storage_mlc01/sys/title/00050010/content/a_file.bin"), ModeText: []byte("r+")})
	answer(sata.Response{Shape: sata.ShapeDescriptor, FD: 5})
	ask(sata.Request{Command: sata.StatFile, FD: 5})
	answer(sata.Response{Shape: sata.ShapeInfo, Info: sata.Info{Flags: 0x2C000000, Permissions: 0x666, FileLength: 123456}})
	ask(sata.Request{Command: sata.WriteFile, FD: 5, BlockCount: 1, BlockSize: 512})
	all = append(all, step{op: stepWritten, fd: 5, length: 512})
	answer(sata.Response{Shape: sata.ShapeResult, Result: 512})
	ask(sata.Request{Command: sata.ReadFile, FD: 5, BlockCount: 1, BlockSize: 512})
	read := make([]byte, sata.ReadHeadSize+512)
	copy(read, "\xC4\x00\x24\x02\xE8\xEF\x24\x02")
	all = append(all, step{op: stepResponse, bytes: read})
	ask(sata.Request{Command: sata.CloseFile, FD: 5})
	answer(sata.Response{Shape: sata.ShapeResult})
	return all
}

func BenchmarkParse(b *testing.B) {
	all := benchMessages(b)
	var r sata.Request
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range all {
			if s.op == stepRequest {
				if err := sata.ParseRequest(s.bytes, uint64(len(s.bytes)), &r); err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/message")
}

// BenchmarkMachine measures the machine with its parsing and checksums.
func BenchmarkMachine(b *testing.B) {
	all := benchMessages(b)
	m := NewMachine(NewLog(Limits{}))
	m.OpenStream(0)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		if m.log.Len() > 1<<20 {
			b.StopTimer()
			m = NewMachine(NewLog(Limits{}))
			m.OpenStream(0)
			b.StartTimer()
		}
		for _, s := range all {
			msg := Message{Head: s.bytes, Length: uint64(len(s.bytes))}
			switch s.op {
			case stepRequest:
				m.Request(0, msg)
			case stepResponse:
				m.Response(0, msg)
			case stepWritten:
				m.Written(0, s.fd, s.length, At{})
			}
			n++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/message")
}

func benchLog(b *testing.B) *Log {
	all := []step{{op: stepOpen}}
	for range 1000 {
		all = append(all, benchMessages(b)...)
	}
	return run(all, Limits{}, false)
}

func BenchmarkText(b *testing.B) {
	log := benchLog(b)
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		for i := range log.Len() {
			dst = log.AppendText(dst[:0], i)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*log.Len()), "ns/line")
}

func BenchmarkWrite(b *testing.B) {
	log := benchLog(b)
	for _, f := range []struct {
		name  string
		write func(io.Writer, Selection, Rest) (int, error)
	}{{"log", log.WriteTo}, {"ndjson", log.WriteNDJSON}, {"csv", log.WriteCSV}} {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.write(io.Discard, Selection{}, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*log.Len()), "ns/line")
		})
	}
}
