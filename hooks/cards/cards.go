// Package cards is one card for many shops: cards, the tills that stamp them, what
// their records add up to, and what can be had for it. What a record counts is
// judged in internal/ledger; here is what is asked, stored and shown.
package cards

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/card"
	"kith/internal/sync"
)

// Register binds the room. ring has the keys of cards.
func Register(app core.App, r *sync.Registry, ring *card.Ring) {
	declare(r)
	declareScheme(r)
	r.Keep(keepings()...)
	m := &room{registerScheme(app, r, ring)}
	r.Handle("cards.get", m.get)
	r.Handle("cards.renew", m.renew)
	r.Handle("cards.print", m.print)
	r.HandleFor("details", "cards.lost", m.lost)
	r.Handle("cards.claim", m.claim)
	r.Handle("tills.open", m.openTill)
	r.Handle("tills.renew", m.renewTill)
	r.Handle("tills.end", m.endTill)
	r.Handle("stamps.record", m.record)
	r.Handle("stamps.review", m.review)
	app.Cron().MustAdd(Hourly, "23 * * * *", func() {
		if err := m.Tidy(app, time.Now()); err != nil {
			app.Logger().Error("cards: could not take back what was for a day", "error", err)
		}
	})
}

// room is what makes cards and takes in what tills write down, beside the scheme that
// they are for.
type room struct{ *scheme }

var (
	bearer  = sync.Audience{Key: "'member/' || {row}.member", When: "{row}.member <> ''"}
	printer = sync.Audience{Key: "'member/' || {row}.by", When: "{row}.by <> ''"} // for the day, to print it
	desk    = sync.Audience{Key: "'coordinators'"}
	owners  = sync.Audience{Key: "'owners/' || {row}.shop"}
	shop    = sync.Audience{Key: "'shop/' || {row}.shop"}
)

// declare says who may hold what. A shop never learns whose card it is, and nobody
// but its bearer where somebody shops.
func declare(r *sync.Registry) {
	for _, c := range []sync.Collection{
		{Name: "accounts", Columns: append(sync.Texts("member", "onlineUntil"), sync.Numbers("stamps", "held")...), To: []sync.Audience{bearer}},
		{Name: "cards", Columns: append(sync.Texts("account", "by", "kind", "packed", "code", "status"), sync.Numbers("issued", "expires")...), To: []sync.Audience{bearer, printer}},
		{Name: "tills", Columns: append(sync.Texts("shop", "device", "name", "key", "token", "opened", "ended"), sync.Numbers("expires")...), To: []sync.Audience{owners, shop, desk}},
		{Name: "stamps", Columns: append(append(sync.Texts("shop", "day", "act", "state"), sync.Objects("codes")...), sync.Numbers("counted")...), To: []sync.Audience{bearer}},
		{Name: "reviews", Columns: append(sync.Texts("shop", "till", "at", "act", "state"), sync.Objects("codes")...), To: []sync.Audience{owners, desk}},
	} {
		r.Sync(c)
	}
}

// note puts what was done with power over others into the record.
func note(c *sync.Call, action, subject string, detail map[string]string) error {
	return audit.Append(c.App.DB(), audit.Entry{At: c.Now, Actor: c.Member, Device: c.Device, Action: action, Subject: subject, Detail: detail})
}
