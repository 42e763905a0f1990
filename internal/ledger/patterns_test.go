package ledger

import (
	"fmt"
	"regexp"
	"testing"
	"time"
)

// week makes so many records of one till, each some minutes after the one before.
func week(till, act, account string, n int, from time.Time, apart time.Duration) (out []Seen) {
	for i := range n {
		who := account
		if who == "" {
			who = fmt.Sprint("account", i)
		}
		out = append(out, Seen{"shop", till, who, act, from.Add(time.Duration(i) * apart)})
	}
	return out
}

var monday = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

func TestPatterns_AnOrdinaryWeekHasNone(t *testing.T) {
	var ordinary []Seen
	for day := range 7 {
		at := monday.AddDate(0, 0, day)
		ordinary = append(ordinary, week("till", "stamp", "", 9, at, 40*time.Minute)...)
		ordinary = append(ordinary, week("till", "stamp", "the neighbour of each morning", 1, at, 0)...)
		ordinary = append(ordinary, week("till", "undo", "", 1, at, 0)...)
	}
	ordinary = append(ordinary, week("quiet", "stamp", "one regular", 7, monday, 24*time.Hour)...)
	if found := Patterns(ordinary); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
}

func TestPatterns_WhatIsUnusualIsFoundWithoutAnybodyInIt(t *testing.T) {
	at := func(hour int) time.Time { return monday.Add(time.Duration(hour-9) * time.Hour) }
	for kind, seen := range map[string][]Seen{
		"oneCard":  append(week("till", "stamp", "secret", 12, at(9), 24*time.Hour), week("till", "stamp", "", 3, at(9), 24*time.Hour)...),
		"undoRate": append(week("till", "stamp", "", 20, at(9), time.Hour), week("till", "undo", "", 6, at(10), time.Hour)...),
		"night":    week("till", "stamp", "", 9, at(23), 24*time.Hour),
		"burst":    week("till", "stamp", "", 13, at(9), 45*time.Second),
	} {
		if kind == "undoRate" {
			for i := range seen {
				seen[i].At = at(9 + i%8)
			}
		}
		found := false
		for _, p := range Patterns(seen) {
			if p.Kind == kind {
				found = true
			}
			if p.Shop != "shop" || p.Till != "till" || !shownForm.MatchString(p.Shown) {
				t.Errorf("%s is shown as %+v", kind, p)
			}
		}
		if !found {
			t.Errorf("%s is not found: %+v", kind, Patterns(seen))
		}
	}
}

var shownForm = regexp.MustCompile(`^(about \d0%|about 100%|\d*[05]) (of \d*[05] stamps|stamps (between|within) )`)
