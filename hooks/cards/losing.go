package cards

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/sync"
)

// lost ends cards that somebody can't find: one of theirs, or all of them. What they
// have collected stays on the account, for the next card. A coordinator does it for a
// member, and sees none of the cards.
func (m *room) lost(c *sync.Call) (sync.Result, error) {
	args, err := sync.Args[struct {
		ID     string `json:"id"`
		Member string `json:"member"`
	}](c)
	if err != nil {
		return sync.Result{}, err
	}
	member := c.Member
	if args.Member != "" && args.Member != c.Member {
		if c.Helper != "" { // NB! what a coordinator may, whoever helps one with their things may not
			return sync.Result{}, errCoordinators
		}
		if err := c.Allowed(errCoordinators, "coordinators"); err != nil {
			return sync.Result{}, err
		}
		if args.ID != "" { // whether it was theirs would say whose card it is
			return sync.Result{}, sync.ErrShape
		}
		if _, err := c.Find("members", args.Member, errMember); err != nil {
			return sync.Result{}, err
		}
		member = args.Member
	}
	which := dbx.HashExp{"member": member, "status": "active"}
	if args.ID != "" {
		which["id"] = args.ID
	}
	cards, err := c.App.FindAllRecords("cards", which)
	if err != nil {
		return sync.Result{}, err
	}
	if len(cards) == 0 && args.ID != "" {
		return sync.Result{}, errCardUnknown
	}
	for _, r := range cards {
		if err := end(c, r, "lost"); err != nil {
			return sync.Result{}, err
		}
	}
	if len(cards) > 0 {
		if err := m.revoke(c.App, c.Now); err != nil {
			return sync.Result{}, err
		}
	}
	if member != c.Member {
		err = note(c, "cards.lost", member, nil)
	}
	return sync.Result{Data: map[string]int{"cards": len(cards)}}, err
}

// join moves what one account has to another: its cards, its stamps, its vouchers.
// Together they are judged anew, for the rules are about a person and not about paper.
func (m *room) join(c *sync.Call, from, into string) error {
	params := dbx.Params{"from": from, "into": into, "member": c.Member}
	for _, statement := range []string{
		"UPDATE cards SET account = {:into}, member = {:member}, by = '' WHERE account = {:from}",
		"UPDATE vouchers SET account = {:into}, member = {:member}, by = '' WHERE account = {:from}",
		"UPDATE stamps SET account = {:into}, member = {:member} WHERE account = {:from}",
		`UPDATE accounts SET closed = accounts.closed + f.closed, spent = accounts.spent + f.spent, used = max(accounts.used, f.used), onlineUntil = max(accounts.onlineUntil, f.onlineUntil)
			FROM (SELECT closed, spent, used, onlineUntil FROM accounts WHERE id = {:from}) f WHERE id = {:into} AND {:from} <> {:into} AND {:member} <> ''`,
		"DELETE FROM accounts WHERE id = {:from} AND {:into} <> '' AND {:member} <> ''",
	} {
		if _, err := c.App.DB().NewQuery(statement).Bind(params).Execute(); err != nil {
			return err
		}
	}
	return rejudge(c, into)
}

// Left ends what cards mean for a member who leaves: their cards, vouchers and account
// go at once. What shops counted stays, and says of nobody any more. (Tills hear of it
// within the hour, when the list of what was revoked is made.)
func Left(c *sync.Call) error {
	var accounts []string
	who := dbx.Params{"member": c.Member, "now": sync.Stamp(c.Now)}
	if err := c.App.DB().NewQuery("SELECT id FROM accounts WHERE member = {:member} ORDER BY id").Bind(who).Column(&accounts); err != nil {
		return err
	}
	for _, a := range accounts {
		if err := endVouchers(c.App, a, c.Now); err != nil {
			return err
		}
	}
	for _, statement := range []string{
		"UPDATE cards SET status = 'void', ended = {:now} WHERE member = {:member} AND status = 'active'",
		"UPDATE cards SET account = '', member = '', by = '', device = '', packed = '', code = '', key = '' WHERE member = {:member}",
		"UPDATE cards SET by = '' WHERE by = {:member}",
		"UPDATE vouchers SET account = '', member = '', by = '', packed = '', card = '' WHERE member = {:member}",
		"UPDATE vouchers SET by = '' WHERE by = {:member}",
		"UPDATE stamps SET account = '', member = '', card = '', proof = '' WHERE member = {:member}",
		"UPDATE tills SET member = '' WHERE member = {:member}",
		"DELETE FROM accounts WHERE member = {:member}",
	} {
		if _, err := c.App.DB().NewQuery(statement).Bind(who).Execute(); err != nil {
			return err
		}
	}
	return nil
}

// Hourly is the job that takes printed cards off the phones of those who made them, when
// the day is over, and has the card of a phone that was revoked end with it.
const Hourly = "kithCards"

// Tidy is what that job does.
func (m *room) Tidy(app core.App, now time.Time) error {
	return app.RunInTransaction(func(tx core.App) error {
		day := dbx.Params{"today": now.Unix() / 86400, "now": sync.Stamp(now)}
		for _, statement := range []string{
			"UPDATE cards SET by = '' WHERE by <> '' AND issued < {:today}",
			"UPDATE vouchers SET by = '' WHERE by <> '' AND issued < {:today}",
		} {
			if _, err := tx.DB().NewQuery(statement).Bind(day).Execute(); err != nil {
				return err
			}
		}
		done, err := tx.DB().NewQuery(`UPDATE cards SET status = 'lost', ended = {:now} WHERE kind = 'phone' AND status = 'active'
			AND device <> '' AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.id = cards.device AND NOT d.revoked)`).Bind(day).Execute()
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return m.revoke(tx, now)
	})
}
