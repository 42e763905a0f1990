package hooks_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"kith/hooks"
	"kith/internal/notice"
)

// Ensure that hosts are told that somebody means to come, of the listing and of nothing
// else: not of who it is, once for each who comes, and no longer than somebody does.
func TestTelling_HostsAreToldThatSomebodyComesAndNotWho(t *testing.T) {
	w := newTown(t)
	rosa, other, club := w.phone("resident"), w.phone("resident"), w.weekly("Lunch club").Id
	w.make("hosts", map[string]any{"listing": club, "member": other.member})
	w.tellings()
	id := rosa.comes(club, nextThursday())
	var raw string
	must(t, w.app.DB().NewQuery("SELECT id || whom || template || ref || at FROM tellings").Row(&raw))
	if strings.Contains(raw, rosa.member) || strings.Contains(raw, id) || strings.Contains(raw, "Rosa") {
		t.Errorf("what hosts are told from says who comes: %s", raw)
	}
	w.tells("somebody who comes", "visit.new host/"+club+" "+club+" but "+rosa.member)
	rosa.comes(club, nextThursday()) // again, with another word
	w.tells("somebody who changes what they said")
	second := other.comes(club, nextThursday())
	w.tells("a host who comes themselves", "visit.new host/"+club+" "+club+" but "+other.member)
	line := w.noticed(other.member, "visit.new", club)
	rosa.doesWell("visits.cancel", map[string]any{"id": id})
	if w.isRead(line) {
		t.Error("somebody else is still coming")
	}
	other.doesWell("visits.cancel", map[string]any{"id": second})
	if !w.isRead(line) {
		t.Error("nobody is coming any more, and the line says that somebody is")
	}
	w.tells("who calls off")
	rosa.comes(club, nextThursday())
	w.tells("who comes after all", "visit.new host/"+club+" "+club+" but "+rosa.member)
}

// Ensure that those who are coming are told what they must know before they set out, each
// of their own day, and of nothing else.
func TestTelling_WhoComesIsToldWhatTheyMustKnow(t *testing.T) {
	w := newTown(t)
	rosa, boss := w.phone("resident"), w.phone("coordinator")
	first := nextThursday()
	at, err := time.Parse("2006-01-02T15:04", first)
	must(t, err)
	second := at.AddDate(0, 0, 7).Format("2006-01-02T15:04")
	hall := w.make("places", map[string]any{"name": "Hall"}).Id
	rule := func(more string) string {
		return `[{"start":"2026-01-01T12:00","minutes":120,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH"` + more + `}]`
	}
	for name, c := range map[string]struct {
		set  map[string]any
		want []string // with LISTING for its id
	}{
		"a word of its page":  {set: map[string]any{"summary": "Soup, and company"}},
		"the same once more":  {set: map[string]any{"room": "", "schedule": json.RawMessage(rule(""))}},
		"another room":        {map[string]any{"room": "Upstairs"}, []string{"listing.changed coming/LISTING/" + first, "listing.changed coming/LISTING/" + second}},
		"another place":       {map[string]any{"place": hall}, []string{"listing.changed coming/LISTING/" + first, "listing.changed coming/LISTING/" + second}},
		"a day off":           {map[string]any{"schedule": json.RawMessage(rule(`,"changes":[{"from":"` + first + `","cancelled":true}]`))}, []string{"listing.off coming/LISTING/" + first}},
		"a day later":         {map[string]any{"schedule": json.RawMessage(rule(`,"changes":[{"from":"` + second + `","start":"` + second[:10] + `T15:00"}]`))}, []string{"listing.changed coming/LISTING/" + second}},
		"another hour":        {map[string]any{"schedule": json.RawMessage(strings.Replace(rule(""), "T12:00", "T13:00", 1))}, []string{"listing.changed coming/LISTING/" + first, "listing.changed coming/LISTING/" + second}},
		"no more":             {map[string]any{"schedule": json.RawMessage(`[{"start":"2026-01-01T12:00","minutes":120,"zone":"Europe/London"}]`)}, []string{"listing.off coming/LISTING/" + first, "listing.off coming/LISTING/" + second}},
		"paused":              {map[string]any{"status": "paused"}, []string{"listing.off coming/LISTING"}},
		"paused, and further": {map[string]any{"status": "paused", "room": "Upstairs"}, []string{"listing.off coming/LISTING"}},
	} {
		club := w.weekly("Lunch club").Id
		for _, day := range []string{first, second} {
			rosa.comes(club, day)
		}
		w.tellings()
		boss.doesWell("listings.edit", map[string]any{"id": club, "set": c.set})
		want := []string{}
		for _, line := range c.want {
			want = append(want, strings.ReplaceAll(line, "LISTING", club)+" "+club+" but "+boss.member)
		}
		w.tells(name, want...)
	}
}

// Ensure that what is on again is told of, and that nobody reads that it is off then; and
// that nobody is told of a listing to which nobody comes, or that isn't there yet.
func TestTelling_WhatIsOnAgainIsNotOff(t *testing.T) {
	w := newTown(t)
	rosa, boss, club := w.phone("resident"), w.phone("coordinator"), w.weekly("Lunch club").Id
	boss.doesWell("listings.edit", map[string]any{"id": club, "set": map[string]any{"room": "Upstairs"}})
	w.tells("a room to which nobody comes")
	rosa.comes(club, nextThursday())
	off := w.noticed(rosa.member, "listing.off", club)
	w.set("listings", club, map[string]any{"status": "paused"})
	w.tellings()
	boss.doesWell("listings.edit", map[string]any{"id": club, "set": map[string]any{"room": "Cellar"}})
	w.tells("a room of what is off")
	boss.doesWell("listings.edit", map[string]any{"id": club, "set": map[string]any{"status": "active"}})
	w.tells("on again", "listing.changed coming/"+club+" "+club+" but "+boss.member)
	if !w.isRead(off) {
		t.Error("somebody still reads that it is off")
	}
}

// Ensure that who is given a role is told, and who had it taken before they read that
// isn't led to believe that they have it.
func TestTelling_OfARole(t *testing.T) {
	w := newTown(t)
	rosa, boss, id := w.phone("resident"), w.phone("coordinator"), newID()
	w.tellings()
	give := map[string]any{"id": id, "member": rosa.member, "role": "listener", "shop": ""}
	boss.doesWell("roles.give", give)
	w.tells("a role", "role.given member/"+rosa.member+" "+id+" but "+boss.member)
	give["id"] = newID()
	boss.doesWell("roles.give", give)
	w.tells("the same role again")
	line := w.noticed(rosa.member, "role.given", id)
	boss.doesWell("roles.take", map[string]any{"id": id})
	if w.tells("taking it"); !w.isRead(line) {
		t.Error("they still read that they have it")
	}
}

// Ensure that both are told when one begins to act for another and when that ends, but
// who did it; and that an end by a block is told of as any other end is.
func TestTelling_OfActingForAnother(t *testing.T) {
	w := newTown(t)
	rosa, ade, boss := w.phone("resident"), w.phone("resident"), w.phone("coordinator")
	began := func() string { w.tellings(); return ade.helps(rosa, "visits") }
	id := began()
	w.tells("accepting", "acting.began member/"+rosa.member+" "+id+" but "+ade.member)
	line := w.noticed(ade.member, "acting.began", id)
	rosa.doesWell("acting.end", map[string]any{"id": id})
	if w.tells("ending", "acting.ended member/"+ade.member+" "+id+" but "+rosa.member); !w.isRead(line) {
		t.Error("they still read that it began")
	}
	id = began()
	w.tellings()
	rosa.doesWell("safety.block", map[string]any{"id": newID(), "blocked": ade.member})
	w.tells("a block", "acting.ended member/"+ade.member+" "+id+" but "+rosa.member)
	rosa.doesWell("safety.unblock", map[string]any{"id": w.theOnly("blocks")})
	id = began()
	w.tellings()
	boss.doesWell("acting.end", map[string]any{"id": id})
	w.tells("a coordinator who ends it", "acting.ended member/"+ade.member+" "+id+" but "+boss.member, "acting.ended member/"+rosa.member+" "+id+" but "+boss.member)
}

// Ensure that of somebody without a phone the helper alone is told, and once; and that
// who is replaced by a new agreement of the same two isn't told of an end.
func TestTelling_OfActingForSomebodyWithoutAPhone(t *testing.T) {
	w := newTown(t)
	ada, boss := w.phone("activator"), w.phone("coordinator")
	edna := w.make("members", map[string]any{"firstName": "Edna", "standing": "active", "noPhone": true}).Id
	record := func() string {
		id := newID()
		w.tellings()
		boss.doesWell("acting.record", map[string]any{"id": id, "member": edna, "helper": ada.member, "how": "phone", "witness": "", "scopes": []string{"visits"}, "until": in(30)})
		w.tells("an agreement of somebody without a phone", "acting.began member/"+ada.member+" "+id+" but "+boss.member)
		return id
	}
	record()
	id := record()
	ended, err := hooks.Acting().Expire(w.app, time.Now().AddDate(0, 0, 31))
	must(t, err)
	if ended != 1 {
		t.Fatalf("%d ended", ended)
	}
	w.tells("the last day", "acting.ended member/"+ada.member+" "+id)
}

// Ensure that coordinators are told of what somebody tells them, until one has looked;
// that whoever told it is told what came of it; and that nobody is of what came without
// an account.
func TestTelling_OfReports(t *testing.T) {
	w := newTown(t)
	rosa, boss, other := w.phone("resident"), w.phone("coordinator"), w.phone("coordinator")
	make := func(by *phone) string {
		id := newID()
		w.tellings()
		by.doesWell("reports.make", map[string]any{"id": id, "about": "", "kind": "safety", "text": "Kettlecanary", "contact": ""})
		w.tells("a report", "report.new coordinators "+id+" but "+by.member)
		return id
	}
	id := make(rosa)
	line := w.noticed(other.member, "report.new", id)
	boss.doesWell("reports.acknowledge", map[string]any{"id": id})
	if w.tells("having read it"); !w.isRead(line) {
		t.Error("the other still has to look")
	}
	boss.doesWell("reports.close", map[string]any{"id": id, "outcome": "Spoke with them."})
	w.tells("closing", "report.closed member/"+rosa.member+" "+id+" but "+boss.member)
	own := make(boss)
	boss.doesWell("reports.close", map[string]any{"id": own, "outcome": "Done."})
	w.tells("closing one's own")

	rec := w.ask("POST", "/api/complaints", "", map[string]any{"text": "Kettlecanary", "contact": ""})
	var a struct{ ID string }
	must(t, json.Unmarshal(rec.Body.Bytes(), &a))
	w.tells("a complaint", "complaint.new coordinators "+a.ID)
	boss.doesWell("reports.close", map[string]any{"id": a.ID, "outcome": "Done."})
	w.tells("closing what came without an account")
}

// Ensure that the surgery is told of a note, by the hour and by no note in particular,
// until its tray is empty.
func TestTelling_OfANoteToTheSurgery(t *testing.T) {
	w := newTownWithKeys(t)
	grace := w.phone("resident").with("surgery")
	w.tellings()
	note := w.noteAbout("Joan Ames", "")
	for range 2 {
		if rec := w.ask("POST", "/api/notes", "", note); rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	hour := time.Now().UTC().Truncate(time.Hour)
	if times := w.tellingTimes(t); len(times) != 1 || times[0] != hour.Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("it says when: %v", times)
	}
	w.tells("a note, sent twice", "note.new surgery")
	w.ask("POST", "/api/notes", "", w.noteAbout("Ada Byrne", ""))
	w.tells("another", "note.new surgery")
	line := w.noticed(grace.member, "note.new", "")
	var ids []string
	must(t, w.app.DB().NewQuery("SELECT id FROM surgeryNotes ORDER BY id").Column(&ids))
	grace.doesWell("surgery.done", map[string]any{"id": ids[0]})
	if w.isRead(line) {
		t.Error("there is another note")
	}
	grace.doesWell("surgery.done", map[string]any{"id": ids[1]})
	if !w.isRead(line) {
		t.Error("the tray is empty")
	}
}

// Ensure that docs/permissions.md and docs/protocol.md name each thing that people are
// told, and nothing else.
func TestTelling_ThePagesNameEveryTemplate(t *testing.T) {
	permissions, err := os.ReadFile("../docs/permissions.md")
	must(t, err)
	_, told, _ := strings.Cut(string(permissions), "## Who is told")
	for page, text := range map[string]string{"docs/permissions.md": told, "docs/protocol.md": section(t, "14")} {
		names := regexp.MustCompile("`([a-z]+\\.[a-zA-Z]+)`").FindAllStringSubmatch(text, -1)
		documented := []string{"trial"} // to oneself
		for _, n := range names {
			if n[1] != "concerns.take" {
				documented = append(documented, n[1])
			}
		}
		same(t, page, documented, notice.Names())
	}
}
