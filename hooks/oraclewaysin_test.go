package hooks_test

import (
	"maps"

	"github.com/pocketbase/pocketbase/core"
)

// The oracle's cells of the ways in.

func init() {
	desk := []who{host, activator, coordinator, unenrolled}
	mayHold["invites"] = map[string][]who{"of the console": {coordinator}, "of the host": {host, coordinator}}
	mayHold["recoveries"] = map[string][]who{"card of the owner": {owner}, "at the desk": desk, "ready at the desk": desk, "used": nobody}
	mayHold["codes"] = map[string][]who{"one": nobody}
	mayHold["devices"]["waiting at the bakery"] = []who{shopkeeper, coordinator}
	mayHold["members"]["waiting"] = withCoordinator("")
	columnsOf["invites"] = []string{"id", "role", "shop", "usesLeft", "uses", "expires", "created", "by", "note", "ended", "circle", "listing"}
	columnsOf["recoveries"] = []string{"id", "member", "kind", "status", "openedBy", "confirmedBy", "expires", "created", "firstName"}
	maps.Copy(mayDo, map[string]map[who]string{
		"invites.make":                             but("not_allowed", map[who]string{host: "", activator: "", coordinator: "", unenrolled: ""}),
		"invites.make, of a coordinator":           but("not_allowed", map[who]string{coordinator: ""}),
		"invites.make, of staff":                   but("not_allowed", map[who]string{shopkeeper: "", coordinator: ""}),
		"invites.make, of staff elsewhere":         but("not_allowed", map[who]string{coordinator: ""}),
		"invites.make, of one more of the owner's": but("not_allowed", map[who]string{owner: "", coordinator: ""}),
		"invites.end":                              but("invite_unknown", map[who]string{host: "", coordinator: ""}),
		"devices.rename":                           but("device_unknown", map[who]string{owner: "", coordinator: ""}),
		"devices.revoke":                           but("device_unknown", map[who]string{owner: "", coordinator: ""}),
		"devices.revoke, at the bakery":            but("device_unknown", map[who]string{shopkeeper: "", coordinator: ""}),
		"devices.wipe":                             but("device_unknown", map[who]string{owner: "", coordinator: ""}),
		"devices.admit":                            but("device_unknown", map[who]string{shopkeeper: "", coordinator: ""}),
		"devices.admit, with wrong digits":         but("device_unknown", map[who]string{shopkeeper: "match_wrong", coordinator: "match_wrong"}),
		"devices.admit, elsewhere":                 but("device_unknown", map[who]string{coordinator: ""}),
		"devices.refuse":                           but("device_unknown", map[who]string{shopkeeper: "", coordinator: ""}),
		"recovery.card":                            but("", map[who]string{}),
		"recovery.open":                            but("not_allowed", map[who]string{coordinator: ""}),
		"recovery.open, of oneself":                but("not_allowed", map[who]string{coordinator: "not_yourself"}),
		"recovery.confirm":                         but("recovery_unknown", map[who]string{host: "", activator: "", coordinator: "not_yourself", unenrolled: "not_yourself"}), // who opened it
		"recovery.refuse":                          but("recovery_unknown", map[who]string{host: "", activator: "", coordinator: "", unenrolled: ""}),
		"recovery.refuse, of a card":               but("recovery_unknown", map[who]string{owner: ""}),
	})
}

// waysIn furnishes what the ways in keep.
func (s *stage) waysIn() {
	_, err := s.app.DB().NewQuery("DELETE FROM invites").Execute() // those by which the phones came
	must(s.t, err)
	for name, v := range map[string]map[string]any{"of the console": {"console": true, "role": "coordinator"}, "of the host": {"by": s.phones[host].member, "role": "resident"}} {
		v["codeHash"], v["usesLeft"], v["expires"] = canary+name, 1, "2099-01-01T00:00:00.000Z"
		s.name("invites", name, s.make("invites", v))
	}
	for name, v := range map[string]map[string]any{
		"card of the owner": {"kind": "card", "status": "ready", "member": s.phones[owner].member, "codeHash": canary},
		"at the desk":       {"kind": "desk", "status": "open"}, "ready at the desk": {"kind": "desk", "status": "ready", "codeHash": canary + "2"}, "used": {"kind": "desk", "status": "used"},
	} {
		s.name("recoveries", name, s.recovery(v))
	}
	s.name("codes", "one", s.make("codes", map[string]any{"kind": "signIn", "member": s.phones[owner].member, "salt": canary, "codeHash": canary, "email": canary, "expires": "2099-01-01T00:00:00.000Z"}))
	waiting := s.waiting("bakery")
	s.name("devices", "waiting at the bakery", waiting)
	member, err := s.app.FindRecordById("members", waiting.GetString("member"))
	must(s.t, err)
	s.name("members", "waiting", member)
}

// recovery is one of the resident's at the desk, which the coordinator opened,
// unless it says something else.
func (s *stage) recovery(change map[string]any) *core.Record {
	v := map[string]any{
		"kind": "desk", "status": "open", "member": s.phones[resident].member, "openedBy": s.phones[coordinator].member,
		"expires": "2099-01-01T00:00:00.000Z", "device": "", "firstName": "Rosa",
	}
	maps.Copy(v, change)
	return s.make("recoveries", v)
}

// waiting is a device that waits to be let in to a shop, of a member who was
// made for it.
func (s *stage) waiting(shop string) *core.Record {
	return s.make("devices", map[string]any{
		"member": s.make("members", map[string]any{"firstName": "Sid", "standing": "active"}).Id, "name": "Till", "thumbprint": newID(), "key": map[string]any{"kty": "EC"},
		"pending": true, "match": "012345", "shop": s.ids["shops"][shop],
	})
}

// spare is one more phone of the owner's.
func (s *stage) spare() string {
	return s.make("devices", map[string]any{"member": s.phones[owner].member, "name": "Old phone", "thumbprint": newID(), "key": map[string]any{"kty": "EC"}}).Id
}

// waysInArgs are good arguments of the commands about the ways in; nil for others.
func (s *stage) waysInArgs(name string) map[string]any {
	invite := func(role, shop, member string) map[string]any {
		return map[string]any{
			"id": newID(), "codeHash": codeHashOf(newID()), "role": role, "shop": s.ids["shops"][shop], "member": member, "uses": 1, "days": 1, "note": "Poster",
		}
	}
	switch name {
	case "invites.make":
		return invite("resident", "", "")
	case "invites.make, of a coordinator":
		return invite("coordinator", "", "")
	case "invites.make, of staff":
		return invite("staff", "bakery", "")
	case "invites.make, of staff elsewhere":
		return invite("staff", "other", "")
	case "invites.make, of one more of the owner's":
		return invite("member", "", s.phones[owner].member)
	case "invites.end":
		return map[string]any{"id": s.ids["invites"]["of the host"]}
	case "devices.rename":
		return map[string]any{"id": s.spare(), "name": "Kitchen tablet"}
	case "devices.revoke", "devices.wipe":
		return map[string]any{"id": s.spare()}
	case "devices.revoke, at the bakery", "devices.refuse":
		return map[string]any{"id": s.waiting("bakery").Id}
	case "devices.admit":
		return map[string]any{"id": s.waiting("bakery").Id, "match": "012345"}
	case "devices.admit, elsewhere":
		return map[string]any{"id": s.waiting("other").Id, "match": "012345"}
	case "devices.admit, with wrong digits":
		return map[string]any{"id": s.waiting("bakery").Id, "match": "543210"}
	case "recovery.card":
		return map[string]any{"id": newID(), "codeHash": codeHashOf(newID())}
	case "recovery.open":
		return map[string]any{"id": newID(), "member": s.phones[resident].member}
	case "recovery.open, of oneself":
		return map[string]any{"id": newID(), "member": s.phones[coordinator].member}
	case "recovery.confirm":
		return map[string]any{"id": s.recovery(nil).Id, "codeHash": codeHashOf(newID())}
	case "recovery.refuse":
		return map[string]any{"id": s.recovery(nil).Id}
	case "recovery.refuse, of a card":
		return map[string]any{"id": s.recovery(map[string]any{"kind": "card", "status": "ready", "member": s.phones[owner].member}).Id}
	}
	return nil
}
