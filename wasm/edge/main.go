//go:build js && wasm

// Command edge is the service of package share as a Cloudflare Worker: the same
// handler as `satascope serve --data`, with R2 for its store. docs/hosting.md
// tells how to deploy it, wrangler.jsonc at the top of the project is its
// configuration, build.sh here builds it.
//
// The platform serves the site itself and calls the worker for /api/ alone. Every
// call is a new instance of this program: nothing is kept in memory from one to
// the next, and the bodies of chunks don't pass through it, but from the client's
// stream to R2's and back (bucket.go).
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"syscall/js"
	"time"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"

	"satascope/share"
)

// Names that wrangler.jsonc binds.
const (
	bucketBinding = "SHARES"       // the R2 bucket
	limitBinding  = "CREATE_LIMIT" // how many shares an address may create; may be missing
	sizeVariable  = "MAX_SHARE_MIB"
	graceVariable = "GRACE_SECONDS"
)

func main() {
	workers.Serve(service())
}

// service is what answers, also where the configuration is wrong: who deployed it
// reads why at /api/health.
func service() http.Handler {
	limits, err := limits(cloudflare.Getenv)
	if err == nil {
		var bucket *r2Bucket
		if bucket, err = bindBucket(bucketBinding); err == nil {
			return recovered(share.NewHandler(share.NewBucketStore(bucket), share.Options{
				Limits: limits,
				Admit:  admit(cloudflare.GetBinding(limitBinding)),
				Log:    logError,
			}))
		}
	}
	logError(err)
	return recovered(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusServiceUnavailable, "not_configured", "This service is not set up: "+err.Error()+".")
	}))
}

// limits are the usual ones but for what the variables say.
func limits(getenv func(string) string) (share.Limits, error) {
	l := share.DefaultLimits()
	if text := getenv(sizeVariable); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 4096 {
			return l, fmt.Errorf("%s must be 1 to 4096, it is %q", sizeVariable, text)
		}
		l.Size = int64(n) << 20
	}
	if text := getenv(graceVariable); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 600 {
			return l, fmt.Errorf("%s must be 1 to 600, it is %q", graceVariable, text)
		}
		l.Grace = time.Duration(n) * time.Second
	}
	return l, nil
}

// recovered makes a handler of net/http one of the platform's. It answers for one
// that panics: the program would end, and its request would wait for nothing.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				return // the answer ends short of its Content-Length, which the client sees
			}
			fmt.Fprintf(os.Stderr, "panic: %v\n%s", v, debug.Stack())
			writeError(w, http.StatusInternalServerError, "internal", "The service made a mistake; try again.")
		}()
		next.ServeHTTP(w, r)
		if raw, ok := w.(interface{ WriteRawJSBody(js.Value) }); ok && r.Method == http.MethodHead {
			// The platform would wait for as many bytes as Content-Length says.
			raw.WriteRawJSBody(js.Null())
		}
	})
}

// writeError answers what package share could not.
func writeError(w http.ResponseWriter, status int, code, message string) {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Action  string `json:"action"`
	}
	const action = "Tell who runs this service."
	b, err := json.Marshal(struct {
		Error problem `json:"error"`
	}{problem{code, message + " " + action, action}})
	if err != nil {
		panic(err) // strings can be JSON
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// logError writes to the worker's log.
func logError(err error) { fmt.Fprintln(os.Stderr, "share:", err) }
