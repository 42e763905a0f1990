// Package listings is what is on: groups, events, services and notices, the
// places they are at and the organisations behind them. Activators add and edit
// them from the hall; everybody reads them, with or without an account.
package listings

import (
	"github.com/pocketbase/dbx"

	"kith/internal/limits"
	"kith/internal/sync"
)

// room is the room, and whom it tells beside those who are coming.
type room struct {
	waiting func(c *sync.Call, template, listing, day string) error
	link    func(c *sync.Call, code string) (Link, error)
}

// Register declares what is synced and what can be asked for. waiting tells those who
// wait for somebody that a day, or all days, are off or are another than they were; link
// reads an invite to run a listing.
func Register(r *sync.Registry, waiting func(c *sync.Call, template, listing, day string) error, link func(c *sync.Call, code string) (Link, error)) {
	w := &room{waiting, link}
	everybody := []sync.Audience{{Key: "'" + sync.Public + "'"}}
	r.Sync(sync.Collection{
		Name:    "places",
		Columns: append(append(sync.Texts("name", "address", "postcode", "kind"), sync.Numbers("lat", "lon")...), sync.Objects("access")...),
		To:      everybody,
	})
	r.Sync(sync.Collection{Name: "organisations", Columns: sync.Texts("name", "description", "url", "email", "phone"), To: everybody})
	r.Sync(sync.Collection{
		Name: "listings",
		Columns: append(
			sync.Texts("kind", "title", "summary", "description", "organisation", "place", "room", "venue", "whoComes", "checked", "status", "source", "sourceUrl", "twin"),
			sync.Objects("schedule", "prices", "access", "languages", "firstVisit", "contact")...),
		To: []sync.Audience{
			{Key: "'" + sync.Public + "'", When: "{row}.status <> 'draft'"},
			{Key: "'activators'", When: "{row}.status = 'draft'"},
		},
	})
	r.Sync(sync.Collection{
		Name: "hosts", Columns: sync.Texts("listing", "firstName"),
		To: []sync.Audience{{Key: "'member/' || {row}.member"}, {Key: "'host/' || {row}.listing"}},
	})
	r.Prioritise("host", 1)
	r.Lease("host", limits.LeaseHost)
	r.Grant(sync.Grant{Table: "hosts", Member: "{row}.member", Audience: "'host/' || {row}.listing"})

	r.Keep(keepings()...)

	r.Handle("listings.add", add)
	r.Handle("listings.edit", w.edit)
	r.Handle("listings.check", check)
	r.Handle("places.add", addPlace)
	r.Handle("hosts.join", w.join)
	r.Handle("hosts.end", endHost)
}

// Left ends what a member who leaves hosts; the listings stay.
func Left(c *sync.Call) error {
	hosted, err := c.App.FindAllRecords("hosts", dbx.HashExp{"member": c.Member})
	if err != nil {
		return err
	}
	for _, h := range hosted {
		if err := c.App.Delete(h); err != nil {
			return err
		}
	}
	return nil
}
