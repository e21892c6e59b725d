//go:build js && wasm

// Package browser is what the program needs of a browser beyond the DOM
// (honnef.co/go/js/dom): workers and their messages, files and streams, and how
// a goroutine waits for a promise.
//
// Calls that block (Await, Read, Yield) are for goroutines of their own, never
// for event handlers: while a handler blocks, the event loop stands still.
package browser

import "syscall/js"

var (
	global     = js.Global()
	uint8Array = global.Get("Uint8Array")
	object     = global.Get("Object")
)

// InPage says whether this is a page and not a worker.
func InPage() bool { return global.Get("document").Truthy() }

// Bytes copies an Uint8Array.
func Bytes(v js.Value) []byte {
	b := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(b, v)
	return b
}

// Array makes an Uint8Array with a copy of b.
func Array(b []byte) js.Value {
	a := uint8Array.New(len(b))
	js.CopyBytesToJS(a, b)
	return a
}

// Try calls f and returns the exception that JavaScript threw, if it threw one.
func Try(f func() js.Value) (v js.Value, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case js.Error:
			err = Error{e.Value}
		case *js.ValueError:
			err = e
		default:
			panic(e)
		}
	}()
	return f(), nil
}

// An Error is what JavaScript threw.
type Error struct{ Value js.Value }

func (e Error) Error() string {
	if m := e.Value.Get("message"); m.Type() == js.TypeString && m.String() != "" {
		return m.String()
	}
	return e.Value.Call("toString").String()
}

// Name is the kind of exception: "AbortError", "TypeError", …
func (e Error) Name() string {
	if n := e.Value.Get("name"); n.Type() == js.TypeString {
		return n.String()
	}
	return ""
}

// A waiter waits for promises, one at a time, with the same two callbacks for
// all of them.
type waiter struct {
	settled  chan result
	fulfil   js.Func
	reject   js.Func
	pending  bool // a promise was handed over and has not settled
	released bool
}

type result struct {
	v   js.Value
	err error
}

func newWaiter() *waiter {
	w := &waiter{settled: make(chan result, 1)}
	w.fulfil = js.FuncOf(func(_ js.Value, args []js.Value) any {
		v := js.Undefined()
		if len(args) > 0 {
			v = args[0]
		}
		w.settle(result{v: v})
		return nil
	})
	w.reject = js.FuncOf(func(_ js.Value, args []js.Value) any {
		e := Error{global.Get("Error").New("no reason given")}
		if len(args) > 0 && (args[0].Type() == js.TypeObject || args[0].Type() == js.TypeString) {
			e.Value = object.Invoke(args[0])
		}
		w.settle(result{err: e})
		return nil
	})
	return w
}

func (w *waiter) settle(r result) {
	w.pending = false
	if w.released {
		w.free()
		return
	}
	w.settled <- r
}

// start hands over a promise; its result comes through settled.
func (w *waiter) start(promise js.Value) {
	w.pending = true
	promise.Call("then", w.fulfil, w.reject)
}

// wait waits for the promise handed over.
func (w *waiter) wait() (js.Value, error) {
	r := <-w.settled
	return r.v, r.err
}

// release gives the callbacks back, now or when a promise that still has them
// settles.
func (w *waiter) release() {
	if w.released {
		return
	}
	w.released = true
	if !w.pending {
		w.free()
	}
}

func (w *waiter) free() {
	w.fulfil.Release()
	w.reject.Release()
}

// Await waits for a promise.
func Await(promise js.Value) (js.Value, error) {
	w := newWaiter()
	defer w.release()
	w.start(promise)
	return w.wait()
}

// A Yielder gives the event loop its turn: messages that wait are delivered
// before Yield returns. A message to oneself does it in 0.2 ms, where the
// shortest timer takes 4. Each goroutine has its own; Close it when done.
type Yielder struct {
	here, there js.Value
	turn        chan struct{}
	came        js.Func
}

// NewYielder makes a Yielder.
func NewYielder() *Yielder {
	channel := global.Get("MessageChannel").New()
	y := &Yielder{here: channel.Get("port1"), there: channel.Get("port2"), turn: make(chan struct{}, 1)}
	y.came = js.FuncOf(func(js.Value, []js.Value) any {
		y.turn <- struct{}{}
		return nil
	})
	y.here.Set("onmessage", y.came)
	return y
}

// Yield waits until the event loop had its turn.
func (y *Yielder) Yield() {
	y.there.Call("postMessage", js.Null())
	<-y.turn
}

// Close closes the channel.
func (y *Yielder) Close() {
	y.here.Call("close")
	y.came.Release()
}
