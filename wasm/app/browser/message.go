//go:build js && wasm

package browser

import "syscall/js"

// A Port is one end between page and worker. A message is an array: its bytes,
// and what bytes can't carry.
type Port struct {
	v      js.Value
	listen js.Func
}

// Post sends a message. The bytes are handed over, not copied twice; attachment
// may be js.Undefined().
func (p *Port) Post(b []byte, attachment js.Value) {
	a := Array(b)
	message := global.Get("Array").New(a, attachment)
	p.v.Call("postMessage", message, global.Get("Array").New(a.Get("buffer")))
}

// Listen has f called for each message that comes. What it gets is its own.
func (p *Port) Listen(f func(b []byte, attachment js.Value)) {
	p.listen = js.FuncOf(func(_ js.Value, args []js.Value) any {
		data := args[0].Get("data")
		if data.InstanceOf(global.Get("Array")) {
			f(Bytes(data.Index(0)), data.Index(1))
		}
		return nil
	})
	p.v.Set("onmessage", p.listen)
}

// Parent is the page, seen from its worker.
func Parent() *Port { return &Port{v: global} }

// A Worker is the worker, seen from its page.
type Worker struct {
	Port
	failed js.Func
}

// StartWorker starts the program in a worker. failed is called at most once,
// with what is known of the reason, when it ends, which it should not: after a
// panic, out of memory, or when it could not be loaded.
func StartWorker(failed func(why string)) *Worker {
	w := &Worker{Port: Port{v: global.Get("satascope").Call("startWorker")}}
	once := false
	fail := func(why string) {
		if !once {
			once = true
			failed(why)
		}
	}
	w.failed = js.FuncOf(func(_ js.Value, args []js.Value) any {
		// worker.js tells the end as a message of its own kind, an object and
		// not an array; the browser tells what it could not load as an event.
		event := args[0]
		switch event.Get("type").String() {
		case "message":
			if why := event.Get("data").Get("ended"); why.Type() == js.TypeString {
				fail(why.String())
			}
		default:
			why := "it could not be loaded"
			if m := event.Get("message"); m.Type() == js.TypeString && m.String() != "" {
				why = m.String()
			}
			fail(why)
		}
		return nil
	})
	w.v.Call("addEventListener", "message", w.failed)
	w.v.Call("addEventListener", "error", w.failed)
	w.v.Call("addEventListener", "messageerror", w.failed)
	return w
}

// Terminate ends the worker at once.
func (w *Worker) Terminate() {
	w.v.Call("terminate")
	w.v.Set("onmessage", js.Null())
	w.listen.Release()
	for _, event := range []string{"message", "error", "messageerror"} {
		w.v.Call("removeEventListener", event, w.failed)
	}
	w.failed.Release()
}
