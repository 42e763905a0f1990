package triage

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// link says that two concerns are about one person. Neither Listener learns it.
//
// NB! link goes to all responders, so it is set only among concerns that they all
// may see; what is for coordinators alone is grouped, and shows in no row of theirs.
func link(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID    string `json:"id"`
		Other string `json:"other"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if args.ID == args.Other {
		return sync.Result{}, sync.ErrShape
	}
	one, err := mine(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	other, err := mine(c, args.Other)
	if err != nil {
		return sync.Result{}, err
	}
	group, old := one.GetString("grouped"), other.GetString("grouped")
	switch {
	case group != "" && group == old:
		return sync.Result{}, nil
	case group == "" && old == "":
		group = sync.DerivedID("link", min(one.Id, other.Id), max(one.Id, other.Id), c.Nonce)
	case group == "":
		group, old = old, ""
	}
	members, err := groupOf(c, old)
	if err != nil {
		return sync.Result{}, err
	}
	for _, r := range append(members, one, other) {
		if err := regroup(c, r.Id, group); err != nil {
			return sync.Result{}, err
		}
	}
	if err := show(c, group); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "concerns.link", one.Id, map[string]string{"other": other.Id})
}

// unlink takes a concern out of those that are about one person.
func unlink(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := mine(c, id)
	if err != nil || r.GetString("grouped") == "" {
		return sync.Result{}, err
	}
	group := r.GetString("grouped")
	if err := regroup(c, r.Id, ""); err != nil {
		return sync.Result{}, err
	}
	rest, err := groupOf(c, group)
	if err != nil {
		return sync.Result{}, err
	}
	if len(rest) == 1 {
		err = regroup(c, rest[0].Id, "")
	} else {
		err = show(c, group)
	}
	if err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "concerns.unlink", r.Id, nil)
}

// groupOf are the concerns of one group.
func groupOf(c *sync.Call, group string) ([]*core.Record, error) {
	if group == "" {
		return nil, nil
	}
	return c.App.FindAllRecords("concerns", dbx.HashExp{"grouped": group})
}

func regroup(c *sync.Call, id, group string) error {
	_, err := c.Ask("UPDATE concerns SET grouped = {:group}, link = '' WHERE id = {:id}", dbx.Params{"group": group, "id": id}).Execute()
	return err
}

// show sets what responders see of a group: those for coordinators alone bear its
// name always, for only they see them; the others if there are two.
func show(c *sync.Call, group string) error {
	_, err := c.Ask(`UPDATE concerns SET link = iif(lead OR (SELECT count(*) FROM concerns o WHERE o.grouped = {:group} AND NOT o.lead AND o.state <> 'withdrawn') > 1, {:group}, '')
		WHERE grouped = {:group}`, dbx.Params{"group": group}).Execute()
	return err
}
