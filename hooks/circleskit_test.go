package hooks_test

import (
	"testing"
	"time"

	"kith/hooks/circles"
	"kith/internal/calendar"
)

// round is a circle around Edna, who organises it, with helpers who are in.
type round struct {
	*town
	edna      *phone
	helpers   []*phone
	ids       []string // of the helpers
	id, slot  string
	thursdays []string // occurrences to come, the nearest first
}

// newRound has Edna begin a circle, and n neighbours be in it. Every Thursday at half
// past ten, from this week's on, somebody walks with her.
func newRound(t testing.TB, n int) *round {
	t.Helper()
	w := newTown(t)
	r := &round{town: w, edna: w.phone("resident"), id: newID(), slot: newID()}
	r.edna.doesWell("circles.start", map[string]any{"id": r.id, "name": "Edna's Thursdays", "personName": "Edna", "words": "Ring twice.", "requires": "known"})
	for range n {
		r.joins()
	}
	r.edna.doesWell("slots.add", map[string]any{
		"id": r.slot, "circle": r.id, "kind": "walk", "start": "home", "end": "the salon on Rye Lane", "note": "Bring the blue scarf.", "schedule": r.weeklyFrom(),
	})
	return r
}

// joins lets one more neighbour in.
func (r *round) joins() *phone {
	p := r.phone("resident")
	h := r.make("circleHelpers", map[string]any{"circle": r.id, "firstName": "Sam", "status": "in", "safety": "link", "member": p.member})
	r.helpers, r.ids = append(r.helpers, p), append(r.ids, h.Id)
	return p
}

// weeklyFrom is a schedule of Thursdays that began a week ago.
func (r *round) weeklyFrom() []any {
	first := nextThursday()
	r.thursdays = nil
	for at := first; len(r.thursdays) < 12; at = thursdayAfter(at) {
		r.thursdays = append(r.thursdays, at[:10]+"T10:30")
	}
	return []any{map[string]any{"start": r.thursdays[0], "minutes": 90, "zone": "Europe/London", "rrule": "FREQ=WEEKLY;BYDAY=TH"}}
}

func (r *round) of(i int) map[string]any {
	return map[string]any{"slot": r.slot, "occurrence": r.thursdays[i]}
}

func (r *round) turn(i int) string { return derivedID("turn", r.slot, r.thursdays[i]) }

// has is who has a turn, as the tables say: a helper by number, and by what.
func (r *round) has(i int) string {
	return r.ask1("SELECT coalesce((SELECT iif(status = 'free', 'free', helper || iif(every, ' every', '')) FROM turns WHERE id = '" + r.turn(i) + "'), 'none')")
}

// look has the job look, so long before a turn begins.
func (r *round) look(i int, before time.Duration) {
	r.t.Helper()
	must(r.t, circles.Look(r.app, r.start(i).Add(-before)))
}

func (r *round) start(i int) time.Time {
	at, err := time.Parse(calendar.Local, r.thursdays[i])
	must(r.t, err)
	london, _ := calendar.Zone("Europe/London")
	return calendar.Place(at, london)
}

func lookAt(r *round, now time.Time) error { return circles.Look(r.app, now) }
