package hooks_test

import (
	"crypto/rand"
	"maps"
	"strings"
	"time"

	"kith/internal/codes"
)

// The oracle's cells of what is done in circles. A command without a word after it is
// done where whoever asks is who may: their own circle, or one in which they help. "Of
// the owner's" is done in the owner's circle (oraclecircles_test.go): the owner and the
// host keep it in order, the buddy and another resident help in it.

func init() {
	for _, cells := range []map[string]map[who]string{rotaCells(), askCells()} {
		for _, of := range cells {
			of[forgedResident] = of[resident] // a token is no better for being forged
		}
		maps.Copy(mayDo, cells)
	}
}

func rotaCells() map[string]map[who]string {
	cells := map[string]map[who]string{}
	own := func(names ...string) {
		for _, name := range names {
			cells[name] = but("", map[who]string{})
		}
	}
	own("circles.start", "circles.edit", "circles.close", "circles.share", "circles.unshare", "circles.join",
		"circleHelpers.admit", "circleHelpers.remove", "circleHelpers.prefer", "circleHelpers.block", "circleHelpers.clear", "circleHelpers.leave",
		"slots.add", "slots.edit", "slots.change", "slots.end", "homes.set",
		"turns.take", "turns.drop", "turns.standby", "turns.unstandby", "turns.every", "turns.endEvery", "turns.swap", "turns.assign", "turns.step", "swaps.yes", "swaps.no")
	// of is what those are told who keep it in order, those who help, and all others.
	of := func(keep, help, others string, names ...string) {
		for _, name := range names {
			cells[name+", of the owner's"] = but(others, map[who]string{owner: keep, host: keep, buddy: help, resident: help})
		}
	}
	of("", "not_allowed", "circle_unknown", "circles.edit", "circles.close", "circles.share", "circles.unshare", "slots.add")
	of("", "not_allowed", "slot_unknown", "slots.edit", "slots.change", "slots.end", "turns.assign")
	of("", "helper_unknown", "helper_unknown", "circleHelpers.admit", "circleHelpers.remove", "circleHelpers.prefer", "circleHelpers.block", "circleHelpers.clear")
	of("helper_unknown", "helper_unknown", "helper_unknown", "circleHelpers.leave")
	of("home_unknown", "home_unknown", "home_unknown", "homes.set")
	of("not_allowed", "", "slot_unknown", "turns.take", "turns.drop", "turns.standby", "turns.unstandby", "turns.every")
	cells["homes.set, of the owner's"] = but("home_unknown", map[who]string{owner: "", host: ""})
	cells["turns.endEvery, of the owner's"] = but("slot_unknown", map[who]string{owner: "", host: "", buddy: "", resident: "not_allowed"})
	cells["turns.swap, of the owner's"] = but("slot_unknown", map[who]string{owner: "not_allowed", host: "not_allowed", buddy: "", resident: "swap_over"})
	cells["turns.step, of the owner's"] = but("turn_unknown", map[who]string{buddy: ""})
	for _, name := range []string{"swaps.yes", "swaps.no"} {
		cells[name+", of the owner's"] = but("swap_over", map[who]string{resident: ""})
	}
	// Somebody of whom nobody vouches, where somebody must.
	for _, name := range []string{"turns.take", "turns.standby", "turns.every"} {
		cells[name+", without a word for them"] = but("safety_first", map[who]string{helper: ""}) // a DBS check of theirs was seen
	}
	cells["circleHelpers.admit, without a word for them"] = but("safety_first", map[who]string{})
	cells["turns.assign, without a word for them"] = but("safety_first", map[who]string{})
	cells["circles.join, with a link that has ended"] = but("link_unknown", map[who]string{})
	cells["circles.join, being blocked"] = but("link_unknown", map[who]string{})
	cells["circles.join, of a wrong code"] = but("link_unknown", map[who]string{})
	cells["invites.make, into their circle"] = but("", map[who]string{})
	cells["invites.make, into the owner's"] = but("not_allowed", map[who]string{owner: "", host: ""})
	return cells
}

// circleArgs are good arguments of those commands; nil: it is none of them.
func (s *stage) circleArgs(name string) map[string]any {
	command, kind, _ := strings.Cut(name, ", ")
	room, _, _ := strings.Cut(command, ".")
	switch {
	case command == "invites.make" && strings.HasPrefix(kind, "into"):
		return s.linkArgs(kind)
	case command == "circles.start":
		return map[string]any{"id": newID(), "name": "Thursdays", "personName": "Rosa", "words": "She likes trains", "requires": "known"}
	case command == "circles.join":
		return s.joinArgs(kind)
	case room == "circles" || room == "circleHelpers" || room == "homes" || command == "slots.add":
		return s.keepingArgs(command, kind)
	case room == "slots" || room == "turns" || room == "swaps":
		return s.turnArgs(command, kind)
	}
	return nil
}

// ring is a circle in which whoever asks is who may do most things.
type ring struct {
	*around
	me, other string // helpers
}

// ringOf is one of whoever asks: they organise it, or help in it; or the owner's, which is
// around them, or around somebody else for whom they organise it.
//
// NB! Nobody has more than ten around them, so few are.
func (s *stage) ringOf(command, kind string, helps bool) ring {
	if s.same == nil {
		return s.newRing(command, kind, helps)
	}
	if _, there := s.same[command+kind]; !there {
		s.same[command+kind] = s.newRing(command, kind, helps)
	}
	return s.same[command+kind]
}

func (s *stage) newRing(command, kind string, helps bool) ring {
	me, of := s.phones[s.asks].member, func(w who) string { return s.phones[w].member }
	theirs := command == "circles.edit" || command == "homes.set" || command == "slots.add" || command == "turns.assign"
	switch {
	case kind == "of the owner's" && theirs:
		s.exec("UPDATE circles SET status = 'closed' WHERE name = '" + command + "'")
		c := s.circleAround(of(owner), of(host))
		s.set("circles", c.id, map[string]any{"name": command})
		return ring{c, c.helper(of(buddy), "in"), c.helper(of(resident), "in")}
	case kind == "of the owner's":
		c := s.circleAround(s.somebody(), of(host))
		s.make("organisers", map[string]any{"circle": c.id, "member": of(owner), "firstName": "Rosa"})
		return ring{c, c.helper(of(buddy), "in"), c.helper(of(resident), "in")}
	case helps:
		c := s.circleAround(s.somebody(), "")
		return ring{c.wants(kind), c.helper(me, "in"), c.helper(s.somebody(), "in")}
	}
	c := s.circleAround(s.somebody(), me)
	return ring{c.wants(kind), c.helper(s.somebody(), "in"), c.helper(s.somebody(), "in")}
}

// wants has a circle want a DBS check, where nobody is to have one.
func (c *around) wants(kind string) *around {
	if kind == "without a word for them" {
		c.set("circles", c.id, map[string]any{"requires": "dbs"})
	}
	return c
}

// keepingArgs are of what keeps a circle in order.
func (s *stage) keepingArgs(command, kind string) map[string]any {
	if command == "circleHelpers.leave" {
		if kind == "of the owner's" { // another's place in it
			return map[string]any{"id": s.ringOf(command, kind, true).helper(s.somebody(), "in")}
		}
		return map[string]any{"id": s.ringOf(command, kind, true).me}
	}
	r := s.ringOf(command, kind, false)
	switch command {
	case "circles.edit":
		return map[string]any{"id": r.id, "name": "Fridays", "personName": "Rosa", "words": "", "requires": "known"}
	case "circles.close":
		return map[string]any{"id": r.id}
	case "circles.share", "circles.unshare":
		return map[string]any{"circle": r.id, "helper": r.me}
	case "circleHelpers.admit":
		return map[string]any{"id": r.helper(s.somebody(), "asked")}
	case "slots.add":
		return map[string]any{"id": newID(), "circle": r.id, "kind": "walk", "start": "home", "end": "the salon", "note": "", "schedule": eachThursday()}
	case "homes.set":
		return map[string]any{"circle": r.id, "address": "12 Kettle Road", "door": "1234", "ringName": "Joan", "ringPhone": "07700 900123"}
	}
	return map[string]any{"id": r.other} // circleHelpers.…
}

func eachThursday() []any {
	return []any{map[string]any{"start": "2026-01-01T12:00", "minutes": 60, "zone": "Europe/London", "rrule": "FREQ=WEEKLY;BYDAY=TH"}}
}

// turnArgs are of a rota and its turns.
func (s *stage) turnArgs(command, kind string) map[string]any {
	keeps := strings.HasPrefix(command, "slots.") || command == "turns.assign"
	r := s.ringOf(command, kind, !keeps)
	slot, day := r.slot(), nextThursday()
	at := map[string]any{"slot": slot, "occurrence": day}
	switch command {
	case "slots.edit":
		return map[string]any{"id": slot, "kind": "walk", "start": "home", "end": "the library", "note": "", "schedule": eachThursday()}
	case "slots.change":
		return map[string]any{"id": slot, "occurrence": day, "start": day[:10] + "T14:00", "minutes": 30}
	case "slots.end":
		return map[string]any{"id": slot}
	case "turns.every":
		return map[string]any{"slot": slot}
	case "turns.endEvery":
		r.every(slot, r.me)
		return map[string]any{"slot": slot}
	case "turns.drop":
		r.turn(slot, r.me)
	case "turns.standby":
		r.turn(slot, r.other)
	case "turns.swap":
		r.turn(slot, r.me)
		at["id"], at["helper"] = newID(), r.other
	case "turns.assign":
		at["helper"] = r.me
	case "turns.step":
		return s.stepArgs(r)
	case "swaps.yes", "swaps.no":
		return map[string]any{"id": s.swapOf(r, kind, slot)}
	}
	return at
}

// stepArgs are of a turn that is on just now.
func (s *stage) stepArgs(r ring) map[string]any {
	now := time.Now().UTC()
	day := now.Format("2006-01-02T15:04")
	slot := r.slot()
	s.set("slots", slot, map[string]any{"schedule": []any{map[string]any{"start": day, "minutes": 60, "zone": "Etc/UTC"}}})
	r.turnOn(slot, day, r.me)
	return map[string]any{"slot": slot, "occurrence": day, "step": "here"}
}

// swapOf asks whoever asks, or in the owner's circle the resident, to take a turn.
func (s *stage) swapOf(r ring, kind, slot string) string {
	from, to := r.other, r.me
	if kind == "of the owner's" {
		from, to = r.me, r.other
	}
	turn := r.turn(slot, from)
	return r.of("swaps", turn, map[string]any{
		"helper": to, "fromName": "Sam", "toName": "Ada", "status": "asked",
		"member": s.record("circleHelpers", to).GetString("member"), "from": s.record("circleHelpers", from).GetString("member"),
	})
}

func (s *stage) linkArgs(kind string) map[string]any {
	if kind == "into the owner's" {
		kind = "of the owner's"
	}
	args := s.argsOf("invites.make")
	args["circle"] = s.ringOf("invites.make", kind, false).id
	return args
}

// joinArgs are of a link into a circle of somebody else.
func (s *stage) joinArgs(kind string) map[string]any {
	me := s.phones[s.asks].member
	person := s.somebody()
	if kind == "being blocked" {
		person = s.blocking(me)
	}
	if kind == "of a wrong code" {
		return map[string]any{"id": newID(), "code": "AAAA-BBBB-CCCC-DDDD"}
	}
	code, ends := rand.Text()[:16], in(1)
	if kind == "with a link that has ended" {
		ends = in(-1)
	}
	by := s.somebody()
	s.make("invites", map[string]any{
		"role": "resident", "uses": 3, "usesLeft": 3, "codeHash": codes.Hash(code), "created": in(-1), "expires": ends, "by": by, "circle": s.circleAround(person, by).id,
	})
	return map[string]any{"id": newID(), "code": code}
}
