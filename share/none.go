package share

import "net/http"

// None is what a host answers below [Prefix] that stores no shares. Asked for its
// health it says so, why, and what to do, which is no error: pages ask before
// they offer to store something. All else is refused.
func None(why, action string) http.Handler {
	p := problemf(http.StatusNotFound, "no_shares", action, "%s", why)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w, r)
		if r.URL.Path == Prefix+"health" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			writeJSON(w, r, http.StatusOK, struct {
				OK      bool   `json:"ok"`
				Shares  bool   `json:"shares"`
				Message string `json:"message"`
			}{Message: p.Message})
			return
		}
		p.write(w, r)
	})
}
