package hooks_test

import "maps"

// The oracle's cells of cards and tills.

func init() {
	mayHold["accounts"] = map[string][]who{"of the owner": {owner}, "nobody's": nobody}
	mayHold["cards"] = map[string][]who{"of the owner": {owner}, "made for nobody": {shopkeeper}, "made yesterday": nobody}
	mayHold["tills"] = map[string][]who{"bakery": {shopkeeper, shopStaff, coordinator}, "other": {coordinator}}
	mayHold["stamps"] = map[string][]who{"of the owner": {owner}, "nobody's": nobody}
	mayHold["reviews"] = map[string][]who{"bakery": {shopkeeper, coordinator}, "other": {coordinator}}
	mayHold["rewards"] = map[string][]who{"tea": all}
	mayHold["vouchers"] = map[string][]who{"of the owner": {owner}, "made for nobody": {shopkeeper}, "made yesterday": nobody}
	mayHold["revocations"] = map[string][]who{"list": {shopkeeper, shopStaff}}
	mayHold["shopWeeks"] = map[string][]who{"bakery": {shopkeeper}, "bakery, of the desk": {coordinator}, "other": nobody}
	mayHold["settlements"] = map[string][]who{"paid": {shopkeeper, coordinator}, "to be paid": {shopkeeper, coordinator}, "of others": {coordinator}}
	mayHold["patterns"] = map[string][]who{"night": {coordinator}}
	mayHold["shops"] = map[string][]who{"bakery": all, "other": all, "pharmacy": {coordinator}, "gone": {coordinator}}
	maps.Copy(columnsOf, map[string][]string{
		"accounts":    {"id", "member", "onlineUntil", "stamps", "held"},
		"cards":       {"id", "account", "by", "kind", "packed", "code", "status", "issued", "expires"},
		"tills":       {"id", "shop", "device", "name", "key", "token", "opened", "ended", "expires"},
		"stamps":      {"id", "shop", "day", "act", "state", "codes", "counted"},
		"reviews":     {"id", "shop", "till", "at", "act", "state", "codes"},
		"rewards":     {"id", "title", "text", "status", "plainText", "stamps", "pence", "shops"},
		"vouchers":    {"id", "reward", "packed", "status", "issued", "expires", "pence", "stamps", "offline", "printed"},
		"revocations": {"id", "token", "seq"},
		"shopWeeks":   {"id", "shop", "week", "kind", "visits", "firstVisits", "redeemed"},
		"settlements": {"id", "month", "payer", "payee", "reward", "pence", "count"},
		"patterns":    {"id", "week", "shop", "till", "kind", "shown", "seen"},
		"shops":       {"id", "name", "place", "status", "perk", "chatty", "joined", "hours", "plain"},
	})
	columnsOf["communities"] = append(columnsOf["communities"], "cardKeys", "scheme")
	maps.Copy(touch, map[string]string{
		"accounts": "onlineUntil", "cards": "packed", "tills": "name", "stamps": "day", "reviews": "act", "rewards": "title", "vouchers": "packed",
		"revocations": "token", "shopWeeks": "visits", "settlements": "month", "patterns": "shown",
	})
}

// cards furnishes cards and tills, with a canary in every column that nobody may read.
func (s *stage) cards() {
	bakery, other, mine := s.ids["shops"]["bakery"], s.ids["shops"]["other"], s.phones[owner].member
	s.name("shops", "pharmacy", s.make("shops", map[string]any{"name": "Pharmacy", "status": "active", "plain": true}))
	s.name("shops", "gone", s.make("shops", map[string]any{"name": "Butcher", "status": "left"}))
	s.name("accounts", "of the owner", s.make("accounts", map[string]any{"member": mine, "stamps": 3, "used": canary[:10]}))
	s.name("accounts", "nobody's", s.make("accounts", map[string]any{"stamps": 1, "used": canary[:10]}))
	account, nobodys := s.ids["accounts"]["of the owner"], s.ids["accounts"]["nobody's"]
	s.name("rewards", "tea", s.make("rewards", map[string]any{"title": "Tea", "stamps": 6, "pence": 250, "status": "active"}))
	for name, of := range map[string]map[string]any{
		"of the owner": {"member": mine, "account": account}, "made for nobody": {"by": s.phones[shopkeeper].member, "account": nobodys}, "made yesterday": {"account": nobodys},
	} {
		of["status"] = "active"
		of["sub"], of["kind"], of["key"], of["device"], of["ended"] = canary[:12]+name[5:9], "printed", canary, canary[:15], canary
		s.name("cards", name, s.make("cards", of))
		delete(of, "sub")
		of["jti"], of["status"], of["reward"], of["card"], of["ended"] = canary[:12]+name[5:9], "open", s.ids["rewards"]["tea"], canary[:15], canary
		s.name("vouchers", name, s.make("vouchers", of))
	}
	for name, shop := range map[string]string{"bakery": bakery, "other": other} {
		till := s.name("tills", name, s.make("tills", map[string]any{"shop": shop, "name": "Counter", "opened": in(-1), "head": canary, "member": canary[:15]})).Id
		s.name("reviews", name, s.make("reviews", map[string]any{"shop": shop, "till": till, "at": in(-1), "act": "stamp", "codes": []string{"cap_day"}, "state": "held"}))
	}
	for name, member := range map[string]string{"of the owner": mine, "nobody's": ""} {
		s.name("stamps", name, s.make("stamps", map[string]any{
			"record": canary, "till": s.ids["tills"]["bakery"], "seq": 1, "prv": canary, "of": canary, "shop": bakery, "inShop": canary[:15], "account": account, "member": member,
			"card": canary[:15], "act": "stamp", "at": canary, "day": "2026-11-25", "received": canary, "proof": canary, "voucher": canary[:16], "own": canary,
			"state": "ok", "counted": 1, "settled": canary[:7], "reviewed": canary[:12], "raw": canary,
		}))
	}
	s.scheme(bakery, other)
}

// scheme furnishes what follows from them.
func (s *stage) scheme(bakery, other string) {
	s.name("revocations", "list", s.make("revocations", map[string]any{"token": "eyJ", "seq": 1}))
	week := func(name, shop, kind string) {
		s.name("shopWeeks", name, s.make("shopWeeks", map[string]any{"shop": shop, "week": "2026-11-23", "kind": kind, "visits": "12"}))
	}
	week("bakery", bakery, "own")
	week("bakery, of the desk", bakery, "desk")
	week("other", other, "own")
	for name, of := range map[string][2]string{"paid": {other, bakery}, "to be paid": {bakery, other}, "of others": {other, s.ids["shops"]["gone"]}} {
		s.name("settlements", name, s.make("settlements", map[string]any{"month": "2026-11", "payer": of[0], "payee": of[1], "pence": 250, "count": 1}))
	}
	s.name("patterns", "night", s.make("patterns", map[string]any{"week": "2026-11-23", "shop": bakery, "kind": "night", "shown": "6 of 20"}))
}
