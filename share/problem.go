package share

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A problem is what a request is answered with when it can't be done. The page
// shows the message as it is.
type problem struct {
	status int
	retry  time.Duration // Retry-After, none when 0
	allow  string        // Allow, for a wrong method

	Code     string `json:"code"`               // for programs; docs/api.md lists them
	Message  string `json:"message"`            // for people: what is wrong, and what to do
	Expected string `json:"expected,omitempty"` // where there is one thing to say
	Found    string `json:"found,omitempty"`
	Action   string `json:"action"` // what to do
}

func (p *problem) Error() string { return p.Message }

// problemf makes a problem whose message ends with what to do.
func problemf(status int, code, action, format string, args ...any) *problem {
	return &problem{status: status, Code: code, Action: action, Message: fmt.Sprintf(format, args...) + ". " + action}
}

func (p *problem) with(expected, found any) *problem {
	p.Expected, p.Found = fmt.Sprint(expected), fmt.Sprint(found)
	return p
}

func (p *problem) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retry+time.Second-1)/time.Second)))
	}
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="share"`)
	}
	writeJSON(w, r, p.status, struct {
		Error *problem `json:"error"`
	}{p})
}

// Fail answers for a program around the handler that can't call it, or whose call
// of it failed: in the form and with the headers of all its answers.
func Fail(w http.ResponseWriter, r *http.Request, status int, code, what, action string) {
	secure(w, r)
	problemf(status, code, action, "%s", what).write(w, r)
}

func writeJSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only types of this package come here
	}
	b = append(b, '\n')
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // a client that went away needs no answer
	}
}

// size says a number of bytes as people do, and exactly where that differs.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + " MiB"
	case n >= 10<<20:
		return fmt.Sprintf("%.1f MiB (%d bytes)", float64(n)/(1<<20), n)
	}
	return strconv.FormatInt(n, 10) + " bytes"
}
