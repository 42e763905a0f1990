package acting

import (
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/audit"
	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
)

// end ends a consent or takes an offer back: the person, the helper or a
// coordinator, at any time and without a reason. One that has ended stays so.
func (w Room) end(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	unknown := sync.Reject("consent_unknown", "This agreement is not here any more.")
	consent, err := c.Find("consents", id, nil)
	if err != nil {
		return sync.Result{}, err
	}
	if consent == nil || consent.GetString("member") != c.Member && consent.GetString("helper") != c.Member {
		if err := c.Allowed(unknown, "coordinators"); err != nil {
			return sync.Result{}, err
		}
	}
	if consent == nil {
		return sync.Result{}, unknown
	}
	return sync.Result{}, w.part(c, consent)
}

// part ends one that is on, or was offered, and tells those of whom it is: that it
// began is no news any more.
func (w Room) part(c *sync.Call, consent *core.Record) error {
	was := consent.GetString("status")
	if err := finish(c, consent); err != nil || was != "active" {
		return err
	}
	if err := notice.Over(c.App.DB(), consent.Id, "", "acting.began"); err != nil {
		return err
	}
	if err := tellBoth(c, "acting.ended", consent); err != nil {
		return err
	}
	return w.over(c, consent)
}

// over says that one that let somebody arrange circles lets them no more.
func (w Room) over(c *sync.Call, consent *core.Record) error {
	if !forCircles(consent) {
		return nil
	}
	doer := c.Member
	if c.Helper != "" {
		doer = c.Helper
	}
	return w.Over(c.App, c.Now, c.Nonce, doer, consent.GetString("member"), consent.GetString("helper"))
}

func forCircles(consent *core.Record) bool {
	return slices.Contains(consent.GetStringSlice("scopes"), "circles")
}

func finish(c *sync.Call, consent *core.Record) error {
	if consent.GetString("status") == "ended" {
		return nil
	}
	consent.Load(map[string]any{"status": "ended", "endedBy": c.Member, "endedAt": sync.Stamp(c.Now), "codeHash": ""})
	if err := c.App.Save(consent); err != nil {
		return err
	}
	return note(c, "acting.end", consent)
}

// EndBetween ends what lets either of two members act for the other. It looks
// like any other end.
func (w Room) EndBetween(c *sync.Call, one, other string) error {
	if err := endAll(c, w.part, pair(one, other)); err != nil {
		return err
	}
	return endAll(c, w.part, pair(other, one))
}

func pair(member, helper string) dbx.Expression {
	return dbx.HashExp{"member": member, "helper": helper}
}

// replacePair ends what another agreement of the same two takes the place of, and returns
// it. They are told of that one.
func replacePair(c *sync.Call, member, helper string) (replaced []*core.Record, err error) {
	err = endAll(c, func(c *sync.Call, consent *core.Record) error {
		replaced = append(replaced, consent)
		return finish(c, consent)
	}, pair(member, helper))
	return replaced, err
}

// Left ends all in which a member who leaves is the person or the helper.
func (w Room) Left(c *sync.Call) error {
	return endAll(c, w.part, dbx.Or(dbx.HashExp{"member": c.Member}, dbx.HashExp{"helper": c.Member}))
}

func endAll(c *sync.Call, end func(*sync.Call, *core.Record) error, which dbx.Expression) error {
	consents, err := c.App.FindAllRecords("consents", which, dbx.Not(dbx.HashExp{"status": "ended"}))
	if err != nil {
		return err
	}
	for _, consent := range consents {
		if err := end(c, consent); err != nil {
			return err
		}
	}
	return nil
}

// Expire ends what ran out by now, and returns how much that was. Until it has
// run nobody acts under such a consent; it only still stands there.
func (w Room) Expire(app core.App, now time.Time) (ended int, err error) {
	err = app.RunInTransaction(func(tx core.App) error {
		open, err := tx.FindAllRecords("consents", dbx.Not(dbx.HashExp{"status": "ended"}))
		if err != nil {
			return err
		}
		for _, consent := range open {
			if !ranOut(consent, now) {
				continue
			}
			ended++
			if err := w.runOut(tx, consent, now); err != nil {
				return err
			}
		}
		return nil
	})
	return ended, err
}

// runOut ends one whose day has come, and tells both.
func (w Room) runOut(tx core.App, consent *core.Record, now time.Time) error {
	was := consent.GetString("status")
	consent.Load(map[string]any{"status": "ended", "endedBy": "", "endedAt": sync.Stamp(now), "codeHash": ""})
	if err := tx.Save(consent); err != nil {
		return err
	}
	if err := audit.Append(tx.DB(), entry(now, "", "", "acting.expire", consent)); err != nil || was != "active" {
		return err
	}
	told, err := toldOf(tx, consent)
	for _, member := range told {
		if err == nil {
			err = notice.Tell(tx.DB(), notice.Telling{Key: "acting.expire/" + consent.Id + "/" + member, To: "member/" + member, Template: "acting.ended", Ref: consent.Id, At: now})
		}
	}
	if err != nil || !forCircles(consent) {
		return err
	}
	return w.Over(tx, now, "acting.expire/"+consent.Id, "", consent.GetString("member"), consent.GetString("helper"))
}

// ranOut: a consent on its last day, an offer's code long before.
func ranOut(consent *core.Record, now time.Time) bool {
	if consent.GetString("until") <= sync.Stamp(now) {
		return true
	}
	return consent.GetString("status") == "offered" && consent.GetString("starts") <= sync.Stamp(now.Add(-limits.OfferAge))
}
