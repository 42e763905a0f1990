package hooks_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"kith/hooks/rights"
	"kith/internal/sync"
)

// Ensure that a call says whether somebody answered, and never that they need something;
// and that two in a row which nobody answered go to those who run the group.
func TestCalls_TwoThatNobodyAnsweredGoToTheHosts(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w).pair()
	done := func(p *phone, id, outcome string) {
		p.doesWell("calls.done", map[string]any{"id": id, "outcome": outcome})
	}
	first := d.missed("2026-01-08T12:00")
	w.tellings()
	line := w.noticed(d.sam.member, "call.due", first)
	done(d.sam, first, "noAnswer")
	if !w.isRead(line) {
		t.Error("a call that was made is still to be made")
	}
	w.tells("one that nobody answered")
	second := d.missed("2026-01-15T12:00")
	done(d.sam, second, "noAnswer")
	w.tells("the second", "call.unanswered host/"+d.club+" "+second+" but "+d.sam.member)
	if rows := d.host.holds("calls"); len(rows) != 1 || rows[second] == nil {
		t.Errorf("the hosts see %v", rows)
	}
	told := w.noticed(d.host.member, "call.unanswered", second)
	done(d.host, second, "noAnswer")
	if len(d.host.holds("calls")) != 1 {
		t.Error("hosts who reached nobody have it no more")
	}
	done(d.host, second, "fine")
	if len(d.host.holds("calls")) != 0 || !w.isRead(told) {
		t.Error("hosts who reached them still have it")
	}
	third := d.missed("2026-01-22T12:00")
	done(d.sam, third, "needs")
	if got := w.record("calls", third); got.GetString("outcome") != "spoke" || len(got.GetString("doneAt")) != 10 {
		t.Errorf("what is stored is %v", got.FieldsData())
	}
	for table, rows := range w.dump() {
		if regexp.MustCompile(`\bneeds\b`).MatchString(rows) {
			t.Errorf("that somebody needs something stands in %s", table)
		}
	}
	o := d.sam.done("calls.done", map[string]any{"id": third, "outcome": "noAnswer"})
	if o.Status != sync.Merged || w.record("calls", third).GetString("outcome") != "spoke" {
		t.Errorf("a call that was made is made again: %+v", o)
	}
}

// Ensure that an activator's card is there when they say so, gone in one tap, and gone
// with what it says of them.
func TestHostCards_AreShownAsLongAsTheyAreTrue(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w)
	me := d.host.member
	show := func() {
		d.host.doesWell("hostCards.show", map[string]any{"text": "Ask for me at the hatch", "listings": []string{d.club, d.club}})
	}
	sees := func(what string, shown bool) {
		t.Helper()
		if got := d.rosa.holds("hostCards")[me]; (got != nil) != shown {
			t.Errorf("%s: it is %v", what, got)
		}
	}
	show()
	d.host.doesWell("people.rename", map[string]any{"firstName": "Pearl"})
	if got := d.rosa.holds("hostCards")[me]; got["firstName"] != "Pearl" || fmt.Sprint(got["listings"]) != "["+d.club+"]" {
		t.Errorf("it is %v", got)
	}
	d.host.doesWell("hostCards.hide", map[string]any{})
	sees("hidden", false)
	if d.host.holds("hostCards")[me] == nil {
		t.Error("who hid it can't show it again")
	}
	show()
	sees("shown again", true)
	w.exec("DELETE FROM hosts WHERE member = '" + me + "'")
	if got := d.rosa.holds("hostCards")[me]; fmt.Sprint(got["listings"]) != "[]" {
		t.Errorf("who runs it no more is asked for there: %v", got)
	}
	w.exec("DELETE FROM roles WHERE member = '" + me + "'")
	sees("who is no activator any more", false)
	other := w.phone("activator")
	other.doesWell("hostCards.show", map[string]any{"text": "Ask for me", "listings": []string{}})
	other.doesWell("people.leave", map[string]any{"why": "left"})
	if n := w.count("hostCards"); n != 1 {
		t.Errorf("%d cards: who left still has one", n)
	}
}

// Ensure that a helper says no thanks, and hands over a number, for somebody without a
// phone, and that both see it noted.
func TestBuddies_ForSomebodyWithoutAPhone(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w)
	ada := w.phone("resident")
	edna := w.make("members", map[string]any{"firstName": "Edna", "standing": "active", "noPhone": true}).Id
	w.make("consents", map[string]any{"member": edna, "helper": ada.member, "how": "inPerson", "status": "active", "scopes": []string{"visits"}, "starts": in(-3), "until": in(30)})
	come := comeArgs(d.club)
	if code, _ := ada.doesFor(edna, "visits.come", come); code != "" {
		t.Fatal(code)
	}
	d.visit = come["id"].(string)
	d.pair()
	if ada.holds("pairings")[d.pairing] == nil {
		t.Error("the helper doesn't see who meets them")
	}
	if code, _ := ada.doesFor(edna, "pairings.contact", map[string]any{"id": d.pairing, "phone": "020 7946 0123"}); code != "" || d.sam.holds("pairingContacts")[d.pairing] == nil {
		t.Errorf("a number: %q", code)
	}
	if code, _ := ada.doesFor(edna, "pairings.accept", map[string]any{"id": d.pairing}); code != "not_acting" {
		t.Errorf("the buddy's yes: %q", code)
	}
	if code, _ := ada.doesFor(edna, "pairings.noThanks", map[string]any{"id": d.pairing}); code != "" || len(ada.holds("pairings")) > 0 {
		t.Errorf("no thanks: %q", code)
	}
	if n := len(ada.holds("acts")); n != 3 {
		t.Errorf("%d of three are noted", n)
	}
}

// Ensure that a newcomer's name and number are nowhere when they are erased, and that
// what each takes with them doesn't say who the other is.
func TestBuddies_ErasureAndExportKeepToOnesOwn(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w).pair()
	d.rosa.doesWell("pairings.contact", map[string]any{"id": d.pairing, "phone": "07700 900461"})
	d.missed(d.thursday)
	for name, p := range map[string]*phone{"the buddy": d.sam, "the host": d.host} {
		raw := p.exported()
		if strings.Contains(raw, d.rosa.member) || strings.Contains(raw, "900461") {
			t.Errorf("%s learns who the newcomer is: %s", name, raw)
		}
	}
	if raw := d.rosa.exported(); strings.Contains(raw, d.sam.member) || !strings.Contains(raw, "900461") {
		t.Errorf("the newcomer takes with them %s", raw)
	}
	d.rosa.doesWell("people.rename", map[string]any{"firstName": "Rosaqq"})
	d.rosa.doesWell("people.erase", map[string]any{})
	if got := w.tablesWith("07700 900461", "7700900461"); len(got) > 0 {
		t.Errorf("her number is left in %v", got)
	}
	if got := w.tablesWith(d.rosa.member); fmt.Sprint(got) != "[audit sync_aud sync_command sync_row sync_stream]" {
		t.Errorf("what names her: %v", got)
	}
	for _, table := range []string{"pairings", "pairingContacts", "calls", "visits"} {
		if n := w.count(table); n != 0 {
			t.Errorf("%d of %s are left", n, table)
		}
	}
}

// Ensure that what a newcomer said goes two weeks after the day, and a pairing with all
// that hangs on it 13 months after it began, however it stands.
func TestBuddies_WhatIsOverGoesByItself(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w)
	args := comeArgs(d.club)
	args["say"], args["interests"] = "I use a stick.", []string{"quiz"}
	d.rosa.doesWell("visits.come", args)
	d.pair()
	d.rosa.doesWell("pairings.contact", map[string]any{"id": d.pairing, "phone": "07700 900123"})
	d.missed(d.thursday)
	at, err := time.Parse("2006-01-02T15:04", d.thursday)
	must(t, err)
	after := func(days int) {
		t.Helper()
		_, err := rights.Retain(w.app, w.registry.Keepings, at.AddDate(0, 0, days))
		must(t, err)
	}
	after(14)
	if got := w.record("visits", d.visit); got.GetString("say") == "" {
		t.Error("what was said is gone while a register can still be typed in")
	}
	after(16)
	if got := w.record("visits", d.visit); got.GetString("say") != "" || strings.Contains(got.GetString("interests"), "quiz") || got.GetString("firstName") == "" {
		t.Errorf("two weeks later there is still %v", got.FieldsData())
	}
	after(385)
	if w.count("pairings") != 1 || w.count("pairingContacts") != 1 {
		t.Error("a pairing goes before its time")
	}
	after(410)
	for _, table := range []string{"pairings", "pairingContacts", "calls", "visits"} {
		if n := w.count(table); n != 0 {
			t.Errorf("13 months later there are %d %s", n, table)
		}
	}
	if w.count("buddies") != 1 {
		t.Error("an offer that stands is gone")
	}
}
