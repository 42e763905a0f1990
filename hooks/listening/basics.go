package listening

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/limits"
	"kith/internal/sync"
)

// readBasics notes that somebody who may pass on worries has read the training
// cards of one version. Said again, from another phone too, it is the first.
func readBasics(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID      string `json:"id"`
		Version int    `json:"version"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if args.Version < 1 || args.Version > limits.BasicsVersion {
		return sync.Result{}, sync.ErrShape
	}
	if err := c.Allowed(sync.Reject("not_allowed", "The training cards are for those who listen. Ask a coordinator to make you a listener."), "listeners"); err != nil {
		return sync.Result{}, err
	}
	before := &core.Record{}
	err = c.App.RecordQuery("basics").AndWhere(dbx.HashExp{"member": c.Member, "version": args.Version}).Limit(1).One(before)
	if err == nil {
		return sync.Result{Merged: true, Data: map[string]string{"id": before.Id}}, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return sync.Result{}, err
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.Fresh("basics", args.ID, map[string]any{"member": c.Member, "version": args.Version, "day": day})
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, c.App.Save(r)
}

// today is the day on which the person acted, where the community is.
func today(c *sync.Call) (string, error) {
	var name string
	err := c.Ask("SELECT zone FROM communities LIMIT 1", dbx.Params{}).Row(&name)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	zone, known := calendar.Zone(name)
	if !known {
		zone = time.UTC
	}
	return c.OccurredAt.In(zone).Format(time.DateOnly), nil
}

// Read says whether a member has read the training cards, of whichever version.
func Read(app core.App, member string) (bool, error) {
	n, err := app.CountRecords("basics", dbx.HashExp{"member": member})
	return n > 0, err
}
