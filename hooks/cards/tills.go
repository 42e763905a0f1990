package cards

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/card"
	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
	"kith/internal/token"
)

var (
	errShopPeople  = sync.Reject("not_allowed", "Only people of this shop can do this.")
	errTillUnknown = sync.Reject("till_unknown", "This till is not here any more.")
	errTillEnded   = sync.Reject("till_ended", "This till was ended. Open a new one.")
)

// openTill takes a device's key in as a till of a shop.
func (m *room) openTill(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID   string          `json:"id"`
		Shop string          `json:"shop"`
		Name string          `json:"name"`
		Key  json.RawMessage `json:"key"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errShopPeople, "shop/"+args.Shop); err != nil {
		return sync.Result{}, err
	}
	if shop, err := c.Find("shops", args.Shop, errShopPeople); err != nil {
		return sync.Result{}, err
	} else if shop.GetString("status") != "active" {
		return sync.Result{}, sync.Reject("shop_left", "This shop does not take part any more.")
	}
	key, err := ownKey(c, args.Key)
	if err != nil {
		return sync.Result{}, err
	}
	name, err := text.Line(args.Name, limits.DeviceName)
	if err != nil || name == "" {
		return sync.Result{}, sync.Reject("text_invalid", "A till’s name has 1 to 60 letters.")
	}
	open, err := c.App.FindRecordsByFilter("tills", "shop = {:shop} && ended = ''", "id", 0, 0, dbx.Params{"shop": args.Shop})
	if err != nil {
		return sync.Result{}, err
	}
	for _, t := range open {
		if t.GetString("key") == written(key) {
			return sync.Result{Merged: true, Data: map[string]string{"id": t.Id}}, nil
		}
	}
	if len(open) >= limits.TillsPerShop {
		return sync.Result{}, sync.Reject("tills_many", "This shop has as many tills as it may. End one that you don’t use.")
	}
	r, err := c.Fresh("tills", args.ID, map[string]any{
		"shop": args.Shop, "device": c.Device, "member": c.Member, "name": name, "key": written(key), "opened": sync.Stamp(c.Now),
	})
	if err != nil {
		return sync.Result{}, err
	}
	if err := m.signTill(c, r, key); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{Data: map[string]string{"id": r.Id}}, c.App.Save(r)
}

// signTill gives a till its token, from now on.
func (m *room) signTill(c *sync.Call, r *core.Record, key token.Key) error {
	sum := sha256.Sum256([]byte("till\x00" + c.Nonce + "\x00" + r.Id))
	until := c.Now.Add(limits.TillDays * 24 * time.Hour)
	raw, err := m.ring.Till(card.Till{ID: r.Id, Shop: r.GetString("shop"), Issued: c.Now.Truncate(time.Second), Expires: until.Truncate(time.Second), JTI: card.ID(sum[:8]), Key: key})
	if errors.Is(err, card.ErrNoKey) {
		return errNoKeys
	}
	r.Set("token", raw)
	r.Set("expires", int(card.Day(until)))
	return err
}

// renewTill gives a till a token for the next month.
func (m *room) renewTill(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.Find("tills", id, errTillUnknown)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errTillUnknown, "shop/"+r.GetString("shop")); err != nil {
		return sync.Result{}, err
	}
	if r.GetString("ended") != "" {
		return sync.Result{}, errTillEnded
	}
	if r.GetInt("expires")-int(card.Day(c.Now)) >= limits.TillRenew && card.IsBy(m.ring.Set(), card.TypTill, r.GetString("token"), nil) {
		return sync.Result{}, nil
	}
	var key token.Key
	if err := json.Unmarshal([]byte(r.GetString("key")), &key); err != nil {
		return sync.Result{}, err
	}
	if err := m.signTill(c, r, key); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, c.App.Save(r)
}

// endTill ends a till: what it sends from now on is held, whenever it was made.
func (m *room) endTill(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.Find("tills", id, errTillUnknown)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errTillUnknown, "owners/"+r.GetString("shop"), "coordinators"); err != nil {
		return sync.Result{}, err
	}
	if r.GetString("ended") != "" {
		return sync.Result{}, nil
	}
	r.Set("ended", sync.Stamp(c.Now))
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	if err := m.revoke(c.App, c.Now); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "tills.end", r.Id, map[string]string{"shop": r.GetString("shop")})
}
