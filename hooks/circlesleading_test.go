package hooks_test

import (
	"slices"
	"testing"
	"time"

	"kith/hooks"
	"kith/internal/sync"
)

// led is a circle around somebody, begun for them by a daughter who acts for them. Sam
// helps in it, and has its next turn.
type led struct {
	*round
	person         string
	daughter, boss *phone
	consent        string
	sam            *phone
}

// newLed makes one around Edna, who has a phone; or around Joe, who has none.
func newLed(t *testing.T, phoneless bool) *led {
	r := newRound(t, 0)
	l := &led{round: r, person: r.edna.member, daughter: r.phone("resident"), boss: r.phone("coordinator")}
	r.exec1("DELETE FROM circles")
	if phoneless {
		l.person = r.make("members", map[string]any{"firstName": "Joe", "standing": "active", "noPhone": true}).Id
	}
	l.consent = l.acts(l.daughter, "circles", "visits")
	l.id, l.slot = newID(), newID()
	l.forPerson(l.daughter, "circles.start", map[string]any{"id": l.id, "name": "Thursdays", "personName": "Joe", "requires": "known"})
	l.forPerson(l.daughter, "slots.add", map[string]any{"id": l.slot, "circle": l.id, "kind": "walk", "start": "home", "end": "the salon", "schedule": l.weeklyFrom()})
	l.sam = l.joins()
	l.must(0, "turns.take", 0, nil)
	l.tellings()
	return l
}

// acts has a coordinator write down that somebody may act for the person.
func (l *led) acts(p *phone, scopes ...string) string {
	id := newID()
	l.boss.doesWell("acting.record", map[string]any{"id": id, "member": l.person, "helper": p.member, "how": "inPerson", "witness": "", "scopes": scopes, "until": in(30)})
	return id
}

func (l *led) forPerson(p *phone, name string, args map[string]any) {
	l.t.Helper()
	if code, _ := p.doesFor(l.person, name, args); code != "" {
		l.t.Fatalf("%s: %s", name, code)
	}
}

// organises says whether somebody organises the circle by themselves.
func (l *led) organises(p *phone) bool {
	code, _ := p.does("homes.set", map[string]any{"circle": l.id, "address": "", "door": "", "ringName": "", "ringPhone": ""})
	if held := len(p.holds("organisers")) > 0; held != (code == "") {
		l.t.Errorf("%q, and holds organisers: %v", code, held)
	}
	return code == ""
}

// told is to whom what is told of a circle's keeping.
func (l *led) told() (out []string) {
	var all []string
	must(l.t, l.app.DB().NewQuery("SELECT template || ' ' || whom || ' ' || ref FROM tellings WHERE NOT done AND template IN ('circle.yours', 'circle.nobody', 'circle.over') ORDER BY 1").Column(&all))
	l.exec1("DELETE FROM tellings")
	return append(out, all...)
}

// Ensure that nobody organises a circle for somebody who doesn't let them any more,
// whichever way that ended; that the circle goes on, and who helps in it with theirs; and
// that the person hears that it is theirs to keep.
func TestCircles_NobodyOrganisesForWhomTheyMayNotActAnyMore(t *testing.T) {
	for how, end := range map[string]func(l *led){
		"the person's word": func(l *led) { l.edna.doesWell("acting.end", map[string]any{"id": l.consent}) },
		"the helper's":      func(l *led) { l.daughter.doesWell("acting.end", map[string]any{"id": l.consent}) },
		"the coordinator's": func(l *led) { l.boss.doesWell("acting.end", map[string]any{"id": l.consent}) },
		"another, for less": func(l *led) { l.acts(l.daughter, "visits") },
		"the helper leaves": func(l *led) { l.daughter.doesWell("people.leave", map[string]any{"why": "moved"}) },
		"the helper blocks": func(l *led) {
			l.daughter.doesWell("safety.block", map[string]any{"id": newID(), "blocked": l.edna.member})
		},
		"its last day is over": func(l *led) {
			l.exec1("UPDATE consents SET until = '" + sync.Stamp(time.Now().Add(-time.Second)) + "' WHERE id = '" + l.consent + "'")
			_, err := hooks.Acting().Expire(l.app, time.Now())
			must(l.t, err)
		},
	} {
		l := newLed(t, false)
		if !l.organises(l.daughter) {
			t.Fatalf("%s: it hasn't begun", how)
		}
		end(l)
		want := []string{"circle.yours member/" + l.person + " " + l.id}
		if how == "the person's word" {
			want = nil
		}
		if got := l.told(); !slices.Equal(got, want) {
			t.Errorf("%s: told are %q", how, got)
		}
		if how != "the helper leaves" && l.organises(l.daughter) {
			t.Errorf("%s: they organise it still", how)
		}
		if l.ask1("SELECT count(*) FROM organisers WHERE circle = '"+l.id+"'") != "0" || l.has(0) != l.ids[0] || !l.organisesAlone(l.edna) {
			t.Errorf("%s: %s has the turn", how, l.has(0))
		}
	}
}

// organisesAlone says whether the person can keep their circle, of whose organisers none
// is left.
func (l *led) organisesAlone(p *phone) bool {
	code, _ := p.does("turns.assign", map[string]any{"slot": l.slot, "occurrence": l.thursdays[1], "helper": l.ids[0]})
	return code == ""
}

// Ensure that what isn't about circles ends nothing of them, nor does an agreement that
// another takes the place of; and that who helps goes on helping.
func TestCircles_WhoMayStillActOrganisesOn(t *testing.T) {
	l := newLed(t, false)
	l.acts(l.daughter, "circles")
	if !l.organises(l.daughter) {
		t.Error("they were let again, and organise no more")
	}
	l.edna.doesWell("circles.share", map[string]any{"circle": l.id, "helper": l.ids[0]})
	other := l.acts(l.sam, "visits")
	l.boss.doesWell("acting.end", map[string]any{"id": other})
	if !l.organises(l.sam) {
		t.Error("what had nothing to do with circles ended that they organise")
	}
	other = l.acts(l.sam, "circles")
	l.told()
	l.boss.doesWell("acting.end", map[string]any{"id": other})
	if l.organises(l.sam) || l.has(0) != l.ids[0] || len(l.sam.holds("slots")) != 1 {
		t.Errorf("they don't help any more, or organise: %s has the turn", l.has(0))
	}
	if got := l.told(); got != nil {
		t.Errorf("the daughter organises it, and told are %q", got)
	}
}

// Ensure that a circle around somebody without a phone is kept by whoever else acts for
// them, who hear of it; that where there is nobody, coordinators do, and until there is
// somebody; and that it goes on meanwhile.
func TestCircles_ACircleThatNobodyKeepsIsToldOf(t *testing.T) {
	l := newLed(t, true)
	son := l.phone("resident")
	second := l.acts(son, "circles")
	l.told()
	l.boss.doesWell("acting.end", map[string]any{"id": l.consent})
	if got := l.told(); !slices.Equal(got, []string{"circle.yours member/" + l.person + " " + l.id}) || l.organises(l.daughter) {
		t.Errorf("who else acts for them: told are %q", got)
	}
	l.forPerson(son, "turns.assign", map[string]any{"slot": l.slot, "occurrence": l.thursdays[1], "helper": l.ids[0]})
	l.told()
	son.doesWell("acting.end", map[string]any{"id": second})
	if got := l.told(); !slices.Equal(got, []string{"circle.nobody coordinators " + l.person}) {
		t.Errorf("nobody keeps it: told are %q", got)
	}
	if l.has(0) != l.ids[0] || len(l.sam.holds("slots")) != 1 {
		t.Errorf("it doesn't go on: %s has the turn", l.has(0))
	}
	line := l.noticed(l.boss.member, "circle.nobody", l.person)
	l.acts(son, "visits")
	if l.isRead(line) {
		t.Error("somebody may do something else for them, and it counts as done")
	}
	l.acts(son, "circles")
	if !l.isRead(line) {
		t.Error("somebody keeps it, and it waits still")
	}
	l.told()
	son.doesWell("people.leave", map[string]any{"why": "left"})
	if got := l.told(); !slices.Equal(got, []string{"circle.nobody coordinators " + l.person}) {
		t.Errorf("the last of them has left: told are %q", got)
	}
}
