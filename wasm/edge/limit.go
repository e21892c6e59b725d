//go:build js && wasm

package main

import (
	"net/http"
	"syscall/js"
	"time"

	"satascope/share"
)

// limitPeriod is the period of the limit in wrangler.jsonc: after it, at the
// latest, an address may create shares again.
const limitPeriod = time.Minute

// admit asks the platform's rate limit, where one is bound, whether an address
// may create a share. Where it can't be asked, it may: the limit protects the
// host's purse, not what is stored.
func admit(limit js.Value) func(*http.Request) time.Duration {
	if limit.IsUndefined() {
		return nil
	}
	return func(r *http.Request) time.Duration {
		from := share.Customer(r.Header.Get("Cf-Connecting-Ip")).String()
		outcome, err := call(r.Context(), limit, "limit", map[string]any{"key": from})
		if err != nil {
			logError(err)
			return 0
		}
		if outcome.Get("success").Truthy() {
			return 0
		}
		return limitPeriod
	}
}
