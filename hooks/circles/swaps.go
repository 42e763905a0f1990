package circles

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/notice"
	"kith/internal/rota"
	"kith/internal/sync"
)

// swap has the turn's helper ask another to take it.
func swap(c *sync.Call) (sync.Result, error) {
	t, me, args, err := mine(c)
	if err != nil {
		return sync.Result{}, err
	}
	to, in := t.all[args.Helper]
	switch {
	case t.Helper != me:
		return sync.Result{}, errSwap
	case t.when.Cancelled:
		return sync.Result{}, errOff
	case !in || to.ID == me:
		return sync.Result{}, errHelper
	case !to.May:
		return sync.Result{}, errSafetyOf
	}
	if t.Ask(rota.Swap{ID: args.ID, From: me, To: to.ID}) == rota.Already {
		return t.done(args, true, nil)
	}
	r, err := c.Fresh("swaps", args.ID, map[string]any{
		"turn": t.row.Id, "circle": t.circle.Id, "slot": t.slot.Id, "occurrence": t.when.Key, "helper": to.ID,
		"fromName": t.all[me].Name, "toName": to.Name, "status": "asked", "member": to.Member, "from": c.Member,
	})
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	if err := t.d.tell("swap.asked", to.Member, r.Id); err != nil {
		return sync.Result{}, err
	}
	return t.done(args, false, nil)
}

// swapped finds a swap that the caller was asked, and its turn.
func swapped(c *sync.Call) (*core.Record, *turn, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return nil, nil, err
	}
	r, err := c.Find("swaps", id, errSwap)
	if err != nil {
		return nil, nil, err
	}
	if r.GetString("member") != c.Member {
		return nil, nil, errSwap
	}
	d := deskOf(c)
	circle, slot, me, err := slotOf(c, d, r.GetString("slot"))
	if err != nil {
		return nil, nil, err
	}
	schedule, err := scheduleOf(slot)
	if err != nil {
		return nil, nil, err
	}
	when, found := schedule.Find(r.GetString("occurrence"))
	if !found || me != r.GetString("helper") {
		return nil, nil, errSwap
	}
	t, err := d.turn(circle, slot, when)
	if err == nil && c.Helper == "" {
		t.silent = []string{me}
	}
	return r, t, err
}

// yes takes over what the caller was asked to, if it is still theirs to give who asked.
func yes(c *sync.Call) (sync.Result, error) {
	r, t, err := swapped(c)
	if err != nil {
		return sync.Result{}, err
	}
	switch {
	case r.GetString("status") == "yes" && t.Helper == r.GetString("helper"):
		return sync.Result{Merged: true}, nil
	case t.past():
		return sync.Result{}, errOver
	case !t.all[r.GetString("helper")].May:
		return sync.Result{}, errSafety
	}
	t.ended[r.Id] = "yes"
	if !t.Yes(r.Id, t.stamp()) {
		return sync.Result{}, errSwap
	}
	return sync.Result{}, t.save()
}

// no declines, without a reason.
func no(c *sync.Call) (sync.Result, error) {
	r, t, err := swapped(c)
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetString("status") != "asked" {
		return sync.Result{Merged: true}, nil
	}
	t.ended[r.Id] = "no"
	t.No(r.Id)
	if err := t.save(); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, notice.By(c, "swap.no", notice.Member(r.GetString("from")), r.Id)
}
