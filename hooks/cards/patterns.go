package cards

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/ledger"
	"kith/internal/sync"
)

// Patterns looks for what was unusual at a till in the week that has just become
// final, and tells the coordinators. Nothing follows from it by itself.
func Patterns(app core.App, now time.Time) error {
	rules, zone, err := settings(app)
	if err != nil {
		return err
	}
	monday := mondayOf(dayOf(now, zone).AddDate(0, 0, -week-settledAfter(rules)))
	return app.RunInTransaction(func(tx core.App) error {
		var done bool
		day := monday.Format(time.DateOnly)
		if err := tx.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM patterns WHERE week = {:week})").Bind(dbx.Params{"week": day}).Row(&done); err != nil || done {
			return err
		}
		seen, err := seenIn(tx, monday, zone)
		if err != nil {
			return err
		}
		coll, err := tx.FindCachedCollectionByNameOrId("patterns")
		if err != nil {
			return err
		}
		for _, p := range ledger.Patterns(seen) {
			r := core.NewRecord(coll)
			r.Id = sync.DerivedID("pattern", day, p.Till, p.Kind)
			r.Load(map[string]any{"week": day, "shop": p.Shop, "till": p.Till, "kind": p.Kind, "shown": p.Shown})
			if err := tx.Save(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// seenIn is what tills wrote down in a week, by the clock on the wall.
func seenIn(tx core.App, monday time.Time, zone *time.Location) (seen []ledger.Seen, err error) {
	var rows []struct {
		Shop    string `db:"shop"`
		Till    string `db:"till"`
		Account string `db:"account"`
		Act     string `db:"act"`
		At      string `db:"at"`
	}
	err = tx.DB().NewQuery("SELECT inShop AS shop, till, account, act, at FROM stamps WHERE day >= {:from} AND day < {:to} AND inShop <> ''").
		Bind(dbx.Params{"from": monday.Format(time.DateOnly), "to": monday.AddDate(0, 0, week).Format(time.DateOnly)}).All(&rows)
	for _, r := range rows {
		at, err := time.Parse(time.RFC3339Nano, r.At)
		if err != nil {
			continue
		}
		seen = append(seen, ledger.Seen{Shop: r.Shop, Till: r.Till, Account: r.Account, Act: r.Act, At: at.In(zone)})
	}
	return seen, err
}

// seePattern says that a coordinator has looked at one.
func seePattern(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return sync.Result{}, err
	}
	p, err := c.Find("patterns", id, sync.Reject("pattern_unknown", "This is not here any more."))
	if err != nil {
		return sync.Result{}, err
	}
	p.Set("seen", true)
	if err := c.App.Save(p); err != nil {
		return sync.Result{}, err
	}
	return noted(c, "patterns.seen", p.Id, nil)
}
