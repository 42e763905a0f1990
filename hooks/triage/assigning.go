package triage

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/calendar"
	"kith/internal/concern"
	"kith/internal/notice"
	"kith/internal/sync"
)

// assign gives a concern to a responder. One for coordinators alone is given to
// one of them.
func assign(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID     string `json:"id"`
		Member string `json:"member"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := theLead(c, args.ID)
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetString("state") == "closed" {
		return sync.Result{}, errClosed
	}
	aud := "responders"
	if r.GetBool("lead") {
		aud = "coordinators"
	}
	if able, err := can(c, args.Member, aud); err != nil {
		return sync.Result{}, err
	} else if !able {
		return sync.Result{}, sync.Reject("member_unknown", "This person can't look into it. Choose another one.")
	}
	if r.GetString("assignee") == args.Member {
		return sync.Result{}, nil // two coordinators meant the same
	}
	was := r.GetString("assignee")
	if err := pickUp(c, r, args.Member); err != nil {
		return sync.Result{}, err
	}
	if err := takenFrom(c, r, was); err != nil {
		return sync.Result{}, err
	}
	return done(c, r, "concerns.assign", map[string]string{"member": args.Member})
}

// can says whether a member is one who can look into a concern.
func can(c *sync.Call, member, aud string) (bool, error) {
	var n int
	err := c.Ask(`SELECT count(*) FROM sync_grant g JOIN members m ON m.id = g.member
		WHERE g.member = {:member} AND g.aud = {:aud} AND m.standing = 'active'`, dbx.Params{"member": member, "aud": aud}).Row(&n)
	return n > 0, err
}

// take gives a concern that nobody looks into to the responder who asks.
func take(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, _, err := find(c, id)
	switch {
	case err != nil:
		return sync.Result{}, err
	case r.GetString("state") == "closed":
		return sync.Result{}, errClosed
	case r.GetString("assignee") == c.Member:
		return sync.Result{}, looked(c.App, r) // whoever was given it says that they are on it
	case r.GetString("state") != "new":
		return sync.Result{}, sync.Reject("concern_taken", "Somebody else has just taken this.")
	}
	if err := pickUp(c, r, c.Member); err != nil {
		return sync.Result{}, err
	}
	return done(c, r, "concerns.take", nil)
}

// pickUp has somebody look into a concern. When that was the first time stays. An urgent
// one that another gave them waits until they have looked.
func pickUp(c *sync.Call, r *core.Record, member string) error {
	r.Load(map[string]any{"state": "assigned", "assignee": member, "given": "", "escalated": 0})
	if member != c.Member && r.GetString("urgency") == concern.Urgent {
		r.Set("given", sync.Stamp(c.Now))
	}
	if err := pickedUp(c, r); err != nil {
		return err
	}
	return firstPicked(c, r)
}

// takenFrom ends what asked somebody to look, who was to do that before.
func takenFrom(c *sync.Call, r *core.Record, was string) error {
	if was == "" {
		return nil
	}
	return notice.Over(c.App.DB(), r.Id, was, "concern.yours", "concern.yoursUrgent")
}

// firstPicked notes the day on which somebody first did something about a concern,
// and if that was in time for the figures.
func firstPicked(c *sync.Call, r *core.Record) error {
	if r.GetString("picked") != "" {
		return nil
	}
	day, err := today(c)
	if err != nil {
		return err
	}
	r.Set("picked", day.Format(time.DateOnly))
	came, err := time.Parse("2006-01-02 15:04:05.000Z", r.GetString("received"))
	if err != nil {
		return err
	}
	until := calendar.NextWorking(came.In(day.Location()))
	r.Set("prompt", day.Format(time.DateOnly) <= until.Format(time.DateOnly))
	return nil
}

// today is the day of arrival where the community is. NB! Not the phone's day: the
// figures count it.
func today(c *sync.Call) (time.Time, error) {
	var name string
	err := c.Ask("SELECT zone FROM communities LIMIT 1", dbx.Params{}).Row(&name)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, err
	}
	zone, known := calendar.Zone(name)
	if !known {
		zone = time.UTC
	}
	return c.Now.In(zone), nil
}

// release has nobody look into a concern any more.
func release(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := mine(c, id)
	switch {
	case err != nil:
		return sync.Result{}, err
	case r.GetString("state") == "closed":
		return sync.Result{}, errClosed
	case r.GetString("state") == "new":
		return sync.Result{}, nil
	}
	if err := errors.Join(letGo(c.App, r), waitsAnew(c.App, r, c.Nonce, c.Member, c.Now)); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "concerns.release", r.Id, nil)
}

// Left releases what a member who leaves was looking into.
func Left(c *sync.Call) error {
	theirs, err := c.App.FindAllRecords("concerns", dbx.HashExp{"assignee": c.Member, "state": "assigned"})
	if err != nil {
		return err
	}
	for _, r := range theirs {
		if err := errors.Join(letGo(c.App, r), waitsAnew(c.App, r, c.Nonce, c.Member, c.Now)); err != nil {
			return err
		}
		if err := note(c, "concerns.release", r.Id, map[string]string{"why": "left"}); err != nil {
			return err
		}
	}
	return nil
}
