package listings

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/sync"
)

// Link is an invite to run a listing with somebody that is good, as it is read for one
// command.
type Link interface {
	Into() (listing string)
	Use(c *sync.Call) error
}

// Joined makes a member who joins by a link one of those who run a listing.
func Joined(tx core.App, listing, member string) error {
	_, err := host(tx, core.GenerateDefaultRandomId(), listing, member)
	return err
}

// join makes somebody who has an account one of those who run a listing.
func (w *room) join(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Code string `json:"code"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	link, err := w.link(c, args.Code)
	if err != nil {
		return sync.Result{}, err
	}
	fresh, err := host(c.App, sync.DerivedID("host", c.Nonce), link.Into(), c.Member)
	if err != nil {
		return sync.Result{}, err
	}
	result := sync.Result{Merged: !fresh, Data: map[string]string{"listing": link.Into()}}
	if !fresh {
		return result, nil
	}
	return result, link.Use(c)
}

// host makes a member a host of a listing, in a row with that id; fresh: they weren't.
func host(tx core.App, id, listing, member string) (fresh bool, err error) {
	var have, all int
	err = tx.DB().NewQuery("SELECT count(*), coalesce(sum(member = {:member}), 0) FROM hosts WHERE listing = {:listing}").
		Bind(dbx.Params{"listing": listing, "member": member}).Row(&all, &have)
	if err != nil || have > 0 {
		return false, err
	}
	if all >= limits.Hosts {
		return false, sync.Reject("hosts_full", "As many people run this as can.")
	}
	runs, err := tx.CountRecords("hosts", dbx.HashExp{"member": member})
	if err != nil {
		return false, err
	}
	if runs >= limits.Hosting {
		return false, sync.Reject("hosting_full", "You run as many listings as one person can. Stop running one first: end it if nobody else runs it.")
	}
	who, err := tx.FindRecordById("members", member)
	if err != nil {
		return false, err
	}
	coll, err := tx.FindCachedCollectionByNameOrId("hosts")
	if err != nil {
		return false, err
	}
	r := core.NewRecord(coll)
	r.Id = id
	r.Load(map[string]any{"listing": listing, "member": member, "firstName": who.GetString("firstName")})
	return true, tx.Save(r)
}

// endHost takes somebody off those who run a listing: themselves, or whom they run it
// with. Somebody always does, until it has ended.
func endHost(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID string `json:"id"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	unknown := sync.Reject("host_unknown", "They don't run this any more.")
	r, err := c.Find("hosts", args.ID, unknown)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(unknown, "host/"+r.GetString("listing")); err != nil {
		return sync.Result{}, err
	}
	others, err := c.App.CountRecords("hosts", dbx.HashExp{"listing": r.GetString("listing")})
	if err != nil {
		return sync.Result{}, err
	}
	if others < 2 {
		listing, err := c.Find("listings", r.GetString("listing"), unknown)
		if err != nil {
			return sync.Result{}, err
		}
		if listing.GetString("status") != "ended" {
			return sync.Result{}, sync.Reject("last_host", "Nobody else runs this. Ask somebody to, or end it.")
		}
	}
	return sync.Result{}, c.App.Delete(r)
}
