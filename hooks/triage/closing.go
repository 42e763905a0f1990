package triage

import (
	"errors"
	"slices"
	"time"

	"kith/internal/notice"
	"kith/internal/sync"
)

// outcomes are how a concern can end.
var outcomes = []string{"helped", "takenUp", "handedOver", "advised", "declined", "noAnswer", "notAConcern"}

// closeConcern ends it, with what came of it in a code.
func closeConcern(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID      string `json:"id"`
		Outcome string `json:"outcome"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := mine(c, args.ID)
	switch {
	case err != nil:
		return sync.Result{}, err
	case !slices.Contains(outcomes, args.Outcome):
		return sync.Result{}, sync.ErrShape
	case r.GetString("state") == "closed":
		return sync.Result{}, errClosed
	}
	day, err := today(c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := firstPicked(c, r); err != nil {
		return sync.Result{}, err
	}
	if err := over(c, r); err != nil {
		return sync.Result{}, err
	}
	r.Load(map[string]any{"state": "closed", "closedOn": day.Format(time.DateOnly), "outcome": args.Outcome, "given": "", "escalated": 0})
	return done(c, r, "concerns.close", map[string]string{"outcome": args.Outcome})
}

// reopen has somebody look into a closed concern again: whoever did, if they still
// may.
func reopen(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := theLead(c, id)
	if err != nil || r.GetString("state") != "closed" {
		return sync.Result{}, err
	}
	able, err := can(c, r.GetString("assignee"), "responders")
	if err != nil {
		return sync.Result{}, err
	}
	r.Load(map[string]any{"closedOn": "", "outcome": ""})
	if able {
		err = pickUp(c, r, r.GetString("assignee"))
	} else {
		err = errors.Join(letGo(c.App, r), waitsAnew(c.App, r, c.Nonce, c.Member, c.Now))
	}
	if err != nil {
		return sync.Result{}, err
	}
	return done(c, r, "concerns.reopen", nil)
}

// seeGlass says that a coordinator knows why somebody opened a concern that wasn't
// theirs.
func seeGlass(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
		return sync.Result{}, err
	}
	g, err := c.Find("breakGlasses", id, sync.Reject("glass_unknown", "This is not here any more."))
	if err != nil || g.GetBool("seen") {
		return sync.Result{}, err
	}
	g.Set("seen", true)
	if err := notice.Over(c.App.DB(), g.GetString("concern"), "", "concern.glass"); err != nil {
		return sync.Result{}, err
	}
	return done(c, g, "breakGlasses.seen", nil)
}
