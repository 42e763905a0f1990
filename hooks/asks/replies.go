package asks

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
	"kith/internal/text"
)

// reply says that the caller can.
//
// NB! Where either wants nothing to do with the other the answer is the same, and so is
// what the caller's phone holds; the asker doesn't hear of it.
func (w *room) reply(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID    string `json:"id"`
		Ask   string `json:"ask"`
		Words string `json:"words"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	if err := sync.ID(args.ID); err != nil {
		return sync.Result{}, err
	}
	words, err := text.Block(args.Words, limits.AskWords)
	if err != nil {
		return sync.Result{}, sync.Reject("text_invalid", err.Error())
	}
	a, err := c.Find("asks", args.Ask, errAsk)
	switch {
	case err != nil:
		return sync.Result{}, err
	case a.GetString("member") == c.Member:
		return sync.Result{}, sync.Reject("not_yourself", "This is what you ask for yourself.")
	case a.GetString("status") != "open":
		return sync.Result{}, errAsk
	}
	r, before, err := replyTo(c, args.ID, a)
	if err != nil {
		return sync.Result{}, err
	}
	result := sync.Result{Merged: before != ""}
	if r.Id != args.ID { // another of their phones was first
		result = sync.Result{Merged: true, Data: map[string]string{"id": r.Id}}
	}
	if before == "chosen" {
		return result, nil
	}
	apart, err := w.Apart(c, c.Member, a.GetString("member"))
	if err != nil {
		return sync.Result{}, err
	}
	r.Load(map[string]any{"words": words, "status": "offered", "apart": apart})
	if err := c.App.Save(r); err != nil || before == "offered" || apart {
		return result, err
	}
	return result, notice.By(c, "ask.reply", "member/"+a.GetString("member"), a.Id)
}

// replyTo gives the caller's reply to an ask, in a row with that id where there is none,
// and how it stood: before is "" where there was none, or where it is over.
func replyTo(c *sync.Call, id string, a *core.Record) (r *core.Record, before string, err error) {
	var there string
	if err := c.Ask("SELECT coalesce((SELECT id FROM replies WHERE ask = {:ask} AND member = {:member}), '')",
		dbx.Params{"ask": a.Id, "member": c.Member}).Row(&there); err != nil {
		return nil, "", err
	}
	if there != "" {
		if r, err = c.Find("replies", there, nil); err != nil {
			return nil, "", err
		}
	}
	if r != nil && r.GetString("status") != "over" {
		return r, r.GetString("status"), nil
	}
	var open int
	if err := c.Ask("SELECT count(*) FROM replies WHERE member = {:member} AND status = 'offered'", dbx.Params{"member": c.Member}).Row(&open); err != nil {
		return nil, "", err
	}
	if open >= limits.RepliesOpen {
		return nil, "", sync.Reject("replies_many", "You have said this to twenty people. Wait until they have answered.")
	}
	if r == nil {
		if r, err = c.Fresh("replies", id, map[string]any{"ask": a.Id, "member": c.Member, "asker": a.GetString("member")}); err != nil {
			return nil, "", err
		}
	}
	name, err := nameOf(c)
	if err != nil {
		return nil, "", err
	}
	safety, err := safetyOf(c)
	r.Load(map[string]any{"firstName": name, "safety": safety, "at": sync.Stamp(c.OccurredAt)})
	return r, "", err
}

// safetyOf is what the community knows of the caller.
func safetyOf(c *sync.Call) (safety string, err error) {
	err = c.Ask(`SELECT coalesce((SELECT kind FROM vouches WHERE member = {:member}
		ORDER BY CASE kind WHEN 'dbs' THEN 0 WHEN 'reference' THEN 1 ELSE 2 END LIMIT 1), 'link')`, dbx.Params{"member": c.Member}).Row(&safety)
	return safety, err
}

// choose says yes to one of those who can.
func (w *room) choose(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.Find("replies", id, errReply)
	if err != nil {
		return sync.Result{}, err
	}
	if r.GetString("asker") != c.Member || r.GetBool("apart") || r.GetString("status") == "over" {
		return sync.Result{}, errReply
	}
	if r.GetString("status") == "chosen" {
		return sync.Result{Merged: true}, nil
	}
	if apart, err := w.Apart(c, c.Member, r.GetString("member")); err != nil || apart {
		return sync.Result{}, orElse(err, errReply)
	}
	var open, other bool
	if err := c.Ask(`SELECT EXISTS (SELECT 1 FROM asks WHERE id = {:ask} AND status = 'open'),
		EXISTS (SELECT 1 FROM replies WHERE ask = {:ask} AND status = 'chosen')`, dbx.Params{"ask": r.GetString("ask")}).Row(&open, &other); err != nil {
		return sync.Result{}, err
	}
	switch {
	case !open:
		return sync.Result{}, errAsk
	case other:
		return sync.Result{}, sync.Reject("reply_chosen", "You have said yes to somebody else. Tell them first that it is off.")
	}
	r.Set("status", "chosen")
	if err := c.App.Save(r); err != nil {
		return sync.Result{}, err
	}
	return sync.Result{}, notice.By(c, "reply.chosen", "member/"+r.GetString("member"), r.Id)
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// endReplyOf ends a reply, of either of the two.
func endReplyOf(c *sync.Call) (sync.Result, error) {
	id, err := sync.IDArg(c)
	if err != nil {
		return sync.Result{}, err
	}
	r, err := c.Find("replies", id, errReply)
	switch {
	case err != nil:
		return sync.Result{}, err
	case r.GetString("member") != c.Member && (r.GetString("asker") != c.Member || r.GetBool("apart")):
		return sync.Result{}, errReply
	case r.GetString("status") == "over":
		return sync.Result{Merged: true}, nil
	}
	return sync.Result{}, endReply(c, r)
}

// endReply ends a reply. Where it was chosen the other of the two is told; that looks
// the same whoever ended it, and why. What was settled with it is open again, if who
// said that they would come doesn't.
func endReply(c *sync.Call, r *core.Record) error {
	was := r.GetString("status")
	r.Set("status", "over")
	if err := c.App.Save(r); err != nil {
		return err
	}
	db, ask, other := c.App.DB(), r.GetString("ask"), r.GetString("asker")
	if other == c.Member {
		other = r.GetString("member")
	} else if err := withdrawn(c, ask, other); err != nil {
		return err
	}
	if err := notice.Over(db, r.Id, "", "reply.chosen"); err != nil || was != "chosen" {
		return err
	}
	return notice.By(c, "reply.over", "member/"+other, ask)
}

// withdrawn: somebody who could can't.
func withdrawn(c *sync.Call, ask, asker string) error {
	params := dbx.Params{"ask": ask}
	var left bool
	if err := c.Ask("SELECT EXISTS (SELECT 1 FROM replies WHERE ask = {:ask} AND status <> 'over' AND NOT apart)", params).Row(&left); err != nil || left {
		return err
	}
	if err := notice.Over(c.App.DB(), ask, asker, "ask.reply"); err != nil {
		return err
	}
	a, err := c.Find("asks", ask, errAsk)
	if err != nil || a.GetString("status") != "settled" {
		return err
	}
	day, err := today(c.App, c.Now)
	if err != nil || a.GetString("day") < day {
		return err
	}
	a.Set("status", "open")
	return c.App.Save(a)
}

// EndBetween ends what there is between two members, one of whom has blocked the other.
// It looks like any other end.
func EndBetween(c *sync.Call, one, other string) error {
	replies, err := c.App.FindAllRecords("replies", dbx.Or(
		dbx.HashExp{"member": one, "asker": other}, dbx.HashExp{"member": other, "asker": one},
	), dbx.NewExp("status <> 'over'"))
	for _, r := range replies {
		if err == nil {
			err = endReply(c, r)
		}
	}
	return err
}
