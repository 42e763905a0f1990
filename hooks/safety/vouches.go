package safety

import (
	"database/sql"
	"errors"
	"slices"
	"time"

	"kith/internal/limits"
	"kith/internal/sync"
	"kith/internal/text"
)

func missing(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// vouch notes that somebody is known, has a reference, or has shown a DBS check.
// An activator says whom they know; papers are a coordinator's to look at.
func vouch(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID     string `json:"id"`
		Member string `json:"member"`
		Kind   string `json:"kind"`
		SeenOn string `json:"seenOn"`
		Note   string `json:"note"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if !slices.Contains([]string{"known", "reference", "dbs"}, args.Kind) {
		return sync.Result{}, sync.ErrShape
	}
	auds := []string{"coordinators"}
	if args.Kind == "known" {
		auds = []string{"activators"} // coordinators are among them
	}
	if err := c.Allowed(sync.Reject("not_allowed", "A coordinator notes references and DBS checks; an activator can say that they know somebody."), auds...); err != nil {
		return sync.Result{}, err
	}
	m, err := c.Find("members", args.Member, errMemberUnknown)
	if err != nil {
		return sync.Result{}, err
	}
	if m.Id == c.Member {
		return sync.Result{}, sync.Reject("not_yourself", "You can't say this of yourself. Ask somebody else.")
	}
	day, err := time.Parse(time.DateOnly, args.SeenOn)
	if err != nil || day.Year() < 1900 || day.After(c.Now.AddDate(0, 0, 1)) { // a day's slack: it may be tomorrow already where they are
		return sync.Result{}, sync.Reject("date_invalid", "Choose the day on which you saw it: today, or before.")
	}
	says, err := text.Line(args.Note, limits.ShortText)
	if err != nil {
		return sync.Result{}, sync.Reject("text_invalid", "A note has up to 300 letters, on one line.")
	}
	v, err := c.Fresh("vouches", args.ID, map[string]any{"member": m.Id, "kind": args.Kind, "seenOn": args.SeenOn, "by": c.Member, "note": says})
	if err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(v); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "safety.vouch", m.Id, map[string]string{"kind": args.Kind, "seenOn": args.SeenOn})
}

// unvouch takes it back: whoever said it, and coordinators.
func unvouch(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	v, err := c.Find("vouches", id, nil)
	if err != nil {
		return sync.Result{}, err
	}
	if v == nil || v.GetString("by") != c.Member {
		if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
			return sync.Result{}, err
		}
	}
	if v == nil {
		return sync.Result{}, sync.Reject("vouch_unknown", "This is not noted any more. Somebody may have taken it back already.")
	}
	if err := c.App.Delete(v); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, note(c, "safety.unvouch", v.GetString("member"), map[string]string{"kind": v.GetString("kind")})
}
