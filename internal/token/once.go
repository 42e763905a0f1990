package token

import (
	"sync"
	"time"
)

// Once remembers ids for a while, so that nothing is used twice. It keeps them
// in memory: after a restart, what is still young could be used once more.
type Once struct {
	mu    sync.Mutex
	until map[string]time.Time
	sweep time.Time
}

// Use returns false if id was used before and its time is not over.
func (o *Once) Use(id string, now time.Time, keep time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.until == nil {
		o.until = map[string]time.Time{}
	}
	if now.After(o.sweep) {
		for k, t := range o.until {
			if now.After(t) {
				delete(o.until, k)
			}
		}
		o.sweep = now.Add(keep)
	}
	if t, used := o.until[id]; used && !now.After(t) {
		return false
	}
	o.until[id] = now.Add(keep)
	return true
}
