package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

var orders = map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian}

func TestPCAPReadsBothByteOrdersAndPrecisions(t *testing.T) {
	for name, order := range orders {
		for _, f := range []*pcapFile{
			{order: order, link: 1}, {order: order, link: 276, nano: true}, {order: order, link: 101, modified: true},
		} {
			t.Run(name, func(t *testing.T) {
				f.header()
				first := f.packet(1_700_000_000_123_456_789, 100, []byte("first"))
				second := f.packet(4_294_967_295_999_999_999, 6, []byte("second"))
				third := f.packet(1000, 9, nil)
				all, err := readAll(t, f.data, KindPCAP)
				require.Equal(t, io.EOF, err)
				cut := int64(1000)
				if f.nano {
					cut = 1
				}
				require.Equal(t, []seen{
					{Packet{Number: 1, Time: 1_700_000_000_123_456_789 / cut * cut, File: first, Link: f.link, Original: 100}, "first"},
					{Packet{Number: 2, Time: 4_294_967_295_999_999_999 / cut * cut, File: second, Link: f.link, Original: 6}, "second"},
					{Packet{Number: 3, Time: 1000, File: third, Link: f.link, Original: 9}, ""},
				}, all)
			})
		}
	}
}

func TestPCAPIgnoresFrameCheckBitsInLinkType(t *testing.T) {
	f := (&pcapFile{order: binary.LittleEndian, link: 0x44000001}).header()
	f.packet(1, 1, []byte("x"))
	all, err := readAll(t, f.data, KindPCAP)
	require.Equal(t, io.EOF, err)
	require.EqualValues(t, 1, all[0].Link)
}

func TestPCAPFilesJoinedEndToEnd(t *testing.T) {
	f := (&pcapFile{order: binary.LittleEndian, link: 1}).header()
	f.packet(1_000_000, 1, []byte("a"))
	g := (&pcapFile{order: binary.BigEndian, link: 101, nano: true, data: f.data}).header()
	g.packet(7, 1, []byte("b"))
	all, err := readAll(t, g.data, KindPCAP)
	require.Equal(t, io.EOF, err)
	require.Len(t, all, 2)
	require.Equal(t, "b", all[1].bytes)
	require.EqualValues(t, 7, all[1].Time)
	require.EqualValues(t, 101, all[1].Link)
	require.EqualValues(t, 2, all[1].Number)
}

// Files of both kinds in turn, without a packet between them, are read in a loop.
func TestFilesJoinedWithoutPackets(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(4 << 20)) // beyond it the program ends
	f := (&pcapFile{order: binary.LittleEndian, link: 1}).header()
	g := (&pcapngFile{order: binary.LittleEndian, data: f.data}).section()
	all, err := readAll(t, bytes.Repeat(g.data, 40_000), KindPCAP)
	require.Equal(t, io.EOF, err)
	require.Empty(t, all)
}

func TestPCAPRefusesLengthsThatLie(t *testing.T) {
	f := (&pcapFile{order: binary.LittleEndian, link: 1}).header()
	f.packet(1_000_000, 1, []byte("a"))
	at := len(f.data)
	f.packet(2_000_000, 1, []byte("b"))
	binary.LittleEndian.PutUint32(f.data[at+8:], math.MaxUint32)
	all, err := readAll(t, f.data, KindPCAP)
	require.Len(t, all, 1)
	require.EqualError(t, err, "pcap, offset 49: expected the length of a packet, at most 262144 bytes, found a length of 4294967295 bytes; the file is damaged here, what came before it was read")
	require.EqualValues(t, at+8, place(t, err))

	// One that is larger than the snap length is a habit of some tools.
	binary.LittleEndian.PutUint32(f.data[16:], 0)
	f.data = f.data[:at]
	all, err = readAll(t, f.data, KindPCAP)
	require.Equal(t, io.EOF, err)
	require.Len(t, all, 1)
}

func TestPCAPRefusesZerosAndOtherVersions(t *testing.T) {
	f := (&pcapFile{order: binary.LittleEndian, link: 1}).header()
	f.packet(1_000_000, 1, []byte("a"))
	at := int64(len(f.data))
	f.data = append(f.data, make([]byte, 1000)...)
	all, err := readAll(t, f.data, KindPCAP)
	require.Len(t, all, 1)
	require.Equal(t, at, place(t, err))

	f.data[4] = 3
	all, err = readAll(t, f.data, KindPCAP)
	require.Empty(t, all)
	require.EqualValues(t, 4, place(t, err))
}

// everything is a pcapng file with all kinds of blocks, and the packets that
// must come out of it.
func everything(order, other binary.AppendByteOrder) ([]byte, []seen) {
	f := (&pcapngFile{order: order}).section()
	f.block(0x80000001, []byte("unknown")) // a local block
	f.iface(1, 262144, f.option(2, []byte("eth0")), f.option(optTSResol, []byte{9}), f.option(0xBEEF, []byte("?")))
	f.iface(276, 0)
	f.iface(101, 0, f.option(optTSResol, []byte{0x80 | 10}), f.option(optTSOffset, order.AppendUint64(nil, math.MaxUint64)))
	var want []seen
	number := uint64(0)
	add := func(at, time int64, link, iface uint32, original int, p string) {
		number++
		want = append(want, seen{Packet{Number: number, Time: time, File: at, Link: link, Interface: iface, Original: int64(original)}, p})
	}
	add(f.enhanced(0, 1_700_000_000_123_456_789, 5, []byte("first"), f.option(1, []byte("a comment"))), 1_700_000_000_123_456_789, 1, 0, 5, "first")
	f.block(4, []byte("names")) // name resolution
	add(f.enhanced(1, 1_700_000_000_123_456, 90, []byte("second")), 1_700_000_000_123_456_000, 276, 1, 90, "second")
	// 1024 ticks a second, a second back.
	add(f.enhanced(2, 3*1024+512, 1, []byte("3")), 2_500_000_000, 101, 2, 1, "3")
	add(f.obsolete(1, 42, 3, []byte("old")), 42_000, 276, 1, 3, "old")
	add(f.simple(6, []byte("simple")), NoTime, 1, 0, 6, "simple")
	f.block(5, make([]byte, 12))       // statistics
	f.block(0x00000BAD, []byte("pen")) // custom: Wireshark numbers these
	f.block(0x40000BAD, []byte("pen"))
	f.block(9, []byte("__REALTIME_TIMESTAMP=1\n")) // an entry of a journal
	number += 3
	add(f.enhanced(0, 5, 0, nil), 5, 1, 0, 0, "")
	// Another section, in the other byte order, with its own interfaces.
	g := (&pcapngFile{order: other, data: f.data}).section()
	g.iface(228, 4)
	add(g.simple(9, []byte("nine")), NoTime, 228, 0, 9, "nine")
	add(g.enhanced(0, 1, 2, []byte("xy")), 1000, 228, 0, 2, "xy")
	return g.data, want
}

func TestPCAPNGReadsAllKindsOfBlocks(t *testing.T) {
	for name, order := range orders {
		t.Run(name, func(t *testing.T) {
			for _, other := range orders {
				data, want := everything(order, other)
				all, err := readAll(t, data, KindPCAPNG)
				require.Equal(t, io.EOF, err)
				require.Equal(t, want, all)
			}
		})
	}
}

func TestPCAPNGOfOneSectionHeaderHasNoPackets(t *testing.T) {
	all, err := readAll(t, (&pcapngFile{order: binary.BigEndian}).section().data, KindPCAPNG)
	require.Equal(t, io.EOF, err)
	require.Empty(t, all)
}

func TestPCAPNGPassesOverLargeUnknownBlocks(t *testing.T) {
	f := (&pcapngFile{order: binary.LittleEndian}).section()
	f.block(0x0BAD, make([]byte, 3<<20))
	f.iface(1, 0)
	at := f.enhanced(0, 0, 1, []byte("x"))
	r := NewPacketReader(bytes.NewReader(f.data), KindPCAPNG)
	var p Packet
	require.NoError(t, r.Next(&p))
	require.Equal(t, at, p.File)
	require.Len(t, r.b.buf, bufferSize, "what is passed over is not kept")
}

func TestPCAPNGRefusesWhatContradictsItself(t *testing.T) {
	le := binary.LittleEndian
	base := func() *pcapngFile { return (&pcapngFile{order: le}).section().iface(1, 0) }
	start := int64(len(base().data))
	for name, c := range map[string]struct {
		change func(f *pcapngFile)
		at     int64 // behind start
		says   string
	}{
		"length below 12": {func(f *pcapngFile) {
			f.enhanced(0, 0, 1, []byte("x"))
			le.PutUint32(f.data[start+4:], 8)
		}, 4, "a multiple of 4 and at least 12, found a length of 8 bytes"},
		"length not a multiple of 4": {func(f *pcapngFile) {
			f.enhanced(0, 0, 1, []byte("x"))
			le.PutUint32(f.data[start+4:], 37)
		}, 4, "found a length of 37 bytes"},
		"packet block of 4 GiB": {func(f *pcapngFile) {
			f.enhanced(0, 0, 1, []byte("x"))
			le.PutUint32(f.data[start+4:], 0xFFFFFFFC)
		}, 4, "at most 1048576 bytes, found a length of 4294967292 bytes"},
		"lengths differ": {func(f *pcapngFile) {
			f.enhanced(0, 0, 1, []byte("x"))
			le.PutUint32(f.data[len(f.data)-4:], 40)
		}, 32, "the block's length again, 36, found 40"},
		"lengths of an unknown block differ": {func(f *pcapngFile) {
			f.block(77, []byte("abcd"))
			le.PutUint32(f.data[len(f.data)-4:], 40)
		}, 12, "the block's length again, 16, found 40"},
		"packet larger than its block": {func(f *pcapngFile) {
			f.enhanced(0, 0, 1, []byte("x"))
			le.PutUint32(f.data[start+20:], 5)
		}, 20, "at most 4 bytes, found a length of 5 bytes"},
		"packet of 300 KiB": {func(f *pcapngFile) {
			f.enhanced(0, 0, 1, make([]byte, 300<<10))
		}, 20, "at most 262144 bytes"},
		"unknown interface": {func(f *pcapngFile) { f.enhanced(1, 0, 1, []byte("x")) }, 8, "one of the 1 interfaces described so far, found interface 1"},
		"no interface": {func(f *pcapngFile) {
			f.data = nil
			f.section()
			f.simple(1, []byte("x"))
		}, 8 - int64(len(base().data)-len((&pcapngFile{order: le}).section().data)), "one of the 0 interfaces"},
		"packet block too small":       {func(f *pcapngFile) { f.block(blockEnhanced, make([]byte, 16)) }, 4, "at least 32 bytes, found a length of 28"},
		"simple block too small":       {func(f *pcapngFile) { f.block(blockSimple, nil) }, 4, "at least 16 bytes, found a length of 12"},
		"interface block too small":    {func(f *pcapngFile) { f.block(blockInterface, make([]byte, 4)) }, 4, "at least 20 bytes, found a length of 16"},
		"option larger than its block": {func(f *pcapngFile) { f.iface(1, 0, []byte{9, 0, 200, 0}) }, 18, "at most 4 bytes, found a length of 200"},
		"section with another byte-order magic": {func(f *pcapngFile) {
			f.section()
			f.data[start+8] = 0
		}, 8, "the byte-order magic"},
		"section of version 2": {func(f *pcapngFile) {
			f.section()
			f.data[start+12] = 2
		}, 12, "version 1 of the format, found version 2"},
		"section header too small": {func(f *pcapngFile) {
			f.block(blockSection, []byte("\x4D\x3C\x2B\x1A\x01\x00\x00\x00"))
		}, 4, "at least 28 bytes, found a length of 20"},
	} {
		t.Run(name, func(t *testing.T) {
			f := base()
			c.change(f)
			all, err := readAll(t, f.data, KindPCAPNG)
			require.Empty(t, all)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, start+c.at, place(t, err))
		})
	}
}

func TestUnknownBlockOf4GiBIsCutOff(t *testing.T) {
	f := (&pcapngFile{order: binary.LittleEndian}).section().iface(1, 0)
	f.enhanced(0, 0, 1, []byte("x"))
	at := int64(len(f.data))
	f.block(77, []byte("abcd"))
	binary.LittleEndian.PutUint32(f.data[at+4:], 0xFFFFFFFC)
	all, err := readAll(t, f.data, KindPCAPNG)
	require.Len(t, all, 1)
	var cut *TruncatedError
	require.ErrorAs(t, err, &cut)
	require.Equal(t, TruncatedError{In: "pcapng", Offset: at, What: "a block", Need: 0xFFFFFFFC, Have: 16}, *cut)
}

// TestCutAnywhere cuts files at every offset: all whole packets before the cut
// must come, and then an error that says where the first begins that is not.
func TestCutAnywhere(t *testing.T) {
	ng, _ := everything(binary.LittleEndian, binary.BigEndian)
	pc := (&pcapFile{order: binary.BigEndian, link: 1}).header()
	pc.packet(1e9, 5, []byte("first"))
	pc.packet(2e9, 60, []byte("second"))
	mod := (&pcapFile{order: binary.LittleEndian, link: 1, modified: true, data: pc.data}).header()
	mod.packet(3e9, 5, []byte("third"))
	for kind, data := range map[Kind][]byte{KindPCAPNG: ng, KindPCAP: mod.data} {
		whole, err := readAll(t, data, kind)
		require.Equal(t, io.EOF, err)
		for n := range data {
			all, err := readAll(t, data[:n], kind)
			if err != io.EOF {
				var cut *TruncatedError
				require.ErrorAs(t, err, &cut, "%v cut at %d", kind, n)
				require.LessOrEqual(t, cut.Offset, int64(n))
				require.EqualValues(t, int64(n)-cut.Offset, cut.Have)
				require.Greater(t, cut.Need, cut.Have)
			}
			// Whole is what ends before the cut, in pcapng with its block.
			want := 0
			for _, p := range whole {
				end := p.File + int64(len(p.bytes))
				if kind == KindPCAPNG {
					end = blockEnd(p, data)
				}
				if end <= int64(n) {
					want++
				}
			}
			require.Equal(t, whole[:want], append([]seen{}, all...), "%v cut at %d", kind, n)
		}
	}
}

// blockEnd is where the block of a packet of everything ends.
func blockEnd(p seen, data []byte) int64 {
	end := (p.File + int64(len(p.bytes)) + 3) &^ 3
	if p.bytes == "first" {
		end += 4 + 12 // the comment
	}
	return end + 4
}

func TestGoldenCapturesCutAnywhere(t *testing.T) {
	// Every offset of a small one, and some of each.
	files, err := filepath.Glob("../testdata/golden/*/*.pcap*")
	require.NoError(t, err)
	n := 0
	for _, name := range files {
		kind := KindPCAP
		if strings.HasSuffix(name, ".pcapng") {
			kind = KindPCAPNG
		} else if !strings.HasSuffix(name, ".pcap") {
			continue
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		if len(data) > 200<<10 {
			continue
		}
		n++
		whole, err := readAll(t, data, kind)
		require.Equal(t, io.EOF, err)
		for cut := 0; cut < len(data); cut += 997 {
			all, err := readAll(t, data[:cut], kind)
			if err != io.EOF {
				require.LessOrEqual(t, place(t, err), int64(cut))
			}
			require.Equal(t, whole[:len(all)], append([]seen{}, all...))
			if len(all) < len(whole) {
				// The first that did not come was not whole: behind its bytes a
				// block of pcapng has padding, perhaps options, and its length.
				end := whole[len(all)].File + int64(len(whole[len(all)].bytes))
				if kind == KindPCAPNG {
					end += 64
				}
				require.Greater(t, end, int64(cut))
			}
		}
	}
	require.Greater(t, n, 20)
}

func TestPacketsDoNotDependOnHowTheFileIsRead(t *testing.T) {
	data, want := everything(binary.BigEndian, binary.LittleEndian)
	for name, r := range map[string]io.Reader{
		"byte by byte":       iotest.OneByteReader(bytes.NewReader(data)),
		"error with data":    iotest.DataErrReader(bytes.NewReader(data)),
		"now and then empty": iotest.HalfReader(bytes.NewReader(data)),
	} {
		pr := NewPacketReader(r, KindPCAPNG)
		for _, w := range want {
			var p Packet
			require.NoError(t, pr.Next(&p), name)
			require.Equal(t, w.bytes, string(p.Data))
		}
		require.Equal(t, io.EOF, pr.Next(new(Packet)))
	}
}

func TestReadErrorsComeThroughAfterWholePackets(t *testing.T) {
	f := (&pcapFile{order: binary.LittleEndian, link: 1}).header()
	f.packet(1e9, 1, []byte("a"))
	half := len(f.data)
	f.packet(2e9, 1, []byte("b"))
	r := NewPacketReader(io.MultiReader(bytes.NewReader(f.data[:half+10]), iotest.ErrReader(os.ErrDeadlineExceeded)), KindPCAP)
	var p Packet
	require.NoError(t, r.Next(&p))
	require.Equal(t, os.ErrDeadlineExceeded, r.Next(&p))
}

func TestReaderOfNothingEndsWithProgressError(t *testing.T) {
	r := NewPacketReader(stuck{}, KindPCAP)
	require.Equal(t, io.ErrNoProgress, r.Next(new(Packet)))
}

// stuck is a reader that never gives anything.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestPacketReaderRefusesOtherKinds(t *testing.T) {
	r := NewPacketReader(bytes.NewReader(nil), KindEvents)
	require.EqualError(t, r.Next(new(Packet)), "capture, offset 0: expected a pcap or pcapng file, found event file")
}

func TestClock(t *testing.T) {
	for _, c := range []struct {
		clock clock
		ticks uint64
		want  int64
	}{
		{microseconds, 1_700_000_000_123_456, 1_700_000_000_123_456_000},
		{clock{exp: 0}, 5, 5e9},
		{clock{exp: 3}, 1001, 1_001_000_000},
		{clock{exp: 9}, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789},
		{clock{exp: 12}, 3_000_000_001_999, 3_000_000_001},
		{clock{exp: 19}, 1e19 + 5e18, 1_500_000_000},
		{clock{exp: 20}, 15e18, 150_000_000},
		{clock{exp: 127}, math.MaxUint64, 0},
		{clock{exp: 0, binary: true}, 7, 7e9},
		{clock{exp: 10, binary: true}, 1024 + 1, 1_000_976_562},
		{clock{exp: 32, binary: true}, 5<<32 | 1<<31, 5_500_000_000},
		{clock{exp: 63, binary: true}, 1<<63 | 1<<62, 1_500_000_000},
		{clock{exp: 64, binary: true}, 1 << 63, 500_000_000},
		{clock{exp: 127, binary: true}, math.MaxUint64, 0},
		{clock{exp: 6, offset: -10}, 11_000_000, 1e9},
		{clock{exp: 6, offset: 1_700_000_000}, 1, 1_700_000_000_000_001_000},
		// What 64 bits of nanoseconds can't hold is no time.
		{clock{exp: 0}, math.MaxUint64, NoTime},
		{clock{exp: 0}, 9_223_372_036, NoTime},
		{clock{exp: 0, offset: math.MaxInt64}, 1, NoTime},
		{clock{exp: 0, offset: math.MinInt64}, 1, NoTime},
		{clock{exp: 0, offset: -9_223_372_036}, 0, NoTime},
		{clock{exp: 0}, 9_223_372_035, 9_223_372_035e9},
	} {
		require.Equal(t, c.want, c.clock.time(c.ticks), "%+v %d", c.clock, c.ticks)
	}
}
