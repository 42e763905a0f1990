package hooks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/internal/calendar"
	"kith/internal/sync"
)

func derivedID(parts ...string) string { return sync.DerivedID(parts...) }

// toldOf is one line of what somebody is told, but no doer.
func toldOf(template string, p *phone, ref string) string {
	return strings.TrimSpace(template + " member/" + p.member + " " + ref)
}

// says has a helper do something about a turn, and gives the code and what was answered.
func (r *round) says(who int, name string, i int, more map[string]any) (code, answer string) {
	r.t.Helper()
	args := r.of(i)
	for k, v := range more {
		args[k] = v
	}
	code, a := r.helpers[who].does(name, args)
	o := a.outcomes[len(a.outcomes)-1]
	return code, strings.TrimSpace(fmt.Sprint(o.Status, " ", string(o.Result)))
}

// must is says, for what must be carried out.
func (r *round) must(who int, name string, i int, more map[string]any) string {
	r.t.Helper()
	code, answer := r.says(who, name, i, more)
	if code != "" {
		r.t.Fatalf("%s: %s", name, code)
	}
	return answer
}

// Ensure that of two who took a turn without a signal, the first to arrive has it and
// keeps it; that the other is told so, by the answer and once by a notice; and that who
// stands by has it when it is given back.
func TestCircles_TheFirstToArriveHasTheTurn(t *testing.T) {
	r := newRound(t, 3)
	if got := r.must(0, "turns.take", 0, nil); got != "ok" {
		t.Errorf("the first is answered %q", got)
	}
	r.tells("the first")
	for range 2 {
		if got := r.must(1, "turns.take", 0, nil); got != `merged {"taken":true}` {
			t.Errorf("the second is answered %q", got)
		}
	}
	r.tells("the second", toldOf("turn.notYours", r.helpers[1], r.turn(0)))
	if got := r.must(0, "turns.take", 0, nil); got != "merged" {
		t.Errorf("the first, from another phone, is answered %q", got)
	}
	r.must(1, "turns.standby", 0, nil)
	r.must(2, "turns.standby", 0, nil)
	if r.has(0) != r.ids[0] {
		t.Errorf("%s has it", r.has(0))
	}
	r.must(0, "turns.drop", 0, nil)
	if r.has(0) != r.ids[1] || r.count("standbys") != 1 {
		t.Errorf("then %s has it, and %d stand by", r.has(0), r.count("standbys"))
	}
	r.tells("giving it back", toldOf("turn.yours", r.helpers[1], r.turn(0))+" but "+r.helpers[0].member)
	r.must(2, "turns.unstandby", 0, nil)
	r.must(1, "turns.drop", 0, nil)
	if r.has(0) != "free" {
		t.Errorf("at last %s has it", r.has(0))
	}
	if got := r.must(2, "turns.standby", 0, nil); got != `merged {"yours":true}` || r.has(0) != r.ids[2] {
		t.Errorf("who stands by for what is nobody's is answered %q", got)
	}
	r.tells("standing by for what is nobody's", toldOf("turn.yours", r.helpers[2], r.turn(0)))
}

// Ensure that whoever the person would rather have is first of those who stand by.
func TestCircles_WhoIsPreferredStandsByFirst(t *testing.T) {
	r := newRound(t, 3)
	r.make("circleWishes", map[string]any{"circle": r.id, "helper": r.ids[2], "wish": "preferred", "person": r.edna.member})
	r.must(0, "turns.take", 0, nil)
	r.must(1, "turns.standby", 0, nil)
	r.must(2, "turns.standby", 0, nil)
	r.must(0, "turns.drop", 0, nil)
	if r.has(0) != r.ids[2] {
		t.Errorf("%s has it", r.has(0))
	}
}

// Ensure that a turn moves by a yes if it still is who asked's to give, and not else.
func TestCircles_SwapsMoveATurnThatIsStillTheirs(t *testing.T) {
	r := newRound(t, 3)
	r.must(0, "turns.take", 0, nil)
	ask := func(to int) string {
		id := newID()
		r.must(0, "turns.swap", 0, map[string]any{"id": id, "helper": r.ids[to]})
		return id
	}
	one, two := ask(1), ask(2)
	r.tells("asking two", toldOf("swap.asked", r.helpers[1], one)+" but "+r.helpers[0].member, toldOf("swap.asked", r.helpers[2], two)+" but "+r.helpers[0].member)
	r.helpers[1].doesWell("swaps.no", map[string]any{"id": one})
	r.tells("a no", toldOf("swap.no", r.helpers[0], one)+" but "+r.helpers[1].member)
	one = ask(1)
	r.tellings()
	r.helpers[2].doesWell("swaps.yes", map[string]any{"id": two})
	if r.has(0) != r.ids[2] || r.record("swaps", one).GetString("status") != "over" || r.record("swaps", two).GetString("status") != "yes" {
		t.Errorf("%s has it", r.has(0))
	}
	r.tells("a yes", toldOf("turn.notYours", r.helpers[0], r.turn(0))+" but "+r.helpers[2].member)
	if code, _ := r.helpers[1].does("swaps.yes", map[string]any{"id": one}); code != "swap_over" {
		t.Errorf("the other, who was late: %q", code)
	}
	if code, _ := r.says(0, "turns.swap", 0, map[string]any{"id": newID(), "helper": r.ids[1]}); code != "swap_over" {
		t.Errorf("who has it no more: %q", code)
	}
	r.tells("who was late")
}

// Ensure that what was moved or made shorter stays its helper's, and what is off is
// nobody's; and that in one push somebody is told of one turn once, by what is so at its
// end.
func TestCircles_WhoseDayHasChangedIsToldOnce(t *testing.T) {
	r := newRound(t, 2)
	r.must(0, "turns.take", 0, nil)
	r.must(0, "turns.take", 1, nil)
	r.must(1, "turns.standby", 1, nil)
	day := r.thursdays[0][:10]
	move := func(i int, more map[string]any) map[string]any {
		args := map[string]any{"id": r.slot, "occurrence": r.thursdays[i]}
		for k, v := range more {
			args[k] = v
		}
		return r.edna.command("slots.change", args)
	}
	r.edna.sync(move(0, map[string]any{"start": day + "T14:00"}), move(0, map[string]any{"start": day + "T15:00", "minutes": 30}))
	r.edna.ack = r.edna.number
	if r.has(0) != r.ids[0] {
		t.Errorf("moved, %s has it", r.has(0))
	}
	r.tells("moving it twice", toldOf("turn.moved", r.helpers[0], r.turn(0))+" but "+r.edna.member)

	r.edna.sync(move(0, map[string]any{"start": day + "T16:00"}), move(0, map[string]any{"cancelled": true}))
	r.edna.ack = r.edna.number
	if r.has(0) != "free" {
		t.Errorf("off, %s has it", r.has(0))
	}
	r.tells("moving it and calling it off", toldOf("turn.off", r.helpers[0], r.turn(0))+" but "+r.edna.member)
	if code, _ := r.says(1, "turns.take", 0, nil); code != "turn_over" {
		t.Errorf("taking what is off: %q", code)
	}
	r.must(0, "turns.drop", 0, nil)
	r.edna.sync(move(0, map[string]any{"cancelled": false}))
	r.edna.ack = r.edna.number
	r.tells("having it on after all")
	r.must(1, "turns.take", 0, nil)

	r.edna.sync(move(1, map[string]any{"cancelled": true}), move(1, map[string]any{"cancelled": false}), r.edna.command("turns.assign", map[string]any{"slot": r.slot, "occurrence": r.thursdays[1], "helper": r.ids[0]}))
	r.edna.ack = r.edna.number
	if r.has(1) != r.ids[0] {
		t.Errorf("taken back, %s has it", r.has(1))
	}
	r.tells("taking it all back")

	r.edna.doesWell("slots.end", map[string]any{"id": r.slot})
	r.tells("its end", toldOf("turn.off", r.helpers[0], r.turn(1))+" but "+r.edna.member, toldOf("turn.off", r.helpers[1], r.turn(0))+" but "+r.edna.member)
	if code, _ := r.says(0, "turns.take", 2, nil); code != "turn_over" {
		t.Errorf("taking what has ended: %q", code)
	}
}

// Ensure that an organiser's word counts, and that both whose day it changes are told.
func TestCircles_OrganisersSayWhoComes(t *testing.T) {
	r := newRound(t, 2)
	assign := func(h string) {
		r.edna.doesWell("turns.assign", map[string]any{"slot": r.slot, "occurrence": r.thursdays[0], "helper": h})
	}
	assign(r.ids[0])
	r.tells("giving it", toldOf("turn.yours", r.helpers[0], r.turn(0))+" but "+r.edna.member)
	assign(r.ids[1])
	r.tells("giving it to another", toldOf("turn.notYours", r.helpers[0], r.turn(0))+" but "+r.edna.member, toldOf("turn.yours", r.helpers[1], r.turn(0))+" but "+r.edna.member)
	assign("")
	if r.has(0) != "free" {
		t.Errorf("%s has it", r.has(0))
	}
	r.tells("taking it off", toldOf("turn.notYours", r.helpers[1], r.turn(0))+" but "+r.edna.member)
	if code, _ := r.says(0, "turns.assign", 0, map[string]any{"helper": r.ids[1]}); code != "not_allowed" {
		t.Errorf("a helper: %q", code)
	}
}

// Ensure that who takes every Thursday has those of five weeks but each fourth, never
// over somebody's turn and never what they gave back; and the fourth when it is near.
func TestCircles_EveryThursdayLeavesRoomForOthers(t *testing.T) {
	r := newRound(t, 2)
	r.must(1, "turns.take", 1, nil)
	r.must(0, "turns.every", 0, nil)
	r.must(0, "turns.drop", 2, nil)
	if code, _ := r.says(1, "turns.every", 0, nil); code != "every_taken" {
		t.Errorf("another: %q", code)
	}
	all := func() (got []string) {
		for i := range 6 {
			got = append(got, r.has(i))
		}
		return got
	}
	mine := r.ids[0] + " every"
	r.tells("taking every one")
	r.look(0, 9*24*time.Hour)
	if want := []string{mine, r.ids[1], "free", "none", mine, "none"}; !slices.Equal(all()[:4], want[:4]) {
		t.Errorf("%v", all())
	}
	r.look(3, 8*24*time.Hour)
	if got := all()[3]; got != "none" {
		t.Errorf("the fourth, eight days before: %s", got)
	}
	r.tellings()
	week := r.start(3).Add(-7 * 24 * time.Hour)
	if week.Before(r.start(2)) { // where the clocks go forward in between
		week = r.start(2)
	}
	must(t, lookAt(r, week))
	if got := all()[3]; got != mine {
		t.Errorf("the fourth, seven days before: %s", got)
	}
	r.tells("the fourth", toldOf("turn.yours", r.helpers[0], r.turn(3)))
	r.must(0, "turns.endEvery", 0, nil)
	got := all()
	if got[5] == mine || got[4] == mine || r.count("everies") != 0 {
		t.Errorf("after its end: %v", got)
	}
}

// Ensure that who is needed is asked for: the preferred three days before, all two days
// before, the organiser one day before; each once, and again if somebody had it
// meanwhile; and that a helper is reminded at six in the evening before, by the clock of
// the place.
func TestCircles_WhoIsNeededIsAskedFor(t *testing.T) {
	r := newRound(t, 3)
	r.make("circleWishes", map[string]any{"circle": r.id, "helper": r.ids[0], "wish": "preferred", "person": r.edna.member})
	open := func(i int) string { return toldOf("turn.open", r.helpers[i], r.turn(0)) }
	look := func(before time.Duration, want ...string) {
		t.Helper()
		r.look(0, before)
		var got []string
		must(t, r.app.DB().NewQuery("SELECT template || ' ' || whom || ' ' || ref FROM tellings WHERE done = FALSE ORDER BY 1").Column(&got))
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%v before: %v, and not %v", before, got, want)
		}
		r.exec("UPDATE tellings SET done = TRUE")
	}
	look(73 * time.Hour)
	look(72*time.Hour, open(0))
	look(71 * time.Hour)
	look(48*time.Hour, open(1), open(2))
	look(25 * time.Hour)
	unfilled := toldOf("turn.unfilled", r.edna, r.turn(0))
	look(24*time.Hour, unfilled)
	look(23 * time.Hour)
	r.must(1, "turns.take", 0, nil)
	r.must(1, "turns.drop", 0, nil)
	look(22*time.Hour, open(0), open(2), unfilled)
	r.must(2, "turns.take", 0, nil)
	six := 10*time.Hour + 30*time.Minute + 6*time.Hour // from six to half past ten
	look(six + time.Minute)
	look(six, toldOf("turn.tomorrow", r.helpers[2], r.turn(0)))
	look(time.Hour)
}

// Ensure that a change of the clocks moves neither the hour of a turn nor that of the
// reminder.
func TestCircles_TheClocksChangeAndTheHourStays(t *testing.T) {
	r := newRound(t, 1)
	slot := newID()
	r.edna.doesWell("slots.add", map[string]any{
		"id": slot, "circle": r.id, "kind": "lunch", "start": "", "end": "", "note": "",
		"schedule": []any{map[string]any{"start": "2027-03-21T10:30", "minutes": 60, "zone": "Europe/London", "rrule": "FREQ=WEEKLY;BYDAY=SU"}},
	})
	r.make("turns", map[string]any{
		"id": derivedID("turn", slot, "2027-03-28T10:30"), "circle": r.id, "slot": slot, "occurrence": "2027-03-28T10:30", "status": "taken",
		"helper": r.ids[0], "helperName": "Sam", "member": r.helpers[0].member, "person": r.edna.member,
	})
	at := func(utc string) int {
		now, err := time.Parse(time.RFC3339, utc)
		must(t, err)
		must(t, lookAt(r, now))
		return len(slices.DeleteFunc(r.tellings(), func(s string) bool { return !strings.HasPrefix(s, "turn.tomorrow") }))
	}
	if before, then := at("2027-03-27T17:59:00Z"), at("2027-03-27T18:00:00Z"); before != 0 || then != 1 {
		t.Errorf("reminded %d times before six, and %d times at six", before, then)
	}
	if o, found := (calendar.Schedule{{Start: "2027-03-21T10:30", Minutes: 60, Zone: "Europe/London", RRule: "FREQ=WEEKLY;BYDAY=SU"}}).Find("2027-03-28T10:30"); !found || o.Start.UTC().Hour() != 9 {
		t.Errorf("%v", o.Start)
	}
}

// Ensure that nobody has a turn who isn't as known as the circle asks for, whichever way
// they would come by it, and by what was vouched for when they do.
func TestCircles_NobodyHasATurnWhoIsNotKnownEnough(t *testing.T) {
	r := newRound(t, 2)
	r.must(0, "turns.take", 1, nil)
	r.must(1, "turns.standby", 1, nil)
	swap := newID()
	r.must(0, "turns.swap", 1, map[string]any{"id": swap, "helper": r.ids[1]})
	r.edna.doesWell("circles.edit", map[string]any{"id": r.id, "name": "Edna's", "personName": "Edna", "words": "", "requires": "reference"})
	vouch := r.make("vouches", map[string]any{"member": r.helpers[0].member, "kind": "dbs", "seenOn": "2026-11-01", "by": r.edna.member})
	for _, name := range []string{"turns.take", "turns.standby", "turns.every"} {
		if code, _ := r.says(1, name, 0, nil); code != "safety_first" {
			t.Errorf("%s: %q", name, code)
		}
	}
	if code, _ := r.helpers[1].does("swaps.yes", map[string]any{"id": swap}); code != "safety_first" {
		t.Errorf("swaps.yes: %q", code)
	}
	for name, args := range map[string]map[string]any{"turns.swap": {"id": newID(), "helper": r.ids[1]}} {
		if code, _ := r.says(0, name, 1, args); code != "safety_first" {
			t.Errorf("%s: %q", name, code)
		}
	}
	if code, _ := r.edna.does("turns.assign", map[string]any{"slot": r.slot, "occurrence": r.thursdays[0], "helper": r.ids[1]}); code != "safety_first" {
		t.Errorf("turns.assign: %q", code)
	}
	r.must(0, "turns.drop", 1, nil)
	if r.has(1) != "free" {
		t.Errorf("who stands by has it: %s", r.has(1))
	}
	r.must(0, "turns.take", 0, nil)
	must(t, r.app.Delete(vouch))
	if code, _ := r.says(0, "turns.take", 1, nil); code != "safety_first" {
		t.Errorf("after the vouch is gone: %q", code)
	}
}

// Ensure that from another hour on it is the same turn of that day, and that a phone
// which names the hour of before means it.
func TestCircles_AnotherHourIsTheSameDay(t *testing.T) {
	r := newRound(t, 3)
	r.must(0, "turns.take", 0, nil)
	r.must(1, "turns.standby", 0, nil)
	schedule := []any{map[string]any{"start": r.thursdays[0][:10] + "T11:00", "minutes": 90, "zone": "Europe/London", "rrule": "FREQ=WEEKLY;BYDAY=TH"}}
	r.edna.doesWell("slots.edit", map[string]any{"id": r.slot, "kind": "walk", "start": "home", "end": "the salon", "note": "", "schedule": schedule})
	now := derivedID("turn", r.slot, r.thursdays[0][:10]+"T11:00")
	if row := r.record("turns", now); row.GetString("helper") != r.ids[0] || r.count("turns") != 1 || r.count("standbys") != 1 {
		t.Errorf("%v", row)
	}
	r.tells("another hour", toldOf("turn.moved", r.helpers[0], now)+" but "+r.edna.member)
	if got := r.must(2, "turns.take", 1, nil); got != `merged {"occurrence":"`+r.thursdays[1][:10]+`T11:00"}` {
		t.Errorf("a phone that hadn't heard of it is answered %q", got)
	}
	schedule = []any{map[string]any{"start": r.thursdays[1][:10] + "T11:00", "minutes": 90, "zone": "Europe/London", "rrule": "FREQ=WEEKLY;BYDAY=TH"}}
	r.tellings()
	r.edna.doesWell("slots.edit", map[string]any{"id": r.slot, "kind": "walk", "start": "home", "end": "the salon", "note": "", "schedule": schedule})
	r.tells("the first is off", toldOf("turn.off", r.helpers[0], now)+" but "+r.edna.member)
}

// Ensure that who doesn't help any more has no turn, and is told once that it is over;
// and that who stands by has theirs.
func TestCircles_WhoLeavesFreesTheirTurns(t *testing.T) {
	for _, how := range []string{"leaving the community", "closing the circle", "the person leaving"} {
		r := newRound(t, 2)
		r.must(0, "turns.take", 0, nil)
		r.must(0, "turns.every", 0, nil)
		r.must(1, "turns.standby", 0, nil)
		r.tellings()
		switch how {
		case "leaving the community":
			r.helpers[0].doesWell("people.leave", map[string]any{"why": "left"})
			if r.has(0) != r.ids[1] || r.count("everies") != 0 || r.ask1("SELECT count(*) FROM turns WHERE helper = '"+r.ids[0]+"'") != "0" {
				t.Errorf("%s: %s has it", how, r.has(0))
			}
			r.tells(how, toldOf("turn.yours", r.helpers[1], r.turn(0))+" but "+r.helpers[0].member)
			continue
		case "closing the circle":
			r.edna.doesWell("circles.close", map[string]any{"id": r.id})
		case "the person leaving":
			r.edna.doesWell("people.leave", map[string]any{"why": "left"})
		}
		if r.has(0) != "free" || r.count("standbys") != 0 || r.ask1("SELECT count(*) FROM circleHelpers WHERE status <> 'over'") != "0" {
			t.Errorf("%s: %s has it", how, r.has(0))
		}
		r.tells(how, toldOf("circle.over", r.helpers[0], "")+" but "+r.edna.member, toldOf("circle.over", r.helpers[1], "")+" but "+r.edna.member)
		if len(r.helpers[0].holds("slots")) != 0 {
			t.Errorf("%s: a phone holds what there was", how)
		}
	}
}

// Ensure that somebody acts for the person where they let them, and organises it then;
// and that nobody else can do or see anything of it.
func TestCircles_OnlyTheirOwnCanDoAnything(t *testing.T) {
	r := newRound(t, 1)
	stranger, id := r.phone("resident"), newID()
	for name, args := range map[string]map[string]any{
		"circles.edit": {"id": r.id, "name": "x", "personName": "x", "requires": "known"}, "circles.close": {"id": r.id},
		"circles.share": {"circle": r.id, "helper": r.ids[0]}, "circles.unshare": {"circle": r.id, "helper": r.ids[0]},
	} {
		if code, _ := stranger.does(name, args); code != "circle_unknown" {
			t.Errorf("a stranger, %s: %q", name, code)
		}
		if code, _ := r.helpers[0].does(name, args); code != "not_allowed" {
			t.Errorf("a helper, %s: %q", name, code)
		}
	}
	for _, name := range []string{"turns.take", "turns.drop", "turns.standby", "turns.unstandby", "turns.assign", "turns.every", "turns.endEvery", "turns.swap"} {
		args := r.of(0)
		args["id"], args["helper"] = newID(), r.ids[0]
		if code, _ := stranger.does(name, args); code != "slot_unknown" {
			t.Errorf("a stranger, %s: %q", name, code)
		}
	}
	for _, c := range []string{"circles", "slots", "turns", "circleHelpers", "organisers"} {
		if len(stranger.holds(c)) != 0 {
			t.Errorf("a stranger holds %s", c)
		}
	}
	if len(r.helpers[0].holds("organisers")) != 0 || len(r.helpers[0].holds("slots")) != 1 {
		t.Error("a helper holds too much, or too little")
	}
	daughter := r.phone("resident")
	daughter.helps(r.edna, "circles")
	if code, _ := daughter.doesFor(r.edna.member, "circles.start", map[string]any{"id": id, "name": "Mum", "personName": "Edna", "requires": "dbs"}); code != "" {
		t.Fatalf("acting: %q", code)
	}
	if row := r.record("circles", id); row.GetString("person") != r.edna.member || row.GetString("agreedHow") != "acting" || row.GetString("agreedBy") != daughter.member {
		t.Errorf("%v", row)
	}
	daughter.doesWell("circles.edit", map[string]any{"id": id, "name": "Mum's", "personName": "Edna", "requires": "dbs"})
}
