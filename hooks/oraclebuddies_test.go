package hooks_test

import (
	"maps"
	"strings"
)

// The oracle's cells of looking out for newcomers. The buddy looks out for the owner at
// the club; before them it was the ex-buddy, and before that somebody whom the owner has
// blocked since. The activator who doesn't host the club runs another group.

func init() {
	mayHold["hosts"]["activator of the gone"] = []who{activator}
	mayHold["buddies"] = map[string][]who{
		"of the buddy": {buddy, host}, "offered by a resident": {resident, host}, "over, of the ex-buddy": {exBuddy},
		"declined, of the blocked": {blocked}, "at another group": {listener, activator},
	}
	mayHold["pairings"] = map[string][]who{
		"owner and buddy": {owner, helper, buddy, host}, "asked of the buddy": {buddy, host},
		"over, of the ex-buddy": {host}, "over, of the blocked": {host}, "without a buddy": {host}, "at another group": {listener, activator},
	}
	mayHold["pairingContacts"] = map[string][]who{"owner and buddy": {owner, helper, buddy}}
	mayHold["calls"] = map[string][]who{
		"due": {buddy}, "done": {buddy}, "void": nobody, "of who was the buddy": nobody, "nobody answered twice": {buddy, host}, "the buddy is gone": {host},
		"at another group": {listener},
	}
	mayHold["hostCards"] = map[string][]who{"host": all, "activator": {activator}}
	mayHold["returnFigures"] = map[string][]who{"of the club": {host}, "of another group": {activator}, "of a price": {coordinator}, "of all": {coordinator}}
	maps.Copy(columnsOf, map[string][]string{
		"visits":          {"id", "listing", "occurrence", "firstName", "welcome", "say", "regular", "status", "interests", "first"},
		"buddies":         {"id", "listing", "firstName", "status", "interests"},
		"pairings":        {"id", "listing", "regular", "visit", "buddy", "buddyName", "newcomerName", "status", "since", "occurrence", "welcome", "interests"},
		"pairingContacts": {"id", "phone"},
		"calls":           {"id", "pairing", "listing", "occurrence", "firstName", "state", "outcome", "due", "toHosts"},
		"hostCards":       {"id", "firstName", "text", "listings", "shown"},
		"returnFigures":   {"id", "listing", "of", "value", "period", "measure", "shown"},
	})
	maps.Copy(touch, map[string]string{
		"buddies": "firstName", "pairings": "newcomerName", "pairingContacts": "phone", "calls": "firstName", "hostCards": "text", "returnFigures": "value",
	})
	maps.Copy(mayDo, buddyCells())
}

func buddyCells() map[string]map[who]string {
	only := func(code string, may ...who) map[who]string {
		cells := map[who]string{}
		for _, w := range may {
			cells[w] = ""
		}
		return but(code, cells)
	}
	told := func(code string) map[who]string { return but("not_allowed", map[who]string{host: code}) }
	return map[string]map[who]string{
		"buddies.offer":                                only(""),
		"buddies.offer, to the draft":                  only("listing_unknown"),
		"buddies.end":                                  only("buddy_unknown", host),
		"buddies.end, of their own":                    only(""),
		"buddies.approve":                              only("buddy_unknown", host),
		"buddies.approve, at another group":            only("buddy_unknown", activator),
		"buddies.approve, of what is over":             only("buddy_unknown"),
		"buddies.decline":                              only("buddy_unknown", host),
		"pairings.ask":                                 told(""),
		"pairings.ask, of a regular":                   told(""),
		"pairings.ask, of a regular of another group":  told("regular_unknown"),
		"pairings.ask, of who doesn't come":            told("visit_unknown"),
		"pairings.ask, with who isn't approved":        told("buddy_unknown"),
		"pairings.ask, with a buddy of another group":  told("buddy_unknown"),
		"pairings.ask, with the newcomer":              told("buddy_unknown"),
		"pairings.ask, with whom the newcomer blocked": told("buddy_unknown"),
		"pairings.ask, with who blocked the newcomer":  told("buddy_unknown"),
		"pairings.ask, of who has a buddy":             told("pairing_open"),
		"pairings.ask, of who said no thanks to them":  told("pairing_refused"),
		"pairings.swap":                                only("pairing_unknown", host),
		"pairings.swap, of what is over":               only("pairing_unknown"),
		"pairings.accept":                              only("pairing_unknown", buddy),
		"pairings.accept, of what was swapped":         only("pairing_unknown"),
		"pairings.decline":                             only("pairing_unknown", buddy),
		"pairings.noThanks":                            only("pairing_unknown", owner),
		"pairings.noThanks, for the owner":             only("not_acting", helper),
		"pairings.noThanks, before the buddy says yes": only("pairing_unknown"),
		"pairings.contact":                             only("pairing_unknown", owner),
		"pairings.contact, for the owner":              only("not_acting", helper),
		"pairings.contact, of what is over":            only("pairing_unknown"),
		"pairings.end":                                 only("pairing_unknown", buddy, host),
		"pairings.end, for the owner":                  only("not_acting"),
		"pairings.end, of what is over":                only("pairing_unknown", host),
		"calls.done":                                   only("call_unknown", buddy),
		"calls.done, that nobody answered":             only("call_unknown", buddy),
		"calls.done, for the hosts":                    only("call_unknown", host),
		"calls.done, of who was the buddy":             only("call_unknown"),
		"hostCards.show":                               only("not_allowed", host, activator, coordinator, unenrolled),
		"hostCards.show, at the club":                  but("not_allowed", map[who]string{host: "", activator: "listing_unknown", coordinator: "listing_unknown", unenrolled: "listing_unknown"}),
		"hostCards.hide":                               only(""),
	}
}

// buddies furnishes who looks out for whom, with a canary in every column that nobody
// may read.
func (s *stage) buddies() {
	club, other := s.ids["listings"]["club"], s.ids["listings"]["gone"]
	s.name("hosts", "activator of the gone", s.make("hosts", map[string]any{"listing": other, "member": s.phones[activator].member}))
	for name, b := range map[string]struct {
		of     who
		at     string
		status string
	}{
		"of the buddy": {buddy, club, "approved"}, "offered by a resident": {resident, club, "offered"}, "over, of the ex-buddy": {exBuddy, club, "ended"},
		"declined, of the blocked": {blocked, club, "declined"}, "at another group": {listener, other, "approved"},
	} {
		s.name("buddies", name, s.make("buddies", map[string]any{"listing": b.at, "member": s.phones[b.of].member, "firstName": "Sam", "status": b.status, "at": canary}))
	}
	for name, p := range map[string]struct {
		newcomer, with who
		at, status     string
	}{
		"owner and buddy": {owner, buddy, club, "open"}, "asked of the buddy": {resident, buddy, club, "asked"}, "over, of the ex-buddy": {owner, exBuddy, club, "ended"},
		"over, of the blocked": {owner, blocked, club, "ended"}, "without a buddy": {shopkeeper, "", club, "open"}, "at another group": {helper, listener, other, "asked"},
	} {
		set := map[string]any{"listing": p.at, "newcomer": s.phones[p.newcomer].member, "newcomerName": "Rosa", "status": p.status, "by": canary[:15], "opened": canary, "ended": canary}
		if p.with != "" {
			set["buddyMember"], set["buddy"] = s.phones[p.with].member, newID()
		}
		s.name("pairings", name, s.make("pairings", set))
	}
	s.name("pairingContacts", "owner and buddy", s.make("pairingContacts", map[string]any{
		"id": s.ids["pairings"]["owner and buddy"], "phone": "07700 900123", "member": s.phones[owner].member, "buddyMember": s.phones[buddy].member,
	}))
	s.calls()
	s.name("hostCards", "host", s.make("hostCards", map[string]any{"id": s.phones[host].member, "firstName": "Pearl", "text": "Ask for me", "listings": []string{club}, "shown": true}))
	s.name("hostCards", "activator", s.make("hostCards", map[string]any{"id": s.phones[activator].member, "firstName": "Tom", "text": "Ask for me"}))
	for name, f := range map[string]map[string]any{
		"of the club": {"of": "group", "listing": club}, "of another group": {"of": "group", "listing": other}, "of a price": {"of": "price", "value": "free"}, "of all": {},
	} {
		f["period"], f["measure"], f["shown"] = "2026-Q1", "people", "10"
		s.name("returnFigures", name, s.make("returnFigures", f))
	}
}

func (s *stage) calls() {
	club, mine := s.ids["listings"]["club"], s.phones[buddy].member
	for name, c := range map[string]map[string]any{
		"due": {"state": "due", "member": mine}, "done": {"state": "done", "outcome": "spoke", "member": mine}, "void": {"state": "void", "member": mine, "toHosts": true},
		"of who was the buddy": {"state": "done", "outcome": "spoke"}, "nobody answered twice": {"state": "done", "outcome": "noAnswer", "member": mine, "toHosts": true},
		"the buddy is gone": {"state": "due", "toHosts": true}, "at another group": {"state": "due", "member": s.phones[listener].member, "listing": s.ids["listings"]["gone"]},
	} {
		c["pairing"], c["occurrence"], c["doneAt"] = s.ids["pairings"]["owner and buddy"], "2026-01-08T12:00", canary
		if c["listing"] == nil {
			c["listing"] = club
		}
		s.name("calls", name, s.make("calls", c))
	}
}

// approved is somebody who may look out for newcomers of a group.
func (s *stage) approved(listing, member string) string {
	return s.make("buddies", map[string]any{"listing": listing, "member": member, "firstName": "Sam", "status": "approved"}).Id
}

// paired is a pairing at the club of the owner, or of another.
func (s *stage) paired(status string, with who, set map[string]any) string {
	values := map[string]any{
		"listing": s.ids["listings"]["club"], "status": status, "buddy": newID(), "buddyMember": s.phones[with].member, "newcomer": s.phones[owner].member, "newcomerName": "Rosa",
	}
	maps.Copy(values, set)
	return s.make("pairings", values).Id
}

// comes is a visit of somebody new to the club, or to where set says.
func (s *stage) comes(member string, set map[string]any) string {
	values := map[string]any{"listing": s.ids["listings"]["club"], "occurrence": nextThursday(), "status": "coming", "welcome": "door", "member": member, "firstName": "Ada"}
	maps.Copy(values, set)
	return s.make("visits", values).Id
}

// buddyArgs are good arguments of those commands; nil: it is none of them.
func (s *stage) buddyArgs(name string) map[string]any {
	command, kind, _ := strings.Cut(name, ", ")
	club := s.ids["listings"]["club"]
	offer := func(member, listing, status string) map[string]any {
		return map[string]any{"id": s.make("buddies", map[string]any{"listing": listing, "member": member, "firstName": "Sam", "status": status}).Id}
	}
	switch command {
	case "buddies.offer":
		if kind != "" {
			club = s.ids["listings"]["draft"]
		}
		return map[string]any{"id": newID(), "listing": club, "interests": []string{"walking"}}
	case "buddies.end":
		if kind != "" {
			return offer(s.phones[s.asks].member, s.ids["listings"]["paused"], "approved")
		}
		return offer(s.somebody(), club, "approved")
	case "buddies.approve", "buddies.decline":
		switch kind {
		case "at another group":
			club = s.ids["listings"]["gone"]
		case "of what is over":
			return offer(s.somebody(), club, "ended")
		}
		return offer(s.somebody(), club, "offered")
	case "pairings.ask":
		return s.askArgs(kind)
	case "hostCards.show":
		if kind != "" {
			return map[string]any{"text": "Ask for me", "listings": []string{club}}
		}
		return map[string]any{"text": "Ask for me", "listings": []string{}}
	case "hostCards.hide":
		return map[string]any{}
	}
	return s.pairingArgs(command, kind)
}

func (s *stage) askArgs(kind string) map[string]any {
	club, other := s.ids["listings"]["club"], s.ids["listings"]["gone"]
	newcomer, sam := s.somebody(), s.somebody()
	args := map[string]any{"id": newID(), "listing": club, "buddy": s.approved(club, sam)}
	visit := map[string]any{}
	switch kind {
	case "of a regular", "of a regular of another group":
		at := map[string]string{"of a regular": club}[kind]
		if at == "" {
			at = other
		}
		args["regular"] = s.make("regulars", map[string]any{"listing": at, "firstName": "Ada", "since": "2026-01-08"}).Id
		return args
	case "of who doesn't come":
		visit["status"] = "cancelled"
	case "with who isn't approved":
		s.set("buddies", args["buddy"].(string), map[string]any{"status": "offered"})
	case "with a buddy of another group":
		args["buddy"] = s.approved(other, sam)
	case "with the newcomer":
		args["buddy"] = s.approved(club, newcomer)
	case "with whom the newcomer blocked":
		s.make("blocks", map[string]any{"member": newcomer, "whom": sam})
	case "with who blocked the newcomer":
		s.make("blocks", map[string]any{"member": sam, "whom": newcomer})
	case "of who has a buddy":
		s.paired("asked", buddy, map[string]any{"newcomer": newcomer})
	case "of who said no thanks to them":
		s.paired("noThanks", buddy, map[string]any{"newcomer": newcomer, "buddyMember": sam})
	}
	args["visit"] = s.comes(newcomer, visit)
	return args
}

func (s *stage) pairingArgs(command, kind string) map[string]any {
	over := kind == "of what is over" || kind == "of what was swapped"
	id := func(status string) map[string]any {
		if over {
			return map[string]any{"id": s.paired("ended", exBuddy, nil)}
		}
		return map[string]any{"id": s.paired(status, buddy, nil)}
	}
	switch command {
	case "pairings.swap":
		args := id("open")
		if !over {
			args["id"] = s.paired("open", buddy, map[string]any{"newcomer": s.somebody()})
		}
		args["buddy"] = s.approved(s.ids["listings"]["club"], s.somebody())
		return args
	case "pairings.accept", "pairings.decline":
		return id("asked")
	case "pairings.noThanks":
		if kind == "before the buddy says yes" {
			return id("asked")
		}
		return id("open")
	case "pairings.contact":
		args := id("open")
		args["phone"] = "07700 900123"
		return args
	case "pairings.end":
		return id("open")
	case "calls.done":
		set := map[string]map[string]any{
			"": {"member": s.phones[buddy].member}, "that nobody answered": {"member": s.phones[buddy].member, "state": "done", "outcome": "noAnswer"}, "for the hosts": {"toHosts": true, "state": "done", "outcome": "noAnswer"}, "of who was the buddy": {},
		}[kind]
		call := map[string]any{"pairing": s.paired("open", buddy, nil), "listing": s.ids["listings"]["club"], "occurrence": "2026-01-08T12:00", "state": "due"}
		maps.Copy(call, set)
		return map[string]any{"id": s.make("calls", call).Id, "outcome": "fine"}
	}
	return nil
}
