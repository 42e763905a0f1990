package hooks_test

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"
	"time"

	"kith/internal/codes"
	"kith/internal/sync"
)

// last is the outcome of the last command of an answer, without what differs
// between any two commands.
func (a *answer) last() sync.Outcome {
	o := a.outcomes[len(a.outcomes)-1]
	o.Number, o.Nonce, o.Seq = 0, "", 0
	return o
}

// Ensure that who is blocked can't tell, from any answer, row, code or sentence:
// a block ends what there was like any other end, and after it they are told
// what anybody is told of somebody who isn't there.
func TestSafety_WhoIsBlockedCannotTell(t *testing.T) {
	w := newTown(t)
	told := map[string]string{}
	for how, ends := range map[string]func(person, help *phone, consent string){
		"ended": func(p, _ *phone, consent string) { p.doesWell("acting.end", map[string]any{"id": consent}) },
		"blocked": func(p, h *phone, _ string) {
			p.doesWell("safety.block", map[string]any{"id": newID(), "blocked": h.member})
		},
	} {
		person, help := w.phone("resident"), w.phone("activator")
		consent := help.helps(person, "visits", "details")
		help.sync()
		ends(person, help, consent)
		raw := help.sync().raw
		told[how] = plainly(raw, person, help, consent)
		if how == "ended" {
			continue
		}
		w.tellsNothing(person, help)
	}
	if told["ended"] != told["blocked"] {
		t.Errorf("an end:\n%s\na block:\n%s", told["ended"], told["blocked"])
	}
}

// plainly is an answer without ids, times and seqs.
func plainly(raw string, person, help *phone, consent string) string {
	raw = strings.NewReplacer(person.member, "PERSON", help.member, "HELPER", consent, "CONSENT").Replace(raw)
	raw = regexp.MustCompile(`"cursor":"[^"]*"`).ReplaceAllString(raw, "CURSOR")
	raw = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`).ReplaceAllString(raw, "TIME")
	return regexp.MustCompile(`\d+`).ReplaceAllString(raw, "N")
}

// tellsNothing compares what a blocked helper, and a coordinator about them, are
// told with what they are told of nobody.
func (w *town) tellsNothing(person, blocked *phone) {
	w.t.Helper()
	same := func(what string, asks *phone, name string, real, nobody map[string]any) {
		w.t.Helper()
		_, a := asks.does(name, real)
		_, b := asks.does(name, nobody)
		if x, y := a.last(), b.last(); x.Status != sync.Rejected || x.Code != y.Code || x.Message != y.Message {
			w.t.Errorf("%s: %+v, and of nobody %+v", what, x, y)
		}
	}
	code := rand.Text()[:16]
	person.doesWell("acting.offer", map[string]any{"id": newID(), "codeHash": codes.Hash(code), "scopes": []string{"visits"}, "until": in(30)})
	same("accepting", blocked, "acting.accept", map[string]any{"code": code}, map[string]any{"code": "AAAA-BBBB-CCCC-DDDD"})
	record := func(member, helper string) map[string]any {
		return map[string]any{"id": newID(), "member": member, "helper": helper, "how": "inPerson", "scopes": []string{"visits"}, "until": in(30)}
	}
	_, err := w.app.DB().NewQuery("UPDATE members SET noPhone = true WHERE id = '" + person.member + "'").Execute()
	must(w.t, err)
	same("recording oneself", blocked, "acting.record", record(person.member, blocked.member), record(newID(), blocked.member))
	same("a coordinator recording", w.phone("coordinator"), "acting.record", record(person.member, blocked.member), record(person.member, newID()))
	if code, _ := blocked.doesFor(person.member, "visits.come", comeArgs(w.weekly("Lunch").Id)); code != "not_acting" {
		w.t.Errorf("acting on: %q", code)
	}
	if a := blocked.exchange(map[string]any{"cursor": ""}); strings.Contains(a.raw, `"blocks"`) || strings.Contains(a.raw, "safety.block") {
		w.t.Errorf("a block is told: %s", a.raw)
	}
}

// Ensure that a block is made once, is its maker's alone to take back, and that
// two can begin again after that.
func TestSafety_ABlockIsItsMakersAlone(t *testing.T) {
	w := newTown(t)
	a, b := w.phone("resident"), w.phone("resident")
	first := newID()
	a.doesWell("safety.block", map[string]any{"id": first, "blocked": b.member})
	_, again := a.does("safety.block", map[string]any{"id": newID(), "blocked": b.member})
	if o := again.last(); o.Status != sync.Merged || string(o.Result) != `{"id":"`+first+`"}` || w.count("blocks") != 1 {
		t.Errorf("made twice: %+v", o)
	}
	if code, _ := b.does("safety.unblock", map[string]any{"id": first}); code != "block_unknown" {
		t.Errorf("taken back by the other: %q", code)
	}
	a.doesWell("safety.unblock", map[string]any{"id": first})
	b.helps(a, "visits")
}

// Ensure that a helper with the scope details can block somebody for the person,
// themselves too, which ends what they may do.
func TestSafety_AHelperBlocksForThePerson(t *testing.T) {
	w := newTown(t)
	person, help := w.phone("resident"), w.phone("resident")
	help.helps(person, "details")
	if code, _ := help.doesFor(person.member, "safety.block", map[string]any{"id": newID(), "blocked": help.member}); code != "" {
		t.Fatalf("%q", code)
	}
	if code, _ := help.doesFor(person.member, "people.rename", map[string]any{"firstName": "Eve"}); code != "not_acting" {
		t.Errorf("and goes on: %q", code)
	}
}

// Ensure that a report reaches the coordinators, says until when somebody should
// have dealt with it, and brings its end back to whoever made it.
func TestSafety_AReportIsDealtWith(t *testing.T) {
	w := newTown(t)
	p, c := w.phone("resident"), w.phone("coordinator")
	id := newID()
	p.doesWell("reports.make", map[string]any{"id": id, "kind": "complaint", "text": "Nobody\n\nrang back.", "contact": "After six"})
	row := c.sync().rows["coordinators reports/"+id]
	if row == nil || row["by"] != p.member || row["status"] != "open" || row["text"] != "Nobody\n\nrang back." {
		t.Fatalf("the coordinator gets %v", row)
	}
	due, err := time.Parse(time.RFC3339Nano, row["due"].(string))
	must(t, err)
	if d := time.Until(due); d < 29*24*time.Hour || d > 30*24*time.Hour {
		t.Errorf("a complaint is due in %v", d)
	}
	for range 2 {
		c.doesWell("reports.acknowledge", map[string]any{"id": id})
	}
	if code, _ := c.does("reports.close", map[string]any{"id": id, "outcome": "  "}); code != "text_invalid" {
		t.Errorf("closed without a word: %q", code)
	}
	c.doesWell("reports.close", map[string]any{"id": id, "outcome": "We rang, and said sorry."})
	row = p.sync().rows["member/"+p.member+" reports/"+id]
	if row == nil || row["status"] != "closed" || row["outcome"] != "We rang, and said sorry." || row["closed"] == "" {
		t.Errorf("whoever made it gets %v", row)
	}
	if code, _ := c.does("reports.close", map[string]any{"id": id, "outcome": "Again"}); code != "report_closed" {
		t.Errorf("closed twice: %q", code)
	}
}

// Ensure that nobody says to have seen papers on a day that is still to come, or
// that is none.
func TestSafety_PapersAreSeenOnADayThatWas(t *testing.T) {
	w := newTown(t)
	c, p := w.phone("coordinator"), w.phone("resident")
	for day, code := range map[string]string{
		time.Now().UTC().Format(time.DateOnly): "", "2026-02-30": "date_invalid", "": "date_invalid", "yesterday": "date_invalid", "0001-01-01": "date_invalid",
		time.Now().AddDate(0, 0, 3).Format(time.DateOnly): "date_invalid",
	} {
		if got, _ := c.does("safety.vouch", map[string]any{"id": newID(), "member": p.member, "kind": "dbs", "seenOn": day}); got != code {
			t.Errorf("%q: %q", day, got)
		}
	}
}
