package hooks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"kith/internal/sync"
)

// Ensure that what a newcomer chooses to say reaches those who run the group, and that
// nothing of it is left when they call off.
func TestVisits_WhatSomebodySaysIsTakenBackWithTheVisit(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w)
	args := comeArgs(d.club)
	maps.Copy(args, map[string]any{"welcome": "walk", "say": "I use a stick.\nIt's my first time out.", "interests": []string{"walking", "singing"}, "first": true})
	d.rosa.doesWell("visits.come", args)
	got := d.host.holds("visits")[d.visit]
	for column, want := range map[string]any{"welcome": "walk", "say": args["say"], "first": true, "firstName": "Rosa"} {
		if got[column] != want {
			t.Errorf("%s is %v", column, got[column])
		}
	}
	if fmt.Sprint(got["interests"]) != "[singing walking]" {
		t.Errorf("interests are %v", got["interests"])
	}
	for name, change := range map[string]map[string]any{
		"text_invalid":      {"say": strings.Repeat("a", 201)},
		"interests_invalid": {"interests": []string{"politics"}},
		"args_invalid":      {"welcome": "carried"},
	} {
		bad := maps.Clone(args)
		maps.Copy(bad, change)
		if code, _ := d.rosa.does("visits.come", bad); code != name {
			t.Errorf("%v: %q", change, code)
		}
	}
	d.rosa.doesWell("visits.cancel", map[string]any{"id": d.visit})
	raw, err := json.Marshal(w.record("visits", d.visit).FieldsData())
	must(t, err)
	for _, word := range []string{"stick", "singing", `"walk`, "Rosa", ":true"} {
		if strings.Contains(string(raw), word) {
			t.Errorf("%s is left of what was called off: %s", word, raw)
		}
	}
}

// Ensure that an offer is told to those who run the group, approved by them, noted, and
// asked again where it was over; and that a buddy is asked, accepts, and both know then
// what they should, and not before.
func TestBuddies_FromTheOfferToTheDoor(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w)
	w.tells("an offer that has its yes", "visit.new host/"+d.club+" "+d.club+" but "+d.rosa.member, "buddy.approved member/"+d.sam.member+" "+d.offer+" but "+d.host.member)
	ada, hers := w.phone("resident"), newID()
	ada.doesWell("buddies.offer", map[string]any{"id": hers, "listing": d.club})
	w.tells("an offer", "buddy.offered host/"+d.club+" "+hers+" but "+ada.member)
	d.host.doesWell("buddies.decline", map[string]any{"id": hers})
	w.tells("a no")
	ada.doesWell("buddies.offer", map[string]any{"id": newID(), "listing": d.club})
	w.tells("an offer after a no", "buddy.offered host/"+d.club+" "+hers+" but "+ada.member)
	again := d.sam.doesWell("buddies.offer", map[string]any{"id": newID(), "listing": d.club, "interests": []string{"quiz"}}).outcomes
	if o := again[len(again)-1]; o.Status != sync.Merged || !strings.Contains(string(o.Result), d.offer) || w.record("buddies", d.offer).GetString("status") != "approved" {
		t.Errorf("offered twice: %+v", o)
	}
	w.tells("who offers twice")
	d.pairing = d.asks(d.offer)
	w.tells("asking", "pairing.asked member/"+d.sam.member+" "+d.pairing+" but "+d.host.member)
	if got := d.rosa.sees(); len(got) > 0 {
		t.Errorf("before the buddy says yes the newcomer sees %v", got)
	}
	row := d.sam.holds("pairings")[d.pairing]
	if row["newcomerName"] != "Rosa" || row["occurrence"] != d.thursday || row["welcome"] != "door" {
		t.Errorf("the buddy is asked with %v", row)
	}
	d.sam.doesWell("pairings.accept", map[string]any{"id": d.pairing})
	w.tells("a yes", "pairing.open member/"+d.rosa.member+" "+d.pairing+" but "+d.sam.member)
	if row := d.rosa.holds("pairings")[d.pairing]; row["buddyName"] == "" || row["status"] != "open" {
		t.Errorf("the newcomer sees %v", row)
	}
	if code, _ := d.rosa.does("pairings.contact", map[string]any{"id": d.pairing, "phone": "ring the bell"}); code != "phone_invalid" {
		t.Errorf("a bell: %q", code)
	}
	d.rosa.doesWell("pairings.contact", map[string]any{"id": d.pairing, "phone": "07700 900123"})
	if got := d.sam.holds("pairingContacts")[d.pairing]; got["phone"] != "07700 900123" || len(d.host.holds("pairingContacts")) > 0 {
		t.Errorf("the buddy has %v, and the host %v", got, d.host.holds("pairingContacts"))
	}
	d.rosa.doesWell("pairings.contact", map[string]any{"id": d.pairing, "phone": ""})
	if len(d.sam.holds("pairingContacts")) > 0 {
		t.Error("a number that was taken back is still there")
	}
}

// Ensure that whatever ends a pairing, its row and number leave both, its calls are
// nobody's, and everybody whom it concerns is told in the same words.
func TestBuddies_AnEndIsAnEndWhoeverMakesIt(t *testing.T) {
	ends := map[string]struct {
		do     func(d *doorstep)
		by     func(d *doorstep) *phone
		status string
	}{
		"the newcomer says no thanks": {func(d *doorstep) { d.rosa.doesWell("pairings.noThanks", map[string]any{"id": d.pairing}) }, func(d *doorstep) *phone { return d.rosa }, "noThanks"},
		"the buddy":                   {func(d *doorstep) { d.sam.doesWell("pairings.end", map[string]any{"id": d.pairing}) }, func(d *doorstep) *phone { return d.sam }, "ended"},
		"who runs it":                 {func(d *doorstep) { d.host.doesWell("pairings.end", map[string]any{"id": d.pairing}) }, func(d *doorstep) *phone { return d.host }, "ended"},
		"a block by the newcomer": {func(d *doorstep) {
			d.rosa.doesWell("safety.block", map[string]any{"id": newID(), "blocked": d.sam.member})
		}, func(d *doorstep) *phone { return d.rosa }, "ended"},
		"a block by the buddy": {func(d *doorstep) {
			d.sam.doesWell("safety.block", map[string]any{"id": newID(), "blocked": d.rosa.member})
		}, func(d *doorstep) *phone { return d.sam }, "ended"},
		"the newcomer leaves": {func(d *doorstep) { d.rosa.doesWell("people.leave", map[string]any{"why": "left"}) }, func(d *doorstep) *phone { return d.rosa }, "ended"},
	}
	for name, c := range ends {
		w := newTown(t)
		d := newDoorstep(w).pair()
		d.rosa.doesWell("pairings.contact", map[string]any{"id": d.pairing, "phone": "07700 900123"})
		due, done := d.missed(d.thursday), d.missed(d.nextOne)
		d.sam.doesWell("calls.done", map[string]any{"id": done, "outcome": "fine"})
		line := w.noticed(d.sam.member, "call.due", due)
		w.tellings()
		c.do(d)
		want := []string{}
		for _, to := range []string{"host/" + d.club, "member/" + d.sam.member, "member/" + d.rosa.member} {
			if by := c.by(d).member; to != "member/"+by {
				want = append(want, "pairing.over "+to+" "+d.club+" but "+by)
			}
		}
		w.tells(name, want...)
		if s := w.record("pairings", d.pairing).GetString("status"); s != c.status {
			t.Errorf("%s: it is %s", name, s)
		}
		if n := w.count("pairingContacts"); n != 0 {
			t.Errorf("%s: the number is still there", name)
		}
		if got := w.record("calls", due); got.GetString("state") != "void" || got.GetString("member") != "" || !w.isRead(line) {
			t.Errorf("%s: the call is %v", name, got.FieldsData())
		}
		if got := d.sam.sees(); fmt.Sprint(got) != "map[buddies:1]" {
			t.Errorf("%s: the buddy sees %v", name, got)
		}
		if name != "the newcomer leaves" && len(d.rosa.sees()) > 0 {
			t.Errorf("%s: the newcomer sees %v", name, d.rosa.sees())
		}
	}
}

// Ensure that a newcomer whose buddy goes isn't forgotten: the pairing stays open,
// without them, those who run the group are told, and another takes it on.
func TestBuddies_WhoseBuddyGoesWaitsForAnother(t *testing.T) {
	for name, goes := range map[string]func(d *doorstep){
		"ends their offer": func(d *doorstep) { d.sam.doesWell("buddies.end", map[string]any{"id": d.offer}) },
		"leaves":           func(d *doorstep) { d.sam.doesWell("people.leave", map[string]any{"why": "moved"}) },
		"is erased":        func(d *doorstep) { d.sam.doesWell("people.erase", map[string]any{}) },
	} {
		w := newTown(t)
		d := newDoorstep(w).pair()
		w.tellings()
		goes(d)
		p := w.record("pairings", d.pairing)
		if p.GetString("status") != "open" || p.GetString("buddy")+p.GetString("buddyMember")+p.GetString("buddyName") != "" {
			t.Errorf("who %s leaves %v", name, p.FieldsData())
		}
		but := " but " + d.sam.member
		if name == "is erased" { // of whom nothing is left here either
			but = ""
		}
		w.tells("who "+name, "pairing.over host/"+d.club+" "+d.club+but, "pairing.over member/"+d.rosa.member+" "+d.club+but)
		if len(d.rosa.sees()) > 0 || name == "ends their offer" && fmt.Sprint(d.sam.sees()) != "map[buddies:1]" {
			t.Errorf("who %s: %v", name, d.rosa.sees())
		}
		ada, offer := d.another()
		w.tellings()
		d.host.doesWell("pairings.swap", map[string]any{"id": d.pairing, "buddy": offer})
		w.tells("asking another", "pairing.asked member/"+ada.member+" "+d.pairing+" but "+d.host.member)
		ada.doesWell("pairings.accept", map[string]any{"id": d.pairing})
		if got := d.rosa.holds("pairings")[d.pairing]; got == nil {
			t.Error("the newcomer doesn't see the new buddy")
		}
	}
}

// Ensure that a swap takes a pairing from one and puts it to another, who hears of it.
func TestBuddies_ASwapIsAnEndForOneAndAQuestionForTheOther(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w).pair()
	d.rosa.doesWell("pairings.contact", map[string]any{"id": d.pairing, "phone": "07700 900123"})
	ada, offer := d.another()
	w.tellings()
	d.host.doesWell("pairings.swap", map[string]any{"id": d.pairing, "buddy": offer})
	w.tells("a swap", "pairing.over member/"+d.sam.member+" "+d.club+" but "+d.host.member, "pairing.asked member/"+ada.member+" "+d.pairing+" but "+d.host.member)
	if fmt.Sprint(d.sam.sees()) != "map[buddies:1]" || fmt.Sprint(ada.sees()) != "map[buddies:1 pairings:1]" || len(d.rosa.sees()) > 0 {
		t.Errorf("they see %v, %v and %v", d.sam.sees(), ada.sees(), d.rosa.sees())
	}
	ada.doesWell("pairings.decline", map[string]any{"id": d.pairing})
	w.tells("a no", "pairing.over host/"+d.club+" "+d.club+" but "+ada.member)
	d.host.doesWell("pairings.swap", map[string]any{"id": d.pairing, "buddy": d.offer})
	if code, _ := d.host.does("pairings.ask", map[string]any{"id": newID(), "listing": d.club, "visit": d.visit, "buddy": offer}); code != "pairing_open" {
		t.Errorf("a second one: %q", code)
	}
}

// Ensure that a buddy knows when to be at the door, and that nobody stands there in vain.
func TestBuddies_WhatTheBuddyKnowsFollowsTheVisit(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w).pair()
	w.tellings()
	changed := "pairing.changed member/" + d.sam.member + " " + d.pairing + " but " + d.rosa.member
	knows := func(occurrence, welcome string) {
		t.Helper()
		if row := d.sam.holds("pairings")[d.pairing]; row["occurrence"] != occurrence || row["welcome"] != welcome {
			t.Errorf("the buddy knows %v", row)
		}
	}
	d.rosa.doesWell("visits.cancel", map[string]any{"id": d.visit})
	w.tells("calling off", changed)
	knows("", "")
	later := d.rosa.comes(d.club, d.nextOne)
	w.tells("coming after all", changed, "visit.new host/"+d.club+" "+d.club+" but "+d.rosa.member)
	knows(d.nextOne, "door")
	walk := comeArgs(d.club)
	walk["occurrence"], walk["welcome"], walk["id"], walk["firstName"] = d.nextOne, "walk", later, "Rose"
	d.rosa.doesWell("visits.come", walk)
	w.tells("wanting to be walked with", changed)
	knows(d.nextOne, "walk")
	if row := d.sam.holds("pairings")[d.pairing]; row["newcomerName"] != "Rose" {
		t.Errorf("the buddy calls her %v", row["newcomerName"])
	}
	d.rosa.comes(w.weekly("Another club").Id, d.thursday)
	knows(d.nextOne, "walk")
}

// Ensure that a buddy who waits for somebody is told that the day is off, or another
// than it was, as whoever is coming is: and of no other day.
func TestBuddies_WhoWaitsIsToldThatItIsOff(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w).pair()
	boss := w.phone("coordinator")
	rule := func(change string) map[string]any {
		return map[string]any{"id": d.club, "set": map[string]any{"schedule": json.RawMessage(
			`[{"start":"2026-01-01T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH","changes":[` + change + `]}]`)}}
	}
	later := d.phone("resident")
	later.comes(d.club, d.nextOne)
	for _, c := range []struct{ name, change, template, day string }{
		{"another day off", `{"from":"` + d.nextOne + `","cancelled":true}`, "listing.off", d.nextOne},
		{"the day moved, and the other on again", `{"from":"` + d.thursday + `","start":"` + d.thursday[:10] + `T15:00"}`, "listing.changed", ""},
		{"the day off", `{"from":"` + d.thursday + `","cancelled":true}`, "listing.off", d.thursday},
	} {
		w.tellings()
		boss.doesWell("listings.edit", rule(c.change))
		want := []string{}
		for _, day := range []string{d.thursday, d.nextOne} {
			if c.day == "" || c.day == day {
				want = append(want, c.template+" coming/"+d.club+"/"+day+" "+d.club+" but "+boss.member)
			}
		}
		if c.day != d.nextOne {
			want = append(want, c.template+" member/"+d.sam.member+" "+d.club+" but "+boss.member)
		}
		w.tells(c.name, want...)
	}
	w.tellings()
	boss.doesWell("listings.edit", map[string]any{"id": d.club, "set": map[string]any{"status": "paused"}})
	w.tells("all days off", "listing.off coming/"+d.club+" "+d.club+" but "+boss.member, "listing.off member/"+d.sam.member+" "+d.club+" but "+boss.member)
}

// Ensure that those who run a group may not learn by asking who a newcomer is: every
// buddy whom they can't have is refused in the same words.
func TestBuddies_ARefusalNamesNobody(t *testing.T) {
	w := newTown(t)
	d := newDoorstep(w)
	self := newID()
	d.rosa.doesWell("buddies.offer", map[string]any{"id": self, "listing": d.club})
	d.host.doesWell("buddies.approve", map[string]any{"id": self})
	_, apart := d.another()
	d.rosa.doesWell("safety.block", map[string]any{"id": newID(), "blocked": w.record("buddies", apart).GetString("member")})
	_, gone := d.another()
	w.suspend(w.record("buddies", gone).GetString("member"))
	said := map[string]bool{}
	for _, offer := range []string{self, apart, gone, newID()} {
		_, a := d.host.does("pairings.ask", map[string]any{"id": newID(), "listing": d.club, "visit": d.visit, "buddy": offer})
		o := a.outcomes[len(a.outcomes)-1]
		said[o.Code+": "+o.Message] = true
	}
	if len(said) != 1 {
		t.Errorf("they are told apart: %v", said)
	}
}
