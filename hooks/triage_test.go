package hooks_test

import (
	"testing"
	"time"

	"kith/internal/sync"
)

// Ensure that a concern goes its way from the tray to its end, that each step is
// in the record, and that what leaves the server of it has no words.
func TestTriage_AConcernGoesItsWay(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	id := w.raised(nil).Id
	row := func() map[string]any {
		return c.exchange(map[string]any{"cursor": ""}).rows["responders concerns/"+id]
	}
	if r := row(); r["state"] != "new" || r["picked"] != "" {
		t.Fatalf("at first: %v", r)
	}
	c.doesWell("concerns.take", map[string]any{"id": id})
	if r := row(); r["state"] != "assigned" || r["assignee"] != c.member || r["picked"] != london(t) {
		t.Errorf("taken: %v", r)
	}
	note := w.noteArgs(id, "I rang, and she was glad.")
	c.doesWell("concerns.note", note)
	boss.doesWell("concerns.assign", map[string]any{"id": id, "member": boss.member})
	if code, _ := c.does("concerns.close", map[string]any{"id": id, "outcome": "helped"}); code != "concern_unknown" {
		t.Errorf("closed by who had it before: %q", code)
	}
	boss.doesWell("concerns.close", map[string]any{"id": id, "outcome": "takenUp"})
	if r := row(); r["state"] != "closed" || r["outcome"] != "takenUp" || r["closedOn"] != london(t) {
		t.Errorf("closed: %v", r)
	}
	boss.doesWell("concerns.reopen", map[string]any{"id": id})
	boss.doesWell("concerns.release", map[string]any{"id": id})
	if r := row(); r["state"] != "new" || r["assignee"] != "" || r["outcome"] != "" || r["picked"] != london(t) {
		t.Errorf("given back: %v", r)
	}
	for action, n := range map[string]int{"concerns.take": 1, "concerns.note": 1, "concerns.assign": 1, "concerns.close": 1, "concerns.reopen": 1, "concerns.release": 1} {
		if got := len(w.entries(action, id)); got != n {
			t.Errorf("%s: %d entries", action, got)
		}
	}
	if left := w.tablesWith(secretWords, "she was glad"); len(left) > 0 {
		t.Errorf("words in %v", left)
	}
	w.theAuditHolds()
}

// Ensure that a note is taken only if it can be read later: sealed to this
// server's key, for this concern, with words that can be written.
func TestTriage_ANoteThatNobodyCouldReadIsRefused(t *testing.T) {
	w := newTownWithKeys(t)
	c := w.phone("resident").with("coach")
	held := func() string { return w.raised(map[string]any{"state": "assigned", "assignee": c.member}).Id }
	id := held()
	other := w.noteArgs(held(), "I rang.")
	other["concern"] = id
	later := w.noteArgs(id, "I rang.")
	later["hour"] = "2026-01-01T00"
	for what, args := range map[string]map[string]any{"for another concern": other, "of another hour": later} {
		if code, _ := c.does("concerns.note", args); code != "note_invalid" {
			t.Errorf("%s: %q", what, code)
		}
	}
	if code, _ := c.does("concerns.note", w.noteArgs(id, "I rang.\u202e")); code != "text_invalid" {
		t.Errorf("with a trap: %q", code)
	}
	if n := w.count("concernNotes"); n > 0 {
		t.Errorf("%d notes", n)
	}
}

// Ensure that a link between two concerns shows to who may see both, and that one
// for coordinators alone leaves no trace in a coach's rows.
func TestTriage_ALinkTellsNobodyOfWhatTheyMayNotSee(t *testing.T) {
	w := newTownWithKeys(t)
	c, boss := w.phone("resident").with("coach"), w.phone("coordinator")
	mine := map[string]any{"state": "assigned", "assignee": c.member}
	a, b, secret := w.raised(mine).Id, w.raised(mine).Id, w.raised(map[string]any{"lead": true}).Id
	shown := func() (links []string) {
		s := c.exchange(map[string]any{"cursor": ""})
		for _, id := range []string{a, b} {
			links = append(links, s.rows["responders concerns/"+id]["link"].(string))
		}
		return links
	}
	boss.doesWell("concerns.link", map[string]any{"id": a, "other": secret})
	if l := shown(); l[0] != "" || l[1] != "" {
		t.Errorf("linked with the lead's: %q", l)
	}
	if o := c.mustOpen(a, ""); len(o.Linked) != 0 {
		t.Errorf("a coach is told of %v", o.Linked)
	}
	if o := boss.mustOpen(a, ""); len(o.Linked) != 1 || o.Linked[0] != secret {
		t.Errorf("a coordinator is told of %v", o.Linked)
	}
	c.doesWell("concerns.link", map[string]any{"id": b, "other": a})
	if l := shown(); l[0] == "" || l[0] != l[1] {
		t.Errorf("linked: %q", l)
	}
	if o := c.mustOpen(a, ""); len(o.Linked) != 1 || o.Linked[0] != b {
		t.Errorf("a coach is told of %v", o.Linked)
	}
	c.doesWell("concerns.unlink", map[string]any{"id": b})
	if l := shown(); l[0] != "" || l[1] != "" {
		t.Errorf("unlinked: %q", l)
	}
	if o := boss.mustOpen(secret, ""); len(o.Linked) != 1 || o.Linked[0] != a {
		t.Errorf("a coordinator is told of %v", o.Linked)
	}
}

// Ensure that picking up in time is judged by working days where the community
// is, once, and stays when it is given back.
func TestTriage_PickedUpInTimeIsJudgedOnce(t *testing.T) {
	w := newTownWithKeys(t)
	c := w.phone("resident").with("coach")
	for received, want := range map[string]bool{ago(0): true, ago(10 * 24 * time.Hour): false} {
		id := w.raised(map[string]any{"received": received}).Id
		c.doesWell("concerns.take", map[string]any{"id": id})
		if got := w.record("concerns", id).GetBool("prompt"); got != want {
			t.Errorf("received %s: in time %v", received, got)
		}
		w.set("concerns", id, map[string]any{"received": ago(10 * 24 * time.Hour), "state": "new", "assignee": ""})
		c.doesWell("concerns.take", map[string]any{"id": id})
		if got := w.record("concerns", id).GetBool("prompt"); got != want {
			t.Errorf("received %s, taken again: in time %v", received, got)
		}
	}
}

// Ensure that who leaves, is suspended or loses the role looks into nothing any
// more: it goes back into the tray, and the record says why.
func TestTriage_NothingIsLeftWithSomebodyWhoCannotLookIntoIt(t *testing.T) {
	w := newTownWithKeys(t)
	for why, ends := range map[string]func(p *phone){
		"left":      func(p *phone) { p.doesWell("people.leave", map[string]any{"why": "moved"}) },
		"erased":    func(p *phone) { p.doesWell("people.erase", map[string]any{}) },
		"suspended": func(p *phone) { w.set("members", p.member, map[string]any{"standing": "suspended"}) },
		"no coach any more": func(p *phone) {
			role, err := w.app.FindFirstRecordByData("roles", "member", p.member)
			must(t, err)
			must(t, w.app.Delete(role))
		},
	} {
		p := w.phone("resident").with("coach")
		id := w.raised(map[string]any{"state": "assigned", "assignee": p.member}).Id
		ends(p)
		w.runs("kithConcernsWaiting")
		if r := w.record("concerns", id); r.GetString("assignee") != "" || len(w.entries("concerns.release", id)) != 1 {
			t.Errorf("%s: %v, %v", why, r.PublicExport(), w.entries("concerns.release", id))
		}
	}
	c := w.phone("resident").with("coach")
	kept := w.raised(map[string]any{"state": "assigned", "assignee": c.member}).Id
	w.runs("kithConcernsWaiting")
	if r := w.record("concerns", kept); r.GetString("assignee") != c.member {
		t.Errorf("taken from somebody who can: %v", r.PublicExport())
	}
}

// Ensure that a withdrawal by who noticed and a pick-up meet in both orders: the
// first one stands, and the other is told so. What was given back was read, and
// stays too.
func TestTriage_AWithdrawalAndAPickUpMeetInBothOrders(t *testing.T) {
	w := newTownWithKeys(t)
	p, c, boss := w.trained(), w.phone("resident").with("coach"), w.phone("coordinator")
	first := p.write(p.named(), "urgent")
	if got := p.sends(first.says); got != "ok" {
		t.Fatal(got)
	}
	id := map[string]any{"id": first.says.ID, "outcome": "helped"}
	c.doesWell("concerns.take", id)
	for range 2 {
		if got := p.sends(first.withdrawal()); got != "rejected picked_up" {
			t.Errorf("after it was taken: %s", got)
		}
		boss.does("concerns.release", id)
	}
	if o := boss.mustOpen(first.says.ID, ""); o.Concern["words"] != p.named().Words {
		t.Errorf("%+v", o)
	}

	second := p.write(p.named(), "urgent")
	p.sends(second.says)
	if got := p.sends(second.withdrawal()); got != "ok" {
		t.Fatal(got)
	}
	id["id"] = second.says.ID
	for name, by := range map[string]*phone{"concerns.take": c, "concerns.close": boss, "concerns.reopen": boss} {
		_, a := by.does(name, id)
		_, b := by.does(name, map[string]any{"id": newID(), "outcome": "helped"})
		if x, y := a.last(), b.last(); x.Status != sync.Rejected || x.Code != "concern_unknown" || x.Message != y.Message {
			t.Errorf("%s: %+v, and of nothing %+v", name, x, y)
		}
	}
	wantProblem(t, boss.opens(second.says.ID, ""), 404, "concern_unknown")
	if row := w.concernRow(second.says.ID); row["state"] != "withdrawn" || row["sealed"] != "" {
		t.Errorf("%v", row)
	}
}
