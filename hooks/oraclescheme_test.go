package hooks_test

import (
	"fmt"
	"maps"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// The oracle's cells of what shops and coordinators agree on around the card.

func init() {
	boss := func(told string) map[who]string { return but("not_allowed", map[who]string{coordinator: told}) }
	counter := func(told string) map[who]string {
		return but("not_allowed", map[who]string{host: told, activator: told, shopkeeper: told, coordinator: told, unenrolled: told})
	}
	maps.Copy(mayDo, map[string]map[who]string{
		"community.scheme":                   boss(""),
		"community.scheme, out of bounds":    boss("scheme_invalid"),
		"rewards.add":                        boss(""),
		"rewards.add, that doesn't add up":   boss("shares_invalid"),
		"rewards.add, with a pharmacy":       boss("shop_plain"),
		"rewards.add, with a shop that left": boss("shop_unknown"),
		"rewards.edit":                       boss(""),
		"rewards.edit, what is promised":     boss("reward_in_use"),
		"rewards.end":                        boss(""),
		"rewards.end, again":                 boss("reward_unknown"),
		"vouchers.get":                       but("", map[who]string{}),
		"vouchers.get, with too few stamps":  but("stamps_short", map[who]string{}),
		"vouchers.get, with another's card":  but("card_none", map[who]string{}),
		"vouchers.print":                     counter(""),
		"vouchers.print, of an unknown code": counter("code_unknown"),
		"vouchers.cancel":                    but("", map[who]string{}),
		"vouchers.cancel, another's":         but("voucher_unknown", map[who]string{}),
		"vouchers.cancel, that was used":     but("voucher_not_open", map[who]string{}),
		"shops.edit":                         but("not_allowed", map[who]string{shopkeeper: "", coordinator: ""}),
		"shops.edit, of another":             boss(""),
		"shops.edit, of one that left":       boss("shop_unknown"),
		"shops.edit, to a plain one":         but("not_allowed", map[who]string{shopkeeper: "", coordinator: ""}),
		"shops.edit, to a plain one no more": boss(""),
		"shops.edit, to hours that are none": but("not_allowed", map[who]string{shopkeeper: "hours_invalid", coordinator: "hours_invalid"}),
		"shops.leave":                        but("not_allowed", map[who]string{shopkeeper: "", coordinator: ""}),
		"shops.leave, another":               boss(""),
		"patterns.seen":                      boss(""),
		"patterns.seen, of what isn't there": boss("pattern_unknown"),
	})
}

// ownShop is a shop of whoever asks, if they have one at all.
func (s *stage) ownShop(values map[string]any) string {
	set := map[string]any{"name": "Bakery", "status": "active"}
	maps.Copy(set, values)
	id := s.make("shops", set).Id
	if s.asks == shopkeeper {
		s.make("roles", map[string]any{"member": s.phones[shopkeeper].member, "role": "owner", "shop": id})
	}
	return id
}

// rewardOf is a reward that one shop pays for.
func (s *stage) rewardOf(shop string) string {
	return s.make("rewards", map[string]any{"title": "Tea", "stamps": 6, "pence": 250, "status": "active", "shops": []any{map[string]any{"shop": shop, "share": 100}}}).Id
}

// carded is an account of a member with a card and so many stamps.
func (s *stage) carded(member string, stamps int) *core.Record {
	account := s.make("accounts", map[string]any{"member": member, "closed": stamps, "stamps": stamps})
	sub := fmt.Sprintf("%016x", s.count("cards"))
	return s.make("cards", map[string]any{
		"account": account.Id, "member": member, "kind": "printed", "sub": sub, "code": strings.ToUpper(sub[8:]), "status": "active", "issued": 20000, "expires": 99999,
	})
}

// schemeArgs are good arguments of those commands; nil: it is none of them.
func (s *stage) schemeArgs(name string) map[string]any {
	command, kind, _ := strings.Cut(name, ", ")
	switch command {
	case "community.scheme":
		if kind != "" {
			return map[string]any{"set": map[string]any{"stampsPerDay": 99}}
		}
		return map[string]any{"set": map[string]any{"minutesApart": 20}}
	case "rewards.add", "rewards.edit", "rewards.end":
		return s.rewardArgs(command, kind)
	case "vouchers.get", "vouchers.print", "vouchers.cancel":
		return s.voucherArgs(command, kind)
	case "shops.edit", "shops.leave":
		return s.shopArgs(command, kind)
	case "patterns.seen":
		if kind != "" {
			return map[string]any{"id": newID()}
		}
		return map[string]any{"id": s.make("patterns", map[string]any{"week": "2026-11-16", "till": newID(), "kind": "burst", "shown": "15 stamps"}).Id}
	}
	return nil
}

func (s *stage) rewardArgs(command, kind string) map[string]any {
	shop := s.ids["shops"][map[string]string{"with a pharmacy": "pharmacy", "with a shop that left": "gone"}[kind]]
	if shop == "" {
		shop = s.ids["shops"]["bakery"]
	}
	id := newID()
	if command != "rewards.add" && s.asks == coordinator { // who may not: the list has an end
		id = s.rewardOf(shop)
	}
	switch {
	case command == "rewards.edit" && kind != "":
		s.make("vouchers", map[string]any{"account": newID(), "reward": id, "jti": fmt.Sprintf("%016x", s.count("vouchers")), "status": "void"})
		return map[string]any{"id": id, "set": map[string]any{"pence": 900}}
	case command == "rewards.edit":
		return map[string]any{"id": id, "set": map[string]any{"title": newID(), "stamps": 3, "pence": 100}}
	case command == "rewards.end" && kind != "":
		if s.asks == coordinator {
			s.set("rewards", id, map[string]any{"status": "ended"})
		}
		return map[string]any{"id": id}
	case command == "rewards.end":
		return map[string]any{"id": id}
	}
	share := 100
	if kind == "that doesn't add up" {
		share = 99
	}
	return map[string]any{"id": id, "title": "Tea", "text": "For two", "stamps": 6, "pence": 250, "shops": []any{map[string]any{"shop": shop, "share": share}}}
}

func (s *stage) voucherArgs(command, kind string) map[string]any {
	me, stamps := s.phones[s.asks].member, 10
	if kind == "with too few stamps" {
		stamps = 5
	}
	whose := me
	if kind == "another's" || kind == "with another's card" || command == "vouchers.print" {
		whose = s.somebody()
	}
	card := s.carded(whose, stamps)
	reward := s.ids["rewards"]["tea"] // NB! one for all: the list has an end
	switch command {
	case "vouchers.get":
		return map[string]any{"id": newID(), "reward": reward, "card": card.Id}
	case "vouchers.print":
		code := card.GetString("code")
		if kind != "" {
			code = "00000ZZZ"
		}
		return map[string]any{"id": newID(), "code": code, "reward": reward}
	}
	status := map[string]string{"that was used": "redeemed"}[kind]
	if status == "" {
		status = "open"
	}
	return map[string]any{"id": s.make("vouchers", map[string]any{
		"account": card.GetString("account"), "member": whose, "reward": reward, "jti": fmt.Sprintf("%016x", s.count("vouchers")), "status": status, "stamps": 6, "expires": 99999,
	}).Id}
}

func (s *stage) shopArgs(command, kind string) map[string]any {
	id := s.ids["shops"]["other"]
	if command == "shops.leave" && kind != "" {
		id = s.make("shops", map[string]any{"name": "Bakery", "status": "active"}).Id
	}
	switch kind {
	case "", "to a plain one", "to hours that are none":
		id = s.ownShop(nil)
	case "to a plain one no more":
		id = s.ownShop(map[string]any{"plain": true})
	case "of one that left":
		id = s.ids["shops"]["gone"]
	}
	switch {
	case command == "shops.leave":
		return map[string]any{"id": id}
	case kind == "to a plain one" || kind == "to a plain one no more":
		return map[string]any{"id": id, "plain": kind == "to a plain one"}
	case kind == "to hours that are none":
		return map[string]any{"id": id, "hours": map[string]any{"mon": [][]string{{"17:00", "09:00"}}}}
	}
	return map[string]any{"id": id, "perk": newID(), "chatty": "Tuesdays at ten", "hours": map[string]any{"mon": [][]string{{"09:00", "17:00"}}}}
}
