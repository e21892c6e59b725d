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

// tellHost is what a client can do about a fault of the worker's own.
const tellHost = "Try again, and tell who runs this service if it stays so."

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
	return recovered(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		share.Fail(w, r, http.StatusServiceUnavailable, "not_configured", "This service is not set up: "+err.Error(), tellHost)
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
			share.Fail(w, r, http.StatusInternalServerError, "internal", "The service made a mistake", tellHost)
		}()
		next.ServeHTTP(w, r)
		if raw, ok := w.(interface{ WriteRawJSBody(js.Value) }); ok && r.Method == http.MethodHead {
			// The platform would wait for as many bytes as Content-Length says.
			raw.WriteRawJSBody(js.Null())
		}
	})
}

// logError writes to the worker's log.
func logError(err error) { fmt.Fprintln(os.Stderr, "share:", err) }
