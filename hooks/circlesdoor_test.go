package hooks_test

import (
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"kith/hooks/circles"
	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/sync"
)

// Ensure that who comes by a circle's link is in it, or asks where more is needed than
// that somebody knows them; that an organiser lets them in only if they are as known as
// that; and that it is looked at again whenever they take a turn.
func TestCircles_WhoComesByALinkIsAsKnownAsTheCircleWants(t *testing.T) {
	for requires, vouch := range map[string]string{"known": "", "reference": "reference", "dbs": "dbs"} {
		r := newRound(t, 0)
		r.edna.doesWell("circles.edit", map[string]any{"id": r.id, "name": "Thursdays", "personName": "Edna", "words": "", "requires": requires})
		code, _ := r.edna.invites(map[string]any{"circle": r.id, "uses": 9, "days": 7})
		p, id := r.phone("resident"), newID()
		r.tellings()
		p.doesWell("circles.join", map[string]any{"id": id, "code": code})
		if requires != "known" {
			r.tells(requires+": asking", "circle.asked organise/"+r.id+" "+id+" but "+p.member)
			if got := len(p.holds("slots")); got != 0 {
				t.Errorf("%s: who asks holds %d slots", requires, got)
			}
			if got, _ := r.edna.does("circleHelpers.admit", map[string]any{"id": id}); got != "safety_first" {
				t.Errorf("%s: without a word for them they are let in: %q", requires, got)
			}
			v := r.make("vouches", map[string]any{"member": p.member, "kind": vouch, "seenOn": "2026-01-01", "by": r.edna.member})
			r.edna.doesWell("circleHelpers.admit", map[string]any{"id": id})
			r.tells(requires+": letting in", "circle.in member/"+p.member+" "+r.id+" but "+r.edna.member)
			p.doesWell("turns.take", r.of(0))
			must(t, r.app.Delete(v))
			if got, _ := p.does("turns.take", r.of(1)); got != "safety_first" {
				t.Errorf("%s: once the word for them is taken back they take a turn: %q", requires, got)
			}
			continue
		}
		p.doesWell("turns.take", r.of(0))
		again, a := p.does("circles.join", map[string]any{"id": newID(), "code": code})
		if again != "" || !strings.Contains(a.raw, `"merged"`) || r.count("circleHelpers") != 1 {
			t.Errorf("joining twice: %q %s", again, a.raw)
		}
	}
}

// Ensure that somebody new to Kith who joins by a circle's link is in it at once; that a
// link is worth what its maker may give; that none leads into a circle that is closed;
// and that who was taken off needs a new one.
func TestCircles_ALinkLeadsInAsLongAsItIsGood(t *testing.T) {
	r := newRound(t, 1)
	code, _ := r.edna.invites(map[string]any{"circle": r.id, "uses": 9, "days": 7})
	if rec := r.ask("POST", "/api/invite", "", map[string]any{"invite": code}); !strings.Contains(rec.Body.String(), `"circle":"`+r.id+`","circleName":"Edna's Thursdays"`) {
		t.Errorf("what a link is for: %s", rec.Body)
	}
	fresh := &phone{town: r.town, key: newKey(t), queue: random()}
	rec := fresh.join(code)
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	fresh.take(rec)
	var row string
	must(t, r.app.DB().NewQuery("SELECT id FROM circleHelpers WHERE member = {:member}").Bind(dbx.Params{"member": fresh.member}).Row(&row))
	if got := fresh.holds("circleHelpers")[row]; got["status"] != "in" || len(fresh.holds("slots")) != 1 {
		t.Errorf("somebody new holds %v", got)
	}
	fresh.doesWell("turns.take", r.of(0))
	if got, _ := r.helpers[0].does("invites.make", inviteTo(r.id)); got != "not_allowed" {
		t.Errorf("a helper makes a link: %q", got)
	}
	if got, _ := r.edna.does("invites.make", inviteTo(newID())); got != "not_allowed" {
		t.Errorf("a link into nothing: %q", got)
	}
	r.edna.doesWell("circleHelpers.remove", map[string]any{"id": row})
	join := func(code string) string {
		got, _ := fresh.does("circles.join", map[string]any{"id": newID(), "code": code})
		return got
	}
	if got := join(code); got != "link_unknown" {
		t.Errorf("who was taken off comes by the same link: %q", got)
	}
	nextStamp()
	newer, _ := r.edna.invites(map[string]any{"circle": r.id, "uses": 9, "days": 7})
	if got := join(newer); got != "" {
		t.Errorf("and not by a new one: %q", got)
	}
	r.edna.doesWell("circles.close", map[string]any{"id": r.id})
	if got, _ := r.phone("resident").does("circles.join", map[string]any{"id": newID(), "code": newer}); got != "link_unknown" {
		t.Errorf("into a circle that is closed: %q", got)
	}
	if rec := r.ask("POST", "/api/invite", "", map[string]any{"invite": newer}); rec.Code != 403 {
		t.Errorf("what it is for, then: %d", rec.Code)
	}
}

// Ensure that who isn't wanted in a circle sees of a good link what anybody sees of one
// that has ended, byte for byte, and so no name; and that others see what it is for.
func TestCircles_ALinkNamesNoCircleToWhoIsNotWanted(t *testing.T) {
	for how, part := range map[string]func(r *round){
		"blocked by the circle": func(r *round) { r.edna.doesWell("circleHelpers.block", map[string]any{"id": r.ids[0]}) },
		"blocked by the person": func(r *round) {
			r.edna.doesWell("safety.block", map[string]any{"id": newID(), "blocked": r.helpers[0].member})
		},
		"who blocked the person": func(r *round) {
			r.helpers[0].doesWell("safety.block", map[string]any{"id": newID(), "blocked": r.edna.member})
		},
		"taken off, with a link of before": func(r *round) { r.edna.doesWell("circleHelpers.remove", map[string]any{"id": r.ids[0]}) },
	} {
		r := newRound(t, 2)
		code, id := r.edna.invites(map[string]any{"circle": r.id, "uses": 9, "days": 7})
		asks := func(token string) string {
			rec := r.ask("POST", "/api/invite", token, map[string]any{"invite": code})
			rec.Header().Del("X-Request-Id")
			return fmt.Sprint(rec.Code, " ", rec.Header(), rec.Body)
		}
		if got := asks(r.helpers[0].token); !strings.Contains(got, "Edna's Thursdays") {
			t.Fatalf("%s: they see %s", how, got)
		}
		nextStamp()
		part(r)
		away := asks(r.helpers[0].token)
		for what, token := range map[string]string{"another member": r.phone("resident").token, "a helper": r.helpers[1].token, "nobody": ""} {
			if got := asks(token); !strings.Contains(got, "Edna's Thursdays") {
				t.Errorf("%s: %s sees %s", how, what, got)
			}
		}
		if got := asks("x" + r.helpers[0].token); strings.Contains(got, "Edna") {
			t.Errorf("%s: with a token that is none: %s", how, got)
		}
		r.edna.doesWell("invites.end", map[string]any{"id": id})
		if ended := asks(r.helpers[1].token); away != ended || asks(r.helpers[0].token) != ended || !strings.Contains(ended, "invite_expired") {
			t.Errorf("%s: they see\n%s\nand of one that has ended\n%s", how, away, ended)
		}
	}
}

func inviteTo(circle string) map[string]any {
	return map[string]any{"id": newID(), "codeHash": codeHashOf(newID()), "role": "resident", "uses": 1, "days": 1, "note": "", "circle": circle}
}

// Ensure that where somebody lives is for those who organise, and for the helper of a
// turn in its window; and that it is gone at once when the turn isn't theirs any more, is
// called off or is over, when the circle is closed, and when the helper is.
func TestCircles_WhereSomebodyLivesIsForWhoComes(t *testing.T) {
	for how, end := range map[string]func(r *round, soon map[string]any){
		"given back": func(r *round, soon map[string]any) { r.helpers[0].doesWell("turns.drop", soon) },
		"given to another": func(r *round, soon map[string]any) {
			r.edna.doesWell("turns.assign", map[string]any{"slot": soon["slot"], "occurrence": soon["occurrence"], "helper": r.ids[1]})
		},
		"called off": func(r *round, soon map[string]any) {
			r.edna.doesWell("slots.change", map[string]any{"id": soon["slot"], "occurrence": soon["occurrence"], "cancelled": true})
		},
		"moved": func(r *round, soon map[string]any) {
			r.edna.doesWell("slots.change", map[string]any{"id": soon["slot"], "occurrence": soon["occurrence"], "start": r.thursdays[3]})
		},
		"ended":  func(r *round, soon map[string]any) { r.edna.doesWell("slots.end", map[string]any{"id": soon["slot"]}) },
		"closed": func(r *round, _ map[string]any) { r.edna.doesWell("circles.close", map[string]any{"id": r.id}) },
		"left": func(r *round, _ map[string]any) {
			r.helpers[0].doesWell("circleHelpers.leave", map[string]any{"id": r.ids[0]})
		},
		"taken off": func(r *round, _ map[string]any) {
			r.edna.doesWell("circleHelpers.remove", map[string]any{"id": r.ids[0]})
		},
		"taken away": func(r *round, _ map[string]any) {
			r.lives("", "")
			r.edna.doesWell("homes.set", map[string]any{"circle": r.id, "address": "", "door": "", "ringName": "", "ringPhone": ""})
		},
		"erased": func(r *round, _ map[string]any) { r.exec1("DELETE FROM circles WHERE id = '" + r.id + "'") },
		"over":   func(r *round, _ map[string]any) { must(r.t, circles.Addresses(r.app, time.Now().Add(3*time.Hour))) },
		"suspended": func(r *round, _ map[string]any) {
			r.exec1("UPDATE members SET standing = 'suspended' WHERE id = '" + r.helpers[0].member + "'")
			must(r.t, circles.Addresses(r.app, time.Now()))
		},
	} {
		r := newRound(t, 2)
		slot, occurrence := r.soon()
		soon := map[string]any{"slot": slot, "occurrence": occurrence}
		r.helpers[0].doesWell("turns.take", soon)
		r.must(0, "turns.take", 0, nil)
		r.lives("5 CANARY Road", "C4NARY 5")
		for p, want := range map[*phone]string{r.helpers[0]: "5 CANARY Road", r.helpers[1]: "", r.edna: "", r.phone("coordinator"): ""} {
			got := ""
			for _, row := range p.holds("addresses") {
				got += fmt.Sprint(row["address"])
			}
			raw := p.exchange(map[string]any{"cursor": ""}).raw
			if got != want || strings.Contains(raw, "C4NARY") != (want != "" || p == r.edna) {
				t.Errorf("%s: %s holds %q", how, p.member, got)
			}
		}
		if strings.Contains(r.helpers[0].exported(), "C4NARY") || !strings.Contains(r.edna.exported(), "C4NARY") {
			t.Errorf("%s: what they take with them", how)
		}
		end(r, soon)
		if how != "given to another" && r.count("addresses") != 0 {
			t.Errorf("%s: there is an address", how)
		}
		if how == "suspended" {
			continue
		}
		if raw := r.helpers[0].exchange(map[string]any{"cursor": ""}).raw; strings.Contains(raw, "C4NARY") {
			t.Errorf("%s: they are told it still", how)
		}
	}
}

// Ensure that a helper who is late for a short turn, or brings somebody home late, has the
// address half an hour after its end, and no longer; and not once what they came for is
// on no more.
func TestCircles_WhoIsLateStandsAtTheDoorWithTheAddress(t *testing.T) {
	r := newRound(t, 1)
	slot, occurrence := r.soon()
	r.helpers[0].doesWell("turns.take", map[string]any{"slot": slot, "occurrence": occurrence})
	london, _ := calendar.Zone("Europe/London")
	at, err := time.Parse(calendar.Local, occurrence)
	must(t, err)
	end := calendar.Place(at, london).Add(time.Hour)
	if got := r.ask1("SELECT until FROM addresses"); got != sync.Stamp(end.Add(limits.AddressGrace)) || limits.AddressGrace != 30*time.Minute {
		t.Errorf("it ends at %v, and they have the address until %s", end, got)
	}
	for _, late := range []time.Duration{29 * time.Minute, 30 * time.Minute} {
		want := 1 - int(late/(30*time.Minute))
		must(t, circles.Addresses(r.app, end.Add(late)))
		if got := r.count("addresses"); got != want {
			t.Errorf("%v after its end there are %d addresses", late, got)
		}
	}
	r.helpers[0].doesWell("turns.drop", map[string]any{"slot": slot, "occurrence": occurrence})
	short, began := newID(), time.Now().Add(-25*time.Minute).UTC().Format(calendar.Local) // London may have that hour twice
	r.edna.doesWell("slots.add", map[string]any{
		"id": short, "circle": r.id, "kind": "pharmacy", "start": "home", "end": "home", "note": "",
		"schedule": []any{map[string]any{"start": began, "minutes": 15, "zone": "Etc/UTC"}},
	})
	r.exec1("INSERT INTO turns (id, circle, slot, occurrence, helper, helperName, member, status, person) VALUES ('" + derivedID("turn", short, began) + "', '" +
		r.id + "', '" + short + "', '" + began + "', '" + r.ids[0] + "', 'Sam', '" + r.helpers[0].member + "', 'taken', '" + r.edna.member + "')")
	must(t, circles.Addresses(r.app, time.Now()))
	if len(r.helpers[0].holds("addresses")) != 1 {
		t.Fatal("ten minutes after its end they don't have it")
	}
	r.edna.doesWell("slots.end", map[string]any{"id": short})
	if r.count("addresses") != 0 {
		t.Error("it is on no more, and somebody has the address")
	}
}

// Ensure that on the day its helper, and nobody else, says how it stands; that those who
// organise are told what they wait for and nothing more, once; and that it can be taken
// back.
func TestCircles_OnTheDayItsHelperSaysHowItStands(t *testing.T) {
	r := newRound(t, 2)
	slot, occurrence := r.soon()
	step := func(what string) map[string]any {
		return map[string]any{"slot": slot, "occurrence": occurrence, "step": what}
	}
	p := r.helpers[0]
	p.doesWell("turns.take", step(""))
	if got, _ := r.helpers[1].does("turns.step", step("here")); got != "turn_unknown" {
		t.Errorf("another says it: %q", got)
	}
	p.doesWell("turns.take", r.of(0))
	if got, _ := p.does("turns.step", map[string]any{"slot": r.slot, "occurrence": r.thursdays[0], "step": "here"}); got != "step_early" {
		t.Errorf("days before: %q", got)
	}
	r.tellings()
	turn := derivedID("turn", slot, occurrence)
	for _, c := range []struct {
		step string
		told []string
	}{
		{"onWay", nil}, {"noAnswer", []string{"turn.noAnswer"}}, {"noAnswer", []string{"turn.noAnswer"}}, {"here", nil}, {"home", []string{"turn.home"}}, {"", nil},
	} {
		p.doesWell("turns.step", step(c.step))
		var want []string
		for _, template := range c.told {
			want = append(want, template+" organise/"+r.id+" "+turn+" but "+p.member)
		}
		if c.step == "noAnswer" && r.count("tellings") == 1 { // it stays until something else is said
			continue
		}
		r.tells("saying "+c.step, want...)
		for who, sees := range map[*phone]int{p: 1, r.edna: 1, r.helpers[1]: 0} {
			if c.step == "" {
				sees = 0
			}
			if got := len(who.holds("turnSteps")); got != sees {
				t.Errorf("%q: %s holds %d", c.step, who.member, got)
			}
		}
	}
}

// Ensure that a phone which listens hears that an address ends earlier than it was told:
// by a frame alone it would go on counting to the end of before.
func TestCircles_AnEarlierEndIsHeardByAnOpenConnection(t *testing.T) {
	r := newRound(t, 1)
	url, p := r.serve(), r.helpers[0]
	slot, occurrence := r.soon()
	p.doesWell("turns.take", map[string]any{"slot": slot, "occurrence": occurrence})
	p.sync()
	lines := p.live(url, p.cursor)
	until(t, lines, `{"leases"`)
	r.edna.doesWell("slots.change", map[string]any{"id": slot, "occurrence": occurrence, "minutes": 20})
	for _, line := range until(t, lines, `{"poke"`) {
		if strings.Contains(line, "C4NARY") {
			t.Errorf("a frame tells it: %s", line)
		}
	}
	var left int
	if m := regexp.MustCompile(`"address/[a-z0-9]+":(\d+)`).FindStringSubmatch(p.sync().raw); m != nil {
		left, _ = strconv.Atoi(m[1])
	}
	if left == 0 || left > 110*60 {
		t.Errorf("%d seconds are left of it", left)
	}
}

// nextStamp waits for the clock to say something else than now: a link that was made in
// the millisecond in which somebody was taken off is one of before.
func nextStamp() {
	for now := sync.Stamp(time.Now()); sync.Stamp(time.Now()) == now; {
		runtime.Gosched()
	}
}
