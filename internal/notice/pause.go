package notice

import (
	"time"

	"kith/internal/limits"
)

// How long a message waits for its next try: with full jitter, so that what failed
// together doesn't come back together.
const (
	backoffFirst = 10 * time.Second
	backoffMost  = time.Hour
	// GiveUp is how long a message is tried for: what is older than a day is found in
	// the inbox.
	GiveUp = 24 * time.Hour
)

// Backoff is the wait after so many tries; chance is from 0 to 1.
func Backoff(tries int, chance float64) time.Duration {
	d := backoffMost
	if tries < 10 {
		d = min(d, backoffFirst<<max(tries-1, 0))
	}
	return max(time.Second, time.Duration(chance*float64(d)))
}

// Answer is how one try ended.
type Answer int

// Of a try that says nothing of the next one, it is Other.
const (
	Accepted Answer = iota
	Other
	Busy  // 429, 503
	Setup // refused whoever it is for: credentials, permission
)

// When everybody waits. One answer of a busy server is noise, three in a row are an
// outage, and so is a fifth of the last fifty (docs/adr/0023).
const (
	rowOfBusy  = 3
	rowOfSetup = 3
	window     = 50
	share      = 5
	pauseFirst = 10 * time.Second
	pauseMost  = 15 * time.Minute
	pauseSetup = 5 * time.Minute
)

// Pause is when a channel is left alone. It is for one goroutine at a time.
type Pause struct {
	until       time.Time
	busy, setup int    // in a row
	last        []bool // of the last answers, which were Busy
	pauses      int    // since the last that was accepted
}

// Until says when the channel may be used again; it is past if it may be now.
func (p *Pause) Until() time.Time { return p.until }

// Held says whether the channel is left alone.
//
// NB! A clock that was put back must not leave it alone for a year.
func (p *Pause) Held(now time.Time) bool {
	return now.Before(p.until) && p.until.Sub(now) <= 2*GiveUp
}

// Took takes an answer into account. after is what a busy server said; chance is from 0
// to 1. It says whether the channel is left alone from now on.
func (p *Pause) Took(a Answer, after time.Duration, chance float64, now time.Time) bool {
	if p.last = append(p.last, a == Busy); len(p.last) > window {
		p.last = p.last[1:]
	}
	switch a {
	case Accepted:
		p.busy, p.setup, p.pauses = 0, 0, 0
		return false
	case Other:
		p.busy, p.setup = 0, 0
		return false
	case Setup:
		p.busy, p.setup = 0, p.setup+1
		if p.setup < rowOfSetup {
			return false
		}
		return p.hold(now.Add(pauseSetup))
	case Busy:
	}
	p.busy, p.setup = p.busy+1, 0
	if p.busy < rowOfBusy && !p.many() {
		return false
	}
	d := pauseMost
	if p.pauses < 10 {
		d = min(d, pauseFirst<<p.pauses)
	}
	return p.hold(now.Add(max(min(after, limits.PauseMost), time.Duration((0.5+chance)*float64(d)))))
}

func (p *Pause) many() bool {
	n := 0
	for _, busy := range p.last {
		if busy {
			n++
		}
	}
	return len(p.last) == window && n*share >= window
}

func (p *Pause) hold(until time.Time) bool {
	if until.After(p.until) {
		p.until = until
	}
	p.busy, p.setup, p.last = 0, 0, nil
	p.pauses++
	return true
}
