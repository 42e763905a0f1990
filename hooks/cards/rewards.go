package cards

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/ledger"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
	"kith/internal/text"
)

// addReward puts up what stamps are good for.
func addReward(c *sync.Call) (sync.Result, error) {
	set, err := sync.Args[map[string]json.RawMessage](c)
	if err != nil {
		return sync.Result{}, err
	}
	var id string
	if json.Unmarshal(set["id"], &id) != nil {
		return sync.Result{}, sync.ErrShape
	}
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return sync.Result{}, err
	}
	var on int
	if err := c.Ask("SELECT count(*) FROM rewards WHERE status = 'active'", dbx.Params{}).Row(&on); err != nil {
		return sync.Result{}, err
	}
	if on >= limits.Rewards {
		return sync.Result{}, sync.Reject("list_full", "There are as many rewards as a shop can tell apart. End one first.")
	}
	r, err := c.Fresh("rewards", id, map[string]any{"status": "active"})
	if err != nil {
		return sync.Result{}, err
	}
	delete(set, "id")
	for _, name := range []string{"title", "stamps", "pence", "shops"} {
		if _, said := set[name]; !said {
			return sync.Result{}, sync.ErrShape
		}
	}
	return saveReward(c, r, set, "rewards.add")
}

// promised are the columns that a voucher promises: whoever has one, and each shop
// that pays for it, relies on them. NB! They stay for as long as there is a row of a
// voucher, open or not: what a till took without a signal may still come.
var promised = []string{"stamps", "pence", "shops"}

// editReward changes what is said of a reward, and what it is as long as nobody has
// got one.
func editReward(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID  string                     `json:"id"`
		Set map[string]json.RawMessage `json:"set"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := activeReward(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	if len(args.Set) == 0 {
		return sync.Result{}, sync.ErrShape
	}
	if slices.ContainsFunc(promised, func(name string) bool { return args.Set[name] != nil }) {
		var got bool
		if err := c.Ask("SELECT EXISTS (SELECT 1 FROM vouchers WHERE reward = {:id})", dbx.Params{"id": r.Id}).Row(&got); err != nil {
			return sync.Result{}, err
		}
		if got {
			return sync.Result{}, sync.Reject("reward_in_use", "Somebody has a voucher for this already, so what it costs, what it is worth and who pays stay. End this reward and add another.")
		}
	}
	return saveReward(c, r, args.Set, "rewards.edit")
}

// endReward takes a reward down. Vouchers for it that somebody has stay good.
func endReward(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := activeReward(c, id)
	if err != nil {
		return sync.Result{}, err
	}
	r.Set("status", "ended")
	if err := errors.Join(c.App.Save(r), notice.Over(c.App.DB(), r.Id, "", "reward.reached")); err != nil {
		return sync.Result{}, err
	}
	return noted(c, "rewards.end", r.Id, nil)
}

// activeReward gives a reward that is on to a coordinator.
func activeReward(c *sync.Call, id string) (*core.Record, error) {
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return nil, err
	}
	return rewardOn(c, id)
}

func rewardOn(c *sync.Call, id string) (*core.Record, error) {
	r, err := c.Find("rewards", id, errRewardUnknown)
	if err == nil && r.GetString("status") != "active" {
		return nil, errRewardUnknown
	}
	return r, err
}

func saveReward(c *sync.Call, r *core.Record, set map[string]json.RawMessage, action string) (sync.Result, error) {
	for _, name := range slices.Sorted(maps.Keys(set)) { // NB! sorted: which refusal is told must not be chance
		value, err := rewardColumn(c, name, set[name])
		if err != nil {
			return sync.Result{}, err
		}
		r.Set(name, value)
	}
	plain, err := inWords(c, r)
	if err != nil {
		return sync.Result{}, err
	}
	r.Set("plainText", plain)
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	return noted(c, action, r.Id, nil)
}

// rewardColumn is the value of one column as a device sent it.
func rewardColumn(c *sync.Call, name string, raw json.RawMessage) (any, error) {
	switch name {
	case "title":
		s, err := words(raw, limits.Title, text.Line)
		if err == nil && s == "" {
			return nil, sync.Reject("text_invalid", "A reward has a name.")
		}
		return s, err
	case "text":
		return words(raw, limits.ShortText, text.Block)
	case "stamps":
		return whole(raw, 1, limits.RewardStamps, "A reward costs 1 to 50 stamps.")
	case "pence":
		return whole(raw, 0, limits.RewardPence, "A reward is worth up to £50, in whole pence.")
	case "shops":
		shares, err := ledger.ReadShares(raw)
		if err != nil {
			return nil, sync.Reject("shares_invalid", err.Error())
		}
		return shares, funders(c, shares)
	}
	return nil, sync.ErrShape
}

func words(raw json.RawMessage, most int, clean func(string, int) (string, error)) (string, error) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return "", sync.ErrShape
	}
	s, err := clean(s, most)
	var e *text.Error
	if errors.As(err, &e) {
		return "", sync.Reject("text_invalid", e.Message)
	}
	return s, err
}

func whole(raw json.RawMessage, least, most int, says string) (int, error) {
	var n int
	if len(raw) == 0 || raw[0] == 'n' || json.Unmarshal(raw, &n) != nil {
		return 0, sync.ErrShape
	}
	if n < least || n > most {
		return 0, sync.Reject("reward_invalid", says)
	}
	return n, nil
}

// funders are shops that take part, and openly so: where somebody goes who gets a
// voucher there would tell of their health.
func funders(c *sync.Call, shares []ledger.Share) error {
	for _, s := range shares {
		shop, err := c.Find("shops", s.Shop, errShopUnknown)
		switch {
		case err != nil:
			return err
		case shop.GetString("status") != "active":
			return errShopUnknown
		case shop.GetBool("plain"):
			return sync.Reject("shop_plain", "A visit to this shop shows as a plain local visit, so it takes no vouchers.")
		}
	}
	return nil
}

// inWords is a reward as it can be read out, or sent to a friend.
func inWords(c *sync.Call, r *core.Record) (string, error) {
	shares, err := ledger.ReadShares([]byte(r.GetString("shops")))
	if err != nil {
		return "", err
	}
	names := make([]string, 0, len(shares))
	for _, s := range shares {
		shop, err := c.Find("shops", s.Shop, errShopUnknown)
		if err != nil {
			return "", err
		}
		names = append(names, shop.GetString("name"))
	}
	return ledger.InWords(r.GetString("title"), r.GetString("text"), r.GetInt("stamps"), r.GetInt("pence"), names), nil
}
