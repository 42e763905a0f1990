package register

import (
	"maps"
	"testing"
	"time"
)

// Ensure that first-timers are counted once, where they came first, and by what became
// of them in the eight weeks after.
func TestCount_WhatBecameOfFirstTimers(t *testing.T) {
	week := func(n int) time.Time { return noon.AddDate(0, 0, 7*n) }
	came := []Came{
		{"club", "returned", week(0), true}, {"club", "returned", week(3), false}, {"club", "returned", week(4), false},
		{"club", "ticked twice", week(0), true}, {"club", "ticked twice", week(1), true},
		{"club", "away", week(1), true},
		{"club", "too late", week(1), true}, {"club", "too late", week(10), false},
		{"club", "the quarter before", week(-3), true}, {"club", "the quarter before", week(0), false},
		{"club", "the quarter after", week(13), true},
		{"club", "no first-timer", week(0), false}, {"club", "no first-timer", week(1), false},
		{"walk", "nothing since", week(12), true},
		{"choir", "returned", week(2), true}, // the line of another group
	}
	held := []Held{{"club", week(0)}, {"club", week(2)}, {"walk", week(12)}, {"choir", week(3)}}
	got := Count(came, held, week(0), week(13))
	want := map[string]Counts{"club": {Firsts: 4, Returned: 2, Away: 2}, "walk": {Firsts: 1}, "choir": {Firsts: 1, Away: 1}}
	if !maps.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}
