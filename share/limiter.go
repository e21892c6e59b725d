package share

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// maxAddresses bounds what a Limiter remembers.
const maxAddresses = 1 << 16

// A Limiter says how many shares an address may create: a number at once, and
// then one each interval. It forgets when the process ends.
type Limiter struct {
	burst    int
	interval time.Duration
	// forwarded names the header in which a proxy says who asks, if there is one.
	forwarded string
	now       func() time.Time

	mu   sync.Mutex
	full map[netip.Prefix]time.Time // when each address has all its burst again
}

// NewLimiter lets an address create burst shares at once and one more each
// interval. Behind a proxy all come from one address: forwarded then names the
// header whose last entry the proxy writes (X-Forwarded-For), and must be empty
// where clients talk to the service itself, who could write anything there.
func NewLimiter(burst int, interval time.Duration, forwarded string, now func() time.Time) *Limiter {
	return &Limiter{burst: burst, interval: interval, forwarded: forwarded, now: now, full: map[netip.Prefix]time.Time{}}
}

// Admit counts a request. It gives 0 for one that may go on, or how long to wait.
func (l *Limiter) Admit(r *http.Request) time.Duration {
	from := l.address(r)
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	full := l.full[from]
	if full.Before(now) {
		full = now
	}
	full = full.Add(l.interval)
	if wait := full.Sub(now) - time.Duration(l.burst)*l.interval; wait > 0 {
		return wait
	}
	if _, ok := l.full[from]; !ok && len(l.full) >= maxAddresses {
		l.forget(now)
	}
	l.full[from] = full
	return 0
}

// forget makes room: for those who have their whole burst again nothing changes,
// and where all are busy one is forgiven.
func (l *Limiter) forget(now time.Time) {
	for from, full := range l.full {
		if !full.After(now) {
			delete(l.full, from)
		}
	}
	for from := range l.full {
		if len(l.full) < maxAddresses {
			return
		}
		delete(l.full, from)
	}
}

// address is who asks.
func (l *Limiter) address(r *http.Request) netip.Prefix {
	text := r.RemoteAddr
	if l.forwarded != "" {
		if values := r.Header.Values(l.forwarded); len(values) > 0 {
			last := values[len(values)-1]
			text = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		}
	}
	return Customer(text)
}

// Customer is what is counted as one: an IPv4 address, or the /64 that an IPv6
// customer has. The address may have a port. What can't be read counts as one.
func Customer(address string) netip.Prefix {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
