//go:build js && wasm

package page

import (
	"strings"
	"syscall/js"

	"satascope/wasm/app/browser"
)

// storePrefix begins the names of everything that the page keeps on a machine.
const storePrefix = "satascope."

// A store keeps values on this machine, as JSON in the browser's localStorage.
// Where the browser gives none (a private window, a frame of another site) it
// keeps nothing, and says so.
type store struct{ v js.Value }

func openStore() store {
	v, err := browser.Try(func() js.Value { return js.Global().Get("localStorage") })
	if err != nil || !v.Truthy() {
		return store{js.Undefined()}
	}
	return store{v}
}

// works says whether anything is kept.
func (s store) works() bool { return s.v.Truthy() }

// get gives a value, undefined where there is none or what is there can't be
// read.
func (s store) get(name string) js.Value {
	if !s.works() {
		return js.Undefined()
	}
	v, err := browser.Try(func() js.Value {
		text := s.v.Call("getItem", storePrefix+name)
		if text.IsNull() {
			return js.Undefined()
		}
		return js.Global().Get("JSON").Call("parse", text)
	})
	if err != nil {
		return js.Undefined()
	}
	return v
}

// set keeps a value.
func (s store) set(name string, value any) error {
	if !s.works() {
		return pageError("this browser keeps nothing for this page")
	}
	_, err := browser.Try(func() js.Value {
		s.v.Call("setItem", storePrefix+name, js.Global().Get("JSON").Call("stringify", value))
		return js.Undefined()
	})
	return err
}

// remove forgets a value.
func (s store) remove(name string) {
	if s.works() {
		s.v.Call("removeItem", storePrefix+name)
	}
}

// names are the names of all that is kept.
func (s store) names() (names []string) {
	if !s.works() {
		return nil
	}
	for i := range s.v.Get("length").Int() {
		key := s.v.Call("key", i)
		if key.Type() != js.TypeString {
			continue
		}
		if name, ok := strings.CutPrefix(key.String(), storePrefix); ok {
			names = append(names, name)
		}
	}
	return names
}

// keptText is a text of an object that was kept, "" where it is none.
func keptText(v js.Value, name string) string {
	if v.Type() != js.TypeObject {
		return ""
	}
	if t := v.Get(name); t.Type() == js.TypeString {
		return t.String()
	}
	return ""
}

// keptTruth is a truth of an object that was kept.
func keptTruth(v js.Value, name string) bool {
	if v.Type() != js.TypeObject {
		return false
	}
	t := v.Get(name)
	return t.Type() == js.TypeBoolean && t.Bool()
}

// keptNumber is a whole number of an object that was kept.
func keptNumber(v js.Value, name string) int {
	if v.Type() != js.TypeObject {
		return 0
	}
	if n := v.Get(name); n.Type() == js.TypeNumber {
		return int(n.Float())
	}
	return 0
}

// keptItems are the items of a list that was kept.
func keptItems(v js.Value) (list []js.Value) {
	if v.Type() != js.TypeObject || !js.Global().Get("Array").Call("isArray", v).Bool() {
		return nil
	}
	for i := range v.Get("length").Int() {
		list = append(list, v.Index(i))
	}
	return list
}
