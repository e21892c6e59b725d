//go:build js && wasm

package page

import (
	"syscall/js"

	"satascope/wasm/app/browser"
)

// copyLater puts text into the clipboard that is not here yet: the browser lets
// a page write it only in the event that a person caused, but takes a promise.
// done is called at the end.
func copyLater(c *copying, done func(error)) {
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve, reject := args[0], args[1]
		c.resolve = func(text string) { resolve.Invoke(text) }
		c.reject = func() { reject.Invoke(js.Global().Get("Error").New("they can't be read again")) }
		return nil
	})
	promise := js.Global().Get("Promise").New(executor) // calls it at once
	executor.Release()
	writing, err := browser.Try(func() js.Value {
		item := js.Global().Get("ClipboardItem").New(map[string]any{"text/plain": promise})
		return js.Global().Get("navigator").Get("clipboard").Call("write", []any{item})
	})
	if err != nil {
		done(pageError("this browser lets no page copy here"))
		return
	}
	go func() {
		_, err := browser.Await(writing)
		done(err)
	}()
}
