package register

import (
	"time"

	"kith/internal/limits"
)

// Came is one time that a regular of a group was there.
type Came struct {
	Group, Regular string
	At             time.Time // when it began
	First          bool      // their first time there
}

// Held is one session of a group of which there is a register.
type Held struct {
	Group string
	At    time.Time
}

// Counts are the first-timers of a group, and what became of them: each of them came
// back, stayed away, or can't be told of, because nothing was held since.
type Counts struct{ Firsts, Returned, Away int }

// Count counts by group those whose first time was between from and until.
func Count(came []Came, held []Held, from, until time.Time) map[string]Counts {
	type who struct{ group, regular string }
	firsts := map[who]time.Time{}
	for _, c := range came {
		w := who{c.Group, c.Regular}
		if at, seen := firsts[w]; c.First && (!seen || c.At.Before(at)) {
			firsts[w] = c.At
		}
	}
	returned := map[who]bool{}
	for _, c := range came {
		w := who{c.Group, c.Regular}
		if first, is := firsts[w]; is && soon(first, c.At) {
			returned[w] = true
		}
	}
	counts := map[string]Counts{}
	for w, first := range firsts {
		if first.Before(from) || !first.Before(until) {
			continue
		}
		c := counts[w.group]
		c.Firsts++
		switch {
		case returned[w]:
			c.Returned++
		case heldSoon(held, w.group, first):
			c.Away++
		}
		counts[w.group] = c
	}
	return counts
}

func soon(first, at time.Time) bool {
	return at.After(first) && !at.After(first.Add(limits.ReturnWithin))
}

func heldSoon(held []Held, group string, first time.Time) bool {
	for _, h := range held {
		if h.Group == group && soon(first, h.At) {
			return true
		}
	}
	return false
}
