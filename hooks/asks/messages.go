package asks

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
	"kith/internal/notice"
	"kith/internal/sync"
	"kith/internal/text"
)

// send relays some words. NB! Where either wants nothing to do with the other the answer
// is the same, and it reaches nobody.
func (w *room) send(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID    string `json:"id"`
		About string `json:"about"`
		Text  string `json:"text"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	words, err := text.Block(args.Text, limits.Relayed)
	if err != nil {
		return sync.Result{}, sync.Reject("text_invalid", err.Error())
	}
	if words == "" {
		return sync.Result{}, sync.Reject("text_invalid", "Write something first.")
	}
	p, err := w.pairOf(c, args.About)
	if err != nil {
		return sync.Result{}, err
	}
	day, err := today(c.App, c.OccurredAt)
	if err != nil {
		return sync.Result{}, err
	}
	name, err := nameOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	m, err := c.Fresh("messages", args.ID, map[string]any{
		"about": p.about, "side": p.side, "fromName": name, "text": words, "day": day, "at": sync.Stamp(c.Now),
		"member": c.Member, "to": p.other, "circle": p.circle, "apart": p.apart,
	})
	if err != nil {
		return sync.Result{}, err
	}
	if err := notMany(c); err != nil {
		return sync.Result{}, err
	}
	if err := c.App.Save(m); err != nil || p.apart {
		return sync.Result{}, err
	}
	if p.other == "" {
		return sync.Result{}, notice.By(c, "message.new", "organise/"+p.circle, "")
	}
	return sync.Result{}, notice.By(c, "message.new", "member/"+p.other, "")
}

func notMany(c *sync.Call) error {
	var sent int
	err := c.Ask("SELECT count(*) FROM messages WHERE member = {:member} AND at > {:since}",
		dbx.Params{"member": c.Member, "since": sync.Stamp(c.Now.AddDate(0, 0, -1))}).Row(&sent)
	if err == nil && sent >= limits.MessagesDay {
		return sync.Reject("messages_many", "You have written a lot today. Write again tomorrow, or ring them.")
	}
	return err
}

// share gives the caller's number to the other, who sees it once they have given theirs.
func (w *room) share(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		About string `json:"about"`
		Phone string `json:"phone"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	phone, err := text.Phone(args.Phone, limits.ContactPhone)
	if err != nil || phone == "" {
		return sync.Result{}, sync.Reject("phone_invalid", "A phone number has up to 20 digits and spaces, such as 07700 900123.")
	}
	p, err := w.pairOf(c, args.About)
	if err != nil {
		return sync.Result{}, err
	}
	name, err := nameOf(c)
	if err != nil {
		return sync.Result{}, err
	}
	mine, theirs, err := numbers(c, p)
	if err != nil {
		return sync.Result{}, err
	}
	if mine == nil {
		if mine, err = c.Fresh("contacts", numberID(p.about, p.side), nil); err != nil {
			return sync.Result{}, err
		}
	}
	both := theirs != nil && !p.apart
	mine.Load(map[string]any{
		"about": p.about, "side": p.side, "firstName": name, "phone": phone, "member": c.Member, "other": p.other, "circle": p.circle,
		"both": both, "at": sync.Stamp(c.OccurredAt),
	})
	if err := c.App.Save(mine); err != nil || !both {
		return sync.Result{}, err
	}
	theirs.Set("both", true)
	return sync.Result{}, c.App.Save(theirs)
}

// unshare takes the caller's number back; the other's isn't seen any more then.
func (w *room) unshare(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		About string `json:"about"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	p, err := w.pairOf(c, args.About)
	if err != nil {
		return sync.Result{}, err
	}
	mine, theirs, err := numbers(c, p)
	if err != nil || mine == nil {
		return sync.Result{Merged: true}, err
	}
	if err := c.App.Delete(mine); err != nil || theirs == nil {
		return sync.Result{}, err
	}
	theirs.Set("both", false)
	return sync.Result{}, c.App.Save(theirs)
}

func numberID(about, side string) string { return sync.DerivedID("contact", about, side) }

// numbers that the caller's side and the other have given; nil: none.
func numbers(c *sync.Call, p pair) (mine, theirs *core.Record, err error) {
	if mine, err = c.Find("contacts", numberID(p.about, p.side), nil); err != nil {
		return nil, nil, err
	}
	theirs, err = c.Find("contacts", numberID(p.about, p.across()), nil)
	return mine, theirs, err
}
