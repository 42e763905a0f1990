package hooks_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks/circles"
	"kith/internal/calendar"
)

// soon has Edna live somewhere, and be helped once, in an hour.
func (r *round) soon() (slot, occurrence string) {
	r.t.Helper()
	r.lives("4 CANARY Street", "C4NARY")
	london, _ := calendar.Zone("Europe/London")
	slot, occurrence = newID(), time.Now().Add(time.Hour).In(london).Format(calendar.Local)
	r.edna.doesWell("slots.add", map[string]any{
		"id": slot, "circle": r.id, "kind": "company", "start": "home", "end": "home", "note": "",
		"schedule": []any{map[string]any{"start": occurrence, "minutes": 60, "zone": "Europe/London"}},
	})
	return slot, occurrence
}

func (r *round) lives(address, door string) {
	r.t.Helper()
	r.edna.doesWell("homes.set", map[string]any{"circle": r.id, "address": address, "door": door, "ringName": "Joan", "ringPhone": "020 7946 0000"})
}

var (
	anyID     = regexp.MustCompile(`\b[a-z0-9]{15}\b`)
	anyNonce  = regexp.MustCompile(`"[A-Za-z0-9_-]{22}"`)
	anyNumber = regexp.MustCompile(`\d+`)
	anyCursor = regexp.MustCompile(`"(cursor|epoch|stream|x|y|thumbprint)":"[^"]*"`)
)

// alike is what the wire says, without ids, times and counters.
func alike(raw string) string {
	for _, what := range []*regexp.Regexp{anyNonce, anyCursor, anyID, anyNumber} {
		raw = what.ReplaceAllString(raw, "_")
	}
	lines := slices.DeleteFunc(strings.Split(raw, "\n"), func(line string) bool { return strings.HasPrefix(line, `{"row":["public"`) }) // each town's keys
	slices.Sort(lines)                                                                                                                  // rows of one commit come by their ids
	return strings.Join(lines, "\n")
}

// Ensure that somebody who was blocked is told, on every way and whatever they try, what
// somebody is told who was merely taken off: by rows, by the live connection, by notices,
// by every answer, by a link and by what they can take with them. The same goes for the
// other helpers.
func TestCircles_WhoIsBlockedCannotTell(t *testing.T) {
	wire, work := map[string]string{}, map[string]string{}
	for how, end := range map[string]func(r *round, friend *phone){
		"taken off": func(r *round, _ *phone) { r.edna.doesWell("circleHelpers.remove", map[string]any{"id": r.ids[0]}) },
		"blocked":   func(r *round, _ *phone) { r.edna.doesWell("circleHelpers.block", map[string]any{"id": r.ids[0]}) },
		"blocked by the person": func(r *round, _ *phone) {
			r.edna.doesWell("safety.block", map[string]any{"id": newID(), "blocked": r.helpers[0].member})
		},
		"blocked by an organiser": func(r *round, friend *phone) {
			friend.doesWell("safety.block", map[string]any{"id": newID(), "blocked": r.helpers[0].member})
		},
	} {
		wire[how], work[how] = endsFor(t, how, end)
	}
	for how := range wire {
		if wire[how] != wire["taken off"] {
			t.Errorf("%s, they are told\n%s", how, firstDifference(wire[how], wire["taken off"]))
		}
		if work[how] != work["taken off"] {
			t.Errorf("%s, their requests ask the database\n%s", how, firstDifference(work[how], work["taken off"]))
		}
	}
	for _, what := range []string{`{"poke"`, `{"drop":"circle/`, `{"drop":"address/`, `"status":"over"`, "link_unknown", "slot_unknown", "circle.over member/HELPER"} {
		if !strings.Contains(wire["blocked"], what) {
			t.Errorf("nobody is told %q, so nothing was compared: %s", what, wire["blocked"])
		}
	}
}

// firstDifference shows where two texts go apart.
func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return as[i] + "\nand taken off\n" + bs[i]
		}
	}
	return "more or fewer lines"
}

// endsFor ends that a helper helps who is in the middle of everything, and gives all that
// is said then to them and to the others, and what their requests ask of the database.
func endsFor(t *testing.T, how string, end func(r *round, friend *phone)) (said, work string) {
	r := newRound(t, 3)
	url := r.serve()
	p, other, friend := r.helpers[0], r.helpers[1], r.helpers[2]
	r.edna.doesWell("circles.share", map[string]any{"circle": r.id, "helper": r.ids[2]})
	slot, occurrence := r.soon()
	soon := map[string]any{"slot": slot, "occurrence": occurrence}
	p.doesWell("turns.take", soon)
	r.must(0, "turns.take", 0, nil)
	r.must(1, "turns.take", 1, nil)
	r.must(0, "turns.standby", 1, nil)
	r.must(1, "turns.standby", 0, nil)
	swap := newID()
	r.must(1, "turns.swap", 1, map[string]any{"id": swap, "helper": r.ids[0]})
	old, _ := r.edna.invites(map[string]any{"circle": r.id, "uses": 9, "days": 7})
	p.sync()
	other.sync()
	if p.cursor == "" || len(p.holds("addresses")) != 1 {
		t.Fatalf("%s: they hold %v", how, p.holds("addresses"))
	}
	lines := p.live(url, p.cursor)
	until(t, lines, `{"leases"`)
	r.tellings()
	nextStamp()
	end(r, friend)
	nextStamp()
	code, id := r.edna.invites(map[string]any{"circle": r.id, "uses": 9, "days": 7})
	if how == "taken off" { // they could come again by it: to others a new one looks like one that has ended
		r.edna.doesWell("invites.end", map[string]any{"id": id})
	}
	var all []string
	add := func(raw string) { all = append(all, alike(raw)) }
	add(regexp.MustCompile(`"afterMs":\d+`).ReplaceAllString(strings.Join(until(t, lines, `{"poke"`), "\n"), "AFTER"))
	for _, told := range r.tellings() {
		told = strings.NewReplacer(p.member, "HELPER", r.edna.member, "WHO", friend.member, "WHO").Replace(told)
		add(regexp.MustCompile(` but .*`).ReplaceAllString(told, ""))
	}
	add(p.sync().raw)
	watched := r.watched()
	for _, try := range tries(r, slot, occurrence, swap) {
		_, a := p.does(try.name, try.args)
		add(a.raw)
	}
	work = strings.Join(watched.statements, "\n")
	for _, code := range []string{old, code} {
		_, a := p.does("circles.join", map[string]any{"id": newID(), "code": code})
		add(a.raw)
	}
	must(t, circles.Look(r.app, time.Now()))
	must(t, circles.Addresses(r.app, time.Now()))
	add(p.sync().raw)
	p.cursor = ""
	add(p.sync().raw)
	add(strings.NewReplacer("},{", "}\n{", "[{", "[\n{", "}]", "}\n]").Replace(p.exported()))
	add(other.sync().raw)
	other.cursor = ""
	add(other.sync().raw)
	return strings.Join(all, "\n\n"), work
}

type try struct {
	name string
	args map[string]any
}

// tries is all that a helper can try.
func tries(r *round, slot, occurrence, swap string) []try {
	soon := map[string]any{"slot": slot, "occurrence": occurrence}
	with := func(more map[string]any) map[string]any {
		out := map[string]any{"slot": slot, "occurrence": occurrence}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	me := map[string]any{"id": r.ids[0]}
	return []try{
		{"turns.take", soon}, {"turns.drop", soon}, {"turns.standby", soon}, {"turns.unstandby", soon}, {"turns.take", r.of(2)}, {"turns.drop", r.of(0)},
		{"turns.every", map[string]any{"slot": r.slot}}, {"turns.endEvery", map[string]any{"slot": r.slot}},
		{"turns.swap", with(map[string]any{"id": newID(), "helper": r.ids[1]})}, {"swaps.yes", map[string]any{"id": swap}}, {"swaps.no", map[string]any{"id": swap}},
		{"turns.step", with(map[string]any{"step": "onWay"})}, {"turns.assign", with(map[string]any{"helper": r.ids[0]})},
		{"circleHelpers.leave", me}, {"circleHelpers.admit", me}, {"circleHelpers.clear", me}, {"circleHelpers.prefer", me},
		{"homes.set", map[string]any{"circle": r.id, "address": "", "door": "", "ringName": "", "ringPhone": ""}},
		{"messages.send", map[string]any{"id": newID(), "about": r.ids[0], "text": "Why?"}}, {"contacts.share", map[string]any{"about": r.ids[0], "phone": "07700 900111"}},
		{"reports.make", map[string]any{"id": newID(), "about": r.edna.member, "kind": "worry", "text": "What happened?", "contact": ""}},
	}
}
