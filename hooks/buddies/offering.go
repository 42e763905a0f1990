package buddies

import (
	"database/sql"
	"errors"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/interest"
	"kith/internal/notice"
	"kith/internal/sync"
)

// offer says that the caller would look out for newcomers of a group. Who offers again
// what was over, or was declined, offers the same once more.
func offer(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID        string   `json:"id"`
		Listing   string   `json:"listing"`
		Interests []string `json:"interests"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	picked, known := interest.Pick(args.Interests)
	if !known {
		return sync.Result{}, sync.Reject("interests_invalid", "Choose up to five interests from the list.")
	}
	if err := on(c, args.Listing); err != nil {
		return sync.Result{}, err
	}
	b, merged, err := offered(c, args.ID, args.Listing)
	if err != nil {
		return sync.Result{}, err
	}
	b.Set("interests", picked)
	if s := b.GetString("status"); s == "offered" || s == "approved" {
		return sync.Result{Merged: true, Data: map[string]string{"id": b.Id}}, c.App.Save(b)
	}
	b.Load(map[string]any{"status": "offered", "at": sync.Stamp(c.Now)})
	if err := c.App.Save(b); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{Merged: merged, Data: map[string]string{"id": b.Id}}, notice.By(c, "buddy.offered", "host/"+args.Listing, b.Id)
}

// on refuses a listing to which nobody can come, or whose people aren't here to be told.
func on(c *sync.Call, listing string) error {
	r, err := c.Find("listings", listing, sync.Reject("listing_unknown", "This listing is not here any more."))
	if err != nil {
		return err
	}
	for _, feed := range []string{"oruk:", "ical:"} {
		if strings.HasPrefix(r.GetString("source"), feed) {
			return sync.Reject("nobody_here", "The people who run this don't use Kith, so nobody would be told. Ask them.")
		}
	}
	switch r.GetString("status") {
	case "active", "paused":
		return nil
	case "draft": // as far as others know, it isn't there
		return sync.Reject("listing_unknown", "This listing is not here any more.")
	}
	return sync.Reject("listing_closed", "This isn't on at the moment.")
}

// offered is the caller's offer to a listing, or a new one.
func offered(c *sync.Call, id, listing string) (b *core.Record, merged bool, err error) {
	b = &core.Record{}
	err = c.App.RecordQuery("buddies").AndWhere(dbx.HashExp{"member": c.Member, "listing": listing}).OrderBy("id").Limit(1).One(b)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return b, true, err
	}
	var name string
	if err := c.Ask("SELECT firstName FROM members WHERE id = {:id}", dbx.Params{"id": c.Member}).Row(&name); err != nil {
		return nil, false, err
	}
	b, err = c.Fresh("buddies", id, map[string]any{"listing": listing, "member": c.Member, "firstName": name})
	return b, false, err
}

// endOffer ends an offer: the caller's own, or one of a group they run. What came of it
// ends with it.
func endOffer(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	b, err := c.Find("buddies", id, errOffer)
	if err != nil {
		return sync.Result{}, err
	}
	if b.GetString("member") == c.Member {
		return sync.Result{}, part(c, b, "ended")
	}
	if err := host(c, b.GetString("listing"), errOffer); err != nil {
		return sync.Result{}, err
	}
	if err := part(c, b, "ended"); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "buddies.end", b)
}

// approve lets somebody look out for newcomers. It is noted: whoever is met at a door
// relies on it.
func approve(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	b, err := hosting(c, "buddies", id, errOffer)
	if err != nil {
		return sync.Result{}, err
	}
	switch b.GetString("status") {
	case "approved": // two who run it may both have done so
		return sync.Result{Merged: true}, nil
	case "ended":
		return sync.Result{}, errOffer
	}
	b.Set("status", "approved")
	if err := c.App.Save(b); err != nil {
		return sync.Result{}, err
	}
	if err := seen(c, b); err != nil {
		return sync.Result{}, err
	}
	if err := notice.By(c, "buddy.approved", "member/"+b.GetString("member"), b.Id); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "buddies.approve", b)
}

// declineOffer says no to an offer, also to one that was approved before.
func declineOffer(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	b, err := hosting(c, "buddies", id, errOffer)
	if err != nil {
		return sync.Result{}, err
	}
	switch b.GetString("status") {
	case "declined":
		return sync.Result{Merged: true}, nil
	case "ended":
		return sync.Result{}, errOffer
	}
	if err := part(c, b, "declined"); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "buddies.decline", b)
}

// part ends an offer. Whoever was looked out for under it is without a buddy: those who
// run the group see it, and find another.
func part(c *sync.Call, b *core.Record, status string) error {
	if s := b.GetString("status"); s != "ended" && s != "declined" {
		b.Set("status", status)
		if err := c.App.Save(b); err != nil {
			return err
		}
	}
	if err := seen(c, b); err != nil {
		return err
	}
	return withoutBuddy(c, dbx.HashExp{"buddy": b.Id})
}

// seen says that somebody has dealt with an offer: the others need not be told.
func seen(c *sync.Call, b *core.Record) error {
	return notice.Over(c.App.DB(), b.Id, "", "buddy.offered")
}

func note(c *sync.Call, action string, b *core.Record) error {
	return audit.Append(c.App.DB(), audit.Entry{
		At: c.Now, Actor: c.Member, Device: c.Device, Action: action, Subject: b.GetString("member"), Detail: map[string]string{"listing": b.GetString("listing")},
	})
}
