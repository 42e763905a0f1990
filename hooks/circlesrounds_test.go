package hooks_test

import (
	"fmt"
	"testing"
	"time"

	"kith/hooks/circles"
)

// more has n circles beside one, each with a turn every Thursday, as somebody's whole life
// of helping has it: one helper takes every one, and another has the fourth.
func (r *round) more(n int) {
	r.t.Helper()
	slot := r.record("slots", r.slot)
	for i := range n {
		p := r.make("members", map[string]any{"firstName": "P", "standing": "active"})
		h := r.make("members", map[string]any{"firstName": "H", "standing": "active"})
		c := r.make("circles", map[string]any{"name": fmt.Sprint("Circle ", i), "personName": "P", "requires": "known", "status": "open", "person": p.Id, "agreedHow": "self", "agreedBy": p.Id, "agreedOn": "2026-01-01"})
		r.make("organisers", map[string]any{"circle": c.Id, "member": p.Id, "firstName": "P"})
		helper := r.make("circleHelpers", map[string]any{"circle": c.Id, "firstName": "H", "status": "in", "safety": "link", "member": h.Id})
		s := r.make("slots", map[string]any{"circle": c.Id, "kind": "walk", "start": "home", "end": "home", "status": "on", "person": p.Id, "schedule": slot.Get("schedule")})
		r.make("everies", map[string]any{
			"id": derivedID("every", s.Id), "circle": c.Id, "slot": s.Id, "helper": helper.Id, "helperName": "H", "since": "2026-01-01", "member": h.Id, "person": p.Id,
		})
	}
}

// Ensure that a round costs as much with forty circles as with one, where nothing of them
// has changed: by its statements, not by the clock.
func TestRota_ARoundCostsWhatHasChanged(t *testing.T) {
	r := newRound(t, 1)
	var rounds circles.Rounds
	at := r.start(0).Add(-60 * time.Hour)
	cost := func(now time.Time) int {
		watched := r.watched()
		must(t, rounds.Look(r.app, now))
		return len(watched.statements)
	}
	first := cost(at)
	one := cost(at.Add(5 * time.Minute))
	r.more(40)
	all := cost(at.Add(10 * time.Minute))
	many := cost(at.Add(15 * time.Minute))
	t.Logf("statements of a round: %d for one that is new, %d when nothing happened; with 40 more %d, and %d", first, one, all, many)
	if one != 1 || many != one || all < 40 {
		t.Errorf("a round costs %d, and with 40 more circles %d", one, many)
	}
	r.must(0, "turns.take", 0, nil)
	if got := cost(at.Add(20 * time.Minute)); got <= many || got > first+many+20 {
		t.Errorf("one circle has changed, and a round costs %d", got)
	}
}

// Ensure that what a round leaves out would have changed nothing: in a fortnight, looked
// at every quarter of an hour, in which turns are taken, given back and asked for.
func TestRota_WhatARoundLeavesOutWouldHaveChangedNothing(t *testing.T) {
	r := newRound(t, 3)
	r.must(0, "turns.every", 0, nil)
	r.must(1, "turns.take", 1, nil)
	r.make("circleWishes", map[string]any{"circle": r.id, "helper": r.ids[2], "wish": "preferred", "person": r.edna.member})
	r.must(0, "turns.drop", 0, nil)
	var rounds circles.Rounds
	skipped, looked := 0, 0
	for now, end := r.start(0).AddDate(0, 0, -4), r.start(0).AddDate(0, 0, 10); now.Before(end); now = now.Add(15 * time.Minute) {
		watched := r.watched()
		must(t, rounds.Look(r.app, now))
		if len(watched.statements) > 1 {
			looked++
			continue
		}
		skipped++
		before := r.dump()
		must(t, circles.Look(r.app, now))
		for table, rows := range r.dump() {
			if rows != before[table] {
				t.Errorf("at %v nothing was looked at, and %s would have changed:\n%s\n%s", now, table, before[table], rows)
			}
		}
	}
	if t.Logf("looked %d times, left out %d", looked, skipped); skipped < 2*looked || looked < 24 {
		t.Errorf("looked %d times, left out %d", looked, skipped)
	}
}
