package hooks_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/hooks"
	"kith/hooks/acting"
	"kith/internal/codes"
	"kith/internal/sync"
)

// doesFor sends one command for somebody else, and says how it ended.
func (p *phone) doesFor(member, name string, args map[string]any) (code string, a *answer) {
	p.t.Helper()
	c := p.command(name, args)
	c["for"] = member
	a = p.sync(c)
	p.ack = p.number
	return a.outcomes[len(a.outcomes)-1].Code, a
}

// helps makes one phone's member the helper of another's, by an offer, and
// returns the consent.
func (p *phone) helps(person *phone, scopes ...string) string {
	p.t.Helper()
	id, code := newID(), rand.Text()[:16]
	person.doesWell("acting.offer", map[string]any{"id": id, "codeHash": codes.Hash(code), "scopes": scopes, "until": in(30)})
	a := p.doesWell("acting.accept", map[string]any{"code": strings.ToLower(code)})
	if got := string(a.outcomes[len(a.outcomes)-1].Result); got != `{"id":"`+id+`","member":"`+person.member+`"}` {
		p.t.Fatalf("accepted: %s", got)
	}
	return id
}

// Ensure that a helper sees and does what they were let, and no more; that the
// person can read all of it; and that it ends when the person says so.
func TestActing_FromTheOfferToItsEnd(t *testing.T) {
	w := newTown(t)
	club := w.weekly("Lunch club")
	person, help := w.phone("resident"), w.phone("resident")
	consent := help.helps(person, "visits")
	a := help.exchange(map[string]any{"cursor": ""})
	helped := "helped/" + person.member
	if !a.has(helped, "members", person.member) {
		t.Errorf("the helper doesn't see whom they help: %s", a.raw)
	}
	if code, _ := help.doesFor(person.member, "people.rename", map[string]any{"firstName": "Eve"}); code != "not_acting" {
		t.Errorf("beyond what was agreed: %q", code)
	}
	args := comeArgs(club.Id)
	code, a := help.doesFor(person.member, "visits.come", args)
	if code != "" || !a.has(helped, "visits", args["id"].(string)) {
		t.Errorf("%q: %s", code, a.raw)
	}
	a = person.sync()
	if !a.has("member/"+person.member, "visits", args["id"].(string)) {
		t.Errorf("the person doesn't see the visit: %s", a.raw)
	}
	act, err := w.app.FindFirstRecordByData("acts", "consent", consent)
	must(t, err)
	if row := a.rows["member/"+person.member+" acts/"+act.Id]; row == nil || row["helper"] != help.member || row["command"] != "visits.come" {
		t.Errorf("the person can't read what was done: %v", row)
	}
	for range 2 { // ending it is never refused twice
		person.doesWell("acting.end", map[string]any{"id": consent})
	}
	if a := help.sync(); !slices.Equal(a.drops, []string{helped}) {
		t.Errorf("the helper keeps %v", a.raw)
	}
	if code, _ := help.doesFor(person.member, "visits.cancel", map[string]any{"id": args["id"]}); code != "not_acting" {
		t.Errorf("after the end: %q", code)
	}
	if code, _ := help.does("acting.accept", map[string]any{"code": "AAAA"}); code != "offer_unknown" {
		t.Errorf("%q", code)
	}
}

// Ensure that what ran out ends by itself at the hour, and lets nobody act even
// before that; and that the code of an offer dies in a week.
func TestActing_RunsOutByItself(t *testing.T) {
	w := newTown(t)
	person, help, other := w.phone("resident"), w.phone("resident"), w.phone("resident")
	consent := help.helps(person, "details")
	offer, code := newID(), rand.Text()[:16]
	person.doesWell("acting.offer", map[string]any{"id": offer, "codeHash": codes.Hash(code), "scopes": []string{"visits"}, "until": in(300)})
	expire := func(at time.Time, want int) {
		t.Helper()
		n, err := hooks.Acting().Expire(w.app, at)
		must(t, err)
		if n != want {
			t.Errorf("%d ran out, not %d", n, want)
		}
	}
	expire(time.Now(), 0)
	expire(time.Now().AddDate(0, 0, 8), 1)
	if code, _ := other.does("acting.accept", map[string]any{"code": code}); code != "offer_unknown" {
		t.Errorf("an old code: %q", code)
	}
	_, err := w.app.DB().NewQuery("UPDATE consents SET until = '" + sync.Stamp(time.Now().Add(-time.Second)) + "' WHERE id = '" + consent + "'").Execute()
	must(t, err)
	if code, _ := help.doesFor(person.member, "people.rename", map[string]any{"firstName": "Eve"}); code != "not_acting" {
		t.Errorf("out of date, before the job has run: %q", code)
	}
	expire(time.Now(), 1)
	expire(time.Now(), 0)
	row := person.sync().rows["member/"+person.member+" consents/"+consent]
	if row == nil || row["status"] != "ended" || row["endedBy"] != "" || row["endedAt"] == "" {
		t.Errorf("the person is told %v", row)
	}
	for _, job := range w.app.Cron().Jobs() {
		if job.Id() == acting.Hourly {
			return
		}
	}
	t.Errorf("nothing runs %s", acting.Hourly)
}

// Ensure that one pair has one agreement: a newer takes the older's place.
func TestActing_OnePairHasOneAgreement(t *testing.T) {
	w := newTown(t)
	person, help, c := w.phone("resident"), w.phone("resident"), w.phone("coordinator")
	older := help.helps(person, "visits", "details")
	newer := newID()
	c.doesWell("acting.record", map[string]any{"id": newer, "member": person.member, "helper": help.member, "how": "phone", "scopes": []string{"visits"}, "until": in(5)})
	if a, b := w.record("consents", older).GetString("status"), w.record("consents", newer).GetString("status"); a != "ended" || b != "active" {
		t.Errorf("the older is %s, the newer %s", a, b)
	}
	if code, _ := help.doesFor(person.member, "people.rename", map[string]any{"firstName": "Eve"}); code != "not_acting" {
		t.Errorf("under the older: %q", code)
	}
}

// Ensure that nobody acts for somebody who may not take part, and that a helper
// who leaves is one no more.
func TestActing_EndsWithWhoTakesPart(t *testing.T) {
	w := newTown(t)
	person, help, c := w.phone("resident"), w.phone("resident"), w.phone("coordinator")
	consent := help.helps(person, "details")
	rename := func() string {
		code, _ := help.doesFor(person.member, "people.rename", map[string]any{"firstName": "Ada"})
		return code
	}
	c.doesWell("people.suspend", map[string]any{"member": person.member})
	if code := rename(); code != "not_acting" {
		t.Errorf("for somebody suspended: %q", code)
	}
	c.doesWell("people.restore", map[string]any{"member": person.member})
	if code := rename(); code != "" {
		t.Errorf("restored: %q", code)
	}
	help.doesWell("people.leave", map[string]any{"why": "left"})
	if r := w.record("consents", consent); r.GetString("status") != "ended" || r.GetString("endedBy") != help.member {
		t.Errorf("the helper left, and %v", r.PublicExport())
	}
}

// Ensure that what was done for somebody can't be rewritten; only who did it can
// be taken out of it.
func TestActing_WhatWasDoneIsNotChanged(t *testing.T) {
	s := newStage(t)
	for stmt, may := range map[string]bool{
		"UPDATE acts SET command = 'visits.cancel'": false, "UPDATE acts SET at = ''": false, "UPDATE acts SET helper = '" + s.phones[resident].member + "'": false,
		"UPDATE acts SET member = '" + s.phones[resident].member + "'": false, "UPDATE acts SET helper = ''": true,
	} {
		if _, err := s.app.DB().NewQuery(stmt).Execute(); (err == nil) != may {
			t.Errorf("%s: %v", stmt, err)
		}
	}
}

// Ensure that an end that lies too far, in the past, or nowhere is refused, and
// so is acting for oneself, or for nothing.
func TestActing_RefusesWhatNobodyCouldAgreeTo(t *testing.T) {
	w := newTown(t)
	c, person, help := w.phone("coordinator"), w.phone("resident"), w.phone("resident")
	for what, code := range map[string]string{
		"until " + in(367): "until_invalid", "until " + in(-1): "until_invalid", "until soon": "until_invalid", "until " + in(365): "",
		"helper " + person.member: "not_yourself", "how magic": "args_invalid", "how self": "args_invalid",
	} {
		args := map[string]any{"id": newID(), "member": person.member, "helper": help.member, "how": "writing", "scopes": []string{"visits"}, "until": in(5)}
		name, value, _ := strings.Cut(what, " ")
		args[name] = value
		if got, _ := c.does("acting.record", args); got != code {
			t.Errorf("%s: %q", what, got)
		}
	}
	for _, scopes := range [][]string{nil, {}, {"money"}, {"visits", "visits"}, {"circles", "circles"}, {"visits", "details", "visits"}, {"visits", "details", "circles", "circles"}} {
		if got, _ := person.does("acting.offer", map[string]any{"id": newID(), "codeHash": codes.Hash("x"), "scopes": scopes, "until": in(5)}); got != "args_invalid" {
			t.Errorf("scopes %v: %q", scopes, got)
		}
	}
}

// Ensure that somebody can be let do each of three things for another, or all of them.
func TestActing_ForEachThingOrAll(t *testing.T) {
	w := newTown(t)
	person, help := w.phone("resident"), w.phone("resident")
	for _, scopes := range [][]string{{"visits"}, {"details"}, {"circles"}, {"circles", "visits"}, {"visits", "details", "circles"}} {
		if got := w.scopesOf(help.helps(person, scopes...)); !slices.Equal(got, scopes) {
			t.Errorf("%v became %v", scopes, got)
		}
	}
}

func (w *town) scopesOf(consent string) []string {
	r, err := w.app.FindRecordById("consents", consent)
	must(w.t, err)
	return r.GetStringSlice("scopes")
}

// Ensure that erasing oneself ends what one may do for others, and leaves what
// was done with the person for whom it was done.
func TestActing_AnErasedHelperActsForNobody(t *testing.T) {
	w := newTown(t)
	person, help := w.phone("resident"), w.phone("resident")
	consent := help.helps(person, "visits", "details")
	if code, _ := help.doesFor(person.member, "people.rename", map[string]any{"firstName": "Ada"}); code != "" {
		t.Fatal(code)
	}
	help.doesWell("people.erase", nil)
	r := w.record("consents", consent)
	if r.GetString("status") != "ended" || r.GetString("helper") != "" || r.GetString("endedBy") != "" {
		t.Errorf("%v", r.PublicExport())
	}
	act, err := w.app.FindFirstRecordByData("acts", "consent", consent)
	must(t, err)
	if act.GetString("helper") != "" || act.GetString("member") != person.member {
		t.Errorf("%v", act.PublicExport())
	}
}
