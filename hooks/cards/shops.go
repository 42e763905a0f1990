package cards

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/ledger"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

// editShop changes what a shop says of itself.
func editShop(c *sync.Call) (sync.Result, error) {
	set, err := sync.Args[map[string]json.RawMessage](c)
	if err != nil {
		return sync.Result{}, err
	}
	var id string
	if json.Unmarshal(set["id"], &id) != nil {
		return sync.Result{}, sync.ErrShape
	}
	shop, err := ownShop(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	delete(set, "id")
	if len(set) == 0 {
		return sync.Result{}, sync.ErrShape
	}
	names := slices.Sorted(maps.Keys(set)) // NB! sorted: which refusal is told must not be chance
	for _, name := range names {
		if err := setShop(c, shop, name, set[name]); err != nil {
			return sync.Result{}, err
		}
	}
	if err := c.App.Save(shop); err != nil {
		return sync.Result{}, err
	}
	return noted(c, "shops.edit", shop.Id, map[string]string{"set": strings.Join(names, ",")})
}

// ownShop gives a shop that takes part to its owner, and to coordinators.
func ownShop(c *sync.Call, id string) (*core.Record, error) {
	if err := sync.ID(id); err != nil {
		return nil, err
	}
	if err := c.Allowed(errOwners, "owners/"+id, "coordinators"); err != nil {
		return nil, err
	}
	shop, err := c.Find("shops", id, errShopUnknown)
	if err == nil && shop.GetString("status") != "active" {
		return nil, errShopUnknown
	}
	return shop, err
}

func setShop(c *sync.Call, shop *core.Record, name string, raw json.RawMessage) error {
	var value any
	var err error
	switch name {
	case "perk":
		value, err = words(raw, limits.Perk, text.Line)
	case "chatty":
		value, err = words(raw, limits.Chatty, text.Line)
	case "hours":
		if value, err = ledger.ReadHours(raw); err != nil {
			err = sync.Reject("hours_invalid", err.Error())
		}
	case "plain":
		value, err = plain(c, shop, raw)
	default:
		err = sync.ErrShape
	}
	if err != nil {
		return err
	}
	shop.Set(name, value)
	return nil
}

// plain has visits to a shop show as plain local visits, also those that were. It is
// there for the people who go in, so only a coordinator takes it back.
func plain(c *sync.Call, shop *core.Record, raw json.RawMessage) (bool, error) {
	var to bool
	if raw[0] == 'n' || json.Unmarshal(raw, &to) != nil {
		return false, sync.ErrShape
	}
	if to == shop.GetBool("plain") {
		return to, nil
	}
	if !to {
		return false, c.Allowed(errCoordinators, "coordinators")
	}
	var named bool
	err := c.Ask(`SELECT EXISTS (SELECT 1 FROM rewards r, json_each(iif(json_valid(r.shops), r.shops, '[]')) j
		WHERE j.value ->> 'shop' = {:shop} AND (r.status = 'active' OR EXISTS (SELECT 1 FROM vouchers v WHERE v.reward = r.id AND v.status = 'open')))`,
		dbx.Params{"shop": shop.Id}).Row(&named)
	if err != nil {
		return false, err
	}
	if named {
		return false, sync.Reject("shop_in_reward", "This shop is in a reward that people have or can get. A coordinator ends that first.")
	}
	_, err = write(c.App, "UPDATE stamps SET shop = '' WHERE inShop = {:shop} AND shop <> ''", dbx.Params{"shop": shop.Id})
	return true, err
}

// leaveShop ends a shop's part: nobody has a role there any more, its tills end, and
// no reward that it pays for is given out. What it owes and is owed stays.
func (s *scheme) leaveShop(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	shop, err := ownShop(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	for name, value := range map[string]any{"status": "left", "perk": "", "chatty": "", "hours": nil} {
		shop.Set(name, value)
	}
	if err := c.App.Save(shop); err != nil {
		return sync.Result{}, err
	}
	roles, err := c.App.FindAllRecords("roles", dbx.HashExp{"shop": shop.Id})
	if err != nil {
		return sync.Result{}, err
	}
	for _, r := range roles {
		if err := c.App.Delete(r); err != nil {
			return sync.Result{}, err
		}
	}
	if err := s.leaveRewards(c.App, shop.Id, c.Now); err != nil {
		return sync.Result{}, err
	}
	_, err = write(c.App, "UPDATE tills SET ended = {:now} WHERE shop = {:shop} AND ended = ''", dbx.Params{"now": sync.Stamp(c.Now), "shop": shop.Id})
	if err != nil {
		return sync.Result{}, err
	}
	if err := s.revoke(c.App, c.Now); err != nil {
		return sync.Result{}, err
	}
	return noted(c, "shops.leave", shop.Id, nil)
}

// leaveRewards ends the rewards that a shop which leaves takes part in: nobody else
// agreed to pay its share. Vouchers that are out stay good in the other shops, and the
// shop owes its share of them; where there is no other, the stamps come back.
func (s *scheme) leaveRewards(tx core.App, shop string, now time.Time) error {
	rewards, err := tx.FindAllRecords("rewards", dbx.NewExp("EXISTS (SELECT 1 FROM json_each(iif(json_valid(rewards.shops), rewards.shops, '[]')) j WHERE j.value ->> 'shop' = {:shop})", dbx.Params{"shop": shop}))
	if err != nil {
		return err
	}
	for _, r := range rewards {
		if r.GetString("status") == "active" {
			r.Set("status", "ended")
			if err := tx.Save(r); err != nil {
				return err
			}
		}
		if err := s.giveBack(tx, r.Id, now); err != nil {
			return err
		}
	}
	return nil
}

// giveBack ends the open vouchers of a reward that no shop takes any more.
func (s *scheme) giveBack(tx core.App, reward string, now time.Time) error {
	open, err := tx.FindAllRecords("vouchers", dbx.HashExp{"reward": reward, "status": "open"}, dbx.NewExp(`NOT EXISTS (
		SELECT 1 FROM rewards r, json_each(iif(json_valid(r.shops), r.shops, '[]')) j JOIN shops s ON s.id = j.value ->> 'shop'
		WHERE r.id = vouchers.reward AND s.status = 'active')`))
	if err != nil {
		return err
	}
	for _, v := range open {
		if err := turn(tx, v, "void", now); err != nil {
			return err
		}
	}
	return nil
}
