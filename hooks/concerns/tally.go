package concerns

import (
	gosync "sync"
	"time"
)

// tally counts how many concerns each person has passed on today, from whichever
// devices: a device more is soon joined.
//
// NB! In memory, and nowhere else: in the database it would tell which concerns are
// of one person. What a restart forgets is bounded by what is counted for each device.
type tally struct {
	mu    gosync.Mutex
	day   string
	count map[string]int
}

// of is how many somebody has passed on today.
func (t *tally) of(member string, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn(now)
	return t.count[member]
}

// add counts one more.
func (t *tally) add(member string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn(now)
	t.count[member]++
}

// turn forgets the day before. The caller holds mu.
func (t *tally) turn(now time.Time) {
	if day := now.UTC().Format(time.DateOnly); day != t.day {
		t.day, t.count = day, map[string]int{}
	}
}
