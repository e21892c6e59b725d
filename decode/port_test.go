package decode

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/walcore"
)

// Something else on port 7500, whole or not, does not keep the conversation on
// another port from being found; set, the port is what was set.
func TestOtherTrafficOnThePort(t *testing.T) {
	const name = golden + "captures/port_17500.pcap"
	talk := readLossy(t, name)
	for what, said := range map[string][2][]byte{
		"HTTP":  {[]byte("GET / HTTP/1.1\r\nHost: devkit\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")},
		"zeros": {make([]byte, 100), make([]byte, 300)}, // with a header's form, and no command
	} {
		w := newWire()
		for range 20 {
			w.say(0, said[0])
			w.say(1, said[1])
		}
		for _, lost := range []int{0, 9} {
			keep := func(i int) bool { return lost == 0 || i%lost != lost-1 }
			// The packets of different link types are in a file each.
			other, there := w.write(keep), talk.write(all)
			for _, files := range [][2]memoryFile{{other, there}, {there, other}} {
				d := New(Options{}, files[0], files[1])
				require.NoError(t, d.Run(context.Background()), what)
				requireSameLog(t, goldenLog(t, name), []byte(written(t, d, walcore.Selection{Compatible: true})))
				require.Contains(t, portSaid(d), "no request of the protocol is on port 7500")
				set := New(Options{Port: 7500}, files[0], files[1])
				err := set.Run(context.Background())
				require.EqualValues(t, 7500, set.Summary().Port)
				require.False(t, bytes.Contains([]byte(written(t, set, walcore.Selection{})), []byte("Ping")))
				require.True(t, err != nil || what == "zeros")
			}
		}
	}
}

// The protocol on other ports than the one that is decoded is told of, unless the
// user chose the port.
func TestTheProtocolElsewhere(t *testing.T) {
	const usual, other = golden + "captures/plain.pcap", golden + "captures/port_17500.pcap"
	open := func(name string) []byte {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		return b
	}
	// The same conversation with a server on yet another port.
	third := bytes.ReplaceAll(open(other), []byte{17500 >> 8, 17500 & 0xFF}, []byte{17501 >> 8, 17501 & 0xFF})
	many := func(ports ...byte) []capture.Source {
		files := []capture.Source{capture.FromBytes("a", open(usual))}
		for _, low := range ports {
			files = append(files, capture.FromBytes("b", bytes.ReplaceAll(third, []byte{17501 >> 8, 17501 & 0xFF}, []byte{17501 >> 8, low})))
		}
		return files
	}
	for _, c := range []struct {
		files []capture.Source
		want  string
	}{
		{many(104, 103, 102, 101, 100, 99, 98, 97),
			"the server's port is taken to be 7500; what looks like requests arrives on ports 17505, 17506, 17507, 17508, 17509, 17510, 17511, 17512, too, and is not decoded"},
		{many(97, 106, 105, 104, 98, 103, 102, 101, 100, 99),
			"the server's port is taken to be 7500; what looks like requests arrives on ports 17505, 17506, 17507, 17508, 17509, 17510, 17511, 17512 and others, too, and is not decoded"},
		{[]capture.Source{capture.FromBytes("a", open(usual))}, "the server's port is taken to be 7500"},
		{[]capture.Source{capture.FromBytes("a", open(usual)), capture.FromBytes("b", open(other)), capture.FromBytes("c", third)},
			"the server's port is taken to be 7500; what looks like requests arrives on ports 17500, 17501, too, and is not decoded"},
		{[]capture.Source{capture.FromBytes("a", open(other)), capture.FromBytes("b", third)},
			"nothing is on port 7500: the server's port is taken to be 17500, where most of what arrives looks like requests; what looks like requests arrives on port 17501, too, and is not decoded"},
	} {
		d := New(Options{}, c.files...)
		require.NoError(t, d.Run(context.Background()))
		require.Equal(t, c.want, portSaid(d))
		f := d.Facts()[0]
		require.Equal(t, AssumedPort, f.Name)
		require.Equal(t, strings.Contains(c.want, "; what"), strings.HasSuffix(f.Why, "too, and is not decoded"))
		set := New(Options{Port: d.Summary().Port}, c.files...)
		require.NoError(t, set.Run(context.Background()))
		require.NotContains(t, portSaid(set), "; what")
	}
}

func portSaid(d *Decoder) string {
	for _, a := range d.Assumptions() {
		if a.Name == AssumedPort {
			return a.Sentence
		}
	}
	return ""
}
