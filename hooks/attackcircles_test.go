package hooks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/internal/sync"
)

// organising is the row of who organises a circle.
func (r *round) organising(circle, member string) string {
	r.t.Helper()
	row, err := r.app.FindFirstRecordByFilter("organisers", "circle = {:circle} && member = {:member}", dbx.Params{"circle": circle, "member": member})
	must(r.t, err)
	return row.Id
}

// Ensure that who organises somebody's circle without helping in it, as whoever began it
// for them does, can be taken off like any other, and is by a block of either.
func TestAttackCircles_WhoBeganItForThemCanBeTakenOff(t *testing.T) {
	for how, end := range map[string]func(r *round, daughter *phone, circle string){
		"by the person": func(r *round, daughter *phone, circle string) {
			r.edna.doesWell("circles.unshare", map[string]any{"circle": circle, "helper": r.organising(circle, daughter.member)})
		},
		"by a block": func(r *round, daughter *phone, _ string) {
			r.edna.doesWell("safety.block", map[string]any{"id": newID(), "blocked": daughter.member})
		},
		"by their own block": func(r *round, daughter *phone, _ string) {
			daughter.doesWell("safety.block", map[string]any{"id": newID(), "blocked": r.edna.member})
		},
	} {
		r := newRound(t, 0)
		daughter, circle := r.phone("resident"), newID()
		daughter.helps(r.edna, "circles")
		if code, _ := daughter.doesFor(r.edna.member, "circles.start", map[string]any{"id": circle, "name": "Mum", "personName": "Edna", "requires": "known"}); code != "" {
			t.Fatal(code)
		}
		home := map[string]any{"circle": circle, "address": "4 CANARY Street", "door": "C4NARY", "ringName": "", "ringPhone": ""}
		daughter.doesWell("homes.set", home)
		end(r, daughter, circle)
		if got, _ := daughter.does("homes.set", home); got != "home_unknown" {
			t.Errorf("%s: they organise it: %q", how, got)
		}
		if raw := daughter.exchange(map[string]any{"cursor": ""}).raw; strings.Contains(raw, "CANARY") {
			t.Errorf("%s: they know where she lives", how)
		}
	}
}

// Ensure that a block, or being taken off, ends that somebody organises who had left off
// helping before.
func TestAttackCircles_WhoOnlyOrganisesIsTakenOffToo(t *testing.T) {
	for how, end := range map[string]func(r *round){
		"taken off": func(r *round) { r.edna.doesWell("circleHelpers.remove", map[string]any{"id": r.ids[0]}) },
		"blocked":   func(r *round) { r.edna.doesWell("circleHelpers.block", map[string]any{"id": r.ids[0]}) },
		"blocked by the person": func(r *round) {
			r.edna.doesWell("safety.block", map[string]any{"id": newID(), "blocked": r.helpers[0].member})
		},
	} {
		r := newRound(t, 1)
		r.edna.doesWell("circles.share", map[string]any{"circle": r.id, "helper": r.ids[0]})
		r.helpers[0].doesWell("circleHelpers.leave", map[string]any{"id": r.ids[0]})
		end(r)
		if n := len(r.helpers[0].holds("circles")); n != 0 || r.ask1("SELECT count(*) FROM organisers WHERE member = '"+r.helpers[0].member+"'") != "0" {
			t.Errorf("%s: they organise it still", how)
		}
	}
}

// Ensure that somebody of whom an organiser wants to hear nothing isn't in their circle,
// also where they began to organise it after that.
func TestAttackCircles_WhoOrganisesHearsOfNobodyWhomTheyBlocked(t *testing.T) {
	r := newRound(t, 2)
	r.helpers[0].doesWell("safety.block", map[string]any{"id": newID(), "blocked": r.helpers[1].member})
	r.edna.doesWell("circles.share", map[string]any{"circle": r.id, "helper": r.ids[0]})
	r.helpers[1].does("messages.send", map[string]any{"id": newID(), "about": r.ids[1], "text": "It is ME"})
	if raw := r.helpers[0].exchange(map[string]any{"cursor": ""}).raw; strings.Contains(raw, "It is ME") {
		t.Error("whom they blocked writes to them")
	}
}

// Ensure that a number which an organiser gave isn't seen once they organise no more.
func TestAttackCircles_ANumberGoesWithWhoGaveIt(t *testing.T) {
	r := newRound(t, 2)
	r.edna.doesWell("circles.share", map[string]any{"circle": r.id, "helper": r.ids[1]})
	about := map[string]any{"about": r.ids[0], "phone": "07700 900111"}
	r.helpers[0].doesWell("contacts.share", about)
	about["phone"] = "07700 900222"
	r.helpers[1].doesWell("contacts.share", about)
	if n := len(r.helpers[0].holds("contacts")); n != 2 {
		t.Fatalf("they hold %d numbers", n)
	}
	r.edna.doesWell("circles.unshare", map[string]any{"circle": r.id, "helper": r.ids[1]})
	if n := len(r.helpers[0].holds("contacts")); n != 1 {
		t.Errorf("after its end they hold %d numbers", n)
	}
	if n := len(r.edna.holds("contacts")); n != 0 {
		t.Errorf("whoever organises it now, who gave no number, holds %d", n)
	}
}

// Ensure that no change makes one occurrence last so long that somebody has an address
// for more than a day.
func TestAttackCircles_NothingLastsLongerThanADay(t *testing.T) {
	r := newRound(t, 1)
	slot, occurrence := r.soon()
	r.helpers[0].doesWell("turns.take", map[string]any{"slot": slot, "occurrence": occurrence})
	for _, minutes := range []int{1, 300 * 24 * 60, -60} {
		if got, _ := r.edna.does("slots.change", map[string]any{"id": slot, "occurrence": occurrence, "minutes": minutes}); got != "schedule_invalid" {
			t.Errorf("%d minutes: %q", minutes, got)
		}
	}
	if until := r.ask1("SELECT until FROM addresses"); until > sync.Stamp(time.Now().Add(3*time.Hour)) {
		t.Errorf("they have it until %s", until)
	}
}

// Ensure that one occurrence is moved to no day that is over, from which nothing brings it
// back, nor to one that is years ahead; and that it stays where it was.
func TestAttackCircles_NothingIsMovedToADayThatIsOver(t *testing.T) {
	r := newRound(t, 1)
	r.must(0, "turns.take", 0, nil)
	there := map[string]any{"id": r.slot, "occurrence": r.thursdays[0]}
	for _, start := range []string{"1970-01-01T00:00", r.start(0).AddDate(0, 0, -60).Format("2006-01-02T15:04"), "2099-12-31T23:59"} {
		there["start"] = start
		if got, _ := r.edna.does("slots.change", there); got != "schedule_invalid" {
			t.Errorf("to %s: %q", start, got)
		}
	}
	there["start"] = r.thursdays[0][:10] + "T15:00"
	r.edna.doesWell("slots.change", there)
	if r.has(0) != r.ids[0] {
		t.Errorf("afterwards %q has it", r.has(0))
	}
}

// Ensure that nobody is put down for what is years ahead, of which each would be a row
// on all phones of a circle until then.
func TestAttackCircles_NobodyTakesWhatIsYearsAhead(t *testing.T) {
	r := newRound(t, 2)
	far := r.start(0).AddDate(30, 0, 0)
	for far.Weekday() != time.Thursday {
		far = far.AddDate(0, 0, 1)
	}
	there := map[string]any{"slot": r.slot, "occurrence": far.Format("2006-01-02") + "T10:30", "helper": r.ids[0]}
	for _, name := range []string{"turns.take", "turns.standby"} {
		if got, _ := r.helpers[0].does(name, there); got == "" {
			t.Errorf("%s: it is theirs", name)
		}
	}
	if got, _ := r.edna.does("turns.assign", there); got == "" {
		t.Error("turns.assign: it is theirs")
	}
	if r.count("turns") != 0 {
		t.Error("there is a row of it")
	}
}

// Ensure that what somebody takes with them says of nobody else which member they are.
func TestAttackCircles_WhatIsTakenAlongNamesNoMember(t *testing.T) {
	r := newRound(t, 2)
	slot, occurrence := r.soon()
	r.helpers[0].doesWell("turns.take", map[string]any{"slot": slot, "occurrence": occurrence})
	r.must(0, "turns.every", 0, nil)
	r.must(1, "turns.standby", 0, nil)
	r.must(0, "turns.swap", 0, map[string]any{"id": newID(), "helper": r.ids[1]})
	r.helpers[0].doesWell("turns.step", map[string]any{"slot": slot, "occurrence": occurrence, "step": "onWay"})
	r.helpers[0].doesWell("messages.send", map[string]any{"id": newID(), "about": r.ids[0], "text": "Hello"})
	for p, others := range map[*phone][]*phone{r.edna: r.helpers, r.helpers[0]: {r.edna, r.helpers[1]}} {
		said := p.exported()
		for _, other := range others {
			if i := strings.Index(said, other.member); i >= 0 {
				t.Errorf("%s", said[max(0, i-400):i+20])
			}
		}
	}
}

// Ensure that who was taken off those who run a group doesn't come back by a link of
// before, and that others do by a new one.
func TestAttackHosts_WhoWasTakenOffNeedsANewLink(t *testing.T) {
	w := newTown(t)
	ada, sam, bo := w.phone("activator"), w.phone("resident"), w.phone("resident")
	club := newID()
	ada.mustDo("listings.add", map[string]any{"id": club, "kind": "group", "title": "Walk"})
	spare, _ := ada.invites(map[string]any{"listing": club, "days": 7})
	code, _ := ada.invites(map[string]any{"listing": club, "days": 7})
	sam.mustDo("hosts.join", map[string]any{"code": code})
	ada.mustDo("hosts.end", map[string]any{"id": w.hosting(club, sam.member)})
	if got := sam.told("hosts.join", map[string]any{"code": spare}); got != "link_unknown" {
		t.Errorf("they come back by another link: %s", got)
	}
	newer, _ := ada.invites(map[string]any{"listing": club, "days": 7})
	bo.mustDo("hosts.join", map[string]any{"code": newer})
}

// Ensure that the record says what a link led to that gave somebody power over a group.
func TestAttackHosts_ALinkIsInTheRecordAsWhatItGives(t *testing.T) {
	w := newTown(t)
	ada := w.phone("activator")
	club := newID()
	ada.mustDo("listings.add", map[string]any{"id": club, "kind": "group", "title": "Walk"})
	_, id := ada.invites(map[string]any{"listing": club, "days": 7})
	if got := fmt.Sprint(w.entries("invites.make", id)); !strings.Contains(got, club) {
		t.Errorf("it says %s", got)
	}
}
