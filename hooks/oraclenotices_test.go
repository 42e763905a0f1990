package hooks_test

import (
	"maps"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// The oracle's cells of what people are told, how they want to be told, and what goes
// out of it.

func init() {
	mayHold["notices"] = map[string][]who{
		"of the owner": {owner}, "of the coordinator": {coordinator, unenrolled}, "of the helper, about somebody without a phone": {helper},
		"of the suspended": nobody, "of the owner, for the digest": {owner},
	}
	mayHold["noticeChoices"] = map[string][]who{"of the owner": {owner}, "of the suspended": nobody}
	mayHold["registrations"] = map[string][]who{"owner": {owner}, "shopkeeper": {shopkeeper}}
	mayHold["deliveries"] = map[string][]who{"waiting": nobody, "sent": nobody, "dead": {coordinator}}
	mayHold["members"]["without a phone, of whom the helper was told"] = []who{coordinator}
	mayHold["tellings"] = map[string][]who{"one": nobody}
	maps.Copy(columnsOf, map[string][]string{
		"notices":       {"id", "template", "ref", "at", "read", "about"},
		"noticeChoices": {"id", "zone", "quietFrom", "quietUntil", "digestAt", "loyalty", "notice", "task", "account", "email"},
		"registrations": {"id", "day"},
		"deliveries":    {"id", "channel", "category", "reason", "day"},
	})
	columnsOf["communities"] = append(columnsOf["communities"], "push")
	maps.Copy(touch, map[string]string{"notices": "template", "noticeChoices": "zone", "registrations": "day", "deliveries": "category"})
	maps.Copy(mayDo, map[string]map[who]string{
		"notices.read":                          but("", map[who]string{}),
		"notices.read, another's":               but("notice_unknown", map[who]string{}),
		"notices.unread":                        but("", map[who]string{}),
		"notices.unread, another's":             but("notice_unknown", map[who]string{}),
		"notices.choose":                        but("", map[who]string{}),
		"notices.choose, out of bounds":         but("choices_invalid", map[who]string{}),
		"notices.try":                           but("", map[who]string{}),
		"registrations.put":                     but("", map[who]string{exStaff: "not_on_shared"}),
		"registrations.put, of no shape":        but("registration_invalid", map[who]string{}),
		"registrations.end":                     but("", map[who]string{}),
		"deliveries.again":                      but("not_allowed", map[who]string{coordinator: ""}),
		"deliveries.again, of what isn't there": but("not_allowed", map[who]string{coordinator: "delivery_unknown"}),
	})
}

// notices furnishes inboxes and what goes out, with a canary in every column that nobody
// may read.
func (s *stage) notices() {
	edna := s.make("members", map[string]any{"firstName": "Edna", "standing": "active", "noPhone": true})
	s.name("members", "without a phone, of whom the helper was told", edna)
	line := func(name string, w who, values map[string]any) {
		row := map[string]any{"member": s.phones[w].member, "template": "visit.new", "ref": s.ids["listings"]["club"], "at": "2026-11-25T15:04:00.000Z", "told": canary, "telling": canary[:15]}
		maps.Copy(row, values)
		s.name("notices", name, s.make("notices", row))
	}
	line("of the owner", owner, nil)
	line("of the owner, for the digest", owner, map[string]any{"due": in(1), "gathered": true})
	line("of the coordinator", coordinator, map[string]any{"template": "concern.urgent", "ref": s.ids["concerns"]["new"]})
	line("of the helper, about somebody without a phone", helper, map[string]any{"template": "listing.off", "about": edna.Id})
	line("of the suspended", suspended, nil)
	for _, w := range []who{owner, suspended} {
		s.name("noticeChoices", "of the "+short[w], s.make("noticeChoices", map[string]any{"id": s.phones[w].member, "quietFrom": "22:00", "loyalty": "inbox"}))
	}
	for _, w := range []who{owner, shopkeeper} {
		s.name("registrations", short[w], s.make("registrations", map[string]any{"id": s.phones[w].device, "member": s.phones[w].member, "kind": "token", "value": canary + short[w], "day": "2026-11-25"}))
	}
	for _, state := range []string{"waiting", "sent", "dead"} {
		s.name("deliveries", state, s.delivery(state))
	}
	s.name("tellings", "one", s.make("tellings", map[string]any{"whom": "member/" + canary[:15], "but": canary[:15], "template": "visit.new", "ref": canary[:15], "at": in(0), "done": true}))
}

// somebodyElse is not who asks.
func (s *stage) somebodyElse() who {
	if s.phones[s.asks].member == s.phones[resident].member {
		return owner
	}
	return resident
}

// noticeArgs are good arguments of those commands; nil: it is none of them.
func (s *stage) noticeArgs(name string) map[string]any {
	command, kind, _ := strings.Cut(name, ", ")
	whose := s.asks
	if kind == "another's" {
		whose = s.somebodyElse()
	}
	switch command {
	case "notices.read", "notices.unread":
		return map[string]any{"ids": []string{s.make("notices", map[string]any{
			"member": s.phones[whose].member, "template": "role.given", "at": "2026-11-25T15:04:00.000Z", "read": command == "notices.unread",
		}).Id}}
	case "notices.choose":
		if kind != "" {
			return map[string]any{"set": map[string]any{"task": "digest"}}
		}
		return map[string]any{"set": map[string]any{"zone": "Europe/Paris", "quietFrom": "22:00", "email": true}}
	case "notices.try":
		return map[string]any{"id": newID()}
	case "registrations.put":
		if kind != "" {
			return map[string]any{"kind": "fid", "value": "of no shape"}
		}
		return map[string]any{"kind": "token", "value": "invented:" + newID() + newID()}
	case "registrations.end":
		return map[string]any{}
	case "deliveries.again":
		if kind != "" {
			return map[string]any{"ids": []string{s.ids["deliveries"]["sent"]}}
		}
		return map[string]any{"ids": []string{s.delivery("dead").Id}}
	}
	return nil
}

// delivery is one of the owner's.
func (s *stage) delivery(state string) *core.Record {
	return s.make("deliveries", map[string]any{
		"notice": s.ids["notices"]["of the owner"], "member": s.phones[owner].member, "channel": "push", "device": s.phones[owner].device, "state": state,
		"since": in(0), "reason": "QUOTA_EXCEEDED", "category": "notice", "day": "2026-11-25",
	})
}
