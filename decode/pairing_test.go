package decode

import (
	"bytes"
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

// A console says what one does, and a server answers as one would.
type console struct {
	*wire
	t    testing.TB
	open map[int32]bool // descriptors
	owed [][]byte       // responses that the server has not sent
}

func newConsole(t testing.TB) *console {
	c := &console{wire: newWire(), t: t, open: map[int32]bool{}}
	c.say(0, ping(t, 3000))
	c.say(1, pong(t, sata.CapFFIO))
	return c
}

// asks sends requests together.
func (c *console) asks(requests ...sata.Request) {
	var all []byte
	for _, r := range requests {
		all = append(all, ask(c.t, r)...)
		var answered []byte
		switch r.Command {
		case sata.OpenFile:
			fd := int32(3)
			for c.open[fd] {
				fd++
			}
			c.open[fd] = true
			answered = response(c.t, sata.Response{Shape: sata.ShapeDescriptor, FD: fd})
		case sata.StatFile:
			answered = response(c.t, sata.Response{Shape: sata.ShapeInfo})
		case sata.ReadFile:
			answered = answer(first, 100, int(r.BlockSize))
		case sata.WriteFile:
			all = append(all, bytes.Repeat([]byte("text"), int(r.BlockSize/4))...)
			answered = result(c.t, sata.Result(r.BlockSize))
		case sata.CloseFile:
			delete(c.open, r.FD)
			answered = result(c.t, 0)
		default:
			answered = result(c.t, 0)
		}
		c.owed = append(c.owed, answered)
	}
	c.say(0, all)
}

// gets has the server send n of the responses that it owes, each in a packet.
func (c *console) gets(n int) {
	for _, b := range c.owed[:n] {
		c.say(1, b)
	}
	c.owed = c.owed[n:]
}

func opens(path string) sata.Request {
	return sata.Request{Command: sata.OpenFile, ModeText: []byte("r"), Path: []byte(path)}
}

func about(command sata.Command, fd int32, size uint32) sata.Request {
	return sata.Request{Command: command, BlockCount: 1, BlockSize: size, FD: fd}
}

// TestEveryLoss loses every packet, every two and every run of three of
// conversations in which it matters which request a response answers and which
// descriptor was closed and opened again: nothing is invented, and no response has
// another request, and no request another path, without a word.
func TestEveryLoss(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes some thousand captures")
	}
	conversations := map[string]func(c *console){
		"one after the other": func(c *console) {
			for i := range 4 {
				c.asks(opens("/vol/" + strconv.Itoa(i)))
				c.gets(1)
				c.asks(about(sata.StatFile, 3, 0))
				c.gets(1)
				c.asks(about(sata.ReadFile, 3, 400))
				c.gets(1)
				c.asks(about(sata.CloseFile, 3, 0))
				c.gets(1)
			}
		},
		"two at a time": func(c *console) {
			for i := range 4 {
				c.asks(opens("/vol/a"+strconv.Itoa(i)), opens("/vol/b"+strconv.Itoa(i)))
				c.gets(2)
				c.asks(about(sata.StatFile, 3, 0), about(sata.StatFile, 4, 0))
				c.gets(2)
				c.asks(about(sata.CloseFile, 3, 0), about(sata.CloseFile, 4, 0))
				c.gets(2)
			}
		},
		"always one more than it has": func(c *console) {
			c.asks(opens("/vol/a"))
			c.gets(1)
			c.asks(about(sata.ReadFile, 3, 400))
			for i := range 6 {
				c.asks(about(sata.ReadFile, 3, 400))
				c.gets(1)
				if i%3 == 2 {
					c.asks(about(sata.StatFile, 3, 0))
					c.gets(1)
				}
			}
			c.asks(about(sata.CloseFile, 3, 0))
			c.gets(2)
			c.asks(opens("/vol/b"))
			c.gets(1)
			c.asks(about(sata.StatFile, 3, 0))
			c.gets(1)
		},
		"once two at a time": func(c *console) {
			c.asks(opens("/vol/a"))
			c.gets(1)
			c.asks(about(sata.ReadFile, 3, 2999))
			c.gets(1)
			c.asks(about(sata.StatFile, 3, 0))
			c.asks(about(sata.StatFile, 3, 0))
			c.gets(2)
			c.asks(about(sata.WriteFile, 3, 580))
			c.gets(1)
			c.asks(about(sata.CloseFile, 3, 0))
			c.asks(opens("/vol/b"))
			c.gets(2)
			c.asks(about(sata.StatFile, 3, 0))
			c.gets(1)
		},
	}
	for name, talk := range conversations {
		t.Run(name, func(t *testing.T) {
			c := newConsole(t)
			talk(c)
			d := New(Options{}, c.write(all))
			require.NoError(t, d.Run(context.Background()))
			require.Zero(t, d.Log().Diagnostics())
			truth, paths := messagesOf(d), pathsOf(d)
			check := func(lost ...int) {
				dropped := map[int]bool{}
				for _, i := range lost {
					dropped[i] = true
				}
				d := New(Options{}, c.write(func(i int) bool { return !dropped[i] }))
				require.NoError(t, d.Run(context.Background()), lost)
				found := messagesOf(d)
				for p := range found {
					require.Contains(t, truth, p, "%v lost", lost)
				}
				untold := untoldOf(d)
				for p := range untold.answers {
					require.Equal(t, truth[p].request, found[p].request, "%v lost: the response at %d", lost, p.seq)
				}
				for p, path := range untold.paths {
					require.Equal(t, paths[p], path, "%v lost: the request at %d", lost, p.seq)
				}
			}
			n := len(c.packets)
			for i := 3; i < n; i++ {
				check(i)
				check(i, i+1, i+2)
				for j := i + 1; j < n; j++ {
					check(i, j)
				}
			}
		})
	}
}
