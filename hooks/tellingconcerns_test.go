package hooks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kith/hooks/triage"
	"kith/internal/concern"
)

// Ensure that the coordinators are told of an urgent concern in the transaction in which
// it comes, all of them, by the hour, and with nothing of who passed it on; and of another
// concern nobody.
func TestTelling_OfAnUrgentConcern(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	w.make("roles", map[string]any{"member": p.member, "role": "coordinator"}) // NB! who passes on may be one themselves
	w.tellings()
	if got := p.sends(p.write(p.worry(), concern.Normal).says); got != "ok" {
		t.Fatal(got)
	}
	w.tells("a concern")
	slip := p.write(p.named(), concern.Urgent)
	for range 2 {
		p.sends(slip.says)
	}
	var all []string
	must(t, w.app.DB().NewQuery("SELECT json_array(id, whom, but, template, ref, at) FROM tellings").Column(&all))
	if said := fmt.Sprint(all); strings.Contains(said, p.member) || strings.Contains(said, p.device) || strings.Contains(said, "canary") {
		t.Errorf("it says who passed it on: %s", said)
	}
	hour := time.Now().UTC().Truncate(time.Hour)
	if times := w.tellingTimes(t); len(times) != 1 || times[0] != hour.Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("it says when: %v", times)
	}
	w.tells("an urgent one, brought twice", "concern.urgent coordinators "+slip.says.ID)
}

// Ensure that a concern which can't be told of isn't taken in, and stays on its phone.
func TestTelling_NoConcernWithoutItsTelling(t *testing.T) {
	w := newCareful(t)
	p := w.trained()
	w.exec("CREATE TRIGGER full BEFORE INSERT ON tellings BEGIN SELECT raise(ABORT, 'full'); END")
	slip := p.write(p.worry(), concern.Urgent)
	if got := p.sends(slip.says); got == "ok" || w.count("concerns") != 0 {
		t.Errorf("%s, and %d concerns", got, w.count("concerns"))
	}
	w.exec("DROP TRIGGER full")
	if got := p.sends(slip.says); got != "ok" {
		t.Error(got)
	}
}

// Ensure that a concern that was taken back leaves nothing in anybody's inbox, read or
// unread, and nothing that is still to go out.
func TestTelling_OfAConcernTakenBackNothingIsLeft(t *testing.T) {
	w := newCareful(t)
	p, boss := w.trained(), w.phone("coordinator")
	slip := p.write(p.worry(), concern.Urgent)
	p.sends(slip.says)
	w.noticed(boss.member, "concern.urgent", slip.says.ID)
	other := w.noticed(boss.member, "concern.urgent", newID())
	w.set("notices", w.noticed(boss.member, "concern.waits", slip.says.ID), map[string]any{"read": true})
	if got := p.sends(slip.withdrawal()); got != "ok" {
		t.Fatal(got)
	}
	if left := w.theOnly("notices"); w.count("notices") != 1 || left != other || w.count("tellings") != 0 {
		t.Errorf("%d notices and %d tellings are left", w.count("notices"), w.count("tellings"))
	}
}

// Ensure that whom somebody else gives a concern to is told, and nobody who takes one;
// that nobody is asked to pick one up that somebody has; and that who lets go of an urgent
// one has it told of anew.
func TestTelling_OfWhoLooksIntoAConcern(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss, other := w.phone("resident").with("coach"), w.phone("coordinator"), w.phone("coordinator")
	normal, urgent := w.raised(nil).Id, w.raised(map[string]any{"urgency": "urgent"}).Id
	w.tellings()
	boss.doesWell("concerns.assign", map[string]any{"id": normal, "member": c.member})
	w.tells("giving it to another", "concern.yours member/"+c.member+" "+normal+" but "+boss.member)
	yours := w.noticed(c.member, "concern.yours", normal)
	boss.doesWell("concerns.assign", map[string]any{"id": normal, "member": boss.member})
	if w.tells("giving it to oneself"); !w.isRead(yours) {
		t.Error("it is another's by now")
	}
	boss.doesWell("concerns.release", map[string]any{"id": normal})
	w.tells("letting go of it")

	lines := []string{w.noticed(other.member, "concern.urgent", urgent), w.noticed(c.member, "concern.waits", urgent), w.noticed(other.member, "concern.phone", urgent)}
	c.doesWell("concerns.take", map[string]any{"id": urgent})
	w.tells("taking one")
	for _, line := range lines {
		if !w.isRead(line) {
			t.Error("somebody is still asked to pick up what is picked up")
		}
	}
	w.set("concerns", urgent, map[string]any{"escalated": 2})
	c.doesWell("concerns.release", map[string]any{"id": urgent})
	w.tells("letting go of an urgent one", "concern.urgent coordinators "+urgent+" but "+c.member)
	if r := w.record("concerns", urgent); r.GetInt("escalated") != 0 || r.GetString("given") != "" {
		t.Errorf("it doesn't wait anew: %v", r)
	}
	boss.doesWell("concerns.assign", map[string]any{"id": urgent, "member": c.member})
	w.tells("giving an urgent one to another", "concern.yoursUrgent member/"+c.member+" "+urgent+" but "+boss.member)
	yours = w.noticed(c.member, "concern.yoursUrgent", urgent)
	boss.doesWell("concerns.close", map[string]any{"id": urgent, "outcome": "helped"})
	if w.tells("closing"); !w.isRead(yours) {
		t.Error("it is closed")
	}
	boss.doesWell("concerns.reopen", map[string]any{"id": urgent})
	w.tells("opening it again", "concern.yoursUrgent member/"+c.member+" "+urgent+" but "+boss.member)
	w.exec("DELETE FROM roles WHERE member = '" + c.member + "'")
	must(t, triage.Release(w.app, time.Now()))
	w.tells("a role that was taken", "concern.urgent coordinators "+urgent)
}

// Ensure that a coordinator is told when somebody asks for a word with whoever passed a
// concern on, which nobody else can say, until one has had it.
func TestTelling_OfAWordWithWhoPassedItOn(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	id := w.raised(map[string]any{"state": "assigned", "assignee": c.member}).Id
	w.tellings()
	note := func(p *phone, kind string) {
		args := w.noteArgs(id, "Please ask.")
		args["kind"] = kind
		p.doesWell("concerns.note", args)
	}
	note(c, "rang")
	w.tells("a note")
	note(c, "askedCoordinator")
	w.tells("a note that asks", "concern.listener coordinators "+id+" but "+c.member)
	line := w.noticed(boss.member, "concern.listener", id)
	note(boss, "spokeListener")
	if w.tells("having spoken"); !w.isRead(line) {
		t.Error("they are still asked to")
	}
}
