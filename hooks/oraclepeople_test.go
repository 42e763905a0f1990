package hooks_test

// peopleArgs are good arguments of the commands about people. Where somebody is
// done to, it is a member made for that, so that those who ask stay who they are.
func (s *stage) peopleArgs(name string) map[string]any {
	give := func(role, shop string) string {
		return s.make("roles", map[string]any{"member": s.somebody(), "role": role, "shop": s.ids["shops"][shop]}).Id
	}
	switch name {
	case "people.add":
		return map[string]any{"id": newID(), "firstName": "Edna"}
	case "people.suspend", "people.restore":
		return map[string]any{"member": s.somebody()}
	case "people.suspend, of oneself", "people.restore, of oneself":
		return map[string]any{"member": s.phones[coordinator].member}
	case "people.suspend, of who left":
		return map[string]any{"member": s.ids["members"]["left"]}
	case "people.leave":
		return map[string]any{"why": "moved"}
	case "roles.give":
		return map[string]any{"id": newID(), "member": s.somebody(), "role": "coach"}
	case "roles.give, in a shop":
		return map[string]any{"id": newID(), "member": s.somebody(), "role": "staff", "shop": s.ids["shops"]["bakery"]}
	case "roles.take":
		return map[string]any{"id": give("listener", "")}
	case "roles.take, of staff":
		return map[string]any{"id": give("staff", "bakery")}
	case "roles.take, of other staff":
		return map[string]any{"id": give("staff", "other")}
	case "roles.take, of an owner":
		return map[string]any{"id": give("owner", "bakery")}
	case "roles.take, of the last":
		return map[string]any{"id": s.ids["roles"]["coordinator"]}
	case "roles.take, of what is gone":
		return map[string]any{"id": newID()}
	case "shops.add":
		return map[string]any{"id": newID(), "name": "Corner shop"}
	}
	return s.actingArgs(name)
}

// somebody is a new member without a phone.
func (s *stage) somebody() string {
	return s.make("members", map[string]any{"firstName": "Edna", "standing": "active", "noPhone": true}).Id
}
