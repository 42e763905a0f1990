package hooks_test

import (
	"testing"

	"kith/internal/limits"
)

// Ensure that a request and its commands are held to the numbers that are written down,
// at the number and one past it.
func TestBounds_OfARequestAreWhatIsWrittenDown(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	for _, n := range []int64{limits.Pending, limits.Pending + 1} {
		if a := p.exchange(map[string]any{"cursor": "", "pending": n}); (a.code == 200) != (n == limits.Pending) {
			t.Errorf("pending %d: %d", n, a.code)
		}
	}
	for _, n := range []int64{1 << 53, 1<<53 + 1} {
		command := p.command("people.rename", map[string]any{"firstName": "Rosa"})
		command["seen"] = n
		if a := p.exchange(map[string]any{"cursor": "", "commands": []any{command}}); (a.code == 200) != (n == 1<<53) {
			t.Errorf("seen %d: %d", n, a.code)
		}
	}
}

// Ensure that what nobody can choose is refused, and not answered as if it were chosen.
func TestBounds_WhatNobodyCanChooseIsRefused(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	if got := p.told("notices.choose", map[string]any{"set": map[string]any{"task": "digest", "foo": 1}}); got != "args_invalid" {
		t.Errorf("%q", got)
	}
	if n := w.count("noticeChoices"); n != 0 {
		t.Errorf("%d are stored", n)
	}
	p.mustDo("notices.choose", map[string]any{"set": map[string]any{}})
}

// Ensure that nobody says that they come to what is further off than a register is kept
// for: it would be kept for as long as they liked.
func TestBounds_NobodyComesInALifetime(t *testing.T) {
	w := newTown(t)
	p := w.phone("resident")
	come := comeArgs(w.weekly("Lunch club").Id)
	p.mustDo("visits.come", come)
	come["id"], come["occurrence"] = newID(), "2099-01-01T12:00" // a Thursday
	if got := p.told("visits.come", come); got != "occurrence_early" {
		t.Errorf("%q", got)
	}
}
