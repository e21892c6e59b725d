package decode

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

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

func portSaid(d *Decoder) string {
	for _, a := range d.Assumptions() {
		if a.Name == AssumedPort {
			return a.Sentence
		}
	}
	return ""
}
