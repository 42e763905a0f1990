package notice

import (
	"math/rand/v2"
	"testing"
	"time"
)

var start = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// Ensure that one answer of a busy server, or two, is noise; three in a row are an outage,
// in which everybody waits for at least as long as was said.
func TestPause_ThreeInARowHoldEverybody(t *testing.T) {
	var p Pause
	for i, a := range []Answer{Busy, Busy, Accepted, Busy, Busy, Other, Busy, Busy} {
		if p.Took(a, time.Minute, 0.5, start) || p.Held(start) {
			t.Fatalf("it holds after %d", i)
		}
	}
	if !p.Took(Busy, time.Minute, 0.5, start) || !p.Held(start.Add(59*time.Second)) || p.Held(start.Add(time.Minute)) {
		t.Errorf("until %s", p.Until())
	}
}

// Ensure that nobody who answers can have everybody left alone for a day.
func TestPause_IsNeverForLongerThanAnHour(t *testing.T) {
	var p Pause
	for range rowOfBusy {
		p.Took(Busy, GiveUp, 1, start)
	}
	if d := p.Until().Sub(start); d != time.Hour {
		t.Errorf("it is %s", d)
	}
}

// Ensure that pauses grow for as long as nothing is accepted, up to a quarter of an hour
// and a half, and begin anew after something was.
func TestPause_GrowsUntilSomethingIsAccepted(t *testing.T) {
	var p Pause
	now, last := start, time.Duration(0)
	for i := range 20 {
		for !p.Took(Busy, 0, 0.5, now) {
		}
		d := p.Until().Sub(now)
		if d < last || d > pauseMost {
			t.Fatalf("pause %d is %s after %s", i, d, last)
		}
		now, last = p.Until(), d
	}
	if last != pauseMost {
		t.Errorf("the last is %s", last)
	}
	p.Took(Accepted, 0, 0.5, now)
	for !p.Took(Busy, 0, 0.5, now) {
	}
	if d := p.Until().Sub(now); d != pauseFirst {
		t.Errorf("after one was accepted it is %s", d)
	}
}

// Ensure that a fifth of faults is an outage, though none comes after another, and that
// four in a hundred are none.
func TestPause_AFifthIsAnOutageAndFourInAHundredAreNone(t *testing.T) {
	var p Pause
	held := false
	for i := range window + share {
		a := Accepted
		if i%share == 0 {
			a = Busy
		}
		held = p.Took(a, 0, 0.5, start) || held
	}
	if !held {
		t.Error("a fifth is taken for noise")
	}
	rng, pauses := rand.New(rand.NewPCG(3, 4)), 0
	p = Pause{}
	for range 100_000 {
		a := Accepted
		if rng.IntN(100) < 4 {
			a = Busy
		}
		if p.Took(a, 0, 0.5, start) {
			pauses++
		}
	}
	if pauses > 30 { // three in a row by chance: 6 in 100,000
		t.Errorf("%d pauses", pauses)
	}
}

// Ensure that a refusal which would meet every message holds all of them for a while, so
// that not all of them are lost; and that a clock which was put back lets go.
func TestPause_WhatIsRefusedForEverybodyHoldsEverybody(t *testing.T) {
	var p Pause
	if p.Took(Setup, 0, 0, start) || p.Took(Setup, 0, 0, start) || !p.Took(Setup, 0, 0, start) {
		t.Error("not after the third")
	}
	if p.Until() != start.Add(pauseSetup) {
		t.Errorf("until %s", p.Until())
	}
	if p.Held(start.AddDate(-1, 0, 0)) {
		t.Error("it holds for a year")
	}
}

// Ensure that the wait of a message doubles, never passes an hour, and is anywhere
// between nothing much and that.
func TestBackoff_GrowsToAnHour(t *testing.T) {
	for tries, most := range map[int]time.Duration{0: 10 * time.Second, 1: 10 * time.Second, 2: 20 * time.Second, 5: 160 * time.Second, 9: 2560 * time.Second, 10: time.Hour, 1000: time.Hour} {
		if d := Backoff(tries, 1); d != most {
			t.Errorf("after %d: %s", tries, d)
		}
		if d := Backoff(tries, 0); d != time.Second {
			t.Errorf("after %d at the least: %s", tries, d)
		}
	}
}
