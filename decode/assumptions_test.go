package decode

import (
	"context"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/sata"
)

// What had to be assumed of the golden files, and how it reads when it was set.
func TestAssumptions(t *testing.T) {
	const (
		port     = "port (port): the server's port is taken to be 7500"
		dump     = "directions: the file does not tell the directions apart: what looks like a request is taken to be the client's"
		lines    = "log-lines: lines that begin like a message are taken to be one, though a path with a line break in it can look the same"
		streams  = "log-streams: a log does not tell streams apart: all lines are taken to be of one, and a response to answer the oldest request that it can answer"
		order    = "order: the files do not tell what was sent when: each request is followed by its response"
		requests = "server: the file with what looks like requests is taken to be what the client sent"
		clocks   = "clocks: the packets of 2 files are joined by their times: their clocks are taken to agree"
	)
	for _, c := range []struct {
		files   []string
		options Options
		want    []string
	}{
		{[]string{"captures/plain.pcap"}, Options{}, []string{port}},
		{[]string{"captures/plain.pcap"}, Options{Port: 7500, FFIO: Off, FirstRead: 7}, []string{"set port (port): the server's port is 7500, as it was set"}},
		{[]string{"captures/plain.pcap"}, Options{Server: netip.MustParseAddrPort("10.0.0.1:7500")}, []string{"set server (server): the server is 10.0.0.1:7500, as it was set"}},
		{[]string{"captures/port_17500.pcap"}, Options{}, []string{"port (port): nothing is on port 7500: the server's port is taken to be 17500, where most of what arrives looks like requests"}},
		{[]string{"partial/first_read_3000.pcap"}, Options{}, []string{port, "first-read (first-read): the first read size is taken to be 3000 bytes, as a read shows, because no Ping was recorded"}},
		{[]string{"partial/first_read_3000.pcap"}, Options{FirstRead: 3000}, []string{port, "set first-read (first-read): the first read size is 3000 bytes, as it was set for conversations whose Ping was not recorded"}},
		{[]string{"exports/conversation.log"}, Options{}, []string{lines, streams}},
		{[]string{"exports/events.jsonl"}, Options{}, nil},
		{[]string{"exports/follow_raw.txt"}, Options{}, nil},
		{[]string{"exports/follow_raw.txt"}, Options{Port: 7500}, []string{"set port (port): the server's port is 7500, as it was set"}},
		{[]string{"exports/follow_raw.txt"}, Options{Port: 80}, []string{"set port (port): the server's port is 80, as it was set", "server (server): the ports do not tell the server: the end that receives what looks like requests is taken to be it"}},
		{[]string{"exports/both_directions.bin"}, Options{}, []string{dump}},
		{[]string{"exports/from_client.bin", "exports/from_server.bin"}, Options{}, []string{order, requests}},
		// Both have a conversation between the same ends at the same time.
		{[]string{"captures/plain.pcap", "captures/vlan.pcap"}, Options{}, []string{port, clocks, "same-ends: the files have different conversations between the same ends at the same time, by their sequence numbers: each is a stream of its own (1 beside another)"}},
	} {
		var sources []capture.Source
		for _, f := range c.files {
			sources = append(sources, diskFile(golden+f))
		}
		c.options.Unpackers = unpack.Native()
		d := New(c.options, sources...)
		require.Empty(t, d.Assumptions(), "nothing was read yet")
		require.NoError(t, d.Run(context.Background()), c.files)
		require.Equal(t, c.want, said(d), c.files)
		require.Equal(t, d.Assumptions(), d.Summary().Assumptions)
	}
}

func said(d *Decoder) (all []string) {
	for _, a := range d.Assumptions() {
		s := a.Name
		if a.Set {
			s = "set " + s
		}
		if a.Option != "" {
			s += " (" + a.Option + ")"
		}
		all = append(all, s+": "+a.Sentence)
	}
	return all
}

// Fast file I/O is assumed only until a Pong or a read shows it.
func TestAssumedFFIO(t *testing.T) {
	assumed := func(o Options, talk func(w *talk)) []string {
		w := newTalk(t, o, false)
		w.d.kinds = []capture.Kind{capture.KindPCAP}
		talk(w)
		w.log()
		return said(w.d)[1:]
	}
	aStat := func(w *talk) { w.client(ask(t, stat)) }
	const first = "first-read (first-read): the first read size is taken to be 196672 bytes, because no Ping was recorded and no read shows another"
	require.Equal(t, []string{"ffio (ffio): fast file I/O is taken to be on, because no answer to a Ping was recorded", first}, assumed(Options{}, aStat))
	require.Equal(t, []string{"set ffio (ffio): fast file I/O is off, as it was set for conversations whose Ping was not recorded", first}, assumed(Options{FFIO: Off}, aStat))
	aRead := func(w *talk) {
		w.client(readFile(t, 5))
		w.server(answer("\xC4\x00\x24\x02\xE8\xEF\x24\x02", 5, 5))
	}
	require.Equal(t, []string{first}, assumed(Options{}, aRead))
	require.Equal(t, []string{first}, assumed(Options{FFIO: On}, aRead), "as it was set")
	const overruled = "ffio (ffio): fast file I/O is on from a read on whose answer has its form, though it was set to be off: the setting was overruled"
	require.Equal(t, []string{overruled, first}, assumed(Options{FFIO: Off}, aRead))
	require.Empty(t, assumed(Options{FFIO: Off}, func(w *talk) {
		w.client(ping(t, 1000))
		w.server(pong(t, sata.CapFFIO))
		aRead(w)
	}), "a Pong says so")
	require.Empty(t, assumed(Options{}, func(w *talk) {
		w.client(ping(t, 1000))
		w.server(pong(t, sata.CapFFIO))
	}))
	require.Empty(t, assumed(Options{}, func(w *talk) { w.client([]byte("words")) }), "a stream without messages")
	// A conversation that began, and without a Ping.
	w := newTalk(t, Options{}, true)
	w.d.kinds = []capture.Kind{capture.KindPCAP}
	aStat(w)
	w.log()
	require.Equal(t, []string{"ffio (ffio): fast file I/O is taken to be off, because no answer to a Ping was recorded", first}, said(w.d)[1:])
}

func TestStreamLists(t *testing.T) {
	d := &Decoder{decoded: decoded{streams: make([]Stream, 20)}}
	var l streamList
	for i, want := range []string{
		"in stream 0, ", "in streams 0 and 2, ", "in streams 0, 2 and 4, ", "", "", "", "",
		"in streams 0, 2, 4, 6, 8, 10, 12 and 14, ", "in streams 0, 2, 4, 6, 8, 10, 12, 14 and 1 more, ", "in streams 0, 2, 4, 6, 8, 10, 12, 14 and 2 more, ",
	} {
		l.add(2 * i)
		if want != "" {
			require.Equal(t, want, l.of(d))
		}
	}
	d.streams = d.streams[:10]
	require.Empty(t, l.of(d), "all of them")
}
