package asks

import (
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
	"kith/internal/text"
)

// kinds of what can be asked for. NB! The whole community reads the board: that
// somebody sees a doctor or fetches medicine is for a circle, and not for that.
var kinds = []string{"walk", "post", "lunch", "company", "other"}

var parts = []string{"morning", "afternoon", "evening", "any"}

type askArgs struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Day   string `json:"day"`
	Part  string `json:"part"`
	Words string `json:"words"`
}

// makeAsk puts something small on the board that the caller would like a hand with.
func makeAsk(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[askArgs](c)
	if err != nil {
		return sync.Result{}, err
	}
	words, err := readAsk(c, args)
	if err != nil {
		return sync.Result{}, err
	}
	name, err := nameOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	a, err := c.Fresh("asks", args.ID, map[string]any{
		"kind": args.Kind, "day": args.Day, "part": args.Part, "words": words, "firstName": name, "status": "open", "member": c.Member,
	})
	if err != nil {
		return sync.Result{}, err
	}
	var open int
	if err := c.Ask("SELECT count(*) FROM asks WHERE member = {:member} AND status = 'open'", dbx.Params{"member": c.Member}).Row(&open); err != nil {
		return sync.Result{}, err
	}
	if open >= limits.AsksOpen {
		return sync.Result{}, sync.Reject("asks_many", "You are asking for five things already. Settle one of them, or take one down.")
	}
	return sync.Result{}, c.App.Save(a)
}

// readAsk checks what is asked for, and gives its words.
func readAsk(c *sync.Call, args askArgs) (string, error) {
	if !slices.Contains(kinds, args.Kind) || !slices.Contains(parts, args.Part) {
		return "", sync.ErrShape
	}
	now, err := today(c.App, c.Now)
	if err != nil {
		return "", err
	}
	day, err := time.Parse(time.DateOnly, args.Day)
	if err != nil {
		return "", sync.ErrShape
	}
	first, err := time.Parse(time.DateOnly, now)
	if err != nil {
		return "", err
	}
	if day.Before(first) || day.After(first.AddDate(0, 0, limits.AskAhead)) {
		return "", sync.Reject("day_invalid", "Choose a day from today on, at most four weeks away.")
	}
	words, err := text.Block(args.Words, limits.AskWords)
	if err != nil {
		return "", sync.Reject("text_invalid", err.Error())
	}
	if words == "" && args.Kind == "other" {
		return "", sync.Reject("text_invalid", "Say in a few words what you would like a hand with.")
	}
	return words, nil
}

// own finds an ask of the caller's.
func own(c *sync.Call) (*core.Record, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return nil, err
	}
	a, err := c.Find("asks", id, errAsk)
	if err == nil && a.GetString("member") != c.Member {
		return nil, errAsk
	}
	return a, err
}

// settle says that it is arranged: who was chosen comes, and the others needn't.
func settle(c *sync.Call) (sync.Result, error) {
	a, err := own(c)
	if err != nil {
		return sync.Result{}, err
	}
	switch a.GetString("status") {
	case "settled":
		return sync.Result{Merged: true}, nil
	case "over":
		return sync.Result{}, errAsk
	}
	a.Set("status", "settled")
	return sync.Result{}, close(c, a, "offered")
}

// endAsk takes an ask down: nobody need come.
func endAsk(c *sync.Call) (sync.Result, error) {
	a, err := own(c)
	if err != nil {
		return sync.Result{}, err
	}
	if a.GetString("status") == "over" {
		return sync.Result{Merged: true}, nil
	}
	a.Set("status", "over")
	return sync.Result{}, close(c, a, "offered", "chosen")
}

// close saves an ask that is not open any more, and ends replies to it.
func close(c *sync.Call, a *core.Record, states ...any) error {
	if err := c.App.Save(a); err != nil {
		return err
	}
	if err := notice.Over(c.App.DB(), a.Id, c.Member, "ask.reply"); err != nil {
		return err
	}
	replies, err := c.App.FindAllRecords("replies", dbx.HashExp{"ask": a.Id}, dbx.In("status", states...))
	for _, r := range replies {
		if err == nil {
			err = endReply(c, r)
		}
	}
	return err
}

// Expire takes from the board what is past. Whoever was chosen and whoever asked can
// still write to each other for some days. Nobody is told: everybody knows what day it is.
func Expire(app core.App, now time.Time) error {
	return app.RunInTransaction(func(tx core.App) error {
		day, err := today(tx, now)
		if err != nil {
			return err
		}
		thanks, err := today(tx, now.AddDate(0, 0, -limits.AskThanks))
		if err != nil {
			return err
		}
		for _, statement := range []string{
			"UPDATE replies SET status = 'over' WHERE status = 'offered' AND ask IN (SELECT id FROM asks WHERE day < {:day})",
			"UPDATE replies SET status = 'over' WHERE status = 'chosen' AND ask IN (SELECT id FROM asks WHERE day < {:thanks})",
			"UPDATE asks SET status = 'over' WHERE status = 'open' AND day < {:day}",
		} {
			if _, err := tx.DB().NewQuery(statement).Bind(dbx.Params{"day": day, "thanks": thanks}).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
}
