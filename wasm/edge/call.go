//go:build js && wasm

package main

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"
)

// call calls a method that gives a promise, and waits for it or for the context.
// What the method throws at once is an error as well.
func call(ctx context.Context, object js.Value, method string, args ...any) (result js.Value, err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case js.Error:
			err = fmt.Errorf("%s: %s", method, text(v.Value))
		default:
			panic(v)
		}
	}()
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	// The promise can settle after the context ended: its functions are released
	// when it does, and not before.
	var then, failed js.Func
	release := func() {
		then.Release()
		failed.Release()
	}
	then = js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{value: args[0]}
		release()
		return nil
	})
	failed = js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: errors.New(method + ": " + text(args[0]))}
		release()
		return nil
	})
	object.Call(method, args...).Call("then", then, failed)
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		return js.Value{}, ctx.Err()
	}
}

// text is what a thrown value says.
func text(v js.Value) string {
	return js.Global().Get("String").Invoke(v).String()
}
