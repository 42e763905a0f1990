package hooks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/pocketbase/dbx"

	"kith/internal/token"
)

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

func init() {
	printers := func() map[who]string {
		return but("not_allowed", map[who]string{host: "", activator: "", shopkeeper: "", coordinator: "", unenrolled: ""})
	}
	desk := func(told string) map[who]string {
		return but("not_allowed", map[who]string{host: told, activator: told, coordinator: told, unenrolled: told})
	}
	maps.Copy(mayDo, map[string]map[who]string{
		"cards.get":                      but("", map[who]string{}),
		"cards.renew":                    but("card_unknown", map[who]string{owner: ""}),
		"cards.print":                    printers(),
		"cards.print, for oneself":       printers(),
		"cards.print, without phone":     desk(""),
		"cards.print, with a phone":      desk("member_unknown"),
		"cards.lost":                     but("card_unknown", map[who]string{owner: ""}),
		"cards.lost, another's":          but("not_allowed", map[who]string{coordinator: ""}),
		"cards.claim":                    but("", map[who]string{}),
		"cards.claim, somebody's":        but("code_unknown", map[who]string{}),
		"tills.open":                     but("not_allowed", map[who]string{shopkeeper: "", shopStaff: ""}),
		"tills.open, elsewhere":          but("not_allowed", map[who]string{}),
		"tills.renew":                    but("till_unknown", map[who]string{shopkeeper: "", shopStaff: ""}),
		"tills.end":                      but("till_unknown", map[who]string{shopkeeper: "", coordinator: ""}),
		"tills.end, of another shop":     but("till_unknown", map[who]string{coordinator: ""}),
		"stamps.record":                  but("not_allowed", map[who]string{shopkeeper: "", shopStaff: ""}),
		"stamps.review":                  but("review_unknown", map[who]string{shopkeeper: "", coordinator: ""}),
		"stamps.review, of a limit":      but("review_unknown", map[who]string{shopkeeper: "review_desk", coordinator: ""}),
		"stamps.review, of another shop": but("review_unknown", map[who]string{coordinator: ""}),
		"stamps.review, of what is over": but("review_unknown", map[who]string{}),
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
		of["jti"], of["status"], of["reward"], of["card"], of["ended"] = canary[:12]+name[5:9], "redeemed", s.ids["rewards"]["tea"], canary[:15], canary
		s.name("vouchers", name, s.make("vouchers", of))
	}
	for name, shop := range map[string]string{"bakery": bakery, "other": other} {
		till := s.name("tills", name, s.make("tills", map[string]any{"shop": shop, "name": "Counter", "opened": in(-1), "head": canary, "member": canary[:15]})).Id
		s.name("reviews", name, s.make("reviews", map[string]any{"shop": shop, "till": till, "at": in(-1), "act": "stamp", "codes": []string{"cap_day"}, "state": "held"}))
	}
	for name, member := range map[string]string{"of the owner": mine, "nobody's": ""} {
		s.name("stamps", name, s.make("stamps", map[string]any{
			"record": canary, "till": s.ids["tills"]["bakery"], "seq": 1, "prv": canary, "of": canary, "shop": bakery, "inShop": canary[:15], "account": account, "member": member,
			"card": canary[:15], "act": "stamp", "at": canary, "day": "2026-11-25", "received": canary, "proof": canary, "voucher": canary[:16],
			"state": "ok", "counted": 1, "settled": canary[:7], "reviewed": canary[:12],
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

// cardsArgs are good arguments of those commands; nil: it is none of them.
func (s *stage) cardsArgs(name string) map[string]any {
	key := jwkOf(s.t, newKey(s.t))
	bakery, other := s.ids["shops"]["bakery"], s.ids["shops"]["other"]
	switch name {
	case "cards.get":
		return map[string]any{"id": newID(), "key": key}
	case "cards.renew":
		return map[string]any{"id": s.cardRow(map[string]any{"member": s.phones[owner].member, "kind": "phone", "key": keyText(s.t, key), "packed": "AAAA"})}
	case "cards.print":
		return map[string]any{"id": newID()}
	case "cards.print, for oneself":
		return map[string]any{"id": newID(), "member": s.phones[s.asks].member}
	case "cards.print, without phone":
		return map[string]any{"id": newID(), "member": s.alone()}
	case "cards.print, with a phone":
		return map[string]any{"id": newID(), "member": s.phones[suspended].member}
	case "cards.lost":
		return map[string]any{"id": s.cardRow(map[string]any{"member": s.phones[owner].member})}
	case "cards.lost, another's":
		return map[string]any{"member": s.alone()}
	case "cards.claim", "cards.claim, somebody's":
		row := map[string]any{}
		if name != "cards.claim" {
			row["member"] = s.phones[suspended].member
		}
		return map[string]any{"code": s.record("cards", s.cardRow(row)).GetString("code")}
	case "tills.open":
		return map[string]any{"id": newID(), "shop": bakery, "name": "Tablet", "key": key}
	case "tills.open, elsewhere":
		return map[string]any{"id": newID(), "shop": other, "name": "Tablet", "key": key}
	case "tills.renew", "tills.end":
		return map[string]any{"id": s.tillRow(bakery)}
	case "tills.end, of another shop":
		return map[string]any{"id": s.tillRow(other)}
	case "stamps.record":
		return map[string]any{"records": []string{"nothing"}}
	case "stamps.review", "stamps.review, of a limit", "stamps.review, of another shop":
		code := map[bool]string{true: "cap_day", false: "chain_gap"}[name == "stamps.review, of a limit"]
		return map[string]any{"id": s.heldRow(map[bool]string{true: other, false: bakery}[name == "stamps.review, of another shop"], code), "accept": true}
	case "stamps.review, of what is over": // NB! of no account: else it is judged anew with whatever else that is given
		id := s.heldRow(bakery, "chain_gap")
		s.set("stamps", id, map[string]any{"state": "ok"})
		return map[string]any{"id": id, "accept": true}
	}
	return nil
}

// alone is somebody without a phone.
func (s *stage) alone() string {
	return s.make("members", map[string]any{"firstName": "Edna", "standing": "active", "noPhone": true}).Id
}

func (s *stage) cardRow(values map[string]any) string {
	n := s.count("cards")
	row := map[string]any{"kind": "printed", "sub": fmt.Sprintf("ab%014x", n), "status": "active", "issued": 20000, "expires": 99999}
	maps.Copy(row, values)
	row["account"] = s.make("accounts", map[string]any{"member": row["member"]}).Id
	if row["kind"] == "printed" {
		row["code"] = fmt.Sprintf("AB%06X", n)
	} else {
		row["expires"] = 20010
	}
	return s.make("cards", row).Id
}

// tillRow is a till that only those who may end it see open: a shop has so many.
func (s *stage) tillRow(shop string) string {
	row := map[string]any{"shop": shop, "name": "Counter", "opened": in(-1), "ended": in(-1), "key": keyText(s.t, jwkOf(s.t, newKey(s.t)))}
	if s.asks == shopkeeper || s.asks == shopStaff || s.asks == coordinator {
		row["ended"] = ""
	}
	return s.make("tills", row).Id
}

// heldRow is a record that somebody should look at.
func (s *stage) heldRow(shop, code string) string {
	r := s.make("stamps", map[string]any{
		"record": newID() + newID(), "till": s.ids["tills"]["bakery"], "seq": 100 + s.count("stamps"), "shop": shop, "inShop": shop, "act": "stamp", "at": in(-1), "day": in(-1)[:10],
		"own": code, "linked": true, "state": "held", "codes": []string{code},
	})
	_, err := s.app.DB().NewQuery("INSERT INTO reviews (id, shop, till, at, act, codes, state) SELECT id, inShop, till, at, act, codes, state FROM stamps WHERE id = {:id}").Bind(dbx.Params{"id": r.Id}).Execute()
	must(s.t, err)
	return r.Id
}

func keyText(t testing.TB, key token.Key) string {
	raw, err := json.Marshal(key)
	must(t, err)
	return string(raw)
}
