package hooks_test

import (
	"maps"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// The oracle's cells of circles. The owner is the person of one, who is helped; another
// resident acts for them; the host organises it. In it the buddy helps, whose turn it is,
// and another resident, whose turn it isn't. The ex-buddy was taken off it, and whom the
// owner has blocked is off it, too. The activator organises another's circle, in which
// the listener helps.

// rotaCollections are what all of a circle see.
var rotaCollections = []string{"slots", "turns", "everies"}

func init() {
	person, keep, in := []who{owner, helper}, []who{owner, host}, []who{buddy, resident}
	both := func(lists ...[]who) (out []who) {
		for _, l := range lists {
			out = append(out, l...)
		}
		return out
	}
	everybodyIn := both(person, []who{host}, in)
	mayHold["members"]["in another's circle"] = []who{coordinator}
	mayHold["circles"] = map[string][]who{"the owner's": everybodyIn, "the owner's, closed": person, "another's": {activator, listener}}
	mayHold["organisers"] = map[string][]who{"of the owner's": keep, "of another's": {activator}}
	mayHold["circleHelpers"] = map[string][]who{
		"the buddy": both(keep, []who{buddy}), "the resident": both(keep, []who{resident}), "asked, of the shopkeeper": both(keep, []who{shopkeeper}),
		"the ex-buddy, over": both(keep, []who{exBuddy}), "the blocked, over": both(keep, []who{blocked}), "at another circle": {listener, activator},
	}
	mayHold["circleWishes"] = map[string][]who{
		"rather the buddy": keep, "not the blocked": keep, "at another circle": {activator},
	}
	for _, collection := range rotaCollections {
		mayHold[collection] = map[string][]who{"the buddy's": everybodyIn, "at another circle": {activator, listener}}
	}
	mayHold["turns"]["the ex-buddy's, over"] = everybodyIn
	mayHold["standbys"] = map[string][]who{"the resident": both(keep, []who{resident}), "at another circle": {activator, listener}}
	mayHold["swaps"] = map[string][]who{"the buddy asks the resident": both(keep, in), "at another circle": {activator, listener}}
	mayHold["turnSteps"] = map[string][]who{"the buddy's": both(person, []who{host, buddy}), "at another circle": {activator, listener}}
	mayHold["homes"] = map[string][]who{"the owner's": keep, "another's": {activator}}
	mayHold["addresses"] = map[string][]who{"for the buddy's turn": {buddy}, "for the ex-buddy's, past": nobody, "at another circle": {listener}}
	maps.Copy(columnsOf, map[string][]string{
		"circles":       {"id", "name", "personName", "words", "requires", "status"},
		"organisers":    {"id", "circle", "firstName"},
		"circleHelpers": {"id", "circle", "firstName", "status", "safety"},
		"circleWishes":  {"id", "circle", "helper", "wish"},
		"slots":         {"id", "circle", "kind", "start", "end", "schedule", "note", "status"},
		"turns":         {"id", "circle", "slot", "occurrence", "helper", "helperName", "every", "status"},
		"everies":       {"id", "circle", "slot", "helper", "helperName", "since"},
		"standbys":      {"id", "turn", "circle", "slot", "occurrence", "helper", "firstName"},
		"swaps":         {"id", "turn", "circle", "slot", "occurrence", "helper", "fromName", "toName", "status"},
		"turnSteps":     {"id", "turn", "circle", "slot", "occurrence", "step", "at"},
		"homes":         {"id", "address", "door", "ringName", "ringPhone"},
		"addresses":     {"id", "turn", "circle", "slot", "occurrence", "address", "door", "ringName", "ringPhone", "until"},
	})
	maps.Copy(touch, map[string]string{
		"circles": "words", "organisers": "firstName", "circleHelpers": "firstName", "slots": "note", "turns": "helperName", "everies": "helperName",
		"standbys": "firstName", "swaps": "toName", "homes": "door", "addresses": "door",
	})
}

// around is a circle around somebody.
type around struct {
	*stage
	id, person string
}

// circleAround is a new circle, with an organiser beside the person; "": none.
func (s *stage) circleAround(person, organiser string) *around {
	c := &around{stage: s, person: person}
	c.id = s.make("circles", map[string]any{
		"name": "Rosa's Thursdays", "personName": "Rosa", "words": "She likes to talk of trains", "requires": "known", "status": "open",
		"person": person, "agreedHow": "self", "agreedBy": person, "agreedOn": "2026-01-08",
	}).Id
	if organiser != "" {
		s.make("organisers", map[string]any{"circle": c.id, "member": organiser, "firstName": "Pearl"})
	}
	return c
}

// helper is a member who helps, or did.
func (c *around) helper(member, status string) string {
	return c.make("circleHelpers", map[string]any{"circle": c.id, "member": member, "firstName": "Sam", "status": status, "safety": "known"}).Id
}

func (c *around) slot() string {
	return c.make("slots", map[string]any{
		"circle": c.id, "person": c.person, "kind": "walk", "start": "home", "end": "the salon", "note": "She takes her stick", "status": "on",
		"schedule": `[{"start":"2026-01-01T12:00","minutes":60,"zone":"Europe/London","rrule":"FREQ=WEEKLY;BYDAY=TH"}]`,
	}).Id
}

// turn is the next occurrence of a slot, which is a helper's.
func (c *around) turn(slot, helper string) string { return c.turnOn(slot, nextThursday(), helper) }

func (c *around) turnOn(slot, occurrence, helper string) string {
	return c.make("turns", map[string]any{
		"id": sync.DerivedID("turn", slot, occurrence), "circle": c.id, "slot": slot, "person": c.person, "occurrence": occurrence, "status": "taken",
		"helper": helper, "helperName": "Sam", "member": c.record("circleHelpers", helper).GetString("member"),
	}).Id
}

// every has a helper take each of a slot.
func (c *around) every(slot, helper string) string {
	return c.make("everies", map[string]any{
		"id": sync.DerivedID("every", slot), "circle": c.id, "slot": slot, "person": c.person, "helper": helper, "helperName": "Sam", "since": "2026-01-08",
		"member": c.record("circleHelpers", helper).GetString("member"),
	}).Id
}

// of is a row about a turn, of one of the collections that have such.
func (c *around) of(collection, turn string, set map[string]any) string {
	t := c.record("turns", turn)
	for _, column := range []string{"circle", "slot", "occurrence"} {
		set[column] = t.GetString(column)
	}
	set["turn"] = turn
	return c.make(collection, set).Id
}

// circles furnishes both, with a canary in every column that nobody may read.
func (s *stage) circles() {
	of := func(w who) string { return s.phones[w].member }
	name := func(collection, row, id string) string { s.name(collection, row, s.record(collection, id)); return id }
	c := s.circleAround(of(owner), of(host))
	name("circles", "the owner's", c.id)
	s.set("circles", c.id, map[string]any{"agreedOn": canary[:10], "agreedBy": canary[:15]})
	closed := s.circleAround(of(owner), "")
	name("circles", "the owner's, closed", closed.id)
	s.set("circles", closed.id, map[string]any{"status": "closed"})
	for row, h := range map[string]struct {
		of     who
		status string
	}{
		"the buddy": {buddy, "in"}, "the resident": {resident, "in"}, "asked, of the shopkeeper": {shopkeeper, "asked"},
		"the ex-buddy, over": {exBuddy, "over"}, "the blocked, over": {blocked, "over"},
	} {
		name("circleHelpers", row, c.helper(of(h.of), h.status))
		s.set("circleHelpers", s.ids["circleHelpers"][row], map[string]any{"by": canary[:15], "at": canary})
	}
	sam, other := s.ids["circleHelpers"]["the buddy"], s.ids["circleHelpers"]["the resident"]
	for row, w := range map[string][2]string{"rather the buddy": {"the buddy", "preferred"}, "not the blocked": {"the blocked, over", "blocked"}} {
		h := s.ids["circleHelpers"][w[0]]
		name("circleWishes", row, s.make("circleWishes", map[string]any{"id": sync.DerivedID("wish", c.id, h), "circle": c.id, "person": c.person, "helper": h, "wish": w[1]}).Id)
	}
	slot := name("slots", "the buddy's", c.slot())
	turn := name("turns", "the buddy's", c.turn(slot, sam))
	name("everies", "the buddy's", c.every(slot, sam))
	past := name("turns", "the ex-buddy's, over", c.turnOn(slot, "2026-01-08T12:00", s.ids["circleHelpers"]["the ex-buddy, over"]))
	name("standbys", "the resident", c.of("standbys", turn, map[string]any{"helper": other, "firstName": "Ada", "member": of(resident), "at": canary}))
	name("swaps", "the buddy asks the resident", c.of("swaps", turn, map[string]any{"helper": other, "fromName": "Sam", "toName": "Ada", "status": "asked", "member": of(resident), "from": of(buddy)}))
	name("turnSteps", "the buddy's", c.of("turnSteps", turn, map[string]any{"step": "onWay", "at": in(0), "member": of(buddy), "person": c.person}))
	home := map[string]any{"address": "12 Kettlecanary Road", "door": "1234", "ringName": "Joan", "ringPhone": "07700 900123"}
	with := func(more map[string]any) map[string]any { maps.Copy(more, home); return more }
	name("homes", "the owner's", s.make("homes", with(map[string]any{"id": c.id, "person": c.person})).Id)
	name("addresses", "for the buddy's turn", c.of("addresses", turn, with(map[string]any{"until": in(1), "member": of(buddy)})))
	name("addresses", "for the ex-buddy's, past", c.of("addresses", past, with(map[string]any{"until": in(-1), "member": of(exBuddy)})))
	s.anotherCircle(with)
	s.name("organisers", "of the owner's", s.organiserOf(c.id))
}

// anotherCircle is around somebody without a phone.
func (s *stage) anotherCircle(with func(map[string]any) map[string]any) {
	of := func(w who) string { return s.phones[w].member }
	c := s.circleAround(s.name("members", "in another's circle", s.record("members", s.somebody())).Id, of(activator))
	const row = "at another circle"
	name := func(collection, id string) string { s.name(collection, row, s.record(collection, id)); return id }
	s.name("circles", "another's", s.record("circles", c.id))
	s.name("organisers", "of another's", s.organiserOf(c.id))
	h := name("circleHelpers", c.helper(of(listener), "in"))
	name("circleWishes", s.make("circleWishes", map[string]any{"circle": c.id, "person": c.person, "helper": h, "wish": "preferred"}).Id)
	slot := name("slots", c.slot())
	turn := name("turns", c.turn(slot, h))
	name("everies", c.every(slot, h))
	name("standbys", c.of("standbys", turn, map[string]any{"helper": h, "firstName": "Ada", "member": of(listener)}))
	name("swaps", c.of("swaps", turn, map[string]any{"helper": h, "fromName": "Sam", "toName": "Ada", "status": "no", "member": of(listener), "from": of(listener)}))
	name("turnSteps", c.of("turnSteps", turn, map[string]any{"step": "here", "at": in(0), "member": of(listener), "person": c.person}))
	s.name("homes", "another's", s.make("homes", with(map[string]any{"id": c.id, "person": c.person})))
	name("addresses", c.of("addresses", turn, with(map[string]any{"until": in(1), "member": of(listener)})))
}

func (s *stage) organiserOf(circle string) *core.Record {
	s.t.Helper()
	o, err := s.app.FindFirstRecordByData("organisers", "circle", circle)
	must(s.t, err)
	return o
}
