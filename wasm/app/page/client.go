//go:build js && wasm

package page

import (
	"syscall/js"

	"satascope/wasm/app/bridge"
	"satascope/wasm/app/browser"
)

// A client is the page's end of the worker.
type client struct {
	worker *browser.Worker
	ready  bool
	used   bool // a file was opened with it
	queue  []queued

	came func(m bridge.Message, attachment js.Value) // a message of the worker
	died func(why string)                            // the worker ended, which it should not
}

type queued struct {
	b          []byte
	attachment js.Value
}

// start starts a worker, so that it is there when a file comes.
func (c *client) start() {
	c.ready, c.used, c.queue = false, false, nil
	c.worker = browser.StartWorker(func(why string) {
		c.stop()
		c.died(why)
	})
	c.worker.Listen(func(b []byte, attachment js.Value) {
		switch m := bridge.Parse(b).(type) {
		case nil:
			c.stop()
			c.died("it said something that can't be understood")
		case *bridge.Ready:
			c.ready = true
			for _, q := range c.queue {
				c.worker.Post(q.b, q.attachment)
			}
			c.queue = nil
		default:
			c.came(m, attachment)
		}
	})
}

// stop ends the worker at once, whatever it does.
func (c *client) stop() {
	if c.worker != nil {
		c.worker.Terminate()
		c.worker = nil
	}
}

// open decodes files, in a worker of its own.
func (c *client) open(m *bridge.Open, files js.Value) {
	if c.used || c.worker == nil {
		c.stop()
		c.start()
	}
	c.used = true
	c.send(m, files)
}

// adopt goes on with the worker of another client, which has decoded what is to
// be shown now; its messages come here from now on.
func (c *client) adopt(other *client) {
	c.stop()
	c.worker, c.ready, c.used, c.queue = other.worker, other.ready, other.used, nil
	other.came = func(m bridge.Message, attachment js.Value) { c.came(m, attachment) }
	other.died = func(why string) {
		c.worker = nil // it has been stopped
		c.died(why)
	}
}

func (c *client) post(m bridge.Message) { c.send(m, js.Undefined()) }

// send sends a message. It is lost when the worker ended, which was told.
func (c *client) send(m bridge.Message, attachment js.Value) {
	b := bridge.Append(nil, m)
	switch {
	case c.worker == nil:
	case c.ready:
		c.worker.Post(b, attachment)
	default:
		c.queue = append(c.queue, queued{b, attachment})
	}
}
