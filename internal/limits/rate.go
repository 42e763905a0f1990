package limits

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate bounds how often each key may do something. Keys whose bucket is full
// again are forgotten, so it holds no history of anybody.
type Rate struct {
	mu        sync.Mutex
	perSecond rate.Limit
	burst     int
	on        bool
	keys      map[string]*rate.Limiter
	sweep     time.Time
}

// NewRate makes a limit; with on false it allows everything.
func NewRate(perMinute, burst int, on bool) *Rate {
	return &Rate{perSecond: rate.Limit(float64(perMinute) / 60), burst: burst, on: on, keys: map[string]*rate.Limiter{}}
}

// NewHourlyRate makes a limit for what is seldom.
func NewHourlyRate(perHour int, on bool) *Rate {
	r := NewRate(0, perHour, on)
	r.perSecond = rate.Limit(float64(perHour) / 3600)
	return r
}

// Allow takes one request of key's, or says no.
func (r *Rate) Allow(key string, now time.Time) bool {
	if !r.on {
		return true
	}
	key = household(key)
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.After(r.sweep) {
		for k, l := range r.keys {
			if l.TokensAt(now) >= float64(r.burst) {
				delete(r.keys, k)
			}
		}
		r.sweep = now.Add(time.Minute)
	}
	l, ok := r.keys[key]
	if !ok {
		l = rate.NewLimiter(r.perSecond, r.burst)
		r.keys[key] = l
	}
	return l.AllowN(now, 1)
}

// household is the key by which an address is counted. One of IPv6 counts with the
// others of its /64, which is what one line into a house or one rented machine gets:
// else there would be a fresh address for each request. Any other key is itself.
func household(key string) string {
	address, err := netip.ParseAddr(key)
	if err != nil || address.Is4() || address.Is4In6() {
		return key
	}
	network, err := address.WithZone("").Prefix(64)
	if err != nil {
		return key
	}
	return network.String()
}
