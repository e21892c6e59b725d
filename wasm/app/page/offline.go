//go:build js && wasm

package page

import (
	"syscall/js"

	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/browser"
)

// offline keeps the site in the browser through its service worker (site/sw.js),
// says when all of it is there, and when a newer version is. Browsers have service workers only for
// https and this machine; elsewhere nothing is kept, and all else works.
func offline() {
	container := js.Global().Get("navigator").Get("serviceWorker")
	register := js.Global().Get("satascope").Get("keepOffline")
	if !container.Truthy() || register.Type() != js.TypeFunction {
		return
	}
	promise, err := browser.Try(func() js.Value { return register.Invoke() })
	if err != nil {
		return
	}
	registration, err := browser.Await(promise)
	if err != nil || !registration.Truthy() {
		return // private windows have none
	}
	go func() {
		if _, err := browser.Await(container.Get("ready")); err == nil {
			show(byID("kept"), true)
		}
	}()
	// The first version that a browser gets is no news: it finds none before it.
	follow := func(found js.Value) {
		if !found.Truthy() || !registration.Get("active").Truthy() {
			return
		}
		found.Call("addEventListener", "statechange", js.FuncOf(func(js.Value, []js.Value) any {
			if found.Get("state").String() == "installed" {
				announce(container, found)
			}
			return nil
		}))
	}
	if w := registration.Get("waiting"); w.Truthy() && registration.Get("active").Truthy() {
		announce(container, w)
	}
	follow(registration.Get("installing"))
	registration.Call("addEventListener", "updatefound", js.FuncOf(func(js.Value, []js.Value) any {
		follow(registration.Get("installing"))
		return nil
	}))
}

// announce says that a newer version waits. It takes over when the person says
// so: a page that reloads by itself loses what is open in it.
func announce(container, waiting js.Value) {
	if document.GetElementByID("update") != nil {
		return
	}
	bar := element("div", "", "A new version of Satascope is ready.")
	bar.SetID("update")
	bar.SetAttribute("role", "status")
	now := element("button", "", "Reload")
	later := element("button", "", "Later")
	for _, b := range []dom.HTMLElement{now, later} {
		b.SetAttribute("type", "button")
		bar.AppendChild(b)
	}
	on(later, "click", func(dom.Event) { bar.Remove() })
	on(now, "click", func(dom.Event) {
		container.Call("addEventListener", "controllerchange", js.FuncOf(func(js.Value, []js.Value) any {
			js.Global().Get("location").Call("reload")
			return nil
		}))
		waiting.Call("postMessage", "take over")
	})
	document.QuerySelector(".status-bars").AppendChild(bar)
}

// takeLaunches opens the files that the system starts the installed page with.
func (s *start) takeLaunches() {
	queue := js.Global().Get("launchQueue")
	if !queue.Truthy() {
		return
	}
	queue.Call("setConsumer", js.FuncOf(func(_ js.Value, args []js.Value) any {
		files := args[0].Get("files")
		if !files.Truthy() || files.Get("length").Int() == 0 {
			return nil
		}
		go func() {
			var all []js.Value
			for i := range files.Length() {
				file, err := browser.Await(files.Index(i).Call("getFile"))
				if err != nil {
					s.p.problem.fail("The file could not be opened: " + sentence(visible(err.Error())))
					return
				}
				all = append(all, file)
			}
			s.take(all...)
		}()
		return nil
	}))
}
