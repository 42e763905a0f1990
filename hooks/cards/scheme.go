package cards

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/card"
	"kith/internal/ledger"
	"kith/internal/sync"
)

// scheme is what shops and coordinators agree on around the card: rewards and the
// vouchers for them, what each shop shows of itself, who owes whom, and what was
// revoked.
type scheme struct{ ring *card.Ring }

// registerScheme binds it.
func registerScheme(app core.App, r *sync.Registry, ring *card.Ring) *scheme {
	s := &scheme{ring}
	for name, handler := range map[string]sync.Handler{
		"rewards.add": addReward, "rewards.edit": editReward, "rewards.end": endReward,
		"vouchers.get": s.getVoucher, "vouchers.print": s.printVoucher, "vouchers.cancel": s.cancelVoucher,
		"shops.edit": editShop, "shops.leave": s.leaveShop,
		"community.scheme": changeRules, "patterns.seen": seePattern,
	} {
		r.Handle(name, handler)
	}
	app.OnRecordCreate("communities").BindFunc(rulesFromTheStart)
	s.jobs(app)
	return s
}

// What more than one command of the scheme says no with.
var (
	errCoordinators   = sync.Reject("not_allowed", "Only a coordinator can do this.")
	errOwners         = sync.Reject("not_allowed", "Only the owner of this shop, or a coordinator, can do this.")
	errShopUnknown    = sync.Reject("shop_unknown", "This shop does not take part any more.")
	errRewardUnknown  = sync.Reject("reward_unknown", "This reward is not here any more.")
	errVoucherUnknown = sync.Reject("voucher_unknown", "This voucher is not here any more.")
)

// noted is the end of a command that was done with power over others.
func noted(c *sync.Call, action, subject string, detail map[string]string) (sync.Result, error) {
	return sync.Result{}, note(c, action, subject, detail)
}

// errNoKeys: the key file is missing, so nothing new can be signed.
var errNoKeys = sync.Reject("cards_off", "New cards and vouchers can't be made at the moment. The people who run this know.")

// settings are the rules of the community, and its zone.
func settings(tx core.App) (ledger.Rules, *time.Location, error) {
	var stored, name string
	err := tx.DB().NewQuery("SELECT coalesce(max(scheme), ''), coalesce(max(zone), '') FROM communities").Row(&stored, &name)
	zone, known := calendar.Zone(name)
	if !known {
		zone = time.UTC
	}
	return ledger.Read(stored), zone, err
}

// write is raw SQL in a transaction; the triggers of sync carry it as any other.
func write(tx core.App, statement string, params dbx.Params) (int, error) {
	result, err := tx.DB().NewQuery(statement).Bind(params).Execute()
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// dayNumber counts days from 1970, as cards and vouchers do.
func dayNumber(t time.Time) int { return int(t.Unix() / (24 * 3600)) }
