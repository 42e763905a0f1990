package notices

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
)

var errUnknown = sync.Reject("notice_unknown", "This is not here any more.")

// idsArg reads the arguments of a call that names some rows, as the JSON of their ids.
func idsArg(c *sync.Call) (string, error) {
	args, err := sync.Args[struct {
		IDs []string `json:"ids"`
	}](c)
	if err != nil {
		return "", err
	}
	if len(args.IDs) == 0 || len(args.IDs) > limits.IDsPerCommand || slices.ContainsFunc(args.IDs, func(id string) bool { return sync.ID(id) != nil }) {
		return "", sync.ErrShape
	}
	raw, err := json.Marshal(args.IDs)
	return string(raw), err
}

func read(c *sync.Call) (sync.Result, error)   { return sync.Result{}, mark(c, true) }
func unread(c *sync.Call) (sync.Result, error) { return sync.Result{}, mark(c, false) }

// mark notes of some of the caller's notices whether they are read. Of those that are
// gone by now it says nothing, unless all are. What is read goes out no more: whoever
// has a delivery of it in hand looks again before it does.
func mark(c *sync.Call, yes bool) error {
	ids, err := idsArg(c)
	if err != nil {
		return err
	}
	params := dbx.Params{"ids": ids, "member": c.Member, "yes": yes}
	const which = " FROM notices WHERE id IN (SELECT value FROM json_each({:ids})) AND member = {:member}"
	var there bool
	if err := c.Ask("SELECT EXISTS (SELECT 1"+which+")", params).Row(&there); err != nil {
		return err
	}
	if !there {
		return errUnknown
	}
	_, err = c.Ask(`UPDATE notices SET read = {:yes}, due = iif({:yes}, '', due) WHERE id IN (SELECT id`+which+`) AND read <> {:yes}`, params).Execute()
	return err
}

// choose sets how the caller wants to be told. What hasn't gone out yet is decided anew.
func choose(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		Set json.RawMessage `json:"set"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	change, err := notice.ReadChange(args.Set)
	if err != nil {
		return sync.Result{}, err
	}
	row, err := c.Find("noticeChoices", c.Member, nil)
	if err != nil {
		return sync.Result{}, err
	}
	if row == nil {
		coll, err := c.App.FindCachedCollectionByNameOrId("noticeChoices")
		if err != nil {
			return sync.Result{}, err
		}
		row = core.NewRecord(coll)
		row.Id = c.Member
	}
	chosen := chosenIn(row)
	if err := chosen.Set(change); err != nil {
		return sync.Result{}, err
	}
	row.Load(map[string]any{
		"zone": chosen.Zone, "quietFrom": chosen.QuietFrom, "quietUntil": chosen.QuietUntil, "digestAt": chosen.DigestAt,
		"loyalty": chosen.Loyalty, "notice": chosen.Notice, "task": chosen.Task, "account": chosen.Account, "email": chosen.Email,
	})
	if err := c.App.Save(row); err != nil {
		return sync.Result{}, err
	}
	_, err = c.Ask("UPDATE notices SET due = {:now}, gathered = FALSE WHERE member = {:member} AND due <> ''",
		dbx.Params{"now": sync.Stamp(c.Now), "member": c.Member}).Execute()
	return sync.Result{}, err
}

func chosenIn(r *core.Record) notice.Choices {
	return notice.Choices{
		Zone: r.GetString("zone"), QuietFrom: r.GetString("quietFrom"), QuietUntil: r.GetString("quietUntil"), DigestAt: r.GetString("digestAt"),
		Loyalty: r.GetString("loyalty"), Notice: r.GetString("notice"), Task: r.GetString("task"), Account: r.GetString("account"), Email: r.GetBool("email"),
	}
}

// try tells the caller something, so that they see whether it comes.
func try(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	var tried int
	if err := c.Ask("SELECT count(*) FROM notices WHERE template = 'trial' AND ref = '' AND member = {:member} AND at > {:hour}",
		dbx.Params{"member": c.Member, "hour": sync.Stamp(c.Now.Add(-time.Hour))}).Row(&tried); err != nil {
		return sync.Result{}, err
	}
	if tried >= limits.TrialsPerHour {
		return sync.Result{}, sync.Reject("try_later", "You have tried this a few times now. Try again in an hour.")
	}
	trial, _ := notice.Find("trial")
	row, err := c.Fresh("notices", id, map[string]any{"member": c.Member, "template": trial.Name, "at": trial.Stamp(c.Now), "due": sync.Stamp(c.Now)})
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, c.App.Save(row)
}
