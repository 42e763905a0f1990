package hooks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks/circles"
)

// stands has a coordinator suspend somebody, or restore them.
func (r *round) stands(boss *phone, name string, p *phone) {
	r.t.Helper()
	boss.doesWell(name, map[string]any{"member": p.member})
}

// Ensure that a helper who is suspended comes to nobody from that moment on: their turns
// are free, or whoever's stands by, and they have no address; that they keep their place,
// and have it again when they are restored, but nothing that is another's by then.
func TestCircles_AHelperWhoIsSuspendedComesToNobody(t *testing.T) {
	r := newRound(t, 2)
	boss, p, other := r.phone("coordinator"), r.helpers[0], r.helpers[1]
	slot, occurrence := r.soon()
	p.doesWell("turns.take", map[string]any{"slot": slot, "occurrence": occurrence})
	r.must(0, "turns.every", 0, nil)
	r.must(1, "turns.standby", 0, nil)
	r.must(1, "turns.take", 3, nil)
	r.must(0, "turns.standby", 3, nil)
	r.tellings()
	if r.count("addresses") != 1 || r.has(0) != r.ids[0]+" every" {
		t.Fatalf("it hasn't begun: %s", r.has(0))
	}
	r.stands(boss, "people.suspend", p)
	if got := r.ask1("SELECT count(*) FROM turns WHERE helper = '" + r.ids[0] + "'"); got != "0" || r.count("addresses") != 0 || r.has(0) != r.ids[1] || r.count("standbys") != 0 {
		t.Errorf("they have %s turns, %d addresses; %s has the first", got, r.count("addresses"), r.has(0))
	}
	r.tells("suspending a helper", toldOf("turn.yours", other, r.turn(0))+" but "+boss.member)
	for name, args := range map[string]map[string]any{
		"turns.assign": {"slot": r.slot, "occurrence": r.thursdays[1], "helper": r.ids[0]}, "circles.share": {"circle": r.id, "helper": r.ids[0]},
	} {
		if got, _ := r.edna.does(name, args); got != "helper_unknown" {
			t.Errorf("%s: %q", name, got)
		}
	}
	r.look(1, 40*time.Hour)
	must(t, circles.Addresses(r.app, time.Now()))
	if told := strings.Join(r.tellings(), "\n"); strings.Contains(told, p.member) || !strings.Contains(told, "turn.open member/"+other.member) {
		t.Errorf("asked for are\n%s", told)
	}
	if r.has(1) != "free" || r.count("addresses") != 0 {
		t.Errorf("the job gives them something: %s", r.has(1))
	}
	r.stands(boss, "people.restore", p)
	r.look(1, 40*time.Hour)
	if r.has(0) != r.ids[1] || r.has(1) != r.ids[0]+" every" {
		t.Errorf("restored: %s, and then %s", r.has(0), r.has(1))
	}
	p.doesWell("turns.take", map[string]any{"slot": slot, "occurrence": occurrence})
}

// Ensure that while an organiser is suspended others keep the circle, and know; that no
// link of theirs is good; and that they keep it again when they are restored.
func TestCircles_WhatASuspendedOrganiserKeptIsKeptByOthers(t *testing.T) {
	for _, phoneless := range []bool{false, true} {
		l := newLed(t, phoneless)
		code, _ := l.daughter.invites(map[string]any{"circle": l.id, "uses": 9, "days": 7})
		l.tellings()
		l.stands(l.boss, "people.suspend", l.daughter)
		want := "circle.yours member/" + l.person + " " + l.id
		if phoneless {
			want = "circle.nobody coordinators " + l.person
		}
		if got := l.told(); !slices.Equal(got, []string{want}) {
			t.Errorf("told are %q, not %q", got, want)
		}
		if rec := l.ask("POST", "/api/invite", "", map[string]any{"invite": code}); rec.Code != 403 {
			t.Errorf("their link is good: %d %s", rec.Code, rec.Body)
		}
		if l.has(0) != l.ids[0] {
			t.Errorf("it doesn't go on: %s", l.has(0))
		}
		must(t, circles.Look(l.app, l.start(1).Add(-20*time.Hour)))
		if told := strings.Join(l.tellings(), "\n"); !strings.Contains(told, "turn.unfilled member/"+l.person) || strings.Contains(told, l.daughter.member) {
			t.Errorf("nobody takes it, and told are\n%s", told)
		}
		line := l.noticed(l.boss.member, "circle.nobody", l.person)
		l.stands(l.boss, "people.restore", l.daughter)
		if !l.isRead(line) || !l.organises(l.daughter) {
			t.Error("restored, they don't keep it")
		}
	}
}

// Ensure that nobody is sent to a person who is suspended: their circle rests, with nobody
// in any turn, nobody asked and no address given; that its helpers are told so, and of no
// more than that a turn is not on; and that it goes on when they are restored.
func TestCircles_NobodyIsSentToWhoIsSuspended(t *testing.T) {
	r := newRound(t, 2)
	boss := r.phone("coordinator")
	slot, occurrence := r.soon()
	soon := map[string]any{"slot": slot, "occurrence": occurrence}
	r.edna.doesWell("circles.share", map[string]any{"circle": r.id, "helper": r.ids[1]})
	r.helpers[0].doesWell("turns.take", soon)
	r.must(0, "turns.every", 0, nil)
	r.must(1, "turns.standby", 0, nil)
	r.tellings()
	r.stands(boss, "people.suspend", r.edna)
	if got := r.ask1("SELECT count(*) FROM turns WHERE status = 'taken'"); got != "0" || r.count("standbys") != 0 || r.count("addresses") != 0 {
		t.Errorf("%s turns are somebody's, and %d have the address", got, r.count("addresses"))
	}
	for _, told := range r.tellings() {
		if !strings.HasPrefix(told, "turn.off member/"+r.helpers[0].member) {
			t.Errorf("told is %s", told)
		}
	}
	for name, args := range map[string]map[string]any{"turns.take": r.of(0), "turns.standby": r.of(1)} {
		if got, _ := r.helpers[0].does(name, args); got != "turn_over" {
			t.Errorf("%s: %q", name, got)
		}
	}
	r.helpers[1].does("turns.assign", map[string]any{"slot": slot, "occurrence": occurrence, "helper": r.ids[0]})
	r.look(0, 20*time.Hour)
	must(t, circles.Addresses(r.app, time.Now()))
	if told := r.tellings(); len(told) != 0 || r.count("addresses") != 0 || r.has(0) != "free" {
		t.Errorf("the job: told are %q, %d addresses, %s", told, r.count("addresses"), r.has(0))
	}
	r.stands(boss, "people.restore", r.edna)
	r.helpers[0].doesWell("turns.take", soon)
	r.look(0, 20*time.Hour)
	if r.has(0) != r.ids[0]+" every" || r.count("addresses") != 1 {
		t.Errorf("restored: %s, and %d addresses", r.has(0), r.count("addresses"))
	}
}
