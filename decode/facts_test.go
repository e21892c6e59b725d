package decode

import (
	"context"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
)

// What decoding the golden files rests on, and how that is known.
func TestFacts(t *testing.T) {
	const (
		port  = "port 7500: taken to be, it is the port on which hosts serve, and there are streams with it"
		serve = "server 10.0.0.1:7500: shown, it is the end with the server's port"
	)
	for _, c := range []struct {
		files   []string
		options Options
		want    []string
	}{
		{[]string{"captures/plain.pcap"}, Options{}, []string{
			port, serve, "ffio on: recorded, a Pong says so", "first-read 3000: recorded, a Ping says so", "first-write 2968: recorded, a Ping says so; no length depends on it",
		}},
		{[]string{"partial/first_read_3000.pcap"}, Options{}, []string{
			port, serve, "ffio on: shown, an answer to ReadFile has its form", "first-read 3000: shown, the answer to a ReadFile has that many bytes",
		}},
		{[]string{"partial/late.pcap"}, Options{Server: netip.MustParseAddrPort("10.0.0.1:7500"), FFIO: Off, FirstRead: 196672}, []string{
			"server 10.0.0.1:7500: set, only streams of this server are decoded", "server 10.0.0.1:7500: set, it was named",
			"ffio on: shown, an answer to ReadFile has its form: that it was set to be off was overruled", "first-read 196672: set, no Ping was recorded",
		}},
		{[]string{"captures/port_17500.pcap"}, Options{}, []string{
			"port 17500: shown, nothing is on port 7500, and most of what arrives on this one looks like requests", "server 10.0.0.1:17500: shown, it is the end with the server's port",
			"ffio on: recorded, a Pong says so", "first-read 3000: recorded, a Ping says so", "first-write 2968: recorded, a Ping says so; no length depends on it",
		}},
		{[]string{"exports/conversation.log"}, Options{}, []string{"server told with each message: recorded, the log says of each message whose it is"}},
		{[]string{"exports/both_directions.bin"}, Options{}, []string{
			"server told by the bytes: taken to be, what looks like a request is taken to be the client's",
			"ffio on: recorded, a Pong says so", "first-read 3000: recorded, a Ping says so", "first-write 2968: recorded, a Ping says so; no length depends on it",
		}},
		{[]string{"exports/from_client.bin", "exports/from_server.bin"}, Options{}, []string{
			"server whose file has the responses: taken to be, the other one has what looks like requests",
			"ffio on: recorded, a Pong says so", "first-read 3000: recorded, a Ping says so", "first-write 2968: recorded, a Ping says so; no length depends on it",
		}},
	} {
		var sources []capture.Source
		for _, f := range c.files {
			sources = append(sources, diskFile(golden+f))
		}
		c.options.Unpackers = unpack.Native()
		d := New(c.options, sources...)
		require.Empty(t, d.Facts(), "nothing was read yet")
		require.NoError(t, d.Run(context.Background()), c.files)
		var got []string
		for _, f := range d.Facts() {
			got = append(got, f.Name+" "+f.Value+": "+f.Known.String()+", "+f.Why)
		}
		require.Equal(t, c.want, got, c.files)
		require.Equal(t, d.Facts(), d.Summary().Facts)
		d.Close()
	}
	require.Equal(t, "known 9", Known(9).String())
}

// Streams of which other things are known are told apart.
func TestFactsOfStreams(t *testing.T) {
	d := New(Options{}, diskFile(golden+"captures/streams.pcapng"))
	defer d.Close()
	require.NoError(t, d.Run(context.Background()))
	d.framers[1].sawPong, d.streams[1].FFIO = false, true
	d.streams[1].Began = false
	var got []string
	for _, f := range d.Facts() {
		if f.Name == AssumedFFIO {
			got = append(got, f.Value+": "+f.Known.String()+", "+f.Why)
		}
	}
	require.Len(t, got, 2)
	require.Contains(t, got[0], "in streams 0, 2, 3 and 4, ")
	require.Contains(t, got[1], "in stream 1, ")
}

// A followed stream without its heading names no ports, and none is claimed.
func TestFactsWithoutAddresses(t *testing.T) {
	b, err := os.ReadFile(golden + "exports/follow_hex.txt")
	require.NoError(t, err)
	_, rows, _ := strings.Cut(string(b), ":7500\n")
	d, err := decodeText(t, rows)
	require.NoError(t, err)
	f := d.Facts()[0]
	require.Equal(t, []string{AssumedServer, "the end that is asked", "what looks like requests arrives there, and the ports do not tell"}, []string{f.Name, f.Value, f.Why})
}
