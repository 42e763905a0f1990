package notices

import (
	"strconv"

	"github.com/pocketbase/dbx"

	"kith/internal/audit"
	"kith/internal/sync"
)

// again has tried anew what could not be delivered: a coordinator, once what was wrong
// is mended. Whose it is they aren't told.
func again(c *sync.Call) (sync.Result, error) {
	if err := c.Allowed(sync.Reject("not_allowed", "Only a coordinator can do this."), "coordinators"); err != nil {
		return sync.Result{}, err
	}
	ids, err := idsArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	res, err := c.Ask(`UPDATE deliveries SET state = 'waiting', due = {:now}, since = {:now}, tries = 0, reason = ''
		WHERE state = 'dead' AND id IN (SELECT value FROM json_each({:ids}))`, dbx.Params{"ids": ids, "now": sync.Stamp(c.Now)}).Execute()
	if err != nil {
		return sync.Result{}, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return sync.Result{}, err
	}
	if n == 0 {
		return sync.Result{}, sync.Reject("delivery_unknown", "This has been sent again, or is not here any more.")
	}
	return sync.Result{}, audit.Append(c.App.DB(), audit.Entry{
		At: c.Now, Actor: c.Member, Device: c.Device, Action: "deliveries.again", Detail: map[string]string{"count": strconv.FormatInt(n, 10)},
	})
}
